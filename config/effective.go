package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"monitor/internal/claim"
	"monitor/internal/feed"
)

// Effective is the configuration as a file, every default written out and every
// secret redacted: what `config check` shows.
func (c Config) Effective() []byte {
	text, err := yaml.Dump(c.effective().node(), yaml.WithLineWidth(-1))
	if err != nil {
		return []byte("# " + strings.ReplaceAll(err.Error(), "\n", " ") + "\n") // unreachable: nodes of text, numbers and lists
	}
	return text
}

func (c Config) effective() mapping {
	return mapping{
		{"database", c.Database.String()},
		{"evidence", optional(c.Evidence)},
		{"schedule", c.Schedule},
		{"timezone", c.Timezone},
		{"fetch", c.Fetch.effective()},
		{"sources", each(c.Sources, effectiveSource)},
		{"topics", each(c.Topics, Topic.effective)},
		{"notify", c.Notify.effective()},
		{"web", mapping{{"listen", c.Web.Listen}}},
	}
}

// String is Effective, so that a Config that is printed shows no secret.
func (c Config) String() string { return string(c.Effective()) }

// Format writes Effective, whatever the verb: sources may have passwords in their addresses.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = f.Write(c.Effective()) // a fmt.State has nowhere to report to
}

// MarshalYAML is Effective.
func (c Config) MarshalYAML() (any, error) { return c.effective().node(), nil }

// MarshalJSON is Effective, in JSON.
func (c Config) MarshalJSON() ([]byte, error) {
	var v any
	if err := yaml.Load(c.Effective(), &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// mapping is keys and values in an order; a nil value leaves its key out.
type mapping []struct {
	key   string
	value any
}

func (m mapping) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range m {
		if v := node(p.value); v != nil {
			n.Content = append(n.Content, scalar("!!str", p.key), v)
		}
	}
	return n
}

func scalar(tag, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	if tag == "!!str" {
		n.SetString(value) // keeps what looks like a number in quotes
	}
	return n
}

// node is a value's place in the file; nil for one that is left out.
func node(value any) *yaml.Node {
	switch v := value.(type) {
	case mapping:
		return v.node()
	case []*yaml.Node:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: v}
		if len(v) == 0 {
			n.Style = yaml.FlowStyle
		}
		return n
	case string:
		return scalar("!!str", v)
	case bool:
		return scalar("!!bool", strconv.FormatBool(v))
	case int:
		return scalar("!!int", strconv.Itoa(v))
	case claim.Count:
		return scalar("!!int", strconv.FormatInt(int64(v), 10))
	case float64:
		return scalar("!!float", strconv.FormatFloat(v, 'f', -1, 64))
	case time.Duration:
		return scalar("!!str", durationText(v))
	default:
		return nil
	}
}

// optional leaves out what is not set.
func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func each[T any](items []T, one func(T) mapping) []*yaml.Node {
	nodes := make([]*yaml.Node, len(items))
	for i, item := range items {
		nodes[i] = one(item).node()
	}
	return nodes
}

func strs[T any](items []T, text func(T) string) []*yaml.Node {
	nodes := make([]*yaml.Node, len(items))
	for i, item := range items {
		nodes[i] = scalar("!!str", text(item))
	}
	return nodes
}

func (f Fetch) effective() mapping {
	networks := make([]*yaml.Node, len(f.AllowPrivate))
	for i, p := range f.AllowPrivate {
		networks[i] = scalar("!!str", p.String())
	}
	return mapping{
		{"user_agent", f.UserAgent},
		{"contact", f.Contact},
		{"timeout", f.Timeout},
		{"max_body", sizeText(f.MaxBody)},
		{"max_items", f.MaxItems},
		{"per_host", f.PerHost},
		{"robots", f.Robots},
		{"allow_private", networks},
	}
}

func effectiveSource(s feed.Source) mapping {
	m := mapping{{"name", s.Name}}
	address := withoutCredentials(s.URL)
	if s.Kind == feed.Feed {
		m = append(m, mapping{{"feed", address}}...)
	} else {
		m = append(m, mapping{{"page", address}}...)
	}
	m = append(m, mapping{
		{"select", optional(s.Select)},
		{"links", optional(s.Links)},
		{"items", optional(s.Items)},
		{"follow", s.Follow},
		{"schedule", s.Schedule},
		{"timezone", s.Timezone},
	}...)
	if len(s.Recheck) > 0 {
		m = append(m, mapping{{"recheck", strs(s.Recheck, durationText)}}...)
	}
	return append(m, mapping{{"outlet", s.Outlet}, {"lang", optional(s.Lang)}}...)
}

func (t Topic) effective() mapping {
	m := mapping{{"use", optional(t.Use)}}
	if t.Use == "" {
		m = mapping{{"name", t.Name}, {"title", t.Title}, {"terms", t.effectiveTerms()}}
		if len(t.Measures) > 0 {
			m = append(m, mapping{{"measures", strs(t.Measures, func(m claim.Measure) string { return string(m) })}}...)
		}
	}
	m = append(m, mapping{{"tolerance", percentText(t.Tolerance)}, {"window", t.Window}}...)
	if t.HasBaseline {
		m = append(m, mapping{{"baseline", each(t.Baseline, effectiveFigure)}}...)
	}
	return m
}

func (t Topic) effectiveTerms() mapping {
	var m mapping
	for _, lang := range slices.Sorted(maps.Keys(t.Terms)) {
		m = append(m, mapping{{lang, strs(t.Terms[lang], func(w string) string { return w })}}...)
	}
	return m
}

func effectiveFigure(b claim.Baseline) mapping {
	m := mapping{}
	if n, one := b.Number(); one && b.Qualifier != claim.Vague && b.Qualifier != claim.Range {
		m = append(m, mapping{{"count", n}}...)
	} else {
		m = append(m, mapping{{"low", b.Low}, {"high", b.High}}...)
	}
	return append(m, mapping{
		{"qualifier", string(b.Qualifier)},
		{"unit", string(b.Unit)},
		{"claimant", optional(string(b.Claimant))},
		{"measure", string(b.Measure)},
		{"mode", string(b.Mode)},
		{"increment", b.Increment},
		{"said", b.Said.String()},
		{"source", optional(b.Source)},
	}...)
}

func (n Notify) effective() mapping {
	m := mapping{{"group_wait", n.GroupWait}, {"digest_above", n.DigestAbove}}
	if s := n.Slack; s != nil {
		m = append(m, mapping{{"slack", mapping{
			{"token", optional(s.Token.String())},
			{"webhook", optional(s.Webhook.String())},
			{"channel", optional(s.Channel)},
			{"rate", s.Rate},
			{"api_url", s.APIURL},
		}}}...)
	}
	return m
}

// durationText writes whole days as such: 14d, 1h30m0s as 1h30m.
func durationText(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return hours(d)
}

// hours is Go's notation without what is zero: 336h, not 336h0m0s.
func hours(d time.Duration) string {
	text := strings.Replace(d.String(), "µ", "u", 1)
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func sizeText(n int64) string {
	switch {
	case n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + "MiB"
	case n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + "KiB"
	default:
		return strconv.FormatInt(n, 10) + "B"
	}
}

func percentText(fraction float64) string {
	// Ten digits, because 0.07 * 100 is not 7.
	return strconv.FormatFloat(math.Round(fraction*100*1e10)/1e10, 'f', -1, 64) + "%"
}

// withoutCredentials is a source's address as it may be shown.
func withoutCredentials(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	return u.Redacted()
}
