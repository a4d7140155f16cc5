package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"monitor/config"
)

func (c *cli) configCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "config",
		Short: "Check the configuration, or write its schema",
	}, c.configCheck(), c.configSchema())
}

func (c *cli) configCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Tell every fault of the file, or show what it comes to",
		Long: `check tells every fault of the configuration at once, each with its place and what
to write instead. Without faults it prints the configuration with every default
filled in and every secret left out.`,
		Example: `  monitor config check
  monitor config check other.yaml`,
		Args: arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			if len(args) > 0 {
				c.configFile = args[0]
			}
			cfg, err := c.config()
			if c.format == "json" {
				return c.faults(cfg, err)
			}
			if err != nil {
				return err
			}
			name := c.file()
			if name == "" {
				name = "the built-in configuration"
			}
			c.say("%s has no faults", name)
			_, err = c.out.Write(cfg.Effective())
			return err
		},
	}
}

// faults writes the outcome of a check as JSON.
func (c *cli) faults(cfg *config.Config, err error) error {
	type fault struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		What    string `json:"what"`
		Instead string `json:"instead"`
	}
	out := struct {
		Faults []fault        `json:"faults"`
		Config *config.Config `json:"config"`
	}{Faults: []fault{}, Config: cfg}
	var all config.Faults
	if err != nil && !errors.As(err, &all) {
		return err
	}
	for _, f := range all {
		out.Faults = append(out.Faults, fault(f))
	}
	if err := c.json(out); err != nil {
		return err
	}
	if len(all) > 0 {
		return exitError(exitUsage)
	}
	return nil
}

func (c *cli) configSchema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Write the file's JSON Schema, for editors",
		Example: `  monitor config schema > monitor.schema.json`,
		Args:    arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(c.out, "%s", config.Schema())
			return err
		},
	}
}
