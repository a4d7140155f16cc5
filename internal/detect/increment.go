package detect

import (
	"context"
	"slices"

	"monitor/internal/claim"
)

// addKnown adds a known increment to its claimant's own total, unless it is there already.
func (c *comparison) addKnown() {
	if !c.record.Claim.Increment || c.record.Claim.Claimant == "" || c.own == nil || c.counted(*c.own, c.record) || includes(*c.own, c.record) {
		return
	}
	if slices.ContainsFunc(c.known, func(r Record) bool { return c.sameIncrement(r, c.record) }) {
		return
	}
	c.derive()
}

// derive makes the claimant's new total out of the standing one and the increment.
func (c *comparison) derive() bool {
	sum, ok := add(*c.own, c.record)
	if ok {
		c.verdict.Derived = &sum
	}
	return ok
}

// increment judges an increment by the total that it makes.
func (c *comparison) increment(ctx context.Context) error {
	switch {
	case c.record.Claim.Claimant == "" || c.own == nil:
		c.tell(New, "new_increment", c.words.isNew(c.record))
		return nil
	case c.counted(*c.own, c.record):
		c.tell(Known, "increment_counted", c.words.says(c.record)+", which is counted already in "+c.words.short(*c.own)+".", *c.own)
		return nil
	case includes(*c.own, c.record):
		return c.incrementWithin(ctx)
	case !c.derive():
		c.tell(New, "new_increment", c.words.isNew(c.record))
		return nil
	}
	sum := *c.verdict.Derived
	known, err := c.knownAs(ctx, sum.Claim)
	if err != nil {
		return err
	}
	if len(known) > 0 {
		c.tell(Known, "known_sum", c.words.sumKnown(c.record, sum, known[0]), *c.own, known[0])
		return nil
	}
	return c.unknown(ctx, sum)
}

// incrementWithin is for an increment given together with the total that has it in
// it. It is known where that total is, and the total before it too.
func (c *comparison) incrementWithin(ctx context.Context) error {
	total, okTotal := c.own.Claim.Number()
	more, okMore := c.record.Claim.Number()
	if !okTotal || !okMore {
		c.tell(New, "new_increment", c.words.isNew(c.record), *c.own)
		return nil
	}
	before := c.own.Claim
	before.Low, before.High = total-more, total-more
	before.Qualifier = claim.Exact
	knownTotal, err := c.knownAs(ctx, c.own.Claim)
	if err != nil {
		return err
	}
	knownBefore, err := c.knownAs(ctx, before)
	if err != nil {
		return err
	}
	if len(knownTotal) > 0 && len(knownBefore) > 0 {
		c.tell(Known, "known_with_total", c.words.says(c.record)+", with a known total of "+c.words.short(*c.own)+".", *c.own)
		return nil
	}
	c.tell(New, "new_increment", c.words.isNew(c.record), *c.own)
	return nil
}

// add gives the claimant's new total from the standing one and an increment, with
// the increment's place and date. ok is false where no number comes of it: a vague
// plural has none, and "up to" and "at least" leave both ends open.
func add(total, increment Record) (Record, bool) {
	q, ok := addedHedge(total.Claim, increment.Claim)
	if !ok {
		return Record{}, false
	}
	sum := increment
	sum.ID = 0
	sum.Claim.Bounds = total.Claim.Plus(increment.Claim.Bounds)
	sum.Claim.Qualifier = q
	sum.Claim.Increment = false
	sum.Claim.Measure = total.Claim.Measure
	sum.Claim.AsOf = max(Day(total), Day(increment))
	sum.Replaced = nil
	increment.Replaced = nil
	sum.Parts = append(parts(total), increment)
	return sum, true
}

// parts names the claims that were read behind a total.
func parts(r Record) []Record {
	if len(r.Parts) > 0 {
		return slices.Clone(r.Parts)
	}
	r.Replaced = nil
	return []Record{r}
}

// addedHedge is the hedge of a sum: never surer than either part.
func addedHedge(a, b claim.Claim) (claim.Qualifier, bool) {
	if a.Qualifier == claim.Vague || b.Qualifier == claim.Vague {
		return "", false
	}
	open := a.Plus(b.Bounds)
	switch {
	case open.Low == claim.Open && open.High == claim.Open:
		return "", false
	case open.High == claim.Open:
		return sharedHedge(a, b, claim.MoreThan, claim.AtLeast), true
	case open.Low == claim.Open:
		return sharedHedge(a, b, claim.FewerThan, claim.UpTo), true
	case open.Low != open.High:
		return claim.Range, true
	case a.Qualifier == claim.About || b.Qualifier == claim.About:
		return claim.About, true
	default:
		return claim.Exact, true
	}
}

// sharedHedge keeps "more than" where both parts have it, or the other is exact.
func sharedHedge(a, b claim.Claim, strict, plain claim.Qualifier) claim.Qualifier {
	for _, q := range []claim.Qualifier{a.Qualifier, b.Qualifier} {
		if q != strict && q != claim.Exact {
			return plain
		}
	}
	return strict
}

// counted says whether the total already has the claimant's increment in it.
func (c *comparison) counted(total, increment Record) bool {
	return slices.ContainsFunc(total.Parts, func(p Record) bool {
		return p.Claim.Increment && c.sameIncrement(p, increment)
	})
}

// sameIncrement says whether two increments of one figure are one: an increment
// counts once per claimant and window.
func (c *comparison) sameIncrement(a, b Record) bool {
	return a.Claim.Claimant == b.Claim.Claimant && a.Claim.Figure() == b.Claim.Figure() &&
		(a.Baseline || apart(Day(a), Day(b)) <= c.windowDays())
}

// includes says whether a total given on the increment's own day has the
// increment in it. One that is not larger cannot ("1,500 and another 1,500"), and
// a sum has in it what its parts name.
func includes(total, increment Record) bool {
	t, okT := total.Claim.Number()
	n, okN := increment.Claim.Number()
	return Day(total) == Day(increment) && len(total.Parts) == 0 && (!okT || !okN || t > n)
}

// InOrder gives the claims of one text in the order in which they are to be compared:
// the totals as they stand in it, then the increments. "Another 1,500, which makes
// 3,000" has its increment in the total, wherever the text puts the two; and "another
// 2,500; it had spoken of 10,000" adds to the 10,000, not to what stood before.
func InOrder(claims []claim.Claim) []claim.Claim {
	out := slices.Clone(claims)
	slices.SortStableFunc(out, func(a, b claim.Claim) int {
		switch {
		case a.Increment == b.Increment:
			return 0
		case b.Increment:
			return -1
		default:
			return 1
		}
	})
	return out
}
