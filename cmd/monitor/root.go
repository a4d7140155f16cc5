package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// root is the command line, with its global flags.
func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "monitor",
		Short: "Watch what is said about troop figures",
		Long: `monitor watches feeds and pages for figures: how many, by whom, hedged how. It
compares them with the known ones and with all it has read before, and tells
what is new or does not add up, on the terminal or in Slack.

Results go to standard output, words for people to standard error.
Exit status: 0 done; 1 failed; 2 wrong usage or configuration; 3 done, but some
sources failed; 10 findings, with --exit-code only.`,
		Example: `  monitor demo            what an alert looks like, from built-in sample feeds
  monitor check           one round over all sources
  monitor init            write monitor.yaml to start from
  monitor run             the daemon`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := fmt.Errorf("there is no command %q", args[0])
			text := "`monitor --help` lists the commands"
			cmd.SuggestionsMinimumDistance = 2
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				text = fmt.Sprintf("did you mean `monitor %s`?", near[0])
			}
			return &usageError{err, text}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err, "see `" + cmd.CommandPath() + " --help`"}
	})
	f := root.PersistentFlags()
	f.StringVar(&c.configFile, "config", "", "configuration `FILE` (default $MONITOR_CONFIG, else ./monitor.yaml, else the built-in one)")
	f.StringVar(&c.database, "database", "", "`ADDRESS` of the record, as sqlite:monitor.db, instead of the configuration's")
	f.StringVar(&c.logLevel, "log-level", "", "least `LEVEL` of what is logged: debug, info, warn, error")
	f.StringVar(&c.logFormat, "log-format", "text", "`FORM` of the log: text or json")
	f.StringVar(&c.format, "format", "", "`FORM` of results: text or json; lists also csv (default text)")
	root.AddCommand(
		c.initCommand(), c.checkCommand(), c.runCommand(), c.demoCommand(), c.extractCommand(),
		c.claimsCommand(), c.findingsCommand(), c.alertsCommand(), c.baselineCommand(), c.replayCommand(), c.rangeCommand(),
		c.sourcesCommand(), c.configCommand(), c.doctorCommand(), c.notifyCommand(), c.versionCommand(),
	)
	return root
}
