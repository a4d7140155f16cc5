package main

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"monitor/internal/app"
)

func (c *cli) notifyCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "notify",
		Short: "Try out how alerts are sent",
	}, c.notifyTest())
}

func (c *cli) notifyTest() *cobra.Command {
	return &cobra.Command{
		Use:     "test",
		Short:   "Send one marked test message on each route",
		Example: `  monitor notify test`,
		Args:    arguments(0, 0),
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
			sent, err := app.SendTest(cmd.Context(), cfg, opts)
			if err != nil {
				return hint(fmt.Errorf("route %q: %w", sent.Route, err), "`monitor doctor` checks the route without posting")
			}
			if c.format == "json" {
				return c.json(sent)
			}
			c.say("test message sent on route %q", sent.Route)
			if sent.Link != "" {
				_, err = fmt.Fprintln(c.out, sent.Link)
			}
			return err
		},
	}
}
