package article

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// metadata is what a page says of itself: JSON-LD first, which newsrooms fill in
// with care, then the meta elements, then what stands on the page.
func metadata(doc *goquery.Document) Article {
	ld := linkedData(doc)
	a := Article{
		Title:  first(ld.Title, meta(doc, "og:title", "twitter:title", "dc.title"), heading(doc)),
		Byline: first(ld.Byline, meta(doc, "author", "article:author", "dc.creator", "parsely-author"), doc.Find("[rel=author]").First().Text()),
		Lang:   first(doc.Find("html").AttrOr("lang", ""), ld.Lang, meta(doc, "og:locale", "content-language", "dc.language")),
	}
	a.Canonical = strings.TrimSpace(doc.Find("link[rel~=canonical][href]").First().AttrOr("href", ""))
	if strings.HasPrefix(a.Byline, "http://") || strings.HasPrefix(a.Byline, "https://") {
		a.Byline = "" // article:author is often a profile's address
	}
	a.Published = ld.Published
	for _, s := range []string{
		meta(doc, "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "pubdate", "publishdate", "parsely-pub-date", "sailthru.date"),
		doc.Find("[itemprop=datePublished]").AttrOr("content", doc.Find("[itemprop=datePublished]").AttrOr("datetime", "")),
		doc.Find("article time[datetime], main time[datetime], time[pubdate][datetime]").AttrOr("datetime", ""),
	} {
		if a.Published.IsZero() {
			a.Published = Date(s)
		}
	}
	return a
}

// first is the first of the texts that says something, in one line.
func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.Join(strings.Fields(strings.ToValidUTF8(t, "\uFFFD")), " "); t != "" {
			return t
		}
	}
	return ""
}

// meta is the content of the first meta element that has one of the names, in
// their order of trust.
func meta(doc *goquery.Document, names ...string) string {
	best, rank := "", len(names)
	for _, m := range doc.Find("meta[content]").EachIter() {
		for _, attr := range []string{"name", "property", "itemprop", "http-equiv"} {
			name := strings.ToLower(m.AttrOr(attr, ""))
			for i, want := range names[:rank] {
				if content := m.AttrOr("content", ""); name == want && strings.TrimSpace(content) != "" {
					best, rank = content, i
					break
				}
			}
		}
	}
	return best
}

// heading is the page's only first heading, or what its window is called.
func heading(doc *goquery.Document) string {
	if h := doc.Find("h1"); h.Length() == 1 && strings.TrimSpace(h.Text()) != "" {
		return h.Text()
	}
	return doc.Find("head > title, title").First().Text()
}

// linkedData reads the page's JSON-LD: the first object that is an article.
func linkedData(doc *goquery.Document) Article {
	var a Article
	for _, s := range doc.Find(`script[type="application/ld+json"]`).EachIter() {
		var v any
		if json.Unmarshal([]byte(s.Text()), &v) != nil {
			continue // broken JSON-LD is common; the rest of the page still tells
		}
		if o := newsObject(v, 0); o != nil {
			a.Title = text(o["headline"])
			a.Byline = text(o["author"])
			a.Lang = text(o["inLanguage"])
			a.Published = Date(text(o["datePublished"]))
			return a
		}
	}
	return a
}

// newsObject finds an article in JSON-LD: alone, in a list, in a graph, or as what a page is about.
func newsObject(v any, depth int) map[string]any {
	if depth > 4 {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if o := newsObject(x, depth+1); o != nil {
				return o
			}
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			return v
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			if o := newsObject(v[key], depth+1); o != nil {
				return o
			}
		}
	}
	return nil
}

func isArticle(kind any) bool {
	switch kind := kind.(type) {
	case string:
		return strings.HasSuffix(kind, "Article") || strings.HasSuffix(kind, "Posting") || kind == "Report"
	case []any:
		return slices.ContainsFunc(kind, isArticle)
	}
	return false
}

// text is a JSON-LD value as words: a string, the name of an object, a list of either.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if name, ok := v["name"].(string); ok {
			return name
		}
		code, _ := v["alternateName"].(string)
		return code
	case []any:
		var names []string
		for _, x := range v {
			if s, ok := x.(map[string]any); ok {
				x = s["name"]
			}
			if s, ok := x.(string); ok && s != "" {
				names = append(names, s)
			}
		}
		return strings.Join(names, ", ")
	}
	return ""
}

var dateForms = []string{
	time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04-0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "20060102", "2006/01/02",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "02.01.2006",
}

// Date reads a date as pages write it for machines, in the zone that it names; the
// zero time when it is none. A date of which day and month could be either way
// round is none.
func Date(s string) time.Time {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return time.Time{}
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1900 {
			return t
		}
	}
	return time.Time{}
}
