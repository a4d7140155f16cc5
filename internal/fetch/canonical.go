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
	return u.String()
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
