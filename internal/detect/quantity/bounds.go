package quantity

import (
	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// bound joins numbers to ranges and gives them their hedges.
func (r *reader) bound() []Quantity {
	out := make([]Quantity, 0, len(r.nums))
	for i := 0; i < len(r.nums); i++ {
		n := r.nums[i]
		if i+1 < len(r.nums) {
			if q, ok := r.rangeOf(n, r.nums[i+1]); ok {
				out = append(out, q)
				i++
				continue
			}
		}
		if i+1 < len(r.nums) {
			n.Bounds = r.changedFrom(n, r.nums[i+1])
		}
		out = append(out, r.hedge(n))
	}
	return out
}

// changedFrom is the old figure of a change, which shares the new one's multiplier:
// "from 3 to 10 thousand".
func (r *reader) changedFrom(a, b number) claim.Bounds {
	before := r.beforeFillers(a.first - 1)
	if a.vague || b.vague || before < 0 || b.first-a.last > 3 || b.first-a.last < 2 || !r.atoms[before].has(lexicon.From) || !r.changed(before) {
		return a.Bounds
	}
	low := share(a, b)
	return claim.Bounds{Low: low, High: low}
}

// rangeOf joins two numbers to a range: "10,000 to 12,000", "between ten and twelve
// thousand". Both ends share the multiplier of the second.
func (r *reader) rangeOf(a, b number) (Quantity, bool) {
	if a.vague || b.vague || a.strong {
		return Quantity{}, false
	}
	first, ok := r.connected(a, b)
	if !ok {
		return Quantity{}, false
	}
	low := share(a, b)
	if low >= b.Low {
		return Quantity{}, false
	}
	from := r.atoms[first].start
	return Quantity{
		Bounds: claim.Bounds{Low: low, High: b.Low}, Qualifier: claim.Range, Start: a.start, End: b.end,
		From: r.widenLeft(first, from), To: b.end, Strong: b.strong, Rule: "range",
	}, true
}

// connected says whether what lies between two numbers makes them a range; first is
// the atom that the range begins with.
func (r *reader) connected(a, b number) (first int, ok bool) {
	first = a.first
	before := r.beforeFillers(a.first - 1)
	between := before >= 0 && r.atoms[before].has(lexicon.Between)
	if between {
		first = before
	}
	i := a.last + 1
	if i >= b.first {
		return first, false
	}
	mid := &r.atoms[i]
	for k := i + 1; k < b.first; k++ { // "10,000 to as many as 12,000"
		if !r.atoms[k].has(lexicon.HedgeBefore) && !r.atoms[k].has(lexicon.Filler) {
			return first, false
		}
	}
	switch {
	case between && mid.has(lexicon.BetweenAnd):
		return first, true
	case before >= 0 && r.atoms[before].has(lexicon.From) && r.changed(before):
		return first, false
	case mid.has(lexicon.To):
		return first, true
	case r.s[mid.start:mid.end] == "-":
		return first, b.first == i+1
	}
	return first, false
}

// changed says whether a verb of change stands before "from": then the two numbers are
// an old and a new figure, not a range. It looks back within the clause.
func (r *reader) changed(from int) bool {
	for i := from - 1; i >= 0 && i >= from-14; i-- {
		a := &r.atoms[i]
		if a.kind == breaks || r.s[a.start:a.end] == ";" || r.s[a.start:a.end] == "." {
			return false
		}
		if a.has(lexicon.Instead) {
			return true
		}
	}
	return false
}

// share gives the low end the high end's multiplier: "10 to 12 thousand", "10 bis 12.000".
func share(a, b number) claim.Count {
	if !a.plain || a.grouped {
		return a.Low
	}
	if b.factor > 1 {
		if scaled := a.Low * claim.Count(b.factor); scaled < b.Low {
			return scaled
		}
		return a.Low
	}
	if b.grouped && a.Low < 1000 && b.Low%1000 == 0 && a.Low*1000 < b.Low && a.Low*100 >= b.Low/1000 {
		return a.Low * 1000
	}
	return a.Low
}

// hedge finds how a number is hedged, before and behind.
func (r *reader) hedge(n number) Quantity {
	q := Quantity{Bounds: n.Bounds, Qualifier: claim.Exact, Start: n.start, End: n.end, From: n.start, To: n.end, Strong: n.strong, Rule: "number"}
	if n.vague {
		q.Qualifier, q.Rule = claim.Vague, "vague plural"
		q.From = r.widenLeft(n.first, n.start)
		return q
	}
	if n.about {
		q.Qualifier = claim.About
	}
	for i := n.first - 1; i >= 0 && i >= n.first-6; i-- {
		a := &r.atoms[i]
		if h, ok := a.is(lexicon.HedgeBefore); ok && !(a.has(lexicon.Goal) && r.changed(i)) {
			q.Qualifier, q.From = stronger(q.Qualifier, h.Q), a.start
			continue
		}
		if !a.has(lexicon.Filler) {
			break
		}
	}
	if h, end, ok := r.after(n); ok {
		q.Qualifier, q.To = stronger(q.Qualifier, h), end
	}
	q.Bounds = claim.Bound(n.Low, q.Qualifier)
	if q.Qualifier != claim.Exact {
		q.Rule = "number, hedged"
	}
	return q
}

// widenLeft takes the hedges of a range or a vague plural into the words that carry it;
// its bounds stay as they are.
func (r *reader) widenLeft(first, from int) int {
	for i := first - 1; i >= 0 && (r.atoms[i].has(lexicon.HedgeBefore) || r.atoms[i].has(lexicon.Filler)); i-- {
		if r.atoms[i].has(lexicon.HedgeBefore) {
			from = r.atoms[i].start
		}
	}
	return from
}

func (r *reader) beforeFillers(i int) int {
	for i >= 0 && (r.atoms[i].has(lexicon.Filler) || r.atoms[i].has(lexicon.HedgeBefore)) && !r.atoms[i].has(lexicon.Between) && !r.atoms[i].has(lexicon.From) {
		i--
	}
	return i
}

// after finds a hedge behind the number: "or more", 이상, 以上. In scripts without
// spaces the counter stands between: 3000人以上, 1000명 이상.
func (r *reader) after(n number) (claim.Qualifier, int, bool) {
	skipped := 0
	var best claim.Qualifier
	end := 0
	for i := n.last + 1; i < len(r.atoms); i++ {
		a := &r.atoms[i]
		if h, ok := a.is(lexicon.HedgeAfter); ok {
			best, end = stronger(best, h.Q), a.end
			continue
		}
		c := firstRune(r.s[a.start:a.end])
		if best != "" && end == a.start && skipped > 0 || a.kind != word || !lexicon.Unspaced(c) || skipped >= 2 || len(a.senses) > 0 {
			break
		}
		skipped++
	}
	return best, end, best != ""
}

func firstRune(s string) rune {
	for _, c := range s {
		return c
	}
	return 0
}

// stronger picks the hedge that binds: an open end over "about", "about" over nothing.
func stronger(a, b claim.Qualifier) claim.Qualifier {
	rank := func(q claim.Qualifier) int {
		switch q {
		case claim.AtLeast, claim.MoreThan, claim.UpTo, claim.FewerThan:
			return 2
		case claim.About:
			return 1
		default:
			return 0
		}
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
