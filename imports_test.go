package monitor_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A row says what one package may import besides the standard library. Test
// files are free: they may bring whatever they need to try the package.
type row struct {
	own   string // packages of this module, by their path in it; "*" is all of them
	third string // modules of others; "*" is all of them
	pure  bool   // decides and does no input or output: see impure
}

// table is the shape of the program: words at the top, then decisions, edges
// that do not know one another, and the wiring that sees all. An import that
// is not here needs a reason, and then a change here.
var table = map[string]row{
	// Words.
	"internal/claim": {pure: true},
	"internal/feed":  {pure: true},

	"internal/feed/opml": {own: "internal/feed", third: "golang.org/x/net", pure: true},

	// Decisions, each knowing those above it.
	"internal/detect/text":     {own: "internal/claim internal/feed", third: "golang.org/x/net golang.org/x/text", pure: true},
	"internal/detect/lexicon":  {own: "internal/claim internal/feed internal/detect/text", third: "golang.org/x/text", pure: true},
	"internal/detect/quantity": {own: "internal/claim internal/feed internal/detect/text internal/detect/lexicon", third: "golang.org/x/text", pure: true},
	"internal/detect/extract":  {own: "internal/claim internal/feed internal/detect/text internal/detect/lexicon internal/detect/quantity", third: "golang.org/x/text", pure: true},
	"internal/detect":          {own: "internal/claim internal/feed internal/detect/text internal/detect/lexicon internal/detect/quantity internal/detect/extract", pure: true},
	"internal/notify":          {own: "internal/claim internal/feed internal/detect", third: "golang.org/x/text", pure: true},

	// Edges, each touching one outside thing.
	"config":                          {own: "internal/claim internal/feed internal/detect/lexicon", third: "go.yaml.in/yaml/v4 github.com/robfig/cron/v3 github.com/andybalholm/cascadia"},
	"internal/fetch":                  {own: "internal/feed internal/fetch/article", third: "code.dny.dev/ssrf github.com/PuerkitoBio/goquery github.com/andybalholm/brotli github.com/andybalholm/cascadia github.com/klauspost/compress github.com/mmcdole/gofeed golang.org/x/net golang.org/x/sync golang.org/x/text golang.org/x/time"},
	"internal/fetch/article":          {own: "internal/feed", third: "codeberg.org/readeck/go-readability/v2 github.com/PuerkitoBio/goquery github.com/andybalholm/cascadia golang.org/x/net", pure: true},
	"internal/ledger":                 {own: "internal/claim internal/feed internal/detect internal/notify", third: "modernc.org/sqlite"},
	"internal/notify/slack":           {own: "internal/claim internal/detect internal/notify", third: "github.com/slack-go/slack golang.org/x/time"},
	"internal/notify/slack/slackfake": {third: "github.com/gorilla/websocket"},
	"internal/web":                    {own: "internal/claim internal/feed internal/detect internal/notify"},
	"testdata/feeds":                  {own: "internal/feed", pure: true},

	// Wiring.
	"internal/app": {own: "*", third: "*"},
	"cmd/monitor":  {own: "*", third: "*"},
}

// impure are the standard packages, with all below them, that reach outside the
// program. Decisions get what they need from there as arguments.
var impure = []string{"database/sql", "log/syslog", "net", "os", "plugin", "syscall"}

// harmless are exceptions of impure: names and forms only.
var harmless = []string{"net/netip", "net/url"}

const module = "monitor"

func TestImports(t *testing.T) {
	packages := readImports(t, ".")
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		r, ok := table[dir]
		if !ok {
			t.Errorf("%s: not in the table of packages", dir)
			continue
		}
		for _, imp := range packages[dir] {
			if why := forbidden(r, imp); why != "" {
				t.Errorf("%s imports %q: %s", dir, imp, why)
			}
		}
	}
	for dir := range table {
		if packages[dir] == nil {
			t.Errorf("%s: in the table, but there is no such package", dir)
		}
	}
}

// The table is only worth something if it says no.
func TestForbidden(t *testing.T) {
	for _, tt := range []struct {
		dir, imp string
		want     bool
	}{
		{"internal/claim", "encoding/json", false},
		{"internal/claim", "os", true},
		{"internal/claim", "net/http", true},
		{"internal/claim", "net/url", false},
		{"internal/claim", "monitor/internal/feed", true},
		{"internal/detect/text", "monitor/internal/detect/lexicon", true},
		{"internal/detect/text", "golang.org/x/net/html", false},
		{"internal/detect/text", "golang.org/x/network", true},
		{"internal/detect/extract", "monitor/internal/detect/lexicon", false},
		{"internal/fetch", "net/http", false},
		{"internal/fetch", "monitor/internal/ledger", true},
		{"internal/ledger", "monitor/internal/fetch", true},
		{"internal/notify/slack", "github.com/slack-go/slack/socketmode", false},
		{"internal/notify", "github.com/slack-go/slack", true},
		{"internal/app", "monitor/internal/ledger", false},
		{"cmd/monitor", "github.com/spf13/cobra", false},
	} {
		if got := forbidden(table[tt.dir], tt.imp) != ""; got != tt.want {
			t.Errorf("%s importing %q: got forbidden %v, want %v", tt.dir, tt.imp, got, tt.want)
		}
	}
}

// forbidden says why a package with the row may not import imp; "" when it may.
func forbidden(r row, imp string) string {
	name, own := strings.CutPrefix(imp, module+"/")
	switch {
	case own:
		if r.own != "*" && !slices.Contains(strings.Fields(r.own), name) {
			return "the table does not let it know that package"
		}
	case strings.Contains(strings.Split(imp, "/")[0], "."):
		below := func(mod string) bool { return within(imp, mod) }
		if r.third != "*" && !slices.ContainsFunc(strings.Fields(r.third), below) {
			return "the table does not let it use that module"
		}
	case r.pure && !slices.Contains(harmless, imp):
		if slices.ContainsFunc(impure, func(std string) bool { return within(imp, std) }) {
			return "it decides, and does no input or output"
		}
	}
	return ""
}

func within(imp, prefix string) bool {
	return imp == prefix || strings.HasPrefix(imp, prefix+"/")
}

// readImports returns the imports of every package's files, tests aside, by the
// package's path in the module.
func readImports(t *testing.T, root string) map[string][]string {
	t.Helper()
	packages := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(file)
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		dir := path.Dir(filepath.ToSlash(file))
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		packages[dir] = append(packages[dir], "fmt") // a package without imports is one too
		for _, spec := range parsed.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			packages[dir] = append(packages[dir], imp)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range packages {
		slices.Sort(packages[dir])
		packages[dir] = slices.Compact(packages[dir])
	}
	return packages
}

// enter skips hidden folders and other modules, such as tools.
func enter(dir string) error {
	if dir == "." {
		return nil
	}
	if strings.HasPrefix(filepath.Base(dir), ".") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
