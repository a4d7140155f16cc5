package claim

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
	Source    string // public address or note the figure was taken from; may be empty
}

// Claim is the baseline entry as the claim it stands for.
func (b Baseline) Claim(topic string) Claim {
	return Claim{
		Bounds: b.Bounds, Qualifier: b.Qualifier, Unit: b.Unit, Measure: b.Measure, Mode: b.Mode,
		Increment: b.Increment, Claimant: b.Claimant, AsOf: b.Said, Topic: topic,
	}
}
