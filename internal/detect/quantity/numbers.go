package quantity

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// number is a run of atoms that together word one number, before hedges and ranges.
type number struct {
	claim.Bounds
	vague       bool
	spread      int64           // of "two or three thousand" in one word, 两三千: the last one's place
	about       bool            // the word itself is a rough one: "une centaine"
	hedge       claim.Qualifier // inside the number: "десять с лишним тысяч"
	first, last int             // atoms
	start, end  int
	plain       bool    // no multiplier word: can share the one of the other end of its range
	factor      float64 // what its own multiplier word was, 1 without
	figures     bool    // written in figures
	grouped     bool
	strong      bool
}

// most is the largest number that is read: more counts nothing that is counted here.
const most = 1e13

// numbers composes the atoms into numbers.
func (r *reader) numbers() {
	for i := 0; i < len(r.atoms); {
		a := &r.atoms[i]
		if a.kind == word && len(a.senses) == 0 && len(a.pieces) == 0 {
			i++
			continue
		}
		if a.kind == broken {
			i++
			end := a.end
			for a.rule == money && i < len(r.atoms) && r.atoms[i].has(lexicon.Multiplier) { // $1.5 billion
				end = r.atoms[i].end
				i++
			}
			r.reject(a.start, end, a.rule)
			continue
		}
		n, next, ok := r.number(i)
		if !ok {
			i = max(next, i+1)
			continue
		}
		if rule := r.noCount(&n, next); rule != "" {
			r.reject(n.start, n.end, rule)
			r.dropRange(&n, rule)
		} else {
			r.nums = append(r.nums, n)
		}
		i = next
	}
}

// part is a number on the stack: its value, and the size below which more may be added.
type part struct {
	value float64
	grain float64
	times float64 // the multiplier word it was taken by, 0 without
}

// sum composes number words and figures. New parts are added while they are smaller
// than what the last one leaves open, and a multiplier takes all smaller parts:
// "two hundred thousand" is (2·100)·1000, "一万二千" is 1·10000 + 2·1000.
type sum struct {
	parts  []part
	factor float64
	words  bool
	broken bool
}

func (s *sum) add(v float64, ones bool) bool {
	if n := len(s.parts); n > 0 {
		top := &s.parts[n-1]
		switch {
		case v < top.grain:
		case ones && top.value < 10 && v >= 20 && v < 100: // drei-und-zwanzig
			top.value, top.grain = top.value+v, 1
			return true
		default:
			return false
		}
	}
	s.parts = append(s.parts, part{value: v, grain: grain(v)})
	return true
}

// grain is the place value of the last digit that is not zero.
func grain(v float64) float64 {
	if v != math.Trunc(v) || v == 0 {
		return 1
	}
	g := 1.0
	for g < 1e12 && math.Mod(v, g*10) == 0 {
		g *= 10
	}
	return g
}

func (s *sum) times(m float64) bool {
	v, n := 0.0, len(s.parts)
	for n > 0 && s.parts[n-1].value < m {
		n--
		v += s.parts[n].value
	}
	if n == len(s.parts) {
		v = 1
		if n > 0 && s.parts[n-1].grain <= m {
			return false
		}
	}
	s.parts = append(s.parts[:n], part{v * m, m, m})
	if v != math.Trunc(v) {
		s.parts[n].grain = 1
	}
	s.factor = max(s.factor, m)
	return true
}

// half adds a half of what was counted last: zwölf·einhalb is 12.5, "un million et
// demi" 1,500,000.
func (s *sum) half() bool {
	n := len(s.parts)
	if n == 0 {
		return false
	}
	top := &s.parts[n-1]
	top.value += max(top.times, 1) / 2
	top.grain = 1
	return true
}

// endsBetween says whether atom j is the "and" that divides the two ends of "between five
// and twenty thousand"; another one behind it would be the one.
func (r *reader) endsBetween(first, j int) bool {
	before := r.beforeFillers(first - 1)
	if !r.atoms[j].has(lexicon.BetweenAnd) || before < 0 || !r.atoms[before].has(lexicon.Between) {
		return false
	}
	for k := j + 1; k < len(r.atoms) && hasAny(r.atoms[k].senses, lexicon.Number, lexicon.Multiplier, lexicon.And); k++ {
		if r.atoms[k].has(lexicon.BetweenAnd) {
			return false
		}
	}
	return true
}

func (s *sum) total() float64 {
	v := 0.0
	for _, p := range s.parts {
		v += p.value
	}
	return v
}

// number reads the number that begins at atom i.
func (r *reader) number(i int) (number, int, bool) {
	if n, next, ok := r.inverted(i); ok {
		return n, next, true
	}
	if n, next, ok := r.vague(i); ok {
		return n, next, true
	}
	s := sum{parts: r.parts[:0], factor: 1}
	n := number{first: i, start: r.atoms[i].start, plain: true}
	j := i
	for j < len(r.atoms) {
		to, ok := r.extend(&s, &n, i, j)
		if !ok {
			break
		}
		j = to
	}
	r.parts = s.parts
	if len(s.parts) == 0 || j == i { // a joined word may fail half-way: "zwölfein"
		return n, i, false
	}
	n.last, n.end = j-1, r.atoms[j-1].end
	n.strong = r.atoms[n.last].strong || r.atoms[n.last].has(lexicon.Strong)
	v := s.total()
	n.factor = s.factor
	n.plain = s.factor == 1
	if v != math.Trunc(v) && n.plain {
		if m, ok := r.borrowed(j); ok { // 1.1-1.2万
			v = math.Round(v * float64(m))
			n.factor, n.plain = float64(m), false
		}
	}
	if v != math.Trunc(v) || v > most {
		r.reject(n.start, n.end, "not a whole number")
		return n, j, false
	}
	if !n.figures && v < 2 { // "one" is an article in most languages
		return n, j, false
	}
	n.Bounds = claim.Bounds{Low: claim.Count(v), High: claim.Count(v)}
	if n.spread > 0 {
		n.Low -= claim.Count(n.spread)
	}
	return n, j, n.figures || r.stands(&n, j)
}

// stands says whether a number in words is one. In scripts without spaces its letters
// are parts of many words (统一, 하지만), so that a counter must follow, or nothing stand
// beside it; a longer number of thousands is one by itself. Hangul sets words apart.
func (r *reader) stands(n *number, next int) bool {
	c := firstRune(r.s[n.start:])
	if !lexicon.Unspaced(c) {
		return true
	}
	counted := n.vague
	for k := next; k < len(r.atoms) && !counted && (k == next || r.atoms[k-1].has(lexicon.HedgeAfter)); k++ {
		counted = r.atoms[k].has(lexicon.Classifier)
	}
	alone := (next == len(r.atoms) || r.mark(next)) && (n.first == 0 || r.mark(n.first-1))
	switch {
	case alone:
		return true
	case unicode.Is(unicode.Hangul, c):
		prev, _ := utf8.DecodeLastRuneInString(r.s[:n.start])
		return counted && (!unicode.Is(unicode.Hangul, prev) || len(r.atoms[n.first-1].senses) > 0)
	}
	return counted || n.last > n.first && n.Low >= 1000
}

// mark says whether atom i is no word: a punctuation mark or a line break.
func (r *reader) mark(i int) bool {
	a := &r.atoms[i]
	c := firstRune(r.s[a.start:])
	return a.kind == breaks || a.kind == word && !unicode.IsLetter(c) && !unicode.IsDigit(c)
}

// borrowed is the multiplier of the number that ends a range, which the one before
// atom j shares.
func (r *reader) borrowed(j int) (int64, bool) {
	if j+2 >= len(r.atoms) || r.atoms[j+1].kind != digits {
		return 0, false
	}
	if mid := &r.atoms[j]; !mid.has(lexicon.To) && r.s[mid.start:mid.end] != "-" {
		return 0, false
	}
	m, ok := r.atoms[j+2].is(lexicon.Multiplier)
	return m.N, ok
}

// extend takes one more atom into the number, or a joining word with the atom behind it.
func (r *reader) extend(s *sum, n *number, first, j int) (next int, ok bool) {
	a := &r.atoms[j]
	if j > first && r.apart(j) {
		return j, false
	}
	switch {
	case a.kind == digits:
		if len(s.parts) > 0 && (s.factor < 1000 || !r.continues(s, j)) || !s.add(a.value, false) {
			return j, false
		}
		n.figures = true
		n.grouped = n.grouped || a.grouped
		return j + 1, true
	case len(a.pieces) > 0:
		if len(s.parts) == 0 {
			return j + 1, s.join(a.pieces)
		}
		rest := sum{factor: 1} // "un milione e duecentomila"
		if n.figures || !rest.join(a.pieces) || !s.add(rest.total(), false) {
			return j, false
		}
		return j + 1, true
	}
	if m, ok := r.multiplier(j, len(s.parts) > 0); ok && !(m.Vague && len(s.parts) == 0) {
		if n.figures && len(s.parts) == 1 && n.grouped && s.parts[0].value >= float64(m.N) {
			return j, false // "10.000 tausend" is two numbers
		}
		n.about = n.about || m.Q == claim.About
		if n.spread > 0 && n.spread < m.N {
			n.spread *= m.N
		}
		return j + 1, s.times(float64(m.N))
	}
	if a.has(lexicon.Of) && n.about && j+1 < len(r.atoms) { // "une dizaine de milliers"
		if m, ok := r.atoms[j+1].is(lexicon.Multiplier); ok && m.Vague {
			return j + 2, s.times(float64(m.N))
		}
	}
	if v, ok := a.is(lexicon.Number); ok {
		n.about = n.about || v.Q == claim.About
		if v.N == 0 && s.factor > 1 && r.touches(j) { // 一万零五百
			return j + 1, true
		}
		if s.next(v.N) && r.touches(j) && j+1 < len(r.atoms) && (r.atoms[j+1].has(lexicon.Multiplier) || r.atoms[j+1].has(lexicon.Classifier)) {
			s.parts[len(s.parts)-1] = part{value: float64(v.N), grain: 1}
			n.spread = 1
			return j + 1, true
		}
		if k := len(s.parts); k > 0 && !n.figures && lexicon.Unspaced(firstRune(r.s[a.start:a.end])) && s.positional(float64(v.N), r.touches(j)) {
			return j + 1, true
		}
		if n.figures && s.factor == 1 { // "24 acht": figures take no words
			return j, false
		}
		ones := j > 0 && r.atoms[j-1].has(lexicon.And) && (j > first || len(r.lang.Prefixes) > 0) // ثلاثة وعشرون
		return j + 1, s.add(float64(v.N), ones)
	}
	if h, ok := a.is(lexicon.Half); ok && len(s.parts) == 0 {
		s.parts = append(s.parts, part{value: float64(h.N) / 2, grain: 1})
		return j + 1, true
	}
	if a.has(lexicon.AndHalf) && len(s.parts) > 0 {
		return j + 1, s.half()
	}
	if h, ok := a.is(lexicon.HedgeAfter); ok && len(s.parts) > 0 && j+1 < len(r.atoms) && r.atoms[j+1].has(lexicon.Multiplier) {
		n.hedge = h.Q // "десять с лишним тысяч"
		return j + 1, true
	}
	if n.figures && r.touches(j) && r.s[a.start:a.end] == "-" && j+1 < len(r.atoms) && r.touches(j+1) && r.atoms[j+1].has(lexicon.Multiplier) {
		return j + 1, true // "10-тысячный"
	}
	if r.endsBetween(first, j) {
		return j, false
	}
	if a.has(lexicon.And) && n.figures && s.factor >= 1000 && j+1 < len(r.atoms) && r.touches(j+1) && r.rest(j+1) { // 12 ألفا و500
		return j + 2, s.add(r.atoms[j+1].value, false)
	}
	if (a.has(lexicon.And) || r.s[a.start:a.end] == "-") && len(s.parts) > 0 && !n.figures && j+1 < len(r.atoms) {
		if next, ok := r.extend(s, n, j+1, j+1); ok && !r.apart(j+1) && r.atoms[j+1].kind != digits {
			return next, true
		}
	}
	return j, false
}

// continues says whether the figures at atom j go on with the number before: 1만2000,
// "10 тысяч 500", 1만 2000, 1억 2000만.
func (r *reader) continues(s *sum, j int) bool {
	a := &r.atoms[j]
	switch {
	case r.touches(j):
		return true
	case a.end-a.start == 3 && !a.grouped:
		return true
	case s.factor < 1e4:
		return false
	case s.factor == 1e4 && (a.grouped || a.end-a.start == 4):
		return true
	}
	if j+1 == len(r.atoms) {
		return false
	}
	m, ok := r.atoms[j+1].is(lexicon.Multiplier)
	return ok && float64(m.N) < s.factor && r.touches(j+1)
}

// next says whether v is one more than the single figure before it: 两三千.
func (s *sum) next(v int64) bool {
	n := len(s.parts)
	return n > 0 && v > 1 && v < 10 && s.parts[n-1].value == float64(v-1)
}

// rest says whether atom j is three figures that go on with the thousands before them.
func (r *reader) rest(j int) bool {
	a := &r.atoms[j]
	return a.kind == digits && a.end-a.start == 3 && !(j+1 < len(r.atoms) && r.atoms[j+1].has(lexicon.Multiplier))
}

// positional reads figures spelled one by one, 一二〇〇, and adds one to them.
func (s *sum) positional(v float64, touches bool) bool {
	top := &s.parts[len(s.parts)-1]
	if !touches || v > 9 || s.factor > 1 || top.grain != 1 && top.value != 0 {
		return false
	}
	top.value = top.value*10 + v
	return true
}

// join composes the pieces of a word.
func (s *sum) join(pieces []lexicon.Sense) bool {
	and := false
	for _, p := range pieces {
		ok := true
		switch p.Class {
		case lexicon.Number:
			ok = s.add(float64(p.N), and)
		case lexicon.Multiplier:
			ok = s.times(float64(p.N))
		case lexicon.Half:
			ok = s.add(float64(p.N)/2, false)
		case lexicon.AndHalf:
			ok = s.half()
		}
		if !ok {
			return false
		}
		and = p.Class == lexicon.And
	}
	return len(s.parts) > 0
}

// touches says whether atom j stands right behind the one before.
func (r *reader) touches(j int) bool { return j > 0 && r.atoms[j].start == r.atoms[j-1].end }

// apart says whether more than blanks lie between an atom and the one before, which
// is so for a line break only, since all else is an atom.
func (r *reader) apart(j int) bool { return r.atoms[j].kind == breaks }

// multiplier is the multiplier at atom j. A form that is both "of a thousand" and
// "thousands" (Russian тысячи) is the former behind a number or a hedge.
func (r *reader) multiplier(j int, counted bool) (lexicon.Sense, bool) {
	a := &r.atoms[j]
	first, ok := a.is(lexicon.Multiplier)
	if !ok || !counted && !first.Vague && a.has(lexicon.Number) { // Arabic ألفا is 2,000 by itself, 1,000 behind a number
		return first, false
	}
	hedged := j > 0 && (r.hedged(j) || r.atoms[j-1].has(lexicon.Between) || r.atoms[j-1].has(lexicon.From))
	for _, m := range a.senses {
		if m.Class == lexicon.Multiplier && m.Vague != (counted || hedged) {
			return m, true
		}
	}
	return first, true
}

// inverted reads a multiplier that stands before its number, which makes it a rough
// one: "тысяч десять", "сотни три".
func (r *reader) inverted(i int) (number, int, bool) {
	m, ok := r.multiplier(i, false)
	if !ok || !m.Vague || i+1 >= len(r.atoms) {
		return number{}, i, false
	}
	b := &r.atoms[i+1]
	if b.kind != digits && !b.has(lexicon.Number) && !b.has(lexicon.Half) {
		return number{}, i, false
	}
	n, next, ok := r.number(i + 1)
	v := n.Low * claim.Count(m.N)
	if h, half := b.is(lexicon.Half); half && !ok && next == i+2 {
		v, ok = claim.Count(h.N)*claim.Count(m.N)/2, true
		n = number{last: i + 1, end: b.end}
	}
	if !ok || n.vague || !n.plain && n.factor > 1 || n.Low >= claim.Count(m.N) || r.noCount(&n, next) != "" {
		return number{}, i, false
	}
	n.Low, n.High, n.about, n.plain, n.factor = v, v, true, false, float64(m.N)
	n.first, n.start = i, r.atoms[i].start
	return n, next, true
}

// vague reads "thousands", "tens of thousands", "several hundred".
func (r *reader) vague(i int) (number, int, bool) {
	a := &r.atoms[i]
	n := number{first: i, start: a.start, vague: true}
	base, j := 0.0, i+1
	switch p, ok := a.is(lexicon.Plural); {
	case ok:
		base = float64(p.N)
	case a.has(lexicon.Several):
		base = 1
	default:
		m, ok := r.multiplier(i, false)
		if !ok || !m.Vague {
			return n, i, false
		}
		base = float64(m.N)
	}
	multiplied := false
	for k := j; k < len(r.atoms) && k <= j+1; k++ {
		if r.atoms[k].has(lexicon.Of) && k == j {
			continue
		}
		m, ok := r.atoms[k].is(lexicon.Multiplier)
		if !ok {
			if p, plural := r.atoms[k].is(lexicon.Plural); plural && a.has(lexicon.Several) {
				m, ok = p, true
			}
		}
		if !ok || m.N < 10 {
			break
		}
		base, j, multiplied = base*float64(m.N), k+1, true
		k = j - 1
	}
	if a.has(lexicon.Several) && !multiplied || base > most/10 {
		return n, i, false
	}
	n.last, n.end = j-1, r.atoms[j-1].end
	n.Low, n.High = claim.Count(base), claim.Count(base*10-1)
	if base == 10 { // tens are dozens
		n.Low = 12
	}
	return n, j, r.stands(&n, j)
}

// noCount says which rule makes a number count nothing, or "". next is the atom behind it.
func (r *reader) noCount(n *number, next int) string {
	if next < len(r.atoms) {
		after := &r.atoms[next]
		of := after.has(lexicon.Of) && n.factor > 1 && next+1 < len(r.atoms) && r.atoms[next+1].has(lexicon.NotCount) // "20 millions de dollars"
		if after.has(lexicon.NotCount) && !r.begins(next) || of {
			return "money, percentage, time or ordinal"
		}
		if after.has(lexicon.Strong) {
			n.strong = true
		}
		if r.s[after.start:after.end] == "-" && next+1 < len(r.atoms) && r.atoms[next+1].has(lexicon.Strong) {
			n.strong = true
		}
	}
	before := n.first - 1
	if before >= 0 && r.s[r.atoms[before].start:r.atoms[before].end] == "." { // "No. 5"
		before--
	}
	if before >= 0 && !n.grouped {
		joins := r.atoms[before].has(lexicon.And) && before == r.thing+1 // "pages 20 and 26"
		if joins && r.thing > 0 || r.atoms[before].has(lexicon.NotBefore) {
			r.thing = n.last
			return "number of a thing"
		}
	}
	if n.vague || n.Low != n.High || n.grouped || !n.plain {
		return ""
	}
	return r.date(n, next)
}

// begins says whether atom i only begins a word of a script that glues particles to its
// words: the 시 of "3000 시민" is no hour.
func (r *reader) begins(i int) bool {
	a := &r.atoms[i]
	c, n := utf8.DecodeRuneInString(r.s[a.start:a.end])
	return unicode.Is(unicode.Hangul, c) && a.end == a.start+n && !r.touches(i) && endOfHangul(r.s, a.end) > a.end
}

// dropRange takes back the number that forms a range with one that counts nothing: "80
// to 90 percent".
func (r *reader) dropRange(n *number, rule string) {
	k := len(r.nums) - 1
	if k < 0 || r.nums[k].grouped || r.nums[k].last+2 > n.first || !r.onlyHedges(r.nums[k].last+2, n.first) {
		return
	}
	if mid := &r.atoms[r.nums[k].last+1]; mid.has(lexicon.To) || mid.has(lexicon.BetweenAnd) || r.s[mid.start:mid.end] == "-" {
		r.reject(r.nums[k].start, r.nums[k].end, rule)
		r.nums = r.nums[:k]
	}
}

// date says whether a bare number is a day or a year.
func (r *reader) date(n *number, next int) string {
	month := func(i int) bool { return i >= 0 && i < len(r.atoms) && r.atoms[i].has(lexicon.Month) }
	dot := func(i int) bool { return i >= 0 && i < len(r.atoms) && r.s[r.atoms[i].start:r.atoms[i].end] == "." }
	if n.Low <= 31 {
		switch {
		case month(n.first - 1), dot(n.first-1) && month(n.first-2), month(next), dot(next) && month(next+1):
			return "day of a month"
		case month(n.first-2) && r.s[r.atoms[n.first-1].start:r.atoms[n.first-1].end] == "(": // quarta-feira (23)
			return "day of a month"
		case next < len(r.atoms) && r.atoms[next].has(lexicon.Of) && month(next+1): // 5 de enero
			return "day of a month"
		case r.secondDay(n.first, month): // Oct. 8 and 13
			return "day of a month"
		}
	}
	if n.Low < 1900 || n.Low > 2099 || !n.figures || next < len(r.atoms) && r.atoms[next].has(lexicon.Classifier) {
		return ""
	}
	cue := func(i int) bool {
		return i >= 0 && (r.atoms[i].has(lexicon.YearCue) || r.atoms[i].has(lexicon.Month))
	}
	before := n.first - 1
	if before >= 0 && r.s[r.atoms[before].start:r.atoms[before].end] == "," { // "Oct. 18, 2024"
		before--
	}
	for before >= 0 && (r.atoms[before].kind == digits && r.atoms[before].value <= 31 || r.s[r.atoms[before].start:r.atoms[before].end] == ".") {
		before--
	}
	switch {
	case cue(before) && (n.Low%100 != 0 || before != n.first-1 || r.atoms[before].has(lexicon.Month) || r.closed(next)):
		return "year"
	case n.Low%100 == 0:
		return ""
	case r.hedged(n.first):
		return ""
	}
	return "year"
}

// secondDay says whether atom i ends a stretch of days whose first stands behind its month.
func (r *reader) secondDay(i int, month func(int) bool) bool {
	if i < 3 {
		return false
	}
	mid, day := &r.atoms[i-1], &r.atoms[i-2]
	if !mid.has(lexicon.And) && !mid.has(lexicon.To) && !mid.has(lexicon.BetweenAnd) && r.s[mid.start:mid.end] != "-" {
		return false
	}
	return day.kind == digits && day.value <= 31 && (month(i-3) || i >= 4 && r.s[r.atoms[i-3].start:r.atoms[i-3].end] == "." && month(i-4))
}

// closed says whether nothing that could be counted follows: punctuation or the end.
func (r *reader) closed(next int) bool {
	return next >= len(r.atoms) || strings.ContainsAny(r.s[r.atoms[next].start:r.atoms[next].end], ".,;:!?)\n")
}

func (r *reader) hedged(i int) bool { return i > 0 && r.atoms[i-1].has(lexicon.HedgeBefore) }
