package app

import (
	"fmt"
	"time"

	"monitor/internal/fetch"
	"monitor/internal/ledger"
)

// Blind is one way in which a source is not seen, though it was before.
type Blind struct {
	Kind  string    `json:"kind"` // silent, certificate, moved, failing, or the kind of trouble
	Text  string    `json:"text"` // what is seen, for a person
	Mend  string    `json:"mend"` // what to do about it
	Since time.Time `json:"since"`
	Tell  bool      `json:"-"` // it has lasted for so long that people should be told without asking
}

// The times after which blindness is worth telling.
const (
	tellTrouble = 6 * time.Hour  // of what a person has to mend
	tellFailing = 24 * time.Hour // of what may pass by itself
	leastSilent = 12 * time.Hour // a silence shorter than a night is none
	certWarning = 7 * 24 * time.Hour
)

// Sight says how a source is not seen, from its record alone. One that is well,
// or was never visited, gives nothing.
func Sight(st ledger.SourceState, now time.Time) (found []Blind) {
	if b, failing := failingSight(st, now); failing {
		found = append(found, b)
	} else if b, silent := silence(st, now); silent {
		found = append(found, b)
	}
	if b, ending := certificate(st, now); ending {
		found = append(found, b)
	}
	if st.MovedTo != "" {
		found = append(found, Blind{Kind: "moved", Since: st.LastPoll, Text: "its server says that it has moved for good to " + st.MovedTo, Mend: "write the new address into the configuration"})
	}
	return found
}

// sights are what a person does about each kind of trouble.
var sights = map[fetch.Trouble]struct{ text, mend string }{
	fetch.NoMatch:     {"its selector matches nothing", "compare the selector with the page as it is now"},
	fetch.NotFeed:     {"something else stands where the feed or page was", "look for its present address: `monitor sources add` finds feeds"},
	fetch.Blocked:     {"its server does not let us in", "ask its keeper, or watch another address of this outlet"},
	fetch.Walled:      {"its articles are hidden behind block pages, and only its own text is read", "ask its keeper, or leave follow: out"},
	fetch.Refused:     {"we may not ask", "see fetch.allow_private, or watch another address of this outlet"},
	fetch.Gone:        {"its address was given up for good; it is asked again once a week", "look for its present address"},
	fetch.Missing:     {"nothing is published at its address", "look for its present address"},
	fetch.Certificate: {"the certificate of its server does not hold", "tell the server's keeper"},
	fetch.Unfit:       {"what it sends cannot be read", "see fetch.max_body"},
	fetch.Busy:        {"its server asks us to come less often", "give it a rarer schedule, or schedule: auto"},
}

func failingSight(st ledger.SourceState, now time.Time) (Blind, bool) {
	t := fetch.Trouble(st.Trouble)
	if st.Failures == 0 || t == fetch.Partial {
		return Blind{}, false
	}
	b := Blind{Kind: "failing", Text: "its visits fail", Mend: "it is tried again by itself", Since: st.FailingSince}
	wait := tellFailing
	if s, known := sights[t]; known {
		b.Kind, b.Text, b.Mend = st.Trouble, s.text, s.mend
		wait = tellTrouble
	}
	if st.LastError != "" {
		b.Text += ": " + st.LastError
	}
	b.Tell = now.Sub(b.Since) >= wait
	return b, true
}

// silence is when a source that is visited has brought nothing for far longer
// than it usually does: eight times its habit, and half as long again as its
// longest usual pause.
func silence(st ledger.SourceState, now time.Time) (Blind, bool) {
	habit := Rhythm(st.Changes)
	if habit == 0 || st.LastSuccess.IsZero() {
		return Blind{}, false
	}
	last := st.Changes[len(st.Changes)-1]
	limit := max(8*habit, longestUsual(st.Changes)*3/2, leastSilent)
	// What was not visited may have published.
	silent := st.LastSuccess.Sub(last)
	if silent < limit {
		return Blind{}, false
	}
	return Blind{
		Kind: "silent", Since: last, Tell: true,
		Text: fmt.Sprintf("it has brought nothing new for %s, and usually does every %s", Span(now.Sub(last)), Span(habit)),
		Mend: "look at its page: it may have moved, or stands still",
	}, true
}

// longestUsual is the longest gap that is still usual: the second longest of the
// last ones, since one outage of ours must not become a source's habit.
func longestUsual(changes []time.Time) time.Duration {
	var first, second time.Duration
	for i := 1; i < len(changes); i++ {
		gap := changes[i].Sub(changes[i-1])
		switch {
		case gap > first:
			first, second = gap, first
		case gap > second:
			second = gap
		}
	}
	return second
}

// certificate warns a week before the end, or in the last quarter of one that
// never holds for long.
func certificate(st ledger.SourceState, now time.Time) (Blind, bool) {
	if st.CertEnd.IsZero() || st.Trouble == string(fetch.Certificate) {
		return Blind{}, false
	}
	early := certWarning
	if !st.CertStart.IsZero() {
		early = min(early, st.CertEnd.Sub(st.CertStart)/4)
	}
	warn := st.CertEnd.Add(-early)
	if now.Before(warn) {
		return Blind{}, false
	}
	text := "the certificate of its server ends on " + st.CertEnd.UTC().Format("2 Jan 2006 15:04 UTC")
	if !now.Before(st.CertEnd) {
		text = "the certificate of its server ended on " + st.CertEnd.UTC().Format("2 Jan 2006 15:04 UTC")
	}
	return Blind{Kind: "certificate", Text: text, Mend: "tell the server's keeper", Since: warn, Tell: true}, true
}

// Health is a source's state in one word: new, well, or the gravest of what is wrong.
func Health(st ledger.SourceState, now time.Time) string {
	found := Sight(st, now)
	switch {
	case st.LastPoll.IsZero():
		return "new"
	case len(found) > 0 && found[0].Kind == string(fetch.Gone):
		return "paused"
	case len(found) > 0:
		return found[0].Kind
	case st.Trouble == string(fetch.Partial) || st.LastError != "":
		return "partial"
	default:
		return "well"
	}
}

// Span is a time in the words of people: "3 d", "5 h", "12 min".
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d <= 0:
		return ""
	case d >= 3*day:
		return fmt.Sprintf("%d d", (d+day/2)/day)
	case d >= 3*time.Hour:
		return fmt.Sprintf("%d h", (d+time.Hour/2)/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d min", (d+time.Minute/2)/time.Minute)
	default:
		return fmt.Sprintf("%d s", d/time.Second)
	}
}
