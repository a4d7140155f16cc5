package article

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

const story = `<p>Some 10,000 soldiers have arrived in the east of the country, officials said on Monday, and a small number of them have moved towards the border.</p>
<p>They had been seen in three places earlier this month, where they were given uniforms and papers, and trained for a few weeks in the use of drones.</p>
<p>It was not clear when they would be sent on, said a speaker of the ministry, who did not want to give a date.</p>`

func page(body string) string {
	return `<!DOCTYPE html><html lang="en"><head><title>Troops arrive | Harbour Post</title></head><body>
<header><nav><a href="/">Home</a> <a href="/s">Subscribe now for 1,200 a year</a></nav></header>` + body + `
<aside><h2>Most read</h2><ul><li><a href="/1">9,000 tonnes of grain</a></li><li><a href="/2">5,000 visitors</a></li></ul></aside>
<footer>Copyright, 250 Harbour Street</footer></body></html>`
}

func TestFindCutsTheArticleOut(t *testing.T) {
	for name, body := range map[string]string{
		"article":      `<main><article><h1>Troops arrive</h1>` + story + `</article></main>`,
		"divs":         `<div class="wrap"><div class="story-body"><h1>Troops arrive</h1>` + story + `</div></div>`,
		"bare":         `<h1>Troops arrive</h1>` + story,
		"too deep":     strings.Repeat("<div>", 600) + `<h1>Troops arrive</h1>` + story,
		"in a comment": `<div class="comment-page"><h1>Troops arrive</h1>` + story + `</div>`,
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Find(page(body), "https://example.org/n/1", "")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"Some 10,000 soldiers", "three places", "did not want to give a date"} {
				if !strings.Contains(a.HTML, want) {
					t.Errorf("the article lacks %q:\n%s", want, a.HTML)
				}
			}
			if name != "too deep" && strings.Contains(a.HTML, "Subscribe") {
				t.Errorf("the article has the page's menu:\n%s", a.HTML)
			}
			if a.Title != "Troops arrive" || a.Lang != "en" {
				t.Errorf("title %q, language %q", a.Title, a.Lang)
			}
		})
	}
}

// TestFindKeepsFigures: figures stand in lists, tables, quotes and under pictures too.
func TestFindKeepsFigures(t *testing.T) {
	a, err := Find(page(`<div class="content"><p class="lead">Lead: 1,500 soldiers.</p>`+story+`<h2>By place</h2><ul><li>3,000 in the east</li></ul>
<table><tr><td>Monday</td><td>2,000</td></tr></table><blockquote>"We count 700 of them," he said.</blockquote>
<figure><img src="a.jpg"><figcaption>Some of the 640 men</figcaption></figure><p>Short: 50.</p></div>`), "https://example.org/", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1,500", "10,000", "3,000", "2,000", "700", "640", "50"} {
		if !strings.Contains(a.HTML, want) {
			t.Errorf("the article lacks %s:\n%s", want, a.HTML)
		}
	}
}

// TestFindKeepsShortStatements: readability throws away a page of two lines.
func TestFindKeepsShortStatements(t *testing.T) {
	a, err := Find(page(`<main><p>The service counts 1,500 soldiers.</p></main>`), "https://example.org/", "")
	if err != nil || !strings.Contains(a.HTML, "1,500 soldiers") {
		t.Errorf("got %q, %v", a.HTML, err)
	}
}

func TestFindBySelector(t *testing.T) {
	p := page(`<div class="text"><p>One</p><div class="text"><p>Two</p></div></div><div class="text">Three</div>`)
	a, err := Find(p, "https://example.org/", ".text")
	want := "<div class=\"text\"><p>One</p><div class=\"text\"><p>Two</p></div></div>\n<div class=\"text\">Three</div>\n"
	if err != nil || a.HTML != want {
		t.Errorf("got %q, %v; want %q", a.HTML, err, want)
	}
	for _, selector := range []string{".body", "p >> [", "div:nth-child("} {
		a, err := Find(p, "https://example.org/", selector)
		if !errors.Is(err, ErrNoMatch) || !strings.Contains(err.Error(), selector) || a.HTML != "" {
			t.Errorf("%s: got %q, %v", selector, a.HTML, err)
		}
		if _, err := Describe(p, selector); !errors.Is(err, ErrNoMatch) {
			t.Errorf("%s: Describe gives %v", selector, err)
		}
	}
}

func TestNoText(t *testing.T) {
	for _, p := range []string{"", "<html></html>", "<script>var n = 1500</script>"} {
		if a, err := Find(p, "", ""); !errors.Is(err, ErrEmpty) {
			t.Errorf("%q: got %q, %v", p, a.HTML, err)
		}
	}
}

func TestPageOfTooManyTags(t *testing.T) {
	p := page(strings.Repeat("<p>1,500 soldiers<b>", 200_000))
	if a, err := Find(p, "https://example.org/", ""); err != nil || !strings.Contains(a.HTML, "1,500 soldiers") || strings.Contains(a.HTML, "<b>") {
		t.Errorf("got %d bytes, %v; want plain paragraphs", len(a.HTML), err)
	}
	if _, err := Find(p, "https://example.org/", "p"); !errors.Is(err, ErrTooMany) {
		t.Errorf("with a selector: %v", err)
	}
}

func TestMetadata(t *testing.T) {
	seoul := time.FixedZone("", 9*60*60)
	for _, tt := range []struct {
		name, page string
		want       Article
	}{
		{
			"json-ld in a graph", `<html lang=ko><title>x</title><script type="application/ld+json">{"@graph":[{"@type":"WebPage"},{"@type":"ReportageNewsArticle","headline":"북한군 1500","datePublished":"2024-10-18T08:00:00+09:00","author":{"name":"A"}}]}</script>`,
			Article{Title: "북한군 1500", Byline: "A", Lang: "ko", Published: time.Date(2024, 10, 18, 8, 0, 0, 0, seoul)},
		},
		{
			"json-ld that is broken", `<script type="application/ld+json">{"@type":"NewsArticle",}</script><meta property="og:title" content="T"><meta name="Author" content="B"><meta property="article:published_time" content="2024-10-18">`,
			Article{Title: "T", Byline: "B", Published: time.Date(2024, 10, 18, 0, 0, 0, 0, time.UTC)},
		},
		{
			"an author that is an address", `<meta property="article:author" content="https://example.org/who"><h1>One</h1><title>One | X</title>`,
			Article{Title: "One"},
		},
		{
			"two headings", `<title> Name
			of it </title><h1>a</h1><h1>b</h1><time datetime="2024-10-18">elsewhere</time>`,
			Article{Title: "Name of it"},
		},
		{
			"what stands on the page", `<main><h1>One</h1><span rel="author">C D</span><time datetime="2024-10-23T10:00:00Z">then</time></main>`,
			Article{Title: "One", Byline: "C D", Published: time.Date(2024, 10, 23, 10, 0, 0, 0, time.UTC)},
		},
		{
			"microdata", `<h1>One</h1><meta itemprop="datePublished" content="2024-10-23 10:00">`,
			Article{Title: "One", Published: time.Date(2024, 10, 23, 10, 0, 0, 0, time.UTC)},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Describe(tt.page, "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDate(t *testing.T) {
	for s, want := range map[string]string{
		"2024-10-18T08:00:00+09:00":       "2024-10-18T08:00:00+09:00",
		"2024-10-18T08:00:00.123Z":        "2024-10-18T08:00:00Z",
		"2024-10-18T08:00+0900":           "2024-10-18T08:00:00+09:00",
		"20241018":                        "2024-10-18T00:00:00Z",
		"18.10.2024":                      "2024-10-18T00:00:00Z",
		"October 18, 2024":                "2024-10-18T00:00:00Z",
		"Fri, 18 Oct 2024 08:00:00 +0900": "2024-10-18T08:00:00+09:00",
		"10/11/2024":                      "",
		"0001-01-01T00:00:00Z":            "",
		"yesterday":                       "",
		"":                                "",
	} {
		got := ""
		if d := Date(s); !d.IsZero() {
			got = d.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add(page("<article>"+story+"</article>"), "https://example.org/a", "")
	f.Add(page(story), "", "p:nth-child(2), main")
	f.Add(strings.Repeat("<b>", 600)+`<script type="application/ld+json">[[[[[[{"@type":["NewsArticle"],"author":[1,{}]}]]]]]]</script>`, "file:x", "")
	f.Add("<table><tr><td><p>\x00<svg><style></p>", "::", "td")
	f.Fuzz(func(t *testing.T, p, at, selector string) {
		a, err := Find(p, at, selector)
		if err == nil && a.HTML == "" {
			t.Error("an article without text")
		}
		if err != nil && a.HTML != "" {
			t.Errorf("both a text and %v", err)
		}
		if utf8.ValidString(p) && !utf8.ValidString(a.Title+a.Byline+a.HTML) {
			t.Errorf("not UTF-8: %+v", a)
		}
		if _, err := html.Parse(strings.NewReader(a.HTML)); err != nil {
			t.Errorf("the article cannot be parsed: %v", err)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	p := page("<article><h1>T</h1>" + strings.Repeat(story, 40) + "</article>" + strings.Repeat(`<div class="teaser"><a href="/x">More</a> of it</div>`, 500))
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		if _, err := Find(p, "https://example.org/", ""); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDescribe(b *testing.B) {
	p := page("<article><h1>T</h1>" + strings.Repeat(story, 40) + "</article>" + strings.Repeat(`<div class="teaser"><a href="/x">More</a> of it</div>`, 500))
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		if _, err := Describe(p, "article"); err != nil {
			b.Fatal(err)
		}
	}
}
