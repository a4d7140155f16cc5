package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"monitor/internal/feed"
)

func write(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLocalFeedIsReadOnceAndFollowed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "one.html", "<html lang=en><head><title>One</title></head><body><p>1,500 soldiers.</p></body></html>")
	path := write(t, dir, "a b.xml", `<rss version="2.0"><channel><item><guid>1</guid><link>one.html</link></item></channel></rss>`)
	f := New(Options{})
	for _, address := range []string{"file://" + path, "file:" + path, "FILE://" + strings.ReplaceAll(path, " ", "%20")} {
		src := feed.Source{Kind: feed.Feed, URL: address}
		res, err := f.Poll(t.Context(), src, feed.Validators{})
		if err != nil || len(res.Entries) != 1 {
			t.Fatalf("%s: %+v, %v", address, res, err)
		}
		e, err := f.Article(t.Context(), src, res.Entries[0])
		if err != nil || !strings.Contains(e.Version.HTML, "1,500 soldiers") || e.Title != "One" {
			t.Errorf("%s: followed: %+v, %v", address, e, err)
		}
		again, err := f.Poll(t.Context(), src, res.Validators)
		if err != nil || !again.Unchanged {
			t.Errorf("%s: again: %+v, %v", address, again, err)
		}
	}
}

func TestRelativeFileAddress(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("feeds", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "feeds/one.html", "<p>1,500 soldiers.</p>")
	write(t, dir, "feeds/index.html", `<a href="one.html">One</a>`)
	src := feed.Source{Kind: feed.Index, URL: "file:feeds/index.html", Links: "a"}
	f := New(Options{})
	res, err := f.Poll(t.Context(), src, feed.Validators{})
	if err != nil || len(res.Entries) != 1 || res.Entries[0].URL != "file:feeds/one.html" {
		t.Fatalf("got %+v, %v", res, err)
	}
	if e, err := f.Article(t.Context(), src, res.Entries[0]); err != nil || !e.Version.Page {
		t.Errorf("followed: %+v, %v", e, err)
	}
}

func TestLocalFilesThatAreNotRead(t *testing.T) {
	dir := t.TempDir()
	f := New(Options{MaxBody: 100})
	big := write(t, dir, "big.xml", strings.Repeat("x", 101))
	for address, want := range map[string]error{
		"file://" + dir:                ErrRefused,
		"file:///dev/zero":             ErrRefused,
		"file://" + big:                ErrTooLarge,
		"file://" + dir + "/none.xml":  os.ErrNotExist,
		"file://" + dir + "/a%00b.xml": syscall.EINVAL,
	} {
		_, err := f.Poll(t.Context(), feed.Source{Kind: feed.Feed, URL: address}, feed.Validators{})
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", address, err, want)
		}
	}
}

func TestWebSourceLeadsToNoFile(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "secret.html", "<p>secret</p>")
	f := New(Options{})
	src := feed.Source{Kind: feed.Feed, URL: "https://example.org/rss.xml"}
	e, err := f.Article(t.Context(), src, feed.Entry{URL: "file://" + path})
	if !errors.Is(err, ErrRefused) || e.Version.HTML != "" {
		t.Errorf("got %+v, %v", e, err)
	}
	if u, _ := parseURL(src.URL); resolve(u, "file://"+path, false) != "" {
		t.Error("a feed on the web keeps a link to a local file")
	}
}
