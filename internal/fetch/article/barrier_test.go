package article

import (
	"errors"
	"strings"
	"testing"
)

// paragraphs is an article's worth of text.
var paragraphs = strings.Repeat("<p>The ministry said on Monday that about 2,000 soldiers had been moved, and gave no further figures when it was asked.</p>\n", 40)

func TestBarriers(t *testing.T) {
	page := func(title, body string) string {
		return "<html><head><title>" + title + "</title></head><body>" + body + "</body></html>"
	}
	for _, tt := range []struct{ name, page, want string }{
		{"a challenge", page("Just a moment...", `<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={}</script>`), "captcha"},
		{"by its script alone", page("news.example", `<script>var _cf_chl_opt = 1</script><p>Loading</p>`), "captcha"},
		{"a robot check in Russian", page("Вы не робот?", "<p>Подтвердите, что вы не робот</p>"), "captcha"},
		{"access denied", page("Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this resource. Reference #18.2d</p>"), "block"},
		{"with the site's name", page("Access denied | news.example used Cloudflare to restrict access", "<h1>Error 1020</h1>"), "block"},
		{"an incident", page("", `<iframe src="/_Incapsula_Resource?x=1"></iframe>Request unsuccessful. Incapsula incident ID: 1-2`), "block"},
		{"a region", page("news.example", "<p>This content is unavailable in your region for now.</p>"), "block"},
		{"consent", page("Bevor Sie fortfahren", "<p>Wir und unsere 200 Partner verwenden Cookies.</p><button>Alle akzeptieren</button>"), "consent"},
		{"pay or consent", page("news.example", "<p>Weiter mit Werbung und Tracking, oder mit dem Abo.</p>"), "consent"},
		{"a login", page("Sign in - news.example", `<form><input name=u><input type="password"></form>`), "login"},
		{"a title about logins", page("Sign in - how readers were fooled", "<p>About 2,000 readers were fooled.</p>"), ""},
		{"a soft 404", page("Page not found - news.example", "<p>We are sorry.</p>"), "error"},
		{"and in Ukrainian", page("Сторінку не знайдено", "<p>На жаль</p>"), "error"},
		{"maintenance", page("Maintenance", "<p>We'll be back soon.</p>"), "error"},
		{"a short statement", page("Statement", "<p>About 2,000 soldiers have been moved west.</p>"), ""},
		{"a short statement with a login form above it", page("Statement on the front", `<form><input type="password"></form><p>About 2,000 soldiers have been moved west.</p>`), ""},
		{"an article about a blockade", page("Blocked: how 2,000 soldiers were held up", "<p>About 2,000 soldiers were held up.</p>"), ""},
		{"an article about being denied access", page("Access denied to inspectors at the front, Kyiv says", paragraphs), ""},
		{"an article that mentions captchas", page("How bots read the news", "<p>Sites ask them to verify you are human.</p>"+paragraphs), ""},
		{"an article on a site with such a script", page("Kyiv says", "<script>_cf_chl_opt</script>"+paragraphs), ""},
		{"upkeep of tanks", page("Maintenance of tanks takes 2,000 soldiers", "<p>About 2,000 soldiers see to them.</p>"), ""},
		{"404 soldiers", page("404 soldiers were captured", "<p>404 soldiers were captured.</p>"), ""},
		{"nothing at all", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			err := Barrier(tt.page)
			if b, ok := errors.AsType[*BarrierError](err); ok {
				got = b.Kind
			}
			if got != tt.want || (err != nil) != errors.Is(err, ErrBarrier) {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

// Of a paywall the beginning is read, and known for a beginning.
func TestPaywallStub(t *testing.T) {
	for page, want := range map[string]bool{
		"<title>T</title><p>About 2,000 soldiers have been moved west.</p><div>Subscribe to continue reading</div>":          true,
		`<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script><p>About 2,000.</p>`: true,
		`<script type="application/ld+json">{"isAccessibleForFree":false}</script>` + paragraphs:                             false,
		"<p>About 2,000 soldiers have been moved west.</p>":                                                                  false,
		"<p>Dieser Artikel ist nur für Abonnenten.</p>":                                                                      true,
	} {
		a, err := Describe(page, "")
		if err != nil || a.Stub != want {
			t.Errorf("%.60s: got %v and %v, want %v", page, a.Stub, err, want)
		}
	}
}

// A selector that matches says that the page is the one that was meant.
func TestSelectorGoesBeforeBarrier(t *testing.T) {
	const page = "<title>Access denied</title><main>About 2,000.</main>"
	if _, err := Describe(page, "main"); err != nil {
		t.Errorf("got %v", err)
	}
	if _, err := Describe(page, ".story"); !errors.Is(err, ErrBarrier) {
		t.Errorf("got %v, want the barrier to be named and not the selector", err)
	}
}

func TestBarrierDataFaults(t *testing.T) {
	for _, data := range []string{"title x", "== captcha", "== a: b\nmost many", "== a: b\nword x"} {
		if _, err := parseBarriers(data); err == nil {
			t.Errorf("%q: got no error", data)
		}
	}
	for _, b := range barriers() {
		if b.most == 0 || len(b.titles)+len(b.texts)+len(b.mark) == 0 {
			t.Errorf("%s: it has no bound or no rule", b.kind)
		}
	}
}
