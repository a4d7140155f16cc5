package fetch

import (
	"net/http"
	"strings"
	"testing"

	"monitor/internal/feed"
)

func TestDiscover(t *testing.T) {
	const other = `<rss version="2.0"><channel><title>Comments</title><item><guid>9</guid><title>Nine</title></item></channel></rss>`
	empty := `<rss version="2.0"><channel><title>E</title></channel></rss>`
	head := func(links string) string {
		return "<html><head><title>News</title>" + links + "</head><body><p>About 2,000 soldiers have been moved west.</p></body></html>"
	}
	alternate := func(href string) string {
		return `<link rel="alternate" type="application/rss+xml" href="` + href + `">`
	}
	for _, tt := range []struct {
		name  string
		pages map[string]string
		want  string // kind, path, title
		more  int
		err   Trouble
	}{
		{name: "the feed itself", pages: map[string]string{"/": smallFeed}, want: "feed / T"},
		{name: "named by the page", pages: map[string]string{"/": head(alternate("/f")), "/f": smallFeed}, want: "feed /f T"},
		{name: "comments come last", pages: map[string]string{"/": head(alternate("/comments/f") + alternate("/f")), "/f": smallFeed, "/comments/f": other}, want: "feed /f T", more: 1},
		{name: "an empty one is passed over", pages: map[string]string{"/": head(alternate("/e") + alternate("/f")), "/e": empty, "/f": smallFeed}, want: "feed /f T", more: 1},
		{name: "linked on the page", pages: map[string]string{"/": head("") + `<a href="news/rss.xml">RSS</a>`, "/news/rss.xml": smallFeed}, want: "feed /news/rss.xml T"},
		{name: "guessed", pages: map[string]string{"/": head(""), "/atom.xml": smallFeed}, want: "feed /atom.xml T"},
		{name: "no feed at all", pages: map[string]string{"/": head("")}, want: "page / News"},
		{name: "a block page", pages: map[string]string{"/": "<title>Access denied</title>"}, err: Blocked},
		{name: "nothing there", err: Missing},
		{name: "a picture", pages: map[string]string{"/": "\x89PNG\r\n\x1a\n\x00\x00"}, err: NotFeed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				asked++
				body, ok := tt.pages[r.URL.Path]
				if !ok {
					http.NotFound(w, r)
					return
				}
				_, _ = w.Write([]byte(body))
			})
			found, err := f.Discover(t.Context(), s.URL+"/")
			got := strings.TrimSpace(string(found.Source.Kind) + " " + strings.TrimPrefix(found.Source.URL, s.URL) + " " + found.Title)
			if got != tt.want || TroubleOf(err) != tt.err || len(found.Others) != tt.more {
				t.Errorf("got %q, %d more and %v", got, len(found.Others), err)
			}
			if err == nil && len(found.Result.Entries) == 0 {
				t.Error("got no entries")
			}
			if asked > 10 {
				t.Errorf("got %d requests", asked)
			}
		})
	}
}

// A move is followed, credentials are kept, and a bare name is an address of the web.
func TestDiscoverAddress(t *testing.T) {
	f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		_, _ = w.Write([]byte(smallFeed))
	})
	found, err := f.Discover(t.Context(), strings.Replace(s.URL, "://", "://desk:sesame@", 1)+"/old")
	if want := strings.Replace(s.URL, "://", "://desk:sesame@", 1) + "/new"; err != nil || found.Source.URL != want {
		t.Errorf("got %s and %v, want %s", found.Source.URL, err, want)
	}
	if found.Describe() != `a feed, "T"` || found.Source.Kind != feed.Feed {
		t.Errorf("got %s", found.Describe())
	}
	if _, err := f.Discover(t.Context(), "ftp://example.org/"); TroubleOf(err) != Refused {
		t.Errorf("got %v", err)
	}
}
