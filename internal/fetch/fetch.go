// Package fetch turns the address of a source into entries.
//
// One poll is one polite, safe, conditional visit. Polite: one request at a time
// to a host and a gap between two, robots.txt, our name in User-Agent. Safe: the
// address is checked when it is dialled, so that neither a redirect nor a DNS
// answer reaches a private network; decoded bytes, entries, redirects and time are
// bounded. Conditional: validators go back byte for byte, and a body that is the
// same as last time is not read again.
//
// Feeds are read by gofeed, pages by goquery. What comes back is what was
// published, as HTML in UTF-8; finding claims in it is not this package's business.
//
// Errors are sentences for the person who keeps the sources: each names the
// address and, where we know it, what to do. None carries a password or token of
// an address.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"monitor/internal/feed"
	"monitor/internal/fetch/article"
)

// Options are what a Fetcher needs to know. The zero Options work.
type Options struct {
	UserAgent    string            // default names the program and its version
	Contact      string            // goes into User-Agent, so that a server's keeper can write to us
	Version      string            // of the program, for the default User-Agent
	Timeout      time.Duration     // for one visit, redirects and body included; default 30s
	MaxBody      int64             // decoded bytes; default 10 MiB
	MaxItems     int               // entries of one feed or page; default 2000
	PerHost      time.Duration     // least time between two requests to one host; 0: none, still one at a time
	Robots       bool              // heed robots.txt (RFC 9309)
	AllowPrivate []netip.Prefix    // networks that may be reached besides the public Internet
	Now          func() time.Time  // dates captures and Retry-After; default time.Now
	Transport    http.RoundTripper // for tests; the default checks every address that it dials
	Log          *slog.Logger      // default: none

	// Held is told of each host that asks to be left alone, so that the next run can know.
	Held func(host string, until time.Time)
}

// Fetcher visits sources. It is safe for concurrent use; hosts are paced across all visits.
type Fetcher struct {
	agent     string
	timeout   time.Duration
	maxBody   int64
	maxItems  int
	private   []netip.Prefix
	now       func() time.Time
	transport http.RoundTripper
	log       *slog.Logger
	pace      *pacer
	holds     holds
	robots    *robotsCache // nil: not heeded
	bodies    sync.Pool    // *bytes.Buffer
}

// New returns a Fetcher. Close frees its idle connections.
func New(o Options) *Fetcher {
	f := &Fetcher{
		agent: agent(o), timeout: o.Timeout, maxBody: o.MaxBody, maxItems: o.MaxItems,
		private: o.AllowPrivate, now: o.Now, transport: o.Transport, log: o.Log, pace: newPacer(o.PerHost),
	}
	if f.timeout <= 0 {
		f.timeout = 30 * time.Second
	}
	if f.maxBody <= 0 {
		f.maxBody = 10 << 20
	}
	if f.maxItems <= 0 {
		f.maxItems = 2000
	}
	if f.now == nil {
		f.now = time.Now
	}
	if f.transport == nil {
		f.transport = newTransport(o.AllowPrivate)
	}
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	if o.Robots {
		f.robots = newRobotsCache(f.agent)
	}
	f.holds.tell = o.Held
	f.bodies.New = func() any { return new(bytes.Buffer) }
	return f
}

// Close frees idle connections. Visits under way are not ended.
func (f *Fetcher) Close() {
	if t, ok := f.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// agent is the User-Agent: the configured one or the program's, with the contact.
func agent(o Options) string {
	ua := o.UserAgent
	if ua == "" {
		ua = "monitor"
		if o.Version != "" {
			ua += "/" + o.Version
		}
	}
	if o.Contact != "" {
		ua += " (+" + o.Contact + ")"
	}
	return ua
}

// Result is what one visit to a source gave.
type Result struct {
	Unchanged  bool            // nothing new since the validators' visit; Entries is empty
	Validators feed.Validators // to be stored together with the entries; empty when the next visit must ask for everything
	Entries    []feed.Entry    // in the order of the feed or page
	Truncated  bool            // not everything that was published is in Entries
	Why        string          // in words, why Truncated
	MovedTo    string          // the address that the server says is the source's from now on
	RetryAfter time.Time       // the server asks not to come back before; zero when it does not
	Links      []string        // feeds that a page advertises
	FreshUntil time.Time       // the server says that nothing new comes before; zero when it does not
	Asks       *Asks           // what the feed asks of its readers; nil when it was not read
	CertStart  time.Time       // from when the certificate of the server holds; zero without one
	CertEnd    time.Time       // and until when
}

// Poll visits a source once. With validators of an earlier visit it asks for changes only.
func (f *Fetcher) Poll(ctx context.Context, src feed.Source, v feed.Validators) (Result, error) {
	u, err := parseURL(src.URL)
	if err != nil {
		return Result{}, err
	}
	if err := checkSelectors(src); err != nil {
		return Result{}, err
	}
	settings := settingsOf(src)
	if !settings.made(v) { // read with other settings: everything is asked for again
		v = feed.Validators{}
	}
	buf := f.buffer()
	defer f.release(buf)
	doc, err := f.get(ctx, u, accept(src.Kind), v, buf)
	if err != nil {
		return Result{}, err
	}
	res := Result{MovedTo: doc.movedTo, RetryAfter: doc.retryAfter, FreshUntil: doc.freshUntil, CertStart: doc.certStart, CertEnd: doc.certEnd}
	res.Validators = feed.Validators{ETag: doc.etag, LastModified: doc.lastModified, Fingerprint: v.Fingerprint}
	if doc.notModified {
		keepValidators(&res.Validators, v)
		res.Unchanged = true
		return res, nil
	}
	res.Validators.Fingerprint = settings.fingerprint(doc.body)
	if sameBody(res.Validators.Fingerprint, v.Fingerprint) && doc.cut == nil {
		res.Unchanged, res.Validators.Fingerprint = true, v.Fingerprint
		return res, nil
	}
	doc.seen = itemsOf(v.Fingerprint)
	if err := f.read(src, doc, &res); err != nil {
		return Result{}, err
	}
	if doc.cut != nil { // what is missing must come with the next visit
		res.Validators = feed.Validators{}
		res.Truncated, res.Why = true, "the document ended early: "+doc.cut.Error()
		return res, nil
	}
	res.Validators.Fingerprint += doc.items
	return res, nil
}

// read fills the result's entries from the document, by the kind of the source.
func (f *Fetcher) read(src feed.Source, doc *document, res *Result) error {
	captured := f.now()
	var err error
	if src.Kind == feed.Feed {
		err = f.readFeed(src, doc, captured, res)
	} else {
		err = f.readPage(src, doc, captured, res)
	}
	return err
}

// keepValidators puts back what a 304 left out: a server that repeats neither
// header still means the ones it sent with the body.
func keepValidators(v *feed.Validators, old feed.Validators) {
	if v.ETag == "" {
		v.ETag = old.ETag
	}
	if v.LastModified == "" {
		v.LastModified = old.LastModified
	}
}

// Article follows an entry's link and returns the entry with the page as its
// version. Title, author, language and date are filled in from the page where
// the entry has none. When the source's selector matches nothing on the page, the
// error wraps ErrNoMatch and the entry is returned all the same.
func (f *Fetcher) Article(ctx context.Context, src feed.Source, e feed.Entry) (feed.Entry, error) {
	if e.URL == "" {
		return e, errors.New("the entry has no link to follow")
	}
	u, err := parseURL(e.URL)
	if err != nil {
		return e, err
	}
	if u.Scheme == "file" && !isFile(src.URL) {
		return e, refused(u, "a source on the web may not lead to a local file")
	}
	buf := f.buffer()
	defer f.release(buf)
	doc, err := f.get(ctx, u, accept(feed.Page), feed.Validators{}, buf)
	if err != nil {
		return e, err
	}
	if doc.cut != nil {
		// Half an article would look as if its figures had been taken back.
		return e, cutError(doc.url, doc.cut)
	}
	page, err := doc.page()
	if err != nil {
		return e, err
	}
	about, err := article.Describe(page, src.Select)
	if errors.Is(err, article.ErrBarrier) { // what it says of itself is not the article's
		return e, pageError(doc.url, err)
	}
	e.Version = feed.Version{HTML: page, Page: true, Select: src.Select, Captured: f.now(), Truncated: about.Stub}
	e.URL = ownAddress(e.URL, about.Canonical, doc.url)
	describe(&e, about)
	if err != nil {
		return e, pageError(doc.url, err)
	}
	return e, nil
}

// describe fills what an entry lacks from what its page says of itself.
func describe(e *feed.Entry, about article.Article) {
	if e.Title == "" {
		e.Title = about.Title
	}
	if e.Author == "" {
		e.Author = about.Byline
	}
	if e.Lang == "" {
		e.Lang = about.Lang
	}
	if e.Published.IsZero() {
		e.Published = about.Published
	}
}

func (f *Fetcher) buffer() *bytes.Buffer {
	return f.bodies.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
}

// release gives a buffer back, unless a rare big body has made it one to forget.
func (f *Fetcher) release(b *bytes.Buffer) {
	if b.Cap() > 1<<20 {
		return
	}
	b.Reset()
	f.bodies.Put(b)
}

// accept is the Accept header for a kind of source.
func accept(k feed.Kind) string {
	if k == feed.Feed {
		return "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
	}
	return "text/html, application/xhtml+xml, */*;q=0.5"
}

// document is one answer, decoded from its transfer but not yet from its charset.
type document struct {
	url          *url.URL // where it came from in the end
	contentType  string
	body         []byte // valid until the visit ends
	notModified  bool
	etag         string
	lastModified string
	movedTo      string
	retryAfter   time.Time
	freshUntil   time.Time
	certStart    time.Time
	certEnd      time.Time
	cut          error // the body ended early; what came is in body

	seen  itemSet // the items of the feed as it was read last; nil: all are new
	items string  // those of this time, for the fingerprint; "" when they cannot be told apart
}
