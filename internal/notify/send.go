package notify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Delivery is one post as a notifier gets it.
type Delivery struct {
	Step    Step
	Key     string // travels with the message so that it can be found again
	Message Message
	Handle  Handle // the message to edit, or whose thread the post joins; empty for a message of its own
	Loud    bool   // a reply that the whole channel should see, because the story became graver
}

// Notifier sends alerts to one place.
type Notifier interface {
	// Name is the route that alerts carry.
	Name() string
	// Send does one step. The handle is empty when the message cannot be edited
	// later. Errors are *RetryAfterError, *PermanentError, *AmbiguousError or
	// ErrGone; any other counts as ambiguous.
	Send(ctx context.Context, d Delivery) (Handle, error)
}

// Finder is a Notifier that can look whether a post of uncertain fate arrived.
type Finder interface {
	// Find looks for the receipt's key. ErrNoHistory says that it cannot look.
	Find(ctx context.Context, r Receipt) (Handle, bool, error)
}

// Pacer is a Notifier with a limited rate. Ready waits until the next Send would
// not have to, so that a receipt says "sending" only while something is sent.
type Pacer interface {
	Ready(ctx context.Context) error
}

var (
	// ErrGone says that the message to edit or to reply to no longer exists.
	ErrGone = errors.New("the message no longer exists")
	// ErrNoHistory says that a notifier may not or cannot read what was posted.
	ErrNoHistory = errors.New("posted messages cannot be read back")
)

// RetryAfterError is a post that certainly did not happen and is worth another try.
type RetryAfterError struct {
	After time.Duration // what the receiver asked for; 0 when it did not say
	Err   error
}

// Error says what happened and how long the receiver wants to be left alone.
func (e *RetryAfterError) Error() string {
	if e.After > 0 {
		return fmt.Sprintf("%v; asked to wait %s", e.Err, e.After)
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *RetryAfterError) Unwrap() error { return e.Err }

// PermanentError is a refusal that trying again does not mend.
type PermanentError struct {
	Code string // the receiver's
	Mend string // what a person can do
	Only bool   // this message alone was refused; others may pass
}

// Error names the code and the remedy.
func (e *PermanentError) Error() string {
	if e.Mend == "" {
		return e.Code
	}
	return e.Code + ": " + e.Mend
}

// AmbiguousError is a post that may have happened: the request was written, but no answer told.
type AmbiguousError struct{ Err error }

// Error says that the fate is open, and why.
func (e *AmbiguousError) Error() string { return "may have been posted: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *AmbiguousError) Unwrap() error { return e.Err }

// The waits between attempts.
const (
	firstWait = time.Second
	lastWait  = 5 * time.Minute
	doubtWait = 15 * time.Minute // after a second uncertain post that nobody can look up
	stopWait  = 5 * time.Minute  // a stopped route looks whether it was mended
	onlyWait  = time.Hour        // a message that was refused for itself
)

// Outcome is what a failed post means for its receipt and its route.
type Outcome struct {
	State     State
	NotBefore time.Time // when the alert may be tried again
	Resume    time.Time // when the route goes on; now for a fault of one message
	Stop      bool      // a person has to mend something first
}

// Judge decides what a failed post means. attempt counts the route's failures in
// a row, from 1; looks says that the next attempt will first look whether this one
// arrived, and so may come soon. An ambiguous failure comes here unresolved.
//
//	429, Retry-After 30   retry, route pauses 30 s
//	connection refused    retry, route pauses 1 s, 2 s, 4 s ... 5 min
//	channel_not_found     failed, route stops; due again at once, for whoever mended it
//	msg_too_long          failed, this message alone, for an hour
//	timeout, 503          unknown, route pauses 15 min, or as for a refused connection if the next attempt looks
func Judge(err error, attempt int, looks bool, now time.Time) Outcome {
	if retry, ok := errors.AsType[*RetryAfterError](err); ok {
		at := now.Add(max(retry.After, backoff(attempt)))
		return Outcome{State: Retry, NotBefore: at, Resume: at}
	}
	if permanent, ok := errors.AsType[*PermanentError](err); ok {
		if permanent.Only {
			return Outcome{State: Failed, NotBefore: now.Add(onlyWait), Resume: now}
		}
		return Outcome{State: Failed, NotBefore: now, Resume: now.Add(stopWait), Stop: true}
	}
	wait := doubtWait
	if looks {
		wait = backoff(attempt)
	}
	return Outcome{State: Unknown, NotBefore: now.Add(wait), Resume: now.Add(wait)}
}

// backoff doubles from a second to five minutes.
func backoff(attempt int) time.Duration {
	wait := firstWait
	for ; attempt > 1 && wait < lastWait; attempt-- {
		wait *= 2
	}
	return min(wait, lastWait)
}

// Certain says whether the error leaves no doubt that nothing was posted.
func Certain(err error) bool {
	var retry *RetryAfterError
	var permanent *PermanentError
	return errors.As(err, &retry) || errors.As(err, &permanent) || errors.Is(err, ErrGone)
}
