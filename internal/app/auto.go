package app

import (
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"monitor/internal/ledger"
)

// autoSchedule visits a source as often as it really publishes, within bounds.
type autoSchedule struct {
	least, most time.Duration
	every       time.Duration // at present
}

// Next is one interval on.
func (a *autoSchedule) Next(t time.Time) time.Time { return t.Add(a.every) }

// following is the schedule as the source's record has it at now.
func (s schedule) following(st ledger.SourceState, changed bool, now time.Time) schedule {
	a := *s.auto
	changes := st.Changes
	if changed {
		changes = append(slices.Clip(changes), now)
	}
	a.every = autoInterval(changes, now, a.least, a.most)
	s.auto = &a
	return s
}

// autoInterval is a quarter of the source's habit: news is late by an eighth of
// it on average. While the source is silent for longer than it usually is, the
// interval grows with the silence, and the first thing that it publishes brings
// the interval back. A source without a habit yet is visited often: three times
// the least.
func autoInterval(changes []time.Time, now time.Time, least, most time.Duration) time.Duration {
	every := 3 * least
	if habit := Rhythm(changes); habit > 0 {
		every = habit / 4
	}
	if n := len(changes); n > 0 {
		if silent := now.Sub(changes[n-1]); silent/8 > every {
			every = silent / 8
		}
	}
	return min(max(every, least), most)
}

// notBefore is the first visit after now that is not before least. A schedule of
// intervals knows no hours to keep to.
func (s schedule) notBefore(now, least time.Time) time.Time {
	at := s.Next(now)
	if at.IsZero() || !at.Before(least) {
		return at
	}
	if _, every := s.cron.(cron.ConstantDelaySchedule); every || s.auto != nil {
		return least
	}
	return s.Next(least.Add(-1))
}

// interval is the time between two visits around t.
func (s schedule) interval(t time.Time) time.Duration {
	first := s.Next(t)
	second := s.Next(first)
	if first.IsZero() || second.IsZero() {
		return longestBackoff
	}
	return second.Sub(first)
}
