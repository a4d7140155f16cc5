package notify

import (
	"slices"

	"monitor/internal/detect"
)

// DigestSize is how many stories one digest message lists; the rest follow in its thread.
const DigestSize = 25

// Job is one post to make, for one alert or for all of a digest.
type Job struct {
	Step   Step
	Alerts []Alert
	News   []detect.Record // for a reply: what the thread has not seen yet
	Graver bool            // the story's kind became graver since readers saw it
	Silent bool            // nothing to post: the change is one that this route does not tell
	Part   int             // of a digest, from 1
	Parts  int
	Total  int // stories in the whole digest
}

// Plan decides what becomes of the alerts that are due. More than digestAbove
// stories that nobody has seen yet become one digest, the gravest first; 0 is never.
//
// A story that was told is edited in place, with a note in its thread for every
// new origin. Where it cannot be edited (a webhook, a terminal, a digest's line),
// new origins are silent, and a graver kind is told as a message of its own.
func Plan(due []Alert, digestAbove int) []Job {
	var jobs []Job
	var fresh []Alert
	for _, a := range due {
		if a.Posted == 0 {
			fresh = append(fresh, a)
			continue
		}
		jobs = append(jobs, change(a))
	}
	if digestAbove > 0 && len(fresh) > digestAbove {
		return append(digest(fresh), jobs...)
	}
	for _, a := range fresh {
		jobs = append(jobs, Job{Step: Post, Alerts: []Alert{a}})
	}
	slices.SortStableFunc(jobs, func(a, b Job) int { return a.Alerts[0].Due.Compare(b.Alerts[0].Due) })
	return jobs
}

func change(a Alert) Job {
	news, graver := since(a)
	if !a.Closed.At.IsZero() && !slices.ContainsFunc(news, func(r detect.Record) bool { return findingOf(a, r).Kind != "" }) {
		news = nil // a closed story counts its late reports in place
	}
	j := Job{Step: Update, Alerts: []Alert{a}, News: news, Graver: graver}
	switch {
	case a.Handle.Stamp != "" && len(news) > 0:
		j.Step = Reply
	case a.Handle.Stamp != "":
	case graver:
		j.Step = Post
	default:
		j.Silent = true
	}
	return j
}

func digest(fresh []Alert) []Job {
	fresh = slices.Clone(fresh)
	slices.SortStableFunc(fresh, func(a, b Alert) int { return kindOf(b).Gravity() - kindOf(a).Gravity() })
	total, parts := len(fresh), (len(fresh)+DigestSize-1)/DigestSize
	var jobs []Job
	for part := range slices.Chunk(fresh, DigestSize) {
		jobs = append(jobs, Job{Step: Digest, Alerts: part, Part: len(jobs) + 1, Parts: parts, Total: total})
	}
	return jobs
}

// since gives the reports that joined the story after readers saw it, and whether
// one of them is a finding graver than all before. A revision rises by one for each
// finding and each new origin, so the last of these, as many as the revision rose,
// are the news.
func since(a Alert) (news []detect.Record, graver bool) {
	events := origins(a)
	seen := min(max(len(events)-(a.Revision-a.Posted-a.Quiet), 1), len(events))
	old := 0
	for i, r := range events {
		k := findingOf(a, r).Kind
		if i < seen {
			old = max(old, k.Gravity())
		} else {
			news = append(news, r)
			graver = graver || k.Gravity() > old
		}
	}
	return news, graver
}

// origins are the story's reports that a reader should see: each finding, and the
// first report of each origin.
func origins(a Alert) []detect.Record {
	return distinct(reports(a), func(r detect.Record) bool { return findingOf(a, r).Kind != "" })
}

// Sources are the first reports of the story's origins, oldest first.
func Sources(a Alert) []detect.Record {
	return distinct(reports(a), func(detect.Record) bool { return false })
}

// distinct keeps the first report of each origin, and those that always asks for.
func distinct(rs []detect.Record, always func(detect.Record) bool) []detect.Record {
	var kept []detect.Record
	var origins detect.Origins
	for _, r := range rs {
		if isNew := origins.Add(r); isNew || always(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// reports are the alert's claims; the findings' own when the record gave none.
func reports(a Alert) []detect.Record {
	if len(a.Reports) > 0 {
		return a.Reports
	}
	var rs []detect.Record
	for _, f := range a.Findings {
		rs = append(rs, f.Record)
	}
	return rs
}

func findingOf(a Alert, r detect.Record) detect.Finding {
	for _, f := range a.Findings {
		if f.Record.ID == r.ID && r.ID != 0 {
			return f
		}
	}
	return detect.Finding{}
}

// gravest is the finding that gives the headline: the gravest, and the latest of those.
func gravest(a Alert) detect.Finding {
	var top detect.Finding
	for _, f := range a.Findings {
		if f.Kind.Gravity() >= top.Kind.Gravity() {
			top = f
		}
	}
	return top
}

func kindOf(a Alert) detect.Kind { return gravest(a).Kind }

func outletOf(r detect.Record) string {
	if r.Outlet != "" {
		return r.Outlet
	}
	return r.Source
}
