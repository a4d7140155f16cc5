package app

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"monitor/internal/feed"
	"monitor/internal/fetch"
	"monitor/internal/ledger"
)

// Each row is one visit at noon and says when the next one comes; with half of the spread.
func TestNextVisit(t *testing.T) {
	noon := at(t, "2026-03-02T12:00:00Z")
	long := func(d time.Duration) time.Time { return noon.Add(-d) }
	for _, tt := range []struct {
		name string
		spec string
		v    visited
		want string
	}{
		{"all is well", "*/15 * * * *", visited{}, "15m"},
		{"a first failure is free", "*/15 * * * *", visited{trouble: fetch.Missing, strikes: 1}, "15m"},
		{"two failures an hour apart", "*/15 * * * *", visited{trouble: fetch.Missing, strikes: 2, before: ledger.SourceState{FailingSince: long(time.Hour)}}, "30m"},
		{"a short outage is waited for no longer than it lasted", "@every 10s", visited{trouble: fetch.Broken, strikes: 12, before: ledger.SourceState{FailingSince: long(time.Minute)}}, "40s"},
		{"hours of failures", "*/15 * * * *", visited{trouble: fetch.Missing, strikes: 5, before: ledger.SourceState{FailingSince: long(10 * time.Hour)}}, "4h"},
		{"weeks of failures: once a day", "*/15 * * * *", visited{trouble: fetch.Missing, strikes: 16, before: ledger.SourceState{FailingSince: long(1000 * time.Hour)}}, "24h"},
		{"two days of an outage that may pass", "*/15 * * * *", visited{trouble: fetch.Broken, strikes: 16, before: ledger.SourceState{FailingSince: long(48 * time.Hour)}}, "3h"},
		{"two weeks of it", "*/15 * * * *", visited{trouble: fetch.Broken, strikes: 16, before: ledger.SourceState{FailingSince: long(14 * 24 * time.Hour)}}, "24h"},
		{"and a rare schedule is not made rarer", "@every 48h", visited{trouble: fetch.Missing, strikes: 16, before: ledger.SourceState{FailingSince: long(1000 * time.Hour)}}, "48h"},
		{"410: once a week", "*/15 * * * *", visited{trouble: fetch.Gone, strikes: 4}, "168h"},
		{"Retry-After", "*/15 * * * *", visited{trouble: fetch.Busy, strikes: 1, notBefore: noon.Add(100 * time.Minute)}, "1h45m"},
		{"and on an interval to the second", "@every 15m", visited{trouble: fetch.Busy, strikes: 1, notBefore: noon.Add(100 * time.Minute)}, "1h40m"},
		{"a host that holds us off is no failure", "*/15 * * * *", visited{trouble: fetch.Held, notBefore: noon.Add(20 * time.Minute)}, "30m"},
		{"max-age", "*/5 * * * *", visited{freshUntil: noon.Add(18 * time.Minute)}, "20m"},
		{"max-age of a year", "*/5 * * * *", visited{freshUntil: noon.Add(8760 * time.Hour)}, "1h"},
		{"ttl of this visit", "*/5 * * * *", visited{asks: &ledger.Asks{TTL: 30 * time.Minute}}, "30m"},
		{"ttl of an earlier visit", "*/5 * * * *", visited{before: ledger.SourceState{TTL: 30 * time.Minute}}, "30m"},
		{"a ttl below the interval", "0 * * * *", visited{asks: &ledger.Asks{TTL: 30 * time.Minute}}, "1h"},
		{"hours to skip", "*/30 * * * *", visited{asks: &ledger.Asks{SkipHours: 1<<12 | 1<<13}}, "2h"},
		{"all hours to skip", "*/30 * * * *", visited{asks: &ledger.Asks{SkipHours: 1<<24 - 1}}, "30m"},
		{"a daily visit in an hour to skip is made", "0 13 * * *", visited{asks: &ledger.Asks{SkipHours: 1 << 13}}, "1h"},
		{"after a success the server that was too busy is left more time", "@every 10m", visited{strikes: 2}, "20m"},
		{"auto, without a habit", "auto", visited{}, "15m"},
		{"auto, hourly", "auto", visited{before: ledger.SourceState{Changes: every(noon, time.Hour)}, changed: true}, "15m"},
		{"auto, many an hour", "auto", visited{before: ledger.SourceState{Changes: every(noon, 6*time.Minute)}, changed: true}, "5m"},
		{"auto, weekly", "auto", visited{before: ledger.SourceState{Changes: every(noon, 7*24*time.Hour)}, changed: true}, "6h"},
		{"auto, weekly, other bounds", "auto 1m-2d", visited{before: ledger.SourceState{Changes: every(noon, 7*24*time.Hour)}, changed: true}, "42h"},
		{"auto, hourly and silent for a day", "auto", visited{before: ledger.SourceState{Changes: every(noon.Add(-24*time.Hour), time.Hour)}}, "3h7m30s"},
		{"auto, with max-age above the interval", "auto", visited{freshUntil: noon.Add(40 * time.Minute)}, "40m"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.v.schedule = scheduleOf(t, tt.spec, "UTC")
			want, err := time.ParseDuration(tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.v.next(noon, 0.5).Sub(noon); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// every are ten changes at a distance, the last one that distance before the end.
func every(end time.Time, gap time.Duration) (list []time.Time) {
	for i := 10; i > 0; i-- {
		list = append(list, end.Add(-time.Duration(i)*gap))
	}
	return list
}

func TestStrikes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before ledger.SourceState
		now    fetch.Trouble
		want   float64
	}{
		{"a slow answer", ledger.SourceState{}, fetch.Slow, 0.5},
		{"a cut one on top of it", ledger.SourceState{Strikes: 0.5, Trouble: "slow"}, fetch.Cut, 0.75},
		{"an address that is gone", ledger.SourceState{}, fetch.Gone, 4},
		{"there is an end to it", ledger.SourceState{Strikes: 16, Trouble: "missing"}, fetch.Missing, 16},
		{"a visit that was not made", ledger.SourceState{Strikes: 3, Trouble: "busy"}, fetch.Held, 3},
		{"a success", ledger.SourceState{Strikes: 9, Trouble: "missing"}, fetch.None, 0},
		{"a success after the server was too busy", ledger.SourceState{Strikes: 8, Trouble: "busy"}, fetch.None, 4},
		{"and another one", ledger.SourceState{Strikes: 4}, fetch.None, 2},
		{"and another one", ledger.SourceState{Strikes: 2}, fetch.None, 0},
		{"an article that is missing", ledger.SourceState{}, fetch.Partial, 0},
	} {
		if got := strikes(tt.before, tt.now); got != tt.want {
			t.Errorf("%s: got %g, want %g", tt.name, got, tt.want)
		}
	}
}

// A host that asks for patience is left alone by all of its sources, also by the next run.
func TestHostIsLeftAlone(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/one"}, feed.Source{Name: "two", Kind: feed.Feed, URL: "$SITE/two"})
	n.site.put("/one", "429")
	n.site.put("/two", rss())
	n.site.head = http.Header{"Retry-After": {"3600"}}
	s := scheduleOf(t, "@every 15m", "")
	if _, err := n.poll(t.Context(), n.cfg.Sources[0], nil, &s); err != nil {
		t.Fatal(err)
	}
	n.site.head = nil
	out, err := n.poll(t.Context(), n.cfg.Sources[1], nil, &s)
	if err != nil || n.site.hits("/two") != 0 || !out.next.Equal(n.clock.Add(time.Hour)) {
		t.Fatalf("got %+v and %v, want the other source to wait as well", out, err)
	}
	st, err := n.Ledger().Source(t.Context(), "two")
	if err != nil || st.Failures != 0 || !st.NextDue.Equal(out.next) {
		t.Errorf("got %+v and %v: a visit that was not made is no failure", st, err)
	}
	again, err := build(n.cfg, n.opts)
	if err != nil {
		t.Fatal(err)
	}
	again.ledger = n.ledger
	if err := again.sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err = again.poll(t.Context(), n.cfg.Sources[1], nil, &s); err != nil || out.fault == "" || n.site.hits("/two") != 0 {
		t.Errorf("got %+v and %v, want the next run to leave the host alone", out, err)
	}
	n.clock = n.clock.Add(2 * time.Hour)
	if out, err = again.poll(t.Context(), n.cfg.Sources[1], nil, &s); err != nil || out.fault != "" {
		t.Errorf("got %+v and %v, want a visit after the time", out, err)
	}
}

// An article that cannot be read is tried at every visit for an hour, then ever more rarely.
func TestMissingArticleIsTriedLessAndLess(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "x")))
	s := scheduleOf(t, "@every 10m", "")
	tried := 0
	for range 9 * 24 * 6 {
		if _, err := n.poll(t.Context(), n.cfg.Sources[0], nil, &s); err != nil {
			t.Fatal(err)
		}
		tried += n.site.hits("/a")
		n.clock = n.clock.Add(10 * time.Minute)
	}
	if tried < 10 || tried > 20 {
		t.Errorf("got %d requests in nine days, want some 14", tried)
	}
	st, err := n.Ledger().Source(t.Context(), "one")
	if err != nil || st.Failures != 0 {
		t.Errorf("got %+v and %v, want the source to be well again after a week", st, err)
	}
}

func TestPlanSpreadsWhatASleepLeft(t *testing.T) {
	var sources []feed.Source
	for i := range 20 {
		sources = append(sources, feed.Source{Name: fmt.Sprint("source", i), Kind: feed.Feed, URL: fmt.Sprint("$SITE/", i)})
	}
	n := newNewsroom(t, sources...)
	p, err := newPlan(t.Context(), n.App, false)
	if err != nil {
		t.Fatal(err)
	}
	p.spread(n.clock.Add(time.Hour))
	moments := map[time.Time]bool{}
	for _, s := range p.queue {
		moments[s.next] = true
	}
	if len(moments) < 10 {
		t.Errorf("got %d different moments for 20 sources", len(moments))
	}
}
