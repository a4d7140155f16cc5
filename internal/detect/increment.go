package detect

import (
	"slices"

	"monitor/internal/claim"
)

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
