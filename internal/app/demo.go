package app

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"monitor/config"
	"monitor/testdata/feeds"
)

// DemoConfig is the built-in configuration with the sample sources in place of the
// real ones, served on loopback until stop is called.
func DemoConfig(ctx context.Context) (cfg *config.Config, stop func(), err error) {
	var l net.ListenConfig
	ln, err := l.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: http.FileServerFS(feeds.FS()), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(ln) // until it is closed
	}()
	cfg = config.Builtin()
	cfg.Sources = nil
	for _, src := range feeds.Sources() {
		src.URL = "http://" + ln.Addr().String() + "/" + src.URL
		src.Schedule, src.Timezone = cfg.Schedule, cfg.Timezone
		cfg.Sources = append(cfg.Sources, src)
	}
	cfg.Fetch.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	cfg.Fetch.PerHost, cfg.Fetch.Robots = 0, false
	cfg.Notify.DigestAbove, cfg.Notify.Slack = 0, nil
	return cfg, func() { _ = server.Close(); <-ended }, nil
}
