package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"monitor/internal/feed"
)

// A source that fails for long is said once, and once when it is seen again.
func TestBlindnessIsSaidOnce(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Page, URL: "$SITE/page", Select: "main"})
	var log bytes.Buffer
	n.opts.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	said := func(words string, want int) {
		t.Helper()
		if err := n.watch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(log.String(), words); got != want {
			t.Errorf("%q: said %d times, want %d:\n%s", words, got, want, &log)
		}
	}
	n.site.put("/page", "<html><title>Today</title><main>Nothing</main></html>")
	n.check()
	said("source is not seen", 0)
	n.site.put("/page", "<html><title>Today</title><div>Nothing</div></html>")
	for range 4 {
		n.clock = n.clock.Add(3 * time.Hour)
		n.check()
	}
	said("source is not seen", 1)
	said("source is not seen", 1)
	if !strings.Contains(log.String(), "its selector matches nothing") {
		t.Error("it does not say how")
	}
	n.site.put("/page", "<html><title>Today</title><main>Nothing</main></html>")
	n.check()
	said("source is seen again", 1)
	said("source is seen again", 1)
	n.site.put("/page", "403")
	for range 4 {
		n.clock = n.clock.Add(3 * time.Hour)
		n.check()
	}
	said("source is not seen", 2)
}

// Block pages in place of a source's articles are its trouble, and put off no visit.
func TestWalledArticles(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "x"), rssItem("b", "5", "y")))
	n.site.put("/a", "<title>Just a moment...</title>")
	n.site.put("/b", "<title>Access denied</title>")
	s := scheduleOf(t, "@every 15m", "")
	for range 30 {
		out, err := n.poll(t.Context(), n.cfg.Sources[0], nil, &s)
		if err != nil || !out.next.Equal(n.clock.Add(15*time.Minute)) {
			t.Fatalf("got %+v and %v", out, err)
		}
		n.clock = out.next
	}
	st, err := n.Ledger().Source(t.Context(), "one")
	if err != nil || Health(st, n.clock) != "walled" || st.Entries != 2 {
		t.Errorf("got %q, %+v and %v", Health(st, n.clock), st, err)
	}
	n.site.put("/a", page("Nothing was said."))
	n.check()
	if st, err = n.Ledger().Source(t.Context(), "one"); err != nil || Health(st, n.clock) != "partial" {
		t.Errorf("got %q and %v once an article is shown", Health(st, n.clock), err)
	}
}
