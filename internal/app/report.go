package app

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/ledger"
	"monitor/internal/notify"
)

// MarshalJSON writes the report in its published form.
func (r *Report) MarshalJSON() ([]byte, error) {
	findings := make([]FindingJSON, 0, len(r.Findings))
	for _, f := range r.Findings {
		findings = append(findings, NewFindingJSON(f))
	}
	faults := r.Faults
	if faults == nil {
		faults = []Fault{}
	}
	return plainJSON(struct {
		Sources  int           `json:"sources"`
		Failed   int           `json:"failed"`
		Entries  int           `json:"entries"`
		Claims   int           `json:"claims"`
		Findings []FindingJSON `json:"findings"`
		Errors   []Fault       `json:"errors"`
	}{r.Sources, r.Failed(), r.Entries, r.Claims, findings, faults})
}

// FindingJSON is a finding in its published form.
type FindingJSON struct {
	ID        string          `json:"id"`
	Kind      detect.Kind     `json:"kind"`
	Reasons   []detect.Reason `json:"reasons"`
	Topic     string          `json:"topic"`
	Claim     claim.Claim     `json:"claim"`
	Against   []SideJSON      `json:"against"`
	Source    string          `json:"source"`
	Outlet    string          `json:"outlet"`
	URL       string          `json:"url"`
	Entry     string          `json:"entry"`
	Title     string          `json:"title"`
	Published *time.Time      `json:"published"`
	Captured  *time.Time      `json:"captured"`
	Alert     string          `json:"alert"`
	Created   *time.Time      `json:"created"`
}

// NewFindingJSON puts a finding into its published form.
func NewFindingJSON(f detect.Finding) FindingJSON {
	r := f.Record
	out := FindingJSON{
		ID: id(f.ID), Kind: f.Kind, Reasons: f.Reasons, Topic: r.Claim.Topic, Claim: r.Claim, Against: []SideJSON{},
		Source: r.Source, Outlet: r.Outlet, URL: r.URL, Entry: id(r.Entry), Title: r.Title,
		Published: moment(r.Published), Captured: moment(r.Captured), Alert: id(f.Alert), Created: moment(f.Created),
	}
	for _, a := range f.Against {
		out.Against = append(out.Against, SideJSON{a})
	}
	return out
}

// SideJSON is a record as a claim in its published form, with where it was read.
type SideJSON struct{ detect.Record }

// MarshalJSON writes the claim's fields, then the record's.
func (s SideJSON) MarshalJSON() ([]byte, error) {
	r := s.Record
	var parts []SideJSON
	for _, p := range r.Parts {
		parts = append(parts, SideJSON{p})
	}
	return merged(r.Claim, struct {
		ID        string     `json:"id,omitempty"`
		Source    string     `json:"source"`
		Outlet    string     `json:"outlet"`
		Entry     string     `json:"entry,omitempty"`
		URL       string     `json:"url"`
		Title     string     `json:"title"`
		Published *time.Time `json:"published"`
		Captured  *time.Time `json:"captured"`
		Baseline  bool       `json:"baseline"`
		Parts     []SideJSON `json:"parts,omitempty"`
	}{id(r.ID), r.Source, r.Outlet, id(r.Entry), r.URL, r.Title, moment(r.Published), moment(r.Captured), r.Baseline, parts})
}

// ClaimJSON is a claim of the record in its published form.
type ClaimJSON struct{ ledger.Claim }

// MarshalJSON writes the claim's fields, then what the record adds.
func (c ClaimJSON) MarshalJSON() ([]byte, error) {
	return merged(SideJSON{c.Record}, struct {
		Kind     detect.Kind `json:"kind"`
		Vanished *time.Time  `json:"vanished,omitempty"`
	}{c.Kind, moment(c.Vanished)})
}

// AlertJSON is an alert in its published form.
type AlertJSON struct {
	ID       string        `json:"id"`
	Route    string        `json:"route"`
	Headline string        `json:"headline"`
	Topic    string        `json:"topic"`
	Unit     claim.Unit    `json:"unit"`
	Measure  claim.Measure `json:"measure"`
	Mode     claim.Mode    `json:"mode"`
	Figure   string        `json:"figure"`
	Sources  int           `json:"sources"`
	Origins  []OriginJSON  `json:"origins"` // the sources in the order in which they had the figure
	Closed   *time.Time    `json:"closed"`
	Why      string        `json:"closed_why,omitempty"`
	Findings []FindingJSON `json:"findings"`
	Revision int           `json:"revision"`
	Posted   int           `json:"posted"`
	Created  *time.Time    `json:"created"`
	Due      *time.Time    `json:"due"`
}

// OriginJSON is who had a story's figure, and when; the first is its first appearance.
type OriginJSON struct {
	Outlet    string         `json:"outlet"`
	Source    string         `json:"source"`
	URL       string         `json:"url"`
	Claimant  claim.Claimant `json:"claimant"`
	Claim     string         `json:"claim"`
	Published *time.Time     `json:"published"`
	Captured  *time.Time     `json:"captured"`
}

// NewAlertJSON puts an alert into its published form.
func (d *Desk) NewAlertJSON(a notify.Alert) AlertJSON {
	out := AlertJSON{
		ID: id(a.ID), Route: a.Route, Topic: a.Story.Topic, Unit: a.Story.Unit, Measure: a.Story.Measure, Mode: a.Story.Mode,
		Figure: a.Story.Figure, Sources: len(notify.Sources(a)), Findings: []FindingJSON{}, Revision: a.Revision, Posted: a.Posted,
		Created: moment(a.Created), Due: moment(a.Due), Origins: []OriginJSON{}, Closed: moment(a.Closed.At), Why: a.Closed.Why,
	}
	for _, r := range notify.Sources(a) {
		out.Origins = append(out.Origins, OriginJSON{
			Outlet: r.Outlet, Source: r.Source, URL: r.URL, Claimant: r.Claim.Claimant, Claim: id(r.ID), Published: moment(r.Published), Captured: moment(r.Captured),
		})
	}
	if len(a.Findings) > 0 {
		out.Headline = d.Wording().Story(a).Headline
	}
	for _, f := range a.Findings {
		out.Findings = append(out.Findings, NewFindingJSON(f))
	}
	return out
}

// merged is one object with the fields of both values, whose own objects have no field in common.
func merged(a, b any) ([]byte, error) {
	first, err := plainJSON(a)
	if err != nil {
		return nil, err
	}
	second, err := plainJSON(b)
	if err != nil {
		return nil, err
	}
	if len(second) == len("{}") {
		return first, nil
	}
	first[len(first)-1] = ','
	return append(first, second[1:]...), nil
}

// plainJSON is JSON in which & and < stay as they are: it goes to no browser.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// id is a row's number as others know it; "" for none.
func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// moment is a time, or nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// RangeJSON is what claimants say on a day, in its published form.
type RangeJSON struct {
	Topic   string        `json:"topic"`
	Unit    claim.Unit    `json:"unit"`
	Measure claim.Measure `json:"measure"`
	Mode    claim.Mode    `json:"mode"`
	On      claim.Date    `json:"on"`
	Low     *claim.Count  `json:"low"` // null when no claim stands
	Median  *claim.Count  `json:"median"`
	High    *claim.Count  `json:"high"`
	Open    bool          `json:"high_open"` // the highest figure is "at least"
	Claims  []SideJSON    `json:"claims"`
	Lapsed  []SideJSON    `json:"lapsed"`
}

// RangesJSON puts ranges into their published form.
func RangesJSON(list []detect.Range) []RangeJSON {
	out := []RangeJSON{}
	for _, g := range list {
		r := RangeJSON{Topic: g.Topic, Unit: g.Unit, Measure: g.Measure, Mode: g.Mode, On: g.On, Open: g.Open, Claims: []SideJSON{}, Lapsed: []SideJSON{}}
		if len(g.Standing) > 0 {
			r.Low, r.Median, r.High = &g.Low, &g.Median, &g.High
		}
		for _, s := range g.Standing {
			r.Claims = append(r.Claims, SideJSON{s})
		}
		for _, s := range g.Lapsed {
			r.Lapsed = append(r.Lapsed, SideJSON{s})
		}
		out = append(out, r)
	}
	return out
}
