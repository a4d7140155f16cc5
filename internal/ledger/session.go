package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// session is one connection with its prepared statements. Whoever took it from
// its channel has it alone.
type session struct {
	l     *Ledger
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	ctx   context.Context // of the transaction in hand
	now   time.Time       // one for all rows of a transaction
}

func (l *Ledger) connect(ctx context.Context, readOnly bool) (*session, error) {
	conn, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{l: l, conn: conn, stmts: map[string]*sql.Stmt{}, ctx: ctx}
	if readOnly {
		_, err = conn.ExecContext(ctx, `PRAGMA query_only = 1`)
	}
	return s, err
}

// dial opens a connection. Two processes that turn a fresh file to WAL at once may
// be told "busy" without the wait that was asked for, since either could wait for the other.
func (l *Ledger) dial(ctx context.Context) (*sql.Conn, error) {
	for end := time.Now().Add(l.wait); ; {
		conn, err := l.db.Conn(ctx)
		if !busy(err) || time.Now().After(end) {
			return conn, err
		}
		pause := time.NewTimer(dialPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil, err
		case <-pause.C:
		}
	}
}

const dialPause = 20 * time.Millisecond

func (s *session) close() {
	for _, stmt := range s.stmts {
		_ = stmt.Close() // the connection goes with it
	}
	_ = s.conn.Close()
}

// update runs fn in one transaction that has the writer's lock from its start.
func (l *Ledger) update(ctx context.Context, fn func(*session) error) error {
	return l.in(ctx, l.write, `BEGIN IMMEDIATE`, fn)
}

// durable is update for what the world outside will act on: the commit, and
// every one before it, survives a power cut.
func (l *Ledger) durable(ctx context.Context, fn func(*session) error) error {
	return l.using(ctx, l.write, func(s *session) error {
		if _, err := s.exec(`PRAGMA synchronous = FULL`); err != nil {
			return err
		}
		return errors.Join(s.transaction(`BEGIN IMMEDIATE`, fn), s.run(`PRAGMA synchronous = NORMAL`))
	})
}

// view runs fn on one state of the database.
func (l *Ledger) view(ctx context.Context, fn func(*session) error) error {
	return l.in(ctx, l.read, `BEGIN`, fn)
}

// alone runs fn on the writer's connection without a transaction.
func (l *Ledger) alone(ctx context.Context, fn func(*session) error) error {
	return l.using(ctx, l.write, fn)
}

func (l *Ledger) in(ctx context.Context, pool chan *session, begin string, fn func(*session) error) error {
	return l.using(ctx, pool, func(s *session) error { return s.transaction(begin, fn) })
}

func (l *Ledger) using(ctx context.Context, pool chan *session, fn func(*session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var s *session
	select {
	case <-l.closed:
		return ErrClosed
	default:
	}
	select {
	case s = <-pool:
	case <-l.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { pool <- s }()
	// A statement is short, and one that could be cancelled costs a goroutine: the
	// context is asked between statements instead.
	s.ctx, s.now = context.WithoutCancel(ctx), l.now().UTC()
	return l.explain(fn(s))
}

func (s *session) transaction(begin string, fn func(*session) error) (err error) {
	if err := s.run(begin); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked
			if e := s.run(`ROLLBACK`); e != nil && !ended(e) {
				err = errors.Join(err, e)
			}
		}
	}()
	if err := fn(s); err != nil {
		return err
	}
	if err := s.run(`COMMIT`); err != nil {
		return err
	}
	done = true
	return nil
}

// prepare gives the statement from the connection's own store.
func (s *session) prepare(query string) (*sql.Stmt, error) {
	if s.l.trace != nil {
		s.l.trace(query)
	}
	if stmt := s.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(s.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	s.stmts[query] = stmt
	return stmt, nil
}

func (s *session) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := s.prepare(query) //nolint:sqlclosecheck // it stays in the session's store
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(s.ctx, args...)
}

func (s *session) run(query string, args ...any) error {
	_, err := s.exec(query, args...)
	return err
}

// insert runs an INSERT and gives the new row's id.
func (s *session) insert(query string, args ...any) (int64, error) {
	res, err := s.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// change runs an UPDATE or INSERT and counts the rows it touched.
func (s *session) change(query string, args ...any) (int64, error) {
	res, err := s.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query is for the caller to close; collect does.
func (s *session) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.prepare(query) //nolint:sqlclosecheck // it stays in the session's store
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(s.ctx, args...)
}

// get scans the one row of a query; sql.ErrNoRows when there is none.
func (s *session) get(query string, args []any, dest ...any) error {
	stmt, err := s.prepare(query) //nolint:sqlclosecheck // it stays in the session's store
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(s.ctx, args...).Scan(dest...)
}

// find is get for a row that may be missing.
func (s *session) find(query string, args []any, dest ...any) (bool, error) {
	err := s.get(query, args, dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// collect reads all rows of a query and closes them.
func collect[T any](s *session, scan func(row scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

type scanner interface{ Scan(dest ...any) error }

func scanString(row scanner) (v string, err error) {
	err = row.Scan(&v)
	return v, err
}

// micros is a time as stored; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// zoneOf is how many seconds east of UTC a time was given.
func zoneOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// inZone gives a stored time in the zone it was given in.
func inZone(t time.Time, offset int) time.Time {
	if t.IsZero() || offset == 0 {
		return t
	}
	return t.In(time.FixedZone("", offset))
}

// instant scans a stored time.
type instant struct{ to *time.Time }

func (i instant) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("stored time is a %T", v)
	}
	*i.to = fromMicros(n)
	return nil
}
