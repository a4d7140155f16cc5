package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/ledger"
	"monitor/internal/notify"
)

// filterFlags narrow a list.
type filterFlags struct {
	since, until, source, claimant, kind, topic, measure string
	limit                                                int
}

func (f *filterFlags) on(cmd *cobra.Command, what string) {
	fs := cmd.Flags()
	fs.StringVar(&f.since, "since", "", "only what came at or after this `TIME`: 2024-10-18, 2024-10-18T06:00:00Z, or ago as 36h or 7d")
	fs.StringVar(&f.until, "until", "", "only what came before this `TIME`")
	fs.StringVar(&f.source, "source", "", "only of the source of this `NAME`")
	fs.StringVar(&f.claimant, "claimant", "", "only by this claimant's `ID`; a state stands for its offices too")
	fs.StringVar(&f.kind, "kind", "", "only of this `KIND`: conflict, revision, new ...")
	fs.StringVar(&f.topic, "topic", "", "only of the topic of this `NAME`")
	fs.StringVar(&f.measure, "measure", "", "only of this `MEASURE`: deployed, killed ...")
	fs.IntVar(&f.limit, "limit", 100, "the newest so many "+what+"; 0 is all")
}

// filter checks the flags.
func (f *filterFlags) filter(now time.Time) (ledger.Filter, error) {
	out := ledger.Filter{
		Source: f.source, Claimant: claim.Claimant(f.claimant), Kind: detect.Kind(f.kind), Topic: f.topic, Measure: claim.Measure(f.measure), Limit: f.limit,
	}
	var err error
	if out.Since, err = moment("--since", f.since, now); err != nil {
		return out, err
	}
	if out.Until, err = moment("--until", f.until, now); err != nil {
		return out, err
	}
	if err := oneOf("--measure", f.measure, claim.Measures); err != nil {
		return out, err
	}
	return out, oneOf("--kind", f.kind, kinds)
}

// kinds are all that comparing can give, the gravest first.
var kinds = []detect.Kind{
	detect.Conflict, detect.Misattributed, detect.SelfConflict, detect.Edited, detect.Revision, detect.Denied, detect.New,
	detect.Corroborated, detect.Known, detect.History,
}

// oneOf checks a flag against the words it knows; "" is none.
func oneOf[T ~string](flag, value string, known []T) error {
	var words []string
	for _, k := range known {
		if value == "" || value == string(k) {
			return nil
		}
		words = append(words, string(k))
	}
	return &usageError{err: fmt.Errorf("%s %q: write one of %s", flag, value, strings.Join(words, ", "))}
}

// moment reads a day, a time, or how long ago.
func moment(flag, s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, &usageError{err: fmt.Errorf("%s %q: write a day as 2024-10-18, a time as 2024-10-18T06:00:00Z, or how long ago as 36h or 7d", flag, s)}
}

// table is a list as rows and columns.
type table struct {
	head []string
	rows [][]string
}

// list writes a list in the form asked for.
func (c *cli) list(t table, jsonForm any) error {
	switch c.format {
	case "json":
		return c.json(jsonForm)
	case "csv":
		w := csv.NewWriter(c.out)
		if err := w.WriteAll(append([][]string{t.head}, t.rows...)); err != nil {
			return err
		}
		w.Flush()
		return w.Error()
	}
	if len(t.rows) == 0 {
		c.say("nothing to list")
		return nil
	}
	return columns(c.out, t)
}

func (c *cli) claimsCommand() *cobra.Command {
	var flags filterFlags
	cmd := &cobra.Command{
		Use:   "claims",
		Short: "List the claims that were read, the newest first",
		Example: `  monitor claims --since 7d --claimant kr
  monitor claims --measure killed --format csv --limit 0 > killed.csv`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.query(cmd, &flags, func(l *ledger.Ledger, _ *app.Desk, f ledger.Filter) (table, any, error) {
				claims, err := l.Claims(cmd.Context(), f)
				t := table{head: []string{"id", "captured", "figure", "unit", "measure", "mode", "claimant", "as_of", "kind", "outlet", "sentence", "url"}}
				list := []app.ClaimJSON{}
				for _, cl := range claims {
					r := cl.Claim
					t.rows = append(t.rows, []string{
						number(cl.ID), minute(cl.Captured), amount(r), string(r.Unit), string(r.Measure), string(r.Mode), string(r.Claimant), r.AsOf.String(),
						string(cl.Kind), cl.Outlet, plain(r.Sentence), cl.URL,
					})
					list = append(list, app.ClaimJSON{Claim: cl})
				}
				return t, list, err
			})
		},
	}
	flags.on(cmd, "claims")
	return cmd
}

func (c *cli) findingsCommand() *cobra.Command {
	var flags filterFlags
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "List the findings, the newest first",
		Example: `  monitor findings --kind conflict
  monitor findings --since 2024-10-18 --until 2024-11-01 --format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.query(cmd, &flags, func(l *ledger.Ledger, _ *app.Desk, f ledger.Filter) (table, any, error) {
				findings, err := l.Findings(cmd.Context(), f)
				t := table{head: []string{"id", "created", "kind", "figure", "unit", "measure", "claimant", "as_of", "outlet", "reason", "url"}}
				list := []app.FindingJSON{}
				for _, fi := range findings {
					r := fi.Record.Claim
					t.rows = append(t.rows, []string{
						number(fi.ID), minute(fi.Created), string(fi.Kind), amount(r), string(r.Unit), string(r.Measure), string(r.Claimant), r.AsOf.String(),
						fi.Record.Outlet, reasons(fi), fi.Record.URL,
					})
					list = append(list, app.NewFindingJSON(fi))
				}
				return t, list, err
			})
		},
	}
	flags.on(cmd, "findings")
	return cmd
}

func (c *cli) alertsCommand() *cobra.Command {
	var flags filterFlags
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "List the alerts and whether they were sent, the newest first",
		Example: `  monitor alerts
  monitor alerts --since 24h --format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.query(cmd, &flags, func(l *ledger.Ledger, desk *app.Desk, f ledger.Filter) (table, any, error) {
				alerts, err := l.Alerts(cmd.Context(), f)
				t := table{head: []string{"id", "created", "route", "state", "findings", "sources", "headline"}}
				list := []app.AlertJSON{}
				for _, a := range alerts {
					shown := desk.NewAlertJSON(a)
					t.rows = append(t.rows, []string{
						shown.ID, minute(a.Created), a.Route, state(a), strconv.Itoa(len(a.Findings)), strconv.Itoa(shown.Sources), shown.Headline,
					})
					list = append(list, shown)
				}
				return t, list, err
			})
		},
	}
	flags.on(cmd, "alerts")
	return cmd
}

// query opens the record, asks it, and writes the answer.
func (c *cli) query(cmd *cobra.Command, flags *filterFlags, ask func(*ledger.Ledger, *app.Desk, ledger.Filter) (table, any, error)) error {
	if err := c.forms("table", "json", "csv"); err != nil {
		return err
	}
	filter, err := flags.filter(time.Now())
	if err != nil {
		return err
	}
	return c.ask(cmd, func(l *ledger.Ledger, desk *app.Desk) error {
		t, list, err := ask(l, desk, filter)
		if err != nil {
			return err
		}
		return c.list(t, list)
	})
}

func amount(cl claim.Claim) string {
	s := strings.TrimSuffix(cl.Phrase(cl.Qualifier), " of")
	if cl.Increment {
		s = "+ " + s
	}
	return s
}

func reasons(f detect.Finding) string {
	var texts []string
	for _, r := range f.Reasons {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, " ")
}

// state is how far an alert is told.
func state(a notify.Alert) string {
	switch {
	case a.Posted == 0:
		return "unsent"
	case a.Posted < a.Revision:
		return "changed"
	default:
		return "sent"
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}
