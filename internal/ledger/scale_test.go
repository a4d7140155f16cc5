//go:build unix

package ledger

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"monitor/internal/claim"
)

// wide gives claims as years of coverage bring them: many claimants and measures,
// most of the figures known, and a few new ones each thousand.
func wide(dice *rand.Rand, i int) claim.Claim {
	who := claimants[dice.IntN(len(claimants))]
	if dice.IntN(4) == 0 {
		who = claim.Claimant(fmt.Sprint("media:m", dice.IntN(50)))
	}
	n := claim.Count(500 * (1 + dice.IntN(40)))
	if dice.IntN(200) == 0 {
		n = claim.Count(20000 + i)
	}
	c := says(who, n, 1+i*28/1_100_000)
	c.Measure = claim.Measures[dice.IntN(len(claim.Measures))]
	c.Qualifier = []claim.Qualifier{claim.Exact, claim.About, claim.AtLeast, claim.UpTo}[dice.IntN(4)]
	c.Bounds = claim.Bound(n, c.Qualifier)
	c.Increment = dice.IntN(50) == 0
	c.Sentence = fmt.Sprintf("The office said in its statement number %d that there were %d soldiers of that kind by now.", i, n)
	return c
}

// BenchmarkRecord compares and stores 5,000 claims with the rules as they are,
// where so many are stored already. -bench=Record/1000000 takes minutes to fill.
func BenchmarkRecord(b *testing.B) {
	for _, stored := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(stored), func(b *testing.B) {
			if stored > 100_000 && testing.Short() {
				b.Skip("takes minutes to fill")
			}
			l, c := open(b)
			dice := rand.New(rand.NewPCG(1, 2))
			n := 0
			put := func(count int) {
				captures := make([]Capture, count/20)
				for i := range captures {
					claims := make([]claim.Claim, 20)
					for k := range claims {
						claims[k] = wide(dice, n+i*20+k)
					}
					captures[i] = item(fmt.Sprint(n+i*20), claims...)
					captures[i].Outlet = fmt.Sprint("Outlet ", dice.IntN(100))
					captures[i].Entry.Published = start.Add(time.Duration(n) * time.Second)
				}
				visit(b, l, "wire", captures...)
				n += count
				c.advance(time.Minute)
			}
			compareAll := func() {
				for {
					_, done, err := l.Compare(b.Context(), 500, []string{"terminal"}, atOnce, rules)
					must(b, err)
					if done < 500 {
						return
					}
				}
			}
			for n < stored {
				put(5000)
				compareAll()
			}
			b.ResetTimer()
			var used time.Duration
			for range b.N {
				b.StopTimer()
				put(5000)
				b.StartTimer()
				before := processor()
				compareAll()
				used += processor() - before
			}
			b.ReportMetric(float64(b.N*5000)/used.Seconds(), "claims/cpu-s") // what other programs leave alone
			b.ReportMetric(float64(b.N*5000)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}

// processor is the time that all processors have spent on this program.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
