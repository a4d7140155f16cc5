package lexicon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Folded is a text in the form in which words are looked up: lower case, composed,
// one kind of space, dash, quote and digit, without soft hyphens, vowel points and
// footnote marks. Offsets lead back to the text as it was.
type Folded struct {
	S   string
	raw string
	pos []int32 // offset in raw of each byte of S, and of its end; nil when they are the same
}

// Raw is the text as it was.
func (f *Folded) Raw() string { return f.raw }

// Offset leads from a byte of S back to the byte of the text it came from.
func (f *Folded) Offset(i int) int {
	if f.pos == nil {
		return i
	}
	return int(f.pos[i])
}

// RawEnd is the offset after the last byte of the text that S[:i] came from. It leaves
// out what was dropped behind it, such as a footnote mark.
func (f *Folded) RawEnd(i int) int {
	if f.pos == nil || i == 0 {
		return f.Offset(i)
	}
	start := int(f.pos[i-1])
	_, n := utf8.DecodeRuneInString(f.raw[start:])
	end := start + n
	// A decomposed letter's marks belong to it.
	for end < len(f.raw) && end < int(f.pos[i]) {
		r, n := utf8.DecodeRuneInString(f.raw[end:])
		if !unicode.Is(unicode.Mn, r) {
			break
		}
		end += n
	}
	return end
}

// Fold brings a text into the form in which words are looked up.
func Fold(s string) *Folded {
	if isASCII(s) {
		return &Folded{S: strings.ToLower(s), raw: s}
	}
	f := &Folded{raw: s, pos: make([]int32, 0, len(s)+1)}
	out := make([]byte, 0, len(s))
	put := func(r rune, at int) {
		n := len(out)
		out = utf8.AppendRune(out, r)
		for range len(out) - n {
			f.pos = append(f.pos, int32(at))
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if c, used := compose(s[i:], r, n); used > n {
			r, n = c, used
		}
		if t, keep := foldRune(r); keep {
			put(t, i)
		}
		i += n
	}
	f.pos = append(f.pos, int32(len(s)))
	f.S = string(out)
	return f
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// compose joins a letter with the combining marks behind it, if Unicode has one
// letter for them. Feeds from a Mac bring "й" as two runes.
func compose(s string, r rune, n int) (rune, int) {
	next, m := utf8.DecodeRuneInString(s[n:])
	if m == 0 || !unicode.Is(unicode.Mn, next) || unicode.Is(unicode.Arabic, r) {
		return composeHangul(s, r, n)
	}
	c, w := utf8.DecodeRuneInString(norm.NFC.String(s[:n+m]))
	if w == 0 || c == r {
		return r, n
	}
	return c, n + m
}

// composeHangul joins conjoining jamo to a syllable.
func composeHangul(s string, r rune, n int) (rune, int) {
	if r < 0x1100 || r > 0x1112 {
		return r, n
	}
	end := n
	for k := 0; k < 2; k++ {
		j, m := utf8.DecodeRuneInString(s[end:])
		if j < 0x1161 || j > 0x11C2 {
			break
		}
		end += m
	}
	c, _ := utf8.DecodeRuneInString(norm.NFC.String(s[:end]))
	return c, end
}

// foldRune gives the looked-up form of a rune; keep is false for one that has none.
func foldRune(r rune) (t rune, keep bool) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r, true
	case r >= 0xFF01 && r <= 0xFF5E: // full-width ASCII
		return foldRune(r - 0xFEE0)
	case r >= 0x0660 && r <= 0x0669: // Arabic-Indic digits
		return '0' + r - 0x0660, true
	case r >= 0x06F0 && r <= 0x06F9: // their Persian forms
		return '0' + r - 0x06F0, true
	}
	switch r {
	case '\u00AD', '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u200E', '\u200F', 'ـ':
		return 0, false
	case '\u00B9', '\u00B2', '\u00B3', '\u2070', '\u2074', '\u2075', '\u2076', '\u2077', '\u2078', '\u2079': // footnote marks
		return 0, false
	case '\u00A0', '\u202F', '\u2009', '\u2007', '\u2008', '\u200A', '\u3000', '\u2002', '\u2003', '\u2004', '\u2005', '\u2006':
		return ' ', true
	case '\u2028', '\u2029', '\u0085':
		return '\n', true
	case '‐', '‑', '‒', '–', '—', '―', '−', '﹣':
		return '-', true
	case '’', '‘', 'ʼ', 'ʹ', '´', '′':
		return '\'', true
	case '“', '”', '„', '«', '»', '‟', '″', '「', '」', '『', '』', '《', '》':
		return '"', true
	case '٬':
		return ',', true
	case '٫':
		return '.', true
	case '،', '、':
		return ',', true
	case '。':
		return '.', true
	case 'ı', 'İ':
		return 'i', true
	case 'ё', 'Ё': // Russian writes either
		return 'е', true
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا', true
	case 'ى', 'ی':
		return 'ي', true
	case 'ة':
		return 'ه', true
	case 'ک':
		return 'ك', true
	}
	if unicode.Is(unicode.Mn, r) { // vowel points, stray accents
		return 0, false
	}
	return unicode.ToLower(r), true
}

// FoldString is the folded form alone, as lexicon entries are kept.
func FoldString(s string) string { return Fold(s).S }
