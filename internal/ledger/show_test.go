package ledger

import (
	"errors"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

func TestShowAndJudge(t *testing.T) {
	l, c := open(t)
	ctx := t.Context()
	killed := says("kr", 300, 18)
	killed.Measure, killed.Sentence = claim.Killed, says("kr", 5000, 18).Sentence
	visit(t, l, "wire", item("a", says("kr", 5000, 18), killed))
	found := compare(t, l, rules)
	equal(t, len(found), 2)
	sendAll(t, l, c.now)
	shown, err := l.Show(ctx, found[0].Record.ID)
	must(t, err)
	equal(t, shown.Finding, found[0].ID)
	equal(t, shown.Kind, detect.New)
	equal(t, shown.Reasons, found[0].Reasons)
	equal(t, shown.Version.Entry.Title, "Title of a")
	equal(t, len(shown.Siblings), 1)
	equal(t, shown.Siblings[0].Figure(), "300")

	j, err := l.Judge(ctx, Judgement{Finding: found[0].ID, Verdict: Dismissed, By: "desk", Why: "from the archive"})
	must(t, err)
	a := alertOf(t, l, "5000")
	equal(t, a.Closed.Why, "dismissed by desk: from the archive")
	equal(t, []int{a.Revision - a.Posted, a.Quiet}, []int{1, 1})
	equal(t, notify.Plan([]notify.Alert{a}, 10)[0].Step, notify.Update)
	list, err := l.Judgements(ctx)
	must(t, err)
	equal(t, list, []Judgement{j})
	shown, err = l.Show(ctx, found[0].Record.ID)
	must(t, err)
	equal(t, shown.Judged, []Judgement{j})

	for _, err := range []error{
		func() error { _, err := l.Show(ctx, 99); return err }(),
		func() error { _, err := l.Judge(ctx, Judgement{Finding: 99}); return err }(),
		func() error { _, err := l.RemoveBaseline(ctx, 99, "desk", ""); return err }(),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v, want %v", err, ErrNotFound)
		}
	}
}

func TestWhatIsDismissedBeforeItWasSentIsNotSent(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 5000, 18), says("gb", 9000, 18)))
	found := compare(t, l, rules)
	equal(t, len(found), 2)
	_, err := l.Judge(t.Context(), Judgement{Finding: found[0].ID, Verdict: Dismissed, By: "desk", Why: "no"})
	must(t, err)
	due, err := l.Due(t.Context(), "terminal", c.now.Add(time.Hour))
	must(t, err)
	equal(t, len(due), 1)
	equal(t, due[0].Story.Figure, "9000")
}

func TestRemovedFiguresStayRemoved(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	b := claim.Baseline{Bounds: claim.Bounds{Low: 5000, High: 5000}, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Qualifier: claim.Exact, Claimant: "kr", Said: claim.NewDate(2024, 10, 18)}
	must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{b}))
	list, err := l.Baselines(ctx, "dprk-troops")
	must(t, err)
	gone, err := l.RemoveBaseline(ctx, list[0].ID, "desk", "withdrawn")
	must(t, err)
	equal(t, gone.EndedWhy, "withdrawn")
	if _, err := l.RemoveBaseline(ctx, list[0].ID, "desk", "withdrawn"); err == nil {
		t.Error("removed twice without an error")
	}
	must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{b}))
	list, err = l.Baselines(ctx, "dprk-troops")
	must(t, err)
	equal(t, len(list), 0)
	_, err = l.AddBaseline(ctx, "dprk-troops", b, "desk", "after all")
	must(t, err)
	history, err := l.BaselineHistory(ctx, "dprk-troops")
	must(t, err)
	equal(t, len(history), 2)
	equal(t, history[0], gone)
}

func TestSaid(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	more := says("kr", 2000, 22)
	more.Increment = true
	visit(t, l, "wire", item("a", says("kr", 5000, 18), says("gb", 9000, 20), more, says("gb", 7000, 25)))
	compare(t, l, rules)
	for day, want := range map[int]string{17: "", 18: "5000", 21: "5000 9000", 22: "7000 9000", 26: "7000 7000"} {
		on := claim.NewDate(2024, time.October, day)
		said, err := l.Said(ctx, "dprk-troops", on)
		must(t, err)
		got := ""
		for _, g := range detect.Ranges(said, on, 0) {
			for _, r := range g.Standing {
				if got != "" {
					got += " "
				}
				got += r.Claim.Figure()
			}
		}
		equal(t, got, want)
	}
}
