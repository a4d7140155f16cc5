package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed languages.txt
var languagesFile string

// sample is how much of a text is looked at to tell its language, in bytes; where
// that tells none, as many as looks further pieces, spread over the text.
const (
	sample = 6 << 10
	looks  = 16
)

// Language tells the language of a text as one of de, en, fr, es, it, pt, nl, uk, ru,
// pl, cs, ko, ja, zh, tr, ar, or "" when it is another one or cannot be told.
//
// The script decides first, then letters, function words, endings and words of the
// news. What was declared ("pt-BR" is pt) decides only where those leave it open, since
// feeds often declare the language of their software. The beginning speaks for the
// text; where it is a list, a table or in no language of ours, most of the text does.
func Language(s, declared string) string {
	declared = base(declared)
	lang, told := tell(piece(s, 0), declared)
	if len(s) <= sample || told && lang != "" {
		return lang
	}
	return most(s, declared, lang)
}

// most is the language of most pieces of a long text, the first of those that tie;
// what was taken for granted where no piece tells.
func most(s, declared, granted string) string {
	step := max(sample, (len(s)-sample)/looks)
	count := map[string]int{}
	var order []string
	for at := 0; at < len(s); at += step {
		lang, told := tell(piece(s, at), declared)
		if !told {
			continue
		}
		if count[lang]++; count[lang] == 1 {
			order = append(order, lang)
		}
	}
	best := granted
	for i, lang := range order {
		if i == 0 || count[lang] > count[best] {
			best = lang
		}
	}
	return best
}

// piece is a sample of the text from a place on, of whole characters.
func piece(s string, at int) string {
	for at < len(s) && !utf8.RuneStart(s[at]) {
		at++
	}
	s = s[at:]
	if len(s) > sample {
		s = s[:sample]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// tell gives the language of a sample; told is false where nothing speaks for any.
func tell(s, declared string) (lang string, told bool) {
	m := loadModels()
	switch sc := scriptOf(s); sc.main() {
	case hangul:
		return "ko", true
	case kana:
		return "ja", true
	case han:
		return m.chinese(s, declared), true
	case arabic:
		if sc.persian*20 > sc.counts[arabic] {
			return "", true
		}
		return "ar", true
	case cyrillic:
		if sc.southSlavic > 0 {
			return "", true
		}
		return m.best(s, cyrillic, declared)
	case latin:
		return m.best(s, latin, declared)
	case noScript:
		return "", false
	default:
		return "", true
	}
}

// base cuts a declared language down to its code: "en-US" and "EN_gb" are en.
func base(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// script is a family of letters.
type script int

const (
	noScript script = iota
	latin
	cyrillic
	arabic
	hangul
	kana
	han
	foreign // Greek, Hebrew, Thai ...: no language of ours
	scripts
)

// scriptCount is how many letters of each script a text has.
type scriptCount struct {
	counts      [scripts]int
	persian     int // letters that Persian and Urdu have and Arabic has not
	southSlavic int // letters of Serbian, Macedonian and Belarusian
}

func scriptOf(s string) scriptCount {
	var c scriptCount
	for _, r := range s {
		switch {
		case r < 0x80:
			if 'a' <= r|0x20 && r|0x20 <= 'z' {
				c.counts[latin]++
			}
		case r >= 0xAC00 && r <= 0xD7A3:
			c.counts[hangul] += 2 // a syllable, not a letter
		case r >= 0x3041 && r <= 0x30FF && r != '・' && r != '゠':
			c.counts[kana] += 2
		case r >= 0x4E00 && r <= 0x9FFF, r >= 0x3400 && r <= 0x4DBF:
			c.counts[han] += 2
		case r >= 0x0400 && r <= 0x052F:
			c.counts[cyrillic]++
			if strings.ContainsRune("јљњћђџѓќѕўЈЉЊЋЂЏЃЌЅЎ", r) {
				c.southSlavic++
			}
		case r >= 0x0600 && r <= 0x06FF:
			c.counts[arabic]++
			if strings.ContainsRune("پچژگکیےٹںھ", r) {
				c.persian++
			}
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Latin, r):
			c.counts[latin]++
		default:
			c.counts[foreign]++
		}
	}
	return c
}

// main gives the script that a text is written in. Names in Latin letters, and
// numbers, are at home in every script.
func (c scriptCount) main() script {
	// Japanese writes its nouns in Han and a Korean headline may do so too; Chinese does without kana.
	if c.counts[kana] > 0 && c.counts[kana]*12 >= c.counts[han] {
		c.counts[kana] += c.counts[han]
		c.counts[han] = 0
	}
	if c.counts[hangul]*4 >= c.counts[han] && c.counts[hangul] > 0 {
		c.counts[hangul] += c.counts[han]
		c.counts[han] = 0
	}
	c.counts[latin] /= 2
	best := noScript
	for sc := latin; sc < scripts; sc++ {
		if c.counts[sc] > c.counts[best] {
			best = sc
		}
	}
	if best == noScript && c.counts[latin] == 0 {
		return noScript
	}
	return best
}

// models is what languages.txt says, turned around: from a word to its languages.
type models struct {
	codes    []string
	script   []script
	letters  map[rune][]vote
	common   [0x530][]vote // letters again, for the alphabets that matter
	endings  map[string][]vote
	words    map[string][]vote
	starters map[string]bool // function words, capitalised
	signs    [2][]string     // words and characters of Japanese and of Chinese
}

// vote is what one word or letter says for one language.
type vote struct {
	lang   int
	weight float32
}

// What kinds of evidence weigh. A word that n languages share is worth an n-th for each.
const (
	functionWeight = 3
	newsWeight     = 3
	letterWeight   = 1.5
	endingWeight   = 1
)

var loadModels = sync.OnceValue(func() *models {
	return parseModels(languagesFile)
})

func parseModels(file string) *models {
	m := &models{
		letters: map[rune][]vote{}, endings: map[string][]vote{}, words: map[string][]vote{},
		starters: map[string]bool{},
	}
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "|")
		for len(f) < 5 {
			f = append(f, "")
		}
		m.add(strings.TrimSpace(f[0]), f[1:])
	}
	share(m.letters)
	share(m.endings)
	share(m.words)
	for r, v := range m.letters {
		if int(r) < len(m.common) {
			m.common[r] = v
		}
	}
	return m
}

func (m *models) add(code string, f []string) {
	letters, endings, function, news := strings.Fields(f[0]), strings.Fields(f[1]), strings.Fields(f[2]), strings.Fields(f[3])
	switch code {
	case "ja":
		m.signs[0] = letters
		return
	case "zh":
		m.signs[1] = letters
		return
	}
	lang := len(m.codes)
	m.codes = append(m.codes, code)
	sc := latin
	if first, _ := utf8.DecodeRuneInString(function[0]); first >= 0x400 {
		sc = cyrillic
	}
	m.script = append(m.script, sc)
	for _, l := range letters {
		if r, n := utf8.DecodeRuneInString(l); n == len(l) {
			m.letters[r] = addVote(m.letters[r], lang, letterWeight)
		}
	}
	for _, e := range endings {
		m.endings[e] = addVote(m.endings[e], lang, endingWeight)
	}
	for _, w := range function {
		m.words[w] = addVote(m.words[w], lang, functionWeight)
		if r, n := utf8.DecodeRuneInString(w); len(w) > n && code[0] != '-' {
			m.starters[string(unicode.ToUpper(r))+w[n:]] = true
		}
	}
	for _, w := range news {
		m.words[w] = addVote(m.words[w], lang, newsWeight)
	}
}

// addVote adds a language's vote, once.
func addVote(v []vote, lang int, weight float32) []vote {
	if slices.ContainsFunc(v, func(o vote) bool { return o.lang == lang }) {
		return v
	}
	return append(v, vote{lang, weight})
}

// share splits the weight of what several languages have in common.
func share[K comparable](m map[K][]vote) {
	for _, v := range m {
		for i := range v {
			v[i].weight /= float32(len(v))
		}
	}
}

// best scores the languages of a script and gives the winner. Where the declared
// language comes as close as makes no difference, it wins. Of two that a few words could
// be either of, such as "cerca de 10 mil soldados", the first is as good as the other.
// told is false where no word speaks for any.
func (m *models) best(s string, sc script, declared string) (lang string, told bool) {
	scores := m.scores(s)
	if sc == cyrillic {
		m.absent(s, scores, declared)
	}
	top, own := -1, -1
	for i, code := range m.codes {
		if m.script[i] != sc {
			continue
		}
		if top < 0 || scores[i] > scores[top] {
			top = i
		}
		if code == declared {
			own = i
		}
	}
	if own >= 0 && scores[own] >= scores[top]*0.9-0.01 {
		return declared, scores[top] > 0
	}
	if scores[top] == 0 || m.codes[top][0] == '-' {
		return "", scores[top] > 0
	}
	return m.codes[top], true
}

// absent counts what a text does not have: without і, ї, є and ґ it is hardly
// Ukrainian, without ы, э, ё and ъ a little less likely Russian. A few words have
// none of them by chance ("чотири генерали"): there the declared language is
// better. An apostrophe inside a word is never Russian.
func (m *models) absent(s string, scores []float32, declared string) {
	letters := float32(utf8.RuneCountInString(s))
	if letters < 40 && (declared == "uk" || declared == "ru") {
		return
	}
	for i, code := range m.codes {
		switch {
		case code == "ru" && !strings.ContainsAny(s, "іїєґІЇЄҐ"):
			scores[i] += min(0.06*letters, 6)
		case code == "uk" && apostrophe(s):
			scores[i] += min(0.2*letters, 6)
		case code == "uk" && !strings.ContainsAny(s, "ыэёъЫЭЁЪ"):
			scores[i] += min(0.02*letters, 2)
		}
	}
}

// apostrophe says whether an apostrophe stands before one of the letters that only
// Ukrainian writes it before: п'ять, об'єкт.
func apostrophe(s string) bool {
	for _, mark := range [...]string{"'", "’", "ʼ"} {
		for at := 0; ; {
			i := strings.Index(s[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			before, _ := utf8.DecodeLastRuneInString(s[:at-len(mark)])
			after, _ := utf8.DecodeRuneInString(s[at:])
			if before >= 0x400 && before < 0x530 && strings.ContainsRune("яюєї", after) {
				return true
			}
		}
	}
	return false
}

func (m *models) scores(s string) []float32 {
	scores := make([]float32, len(m.codes))
	vote := func(votes []vote, times float32) {
		for _, v := range votes {
			scores[v.lang] += v.weight * times
		}
	}
	var buf [64]byte
	word := buf[:0]
	flush := func() {
		if len(word) == 0 {
			return
		}
		if v, ok := m.words[string(word)]; ok {
			vote(v, 1)
		} else {
			for i := len(word) - 2; i > 1 && i >= len(word)-12; i-- { // the ending and three letters before
				if utf8.RuneStart(word[i]) {
					vote(m.endings[string(word[i:])], 1)
				}
			}
		}
		word = word[:0]
	}
	for _, r := range s {
		switch {
		case r < 0x80 && ('a' <= r|0x20 && r|0x20 <= 'z'):
			r |= 0x20
		case 'а' <= r && r <= 'я':
			vote(m.common[r], 1)
		case 'А' <= r && r <= 'Я':
			r += 'а' - 'А'
			vote(m.common[r], 1)
		case r < 0x80 || !unicode.IsLetter(r) && !unicode.IsMark(r):
			flush()
			continue
		default:
			r = unicode.ToLower(r)
			if int(r) < len(m.common) {
				vote(m.common[r], 1)
			} else {
				vote(m.letters[r], 1)
			}
		}
		if len(word)+utf8.UTFMax <= cap(word) {
			word = utf8.AppendRune(word, r)
		}
	}
	flush()
	return scores
}

// chinese decides between Chinese and a Japanese headline that does without kana.
func (m *models) chinese(s, declared string) string {
	ja, zh := 0, 0
	for _, sign := range m.signs[0] {
		ja += strings.Count(s, sign)
	}
	for _, sign := range m.signs[1] {
		zh += strings.Count(s, sign)
	}
	switch {
	case ja > zh:
		return "ja"
	case ja == zh && declared == "ja":
		return "ja"
	}
	return "zh"
}

// isStarter says whether w is a capitalised function word: such a word after an
// abbreviation starts a sentence.
func isStarter(w string) bool { return loadModels().starters[w] }

// isMonth says whether w is a month, as languages that count days by ordinals capitalise it.
func isMonth(w string) bool { return months[w] }

var months = set(`Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember
	Jan Feb Apr Jun Jul Aug Sep Sept Okt Nov Dez Dec Oct January February March May June July October December`)
