package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

var update = flag.Bool("update", false, "rewrite the golden score table")

func reader(t testing.TB, topics ...string) *Reader {
	t.Helper()
	lx, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	var ts []*lexicon.Topic
	for _, name := range topics {
		tp, ok := lx.Topic(name)
		if !ok {
			t.Fatalf("no topic %q", name)
		}
		ts = append(ts, tp)
	}
	r, err := New(lx, ts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCorpus reads testdata/xx/*.txtar. Each file of an archive is a case: "date:" and
// "title:" lines if need be, a text, and then what must be read from it, a line a claim:
//
//	= about 10000 troops deployed actual us-pentagon
//	= +1500 troops deployed planned kr-nis @2024-10-23
//	= nothing
//
// A claimant of "-" is nobody. What a line leaves out at its end is not compared.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	r := reader(t, "dprk-troops")
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lang := filepath.Base(filepath.Dir(name))
		for _, f := range ar.Files {
			t.Run(lang+"/"+f.Name, func(t *testing.T) {
				doc, want := parseCase(t, string(f.Data))
				reading := r.Read(doc)
				var got []string
				for i, c := range reading.Claims {
					full := notation(c)
					if i < len(want) && strings.HasPrefix(full, want[i]+" ") {
						full = want[i]
					}
					got = append(got, full)
				}
				if reading.Lang != lang && (reading.Lang != "" || len(want) > 0) { // a text that does not name the topic's people is not read
					t.Errorf("got language %q, want %q", reading.Lang, lang)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: %s (-want +got):\n%s%s", name, f.Name, d, trace(r, doc))
				}
			})
		}
	}
}

func parseCase(t *testing.T, data string) (Document, []string) {
	t.Helper()
	var doc Document
	var body, want []string
	for _, line := range strings.Split(data, "\n") {
		switch {
		case strings.HasPrefix(line, "date: "):
			d, err := claim.ParseDate(strings.TrimPrefix(line, "date: "))
			if err != nil {
				t.Fatal(err)
			}
			doc.Published = d
		case strings.HasPrefix(line, "title: "):
			doc.Title = strings.TrimPrefix(line, "title: ")
		case strings.HasPrefix(line, "= "):
			want = append(want, strings.TrimPrefix(line, "= "))
		default:
			body = append(body, line)
		}
	}
	if len(want) == 0 {
		t.Fatal("the case expects nothing, not even \"= nothing\"")
	}
	if slices.Equal(want, []string{"nothing"}) {
		want = nil
	}
	doc.Text = strings.TrimSpace(strings.Join(body, "\n"))
	return doc, want
}

// notation words a claim as the corpus does.
func notation(c claim.Claim) string {
	figure := c.Figure()
	if c.Increment {
		figure = "+" + figure
	}
	words := []string{figure, string(c.Unit), string(c.Measure), string(c.Mode), string(c.Claimant), "@" + c.AsOf.String()}
	if c.Qualifier != claim.Exact && c.Qualifier != claim.Range {
		words = append([]string{string(c.Qualifier)}, words...)
	}
	for i := range words {
		if words[i] == "" {
			words[i] = "-"
		}
	}
	return strings.Join(words, " ")
}

// trace says why each number was read as it was.
func trace(r *Reader, doc Document) string {
	var b strings.Builder
	for _, d := range r.Explain(doc) {
		fmt.Fprintf(&b, "\t%q: %s\n", d.Text, d.Rule)
	}
	return b.String()
}

// passage is an annotated text of testdata/passages.jsonl; "alt" lists values that are
// right too, "optional" claims count neither way.
type passage struct {
	ID, Lang, Date, Text string
	Claims, Optional     []map[string]any
}

// TestScore keeps the reading's score on the annotated passages as a golden table, so
// that a change shows what it moved. Run with -update to accept it, with -v to see it.
func TestScore(t *testing.T) {
	f, err := os.Open("testdata/passages.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := reader(t, "dprk-troops")
	scores := map[string]*[3]score{}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var p passage
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		day, err := claim.ParseDate(p.Date)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Read(Document{Text: p.Text, Published: day}).Claims
		for _, lang := range []string{p.Lang, "all"} {
			if scores[lang] == nil {
				scores[lang] = new([3]score)
			}
			for level := range 3 {
				scores[lang][level].add(p, got, level)
			}
		}
	}
	var table bytes.Buffer
	langs := make([]string, 0, len(scores))
	for l := range scores {
		langs = append(langs, l)
	}
	sort.Strings(langs)
	fmt.Fprintln(&table, "lang  figure  measure  claimant")
	for _, l := range langs {
		s := scores[l]
		fmt.Fprintf(&table, "%-4s  %.3f   %.3f    %.3f\n", l, s[0].f1(), s[1].f1(), s[2].f1())
	}
	t.Log("\n" + table.String())
	golden := "testdata/scores.golden"
	if *update {
		if err := os.WriteFile(golden, table.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), table.String()); d != "" {
		t.Errorf("the score moved; run with -update to accept it (-want +got):\n%s", d)
	}
}

// score counts claims found, missed and made up.
type score struct{ found, missed, right, spurious int }

func (s *score) f1() float64 {
	p, r := 1.0, 1.0
	if n := s.right + s.spurious; n > 0 {
		p = float64(s.right) / float64(n)
	}
	if n := s.found + s.missed; n > 0 {
		r = float64(s.found) / float64(n)
	}
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func (s *score) add(p passage, got []claim.Claim, level int) {
	have := map[string]claim.Claim{}
	for _, c := range got {
		have[key(c, level)] = c
	}
	right := map[string]bool{}
	for _, w := range p.Claims {
		hit := false
		for _, k := range goldKeys(w, level) {
			if _, ok := have[k]; ok {
				hit, right[k] = true, true
			}
		}
		if hit {
			s.found++
		} else {
			s.missed++
		}
	}
	free := map[string]bool{}
	for _, o := range p.Optional {
		free[field(o["low"])+" "+field(o["high"])] = true
	}
	for k, c := range have {
		if right[k] {
			s.right++
		} else if !free[bound(c.Low)+" "+bound(c.High)] {
			s.spurious++
		}
	}
}

func bound(n claim.Count) string {
	if n <= 0 {
		return "-"
	}
	return strconv.FormatInt(int64(n), 10)
}

func field(v any) string {
	switch v := v.(type) {
	case float64:
		return bound(claim.Count(v))
	case bool:
		return strconv.FormatBool(v)
	case string:
		return v
	default:
		return "-"
	}
}

// key is what makes a claim count as right: bounds and unit, then side, mode and
// increment, or the claimant's state.
func key(c claim.Claim, level int) string {
	k := bound(c.Low) + " " + bound(c.High) + " " + string(c.Unit)
	switch level {
	case 1:
		return k + " " + string(c.Measure.Side()) + " " + string(c.Mode) + " " + strconv.FormatBool(c.Increment)
	case 2:
		return k + " " + c.Claimant.State()
	default:
		return k
	}
}

func goldKeys(w map[string]any, level int) []string {
	alt, _ := w["alt"].(map[string]any)
	values := func(name string) []string {
		out := []string{field(w[name])}
		if more, ok := alt[name].([]any); ok {
			for _, v := range more {
				out = append(out, field(v))
			}
		} else if v, ok := alt[name]; ok {
			out = append(out, field(v))
		}
		return out
	}
	fields := []string{"low", "high", "unit"}
	switch level {
	case 1:
		fields = append(fields, "measure", "mode", "increment")
	case 2:
		fields = append(fields, "claimant")
	}
	keys := []string{""}
	for _, f := range fields {
		var next []string
		for _, k := range keys {
			for _, v := range values(f) {
				switch f {
				case "measure":
					v = string(claim.Measure(v).Side())
				case "claimant":
					v = claim.Claimant(strings.TrimSuffix(strings.ToLower(v), "-")).State()
				}
				next = append(next, strings.TrimPrefix(k+" "+v, " "))
			}
		}
		keys = next
	}
	return keys
}
