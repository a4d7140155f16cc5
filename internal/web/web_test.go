package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func get(t *testing.T, address string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

func TestHealthz(t *testing.T) {
	for _, tt := range []struct {
		name   string
		health Health
		code   int
		status string
	}{
		{"well", Health{Well: true, Sources: 3}, http.StatusOK, "ok"},
		{"something to mend", Health{Well: true, Problems: []Problem{{"source one", "status 404"}}}, http.StatusOK, "degraded"},
		{"cannot work", Health{Problems: []Problem{{"database", "full"}}}, http.StatusServiceUnavailable, "failing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Start(t.Context(), "127.0.0.1:0", func(context.Context) Health { return tt.health }, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			code, body := get(t, "http://"+s.Addr()+"/healthz")
			if code != tt.code || body["status"] != tt.status {
				t.Errorf("got %d and %v, want %d and %q", code, body, tt.code, tt.status)
			}
			if problems, ok := body["problems"].([]any); !ok || len(problems) != len(tt.health.Problems) {
				t.Errorf("got problems %v, want %v", body["problems"], tt.health.Problems)
			}
		})
	}
}

func TestStart(t *testing.T) {
	none, err := Start(t.Context(), "", nil, nil)
	if err != nil || none.Addr() != "" {
		t.Errorf("got %q and %v, want nothing served", none.Addr(), err)
	}
	none.Close()
	log := slog.New(slog.DiscardHandler)
	s, err := Start(t.Context(), "127.0.0.1:0", nil, log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Start(t.Context(), s.Addr(), nil, log); err == nil || !strings.Contains(err.Error(), "cannot listen on "+s.Addr()) {
		t.Errorf("got %v, want an error that names the address", err)
	}
}
