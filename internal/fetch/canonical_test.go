package fetch

import (
	"net/http"
	"net/url"
	"testing"

	"monitor/internal/feed"
)

// Renderings of one article are one entry.
func TestCanonicalOfVariants(t *testing.T) {
	const own = "https://news.example/2024/10/troops-move"
	for raw, want := range map[string]string{
		own + "/amp":                            own,
		own + "/amp/":                           own + "/",
		own + ".amp":                            own,
		own + ".amp.html":                       own + ".html",
		own + "?amp=1":                          own,
		own + "?amp":                            own,
		own + "?outputType=amp&id=7":            own + "?id=7",
		own + "/print/":                         own + "/",
		own + "?print=true&utm_source=x":        own,
		own + "?view=print":                     own,
		own + "?view=full":                      own + "?view=full",
		"https://news.example/print":            "https://news.example/print",
		"https://news.example/amp/":             "https://news.example/amp/",
		"https://news.example/2024/10/revamp":   "https://news.example/2024/10/revamp",
		"https://news.example/a%2Fb/2024/c/amp": "https://news.example/a%2Fb/2024/c",
	} {
		if got := canonical(raw); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
}

func TestOwnAddress(t *testing.T) {
	page, _ := url.Parse("https://amp.news.example/2024/10/troops-move/amp")
	for _, tt := range []struct{ entry, named, want string }{
		{"https://www.news.example/2024/10/troops-move/amp", "https://news.example/2024/10/troops-move", "https://news.example/2024/10/troops-move"},
		{"https://www.news.example/2024/10/troops-move/amp", "/2024/10/troops-move", "https://amp.news.example/2024/10/troops-move"},
		{"https://www.news.example/2024/10/troops-move/amp", "https://other.example/2024/10/troops-move", "https://www.news.example/2024/10/troops-move/amp"},
		{"https://www.news.example/2024/10/troops-move/amp", "https://news.example/", "https://www.news.example/2024/10/troops-move/amp"},
		{"https://www.news.example/2024/10/troops-move/amp", "javascript:x", "https://www.news.example/2024/10/troops-move/amp"},
		{"https://www.news.example/2024/10/troops-move", "https://news.example/2024/10/else", "https://www.news.example/2024/10/troops-move"},
	} {
		if got := ownAddress(tt.entry, tt.named, page); got != tt.want {
			t.Errorf("%s named %s: got %s, want %s", tt.entry, tt.named, got, tt.want)
		}
	}
}

// What stands before an article or a feed is no text of it, whatever the status.
func TestBarrierIsNoArticle(t *testing.T) {
	const challenge = `<html><head><title>Just a moment...</title></head><body>Verify you are human</body></html>`
	page := challenge
	f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(page)) })
	entry := feed.Entry{Key: "1", URL: s.URL + "/a", Title: "Kyiv says"}
	for _, tt := range []struct {
		name string
		page string
		src  feed.Source
		want Trouble
	}{
		{"a challenge for a feed", challenge, feed.Source{Kind: feed.Feed}, Blocked},
		{"a challenge for a page", challenge, feed.Source{Kind: feed.Page}, Blocked},
		{"a challenge for a part of a page", challenge, feed.Source{Kind: feed.Page, Select: "main"}, Blocked},
		{"a challenge for an index", challenge, feed.Source{Kind: feed.Index, Links: "h3 a"}, Blocked},
		{"a challenge for messages", challenge, feed.Source{Kind: feed.Messages, Items: ".message"}, Blocked},
		{"a soft 404 for a page", "<title>Page not found</title><p>Sorry", feed.Source{Kind: feed.Page}, Missing},
		{"an index that was rebuilt", "<title>News</title><h2><a href=/a>About 2,000</a></h2>", feed.Source{Kind: feed.Index, Links: "h3 a"}, NoMatch},
	} {
		page = tt.page
		tt.src.URL = s.URL
		if _, err := f.Poll(t.Context(), tt.src, feed.Validators{}); TroubleOf(err) != tt.want {
			t.Errorf("%s: got %q (%v), want %q", tt.name, TroubleOf(err), err, tt.want)
		}
	}
	page = challenge
	got, err := f.Article(t.Context(), feed.Source{Kind: feed.Feed}, entry)
	if TroubleOf(err) != Blocked || got.Title != "Kyiv says" || got.Version.HTML != "" {
		t.Errorf("got %+v and %v, want the entry as it was and the challenge named", got, err)
	}
	page = "<title>Kyiv says</title><p>About 2,000 soldiers have been moved west.</p><div>Subscribe to continue reading</div>"
	if got, err = f.Article(t.Context(), feed.Source{Kind: feed.Feed}, entry); err != nil || !got.Version.Truncated {
		t.Errorf("got %+v and %v, want the beginning, marked", got, err)
	}
}
