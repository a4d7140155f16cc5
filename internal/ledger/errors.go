package ledger

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Sentinels for what a caller can do something about. Errors that wrap them name
// the database file.
var (
	// ErrLocked comes when another process kept its lock for longer than Options.Wait.
	ErrLocked = errors.New("locked by another process")
	// ErrFull comes when the disk, or the space the database may take, is used up.
	ErrFull = errors.New("no space left for the database")
	// ErrReadOnly comes when the file or its folder cannot be written.
	ErrReadOnly = errors.New("cannot be written: check the rights of the file and its folder")
	// ErrNewer comes when a newer version of the program has upgraded the database.
	ErrNewer = errors.New("made by a newer version of the program")
	// ErrForeign comes when the file is no ledger: another program's database, or no database.
	ErrForeign = errors.New("not a database of this program")
	// ErrDamaged comes when the file's contents contradict themselves.
	ErrDamaged = errors.New("damaged")
	// ErrClosed comes from every method after Close.
	ErrClosed = errors.New("database is closed")
	// ErrNotFound comes when what was asked for by name or id is not in the ledger.
	ErrNotFound = errors.New("not in the ledger")
)

// explain says in a person's words what SQLite's codes mean, and names the file.
func (l *Ledger) explain(err error) error {
	if err == nil {
		return nil
	}
	if _, named := errors.AsType[*fault](err); named {
		return err
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		if isOwn(err) {
			return &fault{l.name, err}
		}
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &fault{l.name, fmt.Errorf("%w for %s", ErrLocked, l.wait)}
	case sqlite3.SQLITE_FULL:
		return &fault{l.name, ErrFull}
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return &fault{l.name, ErrReadOnly}
	case sqlite3.SQLITE_NOTADB:
		return &fault{l.name, ErrForeign}
	case sqlite3.SQLITE_CORRUPT:
		return &fault{l.name, fmt.Errorf("%w: %w", ErrDamaged, err)}
	default:
		return &fault{l.name, err}
	}
}

func busy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

func isOwn(err error) bool {
	return errors.Is(err, ErrNewer) || errors.Is(err, ErrForeign) || errors.Is(err, ErrDamaged)
}

// fault is an error that names the database file.
type fault struct {
	file string
	err  error
}

func (f *fault) Error() string { return "database " + f.file + ": " + f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// ended says that SQLite had rolled the transaction back by itself, as it does
// when the disk is full.
func ended(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_ERROR
}
