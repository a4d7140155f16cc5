package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"monitor/internal/notify"
)

var _ notify.Outbox = (*Ledger)(nil)

// Due implements [notify.Outbox].
func (l *Ledger) Due(ctx context.Context, route string, now time.Time) (alerts []notify.Alert, err error) {
	err = l.view(ctx, func(s *session) error {
		alerts, err = s.alerts(`SELECT `+alertColumns+` FROM `+alertTables+`
			WHERE a.route = ? AND a.due <= ? AND a.revision > a.posted AND a.receipt IS NULL ORDER BY a.created, a.id`, route, micros(now))
		return err
	})
	return alerts, err
}

// NextDue is when the route's next alert that nobody holds comes due; zero when
// none waits. It may be past.
func (l *Ledger) NextDue(ctx context.Context, route string) (at time.Time, err error) {
	err = l.view(ctx, func(s *session) error {
		_, err := s.find(`SELECT a.due FROM alert a WHERE a.route = ? AND a.revision > a.posted AND a.receipt IS NULL ORDER BY a.due LIMIT 1`,
			[]any{route}, instant{&at})
		return err
	})
	return at, err
}

// Begin implements [notify.Outbox]. The receipt is safe from a power cut when it
// returns. A key that was begun before and neither went nor is under way is
// taken up again; Attempt counts on from the alerts' last attempts. A new message
// takes only alerts whose revision readers do not have yet: who decided on an
// older state gets ErrTaken.
func (l *Ledger) Begin(ctx context.Context, r notify.Receipt) (notify.Receipt, error) {
	if len(r.Alerts) == 0 || len(r.Alerts) != len(r.Revisions) {
		return r, fmt.Errorf("receipt %q: it needs alerts, and one revision for each", r.Key)
	}
	if r.Key == "" || r.Route == "" {
		return r, errors.New("receipt: key or route is missing")
	}
	begun := r
	err := l.durable(ctx, func(s *session) error {
		var err error
		begun, err = s.begin(r)
		return err
	})
	if err != nil {
		return r, err
	}
	return begun, nil
}

func (s *session) begin(r notify.Receipt) (notify.Receipt, error) {
	r.State, r.Started, r.Finished, r.Error = notify.Sending, fromMicros(micros(s.now)), time.Time{}, ""
	attempts, err := s.attempts(r.Alerts)
	if err != nil {
		return r, err
	}
	r.Attempt = max(r.Attempt, attempts+1)
	if r.ID, err = s.sending(r); err != nil {
		return r, err
	}
	for i, alert := range r.Alerts {
		if err := s.hold(r, alert, r.Revisions[i]); err != nil {
			return r, err
		}
		if err := s.run(`INSERT INTO receipt_alert (receipt, ordinal, alert, revision) VALUES (?, ?, ?, ?)`, r.ID, i, alert, r.Revisions[i]); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (s *session) attempts(alerts []int64) (most int, err error) {
	for _, id := range alerts {
		var n int
		found, err := s.find(`SELECT attempts FROM alert WHERE id = ?`, []any{id}, &n)
		if err != nil {
			return 0, err
		}
		if !found {
			return 0, fmt.Errorf("alert %d: %w", id, ErrNotFound)
		}
		most = max(most, n)
	}
	return most, nil
}

// sending stores the receipt's row, or takes up the one of the same key.
func (s *session) sending(r notify.Receipt) (int64, error) {
	var id int64
	var state notify.State
	found, err := s.find(`SELECT id, state FROM receipt WHERE key = ?`, []any{r.Key}, &id, &state)
	if err != nil {
		return 0, err
	}
	if !found {
		return s.insert(`INSERT INTO receipt (route, step, key, state, attempt, not_before, channel, stamp, error, started, finished) VALUES (?, ?, ?, ?, ?, 0, ?, ?, '', ?, 0)`,
			r.Route, string(r.Step), r.Key, string(r.State), r.Attempt, r.Handle.Channel, r.Handle.Stamp, micros(s.now))
	}
	if state == notify.Sending || state == notify.Sent {
		return 0, fmt.Errorf("receipt %q is %s: %w", r.Key, state, notify.ErrTaken)
	}
	if err := s.run(`DELETE FROM receipt_alert WHERE receipt = ?`, id); err != nil {
		return 0, err
	}
	return id, s.run(`UPDATE receipt SET route = ?, step = ?, state = ?, attempt = ?, not_before = 0, channel = ?, stamp = ?, error = '', started = ?, finished = 0 WHERE id = ?`,
		r.Route, string(r.Step), string(r.State), r.Attempt, r.Handle.Channel, r.Handle.Stamp, micros(s.now), id)
}

// hold takes an alert for the receipt. A new message shows a revision that
// readers do not have; an edit or a reply may come after another step of the
// same revision.
func (s *session) hold(r notify.Receipt, alert int64, revision int) error {
	least := revision
	if r.Step == notify.Post || r.Step == notify.Digest {
		least = revision - 1
	}
	n, err := s.change(`UPDATE alert SET receipt = ?, attempts = attempts + 1 WHERE id = ? AND route = ? AND receipt IS NULL AND posted <= ? AND revision >= ?`,
		r.ID, alert, r.Route, least, revision)
	if err == nil && n != 1 {
		err = fmt.Errorf("alert %d: %w", alert, notify.ErrTaken)
	}
	return err
}

// Finish implements [notify.Outbox]. Unknown with a NotBefore is tried again like
// Retry; without one it is closed like Sent, since a post that may have gone is
// not made a third time. Finishing a receipt twice in one state changes nothing.
func (l *Ledger) Finish(ctx context.Context, r notify.Receipt) error {
	return l.durable(ctx, func(s *session) error {
		var id int64
		var state notify.State
		var step notify.Step
		found, err := s.find(`SELECT id, state, step FROM receipt WHERE key = ?`, []any{r.Key}, &id, &state, &step)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("receipt %q: %w", r.Key, ErrNotFound)
		case r.State == notify.Sending:
			return fmt.Errorf("receipt %q: sending is no end", r.Key)
		case state == r.State:
			return nil
		case state != notify.Sending:
			return fmt.Errorf("receipt %q: it is %s already, and cannot become %s", r.Key, state, r.State)
		}
		if r.Finished.IsZero() {
			r.Finished = s.now
		}
		if err := s.run(`UPDATE receipt SET state = ?, not_before = ?, channel = ?, stamp = ?, error = ?, finished = ? WHERE id = ?`,
			string(r.State), micros(r.NotBefore), r.Handle.Channel, r.Handle.Stamp, r.Error, micros(r.Finished), id); err != nil {
			return err
		}
		return s.release(id, step, r)
	})
}

// release lets go of the receipt's alerts.
func (s *session) release(id int64, step notify.Step, r notify.Receipt) error {
	if r.State != notify.Sent && (r.State != notify.Unknown || !r.NotBefore.IsZero()) {
		return s.run(`UPDATE alert SET receipt = NULL, due = max(due, ?) WHERE receipt = ?`, micros(r.NotBefore), id)
	}
	// A digest is many stories' message and a reply none's own: neither is what a later edit changes.
	if (step == notify.Post || step == notify.Update) && r.Handle != (notify.Handle{}) {
		if err := s.run(`UPDATE alert SET channel = ?, stamp = ? WHERE receipt = ?`, r.Handle.Channel, r.Handle.Stamp, id); err != nil {
			return err
		}
	}
	return s.run(`UPDATE alert SET receipt = NULL, attempts = 0,
		posted = max(posted, (SELECT ra.revision FROM receipt_alert ra WHERE ra.receipt = ? AND ra.alert = alert.id)) WHERE receipt = ?`, id, id)
}

// Unfinished implements [notify.Outbox].
func (l *Ledger) Unfinished(ctx context.Context, route string) (list []notify.Receipt, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.receipts(`SELECT `+receiptColumns+` FROM receipt WHERE route = ? AND state = 'sending' ORDER BY id`, route)
		return err
	})
	return list, err
}

// Receipts are the posts that showed an alert, in order.
func (l *Ledger) Receipts(ctx context.Context, alert int64) (list []notify.Receipt, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.receipts(`SELECT `+receiptColumns+` FROM receipt WHERE id IN (SELECT ra.receipt FROM receipt_alert ra WHERE ra.alert = ?) ORDER BY id`, alert)
		return err
	})
	return list, err
}

const receiptColumns = `id, route, step, key, state, attempt, not_before, channel, stamp, error, started, finished`

func (s *session) receipts(query string, args ...any) ([]notify.Receipt, error) {
	list, err := collect(s, func(row scanner) (r notify.Receipt, err error) {
		err = row.Scan(&r.ID, &r.Route, &r.Step, &r.Key, &r.State, &r.Attempt, instant{&r.NotBefore}, &r.Handle.Channel, &r.Handle.Stamp,
			&r.Error, instant{&r.Started}, instant{&r.Finished})
		return r, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := s.shown(&list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *session) shown(r *notify.Receipt) error {
	_, err := collect(s, func(row scanner) (struct{}, error) {
		var alert int64
		var revision int
		err := row.Scan(&alert, &revision)
		r.Alerts, r.Revisions = append(r.Alerts, alert), append(r.Revisions, revision)
		return struct{}{}, err
	}, `SELECT alert, revision FROM receipt_alert WHERE receipt = ? ORDER BY ordinal`, r.ID)
	return err
}
