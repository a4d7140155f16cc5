package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"monitor/internal/detect"
)

// CompareFunc judges one claim by the record before it.
type CompareFunc func(context.Context, detect.Record, detect.HistoryOf) (detect.Verdict, error)

const compareMark = "compare"

// Compare takes up to limit claims that were not compared yet, in the order in
// which they were committed, has fn judge each, and stores what the verdicts
// change: standing claims, sums, stories, findings, and one alert a story and
// route. All of it and the mark are one transaction, so that each claim is
// compared once however many processes try. A new alert, or a change to one that
// readers have seen, is due when due says. compared is less than limit when
// nothing is left.
func (l *Ledger) Compare(ctx context.Context, limit int, routes []string, due func(now time.Time) time.Time, fn CompareFunc) (findings []detect.Finding, compared int, err error) {
	var kept *history
	err = l.updateThen(ctx, func() { l.history = kept }, func(s *session) error {
		findings, compared, kept = nil, 0, nil
		records, err := s.uncompared(limit)
		if err != nil || len(records) == 0 {
			return err
		}
		h, err := s.recall()
		if err != nil {
			return err
		}
		kept = h
		f := fold{s: s, history: h, routes: routes, due: micros(due(s.now)), stories: map[detect.Story]*story{}}
		for _, r := range records {
			v, err := fn(ctx, r, h)
			if err != nil {
				return fmt.Errorf("claim %d: %w", r.ID, err)
			}
			if err := f.store(r, v); err != nil {
				return fmt.Errorf("claim %d: %w", r.ID, err)
			}
		}
		findings, compared = f.findings, len(records)
		return s.move(compareMark, records[len(records)-1].ID)
	})
	if err != nil {
		return nil, 0, err
	}
	return findings, compared, nil
}

// Uncompared counts the claims that wait for Compare.
func (l *Ledger) Uncompared(ctx context.Context) (n int, err error) {
	err = l.view(ctx, func(s *session) error {
		mark, err := s.mark(compareMark)
		if err != nil {
			return err
		}
		return s.get(`SELECT count(*) FROM claim WHERE id > ?`, []any{mark}, &n)
	})
	return n, err
}

func (s *session) mark(name string) (position int64, err error) {
	_, err = s.find(`SELECT position FROM mark WHERE name = ?`, []any{name}, &position)
	return position, err
}

func (s *session) move(name string, position int64) error {
	return s.run(`INSERT INTO mark (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position`, name, position)
}

func (s *session) uncompared(limit int) ([]detect.Record, error) {
	mark, err := s.mark(compareMark)
	if err != nil {
		return nil, err
	}
	return s.withReplaced(`SELECT `+recordColumns+`, coalesce(c.returns, 0) FROM `+recordTables+` WHERE c.id > ? ORDER BY c.id LIMIT ?`, mark, limit)
}

// withReplaced runs a query of recordColumns and c.returns, and adds the claims of
// earlier versions that the claims go with.
func (s *session) withReplaced(query string, args ...any) ([]detect.Record, error) {
	var returns []int64
	records, err := collect(s, func(row scanner) (detect.Record, error) {
		var id int64
		r, err := scanRecord(row, &id)
		returns = append(returns, id)
		return r, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	for i := range records {
		if err := s.addReplaced(&records[i]); err != nil {
			return nil, err
		}
		if returns[i] == 0 {
			continue
		}
		if records[i].Returned, err = collect(s, scanRecordOnly, `SELECT `+recordColumns+` FROM `+recordTables+` WHERE c.id = ?`, returns[i]); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// addReplaced adds the claims of the version before that go with this claim. One
// that was only dropped goes with itself, which is how detect knows it.
func (s *session) addReplaced(r *detect.Record) (err error) {
	if r.Replaced, err = s.replaced(r.ID); err != nil || len(r.Replaced) == 0 {
		return err
	}
	var dropped bool
	if err := s.get(`SELECT coalesce(vanished = version, 0) FROM claim WHERE id = ?`, []any{r.ID}, &dropped); err != nil || !dropped {
		return err
	}
	for i := range r.Replaced {
		r.Replaced[i].ID = r.ID
	}
	return nil
}

// replaced are the claims of the version before that went with this claim.
func (s *session) replaced(id int64) ([]detect.Record, error) {
	return collect(s, scanRecordOnly, `SELECT `+recordColumns+` FROM `+recordTables+` WHERE c.replaced_by = ? ORDER BY c.id`, id)
}

// fold stores verdicts one after another.
type fold struct {
	s        *session
	history  *history
	routes   []string
	due      int64
	stories  map[detect.Story]*story // seen in this transaction
	findings []detect.Finding
}

type story struct {
	id    int64
	first int64 // the claim of the first finding; 0 while nothing was told
}

func (f *fold) store(r detect.Record, v detect.Verdict) error {
	st, err := f.story(r, v)
	if err != nil {
		return err
	}
	if err := f.s.run(`UPDATE claim SET kind = ?, story = ? WHERE id = ?`, string(v.Kind), st.id, r.ID); err != nil {
		return err
	}
	if err := f.told(r, v); err != nil {
		return err
	}
	if err := f.stand(r, v); err != nil {
		return err
	}
	if err := f.close(v); err != nil {
		return err
	}
	switch {
	case v.Kind.Alerts():
		return f.find(r, v, st)
	case v.Kind == detect.Known || v.Kind == detect.Corroborated:
		return f.join(r, st)
	default:
		return nil
	}
}

func (f *fold) story(r detect.Record, v detect.Verdict) (*story, error) {
	name := v.Story
	if name == (detect.Story{}) {
		name = detect.StoryOf(r.Claim)
	}
	if st := f.stories[name]; st != nil {
		return st, nil
	}
	st := &story{}
	args := []any{name.Topic, string(name.Unit), string(name.Measure), string(name.Mode), name.Figure}
	found, err := f.s.find(`SELECT id, first_claim FROM story WHERE topic = ? AND unit = ? AND measure = ? AND mode = ? AND figure = ?`, args, &st.id, &st.first)
	if err == nil && !found {
		st.id, err = f.s.insert(`INSERT INTO story (topic, unit, measure, mode, figure) VALUES (?, ?, ?, ?, ?)`, args...)
	}
	f.stories[name] = st
	return st, err
}

// told makes the figure known.
func (f *fold) told(r detect.Record, v detect.Verdict) error {
	c := r.Claim
	low, high, ok := worded(c.Bounds)
	if !v.Remember || !ok {
		return nil
	}
	if low == high {
		f.history.remembered(r, int64(low))
	}
	return f.s.run(`INSERT INTO told (claim, topic, unit, measure, mode, low, high) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, c.Topic, string(c.Unit), string(c.Measure.Compared()), string(c.Mode), int64(low), int64(high))
}

// stand lets the claim, or the sum it made, stand for its claimant.
func (f *fold) stand(r detect.Record, v detect.Verdict) error {
	if v.Stands {
		if err := f.takePlace(r, r, nil); err != nil {
			return err
		}
	}
	if v.Derived == nil {
		return nil
	}
	sum := *v.Derived
	text, err := encode(keep(sum))
	if err != nil {
		return err
	}
	id, err := f.s.insert(`INSERT INTO derived (claim, record) VALUES (?, ?)`, r.ID, text)
	if err != nil {
		return err
	}
	return f.takePlace(sum, r, id)
}

// takePlace keeps the latest by day, then by publication, then by commit, also
// when claims come out of order. A claim that its entry no longer has keeps no
// place against a younger one of any day; and "last week" is another event every
// week, so that among these the last verdict holds.
func (f *fold) takePlace(stands, from detect.Record, derived any) error {
	c := stands.Claim
	if c.Claimant == "" {
		return nil
	}
	published := stands.Published
	if published.IsZero() {
		published = from.Published
	}
	n, err := f.s.change(`INSERT INTO standing (topic, unit, measure, mode, scope, claimant, as_of, published, claim, derived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (topic, unit, measure, mode, scope, claimant) DO UPDATE
		SET as_of = excluded.as_of, published = excluded.published, claim = excluded.claim, derived = excluded.derived
		WHERE (excluded.as_of, excluded.published, excluded.claim) >= (standing.as_of, standing.published, standing.claim)
		OR standing.scope <> ''
		OR EXISTS (SELECT 1 FROM claim o WHERE o.id = standing.claim AND o.vanished <= (SELECT n.version FROM claim n WHERE n.id = excluded.claim))`,
		c.Topic, string(c.Unit), string(c.Measure.Compared()), string(c.Mode), c.Scope, string(c.Claimant),
		int64(detect.Day(stands)), micros(published), from.ID, derived)
	if err == nil && n > 0 {
		f.history.stood(stands)
	}
	return err
}

// find stores a finding and has its story told, anew or again.
func (f *fold) find(r detect.Record, v detect.Verdict, st *story) error {
	reasons, err := encode(v.Reasons)
	if err != nil {
		return err
	}
	against, err := encode(keepAll(v.Against))
	if err != nil {
		return err
	}
	id, err := f.s.insert(`INSERT INTO finding (claim, story, kind, reasons, against, created) VALUES (?, ?, ?, ?, ?, ?)`,
		r.ID, st.id, string(v.Kind), reasons, against, micros(f.s.now))
	if err != nil {
		return err
	}
	if st.first == 0 {
		st.first = r.ID
		if err := f.s.run(`UPDATE story SET first_claim = ? WHERE id = ?`, r.ID, st.id); err != nil {
			return err
		}
	}
	if err := f.s.run(`UPDATE story SET closed = 0, closed_why = '' WHERE id = ? AND closed > 0`, st.id); err != nil {
		return err
	}
	if _, err := f.newOrigin(r, st); err != nil {
		return err
	}
	alert, err := f.alert(st)
	if err != nil {
		return err
	}
	f.findings = append(f.findings, detect.Finding{
		ID: id, Kind: v.Kind, Reasons: v.Reasons, Record: r, Against: v.Against, Alert: alert, Created: fromMicros(micros(f.s.now)),
	})
	return nil
}

// alert opens the story's alert on each route, or raises its revision; it gives the first.
func (f *fold) alert(st *story) (first int64, err error) {
	for _, route := range f.routes {
		var id int64
		err := f.s.get(`INSERT INTO alert (story, route, revision, created, due) VALUES (?, ?, 1, ?, ?)
			ON CONFLICT (story, route) DO UPDATE SET revision = alert.revision + 1,
			due = CASE WHEN alert.revision > alert.posted THEN alert.due ELSE excluded.due END
			RETURNING id`, []any{st.id, route, micros(f.s.now), f.due}, &id)
		if err != nil {
			return 0, err
		}
		first = cmp.Or(first, id)
	}
	return first, nil
}

// join counts one more report on a told story; readers see a change only when
// it is another origin's.
func (f *fold) join(r detect.Record, st *story) error {
	if st.first == 0 {
		return nil
	}
	isNew, err := f.newOrigin(r, st)
	if err != nil || !isNew {
		return err
	}
	return f.s.run(`UPDATE alert SET revision = revision + 1, due = CASE WHEN revision > posted THEN due ELSE ? END WHERE story = ?`, f.due, st.id)
}

// newOrigin says whether the story has a report by another outlet and in other
// words than before, and keeps both: an outlet is one origin, and so is one text,
// however many outlets print it. It decides as [detect.Origins] does.
func (f *fold) newOrigin(r detect.Record, st *story) (bool, error) {
	text := detect.TextOf(r.Claim.Sentence)
	n, err := f.s.change(`INSERT INTO story_origin (story, origin, claim) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, st.id, "outlet "+detect.OutletOf(r), r.ID)
	if err != nil {
		return false, err
	}
	isNew := n > 0
	prints := text.Prints()
	if isNew && len(prints) > 0 {
		copied, err := f.copied(text, prints, st)
		if err != nil {
			return false, err
		}
		isNew = !copied
	}
	if len(prints) > 0 {
		args := make([]any, 0, 3*len(prints))
		for _, p := range prints {
			args = append(args, st.id, "text "+p, r.ID)
		}
		if err := f.s.run(`INSERT INTO story_origin (story, origin, claim) VALUES (?, ?, ?)`+strings.Repeat(`, (?, ?, ?)`, len(prints)-1)+` ON CONFLICT DO NOTHING`, args...); err != nil {
			return false, err
		}
	}
	return isNew, nil
}

// copied says whether a report of the story has the text already.
func (f *fold) copied(text detect.Text, prints []string, st *story) (bool, error) {
	args := []any{st.id}
	for _, p := range prints {
		args = append(args, "text "+p)
	}
	sentences, err := collect(f.s, scanString, `SELECT DISTINCT c.sentence FROM story_origin o CROSS JOIN claim c
		WHERE o.story = ? AND o.origin IN (?`+strings.Repeat(", ?", len(prints)-1)+`) AND c.id = o.claim`, args...)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(sentences, func(s string) bool { return text.CopyOf(detect.TextOf(s)) }), nil
}
