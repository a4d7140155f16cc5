package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with the file, and where.
type Fault struct {
	File    string
	Line    int // from 1
	Column  int // from 1, in characters
	What    string
	Instead string // what to write; a clause such as `write 30s`
}

// String is "monitor.yaml:12:5: timeout "30" has no unit; write 30s".
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", f.File, f.Line, f.Column, f.What, f.Instead)
}

// Faults are all faults of a file, in the order of their places. No fault
// carries the value of a secret.
type Faults []Fault //nolint:errname // it is a list of faults, and an error when there are any

// Error has one line a fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// notShown stands for what looks like a credential.
const notShown = "(not shown)"

// quote shows a value of the file in a fault, cut to a length that a person
// reads. What looks like a credential is not shown, even where none belongs:
// a token under the wrong key is a likely slip.
func quote(v string) string {
	const most = 60
	lower := strings.ToLower(v)
	_, rest, address := strings.Cut(lower, "//")
	if strings.Contains(lower, "xox") || strings.Contains(lower, "xapp-") || strings.Contains(lower, "hooks.slack") ||
		address && strings.Contains(rest, "@") {
		return notShown
	}
	if r := []rune(v); len(r) > most {
		v = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", v)
}

// nearest is the known word that a misspelt one most likely means, or "".
// "userAgent" and "user-agent" mean user_agent.
func nearest(word string, known []string) string {
	const longest = 40 // nobody misspells a key into this, and the distance is quadratic
	if len(word) > longest {
		return ""
	}
	best, at := "", max(1, min(2, len(plain(word))/3))+1
	for _, k := range known {
		if d := distance(plain(word), plain(k)); d < at {
			best, at = k, d
		}
	}
	return best
}

func plain(word string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(word))
}

// distance counts the letters to change, add, drop or swap with a neighbour to
// make a of b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	older, old, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(s); i++ {
		older, old, row = old, row, older
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := old[j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			row[j] = min(change, old[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
	}
	return row[len(t)]
}

// meant says what to write instead of an unknown word.
func meant(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return "write one of " + strings.Join(known, ", ")
}
