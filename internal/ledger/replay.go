package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
)

// A replay works on a copy of the record: Reset forgets what was read in it,
// Captures gives what was captured, in order, Reread puts what is read in it now
// before Compare, and Adopt makes the copy's claims, stories and findings those of
// the record. Entries and versions have the same ids in both.

// Stored is one capture as the record has it.
type Stored struct {
	Version  int64
	Source   string
	Outlet   string
	Entry    feed.Entry
	Followed bool
	Digest   string
	first    bool // of its entry
	entry    int64
	at       place
}

// Captures lists captures in the order in which they were stored, from the one after the version.
func (l *Ledger) Captures(ctx context.Context, after int64, limit int) (list []Stored, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = collect(s, scanStored, captureQuery+`v.id > ? AND e.id = v.entry ORDER BY v.id LIMIT ?`, after, limit)
		return err
	})
	return list, err
}

const captureQuery = `SELECT v.id, e.source, e.outlet, e.key, e.url, v.title, e.author, v.declared, coalesce(nullif(v.published, 0), e.published), v.zone,
		v.html, v.page, v.selector, v.captured, v.truncated, v.followed, v.digest,
		NOT EXISTS (SELECT 1 FROM version o WHERE o.entry = v.entry AND o.id < v.id), e.id
	FROM version v CROSS JOIN entry e WHERE `

func scanStored(row scanner) (st Stored, err error) {
	var zone int
	var html []byte
	e := &st.Entry
	err = row.Scan(&st.Version, &st.Source, &st.Outlet, &e.Key, &e.URL, &e.Title, &e.Author, &e.Lang, instant{&e.Published}, &zone,
		&html, &e.Version.Page, &e.Version.Select, instant{&e.Version.Captured}, &e.Version.Truncated, &st.Followed, &st.Digest, &st.first, &st.entry)
	e.Version.HTML = string(html)
	if !e.Published.IsZero() {
		e.Published = e.Published.In(time.FixedZone("", zone))
	}
	st.at = place{st.entry, st.Version, micros(e.Version.Captured), micros(e.Published), st.Followed}
	return st, err
}

// derivedTables are what is made of captures, those that others refer to last.
var derivedTables = []string{
	"alert_quiet", "receipt_alert", "alert", "receipt", "judgement", "finding", "story_origin", "standing", "derived", "told", "claim", "story",
}

// Reset forgets all that was read, compared and told. It is for copies.
func (l *Ledger) Reset(ctx context.Context) error {
	return l.update(ctx, func(s *session) error {
		l.forget()
		if err := s.run(`PRAGMA defer_foreign_keys = 1`); err != nil {
			return err
		}
		for _, t := range derivedTables {
			if err := s.run(`DELETE FROM ` + t); err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
		}
		return s.run(`DELETE FROM mark WHERE name = ?`, compareMark)
	})
}

// Reread puts the claims of captures before Compare, as their visits did; claims
// are those of the captures one by one.
func (l *Ledger) Reread(ctx context.Context, captures []Stored, claims [][]claim.Claim) error {
	return l.update(ctx, func(s *session) error {
		for i, c := range captures {
			if err := s.mergeClaims(c.at, c.first, claims[i], &VisitResult{}); err != nil {
				return fmt.Errorf("version %d: %w", c.Version, err)
			}
		}
		return nil
	})
}

// Told is a finding and the capture that made it.
type Told struct {
	detect.Finding
	Version int64
	Dropped bool // the capture no longer has the claim
	key     string
}

// Key is what a finding is known by in two records of the same captures: the
// capture and the number in it, however its reading and its kind have changed.
func (t Told) Key() string { return t.key }

// Told lists all findings in the order of their claims.
func (l *Ledger) Told(ctx context.Context) (list []Told, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.told()
		return err
	})
	return list, err
}

func (s *session) told() ([]Told, error) {
	list, err := collect(s, func(row scanner) (t Told, err error) {
		var e edition
		e, err = scanFinding(also(row, &t.Version, &t.Dropped))
		t.Finding = e.Finding
		return t, err
	}, `SELECT `+findingColumns+`, c.version, coalesce(c.vanished = c.version, 0) FROM finding f CROSS JOIN `+recordTables+` WHERE f.id > 0 AND c.id = f.claim ORDER BY f.claim`)
	seen := map[string]int{}
	for i := range list {
		t := &list[i]
		c := t.Record.Claim
		key := fmt.Sprint(t.Version, " ", c.Topic, " ", c.Unit, " ", c.Figure(), " ", c.Increment, " ", t.Dropped)
		seen[key]++
		t.key = fmt.Sprint(key, " ", seen[key])
	}
	return list, err
}

// moreColumns scans columns after those that another scan knows.
type moreColumns struct {
	row  scanner
	more []any
}

func also(row scanner, more ...any) scanner { return moreColumns{row, more} }

func (m moreColumns) Scan(dest ...any) error { return m.row.Scan(append(dest, m.more...)...) }

// ErrGrew says that the record went on while a replay of it ran.
var ErrGrew = errors.New("the record has grown since")

// Adopt makes what the copy at path has read, compared and found the record's own.
// What readers have been told stays told: alerts keep their messages, stories that
// the copy adds are not told, and alerts that have nothing to tell any more and
// were never sent are dropped. The copy must be closed.
func (l *Ledger) Adopt(ctx context.Context, path string) error {
	return l.alone(ctx, func(s *session) (err error) {
		if err := s.run(`ATTACH DATABASE ? AS anew`, path); err != nil {
			return err
		}
		defer func() {
			s.forget() // statements that name the copy
			err = errors.Join(err, s.run(`DETACH DATABASE anew`))
		}()
		return s.transaction(`BEGIN IMMEDIATE`, (*session).adopt)
	})
}

func (s *session) adopt() error {
	s.l.forget()
	if err := s.run(`PRAGMA defer_foreign_keys = 1`); err != nil {
		return err
	}
	var grew bool
	if err := s.get(`SELECT coalesce((SELECT max(id) FROM main.version), 0) <> coalesce((SELECT max(id) FROM anew.version), 0)`, nil, &grew); err != nil {
		return err
	}
	if grew {
		return ErrGrew
	}
	before, err := s.told()
	if err != nil {
		return err
	}
	for _, q := range adoption {
		if err := s.run(q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	if err := s.renumber(before); err != nil {
		return err
	}
	for _, q := range afterAdoption {
		if err := s.run(q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

const sameStory = `n.topic = o.topic AND n.unit = o.unit AND n.measure = o.measure AND n.mode = o.mode AND n.figure = o.figure`

// adoption brings the copy's rows in. A story keeps the id that its alerts know.
var adoption = []string{
	`DELETE FROM main.finding`, `DELETE FROM main.story_origin`, `DELETE FROM main.standing`, `DELETE FROM main.derived`,
	`DELETE FROM main.told`, `UPDATE main.story SET first_claim = 0`, `UPDATE main.claim SET story = NULL, replaced_by = NULL, returns = NULL`, `DELETE FROM main.claim`,
	`INSERT INTO main.story (topic, unit, measure, mode, figure) SELECT topic, unit, measure, mode, figure FROM anew.story n WHERE true
		ORDER BY n.id ON CONFLICT DO NOTHING`,
	`UPDATE main.story AS o SET (first_claim, closed, closed_why) = (SELECT n.first_claim, n.closed, n.closed_why FROM anew.story n WHERE ` + sameStory + `)
		WHERE EXISTS (SELECT 1 FROM anew.story n WHERE ` + sameStory + `)`,
	`INSERT INTO main.claim SELECT * FROM anew.claim`,
	`UPDATE main.claim SET story = (SELECT o.id FROM anew.story n JOIN main.story o ON ` + sameStory + ` WHERE n.id = main.claim.story) WHERE story IS NOT NULL`,
	`INSERT INTO main.told SELECT * FROM anew.told`,
	`INSERT INTO main.derived SELECT * FROM anew.derived`,
	`INSERT INTO main.standing SELECT * FROM anew.standing`,
	`INSERT INTO main.story_origin (story, origin, claim) SELECT o.id, g.origin, g.claim FROM anew.story_origin g JOIN anew.story n ON n.id = g.story JOIN main.story o ON ` + sameStory,
	`INSERT INTO main.finding SELECT f.id + 1000000000000, f.claim, (SELECT c.story FROM main.claim c WHERE c.id = f.claim), f.kind, f.reasons, f.against, f.created FROM anew.finding f`,
	`UPDATE main.mark SET position = coalesce((SELECT max(id) FROM main.claim), 0) WHERE name = 'compare'`,
}

var afterAdoption = []string{
	// What a person closed stays closed.
	`UPDATE story SET (closed, closed_why) = (SELECT j.made, j.verdict || ' by ' || j.by || ': ' || j.why FROM judgement j JOIN finding f ON f.id = j.finding
			WHERE f.story = story.id ORDER BY j.id DESC LIMIT 1)
		WHERE id IN (SELECT f.story FROM judgement j JOIN finding f ON f.id = j.finding)`,
	`DELETE FROM alert_quiet WHERE alert IN (SELECT a.id FROM alert a WHERE a.posted = 0 AND a.receipt IS NULL AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.story = a.story)
		AND NOT EXISTS (SELECT 1 FROM receipt_alert ra WHERE ra.alert = a.id))`,
	`DELETE FROM alert WHERE posted = 0 AND receipt IS NULL AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.story = alert.story)
		AND NOT EXISTS (SELECT 1 FROM receipt_alert ra WHERE ra.alert = alert.id)`,
	`UPDATE alert SET posted = revision WHERE NOT EXISTS (SELECT 1 FROM finding f WHERE f.story = alert.story)`,
	`UPDATE story SET closed = 1, closed_why = 'withdrawn: what is read and compared today makes no finding of it.'
		WHERE closed = 0 AND first_claim = 0 AND EXISTS (SELECT 1 FROM alert a WHERE a.story = story.id)`,
	`DELETE FROM story WHERE first_claim = 0 AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.story = story.id) AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.story = story.id)`,
}

// renumber gives findings that were there before their old ids, and the others ids
// that no finding ever had.
func (s *session) renumber(before []Told) error {
	ids := map[string]int64{}
	var last int64
	for _, t := range before {
		ids[t.key] = t.ID
		last = max(last, t.ID)
	}
	if err := s.get(`SELECT max(?, coalesce((SELECT max(finding) FROM judgement), 0))`, []any{last}, &last); err != nil {
		return err
	}
	now, err := s.told()
	if err != nil {
		return err
	}
	slices.SortFunc(now, func(a, b Told) int { return cmp.Compare(a.ID, b.ID) })
	created := map[int64]time.Time{}
	for _, t := range before {
		created[t.ID] = t.Created
	}
	for _, t := range now {
		id, known := ids[t.key]
		if !known {
			last++
			id = last
		}
		at := t.Created
		if known {
			at = created[id]
		}
		if err := s.run(`UPDATE finding SET id = ?, created = ? WHERE id = ?`, id, micros(at), t.ID); err != nil {
			return err
		}
	}
	return nil
}
