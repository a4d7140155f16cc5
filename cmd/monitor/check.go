package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"monitor/config"
	"monitor/internal/app"
)

// checkFlags are those of check and demo.
type checkFlags struct {
	dryRun   bool
	exitCode bool
	sources  []string
}

func (f *checkFlags) on(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "compare and print; store and send nothing")
	cmd.Flags().StringArrayVar(&f.sources, "source", nil, "poll the source of this `NAME` only; can be repeated")
	cmd.Flags().BoolVar(&f.exitCode, "exit-code", false, "exit with 10 when there are findings")
}

func (c *cli) checkCommand() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Poll every source once, compare, send, and end",
		Long: `check polls every source once, whatever its schedule, reads and compares what is
new, sends the alerts and prints the findings. Without Slack in the configuration
the alerts are printed. A source that fails is named, and the others go on.`,
		Example: `  monitor check
  monitor check --source yonhap --dry-run
  monitor check --format json --exit-code`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			read := c.config
			if flags.dryRun {
				read = c.configToAsk
			}
			cfg, err := read()
			if err != nil {
				return err
			}
			return c.check(cmd.Context(), cfg, flags)
		},
	}
	flags.on(cmd)
	return cmd
}

// check runs one round over the configuration's sources.
func (c *cli) check(ctx context.Context, cfg *config.Config, flags checkFlags) error {
	if err := c.forms("text", "json"); err != nil {
		return err
	}
	opts, err := c.options(slog.LevelError)
	if err != nil {
		return err
	}
	open := func() (*app.App, func() error, error) {
		a, err := app.Open(ctx, cfg, opts)
		if err != nil {
			return nil, nil, err
		}
		return a, a.Close, nil
	}
	if flags.dryRun {
		open = func() (*app.App, func() error, error) { return app.OpenCopy(ctx, cfg, opts) }
	}
	a, done, err := open()
	if err != nil {
		return err
	}
	bar := newProgress(c)
	report, failure := a.Check(ctx, app.CheckOptions{Sources: flags.sources, Progress: bar.show})
	bar.clear()
	if report != nil {
		failure = errors.Join(failure, c.tell(a, report))
	}
	if err := errors.Join(failure, done()); err != nil {
		return err
	}
	return outcome(report, flags)
}

// tell prints what a check found and which sources failed.
func (c *cli) tell(a *app.App, r *app.Report) error {
	for _, f := range r.Faults {
		c.say("source %q: %s", f.Source, f.Error)
	}
	if r.Left {
		c.say("the daemon that runs on this database sends the alerts")
	}
	if c.format == "json" {
		return c.json(r)
	}
	if a.Notifier().Name() != "terminal" { // which has printed them
		for _, line := range a.Headlines(r.Findings) {
			if _, err := fmt.Fprintln(c.out, line); err != nil {
				return err
			}
		}
	}
	c.say("%s, %d failed; %s, %s, %s", count(r.Sources, "source"), r.Failed(),
		count(r.Entries, "new entry", "new entries"), count(r.Claims, "new claim"), count(len(r.Findings), "finding"))
	return nil
}

func outcome(r *app.Report, flags checkFlags) error {
	switch {
	case flags.exitCode && len(r.Findings) > 0:
		return exitError(exitFindings)
	case len(r.Faults) > 0:
		return exitError(exitPartly)
	default:
		return nil
	}
}

// count words a number of things: "1 source", "2 sources".
func count(n int, words ...string) string {
	if n == 1 {
		return "1 " + words[0]
	}
	if len(words) == 1 {
		return fmt.Sprintf("%d %ss", n, words[0])
	}
	return fmt.Sprintf("%d %s", n, words[1])
}
