package notify

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"monitor/internal/detect"
)

// Terminal prints alerts for a person. What was printed cannot be edited.
type Terminal struct {
	Route  string
	W      io.Writer
	Width  int  // columns; 0 is 80
	Colour bool // for a terminal that shows it; nothing else should get escapes
}

// Name is the route.
func (t Terminal) Name() string { return t.Route }

// Send prints the message. A writer that fails, a closed pipe say, does not mend itself.
func (t Terminal) Send(_ context.Context, d Delivery) (Handle, error) {
	if err := text(t.W, d.Message, t.Width, t.Colour); err != nil {
		return Handle{}, &PermanentError{Code: fmt.Sprintf("print: %v", err)}
	}
	return Handle{}, nil
}

// Text prints a message for a person, 80 columns wide.
func Text(w io.Writer, m Message, colour bool) error { return text(w, m, 80, colour) }

const (
	reset = "\x1b[0m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
)

func shade(k detect.Kind) string {
	switch {
	case k.Gravity() >= detect.SelfConflict.Gravity():
		return "\x1b[1;31m" // red: figures that cannot both be right
	case k.Gravity() >= detect.Denied.Gravity():
		return "\x1b[1;33m"
	default:
		return "\x1b[1;32m"
	}
}

func text(w io.Writer, m Message, columns int, colour bool) error {
	if columns <= 0 {
		columns = 80
	}
	p := printer{columns: max(columns, 20), colour: colour}
	p.line("", m.Headline, bold)
	if kind, rest, ok := strings.Cut(p.b.String(), ":"); ok && colour {
		p.b.Reset()
		p.b.WriteString(shade(m.Kind) + strings.TrimPrefix(kind, bold) + ":" + reset + bold + rest)
	}
	for _, r := range m.Rows {
		p.line("  "+r.Label+": ", r.Text, "")
	}
	if m.Quote.String() != "" {
		p.line("  │ ", m.Quote.String(), "")
	}
	for _, it := range m.Items {
		p.line("  • ", it.Text, "")
		p.address("    ", it.Link)
	}
	if m.Sources > 1 {
		p.line("  ", fmt.Sprintf("%d sources", m.Sources), "")
	}
	for _, l := range m.Links {
		if l.URL == "" {
			p.line("  ", l.Label, "")
		}
		p.address("  "+l.Label+" ", l)
	}
	p.line("  ", strings.Join(m.Context, " · "), dim)
	p.b.WriteByte('\n')
	_, err := io.WriteString(w, p.b.String())
	return err
}

type printer struct {
	b       strings.Builder
	columns int
	colour  bool
}

// line wraps the text behind its lead; further lines are indented to it. A quote keeps its bar.
func (p *printer) line(lead, s, style string) {
	next := strings.Repeat(" ", columnsOf(lead))
	if strings.Contains(lead, "│") {
		next = lead
	}
	if columnsOf(lead) > p.columns/2 {
		next = "    "
	}
	if !p.colour {
		style = ""
	}
	for i, part := range wrap(s, p.columns-columnsOf(lead)) {
		if i > 0 {
			lead = next
		}
		p.b.WriteString(lead + style + part)
		if style != "" {
			p.b.WriteString(reset)
		}
		p.b.WriteByte('\n')
	}
}

// address prints a link whole: a wrapped address cannot be opened.
func (p *printer) address(lead string, l Link) {
	if l.URL != "" {
		p.b.WriteString(lead + l.URL + "\n")
	}
}

// wrap cuts s into lines of at most n columns: at spaces, between wide characters,
// and inside a word only when it alone is wider than a line.
func wrap(s string, n int) []string {
	n = max(n, 10)
	var lines []string
	var line []rune
	used, space := 0, -1 // space: where the line can break; the rune there stays behind when it is a space
	for _, r := range s {
		c := columnsOfRune(r)
		if used+c > n && len(line) > 0 {
			cut, next := len(line), []rune{}
			switch {
			case r == ' ':
			case space >= 0:
				cut, next = space, line[space:]
			}
			lines = append(lines, strings.TrimRight(string(line[:cut]), " "))
			line = append([]rune{}, []rune(strings.TrimLeft(string(next), " "))...)
			used, space = columnsOf(string(line)), -1
			if r == ' ' && len(line) == 0 {
				continue
			}
		}
		if r == ' ' || c == 2 {
			space = len(line)
		}
		line = append(line, r)
		used += c
		if c == 2 {
			space = len(line)
		}
	}
	return append(lines, strings.TrimRight(string(line), " "))
}

func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOfRune(r)
	}
	return n
}

// columnsOfRune is 2 for what a terminal shows wide (Korean, Chinese, Japanese), 0 for marks on other letters.
func columnsOfRune(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
