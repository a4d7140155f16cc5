package notify

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"monitor/internal/detect"
)

// The lengths that a message keeps to, in characters.
const (
	MaxFallback = 299 // phones and screen readers show the fallback only
	MaxQuote    = 300
	maxName     = 60 // one name inside a sentence
	maxLink     = 1000
	maxSources  = 10 // links; the count tells of more
)

// Message is an alert in words, before any notifier has dressed it. All of it is
// plain text: cleaned of control and direction characters, not yet escaped.
type Message struct {
	Kind     detect.Kind
	Headline string // the first line: kind, who says it, the hedged figure, when, against what
	Fallback string // the headline in at most MaxFallback characters
	Rows     []Row  // what a reader asks next
	Quote    Quote  // the source's own words
	Items    []Item // one line a story, in a digest
	Sources  int    // how many origins carry the figure
	Links    []Link // where to read it, first origin first
	Context  []string
}

// Row is a labelled line: "Difference: +900 (+82 %)".
type Row struct{ Label, Text string }

// Item is one story's line in a digest.
type Item struct {
	Text string
	Link Link
}

// Link is where a person reads more. URL is empty when the address is none that a browser should open.
type Link struct{ Label, URL string }

// Quote is the sentence that carries the figure, cut at the figure so that it can be set off.
type Quote struct{ Before, Figure, After string }

// String is the quote in one piece.
func (q Quote) String() string { return q.Before + q.Figure + q.After }

// Doubtful marks a message whose first post may have gone out unseen by us.
func (m Message) Doubtful() Message {
	const mark = " [possible duplicate]"
	m.Fallback = clip(m.Fallback, MaxFallback-len(mark)) + mark
	m.Headline += mark
	return m
}

// clean makes text from outside fit for one line: spaces and line breaks become
// one space; control, direction and invisible characters, which could reorder or
// hide the words around them, are dropped. Joiners stay, since scripts need them.
func clean(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case hidden(r):
			continue
		case gap:
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r) // invalid bytes arrive here as U+FFFD
	}
	return b.String()
}

func hidden(r rune) bool {
	switch r {
	case '\u200c', '\u200d': // Persian, Hindi and emoji are written with them
		return false
	case '\u2028', '\u2029', '\ufff9', '\ufffa', '\ufffb':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || (r >= 0xe0000 && r <= 0xe0fff)
}

// clip cuts s to at most n characters, at a space where one is near, and says so with an ellipsis.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:max(n-1, 0)]
	for i := len(runes) - 1; i > len(runes)-20 && i > 0; i-- {
		if runes[i] == ' ' {
			runes = runes[:i]
			break
		}
	}
	return strings.TrimRight(string(runes), " ,;:(") + "…"
}

// quoteOf sets the figure off in its sentence and cuts what is far from it.
func quoteOf(sentence, figure string) Quote {
	sentence, figure = clean(sentence), clip(clean(figure), MaxQuote/2)
	at := strings.Index(sentence, figure)
	if figure == "" || at < 0 {
		return Quote{Before: clip(sentence, MaxQuote)}
	}
	q := Quote{Before: sentence[:at], Figure: figure, After: sentence[at+len(figure):]}
	room := MaxQuote - utf8.RuneCountInString(figure)
	before, after := utf8.RuneCountInString(q.Before), utf8.RuneCountInString(q.After)
	if before+after > room {
		keep := max(room/2, room-after)
		q.Before = clipFront(q.Before, keep)
		q.After = clip(q.After, room-min(before, keep))
	}
	return q
}

// clipFront keeps the last n characters of s.
func clipFront(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	runes = runes[len(runes)-max(n-1, 0):]
	for i := 0; i < len(runes) && i < 20; i++ {
		if runes[i] == ' ' {
			runes = runes[i+1:]
			break
		}
	}
	return "…" + string(runes)
}

// linkTo makes a link of a source's address. Only web addresses can be opened;
// a name or password in one stays with us.
func linkTo(label, address string) Link {
	l := Link{Label: clip(clean(label), maxName)}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return l
	}
	u.User = nil
	if s := u.String(); len(s) <= maxLink && clean(s) == s {
		l.URL = s
	}
	return l
}
