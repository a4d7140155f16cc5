package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
	"monitor/internal/detect/quantity"
)

// sentence is a sentence with its items, which are read when they are first needed.
type sentence struct {
	page     *page
	index    int
	base     int // where it begins in the text or title
	text     *lexicon.Folded
	title    bool
	starts   bool // it begins a block
	items    []item
	numbers  []int // items that are quantities
	mentions []mention
	days     []calendar // the dates, once asked for
	dated    bool       // they were asked for
	said     day        // the day that stands with a verb of saying
	done     bool

	subjectless bool // a verb of saying has no subject, in a language that drops it
}

// item is a word, a quantity or a mark. Offsets are bytes of the folded sentence.
type item struct {
	start, end int
	senses     []lexicon.Sense
	classes    lexicon.Classes // of its senses
	q          *quantity.Quantity
	mark       rune   // a punctuation mark, folded; 0 for words and quantities
	name       bool   // begins with a capital, or is written in a script without them
	ending     string // what an apostrophe sets apart: 'ta in Kursk'ta
}

// mean gives the item its senses.
func (it *item) mean(senses []lexicon.Sense) {
	it.senses, it.classes = senses, lexicon.ClassesOf(senses)
}

func (it *item) sense(c lexicon.Class) (lexicon.Sense, bool) {
	if !it.classes.Has(c) {
		return lexicon.Sense{}, false
	}
	for k := range it.senses {
		if it.senses[k].Class == c {
			return it.senses[k], true
		}
	}
	return lexicon.Sense{}, false
}

// asked counts how often rules ask what an item is, for a test of how that grows with
// the length of a text. It is nil otherwise.
var asked *int

func (it *item) has(c lexicon.Class) bool {
	if asked != nil {
		*asked++
	}
	return it.classes.Has(c)
}

func (it *item) hasAny(classes ...lexicon.Class) bool {
	for _, c := range classes {
		if it.has(c) {
			return true
		}
	}
	return false
}

// of says whether the item has a sense of the class with the ID.
func (it *item) of(c lexicon.Class, id string) bool {
	if !it.classes.Has(c) {
		return false
	}
	for k := range it.senses {
		if s := &it.senses[k]; s.Class == c && s.ID == id {
			return true
		}
	}
	return false
}

// unknown says whether the item is a word that the lexicon does not know.
func (it *item) unknown() bool { return it.q == nil && it.mark == 0 && len(it.senses) == 0 }

// read cuts the sentence into items.
func (s *sentence) read() []item {
	if s.done {
		return s.items
	}
	s.done = true
	f := s.text
	qs := quantity.Find(s.page.lang, f)
	s.items = make([]item, 0, len(f.S)/6+4)
	next, split := 0, -1
	for i := 0; i < len(f.S); {
		if next < len(qs) && i >= qs[next].Start {
			q := &qs[next]
			s.numbers = append(s.numbers, len(s.items))
			it := item{start: q.Start, end: q.End, q: q}
			it.mean(s.dual(q))
			s.items = append(s.items, it)
			i = max(q.End, i)
			next++
			if s.hedge(i, qs, next) == i {
				i = s.endingAt(i)
			}
			continue
		}
		c, n := utf8.DecodeRuneInString(f.S[i:])
		if unicode.IsSpace(c) {
			i += n
			continue
		}
		if end := s.hedge(i, qs, next); end > i {
			it := item{start: i, end: end}
			it.mean(s.hedgeSenses(i, end))
			s.items = append(s.items, it)
			i = end
			continue
		}
		if !lexicon.WordStart(f.S, i) && i != split {
			i += n
			continue
		}
		limit := len(f.S)
		if next < len(qs) {
			limit = qs[next].Start
			if i < qs[next].From { // no word reaches into the hedge: "de" is none of "plus de 3 000"
				limit = qs[next].From
			}
		}
		it := s.word(i, limit)
		split = it.end
		i = s.endingAt(it.end)
		it.ending = f.S[it.end:i]
		s.items = append(s.items, it)
	}
	s.dropGaps()
	s.findMentions()
	return s.items
}

// dual is what a number is that is a noun of its own: Arabic جنديين, two soldiers.
func (s *sentence) dual(q *quantity.Quantity) []lexicon.Sense {
	senses, end := s.page.lang.Words.Longest(s.text.S, q.Start)
	if end != q.End {
		return nil
	}
	var out []lexicon.Sense
	for _, sn := range senses {
		if sn.Class == lexicon.People || sn.Class == lexicon.MeasureCue {
			out = append(out, sn)
		}
	}
	return out
}

// endingAt is the end of an ending that an apostrophe at i sets apart, else i.
func (s *sentence) endingAt(i int) int {
	f := s.text.S
	if !s.page.lang.ApostropheEndings || i+1 >= len(f) || f[i] != '\'' || !isLetter(f[i+1:]) {
		return i
	}
	return lexicon.EndOfWord(f, i+1)
}

// hedgeSenses make a hedge a function word: the "more" of "more than 3,000" adds
// nothing. Only a verb of saying stays one: "Seoul estimated 1,100".
func (s *sentence) hedgeSenses(start, end int) []lexicon.Sense {
	out := []lexicon.Sense{{Class: lexicon.Function, Form: "hedge"}}
	senses, to := s.page.lang.Words.Longest(s.text.S[:end], start)
	for _, sn := range senses {
		switch {
		case to != end:
		case sn.Class == lexicon.Counter: // "человек триста" counts people
			return senses
		case sn.Class == lexicon.Say:
			out = append(out, sn)
		}
	}
	return out
}

// hedge is the end of a hedge at i that a quantity has taken, else i.
func (s *sentence) hedge(i int, qs []quantity.Quantity, next int) int {
	before := next < len(qs) && i >= qs[next].From
	after := next > 0 && i < qs[next-1].To
	if !before && !after {
		return i
	}
	senses, end := s.page.lang.Numbers.Longest(s.text.S, i)
	if ss, _ := s.page.lang.Words.Longest(s.text.S, i); after && len(ss) > 0 && ss[0].Class == lexicon.Counter {
		return i // it is no part of the hedge in 3000명 이상
	}
	for _, sn := range senses {
		if before && sn.Class == lexicon.HedgeBefore && end <= qs[next].Start || after && sn.Class == lexicon.HedgeAfter {
			return end
		}
	}
	return i
}

// word reads the word or mark at i; nothing reaches past limit, where a number begins.
func (s *sentence) word(i, limit int) item {
	f := s.text
	senses, end := s.known(i, limit)
	start := i
	if len(senses) == 0 {
		senses, end = s.prefixed(limit, i, 0)
	}
	c, n := utf8.DecodeRuneInString(f.S[i:])
	if len(senses) == 0 {
		end = min(lexicon.EndOfWord(f.S, i), limit)
		if isNumeral(f.S[i]) {
			end = min(s.numeral(i), limit)
		}
		for lexicon.Unspaced(c) && end < limit { // unknown characters of an unspaced script go together
			r, w := utf8.DecodeRuneInString(f.S[end:])
			if ss, _ := s.known(end, limit); !lexicon.Unspaced(r) || len(ss) > 0 {
				break
			}
			end += w
		}
	}
	if e, ok := s.namedLonger(i, end, limit, senses); ok {
		senses, end = e.senses, e.end
	}
	it := item{start: start, end: end}
	if len(senses) == 0 && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
		it.mark, it.end = c, i+n
	}
	first, _ := utf8.DecodeRuneInString(f.Raw()[f.Offset(i):])
	it.name = unicode.IsUpper(first) || unicode.Is(unicode.Lo, first)
	it.mean(s.inCapitals(it, senses))
	return it
}

// numeral is the end of figures that are no quantity, with what is written onto them:
// "95th", "2024", "95." before a noun.
func (s *sentence) numeral(i int) int {
	f := s.text.S
	for i < len(f) && (isNumeral(f[i]) || 'a' <= f[i] && f[i] <= 'z') {
		i++
	}
	if s.page.lang.OrdinalDot && i+2 < len(f) && f[i] == '.' && f[i+1] == ' ' && isLetter(f[i+2:]) {
		i++
	}
	return i
}

// namedLonger cuts "the service" down to its first word where a name goes on behind it:
// "the Service of Foreign Intelligence".
func (s *sentence) namedLonger(i, end, limit int, senses []lexicon.Sense) (item, bool) {
	f, words := s.text.S, s.page.lang.Words
	var pronoun item
	pronoun.mean(senses)
	p := strings.IndexByte(f[i:end], ' ')
	if p < 0 || !pronoun.hasAny(lexicon.ItPronoun, lexicon.HePronoun) {
		return item{}, false
	}
	if longer, to := words.Longest(f[:limit], i+p+1); len(longer) == 0 || to <= end {
		return item{}, false
	}
	first, to := words.Longest(f[:i+p], i)
	return item{senses: first, end: to}, to == i+p
}

// known finds the form at i. A form of one Hangul syllable is one only where words
// known or spaces stand on both sides: no 군 in 군사분계선, no 미 in 미사일.
func (s *sentence) known(i, limit int) ([]lexicon.Sense, int) {
	f, l := s.text.S[:limit], s.page.lang
	senses, end := l.Words.Longest(f, i)
	c, n := utf8.DecodeRuneInString(f[i:])
	if len(senses) == 0 || end != i+n || !unicode.Is(unicode.Hangul, c) {
		return senses, end
	}
	if only(senses, lexicon.Thing) && !s.behindNumber() {
		return nil, 0
	}
	if prev, _ := utf8.DecodeLastRuneInString(f[:i]); unicode.Is(unicode.Hangul, prev) {
		if k := len(s.items) - 1; k < 0 || s.items[k].end != i || s.items[k].unknown() {
			return nil, 0
		}
	}
	if next, _ := utf8.DecodeRuneInString(f[end:]); !unicode.Is(unicode.Hangul, next) || len(s.items) > 0 && s.items[len(s.items)-1].q != nil {
		return senses, end
	}
	if ss, _ := l.Words.Longest(f, end); len(ss) == 0 {
		return nil, 0
	}
	return senses, end
}

// only says whether all senses are of one class.
func only(senses []lexicon.Sense, c lexicon.Class) bool {
	for _, sn := range senses {
		if sn.Class != c {
			return false
		}
	}
	return true
}

// behindNumber says whether the last item is a number or its hedge.
func (s *sentence) behindNumber() bool {
	k := len(s.items) - 1
	return k >= 0 && (s.items[k].q != nil || k > 0 && s.items[k-1].q != nil && s.items[k].end <= s.items[k-1].q.To)
}

// prefixed finds a form behind what is written onto it: وال·جنود. A prefix that is a
// word of its own, "and" or "to", becomes an item; the form behind it is read next.
func (s *sentence) prefixed(limit, i, depth int) (senses []lexicon.Sense, end int) {
	f, l := s.text.S[:limit], s.page.lang
	for _, p := range l.Prefixes {
		if !strings.HasPrefix(f[i:], p) || utf8.RuneCountInString(f[i+len(p):max(i+len(p), lexicon.EndOfWord(f, i))]) < 2 {
			continue
		}
		ss, e := l.Words.Longest(f, i+len(p))
		if len(ss) == 0 && depth < 2 {
			ss, e = s.prefixed(limit, i+len(p), depth+1)
			if len(ss) > 0 {
				e = max(e, lexicon.EndOfWord(f, i))
			}
		}
		if len(ss) == 0 || depth > 0 && e-i-len(p) < 6 || e < lexicon.EndOfWord(f, i) {
			continue
		}
		if own, to := l.Words.Longest(p, 0); len(own) > 0 && to == len(p) {
			return own, i + len(p)
		}
		return ss, e
	}
	return nil, 0
}

// inCapitals drops senses that hold only where the text has capitals: "us" is no US.
func (s *sentence) inCapitals(it item, senses []lexicon.Sense) []lexicon.Sense {
	drop := false
	for k := range senses {
		drop = drop || senses[k].Capitals || senses[k].Initial
	}
	if !drop {
		return senses
	}
	raw := s.text.Raw()[s.text.Offset(it.start):s.text.RawEnd(it.end)]
	capitals := raw == strings.ToUpper(raw) || it.name && utf8.RuneCountInString(raw) == 4 // "Nato"
	var keep []lexicon.Sense
	for _, sn := range senses {
		if (!sn.Capitals || capitals) && (!sn.Initial || it.name) {
			keep = append(keep, sn)
		}
	}
	return keep
}

// gapReach is how many items a form in two parts may span.
const gapReach = 14

// dropGaps drops the senses of two-part forms whose second part does not follow.
func (s *sentence) dropGaps() {
	for i := range s.items {
		it := &s.items[i]
		gaps := false
		for k := range it.senses {
			gaps = gaps || it.senses[k].Gap != ""
		}
		if !gaps {
			continue
		}
		keep := make([]lexicon.Sense, 0, len(it.senses))
		for _, sn := range it.senses {
			if sn.Gap == "" || s.follows(i, sn.Gap) {
				keep = append(keep, sn)
			}
		}
		it.mean(keep)
	}
}

func (s *sentence) follows(i int, form string) bool {
	from := s.items[i].end
	to := s.items[min(i+gapReach, len(s.items)-1)].end
	if from >= to {
		return false
	}
	stretch := s.text.S[from:to]
	for at := 0; ; {
		k := strings.Index(stretch[at:], form)
		if k < 0 {
			return false
		}
		k += at
		if lexicon.WordStart(stretch, k) && (k+len(form) == len(stretch) || !isLetter(stretch[k+len(form):])) {
			return true
		}
		at = k + len(form)
	}
}

func isLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// words returns the text of items first to last, as it was.
func (s *sentence) words(first, last int) string {
	return s.span(s.items[first].start, s.items[last].end)
}

func (s *sentence) span(start, end int) string {
	return s.text.Raw()[s.text.Offset(start):s.text.RawEnd(end)]
}

// quoted says whether an item stands inside a quotation that the sentence opens.
func (s *sentence) quoted(i int) bool {
	open := false
	for k := range s.items[:i] {
		if s.items[k].mark == '"' {
			open = !open
		}
	}
	return open
}

// stop says whether a mark ends what belongs together without a verb of its own.
func (it *item) stop() bool {
	switch it.mark {
	case ',', ';', ':', '.', '!', '?', '(', ')', '-', '·', '|':
		return true
	}
	return false
}

// bound is the bounds of an item's quantity.
func (it *item) bound() claim.Bounds { return it.q.Bounds }
