package ledger

import (
	"context"
	"time"
)

// Blindness is one way in which a source is not seen: a story that opens once,
// and closes when it heals. It may open again.
type Blindness struct {
	Source string
	Kind   string
	Text   string    // as it was when it opened
	Since  time.Time // when it began, as far as is known
	Opened time.Time
	Closed time.Time // zero while it is open
}

// SyncBlindness makes the blindness given the one that is open, and gives what
// this has opened and closed. The same list again changes nothing, so that each
// story is told once, also across restarts.
func (l *Ledger) SyncBlindness(ctx context.Context, list []Blindness) (opened, closed []Blindness, err error) {
	err = l.update(ctx, func(s *session) error {
		opened, closed = nil, nil
		open, err := s.openBlindness()
		if err != nil {
			return err
		}
		known := map[[2]string]bool{}
		for _, b := range open {
			known[[2]string{b.Source, b.Kind}] = true
		}
		now := map[[2]string]bool{}
		for _, b := range list {
			key := [2]string{b.Source, b.Kind}
			if now[key] = true; known[key] {
				continue
			}
			b.Opened, b.Closed = s.now, time.Time{}
			if err := s.run(`INSERT INTO blindness (source, kind, text, since, opened, closed) VALUES (?, ?, ?, ?, ?, 0)
				ON CONFLICT (source, kind) DO UPDATE SET text = excluded.text, since = excluded.since, opened = excluded.opened, closed = 0`,
				b.Source, b.Kind, b.Text, micros(b.Since), micros(b.Opened)); err != nil {
				return err
			}
			opened = append(opened, b)
		}
		for _, b := range open {
			if now[[2]string{b.Source, b.Kind}] {
				continue
			}
			b.Closed = s.now
			if err := s.run(`UPDATE blindness SET closed = ? WHERE source = ? AND kind = ?`, micros(b.Closed), b.Source, b.Kind); err != nil {
				return err
			}
			closed = append(closed, b)
		}
		return nil
	})
	return opened, closed, err
}

func (s *session) openBlindness() ([]Blindness, error) {
	return collect(s, func(row scanner) (b Blindness, err error) {
		err = row.Scan(&b.Source, &b.Kind, &b.Text, instant{&b.Since}, instant{&b.Opened})
		return b, err
	}, `SELECT source, kind, text, since, opened FROM blindness WHERE closed = 0 ORDER BY source, kind`)
}
