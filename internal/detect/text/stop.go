package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// joins says whether the full stop at byte at belongs to the word before it, so
// that the sentence goes on: an abbreviation, an initial, an ordinal, a date.
// after is where the closers end.
func (c *cutter) joins(at, after int, nx following) bool {
	if after > at+1 && c.s[at+1] != ')' && c.s[at+1] != ']' {
		return false // quoted speech ended, not an abbreviation
	}
	w := lastWord(c.s[c.start:at])
	if w == "" { // ". . ." goes on; “quoted”. and (bracketed). and 31 %. end
		r, _ := utf8.DecodeLastRuneInString(c.s[c.start:at])
		return unicode.IsSpace(r) || at == c.start
	}
	if isNumber(w) {
		return c.ordinal(w, at, nx)
	}
	if after > at+1 && nx.class == upper { // "(Jan.) The"
		return c.shortened(w, nx) && !isStarter(c.word(nx))
	}
	return c.shortened(w, nx)
}

// lastWord gives the word that s ends with, its inner stops, apostrophes and hyphens included.
func lastWord(s string) string {
	i := len(s)
	for i > 0 && len(s)-i < 60 {
		if b := s[i-1]; asciiClass[b] != other {
			i--
			continue
		}
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) &&
			r != '.' && r != '-' && r != '\'' && r != '’' && r != 'º' && r != 'ª' {
			break
		}
		i -= n
	}
	return strings.TrimLeft(s[i:], ".-'’")
}

// isNumber says whether a word is made of digits and stops.
func isNumber(w string) bool {
	for i := range len(w) {
		if (w[i] < '0' || w[i] > '9') && w[i] != '.' {
			return false
		}
	}
	return true
}

// shortened says whether w is cut short by its full stop and the sentence goes on.
func (c *cutter) shortened(w string, nx following) bool {
	part := afterHyphen(w) // US-Gen.
	known := c.abbr != nil && (c.abbr(w) || part != "" && c.abbr(part))
	first, _ := utf8.DecodeRuneInString(w)
	capital := unicode.IsUpper(first)
	switch {
	case isDotted(w): // U.S. p.m. z.B. т.д.
		return !c.starts(nx)
	case isInitial(w), capital && (known || vowelless(w)):
		// Gen. He Weidong, Sen. Van Hollen, J. De Gaulle: two letters are as likely a name.
		word := c.word(nx)
		return !c.starts(nx) || utf8.RuneCountInString(word) < 3 || nameParts[word]
	case known, isLetter(w), vowelless(w):
		return !c.starts(nx)
	case nx.class == digit && unicode.IsDigit(nx.first):
		return isMonth(w) || numberSigns[strings.ToLower(w)]
	}
	return false
}

// starts says whether what follows can only be the start of a sentence.
func (c *cutter) starts(nx following) bool {
	return nx.class == upper && isStarter(c.word(nx))
}

// afterHyphen gives the last part of a word with hyphens or apostrophes, "" without one.
func afterHyphen(w string) string {
	for i := len(w) - 1; i >= 0; i-- {
		if w[i] == '-' || w[i] == '\'' {
			return w[i+1:]
		}
	}
	if i := strings.LastIndex(w, "’"); i >= 0 {
		return w[i+len("’"):]
	}
	return ""
}

// nameParts are function words that surnames begin with, as capitalised.
var nameParts = map[string]bool{
	"Van": true, "Von": true, "Del": true, "Della": true, "Dos": true, "Das": true, "Der": true, "Ten": true,
	"Ter": true, "Los": true, "Las": true, "May": true, "Ali": true, "Den": true, "Des": true, "Sie": true, "Son": true,
}

// numberSigns are words that only a number after them makes abbreviations.
var numberSigns = map[string]bool{
	"no": true, "nos": true, "nr": true, "núm": true, "num": true, "art": true, "pp": true, "vol": true, "fig": true,
	"стр": true, "рис": true, "ст": true, "sayı": true,
}

// isDotted says whether w is letters with stops between: no part is longer than three.
func isDotted(w string) bool {
	if !strings.Contains(w, ".") {
		return false
	}
	n := 0
	for _, r := range w {
		switch {
		case r == '.':
			n = 0
		case unicode.IsLetter(r):
			if n++; n > 3 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// isInitial says whether w is one capital letter, as in "J. K. Rowling" or "Kim J.-U."
func isInitial(w string) bool {
	if i := strings.LastIndexByte(w, '-'); i >= 0 {
		w = w[i+1:]
	}
	r, n := utf8.DecodeRuneInString(w)
	return n == len(w) && unicode.IsUpper(r)
}

// isLetter says whether w is one letter that stands for a word: "г.", "د.", "r.",
// or such a letter right after a number, "2024г.". One Hangul or Han character is a word.
func isLetter(w string) bool {
	r, n := utf8.DecodeLastRuneInString(w)
	if !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic) {
		return false
	}
	rest := w[:len(w)-n]
	return rest == "" || unicode.Is(unicode.Cyrillic, r) && isNumber(rest)
}

// vowelless says whether w is two to four letters that nobody can pronounce: "Lt",
// "Sgt", "млрд". All capitals is an acronym, and a whole word.
func vowelless(w string) bool {
	n := 0
	caps := 0
	for _, r := range w {
		if !unicode.IsLetter(r) || unicode.IsUpper(r) && n > 0 {
			return false
		}
		if unicode.IsUpper(r) {
			caps++
		}
		if !strings.ContainsRune("bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ"+"бвгджзйклмнпрстфхцчшщБВГДЖЗЙКЛМНПРСТФХЦЧШЩ", r) {
			return false
		}
		n++
	}
	if n < 2 || n > 4 {
		return false
	}
	return caps == 1 || w[0] >= 0x80 // in Latin script "km" and "mm" end sentences, Czech has "krk"
}

// ordinal says whether the stop after a number is part of it.
func (c *cutter) ordinal(w string, at int, nx following) bool {
	s := c.s[c.start : at-len(w)]
	short := true // a day, a month: 18. or 18.10.
	parts := 0
	for p := range strings.SplitSeq(w, ".") {
		parts++
		short = short && len(p) <= 2
	}
	led := func() bool { // "die 155. Brigade", "die russische 155. Brigade"
		before := strings.TrimRightFunc(s, unicode.IsSpace)
		last := lastWord(before)
		if ordinalLead[strings.ToLower(last)] {
			return true
		}
		return adjective(last) && ordinalLead[strings.ToLower(lastWord(strings.TrimRightFunc(before[:len(before)-len(last)], unicode.IsSpace)))]
	}
	word := c.word(nx)
	switch {
	case len(s) < 20 && strings.IndexFunc(s, isWordRune) < 0: // "1. Nordkorea": an item of a list
		return nx.class != digit || short || datePart(w, word)
	case nx.class == digit: // 23. 10. 2024
		return datePart(w, word) && (short || strings.HasPrefix(c.s[nx.at+len(word):], "."))
	case nx.class == uncased:
		return short && dated(s)
	case nx.class != upper:
		return false
	case isMonth(word):
		return short
	case isStarter(word):
		return false
	case parts > 1:
		return short && (dated(s) || led())
	case len(w) > 3:
		return false
	case short && dated(s), led():
		return true
	}
	// Turkish puts the verb last: a number never ends a sentence there, and "155. Tugay" is the way to count.
	return strings.ContainsAny(c.s[max(c.start, at-200):min(len(c.s), at+200)], "ışğİ")
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// dated says whether s ends with the earlier part of a date, "2024. 10. ".
func dated(s string) bool {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	return len(s) > 1 && s[len(s)-1] == '.' && '0' <= s[len(s)-2] && s[len(s)-2] <= '9'
}

// datePart says whether w and next can be neighbours in a date: one of them is a
// day or month, the other that or a year.
func datePart(w, next string) bool {
	return len(w) <= 2 && (len(next) <= 2 || len(next) == 4) || len(w) == 4 && len(next) <= 2
}

// ordinalLead are the German words that an ordinal follows: "die 155. Brigade".
var ordinalLead = set(`der die das dem den des am im zum zur vom beim ins ab bis seit ihr ihre ihrer ihrem ihren sein seine
	seiner seinem seinen jede jeder jedem jeden dieser diese diesem ein eine einer einem einen`)

// adjective says whether a word has the form of a German adjective before a noun.
func adjective(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	if len(w) < 5 || !unicode.IsLower(r) {
		return false
	}
	for _, end := range [...]string{"e", "en", "er", "em", "es"} {
		if strings.HasSuffix(w, end) {
			return true
		}
	}
	return false
}

// set gives the words of a list.
func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
