package detect

import (
	"context"
	"slices"

	"monitor/internal/claim"
)

// knownAs returns what makes the claim's figure known in its mode. A planned
// figure is known as planned or as actual, an actual one only as actual.
func (c *comparison) knownAs(ctx context.Context, q claim.Claim) ([]Record, error) {
	if q.Mode != claim.Planned {
		return c.figures(ctx, q, q.Mode)
	}
	return c.figures(ctx, q, claim.Planned, claim.Actual)
}

// figures returns the known records with the claim's figure, in any of the modes,
// the baseline's first, then the oldest.
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
	slices.SortStableFunc(out, func(a, b Record) int {
		switch {
		case a.Baseline == b.Baseline:
			return younger(&a, &b)
		case a.Baseline:
			return -1
		default:
			return 1
		}
	})
	return out, nil
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

// denial tells once that a known figure is denied. Nobody's denial is nothing to tell.
func (c *comparison) denial(ctx context.Context) error {
	if len(c.known) > 0 {
		c.knownFigure()
		return nil
	}
	said, err := c.figures(ctx, c.record.Claim, claim.Actual)
	if err == nil && len(said) == 0 {
		said, err = c.figures(ctx, c.record.Claim, claim.Planned)
	}
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
