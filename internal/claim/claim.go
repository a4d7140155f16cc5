// Package claim holds the words that reading, comparing, storing and telling share.
//
// A claim is one count as one text gives it: bounds, what is counted, how, said
// by whom, when. "The Pentagon said some 10,000 North Korean soldiers were in
// Russia" is the claim [10000, 10000], about, troops, deployed, actual, us-pentagon.
//
// The package does no input or output and knows only the standard library. Its
// JSON is a contract with other programs: open bounds, a missing claimant,
// speaker or date are null, never left out.
package claim

import "encoding/json"

// Unit is what is counted.
type Unit string

// The units. Troops stands unless the text counts a narrower group.
const (
	Troops      Unit = "troops"
	Officers    Unit = "officers"
	Generals    Unit = "generals"
	Specialists Unit = "specialists"
	Workers     Unit = "workers"
)

// Units lists every unit, the widest first.
var Units = []Unit{Troops, Officers, Generals, Specialists, Workers}

// Measure is what is said of the counted people.
type Measure string

// The measures: the first three are the strength, the others the losses.
const (
	Deployed   Measure = "deployed"   // sent to or present in the country at war; the default
	Training   Measure = "training"   // said to be training there
	Front      Measure = "front"      // fighting, or near the front
	Killed     Measure = "killed"     //
	Wounded    Measure = "wounded"    //
	Casualties Measure = "casualties" // killed and wounded together
	Captured   Measure = "captured"   //
)

// Measures lists every measure, strength before losses.
var Measures = []Measure{Deployed, Training, Front, Killed, Wounded, Casualties, Captured}

// A Side is the half of the balance a measure belongs to.
type Side string

// The sides. Within one entry the same number of one unit and side is one claim.
const (
	Strength Side = "strength"
	Losses   Side = "losses"
)

// Side says whether the measure counts strength or losses.
func (m Measure) Side() Side {
	switch m {
	case Killed, Wounded, Casualties, Captured:
		return Losses
	default:
		return Strength
	}
}

// Compared is the measure under which figures are compared: who trains in a
// country is deployed there.
func (m Measure) Compared() Measure {
	if m == Training {
		return Deployed
	}
	return m
}

// Mode says whether the text states the figure, expects it or denies it.
type Mode string

// The modes.
const (
	Actual  Mode = "actual"
	Planned Mode = "planned" // future, intended, prepared or possible
	Denied  Mode = "denied"
)

// Modes lists every mode.
var Modes = []Mode{Actual, Planned, Denied}

// Qualifier is how the text hedges the number.
type Qualifier string

// The qualifiers.
const (
	Exact     Qualifier = "exact"
	About     Qualifier = "about"
	AtLeast   Qualifier = "at_least"
	MoreThan  Qualifier = "more_than"
	UpTo      Qualifier = "up_to"
	FewerThan Qualifier = "fewer_than"
	Range     Qualifier = "range"
	Vague     Qualifier = "vague"
)

// Qualifiers lists every qualifier.
var Qualifiers = []Qualifier{Exact, About, AtLeast, MoreThan, UpTo, FewerThan, Range, Vague}

// Claim is one figure, by one claimant, in one entry.
type Claim struct {
	Bounds
	Qualifier Qualifier
	Unit      Unit
	Measure   Measure
	Mode      Mode
	Increment bool     // the figure is added to an earlier one ("another 1,500")
	Claimant  Claimant // who stands behind the number; "" when nobody is named
	Speaker   string   // the person or body as the text names it; "" when none
	AsOf      Date     // when the claim was made; zero when neither the text nor its date tell
	Scope     string   // the stated event or period when the figure is only a part ("last week"); "" for a total
	Quote     string   // the words that carry the figure
	Sentence  string   // the sentence around them
	Start     int      // byte offsets of the figure in the text that was read
	End       int      //
	InTitle   bool     // Start and End count in the title, not in the text
	Topic     string
	Lang      string
	Rule      string // the reading rule that made the number a claim
}

type wire struct {
	Low       Count     `json:"low"`
	High      Count     `json:"high"`
	Qualifier Qualifier `json:"qualifier"`
	Unit      Unit      `json:"unit"`
	Measure   Measure   `json:"measure"`
	Mode      Mode      `json:"mode"`
	Increment bool      `json:"increment"`
	Claimant  Claimant  `json:"claimant"`
	Speaker   *string   `json:"speaker"`
	AsOf      Date      `json:"as_of"`
	Scope     string    `json:"scope,omitempty"`
	Quote     string    `json:"quote"`
	Sentence  string    `json:"sentence"`
	Start     int       `json:"start"`
	End       int       `json:"end"`
	InTitle   bool      `json:"in_title,omitempty"`
	Topic     string    `json:"topic"`
	Lang      string    `json:"lang"`
	Rule      string    `json:"rule,omitempty"`
}

// MarshalJSON writes the claim in its published form.
func (c Claim) MarshalJSON() ([]byte, error) {
	w := wire{
		Low: c.Low, High: c.High, Qualifier: c.Qualifier, Unit: c.Unit, Measure: c.Measure, Mode: c.Mode,
		Increment: c.Increment, Claimant: c.Claimant, AsOf: c.AsOf, Scope: c.Scope, Quote: c.Quote,
		Sentence: c.Sentence, Start: c.Start, End: c.End, InTitle: c.InTitle, Topic: c.Topic, Lang: c.Lang, Rule: c.Rule,
	}
	if c.Speaker != "" {
		w.Speaker = &c.Speaker
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads the published form. A bound that is absent is open.
func (c *Claim) UnmarshalJSON(data []byte) error {
	w := wire{Low: Open, High: Open}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*c = Claim{
		Bounds: Bounds{Low: w.Low, High: w.High}, Qualifier: w.Qualifier, Unit: w.Unit, Measure: w.Measure,
		Mode: w.Mode, Increment: w.Increment, Claimant: w.Claimant, AsOf: w.AsOf, Scope: w.Scope, Quote: w.Quote,
		Sentence: w.Sentence, Start: w.Start, End: w.End, InTitle: w.InTitle, Topic: w.Topic, Lang: w.Lang, Rule: w.Rule,
	}
	if w.Speaker != nil {
		c.Speaker = *w.Speaker
	}
	return nil
}
