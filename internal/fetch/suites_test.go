package fetch

import (
	"bytes"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"monitor/internal/feed"
)

// suites is a folder with copies of public test suites. None of them is part of
// the project; `make suites DIR=...` reads them.
var suites = flag.String("suites", "", "folder with copies of public test suites")

// slowest is how long one document of a suite may take.
const slowest = 5 * time.Second

// least is how many documents of a suite's folder have to be read as feeds.
var least = map[string]int{"tests/wellformed": 1734, "tests/encoding": 81, "tests/illformed": 14}

type score struct {
	files, read, refused int
	worst                time.Duration
	worstFile            string
}

// TestSuites reads every document of the folder as if a server had sent it: each
// gives entries or a clear error, none a panic, and none takes long.
func TestSuites(t *testing.T) {
	if *suites == "" {
		t.Skip("no -suites folder")
	}
	f := New(Options{})
	scores := map[string]*score{}
	robots := 0
	err := filepath.WalkDir(*suites, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.Name() == "robots_test.cc":
			robots++
			t.Run("robots", func(t *testing.T) { robotsSuite(t, path) })
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		switch filepath.Ext(path) {
		case ".xml", ".json", ".rss", ".atom", ".rdf", ".html":
			readSuiteFile(t, f, path, scores)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(scores)+robots == 0 {
		t.Fatalf("nothing to read in %s", *suites)
	}
	for _, dir := range sortedKeys(scores) {
		s := scores[dir]
		t.Logf("%-60s %5d files %5d read %5d refused; slowest %s (%s)", dir, s.files, s.read, s.refused, s.worst.Round(time.Millisecond), s.worstFile)
		for end, n := range least {
			if strings.HasSuffix(dir, end) && s.read < n {
				t.Errorf("%s: got %d read, want %d at least", dir, s.read, n)
			}
		}
	}
}

func sortedKeys(m map[string]*score) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// headerOf is the HTTP header that a document of feedparser's suite wants.
var headerOf = regexp.MustCompile(`(?i)Header:\s*Content-type:\s*([^\r\n]+)`)

func readSuiteFile(t *testing.T, f *Fetcher, path string, scores map[string]*score) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(*suites, path)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(filepath.ToSlash(filepath.Dir(rel)), "/")
	dir := strings.Join(parts[:min(len(parts), 3)], "/")
	s := scores[dir]
	if s == nil {
		s = &score{}
		scores[dir] = s
	}
	doc := &document{url: &url.URL{Scheme: "https", Host: "suite.example", Path: "/" + filepath.Base(path)}, body: b}
	if m := headerOf.FindSubmatch(b[:min(len(b), 2048)]); m != nil {
		doc.contentType = string(bytes.TrimSpace(m[1]))
	}
	began := time.Now()
	var res Result
	failed := ""
	func() {
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("%s: panic: %v", rel, r)
			}
		}()
		if err := f.read(feed.Source{Kind: feed.Feed, URL: doc.url.String()}, doc, &res); err != nil {
			failed = err.Error()
		}
	}()
	took := time.Since(began)
	if s.files++; failed == "" {
		s.read++
	} else {
		s.refused++
		if testing.Verbose() && os.Getenv("SUITES_ERRORS") != "" {
			t.Logf("%s: %s", rel, failed)
		}
	}
	if took > s.worst {
		s.worst, s.worstFile = took, filepath.Base(path)
	}
	if took > slowest {
		t.Errorf("%s: took %s", rel, took)
	}
}

var (
	cLiteral = `(?:"(?:[^"\\]|\\.)*"\s*)+`
	cDefine  = regexp.MustCompile(`(?:const\s+)?(?:absl::string_view|std::string)\s+(\w+)\s*(?:=|\()\s*(` + cLiteral + `)\)?;`)
	cExpect  = regexp.MustCompile(`EXPECT_(TRUE|FALSE)\(\s*IsUserAgentAllowed\(\s*(` + cLiteral + `|\w+)\s*,\s*(` + cLiteral + `|\w+)\s*,\s*(` + cLiteral + `|\w+)\s*\)\s*\)`)
	cAny     = regexp.MustCompile(cDefine.String() + "|" + cExpect.String())
	cString  = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	cComment = regexp.MustCompile(`(?m)^\s*//.*$`)
	cAll     = regexp.MustCompile(`EXPECT_(TRUE|FALSE)\(\s*IsUserAgentAllowed`)
)

// robotsSuite holds google/robotstxt's expectations against our rules.
func robotsSuite(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = cComment.ReplaceAll(b, nil)
	vars := map[string]string{}
	value := func(s string) string {
		if !strings.HasPrefix(s, `"`) {
			return vars[s]
		}
		var out strings.Builder
		for _, m := range cString.FindAllStringSubmatch(s, -1) {
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(m[1], `\'`, `'`) + `"`)
			if err != nil {
				text = m[1]
			}
			out.WriteString(text)
		}
		return out.String()
	}
	good, asked := 0, 0
	for _, m := range cAny.FindAllStringSubmatch(string(b), -1) {
		if m[1] != "" {
			vars[m[1]] = value(m[2])
			continue
		}
		asked++
		rules, agent, address := value(m[4]), value(m[5]), value(m[6])
		if got := suiteAllows(rules, agent, address); got == (m[3] == "TRUE") {
			good++
		} else {
			t.Logf("%s for %q at %q: got %v\n%s", m[3], agent, address, got, rules)
		}
	}
	t.Logf("robots: %d of %d expectations met; %d in the file", good, asked, len(cAll.FindAll(b, -1)))
	// RFC 9309 (2.2.2) has three of them the other way round: an address and a rule
	// are equal however their letters are escaped.
	if asked > 100 && good < asked-3 {
		t.Errorf("got %d of %d, want all but three", good, asked)
	}
}

// suiteAllows asks like the suite: an empty address is one that nothing allows.
func suiteAllows(rules, agent, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if !strings.Contains(address, "://") {
		u = &url.URL{Path: address}
	}
	return parseRobots([]byte(rules), agent).allows(u)
}
