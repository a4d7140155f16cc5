package lexicon

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"monitor/internal/claim"
)

func builtinLexicon(t testing.TB) *Lexicon {
	t.Helper()
	lx, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return lx
}

func TestBuiltinDataIsWhole(t *testing.T) {
	lx := builtinLexicon(t)
	if err := lx.Check(); err != nil {
		t.Fatal(err)
	}
	for _, name := range lx.TopicNames() {
		tp, _ := lx.Topic(name)
		if tp.Title == "" || tp.Party == "" || tp.People[claim.Troops] == "" {
			t.Errorf("topic %q lacks a title, a party or the word for its people", name)
		}
		for _, e := range tp.entries {
			if e.lang != "" && len(e.lang) != 2 {
				t.Errorf("%s: %q is no language", e.where, e.lang)
			}
		}
	}
	for _, id := range lx.Claimants() {
		if !lx.KnownClaimant(id) || lx.ClaimantName(id) == "" {
			t.Errorf("claimant %q has no name", id)
		}
	}
}

func TestClaimants(t *testing.T) {
	lx := builtinLexicon(t)
	for id, want := range map[claim.Claimant]string{
		"us-pentagon": "the Pentagon", "kr-nis": "South Korea's NIS", "media:kyodo": "Kyodo", "media:some-paper": "Some Paper", "mn": "MN",
	} {
		if got := lx.ClaimantName(id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
		if !lx.KnownClaimant(id) {
			t.Errorf("%s: got unknown", id)
		}
	}
	for _, id := range []claim.Claimant{"kr-nsi", "usa", "media:", "media:Kyodo", "", "K"} {
		if lx.KnownClaimant(id) {
			t.Errorf("%q: got known", id)
		}
	}
	for _, test := range []struct {
		state, role string
		want        claim.Claimant
	}{
		{"us", "defence", "us-pentagon"},
		{"kr", "intelligence", "kr-nis"},
		{"ua", "military-intelligence", "ua-hur"},
		{"kr", "defence", "kr"},
		{"fr", "intelligence", "fr"},
	} {
		if got := lx.Office(test.state, test.role); got != test.want {
			t.Errorf("%s %s: got %s, want %s", test.state, test.role, got, test.want)
		}
	}
}

func TestFoldLeadsBack(t *testing.T) {
	for _, test := range []struct{ raw, want string }{
		{"Truppen", "truppen"},
		{"10\u00A0000", "10 000"},
		{"１万２千", "1万2千"},
		{"١٢ ألف", "12 الف"},
		{"Sol\u00ADdaten", "soldaten"},
		{"ви\u0438\u0306ти", "виити"[:4] + "йти"},
		{"12,000¹", "12,000"},
		{"İstanbul ışık", "istanbul işik"},
		{"„so“ – ja", "\"so\" - ja"},
	} {
		f := Fold(test.raw)
		if f.S != test.want {
			t.Errorf("%q: got %q, want %q", test.raw, f.S, test.want)
		}
		if f.Raw() != test.raw || f.Offset(len(f.S)) != len(test.raw) {
			t.Errorf("%q: the offsets do not lead back", test.raw)
		}
	}
	f := Fold("12,000¹ men")
	if got := f.Raw()[f.Offset(0):f.RawEnd(6)]; got != "12,000" {
		t.Errorf("got %q, want the number without its footnote mark", got)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"a\u0301", "\xff\xfe", "각", "ￃ", "ß", "И\u0306", "\u00AD\u00AD"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Fold(s)
		last := 0
		for i := range got.S {
			at, end := got.Offset(i), got.RawEnd(i+utf8.RuneLen([]rune(got.S[i:])[0]))
			if at < last || end <= at || end > len(s) {
				t.Fatalf("%q: offset %d of %q leads to %d-%d", s, i, got.S, at, end)
			}
			last = at
		}
	})
}

// TestGateIsNeverShut holds the gate to what the tries find: wherever a topic's word
// stands, in any spelling that folding allows, the gate is open.
func TestGateIsNeverShut(t *testing.T) {
	lx := builtinLexicon(t)
	for _, name := range lx.TopicNames() {
		tp, _ := lx.Topic(name)
		g := NewGate([]*Topic{tp})
		for _, e := range tp.entries {
			switch e.sense.Class {
			case Party, PartyPeople, PartyState:
				form := stem(e.form)
				for _, text := range []string{form, "x " + strings.ToUpper(form) + " y", "ab" + strings.ToLower(form)} {
					if !g.Open(text) {
						t.Errorf("%s: the gate of %s is shut for %q", e.where, name, text)
					}
				}
			}
		}
		if g.Open("The council met on Tuesday to talk of 14 new bridges.") {
			t.Errorf("the gate of %s is open for a bridge", name)
		}
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	whole := fstest.MapFS{
		"claimants.txt": {Data: []byte("[claimant]\nkr: South Korea\n")},
		"outlets.txt":   {Data: []byte("media:kyodo: Kyodo\n")},
		"topics/a.txt":  {Data: []byte("[topic]\nname: a\nparty: kp\n[party]\nall: DPRK\n")},
		"lang/en.txt":   {Data: []byte("[number]\n2: two\n")},
	}
	for _, test := range []struct{ file, data, want string }{
		{"lang/en.txt", "[nubmer]\n2: two\n", "lang/en.txt:2: no section is called \"nubmer\""},
		{"lang/en.txt", "[number]\ntwo\n", "lang/en.txt:2: \"two\" is not of the form"},
		{"lang/en.txt", "[number]\nx: two\n", "lang/en.txt:2: label \"x\" is not a number"},
		{"lang/en.txt", "[number\n", "lang/en.txt:1: section \"[number\" has no closing bracket"},
		{"lang/en.txt", "[hedge]\nmaybe: perhaps\n", "label \"maybe\" is no qualifier"},
		{"lang/en.txt", "[unit]\nmen: men\n", "label \"men\" is no unit"},
		{"lang/en.txt", "[measure]\nlost: lost\n", "label \"lost\" is no measure"},
		{"lang/en.txt", "[mode]\nmaybe: maybe\n", "label \"maybe\" is no mode"},
		{"lang/en.txt", "[cue]\nfoo: bar\n", "label \"foo\" is not known in this section"},
		{"lang/en.txt", "[language]\nfoo: bar\n", "no setting is called \"foo\""},
		{"lang/en.txt", "[number]\n2: *\n", "form \"*\" is empty"},
		{"lang/en.txt", "[half]\n1.3: x\n", "is not a half number"},
		{"topics/a.txt", "[topic]\ntitle: x\n", "topics/a.txt: the topic has no name"},
		{"topics/a.txt", "[topic]\nname: a\nsize: 3\n", "no setting is called \"size\""},
		{"topics/a.txt", "[baseline]\n2024-10-18 kr-x: 1500\n", "claimant \"kr-x\" is not known"},
		{"topics/a.txt", "[baseline]\n18.10.2024 kr: 1500\n", "is not of the form 2024-10-18"},
		{"topics/a.txt", "[baseline]\n2024-10-18 kr: many\n", "figure \"many\" is not a number"},
		{"topics/a.txt", "[other]\na: b\n", "no section is called \"other\""},
		{"claimants.txt", "[people]\nkr: Yoon\n", "claimants.txt:2: claimant \"kr\" has no line under [claimant]"},
		{"claimants.txt", "[else]\nkr: Yoon\n", "no section is called \"else\""},
		{"outlets.txt", "kyodo: Kyodo\n", "is not of the form \"media:slug: Name, name\""},
	} {
		files := maps.Clone(whole)
		files[test.file] = &fstest.MapFile{Data: []byte(test.data)}
		lx, err := Parse(files)
		if err == nil {
			err = lx.Check()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %q: got %v, want %q", test.file, test.data, err, test.want)
		}
	}
	lx, err := Parse(whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lx.Language("xx"); err == nil || !strings.Contains(err.Error(), "there are en") {
		t.Errorf("an unknown language: got %v", err)
	}
}

func TestTopicFile(t *testing.T) {
	lx, err := Parse(fstest.MapFS{
		"claimants.txt": {Data: []byte("[claimant]\nkr: South Korea\n")},
		"outlets.txt":   {Data: []byte("media:kyodo: Kyodo\n")},
		"topics/a.txt": {Data: []byte("[topic]\nname: a\ntitle: A, with a comma\nparty: kp\nlimit: 500\nbare limit: 50\ntolerance: 5%\nwindow: 7d\nmeasures: killed, wounded\n" +
			"[words]\ntroops: men\n[party]\nall: DPRK,\n  Koreans # of the north\n[baseline]\n2024-10-18 kr: about +1500 troops training planned\n2024-10-19 kr: 3000-5000 officers\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	tp, ok := lx.Topic("a")
	if !ok || tp.Title != "A, with a comma" || tp.Limit != 500 || tp.BareLimit != 50 || tp.Tolerance != 0.05 || tp.Window.Hours() != 7*24 ||
		!slices.Equal(tp.Measures, []claim.Measure{claim.Killed, claim.Wounded}) || len(tp.entries) != 2 || tp.entries[1].form != "Koreans" {
		t.Errorf("got %+v", tp)
	}
	want := []claim.Baseline{
		{Bounds: claim.Bounds{Low: 1500, High: 1500}, Qualifier: claim.About, Unit: claim.Troops, Measure: claim.Training, Mode: claim.Planned, Increment: true, Claimant: "kr", Said: claim.NewDate(2024, 10, 18)},
		{Bounds: claim.Bounds{Low: 3000, High: 5000}, Qualifier: claim.Range, Unit: claim.Officers, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "kr", Said: claim.NewDate(2024, 10, 19)},
	}
	if !slices.Equal(tp.Baseline, want) {
		t.Errorf("got %+v, want %+v", tp.Baseline, want)
	}
}

func TestLongest(t *testing.T) {
	tr := newTrie()
	add := func(form string, open bool) { tr.add(form, open, Sense{Form: form}) }
	add("report", true)
	add("reports", false)
	add("reports of", false)
	add("soldat", true)
	add("兵", false)
	for _, test := range []struct{ text, forms, match string }{
		{"reports say", "reports report", "reports"},
		{"reporters say", "report", "reporters"},
		{"reports of it", "reports of", "reports of"},
		{"soldaten", "soldat", "soldaten"},
		{"兵士", "兵", "兵"},
		{"rep", "", ""},
	} {
		senses, end := tr.Longest(test.text, 0)
		var forms []string
		for _, s := range senses {
			forms = append(forms, s.Form)
		}
		if got := strings.Join(forms, " "); got != test.forms || test.text[:end] != test.match {
			t.Errorf("%q: got %q as %q, want %q as %q", test.text, test.text[:end], got, test.match, test.forms)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		lx, err := Parse(files)
		if err != nil {
			b.Fatal(err)
		}
		if err := lx.Check(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGate(b *testing.B) {
	lx := builtinLexicon(b)
	tp, _ := lx.Topic("dprk-troops")
	g := NewGate([]*Topic{tp})
	text := strings.Repeat("The council met on Tuesday to talk of 14 new bridges, which cost 3.5 million euros. ", 100)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if g.Open(text) {
			b.Fatal("open")
		}
	}
}
