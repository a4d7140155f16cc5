package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"monitor/config"
	"monitor/internal/app"
	"monitor/internal/ledger"
)

// cli is what all subcommands share: streams and global flags.
type cli struct {
	in          io.Reader
	out, errOut io.Writer
	secrets     *curtain      // before errOut
	patience    time.Duration // of a check with a Slack that does not answer; 0 is the app's

	configFile string
	database   string
	logLevel   string
	logFormat  string
	format     string
}

func newCLI(in io.Reader, out, errOut io.Writer) *cli {
	c := &cli{in: in, out: out, secrets: &curtain{w: errOut}}
	c.errOut = c.secrets
	return c
}

// defaultFile is read when no other file is named.
const defaultFile = "monitor.yaml"

// file is the configuration file to read; "" is the built-in one.
func (c *cli) file() string {
	if c.configFile != "" {
		return c.configFile
	}
	if f := os.Getenv("MONITOR_CONFIG"); f != "" {
		return f
	}
	if _, err := os.Stat(defaultFile); err == nil {
		return defaultFile
	}
	return ""
}

// config reads the configuration.
func (c *cli) config() (*config.Config, error) { return c.configBy(config.Load) }

// configToAsk is config for a command that sends nothing, and needs no token for that.
func (c *cli) configToAsk() (*config.Config, error) { return c.configBy(config.LoadToAsk) }

func (c *cli) configBy(load func(path string) (*config.Config, error)) (*config.Config, error) {
	file := c.file()
	if file == "" {
		return config.Builtin(), nil
	}
	cfg, err := load(file)
	if err != nil {
		return nil, c.configError(err)
	}
	c.secrets.hide(cfg)
	if cfg.Evidence != "" {
		c.say("evidence: this version keeps no WARC files; what was read is kept in the database")
	}
	return cfg, nil
}

func (c *cli) configError(err error) error {
	if _, ok := errors.AsType[config.Faults](err); ok {
		return &usageError{err: err}
	}
	return &usageError{err: err, hint: "`monitor init` writes a file to start from"}
}

// options are what the program's parts are handed. level is the log's own where
// the user has not named one.
func (c *cli) options(level slog.Level) (app.Options, error) {
	log, err := c.logger(level)
	if err != nil {
		return app.Options{}, err
	}
	o := app.Options{Version: versionText(), Database: c.database, Log: log, Alerts: c.out, Patience: c.patience}
	o.Width, o.Colour = screen(c.out)
	if c.format == "json" {
		o.Alerts = c.errOut
		o.Width, o.Colour = screen(c.secrets.w)
	}
	return o, nil
}

func (c *cli) logger(level slog.Level) (*slog.Logger, error) {
	if c.logLevel != "" {
		if err := level.UnmarshalText([]byte(c.logLevel)); err != nil {
			return nil, &usageError{err: fmt.Errorf("--log-level %q: write debug, info, warn or error", c.logLevel)}
		}
	}
	opts := &slog.HandlerOptions{Level: level}
	switch c.logFormat {
	case "json":
		return slog.New(slog.NewJSONHandler(c.errOut, opts)), nil
	case "text":
		return slog.New(slog.NewTextHandler(c.errOut, opts)), nil
	default:
		return nil, &usageError{err: fmt.Errorf("--log-format %q: write text or json", c.logFormat)}
	}
}

// forms checks --format against what the command can write, the first being its own.
func (c *cli) forms(known ...string) error {
	if c.format == "" || c.format == "text" && known[0] == "table" {
		c.format = known[0]
	}
	if !slices.Contains(known, c.format) {
		return &usageError{err: fmt.Errorf("--format %q: this command writes %s", c.format, strings.Join(known, ", "))}
	}
	return nil
}

// json writes a result as JSON.
func (c *cli) json(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// say tells a person something.
func (c *cli) say(format string, args ...any) {
	fmt.Fprintf(c.errOut, "monitor: "+format+"\n", args...)
}

func (c *cli) sayHint(text string) { fmt.Fprintf(c.errOut, "monitor: hint: %s\n", text) }

// status says what went wrong and gives the exit status for it.
func (c *cli) status(err error) int {
	if err == nil {
		return exitDone
	}
	if code, ok := asExit(err); ok {
		return code
	}
	_, isUsage := errors.AsType[*usageError](err)
	if _, unknown := errors.AsType[*app.UnknownSourceError](err); unknown {
		isUsage = true
	}
	if faults, ok := errors.AsType[config.Faults](err); ok {
		for _, f := range faults {
			c.say("%s", f)
		}
		return exitUsage
	}
	switch {
	case errors.Is(err, context.Canceled):
		c.say("stopped")
	default:
		c.say("%s", err)
	}
	if text := hintOf(err); text != "" {
		c.sayHint(text)
	}
	if isUsage {
		return exitUsage
	}
	return exitFailed
}

func hintOf(err error) string {
	if usage, ok := errors.AsType[*usageError](err); ok && usage.hint != "" {
		return usage.hint
	}
	if h, ok := errors.AsType[*hinted](err); ok {
		return h.hint
	}
	if text := app.DatabaseHint(err); text != "" {
		return text
	}
	if text := app.ListenHint(err); text != "" {
		return text
	}
	return app.SendHint(err)
}

// record opens the database for a command that only asks it.
func (c *cli) record(cmd *cobra.Command) (*config.Config, *ledger.Ledger, error) {
	cfg, err := c.configToAsk()
	if err != nil {
		return nil, nil, err
	}
	opts, err := c.options(slog.LevelWarn)
	if err != nil {
		return nil, nil, err
	}
	l, err := app.OpenExisting(cmd.Context(), cfg, opts)
	return cfg, l, err
}

// screen is how wide a terminal is and whether it shows colour; 0 and false for anything else.
func screen(w io.Writer) (width int, colour bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	const widest = 110 // longer lines are hard to read
	if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
		width = min(columns, widest)
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// group makes a command that only holds others.
func group(cmd *cobra.Command, children ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(children...)
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var names []string
		for _, child := range children {
			names = append(names, child.Name())
		}
		err := fmt.Errorf("%s: name one of %s", cmd.CommandPath(), strings.Join(names, ", "))
		if len(args) > 0 {
			err = fmt.Errorf("%s: there is no %q; name one of %s", cmd.CommandPath(), args[0], strings.Join(names, ", "))
		}
		return &usageError{err: err}
	}
	return cmd
}

// arguments checks how many there are; most below 0 is any number.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return &usageError{err: fmt.Errorf("wrong number of arguments: %s", cmd.UseLine()), hint: "see `" + cmd.CommandPath() + " --help`"}
		}
		return nil
	}
}
