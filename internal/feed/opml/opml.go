// Package opml reads and writes lists of feeds in OPML, the form in which feed
// readers hand them to one another.
package opml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/net/html/charset"

	"monitor/internal/feed"
)

// The bounds of a list: files come from anywhere.
const (
	MaxBytes = 10 << 20
	maxFeeds = 20_000
	maxDepth = 64
)

// Outline is one feed of a list.
type Outline struct {
	Title string // "" when the list does not say
	Feed  string // address of the feed
	Site  string // address of the pages it belongs to; may be empty
}

// ErrNone comes when there is no feed in a document.
var ErrNone = errors.New("no feed in it")

// Read gives the feeds of a list, in its order, however they are nested. It reads
// what is there of a document that breaks off or breaks.
func Read(r io.Reader) ([]Outline, error) {
	limited := &io.LimitedReader{R: r, N: MaxBytes + 1}
	d := xml.NewDecoder(limited)
	d.Strict, d.AutoClose, d.Entity, d.CharsetReader = false, xml.HTMLAutoClose, xml.HTMLEntity, charset.NewReaderLabel
	var list []Outline
	depth := 0
	for {
		token, err := d.Token()
		if limited.N <= 0 {
			return nil, fmt.Errorf("the list is longer than %d MiB", MaxBytes>>20)
		}
		if errors.Is(err, io.EOF) || err != nil && len(list) > 0 {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the list is broken: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, errors.New("the list is nested too deep")
			}
			if o := outlineOf(t); o.Feed != "" {
				if list = append(list, o); len(list) > maxFeeds {
					return nil, fmt.Errorf("the list has more than %d feeds", maxFeeds)
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	if len(list) == 0 {
		return nil, ErrNone
	}
	return list, nil
}

// outlineOf reads an element's attributes, whose case differs from writer to writer.
func outlineOf(t xml.StartElement) (o Outline) {
	if !strings.EqualFold(t.Name.Local, "outline") {
		return o
	}
	for _, a := range t.Attr {
		v := strings.Join(strings.Fields(a.Value), " ")
		switch strings.ToLower(a.Name.Local) {
		case "xmlurl":
			o.Feed = v
		case "htmlurl":
			o.Site = v
		case "title":
			if v != "" {
				o.Title = v
			}
		case "text":
			if o.Title == "" {
				o.Title = v
			}
		}
	}
	return o
}

// Write writes the feeds among the sources. Pages have no place in such a list;
// skipped counts them.
func Write(w io.Writer, title string, sources []feed.Source) (skipped int, err error) {
	type outline struct {
		Type  string `xml:"type,attr"`
		Text  string `xml:"text,attr"`
		Title string `xml:"title,attr"`
		URL   string `xml:"xmlUrl,attr"`
		Lang  string `xml:"language,attr,omitempty"`
	}
	type document struct {
		XMLName xml.Name  `xml:"opml"`
		Version string    `xml:"version,attr"`
		Title   string    `xml:"head>title"`
		List    []outline `xml:"body>outline"`
	}
	doc := document{Version: "2.0", Title: title}
	for _, s := range sources {
		if s.Kind != feed.Feed {
			skipped++
			continue
		}
		doc.List = append(doc.List, outline{"rss", s.Name, s.Name, s.URL, s.Lang})
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	}
	return skipped, err
}

// Name makes a short name for a source that no other in taken has: its title's
// words or its host's, in small letters.
func Name(title, host string, taken map[string]bool) string {
	base := slug(title)
	if base == "" {
		base = slug(strings.TrimPrefix(host, "www."))
	}
	if base == "" {
		base = "source"
	}
	name := base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return name
}

// slug keeps letters and digits, at most 40 bytes of them, with dashes between.
func slug(s string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r < 0x80 || r >= 0x80 && !letter(r)
	}) {
		if b.Len()+len(word) > 40 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word)
	}
	return b.String()
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
