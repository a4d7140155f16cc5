// Command monitor watches feeds and pages for troop figures and tells what is new
// or does not add up. Each subcommand has a file of its own.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// version is set when a release is built.
var version string

func main() { os.Exit(newCLI(os.Stdin, os.Stdout, os.Stderr).run(os.Args[1:])) }

// Exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitPartly   = 3  // done, but some sources failed
	exitFindings = 10 // with --exit-code only
)

// run is the program: arguments in, exit status out. The first signal asks it to
// end, the second ends it at once.
func (c *cli) run(args []string) int {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer restore()
	context.AfterFunc(ctx, restore)
	root := c.root()
	root.SetArgs(args)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.errOut)
	return c.status(root.ExecuteContext(ctx))
}

// versionText is the version as it is told.
func versionText() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// exitError ends the program with a status and without words of its own.
type exitError int

func (e exitError) Error() string { return "exit" }

// usageError is wrong usage, for the status that tells so.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// hinted is an error with what to try.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// hint adds what to try, when there is something.
func hint(err error, text string) error {
	if err == nil || text == "" {
		return err
	}
	return &hinted{err, text}
}

func asExit(err error) (int, bool) {
	var e exitError
	ok := errors.As(err, &e)
	return int(e), ok
}
