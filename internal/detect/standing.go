package detect

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"monitor/internal/claim"
)

// scopeDays is how far apart two claims may lie whose stated period has the same
// words: "last week" of one week is not "last week" of the next.
const scopeDays = 6

// Day is the day a record's claim was made: its as_of, else the day it was
// published, else the day it was fetched. It is never later than the fetch. Days
// are taken in UTC, so that a record gives the same day on every machine.
func Day(r Record) claim.Date {
	d := r.Claim.AsOf
	if d == 0 {
		d = dateOf(r.Published)
	}
	captured := dateOf(r.Captured)
	if d == 0 || captured != 0 && captured < d {
		return captured
	}
	return d
}

func dateOf(t time.Time) claim.Date {
	if t.IsZero() {
		return 0
	}
	return claim.DateOf(t.UTC())
}

// BaselineRecord is a baseline entry as the record that a HistoryOf returns for it.
func BaselineRecord(topic string, b claim.Baseline) Record {
	return Record{Claim: b.Claim(topic), URL: b.Address(), Baseline: true}
}

// queryOf names what can be compared with the claim.
func queryOf(c claim.Claim) Query {
	return Query{Topic: c.Topic, Unit: c.Unit, Measure: c.Measure.Compared(), Mode: c.Mode, Scope: c.Scope}
}

// younger orders records of one claimant: by day, then by publication, then by
// the order in which they were committed. The rest only makes the order total.
func younger(a, b *Record) int {
	return cmp.Or(
		cmp.Compare(Day(*a), Day(*b)),
		a.Published.Compare(b.Published),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(len(a.Parts), len(b.Parts)),
		cmp.Compare(a.Claim.Low, b.Claim.Low),
		cmp.Compare(a.Claim.High, b.Claim.High),
		cmp.Compare(a.Claim.Qualifier, b.Claim.Qualifier),
		cmp.Compare(a.Claim.Measure, b.Claim.Measure),
		cmp.Compare(a.Claim.Claimant, b.Claim.Claimant),
	)
}

// standing asks for what each claimant says, as it is on the day of the claim in
// hand: at most one record a claimant, in the order of the claimants' names. A
// baseline entry stands from its date on.
func (c *comparison) standing(ctx context.Context, q Query) ([]Record, error) {
	all, err := c.history.Standing(ctx, q)
	if err != nil {
		return nil, err
	}
	records := make([]*Record, 0, len(all))
	for i := range all {
		r := &all[i]
		if c.rests(*r) {
			var ok bool
			if *r, ok = c.without(*r); !ok {
				continue
			}
		}
		if r.Claim.Claimant != "" && !(r.Baseline && Day(*r) > c.day) && !c.replaced(*r) && c.sameEvent(*r) {
			records = append(records, r)
		}
	}
	slices.SortFunc(records, func(a, b *Record) int {
		return cmp.Or(cmp.Compare(a.Claim.Claimant, b.Claim.Claimant), younger(a, b))
	})
	out := make([]Record, 0, len(records))
	for len(records) > 0 {
		n := 1
		for n < len(records) && records[n].Claim.Claimant == records[0].Claim.Claimant {
			n++
		}
		if r, ok := c.latest(records[:n]); ok {
			out = append(out, r)
		}
		records = records[n:]
	}
	return out, nil
}

// latest picks one claimant's standing total, to which the increments that the
// baseline gives after it are added. The records come oldest first.
func (c *comparison) latest(records []*Record) (Record, bool) {
	var total Record
	found := false
	for _, r := range records {
		if !r.Claim.Increment {
			total, found = *r, true
		}
	}
	if !found {
		return Record{}, false
	}
	for _, r := range records {
		if r.Claim.Increment && Day(*r) >= Day(total) && !includes(total, *r) && !c.counted(total, *r) {
			if s, ok := add(total, *r); ok {
				total = s
			}
		}
	}
	return total, true
}

// replaced says whether the record belongs to the version of the entry that the
// claim in hand has replaced: an edit is not set against what it edits.
func (c *comparison) replaced(r Record) bool {
	return slices.ContainsFunc(c.record.Replaced, func(p Record) bool { return sameRecord(p, r) })
}

// rests says whether a sum has a part in it that the claim in hand has replaced.
func (c *comparison) rests(sum Record) bool { return slices.ContainsFunc(sum.Parts, c.replaced) }

// without makes a sum anew of the parts that were not replaced; ok is false where no
// total is left among them.
func (c *comparison) without(sum Record) (total Record, ok bool) {
	left := slices.DeleteFunc(slices.Clone(sum.Parts), c.replaced)
	if len(left) == 0 || left[0].Claim.Increment {
		return Record{}, false
	}
	total = left[0]
	for _, p := range left[1:] {
		if total, ok = add(total, p); !ok {
			return Record{}, false
		}
	}
	return total, true
}

// sameRecord says whether two records are one reading of one text.
func sameRecord(a, b Record) bool {
	if a.ID != 0 && b.ID != 0 {
		return a.ID == b.ID
	}
	return a.Entry != 0 && a.Entry == b.Entry && a.Captured.Equal(b.Captured) && len(a.Parts) == len(b.Parts) &&
		a.Claim.Claimant == b.Claim.Claimant && a.Claim.Increment == b.Claim.Increment &&
		a.Claim.Bounds == b.Claim.Bounds && a.Claim.Qualifier == b.Claim.Qualifier && StoryOf(a.Claim) == StoryOf(b.Claim)
}

// sameEvent keeps a stated period from being compared with its namesake of other weeks.
func (c *comparison) sameEvent(r Record) bool {
	return r.Claim.Scope == "" || apart(Day(r), c.day) <= scopeDays
}

func (c *comparison) inWindow(r Record) bool {
	return apart(Day(r), c.day) <= c.windowDays()
}

func (c *comparison) windowDays() int64 { return int64(c.rules.Window / (24 * time.Hour)) }

func apart(a, b claim.Date) int64 {
	return max(int64(a)-int64(b), int64(b)-int64(a))
}

// widened are the bounds by which a claim is compared; "about 10,000 to 12,000"
// has the tolerance at both ends.
func (c *comparison) widened(q claim.Claim) claim.Bounds {
	if _, one := q.Number(); one || q.Qualifier != claim.About {
		return q.Widen(q.Qualifier, c.rules.Tolerance)
	}
	b := q.Bounds
	b.Low -= min(b.Low, claim.Count(math.Round(float64(b.Low)*c.rules.Tolerance)))
	b.High += claim.Count(math.Round(float64(b.High) * c.rules.Tolerance))
	return b
}

// fits says whether two claims are compatible: their bounds meet.
func (c *comparison) fits(a, b Record) bool {
	return c.widened(a.Claim).Meets(c.widened(b.Claim))
}

// sameState says whether two claimants are one, or offices of one state.
func sameState(a, b claim.Claimant) bool {
	return a != "" && b != "" && a.State() == b.State()
}

// sameEntry says whether two records were read in one entry.
func sameEntry(a, b Record) bool { return a.Entry != 0 && a.Entry == b.Entry }
