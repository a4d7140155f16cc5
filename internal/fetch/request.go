package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"monitor/internal/feed"
)

const (
	maxRedirects  = 10
	maxRetryAfter = 7 * 24 * time.Hour // a server that says more means "never", and we do not believe that
)

var errClosed = errors.New("the server closed the connection in the middle of the answer")

// parseURL reads a source's or entry's address. Its errors do not repeat the
// address, which may hold a password.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("the address cannot be read; write it as https://host/path")
	}
	switch u.Scheme = strings.ToLower(u.Scheme); {
	case u.Scheme == "file":
		return u, nil
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, refused(u, "only http, https and file addresses are read")
	case u.Hostname() == "":
		return nil, refused(u, "the address names no host")
	}
	return u, nil
}

// visit is one document's way through redirects. The time limit counts while
// requests are under way, not while they wait for their turn.
type visit struct {
	f          *Fetcher
	origin     *url.URL // as configured: the credentials are its host's alone
	accept     string
	validators feed.Validators
	left       time.Duration
	limit      int64          // decoded bytes
	partial    bool           // what lies within the limit is enough
	about      *url.URL       // the address that the document is asked for; nil: itself
	jar        http.CookieJar // some sites redirect until their cookie comes back
	moved      bool           // all redirects so far were permanent
	doc        document
}

// get brings one document, following redirects. The document's body lies in buf.
func (f *Fetcher) get(ctx context.Context, u *url.URL, accept string, v feed.Validators, buf *bytes.Buffer) (*document, error) {
	if u.Scheme == "file" {
		return f.readFile(u, buf)
	}
	w := &visit{f: f, origin: u, accept: accept, validators: v, left: f.timeout, limit: f.maxBody, moved: true}
	for range maxRedirects + 1 {
		if f.robots != nil {
			if err := f.robots.allow(ctx, f, u); err != nil {
				return nil, err
			}
		}
		next, err := w.hop(ctx, u, buf)
		if err != nil {
			return nil, err
		}
		if next == nil {
			return &w.doc, nil
		}
		u = next
	}
	return nil, refused(w.origin, "more than "+strconv.Itoa(maxRedirects)+" redirects, one after the other")
}

// hop makes one request in its host's turn. It returns where a redirect leads, or nil
// when the document is there.
func (w *visit) hop(ctx context.Context, u *url.URL, buf *bytes.Buffer) (next *url.URL, err error) {
	if err := w.f.free(ctx, u); err != nil {
		return nil, err
	}
	done, err := w.f.pace.wait(ctx, hostOf(u))
	if err != nil {
		return nil, err
	}
	defer func() { done(w.f.robots.delay(u)) }()
	if err := w.f.free(ctx, u); err != nil { // who was before us in the turn may have been sent away
		return nil, err
	}
	start := time.Now()
	defer func() { w.left -= time.Since(start) }()
	limited, cancel := context.WithTimeout(ctx, w.left)
	defer cancel()
	resp, err := w.send(limited, u)
	if err != nil {
		return nil, explain(ctx, w.named(u), w.f.timeout, err)
	}
	defer func() {
		if err == nil && resp.ContentLength >= 0 && resp.ContentLength < 4<<10 { // a short rest is read so that the connection can be used again
			_, _ = io.CopyN(io.Discard, resp.Body, 4<<10)
		}
		_ = resp.Body.Close()
	}()
	w.f.log.LogAttrs(ctx, slog.LevelDebug, "fetched", slog.String("url", shown(u)), slog.Int("status", resp.StatusCode))
	if redirects(resp) {
		return w.redirect(u, resp)
	}
	return nil, w.take(ctx, limited, u, resp, buf)
}

// named is the address that an error names: who cannot reach a host for its
// robots.txt looks for the address of the source.
func (w *visit) named(u *url.URL) *url.URL {
	if w.about != nil && w.about.Host == u.Host {
		return w.about
	}
	return u
}

func (w *visit) send(ctx context.Context, u *url.URL) (*http.Response, error) {
	bare := *u
	bare.User, bare.Fragment, bare.RawFragment = nil, "", ""
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, bare.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", w.f.agent)
	req.Header.Set("Accept", w.accept)
	req.Header.Set("Accept-Encoding", "gzip, br, zstd, deflate")
	setValidator(req.Header, "If-None-Match", w.validators.ETag)
	setValidator(req.Header, "If-Modified-Since", w.validators.LastModified)
	if w.origin.User != nil && sameOrigin(w.origin, u) {
		password, _ := w.origin.User.Password()
		req.SetBasicAuth(w.origin.User.Username(), password)
	}
	if w.jar != nil {
		for _, c := range w.jar.Cookies(&bare) {
			req.AddCookie(c)
		}
	}
	return w.f.transport.RoundTrip(req)
}

// setValidator sends a validator as it was received. One with bytes that no
// request may carry is left out, or the source could never be asked again.
func setValidator(h http.Header, name, value string) {
	if value != "" && httpguts.ValidHeaderFieldValue(value) {
		h.Set(name, value)
	}
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

func redirects(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location") != ""
	default:
		return false
	}
}

// redirect reads where the answer leads, and remembers a move that is for good.
func (w *visit) redirect(u *url.URL, resp *http.Response) (*url.URL, error) {
	to, err := u.Parse(resp.Header.Get("Location"))
	if err != nil {
		return nil, refused(u, "the server redirects to something that is no address")
	}
	to.User = nil // ours go along by send, and to their own host only
	if to.Scheme != "http" && to.Scheme != "https" || to.Hostname() == "" {
		return nil, refused(u, "the server redirects to something that is not on the web")
	}
	permanent := resp.StatusCode == http.StatusMovedPermanently || resp.StatusCode == http.StatusPermanentRedirect
	if w.moved = w.moved && permanent; w.moved {
		w.doc.movedTo = to.String()
	}
	if cookies := resp.Cookies(); len(cookies) > 0 {
		if w.jar == nil {
			w.jar, _ = cookiejar.New(nil) // fails for no input
		}
		w.jar.SetCookies(u, cookies)
	}
	return to, nil
}

// take reads the answer into the visit's document.
func (w *visit) take(ctx, limited context.Context, u *url.URL, resp *http.Response, buf *bytes.Buffer) error {
	d := &w.doc
	bare := *u
	bare.User = nil // links are resolved against it, and must not inherit a password
	d.url = &bare
	d.etag, d.lastModified = resp.Header.Get("Etag"), resp.Header.Get("Last-Modified")
	d.contentType = resp.Header.Get("Content-Type")
	d.retryAfter = retryAfter(resp.Header.Get("Retry-After"), w.f.now())
	w.f.heed(u, resp.StatusCode, d.retryAfter)
	d.freshUntil = freshUntil(resp.Header, w.f.now())
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		d.certStart, d.certEnd = resp.TLS.PeerCertificates[0].NotBefore, resp.TLS.PeerCertificates[0].NotAfter
	}
	conditional := w.validators.ETag != "" || w.validators.LastModified != ""
	if resp.StatusCode == http.StatusNotModified && conditional {
		d.notModified = true
		return nil
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 || resp.StatusCode == http.StatusPartialContent {
		return &StatusError{URL: shown(u), Code: resp.StatusCode, RetryAfter: d.retryAfter}
	}
	err := readBody(buf, resp, w.limit, w.partial)
	if err != nil && errors.Is(limited.Err(), context.DeadlineExceeded) { // the connection that was closed over it tells less
		err = limited.Err()
	}
	switch {
	case err == nil:
	case errors.Is(err, ErrTooLarge) && w.partial:
		buf.Truncate(min(buf.Len(), int(w.limit)))
	case errors.Is(err, ErrTooLarge):
		return tooLarge(u, w.limit)
	case isCut(err) && ctx.Err() == nil:
		d.cut = errClosed
		if buf.Len() == 0 {
			return cutError(u, errClosed)
		}
	default:
		return explain(ctx, w.named(u), w.f.timeout, err)
	}
	d.body = buf.Bytes()
	return nil
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(value string, now time.Time) time.Time {
	value = strings.TrimSpace(value)
	if value == "" {
		return time.Time{}
	}
	var at time.Time
	if s, err := strconv.ParseUint(value, 10, 31); err == nil {
		at = now.Add(min(time.Duration(s)*time.Second, maxRetryAfter))
	} else if t, err := http.ParseTime(value); err == nil {
		at = t
	}
	if latest := now.Add(maxRetryAfter); at.After(latest) {
		return latest
	}
	if !at.After(now) {
		return time.Time{}
	}
	return at
}
