package extract

import (
	"slices"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// segment is the stretch of a sentence whose words speak of one of its numbers.
type segment struct{ from, to int } // items, to excluded

// segment divides a sentence among its numbers: the border between two is the last
// comma, conjunction or other joint between them, else the second number itself.
func (s *sentence) segment(n int) segment {
	i, last := s.numbers[n], n
	for last+1 < len(s.numbers) && s.numbers[last+1]-i <= sight && s.partOf(s.numbers[last], s.numbers[last+1]) {
		last++
	}
	seg := s.stretch(n)
	if last > n { // the verb speaks of the part
		seg.to = s.statement(s.numbers[last], s.stretch(last)).to
	}
	return s.statement(i, seg)
}

// statement narrows a segment to the statement that its number stands in.
func (s *sentence) statement(i int, seg segment) segment {
	for k := seg.from; k < seg.to; k++ { // a semicolon divides statements
		switch {
		case s.items[k].mark != ';':
		case k < i:
			seg.from = k + 1
		default:
			seg.to = k
		}
	}
	return s.aside(i, seg)
}

// stretch is a segment by its borders alone.
func (s *sentence) stretch(n int) segment {
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
	if a > 0 && s.items[a-1].has(lexicon.Among) && !s.sharedOut(a-1) || a > 1 && s.items[a-1].has(lexicon.Function) && s.items[a-2].has(lexicon.Among) && !s.sharedOut(a-2) {
		for j := a + 1; j < b; j++ { // "of 11,000 soldiers died more than 1,000"
			if loss(&s.items[j]) && !s.qualifies(j) {
				return j
			}
		}
	}
	for j := b - 1; j > a; j-- {
		it := &s.items[j]
		if it.mark == ',' || it.mark == ';' || it.mark == ':' || it.mark == '(' || it.mark == '-' || it.hasAny(lexicon.Joint, lexicon.Subclause) && !it.has(lexicon.MeasureCue) {
			return j
		}
	}
	if j := s.lossBefore(b); j > a && s.items[j].lost() && !s.items[j].has(lexicon.People) && !s.qualifies(j) {
		return j // who has lost how many: "a force of 11,000 has lost 3,000"
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
func (v *view) measure(s *sentence, n int, h head, seg segment) claim.Measure {
	i, list := s.numbers[n], s.listed(n)
	if n > 0 && s.changedFrom(s.numbers[n-1], i) {
		seg.from = s.segment(n - 1).from
		list.from = min(list.from, seg.from)
	}
	if n > 0 && s.partOf(s.numbers[n-1], i) {
		seg = segment{i, min(seg.to, h.last+1)}
		list = seg
	}
	if h.loss && h.back {
		return s.lossAt(h.lossAt, segment{min(seg.from, h.lossAt), seg.to})
	}
	if h.loss {
		return s.lossAt(h.last, seg)
	}
	best := map[claim.Side]cue{}
	for j := max(list.from, i-sight); j < min(list.to, i+sight); j++ {
		it := &s.items[j]
		for _, sn := range it.senses {
			if sn.Measure.Side() == claim.Losses && (j < seg.from || j >= seg.to || s.changed(j)) {
				continue
			}
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
			if sn.Class == lexicon.Place && c.measure == claim.Front && !s.parted(i, j) {
				c.cost -= 8 // "moved to the Kursk region" are there
			}
			if sn.Class == lexicon.Place && c.measure == claim.Deployed {
				c.cost += 6 // being in the country is what the default says
			}
			if c.cost >= 24 {
				continue
			}
			if old, ok := best[c.measure.Side()]; !ok || c.cost < old.cost || c.cost == old.cost && c.measure == claim.Front && old.measure == claim.Deployed {
				best[c.measure.Side()] = c
			}
		}
	}
	if c, ok := best[claim.Losses]; ok && c.at == h.last+1 && v.capturedBefore(s, i, seg) {
		return claim.Captured // "capturó a dos soldados norcoreanos heridos"
	}
	if c, ok := best[claim.Losses]; ok && !v.whole(s, i, c.at) {
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
	if v.last != nil && v.last.s == s && v.last.measure.Side() == claim.Losses && !h.back && s.totalBefore(i) {
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
	if h.last == i && v.sameCount(s, i) {
		return v.last.measure // "the total could rise to 3,000"
	}
	return claim.Deployed
}

// sameCount says whether number i, which has no noun, tells anew what the last claim
// counted: the total, a part of them, or what somebody else says.
func (v *view) sameCount(s *sentence, i int) bool {
	if v.last == nil || s.index-v.last.s.index > 1 || i > 0 && s.items[i-1].has(lexicon.Among) {
		return false
	}
	return s.hasBefore(i, lexicon.CountWord) || s.hasBefore(i, lexicon.Them) || s.hasBefore(i, lexicon.Say) || s.saidBefore(i) ||
		v.last.s == s && !v.last.head.of && v.mentionedIn(s, v.last.i, i) > 0
}

// changed says whether the cue at item j says how a number changed and not what became
// of people: "the number has fallen from 11,000 to 8,000".
func (s *sentence) changed(j int) bool {
	return j+1 < len(s.items) && s.hasBefore(j, lexicon.CountWord) && s.joinsNumbers(j, lexicon.Instead) && s.joinsNumbers(j+1, lexicon.From, lexicon.To)
}

// changedFrom says whether number b is what number a has become: "losses rose from 3,000
// to 4,700".
func (s *sentence) changedFrom(a, b int) bool {
	k := a + 1
	for k < b && s.items[k].start < s.items[a].q.To {
		k++
	}
	from := a - 1
	for from >= 0 && s.items[from].start >= s.items[a].q.From {
		from--
	}
	return from >= 0 && s.joinsNumbers(from, lexicon.From) && (k+1 == b || k+1 < b && s.items[k+1].start >= s.items[b].q.From) && s.items[k].has(lexicon.Function) && !s.items[k].hasAny(lexicon.Joint, lexicon.Among)
}

// joinsNumbers says whether the word at item j has one of the classes that join numbers.
func (s *sentence) joinsNumbers(j int, classes ...lexicon.Class) bool {
	senses, _ := s.page.lang.Numbers.Longest(s.text.S, s.items[j].start)
	set := lexicon.ClassesOf(senses)
	return slices.ContainsFunc(classes, set.Has)
}

// capturedBefore says whether the number's own stretch speaks of prisoners before it: what
// stands behind them then only tells what state they are in.
func (v *view) capturedBefore(s *sentence, i int, seg segment) bool {
	for j := seg.from; j < i; j++ {
		for _, sn := range s.items[j].senses {
			if sn.Class == lexicon.MeasureCue && sn.Measure == claim.Captured {
				return true
			}
		}
	}
	return false
}

// totalBefore says whether a word for a total stands right before the number at i.
func (s *sentence) totalBefore(i int) bool {
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

// sight is how many items away from a number a word may tell of it.
const sight = 60

// distance is how far a cue lies from the number: items, more across commas and in
// relative clauses, and a little more to the left, where the last number's words end.
func (s *sentence) distance(i, j int, h head) int {
	from, to, cost := i, j, 0
	if j > i+sight || j < i-sight {
		return sight
	}
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
		case it.has(lexicon.Subclause), it.has(lexicon.Say) && j > i && s.page.lang.VerbFinal:
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
		if k > j && s.page.lang.VerbFirst && s.numberFollows(k) { // "killed, and wounded were 2,700"
			break
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
	if at > i && s.ofShare(at) {
		return true
	}
	from := s.items[i].q.From
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		it := &s.items[j]
		if it.start >= from || it.has(lexicon.Function) && !it.hasAny(lexicon.Among, lexicon.Share) {
			continue
		}
		if it.has(lexicon.Share) {
			return true // "half of the 11,000 were killed"
		}
		if it.has(lexicon.Among) {
			return at < j && !s.changesNext(i) || at > i && (s.commaBetween(i, at) || s.sharedOut(j))
		}
		return false
	}
	return false
}

// ofShare says whether the loss at item j is one of a share of those counted before it:
// "padla jich polovina".
func (s *sentence) ofShare(j int) bool {
	for k := j + 1; k < len(s.items) && k <= j+4 && s.items[k].q == nil && s.items[k].mark == 0; k++ {
		if s.items[k].has(lexicon.Share) {
			return true
		}
	}
	return false
}

// changesNext says whether the number at item i is what the next one was before: its
// "from" makes no whole.
func (s *sentence) changesNext(i int) bool {
	k := slices.Index(s.numbers, i) + 1
	return k < len(s.numbers) && s.changedFrom(i, s.numbers[k])
}

// sharedOut says whether item j is a fraction of what follows, or a number or a
// percentage stands before it: "half of the", "40 % of the".
func (s *sentence) sharedOut(j int) bool {
	if s.items[j].has(lexicon.Share) {
		return true
	}
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
	first, last, i := n, n, s.numbers[n]
	for first > 0 && i-s.numbers[first-1] <= sight && s.lists(s.numbers[first-1], s.numbers[first]) {
		first--
	}
	for last+1 < len(s.numbers) && s.numbers[last+1]-i <= sight && s.lists(s.numbers[last], s.numbers[last+1]) {
		last++
	}
	if first < n {
		seg.from = s.segment(first).from
	}
	if last > n {
		seg.to = s.segment(last).to
	}
	return seg
}

// summed widens the segment of a total to the sentence that it sums up: "five units of
// 3,000 would come, some 15,000 in all".
func (s *sentence) summed(n int) segment {
	seg := s.listed(n)
	for j := max(0, s.numbers[n]-3); j < seg.to && j <= s.numbers[n]+4; j++ {
		if n > 0 && s.items[j].has(lexicon.Whole) {
			return segment{0, len(s.items)}
		}
	}
	return seg
}

// lists says whether nothing but the counted noun and a conjunction stands between two numbers.
func (s *sentence) lists(a, b int) bool {
	from, joint := s.items[b].q.From, false
	for k := a + 1; k < b; k++ {
		it := &s.items[k]
		switch {
		case it.start >= from:
		case it.mark == ',' && k == a+1 && k+1 < b && s.items[k+1].has(lexicon.Joint): // "to 3,000, and 10,000 will follow"
			return false
		case it.mark == ',' || it.hasAny(lexicon.Joint, lexicon.Negation): // "not 3,000 but 12,000"
			joint = true
		case joint && s.counts(k, lexicon.Of): // "de 500 officiers et de trois généraux"
		case joint && it.hasAny(lexicon.People, lexicon.PartyPeople) && s.countedBefore(b): // 工兵1000人と建設兵5000人
		case joint || b-a > 6 || it.mark != 0 || it.hasAny(lexicon.MeasureCue, lexicon.ModeCue, lexicon.Say, lexicon.Subclause):
			return false
		}
	}
	return joint
}

// countedBefore says whether the noun stands before the number at i, with a counter behind it.
func (s *sentence) countedBefore(i int) bool {
	_, ok := s.counterBehind(i)
	return ok
}

// newClause says whether a clause begins between a number and a word behind it: with a
// comma and a conjunction, as in "about 10,000, and in days they could fight", or with
// the topic's state as a subject of its own, as in "10,000, Pyongyang may send more".
func (s *sentence) newClause(i, j int) bool {
	for k := i + 1; k+1 < j; k++ {
		if s.items[k].mark != ',' {
			continue
		}
		if s.items[k+1].has(lexicon.Joint) && !s.numberFollows(k+1) {
			return true
		}
		if s.items[k+1].has(lexicon.PartyState) && !s.page.lang.VerbFinal {
			return true
		}
	}
	return false
}

// changes says whether two numbers are an old and a new one: "from 3,000 to 10,000".
func (s *sentence) changes(a, b int) bool {
	for k := a + 1; k < b; k++ {
		if it := &s.items[k]; it.mark != 0 || it.start < s.items[b].q.From && !it.has(lexicon.Function) || k > a+3 {
			return false
		}
	}
	for k := a - 1; k >= 0 && k >= a-3; k-- {
		senses, end := s.page.lang.Numbers.Longest(s.text.S, s.items[k].start)
		for _, sn := range senses {
			if sn.Class == lexicon.From && end == s.items[k].end {
				return s.joinsEnds(a, b)
			}
		}
		if s.items[k].start < s.items[a].q.From {
			return false
		}
	}
	return false
}

// joinsEnds says whether a word such as "to" stands right behind number a.
func (s *sentence) joinsEnds(a, b int) bool {
	if a+1 >= b {
		return false
	}
	senses, _ := s.page.lang.Numbers.Longest(s.text.S, s.items[a+1].start)
	for _, sn := range senses {
		if sn.Class == lexicon.To || sn.Class == lexicon.HedgeBefore {
			return true
		}
	}
	return false
}

// otherVerb says whether a word behind the number belongs to a second verb, joined to a
// first one that says where they are: "3,000 went to the east and will fight".
func (s *sentence) otherVerb(i, j int) bool {
	verb := false
	for k := i + 1; k < j; k++ {
		it := &s.items[k]
		if verb && it.has(lexicon.Joint) && !(k+1 < len(s.items) && s.items[k+1].has(lexicon.MeasureCue)) && !s.numberFollows(k) {
			return true
		}
		verb = verb || strength(it) && it.has(lexicon.MeasureCue) && !it.has(lexicon.ModeCue) && !it.has(lexicon.People)
		if it.hasAny(lexicon.ModeCue) {
			return false
		}
	}
	return false
}

// mode says whether the figure is so, planned or denied.
func (s *sentence) mode(i int, h head, seg segment) claim.Mode {
	best := -1
	for j := max(seg.from, i-sight); j < min(seg.to, i+sight); j++ {
		for _, sn := range s.items[j].senses {
			if sn.Class != lexicon.ModeCue || sn.Mode != claim.Planned || s.past(j) || s.modal(j) || s.newClause(i, j) || s.otherVerb(i, j) {
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

// modal says whether the cue at item j belongs to a verb of saying: "could not confirm".
// Where verbs stand last, that verb is behind all that is said.
func (s *sentence) modal(j int) bool {
	if s.page.lang.SaysLast() {
		return false
	}
	k := j + 1
	for k < len(s.items) && s.items[k].has(lexicon.Negation) {
		k++
	}
	return k < len(s.items) && s.items[k].has(lexicon.Say) && !s.items[k].has(lexicon.MeasureCue)
}

// past says whether the month that a cue names, or that stands behind it, is over: "by
// mid-January" told in March is no plan.
func (s *sentence) past(j int) bool {
	day := s.page.doc.Published
	if day == 0 {
		return false
	}
	to := s.items[min(j+1, len(s.items)-1)].end
	for at := s.items[j].start; at < to; at++ {
		if !lexicon.WordStart(s.text.S, at) {
			continue
		}
		senses, _ := s.page.lang.Numbers.Longest(s.text.S, at)
		for _, sn := range senses {
			if sn.Class == lexicon.Month {
				ahead := (sn.N - int64(day.Time().Month()) + 12) % 12
				return ahead == 0 || ahead > 7
			}
		}
	}
	return false
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
func (s *sentence) increment(i int, h head) bool {
	from := s.items[i].q.From
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		it := &s.items[j]
		if it.has(lexicon.More) {
			return true
		}
		if it.start < from && !it.hasAny(lexicon.Function, lexicon.CountWord, lexicon.ModeCue) && !strength(it) || it.q != nil { // "un nouveau contingent de 3 000"
			break
		}
	}
	for j := i + 1; j < len(s.items) && j <= max(i+2, h.last+1); j++ { // "soldats nord-coréens supplémentaires"
		if s.items[j].has(lexicon.More) {
			return true
		}
		if s.items[j].q != nil || s.items[j].mark != 0 || s.items[j].has(lexicon.Joint) {
			break
		}
	}
	return s.moreSent(i) || s.page.lang.VerbFinal && s.addedBehind(i)
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

// moreSent says whether a word for more stands beside the verb that sends them, a place
// between verb and number: "дополнительно отправили на фронт не менее тысячи".
func (s *sentence) moreSent(i int) bool {
	for j := i - 1; j >= 1 && j >= i-7; j-- {
		it := &s.items[j]
		if c, ok := it.sense(lexicon.MeasureCue); ok && c.Measure == claim.Deployed {
			return s.items[j-1].has(lexicon.More)
		}
		if it.mark != 0 || it.q != nil || !it.hasAny(lexicon.Function, lexicon.Place, lexicon.MeasureCue) {
			return false
		}
	}
	return false
}
