package ledger

import (
	"database/sql"
	"encoding/json"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// claimColumns are a claim's own, as claimScan reads them.
const claimColumns = `c.topic, c.low, c.high, c.qualifier, c.unit, c.measure, c.mode, c.increment, c.claimant, c.speaker,
	c.as_of, c.scope, c.quote, c.sentence, c.span_start, c.span_end, c.in_title, c.lang, c.rule`

// recordColumns are a claim with where it was read; recordTables has them.
const (
	recordColumns = claimColumns + `, c.id, c.entry, c.captured, c.published, e.source, e.outlet, e.url, e.title`
	recordTables  = `claim c JOIN entry e ON e.id = c.entry`
)

// end is a bound as stored.
func end(n claim.Count) any {
	if n == claim.Open {
		return nil
	}
	return int64(n)
}

type claimScan struct {
	c         *claim.Claim
	low, high sql.NullInt64
}

func (s *claimScan) dest() []any {
	c := s.c
	return []any{
		&c.Topic, &s.low, &s.high, &c.Qualifier, &c.Unit, &c.Measure, &c.Mode, &c.Increment, &c.Claimant, &c.Speaker,
		&c.AsOf, &c.Scope, &c.Quote, &c.Sentence, &c.Start, &c.End, &c.InTitle, &c.Lang, &c.Rule,
	}
}

func (s *claimScan) done() { s.c.Bounds = claim.Bounds{Low: count(s.low), High: count(s.high)} }

func count(n sql.NullInt64) claim.Count {
	if !n.Valid {
		return claim.Open
	}
	return claim.Count(n.Int64)
}

// scanRecord scans recordColumns, and more columns after them.
func scanRecord(row scanner, more ...any) (r detect.Record, err error) {
	c := claimScan{c: &r.Claim}
	dest := append(c.dest(), &r.ID, &r.Entry, instant{&r.Captured}, instant{&r.Published}, &r.Source, &r.Outlet, &r.URL, &r.Title)
	err = row.Scan(append(dest, more...)...)
	c.done()
	return r, err
}

func scanRecordOnly(row scanner) (detect.Record, error) { return scanRecord(row) }

// kept is a record as it lies in JSON columns: what a finding was held against,
// and what a sum adds up.
type kept struct {
	ID        int64       `json:"id,omitempty"`
	Claim     claim.Claim `json:"claim"`
	Source    string      `json:"source,omitempty"`
	Outlet    string      `json:"outlet,omitempty"`
	Entry     int64       `json:"entry,omitempty"`
	URL       string      `json:"url,omitempty"`
	Title     string      `json:"title,omitempty"`
	Published time.Time   `json:"published,omitzero"`
	Captured  time.Time   `json:"captured,omitzero"`
	Baseline  bool        `json:"baseline,omitempty"`
	Parts     []kept      `json:"parts,omitempty"`
	Replaced  []kept      `json:"replaced,omitempty"`
	Returned  []kept      `json:"returned,omitempty"`
}

func keep(r detect.Record) kept {
	return kept{
		ID: r.ID, Claim: r.Claim, Source: r.Source, Outlet: r.Outlet, Entry: r.Entry, URL: r.URL, Title: r.Title,
		Published: r.Published, Captured: r.Captured, Baseline: r.Baseline, Parts: keepAll(r.Parts), Replaced: keepAll(r.Replaced), Returned: keepAll(r.Returned),
	}
}

func (k kept) record() detect.Record {
	return detect.Record{
		ID: k.ID, Claim: k.Claim, Source: k.Source, Outlet: k.Outlet, Entry: k.Entry, URL: k.URL, Title: k.Title,
		Published: k.Published, Captured: k.Captured, Baseline: k.Baseline, Parts: records(k.Parts), Replaced: records(k.Replaced), Returned: records(k.Returned),
	}
}

func keepAll(rs []detect.Record) []kept {
	var all []kept
	for _, r := range rs {
		all = append(all, keep(r))
	}
	return all
}

func records(ks []kept) []detect.Record {
	var all []detect.Record
	for _, k := range ks {
		all = append(all, k.record())
	}
	return all
}

// encode is v as a JSON column has it.
func encode(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}
