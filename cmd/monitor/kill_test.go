package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

const killConfig = `
database: sqlite:monitor.db
fetch: {per_host: 0s, robots: false, timeout: 5s, allow_private: [127.0.0.0/8]}
sources:
  - {name: one, feed: $SITE/one.xml}
  - {name: two, feed: $SITE/two.xml, follow: true}
  - {name: three, feed: $SITE/three.xml}
notify:
  digest_above: 0
  slack: {token: "${SLACK_BOT_TOKEN}", channel: C0FAKE0001, api_url: $SLACK, rate: 1000}
web: {listen: ""}
`

func killWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.write("monitor.yaml", killConfig)
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000"), item("b", "Sat, 26", "4,500")))
	w.write("www/two.xml", rss(item("c", "Sun, 27", "5,500"), item("d", "Mon, 28", "6,500")))
	w.write("www/three.xml", rss(item("e", "Tue, 29", "7,500"), item("f", "Wed, 30", "2,000")))
	for _, name := range []string{"c", "d"} {
		figure := map[string]string{"c": "5,500", "d": "6,500"}[name]
		w.write("www/"+name+".html", "<html><body><article><h1>Report</h1><p>About "+figure+
			" North Korean soldiers are at the front in the Kursk region, Kyodo News reported.</p></article></body></html>")
	}
	return w
}

// told are the first lines in the channel, in alphabetical order.
func told(w *world) []string {
	var lines []string
	for _, m := range w.fake.Messages() {
		if m.ThreadTS == "" {
			lines = append(lines, m.Text)
		}
	}
	slices.Sort(lines)
	return lines
}

// Killed at any moment and started again, the program tells everything once. The
// moments: before and after the server has dealt with each request, and after each
// line that the program logs of its own steps.
func TestKill(t *testing.T) {
	t.Parallel()
	whole := killWorld(t)
	var requests, lines atomic.Int64
	whole.watch(func(string) { requests.Add(1) })
	p := whole.start("check", "--log-level", "debug")
	if got := p.exit(); got != exitDone {
		t.Fatalf("got exit status %d, want %d; output:\n%s", got, exitDone, p.out)
	}
	lines.Store(int64(strings.Count(p.out.String(), "level=")))
	want := told(whole)
	if len(want) < 5 {
		t.Fatalf("got %d messages, want the figures of all sources; output:\n%s", len(want), p.out)
	}
	if n := requests.Load() + lines.Load(); n < 20 {
		t.Fatalf("only %d moments to kill at", n)
	}
	for i := range requests.Load() {
		t.Run(fmt.Sprintf("request %d", i), func(t *testing.T) {
			t.Parallel()
			w := killWorld(t)
			var n atomic.Int64
			w.watch(func(string) {
				if n.Add(1) == i+1 {
					w.kill()
				}
			})
			w.survives(t, want, nil)
		})
	}
	for i := range lines.Load() {
		t.Run(fmt.Sprintf("line %d", i), func(t *testing.T) {
			t.Parallel()
			w := killWorld(t)
			var n atomic.Int64
			w.survives(t, want, func(line string) {
				if strings.Contains(line, "level=") && n.Add(1) == i+1 {
					w.kill()
				}
			})
		})
	}
}

// survives runs a check that is killed, and then one that is not. line gets what
// the first one writes.
func (w *world) survives(t *testing.T, want []string, line func(string)) {
	t.Helper()
	first := w.startWith(&output{line: line}, "check", "--log-level", "debug")
	first.exit()
	w.watch(nil)
	again := w.start("check")
	if got := again.exit(); got != exitDone {
		t.Fatalf("got exit status %d after the kill, want %d; output:\n%s", got, exitDone, again.out)
	}
	if got := told(w); !slices.Equal(got, want) {
		t.Errorf("got these messages:\n%s\nwant:\n%s\nfirst run:\n%s\nsecond run:\n%s",
			strings.Join(got, "\n"), strings.Join(want, "\n"), first.out, again.out)
	}
}
