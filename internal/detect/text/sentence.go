package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences cuts a text into sentences, in order; together they hold everything but the spaces.
//
// A full stop is the hard case. It ends no sentence inside a number, a name or an
// address ("3.000", "U.S.-led"), before a lower-case word or a comma, after an
// abbreviation, an initial or an ordinal ("J. K. Rowling", "am 18. Oktober"). abbr
// says whether the word before a full stop, as written and without that stop
// ("Gen", "тыс", "z.B"), is an abbreviation in the text's language; nil knows none.
// After an abbreviation a sentence ends all the same when a capitalised function
// word follows: "until 5 p.m. He left."
//
// Quotation marks, brackets and footnote marks after a stop belong to the
// sentence before, and so does who said it: „Nein!“, sagte er; "Why?" he asked;
// 「…。」と述べた.
func Sentences(s string, abbr func(word string) bool) []Span {
	if len(s) == 0 {
		return nil
	}
	c := cutter{s: s, abbr: abbr, out: make([]Span, 0, len(s)/120+1)}
	for start := 0; start < len(s); {
		start = c.line(start)
	}
	return c.out
}

type cutter struct {
	s     string
	abbr  func(string) bool
	out   []Span
	start int // of the sentence in hand
}

// stops marks the bytes at which a sentence or a line may end: ASCII stops and
// line ends, and the lead bytes of the others.
var stops = [256]bool{
	'.': true, '!': true, '?': true, '\n': true, '\r': true, '\v': true, '\f': true,
	0xC2: true, // U+0085
	0xD8: true, // ؟
	0xDB: true, // ۔
	0xE0: true, // । ॥
	0xE2: true, // … ‼ ⁇ ⁈ ⁉ U+2028 U+2029
	0xE3: true, // 。
	0xEF: true, // ！ ？ ． ｡
}

// line cuts the line that starts at start and gives the start of the next one.
func (c *cutter) line(start int) (next int) {
	c.start = start
	s := c.s
	for i := start; i < len(s); {
		b := s[i]
		if !stops[b] {
			i++
			continue
		}
		if b < 0x20 || b == 0xC2 || b == 0xE2 {
			if end, next := lineEnd(s[:min(i+3, len(s))], i); end == i {
				c.emit(i)
				return next
			}
		}
		st, n := stopAt(s[i:])
		if st == none {
			i++
			continue
		}
		i = c.stop(st, i, i+n)
	}
	c.emit(len(s))
	return len(s)
}

// emit ends the sentence in hand at end.
func (c *cutter) emit(end int) {
	if sp := trim(c.s, Span{c.start, end}); sp.Start < sp.End {
		c.out = append(c.out, sp)
	}
	c.start = end
}

// stopKind is how much a stop says, from nothing to certain.
type stopKind uint8

const (
	none     stopKind = iota
	full              // one full stop
	ellipsis          // three of them
	strong            // ! ? and their kin
	wide              // 。！？: no space follows them
)

// stopAt reads the stop that s starts with.
func stopAt(s string) (stopKind, int) {
	switch s[0] {
	case '.':
		return full, 1
	case '!', '?':
		return strong, 1
	}
	if len(s) < 2 {
		return none, 0
	}
	switch s[:2] {
	case "؟":
		return strong, 2
	case "۔":
		return strong, 2
	}
	if len(s) < 3 {
		return none, 0
	}
	switch s[:3] {
	case "…":
		return ellipsis, 3
	case "‼", "⁇", "⁈", "⁉", "।", "॥":
		return strong, 3
	case "。", "！", "？", "．", "｡":
		return wide, 3
	}
	return none, 0
}

// stop decides about the stop at s[at:end] and gives where to read on.
func (c *cutter) stop(st stopKind, at, end int) int {
	s := c.s
	if st == full && end < len(s) && (asciiClass[s[end]] == digit || asciiClass[s[end]] == lower) {
		return end // "3.000", "example.org"
	}
	for end < len(s) { // "...", "?!", "。。。"
		k, n := stopAt(s[end:])
		if k == none {
			break
		}
		if k == full && st == full {
			k = ellipsis
		}
		st = max(st, k)
		end += n
	}
	after, quote := c.closers(end)
	for after > end && after < len(s) { // "(…).", »…?«.
		k, n := stopAt(s[after:])
		if k == none {
			break
		}
		st = max(st, k)
		end = after + n
		var q bool
		after, q = c.closers(end)
		quote = quote || q
	}
	if c.ends(st, at, end, after, quote) {
		c.emit(after)
	}
	return after
}

// closers steps over the quotation marks, brackets and footnote marks that stand
// right after a stop, and says whether a quotation mark was among them.
func (c *cutter) closers(i int) (after int, quote bool) {
	s := c.s
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case ')', ']', '}', '）', '】', '〕', '〗', '］', '〉':
		case '"', '\'', '”', '’', '»', '›', '」', '』', '》', '＂', '｣':
			quote = true
		case '“', '‘', '«': // closes in German, Czech and Danish, opens elsewhere: then a word follows
			if wordStart(s[i+n:]) {
				return i, quote
			}
			quote = true
		case '[': // [3], [a]
			k := strings.IndexByte(s[i:min(i+5, len(s))], ']')
			if k < 2 {
				return i, quote
			}
			n = k + 1
		case '¹', '²', '³', '⁰', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹':
		case ' ', '\u00A0', '\u202F', '\u2009': // French: « Oui. »
			q := s[i+n:]
			if !strings.HasPrefix(q, "»") || wordStart(q[len("»"):]) {
				return i, quote
			}
			n += len("»")
			quote = true
		default:
			return i, quote
		}
		i += n
	}
	return i, quote
}

// wordStart says whether s starts with a letter or a digit.
func wordStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// ends says whether the stop at s[at:end], with closers up to after, ends the sentence.
func (c *cutter) ends(st stopKind, at, end, after int, quote bool) bool {
	s := c.s
	if after == len(s) {
		return true
	}
	nx := lookAhead(s, after)
	if nx.lineEnd {
		return true
	}
	if st == wide {
		return c.wideEnds(at, after, quote, nx)
	}
	if !nx.spaced {
		return c.gluedEnds(st, at, end, after, quote, nx)
	}
	switch nx.class {
	case lower, joint:
		return false
	case closing:
		return false
	}
	switch st {
	case ellipsis:
		return nx.class != digit && !bracketed(s, at, end)
	case full:
		return !c.joins(at, after, nx)
	}
	return true
}

// class is what a sentence may go on with.
type class uint8

const (
	other   class = iota // a sign that opens something new: a bullet, an emoji
	lower                // a lower-case word
	upper                // an upper-case word
	uncased              // a word of a script without cases
	digit                // a number, or the currency before it
	joint                // a comma or its like
	closing              // another stop or closing mark, set off by a space
)

// following is what comes after a stop.
type following struct {
	spaced  bool // white space stands between
	lineEnd bool
	class   class
	at      int // where the word or number that follows starts
	first   rune
}

// word is the word or number that follows.
func (c *cutter) word(nx following) string { return wordAt(c.s[nx.at:]) }

// asciiClass has the classes of the letters and digits that are one byte.
var asciiClass = func() (k [256]class) {
	for b := range byte(0x80) {
		switch {
		case 'a' <= b && b <= 'z':
			k[b] = lower
		case 'A' <= b && b <= 'Z':
			k[b] = upper
		case '0' <= b && b <= '9':
			k[b] = digit
		}
	}
	return k
}()

// lookAhead looks past spaces, dashes and opening marks at the next word.
func lookAhead(s string, i int) following {
	nx := following{}
	opened := false
	for i < len(s) {
		if b := s[i]; b == ' ' {
			nx.spaced = nx.spaced || !opened
			i++
			continue
		} else if k := asciiClass[b]; k != other {
			nx.first, nx.at, nx.class = rune(b), i, k
			return nx
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			nx.lineEnd = !opened
			return nx
		case unicode.IsSpace(r):
			nx.spaced = nx.spaced || !opened
			i += n
			continue
		case r == '-' || r == '–' || r == '—' || r == '―':
			opened = true
			i += n
			continue
		case strings.ContainsRune("\"'“”„‚‘’«»‹›([{「『《（【¿¡*", r):
			opened = true
			i += n
			continue
		}
		nx.first, nx.at = r, i
		switch {
		case unicode.IsDigit(r), unicode.Is(unicode.Sc, r), r == '№':
			nx.class = digit
		case unicode.IsLower(r):
			nx.class = lower
		case unicode.IsUpper(r), unicode.IsTitle(r):
			nx.class = upper
		case unicode.IsLetter(r):
			nx.class = uncased
		case strings.ContainsRune(",;:،؛、，；：%/&", r):
			nx.class = joint
		case strings.ContainsRune(")]}）】.!?…؟。！？", r):
			nx.class = closing
		}
		return nx
	}
	nx.lineEnd = !opened
	return nx
}

// wordAt gives the letters and digits that s starts with.
func wordAt(s string) string {
	n := 0
	for n < len(s) && n < 40 && asciiClass[s[n]] != other {
		n++
	}
	if n == len(s) || s[n] < 0x80 {
		return s[:n]
	}
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) || i > 40 {
			return s[:i]
		}
	}
	return s
}

// bracketed says whether the ellipsis stands alone in brackets: what was left out, not an end.
func bracketed(s string, at, end int) bool {
	return at > 0 && end < len(s) && (s[at-1] == '[' && s[end] == ']' || s[at-1] == '(' && s[end] == ')')
}

// wideEnds decides about a wide stop. It ends the sentence, but for a quotation
// that the sentence goes on after: with と or 고, with who said it when it began the
// sentence, and always when nothing led to it.
func (c *cutter) wideEnds(at, after int, quote bool, nx following) bool {
	if nx.class == joint {
		return false
	}
	if unicode.IsDigit(nx.first) && !nx.spaced && after-at == len("．") && c.s[at:after] == "．" {
		return false // １．５
	}
	if !quote || nx.spaced {
		return !(nx.class == closing && !nx.spaced)
	}
	if unicode.In(nx.first, unicode.Hiragana, unicode.Hangul) {
		return false
	}
	if nx.class != uncased || nx.at != after {
		return true
	}
	// 他说：“……。” leads to its quotation and ends with it; “……。”他说。 does not.
	from := max(c.start, at-lookBack)
	open := strings.LastIndexAny(c.s[from:at], "“「『")
	if open < 0 {
		return true
	}
	lead, _ := utf8.DecodeLastRuneInString(c.s[from : from+open])
	return strings.ContainsRune("：:，,", lead)
}

// lookBack bounds how far back an opening mark is searched, in bytes.
const lookBack = 1000

// gluedEnds decides about a stop with no space after it. Numbers, addresses and
// dotted abbreviations are such; so are scripts without spaces, and texts that lost theirs.
func (c *cutter) gluedEnds(st stopKind, at, end, after int, quote bool, nx following) bool {
	s := c.s
	if st == ellipsis || quote || s[after] == '-' { // Col.-Gen.
		return false
	}
	if nx.at != after { // an opening mark, "…aus.„Wir"
		return (nx.class == upper || nx.class == uncased) && c.wordBefore(at) >= 3 && (st == strong || end == after)
	}
	switch nx.class {
	case uncased: // 말했다.그는
		r, _ := utf8.DecodeLastRuneInString(s[:at])
		if unicode.Is(unicode.Han, nx.first) || unicode.Is(unicode.Hiragana, nx.first) || unicode.Is(unicode.Katakana, nx.first) {
			return !unicode.IsDigit(r) && unicode.IsLetter(r) && r > 0x2E80
		}
		return r > 0x250 && c.wordBefore(at) >= 2 && utf8.RuneCountInString(c.word(nx)) >= 2
	case upper: // "left.He"
		word := c.word(nx)
		if c.wordBefore(at) < 3 || strings.HasPrefix(s[after+len(word):], ".") {
			return false
		}
		last, _ := utf8.DecodeLastRuneInString(s[:at])
		second, _ := utf8.DecodeRuneInString(word[utf8.RuneLen(nx.first):])
		return unicode.IsLower(last) && unicode.IsLower(second) && (st == strong || isStarter(word))
	}
	return false
}

// wordBefore counts the letters that stand right before byte at, up to 8.
func (c *cutter) wordBefore(at int) int {
	n := 0
	for i := at; i > c.start && n < 8; n++ {
		r, size := utf8.DecodeLastRuneInString(c.s[c.start:i])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		i -= size
	}
	return n
}
