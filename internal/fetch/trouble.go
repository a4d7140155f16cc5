package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"monitor/internal/fetch/article"
)

// Trouble is the kind of a failed visit: what it means for the next one.
type Trouble string

// The kinds of trouble. None is the end of a source.
const (
	None        Trouble = ""
	Held        Trouble = "held"        // we did not ask: its host wants to be left alone for a while
	Busy        Trouble = "busy"        // 429, or 503 with a time to come back at
	Broken      Trouble = "broken"      // the server's own trouble: any other 5xx
	Unreachable Trouble = "unreachable" // no host, no connection
	Slow        Trouble = "slow"        // no complete answer in time
	Cut         Trouble = "cut"         // the answer ended early
	Certificate Trouble = "certificate" // the server's certificate does not hold
	Blocked     Trouble = "blocked"     // a block page, a captcha, a login or a status that says as much
	Refused     Trouble = "refused"     // we do not ask: robots.txt, a private address
	Missing     Trouble = "missing"     // 404 and other statuses that say "nothing here"
	Gone        Trouble = "gone"        // 410: given up for good
	NotFeed     Trouble = "not a feed"  // something else than a feed or a page came
	NoMatch     Trouble = "no match"    // a selector that matches nothing
	Unfit       Trouble = "unfit"       // too large, or packed in a way that cannot be undone
	Partial     Trouble = "partial"     // it was read, but not in full
	Walled      Trouble = "walled"      // it was read, but each article behind it is blocked
	Odd         Trouble = "odd"         // anything else
)

// TroubleOf sorts an error of this package.
func TroubleOf(err error) Trouble {
	if status, ok := errors.AsType[*StatusError](err); ok && !errors.Is(err, ErrRefused) {
		return troubleOfStatus(status)
	}
	if barrier, ok := errors.AsType[*article.BarrierError](err); ok && barrier.Kind == "error" {
		return Missing
	}
	for _, kind := range []struct {
		err     error
		trouble Trouble
	}{
		{ErrHeld, Held},
		{article.ErrBarrier, Blocked},
		{ErrRefused, Refused},
		{ErrCertificate, Certificate},
		{ErrTimeout, Slow},
		{ErrCut, Cut},
		{ErrUnreachable, Unreachable},
		{ErrNoMatch, NoMatch},
		{ErrNotFeed, NotFeed},
		{ErrNotPage, NotFeed},
		{ErrTooLarge, Unfit},
		{ErrUnreadable, Unfit},
	} {
		if errors.Is(err, kind.err) {
			return kind.trouble
		}
	}
	if err == nil {
		return None
	}
	return Odd
}

func troubleOfStatus(e *StatusError) Trouble {
	switch {
	case e.Code == http.StatusTooManyRequests, e.Code == http.StatusServiceUnavailable && !e.RetryAfter.IsZero():
		return Busy
	case e.Code >= 500:
		return Broken
	case e.Code == http.StatusGone:
		return Gone
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusForbidden, e.Code == http.StatusProxyAuthRequired, e.Code == http.StatusUnavailableForLegalReasons:
		return Blocked
	default:
		return Missing
	}
}

// certificateError reads like ErrUnreachable and is one.
type certificateError struct{}

func (certificateError) Error() string { return ErrUnreachable.Error() }
func (certificateError) Unwrap() error { return ErrUnreachable }

// HeldError is a visit that was not made, because its host has asked us to stay
// away. It wraps ErrHeld.
type HeldError struct {
	URL   string // without credentials
	Until time.Time
}

// Error says how long.
func (e *HeldError) Error() string {
	return fmt.Sprintf("%s: %v until %s", e.URL, ErrHeld, e.Until.UTC().Format("15:04:05 on 2 Jan 2006 UTC"))
}

// Unwrap is ErrHeld.
func (e *HeldError) Unwrap() error { return ErrHeld }
