package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"monitor/config"
	"monitor/internal/detect/lexicon"
	"monitor/internal/ledger"
)

// baseline tells of the topics that know only the figures they are built with,
// though a chronology has what was said since. It is advice: nothing is broken.
func (d *Doctor) baseline(ctx context.Context) {
	for _, t := range d.Config.Topics {
		if t.Use == "" || t.HasBaseline {
			continue // its known figures are the user's own choice
		}
		list, err := lexicon.Chronology(t.Use)
		if err != nil || list == nil {
			continue // a test rules the error out
		}
		added, err := d.added(ctx, t)
		if err != nil {
			continue // the database's own diagnosis has said so
		}
		out := Diagnosis{Part: "baseline", OK: true, Note: fmt.Sprintf("%s: people have added %d figures", t.Use, added)}
		if added == 0 {
			out.Note = fmt.Sprintf("%s knows only its built-in figures; the %d of its chronology, to %s, would be news", t.Use, len(list), list[len(list)-1].Said.Short())
			out.Mend = "`monitor baseline import chronology` makes them known"
		}
		d.Tell(out)
	}
}

// added counts the topic's known figures that are not from the configuration.
func (d *Doctor) added(ctx context.Context, t config.Topic) (n int, err error) {
	l, err := OpenExisting(ctx, d.Config, d.Options)
	if errors.Is(err, ErrNoRecord) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	entries, err := l.Baselines(ctx, t.Use)
	fromConfig := func(b ledger.BaselineEntry) bool { return b.Origin == ledger.FromConfig }
	return len(slices.DeleteFunc(entries, fromConfig)), err
}
