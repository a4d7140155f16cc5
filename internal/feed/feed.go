// Package feed holds the words Source and Entry: what is watched, and what it published.
//
// A source is a feed or a page with a schedule. Polling it gives entries: the
// items of the feed, the page itself, the articles that an index page links to,
// or the messages of a channel page. The package knows only the standard library.
package feed

import "time"

// Kind is how a source's address is read.
type Kind string

// The kinds of a source.
const (
	Feed     Kind = "feed"     // RSS, Atom, RDF or JSON Feed
	Page     Kind = "page"     // one page is one entry: Select, or the article found in it
	Index    Kind = "index"    // every link that Links matches leads to an entry
	Messages Kind = "messages" // every element that Items matches is an entry
)

// Source is a configured feed or page.
type Source struct {
	Name     string // unique; errors and alerts name it
	Kind     Kind
	URL      string          // http, https, or file: for a local file
	Select   string          // CSS selector of the part of a page that counts; "" finds the article. Applies to followed articles too
	Links    string          // CSS selector of an index page's links
	Items    string          // CSS selector of a page's messages
	Follow   bool            // read the linked articles, not only the feed's text
	Schedule string          // robfig/cron's five fields, @every, CRON_TZ=
	Timezone string          // the schedule's zone when it names none
	Recheck  []time.Duration // after the first capture, visit an article again at these ages
	Outlet   string          // who prints it, as readers know it; "" is the source's name
	Lang     string          // language of the source when its texts do not tell; ""
}

// Validators let the next request ask for changes only. They are kept byte for
// byte as the server sent them and stored together with the entries they validate.
type Validators struct {
	ETag         string
	LastModified string
	Fingerprint  string // hash of the body, for servers that know neither
}

// Entry is one thing a source published.
type Entry struct {
	Key       string    // identifies the entry within its source: GUID, or address; see Version for its text
	URL       string    // where a person reads it; may be empty
	Title     string    // plain text
	Author    string    //
	Lang      string    // as the feed or page declares it; may be empty or wrong
	Published time.Time // as declared; zero when it is not
	Version   Version   // what was captured this time
}

// Version is one capture of an entry's text, with the HTML as it came.
type Version struct {
	HTML      string    // feed's own HTML or text, or the whole page
	Page      bool      // HTML is a whole page, to be cut down to Select or to its article
	Select    string    // the source's selector, kept so that the text can be cut again later
	Captured  time.Time // when it was fetched
	Truncated bool      // the document ended early; what was whole is here
}
