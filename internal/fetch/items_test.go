package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"monitor/internal/feed"
)

func TestOnlyNewItemsAreRead(t *testing.T) {
	guid := func(n int, title string) string {
		return fmt.Sprintf("<item><guid>g%d</guid><link>/%d</link><title>%s</title></item>", n, n, title)
	}
	atom := func(n int, title string) string {
		return fmt.Sprintf(`<entry><id>g%d</id><link href="/%d"/><title>%s</title></entry>`, n, n, title)
	}
	rss := func(items ...string) string {
		return `<rss version="2.0"><channel><title>T</title><language>ko</language>` + strings.Join(items, "\n") + "</channel></rss>"
	}
	first := rss(guid(4, "four"), guid(3, "three"), guid(2, "two"), guid(1, "one"))
	for _, tt := range []struct {
		name, before, after string
		unchanged           bool
		want                []string // keys and titles
	}{
		{"only the head changed", first, strings.Replace(first, "<title>T</title>", "<title>T</title><lastBuildDate>now</lastBuildDate>", 1), true, nil},
		{"an item left", first, rss(guid(4, "four"), guid(3, "three"), guid(2, "two")), true, nil},
		{"in another order", first, rss(guid(1, "one"), guid(4, "four"), guid(3, "three"), guid(2, "two")), true, nil},
		{"one is new", first, rss(guid(5, "five"), guid(4, "four"), guid(3, "three"), guid(2, "two")), false, []string{"g5 five ko"}},
		{"one was edited", first, rss(guid(4, "four"), guid(3, "THREE"), guid(2, "two"), guid(1, "one")), false, []string{"g3 THREE ko"}},
		{"most are new", first, rss(guid(7, "seven"), guid(6, "six"), guid(5, "five"), guid(4, "four")), false, []string{"g7 seven ko", "g6 six ko", "g5 five ko", "g4 four ko"}},
		{
			"one GUID for two", first, rss(strings.Replace(guid(1, "other"), "/1", "/9", 1), guid(4, "four"), guid(3, "three"), guid(2, "two"), guid(1, "one")), false,
			[]string{"g1 $/9 other ko", "g4 four ko", "g3 three ko", "g2 two ko", "g1 $/1 one ko"},
		},
		{
			"no GUID", first, rss("<item><title>bare</title></item>", guid(4, "four"), guid(3, "three"), guid(2, "two"), guid(1, "one")), false,
			[]string{hashKey(feed.Entry{Title: "bare"}) + " bare ko", "g4 four ko", "g3 three ko", "g2 two ko", "g1 one ko"},
		},
		{
			"Atom", "<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id>" + atom(2, "two") + atom(1, "one") + "</feed>",
			"<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id>" + atom(3, "three") + atom(2, "two") + atom(1, "one") + "</feed>", false,
			[]string{"g3 three "},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := tt.before
			f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
			src := feed.Source{Kind: feed.Feed, URL: s.URL}
			res, err := f.Poll(t.Context(), src, feed.Validators{})
			if err != nil {
				t.Fatal(err)
			}
			body = tt.after
			next, err := f.Poll(t.Context(), src, res.Validators)
			if err != nil || next.Unchanged != tt.unchanged {
				t.Fatalf("got unchanged %v and %v, want %v", next.Unchanged, err, tt.unchanged)
			}
			var got []string
			for _, e := range next.Entries {
				got = append(got, strings.ReplaceAll(e.Key, s.URL, "$")+" "+e.Title+" "+e.Lang)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again, err := f.Poll(t.Context(), src, next.Validators); err != nil || !again.Unchanged || again.Validators.Fingerprint != next.Validators.Fingerprint {
				t.Errorf("the same body again: got %+v and %v", again, err)
			}
		})
	}
}

// Fingerprints of other making mean that all is read.
func TestItemsOf(t *testing.T) {
	for _, fingerprint := range []string{"", "abcd", "abcd-ef01", "abcd-ef01-", "abcd-ef01-!!", "abcd-ef01-AAAA"} {
		if got := itemsOf(fingerprint); got != nil {
			t.Errorf("%q: got %v", fingerprint, got)
		}
	}
	if !sameBody("a-b", "a-b-items") || sameBody("a-b", "a-c-items") || sameBody("", "") || sameBody("x-b", "a-b") {
		t.Error("bodies are not told apart")
	}
}

// FuzzNewItems: what is given of a feed whose items are known in part has the new
// ones, and a feed that is known whole has none.
func FuzzNewItems(f *testing.F) {
	f.Add([]byte("<rss><channel><item><guid>1</guid></item><item><guid>2</guid></item><item><guid>3</guid></item></channel></rss>"))
	f.Add([]byte("<feed><entry><id>1</id></entry><entry/></feed>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		o := outlineOf(body, 100)
		if o.root < 0 || o.more || !o.closed {
			return
		}
		asksOf(body, &o)
		first := &document{}
		whole, news := newItems(first, body, &o)
		if len(o.items) == 0 {
			return
		}
		if news != len(o.items) || len(whole) != len(body)-o.root {
			t.Fatalf("got %d of %d items", news, len(o.items))
		}
		if _, news = newItems(&document{seen: itemsOf("a-b" + first.items)}, body, &o); news != 0 {
			t.Errorf("got %d new items of a feed that is known", news)
		}
	})
}
