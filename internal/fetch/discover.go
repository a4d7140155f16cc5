package fetch

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"monitor/internal/feed"
	"monitor/internal/fetch/article"
)

// Found is a source that stands behind an address that a person gave.
type Found struct {
	Source feed.Source // kind and address
	Title  string      // what the feed or page calls itself; may be empty
	Result Result      // what one poll of it reads
	Others []string    // more feeds that the page names
}

// The bounds of a search: a person waits, and every guess is a request.
const (
	maxNamed   = 8 // feeds that a page names and that are tried
	maxGuesses = 6
)

// guesses are where sites have their feed when their pages do not say.
var guesses = [maxGuesses]string{"feed", "rss.xml", "rss", "feed.xml", "atom.xml", "index.xml"}

// Discover finds the feed behind an address: the address itself, else the first
// that the page names and that has entries, else one at a place where sites have
// it. Where there is none the page itself is the source.
func (f *Fetcher) Discover(ctx context.Context, address string) (Found, error) {
	if !strings.Contains(address, "://") && !isFile(address) {
		address = "https://" + address
	}
	u, err := parseURL(address)
	if err != nil {
		return Found{}, err
	}
	buf := f.buffer()
	defer f.release(buf)
	doc, err := f.get(ctx, u, accept(feed.Feed)+", text/html;q=0.8", feed.Validators{}, buf)
	if err != nil {
		return Found{}, err
	}
	address = keepUser(u, movedAddress(u, doc))
	src := feed.Source{Kind: feed.Feed, URL: address}
	res := Result{CertEnd: doc.certEnd}
	feedErr := f.read(src, doc, &res)
	if feedErr == nil {
		return Found{Source: src, Title: feedTitle(decode(doc.body, doc.contentType)), Result: res}, nil
	}
	page, err := doc.page()
	if err != nil {
		return Found{}, feedErr
	}
	if err := article.Barrier(page); err != nil {
		return Found{}, pageError(doc.url, err)
	}
	named, title := namedFeeds(page, doc.url)
	for i, at := range named[:min(len(named), maxNamed)] {
		if found, err := f.try(ctx, at); err == nil && len(found.Result.Entries) > 0 {
			found.Others = slices.Delete(slices.Clone(named), i, i+1)
			return found, nil
		} else if ctx.Err() != nil {
			return Found{}, ctx.Err()
		}
	}
	for _, at := range guessed(doc.url) {
		if found, err := f.try(ctx, at); err == nil && len(found.Result.Entries) > 0 {
			return found, nil
		} else if ctx.Err() != nil {
			return Found{}, ctx.Err()
		}
	}
	src = feed.Source{Kind: feed.Page, URL: address}
	res = Result{CertEnd: doc.certEnd}
	if err := f.read(src, doc, &res); err != nil {
		return Found{}, err
	}
	return Found{Source: src, Title: title, Result: res}, nil
}

func (f *Fetcher) try(ctx context.Context, address string) (Found, error) {
	u, err := parseURL(address)
	if err != nil {
		return Found{}, err
	}
	buf := f.buffer()
	defer f.release(buf)
	doc, err := f.get(ctx, u, accept(feed.Feed), feed.Validators{}, buf)
	if err != nil {
		return Found{}, err
	}
	if doc.cut != nil {
		return Found{}, cutError(doc.url, doc.cut)
	}
	src := feed.Source{Kind: feed.Feed, URL: movedAddress(u, doc)}
	res := Result{CertEnd: doc.certEnd}
	if err := f.read(src, doc, &res); err != nil {
		return Found{}, err
	}
	return Found{Source: src, Title: feedTitle(decode(doc.body, doc.contentType)), Result: res}, nil
}

// movedAddress is where the document is for good.
func movedAddress(u *url.URL, doc *document) string {
	if doc.movedTo != "" {
		return doc.movedTo
	}
	return u.String()
}

// keepUser puts the credentials back that a person gave, for the host they gave them for.
func keepUser(given *url.URL, address string) string {
	u, err := url.Parse(address)
	if err != nil || given.User == nil || !sameOrigin(given, u) {
		return address
	}
	u.User = given.User
	return u.String()
}

// namedFeeds are the feeds that a page names: in its head first, those of comments
// last, then links that look like one.
func namedFeeds(page string, at *url.URL) (feeds []string, title string) {
	if article.Check(page) != nil {
		return nil, ""
	}
	tree, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return nil, ""
	}
	base := baseOf(tree, at)
	feeds = feedLinks(tree, base)
	for _, a := range tree.Find("a[href]").EachIter() {
		if to := resolve(base, a.AttrOr("href", ""), false); to != "" && likeFeed(to) {
			feeds = append(feeds, to)
		}
	}
	slices.SortStableFunc(feeds, func(a, b string) int { return comments(a) - comments(b) })
	seen := map[string]bool{}
	feeds = slices.DeleteFunc(feeds, func(to string) bool {
		old := seen[to]
		seen[to] = true
		return old
	})
	return feeds, inLine(tree.Find("head > title, title").First().Text())
}

func comments(address string) int {
	if strings.Contains(strings.ToLower(address), "comment") {
		return 1
	}
	return 0
}

// likeFeed says whether an address looks like a feed's.
func likeFeed(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch last := strings.ToLower(path.Base(u.Path)); last {
	case "rss", "feed", "feeds", "atom", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "index.rdf", "rss.php":
		return true
	default:
		return strings.HasSuffix(last, ".rss") || strings.HasSuffix(last, ".atom") || strings.HasSuffix(last, ".xml") && strings.Contains(strings.ToLower(u.Path), "rss")
	}
}

// guessed are addresses below the page and below the site's root.
func guessed(page *url.URL) []string {
	if page.Scheme == "file" {
		return nil
	}
	var list []string
	for _, name := range guesses {
		list = append(list, page.Scheme+"://"+page.Host+"/"+name)
	}
	return list
}

// feedTitle is what an XML feed calls itself.
func feedTitle(body []byte) string {
	head := body[:min(len(body), 4096)]
	i := bytes.Index(head, []byte("<title"))
	if i < 0 {
		return ""
	}
	_, rest, ok := bytes.Cut(head[i:], []byte(">"))
	text, _, closed := bytes.Cut(rest, []byte("</title"))
	if !ok || !closed {
		return ""
	}
	s := strings.TrimSpace(string(text))
	if inner, cdata := strings.CutPrefix(s, "<![CDATA["); cdata {
		s, _, _ = strings.Cut(inner, "]]>")
	}
	return clip(plain(s), 120)
}

// Describe words what was found, for a person.
func (f Found) Describe() string {
	what := "a feed"
	if f.Source.Kind != feed.Feed {
		what = "a page without a feed"
	}
	if f.Title != "" {
		what += fmt.Sprintf(", %q", f.Title)
	}
	return what
}
