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

// vanish marks what the version before had and this one has not, and gives each
// such claim to the claim of this version that comes nearest to it. An edit that
// only takes a figure out has no new claim to tell it: one that stayed is put
// before comparing once more, as the new version's.
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
		heir := nearest(old.claim, fresh)
		if heir == nil {
			if kept := nearestKept(old.claim, have); kept != nil {
				again, err := s.repeat(at, *kept)
				if err != nil {
					return err
				}
				fresh = append(fresh, again)
				kept.id = again.id
				heir = &again
				res.Claims++
			}
		}
		if err := s.setVanished(old.id, at.version, heir); err != nil {
			return err
		}
		res.Vanished++
	}
	return nil
}

func nearest(old claim.Claim, among []present) *present {
	best, score := -1, -1
	for i := range among {
		if n := likeness(old, among[i].claim); n > score {
			best, score = i, n
		}
	}
	if best < 0 {
		return nil
	}
	return &among[best]
}

func nearestKept(old claim.Claim, have []present) *present {
	best, score := -1, -1
	for i := range have {
		if n := likeness(old, have[i].claim); have[i].kept && n > score {
			best, score = i, n
		}
	}
	if best < 0 {
		return nil
	}
	return &have[best]
}

// likeness says how far b may be what became of a; -1 when it is of another topic.
func likeness(a, b claim.Claim) int {
	if a.Topic != b.Topic {
		return -1
	}
	n := 0
	for i, same := range []bool{a.Mode == b.Mode, a.Claimant == b.Claimant, a.Unit == b.Unit, a.Measure.Compared() == b.Measure.Compared()} {
		if same {
			n += 1 << i
		}
	}
	return n
}

// repeat puts a claim that stayed before comparing as the new version's; the
// older row hands its place over.
func (s *session) repeat(at place, kept present) (present, error) {
	id, err := s.addClaim(at, kept.claim)
	if err != nil {
		return present{}, err
	}
	if err := s.run(`UPDATE claim SET in_feed = ?, in_page = ? WHERE id = ?`,
		kept.inFeed || !at.followed, kept.inPage || at.followed, id); err != nil {
		return present{}, err
	}
	err = s.run(`UPDATE claim SET in_feed = 0, in_page = 0 WHERE id = ?`, kept.id)
	return present{id: id, claim: kept.claim, kept: true}, err
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

func (s *session) setVanished(id, version int64, heir *present) error {
	var by any
	if heir != nil {
		by = heir.id
	}
	return s.run(`UPDATE claim SET in_feed = 0, in_page = 0, vanished = ?, replaced_by = ? WHERE id = ?`, version, by, id)
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
