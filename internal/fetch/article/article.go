// Package article finds the article in a page: the part that a selector names, or
// the part that reads like one, with the title, author, date and language that the
// page gives. It does no input or output, so that entries stored as whole pages
// can be cut again when its rules improve.
package article

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ErrNoMatch comes when a selector matches nothing on the page.
var ErrNoMatch = errors.New("wrong selector")

// ErrTooMany comes when a selector is to be found in a page of more tags than any
// that people read has. Without a selector such a page is read as plain paragraphs.
var ErrTooMany = errors.New("the page has too many tags to select from")

// ErrEmpty comes when there is no text on the page.
var ErrEmpty = errors.New("no text on the page")

// Article is what a page says, and of itself.
type Article struct {
	Title     string
	Byline    string
	Lang      string
	Published time.Time // zero when the page does not tell
	HTML      string    // the part that counts
	Canonical string    // the address that the page says is its own; as written
	Stub      bool      // only its beginning is shown: the rest is for subscribers
}

// Find cuts the page down to the part that the selector matches or, without a
// selector, to the article found in it. The page is HTML in UTF-8.
func Find(page, pageURL, selector string) (Article, error) {
	root, err := parse(page, selector != "")
	if err != nil {
		return Article{}, err
	}
	doc := goquery.NewDocumentFromNode(root)
	a := metadata(doc)
	if selector != "" {
		a.HTML, err = selected(doc, selector)
		return a, err
	}
	a.HTML = found(doc, pageURL)
	if a.HTML == "" {
		return a, ErrEmpty
	}
	return a, nil
}

// Describe reads what the page says of itself, without finding its article, and
// checks that the selector matches: a tenth of the cost of Find.
func Describe(page, selector string) (Article, error) {
	root, err := parse(page, selector != "")
	if err != nil {
		return Article{}, err
	}
	doc := goquery.NewDocumentFromNode(root)
	a := metadata(doc)
	if selector != "" {
		if _, err = match(doc, selector); err == nil {
			return a, nil // what a person has named is there
		}
	}
	b := barrierOf(doc, page)
	if a.Stub = b.kind == paywall; b.kind != "" && !a.Stub {
		return a, &BarrierError{b.kind, b.what}
	}
	return a, err
}

// maxTags bounds what a page can cost: unclosed elements are opened again in every
// block behind them, and ten megabytes of them take a quarter of a minute. The
// longest pages of encyclopedias have half as many.
const maxTags = 300_000

// Check says whether a page can be searched by a selector.
func Check(page string) error {
	if strings.Count(page, "<") > maxTags {
		return ErrTooMany
	}
	return nil
}

// parse reads the page; one that nests deeper than the parser goes, or has more
// tags than it may, is flattened first, unless its elements are to be selected.
func parse(page string, whole bool) (*html.Node, error) {
	err := Check(page)
	if err == nil {
		var root *html.Node
		if root, err = html.Parse(strings.NewReader(page)); err == nil {
			return root, nil
		}
	} else if whole {
		return nil, err
	}
	root, err := html.Parse(strings.NewReader(flatten(page)))
	if err != nil {
		return nil, fmt.Errorf("the page cannot be parsed: %w", err)
	}
	return root, nil
}

// flatten keeps a page's text, title and metadata and makes every block a paragraph.
func flatten(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	skip := atom.Atom(0)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return b.String()
		}
		t := z.Token()
		switch {
		case skip != 0:
			if kind == html.EndTagToken && t.DataAtom == skip {
				skip = 0
			}
		case kind == html.TextToken:
			b.WriteString(html.EscapeString(t.Data))
		case kind == html.StartTagToken && (t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Noscript):
			skip = t.DataAtom
		case t.DataAtom == atom.Title || t.DataAtom == atom.Meta || t.DataAtom == atom.Html || t.DataAtom == atom.H1:
			b.WriteString(t.String())
		case kind == html.StartTagToken && block(t.DataAtom):
			b.WriteString("<p>")
		}
	}
}

func block(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Td, atom.Th, atom.Br, atom.Blockquote, atom.Article, atom.Section, atom.Figcaption:
		return true
	default:
		return false
	}
}

func match(doc *goquery.Document, selector string) (*goquery.Selection, error) {
	m, err := cascadia.Compile(selector)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not CSS: %w", ErrNoMatch, selector, err)
	}
	s := doc.FindMatcher(m)
	if s.Length() == 0 {
		return nil, fmt.Errorf("%w: %q matches nothing on the page; compare it with the page as it is now", ErrNoMatch, selector)
	}
	return s, nil
}

// selected is every match, in the order of the page; a match within another is
// there once.
func selected(doc *goquery.Document, selector string) (string, error) {
	s, err := match(doc, selector)
	if err != nil {
		return "", err
	}
	taken := map[*html.Node]bool{}
	for _, n := range s.Nodes {
		taken[n] = true
	}
	var b strings.Builder
nodes:
	for _, n := range s.Nodes {
		for p := n.Parent; p != nil; p = p.Parent {
			if taken[p] {
				continue nodes
			}
		}
		if err := html.Render(&b, n); err != nil {
			return "", fmt.Errorf("the part of selector %q cannot be written out: %w", selector, err)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// enough is how many letters make a text that readability may be trusted with;
// below it a short statement was more likely thrown away with the rest.
const enough = 200

// found is the article, by readability; where that finds little, the page's own
// main part, or all of its body.
func found(doc *goquery.Document, pageURL string) string {
	withoutMenus(doc)
	text, length := readable(doc.Nodes[0], pageURL)
	if length >= enough {
		return text
	}
	for _, s := range []string{"article", "main", "[role=main]", "body"} {
		part := doc.Find(s).First()
		if n := letters(part); n > length {
			var b strings.Builder
			if html.Render(&b, part.Nodes[0]) == nil {
				return b.String()
			}
		}
	}
	return text
}

// withoutMenus takes out what is no article on any page. A menu that holds most of
// the page's text is a page whose markup is wrong, and stays.
func withoutMenus(doc *goquery.Document) {
	all := letters(doc.Selection)
	doc.Find("nav, [role=navigation], script, style, noscript, template").Each(func(_ int, s *goquery.Selection) {
		if letters(s) <= all/2 {
			s.Remove()
		}
	})
}

// readable runs readability over a copy of the page. A panic in it is the page's
// fault, and costs us only the cut.
func readable(root *html.Node, pageURL string) (text string, length int) {
	defer func() {
		if recover() != nil {
			text, length = "", 0
		}
	}()
	u, err := url.Parse(pageURL)
	if err != nil || !u.IsAbs() || u.Host == "" {
		u = &url.URL{Scheme: "http", Host: "localhost", Path: "/"}
	}
	p := readability.NewParser()
	p.MaxElemsToParse = 100_000
	p.CharThresholds = enough
	a, err := p.ParseDocument(root, u)
	if err != nil || a.Node == nil {
		return "", 0
	}
	var b bytes.Buffer
	if err := a.RenderHTML(&b); err != nil {
		return "", 0
	}
	return b.String(), letters(goquery.NewDocumentFromNode(a.Node).Selection)
}

// letters counts the bytes of text that a reader sees, without the space.
func letters(s *goquery.Selection) int {
	n := 0
	var walk func(*html.Node)
	walk = func(node *html.Node) {
		if node.Type == html.TextNode {
			for f := range strings.FieldsSeq(node.Data) {
				n += len(f)
			}
		}
		if node.DataAtom == atom.Script || node.DataAtom == atom.Style || node.DataAtom == atom.Noscript {
			return
		}
		for c := node.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, node := range s.Nodes {
		walk(node)
	}
	return n
}
