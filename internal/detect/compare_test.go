package detect_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

func TestDay(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	asOf := func(s string) claim.Claim {
		d, err := claim.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return claim.Claim{AsOf: d}
	}
	for _, tt := range []struct {
		name   string
		record detect.Record
		want   string
	}{
		{"the text's date", detect.Record{Claim: asOf("2024-10-18"), Published: at("2024-10-20T10:00:00Z"), Captured: at("2024-10-21T10:00:00Z")}, "2024-10-18"},
		{"else the day of publication, in UTC", detect.Record{Published: at("2024-10-20T03:00:00+09:00"), Captured: at("2024-10-21T10:00:00Z")}, "2024-10-19"},
		{"else the day of the fetch", detect.Record{Captured: at("2024-10-21T10:00:00Z")}, "2024-10-21"},
		{"never after the fetch", detect.Record{Claim: asOf("2025-10-18"), Captured: at("2024-10-21T10:00:00Z")}, "2024-10-21"},
		{"nor by a wrong clock of the publisher's", detect.Record{Published: at("2034-10-20T10:00:00Z"), Captured: at("2024-10-21T10:00:00Z")}, "2024-10-21"},
		{"a baseline entry has no fetch", detect.Record{Claim: asOf("2024-10-18"), Baseline: true}, "2024-10-18"},
		{"nothing known", detect.Record{}, ""},
	} {
		if got := detect.Day(tt.record).String(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// one judges the last of the claims after the others, each in an entry of its own
// on 1 November 2024, or on its own date; without a name for any claimant.
func one(t *testing.T, claims ...string) (detect.Verdict, *detect.Memory) {
	t.Helper()
	var m detect.Memory
	var v detect.Verdict
	day := claim.NewDate(2024, 11, 1)
	for i, line := range claims {
		c, err := parseClaim(line, day)
		if err != nil {
			t.Fatal(err)
		}
		at := day.Time().Add(time.Duration(i) * time.Minute)
		r := detect.Record{ID: int64(i + 1), Entry: int64(i + 1), Claim: c, Published: at, Captured: at.Add(24 * time.Hour)}
		if v, err = detect.Compare(context.Background(), r, &m, rules, nil); err != nil {
			t.Fatal(err)
		}
		m.Add(r, v)
	}
	return v, &m
}

// The sum is never surer than its parts.
func TestSums(t *testing.T) {
	for _, tt := range []struct{ total, more, want string }{
		{"1,500", "1,500", "3,000 exact"},
		{"about 1,500", "1,500", "about 3,000 about"},
		{"1,500", "about 1,500", "about 3,000 about"},
		{"at_least 1,500", "1,500", "at least 3,000 at_least"},
		{"more_than 1,500", "1,500", "more than 3,000 more_than"},
		{"more_than 1,500", "about 1,500", "at least 3,000 at_least"},
		{"more_than 1,500", "at_least 1,500", "at least 3,000 at_least"},
		{"fewer_than 1,500", "1,500", "fewer than 3,000 fewer_than"},
		{"up_to 1,500", "fewer_than 1,500", "up to 3,000 up_to"},
		{"1,000-2,000", "1,500", "2,500 to 3,500 range"},
		{"1,500", "1,000-2,000", "2,500 to 3,500 range"},
		{"at_least 1,500", "up_to 1,500", "none"},
		{"thousands", "1,500", "none"},
		{"1,500", "thousands", "none"},
	} {
		v, m := one(t, "kr-nis: "+tt.total+" on 2024-10-20", "kr-nis: another "+tt.more)
		got := "none"
		if v.Derived != nil {
			got = v.Derived.Claim.Phrase(v.Derived.Claim.Qualifier) + " " + string(v.Derived.Claim.Qualifier)
			if len(v.Derived.Parts) != 2 || v.Derived.Claim.Increment || v.Derived.ID != 0 {
				t.Errorf("%s and %s more: got %+v, want a total that names two parts", tt.total, tt.more, v.Derived)
			}
			standing, _ := m.Standing(context.Background(), detect.Query{Topic: "dprk-troops", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual})
			if diff := gocmp.Diff(standing, []detect.Record{*v.Derived}); diff != "" {
				t.Error(diff)
			}
		}
		if got != tt.want {
			t.Errorf("%s and %s more: got %s, want %s", tt.total, tt.more, got, tt.want)
		}
		if v.Stands {
			t.Errorf("%s more: an increment stands", tt.more)
		}
	}
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct{ name, claims, want string }{
		{"a range is known as itself", "gb: 1,000-2,000; kr: 1,000-2,000", "corroborated corroborated"},
		{"a number in a known range is not known", "gb: 1,000-2,000; kr: 1,500", "new new"},
		{"about a range has the tolerance at both ends", "gb: about 10,000-12,000; kr: 13,200", "new new"},
		{"and no more", "gb: about 10,000-12,000; kr: 13,201", "conflict conflict"},
		{"and below", "gb: about 10,000-12,000; kr: 9,000", "new new"},
		{"an increment has its figure from increments alone", "gb: 3,000; kr: another 3,000", "new new_increment"},
		{"and a total from totals alone", "gb: another 3,000; kr: 3,000", "new new"},
		{"another's increment raises one's own total", "gb: 1,000; kr: another 500; gb: another 500", "corroborated corroborated"},
		{"an increment after a later word of the same government", "us-pentagon: 2,000 on 2024-10-20; us-white-house: 3,000 on 2024-10-25; us-pentagon: another 1,000", "known known_sum"},
		{"an increment that makes its own government's vague word", "us-pentagon: at_least 2,000 on 2024-10-20; us-pentagon: another 1,000", "revision revision_by_increment"},
		{"nobody's increment after totals", "kr: 2,000; nobody: another 1,000", "new new_increment"},
		{"the wounded are no more than the casualties", "ua: 3,000 casualties; ru: 3,001 wounded", "conflict part_exceeds_whole"},
		{"nor the captured than the deployed", "ua: 3,000; ua: 3,001 captured", "conflict part_exceeds_whole"},
		{"one's own whole counts too", "ua: 3,000; ua: 4,000 front", "conflict part_exceeds_whole"},
		{"a stated period is no part of a total", "ua: 100 killed; ua: 200 wounded | last week", "new new"},
		{"a plan is no part of what is there", "ua: 100; ua: 200 front planned", "new new"},
		{"other topics' words do not meet", "ua: 3,000 officers; ua: 100 workers killed", "new new"},
		{"history may corroborate", "gb: 3,000 on 2024-10-20; kr: 5,000 on 2024-10-30; kr: 3,000 on 2024-10-21", "corroborated corroborated"},
		{"denials of two figures are no contradiction", "gb: 3,000; kr: 5,000; ru: 3,000 denied; ru: 5,000 denied", "denied denied"},
		{"an old denial after a newer one", "gb: 3,000; ru: 5,000 denied; ru: 3,000 denied on 2024-10-20", "history history"},
		{"thousands denied, of which some are known", "gb: 3,000; ru: thousands denied", "denied denied"},
		{"the sum said in one figure", "kr: 1,000 on 2024-10-20; kr: another 500; kr: 1,500", "new new"},
		{"an increment with a range that has it in it", "kr: 1,000-2,000; kr: another 500", "new new_increment"},
		{"a denied increment", "gb: another 3,000; ru: another 3,000 denied", "denied denied"},
	} {
		v, _ := one(t, strings.Split(tt.claims, "; ")...)
		var rules []string
		for _, r := range v.Reasons {
			rules = append(rules, r.Rule)
		}
		if got := string(v.Kind) + " " + strings.Join(rules, " "); got != tt.want {
			t.Errorf("%s (%s): got %s (%s), want %s", tt.name, tt.claims, got, text(v), tt.want)
		}
	}
}

// Without names the ids stand, and what is not there is not made up.
func TestSentencesWithoutNames(t *testing.T) {
	for _, tt := range []struct{ claims, want string }{
		{"kr-nis: 1,500", "kr-nis says 1,500 troops deployed (1 Nov 2024); the figure was not known before."},
		{"nobody: 1,500 killed planned", "A text, naming nobody, expects 1,500 troops to be killed (1 Nov 2024); the figure was not known before."},
		{"nobody: 5 generals captured denied", "A text, naming nobody, reports a denial of 5 generals captured (1 Nov 2024); the figure was not known before."},
		{"gb: another hundreds wounded", "gb says hundreds more troops wounded (1 Nov 2024); the figure was not known before."},
		{"gb: about 10,000-12,000", "gb says about 10,000 to 12,000 troops deployed (1 Nov 2024); the figure was not known before."},
		{"gb: 5,000 front; gb: 4,000 front; gb: 4,500 front", "gb now says 4,500 troops at the front (1 Nov 2024); its standing figure was 4,000 (1 Nov 2024): up by 500."},
		{"gb: 5,000; gb: 4,000", "gb now says 4,000 troops deployed (1 Nov 2024); its standing figure was 5,000 (1 Nov 2024): down by 1,000."},
		{"nobody: 5,000; gb: 5,000", "gb says 5,000 troops deployed (1 Nov 2024); the figure is known, 5,000 (1 Nov 2024)."},
		{
			"a: 1; b: 2; c: 3; d: 4; e: 5; f: 50",
			"f says 50 troops deployed (1 Nov 2024); that does not fit 1 according to a (1 Nov 2024), 2 according to b (1 Nov 2024), 3 according to c (1 Nov 2024) and 2 other claims.",
		},
	} {
		v, _ := one(t, strings.Split(tt.claims, "; ")...)
		if got := v.Reasons[0].Text; got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.claims, got, tt.want)
		}
	}
	open := detect.Record{Claim: claim.Claim{Bounds: claim.Bounds{Low: claim.Open, High: claim.Open}, Claimant: "gb", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual}}
	v, err := detect.Compare(context.Background(), open, &detect.Memory{}, rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.Reasons[0].Text, "gb says any number troops deployed (undated), which is no number."; got != want || v.Kind != detect.Known {
		t.Errorf("got %s %s, want known, %s", v.Kind, got, want)
	}
}

func TestBaselineIsKnownByBeingThere(t *testing.T) {
	b := claim.Baseline{Bounds: claim.Bound(1500, claim.About), Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Training, Mode: claim.Actual, Claimant: "kr-nis", Said: claim.NewDate(2024, 10, 18), Source: "https://example.org/"}
	r := detect.BaselineRecord("x", b)
	v, err := detect.Compare(context.Background(), r, &detect.Memory{}, rules, name)
	if err != nil {
		t.Fatal(err)
	}
	want := detect.Verdict{
		Kind: detect.Known, Stands: true, Remember: true,
		Reasons: []detect.Reason{{Kind: detect.Known, Rule: "baseline", Text: "South Korea's NIS says about 1,500 troops in training (18 Oct 2024), by the baseline."}},
		Story:   detect.Story{Topic: "x", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Figure: "1500"},
	}
	if diff := gocmp.Diff(v, want); diff != "" {
		t.Error(diff)
	}
	b.Increment = true
	if v, _ := detect.Compare(context.Background(), detect.BaselineRecord("x", b), &detect.Memory{}, rules, name); v.Stands {
		t.Error("an increment stands")
	}
}

// forgetful knows of no increments, as a record does that keeps only what was told.
type forgetful struct{ detect.HistoryOf }

func (f forgetful) Known(ctx context.Context, q detect.Query, within claim.Bounds) ([]detect.Record, error) {
	out, err := f.HistoryOf.Known(ctx, q, within)
	return slices.DeleteFunc(out, func(r detect.Record) bool { return r.Claim.Increment }), err
}

// What is in the standing total is not added to it again, though nothing else tells of it.
func TestAnIncrementInTheTotalIsCounted(t *testing.T) {
	_, m := one(t, "gb: 3,000", "kr: 1,500 on 2024-10-18", "kr: another 1,500 on 2024-10-23")
	r := detect.Record{ID: 99, Entry: 99, Captured: start.AddDate(0, 0, 8), Published: start.AddDate(0, 0, 8)}
	c, err := parseClaim("kr: another 1,500", claim.NewDate(2024, 10, 26))
	if err != nil {
		t.Fatal(err)
	}
	r.Claim = c
	v, err := detect.Compare(context.Background(), r, forgetful{m}, rules, name)
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != detect.Known || v.Derived != nil || v.Reasons[0].Rule != "increment_counted" {
		t.Errorf("got %+v, want it counted already", v)
	}
}

// An increment of the baseline whose total nobody gave makes no total.
func TestABaselineIncrementAlone(t *testing.T) {
	var m detect.Memory
	m.Add(detect.BaselineRecord("dprk-troops", claim.Baseline{Bounds: claim.Bound(1500, claim.Exact), Qualifier: claim.Exact, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "kr", Increment: true, Said: claim.NewDate(2024, 10, 18)}), detect.Verdict{})
	c, err := parseClaim("kr: another 500", claim.NewDate(2024, 10, 26))
	if err != nil {
		t.Fatal(err)
	}
	if v := judge(t, &m, &m, detect.Record{ID: 1, Claim: c}); v.Kind != detect.New || v.Derived != nil {
		t.Errorf("got %+v, want a new increment without a sum", v)
	}
}

// An edit is told once and is not set against what it edits.
func TestEditedAgainstItsOwnVersion(t *testing.T) {
	_, m := one(t, "ua-hur: 70,000")
	old := detect.Record{ID: 1, Entry: 1, Claim: claim.Claim{
		Bounds: claim.Bound(70000, claim.Exact), Qualifier: claim.Exact, Claimant: "ua-hur", Topic: "dprk-troops", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual,
	}}
	r := old
	r.ID, r.Claim.Bounds, r.Replaced = 2, claim.Bound(7000, claim.Exact), []detect.Record{old}
	r.Claim.AsOf, r.Captured = claim.NewDate(2024, 11, 1), start.AddDate(0, 1, 0)
	v := judge(t, m, m, r)
	if v.Kind != detect.Edited || !v.Stands || len(v.Against) != 1 || v.Against[0].ID != 1 {
		t.Errorf("got %+v, want an edit that names the first version and stands", v)
	}
	if v := judge(t, m, m, r); v.Kind != detect.Known {
		t.Errorf("the same edit again: got %s, want known", v.Kind)
	}
}

// Memory answers as a list that is searched from end to end does.
func TestMemoryKnown(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var m detect.Memory
	var all []detect.Record
	q := detect.Query{Topic: "x", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual}
	for i := range 3000 {
		c := claim.Claim{Topic: "x", Unit: claim.Troops, Measure: claim.Training, Mode: claim.Actual, Bounds: claim.Bound(claim.Count(rng.IntN(500)), claim.Qualifiers[rng.IntN(6)])}
		if rng.IntN(4) == 0 {
			c.Bounds = claim.Bounds{Low: claim.Count(rng.IntN(500)), High: 500 + claim.Count(rng.IntN(500))}
		}
		if rng.IntN(3) == 0 {
			c.Scope = "last week" // Known ignores it
		}
		r := detect.Record{ID: int64(i + 1), Claim: c}
		all = append(all, r)
		m.Add(r, detect.Verdict{Remember: true})
		m.Add(r, detect.Verdict{}) // not remembered
	}
	for range 400 {
		within := claim.Bounds{Low: claim.Count(rng.IntN(500)), High: claim.Count(rng.IntN(1000))}
		switch rng.IntN(4) {
		case 0:
			within.Low = claim.Open
		case 1:
			within.High = claim.Open
		case 2:
			within.High = within.Low
		}
		var want []int64
		for _, r := range all {
			n, ok := r.Claim.Number()
			if ok && within.Contains(n) || !ok && within.Contains(r.Claim.Low) && within.Contains(r.Claim.High) {
				want = append(want, r.ID)
			}
		}
		records, err := m.Known(context.Background(), q, within)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range records {
			got = append(got, r.ID)
		}
		if diff := gocmp.Diff(got, want); diff != "" {
			t.Fatalf("within %v:\n%s", within, diff)
		}
	}
}

// Whatever a reader makes of a text, comparing it neither fails nor alerts twice.
func FuzzCompare(f *testing.F) {
	f.Add(int64(1500), int64(1500), "about", "deployed", "actual", false, int64(3000), int64(-1), "at_least", "front", "planned", true)
	f.Add(int64(-1), int64(-1), "vague", "", "denied", true, int64(9), int64(3), "range", "killed", "actual", false)
	f.Fuzz(func(t *testing.T, low, high int64, q, measure, mode string, inc bool, low2, high2 int64, q2, measure2, mode2 string, inc2 bool) {
		var m detect.Memory
		claims := []claim.Claim{
			{Bounds: claim.Bounds{Low: claim.Count(max(-1, low)), High: claim.Count(max(-1, high))}, Qualifier: claim.Qualifier(q), Unit: claim.Troops, Measure: claim.Measure(measure), Mode: claim.Mode(mode), Increment: inc, Claimant: "gb"},
			{Bounds: claim.Bounds{Low: claim.Count(max(-1, low2)), High: claim.Count(max(-1, high2))}, Qualifier: claim.Qualifier(q2), Unit: claim.Officers, Measure: claim.Measure(measure2), Mode: claim.Mode(mode2), Increment: inc2, Claimant: "gb"},
		}
		claims = append(claims, claims[0], claims[1], claims[0])
		claims[2].Claimant, claims[3].Unit = "kr", claim.Troops
		for i, c := range claims {
			r := detect.Record{ID: int64(i + 1), Entry: int64(i + 1), Claim: c, Captured: start.Add(time.Duration(i) * time.Hour)}
			judge(t, &m, &m, r)
			if again := judge(t, &m, &m, r); again.Kind.Alerts() {
				t.Errorf("%v again: got %s (%s)", c, again.Kind, text(again))
			}
		}
	})
}
