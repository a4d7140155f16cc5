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
		c.verdict.Kind = Known
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

	known   []Record // what makes the figure known, oldest first
	own     *Record  // the claimant's standing total
	others  []Record // what everybody else's is, one each
	verdict Verdict
}

// tell adds a reason and the claims it speaks of.
func (c *comparison) tell(k Kind, rule, text string, against ...Record) {
	c.verdict.Reasons = append(c.verdict.Reasons, Reason{Kind: k, Rule: rule, Text: text})
	c.names(against...)
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
	return slices.ContainsFunc(c.verdict.Reasons, func(r Reason) bool { return slices.Contains(kinds, r.Kind) })
}

// baseline entries are known by being there.
func (c *comparison) baseline() Verdict {
	c.tell(Known, "baseline", c.words.says(c.record)+", by the baseline.")
	c.verdict.Kind = Known
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

// knownAs returns what makes the claim's figure known in its mode. A planned
// figure is known as planned or as actual, an actual one only as actual.
func (c *comparison) knownAs(ctx context.Context, q claim.Claim) ([]Record, error) {
	if q.Mode != claim.Planned {
		return c.figures(ctx, q, q.Mode)
	}
	return c.figures(ctx, q, claim.Planned, claim.Actual)
}

// figures returns the known records with the claim's figure, in any of the modes.
// A vague plural takes every figure that lies in it. An increment has its figure
// from increments alone: "another 3,000" is news where 3,000 are known.
func (c *comparison) figures(ctx context.Context, q claim.Claim, modes ...claim.Mode) ([]Record, error) {
	within := q.Bounds
	if n, ok := q.Number(); ok {
		within = claim.Bounds{Low: n, High: n}
	}
	var out []Record
	for _, m := range modes {
		query := queryOf(q)
		query.Mode, query.Scope = m, ""
		records, err := c.history.Known(ctx, query, within)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.Claim.Increment == q.Increment && (r.Claim.Figure() == q.Figure() || q.Qualifier == claim.Vague && liesIn(r.Claim.Bounds, q.Bounds)) {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Record) int { return younger(&a, &b) })
	return out, nil
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

// readAgain finds the claim itself among what was told: a stage that runs twice tells once.
func (c *comparison) readAgain() *Record {
	for _, r := range c.known {
		if sameRecord(r, c.record) {
			return &r
		}
	}
	return nil
}

// older is for a claim from before its claimant's standing one: it may be known, and never alerts.
func (c *comparison) older() {
	if len(c.known) > 0 {
		c.knownFigure()
		return
	}
	c.tell(History, "history", c.words.says(c.record)+"; since then the same claimant's figure is "+c.words.short(*c.own)+".", *c.own)
}

// knownFigure says through whom the figure is known.
func (c *comparison) knownFigure() {
	who := c.record.Claim.Claimant
	first := c.known[0]
	for _, r := range c.known {
		if sameState(r.Claim.Claimant, who) {
			c.tell(Known, "known", c.words.knownBy(c.record, r), r)
			return
		}
	}
	if who == "" {
		c.tell(Known, "known", c.words.knownBy(c.record, first), first)
		return
	}
	c.tell(Corroborated, "corroborated", c.words.knownBy(c.record, first), first)
}

// edited sets the claim against those that its entry's earlier version had in its place.
func (c *comparison) edited() {
	if c.isDropped() {
		c.tell(Edited, "dropped", c.words.dropped(c.record), c.record)
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

// denial tells once that a known figure is denied. Nobody's denial is nothing to tell.
func (c *comparison) denial(ctx context.Context) error {
	if len(c.known) > 0 {
		c.knownFigure()
		return nil
	}
	said, err := c.figures(ctx, c.record.Claim, claim.Actual, claim.Planned)
	if err != nil {
		return err
	}
	switch {
	case len(said) == 0:
		c.tell(New, "new", c.words.isNew(c.record))
	case c.record.Claim.Claimant == "":
		c.tell(Known, "known", c.words.knownBy(c.record, said[0]), said[0])
	default:
		c.tell(Denied, "denied", c.words.denies(c.record, said[0]), said[0])
	}
	return nil
}

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
		c.tell(Known, "known_sum", c.words.sumKnown(c.record, sum, known[0]), sum, known[0])
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
		c.names(*c.own)
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

// isNew tells that the figure was not known, unless a graver word was found for
// that, and whether it is what somebody expected.
func (c *comparison) isNew(ctx context.Context, subject Record) error {
	plan, err := c.plan(ctx, subject)
	if err != nil {
		return err
	}
	switch {
	case plan != nil:
		c.tell(New, "plan_came_true", c.words.asPlanned(c.record, subject, *plan), *plan)
	case c.told(Conflict, SelfConflict, Revision):
	default:
		c.tell(New, "new", c.words.isNew(c.record))
	}
	return nil
}

// plan finds who expected the figure that is now said to be there.
func (c *comparison) plan(ctx context.Context, subject Record) (*Record, error) {
	if subject.Claim.Mode != claim.Actual || subject.Claim.Qualifier == claim.Vague {
		return nil, nil //nolint:nilnil // no plan is a fair answer
	}
	planned, err := c.figures(ctx, subject.Claim, claim.Planned)
	if err != nil {
		return nil, err
	}
	for _, p := range planned {
		if Day(p) <= c.day {
			return &p, nil
		}
	}
	return nil, nil //nolint:nilnil // as above
}

// settle decides the kind, and what the claim changes in the record.
func (c *comparison) settle() {
	v := &c.verdict
	v.Kind = v.Reasons[0].Kind
	for _, r := range v.Reasons {
		if r.Kind.Gravity() > v.Kind.Gravity() {
			v.Kind = r.Kind
		}
	}
	v.Stands = c.stands()
	v.Remember = c.remember()
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
