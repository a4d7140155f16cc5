package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"monitor/internal/feed"
)

// FuzzFeed reads anything as a feed: no panic, entries or a named error, every key once.
func FuzzFeed(f *testing.F) {
	paths, _ := filepath.Glob("testdata/visits/*.txtar")
	for _, p := range paths {
		a, err := txtar.ParseFile(p)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if _, body, ok := strings.Cut(string(file.Data), "\n\n"); ok {
				f.Add(unhexed([]byte(body)), "text/xml")
			}
		}
	}
	u, err := parseURL("https://example.org/rss.xml")
	if err != nil {
		f.Fatal(err)
	}
	fetcher := New(Options{MaxItems: 20})
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		var res Result
		err := fetcher.readFeed(feed.Source{Kind: feed.Feed}, &document{url: u, body: body, contentType: contentType}, testNow, &res)
		if err != nil {
			if !errors.Is(err, ErrNotFeed) && !errors.Is(err, ErrCut) {
				t.Errorf("error without a name: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, e := range res.Entries {
			if e.Key == "" || seen[e.Key] || !utf8.ValidString(e.Title+e.Version.HTML) || strings.HasPrefix(e.URL, "file:") {
				t.Errorf("entry %+v", e)
			}
			seen[e.Key] = true
		}
	})
}

// FuzzPage reads anything as each kind of page.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`<html lang=de><base href="//x"><h3><a href="a?b#c">t</a></h3><div class=m id=1><time datetime=2024-10-28>`), "text/html")
	f.Add([]byte("plain"), "text/plain; charset=utf-16")
	f.Add([]byte(strings.Repeat("<div>", 600)), "")
	u, err := parseURL("https://example.org/p")
	if err != nil {
		f.Fatal(err)
	}
	fetcher := New(Options{MaxItems: 20})
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		for _, src := range []feed.Source{
			{Kind: feed.Page, URL: u.String()},
			{Kind: feed.Page, URL: u.String(), Select: "div, p"},
			{Kind: feed.Index, URL: u.String(), Links: "a, h3"},
			{Kind: feed.Messages, URL: u.String(), Items: "div, p"},
		} {
			var res Result
			err := fetcher.readPage(src, &document{url: u, body: body, contentType: contentType}, testNow, &res)
			if err != nil && !errors.Is(err, ErrNotPage) && !errors.Is(err, ErrNoMatch) {
				t.Errorf("error without a name: %v", err)
			}
			for _, e := range res.Entries {
				if e.Key == "" || !utf8.ValidString(e.Title+e.Version.HTML) || strings.HasPrefix(e.URL, "javascript:") {
					t.Errorf("entry %+v", e)
				}
			}
		}
	})
}

// TestSampleFeeds polls the project's sample feeds as local files.
func TestSampleFeeds(t *testing.T) {
	dir, err := filepath.Abs("../../testdata/feeds")
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "*.xml"))
	more, _ := filepath.Glob(filepath.Join(dir, "[!.]*[!n].json"))
	for _, p := range append(paths, more...) {
		if strings.HasSuffix(p, ".golden.json") {
			continue
		}
		if _, err := os.Stat(p); err != nil {
			t.Fatal(err)
		}
		res, err := New(Options{}).Poll(t.Context(), feed.Source{Kind: feed.Feed, URL: "file://" + p}, feed.Validators{})
		if err != nil || len(res.Entries) == 0 || res.Truncated {
			t.Errorf("%s: %d entries, truncated %v, %v", filepath.Base(p), len(res.Entries), res.Truncated, err)
		}
	}
}
