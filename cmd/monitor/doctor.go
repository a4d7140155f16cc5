package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"monitor/internal/app"
)

func (c *cli) doctorCommand() *cobra.Command {
	var quick bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check database, network, Slack and sources, and say what to mend",
		Long: `doctor checks what the program needs and posts nothing. With --quick it asks only
the database and, when web.listen is set, the running daemon: a container's health.`,
		Example: `  monitor doctor
  monitor doctor --quick`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			opts, err := c.options(slog.LevelError)
			if err != nil {
				return err
			}
			found := []app.Diagnosis{}
			d := app.Doctor{Config: cfg, Options: opts, Tell: func(g app.Diagnosis) {
				found = append(found, g)
				c.diagnosis(g)
			}}
			if quick {
				d.Quick(cmd.Context())
			} else {
				d.Full(cmd.Context())
			}
			return c.verdict(found)
		},
	}
	cmd.Flags().BoolVar(&quick, "quick", false, "only the database and the running daemon")
	return cmd
}

func (c *cli) diagnosis(g app.Diagnosis) {
	if c.format == "json" {
		return
	}
	state := "ok"
	if !g.OK {
		state = "FAILED"
	}
	fmt.Fprintf(c.out, "%-6s  %s: %s\n", state, g.Part, plain(g.Note))
	if g.Mend != "" {
		fmt.Fprintf(c.out, "        %s\n", plain(g.Mend))
	}
}

// verdict is the exit status: sources alone that fail are no failure of the program.
func (c *cli) verdict(found []app.Diagnosis) error {
	if c.format == "json" {
		if err := c.json(found); err != nil {
			return err
		}
	}
	status := exitDone
	for _, g := range found {
		switch {
		case g.OK:
		case g.Source():
			status = max(status, exitPartly)
		default:
			return exitError(exitFailed)
		}
	}
	if status != exitDone {
		return exitError(status)
	}
	return nil
}
