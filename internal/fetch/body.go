package fetch

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// readBody reads the decoded body. More than limit bytes, before or after
// unpacking, are ErrTooLarge: part of a feed must never pass for the whole.
// A body that ended early is an error that isCut knows, and what came is in buf.
func readBody(buf *bytes.Buffer, resp *http.Response, limit int64, partial bool) error {
	encodings := contentEncodings(resp.Header)
	if !partial && len(encodings) == 0 && resp.ContentLength > limit {
		return ErrTooLarge
	}
	body := bufio.NewReader(&capped{r: resp.Body, left: limit + 64<<10})
	if len(encodings) == 0 {
		encodings = sniffEncoding(body)
	}
	var r io.Reader = body
	for _, name := range slices.Backward(encodings) { // the last one named was put on last
		d, err := decoder(name, r)
		if err != nil {
			return err
		}
		if c, ok := d.(io.Closer); ok {
			defer c.Close() // a decoder's memory
		}
		r = d
	}
	if resp.ContentLength > 0 && len(encodings) == 0 {
		buf.Grow(int(min(resp.ContentLength, limit)) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return decodeError(err, len(encodings) > 0)
	}
	if int64(buf.Len()) > limit {
		return ErrTooLarge
	}
	return nil
}

// capped ends with ErrTooLarge after left bytes: a stream that unpacks to nothing
// would otherwise go on for as long as the server likes.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}

// contentEncodings are the encodings named, without those that change nothing.
func contentEncodings(h http.Header) []string {
	var names []string
	for _, v := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(v, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if name != "" && name != "identity" && name != "none" && name != "utf-8" { // the last two are mistakes seen in the wild
				names = append(names, name)
			}
		}
	}
	return names
}

// sniffEncoding finds a feed.xml.gz that is served as it lies on the disk.
func sniffEncoding(r *bufio.Reader) []string {
	if magic, err := r.Peek(3); err == nil && magic[0] == 0x1f && magic[1] == 0x8b && magic[2] == 8 {
		return []string{"gzip"}
	}
	return nil
}

func decoder(name string, r io.Reader) (io.Reader, error) {
	switch name {
	case "gzip", "x-gzip":
		// Servers behind caches name gzip and send the plain body.
		b := bufio.NewReader(r)
		if magic, err := b.Peek(2); err == nil && (magic[0] != 0x1f || magic[1] != 0x8b) {
			return b, nil
		}
		z, err := gzip.NewReader(b)
		return z, decodeError(err, true)
	case "deflate":
		// The name means zlib; many servers send the bare stream.
		b := bufio.NewReader(r)
		if head, err := b.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			z, err := zlib.NewReader(b)
			return z, decodeError(err, true)
		}
		return flate.NewReader(b), nil
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, decodeError(err, true)
		}
		return z.IOReadCloser(), nil
	default:
		return nil, fmt.Errorf("%w: it is packed as %q, which we did not ask for", ErrUnreadable, name)
	}
}

// decodeError sorts a reader's error: cut, too large, and the network's own stay
// what they are; what is left is a decoder's complaint.
func decodeError(err error, compressed bool) error {
	var network interface{ Timeout() bool }
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrTooLarge), isCut(err), !compressed, errors.As(err, &network):
		return err
	default:
		return fmt.Errorf("%w: it is not packed in the way it says: %w", ErrUnreadable, err)
	}
}

// isCut says whether a body ended before its time.
func isCut(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}
