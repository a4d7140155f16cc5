package quantity

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// TestCorpus reads testdata/xx.txt: one expected result, then many ways to word it, with
// the number in brackets. Under "= nothing" stand look-alikes, where no number may be
// found. A text without brackets must give the expected result and nothing else.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	lx, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		code := strings.TrimSuffix(filepath.Base(name), ".txt")
		t.Run(code, func(t *testing.T) {
			l, err := lx.Language(code)
			if err != nil {
				t.Fatal(err)
			}
			corpus(t, l, name)
		})
	}
}

func corpus(t *testing.T, l *lexicon.Language, name string) {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, n := "", 0
	for sc := bufio.NewScanner(f); sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "= "):
			want = strings.TrimPrefix(line, "= ")
			continue
		}
		text := strings.NewReplacer("[", "", "]", "").Replace(line)
		folded := lexicon.Fold(text)
		qs := Find(l, folded)
		var got, marked []string
		at, out := 0, strings.Builder{}
		for _, q := range qs {
			got = append(got, notation(q))
			start, end := folded.Offset(q.Start), folded.RawEnd(q.End)
			out.WriteString(text[at:start] + "[" + text[start:end] + "]")
			at = end
		}
		out.WriteString(text[at:])
		if len(got) == 0 {
			got = []string{"nothing"}
		}
		marked = append(marked, out.String())
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s:%d: %q: got %s, want %s", name, n+1, text, g, want)
		} else if strings.Contains(line, "[") && marked[0] != line {
			t.Errorf("%s:%d: got %q, want %q", name, n+1, marked[0], line)
		}
	}
}

// notation is a quantity in the corpus's notation: "about 9000", "10000-12000".
func notation(q Quantity) string {
	if q.Qualifier == claim.Range || q.Qualifier == claim.Vague {
		s := fmt.Sprintf("%d-%d", q.Low, q.High)
		if q.Qualifier == claim.Vague {
			s = "vague " + s
		}
		return s
	}
	n, _ := q.Number()
	s := strconv.FormatInt(int64(n), 10)
	if q.Qualifier == claim.Exact {
		return s
	}
	return strings.ReplaceAll(string(q.Qualifier), "_", " ") + " " + s
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"10.000 bis 12 Tausend", "zwölfeinhalbtausend", "1만2천여 명", "١٢ ألف", "10\n000", "KK0", "$1.5 billion", "[3]", "3-я 24.10.2024"} {
		f.Add(s)
	}
	lx, err := lexicon.Load()
	if err != nil {
		f.Fatal(err)
	}
	var langs []*lexicon.Language
	for _, code := range lx.Languages() {
		l, err := lx.Language(code)
		if err != nil {
			f.Fatal(err)
		}
		langs = append(langs, l)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := lexicon.Fold(s)
		for _, l := range langs {
			at := 0
			for _, q := range Find(l, folded) {
				start, end := folded.Offset(q.Start), folded.RawEnd(q.End)
				if start < 0 || start >= end || end > len(s) || q.Start < at || q.From > q.Start || q.To < q.End && q.To != q.End {
					t.Fatalf("%s: bad span %d-%d of %q", l.Code, start, end, s)
				}
				if q.Low == claim.Open && q.High == claim.Open || q.Low != claim.Open && q.High != claim.Open && q.Low > q.High {
					t.Fatalf("%s: bad bounds %v of %q", l.Code, q.Bounds, s)
				}
				at = q.End
			}
		}
	})
}
