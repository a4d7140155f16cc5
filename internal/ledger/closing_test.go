package ledger

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

// rules judges as detect does.
func rules(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
	return detect.Compare(ctx, r, h, detect.Rules{Tolerance: 0.1, Window: 14 * 24 * time.Hour}, nil)
}

// sendAll posts what is due, as a notifier that can edit.
func sendAll(t *testing.T, l *Ledger, now time.Time) {
	t.Helper()
	due, err := l.Due(t.Context(), "terminal", now)
	must(t, err)
	for _, a := range due {
		r, err := l.Begin(t.Context(), notify.Receipt{Route: "terminal", Alerts: []int64{a.ID}, Revisions: []int{a.Revision}, Step: notify.Post, Key: Digest(a.Route, a.Story.Figure, fmt.Sprint(a.Revision))})
		must(t, err)
		r.State, r.Handle = notify.Sent, notify.Handle{Channel: "C", Stamp: "1." + a.Story.Figure}
		must(t, l.Finish(t.Context(), r))
	}
}

//nolint:unparam // a story is named by its figure
func alertOf(t *testing.T, l *Ledger, figure string) notify.Alert {
	t.Helper()
	alerts, err := l.Alerts(t.Context(), Filter{})
	must(t, err)
	for _, a := range alerts {
		if a.Story.Figure == figure {
			return a
		}
	}
	t.Fatalf("no alert of %s", figure)
	return notify.Alert{}
}

func TestAStoryClosesWhenItsClaimantsMoveOn(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 5000, 18)), item("b", says("gb", 5000, 19)))
	compare(t, l, rules)
	sendAll(t, l, c.now)
	visit(t, l, "wire", item("c", says("kr", 7000, 20)))
	compare(t, l, rules)
	equal(t, alertOf(t, l, "5000").Closed, notify.Closing{}) // Britain still stands for it
	sendAll(t, l, c.now)
	visit(t, l, "wire", item("d", says("gb", 7000, 21)))
	compare(t, l, rules)
	a := alertOf(t, l, "5000")
	equal(t, a.Closed.Why, "superseded: gb now says 7,000 troops deployed (21 Oct 2024).")
	equal(t, []int{a.Revision - a.Posted, a.Quiet}, []int{1, 1})
	for _, j := range notify.Plan([]notify.Alert{a}, 10) {
		equal(t, j.Step, notify.Update) // in place, and no word in the thread
		equal(t, len(j.News), 0)
	}
	sendAll(t, l, c.now)
	late := says("jp", 5000, 21)
	late.Sentence = "Tokyo takes it up in words that nobody had before, and long enough."
	cp := item("e", late)
	cp.Outlet = "Herald"
	visit(t, l, "wire", cp)
	compare(t, l, rules)
	a = alertOf(t, l, "5000")
	equal(t, len(notify.Sources(a)), 2)
	for _, j := range notify.Plan([]notify.Alert{a}, 10) {
		equal(t, j.Step, notify.Update)
	}
}

func TestAStoryClosesWhenItsFigureIsKnown(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 5000, 18)))
	compare(t, l, rules)
	sendAll(t, l, c.now)
	b := claim.Baseline{Bounds: claim.Bounds{Low: 5000, High: 5000}, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Said: claim.NewDate(2024, 10, 18)}
	_, err := l.AddBaseline(t.Context(), "dprk-troops", b, "desk", "confirmed")
	must(t, err)
	equal(t, alertOf(t, l, "5000").Closed.Why, "the figure is in the baseline, added by desk: confirmed.")
}

func TestAFindingOpensAStoryAgain(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 5000, 18)))
	compare(t, l, rules)
	c.advance(time.Hour)
	visit(t, l, "wire", edit("a", c.now, says("kr", 6000, 18)))
	compare(t, l, rules)
	if a := alertOf(t, l, "5000"); a.Closed.At.IsZero() {
		t.Error("the story of the figure that was edited away is open")
	}
	c.advance(time.Hour)
	visit(t, l, "wire", edit("a", c.now, says("kr", 5000, 18)))
	found := compare(t, l, rules)
	equal(t, len(found), 1)
	equal(t, found[0].Kind, detect.Edited)
	equal(t, alertOf(t, l, "5000").Closed, notify.Closing{})
}

// A figure that leaves an article and comes back to it is told both times, with both captures.
func TestAFigureThatReturns(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 5000, 18), says("gb", 20, 18)))
	compare(t, l, rules)
	var got []string
	for range 2 {
		c.advance(time.Hour)
		visit(t, l, "wire", edit("a", c.now, says("gb", 20, 18)))
		c.advance(time.Hour)
		visit(t, l, "wire", edit("a", c.now, says("kr", 5000, 18), says("gb", 20, 18)))
		for _, f := range compare(t, l, rules) {
			got = append(got, string(f.Kind)+" "+f.Reasons[0].Rule)
			if f.Reasons[0].Rule == "returned" {
				equal(t, f.Against[0].Captured, start)
				if !strings.Contains(f.Reasons[0].Text, c.now.UTC().Format("2 Jan 2006 15:04 UTC")) {
					t.Errorf("got %q without the time of its return", f.Reasons[0].Text)
				}
			}
		}
	}
	equal(t, got, []string{"edited dropped", "edited returned", "edited dropped", "edited returned"})
}

func TestCopiesAreOneOrigin(t *testing.T) {
	l, _ := open(t)
	for i, sentence := range []string{
		"South Korea's spy agency told lawmakers on Wednesday that 5,000 troops had been sent to Russia, twice as many as before.",
		"SEOUL, Oct 23 (Agency) - South Korea's spy agency told lawmakers that 5,000 troops had been sent to Russia, twice as many as before.",
		"Some 5,000 men are there by now, a member of the parliament's committee said after a closed briefing by the service.",
	} {
		c := says("kr", 5000, 18)
		c.Sentence = sentence
		cp := item(sentence, c)
		cp.Outlet = string(rune('A' + i))
		visit(t, l, "wire", cp)
	}
	compare(t, l, rules)
	a := alertOf(t, l, "5000")
	equal(t, len(a.Reports), 3)
	equal(t, len(notify.Sources(a)), 2)
	equal(t, a.Revision, 2)
}
