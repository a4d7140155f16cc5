package main

import (
	"log/slog"
	"strconv"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/ledger"
)

func (c *cli) replayCommand() *cobra.Command {
	var commit bool
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Read and compare the stored entries again, and show what would change",
		Long: `replay reads all that was ever captured again, with the rules, the configuration
and the known figures of today, compares it in the order in which it came, and
shows which findings would be gone, new, or others than those that stand. It
fetches nothing, sends nothing, and works on a copy.

With --commit the replay becomes the record. The record as it was is kept in a
file beside it. What was sent stays sent: new findings are not told. Ids of
claims change, ids of findings that stay do not.`,
		Example: `  monitor replay
  monitor replay --format json
  monitor replay --commit`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("table", "json", "csv"); err != nil {
				return err
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			opts, err := c.options(slog.LevelWarn)
			if err != nil {
				return err
			}
			r, err := app.ReplayRecord(cmd.Context(), cfg, opts, app.ReplayOptions{Commit: commit})
			if err != nil {
				return err
			}
			if c.format != "json" {
				c.say("%d captures read, %d claims compared, %d findings: %d as they stand, %d gone, %d new, %d changed",
					r.Versions, r.Claims, r.Findings, r.Same, len(r.Gone), len(r.New), len(r.Changed))
				if r.Kept != "" {
					c.say("this is the record now; it was kept as it stood in %s", r.Kept)
				}
				if len(r.Gone)+len(r.New)+len(r.Changed) == 0 && c.format == "table" {
					return nil
				}
			}
			return c.list(differences(r), r)
		},
	}
	cmd.Flags().BoolVar(&commit, "commit", false, "make the replay the record, and keep the old one in a file beside it")
	return cmd
}

// differences are a replay's as rows.
func differences(r *app.Replay) table {
	t := table{head: []string{"change", "id", "kind", "was", "captured", "figure", "unit", "measure", "claimant", "outlet", "reason", "url"}}
	row := func(change, was string, f ledger.Told, id int64) {
		cl := f.Record.Claim
		shown := ""
		if id != 0 {
			shown = strconv.FormatInt(id, 10)
		}
		t.rows = append(t.rows, []string{
			change, shown, string(f.Kind), was, minute(f.Record.Captured), amount(cl), string(cl.Unit), string(cl.Measure), string(cl.Claimant),
			f.Record.Outlet, reasons(f.Finding), f.Record.URL,
		})
	}
	for _, f := range r.Gone {
		row("gone", "", f, f.ID)
	}
	for _, f := range r.New {
		row("new", "", f, 0)
	}
	for _, ch := range r.Changed {
		row("changed", string(ch.Was.Kind), ch.Now, ch.Was.ID)
	}
	return t
}
