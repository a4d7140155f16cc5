package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/detect"
	"monitor/internal/ledger"
)

func (c *cli) claimsShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show a claim's evidence, the rules that read and judged it, and all it was compared with",
		Long: `show tells where a claim was read and in which words, which rule made the number a
claim, and why it was or was not worth telling. What it was compared with is
found anew, from the claims that were committed before it, by the rules and the
known figures of today; where today's verdict is another one, it says so.`,
		Example: `  monitor claims show 12
  monitor claims show 12 --format json`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			id, err := rowID("claim", args[0], "`monitor claims` lists them")
			if err != nil {
				return err
			}
			return c.ask(cmd, func(l *ledger.Ledger, desk *app.Desk) error {
				t, err := desk.Trace(cmd.Context(), l, id)
				if err != nil {
					return hint(err, "`monitor claims` lists them")
				}
				if c.format == "json" {
					return c.json(t)
				}
				return writeTrace(c.out, desk, t)
			})
		},
	}
}

// rowID reads the number of a claim, a finding or a known figure.
func rowID(what, arg, hint string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return 0, &usageError{err: fmt.Errorf("%s %q: write its number", what, arg), hint: hint}
	}
	return id, nil
}

func writeTrace(out io.Writer, desk *app.Desk, t app.Trace) error {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-11s %s\n", label, plain(text))
		}
	}
	r, cl := t.Record, t.Record.Claim
	fmt.Fprintf(&b, "claim %d: %s\n\n", t.ID, plain(side(desk, r)))
	line("quote", cl.Quote)
	line("sentence", cl.Sentence)
	line("speaker", cl.Speaker)
	line("as of", cl.AsOf.String())
	line("source", r.Source+", "+r.Outlet)
	line("entry", r.Title)
	line("url", r.URL)
	line("published", minute(r.Published))
	line("captured", minute(r.Captured)+fmt.Sprintf(", version %d, digest %s", t.Version.Version, t.Version.Digest))
	line("gone since", minute(t.Vanished))
	line("read by", cl.Rule)
	for _, d := range t.Reading {
		made := "no claim"
		if d.Claim != nil {
			made = amount(*d.Claim) + " " + string(d.Claim.Unit) + ", " + string(d.Claim.Measure) + ", " + string(d.Claim.Mode)
		}
		line("", fmt.Sprintf("%s: %s: %s", d.Text, d.Rule, made))
	}
	kind := string(t.Kind)
	if t.Finding != 0 {
		kind += fmt.Sprintf(" (finding %d)", t.Finding)
	}
	if t.Kind == "" {
		kind = "not compared yet"
	}
	line("kind", kind)
	if !t.Agreement {
		line("today", string(t.Verdict.Kind)+", by the rules and known figures of today")
	}
	reasons := t.Reasons
	if reasons == nil {
		reasons = t.Verdict.Reasons
	}
	for _, why := range reasons {
		line(why.Rule, why.Text)
	}
	for _, j := range t.Judged {
		line(string(j.Verdict), "by "+j.By+": "+j.Why)
	}
	writeSides(&b, desk, "edited, in place of", r.Replaced)
	writeSides(&b, desk, "returned, as it was", r.Returned)
	writeSides(&b, desk, "known figures it was compared with", t.Known)
	writeSides(&b, desk, "standing claims it was compared with", t.Standing)
	_, err := io.WriteString(out, b.String())
	return err
}

func writeSides(b *strings.Builder, desk *app.Desk, head string, sides []detect.Record) {
	const most = 40
	if len(sides) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", head)
	for i, r := range sides {
		if i == most {
			fmt.Fprintf(b, "  and %d more; --format json has them all\n", len(sides)-most)
			break
		}
		fmt.Fprintf(b, "  %s\n", plain(side(desk, r)))
	}
}

// side is a claim in a line, with its claimant, its hedge and where it is from.
func side(desk *app.Desk, r detect.Record) string {
	cl := r.Claim
	who := "nobody named"
	if cl.Claimant != "" {
		who = desk.Name(cl.Claimant)
	}
	s := fmt.Sprintf("%s %s %s, %s, by %s", amount(cl), cl.Unit, cl.Measure, cl.Mode, who)
	if d := detect.Day(r); d != 0 {
		s += ", " + d.String()
	}
	if cl.Scope != "" {
		s += ", " + cl.Scope
	}
	switch {
	case r.Baseline:
		s += " (baseline)"
	case r.ID != 0:
		s += fmt.Sprintf(" (claim %d, %s)", r.ID, r.Outlet)
	}
	if len(r.Parts) > 0 {
		var parts []string
		for _, p := range r.Parts {
			parts = append(parts, amount(p.Claim))
		}
		s += ", the sum of " + strings.Join(parts, ", ")
	}
	return s
}
