package extract

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"monitor/internal/claim"
)

// A claim's offsets mark its figure, its quote holds the figure, its sentence the quote.
func TestSpans(t *testing.T) {
	r := reader(t, "dprk-troops")
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			doc, _ := parseCase(t, string(f.Data))
			for _, c := range r.Read(doc).Claims {
				text := doc.Text
				if c.InTitle {
					text = doc.Title
				}
				figure := text[c.Start:c.End]
				if !utf8.ValidString(figure) || strings.TrimSpace(figure) != figure || !strings.Contains(c.Quote, figure) || !strings.Contains(c.Sentence, c.Quote) {
					t.Errorf("%s: %s: figure %q, quote %q, sentence %q", name, f.Name, figure, c.Quote, c.Sentence)
				}
			}
		}
	}
}

func TestSpeaker(t *testing.T) {
	r := reader(t, "dprk-troops")
	for _, tt := range []struct{ text, speaker string }{
		{"President Volodymyr Zelenskyy said that 3,000 North Korean soldiers had been killed.", "President Volodymyr Zelenskyy"},
		{"Kyiv's estimate is that 3,000 North Korean soldiers had been killed.", "Kyiv"},
		{"Pat Ryder spoke on Monday. He said 3,000 North Korean soldiers were in Kursk.", "Pat Ryder"},
		{"3000 nordkoreanische Soldaten stehen nach ukrainischen Angaben in Kursk.", ""}, // an adjective is no name
		{"3000 nordkoreanische Soldaten stehen laut dem ukrainischen Generalstab in Kursk.", "ukrainischen Generalstab"},
		{"Ein Ex-General rechnet. 3000 nordkoreanische Soldaten seien tot, sagt er.", ""},
	} {
		claims := r.Read(Document{Text: tt.text}).Claims
		if len(claims) != 1 {
			t.Errorf("%q: got %d claims", tt.text, len(claims))
			continue
		}
		if got := claims[0].Speaker; got != tt.speaker {
			t.Errorf("%q: got speaker %q, want %q", tt.text, got, tt.speaker)
		}
	}
}

// An old figure is of an earlier day than the one that replaces it.
func TestAsOf(t *testing.T) {
	r := reader(t, "dprk-troops")
	for _, tt := range []struct {
		published, text, want string
	}{
		{"2025-01-15", "On Dec. 19 the NIS had put the number of North Korean dead at 100.", "2024-12-19"},
		{"2024-10-30", "North Korea's soldiers will move to Kursk on Oct. 27-28, up to 3,000 of them, HUR said on Thursday.", "2024-10-24"},
		{"2025-06-16", "Nach Angaben des britischen Verteidigungsministeriums vom Sonntag sind 6000 nordkoreanische Soldaten tot.", "2025-06-15"},
		{"2024-10-29", "Sabrina Singh trat am Montag vor die Presse. Etwa 10.000 nordkoreanische Soldaten würden ausgebildet, sagte sie.", "2024-10-28"},
		{"2024-10-29", "Bisher sind 10.000 nordkoreanische Soldaten in Russland, sagte Sabrina Singh.", "2024-10-29"},
	} {
		day, err := claim.ParseDate(tt.published)
		if err != nil {
			t.Fatal(err)
		}
		claims := r.Read(Document{Text: tt.text, Published: day}).Claims
		if len(claims) != 1 || claims[0].AsOf.String() != tt.want {
			t.Errorf("%q: got %v, want one of %s", tt.text, claims, tt.want)
		}
	}
}
