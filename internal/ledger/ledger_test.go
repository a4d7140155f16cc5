package ledger

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
)

var keepFiles = flag.Bool("keep", false, "leave the databases of the tests in the temporary folder to look at")

// start is the day on which the tests' clocks stand.
var start = time.Date(2024, 10, 28, 12, 0, 0, 0, time.UTC)

// helpers run in a process of their own: the test binary, started again.
var helpers = map[string]func(path string) error{
	"hold":    holdLock,
	"write":   writeForEver,
	"compare": compareAll,
}

func TestMain(m *testing.M) {
	if run := helpers[os.Getenv("LEDGER_TEST_HELPER")]; run != nil {
		if err := run(os.Getenv("LEDGER_TEST_FILE")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process is a helper on its way.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startHelper(t *testing.T, name, path string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "LEDGER_TEST_HELPER="+name, "LEDGER_TEST_FILE="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &process{cmd, in, bufio.NewReader(out)}
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	s, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("helper ended early: %v", err)
	}
	return strings.TrimSpace(s)
}

func file(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	if *keepFiles {
		dir = filepath.Join(os.TempDir(), "ledger", tb.Name())
		if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
			tb.Fatal(err)
		}
		tb.Logf("kept in %s", dir)
	}
	return filepath.Join(dir, "monitor.db")
}

// clock is a time that a test moves on.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time           { return c.now }
func (c *clock) advance(by time.Duration) { c.now = c.now.Add(by) }

func openFile(tb testing.TB, path string, c *clock) *Ledger {
	tb.Helper()
	l, err := Open(tb.Context(), "sqlite:"+path, Options{Now: c.Now, Wait: 10 * time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l
}

// open gives a fresh ledger with the sources wire and desk.
func open(tb testing.TB) (*Ledger, *clock) {
	tb.Helper()
	c := &clock{start}
	l := openFile(tb, file(tb), c)
	must(tb, l.SyncSources(tb.Context(), []feed.Source{
		{Name: "desk", Kind: feed.Feed, URL: "https://desk.example/rss", Follow: true, Recheck: []time.Duration{time.Hour, 6 * time.Hour}},
		{Name: "wire", Kind: feed.Feed, URL: "https://wire.example/rss"},
	}))
	return l, c
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func equal[T any](tb testing.TB, got, want T) {
	tb.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		tb.Errorf("got (+) against want (-):\n%s", diff)
	}
}

// says is a claim of n troops by a claimant, as of a day of October 2024.
func says(who claim.Claimant, n claim.Count, day int) claim.Claim {
	return claim.Claim{
		Bounds: claim.Bounds{Low: n, High: n}, Qualifier: claim.Exact, Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual,
		Claimant: who, Speaker: "the office", AsOf: claim.NewDate(2024, time.October, day), Quote: fmt.Sprint(n),
		Sentence: fmt.Sprintf("The office said on Tuesday that %d soldiers had arrived.", n), Start: 3, End: 8, Topic: "dprk-troops", Lang: "en", Rule: "number",
	}
}

// item is an entry of a feed with its claims.
func item(key string, claims ...claim.Claim) Capture {
	return Capture{
		Entry: feed.Entry{
			Key: key, URL: "https://wire.example/" + key, Title: "Title of " + key, Published: start.Add(-time.Hour),
			Version: feed.Version{HTML: "<p>" + key + fmt.Sprint(claims) + "</p>", Captured: start},
		},
		Outlet: "Wire", Lang: "en", Claims: claims,
	}
}

func visit(tb testing.TB, l *Ledger, source string, captures ...Capture) VisitResult {
	tb.Helper()
	res, err := l.Visit(tb.Context(), Visit{Source: source, At: l.now(), Entries: captures, Validators: &feed.Validators{ETag: `"1"`}})
	must(tb, err)
	return res
}

// verdict is a CompareFunc that finds every claim to be of one kind.
func verdict(kind detect.Kind) CompareFunc {
	return func(_ context.Context, r detect.Record, _ detect.HistoryOf) (detect.Verdict, error) {
		return detect.Verdict{
			Kind: kind, Reasons: []detect.Reason{{Kind: kind, Rule: "test", Text: "Because."}}, Story: detect.StoryOf(r.Claim),
			Stands: r.Claim.Claimant != "" && !r.Claim.Increment, Remember: true,
		}, nil
	}
}

func atOnce(now time.Time) time.Time { return now }

func compare(tb testing.TB, l *Ledger, fn CompareFunc) []detect.Finding {
	tb.Helper()
	findings, _, err := l.Compare(tb.Context(), 1000, []string{"terminal"}, atOnce, fn)
	must(tb, err)
	return findings
}

// ask runs fn with the history as it stands, on a claim made for the purpose.
func ask(tb testing.TB, l *Ledger, fn func(h detect.HistoryOf)) {
	tb.Helper()
	must(tb, l.view(tb.Context(), func(s *session) error {
		fn(newHistory(s))
		return nil
	}))
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name, 100% & ?.db")
	l := openFile(t, path, &clock{start})
	must(t, l.SyncSources(t.Context(), []feed.Source{{Name: "a"}}))
	for _, f := range []string{path, path + "-wal"} {
		info, err := os.Stat(f)
		must(t, err)
		equal(t, info.Mode().Perm(), 0o600)
	}
	equal(t, l.Path(), path)
}

func TestManyOpenAFreshFileAtOnce(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "monitor.db")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				l, err := Open(t.Context(), "sqlite:"+path, Options{Wait: 20 * time.Second})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(l.SyncSources(t.Context(), []feed.Source{{Name: "a"}}), l.Close()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func TestReceiptsSurviveAPowerCut(t *testing.T) {
	l, _ := open(t)
	level := func(s *session) (n int) {
		must(t, s.get(`PRAGMA synchronous`, nil, &n))
		return n
	}
	must(t, l.durable(t.Context(), func(s *session) error {
		equal(t, level(s), 2)
		return nil
	}))
	must(t, l.update(t.Context(), func(s *session) error {
		equal(t, level(s), 1)
		return nil
	}))
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	foreign := filepath.Join(dir, "foreign.db")
	text := filepath.Join(dir, "text.db")
	empty := filepath.Join(dir, "empty-version.db")
	script(t, newer, `CREATE TABLE schema_version (version INTEGER NOT NULL); INSERT INTO schema_version VALUES (99)`)
	script(t, foreign, `CREATE TABLE customers (id INTEGER)`)
	script(t, empty, `CREATE TABLE schema_version (version INTEGER NOT NULL)`)
	must(t, os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o600))
	for _, test := range []struct {
		address string
		is      error
		says    string
	}{
		{"sqlite:" + newer, ErrNewer, newer},
		{"sqlite:" + foreign, ErrForeign, "customers"},
		{"sqlite:" + empty, ErrForeign, empty},
		{"sqlite:" + text, ErrForeign, text},
		{"sqlite:" + filepath.Join(dir, "no", "folder.db"), nil, "no such file or directory"},
		{"sqlite:" + dir, nil, dir},
		{"postgres://user:secret@host/name", nil, "SQLite only"},
		{"monitor.db", nil, `must begin with "sqlite:"`},
		{"sqlite:", nil, "names no file"},
	} {
		l, err := Open(t.Context(), test.address, Options{})
		if err == nil {
			t.Errorf("Open(%q): got no error", test.address)
			_ = l.Close()
			continue
		}
		if test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("Open(%q): got %v, want one that is %v", test.address, err, test.is)
		}
		if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q): got %v, want one that says %q", test.address, err, test.says)
		}
	}
}

// script runs SQL on a file, as another program would.
func script(tb testing.TB, path, text string) {
	tb.Helper()
	db, err := sql.Open("sqlite", path)
	must(tb, err)
	_, err = db.ExecContext(tb.Context(), text)
	must(tb, cmp.Or(err, db.Close()))
}

func TestInMemory(t *testing.T) {
	l, err := Open(t.Context(), "sqlite::memory:", Options{Now: (&clock{start}).Now})
	must(t, err)
	must(t, l.SyncSources(t.Context(), []feed.Source{{Name: "wire"}}))
	visit(t, l, "wire", item("a", says("kr", 3000, 23)))
	equal(t, len(compare(t, l, verdict(detect.New))), 1)
	found, err := l.Findings(t.Context(), Filter{})
	must(t, err)
	equal(t, len(found), 1)
	must(t, l.Check(t.Context()))
	must(t, l.Close())
}

func TestUpgradeOfTheFirstSchema(t *testing.T) {
	frozen, err := os.ReadFile("testdata/schema-1.sql")
	must(t, err)
	path := file(t)
	script(t, path, string(frozen))
	l := openFile(t, path, &clock{start})
	must(t, l.Check(t.Context()))

	st, err := l.Source(t.Context(), "wire")
	must(t, err)
	equal(t, st.Validators.ETag, `W/"first"`)
	equal(t, st.Strikes, 0.0)
	equal(t, len(st.Changes), 0)
	must(t, l.HoldHost(t.Context(), "wire.example", start.Add(time.Hour)))
	findings, err := l.Findings(t.Context(), Filter{})
	must(t, err)
	equal(t, len(findings), 1)
	equal(t, findings[0].Record.Claim.Phrase(claim.About), "about 10,000")
	due, err := l.Due(t.Context(), "terminal", start)
	must(t, err)
	equal(t, len(due), 1)

	fresh := openFile(t, file(t), &clock{start})
	equal(t, tables(t, l), tables(t, fresh))
}

// tables are the tables and indexes without comments and spacing.
func tables(tb testing.TB, l *Ledger) (list []string) {
	tb.Helper()
	must(tb, l.view(tb.Context(), func(s *session) (err error) {
		list, err = collect(s, scanString, `SELECT name || ': ' || group_concat(what, ', ') FROM (
			SELECT m.name, x.name || ' ' || x.type || ' ' || x."notnull" || ' ' || coalesce(x.dflt_value, '') || ' ' || x.pk AS what
			FROM sqlite_master m, pragma_table_info(m.name) x WHERE m.type = 'table' ORDER BY m.name, x.name) GROUP BY name
			UNION ALL
			SELECT m.name || ' on ' || m.tbl_name || ': ' || (SELECT group_concat(coalesce(x.name, '')) FROM pragma_index_info(m.name) x)
			FROM sqlite_master m WHERE m.type = 'index' ORDER BY 1`)
		return err
	}))
	return list
}

func TestMigrationIsAllOrNothing(t *testing.T) {
	path := file(t)
	must(t, openFile(t, path, &clock{start}).Close())
	defer func(old []string) { migrations = old }(migrations)

	migrations = append(migrations, `ALTER TABLE source ADD COLUMN note TEXT NOT NULL DEFAULT 'x'; CREATE TABLE mark (again INTEGER)`)
	if l, err := Open(t.Context(), "sqlite:"+path, Options{}); err == nil {
		_ = l.Close()
		t.Fatal("got no error from a migration that cannot work")
	} else if !strings.Contains(err.Error(), "upgrade from schema") || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}

	migrations[len(migrations)-1] = `ALTER TABLE source ADD COLUMN note TEXT NOT NULL DEFAULT 'x'`
	l := openFile(t, path, &clock{start})
	must(t, l.view(t.Context(), func(s *session) error {
		version, err := schemaVersion(s)
		equal(t, version, current())
		return err
	}))
	must(t, l.Close())

	migrations = migrations[:len(migrations)-1]
	if _, err := Open(t.Context(), "sqlite:"+path, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, want one that is %v", err, ErrNewer)
	}
}

func holdLock(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	if _, err := db.ExecContext(context.Background(), `BEGIN EXCLUSIVE`); err != nil {
		return err
	}
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin) // until the test lets go
	return err
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := file(t)
	l, err := Open(t.Context(), "sqlite:"+path, Options{Wait: 50 * time.Millisecond})
	must(t, err)
	defer l.Close()
	p := startHelper(t, "hold", path)
	equal(t, p.line(t), "held")

	err = l.SyncSources(t.Context(), []feed.Source{{Name: "a"}})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "50ms") {
		t.Errorf("got %v, want %v with the file and the wait", err, ErrLocked)
	}
	if _, err := l.Sources(t.Context()); err != nil {
		t.Errorf("reading beside the lock: got %v", err)
	}
	must(t, p.in.Close())
	must(t, p.cmd.Wait())
	must(t, l.SyncSources(t.Context(), []feed.Source{{Name: "a"}}))
}

func TestOpenOfALockedFile(t *testing.T) {
	path := file(t)
	p := startHelper(t, "hold", path) // not even in WAL mode yet, so that readers are shut out too
	equal(t, p.line(t), "held")
	l, err := Open(t.Context(), "sqlite:"+path, Options{Wait: 50 * time.Millisecond})
	if err == nil {
		_ = l.Close()
	}
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v with the file", err, ErrLocked)
	}
}

func TestFullDisk(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("before", says("kr", 1500, 18)))
	must(t, l.alone(t.Context(), func(s *session) error {
		var pages int
		if err := s.get(`PRAGMA page_count`, nil, &pages); err != nil {
			return err
		}
		return s.script(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+2))
	}))
	big := item("big", says("kr", 3000, 23))
	big.Entry.Version.HTML = strings.Repeat("x", 1<<20)
	_, err := l.Visit(t.Context(), Visit{Source: "wire", At: start, Entries: []Capture{item("small", says("kr", 2000, 20)), big}, Validators: &feed.Validators{ETag: `"2"`}})
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), l.Path()) {
		t.Fatalf("got %v, want %v with the file", err, ErrFull)
	}

	st, err := l.Source(t.Context(), "wire")
	must(t, err)
	equal(t, st.Validators.ETag, `"1"`)
	equal(t, st.Entries, 1)
	must(t, l.alone(t.Context(), func(s *session) error { return s.script(`PRAGMA max_page_count = 100000`) }))
	equal(t, visit(t, l, "wire", big), VisitResult{NewEntries: 1, Claims: 1})
}

func TestReadOnlyFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path := file(t)
	must(t, openFile(t, path, &clock{start}).Close())
	must(t, os.Chmod(path, 0o400))
	if _, err := Open(t.Context(), "sqlite:"+path, Options{}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestCopy(t *testing.T) {
	l, _ := open(t)
	visit(t, l, "wire", item("a", says("kr", 3000, 23)))
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, l.Copy(t.Context(), path))
	info, err := os.Stat(path)
	must(t, err)
	equal(t, info.Mode().Perm(), 0o600)

	twin := openFile(t, path, &clock{start})
	equal(t, len(compare(t, twin, verdict(detect.New))), 1)
	mine, err := l.Findings(t.Context(), Filter{})
	must(t, err)
	equal(t, len(mine), 0)
	if err := l.Copy(t.Context(), path); err == nil {
		t.Error("got no error for a copy over a file")
	}
}

func TestCheckFindsDamage(t *testing.T) {
	l, _ := open(t)
	must(t, l.Check(t.Context()))
	must(t, l.alone(t.Context(), func(s *session) error {
		return s.script(`PRAGMA foreign_keys = 0; INSERT INTO derived (claim, record) VALUES (77, ''); PRAGMA foreign_keys = 1`)
	}))
	if err := l.Check(t.Context()); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}
}

func TestCancelledContext(t *testing.T) {
	l, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Visit(ctx, Visit{Source: "wire"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Sources(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestClosedLedger(t *testing.T) {
	l, _ := open(t)
	must(t, l.Close())
	must(t, l.Close())
	if _, err := l.Sources(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want %v", err, ErrClosed)
	}
	if err := l.Schedule(t.Context(), "wire", start); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v, want %v", err, ErrClosed)
	}
}
