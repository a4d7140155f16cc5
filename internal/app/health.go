package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"monitor/internal/web"
)

// lateAlert is how long an alert may wait past its time before health tells of it.
const lateAlert = 5 * time.Minute

// health is what the daemon knows of its own state. The zero value is well.
type health struct {
	mu        sync.Mutex
	app       *App
	since     time.Time
	stored    error // of the last visit
	judged    error // of the last comparing
	configErr error // of the last reload
}

func (h *health) watch(a *App) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.app = a
	if h.since.IsZero() {
		h.since = a.opts.Now()
	}
}

func (h *health) set(field *error, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*field = err
}

func (h *health) database(err error)    { h.set(&h.stored, err) }
func (h *health) compared(err error)    { h.set(&h.judged, err) }
func (h *health) configFault(err error) { h.set(&h.configErr, err) }

// broken says whether the last step into the database failed.
func (h *health) broken() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stored != nil || h.judged != nil
}

// check is the daemon's state for /healthz: the database decides whether it is
// well, and what else is wrong is told.
func (d *Daemon) check(ctx context.Context) web.Health {
	d.health.mu.Lock()
	a, since := d.health.app, d.health.since
	stored, judged, configErr := d.health.stored, d.health.judged, d.health.configErr
	d.health.mu.Unlock()
	if a == nil {
		return web.Health{Problems: []web.Problem{{Part: "daemon", What: "is starting"}}}
	}
	out := web.Health{Well: true, Since: since, Sources: len(a.cfg.Sources)}
	for _, err := range []error{stored, judged} {
		if err != nil {
			out.Well = false
			out.Add("database", err.Error())
		}
	}
	if configErr != nil {
		out.Add("config", "the last good file stays: "+configErr.Error())
	}
	if err := a.sourceHealth(ctx, &out); err != nil {
		out.Well = false
		out.Add("database", err.Error())
	}
	return out
}

// sourceHealth adds the sources that fail and the alerts that do not go.
func (a *App) sourceHealth(ctx context.Context, out *web.Health) error {
	states, err := a.ledger.Sources(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		if st.Failures > 0 {
			out.Failing++
			out.Add("source "+st.Name, fmt.Sprintf("failed %d times in a row: %s", st.Failures, st.LastError))
			continue
		}
		for _, b := range Sight(st, a.opts.Now()) {
			out.Add("source "+st.Name, b.Text)
		}
	}
	due, err := a.ledger.NextDue(ctx, a.notifier.Name())
	if err != nil {
		return err
	}
	if late := a.opts.Now().Sub(due); !due.IsZero() && late > lateAlert {
		out.Add("route "+a.notifier.Name(), fmt.Sprintf("alerts wait since %s", due.UTC().Format("2 Jan 15:04 UTC")))
	}
	return nil
}
