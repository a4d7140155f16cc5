package app

import (
	"strings"
	"testing"
	"time"

	"monitor/internal/ledger"
)

func TestSight(t *testing.T) {
	now := at(t, "2026-03-02T12:00:00Z")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	well := ledger.SourceState{LastPoll: now, LastSuccess: now}
	with := func(change func(*ledger.SourceState)) ledger.SourceState {
		st := well
		change(&st)
		return st
	}
	failing := func(trouble string, since time.Duration) ledger.SourceState {
		return ledger.SourceState{LastPoll: now, Failures: 3, Trouble: trouble, FailingSince: ago(since), LastError: "what was said"}
	}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name   string
		st     ledger.SourceState
		health string
		want   string // words of the first
		tell   bool
	}{
		{"never visited", ledger.SourceState{}, "new", "", false},
		{"well, without a habit", well, "well", "", false},
		{"hourly, and quiet for a night", with(func(st *ledger.SourceState) { st.Changes = every(ago(10*time.Hour), time.Hour) }), "well", "", false},
		{"hourly, and quiet for a day", with(func(st *ledger.SourceState) { st.Changes = every(ago(day), time.Hour) }), "silent", "nothing new for 25 h, and usually does every 60 min", true},
		{"daily, and quiet for a week", with(func(st *ledger.SourceState) { st.Changes = every(ago(6*day), day) }), "well", "", false},
		{"daily, and quiet for nine days", with(func(st *ledger.SourceState) { st.Changes = every(ago(8*day), day) }), "silent", "nothing new for 9 d", true},
		{
			"hourly with pauses of two days, and quiet for two days", with(func(st *ledger.SourceState) {
				st.Changes = append(every(ago(7*day), time.Hour), append(every(ago(5*day), time.Hour), every(ago(49*time.Hour), time.Hour)...)...)
			}), "well", "", false,
		},
		{"quiet, but we were away", ledger.SourceState{LastPoll: ago(9 * day), LastSuccess: ago(9 * day), Changes: every(ago(9*day), time.Hour)}, "well", "", false},
		{"a selector that matches nothing", failing("no match", time.Hour), "no match", "its selector matches nothing: what was said", false},
		{"for six hours", failing("no match", 6*time.Hour), "no match", "its selector matches nothing", true},
		{"a page where the feed was", failing("not a feed", 7*time.Hour), "not a feed", "something else stands", true},
		{"block pages", failing("blocked", 7*time.Hour), "blocked", "does not let us in", true},
		{"articles behind block pages", failing("walled", 7*time.Hour), "walled", "hidden behind block pages", true},
		{"gone", failing("gone", 7*time.Hour), "paused", "given up for good", true},
		{"server errors for hours", failing("broken", 7*time.Hour), "failing", "its visits fail: what was said", false},
		{"and for a day", failing("broken", day), "failing", "its visits fail", true},
		{"one article is missing", ledger.SourceState{LastPoll: now, Failures: 3, Trouble: "partial", LastError: "an article"}, "partial", "", false},
		{"a certificate for a year", with(func(st *ledger.SourceState) { st.CertStart, st.CertEnd = ago(day), now.Add(300*day) }), "well", "", false},
		{"in its last week", with(func(st *ledger.SourceState) { st.CertStart, st.CertEnd = ago(80*day), now.Add(6*day) }), "certificate", "ends on 8 Mar 2026 12:00 UTC", true},
		{"for six days, in its third", with(func(st *ledger.SourceState) { st.CertStart, st.CertEnd = ago(3*day), now.Add(3*day) }), "well", "", false},
		{"for six days, in its last", with(func(st *ledger.SourceState) { st.CertStart, st.CertEnd = ago(5*day), now.Add(day) }), "certificate", "ends on", true},
		{"moved", with(func(st *ledger.SourceState) { st.MovedTo = "https://new.example/" }), "moved", "moved for good to https://new.example/", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Health(tt.st, now); got != tt.health {
				t.Errorf("health %q, want %q", got, tt.health)
			}
			found := Sight(tt.st, now)
			if tt.want == "" {
				if len(found) > 0 {
					t.Errorf("got %+v, want nothing", found)
				}
				return
			}
			if len(found) == 0 || !strings.Contains(found[0].Text, tt.want) || found[0].Tell != tt.tell {
				t.Errorf("got %+v, want %q, told %v", found, tt.want, tt.tell)
			}
		})
	}
}
