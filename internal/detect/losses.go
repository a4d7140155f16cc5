package detect

import (
	"context"

	"monitor/internal/claim"
)

// sums are what claimants' killed and wounded of one day make together, which is
// what "casualties" means: 300 killed and 2,700 wounded are 3,000. A claimant's own
// word on the whole, of that day or later, is worth more than the sum.
func (c *comparison) sums(ctx context.Context) ([]Record, error) {
	q := queryOf(c.record.Claim)
	if q.Measure != claim.Casualties || q.Mode != claim.Actual || c.record.Claim.Increment {
		return nil, nil
	}
	whole, err := c.standing(ctx, q)
	if err != nil {
		return nil, err
	}
	q.Measure = claim.Killed
	killed, err := c.standing(ctx, q)
	if err != nil || len(killed) == 0 {
		return nil, err
	}
	q.Measure = claim.Wounded
	wounded, err := c.standing(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []Record
	for _, k := range killed {
		w := by(wounded, k.Claim.Claimant)
		if w == nil || Day(*w) != Day(k) {
			continue
		}
		if given := by(whole, k.Claim.Claimant); given != nil && Day(*given) >= Day(k) {
			continue
		}
		if sum, ok := together(k, *w); ok {
			out = append(out, sum)
		}
	}
	return out, nil
}

// by is the claimant's record among standing ones.
func by(records []Record, who claim.Claimant) *Record {
	for i := range records {
		if records[i].Claim.Claimant == who {
			return &records[i]
		}
	}
	return nil
}

// together is the derived claim that killed and wounded make. ok is false where no number comes of it.
func together(killed, wounded Record) (Record, bool) {
	q, ok := addedHedge(killed.Claim, wounded.Claim)
	if !ok {
		return Record{}, false
	}
	sum := wounded
	if younger(&killed, &wounded) > 0 {
		sum = killed
	}
	sum.ID = 0
	sum.Claim.Bounds = killed.Claim.Plus(wounded.Claim.Bounds)
	sum.Claim.Qualifier, sum.Claim.Measure = q, claim.Casualties
	sum.Claim.AsOf = max(Day(killed), Day(wounded))
	sum.Baseline = killed.Baseline && wounded.Baseline
	sum.Replaced, sum.Returned = nil, nil
	sum.Parts = append(parts(killed), parts(wounded)...)
	return sum, true
}

// knownSum says that the casualties are what somebody's killed and wounded make.
func (c *comparison) knownSum(sums []Record) bool {
	who := c.record.Claim.Claimant
	for _, s := range sums {
		if s.Claim.Figure() != c.record.Claim.Figure() {
			continue
		}
		kind := Corroborated
		if who == "" || sameState(s.Claim.Claimant, who) {
			kind = Known
		}
		c.tell(kind, "known_sum", c.words.says(c.record)+"; that is what "+c.words.short(s)+" according to "+c.words.who(s)+", makes.", s)
		c.bySum = true
		return true
	}
	return false
}

// againstSums sets casualties against what killed and wounded make.
func (c *comparison) againstSums(sums []Record) {
	var against []Record
	for _, s := range sums {
		switch {
		case s.Claim.Claimant == c.record.Claim.Claimant && Day(s) == c.day:
			if c.widened(s.Claim).Above(c.widened(c.record.Claim)) {
				c.partsExceed(s, s)
			}
		case sameState(s.Claim.Claimant, c.record.Claim.Claimant):
		case c.inWindow(s) && !c.fits(c.record, s):
			against = append(against, s)
		}
	}
	if len(against) > 0 {
		latestFirst(against)
		c.tell(Conflict, "parts_add_up", c.words.conflict(c.record, c.record, against), against...)
	}
}

// partsExceed tells that a claimant's killed and wounded are more than its casualties.
func (c *comparison) partsExceed(sum, other Record) {
	kind := Conflict
	if sameEntry(other, c.record) {
		kind = SelfConflict
	}
	whole := c.record
	if c.record.Claim.Measure != claim.Casualties {
		whole = other
	}
	c.tell(kind, "parts_exceed_whole", c.words.partsExceed(whole, sum), other)
}

// addsUp sets the whole that killed or wounded make, with the other half of the
// claimant's same day, against what is said of casualties.
func (c *comparison) addsUp(ctx context.Context, subject Record) error {
	q := queryOf(subject.Claim)
	half := map[claim.Measure]claim.Measure{claim.Killed: claim.Wounded, claim.Wounded: claim.Killed}[q.Measure]
	if half == "" || q.Mode != claim.Actual {
		return nil
	}
	q.Measure = half
	halves, err := c.standing(ctx, q)
	if err != nil {
		return err
	}
	other := by(halves, subject.Claim.Claimant)
	if other == nil || Day(*other) != Day(subject) {
		return nil
	}
	killed, wounded := subject, *other
	if half == claim.Killed {
		killed, wounded = *other, subject
	}
	sum, ok := together(killed, wounded)
	if !ok {
		return nil
	}
	q.Measure = claim.Casualties
	wholes, err := c.standing(ctx, q)
	if err != nil {
		return err
	}
	var against []Record
	for _, o := range wholes {
		switch {
		case o.Claim.Claimant == subject.Claim.Claimant && Day(o) == Day(sum):
			if c.widened(sum.Claim).Above(c.widened(o.Claim)) {
				c.partsExceed(sum, o)
				c.added = append(c.added, *other)
			}
		case sameState(o.Claim.Claimant, subject.Claim.Claimant):
		case c.inWindow(o) && !c.fits(sum, o):
			against = append(against, o)
		}
	}
	if len(against) > 0 {
		latestFirst(against)
		c.tell(Conflict, "parts_add_up", c.words.addsUp(c.record, *other, sum, against), against...)
		c.added = append(c.added, *other)
	}
	return nil
}
