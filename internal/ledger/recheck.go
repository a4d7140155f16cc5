package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Recheck is an article that is to be visited again for silent edits.
type Recheck struct {
	Source    string
	Key       string
	URL       string
	Title     string
	Lang      string    // of the latest capture of the article
	Published time.Time // as declared, in its own zone
	Followed  time.Time // first capture of the article, from which the ages count
	Due       time.Time
}

// DueRechecks are the articles of configured sources whose next age has come at
// now, the longest waiting first. An article stays due until [Ledger.Visit]
// brings it again or [Ledger.Rechecked] says that it was tried; ages that were
// missed meanwhile are made up by that one visit.
func (l *Ledger) DueRechecks(ctx context.Context, now time.Time) (due []Recheck, err error) {
	err = l.view(ctx, func(s *session) error {
		due, err = collect(s, func(row scanner) (r Recheck, err error) {
			var zone int
			err = row.Scan(&r.Source, &r.Key, &r.URL, &r.Title, &r.Lang, instant{&r.Published}, &zone, instant{&r.Followed}, instant{&r.Due})
			r.Published = inZone(r.Published, zone)
			return r, err
		}, `SELECT e.source, e.key, e.url, e.title,
				coalesce((SELECT v.lang FROM version v WHERE v.entry = e.id AND v.followed = 1 ORDER BY v.id DESC LIMIT 1), ''),
				e.published, e.published_zone, e.followed, e.next_recheck
			FROM entry e JOIN source s ON s.name = e.source
			WHERE e.next_recheck > 0 AND e.next_recheck <= ? AND s.active = 1
			ORDER BY e.next_recheck, e.id`, micros(now))
		return err
	})
	return due, err
}

// Rechecked says that the article was visited at the time and brought nothing:
// it was unchanged, or failed. It is due again at its next age.
func (l *Ledger) Rechecked(ctx context.Context, source, key string, at time.Time) error {
	return l.update(ctx, func(s *session) error {
		ages, err := s.recheckAges(source)
		if err != nil {
			return err
		}
		var id int64
		var followed time.Time
		err = s.get(`SELECT id, followed FROM entry WHERE source = ? AND key = ?`, []any{source, key}, &id, instant{&followed})
		if err != nil {
			return fmt.Errorf("source %q: entry %q: %w", source, key, ErrNotFound)
		}
		return s.run(`UPDATE entry SET next_recheck = ? WHERE id = ?`, micros(nextRecheck(ages, followed, at)), id)
	})
}

func (s *session) recheckAges(source string) (ages []time.Duration, err error) {
	var text string
	found, err := s.find(`SELECT rechecks FROM source WHERE name = ?`, []any{source}, &text)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("source %q: %w", source, ErrNotFound)
	}
	return ages, json.Unmarshal([]byte(text), &ages)
}

// nextRecheck is the first time after at when an article captured at followed
// has one of the ages; zero when it has passed them all.
func nextRecheck(ages []time.Duration, followed, at time.Time) time.Time {
	var next time.Time
	for _, age := range ages {
		if due := followed.Add(age); due.After(at) && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	return next
}

// planRechecks plans a source's articles anew after its ages changed.
func (s *session) planRechecks(source string, ages []time.Duration) error {
	type article struct {
		id       int64
		followed time.Time
	}
	articles, err := collect(s, func(row scanner) (a article, err error) {
		err = row.Scan(&a.id, instant{&a.followed})
		return a, err
	}, `SELECT id, followed FROM entry WHERE source = ? AND followed > 0`, source)
	if err != nil {
		return err
	}
	for _, a := range articles {
		if err := s.run(`UPDATE entry SET next_recheck = ? WHERE id = ?`, micros(nextRecheck(ages, a.followed, s.now)), a.id); err != nil {
			return err
		}
	}
	return nil
}
