package lexicon

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"monitor/internal/claim"
)

// line is one entry of a data file: under a section, a label and its forms.
type line struct {
	section string
	label   string
	forms   []string
	where   string // file:line, for errors
}

// entry is a form with its sense, before it goes into a trie.
type entry struct {
	form    string
	sense   Sense
	numbers bool
	lang    string // "" for every language
	where   string
}

// readLines reads a data file: [section] lines, "label: form, form" lines, lines that
// begin with a blank and go on with the forms above, and # comments.
func readLines(fsys fs.FS, name string) ([]line, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var out []line
	section := ""
	for i, raw := range strings.Split(string(data), "\n") {
		where := fmt.Sprintf("%s:%d", name, i+1)
		text, _, _ := strings.Cut(raw, "#")
		switch trimmed := strings.TrimSpace(text); {
		case trimmed == "":
		case strings.HasPrefix(trimmed, "["):
			inner, ok := strings.CutSuffix(trimmed[1:], "]")
			if !ok {
				return nil, fmt.Errorf("%s: section %q has no closing bracket", where, trimmed)
			}
			section = strings.TrimSpace(inner)
		case (text[0] == ' ' || text[0] == '\t') && len(out) > 0:
			out[len(out)-1].forms = append(out[len(out)-1].forms, split(trimmed)...)
		default:
			label, forms, ok := strings.Cut(trimmed, ":")
			if strings.HasPrefix(trimmed, "media:") { // an outlet's id has a colon of its own
				rest, after, found := strings.Cut(trimmed[len("media:"):], ":")
				label, forms, ok = "media:"+rest, after, found
			}
			if !ok {
				return nil, fmt.Errorf("%s: %q is not of the form \"label: word, word\"", where, trimmed)
			}
			out = append(out, line{section: section, label: strings.TrimSpace(label), forms: split(forms), where: where})
		}
	}
	return out, nil
}

func split(s string) []string {
	var out []string
	for f := range strings.SplitSeq(s, ",") {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// sections says what the lines of a language file mean: section by section, the sense
// that a label gives to its forms, and which of the two tries they go into.
var sections = map[string]struct {
	numbers bool
	sense   func(label string) (Sense, error)
}{
	"number":      {true, rough(counted(Number))},
	"multiplier":  {true, rough(multiplier)},
	"half":        {true, half},
	"plural":      {true, counted(Plural)},
	"hedge":       {true, hedge},
	"join":        {true, oneOf(map[string]Class{"and": And, "of": Of, "and a half": AndHalf, "several": Several, "filler": Filler, "between": Between, "between and": BetweenAnd, "to": To, "from": From, "goal": ChangedTo, "changed": Instead, "changed to": ChangedTo, "ending": Ending, "not": Not, "rather": Rather, "counter": Classifier})},
	"not a count": {true, oneOf(map[string]Class{"after": NotCount, "before": NotBefore, "year": YearCue, "strong": Strong, "word": None, "day": DayCue})},
	"month":       {true, counted(Month)},
	"weekday":     {false, counted(Weekday)},
	"when":        {false, counted(When)},
	"unit":        {false, unit},
	"measure":     {false, measure(MeasureCue)},
	"place":       {false, measure(Place)},
	"mode":        {false, mode},
	"nation":      {false, nation},
	"role":        {false, named(Role)},
	"body":        {false, named(ItPronoun)},
	"cue": {false, cueOf(map[string]Class{
		"more": More, "among": Among, "them": Them, "say": Say, "according": According, "according after": AccordingTo, "indirect": Indirect,
		"relative": Relative, "or": Or, "share": Share, "rate": Rate, "civil": Civil, "count word": CountWord, "locative": Locative, "reports": Reports, "link": Link, "earlier": Earlier, "refers": Refers, "continue": Continue, "he": HePronoun, "cites": Cites, "joint": Joint, "function": Function, "army": Army, "thing": Thing, "scope": ScopeCue, "other people": Other,
		"negation": Negation, "whole": Whole, "mixed": Mixed, "subclause": Subclause,
		"complete": Complete, "topic": TopicMark, "subject": SubjectMark, "object": ObjectMark, "mixed before": MixedBefore, "unnamed": Unnamed, "difference": Difference,
	})},
}

func counted(c Class) func(string) (Sense, error) {
	return func(label string) (Sense, error) {
		n, err := strconv.ParseInt(label, 10, 64)
		if err != nil {
			return Sense{}, fmt.Errorf("label %q is not a number", label)
		}
		return Sense{Class: c, N: n}, nil
	}
}

// rough reads "100 about", for words that are hedged by themselves: "une centaine".
func rough(sense func(string) (Sense, error)) func(string) (Sense, error) {
	return func(label string) (Sense, error) {
		n, about := strings.CutSuffix(label, " about")
		s, err := sense(n)
		if about {
			s.Q = claim.About
		}
		return s, err
	}
}

// multiplier reads "1000", or "1000 plural" for forms that alone mean "thousands".
func multiplier(label string) (Sense, error) {
	n, plural := strings.CutSuffix(label, " plural")
	s, err := counted(Multiplier)(n)
	s.Vague = plural
	return s, err
}

// half reads "1.5": N is twice the value.
func half(label string) (Sense, error) {
	v, err := strconv.ParseFloat(label, 64)
	if err != nil || v*2 != float64(int64(v*2)) {
		return Sense{}, fmt.Errorf("label %q is not a half number such as 1.5", label)
	}
	return Sense{Class: Half, N: int64(v * 2)}, nil
}

// hedge reads "about", "about after" or, for what stands behind the counted noun, "about late".
func hedge(label string) (Sense, error) {
	name, after := strings.CutSuffix(label, " after")
	name, late := strings.CutSuffix(name, " late")
	if !slices.Contains(claim.Qualifiers, claim.Qualifier(name)) {
		return Sense{}, fmt.Errorf("label %q is no qualifier", label)
	}
	s := Sense{Class: HedgeBefore, Q: claim.Qualifier(name)}
	if after || late {
		s.Class, s.Late = HedgeAfter, late
	}
	return s, nil
}

func oneOf(classes map[string]Class) func(string) (Sense, error) {
	return func(label string) (Sense, error) {
		c, ok := classes[label]
		if !ok {
			return Sense{}, fmt.Errorf("label %q is not known in this section", label)
		}
		return Sense{Class: c}, nil
	}
}

// They is the ID of a verb of saying in the plural that needs no subject: "в Сеуле заявили".
const They = "they"

// cueOf is oneOf with "say they".
func cueOf(classes map[string]Class) func(string) (Sense, error) {
	plain := oneOf(classes)
	return func(label string) (Sense, error) {
		if label == "say they" {
			return Sense{Class: Say, ID: They}, nil
		}
		return plain(label)
	}
}

func unit(label string) (Sense, error) {
	if label == "persons" {
		return Sense{Class: Counter, Unit: claim.Troops}, nil
	}
	if !slices.Contains(claim.Units, claim.Unit(label)) {
		return Sense{}, fmt.Errorf("label %q is no unit", label)
	}
	return Sense{Class: People, Unit: claim.Unit(label)}, nil
}

func measure(c Class) func(string) (Sense, error) {
	return func(label string) (Sense, error) {
		if !slices.Contains(claim.Measures, claim.Measure(label)) {
			return Sense{}, fmt.Errorf("label %q is no measure", label)
		}
		return Sense{Class: c, Measure: claim.Measure(label)}, nil
	}
}

func mode(label string) (Sense, error) {
	if !slices.Contains(claim.Modes, claim.Mode(label)) {
		return Sense{}, fmt.Errorf("label %q is no mode", label)
	}
	return Sense{Class: ModeCue, Mode: claim.Mode(label)}, nil
}

func named(c Class) func(string) (Sense, error) {
	return func(label string) (Sense, error) { return Sense{Class: c, ID: label}, nil }
}

// nation reads "kr", or "kr subject" for nominatives.
func nation(label string) (Sense, error) {
	id, subject := strings.CutSuffix(label, " subject")
	return Sense{Class: Nation, ID: id, Subject: subject}, nil
}

// readLanguage reads lang/xx.txt and adds the names that every language shares.
func (lx *Lexicon) readLanguage(fsys fs.FS, name, code string) (*Language, error) {
	lines, err := readLines(fsys, name)
	if err != nil {
		return nil, err
	}
	l := &Language{Code: code, Numbers: newTrie(), Words: newTrie(), abbr: map[string]bool{}}
	for _, ln := range lines {
		if ln.section == "language" {
			if err := l.setting(ln); err != nil {
				return nil, err
			}
			continue
		}
		kind, ok := sections[ln.section]
		if !ok {
			return nil, fmt.Errorf("%s: no section is called %q", ln.where, ln.section)
		}
		s, err := kind.sense(ln.label)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ln.where, err)
		}
		for _, form := range ln.forms {
			if err := l.add(entry{form: form, sense: s, numbers: kind.numbers, where: ln.where}); err != nil {
				return nil, err
			}
		}
	}
	for _, e := range lx.shared {
		if err := l.add(e); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *Language) setting(ln line) error {
	switch ln.label {
	case "name":
		l.Name = strings.Join(ln.forms, ", ")
	case "joined":
		l.Joined = slices.Equal(ln.forms, []string{"yes"})
	case "reported speech":
		l.Unmarked = slices.Equal(ln.forms, []string{"unmarked"})
	case "home":
		l.Home = strings.Join(ln.forms, "")
	case "ordinal dot":
		l.OrdinalDot = slices.Equal(ln.forms, []string{"yes"})
	case "accents":
		l.BareVowels = slices.Equal(ln.forms, []string{"optional"})
	case "verb final":
		l.VerbFinal = slices.Equal(ln.forms, []string{"yes"})
	case "apostrophe endings":
		l.ApostropheEndings = slices.Equal(ln.forms, []string{"yes"})
	case "subject first":
		l.SubjectFirst = slices.Equal(ln.forms, []string{"yes"})
	case "verb first":
		l.VerbFirst = slices.Equal(ln.forms, []string{"yes"})
	case "adjectives behind":
		l.AdjectivesBehind = slices.Equal(ln.forms, []string{"yes"})
	case "drops subject":
		l.NoSubject = slices.Equal(ln.forms, []string{"yes"})
	case "prefixes":
		l.Prefixes = folded(ln.forms)
	case "endings":
		l.Endings = folded(ln.forms)
	case "genitive":
		l.Genitive = folded(ln.forms)
	case "oblique":
		l.Oblique = folded(ln.forms)
	case "abbreviations":
		for _, a := range ln.forms {
			l.abbr[strings.TrimSuffix(FoldString(a), ".")] = true
		}
	default:
		return fmt.Errorf("%s: no setting is called %q", ln.where, ln.label)
	}
	return nil
}

func folded(forms []string) []string {
	out := make([]string, len(forms))
	for i, f := range forms {
		out[i] = FoldString(f)
	}
	return out
}

// add puts a form into its trie. "soldat*" takes any ending; "soll … schicken" is found
// by its first part and holds only where the second follows. "^Nato" wants a capital in
// the text, and a number's "vent-" stands only inside a word.
func (l *Language) add(e entry) error {
	form, gap, _ := strings.Cut(e.form, "…")
	form = strings.TrimSpace(form)
	s := e.sense
	s.Form, s.Gap = e.form, FoldString(strings.TrimSpace(gap))
	form, s.Initial = strings.CutPrefix(form, "^") // "^Nato", never "nato"
	form, open := strings.CutSuffix(form, "*")
	part := false
	if e.numbers { // "vent-" stands only inside a word: vent·otto
		form, part = strings.CutSuffix(form, "-")
	}
	s.Capitals = capitals(form)
	folded := FoldString(form)
	if folded == "" {
		return fmt.Errorf("%s: form %q is empty", e.where, e.form)
	}
	t := l.Words
	if e.numbers {
		t = l.Numbers
	}
	if part {
		t.addPart(folded, s)
		return nil
	}
	t.add(folded, open, s)
	if bare := withoutAccents(folded); l.BareVowels && bare != folded && utf8.RuneCountInString(bare) > 2 {
		t.add(bare, open, s)
	}
	return nil
}

// withoutAccents is a folded form as hasty hands and capitals write it: "mas", "ate".
func withoutAccents(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// capitals says whether a form is an abbreviation that other words would be mistaken
// for in lower case: US and us, EU and French eu.
func capitals(form string) bool {
	letters := 0
	for _, r := range form {
		switch {
		case unicode.IsUpper(r):
			letters++
		case unicode.IsLetter(r):
			return false
		}
	}
	return letters >= 2 && letters <= 4
}

// With reads a language with the words of topics in it. Topics are found by their
// names in the senses' ID.
func (lx *Lexicon) With(code string, topics []*Topic) (*Language, error) {
	l, err := lx.Language(code)
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		for _, e := range t.entries {
			if e.lang == "" || e.lang == l.Code {
				if err := l.add(e); err != nil {
					return nil, err
				}
			}
		}
	}
	return l, nil
}

// readClaimants reads claimants.txt: [claimant] has "id: display name"; [office] has
// "id: state role, state role"; [people] has "id: name, name".
func (lx *Lexicon) readClaimants(fsys fs.FS) error {
	lines, err := readLines(fsys, "claimants.txt")
	if err != nil {
		return err
	}
	for _, ln := range lines {
		id := claim.Claimant(ln.label)
		switch ln.section {
		case "claimant":
			lx.claimants[id] = Claimant{ID: id, Name: strings.Join(ln.forms, ", ")}
		case "office":
			for _, of := range ln.forms {
				lx.roles[of] = id
			}
		case "people", "body":
			for _, form := range ln.forms {
				lx.shared = append(lx.shared, entry{form: form, sense: Sense{Class: Speaker, ID: ln.label}, where: ln.where})
			}
		default:
			return fmt.Errorf("%s: no section is called %q", ln.where, ln.section)
		}
		if _, ok := lx.claimants[id]; !ok {
			return fmt.Errorf("%s: claimant %q has no line under [claimant]", ln.where, id)
		}
	}
	return nil
}

// readOutlets reads outlets.txt: "media:slug: Display Name, name, name".
func (lx *Lexicon) readOutlets(fsys fs.FS) error {
	lines, err := readLines(fsys, "outlets.txt")
	if err != nil {
		return err
	}
	for _, ln := range lines {
		if !outletID.MatchString(ln.label) || len(ln.forms) == 0 {
			return fmt.Errorf("%s: %q is not of the form \"media:slug: Name, name\"", ln.where, ln.label)
		}
		id := claim.Claimant(ln.label)
		if _, ok := lx.claimants[id]; !ok {
			lx.claimants[id] = Claimant{ID: id, Name: ln.forms[0]}
		}
		for _, form := range ln.forms {
			lx.shared = append(lx.shared, entry{form: form, sense: Sense{Class: Outlet, ID: ln.label}, where: ln.where})
		}
	}
	return nil
}

// NewTopic makes a topic of a user's own: terms are, by language, the words that make
// people the topic's, a trailing * for any ending.
func NewTopic(name, title string, terms map[string][]string, measures []claim.Measure) *Topic {
	t := &Topic{
		Name: name, Title: title, People: map[claim.Unit]string{}, Measures: measures, Limit: claim.Open, BareLimit: claim.Open,
		Tolerance: DefaultTolerance, Window: DefaultWindow,
	}
	for lang, forms := range terms {
		for _, class := range []Class{Party, PartyPeople} {
			t.add(line{label: lang, forms: forms, where: "topic " + name}, Sense{Class: class})
		}
	}
	return t
}

// readTopic reads a topic's file.
func (lx *Lexicon) readTopic(fsys fs.FS, name string) (*Topic, error) {
	lines, err := readLines(fsys, name)
	if err != nil {
		return nil, err
	}
	t := &Topic{People: map[claim.Unit]string{}, Limit: claim.Open, BareLimit: claim.Open, Tolerance: DefaultTolerance, Window: DefaultWindow}
	for _, ln := range lines {
		if err := t.line(lx, ln); err != nil {
			return nil, fmt.Errorf("%s: %w", ln.where, err)
		}
	}
	if t.Name == "" {
		return nil, fmt.Errorf("%s: the topic has no name", name)
	}
	return t, nil
}

func (t *Topic) line(lx *Lexicon, ln line) error {
	value := strings.Join(ln.forms, ", ")
	class := map[string]Class{"party": Party, "people": PartyPeople, "state": PartyState}[ln.section]
	switch {
	case ln.section == "topic":
		return t.setting(ln.label, value)
	case ln.section == "words":
		t.People[claim.Unit(ln.label)] = value
	case ln.section == "baseline":
		b, err := parseBaseline(lx, ln.label, value)
		t.Baseline = append(t.Baseline, b)
		return err
	case class != None:
		t.add(ln, Sense{Class: class, ID: t.Name})
	case strings.HasPrefix(ln.section, "place "):
		s, err := measure(Place)(strings.TrimPrefix(ln.section, "place "))
		t.add(ln, s)
		return err
	case ln.section == "army":
		t.add(ln, Sense{Class: Army})
	default:
		return fmt.Errorf("no section is called %q", ln.section)
	}
	return nil
}

func (t *Topic) add(ln line, s Sense) {
	s.ID = t.Name
	lang := ln.label
	if lang == "all" {
		lang = ""
	}
	for _, f := range ln.forms {
		t.entries = append(t.entries, entry{form: f, sense: s, lang: lang, where: ln.where})
	}
}

func (t *Topic) setting(label, value string) error {
	switch label {
	case "name":
		t.Name = value
	case "title":
		t.Title = value
	case "party":
		t.Party = value
	case "bare limit":
		n, err := strconv.ParseInt(value, 10, 64)
		t.BareLimit = claim.Count(n)
		return err
	case "limit":
		n, err := strconv.ParseInt(value, 10, 64)
		t.Limit = claim.Count(n)
		return err
	case "tolerance":
		pct, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
		t.Tolerance = pct / 100
		return err
	case "window":
		days, err := strconv.Atoi(strings.TrimSuffix(value, "d"))
		t.Window = time.Duration(days) * 24 * time.Hour
		return err
	case "measures":
		for _, m := range split(value) {
			if !slices.Contains(claim.Measures, claim.Measure(m)) {
				return fmt.Errorf("%q is no measure", m)
			}
			t.Measures = append(t.Measures, claim.Measure(m))
		}
	default:
		return fmt.Errorf("no setting is called %q", label)
	}
	return nil
}

// parseBaseline reads "2024-10-18 kr-nis: about 1500 troops training". A figure with
// "+" in front is an increment, "3000-5000" a range.
func parseBaseline(lx *Lexicon, label, value string) (claim.Baseline, error) {
	day, who, _ := strings.Cut(label, " ")
	said, err := claim.ParseDate(day)
	if err != nil {
		return claim.Baseline{}, err
	}
	b := claim.Baseline{Qualifier: claim.Exact, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: claim.Claimant(who), Said: said}
	if !lx.KnownClaimant(b.Claimant) {
		return b, fmt.Errorf("claimant %q is not known", who)
	}
	figure := ""
	for w := range strings.FieldsSeq(value) {
		switch {
		case slices.Contains(claim.Qualifiers, claim.Qualifier(w)):
			b.Qualifier = claim.Qualifier(w)
		case slices.Contains(claim.Units, claim.Unit(w)):
			b.Unit = claim.Unit(w)
		case slices.Contains(claim.Measures, claim.Measure(w)):
			b.Measure = claim.Measure(w)
		case slices.Contains(claim.Modes, claim.Mode(w)):
			b.Mode = claim.Mode(w)
		default:
			figure = w
		}
	}
	figure, b.Increment = strings.CutPrefix(figure, "+")
	low, high, isRange := strings.Cut(figure, "-")
	n, err := strconv.ParseInt(low, 10, 64)
	if err != nil || n < 0 {
		return b, fmt.Errorf("figure %q is not a number", figure)
	}
	b.Bounds = claim.Bound(claim.Count(n), b.Qualifier)
	if isRange {
		m, err := strconv.ParseInt(high, 10, 64)
		if err != nil || m < n {
			return b, fmt.Errorf("figure %q is not a range", figure)
		}
		b.Bounds = claim.Bounds{Low: claim.Count(n), High: claim.Count(m)}
		if b.Qualifier != claim.Vague {
			b.Qualifier = claim.Range
		}
	}
	return b, nil
}
