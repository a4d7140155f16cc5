package main

import (
	"database/sql"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const oneSource = `
database: sqlite:monitor.db
fetch: {per_host: 0s, robots: false, allow_private: [127.0.0.0/8]}
sources:
  - {name: one, feed: $SITE/one.xml}
web: {listen: ""}
`

// Another program that keeps the database locked ends a check with the file's
// name, and nothing is lost by it.
func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("www/one.xml", rss())
	w.write("monitor.yaml", oneSource)
	if p := w.start("check"); p.exit() != exitDone {
		t.Fatalf("first check failed:\n%s", p.out)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "monitor.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000")))
	p := w.start("check")
	if got := p.exit(); got != exitFailed || !strings.Contains(p.out.String(), "monitor.db: locked by another process") ||
		!strings.Contains(p.out.String(), "monitor: hint: another program has the database open") {
		t.Errorf("got exit status %d and %s, want the locked file named", got, p.out)
	}
	if _, err := db.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	p = w.start("check")
	if got := p.exit(); got != exitDone || !strings.Contains(p.out.String(), "about 2,000") {
		t.Errorf("got exit status %d and %s, want the alert", got, p.out)
	}
}

// A disk without room ends a check with the file's name. A limit on the size of
// files stands for the disk.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("monitor.yaml", oneSource)
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000")+"<!-- "+strings.Repeat("x", 1<<20)+" -->"))
	long := strings.Replace(item("b", "Sat, 26", "4,500"), "About", strings.Repeat("It is not known what else the government has said to the press about it. ", 6_000)+"About", 1)
	if p := w.start("check"); p.exit() != exitDone {
		t.Fatalf("first check failed:\n%s", p.out)
	}
	w.write("www/one.xml", rss(item("a", "Fri, 25", "2,000"), long))
	out := &output{}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -f 300; exec monitor check")
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, out, out
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(out.String(), "monitor.db: ") {
		t.Errorf("got %v and %s, want exit status %d and the full database named", err, out, exitFailed)
	}
	p := w.start("check")
	if got := p.exit(); got != exitDone || !strings.Contains(p.out.String(), "4,500") {
		t.Errorf("got exit status %d and %s, want the alert once there is room", got, p.out)
	}
}
