package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"monitor/internal/notify/slack/slackfake"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"monitor": impatient})
}

// impatient is main, with less patience for a Slack that is not there.
func impatient() {
	c := newCLI(os.Stdin, os.Stdout, os.Stderr)
	c.patience = 2 * time.Second
	os.Exit(c.run(os.Args[1:]))
}

// TestScripts runs the whole program, from feed to Slack, on loopback. Besides
// testscript's own, scripts have these commands:
//
//	exits STATUS COMMAND...  runs the command and checks its exit status
//	expand FILE...           puts the environment's values for $NAME into files
//	slack [N]                writes what stands in the fake Slack, and checks the number of channel messages
//	await N                  waits until the fake Slack has N channel messages
//
// $WEB serves the folder www, with $WEB in its files replaced; $WEB/status/404
// answers 404, and $WEB/hang never answers. $SLACK is the fake Slack's API.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "expand": expand, "slack": showSlack, "await": awaitSlack,
		},
	})
}

type slackKey struct{}

func setUp(env *testscript.Env) error {
	site := serve(filepath.Join(env.WorkDir, "www"))
	env.Defer(site.Close)
	fake := slackfake.New(slackfake.Options{})
	server := httptest.NewServer(fake)
	env.Defer(server.Close)
	env.Defer(fake.Close)
	env.Values[slackKey{}] = fake
	env.Setenv("WEB", site.URL)
	env.Setenv("SLACK", server.URL+"/api/")
	env.Setenv("HOOK", server.URL+"/services/T0FAKE/B0FAKE/hook")
	env.Setenv("SLACK_BOT_TOKEN", "xoxb-fake")
	return nil
}

// serve serves a folder as a web site with validators.
func serve(dir string) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(r.PathValue("code"))
		if err != nil {
			code = http.StatusBadRequest
		}
		w.WriteHeader(code)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		body := strings.ReplaceAll(string(data), "$WEB", "http://"+r.Host)
		sum := sha256.Sum256([]byte(body))
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(filepath.Ext(r.URL.Path)))
		_, _ = w.Write([]byte(body))
	})
	return httptest.NewServer(mux)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if want := args[0]; strconv.Itoa(got) != want {
		ts.Fatalf("got exit status %d, want %s", got, want)
	}
}

func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), func(key string) string {
			if key == "SLACK_BOT_TOKEN" || key == "SECRET" {
				return "${" + key + "}" // the program's to resolve
			}
			return ts.Getenv(key)
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

func fakeOf(ts *testscript.TestScript) *slackfake.Slack {
	fake, ok := ts.Value(slackKey{}).(*slackfake.Slack)
	if !ok {
		ts.Fatalf("no fake Slack")
	}
	return fake
}

// inChannel are the messages that stand in the channel itself.
func inChannel(fake *slackfake.Slack) int {
	n := 0
	for _, m := range fake.Messages() {
		if m.ThreadTS == "" || m.Loud {
			n++
		}
	}
	return n
}

func showSlack(ts *testscript.TestScript, _ bool, args []string) {
	fake := fakeOf(ts)
	for _, m := range fake.Messages() {
		lead := ""
		if m.ThreadTS != "" {
			lead = "reply: "
		}
		fmt.Fprintf(ts.Stdout(), "%s%s (%d edits) %s\n", lead, m.Text, m.Edits, m.Blocks)
	}
	if len(args) == 1 && args[0] != strconv.Itoa(inChannel(fake)) {
		ts.Fatalf("got %d messages in the channel, want %s", inChannel(fake), args[0])
	}
}

func awaitSlack(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := until(ctx, func() bool { return inChannel(fakeOf(ts)) >= want }); err != nil {
		ts.Fatalf("got %d messages in the channel, want %d", inChannel(fakeOf(ts)), want)
	}
}

// until waits for what another process does.
func until(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
