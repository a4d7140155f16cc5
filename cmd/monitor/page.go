package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect/extract"
)

// page writes what was read of a text for a person.
type page struct {
	desk   *app.Desk
	colour bool
}

func (p page) write(w io.Writer, s app.Shown) error {
	var b strings.Builder
	switch {
	case s.Quantities != nil:
		for _, n := range *s.Quantities {
			fmt.Fprintf(&b, "%s\n  %s\n\n", p.context(s.Document.Text, n.Start, n.End), claim.Bounds{Low: n.Low, High: n.High}.Phrase(n.Qualifier))
		}
	case s.Decisions != nil:
		for _, d := range *s.Decisions {
			fmt.Fprintf(&b, "%s\n  rule %s: ", p.mark(d.Sentence, d.Text), d.Rule)
			if d.Claim == nil {
				b.WriteString("no claim\n\n")
				continue
			}
			b.WriteString(p.claim(*d.Claim) + "\n\n")
		}
	default:
		for _, c := range *s.Claims {
			fmt.Fprintf(&b, "%s\n  %s\n\n", p.figure(s.Document, c), p.claim(c))
		}
	}
	if b.Len() == 0 {
		b.WriteString("nothing was read out of this text\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// claim is a claim in one line: "about 2,000 troops, front, actual; says Kyodo; 25 Oct 2024; dprk-troops, en".
func (p page) claim(c claim.Claim) string {
	words := []string{fmt.Sprintf("%s %s, %s, %s", c.Phrase(c.Qualifier), c.Unit, c.Measure, c.Mode)}
	if c.Increment {
		words[0] += ", in addition"
	}
	who := "nobody is named"
	if c.Claimant != "" {
		who = "says " + p.desk.Name(c.Claimant) + " (" + string(c.Claimant) + ")"
	}
	if c.Speaker != "" {
		who += " through " + plain(c.Speaker)
	}
	words = append(words, who)
	if c.AsOf != 0 {
		words = append(words, c.AsOf.Short())
	}
	if c.Scope != "" {
		words = append(words, "only of "+plain(c.Scope))
	}
	if c.InTitle {
		words = append(words, "in the headline")
	}
	return strings.Join(append(words, c.Topic+", "+c.Lang), "; ")
}

// figure is a claim's sentence with the figure set off.
func (p page) figure(doc extract.Document, c claim.Claim) string {
	text := doc.Text
	if c.InTitle {
		text = doc.Title
	}
	if c.Start < 0 || c.End > len(text) || c.Start >= c.End {
		return p.mark(c.Sentence, c.Quote) // unreachable: a claim's span lies in its text
	}
	return p.mark(c.Sentence, text[c.Start:c.End])
}

// mark sets a figure off in its sentence.
func (p page) mark(sentence, figure string) string {
	sentence, figure = plain(sentence), plain(figure)
	at := strings.Index(sentence, figure)
	if figure == "" || at < 0 {
		return sentence
	}
	return sentence[:at] + p.set(figure) + sentence[at+len(figure):]
}

func (p page) set(figure string) string {
	if p.colour {
		return "\x1b[1;33m" + figure + "\x1b[0m"
	}
	return "[" + figure + "]"
}

// context is a figure with the words around it on its line.
func (p page) context(text string, start, end int) string {
	const around = 60
	from := max(strings.LastIndexByte(text[:start], '\n')+1, start-around)
	to := len(text)
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		to = end + i
	}
	before, after := text[from:start], text[end:min(to, end+around)]
	if i := strings.IndexByte(before, ' '); i >= 0 && from == start-around { // half a word tells nothing
		before = "…" + before[i:]
	}
	if i := strings.LastIndexByte(after, ' '); i >= 0 && end+around < to {
		after = after[:i] + " …"
	}
	before, after = strings.ToValidUTF8(before, ""), strings.ToValidUTF8(after, "")
	return plainKeep(before) + p.set(plain(text[start:end])) + plainKeep(after)
}

// plain is foreign text in one line, without what could steer a terminal.
func plain(s string) string { return strings.TrimSpace(plainKeep(s)) }

func plainKeep(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			return -1
		default:
			return r
		}
	}, s)
}
