// Package detect compares claims with the standing claims and says what is worth telling.
//
// Comparing is a fold: claims come in the order in which they were committed, each
// is held against what the record already has, and what it changes there is part
// of the verdict. Same record, same verdicts, on any machine. The package does no
// input or output; it asks a History, which the ledger is.
package detect

import (
	"context"
	"time"

	"monitor/internal/claim"
)

// Record is a claim with where and when it was read.
type Record struct {
	ID        int64 // the ledger's; 0 for a baseline entry
	Claim     claim.Claim
	Source    string    // name of the source; "" for a baseline entry
	Outlet    string    // who printed it
	Entry     int64     // the ledger's id of the entry
	URL       string    // the entry's
	Title     string    // the entry's
	Published time.Time // as declared; zero when it is not
	Captured  time.Time // when the text was fetched
	Baseline  bool
	Parts     []Record // what a derived claim adds up; nil for a claim that was read
	Replaced  []Record // claims of the entry's earlier version that this version no longer has
	Returned  []Record // the claim as an earlier version had it, when one in between had it no more
}

// Kind is what a finding tells.
type Kind string

// The kinds. Known and Corroborated tell nothing; the others alert.
const (
	Known         Kind = "known"
	Corroborated  Kind = "corroborated"
	New           Kind = "new"
	Denied        Kind = "denied"
	Revision      Kind = "revision"
	Edited        Kind = "edited"
	SelfConflict  Kind = "self_conflict"
	Misattributed Kind = "misattributed"
	Conflict      Kind = "conflict"
	History       Kind = "history" // older than what its claimant says now; tells nothing
)

// Alerts says whether findings of the kind are told.
func (k Kind) Alerts() bool { return k.Gravity() > 0 }

// Gravity orders the kinds that alert; 0 for those that do not. A finding with
// several reasons has the gravest kind.
func (k Kind) Gravity() int {
	switch k {
	case New:
		return 1
	case Denied:
		return 2
	case Revision:
		return 3
	case Edited:
		return 4
	case SelfConflict:
		return 5
	case Misattributed:
		return 6
	case Conflict:
		return 7
	default:
		return 0
	}
}

// Reason is one rule that fired, and what it found in one plain sentence. The
// rules and their kinds:
//
//	known                 the figure is in the baseline or was told (known)
//	known_sum             an increment makes a known total, or killed and wounded the casualties (known, corroborated)
//	known_with_total      an increment was given with a known total (known)
//	increment_counted     an increment is in the standing total already (known)
//	told                  this very claim was compared before (known)
//	baseline, no_figure   not judged (known)
//	corroborated          another claimant says a known figure (corroborated)
//	history               older than what its claimant says now (history)
//	new, new_increment    not known, and nothing graver (new)
//	plan_came_true        not known as actual, but as planned (new)
//	denied                a claimant denies a known figure (denied)
//	revision              the claimant's own standing figure was another (revision)
//	revision_by_office    that of another office of its state was (revision)
//	revision_by_increment the total that an increment makes is another (revision)
//	edited, dropped       an entry's new version has another figure, or none (edited)
//	returned              an entry's new version has a figure again that it had dropped (edited)
//	self_conflict         two places of an entry rule each other out (self_conflict)
//	misattributed         somebody else's figure in the claimant's mouth (misattributed)
//	conflict              another claimant's standing claim is ruled out (conflict)
//	conflict_of_offices   that of an office of the same state and day is (conflict)
//	part_exceeds_whole    a part is above a standing whole (conflict)
//	whole_below_part      a whole is below a standing part (conflict)
//	parts_add_up          killed and wounded together rule out somebody's casualties (conflict)
//	parts_exceed_whole    killed and wounded are more than their claimant's casualties (conflict, self_conflict)
type Reason struct {
	Kind Kind   `json:"kind"`
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Story is the figure that claims share, across outlets and languages.
type Story struct {
	Topic   string
	Unit    claim.Unit
	Measure claim.Measure // as compared: training counts as deployed
	Mode    claim.Mode
	Figure  string // claim.Bounds.Figure, with "+" in front for an increment
}

// StoryOf is the story that a claim belongs to.
func StoryOf(c claim.Claim) Story {
	s := Story{Topic: c.Topic, Unit: c.Unit, Measure: c.Measure.Compared(), Mode: c.Mode, Figure: c.Figure()}
	if c.Increment {
		s.Figure = "+" + s.Figure
	}
	return s
}

// Verdict is what comparing one claim gives: its kind, why, and what it changes in the record.
type Verdict struct {
	Kind     Kind
	Reasons  []Reason
	Against  []Record // the claims that the reasons speak of, each once
	Story    Story    // the story the claim joins or opens
	Stands   bool     // the claim becomes its claimant's standing claim
	Remember bool     // Known returns the claim from now on: it was told, its claimant had not said the figure before, or it was counted in a sum
	Closes   *Closing // the story that nobody stands for from now on
	Derived  *Record  // the claimant's new standing total, when an increment made one; Parts names what it adds
}

// Closing is a story that ends: the last of its claimants has another figure now.
type Closing struct {
	Story Story
	Why   string // a sentence
}

// Finding is a claim worth telling, as stored and shown.
type Finding struct {
	ID      int64
	Kind    Kind
	Reasons []Reason
	Record  Record
	Against []Record
	Alert   int64 // the alert that tells it
	Created time.Time
}

// HistoryOf is what Compare asks of the record: everything committed before the claim in hand.
type HistoryOf interface {
	// Known returns the records that make figures known, baseline entries and
	// claims whose verdict said Remember, of the topic, unit, compared measure and
	// mode, whose number as worded lies within the bounds (Open is no limit),
	// oldest first. A range or vague plural lies within when both its ends do.
	// Increments are among them; a derived sum is not told and is not.
	Known(ctx context.Context, q Query, within claim.Bounds) ([]Record, error)
	// Standing returns what the last verdict made each claimant's standing claim
	// (the claim, or the derived sum), and besides it all baseline entries, of the
	// topic, unit, compared measure, mode and scope, in any order. Which of a
	// claimant's records stands on a day is Compare's to say.
	Standing(ctx context.Context, q Query) ([]Record, error)
}

// Query names the claims that can be compared with one another.
type Query struct {
	Topic   string
	Unit    claim.Unit
	Measure claim.Measure // as compared
	Mode    claim.Mode
	Scope   string // Known ignores it
}

// Rules are a topic's settings for comparing.
type Rules struct {
	Tolerance float64       // what "about" allows either way, as a fraction of the number
	Window    time.Duration // how far apart two claims' days may lie to conflict
}
