// Package notify turns findings into alerts: what is grouped into one message,
// how it is worded, when it is due and what a failed post means.
//
// A story is one alert and one message. The package decides and words; posting is
// done by a Notifier, and the record of what went out is kept by an Outbox.
package notify

import (
	"context"
	"errors"
	"time"

	"monitor/internal/detect"
)

// Alert is one story as it is to be told now, on one route.
type Alert struct {
	ID       int64
	Route    string // which notifier
	Story    detect.Story
	Findings []detect.Finding // oldest first; the gravest gives the headline
	Reports  []detect.Record  // every claim of the story that is or followed the first finding, in order
	Revision int              // rises with every change a reader should see
	Posted   int              // the revision that readers have; 0 before the first post
	Quiet    int              // how many revisions since then no report made: the story was closed
	Closed   Closing          // zero while the story is open
	Created  time.Time
	Due      time.Time // not before
	Handle   Handle    // where the message stands, once posted; that of the last sent receipt, empty after a digest
}

// Closing is when and why a story was closed: its figure became known, or is nobody's any more.
type Closing struct {
	At  time.Time
	Why string // a sentence
}

// Handle finds a posted message again. Empty for a notifier that cannot edit.
type Handle struct {
	Channel string `json:"channel,omitempty"`
	Stamp   string `json:"stamp,omitempty"` // Slack's ts
}

// State is how far a receipt is.
type State string

// The states of a receipt.
const (
	Sending State = "sending" // stored before the post; left behind by a crash
	Sent    State = "sent"
	Retry   State = "retry"   // certainly not posted; tried again after NotBefore
	Failed  State = "failed"  // permanent: the route is stopped until it is mended
	Unknown State = "unknown" // may have been posted; tried again after NotBefore, marked
)

// Receipt is the proof that one post went, or how it failed.
type Receipt struct {
	ID        int64
	Route     string
	Alerts    []int64 // one, or all of a digest
	Revisions []int   // the revision of each that the post shows
	Step      Step
	Key       string // unique per post; travels with the message so that it can be found again
	State     State
	Attempt   int
	NotBefore time.Time
	Handle    Handle // once sent: the story's message; before: the message to edit or to reply to
	Error     string // without secrets
	Started   time.Time
	Finished  time.Time
}

// Step is what a post does.
type Step string

// The steps.
const (
	Post   Step = "post"   // a new message for a story
	Update Step = "update" // edit the story's message in place
	Reply  Step = "reply"  // a note in the story's thread
	Digest Step = "digest" // one message for many stories
)

// Outbox is the record of what is to be told and what was; the ledger is one.
type Outbox interface {
	// Due returns the route's alerts whose Revision is above Posted, that are due
	// at now and that no unfinished receipt holds, oldest first.
	Due(ctx context.Context, route string, now time.Time) ([]Alert, error)
	// Begin stores the receipt as sending, and takes its alerts in the same step:
	// ErrTaken when another receipt holds one of them.
	Begin(ctx context.Context, r Receipt) (Receipt, error)
	// Finish completes the receipt. Sent moves its alerts' Posted to the receipt's
	// revisions and keeps its handle on them; Retry, Failed and Unknown leave them
	// unsent and put their next attempt at NotBefore.
	Finish(ctx context.Context, r Receipt) error
	// Unfinished returns the route's receipts that a crash left as sending.
	Unfinished(ctx context.Context, route string) ([]Receipt, error)
}

// ErrTaken says that another worker is posting the alert.
var ErrTaken = errors.New("alert is being posted by another")
