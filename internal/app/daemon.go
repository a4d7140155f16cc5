package app

import (
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"monitor/config"
	"monitor/internal/feed"
	"monitor/internal/ledger"
	"monitor/internal/web"
)

// Daemon waits and times.
const (
	dbPause    = 30 * time.Second       // after the database failed
	spread     = 200 * time.Millisecond // per source that is due at the start ...
	spreadMax  = time.Minute            // ... at most
	longSleep  = time.Minute            // between two looks at an idle schedule
	asleep     = 3 * longSleep          // a clock that goes on so far while we wait was stopped meanwhile
	lookAround = 3 * time.Second        // between two looks for alerts that a check left to us
)

// Daemon runs the schedules until it is told to stop.
type Daemon struct {
	app    *App
	load   func() (*config.Config, error)
	health health
}

// NewDaemon makes a daemon over an open App. load reads the configuration again.
func NewDaemon(a *App, load func() (*config.Config, error)) *Daemon {
	return &Daemon{app: a, load: load}
}

// Run polls, compares, sends and serves until ctx ends; then it finishes what is
// in hand. A value on reload has the configuration read again: a good one takes
// over once the polls in hand are done, one with faults changes nothing.
func (d *Daemon) Run(ctx context.Context, reload <-chan struct{}) error {
	server, err := d.serve(ctx)
	if err != nil {
		return err
	}
	defer func() { server.Close() }() //nolint:contextcheck // ctx has ended by then
	for fresh := true; ; fresh = false {
		next, err := d.generation(ctx, reload, fresh)
		if err != nil || next == nil {
			return err
		}
		old := d.app
		d.app = next
		old.fetcher.Close()
		if next.cfg.Web.Listen != old.cfg.Web.Listen {
			server.Close() //nolint:contextcheck // it has a time limit of its own
			if server, err = d.serve(ctx); err != nil {
				next.opts.Log.ErrorContext(ctx, "web server not started again", "error", err)
			}
		}
	}
}

// serve starts the web server, if the configuration wants one.
func (d *Daemon) serve(ctx context.Context) (*web.Server, error) {
	return web.Start(ctx, d.app.cfg.Web.Listen, d.check, d.app.opts.Log)
}

// generation runs one configuration until ctx ends or a good new one is there.
func (d *Daemon) generation(ctx context.Context, reload <-chan struct{}, fresh bool) (*App, error) {
	a := d.app
	d.health.watch(a)
	if err := a.sync(ctx); err != nil {
		return nil, err
	}
	p, err := newPlan(ctx, a, fresh)
	if err != nil {
		return nil, err
	}
	run, end := context.WithCancel(ctx)
	defer end()
	wake := make(chan struct{}, 1)
	var hands sync.WaitGroup
	hands.Go(func() {
		if release := a.awaitTurn(run); release != nil {
			defer release()
			keepDelivering(run, a.ledger, a.notifier, wake, a.delivery())
		}
	})
	hands.Go(func() { p.run(run, &d.health, wake) })
	a.opts.Log.InfoContext(ctx, "watching", "sources", len(a.cfg.Sources), "route", a.notifier.Name())
	others := time.NewTicker(lookAround)
	defer others.Stop()
	for {
		select {
		case <-others.C:
			nudge(wake)
		case <-ctx.Done():
			a.opts.Log.InfoContext(ctx, "stopping: what is in hand is finished first")
			hands.Wait()
			return nil, nil
		case <-reload:
			next, err := d.reload(ctx)
			if err != nil {
				d.health.configFault(err)
				logFaults(ctx, a.opts.Log, err)
				continue
			}
			d.health.configFault(nil)
			a.opts.Log.InfoContext(ctx, "configuration read again")
			end()
			hands.Wait()
			return next, nil
		}
	}
}

// reload builds the parts anew, around the same ledger.
func (d *Daemon) reload(ctx context.Context) (*App, error) {
	cfg, err := d.load()
	if err != nil {
		return nil, err
	}
	if d.app.opts.Database == "" && !cfg.Database.Equal(d.app.cfg.Database) {
		d.app.opts.Log.WarnContext(ctx, "another database needs a restart; the present one stays", "database", d.app.cfg.Database)
		cfg.Database = d.app.cfg.Database
	}
	next, err := build(cfg, d.app.opts)
	if err != nil {
		return nil, err
	}
	next.ledger = d.app.ledger
	return next, nil
}

func logFaults(ctx context.Context, log *slog.Logger, err error) {
	var faults config.Faults
	if !errors.As(err, &faults) {
		log.ErrorContext(ctx, "configuration not read again; the last good one stays", "error", err)
		return
	}
	for _, f := range faults {
		log.ErrorContext(ctx, "configuration has a fault; the last good one stays", "fault", f.String())
	}
}

// plan is the sources by when they are due. A source that is being visited is not
// in the queue, so that no two visits to it are made at a time.
type plan struct {
	app     *App
	queue   queue
	slots   map[string]*slot
	busy    int
	done    chan *slot
	recheck time.Duration // between two looks for articles to visit again; 0: none are
}

type slot struct {
	src      feed.Source
	schedule schedule
	next     time.Time
	at       int // in the queue; -1 while it is visited
	found    int // claims of the last visit
}

// newPlan takes over when each source was visited last. A visit that was missed
// meanwhile is made once, soon; a start spreads those over a little time.
func newPlan(ctx context.Context, a *App, fresh bool) (*plan, error) {
	states, err := a.ledger.Sources(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]ledger.SourceState{}
	for _, st := range states {
		by[st.Name] = st
	}
	p := &plan{app: a, slots: map[string]*slot{}, done: make(chan *slot)}
	now := a.opts.Now()
	for _, src := range a.cfg.Sources {
		s := &slot{src: src}
		if s.schedule, err = newSchedule(src); err != nil {
			return nil, err
		}
		s.next = first(by[src.Name], s.schedule, now)
		p.slots[src.Name] = s
		heap.Push(&p.queue, s)
		p.rechecks(src)
	}
	if fresh {
		p.spread(now)
	}
	return p, nil
}

// spread puts what is due now over a little time: after a pause that may be everything.
func (p *plan) spread(now time.Time) {
	var due []*slot
	for _, s := range p.queue {
		if !s.next.After(now) {
			due = append(due, s)
		}
	}
	window := min(spread*time.Duration(len(due)-1), spreadMax)
	for _, s := range due {
		s.next = now.Add(jitter(window))
	}
	heap.Init(&p.queue)
}

func jitter(window time.Duration) time.Duration {
	if window <= 0 {
		return 0
	}
	return rand.N(window) //nolint:gosec // nobody gains by guessing it
}

// first is when a source is due that was left in this state: at once when it was
// never visited or a visit was missed. A schedule that has become more frequent
// counts from now, unless a server has asked for patience.
func first(st ledger.SourceState, s schedule, now time.Time) time.Time {
	if st.LastPoll.IsZero() || st.NextDue.IsZero() {
		missed := s.Next(st.LastPoll)
		if st.LastPoll.IsZero() || !missed.After(now) {
			return now
		}
		return missed
	}
	next := visited{schedule: s, before: st, strikes: st.Strikes}.next(now, 0)
	if st.Failures == 0 && !next.IsZero() && next.Before(st.NextDue) {
		return next
	}
	return st.NextDue
}

// rechecks keeps how often to look for articles whose age has come.
func (p *plan) rechecks(src feed.Source) {
	for _, age := range src.Recheck {
		every := min(max(age/2, time.Second), longSleep)
		if p.recheck == 0 || every < p.recheck {
			p.recheck = every
		}
	}
}

// run visits what is due until ctx ends, and waits for the visits in hand.
func (p *plan) run(ctx context.Context, h *health, wake chan<- struct{}) {
	p.compare(ctx, h, wake) // what a crash left
	look := p.app.opts.Now()
	watch := look.Add(watchEvery)
	for before := look; ctx.Err() == nil; {
		now := p.app.opts.Now()
		if now.After(watch) {
			p.watch(ctx, h)
			watch = now.Add(watchEvery)
		}
		if now.Sub(before) > asleep { // the machine slept, and everything is due at once
			p.spread(now)
		}
		before = now
		if p.recheck > 0 && !look.After(now) {
			p.visitAgain(ctx, h, now)
			look = now.Add(p.recheck)
		}
		for p.busy < pollers && len(p.queue) > 0 && !p.queue[0].next.After(now) {
			s, _ := heap.Pop(&p.queue).(*slot)
			p.start(h, s, func() (outcome, error) { return p.app.poll(ctx, s.src, nil, &s.schedule) })
		}
		t := time.NewTimer(p.sleep(now, look))
		select {
		case <-ctx.Done():
		case <-t.C:
		case s := <-p.done:
			p.finished(ctx, s, h, wake)
		}
		t.Stop()
	}
	for p.busy > 0 {
		p.finished(context.WithoutCancel(ctx), <-p.done, h, wake)
	}
}

func (p *plan) watch(ctx context.Context, h *health) {
	err := p.app.watch(context.WithoutCancel(ctx))
	h.database(err)
	if err != nil {
		p.app.opts.Log.ErrorContext(ctx, "sources not looked at", "error", err)
	}
}

// sleep is how long nothing is due.
func (p *plan) sleep(now, look time.Time) time.Duration {
	d := longSleep
	if len(p.queue) > 0 && p.busy < pollers {
		d = min(d, p.queue[0].next.Sub(now))
	}
	if p.recheck > 0 {
		d = min(d, look.Sub(now))
	}
	return max(d, 0)
}

// start makes a visit in the background; finished ends it.
func (p *plan) start(h *health, s *slot, visit func() (outcome, error)) {
	s.at = -1
	p.busy++
	go func() {
		out, err := visit()
		h.database(err)
		s.found = out.counts.Claims
		switch {
		case err != nil:
			p.app.opts.Log.Error("visit not stored", "source", s.src.Name, "error", err)
			s.next = p.app.opts.Now().Add(dbPause)
		case out.stopped:
		case !out.next.IsZero():
			s.next = out.next
		}
		p.done <- s
	}()
}

// finished compares what a visit brought and puts its source back into the queue.
func (p *plan) finished(ctx context.Context, s *slot, h *health, wake chan<- struct{}) {
	p.busy--
	if s.found > 0 || h.broken() {
		p.compare(ctx, h, wake)
	}
	heap.Push(&p.queue, s)
}

func (p *plan) compare(ctx context.Context, h *health, wake chan<- struct{}) {
	found, err := p.app.compare(context.WithoutCancel(ctx), p.app.cfg.Notify.GroupWait)
	h.compared(err)
	if err != nil {
		p.app.opts.Log.ErrorContext(ctx, "claims not compared", "error", err)
	}
	for _, f := range found {
		p.app.opts.Log.InfoContext(ctx, "finding", "finding", f.ID, "kind", f.Kind, "alert", f.Alert, "source", f.Record.Source)
	}
	nudge(wake)
}

// nudge says that there may be something to send.
func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// visitAgain starts the visits to articles whose age has come. A source that is
// being visited has its turn at the next look.
func (p *plan) visitAgain(ctx context.Context, h *health, now time.Time) {
	due, err := p.app.rechecks(ctx)
	h.database(err)
	if err != nil {
		p.app.opts.Log.ErrorContext(ctx, "rechecks not found", "error", err)
		return
	}
	for name, articles := range due {
		s := p.slots[name]
		if s == nil || s.at < 0 || p.busy >= pollers || !s.next.After(now) {
			continue
		}
		heap.Remove(&p.queue, s.at)
		p.start(h, s, func() (outcome, error) {
			out, err := p.app.recheck(ctx, s.src, articles, nil)
			if out.fault != "" {
				p.app.opts.Log.WarnContext(ctx, "recheck failed", "source", s.src.Name, "error", out.fault)
			}
			return out, err
		})
	}
}

// queue is a heap of slots, the next one due first.
type queue []*slot

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].next.Before(q[j].next) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i]; q[i].at, q[j].at = i, j }

// Push is container/heap's.
func (q *queue) Push(x any) {
	s, _ := x.(*slot)
	s.at = len(*q)
	*q = append(*q, s)
}

// Pop is container/heap's.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = nil
	*q = (*q)[:len(*q)-1]
	return last
}
