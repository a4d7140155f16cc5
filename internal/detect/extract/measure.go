package extract

import (
	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// segment is the stretch of a sentence whose words speak of one of its numbers.
type segment struct{ from, to int } // items, to excluded

// segment divides a sentence among its numbers: the border between two is the last
// comma, conjunction or other joint between them, else the second number itself.
func (s *sentence) segment(n int) segment {
	i := s.numbers[n]
	seg := segment{0, len(s.items)}
	for k := n - 1; k >= 0; k-- {
		if !s.countsThings(s.numbers[k]) {
			seg.from = s.border(s.numbers[k], i)
			break
		}
	}
	for k := n + 1; k < len(s.numbers); k++ {
		if !s.countsThings(s.numbers[k]) {
			seg.to = s.border(i, s.numbers[k])
			break
		}
	}
	if n+1 < len(s.numbers) && s.partOf(i, s.numbers[n+1]) { // the verb speaks of the part
		seg.to = s.segment(n + 1).to
	}
	for k := i - 1; k >= seg.from; k-- {
		if s.items[k].mark == ';' {
			seg.from = k + 1
			break
		}
	}
	for k := i + 1; k < seg.to; k++ {
		if s.items[k].mark == ';' {
			seg.to = k
		}
	}
	return s.aside(i, seg)
}

// partOf says whether number a is a part of number b: "600 of the 15,000".
func (s *sentence) partOf(a, b int) bool {
	of := false
	for k := a + 1; k < b; k++ {
		it := &s.items[k]
		switch {
		case it.start >= s.items[b].q.From:
		case it.hasAny(lexicon.Link, lexicon.Among):
			of = true
		case !it.has(lexicon.Function) && !it.has(lexicon.Counter):
			return false
		}
	}
	return of
}

// aside narrows a segment to the dashes that its number stands between.
func (s *sentence) aside(i int, seg segment) segment {
	left, right := -1, -1
	for k := i - 1; k >= seg.from && left < 0; k-- {
		if s.dash(k) {
			left = k
		}
	}
	for k := i + 1; k < seg.to && right < 0; k++ {
		if s.dash(k) {
			right = k
		}
	}
	if left >= 0 && right >= 0 {
		return segment{left + 1, right}
	}
	return seg
}

// countsThings says whether the number at item i counts days or kilometres: such a
// number is part of what is said of the others.
func (s *sentence) countsThings(i int) bool {
	return i+1 < len(s.items) && s.items[i+1].has(lexicon.Thing)
}

func (s *sentence) border(a, b int) int {
	if j := s.lossOfPart(a, b); j > 0 {
		return j
	}
	for j := b - 1; j > a; j-- {
		it := &s.items[j]
		if it.mark == ',' || it.mark == ';' || it.mark == ':' || it.mark == '(' || it.mark == '-' || it.hasAny(lexicon.Joint, lexicon.Subclause) && !it.has(lexicon.MeasureCue) {
			return j
		}
	}
	for j := b - 1; j > a; j-- { // who has lost how many: "a force of 11,000 has lost 3,000"
		if s.items[j].lost() && !s.items[j].has(lexicon.People) && !s.qualifies(j) && s.onlyFunctions(j+1, b) {
			return j
		}
	}
	for j := b; j > a+1; j-- { // hedges and what is put before the number belong to it
		if s.items[j-1].end <= s.items[b].q.From && !s.items[j-1].hasAny(lexicon.More, lexicon.Among) {
			return j
		}
	}
	return b
}

// lossOfPart is where the loss begins that a whole shares with its part, 0 without one:
// "of 11,000 sent by autumn | some 4,000 were killed", "z 11 tys. | zginęło 4 tys.".
func (s *sentence) lossOfPart(a, b int) int {
	if !s.ofWhole(a) {
		return 0
	}
	for j := a + 1; j < b; j++ {
		switch it := &s.items[j]; {
		case it.mark == ',' || it.mark == ';':
			return 0
		case loss(it) && !s.qualifies(j):
			return j
		}
	}
	return 0
}

// ofWhole says whether the number at item i is put before as a whole: "of 11,000".
func (s *sentence) ofWhole(i int) bool {
	for j := i - 1; j >= 0; j-- {
		if it := &s.items[j]; it.start < s.items[i].q.From || it.has(lexicon.Among) {
			return it.has(lexicon.Among)
		}
	}
	return false
}

// cue is a word that may tell a quantity's measure, with its distance.
type cue struct {
	measure claim.Measure
	cost    int
	at      int
}

// measure says what is said of the counted people. A loss in the number's own
// stretch goes before strength: who was killed in Kursk is no longer at the front.
func (v *view) measure(s *sentence, n int, h head, seg segment) claim.Measure {
	i := s.numbers[n]
	if n > 0 && s.partOf(s.numbers[n-1], i) {
		seg = segment{i, min(seg.to, h.last+1)}
	}
	if h.loss {
		return s.lossAt(h.last, seg)
	}
	best := map[claim.Side]cue{}
	for j := seg.from; j < seg.to; j++ {
		it := &s.items[j]
		for _, sn := range it.senses {
			if sn.Class != lexicon.MeasureCue && sn.Class != lexicon.Place || it.has(lexicon.People) && sn.Measure.Side() == claim.Strength {
				continue
			}
			if j > i && sn.Measure.Side() == claim.Losses && s.ofShare(j) {
				continue
			}
			c := cue{sn.Measure, s.distance(i, j, h), j}
			switch c.measure {
			case claim.Front:
				c.cost -= 2
			case claim.Training:
				c.cost--
			}
			if sn.Class == lexicon.Place && c.measure == claim.Front && !s.parted(i, j) {
				c.cost -= 8 // "moved to the Kursk region" are there
			}
			if sn.Class == lexicon.Place && c.measure == claim.Deployed {
				c.cost += 6 // being in the country is what the default says
			}
			if c.cost >= 24 {
				continue
			}
			if old, ok := best[c.measure.Side()]; !ok || c.cost < old.cost {
				best[c.measure.Side()] = c
			}
		}
	}
	if c, ok := best[claim.Losses]; ok && !v.whole(s, i, c.at) {
		return s.lossAt(c.at, seg)
	}
	if c, ok := best[claim.Strength]; ok {
		return c.measure
	}
	if s.numbers[0] != i && !h.of && s.frontBefore(seg.from) {
		return claim.Front // the place was named with the number before
	}
	if h.last == i && v.goesOn(s, i, h) {
		return v.last.measure // "the total could rise to 3,000"
	}
	return claim.Deployed
}

// ofShare says whether the loss at item j is one of a share of those counted: "half of
// them fell", "padla jich polovina".
func (s *sentence) ofShare(j int) bool {
	for k := j + 1; k < len(s.items) && k <= j+4 && s.items[k].q == nil && s.items[k].mark == 0; k++ {
		if s.items[k].has(lexicon.Among) && !s.items[k].has(lexicon.Function) {
			return true
		}
	}
	return false
}

// goesOn says whether a number without a noun or a cue gives another figure for what was
// counted last: "Seoul spoke of 4,000", "the total could rise to 3,000".
func (v *view) goesOn(s *sentence, i int, h head) bool {
	switch {
	case v.last == nil || h.of:
		return false
	case v.last.s == s:
		return !v.last.head.of
	case s.index-v.last.s.index > 1:
		return false
	}
	return s.hasBefore(i, lexicon.CountWord) || !v.last.head.of && s.hasAny(lexicon.Say) && !s.hasAny(lexicon.MeasureCue, lexicon.Place) && !s.increment(i)
}

// frontBefore says whether a place at the front is named before item i.
func (s *sentence) frontBefore(i int) bool {
	for j := range i {
		if p, ok := s.items[j].sense(lexicon.Place); ok && p.Measure == claim.Front {
			return true
		}
	}
	return false
}

// dash says whether item k is a dash between clauses, not a hyphen.
func (s *sentence) dash(k int) bool {
	return s.items[k].mark == '-' && k > 0 && k+1 < len(s.items) && s.items[k-1].end < s.items[k].start && s.items[k].end < s.items[k+1].start
}

func (s *sentence) hasBefore(i int, c lexicon.Class) bool {
	for j := range i {
		if s.items[j].has(c) {
			return true
		}
	}
	return false
}

// distance is how far a cue lies from the number: items, more across commas and in
// relative clauses, and a little more to the left, where the last number's words end.
func (s *sentence) distance(i, j int, h head) int {
	from, to, cost := i, j, 0
	if j < i {
		from, to, cost = j, i, 2
	} else if h.last > i && j > h.last {
		from = h.last
	}
	relative, opened := false, 0
	for k := from + 1; k < to; k++ {
		it := &s.items[k]
		cost++
		switch {
		case it.mark == ';' || it.mark == '.' || s.dash(k):
			cost += 10
		case it.mark == ',':
			cost += 2
			if relative { // what it said in between takes no part
				relative, cost = false, opened
				continue
			}
			relative, opened = k+1 < len(s.items) && s.items[k+1].has(lexicon.Relative), cost
		case it.has(lexicon.Subclause):
			cost += 6
		}
	}
	if relative && j > i {
		cost += 8
	}
	return cost
}

// lossAt is the loss of the cue at item j, taken together with another one beside it:
// killed and wounded make casualties.
func (s *sentence) lossAt(j int, seg segment) claim.Measure {
	killed, wounded := false, false
	var only claim.Measure
	for k := max(seg.from, j-4); k < min(seg.to+4, len(s.items)) && k <= j+4; k++ {
		it := &s.items[k]
		if it.q != nil && k != j && (k > j || k < j-1) {
			if k > j {
				break
			}
			killed, wounded = false, false
			continue
		}
		for _, sn := range it.senses {
			if sn.Class != lexicon.MeasureCue {
				continue
			}
			if k == j && sn.Measure.Side() == claim.Losses && (only == "" || sn.Measure == claim.Casualties) {
				only = sn.Measure
			}
			killed = killed || sn.Measure == claim.Killed
			wounded = wounded || sn.Measure == claim.Wounded
		}
	}
	if killed && wounded && only != claim.Captured && s.joined(j) {
		return claim.Casualties
	}
	return only
}

// joined says whether a conjunction or a comma stands beside the cue at j.
func (s *sentence) joined(j int) bool {
	for k := max(0, j-3); k < len(s.items) && k <= j+3; k++ {
		if s.items[k].has(lexicon.Joint) || s.items[k].has(lexicon.Function) && s.items[k].hasAny(lexicon.Joint) || s.isOr(k) {
			return true
		}
	}
	return false
}

func (s *sentence) isOr(k int) bool {
	return s.items[k].has(lexicon.Or) || s.items[k].mark == '/'
}

// whole says whether the number is the whole from which the loss is taken: "killed
// among the 11,000 soldiers", "of 11,000 sent, some died".
func (v *view) whole(s *sentence, i, at int) bool {
	from := s.items[i].q.From
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		it := &s.items[j]
		if it.start >= from || it.has(lexicon.Function) && !it.has(lexicon.Among) {
			continue
		}
		if it.has(lexicon.Among) {
			return at < j && !(it.has(lexicon.Locative) && s.changesTo(i)) || at > i && (s.commaBetween(i, at) || s.sharedOut(j))
		}
		return false
	}
	return false
}

// changesTo says whether another number follows soon in the clause of the one at item
// i: "from 300 to 1,000", where "from" makes no whole.
func (s *sentence) changesTo(i int) bool {
	for k := i + 1; k < len(s.items) && k <= i+5 && s.items[k].mark == 0; k++ {
		if s.items[k].q != nil {
			return true
		}
	}
	return false
}

// sharedOut says whether a number or a percentage stands before item j: "40 % of the".
func (s *sentence) sharedOut(j int) bool {
	for k := j - 1; k >= 0 && k >= j-2; k-- {
		if it := &s.items[k]; it.q != nil || it.mark == '%' || it.unknown() && isNumeral(s.text.S[it.start]) {
			return true
		}
	}
	return false
}

func isNumeral(c byte) bool { return '0' <= c && c <= '9' }

// parted says whether another clause lies between two items.
func (s *sentence) parted(a, b int) bool {
	for k := min(a, b) + 1; k < max(a, b); k++ {
		if s.items[k].mark == ',' || s.items[k].mark == ';' || s.items[k].has(lexicon.Subclause) || s.dash(k) {
			return true
		}
	}
	return false
}

func (s *sentence) commaBetween(a, b int) bool {
	for k := a + 1; k < b; k++ {
		if s.items[k].mark == ',' {
			return true
		}
	}
	return false
}

// listed widens a number's segment over the numbers that are listed with it and share
// their verb: "1,000 sappers and 5,000 builders will come".
func (s *sentence) listed(n int) segment {
	seg := s.segment(n)
	for k := n; k > 0 && s.lists(s.numbers[k-1], s.numbers[k]); k-- {
		seg.from = s.segment(k - 1).from
	}
	for k := n; k+1 < len(s.numbers) && s.lists(s.numbers[k], s.numbers[k+1]); k++ {
		seg.to = s.segment(k + 1).to
	}
	return seg
}

// lists says whether nothing but the counted noun and a conjunction stands between two numbers.
func (s *sentence) lists(a, b int) bool {
	if b+1 < len(s.items) && s.items[b+1].has(lexicon.Them) {
		return false // a part of the first, with a verb of its own
	}
	from, joint := s.items[b].q.From, false
	for k := a + 1; k < b; k++ {
		it := &s.items[k]
		switch {
		case it.start >= from:
		case it.mark == ',' || it.has(lexicon.Joint):
			joint = true
		case joint || b-a > 6 || it.mark != 0 || it.hasAny(lexicon.MeasureCue, lexicon.ModeCue, lexicon.Say, lexicon.Subclause):
			return false
		}
	}
	return joint
}

// mode says whether the figure is so, planned or denied.
func (s *sentence) mode(i int, h head, seg segment) claim.Mode {
	best, came := -1, s.cameBefore(i, seg)
	for j := seg.from; j < seg.to; j++ {
		for _, sn := range s.items[j].senses {
			if sn.Class != lexicon.ModeCue || sn.Mode != claim.Planned {
				continue
			}
			if c := s.distance(i, j, h); (best < 0 || c < best) && c < 16 && !(j > i && came && s.newClause(i, j)) {
				best = c
			}
		}
	}
	if best >= 0 {
		return claim.Planned
	}
	return claim.Actual
}

// cameBefore says whether the clause of the number at item i has a verb of its own
// before it: what the next clause expects of "sent 10,000, who will fight" is not the number.
func (s *sentence) cameBefore(i int, seg segment) bool {
	for j := seg.from; j < i; j++ {
		if strength(&s.items[j]) && !s.items[j].has(lexicon.Place) && !s.items[j].has(lexicon.ModeCue) && !s.parted(j, i) {
			return true
		}
	}
	return false
}

// newClause says whether a comma with a conjunction or a pronoun stands between two items.
func (s *sentence) newClause(a, b int) bool {
	for k := a + 1; k+1 < b; k++ {
		if s.items[k].mark == ',' && s.items[k+1].hasAny(lexicon.Joint, lexicon.Relative, lexicon.Subclause) {
			return true
		}
	}
	return false
}

// increment says whether the figure is added to an earlier one.
func (s *sentence) increment(i int) bool {
	from := s.items[i].q.From
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		it := &s.items[j]
		if it.has(lexicon.More) {
			return true
		}
		if it.start < from && !it.has(lexicon.Function) || it.q != nil {
			break
		}
	}
	for j := i + 1; j < len(s.items) && j <= i+2; j++ {
		if s.items[j].has(lexicon.More) {
			return true
		}
		if s.items[j].q != nil || s.items[j].mark != 0 || s.items[j].has(lexicon.Joint) {
			break
		}
	}
	return false
}

// scopeOf is the event or period that the figure is only a part for; only losses have one.
func (s *sentence) scopeOf(_ int, m claim.Measure, seg segment) string {
	if m.Side() != claim.Losses {
		return ""
	}
	for j := seg.from; j < seg.to; j++ {
		if s.items[j].has(lexicon.ScopeCue) {
			return s.text.S[s.items[j].start:s.items[j].end]
		}
	}
	return ""
}
