package fetch

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestFreshUntil(t *testing.T) {
	for _, tt := range []struct {
		control, age string
		want         time.Duration
	}{
		{"max-age=600", "", 10 * time.Minute},
		{`public, Max-Age="600"`, "", 10 * time.Minute},
		{"max-age=600, must-revalidate", "540", time.Minute},
		{"max-age=600", "700", 0},
		{"no-cache, max-age=600", "", 0},
		{"max-age=0", "", 0},
		{"max-age=-5", "", 0},
		{"max-age=99999999999999", "", 0},
		{"max-age=31536000", "", 24 * time.Hour},
		{"s-maxage=600", "", 0},
		{"", "", 0},
	} {
		h := http.Header{"Cache-Control": {tt.control}, "Age": {tt.age}}
		var got time.Duration
		if until := freshUntil(h, testNow); !until.IsZero() {
			got = until.Sub(testNow)
		}
		if got != tt.want {
			t.Errorf("%q, %q: got %s, want %s", tt.control, tt.age, got, tt.want)
		}
	}
}

func TestAsksOf(t *testing.T) {
	const item = "<item><title>1</title><ttl>7</ttl></item>"
	for body, want := range map[string]Asks{
		"<rss><channel><ttl> 60 </ttl>" + item + "</channel></rss>":                                                                          {TTL: time.Hour},
		"<rss><channel>" + item + "<ttl>30</ttl></channel></rss>":                                                                            {TTL: 30 * time.Minute},
		"<rss><channel>" + item + "</channel></rss>":                                                                                         {},
		"<rss><channel><ttl>soon</ttl>" + item + "</channel></rss>":                                                                          {},
		"<rss><channel><ttl>999999</ttl>" + item + "</channel></rss>":                                                                        {TTL: 24 * time.Hour},
		"<rss><channel><skipHours><hour>0</hour>\n<hour> 3 </hour><hour>24</hour><hour>77</hour></skipHours>" + item + "</channel></rss>":    {SkipHours: 1 | 1<<3},
		"<feed><ttl>60</ttl><entry/></feed>":                                                                                                 {},
		"<rss><channel><skipHours><hour>1</hour><hour>2" + item + "</channel></rss>":                                                         {},
		"<rss><channel><ttl>5</ttl><skipHours><hour>22</hour></skipHours>" + item + "<skipHours><hour>23</hour></skipHours></channel></rss>": {TTL: 5 * time.Minute, SkipHours: 1<<22 | 1<<23},
	} {
		o := outlineOf([]byte(body), 100)
		if got := asksOf([]byte(body), &o); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}

// A short wait is waited; a long one is an error without a request.
func TestHostHolds(t *testing.T) {
	now, asked := testNow, 0
	var told time.Time
	f, s := serveLocal(t, Options{Now: func() time.Time { return now }, Held: func(_ string, until time.Time) { told = until }}, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := poll(t, f, s.URL+"/a")
	if got := TroubleOf(err); got != Busy || !told.Equal(now.Add(2*time.Minute)) {
		t.Fatalf("got %q (%v) until %s", got, err, told)
	}
	_, err = poll(t, f, s.URL+"/b")
	held, ok := errors.AsType[*HeldError](err)
	if !ok || asked != 1 || !held.Until.Equal(told) || TroubleOf(err) != Held {
		t.Errorf("got %v after %d requests", err, asked)
	}
	now = now.Add(2 * time.Minute)
	if _, err = poll(t, f, s.URL+"/b"); asked != 2 {
		t.Errorf("got %v after %d requests, want a second one", err, asked)
	}
}
