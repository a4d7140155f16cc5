package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	sdk "github.com/slack-go/slack"

	"monitor/internal/notify"
)

// This file alone knows the library: its calls, its blocks and its errors.

// The lengths that Slack sets, in characters, and those that we keep to.
const (
	maxText    = 3000  // of a section
	maxContext = 1000  // of one context element; ours is a line
	maxBlocks  = 10000 // of all blocks: Slack refuses somewhat above 13,000
)

// eventType and keyField carry a delivery's key in a message's metadata.
const (
	eventType = "monitor_alert"
	keyField  = "key"
)

type api struct {
	client  *sdk.Client
	http    *http.Client
	webhook string
}

func newAPI(o Options, client *http.Client) *api {
	base := o.APIURL
	if base == "" {
		base = sdk.APIURL
	}
	if !strings.HasSuffix(base, "/") {
		base += "/"
	}
	c := *client
	c.Transport = watch{next: client.Transport}
	// A redirect would carry the message, and the webhook's secret, to another place.
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &api{
		client:  sdk.New(o.Token, sdk.OptionAPIURL(base), sdk.OptionHTTPClient(&c)),
		http:    &c,
		webhook: o.Webhook,
	}
}

// message is what a call sends. With plain set it goes without blocks.
type message struct {
	channel, edit, thread, key string
	loud, plain                bool
	content                    notify.Message
}

func (m message) options() []sdk.MsgOption {
	opts := []sdk.MsgOption{sdk.MsgOptionDisableLinkUnfurl(), sdk.MsgOptionDisableMediaUnfurl()}
	if m.plain {
		opts = append(opts, sdk.MsgOptionText(plainText(m.content), false), sdk.MsgOptionBlocks())
	} else {
		opts = append(opts, sdk.MsgOptionText(escape(m.content.Fallback, maxText), false), sdk.MsgOptionBlocks(blocks(m.content)...))
	}
	if m.edit != "" {
		return append(opts, sdk.MsgOptionUpdate(m.edit)) // keeps the metadata that it has
	}
	opts = append(opts, sdk.MsgOptionMetadata(sdk.SlackMetadata{EventType: eventType, EventPayload: map[string]any{keyField: m.key}}))
	if m.thread != "" {
		opts = append(opts, sdk.MsgOptionTS(m.thread))
		if m.loud {
			opts = append(opts, sdk.MsgOptionBroadcast())
		}
	}
	return opts
}

// send posts or edits, and returns the channel's id and the message's stamp.
func (a *api) send(ctx context.Context, m message) (notify.Handle, error) {
	ctx, w := watched(ctx)
	channel, stamp, _, err := a.client.SendMessageContext(ctx, m.channel, m.options()...)
	if err == nil && stamp == "" {
		err = errors.New("an answer without a message") // ok:false without a code, or another program's JSON
	}
	if err != nil {
		return notify.Handle{}, w.fault(err)
	}
	return notify.Handle{Channel: channel, Stamp: stamp}, nil
}

// A webhook names its error in plain words; a page of HTML is somebody else's.
var webhookCode = regexp.MustCompile(`^[a-z_]{3,60}$`)

// hook posts through the incoming webhook, which answers with the word ok.
func (a *api) hook(ctx context.Context, m message) error {
	ctx, w := watched(ctx)
	no := false
	msg := &sdk.WebhookMessage{UnfurlLinks: &no, UnfurlMedia: &no}
	if m.plain {
		msg.Text = plainText(m.content)
	} else {
		msg.Text = escape(m.content.Fallback, maxText)
		msg.Blocks = &sdk.Blocks{BlockSet: blocks(m.content)}
	}
	err := sdk.PostWebhookCustomHTTPContext(ctx, a.webhook, a.http, msg)
	if err == nil && strings.TrimSpace(w.body) != "ok" {
		err = errors.New("an answer that is not Slack's")
	}
	if err != nil {
		f := w.fault(err)
		if code := strings.TrimSpace(w.body); w.status >= 400 && w.status < 500 && webhookCode.MatchString(code) {
			f.code = code
		}
		return f
	}
	return nil
}

// history returns up to a page of messages that stand in the channel, or in a thread of it, since a time.
func (a *api) history(ctx context.Context, channel, thread string, since time.Time, cursor string) (found []posted, next string, err error) {
	ctx, w := watched(ctx)
	oldest := strconv.FormatInt(since.Unix(), 10) + ".000000"
	var msgs []sdk.Message
	if thread != "" {
		msgs, _, next, err = a.client.GetConversationRepliesContext(ctx, &sdk.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true,
		})
	} else {
		var page *sdk.GetConversationHistoryResponse
		page, err = a.client.GetConversationHistoryContext(ctx, &sdk.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true,
		})
		if page != nil {
			msgs, next = page.Messages, page.ResponseMetaData.NextCursor
		}
	}
	if err != nil {
		return nil, "", w.fault(err)
	}
	for _, m := range msgs {
		if m.Metadata.EventType == eventType {
			key, _ := m.Metadata.EventPayload[keyField].(string)
			found = append(found, posted{key: key, stamp: m.Timestamp})
		}
	}
	return found, next, nil
}

type posted struct{ key, stamp string }

// lookup finds the id of a channel by its name.
func (a *api) lookup(ctx context.Context, name string) (string, error) {
	cursor := ""
	for range 20 {
		ctx, w := watched(ctx)
		channels, next, err := a.client.GetConversationsContext(ctx, &sdk.GetConversationsParameters{
			Cursor: cursor, ExcludeArchived: true, Limit: 1000, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			return "", w.fault(err)
		}
		for _, c := range channels {
			if c.Name == strings.TrimPrefix(name, "#") {
				return c.ID, nil
			}
		}
		if next == "" {
			break
		}
		cursor = next
	}
	return "", &fault{code: "channel_not_found"}
}

func (a *api) permalink(ctx context.Context, h notify.Handle) (string, error) {
	ctx, w := watched(ctx)
	link, err := a.client.GetPermalinkContext(ctx, &sdk.PermalinkParameters{Channel: h.Channel, Ts: h.Stamp})
	if err != nil {
		return "", w.fault(err)
	}
	return link, nil
}

func (a *api) who(ctx context.Context) (team, user string, err error) {
	ctx, w := watched(ctx)
	r, err := a.client.AuthTestContext(ctx)
	if err != nil {
		return "", "", w.fault(err)
	}
	return r.Team, r.User, nil
}

// fault is a failed call, without anything secret.
type fault struct {
	code    string        // Slack's own, when it answered with one
	needed  string        // the scope that is missing
	status  int           // HTTP's, when it answered
	after   time.Duration // Retry-After
	written bool          // the request had left when the call failed
	cause   error
}

func (f *fault) Error() string {
	switch {
	case f.code != "":
		return f.code
	case f.status >= 300:
		return "status " + strconv.Itoa(f.status)
	case f.cause != nil:
		return f.cause.Error()
	default:
		return "failed"
	}
}

// wire is what the transport saw of one call.
type wire struct {
	written bool
	status  int
	body    string // the first bytes, when the answer is not JSON
}

type wireKey struct{}

func watched(ctx context.Context) (context.Context, *wire) {
	w := &wire{}
	ctx = context.WithValue(ctx, wireKey{}, w)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { w.written = true }}), w
}

func (w *wire) fault(err error) *fault {
	f := &fault{written: w.written, status: w.status, cause: bare(err)}
	if limited, ok := errors.AsType[*sdk.RateLimitedError](err); ok {
		f.after = max(limited.RetryAfter, time.Second)
	}
	if refused, ok := errors.AsType[sdk.SlackErrorResponse](err); ok {
		f.code, f.needed = refused.Err, refused.Needed
	}
	return f
}

// watch is a transport that notes what it saw, mends a Retry-After that the library
// cannot read, and keeps the words of an answer that the library throws away.
type watch struct{ next http.RoundTripper }

func (t watch) RoundTrip(req *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	w, ok := req.Context().Value(wireKey{}).(*wire)
	if err != nil || !ok {
		return resp, err
	}
	w.status = resp.StatusCode
	if after := resp.Header.Get("Retry-After"); after != "" {
		resp.Header.Set("Retry-After", seconds(after, time.Now()))
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		head, _ := io.ReadAll(io.LimitReader(resp.Body, 200)) // a broken answer shows again when it is read on
		w.body = string(head)
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	}
	return resp, nil
}

// seconds is a Retry-After in whole seconds, whether it came as a number or as a
// date; half a minute when it is neither, a day when it is longer.
func seconds(after string, now time.Time) string {
	wait := 30 * time.Second
	if n, err := strconv.ParseFloat(after, 64); err == nil && n >= 0 {
		wait = time.Duration(min(n, 86400) * float64(time.Second))
	} else if at, err := http.ParseTime(after); err == nil {
		wait = max(at.Sub(now), 0)
	}
	return strconv.Itoa(int(min(wait+time.Second-1, 24*time.Hour) / time.Second))
}

// Preview is a message as Slack gets it: its text and blocks in JSON.
func Preview(m notify.Message) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Text   string      `json:"text"`
		Blocks []sdk.Block `json:"blocks"`
	}{escape(m.Fallback, maxText), blocks(m)})
	return b.Bytes(), err
}

// blocks dress a message. Everything but the first line and the small print is
// rich text, in which markup is inert; those two are escaped.
func blocks(m notify.Message) []sdk.Block {
	left := budget(maxBlocks)
	out := []sdk.Block{sdk.NewSectionBlock(mrkdwn("*"+left.take(escape(m.Headline, maxText-2))+"*"), nil, nil)}
	var small sdk.Block
	if len(m.Context) > 0 {
		small = sdk.NewContextBlock("", mrkdwn(left.take(escape(strings.Join(m.Context, " · "), maxContext))))
	}
	var rows []sdk.RichTextElement
	for _, r := range m.Rows {
		rows = append(rows, sdk.NewRichTextSection(strong(left.take(r.Label+": ")), words(left.take(r.Text))))
	}
	for _, it := range m.Items {
		elements := []sdk.RichTextSectionElement{words(left.take(it.Text + " "))}
		rows = append(rows, sdk.NewRichTextSection(append(elements, left.link(it.Link))...))
	}
	if len(rows) > 0 {
		out = append(out, sdk.NewRichTextBlock("", sdk.NewRichTextList(sdk.RTEListBullet, 0, rows...)))
	}
	if q := quote(m.Quote, &left); q != nil {
		out = append(out, sdk.NewRichTextBlock("", q))
	}
	if len(m.Links) > 0 {
		out = append(out, sdk.NewRichTextBlock("", sources(m, &left)))
	}
	if small != nil {
		out = append(out, small)
	}
	return out
}

func quote(q notify.Quote, left *budget) *sdk.RichTextQuote {
	var parts []sdk.RichTextSectionElement
	for i, s := range []string{q.Before, q.Figure, q.After} {
		if s = left.take(s); s == "" {
			continue
		}
		if i == 1 {
			parts = append(parts, strong(s))
		} else {
			parts = append(parts, words(s))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return &sdk.RichTextQuote{Type: sdk.RTEQuote, Elements: parts}
}

func sources(m notify.Message, left *budget) *sdk.RichTextSection {
	parts := []sdk.RichTextSectionElement{strong(left.take(sourceCount(m) + " "))}
	for i, l := range m.Links {
		if i > 0 {
			parts = append(parts, words(left.take(", ")))
		}
		parts = append(parts, left.link(l))
	}
	if more := m.Sources - len(m.Links); more > 0 {
		parts = append(parts, words(left.take(" and "+strconv.Itoa(more)+" more")))
	}
	return sdk.NewRichTextSection(parts...)
}

func sourceCount(m notify.Message) string {
	if m.Sources == 1 {
		return "1 source:"
	}
	return strconv.Itoa(m.Sources) + " sources:"
}

// budget is how many characters a message's blocks may still hold.
type budget int

// take gives as much of s as there is room for; never nothing for something, which Slack refuses.
func (b *budget) take(s string) string {
	n := utf8.RuneCountInString(s)
	if n > int(*b) {
		s, n = "…", 1
	}
	*b -= budget(n)
	return s
}

// link is an address behind its label, or the label alone where there is no room for the address.
func (b *budget) link(l notify.Link) sdk.RichTextSectionElement {
	label := l.Label
	if label == "" {
		label = "source"
	}
	label = b.take(label)
	if l.URL == "" || len(l.URL) > int(*b) {
		return words(label)
	}
	*b -= budget(len(l.URL))
	return sdk.NewRichTextSectionLinkElement(l.URL, label, nil)
}

func mrkdwn(s string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, s, false, true)
}

func words(s string) sdk.RichTextSectionElement { return sdk.NewRichTextSectionTextElement(s, nil) }

func strong(s string) sdk.RichTextSectionElement {
	return sdk.NewRichTextSectionTextElement(s, &sdk.RichTextSectionTextStyle{Bold: true})
}

// plainText is the whole message without blocks, for when Slack refuses them.
func plainText(m notify.Message) string {
	lines := []string{m.Headline}
	for _, r := range m.Rows {
		lines = append(lines, "• "+r.Label+": "+r.Text)
	}
	for _, it := range m.Items {
		lines = append(lines, "• "+it.Text+" "+it.Link.URL)
	}
	if q := m.Quote.String(); q != "" {
		lines = append(lines, "“"+q+"”")
	}
	for _, l := range m.Links {
		lines = append(lines, strings.TrimSpace(l.Label+" "+l.URL))
	}
	return escape(strings.Join(append(lines, strings.Join(m.Context, " · ")), "\n"), maxText)
}

// escape makes text safe for mrkdwn in at most n characters: & < > cannot open a
// mention or a link, and what formats is replaced by its look-alike, so that an
// outlet called "*" changes no more than its own name.
func escape(s string, n int) string {
	var b strings.Builder
	used := 0
	runes := []rune(s)
	for i, r := range runes {
		piece := string(r)
		switch r {
		case '&':
			piece = "&amp;"
		case '<':
			piece = "&lt;"
		case '>':
			piece = "&gt;"
		case '*':
			piece = "∗"
		case '~':
			piece = "∼"
		case '`':
			piece = "ˋ"
		case '_': // formats at the edge of a word only; names of sources have it within
			if i == 0 || i == len(runes)-1 || !wordRune(runes[i-1]) || !wordRune(runes[i+1]) {
				piece = "＿"
			}
		}
		size := utf8.RuneCountInString(piece)
		if used+size >= n {
			b.WriteString("…")
			break
		}
		b.WriteString(piece)
		used += size
	}
	return b.String()
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
