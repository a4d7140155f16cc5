package lexicon

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"monitor/internal/claim"
)

//go:embed chronology/*.txt
var chronologies embed.FS

const (
	// OneSource marks an entry of a chronology that was found in one document only.
	OneSource = "one source"
	nobody    = "nobody" // the claimant of officials whom no report names
)

// Chronology is what was said of a built-in topic's people since its baseline, by the
// day it was said; nil when the topic has no chronology.
func Chronology(topic string) ([]claim.Baseline, error) {
	name := path.Join("chronology", topic+".txt")
	data, err := chronologies.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseChronology(name, data)
}

// ParseChronology reads a chronology's file: entries as a topic's baseline has them,
// each with the addresses it was taken from on indented lines below it.
//
//	2024-10-30 kr: at_least 11000 troops deployed
//		https://example.org/one
//		https://example.org/two
//
// Every fault is told, with its line; name is what the file is called.
func ParseChronology(name string, data []byte) ([]claim.Baseline, error) {
	lx, err := Load()
	if err != nil {
		return nil, err
	}
	c := chronology{lexicon: lx, name: name}
	for text := range strings.Lines(strings.TrimPrefix(string(data), "\uFEFF")) {
		c.n++
		switch trimmed := strings.TrimSpace(text); {
		case trimmed == "" || trimmed[0] == '#':
		case text[0] == ' ' || text[0] == '\t':
			c.source(trimmed)
		default:
			c.entry(trimmed)
		}
	}
	c.ended()
	if len(c.entries) == 0 && len(c.faults) == 0 {
		return nil, fmt.Errorf("%s: no entry stands in it", name)
	}
	return c.entries, errors.Join(c.faults...)
}

// A chronology is a file being read.
type chronology struct {
	lexicon *Lexicon
	name    string
	n       int // the line in hand
	begun   int // the line of the entry in hand; 0 for none
	broken  bool
	entries []claim.Baseline
	faults  []error
}

func (c *chronology) fault(line int, err error) {
	c.faults = append(c.faults, fmt.Errorf("%s:%d: %w", c.name, line, err))
}

func (c *chronology) entry(text string) {
	c.ended()
	c.begun = c.n
	b, err := c.parse(text)
	if c.broken = err != nil; c.broken {
		c.fault(c.n, err)
		return
	}
	c.entries = append(c.entries, b)
}

func (c *chronology) parse(text string) (claim.Baseline, error) {
	label, figure, ok := strings.Cut(text, ": ") // an outlet's id has a colon of its own
	day, who, _ := strings.Cut(label, " ")
	if !ok || day == "" || who == "" {
		return claim.Baseline{}, fmt.Errorf("%q is not of the form \"2024-10-18 kr-nis: about 1500 troops training\"", text)
	}
	if who != nobody {
		return parseBaseline(c.lexicon, label, figure)
	}
	b, err := parseBaseline(c.lexicon, day+" un", figure) // any claimant, to have the rest checked
	b.Claimant = ""
	return b, err
}

// source adds an address, or the mark, to the entry in hand.
func (c *chronology) source(text string) {
	switch {
	case c.begun == 0:
		c.fault(c.n, errors.New("the address stands below no entry"))
	case text != OneSource && !isAddress(text):
		c.fault(c.n, fmt.Errorf("%q is no web address, and not %q", text, OneSource))
	case !c.broken:
		last := &c.entries[len(c.entries)-1]
		last.Source = strings.TrimSpace(last.Source + " " + text)
	}
}

// ended says what the entry in hand lacks.
func (c *chronology) ended() {
	if c.begun != 0 && !c.broken && c.entries[len(c.entries)-1].Address() == "" {
		c.fault(c.begun, errors.New("write the address it was taken from on an indented line below"))
	}
}

func isAddress(text string) bool {
	rest, ok := strings.CutPrefix(text, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(text, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(text, " \t")
}
