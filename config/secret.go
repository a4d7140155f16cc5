package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

const redacted = "[redacted]"

// Secret is a value that only Reveal tells. Whatever prints, logs or encodes it
// gets a text that is fit to be seen.
type Secret struct {
	// A function, because what prints by reflection does not ask the methods of a
	// value in an unexported field; of a function it can show the address at most.
	value func() string
	shown string // "" for nothing but "[redacted]"
}

func secret(value string) Secret { return shown(value, "") }
func shown(value, shown string) Secret {
	return Secret{value: func() string { return value }, shown: shown}
}

// Reveal is the value itself, "" when none is set.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return s.value()
}

// IsZero says whether no value is set.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal says whether both hold the same value.
func (s Secret) Equal(o Secret) bool {
	return s.IsZero() == o.IsZero() && s.Reveal() == o.Reveal()
}

// String is what may be shown: "" when no value is set, else "[redacted]", or a
// database's address without its password.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	if s.shown == "" {
		return redacted
	}
	return s.shown
}

// GoString is what may be shown, for %#v.
func (s Secret) GoString() string { return fmt.Sprintf("config.Secret(%q)", s.String()) }

// Format writes what may be shown, whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	} else if verb == 'q' {
		text = fmt.Sprintf("%q", text)
	}
	_, _ = io.WriteString(f, text) // a fmt.State has nowhere to report to
}

// MarshalText is what may be shown, for encoders that know no other method.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON is what may be shown.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML is what may be shown.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue is what may be shown.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// maxSecret is the size of the largest file that is taken for a secret.
const maxSecret = 64 << 10

var (
	variable  = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	unbraced  = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)
	filePlace = "file:"
)

// secret reads a value that is written out, or stands in the environment
// (${NAME}) or in a file (file:PATH). Its faults never show it.
func (r *reader) secret(to *Secret) read {
	return func(key string, n *yaml.Node) {
		if text, ok := r.hiddenText(key, n); ok && !r.unsent {
			if value, ok := r.resolveSecret(key, n, text); ok {
				*to = secret(value)
			}
		}
	}
}

func (r *reader) resolveSecret(key string, n *yaml.Node, text string) (string, bool) {
	path, isFile := strings.CutPrefix(text, filePlace)
	value, ok := r.expand(key, n, path)
	if ok && isFile {
		value, ok = r.secretFile(key, n, value)
	}
	if !ok {
		return "", false
	}
	if value == "" {
		r.fault(n, "write ${NAME} or file:PATH", "%s is empty", key)
		return "", false
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		r.fault(n, "look at what it comes from: a secret is one word", "%s has a blank, a line break or a control character in it", key)
		return "", false
	}
	return value, true
}

// expand puts the environment's values for ${NAME}.
func (r *reader) expand(key string, n *yaml.Node, text string) (string, bool) {
	if unbraced.MatchString(text) {
		r.fault(n, "write ${NAME} with braces", "%s names a variable without braces", key)
		return "", false
	}
	ok := true
	value := variable.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-1]
		v, set := r.env(name)
		switch {
		case !set:
			ok = false
			r.fault(n, fmt.Sprintf("set %s or remove %s", name, key), "%s: environment variable %s is not set", key, name)
		case v == "":
			ok = false
			r.fault(n, fmt.Sprintf("give %s a value or remove %s", name, key), "%s: environment variable %s is empty", key, name)
		}
		return v
	})
	// Asked of what was written, not of what came in: a password may hold "${".
	if ok && strings.Contains(variable.ReplaceAllString(text, ""), "${") {
		r.fault(n, "write ${NAME}, the name of letters, digits and _", "%s has a ${ without a name and }", key)
		return "", false
	}
	return value, ok
}

func (r *reader) secretFile(key string, n *yaml.Node, path string) (string, bool) {
	data, err := readLimited(r.open, r.join(path), maxSecret)
	if err != nil {
		// The path may have come out of the environment, and an operating system's error repeats it.
		if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
			err = cause.Err
		} else {
			err = errTooLarge
		}
		r.fault(n, "write file:PATH, the path from this file's folder of a file with nothing but the secret", "%s: its file cannot be read: %v", key, err)
		return "", false
	}
	return strings.TrimSpace(string(data)), true
}
