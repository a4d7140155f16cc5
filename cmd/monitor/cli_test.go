package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"monitor/config"
	"monitor/internal/detect"
)

// Whatever is written through the curtain, no secret of the configuration is.
func TestCurtain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monitor.yaml")
	text := `
sources:
  - {name: one, feed: "https://user:pa55word@example.org/feed.xml"}
notify:
  slack: {webhook: "${HOOK}"}
`
	t.Setenv("HOOK", "https://hooks.slack.com/services/T1/B2/s3cr3t")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := &curtain{w: &out}
	c.hide(cfg)
	const line = `post "https://hooks.slack.com/services/T1/B2/s3cr3t": /services/T1/B2/s3cr3t and user:pa55word failed` + "\n"
	if n, err := c.Write([]byte(line)); n != len(line) || err != nil {
		t.Errorf("got %d and %v, want all of it taken", n, err)
	}
	for _, secret := range []string{"s3cr3t", "pa55word", "T1/B2"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("got %q, want it without %q", &out, secret)
		}
	}
	if !strings.Contains(out.String(), "failed\n") {
		t.Errorf("got %q, want the rest of the line", &out)
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2024, 11, 20, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"": "0001-01-01T00:00:00Z", "2024-10-18": "2024-10-18T00:00:00Z", "2024-10-18T06:00:00+09:00": "2024-10-17T21:00:00Z",
		"36h": "2024-11-19T00:00:00Z", "7d": "2024-11-13T12:00:00Z", "0d": "2024-11-20T12:00:00Z",
		"yesterday": "error", "-5h": "error", "-5d": "error", "2024-13-01": "error", "d": "error",
	} {
		at, err := moment("--since", in, now)
		got := at.UTC().Format(time.RFC3339)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	var out bytes.Buffer
	err := columns(&out, table{head: []string{"id", "name", "sentence"}, rows: [][]string{
		{"1", "연합뉴스", "a\nb\x1b[2J"}, {"22", strings.Repeat("long ", 20), "c"},
	}})
	want := "id  name                                              sentence\n" +
		"1   연합뉴스                                          a b[2J\n" +
		"22  long long long long long long long long long lo…  c\n"
	if err != nil || out.String() != want {
		t.Errorf("got %v and\n%s\nwant\n%s", err, &out, want)
	}
}

func TestMark(t *testing.T) {
	for _, tt := range []struct{ sentence, figure, want string }{
		{"About 2,000 soldiers.", "2,000", "About [2,000] soldiers."},
		{"Some\n2,000\tsoldiers.", "2,000", "Some [2,000] soldiers."},
		{"None here.", "2,000", "None here."},
		{"\x1b[31mAbout 5\u202e.", "5", "[31mAbout [5]."},
	} {
		if got := (page{}).mark(tt.sentence, tt.figure); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := (page{colour: true}).mark("About 5.", "5"); got != "About \x1b[1;33m5\x1b[0m." {
		t.Errorf("got %q, want the figure in colour", got)
	}
}

// Every kind can be asked for, and kinds are listed from the gravest on.
func TestKinds(t *testing.T) {
	for i, k := range kinds {
		if i > 0 && k.Gravity() > kinds[i-1].Gravity() {
			t.Errorf("%s stands behind %s", k, kinds[i-1])
		}
	}
	if len(kinds) != 10 || kinds[0] != detect.Conflict {
		t.Errorf("got %v, want all ten", kinds)
	}
}
