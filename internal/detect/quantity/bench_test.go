package quantity

import (
	"strings"
	"testing"

	"monitor/internal/detect/lexicon"
)

// BenchmarkFind finds numbers where there are many, and where there are few.
func BenchmarkFind(b *testing.B) {
	lx, err := lexicon.Load()
	if err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct{ name, lang, text string }{
		{"en", "en", "Between 10,000 and 12,000 soldiers, among them 500 officers and three generals, had arrived by Oct. 23, at least three thousand of them in 2024. "},
		{"de", "de", "Zwischen zehn- und zwölftausend Soldaten, darunter fünfhundert Offiziere und drei Generäle, seien bis zum 23. Oktober eingetroffen, mindestens 3.000 davon. "},
		{"none", "en", "The council met in the town hall and talked about the new school, the old bridge and the weather, which had been better than anybody expected. "},
	} {
		l, err := lx.Language(bb.lang)
		if err != nil {
			b.Fatal(err)
		}
		f := lexicon.Fold(strings.Repeat(bb.text, 10))
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(f.S)))
			b.ReportAllocs()
			for b.Loop() {
				Find(l, f)
			}
		})
	}
}
