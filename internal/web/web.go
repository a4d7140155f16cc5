// Package web serves the program's own pages. There is one so far: /healthz, for
// those who watch the watcher.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Health is the daemon's state.
type Health struct {
	Well     bool      `json:"-"` // it does its work, whatever the problems
	Since    time.Time `json:"since,omitzero"`
	Sources  int       `json:"sources"`
	Failing  int       `json:"failing"`
	Problems []Problem `json:"problems"`
}

// Problem is something that a person should mend.
type Problem struct {
	Part string `json:"part"`
	What string `json:"what"`
}

// Add adds a problem.
func (h *Health) Add(part, what string) { h.Problems = append(h.Problems, Problem{part, what}) }

// Status is the state in one word: ok; degraded, when something should be mended;
// failing, when the daemon cannot do its work.
func (h *Health) Status() string {
	switch {
	case !h.Well:
		return "failing"
	case len(h.Problems) > 0:
		return "degraded"
	default:
		return "ok"
	}
}

// ErrListen comes when the address cannot be listened on, as when another program does.
var ErrListen = errors.New("web: cannot listen")

// Times of the server. What it serves is short.
const (
	readTime  = 5 * time.Second
	writeTime = 15 * time.Second
	idleTime  = time.Minute
	closeTime = 2 * time.Second
)

// Server is a running web server; nil is one that serves nothing.
type Server struct {
	http *http.Server
	addr net.Addr
	done chan struct{}
}

// Start listens on host:port and serves in the background; an empty address
// serves nothing.
func Start(ctx context.Context, listen string, check func(context.Context) Health, log *slog.Logger) (*Server, error) {
	if listen == "" {
		return nil, nil //nolint:nilnil // a nil Server serves nothing
	}
	var l net.ListenConfig
	ln, err := l.Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", ErrListen, listen, cause(err))
	}
	s := &Server{
		http: &http.Server{Handler: Handler(check), ReadHeaderTimeout: readTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: 16 << 10},
		addr: ln.Addr(), done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("web server ended", "error", err)
		}
	}()
	log.InfoContext(ctx, "serving health", "address", "http://"+s.addr.String()+"/healthz")
	return s, nil
}

// cause leaves out the address that net puts into its errors; ours name it already.
func cause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// Addr is where the server listens; "" when it serves nothing.
func (s *Server) Addr() string {
	if s == nil {
		return ""
	}
	return s.addr.String()
}

// Close ends the server, after the answers under way.
func (s *Server) Close() {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // an answer that takes too long is cut off
	}
	<-s.done
}

// Handler answers /healthz: 200 while the daemon does its work, 503 when it
// cannot, and in either case what is wrong.
func Handler(check func(context.Context) Health) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		h := check(r.Context())
		if h.Problems == nil {
			h.Problems = []Problem{}
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !h.Well {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(struct { // who asked has gone, if it fails
			Status string `json:"status"`
			Health
		}{h.Status(), h})
	})
	return mux
}
