package ledger

import (
	"monitor/internal/claim"
	"monitor/internal/detect"
)

// close ends the story that a verdict says nobody stands for any more.
func (f *fold) close(v detect.Verdict) error {
	if v.Closes == nil {
		return nil
	}
	if st := f.stories[v.Closes.Story]; st != nil && st.first == 0 {
		return nil
	}
	return f.s.closeStory(v.Closes.Story, "superseded: "+v.Closes.Why, f.due)
}

// closeStory ends a story that was told. Its alerts that readers have seen change
// in place, and nothing is told anew; a finding opens it again.
func (s *session) closeStory(st detect.Story, why string, due int64) error {
	var id int64
	found, err := s.find(`SELECT id FROM story WHERE topic = ? AND unit = ? AND measure = ? AND mode = ? AND figure = ? AND first_claim > 0 AND closed = 0`,
		[]any{st.Topic, string(st.Unit), string(st.Measure), string(st.Mode), st.Figure}, &id)
	if err != nil || !found {
		return err
	}
	return s.closeStoryOf(id, why, due)
}

func (s *session) closeStoryOf(id int64, why string, due int64) error {
	if err := s.run(`UPDATE story SET closed = ?, closed_why = ? WHERE id = ?`, micros(s.now), why, id); err != nil {
		return err
	}
	n, err := s.change(`UPDATE alert SET revision = revision + 1, due = CASE WHEN revision > posted THEN due ELSE ? END WHERE story = ? AND posted > 0`, due, id)
	if err != nil || n == 0 {
		return err
	}
	return s.run(`INSERT INTO alert_quiet (alert, revision) SELECT a.id, a.revision FROM alert a WHERE a.story = ? AND a.posted > 0`, id)
}

// closeKnown ends the story of a figure that has become part of the baseline.
func (s *session) closeKnown(topic string, b claim.Baseline, by, why string) error {
	text := "the figure is in the baseline"
	if by != "" {
		text += ", added by " + by
	}
	if why != "" {
		text += ": " + why
	}
	return s.closeStory(detect.StoryOf(b.Claim(topic)), text+".", micros(s.now))
}
