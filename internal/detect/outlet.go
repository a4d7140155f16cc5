package detect

import (
	"slices"

	"monitor/internal/claim"
)

// edited sets the claim against those that its entry's earlier version had in its place.
func (c *comparison) edited() {
	if c.isDropped() {
		was := c.record
		for _, p := range c.record.Replaced {
			if sameRecord(p, c.record) {
				was = p // as it was captured first
			}
		}
		was.Replaced = nil
		c.tell(Edited, "dropped", c.words.dropped(c.record, was), was)
		return
	}
	var was []Record
	for _, p := range c.record.Replaced {
		if c.inPlaceOf(p) {
			was = append(was, p)
		}
	}
	if len(was) > 0 {
		c.tell(Edited, "edited", c.words.edited(c.record, was), was...)
		return
	}
	if len(c.record.Returned) > 0 {
		c.tell(Edited, "returned", c.words.returned(c.record), c.record.Returned...)
	}
}

// isDropped says whether the claim itself is what a new version no longer has.
func (c *comparison) isDropped() bool { return c.replaced(c.record) }

// inPlaceOf says whether the claim is what became of an earlier version's claim:
// the same count by the same claimant, with another figure.
func (c *comparison) inPlaceOf(p Record) bool {
	a, b := p.Claim, c.record.Claim
	return a.Topic == b.Topic && a.Unit == b.Unit && a.Measure.Side() == b.Measure.Side() && a.Figure() != b.Figure() &&
		(sameState(a.Claimant, b.Claimant) || a.Claimant == "" || b.Claimant == "")
}

// misattributed finds a figure put in another claimant's mouth: the claimant had its
// own say in those days, which rules the figure out, and it is somebody else's. Who
// had not spoken since the figure came up may have taken it up, and who gave it
// once may be quoted late: neither is an error of the outlet's. Plans have their
// terms, so that two of one claimant do not rule each other out; and "up to" is not
// the figure of who said "at least".
func (c *comparison) misattributed() {
	q := c.record.Claim
	_, one := q.Number()
	if c.own == nil || !one || q.Increment || q.Mode != claim.Actual || len(c.own.Parts) > 0 ||
		sameEntry(*c.own, c.record) || !c.inWindow(*c.own) || c.fits(c.record, *c.own) ||
		slices.ContainsFunc(c.known, func(r Record) bool { return sameState(r.Claim.Claimant, q.Claimant) }) {
		return
	}
	for _, o := range c.others {
		if o.Claim.Figure() == q.Figure() && c.fits(o, c.record) && len(o.Parts) == 0 && !sameState(o.Claim.Claimant, q.Claimant) && c.inWindow(o) && Day(o) <= Day(*c.own) {
			c.tell(Misattributed, "misattributed", c.words.misattributed(c.record, *c.own, o), *c.own, o)
			return
		}
	}
}
