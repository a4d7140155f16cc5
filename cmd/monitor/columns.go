package main

import (
	"io"
	"strings"

	"golang.org/x/text/width"
)

// columns writes a table for a person. The last column may be of any length; the
// others are cut, so that a line stays a line.
func columns(w io.Writer, t table) error {
	const widest = 48
	widths := make([]int, len(t.head))
	rows := append([][]string{t.head}, t.rows...)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = min(max(widths[i], cells(plain(cell))), widest)
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			cell = plain(cell)
			if i == len(row)-1 {
				b.WriteString(cell)
				break
			}
			cell = cut(cell, widths[i])
			b.WriteString(cell + strings.Repeat(" ", widths[i]-cells(cell)+2))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cells is how many columns of a terminal a text takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

func cut(s string, n int) string {
	if cells(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += cellsOf(r); used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}
