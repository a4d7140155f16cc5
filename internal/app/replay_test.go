package app

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

// replay replays the newsroom's record.
func (n *newsroom) replay(commit bool) *Replay {
	n.t.Helper()
	r, err := ReplayRecord(n.t.Context(), n.cfg, Options{Database: "sqlite:" + n.Ledger().Path(), Now: func() time.Time { return n.clock }}, ReplayOptions{Commit: commit})
	if err != nil {
		n.t.Fatal(err)
	}
	return r
}

func (r *Replay) text() string {
	var out []string
	for _, t := range r.Gone {
		out = append(out, "gone "+string(t.Kind)+" "+t.Record.Claim.Figure())
	}
	for _, t := range r.New {
		out = append(out, "new "+string(t.Kind)+" "+t.Record.Claim.Figure())
	}
	for _, c := range r.Changed {
		out = append(out, "changed "+string(c.Was.Kind)+" "+string(c.Now.Kind)+" "+c.Now.Record.Claim.Figure())
	}
	return strings.Join(out, ", ")
}

// busy is a newsroom with followed articles, edits and rechecks; each step is one check.
func busy(t *testing.T, after func(n *newsroom, step int)) *newsroom {
	t.Helper()
	n := newNewsroom(t,
		feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true, Recheck: []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour}},
		feed.Source{Name: "two", Kind: feed.Feed, URL: "$SITE/two"},
		feed.Source{Name: "three", Kind: feed.Page, URL: "$SITE/three"},
	)
	steps := []func(){
		func() {
			n.site.put("/feed", rss(rssItem("a", "4", "x")))
			n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
			n.site.put("/two", rss(rssItem("b", "5", "Kyodo said about 2,500 North Korean soldiers were in Russia.")))
			n.site.put("/three", page("The Pentagon said 15,000 North Korean soldiers were in Russia."))
		},
		func() {
			n.site.put("/a", page("About 2,700"+kyodo+" on Monday."))
			n.site.put("/three", page("The Pentagon said 16,000 North Korean soldiers were in Russia."))
		},
		func() {
			n.site.put("/a", page("Nothing of it."))
			n.site.put("/two", rss(rssItem("b", "5", "Kyodo said about 2,600 North Korean soldiers were in Russia."), rssItem("c", "6", "Britain said 16,000 North Korean soldiers were in Russia.")))
		},
		func() {
			n.site.put("/a", page("About 2,700"+kyodo+" on Monday."))
			n.site.put("/three", page("The Pentagon said 15,000 North Korean soldiers were in Russia."))
		},
	}
	for i, step := range steps {
		step()
		n.check()
		after(n, i)
		n.clock = n.clock.Add(7 * time.Hour)
	}
	return n
}

func TestReplayOfAnyPrefixAgreesWithTheRun(t *testing.T) {
	findings := 0
	busy(t, func(n *newsroom, step int) {
		r := n.replay(false)
		if got := r.text(); got != "" || r.Same == 0 {
			t.Errorf("step %d: got %s, %d the same; want no difference", step, got, r.Same)
		}
		if r.Same <= findings {
			t.Errorf("step %d: got %d findings, want more than the %d before", step, r.Same, findings)
		}
		findings = r.Same
		again, err := json.Marshal(n.replay(false))
		if err != nil {
			t.Fatal(err)
		}
		if first, _ := json.Marshal(r); string(first) != string(again) {
			t.Errorf("step %d: two replays differ:\n%s\n%s", step, first, again)
		}
	})
}

func TestReplayWithAnotherBaselineAndCommit(t *testing.T) {
	n := busy(t, func(*newsroom, int) {})
	ctx := t.Context()
	_, err := n.Ledger().AddBaseline(ctx, "dprk-troops", claim.Baseline{
		Bounds: claim.Bounds{Low: 2000, High: 2000}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Front, Mode: claim.Actual,
		Claimant: "media:kyodo", Said: claim.NewDate(2024, 10, 25),
	}, "desk", "confirmed")
	if err != nil {
		t.Fatal(err)
	}
	before, err := n.Ledger().Told(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r := n.replay(false)
	if got := r.text(); !strings.Contains(got, "gone new 2000") {
		t.Fatalf("got %s, want the figure gone that is known now", got)
	}
	first, second := n.replayJSON(false), n.replayJSON(false)
	if first != second {
		t.Errorf("two replays differ:\n%s\n%s", first, second)
	}
	stands, err := n.Ledger().Told(ctx)
	if err != nil || len(stands) != len(before) {
		t.Errorf("a replay changed the record: %d findings, were %d (%v)", len(stands), len(before), err)
	}

	sent, said := n.alerts(), n.said.Len()
	r = n.replay(true)
	if _, err := os.Stat(r.Kept); err != nil {
		t.Errorf("the old record: %v", err)
	}
	old, err := ledger.Open(ctx, "sqlite:"+r.Kept, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := old.Told(ctx)
	if err != nil || len(kept) != len(before) {
		t.Errorf("kept: got %d findings, want %d (%v)", len(kept), len(before), err)
	}
	if err := old.Close(); err != nil {
		t.Error(err)
	}
	if err := n.Ledger().Check(ctx); err != nil {
		t.Error(err)
	}
	ids := map[string]int64{}
	for _, f := range before {
		ids[f.Key()] = f.ID
	}
	now, err := n.Ledger().Told(ctx)
	if err != nil || len(now) != r.Findings {
		t.Fatalf("got %d findings, want %d (%v)", len(now), r.Findings, err)
	}
	for _, f := range now {
		if id, ok := ids[f.Key()]; ok && id != f.ID {
			t.Errorf("finding %d is %d now", id, f.ID)
		}
	}
	if got := n.replay(false).text(); got != "" {
		t.Errorf("after the commit: got %s, want no difference", got)
	}
	// Nothing is sent for it, now or at the next round, and new entries go on from there.
	n.want(n.check())
	if got := n.said.Len(); got != said {
		t.Errorf("sent after the commit: %s", n.said.String()[said:])
	}
	if got := n.alerts(); got > sent {
		t.Errorf("got %d alerts, were %d", got, sent)
	}
	n.site.put("/two", rss(rssItem("z", "8", "Britain said 19,000 North Korean soldiers were in Russia.")))
	n.want(n.check(), "conflict 19000")
	if n.said.Len() == said {
		t.Error("a finding after the commit was not told")
	}
}

func (n *newsroom) replayJSON(commit bool) string {
	n.t.Helper()
	data, err := json.Marshal(n.replay(commit))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(data)
}

func (n *newsroom) alerts() int {
	n.t.Helper()
	list, err := n.Ledger().Alerts(n.t.Context(), ledger.Filter{})
	if err != nil {
		n.t.Fatal(err)
	}
	return len(list)
}

func TestReplayWithOtherRulesChangesKinds(t *testing.T) {
	n := busy(t, func(*newsroom, int) {})
	n.cfg.Topics[0].Tolerance = 5
	if got := n.replay(false).text(); !strings.Contains(got, "changed") {
		t.Errorf("got %q, want changed kinds where everything is about the same", got)
	}
}
