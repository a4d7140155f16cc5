package fetch

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

func TestDecode(t *testing.T) {
	const doc = `<r>Полк 1 500 – ü</r>`
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, tt := range []struct {
		name, contentType string
		body              []byte
		want              string
	}{
		{"utf-8", "", []byte(doc), doc},
		{"utf-8 with a mark", "text/xml; charset=koi8-r", append([]byte{0xEF, 0xBB, 0xBF}, doc...), doc},
		{"utf-8 with another label", "text/xml; charset=windows-1252", []byte(doc), doc},
		{"utf-8 with one broken letter", "text/xml; charset=utf-8", []byte("<r>Полк\xff</r>"), "<r>Полк\uFFFD</r>"},
		{"unlabelled, one broken letter", "", []byte("<r>Полк и ещё\xd0</r>"), "<r>Полк и ещё\uFFFD</r>"},
		{"labelled utf-8, but latin", "text/xml; charset=utf-8", []byte("<r>f\xfcr</r>"), "<r>für</r>"},
		{"utf-16 little", "", must(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(doc))), doc},
		{"utf-16 big", "", must(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(doc))), doc},
		{"utf-16 big, no mark", "", must(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(doc))), doc},
		{"utf-16 little, no mark, as json", "", must(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(`{"a":"ü"}`))), `{"a":"ü"}`},
		{"utf-32 little", "", must(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewEncoder().Bytes([]byte(doc))), doc},
		{"utf-32 big, no mark", "", must(utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewEncoder().Bytes([]byte(doc))), doc},
		{"iso-2022-jp is ASCII bytes", "text/xml; charset=iso-2022-jp", []byte("<r>\x1b$BKL\x1b(B</r>"), "<r>北</r>"},
		{"shift_jis by prolog", "text/xml", []byte("<?xml version='1.0' encoding='Shift_JIS'?><r>\x96k</r>"), "<?xml version='1.0' encoding='Shift_JIS'?><r>北</r>"},
		{"gbk by meta", "text/html", []byte("<html><meta charset=gb2312><p>\xb3\xaf\xcf\xca\xbe\xfc"), "<html><meta charset=gb2312><p>朝鲜军"},
		{"an unknown label", "text/xml; charset=klingon", []byte("<r>\xfc</r>"), "<r>ü</r>"},
		{"a label that cannot be true", "text/xml; charset=utf-16", []byte("<r>\xfc</r>"), "<r>ü</r>"},
		{"nothing", "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(decode(tt.body, tt.contentType)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("<?xml version='1.0' encoding='koi8-r'?><r>\xd0</r>"), "text/xml; charset=utf-8")
	f.Add([]byte{0xFF, 0xFE, 0, 0xD8}, "")
	f.Add([]byte{'<', 0, 0, 0, 0xFF}, "text/xml; charset=\"")
	f.Add([]byte("<r>\x1b$B\xff"), "text/xml; charset=iso-2022-jp")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		got := decode(body, contentType)
		if !utf8.Valid(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		if enc, rest := unicodeEncoding(body); enc == nil && utf8.Valid(rest) && !isPlain(rest) && string(got) != string(rest) {
			t.Errorf("valid UTF-8 came out as %q", got)
		}
	})
}

func isPlain(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
