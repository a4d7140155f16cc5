package fetch

import (
	"context"
	"sync"
	"time"
)

// pacer lets one request at a time go to a host, with a gap between the end of
// one and the start of the next. It counts real time, whatever clock dates the
// captures: it is the server that must not be hurried.
type pacer struct {
	gap   time.Duration
	mu    sync.Mutex
	hosts map[string]*pacedHost
}

type pacedHost struct {
	turn  chan struct{} // holds one token; who takes it may send
	users int           // waiting or sending; guarded by pacer.mu
	next  time.Time     // not before; owned by who holds the token, read under mu when users is 0
}

func newPacer(gap time.Duration) *pacer {
	return &pacer{gap: gap, hosts: map[string]*pacedHost{}}
}

// wait returns when it is our turn at the host. The caller calls done when its
// request has ended; extra lengthens the gap that follows (Crawl-delay).
func (p *pacer) wait(ctx context.Context, host string) (done func(extra time.Duration), err error) {
	h := p.join(host)
	select {
	case <-h.turn:
	case <-ctx.Done():
		p.leave(host, h)
		return nil, ctx.Err()
	}
	if err := sleep(ctx, time.Until(h.next)); err != nil {
		h.turn <- struct{}{}
		p.leave(host, h)
		return nil, err
	}
	return func(extra time.Duration) {
		h.next = time.Now().Add(max(p.gap, extra))
		h.turn <- struct{}{}
		p.leave(host, h)
	}, nil
}

func (p *pacer) join(host string) *pacedHost {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.hosts[host]
	if h == nil {
		p.sweep()
		h = &pacedHost{turn: make(chan struct{}, 1)}
		h.turn <- struct{}{}
		p.hosts[host] = h
	}
	h.users++
	return h
}

func (p *pacer) leave(host string, h *pacedHost) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h.users--
	if h.users == 0 && !h.next.After(time.Now()) {
		delete(p.hosts, host)
	}
}

// sweep forgets hosts that nobody needs any more, when there are many: links lead
// to ever new ones, and the program runs for months.
func (p *pacer) sweep() {
	if len(p.hosts) < 1024 || len(p.hosts)&(len(p.hosts)-1) != 0 {
		return
	}
	now := time.Now()
	for name, h := range p.hosts {
		if h.users == 0 && !h.next.After(now) {
			delete(p.hosts, name)
		}
	}
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
