package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
)

// TestOwnTopic reads a topic that a user made of words alone, the one of docs/topics.md.
func TestOwnTopic(t *testing.T) {
	lx, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	own := lexicon.NewTopic("unifil", "UN peacekeepers in Lebanon", map[string][]string{
		"en": {"peacekeeper*", "UNIFIL", "blue helmet*"},
		"de": {"Blauhelm*", "UN-Soldat*"},
		"es": {"casco azul", "cascos azules"},
	}, nil)
	r, err := New(lx, []*lexicon.Topic{own})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text string
		want []string
	}{
		{"About 10,000 peacekeepers remain in southern Lebanon, the United Nations said.", []string{"about 10000 troops deployed actual un @"}},
		{"Five peacekeepers were wounded near Naqoura, Italy's defence ministry said.", []string{"5 troops wounded actual it @"}},
		{"Nach Angaben der Vereinten Nationen sollen weitere 500 Blauhelme in den Libanon geschickt werden.", []string{"+500 troops deployed planned un @"}},
		{"Unos 600 cascos azules españoles siguen en el sur del Líbano, según el Ministerio de Defensa de España.", []string{"about 600 troops deployed actual es @"}},
		{"The 10,000 inhabitants of the village fled. Hezbollah fired 200 rockets.", nil},
		{"Some 12,000 North Korean soldiers are in Russia, Kyiv says.", nil},
	} {
		var got []string
		for _, c := range r.Read(Document{Text: test.text}).Claims {
			got = append(got, notation(c))
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s%s", test.text, d, trace(r, Document{Text: test.text}))
		}
	}
}

// TestTopicsReadSideBySide reads one text for three topics: each takes its own figures.
func TestTopicsReadSideBySide(t *testing.T) {
	r := reader(t, "dprk-troops", "ru-losses", "ua-losses")
	text := "Some 198,000 Russian soldiers have been killed and 550,000 wounded, President Zelensky said. In the same time 43,000 Ukrainian soldiers were killed, he said. " +
		"About 11,000 North Korean soldiers are in Kursk, he added."
	var got []string
	for _, c := range r.Read(Document{Text: text, Published: claim.NewDate(2024, 12, 8)}).Claims {
		got = append(got, c.Topic+" "+notation(c))
	}
	want := []string{
		"dprk-troops about 11000 troops front actual ua-president @2024-12-08",
		"ru-losses about 198000 troops killed actual ua-president @2024-12-08",
		"ru-losses 550000 troops wounded actual ua-president @2024-12-08",
		"ua-losses 43000 troops killed actual ua-president @2024-12-08",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
