package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// itemSet holds the hashes of a feed's items. Most changed feeds have one new item
// and many that we know byte for byte; finding them costs a tenth of parsing.
type itemSet map[uint64]bool

// itemsOf reads the items behind a fingerprint's hash of the body; nil when it has none.
func itemsOf(fingerprint string) itemSet {
	parts := strings.SplitN(fingerprint, "-", 3)
	if len(parts) < 3 {
		return nil
	}
	b, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil || len(b) == 0 || len(b)%8 != 0 {
		return nil
	}
	set := make(itemSet, len(b)/8)
	for ; len(b) > 0; b = b[8:] {
		set[binary.LittleEndian.Uint64(b)] = true
	}
	return set
}

// newItems is the feed with those items alone that it did not have when it was
// read last, and how many they are. All of it is given when the items are not to
// be told apart: several have one identity, so that all must be seen together.
func newItems(doc *document, body []byte, o *outline) (feed []byte, news int) {
	whole := body[o.root:]
	if doc.cut != nil || len(o.items) == 0 {
		return whole, -1
	}
	hashes := make([]byte, 0, 8*len(o.items))
	var fresh []extent
	for _, item := range o.items {
		sum := sha256.Sum256(body[item.start:item.end])
		hashes = append(hashes, sum[:8]...)
		if !doc.seen[binary.LittleEndian.Uint64(sum[:8])] {
			fresh = append(fresh, item)
		}
	}
	doc.items = "-" + base64.RawStdEncoding.EncodeToString(hashes)
	if doc.seen == nil || len(fresh) > len(o.items)/2 {
		return whole, len(fresh)
	}
	if len(fresh) == 0 {
		return nil, 0
	}
	if ambiguous(body, o) {
		return whole, len(fresh)
	}
	var b bytes.Buffer
	b.Write(body[o.root:o.items[0].start])
	for _, item := range fresh {
		b.Write(body[item.start:item.end])
	}
	return o.close(b.Bytes()), len(fresh)
}

// ambiguous says whether two items have the same GUID, or one has none: what they
// are known by then depends on the others.
func ambiguous(body []byte, o *outline) bool {
	seen := make(map[string]bool, len(o.items))
	for _, item := range o.items {
		id := identity(body[item.start:item.end])
		if id == "" || seen[id] {
			return true
		}
		seen[id] = true
	}
	return false
}

// identity is the text of an item's first guid or id element, as written.
func identity(item []byte) string {
	for _, open := range []string{"<guid", "<id"} {
		i := bytes.Index(item, []byte(open))
		if i < 0 || len(item) <= i+len(open) || item[i+len(open)] != '>' && item[i+len(open)] != ' ' {
			continue
		}
		_, rest, ok := bytes.Cut(item[i:], []byte(">"))
		text, _, closed := bytes.Cut(rest, []byte("</"))
		if ok && closed {
			return string(bytes.TrimSpace(text))
		}
	}
	return ""
}
