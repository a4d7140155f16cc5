package claim

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBound(t *testing.T) {
	for _, test := range []struct {
		q    Qualifier
		want Bounds
	}{
		{Exact, Bounds{3000, 3000}},
		{About, Bounds{3000, 3000}},
		{AtLeast, Bounds{3000, Open}},
		{MoreThan, Bounds{3000, Open}},
		{UpTo, Bounds{Open, 3000}},
		{FewerThan, Bounds{Open, 3000}},
	} {
		got := Bound(3000, test.q)
		if got != test.want {
			t.Errorf("Bound(3000, %s): got %v, want %v", test.q, got, test.want)
		}
		if n, ok := got.Number(); !ok || n != 3000 {
			t.Errorf("%s: got number %d, %v, want 3000", test.q, n, ok)
		}
		if got.Figure() != "3000" {
			t.Errorf("%s: got figure %q, want 3000", test.q, got.Figure())
		}
	}
	if got := (Bounds{10000, 12000}).Figure(); got != "10000-12000" {
		t.Errorf("range: got figure %q", got)
	}
}

func TestWiden(t *testing.T) {
	for _, test := range []struct {
		name string
		b    Bounds
		q    Qualifier
		want Bounds
	}{
		{"about is a tenth either way", Bounds{10000, 10000}, About, Bounds{9000, 11000}},
		{"exact stays", Bounds{10000, 10000}, Exact, Bounds{10000, 10000}},
		{"an open low end is nobody", Bounds{Open, 8000}, UpTo, Bounds{0, 8000}},
		{"an open high end stays open", Bounds{3000, Open}, AtLeast, Bounds{3000, Open}},
		{"a range is itself", Bounds{10000, 12000}, Range, Bounds{10000, 12000}},
	} {
		if got := test.b.Widen(test.q, 0.1); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// bounds makes bounds of any two numbers, with either end open now and then.
func bounds(a, b int32) Bounds {
	low, high := Count(a)&0xffff, Count(b)&0xffff
	if low > high {
		low, high = high, low
	}
	if a%7 == 0 {
		low = Open
	}
	if b%7 == 0 {
		high = Open
	}
	return Bounds{low, high}
}

func TestMeetingIsSymmetric(t *testing.T) {
	if err := quick.Check(func(a, b, c, d int32) bool {
		x, y := bounds(a, b), bounds(c, d)
		return x.Meets(y) == y.Meets(x) && x.Meets(x) && x.Above(y) == (!x.Meets(y) && !y.Above(x))
	}, nil); err != nil {
		t.Error(err)
	}
}

func TestNarrowingNeverMakesBoundsMeet(t *testing.T) {
	if err := quick.Check(func(a, b, c, d int32, by uint8) bool {
		x, y := bounds(a, b), bounds(c, d)
		narrow := x
		if narrow.Low != Open && narrow.High != Open {
			narrow.Low = min(narrow.Low+Count(by), narrow.High)
		}
		return x.Meets(y) || !narrow.Meets(y)
	}, nil); err != nil {
		t.Error(err)
	}
}

func TestPhrase(t *testing.T) {
	for _, test := range []struct {
		b    Bounds
		q    Qualifier
		want string
	}{
		{Bounds{12000, 12000}, Exact, "12,000"},
		{Bounds{12000, 12000}, About, "about 12,000"},
		{Bounds{3000, Open}, AtLeast, "at least 3,000"},
		{Bounds{Open, 8000}, UpTo, "up to 8,000"},
		{Bounds{10000, 12000}, Range, "10,000 to 12,000"},
		{Bounds{1000, 9999}, Vague, "thousands of"},
		{Bounds{12, 99}, Vague, "dozens of"},
		{Bounds{999, 999}, Exact, "999"},
		{Bounds{1234567, 1234567}, Exact, "1,234,567"},
	} {
		if got := test.b.Phrase(test.q); got != test.want {
			t.Errorf("%v %s: got %q, want %q", test.b, test.q, got, test.want)
		}
	}
}

func TestClaimInJSON(t *testing.T) {
	c := Claim{
		Bounds: Bounds{3000, Open}, Qualifier: AtLeast, Unit: Troops, Measure: Deployed, Mode: Actual, Claimant: "us-white-house",
		Speaker: "John Kirby", AsOf: NewDate(2024, time.October, 23), Quote: "at least 3,000", Sentence: "At least 3,000 ...", Start: 9, End: 14,
		Topic: "dprk-troops", Lang: "en",
	}
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"low":3000,"high":null,"qualifier":"at_least","unit":"troops","measure":"deployed","mode":"actual","increment":false,` +
		`"claimant":"us-white-house","speaker":"John Kirby","as_of":"2024-10-23","quote":"at least 3,000","sentence":"At least 3,000 ...",` +
		`"start":9,"end":14,"topic":"dprk-troops","lang":"en"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var back Claim
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	got, err = json.Marshal(Claim{Bounds: Bounds{Open, 5}})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"low":null`, `"claimant":null`, `"speaker":null`, `"as_of":null`} {
		if !json.Valid(got) || !strings.Contains(string(got), part) {
			t.Errorf("an empty claim lacks %s: %s", part, got)
		}
	}
}

func TestBadJSON(t *testing.T) {
	for _, s := range []string{`{"low":-2}`, `{"low":"x"}`, `{"as_of":"23 Oct"}`, `{"as_of":5}`, `{"claimant":5}`, `[]`} {
		var c Claim
		if err := json.Unmarshal([]byte(s), &c); err == nil {
			t.Errorf("%s: got no error", s)
		}
	}
}

func TestDate(t *testing.T) {
	d, err := ParseDate("2024-02-29")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.String(); got != "2024-02-29" {
		t.Errorf("got %q", got)
	}
	if got := (d + 1).Short(); got != "1 Mar 2024" {
		t.Errorf("the day after: got %q", got)
	}
	seoul := time.FixedZone("KST", 9*3600)
	if got := DateOf(time.Date(2024, 10, 19, 1, 0, 0, 0, seoul)).String(); got != "2024-10-19" {
		t.Errorf("a day is that of its own place: got %q", got)
	}
	if DateOf(time.Time{}) != 0 || Date(0).String() != "" || !Date(0).Time().IsZero() {
		t.Error("the zero date is not nothing")
	}
	for _, s := range []string{"2024-13-01", "18.10.2024", "x"} {
		if _, err := ParseDate(s); err == nil {
			t.Errorf("%q: got no error", s)
		}
	}
}

func TestClaimantState(t *testing.T) {
	for id, want := range map[Claimant]string{"us-pentagon": "us", "kr": "kr", "media:kyiv-post": "media:kyiv-post", "": ""} {
		if got := id.State(); got != want {
			t.Errorf("%q: got %q, want %q", id, got, want)
		}
	}
}

func TestTrainingIsComparedAsDeployment(t *testing.T) {
	for _, m := range Measures {
		want := m
		if m == Training {
			want = Deployed
		}
		if got := m.Compared(); got != want {
			t.Errorf("%s: got %s, want %s", m, got, want)
		}
		losses := m == Killed || m == Wounded || m == Casualties || m == Captured
		if (m.Side() == Losses) != losses {
			t.Errorf("%s: got side %s", m, m.Side())
		}
	}
}
