package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"monitor/internal/claim"
	"monitor/internal/detect/extract"
	"monitor/internal/detect/text"
	"monitor/internal/fetch/article"
)

// Show says what of a text is wanted.
type Show string

// What extract can show.
const (
	ShowClaims     Show = "claims"
	ShowDecisions  Show = "decisions"  // every number with the rule that took or refused it
	ShowQuantities Show = "quantities" // every number, of any subject
)

// Item is one text on a stream, as it comes in: `{"id": "...", "text": "..."}`.
type Item struct {
	ID        *string `json:"id"`
	Text      *string `json:"text"`
	HTML      *string `json:"html"`
	Lang      string  `json:"lang"`
	Published string  `json:"published"`
	URL       string  `json:"url"`
	Title     string  `json:"title"`
	Outlet    string  `json:"outlet"`
}

// Document is the item as a text to be read.
func (it Item) Document() (extract.Document, error) {
	d := extract.Document{Title: it.Title, Lang: it.Lang, Outlet: it.Outlet}
	switch {
	case it.ID == nil:
		return d, errors.New("it has no id")
	case it.Text != nil:
		d.Text = *it.Text
	case it.HTML != nil:
		d.Text = TextOf(*it.HTML, it.URL)
	default:
		return d, errors.New("it has neither text nor html")
	}
	var err error
	d.Published, err = ParseDay(it.Published)
	return d, err
}

// TextOf is the text in HTML: the article of a whole page, all of a part.
func TextOf(html, url string) string {
	head := strings.ToLower(html[:min(len(html), 2048)])
	if strings.Contains(head, "<html") || strings.Contains(head, "<body") || strings.Contains(head, "<!doctype") {
		if found, err := article.Find(html, url, ""); err == nil {
			html = found.HTML
		}
	}
	return text.FromHTML(html)
}

// ParseDay reads a day, also out of a full time; "" is no day.
func ParseDay(s string) (claim.Date, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return claim.DateOf(t), nil
	}
	return claim.ParseDate(s)
}

// Shown is what extract found in a text, in its published form.
type Shown struct {
	ID         string           `json:"id"`
	Claims     *[]claim.Claim   `json:"claims,omitempty"`
	Decisions  *[]DecisionJSON  `json:"decisions,omitempty"`
	Quantities *[]NumberJSON    `json:"quantities,omitempty"`
	Document   extract.Document `json:"-"`
}

// DecisionJSON is a decision in its published form.
type DecisionJSON struct {
	Start    int          `json:"start"`
	End      int          `json:"end"`
	InTitle  bool         `json:"in_title,omitempty"`
	Text     string       `json:"text"`
	Sentence string       `json:"sentence"`
	Rule     string       `json:"rule"`
	Claim    *claim.Claim `json:"claim"`
}

// NumberJSON is a number in its published form.
type NumberJSON struct {
	Low       claim.Count     `json:"low"`
	High      claim.Count     `json:"high"`
	Qualifier claim.Qualifier `json:"qualifier"`
	Text      string          `json:"text"`
	Start     int             `json:"start"`
	End       int             `json:"end"`
}

// Show reads a text and gives what is wanted of it. Decisions come with the claims.
func (d *Desk) Show(id string, doc extract.Document, want Show) Shown {
	out := Shown{ID: id, Document: doc}
	if want == ShowQuantities {
		numbers := []NumberJSON{}
		for _, n := range d.reader.Quantities(doc) {
			numbers = append(numbers, NumberJSON{n.Low, n.High, n.Qualifier, n.Text, n.Start, n.End})
		}
		out.Quantities = &numbers
		return out
	}
	claims := d.reader.Read(doc).Claims
	if claims == nil {
		claims = []claim.Claim{}
	}
	out.Claims = &claims
	if want == ShowDecisions {
		decisions := []DecisionJSON{}
		for _, dec := range d.reader.Explain(doc) {
			decisions = append(decisions, DecisionJSON(dec))
		}
		out.Decisions = &decisions
	}
	return out
}

// streamBatch is how many lines are read before any of them is answered; a stream
// that pauses is answered at once.
const streamBatch = 64

// Stream answers a stream of items, one JSON object a line, in their order. A line
// that is none is told to fault by its number and left out. An error is that of
// reading or writing.
func (d *Desk) Stream(r io.Reader, w io.Writer, want Show, fault func(line int, err error)) error {
	in, out := bufio.NewReaderSize(r, 1<<20), bufio.NewWriterSize(w, 1<<16)
	for number := 1; ; {
		lines, end := readLines(in)
		answers := make([][]byte, len(lines))
		faults := make([]error, len(lines))
		g := errgroup.Group{}
		g.SetLimit(runtime.GOMAXPROCS(0))
		for i, line := range lines {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			g.Go(func() error {
				answers[i], faults[i] = d.answer(line, want)
				return nil
			})
		}
		_ = g.Wait() // faults are kept by line
		for i := range lines {
			if faults[i] != nil {
				fault(number+i, faults[i])
				continue
			}
			if _, err := out.Write(answers[i]); err != nil {
				return err
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
		number += len(lines)
		if errors.Is(end, io.EOF) {
			return nil
		}
		if end != nil {
			return fmt.Errorf("line %d: %w", number, end)
		}
	}
}

// readLines reads a line, and as many more as are there without waiting.
func readLines(in *bufio.Reader) (lines [][]byte, err error) {
	for len(lines) == 0 || len(lines) < streamBatch && lineReady(in) {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			lines = append(lines, line)
		}
		if err != nil {
			return lines, err
		}
	}
	return lines, nil
}

func lineReady(in *bufio.Reader) bool {
	waiting, err := in.Peek(in.Buffered())
	return err == nil && bytes.IndexByte(waiting, '\n') >= 0
}

// answer is one line's answer, with its line end.
func (d *Desk) answer(line []byte, want Show) ([]byte, error) {
	var it Item
	if err := json.Unmarshal(line, &it); err != nil {
		return nil, jsonFault(err)
	}
	doc, err := it.Document()
	if err != nil {
		return nil, err
	}
	out, err := plainJSON(d.Show(*it.ID, doc, want))
	return append(out, '\n'), err
}

// jsonFault words what is wrong with a line.
func jsonFault(err error) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if kind.Field == "" {
			return fmt.Errorf("not a JSON object but a %s", kind.Value)
		}
		return fmt.Errorf("%q is a %s and should be text", kind.Field, kind.Value)
	}
	return fmt.Errorf("not JSON: %w", err)
}
