package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"monitor/config"
	"monitor/internal/feed"
	"monitor/internal/ledger"
	"monitor/internal/notify/slack"
)

// Finding out must not take longer than a person waits.
const (
	lookupTime = 5 * time.Second
	healthTime = 5 * time.Second
	slackTime  = 30 * time.Second
)

// Diagnosis is what doctor found of one part.
type Diagnosis struct {
	Part string `json:"part"`
	OK   bool   `json:"ok"`
	Note string `json:"note"`           // what was found
	Mend string `json:"mend,omitempty"` // what to do about it
}

// Doctor checks the parts one after another and tells of each as it is known.
type Doctor struct {
	Config  *config.Config
	Options Options
	Tell    func(Diagnosis)
}

// Quick checks what can be asked without any network: the database, and the
// daemon when it serves its health.
func (d *Doctor) Quick(ctx context.Context) {
	if path, exists := d.Options.databaseFile(d.Config); path != "" && !exists {
		d.Tell(Diagnosis{Part: "database", Note: path + " does not exist", Mend: "start `monitor run`, or name another file with --database"})
	} else {
		d.database(ctx, false)
	}
	if d.Config.Web.Listen != "" {
		d.Tell(daemon(ctx, d.Config.Web.Listen))
	}
}

// Full checks everything that the program needs.
func (d *Doctor) Full(ctx context.Context) {
	d.database(ctx, true)
	d.baseline(ctx)
	d.network(ctx)
	d.slack(ctx)
	d.sources(ctx)
}

func (d *Doctor) database(ctx context.Context, whole bool) {
	if path, exists := d.Options.databaseFile(d.Config); path != "" && !exists {
		d.Tell(Diagnosis{Part: "database", OK: true, Note: path + " will be made by the first check or run"})
		return
	}
	l, err := OpenLedger(ctx, d.Config, d.Options)
	if err == nil && whole {
		err = l.Check(ctx)
	} else if err == nil {
		_, err = l.Sources(ctx)
	}
	if l != nil {
		err = errors.Join(err, l.Close())
	}
	if err != nil {
		d.Tell(Diagnosis{Part: "database", Note: err.Error(), Mend: DatabaseHint(err)})
		return
	}
	d.Tell(Diagnosis{Part: "database", OK: true, Note: "can be read and written"})
}

// daemon asks the running daemon how it is.
func daemon(ctx context.Context, listen string) Diagnosis {
	out := Diagnosis{Part: "daemon", Mend: "start it with `monitor run`, and look into its log"}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		out.Note = err.Error()
		return out
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		out.Note = err.Error()
		return out
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy of the environment's
	resp, err := client.Do(req)
	if err != nil {
		out.Note = "does not answer on " + listen
		return out
	}
	defer func() { _ = resp.Body.Close() }()
	var state struct {
		Status   string `json:"status"`
		Problems []struct{ Part, What string }
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&state); err != nil || state.Status == "" {
		out.Note = "something else answers on " + listen
		return out
	}
	words := []string{"is " + state.Status}
	for _, p := range state.Problems {
		words = append(words, p.Part+": "+p.What)
	}
	out.Note, out.OK = strings.Join(words, "; "), resp.StatusCode == http.StatusOK
	if out.OK {
		out.Mend = ""
	}
	return out
}

// network looks up the hosts of the sources.
func (d *Doctor) network(ctx context.Context) {
	hosts := hostsOf(d.Config.Sources)
	if len(hosts) == 0 {
		d.Tell(Diagnosis{Part: "network", OK: true, Note: "no source needs it"})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	var found atomic.Int64
	g := errgroup.Group{}
	g.SetLimit(pollers)
	for _, h := range hosts {
		g.Go(func() error {
			if _, err := net.DefaultResolver.LookupHost(ctx, h); err == nil {
				found.Add(1)
			}
			return nil
		})
	}
	_ = g.Wait() // no lookup returns an error
	out := Diagnosis{Part: "network", OK: found.Load() > 0, Note: fmt.Sprintf("%d of %d hosts have an address", found.Load(), len(hosts))}
	if !out.OK {
		out.Mend = "this machine seems to be offline, or its name server does not answer"
	}
	d.Tell(out)
}

func hostsOf(sources []feed.Source) []string {
	var hosts []string
	for _, s := range sources {
		if u, err := url.Parse(s.URL); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

func (d *Doctor) slack(ctx context.Context) {
	if d.Config.Notify.Slack == nil {
		d.Tell(Diagnosis{Part: "slack", OK: true, Note: "not configured: alerts are printed"})
		return
	}
	out := Diagnosis{Part: "slack"}
	a := &App{cfg: d.Config, opts: d.Options.filled()}
	n, err := a.route()
	s, ok := n.(*slack.Notifier)
	if err != nil || !ok {
		out.Note = fmt.Sprint(err)
		d.Tell(out)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, slackTime)
	defer cancel()
	account, err := s.Check(ctx)
	switch {
	case err != nil:
		out.Note, out.Mend = err.Error(), "check notify.slack in the configuration, and that this machine reaches Slack"
	case account.User == "":
		out.OK, out.Note = true, account.Note
	default:
		out.OK, out.Note = !noChannel(account.Note), fmt.Sprintf("signed in as %s in %s", account.User, account.Team)
		if account.Note != "" {
			out.Note += "; " + account.Note
		}
	}
	d.Tell(out)
}

// noChannel says whether a note on a channel whose history cannot be read means
// that nothing can be posted there either.
func noChannel(note string) bool {
	return strings.Contains(note, "channel_not_found") || strings.Contains(note, "is_archived")
}

// sources polls each source once and stores nothing.
func (d *Doctor) sources(ctx context.Context) {
	f := NewFetcher(d.Config, d.Options)
	defer f.Close()
	known := d.known(ctx)
	now := d.Options.filled().Now()
	results := make([]chan Diagnosis, len(d.Config.Sources))
	g := errgroup.Group{}
	g.SetLimit(pollers)
	for i := range results {
		results[i] = make(chan Diagnosis, 1)
	}
	go func() {
		for i, src := range d.Config.Sources {
			g.Go(func() error {
				res, err := f.Poll(ctx, src, feed.Validators{})
				out := Diagnosis{Part: "source " + src.Name, OK: err == nil}
				switch {
				case err != nil:
					out.Note = err.Error()
				case res.Truncated:
					out.Note = entries(len(res.Entries)) + "; truncated: " + res.Why
				default:
					out.Note = entries(len(res.Entries))
				}
				if res.MovedTo != "" {
					out.Mend = "it has moved for good: write " + res.MovedTo
				}
				for _, b := range Sight(known[src.Name], now) {
					if out.OK && (b.Kind == "silent" || b.Kind == "certificate") {
						out.OK, out.Note, out.Mend = false, out.Note+"; "+b.Text, b.Mend
					}
				}
				results[i] <- out
				return nil
			})
		}
	}()
	for _, r := range results {
		d.Tell(<-r)
	}
}

// known is what the record has of the sources, if there is one.
func (d *Doctor) known(ctx context.Context) map[string]ledger.SourceState {
	by := map[string]ledger.SourceState{}
	l, err := OpenExisting(ctx, d.Config, d.Options)
	if err != nil {
		return by // the database is a diagnosis of its own
	}
	states, _ := l.Sources(ctx)
	_ = l.Close()
	for _, st := range states {
		by[st.Name] = st
	}
	return by
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// Source says whether the diagnosis is of a source, which others do without.
func (g Diagnosis) Source() bool { return strings.HasPrefix(g.Part, "source ") }
