package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
