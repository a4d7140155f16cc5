package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"monitor/internal/feed"
)

// slowWeb answers every request after a time, and writes down when each came and
// how many were under way at its host.
type slowWeb struct {
	took time.Duration
	mu   sync.Mutex
	came map[string][]time.Time
	busy map[string]int
	most int
	body func(*http.Request) string
}

func (s *slowWeb) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Host
	s.mu.Lock()
	s.came[host] = append(s.came[host], time.Now())
	s.busy[host]++
	s.most = max(s.most, s.busy[host])
	s.mu.Unlock()
	select {
	case <-time.After(s.took):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	s.mu.Lock()
	s.busy[host]--
	s.mu.Unlock()
	body := smallFeed
	if s.body != nil {
		body = s.body(req)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
}

func newSlowWeb(took time.Duration) *slowWeb {
	return &slowWeb{took: took, came: map[string][]time.Time{}, busy: map[string]int{}}
}

func pollAll(ctx context.Context, f *Fetcher, urls ...string) []error {
	errs := make([]error, len(urls))
	var wg sync.WaitGroup
	for i, u := range urls {
		wg.Go(func() {
			_, errs[i] = f.Poll(ctx, feed.Source{Kind: feed.Feed, URL: u}, feed.Validators{})
		})
	}
	wg.Wait()
	return errs
}

func TestPaceOneAtATimeWithAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := newSlowWeb(300 * time.Millisecond)
		f := New(Options{Transport: web, PerHost: time.Second})
		start := time.Now()
		for i, err := range pollAll(t.Context(), f, "http://a.example/1", "http://A.example/2", "http://a.example/3", "http://b.example/1") {
			if err != nil {
				t.Errorf("poll %d: %v", i, err)
			}
		}
		if web.most != 1 {
			t.Errorf("%d requests at once at one host", web.most)
		}
		// Three at one host: 0.3 s each and a second between them. The other host does not wait.
		if got, want := time.Since(start), 2900*time.Millisecond; got != want {
			t.Errorf("took %v, want %v", got, want)
		}
		if got := web.came["b.example"][0].Sub(start); got != 0 {
			t.Errorf("another host waited %v", got)
		}
	})
}

func TestPaceWithoutAGapIsStillOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := newSlowWeb(time.Second)
		f := New(Options{Transport: web})
		start := time.Now()
		pollAll(t.Context(), f, "http://a.example/1", "http://a.example/2", "http://a.example/3")
		if got := time.Since(start); web.most != 1 || got != 3*time.Second {
			t.Errorf("%d at once, took %v; want 1 and 3s", web.most, got)
		}
		if n := len(f.pace.hosts); n != 0 {
			t.Errorf("%d hosts are remembered without need", n)
		}
	})
}

func TestWaitingForATurnIsNoTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := newSlowWeb(2 * time.Second)
		f := New(Options{Transport: web, PerHost: 10 * time.Second, Timeout: 5 * time.Second})
		for i, err := range pollAll(t.Context(), f, "http://a.example/1", "http://a.example/2", "http://a.example/3") {
			if err != nil {
				t.Errorf("poll %d: %v", i, err)
			}
		}
	})
}

func TestCancelWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := newSlowWeb(time.Second)
		f := New(Options{Transport: web, PerHost: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		errs := pollAll(ctx, f, "http://a.example/1", "http://a.example/2")
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("got %v, want one done and one given up", errs)
		}
		time.Sleep(time.Hour) // of the bubble's clock
		if errs := pollAll(t.Context(), f, "http://a.example/3"); errs[0] != nil {
			t.Errorf("the turn was lost: %v", errs)
		}
	})
}

func TestCrawlDelayIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := newSlowWeb(0)
		web.body = func(r *http.Request) string {
			if r.URL.Path == "/robots.txt" {
				return "User-agent: *\nCrawl-delay: 5\n"
			}
			return smallFeed
		}
		f := New(Options{Transport: web, PerHost: time.Second, Robots: true})
		start := time.Now()
		pollAll(t.Context(), f, "http://a.example/1", "http://a.example/2", "http://a.example/3")
		var at []string
		for _, c := range web.came["a.example"] {
			at = append(at, c.Sub(start).String())
		}
		// The gap after robots.txt itself is still the configured one.
		if got, want := fmt.Sprint(at), "[0s 1s 6s 11s]"; got != want {
			t.Errorf("requests at %s, want %s", got, want)
		}
	})
}

func TestRobotsAgeIsADay(t *testing.T) {
	asked := 0
	now := testNow
	web := newSlowWeb(0)
	web.body = func(r *http.Request) string {
		if r.URL.Path == "/robots.txt" {
			asked++
			return ""
		}
		return smallFeed
	}
	f := New(Options{Transport: web, Robots: true, Now: func() time.Time { return now }})
	for _, after := range []time.Duration{0, 23 * time.Hour, 2 * time.Hour} {
		now = now.Add(after)
		pollAll(t.Context(), f, "http://a.example/1")
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}

func TestPacerForgetsHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Second)
		for i := range 5000 {
			done, err := p.wait(t.Context(), fmt.Sprintf("h%d.example", i))
			if err != nil {
				t.Fatal(err)
			}
			done(0)
			if i%100 == 0 {
				time.Sleep(time.Second) // of the bubble's clock
			}
		}
		if n := len(p.hosts); n > 2048 {
			t.Errorf("%d hosts are remembered", n)
		}
	})
}
