// Package lexicon holds what the program knows of languages, topics and claimants,
// as embedded data files that somebody who knows the language and not Go can edit.
//
//   - lang/xx.txt: a language's number words, hedges, units and cues.
//   - topics/*.txt: a topic's people, places and baseline.
//   - chronology/*.txt: what was said of a topic's people since, with its sources.
//   - claimants.txt: who can stand behind a number, with the people who speak for them.
//   - outlets.txt: who prints, and is a claimant only where nobody else is.
//
// The files share one form, described in doc.go. The package reads its own embedded
// files and does no other input or output.
package lexicon

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"monitor/internal/claim"
)

//go:embed lang/*.txt topics/*.txt claimants.txt outlets.txt
var files embed.FS

// Class is the part a word plays.
type Class uint8

// Classes that numbers are made of.
const (
	None        Class = iota
	Number            // a cardinal; N is its value
	Multiplier        // hundred, thousand; N is its value, Plural when the form alone means "thousands"
	Half              // "anderthalb", "полтора"; N is twice the value
	AndHalf           // "and a half" behind a number
	Plural            // a vague plural of N: dozens, hundreds
	Several           // several, a few: makes a multiplier vague
	Of                // joins a vague plural to its multiplier: tens OF thousands
	And               // joins number words: three hundred AND ten
	HedgeBefore       // Q
	HedgeAfter        // Q
	Between           // begins a range that And ends
	BetweenAnd        // what ends it
	To                // stands between the ends of a range
	Instead           // joins two figures that are no range: "up from 3,000 to 10,000"
	From              // begins a change or a range
	Filler            // may stand between hedge and number: "a total of"
	Month             // N is 1 to 12
	YearCue           // stands before a year
	NotCount          // what follows a number that counts no things: percent, euros, kilometres, hours
	NotBefore         // what stands before such a number: "page", "No."
	Strong            // "-strong", "-köpfig": the number before it counts people
	ChangedTo         // a hedge that is none behind a verb of change: "вырос до 12 тысяч"
	Not               // begins "not three but ten thousand"
	Rather            // goes on with it
	Ending            // a case ending written onto figures: "10-ти"
	Classifier        // what a language puts between a number and its noun: 명, 人, 名
	DayCue            // makes the number before it a day of the month: 日, 일
)

// Classes that claims are made of.
const (
	People      Class = iota + 64 // Unit; soldiers, officers
	Counter                       // 명, 人: counts persons of any kind
	MeasureCue                    // Measure
	ModeCue                       // Mode
	More                          // makes an increment: another, weitere
	Among                         // the whole behind it is no part: "of the", "unter den"
	Them                          // of them, davon
	Say                           // a verb of saying
	According                     // stands before who says it: "laut"
	AccordingTo                   // stands behind: "zufolge", "에 따르면"
	Indirect                      // verb form of reported speech: "seien"
	Continue                      // the speaker before goes on: "demnach", "it added"
	HePronoun                     // a person named before
	ItPronoun                     // a body named before: "the agency"; Role says which
	Nation                        // ID is the state
	Role                          // ID is the kind of body or office: intelligence, president
	Speaker                       // ID is the claimant whom the person or body speaks for
	Outlet                        // ID is the outlet
	Party                         // ID is the topic: adjective or name of its people
	PartyPeople                   // the same, as a noun of its own: "North Koreans"
	PartyState                    // the state or body they belong to: "Pyongyang"
	Place                         // Measure: where the topic's people are, by measure
	Function                      // a function word: no noun begins here
	Army                          // the whole army, not those sent
	ScopeCue                      // makes a figure a part: "in the attack on"
	Weekday                       // N is 0 for Sunday
	When                          // N is days from the text's date: yesterday is -1
	Cites                         // ties an outlet to its source: "citing", "unter Berufung auf"
	Joint                         // "and" between names and nouns
	Thing                         // what is counted is no people: kilometres, days, shells
	Other                         // people who are not the topic's: civilians, delegates
	Negation                      // not, kein
	Whole                         // introduces a total again: "in all"
	Mixed                         // joins the topic's people to others: "together with"
	CountWord                     // the number, the toll: what is counted stands with it
	Locative                      // in, to, from: a state behind it is a place, no speaker
	Earlier                       // "originally", "up from": the figure is an old one
	Refers                        // "these figures", "das meldet": whose they are follows
	Link                          // may stand inside the name of a body: spokesman OF THE ministry
	Reports                       // reports that are not named: who made them may follow
	Or                            // "or" between nouns and verbs
	Share                         // a fraction of what follows: "half of the"
	Civil                         // what is said of no soldiers: "fled", "defected"
	Rate                          // makes a figure one of many: "a day"
	Relative                      // a pronoun that begins a relative clause, behind a comma
	Subclause                     // begins a clause of its own: "while", "whereas"
	Complete                      // a counter that no noun follows but with "of": 명, 人
	TopicMark                     // a particle behind the subject of the last verb: 는, は
	SubjectMark                   // a particle behind the subject of any verb: 가, が
	ObjectMark                    // a particle behind an object: を, 를
	Difference                    // makes the number before it a difference: "1,900 more than"
	Unnamed                       // begins somebody who is not named: 一名, 익명의
	MixedBefore                   // joins the topic's people to others before a number: "ロシア兵と北朝鮮兵"
)

// Classes is a set of classes.
type Classes [2]uint64

// ClassesOf is the set of the senses' classes.
func ClassesOf(senses []Sense) Classes {
	var set Classes
	for i := range senses {
		c := senses[i].Class
		set[c>>6] |= 1 << (c & 63)
	}
	return set
}

// Has says whether the class is in the set.
func (set *Classes) Has(c Class) bool { return set[c>>6]>>(c&63)&1 != 0 }

// Sense is one part a form can play.
type Sense struct {
	Class    Class
	Form     string // as the file has it, for explanations
	N        int64
	Vague    bool // a multiplier whose bare form is a vague plural: "Tausende"
	Q        claim.Qualifier
	Unit     claim.Unit
	Measure  claim.Measure
	Mode     claim.Mode
	ID       string
	Late     bool   // a hedge that stands behind the counted noun: "3,000 soldiers or more"
	Capitals bool   // only where the text has it in capitals: "US", never "us"
	Initial  bool   // only where the text begins it with a capital: Italian "Nato", never "nato"
	Subject  bool   // a state in the nominative: it begins anew, nothing before it is its
	Gap      string // what must follow in the same clause: "soll … geschickt"
}

// Language is what the program knows of a language.
type Language struct {
	Code       string
	Name       string
	Joined     bool     // number words are written together: zwölftausend
	OrdinalDot bool     // "18." is an ordinal
	BareVowels bool     // accents may be left out: "ENVIO MAS DE"
	Prefixes   []string // written onto the next word: Arabic و, ب
	Unmarked   bool     // reported speech has no verb forms of its own
	Home       string   // the state whose offices are named without it
	VerbFinal  bool     // verbs of saying end their sentence, particles mark their subject: 국정원은
	NoSubject  bool     // a verb of saying without a subject goes on with the speaker before
	Endings    []string // case endings written onto number words: Turkish bin·den
	Genitive   []string // endings of the subject of a subordinate verb: Turkish Pentagon'un
	Oblique    []string // endings of names and offices that are no subject: Turkish Pentagon'a

	ApostropheEndings bool // an apostrophe sets a name's ending apart: Kursk'ta
	SubjectFirst      bool // verbs of saying end their sentence, their subject begins it without an ending
	VerbFirst         bool // verbs of saying stand before their subject
	AdjectivesBehind  bool // "soldiers Korean": adjectives stand behind their noun

	Numbers *Trie // the classes that numbers are made of
	Words   *Trie // the classes that claims are made of
	abbr    map[string]bool
}

// SaysLast says whether verbs of saying end their sentence.
func (l *Language) SaysLast() bool { return l.VerbFinal || l.SubjectFirst }

// Abbreviation says whether a full stop after the word, as written, does not end a sentence.
func (l *Language) Abbreviation(word string) bool {
	return l != nil && l.abbr[strings.TrimSuffix(FoldString(word), ".")]
}

// Claimant is who can stand behind a number.
type Claimant struct {
	ID    claim.Claimant
	Name  string   // for readers of English: "the Pentagon"
	Roles []string // the kinds of body or office it is
}

// Lexicon is all of the data.
type Lexicon struct {
	claimants map[claim.Claimant]Claimant
	roles     map[string]claim.Claimant // "kr intelligence" is kr-nis
	topics    map[string]*Topic
	shared    []entry           // names and outlets, the same in every language
	langs     map[string]string // file by code
	files     fs.FS
	order     []string
	topicList []string
}

// What a topic has that says nothing else.
const (
	DefaultTolerance = 0.1
	DefaultWindow    = 14 * 24 * time.Hour
)

// Topic is a subject whose figures are read and compared.
type Topic struct {
	Name      string
	Title     string
	People    map[claim.Unit]string // for readers of English: "North Korean soldiers"
	Party     string                // the state the counted people belong to
	Measures  []claim.Measure       // nil: all
	Limit     claim.Count           // a larger figure is the size of an army, not of a deployment
	BareLimit claim.Count           // a larger figure counts only where the topic's people are named beside it
	Tolerance float64
	Window    time.Duration
	Baseline  []claim.Baseline
	entries   []entry
}

var load = sync.OnceValues(func() (*Lexicon, error) { return Parse(files) })

// Load reads the built-in lexicon, once.
func Load() (*Lexicon, error) { return load() }

// Parse reads a lexicon from files laid out as the embedded ones. Language files are
// read when they are asked for; Check reads them all.
func Parse(fsys fs.FS) (*Lexicon, error) {
	lx := &Lexicon{
		claimants: map[claim.Claimant]Claimant{}, roles: map[string]claim.Claimant{},
		topics: map[string]*Topic{}, langs: map[string]string{}, files: fsys,
	}
	if err := lx.readClaimants(fsys); err != nil {
		return nil, err
	}
	if err := lx.readOutlets(fsys); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "topics/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := lx.readTopic(fsys, name)
		if err != nil {
			return nil, err
		}
		lx.topics[t.Name] = t
		lx.topicList = append(lx.topicList, t.Name)
	}
	names, err = fs.Glob(fsys, "lang/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		code := strings.TrimSuffix(path.Base(name), ".txt")
		lx.langs[code] = name
		lx.order = append(lx.order, code)
	}
	return lx, nil
}

// Check reads every language and says what is wrong with the first bad one.
func (lx *Lexicon) Check() error {
	for _, code := range lx.order {
		if _, err := lx.Language(code); err != nil {
			return err
		}
	}
	return nil
}

// Language reads the language of an ISO 639-1 code anew. An unknown one is an error.
func (lx *Lexicon) Language(code string) (*Language, error) {
	name, ok := lx.langs[code]
	if !ok {
		return nil, fmt.Errorf("language %q: no such lexicon; there are %s", code, strings.Join(lx.order, ", "))
	}
	return lx.readLanguage(lx.files, name, code)
}

// Languages lists the codes that have a lexicon, in order.
func (lx *Lexicon) Languages() []string { return slices.Clone(lx.order) }

// Topic returns a built-in topic.
func (lx *Lexicon) Topic(name string) (*Topic, bool) {
	t, ok := lx.topics[name]
	return t, ok
}

// TopicNames lists the built-in topics, in order.
func (lx *Lexicon) TopicNames() []string { return slices.Clone(lx.topicList) }

var (
	stateID  = regexp.MustCompile(`^[a-z]{2}$`)
	outletID = regexp.MustCompile(`^media:[a-z0-9]+(-[a-z0-9]+)*$`)
)

// KnownClaimant says whether an id is a claimant's: one of the lexicon, a state's
// ISO code, or media: with an outlet's name in lower case.
func (lx *Lexicon) KnownClaimant(id claim.Claimant) bool {
	_, ok := lx.claimants[id]
	return ok || stateID.MatchString(string(id)) || outletID.MatchString(string(id))
}

// Claimants lists the claimants of the lexicon by id.
func (lx *Lexicon) Claimants() []claim.Claimant {
	ids := make([]claim.Claimant, 0, len(lx.claimants))
	for id := range lx.claimants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// ClaimantName is how readers of English know a claimant: "the Pentagon". An outlet
// without an entry is its slug, in words.
func (lx *Lexicon) ClaimantName(id claim.Claimant) string {
	if c, ok := lx.claimants[id]; ok {
		return c.Name
	}
	if id.IsMedia() {
		words := strings.Split(strings.TrimPrefix(string(id), "media:"), "-")
		for i, w := range words {
			words[i] = strings.ToUpper(w[:min(1, len(w))]) + w[min(1, len(w)):]
		}
		return strings.Join(words, " ")
	}
	return strings.ToUpper(string(id))
}

// Office is the claimant that a body of a state is: ("kr", "intelligence") is
// kr-nis. A body that has no id of its own speaks for its state.
func (lx *Lexicon) Office(state, role string) claim.Claimant {
	if id, ok := lx.roles[state+" "+role]; ok {
		return id
	}
	return claim.Claimant(state)
}

// Of the built-in lexicon, for callers that only check words. They panic when the
// embedded data is broken, which a test rules out.
func builtin() *Lexicon {
	lx, err := Load()
	if err != nil {
		panic(err)
	}
	return lx
}

// TopicNames lists the built-in topics.
func TopicNames() []string { return builtin().TopicNames() }

// KnownClaimant says whether an id is a claimant's; see Lexicon.KnownClaimant.
func KnownClaimant(id string) bool { return builtin().KnownClaimant(claim.Claimant(id)) }

// Languages lists the languages that can be read.
func Languages() []string { return builtin().Languages() }

// Name is how readers of English know a claimant of the built-in lexicon.
func Name(id claim.Claimant) string { return builtin().ClaimantName(id) }
