package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"monitor/config"
)

// every calls do for each command there is.
func every(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, child := range cmd.Commands() {
		every(child, do)
	}
}

// help asks for the help of a command line, flags included. Its words are an
// error when there is no such command or flag.
func help(line string) error {
	args := words(line)
	cmd, rest, err := newCLI(nil, io.Discard, io.Discard).root().Find(args)
	switch {
	case err != nil:
		return err
	case cmd.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-"):
		return fmt.Errorf("there is no %q", rest[0])
	}
	var out bytes.Buffer
	if status := newCLI(strings.NewReader(""), &out, &out).run(append(args, "--help")); status != exitDone {
		return fmt.Errorf("exit status %d: %s", status, &out)
	}
	return nil
}

func TestHelp(t *testing.T) {
	for line, want := range map[string]bool{
		"": true, "check --dry-run": true, "sources test one": true, "silence add": false, "check --nonsense": false, "sources add one": true, "sources gather": false,
	} {
		if err := help(line); (err == nil) != want {
			t.Errorf("%q: got %v, want it to be there: %v", line, err, want)
		}
	}
}

var word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// words cuts a command line as a shell would, up to where another command or a file begins.
func words(line string) []string {
	var args []string
	for _, w := range word.FindAllString(line, -1) {
		if w == "|" || w == ">" || w == "<" || w == "&&" || w == "#" || strings.HasSuffix(w, ";") {
			break
		}
		args = append(args, strings.Trim(w, `'"`))
	}
	return args
}

var invocation = regexp.MustCompile(`(?:^|[\s|;])(?:go run \./cmd/monitor|\./monitor|monitor|/usr/local/bin/monitor)((?:[ \t]+[^\s` + "`" + `].*|)$)`)

// Every help text has examples, and each names a command and flags that there are.
func TestExamples(t *testing.T) {
	root := newCLI(nil, &bytes.Buffer{}, &bytes.Buffer{}).root()
	every(root, func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s: no help text", cmd.CommandPath())
		}
		if cmd.HasSubCommands() && cmd != root {
			return
		}
		if cmd.Example == "" {
			t.Errorf("%s: no example", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "   ")
			m := invocation.FindStringSubmatch(line)
			if m == nil {
				t.Errorf("%s: example %q does not run monitor", cmd.CommandPath(), line)
				continue
			}
			if err := help(m[1]); err != nil {
				t.Errorf("%s: example %q: %v", cmd.CommandPath(), line, err)
			}
		}
	})
}

// What README and the notes have people type names commands and flags that there are.
func TestDocs(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range append(files, "../../README.md", "../../CONTRIBUTING.md", "../../deploy/monitor.service") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commandLines(string(data)) {
			found++
			if err := help(line); err != nil {
				t.Errorf("%s: `monitor%s`: %v", file, line, err)
			}
		}
	}
	if found < 15 {
		t.Errorf("found only %d command lines", found)
	}
}

var inline = regexp.MustCompile("`monitor ([^`]+)`")

// commandLines are the arguments of every use of the program in a text: lines of
// code blocks, and words in backquotes.
func commandLines(text string) []string {
	var lines []string
	for _, m := range inline.FindAllStringSubmatch(text, -1) {
		lines = append(lines, " "+alternatives.ReplaceAllString(m[1], "$1"))
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "ExecStart=") {
			continue
		}
		line = strings.TrimSpace(strings.TrimPrefix(line, "ExecStart="))
		if m := invocation.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "docker") && !strings.HasPrefix(line, "go build") {
			lines = append(lines, m[1])
		}
	}
	return slices.Compact(lines)
}

var alternatives = regexp.MustCompile(`(\w+)(?:\|\w+)+`) // check|schema

// README's configuration is one that the program takes.
func TestReadmeConfig(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "## Configuration")
	if !ok {
		t.Fatal("README has no part on the configuration")
	}
	var yaml strings.Builder
	for line := range strings.Lines(rest) {
		if block, ok := strings.CutPrefix(line, "    "); ok {
			yaml.WriteString(block)
		} else if yaml.Len() > 0 && strings.TrimSpace(line) != "" {
			break
		}
	}
	path := filepath.Join(t.TempDir(), "monitor.yaml")
	if err := os.WriteFile(path, []byte(yaml.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, &yaml)
	}
	if len(cfg.Sources) < 4 {
		t.Errorf("got %d sources, want README's", len(cfg.Sources))
	}
}
