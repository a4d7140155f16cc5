package config

import (
	"bytes"
	"encoding"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

const withSecrets = `
database: postgres://monitor:${DB_PASSWORD}@host/monitor?sslmode=disable&sslpassword=sesame
sources: [{name: private, feed: "https://user:sesame@example.org/rss"}]
notify: {slack: {token: "${SLACK_BOT_TOKEN}", channel: "#x"}}
`

func loadSecrets(t *testing.T) *Config {
	t.Helper()
	c, err := parseText(withSecrets)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var verbs = []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08b", "%p", "%T", "%U", "%c", "%e", "% x", "%#x"}

func TestSecretShowsNowhere(t *testing.T) {
	c := loadSecrets(t)
	hidden := struct{ s Secret }{c.Notify.Slack.Token}
	for _, v := range []any{c, c.Notify.Slack, *c.Notify.Slack, c.Notify.Slack.Token, &c.Notify.Slack.Token, c.Database, hidden, &hidden, []Secret{c.Database}, map[string]Secret{"k": c.Database}} {
		for _, verb := range verbs {
			if got := fmt.Sprintf(verb, v); leaks(got) {
				t.Errorf("%s of %T: %s", verb, v, got)
			}
		}
		if err := fmt.Errorf("wrapped: %v", v); leaks(err.Error()) {
			t.Errorf("error of %T: %v", v, err)
		}
		if err := errors.Join(fmt.Errorf("%+v", v)); leaks(err.Error()) {
			t.Errorf("joined error of %T: %v", v, err)
		}
		var text, js bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).Info("x", "value", v, slog.Group("g", "value", v))
		slog.New(slog.NewJSONHandler(&js, nil)).Info("x", "value", v, slog.Group("g", "value", v))
		if leaks(text.String()) || leaks(js.String()) {
			t.Errorf("log of %T: %s %s", v, text.String(), js.String())
		}
		if got, err := yaml.Marshal(v); err == nil && leaks(string(got)) {
			t.Errorf("YAML of %T: %s", v, got)
		}
		if got, err := yaml.Dump(v); err == nil && leaks(string(got)) {
			t.Errorf("YAML dump of %T: %s", v, got)
		}
		if got, err := json.Marshal(v); err == nil && leaks(string(got)) {
			t.Errorf("JSON of %T: %s", v, got)
		}
		if got, err := xml.Marshal(v); err == nil && leaks(string(got)) {
			t.Errorf("XML of %T: %s", v, got)
		}
	}
}

func leaks(text string) bool {
	return strings.Contains(text, "sesame") ||
		strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "sesame")) || // as hexadecimal
		strings.Contains(text, "c2VzYW1l") // as base64
}

func TestSecretWords(t *testing.T) {
	var none Secret
	s := secret("xoxb-1-sesame")
	for _, tt := range []struct{ got, want string }{
		{s.String(), "[redacted]"},
		{fmt.Sprintf("%s|%v|%d", s, s, s), "[redacted]|[redacted]|[redacted]"},
		{fmt.Sprintf("%q", s), `"[redacted]"`},
		{fmt.Sprintf("%#v", s), `config.Secret("[redacted]")`},
		{s.Reveal(), "xoxb-1-sesame"},
		{none.String() + none.Reveal(), ""},
		{loadSecrets(t).Database.String(), "postgres://monitor:xxxxx@host/monitor?sslmode=disable&sslpassword=xxxxx"},
		{loadSecrets(t).Database.Reveal(), "postgres://monitor:sesame@host/monitor?sslmode=disable&sslpassword=sesame"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
	if !none.IsZero() || s.IsZero() {
		t.Error("IsZero is wrong")
	}
	if s.Equal(none) || !s.Equal(secret("xoxb-1-sesame")) || s.Equal(secret("other")) {
		t.Error("Equal is wrong")
	}
	var text encoding.TextMarshaler = s
	if got, err := text.MarshalText(); err != nil || string(got) != "[redacted]" {
		t.Errorf("text %s, %v", got, err)
	}
}

// TestSecretCrash lets a process die in every way that prints something, with
// secrets in its hands, and reads what it prints.
func TestSecretCrash(t *testing.T) {
	if how := os.Getenv("CONFIG_TEST_CRASH"); how != "" {
		crash(t, how)
	}
	for _, how := range []string{"pointer", "value", "secret", "error", "string", "deep"} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecretCrash$", "-test.v")
		cmd.Env = append(os.Environ(), "CONFIG_TEST_CRASH="+how, "GOTRACEBACK=all")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic") {
			t.Fatalf("%s: it did not crash: %s", how, out)
		}
		if leaks(string(out)) {
			t.Errorf("%s: the crash shows a secret:\n%s", how, out)
		}
	}
}

func crash(t *testing.T, how string) {
	t.Helper()
	c := loadSecrets(t)
	switch how {
	case "pointer":
		panic(c)
	case "value":
		panic(*c.Notify.Slack)
	case "secret":
		panic(c.Notify.Slack.Token)
	case "error":
		panic(fmt.Errorf("%+v and %#v", c, c.Notify.Slack))
	case "string":
		panic(fmt.Sprint(c.Notify.Slack, c.Database))
	case "deep":
		dig(c.Notify.Slack.Token, *c, 5)
	}
}

// dig dies n calls down, with both in every frame.
//
//go:noinline
func dig(s Secret, c Config, n int) int {
	if n == 0 {
		return len(s.Reveal()) / len(c.Evidence) // by zero
	}
	return dig(s, c, n-1) + n
}

func TestSecretFaults(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": " \n", "large": strings.Repeat("x", maxSecret+1), "binary": "\xff\x00\xfe"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, token, want string }{
		{"not set", "${NO_SUCH}", "token: environment variable NO_SUCH is not set; set NO_SUCH or remove token"},
		{"set and empty", "${EMPTY}", "token: environment variable EMPTY is empty; give EMPTY a value or remove token"},
		{"no braces", "$SLACK_BOT_TOKEN", "token names a variable without braces; write ${NAME} with braces"},
		{"no end", "xoxb-${SLACK", "token has a ${ without a name and }; write ${NAME}, the name of letters, digits and _"},
		{"two lines", "${TWO_LINES}", "token has a blank, a line break or a control character in it; look at what it comes from: a secret is one word"},
		{"no such file", "file:sesame", "token: its file cannot be read: no such file or directory; write file:PATH, the path from this file's folder of a file with nothing but the secret"},
		{"folder", "file:.", "token: its file cannot be read: is a directory; write file:PATH, the path from this file's folder of a file with nothing but the secret"},
		{"empty file", "file:empty", "token is empty; write ${NAME} or file:PATH"},
		{"large file", "file:large", "token: its file cannot be read: too large; write file:PATH, the path from this file's folder of a file with nothing but the secret"},
		{"not text", "file:binary", "token has a blank, a line break or a control character in it; look at what it comes from: a secret is one word"},
		{"empty", "", "token is empty; write ${NAME} or file:PATH"},
		{"webhook", "${SLACK_WEBHOOK_URL}", "token is an address; write webhook: for an address, or the bot token (xoxb-...)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf("notify: {slack: {channel: x, token: %q}}\n", tt.token)
			_, err := parse(origin{file: "monitor.yaml", dir: dir, env: lookup, open: openFile}, []byte(text))
			if got, want := fmt.Sprint(err), "monitor.yaml:1:37: "+tt.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSecretPlaces(t *testing.T) {
	for _, tt := range []struct{ token, want string }{
		{"xoxb-plain", "xoxb-plain"},
		{"${SLACK_BOT_TOKEN}", "xoxb-1-sesame"},
		{"xoxb-${DB_PASSWORD}-${DB_PASSWORD}", "xoxb-sesame-sesame"},
		{"${BRACE}", "ses${ame"},
		{"pa$$word", "pa$$word"},
		{"file:secrets/token", "xoxb-2-sesame"},
		{"file:${SECRETS}/token", "xoxb-2-sesame"},
	} {
		c, err := parseText(fmt.Sprintf("notify: {slack: {channel: x, token: %q}}\n", tt.token))
		if err != nil {
			t.Errorf("%s: %v", tt.token, err)
			continue
		}
		if got := c.Notify.Slack.Token.Reveal(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.token, got, tt.want)
		}
	}
}

func TestSecretDiff(t *testing.T) {
	if diff := cmp.Diff(secret("sesame"), secret("open sesame")); diff == "" || leaks(diff) {
		t.Errorf("diff of secrets: %q", diff)
	}
}

// Who only asks the record needs no token, and learns none; all else is checked.
func TestLoadToAsk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "monitor.yaml")
	for _, secret := range []string{`token: "${NOT_SET_ANYWHERE}", channel: "#a"`, `token: file:nowhere, channel: "#a"`, `webhook: "${NOT_SET_ANYWHERE}"`, `token: xoxb-1, channel: "#a"`} {
		if err := os.WriteFile(file, []byte("notify: {slack: {"+secret+"}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := LoadToAsk(file)
		if err != nil || c.Notify.Slack == nil || !c.Notify.Slack.Token.IsZero() || !c.Notify.Slack.Webhook.IsZero() {
			t.Errorf("%s: got %v, want a configuration without secrets", secret, err)
		}
	}
	if err := os.WriteFile(file, []byte("notify: {slack: {token: x}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadToAsk(file); err == nil || !strings.Contains(err.Error(), "no channel") {
		t.Errorf("got %v, want the missing channel", err)
	}
}
