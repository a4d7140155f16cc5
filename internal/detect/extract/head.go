package extract

import (
	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// head is what a quantity counts.
type head struct {
	unit  claim.Unit // "" when it counts none of the topic's people
	last  int        // the item it ends with; the quantity's own when the noun is left out
	named bool       // the topic's people are named beside the number
	loss  bool       // the noun itself is a loss: "600 dead"
	back  bool       // the noun stands before the number: "soldiers, 3,000 in number"
	of    bool       // "3,000 of them"
}

// reach is how many items may lie between a number and the noun it counts.
const reach = 9

// head finds what the quantity at item i counts, and says by which rule, or why it is
// no claim.
func (v *view) head(s *sentence, i int) (head, string) {
	h, rule := v.rightHead(s, i)
	if rule != "" && h.unit == "" && rule[0] != '?' {
		return h, rule
	}
	if h.unit == "" {
		if back, ok := v.leftHead(s, i); ok {
			h = back
			rule = "noun before the number"
		}
	}
	if h.unit == "" {
		return v.ellipsis(s, i, h, rule)
	}
	if h.named {
		return h, rule
	}
	if why, ok := v.inContext(s, i, h); !ok {
		return head{}, why
	}
	return h, rule + ", in context"
}

// rightHead looks for the noun behind the number. A rule that begins with "?" says
// that none was found but one may be left out.
func (v *view) rightHead(s *sentence, i int) (head, string) {
	h := head{last: i}
	party, foreign, counter, unknown, partOf := false, false, false, 0, false
	if s.inBrackets(i) {
		return h, "a number in brackets: an age or a note"
	}
	if s.items[i].q.Strong {
		return head{unit: s.unitOfForce(i), last: i}, "a force so strong"
	}
	for j := i + 1; j < len(s.items) && j <= i+reach; j++ {
		it := &s.items[j]
		switch {
		case it.q != nil && partOf: // "8,000 of the 10,000 North Koreans"
			whole, rule := v.rightHead(s, j)
			return head{unit: whole.unit, last: i, named: whole.named, of: true}, rule
		case it.q != nil:
			return h, "?another number"
		case it.has(lexicon.Link) && s.numberFollows(j):
			partOf = true
		case it.mark == '"' || it.mark == '\'' || it.mark == '[' || it.mark == ']' || it.mark == '…':
		case it.mark == '-' && j == i+1, it.mark == '(' && j == i+1:
		case it.mark == ',' && (party || unknown > 0) && j+1 < len(s.items) && (s.items[j+1].of(lexicon.Party, v.topic.Name) || s.items[j+1].unknown()) && unknown < 3:
			// "3,000 tired, hungry soldiers"
		case it.mark != 0:
			return h, "?mark"
		case it.of(lexicon.PartyPeople, v.topic.Name):
			return head{unit: v.unitBehind(s, j, claim.Troops), last: j, named: true}, "the topic's people"
		case it.has(lexicon.Army):
			return h, "the whole army"
		case it.has(lexicon.Mixed):
			return h, "two armies together"
		case it.has(lexicon.People) && !(it.has(lexicon.Other) && foreign):
			people, _ := it.sense(lexicon.People)
			last := j
			if foreign && !party {
				return h, "another army"
			}
			if !party {
				state, at := v.stateBehind(s, j)
				switch state {
				case ours:
					party, last = true, at
				case others:
					return h, "another army"
				}
			}
			unit := people.Unit
			if unit == claim.Troops {
				unit = v.unitBehind(s, j, unit)
			}
			if v.mixed(s, i, j) {
				return h, "two armies together"
			}
			return head{unit: unit, last: last, named: party, of: partOf}, "people behind the number"
		case it.has(lexicon.Other) && (!it.has(lexicon.Nation) || v.foreign(it)):
			return h, "other people"
		case it.has(lexicon.Thing):
			return h, "things, not people"
		case it.of(lexicon.Party, v.topic.Name):
			party = true
		case it.of(lexicon.PartyState, v.topic.Name):
			party = true
		case it.has(lexicon.Nation) && v.foreign(it):
			foreign = true
		case it.has(lexicon.Counter):
			counter = true
			h.last = j
		case it.has(lexicon.Them):
			h.of = true
			h.last = j
			return h, "?of them"
		case loss(it) && s.qualifies(j) && !s.themBefore(i): // "3,000 wounded soldiers"
		case loss(it):
			return head{unit: claim.Troops, last: j, named: party, loss: true, of: partOf}, "a loss behind the number"
		case it.has(lexicon.Among):
			partOf = true
		case it.has(lexicon.More):
		case it.has(lexicon.ModeCue), it.has(lexicon.Say):
			return h, "?verb"
		case it.has(lexicon.Function) && unknown == 0 && v.predicate(s, j):
			return head{unit: claim.Troops, last: j + 1, named: true}, "the topic's people, said of the number"
		case it.has(lexicon.Function):
			if !partOf && !counter && unknown == 0 && !party {
				return h, "?nothing behind the number"
			}
			if unknown > 0 {
				return h, "unknown noun behind the number"
			}
		case strength(it) && s.qualifies(j):
		case it.has(lexicon.MeasureCue) || it.has(lexicon.Place) || it.has(lexicon.Role):
			if party || j > i+1 && unknown == 0 {
				continue
			}
			if strength(it) {
				h.last = max(h.last, i)
				if j == i+1 {
					return h, "?verb"
				}
			}
		case !it.unknown():
			if unknown > 0 {
				return h, "unknown noun behind the number"
			}
			return h, "?nothing behind the number"
		default:
			if unknown++; unknown > 3 {
				return h, "unknown noun behind the number"
			}
		}
	}
	if unknown > 0 && !counter {
		return h, "unknown noun behind the number"
	}
	return h, "?end"
}

// themBefore says whether "of them" stands right before the number at item i, which
// then is a part of what was counted before.
func (s *sentence) themBefore(i int) bool {
	for k := i - 1; k >= 0; k-- {
		if s.items[k].start < s.items[i].q.From || s.items[k].has(lexicon.Them) {
			return s.items[k].has(lexicon.Them)
		}
	}
	return false
}

// unitOfForce is whom a force consists of: "a 5,000-strong corps of engineers".
func (s *sentence) unitOfForce(i int) claim.Unit {
	for j := i + 1; j < len(s.items) && j <= i+4 && s.items[j].mark == 0 && s.items[j].q == nil; j++ {
		if p, ok := s.items[j].sense(lexicon.People); ok && p.Unit != claim.Troops {
			return p.Unit
		}
	}
	return claim.Troops
}

// predicate says whether the small word at item j leads to the topic's people at the end
// of a clause: "12,000 of them are North Koreans".
func (v *view) predicate(s *sentence, j int) bool {
	return !s.items[j].hasAny(lexicon.Joint, lexicon.Locative, lexicon.Link, lexicon.Among) && j+1 < len(s.items) && s.items[j+1].of(lexicon.PartyPeople, v.topic.Name) &&
		(j+2 == len(s.items) || s.items[j+2].stop())
}

// inBrackets says whether a small number stands alone in brackets: "Selenskyj (46)".
func (s *sentence) inBrackets(i int) bool {
	b := s.items[i].bound()
	return i > 0 && i+1 < len(s.items) && s.items[i-1].mark == '(' && s.items[i+1].mark == ')' && max(b.Low, b.High) < 120
}

// numberFollows says whether a number stands behind item j, hedges between.
func (s *sentence) numberFollows(j int) bool {
	for k := j + 1; k < len(s.items); k++ {
		if s.items[k].q != nil {
			return k == j+1 || s.items[j+1].start >= s.items[k].q.From
		}
		if !s.items[k].has(lexicon.Function) {
			return false
		}
	}
	return false
}

// qualifies says whether the participle at item j stands before a noun of its own.
func (s *sentence) qualifies(j int) bool {
	return j+1 < len(s.items) && s.items[j+1].hasAny(lexicon.People, lexicon.Party, lexicon.PartyPeople, lexicon.Other) && !loss(&s.items[j+1])
}

// unitBehind narrows a unit by the noun that follows at once: "North Korean troops" is
// troops, "Nordkoreaner, Offiziere" stays as it is.
func (v *view) unitBehind(s *sentence, j int, unit claim.Unit) claim.Unit {
	if j+1 < len(s.items) {
		if p, ok := s.items[j+1].sense(lexicon.People); ok {
			return p.Unit
		}
	}
	return unit
}

// foreign says whether a nation is another one than the topic's.
func (v *view) foreign(it *item) bool {
	n, ok := it.sense(lexicon.Nation)
	return ok && n.ID != v.topic.Party && !it.of(lexicon.Party, v.topic.Name)
}

// stateBehind looks for whose people they are behind the noun: "soldiers from North
// Korea". The word between is a function word.
func (v *view) stateBehind(s *sentence, j int) (focus, int) {
	if j+1 >= len(s.items) || !s.items[j+1].has(lexicon.Function) && !s.items[j+1].of(lexicon.PartyState, v.topic.Name) && !s.items[j+1].of(lexicon.Party, v.topic.Name) {
		return nobody, 0
	}
	for k := j + 1; k < len(s.items) && k <= j+3; k++ {
		it := &s.items[k]
		switch {
		case it.of(lexicon.PartyState, v.topic.Name), it.of(lexicon.Party, v.topic.Name):
			return ours, k
		case v.foreign(it) && k == j+1:
			return others, k
		case !it.has(lexicon.Function):
			return nobody, 0
		}
	}
	return nobody, 0
}

// mixed says whether the number counts two armies together.
func (v *view) mixed(s *sentence, i, j int) bool {
	foreign, party := false, false
	for k := i + 1; k <= j; k++ {
		it := &s.items[k]
		if it.has(lexicon.Mixed) {
			return true
		}
		foreign = foreign || v.foreign(it)
		party = party || it.of(lexicon.Party, v.topic.Name)
	}
	if party {
		return foreign
	}
	for k := j + 1; k < len(s.items) && k <= j+6; k++ {
		it := &s.items[k]
		if it.has(lexicon.Mixed) { // "35,000 people, DPRK soldiers included"
			return true
		}
		if it.q != nil || it.mark == ';' || it.mark == '.' {
			break
		}
	}
	return false
}

func loss(it *item) bool {
	for _, sn := range it.senses {
		if sn.Class == lexicon.MeasureCue && sn.Measure.Side() == claim.Losses {
			return true
		}
	}
	return false
}

// lost says whether the item is a loss that its subject suffers: "lost", "losses".
func (it *item) lost() bool {
	for _, sn := range it.senses {
		if sn.Class == lexicon.MeasureCue && sn.Measure == claim.Casualties {
			return true
		}
	}
	return false
}

func strength(it *item) bool {
	for _, sn := range it.senses {
		if (sn.Class == lexicon.MeasureCue || sn.Class == lexicon.Place) && sn.Measure.Side() == claim.Strength {
			return true
		}
	}
	return false
}

// leftHead looks for the noun right before the number: "soldiers, 3,000 in number",
// "북한군 3000명", "the number of North Korean troops at 10,000".
func (v *view) leftHead(s *sentence, i int) (head, bool) {
	from := s.items[i].q.From
	gap := 0
	for j := i - 1; j >= 0 && gap <= 3; j-- {
		it := &s.items[j]
		if it.start >= from {
			continue // hedges belong to the number
		}
		switch {
		case it.q != nil:
			return head{}, false
		case it.mark == ';' || it.mark == '.' || it.mark == '!' || it.mark == '?':
			return head{}, false
		case it.of(lexicon.PartyPeople, v.topic.Name):
			return head{unit: claim.Troops, last: i, named: true, back: true}, !s.takenBefore(j)
		case it.has(lexicon.People):
			p, _ := it.sense(lexicon.People)
			party, foreign := v.adjectiveBefore(s, j)
			if foreign && !party || s.takenBefore(j) {
				return head{}, false
			}
			return head{unit: p.Unit, last: i, named: party, back: true}, true
		case it.has(lexicon.Nation), it.has(lexicon.Say), it.has(lexicon.Speaker), it.has(lexicon.Outlet), it.has(lexicon.Role):
			return head{}, false
		default:
			gap++
		}
	}
	return head{}, false
}

// takenBefore says whether the noun at item j is counted by a number before it.
func (s *sentence) takenBefore(j int) bool {
	for k := j - 1; k >= 0 && k >= j-4; k-- {
		if s.items[k].q != nil {
			return true
		}
		if s.items[k].stop() {
			return false
		}
	}
	return false
}

// adjectiveBefore says whose people the noun at item j names.
func (v *view) adjectiveBefore(s *sentence, j int) (party, foreign bool) {
	for k := j - 1; k >= 0 && k >= j-6; k-- {
		it := &s.items[k]
		if it.stop() || it.q != nil {
			break
		}
		if it.of(lexicon.Party, v.topic.Name) || it.of(lexicon.PartyState, v.topic.Name) {
			return true, false
		}
		if v.foreign(it) && k >= j-3 && !(k > 0 && s.items[k-1].has(lexicon.Locative)) {
			foreign = true
		}
	}
	return false, foreign
}

// ellipsis decides on a number whose noun is left out: "4,700 were wounded", "3,000 of
// them", "another 1,500".
func (v *view) ellipsis(s *sentence, i int, h head, rule string) (head, string) {
	if rule == "" || rule[0] != '?' {
		return head{}, rule
	}
	unit := claim.Troops
	if h.of {
		if v.spokenOf(s, i) != ours {
			return head{}, "of others"
		}
		return head{unit: unit, last: h.last, of: true}, "of them"
	}
	if f := v.spokenOf(s, i); f == others || f == nobody && !v.namedBehind(s, i) {
		return head{}, "nobody counted"
	}
	if !v.inSeries(s, i) {
		return head{}, "no noun, and nothing says what is counted"
	}
	return head{unit: unit, last: i}, "noun left out"
}

// inSeries says whether a number without a noun goes on with what the text counts: it
// is lost, more, changed or said, in a sentence that speaks of the topic's people.
func (v *view) inSeries(s *sentence, i int) bool {
	for j := range i {
		if s.items[j].has(lexicon.CountWord) || loss(&s.items[j]) && s.onlyFunctions(j+1, i) || s.items[j].lost() && i-j <= 4 && !s.broken(j, i) {
			return true
		}
	}
	if s.hasBefore(i, lexicon.Whole) && v.last != nil && s.index-v.last.s.index <= 1 {
		return true // "in all they are 14,000"
	}
	if i > 0 && s.items[i-1].has(lexicon.More) || i+1 < len(s.items) && s.items[i+1].has(lexicon.More) {
		return true
	}
	b := s.items[i].bound()
	if max(b.Low, b.High) < 10 {
		return i+1 < len(s.items) && loss(&s.items[i+1])
	}
	for j := i + 1; j < len(s.items) && j <= i+6; j++ {
		it := &s.items[j]
		if it.q != nil || it.mark == ';' {
			break
		}
		if it.has(lexicon.MeasureCue) || it.has(lexicon.Place) {
			return true
		}
	}
	if v.topicIn(s, i) {
		return true
	}
	for j := range i { // Seoul says 10,000, Kyiv 11,000
		if s.items[j].has(lexicon.Nation) && !s.items[j].of(lexicon.Party, v.topic.Name) || s.items[j].hasAny(lexicon.Say, lexicon.Speaker) {
			return v.last != nil && s.index-v.last.s.index <= 1 || v.focus == ours
		}
	}
	return false
}

// broken says whether a mark or a number stands between two items.
func (s *sentence) broken(a, b int) bool {
	for k := a + 1; k < b; k++ {
		if s.items[k].mark != 0 || s.items[k].q != nil {
			return true
		}
	}
	return false
}

// onlyFunctions says whether nothing but function words stands between an item and the
// number at item i: "zginęło ich około tysiąca".
func (s *sentence) onlyFunctions(from, i int) bool {
	for k := from; k < i; k++ {
		if s.items[k].start < s.items[i].q.From && (!s.items[k].has(lexicon.Function) || s.items[k].has(lexicon.Locative)) {
			return false
		}
	}
	return true
}

// topicIn says whether the sentence names the topic's people or their state before item i.
func (v *view) topicIn(s *sentence, i int) bool {
	for j := range i {
		if v.party(&s.items[j]) {
			return true
		}
	}
	return false
}

func (v *view) party(it *item) bool {
	return it.of(lexicon.Party, v.topic.Name) || it.of(lexicon.PartyPeople, v.topic.Name) || it.of(lexicon.PartyState, v.topic.Name)
}

// inContext says whether people that are not named as the topic's are meant all the same.
func (v *view) inContext(s *sentence, i int, h head) (string, bool) {
	if v.foreignLoss(s, i) {
		return "another army's loss", false
	}
	switch v.spokenOf(s, i) {
	case ours:
		return "", true
	case others:
		return "another army spoken of", false
	}
	if v.namedBehind(s, h.last) {
		return "", true
	}
	return "people whose army is not named", false
}

// namedBehind says whether the topic's people are named behind item i, before another
// number: headlines and openings do so.
func (v *view) namedBehind(s *sentence, i int) bool {
	for j := i + 1; j < len(s.items) && (s.items[j].q == nil || s.themBefore(j)); j++ {
		if v.party(&s.items[j]) {
			return true
		}
	}
	return false
}

// foreignLoss says whether another state is what lost, has or sends the people right
// before the number: "Russia lost 30,000 people".
func (v *view) foreignLoss(s *sentence, i int) bool {
	verb := false
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		it := &s.items[j]
		switch {
		case it.start >= s.items[i].q.From:
		case it.stop() || it.q != nil || v.party(it):
			return false
		case verb && v.foreign(it):
			return true
		case it.lost(): // those whom another state kills or captures can be ours
			verb = true
		}
	}
	return false
}

// spokenOf says of whose soldiers the text speaks at item i: the army named last in
// the sentence, or in the sentences before.
func (v *view) spokenOf(s *sentence, i int) focus {
	f := v.focus
	for j := 0; j < i; j++ {
		f = v.step(s, j, f)
	}
	return f
}

// focusAfter is whose soldiers the text speaks of behind a sentence.
func (v *view) focusAfter(s *sentence) focus {
	f := v.focus
	for j := range s.items {
		f = v.step(s, j, f)
	}
	return f
}

// step moves the focus over item j: the topic's people or state take it, another
// army takes it only with its noun ("Russian soldiers"), since its state is named
// for many reasons.
func (v *view) step(s *sentence, j int, f focus) focus {
	it := &s.items[j]
	if v.party(it) {
		return ours
	}
	if it.has(lexicon.People) && !it.has(lexicon.Role) {
		party, foreign := v.adjectiveBefore(s, j)
		if foreign && !party {
			return others
		}
	}
	return f
}
