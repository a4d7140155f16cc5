package lexicon

import "testing"

func TestBuiltinDataIsWhole(t *testing.T) {
	lx, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := lx.Check(); err != nil {
		t.Fatal(err)
	}
}
