package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/feed"
	"monitor/internal/notify"
)

// writeForEver visits, compares and posts one entry after another, and prints
// what it has done once it is done.
func writeForEver(path string) error {
	ctx := context.Background()
	l, err := Open(ctx, "sqlite:"+path, Options{})
	if err != nil {
		return err
	}
	st, err := l.Source(ctx, "wire")
	if err != nil {
		return err
	}
	for i := st.Entries + 1; ; i++ {
		name := strconv.Itoa(i)
		_, err := l.Visit(ctx, Visit{
			Source: "wire", At: start, Validators: &feed.Validators{ETag: name},
			Entries: []Capture{item(name, says("kr", claim.Count(i), 23), says("us", claim.Count(i), 23))},
		})
		if err != nil {
			return err
		}
		if _, _, err := l.Compare(ctx, 100, []string{"terminal"}, atOnce, verdict(detect.New)); err != nil {
			return err
		}
		alerts, err := l.Due(ctx, "terminal", time.Now())
		if err != nil {
			return err
		}
		for _, a := range alerts {
			r := notify.Receipt{Route: "terminal", Step: notify.Post, Key: fmt.Sprintf("%d/%d", a.ID, a.Revision), Alerts: []int64{a.ID}, Revisions: []int{a.Revision}}
			if r, err = l.Begin(ctx, r); err != nil {
				return err
			}
			r.State = notify.Sent
			if err := l.Finish(ctx, r); err != nil {
				return err
			}
		}
		fmt.Println(name)
	}
}

func TestKilledWhileWriting(t *testing.T) {
	l, c := open(t)
	path := l.Path()
	must(t, l.Close())
	said := 0
	for round := range 5 {
		p := startHelper(t, "write", path)
		for range 3 + 2*round {
			n, err := strconv.Atoi(p.line(t))
			must(t, err)
			said = n
		}
		must(t, p.cmd.Process.Kill())
		_ = p.cmd.Wait() // "signal: killed"
		consistent(t, openFile(t, path, c), said)
	}
}

// consistent says whether all that was told as done is there, and nothing of
// anything else but whole transactions.
func consistent(t *testing.T, l *Ledger, said int) {
	t.Helper()
	defer l.Close()
	ctx := t.Context()
	must(t, l.Check(ctx))
	st, err := l.Source(ctx, "wire")
	must(t, err)
	if st.Entries < said || st.Validators.ETag != strconv.Itoa(st.Entries) {
		t.Errorf("%d entries with validators %s, after %d were told", st.Entries, st.Validators.ETag, said)
	}
	claims, err := l.Claims(ctx, Filter{})
	must(t, err)
	equal(t, len(claims), 2*st.Entries)
	waiting, err := l.Uncompared(ctx)
	must(t, err)
	findings, err := l.Findings(ctx, Filter{})
	must(t, err)
	equal(t, len(findings), len(claims)-waiting)
	alerts, err := l.Alerts(ctx, Filter{})
	must(t, err)
	equal(t, len(alerts), len(findings)/2)
	for _, a := range alerts {
		equal(t, len(a.Findings), 2)
	}
	open, err := l.Unfinished(ctx, "terminal")
	must(t, err)
	for _, r := range open { // as an app does that finds them
		r.State = notify.Retry
		must(t, l.Finish(ctx, r))
	}
}

func TestTransactionThatNeverCommits(t *testing.T) {
	l, _ := open(t)
	must(t, l.SyncSources(t.Context(), []feed.Source{{Name: "wire"}}))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = l.update(t.Context(), func(s *session) error {
			must(t, s.run(`UPDATE source SET last_error = 'half'`))
			panic("power cut")
		})
	}()
	st, err := l.Source(t.Context(), "wire")
	must(t, err)
	equal(t, st.LastError, "")
	visit(t, l, "wire", item("a")) // the writer is free again
}

// compareAll compares until nothing is left, and counts its findings.
func compareAll(path string) error {
	ctx := context.Background()
	l, err := Open(ctx, "sqlite:"+path, Options{Wait: time.Minute})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if _, err := fmt.Fscanln(os.Stdin); err != nil && err.Error() != "unexpected newline" {
		return err
	}
	total := 0
	for {
		findings, n, err := l.Compare(ctx, 7, []string{"terminal"}, atOnce, verdict(detect.New))
		if err != nil {
			return err
		}
		if total += len(findings); n < 7 {
			break
		}
	}
	fmt.Println(total)
	return l.Close()
}

func TestTwoProcessesCompareEachClaimOnce(t *testing.T) {
	l, _ := open(t)
	var claims []claim.Claim
	for i := range 400 {
		claims = append(claims, says("kr", claim.Count(i+1), 23))
	}
	visit(t, l, "wire", item("a", claims...))
	a, b := startHelper(t, "compare", l.Path()), startHelper(t, "compare", l.Path())
	total := 0
	for _, p := range []*process{a, b} {
		equal(t, p.line(t), "ready")
	}
	for _, p := range []*process{a, b} {
		_, err := fmt.Fprintln(p.in)
		must(t, err)
	}
	for _, p := range []*process{a, b} {
		n, err := strconv.Atoi(p.line(t))
		must(t, err)
		total += n
	}
	equal(t, total, 400)
	findings, err := l.Findings(t.Context(), Filter{})
	must(t, err)
	equal(t, len(findings), 400)
	alerts, err := l.Alerts(t.Context(), Filter{})
	must(t, err)
	for _, a := range alerts {
		if a.Revision != 1 {
			t.Errorf("alert %d: got revision %d, want 1", a.ID, a.Revision)
		}
	}
}

func TestErrorsStayWhatTheyAre(t *testing.T) {
	l, _ := open(t)
	mine := errors.New("mine")
	if err := l.update(t.Context(), func(*session) error { return mine }); err != mine { //nolint:errorlint // the very error
		t.Errorf("got %v, want %v", err, mine)
	}
}
