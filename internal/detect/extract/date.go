package extract

import (
	"strings"
	"time"
	"unicode/utf8"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// asOf is the day on which the number was said: a day that the sentence gives for what
// is said there, else the text's own. It is never later than the text.
func (v *view) asOf(f *found, who attribution) claim.Date {
	day := v.doc.Published
	old, isOld := v.earlier(f)
	for _, s := range [...]*sentence{who.at, who.from} {
		if s == nil || isOld && !f.s.toldOn() {
			continue
		}
		if d, ok := v.saidOn(s, who); ok && (day == 0 || d <= day) {
			return d
		}
	}
	if isOld {
		return old
	}
	return day
}

// toldOn says whether the sentence gives the day on which an old figure was told: "on
// Dec. 19 the agency had put the dead at 100".
func (s *sentence) toldOn() bool {
	for i := range s.items {
		if s.items[i].has(lexicon.Earlier) && s.items[i].has(lexicon.Say) {
			return len(s.dates()) > 0
		}
	}
	return false
}

// earlier dates a figure that the text recalls: "up from 3,000 last week". Without a
// time of its own it is of the day before.
func (v *view) earlier(f *found) (claim.Date, bool) {
	s := f.s
	if v.doc.Published == 0 {
		return 0, false
	}
	old, back := false, claim.Date(-1)
	for _, step := range []int{-1, 1} {
		for k := f.i + step; k >= 0 && k < len(s.items) && k >= f.i-6 && k <= f.i+6; k += step {
			it := &s.items[k]
			if it.q != nil || it.mark == ';' || it.mark == ',' || it.mark == '"' || s.dash(k) {
				break
			}
			old = old || it.has(lexicon.Earlier) && k < f.i
			if w, ok := it.sense(lexicon.When); ok && w.N < 0 {
				back = claim.Date(w.N)
			}
		}
	}
	return v.doc.Published + back, old
}

// saidOn reads the day that stands with a sentence's verb of saying.
func (v *view) saidOn(s *sentence, who attribution) (claim.Date, bool) {
	reports := false
	for k := range s.mentions {
		reports = reports || s.mentions[k].cue > noCue
	}
	if !reports && who.rule != bySubject && s != who.from {
		return 0, false
	}
	if !s.said.known {
		s.said.known = true
		s.said.date, s.said.found = v.findDay(s, reports)
	}
	return s.said.date, s.said.found
}

// day is a date that a sentence may have, once asked for.
type day struct {
	date         claim.Date
	found, known bool
}

func (v *view) findDay(s *sentence, reports bool) (day claim.Date, found bool) {
	best := len(s.items)
	take := func(i int, d claim.Date) {
		if n := s.fromSaying(i); !found || n < best {
			day, best, found = d, n, true
		}
	}
	if i, d, ok := v.calendarDay(s); ok {
		take(i, d)
	}
	for i := range s.items {
		if v.doc.Published == 0 || !s.items[i].hasAny(lexicon.Weekday, lexicon.When) || reports && !s.besideSaying(i) {
			continue
		}
		if w, ok := s.items[i].sense(lexicon.Weekday); ok {
			take(i, weekdayBefore(v.doc.Published, time.Weekday(w.N)))
		} else if w, ok := s.items[i].sense(lexicon.When); ok {
			take(i, v.doc.Published+claim.Date(w.N))
		}
	}
	return day, found
}

// fromSaying is how far item i stands from a verb of saying, in items.
func (s *sentence) fromSaying(i int) int {
	for n := 0; n < len(s.items); n++ {
		for _, j := range [...]int{i - n, i + n} {
			if j >= 0 && j < len(s.items) && s.items[j].hasAny(lexicon.Say, lexicon.According, lexicon.AccordingTo) {
				return n
			}
		}
	}
	return len(s.items)
}

// besideSaying says whether a word of time belongs to what is said rather than to what
// happened: a verb of saying or a speaker is nearer to it than any number.
func (s *sentence) besideSaying(i int) bool {
	for k := range s.mentions { // "Angaben des Ministeriums vom Sonntag"
		from := s.mentions[k].last + 1
		if s.page.lang.SubjectFirst && s.items[min(from, len(s.items)-1)].mark == ',' { // "Kiev, pazartesi günü ... bildirdi"
			from++
		}
		if m := &s.mentions[k]; m.cue > noCue && m.last < i && s.onlyLinks(from, i) {
			return true
		}
	}
	said, number := len(s.items), len(s.items)
	for j := range s.items {
		d := j - i
		if d < 0 {
			d = -d
		}
		it := &s.items[j]
		if it.hasAny(lexicon.Say, lexicon.According, lexicon.AccordingTo) {
			said = min(said, d)
		}
		if it.q != nil {
			number = min(number, d)
		}
	}
	for k := range s.mentions {
		if m := &s.mentions[k]; s.page.lang.VerbFinal && m.cue > noCue && i > m.last { // 国情院は23日、
			said = min(said, i-m.last)
		}
	}
	return said <= number
}

// onlyLinks says whether nothing but prepositions and articles stands from item a up to b.
func (s *sentence) onlyLinks(a, b int) bool {
	for k := a; k < b; k++ {
		if !s.items[k].hasAny(lexicon.Link, lexicon.Locative) {
			return false
		}
	}
	return true
}

// weekdayBefore is the last such weekday up to day.
func weekdayBefore(day claim.Date, w time.Weekday) claim.Date {
	back := (int(day.Time().Weekday()) - int(w) + 7) % 7
	return day - claim.Date(back)
}

// calendarDay reads "on Dec. 19" and "am 24. Oktober 2024" of a sentence. Without a
// year it is the last such day up to the text's date.
func (v *view) calendarDay(s *sentence) (at int, day claim.Date, ok bool) {
	for _, d := range s.dates() {
		at = s.itemAt(d.start)
		if !s.besideSaying(at) {
			continue
		}
		if d.month == 0 { // the last such day
			if v.doc.Published == 0 {
				continue
			}
			return at, dayBefore(v.doc.Published, d.day), true
		}
		if d.year != 0 {
			return at, claim.NewDate(d.year, d.month, d.day), true
		}
		if v.doc.Published == 0 {
			continue
		}
		y := v.doc.Published.Time().Year()
		day := claim.NewDate(y, d.month, d.day)
		if day > v.doc.Published {
			day = claim.NewDate(y-1, d.month, d.day)
		}
		return at, day, true
	}
	return 0, 0, false
}

// dayBefore is the last day up to a date that is the n-th of its month.
func dayBefore(date claim.Date, n int) claim.Date {
	for d := date; d > date-62; d-- {
		if d.Time().Day() == n {
			return d
		}
	}
	return date
}

// itemAt is the item that stands at or behind a byte of the folded sentence.
func (s *sentence) itemAt(at int) int {
	for i := range s.items {
		if s.items[i].end > at {
			return i
		}
	}
	return len(s.items) - 1
}

// calendar is a day as a sentence has it; year and month are 0 when it has none.
type calendar struct {
	start int
	day   int
	month time.Month
	year  int
	end   int
}

// bareDay reads a day without its month at byte i: 23日, 27일.
func (s *sentence) bareDay(i int) (int, bool) {
	d, next := numberAfter(s.text.S, i)
	if next == i || s.text.S[i] == ' ' || d < 1 || d > 31 || i > 0 && s.text.S[i-1] >= '0' && s.text.S[i-1] <= '9' {
		return 0, false
	}
	senses, _ := s.page.lang.Numbers.Longest(s.text.S, next)
	for _, sn := range senses {
		if sn.Class == lexicon.DayCue {
			return d, true
		}
	}
	return 0, false
}

// yearBefore reads the year that stands before a month at byte i: 2024年10月.
func yearBefore(s string, i int) int {
	for k := 0; k < 2 && i > 0; k++ { // one character, a blank
		if n, _, ok := digitsBefore(s, i); ok {
			return yearOf(n)
		}
		_, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
	}
	n, _, _ := digitsBefore(s, i)
	return yearOf(n)
}

// digitsBefore reads the digits that end at byte i.
func digitsBefore(s string, i int) (n, at int, ok bool) {
	j := i
	for j > 0 && s[j-1] >= '0' && s[j-1] <= '9' && i-j < 5 {
		j--
	}
	return atoi(s[j:i]), j, j < i
}

// dates finds days with their months, in either order and in figures with 年 and 月.
func (s *sentence) dates() []calendar {
	if !s.dated {
		s.days, s.dated = s.findDates(), true
	}
	return s.days
}

func (s *sentence) findDates() []calendar {
	var out []calendar
	f := s.text.S
	if !strings.ContainsAny(f, "0123456789") {
		return nil
	}
	for i := 0; i < len(f); i++ {
		if !lexicon.WordStart(f, i) {
			continue
		}
		if d, ok := s.bareDay(i); ok && (len(out) == 0 || out[len(out)-1].end <= i) {
			out = append(out, calendar{start: i, day: d})
			continue
		}
		senses, end := s.page.lang.Numbers.Longest(f, i)
		month := time.Month(0)
		for _, sn := range senses {
			if sn.Class == lexicon.Month {
				month = time.Month(sn.N)
			}
		}
		if month == 0 {
			continue
		}
		if d, at, ok := numberBefore(f, s.beforeOf(i)); ok && d <= 31 {
			y, _ := numberAfter(f, s.behindOf(end))
			out = append(out, calendar{at, d, month, yearOf(y), end})
			continue
		}
		if d, next := numberAfter(f, end); d >= 1 && d <= 31 {
			y, _ := numberAfter(f, next)
			if y = yearOf(y); y == 0 {
				y = yearBefore(f, i)
			}
			out = append(out, calendar{i, d, month, y, next})
		}
	}
	return out
}

// beforeOf is where a word that joins a day to its month begins before byte i, else i:
// "24 de octubre".
func (s *sentence) beforeOf(i int) int {
	f := s.text.S
	end := i
	for end > 0 && f[end-1] == ' ' {
		end--
	}
	start := end
	for start > 0 && f[start-1] >= 'a' && f[start-1] <= 'z' {
		start--
	}
	if start < end && s.isOf(start, end) {
		return start
	}
	return i
}

// behindOf is where such a word ends behind byte i, else i: "octubre de 2024".
func (s *sentence) behindOf(i int) int {
	f := s.text.S
	start := i
	for start < len(f) && f[start] == ' ' {
		start++
	}
	if start < len(f) && start > i {
		if end := lexicon.EndOfWord(f, start); s.isOf(start, end) {
			return end
		}
	}
	return i
}

func (s *sentence) isOf(start, end int) bool {
	senses, at := s.page.lang.Numbers.Longest(s.text.S, start)
	for _, sn := range senses {
		if sn.Class == lexicon.Of && at == end {
			return true
		}
	}
	return false
}

func yearOf(n int) int {
	if n >= 1900 && n < 2100 {
		return n
	}
	return 0
}

// numberBefore reads a number that stands before byte i, a stop, blanks or "of" between.
func numberBefore(s string, i int) (n, at int, ok bool) {
	j := i
	for j > 0 && (s[j-1] == ' ' || s[j-1] == '.') {
		j--
	}
	end := j
	for j > 0 && s[j-1] >= '0' && s[j-1] <= '9' {
		j--
	}
	if j == end || end-j > 2 {
		return 0, 0, false
	}
	return atoi(s[j:end]), j, true
}

// numberAfter reads a number behind byte i, a stop, a comma or blanks between.
func numberAfter(s string, i int) (n, next int) {
	for i < len(s) && (s[i] == ' ' || s[i] == '.' || s[i] == ',') {
		i++
	}
	j := i
	for j < len(s) && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	if j == i || j-i > 4 {
		return 0, i
	}
	return atoi(s[i:j]), j
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
