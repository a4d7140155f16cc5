package app

import (
	"container/heap"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"monitor/config"
	"monitor/internal/feed"
)

// A start spreads what is due over a little time; a reload does not.
func TestPlanSpreadsTheStart(t *testing.T) {
	var sources []feed.Source
	for i := range 50 {
		sources = append(sources, feed.Source{Name: fmt.Sprint("source", i), Kind: feed.Feed, URL: fmt.Sprint("$SITE/", i)})
	}
	n := newNewsroom(t, sources...)
	p, err := newPlan(t.Context(), n.App, true)
	if err != nil {
		t.Fatal(err)
	}
	moments := map[time.Time]bool{}
	for _, s := range p.queue {
		if s.next.Before(n.clock) || s.next.After(n.clock.Add(50*spread)) {
			t.Errorf("got %s, want it soon after %s", s.next, n.clock)
		}
		moments[s.next] = true
	}
	if len(moments) < 25 {
		t.Errorf("got %d different moments for 50 sources", len(moments))
	}
	for i, s := range p.queue {
		if i > 0 && s.next.Before(p.queue[(i-1)/2].next) {
			t.Fatalf("slot %d is due before the one above it", i)
		}
	}
	if p, err = newPlan(t.Context(), n.App, false); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.queue {
		if !s.next.Equal(n.clock) {
			t.Errorf("got %s after a reload, want at once", s.next)
		}
	}
}

// A source that is being visited is not in the queue, whatever the time, and its
// articles wait as well. What it missed meanwhile is not made up for.
func TestNoTwoVisitsAtATime(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true, Recheck: []time.Duration{time.Second}})
	n.site.put("/feed", rss(rssItem("a", "4", "x")))
	n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
	n.check()
	n.clock = n.clock.Add(time.Hour)
	p, err := newPlan(t.Context(), n.App, false)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := heap.Pop(&p.queue).(*slot)
	answer := make(chan struct{})
	p.start(&health{}, s, func() (outcome, error) {
		<-answer
		return n.poll(t.Context(), s.src, nil, &s.schedule)
	})
	n.site.hits("/a")
	p.visitAgain(t.Context(), &health{}, n.clock)
	if p.busy != 1 || len(p.queue) != 0 {
		t.Errorf("got %d visits at a time and %d in the queue, want one and none", p.busy, len(p.queue))
	}
	close(answer)
	p.finished(t.Context(), <-p.done, &health{}, make(chan struct{}, 1))
	if want := s.schedule.Next(n.clock); len(p.queue) != 1 || !p.queue[0].next.Equal(want) {
		t.Errorf("got %+v in the queue, want the source at %s", p.queue, want)
	}
	p.visitAgain(t.Context(), &health{}, n.clock)
	p.finished(t.Context(), <-p.done, &health{}, make(chan struct{}, 1))
	if n.site.hits("/a") != 1 || !p.queue[0].next.Equal(s.schedule.Next(n.clock)) {
		t.Error("the article was not visited again, or its source lost its place")
	}
}

// Rechecks are visited in time, between the visits of their source.
func TestRunRechecks(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true, Recheck: []time.Duration{time.Second}})
	n.opts.Now = time.Now
	n.cfg.Sources[0].Schedule = "@every 1h"
	n.site.put("/feed", rss(rssItem("a", "4", "x")))
	n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
	asked := make(chan struct{}, 10)
	handler := n.site.Config.Handler
	n.site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		if r.URL.Path == "/a" {
			asked <- struct{}{}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	p, err := newPlan(ctx, n.App, false)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.run(ctx, &health{}, make(chan struct{}, 1))
	}()
	<-asked
	n.site.put("/a", page("About 2,500"+kyodo+" on Monday."))
	<-asked
	cancel()
	<-ended
	if claims := n.claims(); len(claims) != 2 {
		t.Errorf("got claims %+v, want the figure before and after the edit", claims)
	}
}

func TestHealthTellsWhatIsWrong(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/gone"})
	d := NewDaemon(n.App, func() (*config.Config, error) { return nil, nil }) //nolint:nilnil // never called
	if h := d.check(t.Context()); h.Well {
		t.Error("well before it has started")
	}
	d.health.watch(n.App)
	if h := d.check(t.Context()); h.Status() != "ok" {
		t.Errorf("got %+v, want ok", h)
	}
	n.check()
	h := d.check(t.Context())
	if h.Status() != "degraded" || h.Failing != 1 || !strings.Contains(fmt.Sprint(h.Problems), "source one failed 1 times in a row") {
		t.Errorf("got %+v, want the failing source", h)
	}
	n.site.put("/gone", rss(rssItem("a", "4", "About 2,000"+kyodo+".")))
	if _, err := n.poll(t.Context(), n.cfg.Sources[0], nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.compare(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	n.clock = n.clock.Add(time.Hour)
	if h = d.check(t.Context()); !strings.Contains(fmt.Sprint(h.Problems), "alerts wait since") {
		t.Errorf("got %+v, want the alert that waits", h)
	}
	d.health.database(fmt.Errorf("database monitor.db: full"))
	if h = d.check(t.Context()); h.Well || h.Status() != "failing" {
		t.Errorf("got %+v, want failing", h)
	}
	d.health.database(nil)
	if h = d.check(t.Context()); !h.Well {
		t.Errorf("got %+v, want well again", h)
	}
}
