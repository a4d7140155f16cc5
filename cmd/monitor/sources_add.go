package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"monitor/config"
	"monitor/internal/app"
	"monitor/internal/feed"
	"monitor/internal/feed/opml"
)

func (c *cli) sourcesAdd() *cobra.Command {
	var name, schedule string
	var dry, follow bool
	limit := 3
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Find the feed behind an address, show what it gives and add it to the configuration",
		Long: `add looks for a feed at the address: the address itself, the feeds that its page names, or
the places where sites have them. It shows what one poll would read and writes an entry
at the end of the configuration's sources; every other line of the file stays as it is.
A page without a feed is added as a page.`,
		Example: `  monitor sources add https://example.org/news
  monitor sources add example.org --name wire --follow
  monitor sources add https://example.org/rss.xml --dry-run`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.forms("text", "json"); err != nil {
				return err
			}
			return c.addSource(cmd.Context(), args[0], feed.Source{Name: name, Schedule: schedule, Follow: follow}, limit, dry)
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "call the source `NAME`; else what the feed or its host is called")
	cmd.Flags().StringVar(&schedule, "schedule", "", "poll it on this `SCHEDULE`; else the configuration's")
	cmd.Flags().BoolVar(&follow, "follow", false, "read the articles that it links to")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would be read and written, and write nothing")
	cmd.Flags().IntVar(&limit, "entries", limit, "follow and read the first so many `ENTRIES`")
	return cmd
}

func (c *cli) addSource(ctx context.Context, address string, wish feed.Source, limit int, dry bool) error {
	file, cfg, err := c.editable(dry)
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
	found, err := trials.Discover(ctx, address)
	if err != nil {
		return fmt.Errorf("%s: %w", urlShown(address), err)
	}
	src := found.Source
	src.Name, src.Schedule, src.Follow = wish.Name, wish.Schedule, wish.Follow
	names, addresses := taken(cfg)
	if old := addresses[src.URL]; old != "" {
		return hint(fmt.Errorf("source %q reads %s already", old, urlShown(src.URL)), "`monitor sources test "+old+"` shows what it reads")
	}
	if src.Name == "" {
		src.Name = opml.Name(found.Title, hostOf(src.URL), names)
	}
	tried, err := trials.Poll(ctx, src, limit)
	if err != nil {
		return err
	}
	c.say("found %s at %s", found.Describe(), urlShown(src.URL))
	for _, other := range found.Others {
		c.say("its page also names %s", other)
	}
	if err := c.showTrial(trials.Desk(), tried); err != nil {
		return err
	}
	return c.writeSources(file, []feed.Source{src}, dry)
}

// editable is the file that a source can be added to.
func (c *cli) editable(dry bool) (string, *config.Config, error) {
	file := c.file()
	if file == "" && !dry {
		return "", nil, hint(errors.New("there is no configuration file to write into"), "`monitor init` writes one")
	}
	cfg, err := c.config()
	return file, cfg, err
}

// taken are the names and the addresses of the sources there are.
func taken(cfg *config.Config) (names map[string]bool, addresses map[string]string) {
	names, addresses = map[string]bool{}, map[string]string{}
	for _, s := range cfg.Sources {
		names[s.Name], addresses[s.URL] = true, s.Name
	}
	return names, addresses
}

// writeSources adds sources to the file, whole or not at all. Dry, it only shows them.
func (c *cli) writeSources(file string, sources []feed.Source, dry bool) error {
	if dry {
		for _, s := range sources {
			fmt.Fprint(c.errOut, config.SourceEntry(s))
		}
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	out, err := config.AddSources(file, text, sources)
	if err != nil {
		for _, s := range sources {
			fmt.Fprint(c.errOut, config.SourceEntry(s))
		}
		return hint(fmt.Errorf("%s: %w", file, err), "add the lines above by hand")
	}
	if err := replaceFile(file, out); err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	for _, s := range sources {
		c.say("added %s to %s", s.Name, file)
	}
	return nil
}

// replaceFile puts a new text in a file's place in one step. A link stays a link.
func replaceFile(file string, text []byte) error {
	path, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".monitor-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func (c *cli) sourcesImport() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Add the feeds of an OPML list to the configuration",
		Long: `import adds the feeds of a list, as feed readers write it, that the configuration does not have. It visits
none of them: ` + "`monitor sources test NAME`" + ` shows what one gives.`,
		Example: `  monitor sources import feeds.opml
  monitor sources import feeds.opml --dry-run
  cat feeds.opml | monitor sources import -`,
		Args: arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.forms("text"); err != nil {
				return err
			}
			return c.importList(args[0], dry)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would be written, and write nothing")
	return cmd
}

func (c *cli) importList(list string, dry bool) error {
	file, cfg, err := c.editable(dry)
	if err != nil {
		return err
	}
	r, label := c.in, "standard input"
	if list != "-" {
		f, err := os.Open(list)
		if err != nil {
			return fmt.Errorf("%s: %w", list, cause(err))
		}
		defer func() { _ = f.Close() }() // only read from
		r, label = f, list
	}
	text, err := io.ReadAll(io.LimitReader(r, opml.MaxBytes+1))
	if err != nil {
		return fmt.Errorf("%s: %w", label, cause(err))
	}
	feeds, err := opml.Read(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	names, addresses := taken(cfg)
	var fresh []feed.Source
	there, unfit := 0, 0
	for _, o := range feeds {
		u, err := url.Parse(o.Feed)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https": // a list from elsewhere may name no file of ours
			unfit++
			continue
		case addresses[o.Feed] != "":
			there++
			continue
		}
		name := opml.Name(o.Title, u.Hostname(), names)
		names[name], addresses[o.Feed] = true, name
		fresh = append(fresh, feed.Source{Name: name, Kind: feed.Feed, URL: o.Feed})
	}
	if len(fresh) > 0 {
		if err := c.writeSources(file, fresh, dry); err != nil {
			return err
		}
	}
	c.say("%s in the list: %d new, %d there already, %d with an address that is none of the web", count(len(feeds), "feed", "feeds"), len(fresh), there, unfit)
	return nil
}

func (c *cli) sourcesExport() *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write the configured feeds as an OPML list, for feed readers",
		Example: `  monitor sources export > feeds.opml
  monitor sources export --config other.yaml`,
		Args: arguments(0, 0),
		RunE: func(_ *cobra.Command, _ []string) error {
			if err := c.forms("text"); err != nil {
				return err
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			list := make([]feed.Source, len(cfg.Sources))
			for i, s := range cfg.Sources {
				s.URL = urlBare(s.URL)
				list[i] = s
			}
			skipped, err := opml.Write(c.out, "monitor", list)
			if err == nil && skipped > 0 {
				c.say("%s left out: OPML knows feeds only", count(skipped, "page", "pages"))
			}
			return err
		},
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// urlShown is an address for a message: without a password.
func urlShown(raw string) string { return address(raw) }

// urlBare is an address for others: without user and password.
func urlBare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}
