package app

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"monitor/internal/feed"
)

// starBit marks a field of a cron schedule that was written as *.
const starBit = 1 << 63

// schedule is when a source is visited. The times are cron's, but for two hours a
// year: cron leaves out a visit that falls into the hour which a zone skips, and
// makes it twice in the hour which a zone repeats.
type schedule struct {
	cron cron.Schedule
	zone *time.Location // nil for an interval
	hour bool           // the schedule names hours
}

// newSchedule reads a source's schedule in the source's zone.
func newSchedule(src feed.Source) (schedule, error) {
	spec := src.Schedule
	if !strings.HasPrefix(spec, "CRON_TZ=") && !strings.HasPrefix(spec, "TZ=") && src.Timezone != "" {
		spec = "CRON_TZ=" + src.Timezone + " " + spec
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return schedule{}, fmt.Errorf("source %q: schedule %q: %w", src.Name, src.Schedule, err)
	}
	s := schedule{cron: parsed}
	if c, ok := parsed.(*cron.SpecSchedule); ok {
		s.zone, s.hour = c.Location, c.Hour&starBit == 0
	}
	return s, nil
}

// Next is the first visit after t; the zero time when there is none.
func (s schedule) Next(t time.Time) time.Time {
	next := s.cron.Next(t)
	if s.zone == nil || next.IsZero() || !s.hour {
		return next
	}
	if skipped, ok := s.skipped(t, next); ok {
		return skipped
	}
	for i := 0; i < 60 && s.repeated(next); i++ {
		next = s.cron.Next(next)
	}
	return next
}

// skipped is the visit between t and next that the clock jumps over: it is made at
// the same moment that it would have been made at without the jump.
func (s schedule) skipped(t, next time.Time) (time.Time, bool) {
	local := t.In(s.zone)
	name, offset := local.Zone()
	standing := *s.cron.(*cron.SpecSchedule)
	standing.Location = time.FixedZone(name, offset)
	for at := standing.Next(t); !at.IsZero() && at.Before(next); at = standing.Next(at) {
		if _, now := at.In(s.zone).Zone(); now == offset {
			continue // not there yet; cron knows it
		}
		wall := at.In(standing.Location)
		there := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, s.zone)
		if there.Hour() != wall.Hour() {
			return at, true
		}
	}
	return time.Time{}, false
}

// repeated says whether the clock has shown t's time once before.
func (s schedule) repeated(t time.Time) bool {
	local := t.In(s.zone)
	_, offset := local.Zone()
	_, before := local.Add(-3 * time.Hour).Zone()
	return before > offset && local.Add(-time.Duration(before-offset)*time.Second).Format("02 15:04") == local.Format("02 15:04")
}
