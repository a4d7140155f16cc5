package app

import (
	"context"
	"time"

	"monitor/internal/ledger"
)

// watchEvery is between two looks at whether the sources are still seen. It costs
// a read of all their states.
const watchEvery = 30 * time.Minute

// watch opens and closes the stories of sources that are not seen, and says each
// once. Those that left the configuration are closed.
func (a *App) watch(ctx context.Context) error {
	states, err := a.ledger.Sources(ctx)
	if err != nil {
		return err
	}
	var blind []ledger.Blindness
	now := a.opts.Now()
	for _, st := range states {
		for _, b := range Sight(st, now) {
			if b.Tell {
				blind = append(blind, ledger.Blindness{Source: st.Name, Kind: b.Kind, Text: b.Text + "; " + b.Mend, Since: b.Since})
			}
		}
	}
	opened, closed, err := a.ledger.SyncBlindness(ctx, blind)
	for _, b := range opened {
		a.opts.Log.WarnContext(ctx, "source is not seen", "source", b.Source, "kind", b.Kind, "since", b.Since, "text", b.Text)
	}
	for _, b := range closed {
		a.opts.Log.InfoContext(ctx, "source is seen again", "source", b.Source, "kind", b.Kind, "since", b.Since)
	}
	return err
}
