package app

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"monitor/config"
	"monitor/internal/notify/slack/slackfake"
)

// A test message right after an alert waits as Slack asks, and no longer than it is worth.
func TestSendTestWaits(t *testing.T) {
	for _, test := range []struct {
		ask  string
		sent int
	}{{"1", 1}, {"600", 0}} {
		fake := slackfake.New(slackfake.Options{})
		server := httptest.NewServer(fake)
		fake.Fail(slackfake.Fault{Method: "webhook", Status: 429, RetryAfter: test.ask})
		file := filepath.Join(t.TempDir(), "monitor.yaml")
		hook := server.URL + "/services/T0FAKE/B0FAKE/hook"
		if err := os.WriteFile(file, []byte("notify: {slack: {webhook: \""+hook+"\"}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = SendTest(t.Context(), cfg, Options{Patience: 2 * time.Second})
		if got := len(fake.Messages()); got != test.sent || (err == nil) != (test.sent == 1) {
			t.Errorf("asked to wait %s s: got %d messages and error %v, want %d messages", test.ask, got, err, test.sent)
		}
		server.Close()
		fake.Close()
	}
}
