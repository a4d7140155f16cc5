package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"monitor/internal/claim"
	"monitor/internal/feed"
)

var update = flag.Bool("update", false, "rewrite the expected faults in testdata")

// environment is what the files of testdata find.
var environment = map[string]string{
	"SLACK_BOT_TOKEN":   "xoxb-1-sesame",
	"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/sesame",
	"DB_PASSWORD":       "sesame",
	"EMPTY":             "",
	"TWO_LINES":         "sesame\nsesame",
	"BRACE":             "ses${ame",
	"SECRETS":           "secrets",
}

func lookup(name string) (string, bool) {
	v, ok := environment[name]
	return v, ok
}

func parseFile(t *testing.T, path string) ([]byte, *Config, error) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse(origin{file: filepath.Base(path), dir: "testdata", env: lookup, open: openFile}, data)
	return data, c, err
}

func parseText(text string) (*Config, error) {
	return parse(origin{file: "monitor.yaml", dir: "testdata", env: lookup, open: openFile}, []byte(text))
}

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
})

// accepts asks the published schema; the error says why not.
func accepts(tb testing.TB, data []byte) error {
	tb.Helper()
	s, err := compiled()
	if err != nil {
		tb.Fatal(err)
	}
	var n yaml.Node
	if err := yaml.Load(data, &n); err != nil {
		return err
	}
	v, err := plainValue(n.Content[0], 0)
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// plainValue is a file as an editor sees it: JSON values, dates as text.
func plainValue(n *yaml.Node, depth int) (any, error) {
	if depth > 30 {
		return nil, errors.New("too deep")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return plainValue(n.Alias, depth+1)
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if _, twice := m[key.Value]; twice || key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
				return nil, errors.New("a key is no word, or stands twice")
			}
			v, err := plainValue(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			m[key.Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			v, err := plainValue(item, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true"), nil
	case "!!int", "!!float":
		if x, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return json.Number(strconv.FormatFloat(x, 'f', -1, 64)), nil
		}
		return n.Value, nil // .inf and the like: JSON has no such number
	case "!!str", "!!timestamp":
		return n.Value, nil
	}
	return nil, errors.New("a tag")
}

func TestGoodFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/good*.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatal("no good files", err)
	}
	for _, path := range append(paths, "starter.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, c, err := parseFile(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if err := accepts(t, data); err != nil {
				t.Errorf("the schema refuses what the loader accepts: %v", err)
			}
			checkEffective(t, c)
		})
	}
}

// checkEffective loads what config check shows: it is the same configuration
// but for its secrets, and the schema's, too.
func checkEffective(t *testing.T, c *Config) {
	t.Helper()
	text := c.Effective()
	again, err := parse(origin{file: "effective.yaml", env: noEnv, open: openFile}, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := accepts(t, text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	secrets := cmpopts.IgnoreTypes(Secret{})
	if diff := cmp.Diff(again, c, secrets, cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("effective configuration, got - want +\n%s\n%s", diff, text)
	}
	if bytes.Contains(text, []byte("sesame")) {
		t.Errorf("a secret shows:\n%s", text)
	}
}

// TestFaults holds each file of testdata/bad-*.yaml to the faults in its last
// comment lines. "# loader: why" marks what no schema can see.
func TestFaults(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad-*.yaml")
	if err != nil || len(paths) < 50 {
		t.Fatal("no bad files", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			prefix := []byte("# " + filepath.Base(path) + ":")
			body, want, _ := bytes.Cut(data, prefix)
			_, err = parse(origin{file: filepath.Base(path), dir: "testdata", env: lookup, open: openFile}, body)
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			got := "# " + strings.ReplaceAll(faults.Error(), "\n", "\n# ") + "\n"
			if *update {
				if err := os.WriteFile(path, append(bytes.Clone(body), got...), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(got, string(prefix)+string(want)); diff != "" {
				t.Errorf("faults, got - want +\n%s", diff)
			}
			if strings.Contains(got, "sesame") {
				t.Error("a fault shows a secret")
			}
			refused, loader := accepts(t, body) != nil, bytes.Contains(body, []byte("# loader: "))
			if !refused && !loader {
				t.Error("the schema accepts what the loader refuses")
			}
			if refused && loader {
				t.Error("the schema refuses what is said to be the loader's alone")
			}
		})
	}
}

func TestUnreadableText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"empty file", "", "monitor.yaml:1:1: the file is empty; write at least sources:, or let `monitor init` write a file to start from"},
		{"comments only", "# nothing\n", "monitor.yaml:1:1: the file is empty; write at least sources:, or let `monitor init` write a file to start from"},
		{"no keys", "{}\n", "monitor.yaml:1:1: the file is empty; write at least sources:, or let `monitor init` write a file to start from"},
		{"no value", "---\n...\n", "monitor.yaml:1:1: the file is empty; write at least sources:, or let `monitor init` write a file to start from"},
		{"not UTF-8", "web:\n  listen: \"caf\xe9\"\n", "monitor.yaml:2:15: byte 0xe9 is not UTF-8; save the file as UTF-8"},
		{"UTF-16", "\xff\xfew\x00e\x00", "monitor.yaml:1:1: the file is UTF-16; save it as UTF-8"},
		{"control character", "web: {}\n# é\x00\n", "monitor.yaml:2:4: control character U+0000; remove it"},
		{"second document broken", "web: {}\n---\n[\n", "monitor.yaml:4:1: not YAML: did not find expected node content; look at the indentation and the quotes of this line and the one before"},
		{"escape", `web: "\q"`, "monitor.yaml:1:7: not YAML; look at the indentation and the quotes of this line and the one before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseText(tt.text)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := parseText("web: {listen: 8080}\nshedule: x\nfetch:\n  robots: maybe\n  timeout: -1s\n")
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var got []int
	for _, f := range faults {
		got = append(got, f.Line)
	}
	if diff := cmp.Diff(got, []int{1, 2, 4, 5}); diff != "" {
		t.Errorf("lines, got - want +\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("a", 61)
	for _, tt := range []struct{ got, want string }{
		{quote("plain"), `"plain"`},
		{quote(long), `"` + long[:60] + `…"`},
		{quote("xapp-1"), notShown},
		{quote("see https://u:p@host"), notShown},
		{nearest("datebase", []string{"fetch", "database"}), "database"},
		{nearest("tiemout", []string{"timezone", "timeout"}), "timeout"},
		{nearest("zebra", []string{"fetch", "database"}), ""},
		{nearest(long, []string{long}), ""},
		{nearest("wab", []string{"web"}), "web"},
		{nearest("up", []string{"use"}), ""},
		{durationText(90 * time.Minute), "1h30m"},
		{durationText(48 * time.Hour), "2d"},
		{durationText(36 * time.Hour), "36h"},
		{durationText(1500 * time.Microsecond), "1.5ms"},
		{durationText(0), "0s"},
		{sizeText(10 << 20), "10MiB"},
		{sizeText(1536), "1536B"},
		{sizeText(512 << 10), "512KiB"},
		{percentText(0.07), "7%"},
		{percentText(0.125), "12.5%"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	if _, err := parseText("\ufefftimezone: Asia/Seoul\n"); err != nil {
		t.Error(err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("token", "xoxb-1-sesame\n")
	c, err := Load(write("monitor.yaml", `
evidence: kept
sources: [{name: local, page: "file:a b.html"}, {name: there, feed: "file:///srv/feed.xml"}]
notify: {slack: {token: file:token, channel: "#x"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Database.Reveal(), "sqlite:"+filepath.Join(dir, "monitor.db"); got != want {
		t.Errorf("database %s, want %s", got, want)
	}
	if got, want := c.Evidence, filepath.Join(dir, "kept"); got != want {
		t.Errorf("evidence %s, want %s", got, want)
	}
	if got, want := c.Sources[0].URL, "file://"+filepath.ToSlash(dir)+"/a%20b.html"; got != want {
		t.Errorf("page %s, want %s", got, want)
	}
	if got, want := c.Sources[1].URL, "file:///srv/feed.xml"; got != want {
		t.Errorf("feed %s, want %s", got, want)
	}
	if got, want := c.Notify.Slack.Token.Reveal(), "xoxb-1-sesame"; got != want {
		t.Errorf("token %s, want %s", got, want)
	}

	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("missing file: got %v", err)
	}
	if _, err := Load(dir); err == nil {
		t.Error("a folder was read")
	}
	if _, err := Load(write("big.yaml", strings.Repeat("#\n", maxFile/2+1))); !errors.Is(err, errTooLarge) {
		t.Errorf("large file: got %v", err)
	}
	bad := write("bad.yaml", "web: 1\n")
	if _, err := Load(bad); err == nil || !strings.HasPrefix(err.Error(), bad+":1:6: ") {
		t.Errorf("bad file: got %v", err)
	}
}

func TestDefaults(t *testing.T) {
	got, err := parseText("sources: [{name: a b, feed: https://example.org/}]\n")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Database: secret("sqlite:testdata/monitor.db"),
		Schedule: "*/15 * * * *",
		Timezone: "UTC",
		Fetch:    Fetch{Timeout: 30 * time.Second, MaxBody: 10 << 20, MaxItems: 2000, PerHost: time.Second, Robots: true},
		Sources:  []feed.Source{{Name: "a b", Kind: feed.Feed, URL: "https://example.org/", Schedule: "*/15 * * * *", Timezone: "UTC", Outlet: "a b"}},
		Topics:   []Topic{{Use: "dprk-troops", Name: "dprk-troops", Tolerance: 0.1, Window: 14 * 24 * time.Hour}},
		Notify:   Notify{GroupWait: 30 * time.Second, DigestAbove: 10},
		Web:      Web{Listen: "127.0.0.1:8080"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	_, got, err := parseFile(t, "testdata/good-full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs("testdata/feeds/local.xml")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Database: secret("postgres://monitor:sesame@db.example.org/monitor"),
		Evidence: filepath.Join("testdata", "evidence"),
		Schedule: "CRON_TZ=Asia/Seoul 0 9 * * MON-FRI",
		Timezone: "Europe/Kyiv",
		Fetch: Fetch{
			UserAgent: "desk/1.0", Contact: "desk@example.org", Timeout: 90 * time.Second, MaxBody: 512 << 10, MaxItems: 50,
			PerHost: 0, Robots: false, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
		},
		Sources: []feed.Source{
			{
				Name: "wire", Kind: feed.Feed, URL: "https://example.org/rss.xml", Select: "article .text", Follow: true, Schedule: "*/5 * * * *",
				Timezone: "UTC", Recheck: []time.Duration{time.Second, time.Hour, 168 * time.Hour}, Outlet: "The Wire", Lang: "ko",
			},
			{Name: "briefing", Kind: feed.Page, URL: "http://127.0.0.1:9999/today", Select: "main", Schedule: "@hourly", Timezone: "Europe/Kyiv", Outlet: "briefing"},
			{Name: "newsroom", Kind: feed.Index, URL: "https://example.org/news", Links: "h3 a", Follow: true, Schedule: "CRON_TZ=Asia/Seoul 0 9 * * MON-FRI", Timezone: "Europe/Kyiv", Outlet: "newsroom"},
			{Name: "channel", Kind: feed.Messages, URL: "https://example.org/s/channel", Items: ".message", Schedule: "@every 1h30m", Timezone: "Europe/Kyiv", Outlet: "channel"},
			{Name: "local file", Kind: feed.Feed, URL: "file://" + filepath.ToSlash(abs), Schedule: "TZ=UTC */15 * * * *", Timezone: "Europe/Kyiv", Outlet: "local file"},
		},
		Topics: []Topic{
			{
				Use: "dprk-troops", Name: "dprk-troops", Tolerance: 0.075, Window: 0, HasBaseline: true,
				Baseline: []claim.Baseline{
					{
						Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Deployed,
						Mode: claim.Actual, Claimant: "kr-nis", Said: claim.NewDate(2024, 10, 18), Source: "briefing of 18 October",
					},
					{
						Bounds: claim.Bounds{Low: 3000, High: claim.Open}, Qualifier: claim.AtLeast, Unit: claim.Troops, Measure: claim.Deployed,
						Mode: claim.Actual, Claimant: "us-white-house", Said: claim.NewDate(2024, 10, 23),
					},
					{
						Bounds: claim.Bounds{Low: 10000, High: 12000}, Qualifier: claim.Range, Unit: claim.Specialists, Measure: claim.Front,
						Mode: claim.Planned, Increment: true, Said: claim.NewDate(2024, 11, 4),
					},
					{
						Bounds: claim.Bounds{Low: 0, High: 99}, Qualifier: claim.Vague, Unit: claim.Troops, Measure: claim.Captured,
						Mode: claim.Denied, Claimant: "media:kyodo", Said: claim.NewDate(2024, 12, 1),
					},
				},
			},
			{
				Name: "wagner-fighters", Title: "Wagner fighters", Terms: map[string][]string{"en": {"Wagner fighter*"}, "de": {"Wagner-Kämpfer*", "Söldner"}},
				Measures: []claim.Measure{claim.Deployed, claim.Killed}, Tolerance: 1, Window: 36 * time.Hour, HasBaseline: true, Baseline: nil,
			},
			{Name: "untitled", Title: "untitled", Terms: map[string][]string{"en": {"mercenary"}}, Tolerance: 0.1, Window: 14 * 24 * time.Hour},
		},
		Notify: Notify{GroupWait: 0, DigestAbove: 0, Slack: &Slack{
			Token: secret("xoxb-1-sesame"), Channel: "#troop-figures", Rate: 1000, APIURL: "http://localhost:9/api/",
		}},
		Web: Web{Listen: ""},
	}
	if diff := cmp.Diff(got, want, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
}

// TestKeysAgree holds the schema, the full file and the starter file to the same keys.
func TestKeysAgree(t *testing.T) {
	var doc any
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	full, err := os.ReadFile("testdata/good-full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	schemaKeys(doc, keys)
	if len(keys) < 50 {
		t.Fatalf("only %d keys in the schema", len(keys))
	}
	for key := range keys {
		used := regexp.MustCompile(`[\s{#]` + key + `:`)
		if !used.Match(full) && key != "webhook" { // which does not go with token
			t.Errorf("%s is in the schema and not in good-full.yaml", key)
		}
		if !used.Match(append([]byte("\n"), starter...)) {
			t.Errorf("%s is in the schema and not in starter.yaml", key)
		}
	}
}

func schemaKeys(v any, keys map[string]bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for name, sub := range m {
		if props, ok := sub.(map[string]any); ok && name == "properties" {
			for key, s := range props {
				keys[key] = true
				schemaKeys(s, keys)
			}
			continue
		}
		schemaKeys(sub, keys)
	}
}

func TestBuiltin(t *testing.T) {
	c := Builtin()
	if got, want := c.Database.Reveal(), "sqlite:monitor.db"; got != want {
		t.Errorf("database %s, want %s", got, want)
	}
	if len(c.Sources) == 0 || c.Notify.Slack != nil || c.Evidence != "" {
		t.Errorf("the built-in configuration needs more than the Internet:\n%v", c)
	}
	if err := accepts(t, Starter()); err != nil {
		t.Error(err)
	}
	checkEffective(t, c)
}

// TestStarterSettings takes the # from every setting of the starter file that is
// not set: an even number of blanks and no prose follows it.
func TestStarterSettings(t *testing.T) {
	setting := regexp.MustCompile(`(?m)^#((?:  )*\S)`)
	text := setting.ReplaceAll(Starter(), []byte("$1"))
	if bytes.Equal(text, starter) {
		t.Fatal("nothing to set")
	}
	c, err := parse(origin{file: "starter.yaml", env: lookup, open: openFile}, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := accepts(t, text); err != nil {
		t.Error(err)
	}
	if c.Notify.Slack == nil || len(c.Topics) != 2 || !c.Topics[0].HasBaseline || c.Evidence == "" {
		t.Errorf("a setting was not set:\n%v", c)
	}
}

func TestCopies(t *testing.T) {
	Starter()[0], Schema()[0] = 'x', 'x'
	if Starter()[0] == 'x' || Schema()[0] == 'x' {
		t.Error("a caller changed the embedded files")
	}
}
