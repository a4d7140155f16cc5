package detect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/detect/lexicon"
)

// chronicled is a stage on which the built-in baseline and the chronology are known.
func chronicled(t *testing.T) *stage {
	t.Helper()
	lx, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	topic, _ := lx.Topic("dprk-troops")
	list, err := lexicon.Chronology(topic.Name)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, rules: rules, versions: map[string][]detect.Record{}}
	for _, b := range append(topic.Baseline, list...) {
		s.memory.Add(detect.BaselineRecord(topic.Name, b), detect.Verdict{})
	}
	return s
}

// What stands in the chronology is no news, whoever tells it again, and when.
func TestChronologyToldAnew(t *testing.T) {
	s := chronicled(t)
	list, err := lexicon.Chronology("dprk-troops")
	if err != nil {
		t.Fatal(err)
	}
	later := claim.NewDate(2026, time.March, 2)
	told := func(b claim.Baseline, who claim.Claimant, asOf claim.Date) {
		t.Helper()
		c := b.Claim("dprk-troops")
		c.Claimant, c.AsOf = who, asOf
		s.ids++
		r := detect.Record{ID: s.ids, Entry: s.ids, Source: "wire", Claim: c, Published: asOf.Time().Add(9 * time.Hour), Captured: later.Time().Add(10 * time.Hour)}
		v, err := detect.Compare(t.Context(), r, &s.memory, s.rules, name)
		if err != nil {
			t.Fatal(err)
		}
		if v.Kind.Alerts() {
			t.Errorf("%s: %s, by %q as of %s: got %s: %s", b.Said, fmt.Sprint(b.Phrase(b.Qualifier), " ", b.Measure), who, asOf, v.Kind, text(v))
		}
	}
	for _, b := range list {
		for _, asOf := range []claim.Date{b.Said, b.Said + 3, later} {
			told(b, b.Claimant, asOf)
			told(b, "", asOf)
			told(b, "media:merkur", asOf)
		}
	}
}

// Old figures told anew are silent; new ones are told, and held against the old.
func TestChronologyScenario(t *testing.T) {
	s := chronicled(t)
	for _, f := range txtar.Parse([]byte(`
-- 2025-06-20 merkur --
kr-nis: about 300 killed on 2025-01-13
kr-nis: about 2,700 wounded on 2025-01-13
ua-president: more_than 3,000 casualties on 2024-12-23
kr: about 1,100 casualties on 2024-12-23
kr-nis: about 15,000 deployed on 2025-04-30
-- 2025-09-10 tagesblatt --
kr-nis: about 2,000 killed on 2025-09-02
ru: 5,000 planned workers
ru: 1,000 planned specialists
gb: more_than 6,000 casualties on 2025-06-15
-- 2025-12-20 wire --
kr-nis: about 10,000 front
kr-nis: about 5,000 workers
-- 2026-02-20 wire --
kr-nis: about 600 killed on 2025-04-30
kr-nis: about 2,900 killed on 2026-02-19
	revision: revision
	"about 2,000"
ua-hur: about 8,500 front
	revision: revision
`)).Files {
		s.article(f)
	}
}
