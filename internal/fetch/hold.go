package fetch

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// shortHold is how long a visit waits for a host that asked us to come back later,
// rather than to fail.
const shortHold = 10 * time.Second

// holds are the hosts that asked to be left alone for a while, by 429 or 503 with
// Retry-After. All sources of a host wait, and so do the articles on it.
type holds struct {
	mu    sync.Mutex
	until map[string]time.Time
	tell  func(host string, until time.Time) // nil: nobody keeps them
}

// Hold leaves a host alone until a time: what an earlier run was asked for.
func (f *Fetcher) Hold(host string, until time.Time) { f.holds.set(host, until) }

func (h *holds) set(host string, until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.until == nil {
		h.until = map[string]time.Time{}
	}
	if until.After(h.until[host]) {
		h.until[host] = until
	}
}

// of is until when the host is to be left alone; zero when it is not.
func (h *holds) of(host string, now time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	until, held := h.until[host]
	if held && !until.After(now) {
		delete(h.until, host)
		return time.Time{}
	}
	return until
}

// free returns when the host may be asked. It waits for a short hold; a long one
// is an error.
func (f *Fetcher) free(ctx context.Context, u *url.URL) error {
	now := f.now()
	until := f.holds.of(hostOf(u), now)
	if until.IsZero() {
		return nil
	}
	if until.Sub(now) > min(shortHold, f.timeout) {
		return &HeldError{URL: shown(u), Until: until}
	}
	return sleep(ctx, until.Sub(now))
}

// heed keeps what a host asked for.
func (f *Fetcher) heed(u *url.URL, status int, until time.Time) {
	if until.IsZero() || status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return
	}
	f.holds.set(hostOf(u), until)
	if f.holds.tell != nil {
		f.holds.tell(hostOf(u), until)
	}
}

// hostOf is the host as pacing knows it: with its port, if it names one.
func hostOf(u *url.URL) string { return strings.ToLower(u.Host) }
