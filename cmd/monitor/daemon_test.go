package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"monitor/internal/notify/slack/slackfake"
)

// world is what surrounds a running program: a web site and a Slack.
type world struct {
	t     *testing.T
	dir   string
	site  *httptest.Server
	fake  *slackfake.Slack
	slack *httptest.Server

	mu     sync.Mutex
	seen   func(what string) // told of every request, before it is answered
	doomed *os.Process       // for kill
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), fake: slackfake.New(slackfake.Options{})}
	files := serve(filepath.Join(w.dir, "www"))
	t.Cleanup(files.Close)
	w.site = httptest.NewServer(w.watched("web", files.Config.Handler))
	t.Cleanup(w.site.Close)
	w.slack = httptest.NewServer(w.watched("slack", w.fake))
	t.Cleanup(w.slack.Close)
	t.Cleanup(w.fake.Close)
	return w
}

// watched tells of each request before and after the handler has dealt with it.
func (w *world) watched(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.tell("before " + name + " " + r.URL.Path)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		w.tell("after " + name + " " + r.URL.Path)
		maps.Copy(rw.Header(), answer.Header())
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
}

func (w *world) tell(what string) {
	w.mu.Lock()
	seen := w.seen
	w.mu.Unlock()
	if seen != nil {
		seen(what)
	}
}

func (w *world) watch(seen func(what string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = seen
}

// write writes a file, with the world's addresses in it.
func (w *world) write(name, text string) {
	w.t.Helper()
	text = strings.NewReplacer("$SITE", w.site.URL, "$SLACK", w.slack.URL+"/api/").Replace(text)
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	// A rename, so that nobody reads half a file.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		w.t.Fatal(err)
	}
}

// process is the program, running.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *output
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	line func(string)
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	o.buf.Write(p)
	line := o.line
	o.mu.Unlock()
	if line != nil {
		line(string(p))
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func (w *world) start(args ...string) *process {
	w.t.Helper()
	return w.startWith(&output{}, args...)
}

func (w *world) startWith(out *output, args ...string) *process {
	w.t.Helper()
	p := &process{t: w.t, out: out}
	p.cmd = exec.CommandContext(context.WithoutCancel(w.t.Context()), "monitor", args...) // ended by the test itself
	p.cmd.Dir = w.dir
	p.cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN=xoxb-fake", "MONITOR_CONFIG=")
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	w.mu.Lock()
	err := p.cmd.Start()
	w.doomed = p.cmd.Process
	w.mu.Unlock()
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

// kill ends the process that was started last, without asking it.
func (w *world) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.doomed.Kill() // it may have ended by itself
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// await waits until something is so, and fails with the output when it never is.
func (p *process) await(what string, done func() bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	if err := until(ctx, done); err != nil {
		p.t.Fatalf("waited for %s; the output so far:\n%s", what, p.out)
	}
}

func (p *process) awaitOutput(words string) {
	p.t.Helper()
	p.await(fmt.Sprintf("%q", words), func() bool { return strings.Contains(p.out.String(), words) })
}

// exit waits for the end and gives the exit status.
func (p *process) exit() int {
	p.t.Helper()
	ended := make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("did not end; the output so far:\n%s", p.out)
	}
	return p.cmd.ProcessState.ExitCode()
}

// item is an entry of a feed with a figure nobody knows yet.
func item(guid, day, figure string) string {
	return fmt.Sprintf(`<item><guid>%s</guid><link>$WEB/%s.html</link><title>Report %s</title><pubDate>%s Oct 2024 12:00:00 GMT</pubDate>
<description>About %s North Korean soldiers are at the front in the Kursk region, Kyodo News reported.</description></item>`, guid, guid, guid, day, figure)
}

func rss(items ...string) string {
	return `<rss version="2.0"><channel><title>Feed</title>` + strings.Join(items, "\n") + `</channel></rss>`
}

const daemonConfig = `
database: sqlite:monitor.db
schedule: "@every 1s"
fetch: {per_host: 0s, robots: false, timeout: 5s, allow_private: [127.0.0.0/8]}
sources:
  - {name: one, feed: $SITE/one.xml}
notify:
  group_wait: 0s
  slack: {token: "${SLACK_BOT_TOKEN}", channel: C0FAKE0001, api_url: $SLACK, rate: 1000}
web: {listen: "127.0.0.1:0"}
`

// The daemon posts what a feed brings, takes up a new configuration on SIGHUP,
// keeps the last good one, and ends cleanly on SIGTERM.
func TestDaemon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000")))
	w.write("www/two.xml", rss(item("b", "Mon, 28", "4,500")))
	w.write("monitor.yaml", daemonConfig)
	p := w.start("run")
	p.await("the first message", func() bool { return inChannel(w.fake) == 1 })

	w.write("monitor.yaml", "sources: 5\n")
	p.signal(syscall.SIGHUP)
	p.awaitOutput("the last good one stays")
	if got := health(t, p); !strings.Contains(got, "degraded") || !strings.Contains(got, "config") {
		t.Errorf("got health %s, want it to tell of the configuration", got)
	}
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000"), item("c", "Sun, 27", "5,500")))
	p.await("the second message, by the old configuration", func() bool { return inChannel(w.fake) == 2 })

	w.write("monitor.yaml", strings.Replace(daemonConfig, "notify:", "  - {name: two, feed: $SITE/two.xml}\nnotify:", 1))
	p.signal(syscall.SIGHUP)
	p.awaitOutput("configuration read again")
	p.await("the third message, by the new configuration", func() bool { return inChannel(w.fake) == 3 })
	if got := health(t, p); !strings.Contains(got, `"status": "ok"`) {
		t.Errorf("got health %s, want ok", got)
	}

	// A second daemon cannot take the first one's place, and doctor knows the first.
	address := strings.TrimSuffix(strings.TrimPrefix(healthAddress(p), "http://"), "/healthz")
	w.write("second.yaml", strings.NewReplacer("127.0.0.1:0", address, "monitor.db", "second.db").Replace(daemonConfig))
	second := w.start("run", "--config", "second.yaml")
	if got := second.exit(); got != exitFailed || !strings.Contains(second.out.String(), "web: cannot listen on "+address) {
		t.Errorf("got exit status %d and %s, want the address that is taken", got, second.out)
	}
	doctor := w.start("doctor", "--quick", "--config", "second.yaml")
	if got := doctor.exit(); got != exitDone || !strings.Contains(doctor.out.String(), "daemon: is ok") {
		t.Errorf("got exit status %d and %s, want a healthy daemon", got, doctor.out)
	}

	// A check beside the daemon leaves the sending to it.
	w.write("www/three.xml", rss(item("d", "Wed, 30", "6,500")))
	w.write("beside.yaml", strings.Replace(daemonConfig, "one.xml", "three.xml", 1))
	check := w.start("check", "--config", "beside.yaml")
	if got := check.exit(); got != exitDone || !strings.Contains(check.out.String(), "the daemon that runs on this database sends the alerts") {
		t.Errorf("got exit status %d and %s, want the sending left to the daemon", got, check.out)
	}
	p.await("the fourth message, from the daemon", func() bool { return inChannel(w.fake) == 4 })

	p.signal(syscall.SIGTERM)
	if got := p.exit(); got != exitDone {
		t.Errorf("got exit status %d, want %d; output:\n%s", got, exitDone, p.out)
	}
	doctor = w.start("doctor", "--quick", "--config", "second.yaml")
	if got := doctor.exit(); got != exitFailed || !strings.Contains(doctor.out.String(), "daemon: does not answer") {
		t.Errorf("got exit status %d and %s, want no daemon", got, doctor.out)
	}
	if n := inChannel(w.fake); n != 4 {
		t.Errorf("got %d messages, want 4", n)
	}
}

func healthAddress(p *process) string {
	_, rest, _ := strings.Cut(p.out.String(), "address=")
	address, _, _ := strings.Cut(rest, "\n")
	return address
}

// health asks the daemon how it is, at the address that its log names.
func health(t *testing.T, p *process) string {
	t.Helper()
	p.awaitOutput("/healthz")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, healthAddress(p), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var state any
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The first SIGTERM waits for the request in hand, the second does not.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, twice := range []bool{false, true} {
		t.Run(fmt.Sprintf("twice %v", twice), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000")))
			w.write("monitor.yaml", daemonConfig)
			asked, answer := make(chan struct{}), make(chan struct{})
			var once sync.Once
			w.watch(func(what string) {
				if what == "after web /one.xml" {
					once.Do(func() { close(asked) })
					<-answer
				}
			})
			p := w.start("run")
			<-asked
			p.signal(syscall.SIGTERM)
			p.awaitOutput("stopping")
			if twice {
				p.signal(syscall.SIGTERM)
				got := p.exit()
				close(answer)
				if got == exitDone {
					t.Error("the second signal did not end the program at once")
				}
				return
			}
			close(answer)
			if got := p.exit(); got != exitDone {
				t.Errorf("got exit status %d, want %d; output:\n%s", got, exitDone, p.out)
			}
			w.watch(nil)
			// What was in hand is stored: the next check reads nothing new, and sends what waits.
			c := w.start("check", "--format", "json")
			if got := c.exit(); got != exitDone || !strings.Contains(c.out.String(), `"entries": 0`) {
				t.Errorf("got exit status %d and %s, want the entry to be there already", got, c.out)
			}
			if n := inChannel(w.fake); n != 1 {
				t.Errorf("got %d messages, want 1", n)
			}
		})
	}
}

// A crash that prints everything it knows prints no secret.
func TestCrashShowsNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("www/one.xml", rss())
	w.write("monitor.yaml", daemonConfig)
	w.write("secret", "xoxb-4711-very-secret")
	w.write("monitor.yaml", strings.Replace(daemonConfig, "${SLACK_BOT_TOKEN}", "file:secret", 1))
	p := w.start("run", "--log-level", "debug")
	p.awaitOutput("watching")
	p.signal(syscall.SIGQUIT)
	if got := p.exit(); got == exitDone {
		t.Error("the program did not crash")
	}
	if got := p.out.String(); !strings.Contains(got, "goroutine ") || strings.Contains(got, "4711") {
		t.Errorf("got this output, want a crash without the secret:\n%s", got)
	}
}
