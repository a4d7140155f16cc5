package ledger

import (
	"context"
	"errors"

	"monitor/internal/claim"
)

// ImportBaseline makes known for good what of the list nobody has said in the topic's
// baseline yet, all of it or, when something fails, nothing. by and why are kept with
// each. It returns the entries that are new, so that a second import returns none.
func (l *Ledger) ImportBaseline(ctx context.Context, topic string, list []claim.Baseline, by, why string) (added []BaselineEntry, err error) {
	if topic == "" {
		return nil, errors.New("baseline: the topic is missing")
	}
	err = l.update(ctx, func(s *session) error {
		added = nil // of a try that did not hold
		have, err := s.baselines(topic)
		if err != nil {
			return err
		}
		for _, b := range Unsaid(have, list) {
			e, err := s.addBaseline(topic, b, Added, by, why)
			if err != nil {
				return err
			}
			added = append(added, e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// Unsaid is what of the list is not among the entries, each once. Where a figure was
// taken from makes no difference: an address that is mended is no new figure.
func Unsaid(have []BaselineEntry, list []claim.Baseline) []claim.Baseline {
	said := map[claim.Baseline]bool{}
	for _, e := range have {
		said[unsourced(e.Baseline)] = true
	}
	var out []claim.Baseline
	for _, b := range list {
		if !said[unsourced(b)] {
			said[unsourced(b)] = true
			out = append(out, b)
		}
	}
	return out
}

func unsourced(b claim.Baseline) claim.Baseline {
	b.Source = ""
	return b
}
