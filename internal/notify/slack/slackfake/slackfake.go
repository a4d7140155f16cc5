// Package slackfake is a Slack for tests and for trying things out: a real HTTP
// server that keeps what was posted, holds to Slack's limits and fails on request.
//
// It knows chat.postMessage, chat.update, chat.getPermalink, conversations.history,
// conversations.replies, conversations.list, auth.test and incoming webhooks. What
// was posted is JSON at /messages; POST /faults scripts the next failures.
package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Channel is one that the fake has.
type Channel struct {
	ID       string
	Name     string // without the #
	Archived bool
	Outside  bool // the app is not a member
}

// Options set up a fake.
type Options struct {
	Token    string           // the only one that is valid; "xoxb-fake" when empty
	Hook     string           // path of the incoming webhook; "/services/T0FAKE/B0FAKE/hook" when empty
	Channels []Channel        // the first is the webhook's; one "troop-figures", C0FAKE0001, when empty
	Limited  bool             // one message a second a channel
	NoScopes bool             // history and list answer missing_scope
	Now      func() time.Time // time.Now when nil
	Log      *slog.Logger
}

// Message is a message as it stands.
type Message struct {
	Channel  string          `json:"channel"`
	TS       string          `json:"ts"`
	ThreadTS string          `json:"thread_ts,omitempty"`
	Loud     bool            `json:"reply_broadcast,omitempty"`
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Edits    int             `json:"edits,omitempty"`
	Webhook  bool            `json:"webhook,omitempty"`
	Unfurl   bool            `json:"unfurl,omitempty"` // links in it would be unfolded
}

// Fault is a scripted failure of a method.
type Fault struct {
	Method     string `json:"method"`                // "chat.postMessage", "webhook"; "" is every one
	Times      int    `json:"times,omitempty"`       // how often; 0 is once, below 0 for ever
	Every      int    `json:"every,omitempty"`       // only each so-many-th call
	Status     int    `json:"status,omitempty"`      // HTTP's
	RetryAfter string `json:"retry_after,omitempty"` // header
	Code       string `json:"code,omitempty"`        // ok:false with this error, or a webhook's words
	Body       string `json:"body,omitempty"`        // instead of Slack's answer
	Accept     bool   `json:"accept,omitempty"`      // post first, fail after
	Hang       bool   `json:"hang,omitempty"`        // no answer until the caller gives up
	Reset      bool   `json:"reset,omitempty"`       // the connection breaks
}

// Call is a request that came, in order.
type Call struct {
	Method string    `json:"method"`
	At     time.Time `json:"at"`
	Error  string    `json:"error,omitempty"` // why it was refused
}

// Slack is the fake. Serve it with net/http.
type Slack struct {
	opts Options

	mu       sync.Mutex
	messages []*Message
	calls    []Call
	faults   []*script
	last     map[string]time.Time // of each channel's last message
	stamp    int64
	closed   chan struct{}
}

type script struct {
	Fault
	seen int
}

// New makes a fake.
func New(o Options) *Slack {
	if o.Token == "" {
		o.Token = "xoxb-fake"
	}
	if o.Hook == "" {
		o.Hook = "/services/T0FAKE/B0FAKE/hook"
	}
	if len(o.Channels) == 0 {
		o.Channels = []Channel{{ID: "C0FAKE0001", Name: "troop-figures"}}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Slack{opts: o, last: map[string]time.Time{}, closed: make(chan struct{})}
}

// Close lets hanging calls go.
func (s *Slack) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
}

// Fail scripts failures; they are tried in order.
func (s *Slack) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &script{Fault: f})
	}
}

// Mend drops the failures that are left.
func (s *Slack) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Messages are what stands in the channels, oldest first.
func (s *Slack) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, 0, len(s.messages))
	for _, m := range s.messages {
		out = append(out, *m)
	}
	return out
}

// Calls are the requests so far.
func (s *Slack) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// maxBody is more than any message within Slack's limits takes.
const maxBody = 4 << 20

// ServeHTTP answers as Slack would.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	switch {
	case r.URL.Path == "/messages":
		writeJSON(w, http.StatusOK, s.Messages())
	case r.URL.Path == "/calls":
		writeJSON(w, http.StatusOK, s.Calls())
	case r.URL.Path == "/faults" && r.Method == http.MethodPost:
		s.script(w, r)
	case r.URL.Path == "/faults" && r.Method == http.MethodDelete:
		s.Mend()
	case strings.HasPrefix(r.URL.Path, "/services/"):
		s.serve(w, r, "webhook")
	case strings.HasPrefix(r.URL.Path, "/api/"):
		s.serve(w, r, strings.TrimPrefix(r.URL.Path, "/api/"))
	default:
		http.NotFound(w, r)
	}
}

func (s *Slack) script(w http.ResponseWriter, r *http.Request) {
	var faults []Fault
	if err := json.NewDecoder(r.Body).Decode(&faults); err != nil {
		http.Error(w, "faults are a JSON list: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.Fail(faults...)
	w.WriteHeader(http.StatusNoContent)
}

// answer is what a method gives: an error code, or fields beside ok:true.
type answer struct {
	code   string
	notes  []string // what is wrong with the blocks, one a line
	needed string
	after  string // Retry-After, with status 429
	fields map[string]any
}

func refuse(code string, notes ...string) answer { return answer{code: code, notes: notes} }

func (s *Slack) serve(w http.ResponseWriter, r *http.Request, method string) {
	in, err := readArgs(r)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	fault := s.fault(method)
	var a answer
	if fault == nil || fault.Accept {
		a = s.do(method, r, in)
	}
	call := Call{Method: method, At: s.opts.Now(), Error: a.code}
	if fault != nil {
		call.Error = "scripted"
	}
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	s.opts.Log.Info("call", "method", method, "error", call.Error)
	switch {
	case fault != nil && (fault.Hang || fault.Reset || fault.Status != 0 || fault.Code != "" || fault.Body != ""):
		s.fail(w, r, method, *fault)
	case method == "webhook":
		answerHook(w, a)
	default:
		answerAPI(w, a)
	}
}

// fault takes the next scripted failure of the method.
func (s *Slack) fault(method string) *Fault {
	for i, f := range s.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		if f.seen++; f.Every > 1 && f.seen%f.Every != 0 {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return &f.Fault
	}
	return nil
}

func (s *Slack) fail(w http.ResponseWriter, r *http.Request, method string, f Fault) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		return
	case f.Reset:
		reset(w)
		return
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	status := max(f.Status, http.StatusOK)
	switch {
	case f.Body != "":
		w.WriteHeader(status)
		_, _ = io.WriteString(w, f.Body)
	case f.Code != "" && method == "webhook":
		w.WriteHeader(max(status, http.StatusBadRequest))
		_, _ = io.WriteString(w, f.Code)
	case f.Code != "":
		writeJSON(w, status, map[string]any{"ok": false, "error": f.Code})
	default:
		http.Error(w, "<html><body>"+http.StatusText(status)+"</body></html>", status)
	}
}

// reset breaks the connection so that the caller sees neither an answer nor an orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // HTTP/2 cannot; the answer is then empty
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func answerAPI(w http.ResponseWriter, a answer) {
	if a.after != "" {
		w.Header().Set("Retry-After", a.after)
		writeJSON(w, http.StatusTooManyRequests, map[string]any{"ok": false, "error": "ratelimited"})
		return
	}
	out := map[string]any{"ok": a.code == ""}
	if a.code != "" {
		out["error"] = a.code
		if len(a.notes) > 0 {
			out["response_metadata"] = map[string]any{"messages": a.notes}
		}
		if a.needed != "" {
			out["needed"], out["provided"] = a.needed, "chat:write"
		}
	}
	maps.Copy(out, a.fields)
	writeJSON(w, http.StatusOK, out)
}

// answerHook speaks as webhooks do: the word ok, or a status and a code in plain text.
func answerHook(w http.ResponseWriter, a answer) {
	status := http.StatusOK
	switch a.code {
	case "":
		a.code = "ok"
	case "rate_limited":
		w.Header().Set("Retry-After", a.after)
		status = http.StatusTooManyRequests
	case "invalid_token", "action_prohibited":
		status = http.StatusForbidden
	case "no_service", "channel_not_found":
		status = http.StatusNotFound
	case "channel_is_archived":
		status = http.StatusGone
	default:
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, a.code)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // a caller that has gone is no fault of ours
}

// args are a call's arguments, from a form or from JSON.
type args map[string]string

func readArgs(r *http.Request) (args, error) {
	in := args{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		var fields map[string]json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&fields); err != nil {
			return args{"payload": "broken"}, nil //nolint:nilerr // the method answers invalid_payload
		}
		for k, v := range fields {
			var s string
			if json.Unmarshal(v, &s) != nil {
				s = string(v)
			}
			in[k] = s
		}
	} else {
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
		for k := range r.Form {
			in[k] = r.Form.Get(k)
		}
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		in["token"] = token
	}
	return in, nil
}

func (s *Slack) do(method string, r *http.Request, in args) answer {
	if method == "webhook" {
		return s.hook(r, in)
	}
	switch {
	case in["token"] == "":
		return refuse("not_authed")
	case in["token"] != s.opts.Token:
		return refuse("invalid_auth")
	}
	switch method {
	case "auth.test":
		return answer{fields: map[string]any{
			"url": "https://fake.slack.com/", "team": "Fake", "user": "monitor", "team_id": "T0FAKE", "user_id": "U0FAKE", "bot_id": "B0FAKE",
		}}
	case "chat.postMessage":
		return s.post(in)
	case "chat.update":
		return s.update(in)
	case "chat.getPermalink":
		return s.permalink(in)
	case "conversations.list":
		return s.list()
	case "conversations.history", "conversations.replies":
		return s.history(in, method == "conversations.replies")
	default:
		return refuse("unknown_method")
	}
}

// channel finds a channel by id, and by name where Slack takes names: to post, not to read or edit.
func (s *Slack) channel(ref string, names bool) (Channel, string) {
	if ref == "" {
		return Channel{}, "channel_not_found"
	}
	for _, c := range s.opts.Channels {
		if ref != c.ID && !(names && strings.TrimPrefix(ref, "#") == c.Name) {
			continue
		}
		switch {
		case c.Archived:
			return c, "is_archived"
		case c.Outside:
			return c, "not_in_channel"
		}
		return c, ""
	}
	return Channel{}, "channel_not_found"
}

func (s *Slack) post(in args) answer {
	c, code := s.channel(in["channel"], true)
	if code != "" {
		return refuse(code)
	}
	if a := check(in); a.code != "" {
		return a
	}
	if thread := in["thread_ts"]; thread != "" && s.find(c.ID, thread) == nil {
		return refuse("thread_not_found")
	}
	if wait := s.limit(c.ID); wait != "" {
		return answer{code: "ratelimited", after: wait}
	}
	m := s.keep(c, in)
	return answer{fields: map[string]any{"channel": c.ID, "ts": m.TS, "message": *m}}
}

func (s *Slack) keep(c Channel, in args) *Message {
	m := &Message{
		Channel: c.ID, TS: s.nextStamp(), ThreadTS: in["thread_ts"], Loud: in["reply_broadcast"] == "true", Text: in["text"],
		Unfurl: in["unfurl_links"] != "false" || in["unfurl_media"] != "false",
	}
	m.Blocks, m.Metadata = raw(in["blocks"]), raw(in["metadata"])
	s.messages = append(s.messages, m)
	return m
}

func raw(s string) json.RawMessage {
	if s == "" || s == "[]" || s == "null" {
		return nil
	}
	return json.RawMessage(s)
}

// nextStamp is unique in the whole fake and rises, as Slack's does in a channel.
func (s *Slack) nextStamp() string {
	s.stamp = max(s.opts.Now().UnixMicro(), s.stamp+1)
	return fmt.Sprintf("%d.%06d", s.stamp/1e6, s.stamp%1e6)
}

// limit takes one message a second a channel; a twentieth early is forgiven, since clocks and networks jitter.
func (s *Slack) limit(channel string) (retryAfter string) {
	now := s.opts.Now()
	if s.opts.Limited && now.Sub(s.last[channel]) < 950*time.Millisecond {
		return "1"
	}
	s.last[channel] = now
	return ""
}

func (s *Slack) find(channel, ts string) *Message {
	for _, m := range s.messages {
		if m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

func (s *Slack) update(in args) answer {
	c, code := s.channel(in["channel"], false)
	if code != "" {
		return refuse(code)
	}
	m := s.find(c.ID, in["ts"])
	if m == nil || m.Webhook {
		return refuse("message_not_found")
	}
	if a := check(in); a.code != "" {
		return a
	}
	if old := idsOf(m.Blocks); len(old) > 0 {
		for _, id := range idsOf(raw(in["blocks"])) {
			if slices.Contains(old, id) {
				return refuse("invalid_blocks", fmt.Sprintf("[ERROR] block_id %q was in the message before", id))
			}
		}
	}
	m.Text, m.Edits = in["text"], m.Edits+1
	if _, given := in["blocks"]; given {
		m.Blocks = raw(in["blocks"])
	}
	if meta := raw(in["metadata"]); meta != nil {
		m.Metadata = meta
	}
	return answer{fields: map[string]any{"channel": c.ID, "ts": m.TS, "text": m.Text, "message": *m}}
}

func (s *Slack) permalink(in args) answer {
	c, code := s.channel(in["channel"], false)
	if code != "" {
		return refuse(code)
	}
	if s.find(c.ID, in["message_ts"]) == nil {
		return refuse("message_not_found")
	}
	link := "https://fake.slack.com/archives/" + c.ID + "/p" + strings.ReplaceAll(in["message_ts"], ".", "")
	return answer{fields: map[string]any{"channel": c.ID, "permalink": link}}
}

func (s *Slack) list() answer {
	if s.opts.NoScopes {
		return answer{code: "missing_scope", needed: "channels:read"}
	}
	channels := []map[string]any{}
	for _, c := range s.opts.Channels {
		channels = append(channels, map[string]any{"id": c.ID, "name": c.Name, "is_channel": true, "is_member": !c.Outside})
	}
	return answer{fields: map[string]any{"channels": channels, "response_metadata": map[string]any{"next_cursor": ""}}}
}

// history is a channel's messages, newest first, or a thread's, oldest first, by pages.
func (s *Slack) history(in args, thread bool) answer {
	if s.opts.NoScopes {
		return answer{code: "missing_scope", needed: "channels:history"}
	}
	c, code := s.channel(in["channel"], false)
	if code != "" {
		return refuse(code)
	}
	if thread && s.find(c.ID, in["ts"]) == nil {
		return refuse("thread_not_found")
	}
	var found []map[string]any
	for _, m := range s.messages {
		inThread := m.ThreadTS == in["ts"] || m.TS == in["ts"]
		inChannel := m.ThreadTS == "" || m.Loud
		if m.Channel != c.ID || (thread && !inThread) || (!thread && !inChannel) || !within(m.TS, in) {
			continue
		}
		found = append(found, entry(m, in["include_all_metadata"] == "1" || in["include_all_metadata"] == "true"))
	}
	if !thread {
		slices.Reverse(found)
	}
	return page(found, in)
}

// within holds a stamp against oldest and latest. Stamps of one length sort as text.
func within(ts string, in args) bool {
	inclusive := in["inclusive"] == "1" || in["inclusive"] == "true"
	after := in["oldest"] == "" || ts > in["oldest"] || inclusive && ts == in["oldest"]
	before := in["latest"] == "" || ts < in["latest"] || inclusive && ts == in["latest"]
	return after && before
}

func entry(m *Message, metadata bool) map[string]any {
	e := map[string]any{"type": "message", "ts": m.TS, "text": m.Text, "bot_id": "B0FAKE"}
	if m.ThreadTS != "" {
		e["thread_ts"] = m.ThreadTS
	}
	if m.Blocks != nil {
		e["blocks"] = m.Blocks
	}
	if metadata && m.Metadata != nil {
		e["metadata"] = m.Metadata
	}
	return e
}

func page(found []map[string]any, in args) answer {
	limit, err := strconv.Atoi(in["limit"])
	if err != nil || limit <= 0 || limit > 999 {
		limit = 100
	}
	from, err := strconv.Atoi(in["cursor"])
	if in["cursor"] != "" && (err != nil || from < 0 || from > len(found)) {
		return refuse("invalid_cursor")
	}
	to, next := min(from+limit, len(found)), ""
	if to < len(found) {
		next = strconv.Itoa(to)
	}
	msgs := found[from:to]
	if msgs == nil {
		msgs = []map[string]any{}
	}
	return answer{fields: map[string]any{
		"messages": msgs, "has_more": next != "", "response_metadata": map[string]any{"next_cursor": next},
	}}
}

func (s *Slack) hook(r *http.Request, in args) answer {
	c := s.opts.Channels[0]
	switch {
	case r.URL.Path != s.opts.Hook:
		return refuse("no_service")
	case r.Method != http.MethodPost || in["payload"] == "broken":
		return refuse("invalid_payload")
	case c.Archived:
		return refuse("channel_is_archived")
	}
	if a := check(in); a.code != "" {
		return a
	}
	if wait := s.limit(c.ID); wait != "" {
		return answer{code: "rate_limited", after: wait}
	}
	delete(in, "metadata") // a webhook has none
	s.keep(c, in).Webhook = true
	return answer{}
}
