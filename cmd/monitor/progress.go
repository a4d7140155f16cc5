package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// progressLine is one line on a terminal that shows how far a check is.
type progressLine struct {
	w     io.Writer // nil: nobody watches
	shown bool
}

func newProgress(c *cli) *progressLine {
	if f, ok := c.secrets.w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &progressLine{w: c.errOut}
	}
	return &progressLine{}
}

func (p *progressLine) show(done, of int, on string) {
	if p.w == nil {
		return
	}
	if done == of { // what is printed next needs the line
		p.clear()
		return
	}
	p.shown = true
	fmt.Fprintf(p.w, "\r\x1b[K%d of %d sources: %.40s", done, of, on)
}

// clear takes the line away.
func (p *progressLine) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
