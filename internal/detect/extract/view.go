package extract

import (
	"slices"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
	"monitor/internal/detect/quantity"
)

// view is a document read for one topic. It goes through the sentences in order and
// remembers of whom the text speaks.
type view struct {
	*page
	topic *lexicon.Topic
	focus focus  // the army spoken of last
	last  *found // the last claim

	said     map[int]attribution // by sentence, whose words it went on with
	walked   *sentence           // the sentence that the next three are of
	heard    []focus             // the army spoken of before each item, and behind the last one
	coming   []focus             // the army named first from each item on
	counted  map[int]counted     // what its numbers count by what stands behind them
	speakers map[*sentence]speaker
	before   map[*sentence]speaker
	agencies map[claim.Claimant]claim.Claimant
}

// speaker is an attribution, if there is one.
type speaker struct {
	attribution
	ok bool
}

// focus is whose soldiers a text speaks of: "they", "the troops", "3,000 of them".
type focus uint8

const (
	nobody focus = iota
	ours
	others
)

// found is a number that is a claim, before its claimant is known.
type found struct {
	s       *sentence
	i       int // its item
	head    head
	measure claim.Measure
	mode    claim.Mode
	more    bool
	scope   string
	who     attribution
}

func (v *view) read() []Decision {
	var out []Decision
	for _, s := range v.sentences {
		s.read() // attribution looks ahead
	}
	for _, s := range v.sentences {
		for n, i := range s.numbers {
			out = append(out, v.number(s, n, i))
		}
		if v.explain {
			out = append(out, s.rejected()...)
		}
		v.focus = v.focusAfter(s)
	}
	return out
}

// number decides on the n-th number of a sentence, its item i.
func (v *view) number(s *sentence, n, i int) Decision {
	q := s.items[i].q
	d := Decision{Start: s.base + s.text.Offset(q.Start), End: s.base + s.text.RawEnd(q.End), InTitle: s.title, Sentence: s.text.Raw()}
	d.Text = s.span(q.Start, q.End)
	h, rule := v.head(s, i)
	d.Rule = rule
	if h.unit == "" {
		return d
	}
	f := &found{s: s, i: i, head: h}
	seg := s.segment(n)
	f.measure = v.measure(s, n, h, seg)
	f.mode = s.mode(i, h, s.summed(n))
	switch {
	case n > 0 && s.changes(s.numbers[n-1], i): // "could rise from 3,000 to 10,000"
		f.mode = s.mode(i, h, segment{s.segment(n - 1).from, seg.to})
	case n+1 < len(s.numbers) && s.changes(i, s.numbers[n+1]):
		f.mode = claim.Actual
	}
	f.more = s.increment(i, h) && !v.otherLoss(f)
	if h.on {
		f.mode, f.more = v.last.mode, v.last.more
	}
	f.scope = s.scopeOf(i, f.measure, seg)
	if rule, ok := v.plausible(f); !ok {
		d.Rule = rule
		return d
	}
	who := v.attribute(f)
	if who.denied {
		f.mode = claim.Denied
	}
	f.who = who
	v.last = f
	if who.rule == speakerBefore {
		v.said[s.index] = who
	}
	c := v.claim(f, who, q, d)
	d.Claim = &c
	d.Rule = rule + "; " + who.rule
	return d
}

// otherLoss says whether the figure goes on a list of losses with another one: "300
// killed, another 2,700 wounded" adds nothing to the killed.
func (v *view) otherLoss(f *found) bool {
	return v.last != nil && v.last.s == f.s && f.measure.Side() == claim.Losses && v.last.measure.Side() == claim.Losses && v.last.measure != f.measure
}

func (v *view) claim(f *found, who attribution, q *quantity.Quantity, d Decision) claim.Claim {
	from, to := q.From, max(q.To, q.End)
	if f.head.last > f.i {
		to = max(to, f.s.items[f.head.last].end)
	}
	return claim.Claim{
		Bounds: q.Bounds, Qualifier: q.Qualifier, Unit: f.head.unit, Measure: f.measure, Mode: f.mode, Increment: f.more,
		Claimant: who.id, Speaker: who.name, AsOf: v.asOf(f, who), Scope: f.scope, Quote: f.s.span(from, to),
		Sentence: d.Sentence, Start: d.Start, End: d.End, InTitle: d.InTitle, Topic: v.topic.Name, Lang: v.lang.Code, Rule: d.Rule + "; " + who.rule,
	}
}

// plausible applies the topic's limits.
func (v *view) plausible(f *found) (rule string, ok bool) {
	b := f.s.items[f.i].bound()
	n := max(b.Low, b.High)
	switch {
	case v.topic.Limit != claim.Open && n > v.topic.Limit && !f.head.on:
		return "too large: the size of an army", false
	case v.topic.BareLimit != claim.Open && n > v.topic.BareLimit && !f.head.named && f.mode != claim.Planned:
		return "too large for people who are not named beside it", false
	case len(v.topic.Measures) > 0 && !slices.Contains(v.topic.Measures, f.measure):
		return "not a measure of the topic", false
	case f.s.rate(f):
		return "a rate: so many a day", false
	case f.measure == claim.Captured && n < 2, n < 2 && f.head.unit == claim.Troops && (f.measure.Side() == claim.Losses || !f.head.named):
		return "a single soldier", false
	}
	return "", true
}

// rate says whether what is counted recurs: "1,000 casualties a day".
func (s *sentence) rate(f *found) bool {
	if f.i > 0 && s.items[f.i-1].has(lexicon.Rate) {
		return true
	}
	for j := f.head.last + 1; j < len(s.items) && j <= f.head.last+4 && s.items[j].q == nil && !s.items[j].stop(); j++ {
		if s.items[j].has(lexicon.Rate) {
			return true
		}
	}
	return false
}

// rejected gives the numbers of a sentence that count nothing, for Explain.
func (s *sentence) rejected() []Decision {
	_, rejected := quantity.Explain(s.page.lang, s.text)
	var out []Decision
	for _, r := range rejected {
		out = append(out, Decision{
			Start: s.base + s.text.Offset(r.Start), End: s.base + s.text.RawEnd(r.End), InTitle: s.title,
			Text: s.span(r.Start, r.End), Sentence: s.text.Raw(), Rule: r.Rule,
		})
	}
	return out
}
