package fetch

import (
	"bytes"
	"slices"
	"strings"
)

// outline is where the items of an XML feed lie. It is found without a parser, so
// that a feed of a hundred thousand items is cut before it costs a gigabyte, and
// so that a document that ends early or breaks in the middle keeps its whole items.
type outline struct {
	root   int      // where the root element begins; -1 when there is none
	name   string   // the root's local name, lower case
	open   []string // elements open around the last item, as written, outermost first
	items  []extent // whole items, up to the limit asked for
	more   bool     // there are more items than the limit
	closed bool     // the root element was closed
	deep   bool     // elements are nested deeper than any feed's
}

type extent struct{ start, end int }

const (
	maxOpen  = 64     // elements around items; real feeds have two
	maxDepth = 20_000 // of elements in all, with those that nobody closed; gofeed takes seconds for a million
)

// outlineOf walks the tags of a document once and stops behind limit items.
func outlineOf(b []byte, limit int) outline {
	o := outline{root: -1}
	var open [][]byte
	var item []byte      // the name of the item we are in, as written
	var start, depth int // where that item starts, and how many of its name are open within it
	nested := 0
	for i := 0; ; {
		lt := bytes.IndexByte(b[i:], '<')
		if lt < 0 {
			return o
		}
		at := i + lt
		t := tagAt(b, at)
		if t.end < 0 { // the document ends within the tag
			return o
		}
		i = t.end
		if t.closing {
			nested--
		} else if len(t.name) > 0 && !t.empty {
			nested++
		}
		if nested > maxDepth {
			o.deep = true
			return o
		}
		switch {
		case len(t.name) == 0:
		case item != nil:
			switch {
			case t.empty || !bytes.Equal(t.name, item):
			case !t.closing:
				depth++
			case depth > 0:
				depth--
			default:
				o.add(extent{start, t.end}, open)
				item = nil
				nested = len(open)
			}
		case o.root < 0:
			if t.closing {
				break
			}
			o.root, o.name, o.closed = at, strings.ToLower(string(local(t.name))), t.empty
			open = append(open, t.name)
		case t.closing:
			for n, name := range slices.Backward(open) { // what was left open within it ends with it
				if bytes.Equal(name, t.name) {
					open = open[:n]
					o.closed = n == 0
					break
				}
			}
		case isItem(t.name):
			if len(o.items) == limit {
				o.more = true
				return o
			}
			if t.empty {
				o.add(extent{at, t.end}, open)
				break
			}
			item, start, depth = t.name, at, 0
		case !t.empty && len(open) < maxOpen:
			open = append(open, t.name)
		}
	}
}

func (o *outline) add(item extent, open [][]byte) {
	o.items = append(o.items, item)
	o.open = o.open[:0]
	for _, name := range open {
		o.open = append(o.open, string(name))
	}
}

// whole is the document up to its last whole item, closed in good order.
func (o *outline) whole(b []byte) []byte {
	end := o.root
	if n := len(o.items); n > 0 {
		end = o.items[n-1].end
	}
	return o.close(append([]byte(nil), b[o.root:end]...))
}

// only is the document with one item, what stands before the first one included.
func (o *outline) only(b []byte, item extent) []byte {
	out := append([]byte(nil), b[o.root:o.items[0].start]...)
	return o.close(append(out, b[item.start:item.end]...))
}

func (o *outline) close(b []byte) []byte {
	for _, name := range slices.Backward(o.open) {
		b = append(b, "</"+name+">"...)
	}
	return b
}

type tag struct {
	name    []byte // as written, with its prefix; empty for comments, CDATA and the like
	closing bool
	empty   bool
	end     int // behind the tag; -1 when the document ends before
}

// tagAt reads the tag at b[at], which is "<". A "<" that begins no tag is text.
func tagAt(b []byte, at int) tag {
	rest := b[at:]
	for _, s := range [...]struct{ open, close string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(rest, []byte(s.open)) {
			return tag{end: after(b, at+len(s.open), s.close)}
		}
	}
	if bytes.HasPrefix(rest, []byte("<!")) {
		return tag{end: declaration(b, at)}
	}
	var t tag
	i := at + 1
	if i < len(b) && b[i] == '/' {
		t.closing = true
		i++
	}
	start := i
	for i < len(b) && nameByte(b[i]) {
		i++
	}
	if i == start {
		return tag{end: at + 1}
	}
	t.name = b[start:i]
	for quote := byte(0); i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && !t.closing && b[i-1] == '=':
			quote = c
		case c == '<': // the tag has no end; the next one begins
			return tag{end: i}
		case c == '>':
			t.empty = b[i-1] == '/' && !t.closing
			t.end = i + 1
			return t
		}
	}
	return tag{end: -1}
}

// declaration ends a DOCTYPE behind its internal subset, if it has one.
func declaration(b []byte, at int) int {
	subset := 0
	for i := at; i < len(b); i++ {
		switch b[i] {
		case '[':
			subset++
		case ']':
			subset--
		case '>':
			if subset <= 0 {
				return i + 1
			}
		}
	}
	return -1
}

func after(b []byte, from int, mark string) int {
	i := bytes.Index(b[min(from, len(b)):], []byte(mark))
	if i < 0 {
		return -1
	}
	return from + i + len(mark)
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80
}

// local is an element's name without its prefix.
func local(name []byte) []byte {
	return name[bytes.LastIndexByte(name, ':')+1:]
}

func isItem(name []byte) bool {
	n := local(name)
	return len(n) == 4 && bytes.EqualFold(n, []byte("item")) || len(n) == 5 && bytes.EqualFold(n, []byte("entry"))
}
