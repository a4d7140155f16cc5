package fetch

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/net/dns/dnsmessage"

	"monitor/internal/feed"
)

// The bounds of the hostile server's visits.
const (
	hostileTimeout = 800 * time.Millisecond
	hostileBody    = 1 << 20
	hostileBound   = 5 * time.Second // the timeout, and what a busy machine adds
	hostileMemory  = 200 << 20
)

// hostile is one way in which a server misbehaves, and what comes of it.
type hostile struct {
	name    string
	want    Trouble
	entries int // read all the same
	raw     func(c net.Conn)
	answer  http.HandlerFunc
}

// says answers with a header and a body as they stand, and closes.
func says(lines ...string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, strings.Join(lines, "\r\n")) }
}

// stays answers so and keeps the connection.
func stays(lines ...string) func(net.Conn) {
	return func(c net.Conn) {
		says(lines...)(c)
		_, _ = io.Copy(io.Discard, c) // until the other side hangs up
	}
}

// drips sends a text over and over, slowly or as fast as it is taken.
func drips(head, text string, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		_, err := io.WriteString(c, head)
		for err == nil {
			_, err = io.WriteString(c, text)
			time.Sleep(pause)
		}
	}
}

// resets answers so and breaks the connection off.
func resets(text string) func(net.Conn) {
	return func(c net.Conn) {
		says(text)(c)
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

func body(kind, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, text)
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func leads(to string) http.HandlerFunc { return status(http.StatusFound, "Location", to) }

// bomb is a small answer that unpacks to more than anybody wants.
func bomb(encoding string, pack func(w io.Writer) io.WriteCloser) http.HandlerFunc {
	var packed bytes.Buffer
	z := pack(&packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(packed.Bytes())
	}
}

func packedAs(encoding string, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		_, _ = w.Write(b)
	}
}

func gzipped(b []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(b)
	_ = z.Close()
	return buf.Bytes()
}

func newGzip(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func behaviours() []hostile {
	const ok = "HTTP/1.1 200 OK"
	whole := fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", ok, len(smallFeed), smallFeed)
	badCRC := gzipped([]byte(smallFeed))
	badCRC[len(badCRC)-6] ^= 0xff
	rss := func(s string) http.HandlerFunc { return body("application/rss+xml", s) }
	item := "<item><guid>1</guid><title>One</title></item>"
	list := []hostile{
		// The connection.
		{name: "hangs up without a word", want: Cut, raw: says()},
		{name: "breaks off without a word", want: Cut, raw: resets("")},
		{name: "never answers", want: Slow, raw: stays()},
		{name: "speaks another protocol", want: Unreachable, raw: says("220 mail.example ESMTP", "")},
		{name: "answers like HTTP 0.9", want: Unreachable, raw: says(smallFeed)},
		{name: "sends a status and no more", want: Slow, raw: stays(ok, "")},
		{name: "drips its header", want: Slow, raw: drips(ok+"\r\nX-A: ", "a", 5*time.Millisecond)},
		{name: "has a header without an end", want: Unreachable, raw: drips(ok+"\r\nX-A: ", strings.Repeat("a", 1<<14), 0)},
		{name: "has headers without an end", want: Unreachable, raw: drips(ok+"\r\n", strings.Repeat("X-A: a\r\n", 1<<11), 0)},
		{name: "says 100 for ever", want: Unreachable, raw: drips("", "HTTP/1.1 100 Continue\r\n\r\n", 0)},
		{name: "switches protocols unasked", want: Missing, raw: stays("HTTP/1.1 101 Switching Protocols", "Upgrade: x", "Connection: Upgrade", "", "")},
		{name: "has a status that is no number", want: Unreachable, raw: says("HTTP/1.1 OK", "", "")},
		{name: "has a status of four digits", want: Unreachable, raw: says("HTTP/1.1 2000 OK", "", "")},
		{name: "has a zero byte in its header", want: Unreachable, raw: says(ok, "X-\x00: a", "", "")},

		// Lengths.
		{name: "drips its body", want: Slow, raw: drips(ok+"\r\n\r\n", "<", 5*time.Millisecond)},
		{name: "never sends its body", want: Slow, raw: stays(ok, "Content-Length: 100", "", "")},
		{name: "sends less than it says", entries: 1, raw: says(ok, "Content-Length: 1000", "", "<rss><channel>"+item+"<item>")},
		{name: "sends less than it says, and nothing whole", want: Cut, raw: says(ok, "Content-Length: 1000", "", "<rss><channel><item>")},
		{name: "sends more than it says", entries: 1, raw: says(ok, "Content-Length: 90", "", "<rss><channel>"+item+item+item)},
		{name: "says two lengths", want: Unreachable, raw: says(ok, "Content-Length: 1", "Content-Length: 2", "", "xx")},
		{name: "says a length below nothing", want: Unreachable, raw: says(ok, "Content-Length: -1", "", "xx")},
		{name: "says a length that is no number", want: Unreachable, raw: says(ok, "Content-Length: many", "", "xx")},
		{name: "says a petabyte", want: Unfit, raw: stays(ok, "Content-Length: 1000000000000000", "", "x")},
		{name: "has a chunk that is no number", want: Unreachable, raw: says(ok, "Transfer-Encoding: chunked", "", "zz", "x")},
		{name: "has a chunk beyond all numbers", want: Unreachable, raw: says(ok, "Transfer-Encoding: chunked", "", "fffffffffffffffff", "x")},
		{name: "has a chunk line without an end", want: Unreachable, raw: drips(ok+"\r\nTransfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("a", 1<<12), 0)},
		{name: "leaves out the last chunk", entries: 1, raw: says(ok, "Transfer-Encoding: chunked", "", "3b", "<rss><channel>"+item, "")},
		{name: "breaks off in its body", entries: 2, raw: resets(strings.Replace(whole, "Content-Length: ", "Content-Length: 9", 1))},
		{name: "has a body without an end", want: Unfit, raw: drips(ok+"\r\n\r\n<rss><channel>", strings.Repeat(item, 100), 0)},
		{name: "sends blanks for ever", want: Unfit, raw: drips(ok+"\r\n\r\n", strings.Repeat(" ", 1<<14), 0)},
		{name: "sends nothing", want: NotFeed, answer: body("application/rss+xml", "")},

		// Packing.
		{name: "a gzip bomb", want: Unfit, answer: bomb("gzip", newGzip)},
		{name: "a deflate bomb", want: Unfit, answer: bomb("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })},
		{name: "a brotli bomb", want: Unfit, answer: bomb("br", func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })},
		{name: "a zstd bomb", want: Unfit, answer: bomb("zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z })},
		{name: "a bomb in a bomb", want: Unfit, answer: packedAs("gzip, gzip", gzipped(gzipped(make([]byte, 16<<20))))},
		{name: "a bomb that does not name itself", want: Unfit, answer: body("application/rss+xml", string(gzipped(make([]byte, 16<<20))))},
		{name: "empty packets for ever", want: Unfit, raw: drips(ok+"\r\nContent-Encoding: gzip\r\n\r\n", strings.Repeat(string(gzipped(nil)), 100), 0)},
		{name: "a packing that nobody knows", want: Unfit, answer: packedAs("lzma", []byte("x"))},
		{name: "says brotli and is none", want: Unfit, answer: packedAs("br", []byte(smallFeed))},
		{name: "says zstd and is none", want: Unfit, answer: packedAs("zstd", []byte(smallFeed))},
		{name: "a packet with a wrong sum", want: Unfit, answer: packedAs("gzip", badCRC)},
		{name: "half a packet", want: Cut, answer: packedAs("gzip", gzipped([]byte(smallFeed))[:20])},

		// Redirects.
		{name: "leads to itself", want: Refused, answer: func(w http.ResponseWriter, r *http.Request) { leads(r.URL.Path)(w, r) }},
		{name: "leads on and on", want: Refused, answer: func(w http.ResponseWriter, r *http.Request) { leads(r.URL.Path+"x")(w, r) }},
		{name: "leads nowhere", want: Missing, answer: status(http.StatusFound)},
		{name: "leads to no address", want: Refused, answer: leads("http://[::1")},
		{name: "leads to no host", want: Refused, answer: leads("http:///x")},
		{name: "leads to a file", want: Refused, answer: leads("file:///etc/passwd")},
		{name: "leads to gopher", want: Refused, answer: leads("gopher://127.0.0.1/")},
		{name: "leads to data", want: Refused, answer: leads("data:text/xml,<rss/>")},
		{name: "leads to a script", want: Refused, answer: leads("javascript:alert(1)")},
		{name: "leads to a mail server", want: Refused, answer: leads("http://93.184.216.34:25/")},

		// What stands where a feed should be.
		{name: "a page", want: NotFeed, answer: body("text/html", "<html><p>About 2,000</p></html>")},
		{name: "a login", want: Blocked, answer: body("text/html", `<title>Log in</title><input type="password">`)},
		{name: "a captcha", want: Blocked, answer: body("text/html", "<title>Just a moment...</title>")},
		{name: "a question for consent", want: Blocked, answer: body("text/html", "<title>Before you continue</title>")},
		{name: "an error page with status 200", want: Missing, answer: body("text/html", "<title>404 | Wire</title>")},
		{name: "a PDF", want: NotFeed, answer: body("application/rss+xml", "%PDF-1.7")},
		{name: "a zip", want: NotFeed, answer: body("application/rss+xml", "PK\x03\x04")},
		{name: "a picture", want: NotFeed, answer: body("image/png", "\x89PNG\r\n\x1a\n")},
		{name: "JSON that is no feed", want: NotFeed, answer: body("application/json", `{"error": "no"}`)},
		{name: "JSON without an end", want: NotFeed, answer: body("application/json", strings.Repeat(`{"a":[`, 50_000))},
		{name: "XML that is no feed", want: NotFeed, answer: rss("<svg/>")},
		{name: "plain words", want: NotFeed, answer: rss("no feed today")},

		// XML.
		{name: "an entity bomb", entries: 1, answer: rss(`<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><rss><channel><item><guid>1</guid><title>&c;</title></item></channel></rss>`)},
		{name: "an entity from a file", entries: 1, answer: rss(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><guid>1</guid><title>&a;</title></item></channel></rss>`)},
		{name: "a hundred thousand elements, each in the other", want: NotFeed, answer: rss("<rss><channel>" + strings.Repeat("<a>", 100_000))},
		{name: "twenty thousand items", entries: 2000, answer: rss("<rss><channel>" + numbered(20_000) + "</channel></rss>")},
		{name: "no last tags", entries: 1, answer: rss("<rss><channel>" + item)},
		{name: "a comment without an end", entries: 1, answer: rss("<rss><channel>" + item + "<!--" + strings.Repeat("-", 1<<16))},
		{name: "zero bytes", entries: 1, answer: rss("<rss><channel><item><guid>1</guid><title>a\x00b</title></item></channel></rss>")},
		{name: "broken letters", entries: 1, answer: rss("<rss><channel><item><guid>1</guid><title>\xff\xfe\xc3</title></item></channel></rss>")},
		{name: "a charset that nobody knows", entries: 1, answer: rss(`<?xml version="1.0" encoding="x-none"?><rss><channel>` + item + "</channel></rss>")},
		{name: "one GUID for all", entries: 2, answer: rss("<rss><channel>" + item + "<item><guid>1</guid><title>Two</title></item></channel></rss>")},
		{name: "an attribute of half a megabyte", want: NotFeed, answer: rss(`<rss a="` + strings.Repeat("a", 1<<19) + `"><channel>` + item + "</channel></rss>")},

		// Statuses.
		{name: "304 unasked", want: Missing, answer: status(304)},
		{name: "206 unasked", want: Missing, answer: status(206)},
		{name: "204", want: NotFeed, answer: status(204)},
		{name: "401", want: Blocked, answer: status(401)},
		{name: "403", want: Blocked, answer: status(403)},
		{name: "404", want: Missing, answer: status(404)},
		{name: "410", want: Gone, answer: status(410)},
		{name: "429", want: Busy, answer: status(429)},
		{name: "451", want: Blocked, answer: status(451)},
		{name: "500", want: Broken, answer: status(500)},
		{name: "503", want: Broken, answer: status(503)},
		{name: "999", want: Broken, answer: status(999)},
	}
	// Private addresses, in every spelling.
	for _, host := range []string{
		"10.0.0.1", "127.0.0.2", "localhost.localdomain", "2130706434", "0x7f000002", "017700000002", "0177.0.0.2", "127.2", "0x7f.2", "127.0.0.2.", "0.0.0.0", "[::]",
		"[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "169.254.169.254", "192.168.0.1", "172.16.0.1", "100.64.0.1", "[fd00::1]", "[fe80::1]", "①②⑦.0.0.2",
	} {
		list = append(list, hostile{name: "leads to " + host, want: Refused, answer: leads("http://" + host + ":8080/")})
	}
	return list
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<item><guid>%d</guid><title>T</title></item>", i)
	}
	return b.String()
}

// hostileServer serves each behaviour at a port of its own.
func hostileServer(t *testing.T, h hostile) string {
	t.Helper()
	if h.answer != nil {
		s := httptest.NewUnstartedServer(h.answer)
		s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		s.Start()
		t.Cleanup(s.Close)
		return s.URL + "/feed"
	}
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					h.raw(c)
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String() + "/feed"
}

var oneAddress = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func newHostileFetcher(t *testing.T, o Options) *Fetcher {
	t.Helper()
	o.Timeout, o.MaxBody, o.AllowPrivate = hostileTimeout, hostileBody, oneAddress
	f := New(o)
	t.Cleanup(f.Close)
	return f
}

// Each behaviour ends with its error within its bound, or with what was whole, and
// the source beside it is read as if nothing were.
func TestHostileServer(t *testing.T) {
	f := newHostileFetcher(t, Options{})
	neighbour := httptest.NewServer(body("application/rss+xml", smallFeed))
	defer neighbour.Close()
	var peak atomic.Uint64
	watched, stop := context.WithCancel(t.Context())
	go func() {
		var m runtime.MemStats
		for watched.Err() == nil {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc+m.StackInuse))
			time.Sleep(20 * time.Millisecond)
		}
	}()
	list := behaviours()
	if len(list) < 60 {
		t.Errorf("got %d behaviours", len(list))
	}
	t.Run("all", func(t *testing.T) {
		for _, h := range list {
			t.Run(h.name, func(t *testing.T) {
				t.Parallel()
				address := hostileServer(t, h)
				began := time.Now()
				res, err := poll(t, f, address)
				took := time.Since(began)
				if got := TroubleOf(err); got != h.want && (h.want != Refused || got != Unreachable) || took > hostileBound {
					t.Errorf("got %q after %s (%v), want %q", got, took, err, h.want)
				}
				if len(res.Entries) != h.entries {
					t.Errorf("got %d entries, want %d", len(res.Entries), h.entries)
				}
				for _, e := range res.Entries[:min(len(res.Entries), 2)] {
					if strings.Contains(e.Title, "root:") || strings.Contains(e.Title, "haha") {
						t.Errorf("an entity was read: %q", e.Title)
					}
				}
				if beside, err := poll(t, f, neighbour.URL); err != nil || len(beside.Entries) != 2 {
					t.Errorf("the neighbour: %d entries and %v", len(beside.Entries), err)
				}
			})
		}
	})
	stop()
	if peak.Load() > hostileMemory {
		t.Errorf("got %d MiB at the most", peak.Load()>>20)
	}
}

// A response that is reset at any of its bytes gives an error or whole entries,
// never a short feed that passes for a whole one.
func TestResetAtEachByte(t *testing.T) {
	f := newHostileFetcher(t, Options{})
	whole := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"1\"\r\nContent-Length: %d\r\n\r\n%s", len(smallFeed), smallFeed)
	var at atomic.Int64
	address := hostileServer(t, hostile{raw: func(c net.Conn) { says(whole[:at.Load()])(c) }})
	for n := range len(whole) {
		at.Store(int64(n))
		res, err := poll(t, f, address)
		if err == nil && !res.Truncated || res.Validators.ETag != "" || len(res.Entries) > 2 {
			t.Fatalf("byte %d: got %d entries, truncated %v, %+v and %v", n, len(res.Entries), res.Truncated, res.Validators, err)
		}
		if err != nil && !errors.Is(err, ErrCut) && !errors.Is(err, ErrUnreachable) {
			t.Fatalf("byte %d: got %v", n, err)
		}
	}
}

// certificate makes a self-signed certificate, or one by ca.
func certificate(t *testing.T, change func(*x509.Certificate), ca *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "test"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	change(c)
	parent, signer := c, any(key)
	if ca != nil {
		parent, signer = ca.Leaf, ca.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestHostileCertificates(t *testing.T) {
	ca := certificate(t, func(c *x509.Certificate) { c.IsCA = true }, nil)
	other := certificate(t, func(c *x509.Certificate) { c.IsCA = true }, nil)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	transport := newTransport(oneAddress)
	transport.TLSClientConfig = &tls.Config{RootCAs: roots} //nolint:gosec // the default versions are what is tried
	f := newHostileFetcher(t, Options{Transport: transport})
	by := func(ca *tls.Certificate, change func(*x509.Certificate)) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{certificate(t, change, ca)}} //nolint:gosec // as above
	}
	same := func(*x509.Certificate) {}
	old := by(&ca, same)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	login := by(&ca, same)
	login.ClientAuth = tls.RequireAnyClientCert
	for _, tt := range []struct {
		name   string
		config *tls.Config
		want   Trouble
	}{
		{"a good one", by(&ca, same), None},
		{"expired", by(&ca, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), Certificate},
		{"not yet valid", by(&ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(30 * time.Minute) }), Certificate},
		{"for another host", by(&ca, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"wire.example"} }), Certificate},
		{"self-signed", by(nil, same), Certificate},
		{"by nobody we know", by(&other, same), Certificate},
		{"for another use", by(&ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), Certificate},
		{"TLS 1.1", old, Unreachable},
		{"wants one of ours", login, Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(body("application/rss+xml", smallFeed))
			s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			s.TLS = tt.config
			s.StartTLS()
			defer s.Close()
			res, err := poll(t, f, s.URL)
			if got := TroubleOf(err); got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
			if tt.want == None && (res.CertEnd.Before(time.Now()) || res.CertStart.IsZero()) {
				t.Errorf("got a certificate from %s to %s", res.CertStart, res.CertEnd)
			}
		})
	}
	for name, raw := range map[string]func(net.Conn){"says nothing": stays(), "speaks plain HTTP": says("HTTP/1.1 400 Bad Request", "", "")} {
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		go func() {
			for c, err := ln.Accept(); err == nil; c, err = ln.Accept() {
				raw(c)
				_ = c.Close()
			}
		}()
		began := time.Now()
		_, err = poll(t, f, "https://"+ln.Addr().String()+"/")
		if got := TroubleOf(err); got != Slow && got != Unreachable && got != Cut || time.Since(began) > hostileBound {
			t.Errorf("%s: got %q (%v) after %s", name, got, err, time.Since(began))
		}
	}
}

// A name that leads to an allowed address when it is asked first, and to another
// one later, is checked each time that it is dialled.
func TestRebindingIsRefused(t *testing.T) {
	var asked atomic.Int64
	server, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go answerNames(server, &asked)
	old := net.DefaultResolver
	defer func() { net.DefaultResolver = old }()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp4", server.LocalAddr().String())
	}}
	f := newHostileFetcher(t, Options{})
	f.timeout = 5 * time.Second
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // so that the next visit dials
		_, _ = io.WriteString(w, smallFeed)
	}))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	address := "http://rebind.example:" + u.Port() + "/"
	if _, err := poll(t, f, address); err != nil {
		t.Fatal(err)
	}
	if _, err := poll(t, f, address); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want the second answer refused", err)
	}
}

// answerNames answers 127.0.0.1 first, and 127.0.0.2 ever after.
func answerNames(server net.PacketConn, asked *atomic.Int64) {
	buf := make([]byte, 1500)
	for {
		n, from, err := server.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
			continue
		}
		m.Response, m.Additionals = true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			a := [4]byte{127, 0, 0, 1}
			if asked.Add(1) > 1 {
				a[3] = 2
			}
			m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: a}}}
		}
		if out, err := m.Pack(); err == nil {
			_, _ = server.WriteTo(out, from)
		}
	}
}

// Credentials go to the host that they were given for, and to no other.
func TestCredentialsStayHome(t *testing.T) {
	var leaked atomic.Bool
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" || strings.Contains(r.URL.String(), "sesame") {
			leaked.Store(true)
		}
		_, _ = io.WriteString(w, smallFeed)
	}))
	defer thief.Close()
	f := newHostileFetcher(t, Options{})
	home := hostileServer(t, hostile{answer: func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "sesame", Domain: "127.0.0.1"})
		leads(strings.Replace(thief.URL, "127.0.0.1", "localhost", 1))(w, r)
	}})
	res, err := poll(t, f, strings.Replace(home, "://", "://desk:sesame@", 1))
	if err != nil || len(res.Entries) != 2 || leaked.Load() {
		t.Errorf("got %d entries and %v; leaked: %v", len(res.Entries), err, leaked.Load())
	}
}

// A robots.txt that misbehaves holds up its own host only, and for a bounded time.
func TestHostileRobots(t *testing.T) {
	for name, tt := range map[string]struct {
		robots http.HandlerFunc
		want   Trouble
	}{
		"forbids all":      {body("text/plain", "User-agent: *\nDisallow: /"), Refused},
		"in trouble":       {status(500), Refused},
		"too busy":         {status(429), Refused},
		"not there":        {status(404), None},
		"a page":           {body("text/html", "<html>Not found</html>"), None},
		"leads in circles": {leads("/robots.txt"), None},
		"never comes":      {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Slow},
		"without an end": {func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, strings.Repeat("Disallow: /x\n", 1000)); err != nil {
					return
				}
			}
		}, None},
	} {
		t.Run(name, func(t *testing.T) {
			f := newHostileFetcher(t, Options{Robots: true})
			address := hostileServer(t, hostile{answer: func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					tt.robots(w, r)
					return
				}
				_, _ = io.WriteString(w, smallFeed)
			}})
			began := time.Now()
			if _, err := poll(t, f, address); TroubleOf(err) != tt.want || time.Since(began) > hostileBound {
				t.Errorf("got %q (%v) after %s, want %q", TroubleOf(err), err, time.Since(began), tt.want)
			}
		})
	}
}

// Local files are for who configured them.
func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	f := newHostileFetcher(t, Options{})
	if _, err := poll(t, f, "file:"+dir); TroubleOf(err) != Refused {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := poll(t, f, "file:/dev/zero"); TroubleOf(err) != Refused {
		t.Errorf("a device: got %v", err)
	}
	big := filepath.Join(dir, "big.xml")
	if err := os.WriteFile(big, bytes.Repeat([]byte(" "), hostileBody+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := poll(t, f, "file:"+big); TroubleOf(err) != Unfit {
		t.Errorf("a big file: got %v", err)
	}
	entry := feed.Entry{URL: "file:///etc/passwd"}
	if _, err := f.Article(t.Context(), feed.Source{URL: "https://wire.example/rss"}, entry); TroubleOf(err) != Refused {
		t.Errorf("a file named by the web: got %v", err)
	}
}
