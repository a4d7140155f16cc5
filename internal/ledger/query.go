package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

// Filter narrows a listing. The zero value takes everything.
type Filter struct {
	Since    time.Time      // inclusive: when claims were captured, findings and alerts made
	Until    time.Time      // exclusive
	Source   string         // name of a source
	Claimant claim.Claimant // it and the offices of the state: "kr" takes "kr-nis" too
	Kind     detect.Kind
	Topic    string
	Measure  claim.Measure
	Limit    int // the newest so many; 0 is no limit
}

// Claim is a claim as listed, with what comparing made of it.
type Claim struct {
	detect.Record
	Kind     detect.Kind // "" until it is compared
	Vanished time.Time   // when a later version no longer had it; zero while it stands in its entry
}

// where is a condition as it grows.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(cond string, args ...any) {
	w.parts = append(w.parts, cond)
	w.args = append(w.args, args...)
}

func (w *where) sql() string { return strings.Join(w.parts, " AND ") }

// on adds what the filter asks of a claim c and its entry e.
func (f Filter) on(w *where) {
	if f.Source != "" {
		w.add(`e.source = ?`, f.Source)
	}
	if f.Claimant != "" {
		w.add(`(c.claimant = ? OR substr(c.claimant, 1, ?) = ?)`, string(f.Claimant), len(f.Claimant)+1, string(f.Claimant)+"-")
	}
	if f.Topic != "" {
		w.add(`c.topic = ?`, f.Topic)
	}
	if f.Measure != "" {
		w.add(`c.measure = ?`, string(f.Measure))
	}
}

// between adds the filter's times; the lower one is always there, so that an
// index gives the order.
func (f Filter) between(w *where, column string) {
	w.add(column+` >= ?`, micros(f.Since))
	if !f.Until.IsZero() {
		w.add(column+` < ?`, micros(f.Until))
	}
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return -1
	}
	return f.Limit
}

// Claims lists claims, the newest first.
func (l *Ledger) Claims(ctx context.Context, f Filter) (claims []Claim, err error) {
	var w where
	f.between(&w, `c.captured`)
	w.add(`(c.vanished IS NULL OR c.vanished <> c.version)`) // no second listing of a claim that was dropped
	f.on(&w)
	if f.Kind != "" {
		w.add(`c.kind = ?`, string(f.Kind))
	}
	err = l.view(ctx, func(s *session) error {
		claims, err = collect(s, func(row scanner) (c Claim, err error) {
			c.Record, err = scanRecord(row, &c.Kind, instant{&c.Vanished})
			return c, err
		}, `SELECT `+recordColumns+`, c.kind, coalesce(v.captured, 0) FROM `+recordTables+` LEFT JOIN version v ON v.id = c.vanished
			WHERE `+w.sql()+` ORDER BY c.captured DESC, c.id DESC LIMIT ?`, append(w.args, f.limit())...)
		return err
	})
	return claims, err
}

const findingColumns = recordColumns + `, f.id, f.kind, f.reasons, f.against, f.created, coalesce((SELECT min(a.id) FROM alert a WHERE a.story = f.story), 0),
	EXISTS (SELECT 1 FROM claim o WHERE o.replaced_by = c.id)`

// edition is a finding, and whether its claim replaced others.
type edition struct {
	detect.Finding
	replaced bool
}

func scanFinding(row scanner) (f edition, err error) {
	var reasons, against string
	f.Record, err = scanRecord(row, &f.ID, &f.Kind, &reasons, &against, instant{&f.Created}, &f.Alert, &f.replaced)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(reasons), &f.Reasons); err != nil {
		return f, fmt.Errorf("finding %d: %w", f.ID, err)
	}
	var ks []kept
	if err := json.Unmarshal([]byte(against), &ks); err != nil {
		return f, fmt.Errorf("finding %d: %w", f.ID, err)
	}
	f.Against = records(ks)
	return f, nil
}

// findings runs a query of findingColumns and adds what their claims replaced.
func (s *session) findings(query string, args ...any) ([]detect.Finding, error) {
	rows, err := collect(s, scanFinding, query, args...)
	if err != nil {
		return nil, err
	}
	var list []detect.Finding
	for _, r := range rows {
		if r.replaced {
			if r.Record.Replaced, err = s.replaced(r.Record.ID); err != nil {
				return nil, err
			}
		}
		list = append(list, r.Finding)
	}
	return list, nil
}

// Findings lists findings, the newest first.
func (l *Ledger) Findings(ctx context.Context, f Filter) (list []detect.Finding, err error) {
	var w where
	f.between(&w, `f.created`)
	f.on(&w)
	if f.Kind != "" {
		w.add(`f.kind = ?`, string(f.Kind))
	}
	err = l.view(ctx, func(s *session) error {
		list, err = s.findings(`SELECT `+findingColumns+` FROM finding f JOIN `+recordTables+` WHERE c.id = f.claim AND `+w.sql()+`
			ORDER BY f.created DESC, f.id DESC LIMIT ?`, append(w.args, f.limit())...)
		return err
	})
	return list, err
}

// Finding is one finding; [ErrNotFound] when there is none of the id.
func (l *Ledger) Finding(ctx context.Context, id int64) (found detect.Finding, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err := s.findings(`SELECT `+findingColumns+` FROM finding f JOIN `+recordTables+` WHERE c.id = f.claim AND f.id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("finding %d: %w", id, ErrNotFound)
		}
		found = list[0]
		return nil
	})
	return found, err
}

// Alerts lists alerts with a finding that the filter takes, the newest first.
// Since and Until are of the alert.
func (l *Ledger) Alerts(ctx context.Context, f Filter) (alerts []notify.Alert, err error) {
	var w, of where
	f.between(&w, `a.created`)
	f.on(&of)
	if f.Kind != "" {
		of.add(`f.kind = ?`, string(f.Kind))
	}
	if len(of.parts) > 0 {
		w.add(`EXISTS (SELECT 1 FROM finding f JOIN `+recordTables+` WHERE f.story = a.story AND c.id = f.claim AND `+of.sql()+`)`, of.args...)
	}
	err = l.view(ctx, func(s *session) error {
		alerts, err = s.alerts(`SELECT `+alertColumns+` FROM `+alertTables+` WHERE `+w.sql()+` ORDER BY a.created DESC, a.id DESC LIMIT ?`,
			append(w.args, f.limit())...)
		return err
	})
	return alerts, err
}

const (
	alertColumns = `a.id, a.route, a.revision, a.posted, a.created, a.due, a.channel, a.stamp, st.closed, st.closed_why,
		(SELECT count(*) FROM alert_quiet q WHERE q.alert = a.id AND q.revision > a.posted), st.id, st.first_claim, st.topic, st.unit, st.measure, st.mode, st.figure`
	alertTables = `alert a JOIN story st ON st.id = a.story`
)

// alerts runs a query of alertColumns and adds findings and reports.
func (s *session) alerts(query string, args ...any) ([]notify.Alert, error) {
	type row struct {
		alert        notify.Alert
		story, first int64
	}
	rows, err := collect(s, func(sc scanner) (r row, err error) {
		a := &r.alert
		err = sc.Scan(&a.ID, &a.Route, &a.Revision, &a.Posted, instant{&a.Created}, instant{&a.Due}, &a.Handle.Channel, &a.Handle.Stamp,
			instant{&a.Closed.At}, &a.Closed.Why, &a.Quiet, &r.story, &r.first, &a.Story.Topic, &a.Story.Unit, &a.Story.Measure, &a.Story.Mode, &a.Story.Figure)
		return r, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	var alerts []notify.Alert
	for _, r := range rows {
		a := r.alert
		if a.Findings, err = s.findings(`SELECT `+findingColumns+` FROM finding f JOIN `+recordTables+` WHERE c.id = f.claim AND f.story = ? ORDER BY f.id`, r.story); err != nil {
			return nil, err
		}
		if a.Reports, err = s.reports(r.story, r.first); err != nil {
			return nil, err
		}
		alerts = append(alerts, a)
	}
	return alerts, nil
}

// reports are a story's claims from its first finding on.
func (s *session) reports(story, first int64) ([]detect.Record, error) {
	return collect(s, scanRecordOnly, `SELECT `+recordColumns+` FROM `+recordTables+`
		WHERE c.story = ? AND c.id >= ? AND c.kind <> ? ORDER BY c.id`, story, first, string(detect.History))
}
