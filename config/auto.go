package config

import (
	"errors"
	"strings"
	"time"
)

// AutoBounds are the least and the most time between two visits on an automatic schedule.
type AutoBounds struct{ Least, Most time.Duration }

// The bounds of "auto" alone.
const (
	defaultAutoLeast = 5 * time.Minute
	defaultAutoMost  = 6 * time.Hour
)

var errAuto = errors.New("is not an automatic schedule")

// AutoSchedule reads "auto" or "auto 5m-6h"; auto says whether a schedule begins
// like one.
func AutoSchedule(text string) (b AutoBounds, auto bool, err error) {
	rest, auto := strings.CutPrefix(text, "auto")
	if !auto {
		return b, false, nil
	}
	if rest == "" {
		return AutoBounds{defaultAutoLeast, defaultAutoMost}, true, nil
	}
	least, most, ok := strings.Cut(strings.TrimPrefix(rest, " "), "-")
	if !ok || !strings.HasPrefix(rest, " ") {
		return b, true, errAuto
	}
	for _, d := range []struct {
		text string
		to   *time.Duration
	}{{least, &b.Least}, {most, &b.Most}} {
		if *d.to, err = parseDuration(d.text); err != nil {
			return b, true, errAuto
		}
	}
	if b.Least < time.Second || b.Most < b.Least || b.Most > 7*24*time.Hour {
		return b, true, errAuto
	}
	return b, true, nil
}
