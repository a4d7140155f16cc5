package app

import (
	"context"
	"fmt"
	"os"
	"time"
)

// turnPause is between two tries to become the process that sends.
const turnPause = time.Second

// sendersTurn makes this process the one that sends what the ledger holds, until
// the release: a second one would take posts under way for posts that a crash cut
// short. ok is false when another process has the turn.
func (a *App) sendersTurn() (release func(), ok bool, err error) {
	path := a.ledger.Path()
	if path == "" {
		return func() {}, true, nil // a ledger in memory has no second process
	}
	f, err := os.OpenFile(path+".sender", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("sender: %w", err)
	}
	ok, err = lockFile(f)
	if !ok || err != nil {
		_ = f.Close() // nothing was written
		if err != nil {
			return nil, false, fmt.Errorf("sender: %s: %w", f.Name(), err)
		}
		return nil, false, nil
	}
	return func() { _ = f.Close() }, true, nil
}

// awaitTurn is sendersTurn for who can wait: nil when ctx ended first.
func (a *App) awaitTurn(ctx context.Context) (release func()) {
	told := false
	for {
		release, ok, err := a.sendersTurn()
		if ok {
			return release
		}
		if !told {
			a.opts.Log.WarnContext(ctx, "another process sends this database's alerts; waiting for it to end", "error", err)
			told = true
		}
		if wait(ctx, turnPause) != nil {
			return nil
		}
	}
}
