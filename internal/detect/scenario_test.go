package detect_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// A scenario is a txtar that reads like a story: what the baseline knows, then one
// file an article ("2024-10-25 merkur"), with one claim a line and, below it, what
// must be told. testdata/scenarios/README.md has the notation.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(files) < 25 {
		t.Fatalf("scenarios: got %d files, want 25 at least (%v)", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			play(t, txtar.Parse(data))
		})
	}
}

func play(t *testing.T, a *txtar.Archive) {
	t.Helper()
	s := &stage{t: t, rules: rules, versions: map[string][]detect.Record{}, gone: map[string][]detect.Record{}}
	for _, f := range a.Files {
		switch f.Name {
		case "rules":
			s.setRules(string(f.Data))
		case "baseline":
			for _, line := range lines(f.Data) {
				s.memory.Add(detect.Record{Baseline: true, Claim: s.claim(line, 0)}, detect.Verdict{})
			}
		case "standing":
			s.checkStanding(f.Data)
		default:
			s.article(f)
		}
	}
}

var rules = detect.Rules{Tolerance: 0.1, Window: 14 * 24 * time.Hour}

// A stage is where one scenario plays.
type stage struct {
	t        *testing.T
	rules    detect.Rules
	memory   detect.Memory
	ids      int64
	entries  int64
	versions map[string][]detect.Record // claims of an entry's latest version, by the article's name
	gone     map[string][]detect.Record // those that versions before had
}

func (s *stage) setRules(text string) {
	for _, line := range lines([]byte(text)) {
		key, value, _ := strings.Cut(line, " ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			s.t.Fatalf("rules: %q: %v", line, err)
		}
		switch key {
		case "tolerance":
			s.rules.Tolerance = n
		case "window":
			s.rules.Window = time.Duration(n) * 24 * time.Hour
		default:
			s.t.Fatalf("rules: unknown line %q", line)
		}
	}
}

func lines(data []byte) []string {
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, " \n"); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// article reads one entry, or an edit of one: "2024-10-26 merkur edits 2024-10-25 merkur".
func (s *stage) article(f txtar.File) {
	s.t.Helper()
	name, original, edit := strings.Cut(f.Name, " edits ")
	day, outlet, ok := strings.Cut(name, " ")
	date, err := claim.ParseDate(day)
	if !ok || err != nil {
		s.t.Fatalf("article %q: want a date and an outlet (%v)", f.Name, err)
	}
	s.entries++
	base := detect.Record{
		Source: outlet, Outlet: outlet, Entry: s.entries, Title: name,
		Published: date.Time().Add(8*time.Hour + time.Duration(s.entries)*time.Minute),
		Captured:  date.Time().Add(20*time.Hour + time.Duration(s.entries)*time.Minute),
	}
	var before []detect.Record
	if edit {
		before = s.versions[original]
		if len(before) == 0 {
			s.t.Fatalf("article %q edits an article that is not there", f.Name)
		}
		base.Entry, base.Published = before[0].Entry, before[0].Published
		date = claim.DateOf(base.Published)
	} else {
		original = name
	}
	fresh, wants, kept := s.read(f, base, date, before)
	s.versions[original] = append(slices.Clone(kept), fresh...)
	gone := slices.DeleteFunc(slices.Clone(before), func(p detect.Record) bool {
		return slices.ContainsFunc(kept, func(k detect.Record) bool { return k.ID == p.ID })
	})
	if edit && len(fresh) == 0 { // nothing took the place of what was dropped
		for _, p := range gone {
			p.Replaced = []detect.Record{p}
			fresh, wants = append(fresh, p), append(wants, s.expectations(f, "dropped"))
		}
	} else {
		for i := range fresh {
			fresh[i].Replaced = gone
			for _, g := range s.gone[original] {
				if g.Claim.Quote == fresh[i].Claim.Quote {
					fresh[i].Returned = []detect.Record{g}
				}
			}
		}
	}
	if s.gone == nil {
		s.gone = map[string][]detect.Record{}
	}
	s.gone[original] = append(s.gone[original], gone...)
	for i, r := range fresh {
		s.compare(r, wants[i])
	}
}

type want struct {
	line string
	told []string // "conflict: conflict, plan_came_true", or a sentence in quotes
}

// read gives the article's claims that its earlier version had not, what is
// expected of each, and which of the earlier version's claims are still there.
func (s *stage) read(f txtar.File, base detect.Record, date claim.Date, before []detect.Record) (fresh []detect.Record, wants []want, kept []detect.Record) {
	s.t.Helper()
	for n, line := range lines(f.Data) {
		if strings.HasPrefix(line, "dropped") {
			break
		}
		if strings.HasPrefix(line, "\t") {
			if len(wants) == 0 {
				s.t.Fatalf("%s: %q stands below no new claim", f.Name, line)
			}
			wants[len(wants)-1].told = append(wants[len(wants)-1].told, strings.TrimSpace(line))
			continue
		}
		c := s.claim(line, date)
		if c.Sentence == "" {
			c.Sentence = fmt.Sprintf("sentence %d of %s", n, f.Name)
		}
		if i := slices.IndexFunc(before, func(p detect.Record) bool { return p.Claim.Quote == c.Quote }); i >= 0 {
			kept = append(kept, before[i])
			continue
		}
		s.ids++
		r := base
		r.ID, r.Claim = s.ids, c
		fresh, wants = append(fresh, r), append(wants, want{line: line})
	}
	return fresh, wants, kept
}

// expectations are the lines below a line that stands for no claim.
func (s *stage) expectations(f txtar.File, below string) want {
	w := want{line: below}
	found := false
	for _, line := range lines(f.Data) {
		switch {
		case !strings.HasPrefix(line, "\t"):
			found = line == below
		case found:
			w.told = append(w.told, strings.TrimSpace(line))
		}
	}
	return w
}

func (s *stage) compare(r detect.Record, w want) {
	s.t.Helper()
	v, err := detect.Compare(context.Background(), r, &s.memory, s.rules, name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.memory.Add(r, v)
	var rules []string
	for _, reason := range v.Reasons {
		rules = append(rules, reason.Rule)
	}
	got := string(v.Kind) + ": " + strings.Join(rules, ", ")
	if len(w.told) == 0 && v.Kind.Alerts() {
		s.t.Errorf("%s, %s: got %s (%s), want silence", r.Title, w.line, got, text(v))
	}
	for _, told := range w.told {
		if sentence, ok := strings.CutPrefix(told, `"`); ok {
			if sentence = strings.TrimSuffix(sentence, `"`); !strings.Contains(text(v), sentence) {
				s.t.Errorf("%s, %s:\n got %s\nwant %s", r.Title, w.line, text(v), sentence)
			}
		} else if got != told {
			s.t.Errorf("%s, %s: got %s (%s), want %s", r.Title, w.line, got, text(v), told)
		}
	}
}

func text(v detect.Verdict) string {
	var out []string
	for _, r := range v.Reasons {
		out = append(out, r.Text)
	}
	return strings.Join(out, "\n     ")
}

// checkStanding compares what a claimant's standing figure is in the end: "kr-nis deployed 3000 = 1500 + 1500".
func (s *stage) checkStanding(data []byte) {
	s.t.Helper()
	for _, line := range lines(data) {
		f := strings.Fields(line)
		q := detect.Query{Topic: "dprk-troops", Unit: claim.Troops, Measure: claim.Measure(f[1]), Mode: claim.Actual}
		all, _ := s.memory.Standing(context.Background(), q)
		got := "nothing"
		for _, r := range all {
			if string(r.Claim.Claimant) == f[0] && !r.Baseline {
				got = r.Claim.Figure()
				var sum []string
				for _, p := range r.Parts {
					sum = append(sum, p.Claim.Figure())
				}
				if sum != nil {
					got += " = " + strings.Join(sum, " + ")
				}
			}
		}
		if want := strings.Join(f[2:], " "); got != want {
			s.t.Errorf("standing of %s, %s: got %s, want %s", f[0], f[1], got, want)
		}
	}
}

// claim reads "kr-nis: about 1,500 deployed on 2024-10-18"; the README beside the scenarios has all words.
func (s *stage) claim(line string, date claim.Date) claim.Claim {
	s.t.Helper()
	c, err := parseClaim(line, date)
	if err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	return c
}

func parseClaim(line string, date claim.Date) (claim.Claim, error) {
	who, rest, ok := strings.Cut(line, ": ")
	if !ok {
		return claim.Claim{}, fmt.Errorf("no claimant before a colon")
	}
	c := claim.Claim{Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Qualifier: claim.Exact, AsOf: date, Topic: "dprk-troops", Quote: line}
	if who != "nobody" {
		c.Claimant = claim.Claimant(who)
	}
	rest, scope, _ := strings.Cut(rest, " | ")
	c.Scope = scope
	words := strings.Fields(rest)
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "another":
			c.Increment = true
		case w == "title":
			c.InTitle = true
		case w == "undated":
			c.AsOf = 0
		case w == "same-sentence":
			c.Sentence = "the sentence of both"
		case w == "on" && i+1 < len(words):
			i++
			d, err := claim.ParseDate(words[i])
			if err != nil {
				return c, err
			}
			c.AsOf = d
		case slices.Contains(claim.Qualifiers, claim.Qualifier(w)):
			c.Qualifier = claim.Qualifier(w)
		case slices.Contains(claim.Measures, claim.Measure(w)):
			c.Measure = claim.Measure(w)
		case slices.Contains(claim.Units, claim.Unit(w)):
			c.Unit = claim.Unit(w)
		case slices.Contains(claim.Modes, claim.Mode(w)):
			c.Mode = claim.Mode(w)
		case vague[w] != claim.Bounds{}:
			c.Bounds, c.Qualifier = vague[w], claim.Vague
		default:
			if err := number(&c, w); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

var vague = map[string]claim.Bounds{
	"dozens": {Low: 12, High: 99}, "hundreds": {Low: 100, High: 999}, "thousands": {Low: 1000, High: 9999}, "tens-of-thousands": {Low: 10000, High: 99999},
}

func number(c *claim.Claim, w string) error {
	low, high, two := strings.Cut(strings.ReplaceAll(w, ",", ""), "-")
	n, err := strconv.Atoi(low)
	if err != nil {
		return fmt.Errorf("unknown word %q", w)
	}
	c.Bounds = claim.Bound(claim.Count(n), c.Qualifier)
	if two {
		m, err := strconv.Atoi(high)
		if err != nil {
			return fmt.Errorf("unknown word %q", w)
		}
		c.Bounds = claim.Bounds{Low: claim.Count(n), High: claim.Count(m)}
		c.Qualifier = cmp.Or(claim.Qualifier(map[bool]string{true: string(claim.About)}[c.Qualifier == claim.About]), claim.Range)
	}
	return nil
}

var names = map[claim.Claimant]string{
	"kr-nis": "South Korea's NIS", "kr": "South Korea", "us-pentagon": "the Pentagon", "us-white-house": "the White House", "us-state": "the State Department",
	"us": "the United States", "ua-hur": "Ukraine's HUR", "ua-president": "President Zelensky", "ua": "Ukraine", "ru": "Russia", "kp": "North Korea",
	"media:kyodo": "Kyodo", "nato": "NATO", "gb": "Britain",
}

func name(c claim.Claimant) string { return names[c] }

func TestParseClaim(t *testing.T) {
	got, err := parseClaim("kr-nis: another about 1,500 officers front planned on 2024-10-18 | last week", 0)
	if err != nil {
		t.Fatal(err)
	}
	want := claim.Claim{
		Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.About, Unit: claim.Officers, Measure: claim.Front, Mode: claim.Planned, Increment: true,
		Claimant: "kr-nis", AsOf: claim.NewDate(2024, 10, 18), Scope: "last week", Topic: "dprk-troops",
		Quote: "kr-nis: another about 1,500 officers front planned on 2024-10-18 | last week",
	}
	if diff := gocmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"kr-nis 1500", "kr-nis: many", "kr-nis: 1500 on Monday", "kr-nis: 1-x"} {
		if _, err := parseClaim(bad, 0); err == nil {
			t.Errorf("parseClaim(%q): got no error", bad)
		}
	}
}
