package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

var troops = detect.Query{Topic: "dprk-troops", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual}

func figures(records []detect.Record, err error) (list []string) {
	if err != nil {
		return []string{err.Error()}
	}
	for _, r := range records {
		name := string(r.Claim.Claimant) + " " + r.Claim.Figure()
		if len(r.Parts) > 0 {
			name += " in " + strconv.Itoa(len(r.Parts)) + " parts"
		}
		if r.Baseline {
			name += " of the baseline"
		}
		list = append(list, name)
	}
	return list
}

func TestCompareGoesOnFromItsMark(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("a", says("kr", 1500, 18), says("us", 3000, 23)), item("b", says("ua", 12000, 23)))
	var order []string
	fn := func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		order = append(order, r.Claim.Figure())
		return verdict(detect.New)(ctx, r, h)
	}
	for _, want := range []int{2, 1, 0} {
		_, n, err := l.Compare(t.Context(), 2, nil, atOnce, fn)
		must(t, err)
		equal(t, n, want)
	}
	equal(t, order, []string{"1500", "3000", "12000"})
}

func TestCompareThatFailsLeavesNothing(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("a", says("kr", 1500, 18), says("us", 3000, 23)))
	broken := errors.New("broken")
	_, _, err := l.Compare(t.Context(), 10, []string{"terminal"}, atOnce, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		if r.ID == 2 {
			return detect.Verdict{}, broken
		}
		return verdict(detect.New)(ctx, r, h)
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "claim 2") {
		t.Fatalf("got %v", err)
	}
	found, err := l.Findings(t.Context(), Filter{})
	must(t, err)
	equal(t, len(found), 0)
	equal(t, len(compare(t, l, verdict(detect.New))), 2)
}

func TestHistorySeesTheClaimsBefore(t *testing.T) {
	l, _ := open(t)
	thousands := says("", 0, 24)
	thousands.Bounds, thousands.Qualifier = claim.Bounds{Low: 1000, High: 9999}, claim.Vague
	training := says("jp", 2500, 25)
	training.Measure = claim.Training
	visit(t, l, "wire", item("a", says("kr", 1500, 18), says("us", 3000, 23), thousands, training))
	var saw [][]string
	compare(t, l, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		saw = append(saw, figures(h.Known(ctx, troops, claim.Bounds{Low: 1000, High: 9999})))
		return verdict(detect.New)(ctx, r, h)
	})
	equal(t, saw, [][]string{nil, {"kr 1500"}, {"kr 1500", "us 3000"}, {"kr 1500", "us 3000", " 1000-9999"}})
	ask(t, l, func(h detect.HistoryOf) {
		ctx := t.Context()
		equal(t, figures(h.Known(ctx, troops, claim.Bounds{Low: claim.Open, High: 2500})), []string{"kr 1500", "jp 2500"})
		equal(t, figures(h.Known(ctx, troops, claim.Bounds{Low: 2500, High: claim.Open})), []string{"us 3000", "jp 2500"})
		equal(t, figures(h.Known(ctx, troops, claim.Bounds{Low: claim.Open, High: claim.Open})), []string{"kr 1500", "us 3000", " 1000-9999", "jp 2500"})
		other := troops
		other.Mode = claim.Planned
		equal(t, figures(h.Known(ctx, other, claim.Bounds{Low: claim.Open, High: claim.Open})), nil)
		equal(t, figures(h.Standing(ctx, troops)), []string{"jp 2500", "kr 1500", "us 3000"})
		other = troops
		other.Scope = "last week"
		equal(t, figures(h.Standing(ctx, other)), nil)
	})
}

func TestHistoryKeepsUpWithItsOwnTransaction(t *testing.T) {
	l, _ := open(t)
	more := says("kr", 1500, 24)
	more.Increment = true
	visit(t, l, "wire", item("a", says("kr", 1500, 18), says("gb", 2000, 20), says("kr", 1400, 17), more, says("kr", 1600, 19), says("kr", 5000, 25)))
	var inside [][]string
	compare(t, l, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		v, err := addUp(ctx, r, h)
		inside = append(inside, figures(h.Standing(ctx, troops)))
		return v, err
	})
	equal(t, inside, [][]string{
		nil, {"kr 1500"}, {"gb 2000", "kr 1500"}, {"gb 2000", "kr 1500"}, {"gb 2000", "kr 3000 in 2 parts"}, {"gb 2000", "kr 3000 in 2 parts"},
	})
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Standing(t.Context(), troops)), []string{"gb 2000", "kr 5000"})
	})
}

func TestOnlyRememberedClaimsAreKnown(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("a", says("kr", 1500, 18)))
	compare(t, l, func(context.Context, detect.Record, detect.HistoryOf) (detect.Verdict, error) {
		return detect.Verdict{Kind: detect.History}, nil
	})
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Known(t.Context(), troops, claim.Bounds{Low: claim.Open, High: claim.Open})), nil)
		equal(t, figures(h.Standing(t.Context(), troops)), nil)
	})
	claims, err := l.Claims(t.Context(), Filter{Kind: detect.History})
	must(t, err)
	equal(t, len(claims), 1)
}

func TestStandingIsTheLatestInWhateverOrderClaimsCome(t *testing.T) {
	at := func(hour int) time.Time { return start.Add(time.Duration(hour-24) * time.Hour) }
	type said struct {
		n       claim.Count
		day     int
		printed time.Time
	}
	for _, test := range []struct {
		name string
		said []said
		want string
	}{
		{"in order", []said{{1500, 18, at(1)}, {3000, 23, at(2)}}, "kr 3000"},
		{"the older day last", []said{{3000, 23, at(1)}, {1500, 18, at(2)}}, "kr 3000"},
		{"one day, the later print first", []said{{3000, 23, at(2)}, {2800, 23, at(1)}}, "kr 3000"},
		{"one day, one print", []said{{3000, 23, at(1)}, {2800, 23, at(1)}}, "kr 2800"},
		{"a day after the fetch counts as the fetch's", []said{{3000, 31, at(1)}, {2800, 28, at(2)}}, "kr 2800"},
		{"no day, the print's", []said{{3000, 23, at(1)}, {2800, 0, at(1)}}, "kr 2800"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, _ := open(t)
			for i, s := range test.said {
				c := says("kr", s.n, s.day)
				if s.day == 0 {
					c.AsOf = 0
				}
				cp := item(strconv.Itoa(i), c)
				cp.Entry.Published = s.printed
				visit(t, l, "wire", cp)
			}
			compare(t, l, verdict(detect.New))
			ask(t, l, func(h detect.HistoryOf) {
				equal(t, figures(h.Standing(t.Context(), troops)), []string{test.want})
			})
		})
	}
}

func TestStandingAfterAnEditThatGoesBackInTime(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 12000, 27)))
	compare(t, l, verdict(detect.New))
	c.advance(time.Hour)
	visit(t, l, "wire", edit("a", c.now, says("kr", 10000, 23)))
	compare(t, l, verdict(detect.Edited))
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Standing(t.Context(), troops)), []string{"kr 10000"})
	})
}

// addUp judges as detect does for increments: the sum with what stands is derived.
func addUp(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
	v, err := verdict(detect.New)(ctx, r, h)
	if !r.Claim.Increment {
		return v, err
	}
	stand, err := h.Standing(ctx, troops)
	for _, s := range stand {
		if s.Claim.Claimant == r.Claim.Claimant {
			sum := r
			sum.ID = 0
			sum.Claim.Bounds, sum.Claim.Increment = s.Claim.Plus(r.Claim.Bounds), false
			sum.Parts = []detect.Record{s, r}
			v.Derived = &sum
		}
	}
	return v, err
}

func TestDerivedSums(t *testing.T) {
	l, _ := open(t)
	more := says("kr", 1500, 23)
	more.Increment = true
	visit(t, l, "wire", item("a", says("kr", 1500, 18)), item("b", more))
	compare(t, l, addUp)
	ask(t, l, func(h detect.HistoryOf) {
		stand, err := h.Standing(t.Context(), troops)
		equal(t, figures(stand, err), []string{"kr 3000 in 2 parts"})
		equal(t, figures(stand[0].Parts, nil), []string{"kr 1500", "kr 1500"})
		equal(t, stand[0].Parts[0].ID, 1)
		equal(t, stand[0].Published, start.Add(-time.Hour))
		equal(t, figures(h.Known(t.Context(), troops, claim.Bounds{Low: 3000, High: 3000})), nil)
	})
	visit(t, l, "wire", item("late", says("kr", 2000, 20))) // older than the sum
	compare(t, l, addUp)
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Standing(t.Context(), troops)), []string{"kr 3000 in 2 parts"})
	})
	visit(t, l, "wire", item("new", says("kr", 4000, 25)))
	compare(t, l, addUp)
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Standing(t.Context(), troops)), []string{"kr 4000"})
	})
}

func TestBaseline(t *testing.T) {
	l, c := open(t)
	ctx := t.Context()
	of := func(who claim.Claimant, n claim.Count, day int) claim.Baseline {
		return claim.Baseline{
			Bounds: claim.Bounds{Low: n, High: n}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Training, Mode: claim.Actual,
			Claimant: who, Said: claim.NewDate(2024, time.October, day), Source: "https://kept.example/",
		}
	}
	open := of("us", 0, 23)
	open.Bounds = claim.Bounds{Low: 3000, High: claim.Open}
	open.Qualifier = claim.AtLeast
	list := func() (got []string) {
		t.Helper()
		entries, err := l.Baselines(ctx, "dprk-troops")
		must(t, err)
		for _, b := range entries {
			got = append(got, fmt.Sprintf("%s %s %s", b.Claimant, b.Phrase(b.Qualifier), b.Origin))
		}
		return got
	}
	for range 2 { // the second time changes nothing
		must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{open, of("kr", 1500, 18)}))
		equal(t, list(), []string{"kr about 1,500 config", "us at least 3,000 config"})
	}
	added, err := l.AddBaseline(ctx, "dprk-troops", of("ua", 12000, 20), "desk", "confirmed by phone")
	must(t, err)
	again, err := l.AddBaseline(ctx, "dprk-troops", of("ua", 12000, 20), "another", "")
	must(t, err)
	equal(t, again, added)
	equal(t, again.Why, "confirmed by phone")
	ask(t, l, func(h detect.HistoryOf) {
		equal(t, figures(h.Known(ctx, troops, claim.Bounds{Low: 3000, High: 3000})), []string{"us 3000 of the baseline"})
		equal(t, figures(h.Standing(ctx, troops)), []string{"kr 1500 of the baseline", "ua 12000 of the baseline", "us 3000 of the baseline"})
	})

	c.advance(time.Hour)
	must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{of("kr", 1500, 18), of("kr", 1500, 18)}))
	equal(t, list(), []string{"kr about 1,500 config", "kr about 1,500 config", "ua about 12,000 added"})
	must(t, l.SyncBaseline(ctx, "dprk-troops", nil))
	equal(t, list(), []string{"ua about 12,000 added"})
	if _, err := l.AddBaseline(ctx, "", open, "", ""); err == nil {
		t.Error("got no error for a baseline entry without a topic")
	}
}

func TestFindings(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	visit(t, l, "wire", item("a", says("kr-nis", 1500, 18), says("us", 3000, 23)))
	found := compare(t, l, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		v, err := verdict(detect.New)(ctx, r, h)
		if r.Claim.Claimant == "us" {
			v.Kind = detect.Conflict
			v.Against, _ = h.Standing(ctx, troops)
			v.Against = append(v.Against, detect.Record{Baseline: true, Claim: says("ua", 12000, 20), URL: "https://kept.example/"})
		}
		return v, err
	})
	stored, err := l.Findings(ctx, Filter{})
	must(t, err)
	equal(t, stored, []detect.Finding{found[1], found[0]})
	equal(t, figures(stored[0].Against, nil), []string{"kr-nis 1500", "ua 12000 of the baseline"})
	one, err := l.Finding(ctx, found[1].ID)
	must(t, err)
	equal(t, one, found[1])
	if _, err := l.Finding(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}
}

func TestFilters(t *testing.T) {
	l, c := open(t)
	ctx := t.Context()
	killed := says("us", 300, 28)
	killed.Measure = claim.Killed
	visit(t, l, "wire", item("a", says("kr-nis", 1500, 18), says("kr", 3000, 23)))
	compare(t, l, verdict(detect.New))
	c.advance(time.Hour)
	later := item("b", killed)
	later.Entry.Version.Captured = c.now
	visit(t, l, "desk", later)
	compare(t, l, verdict(detect.Conflict))
	for _, test := range []struct {
		name   string
		filter Filter
		want   []string
	}{
		{"all", Filter{}, []string{"us 300", "kr 3000", "kr-nis 1500"}},
		{"since", Filter{Since: c.now}, []string{"us 300"}},
		{"until", Filter{Until: c.now}, []string{"kr 3000", "kr-nis 1500"}},
		{"source", Filter{Source: "desk"}, []string{"us 300"}},
		{"a state's offices", Filter{Claimant: "kr"}, []string{"kr 3000", "kr-nis 1500"}},
		{"an office", Filter{Claimant: "kr-nis"}, []string{"kr-nis 1500"}},
		{"no prefix", Filter{Claimant: "k"}, nil},
		{"kind", Filter{Kind: detect.Conflict}, []string{"us 300"}},
		{"topic", Filter{Topic: "other"}, nil},
		{"measure", Filter{Measure: claim.Killed}, []string{"us 300"}},
		{"limit", Filter{Limit: 2}, []string{"us 300", "kr 3000"}},
		{"several", Filter{Since: start, Source: "wire", Topic: "dprk-troops", Kind: detect.New, Limit: 1}, []string{"kr 3000"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var claims, findings, alerts []string
			cs, err := l.Claims(ctx, test.filter)
			must(t, err)
			for _, c := range cs {
				claims = append(claims, figures([]detect.Record{c.Record}, nil)...)
			}
			fs, err := l.Findings(ctx, test.filter)
			must(t, err)
			for _, f := range fs {
				findings = append(findings, figures([]detect.Record{f.Record}, nil)...)
			}
			as, err := l.Alerts(ctx, test.filter)
			must(t, err)
			for _, a := range as {
				alerts = append(alerts, figures([]detect.Record{a.Findings[0].Record}, nil)...)
			}
			equal(t, claims, test.want)
			equal(t, findings, test.want)
			equal(t, alerts, test.want)
		})
	}
}

func TestAlertsFollowTheirStory(t *testing.T) {
	l, c := open(t)
	from := func(key, outlet, sentence string) Capture {
		q := says("kr", 3000, 23)
		q.Sentence = sentence
		cp := item(key, q)
		cp.Outlet = outlet
		return cp
	}
	wait := func(now time.Time) time.Time { return now.Add(30 * time.Second) }
	step := func(kind detect.Kind, cp Capture) notify.Alert {
		t.Helper()
		visit(t, l, "wire", cp)
		_, _, err := l.Compare(t.Context(), 10, []string{"slack", "terminal"}, wait, verdict(kind))
		must(t, err)
		due, err := l.Alerts(t.Context(), Filter{})
		must(t, err)
		equal(t, len(due), 2)
		equal(t, due[0].Revision, due[1].Revision)
		return due[1]
	}
	a := step(detect.New, from("1", "Yonhap", "Seoul said on Tuesday that 3,000 soldiers had arrived in Russia."))
	equal(t, []any{a.Route, a.Revision, a.Posted, a.Due, len(a.Reports)}, []any{"slack", 1, 0, start.Add(30 * time.Second), 1})
	c.advance(10 * time.Second)
	a = step(detect.Known, from("2", "YONHAP", "Three thousand soldiers, says Seoul, and no more than these."))
	equal(t, []any{a.Revision, len(a.Reports)}, []any{1, 2})
	a = step(detect.Known, from("3", "Post", "Seoul said on Tuesday, that 3,000 soldiers had arrived in Russia."))
	equal(t, []any{a.Revision, len(a.Reports)}, []any{1, 3})
	a = step(detect.Corroborated, from("4", "Times", "Short."))
	equal(t, []any{a.Revision, len(a.Reports), a.Due}, []any{2, 4, start.Add(30 * time.Second)})
	a = step(detect.Conflict, from("5", "Times", "Short."))
	equal(t, []any{a.Revision, len(a.Findings), len(a.Reports)}, []any{3, 2, 5})
	a = step(detect.History, from("6", "Herald", "Short."))
	equal(t, []any{a.Revision, len(a.Reports)}, []any{3, 5})

	post(t, l, a)
	c.advance(time.Hour)
	a = step(detect.Known, from("7", "Herald", "Short."))
	equal(t, []any{a.Revision, a.Posted, a.Due}, []any{4, 3, c.now.Add(30 * time.Second)})
}

// post sends an alert as far as the ledger is concerned.
func post(t *testing.T, l *Ledger, a notify.Alert) {
	t.Helper()
	r, err := l.Begin(t.Context(), notify.Receipt{
		Route: a.Route, Alerts: []int64{a.ID}, Revisions: []int{a.Revision}, Step: notify.Post, Key: fmt.Sprintf("%d/%d", a.ID, a.Revision),
	})
	must(t, err)
	r.State, r.Handle = notify.Sent, notify.Handle{Channel: "C1", Stamp: "1.5"}
	must(t, l.Finish(t.Context(), r))
}

func TestKnownFiguresOfTheBaselineOpenNoAlert(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("a", says("kr", 3000, 23)))
	equal(t, len(compare(t, l, verdict(detect.Known))), 0)
	alerts, err := l.Alerts(t.Context(), Filter{})
	must(t, err)
	equal(t, len(alerts), 0)
	visit(t, l, "wire", item("b", says("kr", 3000, 23)))
	compare(t, l, verdict(detect.Revision))
	alerts, err = l.Alerts(t.Context(), Filter{})
	must(t, err)
	equal(t, len(alerts[0].Reports), 1) // the report before the first finding is none of its story's
}
