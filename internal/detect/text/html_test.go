package text

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestFromHTML(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"empty", "", ""},
		{"plain text keeps its lines", "One\nTwo  three", "One\nTwo  three"},
		{"plain text with entities", "AT&amp;T &lt; 3&nbsp;000", "AT&T < 3\u00A0000"},
		{"a less-than sign is no tag", "fewer, so 3 < 5 and x <y", "fewer, so 3 < 5 and x <y"},
		{"paragraphs are lines", "<p>One</p><p>Two\n three</p>", "One\nTwo three"},
		{"line breaks are lines", "One<br>Two<br/>Three", "One\nTwo\nThree"},
		{"inline elements are joined", "10<b>,000</b> <i>sol</i>diers", "10,000 soldiers"},
		{"spaces around inline elements stay", "<p>some <b>10,000</b>\n<i>soldiers</i> came </p>", "some 10,000 soldiers came"},
		{"no-break and narrow spaces stay", "<p>10&nbsp;000 and 12&#8239;000</p>", "10\u00A0000 and 12\u202F000"},
		{"entities", "<p>&laquo;Oui&raquo; &#8212; &eacute;t&eacute; &amp;amp;</p>", "«Oui» — été &amp;"},
		{"scripts, styles and navigation are left out", "<style>p{}</style><nav><ul><li>Home<nav>x</nav>y</ul></nav><p>Text</p><script>var a = '<p>no</p>';</script>", "Text"},
		{"a whole page", "<!doctype html><html><head><title>T</title><meta name=a></head><body><header><h1>Head</h1></header><main>Body</main></body></html>", "Head\nBody"},
		{"an unclosed menu ends where the article starts", "<nav><a>Home</a><article><p>Text</article>", "Text"},
		{"captions and cells are lines", "<figure><img alt=x><figcaption>Photo</figcaption></figure><table><tr><td>killed<td>1,000</tr></table>", "Photo\nkilled\n1,000"},
		{"list items", "<ul><li>One<li>Two</ul>tail", "One\nTwo\ntail"},
		{"struck-out text is withdrawn", "<p><s>10,000</s> 12,000 <del>men</del></p>", "12,000"},
		{"struck-out text without an end", "<p><s>old<p>new", "new"},
		{"footnote marks are no digits", "<p>3,000<sup>1</sup> men, CO<sub>2</sub>, the 9<sup>th</sup></p>", "3,000¹ men, CO₂, the 9th"},
		{"ruby reads as its base", "<p><ruby>北朝鮮<rp>(</rp><rt>きたちょうせん</rt><rp>)</rp></ruby>の<ruby>兵<rt>へい</ruby>士</p>", "北朝鮮の兵士"},
		{"quotations get their marks", "<p><q>Ten thousand</q>, he said</p>", "“Ten thousand”, he said"},
		{"invisible marks go", "<p>Sol&shy;da\u200Bten \u200F12\u200F \uFEFF000</p>", "Soldaten 12 000"},
		{"invisible marks go from plain text", "Sol\u00ADdaten\u2060 da", "Soldaten da"},
		{"preformatted lines", "<pre>One\nTwo</pre>Three", "One\nTwo\nThree"},
		{"blank blocks", "<p>&nbsp;</p><div> </div><p>Text</p><p></p>", "Text"},
		{"CDATA is text", "<p><![CDATA[10 < 20 & more]]></p>", "10 < 20 & more"},
		{"comments", "<p>One<!-- <p>no</p> --> two</p>", "One two"},
		{"escaped twice", "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two &amp;amp; three&lt;/p&gt;", "One\nTwo & three"},
		{"an empty script of XHTML", "<p>One</p><script src='a'/><iframe/><p>Two</p>", "One\nTwo"},
		{"cut in a tag", "<p>One</p><p>Two <a href='http://exa", "One\nTwo"},
		{"cut in a script", "<p>One</p><script>if (a", "One"},
		{"broken bytes", "<p>a\xffb</p>", "a\uFFFDb"},
		{"upper-case tags", "<P>One<BR>Two</P><SCRIPT>x</SCRIPT>", "One\nTwo"},
		{"forms", "<p>Text</p><form><select><option>A</select><button>Send</button><textarea>x</textarea></form>", "Text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(FromHTML(c.page), c.want); d != "" {
				t.Errorf("(-got +want)\n%s", d)
			}
		})
	}
}

func TestFromHTMLAnyDepth(t *testing.T) {
	n := 20_000
	s := strings.Repeat("<div>", n) + "deep" + strings.Repeat("</div>", n)
	if got := FromHTML(s); got != "deep" {
		t.Errorf("got %d bytes, want deep", len(got))
	}
}

func FuzzFromHTML(f *testing.F) {
	f.Add(newsPage(2))
	f.Add("a &amp; b<p>c<sup>1</sup><nav>d</nav><ruby>e<rt>f</ruby><s>g<p>h<pre>i\nj</pre>\u00ad<![CDATA[k]]>")
	f.Add("&lt;p&gt;x")
	f.Fuzz(func(t *testing.T, s string) {
		got := FromHTML(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q gives %q", s, got)
		}
		if hasTag(s) && (strings.Contains(got, "\n\n") || strings.HasSuffix(got, "\n") || strings.HasPrefix(got, "\n")) {
			t.Fatalf("%q gives empty lines: %q", s, got)
		}
		checkSpans(t, got, Sentences(got, nil))
	})
}

// newsPage writes a page of n paragraphs, a third of it text.
func newsPage(n int) string {
	var b strings.Builder
	b.WriteString("<!doctype html><html><head><title>News</title><script>var dataLayer = [];</script></head><body><nav>")
	for i := range n {
		fmt.Fprintf(&b, `<li class="menu-item menu-item-%d"><a href="https://example.org/section/%d?ref=nav">Section %d</a></li>`, i, i, i)
	}
	b.WriteString("</nav><article><h1>Headline</h1>")
	for i := range n {
		fmt.Fprintf(&b, `<div class="card card--wide" data-id="%d"><p class="text">The <a href="https://example.org/a/%d">spokesman</a> said on day %d that about %d&nbsp;000 soldiers &mdash; more than before &mdash; had been sent east for training, and that the ministry would not comment further.</p></div>`+"\n", i, i, i, i)
		fmt.Fprintf(&b, `<figure class="image image--inline"><img src="https://example.org/img/%d.jpg" srcset="https://example.org/img/%d-2.jpg 2x" alt="Photo" width="640" height="360" loading="lazy"></figure>`, i, i)
	}
	b.WriteString("</article><script>" + strings.Repeat("window.a = function () { return 1 };\n", n) + "</script></body></html>")
	return b.String()
}

func BenchmarkFromHTML(b *testing.B) {
	for _, n := range []int{10, 120} {
		s := newsPage(n)
		b.Run(fmt.Sprintf("%dKB", len(s)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				FromHTML(s)
			}
		})
		b.Run(fmt.Sprintf("%dKB/tokens-only", len(s)>>10), func(b *testing.B) { // what it cannot be faster than
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				for z := html.NewTokenizer(strings.NewReader(s)); z.Next() != html.ErrorToken; {
				}
			}
		})
	}
}
