package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"monitor/config"
	"monitor/internal/app"
)

func (c *cli) runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Watch the sources on their schedules until told to stop",
		Long: `run is the daemon: it polls each source on its schedule, compares what is new and
sends alerts. What an earlier run left to be sent is sent first.

SIGHUP reads the configuration again; one with faults changes nothing. SIGTERM or
SIGINT stops it after the work in hand, a second one at once. While it runs,
/healthz on web.listen says what is wrong.`,
		Example: `  monitor run
  monitor run --config /etc/monitor/monitor.yaml --log-format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.daemon(cmd.Context()) },
	}
}

func (c *cli) daemon(ctx context.Context) error {
	if err := c.forms("text", "json"); err != nil {
		return err
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	opts, err := c.options(slog.LevelInfo)
	if err != nil {
		return err
	}
	reload, end := hangups(ctx)
	defer end()
	a, err := app.Open(ctx, cfg, opts)
	if err != nil {
		return err
	}
	d := app.NewDaemon(a, c.again)
	return errors.Join(d.Run(ctx, reload), a.Ledger().Close())
}

// again reads the configuration of a running daemon anew.
func (c *cli) again() (*config.Config, error) {
	file := c.file()
	if file == "" {
		return config.Builtin(), nil
	}
	cfg, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	c.secrets.hide(cfg)
	return cfg, nil
}

// hangups gives a value for each SIGHUP; several that come while one is dealt with are one.
func hangups(ctx context.Context) (<-chan struct{}, func()) {
	signals, out := make(chan os.Signal, 1), make(chan struct{}, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out, func() { signal.Stop(signals) }
}
