// Package feeds holds sample feeds and pages: what `monitor demo` watches, and
// what the tests read.
//
// They tell the first weeks of North Korean soldiers in Russia, in autumn 2024,
// as invented outlets might have: known figures (1,500, another 1,500, 3,000,
// 10,000, 12,000), new ones, a revision and a conflict between two languages.
// The texts are ours; the outlets do not exist. Beside each NAME.xml, .json or
// .html lies NAME.golden.json: what must be read from it, and what must be told
// when the sources are polled one after the other in the order of Sources.
//
// Addresses are relative, of sources and of the links that are followed: serve
// the files anywhere (http.FileServerFS on loopback, say) and resolve them
// against that address. No other host is needed.
package feeds

import (
	"embed"
	"io/fs"

	"monitor/internal/feed"
)

//go:embed alpenkurier.xml briefing.html channel.html harbour-herald.xml newsroom.html newsroom northwire.json rheinblatt.xml rheinblatt
var files embed.FS

// FS holds the feeds and pages, without the golden files.
func FS() fs.FS { return files }

// Sources lists the sample sources in the order in which they are polled; each
// URL is a path in FS. Schedules are left empty: nobody waits for them.
func Sources() []feed.Source {
	return []feed.Source{
		{Name: "alpenkurier", Outlet: "Alpenkurier", Kind: feed.Feed, URL: "alpenkurier.xml", Lang: "de"},
		{Name: "briefing", Outlet: "Briefing Room", Kind: feed.Page, URL: "briefing.html", Select: "main article", Lang: "en"},
		{Name: "newsroom", Outlet: "Seoul Desk", Kind: feed.Index, URL: "newsroom.html", Links: "h3 a", Follow: true, Lang: "en"},
		{Name: "rheinblatt", Outlet: "Rheinblatt", Kind: feed.Feed, URL: "rheinblatt.xml", Follow: true, Lang: "de"},
		{Name: "channel", Outlet: "Frontline Notes", Kind: feed.Messages, URL: "channel.html", Items: ".message", Lang: "en"},
		{Name: "northwire", Outlet: "Northwire", Kind: feed.Feed, URL: "northwire.json", Lang: "en"},
		{Name: "harbour-herald", Outlet: "Harbour Herald", Kind: feed.Feed, URL: "harbour-herald.xml", Lang: "en"},
	}
}
