package detect_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"monitor/internal/claim"
	"monitor/internal/detect"
)

func TestInOrder(t *testing.T) {
	of := func(n claim.Count, more bool) claim.Claim {
		return claim.Claim{Bounds: claim.Bounds{Low: n, High: n}, Increment: more}
	}
	claims := []claim.Claim{of(1, true), of(2, false), of(3, true), of(4, false)}
	want := []claim.Claim{of(2, false), of(4, false), of(1, true), of(3, true)}
	if diff := gocmp.Diff(want, detect.InOrder(claims)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if !claims[0].Increment {
		t.Error("the claims handed in were moved")
	}
	if got := detect.InOrder(nil); got != nil {
		t.Errorf("got %v of no claims, want nil", got)
	}
}
