package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"monitor/config"
)

func newDesk(tb testing.TB) *Desk {
	tb.Helper()
	d, err := NewDesk(config.Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// Many lines are answered at once, and still in their order.
func TestStreamKeepsTheOrder(t *testing.T) {
	var in, out strings.Builder
	const lines = 500
	for i := range lines {
		if i%7 == 3 {
			fmt.Fprintln(&in, "{")
			continue
		}
		fmt.Fprintf(&in, `{"id": "%d", "text": "%s"}`+"\n", i, strings.Repeat("About 2,000"+kyodo+". ", i%5))
	}
	faults := map[int]bool{}
	if err := newDesk(t).Stream(strings.NewReader(in.String()), &out, ShowClaims, func(line int, _ error) { faults[line] = true }); err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for i := range lines {
		if bad := i%7 == 3; bad != faults[i+1] {
			t.Errorf("line %d: got a fault %v, want %v", i+1, faults[i+1], bad)
			continue
		} else if bad {
			continue
		}
		if !strings.HasPrefix(answers[0], fmt.Sprintf(`{"id":"%d","claims":[`, i)) {
			t.Fatalf("got %.60s, want the answer to %d", answers[0], i)
		}
		if got, want := strings.Contains(answers[0], `"low":2000`), i%5 > 0; got != want {
			t.Errorf("line %d: got a claim %v, want %v", i+1, got, want)
		}
		answers = answers[1:]
	}
	if len(answers) != 0 {
		t.Errorf("got %d more answers", len(answers))
	}
}

// Who writes a line and waits for the answer gets it before the next line.
func TestStreamAnswersAtOnce(t *testing.T) {
	in, question := io.Pipe()
	answer, out := io.Pipe()
	ended := make(chan error, 1)
	d := newDesk(t)
	go func() {
		err := d.Stream(in, out, ShowQuantities, func(int, error) {})
		ended <- err
		_ = out.Close()
	}()
	answers := bufio.NewReader(answer)
	for i := range 3 {
		if _, err := fmt.Fprintf(question, `{"id": "%d", "text": "12 apples"}`+"\n", i); err != nil {
			t.Fatal(err)
		}
		line, err := answers.ReadString('\n')
		if want := fmt.Sprintf(`{"id":"%d","quantities":[{"low":12,`, i); err != nil || !strings.HasPrefix(line, want) {
			t.Fatalf("got %q and %v, want %s", line, err, want)
		}
	}
	if err := question.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// The figure of a claim is where the claim says it is.
func TestShowSpans(t *testing.T) {
	doc, err := Item{ID: new("a"), HTML: new("<p>Since <b>Monday</b> about 2,000" + kyodo + ".</p>")}.Document()
	if err != nil {
		t.Fatal(err)
	}
	shown := newDesk(t).Show("a", doc, ShowDecisions)
	if len(*shown.Claims) != 1 || len(*shown.Decisions) == 0 {
		t.Fatalf("got %+v, want one claim and its decision", shown)
	}
	if c := (*shown.Claims)[0]; doc.Text[c.Start:c.End] != "2,000" {
		t.Errorf("got %q at the claim's span, want the figure", doc.Text[c.Start:c.End])
	}
}

// Any line is answered or refused: in order, with valid JSON, spans within the text.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		`{"id": "a", "text": "About 2,000 North Korean soldiers"}`, `{"id": "a", "html": "<p>2,000</p>", "published": "2024-10-24"}`,
		`{"id": 1}`, `[`, `null`, `{"id":"a","text":null}`, "{\"id\":\"a\",\"text\":\"\\ud800 12\"}", `{"id":"a","text":"x","published":"2024-13-40"}`,
	} {
		f.Add([]byte(seed))
	}
	d := newDesk(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n") {
			return
		}
		var out bytes.Buffer
		faults := 0
		input := append([]byte(`{"id":"first","text":""}`+"\n"), line...)
		input = append(input, "\n"+`{"id":"last","text":""}`...)
		if err := d.Stream(bytes.NewReader(input), &out, ShowDecisions, func(int, error) { faults++ }); err != nil {
			t.Fatal(err)
		}
		answers := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
		blank := len(bytes.TrimSpace(line)) == 0
		if want := 3 - faults; len(answers) != want && !(blank && len(answers) == 2) {
			t.Fatalf("got %d answers and %d faults to %q", len(answers), faults, line)
		}
		for _, a := range answers {
			if !json.Valid(a) {
				t.Errorf("got %s, want JSON", a)
			}
		}
	})
}
