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
