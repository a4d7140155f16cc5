package extract

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"monitor/internal/detect/lexicon"
)

// pages are the annotated passages of a language, a page each.
func pages(b *testing.B, lang string) []string {
	b.Helper()
	f, err := os.Open("testdata/passages.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var out []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var p passage
		if err := json.Unmarshal(sc.Bytes(), &p); err != nil {
			b.Fatal(err)
		}
		if p.Lang == lang {
			out = append(out, p.Text)
		}
	}
	return out
}

// elsewhere is news about something else, with numbers in it.
const elsewhere = `The city council approved a budget of 1.2 billion euros on Tuesday. About 3,000 pupils at 14 schools will get new
buildings by 2027, the mayor said, and some 400 teachers are to be hired. Critics say the plan comes too late. "We asked for this ten years
ago," said a spokeswoman for the parents' association, which has more than 1,500 members. The vote was 31 to 19, with two abstentions.
`

// BenchmarkRead reads pages with claims, short and long, and a text of another subject.
func BenchmarkRead(b *testing.B) {
	for _, lang := range []string{"en", "de"} {
		texts := pages(b, lang)
		b.Run(lang, func(b *testing.B) { benchmarkRead(b, texts) })
		b.Run(lang+"/long", func(b *testing.B) { benchmarkRead(b, []string{strings.Join(texts, "\n\n")}) })
	}
	b.Run("elsewhere", func(b *testing.B) { benchmarkRead(b, []string{strings.Repeat(elsewhere, 40)}) })
	b.Run("state", func(b *testing.B) { // its state is named, its soldiers are not
		benchmarkRead(b, []string{strings.Repeat(elsewhere, 40) + "North Korea congratulated."})
	})
}

func benchmarkRead(b *testing.B, texts []string) {
	b.Helper()
	r := reader(b, "dprk-troops")
	n := 0
	for _, s := range texts {
		n += len(s)
		r.Read(Document{Text: s}) // loads the language
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range texts {
			r.Read(Document{Text: s})
		}
	}
}

// BenchmarkFold is the part of reading that looks at every byte.
func BenchmarkFold(b *testing.B) {
	text := strings.Join(pages(b, "de"), "\n")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lexicon.Fold(text)
	}
}
