package detect_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

// filled is a history of n claims, one in three with a figure of its own.
func filled(b *testing.B, n int) (*detect.Memory, []detect.Record) {
	b.Helper()
	rng := rand.New(rand.NewPCG(uint64(n), 3))
	var m detect.Memory
	records := stream(rng, "x", n)
	for i, r := range records {
		if rng.IntN(3) == 0 {
			records[i].Claim.Bounds = claim.Bound(claim.Count(rng.IntN(1<<20)), claim.Exact)
			records[i].Claim.Qualifier = claim.Exact
		}
		m.Add(records[i], detect.Verdict{Remember: rng.IntN(3) == 0 && r.Claim.Qualifier != claim.Vague, Stands: r.Claim.Claimant != "" && !r.Claim.Increment})
	}
	return &m, records
}

// One claim costs about the same however many were compared before it.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{1e3, 1e4, 1e5} {
		m, _ := filled(b, n)
		at := start.AddDate(0, 0, n)
		known := detect.Record{ID: 1 << 40, Entry: 1 << 40, Captured: at, Claim: claim.Claim{
			Bounds: claim.Bound(10000, claim.About), Qualifier: claim.About, Topic: "y", Unit: claim.Troops, Measure: claim.Deployed, Mode: claim.Actual, Claimant: "us-pentagon",
		}}
		m.Add(detect.Record{Baseline: true, Claim: known.Claim}, detect.Verdict{})
		unknown := known
		unknown.Claim.Topic, unknown.Claim.Bounds = "x", claim.Bound(1<<30, claim.Exact)
		for _, bb := range []struct {
			name   string
			record detect.Record
		}{{"known", known}, {"unknown", unknown}} {
			b.Run(fmt.Sprintf("%s/%d", bb.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := detect.Compare(context.Background(), bb.record, m, rules, name); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// A whole record read again, as replay does it.
func BenchmarkFold(b *testing.B) {
	records := stream(rand.New(rand.NewPCG(1, 3)), "x", 10000)
	b.ReportAllocs()
	for b.Loop() {
		var m detect.Memory
		for _, r := range records {
			v, err := detect.Compare(context.Background(), r, &m, rules, name)
			if err != nil {
				b.Fatal(err)
			}
			m.Add(r, v)
		}
	}
	b.ReportMetric(float64(len(records)*b.N)/b.Elapsed().Seconds(), "claims/s")
}
