package fetch

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// decode gives a document in UTF-8, whatever it says it is written in. What
// decides, in this order: a byte order mark; the zero bytes of UTF-16 and UTF-32;
// the text itself, when it holds letters beyond ASCII and is valid UTF-8 (many
// servers label it otherwise); the HTTP header; the XML prolog; a meta element;
// and windows-1252, which decodes anything.
func decode(body []byte, contentType string) []byte {
	if enc, rest := unicodeEncoding(body); enc != nil {
		return transform(enc, rest)
	} else if len(rest) < len(body) { // a UTF-8 mark
		return bytes.ToValidUTF8(rest, []byte("\uFFFD"))
	}
	plain, valid := examine(body)
	if valid && !plain {
		return body
	}
	for _, label := range labels(body, contentType) {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil:
		case name == "utf-8" && valid:
			return body
		case name == "utf-8" && !mostlyUTF8(body):
		case name == "utf-8":
			return bytes.ToValidUTF8(body, []byte("\uFFFD"))
		case name == "replacement", strings.HasPrefix(name, "utf-16"): // the label cannot have been read in it
		default:
			return transform(enc, body)
		}
	}
	if valid {
		return body
	}
	if mostlyUTF8(body) {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return transform(charmap.Windows1252, body)
}

// unicodeEncoding finds UTF-16 and UTF-32 by their mark or by where their zero
// bytes lie around a first "<" or "{". The rest is the body without its mark.
func unicodeEncoding(b []byte) (enc encoding.Encoding, rest []byte) {
	le16, be16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	le32, be32 := utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return nil, b[3:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE, 0, 0}):
		return le32, b[4:]
	case bytes.HasPrefix(b, []byte{0, 0, 0xFE, 0xFF}):
		return be32, b[4:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return le16, b[2:]
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return be16, b[2:]
	case len(b) < 4 || bytes.IndexByte(b[:4], 0) < 0:
		return nil, b
	case opens(b[0]) && b[1] == 0 && b[2] == 0 && b[3] == 0:
		return le32, b
	case b[0] == 0 && b[1] == 0 && b[2] == 0 && opens(b[3]):
		return be32, b
	case opens(b[0]) && b[1] == 0 && b[2] != 0:
		return le16, b
	case b[0] == 0 && opens(b[1]) && b[2] == 0:
		return be16, b
	default:
		return nil, b
	}
}

func opens(c byte) bool { return c == '<' || c == '{' || c == ' ' || c == '\n' || c == '\r' }

// examine says whether the body is ASCII, and whether it is valid UTF-8. The
// escape of ISO-2022 counts as neither sign nor fault: it is plain.
func examine(b []byte) (plain, valid bool) {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false, utf8.Valid(b)
		}
	}
	return true, true
}

// mostlyUTF8 says whether a body with faults is rather UTF-8 than anything else:
// a feed in which one headline was cut in the middle of a letter.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return good > bad
}

func transform(enc encoding.Encoding, b []byte) []byte {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil { // unreachable: decoders replace what they cannot read
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return out
}

var (
	prologEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)
	metaCharset    = regexp.MustCompile(`(?i)<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([a-z0-9._:-]{1,40})`)
)

// labels are the charsets that a document is said to be in, the most trusted first.
func labels(b []byte, contentType string) []string {
	var found []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		found = append(found, params["charset"])
	}
	head := b[:min(len(b), 4096)]
	for _, re := range []*regexp.Regexp{prologEncoding, metaCharset} {
		if m := re.FindSubmatch(head); m != nil {
			found = append(found, string(m[1]))
		}
	}
	return found
}
