package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func call(t *testing.T, s *Slack, method string, in url.Values) (code string, answer map[string]any) {
	t.Helper()
	if !in.Has("token") {
		in.Set("token", "xoxb-fake")
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/"+method, strings.NewReader(in.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %v in %s", method, err, rec.Body)
	}
	code, _ = answer["error"].(string)
	return code, answer
}

func text(n int) string { return strings.Repeat("한", n) }

func TestHoldsTheLimits(t *testing.T) {
	section := func(s string) string { return fmt.Sprintf(`{"type":"section","text":{"type":"mrkdwn","text":%q}}`, s) }
	for _, tt := range []struct{ name, text, blocks, want string }{
		{"text", "hello", "", ""},
		{"nothing", " ", "", "no_text"},
		{"too much text", text(40001), "", "msg_too_long"},
		{"a section", "x", "[" + section(text(3000)) + "]", ""},
		{"a long section", "x", "[" + section(text(3001)) + "]", "invalid_blocks"},
		{"an empty section", "x", "[" + section("") + "]", "invalid_blocks"},
		{"a section without text", "x", `[{"type":"section"}]`, "invalid_blocks"},
		{"ten fields", "x", `[{"type":"section","fields":[` + strings.Repeat(`{"type":"plain_text","text":"a"},`, 9) + `{"type":"plain_text","text":"a"}]}]`, ""},
		{"eleven fields", "x", `[{"type":"section","fields":[` + strings.Repeat(`{"type":"plain_text","text":"a"},`, 10) + `{"type":"plain_text","text":"a"}]}]`, "invalid_blocks"},
		{"a header", "x", `[{"type":"header","text":{"type":"plain_text","text":"` + text(150) + `"}}]`, ""},
		{"a long header", "x", `[{"type":"header","text":{"type":"plain_text","text":"` + text(151) + `"}}]`, "invalid_blocks"},
		{"a header in mrkdwn", "x", `[{"type":"header","text":{"type":"mrkdwn","text":"a"}}]`, "invalid_blocks"},
		{"no context", "x", `[{"type":"context","elements":[]}]`, "invalid_blocks"},
		{"too much context", "x", `[{"type":"context","elements":[` + strings.Repeat(`{"type":"mrkdwn","text":"a"},`, 10) + `{"type":"mrkdwn","text":"a"}]}]`, "invalid_blocks"},
		{"50 blocks", "x", "[" + strings.Repeat(section("a")+",", 49) + section("a") + "]", ""},
		{"51 blocks", "x", "[" + strings.Repeat(section("a")+",", 50) + section("a") + "]", "invalid_blocks"},
		{"all too long", "x", "[" + strings.Repeat(section(text(2900))+",", 4) + section(text(2900)) + "]", "msg_blocks_too_long"},
		{"a block id twice", "x", `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "invalid_blocks"},
		{"a long block id", "x", `[{"type":"divider","block_id":"` + text(256) + `"}]`, "invalid_blocks"},
		{"a button", "x", `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://a.example"}]}]`, ""},
		{"a long button", "x", `[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"` + text(76) + `"}}]}]`, "invalid_blocks"},
		{"a button to nowhere", "x", `[{"type":"section","text":{"type":"mrkdwn","text":"a"},"accessory":{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"nowhere"}}]`, "invalid_blocks"},
		{"an image without words", "x", `[{"type":"image","image_url":"https://a.example/x.png"}]`, "invalid_blocks"},
		{"a quote", "x", `[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"a"},{"type":"link","url":"https://a.example"}]}]}]`, ""},
		{"an empty quote", "x", `[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[]}]}]`, "invalid_blocks"},
		{"a list of text", "x", `[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"text","text":"a"}]}]}]`, "invalid_blocks"},
		{"a table", "x", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"},null,{"type":"raw_number"}]]}]`, ""},
		{"a wide table", "x", `[{"type":"table","rows":[[` + strings.Repeat("null,", 20) + `null]]}]`, "invalid_blocks"},
		{"markdown", "x", `[{"type":"markdown","text":"` + text(12001) + `"}]`, "invalid_blocks"},
		{"no block of Slack's", "x", `[{"type":"alert"}]`, "invalid_blocks"},
		{"no blocks at all", "x", `{"type":"section"}`, "invalid_blocks_format"},
	} {
		got, _ := call(t, New(Options{}), "chat.postMessage", url.Values{"channel": {"#troop-figures"}, "text": {tt.text}, "blocks": {tt.blocks}})
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestRefuses(t *testing.T) {
	s := New(Options{Channels: []Channel{{ID: "C1", Name: "a"}, {ID: "C2", Name: "old", Archived: true}, {ID: "C3", Name: "private", Outside: true}}})
	for _, tt := range []struct {
		method string
		in     url.Values
		want   string
	}{
		{"chat.postMessage", url.Values{"token": {""}}, "not_authed"},
		{"chat.postMessage", url.Values{"token": {"xoxb-other"}}, "invalid_auth"},
		{"chat.postMessage", url.Values{"text": {"x"}}, "channel_not_found"},
		{"chat.postMessage", url.Values{"channel": {"old"}, "text": {"x"}}, "is_archived"},
		{"chat.postMessage", url.Values{"channel": {"#private"}, "text": {"x"}}, "not_in_channel"},
		{"chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "thread_ts": {"1.2"}}, "thread_not_found"},
		{"chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}, "metadata": {`{"key":1}`}}, "invalid_metadata_format"},
		{"chat.update", url.Values{"channel": {"#a"}, "text": {"x"}, "ts": {"1.2"}}, "channel_not_found"}, // names are for posting only
		{"chat.update", url.Values{"channel": {"C1"}, "text": {"x"}, "ts": {"1.2"}}, "message_not_found"},
		{"chat.getPermalink", url.Values{"channel": {"C1"}, "message_ts": {"1.2"}}, "message_not_found"},
		{"conversations.history", url.Values{"channel": {"#a"}}, "channel_not_found"},
		{"conversations.history", url.Values{"channel": {"C1"}, "cursor": {"x"}}, "invalid_cursor"},
		{"conversations.replies", url.Values{"channel": {"C1"}, "ts": {"1.2"}}, "thread_not_found"},
		{"chat.wave", url.Values{}, "unknown_method"},
	} {
		if got, _ := call(t, s, tt.method, tt.in); got != tt.want {
			t.Errorf("%s %v: got %q, want %q", tt.method, tt.in, got, tt.want)
		}
	}
}

func TestBlockIDsChangeWithAnEdit(t *testing.T) {
	s := New(Options{})
	blocks := url.Values{"channel": {"C0FAKE0001"}, "text": {"x"}, "blocks": {`[{"type":"divider","block_id":"one"}]`}}
	_, a := call(t, s, "chat.postMessage", blocks)
	blocks.Set("ts", a["ts"].(string))
	if got, _ := call(t, s, "chat.update", blocks); got != "invalid_blocks" {
		t.Errorf("got %q", got)
	}
	blocks.Set("blocks", `[{"type":"divider","block_id":"two"}]`)
	if got, _ := call(t, s, "chat.update", blocks); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestOneMessageASecond(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s := New(Options{Limited: true, Now: func() time.Time { return now }, Channels: []Channel{{ID: "C1", Name: "a"}, {ID: "C2", Name: "b"}}})
	var got []string
	for _, channel := range []string{"C1", "C1", "C2"} {
		code, _ := call(t, s, "chat.postMessage", url.Values{"channel": {channel}, "text": {"x"}})
		got = append(got, code)
	}
	now = now.Add(time.Second)
	code, _ := call(t, s, "chat.postMessage", url.Values{"channel": {"C1"}, "text": {"x"}})
	if diff := cmp.Diff(append(got, code), []string{"", "ratelimited", "", ""}); diff != "" {
		t.Errorf("(got -, want +):\n%s", diff)
	}
	stamps := map[string]bool{}
	for _, m := range s.Messages() {
		stamps[m.TS] = true
	}
	if len(stamps) != 3 {
		t.Errorf("stamps are not unique: %v", stamps)
	}
}

func TestHistory(t *testing.T) {
	s := New(Options{Now: func() time.Time { return time.Unix(1_700_000_000, 0) }})
	post := func(extra ...string) string {
		in := url.Values{"channel": {"C0FAKE0001"}, "text": {"x"}, "metadata": {`{"event_type":"e","event_payload":{"key":"k"}}`}}
		for i := 0; i < len(extra); i += 2 {
			in.Set(extra[i], extra[i+1])
		}
		_, a := call(t, s, "chat.postMessage", in)
		return a["ts"].(string)
	}
	first := post()
	reply := post("thread_ts", first)
	loud := post("thread_ts", first, "reply_broadcast", "true")
	last := post()
	stamps := func(method string, in url.Values) (got []string, next string) {
		in.Set("channel", "C0FAKE0001")
		_, a := call(t, s, method, in)
		for _, m := range a["messages"].([]any) {
			got = append(got, m.(map[string]any)["ts"].(string))
			if _, has := m.(map[string]any)["metadata"]; has != (in.Get("include_all_metadata") == "1") {
				t.Errorf("%s: metadata is there: %t", method, has)
			}
		}
		return got, a["response_metadata"].(map[string]any)["next_cursor"].(string)
	}
	got, next := stamps("conversations.history", url.Values{"limit": {"2"}})
	if diff := cmp.Diff(got, []string{last, loud}); diff != "" {
		t.Errorf("first page (got -, want +):\n%s", diff)
	}
	if got, next = stamps("conversations.history", url.Values{"limit": {"2"}, "cursor": {next}, "include_all_metadata": {"1"}}); !cmp.Equal(got, []string{first}) || next != "" {
		t.Errorf("got %v and the cursor %q", got, next)
	}
	if got, _ = stamps("conversations.replies", url.Values{"ts": {first}}); !cmp.Equal(got, []string{first, reply, loud}) {
		t.Errorf("got %v", got)
	}
	if got, _ = stamps("conversations.history", url.Values{"oldest": {loud}}); !cmp.Equal(got, []string{last}) {
		t.Errorf("got %v", got)
	}
	if got, _ = stamps("conversations.history", url.Values{"latest": {loud}, "inclusive": {"1"}}); !cmp.Equal(got, []string{loud, first}) {
		t.Errorf("got %v", got)
	}
}

func TestWebhookSpeaksPlainly(t *testing.T) {
	s := New(Options{})
	for _, tt := range []struct {
		path, body, want string
		status           int
	}{
		{"/services/T0FAKE/B0FAKE/hook", `{"text":"x"}`, "ok", 200},
		{"/services/T0FAKE/B0FAKE/hook", `{"text"`, "invalid_payload", 400},
		{"/services/T0FAKE/B0FAKE/hook", `{}`, "no_text", 400},
		{"/services/T0FAKE/B0FAKE/hook", `{"text":"x","blocks":[{"type":"x"}]}`, "invalid_blocks", 400},
		{"/services/other", `{"text":"x"}`, "no_service", 404},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, tt.path, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		if rec.Code != tt.status || rec.Body.String() != tt.want {
			t.Errorf("%s: got %d %s", tt.body, rec.Code, rec.Body)
		}
	}
}

func TestFaultsOverHTTP(t *testing.T) {
	s := New(Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	defer s.Close()
	do := func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer xoxb-fake")
		resp, err := server.Client().Do(req)
		if err != nil {
			return 0, ""
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	if status, _ := do("POST", "/faults", `[{"status":429,"retry_after":"3"},{"reset":true,"accept":true,"method":"chat.postMessage"}]`); status != 204 {
		t.Fatalf("status %d", status)
	}
	if status, _ := do("POST", "/faults", `{`); status != 400 {
		t.Errorf("broken faults: status %d", status)
	}
	message := `{"channel":"C0FAKE0001","text":"x"}`
	if status, _ := do("POST", "/api/chat.postMessage", message); status != 429 {
		t.Errorf("status %d, want the scripted one", status)
	}
	if status, _ := do("POST", "/api/chat.postMessage", message); status != 0 {
		t.Errorf("status %d, want a broken connection", status)
	}
	if status, body := do("POST", "/api/chat.postMessage", message); status != 200 || !strings.Contains(body, `"ok":true`) {
		t.Errorf("status %d: %s", status, body)
	}
	var messages []Message
	if _, body := do("GET", "/messages", ""); json.Unmarshal([]byte(body), &messages) != nil || len(messages) != 2 {
		t.Errorf("got %s; want the message accepted before the reset and the one after", body)
	}
	var calls []Call
	if _, body := do("GET", "/calls", ""); json.Unmarshal([]byte(body), &calls) != nil || len(calls) != 3 || calls[0].Error != "scripted" {
		t.Errorf("got %s", body)
	}
	if status, _ := do("DELETE", "/faults", ""); status != 200 {
		t.Errorf("status %d", status)
	}
	if status, _ := do("GET", "/elsewhere", ""); status != 404 {
		t.Errorf("status %d", status)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("x", `[{"type":"section","text":{"type":"mrkdwn","text":"a"}}]`, `{"event_type":"e","event_payload":{}}`)
	f.Add("", `[{"type":"table","rows":[[null]]}]`, "")
	f.Fuzz(func(t *testing.T, text, blocks, metadata string) {
		a := check(args{"text": text, "blocks": blocks, "metadata": metadata})
		if a.code == "" && strings.TrimSpace(text) == "" && raw(blocks) == nil {
			t.Error("took an empty message")
		}
	})
}
