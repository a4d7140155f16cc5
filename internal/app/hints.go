package app

import (
	"errors"

	"monitor/internal/ledger"
	"monitor/internal/notify"
	"monitor/internal/web"
)

// DatabaseHint is what to try when the database failed; "" when we do not know.
func DatabaseHint(err error) string {
	switch {
	case errors.Is(err, ErrNoRecord):
		return "run `monitor check` first, or name another file with --database"
	case errors.Is(err, ledger.ErrLocked):
		return "another program has the database open and keeps it locked: end it, or name another file with --database"
	case errors.Is(err, ledger.ErrFull):
		return "make room on the disk; nothing that was stored is lost, and what is missing is fetched again"
	case errors.Is(err, ledger.ErrReadOnly):
		return "let this user write the file and its folder, or name another file with --database"
	case errors.Is(err, ledger.ErrNewer), errors.Is(err, ledger.ErrForeign):
		return "name another file with --database"
	case errors.Is(err, ledger.ErrDamaged):
		return "restore the file from a backup, or start anew with another one: --database"
	default:
		return ""
	}
}

// ListenHint is what to try when the web server did not start; "" for anything else.
func ListenHint(err error) string {
	if !errors.Is(err, web.ErrListen) {
		return ""
	}
	return `end what listens there, or set web.listen to another address, or to "" to serve nothing`
}

// SendHint is what to try when alerts did not go; "" when it was not their fault.
func SendHint(err error) string {
	var permanent *notify.PermanentError
	var retry *notify.RetryAfterError
	var unknown *notify.AmbiguousError
	switch {
	case errors.As(err, &permanent):
		return "the alerts are kept and go out once this is mended; `monitor doctor` checks it"
	case errors.As(err, &retry), errors.As(err, &unknown):
		return "the alerts are kept; the next check or run sends them"
	default:
		return ""
	}
}
