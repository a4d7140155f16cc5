package fetch

import (
	"strings"

	"monitor/internal/feed"
)

// settings is a short hash of how a source is read. It opens the fingerprint, so
// that a changed selector reads again a page that has not changed.
type settings string

// settingsOf also counts the address: the validators of another one mean nothing.
func settingsOf(src feed.Source) settings {
	return settings(hash([]byte(strings.Join([]string{string(src.Kind), src.URL, src.Select, src.Links, src.Items}, "\x00")))[:8])
}

// fingerprint is the body's hash behind the settings'.
func (s settings) fingerprint(body []byte) string {
	return string(s) + "-" + hash(body)
}

// sameBody says whether a fingerprint is of the same body, read in the same way.
func sameBody(a, b string) bool {
	bodyOf := func(f string) string {
		if i := strings.IndexByte(f, '-'); i >= 0 {
			if j := strings.IndexByte(f[i+1:], '-'); j >= 0 {
				return f[:i+1+j]
			}
		}
		return f
	}
	return a != "" && bodyOf(a) == bodyOf(b)
}

// made says whether validators come from a visit with these settings, as far as they tell.
func (s settings) made(v feed.Validators) bool {
	return v.Fingerprint == "" || strings.HasPrefix(v.Fingerprint, string(s)+"-")
}
