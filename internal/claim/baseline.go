package claim

import "strings"

// Baseline is a known figure: what a claimant said on a day, before or apart
// from what the program has read. It stands from that day on like any claim.
type Baseline struct {
	Bounds
	Qualifier Qualifier
	Unit      Unit
	Measure   Measure
	Mode      Mode
	Increment bool
	Claimant  Claimant
	Said      Date
	Source    string // public addresses or a note of where the figure was taken from; may be empty
}

// Claim is the baseline entry as the claim it stands for.
func (b Baseline) Claim(topic string) Claim {
	return Claim{
		Bounds: b.Bounds, Qualifier: b.Qualifier, Unit: b.Unit, Measure: b.Measure, Mode: b.Mode,
		Increment: b.Increment, Claimant: b.Claimant, AsOf: b.Said, Topic: topic,
	}
}

// Address is the first web address of the entry's source; "" when it has none.
func (b Baseline) Address() string {
	for w := range strings.FieldsSeq(b.Source) {
		if strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://") {
			return w
		}
	}
	return ""
}
