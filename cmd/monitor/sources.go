package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect/extract"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

func (c *cli) sourcesCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "sources",
		Short: "List, test and add sources",
	}, c.sourcesList(), c.sourcesTest(), c.sourcesAdd(), c.sourcesImport(), c.sourcesExport())
}

type sourceJSON struct {
	Name        string    `json:"name"`
	Kind        feed.Kind `json:"kind"`
	URL         string    `json:"url"`
	Schedule    string    `json:"schedule"`
	Entries     int       `json:"entries"`
	LastPoll    string    `json:"last_poll"`
	LastSuccess string    `json:"last_success"`
	LastChange  string    `json:"last_change"`
	NextDue     string    `json:"next_due"`
	Failures    int       `json:"failures"`
	Error       string    `json:"error"`
	MovedTo     string    `json:"moved_to"`

	Health string      `json:"health"`
	Habit  string      `json:"habit"` // the usual time between two changes
	Blind  []blindJSON `json:"blind"`
}

type blindJSON struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Mend  string `json:"mend"`
	Since string `json:"since"`
}

func (c *cli) sourcesList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the sources, when they were visited and what is wrong with them",
		Long: `list shows each source's health: new before its first visit, well, silent when it has brought
nothing for far longer than its habit, partial when something of it could not be read, certificate
when that of its server is about to end, moved, paused after "410 Gone", or how its visits fail. The habit is the
usual time between two changes; a next visit that is empty comes at once.`,
		Example: `  monitor sources list
  monitor sources list --format csv`,
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.forms("table", "json", "csv"); err != nil {
				return err
			}
			list, err := c.states(cmd)
			if err != nil {
				return err
			}
			t := table{head: []string{"name", "kind", "entries", "health", "last poll", "last change", "next visit", "habit", "failures", "address", "error"}}
			for _, s := range list {
				trouble := s.Error
				if s.MovedTo != "" {
					trouble = "moved for good to " + s.MovedTo
				} else if trouble == "" && len(s.Blind) > 0 {
					trouble = s.Blind[0].Text
				}
				t.rows = append(t.rows, []string{
					s.Name, string(s.Kind), strconv.Itoa(s.Entries), s.Health, s.LastPoll, s.LastChange, s.NextDue, s.Habit, strconv.Itoa(s.Failures), s.URL, trouble,
				})
			}
			return c.list(t, list)
		},
	}
}

// states are the configured sources with what the record knows of them, if there is one.
func (c *cli) states(cmd *cobra.Command) ([]sourceJSON, error) {
	cfg, l, err := c.record(cmd)
	if err != nil && !errors.Is(err, app.ErrNoRecord) {
		return nil, err
	}
	by := map[string]ledger.SourceState{}
	if l != nil {
		states, err := l.Sources(cmd.Context())
		if err = errors.Join(err, l.Close()); err != nil {
			return nil, err
		}
		for _, st := range states {
			by[st.Name] = st
		}
	}
	now := time.Now()
	list := []sourceJSON{}
	for _, src := range cfg.Sources {
		st := by[src.Name]
		blind := []blindJSON{}
		for _, b := range app.Sight(st, now) {
			blind = append(blind, blindJSON{b.Kind, b.Text, b.Mend, minute(b.Since)})
		}
		list = append(list, sourceJSON{
			Name: src.Name, Kind: src.Kind, URL: address(src.URL), Schedule: src.Schedule, Entries: st.Entries, LastPoll: minute(st.LastPoll),
			LastSuccess: minute(st.LastSuccess), LastChange: minute(st.LastChange), NextDue: minute(st.NextDue), Failures: st.Failures,
			Error: st.LastError, MovedTo: st.MovedTo, Health: app.Health(st, now), Habit: app.Span(app.Rhythm(st.Changes)), Blind: blind,
		})
	}
	return list, nil
}

// address is a source's, without a password.
func address(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil {
		return raw
	}
	return u.Redacted()
}

type testJSON struct {
	Source    string      `json:"source"`
	Truncated string      `json:"truncated,omitempty"`
	MovedTo   string      `json:"moved_to,omitempty"`
	Entries   []entryJSON `json:"entries"`
}

type entryJSON struct {
	Key       string        `json:"key"`
	URL       string        `json:"url"`
	Title     string        `json:"title"`
	Published string        `json:"published"`
	Lang      string        `json:"lang"`
	Bytes     int           `json:"bytes"`
	Claims    []claim.Claim `json:"claims"`
	Error     string        `json:"error,omitempty"`
	text      string
}

func (c *cli) sourcesTest() *cobra.Command {
	limit := 5
	cmd := &cobra.Command{
		Use:   "test NAME...",
		Short: "Show what one poll of a source would read; store nothing",
		Example: `  monitor sources test yonhap
  monitor sources test yonhap --entries 20 --format json`,
		Args: arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			return c.testSources(cmd.Context(), args, limit)
		},
	}
	cmd.Flags().IntVar(&limit, "entries", limit, "follow and read the first so many `ENTRIES`")
	return cmd
}

func (c *cli) testSources(ctx context.Context, names []string, limit int) error {
	cfg, err := c.configToAsk()
	if err != nil {
		return err
	}
	opts, err := c.options(slog.LevelError)
	if err != nil {
		return err
	}
	trials, err := app.NewTrial(cfg, opts)
	if err != nil {
		return err
	}
	defer trials.Close()
	sources, err := trials.Pick(names)
	if err != nil {
		return err
	}
	failed := false
	for _, src := range sources {
		t, err := trials.Poll(ctx, src, limit)
		if err != nil {
			c.say("source %q: %s", src.Name, err)
			failed = true
			continue
		}
		if err := c.showTrial(trials.Desk(), t); err != nil {
			return err
		}
	}
	if failed {
		return exitError(exitPartly)
	}
	return nil
}

func (c *cli) showTrial(desk *app.Desk, t app.Tried) error {
	out := testJSON{Source: t.Source.Name, Truncated: t.Truncated, MovedTo: t.MovedTo, Entries: []entryJSON{}}
	for _, e := range t.Entries {
		claims := e.Claims
		if claims == nil {
			claims = []claim.Claim{}
		}
		out.Entries = append(out.Entries, entryJSON{
			Key: e.Key, URL: e.URL, Title: e.Title, Published: minute(e.Published), Lang: e.Read, Bytes: len(e.Text), Claims: claims, Error: e.Fault, text: e.Text,
		})
	}
	if c.format == "json" {
		return c.json(out)
	}
	_, colour := screen(c.out)
	p := page{desk, colour}
	fmt.Fprintf(c.out, "%s: %s\n", out.Source, count(t.Total, "entry", "entries"))
	for _, note := range []string{out.Truncated, out.MovedTo} {
		if note != "" {
			fmt.Fprintf(c.out, "  note: %s\n", plain(note))
		}
	}
	for _, e := range out.Entries {
		fmt.Fprintf(c.out, "\n%s\n  %s %s, %d bytes of text, read in %s\n", plain(e.Title), e.Published, plain(e.URL), e.Bytes, orNone(e.Lang))
		if e.Error != "" {
			fmt.Fprintf(c.out, "  failed: %s\n", plain(e.Error))
		}
		for _, cl := range e.Claims {
			fmt.Fprintf(c.out, "  %s\n    %s\n", p.figure(extract.Document{Title: e.Title, Text: e.text}, cl), p.claim(cl))
		}
	}
	_, err := fmt.Fprintln(c.out)
	return err
}

func orNone(s string) string {
	if s == "" {
		return "no language that is known"
	}
	return s
}
