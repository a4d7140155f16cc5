package detect

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"monitor/internal/claim"
)

// Memory is a HistoryOf kept in memory, for replays and tests. The zero Memory is
// empty and ready. Both questions cost O(log n) in the claims it holds and what
// they return; it is not for several goroutines at once.
type Memory struct {
	known    map[Query]*shelf // Scope is ""
	standing map[Query]map[claim.Claimant]*Record
	baseline map[Query][]Record
}

// Add takes a record and the verdict that Compare gave on it into the history. A
// baseline entry needs no verdict.
func (m *Memory) Add(r Record, v Verdict) {
	if m.known == nil {
		m.known = map[Query]*shelf{}
		m.standing = map[Query]map[claim.Claimant]*Record{}
		m.baseline = map[Query][]Record{}
	}
	q := queryOf(r.Claim)
	if r.Baseline {
		m.baseline[q] = append(m.baseline[q], r)
		m.remember(q, r)
		return
	}
	if v.Remember {
		m.remember(q, r)
	}
	if v.Stands {
		m.stand(q, r)
	}
	if v.Derived != nil {
		m.stand(q, *v.Derived)
	}
}

func (m *Memory) remember(q Query, r Record) {
	q.Scope = ""
	if m.known[q] == nil {
		m.known[q] = &shelf{}
	}
	m.known[q].put(r)
}

func (m *Memory) stand(q Query, r Record) {
	if m.standing[q] == nil {
		m.standing[q] = map[claim.Claimant]*Record{}
	}
	m.standing[q][r.Claim.Claimant] = &r
}

// Known returns the records that make figures known, in the order they were added.
func (m *Memory) Known(_ context.Context, q Query, within claim.Bounds) ([]Record, error) {
	q.Scope = ""
	s := m.known[q]
	if s == nil {
		return nil, nil
	}
	return s.within(within), nil
}

// Standing returns every claimant's standing claim and after them all baseline entries.
func (m *Memory) Standing(_ context.Context, q Query) ([]Record, error) {
	stands := slices.SortedFunc(maps.Values(m.standing[q]), func(a, b *Record) int { return cmp.Compare(a.Claim.Claimant, b.Claim.Claimant) })
	out := make([]Record, 0, len(stands)+len(m.baseline[q]))
	for _, r := range stands {
		out = append(out, *r)
	}
	return append(out, m.baseline[q]...), nil
}

// A shelf holds records by the number they are known by, or by the low end of a
// range: a sorted list of short sorted runs, so that putting one in moves little.
type shelf struct {
	runs  [][]book
	count int
}

type book struct {
	number claim.Count
	order  int // the how-manieth that was put on the shelf
	record *Record
}

const runLength = 256

func (s *shelf) put(r Record) {
	b := book{number: r.Claim.Low, order: s.count, record: &r}
	if n, ok := r.Claim.Number(); ok {
		b.number = n
	}
	s.count++
	if len(s.runs) == 0 {
		s.runs = [][]book{{b}}
		return
	}
	i := s.run(b.number + 1)
	s.runs[i] = slices.Insert(s.runs[i], at(s.runs[i], b.number+1), b)
	if len(s.runs[i]) > runLength {
		half := slices.Clone(s.runs[i][runLength/2:])
		s.runs[i] = slices.Clip(s.runs[i][:runLength/2])
		s.runs = slices.Insert(s.runs, i+1, half)
	}
}

// run is the last run that starts below the number, or the first of all.
func (s *shelf) run(n claim.Count) int {
	i, _ := slices.BinarySearchFunc(s.runs, n, func(run []book, n claim.Count) int { return cmp.Compare(run[0].number, n) })
	return max(0, i-1)
}

// at is the first place in the run whose number is not below n.
func at(run []book, n claim.Count) int {
	i, _ := slices.BinarySearchFunc(run, n, func(b book, n claim.Count) int { return cmp.Compare(b.number, n) })
	return i
}

func (s *shelf) within(b claim.Bounds) []Record {
	low := max(0, b.Low)
	var hits []book
	for i := s.run(low); i < len(s.runs); i++ {
		for _, k := range s.runs[i][at(s.runs[i], low):] {
			if b.High != claim.Open && k.number > b.High {
				return inOrder(hits)
			}
			if liesIn(k.record.Claim.Bounds, b) {
				hits = append(hits, k)
			}
		}
	}
	return inOrder(hits)
}

// liesIn says whether the number as worded is within the bounds, or both ends of a
// claim that has two.
func liesIn(c, within claim.Bounds) bool {
	if n, ok := c.Number(); ok {
		return within.Contains(n)
	}
	return within.Contains(c.Low) && within.Contains(c.High)
}

func inOrder(hits []book) []Record {
	slices.SortFunc(hits, func(a, b book) int { return cmp.Compare(a.order, b.order) })
	out := make([]Record, len(hits))
	for i, h := range hits {
		out[i] = *h.record
	}
	return out
}
