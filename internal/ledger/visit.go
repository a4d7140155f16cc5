package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"monitor/internal/claim"
	"monitor/internal/feed"
)

// Visit is what one poll of a source brought, or a part of it: the entries may
// come in several calls as their articles arrive. The call that finishes the
// visit has Validators, Unchanged or Err.
type Visit struct {
	Source     string
	At         time.Time
	Validators *feed.Validators // stored with the entries they validate; nil leaves the old ones
	Unchanged  bool             // the server had nothing new
	Entries    []Capture
	Err        string    // why the visit failed, without secrets; "" when it did not
	NextDue    time.Time // zero leaves it
	MovedTo    string    // where a permanent redirect led this time
	Trouble    string    // the kind of failure that Err tells of
	Strikes    float64   // how much the visits are put off from now on
	Asks       *Asks     // what the feed asks of its readers; nil leaves it
	CertStart  time.Time // from when the certificate of its server holds
	CertEnd    time.Time // and until when; zero leaves both
}

// Asks are what a feed asks of those who read it.
type Asks struct {
	TTL       time.Duration // least time between two visits
	SkipHours uint32        // hours of the day in UTC to leave out, a bit each
}

// Capture is one entry as it was found, with what was read out of it.
type Capture struct {
	Entry    feed.Entry
	Outlet   string // who prints it, as readers know it
	Lang     string // as read
	Digest   string // of the text that was read; "" takes the title's and HTML's
	Claims   []claim.Claim
	Followed bool // the version is the followed article, not the feed's own text
}

// VisitResult counts what was new in a visit.
type VisitResult struct {
	NewEntries  int
	NewVersions int // of entries that were there before
	Claims      int // put before comparing
	Vanished    int // claims that a new version no longer has
}

// EntryState is what the record has of an entry.
type EntryState struct {
	Digest        string // of the latest article, or of the feed's text when none was followed
	FeedDigest    string // of the latest feed text; "" when there was none
	Followed      bool   // the article was captured
	FirstCaptured time.Time
	NextRecheck   time.Time // zero when none is left
}

// Digest is the hash by which two captures of a text are the same.
func Digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n", len(p)) // so that parts cannot run into one another
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Visit stores a visit, or a part of one, in one transaction. A capture whose
// digest is the stored one changes nothing, so that a visit may be stored twice.
// Another digest is a new version of the entry: the claims that the entry did
// not have are put before comparing, and those that the version before had and
// this one has not are marked as vanished and go with a new claim as what it
// replaced. The feed's text and the article are two sorts of capture, and neither
// is an edit of the other.
func (l *Ledger) Visit(ctx context.Context, v Visit) (VisitResult, error) {
	var res VisitResult
	if v.plain() {
		return res, l.alone(ctx, func(s *session) error { return s.finishVisit(v, res) })
	}
	err := l.update(ctx, func(s *session) error {
		res = VisitResult{}
		ages, err := s.recheckAges(v.Source)
		if err != nil {
			return err
		}
		for _, c := range v.Entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.capture(v, c, ages, &res); err != nil {
				return fmt.Errorf("source %q: entry %q: %w", v.Source, c.Entry.Key, err)
			}
		}
		return s.finishVisit(v, res)
	})
	if err != nil {
		return VisitResult{}, err
	}
	return res, nil
}

// plain says whether one statement stores the visit: the usual one, which brings nothing.
func (v Visit) plain() bool {
	return len(v.Entries) == 0 && v.Err == "" && v.Asks == nil && v.CertEnd.IsZero() && (v.Unchanged || v.Validators != nil)
}

func (s *session) finishVisit(v Visit, res VisitResult) error {
	if res.NewEntries+res.NewVersions > 0 {
		if err := s.changed(v, res); err != nil {
			return err
		}
	}
	if !v.CertEnd.IsZero() { // it changes every few weeks
		if err := s.run(`UPDATE source SET cert_start = ?, cert_end = ? WHERE name = ? AND cert_end <> ?`,
			micros(v.CertStart), micros(v.CertEnd), v.Source, micros(v.CertEnd)); err != nil {
			return err
		}
	}
	if v.Asks != nil {
		if err := s.run(`UPDATE source SET ttl = ?, skip_hours = ? WHERE name = ?`, v.Asks.TTL.Microseconds(), v.Asks.SkipHours, v.Source); err != nil {
			return err
		}
	}
	val := v.Validators
	if v.Err != "" && val != nil {
		if err := s.validate(v.Source, *val); err != nil {
			return err
		}
	}
	due := micros(v.NextDue)
	switch {
	case v.Err != "":
		return s.run(`UPDATE source SET last_poll = ?, failures = failures + 1, last_error = ?, next_due = coalesce(nullif(?, 0), next_due),
			trouble = ?, strikes = ?, failing_since = coalesce(nullif(failing_since, 0), ?) WHERE name = ?`,
			micros(v.At), v.Err, due, v.Trouble, v.Strikes, micros(v.At), v.Source)
	case val != nil: // the common case is one statement
		return s.one(v.Source, `UPDATE source SET etag = ?, last_modified = ?, fingerprint = ?,
			last_poll = ?, last_success = ?, failures = 0, last_error = '', next_due = coalesce(nullif(?, 0), next_due), moved_to = ?,
			trouble = '', strikes = ?, failing_since = 0 WHERE name = ?`,
			[]byte(val.ETag), []byte(val.LastModified), []byte(val.Fingerprint),
			micros(v.At), micros(v.At), due, v.MovedTo, v.Strikes, v.Source)
	case v.Unchanged:
		return s.one(v.Source, `UPDATE source SET last_poll = ?, last_success = ?, failures = 0, last_error = '', next_due = coalesce(nullif(?, 0), next_due), moved_to = ?,
			trouble = '', strikes = ?, failing_since = 0 WHERE name = ?`,
			micros(v.At), micros(v.At), due, v.MovedTo, v.Strikes, v.Source)
	case due > 0: // put off, or more of the visit is to come
		return s.run(`UPDATE source SET next_due = ? WHERE name = ?`, due, v.Source)
	default:
		return nil // more of the visit is to come
	}
}

// one changes the source's row; ErrNotFound when it has none.
func (s *session) one(source, query string, args ...any) error {
	n, err := s.change(query, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("source %q: %w", source, ErrNotFound)
	}
	return err
}

func (s *session) validate(source string, val feed.Validators) error {
	return s.run(`UPDATE source SET etag = ?, last_modified = ?, fingerprint = ? WHERE name = ?`,
		[]byte(val.ETag), []byte(val.LastModified), []byte(val.Fingerprint), source)
}

// stored is an entry as the record has it, 0 when it is new.
type stored struct {
	id                     int64
	feedDigest, pageDigest string
	followed               time.Time
	nextRecheck            time.Time
}

func (s *session) capture(v Visit, c Capture, ages []time.Duration, res *VisitResult) error {
	if c.Entry.Key == "" {
		return errors.New("it has no key")
	}
	if c.Digest == "" {
		c.Digest = Digest(c.Entry.Title, c.Entry.Version.HTML)
	}
	if c.Entry.Version.Captured.IsZero() {
		c.Entry.Version.Captured = v.At
	}
	e, err := s.entry(v.Source, c.Entry.Key)
	if err != nil {
		return err
	}
	isNew := e.id == 0
	if isNew {
		if e.id, err = s.addEntry(v.Source, c); err != nil {
			return err
		}
		res.NewEntries++
	}
	if c.Followed {
		if err := s.follow(&e, ages, c.Entry.Version.Captured); err != nil {
			return err
		}
	}
	if before := e.digest(c.Followed); before == c.Digest {
		return nil
	} else if before != "" {
		res.NewVersions++
	}
	return s.addVersion(e.id, isNew, c, res)
}

func (e stored) digest(followed bool) string {
	if followed {
		return e.pageDigest
	}
	return e.feedDigest
}

func (s *session) entry(source, key string) (e stored, err error) {
	_, err = s.find(`SELECT id, feed_digest, page_digest, followed, next_recheck FROM entry WHERE source = ? AND key = ?`,
		[]any{source, key}, &e.id, &e.feedDigest, &e.pageDigest, instant{&e.followed}, instant{&e.nextRecheck})
	return e, err
}

func (s *session) addEntry(source string, c Capture) (int64, error) {
	return s.insert(`INSERT INTO entry (source, key, url, title, author, outlet, published, published_zone, first_captured) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		source, c.Entry.Key, c.Entry.URL, c.Entry.Title, c.Entry.Author, c.Outlet, micros(c.Entry.Published), zoneOf(c.Entry.Published), micros(c.Entry.Version.Captured))
}

// follow keeps when the article was first captured and plans its next recheck.
func (s *session) follow(e *stored, ages []time.Duration, at time.Time) error {
	if e.followed.IsZero() {
		e.followed = at
	}
	next := nextRecheck(ages, e.followed, at)
	if !e.nextRecheck.IsZero() && e.nextRecheck.After(at) {
		next = e.nextRecheck // a poll in between takes no recheck's place
	}
	return s.run(`UPDATE entry SET followed = ?, next_recheck = ? WHERE id = ?`, micros(e.followed), micros(next), e.id)
}

func (s *session) addVersion(entry int64, isNew bool, c Capture, res *VisitResult) error {
	ver := c.Entry.Version
	version, err := s.insert(`INSERT INTO version (entry, captured, followed, page, selector, title, lang, digest, truncated, html, published, zone, declared)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		entry, micros(ver.Captured), c.Followed, ver.Page, ver.Select, c.Entry.Title, c.Lang, c.Digest, ver.Truncated, []byte(ver.HTML),
		micros(c.Entry.Published), zone(c.Entry.Published), c.Entry.Lang)
	if err != nil {
		return err
	}
	column := "feed_digest"
	if c.Followed {
		column = "page_digest"
	}
	if err := s.run(`UPDATE entry SET `+column+` = ? WHERE id = ?`, c.Digest, entry); err != nil {
		return err
	}
	if !isNew {
		s.l.forget()
		if err := s.retitle(entry, c); err != nil {
			return err
		}
	}
	return s.mergeClaims(place{entry, version, micros(ver.Captured), micros(c.Entry.Published), c.Followed}, isNew, c.Claims, res)
}

// zone is how far east of UTC a date was written, in seconds.
func zone(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

// retitle keeps the entry's newest title, address and date, where it still has them.
func (s *session) retitle(entry int64, c Capture) error {
	return s.run(`UPDATE entry SET url = coalesce(nullif(?, ''), url), title = coalesce(nullif(?, ''), title),
		author = coalesce(nullif(?, ''), author), published_zone = CASE WHEN ? = 0 THEN published_zone ELSE ? END,
		published = coalesce(nullif(?, 0), published) WHERE id = ?`,
		c.Entry.URL, c.Entry.Title, c.Entry.Author, micros(c.Entry.Published), zoneOf(c.Entry.Published), micros(c.Entry.Published), entry)
}

// Stored is the state of those of a source's entries that the record has.
func (l *Ledger) Stored(ctx context.Context, source string, keys []string) (map[string]EntryState, error) {
	stored := make(map[string]EntryState, len(keys))
	err := l.view(ctx, func(s *session) error {
		for _, key := range keys {
			if err := ctx.Err(); err != nil {
				return err
			}
			var st EntryState
			var page string
			found, err := s.find(`SELECT page_digest, feed_digest, followed > 0, first_captured, next_recheck FROM entry WHERE source = ? AND key = ?`,
				[]any{source, key}, &page, &st.FeedDigest, &st.Followed, instant{&st.FirstCaptured}, instant{&st.NextRecheck})
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			if st.Digest = page; page == "" {
				st.Digest = st.FeedDigest
			}
			stored[key] = st
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return stored, nil
}
