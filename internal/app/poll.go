package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"monitor/internal/feed"
	"monitor/internal/fetch"
	"monitor/internal/ledger"
)

// outcome is what one visit to a source gave.
type outcome struct {
	source  string
	counts  ledger.VisitResult
	fault   string    // why the visit failed, or failed in part; "" when it did not
	next    time.Time // when the source is due again; zero when nobody asked
	stopped bool      // the program was told to end before the visit was done
}

// stopGrace is how long a request may go on after the program was told to end.
const stopGrace = 5 * time.Second

// visit is one poll under way.
type visit struct {
	app   *App
	src   feed.Source
	state ledger.SourceState // before the visit
	at    time.Time

	schedule *schedule       // of the visits; nil: nobody asked when the next one is
	turn     <-chan struct{} // nothing is committed before it is closed
	ready    []ledger.Capture
	out      outcome
	lost     []error // articles that could not be read
	late     int     // articles that could not be read before, and whose turn to be tried again has not come

	followed int // articles that were read
}

// poll visits a source once: the feed or page, the articles behind its new
// entries, and what they say, all into the ledger. Entries are committed as they
// come, the oldest first, and the validators with the last of them: a crash in
// between visits again what is missing.
//
// The schedule gives the following visit; nil leaves it alone. An error is the
// ledger's; a source that fails is in the outcome.
func (a *App) poll(ctx context.Context, src feed.Source, turn <-chan struct{}, s *schedule) (outcome, error) {
	v := &visit{app: a, src: src, at: a.opts.Now(), turn: turn, schedule: s, out: outcome{source: src.Name}}
	state, err := a.ledger.Source(ctx, src.Name)
	if err != nil {
		return v.out, err
	}
	v.state = state
	web, end := lingering(ctx, stopGrace)
	defer end()
	res, fault := a.fetcher.Poll(web, src, state.Validators)
	if fault == nil && !res.Unchanged {
		if err := v.entries(ctx, web, res.Entries); err != nil {
			return v.out, err
		}
	}
	return v.out, v.finish(ctx, res, fault)
}

// finish commits what is left together with what ends the visit.
func (v *visit) finish(ctx context.Context, res fetch.Result, fault error) error {
	if ctx.Err() != nil && (errors.Is(fault, context.Canceled) || v.out.stopped) {
		v.out.stopped, v.out.next = true, time.Time{}
		return v.more(ctx)
	}
	trouble := v.trouble(res, fault)
	last := ledger.Visit{
		Unchanged: res.Unchanged, MovedTo: res.MovedTo, Trouble: string(trouble), Strikes: strikes(v.state, trouble),
	}
	if !res.CertEnd.Equal(v.state.CertEnd) {
		last.CertStart, last.CertEnd = res.CertStart, res.CertEnd
	}
	if res.Asks != nil && (res.Asks.TTL != v.state.TTL || res.Asks.SkipHours != v.state.SkipHours) {
		last.Asks = &ledger.Asks{TTL: res.Asks.TTL, SkipHours: res.Asks.SkipHours}
	}
	v.out.next = v.next(res, fault, trouble, last)
	last.NextDue = v.out.next
	switch {
	case trouble == fetch.Held: // no visit was made
		v.out.fault = fault.Error()
		return v.commit(ctx, ledger.Visit{NextDue: last.NextDue})
	case fault != nil:
		last.Err = fault.Error()
	case len(v.lost)+v.late > 0:
		// With validators the server would keep silent about the entries whose articles are missing.
		last.Err, last.Validators = v.lostWords(), &feed.Validators{}
	default:
		last.Validators = &res.Validators
		if res.Truncated {
			last.Err = "truncated: " + res.Why
		}
	}
	v.out.fault = last.Err
	v.log(ctx, res)
	return v.commit(ctx, last)
}

// trouble is the kind of what went wrong, also when the visit itself went well.
func (v *visit) trouble(res fetch.Result, fault error) fetch.Trouble {
	blocked := func(err error) bool { return fetch.TroubleOf(err) == fetch.Blocked }
	switch {
	case fault != nil:
		return fetch.TroubleOf(fault)
	case len(v.lost) > 0 && v.followed == 0 && !slices.ContainsFunc(v.lost, func(err error) bool { return !blocked(err) }):
		return fetch.Walled
	case len(v.lost) == 0 && v.late > 0 && v.followed == 0 && v.state.Trouble == string(fetch.Walled): // none was tried
		return fetch.Walled
	case len(v.lost)+v.late > 0 || res.Truncated:
		return fetch.Partial
	default:
		return fetch.None
	}
}

// next is when the source is due again; zero when nobody asked.
func (v *visit) next(res fetch.Result, fault error, t fetch.Trouble, last ledger.Visit) time.Time {
	if v.schedule == nil {
		return time.Time{}
	}
	wait := later(res.RetryAfter, retryAfter(fault))
	for _, err := range v.lost {
		wait = later(wait, retryAfter(err))
	}
	how := visited{
		schedule: *v.schedule, before: v.state, trouble: t, strikes: last.Strikes, asks: last.Asks,
		freshUntil: res.FreshUntil, notBefore: wait, changed: v.out.counts.NewEntries+v.out.counts.NewVersions+len(v.ready) > 0,
	}
	return how.next(v.app.opts.Now(), rand.Float64()) //nolint:gosec // nobody gains by guessing it
}

func (v *visit) log(ctx context.Context, res fetch.Result) {
	log := v.app.opts.Log.With("source", v.src.Name)
	if res.MovedTo != "" && res.MovedTo != v.state.MovedTo {
		log.WarnContext(ctx, "source has moved for good: write its new address into the configuration", "to", res.MovedTo)
	}
	if v.out.fault != "" {
		log.WarnContext(ctx, "poll failed", "error", v.out.fault, "next", v.out.next)
	}
}

// lostWords tells of the articles that could not be read.
func (v *visit) lostWords() string {
	n := len(v.lost) + v.late
	if len(v.lost) == 0 {
		return fmt.Sprintf("%d articles could not be read before and are tried again later", n)
	}
	if n == 1 {
		return "an article could not be read and is tried again: " + v.lost[0].Error()
	}
	return fmt.Sprintf("%d articles could not be read and are tried again; the first: %v", n, v.lost[0])
}

// more commits what is ready; the end of the visit is to come.
func (v *visit) more(ctx context.Context) error {
	if len(v.ready) == 0 {
		return nil
	}
	return v.commit(ctx, ledger.Visit{})
}

// commit stores what is ready, with what the caller says of the visit.
func (v *visit) commit(ctx context.Context, with ledger.Visit) error {
	if v.turn != nil {
		<-v.turn
	}
	with.Source, with.At, with.Entries = v.src.Name, v.at, v.ready
	// What was fetched is stored even when the program was told to end meanwhile.
	res, err := v.app.ledger.Visit(context.WithoutCancel(ctx), with)
	if err != nil {
		return err
	}
	v.app.opts.Log.DebugContext(ctx, "stored", "source", v.src.Name, "entries", len(v.ready), "claims", res.Claims)
	v.ready = nil
	v.out.counts.NewEntries += res.NewEntries
	v.out.counts.NewVersions += res.NewVersions
	v.out.counts.Claims += res.Claims
	v.out.counts.Vanished += res.Vanished
	return nil
}

// mine says whether the visit may commit without waiting.
func (v *visit) mine() bool {
	if v.turn == nil {
		return true
	}
	select {
	case <-v.turn:
		return true
	default:
		return false
	}
}

// linkOnly marks the digest of a feed's text that was not read, because the
// article behind it was. The text is kept, and a change in it leads to the article again.
const linkOnly = "link:"

// gaveUp marks the digest of a feed's text whose article is not there and was asked
// for often enough. A change in the text leads to the article again.
const gaveUp = "gone:"

// goneAfter is how long an article that is not there is asked for: a page may come
// up later than the feed that announces it.
const goneAfter = 24 * time.Hour

// draft is an entry on its way into the ledger.
type draft struct {
	entry  feed.Entry
	text   string
	digest string
	state  ledger.EntryState
}

// entries reads what is new or changed among the entries of a visit.
func (v *visit) entries(ctx, web context.Context, entries []feed.Entry) error {
	drafts, err := v.drafts(ctx, entries)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if !follows(v.src) {
			v.own(d)
			continue
		}
		if ctx.Err() != nil {
			v.out.stopped = true
			break
		}
		v.follow(ctx, web, d)
		if v.inOrder(drafts) && v.mine() {
			if err := v.more(ctx); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(v.ready, func(a, b ledger.Capture) int { return a.Entry.Published.Compare(b.Entry.Published) })
	return nil
}

// follows says whether the articles behind a source's entries are read.
func follows(src feed.Source) bool {
	return src.Kind == feed.Index || (src.Follow && src.Kind == feed.Feed)
}

// inOrder says whether the articles are fetched in the order of their dates. An
// index page has no dates: its articles have to be read first and sorted then.
func (v *visit) inOrder(drafts []draft) bool {
	return !slices.ContainsFunc(drafts, func(d draft) bool { return d.entry.Published.IsZero() })
}

// drafts are the entries that the ledger does not have as they are, the oldest
// first. Where dates are missing, feeds and index pages count as newest first.
func (v *visit) drafts(ctx context.Context, entries []feed.Entry) ([]draft, error) {
	entries = slices.Clone(entries)
	if v.src.Kind == feed.Feed || v.src.Kind == feed.Index {
		slices.Reverse(entries)
	}
	slices.SortStableFunc(entries, func(a, b feed.Entry) int { return a.Published.Compare(b.Published) })
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	stored, err := v.app.ledger.Stored(context.WithoutCancel(ctx), v.src.Name, keys)
	if err != nil {
		return nil, err
	}
	var drafts []draft
	for _, e := range entries {
		d := draft{entry: e, state: stored[e.Key]}
		if d.text, err = Cut(e); err != nil {
			v.lost = append(v.lost, fmt.Errorf("%s: %w", e.URL, err))
			continue
		}
		d.digest = ledger.Digest(e.Title, d.text)
		switch {
		case v.has(d):
		case v.tooSoon(d):
			v.late++
		default:
			drafts = append(drafts, d)
		}
	}
	return drafts, nil
}

// has says whether the ledger has the entry as it is now.
func (v *visit) has(d draft) bool {
	if follows(v.src) {
		if given := v.at.Sub(d.state.FirstCaptured) > retryEnd; given && !d.state.Followed && d.state.FeedDigest == d.digest {
			return true // its article was tried for long enough
		}
		return d.state.FeedDigest == gaveUp+d.digest || d.state.Followed && strings.TrimPrefix(d.state.FeedDigest, linkOnly) == d.digest
	}
	return d.state.FeedDigest == d.digest
}

// How an article that could not be read is tried again: at every visit at first,
// then each time its entry has become twice as old, and no more after a week.
const (
	retryEvery = time.Hour
	retryEnd   = 7 * 24 * time.Hour
)

// tooSoon says whether the article behind an entry, whose own text is stored, is
// to be left alone this time. Who asks for a check wants everything tried.
func (v *visit) tooSoon(d draft) bool {
	if v.schedule == nil || !follows(v.src) || d.state.Followed || d.state.FeedDigest != d.digest || d.state.FirstCaptured.IsZero() {
		return false
	}
	before, now := v.state.LastPoll.Sub(d.state.FirstCaptured), v.at.Sub(d.state.FirstCaptured)
	for age := retryEvery; age <= now; age *= 2 {
		if before < age {
			return false
		}
	}
	return now >= retryEvery
}

// isGone says whether the article behind the entry is not there, and need not be asked for again.
func (v *visit) isGone(d draft, err error) bool {
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && (status.Code == http.StatusNotFound || status.Code == http.StatusGone) &&
		!d.state.FirstCaptured.IsZero() && v.at.Sub(d.state.FirstCaptured) > goneAfter
}

// giveUp leaves the entry at what was read of it: its own text, or the article as it was.
func (v *visit) giveUp(d draft) {
	switch {
	case strings.HasPrefix(d.state.FeedDigest, linkOnly):
		v.ready = append(v.ready, ledger.Capture{Entry: d.entry, Outlet: outlet(v.src), Digest: linkOnly + d.digest})
		return
	case !d.state.Followed:
		d.digest = gaveUp + d.digest
	}
	v.own(d)
}

// own takes the entry's own text.
func (v *visit) own(d draft) {
	r := v.app.Desk.Read(v.src, d.entry, d.text)
	v.ready = append(v.ready, ledger.Capture{
		Entry: d.entry, Outlet: outlet(v.src), Lang: r.Lang, Digest: d.digest, Claims: r.Claims,
	})
}

// follow takes the article behind the entry in place of its own text. When the
// article cannot be had, a new entry's own text is read, and the article tried
// again at the next visit.
func (v *visit) follow(ctx, web context.Context, d draft) {
	c, err := v.app.article(web, v.src, d.entry)
	switch {
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled):
		v.out.stopped = true
		return
	case err != nil && v.isGone(d, err):
		v.app.opts.Log.WarnContext(ctx, "article is not there and is not asked for again", "source", v.src.Name, "url", d.entry.URL, "error", err)
		v.giveUp(d)
		return
	case err != nil:
		v.lost = append(v.lost, err)
		if !d.state.Followed {
			v.own(d)
		}
		return
	}
	v.ready = append(v.ready, c)
	v.followed++
	if d.state.FeedDigest != "" && !strings.HasPrefix(d.state.FeedDigest, linkOnly) {
		v.own(d) // its own text was read before, and must not seem to have lost its claims
		return
	}
	d.entry.Published = c.Entry.Published
	v.ready = append(v.ready, ledger.Capture{Entry: d.entry, Outlet: outlet(v.src), Lang: c.Lang, Digest: linkOnly + d.digest})
}

// article fetches and reads the article behind an entry.
func (a *App) article(ctx context.Context, src feed.Source, e feed.Entry) (ledger.Capture, error) {
	page, err := a.fetcher.Article(ctx, src, e)
	if err != nil {
		return ledger.Capture{}, err
	}
	cut, err := Cut(page)
	if err != nil {
		return ledger.Capture{}, fmt.Errorf("%s: %w", page.URL, err)
	}
	r := a.Desk.Read(src, page, cut)
	return ledger.Capture{
		Entry: page, Outlet: outlet(src), Lang: r.Lang, Digest: ledger.Digest(page.Title, cut), Claims: r.Claims, Followed: true,
	}, nil
}

// recheck visits a source's articles again whose age has come. It changes nothing
// of the source's own visits.
func (a *App) recheck(ctx context.Context, src feed.Source, due []ledger.Recheck, turn <-chan struct{}) (outcome, error) {
	v := &visit{app: a, src: src, at: a.opts.Now(), turn: turn, out: outcome{source: src.Name}}
	web, end := lingering(ctx, stopGrace)
	defer end()
	for _, r := range due {
		if ctx.Err() != nil {
			v.out.stopped = true
			break
		}
		c, err := a.article(web, src, feed.Entry{Key: r.Key, URL: r.URL, Title: r.Title, Lang: r.Lang, Published: r.Published})
		if err != nil && errors.Is(err, context.Canceled) {
			v.out.stopped = true
			break
		}
		if err != nil {
			v.lost = append(v.lost, err)
			if err := a.ledger.Rechecked(context.WithoutCancel(ctx), src.Name, r.Key, a.opts.Now()); err != nil {
				return v.out, err
			}
			continue
		}
		v.ready = append(v.ready, c)
		if v.mine() {
			if err := v.more(ctx); err != nil {
				return v.out, err
			}
		}
	}
	if len(v.lost) > 0 {
		v.out.fault = "recheck: " + v.lostWords()
	}
	return v.out, v.more(ctx)
}

// retryAfter is when a server that turned us away asks us to come back.
func retryAfter(err error) time.Time {
	if held, ok := errors.AsType[*fetch.HeldError](err); ok {
		return held.Until
	}
	if status, ok := errors.AsType[*fetch.StatusError](err); ok {
		return status.RetryAfter
	}
	return time.Time{}
}

// later is the latest of times.
func later(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}

// lingering is a context that outlives ctx by a grace.
func lingering(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(out, func() { t.Stop() })
	})
	return out, func() { stop(); cancel() }
}
