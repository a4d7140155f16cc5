package text

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// abbreviations stands in for the lexicon's lists.
func abbreviations(words string) func(string) bool {
	known := set(words)
	return func(w string) bool { return known[strings.ToLower(w)] }
}

// Each case is a text with a bar wherever one sentence ends and the next begins.
var sentenceCases = []struct {
	lang  string
	abbr  string
	texts []string
}{
	{"de", "ca gen lt bzw usw mio tsd evtl sog", []string{
		"Am 18. Oktober kamen ca. 3.000 Soldaten.",
		"Am 18. Oktober kamen ca. 3.000 Soldaten. | Gen. Lim Ho-young sprach von 12 Tsd. Mann.",
		"Die russische 155. Brigade zog ab. | Es waren 300. | Die Zahl stimmt.",
		"Die 155. Brigade und die 810. Marineinfanterie stehen dort. | Mehr ist nicht bekannt.",
		"Es waren 3.000. | Die Regierung schweigt.",
		"Im Jahr 2024. | Danach nicht mehr.",
		"Das sind, z. B. für Kiew, rund 10.000 Mann, d.h. eine Division. | Seoul zählt mehr.",
		"„Nein!“, sagte der Sprecher. | „Wir wissen es nicht.“ | Dann ging er.",
		"„Kommen sie?“ fragte der Reporter. | Niemand antwortete.",
		"»Wir sehen sie.« | »Alle?«, fragte Kim.",
		"Vgl. S. 12 f. | Der Bericht (siehe oben.) ist alt.",
		"Am 18.10. Nachmittags kamen sie.",
		"Sie kamen am 23. 10. 2024 an. | 8.000 von ihnen sind schon in Kursk.",
		"Es waren 11.000 Soldaten, 500 Offiziere usw. | Die NATO bestätigt das.",
		"Man wisse nicht, „was sie tun“. | Austin schwieg (wie immer). | Es sind 31 %. | Mehr nicht.",
		"Es war . . . still.",
		"1. Nordkorea schickt Soldaten. | 2. Seoul warnt.",
		"Kim Jong Un. | Der Machthaber schwieg.",
		"Der 3. Oktober ist Feiertag. | Elisabeth II. war dort.",
		"Soldaten … aus Nordkorea … seien da. | Mehr […] folgt.",
		"Es hieß: [...] sie kommen.",
		"Warum? | Weil es so ist! | Punkt.",
	}},
	{"en", "gen lt col gov sen mr mrs corp approx etc oct", []string{
		"Lt. Gen. Kim Yong-bok leads them.",
		"U.S. officials said 10,000 had come. | The U.S. Army disagrees.",
		"They left the U.S. | The Pentagon knew.",
		"They met at 5 p.m. | He left.",
		"It was 5 p.m. | He left.",
		"J. K. Rowling wrote it. | N. Korea did not.",
		"Gen. He Weidong and Sen. Van Hollen came, etc. | They left.",
		"“We know.” | “How many?” he asked. | “Ten thousand!” said Kirby.",
		"\"Why?\" he asked. | \"Because.\"",
		"The firm (Acme Corp.) paid $1.5 million. | It said no. 5 was best.",
		"On Oct. 23 the White House spoke. | Kirby put it at 3,000.",
		"About 3.5% left.[2] | The rest stayed.¹ | Nobody knows.",
		"Visit www.example.com/a?b=c. | Then go.",
		"He saw 300. | North Korea denied it.",
		"Wait... what? | No. | Yes...",
		"He stopped… | Then he went on.",
		"He said it was over.|The war went on.",
		"They are “ready”. | Kirby agreed (on Monday). | It cost 5€. | The end.",
		"See US-Gen. Smith and Col.-Gen. Lee. | 1.5 million came.",
		"One line\n|Another line\n|\n|Last",
	}},
	{"fr", "env gén col mme", []string{
		"M. Macron a dit env. 10 000. | Le gén. Burkhard aussi.",
		"« Ils sont là. » | « Combien ? » a-t-il demandé. | Environ 12.000 !",
		"Les États-Unis (E.-U.) confirment. | L’O.N.U. se tait.",
		"Selon J.-P. Dupont, 3.000 soldats sont arrivés. | C’est peu.",
	}},
	{"es", "sr sra gral aprox ee uu", []string{
		"El Sr. Pérez habló. | El gral. López calló.",
		"EE. UU. confirma 10.000 soldados. | ¿Cuántos más? | ¡Nadie sabe!",
		"«Son 12.000.» | Kiev lo confirma.",
		"—¡Vienen! —dijo el general. | Nadie se movió.",
	}},
	{"it", "gen sig dott ca", []string{
		"Il sig. Rossi e il gen. Bianchi parlano di ca. 3.000 uomini. | Mosca nega.",
		"«Circa 10.000», ha detto. | «Quanti?» chiede il dott. Verdi.",
		"Il 18 ottobre alle 16.30 sono arrivati. | L’U.E. tace.",
	}},
	{"pt", "sr gen aprox dr", []string{
		"O Sr. Silva disse aprox. 1.500. | A Coreia nega.",
		"“São 12 mil.” | O dr. Costa confirma. | Quantos?",
		"Os E.U.A. confirmam. | Já o gen. Souza, não.",
	}},
	{"nl", "ca gen dhr", []string{
		"Dhr. Jansen telt ca. 3.000 soldaten. | De VS zwijgt.",
		"‘Hoeveel?’ vroeg hij. | ‘Tien.’ | Gen. Van den Berg knikte.",
		"Om 16.30 uur, d.w.z. vanmiddag, kwamen ze. | Het zijn er 10.000.",
	}},
	{"pl", "gen tys mln ok ppłk", []string{
		"Wysłano 1,5 tys. żołnierzy. | Gen. Syrski mówi o ok. 12 tys. Koreańczyków.",
		"W 2024 r. przyszło 10 tys. | To dużo.",
		"„Nie!” – powiedział ppłk Nowak. | – Tak – odparł.",
		"To 3. brygada. | Dnia 18. października przyszli.",
	}},
	{"cs", "gen tis tzv cca", []string{
		"Dne 18. října přijelo cca 3 tis. vojáků. | Gen. Pavel mlčí.",
		"„Kolik?“ zeptal se. | „Dvanáct tisíc.“ | Nikdo neví.",
		"Je to tzv. 11. armáda. | Přišla 23. 10. 2024 v noci.",
	}},
	{"tr", "gen alb yrd", []string{
		"Rusya'nın 155. Tugayı Kursk'ta savaşıyor. | Gen. Kim konuştu.",
		"Saat 16.30'da geldiler. | 2. Dünya Savaşı'ndan beri böylesi görülmedi.",
		"“Kaç asker?” diye sordu. | On bin!",
	}},
	{"ru", "тыс млн им ген", []string{
		"Прибыло 11 тыс. человек. | В. Путин молчит.",
		"В 2024 г. Пентагон насчитал 10 тыс. Кирби назвал 3 тыс.",
		"«Сколько?» — спросил он. | «Десять тысяч!» — ответил ген. Ким.",
		"Солдаты, офицеры и т. д. | Они в г. Курске.",
		"Это было в 2024 г. | Он ушёл.",
		"Заявил А. С. Петров. | Всё.",
	}},
	{"uk", "тис млн ім", []string{
		"Прибуло 11 тис. військових. | В. Зеленський підтвердив.",
		"«Скільки?» — запитав він. | Близько 12 тис. осіб у м. Курську.",
		"За даними ГУР, їх 500. | Це офіцери.",
	}},
	{"ko", "", []string{
		"국정원은 1만2000명이라고 밝혔다. | 국방부는 확인하지 않았다.",
		"“북한군이 왔다.”고 말했다. | 더는 없다.",
		"\"정말인가?\"라고 물었다. | 답은 없었다.",
		"약 3.5배다.| 그는 떠났다.",
		"2024. 10. 18. 국정원이 발표했다. | 끝이다.",
	}},
	{"ja", "", []string{
		"約１万人が派遣された。|韓国は確認した。",
		"「知らない。」と述べた。|記者は去った。",
		"「いつ？」彼は聞いた。|１．５万人だ！|本当か？",
		"（詳細は不明。）|以上。",
	}},
	{"zh", "", []string{
		"朝鲜派出约1.1万名士兵。|韩国予以确认！|真的吗？",
		"他说：“我们知道。”|韩国没有回应。",
		"“我们知道。”他说。|没有回应。",
		"共3,000人。。。|不明。",
		"据估计,约1.1万名.|泽连斯基确认。",
	}},
	{"ar", "", []string{
		"أرسلت بيونغ يانغ 10 آلاف جندي. | كم عددهم؟ | لا أحد يعلم!",
		"قال د. محمد إنهم 12.000. | ونفت موسكو ذلك.",
		"قال: «لا نعلم.» | ثم غادر.",
	}},
}

func TestSentences(t *testing.T) {
	for _, c := range sentenceCases {
		for _, marked := range c.texts {
			t.Run(c.lang, func(t *testing.T) {
				s := strings.ReplaceAll(strings.ReplaceAll(marked, " | ", " "), "|", "")
				var want, got []string
				for part := range strings.SplitSeq(marked, "|") {
					if part = strings.TrimSpace(part); part != "" {
						want = append(want, part)
					}
				}
				for _, sp := range Sentences(s, abbreviations(c.abbr)) {
					got = append(got, sp.In(s))
				}
				if d := cmp.Diff(got, want); d != "" {
					t.Errorf("%s (-got +want)\n%s", marked, d)
				}
			})
		}
	}
}

func TestSentencesWithoutAbbreviations(t *testing.T) {
	s := "Lt. Kim and Sgt. Park met Mr. Lee. He left."
	if got := len(Sentences(s, nil)); got != 2 {
		t.Errorf("%d sentences, want 2", got)
	}
	if got := Sentences("", nil); len(got) != 0 {
		t.Errorf("an empty text has %v", got)
	}
}

func TestSentencesSpans(t *testing.T) {
	s := "  Eins.\u00A0Zwei. \r\n\tDrei\u2028Vier  "
	got := Sentences(s, nil)
	want := []string{"Eins.", "Zwei.", "Drei", "Vier"}
	var words []string
	for _, sp := range got {
		words = append(words, sp.In(s))
	}
	if d := cmp.Diff(words, want); d != "" {
		t.Errorf("(-got +want)\n%s", d)
	}
}

func TestBlocks(t *testing.T) {
	s := "Head\n\n  First line \r\nSecond\u2029Third\n \u00A0\n"
	var got []string
	for _, sp := range Blocks(s) {
		got = append(got, sp.In(s))
	}
	if d := cmp.Diff(got, []string{"Head", "First line", "Second", "Third"}); d != "" {
		t.Errorf("(-got +want)\n%s", d)
	}
}

// What a text repeats a hundred thousand times must not cost the square of it: that would be minutes.
func TestSentencesHostile(t *testing.T) {
	for _, unit := range []string{
		".", ". ", "1. ", "((", "1. (", "。”", "。”他", ".)", "?» ", "J. ", "a. ", "U.S. ", ".[1]", "… ", ". -", "\n", "\xe2", "a-", "1.1.",
	} {
		s := strings.Repeat(unit, 100_000)
		checkSpans(t, s, Sentences(s, nil))
		s = strings.Repeat("(", 100_000) + s
		checkSpans(t, s, Sentences(s, nil))
	}
}

// checkSpans fails when spans overlap, leave the text, cut a rune or miss a word.
func checkSpans(t *testing.T, s string, spans []Span) {
	t.Helper()
	at := 0
	valid := utf8.ValidString(s)
	gap := func(to int) {
		if strings.TrimFunc(s[at:to], unicode.IsSpace) != "" {
			t.Fatalf("%q: nothing covers %q", s, s[at:to])
		}
	}
	for _, sp := range spans {
		if sp.Start < at || sp.End <= sp.Start || sp.End > len(s) {
			t.Fatalf("%q: span %v after byte %d", s, sp, at)
		}
		if valid && !utf8.ValidString(sp.In(s)) {
			t.Fatalf("%q: span %v cuts a character", s, sp)
		}
		if strings.TrimFunc(sp.In(s), unicode.IsSpace) != sp.In(s) {
			t.Fatalf("%q: spaces around %q", s, sp.In(s))
		}
		gap(sp.Start)
		at = sp.End
	}
	gap(len(s))
}

func FuzzSentences(f *testing.F) {
	for _, c := range sentenceCases {
		for _, s := range c.texts {
			f.Add(s)
		}
	}
	f.Add("a.\u2028b\u2029c\u0085d")
	abbr := abbreviations("ca gen тыс")
	f.Fuzz(func(t *testing.T, s string) {
		sentences := Sentences(s, abbr)
		checkSpans(t, s, sentences)
		blocks := Blocks(s)
		checkSpans(t, s, blocks)
		for _, sp := range sentences {
			for len(blocks) > 0 && blocks[0].End < sp.End {
				blocks = blocks[1:]
			}
			if len(blocks) == 0 || sp.Start < blocks[0].Start {
				t.Fatalf("%q: sentence %v leaves its block", s, sp)
			}
		}
	})
}

func BenchmarkSentences(b *testing.B) {
	for _, c := range sentenceCases {
		switch c.lang {
		case "de", "ru", "ko", "ja", "ar":
		default:
			continue
		}
		b.Run(c.lang, func(b *testing.B) {
			s := strings.Repeat(strings.ReplaceAll(strings.Join(c.texts, "\n"), "|", ""), 20)
			s += strings.Repeat(longSentence[c.lang], 100)
			abbr := abbreviations(c.abbr)
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Sentences(s, abbr)
			}
		})
	}
}

// longSentence is a sentence of the length that news has.
var longSentence = map[string]string{
	"de": "Der südkoreanische Geheimdienst teilte am Mittwoch in Seoul mit, dass bis zu diesem Tag rund 3.000 Soldaten aus dem Norden in Russland angekommen seien, um dort ausgebildet zu werden. ",
	"ru": "Южнокорейская разведка сообщила в среду в Сеуле, что к этому дню в Россию прибыли около 3 000 солдат с Севера, которые проходят там подготовку вместе с российскими частями. ",
	"ko": "한국의 국가정보원은 수요일 서울에서 지금까지 북한군 약 3천 명이 훈련을 받기 위해 러시아에 도착한 것으로 파악하고 있다고 국회 정보위원회에 보고했다. ",
	"ja": "韓国の情報機関は水曜日、これまでに北朝鮮の兵士およそ3000人が訓練を受けるためロシアに到着したとみられると国会の情報委員会で明らかにした。",
	"ar": "أعلنت المخابرات الكورية الجنوبية يوم الأربعاء في سول أن نحو ثلاثة آلاف جندي من الشمال وصلوا حتى الآن إلى روسيا للتدريب هناك مع وحدات روسية. ",
}
