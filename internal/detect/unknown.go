package detect

import (
	"cmp"
	"context"
	"slices"

	"monitor/internal/claim"
)

// unknown sets a figure that is not known against all that stands. The subject is
// the claim in hand, or the total that it makes as an increment.
func (c *comparison) unknown(ctx context.Context, subject Record) error {
	if c.record.Claim.Claimant != "" {
		c.ownWord(subject)
		c.sides(subject)
		if err := c.partsAndWholes(ctx, subject); err != nil {
			return err
		}
	}
	if subject.Parts != nil {
		c.added = append(c.added, *c.own)
	}
	return c.isNew(ctx, subject)
}

// ownWord sets the figure against what the claimant, or another office of its
// state, said before: another place of the entry, or another day.
func (c *comparison) ownWord(subject Record) {
	if c.own != nil && sameEntry(*c.own, c.record) && Day(*c.own) == c.day && !c.record.Claim.Increment {
		if c.contradictsItself(*c.own) {
			c.tell(SelfConflict, "self_conflict", c.words.selfConflict(c.record, *c.own), *c.own)
		}
		return
	}
	before := c.before(subject)
	if before == nil {
		return
	}
	rule := "revision"
	switch {
	case subject.Parts != nil:
		rule = "revision_by_increment"
	case before.Claim.Claimant != subject.Claim.Claimant:
		rule = "revision_by_office"
	}
	c.tell(Revision, rule, c.words.revision(c.record, subject, *before), *before)
}

// before is the claimant's standing claim, or that of an office of its state from
// an earlier day, whichever is the later; nil where no other figure stands.
func (c *comparison) before(subject Record) *Record {
	var before *Record
	if c.own != nil {
		if c.own.Claim.Figure() == subject.Claim.Figure() {
			return nil
		}
		if !c.onlyVaguer(subject, *c.own) {
			before = c.own
		}
	}
	for _, o := range c.others {
		if sameState(o.Claim.Claimant, c.record.Claim.Claimant) && Day(o) < c.day && o.Claim.Figure() != subject.Claim.Figure() &&
			!c.onlyVaguer(subject, o) && (before == nil || Day(o) > Day(*before)) {
			before = &o
		}
	}
	return before
}

// contradictsItself says whether two places of the entry rule each other out. Two
// figures in one sentence are a comparison ("up from 8,000"), and trainees beside
// a whole deployment are a part of it.
func (c *comparison) contradictsItself(o Record) bool {
	a, b := o.Claim, c.record.Claim
	return (a.InTitle != b.InTitle || a.Sentence != b.Sentence) && a.Measure == b.Measure && !c.fits(o, c.record)
}

// onlyVaguer says whether one of two figures is a vague plural that the other fits: no other figure.
func (c *comparison) onlyVaguer(a, b Record) bool {
	return (a.Claim.Qualifier == claim.Vague || b.Claim.Qualifier == claim.Vague) && c.fits(a, b)
}

// sides tells whose standing claims the figure rules out.
func (c *comparison) sides(subject Record) {
	var offices, against []Record
	for _, o := range c.others {
		switch {
		case c.fits(subject, o):
		case sameState(o.Claim.Claimant, c.record.Claim.Claimant):
			if Day(o) == c.day {
				offices = append(offices, o)
			}
		case c.inWindow(o):
			against = append(against, o)
		}
	}
	if len(offices) > 0 {
		c.tell(Conflict, "conflict_of_offices", c.words.offices(c.record, subject, offices), offices...)
	}
	if len(against) > 0 {
		latestFirst(against)
		c.tell(Conflict, "conflict", c.words.conflict(c.record, subject, against), against...)
	}
}

// latestFirst orders claims for the telling, the latest first.
func latestFirst(records []Record) {
	slices.SortStableFunc(records, func(a, b Record) int {
		return cmp.Or(cmp.Compare(Day(b), Day(a)), cmp.Compare(a.Claim.Claimant, b.Claim.Claimant))
	})
}

// isNew tells that the figure was not known, unless a graver word was found for
// that, and whether it is what somebody expected.
func (c *comparison) isNew(ctx context.Context, subject Record) error {
	plans, err := c.plans(ctx, subject)
	if err != nil {
		return err
	}
	switch {
	case len(plans) > 0:
		c.tell(New, "plan_came_true", c.words.asPlanned(c.record, subject, plans[0]), plans[0])
	case c.told(Conflict, SelfConflict, Revision):
	default:
		c.tell(New, "new", c.words.isNew(c.record))
	}
	return nil
}

// plans finds who expected, by that day, the figure that is now said to be there.
func (c *comparison) plans(ctx context.Context, subject Record) ([]Record, error) {
	if subject.Claim.Mode != claim.Actual || subject.Claim.Qualifier == claim.Vague {
		return nil, nil
	}
	planned, err := c.figures(ctx, subject.Claim, claim.Planned)
	return slices.DeleteFunc(planned, func(p Record) bool { return Day(p) > c.day }), err
}
