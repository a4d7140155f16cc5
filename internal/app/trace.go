package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/detect/extract"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

// Trace is why a claim was read and judged as it was.
type Trace struct {
	ledger.Shown
	Text      string             // of the capture, as it was read
	Reading   []extract.Decision // on the numbers of its sentence, as they would be read today
	Verdict   detect.Verdict     // by the rules of today, on the record as it was before the claim
	Known     []detect.Record    // all figures that Compare was given as known
	Standing  []detect.Record    // all standing claims that it was given
	Agreement bool               // today's kind is the one of the record
}

// Trace judges a claim of the record once more, by the claims that were committed
// before it, and keeps all that it was held against.
func (d *Desk) Trace(ctx context.Context, l *ledger.Ledger, id int64) (Trace, error) {
	shown, err := l.Show(ctx, id)
	if err != nil {
		return Trace{}, err
	}
	t := Trace{Shown: shown}
	if t.Text, err = Cut(shown.Version.Entry); err == nil {
		t.Reading = d.decisions(shown, t.Text)
	}
	memory, err := d.before(ctx, l, shown.Record)
	if err != nil {
		return t, err
	}
	w := &witness{HistoryOf: memory}
	if t.Verdict, err = d.judge(ctx, shown.Record, w); err != nil {
		return t, err
	}
	t.Known, t.Standing = w.known, w.standing
	t.Agreement = shown.Kind == "" || t.Verdict.Kind == shown.Kind
	return t, nil
}

// decisions are those on the claim's own sentence.
func (d *Desk) decisions(shown ledger.Shown, cut string) []extract.Decision {
	src := feed.Source{Name: shown.Source, Outlet: shown.Outlet}
	all := d.reader.Explain(document(src, shown.Version.Entry, cut))
	return slices.DeleteFunc(all, func(x extract.Decision) bool {
		return x.InTitle != shown.Record.Claim.InTitle || x.Sentence != shown.Record.Claim.Sentence
	})
}

// before folds the record up to the claim.
func (d *Desk) before(ctx context.Context, l *ledger.Ledger, r detect.Record) (*detect.Memory, error) {
	m := &detect.Memory{}
	base, err := l.Baselines(ctx, r.Claim.Topic)
	if err != nil {
		return nil, err
	}
	for _, b := range base {
		m.Add(b.Record(), detect.Verdict{})
	}
	for mark := int64(0); ; {
		list, err := l.Before(ctx, r.Claim.Topic, mark, r.ID, batch)
		if err != nil || len(list) == 0 {
			return m, err
		}
		mark = list[len(list)-1].ID
		for _, o := range list {
			v, err := d.judge(ctx, o, m)
			if err != nil {
				return nil, err
			}
			m.Add(o, v)
		}
	}
}

// witness keeps what a history answers.
type witness struct {
	detect.HistoryOf
	known, standing []detect.Record
}

func (w *witness) Known(ctx context.Context, q detect.Query, within claim.Bounds) ([]detect.Record, error) {
	list, err := w.HistoryOf.Known(ctx, q, within)
	w.known = keepOnce(w.known, list)
	return list, err
}

func (w *witness) Standing(ctx context.Context, q detect.Query) ([]detect.Record, error) {
	list, err := w.HistoryOf.Standing(ctx, q)
	w.standing = keepOnce(w.standing, list)
	return list, err
}

func keepOnce(have, more []detect.Record) []detect.Record {
	for _, r := range more {
		if !slices.ContainsFunc(have, func(o detect.Record) bool {
			return o.ID == r.ID && o.Baseline == r.Baseline && o.Claim == r.Claim && len(o.Parts) == len(r.Parts)
		}) {
			have = append(have, r)
		}
	}
	return have
}

// decisionJSON is one number of the claim's sentence.
type decisionJSON struct {
	Text  string       `json:"text"`
	Rule  string       `json:"rule"`
	Claim *claim.Claim `json:"claim"`
}

// MarshalJSON writes the trace in its published form.
func (t Trace) MarshalJSON() ([]byte, error) {
	sides := func(rs []detect.Record) []SideJSON {
		out := []SideJSON{}
		for _, r := range rs {
			out = append(out, SideJSON{r})
		}
		return out
	}
	reading := []decisionJSON{}
	for _, x := range t.Reading {
		reading = append(reading, decisionJSON{x.Text, x.Rule, x.Claim})
	}
	e := t.Version.Entry
	reasons, against := t.Reasons, t.Against
	if reasons == nil {
		reasons, against = t.Verdict.Reasons, t.Verdict.Against
	}
	return plainJSON(struct {
		Claim    ClaimJSON `json:"claim"`
		Evidence any       `json:"evidence"`
		Reading  any       `json:"reading"`
		Kind     any       `json:"kind"`
		Today    any       `json:"kind_today"`
		Finding  string    `json:"finding"`
		Reasons  any       `json:"reasons"`
		Against  any       `json:"against"`
		Replaced any       `json:"replaced"`
		Returned any       `json:"returned"`
		Known    any       `json:"known"`
		Standing any       `json:"standing"`
		Judged   any       `json:"judgements"`
	}{
		ClaimJSON{t.Claim},
		struct {
			Version   string     `json:"version"`
			Captured  *time.Time `json:"captured"`
			Published *time.Time `json:"published"`
			Source    string     `json:"source"`
			Outlet    string     `json:"outlet"`
			URL       string     `json:"url"`
			Title     string     `json:"title"`
			Digest    string     `json:"digest"`
			Article   bool       `json:"article"`
			Lang      string     `json:"lang"`
			Text      string     `json:"text"`
		}{id(t.Version.Version), moment(e.Version.Captured), moment(e.Published), t.Source, t.Outlet, e.URL, e.Title, t.Version.Digest, t.Version.Followed, t.Lang, t.Text},
		reading, t.Kind, t.Verdict.Kind, id(t.Finding), reasons, sides(against), sides(t.Replaced), sides(t.Returned),
		sides(t.Known), sides(t.Standing), JudgementsJSON(t.Judged),
	})
}

// JudgementJSON is what a person said of a finding, in its published form.
type JudgementJSON struct {
	Finding string          `json:"finding"`
	Verdict ledger.Verdict  `json:"verdict"`
	By      string          `json:"by"`
	Why     string          `json:"why"`
	Made    *time.Time      `json:"made"`
	Example json.RawMessage `json:"example,omitempty"`
}

// JudgementsJSON puts judgements into their published form.
func JudgementsJSON(list []ledger.Judgement) []JudgementJSON {
	out := []JudgementJSON{}
	for _, j := range list {
		out = append(out, JudgementJSON{id(j.Finding), j.Verdict, j.By, j.Why, moment(j.Made), json.RawMessage(j.Example)})
	}
	return out
}

// Example is a passage with what must be read in it, as a line of the files that
// readings are scored by.
type Example struct {
	ID     string        `json:"id"`
	Lang   string        `json:"lang"`
	Date   *string       `json:"date"`
	Text   string        `json:"text"`
	Claims []exampleJSON `json:"claims"`
	URL    string        `json:"url,omitempty"`
	Why    string        `json:"why,omitempty"`
}

type exampleJSON struct {
	Low       claim.Count     `json:"low"`
	High      claim.Count     `json:"high"`
	Qualifier claim.Qualifier `json:"qualifier"`
	Unit      claim.Unit      `json:"unit"`
	Measure   claim.Measure   `json:"measure"`
	Mode      claim.Mode      `json:"mode"`
	Increment bool            `json:"increment"`
	Claimant  claim.Claimant  `json:"claimant"`
}

// NewExample makes an example of a finding's sentence: its other claims as they
// were read, and the one in question as it should have been; nil when there is none.
func NewExample(finding int64, shown ledger.Shown, right *claim.Claim, why string) (string, error) {
	e := Example{ID: fmt.Sprintf("finding-%d", finding), Lang: shown.Record.Claim.Lang, Text: shown.Record.Claim.Sentence, Claims: []exampleJSON{}, URL: shown.URL, Why: why}
	if day := detect.Day(detect.Record{Published: shown.Published, Captured: shown.Captured}); day != 0 {
		s := day.String()
		e.Date = &s
	}
	claims := shown.Siblings
	if right != nil {
		claims = append(slices.Clone(claims), *right)
	}
	for _, c := range claims {
		e.Claims = append(e.Claims, exampleJSON{c.Low, c.High, c.Qualifier, c.Unit, c.Measure, c.Mode, c.Increment, c.Claimant})
	}
	data, err := plainJSON(e)
	return string(data), err
}
