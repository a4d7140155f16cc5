package lexicon

import (
	"unicode"
	"unicode/utf8"
)

// Trie finds the forms of a lexicon in a folded text.
type Trie struct {
	nodes []node
}

// node holds its children as one dense stretch of bytes from lo on, which is
// short nearly everywhere, and the entries that end here.
type node struct {
	lo    byte
	next  []int32
	whole []Sense // forms that end with the word
	open  []Sense // forms that any ending may follow ("soldat*")
	part  []Sense // forms that stand only inside a word ("vent-")
}

func newTrie() *Trie { return &Trie{nodes: make([]node, 1)} }

// at is the node of a folded form, made if need be.
func (t *Trie) at(form string) *node {
	at := int32(0)
	for i := range len(form) {
		at = t.child(at, form[i])
	}
	return &t.nodes[at]
}

// addPart stores a form that only Prefixes finds.
func (t *Trie) addPart(form string, s Sense) {
	n := t.at(form)
	n.part = append(n.part, s)
}

// add stores a folded form; open lets any ending follow it.
func (t *Trie) add(form string, open bool, s Sense) {
	n := t.at(form)
	if open {
		n.open = append(n.open, s)
	} else {
		n.whole = append(n.whole, s)
	}
}

func (t *Trie) child(at int32, c byte) int32 {
	n := &t.nodes[at]
	switch {
	case len(n.next) == 0:
		n.lo, n.next = c, make([]int32, 1)
	case c < n.lo:
		wider := make([]int32, int(n.lo-c)+len(n.next))
		copy(wider[n.lo-c:], n.next)
		n.lo, n.next = c, wider
	case int(c-n.lo) >= len(n.next):
		wider := make([]int32, int(c-n.lo)+1)
		copy(wider, n.next)
		n.next = wider
	}
	if to := n.next[c-n.lo]; to != 0 {
		return to
	}
	to := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{})
	t.nodes[at].next[c-t.nodes[at].lo] = to
	return to
}

func (n *node) to(c byte) int32 {
	if d := int(c) - int(n.lo); d >= 0 && d < len(n.next) {
		return n.next[d]
	}
	return 0
}

// Longest finds the longest form that begins at s[at:] and ends where a word may
// end. end is where it ends, its ending included. Of two forms that reach equally far,
// "reports" and "report*", both senses count.
func (t *Trie) Longest(s string, at int) (senses []Sense, end int) {
	var whole, open []Sense
	wholeEnd, openEnd := 0, 0
	n := int32(0)
	for i := at; ; i++ {
		nd := &t.nodes[n]
		if len(nd.whole)+len(nd.open) > 0 && utf8Start(s, i) {
			if wordEnd(s, i) {
				whole, wholeEnd = join(nd.whole, nd.open), i
			} else if len(nd.open) > 0 {
				open, openEnd = nd.open, endOfWord(s, i)
			}
		}
		if i == len(s) {
			break
		}
		if n = nd.to(s[i]); n == 0 {
			break
		}
	}
	switch {
	case openEnd > wholeEnd:
		return open, openEnd
	case openEnd == wholeEnd:
		return join(whole, open), wholeEnd
	default:
		return whole, wholeEnd
	}
}

// Prefixes calls f with each form that begins at s[at:], wherever it ends, the
// shortest first: for words that are written together.
func (t *Trie) Prefixes(s string, at int, f func(senses []Sense, end int)) {
	n := int32(0)
	for i := at; i < len(s); i++ {
		if n = t.nodes[n].to(s[i]); n == 0 {
			return
		}
		if nd := &t.nodes[n]; len(nd.whole)+len(nd.part) > 0 && utf8Start(s, i+1) {
			f(join(nd.whole, nd.part), i+1)
		}
	}
}

func join(a, b []Sense) []Sense {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	default:
		return append(append([]Sense(nil), a...), b...)
	}
}

func utf8Start(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// Unspaced says whether a rune's script writes words without spaces, or glues
// particles to them, so that a word may begin and end anywhere beside it.
func Unspaced(r rune) bool {
	return r >= 0x1100 && (r >= 0xAC00 && r <= 0xD7A3 || r >= 0x3040 && r <= 0x30FF || r >= 0x3400 && r <= 0x9FFF || r == '々' || r == '〇' ||
		r >= 0xF900 && r <= 0xFAFF || unicode.Is(unicode.Han, r))
}

// wordEnd says whether a word may end at s[:i].
func wordEnd(s string, i int) bool {
	if i == len(s) || i == 0 {
		return true
	}
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	if Unspaced(prev) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(s[i:])
	return !wordRune(next) || !wordRune(prev) || Unspaced(next)
}

// WordStart says whether a word may begin at s[i:].
func WordStart(s string, i int) bool {
	if i == 0 {
		return true
	}
	if a, b := s[i-1], s[min(i, len(s)-1)]; a < utf8.RuneSelf && b < utf8.RuneSelf {
		return ascii[a] == other || ascii[b] == other || ascii[a] == digit && ascii[b] == letter
	}
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	if !wordRune(prev) || Unspaced(prev) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(s[i:])
	return Unspaced(next) || !wordRune(next) || unicode.IsDigit(prev) && !unicode.IsDigit(next)
}

// What an ASCII character is to a word.
const (
	other = iota
	letter
	digit
)

var ascii = func() (kind [utf8.RuneSelf]uint8) {
	for c := range kind {
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			kind[c] = letter
		case '0' <= c && c <= '9':
			kind[c] = digit
		}
	}
	return kind
}()

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return ascii[r] != other
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// endOfWord is the end of the letters from s[i:] on; unspaced scripts end at once.
func endOfWord(s string, i int) int {
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			if ascii[s[i]] != letter {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !wordRune(r) || Unspaced(r) || unicode.IsDigit(r) {
			return i
		}
		i += n
	}
	return i
}

// EndOfWord is the end of the word that stands at s[i:]; a rune of an unspaced
// script is a word by itself.
func EndOfWord(s string, i int) int {
	r, n := utf8.DecodeRuneInString(s[i:])
	if !wordRune(r) || Unspaced(r) {
		return i + n
	}
	return max(endOfWord(s, i), i+n)
}
