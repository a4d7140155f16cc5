package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/ledger"
	"monitor/internal/notify"
)

// pollers is how many sources are visited at once. They mostly wait; a host gets
// one request at a time however many there are.
const pollers = 32

// How long check tries to send: while a route does not answer, and while it asks for patience.
const (
	checkPatience = 30 * time.Second
	askedPatience = 10 * time.Minute
)

// Report is what one check did.
type Report struct {
	Sources  int // visited
	Entries  int // new, or new versions
	Claims   int // read in them
	Findings []detect.Finding
	Faults   []Fault
	Sent     int  // posts
	Left     bool // another process, the daemon, sends the alerts
}

// Fault is why a source could not be read, or not in full.
type Fault struct {
	Source string `json:"source"`
	Error  string `json:"error"`
}

// Failed counts the sources that have a fault.
func (r *Report) Failed() int {
	names := map[string]bool{}
	for _, f := range r.Faults {
		names[f.Source] = true
	}
	return len(names)
}

func (r *Report) add(o outcome) {
	r.Entries += o.counts.NewEntries + o.counts.NewVersions
	r.Claims += o.counts.Claims
	if o.fault != "" {
		r.Faults = append(r.Faults, Fault{o.source, o.fault})
	}
}

// CheckOptions narrow a check.
type CheckOptions struct {
	Sources  []string                      // names; none is all
	Progress func(done, of int, on string) // called as sources are done; may be nil
}

// UnknownSourceError is a name that no configured source has.
type UnknownSourceError struct {
	Name  string
	Known []string
}

// Error names the sources there are.
func (e *UnknownSourceError) Error() string {
	return fmt.Sprintf("source %q: there is none of this name; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// Pick gives the configured sources of the names, in the configuration's order;
// all of them when there are no names.
func (a *App) Pick(names []string) ([]feed.Source, error) {
	return pick(a.cfg.Sources, names)
}

func pick(sources []feed.Source, names []string) ([]feed.Source, error) {
	if len(names) == 0 {
		return sources, nil
	}
	var known []string
	var picked []feed.Source
	for _, s := range sources {
		known = append(known, s.Name)
		if slices.Contains(names, s.Name) {
			picked = append(picked, s)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, &UnknownSourceError{n, known}
		}
	}
	return picked, nil
}

// Check polls every source once, visits the articles whose recheck is due,
// compares and sends. What an earlier run left to be compared or sent is part of
// it. Sources are visited many at a time and stored in the configuration's order,
// so that one state of the web gives the same findings every time.
func (a *App) Check(ctx context.Context, opts CheckOptions) (*Report, error) {
	sources, err := a.Pick(opts.Sources)
	if err != nil {
		return nil, err
	}
	r := &Report{Sources: len(sources)}
	left, err := a.compare(ctx, 0)
	if err != nil {
		return r, err
	}
	r.Findings = left
	rechecks, err := a.rechecks(ctx)
	if err != nil {
		return r, err
	}
	err = a.visitAll(ctx, sources, rechecks, func(i int, out outcome) error {
		r.add(out)
		if opts.Progress != nil {
			opts.Progress(i+1, len(sources), out.source)
		}
		if out.counts.Claims == 0 {
			return nil
		}
		found, err := a.compare(context.WithoutCancel(ctx), 0)
		r.Findings = append(r.Findings, found...)
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return r, err
	}
	if err := a.watch(ctx); err != nil {
		return r, err
	}
	release, mine, err := a.sendersTurn()
	if err != nil || !mine {
		r.Left = true
		return r, err
	}
	defer release()
	r.Sent, err = a.send(ctx)
	return r, err
}

// rechecks are the articles to visit again, by source.
func (a *App) rechecks(ctx context.Context) (map[string][]ledger.Recheck, error) {
	due, err := a.ledger.DueRechecks(ctx, a.opts.Now())
	if err != nil {
		return nil, err
	}
	by := map[string][]ledger.Recheck{}
	for _, r := range due {
		by[r.Source] = append(by[r.Source], r)
	}
	return by, nil
}

// visitAll visits the sources, several at once, and hands each outcome to done, in
// the order of the sources and one at a time. An error ends it.
func (a *App) visitAll(ctx context.Context, sources []feed.Source, rechecks map[string][]ledger.Recheck, done func(i int, out outcome) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pollers)
	turn := make(chan struct{})
	close(turn)
	for i, src := range sources {
		mine, next := turn, make(chan struct{})
		turn = next
		g.Go(func() error {
			// Sources start in order, so those before this one always get to their end.
			defer func() { <-mine; close(next) }()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			out, err := a.visit(ctx, src, rechecks[src.Name], mine)
			if err != nil {
				return fmt.Errorf("source %q: %w", src.Name, err)
			}
			<-mine
			return done(i, out)
		})
	}
	return g.Wait()
}

// visit polls a source and visits its articles again that are due.
func (a *App) visit(ctx context.Context, src feed.Source, due []ledger.Recheck, turn <-chan struct{}) (outcome, error) {
	out, err := a.poll(ctx, src, turn, nil)
	if err != nil || len(due) == 0 {
		return out, err
	}
	again, err := a.recheck(ctx, src, due, turn)
	out.counts.NewVersions += again.counts.NewVersions
	out.counts.Claims += again.counts.Claims
	if out.fault != "" && again.fault != "" {
		out.fault += "; "
	}
	out.fault += again.fault
	return out, err
}

// send posts everything that waits, and waits itself when it is asked to.
func (a *App) send(ctx context.Context) (sent int, err error) {
	var asked time.Duration
	for {
		n, err := deliver(ctx, a.ledger, a.notifier, a.delivery())
		sent += n
		var patience *notify.RetryAfterError
		if !errors.As(err, &patience) || patience.After <= 0 {
			return sent, err
		}
		if asked += patience.After; asked > askedPatience {
			return sent, err
		}
		if wait(ctx, patience.After) != nil {
			return sent, err
		}
	}
}

// Headlines gives each finding's first line, as an alert has it.
func (a *App) Headlines(found []detect.Finding) []string {
	var lines []string
	for _, f := range found {
		lines = append(lines, a.Desk.Headline(f))
	}
	return lines
}

// Headline is a finding in one line.
func (d *Desk) Headline(f detect.Finding) string {
	return d.Wording().Story(notify.Alert{Story: detect.StoryOf(f.Record.Claim), Findings: []detect.Finding{f}}).Headline
}
