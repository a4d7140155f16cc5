package detect

import (
	"context"
	"slices"

	"monitor/internal/claim"
)

// wholeOf names the measures that a measure is directly a part of.
var wholeOf = map[claim.Measure]claim.Measure{
	claim.Front:      claim.Deployed,
	claim.Captured:   claim.Deployed,
	claim.Casualties: claim.Deployed,
	claim.Killed:     claim.Casualties,
	claim.Wounded:    claim.Casualties,
}

// amongTroops says who is counted among the troops; workers are not.
func amongTroops(u claim.Unit) bool {
	return u == claim.Officers || u == claim.Generals || u == claim.Specialists
}

// wholes lists what q is a part of, the nearest first: officers killed are a part
// of troops killed, of officers who are casualties, of troops deployed, and so on.
func wholes(q Query) []Query {
	var out []Query
	units := []claim.Unit{q.Unit}
	if amongTroops(q.Unit) {
		units = append(units, claim.Troops)
	}
	for m, ok := q.Measure, true; ok; m, ok = wholeOf[m] {
		for _, u := range units {
			if whole := (Query{Topic: q.Topic, Unit: u, Measure: m, Mode: q.Mode, Scope: q.Scope}); whole != q {
				out = append(out, whole)
			}
		}
	}
	return out
}

// partsOf lists what q is a whole of.
func partsOf(q Query) []Query {
	var out []Query
	for _, u := range claim.Units {
		for _, m := range claim.Measures {
			part := Query{Topic: q.Topic, Unit: u, Measure: m, Mode: q.Mode, Scope: q.Scope}
			if m != claim.Training && isPart(part, q) {
				out = append(out, part)
			}
		}
	}
	return out
}

func isPart(part, whole Query) bool {
	return slices.Contains(wholes(part), whole)
}

// partsAndWholes tells of a part that is above its whole, and of nothing else
// between the two: a part may be as small as it likes.
func (c *comparison) partsAndWholes(ctx context.Context, subject Record) error {
	bounds := c.widened(subject.Claim)
	if bounds.Low > 0 {
		low, err := c.standingWhere(ctx, wholes(queryOf(subject.Claim)), func(o Record) bool { return bounds.Above(c.widened(o.Claim)) })
		if err != nil {
			return err
		}
		if len(low) > 0 {
			c.tell(Conflict, "part_exceeds_whole", c.words.partAbove(c.record, subject, low), low...)
		}
	}
	if bounds.High == claim.Open { // nothing is above "at least"
		return nil
	}
	high, err := c.standingWhere(ctx, partsOf(queryOf(subject.Claim)), func(o Record) bool { return c.widened(o.Claim).Above(bounds) })
	if err != nil {
		return err
	}
	if len(high) > 0 {
		c.tell(Conflict, "whole_below_part", c.words.wholeBelow(c.record, subject, high), high...)
	}
	return nil
}

// standingWhere collects the standing claims of the window that pass, the latest first.
func (c *comparison) standingWhere(ctx context.Context, queries []Query, pass func(Record) bool) ([]Record, error) {
	var out []Record
	for _, q := range queries {
		records, err := c.standing(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, o := range records {
			if c.inWindow(o) && pass(o) {
				out = append(out, o)
			}
		}
	}
	latestFirst(out)
	return out, nil
}
