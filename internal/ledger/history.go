package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// history answers detect's questions inside the transaction of Compare.
//
// It keeps what it has read of the standing claims, which a transaction alone
// can change: most claims of a day ask the same questions.
type history struct {
	s        *session
	known    map[string][]detect.Record       // baseline entries by topic
	standing map[detect.Query][]detect.Record // claims and sums, by claimant
}

func newHistory(s *session) *history {
	return &history{s: s, known: map[string][]detect.Record{}, standing: map[detect.Query][]detect.Record{}}
}

var _ detect.HistoryOf = (*history)(nil)

func (h *history) baseline(topic string) ([]detect.Record, error) {
	if known, ok := h.known[topic]; ok {
		return known, nil
	}
	entries, err := h.s.baselines(topic)
	if err != nil {
		return nil, err
	}
	known := make([]detect.Record, len(entries))
	for i, b := range entries {
		known[i] = b.Record()
	}
	h.known[topic] = known
	return known, nil
}

// worded are the ends of the number as worded: one number twice, but for ranges
// and vague plurals. ok is false when neither end is there.
func worded(b claim.Bounds) (low, high claim.Count, ok bool) {
	if n, one := b.Number(); one {
		return n, n, true
	}
	return b.Low, b.High, b.Low != claim.Open && b.High != claim.Open
}

// limits are bounds as numbers to compare stored ones with.
func limits(b claim.Bounds) (low, high int64) {
	low, high = int64(b.Low), int64(b.High)
	if b.Low == claim.Open {
		low = 0
	}
	if b.High == claim.Open {
		high = math.MaxInt64
	}
	return low, high
}

// Known lists baseline entries first, then claims in the order of their commits.
func (h *history) Known(ctx context.Context, q detect.Query, within claim.Bounds) ([]detect.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	low, high := limits(within)
	base, err := h.baseline(q.Topic)
	if err != nil {
		return nil, err
	}
	var known []detect.Record
	for _, r := range base {
		from, to, ok := worded(r.Claim.Bounds)
		if ok && sameKind(r.Claim, q) && int64(from) >= low && int64(to) <= high {
			known = append(known, r)
		}
	}
	told, err := collect(h.s, scanRecordOnly, `SELECT `+recordColumns+` FROM told t JOIN `+recordTables+`
		WHERE c.id = t.claim AND t.topic = ? AND t.unit = ? AND t.measure = ? AND t.mode = ? AND t.low >= ? AND t.low <= ? AND t.high <= ?
		ORDER BY t.claim`, q.Topic, string(q.Unit), string(q.Measure.Compared()), string(q.Mode), low, high, high)
	return append(known, told...), err
}

func sameKind(c claim.Claim, q detect.Query) bool {
	return c.Unit == q.Unit && c.Measure.Compared() == q.Measure.Compared() && c.Mode == q.Mode
}

// Standing lists the claims in the order of their claimants' names, and after
// them all baseline entries of the query.
func (h *history) Standing(ctx context.Context, q detect.Query) ([]detect.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.Measure = q.Measure.Compared()
	stand, ok := h.standing[q]
	if !ok {
		var err error
		if stand, err = h.claims(q); err != nil {
			return nil, err
		}
		h.standing[q] = stand
	}
	stand = slices.Clone(stand)
	base, err := h.baseline(q.Topic)
	if err != nil {
		return nil, err
	}
	for _, r := range base {
		if sameKind(r.Claim, q) && r.Claim.Scope == q.Scope {
			stand = append(stand, r)
		}
	}
	return stand, nil
}

// stood keeps what now stands for its claimant, if the query was asked before.
func (h *history) stood(r detect.Record) {
	q := detect.Query{Topic: r.Claim.Topic, Unit: r.Claim.Unit, Measure: r.Claim.Measure.Compared(), Mode: r.Claim.Mode, Scope: r.Claim.Scope}
	stand, ok := h.standing[q]
	if !ok {
		return
	}
	r.Replaced = nil
	i, found := slices.BinarySearchFunc(stand, r.Claim.Claimant, func(s detect.Record, c claim.Claimant) int {
		return cmp.Compare(s.Claim.Claimant, c)
	})
	if found {
		stand[i] = r
	} else {
		stand = slices.Insert(stand, i, r)
	}
	h.standing[q] = stand
}

func (h *history) claims(q detect.Query) ([]detect.Record, error) {
	type row struct {
		record  detect.Record
		derived int64
	}
	rows, err := collect(h.s, func(sc scanner) (r row, err error) {
		r.record, err = scanRecord(sc, &r.derived)
		return r, err
	}, `SELECT `+recordColumns+`, coalesce(s.derived, 0) FROM standing s JOIN `+recordTables+`
		WHERE c.id = s.claim AND s.topic = ? AND s.unit = ? AND s.measure = ? AND s.mode = ? AND s.scope = ?
		ORDER BY s.claimant`, q.Topic, string(q.Unit), string(q.Measure.Compared()), string(q.Mode), q.Scope)
	if err != nil {
		return nil, err
	}
	var records []detect.Record
	for _, r := range rows {
		if r.derived != 0 {
			if r.record, err = h.derived(r.derived); err != nil {
				return nil, err
			}
		}
		records = append(records, r.record)
	}
	return records, nil
}

func (h *history) derived(id int64) (detect.Record, error) {
	var text string
	if err := h.s.get(`SELECT record FROM derived WHERE id = ?`, []any{id}, &text); err != nil {
		return detect.Record{}, err
	}
	var k kept
	err := json.Unmarshal([]byte(text), &k)
	return k.record(), err
}
