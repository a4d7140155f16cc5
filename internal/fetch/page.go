package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"monitor/internal/feed"
	"monitor/internal/fetch/article"
)

// readPage fills the result from a page: one entry, its links, or its messages.
func (f *Fetcher) readPage(src feed.Source, doc *document, captured time.Time, res *Result) error {
	page, err := doc.page()
	if err != nil {
		return err
	}
	if src.Kind == feed.Page {
		return readWhole(src, doc, page, captured, res)
	}
	if err := article.Check(page); err != nil {
		return notPage(doc.url, err.Error())
	}
	tree, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		return notPage(doc.url, "its elements are nested too deep to be read")
	}
	base := baseOf(tree, doc.url)
	res.Links = feedLinks(tree, base)
	if src.Kind == feed.Index {
		res.Entries, err = links(tree, src, base, doc.url)
	} else {
		res.Entries, err = messages(tree, src, base, doc.url)
	}
	if err != nil {
		if barrier := article.Barrier(page); barrier != nil && errors.Is(err, ErrNoMatch) {
			err = pageError(doc.url, barrier)
		}
		return err
	}
	if n := len(res.Entries); doc.cut != nil && src.Kind == feed.Messages && n > 0 {
		res.Entries = res.Entries[:n-1] // the last one may be half of it
	}
	if len(res.Entries) > f.maxItems {
		res.Entries = res.Entries[:f.maxItems]
		res.Truncated, res.Why = true, f.tooMany("page")
	}
	for i := range res.Entries {
		res.Entries[i].Version.Captured = captured
	}
	return nil
}

// readWhole makes the page one entry, known by the source's own address.
func readWhole(src feed.Source, doc *document, page string, captured time.Time, res *Result) error {
	if doc.cut != nil {
		// Half a page would look as if its figures had been taken back.
		return cutError(doc.url, doc.cut)
	}
	about, err := article.Describe(page, src.Select)
	if err != nil {
		return pageError(doc.url, err)
	}
	e := feed.Entry{
		Key: canonical(src.URL), URL: openable(src.URL),
		Version: feed.Version{HTML: page, Page: true, Select: src.Select, Captured: captured, Truncated: about.Stub},
	}
	describe(&e, about)
	res.Entries = []feed.Entry{e}
	return nil
}

// page is the document as HTML in UTF-8, or an error that says what came instead.
func (d *document) page() (string, error) {
	kind, _, err := mime.ParseMediaType(d.contentType)
	if err != nil {
		kind = ""
	}
	switch {
	case len(bytes.TrimSpace(d.body)) == 0:
		return "", notPage(d.url, "the answer is empty")
	case bytes.HasPrefix(d.body, []byte("%PDF-")), bytes.HasPrefix(d.body, []byte("PK\x03\x04")), strings.HasPrefix(kind, "image/"),
		strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"), strings.HasPrefix(kind, "font/"):
		return "", notPage(d.url, "there is "+nature(d.body, kind)+", which is not read")
	}
	text := decode(d.body, d.contentType)
	if bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0 {
		return "", notPage(d.url, "there is a file that is no text")
	}
	page := clean(string(text))
	if kind == "text/plain" && !looksLikeHTML(text) || kind == "" && !strings.Contains(page, "<") {
		return fromText(page), nil
	}
	if root := outlineOf(text[:min(len(text), 4096)], 0); root.name == "rss" || root.name == "rdf" || root.name == "feed" {
		return "", notPage(d.url, "there is a feed; read it with feed: instead of page:")
	}
	return page, nil
}

func notPage(u *url.URL, what string) error {
	return fmt.Errorf("%s: %w: %s", shown(u), ErrNotPage, what)
}

// fromText makes a page of a plain text: a blank line begins a paragraph.
func fromText(s string) string {
	var b strings.Builder
	b.WriteString("<html><body>")
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}

// links are the entries that an index page leads to, each address once. Their
// text is read by following them.
func links(tree *goquery.Document, src feed.Source, base, page *url.URL) ([]feed.Entry, error) {
	found := tree.Find(src.Links)
	if found.Length() == 0 {
		return nil, noMatch(page, src.Links, "matches nothing on the page")
	}
	self := canonical(page.String())
	var entries []feed.Entry
	at := map[string]int{}
	worded := map[string]bool{} // its title is the link's text, not a picture's
	found.Each(func(_ int, s *goquery.Selection) {
		for _, a := range anchors(s).EachIter() {
			to := resolve(base, a.AttrOr("href", ""), isFile(src.URL))
			key := canonical(to)
			if to == "" || key == self {
				continue
			}
			i, seen := at[key]
			if !seen {
				i, at[key] = len(entries), len(entries)
				entries = append(entries, feed.Entry{Key: key, URL: to, Title: pictureText(a)})
			}
			if title := inLine(a.Text()); title != "" && !worded[key] { // a picture and a headline lead to the same place
				entries[i].Title, worded[key] = title, true
			}
		}
	})
	if len(entries) == 0 {
		return nil, noMatch(page, src.Links, "matches something, but no link to follow")
	}
	return entries, nil
}

// anchors are the links of a match: itself, those within, or the one around it.
func anchors(s *goquery.Selection) *goquery.Selection {
	if s.Is("a[href]") {
		return s
	}
	if within := s.Find("a[href]"); within.Length() > 0 {
		return within
	}
	return s.Closest("a[href]")
}

// pictureText is what a link without text is called.
func pictureText(a *goquery.Selection) string {
	for _, t := range []string{a.AttrOr("aria-label", ""), a.AttrOr("title", ""), a.Find("img[alt]").AttrOr("alt", "")} {
		if t = inLine(t); t != "" {
			return t
		}
	}
	return ""
}

// inLine is a text with single spaces.
func inLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// messages are the parts of a page that the source's selector matches. A match
// within a match is part of it.
func messages(tree *goquery.Document, src feed.Source, base, page *url.URL) ([]feed.Entry, error) {
	found := tree.Find(src.Items)
	if found.Length() == 0 {
		return nil, noMatch(page, src.Items, "matches nothing on the page")
	}
	lang := tree.Find("html").AttrOr("lang", "")
	matched := map[*html.Node]bool{}
	for _, n := range found.Nodes {
		matched[n] = true
	}
	var entries []feed.Entry
	var err error
	found.EachWithBreak(func(_ int, s *goquery.Selection) bool {
		for n := s.Nodes[0].Parent; n != nil; n = n.Parent {
			if matched[n] {
				return true
			}
		}
		var e feed.Entry
		if e, err = message(s, src, base); err != nil {
			err = pageError(page, err)
			return false
		}
		if strings.TrimSpace(s.Text()) == "" { // a divider, or a picture alone
			return true
		}
		e.Lang = s.AttrOr("lang", lang)
		entries = append(entries, e)
		return true
	})
	if err != nil {
		return nil, err
	}
	return keyed(entries, nil), nil
}

// message makes an entry of one match. It is known by the id that the page gives
// it or by its own link, else by its text.
func message(s *goquery.Selection, src feed.Source, base *url.URL) (feed.Entry, error) {
	part := s
	if src.Select != "" {
		if within := s.Find(src.Select); within.Length() > 0 {
			part = within
		}
	}
	markup, err := outer(part)
	if err != nil {
		return feed.Entry{}, err
	}
	e := feed.Entry{
		Title:     inLine(s.Find("h1, h2, h3, h4").First().Text()),
		URL:       messageLink(s, base, isFile(src.URL)),
		Published: messageTime(s),
		Version:   feed.Version{HTML: markup},
	}
	switch id := messageID(s); {
	case id != "":
		e.Key = id
	case e.URL != "":
		e.Key = canonical(e.URL)
	default:
		e.Key = hash([]byte(inLine(part.Text())))
	}
	if e.URL == "" {
		own := *base
		own.Fragment = s.AttrOr("id", "")
		e.URL = openable(own.String())
	}
	return e, nil
}

func outer(s *goquery.Selection) (string, error) {
	var b strings.Builder
	for _, n := range s.Nodes {
		if err := html.Render(&b, n); err != nil {
			return "", fmt.Errorf("%w: a message cannot be written out: %w", ErrNotPage, err)
		}
	}
	return b.String(), nil
}

// messageID is what pages of messages name them by, on the match itself or the
// first element within that has such a name.
func messageID(s *goquery.Selection) string {
	for _, attr := range []string{"data-post", "data-message-id", "data-id", "id"} {
		if v := strings.TrimSpace(s.AttrOr(attr, "")); v != "" {
			return v
		}
	}
	return strings.TrimSpace(s.Find("[data-post]").AttrOr("data-post", ""))
}

// messageLink is the message's own address: what its time or its bookmark links to.
func messageLink(s *goquery.Selection, base *url.URL, local bool) string {
	for _, sel := range []string{"a[href]:has(time)", "time a[href]", "a[rel~=bookmark][href]", "a.permalink[href]"} {
		if u := resolve(base, s.Find(sel).AttrOr("href", ""), local); u != "" {
			return u
		}
	}
	return ""
}

func messageTime(s *goquery.Selection) time.Time {
	for _, n := range s.Find("time[datetime]").EachIter() {
		if t := article.Date(n.AttrOr("datetime", "")); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

func noMatch(page *url.URL, selector, what string) error {
	return fmt.Errorf("%s: %w: %q %s; compare it with the page as it is now", shown(page), ErrNoMatch, selector, what)
}

// checkSelectors refuses a selector that is none before anything is fetched for it.
func checkSelectors(src feed.Source) error {
	for _, s := range []string{src.Select, src.Links, src.Items} {
		if s == "" {
			continue
		}
		if _, err := cascadia.ParseGroup(s); err != nil {
			return fmt.Errorf("%w: %q is not CSS: %w", ErrNoMatch, s, err)
		}
	}
	switch {
	case src.Kind == feed.Index && src.Links == "":
		return errors.New("an index page needs the selector of its links")
	case src.Kind == feed.Messages && src.Items == "":
		return errors.New("a page of messages needs the selector of its items")
	}
	return nil
}

// baseOf is what the page's links are relative to.
func baseOf(tree *goquery.Document, page *url.URL) *url.URL {
	if href := strings.TrimSpace(tree.Find("base[href]").AttrOr("href", "")); href != "" {
		if u, err := page.Parse(href); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			u.User = nil
			return u
		}
	}
	return page
}

// advertised are the feeds that a page names in its head.
func advertised(body []byte, page *url.URL) []string {
	tree, err := goquery.NewDocumentFromReader(bytes.NewReader(body[:min(len(body), 256<<10)]))
	if err != nil {
		return nil
	}
	return feedLinks(tree, baseOf(tree, page))
}

func feedLinks(tree *goquery.Document, base *url.URL) []string {
	var found []string
	for _, l := range tree.Find("link[rel~=alternate][href]").EachIter() {
		switch kind, _, _ := mime.ParseMediaType(l.AttrOr("type", "")); kind {
		case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
			if u := resolve(base, l.AttrOr("href", ""), false); u != "" {
				found = append(found, u)
			}
		}
	}
	return found
}
