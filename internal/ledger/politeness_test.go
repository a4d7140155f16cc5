package ledger

import (
	"testing"
	"time"

	"monitor/internal/feed"
)

// What a source asks for, how it fails and when it changes is kept, and a success
// clears the failures.
func TestVisitKeepsHowASourceIs(t *testing.T) {
	l, c := open(t)
	must(t, l.SyncSources(t.Context(), []feed.Source{{Name: "wire", URL: "https://wire.example/rss"}}))
	end := start.AddDate(0, 3, 0)
	store := func(v Visit) SourceState {
		t.Helper()
		v.Source, v.At = "wire", c.now
		_, err := l.Visit(t.Context(), v)
		must(t, err)
		st, err := l.Source(t.Context(), "wire")
		must(t, err)
		return st
	}
	st := store(Visit{Validators: &feed.Validators{ETag: "1"}, Asks: &Asks{TTL: time.Hour, SkipHours: 1 << 3}, CertEnd: end, Entries: []Capture{item("a")}})
	equal(t, st.TTL, time.Hour)
	equal(t, st.SkipHours, uint32(1<<3))
	equal(t, st.CertEnd, end)
	equal(t, len(st.Changes), 1)

	first := c.now.Add(time.Hour)
	for range 3 {
		c.advance(time.Hour)
		st = store(Visit{Err: "status 404", Trouble: "missing", Strikes: st.Strikes + 0.5})
	}
	equal(t, st.Trouble, "missing")
	equal(t, st.Strikes, 1.5)
	equal(t, st.FailingSince, first)
	equal(t, st.Failures, 3)
	equal(t, st.TTL, time.Hour)

	c.advance(time.Hour)
	st = store(Visit{Unchanged: true})
	equal(t, st.Trouble, "")
	equal(t, st.Strikes, 0.0)
	equal(t, st.FailingSince, time.Time{})
	equal(t, st.CertEnd, end)

	for i := range 40 {
		c.advance(time.Hour)
		st = store(Visit{Validators: &feed.Validators{}, Entries: []Capture{item(string(rune('A' + i)))}})
	}
	equal(t, len(st.Changes), 32)
	equal(t, st.Changes[31], c.now)
	equal(t, st.LastChange, c.now)
}

func TestHeldHosts(t *testing.T) {
	l, c := open(t)
	must(t, l.HoldHost(t.Context(), "wire.example", start.Add(time.Hour)))
	must(t, l.HoldHost(t.Context(), "wire.example", start.Add(time.Minute))) // the longer one stands
	held, err := l.HeldHosts(t.Context(), start)
	must(t, err)
	equal(t, held["wire.example"], start.Add(time.Hour))
	c.advance(2 * time.Hour)
	held, err = l.HeldHosts(t.Context(), c.now)
	must(t, err)
	equal(t, len(held), 0)
}
