package app

import (
	"testing"
	"time"
	_ "time/tzdata"

	"monitor/internal/feed"
	"monitor/internal/ledger"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	tm, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return tm
}

func scheduleOf(t *testing.T, spec, zone string) schedule {
	t.Helper()
	s, err := newSchedule(feed.Source{Name: "one", Schedule: spec, Timezone: zone})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestScheduleNext(t *testing.T) {
	for _, tt := range []struct {
		name       string
		spec, zone string
		from, want string
	}{
		{"every quarter of an hour", "*/15 * * * *", "UTC", "2026-03-01T10:07:00Z", "2026-03-01T10:15:00Z"},
		{"in the source's zone", "0 9 * * *", "Asia/Seoul", "2026-03-01T10:00:00Z", "2026-03-02T00:00:00Z"},
		{"the schedule's own zone goes before", "CRON_TZ=UTC 0 9 * * *", "Asia/Seoul", "2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z"},
		{"an interval", "@every 90s", "Asia/Seoul", "2026-03-01T10:00:00Z", "2026-03-01T10:01:30Z"},
		{"weekdays only", "0 9 * * 1-5", "UTC", "2026-02-27T10:00:00Z", "2026-03-02T09:00:00Z"},
		// In Kyiv the clock jumps from 3:00 to 4:00 on 29 March 2026, and back from 4:00 to 3:00 on 25 October.
		{"a visit in the hour that is skipped is made", "30 3 * * *", "Europe/Kyiv", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		{"and the next one at its own hour", "30 3 * * *", "Europe/Kyiv", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
		{"a visit in the hour that comes twice is made", "30 3 * * *", "Europe/Kyiv", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"but once", "30 3 * * *", "Europe/Kyiv", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"an hourly one goes on through it", "30 * * * *", "Europe/Kyiv", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"and through the skipped one", "30 * * * *", "Europe/Kyiv", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
		{"several times a day around the skipped hour", "30 1,3,5 * * *", "Europe/Kyiv", "2026-03-28T23:30:00Z", "2026-03-29T01:30:00Z"},
		{"and on", "30 1,3,5 * * *", "Europe/Kyiv", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"},
		{"never", "0 0 30 2 *", "UTC", "2026-03-01T00:00:00Z", "0001-01-01T00:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := scheduleOf(t, tt.spec, tt.zone).Next(at(t, tt.from))
			if want := at(t, tt.want); !got.Equal(want) {
				t.Errorf("got %s, want %s", got.UTC(), want)
			}
		})
	}
}

// Every visit of a year, in zones that jump: a daily visit is made once a day.
func TestScheduleOnceADay(t *testing.T) {
	for _, zone := range []string{"Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Seoul", "America/Sao_Paulo", "Europe/Moscow"} {
		for _, spec := range []string{"30 0 * * *", "15 2 * * *", "30 2 * * *", "30 3 * * *"} {
			s := scheduleOf(t, spec, zone)
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			now, visits := time.Date(2018, 1, 1, 12, 0, 0, 0, loc), 0
			for end := now.AddDate(1, 0, 0); ; visits++ {
				next := s.Next(now)
				if !next.After(now) {
					t.Fatalf("%s in %s: got %s after %s", spec, zone, next, now)
				}
				if now = next; now.After(end) {
					break
				}
			}
			if visits != 365 {
				t.Errorf("%s in %s: got %d visits in a year, want 365", spec, zone, visits)
			}
		}
	}
}

func TestNewScheduleNamesTheSource(t *testing.T) {
	_, err := newSchedule(feed.Source{Name: "one", Schedule: "at noon"})
	if err == nil || err.Error()[:12] != `source "one"` {
		t.Errorf("got %v, want an error that names the source", err)
	}
}

func TestFirst(t *testing.T) {
	now := at(t, "2026-03-01T10:07:00Z")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, tt := range []struct {
		name  string
		state ledger.SourceState
		want  time.Time
	}{
		{"never visited: at once", ledger.SourceState{}, now},
		{"due later", ledger.SourceState{LastPoll: ago(time.Minute), NextDue: at(t, "2026-03-01T10:15:00Z")}, at(t, "2026-03-01T10:15:00Z")},
		{"several visits missed: one at once", ledger.SourceState{LastPoll: ago(time.Hour), NextDue: ago(50 * time.Minute)}, ago(50 * time.Minute)},
		{"visited by hand only, and one missed since", ledger.SourceState{LastPoll: ago(time.Hour)}, now},
		{"visited by hand just now", ledger.SourceState{LastPoll: ago(time.Minute)}, at(t, "2026-03-01T10:15:00Z")},
		{"more frequent than it was", ledger.SourceState{LastPoll: ago(time.Hour), NextDue: now.Add(48 * time.Hour)}, at(t, "2026-03-01T10:15:00Z")},
		{"a server asked for patience", ledger.SourceState{LastPoll: ago(time.Hour), NextDue: now.Add(48 * time.Hour), Failures: 1}, now.Add(48 * time.Hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := first(tt.state, scheduleOf(t, "*/15 * * * *", "UTC"), now); !got.Equal(tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
