package quantity

import (
	"unicode"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// bound joins numbers to ranges and gives them their hedges.
func (r *reader) bound() []Quantity {
	if len(r.nums) == 0 {
		return nil
	}
	out := make([]Quantity, 0, len(r.nums))
	for i := 0; i < len(r.nums); i++ {
		n := r.nums[i]
		if i+1 < len(r.nums) {
			if q, ok := r.rangeOf(n, r.nums[i+1]); ok {
				out = append(out, q)
				i++
				continue
			}
			if b := r.nums[i+1]; !n.vague && !b.vague && r.changes(n, b) {
				if scaled := n.Low * claim.Count(b.factor); n.plain && !n.grouped && scaled < 100*b.Low {
					n.Low, n.High = scaled, scaled
				}
			}
		}
		out = append(out, r.hedge(n))
	}
	return out
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
	for i < b.first && (r.atoms[i].has(lexicon.Classifier) || r.atoms[i].has(lexicon.HedgeAfter)) && !r.atoms[i].has(lexicon.To) { // 1만여 명에서
		i++
	}
	if i >= b.first {
		return first, false
	}
	if r.s[r.atoms[i].start:r.atoms[i].end] == "-" && r.touches(i) && i+1 < b.first && !r.touches(i+1) { // vijf- en zesduizend
		i++
	}
	mid := &r.atoms[i]
	if !r.onlyHedges(i+1, b.first) { // "10,000 to as many as 12,000"
		return first, false
	}
	switch {
	case between && mid.has(lexicon.BetweenAnd):
		return first, true
	case before >= 0 && r.atoms[before].has(lexicon.From) && r.changed(before):
		return first, false
	case mid.has(lexicon.From) && r.changesBehind(b): // 3000人から1万人に増えた
		return first, false
	case mid.has(lexicon.To):
		return first, true
	case r.s[mid.start:mid.end] == "-":
		return first, b.first == i+1
	}
	return first, false
}

// onlyHedges says whether nothing but hedges and fillers stands from one atom up to another.
func (r *reader) onlyHedges(from, to int) bool {
	for k := from; k < to; k++ {
		if !r.atoms[k].has(lexicon.HedgeBefore) && !r.atoms[k].has(lexicon.Filler) {
			return false
		}
	}
	return true
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

// changes says whether two numbers are an old and a new figure that share a multiplier:
// "raised from three to ten thousand".
func (r *reader) changes(a, b number) bool {
	from, mid := a.first-1, a.last+1
	if from >= 0 && mid+2 == b.first && r.atoms[from].has(lexicon.Not) && r.atoms[mid+1].has(lexicon.Rather) {
		return true // "не три, а десять тысяч"
	}
	if mid >= b.first || !r.atoms[mid].has(lexicon.To) && !r.onlyHedges(mid, mid+1) || !r.onlyHedges(mid+1, b.first) {
		return false
	}
	from = r.beforeFillers(from)
	return from >= 0 && r.atoms[from].has(lexicon.From) && r.changed(from)
}

// changesBehind says whether a verb of change follows a number in its clause.
func (r *reader) changesBehind(n number) bool {
	for i := n.last + 1; i < len(r.atoms) && i <= n.last+6; i++ {
		if r.mark(i) {
			return false
		}
		if r.atoms[i].has(lexicon.Instead) {
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
		if _, end, ok := r.after(n); ok {
			q.To = end
		}
		return q
	}
	if n.Low != n.High {
		q.Qualifier, q.Rule = claim.Range, "two figures in one word"
		q.From = r.widenLeft(n.first, n.start)
		return q
	}
	if n.about {
		q.Qualifier = claim.About
	}
	q.Qualifier = stronger(q.Qualifier, n.hedge)
	for i := n.first - 1; i >= 0 && i >= n.first-6; i-- {
		a := &r.atoms[i]
		if a.has(lexicon.ChangedTo) && r.changed(i) {
			break
		}
		if h, ok := a.is(lexicon.HedgeBefore); ok {
			q.Qualifier, q.From = stronger(q.Qualifier, h.Q), a.start
			continue
		}
		if i == n.first-1 && r.aside(i) { // "are, at most, 12,000"
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

// aside says whether atom i is the second of two commas around a hedge.
func (r *reader) aside(i int) bool {
	comma := func(k int) bool { return k >= 0 && r.s[r.atoms[k].start:r.atoms[k].end] == "," }
	return comma(i) && comma(i-2) && r.atoms[i-1].has(lexicon.HedgeBefore)
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
		if h, ok := a.is(lexicon.HedgeAfter); ok && (!h.Late || i == n.last+1) {
			best, end = stronger(best, h.Q), a.end
			continue
		}
		if a.has(lexicon.Classifier) || a.has(lexicon.Filler) && r.touches(i) { // 3000명이 넘는
			continue
		}
		c := firstRune(r.s[a.start:a.end])
		if best != "" && end == a.start && skipped > 0 || a.kind != word || !lexicon.Unspaced(c) || unicode.Is(unicode.Hangul, c) || skipped >= 2 || len(a.senses) > 0 {
			break
		}
		skipped++
	}
	if best == "" {
		best, end = r.behindNoun(n)
	}
	return best, end, best != ""
}

// behindNoun finds a hedge behind the noun that a number counts, which no other number
// follows: "3 000 hommes au moins". One that stands late may have more words before it.
func (r *reader) behindNoun(n number) (claim.Qualifier, int) {
	for i := n.last + 1; i+1 < len(r.atoms) && i <= n.last+4; i++ {
		a := &r.atoms[i]
		if a.kind != word || !unicode.IsLetter(firstRune(r.s[a.start:])) || hasAny(a.senses, lexicon.Number, lexicon.Multiplier, lexicon.HedgeBefore, lexicon.And, lexicon.To) {
			break
		}
		for _, h := range r.atoms[i+1].senses {
			if h.Class == lexicon.HedgeAfter && (h.Late || i == n.last+1 && len(a.senses) == 0) && !r.othersHedge(i+2) {
				return h.Q, n.end
			}
		}
	}
	return "", 0
}

// othersHedge says whether a number follows at atom i, to which a hedge before it belongs.
func (r *reader) othersHedge(i int) bool {
	if i == len(r.atoms) {
		return false
	}
	a := &r.atoms[i]
	return a.kind != breaks && (a.kind != word || a.has(lexicon.Filler) || carriesNumber(a.senses) || len(a.pieces) > 0)
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
