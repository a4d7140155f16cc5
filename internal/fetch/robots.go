package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	robotsLimit    = 500 << 10 // RFC 9309 asks for that much at least; the rest is not read
	robotsAge      = 24 * time.Hour
	robotsHosts    = 4096 // remembered at most
	maxCrawlDelay  = 30 * time.Second
	robotsRedirect = 5
)

// robotsCache holds the robots.txt of each origin for a day.
type robotsCache struct {
	token string // our product token, by which robots.txt may name us
	mu    sync.Mutex
	files map[string]*robotsFile
}

type robotsFile struct {
	turn  chan struct{} // holds one token; who takes it may fetch
	mu    sync.Mutex
	rules *robots // nil: not fetched yet
	until time.Time
}

func newRobotsCache(agent string) *robotsCache {
	return &robotsCache{token: productToken(agent), files: map[string]*robotsFile{}}
}

// allow says whether the address may be fetched; nil means yes. A server without
// robots.txt allows all; one that is in trouble over it allows nothing for now.
func (c *robotsCache) allow(ctx context.Context, f *Fetcher, u *url.URL) error {
	file := c.file(u, f.now())
	rules := file.current(f.now())
	if rules == nil {
		select {
		case <-file.turn:
		case <-ctx.Done():
			return ctx.Err()
		}
		defer func() { file.turn <- struct{}{} }()
		if rules = file.current(f.now()); rules == nil { // nobody fetched it while we waited
			var err error
			if rules, err = c.fetch(ctx, f, u); err != nil {
				return err
			}
			file.keep(rules, f.now().Add(robotsAge))
		}
	}
	if !rules.allows(u) {
		return refused(u, "the server's robots.txt asks programs like this one not to read it; watch another address of this outlet, or ask its keeper")
	}
	return nil
}

// delay is the Crawl-delay that the host asks us to keep.
func (c *robotsCache) delay(u *url.URL) time.Duration {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	file := c.files[originOf(u)]
	c.mu.Unlock()
	if file == nil {
		return 0
	}
	file.mu.Lock()
	defer file.mu.Unlock()
	if file.rules == nil {
		return 0
	}
	return file.rules.delay
}

func originOf(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

func (c *robotsCache) file(u *url.URL, now time.Time) *robotsFile {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := originOf(u)
	file := c.files[key]
	if file == nil {
		if len(c.files) >= robotsHosts {
			c.sweep(now)
		}
		file = &robotsFile{turn: make(chan struct{}, 1)}
		file.turn <- struct{}{}
		c.files[key] = file
	}
	return file
}

// sweep forgets what is out of date, and all of it when that is not enough: the
// price is a request.
func (c *robotsCache) sweep(now time.Time) {
	for key, file := range c.files {
		if file.current(now) == nil {
			delete(c.files, key)
		}
	}
	if len(c.files) >= robotsHosts {
		clear(c.files)
	}
}

func (r *robotsFile) current(now time.Time) *robots {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.After(r.until) {
		return nil
	}
	return r.rules
}

func (r *robotsFile) keep(rules *robots, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rules, r.until = rules, until
}

// fetch brings and reads the robots.txt of the address's origin.
func (c *robotsCache) fetch(ctx context.Context, f *Fetcher, u *url.URL) (*robots, error) {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	buf := f.buffer()
	defer f.release(buf)
	w := &visit{f: f, origin: at, accept: "text/plain, */*;q=0.5", left: f.timeout, limit: robotsLimit, partial: true, about: u}
	for range robotsRedirect + 1 {
		next, err := w.hop(ctx, at, buf)
		var status *StatusError
		switch {
		case errors.As(err, &status) && status.Code < 500 && status.Code != http.StatusTooManyRequests:
			return &robots{}, nil
		case errors.As(err, &status):
			return nil, fmt.Errorf("%s: %w: its robots.txt could not be read, so nothing is read for now: %w", shown(u), ErrRefused, err)
		case err != nil:
			return nil, err
		case next == nil:
			return parseRobots(decode(w.doc.body, w.doc.contentType), c.token), nil
		}
		at = next
	}
	return &robots{}, nil // RFC 9309 lets us take endless redirects for "no such file"
}

// robots are the rules of one robots.txt that are meant for us.
type robots struct {
	rules []robotsRule
	delay time.Duration
}

type robotsRule struct {
	pattern string
	allow   bool
}

// parseRobots reads a robots.txt leniently, as RFC 9309 asks: groups that name the
// token are merged, and those for everyone count only where none does.
func parseRobots(body []byte, token string) *robots {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(body) > robotsLimit {
		body = body[:robotsLimit]
	}
	var ours, everyones robots
	named := false                // some group is for us
	forUs, forAll := false, false // whom the group in hand is for
	rulesSeen := true             // the next user-agent line opens a new group
	apply := func(do func(*robots)) {
		if forUs {
			do(&ours)
		}
		if forAll {
			do(&everyones)
		}
	}
	for line := range bytes.FieldsFuncSeq(body, func(r rune) bool { return r == '\n' || r == '\r' }) {
		key, value := robotsLine(string(line))
		switch key {
		case "user-agent":
			if rulesSeen {
				forUs, forAll, rulesSeen = false, false, false
			}
			if value == "*" || strings.HasPrefix(value, "* ") {
				forAll = true
			} else if strings.EqualFold(productToken(value), token) {
				forUs, named = true, true
			}
		case "allow", "disallow":
			rulesSeen = true
			if value != "" {
				rule := robotsRule{pattern: normalPath(value), allow: key == "allow"}
				apply(func(r *robots) { r.rules = append(r.rules, rule) })
			}
		case "crawl-delay":
			if d, err := time.ParseDuration(value + "s"); err == nil && d > 0 {
				apply(func(r *robots) { r.delay = min(d, maxCrawlDelay) })
			}
		}
	}
	if named {
		return &ours
	}
	return &everyones
}

// robotsLine splits a line into its key, lower case and spelt right, and its value.
func robotsLine(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	key, value, ok := strings.Cut(line, ":")
	if !ok { // a colon is forgotten now and then
		fields := strings.Fields(line)
		if len(fields) != 2 {
			return "", ""
		}
		key, value = fields[0], fields[1]
	}
	key = strings.ToLower(strings.TrimSpace(key))
	switch key {
	case "useragent", "user agent":
		key = "user-agent"
	case "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
		key = "disallow"
	}
	return key, strings.TrimSpace(value)
}

// productToken is the name at the start of a User-Agent: letters, "_" and "-".
func productToken(agent string) string {
	end := strings.IndexFunc(agent, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
	})
	if end < 0 {
		return agent
	}
	return agent[:end]
}

// allows: the longest rule that matches decides, and among equals the one that allows.
func (r *robots) allows(u *url.URL) bool {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if path == "/robots.txt" {
		return true
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = normalPath(path)
	longest, allowed := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n < longest || n == longest && (allowed || !rule.allow) {
			continue
		}
		if matchPath(rule.pattern, path) || rule.allow && indexOf(rule.pattern, path) {
			longest, allowed = n, rule.allow
		}
	}
	return allowed
}

// indexOf: who allows /dir/index.html allows /dir/ as well.
func indexOf(pattern, path string) bool {
	i := strings.LastIndex(pattern, "/index.htm")
	return i >= 0 && matchPath(pattern[:i+1]+"$", path)
}

// matchPath holds a path against a pattern, in which "*" is anything and a last
// "$" is the end. It takes time in proportion to the path, whatever the pattern.
func matchPath(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	rest := path[len(parts[0]):]
	if len(parts) == 1 {
		return !anchored || rest == ""
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	if anchored {
		return strings.HasSuffix(rest, parts[last])
	}
	return strings.Contains(rest, parts[last])
}

// normalPath writes a path so that equal ones are equal bytes: letters beyond
// ASCII escaped, escapes in capitals, and none where none is needed.
func normalPath(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				if v := byte(hi<<4 | lo); unreserved(v) {
					b.WriteByte(v)
				} else {
					b.Write([]byte{'%', hexDigits[hi], hexDigits[lo]})
				}
				i += 2
				continue
			}
		}
		if c >= 0x80 {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
