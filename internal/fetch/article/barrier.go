package article

import (
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ErrBarrier comes when something stands before the article: a block page, a
// captcha, a login, a question for consent, an error page.
var ErrBarrier = errors.New("no article is shown")

// BarrierError says what stands there.
type BarrierError struct {
	Kind string // captcha, block, consent, login or error
	What string // in words
}

// Error says what stands there.
func (e *BarrierError) Error() string { return fmt.Sprintf("%v: %s", ErrBarrier, e.What) }

// Unwrap is ErrBarrier.
func (e *BarrierError) Unwrap() error { return ErrBarrier }

// paywall is the barrier behind which the beginning can be read.
const paywall = "paywall"

//go:embed barriers.txt
var barrierData string

// barrier is one kind, as barriers.txt has it.
type barrier struct {
	kind, what          string
	most                int
	titles, texts, mark []string
}

var barriers = sync.OnceValue(func() []barrier {
	list, err := parseBarriers(barrierData)
	if err != nil {
		panic("article: barriers.txt: " + err.Error()) // unreachable: a test reads it
	}
	return list
})

func parseBarriers(data string) (list []barrier, err error) {
	n := 0
	for line := range strings.Lines(data) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		if key != "==" && len(list) == 0 {
			return nil, fmt.Errorf("line %d: no kind before it", n)
		}
		switch key {
		case "==":
			kind, what, ok := strings.Cut(value, ": ")
			if !ok {
				return nil, fmt.Errorf("line %d: write == kind: what it means", n)
			}
			list = append(list, barrier{kind: kind, what: what})
			continue
		}
		b := &list[len(list)-1]
		value = strings.ToLower(value)
		switch key {
		case "most":
			if b.most, err = strconv.Atoi(value); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		case "title":
			b.titles = append(b.titles, value)
		case "text":
			b.texts = append(b.texts, value)
		case "mark":
			b.mark = append(b.mark, value)
		default:
			return nil, fmt.Errorf("line %d: %q is no key", n, key)
		}
	}
	return list, nil
}

// Barrier says what a page is instead of an article: *BarrierError, or nil.
func Barrier(page string) error {
	root, err := parse(page, false)
	if err != nil {
		return nil //nolint:nilerr // what cannot be parsed is told by who reads it
	}
	if b := barrierOf(goquery.NewDocumentFromNode(root), page); b.kind != "" && b.kind != paywall {
		return &BarrierError{b.kind, b.what}
	}
	return nil
}

// barrierOf is the barrier that the page is; without a kind when it is none.
func barrierOf(doc *goquery.Document, page string) barrier {
	most := 0
	for _, b := range barriers() {
		most = max(most, b.most)
	}
	text, ok := shortText(doc.Nodes[0], 2*most)
	if !ok {
		return barrier{}
	}
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
	length := len(text) - strings.Count(text, " ")
	title := strings.ToLower(strings.Join(strings.Fields(doc.Find("title").First().Text()), " "))
	password := doc.Find("input[type=password]").Length() > 0
	source := ""
	for _, b := range barriers() {
		if length > b.most {
			continue
		}
		for _, t := range b.titles {
			if begins(title, t) && (b.kind != "login" || password) {
				return b
			}
		}
		for _, t := range b.texts {
			if strings.Contains(text, t) {
				return b
			}
		}
		if len(b.mark) > 0 && source == "" {
			source = strings.ToLower(page)
		}
		for _, m := range b.mark {
			if strings.Contains(source, m) {
				return b
			}
		}
	}
	return barrier{}
}

// begins says whether a title begins with the words, and not only with their letters.
func begins(title, words string) bool {
	rest, ok := strings.CutPrefix(title, words)
	if !ok {
		return false
	}
	// "Blocked: how ..." and "Maintenance of tanks" are headlines; "Access denied | Site" is none.
	rest = strings.TrimLeft(rest, ".!?… ")
	return rest == "" || strings.ContainsAny(rest[:1], "|-([<") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—") || strings.HasPrefix(rest, "·") ||
		strings.Contains(words, " ") && len(rest) < 40
}

// shortText is what a reader sees of the page, if that is at most so many bytes.
func shortText(root *html.Node, most int) (string, bool) {
	var b strings.Builder
	var walk func(*html.Node) bool
	walk = func(n *html.Node) bool {
		switch {
		case n.Type == html.TextNode:
			for f := range strings.FieldsSeq(n.Data) {
				b.WriteString(f)
				b.WriteByte(' ')
			}
			return b.Len() <= most
		case n.DataAtom == atom.Script, n.DataAtom == atom.Style, n.DataAtom == atom.Head, n.DataAtom == atom.Template, n.DataAtom == atom.Nav:
			return true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if !walk(c) {
				return false
			}
		}
		return true
	}
	ok := walk(root)
	return b.String(), ok
}
