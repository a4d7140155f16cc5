package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"monitor/config"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

// Replay is what reading and comparing a record again would change in it.
type Replay struct {
	Versions int // captures read
	Claims   int // compared
	Findings int // made
	Same     int // of them as they stand
	Gone     []ledger.Told
	New      []ledger.Told
	Changed  []Change
	Kept     string // file of the record as it was, once the replay was made the record
}

// Change is a finding that is read or judged otherwise now.
type Change struct{ Was, Now ledger.Told }

// ReplayOptions say what becomes of a replay.
type ReplayOptions struct {
	Commit   bool           // make it the record; the old one is kept beside it
	Progress func(done int) // called as captures are read; may be nil
}

// ReplayRecord reads and compares all that the record has captured again, in a
// copy, with the rules, the configuration and the baseline of today. It sends
// nothing and leaves the record as it is unless it is asked to commit.
func ReplayRecord(ctx context.Context, cfg *config.Config, opts Options, ro ReplayOptions) (_ *Replay, err error) {
	record, err := OpenExisting(ctx, cfg, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	before, err := record.Told(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "monitor-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, "monitor.db")
	if err := record.Copy(ctx, copied); err != nil {
		return nil, err
	}
	opts.Database, opts.Print = "sqlite:"+copied, true
	a, err := Open(ctx, cfg, opts)
	if err != nil {
		return nil, err
	}
	r, err := a.replay(ctx, ro)
	if err = errors.Join(err, a.Close()); err != nil {
		return nil, err
	}
	r.differ(before)
	if ro.Commit {
		r.Kept, err = commit(ctx, record, copied, a.opts.Now())
	}
	r.forgetIDs()
	return r, err
}

// commit keeps the record as it is in a file of its own, and adopts the copy.
func commit(ctx context.Context, record *ledger.Ledger, copied string, now time.Time) (string, error) {
	path := record.Path()
	if path == "" {
		return "", errors.New("replay: a record in memory cannot be kept")
	}
	ext := filepath.Ext(path)
	kept := fmt.Sprintf("%s-until-%s%s", strings.TrimSuffix(path, ext), now.UTC().Format("20060102T150405Z"), ext)
	if err := record.Copy(ctx, kept); err != nil {
		return "", err
	}
	if err := record.Adopt(ctx, copied); err != nil {
		return "", fmt.Errorf("replay: %w", errors.Join(err, os.Remove(kept)))
	}
	return kept, nil
}

// replay reads and compares everything anew in the App's own record.
func (a *App) replay(ctx context.Context, ro ReplayOptions) (*Replay, error) {
	if err := a.ledger.Reset(ctx); err != nil {
		return nil, err
	}
	sources := map[string]feed.Source{}
	for _, s := range a.cfg.Sources {
		sources[s.Name] = s
	}
	r := &Replay{}
	for last := int64(0); ; {
		list, err := a.ledger.Captures(ctx, last, batch)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			break
		}
		last = list[len(list)-1].Version
		claims, err := a.readAgain(ctx, sources, list)
		if err == nil {
			err = a.ledger.Reread(ctx, list, claims)
		}
		if err != nil {
			return nil, err
		}
		r.Versions += len(list)
		if ro.Progress != nil {
			ro.Progress(r.Versions)
		}
	}
	for {
		_, n, err := a.ledger.Compare(ctx, batch, nil, func(now time.Time) time.Time { return now }, a.Desk.judge)
		if err != nil {
			return nil, err
		}
		r.Claims += n
		if n < batch {
			break
		}
	}
	var err error
	r.New, err = a.ledger.Told(ctx)
	r.Findings = len(r.New)
	return r, err
}

// readAgain reads captures, a few at once.
func (a *App) readAgain(ctx context.Context, sources map[string]feed.Source, list []ledger.Stored) ([][]claim.Claim, error) {
	claims := make([][]claim.Claim, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range list {
		if strings.HasPrefix(c.Digest, linkOnly) {
			continue // its article was read in its place
		}
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			src, configured := sources[c.Source]
			if !configured {
				src = feed.Source{Name: c.Source, Outlet: c.Outlet}
			}
			cut, err := Cut(c.Entry)
			if err != nil {
				a.opts.Log.WarnContext(ctx, "a capture cannot be read any more", "source", c.Source, "url", c.Entry.URL, "error", err)
				return nil
			}
			claims[i] = a.Desk.Read(src, c.Entry, cut).Claims
			return nil
		})
	}
	return claims, g.Wait()
}

// differ sorts what was found by what stood before.
func (r *Replay) differ(before []ledger.Told) {
	stood := map[string]ledger.Told{}
	for _, t := range before {
		stood[t.Key()] = t
	}
	found := map[string]bool{}
	var fresh []ledger.Told
	for _, t := range r.New {
		was, ok := stood[t.Key()]
		found[t.Key()] = ok
		switch {
		case !ok:
			fresh = append(fresh, t)
		case sameFinding(was, t):
			r.Same++
		default:
			r.Changed = append(r.Changed, Change{was, t})
		}
	}
	r.New = fresh
	for _, t := range before {
		if !found[t.Key()] {
			r.Gone = append(r.Gone, t)
		}
	}
}

// sameFinding says whether a finding's kind and the reading of its claim are as they were.
func sameFinding(a, b ledger.Told) bool {
	x, y := a.Record.Claim, b.Record.Claim
	return a.Kind == b.Kind && x.Bounds == y.Bounds && x.Qualifier == y.Qualifier && x.Measure == y.Measure && x.Mode == y.Mode && x.Claimant == y.Claimant && x.Scope == y.Scope
}

// forgetIDs takes out of what was found anew the ids and times that only the copy
// had, so that a replay tells the same whenever it is made.
func (r *Replay) forgetIDs() {
	for i := range r.New {
		forget(&r.New[i].Finding)
	}
	for i := range r.Changed {
		forget(&r.Changed[i].Now.Finding)
	}
}

func forget(f *detect.Finding) {
	f.ID, f.Alert, f.Created = 0, 0, time.Time{}
	f.Record.ID = 0
	for i := range f.Against {
		f.Against[i].ID = 0
	}
}

// MarshalJSON writes the replay in its published form.
func (r *Replay) MarshalJSON() ([]byte, error) {
	type change struct {
		Was FindingJSON `json:"was"`
		Now FindingJSON `json:"now"`
	}
	list := func(ts []ledger.Told) []FindingJSON {
		out := []FindingJSON{}
		for _, t := range ts {
			out = append(out, NewFindingJSON(t.Finding))
		}
		return out
	}
	changed := []change{}
	for _, c := range r.Changed {
		changed = append(changed, change{NewFindingJSON(c.Was.Finding), NewFindingJSON(c.Now.Finding)})
	}
	return plainJSON(struct {
		Versions int           `json:"versions"`
		Claims   int           `json:"claims"`
		Findings int           `json:"findings"`
		Same     int           `json:"same"`
		Gone     []FindingJSON `json:"gone"`
		New      []FindingJSON `json:"new"`
		Changed  []change      `json:"changed"`
		Kept     string        `json:"kept,omitempty"`
	}{r.Versions, r.Claims, r.Findings, r.Same, list(r.Gone), list(r.New), changed, r.Kept})
}
