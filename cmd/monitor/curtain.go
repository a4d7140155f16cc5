package main

import (
	"bytes"
	"io"
	"net/url"
	"sync"

	"monitor/config"
)

// curtain keeps the configuration's secrets out of what is written through it. No
// part of the program shows them; this is for the day when one does, by way of
// somebody else's error.
type curtain struct {
	mu     sync.Mutex
	w      io.Writer
	hidden [][]byte
}

// shortest is the length below which a secret is a common word, or a test's.
const shortest = 6

// hide adds a configuration's secrets.
func (c *curtain) hide(cfg *config.Config) {
	var words []string
	if s := cfg.Notify.Slack; s != nil {
		words = append(words, s.Token.Reveal(), s.Webhook.Reveal())
		if u, err := url.Parse(s.Webhook.Reveal()); err == nil {
			words = append(words, u.EscapedPath())
		}
	}
	addresses := []string{cfg.Database.Reveal()}
	for _, src := range cfg.Sources {
		addresses = append(addresses, src.URL)
	}
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok {
				words = append(words, password, url.QueryEscape(password))
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range words {
		if len(w) >= shortest {
			c.hidden = append(c.hidden, []byte(w))
		}
	}
}

// Write writes p with every secret replaced. Loggers and messages write a line at
// a time, so that no secret is cut in two.
func (c *curtain) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown := p
	for _, h := range c.hidden {
		shown = bytes.ReplaceAll(shown, h, []byte("[redacted]"))
	}
	if _, err := c.w.Write(shown); err != nil {
		return 0, err
	}
	return len(p), nil
}
