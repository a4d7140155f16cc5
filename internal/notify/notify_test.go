package notify

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

var update = flag.Bool("update", false, "write the golden files anew")

var names = map[claim.Claimant]string{
	"ua-hur": "Ukraine's military intelligence", "kr-nis": "South Korea's NIS", "kr": "South Korea",
	"us-pentagon": "the Pentagon", "us-white-house": "the White House", "ru": "Russia", "media:kyodo": "Kyodo",
}

func wording() Wording {
	return Wording{
		Name: func(c claim.Claimant) string { return names[c] },
		People: func(_ string, u claim.Unit) string {
			if u == claim.Troops {
				return "North Korean soldiers"
			}
			return "North Korean " + string(u)
		},
	}
}

func on(s string) claim.Date {
	d, err := claim.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func counted(n claim.Count, q claim.Qualifier, by claim.Claimant, m claim.Measure, day string) claim.Claim {
	return claim.Claim{
		Bounds: claim.Bound(n, q), Qualifier: q, Unit: claim.Troops, Measure: m, Mode: claim.Actual,
		Claimant: by, AsOf: on(day), Topic: "dprk-troops", Lang: "en",
	}
}

func printed(id int64, c claim.Claim, outlet, sentence, quote string) detect.Record {
	c.Sentence, c.Quote = sentence, quote
	slug := strings.ToLower(outlet)
	return detect.Record{
		ID: id, Claim: c, Source: slug + "-world", Outlet: outlet, URL: "https://" + slug + ".example/a/" + fmt.Sprint(id),
		Title: "Title", Published: c.AsOf.Time(), Captured: c.AsOf.Time().Add(14*time.Hour + 5*time.Minute),
	}
}

func finding(k detect.Kind, r detect.Record, why string, against ...detect.Record) detect.Finding {
	return detect.Finding{ID: r.ID, Kind: k, Record: r, Against: against, Reasons: []detect.Reason{{Kind: k, Rule: "rule", Text: why}}}
}

func story(id int64, reports []detect.Record, fs ...detect.Finding) Alert {
	return Alert{ID: id, Route: "slack", Findings: fs, Reports: reports, Revision: 1, Story: detect.StoryOf(fs[0].Record.Claim)}
}

var (
	hur = printed(7, func() claim.Claim {
		c := counted(11000, claim.About, "ua-hur", claim.Front, "2024-11-03")
		c.Speaker = "Kyrylo Budanov"
		return c
	}(), "Reuters", "Kyrylo Budanov said on Sunday that about 11,000 North Korean soldiers were near the front in Kursk.", "about 11,000")
	nis  = printed(3, counted(8000, claim.UpTo, "kr-nis", claim.Front, "2024-10-31"), "Yonhap", "The NIS said up to 8,000 were there.", "up to 8,000")
	pent = printed(4, counted(8000, claim.Exact, "us-pentagon", claim.Deployed, "2024-10-31"), "AP", "The Pentagon said 8,000 were in Russia.", "8,000")
)

// stories are one alert a kind, as the golden files show them.
func stories() map[string]Alert {
	kyodo := printed(9, counted(2000, claim.About, "media:kyodo", claim.Front, "2024-10-25"), "Kyodo",
		"Rund 2000 nordkoreanische Soldaten seien nach Westen verlegt worden, berichtet Kyodo.", "Rund 2000")
	kyodo.Claim.Lang = "de"
	old := printed(10, counted(1100, claim.About, "kr", claim.Casualties, "2024-12-23"), "Yonhap", "…", "1,100")
	now := printed(11, counted(3000, claim.MoreThan, "kr-nis", claim.Casualties, "2025-01-13"), "Yonhap",
		"북한군 사상자가 3000여 명에 이른다고 국가정보원이 13일 밝혔다.", "3000여 명")
	now.Claim.Lang, now.Claim.Speaker = "ko", "이성권"
	denial := counted(12000, claim.About, "ru", claim.Deployed, "2024-10-24")
	denial.Mode = claim.Denied
	plan := counted(12000, claim.About, "kr-nis", claim.Deployed, "2024-10-23")
	plan.Mode = claim.Planned
	nobody := counted(10, claim.Exact, "", claim.Deployed, "2024-10-24")
	nobody.Unit = claim.Officers
	more := counted(1500, claim.About, "kr-nis", claim.Deployed, "2024-10-23")
	more.Increment = true
	several := claim.Claim{Bounds: claim.Bounds{Low: 1000, High: 9999}, Qualifier: claim.Vague, Unit: claim.Troops, Measure: claim.Training, Mode: claim.Actual, Claimant: "us-pentagon", Topic: "dprk-troops"}
	conflict := finding(detect.Conflict, hur, "Ukraine's military intelligence says about 11,000, which up to 8,000 by South Korea's NIS rules out.", nis, pent)
	also := printed(8, hur.Claim, "Yonhap", "HUR chief: some 11,000 North Koreans are in Kursk, Yonhap reports from Kyiv.", "some 11,000")
	told := story(12, []detect.Record{hur, also}, conflict)
	told.Revision, told.Posted, told.Handle = 2, 1, Handle{"C1", "1.1"}
	return map[string]Alert{
		"conflict":      told,
		"new":           story(13, nil, finding(detect.New, kyodo, "about 2,000 is not among the known figures.")),
		"new-against":   story(14, nil, finding(detect.New, kyodo, "", nis)),
		"new-nobody":    story(15, nil, finding(detect.New, printed(16, nobody, "DW", "Zehn Offiziere sind dabei.", "Zehn"), "")),
		"new-increment": story(16, nil, finding(detect.New, printed(17, more, "BBC", "Another 1,500 were sent.", "Another 1,500"), "")),
		"new-vague":     story(17, nil, finding(detect.New, detect.Record{ID: 18, Claim: several, Source: "dod"}, "")),
		"revision":      story(18, nil, finding(detect.Revision, now, "South Korea's figure was about 1,100 on 23 Dec 2024.", old)),
		"edited": story(19, nil, finding(detect.Edited, printed(20, counted(10000, claim.About, "us-pentagon", claim.Deployed, "2024-10-28"), "CNN", "About 10,000 are there.", "About 10,000"),
			"CNN had about 8,000 here before.", pent)),
		"self_conflict": story(20, nil, finding(detect.SelfConflict, hur, "The headline has up to 8,000, the text about 11,000.", nis)),
		"misattributed": story(21, nil, finding(detect.Misattributed, printed(21, counted(12000, claim.About, "us-pentagon", claim.Deployed, "2024-10-24"), "Post", "The Pentagon says 12,000.", "12,000"),
			"The figure stands for South Korea's NIS.", printed(2, plan, "Yonhap", "", ""))),
		"denied": story(22, nil, finding(detect.Denied, printed(22, denial, "TASS", "Moscow denied that 12,000 were there.", "12,000"), "", printed(2, plan, "Yonhap", "", ""))),
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, string(want)); diff != "" {
		t.Errorf("%s (got -, want +):\n%s", name, diff)
	}
}

func TestStoriesRead(t *testing.T) {
	for name, a := range stories() {
		t.Run(name, func(t *testing.T) {
			m := wording().Story(a)
			var b bytes.Buffer
			if err := Text(&b, m, false); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.String())
			if n := utf8.RuneCountInString(m.Fallback); n > MaxFallback || n == 0 {
				t.Errorf("fallback has %d characters", n)
			}
			if strings.Contains(b.String(), "\x1b") {
				t.Error("escapes without colour")
			}
		})
	}
}

func TestFirstLineOfAConflict(t *testing.T) {
	got := wording().Story(story(1, nil, finding(detect.Conflict, hur, "", nis))).Fallback
	want := "CONFLICT: Ukraine's military intelligence says about 11,000 North Korean soldiers at the front (3 Nov 2024), " +
		"against up to 8,000 by South Korea's NIS (31 Oct 2024)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPlannedFiguresAreExpected(t *testing.T) {
	for m, want := range map[claim.Measure]string{
		claim.Deployed: "says up to 12,000 North Korean soldiers expected to be deployed (23 Oct 2024)",
		claim.Training: "says up to 12,000 North Korean soldiers expected in training (23 Oct 2024)",
		claim.Killed:   "says up to 12,000 North Korean soldiers expected to be killed (23 Oct 2024)",
		claim.Wounded:  "says up to 12,000 North Korean soldiers expected to be wounded (23 Oct 2024)",
		claim.Captured: "says up to 12,000 North Korean soldiers expected to be captured (23 Oct 2024)",
	} {
		c := counted(12000, claim.UpTo, "kr-nis", m, "2024-10-23")
		c.Mode = claim.Planned
		if got := wording().Story(story(1, nil, finding(detect.New, printed(1, c, "BBC", "", ""), ""))).Headline; !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestSentenceSaysOnlyWhatIsKnown(t *testing.T) {
	c := counted(500, claim.Exact, "", claim.Killed, "2025-01-01")
	c.Mode, c.Scope, c.AsOf = claim.Denied, "in Monday's attack", 0
	r := detect.Record{ID: 1, Claim: c, Source: "tass"}
	down := counted(400, claim.Exact, "kr-nis", claim.Killed, "2025-01-02")
	part := counted(30, claim.Exact, "kr-nis", claim.Killed, "2025-01-02")
	part.Unit, part.Increment = claim.Officers, true
	rangeOf := counted(0, claim.Range, "kr-nis", claim.Killed, "2025-01-01")
	rangeOf.Bounds = claim.Bounds{Low: 300, High: 600}
	takenOut := finding(detect.Edited, printed(2, down, "AP", "", ""), "", printed(2, down, "AP", "", ""))
	takenOut.Reasons = []detect.Reason{{Kind: detect.Edited, Rule: "dropped"}}
	more := counted(2500, claim.Exact, "kr-nis", claim.Deployed, "2024-11-04")
	more.Increment = true
	now := counted(4000, claim.Exact, "kr-nis", claim.Deployed, "2024-11-04")
	total := counted(3000, claim.Exact, "kr-nis", claim.Deployed, "2024-10-23")
	theirs := counted(10000, claim.Exact, "us-pentagon", claim.Deployed, "2024-10-28")
	for _, tt := range []struct{ name, got, want string }{
		{"a denial by nobody", wording().sentence(finding(detect.Denied, r, "")), "Tass, naming nobody, reports a denial of 500 North Korean soldiers killed, in Monday's attack (no date given)"},
		{
			"a figure that sank", wording().sentence(finding(detect.Revision, printed(2, down, "AP", "", ""), "", printed(1, counted(500, claim.Exact, "kr-nis", claim.Killed, "2025-01-01"), "AP", "", ""))),
			"South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025), down from 500 (1 Jan 2025)",
		},
		{
			"another office of the state", wording().sentence(finding(detect.Revision, printed(2, down, "AP", "", ""), "", printed(1, counted(500, claim.Exact, "kr", claim.Killed, "2025-01-01"), "AP", "", ""))),
			"South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025), down from 500 by South Korea (1 Jan 2025)",
		},
		{
			"a range has no way up or down", wording().sentence(finding(detect.Revision, printed(2, down, "AP", "", ""), "", printed(1, rangeOf, "AP", "", ""))),
			"South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025), instead of 300 to 600 (1 Jan 2025)",
		},
		{
			"other people are named", wording().sentence(finding(detect.Conflict, printed(2, down, "AP", "", ""), "", printed(1, part, "AP", "", ""))),
			"South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025), against 30 more North Korean officers killed, according to South Korea's NIS (2 Jan 2025)",
		},
		{
			"an increment and what it is added to", wording().sentence(finding(detect.Revision, printed(2, more, "AP", "", ""), "", printed(1, total, "AP", "", ""))),
			"South Korea's NIS says 2,500 more North Korean soldiers deployed (4 Nov 2024), on top of 3,000 (23 Oct 2024)",
		},
		{
			"an increment that makes too many", wording().sentence(finding(detect.Conflict, printed(2, more, "AP", "", ""), "", printed(3, theirs, "AP", "", ""), printed(1, total, "AP", "", ""))),
			"South Korea's NIS says 2,500 more North Korean soldiers deployed (4 Nov 2024); the sum does not fit 10,000 by the Pentagon (28 Oct 2024)",
		},
		{
			"a conflict of who said something else before", wording().sentence(finding(detect.Conflict, printed(2, now, "AP", "", ""), "", printed(3, theirs, "AP", "", ""), printed(1, total, "AP", "", ""))),
			"South Korea's NIS says 4,000 North Korean soldiers deployed (4 Nov 2024), against 10,000 by the Pentagon (28 Oct 2024)",
		},
		{
			"a figure that was taken out", wording().sentence(takenOut),
			"AP no longer has what it had published: South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025)",
		},
		{"an edit that leaves no trace", wording().sentence(finding(detect.Edited, printed(2, down, "AP", "", ""), "")), "AP changed what it had published: South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025)"},
		{
			"nobody on the other side", wording().sentence(finding(detect.Conflict, printed(2, down, "AP", "", ""), "", r)),
			"South Korea's NIS says 400 North Korean soldiers killed (2 Jan 2025), against 500 killed, in Monday's attack, according to tass, which names nobody (no date given)",
		},
	} {
		if tt.got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, tt.got, tt.want)
		}
	}
}

// What stands beside the first line is called what it is.
func TestRowsNameTheOtherClaims(t *testing.T) {
	now := counted(12000, claim.Exact, "us-pentagon", claim.Deployed, "2024-11-08")
	before := counted(10000, claim.About, "us-pentagon", claim.Deployed, "2024-10-28")
	plan := counted(12000, claim.About, "kr", claim.Deployed, "2024-10-23")
	plan.Mode = claim.Planned
	other := counted(8000, claim.UpTo, "kr-nis", claim.Deployed, "2024-11-04")
	f := finding(detect.Conflict, printed(1, now, "AP", "", ""), "",
		printed(2, other, "AP", "", ""), printed(3, before, "AP", "", ""), printed(4, plan, "AP", "", ""))
	var got []string
	for _, r := range wording().rows(f) {
		got = append(got, r.Label+": "+r.Text)
	}
	want := []string{
		"Difference: +4,000 (+50 %) or more",
		"Instead of: about 10,000 (28 Oct 2024)",
		"As expected: about 12,000 expected to be deployed, according to South Korea (23 Oct 2024)",
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("got %q, want %q among them", got, w)
		}
	}
	if got := wording().sentence(f); strings.Contains(got, "more") {
		t.Errorf("got %q, want one side alone", got)
	}
}

func TestCountsOfADigest(t *testing.T) {
	for want, got := range map[string]string{
		"1 conflict": count(1, detect.Conflict), "3 conflicts": count(3, detect.Conflict), "2 self-conflicts": count(2, detect.SelfConflict),
		"2 revisions": count(2, detect.Revision), "2 new": count(2, detect.New), "2 denied": count(2, detect.Denied),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDifferenceIsNoSurerThanItsFigures(t *testing.T) {
	c := func(n claim.Count, q claim.Qualifier) claim.Claim {
		return counted(n, q, "kr", claim.Killed, "2025-01-01")
	}
	for _, tt := range []struct {
		a, b claim.Claim
		want string
	}{
		{c(2000, claim.Exact), c(1000, claim.Exact), "+1,000 (+100 %)"},
		{c(2000, claim.About), c(1000, claim.Exact), "about +1,000 (+100 %)"},
		{c(1000, claim.Exact), c(2000, claim.Exact), "−1,000 (−50 %)"},
		{c(2000, claim.AtLeast), c(1000, claim.Exact), "+1,000 (+100 %) or more"},
		{c(2000, claim.Exact), c(1000, claim.UpTo), "+1,000 (+100 %) or more"},
		{c(1000, claim.UpTo), c(2000, claim.About), "about −1,000 (−50 %) or more"},
		{c(2000, claim.UpTo), c(1000, claim.Exact), ""},
		{c(2000, claim.Exact), c(1000, claim.AtLeast), ""},
		{c(1000, claim.Exact), c(1000, claim.Exact), ""},
		{c(5, claim.Exact), c(0, claim.Exact), "+5"},
	} {
		got := ""
		if g, ok := difference(tt.a, tt.b); ok {
			got = g.String()
		}
		if got != tt.want {
			t.Errorf("%s from %s: got %q, want %q", tt.a.Phrase(tt.a.Qualifier), tt.b.Phrase(tt.b.Qualifier), got, tt.want)
		}
	}
}

func TestDigestReads(t *testing.T) {
	var due []Alert
	for _, name := range []string{"new", "conflict", "revision", "denied", "edited", "new-nobody"} {
		a := stories()[name]
		a.Posted = 0
		due = append(due, a)
	}
	jobs := Plan(due, 3)
	if len(jobs) != 1 || jobs[0].Step != Digest {
		t.Fatalf("got %d jobs, the first a %s; want one digest", len(jobs), jobs[0].Step)
	}
	var b bytes.Buffer
	if err := Text(&b, wording().Digest(jobs[0]), false); err != nil {
		t.Fatal(err)
	}
	golden(t, "digest", b.String())
}

func TestHostileTextChangesNothing(t *testing.T) {
	c := counted(5, claim.Exact, "media:x", claim.Killed, "2025-01-01")
	c.Speaker = "A\u202eB\x1b[31m\nC\u200b"
	c.Sentence = "<!channel> " + strings.Repeat("x", 100_000) + " \u2066five\u2069 dead" + strings.Repeat(" y", 1000)
	c.Quote = "five"
	r := printed(1, c, "Out\u202elet\r\nNEW: forged", c.Sentence, c.Quote)
	r.URL = "javascript:alert(1)"
	w := Wording{Name: func(claim.Claimant) string { return "X" + strings.Repeat("y", 500) }, People: wording().People}
	m := w.Story(story(1, nil, finding(detect.New, r, "why\u202e")))
	var b bytes.Buffer
	if err := Text(&b, m, false); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexAny(b.String(), "\u202e\x1b\u200b\u2066\r"); i >= 0 {
		t.Errorf("a control character is left at %d: %q", i, b.String())
	}
	if m.Quote.Figure != "five" {
		t.Errorf("the figure is lost: %+v", m.Quote)
	}
	if n := utf8.RuneCountInString(m.Quote.String()); n > MaxQuote {
		t.Errorf("quote has %d characters", n)
	}
	if m.Links[0].URL != "" {
		t.Errorf("a link to %s", m.Links[0].URL)
	}
	if n := utf8.RuneCountInString(m.Doubtful().Fallback); n > MaxFallback || !strings.HasSuffix(m.Doubtful().Fallback, "[possible duplicate]") {
		t.Errorf("a doubtful fallback of %d characters: %s", n, m.Doubtful().Fallback)
	}
}

func TestPlan(t *testing.T) {
	other := printed(8, hur.Claim, "Yonhap", "another sentence about eleven thousand men in the Kursk region", "")
	copied := printed(9, hur.Claim, "Times", hur.Claim.Sentence, "")
	again := printed(10, hur.Claim, "Reuters", "Reuters says it again in quite another manner, a day later", "")
	graver := finding(detect.Conflict, other, "", nis)
	first := finding(detect.New, hur, "")
	handle := Handle{"C1", "1.1"}
	told := func(h Handle, posted, revision int, reports []detect.Record, fs ...detect.Finding) Alert {
		a := story(1, reports, fs...)
		a.Posted, a.Revision, a.Handle = posted, revision, h
		return a
	}
	for _, tt := range []struct {
		name   string
		a      Alert
		step   Step
		news   []int64
		graver bool
		silent bool
	}{
		{"a fresh story is posted", told(Handle{}, 0, 1, nil, first), Post, nil, false, false},
		{"a new origin edits and replies", told(handle, 1, 2, []detect.Record{hur, other}, first), Reply, []int64{8}, false, false},
		{"a copy is no news", told(handle, 1, 2, []detect.Record{hur, copied, again}, first), Update, nil, false, false},
		{"copies aside", told(handle, 1, 2, []detect.Record{hur, copied, again, other}, first), Reply, []int64{8}, false, false},
		{"a graver kind is loud", told(handle, 1, 2, []detect.Record{hur, other}, first, graver), Reply, []int64{8}, true, false},
		{"a webhook stays silent", told(Handle{}, 1, 2, []detect.Record{hur, other}, first), Update, []int64{8}, false, true},
		{"a webhook tells what is graver", told(Handle{}, 1, 2, []detect.Record{hur, other}, first, graver), Post, []int64{8}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			jobs := Plan([]Alert{tt.a}, 10)
			if len(jobs) != 1 {
				t.Fatalf("got %d jobs", len(jobs))
			}
			got := jobs[0]
			var news []int64
			for _, r := range got.News {
				news = append(news, r.ID)
			}
			if got.Step != tt.step || got.Graver != tt.graver || got.Silent != tt.silent {
				t.Errorf("got %s, graver %t, silent %t; want %s, %t, %t", got.Step, got.Graver, got.Silent, tt.step, tt.graver, tt.silent)
			}
			if diff := cmp.Diff(news, tt.news); diff != "" {
				t.Errorf("news (got -, want +):\n%s", diff)
			}
		})
	}
}

func TestPlanDigest(t *testing.T) {
	var due []Alert
	for i := range 60 {
		k := detect.New
		if i == 59 {
			k = detect.Conflict
		}
		a := story(int64(i+1), nil, finding(k, printed(int64(i+1), hur.Claim, "AP", "", ""), ""))
		a.Due = time.Unix(int64(i), 0)
		due = append(due, a)
	}
	told := due[5]
	told.ID, told.Posted, told.Handle = 100, 1, Handle{"C", "1"}
	jobs := Plan(append(due, told), 10)
	if len(jobs) != 4 || jobs[0].Alerts[0].ID != 60 || jobs[3].Step != Update {
		t.Fatalf("got %d jobs; want three parts with the conflict first, and an edit", len(jobs))
	}
	if jobs[2].Part != 3 || jobs[2].Parts != 3 || jobs[2].Total != 60 || len(jobs[2].Alerts) != 10 {
		t.Errorf("got part %d of %d, %d of %d alerts", jobs[2].Part, jobs[2].Parts, len(jobs[2].Alerts), jobs[2].Total)
	}
	if got := wording().Digest(jobs[0]).Headline; got != "DIGEST: 60 stories at once, part 1 of 3: 1 conflict, 24 new" {
		t.Errorf("got %q", got)
	}
	for _, never := range []int{0, 60} {
		if jobs := Plan(due, never); len(jobs) != 60 || jobs[0].Step != Post || jobs[0].Alerts[0].ID != 1 {
			t.Errorf("digest above %d: got %d jobs, the first a %s", never, len(jobs), jobs[0].Step)
		}
	}
}

func TestNote(t *testing.T) {
	a := stories()["conflict"]
	job := Plan([]Alert{a}, 10)[0]
	m := wording().Note(a, job.News)
	want := "Also in Yonhap: Ukraine's military intelligence says about 11,000 North Korean soldiers at the front (3 Nov 2024)"
	if m.Headline != want {
		t.Errorf("got  %s\nwant %s", m.Headline, want)
	}
	worse := finding(detect.Conflict, job.News[0], "because", nis)
	a.Findings = append(a.Findings, worse)
	if got := wording().Note(a, job.News).Headline; !strings.HasPrefix(got, "CONFLICT: ") {
		t.Errorf("got %q, want the conflict", got)
	}
	if rows := wording().Story(a).Rows; rows[len(rows)-1].Label != "Also" {
		t.Errorf("the story's other finding is missing: %+v", rows)
	}
}

func TestJudge(t *testing.T) {
	now := time.Date(2024, 11, 3, 14, 0, 0, 0, time.UTC)
	limited := &RetryAfterError{After: 30 * time.Second, Err: errors.New("429")}
	refused := &RetryAfterError{Err: errors.New("connection refused")}
	broken := &PermanentError{Code: "channel_not_found", Mend: "check the channel"}
	alone := &PermanentError{Code: "msg_too_long", Only: true}
	unsure := &AmbiguousError{Err: errors.New("timeout")}
	for _, tt := range []struct {
		name    string
		err     error
		attempt int
		looks   bool
		want    Outcome
	}{
		{"429 waits as asked", limited, 1, false, Outcome{Retry, now.Add(30 * time.Second), now.Add(30 * time.Second), false}},
		{"429 again and again waits longer", limited, 7, false, Outcome{Retry, now.Add(64 * time.Second), now.Add(64 * time.Second), false}},
		{"refused once", refused, 1, false, Outcome{Retry, now.Add(time.Second), now.Add(time.Second), false}},
		{"refused for a day", fmt.Errorf("wrapped: %w", refused), 500, false, Outcome{Retry, now.Add(5 * time.Minute), now.Add(5 * time.Minute), false}},
		{"permanent", broken, 1, false, Outcome{Failed, now, now.Add(5 * time.Minute), true}},
		{"one message", alone, 1, false, Outcome{Failed, now.Add(time.Hour), now, false}},
		{"unsure", unsure, 1, false, Outcome{Unknown, now.Add(15 * time.Minute), now.Add(15 * time.Minute), false}},
		{"unsure, but can look", unsure, 3, true, Outcome{Unknown, now.Add(4 * time.Second), now.Add(4 * time.Second), false}},
		{"of no known sort", errors.New("?"), 1, false, Outcome{Unknown, now.Add(15 * time.Minute), now.Add(15 * time.Minute), false}},
	} {
		if diff := cmp.Diff(Judge(tt.err, tt.attempt, tt.looks, now), tt.want); diff != "" {
			t.Errorf("%s (got -, want +):\n%s", tt.name, diff)
		}
		if tt.err.Error() == "" {
			t.Errorf("%s: an error without words", tt.name)
		}
	}
	if Certain(unsure) || !Certain(refused) || !Certain(broken) || !Certain(ErrGone) {
		t.Error("only what was not posted is certain")
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		n        int
		want     []string
	}{
		{"at spaces", "one two three four", 10, []string{"one two", "three four"}},
		{"an exact fit", "0123456789 x", 10, []string{"0123456789", "x"}},
		{"a long word", "0123456789abcdef x", 10, []string{"0123456789", "abcdef x"}},
		{"Korean is wide", "북한군사상자가삼천", 10, []string{"북한군사상", "자가삼천"}},
		{"Korean after Latin", "NIS 북한군사상자", 10, []string{"NIS 북한군", "사상자"}},
		{"accents are no columns", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 x", 10, []string{strings.Repeat("e\u0301", 10), "x"}},
		{"nothing", "", 10, []string{""}},
	} {
		if diff := cmp.Diff(wrap(tt.in, tt.n), tt.want); diff != "" {
			t.Errorf("%s (got -, want +):\n%s", tt.name, diff)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("NIS 북한군 사상자 three four", 12)
	f.Fuzz(func(t *testing.T, s string, n int) {
		s = clean(s)
		lines := wrap(s, n%200)
		for _, l := range lines {
			if c := columnsOf(l); c > max(n%200, 10) {
				t.Errorf("%d columns in %q", c, l)
			}
		}
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(s, " ", "") {
			t.Errorf("got %q of %q", got, s)
		}
	})
}

func FuzzQuoteOf(f *testing.F) {
	f.Add("some 10,000 men", "10,000")
	f.Add(strings.Repeat("x ", 400)+"five"+strings.Repeat(" y", 400), "five")
	f.Fuzz(func(t *testing.T, sentence, figure string) {
		q := quoteOf(sentence, figure)
		if n := utf8.RuneCountInString(q.String()); n > MaxQuote {
			t.Errorf("%d characters", n)
		}
		if !utf8.ValidString(q.String()) || strings.ContainsFunc(q.String(), hidden) {
			t.Errorf("unclean: %q", q.String())
		}
	})
}

func TestTerminal(t *testing.T) {
	var b bytes.Buffer
	term := Terminal{Route: "terminal", W: &b, Width: 50, Colour: true}
	if h, err := term.Send(context.Background(), Delivery{Step: Post, Message: wording().Story(stories()["revision"])}); err != nil || h != (Handle{}) || term.Name() != "terminal" {
		t.Fatalf("got %v, %v", h, err)
	}
	if !strings.HasPrefix(b.String(), "\x1b[1;33mREVISION:\x1b[0m") {
		t.Errorf("no colour at the kind: %q", b.String()[:30])
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		for _, code := range []string{reset, bold, dim, "\x1b[1;33m"} {
			line = strings.ReplaceAll(line, code, "")
		}
		if columnsOf(line) > 50 && !strings.Contains(line, "https://") {
			t.Errorf("%d columns: %s", columnsOf(line), line)
		}
	}
	var permanent *PermanentError
	if _, err := (Terminal{W: closed{}}).Send(context.Background(), Delivery{Message: Message{Headline: "x"}}); !errors.As(err, &permanent) {
		t.Errorf("got %v, want a permanent error", err)
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestCountsSources(t *testing.T) {
	var rs []detect.Record
	for i := range 14 {
		rs = append(rs, printed(int64(i+1), hur.Claim, fmt.Sprintf("Outlet%d", i), fmt.Sprintf("sentence %d", i), ""))
	}
	m := wording().Story(story(1, rs, finding(detect.New, rs[0], "")))
	if m.Sources != 14 || len(m.Links) != maxSources {
		t.Errorf("got %d sources, %d links", m.Sources, len(m.Links))
	}
	if n := wording().Note(story(1, rs, finding(detect.New, rs[0], "")), rs[1:]); n.Sources != 13 || len(n.Links) != maxSources {
		t.Errorf("got %d sources, %d links in the note", n.Sources, len(n.Links))
	}
}

func TestLinksKeepPasswordsOut(t *testing.T) {
	if l := linkTo("AP", "https://me:secret@ap.example/x"); l.URL != "https://ap.example/x" {
		t.Errorf("got %s", l.URL)
	}
	if l := linkTo("AP", "https://ap.example/"+strings.Repeat("x", 2000)); l.URL != "" {
		t.Errorf("got an address of %d characters", len(l.URL))
	}
}
