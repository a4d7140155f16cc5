package extract

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"monitor/internal/claim"
	"monitor/internal/detect/text"
)

// endless are sentences without an end, of numbers and names in three scripts, with
// commas, with spaces alone, and with neither.
var endless = []struct{ name, begin, again string }{
	{"latin", "North Korean soldiers: ", "Kyiv says %d North Korean soldiers came, the Pentagon counts 10 to 12 thousand and he 500 of them, "},
	{"latin/spaces", "North Korean soldiers ", "of the %d soldiers the ministry said Monday a lawmaker could "},
	{"korean", "북한군 파병: ", "국정원은 북한군 %d명, 우크라이나는 1만 명이 러시아에 파병됐다고 밝혔고, "},
	{"korean/spaces", "북한군 파병 ", "북한군 %d명 우크라이나 국방부 장관 1만 명 소식통은 밝혔다 "},
	{"chinese", "朝鲜士兵：", "国情院说%d名朝鲜士兵，乌克兰说1万人在库尔斯克，"},
	{"chinese/bare", "朝鲜士兵：", "国情院%d名朝鲜士兵乌克兰1万人库尔斯克"},
}

// sentenceOf repeats what an endless sentence says to a length, with other numbers.
func sentenceOf(begin, again string, length int) string {
	var b strings.Builder
	b.WriteString(begin)
	for n := 10_001; b.Len() < length; n++ {
		fmt.Fprintf(&b, again, n)
	}
	return b.String()
}

// The work that a sentence makes grows with its length and no faster.
func TestEndlessSentence(t *testing.T) {
	r := reader(t, "dprk-troops")
	defer func() { asked = nil }()
	questions := func(s string) float64 {
		n := 0
		asked = &n
		r.Read(Document{Text: s, Published: claim.NewDate(2025, 1, 15)})
		return float64(n)
	}
	const short, long = 1 << 16, 1 << 20
	for _, tt := range endless {
		t.Run(tt.name, func(t *testing.T) {
			s := sentenceOf(tt.begin, tt.again, long)
			if n := len(text.Sentences(s, nil)); n != 1 {
				t.Fatalf("it is %d sentences", n)
			}
			few, many := questions(sentenceOf(tt.begin, tt.again, short)), questions(s)
			t.Logf("%.0f questions a byte, then %.0f", few/short, many/long)
			const longer = long / short
			if few == 0 || many > 1.2*longer*few {
				t.Errorf("%d times the text makes %.1f times the questions", longer, many/few)
			}
			if many > 200*long {
				t.Errorf("%.0f questions a byte", many/long)
			}
		})
	}
}

// Cutting a long sentence loses no number and cuts none, and what is read from it has
// its place in the text.
func TestPieces(t *testing.T) {
	r := reader(t, "dprk-troops")
	for _, tt := range endless {
		s := sentenceOf(tt.begin, tt.again, 50_000)
		p := r.parse(Document{Text: s})
		at := 0
		for _, part := range p.sentences {
			raw := part.text.Raw()
			if len(raw) > longest || part.starts != (at == 0) || s[part.base:part.base+len(raw)] != raw || strings.TrimSpace(s[at:part.base]) != "" {
				t.Errorf("%s: bad piece at %d: %q", tt.name, part.base, raw)
			}
			at = part.base + len(raw)
		}
		if strings.TrimSpace(s[at:]) != "" {
			t.Errorf("%s: the last piece ends at %d of %d", tt.name, at, len(s))
		}
		have := map[string]bool{}
		for _, q := range r.Quantities(Document{Text: s}) {
			have[s[q.Start:q.End]] = true
		}
		for n := range 40_000 / (len(tt.again) + 3) {
			if number := fmt.Sprint(10_001 + n); !have[number] {
				t.Errorf("%s: no number %s", tt.name, number)
			}
		}
	}
}

func TestPieceEnd(t *testing.T) {
	pad := strings.Repeat("x", 60)
	for _, tt := range []struct{ stretch, want string }{
		{pad + pad + " one, two three 1,000 ", pad + pad + " one,"},
		{pad + pad + " 1,000 three 10 000", pad + pad + " 1,000 three"},
		{pad + pad + "、1千2百", pad + pad + "、"},
		{pad + pad + " 10", pad + pad},
		{strings.Repeat("1 ", 40), strings.Repeat("1 ", 39) + "1"},
		{pad + pad + "군1200", pad + pad + "군"},
		{strings.Repeat("1", 40), strings.Repeat("1", 39)},
		{strings.Repeat("군", 40), strings.Repeat("군", 39)},
		{strings.Repeat("군", 40) + "\xea\xb5", strings.Repeat("군", 40) + "\xea"},
		{"first, " + pad, "first, " + pad[1:]},
	} {
		if got := tt.stretch[:pieceEnd(tt.stretch)]; got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.stretch, got, tt.want)
		}
	}
}

// FuzzRead holds what is read to its text: nothing lies outside of it, every figure
// stands where it says, in the sentence it says.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for i, c := range ar.Files {
			if i%8 == 0 {
				text, _, _ := strings.Cut(string(c.Data), "\n= ")
				f.Add("", text, filepath.Base(filepath.Dir(name)))
			}
		}
	}
	for _, tt := range endless {
		f.Add("North Korea 북한군", sentenceOf(tt.begin, tt.again, 2*longest), "")
	}
	f.Add("", "북한군 \xea\xb5 3천 명\xff, 1만", "ko")
	r := reader(f, "dprk-troops")
	f.Fuzz(func(t *testing.T, title, text, lang string) {
		doc := Document{Title: title, Text: text, Lang: lang, Published: claim.NewDate(2025, 1, 15)}
		for _, d := range r.Explain(doc) {
			src := text
			if d.InTitle {
				src = title
			}
			if d.Start < 0 || d.Start >= d.End || d.End > len(src) || src[d.Start:d.End] != d.Text || !strings.Contains(src, d.Sentence) || !strings.Contains(d.Sentence, d.Text) {
				t.Fatalf("[%d:%d] of %d bytes is not %q in %q", d.Start, d.End, len(src), d.Text, d.Sentence)
			}
			if c := d.Claim; c != nil {
				if c.Start != d.Start || c.End != d.End || !strings.Contains(c.Quote, d.Text) || !strings.Contains(c.Sentence, c.Quote) || c.AsOf > doc.Published {
					t.Fatalf("%q: quote %q, sentence %q, of %s", d.Text, c.Quote, c.Sentence, c.AsOf)
				}
			}
		}
		for _, n := range r.Quantities(doc) {
			if n.Start < 0 || n.Start >= n.End || n.End > len(text) || text[n.Start:n.End] != n.Text || utf8.ValidString(text) && !utf8.ValidString(n.Text) {
				t.Fatalf("[%d:%d] of %d bytes is not %q", n.Start, n.End, len(text), n.Text)
			}
		}
	})
}
