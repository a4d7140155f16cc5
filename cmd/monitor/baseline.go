package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/ledger"
)

func (c *cli) baselineCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "baseline",
		Short: "List and extend the known figures",
		Long: `The baseline is what is known: a figure in it is never told as new. It comes from
the configuration; people add to it. Who added what, and why, is kept.`,
	}, c.baselineList(), c.baselineAdd(), c.baselineAccept(), c.baselineImport())
}

// ask runs a question on the record with the desk that words the answer.
func (c *cli) ask(cmd *cobra.Command, do func(*ledger.Ledger, *app.Desk) error) error {
	cfg, l, err := c.record(cmd)
	if err != nil {
		return err
	}
	desk, err := app.NewDesk(cfg)
	if err == nil {
		err = do(l, desk)
	}
	return errors.Join(err, l.Close())
}

// with runs a change on the record, with sources and known figures as configured.
// Nothing is sent.
func (c *cli) with(cmd *cobra.Command, do func(*app.App) error) error {
	cfg, err := c.configToAsk()
	if err != nil {
		return err
	}
	opts, err := c.options(slog.LevelWarn)
	if err != nil {
		return err
	}
	opts.Print = true
	a, err := app.Open(cmd.Context(), cfg, opts)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

type baselineJSON struct {
	ID     string        `json:"id"`
	Topic  string        `json:"topic"`
	Claim  claim.Claim   `json:"claim"`
	Origin ledger.Origin `json:"origin"`
	By     string        `json:"by"`
	Why    string        `json:"why"`
	Source string        `json:"source"`
}

func (c *cli) baselineList() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the known figures",
		Example: `  monitor baseline list
  monitor baseline list --topic dprk-troops --format json`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("table", "json", "csv"); err != nil {
				return err
			}
			return c.with(cmd, func(a *app.App) error {
				topics, err := topicsOf(a.Desk, name)
				if err != nil {
					return err
				}
				t := table{head: []string{"id", "topic", "said", "figure", "unit", "measure", "mode", "claimant", "origin", "by", "why", "source"}}
				list := []baselineJSON{}
				for _, topic := range topics {
					entries, err := a.Ledger().Baselines(cmd.Context(), topic)
					if err != nil {
						return err
					}
					for _, b := range entries {
						cl := b.Claim(topic)
						t.rows = append(t.rows, []string{
							number(b.ID), topic, b.Said.String(), amount(cl), string(b.Unit), string(b.Measure), string(b.Mode), string(b.Claimant),
							string(b.Origin), b.By, b.Why, b.Source,
						})
						list = append(list, baselineForm(b))
					}
				}
				return c.list(t, list)
			})
		},
	}
	cmd.Flags().StringVar(&name, "topic", "", "only of the topic of this `NAME`")
	return cmd
}

// topicsOf are the topics to list: all, or the one named.
func topicsOf(desk *app.Desk, name string) ([]string, error) {
	if name == "" {
		return desk.Topics(), nil
	}
	return []string{name}, oneOf("--topic", name, desk.Topics())
}

// figureFlags describe a known figure.
type figureFlags struct {
	topic, qualifier, unit, measure, mode, claimant, said, source string
	low, high                                                     int64
	increment                                                     bool
	by, why                                                       string
}

func (f *figureFlags) reasons(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.by, "by", "", "`WHO` makes it known (default the user's name)")
	cmd.Flags().StringVar(&f.why, "why", "", "the `REASON`, kept with it")
}

func (c *cli) baselineAdd() *cobra.Command {
	var f figureFlags
	cmd := &cobra.Command{
		Use:   "add COUNT",
		Short: "Make a figure known",
		Example: `  monitor baseline add 2000 --qualifier about --claimant media:kyodo --measure front --said 2024-10-25 --why 'reported by all'
  monitor baseline add --qualifier range --low 10000 --high 12000 --claimant us-pentagon --said 2024-11-04`,
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd, func(a *app.App) error {
				b, err := f.baseline(a.Desk, args)
				if err != nil {
					return err
				}
				return c.addBaseline(cmd, a, f.topic, b, f)
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.topic, "topic", "", "`NAME` of the topic (default the configuration's first)")
	fs.Int64Var(&f.low, "low", int64(claim.Open), "least `NUMBER` of a range")
	fs.Int64Var(&f.high, "high", int64(claim.Open), "greatest `NUMBER` of a range")
	fs.StringVar(&f.qualifier, "qualifier", string(claim.Exact), "`HEDGE`: exact, about, at_least, more_than, up_to, fewer_than, range, vague")
	fs.StringVar(&f.unit, "unit", string(claim.Troops), "`UNIT`: troops, officers, generals, specialists, workers")
	fs.StringVar(&f.measure, "measure", string(claim.Deployed), "`MEASURE`: deployed, training, front, killed, wounded, casualties, captured")
	fs.StringVar(&f.mode, "mode", string(claim.Actual), "`MODE`: actual, planned, denied")
	fs.BoolVar(&f.increment, "increment", false, "the figure was added to an earlier one")
	fs.StringVar(&f.claimant, "claimant", "", "`ID` of who said it, as kr-nis")
	fs.StringVar(&f.said, "said", "", "`DATE` it was said on, as 2024-10-18 (needed)")
	fs.StringVar(&f.source, "source", "", "where it is from: an `ADDRESS` or note")
	f.reasons(cmd)
	return cmd
}

// baseline checks the flags.
func (f *figureFlags) baseline(desk *app.Desk, args []string) (claim.Baseline, error) {
	b := claim.Baseline{
		Qualifier: claim.Qualifier(f.qualifier), Unit: claim.Unit(f.unit), Measure: claim.Measure(f.measure), Mode: claim.Mode(f.mode),
		Increment: f.increment, Claimant: claim.Claimant(f.claimant), Source: f.source,
	}
	for _, err := range []error{
		oneOf("--qualifier", f.qualifier, claim.Qualifiers), oneOf("--unit", f.unit, claim.Units),
		oneOf("--measure", f.measure, claim.Measures), oneOf("--mode", f.mode, claim.Modes),
	} {
		if err != nil {
			return b, err
		}
	}
	if f.topic == "" {
		f.topic = desk.Topics()[0]
	}
	if err := oneOf("--topic", f.topic, desk.Topics()); err != nil {
		return b, err
	}
	if b.Claimant != "" && !desk.KnownClaimant(b.Claimant) {
		return b, &usageError{err: fmt.Errorf("--claimant %q: no claimant has this id; write one as kr-nis, a state's code, or media: and an outlet's name in small letters", f.claimant)}
	}
	var err error
	if b.Said, err = claim.ParseDate(f.said); err != nil || b.Said == 0 {
		return b, &usageError{err: fmt.Errorf("--said %q: write the day it was said on, as 2024-10-18", f.said)}
	}
	b.Bounds, err = f.bounds(b.Qualifier, args)
	return b, err
}

func (f *figureFlags) bounds(q claim.Qualifier, args []string) (claim.Bounds, error) {
	spread := q == claim.Range || q == claim.Vague
	low, high := claim.Count(f.low), claim.Count(f.high)
	switch {
	case spread && (len(args) > 0 || low < 0 || high < low):
		return claim.Bounds{}, &usageError{err: fmt.Errorf("a %s has --low and --high, and no count", q)}
	case spread:
		return claim.Bounds{Low: low, High: high}, nil
	case len(args) == 0 || low != claim.Open || high != claim.Open:
		return claim.Bounds{}, &usageError{err: errors.New("give one count; --low and --high are for --qualifier range")}
	}
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", "'", "", "_", "").Replace(args[0]), 10, 64)
	if err != nil || n <= 0 {
		return claim.Bounds{}, &usageError{err: fmt.Errorf("count %q: write a number above 0, as 12000", args[0])}
	}
	return claim.Bound(claim.Count(n), q), nil
}

func (c *cli) baselineAccept() *cobra.Command {
	var f figureFlags
	cmd := &cobra.Command{
		Use:     "accept FINDING",
		Short:   "Make a finding's figure known",
		Example: `  monitor baseline accept 5 --why 'confirmed by the ministry'`,
		Args:    arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return &usageError{err: fmt.Errorf("finding %q: write its number", args[0]), hint: "`monitor findings` lists them"}
			}
			return c.with(cmd, func(a *app.App) error {
				found, err := a.Ledger().Finding(cmd.Context(), id)
				if err != nil {
					return hint(err, "`monitor findings` lists them")
				}
				return c.addBaseline(cmd, a, found.Record.Claim.Topic, known(found), f)
			})
		},
	}
	f.reasons(cmd)
	return cmd
}

// known is a finding's claim as a known figure.
func known(f detect.Finding) claim.Baseline {
	cl := f.Record.Claim
	return claim.Baseline{
		Bounds: cl.Bounds, Qualifier: cl.Qualifier, Unit: cl.Unit, Measure: cl.Measure, Mode: cl.Mode, Increment: cl.Increment,
		Claimant: cl.Claimant, Said: detect.Day(f.Record), Source: f.Record.URL,
	}
}

func (c *cli) addBaseline(cmd *cobra.Command, a *app.App, topic string, b claim.Baseline, f figureFlags) error {
	added, err := a.Ledger().AddBaseline(cmd.Context(), topic, b, cmp.Or(f.by, userName()), f.why)
	if err != nil {
		return err
	}
	cl := b.Claim(topic)
	if c.format == "json" {
		return c.json(baselineJSON{ID: number(added.ID), Topic: topic, Claim: cl, Origin: added.Origin, By: added.By, Why: added.Why, Source: b.Source})
	}
	c.say("known from now on: %s %s, %s, %s (baseline entry %d)", amount(cl), cl.Unit, cl.Measure, cl.Mode, added.ID)
	return nil
}

// userName is who runs the program, as the system knows them.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}
