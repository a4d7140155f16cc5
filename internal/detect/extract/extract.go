// Package extract reads claims: which numbers of a text count a topic's people, what
// is said of them, and who stands behind it.
//
// A text is cut into sentences, a sentence into items: words that the lexicon knows,
// quantities, marks, and words that say nothing here. All rules work on items and
// their senses, so that a language is data:
//
//   - head: what a quantity counts, and whether those are the topic's people;
//   - measure: what they do, whether it is so, planned or denied, and whether the
//     figure adds to an earlier one;
//   - mention: who is named in a sentence, and which words make them say something;
//   - attribute: which of them stands behind a quantity;
//   - date: when they said it.
//
// Every number that is looked at leaves a Decision with the name of its rule. The
// package does no input or output: same text, same claims.
package extract

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
	"monitor/internal/detect/quantity"
	"monitor/internal/detect/text"
)

// Document is a text to be read.
type Document struct {
	Title     string
	Text      string
	Lang      string     // as declared; it may be empty or wrong
	Published claim.Date // the text's own date; 0 when unknown
	Outlet    string     // who printed it
}

// Reading is what a text says.
type Reading struct {
	Lang   string // the language it was read in; "" when it was not read: no topic's people are named, or it has no lexicon
	Claims []claim.Claim
}

// Decision is what was decided on one number, and by which rule.
type Decision struct {
	Start, End int // bytes of the text, or of the title
	InTitle    bool
	Text       string
	Sentence   string
	Rule       string
	Claim      *claim.Claim // nil when the number is none
}

// Number is a number of a text, whatever it counts.
type Number struct {
	claim.Bounds
	Qualifier  claim.Qualifier
	Text       string
	Start, End int
}

// Reader reads claims on its topics. It is safe for concurrent use.
type Reader struct {
	lexicon *lexicon.Lexicon
	topics  []*lexicon.Topic
	gate    *lexicon.Gate
	mu      sync.Mutex
	langs   map[string]*lexicon.Language
}

// New makes a reader for the topics.
func New(lx *lexicon.Lexicon, topics []*lexicon.Topic) (*Reader, error) {
	seen := map[string]bool{}
	for _, t := range topics {
		if seen[t.Name] {
			return nil, fmt.Errorf("topic %q is given twice", t.Name)
		}
		seen[t.Name] = true
	}
	return &Reader{lexicon: lx, topics: topics, gate: lexicon.NewGate(topics), langs: map[string]*lexicon.Language{}}, nil
}

// language returns the lexicon of a language, nil when there is none.
func (r *Reader) language(code string) *lexicon.Language {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l, ok := r.langs[code]; ok {
		return l
	}
	l, err := r.lexicon.With(code, r.topics)
	if err != nil {
		l = nil
	}
	r.langs[code] = l
	return l
}

// Read returns the claims of a document, in the order of its text.
func (r *Reader) Read(d Document) Reading {
	p := r.parse(d)
	if p == nil {
		return Reading{}
	}
	var out []claim.Claim
	for _, dec := range p.decide() {
		if dec.Claim != nil {
			out = append(out, *dec.Claim)
		}
	}
	return Reading{Lang: p.lang.Code, Claims: out}
}

// Explain returns a decision for each number of a document, in order.
func (r *Reader) Explain(d Document) []Decision {
	p := r.parse(d)
	if p == nil {
		return nil
	}
	p.explain = true
	return p.decide()
}

// Quantities returns every number of a document's text, of any subject.
func (r *Reader) Quantities(d Document) []Number {
	l := r.language(text.Language(d.Text, d.Lang))
	if l == nil {
		l = r.language("en")
	}
	var out []Number
	var cut []text.Span
	for _, sentence := range text.Sentences(d.Text, l.Abbreviation) {
		cut = pieces(cut[:0], d.Text, sentence)
		for _, sp := range cut {
			f := lexicon.Fold(d.Text[sp.Start:sp.End])
			for _, q := range quantity.Find(l, f) {
				start, end := sp.Start+f.Offset(q.Start), sp.Start+f.RawEnd(q.End)
				out = append(out, Number{Bounds: q.Bounds, Qualifier: q.Qualifier, Text: d.Text[start:end], Start: start, End: end})
			}
		}
	}
	return out
}

// page is a document being read.
type page struct {
	*Reader
	doc       Document
	lang      *lexicon.Language
	sentences []*sentence
	persons   []person // whom the text has introduced by name, so far
	explain   bool
}

// parse cuts a document into sentences; nil when it speaks of no topic's people, or in
// a language that has no lexicon.
func (r *Reader) parse(d Document) *page {
	if !r.gate.Open(d.Title) && !r.gate.Open(d.Text) {
		return nil
	}
	l := r.language(text.Language(d.Title+"\n"+d.Text, d.Lang))
	if l == nil {
		return nil
	}
	p := &page{Reader: r, doc: d, lang: l}
	p.cut(d.Title, true)
	p.cut(d.Text, false)
	for i, s := range p.sentences {
		s.index = i
	}
	return p
}

func (p *page) cut(s string, title bool) {
	at := 0
	var cut []text.Span
	for i, sp := range text.Sentences(s, p.lang.Abbreviation) {
		starts := i == 0 || strings.Contains(s[at:sp.Start], "\n")
		cut = pieces(cut[:0], s, sp)
		for _, piece := range cut {
			p.sentences = append(p.sentences, &sentence{
				page: p, base: piece.Start, text: lexicon.Fold(s[piece.Start:piece.End]), title: title, starts: starts,
			})
			starts = false
		}
		at = sp.End
	}
}

// longest is how many bytes of a sentence are read together. More is a list, a table or
// a text without stops; as rules look from a number to the ends of its sentence, this
// bounds their work.
const longest = 2000

// pieces cuts a sentence that is too long: at a comma, else at a space, else anywhere.
// They are appended to out.
func pieces(out []text.Span, s string, sp text.Span) []text.Span {
	for sp.End-sp.Start > longest {
		at := sp.Start + pieceEnd(s[sp.Start:sp.Start+longest])
		out = append(out, text.Span{Start: sp.Start, End: at})
		rest := s[at:sp.End]
		sp.Start = sp.End - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	}
	return append(out, sp)
}

// pieceEnd is where the piece ends that is cut from a stretch: in its second half, and
// in no number if that can be.
func pieceEnd(s string) int {
	var comma, space, word, anywhere int
	for i, c := range s {
		if i <= len(s)/2 {
			continue
		}
		anywhere = i
		prev, _ := utf8.DecodeLastRuneInString(s[:i])
		number := isNumeral(s[i-1]) || strings.ContainsRune(",.", prev)
		if !number || !isNumeral(s[i]) {
			word = i
		}
		if strings.ContainsRune(";，、；،", prev) || prev == ',' && !isNumeral(s[i]) {
			comma = i
		}
		if unicode.IsSpace(c) && !(isNumeral(s[i-1]) && i+1 < len(s) && isNumeral(s[i+1])) {
			space = i
		}
	}
	for _, at := range [...]int{comma, space, word} {
		if at > 0 {
			return at
		}
	}
	return anywhere
}

// decide goes through the topics and their sentences. A figure that stands more than
// once is one claim: the mention that names a claimant wins, else the first.
func (p *page) decide() []Decision {
	var out []Decision
	for _, t := range p.topics {
		if !p.speaksOf(t) {
			continue
		}
		v := view{
			page: p, topic: t, said: map[int]attribution{}, counted: map[int]counted{}, agencies: map[claim.Claimant]claim.Claimant{},
			speakers: map[*sentence]speaker{}, before: map[*sentence]speaker{},
		}
		out = append(out, v.read()...)
	}
	return merge(out)
}

// speaksOf says whether a topic's people are named anywhere in the document, which
// costs little and spares most documents the rest.
func (p *page) speaksOf(t *lexicon.Topic) bool {
	for _, s := range p.sentences {
		for _, it := range s.read() {
			for _, c := range [...]lexicon.Class{lexicon.Party, lexicon.PartyPeople, lexicon.PartyState} {
				if it.of(c, t.Name) {
					return true
				}
			}
		}
	}
	return false
}

// figure is what makes two mentions one claim of an entry.
type figure struct {
	topic string
	claim.Bounds
	unit      claim.Unit
	side      claim.Side
	mode      claim.Mode
	increment bool
}

// merge keeps one decision a figure, and all that are no claims.
func merge(in []Decision) []Decision {
	best := map[figure]int{}
	out := in[:0]
	for _, d := range in {
		if d.Claim == nil {
			out = append(out, d)
			continue
		}
		c := d.Claim
		key := figure{c.Topic, c.Bounds, c.Unit, c.Measure.Side(), c.Mode, c.Increment}
		i, seen := best[key]
		switch {
		case !seen:
			best[key] = len(out)
			out = append(out, d)
		case better(&out[i], &d):
			hedged(c, out[i].Claim)
			dated(c, out[i].Claim)
			out[i] = d
		default:
			hedged(out[i].Claim, c)
			dated(out[i].Claim, c)
		}
	}
	return out
}

// better says whether a later mention tells more than the one that is kept: who says
// it, in the text and not only in its title, or that those who came are at the front.
func better(kept, d *Decision) bool {
	a, b := kept.Claim, d.Claim
	switch {
	case (a.Claimant == "") != (b.Claimant == ""):
		return a.Claimant == ""
	case kept.InTitle != d.InTitle:
		return kept.InTitle
	default:
		return a.Claimant == b.Claimant && b.Measure == claim.Front && a.Measure != claim.Front
	}
}

// dated gives the mention that is kept the day that the other one tells: a ticker
// repeats in its headline what was said the day before.
func dated(kept, other *claim.Claim) {
	if kept.Claimant == other.Claimant && other.AsOf != 0 && other.AsOf < kept.AsOf {
		kept.AsOf = other.AsOf
	}
}

// hedged lets the mention that is kept be no surer than the other one was: a headline
// drops the "about" of its article.
func hedged(kept, other *claim.Claim) {
	if kept.Qualifier == claim.Exact && other.Qualifier == claim.About {
		kept.Qualifier = claim.About
	}
}
