package fetch

import (
	"fmt"
	"strings"
	"testing"
)

func TestOutline(t *testing.T) {
	for _, tt := range []struct {
		name, doc string
		limit     int
		want      string // root, items, closed, more
		whole     string
	}{
		{"plain", `<rss><channel><item>a</item><item>b</item></channel></rss>`, 9, "rss 2 true false", `<rss><channel><item>a</item><item>b</item></channel></rss>`},
		{"before the root", `<?xml x?><!-- <item> --><!DOCTYPE r [<!ENTITY e "<item>">]><Feed><entry/></Feed>`, 9, "feed 1 true false", `<Feed><entry/></Feed>`},
		{"prefixes", `<a:feed><a:entry>x</a:entry></a:feed>`, 9, "feed 1 true false", `<a:feed><a:entry>x</a:entry></a:feed>`},
		{"items in an item's text", `<feed><entry><![CDATA[</entry><entry>]]><!-- </entry> --><x y="</entry>"/></entry></feed>`, 9, "feed 1 true false", `<feed><entry><![CDATA[</entry><entry>]]><!-- </entry> --><x y="</entry>"/></entry></feed>`},
		{"an item in an item", `<feed><entry><entry>x</entry></entry><entry/></feed>`, 9, "feed 2 true false", `<feed><entry><entry>x</entry></entry><entry/></feed>`},
		{"rdf, items beside the channel", `<r:RDF><channel><items/></channel><item/><item/></r:RDF>`, 9, "rdf 2 true false", `<r:RDF><channel><items/></channel><item/><item/></r:RDF>`},
		{"over the limit", `<rss><channel><item/><item/><item/></channel></rss>`, 2, "rss 2 false true", `<rss><channel><item/><item/></channel></rss>`},
		{"cut in an item", `<rss><channel><item/><item><title>x`, 9, "rss 1 false false", `<rss><channel><item/></channel></rss>`},
		{"cut in a tag", `<rss><channel><item/><ite`, 9, "rss 1 false false", `<rss><channel><item/></channel></rss>`},
		{"a tag without an end", `<rss><channel><item><a b</item><item/></channel></rss>`, 9, "rss 2 true false", `<rss><channel><item><a b</item><item/></channel></rss>`},
		{"left open", `<rss><channel><br><item/></channel></rss>`, 9, "rss 1 true false", `<rss><channel><br><item/></br></channel></rss>`},
		{"no element", `just < text > 3`, 9, " 0 false false", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := outlineOf([]byte(tt.doc), tt.limit)
			if got := fmt.Sprint(o.name, " ", len(o.items), " ", o.closed, " ", o.more); got != tt.want {
				t.Errorf("outline %q, want %q", got, tt.want)
			}
			if o.root < 0 {
				return
			}
			if got := string(o.whole([]byte(tt.doc))); got != tt.whole {
				t.Errorf("whole %s, want %s", got, tt.whole)
			}
		})
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte(smallFeed), 1)
	f.Add([]byte(`<a:feed><!DOCTYPE [>]><a:entry x="'><![CDATA[`), 3)
	f.Fuzz(func(t *testing.T, b []byte, limit int) {
		limit &= 7
		o := outlineOf(b, limit)
		if len(o.items) > limit || o.root >= len(b) {
			t.Fatalf("outline %+v", o)
		}
		last := 0
		for _, e := range o.items {
			if e.start < last || e.end <= e.start || e.end > len(b) {
				t.Fatalf("items %v of %d bytes", o.items, len(b))
			}
			last = e.end
			o.only(b, e)
		}
		if o.root >= 0 {
			o.whole(b)
		}
	})
}

func TestCanonical(t *testing.T) {
	for raw, want := range map[string]string{
		"HTTPS://Example.ORG:443/a?utm_source=x&id=1&fbclid=2#part": "https://example.org/a?id=1",
		"http://example.org:80":                    "http://example.org/",
		"http://example.org:8080/a?":               "http://example.org:8080/a",
		"https://u:p@example.org/%D0%9F?b=2&a=1":   "https://example.org/%D0%9F?b=2&a=1",
		"https://example.org/a?utm_source=x":       "https://example.org/a",
		"file:///tmp/a.xml":                        "file:///tmp/a.xml",
		"https://example.org/a?autm_x=1&UTM_Term=": "https://example.org/a?autm_x=1",
		"://": "://",
	} {
		got := canonical(raw)
		if got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
		if again := canonical(got); again != got {
			t.Errorf("%s is not canonical: %s", got, again)
		}
	}
}

func TestPlainTitles(t *testing.T) {
	for s, want := range map[string]string{
		"AT&amp;T":                  "AT&T",
		"<b>1,500</b> go\n  there":  "1,500 go there",
		"3 < 5 & more":              "3 < 5 & more",
		"1&nbsp;500 &lt;b&gt;x":     "1 500 x",
		strings.Repeat("a", 3):      "aaa",
		"broken \xff, zero \x00 go": "broken \uFFFD, zero go",
	} {
		if got := plain(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
