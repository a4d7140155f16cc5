package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/feed"
)

func TestAddSources(t *testing.T) {
	added := feed.Source{Name: "wire", Kind: feed.Feed, URL: "https://wire.example/rss?a=1&b=2", Follow: true}
	entry := func(indent string) string {
		return indent + "- name: wire\n" + indent + "  feed: https://wire.example/rss?a=1&b=2\n" + indent + "  follow: true\n"
	}
	for _, tt := range []struct{ name, before, after string }{
		{"nothing yet", "", "sources:\n" + entry("  ")},
		{"no sources yet", "timezone: UTC # ours\n", "timezone: UTC # ours\nsources:\n" + entry("  ")},
		{"no end of line", "timezone: UTC", "timezone: UTC\nsources:\n" + entry("  ")},
		{"an empty key", "sources:\ntimezone: UTC\n", "sources:\n" + entry("  ") + "timezone: UTC\n"},
		{
			"in the middle, with comments",
			"sources:\n  # Seoul.\n  - name: one  # its desk\n    feed: https://one.example/\n    # nothing more\n\n# Who is told.\nnotify:\n  digest_above: 3\n",
			"sources:\n  # Seoul.\n  - name: one  # its desk\n    feed: https://one.example/\n    # nothing more\n" + entry("  ") + "\n# Who is told.\nnotify:\n  digest_above: 3\n",
		},
		{
			"dashes without indent", "sources:\n- {name: one, feed: 'https://one.example/'}\ntimezone: UTC\n",
			"sources:\n- {name: one, feed: 'https://one.example/'}\n" + entry("") + "timezone: UTC\n",
		},
		{
			"a last source over several lines", "sources:\n    - name: one\n      page: https://one.example/\n      select: >-\n        main\n\n        article\n",
			"sources:\n    - name: one\n      page: https://one.example/\n      select: >-\n        main\n\n        article\n" + entry("    "),
		},
		{
			"lines of another system", "sources:\r\n  - name: one\r\n    feed: https://one.example/\r\n",
			"sources:\r\n  - name: one\r\n    feed: https://one.example/\r\n" + strings.ReplaceAll(entry("  "), "\n", "\r\n"),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := AddSources("monitor.yaml", []byte(tt.before), []feed.Source{added})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, string(got)); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			cfg, err := parseText(string(got))
			if err != nil {
				t.Fatal(err)
			}
			if s := cfg.Sources[len(cfg.Sources)-1]; s.Name != "wire" || s.URL != added.URL || !s.Follow {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestAddSourcesFaults(t *testing.T) {
	wire := []feed.Source{{Name: "wire", Kind: feed.Feed, URL: "https://wire.example/"}}
	for _, text := range []string{"sources: [{name: one, feed: 'https://one.example/'}]\n", "sources: []\n"} {
		if _, err := AddSources("monitor.yaml", []byte(text), wire); !errors.Is(err, ErrInline) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	if _, err := AddSources("monitor.yaml", []byte("sources:\n  - {name: wire, feed: 'https://one.example/'}\n"), wire); err == nil {
		t.Error("got no error for a name that is taken")
	}
	if _, err := AddSources("monitor.yaml", []byte("- one\n"), wire); err == nil {
		t.Error("got no error for a list")
	}
}

// What needs quotes gets them.
func TestSourceEntryIsReadBack(t *testing.T) {
	for _, s := range []feed.Source{
		{Name: "yes", Kind: feed.Feed, URL: "https://a.example/"},
		{Name: "12", Kind: feed.Page, URL: "https://a.example/#x", Select: "main > p:first-child"},
		{Name: "Газета: новости", Kind: feed.Index, URL: "https://a.example/", Links: `a[href*="x"]`, Outlet: "- {"},
		{Name: "null", Kind: feed.Messages, URL: "https://a.example/s/x", Items: ".message", Lang: "ko", Schedule: "auto 5m-6h"},
		{Name: "wire # one", Kind: feed.Feed, URL: "file:feeds/a.xml", Schedule: "*/5 * * * *"},
	} {
		cfg, err := parseText("sources:\n" + SourceEntry(s))
		if err != nil {
			t.Errorf("%s: %v", SourceEntry(s), err)
			continue
		}
		got := cfg.Sources[0]
		if got.Name != s.Name || got.Kind != s.Kind || got.Links != s.Links || got.Items != s.Items || got.Select != s.Select {
			t.Errorf("got %+v, want %+v", got, s)
		}
	}
}

// Whatever a file is like, all of it is still there, in its order.
func TestAddSourcesKeepsEveryByte(t *testing.T) {
	files, err := filepath.Glob("testdata/good*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	wire := feed.Source{Name: "one more wire", Kind: feed.Feed, URL: "https://wire.example/"}
	for _, file := range append(files, "starter.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, err := AddSources(file, text, []feed.Source{wire})
		if errors.Is(err, ErrInline) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		before, _, _ := bytes.Cut(out, []byte("- name: one more wire"))
		before = bytes.TrimSuffix(bytes.TrimRight(before, " "), []byte("sources:\n"))
		if !bytes.HasPrefix(text, before) || !bytes.HasSuffix(out, text[len(before):]) {
			t.Errorf("%s: something else changed", file)
		}
	}
}
