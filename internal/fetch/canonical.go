package fetch

import (
	"net/url"
	"strings"
)

// canonical is the form of an address under which an entry is known: without what
// only tells the server where the reader came from, and without a part of the page.
func canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return raw
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" && u.Host != "" {
		u.Path = "/"
	}
	if u.RawQuery != "" {
		u.RawQuery = withoutTracking(u.RawQuery)
	}
	u.ForceQuery = false
	withoutVariant(u)
	return u.String()
}

// variantEnds are how sites end the path of an article's other renderings.
var variantEnds = []string{"/amp", ".amp", ".amp.html", "/print", "/printable"}

// withoutVariant makes the address of an AMP or print rendering the article's own,
// as far as its form tells; it says whether it was one.
func withoutVariant(u *url.URL) bool {
	before := *u
	path := u.EscapedPath()
	slash := strings.HasSuffix(path, "/")
	path = strings.TrimSuffix(path, "/")
	for _, end := range variantEnds {
		rest, ok := strings.CutSuffix(path, end)
		if !ok || strings.Count(rest, "/") < 2 && len(rest) < 20 { // /news/print may be a section
			continue
		}
		if strings.HasSuffix(end, ".html") {
			rest += ".html"
		} else if slash && strings.HasPrefix(end, "/") {
			rest += "/"
		}
		if clean, err := url.PathUnescape(rest); err == nil {
			u.Path, u.RawPath = clean, rest
		}
		break
	}
	if u.RawQuery != "" {
		var kept []string
		for p := range strings.SplitSeq(u.RawQuery, "&") {
			name, value, _ := strings.Cut(strings.ToLower(p), "=")
			switch {
			case name == "amp", name == "print", name == "printable":
			case (name == "outputtype" || name == "view" || name == "format" || name == "mode") && (value == "amp" || value == "print"):
			default:
				kept = append(kept, p)
			}
		}
		u.RawQuery = strings.Join(kept, "&")
	}
	return u.String() != before.String()
}

// ownAddress is the article's own address: where the entry leads to another
// rendering of it, the one that the page names, if that is on the same site.
func ownAddress(entry, named string, page *url.URL) string {
	at, err := url.Parse(entry)
	if err != nil {
		return entry
	}
	if c := *at; !withoutVariant(&c) {
		return entry
	}
	to := resolve(page, named, false)
	u, err := url.Parse(to)
	if to == "" || err != nil || site(u) != site(at) || u.Path == "" || u.Path == "/" {
		return entry
	}
	return to
}

// site is a host without the names that sites put before their own.
func site(u *url.URL) string {
	host := strings.ToLower(u.Host)
	for _, name := range []string{"www.", "amp.", "m.", "mobile."} {
		host = strings.TrimPrefix(host, name)
	}
	return host
}

// withoutTracking leaves the other parameters as they are and where they are.
func withoutTracking(query string) string {
	params := strings.Split(query, "&")
	kept := params[:0]
	for _, p := range params {
		name, _, _ := strings.Cut(p, "=")
		if !tracking(strings.ToLower(name)) {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "&")
}

func tracking(name string) bool {
	switch name {
	case "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "ocid", "cmpid", "at_medium", "at_campaign", "_ga":
		return true
	default:
		return strings.HasPrefix(name, "utm_")
	}
}

// openable is an address that a person may be shown: without user and password.
func openable(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}
