package app

import (
	"slices"
	"time"

	"monitor/internal/fetch"
	"monitor/internal/ledger"
)

// The bounds of patience. No source is ever given up: one that fails for long is
// visited once a day, and one whose address was given up once a week.
const (
	longestBackoff = 24 * time.Hour
	longestOutage  = 3 * time.Hour // in the first week of what may pass by itself: a feed shows only so many entries
	outageEnd      = 7 * 24 * time.Hour
	goneBackoff    = 7 * 24 * time.Hour
	longestFresh   = time.Hour // a schedule that a person wrote yields to a server's caching so far
)

// weight is what a failure of a kind counts. What passes by itself counts less
// than what a person has to mend.
func weight(t fetch.Trouble) float64 {
	switch t {
	case fetch.None, fetch.Held, fetch.Partial, fetch.Walled:
		return 0
	case fetch.Cut:
		return 0.25
	case fetch.Unreachable, fetch.Slow, fetch.Broken:
		return 0.5
	case fetch.Gone:
		return 4
	default:
		return 1
	}
}

// strikes are a source's after a visit. A success clears them; but a server that
// was too busy is not to be hurried at once again.
func strikes(before ledger.SourceState, t fetch.Trouble) float64 {
	const most = 16
	switch {
	case t == fetch.Held:
		return before.Strikes
	case weight(t) > 0:
		return min(before.Strikes+weight(t), most)
	case fetch.Trouble(before.Trouble) == fetch.Busy || before.Trouble == "" && before.Strikes > 0:
		if s := before.Strikes / 2; s > 1 {
			return s
		}
	}
	return 0
}

// backoff is how long a source with so many strikes is left alone beyond its
// interval: one strike is free, and each further one doubles it. It is at most
// half as long as the source has failed, so that what was down for a minute is
// not missed for an hour.
func backoff(interval time.Duration, strikes float64, failing time.Duration, t fetch.Trouble) time.Duration {
	if t == fetch.Gone {
		return max(goneBackoff-interval, 0)
	}
	if strikes <= 1 || interval <= 0 {
		return 0
	}
	d := interval
	for s := strikes - 1; s > 0 && d < longestBackoff; s-- {
		if s >= 1 {
			d *= 2
		} else {
			d += time.Duration(s * float64(d))
		}
	}
	longest := longestBackoff
	if weight(t) < 1 && failing < outageEnd {
		longest = longestOutage
	}
	d = min(d, max(longest, interval)) - interval
	if failing > 0 {
		d = min(d, failing/2)
	}
	return d
}

// visited is what decides when a source is visited next.
type visited struct {
	schedule   schedule
	before     ledger.SourceState
	trouble    fetch.Trouble
	strikes    float64      // after the visit
	asks       *ledger.Asks // of this visit; nil: as before
	freshUntil time.Time
	notBefore  time.Time // Retry-After
	changed    bool      // the visit brought something
}

// next is the visit after the one that ended at now: the schedule's, put off by
// what the server and the feed ask for and by failures. spread, from 0 to 1, keeps
// those that fail together from coming back together.
func (v visited) next(now time.Time, spread float64) time.Time {
	s, least := v.schedule, now
	if s.auto != nil {
		s = s.following(v.before, v.changed, now)
	}
	if v.trouble != fetch.None && v.trouble != fetch.Held {
		since := now
		if !v.before.FailingSince.IsZero() {
			since = v.before.FailingSince
		}
		off := backoff(s.interval(now), v.strikes, now.Sub(since), v.trouble)
		least = s.Next(now).Add(off*3/4 + time.Duration(spread*float64(off/2)))
	} else if v.strikes > 1 {
		least = s.Next(now).Add(backoff(s.interval(now), v.strikes, 0, v.trouble))
	}
	asks := ledger.Asks{TTL: v.before.TTL, SkipHours: v.before.SkipHours}
	if v.asks != nil {
		asks = *v.asks
	}
	fresh := now.Add(asks.TTL)
	if v.freshUntil.After(fresh) {
		fresh = v.freshUntil
	}
	if limit := now.Add(longestFresh); s.auto == nil && fresh.After(limit) {
		fresh = limit
	} else if s.auto != nil && fresh.After(now.Add(s.auto.most)) {
		fresh = now.Add(s.auto.most)
	}
	return skipping(s, s.notBefore(now, later(least, fresh, v.notBefore)), asks.SkipHours)
}

// skipping is the first visit at or after t outside the hours that the feed asks
// to leave out; t itself when it asks for all of them.
func skipping(s schedule, t time.Time, hours uint32) time.Time {
	const day = 1<<24 - 1
	if hours&day == 0 || hours&day == day || t.IsZero() {
		return t
	}
	at := t
	for range 24 {
		if hours&(1<<at.UTC().Hour()) == 0 {
			return at
		}
		if at = s.Next(at.Truncate(time.Hour).Add(time.Hour - 1)); at.IsZero() {
			return t
		}
	}
	return t // a schedule of one visit a day, in an hour to leave out: the person's word counts
}

// Rhythm is a source's habit: the middle one of the gaps between its last changes;
// 0 while there are fewer than four. A few gaps that are much longer, such as
// nights, do not move it.
func Rhythm(changes []time.Time) time.Duration {
	if len(changes) < 5 {
		return 0
	}
	gaps := make([]time.Duration, 0, len(changes)-1)
	for i := 1; i < len(changes); i++ {
		gaps = append(gaps, changes[i].Sub(changes[i-1]))
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}
