package detect

import (
	"cmp"
	"slices"
	"time"

	"monitor/internal/claim"
)

// Range is what claimants say of one count on a day: their standing claims, and
// the least, the middle and the greatest of the figures. It is no estimate, and
// nobody's truth: only who says what.
type Range struct {
	Query
	On                claim.Date
	Low, Median, High claim.Count
	Open              bool     // the greatest figure is "at least": there may be more
	Standing          []Record // one a claimant, the least figure first
	Lapsed            []Record // standing claims that are older than the window; they count for nothing
}

// Ranges gives the ranges on a day of claims of any day. Increments, stated periods,
// denials and what nobody says are left out, and so are claims made after the day.
func Ranges(records []Record, on claim.Date, window time.Duration) []Range {
	type key struct {
		Query
		who claim.Claimant
	}
	latest := map[key]Record{}
	for _, r := range records {
		c := r.Claim
		if c.Claimant == "" || c.Increment || c.Scope != "" || c.Mode == claim.Denied || empty(c.Bounds) || Day(r) > on {
			continue
		}
		k := key{queryOf(c), c.Claimant}
		if old, ok := latest[k]; !ok || younger(&r, &old) > 0 {
			latest[k] = r
		}
	}
	byQuery := map[Query]*Range{}
	for k, r := range latest {
		if byQuery[k.Query] == nil {
			byQuery[k.Query] = &Range{Query: k.Query, On: on}
		}
		g := byQuery[k.Query]
		if window > 0 && apart(Day(r), on) > int64(window/(24*time.Hour)) {
			g.Lapsed = append(g.Lapsed, r)
		} else {
			g.Standing = append(g.Standing, r)
		}
	}
	var out []Range
	for _, g := range byQuery {
		g.measure()
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(slices.Index(claim.Units, a.Unit), slices.Index(claim.Units, b.Unit)),
			cmp.Compare(slices.Index(claim.Measures, a.Measure), slices.Index(claim.Measures, b.Measure)), cmp.Compare(a.Mode, b.Mode))
	})
	return out
}

// ends are a claim's least and greatest number as worded: one number twice, but for ranges and vague plurals.
func ends(c claim.Claim) (low, high claim.Count) {
	if n, ok := c.Number(); ok {
		return n, n
	}
	return c.Low, c.High
}

func (g *Range) measure() {
	order := func(a, b Record) int {
		al, ah := ends(a.Claim)
		bl, bh := ends(b.Claim)
		return cmp.Or(cmp.Compare(al, bl), cmp.Compare(ah, bh), cmp.Compare(a.Claim.Claimant, b.Claim.Claimant))
	}
	slices.SortFunc(g.Standing, order)
	slices.SortFunc(g.Lapsed, order)
	isVague := func(r Record) bool { return r.Claim.Qualifier == claim.Vague }
	figures := slices.DeleteFunc(slices.Clone(g.Standing), isVague)
	if len(figures) == 0 {
		figures = g.Standing // "thousands" is better than nothing, and worse than any number
	}
	var middles []claim.Count // doubled, so that a half is none
	for i, r := range figures {
		low, high := ends(r.Claim)
		if i == 0 {
			g.Low, g.High = low, high
		}
		open := r.Claim.High == claim.Open
		if high > g.High {
			g.Open = false
		}
		g.Low, g.High = min(g.Low, low), max(g.High, high)
		g.Open = g.Open || open && high == g.High
		middles = append(middles, low+high)
	}
	if n := len(middles); n > 0 {
		slices.Sort(middles)
		g.Median = (middles[(n-1)/2] + middles[n/2]) / 4
	}
}
