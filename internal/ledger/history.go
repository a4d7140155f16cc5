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
// It keeps what it has read of the standing claims and of the figures that were
// told, which only Compare changes: most claims ask what others have asked before.
type history struct {
	s        *session
	version  int64                            // of the file, as PRAGMA data_version counts other connections' commits
	known    map[string][]detect.Record       // baseline entries by topic
	standing map[detect.Query][]detect.Record // claims and sums, by claimant
	told     map[toldKey][]detect.Record      // claims that made one number known, in the order of their commits
	kept     int                              // how many records told holds
}

// toldKey is one number that may be known.
type toldKey struct {
	detect.Query // Scope is ""
	number       int64
}

// keptMost bounds what a history keeps in memory, some 50 MB.
const keptMost = 50_000

func newHistory(s *session) *history {
	return &history{s: s, known: map[string][]detect.Record{}, standing: map[detect.Query][]detect.Record{}, told: map[toldKey][]detect.Record{}}
}

// recall is the history of the transaction before, when nobody else has written
// since. Whatever changes what it keeps, outside Compare, calls l.forget.
func (s *session) recall() (*history, error) {
	var version int64
	if err := s.get(`PRAGMA data_version`, nil, &version); err != nil {
		return nil, err
	}
	h := s.l.history
	if h == nil || h.s != s || h.version != version || h.kept > keptMost {
		h = newHistory(s)
		h.version = version
	}
	s.l.history = nil // until the transaction is committed
	return h, nil
}

// forget makes the next Compare read its history anew. The writer calls it.
func (l *Ledger) forget() { l.history = nil }

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
	told, err := h.toldWithin(q, low, high)
	if len(known) == 0 {
		return slices.Clip(told), err
	}
	return append(known, told...), err
}

// toldWithin are the claims that made figures within the bounds known; one number is read once.
func (h *history) toldWithin(q detect.Query, low, high int64) ([]detect.Record, error) {
	if low != high {
		return h.readTold(q, low, high)
	}
	q.Measure, q.Scope = q.Measure.Compared(), ""
	key := toldKey{q, low}
	told, ok := h.told[key]
	if !ok {
		var err error
		if told, err = h.readTold(q, low, high); err != nil {
			return nil, err
		}
		h.told[key] = told
		h.kept += len(told) + 1
	}
	return told, nil
}

func (h *history) readTold(q detect.Query, low, high int64) ([]detect.Record, error) {
	return collect(h.s, scanRecordOnly, `SELECT `+recordColumns+` FROM told t JOIN `+recordTables+`
		WHERE c.id = t.claim AND t.topic = ? AND t.unit = ? AND t.measure = ? AND t.mode = ? AND t.low >= ? AND t.low <= ? AND t.high <= ?
		ORDER BY t.claim`, q.Topic, string(q.Unit), string(q.Measure.Compared()), string(q.Mode), low, high, high)
}

// remembered keeps a claim that has just made its number known.
func (h *history) remembered(r detect.Record, number int64) {
	q := detect.Query{Topic: r.Claim.Topic, Unit: r.Claim.Unit, Measure: r.Claim.Measure.Compared(), Mode: r.Claim.Mode}
	key := toldKey{q, number}
	if told, ok := h.told[key]; ok {
		r.Replaced, r.Returned = nil, nil
		h.told[key] = append(slices.Clip(told), r)
		h.kept++
	}
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
	stand = slices.Clip(stand)
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
	r.Replaced, r.Returned = nil, nil
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
