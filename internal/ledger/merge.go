package ledger

import (
	"monitor/internal/claim"
)

// place is where claims were read.
type place struct {
	entry, version      int64
	captured, published int64
	followed            bool
}

// figure is what makes two claims of one entry the same, however the text around
// them changed.
type figure struct {
	claim.Bounds
	qualifier claim.Qualifier
	unit      claim.Unit
	measure   claim.Measure
	mode      claim.Mode
	increment bool
	claimant  claim.Claimant
	scope     string
	topic     string
}

func figureOf(c claim.Claim) figure {
	return figure{c.Bounds, c.Qualifier, c.Unit, c.Measure, c.Mode, c.Increment, c.Claimant, c.Scope, c.Topic}
}

// present is a claim that one of the entry's latest versions has.
type present struct {
	id             int64
	claim          claim.Claim
	inFeed, inPage bool
	kept           bool // the new version has it too
}

func (p present) in(followed bool) bool {
	if followed {
		return p.inPage
	}
	return p.inFeed
}

// mergeClaims holds the claims of a new version against those the entry has.
func (s *session) mergeClaims(at place, isNew bool, claims []claim.Claim, res *VisitResult) error {
	var have []present
	if !isNew {
		var err error
		if have, err = s.present(at.entry); err != nil {
			return err
		}
	}
	byFigure := make(map[figure]int, len(have)+len(claims)) // index in have, or -1 for a claim of this version
	for i, p := range have {
		byFigure[figureOf(p.claim)] = i
	}
	var fresh []present
	for _, c := range claims {
		f := figureOf(c)
		i, found := byFigure[f]
		switch {
		case !found:
			id, err := s.addClaim(at, c)
			if err != nil {
				return err
			}
			byFigure[f] = -1
			fresh = append(fresh, present{id: id, claim: c})
			if err := s.returns(at, isNew, id, c); err != nil {
				return err
			}
		case i >= 0 && !have[i].kept:
			have[i].kept = true
			if err := s.setIn(have[i], at.followed); err != nil {
				return err
			}
		}
	}
	res.Claims += len(fresh)
	return s.vanish(at, have, fresh, res)
}

// returns ties a claim to itself in an earlier version, when one in between had it no more.
func (s *session) returns(at place, isNew bool, id int64, c claim.Claim) error {
	if isNew {
		return nil
	}
	gone, err := collect(s, func(row scanner) (p present, err error) {
		sc := claimScan{c: &p.claim}
		err = row.Scan(append(sc.dest(), &p.id)...)
		sc.done()
		return p, err
	}, `SELECT `+claimColumns+`, c.id FROM claim c WHERE c.entry = ? AND c.vanished IS NOT NULL AND c.vanished <> c.version ORDER BY c.id`, at.entry)
	if err != nil {
		return err
	}
	for _, g := range gone {
		if figureOf(g.claim) == figureOf(c) {
			return s.run(`UPDATE claim SET returns = ? WHERE id = ?`, g.id, id)
		}
	}
	return nil
}

// vanish marks what the version before had and this one has not. Each such claim
// goes with the claim of this version that is in its place; one that has none is
// put before comparing once more, as a claim that was dropped, unless its figure
// stays under another hedge.
func (s *session) vanish(at place, have, fresh []present, res *VisitResult) error {
	for _, old := range have {
		if old.kept || !old.in(at.followed) {
			continue
		}
		if old.in(!at.followed) { // the other sort of capture still has it
			if err := s.setOut(old.id, at.followed); err != nil {
				return err
			}
			continue
		}
		var heir int64
		if i := inPlaceOf(old.claim, fresh); i >= 0 {
			heir = fresh[i].id
		} else if !stays(old.claim, have) {
			var err error
			if heir, err = s.drop(at, old.claim); err != nil {
				return err
			}
			res.Claims++
		}
		if err := s.setVanished(old.id, at.version, heir); err != nil {
			return err
		}
		res.Vanished++
	}
	return nil
}

// inPlaceOf is the index of the claim that an edit put in the place of old; -1
// when there is none.
func inPlaceOf(old claim.Claim, fresh []present) int {
	best, score := -1, -1
	for i, p := range fresh {
		if n := likeness(old, p.claim); n > score {
			best, score = i, n
		}
	}
	return best
}

// stays says whether the figure is still in the entry, hedged otherwise.
func stays(old claim.Claim, have []present) bool {
	for _, p := range have {
		if p.kept && likeness(old, p.claim) >= sameFigure {
			return true
		}
	}
	return false
}

const sameFigure = 8

// likeness says how far b may be what became of a, -1 when it cannot: it counts
// other people, or is somebody else's.
func likeness(a, b claim.Claim) int {
	mine := a.Claimant == "" || b.Claimant == "" || a.Claimant.State() == b.Claimant.State()
	if a.Topic != b.Topic || a.Unit != b.Unit || a.Measure.Side() != b.Measure.Side() || a.Increment != b.Increment || !mine {
		return -1
	}
	n := 0
	if a.Figure() == b.Figure() {
		n = sameFigure
	}
	for i, same := range []bool{a.Mode == b.Mode, a.Claimant == b.Claimant, a.Measure.Compared() == b.Measure.Compared()} {
		if same {
			n += 1 << i
		}
	}
	return n
}

// drop adds the claim once more as one that this version no longer has.
func (s *session) drop(at place, c claim.Claim) (int64, error) {
	id, err := s.addClaim(at, c)
	if err != nil {
		return 0, err
	}
	return id, s.setVanished(id, at.version, 0)
}

func (s *session) present(entry int64) ([]present, error) {
	return collect(s, func(row scanner) (p present, err error) {
		c := claimScan{c: &p.claim}
		err = row.Scan(append(c.dest(), &p.id, &p.inFeed, &p.inPage)...)
		c.done()
		return p, err
	}, `SELECT `+claimColumns+`, c.id, c.in_feed, c.in_page FROM claim c WHERE c.entry = ? AND (c.in_feed = 1 OR c.in_page = 1) ORDER BY c.id`, entry)
}

func (s *session) setIn(p present, followed bool) error {
	if p.in(followed) {
		return nil
	}
	if followed {
		return s.run(`UPDATE claim SET in_page = 1 WHERE id = ?`, p.id)
	}
	return s.run(`UPDATE claim SET in_feed = 1 WHERE id = ?`, p.id)
}

func (s *session) setOut(id int64, followed bool) error {
	if followed {
		return s.run(`UPDATE claim SET in_page = 0 WHERE id = ?`, id)
	}
	return s.run(`UPDATE claim SET in_feed = 0 WHERE id = ?`, id)
}

// setVanished takes a claim out of its entry; heir is the claim compared with it, or 0.
func (s *session) setVanished(id, version, heir int64) error {
	return s.run(`UPDATE claim SET in_feed = 0, in_page = 0, vanished = ?, replaced_by = nullif(?, 0) WHERE id = ?`, version, heir, id)
}

func (s *session) addClaim(at place, c claim.Claim) (int64, error) {
	return s.insert(`INSERT INTO claim (entry, version, captured, published, in_feed, in_page,
		topic, low, high, qualifier, unit, measure, mode, increment, claimant, speaker, as_of, scope,
		quote, sentence, span_start, span_end, in_title, lang, rule)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.entry, at.version, at.captured, at.published, !at.followed, at.followed,
		c.Topic, end(c.Low), end(c.High), string(c.Qualifier), string(c.Unit), string(c.Measure), string(c.Mode), c.Increment,
		string(c.Claimant), c.Speaker, int64(c.AsOf), c.Scope, c.Quote, c.Sentence, c.Start, c.End, c.InTitle, c.Lang, c.Rule)
}
