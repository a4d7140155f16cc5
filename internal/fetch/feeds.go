package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"monitor/internal/feed"
	"monitor/internal/fetch/article"
)

// readFeed fills the result from RSS, Atom, RDF or a JSON feed.
func (f *Fetcher) readFeed(src feed.Source, doc *document, captured time.Time, res *Result) error {
	body := decode(doc.body, doc.contentType)
	trimmed := bytes.TrimLeft(body, " \t\r\n\x00")
	var parsed *gofeed.Feed
	var err error
	switch {
	case len(trimmed) == 0:
		err = notFeed(doc.url, "the answer is empty")
	case trimmed[0] == '{':
		parsed, err = parseJSON(doc, trimmed)
	case trimmed[0] == '<':
		parsed, err = f.parseXML(doc, trimmed, res)
	default:
		err = notFeed(doc.url, "there is "+nature(trimmed, doc.contentType)+" where a feed should be")
	}
	if err != nil && doc.cut != nil && errors.Is(err, ErrNotFeed) && !errors.Is(err, article.ErrBarrier) {
		return cutError(doc.url, doc.cut) // it might have become a feed
	}
	if err != nil {
		return err
	}
	if len(parsed.Items) > f.maxItems {
		parsed.Items = parsed.Items[:f.maxItems]
		res.Truncated, res.Why = true, f.tooMany("feed")
	}
	if res.Asks == nil {
		res.Asks = &Asks{}
	}
	res.Entries = entriesOf(parsed, doc.url, isFile(src.URL))
	for i := range res.Entries {
		res.Entries[i].Version.Captured = captured
	}
	return nil
}

func (f *Fetcher) tooMany(what string) string {
	return fmt.Sprintf("the %s has more than %d entries and only the first were read; raise fetch.max_items if it is meant", what, f.maxItems)
}

// parseXML reads an XML feed. What is whole of a document that ends early, has too
// many items or breaks in one of them is read, and the result says so.
func (f *Fetcher) parseXML(doc *document, body []byte, res *Result) (*gofeed.Feed, error) {
	o := outlineOf(body, f.maxItems)
	asks := asksOf(body, &o)
	res.Asks = &asks
	switch {
	case o.root < 0:
		return nil, notFeed(doc.url, "the document has no element")
	case o.name == "html" || o.name != "rss" && o.name != "rdf" && o.name != "feed" && looksLikeHTML(body):
		return nil, pageInstead(doc, body)
	case o.name != "rss" && o.name != "rdf" && o.name != "feed":
		return nil, notFeed(doc.url, fmt.Sprintf("the document is XML, but <%s> is no feed", clip(o.name, 40)))
	case o.deep:
		return nil, notFeed(doc.url, "its elements are nested too deep to be a feed's")
	case o.more:
		res.Truncated, res.Why = true, f.tooMany("feed")
		return parseFeed(doc.url, o.whole(body))
	case !o.closed && len(o.items) == 0:
		return nil, cutError(doc.url, errors.New("the feed has no end and not one whole entry"))
	case !o.closed:
		if doc.cut == nil {
			doc.cut = errors.New("the feed's last tags are missing")
		}
		return parseFeed(doc.url, o.whole(body))
	}
	rest, news := newItems(doc, body, &o)
	if news == 0 {
		res.Unchanged = true
		return &gofeed.Feed{}, nil
	}
	// What stands before the root says nothing that we need any more, and can be
	// longer than gofeed looks ahead; the prolog names a charset it is not in now.
	parsed, err := parseFeed(doc.url, rest)
	if err != nil && len(o.items) > 0 {
		return parseEach(doc.url, body, &o, err, res)
	}
	return parsed, err
}

// parseEach reads a broken feed item by item and leaves out those that are broken.
func parseEach(u *url.URL, body []byte, o *outline, cause error, res *Result) (*gofeed.Feed, error) {
	var whole *gofeed.Feed
	for _, item := range o.items {
		one, err := parseFeed(u, o.only(body, item))
		switch {
		case err != nil:
		case whole == nil:
			whole = one
		default:
			whole.Items = append(whole.Items, one.Items...)
		}
	}
	if whole == nil || len(whole.Items) == 0 {
		return nil, cause
	}
	if missing := len(o.items) - len(whole.Items); missing > 0 {
		res.Truncated, res.Why = true, fmt.Sprintf("%d of the feed's %d entries are not well-formed XML and were left out", missing, len(o.items))
	}
	return whole, nil
}

// parseJSON reads a JSON Feed. Half of one cannot be read.
func parseJSON(doc *document, body []byte) (*gofeed.Feed, error) {
	if doc.cut != nil {
		return nil, cutError(doc.url, doc.cut)
	}
	parsed, err := parseFeed(doc.url, body)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(parsed.FeedVersion, "jsonfeed.org") && !slices.ContainsFunc(parsed.Items, identified) {
		return nil, notFeed(doc.url, "the document is JSON, but no JSON Feed")
	}
	return parsed, nil
}

func identified(item *gofeed.Item) bool { return item != nil && (item.GUID != "" || item.Link != "") }

// parseFeed runs gofeed. It reads the work of strangers with the work of others: a
// panic in it would be this feed's fault and must stay this feed's.
func parseFeed(u *url.URL, body []byte) (parsed *gofeed.Feed, err error) {
	defer func() {
		if recover() != nil {
			parsed, err = nil, notFeed(u, "the document breaks the feed reader")
		}
	}()
	p := gofeed.NewParser()
	// The search for a picture in every entry is a fifth of the parser's time.
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	parsed, err = p.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, notFeed(u, "the document is broken: "+clip(err.Error(), 160))
	}
	return parsed, nil
}

func notFeed(u *url.URL, what string) error {
	return fmt.Errorf("%s: %w: %s", shown(u), ErrNotFeed, what)
}

// pageInstead says that a page came, and which feeds it names.
func pageInstead(doc *document, body []byte) error {
	if barrier := article.Barrier(string(body)); barrier != nil {
		return fmt.Errorf("%s: %w: %w", shown(doc.url), ErrNotFeed, barrier)
	}
	what := "there is an HTML page where a feed should be"
	if feeds := advertised(body, doc.url); len(feeds) > 0 {
		what += "; the page names this feed: " + feeds[0]
	} else {
		what += "; read it with page: instead of feed:, or look for the feed's address"
	}
	return notFeed(doc.url, what)
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(body[:min(len(body), 1024)])
	for _, s := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<title", "<div", "<p>", "<h1", "<br"} {
		if bytes.Contains(head, []byte(s)) {
			return true
		}
	}
	return false
}

// nature names what a document is that is neither feed nor page.
func nature(body []byte, contentType string) string {
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return "a PDF document"
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return "a zip archive"
	case bytes.IndexByte(body[:min(len(body), 512)], 0) >= 0:
		return "a file that is no text"
	}
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind, _, _ := strings.Cut(strings.TrimSpace(kind), "/"); kind {
	case "image", "audio", "video", "font":
		return "an " + kind + " file"
	}
	return "plain text"
}

// clip shortens a text for an error, between letters.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "..."
}
