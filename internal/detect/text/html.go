package text

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// FromHTML gives the text of a piece of HTML: one line a block, inline elements
// joined, entities decoded, runs of ASCII white space as one space. What a page
// has around its text (scripts, styles, navigation, forms' buttons) is left out, and so is
// text that was struck out. Other spaces stay as they are, since they group
// digits; marks that nobody sees (soft hyphens, zero-width and direction marks) go.
//
// A text without tags keeps its lines, with its entities decoded.
//
// It reads tokens, not a tree: a document of any depth costs one pass.
func FromHTML(s string) string {
	if !hasTag(s) {
		decoded := s
		if strings.IndexByte(s, '&') >= 0 {
			decoded = html.UnescapeString(s)
		}
		if len(decoded) == len(s) || !hasTag(decoded) {
			return strings.ToValidUTF8(dropInvisible(decoded), "\uFFFD")
		}
		s = decoded // a feed that escaped its HTML twice
	}
	w := writer{buf: make([]byte, 0, len(s)/2)}
	z := html.NewTokenizer(strings.NewReader(s))
	z.AllowCDATA(true)
	var buf [16]byte
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.endLine()
			return strings.ToValidUTF8(string(bytes.TrimSuffix(w.buf, []byte("\n"))), "\uFFFD")
		case html.TextToken:
			if w.skip == "" {
				w.text(z.Text())
			}
		case html.StartTagToken:
			name := tagName(z.Raw(), buf[:0])
			w.start(name)
		case html.SelfClosingTagToken:
			// Feeds made of XHTML hold <script/> and <iframe/>: nothing is inside of them.
			z.NextIsNotRawText()
			name := tagName(z.Raw(), buf[:0])
			if k := kindOf(name); k == block || k == content {
				w.start(name)
			}
		case html.EndTagToken:
			name := tagName(z.Raw(), buf[:0])
			w.end(name)
		}
	}
}

// tagName gives the lower-case name of a raw tag, in buf when it fits there; no name that
// matters is longer. The tokenizer's own TagName allocates for every tag.
func tagName(raw, buf []byte) []byte {
	raw = bytes.TrimLeft(raw, "</")
	for _, c := range raw {
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case c == '>' || c == '/' || c <= ' ':
			return buf
		}
		if len(buf) == cap(buf) {
			break
		}
		buf = append(buf, c)
	}
	return buf
}

// hasTag says whether s holds anything that a browser would take for a tag or a comment.
func hasTag(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			return false
		}
		s = s[i+1:]
		if c := s[0] | 0x20; 'a' <= c && c <= 'z' || s[0] == '/' || s[0] == '!' || s[0] == '?' {
			return strings.IndexByte(s, '>') >= 0
		}
	}
}

// kind is what a tag does to the text.
type kind uint8

const (
	inline  kind = iota
	block        // starts and ends a line
	content      // a block that holds the page's text: whatever chrome is open ends here
	pre          // a block that keeps its lines
	chrome       // a block that is no part of the text
	dropped      // an inline element that is no part of the text
	struck       // withdrawn text; its end tag may be missing
	raised       // sup: a footnote's mark must not become a digit of the figure before it
	lowered      // sub, likewise
	quoted       // q: browsers draw the quotation marks
)

func kindOf(name []byte) kind {
	switch string(name) {
	case "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr",
		"table", "tbody", "thead", "tfoot", "caption", "section", "aside", "header", "footer",
		"blockquote", "figure", "figcaption", "dl", "dt", "dd", "hr", "address", "center", "details",
		"summary", "fieldset", "legend", "form", "hgroup", "search", "dir", "frameset", "head", "html":
		return block
	case "body", "main", "article":
		return content
	case "pre", "listing", "xmp", "plaintext":
		return pre
	case "nav", "script", "style", "template", "noscript", "title", "iframe", "dialog", "menu",
		"noframes", "noembed":
		return chrome
	case "button", "select", "textarea", "svg", "canvas", "audio", "video", "datalist", "rt", "rp":
		return dropped
	case "s", "strike", "del":
		return struck
	case "sup":
		return raised
	case "sub":
		return lowered
	case "q":
		return quoted
	}
	return inline
}

// writer collects the lines of a document.
type writer struct {
	buf       []byte
	lineStart int    // where the line in hand starts in buf
	space     bool   // white space was seen and is owed before the next word
	skip      string // name of the element that is being left out, "" outside of one
	skipKind  kind
	depth     int // how often skip is open within itself
	pre       int // open elements that keep their lines
	raised    int // open sup elements
	lowered   int // open sub elements
}

func (w *writer) start(name []byte) {
	k := kindOf(name)
	if w.skip != "" {
		switch {
		case string(name) == w.skip && w.skip != "rt" && w.skip != "rp":
			w.depth++
			return
		case k == content, w.skipKind == struck && k == block, w.skip == "rt" && string(name) == "rp":
			w.skip = "" // the end tag is missing
		default:
			return
		}
	}
	switch k {
	case block, content:
		w.endLine()
	case pre:
		w.endLine()
		w.pre++
	case chrome:
		w.endLine()
		w.leaveOut(name, k)
	case dropped, struck:
		w.leaveOut(name, k)
	case raised:
		w.raised++
	case lowered:
		w.lowered++
	case quoted:
		w.text([]byte("“"))
	case inline:
	}
}

func (w *writer) leaveOut(name []byte, k kind) {
	w.skip, w.skipKind, w.depth = string(name), k, 1
}

func (w *writer) end(name []byte) {
	if w.skip != "" {
		switch string(name) {
		case w.skip:
			if w.depth--; w.depth == 0 {
				w.skip = ""
			}
		case "ruby": // rt and rp need no end tag of their own
			if w.skip == "rt" || w.skip == "rp" {
				w.skip = ""
			}
		}
		return
	}
	switch kindOf(name) {
	case block, content, chrome:
		w.endLine()
	case pre:
		w.endLine()
		w.pre = max(w.pre-1, 0)
	case raised:
		w.raised = max(w.raised-1, 0)
	case lowered:
		w.lowered = max(w.lowered-1, 0)
	case quoted:
		w.text([]byte("”"))
	case inline, dropped, struck:
	}
}

// special marks the bytes at which text cannot simply be copied: ASCII white
// space, and the lead bytes of the invisible marks.
var special = [256]bool{
	' ': true, '\t': true, '\n': true, '\r': true, '\f': true,
	0xC2: true, 0xD8: true, 0xE2: true, 0xEF: true,
}

func (w *writer) text(b []byte) {
	if w.raised+w.lowered > 0 {
		w.scripted(b)
		return
	}
	for i := 0; i < len(b); {
		from := i
		for i < len(b) && !special[b[i]] {
			i++
		}
		if i > from {
			w.word(b[from:i])
			continue
		}
		switch c := b[i]; {
		case c == '\n' && w.pre > 0:
			w.endLine()
			i++
		case c < 0x80:
			w.space = true
			i++
		default:
			if n := invisible(b[i:]); n > 0 {
				i += n
				continue
			}
			w.word(b[i : i+1])
			i++
		}
	}
}

// word appends bytes to the line, after the space that is owed.
func (w *writer) word(b []byte) {
	if w.space && len(w.buf) > w.lineStart {
		w.buf = append(w.buf, ' ')
	}
	w.space = false
	w.buf = append(w.buf, b...)
}

// scripted writes raised and lowered text: "3,000<sup>1</sup>" is 3,000¹ and never 30,001.
func (w *writer) scripted(b []byte) {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	if w.raised == 0 {
		digits = []rune("₀₁₂₃₄₅₆₇₈₉")
	}
	up, low := w.raised, w.lowered
	w.raised, w.lowered = 0, 0
	w.text([]byte(strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return digits[r-'0']
		}
		return r
	}, string(b))))
	w.raised, w.lowered = up, low
}

// endLine ends the line in hand; a line of nothing but spaces is taken back.
func (w *writer) endLine() {
	w.space = false
	line := w.buf[w.lineStart:]
	if len(line) == 0 {
		return
	}
	if len(bytes.TrimFunc(line, unicode.IsSpace)) == 0 {
		w.buf = w.buf[:w.lineStart]
		return
	}
	w.buf = append(w.buf, '\n')
	w.lineStart = len(w.buf)
}

// invisible gives the length of the mark that b starts with when readers do not
// see it: soft hyphens cut words, direction marks cut numbers. Joiners stay,
// they are part of the spelling.
func invisible[T string | []byte](b T) int {
	if len(b) < 2 {
		return 0
	}
	switch {
	case b[0] == 0xC2 && b[1] == 0xAD: // soft hyphen
		return 2
	case b[0] == 0xD8 && b[1] == 0x9C: // Arabic letter mark
		return 2
	case len(b) < 3:
		return 0
	case b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF: // byte order mark
		return 3
	case b[0] != 0xE2:
		return 0
	case b[1] == 0x80 && (b[2] == 0x8B || b[2] == 0x8E || b[2] == 0x8F || b[2] >= 0xAA && b[2] <= 0xAE):
		return 3 // zero-width space, direction marks, embeddings
	case b[1] == 0x81 && (b[2] == 0xA0 || b[2] >= 0xA6 && b[2] <= 0xA9):
		return 3 // word joiner, isolates
	}
	return 0
}

// dropInvisible takes the invisible marks out of a plain text.
func dropInvisible(s string) string {
	var out []byte
	from := 0
	for i := 0; i < len(s); i++ {
		if !special[s[i]] {
			continue
		}
		if n := invisible(s[i:]); n > 0 {
			out = append(out, s[from:i]...)
			from = i + n
			i += n - 1
		}
	}
	if from == 0 {
		return s
	}
	return string(append(out, s[from:]...))
}
