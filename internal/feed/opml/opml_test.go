package opml

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/feed"
)

func TestRead(t *testing.T) {
	one := Outline{Title: "One", Feed: "https://one.example/rss"}
	for _, tt := range []struct {
		name, text string
		want       []Outline
	}{
		{"flat", `<opml version="2.0"><body><outline text="One" xmlUrl="https://one.example/rss"/></body></opml>`, []Outline{one}},
		{"in folders", `<opml><body><outline text="News"><outline text="East"><outline title="One" text="x" xmlUrl="https://one.example/rss"/></outline></outline></body></opml>`, []Outline{one}},
		{"other letters", `<OPML><BODY><OUTLINE TEXT="One" XMLURL="https://one.example/rss"></OUTLINE></BODY></OPML>`, []Outline{one}},
		{"with its site", `<opml><body><outline text="One" xmlUrl=" https://one.example/rss " htmlUrl="https://one.example/"/></body></opml>`, []Outline{{"One", "https://one.example/rss", "https://one.example/"}}},
		{"bare ampersands", `<opml><body><outline text="A & B" xmlUrl="https://one.example/rss?a=1&b=2"/></body></opml>`, []Outline{{Title: "A & B", Feed: "https://one.example/rss?a=1&b=2"}}},
		{"cut short", `<opml><body><outline text="One" xmlUrl="https://one.example/rss"/><outline text="Two" xml`, []Outline{one}},
		{"in a charset of its own", "<?xml version=\"1.0\" encoding=\"windows-1251\"?><opml><body><outline text=\"\xcd\xee\xe2\" xmlUrl=\"https://one.example/rss\"/></body></opml>", []Outline{{Title: "Нов", Feed: "https://one.example/rss"}}},
	} {
		got, err := Read(strings.NewReader(tt.text))
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
	}
	for _, text := range []string{"", "plain", "<html><body>x</body></html>", "<opml><body/></opml>"} {
		if _, err := Read(strings.NewReader(text)); !errors.Is(err, ErrNone) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for name, text := range map[string]string{
		"deep": strings.Repeat("<outline>", 100),
		"long": strings.Repeat(" ", MaxBytes+10),
		"many": "<opml>" + strings.Repeat(`<outline xmlUrl="x"/>`, maxFeeds+1),
	} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestWriteIsReadBack(t *testing.T) {
	var b bytes.Buffer
	skipped, err := Write(&b, "monitor", []feed.Source{
		{Name: "one", Kind: feed.Feed, URL: "https://one.example/rss?a=1&b=<2>"},
		{Name: "page", Kind: feed.Page, URL: "https://two.example/"},
	})
	if err != nil || skipped != 1 {
		t.Fatalf("got %d and %v", skipped, err)
	}
	got, err := Read(&b)
	if diff := cmp.Diff([]Outline{{Title: "one", Feed: "https://one.example/rss?a=1&b=<2>"}}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestName(t *testing.T) {
	taken := map[string]bool{"the-wire": true, "the-wire-2": true}
	for _, tt := range []struct{ title, host, want string }{
		{"The Wire!", "", "the-wire-3"},
		{"Українська правда", "", "українська-правда"},
		{"", "www.one.example", "one-example"},
		{"...", "", "source"},
		{strings.Repeat("word ", 40), "", "word-word-word-word-word-word-word-word"},
	} {
		if got := Name(tt.title, tt.host, taken); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.title, got, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="One" xmlUrl="https://one.example/rss"/></body></opml>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := Read(bytes.NewReader(b))
		if (err == nil) != (len(list) > 0) {
			t.Errorf("got %d feeds and %v", len(list), err)
		}
	})
}
