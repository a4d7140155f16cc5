package detect

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"monitor/internal/claim"
)

// Compare judges one claim by what was committed before it. The same record and
// history give the same verdict, in whatever order the history answers. name gives
// a claimant's name for people; nil leaves the ids.
//
// Known is asked first and silences everything but a denial, an edit, and a figure
// put in another claimant's mouth. What is older than its claimant's standing claim
// is history and never alerts. The rest is set against what stands.
func Compare(ctx context.Context, r Record, h HistoryOf, rules Rules, name func(claim.Claimant) string) (Verdict, error) {
	c := &comparison{history: h, rules: rules, words: words{name: name}, record: r, day: Day(r)}
	c.verdict.Story = StoryOf(r.Claim)
	switch {
	case r.Baseline:
		return c.baseline(), nil
	case empty(r.Claim.Bounds):
		c.tell(Known, "no_figure", c.words.says(r)+", which is no number.")
		c.sum()
		return c.verdict, nil
	}
	if err := c.recall(ctx); err != nil {
		return Verdict{}, fmt.Errorf("claim %d: %w", r.ID, err)
	}
	if err := c.judge(ctx); err != nil {
		return Verdict{}, fmt.Errorf("claim %d: %w", r.ID, err)
	}
	c.settle()
	return c.verdict, nil
}

// empty says whether no number lies between the bounds, or every one does. Reading
// gives no such claim; another program's file may.
func empty(b claim.Bounds) bool {
	return b.Low == claim.Open && b.High == claim.Open || b.High != claim.Open && b.Low > b.High
}

// A comparison is one claim being judged.
type comparison struct {
	history HistoryOf
	rules   Rules
	words   words
	record  Record
	day     claim.Date

	reasons []reason // in the order in which they were found
	added   []Record // what the verdict rests on besides: the total that an increment is added to
	known   []Record // what makes the figure known, the baseline first, then the oldest
	own     *Record  // the claimant's standing total
	others  []Record // what everybody else's is, one each
	verdict Verdict
}

// reason is a Reason with the claims it speaks of.
type reason struct {
	Reason
	against []Record
}

// tell adds a reason and the claims it speaks of.
func (c *comparison) tell(k Kind, rule, text string, against ...Record) {
	c.reasons = append(c.reasons, reason{Reason{Kind: k, Rule: rule, Text: text}, against})
}

// names adds to the claims that the verdict rests on, each once.
func (c *comparison) names(against ...Record) {
	for _, r := range against {
		if !slices.ContainsFunc(c.verdict.Against, func(o Record) bool { return sameRecord(o, r) || equalRecord(o, r) }) {
			c.verdict.Against = append(c.verdict.Against, r)
		}
	}
}

// equalRecord is sameRecord for baseline entries and sums, which no entry holds.
func equalRecord(a, b Record) bool {
	return a.Baseline == b.Baseline && a.Entry == b.Entry && a.ID == b.ID && a.Claim == b.Claim && len(a.Parts) == len(b.Parts)
}

// told says whether one of the kinds is among the reasons.
func (c *comparison) told(kinds ...Kind) bool {
	return slices.ContainsFunc(c.reasons, func(r reason) bool { return slices.Contains(kinds, r.Kind) })
}

// baseline entries are known by being there.
func (c *comparison) baseline() Verdict {
	c.tell(Known, "baseline", c.words.says(c.record)+", by the baseline.")
	c.sum()
	c.verdict.Remember = true
	c.verdict.Stands = c.record.Claim.Claimant != "" && !c.record.Claim.Increment
	return c.verdict
}

// recall asks the history for all that the claim itself is held against.
func (c *comparison) recall(ctx context.Context) error {
	known, err := c.knownAs(ctx, c.record.Claim)
	if err != nil {
		return err
	}
	standing, err := c.standing(ctx, queryOf(c.record.Claim))
	if err != nil {
		return err
	}
	c.known = known
	for _, r := range standing {
		if r.Claim.Claimant == c.record.Claim.Claimant {
			c.own = &r
		} else {
			c.others = append(c.others, r)
		}
	}
	return nil
}

func (c *comparison) judge(ctx context.Context) error {
	switch again := c.readAgain(); {
	case again != nil && !c.isDropped():
		c.tell(Known, "told", c.words.says(c.record)+"; this very claim was told before.", *again)
		return nil
	case c.own != nil && c.day < Day(*c.own):
		c.older()
		return nil
	}
	c.edited()
	if c.isDropped() {
		return nil // it was judged when it came
	}
	c.misattributed()
	switch {
	case c.told(Misattributed):
		return nil // whose figure it is has been said; it is no revision and no conflict
	case c.record.Claim.Mode == claim.Denied:
		return c.denial(ctx)
	case len(c.known) > 0:
		c.knownFigure()
		c.addKnown()
		return nil
	case c.record.Claim.Increment:
		return c.increment(ctx)
	default:
		return c.unknown(ctx, c.record)
	}
}

// settle decides the kind, and what the claim changes in the record.
func (c *comparison) settle() {
	c.sum()
	c.verdict.Stands = c.stands()
	c.verdict.Remember = c.remember()
}

// sum puts the reasons into the verdict, the gravest first and with it the claims
// that it speaks of: people read the first, and often no more.
func (c *comparison) sum() {
	v := &c.verdict
	slices.SortStableFunc(c.reasons, func(a, b reason) int { return cmp.Compare(b.Kind.Gravity(), a.Kind.Gravity()) })
	v.Kind = c.reasons[0].Kind
	for _, r := range c.reasons {
		v.Reasons = append(v.Reasons, r.Reason)
		c.names(r.against...)
	}
	c.names(c.added...)
}

// remember says whether the figure, or the claimant's voice for it, is one that the record had not.
func (c *comparison) remember() bool {
	v := c.verdict
	switch {
	case v.Kind.Alerts():
		return c.readAgain() == nil
	case c.record.Claim.Qualifier == claim.Vague:
		return false // what it holds is known without it
	default:
		return v.Kind == Corroborated || v.Derived != nil
	}
}

// stands says whether the claim becomes its claimant's standing one: it is a total,
// its claimant's own, and not older than what stands.
func (c *comparison) stands() bool {
	q := c.record.Claim
	switch {
	case q.Claimant == "" || q.Increment || c.told(History, Misattributed):
		return false
	case c.isDropped():
		return false
	case c.own == nil:
		return true
	case younger(c.own, &c.record) > 0 && !sameRecord(*c.own, c.record):
		return false
	}
	return !c.retells(*c.own)
}

// retells says whether the claim only says less of what stands already: a known
// vague plural, a part of the standing sum, or the trainees of the deployment that
// the entry has given.
func (c *comparison) retells(own Record) bool {
	q := c.record.Claim
	switch {
	case len(c.known) > 0 && q.Qualifier == claim.Vague:
		return true
	case len(c.known) > 0 && slices.ContainsFunc(own.Parts, func(p Record) bool { return !p.Claim.Increment && p.Claim.Figure() == q.Figure() }):
		return c.inWindow(own)
	default:
		return sameEntry(own, c.record) && Day(own) == c.day && q.Measure == claim.Training && own.Claim.Measure == claim.Deployed
	}
}
