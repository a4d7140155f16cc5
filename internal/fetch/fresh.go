package fetch

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxFresh is how long we believe that nothing new will come. Caches are told a
// year for what never changes, and some servers say so of their feed.
const maxFresh = 24 * time.Hour

// freshUntil is when an answer stops being fresh by its Cache-Control, less the
// time that it has lain in a cache; zero when it does not say.
func freshUntil(h http.Header, now time.Time) time.Time {
	var age time.Duration
	found := false
	for _, line := range h.Values("Cache-Control") {
		for part := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-cache", "no-store", "must-understand":
				return time.Time{}
			case "max-age":
				age, found = seconds(strings.Trim(value, `" `))
			}
		}
	}
	if lain, ok := seconds(strings.TrimSpace(h.Get("Age"))); ok {
		age -= lain
	}
	if !found || age <= 0 {
		return time.Time{}
	}
	return now.Add(min(age, maxFresh))
}

func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return time.Duration(n) * time.Second, err == nil
}

// Asks are what a feed itself asks of those who read it.
type Asks struct {
	TTL       time.Duration // least time between two visits; 0 when it does not say
	SkipHours uint32        // hours of the day in UTC to leave out, a bit each
}

// asksOf reads an RSS channel's ttl and skipHours, wherever they stand around its items.
func asksOf(b []byte, o *outline) (a Asks) {
	if o.name != "rss" || len(o.items) == 0 {
		return a
	}
	for _, part := range [][]byte{b[o.root:o.items[0].start], b[o.items[len(o.items)-1].end:]} {
		if text, _, ok := between(part, "<ttl>", "</ttl>"); ok {
			if n, err := strconv.ParseUint(text, 10, 31); err == nil && a.TTL == 0 {
				a.TTL = min(time.Duration(n)*time.Minute, maxFresh)
			}
		}
		hours, _, ok := between(part, "<skipHours>", "</skipHours>")
		for ok {
			var text, rest string
			if text, rest, ok = between([]byte(hours), "<hour>", "</hour>"); ok {
				if n, err := strconv.ParseUint(text, 10, 8); err == nil && n <= 24 { // 24 is midnight in the first RSS
					a.SkipHours |= 1 << (n % 24)
				}
				hours = rest
			}
		}
	}
	return a
}

// between is the trimmed text between two marks, and what follows.
func between(b []byte, open, end string) (text, rest string, ok bool) {
	_, after, found := bytes.Cut(b, []byte(open))
	if !found {
		return "", "", false
	}
	inner, left, found := bytes.Cut(after, []byte(end))
	return strings.TrimSpace(string(inner)), string(left), found
}
