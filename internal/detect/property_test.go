package detect_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// shuffled answers as another history does, in no order.
type shuffled struct {
	detect.HistoryOf
	rng *rand.Rand
}

func (s shuffled) Known(ctx context.Context, q detect.Query, within claim.Bounds) ([]detect.Record, error) {
	out, err := s.HistoryOf.Known(ctx, q, within)
	s.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out, err
}

func (s shuffled) Standing(ctx context.Context, q detect.Query) ([]detect.Record, error) {
	out, err := s.HistoryOf.Standing(ctx, q)
	s.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out, err
}

var (
	start     = time.Date(2024, 10, 18, 6, 0, 0, 0, time.UTC)
	claimants = []claim.Claimant{"", "kr-nis", "kr", "us-pentagon", "us-white-house", "us", "ua-hur", "media:kyodo", "ru"}
	numbers   = []claim.Count{10, 500, 1500, 2000, 3000, 8000, 10000, 11000, 12000}
)

// anyClaim is a claim such as a busy autumn brings, with few enough words for many to meet.
func anyClaim(rng *rand.Rand, topic string) claim.Claim {
	n := numbers[rng.IntN(len(numbers))]
	q := claim.Qualifiers[rng.IntN(len(claim.Qualifiers))]
	c := claim.Claim{
		Bounds: claim.Bound(n, q), Qualifier: q, Topic: topic, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual,
		Claimant: claimants[rng.IntN(len(claimants))], Increment: rng.IntN(8) == 0, Sentence: string(rune('a' + rng.IntN(9))), InTitle: rng.IntN(5) == 0,
	}
	switch q {
	case claim.Range:
		c.High = n + 1000*claim.Count(rng.IntN(3)+1)
	case claim.Vague:
		c.Bounds = claim.Bounds{Low: 1000, High: 9999}
	default: // as bound
	}
	if rng.IntN(4) == 0 {
		c.Measure = claim.Measures[rng.IntN(len(claim.Measures))]
	}
	if rng.IntN(6) == 0 {
		c.Unit = claim.Units[rng.IntN(len(claim.Units))]
	}
	if rng.IntN(5) == 0 {
		c.Mode = claim.Modes[rng.IntN(len(claim.Modes))]
	}
	if rng.IntN(9) == 0 {
		c.Scope = "last week"
	}
	return c
}

// stream is a run of records over some weeks, two or three to an entry.
func stream(rng *rand.Rand, topic string, n int) []detect.Record {
	out := make([]detect.Record, n)
	at := start
	for i := range out {
		if i%2 == 0 {
			at = at.Add(time.Duration(rng.IntN(60)) * time.Hour)
		}
		r := detect.Record{ID: int64(i + 1), Entry: int64(i/2 + 1), Outlet: "herald", Published: at, Captured: at.Add(time.Hour), Claim: anyClaim(rng, topic)}
		if rng.IntN(3) == 0 {
			r.Claim.AsOf = claim.DateOf(at) - claim.Date(rng.IntN(20))
		}
		if i%2 == 1 && rng.IntN(3) == 0 {
			r.Claim.Claimant, r.Claim.Measure = out[i-1].Claim.Claimant, out[i-1].Claim.Measure
		}
		out[i] = r
	}
	return out
}

func judge(t *testing.T, m *detect.Memory, h detect.HistoryOf, r detect.Record) detect.Verdict {
	t.Helper()
	v, err := detect.Compare(context.Background(), r, h, rules, name)
	if err != nil {
		t.Fatal(err)
	}
	m.Add(r, v)
	return v
}

func eachSeed(t *testing.T, n uint64, f func(t *testing.T, rng *rand.Rand)) {
	t.Helper()
	for seed := range n {
		f(t, rand.New(rand.NewPCG(seed, 7)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestTheSameClaimTwiceNeverAlertsTwice(t *testing.T) {
	alerts := 0
	eachSeed(t, 300, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		var m detect.Memory
		for _, r := range stream(rng, "x", 40) {
			first := judge(t, &m, &m, r)
			if first.Kind.Alerts() {
				alerts++
			}
			if again := judge(t, &m, &m, r); again.Kind.Alerts() {
				t.Errorf("the same record: got %v %v, want silence after %v", again.Kind, again.Reasons, first.Reasons)
			}
			elsewhere := r
			elsewhere.ID, elsewhere.Entry, elsewhere.Outlet = r.ID+1000, r.Entry+1000, "another"
			elsewhere.Captured = r.Captured.Add(time.Hour)
			if again := judge(t, &m, &m, elsewhere); again.Kind.Alerts() {
				t.Errorf("the same claim elsewhere: got %v %v, want silence after %v %v", again.Kind, again.Reasons, first.Kind, first.Reasons)
			}
		}
	})
	if alerts < 1000 {
		t.Errorf("alerts: got %d, want a thousand at least, or nothing was tried", alerts)
	}
}

func TestFindingsDoNotDependOnTheHistorysOrder(t *testing.T) {
	kinds := map[detect.Kind]int{}
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		var m detect.Memory
		m.Add(detect.BaselineRecord("x", claim.Baseline{Bounds: claim.Bounds{Low: 1500, High: 1500}, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Qualifier: claim.About, Claimant: "kr-nis", Said: claim.NewDate(2024, 10, 18)}), detect.Verdict{})
		m.Add(detect.BaselineRecord("x", claim.Baseline{Bounds: claim.Bounds{Low: 2000, High: 2000}, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Qualifier: claim.Exact, Claimant: "kr-nis", Said: claim.NewDate(2024, 10, 25), Increment: true}), detect.Verdict{})
		for _, r := range stream(rng, "x", 40) {
			straight, err := detect.Compare(context.Background(), r, &m, rules, name)
			if err != nil {
				t.Fatal(err)
			}
			mixed := judge(t, &m, shuffled{&m, rng}, r)
			if !reflect.DeepEqual(mixed, straight) {
				t.Errorf("verdict on %v:\n%s", r.Claim, gocmp.Diff(mixed, straight))
			}
			kinds[mixed.Kind]++
			if !slices.ContainsFunc(mixed.Reasons, func(o detect.Reason) bool { return o.Kind == mixed.Kind && o.Rule != "" && o.Text != "" }) {
				t.Errorf("kind %v has no reason among %v", mixed.Kind, mixed.Reasons)
			}
		}
	})
	for _, k := range []detect.Kind{detect.Known, detect.Corroborated, detect.New, detect.Denied, detect.Revision, detect.SelfConflict, detect.Misattributed, detect.Conflict, detect.History} {
		if kinds[k] == 0 {
			t.Errorf("no claim was %s", k)
		}
	}
}

func TestUnrelatedClaimsDoNotMatter(t *testing.T) {
	eachSeed(t, 100, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		a, b := stream(rng, "a", 20), stream(rng, "b", 20)
		var apart, together detect.Memory
		want := map[string][]detect.Verdict{}
		for _, r := range slices.Concat(a, b) {
			want[r.Claim.Topic] = append(want[r.Claim.Topic], judge(t, &apart, &apart, r))
		}
		got := map[string][]detect.Verdict{}
		for len(a)+len(b) > 0 {
			from := &a
			if len(a) == 0 || len(b) > 0 && rng.IntN(2) == 0 {
				from = &b
			}
			r := (*from)[0]
			*from = (*from)[1:]
			got[r.Claim.Topic] = append(got[r.Claim.Topic], judge(t, &together, &together, r))
		}
		if !reflect.DeepEqual(got, want) {
			t.Error(gocmp.Diff(got, want))
		}
	})
}

// In whatever order one claimant's figures of a day are read, each is told once,
// and the last published stands.
func TestOrderWithinADay(t *testing.T) {
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		records := make([]detect.Record, 6)
		figures := map[string]bool{}
		for i := range records {
			q := []claim.Qualifier{claim.Exact, claim.About, claim.AtLeast, claim.UpTo}[rng.IntN(4)]
			records[i] = detect.Record{
				ID: int64(i + 1), Entry: int64(i + 1), Published: start.Add(time.Duration(i) * time.Minute), Captured: start.Add(12 * time.Hour),
				Claim: claim.Claim{Bounds: claim.Bound(numbers[rng.IntN(len(numbers))], q), Qualifier: q, Claimant: "kr-nis", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual},
			}
			figures[records[i].Claim.Figure()] = true
		}
		last := records[len(records)-1]
		rng.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		var m detect.Memory
		alerts := 0
		for _, r := range records {
			if judge(t, &m, &m, r).Kind.Alerts() {
				alerts++
			}
		}
		if alerts != len(figures) {
			t.Errorf("alerts: got %d, want %d, one a figure", alerts, len(figures))
		}
		standing, _ := m.Standing(context.Background(), detect.Query{Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual})
		if len(standing) != 1 || standing[0].ID != last.ID {
			t.Errorf("standing: got %v, want the last published, %v", standing, last)
		}
	})
}

func TestNothingKnownAlerts(t *testing.T) {
	tried := 0
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		var m detect.Memory
		for _, n := range numbers {
			m.Add(detect.BaselineRecord("x", claim.Baseline{Bounds: claim.Bound(n, claim.Exact), Qualifier: claim.Exact, Claimant: "kr-nis", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Said: claim.NewDate(2024, 10, 18)}), detect.Verdict{})
		}
		for _, r := range stream(rng, "x", 40) {
			c := &r.Claim
			c.Unit, c.Measure, c.Increment, c.Scope = claim.Troops, claim.Training, false, ""
			if c.Mode == claim.Denied || c.Qualifier == claim.Range {
				continue
			}
			tried++
			if v := judge(t, &m, &m, r); v.Kind.Alerts() && v.Kind != detect.Misattributed {
				t.Errorf("%v: got %v %v, want silence", r.Claim, v.Kind, v.Reasons)
			}
		}
	})
	if tried < 1000 {
		t.Errorf("tried: got %d, want a thousand at least", tried)
	}
}

func TestReplayGivesTheSame(t *testing.T) {
	eachSeed(t, 50, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		records := stream(rng, "x", 40)
		var live, replayed detect.Memory
		var first, second []detect.Verdict
		for _, r := range records {
			first = append(first, judge(t, &live, &live, r))
		}
		for _, r := range records {
			second = append(second, judge(t, &replayed, &replayed, r))
		}
		if !reflect.DeepEqual(second, first) {
			t.Error(gocmp.Diff(second, first))
		}
	})
}

// A finding is re-derived from the claims that it names: what is left out of the
// history does not change its kind.
func TestAFindingFollowsFromTheClaimsItNames(t *testing.T) {
	eachSeed(t, 200, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		var m detect.Memory
		for _, r := range stream(rng, "x", 30) {
			v := judge(t, &m, &m, r)
			if !v.Kind.Alerts() {
				continue
			}
			var named detect.Memory
			for _, o := range v.Against {
				named.Add(o, detect.Verdict{Stands: true, Remember: len(o.Parts) == 0})
			}
			again, err := detect.Compare(context.Background(), r, &named, rules, name)
			if err != nil {
				t.Fatal(err)
			}
			if again.Kind != v.Kind {
				t.Errorf("%v: got %v %v from the claims it names, want %v %v", r.Claim, again.Kind, again.Reasons, v.Kind, v.Reasons)
			}
		}
	})
}

type broken struct {
	detect.HistoryOf
	known, standing int // answers before it breaks
}

var errBroken = errors.New("disk on fire")

func (b *broken) Known(ctx context.Context, q detect.Query, within claim.Bounds) ([]detect.Record, error) {
	if b.known--; b.known < 0 {
		return nil, errBroken
	}
	return b.HistoryOf.Known(ctx, q, within)
}

func (b *broken) Standing(ctx context.Context, q detect.Query) ([]detect.Record, error) {
	if b.standing--; b.standing < 0 {
		return nil, errBroken
	}
	return b.HistoryOf.Standing(ctx, q)
}

// Whichever question the history fails to answer, Compare says so and judges nothing.
func TestABrokenHistoryIsAnError(t *testing.T) {
	failed := 0
	eachSeed(t, 10, func(t *testing.T, rng *rand.Rand) {
		t.Helper()
		var m detect.Memory
		for _, r := range stream(rng, "x", 30) {
			for n := range 24 {
				for _, b := range []*broken{{&m, n % 6, 99}, {&m, 99, n}} {
					v, err := detect.Compare(context.Background(), r, b, rules, name)
					asked := b.known < 0 || b.standing < 0
					if asked != errors.Is(err, errBroken) {
						t.Fatalf("got error %v, want it exactly when the history fails (%v)", err, asked)
					}
					if asked {
						failed++
						if v.Kind != "" {
							t.Fatalf("got verdict %v with an error", v)
						}
					}
				}
			}
			judge(t, &m, &m, r)
		}
	})
	if failed == 0 {
		t.Error("nothing failed")
	}
}
