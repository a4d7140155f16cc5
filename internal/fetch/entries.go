package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"monitor/internal/feed"
)

// entriesOf makes entries of a feed's items, in the feed's order.
func entriesOf(parsed *gofeed.Feed, base *url.URL, local bool) []feed.Entry {
	entries := make([]feed.Entry, 0, len(parsed.Items))
	guids := map[string]string{} // GUID to the link it came with
	shared := map[string]bool{}  // GUIDs that came with several links
	for _, item := range parsed.Items {
		if item == nil {
			continue
		}
		e := entryOf(item, base, local)
		if e.Lang == "" {
			e.Lang = parsed.Language
		}
		if id := strings.TrimSpace(item.GUID); id != "" {
			if link, seen := guids[id]; seen && link != e.URL {
				shared[id] = true
			}
			guids[id], e.Key = e.URL, id
		}
		if e.Key != "" || e.URL != "" || e.Title != "" || e.Version.HTML != "" { // an empty item says nothing
			entries = append(entries, e)
		}
	}
	return keyed(entries, shared)
}

// keyed gives every entry a key that no other entry of the feed has: the GUID; the
// GUID with its link where several links share one; the link where there is no
// GUID; a hash of title and date where there is neither, or where even those
// agree. An item that is printed twice, word for word, is one entry.
func keyed(entries []feed.Entry, shared map[string]bool) []feed.Entry {
	seen := map[string]feed.Entry{}
	kept := entries[:0]
	for _, e := range entries {
		switch {
		case e.Key == "" && e.URL != "":
			e.Key = canonical(e.URL)
		case e.Key == "":
			e.Key = hashKey(e)
		case shared[e.Key]:
			e.Key += " " + e.URL
		}
		if other, taken := seen[e.Key]; taken {
			if same(e, other) {
				continue
			}
			e.Key += " " + hashKey(e)
			if _, taken := seen[e.Key]; taken {
				continue
			}
		}
		seen[e.Key] = e
		kept = append(kept, e)
	}
	return kept
}

func same(a, b feed.Entry) bool {
	return a.Title == b.Title && a.Published.Equal(b.Published) && a.Version.HTML == b.Version.HTML
}

// hashKey identifies an entry that has neither GUID nor link. Its text does not
// take part when there is a title: an edited entry must stay the same entry.
func hashKey(e feed.Entry) string {
	s := e.Title + "\x00" + e.Published.UTC().Format(time.RFC3339)
	if e.Title == "" {
		s += "\x00" + e.Version.HTML
	}
	return hash([]byte(s))
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

func entryOf(item *gofeed.Item, base *url.URL, local bool) feed.Entry {
	e := feed.Entry{
		Title:     plain(item.Title),
		Published: published(item),
		URL:       link(item, base, local),
		Version:   feed.Version{HTML: clean(fuller(item.Content, item.Description))},
	}
	if len(item.Authors) > 0 && item.Authors[0] != nil {
		e.Author = plain(item.Authors[0].Name)
	}
	if dc := item.DublinCoreExt; dc != nil && len(dc.Language) > 0 {
		e.Lang = strings.TrimSpace(dc.Language[0])
	}
	return e
}

// link is the item's address, resolved: its own link, else a GUID that is one.
func link(item *gofeed.Item, base *url.URL, local bool) string {
	for _, raw := range append([]string{item.Link}, append(item.Links, permalink(item.GUID))...) {
		if u := resolve(base, raw, local); u != "" {
			return u
		}
	}
	return ""
}

// permalink is a GUID that is an address of the web; RSS lets a feed leave it at that.
func permalink(guid string) string {
	guid = strings.TrimSpace(guid)
	if strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://") {
		return guid
	}
	return ""
}

// resolve makes a link absolute. Only addresses of the web are kept, and those of
// local files for a source that is one.
func resolve(base *url.URL, raw string, local bool) string {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return ""
	}
	if base.Opaque != "" { // file:feeds/a.xml resolves like file:/feeds/a.xml, without the slash
		rooted := &url.URL{Scheme: base.Scheme, Path: "/" + base.Opaque}
		if u, err := rooted.Parse(raw); err == nil && u.Scheme == "file" && local && !isFile(raw) && !strings.HasPrefix(raw, "/") {
			return "file:" + strings.TrimPrefix(u.Path, "/")
		}
	}
	u, err := base.Parse(raw)
	if err != nil {
		return ""
	}
	switch {
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
	case u.Scheme == "file" && local:
	default:
		return ""
	}
	u.User = nil
	return u.String()
}

// fuller is the longer of an item's two texts: some feeds keep the story in the
// description and only a picture in the content.
func fuller(content, description string) string {
	if content == "" || len(content) < 2*len(description) && visible(content) < visible(description) {
		return description
	}
	return content
}

// visible counts the bytes outside tags.
func visible(s string) int {
	n, in := 0, false
	for i := range len(s) {
		switch {
		case s[i] == '<':
			in = true
		case s[i] == '>':
			in = false
		case !in:
			n++
		}
	}
	return n
}

// clean takes out what no text may hold: broken UTF-8 and zero bytes.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// plain is a title without markup, in one line. Titles come escaped once, twice
// or not at all.
func plain(s string) string {
	s = clean(s)
	if strings.ContainsAny(s, "<&") {
		s = textOf(html.UnescapeString(s))
	}
	return inLine(s)
}

// textOf drops tags; a "<" that opens none stays.
func textOf(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		default:
		}
	}
}

// dateForms are those that name their zone by its offset; gofeed reads many more,
// but gives them in UTC, where an early morning in Seoul is the day before.
var dateForms = []string{
	time.RFC1123Z, time.RFC3339, "Mon, 2 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05-0700", "Mon, 2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05 -0700",
}

func published(item *gofeed.Item) time.Time {
	for _, d := range []struct {
		raw    string
		parsed *time.Time
	}{{item.Published, item.PublishedParsed}, {item.Updated, item.UpdatedParsed}} {
		for _, form := range dateForms {
			if t, err := time.Parse(form, strings.TrimSpace(d.raw)); err == nil {
				return t
			}
		}
		if d.parsed != nil {
			return *d.parsed
		}
	}
	return time.Time{}
}
