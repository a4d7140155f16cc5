package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
	"monitor/internal/ledger"
)

// chronologyWord stands for the chronology that is built in. A file of this name is ./chronology.
const chronologyWord = "chronology"

type importFlags struct {
	topic, by, why string
	dryRun         bool
}

func (c *cli) baselineImport() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import chronology|FILE",
		Short: "Make the figures of a dated file known",
		Long: `import makes known what a chronology has: who said which figure on which day, with
the public addresses it was taken from. The word chronology is the one that is built
in; without it every figure since October 2024 is news to a new record. A file of
your own has the same form.

What is in the baseline already is left as it is, so that a second import adds nothing.`,
		Example: `  monitor baseline import chronology
  monitor baseline import chronology --dry-run
  monitor baseline import ours.txt --by Kim --why 'from our archive'`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.forms("table", "json", "csv"); err != nil {
				return err
			}
			return c.importBaseline(cmd, args[0], f)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.topic, "topic", "", "`NAME` of the topic (default the first that it fits)")
	fs.StringVar(&f.by, "by", "", "`WHO` makes them known (default the user's name)")
	fs.StringVar(&f.why, "why", "", "the `REASON`, kept with each (default where they are from)")
	fs.BoolVar(&f.dryRun, "dry-run", false, "list what would be added, and add nothing")
	return cmd
}

func (c *cli) importBaseline(cmd *cobra.Command, from string, f importFlags) (err error) {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	desk, err := app.NewDesk(cfg)
	if err != nil {
		return err
	}
	topic, list, err := readChronology(desk, from, f.topic)
	if err != nil {
		return err
	}
	opts, err := c.options(slog.LevelWarn)
	if err != nil {
		return err
	}
	var a *app.App
	var done func() error
	if f.dryRun {
		a, done, err = app.OpenCopy(cmd.Context(), cfg, opts)
	} else if a, err = app.Open(cmd.Context(), cfg, opts); err == nil {
		done = a.Close
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	added, err := a.Ledger().ImportBaseline(cmd.Context(), topic, list, cmp.Or(f.by, userName()), cmp.Or(f.why, whereFrom(from)))
	if err != nil {
		return err
	}
	return c.imported(topic, added, len(list)-len(added), f.dryRun)
}

// readChronology gives the entries, and the topic that they are of.
func readChronology(desk *app.Desk, from, topic string) (string, []claim.Baseline, error) {
	topics, err := topicsOf(desk, topic)
	if err != nil {
		return "", nil, err
	}
	if from != chronologyWord {
		data, err := os.ReadFile(from)
		if err != nil {
			return "", nil, hint(fmt.Errorf("%s: %w", from, cause(err)), "the word chronology, without a folder, is the one that is built in")
		}
		list, err := lexicon.ParseChronology(from, data)
		return topics[0], list, err
	}
	for _, name := range topics {
		if list, err := lexicon.Chronology(name); err != nil || list != nil {
			return name, list, err
		}
	}
	return "", nil, &usageError{fmt.Errorf("topic %q has no chronology built in", topics[0]), "`monitor baseline import FILE` reads one of your own"}
}

func whereFrom(from string) string {
	if from == chronologyWord {
		return "the built-in chronology"
	}
	return "chronology " + from
}

// imported tells what was added, or would be.
func (c *cli) imported(topic string, added []ledger.BaselineEntry, known int, dryRun bool) error {
	if c.format == "json" {
		list := []baselineJSON{}
		for _, b := range added {
			list = append(list, baselineForm(b))
		}
		return c.json(struct {
			Topic  string         `json:"topic"`
			Added  []baselineJSON `json:"added"`
			Known  int            `json:"known"` // were there already
			DryRun bool           `json:"dry_run"`
		}{topic, list, known, dryRun})
	}
	if dryRun || c.format == "csv" {
		t := table{head: []string{"said", "figure", "unit", "measure", "mode", "claimant", "source"}}
		for _, b := range added {
			t.rows = append(t.rows, []string{
				b.Said.String(), amount(b.Claim(topic)), string(b.Unit), string(b.Measure), string(b.Mode), string(b.Claimant), b.Source,
			})
		}
		if err := c.list(t, nil); err != nil {
			return err
		}
	}
	verb := "are known from now on"
	if dryRun {
		verb = "would be known"
	}
	c.say("%d figures of %s %s%s; %d were known already", len(added), topic, verb, span(added), known)
	return nil
}

// span is the days that the entries are of, in words.
func span(entries []ledger.BaselineEntry) string {
	if len(entries) == 0 {
		return ""
	}
	byDay := func(a, b ledger.BaselineEntry) int { return cmp.Compare(a.Said, b.Said) }
	return fmt.Sprintf(", said from %s to %s", slices.MinFunc(entries, byDay).Said.Short(), slices.MaxFunc(entries, byDay).Said.Short())
}

func baselineForm(b ledger.BaselineEntry) baselineJSON {
	return baselineJSON{ID: number(b.ID), Topic: b.Topic, Claim: b.Claim(b.Topic), Origin: b.Origin, By: b.By, Why: b.Why, Source: b.Source}
}
