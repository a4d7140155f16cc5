package claim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Count is a number of people, or Open where a bound has no end. JSON has null for Open.
type Count int64

// Open is the bound without an end.
const Open Count = -1

// MarshalJSON writes null for Open.
func (n Count) MarshalJSON() ([]byte, error) {
	if n == Open {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(n), 10), nil
}

// UnmarshalJSON reads null as Open; a negative count is an error.
func (n *Count) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*n = Open
		return nil
	}
	var v int64
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v < 0 {
		return fmt.Errorf("count %d is negative", v)
	}
	*n = Count(v)
	return nil
}

// String groups the digits in threes: 12,000. Open is the empty string.
func (n Count) String() string {
	if n == Open {
		return ""
	}
	digits := strconv.FormatInt(int64(n), 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Bounds are low and high, both included, either one Open.
type Bounds struct {
	Low, High Count
}

// Bound gives the bounds that a qualifier makes of one number: "at least 3,000"
// is [3000, open]. Ranges and vague plurals carry both ends themselves.
func Bound(n Count, q Qualifier) Bounds {
	switch q {
	case AtLeast, MoreThan:
		return Bounds{n, Open}
	case UpTo, FewerThan:
		return Bounds{Open, n}
	default:
		return Bounds{n, n}
	}
}

// Number is the number as worded, hedge and open end aside: the one that
// "at least 3,000" and "about 3,000" share. ok is false for a range or a vague plural.
func (b Bounds) Number() (n Count, ok bool) {
	switch {
	case b.Low == Open:
		return b.High, b.High != Open
	case b.High == Open || b.High == b.Low:
		return b.Low, true
	default:
		return 0, false
	}
}

// Figure names the number as worded: "3000", or "10000-12000" where there are two.
// Claims with one figure are one story, however hedged.
func (b Bounds) Figure() string {
	if n, ok := b.Number(); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatInt(int64(b.Low), 10) + "-" + strconv.FormatInt(int64(b.High), 10)
}

// Widen gives the bounds by which claims are compared: about N is N ± tolerance
// (a fraction, 0.1 for 10 %), an open low end is 0. An open high end stays Open.
func (b Bounds) Widen(q Qualifier, tolerance float64) Bounds {
	if q == About {
		n, _ := b.Number()
		d := math.Round(float64(n) * tolerance)
		return Bounds{max(0, n-Count(d)), n + Count(d)}
	}
	if b.Low == Open {
		b.Low = 0
	}
	return b
}

// Meets says whether two bounds share a number.
func (b Bounds) Meets(o Bounds) bool {
	return !b.Above(o) && !o.Above(b)
}

// Above says whether every number of b is greater than every number of o.
func (b Bounds) Above(o Bounds) bool {
	return b.Low != Open && o.High != Open && b.Low > o.High
}

// Contains says whether n lies within the bounds.
func (b Bounds) Contains(n Count) bool {
	return (b.Low == Open || n >= b.Low) && (b.High == Open || n <= b.High)
}

// Plus adds two bounds end by end; an open end stays open.
func (b Bounds) Plus(o Bounds) Bounds {
	return Bounds{sum(b.Low, o.Low), sum(b.High, o.High)}
}

func sum(a, b Count) Count {
	if a == Open || b == Open {
		return Open
	}
	return a + b
}

// Phrase words the bounds with their qualifier in English: "at least 3,000", "10,000 to 12,000", "thousands of".
func (b Bounds) Phrase(q Qualifier) string {
	n, one := b.Number()
	switch {
	case q == Vague:
		return vague(b)
	case !one:
		return b.Low.String() + " to " + b.High.String()
	case q == About:
		return "about " + n.String()
	case q == AtLeast:
		return "at least " + n.String()
	case q == MoreThan:
		return "more than " + n.String()
	case q == UpTo:
		return "up to " + n.String()
	case q == FewerThan:
		return "fewer than " + n.String()
	default:
		return n.String()
	}
}

func vague(b Bounds) string {
	switch b.High {
	case 99:
		return "dozens of"
	case 999:
		return "hundreds of"
	case 9999:
		return "thousands of"
	case 99999:
		return "tens of thousands of"
	case 999999:
		return "hundreds of thousands of"
	default:
		return b.Low.String() + " to " + b.High.String()
	}
}
