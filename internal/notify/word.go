package notify

import (
	"fmt"
	"slices"
	"strings"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// Wording turns alerts into English messages. A figure is always said by somebody,
// with the hedge it came with: "about 2,000", never "2,000".
type Wording struct {
	Name   func(claim.Claimant) string                // "South Korea's NIS"
	People func(topic string, unit claim.Unit) string // "North Korean soldiers"
}

// Story words one story's message as it stands now.
func (w Wording) Story(a Alert) Message {
	f := gravest(a)
	m := w.head(f)
	m.Rows = append(w.rows(f), w.others(a, f)...)
	m.Quote = quoteOf(f.Record.Claim.Sentence, f.Record.Claim.Quote)
	sources := Sources(a)
	m.Sources = len(sources)
	for i, r := range sources {
		if i == maxSources {
			break
		}
		m.Links = append(m.Links, linkTo(outletOf(r), r.URL))
	}
	m.Context = contextOf(f.Record, a.ID)
	return m
}

// Note words what joined a story since readers saw it, for the story's thread:
// the gravest finding among the news, or else the first new report.
func (w Wording) Note(a Alert, news []detect.Record) Message {
	var top detect.Finding
	for _, r := range news {
		if f := findingOf(a, r); f.Kind.Gravity() > top.Kind.Gravity() {
			top = f
		}
	}
	first := top.Record
	var m Message
	if top.Kind != "" {
		m = w.head(top)
		m.Rows = w.rows(top)
	} else {
		first = news[0]
		m.Headline = fmt.Sprintf("Also in %s: %s (%s)", outlet(first), w.says(first.Claim, first), when(first))
		m.Fallback = clip(m.Headline, MaxFallback)
	}
	m.Quote = quoteOf(first.Claim.Sentence, first.Claim.Quote)
	for i, r := range news {
		if i == maxSources {
			break
		}
		m.Links = append(m.Links, linkTo(outletOf(r), r.URL))
	}
	m.Sources = len(news)
	m.Context = contextOf(first, a.ID)
	return m
}

// Digest words many stories as one message. Later parts go into the first one's thread.
func (w Wording) Digest(j Job) Message {
	counts := map[detect.Kind]int{}
	m := Message{}
	for _, a := range j.Alerts {
		f := gravest(a)
		counts[f.Kind]++
		m.Kind = graver(m.Kind, f.Kind)
		m.Items = append(m.Items, Item{
			Text: clip(w.head(f).Headline, MaxFallback),
			Link: linkTo(outletOf(f.Record), f.Record.URL),
		})
	}
	var parts []string
	for _, k := range []detect.Kind{
		detect.Conflict, detect.Misattributed, detect.SelfConflict, detect.Edited, detect.Revision, detect.Denied, detect.New,
	} {
		if counts[k] > 0 {
			parts = append(parts, count(counts[k], k))
		}
	}
	m.Headline = fmt.Sprintf("DIGEST: %d stories at once: %s", j.Total, strings.Join(parts, ", "))
	if j.Parts > 1 {
		m.Headline = fmt.Sprintf("DIGEST: %d stories at once, part %d of %d: %s", j.Total, j.Part, j.Parts, strings.Join(parts, ", "))
	}
	m.Fallback = clip(m.Headline+". "+m.Items[0].Text, MaxFallback)
	ids := make([]int64, 0, len(j.Alerts))
	for _, a := range j.Alerts {
		ids = append(ids, a.ID)
	}
	slices.Sort(ids)
	m.Context = []string{fmt.Sprintf("alerts %d to %d", ids[0], ids[len(ids)-1])}
	return m
}

// count is "1 conflict", "2 conflicts", "2 new".
func count(n int, k detect.Kind) string {
	s := fmt.Sprintf("%d %s", n, strings.ToLower(label(k)))
	if n > 1 && (k == detect.Conflict || k == detect.SelfConflict || k == detect.Revision) {
		s += "s"
	}
	return s
}

func graver(a, b detect.Kind) detect.Kind {
	if b.Gravity() > a.Gravity() {
		return b
	}
	return a
}

// head is the first line of a finding and its short form.
func (w Wording) head(f detect.Finding) Message {
	line := label(f.Kind) + ": " + w.sentence(f)
	return Message{Kind: f.Kind, Headline: line, Fallback: clip(line, MaxFallback)}
}

// label is a kind as the first word of an alert.
func label(k detect.Kind) string {
	return strings.ToUpper(strings.ReplaceAll(string(k), "_", "-"))
}

// sentence says who says what, when, and against what. The kinds differ in the last part.
func (w Wording) sentence(f detect.Finding) string {
	r, others := f.Record, sides(f)
	said := w.says(r.Claim, r) + " (" + when(r) + ")"
	if dropped(f) {
		return upper(outlet(r)) + " no longer has what it had published: " + said
	}
	if len(others) == 0 {
		switch f.Kind {
		case detect.Edited:
			return upper(outlet(r)) + " changed what it had published: " + said
		case detect.New:
			return upper(said) + ", not among the known figures"
		default:
			return upper(said)
		}
	}
	other := others[0]
	if r.Claim.Increment && !other.Claim.Increment {
		switch f.Kind {
		case detect.Revision:
			return fmt.Sprintf("%s, on top of %s", upper(said), w.before(r, other))
		case detect.Conflict:
			return fmt.Sprintf("%s; the sum does not fit %s%s", upper(said), w.theirs(other, r), andMore(r, others))
		default:
		}
	}
	switch f.Kind {
	case detect.Revision:
		return upper(said) + ", " + w.movedFrom(r, other)
	case detect.Edited:
		return fmt.Sprintf("%s changed what it had published: %s, where it had %s", upper(outlet(r)), said, w.figure(other.Claim, r.Claim))
	case detect.SelfConflict:
		return fmt.Sprintf("%s contradicts itself: %s, and also %s", upper(outlet(r)), said, w.figure(other.Claim, r.Claim))
	case detect.Misattributed:
		return fmt.Sprintf("%s reports that %s, but that figure comes from %s (%s)", upper(outlet(r)), said, w.who(other), when(other))
	case detect.Conflict, detect.Denied:
		return fmt.Sprintf("%s, against %s%s", upper(said), w.theirs(other, r), andMore(r, others))
	default:
		return fmt.Sprintf("%s; known so far: %s%s", upper(said), w.theirs(other, r), andMore(r, others))
	}
}

// dropped says whether the finding tells of a figure that an edit took out.
func dropped(f detect.Finding) bool {
	return f.Kind == detect.Edited && slices.ContainsFunc(f.Reasons, func(r detect.Reason) bool { return r.Rule == "dropped" })
}

// sides are the claims that a finding stands against, each claimant's figure once.
func sides(f detect.Finding) []detect.Record {
	type side struct {
		claim.Bounds
		claim.Qualifier
		claim.Claimant
		claim.Date
	}
	seen := map[side]bool{}
	var kept []detect.Record
	for _, r := range f.Against {
		s := side{r.Claim.Bounds, r.Claim.Qualifier, r.Claim.Claimant, r.Claim.AsOf}
		if !seen[s] {
			seen[s] = true
			kept = append(kept, r)
		}
	}
	return kept
}

// andMore counts the sides that the first line does not name. What the claimant itself
// said before is none.
func andMore(r detect.Record, others []detect.Record) string {
	n := 0
	for _, o := range others[1:] {
		if !supersedes(r, o) && !expected(r, o) {
			n++
		}
	}
	if n > 0 {
		return fmt.Sprintf(" and %d more", n)
	}
	return ""
}

// expected says whether the other claim foresaw the figure: no side against it.
func expected(r, o detect.Record) bool {
	return r.Claim.Mode == claim.Actual && o.Claim.Mode == claim.Planned && r.Claim.Figure() == o.Claim.Figure()
}

// supersedes says whether the other claim is the claimant's own, from before.
func supersedes(r, o detect.Record) bool {
	return r.Claim.Claimant == o.Claim.Claimant && alike(r.Claim, o.Claim)
}

// says is "South Korea's NIS says about 1,500 North Korean soldiers deployed".
func (w Wording) says(c claim.Claim, r detect.Record) string {
	what := amount(c, w.people(c)) + " " + doing(c)
	switch {
	case c.Claimant == "" && c.Mode == claim.Denied:
		return outlet(r) + ", naming nobody, reports a denial of " + what
	case c.Claimant == "":
		return outlet(r) + ", naming nobody, reports " + what
	case c.Mode == claim.Denied:
		return w.name(c.Claimant) + " denies " + what
	default:
		return w.name(c.Claimant) + " says " + what
	}
}

// figure is a claim beside one that has been told in full: the amount, and of what only where that differs.
func (w Wording) figure(c, told claim.Claim) string {
	switch {
	case alike(c, told):
		return bare(c)
	case c.Unit == told.Unit:
		return bare(c) + " " + doing(c)
	default:
		return amount(c, w.people(c)) + " " + doing(c)
	}
}

// alike says whether two claims count the same people doing the same.
func alike(c, told claim.Claim) bool {
	return c.Unit == told.Unit && c.Measure == told.Measure && c.Mode == told.Mode && c.Scope == told.Scope
}

// movedFrom is "up from about 1,100 (23 Dec 2024)", with the office that said it when that was another one.
func (w Wording) movedFrom(r, old detect.Record) string {
	way := "instead of"
	if d, ok := difference(r.Claim, old.Claim); ok && d.by > 0 {
		way = "up from"
	} else if ok && d.by < 0 {
		way = "down from"
	}
	return way + " " + w.before(r, old)
}

// before is what was said earlier: "about 1,100 (23 Dec 2024)".
func (w Wording) before(r, old detect.Record) string {
	if old.Claim.Claimant != r.Claim.Claimant {
		return w.theirs(old, r)
	}
	return fmt.Sprintf("%s (%s)", w.figure(old.Claim, r.Claim), when(old))
}

// theirs is another side's figure: "up to 8,000 by South Korea's NIS (31 Oct 2024)". Beside
// a verb it is "according to": nobody is "captured by" the agency that counts them.
func (w Wording) theirs(r, told detect.Record) string {
	by := " by "
	if !alike(r.Claim, told.Claim) {
		by = ", according to "
	}
	return w.figure(r.Claim, told.Claim) + by + w.who(r) + " (" + when(r) + ")"
}

func (w Wording) who(r detect.Record) string {
	if r.Claim.Claimant == "" {
		return outlet(r) + ", which names nobody"
	}
	return w.name(r.Claim.Claimant)
}

func (w Wording) name(c claim.Claimant) string { return clip(clean(w.Name(c)), maxName) }
func (w Wording) people(c claim.Claim) string  { return clip(clean(w.People(c.Topic, c.Unit)), maxName) }
func outlet(r detect.Record) string            { return clip(clean(outletOf(r)), maxName) }

// amount is the hedged number with its people: "about 1,500 more North Korean soldiers", "thousands of …".
func amount(c claim.Claim, people string) string {
	n := c.Phrase(c.Qualifier)
	if c.Increment {
		n = strings.TrimSuffix(n, " of") + " more"
	}
	return n + " " + people
}

// bare is the hedged number alone: "up to 8,000", "thousands".
func bare(c claim.Claim) string {
	n := strings.TrimSuffix(c.Phrase(c.Qualifier), " of")
	if c.Increment {
		n += " more"
	}
	return n
}

// doing is what the counted people do. A plan or a guess is "expected": the least that it can be.
func doing(c claim.Claim) string {
	var verb string
	switch c.Measure {
	case claim.Training:
		verb = "in training"
	case claim.Front:
		verb = "at the front"
	case claim.Killed:
		verb = "killed"
	case claim.Wounded:
		verb = "wounded"
	case claim.Casualties:
		verb = "killed or wounded"
	case claim.Captured:
		verb = "captured"
	default:
		verb = "deployed"
	}
	if c.Mode == claim.Planned {
		if strings.HasPrefix(verb, "in ") || strings.HasPrefix(verb, "at ") {
			verb = "expected " + verb
		} else {
			verb = "expected to be " + verb
		}
	}
	if c.Scope != "" {
		verb += ", " + clip(clean(c.Scope), maxName)
	}
	return verb
}

// when is the day of a claim, or of its publication when the claim has none.
func when(r detect.Record) string {
	if r.Claim.AsOf != 0 {
		return r.Claim.AsOf.Short()
	}
	if !r.Published.IsZero() {
		return "published " + claim.DateOf(r.Published.UTC()).Short()
	}
	return "no date given"
}

func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// gap is how far a figure lies from another one, hedged as both are.
type gap struct {
	by      claim.Count // signed
	percent float64     // of the other one; 0 when that is 0
	about   bool
	least   bool // the gap may be wider: "at least 3,000" from 1,100
}

// difference takes one worded number from another. There is none to take from ranges
// and vague plurals, and none to tell where the hedges leave open which is greater:
// "up to 5,000" may be less than 3,000.
func difference(c, from claim.Claim) (gap, bool) {
	n, ok := c.Number()
	o, also := from.Number()
	if !ok || !also || n == o || c.Increment != from.Increment {
		return gap{}, false
	}
	up, down := c.Bounds, from.Bounds
	if n < o {
		up, down = down, up
	}
	if up.Low == claim.Open || down.High == claim.Open {
		return gap{}, false
	}
	g := gap{
		by: n - o, about: c.Qualifier == claim.About || from.Qualifier == claim.About,
		least: up.High == claim.Open || down.Low == claim.Open,
	}
	if o > 0 {
		g.percent = 100 * float64(n-o) / float64(o)
	}
	return g, true
}

// String is "about +900 (+82 %)", "+3,000 (+38 %) or more".
func (g gap) String() string {
	sign, by := "+", g.by
	if by < 0 {
		sign, by = "−", -by
	}
	s := sign + by.String()
	if g.percent != 0 {
		s += fmt.Sprintf(" (%s%.0f %%)", sign, max(g.percent, -g.percent))
	}
	if g.about {
		s = "about " + s
	}
	if g.least {
		s += " or more"
	}
	return s
}

// rows are the lines below the first: who spoke, how far apart, the other sides, and why it is told.
func (w Wording) rows(f detect.Finding) []Row {
	var rows []Row
	c := f.Record.Claim
	if speaker := clip(clean(c.Speaker), maxName); speaker != "" && c.Claimant != "" && speaker != w.name(c.Claimant) {
		rows = append(rows, Row{"Speaker", speaker})
	}
	others := sides(f)
	switch f.Kind {
	case detect.Conflict, detect.SelfConflict, detect.Edited, detect.Revision:
		if len(others) == 0 {
			break
		}
		if d, ok := difference(c, others[0].Claim); ok {
			rows = append(rows, Row{"Difference", d.String()})
		}
	default: // nothing to take from one another
	}
	for i, r := range others {
		switch {
		case i == 0 || i > 3:
		case supersedes(f.Record, r) && c.Increment && !r.Claim.Increment:
			rows = append(rows, Row{"On top of", w.before(f.Record, r)})
		case supersedes(f.Record, r):
			rows = append(rows, Row{"Instead of", w.before(f.Record, r)})
		case expected(f.Record, r):
			rows = append(rows, Row{"As expected", w.theirs(r, f.Record)})
		default:
			rows = append(rows, Row{"Also against", w.theirs(r, f.Record)})
		}
	}
	for i, r := range f.Reasons {
		if why := clip(clean(r.Text), MaxQuote); why != "" && i < 3 {
			rows = append(rows, Row{"Why", why})
		}
	}
	return rows
}

// others are the story's further findings, one line each.
func (w Wording) others(a Alert, top detect.Finding) []Row {
	var rows []Row
	for _, f := range a.Findings {
		if f.Record.ID != top.Record.ID && len(rows) < 5 {
			rows = append(rows, Row{"Also", clip(w.head(f).Headline, MaxFallback)})
		}
	}
	return rows
}

// contextOf is the small print: where and when it was read, and what to ask for.
func contextOf(r detect.Record, alert int64) []string {
	var parts []string
	if r.Source != "" {
		parts = append(parts, "source "+clip(clean(r.Source), maxName))
	}
	if !r.Captured.IsZero() {
		parts = append(parts, "fetched "+r.Captured.UTC().Format("2 Jan 2006 15:04")+" UTC")
	}
	if lang := clean(r.Claim.Lang); lang != "" {
		parts = append(parts, "language "+clip(lang, 10))
	}
	return append(parts, fmt.Sprintf("alert %d", alert))
}
