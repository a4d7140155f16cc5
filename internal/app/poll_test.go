package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"monitor/config"
	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/ledger"
)

// site is a small web site that a test writes.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	pages  map[string]string // a page that begins with a status answers with it
	served map[string]int
	head   http.Header
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{pages: map[string]string{}, served: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.served[r.URL.Path]++
		maps.Copy(w.Header(), s.head)
		page, ok := s.pages[r.URL.Path]
		if status, err := strconv.Atoi(page); err == nil || !ok {
			w.WriteHeader(max(status, http.StatusNotFound))
			return
		}
		etag := `"` + ledger.Digest(page) + `"`
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) put(path, page string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = strings.ReplaceAll(page, "$SITE", s.URL)
}

// hits counts the requests for a path since it was asked last.
func (s *site) hits(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.served[path]
	s.served[path] = 0
	return n
}

// newsroom is an App over a site, with a clock.
type newsroom struct {
	*App
	t     *testing.T
	site  *site
	clock time.Time
	said  bytes.Buffer
}

func newNewsroom(t *testing.T, sources ...feed.Source) *newsroom {
	t.Helper()
	n := &newsroom{t: t, site: newSite(t), clock: time.Date(2024, 11, 20, 12, 0, 0, 0, time.UTC)}
	cfg := config.Builtin()
	cfg.Fetch.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	cfg.Fetch.PerHost, cfg.Fetch.Robots, cfg.Fetch.Timeout = 0, false, 2*time.Second
	cfg.Sources = nil
	for _, s := range sources {
		s.URL = strings.ReplaceAll(s.URL, "$SITE", n.site.URL)
		s.Schedule = "*/15 * * * *"
		cfg.Sources = append(cfg.Sources, s)
	}
	var err error
	n.App, err = Open(t.Context(), cfg, Options{
		Database: "sqlite:" + filepath.Join(t.TempDir(), "monitor.db"), Now: func() time.Time { return n.clock }, Alerts: &n.said,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func (n *newsroom) check() *Report {
	n.t.Helper()
	r, err := n.Check(n.t.Context(), CheckOptions{})
	if err != nil {
		n.t.Fatal(err)
	}
	return r
}

// kinds words a report's findings: "new 2000", "edited 3000".
func kinds(r *Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, string(f.Kind)+" "+f.Record.Claim.Figure())
	}
	return all
}

func (n *newsroom) want(r *Report, want ...string) {
	n.t.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, kinds(r)); diff != "" {
		n.t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func (n *newsroom) claims() []ledger.Claim {
	n.t.Helper()
	claims, err := n.Ledger().Claims(n.t.Context(), ledger.Filter{})
	if err != nil {
		n.t.Fatal(err)
	}
	return claims
}

const kyodo = " North Korean soldiers are at the front in the Kursk region, Kyodo News reported"

// rssItem is an item of a feed with the text given.
func rssItem(id, day, text string) string {
	return fmt.Sprintf("<item><guid>%s</guid><link>$SITE/%s</link><title>Report %s</title><pubDate>%s Nov 2024 12:00:00 GMT</pubDate><description>%s</description></item>", id, id, id, day, text)
}

func rss(items ...string) string {
	return `<rss version="2.0"><channel><title>x</title>` + strings.Join(items, "") + `</channel></rss>`
}

func page(text string) string {
	return "<!doctype html><html><head><title>x</title></head><body><nav>Home 1 2 3</nav><article><h1>Report</h1><p>" + text + "</p></article></body></html>"
}

// The article takes the place of the feed's text: what only the summary says is not read.
func TestFollowedArticleReplacesTheFeedsText(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "About 9,000"+kyodo+".")))
	n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
	n.want(n.check(), "new 2000")
	if got := n.check(); got.Entries != 0 || n.site.hits("/a") != 1 {
		t.Errorf("got %d new entries, want none, and the article fetched once", got.Entries)
	}

	// Another wording of the summary leads to the article again, and is no edit of it.
	n.site.put("/feed", rss(rssItem("a", "4", "Updated: about 9,100"+kyodo+".")))
	n.want(n.check())
	if n.site.hits("/a") != 1 {
		t.Error("the article was not visited again")
	}
	n.site.put("/feed", rss(rssItem("a", "4", "Corrected: about 9,200"+kyodo+".")))
	n.site.put("/a", page("About 2,500"+kyodo+" on Monday."))
	n.want(n.check(), "edited 2500")
}

// An article that cannot be had is named and tried again; until then the feed's own
// text is read. That the article then words it otherwise is no edit.
func TestLostArticle(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "About 2,000"+kyodo+"."), rssItem("b", "5", "Nothing to count.")))
	n.site.put("/b", page("Nothing to count in the article either, but it is long enough to be one."))
	n.site.put("/a", "503")
	r := n.check()
	n.want(r, "new 2000")
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error, "503") || r.Failed() != 1 {
		t.Errorf("got faults %v, want the article's", r.Faults)
	}
	n.site.hits("/b")
	r = n.check()
	if len(r.Faults) != 1 || r.Entries != 0 || n.site.hits("/b") != 0 {
		t.Errorf("got %+v, want the lost article alone to be tried again", r)
	}
	n.site.put("/a", page("Soldiers from North Korea have come to Kursk: about 2,000 of them are at the front, Kyodo News reported on Monday."))
	r = n.check()
	n.want(r)
	if len(r.Faults) != 0 {
		t.Errorf("got faults %v, want none", r.Faults)
	}
	// A change of the summary, which was read, is an edit still when it takes a figure back.
	if r = n.check(); r.Entries != 0 || len(r.Faults) != 0 {
		t.Errorf("got %+v, want nothing new", r)
	}
}

// The newest article stands first on an index page, and is compared last.
func TestIndexIsReadInTheOrderOfItsDates(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Index, URL: "$SITE/index", Links: "h3 a"})
	n.site.put("/index", `<html><body><h3><a href="/new">New</a></h3><h3><a href="/old">Old</a></h3><h3><a href="/gone">Gone</a></h3></body></html>`)
	dated := func(day, figure string) string {
		return strings.Replace(page("About "+figure+kyodo+"."), "<head>", `<head><meta property="article:published_time" content="2024-11-`+day+`T12:00:00Z">`, 1)
	}
	n.site.put("/new", dated("08", "4,000"))
	n.site.put("/old", dated("05", "2,000"))
	r := n.check()
	n.want(r, "new 2000", "revision 4000")
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error, "/gone") {
		t.Errorf("got faults %v, want the article that is gone", r.Faults)
	}
	n.site.put("/gone", dated("09", "6,000"))
	n.want(n.check(), "revision 6000")
}

// The entries of a feed are compared from the oldest on, however it lists them.
func TestFeedIsReadInTheOrderOfItsDates(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	n.site.put("/feed", rss(rssItem("c", "8", "About 2,800"+kyodo+"."), rssItem("a", "4", "About 2,000"+kyodo+"."), rssItem("b", "6", "About 2,400"+kyodo+".")))
	n.want(n.check(), "new 2000", "revision 2400", "revision 2800")
}

// An article is visited again at the ages that the source names, counted from its
// first capture. A figure that changed is told; another text is not.
func TestRecheck(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true, Recheck: []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour}})
	n.site.put("/feed", rss(rssItem("a", "4", "x")))
	n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
	n.want(n.check(), "new 2000")

	n.site.put("/a", page("About 2,000"+kyodo+" on Monday. This was denied at once."))
	n.site.hits("/a")
	n.clock = n.clock.Add(59 * time.Minute)
	n.want(n.check())
	if n.site.hits("/a") != 0 {
		t.Error("visited before the first age")
	}
	n.clock = n.clock.Add(2 * time.Minute)
	n.want(n.check())
	if n.site.hits("/a") != 1 {
		t.Error("not visited at the first age")
	}
	n.site.put("/a", page("About 2,500"+kyodo+" on Monday. This was denied at once."))
	n.clock = n.clock.Add(6 * time.Hour)
	r := n.check()
	n.want(r, "edited 2500")
	if len(r.Findings) == 1 && (len(r.Findings[0].Against) == 0 || r.Findings[0].Against[0].Claim.Figure() != "2000") {
		t.Errorf("got against %+v, want the figure that vanished", r.Findings[0].Against)
	}
	if f := r.Findings[0].Record; f.Claim.AsOf.String() != "2024-11-04" || f.Published.Day() != 4 {
		t.Errorf("got a claim of %s, published %s, want those of the article's first day", f.Claim.AsOf, f.Published)
	}
	n.site.put("/a", "500")
	n.clock = n.clock.Add(24 * time.Hour)
	r = n.check()
	n.want(r)
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error, "recheck") {
		t.Errorf("got faults %v, want the recheck's", r.Faults)
	}
	if r = n.check(); len(r.Faults) != 0 {
		t.Errorf("got faults %v, want none: the ages are over", r.Faults)
	}
}

// A link that leads nowhere is asked for while its page may still come up, and does
// not make the source fail for ever. What the feed itself says is read meanwhile.
func TestGivesUpAnArticleThatIsNotThere(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "About 2,000"+kyodo+" on Monday.")))
	n.site.put("/a", "404")
	r := n.check()
	n.want(r, "new 2000")
	if len(r.Faults) != 1 {
		t.Errorf("got faults %v, want the missing article's", r.Faults)
	}
	n.clock = n.clock.Add(23 * time.Hour)
	if r = n.check(); len(r.Faults) != 1 || n.site.hits("/a") != 2 {
		t.Errorf("got faults %v, want the missing article's once more", r.Faults)
	}
	n.clock = n.clock.Add(2 * time.Hour)
	if r = n.check(); len(r.Faults) != 0 || n.site.hits("/a") != 1 {
		t.Errorf("got faults %v, want none: the article is given up", r.Faults)
	}
	r = n.check()
	n.want(r)
	if len(r.Faults) != 0 || n.site.hits("/a") != 0 {
		t.Errorf("got faults %v, want none, and nothing asked for", r.Faults)
	}
	n.site.put("/feed", rss(rssItem("a", "4", "Updated: about 2,000"+kyodo+" on Monday.")))
	n.site.put("/a", page("About 2,600"+kyodo+" on Monday."))
	if r = n.check(); n.site.hits("/a") != 1 || len(r.Findings) != 1 || r.Findings[0].Record.Claim.Figure() != "2600" {
		t.Errorf("got findings %v, want the article's figure", kinds(r))
	}

	n.site.put("/feed", rss(rssItem("a", "4", "Updated again: about 2,000"+kyodo+" on Monday.")))
	n.site.put("/a", "410")
	n.clock = n.clock.Add(48 * time.Hour)
	for range 2 {
		r = n.check()
		n.want(r)
		if len(r.Faults) != 0 {
			t.Errorf("got faults %v, want none: the article was read before it went", r.Faults)
		}
	}
}

// What an article says of the total before goes before what it adds to it, and a total
// that it makes with an increment is one thing to tell.
func TestIncrementsOfAnArticle(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	const more = "South Korea's National Intelligence Service said on Monday that North Korea has sent another 2,500 soldiers to Russia. "
	n.site.put("/feed", rss(rssItem("a", "4", more+"The agency had put the number at about 9,000 in its last briefing.")))
	r := n.check()
	n.want(r, "revision 9000", "revision 2500")
	if len(r.Findings) == 2 && !strings.Contains(r.Findings[1].Reasons[0].Text, "makes about 11,500") {
		t.Errorf("got %q, want the sum of what the article gives", r.Findings[1].Reasons[0].Text)
	}

	n = newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	n.site.put("/feed", rss(rssItem("a", "4", more+"That brings the total to 5,500, the agency said on Monday.")))
	n.want(n.check(), "conflict 5500")
}

// A page that is one entry is edited in place.
func TestEditedPage(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Page, URL: "$SITE/page", Select: "article"})
	n.site.put("/page", page("About 2,000"+kyodo+" on 4 November."))
	n.want(n.check(), "new 2000")
	n.site.put("/page", strings.Replace(page("About 2,000"+kyodo+" on 4 November."), "Home 1 2 3", "Home 4 5 6", 1))
	if r := n.check(); r.Entries != 0 {
		t.Errorf("got %d new entries, want none: only the page around the text changed", r.Entries)
	}
	n.site.put("/page", page("About 2,500"+kyodo+" on 4 November."))
	n.want(n.check(), "edited 2500")
}

// What a server asks for is heeded by the schedule.
func TestRetryAfterPutsOffTheNextVisit(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	n.site.put("/feed", "503")
	n.site.head = http.Header{"Retry-After": {"7200"}}
	s, err := newSchedule(n.cfg.Sources[0])
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.poll(t.Context(), n.cfg.Sources[0], nil, &s)
	if err != nil {
		t.Fatal(err)
	}
	if want := n.clock.Add(2 * time.Hour); !out.next.Equal(want) || out.fault == "" {
		t.Errorf("got %s and %q, want %s and the fault", out.next, out.fault, want)
	}
	state, err := n.Ledger().Source(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	if !state.NextDue.Equal(out.next) || state.Failures != 1 {
		t.Errorf("got %+v, want the same in the record", state)
	}
}

// A poll that is told to stop keeps what it has and is made again.
func TestStoppedPollIsMadeAgain(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Follow: true})
	n.site.put("/feed", rss(rssItem("a", "4", "x"), rssItem("b", "5", "y")))
	n.site.put("/a", page("About 2,000"+kyodo+" on Monday."))
	n.site.put("/b", page("About 2,400"+kyodo+" on Tuesday."))
	ctx, cancel := context.WithCancel(t.Context())
	handler := n.site.Config.Handler
	n.site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			cancel()
		}
		handler.ServeHTTP(w, r)
	})
	out, err := n.poll(ctx, n.cfg.Sources[0], nil, nil)
	if err != nil || !out.stopped || out.counts.NewEntries != 1 {
		t.Fatalf("got %+v and %v, want one entry and a stop", out, err)
	}
	n.site.hits("/a")
	r := n.check()
	n.want(r, "new 2000", "revision 2400")
	if n.site.hits("/a") != 0 {
		t.Error("the article that was stored was fetched again")
	}
}

// Sources are compared in the configuration's order, however long each takes.
func TestSourcesAreComparedInOrder(t *testing.T) {
	first := newSite(t)
	n := newNewsroom(t, feed.Source{Name: "slow", Kind: feed.Feed, URL: strings.Replace(first.URL, "127.0.0.1", "localhost", 1) + "/feed"}, feed.Source{Name: "quick", Kind: feed.Feed, URL: "$SITE/feed"})
	first.put("/feed", rss(rssItem("a", "4", "About 2,000"+kyodo+".")))
	n.site.put("/feed", rss(rssItem("b", "4", "About 2,000"+kyodo+".")))
	answered := make(chan struct{})
	slow, quick := first.Config.Handler, n.site.Config.Handler
	first.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-answered
		slow.ServeHTTP(w, r)
	})
	n.site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		quick.ServeHTTP(w, r)
		close(answered)
	})
	r := n.check()
	n.want(r, "new 2000")
	if len(r.Findings) == 1 && r.Findings[0].Record.Source != "slow" {
		t.Errorf("got the finding on %q, want it on the source that comes first", r.Findings[0].Record.Source)
	}
}

// A report in JSON has the fields that other programs count on.
func TestReportJSON(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed", Outlet: "One & Co"}, feed.Source{Name: "two", Kind: feed.Feed, URL: "$SITE/gone"})
	n.site.put("/feed", rss(rssItem("a", "4", "About 2,000"+kyodo+"."), rssItem("b", "5", "About 2,400"+kyodo+".")))
	data, err := json.Marshal(n.check())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Sources, Failed, Entries, Claims int
		Findings                         []struct {
			ID        string
			Kind      detect.Kind
			Reasons   []struct{ Rule, Text string }
			Topic     string
			Claim     map[string]any
			Against   []map[string]any
			Source    string
			URL       string
			Entry     string
			Title     string
			Published string
			Alert     string
		}
		Errors []struct{ Source, Error string }
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if got.Sources != 2 || got.Failed != 1 || got.Entries != 2 || got.Claims != 2 || len(got.Findings) != 2 || len(got.Errors) != 1 {
		t.Fatalf("got %s", data)
	}
	f := got.Findings[1]
	if f.ID == "" || f.Alert == "" || f.Entry == "" || f.Kind != detect.Revision || f.Topic != "dprk-troops" || f.Source != "one" ||
		f.URL != n.site.URL+"/b" || f.Title != "Report b" || f.Published != "2024-11-05T12:00:00Z" {
		t.Errorf("got finding %+v", f)
	}
	if len(f.Reasons) == 0 || f.Reasons[0].Rule == "" || f.Reasons[0].Text == "" {
		t.Errorf("got reasons %+v", f.Reasons)
	}
	for _, field := range []string{
		"low", "high", "qualifier", "unit", "measure", "mode", "increment", "claimant", "speaker", "as_of", "quote", "sentence", "start", "end", "topic", "lang",
	} {
		if _, ok := f.Claim[field]; !ok {
			t.Errorf("the claim has no %q: %v", field, f.Claim)
		}
		if len(f.Against) == 0 {
			t.Fatal("nothing stands against a revision")
		}
		if _, ok := f.Against[0][field]; !ok {
			t.Errorf("the claim against has no %q: %v", field, f.Against[0])
		}
	}
	if f.Against[0]["source"] != "one" || f.Against[0]["outlet"] != "One & Co" {
		t.Errorf("got against %v, want where it was read", f.Against[0])
	}
	if got.Errors[0].Source != "two" || got.Errors[0].Error == "" {
		t.Errorf("got errors %+v", got.Errors)
	}
	empty, err := json.Marshal(&Report{})
	if want := `{"sources":0,"failed":0,"entries":0,"claims":0,"findings":[],"errors":[]}`; err != nil || string(empty) != want {
		t.Errorf("got %s and %v, want %s", empty, err, want)
	}
}

// What an earlier run left uncompared and unsent is told by the next one.
func TestCheckTakesUpWhatWasLeft(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	n.site.put("/feed", rss(rssItem("a", "4", "About 2,000"+kyodo+".")))
	if _, err := n.poll(t.Context(), n.cfg.Sources[0], nil, nil); err != nil {
		t.Fatal(err)
	}
	if len(n.claims()) != 1 {
		t.Fatalf("got claims %v, want one", n.claims())
	}
	n.want(n.check(), "new 2000")
	if !strings.Contains(n.said.String(), "NEW: Kyodo says about 2,000") {
		t.Errorf("got %q, want the alert", n.said.String())
	}
	n.said.Reset()
	n.want(n.check())
	if n.said.Len() > 0 {
		t.Errorf("got %q, want nothing told twice", n.said.String())
	}
}

// No claim is dated later than its text was fetched.
func TestClaimsAreNoYoungerThanTheirCapture(t *testing.T) {
	n := newNewsroom(t, feed.Source{Name: "one", Kind: feed.Feed, URL: "$SITE/feed"})
	n.site.put("/feed", rss(strings.Replace(rssItem("a", "4", "About 2,000"+kyodo+"."), "Nov 2024", "Nov 2031", 1)))
	n.check()
	claims := n.claims()
	if len(claims) != 1 || claims[0].Claim.AsOf.String() != "2024-11-20" {
		t.Errorf("got claims %+v, want one of the day of the fetch", claims)
	}
}
