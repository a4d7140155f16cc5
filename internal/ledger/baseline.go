package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// Origin says how a baseline entry came into the ledger.
type Origin string

// The origins.
const (
	FromConfig Origin = "config" // goes when it leaves the configuration
	Added      Origin = "added"  // by a person, for good
)

// BaselineEntry is a known figure as the ledger has it.
type BaselineEntry struct {
	ID int64
	claim.Baseline
	Topic  string
	Origin Origin
	By     string // who added it; "" for the configuration's
	Why    string
	Added  time.Time

	Ended    time.Time // when it left the baseline; zero while it is known
	EndedBy  string    // who removed it; "" when it left the configuration
	EndedWhy string
}

// Record is the entry as comparing sees it.
func (b BaselineEntry) Record() detect.Record { return detect.BaselineRecord(b.Topic, b.Baseline) }

// SyncBaseline makes the list the configuration's part of the topic's baseline.
// Entries that left it are known no more; those that people added stay.
func (l *Ledger) SyncBaseline(ctx context.Context, topic string, list []claim.Baseline) error {
	return l.update(ctx, func(s *session) error {
		have, err := s.baselines(topic)
		if err != nil {
			return err
		}
		removed, err := s.removed(topic)
		if err != nil {
			return err
		}
		left := map[claim.Baseline][]int64{} // those of the ledger, until the list has them too
		for _, b := range have {
			if b.Origin == FromConfig {
				left[b.Baseline] = append(left[b.Baseline], b.ID)
			}
		}
		for _, b := range list {
			if ids := left[b]; len(ids) > 0 {
				left[b] = ids[1:]
				continue
			}
			if removed[b] {
				continue // a person has said that it is not known
			}
			if _, err := s.addBaseline(topic, b, FromConfig, "", ""); err != nil {
				return err
			}
		}
		for _, ids := range left {
			for _, id := range ids {
				s.l.forget()
				if err := s.run(`UPDATE baseline SET ended = ? WHERE id = ?`, micros(s.now), id); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// AddBaseline makes a figure known for good; by and why are kept with it. It
// changes nothing when a person has added the same figure before.
func (l *Ledger) AddBaseline(ctx context.Context, topic string, b claim.Baseline, by, why string) (BaselineEntry, error) {
	var added BaselineEntry
	if topic == "" {
		return added, errors.New("baseline: the topic is missing")
	}
	err := l.update(ctx, func(s *session) error {
		have, err := s.baselines(topic)
		if err != nil {
			return err
		}
		for _, old := range have {
			if old.Origin == Added && old.Baseline == b {
				added = old
				return nil
			}
		}
		added, err = s.addBaseline(topic, b, Added, by, why)
		return err
	})
	return added, err
}

func (s *session) addBaseline(topic string, b claim.Baseline, origin Origin, by, why string) (BaselineEntry, error) {
	s.l.forget()
	id, err := s.insert(`INSERT INTO baseline (topic, origin, low, high, qualifier, unit, measure, mode, increment, claimant, said, source, added_by, why, added)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		topic, string(origin), end(b.Low), end(b.High), string(b.Qualifier), string(b.Unit), string(b.Measure), string(b.Mode),
		b.Increment, string(b.Claimant), int64(b.Said), b.Source, by, why, micros(s.now))
	if err != nil {
		return BaselineEntry{}, fmt.Errorf("baseline of %q: %w", topic, err)
	}
	if err := s.closeKnown(topic, b, by, why); err != nil {
		return BaselineEntry{}, err
	}
	return BaselineEntry{ID: id, Baseline: b, Topic: topic, Origin: origin, By: by, Why: why, Added: fromMicros(micros(s.now))}, nil
}

// RemoveBaseline ends a known figure; by and why are kept with it. One that came
// from the configuration stays removed although the configuration still has it.
func (l *Ledger) RemoveBaseline(ctx context.Context, id int64, by, why string) (BaselineEntry, error) {
	var removed BaselineEntry
	err := l.update(ctx, func(s *session) error {
		list, err := s.baselinesWhere(`id = ?`, id)
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return fmt.Errorf("baseline entry %d: %w", id, ErrNotFound)
		case !list[0].Ended.IsZero():
			return fmt.Errorf("baseline entry %d: it is removed already", id)
		}
		s.l.forget()
		removed = list[0]
		removed.Ended, removed.EndedBy, removed.EndedWhy = fromMicros(micros(s.now)), by, why
		return s.run(`UPDATE baseline SET ended = ?, ended_by = ?, ended_why = ? WHERE id = ?`, micros(s.now), by, why, id)
	})
	return removed, err
}

// removed are the configuration's figures that a person has taken out for good: their last word on them.
func (s *session) removed(topic string) (map[claim.Baseline]bool, error) {
	list, err := s.baselinesWhere(`topic = ? AND origin = 'config' AND ended_by <> ''`, topic)
	out := map[claim.Baseline]bool{}
	for _, b := range list {
		out[b.Baseline] = true
	}
	return out, err
}

// BaselineHistory are a topic's figures that are known or were, by the day they were said.
func (l *Ledger) BaselineHistory(ctx context.Context, topic string) (list []BaselineEntry, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.baselinesWhere(`topic = ?`, topic)
		return err
	})
	return list, err
}

// Baselines are the known figures of a topic, by the day they were said.
func (l *Ledger) Baselines(ctx context.Context, topic string) (list []BaselineEntry, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.baselines(topic)
		return err
	})
	return list, err
}

func (s *session) baselines(topic string) ([]BaselineEntry, error) {
	return s.baselinesWhere(`topic = ? AND ended = 0`, topic)
}

func (s *session) baselinesWhere(cond string, args ...any) ([]BaselineEntry, error) {
	return collect(s, func(row scanner) (b BaselineEntry, err error) {
		var c claim.Claim
		scan := claimScan{c: &c}
		err = row.Scan(&b.ID, &b.Topic, &b.Origin, &scan.low, &scan.high, &b.Qualifier, &b.Unit, &b.Measure, &b.Mode, &b.Increment,
			&b.Claimant, &b.Said, &b.Source, &b.By, &b.Why, instant{&b.Added}, instant{&b.Ended}, &b.EndedBy, &b.EndedWhy)
		scan.done()
		b.Bounds = c.Bounds
		return b, err
	}, `SELECT id, topic, origin, low, high, qualifier, unit, measure, mode, increment, claimant, said, source, added_by, why, added, ended, ended_by, ended_why
		FROM baseline WHERE `+cond+` ORDER BY said, id`, args...)
}
