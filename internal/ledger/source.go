package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"monitor/internal/feed"
)

// SourceState is what the record knows of a source.
type SourceState struct {
	Name        string
	URL         string
	Validators  feed.Validators
	LastPoll    time.Time // the last finished visit, failed or not
	LastSuccess time.Time
	LastChange  time.Time // the last visit that brought an entry or a version
	NextDue     time.Time // zero: at once
	Failures    int       // in a row
	LastError   string    // of the last visit; "" when it succeeded
	Entries     int
	MovedTo     string // where a permanent redirect leads

	Trouble      string        // the kind of the last visit's failure; "" when it succeeded
	Strikes      float64       // how much its visits are put off
	FailingSince time.Time     // the first failure of the present row
	Changes      []time.Time   // the last visits that brought something, oldest first
	TTL          time.Duration // least time between two visits that the feed asks for
	SkipHours    uint32        // hours of the day in UTC that the feed asks to leave out, a bit each
	CertStart    time.Time     // from when the certificate of its server holds
	CertEnd      time.Time     // and until when
}

// SyncSources makes the configured sources the ones that are due. Those that
// left the configuration keep their entries and are visited no more. A source
// whose address or selectors changed is due at once, without validators, since
// those spoke of something else.
func (l *Ledger) SyncSources(ctx context.Context, sources []feed.Source) error {
	return l.update(ctx, func(s *session) error {
		if err := s.run(`UPDATE source SET active = 0 WHERE active = 1`); err != nil {
			return err
		}
		for _, src := range sources {
			if err := s.syncSource(src); err != nil {
				return fmt.Errorf("source %q: %w", src.Name, err)
			}
		}
		return nil
	})
}

func (s *session) syncSource(src feed.Source) error {
	reading := strings.Join([]string{string(src.Kind), src.Select, src.Links, src.Items, fmt.Sprint(src.Follow)}, "\n")
	rechecks, err := json.Marshal(src.Recheck)
	if err != nil {
		return err
	}
	var url, oldReading, oldRechecks string
	found, err := s.find(`SELECT url, reading, rechecks FROM source WHERE name = ?`, []any{src.Name}, &url, &oldReading, &oldRechecks)
	if err != nil {
		return err
	}
	if !found {
		return s.run(`INSERT INTO source (name, url, reading, rechecks, active, etag, last_modified, fingerprint)
			VALUES (?, ?, ?, ?, 1, ?, ?, ?)`, src.Name, src.URL, reading, string(rechecks), []byte{}, []byte{}, []byte{})
	}
	if err := s.run(`UPDATE source SET active = 1, rechecks = ? WHERE name = ?`, string(rechecks), src.Name); err != nil {
		return err
	}
	if url != src.URL || reading != oldReading {
		if err := s.run(`UPDATE source SET url = ?, reading = ?, etag = ?, last_modified = ?, fingerprint = ?, next_due = 0, moved_to = '',
			trouble = '', strikes = 0, failing_since = 0, ttl = 0, skip_hours = 0, cert_start = 0, cert_end = 0 WHERE name = ?`, src.URL, reading, []byte{}, []byte{}, []byte{}, src.Name); err != nil {
			return err
		}
	}
	if string(rechecks) == oldRechecks {
		return nil
	}
	return s.planRechecks(src.Name, src.Recheck)
}

const sourceColumns = `name, url, etag, last_modified, fingerprint, last_poll, last_success, last_change, next_due, failures, last_error, entries, moved_to,
	trouble, strikes, failing_since, changes, ttl, skip_hours, cert_start, cert_end`

func scanSource(row scanner) (st SourceState, err error) {
	err = row.Scan(&st.Name, &st.URL, &st.Validators.ETag, &st.Validators.LastModified, &st.Validators.Fingerprint,
		instant{&st.LastPoll}, instant{&st.LastSuccess}, instant{&st.LastChange}, instant{&st.NextDue},
		&st.Failures, &st.LastError, &st.Entries, &st.MovedTo,
		&st.Trouble, &st.Strikes, instant{&st.FailingSince}, moments{&st.Changes}, micro{&st.TTL}, &st.SkipHours, instant{&st.CertStart}, instant{&st.CertEnd})
	return st, err
}

// Source is the state of one source, also of one that left the configuration;
// [ErrNotFound] when there never was one of the name.
func (l *Ledger) Source(ctx context.Context, name string) (SourceState, error) {
	states, err := l.sources(ctx, `SELECT `+sourceColumns+` FROM source WHERE name = ?`, name)
	if err == nil && len(states) == 0 {
		err = fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return SourceState{}, err
	}
	return states[0], nil
}

// Sources are the states of the configured sources, by name.
func (l *Ledger) Sources(ctx context.Context) ([]SourceState, error) {
	return l.sources(ctx, `SELECT `+sourceColumns+` FROM source WHERE active = 1 ORDER BY name`)
}

// DueSources are the configured sources that are due at now, the longest waiting first.
func (l *Ledger) DueSources(ctx context.Context, now time.Time) ([]SourceState, error) {
	return l.sources(ctx, `SELECT `+sourceColumns+` FROM source WHERE active = 1 AND next_due <= ? ORDER BY next_due, name`, micros(now))
}

func (l *Ledger) sources(ctx context.Context, query string, args ...any) (states []SourceState, err error) {
	err = l.using(ctx, l.read, func(s *session) error { // one statement sees one state
		states, err = collect(s, scanSource, query, args...)
		return err
	})
	return states, err
}

// Schedule sets when a source is due next.
func (l *Ledger) Schedule(ctx context.Context, name string, next time.Time) error {
	return l.update(ctx, func(s *session) error {
		n, err := s.change(`UPDATE source SET next_due = ? WHERE name = ?`, micros(next), name)
		if err == nil && n == 0 {
			err = fmt.Errorf("source %q: %w", name, ErrNotFound)
		}
		return err
	})
}
