package ledger

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

// told gives a ledger with one alert for each figure.
func told(t *testing.T, figures ...claim.Count) (*Ledger, *clock) {
	t.Helper()
	l, c := open(t)
	for _, n := range figures {
		visit(t, l, "wire", item(fmt.Sprint(n), says("kr", n, 23)))
	}
	compare(t, l, verdict(detect.New))
	return l, c
}

func due(t *testing.T, l *Ledger, at time.Time) (ids []int64) {
	t.Helper()
	alerts, err := l.Due(t.Context(), "terminal", at)
	must(t, err)
	for _, a := range alerts {
		ids = append(ids, a.ID)
	}
	return ids
}

func receipt(key string, step notify.Step, revision int, alerts ...int64) notify.Receipt {
	r := notify.Receipt{Route: "terminal", Step: step, Key: key, Alerts: alerts}
	for range alerts {
		r.Revisions = append(r.Revisions, revision)
	}
	return r
}

func TestOutboxFromBeginToSent(t *testing.T) {
	l, c := told(t, 1500, 3000)
	ctx := t.Context()
	equal(t, due(t, l, c.now), []int64{1, 2})
	equal(t, due(t, l, c.now.Add(-time.Second)), nil)
	r, err := l.Begin(ctx, receipt("k1", notify.Post, 1, 1))
	must(t, err)
	equal(t, []any{r.State, r.Attempt, r.Started}, []any{notify.Sending, 1, start})
	equal(t, due(t, l, c.now), []int64{2})
	left, err := l.Unfinished(ctx, "terminal")
	must(t, err)
	equal(t, left, []notify.Receipt{r})

	r.State, r.Handle = notify.Sent, notify.Handle{Channel: "C1", Stamp: "1.5"}
	must(t, l.Finish(ctx, r))
	must(t, l.Finish(ctx, r)) // once more is once
	left, err = l.Unfinished(ctx, "terminal")
	must(t, err)
	equal(t, len(left), 0)
	equal(t, due(t, l, c.now), []int64{2})
	alerts, err := l.Alerts(ctx, Filter{})
	must(t, err)
	equal(t, alerts[1].Handle, r.Handle)
	equal(t, alerts[1].Posted, 1)
	sent, err := l.Receipts(ctx, 1)
	must(t, err)
	r.Finished = start
	equal(t, sent, []notify.Receipt{r})

	r.State = notify.Retry
	if err := l.Finish(ctx, r); err == nil {
		t.Error("got no error for a receipt that was sent and is to be tried again")
	}
}

func TestOutboxTriesAgain(t *testing.T) {
	l, c := told(t, 1500)
	ctx := t.Context()
	for attempt, state := range []notify.State{notify.Retry, notify.Failed, notify.Unknown} {
		r, err := l.Begin(ctx, receipt("k", notify.Post, 1, 1))
		must(t, err)
		equal(t, r.Attempt, attempt+1)
		r.State, r.NotBefore, r.Error = state, c.now.Add(time.Minute), "status 503"
		must(t, l.Finish(ctx, r))
		equal(t, due(t, l, c.now.Add(59*time.Second)), nil)
		equal(t, due(t, l, c.now.Add(time.Minute)), []int64{1})
		next, err := l.NextDue(ctx, "terminal")
		must(t, err)
		equal(t, next, c.now.Add(time.Minute))
		c.advance(time.Minute)
	}
	r, err := l.Begin(ctx, receipt("another key", notify.Post, 1, 1))
	must(t, err)
	equal(t, r.Attempt, 4)
	r.State = notify.Unknown // for good
	must(t, l.Finish(ctx, r))
	equal(t, due(t, l, c.now.Add(time.Hour)), nil)
	next, err := l.NextDue(ctx, "terminal")
	must(t, err)
	equal(t, next.IsZero(), true)
}

func TestOutboxRefuses(t *testing.T) {
	l, _ := told(t, 1500, 3000)
	ctx := t.Context()
	for _, r := range []notify.Receipt{
		receipt("no alerts", notify.Post, 1),
		receipt("", notify.Post, 1, 1),
		receipt("unknown alert", notify.Post, 1, 99),
		{Route: "terminal", Key: "no revision", Step: notify.Post, Alerts: []int64{1}},
	} {
		if _, err := l.Begin(ctx, r); err == nil || errors.Is(err, notify.ErrTaken) {
			t.Errorf("%s: got %v", r.Key, err)
		}
	}
	_, err := l.Begin(ctx, receipt("k1", notify.Post, 1, 1))
	must(t, err)
	other := receipt("another route", notify.Post, 1, 2)
	other.Route = "slack"
	for _, r := range []notify.Receipt{
		receipt("k1", notify.Post, 1, 2),
		receipt("digest", notify.Digest, 1, 2, 1),
		receipt("a revision that is not there yet", notify.Post, 2, 2),
		receipt("a revision that readers have", notify.Post, 0, 2),
		other,
	} {
		if _, err := l.Begin(ctx, r); !errors.Is(err, notify.ErrTaken) {
			t.Errorf("%s: got %v, want %v", r.Key, err, notify.ErrTaken)
		}
	}
	equal(t, due(t, l, start), []int64{2}) // a refused digest holds nothing
	if err := l.Finish(ctx, notify.Receipt{Key: "nobody", State: notify.Sent}); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want %v", err, ErrNotFound)
	}
	if err := l.Finish(ctx, notify.Receipt{Key: "k1", State: notify.Sending}); err == nil {
		t.Error("got no error for a receipt that ends as sending")
	}
}

func TestDigestAndReplyKeepNoHandle(t *testing.T) {
	l, c := told(t, 1500, 3000)
	ctx := t.Context()
	finish := func(r notify.Receipt, stamp string) {
		t.Helper()
		r, err := l.Begin(ctx, r)
		must(t, err)
		r.State, r.Handle.Stamp = notify.Sent, stamp
		must(t, l.Finish(ctx, r))
	}
	stamps := func() (list []string) {
		t.Helper()
		alerts, err := l.Alerts(ctx, Filter{})
		must(t, err)
		for _, a := range alerts {
			list = append(list, fmt.Sprintf("%d of %d at %q", a.Posted, a.Revision, a.Handle.Stamp))
		}
		return list
	}
	finish(receipt("d", notify.Digest, 1, 1, 2), "1")
	equal(t, stamps(), []string{`1 of 1 at ""`, `1 of 1 at ""`})
	again := item("again", says("kr", 3000, 24))
	again.Outlet = "Another"
	visit(t, l, "wire", again)
	compare(t, l, verdict(detect.Conflict))
	equal(t, due(t, l, c.now), []int64{2})
	finish(receipt("p", notify.Post, 2, 2), "2")
	finish(receipt("r", notify.Reply, 2, 2), "3")
	equal(t, stamps(), []string{`2 of 2 at "2"`, `1 of 1 at ""`})
}

func TestOneOfManyBegins(t *testing.T) {
	l, c := told(t, 1500, 3000, 4000)
	path := l.Path()
	ledgers := []*Ledger{l, openFile(t, path, c)}
	for round, alert := range []int64{1, 2, 3} {
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = ledgers[i%2].Begin(t.Context(), receipt(fmt.Sprintf("%d of %d", i, round), notify.Post, 1, alert))
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, notify.ErrTaken) {
				t.Errorf("got %v, want %v", err, notify.ErrTaken)
			}
		}
		equal(t, won, 1)
	}
}
