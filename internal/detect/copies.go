package detect

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Copies of one agency text differ in a word or two: a dateline, an outlet's name,
// a cut clause. They are found by their shingles, runs of a few letters, which
// needs no words and so goes for every script: two sentences are copies when most
// of the shorter one's shingles are the other's too. Who words the same fact afresh
// shares names and the figure, and far fewer runs.

const (
	shingle   = 5   // letters and digits
	copyLeast = 40  // bytes of letters; shorter sentences are alike without having been copied
	nearLeast = 64  // bytes of letters; below, only the very same words are a copy
	copyShare = 0.7 // of the shorter sentence's shingles
	prints    = 6   // see Text.Prints
)

// Text is a sentence made ready to be compared for copies. The zero Text is no copy of anything.
type Text struct {
	shingles []uint32 // sorted, each once
	near     bool     // long enough for a copy to differ
}

// TextOf makes a sentence ready. Case, spacing and marks do not count.
func TextOf(sentence string) Text {
	letters := make([]rune, 0, len(sentence))
	bytes := 0
	for _, r := range sentence {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, unicode.ToLower(r))
			bytes += len(string(r))
		}
	}
	if bytes < copyLeast || len(letters) < shingle {
		return Text{}
	}
	t := Text{shingles: make([]uint32, 0, len(letters)-shingle+1), near: bytes >= nearLeast}
	for i := range len(letters) - shingle + 1 {
		h := uint32(2166136261) // FNV-1a over runes: the same on every machine
		for _, r := range letters[i : i+shingle] {
			h = (h ^ uint32(r)) * 16777619
		}
		t.shingles = append(t.shingles, h)
	}
	slices.Sort(t.shingles)
	t.shingles = slices.Compact(t.shingles)
	return t
}

// CopyOf says whether one of two sentences was copied from the other, or both from one.
func (t Text) CopyOf(o Text) bool {
	short, long := t.shingles, o.shingles
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) == 0 {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(short) && j < len(long); {
		switch {
		case short[i] == long[j]:
			shared++
			i, j = i+1, j+1
		case short[i] < long[j]:
			i++
		default:
			j++
		}
	}
	if !t.near || !o.near {
		return shared == len(long)
	}
	return float64(shared) >= copyShare*float64(len(short))
}

// Prints are a few keys of the sentence such that a copy of it almost always has
// one of them too: a record of many sentences is asked by them for the few that
// CopyOf has to look at. Each is the least shingle in another order of them.
func (t Text) Prints() []string {
	if len(t.shingles) == 0 {
		return nil
	}
	out := make([]string, prints)
	for i := range out {
		least := uint32(math.MaxUint32)
		for _, s := range t.shingles {
			least = min(least, mixed(s, uint32(i)))
		}
		out[i] = strconv.Itoa(i) + strconv.FormatUint(uint64(least), 36)
	}
	return out
}

// mixed orders shingles anew for each print (the finisher of MurmurHash3).
func mixed(s, seed uint32) uint32 {
	s ^= seed * 0x9e3779b9
	s ^= s >> 16
	s *= 0x85ebca6b
	s ^= s >> 13
	s *= 0xc2b2ae35
	return s ^ s>>16
}

// OutletOf names who printed a record, whatever the source is called and however it is spelt.
func OutletOf(r Record) string { return strings.ToLower(cmp.Or(r.Outlet, r.Source)) }

// Origins counts the origins of a story's reports. An outlet is one origin, and so
// is one text, however many outlets print it. The zero Origins has none.
type Origins struct {
	outlets map[string]bool
	texts   map[string]Text // by print
}

// Add takes the next report, and says whether it is another origin's than all before.
func (o *Origins) Add(r Record) bool {
	if o.outlets == nil {
		o.outlets, o.texts = map[string]bool{}, map[string]Text{}
	}
	outlet, text := OutletOf(r), TextOf(r.Claim.Sentence)
	isNew := !o.outlets[outlet]
	o.outlets[outlet] = true
	for _, p := range text.Prints() {
		if same, ok := o.texts[p]; !ok {
			o.texts[p] = text
		} else if text.CopyOf(same) {
			isNew = false
		}
	}
	return isNew
}
