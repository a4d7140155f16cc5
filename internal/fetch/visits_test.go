package fetch

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"monitor/internal/feed"
)

var update = flag.Bool("update", false, "rewrite the want part of testdata/visits")

var testNow = time.Date(2024, 10, 28, 12, 0, 0, 0, time.UTC)

// served answers requests from a txtar archive of whole HTTP responses, each named
// by its address; "ADDRESS #2" is what the second request to it gets. It writes
// down the requests with what they say beyond the usual.
type served struct {
	mu       sync.Mutex
	files    map[string][]byte
	requests map[string]int
	log      strings.Builder
}

func serve(a *txtar.Archive) *served {
	s := &served{files: map[string][]byte{}, requests: map[string]int{}}
	for _, f := range a.Files {
		s.files[f.Name] = f.Data
	}
	return s
}

func (s *served) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := req.URL.String()
	s.requests[at]++
	fmt.Fprintf(&s.log, "%s %s\n", req.Method, at)
	for _, h := range []string{"Authorization", "Cookie", "If-Modified-Since", "If-None-Match"} {
		if v := req.Header.Get(h); v != "" {
			fmt.Fprintf(&s.log, "    %s: %s\n", h, v)
		}
	}
	data, ok := s.files[fmt.Sprintf("%s #%d", at, s.requests[at])]
	if !ok {
		data, ok = s.files[at]
	}
	if !ok {
		data = []byte("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n")
	}
	return readResponse(data, req)
}

// readResponse reads a response as an editor writes it: its head has bare line
// feeds, and {{HEX}} in it stands for bytes.
func readResponse(data []byte, req *http.Request) (*http.Response, error) {
	head, body, _ := bytes.Cut(data, []byte("\n\n"))
	var raw bytes.Buffer
	raw.Write(bytes.ReplaceAll(head, []byte("\n"), []byte("\r\n")))
	raw.WriteString("\r\n\r\n")
	raw.Write(unhexed(body))
	return http.ReadResponse(bufio.NewReader(&raw), req)
}

func unhexed(b []byte) []byte {
	var out []byte
	for {
		before, rest, found := bytes.Cut(b, []byte("{{"))
		out = append(out, before...)
		if !found {
			return out
		}
		digits, after, _ := bytes.Cut(rest, []byte("}}"))
		for d := range strings.FieldsSeq(string(digits)) {
			v, err := strconv.ParseUint(d, 16, 8)
			if err != nil {
				panic(err)
			}
			out = append(out, byte(v))
		}
		b = after
	}
}

// TestVisits polls the source that the comment of each archive describes and
// compares what came of it with the archive's "want".
func TestVisits(t *testing.T) {
	paths, err := filepath.Glob("testdata/visits/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no visits: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, a)
			want := ""
			for i, f := range a.Files {
				if f.Name != "want" {
					continue
				}
				want = string(f.Data)
				if *update {
					a.Files[i].Data = []byte(got)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("visit differs (-want +got):\n%s", diff)
			}
		})
	}
}

// play does what the comment says: lines of "key: value" after a sentence.
func play(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	s := serve(a)
	src := feed.Source{Name: "test", Kind: feed.Feed}
	o := Options{Transport: s, Now: func() time.Time { return testNow }, Timeout: 5 * time.Second}
	polls, follow := 1, false
	_, settings, _ := strings.Cut(string(a.Comment), "\n")
	for line := range strings.Lines(settings) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "kind":
			src.Kind = feed.Kind(value)
		case "url":
			src.URL = value
		case "select":
			src.Select = value
		case "links":
			src.Links = value
		case "items":
			src.Items = value
		case "follow":
			follow = true
		case "robots":
			o.Robots = true
		case "max_items":
			o.MaxItems, _ = strconv.Atoi(value)
		case "max_body":
			n, _ := strconv.Atoi(value)
			o.MaxBody = int64(n)
		case "polls":
			polls, _ = strconv.Atoi(value)
		default:
			t.Fatalf("%q is no setting of a visit", key)
		}
	}
	f := New(o)
	var out strings.Builder
	var v feed.Validators
	for i := range polls {
		if polls > 1 {
			fmt.Fprintf(&out, "poll %d\n", i+1)
		}
		res, err := f.Poll(t.Context(), src, v)
		s.mu.Lock()
		fmt.Fprint(&out, s.log.String())
		s.log.Reset()
		s.mu.Unlock()
		if err != nil {
			fmt.Fprintf(&out, "error: %v\n", err)
			continue
		}
		v = res.Validators
		printResult(&out, res)
		if follow {
			for _, e := range res.Entries {
				e, err := f.Article(t.Context(), src, e)
				if err != nil {
					fmt.Fprintf(&out, "error: %v\n", err)
				}
				printEntry(&out, e)
			}
		}
	}
	return out.String()
}

func printResult(w io.Writer, r Result) {
	if r.Unchanged {
		fmt.Fprintln(w, "unchanged")
	}
	if r.Validators.ETag != "" || r.Validators.LastModified != "" {
		fmt.Fprintf(w, "validators: %q %q\n", r.Validators.ETag, r.Validators.LastModified)
	}
	if r.Validators.Fingerprint == "" {
		fmt.Fprintln(w, "no fingerprint")
	}
	if r.Truncated {
		fmt.Fprintf(w, "truncated: %s\n", r.Why)
	}
	if r.MovedTo != "" {
		fmt.Fprintf(w, "moved to: %s\n", r.MovedTo)
	}
	if !r.RetryAfter.IsZero() {
		fmt.Fprintf(w, "retry after: %s\n", r.RetryAfter.Format(time.RFC3339))
	}
	for _, l := range r.Links {
		fmt.Fprintf(w, "feed: %s\n", l)
	}
	for _, e := range r.Entries {
		printEntry(w, e)
	}
}

func printEntry(w io.Writer, e feed.Entry) {
	fmt.Fprintf(w, "entry %s\n", e.Key)
	for _, f := range []struct{ name, value string }{
		{"url", e.URL}, {"title", e.Title}, {"author", e.Author}, {"lang", e.Lang}, {"select", e.Version.Select}, {"html", e.Version.HTML},
	} {
		if f.value != "" {
			fmt.Fprintf(w, "    %s: %s\n", f.name, strings.ReplaceAll(strings.TrimSpace(f.value), "\n", "\n        "))
		}
	}
	if !e.Published.IsZero() {
		fmt.Fprintf(w, "    published: %s\n", e.Published.Format(time.RFC3339))
	}
	if e.Version.HTML != "" && !e.Version.Captured.Equal(testNow) {
		fmt.Fprintf(w, "    captured: %s\n", e.Version.Captured)
	}
	if e.Version.Page {
		fmt.Fprintln(w, "    a whole page")
	}
}
