package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// isFile says whether an address is a local file's.
func isFile(raw string) bool {
	return len(raw) >= 5 && strings.EqualFold(raw[:5], "file:")
}

// readFile brings a local file as if it had been fetched. Only regular files are
// read: a pipe or a device has no end.
func (f *Fetcher) readFile(u *url.URL, buf *bytes.Buffer) (*document, error) {
	path := filePath(u)
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if _, err := buf.ReadFrom(io.LimitReader(file, f.maxBody+1)); err != nil {
		return nil, fmt.Errorf("file %s: %w", path, reason(err))
	}
	if int64(buf.Len()) > f.maxBody {
		return nil, tooLarge(u, f.maxBody)
	}
	return &document{url: u, body: buf.Bytes(), contentType: fileType(path)}, nil
}

// fileType tells plain text apart by its name; what else a file is, it says itself.
func fileType(path string) string {
	if strings.EqualFold(filepath.Ext(path), ".txt") {
		return "text/plain"
	}
	return ""
}

func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", path, reason(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("file %s: %w: it is not a regular file", path, ErrRefused)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", path, reason(err))
	}
	return file, nil
}

// filePath is the path of file:///abs, file:/abs and file:rel alike.
func filePath(u *url.URL) string {
	path := u.Path
	if u.Opaque != "" {
		path = u.Opaque
		if p, err := url.PathUnescape(path); err == nil {
			path = p
		}
	}
	return filepath.FromSlash(path)
}

// reason leaves out the path that os puts into its errors; ours name it already.
func reason(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
