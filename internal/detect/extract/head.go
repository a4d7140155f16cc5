package extract

import (
	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// head is what a quantity counts.
type head struct {
	unit   claim.Unit // "" when it counts none of the topic's people
	last   int        // the item it ends with; the quantity's own when the noun is left out
	named  bool       // the topic's people are named beside the number
	loss   bool       // the noun itself is a loss: "600 dead"
	back   bool       // the noun stands before the number: "soldiers, 3,000 in number"
	of     bool       // "3,000 of them"
	on     bool       // it goes on from the claim before: "or 40,000, perhaps 500,000"
	lossAt int        // the item of a loss before the number
}

// unknownNoun is why a number counts what the lexicon does not know.
const unknownNoun = "unknown noun behind the number"

// reach is how many items may lie between a number and the noun it counts.
const reach = 9

// head finds what the quantity at item i counts, and says by which rule, or why it is
// no claim.
func (v *view) head(s *sentence, i int) (head, string) {
	if s.mixedBefore(i) {
		return head{}, "two armies together"
	}
	h, rule := v.adjacentHead(s, i)
	if rule == "" {
		h, rule = v.rightHead(s, i)
	}
	if rule == unknownNoun && v.lang.VerbFinal && s.beforeHedges(i) >= 0 && s.items[s.beforeHedges(i)].hasAny(lexicon.People, lexicon.PartyPeople) {
		rule = "?" + rule // 건설병 5천 명의 이동
	}
	if rule != "" && h.unit == "" && rule[0] != '?' {
		return h, rule
	}
	if h.unit == "" {
		if back, ok := v.leftHead(s, i); ok && !s.negated(i) {
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

// mixedBefore says whether two armies together stand right before the number at i.
func (s *sentence) mixedBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-5 && !s.items[j].stop() && s.items[j].q == nil; j-- {
		if s.items[j].has(lexicon.MixedBefore) {
			return true
		}
	}
	return false
}

// counterBehind says whether a counter that no noun follows stands behind the number
// at i, and at which item: 北朝鮮兵3000人, but not 3000人の兵士.
func (s *sentence) counterBehind(i int) (at int, ok bool) {
	for j := i + 1; j < len(s.items); j++ {
		it := &s.items[j]
		switch {
		case it.has(lexicon.Complete):
			at, ok = j, true
		case it.end <= s.items[i].q.To:
		default:
			return at, ok && !it.hasAny(lexicon.Link, lexicon.People, lexicon.Party, lexicon.PartyPeople)
		}
	}
	return at, ok
}

// beforeHedges is the item before the number at i and its hedges.
func (s *sentence) beforeHedges(i int) int {
	j := i - 1
	for j >= 0 && (s.items[j].start >= s.items[i].q.From || s.items[j].hasAny(lexicon.Whole, lexicon.More)) {
		j--
	}
	return j
}

// countedAt says whether a number or its counter stands at item j: the loss behind is
// its own, "600명 사망".
func (s *sentence) countedAt(j int) bool {
	return j >= 0 && (s.items[j].q != nil || s.items[j].has(lexicon.Counter))
}

// adjacentHead looks for the noun that stands right before a number with its counter.
func (v *view) adjacentHead(s *sentence, i int) (head, string) {
	at, ok := s.counterBehind(i)
	if !ok {
		return head{}, ""
	}
	if at+1 < len(s.items) && s.items[at+1].has(lexicon.Thing) {
		return head{}, "things, not people"
	}
	if at+1 < len(s.items) && s.items[at+1].has(lexicon.Difference) {
		return head{}, "a difference"
	}
	j := s.beforeHedges(i)
	if j > 0 && s.items[j].mark == ',' && !v.lang.VerbFinal {
		j--
	}
	if j < 0 || s.items[j].q != nil || s.items[j].mark != 0 {
		return head{last: at}, "?a counter without a noun"
	}
	direct := j == i-1 || s.items[j+1].start >= s.items[i].q.From
	if j > 0 && s.items[j].hasAny(lexicon.TopicMark, lexicon.SubjectMark, lexicon.ObjectMark) && loss(&s.items[j-1]) && !s.countedAt(j-2) {
		return head{unit: claim.Troops, last: at, loss: true, lossAt: j - 1, back: true}, "a loss before the number"
	}
	it := &s.items[j]
	people, isPeople := it.sense(lexicon.People)
	switch {
	case it.of(lexicon.PartyPeople, v.topic.Name):
		return head{unit: claim.Troops, last: at, named: true, back: true}, "noun before the number"
	case loss(it) && !isPeople && j == s.beforeHedges(i) && !s.countedAt(j-1):
		return head{unit: claim.Troops, last: at, loss: true, lossAt: j, back: true}, "a loss before the number"
	case isPeople && s.items[j+1].mark == ',' && s.takenBefore(j):
		return head{last: at}, "?a counter without a noun"
	case isPeople:
		party, foreign := v.adjectiveBefore(s, j)
		if foreign && !party {
			return head{}, "another army"
		}
		return head{unit: people.Unit, last: at, named: party, back: true}, "noun before the number"
	case it.has(lexicon.Other):
		return head{}, "other people"
	case it.has(lexicon.Thing) && direct:
		return head{}, "things, not people"
	}
	return head{last: at}, "?a counter without a noun"
}

// counted is a head and the rule by which it was found.
type counted struct {
	head head
	rule string
}

// rightHead looks for the noun behind the number. A rule that begins with "?" says
// that none was found but one may be left out.
func (v *view) rightHead(s *sentence, i int) (head, string) {
	v.walk(s)
	c, known := v.counted[i]
	if !known {
		c.head, c.rule = v.findRightHead(s, i)
		v.counted[i] = c
	}
	return c.head, c.rule
}

func (v *view) findRightHead(s *sentence, i int) (head, string) {
	h := head{last: i}
	party, foreign, counter, unknown, partOf := false, false, false, 0, false
	if s.inBrackets(i) || s.noted(i) {
		return h, "a number in brackets: an age or a note"
	}
	if i+2 < len(s.items) && s.items[i+1].has(lexicon.Joint) && s.items[i+2].q != nil && s.countsThings(i+2) {
		return h, "things, not people" // "20 and 26 years old"
	}
	if s.items[i].q.Strong {
		return head{unit: s.unitOfForce(i), last: i}, "a force so strong"
	}
	next := i + 1 // where the noun may begin: behind the quotation that the number closes
	if next < len(s.items) && s.items[next].mark == '"' {
		next++
	}
	first := i + 1
	if len(s.items[i].senses) > 0 { // the number is a noun: two soldiers in one word
		first = i
	}
	for j := first; j < len(s.items) && j <= i+reach; j++ {
		it := &s.items[j]
		switch {
		case it.start < s.items[i].q.To && j > i && !it.has(lexicon.Counter): // its own hedge: "11,000-plus"
		case v.onlyOf(s, i, j): // "thousands of soldiers"
		case s.hyphenated(j): // "battle-hardened", "long-range"
			unknown++
			j += 2
		case it.q != nil && j > i && partOf: // "8,000 of the 10,000 North Koreans"
			whole, rule := v.rightHead(s, j)
			return head{unit: whole.unit, last: i, named: whole.named, of: true}, rule
		case it.q != nil && j > i && s.counts(i+1, lexicon.To): // "from 3,000 to 10,000 soldiers"
			if next, rule := v.rightHead(s, j); next.unit != "" {
				return head{unit: next.unit, last: i, named: next.named}, rule
			}
			return h, "?another number"
		case it.q != nil && j > i:
			return h, "?another number"
		case j == i+1 && s.counts(j, lexicon.To) && s.numberFollows(j):
		case it.has(lexicon.Link) && s.numberFollows(j):
			partOf = true
		case j == next && s.counts(j, lexicon.Of): // "une centaine d'officiers"
		case j == next && s.countedNext(j): // "sono 3.000 i soldati", "à 3 000 le nombre de soldats"
		case it.has(lexicon.CountWord) && (j <= next+1 || partOf):
			partOf = true
		case j == next && s.article(j): // "calcula en 10.000 los soldados norcoreanos"
		case it.mark == '"' || it.mark == '\'' || it.mark == '[' || it.mark == ']' || it.mark == '…':
		case it.mark == '-' && (j == i+1 || s.glued(j)), it.mark == '(' && j == i+1:
		case it.mark == ',' && (party || unknown > 0) && j+1 < len(s.items) && (s.items[j+1].of(lexicon.Party, v.topic.Name) || s.items[j+1].unknown()) && unknown < 3:
			// "3,000 tired, hungry soldiers"
		case it.mark != 0:
			return h, "?mark"
		case it.of(lexicon.PartyPeople, v.topic.Name) && s.civil(j):
			return h, "other people"
		case it.of(lexicon.PartyPeople, v.topic.Name) && !(it.of(lexicon.Party, v.topic.Name) && s.nounFollows(j)) && (unknown == 0 || it.name || !it.of(lexicon.Party, v.topic.Name)): // not "3 000 uniformes nord-coréens"
			return head{unit: v.unitBehind(s, j, claim.Troops), last: j, named: true}, "the topic's people"
		case it.has(lexicon.Army):
			return h, "the whole army"
		case it.has(lexicon.Mixed):
			return h, "two armies together"
		case it.has(lexicon.People) && !(it.has(lexicon.Other) && foreign):
			people, _ := it.sense(lexicon.People)
			last := j
			if (foreign || v.foreign(it)) && !party {
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
			if it.has(lexicon.Counter) {
				unit = s.unitApposed(j, unit)
			}
			if v.mixed(s, i, j) {
				return h, "two armies together"
			}
			return head{unit: unit, last: last, named: party, of: partOf}, "people behind the number"
		case it.has(lexicon.Other) && (!it.has(lexicon.Nation) || v.foreign(it) && !s.peopleAt(j+1)):
			return h, "other people"
		case it.has(lexicon.Thing):
			return h, "things, not people"
		case it.of(lexicon.Party, v.topic.Name):
			party = true
		case it.of(lexicon.PartyState, v.topic.Name):
			party = true
		case it.has(lexicon.Nation) && v.foreign(it):
			if s.endsNoun(j) {
				return h, "another army"
			}
			foreign = foreign || !s.items[j-1].has(lexicon.Locative)
		case it.has(lexicon.Counter):
			counter = true
			h.last = j
		case it.has(lexicon.Them) && unknown > 0 && !counter: // "two thirds of them"
			return h, "unknown noun behind the number"
		case it.has(lexicon.Them):
			h.of = true
			h.last = j
			return h, "?of them"
		case loss(it) && s.qualifies(j): // "3,000 wounded soldiers"
		case loss(it):
			whose, _ := v.stateBehind(s, j) // "bajas rusas"
			if whose == others && !party {
				return h, "another army's loss"
			}
			return head{unit: claim.Troops, last: j, named: party || whose == ours, loss: true, of: partOf}, "a loss behind the number"
		case it.has(lexicon.Among) && unknown > 0:
			return h, "unknown noun behind the number"
		case it.has(lexicon.Among):
			partOf = true
		case it.has(lexicon.More):
		case it.has(lexicon.ModeCue), it.has(lexicon.Say):
			return h, "?verb"
		case j == i+1 && s.phraseBefore(j) > 0: // "8,000 nach Kursk verlegte Soldaten"
			j = s.phraseBefore(j)
		case it.has(lexicon.Function):
			if !partOf && !counter && unknown == 0 && !party {
				return h, "?nothing behind the number"
			}
			if unknown > 0 {
				return h, unknownNoun
			}
		case strength(it) && s.qualifies(j):
		case j == i+1 && strength(it) && v.participle(s, j): // "11 тысяч направленных в Россию солдат"
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
				return h, unknownNoun
			}
			return h, "?nothing behind the number"
		default:
			if unknown++; unknown > 3 {
				return h, unknownNoun
			}
		}
	}
	if unknown > 0 && !counter {
		return h, unknownNoun
	}
	return h, "?end"
}

// peopleAt says whether a noun of people stands at item j: "500 Russian soldiers".
func (s *sentence) peopleAt(j int) bool {
	return j < len(s.items) && s.items[j].hasAny(lexicon.People, lexicon.Party, lexicon.PartyPeople, lexicon.Joint)
}

// civil says whether what is said of the people at item j is said of no soldiers:
// "34,000 North Koreans have fled".
func (s *sentence) civil(j int) bool {
	for k := j + 1; k < len(s.items) && k <= j+12; k++ {
		it := &s.items[k]
		if it.has(lexicon.Civil) {
			return true
		}
		if it.q != nil || it.stop() {
			return false
		}
	}
	return false
}

// onlyOf says whether item j only joins the number to what it counts: "thousands of
// soldiers", "12,000 of Kim's soldiers".
func (v *view) onlyOf(s *sentence, i, j int) bool {
	if !s.items[j].has(lexicon.Link) || !s.items[j].has(lexicon.Function) {
		return false
	}
	if s.items[i].q.Qualifier != claim.Vague {
		return j == i+1 && j+1 < len(s.items) && v.party(&s.items[j+1])
	}
	return j == i+1 || j == i+2 && s.items[i+1].mark == '"' // "thousands" of soldiers
}

// hyphenated says whether item j is the first part of a compound whose second part is
// no noun that is counted.
func (s *sentence) hyphenated(j int) bool {
	return j+2 < len(s.items) && s.items[j].mark == 0 && s.items[j].q == nil && s.items[j+1].mark == '-' &&
		s.items[j].end == s.items[j+1].start && s.items[j+1].end == s.items[j+2].start &&
		!s.items[j+2].hasAny(lexicon.People, lexicon.PartyPeople, lexicon.Other, lexicon.Thing)
}

// glued says whether the hyphen at item j stands inside a compound.
func (s *sentence) glued(j int) bool {
	return j+1 < len(s.items) && s.items[j-1].end == s.items[j].start && s.items[j].end == s.items[j+1].start
}

// phraseBefore is the participle that ends a phrase of place before its noun, begun
// by the preposition at item j; 0 when there is none.
func (s *sentence) phraseBefore(j int) int {
	if !s.items[j].has(lexicon.Locative) {
		return 0
	}
	for k := j + 1; k < len(s.items) && k <= j+6; k++ {
		it := &s.items[k]
		switch {
		case it.q != nil || it.mark != 0 || it.has(lexicon.Joint):
			return 0
		case it.has(lexicon.MeasureCue) && s.qualifies(k):
			return k
		}
	}
	return 0
}

// participle says whether the word at item j is a participle before its noun, with
// nothing but a phrase of place between them.
func (v *view) participle(s *sentence, j int) bool {
	if j+1 >= len(s.items) || !s.items[j+1].has(lexicon.Locative) {
		return false
	}
	for k := j + 2; k < len(s.items) && k <= j+5; k++ {
		it := &s.items[k]
		if it.hasAny(lexicon.People, lexicon.PartyPeople) || it.of(lexicon.Party, v.topic.Name) {
			return k > j+2
		}
		if !it.hasAny(lexicon.Place, lexicon.Nation, lexicon.Function) && !it.unknown() {
			return false
		}
	}
	return false
}

// nounFollows says whether item j, which is both adjective and noun, stands before a
// noun of its own: Turkish "Kuzey Koreli işçi".
func (s *sentence) nounFollows(j int) bool {
	return j+1 < len(s.items) && s.items[j+1].q == nil && s.items[j+1].hasAny(lexicon.People, lexicon.Other, lexicon.Thing)
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

// article says whether item j, behind a number, is the article of the noun that the number
// counts: the noun stands in a sentence such as "los soldados son 3.000" turned around.
func (s *sentence) article(j int) bool {
	it := &s.items[j]
	return j+1 < len(s.items) && it.has(lexicon.Link) && it.has(lexicon.Function) && !it.has(lexicon.Locative) && !it.has(lexicon.Relative) &&
		(s.items[j+1].has(lexicon.People) || s.items[j+1].has(lexicon.PartyPeople) || loss(&s.items[j+1]))
}

// counts says whether item j has a sense that numbers are made of, as "tens OF thousands".
func (s *sentence) counts(j int, c lexicon.Class) bool {
	senses, end := s.page.lang.Numbers.Longest(s.text.S, s.items[j].start)
	for _, sn := range senses {
		if sn.Class == c && end == s.items[j].end {
			return true
		}
	}
	return false
}

// countedNext says whether item j is an article before the counted noun, or a small word
// before the number's own name.
func (s *sentence) countedNext(j int) bool {
	if j+1 >= len(s.items) || !s.items[j].has(lexicon.Function) {
		return false
	}
	next := &s.items[j+1]
	if next.has(lexicon.PartyPeople) && (j+2 == len(s.items) || s.items[j+2].stop()) && !s.items[j].hasAny(lexicon.Joint, lexicon.Locative, lexicon.Link, lexicon.Among) {
		return true // "12,000 of them are North Koreans"
	}
	return next.has(lexicon.CountWord) || s.counts(j, lexicon.Filler) && (next.hasAny(lexicon.People, lexicon.PartyPeople) || loss(next) && j+2 < len(s.items) && s.items[j+2].hasAny(lexicon.Party))
}

// endsNoun says whether the nation at item j is the counted noun itself: no noun
// follows it in "3,000 Russians died".
func (s *sentence) endsNoun(j int) bool {
	if j+1 == len(s.items) {
		return true
	}
	next := &s.items[j+1]
	return next.stop() || loss(next) || next.has(lexicon.Function) && !next.hasAny(lexicon.Joint, lexicon.People, lexicon.Link)
}

// noted says whether a number stands alone in brackets behind a name that is not of the
// topic: "Cuba (1,028)".
func (s *sentence) noted(i int) bool {
	if i < 2 || i+1 >= len(s.items) || s.items[i-1].mark != '(' || s.items[i+1].mark != ')' {
		return false
	}
	it := &s.items[i-2]
	return it.name && (it.unknown() || it.has(lexicon.Nation)) && !it.hasAny(lexicon.Party, lexicon.PartyPeople, lexicon.PartyState)
}

// qualifies says whether the participle at item j stands before a noun of its own.
func (s *sentence) qualifies(j int) bool {
	if j+1 < len(s.items) && s.items[j+1].has(lexicon.Party) && !s.items[j+1].hasAny(lexicon.People, lexicon.PartyPeople) {
		return j+2 < len(s.items) && (s.items[j+2].unknown() || s.items[j+2].hasAny(lexicon.People, lexicon.Other, lexicon.MeasureCue)) // not "bajas norcoreanas en"
	}
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

// unitApposed narrows "5,000 people" by what they are called behind a comma: "a division
// of builders".
func (s *sentence) unitApposed(j int, unit claim.Unit) claim.Unit {
	if j+1 >= len(s.items) || s.items[j+1].mark != ',' {
		return unit
	}
	for k := j + 2; k < len(s.items) && k <= j+4; k++ {
		it := &s.items[k]
		if p, ok := it.sense(lexicon.People); ok {
			return p.Unit
		}
		if it.q != nil || it.mark != 0 || !it.has(lexicon.Function) {
			return unit
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
// Korea", "soldats nord-coréens", "soldats de l'armée russe". Between stand function
// words, nouns that these bring, and adjectives.
func (v *view) stateBehind(s *sentence, j int) (focus, int) {
	for k := j + 1; k < len(s.items) && k <= j+5; k++ {
		it, prev := &s.items[k], &s.items[k-1]
		switch {
		case it.of(lexicon.PartyState, v.topic.Name), it.of(lexicon.Party, v.topic.Name):
			return ours, k
		case v.foreign(it) && v.lang.AdjectivesBehind && k == j+1:
			return others, k
		case v.foreign(it) && !it.name && (k == j+1 || !prev.has(lexicon.Function)):
			return others, k
		case v.foreign(it):
			return nobody, 0
		case it.has(lexicon.Joint) && (k+1 == len(s.items) || !s.items[k+1].has(lexicon.People)): // "400 hommes et les Nord-Coréens 200"
			return nobody, 0
		case it.has(lexicon.Function), it.has(lexicon.More):
		case it.hasAny(lexicon.People, lexicon.Role) && prev.has(lexicon.Function) && !it.has(lexicon.Say):
		case it.unknown() && !it.name && !prev.has(lexicon.Function):
		default:
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
		if it.start >= from && !it.has(lexicon.Counter) {
			continue // hedges belong to the number
		}
		switch {
		case it.q != nil:
			return head{}, false
		case it.mark == ';' || it.mark == '.' || it.mark == '!' || it.mark == '?':
			return head{}, false
		case it.of(lexicon.PartyPeople, v.topic.Name) && it.of(lexicon.Party, v.topic.Name) && j > 0 && s.items[j-1].has(lexicon.People): // "officiers nord-coréens, au nombre de 50"
		case it.of(lexicon.PartyPeople, v.topic.Name):
			return head{unit: claim.Troops, last: i, named: true, back: true}, !s.takenBefore(j)
		case it.has(lexicon.People):
			p, _ := it.sense(lexicon.People)
			party, foreign := v.adjectiveBefore(s, j)
			state, _ := v.stateBehind(s, j)
			party = party || state == ours
			if state == others || foreign && !party || s.takenBefore(j) {
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
			_, counted := s.counterBehind(k)
			return !counted
		}
		if s.items[k].stop() {
			return false
		}
	}
	return false
}

// adjectiveBefore says whose people the noun at item j names.
func (v *view) adjectiveBefore(s *sentence, j int) (party, foreign bool) {
	if v.lang.AdjectivesBehind && j+1 < len(s.items) {
		next := &s.items[j+1]
		return next.of(lexicon.Party, v.topic.Name) || next.of(lexicon.PartyState, v.topic.Name), v.foreign(next)
	}
	if v.foreign(&s.items[j]) { // the noun names it: 俄军
		return false, true
	}
	quoted := false // 韓国情報機関「部隊1500人…」
	for k := j - 1; k >= 0 && k >= j-6; k-- {
		it := &s.items[k]
		if it.stop() || it.q != nil {
			break
		}
		if it.of(lexicon.Party, v.topic.Name) || it.of(lexicon.PartyState, v.topic.Name) {
			return true, false
		}
		quoted = quoted || it.mark == '"'
		if v.foreign(it) && k >= j-3 && !quoted && !s.located(&mention{first: k, last: k}) {
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
	if h.of = h.of || s.themBefore(i) && !s.few(i); h.of {
		if v.spokenOf(s, i) != ours && !v.quotedOf(s, i) || v.ofRejected(s, i) {
			return head{}, "of others"
		}
		return head{unit: unit, last: h.last, of: true}, "of them"
	}
	if unit := v.sharedNoun(s, i); unit != "" {
		return head{unit: unit, last: i, named: true}, "noun behind the next number"
	}
	if unit, ok := v.setAgainst(s, i); ok {
		return head{unit: unit, last: i}, "set against the number behind it"
	}
	if v.spokenOf(s, i) == nobody && s.hasAny(lexicon.CountWord) && v.topicBehind(s, i) {
		return head{unit: unit, last: i}, "noun behind: \"from 3,000 to 10,000 its estimate of\""
	}
	if of := v.spokenOf(s, i); of == others || of == nobody && !v.namedBehind(s, i) && !v.quotedOf(s, i) {
		return head{}, "nobody counted"
	}
	if s.negated(i) {
		return head{}, "a figure that is said not to be so"
	}
	if !v.inSeries(s, i) {
		return head{}, "no noun, and nothing says what is counted"
	}
	return head{unit: unit, last: i, on: v.carriesOn(s, i)}, "noun left out"
}

// quotedOf says whether number i is quoted from somebody who speaks of the topic's people,
// as the words behind the quotation say: "'12,000 came,' he said of the North Koreans".
func (v *view) quotedOf(s *sentence, i int) bool {
	if v.focus != nobody || s.quoted(i) == (s.index > 0 && !s.starts && v.opens(v.sentences[s.index-1])) {
		return false
	}
	closed := false
	for n := s.index; n < len(v.sentences) && n <= s.index+2 && !closed; n++ {
		t := v.sentences[n]
		for j := range t.items {
			if n == s.index && j <= i {
				continue
			}
			closed = closed || t.items[j].mark == '"'
			if closed && v.party(&t.items[j]) {
				return true
			}
		}
	}
	return false
}

// topicBehind says whether the sentence names the topic's people behind number i before
// any others.
func (v *view) topicBehind(s *sentence, i int) bool {
	for j := i + 1; j < len(s.items); j++ {
		if s.items[j].hasAny(lexicon.Thing, lexicon.Other) && !s.items[j].hasAny(lexicon.Party, lexicon.PartyPeople, lexicon.Nation) {
			return false
		}
		if f := v.names(s, j); f != nobody {
			return f == ours
		}
	}
	return false
}

// ofRejected says whether the number before, of which this one is a part, is no claim.
func (v *view) ofRejected(s *sentence, i int) bool {
	for k := len(s.numbers) - 1; k >= 0; k-- {
		if j := s.numbers[k]; j < i && !s.countsThings(j) {
			return v.last == nil || v.last.s != s
		}
	}
	return false
}

// setAgainst says whether an old figure comes before the new one that brings the noun:
// "instead of 3,000, Washington now counts 10,000 North Koreans".
func (v *view) setAgainst(s *sentence, i int) (claim.Unit, bool) {
	if i+1 >= len(s.items) || s.items[i+1].mark != ',' || !s.earlierBefore(i) {
		return "", false
	}
	for _, j := range s.numbers {
		if j > i {
			h, _ := v.rightHead(s, j)
			return h.unit, h.unit != "" && h.named
		}
	}
	return "", false
}

// earlierBefore says whether a word for an old figure stands right before the number.
func (s *sentence) earlierBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if s.items[j].has(lexicon.Earlier) {
			return true
		}
		if s.items[j].mark != 0 || s.items[j].q != nil {
			return false
		}
	}
	return false
}

// negated says whether "not" stands right before the number: "not 3,000 but 10,000".
func (s *sentence) negated(i int) bool {
	if s.page.lang.SubjectFirst { // there it stands behind: "3 bin değil 12 bin"
		return i+1 < len(s.items) && s.items[i+1].has(lexicon.Negation)
	}
	j := i - 1
	for j >= 0 && s.items[j].start >= s.items[i].q.From {
		j--
	}
	return j >= 0 && s.items[j].has(lexicon.Negation)
}

// sharedNoun is the unit that a number shares with the one behind it, where somebody
// else's count follows at once: "Washington counts 8,000, Kyiv 11,000 North Korean
// soldiers".
func (v *view) sharedNoun(s *sentence, i int) claim.Unit {
	if i+1 >= len(s.items) || s.items[i+1].mark != ',' && !s.items[i+1].hasAny(lexicon.Joint, lexicon.Subclause) || v.mentionedIn(s, 0, i) == 0 {
		return ""
	}
	for j := i + 1; j < len(s.items) && j <= i+8; j++ {
		if s.items[j].q == nil {
			continue
		}
		if h, _ := v.rightHead(s, j); h.named && !h.loss && v.mentionedIn(s, i, j) > 0 && s.items[j].bound().Low >= 100 && s.items[i].bound().Low >= 100 {
			return h.unit
		}
		return ""
	}
	return ""
}

// mentionedIn counts those named between two items who may stand behind a number.
func (v *view) mentionedIn(s *sentence, from, to int) int {
	n := 0
	for k := range s.mentions {
		if m := &s.mentions[k]; m.first >= from && m.last < to && m.state != v.topic.Party {
			n++
		}
	}
	return n
}

// themBefore says whether "of them" stands right before the number: "из них 2 тысячи".
func (s *sentence) themBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if it := &s.items[j]; it.has(lexicon.Them) || !it.has(lexicon.Function) {
			return it.has(lexicon.Them)
		}
	}
	return false
}

// lossBefore is the loss that the number behind it counts, with small words and a verb
// between: "поранених може бути до тисячі"; -1 without one.
func (s *sentence) lossBefore(i int) int {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		switch it := &s.items[j]; {
		case loss(it):
			return j
		case it.mark != 0 || it.q != nil || !it.hasAny(lexicon.Function, lexicon.ModeCue, lexicon.More):
			return -1
		}
	}
	return -1
}

// inSeries says whether a number without a noun goes on with what the text counts: it
// is lost, more, changed or said, in a sentence that speaks of the topic's people.
func (v *view) inSeries(s *sentence, i int) bool {
	if s.few(i) {
		return false
	}
	for j := range i {
		if s.items[j].hasAny(lexicon.CountWord, lexicon.Earlier) || loss(&s.items[j]) && s.items[i].q.From-s.items[j].end <= 1 {
			return true
		}
	}
	if s.wholeBefore(i) || v.goesOn(s, i) || s.lossBefore(i) >= 0 || s.hasBefore(i, lexicon.Whole) && v.last != nil && s.index-v.last.s.index <= 1 { // "in all they are 14,000"
		return true
	}
	if j := s.beforeHedges(i); j >= 0 && s.items[j].has(lexicon.Them) || v.lang.VerbFinal && s.increment(i, head{last: i}) {
		return true
	}
	if i > 0 && s.items[i-1].has(lexicon.More) || i+1 < len(s.items) && s.items[i+1].has(lexicon.More) {
		return true
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
	if s.index > 0 && v.sentences[s.index-1].asks() && i+1 < len(s.items) && s.items[i+1].mark != 0 {
		return true
	}
	if v.topicIn(s, i) || s.verbBefore(i) || v.carriesOn(s, i) {
		return true
	}
	for j := range i { // Seoul says 10,000, Kyiv 11,000
		if s.items[j].has(lexicon.Nation) && !s.items[j].of(lexicon.Party, v.topic.Name) || s.items[j].hasAny(lexicon.Say, lexicon.Speaker) {
			return v.last != nil && s.index-v.last.s.index <= 1 || v.focus == ours
		}
	}
	return false
}

// few says whether the number is too small to stand without a noun, no loss behind it: it
// is often one of something else. "Two have been captured" is none such.
func (s *sentence) few(i int) bool {
	b := s.items[i].bound()
	j := i + 1
	for j < len(s.items) && j <= i+3 && s.items[j].has(lexicon.Function) && !loss(&s.items[j]) {
		j++
	}
	return max(b.Low, b.High) < 10 && (j == len(s.items) || !loss(&s.items[j]))
}

// asks says whether the sentence is a question, which a number answers.
func (s *sentence) asks() bool {
	return len(s.items) > 0 && s.items[len(s.items)-1].mark == '?'
}

// wholeBefore says whether the number is a whole of which a part is told: "of the 11,000".
func (s *sentence) wholeBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if s.items[j].has(lexicon.Among) {
			return true
		}
		if !s.items[j].has(lexicon.Function) {
			return false
		}
	}
	return false
}

// goesOn says whether the sentence goes on with the figure of the one before: somebody
// says it, or it is planned: "By December it would be 10,000."
func (v *view) goesOn(s *sentence, i int) bool {
	if v.last == nil || s.index-v.last.s.index != 1 || len(s.numbers) > 1 {
		return false
	}
	if s.saidBefore(i) {
		return true
	}
	for j := range i {
		if sn, ok := s.items[j].sense(lexicon.ModeCue); ok && sn.Mode == claim.Planned {
			return true
		}
	}
	return false
}

// saidBefore says whether somebody named before says the number: "In May he had spoken of 3,000."
func (s *sentence) saidBefore(i int) bool {
	for k := range s.mentions {
		if m := &s.mentions[k]; m.anaphor && m.cue > noCue && m.last < i {
			return true
		}
	}
	return false
}

// verbBefore says whether a number closes a clause whose verb stands before it: "vinieron 12.000".
func (s *sentence) verbBefore(i int) bool {
	if i+1 < len(s.items) && !s.items[i+1].stop() {
		return false
	}
	for j := i - 1; j >= 0; j-- {
		if it := &s.items[j]; it.start < s.items[i].q.From && !it.has(lexicon.More) {
			return it.has(lexicon.MeasureCue) && !it.has(lexicon.People) || it.has(lexicon.Indirect) ||
				j == 0 && it.has(lexicon.Function) && !it.hasAny(lexicon.Locative, lexicon.Link, lexicon.Joint) // "son 12.000"
		}
	}
	return false
}

// carriesOn says whether a number only goes on from the claim before: "30,000 or 40,000, perhaps 500,000".
func (v *view) carriesOn(s *sentence, i int) bool {
	if v.last == nil || v.last.s != s || v.last.i > i || i+1 < len(s.items) && !s.items[i+1].stop() && s.items[i+1].mark != '"' {
		return false
	}
	comma := false
	for j := v.last.i + 1; j < i; j++ {
		it := &s.items[j]
		comma = comma || it.mark == ','
		if it.q != nil || it.mark != 0 && it.mark != ',' || it.mark == 0 && it.start < s.items[i].q.From && !it.has(lexicon.Function) {
			return false
		}
	}
	return comma
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
	if v.abroad(s, i, h) {
		return "another army, stationed abroad", false
	}
	switch v.spokenOf(s, i) {
	case ours:
		return "", true
	case others:
		return "another army spoken of", false
	}
	if v.ofOthers(s, i, h) {
		return "another state's people", false
	}
	if v.namedBehind(s, h.last) {
		return "", true
	}
	return "people whose army is not named", false
}

// ofOthers says whether another state is the subject that has the people, and the topic's
// are named in another part of the sentence: "Washington keeps 28,500 there, and Pyongyang".
func (v *view) ofOthers(s *sentence, i int, h head) bool {
	subject := false
	for j := range i {
		if v.foreign(&s.items[j]) && (j == 0 || !s.items[j-1].has(lexicon.Locative)) {
			subject = true
		}
		if s.items[j].hasAny(lexicon.Say, lexicon.According) || s.items[j].mark == ':' {
			return false
		}
	}
	for j := h.last + 1; subject && j < len(s.items); j++ {
		if v.party(&s.items[j]) {
			return false
		}
		if s.items[j].has(lexicon.Joint) && !s.numberFollows(j) || s.items[j].mark == ',' {
			return true
		}
	}
	return false
}

// namedBehind says whether an opening names the topic's people behind the number, in
// its sentence, before any other army.
func (v *view) namedBehind(s *sentence, i int) bool {
	v.walk(s)
	if f := v.coming[i+1]; f != nobody || s.index+1 == len(v.sentences) || v.sentences[s.index+1].starts || !v.opens(s) {
		return f == ours
	}
	t := v.sentences[s.index+1] // a quotation names them later
	for j := range t.items {
		if f := v.names(t, j); f != nobody {
			return f == ours
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
			return !s.located(&mention{first: j, last: j})
		case verb && v.foreignSpeaker(it):
			return true
		case it.lost(): // those whom another state kills or captures can be ours
			verb = true
		}
	}
	return false
}

// foreignSpeaker says whether a person or body of another state is named: "Putin lost 30,000 men".
func (v *view) foreignSpeaker(it *item) bool {
	sn, ok := it.sense(lexicon.Speaker)
	return ok && claim.Claimant(sn.ID).State() != v.topic.Party
}

// abroad says whether a state keeps the people in another one, neither of which is the
// topic's: "the United States has 28,500 troops in South Korea".
func (v *view) abroad(s *sentence, i int, h head) bool {
	owner := ""
	for k := len(s.mentions) - 1; k >= 0 && owner == ""; k-- {
		m := &s.mentions[k]
		if m.last < i && s.parted(m.last, i) {
			break
		}
		if m.bare && m.last < i && m.cue == noCue && m.state != v.topic.Party && !(m.first > 0 && s.items[m.first-1].has(lexicon.Locative)) {
			owner = m.state
		}
	}
	if owner == "" {
		return false
	}
	for k := h.last + 1; k < len(s.items) && k <= h.last+3; k++ {
		it := &s.items[k]
		if n, ok := it.sense(lexicon.Nation); ok {
			return v.foreign(it) && n.ID != owner && s.items[k-1].has(lexicon.Locative)
		}
		if !it.has(lexicon.Locative) && !it.has(lexicon.MeasureCue) {
			return false
		}
	}
	return false
}

// spokenOf says of whose soldiers the text speaks at item i: the army named last in
// the sentence, or in the sentences before.
func (v *view) spokenOf(s *sentence, i int) focus {
	v.walk(s)
	return v.heard[i]
}

// walk notes where the sentence names an army, once for all of its numbers.
func (v *view) walk(s *sentence) {
	if v.walked == s {
		return
	}
	v.walked = s
	clear(v.counted)
	v.heard, v.coming = append(v.heard[:0], v.focus), append(v.coming[:0], make([]focus, len(s.items)+1)...)
	for j := range s.items {
		v.coming[j] = v.names(s, j)
		v.heard = append(v.heard, v.heard[j])
		if v.coming[j] != nobody {
			v.heard[j+1] = v.coming[j]
		}
	}
	for j := len(s.items) - 1; j >= 0; j-- {
		if v.coming[j] == nobody {
			v.coming[j] = v.coming[j+1]
		}
	}
}

// focusAfter is whose soldiers the text speaks of behind a sentence.
func (v *view) focusAfter(s *sentence) focus { return v.spokenOf(s, len(s.items)) }

// speaks says whether item j belongs to a mention that says something.
func (s *sentence) speaks(j int) bool {
	for k := range s.mentions {
		if m := &s.mentions[k]; m.first <= j && j <= m.last && (m.cue > noCue || s.marked(m, len(s.items)) == lexicon.TopicMark) {
			return true
		}
	}
	return false
}

// captures says whether the army at item j takes prisoners, who are not its own.
func (s *sentence) captures(j int) bool {
	for k := max(0, j-2); k < len(s.items) && k <= j+3; k++ {
		if m, ok := s.items[k].sense(lexicon.MeasureCue); ok && m.Measure == claim.Captured {
			return true
		}
	}
	return false
}

// names says which army takes the focus at item j: the topic's people or state take it,
// another army takes it only with its noun ("Russian soldiers"), since its state is
// named for many reasons.
func (v *view) names(s *sentence, j int) focus {
	it := &s.items[j]
	if it.of(lexicon.PartyPeople, v.topic.Name) && s.civil(j) {
		return others
	}
	if v.party(it) {
		return ours
	}
	if it.has(lexicon.People) && (!it.has(lexicon.Role) || (v.lang.VerbFinal || it.has(lexicon.Nation)) && !s.speaks(j)) {
		state, _ := v.stateBehind(s, j)
		if party, foreign := v.adjectiveBefore(s, j); state == nobody && foreign && !party {
			state = others
		}
		if state == ours || state == others && !s.captures(j) {
			return state
		}
	}
	return nobody
}
