package config

import (
	"errors"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"monitor/internal/claim"
	"monitor/internal/detect/lexicon"
	"monitor/internal/feed"
)

// config reads the whole file. Sources come last, for they take their defaults
// from the keys around them, wherever those stand.
func (r *reader) config(c *Config, root *yaml.Node) {
	var sources *yaml.Node
	r.object("the file", root,
		field{"database", r.database(&c.Database)},
		field{"evidence", r.path(&c.Evidence)},
		field{"schedule", r.schedule(&c.Schedule)},
		field{"timezone", r.zone(&c.Timezone)},
		field{"fetch", r.fetch(&c.Fetch)},
		field{"sources", func(_ string, n *yaml.Node) { sources = n }},
		field{"topics", r.topics(&c.Topics)},
		field{"notify", r.notify(&c.Notify)},
		field{"web", r.web(&c.Web)},
	)
	if sources != nil {
		r.sources(c, sources)
	}
	if c.Topics == nil {
		c.Topics = []Topic{{Use: defaultTopic, Name: defaultTopic, Tolerance: defaultTolerance, Window: defaultWindow}}
	}
}

var databaseForm = regexp.MustCompile(`^(sqlite:/?[^/].*|postgres(ql)?://.+)$`)

// database reads the ledger's address. Its password may come from the environment and is never shown.
func (r *reader) database(to *Secret) read {
	const instead = "write sqlite:PATH, or postgres://USER@HOST/NAME"
	return func(key string, n *yaml.Node) {
		text, ok := r.hiddenText(key, n)
		if !ok {
			return
		}
		if text, ok = r.expand(key, n, text); !ok {
			return
		}
		if !databaseForm.MatchString(text) {
			r.fault(n, instead, "%s is not a database address", key)
			return
		}
		if text == "sqlite::memory:" {
			*to = shown(text, text)
			return
		}
		if path, ok := strings.CutPrefix(text, "sqlite:"); ok {
			*to = r.sqlite(path)
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			r.fault(n, instead, "%s is not a database address", key)
			return
		}
		*to = shown(text, withoutPassword(u))
	}
}

// withoutPassword is an address that may be shown.
func withoutPassword(u *url.URL) string {
	clean := *u
	q := clean.Query()
	for name := range q {
		if strings.Contains(strings.ToLower(name), "pass") {
			q.Set(name, "xxxxx")
		}
	}
	if clean.RawQuery != "" {
		clean.RawQuery = q.Encode()
	}
	return clean.Redacted()
}

func (r *reader) fetch(f *Fetch) read {
	return func(key string, n *yaml.Node) {
		r.object(key, n,
			field{"user_agent", r.optionalText(&f.UserAgent, headerForm, "is not plain ASCII text in one line", `write a name such as "desk-monitor/1.0"`)},
			field{"contact", r.optionalText(&f.Contact, headerForm, "is not plain ASCII text in one line", "write a mail or web address")},
			field{"timeout", r.duration(&f.Timeout, 1)},
			field{"max_body", r.size(&f.MaxBody)},
			field{"max_items", r.integer(1, 1_000_000, func(i int64) { f.MaxItems = int(i) })},
			field{"per_host", r.duration(&f.PerHost, 0)},
			field{"robots", r.boolean(&f.Robots)},
			field{"allow_private", r.prefixes(&f.AllowPrivate)},
		)
	}
}

func (r *reader) prefixes(to *[]netip.Prefix) read {
	return func(key string, n *yaml.Node) {
		r.list(key, n, func(_ int, item *yaml.Node) {
			var p netip.Prefix
			r.prefix(&p)(key, item)
			*to = append(*to, p)
		})
	}
}

// nameForm is words with single blanks between them: what a person can type after --source.
var nameForm = regexp.MustCompile(`^[^\s\x00-\x1f\x7f]+( [^\s\x00-\x1f\x7f]+)*$`)

var langForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`)

func (r *reader) sources(c *Config, n *yaml.Node) {
	lines := map[string]int{}
	r.list("sources", n, func(_ int, item *yaml.Node) {
		s := feed.Source{Schedule: c.Schedule, Timezone: c.Timezone}
		keys := r.source(&s, item)
		if at := keys["name"]; at != nil && s.Name != "" {
			if lines[s.Name] > 0 {
				r.fault(at, "give each source a name of its own", "source %s stands already in line %d", quote(s.Name), lines[s.Name])
			} else {
				lines[s.Name] = at.Line
			}
		}
		c.Sources = append(c.Sources, s)
	})
}

func (r *reader) source(s *feed.Source, n *yaml.Node) map[string]*yaml.Node {
	var page string
	keys := r.object("a source", n,
		field{"name", r.matching(&s.Name, nameForm, "is not one line of words with single blanks", "write a short name")},
		field{"feed", r.address(&s.URL)},
		field{"page", r.address(&page)},
		field{"select", r.selector(&s.Select)},
		field{"links", r.selector(&s.Links)},
		field{"items", r.selector(&s.Items)},
		field{"follow", r.boolean(&s.Follow)},
		field{"schedule", r.schedule(&s.Schedule)},
		field{"timezone", r.zone(&s.Timezone)},
		field{"recheck", r.durations(&s.Recheck)},
		field{"outlet", r.matching(&s.Outlet, nameForm, "is not one line of words with single blanks", "write the name that readers know")},
		field{"lang", r.matching(&s.Lang, langForm, "is not a language code", "write a code such as en or ko")},
	)
	if keys == nil {
		return nil
	}
	if keys["name"] == nil {
		r.fault(n, "write name: and a short name of its own", "a source has no name")
	}
	r.kind(s, n, keys)
	if page != "" {
		s.URL = page
	}
	if s.Outlet == "" {
		s.Outlet = s.Name
	}
	return keys
}

// kind decides how a source is read, and says which of its keys do not go together.
func (r *reader) kind(s *feed.Source, n *yaml.Node, keys map[string]*yaml.Node) {
	isFeed, isPage := keys["feed"] != nil, keys["page"] != nil
	switch {
	case isFeed && isPage:
		r.fault(keys["page"], "keep feed: or page:, or make two sources", "a source has both a feed and a page")
	case !isFeed && !isPage:
		r.fault(n, "write feed: or page: and the address", "a source has neither a feed nor a page")
	}
	if keys["links"] != nil && keys["items"] != nil {
		r.fault(keys["items"], "keep links: for an index of articles, or items: for a page of messages", "a source has both links and items")
	}
	for _, key := range []string{"links", "items"} {
		if keys[key] != nil && isFeed && !isPage {
			r.fault(keys[key], "remove it, or write page: instead of feed:", "%s belongs to a page, and this source is a feed", key)
		}
	}
	switch {
	case isFeed:
		s.Kind = feed.Feed
	case keys["links"] != nil:
		s.Kind, s.Follow = feed.Index, true // an index has nothing but its articles
	case keys["items"] != nil:
		s.Kind = feed.Messages
	default:
		s.Kind = feed.Page
	}
}

// durations reads ages, the shortest first whatever their order in the file.
func (r *reader) durations(to *[]time.Duration) read {
	return func(key string, n *yaml.Node) {
		r.list(key, n, func(_ int, item *yaml.Node) {
			var d time.Duration
			r.duration(&d, 1)(key, item)
			*to = append(*to, d)
		})
		slices.Sort(*to)
		*to = slices.Compact(*to)
	}
}

func (r *reader) topics(to *[]Topic) read {
	return func(key string, n *yaml.Node) {
		lines := map[string]int{}
		ok := r.list(key, n, func(_ int, item *yaml.Node) {
			t := Topic{Tolerance: defaultTolerance, Window: defaultWindow}
			keys := r.topic(&t, item)
			at := keys["use"]
			if at == nil {
				at = keys["name"]
			}
			if at != nil && t.Name != "" {
				if lines[t.Name] > 0 {
					r.fault(at, "keep one of the two", "topic %s stands already in line %d", quote(t.Name), lines[t.Name])
				} else {
					lines[t.Name] = at.Line
				}
			}
			*to = append(*to, t)
		})
		if ok && len(*to) == 0 {
			r.fault(n, "write one, such as - use: "+defaultTopic+", or remove topics", "topics is an empty list")
		}
	}
}

var topicForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (r *reader) topic(t *Topic, n *yaml.Node) map[string]*yaml.Node {
	keys := r.object("a topic", n,
		field{"use", r.builtinTopic(t)},
		field{"name", r.ownTopic(t)},
		field{"title", r.matching(&t.Title, nameForm, "is not one line of words with single blanks", "write what alerts call the topic")},
		field{"terms", r.terms(&t.Terms)},
		field{"measures", r.measures(&t.Measures)},
		field{"tolerance", r.percent(&t.Tolerance)},
		field{"window", r.duration(&t.Window, 0)},
		field{"baseline", r.baseline(&t.Baseline)},
	)
	if keys == nil {
		return nil
	}
	t.HasBaseline = keys["baseline"] != nil
	switch {
	case keys["use"] != nil && keys["name"] != nil:
		r.fault(keys["name"], "keep use: for a built-in topic, or name: for one of your own", "a topic has both use and name")
	case keys["use"] != nil:
		for _, key := range []string{"title", "terms", "measures"} {
			if keys[key] != nil {
				r.fault(keys[key], "remove it, or write name: instead of use:", "%s belongs to a topic of your own, and this one is built in", key)
			}
		}
	case keys["name"] == nil:
		r.fault(n, "write use: and a built-in topic, or name: and terms:", "a topic has neither use nor name")
	case keys["terms"] == nil:
		r.fault(n, `write terms: {en: ["..."]}, the words for what is counted`, "a topic of your own has no terms")
	}
	if t.Use == "" && t.Title == "" {
		t.Title = t.Name
	}
	return keys
}

func (r *reader) builtinTopic(t *Topic) read {
	return func(key string, n *yaml.Node) {
		choice(r, &t.Use, lexicon.TopicNames())(key, n)
		t.Name = t.Use
	}
}

func (r *reader) ownTopic(t *Topic) read {
	return r.checked("write lower-case words with hyphens between them, such as foreign-fighters", func(text string) error {
		if !topicForm.MatchString(text) {
			return errors.New("is not a topic's name")
		}
		if slices.Contains(lexicon.TopicNames(), text) {
			return &fixError{"is a built-in topic", "write use: " + text}
		}
		t.Name = text
		return nil
	})
}

// termForm is words, the last of each with a * for any ending.
var termForm = regexp.MustCompile(`^[^\s*\x00-\x1f\x7f]+\*?( [^\s*\x00-\x1f\x7f]+\*?)*$`)

func (r *reader) terms(to *map[string][]string) read {
	return func(key string, n *yaml.Node) {
		v := r.value(key, n)
		if v == nil {
			return
		}
		if v.Kind != yaml.MappingNode || len(v.Content) == 0 {
			r.fault(v, `write {en: ["..."]}`, "%s is no mapping of languages to words", key)
			return
		}
		*to = map[string][]string{}
		r.pairs(v, func(lang string, at, words *yaml.Node) {
			if !slices.Contains(lexicon.Languages(), lang) {
				r.fault(at, "write the code of a language that is read, such as en or de", "%s: language %s is not read", key, quote(lang))
				return
			}
			(*to)[lang] = r.words(key, words)
		})
	}
}

func (r *reader) words(key string, n *yaml.Node) (words []string) {
	ok := r.list(key, n, func(_ int, item *yaml.Node) {
		var w string
		r.matching(&w, termForm, "is not a term", `write words, each with a * at its end for any ending, such as "Wagner fighter*"`)(key, item)
		words = append(words, w)
	})
	if ok && len(words) == 0 {
		r.fault(n, "write one or remove the language", "%s has no word for a language", key)
	}
	return words
}

func (r *reader) measures(to *[]claim.Measure) read {
	return func(key string, n *yaml.Node) {
		ok := r.list(key, n, func(_ int, item *yaml.Node) {
			var m claim.Measure
			choice(r, &m, claim.Measures)(key, item)
			if m != "" && slices.Contains(*to, m) {
				r.fault(item, "keep one of the two", "measure %s stands in the list already", m)
			}
			*to = append(*to, m)
		})
		if ok && len(*to) == 0 {
			r.fault(n, "write one, or remove the key for all", "%s is an empty list", key)
		}
	}
}

func (r *reader) baseline(to *[]claim.Baseline) read {
	return func(key string, n *yaml.Node) {
		r.list(key, n, func(_ int, item *yaml.Node) {
			b := claim.Baseline{Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual}
			r.figure(&b, item)
			*to = append(*to, b)
		})
	}
}

// mostCount is more people than there are.
const mostCount = 10_000_000_000

// figure reads one known figure.
func (r *reader) figure(b *claim.Baseline, n *yaml.Node) {
	var count, low, high int64
	keys := r.object("a baseline entry", n,
		field{"count", r.integer(1, mostCount, func(i int64) { count = i })},
		field{"low", r.integer(0, mostCount, func(i int64) { low = i })},
		field{"high", r.integer(1, mostCount, func(i int64) { high = i })},
		field{"qualifier", choice(r, &b.Qualifier, claim.Qualifiers)},
		field{"unit", choice(r, &b.Unit, claim.Units)},
		field{"claimant", r.claimant(&b.Claimant)},
		field{"measure", choice(r, &b.Measure, claim.Measures)},
		field{"mode", choice(r, &b.Mode, claim.Modes)},
		field{"increment", r.boolean(&b.Increment)},
		field{"said", r.date(&b.Said)},
		field{"source", r.matching(&b.Source, nameForm, "is not one line of words with single blanks", "write where the figure is from")},
	)
	if keys == nil {
		return
	}
	if keys["said"] == nil {
		r.fault(n, "write said: and the day, such as 2024-10-18", "a baseline entry has no day")
	}
	if keys["count"] != nil {
		r.single(b, count, keys)
		return
	}
	if keys["low"] == nil || keys["high"] == nil {
		r.fault(n, "write count:, or both low: and high:", "a baseline entry has no figure")
		return
	}
	r.span(b, low, high, keys)
}

func (r *reader) single(b *claim.Baseline, count int64, keys map[string]*yaml.Node) {
	for _, key := range []string{"low", "high"} {
		if keys[key] != nil {
			r.fault(keys[key], "keep count:, or low: and high:", "a baseline entry has both count and %s", key)
		}
	}
	switch b.Qualifier {
	case "":
		b.Qualifier = claim.Exact
	case claim.Range, claim.Vague:
		r.fault(keys["qualifier"], "write low: and high: instead of count:", "qualifier %s needs two numbers", b.Qualifier)
	default: // the others hedge one number
	}
	b.Bounds = claim.Bound(claim.Count(count), b.Qualifier)
}

func (r *reader) span(b *claim.Baseline, low, high int64, keys map[string]*yaml.Node) {
	switch b.Qualifier {
	case "":
		b.Qualifier = claim.Range
	case claim.Range, claim.Vague:
	default:
		r.fault(keys["qualifier"], "write count: instead of low: and high:, or leave the qualifier out", "qualifier %s goes with one number", b.Qualifier)
	}
	if high > 0 && low >= high {
		r.fault(keys["high"], "write the smaller number as low:, or count: for one number", "high %d is not above low %d", high, low)
	}
	b.Bounds = claim.Bounds{Low: claim.Count(low), High: claim.Count(high)}
}

func (r *reader) claimant(to *claim.Claimant) read {
	return r.checked("write an id such as us-pentagon, kr-nis, nl or media:kyodo, or leave it out when nobody is named", func(text string) error {
		if !lexicon.KnownClaimant(text) {
			return errors.New("is not a known claimant")
		}
		*to = claim.Claimant(text)
		return nil
	})
}

var dateForm = regexp.MustCompile(`^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$`)

func (r *reader) date(to *claim.Date) read {
	const instead = "write a day such as 2024-10-18"
	return func(key string, n *yaml.Node) {
		text, ok := r.plainText(key, n)
		if !ok {
			return
		}
		d, err := claim.ParseDate(text)
		if err != nil || d == 0 || !dateForm.MatchString(text) {
			r.fault(n, instead, "%s %s is not a day of the years 1900 to 2099", key, quote(text))
			return
		}
		*to = d
	}
}

func (r *reader) notify(to *Notify) read {
	return func(key string, n *yaml.Node) {
		r.object(key, n,
			field{"group_wait", r.duration(&to.GroupWait, 0)},
			field{"digest_above", r.integer(0, math.MaxInt32, func(i int64) { to.DigestAbove = int(i) })},
			field{"slack", r.slack(&to.Slack)},
		)
	}
}

// channelForm is a channel's id or its name, with or without the #.
var channelForm = regexp.MustCompile(`^#?[^\s#@<>,\x00-\x1f\x7f]{1,80}$`)

func (r *reader) slack(to **Slack) read {
	return func(key string, n *yaml.Node) {
		s := Slack{Rate: 1}
		keys := r.object(key, n,
			field{"token", r.secret(&s.Token)},
			field{"webhook", r.secret(&s.Webhook)},
			field{"channel", r.optionalText(&s.Channel, channelForm, "is not a channel", `write "#name" in quotes, or the channel's id`)},
			field{"rate", r.number(&s.Rate, 1_000_000)},
			field{"api_url", r.apiURL(&s.APIURL)},
		)
		if keys == nil {
			return
		}
		switch {
		case keys["token"] != nil && keys["webhook"] != nil:
			r.fault(keys["webhook"], "keep one: a token can edit its messages, a webhook cannot", "slack has both a token and a webhook")
		case keys["token"] == nil && keys["webhook"] == nil:
			r.fault(n, "write token: ${SLACK_BOT_TOKEN}, or webhook: ${SLACK_WEBHOOK_URL}", "slack has neither a token nor a webhook")
		case keys["token"] != nil && keys["channel"] == nil:
			r.fault(n, `write channel: "#name"`, "slack has a token and no channel")
		}
		r.mixed(&s, keys)
		*to = &s
	}
}

// mixed finds a token where the webhook belongs and the other way round. Of a
// webhook's address the host may be shown.
func (r *reader) mixed(s *Slack, keys map[string]*yaml.Node) {
	if strings.Contains(s.Token.Reveal(), "://") {
		r.fault(keys["token"], "write webhook: for an address, or the bot token (xoxb-...)", "token is an address")
	}
	if s.Webhook.IsZero() {
		return
	}
	u, err := service(s.Webhook.Reveal())
	if err != nil {
		r.fault(keys["webhook"], "write the https address that Slack gave", "webhook %v", err)
		return
	}
	s.Webhook = shown(s.Webhook.Reveal(), u.Scheme+"://"+u.Host+"/"+redacted)
}

func (r *reader) web(to *Web) read {
	return func(key string, n *yaml.Node) {
		r.object(key, n, field{"listen", r.listen(&to.Listen)})
	}
}
