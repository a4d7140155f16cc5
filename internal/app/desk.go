package app

import (
	"cmp"
	"context"
	"fmt"

	"monitor/config"
	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/detect/extract"
	"monitor/internal/detect/lexicon"
	"monitor/internal/detect/text"
	"monitor/internal/feed"
	"monitor/internal/fetch/article"
	"monitor/internal/notify"
)

// Desk is what reading, comparing and wording need to know: the lexicon, and the
// topics as they are configured. It touches nothing outside.
type Desk struct {
	lexicon *lexicon.Lexicon
	reader  *extract.Reader
	topics  []topic
}

type topic struct {
	*lexicon.Topic
	rules    detect.Rules
	baseline []claim.Baseline
}

// NewDesk makes the configuration's topics ready to be read.
func NewDesk(cfg *config.Config) (*Desk, error) {
	lx, err := lexicon.Load()
	if err != nil {
		return nil, fmt.Errorf("lexicon: %w", err)
	}
	d := &Desk{lexicon: lx}
	var words []*lexicon.Topic
	for _, t := range cfg.Topics {
		own, err := topicOf(lx, t)
		if err != nil {
			return nil, err
		}
		d.topics = append(d.topics, own)
		words = append(words, own.Topic)
	}
	if d.reader, err = extract.New(lx, words); err != nil {
		return nil, fmt.Errorf("topics: %w", err)
	}
	return d, nil
}

func topicOf(lx *lexicon.Lexicon, t config.Topic) (topic, error) {
	own := topic{rules: detect.Rules{Tolerance: t.Tolerance, Window: t.Window}, baseline: t.Baseline}
	if t.Use == "" {
		own.Topic = lexicon.NewTopic(t.Name, cmp.Or(t.Title, t.Name), t.Terms, t.Measures)
		return own, nil
	}
	var known bool
	if own.Topic, known = lx.Topic(t.Use); !known {
		return own, fmt.Errorf("topic %q: there is no such built-in topic", t.Use) // config has checked it
	}
	if !t.HasBaseline {
		own.baseline = own.Baseline
	}
	return own, nil
}

func (d *Desk) topic(name string) (topic, bool) {
	for _, t := range d.topics {
		if t.Name == name {
			return t, true
		}
	}
	return topic{}, false
}

// Topics lists the names of the topics.
func (d *Desk) Topics() []string {
	var names []string
	for _, t := range d.topics {
		names = append(names, t.Name)
	}
	return names
}

// Name is how readers know a claimant.
func (d *Desk) Name(c claim.Claimant) string { return d.lexicon.ClaimantName(c) }

// KnownClaimant says whether an id is a claimant's.
func (d *Desk) KnownClaimant(c claim.Claimant) bool { return d.lexicon.KnownClaimant(c) }

// Wording puts findings into words.
func (d *Desk) Wording() notify.Wording {
	return notify.Wording{Name: d.Name, People: d.people}
}

// people is who a topic counts: "North Korean soldiers". A user's own topic has
// its title for all of them.
func (d *Desk) people(name string, unit claim.Unit) string {
	t, ok := d.topic(name)
	switch {
	case !ok:
		return string(unit)
	case t.People[unit] != "":
		return t.People[unit]
	case unit == claim.Troops:
		return t.Title
	default:
		return string(unit) + " among " + t.Title
	}
}

// judge compares a claim with the record by its topic's rules.
func (d *Desk) judge(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
	// A topic may have left the configuration while its claims waited.
	rules := detect.Rules{Tolerance: lexicon.DefaultTolerance, Window: lexicon.DefaultWindow}
	if t, ok := d.topic(r.Claim.Topic); ok {
		rules = t.rules
	}
	return detect.Compare(ctx, r, h, rules, d.Name)
}

// Cut is the text of a captured entry that counts: the article in a page, or the
// feed's own text.
func Cut(e feed.Entry) (string, error) {
	html := e.Version.HTML
	if e.Version.Page {
		found, err := article.Find(html, e.URL, e.Version.Select)
		if err != nil {
			return "", err
		}
		html = found.HTML
	}
	return text.FromHTML(html), nil
}

// Read finds the claims in an entry's text, in the order in which they are compared. No claim is dated later than the text was fetched.
func (d *Desk) Read(src feed.Source, e feed.Entry, cut string) extract.Reading {
	r := d.reader.Read(document(src, e, cut))
	r.Claims = detect.InOrder(r.Claims)
	if e.Version.Captured.IsZero() {
		return r
	}
	last := claim.DateOf(e.Version.Captured.In(e.Published.Location()))
	for i := range r.Claims {
		r.Claims[i].AsOf = min(r.Claims[i].AsOf, last)
	}
	return r
}

func document(src feed.Source, e feed.Entry, cut string) extract.Document {
	return extract.Document{
		Title: e.Title, Text: cut, Lang: cmp.Or(src.Lang, e.Lang), Published: claim.DateOf(e.Published), Outlet: outlet(src),
	}
}

// Reader reads texts that are no entries.
func (d *Desk) Reader() *extract.Reader { return d.reader }
