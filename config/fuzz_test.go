package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"go.yaml.in/yaml/v4"
)

// FuzzParse holds the loader to: no panic; faults have a place within the file;
// what it accepts is accepted by the schema, and what it shows of it loads again.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, "starter.yaml") {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	noFiles := func(string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(origin{file: "f.yaml", env: lookup, open: noFiles}, data)
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("%T: %v", err, err)
			}
			lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + strings.Count(string(data), "\u2028") +
				strings.Count(string(data), "\u2029") + strings.Count(string(data), "\u0085") + 2
			for _, fault := range faults {
				if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.What == "" || fault.Instead == "" {
					t.Errorf("%v of a file with %d lines", fault, lines)
				}
			}
			return
		}
		if err := accepts(t, data); err != nil {
			t.Errorf("the schema refuses what the loader accepts: %v", err)
		}
		if _, err := parse(origin{file: "f.yaml", env: noEnv, open: noFiles}, c.Effective()); err != nil {
			t.Errorf("effective: %v\n%s", err, c.Effective())
		}
	})
}

func FuzzSchedule(f *testing.F) {
	for _, seed := range []string{"*/15 * * * *", "@hourly", "@every 15m", "CRON_TZ=Asia/Seoul 0 9 * * MON-FRI", "TZ=", "0 0 29 2 *", "0 0 31 2 *"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkSchedule(text) != nil {
			return
		}
		s, err := cron.ParseStandard(text)
		if err != nil {
			t.Fatal(err)
		}
		if now := time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC); !s.Next(now).After(now) {
			t.Errorf("%q does not come after %v", text, now)
		}
	})
}

func FuzzSelector(f *testing.F) {
	for _, seed := range []string{"main article", "h3 a", ".message:not(.ad)", "a[href^='x']", ":nth-child(2n+1)", "p:contains('x')", ":matches((", "a,b>c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := reader{most: 10}
		var got string
		r.selector(&got)("select", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text})
		if (got == text) != (len(r.faults) == 0) && text != "" {
			t.Errorf("%q gives %q and %v", text, got, r.faults)
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"30s", "1h30m", "14d", "1.5d", "-1s", "0", "99999999999d", "1d1d", "0.3ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			return
		}
		if d < 0 || d > longest {
			t.Errorf("%q is %v", text, d)
		}
		if again, err := parseDuration(durationText(d)); err != nil || again != d {
			t.Errorf("%v is written as %q and read as %v, %v", d, durationText(d), again, err)
		}
	})
}
