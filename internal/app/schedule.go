package app

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"monitor/config"
	"monitor/internal/feed"
)

// starBit marks a field of a cron schedule that was written as *.
const starBit = 1 << 63

// schedule is when a source is visited. Cron's parser reads it, and counts visits
// that know no hour. A visit at named hours is made once a day also where the clock
// jumps: cron alone leaves out what falls into an hour that a zone skips, and
// visits twice in one that it repeats.
type schedule struct {
	cron  cron.Schedule
	named *cron.SpecSchedule // names hours; its location is UTC, to count on the wall clock
	zone  *time.Location     // of named
	auto  *autoSchedule      // follows the source's habit; cron is empty then
}

// newSchedule reads a source's schedule in the source's zone.
func newSchedule(src feed.Source) (schedule, error) {
	if bounds, auto, err := config.AutoSchedule(src.Schedule); auto && err == nil {
		return schedule{auto: &autoSchedule{least: bounds.Least, most: bounds.Most, every: bounds.Least}}, nil
	}
	spec := src.Schedule
	if !strings.HasPrefix(spec, "CRON_TZ=") && !strings.HasPrefix(spec, "TZ=") && src.Timezone != "" {
		spec = "CRON_TZ=" + src.Timezone + " " + spec
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return schedule{}, fmt.Errorf("source %q: schedule %q: %w", src.Name, src.Schedule, err)
	}
	s := schedule{cron: parsed}
	if c, ok := parsed.(*cron.SpecSchedule); ok && c.Hour&starBit == 0 {
		wall := *c
		wall.Location = time.UTC
		s.named, s.zone = &wall, c.Location
	}
	return s, nil
}

// Next is the first visit after t; the zero time when there is none.
func (s schedule) Next(t time.Time) time.Time {
	if s.auto != nil {
		return s.auto.Next(t)
	}
	if s.named == nil {
		return s.cron.Next(t)
	}
	// A little earlier on the wall clock, which may have jumped over a visit that is still to come.
	const jump = 3 * time.Hour
	local := t.In(s.zone)
	_, offset := local.Zone()
	for wall := local.Add(time.Duration(offset)*time.Second - jump).UTC(); ; {
		if wall = s.named.Next(wall); wall.IsZero() {
			return wall
		}
		if at := s.moment(wall); at.After(t) {
			return at
		}
	}
}

// moment is when the zone's clocks show the wall time first. A time that they skip
// is the moment at which they would have shown it without the jump.
func (s schedule) moment(wall time.Time) time.Time {
	const day = 24 * time.Hour
	_, before := wall.Add(-day).In(s.zone).Zone()
	_, after := wall.Add(day).In(s.zone).Zone()
	first := wall.Add(-time.Duration(before) * time.Second)
	if _, offset := first.In(s.zone).Zone(); offset == before {
		return first
	}
	second := wall.Add(-time.Duration(after) * time.Second)
	if _, offset := second.In(s.zone).Zone(); offset == after {
		return second
	}
	return first
}
