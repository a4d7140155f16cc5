package ledger

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/notify"
)

// big are the tables that grow with what is read and told.
var big = []string{
	"entry", "version", "claim", "story", "told", "derived", "standing", "story_origin", "finding", "alert", "receipt", "receipt_alert",
	"c", "e", "v", "st", "t", "s", "f", "a", "ra", "o", // as the queries call them
}

// everything calls each method at least once, so that each statement is seen.
func everything(t *testing.T, l *Ledger, c *clock) {
	t.Helper()
	ctx := t.Context()
	followed := item("a", says("kr", 1500, 18))
	followed.Followed = true
	visit(t, l, "desk", followed, item("b", says("us", 3000, 23)))
	must(t, l.SyncBaseline(ctx, "dprk-troops", []claim.Baseline{{Bounds: claim.Bounds{Low: 1, High: 1}}}))
	_, err := l.AddBaseline(ctx, "dprk-troops", claim.Baseline{Bounds: claim.Bounds{Low: 2, High: 2}}, "desk", "")
	must(t, err)
	compare(t, l, verdict(detect.New))
	post(t, l, first(t, l))
	more := says("kr", 1500, 23)
	more.Increment = true
	c.advance(time.Hour)
	again := edit("a", c.now, says("kr", 1700, 18), more)
	again.Followed = true
	visit(t, l, "desk", again, edit("b", c.now), edit("c", c.now, says("us", 3000, 23)))
	compare(t, l, func(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
		v, err := addUp(ctx, r, h)
		if r.Claim.Claimant == "us" {
			v.Kind = detect.Known
		}
		return v, err
	})
	ask(t, l, func(h detect.HistoryOf) {
		_, err := h.Standing(ctx, troops)
		must(t, err)
		_, err = h.Known(ctx, troops, claim.Bounds{Low: 1, High: 5000})
		must(t, err)
	})
	r, err := l.Begin(ctx, receipt("later", notify.Reply, 1, 1))
	must(t, err)
	_, err = l.Unfinished(ctx, "terminal")
	must(t, err)
	r.State = notify.Retry
	must(t, l.Finish(ctx, r))
	_, err = l.Begin(ctx, r)
	must(t, err)
	_, err = l.Receipts(ctx, 1)
	must(t, err)
	_, err = l.NextDue(ctx, "terminal")
	must(t, err)
	_, err = l.Visit(ctx, Visit{Source: "wire", At: c.now, Err: "status 503", NextDue: c.now})
	must(t, err)
	_, err = l.Stored(ctx, "desk", []string{"a"})
	must(t, err)
	must(t, l.Rechecked(ctx, "desk", "a", c.now))
	_, err = l.DueRechecks(ctx, c.now)
	must(t, err)
	_, err = l.DueSources(ctx, c.now)
	must(t, err)
	_, err = l.Uncompared(ctx)
	must(t, err)
	all := Filter{Since: start, Until: c.now, Source: "desk", Claimant: "kr", Kind: detect.New, Topic: "dprk-troops", Measure: claim.Deployed, Limit: 5}
	for _, f := range []Filter{{}, all} {
		_, err = l.Claims(ctx, f)
		must(t, err)
		_, err = l.Findings(ctx, f)
		must(t, err)
		_, err = l.Alerts(ctx, f)
		must(t, err)
	}
	_, err = l.Finding(ctx, 1)
	must(t, err)
	must(t, l.SyncSources(ctx, []feed.Source{{Name: "desk", Recheck: []time.Duration{time.Hour}}}))
	must(t, l.Schedule(ctx, "desk", c.now))
	_, err = l.Sources(ctx)
	must(t, err)
	_, err = l.Source(ctx, "desk")
	must(t, err)
}

func first(t *testing.T, l *Ledger) notify.Alert {
	t.Helper()
	alerts, err := l.Due(t.Context(), "terminal", start)
	must(t, err)
	return alerts[0]
}

func TestNoQueryReadsAWholeTable(t *testing.T) {
	l, c := open(t)
	var mu sync.Mutex
	var queries []string
	l.trace = func(q string) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(queries, q) {
			queries = append(queries, q)
		}
	}
	everything(t, l, c)
	l.trace = nil
	if len(queries) < 60 {
		t.Errorf("got %d statements, which cannot be all", len(queries))
	}
	scan := regexp.MustCompile(`^SCAN (\w+)`)
	for _, q := range queries {
		if !regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE)`).MatchString(q) || strings.Contains(q, "sqlite_master") {
			continue
		}
		for _, step := range explain(t, l, q) {
			// A source list is short, and its table is called s where the standing claims are not.
			if m := scan.FindStringSubmatch(step); m != nil && slices.Contains(big, m[1]) && (m[1] != "s" || !strings.Contains(q, "JOIN source s")) {
				t.Errorf("%s\nin\n%s", step, q)
			}
		}
	}
}

func TestTheScanTestFindsAScan(t *testing.T) {
	l, _ := open(t)
	steps := explain(t, l, `SELECT id FROM claim WHERE speaker = 'nobody'`)
	equal(t, steps, []string{"SCAN claim"})
}

func explain(t *testing.T, l *Ledger, query string) (steps []string) {
	t.Helper()
	must(t, l.alone(t.Context(), func(s *session) (err error) {
		args := make([]any, strings.Count(query, "?"))
		steps, err = collect(s, func(row scanner) (detail string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, `EXPLAIN QUERY PLAN `+query, args...)
		return err
	}))
	return steps
}
