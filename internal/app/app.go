package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"monitor/config"
	"monitor/internal/feed"
	"monitor/internal/fetch"
	"monitor/internal/ledger"
	"monitor/internal/notify"
	"monitor/internal/notify/slack"
)

// Options are what an App is handed from outside.
type Options struct {
	Version  string           // for User-Agent
	Database string           // address of the record; "" is the configuration's
	Now      func() time.Time // time.Now when nil
	Log      *slog.Logger     // nil logs nothing
	Alerts   io.Writer        // where alerts are printed when nobody else is told; nil is nowhere
	Width    int              // of Alerts, in columns; 0 is 80
	Colour   bool             // Alerts is a terminal that shows colour
	Print    bool             // print alerts even where Slack is configured
	Patience time.Duration    // how long a check goes on sending while nothing gets through; half a minute when 0
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Alerts == nil {
		o.Alerts = io.Discard
	}
	if o.Patience == 0 {
		o.Patience = checkPatience
	}
	return o
}

// App is the program's parts, built from one configuration. It never changes; a
// reload builds another one over the same ledger.
type App struct {
	Desk *Desk

	cfg      *config.Config
	opts     Options
	ledger   *ledger.Ledger
	fetcher  *fetch.Fetcher
	notifier notify.Notifier
}

// Open opens the ledger and builds the other parts around it.
func Open(ctx context.Context, cfg *config.Config, opts Options) (*App, error) {
	a, err := build(cfg, opts)
	if err != nil {
		return nil, err
	}
	if a.ledger, err = OpenLedger(ctx, cfg, a.opts); err != nil {
		return nil, err
	}
	if err := a.sync(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// build makes all parts but the ledger.
func build(cfg *config.Config, opts Options) (*App, error) {
	a := &App{cfg: cfg, opts: opts.filled()}
	var err error
	if a.Desk, err = NewDesk(cfg); err != nil {
		return nil, err
	}
	if a.notifier, err = a.route(); err != nil {
		return nil, err
	}
	a.fetcher = newFetcher(cfg, a.opts, a.held)
	return a, nil
}

// OpenLedger opens the database.
func OpenLedger(ctx context.Context, cfg *config.Config, opts Options) (*ledger.Ledger, error) {
	opts = opts.filled()
	return ledger.Open(ctx, opts.database(cfg), ledger.Options{Now: opts.Now, Log: opts.Log})
}

// database is the record's address.
func (o Options) database(cfg *config.Config) string {
	return cmp.Or(o.Database, cfg.Database.Reveal())
}

// NewFetcher makes the fetcher that the configuration asks for.
func NewFetcher(cfg *config.Config, opts Options) *fetch.Fetcher {
	return newFetcher(cfg, opts.filled(), nil)
}

// newFetcher tells held of the hosts that ask to be left alone.
func newFetcher(cfg *config.Config, opts Options, held func(host string, until time.Time)) *fetch.Fetcher {
	f := cfg.Fetch
	return fetch.New(fetch.Options{
		UserAgent: f.UserAgent, Contact: f.Contact, Version: opts.Version,
		Timeout: f.Timeout, MaxBody: f.MaxBody, MaxItems: f.MaxItems, PerHost: f.PerHost, Robots: f.Robots,
		AllowPrivate: f.AllowPrivate, Now: opts.Now, Log: opts.Log, Held: held,
	})
}

// route is who is told: Slack, or else whoever reads what the program prints.
func (a *App) route() (notify.Notifier, error) {
	s := a.cfg.Notify.Slack
	if s == nil || a.opts.Print {
		return notify.Terminal{Route: "terminal", W: a.opts.Alerts, Width: a.opts.Width, Colour: a.opts.Colour}, nil
	}
	return slack.New(slack.Options{
		Token: s.Token.Reveal(), Webhook: s.Webhook.Reveal(), Channel: s.Channel, Rate: s.Rate, APIURL: s.APIURL, Log: a.opts.Log,
	})
}

// held keeps that a host asked to be left alone, for the next run.
func (a *App) held(host string, until time.Time) {
	a.opts.Log.Warn("host asks to be left alone", "host", host, "until", until)
	if err := a.ledger.HoldHost(context.Background(), host, until); err != nil {
		a.opts.Log.Error("host's wish not stored", "host", host, "error", err)
	}
}

// sync tells the ledger what the configuration has: sources, and known figures.
func (a *App) sync(ctx context.Context) error {
	if err := a.ledger.SyncSources(ctx, a.cfg.Sources); err != nil {
		return err
	}
	held, err := a.ledger.HeldHosts(ctx, a.opts.Now())
	if err != nil {
		return err
	}
	for host, until := range held {
		a.fetcher.Hold(host, until)
	}
	for _, t := range a.Desk.topics {
		if err := a.ledger.SyncBaseline(ctx, t.Name, t.baseline); err != nil {
			return err
		}
	}
	return nil
}

// Close frees everything. Whatever uses the App has ended before.
func (a *App) Close() error {
	a.fetcher.Close()
	if a.ledger == nil {
		return nil
	}
	return a.ledger.Close()
}

// Ledger is the record.
func (a *App) Ledger() *ledger.Ledger { return a.ledger }

// Notifier is the route by which alerts go.
func (a *App) Notifier() notify.Notifier { return a.notifier }

func (a *App) delivery() deliverOptions {
	return deliverOptions{
		Wording: a.Desk.Wording(), DigestAbove: a.cfg.Notify.DigestAbove, Now: a.opts.Now,
		Patience: a.opts.Patience, Log: a.opts.Log,
	}
}

// ErrNoRecord comes when a command that only reads finds no database file.
var ErrNoRecord = errors.New("there is no such file yet")

// databaseFile is the path of a database in a file, and whether it exists.
func (o Options) databaseFile(cfg *config.Config) (path string, exists bool) {
	path, ok := strings.CutPrefix(o.database(cfg), "sqlite:")
	if !ok || path == ":memory:" {
		return "", false
	}
	_, err := os.Stat(path)
	return path, err == nil
}

// OpenExisting opens the ledger for a command that has nothing to say about an
// empty one, and so must not make it.
func OpenExisting(ctx context.Context, cfg *config.Config, opts Options) (*ledger.Ledger, error) {
	if path, exists := opts.databaseFile(cfg); path != "" && !exists {
		return nil, fmt.Errorf("database %s: %w", path, ErrNoRecord)
	}
	return OpenLedger(ctx, cfg, opts)
}

// OpenCopy is Open on a throw-away copy of the ledger; discard closes and removes it.
func OpenCopy(ctx context.Context, cfg *config.Config, opts Options) (a *App, discard func() error, err error) {
	dir, err := os.MkdirTemp("", "monitor-")
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, "monitor.db")
	if _, exists := opts.databaseFile(cfg); exists {
		err = copyLedger(ctx, cfg, opts, path)
	}
	if err == nil {
		opts.Database, opts.Print = "sqlite:"+path, true
		a, err = Open(ctx, cfg, opts)
	}
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return a, func() error { return errors.Join(a.Close(), os.RemoveAll(dir)) }, nil
}

func copyLedger(ctx context.Context, cfg *config.Config, opts Options, path string) error {
	l, err := OpenLedger(ctx, cfg, opts)
	if err != nil {
		return err
	}
	return errors.Join(l.Copy(ctx, path), l.Close())
}

// outlet is who prints a source, as readers know it.
func outlet(src feed.Source) string { return cmp.Or(src.Outlet, src.Name) }
