package detect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

func TestRanges(t *testing.T) {
	records := func(day string, said ...string) (out []detect.Record) {
		for i, line := range said {
			date, err := claim.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			c, err := parseClaim(line, date)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, detect.Record{ID: int64(len(line)*100 + i), Claim: c, Captured: date.Time().AddDate(1, 0, 0)})
		}
		return out
	}
	said := []string{
		"kr-nis: about 1,500 on 2024-10-18", "kr-nis: 3,000 training on 2024-10-23", "us-white-house: at_least 3,000 on 2024-10-23", "us-pentagon: about 10,000 on 2024-10-28",
		"ua: 12,000 on 2024-10-28", "gb: 10,000-12,000 on 2024-11-01", "jp: thousands on 2024-10-20", "nobody: 90,000 on 2024-10-28", "kr-nis: another 8,000 on 2024-10-28",
		"ua: 5,000 killed | last week", "ua: 40,000 denied on 2024-10-28", "ua: 15,000 planned on 2024-10-28", "ua: at_least 700 killed on 2024-10-28", "kr: 100 killed on 2024-10-28",
	}
	for _, test := range []struct {
		on     string
		window time.Duration
		want   string
	}{
		{"2024-10-17", 0, ""},
		{"2024-10-18", 0, "deployed actual 1500 1500 1500: kr-nis"},
		{"2024-10-23", 0, "deployed actual 3000 3000 3000+: jp kr-nis us-white-house"},
		{"2024-10-28", 0, "deployed actual 3000 6500 12000: jp kr-nis us-white-house us-pentagon ua; deployed planned 15000 15000 15000: ua; killed actual 100 400 700+: kr ua"},
		{"2024-11-20", 14 * 24 * time.Hour, "deployed actual 0 0 0: lapsed jp kr-nis us-white-house us-pentagon gb ua; deployed planned 0 0 0: lapsed ua; killed actual 0 0 0: lapsed kr ua"},
		{"2024-11-11", 14 * 24 * time.Hour, "deployed actual 10000 11000 12000: us-pentagon gb ua lapsed jp kr-nis us-white-house; deployed planned 15000 15000 15000: ua; killed actual 100 400 700+: kr ua"},
	} {
		on, err := claim.ParseDate(test.on)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range detect.Ranges(records("2024-10-18", said...), on, test.window) {
			s := fmt.Sprintf("%s %s %d %d %d", g.Measure, g.Mode, g.Low, g.Median, g.High)
			if g.Open {
				s += "+"
			}
			s += ":"
			for _, r := range g.Standing {
				s += " " + string(r.Claim.Claimant)
			}
			if len(g.Lapsed) > 0 {
				s += " lapsed"
			}
			for _, r := range g.Lapsed {
				s += " " + string(r.Claim.Claimant)
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "; "); g != test.want {
			t.Errorf("on %s:\n got %s\nwant %s", test.on, g, test.want)
		}
	}
}
