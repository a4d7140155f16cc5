package fetch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"monitor/internal/feed"
)

// benchFeed is an RSS feed of 20 items of the size that news feeds have.
func benchFeed() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Bench</title><link>https://example.org/</link><language>en</language>`)
	for i := range 20 {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">id-%d</guid><title>Officials: some %d,000 troops near the border</title><link>https://example.org/news/%d</link>`+
			`<pubDate>Mon, 28 Oct 2024 %02d:00:00 +0000</pubDate><description><![CDATA[<p>%s</p>]]></description></item>`,
			i, i, i, i%24, strings.Repeat("Officials said on Monday that the soldiers had moved towards the front. ", 8))
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

func benchServer(b *testing.B, h http.HandlerFunc) (*Fetcher, feed.Source) {
	b.Helper()
	s := httptest.NewServer(h)
	b.Cleanup(s.Close)
	f := New(Options{AllowPrivate: loopback})
	b.Cleanup(f.Close)
	return f, feed.Source{Name: "bench", Kind: feed.Feed, URL: s.URL + "/rss.xml"}
}

// BenchmarkPollNotModified is the usual visit: a 304. Server and client share the process.
func BenchmarkPollNotModified(b *testing.B) {
	body := []byte(benchFeed())
	f, src := benchServer(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "%s", body)
	})
	benchPolls(b, f, src, func(r Result) bool { return r.Unchanged })
}

// BenchmarkPollSameBody is a server that knows no validators: a 200 with the same bytes.
func BenchmarkPollSameBody(b *testing.B) {
	body := []byte(benchFeed())
	f, src := benchServer(b, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "%s", body) })
	b.SetBytes(int64(len(body)))
	benchPolls(b, f, src, func(r Result) bool { return r.Unchanged })
}

// BenchmarkPollNoNewItem is a body that changed around its items.
func BenchmarkPollNoNewItem(b *testing.B) {
	body, n := benchFeed(), 0
	f, src := benchServer(b, func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, "%s<!-- %d -->", body, n)
	})
	b.SetBytes(int64(len(body)))
	benchPolls(b, f, src, func(r Result) bool { return r.Unchanged })
}

// BenchmarkPollOneNewItem is the usual change.
func BenchmarkPollOneNewItem(b *testing.B) {
	body, n := benchFeed(), 0
	f, src := benchServer(b, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Replace(body, "id-0<", fmt.Sprintf("new-%d<", n), 1))
		n++
	})
	b.SetBytes(int64(len(body)))
	benchPolls(b, f, src, func(r Result) bool { return len(r.Entries) == 1 })
}

// BenchmarkPollWhole is a feed of 20 items that is read whole.
func BenchmarkPollWhole(b *testing.B) {
	body, n := benchFeed(), 0
	f, src := benchServer(b, func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprint(w, strings.ReplaceAll(body, "id-", fmt.Sprintf("id-%d-", n)))
	})
	b.SetBytes(int64(len(body)))
	benchPolls(b, f, src, func(r Result) bool { return len(r.Entries) == 20 })
}

func benchPolls(b *testing.B, f *Fetcher, src feed.Source, good func(Result) bool) {
	b.Helper()
	first, err := f.Poll(b.Context(), src, feed.Validators{})
	if err != nil || len(first.Entries) != 20 {
		b.Fatalf("first poll: %d entries, %v", len(first.Entries), err)
	}
	b.ReportAllocs()
	v := first.Validators
	for b.Loop() {
		res, err := f.Poll(b.Context(), src, v)
		if err != nil || !good(res) {
			b.Fatalf("got %+v, %v", res, err)
		}
		v = res.Validators
	}
}

func BenchmarkOutline(b *testing.B) {
	body := []byte(benchFeed())
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if o := outlineOf(body, 2000); len(o.items) != 20 {
			b.Fatal(len(o.items))
		}
	}
}

// BenchmarkTooManyItems is the feed of a hundred thousand items, cut before it is parsed.
func BenchmarkTooManyItems(b *testing.B) {
	body := []byte(`<rss version="2.0"><channel>` + strings.Repeat("<item><guid>1</guid><title>x</title></item>", 100_000) + `</channel></rss>`)
	f := New(Options{})
	u, err := parseURL("https://example.org/rss.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var res Result
		if err := f.readFeed(feed.Source{Kind: feed.Feed}, &document{url: u, body: body}, testNow, &res); err != nil || !res.Truncated {
			b.Fatal(res.Truncated, err)
		}
	}
}
