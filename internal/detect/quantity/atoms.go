package quantity

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"monitor/internal/detect/lexicon"
)

// kind is what an atom is by its letters; its senses say what it means.
type kind uint8

const (
	word   kind = iota // a word or a mark, known to the lexicon or not
	digits             // 10.000, 1,5
	broken             // digits that are no number: a date, a version, T-72
	breaks             // a line break
)

// atom is a stretch of text that numbers are read from.
type atom struct {
	kind       kind
	start, end int
	senses     []lexicon.Sense
	value      float64
	whole      bool            // value is an integer
	grouped    bool            // 10.000: no year, no ordinal
	rule       string          // why it is broken
	pieces     []lexicon.Sense // of a word written together, zwölf·tausend
	strong     bool            // the last piece is "-strong": dwunasto·tysięczny
}

func (a *atom) is(c lexicon.Class) (lexicon.Sense, bool) {
	for _, s := range a.senses {
		if s.Class == c {
			return s, true
		}
	}
	return lexicon.Sense{}, false
}

func (a *atom) has(c lexicon.Class) bool { _, ok := a.is(c); return ok }

func next(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return i + 1
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return i + n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// split cuts the text into atoms.
func (r *reader) split(out []atom) []atom {
	s := r.s
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '\n':
			out = append(out, atom{kind: breaks, start: i, end: i + 1})
			i++
		case isDigit(c):
			a := r.digits(i)
			out = append(out, a)
			i = a.end
		default:
			out = r.word(out, i)
			i = out[len(out)-1].end
		}
	}
	return out
}

// word reads the word at i: a form of the lexicon, a number written together, a form
// behind a prefix that is written onto it, or a word that says nothing here.
func (r *reader) word(out []atom, i int) []atom {
	if senses, end := r.lang.Numbers.Longest(r.s, i); len(senses) > 0 && !r.syllable(out, i, end) {
		return append(out, atom{start: i, end: end, senses: senses})
	}
	end := lexicon.EndOfWord(r.s, i)
	if c := firstRune(r.s[i:]); unicode.Is(unicode.Hangul, c) { // 하지만 holds no 만
		return append(out, atom{start: i, end: endOfHangul(r.s, i)})
	}
	if r.lang.Joined {
		if p, ok := r.joined(i, end); ok && p[0].Class != lexicon.And && p[0].Class != lexicon.AndHalf {
			return append(out, atom{start: i, end: end, pieces: p, strong: r.strongEnd(i, end)})
		}
	}
	if senses, e := r.inflected(i, end); len(senses) > 0 {
		return append(out, atom{start: i, end: e, senses: senses})
	}
	for _, p := range r.lang.Prefixes {
		if strings.HasPrefix(r.s[i:], p) && i+len(p) < end {
			if senses, e := r.lang.Numbers.Longest(r.s, i+len(p)); len(senses) > 0 {
				if e >= end || isDigit(r.s[i+len(p)]) {
					out = append(out, atom{start: i, end: i + len(p), senses: prefixSense(r.lang, p)})
					return append(out, atom{start: i + len(p), end: e, senses: senses})
				}
			}
		}
	}
	if end < len(r.s) && isDigit(r.s[end]) && r.isPrefix(r.s[i:end]) { // "و12" is a conjunction and a number
		return append(out, atom{start: i, end: end, senses: prefixSense(r.lang, r.s[i:end])})
	}
	return append(out, atom{start: i, end: end})
}

// syllable says whether a form of one Hangul syllable at s[i:end] only begins a word: the
// 만 of 만남. What is written onto a number or a form is one: 3000명이, 천여 명.
func (r *reader) syllable(out []atom, i, end int) bool {
	c, n := utf8.DecodeRuneInString(r.s[i:])
	if end != i+n || !unicode.Is(unicode.Hangul, c) || end == endOfHangul(r.s, end) {
		return false
	}
	if k := len(out) - 1; k >= 0 && out[k].end == i && (out[k].kind == digits || len(out[k].senses) > 0) {
		return false
	}
	if k := len(out) - 1; k >= 0 && out[k].end == i-1 && (out[k].kind == digits || len(out[k].senses) > 0) {
		if senses, _ := r.lang.Numbers.Longest(r.s, i); hasAny(senses, lexicon.Classifier) {
			return false // 두 명의
		}
	}
	senses, _ := r.lang.Numbers.Longest(r.s, end)
	return len(senses) == 0
}

// endOfHangul is the end of the Hangul from s[i:] on: Korean sets words apart with
// spaces, particles included.
func endOfHangul(s string, i int) int {
	for i < len(s) {
		c, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.Is(unicode.Hangul, c) {
			break
		}
		i += n
	}
	return i
}

// inflected finds a number word that carries one of the language's endings, and where
// the ending begins: bin·den. The longest such word wins.
func (r *reader) inflected(i, end int) (senses []lexicon.Sense, at int) {
	if len(r.lang.Endings) == 0 {
		return nil, 0
	}
	r.lang.Numbers.Prefixes(r.s[:end], i, func(found []lexicon.Sense, to int) {
		if to < end && hasAny(found, lexicon.Number, lexicon.Multiplier) && slices.Contains(r.lang.Endings, r.s[to:end]) {
			senses, at = found, to
		}
	})
	return senses, at
}

func (r *reader) isPrefix(s string) bool {
	for _, p := range r.lang.Prefixes {
		if p == s {
			return true
		}
	}
	return false
}

// prefixSense is what a written-on prefix means by itself: Arabic و is "and".
func prefixSense(l *lexicon.Language, p string) []lexicon.Sense {
	senses, end := l.Numbers.Longest(p, 0)
	if end == len(p) {
		return senses
	}
	return nil
}

// joined cuts a number that is written as one word into its pieces: zwölf·ein halb·tausend.
// The longest pieces that lead to the end of the word win.
func (r *reader) joined(i, end int) ([]lexicon.Sense, bool) {
	if i == end {
		return nil, true
	}
	var best []lexicon.Sense
	found := false
	r.lang.Numbers.Prefixes(r.s[:end], i, func(senses []lexicon.Sense, to int) {
		for _, s := range senses {
			switch s.Class {
			case lexicon.Number, lexicon.Multiplier, lexicon.Half, lexicon.And, lexicon.AndHalf:
				if rest, ok := r.joined(to, end); ok {
					best, found = append([]lexicon.Sense{s}, rest...), true
				}
			}
		}
	})
	return best, found
}

// strongEnd says whether a word written together ends in a form that makes its number
// count people.
func (r *reader) strongEnd(i, end int) bool {
	for j := next(r.s, i); j < end; j = next(r.s, j) {
		if senses, e := r.lang.Numbers.Longest(r.s, j); e == end && hasAny(senses, lexicon.Strong) {
			return true
		}
	}
	return false
}

// digits reads the number in figures at i, grouping and decimals by shape.
func (r *reader) digits(i int) atom {
	s := r.s
	if rule := r.leftOf(i); rule != "" {
		end := r.token(i)
		if rule == telephone {
			for moreDigits(s, end) {
				end = r.token(end + strings.IndexAny(s[end:], "0123456789"))
			}
		}
		return atom{kind: broken, start: i, end: end, rule: rule}
	}
	end := run(s, i)
	if s[i] == '0' && end > i+1 { // 06.00, 007
		return atom{kind: broken, start: i, end: r.token(i), rule: "date, time or version"}
	}
	a := atom{kind: digits, start: i, whole: true}
	value := parse(s[i:end])
	if sep, ok := groups(s, i, end); ok {
		a.grouped = true
		for {
			w, ok := group(s, end, sep)
			if !ok {
				break
			}
			value = value*1000 + parse(s[end+w:end+w+3])
			end += w + 3
		}
	}
	if e, frac, ok := fraction(s, end); ok {
		value += frac
		a.whole = frac == 0
		end = e
	}
	if e := r.spacedDate(i, end); e > end {
		return atom{kind: broken, start: i, end: e, rule: "date, time or version"}
	}
	if e := r.composite(i, end); e > end {
		return atom{kind: broken, start: i, end: e, rule: "date, time or version"}
	}
	if e := r.ending(end); e > end && value < 1000 {
		end = e
	}
	a.end, a.value = end, value
	if rule := r.rightOf(&a); rule != "" {
		return atom{kind: broken, start: i, end: r.token(end), rule: rule}
	}
	return a
}

func run(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// parse reads digits; more than fifteen count nothing that a news text counts.
func parse(d string) float64 {
	v := 0.0
	for i := range min(len(d), 18) {
		v = v*10 + float64(d[i]-'0')
	}
	return v
}

// groups says whether groups of three follow the first one to three digits, and by
// what they are set apart.
func groups(s string, i, end int) (sep byte, ok bool) {
	if end-i > 3 || s[i] == '0' || end >= len(s) {
		return 0, false
	}
	sep = s[end]
	if sep != ',' && sep != '.' && sep != ' ' && sep != '\'' {
		return 0, false
	}
	_, ok = group(s, end, sep)
	return sep, ok
}

// group says whether sep and exactly three digits stand at s[i:].
func group(s string, i int, sep byte) (width int, ok bool) {
	if i+4 > len(s) || s[i] != sep {
		return 0, false
	}
	return 1, run(s, i+1) == i+4
}

// fraction reads ",5" or ".25" at s[end:].
func fraction(s string, end int) (e int, frac float64, ok bool) {
	if end+1 >= len(s) || s[end] != ',' && s[end] != '.' || !isDigit(s[end+1]) {
		return end, 0, false
	}
	e = run(s, end+1)
	frac = parse(s[end+1 : e])
	for range e - end - 1 {
		frac /= 10
	}
	return e, frac, true
}

// Rules that the readers of broken digits ask for again.
const (
	money     = "money"
	telephone = "telephone number"
)

// leftOf looks at what stands right before digits: a letter makes them part of a
// name (KN23, T-72), a currency sign makes them money.
func (r *reader) leftOf(i int) string {
	if i == 0 {
		return ""
	}
	prev, n := utf8.DecodeLastRuneInString(r.s[:i])
	switch {
	case unicode.Is(unicode.Sc, prev):
		return money
	case prev == '%' || prev == '٪': // Turkish %40
		return "percentage, degree or ordinal"
	case prev == '#' || prev == '№' || prev == '§' || prev == '@' || prev == '_' || prev == '=':
		return "number of a thing"
	case prev == '[' && closes(r.s, i):
		return "footnote"
	case prev == ' ' && i > n+1:
		if sign, _ := utf8.DecodeLastRuneInString(r.s[:i-n]); unicode.Is(unicode.Sc, sign) {
			return money
		}
	case unicode.IsLetter(prev) && !lexicon.Unspaced(prev) && !r.prefixBefore(i):
		return "name with a number"
	case prev == '-' && i > n:
		before, _ := utf8.DecodeLastRuneInString(r.s[:i-n])
		if unicode.IsLetter(before) && (!lexicon.Unspaced(before) || !r.knownBefore(i-n)) {
			return "name with a number"
		}
	case (prev == '.' || prev == ',' || prev == ':' || prev == '/') && i > n && isDigit(r.s[i-n-1]):
		return "date, time or version"
	case prev == '+' && i+1 < len(r.s) && run(r.s, i)-i <= 3 && (run(r.s, i) < len(r.s)) && strings.IndexByte(" -(", r.s[run(r.s, i)]) >= 0 && moreDigits(r.s, run(r.s, i)):
		return telephone
	}
	return ""
}

// knownBefore says whether the character that ends at i is a form by itself: 万 in 1万-2万,
// but not 星 in 火星-19.
func (r *reader) knownBefore(i int) bool {
	_, n := utf8.DecodeLastRuneInString(r.s[:i])
	senses, _ := r.lang.Numbers.Longest(r.s[:i], i-n)
	return len(senses) > 0
}

// moreDigits says whether another group of digits follows at once.
func moreDigits(s string, i int) bool {
	for i < len(s) && strings.IndexByte(" -()", s[i]) >= 0 {
		i++
	}
	return i < len(s) && isDigit(s[i])
}

// closes says whether the digits at i end with a bracket: "[3]".
func closes(s string, i int) bool {
	e := run(s, i)
	return e < len(s) && s[e] == ']'
}

// prefixBefore says whether the letters before i are a prefix of the language: و12.
func (r *reader) prefixBefore(i int) bool {
	for _, p := range r.lang.Prefixes {
		if strings.HasSuffix(r.s[:i], p) && lexicon.WordStart(r.s, i-len(p)) {
			return true
		}
	}
	return false
}

// ending is the end of a case ending that is written onto figures, else end: "10-ти".
func (r *reader) ending(end int) int {
	if end+1 >= len(r.s) || r.s[end] != '-' {
		return end
	}
	senses, e := r.lang.Numbers.Longest(r.s, end+1)
	if hasAny(senses, lexicon.Ending) && e == lexicon.EndOfWord(r.s, end+1) {
		return e
	}
	return end
}

// token is the end of the characters that hang together from i on.
func (r *reader) token(i int) int {
	for i < len(r.s) {
		c, n := utf8.DecodeRuneInString(r.s[i:])
		switch {
		case unicode.IsLetter(c) && !lexicon.Unspaced(c), unicode.IsDigit(c):
		case strings.ContainsRune(".,:/-'", c) && i+n < len(r.s) && isDigit(r.s[i+n]):
		default:
			return i
		}
		i += n
	}
	return i
}

// composite says where digits end that go on as a date, a time, a score or a version.
// One dash makes a range, more of them do not.
func (r *reader) composite(i, end int) int {
	s := r.s
	if end+1 < len(s) && isDigit(s[end+1]) && strings.IndexByte(".,:/", s[end]) >= 0 {
		return r.token(end)
	}
	dashes, at := 0, end
	for at+1 < len(s) && s[at] == '-' && isDigit(s[at+1]) {
		dashes++
		at = run(s, at+1)
	}
	if dashes > 1 && end-i <= 4 || dashes == 1 && yearMonth(s[i:end], s[end+1:at]) {
		return r.token(at)
	}
	return end
}

// yearMonth says whether two figures joined by a dash are a month: 2024-10.
func yearMonth(year, month string) bool {
	if len(year) != 4 || len(month) != 2 {
		return false
	}
	y, m := parse(year), parse(month)
	return y >= 1900 && y < 2100 && m >= 1 && m <= 12
}

// spacedDate is the end of a day and month in figures whose dots are those of ordinals:
// "24. 10. 2024".
func (r *reader) spacedDate(i, end int) int {
	s := r.s
	if !r.lang.OrdinalDot || end-i > 2 || parse(s[i:end]) > 31 || !strings.HasPrefix(s[end:], ". ") {
		return end
	}
	m := run(s, end+2)
	if n := m - end - 2; n == 0 || n > 2 || parse(s[end+2:m]) > 12 || m == len(s) || s[m] != '.' {
		return end
	}
	if y := m + 1; strings.HasPrefix(s[y:], " ") && run(s, y+1) == y+5 {
		return y + 5
	}
	return m + 1
}

// rightOf looks at what stands right behind digits.
func (r *reader) rightOf(a *atom) string {
	s := r.s
	if a.end == len(s) {
		return ""
	}
	c, n := utf8.DecodeRuneInString(s[a.end:])
	switch {
	case c == '%' || c == '‰' || c == '°' || c == '٪' || c == 'º' || c == 'ª':
		return "percentage, degree or ordinal"
	case unicode.Is(unicode.Sc, c):
		return money
	case c == ' ' && a.end+n < len(s):
		if d, _ := utf8.DecodeRuneInString(s[a.end+n:]); unicode.Is(unicode.Sc, d) || d == '%' || d == '٪' {
			return "money or percentage"
		}
	case c == '.' && (strings.HasPrefix(s[a.end+n:], "º") || strings.HasPrefix(s[a.end+n:], "ª")): // "11.º cuerpo"
		return "ordinal"
	case c == '.' && r.lang.OrdinalDot && !a.grouped && a.end-a.start <= 3 && a.whole:
		if letterAfter(s, a.end+1) {
			return "ordinal"
		}
	case c == '-' && a.end+n < len(s):
		d, _ := utf8.DecodeRuneInString(s[a.end+n:])
		if !unicode.IsLetter(d) || lexicon.Unspaced(d) {
			return ""
		}
		if senses, _ := r.lang.Numbers.Longest(s, a.end+n); hasAny(senses, lexicon.Strong, lexicon.Multiplier, lexicon.To, lexicon.HedgeAfter) {
			return ""
		}
		return "number as part of a word"
	case unicode.IsLetter(c) && !lexicon.Unspaced(c):
		if senses, _ := r.lang.Numbers.Longest(s, a.end); hasAny(senses, lexicon.Multiplier, lexicon.NotCount, lexicon.HedgeAfter, lexicon.Strong) {
			return ""
		}
		return "ordinal or name"
	}
	return ""
}

func letterAfter(s string, i int) bool {
	j := i
	for j < len(s) && s[j] == ' ' {
		j++
	}
	if j == i || j == len(s) {
		return false
	}
	c, _ := utf8.DecodeRuneInString(s[j:])
	return unicode.IsLetter(c)
}

func hasAny(senses []lexicon.Sense, classes ...lexicon.Class) bool {
	for _, s := range senses {
		for _, c := range classes {
			if s.Class == c {
				return true
			}
		}
	}
	return false
}
