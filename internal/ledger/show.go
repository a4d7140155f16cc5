package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// Shown is a claim with all that the record has of it.
type Shown struct {
	Claim
	Version  Stored // the capture that has it first
	Lang     string // that it was read in
	Finding  int64  // 0 when it is none
	Reasons  []detect.Reason
	Against  []detect.Record
	Judged   []Judgement
	Siblings []claim.Claim // the capture's other claims in the same sentence
}

// Show is one claim; [ErrNotFound] when there is none of the id.
func (l *Ledger) Show(ctx context.Context, id int64) (out Shown, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err := s.withReplaced(`SELECT `+recordColumns+`, coalesce(c.returns, 0) FROM `+recordTables+` WHERE c.id = ?`, id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("claim %d: %w", id, ErrNotFound)
		}
		out.Record = list[0]
		var version int64
		if err := s.get(`SELECT c.kind, coalesce(v.captured, 0), c.version FROM claim c LEFT JOIN version v ON v.id = c.vanished WHERE c.id = ?`,
			[]any{id}, &out.Kind, instant{&out.Vanished}, &version); err != nil {
			return err
		}
		return s.show(&out, version)
	})
	return out, err
}

func (s *session) show(out *Shown, version int64) error {
	stored, err := collect(s, scanStored, captureQuery+`v.id = ? AND e.id = v.entry`, version)
	if err != nil || len(stored) == 0 {
		return err
	}
	out.Version = stored[0]
	if err := s.get(`SELECT lang FROM version WHERE id = ?`, []any{version}, &out.Lang); err != nil {
		return err
	}
	var reasons, against string
	found, err := s.find(`SELECT id, reasons, against FROM finding WHERE claim = ?`, []any{out.ID}, &out.Finding, &reasons, &against)
	if err != nil {
		return err
	}
	if found {
		var ks []kept
		if err := json.Unmarshal([]byte(reasons), &out.Reasons); err != nil {
			return fmt.Errorf("finding %d: %w", out.Finding, err)
		}
		if err := json.Unmarshal([]byte(against), &ks); err != nil {
			return fmt.Errorf("finding %d: %w", out.Finding, err)
		}
		out.Against = records(ks)
		if out.Judged, err = s.judgements(out.Finding); err != nil {
			return err
		}
	}
	others, err := collect(s, scanRecordOnly, `SELECT `+recordColumns+` FROM `+recordTables+`
		WHERE c.entry = ? AND c.id <> ? AND c.sentence = ? AND c.in_title = ? AND (c.vanished IS NULL OR c.vanished <> c.version) ORDER BY c.id`,
		out.Entry, out.ID, out.Record.Claim.Sentence, out.Record.Claim.InTitle)
	for _, r := range others {
		out.Siblings = append(out.Siblings, r.Claim)
	}
	return err
}

// Before lists a topic's claims that were committed before the one of the id, from
// the one after the mark on, with what earlier versions had in their place.
func (l *Ledger) Before(ctx context.Context, topic string, mark, id int64, limit int) (list []detect.Record, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = s.withReplaced(`SELECT `+recordColumns+`, coalesce(c.returns, 0) FROM `+recordTables+`
			WHERE c.id > ? AND c.id < ? AND c.topic = ? ORDER BY c.id LIMIT ?`, mark, id, topic, limit)
		return err
	})
	return list, err
}

// Verdict is what a person said of a finding.
type Verdict string

// The verdicts.
const (
	Dismissed Verdict = "dismissed" // not worth telling
	Corrected Verdict = "corrected" // read wrongly
)

// Judgement is a verdict with who gave it and why.
type Judgement struct {
	ID      int64
	Finding int64
	Verdict Verdict
	By      string
	Why     string
	Made    time.Time
	Example string // what should have been read, as a line of JSON; "" when nothing was wrong with the reading
}

// Judge keeps what a person said of a finding, and closes its story: readers who
// have its message see that it is over where the message can be changed.
func (l *Ledger) Judge(ctx context.Context, j Judgement) (Judgement, error) {
	err := l.update(ctx, func(s *session) error {
		var story int64
		var posted bool
		found, err := s.find(`SELECT f.story FROM finding f WHERE f.id = ?`, []any{j.Finding}, &story)
		if err == nil && !found {
			err = fmt.Errorf("finding %d: %w", j.Finding, ErrNotFound)
		}
		if err != nil {
			return err
		}
		j.Made = fromMicros(micros(s.now))
		if j.ID, err = s.insert(`INSERT INTO judgement (finding, verdict, by, why, made, example) VALUES (?, ?, ?, ?, ?, ?)`,
			j.Finding, string(j.Verdict), j.By, j.Why, micros(s.now), j.Example); err != nil {
			return err
		}
		// What nobody has seen yet needs not be told any more, when it is all that the story has.
		if err := s.get(`SELECT EXISTS (SELECT 1 FROM alert a WHERE a.story = ? AND (a.posted > 0 OR a.receipt IS NOT NULL))
			OR EXISTS (SELECT 1 FROM finding f WHERE f.story = ? AND NOT EXISTS (SELECT 1 FROM judgement j WHERE j.finding = f.id))`, []any{story, story}, &posted); err != nil {
			return err
		}
		if err := s.closeStoryOf(story, string(j.Verdict)+" by "+j.By+": "+j.Why, micros(s.now)); err != nil || posted {
			return err
		}
		return s.run(`UPDATE alert SET posted = revision WHERE story = ?`, story)
	})
	return j, err
}

const judgementColumns = `SELECT id, finding, verdict, by, why, made, example FROM judgement `

func scanJudgement(row scanner) (j Judgement, err error) {
	err = row.Scan(&j.ID, &j.Finding, &j.Verdict, &j.By, &j.Why, instant{&j.Made}, &j.Example)
	return j, err
}

func (s *session) judgements(finding int64) ([]Judgement, error) {
	return collect(s, scanJudgement, judgementColumns+`WHERE finding = ? ORDER BY id`, finding)
}

// Judgements lists all that people said of findings, in order.
func (l *Ledger) Judgements(ctx context.Context) (list []Judgement, err error) {
	err = l.view(ctx, func(s *session) error {
		list, err = collect(s, scanJudgement, judgementColumns+`ORDER BY id`)
		return err
	})
	return list, err
}

// Said lists what may stand on a day: each claimant's latest claims up to it, sums
// made of increments, and the baseline. It leaves out what entries have taken back,
// what was put in another's mouth, and what a person has said is no finding.
func (l *Ledger) Said(ctx context.Context, topic string, on claim.Date) (list []detect.Record, err error) {
	const day = `min(CASE WHEN c.as_of <> 0 THEN c.as_of WHEN c.published > 0 THEN c.published / 86400000000 ELSE c.captured / 86400000000 END, c.captured / 86400000000)`
	const judged = `NOT EXISTS (SELECT 1 FROM finding f JOIN judgement j ON j.finding = f.id WHERE f.claim = c.id)`
	err = l.view(ctx, func(s *session) error {
		base, err := s.baselines(topic)
		if err != nil {
			return err
		}
		for _, b := range base {
			list = append(list, b.Record())
		}
		claims, err := collect(s, scanRecordOnly, `SELECT `+recordColumns+` FROM (
				SELECT c.id AS top, row_number() OVER (PARTITION BY c.unit, replace(c.measure, 'training', 'deployed'), c.mode, c.claimant ORDER BY `+day+` DESC, c.published DESC, c.id DESC) AS place
				FROM claim c WHERE c.topic = ? AND c.claimant <> '' AND c.scope = '' AND c.increment = 0 AND c.vanished IS NULL AND c.kind NOT IN ('', ?) AND `+day+` <= ? AND `+judged+`
			) CROSS JOIN `+recordTables+` WHERE place = 1 AND c.id = top ORDER BY c.id`, topic, string(detect.Misattributed), int64(on))
		if err != nil {
			return err
		}
		list = append(list, claims...)
		sums, err := collect(s, scanString, `SELECT d.record FROM derived d CROSS JOIN claim c WHERE c.id = d.claim AND c.topic = ? AND c.vanished IS NULL AND `+judged+` ORDER BY d.id`, topic)
		if err != nil {
			return err
		}
		for _, text := range sums {
			var k kept
			if err := json.Unmarshal([]byte(text), &k); err != nil {
				return err
			}
			list = append(list, k.record())
		}
		return nil
	})
	return list, err
}
