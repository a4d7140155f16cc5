package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// mention is somebody named in a sentence who may stand behind a number.
type mention struct {
	first, last int // items
	id          claim.Claimant
	state       string // of a body or person; "" when not known
	role        string // of a body without a state: "the ministry"
	outlet      bool
	bare        bool // a state alone: "Seoul"
	anaphor     bool // somebody named before: "he", "the agency"
	cue         int  // how sure it is that it says something; 0 when nothing says so
	cueAt       int  // the item of the cue
	denies      bool
}

// How sure a cue is.
const (
	noCue   = 0
	weakCue = 1 // stands like a subject in a sentence that reports
	sayCue  = 2 // a verb of saying
	firmCue = 3 // "according to", a colon behind a headline's name
)

// findMentions names the persons, bodies, states and outlets of the sentence, and finds
// for each what makes it say something.
func (s *sentence) findMentions() {
	for i := 0; i < len(s.items); {
		m, ok := s.mentionAt(i)
		if !ok {
			i = max(i, m.last) + 1
			continue
		}
		if s.twoNames(&m) {
			m.last, m.id, m.bare, m.anaphor, m.role = i, claim.Claimant(m.state), true, false, ""
		}
		if n := len(s.mentions); n > 0 && s.apposed(&s.mentions[n-1], &m) {
			s.mentions[n-1].take(m)
		} else {
			s.mentions = append(s.mentions, m)
		}
		s.remember(&s.mentions[len(s.mentions)-1])
		i = m.last + 1
	}
	s.cues()
}

// twoNames says whether a mention begins with a state that belongs to the words before
// it, and goes on with somebody of another: "в Пхеньяне | секретарь Совбеза России",
// "о войсках КНДР | министр обороны Умеров".
func (s *sentence) twoNames(m *mention) bool {
	first := &s.items[m.first]
	own, ok := first.sense(lexicon.Nation)
	if !ok || first.has(lexicon.Speaker) || m.first == 0 || !s.items[m.first-1].hasAny(lexicon.Locative, lexicon.People) {
		return false
	}
	for k := m.first + 1; k <= m.last; k++ {
		if n, ok := s.items[k].sense(lexicon.Nation); ok && n.ID != own.ID && !s.joint(m.first, k) {
			return true
		}
		if p, ok := s.items[k].sense(lexicon.Speaker); ok && claim.Claimant(p.ID).State() != own.ID {
			return true
		}
	}
	return false
}

// person is a name that the text introduced with its office: "spokesman Pat Smith".
type person struct {
	word string
	id   claim.Claimant
	role string
}

// nameReach is how many items a name may have; lastPersons is how many of those introduced
// last a name alone can mean.
const (
	nameReach   = 5
	lastPersons = 100
)

// remember keeps the names of known persons, and those that stand right behind an
// office: by one of them the text calls the person later.
func (s *sentence) remember(m *mention) {
	if m.outlet || m.bare || m.id == "" || m.anaphor {
		return
	}
	for k := m.first; k <= m.last; k++ {
		if it := &s.items[k]; it.has(lexicon.Speaker) {
			for _, w := range strings.FieldsFunc(s.text.S[it.start:it.end], func(r rune) bool { return r == ' ' || r == '-' }) {
				s.page.persons = append(s.page.persons, person{w, m.id, m.role})
			}
		}
	}
	for k := m.last + 1; k < len(s.items) && k <= m.last+nameReach && (s.properName(k) || s.items[k].mark == '-'); k++ {
		if w := s.text.S[s.items[k].start:s.items[k].end]; len(w) >= 3 {
			s.page.persons = append(s.page.persons, person{w, m.id, m.role})
		}
	}
}

// properName says whether item k is a word that the lexicon does not know, with a capital.
func (s *sentence) properName(k int) bool {
	it := &s.items[k]
	c, _ := utf8.DecodeRuneInString(s.span(it.start, it.end))
	return it.unknown() && unicode.IsUpper(c)
}

// knownName reads a name alone as the person introduced by it before, beside a verb of
// saying or behind "according to". Case endings may differ.
func (s *sentence) knownName(m *mention) bool {
	i := m.first
	if len(s.page.persons) == 0 || !s.properName(i) {
		return false
	}
	from, to := i-1, i+1
	for from >= 0 && from >= i-nameReach && (s.properName(from) || s.items[from].mark == '-') {
		from--
	}
	for to < len(s.items) && to <= i+nameReach && (s.properName(to) || s.items[to].mark == '-') {
		to++
	}
	says := from >= 0 && s.items[from].hasAny(lexicon.Say, lexicon.According) || to < len(s.items) && s.items[to].hasAny(lexicon.Say, lexicon.AccordingTo)
	if !says {
		return false
	}
	for j := i; j < to; j++ {
		if p := s.page.introduced(s.text.S[s.items[j].start:s.items[j].end]); p != nil {
			m.id, m.role, m.last = p.id, p.role, to-1
			return true
		}
	}
	return false
}

// introduced is who was introduced last by a name, up to a case ending.
func (p *page) introduced(name string) *person {
	for k := len(p.persons) - 1; k >= max(0, len(p.persons)-lastPersons) && len(name) >= 3; k-- {
		w := p.persons[k].word
		if d := len(name) - len(w); d >= -3 && d <= 3 && (strings.HasPrefix(name, w) || strings.HasPrefix(w, name)) {
			return &p.persons[k]
		}
	}
	return nil
}

// mentionAt reads the mention that begins at item i: a chain of states, roles and names
// with the small words between them: "US-Verteidigungsminister Lloyd Austin", "the
// spokesman of Ukraine's General Staff".
func (s *sentence) mentionAt(i int) (mention, bool) {
	m := mention{first: i, last: i}
	it := &s.items[i]
	var roles []string
	switch {
	case it.has(lexicon.Speaker):
		sn, _ := it.sense(lexicon.Speaker)
		m.id = claim.Claimant(sn.ID)
	case it.has(lexicon.Outlet):
		sn, _ := it.sense(lexicon.Outlet)
		m.id, m.outlet = claim.Claimant(sn.ID), true
	case it.has(lexicon.Nation):
		sn, _ := it.sense(lexicon.Nation)
		m.state, roles = sn.ID, it.roles()
		m.bare = len(roles) == 0
		if s.modifies(i) {
			return m, false
		}
	case it.has(lexicon.Role):
		roles = it.roles()
	case it.has(lexicon.HePronoun) && i+1 < len(s.items) && s.items[i+1].has(lexicon.Speaker):
		return m, false // "el general Ryder"
	case it.has(lexicon.HePronoun):
		return mention{first: i, last: i, anaphor: true}, true
	case it.has(lexicon.ItPronoun):
		sn, _ := it.sense(lexicon.ItPronoun)
		if sn.ID == "any" { // "it"
			return mention{first: i, last: i, anaphor: true}, true
		}
		if i+1 < len(s.items) && s.items[i+1].has(lexicon.Outlet) { // "the agency Kyodo"
			return m, false
		}
		roles = []string{sn.ID}
	case s.knownName(&m):
		return m, true
	default:
		return m, false
	}
	s.extend(&m, &roles)
	if m.id == "" {
		m.resolve(s.page.lexicon, roles)
	} else if slices.Contains(roles, "lawmaker") {
		m.role = "lawmaker"
	}
	return m, !s.compound(m.last)
}

// modifies says whether the state at item i only tells whose people are meant.
func (s *sentence) modifies(i int) bool {
	if i > 0 && (!s.items[i].name || s.page.lang.AdjectivesBehind) && s.items[i-1].hasAny(lexicon.People, lexicon.Other, lexicon.Thing) && !s.items[i-1].has(lexicon.Role) {
		return !s.saysNext(i) // "des soldats russes"
	}
	if i+1 == len(s.items) || s.items[i+1].has(lexicon.Role) {
		return false
	}
	return s.items[i+1].hasAny(lexicon.People, lexicon.Other, lexicon.Thing) || s.items[i].has(lexicon.Party) && loss(&s.items[i+1])
}

// saysNext says whether a verb of saying follows item i, small words between.
func (s *sentence) saysNext(i int) bool {
	for k := i + 1; k < len(s.items); k++ {
		if it := &s.items[k]; it.has(lexicon.Say) || !it.has(lexicon.Function) {
			return it.has(lexicon.Say)
		}
	}
	return false
}

// compound says whether item i is the first part of a compound with another noun:
// nobody speaks in "NATO-Gipfel".
func (s *sentence) compound(i int) bool {
	if i+2 >= len(s.items) || s.items[i+1].mark != '-' {
		return false
	}
	if end := &s.items[i+2]; !end.name && end.end-end.start <= 2 {
		return false // a case ending: "NIS-u"
	}
	return s.items[i].end == s.items[i+1].start && s.items[i+1].end == s.items[i+2].start && !s.items[i+2].has(lexicon.Role)
}

func (it *item) roles() []string {
	var out []string
	for _, sn := range it.senses {
		if sn.Class == lexicon.Role {
			out = append(out, sn.ID)
		}
	}
	return out
}

// extend takes what belongs to the mention behind it.
func (s *sentence) extend(m *mention, roles *[]string) {
	for j := m.last + 1; j < len(s.items) && j <= m.last+3; j++ {
		it := &s.items[j]
		switch {
		case it.has(lexicon.Speaker) && !m.outlet && !s.otherBody(m, it):
			sn, _ := it.sense(lexicon.Speaker)
			if m.state != "" && len(*roles) > 0 && m.state != claim.Claimant(sn.ID).State() && s.items[j-1].has(lexicon.Locative) { // "the US ambassador to the UN"
				return
			}
			if m.id != "" && string(m.id) != sn.ID && m.person(s) {
				return
			}
			if m.state != "" && len(*roles) > 0 && claim.Claimant(sn.ID).State() != m.state { // a state's envoy at the UN
				m.last = j
				continue
			}
			m.id, m.last, m.bare = claim.Claimant(sn.ID), j, false
		case it.has(lexicon.Outlet) && m.outlet:
			m.last = j
		case it.has(lexicon.Outlet) && (m.bare || onlyPress(*roles)) && m.id == "": // "the Japanese agency Kyodo"
			sn, _ := it.sense(lexicon.Outlet)
			m.id, m.outlet, m.bare, m.last = claim.Claimant(sn.ID), true, false, j
		case it.has(lexicon.Outlet) && j == m.last+1 && s.items[m.first].has(lexicon.ItPronoun) && !m.outlet: // "the agency Kyodo"
			sn, _ := it.sense(lexicon.Outlet)
			m.id, m.outlet, m.last = claim.Claimant(sn.ID), true, j
		case it.has(lexicon.Outlet):
			return
		case it.of(lexicon.Role, "press") && (m.id != "" || len(*roles) > 0): // "the minister told the broadcaster"
			return
		case it.has(lexicon.Role) && !m.outlet:
			*roles = append(*roles, it.roles()...)
			m.last, m.bare = j, false
		case it.has(lexicon.Nation) && !m.outlet:
			sn, _ := it.sense(lexicon.Nation)
			if sn.Subject && !m.bare {
				return
			}
			if m.state != "" && m.state != sn.ID && j > m.last+1 || m.state != "" && m.bare && m.state != sn.ID {
				// "Ukrainian and American officials": the first named stands for both.
				if !s.joint(m.last, j) {
					return
				}
			}
			if m.state == "" {
				m.state = sn.ID
			}
			m.last = j
		case it.mark == '-' && j == m.last+1, it.mark == '\'' && j == m.last+1, it.mark == '.' && j == m.last+1 && len(s.items) > j+1 && s.items[j].end == s.items[j+1].start:
		case it.has(lexicon.Joint) && m.bare:
		case it.mark != 0 || it.q != nil || it.has(lexicon.Say) && !it.has(lexicon.Role):
			return
		case it.has(lexicon.Link):
		case it.unknown() && !m.bare && it.name:
		case it.unknown() && m.bare && (j == m.last+1 || s.page.lang.VerbFinal && s.items[j-1].has(lexicon.Link)):
		default:
			return
		}
	}
}

// onlyPress says whether the roles tell of an outlet and nothing else.
func onlyPress(roles []string) bool {
	for _, r := range roles {
		if r != "press" {
			return false
		}
	}
	return len(roles) > 0
}

// otherBody says whether a body that is some state's own without its name, 국방부, is
// that of the state named before: 미 국방부.
func (s *sentence) otherBody(m *mention, it *item) bool {
	sn, _ := it.sense(lexicon.Speaker)
	return it.has(lexicon.Role) && m.state != "" && claim.Claimant(sn.ID).State() != m.state
}

// person says whether the mention holds a name already.
func (m *mention) person(s *sentence) bool {
	for k := m.first; k <= m.last; k++ {
		if s.items[k].has(lexicon.Speaker) {
			return true
		}
	}
	return false
}

// joint says whether nothing but a conjunction stands between two items.
func (s *sentence) joint(a, b int) bool {
	return b == a+2 && s.items[a+1].has(lexicon.Joint)
}

// rank orders roles by how much they say; a spokesman speaks for what he is spokesman of.
func rank(role string) int {
	switch role {
	case "spokesperson":
		return 0
	case "lawmaker":
		return 1
	case "government":
		return 2
	case "military":
		return 3
	case "press":
		return 5
	default:
		return 4
	}
}

// resolve finds the claimant that a state's body is.
func (m *mention) resolve(lx *lexicon.Lexicon, roles []string) {
	best := ""
	for _, r := range roles {
		if best == "" || rank(r) > rank(best) {
			best = r
		}
	}
	m.role = best
	switch {
	case best == "press": // unnamed outlets stand for nobody
		m.outlet, m.bare, m.anaphor = true, false, false
	case m.state != "" && best != "":
		m.id = lx.Office(m.state, best)
	case m.state != "":
		m.id = claim.Claimant(m.state)
	default:
		m.anaphor = true
	}
}

// apposed says whether a mention explains the one before: "John Kirby, Sprecher des
// Nationalen Sicherheitsrates", "the NIS, South Korea's spy agency".
func (s *sentence) apposed(a, b *mention) bool {
	if a.anaphor && b.anaphor || a.outlet != b.outlet || b.first < a.last+2 || b.first > a.last+4 || s.items[a.last+1].mark != ',' {
		return false
	}
	for k := a.last + 2; k < b.first; k++ {
		if !s.items[k].has(lexicon.Link) {
			return false
		}
	}
	if a.bare || b.bare || s.oblique(b) {
		return false
	}
	switch {
	case b.anaphor || a.anaphor:
		return !s.items[b.first].hasAny(lexicon.HePronoun, lexicon.ItPronoun)
	default:
		return a.id.State() == b.id.State()
	}
}

// take joins an apposition to the mention; the more telling id stays.
func (m *mention) take(b mention) {
	m.last = b.last
	if m.anaphor || m.id.State() == b.id.State() && !strings.Contains(string(m.id), "-") && strings.Contains(string(b.id), "-") {
		m.id, m.anaphor, m.role = b.id, b.anaphor, b.role
	}
}

// cues finds for each mention the words that tie it to what is said.
func (s *sentence) cues() {
	for k := range s.mentions {
		m := &s.mentions[k]
		m.cueAt = m.last
		switch {
		case s.accordingBefore(m):
			m.cue = firmCue
		case m.last+1 < len(s.items) && s.accordingAfter(m):
			m.cue = firmCue
		case s.headline(m):
			m.cue = firmCue
		}
	}
	for j := range s.items {
		if s.items[j].has(lexicon.AccordingTo) && !(j+1 < len(s.items) && s.items[j+1].has(lexicon.ObjectMark)) {
			s.jointSources(j)
		}
		if s.items[j].has(lexicon.Say) && !s.noun(j) && !s.unsaid(j) && !s.bindVerb(j) && s.page.lang.NoSubject && !s.strangerBeside(j) {
			s.subjectless = true
		}
	}
	for j := range s.items {
		if s.page.lang.SaysLast() && s.denial(j) {
			if k := s.firstSubject(j); k >= 0 {
				s.mentions[k].denies = true
			}
		}
	}
	for k := range s.mentions {
		m := &s.mentions[k]
		m.denies = m.denies || !s.page.lang.SaysLast() && s.denies(k) || m.cue == sayCue && s.denial(m.cueAt)
		if m.denies && m.cue == noCue {
			m.cue = sayCue
		}
	}
}

// noun says whether a word of saying is written like a noun behind its article: "einem
// Bericht", "die Behauptung".
func (s *sentence) noun(j int) bool {
	return j > 0 && s.items[j].name && s.items[j-1].has(lexicon.Function) && !s.items[j-1].name
}

// endsWith says whether an unknown word ends with a particle: 동맹국은.
func (s *sentence) endsWith(it *item, c lexicon.Class) bool {
	if !it.unknown() || it.end-it.start < 6 {
		return false
	}
	_, n := utf8.DecodeLastRuneInString(s.text.S[:it.end])
	senses, end := s.page.lang.Words.Longest(s.text.S[:it.end], it.end-n)
	for _, sn := range senses {
		if sn.Class == c && end == it.end {
			return true
		}
	}
	return false
}

// jointSources gives "according to" at item j to the first of the sources that stand
// before it in a row: 韓国、ウクライナの情報筋によると.
func (s *sentence) jointSources(j int) {
	if !s.page.lang.VerbFinal {
		return
	}
	first, at := -1, j
	for k := len(s.mentions) - 1; k >= 0; k-- {
		m := &s.mentions[k]
		if m.last >= j {
			continue
		}
		if !s.inRow(m.last, at) {
			break
		}
		if first >= 0 {
			s.mentions[first].cue = noCue
		}
		first, at = k, m.first
	}
	if first >= 0 {
		s.mentions[first].cue, s.mentions[first].cueAt = firmCue, j
	}
}

// inRow says whether nothing but joints and unknown words stand between two items.
func (s *sentence) inRow(a, b int) bool {
	for k := a + 1; k < b && b-a <= 5; k++ {
		it := &s.items[k]
		if it.mark != ',' && it.mark != '·' && it.mark != '・' && !it.unknown() && !it.hasAny(lexicon.Joint, lexicon.Reports, lexicon.Link) || it.hasAny(lexicon.TopicMark, lexicon.SubjectMark) {
			return false
		}
	}
	return b-a <= 5
}

// markedSubject is the subject of the verb at item j where verbs end their clauses and
// particles mark subjects; -1 without one. A subject right before the verb wins,
// then the nearest with a topic's particle, whatever stands between, then the nearest
// with a subject's; the counted people's own state comes last.
func (s *sentence) markedSubject(j int) int {
	topic, subject := -1, -1
	for k := range s.mentions {
		m := &s.mentions[k]
		if m.last >= j {
			break
		}
		if m.cue == firmCue { // "according to" is its own tie
			continue
		}
		c := s.marked(m, j)
		switch {
		case c == lexicon.None, m.bare && s.items[m.first].hasAny(lexicon.Party, lexicon.PartyState) && !s.denial(j):
		case j-m.last <= 4 && s.near(m.last, j, 4):
			return k
		case c == lexicon.TopicMark && (topic < 0 || !m.bare):
			topic = k
		case c == lexicon.SubjectMark && (subject < 0 || !m.bare):
			subject = k
		}
	}
	if topic >= 0 {
		return topic
	}
	return subject
}

// marked is the particle that makes the mention a subject: 대변인은, ゼレンスキー氏が.
func (s *sentence) marked(m *mention, limit int) lexicon.Class {
	if m.first == 0 && m.last+1 < len(s.items) && s.items[m.last+1].mark == ',' { // a headline: 米、北朝鮮兵8000人が集結と発表
		return lexicon.SubjectMark
	}
	brackets := false
	for k := m.last + 1; k < limit && k <= m.last+9; k++ {
		it := &s.items[k]
		switch {
		case it.mark == '(' || it.mark == ')':
			brackets = it.mark == '('
		case brackets:
		case it.has(lexicon.AccordingTo) && k+1 < len(s.items) && s.items[k+1].has(lexicon.ObjectMark):
			return lexicon.None
		case it.hasAny(lexicon.TopicMark, lexicon.AccordingTo), s.endsWith(it, lexicon.TopicMark):
			return lexicon.TopicMark
		case it.has(lexicon.SubjectMark), s.endsWith(it, lexicon.SubjectMark):
			return lexicon.SubjectMark
		case it.unknown() || it.hasAny(lexicon.Link, lexicon.Joint, lexicon.Weekday, lexicon.When):
		default:
			return lexicon.None
		}
	}
	return lexicon.None
}

// accordingBefore looks for "according to" before the mention, small words between.
func (s *sentence) accordingBefore(m *mention) bool {
	outlet := false
	for j := m.first - 1; j >= 0 && j >= m.first-7; j-- {
		it := &s.items[j]
		switch {
		case it.has(lexicon.According) || outlet && it.has(lexicon.Cites):
			m.cueAt = j
			return true
		case it.has(lexicon.Outlet) && !m.outlet: // "zitierte die Agentur Tass den Minister"
			outlet = true
		case it.mark != 0 && it.mark != '"' && it.mark != '\'' || it.q != nil || it.has(lexicon.Say) && !it.hasAny(lexicon.Cites, lexicon.CountWord),
			it.hasAny(lexicon.Nation, lexicon.Speaker, lexicon.Outlet, lexicon.People, lexicon.MeasureCue):
			return false
		}
	}
	return false
}

// accordingAfter looks for what stands behind: "zufolge", "'s estimate", "에 따르면".
func (s *sentence) accordingAfter(m *mention) bool {
	reach := m.last + 2
	for j := m.last + 1; j < len(s.items) && j <= reach; j++ {
		it := &s.items[j]
		if it.has(lexicon.AccordingTo) && !(j+1 < len(s.items) && s.items[j+1].has(lexicon.ObjectMark)) {
			m.cueAt = j
			return true
		}
		if s.page.lang.SubjectFirst && (it.mark == '(' || it.mark == ')') { // "Servisi (NIS) verilerine göre"
			reach++
			continue
		}
		if it.mark != 0 && it.mark != '"' && it.mark != '\'' || it.q != nil {
			return false
		}
	}
	return false
}

// headline says whether the mention opens the sentence with a colon or closes it
// behind a dash: "Zelensky: 3,800 ...", "... — Pentagon".
func (s *sentence) headline(m *mention) bool {
	if m.last+1 < len(s.items) && m.first <= 3 && s.items[m.last+1].mark == ':' {
		m.cueAt = m.last + 1
		return true
	}
	if (m.first == 0 || s.page.lang.VerbFinal && !m.bare) && m.last+1 < len(s.items) && s.items[m.last+1].mark == '"' { // 국정원 "…"
		m.cueAt = m.last + 1
		return true
	}
	if s.page.lang.VerbFinal && m.last == len(s.items)-1 && m.first > 3 && !m.anaphor && !s.items[m.first-1].hasAny(lexicon.Link, lexicon.TopicMark) { // …、韓国情報機関
		return true
	}
	for k := m.last + 1; k < len(s.items) && k <= m.last+4 && (s.items[k].mark == 0 && s.items[k].q == nil || s.items[k].mark == ':'); k++ {
		if s.items[k].mark == ':' && k+1 < len(s.items) && s.items[k+1].mark == '"' { // Kellogg scoffed: "Putin needs ..."
			m.cueAt = k
			return true
		}
	}
	if m.first > 0 && s.items[m.first-1].mark == '-' && m.last >= len(s.items)-2 && len(s.items) > 4 && s.items[m.first-1].end < s.items[m.first].start {
		return true
	}
	return false
}

// bindVerb gives a verb of saying its subject: the mention before it in the same
// clause, else the one behind it ("sagte Kirby", "said the Pentagon").
func (s *sentence) bindVerb(j int) bool {
	if k := s.firstSubject(j); k >= 0 {
		s.say(k, j)
		return true
	}
	before, after := -1, -1
	for k := range s.mentions {
		m := &s.mentions[k]
		switch {
		case m.bare && s.located(m) && !s.they(m, j):
		case m.bare && s.items[j].has(lexicon.ModeCue) && s.items[m.first].hasAny(lexicon.Party, lexicon.PartyState):
		case m.bare && m.first > 0 && (s.items[m.first-1].has(lexicon.People) || loss(&s.items[m.first-1])) && s.items[m.first].hasAny(lexicon.Party, lexicon.PartyState): // "о войсках КНДР сказал", "ztráty KLDR vyčíslil"
		case m.last < j:
			if s.sameClause(s.behind(m), j) && !(before >= 0 && m.anaphor && s.items[m.first-1].has(lexicon.Locative)) {
				before = k
			}
		case m.first > j && (after < 0 || s.mentions[after].outlet && !m.outlet && !s.cites(after, k)) && s.near(j, m.first, s.subjectReach(j)): // "told Yonhap an official"
			after = k
		}
	}
	switch {
	case after >= 0 && s.page.lang.VerbFirst && (before < 0 || s.mentions[before].last < j-1):
		s.say(after, j)
	case before >= 0 && (after < 0 || !s.inverted(j)):
		s.say(before, j)
	case after >= 0:
		s.say(after, j)
	default:
		return false
	}
	return true
}

// strangerBeside says whether a word that the lexicon does not know stands beside the
// verb at item j: it may be the verb's subject.
func (s *sentence) strangerBeside(j int) bool {
	for _, step := range []int{-1, 1} {
		for k := j + step; k >= 0 && k < len(s.items) && k >= j-2 && k <= j+2 && s.items[k].mark == 0; k += step {
			if s.items[k].unknown() {
				return true
			}
		}
	}
	return false
}

// between says whether the mention is a person's name that stands between commas.
func (s *sentence) between(m *mention) bool {
	return m.first > 0 && s.items[m.first-1].mark == ',' && s.items[m.first].has(lexicon.Speaker) && m.last+1 < len(s.items)
}

// subjectReach is how far behind a verb its subject may stand: further where the verb
// follows a quotation ("…", said at a press conference in Kyiv Zelensky).
func (s *sentence) subjectReach(j int) int {
	if s.inverted(j) || j > 0 && s.items[j-1].mark == '-' {
		return 8
	}
	return 4
}

// they says whether the verb at item j has no other subject than those in the place
// that the mention names: "в Сеуле заявили", "считают в Киеве".
func (s *sentence) they(m *mention, j int) bool {
	for _, sn := range s.items[j].senses {
		if sn.Class == lexicon.Say && sn.ID == lexicon.They {
			return m.last < j && s.near(m.last, j, 2) || m.first > j && s.near(j, m.first, 2)
		}
	}
	return false
}

// located says whether the mention is a place or an object: "in Russia", 러시아에, 러시아를.
func (s *sentence) located(m *mention) bool {
	if s.page.lang.VerbFinal {
		return m.last+1 < len(s.items) && s.items[m.last+1].hasAny(lexicon.Locative, lexicon.ObjectMark)
	}
	return m.first > 0 && s.items[m.first-1].has(lexicon.Locative)
}

// firstSubject is the subject of the verb at item j where verbs end their clauses and
// subjects begin them: the one right behind a participle, else the one that the verb
// follows at once, else the first without a case ending; -1 without one.
func (s *sentence) firstSubject(j int) int {
	switch {
	case s.page.lang.VerbFinal:
		return s.markedSubject(j)
	case !s.page.lang.SubjectFirst:
		return -1
	}
	from, nested := s.clause(j)
	first, nearest := -1, -1
	for k := range s.mentions {
		m := &s.mentions[k]
		switch {
		case m.first == j+1 && !m.anaphor && !s.items[j].has(lexicon.Subclause):
			return k
		case m.last >= j || m.first < from || s.items[m.last+1].has(lexicon.Link):
		case nested && s.endsIn(m, s.page.lang.Genitive):
			nearest = k
		case s.oblique(m):
		case m.last == j-1 && !m.bare && !m.anaphor:
			return k
		case first < 0 || s.mentions[first].anaphor && !m.anaphor:
			first = k
		}
	}
	if nested && nearest >= 0 {
		return nearest
	}
	return first
}

// clause is where the clause of the verb at item j begins, and whether its verb is part
// of another one's: "... said, it writes".
func (s *sentence) clause(j int) (from int, nested bool) {
	for k := j - 1; k > 0 && k > j-60 && from == 0; k-- {
		it := &s.items[k]
		if it.mark == ';' || it.has(lexicon.Say) && it.has(lexicon.Subclause) || it.mark == ',' && s.items[k-1].has(lexicon.Say) {
			from = k + 1
		}
	}
	for k := j + 1; k < len(s.items) && k <= j+3; k++ {
		if s.items[k].mark != 0 {
			break
		}
		nested = nested || s.items[k].has(lexicon.Say)
	}
	return from, nested
}

// oblique says whether the mention ends in a case that no subject has.
func (s *sentence) oblique(m *mention) bool {
	return s.endsIn(m, s.page.lang.Oblique) || s.endsIn(m, s.page.lang.Genitive)
}

func (s *sentence) endsIn(m *mention, endings []string) bool {
	it := &s.items[m.last]
	for _, e := range endings {
		if e == it.ending || e[0] != '\'' && strings.HasSuffix(s.text.S[it.start:it.end], e) && !it.hasAny(lexicon.Nation, lexicon.Speaker, lexicon.Outlet) {
			return true
		}
	}
	return false
}

func (s *sentence) say(k, j int) {
	m := &s.mentions[k]
	if m.cue < sayCue {
		m.cue, m.cueAt = sayCue, j
	}
}

// inverted says whether the verb stands behind a quotation or a comma, where its
// subject follows.
func (s *sentence) inverted(j int) bool {
	return j > 0 && (s.items[j-1].mark == '"' || s.items[j-1].mark == ',' && j > 1 && s.items[j-2].mark == '"' || s.items[j-1].mark == ',' && j+1 < len(s.items))
}

// behind is the item that a mention ends with, the comma included that closes an
// apposition within it.
func (s *sentence) behind(m *mention) int {
	if m.last+1 < len(s.items) && s.items[m.last+1].mark == ',' && (s.commaBetween(m.first, m.last) || s.between(m)) {
		return m.last + 1
	}
	return m.last
}

// sameClause says whether a subject at item a can have its verb at item b: no other
// clause or number begins between them. An apposition in commas may stand there.
func (s *sentence) sameClause(a, b int) bool {
	if b-a > 16 {
		return false
	}
	if a+3 <= b && s.items[a+1].mark == ',' && s.items[a+2].has(lexicon.Relative) && !s.commaBetween(a+1, b) { // "the NIS, which counts"
		return true
	}
	commas := 0
	for k := a + 1; k < b; k++ {
		it := &s.items[k]
		switch {
		case it.mark == ';' || it.mark == ':' || it.mark == '"' || it.has(lexicon.Subclause):
			return false
		case it.mark == ',':
			commas++
		}
	}
	return commas == 0 || commas == 2
}

// near says whether at most n items lie between, none of them a mark or a number.
func (s *sentence) near(a, b, n int) bool {
	if b-a-1 > n+6 || b-a-1-3*s.notes(a, b) > n {
		return false
	}
	for k := a + 1; k < b; k++ {
		if s.note(k) && k+2 < b {
			k += 2
			continue
		}
		if it := &s.items[k]; it.q != nil || it.mark != 0 && it.mark != '"' && !(it.mark == '-' && it.start == s.items[k-1].end) || it.has(lexicon.Relative) && !it.has(lexicon.Link) { // "said that"
			return false
		}
	}
	return true
}

// unsaid says whether "not" before a verb of saying takes its subject away: "did not
// confirm". Who does not deny says something.
func (s *sentence) unsaid(j int) bool {
	return j > 0 && s.items[j-1].has(lexicon.Negation) && !s.items[j].has(lexicon.ModeCue)
}

// denial says whether the word at item j denies.
func (s *sentence) denial(j int) bool {
	if j > 0 && s.items[j-1].has(lexicon.Negation) {
		return false
	}
	for _, sn := range s.items[j].senses {
		if sn.Class == lexicon.ModeCue && sn.Mode == claim.Denied {
			return true
		}
	}
	return false
}

// note says whether a bracket at item k holds one word, such as a day: "quarta-feira (23)".
func (s *sentence) note(k int) bool {
	return s.items[k].mark == '(' && k+2 < len(s.items) && s.items[k+2].mark == ')' && s.items[k+1].q == nil
}

// notes counts the notes between two items.
func (s *sentence) notes(a, b int) int {
	n := 0
	for k := a + 1; k+2 < b; k++ {
		if s.note(k) {
			n++
		}
	}
	return n
}

// denies says whether the mention is the subject of a denial.
func (s *sentence) denies(k int) bool {
	m := &s.mentions[k]
	for j := m.last + 1; j < len(s.items) && j <= m.last+10; j++ {
		it := &s.items[j]
		if k+1 < len(s.mentions) && j >= s.mentions[k+1].first && !s.mentions[k+1].anaphor && s.mentions[k+1].cue > noCue {
			return false
		}
		if it.mark == ';' {
			return false
		}
		if s.denial(j) {
			return true
		}
	}
	return false
}
