package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// politeness is the migration that keeps how sources are to be visited.
const politeness = `
ALTER TABLE source ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN strikes REAL NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN failing_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN changes TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN ttl INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN cert_start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN cert_end INTEGER NOT NULL DEFAULT 0;
CREATE TABLE host (
    name       TEXT PRIMARY KEY,
    not_before INTEGER NOT NULL
);
CREATE TABLE blindness (
    source TEXT NOT NULL,
    kind   TEXT NOT NULL,
    text   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (source, kind)
);`

// keptChanges is how many of a source's changes tell its habit.
const keptChanges = 32

// changed counts what a visit brought, and keeps when.
func (s *session) changed(v Visit, res VisitResult) error {
	var before []time.Time
	if err := s.get(`SELECT changes FROM source WHERE name = ?`, []any{v.Source}, moments{&before}); err != nil {
		return err
	}
	if n := len(before); n == 0 || !before[n-1].Equal(fromMicros(micros(v.At))) { // a visit is stored in several parts
		before = append(before, v.At)
	}
	before = before[max(len(before)-keptChanges, 0):]
	return s.run(`UPDATE source SET entries = entries + ?, last_change = ?, changes = ? WHERE name = ?`,
		res.NewEntries, micros(v.At), momentsText(before), v.Source)
}

func momentsText(list []time.Time) string {
	var b strings.Builder
	for i, t := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(micros(t), 10))
	}
	return b.String()
}

// moments scans several stored times.
type moments struct{ to *[]time.Time }

func (m moments) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("stored times are a %T", v)
	}
	var list []time.Time
	for f := range strings.FieldsSeq(text) {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return fmt.Errorf("stored times: %w", err)
		}
		list = append(list, fromMicros(n))
	}
	*m.to = list
	return nil
}

// micro scans a stored duration.
type micro struct{ to *time.Duration }

func (m micro) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("stored duration is a %T", v)
	}
	*m.to = time.Duration(n) * time.Microsecond
	return nil
}

// HoldHost keeps that a host is to be left alone until a time.
func (l *Ledger) HoldHost(ctx context.Context, host string, until time.Time) error {
	return l.update(ctx, func(s *session) error {
		if err := s.run(`DELETE FROM host WHERE not_before <= ?`, micros(s.now)); err != nil {
			return err
		}
		return s.run(`INSERT INTO host (name, not_before) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET not_before = max(not_before, excluded.not_before)`,
			host, micros(until))
	})
}

// HeldHosts are the hosts that are to be left alone at now, and until when.
func (l *Ledger) HeldHosts(ctx context.Context, now time.Time) (held map[string]time.Time, err error) {
	held = map[string]time.Time{}
	err = l.view(ctx, func(s *session) error {
		type hold struct {
			name  string
			until time.Time
		}
		list, err := collect(s, func(row scanner) (h hold, err error) {
			err = row.Scan(&h.name, instant{&h.until})
			return h, err
		}, `SELECT name, not_before FROM host WHERE not_before > ?`, micros(now))
		for _, h := range list {
			held[h.name] = h.until
		}
		return err
	})
	return held, err
}
