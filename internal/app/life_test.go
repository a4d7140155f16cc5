package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"monitor/config"
	"monitor/internal/feed"
	"monitor/internal/fetch"
)

// world is the web of a month: hosts with feeds, each with a habit and faults.
// Days of faults are numbered from the month's start.
type world struct {
	mu    sync.Mutex
	start time.Time
	asked map[string][]time.Time // by host
	polls map[string]int         // by source
	held  map[string]time.Time   // by host: it asked to be left alone
	rude  []string               // what was against politeness
}

const (
	lifeSources = 100
	lifeHosts   = 20
	lifeDays    = 30
)

func lifeHost(i int) string { return fmt.Sprintf("host%02d.example", i%lifeHosts) }

// habit is how often a source publishes.
func lifeHabit(i int) time.Duration { return time.Duration(4+i%9*5) * time.Hour }

// published is how many entries a source has by a time.
func (w *world) published(i int, at time.Time) int { return 1 + int(at.Sub(w.start)/lifeHabit(i)) }

func (w *world) body(i int, at time.Time) string {
	var b strings.Builder
	n := w.published(i, at)
	b.WriteString(`<rss version="2.0"><channel><title>T</title>`)
	for k := n; k > max(n-20, 0); k-- {
		fmt.Fprintf(&b, "<item><guid>s%d-%d</guid><title>Statement %d of the day</title><description>Nothing was said of it.</description></item>", i, k, k)
	}
	return b.String() + "</channel></rss>"
}

func (w *world) RoundTrip(req *http.Request) (*http.Response, error) {
	var i int
	if _, err := fmt.Sscanf(req.URL.Path, "/%d", &i); err != nil {
		return nil, err
	}
	now, host := time.Now(), req.URL.Host
	w.mu.Lock()
	defer w.mu.Unlock()
	if list := w.asked[host]; len(list) > 0 && now.Sub(list[len(list)-1]) < time.Second {
		w.rude = append(w.rude, fmt.Sprintf("%s was asked %s after the last request", host, now.Sub(list[len(list)-1])))
	}
	if now.Before(w.held[host]) {
		w.rude = append(w.rude, fmt.Sprintf("%s was asked %s before it wanted", host, w.held[host].Sub(now)))
	}
	w.asked[host] = append(w.asked[host], now)
	w.polls[fmt.Sprint(i)]++
	day := now.Sub(w.start).Hours() / 24
	in := func(from, to float64) bool { return day >= from && day < to }
	etag := fmt.Sprintf(`"%d-%d"`, i, w.published(i, now))
	answer := func(code int, body string, header ...string) (*http.Response, error) {
		h := http.Header{}
		for k := 0; k+1 < len(header); k += 2 {
			h.Set(header[k], header[k+1])
		}
		return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
	}
	switch i % lifeHosts {
	case 1: // hours of "too busy", with a wish
		if in(3, 3.5) {
			w.held[host] = now.Add(2 * time.Hour)
			return answer(http.StatusServiceUnavailable, "", "Retry-After", "7200")
		}
	case 2:
		if in(5, 5.2) {
			w.held[host] = now.Add(10 * time.Minute)
			return answer(http.StatusTooManyRequests, "", "Retry-After", "600")
		}
	case 3: // down for two days
		if in(7, 9) {
			return nil, syscall.ECONNREFUSED
		}
	case 4: // errors every few hours
		if now.Hour()%5 == 0 {
			return answer(http.StatusInternalServerError, "")
		}
	case 5: // rebuilt for a day
		if in(10, 11) {
			return answer(http.StatusOK, "<html><title>News</title><p>Welcome to our new site.</p></html>", "Content-Type", "text/html")
		}
	case 6: // cut now and then
		if now.Hour()%7 == 0 {
			body := w.body(i, now)
			return answer(http.StatusOK, body[:len(body)*2/3])
		}
	case 7: // never an ETag, and something else around the items each time
		return answer(http.StatusOK, w.body(i, now)+fmt.Sprintf("<!-- %d -->", now.UnixNano()))
	case 8: // asks for an hour's rest
		return answer(http.StatusOK, w.body(i, now), "Cache-Control", "max-age=3600")
	case 9: // gone for a week
		if in(12, 19) {
			return answer(http.StatusGone, "")
		}
	}
	if req.Header.Get("If-None-Match") == etag {
		return answer(http.StatusNotModified, "", "ETag", etag)
	}
	return answer(http.StatusOK, w.body(i, now), "ETag", etag)
}

// A month in the life of a hundred sources: no host is hurried or asked while it
// wants to be left alone, none of its troubles loses an entry, and none is read twice.
func TestMonth(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	path := "sqlite:" + filepath.Join(t.TempDir(), "monitor.db")
	synctest.Test(t, func(t *testing.T) {
		w := &world{start: time.Now(), asked: map[string][]time.Time{}, polls: map[string]int{}, held: map[string]time.Time{}}
		cfg := config.Builtin()
		cfg.Sources = nil
		for i := range lifeSources {
			cfg.Sources = append(cfg.Sources, feed.Source{Name: fmt.Sprint(i), Kind: feed.Feed, URL: fmt.Sprintf("https://%s/%d", lifeHost(i), i), Schedule: "auto 1h-6h"})
		}
		a, err := Open(t.Context(), cfg, Options{Database: path})
		if err != nil {
			t.Fatal(err)
		}
		a.fetcher.Close()
		a.fetcher = fetch.New(fetch.Options{Transport: w, PerHost: time.Second, Held: a.held})
		p, err := newPlan(t.Context(), a, true)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), lifeDays*24*time.Hour)
		defer cancel()
		p.run(ctx, &health{}, make(chan struct{}, 1))
		states, err := a.ledger.Sources(t.Context())
		if err = errors.Join(err, a.Close()); err != nil {
			t.Fatal(err)
		}
		for _, line := range w.rude[:min(len(w.rude), 5)] {
			t.Error(line)
		}
		total := 0
		for _, st := range states {
			var i int
			_, _ = fmt.Sscan(st.Name, &i)
			n := w.polls[st.Name]
			total += n
			// What came in the last hours may still be waiting for its visit. A feed that
			// shows twenty entries loses those that came and went while nobody could read it.
			want, lost := w.published(i, time.Now().Add(-8*time.Hour)), 0
			if i%lifeHosts == 9 {
				lost = max(int(18*24*time.Hour/lifeHabit(i))-20, 0)
			}
			if st.Entries < want-lost {
				t.Errorf("source %d: got %d entries, want %d", i, st.Entries, want-lost)
			}
			if st.Entries > w.published(i, time.Now()) {
				t.Errorf("source %d: got %d entries of %d", i, st.Entries, w.published(i, time.Now()))
			}
			if most := lifeDays * 24; n > most || n < lifeDays*24/7 && i%lifeHosts != 9 {
				t.Errorf("source %d: got %d visits in a month", i, n)
			}
		}
		t.Logf("%d visits in a month, %.1f a source and day; a bare hourly schedule would make %d", total, float64(total)/lifeSources/lifeDays, lifeSources*lifeDays*24)
	})
}
