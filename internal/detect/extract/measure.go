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
	return seg
}

// countsThings says whether the number at item i counts days or kilometres: such a
// number is part of what is said of the others.
func (s *sentence) countsThings(i int) bool {
	return i+1 < len(s.items) && s.items[i+1].has(lexicon.Thing)
}

func (s *sentence) border(a, b int) int {
	for j := b - 1; j > a; j-- {
		it := &s.items[j]
		if it.mark == ',' || it.mark == ';' || it.mark == ':' || it.mark == '(' || it.mark == '-' || it.hasAny(lexicon.Joint, lexicon.Subclause) && !it.has(lexicon.MeasureCue) {
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

// cue is a word that may tell a quantity's measure, with its distance.
type cue struct {
	measure claim.Measure
	cost    int
	at      int
}

// measure says what is said of the counted people. A loss in the number's own
// stretch goes before strength: who was killed in Kursk is no longer at the front.
func (v *view) measure(s *sentence, i int, h head, seg segment) claim.Measure {
	if h.loss && h.back {
		return s.lossAt(h.lossAt, segment{min(seg.from, h.lossAt), seg.to})
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
			c := cue{sn.Measure, s.distance(i, j, h), j}
			switch c.measure {
			case claim.Front:
				c.cost -= 2
			case claim.Training:
				c.cost--
			}
			if sn.Class == lexicon.Place && c.measure == claim.Deployed {
				c.cost += 6 // being in the country is what the default says
			}
			if old, ok := best[c.measure.Side()]; !ok || c.cost < old.cost || c.cost == old.cost && c.measure == claim.Front && old.measure == claim.Deployed {
				best[c.measure.Side()] = c
			}
		}
	}
	if c, ok := best[claim.Losses]; ok && c.cost < 24 && !v.whole(s, i, c.at) {
		return s.lossAt(c.at, seg)
	}
	if !h.named && v.last != nil && s.index-v.last.s.index <= 1 && v.last.measure == claim.Captured && s.items[i].bound() == v.last.s.items[v.last.i].bound() {
		return claim.Captured // "the two soldiers were taken to Kyiv"
	}
	if c, ok := best[claim.Strength]; ok {
		return c.measure
	}
	if s.numbers[0] != i && !h.of && s.frontBefore(seg.from) {
		return claim.Front // the place was named with the number before
	}
	if v.last != nil && v.last.s == s && v.last.measure.Side() == claim.Losses && !h.back && s.wholeBefore(i) {
		if v.last.measure == claim.Captured {
			return claim.Captured
		}
		return claim.Casualties // "400 killed, 3,600 wounded, 4,000 in all"
	}
	if m := v.announced(s, i, h); m != "" {
		return m
	}
	if v.last != nil && s.index == v.last.s.index+1 && !h.back && s.counted(i, h) && !s.hasAny(lexicon.MeasureCue, lexicon.Place) {
		return v.last.measure // "American officials put it at several hundred."
	}
	if h.last == i && v.last != nil && s.index-v.last.s.index <= 1 && s.hasBefore(i, lexicon.CountWord) {
		return v.last.measure // "the total could rise to 3,000"
	}
	return claim.Deployed
}

// wholeBefore says whether a word for a total stands right before the number at i.
func (s *sentence) wholeBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3 && s.items[j].mark == 0 && s.items[j].q == nil; j-- {
		if s.items[j].has(lexicon.Whole) {
			return true
		}
	}
	return false
}

// counted says whether nothing but a counter follows the number at i.
func (s *sentence) counted(i int, h head) bool {
	return s.items[h.last].has(lexicon.Counter) || h.last == i && i+1 < len(s.items) && s.items[i+1].has(lexicon.Complete)
}

// announced is the loss that the sentence before speaks of without a number, for one
// that only gives numbers: "Estimates of their losses differ. London says 6,000."
func (v *view) announced(s *sentence, i int, h head) claim.Measure {
	if h.named || s.index == 0 || v.sentences[s.index-1].title != s.title {
		return ""
	}
	if t := v.sentences[s.index-1]; len(t.numbers) == 0 && t.hasAny(lexicon.PartyPeople, lexicon.Party) {
		for j := range t.items {
			if loss(&t.items[j]) && (h.last == i || s.counted(i, h)) {
				return t.lossAt(j, segment{0, len(t.items)})
			}
		}
	}
	return ""
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
	relative := false
	for k := from + 1; k < to; k++ {
		it := &s.items[k]
		cost++
		switch {
		case it.mark == ';' || it.mark == '.':
			cost += 10
		case it.mark == ',':
			cost += 2
			relative = !relative && k+1 < len(s.items) && s.items[k+1].has(lexicon.Relative)
		case it.has(lexicon.Subclause), it.has(lexicon.Say) && j > i && s.page.lang.VerbFinal:
			cost += 6
		}
	}
	if relative && j > i {
		cost += 5
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
			return at < j || at > i && s.commaBetween(i, at)
		}
		return false
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

// mode says whether the figure is so, planned or denied.
func (s *sentence) mode(i int, h head, seg segment) claim.Mode {
	seg = s.sharedVerb(i, seg)
	best := -1
	for j := seg.from; j < seg.to; j++ {
		for _, sn := range s.items[j].senses {
			if sn.Class != lexicon.ModeCue || sn.Mode != claim.Planned {
				continue
			}
			if s.ownClause(i, j) {
				continue
			}
			if c := s.distance(i, j, h); (best < 0 || c < best) && c < 16 && !s.saidBetween(i, j) {
				best = c
			}
		}
	}
	if best >= 0 {
		return claim.Planned
	}
	return claim.Actual
}

// ownClause says whether the word at j belongs to a clause behind the number at i that
// has the topic's people or state as a subject of its own: "…, and Pyongyang may send more".
func (s *sentence) ownClause(i, j int) bool {
	comma := false
	for k := i + 1; k < j && !s.page.lang.VerbFinal; k++ {
		comma = comma || s.items[k].mark == ','
		if comma && s.items[k].has(lexicon.PartyState) && !s.located(&mention{first: k, last: k}) {
			return true
		}
	}
	return false
}

// sharedVerb widens the stretch of a number that stands in a row with another one, for
// the verb that is said once: "will send 1,000 sappers and 5,000 builders".
func (s *sentence) sharedVerb(i int, seg segment) segment {
	if s.page.lang.VerbFinal {
		if seg.to < len(s.items) && s.items[seg.to].has(lexicon.Joint) && s.onlyNouns(i+1, seg.to) {
			for seg.to++; seg.to < len(s.items) && s.items[seg.to].q == nil; seg.to++ {
			}
			for seg.to++; seg.to < len(s.items) && s.items[seg.to].q == nil; seg.to++ {
			}
			seg.to = min(seg.to, len(s.items))
		}
		return seg
	}
	if seg.from > 0 && s.items[seg.from].has(lexicon.Joint) && s.onlyNouns(seg.from+1, i) {
		for seg.from--; seg.from > 0 && s.items[seg.from].q == nil; seg.from-- {
			if !s.onlyNouns(seg.from, seg.from+1) {
				return segment{seg.from + 1, seg.to}
			}
		}
		for seg.from--; seg.from >= 0 && s.items[seg.from].q == nil && s.items[seg.from].mark == 0; seg.from-- {
		}
		seg.from++
	}
	return seg
}

// onlyNouns says whether no verb stands among the items from a to b, b excluded.
func (s *sentence) onlyNouns(a, b int) bool {
	for k := a; k < b; k++ {
		if it := &s.items[k]; it.q != nil || it.mark != 0 || it.hasAny(lexicon.MeasureCue, lexicon.ModeCue, lexicon.Say, lexicon.Joint) && !it.has(lexicon.People) {
			return false
		}
	}
	return true
}

// saidBetween says whether the verb of saying that ends the clause of the number at i
// stands before the word at j, in a language whose verbs stand last.
func (s *sentence) saidBetween(i, j int) bool {
	if !s.page.lang.VerbFinal {
		return false
	}
	for k := i + 1; k < j; k++ {
		if s.items[k].has(lexicon.Say) && !s.items[k].hasAny(lexicon.ModeCue, lexicon.Function) && k+1 < len(s.items) && !s.items[k+1].hasAny(lexicon.ModeCue) {
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
		if it.start < from && !it.has(lexicon.Function) && !strength(it) || it.q != nil {
			break
		}
	}
	for j := i + 1; j < len(s.items) && j <= i+2; j++ {
		if s.items[j].has(lexicon.More) {
			return true
		}
		if s.items[j].q != nil || s.items[j].mark != 0 {
			break
		}
	}
	return s.page.lang.VerbFinal && s.addedBehind(i)
}

// addedBehind looks for a word of adding up to the verb, which stands last: 3000人が
// ロシアに追加で派遣された.
func (s *sentence) addedBehind(i int) bool {
	for j := i + 1; j < len(s.items) && j <= i+12; j++ {
		it := &s.items[j]
		switch {
		case it.has(lexicon.More):
			return true
		case it.q != nil || it.mark != 0 || it.hasAny(lexicon.Joint, lexicon.Say, lexicon.ModeCue):
			return false
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
