package detect

import (
	"cmp"
	"fmt"
	"strings"

	"monitor/internal/claim"
)

// words make the sentences of the reasons. Every figure keeps who said it, how it
// was hedged and when.
type words struct {
	name func(claim.Claimant) string
}

// who names the claimant, or the outlet that names nobody.
func (w words) who(r Record) string {
	id := r.Claim.Claimant
	if id == "" {
		return outlet(r, "a text") + ", naming nobody,"
	}
	if w.name != nil {
		if s := w.name(id); s != "" {
			return s
		}
	}
	return string(id)
}

// outlet is who printed it.
func outlet(r Record, unknown string) string { return cmp.Or(r.Outlet, r.Source, unknown) }

// date is the claim's day in brackets.
func (w words) date(r Record) string {
	if d := Day(r); d != 0 {
		return " (" + d.Short() + ")"
	}
	return " (undated)"
}

var present = map[claim.Mode]string{claim.Actual: "says", claim.Planned: "expects", claim.Denied: "denies"}

var past = map[claim.Mode]string{claim.Actual: "said", claim.Planned: "expected", claim.Denied: "denied"}

var counted = map[claim.Measure]string{
	claim.Deployed: "deployed", claim.Training: "in training", claim.Front: "at the front", claim.Killed: "killed",
	claim.Wounded: "wounded", claim.Casualties: "killed or wounded", claim.Captured: "captured",
}

// number is the figure with its hedge: "about 10,000", "1,500 more", "thousands".
func number(c claim.Claim) string {
	s := c.Phrase(c.Qualifier)
	switch _, one := c.Number(); {
	case c.Low == claim.Open && c.High == claim.Open:
		s = "any number"
	case !one && c.Qualifier == claim.About:
		s = "about " + s
	}
	s = strings.TrimSuffix(s, " of")
	if c.Increment {
		s += " more"
	}
	return s
}

// figure is the number with what it counts: "about 10,000 troops deployed".
func figure(c claim.Claim) string {
	s := number(c)
	if c.Qualifier == claim.Vague && !c.Increment && strings.HasSuffix(c.Phrase(c.Qualifier), " of") {
		s += " of"
	}
	s += " " + string(c.Unit) + " "
	if c.Mode == claim.Planned {
		s += "to be "
	}
	s += counted[c.Measure]
	if c.Scope != "" {
		s += " (" + c.Scope + ")"
	}
	return s
}

// says is "The Pentagon says about 10,000 troops deployed (28 Oct 2024)", without the full stop.
func (w words) says(r Record) string { return w.speaks(r, "") }

func (w words) speaks(r Record, adverb string) string {
	verb := present[r.Claim.Mode]
	if r.Claim.Claimant == "" {
		verb = map[claim.Mode]string{claim.Actual: "gives", claim.Planned: "expects", claim.Denied: "reports a denial of"}[r.Claim.Mode]
	}
	return capital(w.who(r)) + " " + adverb + verb + " " + figure(r.Claim) + w.date(r)
}

// capital opens a sentence with a name: only its article changes, "dpa" stays.
func capital(s string) string {
	switch {
	case strings.HasPrefix(s, "the "), strings.HasPrefix(s, "a "):
		return strings.ToUpper(s[:1]) + s[1:]
	default:
		return s
	}
}

// short is "about 1,500 (18 Oct 2024)", and for a sum what it adds up.
func (w words) short(r Record) string {
	s := number(r.Claim) + w.date(r)
	if len(r.Parts) == 0 {
		return s
	}
	return s + ", the sum of " + enumerate(r.Parts, "more parts", func(p Record) string {
		if p.Claim.Measure.Compared() != r.Claim.Measure.Compared() {
			return number(p.Claim) + " " + counted[p.Claim.Measure] + w.date(p)
		}
		return number(p.Claim) + w.date(p)
	})
}

// by is "about 10,000 according to the Pentagon (28 Oct 2024)", with what is counted where that is another thing.
func (w words) by(r Record, measure bool) string {
	s := number(r.Claim)
	if measure {
		s = figure(r.Claim)
	}
	return s + " according to " + w.who(r) + w.date(r)
}

func (w words) all(records []Record, measure bool) string {
	return enumerate(records, "other claims", func(r Record) string { return w.by(r, measure) })
}

// named is how many claims a sentence names; the finding has them all.
const named = 3

// enumerate words records for a sentence, "a, b and c", and counts those that are too many for it.
func enumerate(records []Record, rest string, word func(Record) string) string {
	var s []string
	for i, r := range records {
		if i == named && len(records) > named+1 {
			s = append(s, fmt.Sprintf("%d %s", len(records)-i, rest))
			break
		}
		s = append(s, word(r))
	}
	if len(s) == 1 {
		return s[0]
	}
	return strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}

func (w words) knownBy(r, known Record) string {
	s := w.says(r) + "; the figure is known"
	if known.Claim.Claimant != "" {
		s += " from " + w.who(known)
	}
	s += ", " + number(known.Claim) + w.date(known)
	if known.Baseline {
		s += ", by the baseline"
	}
	return s + "."
}

func (w words) isNew(r Record) string {
	return w.says(r) + "; the figure was not known before."
}

// subject opens a sentence on the claim in hand, or on the total it makes.
func (w words) subject(r, subject Record, adverb string) string {
	if subject.Parts == nil {
		return w.speaks(r, adverb)
	}
	return w.speaks(r, adverb) + ", which makes " + w.short(subject)
}

func (w words) revision(r, subject, before Record) string {
	s := w.subject(r, subject, "now ") + "; "
	if before.Claim.Claimant == r.Claim.Claimant {
		s += "its standing figure was " + w.short(before)
	} else {
		s += w.who(before) + ", which speaks for the same side, " + past[before.Claim.Mode] + " " + w.short(before)
	}
	return s + change(before.Claim, subject.Claim) + "."
}

// change is ": up by 1,500", as worded, and hedged where a side is.
func change(before, now claim.Claim) string {
	a, okA := before.Number()
	b, okB := now.Number()
	if !okA || !okB || a == b {
		return ""
	}
	by := max(a-b, b-a).String()
	if before.Qualifier != claim.Exact || now.Qualifier != claim.Exact {
		by = "about " + by
	}
	if a < b {
		return ": up by " + by
	}
	return ": down by " + by
}

func (w words) conflict(r, subject Record, against []Record) string {
	return w.subject(r, subject, "") + "; that does not fit " + w.all(against, false) + "."
}

func (w words) offices(r, subject Record, against []Record) string {
	return w.subject(r, subject, "") + "; on the same day another voice of the same side gave " + w.all(against, false) + "."
}

func (w words) partAbove(r, subject Record, whole []Record) string {
	return w.subject(r, subject, "") + "; that part is more than the whole, " + w.all(whole, true) + "."
}

func (w words) wholeBelow(r, subject Record, parts []Record) string {
	return w.subject(r, subject, "") + "; that whole is less than its part, " + w.all(parts, true) + "."
}

func (w words) sumKnown(r, sum, known Record) string {
	return w.says(r) + ", which makes " + w.short(sum) + "; that figure is known, " + w.by(known, false) + "."
}

func (w words) asPlanned(r, subject, plan Record) string {
	return w.subject(r, subject, "") + "; as many were expected: " + w.by(plan, false) + "."
}

func (w words) denies(r, said Record) string {
	return w.says(r) + "; the figure denied is " + w.by(said, true) + "."
}

func (w words) misattributed(r, own, whose Record) string {
	return outlet(r, "A text") + " gives " + w.who(r) + " " + figure(r.Claim) + w.date(r) +
		"; its own figure is " + w.short(own) + ", and " + number(whose.Claim) + " is the figure of " + w.who(whose) + w.date(whose) + "."
}

func (w words) selfConflict(r, other Record) string {
	return w.says(r) + ", but the same entry has " + w.short(other) + place(other) + "."
}

// place says where in the entry the figure stands, when that is not its text.
func place(r Record) string {
	if r.Claim.InTitle {
		return " in its title"
	}
	return ""
}

func (w words) partsExceed(whole, sum Record) string {
	return w.says(whole) + "; its own killed and wounded are more, " + w.short(sum) + "."
}

func (w words) addsUp(r, half, sum Record, against []Record) string {
	return w.says(r) + ", which with " + number(half.Claim) + " " + counted[half.Claim.Measure] + w.date(half) + " makes " + figure(sum.Claim) +
		"; that does not fit " + w.all(against, false) + "."
}

func (w words) edited(r Record, was []Record) string {
	return w.says(r) + "; " + outlet(r, "the entry") + " published " + w.all(was, true) + " in an earlier version." + versions(was[0], r)
}

func (w words) dropped(r, was Record) string {
	s := outlet(r, "The entry") + " no longer has " + w.by(r, true) + " in a published entry." + read(was)
	if !r.Captured.Equal(was.Captured) && !r.Captured.IsZero() {
		s += " Captured " + r.Captured.UTC().Format(captured) + ", it is gone."
	}
	return s
}

func (w words) returned(r Record) string {
	return outlet(r, "The entry") + " has " + w.by(r, true) + " again, which it had taken out of a published entry." + versions(r.Returned[0], r)
}

// captured is how a time of capture is written.
const captured = "2 Jan 2006 15:04 UTC"

// versions shows an entry's sentence before and after an edit, each with its time of capture.
func versions(was, now Record) string { return read(was) + read(now) }

func read(r Record) string {
	const longest = 160
	if r.Claim.Sentence == "" || r.Captured.IsZero() {
		return ""
	}
	s := []rune(strings.Join(strings.Fields(r.Claim.Sentence), " "))
	if len(s) > longest {
		s = append(s[:longest-1], '…')
	}
	return " Captured " + r.Captured.UTC().Format(captured) + ": “" + string(s) + "”."
}
