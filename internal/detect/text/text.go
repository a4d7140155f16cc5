// Package text turns what was published into text that can be read: HTML into
// lines, lines into sentences, and a guess at the language.
//
// Everything here is a pure function over strings. Spans are byte offsets into
// the string that was handed in, so that a figure found in a sentence can be
// pointed at in the text it came from.
//
// A block is a line: the text of one paragraph, heading, caption, list item or
// table cell. A sentence never leaves its block.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a stretch of a text: s[Start:End].
type Span struct{ Start, End int }

// In gives the span's text.
func (sp Span) In(s string) string { return s[sp.Start:sp.End] }

// Blocks gives the lines of a text that hold more than spaces, without the spaces around them.
func Blocks(s string) []Span {
	var out []Span
	for start := 0; start < len(s); {
		end, next := lineEnd(s, start)
		if b := trim(s, Span{start, end}); b.Start < b.End {
			out = append(out, b)
		}
		start = next
	}
	return out
}

// lineEnd finds where the line that holds byte i ends and where the next one starts.
func lineEnd(s string, i int) (end, next int) {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\n', '\r', '\v', '\f':
			return i, i + 1
		case 0xC2: // U+0085, next line
			if i+1 < len(s) && s[i+1] == 0x85 {
				return i, i + 2
			}
		case 0xE2: // U+2028 and U+2029, line and paragraph separator
			if strings.HasPrefix(s[i:], "\u2028") || strings.HasPrefix(s[i:], "\u2029") {
				return i, i + 3
			}
		}
	}
	return len(s), len(s)
}

// trim takes the spaces off both ends of a span.
func trim(s string, sp Span) Span {
	for sp.Start < sp.End {
		r, n := utf8.DecodeRuneInString(s[sp.Start:sp.End])
		if !unicode.IsSpace(r) {
			break
		}
		sp.Start += n
	}
	for sp.End > sp.Start {
		r, n := utf8.DecodeLastRuneInString(s[sp.Start:sp.End])
		if !unicode.IsSpace(r) {
			break
		}
		sp.End -= n
	}
	return sp
}
