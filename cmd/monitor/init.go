package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"monitor/config"
)

func (c *cli) initCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented monitor.yaml to start from",
		Long: `init writes the configuration that is also built in: it works unchanged, and every
key stands in it with its meaning. The file is ./monitor.yaml, or the one named.`,
		Example: `  monitor init
  monitor init /etc/monitor/monitor.yaml`,
		Args: arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := defaultFile
			if c.configFile != "" {
				file = c.configFile
			}
			if len(args) > 0 {
				file = args[0]
			}
			return c.writeStarter(file, force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over a file that is there")
	return cmd
}

func (c *cli) writeStarter(file string, force bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(file, mode, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return hint(fmt.Errorf("%s is there already and stays as it is", file), "name another file, or write over it with --force")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	_, err = f.Write(config.Starter())
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	named := ""
	if file != defaultFile {
		named = " --config " + file
	}
	c.say("wrote %s", file)
	c.sayHint("edit it, then: monitor config check" + named + "; monitor check" + named + " for one round; monitor run" + named + " for good")
	c.sayHint("monitor baseline import chronology" + named + " makes known what was said of the built-in topic since October 2024")
	return nil
}
