package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/ledger"
)

// reasonFlags are who judges, and why.
type reasonFlags struct{ by, why string }

func (f *reasonFlags) on(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.by, "by", "", "`WHO` says so (default the user's name)")
	cmd.Flags().StringVar(&f.why, "why", "", "the `REASON`, kept with it (needed)")
}

func (f *reasonFlags) check() error {
	if strings.TrimSpace(f.why) == "" {
		return &usageError{err: errors.New("--why is missing: the reason is kept")}
	}
	f.by = cmp.Or(f.by, userName(), "somebody")
	return nil
}

func (c *cli) findingsDismiss() *cobra.Command {
	var f reasonFlags
	cmd := &cobra.Command{
		Use:   "dismiss ID",
		Short: "Say that a finding is not worth telling, and close its story",
		Long: `dismiss keeps who dismissed a finding and why, and closes its story: a message that
can be changed says so, and one that was not sent yet is not sent. A later
finding of the same figure opens the story again.`,
		Example: `  monitor findings dismiss 5 --why 'a figure of 2023, from the archive'`,
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.judge(cmd, args[0], ledger.Dismissed, f, func(ledger.Shown) (string, error) { return "", nil })
		},
	}
	f.on(cmd)
	return cmd
}

// correction are the flags that say what should have been read.
type correction struct {
	count, low, high                         int64
	qualifier, unit, measure, mode, claimant string
	increment, nothing, nobody               bool
	changed                                  func(string) bool
}

func (c *cli) findingsCorrect() *cobra.Command {
	var f reasonFlags
	var x correction
	cmd := &cobra.Command{
		Use:   "correct ID",
		Short: "Say that a finding's claim was read wrongly, and what is right",
		Long: `correct keeps the sentence with what should have been read in it, as an example that
readings are scored by, and closes the finding's story. What no flag names is
right as it was read. ` + "`monitor findings examples`" + ` prints the examples.`,
		Example: `  monitor findings correct 5 --why 'these are Russian soldiers' --nothing
  monitor findings correct 7 --why 'the ministry relays the agency' --claimant kr-nis`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			x.changed = cmd.Flags().Changed
			return c.judge(cmd, args[0], ledger.Corrected, f, func(shown ledger.Shown) (string, error) {
				id := shown.Finding
				if x.nothing {
					return app.NewExample(id, shown, nil, f.why)
				}
				right, err := x.apply(shown.Record.Claim)
				if err != nil {
					return "", err
				}
				return app.NewExample(id, shown, &right, f.why)
			})
		},
	}
	f.on(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&x.nothing, "nothing", false, "there is no claim")
	fs.Int64Var(&x.count, "count", 0, "the `NUMBER`, where there is one")
	fs.Int64Var(&x.low, "low", 0, "least `NUMBER` of a range")
	fs.Int64Var(&x.high, "high", 0, "greatest `NUMBER` of a range")
	fs.StringVar(&x.qualifier, "qualifier", "", "`HEDGE`: exact, about, at_least, more_than, up_to, fewer_than, range, vague")
	fs.StringVar(&x.unit, "unit", "", "`UNIT`: troops, officers, generals, specialists, workers")
	fs.StringVar(&x.measure, "measure", "", "`MEASURE`: deployed, training, front, killed, wounded, casualties, captured")
	fs.StringVar(&x.mode, "mode", "", "`MODE`: actual, planned, denied")
	fs.BoolVar(&x.increment, "increment", false, "the figure is added to an earlier one (--increment=false: it is not)")
	fs.StringVar(&x.claimant, "claimant", "", "`ID` of who says it, as kr-nis")
	fs.BoolVar(&x.nobody, "nobody", false, "nobody is named")
	return cmd
}

// apply gives the claim as it should have been read.
func (x correction) apply(cl claim.Claim) (claim.Claim, error) {
	for _, err := range []error{
		oneOf("--qualifier", x.qualifier, claim.Qualifiers), oneOf("--unit", x.unit, claim.Units),
		oneOf("--measure", x.measure, claim.Measures), oneOf("--mode", x.mode, claim.Modes),
	} {
		if err != nil {
			return cl, err
		}
	}
	was := cl
	cl.Qualifier = cmp.Or(claim.Qualifier(x.qualifier), cl.Qualifier)
	cl.Unit = cmp.Or(claim.Unit(x.unit), cl.Unit)
	cl.Measure = cmp.Or(claim.Measure(x.measure), cl.Measure)
	cl.Mode = cmp.Or(claim.Mode(x.mode), cl.Mode)
	cl.Claimant = cmp.Or(claim.Claimant(x.claimant), cl.Claimant)
	if x.nobody {
		cl.Claimant = ""
	}
	if x.changed("increment") {
		cl.Increment = x.increment
	}
	n, one := cl.Number()
	switch {
	case x.changed("count") && x.count < 0 || x.changed("low") && x.low < 0 || x.changed("high") && x.high < x.low:
		return cl, &usageError{err: errors.New("--count, --low and --high: write numbers of people, the least first")}
	case x.changed("count"):
		cl.Bounds = claim.Bound(claim.Count(x.count), cl.Qualifier)
	case x.changed("low") || x.changed("high"):
		cl.Bounds = claim.Bounds{Low: claim.Count(x.low), High: claim.Count(x.high)}
	case one:
		cl.Bounds = claim.Bound(n, cl.Qualifier)
	}
	if cl == was {
		return cl, &usageError{err: errors.New("nothing is corrected"), hint: "--nothing says that there is no claim; --claimant, --measure and others say what it is; `monitor findings dismiss` is for what was read well"}
	}
	return cl, nil
}

// judge keeps what the user says of a finding.
func (c *cli) judge(cmd *cobra.Command, arg string, v ledger.Verdict, f reasonFlags, example func(ledger.Shown) (string, error)) error {
	if err := c.forms("text", "json"); err != nil {
		return err
	}
	id, err := rowID("finding", arg, "`monitor findings` lists them")
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	return c.ask(cmd, func(l *ledger.Ledger, desk *app.Desk) error {
		found, err := l.Finding(cmd.Context(), id)
		if err != nil {
			return hint(err, "`monitor findings` lists them")
		}
		shown, err := l.Show(cmd.Context(), found.Record.ID)
		if err != nil {
			return err
		}
		line, err := example(shown)
		if err != nil {
			return err
		}
		j, err := l.Judge(cmd.Context(), ledger.Judgement{Finding: id, Verdict: v, By: f.by, Why: f.why, Example: line})
		if err != nil {
			return err
		}
		if c.format == "json" {
			return c.json(app.JudgementsJSON([]ledger.Judgement{j})[0])
		}
		c.say("finding %d is %s, and its story closed: %s", id, v, j.Why)
		if line != "" {
			c.sayHint("`monitor findings examples` prints what should have been read")
		}
		return nil
	})
}

func (c *cli) findingsExamples() *cobra.Command {
	return &cobra.Command{
		Use:   "examples",
		Short: "Print the corrected readings, one line of JSON each",
		Long: `examples prints what was corrected in the form of labelled passages: id, lang, date,
text, and the claims that must be read in it.`,
		Example: `  monitor findings examples > corrected.jsonl`,
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			return c.ask(cmd, func(l *ledger.Ledger, _ *app.Desk) error {
				list, err := l.Judgements(cmd.Context())
				if err != nil {
					return err
				}
				last := map[int64]string{} // of several corrections of one finding the last holds
				for _, j := range list {
					if j.Example != "" {
						last[j.Finding] = j.Example
					}
				}
				for _, j := range list {
					if line := last[j.Finding]; line != "" {
						fmt.Fprintln(c.out, line)
						delete(last, j.Finding)
					}
				}
				return nil
			})
		},
	}
}
