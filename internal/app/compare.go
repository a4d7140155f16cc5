package app

import (
	"context"
	"time"

	"monitor/internal/detect"
)

// batch is how many claims are compared in one transaction: enough to make its
// cost small, few enough to let other writers in.
const batch = 500

// compare takes all claims that wait and gives the findings they made. wait is
// how long their alerts collect before the first post.
func (a *App) compare(ctx context.Context, wait time.Duration) ([]detect.Finding, error) {
	due := func(now time.Time) time.Time { return now.Add(wait) }
	var all []detect.Finding
	for {
		found, n, err := a.ledger.Compare(ctx, batch, []string{a.notifier.Name()}, due, a.Desk.judge)
		if err != nil {
			return all, err
		}
		all = append(all, found...)
		if n > 0 {
			a.opts.Log.DebugContext(ctx, "compared", "claims", n, "findings", len(found))
		}
		if n < batch {
			return all, nil
		}
	}
}
