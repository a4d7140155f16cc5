package text

import (
	"strings"
	"testing"
)

// Sentences, then headlines; all of them written for this test.
var languageCases = map[string][]string{
	"de": {
		"Nach Angaben der Regierung wurden mehrere tausend Soldaten an die Grenze verlegt.",
		"Der Minister wollte sich am Dienstag nicht dazu äußern.",
		"Seoul: 3.000 Soldaten in Russland",
		"Wie viele Nordkoreaner kämpfen für Moskau?",
		"Geheimdienst meldet neue Truppen",
	},
	"en": {
		"The ministry said on Tuesday that several thousand troops had moved to the border.",
		"Nobody in Seoul would comment.",
		"Pentagon: 10,000 North Korean troops in Russia",
		"How many soldiers did Kim send?",
		"Spy agency reports new losses",
	},
	"fr": {
		"Le ministère a déclaré mardi que plusieurs milliers d'hommes avaient rejoint la frontière.",
		"Personne n'a voulu répondre à nos questions.",
		"Corée du Nord : 3 000 soldats en Russie",
		"Combien de soldats nord-coréens sont au front ?",
		"Séoul annonce de lourdes pertes",
	},
	"es": {
		"El ministerio dijo el martes que varios miles de soldados habían llegado a la frontera.",
		"Nadie quiso responder a las preguntas.",
		"Corea del Norte envía 3.000 soldados a Rusia",
		"¿Cuántos norcoreanos combaten?",
		"Seúl anuncia nuevas bajas",
	},
	"it": {
		"Il ministero ha detto martedì che diverse migliaia di soldati sono arrivati al confine.",
		"Nessuno ha voluto rispondere alle domande.",
		"Corea del Nord, 3.000 soldati in Russia",
		"Quanti nordcoreani combattono al fronte?",
		"Seul annuncia nuove perdite",
	},
	"pt": {
		"O ministério disse na terça-feira que vários milhares de soldados chegaram à fronteira.",
		"Ninguém quis responder às perguntas.",
		"Coreia do Norte envia 3.000 soldados para a Rússia",
		"Quantos norte-coreanos estão na frente?",
		"Seul anuncia novas baixas no exército",
	},
	"nl": {
		"Het ministerie zei dinsdag dat enkele duizenden soldaten naar de grens zijn gebracht.",
		"Niemand wilde op de vragen antwoorden.",
		"Noord-Korea stuurt 3.000 soldaten naar Rusland",
		"Hoeveel Noord-Koreanen vechten aan het front?",
		"Inlichtingendienst meldt nieuwe doden",
	},
	"pl": {
		"Ministerstwo podało we wtorek, że kilka tysięcy żołnierzy dotarło do granicy.",
		"Nikt nie chciał odpowiadać na pytania.",
		"Korea Północna wysyła 3 tys. żołnierzy do Rosji",
		"Ilu Koreańczyków walczy na froncie?",
		"Wywiad: nowe straty",
	},
	"cs": {
		"Ministerstvo v úterý uvedlo, že k hranici dorazilo několik tisíc vojáků.",
		"Nikdo nechtěl na otázky odpovídat.",
		"Severní Korea posílá 3000 vojáků do Ruska",
		"Kolik Severokorejců bojuje na frontě?",
		"Rozvědka hlásí nové ztráty",
	},
	"tr": {
		"Bakanlık salı günü birkaç bin askerin sınıra ulaştığını açıkladı.",
		"Kimse sorulara cevap vermek istemedi.",
		"Kuzey Kore Rusya'ya 3 bin asker gönderiyor",
		"Cephede kaç Koreli savaşıyor?",
		"İstihbarat: yeni kayıplar var",
	},
	"ru": {
		"Министерство сообщило во вторник, что несколько тысяч солдат прибыли к границе.",
		"Никто не захотел отвечать на вопросы.",
		"КНДР отправила в Россию 3 тыс. солдат",
		"Сколько корейцев воюет на фронте?",
		"Разведка: новые потери",
	},
	"uk": {
		"Міністерство повідомило у вівторок, що кілька тисяч солдатів прибули до кордону.",
		"Ніхто не захотів відповідати на запитання.",
		"КНДР відправила до Росії 3 тис. солдатів",
		"Скільки корейців воює на фронті?",
		"Розвідка: нові втрати",
	},
	"ko": {
		"국방부는 화요일에 병사 수천 명이 국경에 도착했다고 밝혔다.",
		"아무도 질문에 답하지 않았다.",
		"北, 러시아에 3000명 파병",
		"NIS \"북한군 100명 사망\"",
	},
	"ja": {
		"国防省は火曜日、数千人の兵士が国境に到着したと発表した。",
		"誰も質問に答えなかった。",
		"北朝鮮、ロシアに3000人派遣か",
		"北朝鮮兵死傷、数百人に 韓国発表",
	},
	"zh": {
		"国防部星期二说，数千名士兵已抵达边境。",
		"國防部星期二說，數千名士兵已抵達邊境。",
		"朝鲜向俄派遣3000名士兵",
		"韓情報局：傷亡逾千",
	},
	"ar": {
		"قالت الوزارة يوم الثلاثاء إن عدة آلاف من الجنود وصلوا إلى الحدود.",
		"لم يرد أحد على الأسئلة.",
		"كوريا الشمالية ترسل 3000 جندي إلى روسيا",
		"سول: مقتل 100 جندي",
	},
	"": {
		"", "12.000", "?!",
		"Försvarsdepartementet sade på tisdagen att flera tusen soldater har kommit till gränsen.",
		"Ministerul a declarat marți că mai multe mii de soldați au ajuns la graniță.",
		"A minisztérium kedden azt közölte, hogy több ezer katona érkezett a határhoz.",
		"Ministeriö kertoi tiistaina, että useita tuhansia sotilaita on saapunut rajalle.",
		"Министарство је у уторак саопштило да је неколико хиљада војника стигло на границу.",
		"وزارت دفاع گفت که چند هزار سرباز به مرز رسیده\u200cاند.",
		"Το υπουργείο είπε ότι χιλιάδες στρατιώτες έφτασαν στα σύνορα.",
		"משרד הביטחון אמר כי אלפי חיילים הגיעו לגבול.",
	},
}

func TestLanguage(t *testing.T) {
	for want, texts := range languageCases {
		for _, s := range texts {
			if got := Language(s, ""); got != want {
				t.Errorf("%q is %q, want %q", s, got, want)
			}
			if want == "" {
				continue
			}
			// What a feed declares does not outweigh the text.
			for _, declared := range []string{"en-US", "de", "ko"} {
				if got := Language(s, declared); got != want && len(s) > 60 {
					t.Errorf("%q declared as %s is %q, want %q", s, declared, got, want)
				}
			}
		}
	}
}

func TestLanguageDeclared(t *testing.T) {
	for _, c := range []struct{ s, declared, want string }{
		{"Zelensky", "uk-UA", ""}, // Latin letters are not Ukrainian
		{"Zelensky", "pl", "pl"},
		{"NATO, Kim, Kursk", "pt_BR", "pt"},
		{"Zelensky", "xx", ""},
		{"Zelensky", "", ""},
		{"北朝鮮兵士 百人死亡", "ja", "ja"},
		{"чотири генерали", "uk", "uk"}, // no letter here is Ukrainian alone
		{"дев'ятнадцять", "", "uk"},     // but no Russian word has an apostrophe
		{"朝鮮士兵死亡", "", "zh"},
	} {
		if got := Language(c.s, c.declared); got != c.want {
			t.Errorf("%q declared as %q is %q, want %q", c.s, c.declared, got, c.want)
		}
	}
}

// A text says what it says whatever names and links stand in it, and however long it is.
func TestLanguageMixed(t *testing.T) {
	for want, s := range map[string]string{
		"ru": "The New York Times: КНДР отправила в Россию ещё 3 тыс. солдат",
		"ko": "CNN과 BBC, Reuters 보도: 북한군 파병",
		"de": "„The New York Times“ schreibt, die Zahl der Soldaten sei nicht bekannt.",
		"ja": "米国防総省、CNNなどに「確認できない」",
	} {
		if got := Language(s, ""); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
		if got := Language(strings.Repeat(s+" ", 2000), ""); got != want {
			t.Errorf("%q often is %q, want %q", s, got, want)
		}
	}
}

// The beginning of a text may be no text at all, or in another language.
func TestLanguageBehindTheBeginning(t *testing.T) {
	article := strings.Repeat("At least 3,000 soldiers have been sent to the region, the ministry said on Monday. ", 100)
	swedish := strings.Repeat("Försvarsministeriet säger att de inte vet hur många soldater som är där. ", 120)
	for _, c := range []struct{ name, s, want string }{
		{"a table", strings.Repeat("12 345 | 6,7 | ", 600) + article, "en"},
		{"a long table", strings.Repeat("12 345 | 6,7 | ", 20000) + article, "en"},
		{"a list of names", strings.Repeat("Kursk; Sudzha; Kim; ", 400) + article, "en"},
		{"a Greek lead", strings.Repeat("Το υπουργείο δεν γνωρίζει. ", 150) + article + article, "en"},
		{"a Swedish article with an English quotation", swedish + article[:2000] + swedish, ""},
		{"only a table", strings.Repeat("12 345 | 6,7 | ", 2000), ""},
	} {
		if got := Language(c.s, ""); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := Language(strings.Repeat("Kursk; Sudzha; Kim; ", 400)+article, "de"); got != "en" {
		t.Errorf("declared wrongly: got %q, want en", got)
	}
}

func FuzzLanguage(f *testing.F) {
	for _, texts := range languageCases {
		for _, s := range texts {
			f.Add(s, "en-US")
		}
	}
	codes := set("de en fr es it pt nl uk ru pl cs ko ja zh tr ar")
	f.Fuzz(func(t *testing.T, s, declared string) {
		if got := Language(s, declared); got != "" && !codes[got] {
			t.Fatalf("%q declared as %q is %q", s, declared, got)
		}
	})
}

func BenchmarkLanguage(b *testing.B) {
	for _, lang := range []string{"de", "ru", "ja"} {
		b.Run(lang, func(b *testing.B) {
			s := strings.Repeat(strings.Join(languageCases[lang], " ")+"\n", 10)[:2000]
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Language(s, "")
			}
		})
	}
}
