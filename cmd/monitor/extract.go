package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"monitor/config"
	"monitor/internal/app"
	"monitor/internal/claim"
	"monitor/internal/detect/extract"
	"monitor/internal/feed"
)

type extractFlags struct {
	jsonl, explain, quantities bool
	lang, published, title     string
}

func (f extractFlags) show() app.Show {
	switch {
	case f.quantities:
		return app.ShowQuantities
	case f.explain:
		return app.ShowDecisions
	default:
		return app.ShowClaims
	}
}

func (c *cli) extractCommand() *cobra.Command {
	var flags extractFlags
	cmd := &cobra.Command{
		Use:   "extract [FILE|URL|-]...",
		Short: "Show what is read out of a text",
		Long: `extract reads texts and shows the claims in them, each in its sentence. A text is
a file (HTML or plain), an address, or - for standard input, which is also read
when nothing is named.

With --jsonl, standard input or the files hold one JSON object a line,
{"id": "...", "text": "...", "lang": "", "published": "2024-10-24", "url": "", "title": ""}
("html" may stand in for "text"), and the answers come one a line in the same order.`,
		Example: `  echo 'Some 2,000 North Korean soldiers are moving to Kursk, Kyodo reports.' | monitor extract --explain -
  monitor extract --published 2024-10-25 article.html
  monitor extract --jsonl < texts.jsonl > claims.jsonl
  monitor extract --quantities --jsonl < texts.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.extract(cmd.Context(), args, flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.jsonl, "jsonl", false, "work on a stream of JSON objects, one a line")
	f.BoolVar(&flags.explain, "explain", false, "name the rule that made each number a claim or refused it")
	f.BoolVar(&flags.quantities, "quantities", false, "show every number, of any subject")
	f.StringVar(&flags.lang, "lang", "", "`LANGUAGE` of the text when it does not tell, as de")
	f.StringVar(&flags.published, "published", "", "the text's own `DATE`, as 2024-10-24")
	f.StringVar(&flags.title, "title", "", "the text's `HEADLINE`")
	cmd.MarkFlagsMutuallyExclusive("explain", "quantities")
	return cmd
}

func (c *cli) extract(ctx context.Context, args []string, flags extractFlags) error {
	if err := c.forms("text", "json"); err != nil {
		return err
	}
	if flags.jsonl && (flags.lang != "" || flags.published != "" || flags.title != "") {
		return &usageError{err: errors.New("--lang, --published and --title are fields of each line with --jsonl")}
	}
	published, err := app.ParseDay(flags.published)
	if err != nil {
		return &usageError{err: fmt.Errorf("--published: %w", err)}
	}
	cfg, err := c.configToAsk()
	if err != nil {
		return err
	}
	desk, err := app.NewDesk(cfg)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"-"}
	}
	reader := textReader{c: c, cfg: cfg, flags: flags, published: published}
	failed := false
	for _, arg := range args {
		if flags.jsonl {
			err = reader.stream(desk, arg, &failed)
		} else {
			err = reader.one(ctx, desk, arg)
		}
		if err != nil {
			c.say("%s: %s", arg, strings.TrimPrefix(err.Error(), arg+": ")) // fetching names the address, too
			failed = true
		}
	}
	if failed {
		return exitError(exitFailed)
	}
	return nil
}

// textReader reads what extract is given.
type textReader struct {
	c         *cli
	cfg       *config.Config
	flags     extractFlags
	published claim.Date
}

func (t textReader) stream(desk *app.Desk, arg string, failed *bool) error {
	in, done, err := t.open(arg)
	if err != nil {
		return err
	}
	defer done()
	return desk.Stream(in, t.c.out, t.flags.show(), func(line int, err error) {
		*failed = true
		if arg == "-" {
			t.c.say("line %d: %s", line, err)
			return
		}
		t.c.say("%s: line %d: %s", arg, line, err)
	})
}

func (t textReader) open(arg string) (io.Reader, func(), error) {
	if arg == "-" {
		return t.c.in, func() {}, nil
	}
	f, err := os.Open(arg)
	if err != nil {
		return nil, nil, cause(err)
	}
	return f, func() { _ = f.Close() }, nil // only read from
}

// cause leaves out the path that os puts into its errors.
func cause(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

func (t textReader) one(ctx context.Context, desk *app.Desk, arg string) error {
	doc, err := t.document(ctx, arg)
	if err != nil {
		return err
	}
	shown := desk.Show(arg, doc, t.flags.show())
	if t.c.format == "json" {
		enc := json.NewEncoder(t.c.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(shown)
	}
	_, colour := screen(t.c.out)
	return page{desk, colour}.write(t.c.out, shown)
}

// document is what an argument leads to, as a text.
func (t textReader) document(ctx context.Context, arg string) (extract.Document, error) {
	doc := extract.Document{Title: t.flags.title, Lang: t.flags.lang, Published: t.published}
	if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
		return t.page(ctx, arg, doc)
	}
	in, done, err := t.open(arg)
	if err != nil {
		return doc, err
	}
	defer done()
	data, err := io.ReadAll(io.LimitReader(in, t.cfg.Fetch.MaxBody+1))
	switch {
	case err != nil:
		return doc, cause(err)
	case int64(len(data)) > t.cfg.Fetch.MaxBody:
		return doc, fmt.Errorf("longer than %d bytes: raise fetch.max_body if it is meant", t.cfg.Fetch.MaxBody)
	case !utf8.Valid(data):
		return doc, errors.New("not text in UTF-8")
	}
	doc.Text = string(data)
	switch ext := strings.ToLower(filepath.Ext(arg)); {
	case ext == ".html", ext == ".htm", ext == ".xhtml", ext != ".txt" && looksLikeHTML(doc.Text):
		doc.Text = app.TextOf(doc.Text, "")
	}
	return doc, nil
}

// looksLikeHTML says whether a text begins as a page or a part of one does.
func looksLikeHTML(s string) bool {
	s = strings.ToLower(strings.TrimLeft(s[:min(len(s), 512)], " \t\r\n\ufeff"))
	for _, tag := range []string{"<!doctype", "<html", "<head", "<body", "<p>", "<p ", "<div", "<article", "<main", "<h1", "<!--"} {
		if strings.HasPrefix(s, tag) {
			return true
		}
	}
	return false
}

// page fetches an address, as politely as a source.
func (t textReader) page(ctx context.Context, address string, doc extract.Document) (extract.Document, error) {
	opts, err := t.c.options(slog.LevelError)
	if err != nil {
		return doc, err
	}
	f := app.NewFetcher(t.cfg, opts)
	defer f.Close()
	e, err := f.Article(ctx, feed.Source{Name: address, Kind: feed.Page, URL: address}, feed.Entry{Key: address, URL: address, Title: doc.Title})
	if err != nil {
		return doc, err
	}
	if doc.Text, err = app.Cut(e); err != nil {
		return doc, err
	}
	doc.Title = e.Title
	if doc.Lang == "" {
		doc.Lang = e.Lang
	}
	if doc.Published == 0 {
		doc.Published = claim.DateOf(e.Published)
	}
	return doc, nil
}
