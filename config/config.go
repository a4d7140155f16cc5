// Package config turns monitor.yaml into a checked Config.
//
// A file is read whole or not at all: every fault it has is told at once, each
// with its place and what to write instead, and nothing is guessed. What is left
// out has its default, so that a Config needs no further checks: schedules parse,
// selectors compile, addresses and zones exist in form, relative paths are
// relative to the file.
//
// starter.yaml is the file that a newcomer starts from and also the built-in
// configuration; schema.json describes the same file to editors.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // a container may have no zones, and a file that names one must load there too

	"monitor/internal/claim"
	"monitor/internal/feed"
)

// Config is a configuration without faults, with every default filled in.
type Config struct {
	Database Secret        // sqlite:PATH or postgres://...; shown without its password. Default sqlite:monitor.db
	Evidence string        // folder for what was fetched, as WARC; "" keeps none
	Schedule string        // when a source is polled that has no schedule of its own. Default every 15 minutes
	Timezone string        // zone of schedules that name none. Default UTC
	Fetch    Fetch         // how sources are visited
	Sources  []feed.Source // what is watched, schedule and zone filled in; may be empty
	Topics   []Topic       // what is counted. Default the built-in topic
	Notify   Notify        // who is told
	Web      Web           // health and dashboard
}

// Fetch is how sources are visited.
type Fetch struct {
	UserAgent    string         // "" names the program and its address
	Contact      string         // mail or web address in User-Agent for those whose pages are read; optional
	Timeout      time.Duration  // for one whole request. Default 30s
	MaxBody      int64          // bytes of one document, decoded. Default 10 MiB
	MaxItems     int            // entries taken from one document. Default 2000
	PerHost      time.Duration  // least time between two requests to one host; 0 is legal. Default 1s
	Robots       bool           // heed robots.txt. Default true
	AllowPrivate []netip.Prefix // networks that sources may reach besides the public Internet. Default none
}

// Topic is what is counted, with the settings for comparing its figures.
type Topic struct {
	Use         string              // name of a built-in topic; "" for one of the file's own
	Name        string              // identifies the topic; equal to Use for a built-in one
	Title       string              // as alerts call an own topic. Default Name
	Terms       map[string][]string // of an own topic: language to words for what is counted; a final * takes any ending
	Measures    []claim.Measure     // of an own topic: the measures it is read for. Default all
	Tolerance   float64             // what "about" allows either way, as a fraction. Default 0.1
	Window      time.Duration       // how far apart two figures may lie and still conflict. Default 14 days
	Baseline    []claim.Baseline    // the known figures
	HasBaseline bool                // the file gives a baseline, be it empty; else the topic's own stands
}

// Notify is who is told, and how much at once.
type Notify struct {
	GroupWait   time.Duration // collect before the first post of a story. Default 30s
	DigestAbove int           // more alerts than this at once become one digest; 0 never. Default 10
	Slack       *Slack        // nil prints alerts instead
}

// Slack is where alerts are posted: with a bot token, which can edit its messages, or by a webhook, which cannot.
type Slack struct {
	Token   Secret  // bot token; set when Webhook is not
	Webhook Secret  // incoming webhook; set when Token is not
	Channel string  // needed with Token; a webhook has its own
	Rate    float64 // messages a second a channel. Default 1
	APIURL  string  // another Slack API address, for a test server; "" is Slack's
}

// Web is the program's own web server.
type Web struct {
	Listen string // host:port; "" serves nothing. Default 127.0.0.1:8080
}

// Defaults of a topic.
const (
	defaultTopic     = "dprk-troops"
	defaultTolerance = 0.1
	defaultWindow    = 14 * 24 * time.Hour
)

func (o origin) defaults() *Config {
	return &Config{
		Database: o.sqlite("monitor.db"),
		Schedule: "*/15 * * * *",
		Timezone: "UTC",
		Fetch: Fetch{
			Timeout:  30 * time.Second,
			MaxBody:  10 << 20,
			MaxItems: 2000,
			PerHost:  time.Second,
			Robots:   true,
		},
		Notify: Notify{GroupWait: 30 * time.Second, DigestAbove: 10},
		Web:    Web{Listen: "127.0.0.1:8080"},
	}
}

//go:embed starter.yaml
var starter []byte

//go:embed schema.json
var schema []byte

// Starter is the commented file that a newcomer starts from.
func Starter() []byte { return append([]byte(nil), starter...) }

// Schema is the JSON Schema (draft 2020-12) of the file, for editors.
func Schema() []byte { return append([]byte(nil), schema...) }

// Builtin is the configuration without any file: the starter file's.
func Builtin() *Config {
	c, err := parse(origin{file: "starter.yaml", env: noEnv, open: openFile}, starter)
	if err != nil {
		panic(fmt.Sprintf("config: built-in file: %v", err)) // unreachable: a test loads it
	}
	return c
}

// maxFile is far above any real file and keeps a wrong one (a database, a log) out of memory.
const maxFile = 4 << 20

// Load reads the file. The error is Faults when the file can be read but not used.
func Load(path string) (*Config, error) { return load(path, false) }

// LoadToAsk is Load for who only asks the record and sends nothing: Slack's token and
// webhook stay empty, since the shell of a person at a desk seldom has them.
func LoadToAsk(path string) (*Config, error) { return load(path, true) }

func load(path string, unsent bool) (*Config, error) {
	data, err := readLimited(openFile, path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return parse(origin{file: path, dir: filepath.Dir(path), env: os.LookupEnv, open: openFile, unsent: unsent}, data)
}

// origin is where a file comes from and what its values may refer to.
type origin struct {
	file string // as faults name it
	dir  string // relative paths start here; "" leaves them as they are
	env  func(name string) (string, bool)
	open func(path string) (io.ReadCloser, error)

	unsent bool // secrets are not looked for
}

func openFile(path string) (io.ReadCloser, error) { return os.Open(path) }

func noEnv(string) (string, bool) { return "", false }

// readLimited reads a file of at most limit bytes; a longer one is an error.
func readLimited(open func(string) (io.ReadCloser, error), path string, limit int64) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", path, errTooLarge, limit)
	}
	return data, nil
}

// errTooLarge comes with a file that no configuration or secret is as large as.
var errTooLarge = errors.New("too large")

// sqlite is the address of a database file.
func (o origin) sqlite(path string) Secret {
	address := "sqlite:" + o.join(path)
	return shown(address, address)
}

// join makes a path of the file relative to the file's folder.
func (o origin) join(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(o.dir, path)
}
