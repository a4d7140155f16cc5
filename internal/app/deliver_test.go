package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
	"monitor/internal/notify/slack"
	"monitor/internal/notify/slack/slackfake"
)

// shelf is an outbox in memory, as strict as the ledger's.
type shelf struct {
	mu       sync.Mutex
	alerts   []*notify.Alert
	attempts map[int64]int
	held     map[int64]bool
	receipts []notify.Receipt
	fail     error // of the next Due
}

func newShelf(n int, made time.Time) *shelf {
	s := &shelf{attempts: map[int64]int{}, held: map[int64]bool{}}
	for i := range n {
		s.add(int64(i+1), detect.New, made)
	}
	return s
}

func record(id int64, outlet string) detect.Record {
	c := claim.Claim{
		Bounds: claim.Bounds{Low: claim.Count(1000 + id), High: claim.Count(1000 + id)}, Qualifier: claim.About, Unit: claim.Troops,
		Measure: claim.Deployed, Mode: claim.Actual, Claimant: "kr-nis", AsOf: claim.NewDate(2024, 10, 18), Topic: "t",
		Sentence: fmt.Sprintf("%s says in its own words that about %d men were sent.", outlet, 1000+id), Quote: "about",
	}
	return detect.Record{ID: id, Claim: c, Source: outlet, Outlet: outlet, URL: "https://a.example/" + outlet}
}

func (s *shelf) add(id int64, k detect.Kind, made time.Time) {
	r := record(id, "AP")
	s.alerts = append(s.alerts, &notify.Alert{
		ID: id, Route: "slack", Findings: []detect.Finding{{ID: id, Kind: k, Record: r}}, Reports: []detect.Record{r},
		Revision: 1, Created: made, Due: made,
	})
}

// join adds a report to a told story, as a finding when it has a kind.
func (s *shelf) join(id int64, outlet string, k detect.Kind) {
	a := s.alerts[id-1]
	r := record(id, outlet)
	r.ID = id*1000 + int64(len(a.Reports))
	a.Reports = append(a.Reports, r)
	if k != "" {
		a.Findings = append(a.Findings, detect.Finding{ID: r.ID, Kind: k, Record: r})
	}
	a.Revision++
}

func (s *shelf) Due(_ context.Context, route string, now time.Time) ([]notify.Alert, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fail; err != nil {
		s.fail = nil
		return nil, err
	}
	var due []notify.Alert
	for _, a := range s.alerts {
		if a.Route == route && a.Revision > a.Posted && !s.held[a.ID] && !a.Due.After(now) {
			due = append(due, *a)
		}
	}
	return due, nil
}

func (s *shelf) Begin(_ context.Context, r notify.Receipt) (notify.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.receipts {
		if old.Key == r.Key && (old.State == notify.Sending || old.State == notify.Sent) {
			return r, fmt.Errorf("receipt %s is %s: %w", r.Key, old.State, notify.ErrTaken)
		}
	}
	for _, id := range r.Alerts {
		if s.held[id] {
			return r, notify.ErrTaken
		}
	}
	for _, id := range r.Alerts {
		s.held[id] = true
		s.attempts[id]++
		r.Attempt = max(r.Attempt, s.attempts[id])
	}
	r.ID, r.State = int64(len(s.receipts)+1), notify.Sending
	s.receipts = append(s.receipts, r)
	return r, nil
}

func (s *shelf) Finish(_ context.Context, r notify.Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receipts[r.ID-1].State != notify.Sending {
		return fmt.Errorf("receipt %d is finished", r.ID)
	}
	s.receipts[r.ID-1] = r
	for i, id := range r.Alerts {
		a := s.alerts[id-1]
		delete(s.held, id)
		if r.State != notify.Sent {
			a.Due = r.NotBefore
			continue
		}
		a.Posted, s.attempts[id] = r.Revisions[i], 0
		if r.Step == notify.Post {
			a.Handle = r.Handle
		}
	}
	return nil
}

func (s *shelf) Unfinished(_ context.Context, route string) ([]notify.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []notify.Receipt
	for _, r := range s.receipts {
		if r.Route == route && r.State == notify.Sending {
			left = append(left, r)
		}
	}
	return left, nil
}

func (s *shelf) states() []string {
	var out []string
	for _, r := range s.receipts {
		out = append(out, string(r.Step)+" "+string(r.State))
	}
	return out
}

func (s *shelf) unsent() (n int) {
	for _, a := range s.alerts {
		if a.Revision > a.Posted {
			n++
		}
	}
	return n
}

// clock is a time that passes only while something waits.
type clock struct {
	mu     sync.Mutex // a call that was given up may still read it
	t      time.Time
	waited time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t, c.waited = c.t.Add(d), c.waited+d
	return ctx.Err()
}

// scene is a shelf, a clock and a fake Slack.
type scene struct {
	*shelf
	*clock
	fake     *slackfake.Slack
	notifier *slack.Notifier
	opts     deliverOptions
}

func newScene(t *testing.T, alerts int, o slackfake.Options, webhook bool) *scene {
	t.Helper()
	s := &scene{clock: &clock{t: time.Date(2024, 11, 3, 3, 0, 0, 0, time.UTC)}}
	s.shelf = newShelf(alerts, s.t)
	o.Now = s.now
	s.fake = slackfake.New(o)
	server := httptest.NewServer(s.fake)
	t.Cleanup(func() { s.fake.Close(); server.Close() })
	so := slack.Options{Token: "xoxb-fake", Channel: "#troop-figures", APIURL: server.URL + "/api/", Rate: 1e6, HTTPClient: &http.Client{Timeout: 200 * time.Millisecond}}
	if webhook {
		so = slack.Options{Webhook: server.URL + "/services/T0FAKE/B0FAKE/hook", Rate: 1e6, HTTPClient: so.HTTPClient}
	}
	n, err := slack.New(so)
	if err != nil {
		t.Fatal(err)
	}
	s.notifier = n
	s.opts = deliverOptions{
		Wording: notify.Wording{
			Name:   func(claim.Claimant) string { return "South Korea's NIS" },
			People: func(string, claim.Unit) string { return "North Korean soldiers" },
		},
		DigestAbove: 10, Now: s.now, Wait: s.wait,
	}
	return s
}

func (s *scene) deliver(t *testing.T) (int, error) {
	t.Helper()
	return deliver(t.Context(), s.shelf, s.notifier, s.opts)
}

// must delivers everything without a fault.
func (s *scene) must(t *testing.T) {
	t.Helper()
	if _, err := s.deliver(t); err != nil {
		t.Fatal(err)
	}
	if n := s.unsent(); n > 0 {
		t.Fatalf("%d alerts unsent: %v", n, s.states())
	}
}

// texts are the messages that stand in the channel, replies indented.
func (s *scene) texts() []string {
	var out []string
	for _, m := range s.fake.Messages() {
		line := m.Text
		if m.ThreadTS != "" {
			line = "  " + line
		}
		out = append(out, line)
	}
	return out
}

func TestDeliverOneMessageAStory(t *testing.T) {
	s := newScene(t, 2, slackfake.Options{}, false)
	if sent, err := s.deliver(t); sent != 2 || err != nil {
		t.Fatalf("got %d, %v", sent, err)
	}
	s.join(1, "Yonhap", "")
	s.must(t)
	s.join(1, "KBS", detect.Conflict)
	s.must(t)
	want := []string{
		"CONFLICT: South Korea's NIS says about 1,001 North Korean soldiers deployed (18 Oct 2024)",
		"NEW: South Korea's NIS says about 1,002 North Korean soldiers deployed (18 Oct 2024), not among the known figures",
		"  Also in Yonhap: South Korea's NIS says about 1,001 North Korean soldiers deployed (18 Oct 2024)",
		"  CONFLICT: South Korea's NIS says about 1,001 North Korean soldiers deployed (18 Oct 2024)",
	}
	if diff := cmp.Diff(s.texts(), want); diff != "" {
		t.Errorf("channel (got -, want +):\n%s", diff)
	}
	if m := s.fake.Messages(); m[0].Edits != 2 || m[2].Loud || !m[3].Loud {
		t.Errorf("got %d edits, loud %t and %t; want 2, and only the graver reply loud", m[0].Edits, m[2].Loud, m[3].Loud)
	}
	if sent, err := s.deliver(t); sent != 0 || err != nil {
		t.Errorf("again: got %d, %v", sent, err)
	}
}

func TestDeliverThroughAWebhookPostsOnce(t *testing.T) {
	s := newScene(t, 1, slackfake.Options{}, true)
	s.must(t)
	s.join(1, "Yonhap", "")
	s.must(t)
	if got := s.texts(); len(got) != 1 {
		t.Errorf("got %q", got)
	}
	s.join(1, "KBS", detect.Conflict)
	s.must(t)
	if got := s.texts(); len(got) != 2 || !strings.HasPrefix(got[1], "CONFLICT") {
		t.Errorf("got %q, want the graver kind told", got)
	}
}

func TestDeliverWaitsAsAsked(t *testing.T) {
	s := newScene(t, 3, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Method: "chat.postMessage", Status: 429, RetryAfter: "30"})
	s.must(t)
	if s.waited != 30*time.Second || len(s.texts()) != 3 {
		t.Errorf("waited %s for %d messages", s.waited, len(s.texts()))
	}
	if diff := cmp.Diff(s.states(), []string{"post retry", "post sent", "post sent", "post sent"}); diff != "" {
		t.Error(diff)
	}
}

func TestDeliverFloodWithEveryTenthCallLimited(t *testing.T) {
	s := newScene(t, 500, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Method: "chat.postMessage", Every: 4, Times: -1, Status: 429, RetryAfter: "1"})
	s.must(t)
	parents := 0
	for _, m := range s.fake.Messages() {
		if m.ThreadTS == "" {
			parents++
		}
	}
	if got := len(s.fake.Messages()); parents != 1 || got != 20 {
		t.Errorf("got %d messages with %d in the channel; want one digest of 20 parts", got, parents)
	}
	told := 0
	for _, m := range s.fake.Messages() {
		told += strings.Count(string(m.Blocks), "says about")
	}
	if told != 500 {
		t.Errorf("%d stories told of 500", told)
	}
	// What was told in a digest has no message: another source is silent, a graver kind is not.
	s.join(1, "Yonhap", "")
	s.must(t)
	s.join(2, "Yonhap", detect.Conflict)
	s.must(t)
	if got := s.fake.Messages(); len(got) != 21 || got[20].ThreadTS != "" {
		t.Errorf("got %d messages", len(got))
	}
}

func TestDeliverFindsWhatArrived(t *testing.T) {
	for name, fault := range map[string]slackfake.Fault{
		"503":   {Method: "chat.postMessage", Status: 503, Accept: true},
		"reset": {Method: "chat.postMessage", Reset: true, Accept: true},
		"hang":  {Method: "chat.postMessage", Hang: true, Accept: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, 1, slackfake.Options{}, false)
			s.fake.Fail(fault)
			s.must(t)
			if got := s.texts(); len(got) != 1 {
				t.Errorf("got %q", got)
			}
			s.join(1, "Yonhap", "")
			s.fake.Fail(fault) // now of the reply
			s.must(t)
			if m := s.fake.Messages(); len(m) != 2 || m[0].Edits != 1 || m[1].ThreadTS != m[0].TS {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestDeliverResendsMarkedWhatDidNotArrive(t *testing.T) {
	for _, tt := range []struct {
		name    string
		o       slackfake.Options
		webhook bool
		accept  bool
		want    int
	}{
		{"history without it", slackfake.Options{}, false, false, 1},
		{"no history", slackfake.Options{NoScopes: true}, false, true, 2},
		{"a webhook", slackfake.Options{}, true, true, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, 1, tt.o, tt.webhook)
			s.fake.Fail(slackfake.Fault{Status: 503, Accept: tt.accept})
			s.must(t)
			got := s.texts()
			if len(got) != tt.want || !strings.HasSuffix(got[len(got)-1], "[possible duplicate]") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// Two uncertain posts in a row where nobody can look: the route rests, and what
// follows is marked. No call is made in between.
func TestDeliverRestsAfterTwoUncertainPosts(t *testing.T) {
	s := newScene(t, 2, slackfake.Options{}, true)
	s.fake.Fail(slackfake.Fault{Status: 503, Times: 2})
	if sent, err := s.deliver(t); sent != 0 || err == nil || len(s.fake.Calls()) != 2 {
		t.Errorf("got %d, %v after %d calls", sent, err, len(s.fake.Calls()))
	}
	if diff := cmp.Diff(s.states(), []string{"post unknown"}); diff != "" {
		t.Error(diff)
	}
	s.fake.Fail(slackfake.Fault{Status: 503, Times: 2})
	c := newCourier(s.shelf, s.notifier, s.opts)
	for range 3 {
		_ = s.wait(t.Context(), c.idle(t.Context()))
		if _, _, err := c.round(t.Context(), s.now()); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.wait(t.Context(), time.Hour)
	if _, _, err := c.round(t.Context(), s.now()); err != nil {
		t.Fatal(err)
	}
	got := s.texts()
	if len(got) != 2 || s.unsent() != 0 {
		t.Fatalf("got %q", got)
	}
	marks := 0
	for _, line := range got {
		if strings.HasSuffix(line, "[possible duplicate]") {
			marks++
		}
	}
	if marks != 1 {
		t.Errorf("got %d marks in %q; want the uncertain one marked, and no other", marks, got)
	}
}

// The second post is refused for certain, but the first may have gone: the third is marked.
func TestDeliverKeepsTheDoubt(t *testing.T) {
	s := newScene(t, 1, slackfake.Options{}, true)
	s.fake.Fail(slackfake.Fault{Status: 503}, slackfake.Fault{Status: 429, RetryAfter: "5"})
	s.must(t)
	if got := s.texts(); len(got) != 1 || strings.Count(got[0], "[possible duplicate]") != 1 {
		t.Errorf("got %q", got)
	}
}

// An outage of a day: nothing is lost, and nothing is sent twice once it ends.
func TestDeliverThroughAnOutage(t *testing.T) {
	s := newScene(t, 5, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Method: "chat.postMessage", Status: 503, Accept: true}, slackfake.Fault{Status: 503, Times: -1})
	c := newCourier(s.shelf, s.notifier, s.opts)
	for end := s.now().Add(24 * time.Hour); s.now().Before(end); {
		if _, _, err := c.round(t.Context(), s.now()); err != nil {
			t.Fatal(err)
		}
		_ = s.wait(t.Context(), c.idle(t.Context()))
	}
	if n := len(s.fake.Calls()); n > 3*24*12+50 {
		t.Errorf("%d calls in a day of outage", n)
	}
	s.fake.Mend()
	s.must(t)
	if got := s.texts(); len(got) != 5 {
		t.Errorf("got %d messages: %q", len(got), got)
	}
}

func TestDeliverGivesUp(t *testing.T) {
	s := newScene(t, 2, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Status: 503, Times: -1})
	sent, err := s.deliver(t)
	if sent != 0 || err == nil || !strings.Contains(err.Error(), "2 alerts unsent") {
		t.Errorf("got %d, %v", sent, err)
	}
	if s.waited > 10*time.Minute {
		t.Errorf("waited %s", s.waited)
	}
	s.fake.Mend()
	s.must(t)
	if got := s.texts(); len(got) != 2 {
		t.Errorf("got %q", got)
	}
}

func TestDeliverStopsForAPerson(t *testing.T) {
	s := newScene(t, 3, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Code: "not_in_channel", Times: -1})
	_, err := s.deliver(t)
	if err == nil || !strings.Contains(err.Error(), "invite the app") || !strings.Contains(err.Error(), "3 alerts unsent") {
		t.Errorf("got %v, want what to mend", err)
	}
	if diff := cmp.Diff(s.states(), []string{"post failed"}); diff != "" || s.waited > 0 {
		t.Errorf("waited %s; %s", s.waited, diff)
	}
	s.fake.Mend()
	s.must(t)
}

func TestDeliverGoesOnAfterOneBadMessage(t *testing.T) {
	s := newScene(t, 3, slackfake.Options{}, false)
	s.fake.Fail(slackfake.Fault{Code: "msg_too_long"})
	sent, err := s.deliver(t)
	if sent != 2 || err == nil || !strings.Contains(err.Error(), "1 alerts unsent") {
		t.Errorf("got %d, %v", sent, err)
	}
	s.must(t) // a later run tries it again
}

func TestDeliverAnewWhenTheMessageIsGone(t *testing.T) {
	s := newScene(t, 2, slackfake.Options{}, false)
	s.must(t)
	for i := range s.alerts {
		s.alerts[i].Handle.Stamp = "1.000001"
	}
	s.join(1, "Yonhap", "")
	s.join(2, "Yonhap", detect.Conflict)
	s.must(t)
	if got := s.texts(); len(got) != 3 || !strings.HasPrefix(got[2], "CONFLICT") {
		t.Errorf("got %q", got)
	}
}

// A crash leaves a receipt as sending, and the message either stands or does not.
func TestDeliverResolvesWhatACrashLeft(t *testing.T) {
	for _, tt := range []struct {
		name     string
		o        slackfake.Options
		webhook  bool
		arrived  bool
		want     int
		doubtful bool
	}{
		{"arrived", slackfake.Options{}, false, true, 1, false},
		{"not arrived", slackfake.Options{}, false, false, 1, false},
		{"nobody can look, arrived", slackfake.Options{NoScopes: true}, false, true, 2, true},
		{"webhook, not arrived", slackfake.Options{}, true, false, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t, 1, tt.o, tt.webhook)
			c := newCourier(s.shelf, s.notifier, s.opts)
			job := notify.Plan([]notify.Alert{*s.alerts[0]}, 0)[0]
			r, err := s.Begin(t.Context(), c.receipt(job))
			if err != nil {
				t.Fatal(err)
			}
			if tt.arrived {
				if _, err := c.post(t.Context(), job, r); err != nil {
					t.Fatal(err)
				}
			}
			s.must(t)
			got := s.texts()
			if len(got) != tt.want || strings.HasSuffix(got[len(got)-1], "[possible duplicate]") != tt.doubtful {
				t.Errorf("got %q", got)
			}
		})
	}
}

// Every step, cut at every call: the same messages once.
func TestDeliverSurvivesACrashAnywhere(t *testing.T) {
	for cut := range 12 {
		s := newScene(t, 1, slackfake.Options{}, false)
		crash := &cutOff{Notifier: s.notifier, left: cut}
		step := func() {
			for range 5 {
				if func() (crashed bool) {
					defer func() { crashed = recover() != nil }()
					if _, err := deliver(t.Context(), s.shelf, crash, s.opts); err != nil {
						t.Fatal(err)
					}
					return false
				}() {
					crash.left = 1 << 30
					continue
				}
				return
			}
		}
		step()
		s.join(1, "Yonhap", "")
		step()
		s.join(1, "KBS", detect.Conflict)
		step()
		if got := s.texts(); len(got) != 3 || strings.Contains(strings.Join(got, ""), "possible") || s.unsent() != 0 {
			t.Errorf("cut at %d: got %q, %v", cut, got, s.states())
		}
	}
}

// cutOff is a notifier in a program that dies before or after a call.
type cutOff struct {
	*slack.Notifier
	left int
}

func (c *cutOff) Send(ctx context.Context, d notify.Delivery) (notify.Handle, error) {
	if c.left--; c.left == 0 {
		panic("crash before")
	}
	h, err := c.Notifier.Send(ctx, d)
	if c.left--; c.left == 0 {
		panic("crash after")
	}
	return h, err
}

func TestDeliverTellsWhenTheHistoryCannotBeAskedNow(t *testing.T) {
	s := newScene(t, 1, slackfake.Options{}, false)
	c := newCourier(s.shelf, s.notifier, s.opts)
	if _, err := s.Begin(t.Context(), c.receipt(notify.Plan([]notify.Alert{*s.alerts[0]}, 0)[0])); err != nil {
		t.Fatal(err)
	}
	s.fake.Fail(slackfake.Fault{Method: "conversations.list", Status: 503, Times: 3})
	s.must(t)
	if got := s.texts(); len(got) != 1 || s.waited == 0 {
		t.Errorf("got %q after %s", got, s.waited)
	}
}

func TestDeliverEndsWithTheContext(t *testing.T) {
	s := newScene(t, 3, slackfake.Options{}, false)
	ctx, cancel := context.WithCancel(t.Context())
	stopper := &stopping{Notifier: s.notifier, stop: cancel}
	sent, err := deliver(ctx, s.shelf, stopper, s.opts)
	if sent != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d, %v; want the post in hand finished and no other", sent, err)
	}
	if diff := cmp.Diff(s.states(), []string{"post sent"}); diff != "" {
		t.Error(diff)
	}
}

type stopping struct {
	*slack.Notifier
	stop func()
}

func (s *stopping) Send(ctx context.Context, d notify.Delivery) (notify.Handle, error) {
	s.stop()
	return s.Notifier.Send(ctx, d)
}

func TestDeliverOutboxFails(t *testing.T) {
	s := newScene(t, 1, slackfake.Options{}, false)
	s.fail = errors.New("database is locked")
	if _, err := s.deliver(t); err == nil || !strings.Contains(err.Error(), "database is locked") {
		t.Errorf("got %v", err)
	}
}

// pile is a notifier that keeps what it gets.
type pile struct {
	mu  sync.Mutex
	got []string
}

func (p *pile) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *pile) Name() string { return "slack" }

func (p *pile) Send(_ context.Context, d notify.Delivery) (notify.Handle, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, d.Message.Fallback)
	return notify.Handle{Channel: "C", Stamp: fmt.Sprint(len(p.got))}, nil
}

func TestKeepDelivering(t *testing.T) {
	opts := newScene(t, 0, slackfake.Options{}, true).opts
	opts.Now, opts.Wait = time.Now, nil
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(1, time.Now().Add(30*time.Second))
		s.fail = errors.New("database is locked")
		p, wake := &pile{}, make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { keepDelivering(ctx, s, p, wake, opts); close(done) }()
		synctest.Wait()
		if len(p.all()) != 0 {
			t.Errorf("told before it was due: %q", p.all())
		}
		<-time.After(40 * time.Second)
		synctest.Wait()
		if len(p.all()) != 1 {
			t.Errorf("got %q", p.all())
		}
		s.mu.Lock()
		s.add(2, detect.Conflict, time.Now())
		s.mu.Unlock()
		wake <- struct{}{}
		synctest.Wait()
		if !slices.ContainsFunc(p.all(), func(s string) bool { return strings.HasPrefix(s, "CONFLICT") }) {
			t.Errorf("got %q", p.all())
		}
		cancel()
		<-done
	})
}
