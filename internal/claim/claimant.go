package claim

import (
	"encoding/json"
	"strings"
)

// Claimant is the canonical id of who stands behind a number: an office of a
// state ("us-pentagon", "kr-nis"), a state ("kr", "nl"), an alliance ("nato"),
// or an outlet that is itself the origin ("media:kyodo"). The empty Claimant is
// nobody named; JSON has null for it.
type Claimant string

// State is the state or body that a claimant's office belongs to: "us" for
// "us-pentagon". An outlet is its own.
func (c Claimant) State() string {
	if c.IsMedia() {
		return string(c)
	}
	state, _, _ := strings.Cut(string(c), "-")
	return state
}

// IsMedia says whether an outlet itself is the origin.
func (c Claimant) IsMedia() bool { return strings.HasPrefix(string(c), "media:") }

// MarshalJSON writes null for the empty Claimant.
func (c Claimant) MarshalJSON() ([]byte, error) {
	if c == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(c))
}

// UnmarshalJSON reads null as the empty Claimant.
func (c *Claimant) UnmarshalJSON(data []byte) error {
	var s *string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*c = ""
	if s != nil {
		*c = Claimant(*s)
	}
	return nil
}
