package monitor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/detect/extract"
	"monitor/internal/detect/lexicon"
	"monitor/internal/detect/text"
	"monitor/internal/feed"
	"monitor/internal/fetch"
	"monitor/internal/fetch/article"
	"monitor/testdata/feeds"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a golden file: what one of the sample sources holds and gives rise to.
type sample struct {
	Source   string    `json:"source"`
	Entries  []entry   `json:"entries"`  // oldest first
	Findings []finding `json:"findings"` // when the sources before it have been read
}

type entry struct {
	Title     string     `json:"title"`
	URL       string     `json:"url"` // below the samples' address, or whole
	Published claim.Date `json:"published"`
	Claims    []figure   `json:"claims"`
}

type figure struct {
	Low       claim.Count     `json:"low"`
	High      claim.Count     `json:"high"`
	Qualifier claim.Qualifier `json:"qualifier"`
	Unit      claim.Unit      `json:"unit"`
	Measure   claim.Measure   `json:"measure"`
	Mode      claim.Mode      `json:"mode"`
	Increment bool            `json:"increment"`
	Claimant  claim.Claimant  `json:"claimant"`
}

type finding struct {
	Kind     detect.Kind    `json:"kind"`
	Low      claim.Count    `json:"low"`
	High     claim.Count    `json:"high"`
	Unit     claim.Unit     `json:"unit"`
	Measure  claim.Measure  `json:"measure"`
	Mode     claim.Mode     `json:"mode"`
	Claimant claim.Claimant `json:"claimant"`
	Against  []string       `json:"against"` // "claimant figure"
}

// TestFeeds polls every sample source over HTTP, reads and compares what it
// publishes, and holds that against its golden file.
func TestFeeds(t *testing.T) {
	server := httptest.NewServer(http.FileServerFS(feeds.FS()))
	t.Cleanup(server.Close)
	fetcher := fetch.New(fetch.Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	t.Cleanup(fetcher.Close)
	desk := newDesk(t)
	for _, src := range feeds.Sources() {
		t.Run(src.Name, func(t *testing.T) {
			golden := goldenOf(t, src)
			src.URL = server.URL + "/" + src.URL
			got := sample{Source: src.Name, Findings: []finding{}}
			for _, e := range poll(t, fetcher, src) {
				claims := desk.read(t, src, e)
				title, published := e.Title, claim.DateOf(e.Published)
				got.Entries = append(got.Entries, entry{title, strings.TrimPrefix(e.URL, server.URL+"/"), published, figures(claims)})
				got.Findings = append(got.Findings, desk.compare(t, src, e, claims)...)
			}
			check(t, got, golden)
		})
	}
}

// Every file that the tests and the demo serve is somebody's: a source, or a page
// that one leads to.
func TestFeedsHaveGoldenFiles(t *testing.T) {
	var sources []string
	for _, src := range feeds.Sources() {
		sources = append(sources, src.URL)
	}
	files, err := fs.Glob(feeds.FS(), "*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(sources, file) {
			t.Errorf("%s is served, but no source of feeds.Sources", file)
		}
	}
	goldens, err := filepath.Glob("testdata/feeds/*.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(goldens), len(sources); got != want {
		t.Errorf("got %d golden files, want %d", got, want)
	}
}

// poll returns the source's entries with their articles read, oldest first.
func poll(t *testing.T, f *fetch.Fetcher, src feed.Source) []feed.Entry {
	t.Helper()
	res, err := f.Poll(t.Context(), src, feed.Validators{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range res.Entries {
		if !src.Follow && src.Kind != feed.Index {
			continue
		}
		if res.Entries[i], err = f.Article(t.Context(), src, e); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortStableFunc(res.Entries, func(a, b feed.Entry) int { return a.Published.Compare(b.Published) })
	return res.Entries
}

// desk reads and compares, as the program does, with a history in memory.
type desk struct {
	reader  *extract.Reader
	lexicon *lexicon.Lexicon
	topic   *lexicon.Topic
	memory  detect.Memory
	next    int64
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	lex, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	topic, ok := lex.Topic("dprk-troops")
	if !ok {
		t.Fatal("no built-in topic")
	}
	reader, err := extract.New(lex, []*lexicon.Topic{topic})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{lexicon: lex, topic: topic, reader: reader}
	for _, b := range topic.Baseline {
		d.memory.Add(detect.BaselineRecord(topic.Name, b), detect.Verdict{})
	}
	return d
}

func (d *desk) read(t *testing.T, src feed.Source, e feed.Entry) []claim.Claim {
	t.Helper()
	html := e.Version.HTML
	if e.Version.Page {
		found, err := article.Find(html, e.URL, e.Version.Select)
		if err != nil {
			t.Fatal(err)
		}
		html = found.HTML
	}
	return d.reader.Read(extract.Document{
		Title: e.Title, Text: text.FromHTML(html), Lang: src.Lang, Published: claim.DateOf(e.Published), Outlet: src.Outlet,
	}).Claims
}

func (d *desk) compare(t *testing.T, src feed.Source, e feed.Entry, claims []claim.Claim) []finding {
	t.Helper()
	var found []finding
	for _, c := range claims {
		d.next++
		r := detect.Record{ID: d.next, Claim: c, Source: src.Name, Outlet: src.Outlet, URL: e.URL, Title: e.Title, Published: e.Published, Captured: e.Version.Captured}
		v, err := detect.Compare(context.Background(), r, &d.memory, detect.Rules{Tolerance: d.topic.Tolerance, Window: d.topic.Window}, d.lexicon.ClaimantName)
		if err != nil {
			t.Fatal(err)
		}
		d.memory.Add(r, v)
		if v.Kind.Alerts() {
			f := finding{v.Kind, c.Low, c.High, c.Unit, c.Measure, c.Mode, c.Claimant, []string{}}
			for _, a := range v.Against {
				f.Against = append(f.Against, string(a.Claim.Claimant)+" "+a.Claim.Figure())
			}
			found = append(found, f)
		}
	}
	return found
}

func figures(claims []claim.Claim) []figure {
	out := []figure{}
	for _, c := range claims {
		out = append(out, figure{c.Low, c.High, c.Qualifier, c.Unit, c.Measure, c.Mode, c.Increment, c.Claimant})
	}
	return out
}

func goldenOf(t *testing.T, src feed.Source) string {
	t.Helper()
	return filepath.Join("testdata", "feeds", strings.TrimSuffix(src.URL, path.Ext(src.URL))+".golden.json")
}

func check(t *testing.T, got sample, golden string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, layout(t, got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want sample
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatalf("%s: %v", golden, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// layout is JSON with one claim or finding a line, so that a diff shows which one changed.
func layout(t *testing.T, s sample) []byte {
	t.Helper()
	line := func(v any) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(b.String()), `,"`, `, "`), `":`, `": `)
	}
	list := func(indent string, n int, item func(i int) string) string {
		if n == 0 {
			return "[]"
		}
		items := make([]string, n)
		for i := range items {
			items[i] = indent + "  " + item(i)
		}
		return "[\n" + strings.Join(items, ",\n") + "\n" + indent + "]"
	}
	entries := list("  ", len(s.Entries), func(i int) string {
		e := s.Entries[i]
		claims := list("      ", len(e.Claims), func(j int) string { return line(e.Claims[j]) })
		return "{\n      \"title\": " + line(e.Title) + ",\n      \"url\": " + line(e.URL) + ",\n      \"published\": " + line(e.Published) + ",\n      \"claims\": " + claims + "\n    }"
	})
	findings := list("  ", len(s.Findings), func(i int) string { return line(s.Findings[i]) })
	return []byte("{\n  \"source\": " + line(s.Source) + ",\n  \"entries\": " + entries + ",\n  \"findings\": " + findings + "\n}\n")
}
