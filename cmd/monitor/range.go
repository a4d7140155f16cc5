package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/ledger"
)

func (c *cli) rangeCommand() *cobra.Command {
	var on, within string
	var f filterFlags
	cmd := &cobra.Command{
		Use:   "range",
		Short: "Show the lowest, middle and highest of what claimants say on a day",
		Long: `range lists, for each measure, what every claimant's standing claim is on a day, and
the lowest, the median and the highest of these figures. It is what is said and
by whom, never an estimate of what is so. Claims older than the topic's window
have lapsed: they are named, and count for nothing.`,
		Example: `  monitor range --on 2024-10-28
  monitor range --on 2025-01-15 --measure killed --within 30d
  monitor range --format csv`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("table", "json", "csv"); err != nil {
				return err
			}
			day, err := dayOf(on, time.Now())
			if err != nil {
				return err
			}
			if err := oneOf("--measure", f.measure, claim.Measures); err != nil {
				return err
			}
			window, set, err := howLong("--within", within)
			if err != nil {
				return err
			}
			return c.ask(cmd, func(l *ledger.Ledger, desk *app.Desk) error {
				topics, err := topicsOf(desk, f.topic)
				if err != nil {
					return err
				}
				var all []detect.Range
				for _, topic := range topics {
					said, err := l.Said(cmd.Context(), topic, day)
					if err != nil {
						return err
					}
					w := desk.Window(topic)
					if set {
						w = window
					}
					for _, g := range detect.Ranges(said, day, w) {
						if f.measure == "" || g.Measure == claim.Measure(f.measure).Compared() {
							all = append(all, g)
						}
					}
				}
				return c.list(ranges(all), app.RangesJSON(all))
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&on, "on", "", "the `DATE`, as 2024-10-28 (default today)")
	fs.StringVar(&within, "within", "", "count claims of so `LONG` before the day, as 30d; 0 is any age (default the topic's window)")
	fs.StringVar(&f.topic, "topic", "", "only of the topic of this `NAME`")
	fs.StringVar(&f.measure, "measure", "", "only of this `MEASURE`: deployed, killed ...")
	return cmd
}

func dayOf(s string, now time.Time) (claim.Date, error) {
	if s == "" {
		return claim.DateOf(now.UTC()), nil
	}
	day, err := claim.ParseDate(s)
	if err != nil {
		return 0, &usageError{err: err, hint: "--on wants a day"}
	}
	return day, nil
}

// howLong reads how long; "" is not set.
func howLong(flag, s string) (d time.Duration, set bool, err error) {
	if s == "" {
		return 0, false, nil
	}
	if s == "0" {
		return 0, true, nil
	}
	now := time.Unix(0, 0).UTC()
	at, err := moment(flag, s, now)
	if err != nil || at.After(now) {
		return 0, false, &usageError{err: fmt.Errorf("%s %q: write how long as 30d or 36h, or 0", flag, s)}
	}
	return now.Sub(at), true, nil
}

// ranges are ranges as rows, each claimant named with its figure.
func ranges(all []detect.Range) table {
	t := table{head: []string{"topic", "unit", "measure", "mode", "low", "median", "high", "claims", "said", "lapsed"}}
	for _, g := range all {
		low, median, high := g.Low.String(), g.Median.String(), g.High.String()
		if g.Open {
			high += " or more"
		}
		if len(g.Standing) == 0 {
			low, median, high = "", "", ""
		}
		t.rows = append(t.rows, []string{
			g.Topic, string(g.Unit), string(g.Measure), string(g.Mode), low, median, high, strconv.Itoa(len(g.Standing)), saidBy(g.Standing), saidBy(g.Lapsed),
		})
	}
	return t
}

// saidBy names claimants with their figures: "kr-nis about 1,500 (2024-10-18)".
func saidBy(records []detect.Record) string {
	var out []string
	for _, r := range records {
		out = append(out, string(r.Claim.Claimant)+" "+amount(r.Claim)+" ("+detect.Day(r).String()+")")
	}
	return strings.Join(out, "; ")
}
