package ledger

import (
	"errors"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
)

func TestSources(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	names := func(states []SourceState, err error) (names []string) {
		t.Helper()
		must(t, err)
		for _, s := range states {
			names = append(names, s.Name)
		}
		return names
	}
	equal(t, names(l.Sources(ctx)), []string{"desk", "wire"})
	equal(t, names(l.DueSources(ctx, start)), []string{"desk", "wire"})
	must(t, l.Schedule(ctx, "desk", start.Add(time.Minute)))
	equal(t, names(l.DueSources(ctx, start)), []string{"wire"})
	equal(t, names(l.DueSources(ctx, start.Add(time.Minute))), []string{"wire", "desk"})
	if err := l.Schedule(ctx, "nobody", start); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}

	visit(t, l, "wire", item("a", says("kr", 3000, 23)))
	must(t, l.SyncSources(ctx, []feed.Source{{Name: "desk", Kind: feed.Feed, URL: "https://desk.example/rss", Follow: true}}))
	equal(t, names(l.Sources(ctx)), []string{"desk"})
	gone, err := l.Source(ctx, "wire")
	must(t, err)
	equal(t, gone.Entries, 1)
	if _, err := l.Source(ctx, "nobody"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}
}

func TestChangedSourceForgetsItsValidators(t *testing.T) {
	src := feed.Source{Name: "wire", Kind: feed.Page, URL: "https://wire.example/", Select: "main"}
	for _, test := range []struct {
		name   string
		change func(*feed.Source)
		forget bool
	}{
		{"nothing", func(*feed.Source) {}, false},
		{"the schedule", func(s *feed.Source) { s.Schedule = "@hourly" }, false},
		{"the address", func(s *feed.Source) { s.URL = "https://wire.example/news" }, true},
		{"the selector", func(s *feed.Source) { s.Select = "article" }, true},
		{"the kind", func(s *feed.Source) { s.Kind = feed.Index }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, _ := open(t)
			must(t, l.SyncSources(t.Context(), []feed.Source{src}))
			visit(t, l, "wire")
			must(t, l.Schedule(t.Context(), "wire", start.Add(time.Hour)))
			changed := src
			test.change(&changed)
			must(t, l.SyncSources(t.Context(), []feed.Source{changed}))
			st, err := l.Source(t.Context(), "wire")
			must(t, err)
			equal(t, st.Validators.ETag == "", test.forget)
			equal(t, st.NextDue.IsZero(), test.forget)
		})
	}
}

func TestVisitKeepsValidatorsByteForByte(t *testing.T) {
	l, _ := open(t)
	want := feed.Validators{ETag: "W/\"a\xff\x00b \"", LastModified: " Mon, 28 oct 2024 12:00:00 +0000 ", Fingerprint: "\x80"}
	_, err := l.Visit(t.Context(), Visit{Source: "wire", At: start, Validators: &want, NextDue: start.Add(time.Minute), MovedTo: "https://new.example/"})
	must(t, err)
	st, err := l.Source(t.Context(), "wire")
	must(t, err)
	equal(t, st, SourceState{
		Name: "wire", URL: "https://wire.example/rss", Validators: want, LastPoll: start, LastSuccess: start,
		NextDue: start.Add(time.Minute), MovedTo: "https://new.example/",
	})
}

func TestVisitCountsFailures(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	visit(t, l, "wire", item("a"))
	for range 2 {
		_, err := l.Visit(ctx, Visit{Source: "wire", At: start.Add(time.Minute), Err: "status 503", NextDue: start.Add(time.Hour)})
		must(t, err)
	}
	st, err := l.Source(ctx, "wire")
	must(t, err)
	equal(t, st, SourceState{
		Name: "wire", URL: "https://wire.example/rss", Validators: feed.Validators{ETag: `"1"`}, LastPoll: start.Add(time.Minute),
		LastSuccess: start, LastChange: start, NextDue: start.Add(time.Hour), Failures: 2, LastError: "status 503", Entries: 1,
		FailingSince: start.Add(time.Minute), Changes: []time.Time{start},
	})
	_, err = l.Visit(ctx, Visit{Source: "wire", At: start.Add(2 * time.Minute), Unchanged: true})
	must(t, err)
	st, err = l.Source(ctx, "wire")
	must(t, err)
	equal(t, st.Failures, 0)
	equal(t, st.LastError, "")
	equal(t, st.LastChange, start)
	equal(t, st.Validators.ETag, `"1"`)
	if _, err := l.Visit(ctx, Visit{Source: "nobody"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}
	if _, err := l.Visit(ctx, Visit{Source: "wire", Entries: []Capture{{}}}); err == nil {
		t.Error("got no error for an entry without a key")
	}
}

func TestVisitTwiceIsOnce(t *testing.T) {
	l, _ := open(t)
	captures := []Capture{item("a", says("kr", 3000, 23), says("us", 10000, 28)), item("b")}
	equal(t, visit(t, l, "wire", captures...), VisitResult{NewEntries: 2, Claims: 2})
	equal(t, visit(t, l, "wire", captures...), VisitResult{})
	other := item("a", says("kr", 3000, 23))
	equal(t, visit(t, l, "desk", other), VisitResult{NewEntries: 1, Claims: 1})
	n, err := l.Uncompared(t.Context())
	must(t, err)
	equal(t, n, 3)
}

func TestVisitInParts(t *testing.T) {
	l, _ := open(t)
	ctx := t.Context()
	res, err := l.Visit(ctx, Visit{Source: "wire", At: start, Entries: []Capture{item("a", says("kr", 3000, 23))}})
	must(t, err)
	equal(t, res, VisitResult{NewEntries: 1, Claims: 1})
	st, err := l.Source(ctx, "wire")
	must(t, err)
	equal(t, st.Validators, feed.Validators{})
	equal(t, st.LastPoll.IsZero(), true)
	visit(t, l, "wire", item("b"))
	st, err = l.Source(ctx, "wire")
	must(t, err)
	equal(t, st.Validators.ETag, `"1"`)
	equal(t, st.Entries, 2)
}

func TestClaimComesBackAsItWasRead(t *testing.T) {
	l, _ := open(t)
	c := says("", 0, 23)
	c.Bounds = claim.Bounds{Low: claim.Open, High: 12000}
	c.Qualifier, c.Mode, c.Increment, c.InTitle, c.Scope = claim.UpTo, claim.Planned, true, true, "last week"
	c.Sentence = "Ба\x00гато \xff 병력"
	cp := item("a", c)
	cp.Entry.Author, cp.Entry.Lang = "A. Author", "ko"
	visit(t, l, "wire", cp)
	claims, err := l.Claims(t.Context(), Filter{})
	must(t, err)
	equal(t, claims, []Claim{{Record: detect.Record{
		ID: 1, Claim: c, Source: "wire", Outlet: "Wire", Entry: 1, URL: "https://wire.example/a", Title: "Title of a",
		Published: start.Add(-time.Hour), Captured: start,
	}}})
}

// edit is a later capture of an entry.
func edit(key string, at time.Time, claims ...claim.Claim) Capture {
	c := item(key, claims...)
	c.Entry.Version.Captured = at
	c.Entry.Version.HTML += at.String()
	return c
}

// replacedBy gives for each claim put before comparing what it replaced.
func replacedBy(t *testing.T, l *Ledger) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	must(t, l.view(t.Context(), func(s *session) error {
		records, err := s.uncompared(100)
		for _, r := range records {
			name := string(r.Claim.Claimant) + " " + r.Claim.Figure()
			got[name] = nil
			for _, p := range r.Replaced {
				word := string(p.Claim.Claimant) + " " + p.Claim.Figure()
				if p.ID == r.ID {
					word = "dropped"
				}
				got[name] = append(got[name], word)
			}
		}
		return err
	}))
	return got
}

func TestEdits(t *testing.T) {
	killed := func(who claim.Claimant, n claim.Count) claim.Claim {
		c := says(who, n, 28)
		c.Measure = claim.Killed
		return c
	}
	about := says("kr", 10000, 28)
	about.Qualifier = claim.About
	for _, test := range []struct {
		name          string
		before, after []claim.Claim
		res           VisitResult
		put           map[string][]string
	}{
		{
			"the words around the figure changed",
			[]claim.Claim{says("kr", 10000, 28)},
			[]claim.Claim{says("kr", 10000, 27)},
			VisitResult{NewVersions: 1},
			map[string][]string{},
		}, {
			"one figure changed, another stayed",
			[]claim.Claim{says("kr", 10000, 28), says("us", 8000, 28)},
			[]claim.Claim{says("kr", 12000, 28), says("us", 8000, 28)},
			VisitResult{NewVersions: 1, Claims: 1, Vanished: 1},
			map[string][]string{"kr 12000": {"kr 10000"}},
		}, {
			"each goes with the one in its place",
			[]claim.Claim{says("kr", 10000, 28), killed("kr", 300)},
			[]claim.Claim{killed("kr", 400), says("kr", 12000, 28)},
			VisitResult{NewVersions: 1, Claims: 2, Vanished: 2},
			map[string][]string{"kr 12000": {"kr 10000"}, "kr 400": {"kr 300"}},
		}, {
			"a figure was taken out",
			[]claim.Claim{says("kr", 10000, 28), killed("kr", 300)},
			[]claim.Claim{says("kr", 10000, 28)},
			VisitResult{NewVersions: 1, Claims: 1, Vanished: 1},
			map[string][]string{"kr 300": {"dropped"}},
		}, {
			"all figures were taken out",
			[]claim.Claim{says("kr", 10000, 28)},
			nil,
			VisitResult{NewVersions: 1, Claims: 1, Vanished: 1},
			map[string][]string{"kr 10000": {"dropped"}},
		}, {
			"the figure is somebody else's now",
			[]claim.Claim{says("kr", 10000, 28)},
			[]claim.Claim{says("us", 10000, 28)},
			VisitResult{NewVersions: 1, Claims: 2, Vanished: 1},
			map[string][]string{"us 10000": nil, "kr 10000": {"dropped"}},
		}, {
			"a hedge was added",
			[]claim.Claim{says("kr", 10000, 28)},
			[]claim.Claim{about},
			VisitResult{NewVersions: 1, Claims: 1, Vanished: 1},
			map[string][]string{"kr 10000": {"kr 10000"}},
		}, {
			"one of two wordings was taken out",
			[]claim.Claim{says("kr", 10000, 28), about},
			[]claim.Claim{about},
			VisitResult{NewVersions: 1, Vanished: 1},
			map[string][]string{},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, c := open(t)
			visit(t, l, "wire", item("a", test.before...))
			compare(t, l, verdict(detect.New))
			c.advance(time.Hour)
			equal(t, visit(t, l, "wire", edit("a", c.now, test.after...)), test.res)
			equal(t, replacedBy(t, l), test.put)
		})
	}
}

func TestFigureThatCameBack(t *testing.T) {
	l, c := open(t)
	visit(t, l, "wire", item("a", says("kr", 10000, 28)))
	for _, n := range []claim.Count{12000, 10000} {
		compare(t, l, verdict(detect.New))
		c.advance(time.Hour)
		visit(t, l, "wire", edit("a", c.now, says("kr", n, 28)))
	}
	equal(t, replacedBy(t, l), map[string][]string{"kr 10000": {"kr 12000"}})
	claims, err := l.Claims(t.Context(), Filter{})
	must(t, err)
	var vanished []time.Time
	for _, c := range claims {
		vanished = append(vanished, c.Vanished)
	}
	equal(t, vanished, []time.Time{{}, start.Add(2 * time.Hour), start.Add(time.Hour)})
}

func TestArticleIsNoEditOfTheFeedsText(t *testing.T) {
	l, c := open(t)
	visit(t, l, "desk", item("a", says("kr", 10000, 28), says("us", 8000, 28)))
	article := func(claims ...claim.Claim) Capture {
		cp := edit("a", c.now, claims...)
		cp.Followed = true
		return cp
	}
	equal(t, visit(t, l, "desk", article(says("kr", 10000, 28), says("ua", 12000, 28))), VisitResult{Claims: 1})

	c.advance(time.Hour) // the summary loses what the article still has: nothing is lost
	equal(t, visit(t, l, "desk", edit("a", c.now, says("us", 8000, 28))), VisitResult{NewVersions: 1})
	c.advance(time.Hour) // and the article loses what only it had left
	equal(t, visit(t, l, "desk", article(says("ua", 12000, 28))), VisitResult{NewVersions: 1, Claims: 1, Vanished: 1})
}

func TestStored(t *testing.T) {
	l, c := open(t)
	summary := item("a", says("kr", 10000, 28))
	summary.Digest = "of the summary"
	visit(t, l, "desk", summary, item("b"))
	c.advance(time.Minute)
	article := edit("a", c.now, says("kr", 10000, 28))
	article.Digest, article.Followed = "of the article", true
	visit(t, l, "desk", article)
	got, err := l.Stored(t.Context(), "desk", []string{"a", "b", "c"})
	must(t, err)
	b := item("b")
	digest := Digest(b.Entry.Title, b.Entry.Version.HTML)
	equal(t, got, map[string]EntryState{
		"a": {Digest: "of the article", FeedDigest: "of the summary", Followed: true, FirstCaptured: start, NextRecheck: start.Add(time.Hour + time.Minute)},
		"b": {Digest: digest, FeedDigest: digest, FirstCaptured: start},
	})
}

func TestRechecks(t *testing.T) {
	l, c := open(t)
	ctx := t.Context()
	article := item("a", says("kr", 10000, 28))
	article.Followed = true
	visit(t, l, "desk", article)
	due := func(at time.Time) (keys []string) {
		t.Helper()
		list, err := l.DueRechecks(ctx, at)
		must(t, err)
		for _, r := range list {
			equal(t, r.Followed, start)
			keys = append(keys, r.Key+" "+r.Due.Sub(start).String())
		}
		return keys
	}
	equal(t, due(start.Add(59*time.Minute)), nil)
	equal(t, due(start.Add(time.Hour)), []string{"a 1h0m0s"})

	c.advance(30 * time.Minute) // a poll in between takes no recheck's place
	article.Entry.Version.Captured = c.now
	visit(t, l, "desk", article)
	equal(t, due(start.Add(time.Hour)), []string{"a 1h0m0s"})

	c.advance(40 * time.Minute) // the recheck, unchanged
	article.Entry.Version.Captured = c.now
	equal(t, visit(t, l, "desk", article), VisitResult{})
	equal(t, due(start.Add(5*time.Hour)), nil)
	equal(t, due(start.Add(7*time.Hour)), []string{"a 6h0m0s"})

	must(t, l.Rechecked(ctx, "desk", "a", start.Add(7*time.Hour)))
	equal(t, due(start.Add(1000*time.Hour)), nil)
	if err := l.Rechecked(ctx, "desk", "nothing", start); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}

	must(t, l.SyncSources(ctx, []feed.Source{{Name: "desk", Kind: feed.Feed, URL: "https://desk.example/rss", Follow: true, Recheck: []time.Duration{24 * time.Hour}}}))
	equal(t, due(start.Add(24*time.Hour)), []string{"a 24h0m0s"})
	must(t, l.SyncSources(ctx, nil))
	equal(t, due(start.Add(24*time.Hour)), nil)
}

// An article is read again under the day that it was read under first, which is the
// day of its own zone.
func TestRecheckKeepsTheDay(t *testing.T) {
	l, _ := open(t)
	early := time.Date(2024, 11, 4, 7, 30, 0, 0, time.FixedZone("KST", 9*60*60)) // still the 3rd in UTC
	article := item("a", says("kr", 10000, 28))
	article.Followed, article.Lang, article.Entry.Published = true, "ko", early
	undated := item("b", says("kr", 10000, 28))
	undated.Followed, undated.Entry.Published = true, time.Time{}
	visit(t, l, "desk", article, undated)
	due, err := l.DueRechecks(t.Context(), start.Add(time.Hour))
	must(t, err)
	equal(t, len(due), 2)
	equal(t, due[0].Published.Format(time.RFC3339), early.Format(time.RFC3339))
	equal(t, due[0].Lang, "ko")
	equal(t, due[1].Published.IsZero(), true)

	again := edit("a", start.Add(time.Hour), says("kr", 11000, 28))
	again.Followed, again.Entry.Published = true, time.Time{}
	visit(t, l, "desk", again)
	due, err = l.DueRechecks(t.Context(), start.Add(6*time.Hour))
	must(t, err)
	equal(t, due[1].Key, "a")
	equal(t, due[1].Published.Format(time.RFC3339), early.Format(time.RFC3339))
}

func TestNextRecheckMakesUpMissedOnesOnce(t *testing.T) {
	ages := []time.Duration{6 * time.Hour, time.Hour, 24 * time.Hour}
	for _, test := range []struct{ after, want time.Duration }{
		{0, time.Hour}, {time.Hour, 6 * time.Hour}, {7 * time.Hour, 24 * time.Hour}, {30 * time.Hour, 0},
	} {
		got := nextRecheck(ages, start, start.Add(test.after))
		var want time.Time
		if test.want > 0 {
			want = start.Add(test.want)
		}
		equal(t, got, want)
	}
}
