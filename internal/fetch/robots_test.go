package fetch

import (
	"strings"
	"testing"
)

// TestRobots: each robots.txt with what it allows "monitor" to read, and not.
func TestRobots(t *testing.T) {
	for _, tt := range []struct {
		name, file   string
		allowed, not []string
	}{
		{"nothing", "", []string{"/", "/a"}, nil},
		{"everyone", "User-agent: *\nDisallow: /a", []string{"/", "/b", "/A"}, []string{"/a", "/ab", "/a/b?c"}},
		{"our own group counts alone", "User-agent: *\nDisallow: /\n\nUser-agent: Monitor\nDisallow: /x", []string{"/a"}, []string{"/x"}},
		{"our groups are merged", "User-agent: monitor\nDisallow: /x\nUser-agent: other\nDisallow: /\nUser-agent: monitor\nDisallow: /y", []string{"/a"}, []string{"/x", "/y"}},
		{"a version behind the name", "User-agent: monitor/2.0\nDisallow: /", nil, []string{"/a"}},
		{"a longer name is another", "User-agent: monitoring\nDisallow: /", []string{"/a"}, nil},
		{"several names of one group", "User-agent: a\nUser-agent: monitor\nSitemap: x\nDisallow: /a", []string{"/b"}, []string{"/a"}},
		{"an empty own group allows all", "User-agent: monitor\nDisallow:\n\nUser-agent: *\nDisallow: /", []string{"/a"}, nil},
		{"the longest rule wins", "User-agent: *\nDisallow: /a/\nAllow: /a/b", []string{"/a/b/c"}, []string{"/a/c"}},
		{"a tie allows", "User-agent: *\nDisallow: /a\nAllow: /a", []string{"/a"}, nil},
		{"stars and ends", "User-agent: *\nDisallow: /*.pdf$\nDisallow: /x*y*z", []string{"/a.pdf?x", "/a.html", "/xzy"}, []string{"/a/b.pdf", "/x1y2z3"}},
		{"a dollar within", "User-agent: *\nDisallow: /a$b", []string{"/a"}, []string{"/a$b"}},
		{"escapes", "User-agent: *\nDisallow: /a%3cd\nDisallow: /ü\nDisallow: /%7ejoe", []string{"/a"}, []string{"/a%3Cd", "/%C3%BC", "/~joe"}},
		{"typing errors", "\xef\xbb\xbfUSER-AGENT : *\r\nDissallow /a # because\rdisallow\t:\t/b", []string{"/c"}, []string{"/a", "/b"}},
		{"an index is its directory", "User-agent: *\nAllow: /d/index.html\nDisallow: /", []string{"/d/", "/d/index.html"}, []string{"/d/x", "/"}},
		{"rules before any name", "Disallow: /\nUser-agent: *\nDisallow: /b", []string{"/a"}, []string{"/b"}},
		{"robots.txt itself", "User-agent: *\nDisallow: /", []string{"/robots.txt"}, []string{"/robots.txt.bak"}},
		{"a page instead", "<!DOCTYPE html>\n<p>Disallow: /</p>", []string{"/a"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := parseRobots([]byte(tt.file), "monitor")
			for want, paths := range map[bool][]string{true: tt.allowed, false: tt.not} {
				for _, p := range paths {
					u, err := parseURL("https://example.org" + p)
					if err != nil {
						t.Fatal(err)
					}
					if got := r.allows(u); got != want {
						t.Errorf("%s: allowed %v, want %v", p, got, want)
					}
				}
			}
		})
	}
}

func TestCrawlDelayIsBounded(t *testing.T) {
	for file, want := range map[string]string{
		"User-agent: *\nCrawl-delay: 2.5": "2.5s", "User-agent: *\nCrawl-delay: 86400": "30s", "User-agent: *\nCrawl-delay: -1": "0s",
		"User-agent: *\nCrawl-delay: soon": "0s", "User-agent: other\nCrawl-delay: 9": "0s",
	} {
		if got := parseRobots([]byte(file), "monitor").delay.String(); got != want {
			t.Errorf("%q: delay %s, want %s", file, got, want)
		}
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\n", "/a/b?c")
	f.Add("user-agent monitor\rallow: /%zz%7", "/%E4")
	f.Add("User-agent: *\nAllow: "+strings.Repeat("*a", 50), "/"+strings.Repeat("a", 100))
	f.Fuzz(func(t *testing.T, file, path string) {
		u, err := parseURL("https://example.org/" + path)
		if err != nil {
			return
		}
		r := parseRobots([]byte(file), "monitor")
		r.allows(u)
		if n := normalPath(path); normalPath(n) != n && !strings.Contains(path, "%") {
			t.Errorf("%q is normal as %q, but not %q", path, n, normalPath(n))
		}
		if r.delay < 0 || r.delay > maxCrawlDelay {
			t.Errorf("delay %v", r.delay)
		}
	})
}
