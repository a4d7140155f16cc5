package detect

import "monitor/internal/claim"

// wholeOf names the measures that a measure is directly a part of.
var wholeOf = map[claim.Measure]claim.Measure{
	claim.Front:      claim.Deployed,
	claim.Captured:   claim.Deployed,
	claim.Casualties: claim.Deployed,
	claim.Killed:     claim.Casualties,
	claim.Wounded:    claim.Casualties,
}

// amongTroops says who is counted among the troops; workers are not.
func amongTroops(u claim.Unit) bool {
	return u == claim.Officers || u == claim.Generals || u == claim.Specialists
}

// wholes lists what q is a part of, the nearest first: officers killed are a part
// of troops killed, of officers who are casualties, of troops deployed, and so on.
func wholes(q Query) []Query {
	var out []Query
	units := []claim.Unit{q.Unit}
	if amongTroops(q.Unit) {
		units = append(units, claim.Troops)
	}
	for m, ok := q.Measure, true; ok; m, ok = wholeOf[m] {
		for _, u := range units {
			if whole := (Query{Topic: q.Topic, Unit: u, Measure: m, Mode: q.Mode, Scope: q.Scope}); whole != q {
				out = append(out, whole)
			}
		}
	}
	return out
}

// partsOf lists what q is a whole of.
func partsOf(q Query) []Query {
	var out []Query
	for _, u := range claim.Units {
		for _, m := range claim.Measures {
			part := Query{Topic: q.Topic, Unit: u, Measure: m, Mode: q.Mode, Scope: q.Scope}
			if m != claim.Training && isPart(part, q) {
				out = append(out, part)
			}
		}
	}
	return out
}

func isPart(part, whole Query) bool {
	for _, w := range wholes(part) {
		if w == whole {
			return true
		}
	}
	return false
}
