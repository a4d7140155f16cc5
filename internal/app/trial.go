package app

import (
	"context"
	"errors"
	"time"

	"monitor/config"
	"monitor/internal/claim"
	"monitor/internal/feed"
	"monitor/internal/fetch"
	"monitor/internal/notify"
	"monitor/internal/notify/slack"
)

// Trial polls sources to show what would be read, without a record.
type Trial struct {
	cfg     *config.Config
	desk    *Desk
	fetcher *fetch.Fetcher
}

// NewTrial makes a trial of the configuration's sources.
func NewTrial(cfg *config.Config, opts Options) (*Trial, error) {
	desk, err := NewDesk(cfg)
	if err != nil {
		return nil, err
	}
	return &Trial{cfg, desk, NewFetcher(cfg, opts)}, nil
}

// Close frees the trial's connections.
func (t *Trial) Close() { t.fetcher.Close() }

// Desk is what the trial reads with.
func (t *Trial) Desk() *Desk { return t.desk }

// Pick gives the configured sources of the names.
func (t *Trial) Pick(names []string) ([]feed.Source, error) { return pick(t.cfg.Sources, names) }

// Discover finds the feed behind an address that a person gave.
func (t *Trial) Discover(ctx context.Context, address string) (fetch.Found, error) {
	return t.fetcher.Discover(ctx, address)
}

// Tried is what one poll of a source would read.
type Tried struct {
	Source    feed.Source
	Total     int // entries of the feed or page
	Truncated string
	MovedTo   string
	Entries   []TriedEntry // the first of them
}

// TriedEntry is one entry as it would be read.
type TriedEntry struct {
	feed.Entry
	Text   string
	Read   string // the language it was read in
	Claims []claim.Claim
	Fault  string // why its article could not be read; the rest is then the feed's own text
}

// Poll visits a source and reads its first entries, as many as limit.
func (t *Trial) Poll(ctx context.Context, src feed.Source, limit int) (Tried, error) {
	res, err := t.fetcher.Poll(ctx, src, feed.Validators{})
	if err != nil {
		return Tried{}, err
	}
	out := Tried{Source: src, Total: len(res.Entries), Truncated: res.Why, MovedTo: res.MovedTo}
	for _, e := range res.Entries[:min(len(res.Entries), max(limit, 0))] {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		out.Entries = append(out.Entries, t.entry(ctx, src, e))
	}
	return out, nil
}

func (t *Trial) entry(ctx context.Context, src feed.Source, e feed.Entry) TriedEntry {
	out := TriedEntry{Entry: e}
	if follows(src) {
		if page, err := t.fetcher.Article(ctx, src, e); err != nil {
			out.Fault = err.Error()
		} else {
			out.Entry = page
		}
	}
	cut, err := Cut(out.Entry)
	if err != nil {
		out.Fault = err.Error()
	}
	r := t.desk.Read(src, out.Entry, cut)
	out.Text, out.Read, out.Claims = cut, r.Lang, r.Claims
	return out
}

// SentTest is a test message that went.
type SentTest struct {
	Route string `json:"route"`
	Link  string `json:"link"` // where it can be seen; "" when that cannot be told
}

// SendTest sends one marked test message.
func SendTest(ctx context.Context, cfg *config.Config, opts Options) (SentTest, error) {
	opts = opts.filled()
	a := &App{cfg: cfg, opts: opts}
	n, err := a.route()
	if err != nil {
		return SentTest{}, err
	}
	sent := SentTest{Route: n.Name()}
	now := opts.Now().UTC()
	const words = "TEST: monitor can post here. This is no finding."
	test := notify.Delivery{
		Step: notify.Post, Key: "test-" + now.Format(time.RFC3339Nano),
		Message: notify.Message{Headline: words, Fallback: words, Context: []string{"sent by `monitor notify test`, " + now.Format("2 Jan 2006 15:04 UTC")}},
	}
	handle, err := n.Send(ctx, test)
	if busy, ok := errors.AsType[*notify.RetryAfterError](err); ok && busy.After > 0 && busy.After <= opts.Patience {
		// Alerts went out on the channel a moment ago; nothing is wrong with the route.
		if wait(ctx, busy.After) == nil {
			handle, err = n.Send(ctx, test)
		}
	}
	if err != nil {
		return sent, err
	}
	if s, ok := n.(*slack.Notifier); ok && handle.Stamp != "" {
		if link, err := s.Permalink(ctx, handle); err == nil {
			sent.Link = link
		}
	}
	return sent, nil
}
