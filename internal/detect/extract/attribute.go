package extract

import (
	"iter"
	"sort"
	"strings"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// attribution is who stands behind a number.
type attribution struct {
	id     claim.Claimant
	name   string // as the text has it
	denied bool
	at     *sentence // where they are named
	from   *sentence // where the one that a pronoun means is named
	rule   string
}

// attribute finds who stands behind a found number: named in its sentence with a cue,
// or the speaker before, where the sentence goes on with their words.
func (v *view) attribute(f *found) attribution {
	if f.s.reportsBefore(f.i) {
		return attribution{rule: "unnamed reports"}
	}
	if a, ok := v.inSentence(f); ok {
		if b, ok := v.cited(f.s, a); ok {
			return b
		}
		return a
	}
	if a, ok := v.ofQuotation(f); ok {
		return a
	}
	if a, ok := v.referred(f.s); ok {
		return a
	}
	if f.s.hasAny(lexicon.Reports) {
		return v.reporter(f)
	}
	if f.s.quoted(f.i) {
		if a, ok := v.speakerBefore(f.s); ok {
			a.rule = "speaker of the quotation before"
			return a
		}
	}
	// The sentence goes on with the words of the one before: reported speech, "it
	// added", accordingly, a part of what they counted.
	if f.s.subjectless || f.s.hasAny(lexicon.Indirect, lexicon.Continue, lexicon.Them) || f.mode == claim.Planned || v.lang.VerbFinal && f.s.hasAny(lexicon.Say) {
		if a, ok := v.subject(f.s); ok && f.s.mentions[0].last < f.i {
			return a
		}
		if a, ok := v.speakerBefore(f.s); ok {
			return a
		}
		if a, ok := v.speakerAfter(f.s); ok {
			return a
		}
	}
	if a, ok := v.retold(f.s); ok {
		return a
	}
	return attribution{rule: "nobody named"}
}

// reportsBefore says whether unnamed reports stand right before the number: "(by other
// estimates, up to 15,000)".
func (s *sentence) reportsBefore(i int) bool {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		it := &s.items[j]
		if it.has(lexicon.Reports) {
			return j > 0 && s.items[j-1].mark == '('
		}
		if !it.has(lexicon.Function) && it.mark != ',' {
			return false
		}
	}
	return false
}

// retold is who stands behind the last claim, when the text goes on from it at once and
// names nobody else: a summary of what somebody said, in a language whose verbs do not
// mark reported speech.
func (v *view) retold(s *sentence) (attribution, bool) {
	if !v.lang.Unmarked {
		return attribution{}, false
	}
	if s.index > 0 && !s.starts && v.sentences[s.index-1].title == s.title {
		if k := v.sentences[s.index-1].firstSpeaker(); k >= 0 && !v.sentences[s.index-1].mentions[k].denies {
			if a, ok := v.named(v.sentences[s.index-1], k); ok && a.id != "" {
				a.rule = "the speaker before goes on"
				return a, true
			}
		}
	}
	if v.last == nil || v.last.who.id == "" || v.last.s.title != s.title || s.index-v.last.s.index > 2 {
		return attribution{}, false
	}
	for n := v.last.s.index + 1; n < s.index; n++ {
		if v.sentences[n].firstSpeaker() >= 0 {
			return attribution{}, false
		}
	}
	a := v.last.who
	a.denied, a.rule = false, "the claim before goes on"
	return a, true
}

// farthest is how many items may lie between a number and who says it in its sentence.
const farthest = 150

// inSentence weighs the mentions of the sentence that say something: the nearest wins,
// a body before the outlet that quotes it.
func (v *view) inSentence(f *found) (attribution, bool) {
	s := f.s
	best, bestCost := -1, 0
	reports := false
	for k := range s.mentions {
		reports = reports || s.mentions[k].cue > noCue
	}
	for k, least := range s.outward(f.i) {
		m := &s.mentions[k]
		if least > farthest || best >= 0 && least-2 > bestCost {
			break
		}
		if m.cue == noCue && !(reports && s.gapped(m, f.i) && m.state != v.topic.Party) {
			continue
		}
		if m.first <= f.i && f.i <= m.last || v.isCounted(s, m, f) || s.reportsBetween(m, f.i) {
			continue
		}
		if m.bare && m.state == v.topic.Party && m.cue == sayCue && !s.items[m.first].name { // "le contingent nord-coréen compte"
			continue
		}
		cost := v.far(s, m, f.i)
		if m.outlet {
			cost += 30
		}
		if m.cue == firmCue {
			cost -= 2
		}
		if s.ownNumber(m, f.i) {
			cost += 8
		}
		if best < 0 || cost < bestCost || cost == bestCost && k < best {
			best, bestCost = k, cost
		}
	}
	if best < 0 {
		return attribution{}, false
	}
	a, ok := v.named(s, best)
	if m := &s.mentions[best]; ok && a.id == "" && m.anaphor { // an outlet that cites unnamed sources is the origin
		for k := range s.mentions {
			if o := &s.mentions[k]; o.outlet && o.id != "" && o.cue > noCue && (s.cites(k, best) || s.unnamed(m) && !s.items[m.first].has(lexicon.Reports)) {
				return v.named(s, k)
			}
		}
	}
	return a, ok
}

// outward goes through the mentions from item i on to both sides, the nearest first,
// with the items that lie between: the least that far can say of them.
func (s *sentence) outward(i int) iter.Seq2[int, int] {
	return func(yield func(k, least int) bool) {
		right := sort.Search(len(s.mentions), func(k int) bool { return s.mentions[k].first > i })
		for left := right - 1; left >= 0 || right < len(s.mentions); {
			before, behind := len(s.items), len(s.items)
			if left >= 0 {
				before = i - s.mentions[left].last - 1
			}
			if right < len(s.mentions) {
				behind = s.mentions[right].first - i
			}
			if before <= behind {
				if !yield(left, before) {
					return
				}
				left--
			} else {
				if !yield(right, behind) {
					return
				}
				right++
			}
		}
	}
}

// cites says whether mention a cites mention b: "JoongAng Ilbo, citing several sources".
func (s *sentence) cites(a, b int) bool {
	for j := s.mentions[a].last + 1; j < s.mentions[b].first && j <= s.mentions[a].last+sight; j++ {
		if s.items[j].has(lexicon.Cites) {
			return true
		}
	}
	return false
}

// cited is whom an outlet cites in the sentence behind the one that reports: "CNN cites
// an assessment of the Ukrainian intelligence service."
func (v *view) cited(s *sentence, a attribution) (attribution, bool) {
	if !a.id.IsMedia() || s.index+1 >= len(v.sentences) {
		return a, false
	}
	t := v.sentences[s.index+1]
	if t.title != s.title || len(t.numbers) > 0 || !t.hasAny(lexicon.Cites) {
		return a, false
	}
	for k := range t.mentions {
		if m := &t.mentions[k]; m.cue > noCue && !m.outlet && !m.bare {
			b, ok := v.named(t, k)
			b.rule = "cited by the outlet"
			return b, ok
		}
	}
	return a, false
}

// unnamed says whether a mention is somebody who is not named: 익명의 소식통, 一名官员.
func (s *sentence) unnamed(m *mention) bool {
	return s.items[m.first].has(lexicon.Unnamed) || m.first > 0 && s.items[m.first-1].has(lexicon.Unnamed)
}

// ownNumber says whether a mention behind number i begins a clause with a number of its
// own: "Kyiv says 12,000 and London puts it at 9,000".
func (s *sentence) ownNumber(m *mention, i int) bool {
	if m.first < i || m.cueAt <= m.last {
		return false
	}
	for _, k := range s.numbers {
		if k > m.cueAt && !s.countsThings(k) {
			return true
		}
	}
	return false
}

// reportsBetween says whether the number is what unnamed reports say, in a part of the
// sentence of its own: "Moscow is silent; it is estimated that ...".
func (s *sentence) reportsBetween(m *mention, i int) bool {
	apart := false
	for k := m.last + 1; k < i; k++ {
		apart = apart || s.items[k].mark == ';'
		if apart && s.items[k].has(lexicon.Reports) {
			return true
		}
	}
	return false
}

// named makes an attribution of a mention, looking up who a pronoun or a bare role means.
func (v *view) named(s *sentence, k int) (attribution, bool) {
	m := &s.mentions[k]
	if m.anaphor && s.unnamed(m) {
		return attribution{name: s.nameOf(m), denied: m.denies, at: s, rule: "an unnamed " + m.role}, true
	}
	a := attribution{id: m.id, name: s.nameOf(m), denied: m.denies, at: s, rule: "named with a cue"}
	if m.anaphor {
		b, ok := v.antecedent(s, k)
		if !ok && v.lang.Home != "" && rank(m.role) == 4 && m.role != "" && m.role != "intelligence" {
			a.id, a.rule = v.lexicon.Office(v.lang.Home, m.role), "an office of the language's own state"
			return a, true
		}
		if !ok {
			a.rule = "an unnamed " + m.role
			if m.role == "lawmaker" {
				a.id = v.briefed("")
			}
			return a, m.role != "" || s.items[m.first].has(lexicon.HePronoun)
		}
		a.id, a.rule = b.id, "named before"
		if b.at.index == s.index-1 {
			a.from = b.at
		}
		if !s.items[m.first].has(lexicon.Role) {
			a.name = b.name
		}
	}
	if m.role == "lawmaker" {
		a.id = v.briefed(a.id)
	}
	return a, true
}

// nameOf is how the text names who speaks. An adjective and a pronoun are no names.
func (s *sentence) nameOf(m *mention) string {
	first := &s.items[m.first]
	if m.first == m.last && (m.bare && !first.name || first.has(lexicon.HePronoun)) {
		return ""
	}
	name := s.words(m.first, m.last)
	for _, of := range [...]string{"'s", "’s"} {
		name = strings.TrimSuffix(name, of)
	}
	return name
}

// briefed gives a lawmaker's words to the agency whose briefing the text speaks of.
// Without a state of their own they are those whom the text's only such agency briefs.
func (v *view) briefed(id claim.Claimant) claim.Claimant {
	agency, known := v.agencies[id]
	if !known {
		agency = v.findBriefed(id)
		v.agencies[id] = agency
	}
	return agency
}

func (v *view) findBriefed(id claim.Claimant) claim.Claimant {
	for _, s := range v.sentences {
		for _, m := range s.mentions {
			agency := v.lexicon.Office(m.id.State(), "intelligence")
			switch {
			case id == "" && m.id != "" && m.id == agency && string(agency) != m.id.State():
				return agency
			case id != "" && m.anaphor && m.role == "intelligence":
				return v.lexicon.Office(id.State(), m.role)
			case id != "" && m.id.State() == id.State() && m.id == agency:
				return agency
			}
		}
	}
	return id
}

// gapped says whether a mention without a verb stands right before the number, in a
// series whose verb is said once: "Seoul says 10,000, Kyiv 11,000".
func (s *sentence) gapped(m *mention, i int) bool {
	if m.anaphor || s.oblique(m) || m.last >= i || s.located(m) {
		return false
	}
	topic := false
	for k := m.last + 1; k < i; k++ {
		topic = topic || s.items[k].has(lexicon.TopicMark)
		if s.items[k].start < s.items[i].q.From && !s.items[k].hasAny(lexicon.Function, lexicon.TopicMark, lexicon.Whole) && s.items[k].mark != '-' { // a dash for the verb
			return false
		}
	}
	if topic { // 英国は6千人、韓国は4千人とみている
		return true
	}
	before := m.first - 1
	if before > 0 && s.items[before].has(lexicon.Function) && !s.items[before].hasAny(lexicon.Joint, lexicon.Subclause) { // ", l'Otan sur 10 000"
		before--
	}
	return i-m.last <= 6 && before >= 0 && (s.items[before].hasAny(lexicon.Joint, lexicon.Subclause) || s.items[before].mark == ',')
}

// isCounted says whether the mention is only the name of the counted people.
func (v *view) isCounted(s *sentence, m *mention, f *found) bool {
	return m.bare && m.first > f.i && m.last <= f.head.last
}

// far is how far a mention lies from the number.
func (v *view) far(s *sentence, m *mention, i int) int {
	from, to, cost := m.last, i, 0
	if m.first > i {
		from, to, cost = i, m.first, 1
	}
	for k := from + 1; k < to; k++ {
		it := &s.items[k]
		cost++
		switch {
		case it.mark == ';': // another statement, with a source of its own
			cost += 31
		case it.has(lexicon.Subclause):
			cost += 8
		case it.mark == ',':
			cost += 2
		case it.q != nil:
			cost += 5
		}
	}
	return cost
}

// ofQuotation finds the speaker of a quotation that runs over several sentences: the
// one named where it ends, or before it began.
func (v *view) ofQuotation(f *found) (attribution, bool) {
	s := f.s
	if !v.opens(s) {
		return attribution{}, false
	}
	for n := s.index + 1; n < len(v.sentences) && n <= s.index+3; n++ {
		t := v.sentences[n]
		if t.title != s.title {
			break
		}
		if k := t.firstSpeaker(); k >= 0 {
			if a, ok := v.named(t, k); ok {
				a.rule = "speaker of the quotation"
				return a, true
			}
		}
		if v.closesQuote(t) {
			break
		}
	}
	return v.speakerBefore(s)
}

// opens says whether a quotation is open where the sentence ends.
func (v *view) opens(s *sentence) bool {
	marks := 0
	for n := s.index; n >= 0 && n > s.index-6; n-- {
		t := v.sentences[n]
		for i := range t.items {
			if t.items[i].mark == '"' {
				marks++
			}
		}
		if t.starts {
			break
		}
	}
	return marks%2 == 1
}

func (v *view) closesQuote(s *sentence) bool {
	for i := range s.items {
		if s.items[i].mark == '"' {
			return true
		}
	}
	return false
}

// firstSpeaker is the first mention that says something, -1 without one.
func (s *sentence) firstSpeaker() int {
	for k := range s.mentions {
		if s.mentions[k].cue >= sayCue && !s.mentions[k].outlet {
			return k
		}
	}
	return -1
}

// hasAny says whether the sentence holds a word of one of the classes.
func (s *sentence) hasAny(classes ...lexicon.Class) bool {
	for i := range s.items {
		if s.items[i].hasAny(classes...) {
			return true
		}
	}
	return false
}

// referred is who the next sentence names as the source of this one's figures: "The
// president gave these numbers to Polish media."
func (v *view) referred(s *sentence) (attribution, bool) {
	if s.index+1 >= len(v.sentences) {
		return attribution{}, false
	}
	t := v.sentences[s.index+1]
	if t.title != s.title || len(t.numbers) > 0 || !t.hasAny(lexicon.Refers) {
		return attribution{}, false
	}
	k := t.firstSpeaker()
	if k < 0 {
		return attribution{}, false
	}
	a, ok := v.named(t, k)
	a.rule = "named behind as the source"
	return a, ok
}

// reporter is who is named behind as the source of unnamed reports: within three
// sentences that bring no other number.
func (v *view) reporter(f *found) attribution {
	s := f.s
	for n := s.index + 1; n < len(v.sentences) && n <= s.index+3; n++ {
		t := v.sentences[n]
		if t.title != s.title || t.otherNumber(s.items[f.i].bound()) {
			break
		}
		for k := range t.mentions {
			if m := &t.mentions[k]; m.cue == firmCue && !m.anaphor {
				if a, ok := v.named(t, k); ok {
					a.rule = "source of the reports, named behind"
					return a
				}
			}
		}
	}
	return attribution{rule: "unnamed reports"}
}

// otherNumber says whether the sentence holds another number than that of b.
func (s *sentence) otherNumber(b claim.Bounds) bool {
	for _, i := range s.numbers {
		if s.items[i].bound().Figure() != b.Figure() {
			return true
		}
	}
	return false
}

// speakerBefore is who spoke last before the sentence, in its paragraph or the one before.
func (v *view) speakerBefore(s *sentence) (attribution, bool) {
	a, known := v.before[s]
	if !known {
		a.attribution, a.ok = v.findSpeakerBefore(s)
		v.before[s] = a
	}
	return a.attribution, a.ok
}

// memory is how many sentences back somebody may have spoken.
const memory = 40

func (v *view) findSpeakerBefore(s *sentence) (attribution, bool) {
	blocks := 0
	if s.starts {
		blocks++
	}
	for n := s.index - 1; n >= max(0, s.index-memory) && blocks <= 1; n-- {
		t := v.sentences[n]
		if t.title != s.title {
			break
		}
		if a, ok := v.lastSpeaker(t); ok {
			a.rule = speakerBefore
			return a, true
		}
		if a, ok := v.said[n]; ok {
			return a, true
		}
		if n == s.index-1 {
			if a, ok := v.subject(t); ok {
				return a, true
			}
		}
		if t.starts {
			blocks++
		}
	}
	return attribution{}, false
}

// speakerAfter is who is named in the next sentence as the source of this one.
func (v *view) speakerAfter(s *sentence) (attribution, bool) {
	if s.index+1 >= len(v.sentences) || v.sentences[s.index+1].starts || v.sentences[s.index+1].title != s.title {
		return attribution{}, false
	}
	t := v.sentences[s.index+1]
	if len(t.numbers) > 0 {
		return attribution{}, false
	}
	for k := range t.mentions {
		if m := &t.mentions[k]; m.cue >= sayCue && !m.anaphor {
			a, ok := v.named(t, k)
			a.rule = "speaker behind"
			return a, ok
		}
	}
	return attribution{}, false
}

const speakerBefore = "speaker before"

const bySubject = "subject of the sentence before"

// subject is the person or body that a sentence begins with, whose words the next one
// may report: "The General Staff took stock on Monday. 3,000 had been killed."
func (v *view) subject(s *sentence) (attribution, bool) {
	if len(s.mentions) == 0 || s.mentions[0].first > 3 || s.mentions[0].bare || s.mentions[0].anaphor || s.mentions[0].outlet {
		return attribution{}, false
	}
	a, ok := v.named(s, 0)
	a.rule = bySubject
	return a, ok
}

// lastSpeaker is who spoke last in a sentence, an outlet only where nobody else did.
func (v *view) lastSpeaker(s *sentence) (attribution, bool) {
	a, known := v.speakers[s]
	if !known {
		a.attribution, a.ok = v.findLastSpeaker(s)
		v.speakers[s] = a
	}
	return a.attribution, a.ok
}

func (v *view) findLastSpeaker(s *sentence) (attribution, bool) {
	var fallback *attribution
	for k := len(s.mentions) - 1; k >= 0; k-- {
		m := &s.mentions[k]
		if m.cue == noCue || m.denies {
			continue
		}
		a, ok := v.named(s, k)
		if !ok {
			continue
		}
		if m.outlet {
			if fallback == nil {
				fallback = &a
			}
			continue
		}
		return a, true
	}
	if fallback != nil {
		return *fallback, true
	}
	return attribution{}, false
}

// candidates is how many mentions are tried for whom a pronoun means.
const candidates = 60

// antecedent finds whom a pronoun or a bare role means: the last mention before that
// can be it.
func (v *view) antecedent(s *sentence, k int) (attribution, bool) {
	m := &s.mentions[k]
	fits := func(o *mention) bool {
		if o.anaphor || o.outlet || o.id == "" {
			return false
		}
		switch m.role {
		case "":
			return !o.bare
		case "spokesperson", "government", "lawmaker":
			return !o.bare || o.state != v.topic.Party
		}
		return o.role == m.role || v.lexicon.Office(o.id.State(), m.role) == o.id && !o.bare
	}
	office := rank(m.role) == 4 && m.role != ""
	var state claim.Claimant                                                     // of somebody else of the same state: its office may be meant
	if k > 0 && s.mentions[k-1].role == "press" && s.mentions[k-1].state != "" { // "Ukrainian media citing military sources"
		return attribution{id: v.lexicon.Office(s.mentions[k-1].state, m.role), name: s.words(m.first, m.last), at: s}, true
	}
	left := candidates
	for n := s.index; n >= 0 && n >= s.index-6; n-- {
		t := v.sentences[n]
		last := len(t.mentions)
		if n == s.index {
			last = k
		}
		for j := last - 1; j >= 0 && left > 0; j-- {
			left--
			o := &t.mentions[j]
			if fits(o) && (o.cue > noCue || !o.bare) && !(office && o.role != m.role && v.spokeBefore(n, j, m.role)) {
				return attribution{id: o.id, name: t.nameOf(o), at: t}, true
			}
			if state == "" && !o.outlet && o.id != "" && o.id.State() != v.topic.Party && (o.cue > noCue || !o.bare) {
				state = v.lexicon.Office(o.id.State(), m.role)
			}
		}
	}
	if strings.Contains(string(state), "-") {
		return attribution{id: state, name: s.words(m.first, m.last), at: s}, true
	}
	return attribution{}, false
}

// spokeBefore says whether a body of the very role spoke earlier than mention k of
// sentence n, within the reach of an antecedent: "the intelligence service" is that one
// rather than a minister named since.
func (v *view) spokeBefore(n, k int, role string) bool {
	left := candidates
	for at := n; at >= 0 && at >= n-5; at-- {
		for j := len(v.sentences[at].mentions) - 1; j >= 0 && left > 0; j-- {
			o := &v.sentences[at].mentions[j]
			left--
			if o.role == role && !o.anaphor && o.cue > noCue && (at < n || j < k) {
				return true
			}
		}
	}
	return false
}
