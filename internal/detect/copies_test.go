package detect_test

import (
	"slices"
	"testing"

	"monitor/internal/detect"
)

func TestCopies(t *testing.T) {
	for _, test := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same text", "The Pentagon said on Monday that about 10,000 North Korean soldiers were in Russia.", "The Pentagon said on Monday that about 10,000 North Korean soldiers were in Russia.", true},
		{"marks and case", "The Pentagon said on Monday that \"about 10,000\" North Korean soldiers were in Russia.", "THE PENTAGON SAID ON MONDAY THAT ABOUT 10000 NORTH KOREAN SOLDIERS WERE IN RUSSIA", true},
		{"a dateline before it", "SEOUL, Oct 23 (Agency) - South Korea's spy agency told lawmakers that 3,000 troops had been sent to Russia.", "South Korea's spy agency told lawmakers that 3,000 troops had been sent to Russia.", true},
		{"a clause cut", "South Korea's spy agency told lawmakers on Wednesday that 3,000 troops had been sent to Russia, twice as many as before, according to those present.", "South Korea's spy agency told lawmakers that 3,000 troops had been sent to Russia, twice as many as before.", true},
		{"a word changed", "Rund 10.000 nordkoreanische Soldaten befinden sich nach Angaben des Pentagons zur Ausbildung im Osten Russlands.", "Etwa 10.000 nordkoreanische Soldaten befinden sich laut Angaben des Pentagons zur Ausbildung im Osten Russlands.", true},
		{"Ukrainian", "За даними ГУР, близько 12 тисяч північнокорейських військових проходять підготовку на полігонах Росії.", "За даними ГУР МО, близько 12 тисяч північнокорейських військових проходять підготовку на полігонах у Росії, пише видання.", true},
		{"Korean", "국가정보원은 북한군 약 3천 명이 러시아에 파병된 것으로 파악하고 있다고 국회 정보위원회에 보고했다.", "국정원은 북한군 약 3천 명이 러시아에 파병된 것으로 파악하고 있다고 국회 정보위원회에 보고했다고 전해졌다.", true},
		{"Japanese", "韓国の国家情報院は、北朝鮮の兵士約3000人がロシアに派遣されたと国会の情報委員会で報告した。", "韓国の国家情報院は23日、北朝鮮の兵士約3000人がロシアに派遣されたと国会の情報委員会で報告した。", true},
		{"other words for the same", "The Pentagon said on Monday that about 10,000 North Korean soldiers were in Russia.", "Some 10,000 troops from North Korea have arrived for training, according to the US Defense Department.", false},
		{"the same speaker, another sentence", "South Korea's spy agency told lawmakers that 3,000 troops had been sent to Russia.", "South Korea's spy agency says the number of North Korean troops in Russia now stands at 3,000.", false},
		{"one fact in German twice", "Nach Angaben des Pentagons sind rund 10.000 nordkoreanische Soldaten in Russland.", "Das US-Verteidigungsministerium geht von etwa 10.000 Soldaten aus Nordkorea aus, die Richtung Kursk verlegt werden.", false},
		{"two languages", "The Pentagon said on Monday that about 10,000 North Korean soldiers were in Russia.", "Le Pentagone a déclaré lundi qu'environ 10.000 soldats nord-coréens se trouvaient en Russie.", false},
		{"short and nearly the same", "AP says now that some 1,001 soldiers were sent to the east.", "BBC says now that some 1,001 soldiers were sent to the east.", false},
		{"short and the same", "AP says now that some 1,001 soldiers were sent to the east.", "AP says now that some 1,001 soldiers were sent to the east", true},
		{"too short to be a copy", "10,000 North Koreans in Russia", "10,000 North Koreans in Russia", false},
		{"nothing", "", "", false},
	} {
		a, b := detect.TextOf(test.a), detect.TextOf(test.b)
		if got := a.CopyOf(b); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
		if b.CopyOf(a) != test.want {
			t.Errorf("%s: not the same the other way round", test.name)
		}
		share := slices.ContainsFunc(a.Prints(), func(p string) bool { return slices.Contains(b.Prints(), p) })
		if test.want && !share {
			t.Errorf("%s: the copies share no print", test.name)
		}
	}
}

func BenchmarkTextOf(b *testing.B) {
	for b.Loop() {
		detect.TextOf("SEOUL, Oct 23 (Agency) - South Korea's spy agency told lawmakers that 3,000 troops had been sent to Russia, twice as many as before.").Prints()
	}
}
