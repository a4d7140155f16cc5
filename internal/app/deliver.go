package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"monitor/internal/notify"
)

// deliverOptions say how a route's alerts are told.
type deliverOptions struct {
	Wording     notify.Wording
	DigestAbove int
	Now         func() time.Time                                 // time.Now when nil
	Wait        func(ctx context.Context, d time.Duration) error // a timer when nil
	Patience    time.Duration                                    // drain: how long nothing may get through; two minutes when 0
	Log         *slog.Logger
}

const (
	patience  = 2 * time.Minute
	postTime  = time.Minute     // for one post, with the look whether it arrived
	lookDelay = 2 * time.Second // until a message that Slack took shows in its history
	idleMost  = 30 * time.Second
	farAhead  = 366 * 24 * time.Hour
)

// deliver posts everything the route has waiting, whenever it is due, and ends when
// nothing is left. It waits for what the receiver asks to wait for, but gives up when
// nothing got through for a while, or when a person has to mend something first;
// what is unsent stays in the outbox. sent counts posts.
func deliver(ctx context.Context, outbox notify.Outbox, n notify.Notifier, opts deliverOptions) (sent int, err error) {
	return newCourier(outbox, n, opts).drain(ctx)
}

// keepDelivering posts what comes due until the context ends; wake says that there
// may be something new. The post in hand is finished first.
func keepDelivering(ctx context.Context, outbox notify.Outbox, n notify.Notifier, wake <-chan struct{}, opts deliverOptions) {
	newCourier(outbox, n, opts).run(ctx, wake)
}

// courier carries one route's alerts. What it must not forget over a crash stands
// in the outbox; its own fields only spare the receiver needless tries.
//
// One courier a route: a second one would take the first one's posts for left over.
type courier struct {
	outbox   notify.Outbox
	notifier notify.Notifier
	opts     deliverOptions

	resolved bool // the receipts that a crash left behind are done with
	failures int  // in a row
	failing  time.Time
	resume   time.Time // the route pauses until then
	stopped  bool      // until somebody mends something
	last     error     // why it pauses
	left     int       // alerts that waited when it paused
	looks    bool      // the receiver shows what was posted, as far as the last look told

	thread notify.Handle       // the digest whose parts are going out
	parts  []notify.Job        // its parts that are left
	doubt  map[int64]bool      // may have been posted, and nobody can look: the next post is marked
	gone   map[int64]bool      // the story's message was deleted
	later  map[int64]time.Time // refused for themselves
}

func newCourier(outbox notify.Outbox, n notify.Notifier, opts deliverOptions) *courier {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = wait
	}
	if opts.Patience == 0 {
		opts.Patience = patience
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &courier{
		outbox: outbox, notifier: n, opts: opts,
		doubt: map[int64]bool{}, gone: map[int64]bool{}, later: map[int64]time.Time{},
	}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// drain is deliver's loop: rounds, and the waits that they ask for.
func (c *courier) drain(ctx context.Context) (sent int, err error) {
	for {
		n, left, err := c.round(ctx, c.opts.Now().Add(farAhead))
		sent += n
		switch {
		case err != nil:
			return sent, err
		case ctx.Err() != nil:
			return sent, fmt.Errorf("route %q: %d alerts unsent: %w", c.notifier.Name(), left, ctx.Err())
		case left == 0:
			return sent, c.refused()
		case c.stopped, c.resume.Sub(c.failing) > c.opts.Patience && c.failures > 0:
			return sent, fmt.Errorf("route %q: %d alerts unsent: %w", c.notifier.Name(), left, c.last)
		}
		if d := c.resume.Sub(c.opts.Now()); d > 0 {
			if err := c.opts.Wait(ctx, d); err != nil {
				return sent, fmt.Errorf("route %q: %d alerts unsent: %w", c.notifier.Name(), left, err)
			}
		}
	}
}

// refused tells of the messages that were refused for themselves.
func (c *courier) refused() error {
	if len(c.later) == 0 {
		return nil
	}
	return fmt.Errorf("route %q: %d alerts unsent: %w", c.notifier.Name(), len(c.later), c.last)
}

// run is keepDelivering's loop.
func (c *courier) run(ctx context.Context, wake <-chan struct{}) {
	for ctx.Err() == nil {
		if _, _, err := c.round(ctx, c.opts.Now()); err != nil && ctx.Err() == nil {
			c.opts.Log.Error("outbox failed", "route", c.notifier.Name(), "error", err)
			c.pause(notify.Judge(&notify.RetryAfterError{Err: err}, c.failed(), false, c.opts.Now()), err)
		}
		t := time.NewTimer(c.idle(ctx))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// idle is how long there is nothing to do: until the pause ends or the next alert comes due.
func (c *courier) idle(ctx context.Context) time.Duration {
	now := c.opts.Now()
	if c.resume.After(now) {
		return c.resume.Sub(now)
	}
	next, ok := c.outbox.(interface {
		NextDue(ctx context.Context, route string) (time.Time, error)
	})
	if !ok {
		return time.Second
	}
	at, err := next.NextDue(ctx, c.notifier.Name())
	if err != nil || at.IsZero() {
		return idleMost
	}
	// What is due already and was left is refused for itself, or held by another; no need to hurry.
	if d := at.Sub(now); d > 0 {
		return min(d, idleMost)
	}
	return time.Second
}

// round posts what is due by the time given, until the route has to pause. left
// counts the alerts that wait.
func (c *courier) round(ctx context.Context, by time.Time) (sent, left int, err error) {
	if c.paused() {
		return 0, c.left, nil
	}
	if err := c.resolve(ctx); err != nil {
		return 0, 0, err
	}
	if c.paused() {
		return 0, c.left, nil
	}
	due, err := c.due(ctx, by)
	if err != nil {
		return 0, 0, err
	}
	jobs := c.plan(due)
	for i, job := range jobs {
		if ended(ctx) || c.paused() {
			return sent, c.keep(jobs[i:]), nil
		}
		ok, err := c.do(ctx, job)
		if err != nil {
			c.keep(jobs[i:])
			return sent, len(due), err
		}
		switch {
		case ok && !job.Silent:
			sent++
		case !ok && c.paused():
			return sent, c.keep(jobs[i:]), nil
		case !ok:
			left++
		}
	}
	if left > 0 {
		left = c.waiting(due)
	}
	return sent, left, nil
}

func ended(ctx context.Context) bool { return ctx.Err() != nil }

func (c *courier) paused() bool { return c.resume.After(c.opts.Now()) }

// waiting counts the alerts that another look could send: those not refused for themselves.
func (c *courier) waiting(due []notify.Alert) int {
	n := 0
	for _, a := range due {
		if c.later[a.ID].IsZero() {
			n++
		}
	}
	return n
}

func (c *courier) due(ctx context.Context, by time.Time) ([]notify.Alert, error) {
	all, err := c.outbox.Due(ctx, c.notifier.Name(), by)
	if err != nil {
		return nil, fmt.Errorf("route %q: due alerts: %w", c.notifier.Name(), err)
	}
	var due []notify.Alert
	for _, a := range all {
		if at, ok := c.later[a.ID]; ok && at.After(c.opts.Now()) {
			continue
		}
		delete(c.later, a.ID)
		if c.gone[a.ID] {
			a.Handle = notify.Handle{}
		}
		due = append(due, a)
	}
	return due, nil
}

// plan takes up the parts of a digest that are left, and plans the rest.
func (c *courier) plan(due []notify.Alert) []notify.Job {
	jobs := c.parts
	c.parts = nil
	planned := map[int64]bool{}
	for _, j := range jobs {
		for _, a := range j.Alerts {
			planned[a.ID] = true
		}
	}
	var rest []notify.Alert
	for _, a := range due {
		if !planned[a.ID] {
			rest = append(rest, a)
		}
	}
	return append(jobs, notify.Plan(rest, c.opts.DigestAbove)...)
}

// keep remembers the parts of a digest, so that they are tried again as they were
// and join one thread; all else is planned anew. It counts the alerts that are left.
func (c *courier) keep(jobs []notify.Job) (left int) {
	defer func() { c.left = left }()
	for _, j := range jobs {
		left += len(j.Alerts)
		if j.Step == notify.Digest {
			c.parts = append(c.parts, j)
		}
	}
	return left
}

// do makes one post: receipt, message, receipt. An error is the outbox's; a post
// that failed is in its receipt, and ok is false.
func (c *courier) do(ctx context.Context, job notify.Job) (ok bool, err error) {
	if p, paced := c.notifier.(notify.Pacer); paced && !job.Silent {
		if p.Ready(ctx) != nil {
			return false, nil // the context ended; nothing was begun
		}
	}
	r, err := c.outbox.Begin(ctx, c.receipt(job))
	if errors.Is(err, notify.ErrTaken) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("route %q: begin: %w", c.notifier.Name(), err)
	}
	// From here on the post is made and recorded even when the program is told to stop.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer cancel()
	handle, failure := r.Handle, error(nil)
	if !job.Silent {
		handle, failure = c.post(work, job, r)
	}
	record, end := context.WithTimeout(context.WithoutCancel(ctx), postTime)
	defer end()
	if err := c.finish(record, job, r, handle, failure); err != nil {
		return false, fmt.Errorf("route %q: finish: %w", c.notifier.Name(), err)
	}
	return failure == nil, nil
}

func (c *courier) receipt(job notify.Job) notify.Receipt {
	first := job.Alerts[0]
	r := notify.Receipt{Route: c.notifier.Name(), Step: job.Step, State: notify.Sending, Started: c.opts.Now()}
	for _, a := range job.Alerts {
		r.Alerts = append(r.Alerts, a.ID)
		r.Revisions = append(r.Revisions, a.Revision)
	}
	switch {
	case job.Step == notify.Update || job.Step == notify.Reply:
		r.Handle = first.Handle
	case job.Step == notify.Digest && job.Part > 1:
		r.Handle = c.thread
	}
	// The same post has the same key in every attempt, also when the story has grown
	// meanwhile, so that an earlier attempt is found; the time tells it from another
	// database's alert of the same number.
	r.Key = fmt.Sprintf("%s-%s-%d-%d-%s", r.Route, r.Step, first.ID, first.Posted, strconv.FormatInt(first.Created.UnixMicro(), 36))
	return r
}

// post makes one job's post, or finds that it was made before.
func (c *courier) post(ctx context.Context, job notify.Job, r notify.Receipt) (notify.Handle, error) {
	d := notify.Delivery{Step: job.Step, Key: r.Key, Handle: r.Handle}
	first := job.Alerts[0]
	switch job.Step {
	case notify.Update, notify.Reply:
		edit := notify.Delivery{Step: notify.Update, Key: r.Key, Handle: r.Handle, Message: c.opts.Wording.Story(first)}
		err := c.edit(ctx, edit)
		if job.Step == notify.Update || (err != nil && !errors.Is(err, notify.ErrGone)) {
			return r.Handle, err
		}
		d.Message, d.Loud = c.opts.Wording.Note(first, job.News), job.Graver
	case notify.Digest:
		d.Message = c.opts.Wording.Digest(job)
	default:
		d.Message = c.opts.Wording.Story(first)
	}
	if r.Attempt > 1 {
		h, found, err := c.look(ctx, r, job.Alerts)
		if found && job.Step == notify.Post {
			// What arrived may be an older state of the story than the one to be shown.
			return h, c.edit(ctx, notify.Delivery{Step: notify.Update, Key: r.Key, Handle: h, Message: d.Message})
		}
		if found || err != nil {
			return h, err
		}
	}
	for _, a := range job.Alerts {
		if c.doubt[a.ID] {
			d.Message = d.Message.Doubtful()
			break
		}
	}
	handle, err := c.notifier.Send(ctx, d)
	if err == nil || notify.Certain(err) {
		return handle, err
	}
	return c.settle(ctx, d, r, job.Alerts, err)
}

// edit edits a message. Editing twice does no harm, so no failure of it is ambiguous.
func (c *courier) edit(ctx context.Context, d notify.Delivery) error {
	_, err := c.notifier.Send(ctx, d)
	if err == nil || notify.Certain(err) {
		return err
	}
	return &notify.RetryAfterError{Err: err}
}

// settle decides about a post that may have gone: it looks, and where it is not to
// be found or nobody can look, the message goes once more, marked.
func (c *courier) settle(ctx context.Context, d notify.Delivery, r notify.Receipt, alerts []notify.Alert, cause error) (notify.Handle, error) {
	c.opts.Log.Warn("post of uncertain fate", "route", r.Route, "key", r.Key, "error", cause)
	if c.opts.Wait(ctx, lookDelay) != nil {
		return notify.Handle{}, cause
	}
	if h, found, err := c.look(ctx, r, alerts); found || err != nil {
		return h, err
	}
	again := d
	if !marked(alerts, c.doubt) {
		again.Message = d.Message.Doubtful()
	}
	handle, err := c.notifier.Send(ctx, again)
	if err == nil || errors.Is(err, notify.ErrGone) {
		return handle, err
	}
	for _, a := range alerts {
		c.doubt[a.ID] = true // the first one may still have gone, however surely the second did not
	}
	if notify.Certain(err) {
		return handle, err
	}
	if c.opts.Wait(ctx, lookDelay) != nil {
		return notify.Handle{}, err
	}
	if h, found, lost := c.look(ctx, r, alerts); found || lost != nil {
		return h, lost
	}
	return notify.Handle{}, err
}

func marked(alerts []notify.Alert, doubt map[int64]bool) bool {
	for _, a := range alerts {
		if doubt[a.ID] {
			return true
		}
	}
	return false
}

// look asks the receiver whether the receipt's post is there. An error means that it
// could not be asked now: what may have gone is not sent again before it was.
func (c *courier) look(ctx context.Context, r notify.Receipt, alerts []notify.Alert) (notify.Handle, bool, error) {
	f, ok := c.notifier.(notify.Finder)
	if !ok {
		return notify.Handle{}, false, nil
	}
	for _, a := range alerts {
		if !a.Created.IsZero() && a.Created.Before(r.Started) {
			r.Started = a.Created // an earlier attempt may be as old as the alert
		}
	}
	h, found, err := f.Find(ctx, r)
	c.looks = !errors.Is(err, notify.ErrNoHistory)
	if !c.looks {
		return notify.Handle{}, false, nil
	}
	if err != nil {
		return notify.Handle{}, false, &notify.AmbiguousError{Err: err}
	}
	return h, found, nil
}

// finish completes the receipt and lets the route go on or pause.
func (c *courier) finish(ctx context.Context, job notify.Job, r notify.Receipt, handle notify.Handle, failure error) error {
	now := c.opts.Now()
	r.Finished = now
	switch {
	case failure == nil:
		c.sent(job, &r, handle)
	case errors.Is(failure, notify.ErrGone):
		// Without its message the story is told anew if it became graver, and else not at all.
		c.gone[r.Alerts[0]] = true
		r.State, r.NotBefore, r.Error = notify.Retry, now, failure.Error()
	default:
		out := notify.Judge(failure, c.failed(), c.looks, now)
		r.State, r.NotBefore, r.Error = out.State, out.NotBefore, failure.Error()
		c.pause(out, failure)
		if out.State == notify.Failed && !out.Stop {
			c.failures-- // the fault is the message's, not the route's
			for _, id := range r.Alerts {
				c.later[id] = out.NotBefore
			}
		}
		if out.State == notify.Unknown {
			for _, id := range r.Alerts {
				c.doubt[id] = c.doubt[id] || !c.looks
			}
		}
		c.opts.Log.Warn("post failed", "route", r.Route, "step", r.Step, "alerts", r.Alerts, "state", r.State, "error", failure)
	}
	return c.outbox.Finish(ctx, r)
}

func (c *courier) sent(job notify.Job, r *notify.Receipt, handle notify.Handle) {
	r.State = notify.Sent
	switch job.Step {
	case notify.Post:
		r.Handle = handle
	case notify.Digest:
		// A story told in a digest has no message of its own; only its thread is kept, for the parts to come.
		if job.Part == 1 {
			c.thread = handle
		}
		r.Handle = notify.Handle{}
	case notify.Update, notify.Reply: // the message has its handle already
	}
	for _, id := range r.Alerts {
		delete(c.doubt, id)
		if job.Step == notify.Post {
			delete(c.gone, id)
		}
	}
	if !job.Silent {
		c.failures, c.failing, c.resume, c.stopped = 0, time.Time{}, time.Time{}, false
		c.opts.Log.Info("posted", "route", r.Route, "step", r.Step, "alerts", r.Alerts)
	}
}

// failed counts a failure in a row and gives its number.
func (c *courier) failed() int {
	if c.failures == 0 {
		c.failing = c.opts.Now()
	}
	c.failures++
	return c.failures
}

func (c *courier) pause(out notify.Outcome, why error) {
	c.resume, c.stopped, c.last = out.Resume, out.Stop, why
}

// resolve finishes the receipts that a crash left as sending: what arrived is
// sent, and what did not, or cannot be looked up, becomes due again.
func (c *courier) resolve(ctx context.Context) error {
	if c.resolved {
		return nil
	}
	left, err := c.outbox.Unfinished(ctx, c.notifier.Name())
	if err != nil {
		return fmt.Errorf("route %q: unfinished posts: %w", c.notifier.Name(), err)
	}
	c.left = 0
	for _, r := range left {
		c.left += len(r.Alerts)
	}
	for _, r := range left {
		if err := c.settleLeft(ctx, &r); err != nil {
			c.pause(notify.Judge(err, c.failed(), true, c.opts.Now()), err)
			return nil // asked again after the pause; the alerts stay held until then
		}
		r.Finished = c.opts.Now()
		if err := c.outbox.Finish(ctx, r); err != nil {
			return fmt.Errorf("route %q: finish what a crash left: %w", c.notifier.Name(), err)
		}
		c.opts.Log.Info("resolved a post that was cut short", "route", r.Route, "key", r.Key, "state", r.State)
	}
	c.resolved = true
	return nil
}

func (c *courier) settleLeft(ctx context.Context, r *notify.Receipt) error {
	r.State, r.NotBefore, r.Error = notify.Retry, c.opts.Now(), "cut short before it was posted"
	if r.Step == notify.Update {
		return nil // edited again; twice does no harm
	}
	h, found, err := notify.Handle{}, false, notify.ErrNoHistory
	if f, ok := c.notifier.(notify.Finder); ok {
		h, found, err = f.Find(ctx, *r)
	}
	switch {
	case errors.Is(err, notify.ErrNoHistory):
		r.State, r.Error = notify.Unknown, "cut short; may have been posted"
		for _, id := range r.Alerts {
			c.doubt[id] = true
		}
	case err != nil:
		return err
	case found:
		r.State, r.Error, r.NotBefore = notify.Sent, "", time.Time{}
		if r.Step == notify.Post {
			r.Handle = h
		}
		if r.Step == notify.Digest {
			r.Handle = notify.Handle{}
		}
	}
	return nil
}
