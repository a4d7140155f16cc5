package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"monitor/internal/feed"
)

// ErrInline comes when the sources of a file are written in one line, between
// brackets, where nothing can be added without writing it all anew.
var ErrInline = errors.New("its sources are written in one line")

// AddSources gives the file's text with more sources at the end of its list.
// Every other byte stays as it is, comments included. The result is checked like
// any file; dir is where its relative paths start.
func AddSources(file string, text []byte, sources []feed.Source) ([]byte, error) {
	at, indent, head, err := endOfSources(text)
	if err != nil {
		return nil, err
	}
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	var b strings.Builder
	b.Write(text[:at])
	if at > 0 && text[at-1] != '\n' {
		b.WriteString(newline)
	}
	b.WriteString(strings.ReplaceAll(head, "\n", newline))
	for _, s := range sources {
		for line := range strings.Lines(SourceEntry(s)) {
			b.WriteString(strings.Repeat(" ", indent) + strings.TrimSuffix(line, "\n") + newline)
		}
	}
	b.Write(text[at:])
	out := []byte(b.String())
	from := origin{file: file, dir: filepath.Dir(file), env: os.LookupEnv, open: openFile}
	if _, err := parse(from, out); err != nil && faults(err) > faultsOf(from, text) {
		return nil, fmt.Errorf("with the new source the file would have faults: %w", err)
	}
	return out, nil
}

// faultsOf counts what was wrong with a file before.
func faultsOf(from origin, text []byte) int {
	_, err := parse(from, text)
	return faults(err)
}

func faults(err error) int {
	if list, ok := errors.AsType[Faults](err); ok {
		return len(list)
	}
	if err != nil {
		return 1
	}
	return 0
}

// SourceEntry is a source as an item of the file's list.
func SourceEntry(s feed.Source) string {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			lead := "  "
			if b.Len() == 0 {
				lead = "- "
			}
			b.WriteString(lead + key + ": " + plainScalar(value) + "\n")
		}
	}
	line("name", s.Name)
	if s.Kind == feed.Feed {
		line("feed", s.URL)
	} else {
		line("page", s.URL)
	}
	line("select", s.Select)
	line("links", s.Links)
	line("items", s.Items)
	if s.Outlet != s.Name {
		line("outlet", s.Outlet)
	}
	line("lang", s.Lang)
	line("schedule", s.Schedule)
	if s.Follow && s.Kind == feed.Feed {
		b.WriteString("  follow: true\n")
	}
	return b.String()
}

// bareForm is text that needs no quotes in YAML, whatever it stands for.
var bareForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ./_%?=&~+@-]*(:[^\s:#"'{}\[\],]+)*$`)

func plainScalar(s string) string {
	var probe yaml.Node
	if bareForm.MatchString(s) && yaml.Load([]byte(s), &probe) == nil {
		n := &probe
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			n = n.Content[0]
		}
		if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && n.Value == s {
			return s
		}
	}
	return strconv.Quote(s) // YAML's double quotes know Go's escapes
}

// endOfSources is where a source can be added: the offset behind the last one, the
// indent of the list's dashes, and a head to write before it.
func endOfSources(text []byte) (at, indent int, head string, err error) {
	if !bytes.ContainsFunc(text, func(r rune) bool { return r > ' ' }) {
		return len(text), 2, "sources:\n", nil
	}
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		return 0, 0, "", err
	}
	root := &doc
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		if root.Kind == 0 || root.ShortTag() == "!!null" {
			return len(text), 2, "sources:\n", nil
		}
		return 0, 0, "", errors.New("the file is no mapping of keys to values")
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "sources" {
			return endOfList(text, root.Content[i], root.Content[i+1])
		}
	}
	return len(text), 2, "sources:\n", nil
}

func endOfList(text []byte, key, list *yaml.Node) (at, indent int, head string, err error) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	offset := func(line int) int { // of the 1-based line's start
		n := 0
		for _, l := range lines[:min(line-1, len(lines))] {
			n += len(l)
		}
		return n
	}
	switch {
	case list.Kind == yaml.SequenceNode && len(list.Content) > 0 && list.Style&yaml.FlowStyle == 0:
	case list.Kind == yaml.ScalarNode && list.ShortTag() == "!!null" && list.Value == "":
		return offset(key.Line + 1), 2, "", nil
	default:
		return 0, 0, "", ErrInline
	}
	last := list.Content[len(list.Content)-1].Line
	indent = len(lines[last-1]) - len(bytes.TrimLeft(lines[last-1], " "))
	if !bytes.HasPrefix(bytes.TrimLeft(lines[last-1], " "), []byte("-")) { // the item begins on the line below its dash
		return 0, 0, "", ErrInline
	}
	end := last
	for n := last; n < len(lines); n++ { // lines[n] is line n+1
		line := lines[n]
		body := bytes.TrimLeft(line, " ")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(line)-len(body) <= indent {
			break
		}
		end = n + 1
	}
	return offset(end + 1), indent, "", nil
}
