package app

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/config"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

var update = flag.Bool("update", false, "write what is told into the golden file")

// A month of everyday coverage, read and compared as it came, gives the stories
// that are listed beside it and no other.
func TestAMonthOfEverydayCoverage(t *testing.T) {
	entries := monthly(t)
	if len(entries) < 120 {
		t.Fatalf("got %d entries, want 120 at least", len(entries))
	}
	desk, err := NewDesk(config.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	now := entries[0].Published
	l, err := ledger.Open(t.Context(), "sqlite::memory:", ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, topic := range desk.topics {
		if err := l.SyncBaseline(t.Context(), topic.Name, topic.baseline); err != nil {
			t.Fatal(err)
		}
	}
	sources := map[string]feed.Source{}
	var list []feed.Source
	for _, e := range entries {
		if _, ok := sources[e.outlet]; !ok {
			sources[e.outlet] = feed.Source{Name: e.outlet, Kind: feed.Feed}
			list = append(list, sources[e.outlet])
		}
	}
	if err := l.SyncSources(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		now = e.Published.Add(time.Hour)
		e.Version.Captured = now
		r := desk.Read(sources[e.outlet], e.Entry, e.Version.HTML)
		v := ledger.Visit{Source: e.outlet, At: now, Entries: []ledger.Capture{{Entry: e.Entry, Outlet: e.outlet, Lang: r.Lang, Claims: r.Claims}}}
		if _, err := l.Visit(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		found, _, err := l.Compare(t.Context(), 100, []string{"terminal"}, func(now time.Time) time.Time { return now }, desk.judge)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			why := f.Reasons[slices.IndexFunc(f.Reasons, func(r detect.Reason) bool { return r.Kind == f.Kind })]
			got = append(got, fmt.Sprintf("%s %s: %s: %s", claim.DateOf(e.Published), e.outlet, why.Rule, why.Text))
		}
	}
	alerts, err := l.Alerts(t.Context(), ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, fmt.Sprintf("%d entries, %d findings, %d stories", len(entries), len(got), len(alerts)))
	text := strings.Join(got, "\n") + "\n"
	const golden = "testdata/month/stories.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(text, "\n"), strings.Split(string(want), "\n")); diff != "" {
		t.Errorf("stories (got -, want +):\n%s", diff)
	}
}

type everyday struct {
	feed.Entry
	outlet string
}

// monthly reads the entries: "2024-10-24 | Herald | title | text" a line.
func monthly(t *testing.T) []everyday {
	t.Helper()
	data, err := os.ReadFile("testdata/month/entries.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []everyday
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != 4 {
			t.Fatalf("%q: want day, outlet, title and text", line)
		}
		day, err := time.Parse(time.DateOnly, f[0])
		if err != nil {
			t.Fatal(err)
		}
		n := len(out) + 1
		e := everyday{outlet: f[1]}
		e.Key, e.Title, e.URL = fmt.Sprint(n), f[2], fmt.Sprintf("https://month.example/%d", n)
		e.Published = day.Add(6*time.Hour + time.Duration(n)*time.Minute)
		e.Version.HTML = f[3]
		out = append(out, e)
	}
	return out
}
