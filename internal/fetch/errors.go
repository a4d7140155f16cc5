package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"monitor/internal/fetch/article"
)

// Sentinels that errors of this package wrap, so that a caller can say what to do.
var (
	// ErrRefused comes when we do not make a request: a private address, a scheme
	// or port that is not the web's, or a robots.txt that forbids it.
	ErrRefused = errors.New("refused")
	// ErrTooLarge comes when the decoded body is over the limit.
	ErrTooLarge = errors.New("too large")
	// ErrNotFeed comes when something else stands where a feed should be.
	ErrNotFeed = errors.New("not a feed")
	// ErrNotPage comes when something else stands where a page should be.
	ErrNotPage = errors.New("not a page")
	// ErrNoMatch comes when a selector matches nothing, or leads to nothing.
	ErrNoMatch = article.ErrNoMatch
	// ErrTimeout comes when the whole answer did not arrive in time.
	ErrTimeout = errors.New("no complete answer in time")
	// ErrUnreachable comes when there was no answer at all: no such host, no
	// connection, a certificate that does not hold.
	ErrUnreachable = errors.New("cannot be reached")
	// ErrCertificate comes when a server's certificate does not hold; it is ErrUnreachable, too.
	ErrCertificate error = certificateError{}
	// ErrHeld comes when no request was made because the host has asked to be left alone.
	ErrHeld = errors.New("its host asked to be left alone")
	// ErrUnreadable comes when an answer is packed in a way that cannot be undone.
	ErrUnreadable = errors.New("cannot be unpacked")
	// ErrCut comes when an answer ended early and nothing whole was in it.
	ErrCut = errors.New("ended early")
)

// StatusError is an answer with a status that has no document for us.
type StatusError struct {
	URL        string // without credentials
	Code       int
	RetryAfter time.Time // when the server asks us to come back; zero when it does not
}

// Error words the status for a person, with what to try.
func (e *StatusError) Error() string {
	s := fmt.Sprintf("%s: status %d", e.URL, e.Code)
	if t := http.StatusText(e.Code); t != "" {
		s += " (" + strings.ToLower(t) + ")"
	}
	if h := statusHint(e.Code); h != "" {
		s += ": " + h
	}
	if !e.RetryAfter.IsZero() {
		s += "; not before " + e.RetryAfter.UTC().Format("15:04 on 2 Jan 2006 UTC")
	}
	return s
}

func statusHint(code int) string {
	switch {
	case code == http.StatusUnauthorized, code == http.StatusProxyAuthRequired:
		return "the address wants a login"
	case code == http.StatusForbidden, code == http.StatusUnavailableForLegalReasons:
		return "the server does not let us in; ask its keeper, or watch another address of this outlet"
	case code == http.StatusNotFound:
		return "nothing is published at this address; look for the present one"
	case code == http.StatusGone:
		return "the address was given up for good; look for the present one"
	case code == http.StatusNotAcceptable:
		return "the server has nothing in a form that we read at this address"
	case code == http.StatusTooManyRequests:
		return "the server asks us to come less often; give the source a rarer schedule"
	case code >= 500:
		return "the server has trouble of its own; it is tried again at the next visit"
	case code == http.StatusNotModified:
		return "the server says that nothing changed, but it was not asked"
	case code >= 300 && code < 400:
		return "a redirect that leads nowhere"
	default:
		return ""
	}
}

// shown is an address as errors and logs may show it: no user, no password, no
// value of a parameter that looks like a key.
func shown(u *url.URL) string {
	c := *u
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	if c.RawQuery != "" {
		params := strings.Split(c.RawQuery, "&")
		for i, p := range params {
			if name, _, ok := strings.Cut(p, "="); ok && secretParam(name) {
				params[i] = name + "=..."
			}
		}
		c.RawQuery = strings.Join(params, "&")
	}
	return c.String()
}

func secretParam(name string) bool {
	name = strings.ToLower(name)
	for _, s := range []string{"token", "key", "auth", "secret", "pass", "sig", "session", "credential"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

func refused(u *url.URL, why string) error {
	return fmt.Errorf("%s: %w: %s", shown(u), ErrRefused, why)
}

func cutError(u *url.URL, cause error) error {
	return fmt.Errorf("%s: %w: %w; it is tried again at the next visit", shown(u), ErrCut, cause)
}

func tooLarge(u *url.URL, limit int64) error {
	return fmt.Errorf("%s: %w: more than %s; raise fetch.max_body if it is meant", shown(u), ErrTooLarge, size(limit))
}

func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	if n >= 1<<10 && n%(1<<10) == 0 {
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func pageError(u *url.URL, err error) error {
	if errors.Is(err, article.ErrTooMany) {
		err = fmt.Errorf("%w: %w", ErrNotPage, err)
	}
	return fmt.Errorf("%s: %w", shown(u), err)
}

// explain words what went wrong between us and the server. parent is the context
// of the visit, without our own time limit.
func explain(parent context.Context, u *url.URL, limit time.Duration, err error) error {
	at, host := shown(u), u.Hostname()
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		timeout   net.Error
	)
	switch {
	case errors.Is(parent.Err(), context.Canceled):
		return parent.Err()
	case errors.Is(err, ErrUnreadable):
		return fmt.Errorf("%s: %w", at, err)
	case errors.Is(err, ErrRefused):
		if op, ok := errors.AsType[*net.OpError](err); ok { // "dial tcp 10.0.0.5:80" says nothing that the refusal does not
			err = op.Err
		}
		return fmt.Errorf("%s: %w", at, err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout() && !errors.As(err, &dns):
		return fmt.Errorf("%s: %w: waited %s for it", at, ErrTimeout, limit)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("%s: %w: there is no host %s; check the address, and that this machine is online", at, ErrUnreachable, host)
	case errors.As(err, &dns):
		return fmt.Errorf("%s: %w: the name of %s could not be looked up; check that this machine is online", at, ErrUnreachable, host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("%s: %w: the certificate of %s has expired or is not valid yet; check this machine's clock, then tell the server's keeper", at, ErrCertificate, host)
	case errors.As(err, &name):
		return fmt.Errorf("%s: %w: the certificate is not for %s", at, ErrCertificate, host)
	case errors.As(err, &authority), errors.As(err, &invalid):
		return fmt.Errorf("%s: %w: the certificate of %s is not signed by anyone this machine trusts", at, ErrCertificate, host)
	case errors.As(err, &record):
		return fmt.Errorf("%s: %w: %s does not speak https there; try http", at, ErrUnreachable, host)
	case errors.As(err, &alert):
		return fmt.Errorf("%s: %w: %s broke off the secure connection (%w)", at, ErrUnreachable, host, alert)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s: %w: %s refused the connection; nothing listens there at present", at, ErrUnreachable, host)
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return fmt.Errorf("%s: %w: there is no way to %s from this machine", at, ErrUnreachable, host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return cutError(u, errClosed)
	default:
		return fmt.Errorf("%s: %w: %w", at, ErrUnreachable, err)
	}
}

// dialError says which address was refused and how to allow it.
func dialError(address string, err error) error {
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		host = address
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) {
		return fmt.Errorf("%w: it leads to %s, which is not on the public Internet; if it is yours, add it to fetch.allow_private", ErrRefused, host)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
