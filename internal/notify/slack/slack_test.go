package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/detect"
	"monitor/internal/notify"
	"monitor/internal/notify/slack/slackfake"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	token = "xoxb-1-secret-token"
	hook  = "/services/T0SECRET/B0SECRET/hooksecret"
)

// world is a fake Slack, and what was logged.
type world struct {
	*slackfake.Slack
	url  string
	logs bytes.Buffer
}

func newWorld(t *testing.T, o slackfake.Options) *world {
	t.Helper()
	o.Token, o.Hook = token, hook
	w := &world{Slack: slackfake.New(o)}
	server := httptest.NewServer(w.Slack)
	t.Cleanup(func() { w.Close(); server.Close() })
	w.url = server.URL
	return w
}

func (w *world) bot(t *testing.T, change func(*Options)) *Notifier {
	t.Helper()
	o := Options{Token: token, Channel: "#troop-figures", APIURL: w.url + "/api", Rate: 1000, Log: slog.New(slog.NewTextHandler(&w.logs, nil))}
	if change != nil {
		change(&o)
	}
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) hook(t *testing.T) *Notifier {
	t.Helper()
	n, err := New(Options{Webhook: w.url + hook, Rate: 1000, Log: slog.New(slog.NewTextHandler(&w.logs, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func alert(line string) notify.Message {
	return notify.Message{
		Kind: detect.Conflict, Headline: line, Fallback: line,
		Rows:    []notify.Row{{Label: "Speaker", Text: "Kyrylo Budanov"}, {Label: "Difference", Text: "about +3,000 (+38 %) or more"}},
		Quote:   notify.Quote{Before: "He said that ", Figure: "about 11,000", After: " were there. <!channel> *bold*"},
		Sources: 2, Links: []notify.Link{{Label: "Reuters", URL: "https://reuters.example/a?x=1&y=2"}, {Label: "Yonhap"}},
		Context: []string{"source reuters_world", "fetched 3 Nov 2024 14:05 UTC", "alert 12"},
	}
}

func post(key string) notify.Delivery {
	return notify.Delivery{Step: notify.Post, Key: key, Message: alert("CONFLICT: <@U1> & Co *says* `5` _x_ in mod_news")}
}

func TestBotPostsEditsAndReplies(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	n := w.bot(t, nil)
	h, err := n.Send(t.Context(), post("k1"))
	if err != nil {
		t.Fatal(err)
	}
	edited := alert("CONFLICT: edited")
	if _, err := n.Send(t.Context(), notify.Delivery{Step: notify.Update, Handle: h, Message: edited}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), notify.Delivery{Step: notify.Reply, Key: "k2", Handle: h, Message: alert("Also in Yonhap"), Loud: true}); err != nil {
		t.Fatal(err)
	}
	got := w.Messages()
	if len(got) != 2 || got[0].Text != "CONFLICT: edited" || got[0].Edits != 1 || got[1].ThreadTS != h.Stamp || !got[1].Loud {
		t.Fatalf("got %+v", got)
	}
	if got[0].Unfurl || got[1].Unfurl {
		t.Error("links would be unfolded")
	}
	for key, r := range map[string]notify.Receipt{
		"k1": {Key: "k1", Step: notify.Post, Started: time.Now()},
		"k2": {Key: "k2", Step: notify.Reply, Handle: h, Started: time.Now()},
	} {
		if _, found, err := n.Find(t.Context(), r); !found || err != nil {
			t.Errorf("%s: found %t, %v", key, found, err)
		}
	}
	if _, found, err := n.Find(t.Context(), notify.Receipt{Key: "k3", Started: time.Now()}); found || err != nil {
		t.Errorf("found what was never sent: %t, %v", found, err)
	}
	if link, err := n.Permalink(t.Context(), h); err != nil || !strings.HasPrefix(link, "https://") {
		t.Errorf("got %q, %v", link, err)
	}
}

func TestEscapes(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	if _, err := w.bot(t, nil).Send(t.Context(), post("k")); err != nil {
		t.Fatal(err)
	}
	want := "CONFLICT: &lt;@U1&gt; &amp; Co ∗says∗ ˋ5ˋ ＿x＿ in mod_news"
	if got := w.Messages()[0].Text; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var blocks []struct {
		Text struct{ Text string }
	}
	if err := json.Unmarshal(w.Messages()[0].Blocks, &blocks); err != nil || blocks[0].Text.Text != "*"+want+"*" {
		t.Errorf("first line is not escaped: %v, %+v", err, blocks)
	}
}

func TestGolden(t *testing.T) {
	got, err := Preview(alert("CONFLICT: somebody says about 11,000"))
	if err != nil {
		t.Fatal(err)
	}
	digest := notify.Message{Headline: "DIGEST: 2 stories at once", Fallback: "DIGEST", Items: []notify.Item{
		{Text: "NEW: one", Link: notify.Link{Label: "AP", URL: "https://ap.example/"}}, {Text: "NEW: two", Link: notify.Link{Label: "dod"}},
	}}
	second, err := Preview(digest)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"conflict": got, "digest": second} {
		path := filepath.Join("testdata", name+".golden.json")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), string(want)); diff != "" {
			t.Errorf("%s (got -, want +):\n%s", name, diff)
		}
	}
}

// Whatever a message holds, Slack takes it with its blocks.
func TestKeepsWithinLimits(t *testing.T) {
	long := strings.Repeat("<&>한", 5000)
	m := notify.Message{Headline: long, Fallback: long, Quote: notify.Quote{Before: long, Figure: long}, Context: []string{long, long}, Sources: 99}
	for range 60 {
		m.Rows = append(m.Rows, notify.Row{Label: "Why", Text: long})
		m.Items = append(m.Items, notify.Item{Text: strings.Repeat("x", 290), Link: notify.Link{Label: "a", URL: "https://a.example/" + strings.Repeat("y", 900)}})
		m.Links = append(m.Links, notify.Link{Label: "a", URL: "https://a.example/" + strings.Repeat("y", 900)})
	}
	w := newWorld(t, slackfake.Options{})
	if _, err := w.bot(t, nil).Send(t.Context(), notify.Delivery{Step: notify.Post, Key: "k", Message: m}); err != nil {
		t.Fatal(err)
	}
	if got := w.Messages()[0]; len(got.Blocks) == 0 {
		t.Errorf("the blocks were refused: %s", w.logs.String())
	}
	if _, err := w.bot(t, nil).Send(t.Context(), notify.Delivery{Step: notify.Post, Key: "k", Message: notify.Message{Headline: "x", Fallback: "x"}}); err != nil || len(w.Messages()[1].Blocks) == 0 {
		t.Errorf("a bare message: %v", err)
	}
}

func FuzzBlocks(f *testing.F) {
	f.Add("CONFLICT: x", "sentence", "label", "https://a.example")
	f.Fuzz(func(t *testing.T, line, quote, label, address string) {
		fake := slackfake.New(slackfake.Options{})
		m := notify.Message{
			Headline: "NEW: " + line, Fallback: "NEW: " + line, Rows: []notify.Row{{Label: label, Text: line}},
			Quote: notify.Quote{Before: quote, Figure: line}, Items: []notify.Item{{Text: quote, Link: notify.Link{Label: label}}}, Links: []notify.Link{{Label: label}}, Context: []string{"c" + label},
		}
		var b bytes.Buffer
		if err := json.NewEncoder(&b).Encode(map[string]any{"text": escape(m.Fallback, maxText), "blocks": blocks(m)}); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/services/T0FAKE/B0FAKE/hook", &b)
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		fake.ServeHTTP(rec, r)
		empty := line == "" || quote == "" // a message is never made without words
		if rec.Code != http.StatusOK && !empty {
			t.Errorf("status %d: %s", rec.Code, rec.Body)
		}
	})
}

// Each way to fail, once: what it means, and how many messages stand after it.
func TestFailures(t *testing.T) {
	type kind string
	const (
		retry, permanent, alone, ambiguous kind = "retry", "permanent", "alone", "ambiguous"
	)
	for _, tt := range []struct {
		name   string
		fault  slackfake.Fault
		hook   bool
		want   kind
		after  time.Duration
		posted int
	}{
		{name: "429 with Retry-After", fault: slackfake.Fault{Status: 429, RetryAfter: "7"}, want: retry, after: 7 * time.Second},
		{name: "429 with a broken Retry-After", fault: slackfake.Fault{Status: 429, RetryAfter: "soon"}, want: retry, after: 30 * time.Second},
		{name: "429 without Retry-After", fault: slackfake.Fault{Status: 429}, want: retry, after: 10 * time.Minute},
		{name: "429 for a webhook", hook: true, fault: slackfake.Fault{Status: 429, RetryAfter: "7"}, want: retry, after: 7 * time.Second},
		{name: "429 for a webhook, without", hook: true, fault: slackfake.Fault{Status: 429}, want: retry, after: 10 * time.Minute},
		{name: "ratelimited", fault: slackfake.Fault{Code: "ratelimited"}, want: retry, after: 30 * time.Second},
		{name: "message limit", fault: slackfake.Fault{Code: "message_limit_exceeded"}, want: retry, after: 10 * time.Minute},
		{name: "503 before posting", fault: slackfake.Fault{Status: 503}, want: ambiguous},
		{name: "503 after posting", fault: slackfake.Fault{Status: 503, Accept: true}, want: ambiguous, posted: 1},
		{name: "503 for a webhook", hook: true, fault: slackfake.Fault{Status: 503, Accept: true}, want: ambiguous, posted: 1},
		{name: "internal_error", fault: slackfake.Fault{Code: "internal_error"}, want: ambiguous},
		{name: "another program's page", fault: slackfake.Fault{Body: "<html>log in to the hotel</html>"}, want: ambiguous},
		{name: "another program's page for a webhook", hook: true, fault: slackfake.Fault{Body: "<html>log in to the hotel</html>"}, want: ambiguous},
		{name: "another program's JSON", fault: slackfake.Fault{Body: "{}"}, want: ambiguous},
		{name: "an answer cut short", fault: slackfake.Fault{Body: `{"ok":`, Accept: true}, want: ambiguous, posted: 1},
		{name: "reset", fault: slackfake.Fault{Reset: true}, want: ambiguous},
		{name: "reset for a webhook", hook: true, fault: slackfake.Fault{Reset: true, Accept: true}, want: ambiguous, posted: 1},
		{name: "hang", fault: slackfake.Fault{Hang: true}, want: ambiguous},
		{name: "channel_not_found", fault: slackfake.Fault{Code: "channel_not_found"}, want: permanent},
		{name: "invalid_auth", fault: slackfake.Fault{Code: "invalid_auth"}, want: permanent},
		{name: "an unknown refusal", fault: slackfake.Fault{Code: "new_in_2031"}, want: permanent},
		{name: "msg_too_long", fault: slackfake.Fault{Code: "msg_too_long"}, want: alone},
		{name: "blocks refused, then all", fault: slackfake.Fault{Code: "invalid_blocks", Times: 2}, want: alone},
		{name: "redirect", fault: slackfake.Fault{Status: 302}, want: permanent},
		{name: "404", fault: slackfake.Fault{Status: 404}, want: permanent},
		{name: "a removed webhook", hook: true, fault: slackfake.Fault{Status: 404, Code: "no_service"}, want: permanent},
		{name: "a prohibited webhook", hook: true, fault: slackfake.Fault{Status: 403, Code: "action_prohibited"}, want: permanent},
		{name: "a webhook with a page", hook: true, fault: slackfake.Fault{Status: 403}, want: permanent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, slackfake.Options{})
			w.Fail(tt.fault)
			n := w.bot(t, func(o *Options) {
				if tt.fault.Hang {
					o.HTTPClient = &http.Client{Timeout: 50 * time.Millisecond}
				}
			})
			if tt.hook {
				n = w.hook(t)
			}
			_, err := n.Send(t.Context(), post("k"))
			var r *notify.RetryAfterError
			var p *notify.PermanentError
			var a *notify.AmbiguousError
			got, after := kind("nothing"), time.Duration(0)
			switch {
			case errors.As(err, &r):
				got, after = retry, r.After
			case errors.As(err, &p) && p.Only:
				got = alone
			case errors.As(err, &p):
				got = permanent
			case errors.As(err, &a):
				got = ambiguous
			}
			if got != tt.want || after != tt.after {
				t.Errorf("got %s after %s, want %s after %s: %v", got, after, tt.want, tt.after, err)
			}
			if len(w.Messages()) != tt.posted {
				t.Errorf("%d messages stand, want %d", len(w.Messages()), tt.posted)
			}
			for _, secret := range []string{token, "SECRET", "hooksecret", "/services/"} {
				if strings.Contains(err.Error(), secret) || strings.Contains(w.logs.String(), secret) {
					t.Errorf("%s shows in %v, or in the log %s", secret, err, w.logs.String())
				}
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"bot":                {Token: token, Channel: "C0FAKE0001", APIURL: address},
		"webhook":            {Webhook: address + hook},
		"name that is none":  {Webhook: "https://hooks.invalid" + hook},
		"webhook with an @":  {Webhook: strings.Replace(address, "http://", "http://me:hooksecret@", 1) + hook},
		"address with quirk": {Webhook: address + hook + "?x=hooksecret"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = n.Send(t.Context(), post("k"))
			if _, ok := errors.AsType[*notify.RetryAfterError](err); !ok {
				t.Fatalf("got %v, want an error that says that nothing was posted", err)
			}
			if strings.Contains(err.Error(), "ecret") || strings.Contains(fmt.Sprintf("%+v %#v", err, err), "hooksecret") {
				t.Errorf("the secret shows: %#v", err)
			}
		})
	}
}

func TestRefusedBlocksGoAsText(t *testing.T) {
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long"} {
		for name, mode := range map[string]func(*world) *Notifier{"bot": func(w *world) *Notifier { return w.bot(t, nil) }, "webhook": func(w *world) *Notifier { return w.hook(t) }} {
			w := newWorld(t, slackfake.Options{})
			w.Fail(slackfake.Fault{Code: code})
			if _, err := mode(w).Send(t.Context(), post("k")); err != nil {
				t.Fatal(err)
			}
			got := w.Messages()
			if len(got) != 1 || got[0].Blocks != nil || !strings.Contains(got[0].Text, "about 11,000") || !strings.Contains(got[0].Text, "https://reuters.example") {
				t.Errorf("%s, %s: got %+v", code, name, got)
			}
		}
	}
}

func TestWebhook(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	n := w.hook(t)
	h, err := n.Send(t.Context(), post("k"))
	if err != nil || h != (notify.Handle{}) {
		t.Fatalf("got %v, %v", h, err)
	}
	if got := w.Messages(); len(got) != 1 || !got[0].Webhook || got[0].Unfurl {
		t.Errorf("got %+v", got)
	}
	if _, _, err := n.Find(t.Context(), notify.Receipt{Key: "k"}); !errors.Is(err, notify.ErrNoHistory) {
		t.Errorf("got %v", err)
	}
	if _, err := n.Send(t.Context(), notify.Delivery{Step: notify.Update, Handle: notify.Handle{Stamp: "1.1"}, Message: alert("x")}); err == nil {
		t.Error("a webhook edited a message")
	}
	if a, err := n.Check(t.Context()); err != nil || a.Note == "" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestGone(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	n := w.bot(t, nil)
	h := notify.Handle{Channel: "C0FAKE0001", Stamp: "1.000001"}
	for _, step := range []notify.Step{notify.Update, notify.Reply} {
		if _, err := n.Send(t.Context(), notify.Delivery{Step: step, Key: "k", Handle: h, Message: alert("x")}); !errors.Is(err, notify.ErrGone) {
			t.Errorf("%s: got %v", step, err)
		}
	}
}

func TestHistoryWithoutTheScope(t *testing.T) {
	w := newWorld(t, slackfake.Options{NoScopes: true})
	n := w.bot(t, nil)
	if _, err := n.Send(t.Context(), post("k")); err != nil {
		t.Fatal(err)
	}
	_, _, err := n.Find(t.Context(), notify.Receipt{Key: "k", Started: time.Now()})
	if !errors.Is(err, notify.ErrNoHistory) || !strings.Contains(err.Error(), "channels:history") {
		t.Errorf("got %v, want what scope is missing", err)
	}
	a, err := n.Check(t.Context())
	if err != nil || a.Readable || a.Team != "Fake" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestHistoryThatFailsIsAskedAgain(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	n := w.bot(t, nil)
	for _, method := range []string{"conversations.list", "conversations.history"} {
		w.Fail(slackfake.Fault{Method: method, Status: 503})
		if _, _, err := n.Find(t.Context(), notify.Receipt{Key: "k", Started: time.Now()}); err == nil || errors.Is(err, notify.ErrNoHistory) {
			t.Errorf("%s: got %v", method, err)
		}
	}
	if a, err := n.Check(t.Context()); err != nil || !a.Readable || a.Channel != "C0FAKE0001" {
		t.Errorf("got %+v, %v", a, err)
	}
	w.Fail(slackfake.Fault{Method: "auth.test", Code: "token_revoked"})
	if _, err := n.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "install the app again") {
		t.Errorf("got %v", err)
	}
	unknown := w.bot(t, func(o *Options) { o.Channel = "elsewhere" })
	if _, _, err := unknown.Find(t.Context(), notify.Receipt{Key: "k", Started: time.Now()}); !errors.Is(err, notify.ErrNoHistory) {
		t.Errorf("got %v", err)
	}
}

func TestFindTurnsPages(t *testing.T) {
	w := newWorld(t, slackfake.Options{})
	n := w.bot(t, nil)
	for i := range 250 {
		if _, err := n.Send(t.Context(), notify.Delivery{Step: notify.Post, Key: fmt.Sprint(i), Message: notify.Message{Headline: "x", Fallback: "x"}}); err != nil {
			t.Fatal(err)
		}
	}
	h, found, err := n.Find(t.Context(), notify.Receipt{Key: "3", Started: time.Now()})
	if err != nil || !found || h.Stamp != w.Messages()[3].TS {
		t.Errorf("got %v, %t, %v", h, found, err)
	}
	if _, found, err := n.Find(t.Context(), notify.Receipt{Key: "3", Started: time.Now().Add(time.Hour)}); found || err != nil {
		t.Errorf("a message older than the receipt was found: %v", err)
	}
}

func TestKeepsSlacksPace(t *testing.T) {
	start := time.Now()
	w := newWorld(t, slackfake.Options{Limited: true, Now: func() time.Time {
		return start.Add(50 * time.Since(start)) // Slack's second passes in 20 ms
	}})
	n := w.bot(t, func(o *Options) { o.Rate = 25 })
	for i := range 10 {
		if err := n.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Send(t.Context(), post(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	slow := w.bot(t, func(o *Options) { o.Rate = 0.001 })
	slow.posts.Allow() // as after a post
	if err := slow.Ready(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var retry *notify.RetryAfterError
	if _, err := slow.Send(ctx, post("never")); !errors.As(err, &retry) {
		t.Errorf("got %v, want one that says that nothing was posted", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"nothing":               {},
		"both":                  {Token: token, Webhook: "https://x.example/hooksecret"},
		"a token alone":         {Token: token},
		"a webhook that is not": {Webhook: "hooksecret"},
		"an API that is not":    {Token: token, Channel: "c", APIURL: "ftp://hooksecret"},
	} {
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "ecret") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	n, err := New(Options{Token: token, Channel: "C0FAKE0001"})
	if err != nil || n.Name() != "slack" || n.target() != "C0FAKE0001" {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestSeconds(t *testing.T) {
	now := time.Date(2024, 11, 3, 14, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"7": "7", "0.2": "1", "-1": "30", "soon": "30", "1e12": "86400", now.Add(90 * time.Second).Format(http.TimeFormat): "90", now.Add(-time.Hour).Format(http.TimeFormat): "0", "0": "0", "NaN": "30",
	} {
		if got := seconds(in, now); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
