package ledger

import (
	"context"
	"fmt"
	"testing"

	"monitor/internal/claim"
	"monitor/internal/detect"
	"monitor/internal/notify"
)

// BenchmarkVisit stores a poll of 20 new entries with one claim each.
func BenchmarkVisit(b *testing.B) {
	l, _ := open(b)
	n := 0
	for b.Loop() {
		captures := make([]Capture, 20)
		for i := range captures {
			n++
			captures[i] = item(fmt.Sprint(n), says("kr", claim.Count(n), 23))
		}
		visit(b, l, "wire", captures...)
	}
	b.ReportMetric(float64(b.N*20)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkVisitAgain stores a poll that brought 20 entries as they were.
func BenchmarkVisitAgain(b *testing.B) {
	l, _ := open(b)
	captures := make([]Capture, 20)
	for i := range captures {
		captures[i] = item(fmt.Sprint(i), says("kr", claim.Count(i), 23))
	}
	for b.Loop() {
		visit(b, l, "wire", captures...)
	}
}

// BenchmarkVisitUnchanged is what a source costs that has nothing new.
func BenchmarkVisitUnchanged(b *testing.B) {
	l, _ := open(b)
	for b.Loop() {
		_, err := l.Visit(b.Context(), Visit{Source: "wire", At: start, Unchanged: true, NextDue: start})
		must(b, err)
	}
}

var claimants = []claim.Claimant{"kr", "kr-nis", "us", "us-pentagon", "us-white-house", "ua", "ua-hur", "nato", "gb", "jp", ""}

// nth gives claims of which one in twenty has a figure that was not there before.
func nth(i int) claim.Claim {
	n := claim.Count(1000 + i%(max(i, 20)/20))
	return says(claimants[i%len(claimants)], n, 1+i%28)
}

// judge asks what detect asks, and decides without thinking.
func judge(ctx context.Context, r detect.Record, h detect.HistoryOf) (detect.Verdict, error) {
	n, _ := r.Claim.Number()
	known, err := h.Known(ctx, troops, claim.Bounds{Low: n, High: n})
	if err != nil {
		return detect.Verdict{}, err
	}
	if _, err := h.Standing(ctx, troops); err != nil {
		return detect.Verdict{}, err
	}
	v := detect.Verdict{Kind: detect.Known, Story: detect.StoryOf(r.Claim), Stands: r.Claim.Claimant != ""}
	if len(known) == 0 {
		v.Kind, v.Remember = detect.New, true
		v.Reasons = []detect.Reason{{Kind: detect.New, Rule: "new", Text: "A figure that nobody gave before."}}
	}
	return v, nil
}

// BenchmarkCompare compares 1,000 claims where so many are compared already.
func BenchmarkCompare(b *testing.B) {
	for _, stored := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(stored), func(b *testing.B) {
			l, _ := open(b)
			n := fill(b, l, 0, stored)
			drain(b, l)
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				n = fill(b, l, n, 1000)
				b.StartTimer()
				drain(b, l)
			}
			b.ReportMetric(float64(b.N*1000)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}

func fill(b *testing.B, l *Ledger, from, count int) (next int) {
	b.Helper()
	for i := from; i < from+count; i += 20 {
		claims := make([]claim.Claim, 20)
		for k := range claims {
			claims[k] = nth(i + k)
		}
		visit(b, l, "wire", item(fmt.Sprint(i), claims...))
	}
	return from + count
}

func drain(b *testing.B, l *Ledger) {
	b.Helper()
	for {
		_, n, err := l.Compare(b.Context(), 500, []string{"terminal"}, atOnce, judge)
		must(b, err)
		if n < 500 {
			return
		}
	}
}

// BenchmarkDue loads 1,000 unsent alerts with all that they tell.
func BenchmarkDue(b *testing.B) {
	l, c := open(b)
	var claims []claim.Claim
	for i := range 1000 {
		claims = append(claims, says("kr", claim.Count(i+1), 23))
	}
	visit(b, l, "wire", item("a", claims...))
	compare(b, l, verdict(detect.New))
	for b.Loop() {
		alerts, err := l.Due(b.Context(), "terminal", c.now)
		must(b, err)
		equal(b, len(alerts), 1000)
	}
}

// BenchmarkReceipt is one post's record: begun and finished, each safe from a power cut.
func BenchmarkReceipt(b *testing.B) {
	l, _ := open(b)
	visit(b, l, "wire", item("a", says("kr", 3000, 23)))
	compare(b, l, verdict(detect.New))
	i := 0
	for b.Loop() {
		i++
		r, err := l.Begin(b.Context(), receipt(fmt.Sprint(i), notify.Reply, 1, 1))
		must(b, err)
		r.State = notify.Sent
		must(b, l.Finish(b.Context(), r))
	}
}
