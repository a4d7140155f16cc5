// Package ledger is the record: what sources published, what was read out of it,
// what was found and told. It is the only state that the stages share, and their
// queue: sources that are due, claims not yet compared and alerts not yet sent
// are rows.
//
// A [Ledger] stores in one SQLite file. schema.sql is the stored form. Each
// method is one transaction, so that a crash at any instruction leaves either
// all of a step or nothing of it: [Ledger.Visit] commits entries with their
// claims and validators, [Ledger.Compare] commits findings with their alerts and
// with the mark that says how far claims are compared, and the receipt of a post
// is on disk before the post is made.
//
// There is one writer at a time, in this process and among processes; the others
// wait, but not for ever. Readers see the last commit and wait for nobody.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database driver
)

// Options are what a Ledger is handed from outside. The zero value works.
type Options struct {
	Now  func() time.Time // the clock; time.Now when nil
	Log  *slog.Logger     // nil logs nothing
	Wait time.Duration    // how long to wait for another process's lock; 0 is 5 s
}

const (
	defaultWait = 5 * time.Second
	readers     = 2
	cacheKiB    = 2048 // per connection; the system's page cache does the rest
)

// Ledger is an open record. Its methods may be called at the same time.
type Ledger struct {
	name  string // the file, for errors
	path  string // "" in memory
	now   func() time.Time
	log   *slog.Logger
	wait  time.Duration
	db    *sql.DB
	write chan *session // holds the one writer while it is free
	read  chan *session // holds the free readers; the writer's own channel in memory

	history *history // what the last Compare has read; whoever holds the writer may use it

	closed   chan struct{}
	closing  sync.Once
	closeErr error

	trace func(query string) // tests see every statement
}

// Open opens the ledger at address, "sqlite:path/to/monitor.db" or
// "sqlite::memory:", and makes or upgrades its tables. A missing file is made,
// readable by its owner only. Errors name the file and wrap [ErrLocked],
// [ErrFull], [ErrNewer] or [ErrForeign] where one of them fits.
func Open(ctx context.Context, address string, opts Options) (*Ledger, error) {
	path, err := filePath(address)
	if err != nil {
		return nil, err
	}
	l := &Ledger{
		name: "in memory", path: path, now: opts.Now, log: opts.Log, wait: opts.Wait,
		write: make(chan *session, 1), read: make(chan *session, readers), closed: make(chan struct{}),
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.wait <= 0 {
		l.wait = defaultWait
	}
	if path != "" {
		l.name = path
		if err := makeFile(path); err != nil {
			return nil, fmt.Errorf("database %s: %w", l.name, err)
		}
	}
	if l.db, err = sql.Open("sqlite", l.dsn()); err != nil {
		return nil, l.explain(err)
	}
	if err := l.start(ctx); err != nil {
		return nil, errors.Join(l.explain(err), l.db.Close())
	}
	return l, nil
}

func (l *Ledger) start(ctx context.Context) error {
	w, err := l.connect(ctx, false)
	if err != nil {
		return err
	}
	if err := migrate(ctx, w, l.now()); err != nil {
		return err
	}
	l.write <- w
	if l.path == "" {
		l.read = l.write // a second connection would see another database
		return nil
	}
	for range readers {
		r, err := l.connect(ctx, true)
		if err != nil {
			return err
		}
		l.read <- r
	}
	return nil
}

// Close waits for the transactions in hand and closes the file. A ledger that
// is closed twice is closed once; its other methods give [ErrClosed] from then on.
func (l *Ledger) Close() error {
	l.closing.Do(func() {
		close(l.closed)
		(<-l.write).close()
		if l.path != "" {
			for range readers {
				(<-l.read).close()
			}
		}
		l.closeErr = l.db.Close()
	})
	return l.closeErr
}

// Path is the database file, or "" for a ledger in memory.
func (l *Ledger) Path() string { return l.path }

// Copy writes the ledger as it stands to a new file at path, for work that is
// to be thrown away. The file must not exist.
func (l *Ledger) Copy(ctx context.Context, path string) error {
	if err := makeNew(path); err != nil {
		return fmt.Errorf("copy of the database: %w", err)
	}
	err := l.alone(ctx, func(s *session) error {
		_, err := s.exec(`VACUUM INTO ?`, path)
		return err
	})
	if err != nil {
		return errors.Join(fmt.Errorf("copy to %s: %w", path, err), os.Remove(path))
	}
	return nil
}

// Check reads the whole file and says what is broken in it: damaged pages, or
// rows that refer to others which are not there. It also takes the writer's
// lock once, so that a database which cannot be written is told as well.
func (l *Ledger) Check(ctx context.Context) error {
	if err := l.update(ctx, func(*session) error { return nil }); err != nil {
		return err
	}
	return l.view(ctx, func(s *session) error {
		faults, err := collect(s, scanString, `PRAGMA quick_check(5)`)
		if err != nil {
			return err
		}
		if len(faults) != 1 || faults[0] != "ok" {
			return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(faults, "; "))
		}
		rows, err := s.query(`PRAGMA foreign_key_check`)
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			return fmt.Errorf("%w: a row refers to another that is not there", ErrDamaged)
		}
		return rows.Err()
	})
}

// filePath is the path in a "sqlite:" address; "" stands for memory.
func filePath(address string) (string, error) {
	scheme, path, found := strings.Cut(address, ":")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		return "", errors.New("database: this version stores in SQLite only: write sqlite:monitor.db instead of a postgres address")
	case !found || scheme != "sqlite":
		return "", errors.New(`database: the address must begin with "sqlite:", as in sqlite:monitor.db`)
	case path == "":
		return "", errors.New("database: the address names no file, write sqlite:monitor.db")
	case path == ":memory:":
		return "", nil
	}
	return filepath.Abs(path)
}

// makeFile makes a missing file before SQLite does, which would let others read it.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return withoutPath(err)
	}
	return f.Close()
}

func makeNew(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// withoutPath is what went wrong with a file, for a message that names it already.
func withoutPath(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// dsn opens the file with WAL and foreign keys. NORMAL loses no commit when the
// process dies; receipts ask for more (see durable).
func (l *Ledger) dsn() string {
	name := ":memory:"
	if l.path != "" {
		name = (&url.URL{Path: filepath.ToSlash(l.path)}).EscapedPath()
	}
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", l.wait.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(NORMAL)",
		"foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB),
		"temp_store(MEMORY)",
		"journal_size_limit(67108864)",
	}}
	return "file:" + name + "?" + q.Encode()
}
