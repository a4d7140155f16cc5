package ledger

import (
	"fmt"
	"testing"

	"monitor/internal/claim"
)

// What is imported is known for good, once, with who and why; the configuration's
// figures stay as they are.
func TestImportBaseline(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	of := func(n claim.Count, day int, source string) claim.Baseline {
		return claim.Baseline{
			Bounds: claim.Bounds{Low: n, High: n}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Killed, Mode: claim.Actual,
			Claimant: "kr-nis", Said: claim.NewDate(2025, 1, day), Source: source,
		}
	}
	list := func() (got []string) {
		t.Helper()
		entries, err := l.Baselines(ctx, "dprk-troops")
		must(t, err)
		for _, b := range entries {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", b.Figure(), b.Origin, b.By, b.Why, b.Source))
		}
		return got
	}
	must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{of(300, 13, "")}))
	file := []claim.Baseline{of(300, 13, "https://a.example/"), of(400, 20, "https://b.example/"), of(400, 20, "https://b.example/"), of(400, 21, "")}
	added, err := l.ImportBaseline(ctx, "dprk-troops", file, "desk", "the file")
	must(t, err)
	if len(added) != 2 || added[0].ID == 0 || added[0].Topic != "dprk-troops" {
		t.Errorf("got %+v, want the two that are new", added)
	}
	want := []string{"300 config   ", "400 added desk the file https://b.example/", "400 added desk the file "}
	equal(t, list(), want)

	file[1].Source = "https://mended.example/"
	added, err = l.ImportBaseline(ctx, "dprk-troops", file, "another", "again")
	must(t, err)
	if len(added) != 0 {
		t.Errorf("got %+v the second time, want nothing", added)
	}
	equal(t, list(), want)

	must(t, l.SyncBaseline(ctx, "dprk-troops", nil)) // the configuration changed its mind
	equal(t, list(), want[1:])
	added, err = l.ImportBaseline(ctx, "dprk-troops", file, "desk", "the file")
	must(t, err)
	if len(added) != 1 || added[0].Source != "https://a.example/" {
		t.Errorf("got %+v, want the one that went", added)
	}

	if _, err := l.ImportBaseline(ctx, "", file, "desk", ""); err == nil {
		t.Error("got no error for an import without a topic")
	}
}
