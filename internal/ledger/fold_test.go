package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// TestLedgerAndMemoryJudgeAlike folds the same claims, out of order, through the
// ledger and through detect's own memory.
func TestLedgerAndMemoryJudgeAlike(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { judgeAlike(t, rand.New(rand.NewPCG(seed, 2))) })
	}
}

func judgeAlike(t *testing.T, dice *rand.Rand) {
	t.Helper()
	l, _ := open(t)
	base := []claim.Baseline{
		{Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "kr-nis", Said: claim.NewDate(2024, 10, 18)},
		{Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.Exact, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "kr-nis", Increment: true, Said: claim.NewDate(2024, 10, 23)},
		{Bounds: claim.Bounds{Low: 3000, High: claim.Open}, Qualifier: claim.AtLeast, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "us-white-house", Said: claim.NewDate(2024, 10, 23)},
	}
	must(t, l.SyncBaseline(t.Context(), "dprk-troops", base))
	memory := &detect.Memory{}
	for _, b := range base {
		memory.Add(detect.BaselineRecord("dprk-troops", b), detect.Verdict{})
	}
	for i := range 60 {
		var claims []claim.Claim
		for range 1 + dice.IntN(4) {
			claims = append(claims, anyClaim(dice))
		}
		cp := item(fmt.Sprint(i), claims...)
		cp.Entry.Published = start.Add(-time.Duration(dice.IntN(500)) * time.Hour)
		visit(t, l, "wire", cp)
	}
	rules := detect.Rules{Tolerance: 0.1, Window: 14 * 24 * time.Hour}
	kinds := map[detect.Kind]int{}
	compare(t, l, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		got, err := detect.Compare(ctx, r, h, rules, nil)
		must(t, err)
		want, err := detect.Compare(ctx, r, memory, rules, nil)
		must(t, err)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("claim %d: ledger (+) against memory (-):\n%s", r.ID, diff)
		}
		memory.Add(r, want)
		kinds[got.Kind]++
		return got, nil
	})
	for _, k := range []detect.Kind{detect.Known, detect.New, detect.Revision, detect.Conflict, detect.History} {
		if kinds[k] == 0 {
			t.Errorf("no claim was %s: %v", k, kinds)
		}
	}
}

func anyClaim(dice *rand.Rand) claim.Claim {
	pick := func(of ...string) string { return of[dice.IntN(len(of))] }
	c := says(claim.Claimant(pick("kr", "kr-nis", "us-pentagon", "us-white-house", "ua", "")), claim.Count(500*(1+dice.IntN(24))), 1+dice.IntN(27))
	c.Qualifier = claim.Qualifier(pick("exact", "about", "at_least", "up_to"))
	n, _ := c.Number()
	c.Bounds = claim.Bound(n, c.Qualifier)
	c.Measure = claim.Measure(pick("deployed", "deployed", "training", "front", "killed"))
	c.Mode = claim.Mode(pick("actual", "actual", "actual", "planned", "denied"))
	c.Increment = dice.IntN(5) == 0
	if dice.IntN(6) == 0 {
		c.Scope = "last week"
	}
	return c
}

// TestEditsReachDetect has the real rules judge what an edit puts before them.
func TestEditsReachDetect(t *testing.T) {
	killed := says("kr", 300, 28)
	killed.Measure = claim.Killed
	for _, test := range []struct {
		name  string
		after []claim.Claim
		want  []string
	}{
		{"another figure", []claim.Claim{says("kr", 12000, 28), killed}, []string{"edited 12000"}},
		{"a figure dropped", []claim.Claim{says("kr", 10000, 28)}, []string{"edited 300"}},
		{"words", []claim.Claim{killed, says("kr", 10000, 28)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, c := open(t)
			judge := func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
				return detect.Compare(ctx, r, h, detect.Rules{Tolerance: 0.1, Window: 14 * 24 * time.Hour}, nil)
			}
			visit(t, l, "wire", item("a", says("kr", 10000, 28), killed))
			equal(t, len(compare(t, l, judge)), 2)
			c.advance(time.Hour)
			visit(t, l, "wire", edit("a", c.now, test.after...))
			var got []string
			for _, f := range compare(t, l, judge) {
				got = append(got, string(f.Kind)+" "+f.Record.Claim.Figure())
			}
			equal(t, got, test.want)
		})
	}
}
