package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"monitor/internal/app"
)

func (c *cli) demoCommand() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show what alerts look like, from built-in sample sources",
		Long: `demo is check on sample feeds and pages that come with the program. It needs no
network, account or file, and leaves nothing behind. The outlets are invented.`,
		Example: `  monitor demo
  monitor demo --format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, stop, err := app.DemoConfig(cmd.Context())
			if err != nil {
				return err
			}
			defer stop()
			dir, err := os.MkdirTemp("", "monitor-demo-")
			if err != nil {
				return err
			}
			defer func() { _ = os.RemoveAll(dir) }() // the system clears its folder for such files
			c.database = "sqlite:" + filepath.Join(dir, "demo.db")
			return c.check(cmd.Context(), cfg, flags)
		},
	}
	flags.on(cmd)
	return cmd
}
