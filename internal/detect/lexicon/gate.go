package lexicon

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// Gate tells in one pass over a text as it was published whether any form of a set can
// stand in it, in whatever case or spelling Fold brings to that form. It spares the
// texts that are about something else all further work, so it may say yes too often
// and never says no where a form stands.
//
// It is an Aho-Corasick automaton over bytes. A letter's spellings (R, r, ｒ) are
// alternative paths to the same state, so that a text needs no folding first.
type Gate struct {
	class  [256]uint8 // bytes that no form tells apart are one class
	width  int        // classes
	next   []uint32   // state*width + class
	accept []bool
}

// NewGate makes a gate of the words by which texts name the topics' people.
func NewGate(topics []*Topic) *Gate {
	b := gateBuilder{nodes: []gateNode{{}}, spellings: spellings()}
	for _, t := range topics {
		for _, e := range t.entries {
			switch e.sense.Class {
			case Party, PartyPeople, PartyState:
				b.add(FoldString(stem(e.form)))
			}
		}
	}
	// Marks that Fold drops may stand inside a form: such a text is looked at closely.
	for _, mark := range []string{"\u00AD", "\u200B", "\u200C", "\u200D", "\u2060", "ـ"} {
		b.accept(b.bytes(0, mark, -1))
	}
	return b.build()
}

// stem is a form up to its open end or gap.
func stem(form string) string {
	for i := range len(form) {
		if form[i] == '*' || form[i] == "…"[0] {
			return form[:i]
		}
	}
	return form
}

// Open says whether the text can hold one of the forms.
func (g *Gate) Open(s string) bool {
	state := uint32(0)
	width := uint32(g.width)
	for i := range len(s) {
		state = g.next[state*width+uint32(g.class[s[i]])]
		if g.accept[state] {
			return true
		}
	}
	return false
}

// spellings lists for each folded rune all that Fold brings to it.
var spellings = sync.OnceValue(func() map[rune][]rune {
	m := map[rune][]rune{}
	for r := rune(1); r < 0x10000; r++ {
		if r == utf8.RuneSelf {
			r = 0xA0
		}
		if t, keep := foldRune(r); keep {
			m[t] = append(m[t], r)
		}
	}
	return m
})

type gateNode struct {
	edges  []gateEdge
	runes  map[rune]int
	accept bool
	fail   int
}

type gateEdge struct {
	b  byte
	to int
}

type gateBuilder struct {
	nodes     []gateNode
	spellings map[rune][]rune
}

func (b *gateBuilder) add(form string) {
	at := 0
	for _, r := range form {
		to, ok := b.nodes[at].runes[r]
		if !ok {
			to = b.node()
			if b.nodes[at].runes == nil {
				b.nodes[at].runes = map[rune]int{}
			}
			b.nodes[at].runes[r] = to
			for _, spelling := range b.spellings[r] {
				b.bytes(at, string(spelling), to)
			}
		}
		at = to
	}
	b.accept(at)
}

func (b *gateBuilder) accept(at int) { b.nodes[at].accept = true }

func (b *gateBuilder) node() int {
	b.nodes = append(b.nodes, gateNode{})
	return len(b.nodes) - 1
}

// bytes lays a path of bytes from a state; its last byte leads to the state to, or to
// a new one when that is negative.
func (b *gateBuilder) bytes(at int, s string, to int) int {
	for i := range len(s) {
		k := slices.IndexFunc(b.nodes[at].edges, func(e gateEdge) bool { return e.b == s[i] })
		switch {
		case k >= 0:
			at = b.nodes[at].edges[k].to
			continue
		case i < len(s)-1 || to < 0:
			n := b.node()
			b.nodes[at].edges = append(b.nodes[at].edges, gateEdge{s[i], n})
			at = n
		default:
			b.nodes[at].edges = append(b.nodes[at].edges, gateEdge{s[i], to})
			at = to
		}
	}
	return at
}

// build makes the automaton: every state knows where every class of bytes leads, by
// way of the longest suffix that some form begins with.
func (b *gateBuilder) build() *Gate {
	g := &Gate{width: 1}
	for _, n := range b.nodes {
		for _, e := range n.edges {
			if g.class[e.b] == 0 {
				g.class[e.b] = uint8(g.width)
				g.width++
			}
		}
	}
	g.next = make([]uint32, len(b.nodes)*g.width)
	g.accept = make([]bool, len(b.nodes))
	seen := make([]bool, len(b.nodes))
	seen[0] = true
	queue := []int{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		n := &b.nodes[at]
		row := g.next[at*g.width : (at+1)*g.width]
		if at != 0 {
			copy(row, g.next[n.fail*g.width:(n.fail+1)*g.width])
		}
		g.accept[at] = n.accept || g.accept[n.fail]
		for _, e := range n.edges {
			c := g.class[e.b]
			if !seen[e.to] {
				seen[e.to] = true
				if at != 0 {
					b.nodes[e.to].fail = int(row[c])
				}
				queue = append(queue, e.to)
			}
			row[c] = uint32(e.to)
		}
	}
	return g
}
