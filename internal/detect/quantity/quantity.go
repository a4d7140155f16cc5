// Package quantity finds the numbers of a text as it words them: bounds, qualifier and
// span, in any language that has a lexicon.
//
//	"mindestens 3.000"       [3000, open]  at_least
//	"10 bis 12 Tausend"      [10000, 12000] range
//	"tens of thousands"      [10000, 99999] vague
//
// How digits are grouped is told by their shape, never by a locale: one text can hold
// 10.000 and 10,000. Years, dates, clock times, money, percentages, ordinals, names of
// units and weapons, versions and telephone numbers are no quantities.
//
// Reading goes in three steps, a file each: atoms (what stands where), numbers (what
// they are worth), bounds (hedges and ranges).
package quantity

import (
	"strings"
	"sync"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// Quantity is a number as worded. Offsets are bytes of the folded text.
type Quantity struct {
	claim.Bounds
	Qualifier  claim.Qualifier
	Start, End int  // the number, or both ends of a range
	From, To   int  // with its hedges
	Strong     bool // "3,000-strong": it counts people
	Rule       string
}

// Rejected is a number that counts nothing, with the rule that says so.
type Rejected struct {
	Start, End int
	Rule       string
}

// Find returns the quantities of a folded text in a language, in order. A line break
// ends whatever goes on before it.
func Find(l *lexicon.Language, f *lexicon.Folded) []Quantity {
	q, _ := find(l, f.S, false)
	return q
}

// Explain is Find with the numbers that were rejected.
func Explain(l *lexicon.Language, f *lexicon.Folded) ([]Quantity, []Rejected) {
	return find(l, f.S, true)
}

func find(l *lexicon.Language, s string, explain bool) ([]Quantity, []Rejected) {
	if !mayHold(l, s) {
		return nil, nil
	}
	r := reader{lang: l, s: s, explain: explain}
	pooled := atomPool.Get().(*[]atom)
	r.atoms = r.split((*pooled)[:0])
	r.numbers()
	found := r.bound()
	clear(r.atoms)
	*pooled = r.atoms
	atomPool.Put(pooled)
	return found, r.rejected
}

// atomPool keeps the atoms of texts that were read, which nothing of a result refers to.
var atomPool = sync.Pool{New: func() any { return new([]atom) }}

// mayHold says whether a text can hold a number at all: most sentences hold no digit
// and no first letters of a number word, and need no closer look.
func mayHold(l *lexicon.Language, s string) bool {
	if strings.ContainsAny(s, "0123456789") {
		return true
	}
	for i := 0; i < len(s); i = next(s, i) {
		if !lexicon.WordStart(s, i) {
			continue
		}
		if senses, _ := l.Numbers.Longest(s, i); carriesNumber(senses) {
			return true
		}
		if l.Joined && startsNumber(l, s, i) {
			return true
		}
		if len(l.Endings) > 0 && startsNumber(l, s, i) {
			return true
		}
		for _, p := range l.Prefixes {
			if strings.HasPrefix(s[i:], p) {
				if senses, _ := l.Numbers.Longest(s, i+len(p)); carriesNumber(senses) {
					return true
				}
			}
		}
	}
	return false
}

func carriesNumber(senses []lexicon.Sense) bool {
	for _, s := range senses {
		switch s.Class {
		case lexicon.Multiplier, lexicon.Half, lexicon.Plural:
			return true
		case lexicon.Number:
			if s.N > 1 { // "one" is an article
				return true
			}
		}
	}
	return false
}

func startsNumber(l *lexicon.Language, s string, i int) bool {
	found := false
	l.Numbers.Prefixes(s, i, func(senses []lexicon.Sense, end int) {
		found = found || carriesNumber(senses) || end < len(s) && hasAny(senses, lexicon.Number, lexicon.And) && startsNumber(l, s, end) // ein·und·zwanzig
	})
	return found
}

type reader struct {
	lang     *lexicon.Language
	s        string
	atoms    []atom
	nums     []number
	parts    []part // room for the sum in hand
	thing    int    // the atom that ends the last number of a thing
	explain  bool
	rejected []Rejected
}

func (r *reader) reject(start, end int, rule string) {
	if r.explain {
		r.rejected = append(r.rejected, Rejected{start, end, rule})
	}
}
