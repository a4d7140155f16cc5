package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"monitor/internal/feed"
)

const smallFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>` +
	`<item><guid>1</guid><title>One</title></item><item><guid>2</guid><title>Two</title></item></channel></rss>`

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// serveLocal starts a server on loopback and a Fetcher that may reach it.
func serveLocal(t *testing.T, o Options, h http.HandlerFunc) (*Fetcher, *httptest.Server) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Start()
	t.Cleanup(s.Close)
	if o.AllowPrivate == nil {
		o.AllowPrivate = loopback
	}
	f := New(o)
	t.Cleanup(f.Close)
	return f, s
}

func poll(t *testing.T, f *Fetcher, url string) (Result, error) {
	t.Helper()
	return f.Poll(t.Context(), feed.Source{Name: "test", Kind: feed.Feed, URL: url}, feed.Validators{})
}

func TestRequestSaysWhoAsks(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{}, "monitor"},
		{Options{Version: "1.2", Contact: "desk@example.org"}, "monitor/1.2 (+desk@example.org)"},
		{Options{UserAgent: "newsdesk/3", Version: "1.2"}, "newsdesk/3"},
	} {
		var got string
		f, s := serveLocal(t, tt.o, func(w http.ResponseWriter, r *http.Request) {
			got = r.UserAgent()
			fmt.Fprint(w, smallFeed)
		})
		if _, err := poll(t, f, s.URL); err != nil {
			t.Fatal(err)
		}
		if got != tt.want {
			t.Errorf("User-Agent %q, want %q", got, tt.want)
		}
	}
}

func TestPrivateAddressIsRefused(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request arrived") }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	f := New(Options{Timeout: 5 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]",
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fd00::1]", "[2002:7f00:1::]",
		"2130706433", "0x7f000001", "017700000001", "127.1", "0x7f.1", "127.0.0.1.",
	} {
		_, err := poll(t, f, "http://"+host+":"+port+"/rss.xml")
		if !errors.Is(err, ErrRefused) && !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %v, want it refused", host, err)
		}
	}
	_, err := poll(t, f, "http://127.0.0.1:"+port)
	want := "http://127.0.0.1:" + port + ": refused: it leads to 127.0.0.1, which is not on the public Internet; if it is yours, add it to fetch.allow_private"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRedirectToPrivateAddressIsRefused(t *testing.T) {
	o := Options{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	f, s := serveLocal(t, o, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.2:8080/secret", http.StatusFound)
	})
	if _, err := poll(t, f, s.URL); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want it refused", err)
	}
}

func TestGuardKeepsToPortsOfTheWeb(t *testing.T) {
	check := guard(loopback)
	for address, want := range map[string]bool{
		"93.184.216.34:80": true, "93.184.216.34:443": true, "93.184.216.34:8443": true, "[2606:2800:220:1::1]:443": true,
		"93.184.216.34:25": false, "93.184.216.34:22": false, "127.0.0.1:22": true, "10.0.0.1:80": false, "nonsense": false,
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := check(network, address, nil); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
}

// compressors by the name that the header has.
var compressors = map[string]func(io.Writer) io.WriteCloser{
	"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
	"br":      func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
	"zstd":    func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
}

func compress(tb testing.TB, make func(io.Writer) io.WriteCloser, body []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := make(&b)
	if _, err := w.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressedBodies(t *testing.T) {
	bare := func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 6); return z }
	gz := compress(t, compressors["gzip"], []byte(smallFeed))
	for _, tt := range []struct {
		name, encoding string
		body           []byte
	}{
		{"gzip", "gzip", gz},
		{"zlib as deflate", "deflate", compress(t, compressors["deflate"], []byte(smallFeed))},
		{"bare deflate", "deflate", compress(t, bare, []byte(smallFeed))},
		{"brotli", "br", compress(t, compressors["br"], []byte(smallFeed))},
		{"zstd", "zstd", compress(t, compressors["zstd"], []byte(smallFeed))},
		{"gzip twice", "gzip, gzip", compress(t, compressors["gzip"], gz)},
		{"gzip that is none", "gzip", []byte(smallFeed)},
		{"gzip that nobody names", "", gz},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				if tt.encoding != "" {
					w.Header().Set("Content-Encoding", tt.encoding)
				}
				fmt.Fprintf(w, "%s", tt.body)
			})
			res, err := poll(t, f, s.URL)
			if err != nil || len(res.Entries) != 2 {
				t.Errorf("got %d entries, %v; want 2", len(res.Entries), err)
			}
		})
	}
}

func TestBombsEndAtTheLimit(t *testing.T) {
	zeros := make([]byte, 32<<20)
	for name, c := range compressors {
		t.Run(name, func(t *testing.T) {
			bomb := compress(t, c, zeros)
			f, s := serveLocal(t, Options{MaxBody: 1 << 20}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", name)
				fmt.Fprintf(w, "%s", bomb)
			})
			if _, err := poll(t, f, s.URL); !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v, want too large", err)
			}
		})
	}
}

// endless writes the same bytes until the client has had enough.
func endless(w http.ResponseWriter, chunk []byte) {
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestEndlessBodies(t *testing.T) {
	empty := compress(t, compressors["gzip"], nil)
	for name, h := range map[string]http.HandlerFunc{
		"plain": func(w http.ResponseWriter, _ *http.Request) { endless(w, []byte("<item><guid>1</guid></item>")) },
		"compressed to nothing": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(w, bytes.Repeat(empty, 100))
		},
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
			fmt.Fprint(w, smallFeed)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, s := serveLocal(t, Options{MaxBody: 1 << 20}, h)
			if _, err := poll(t, f, s.URL); !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v, want too large", err)
			}
		})
	}
}

func TestNestedTooDeep(t *testing.T) {
	for name, body := range map[string]string{
		"feed": `<rss version="2.0"><channel>` + strings.Repeat("<a>", 200_000) + strings.Repeat("</a>", 200_000) + `<item><guid>1</guid></item></channel></rss>`,
		"item": `<rss version="2.0"><channel><item><guid>1</guid><description>` + strings.Repeat("<a>", 200_000) + `</description></item></channel></rss>`,
	} {
		f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if _, err := poll(t, f, s.URL); !errors.Is(err, ErrNotFeed) {
			t.Errorf("%s: got %v, want it refused as no feed", name, err)
		}
	}
}

func TestSlowServers(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"no head": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half a body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, smallFeed[:150])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"after a redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/next", http.StatusFound)
				return
			}
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, s := serveLocal(t, Options{Timeout: 100 * time.Millisecond}, h)
			_, err := poll(t, f, s.URL+"/")
			if !errors.Is(err, ErrTimeout) || errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want a timeout", err)
			}
			if err != nil && !strings.Contains(err.Error(), "100ms") {
				t.Errorf("%q does not say how long it waited", err)
			}
		})
	}
}

func TestCancelledVisitIsNoFaultOfTheSource(t *testing.T) {
	arrived := make(chan struct{})
	f, s := serveLocal(t, Options{}, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := f.Poll(ctx, feed.Source{Kind: feed.Feed, URL: s.URL}, feed.Validators{})
	if err != context.Canceled { //nolint:errorlint // the bare error: it must not name the source
		t.Errorf("got %v, want the context's own error", err)
	}
}

// raw starts a server that answers every connection with the bytes given.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			c.Read(buf) //nolint:errcheck // the request is of no interest
			fmt.Fprint(c, answer)
			c.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

// TestAnswerCutAnywhere ends an answer after each of its bytes: what comes is
// never a short feed that passes for a whole one.
func TestAnswerCutAnywhere(t *testing.T) {
	answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: %d\r\n\r\n%s", len(smallFeed), smallFeed)
	f := New(Options{AllowPrivate: loopback, Timeout: 5 * time.Second})
	defer f.Close()
	for n := 0; n < len(answer); n += 3 {
		res, err := poll(t, f, raw(t, answer[:n]))
		switch {
		case err != nil:
			if !errors.Is(err, ErrCut) && !errors.Is(err, ErrUnreachable) && !errors.Is(err, ErrNotFeed) {
				t.Errorf("cut after %d bytes: %v", n, err)
			}
		case !res.Truncated || res.Validators != (feed.Validators{}):
			t.Errorf("cut after %d bytes: passed for whole: %+v", n, res)
		}
	}
	if res, err := poll(t, f, raw(t, answer)); err != nil || res.Truncated || len(res.Entries) != 2 {
		t.Errorf("whole answer: %+v, %v", res, err)
	}
}

func TestOddAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		want         error
	}{
		{"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", ErrUnreachable},
		{"endless head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20), ErrUnreachable},
		{"unknown encoding", "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 2\r\n\r\nab", ErrUnreadable},
		{"broken gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 12\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff", ErrUnreadable},
		{"redirect to nonsense", "HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n", ErrRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := New(Options{AllowPrivate: loopback, Timeout: 5 * time.Second})
			defer f.Close()
			if _, err := poll(t, f, raw(t, tt.answer)); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	for _, robots := range []bool{false, true} {
		f := New(Options{AllowPrivate: loopback, Timeout: 5 * time.Second, Robots: robots})
		_, err := poll(t, f, s.URL+"/rss.xml")
		want := s.URL + "/rss.xml: cannot be reached: 127.0.0.1 refused the connection; nothing listens there at present"
		if !errors.Is(err, ErrUnreachable) || err.Error() != want {
			t.Errorf("robots %v: got %v, want %s", robots, err, want)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, smallFeed) })
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	s.StartTLS()
	defer s.Close()
	f := New(Options{AllowPrivate: loopback, Timeout: 5 * time.Second})
	defer f.Close()
	_, err := poll(t, f, s.URL)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "not signed by anyone this machine trusts") {
		t.Errorf("self-signed: got %v", err)
	}
	plain := raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	_, err = poll(t, f, strings.Replace(plain, "http:", "https:", 1))
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "does not speak https") {
		t.Errorf("plain http behind https: got %v", err)
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	var got string
	_, other := serveLocal(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		fmt.Fprint(w, smallFeed)
	})
	f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "reader" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, other.URL, http.StatusMovedPermanently)
	})
	res, err := poll(t, f, strings.Replace(s.URL, "http://", "http://reader:hunter2@", 1))
	if err != nil || got != "" || strings.Contains(res.MovedTo, "hunter2") {
		t.Errorf("other host got %q; result %+v, %v", got, res, err)
	}
}

// TestErrorsKeepSecrets tries every way to fail with a password and a token in the address.
func TestErrorsKeepSecrets(t *testing.T) {
	f, s := serveLocal(t, Options{Timeout: 100 * time.Millisecond, MaxBody: 1024}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hang":
			<-r.Context().Done()
		case "/big":
			fmt.Fprintf(w, "%s", make([]byte, 4096))
		case "/page":
			fmt.Fprint(w, "<html>no</html>")
		case "/loop":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
	host := strings.TrimPrefix(s.URL, "http://")
	for _, at := range []string{
		"http://u:hunter2@" + host + "/hang?token=hunter2", "http://u:hunter2@" + host + "/big?token=hunter2", "http://u:hunter2@" + host + "/page?token=hunter2",
		"http://u:hunter2@" + host + "/loop?token=hunter2", "http://u:hunter2@" + host + "/?token=hunter2", "http://u:hunter2@10.0.0.1/?access_key=hunter2",
		"http://u:hunter2@127.0.0.1:1/?sig=hunter2", "ftp://u:hunter2@example.org/", "http://u:hunter2@[::1/", "http://u:hunter2@/", "http://u:hunter2@host .example/",
	} {
		_, err := poll(t, f, at)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// TestValidatorThatNoRequestCanCarry: a stored ETag with a control character would
// otherwise fail every later visit.
func TestValidatorThatNoRequestCanCarry(t *testing.T) {
	f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, smallFeed) })
	src := feed.Source{Kind: feed.Feed, URL: s.URL}
	if _, err := f.Poll(t.Context(), src, feed.Validators{ETag: "\"a\x01b\"", LastModified: "x\ny"}); err != nil {
		t.Error(err)
	}
}

// TestChangedSettingsReadAgain: validators of one way to read a page must not hide
// it from another.
func TestChangedSettingsReadAgain(t *testing.T) {
	f, s := serveLocal(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, `<html><body><h2><a href="/a">A</a></h2><h3><a href="/b">B</a></h3></body></html>`)
	})
	src := feed.Source{Kind: feed.Index, URL: s.URL, Links: "h2 a"}
	first, err := f.Poll(t.Context(), src, feed.Validators{})
	if err != nil || len(first.Entries) != 1 {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, err := f.Poll(t.Context(), src, first.Validators)
	if err != nil || !again.Unchanged {
		t.Fatalf("same settings: got %+v, %v", again, err)
	}
	src.Links = "h2 a, h3 a"
	other, err := f.Poll(t.Context(), src, first.Validators)
	if err != nil || len(other.Entries) != 2 {
		t.Errorf("other settings: got %+v, %v; want both links", other, err)
	}
}
