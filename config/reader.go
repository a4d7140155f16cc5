package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// reader walks the nodes of a file, fills the Config and gathers the faults.
type reader struct {
	origin
	faults Faults
	visits int // nodes looked at so far
	most   int // and how many may be; see spent
}

// read takes the value of one key.
type read func(key string, n *yaml.Node)

// field is a key that a mapping may have, and what reads its value.
type field struct {
	key  string
	read read
}

func (r *reader) fault(n *yaml.Node, instead, what string, args ...any) {
	r.faultAt(n.Line, n.Column, instead, what, args...)
}

func (r *reader) faultAt(line, column int, instead, what string, args ...any) {
	r.faults = append(r.faults, Fault{
		File: r.file, Line: max(1, line), Column: max(1, column),
		What: fmt.Sprintf(what, args...), Instead: instead,
	})
}

// parse reads a file's bytes. The error is Faults.
func parse(from origin, data []byte) (*Config, error) {
	r := &reader{origin: from, most: max(10_000, len(data))}
	c := from.defaults()
	if root := r.document(data); root != nil {
		r.config(c, root)
	}
	if r.visits > r.most {
		r.faults = nil // what was found in an unfolding without end helps nobody
		r.faultAt(1, 1, "write the values out", "the file's aliases unfold to too much")
	}
	if len(r.faults) > 0 {
		r.faults.sort()
		return nil, slices.Compact(r.faults) // an alias shows its faults wherever it stands
	}
	return c, nil
}

// document gives the file's one mapping, or nil with the faults said.
func (r *reader) document(data []byte) *yaml.Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !r.characters(data) {
		return nil
	}
	load, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		r.syntax(data, err)
		return nil
	}
	var doc, second yaml.Node
	if err := load.Load(&doc); errors.Is(err, io.EOF) {
		r.empty()
		return nil
	} else if err != nil {
		r.syntax(data, err)
		return nil
	}
	if err := load.Load(&second); err == nil {
		r.fault(&second, "keep everything in one, without a line ---", "the file has a second document")
	} else if !errors.Is(err, io.EOF) {
		r.syntax(data, err)
		return nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.MappingNode && len(root.Content) == 0 || root.ShortTag() == "!!null" {
		r.empty()
		return nil
	}
	return root
}

func (r *reader) empty() {
	r.faultAt(1, 1, "write at least sources:, or let `monitor init` write a file to start from", "the file is empty")
}

// characters finds what cannot stand in a YAML file at all, which the library
// refuses without a place.
func (r *reader) characters(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		r.faultAt(1, 1, "save it as UTF-8", "the file is UTF-16")
		return false
	}
	line, column := 1, 1
	for i := 0; i < len(data); {
		c, size := utf8.DecodeRune(data[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.faultAt(line, column, "save the file as UTF-8", "byte 0x%02x is not UTF-8", data[i])
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f || c >= 0x80 && c < 0xa0 && c != 0x85 || c == 0xfffe || c == 0xffff:
			r.faultAt(line, column, "remove it", "control character %U", c)
			return false
		case c == '\n':
			line, column = line+1, 0
		}
		column++
		i += size
	}
	return true
}

// syntax words the library's error. Its own message is kept out where it repeats
// the file's text, which may be a secret.
func (r *reader) syntax(data []byte, err error) {
	var le *yaml.LoadError
	if !errors.As(err, &le) { // unreachable: the library has no other error
		r.faultAt(1, 1, "write YAML", "the file is not YAML")
		return
	}
	at := le.Mark
	text := lineOf(data, at.Line)
	what, instead := "not YAML: "+le.Message, "look at the indentation and the quotes of this line and the one before"
	switch rest := after(text, at.Column); {
	case strings.HasPrefix(strings.TrimLeft(text, " "), "\t"):
		what, instead = "a tab in the indentation", "write blanks"
	case strings.Contains(le.Message, "unknown anchor"):
		what, instead = "not YAML: * refers to an anchor that is not in the file", `put a value that begins with * in quotes`
	case strings.Contains(le.ContextMsg, "alias"):
		// The library stumbles over the second * of a schedule.
		at.Column = utf8.RuneCountInString(text[:strings.Index(text, "*")+1])
		what, instead = "not YAML: a value begins with *", `put it in quotes, as in "*/15 * * * *"`
	case rest != "" && strings.ContainsRune("@`%", rune(rest[0])):
		what, instead = fmt.Sprintf("not YAML: a value begins with %c", rest[0]), "put it in quotes"
	case strings.Contains(le.Message, "mapping values are not allowed"):
		what, instead = `not YAML: a second ": " in the line, or a key under a value`, "put the value in quotes, or mend the indentation"
	case !known(le.Message):
		what = "not YAML"
	}
	r.faultAt(at.Line, at.Column, instead, "%s", what)
}

// known says whether a message of the library is one of those without the
// file's text in them.
func known(message string) bool {
	return strings.HasPrefix(message, "did not find expected") || strings.HasPrefix(message, "could not find expected") ||
		strings.HasPrefix(message, "found unexpected") || strings.HasPrefix(message, "found character that cannot start")
}

func lineOf(data []byte, line int) string {
	for n := 1; n < line; n++ {
		_, rest, ok := bytes.Cut(data, []byte("\n"))
		if !ok {
			return ""
		}
		data = rest
	}
	text, _, _ := bytes.Cut(data, []byte("\n"))
	return string(text)
}

// after is the text from the column on.
func after(text string, column int) string {
	r := []rune(text)
	return string(r[min(len(r), max(0, column-1)):])
}

// spent counts a node and says whether there were too many; parse tells it. Without aliases a
// file has fewer nodes than bytes; with them a short file can unfold to any size.
func (r *reader) spent() bool {
	r.visits++
	return r.visits > r.most
}

// value follows an alias to its node; nil when there is nothing to read.
func (r *reader) value(key string, n *yaml.Node) *yaml.Node {
	if r.spent() {
		return nil
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.ShortTag() {
	case "!!null":
		r.fault(n, `give it one (in quotes when it begins with #), or remove the key`, "%s has no value", key)
		return nil
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp", "!!map", "!!seq":
		return n
	default:
		r.fault(n, "write the plain value", "%s has a tag that is not read here", key)
		return nil
	}
}

// object reads a mapping's keys. It gives the nodes of the keys that are there,
// and nil when n is no mapping.
func (r *reader) object(key string, n *yaml.Node, fields ...field) map[string]*yaml.Node {
	if n = r.value(key, n); n == nil {
		return nil
	}
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	if n.Kind != yaml.MappingNode {
		r.fault(n, "write keys below it: "+strings.Join(keys, ", "), "%s is no mapping", key)
		return nil
	}
	return r.pairs(n, func(name string, at, v *yaml.Node) {
		i := slices.Index(keys, name)
		if i < 0 {
			r.fault(at, meant(name, keys), "%s has no key %s", key, quote(name))
			return
		}
		fields[i].read(name, v)
	})
}

// pairs gives each key of a mapping once, and all of their values.
func (r *reader) pairs(n *yaml.Node, each func(name string, at, v *yaml.Node)) map[string]*yaml.Node {
	values, lines := map[string]*yaml.Node{}, map[string]int{}
	for i := 0; i+1 < len(n.Content) && r.visits <= r.most; i += 2 {
		at, v := n.Content[i], n.Content[i+1]
		switch {
		case at.ShortTag() == "!!merge":
			r.fault(at, "write the keys out", "merged keys (<<) are not read")
		case at.Kind != yaml.ScalarNode || at.ShortTag() != "!!str":
			r.fault(at, "write a plain word", "a key is no word")
		case lines[at.Value] > 0:
			r.fault(at, "keep one of the two", "key %s stands already in line %d", quote(at.Value), lines[at.Value])
		default:
			lines[at.Value], values[at.Value] = at.Line, v
			each(at.Value, at, v)
		}
	}
	return values
}

// list reads a sequence, item by item. It gives false when n is none.
func (r *reader) list(key string, n *yaml.Node, each func(i int, item *yaml.Node)) bool {
	if n = r.value(key, n); n == nil {
		return false
	}
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "write a list: [a, b], or lines that begin with -", "%s is no list", key)
		return false
	}
	for i, item := range n.Content {
		if each(i, item); r.visits > r.most {
			return false
		}
	}
	return true
}

// scalar is the node of a single value.
func (r *reader) scalar(key, instead string, n *yaml.Node) *yaml.Node {
	if n = r.value(key, n); n == nil {
		return nil
	}
	if n.Kind != yaml.ScalarNode {
		r.fault(n, instead, "%s is no single value", key)
		return nil
	}
	return n
}

// plainText is a value that is text. A number is none: YAML may have changed
// it ("1e3", "010") before anyone could see what was meant.
func (r *reader) plainText(key string, n *yaml.Node) (string, bool) {
	text, ok := r.hiddenText(key, n)
	if ok && text == "" {
		r.fault(n, "give it a value or remove the key", "%s is empty", key)
		return "", false
	}
	return text, ok
}

// hiddenText is text that may be empty, and that no fault shows.
func (r *reader) hiddenText(key string, n *yaml.Node) (string, bool) {
	v := r.scalar(key, "write text", n)
	if v == nil {
		return "", false
	}
	switch v.ShortTag() {
	case "!!int", "!!float", "!!bool":
		r.fault(v, "put it in quotes", "%s is a number or true or false, not text", key)
		return "", false
	}
	return v.Value, true
}
