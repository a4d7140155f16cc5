// Package slack posts alerts to a Slack channel, through a bot token or an incoming webhook.
//
// With a token a story's message is edited in place and has a thread, and a post of
// uncertain fate is looked up: every message carries its delivery's key in its
// metadata, and the channel's history is searched for it. A webhook only posts.
//
// Tokens and webhook addresses never appear in an error or a log.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"monitor/internal/notify"
)

// Options say where and how fast to post. Token or Webhook, not both.
type Options struct {
	Name       string // the route; "slack" when empty
	Token      string
	Webhook    string
	Channel    string       // name or id; a webhook has its own
	Rate       float64      // messages a second; 1 when 0
	APIURL     string       // another Slack API; "" is Slack's
	HTTPClient *http.Client // nil: one with a timeout of 15 s
	Log        *slog.Logger // nil: none
}

// Notifier posts to one channel. It is safe for concurrent use, but order is kept only for one caller.
type Notifier struct {
	opts  Options
	api   *api
	posts *rate.Limiter // Slack takes one message a second a channel
	edits *rate.Limiter // and about fifty edits a minute

	mu      sync.Mutex
	channel string // the id, once known
}

var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{7,}$`)

// New checks the options; it does not talk to Slack.
func New(o Options) (*Notifier, error) {
	switch {
	case (o.Token == "") == (o.Webhook == ""):
		return nil, errors.New("slack: give a token or a webhook")
	case o.Token != "" && o.Channel == "":
		return nil, errors.New("slack: a token needs a channel")
	case o.Webhook != "" && !webAddress(o.Webhook):
		return nil, errors.New("slack: the webhook is no http address")
	case o.APIURL != "" && !webAddress(o.APIURL):
		return nil, errors.New("slack: the API address is no http address")
	}
	if o.Name == "" {
		o.Name = "slack"
	}
	if o.Rate <= 0 {
		o.Rate = 1
	}
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{Timeout: 15 * time.Second}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	n := &Notifier{
		opts:  o,
		api:   newAPI(o, o.HTTPClient),
		posts: rate.NewLimiter(rate.Limit(o.Rate), 1),
		edits: rate.NewLimiter(rate.Limit(o.Rate*50/60), 5),
	}
	if channelID.MatchString(o.Channel) {
		n.channel = o.Channel
	}
	return n, nil
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Name is the route.
func (n *Notifier) Name() string { return n.opts.Name }

// Ready waits until a message may be posted.
func (n *Notifier) Ready(ctx context.Context) error {
	for {
		lack := 1 - n.posts.Tokens()
		if lack <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(lack / n.opts.Rate * float64(time.Second))):
		}
	}
}

// Send does one step. Blocks that Slack refuses are sent once more as plain text.
func (n *Notifier) Send(ctx context.Context, d notify.Delivery) (notify.Handle, error) {
	m := message{channel: n.target(), key: d.Key, content: d.Message, loud: d.Loud}
	if d.Handle.Channel != "" {
		m.channel = d.Handle.Channel
	}
	switch d.Step {
	case notify.Update:
		m.edit = d.Handle.Stamp
	default:
		m.thread = d.Handle.Stamp
	}
	if n.opts.Webhook != "" && d.Handle.Stamp != "" {
		return notify.Handle{}, &notify.PermanentError{Code: "webhook", Mend: "a webhook cannot edit or reply; use a bot token", Only: true}
	}
	h, err := n.try(ctx, m)
	if refusedBlocks(err) {
		n.opts.Log.Warn("slack refused the blocks; sending plain text", "route", n.Name(), "error", err.Error())
		m.plain = true
		h, err = n.try(ctx, m)
	}
	if err != nil {
		return notify.Handle{}, n.judge(err, m)
	}
	if m.edit == "" && h.Channel != "" {
		n.mu.Lock()
		n.channel = h.Channel
		n.mu.Unlock()
	}
	return h, nil
}

func (n *Notifier) try(ctx context.Context, m message) (notify.Handle, error) {
	limiter := n.posts
	if m.edit != "" {
		limiter = n.edits
	}
	if err := limiter.Wait(ctx); err != nil {
		return notify.Handle{}, &fault{cause: err}
	}
	if n.opts.Webhook != "" {
		return notify.Handle{}, n.api.hook(ctx, m)
	}
	return n.api.send(ctx, m)
}

// target is the channel's id when it is known: a name may be given to another channel.
func (n *Notifier) target() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.channel != "" {
		return n.channel
	}
	return n.opts.Channel
}

// The clocks of this machine and of Slack may differ by this much.
const clockGap = 10 * time.Minute

// Find looks for the receipt's message in the channel's history, or in the thread it replies to.
func (n *Notifier) Find(ctx context.Context, r notify.Receipt) (notify.Handle, bool, error) {
	if n.opts.Webhook != "" || (r.Step == notify.Reply && r.Handle.Stamp == "") {
		return notify.Handle{}, false, notify.ErrNoHistory
	}
	channel, err := n.id(ctx)
	if err != nil {
		return notify.Handle{}, false, n.unreadable(err)
	}
	if r.Handle.Channel != "" {
		channel = r.Handle.Channel
	}
	cursor := ""
	for range 50 {
		page, next, err := n.api.history(ctx, channel, r.Handle.Stamp, r.Started.Add(-clockGap), cursor)
		if err != nil {
			return notify.Handle{}, false, n.unreadable(err)
		}
		for _, m := range page {
			if m.key == r.Key {
				return notify.Handle{Channel: channel, Stamp: m.stamp}, true, nil
			}
		}
		if next == "" {
			return notify.Handle{}, false, nil
		}
		cursor = next
	}
	return notify.Handle{}, false, notify.ErrNoHistory // ten thousand messages since: not conclusive
}

// id is the channel's id, which reading needs; its name has to be looked up once.
func (n *Notifier) id(ctx context.Context) (string, error) {
	if c := n.target(); channelID.MatchString(c) {
		return c, nil
	}
	id, err := n.api.lookup(ctx, n.opts.Channel)
	if err != nil {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.channel = id
	return id, nil
}

// Account is what Check found out.
type Account struct {
	Team, User string
	Channel    string // its id; "" when it could not be looked up
	Readable   bool   // the history can be read, so that uncertain posts are resolved
	Note       string // what to mend, or what cannot be checked
}

// Check asks Slack who we are and whether the channel can be read; it posts nothing.
func (n *Notifier) Check(ctx context.Context) (Account, error) {
	if n.opts.Webhook != "" {
		return Account{Note: "a webhook can only be checked by posting: try a test message"}, nil
	}
	var a Account
	var err error
	if a.Team, a.User, err = n.api.who(ctx); err != nil {
		return a, n.judge(err, message{})
	}
	if _, _, fault := n.Find(ctx, notify.Receipt{Started: time.Now(), Key: "none"}); fault != nil {
		a.Note = "history cannot be read, so a post cut short may be doubled: " + fault.Error()
	} else {
		a.Readable, a.Channel = true, n.target()
	}
	return a, nil
}

// Permalink is the message's address for a browser.
func (n *Notifier) Permalink(ctx context.Context, h notify.Handle) (string, error) {
	link, err := n.api.permalink(ctx, h)
	if err != nil {
		return "", n.judge(err, message{})
	}
	return link, nil
}

// secret keeps the token and the webhook out of what is shown. Addresses are cut
// out whole, since a part of a webhook's path is a secret, too.
func (n *Notifier) secret(s string) string {
	for _, hidden := range []string{n.opts.Webhook, n.opts.Token} {
		if hidden != "" {
			s = strings.ReplaceAll(s, hidden, "[redacted]")
			s = strings.ReplaceAll(s, url.QueryEscape(hidden), "[redacted]")
		}
	}
	if u, err := url.Parse(n.opts.Webhook); err == nil && len(u.Path) > 1 {
		s = strings.ReplaceAll(s, u.RequestURI(), "/[redacted]")
		s = strings.ReplaceAll(s, u.Path, "/[redacted]")
	}
	return s
}

// shown is an error's words without secrets.
func (n *Notifier) shown(err error) error {
	return fmt.Errorf("slack: %s", n.secret(err.Error()))
}
