package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
)

const dprkTroops = "dprk-troops"

func chronologyOf(t *testing.T, topic string) []claim.Baseline {
	t.Helper()
	list, err := Chronology(topic)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// The built-in chronology is whole, in order, and each entry can be looked up.
func TestChronology(t *testing.T) {
	lx := builtinLexicon(t)
	list := chronologyOf(t, dprkTroops)
	if len(list) < 60 {
		t.Errorf("got %d entries, want 60 at least", len(list))
	}
	if !slices.IsSortedFunc(list, func(a, b claim.Baseline) int { return cmp.Compare(a.Said, b.Said) }) {
		t.Error("the entries do not stand in the order of their days")
	}
	twice, seen := 0, map[claim.Baseline]bool{}
	for _, b := range list {
		what := b.Said.String() + " " + string(b.Claimant) + " " + b.Phrase(b.Qualifier) + " " + string(b.Measure)
		if b.Claimant != "" && !lx.KnownClaimant(b.Claimant) {
			t.Errorf("%s: the claimant is not known", what)
		}
		if spread := b.Qualifier == claim.Range || b.Qualifier == claim.Vague; spread != (b.Low < b.High && b.Low != claim.Open) {
			t.Errorf("%s: the bounds %v do not fit a hedge of %s", what, b.Bounds, b.Qualifier)
		}
		if first := claim.NewDate(2024, 10, 1); b.Said < first {
			t.Errorf("%s: said before %s", what, first)
		}
		rest, one := strings.CutSuffix(b.Source, " "+OneSource)
		addresses := strings.Fields(rest)
		if slices.Sort(addresses); len(slices.Compact(addresses)) != len(strings.Fields(rest)) {
			t.Errorf("%s: an address stands twice", what)
		}
		if one != (len(addresses) == 1) {
			t.Errorf("%s: has %d addresses, and the mark %q: %v", what, len(addresses), OneSource, one)
		}
		if len(addresses) > 1 {
			twice++
		}
		if b.Source = ""; seen[b] {
			t.Errorf("%s: stands twice", what)
		}
		seen[b] = true
	}
	if twice*3 < len(list)*2 {
		t.Errorf("%d of %d entries have two addresses, want two thirds at least", twice, len(list))
	}
}

// Other topics have none yet, and a name is no way out of the folder.
func TestNoChronology(t *testing.T) {
	for _, topic := range []string{"ru-losses", "no-such-topic", "", "../topics/dprk-troops"} {
		if list := chronologyOf(t, topic); list != nil {
			t.Errorf("%q: got %d entries, want none", topic, len(list))
		}
	}
}

// A part is never above its whole: what a claimant says of the front, or of the
// losses, fits what the same claimant says of all, before it or next after it.
func TestChronologyPartsFitTheirWholes(t *testing.T) {
	list := chronologyOf(t, dprkTroops)
	wholes := map[claim.Measure]claim.Measure{
		claim.Front: claim.Deployed, claim.Captured: claim.Deployed, claim.Casualties: claim.Deployed,
		claim.Killed: claim.Casualties, claim.Wounded: claim.Casualties,
	}
	checked := 0
	for _, b := range list {
		whole, part := wholes[b.Measure]
		if !part || b.Claimant == "" || b.Mode != claim.Actual || b.Increment || b.Low == claim.Open {
			continue
		}
		high, found := wholeAt(list, b, whole)
		if !found {
			continue
		}
		checked++
		if high != claim.Open && b.Low > high {
			t.Errorf("%s %s: %s %s, but at most %s are %s", b.Said, b.Claimant, b.Phrase(b.Qualifier), b.Measure, high, whole)
		}
	}
	if checked < 15 {
		t.Errorf("only %d parts have a whole to be held against, want 15 at least", checked)
	}
}

// wholeAt is the upper bound of what the claimant said of the whole, last before the
// part or next after it, whichever is higher; increments add to what they follow.
func wholeAt(list []claim.Baseline, part claim.Baseline, measure claim.Measure) (high claim.Count, found bool) {
	var before, after claim.Count
	var last, next claim.Date
	for _, b := range list {
		if b.Claimant != part.Claimant || b.Unit != part.Unit || b.Measure.Compared() != measure || b.Mode != claim.Actual {
			continue
		}
		n := b.Widen(b.Qualifier, DefaultTolerance).High
		switch {
		case b.Said > part.Said && !b.Increment && (next == 0 || next == b.Said):
			after, next, found = higher(after, n), b.Said, true
		case b.Said > part.Said:
		case b.Increment:
			before = claim.Bounds{High: before}.Plus(claim.Bounds{High: n}).High
		case !found || b.Said > last:
			before, last, found = n, b.Said, true
		default: // of one day the highest: the others are parts
			before = higher(before, n)
		}
	}
	return higher(before, after), found
}

// higher of two upper bounds; none is higher than an open one.
func higher(a, b claim.Count) claim.Count {
	if a == claim.Open || b == claim.Open {
		return claim.Open
	}
	return max(a, b)
}

// A loss of one claimant never shrinks by so much that it must be a misprint.
func TestChronologyLossesGrow(t *testing.T) {
	type line struct {
		who  claim.Claimant
		unit claim.Unit
		of   claim.Measure
	}
	last := map[line]claim.Baseline{}
	for _, b := range chronologyOf(t, dprkTroops) {
		if b.Measure.Side() != claim.Losses || b.Mode != claim.Actual || b.Increment || b.Claimant == "" {
			continue
		}
		l := line{b.Claimant, b.Unit, b.Measure}
		if before, ok := last[l]; ok && before.Widen(before.Qualifier, DefaultTolerance).Above(b.Widen(b.Qualifier, DefaultTolerance)) {
			t.Errorf("%s %s: %s %s after %s on %s", b.Said, b.Claimant, b.Phrase(b.Qualifier), b.Measure, before.Phrase(before.Qualifier), before.Said)
		}
		last[l] = b
	}
}

func TestParseChronology(t *testing.T) {
	got, err := ParseChronology("ours.txt", []byte("\uFEFF# ours\n\n"+
		"2024-10-23 media:kyodo: about +1500 troops training\n\thttps://a.example/1\n  # why\n\thttp://b.example/2\r\n"+
		"2024-12-17 nobody: vague 100-999 casualties\n https://a.example/3\n one source\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []claim.Baseline{
		{
			Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Training, Mode: claim.Actual,
			Increment: true, Claimant: "media:kyodo", Said: claim.NewDate(2024, 10, 23), Source: "https://a.example/1 http://b.example/2",
		},
		{
			Bounds: claim.Bounds{Low: 100, High: 999}, Qualifier: claim.Vague, Unit: claim.Troops, Measure: claim.Casualties, Mode: claim.Actual,
			Said: claim.NewDate(2024, 12, 17), Source: "https://a.example/3 one source",
		},
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got[1].Address() != "https://a.example/3" {
		t.Errorf("got address %q", got[1].Address())
	}
}

// Every fault is told, each with its line.
func TestParseChronologyFaults(t *testing.T) {
	_, err := ParseChronology("ours.txt", []byte("\thttps://a.example/0\n"+
		"2024-10-23 kr-nis about 1500\n\thttps://a.example/1\n"+
		"2024-13-23 kr-nis: about 1500\n\thttps://a.example/2\n"+
		"2024-10-23 Kim: about 1500\n\thttps://a.example/3\n"+
		"2024-10-23 kr-nis: about many\n\thttps://a.example/4\n"+
		"2024-10-24 kr-nis: about 3000\n"+
		"2024-10-25 kr-nis: about 3000\n\tone source\n"+
		"2024-10-26 kr-nis: 9-3\n\tftp://a.example/6\n"+
		"2024-10-27 kr-nis: 3000\n\thttps://a.example/7 https://b.example/7\n"))
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"ours.txt:1: the address stands below no entry", "ours.txt:2: ", "ours.txt:4: date", `ours.txt:6: claimant "Kim"`, "ours.txt:8: figure",
		"ours.txt:10: write the address", "ours.txt:11: write the address", "ours.txt:13: figure", `ours.txt:14: "ftp:`, "ours.txt:16: ",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got\n%v\nwant %s", err, want)
		}
	}
	if _, err := ParseChronology("ours.txt", []byte("# nothing\n")); err == nil {
		t.Error("got no error for a file without entries")
	}
}

func FuzzParseChronology(f *testing.F) {
	f.Add([]byte("2024-10-23 kr: about +1500 troops training\n\thttps://a.example/1\n\tone source\n"))
	f.Add([]byte(" x\nmedia:a: 3\n: \n \n\t"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = ParseChronology("fuzz", data) })
}
