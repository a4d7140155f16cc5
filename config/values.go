package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/robfig/cron/v3"
	"go.yaml.in/yaml/v4"
)

// checked reads text that take accepts. The fault is what take says of it.
func (r *reader) checked(instead string, take func(text string) error) read {
	return func(key string, n *yaml.Node) {
		text, ok := r.plainText(key, n)
		if !ok {
			return
		}
		err, own := take(text), (*fixError)(nil)
		switch {
		case err != nil && quote(text) == notShown: // then its error is not shown either
			r.fault(n, instead, "%s %s is not right", key, notShown)
		case errors.As(err, &own):
			r.fault(n, own.instead, "%s %s %s", key, quote(text), own.what)
		case err != nil:
			r.fault(n, instead, "%s %s %v", key, quote(text), err)
		}
	}
}

// fixError is an error that knows what to write instead.
type fixError struct{ what, instead string }

func (e *fixError) Error() string { return e.what }

// matching reads text of a form.
func (r *reader) matching(to *string, form *regexp.Regexp, what, instead string) read {
	return r.checked(instead, func(text string) error {
		if !form.MatchString(text) {
			return errors.New(what)
		}
		*to = text
		return nil
	})
}

func (r *reader) boolean(to *bool) read {
	return func(key string, n *yaml.Node) {
		v := r.scalar(key, "write true or false", n)
		if v == nil {
			return
		}
		switch strings.ToLower(v.Value) {
		case "true", "false":
			if v.ShortTag() == "!!bool" {
				*to = strings.EqualFold(v.Value, "true")
				return
			}
		}
		r.fault(v, "write true or false", "%s is neither true nor false", key)
	}
}

// digits is a whole number as JSON has it, too.
var digits = regexp.MustCompile(`^(0|[1-9][0-9]{0,17})$`)

// integer reads a whole number from least to most.
func (r *reader) integer(least, most int64, take func(int64)) read {
	return func(key string, n *yaml.Node) {
		instead := fmt.Sprintf("write a whole number from %d to %d, digits only", least, most)
		v := r.scalar(key, instead, n)
		if v == nil {
			return
		}
		if bare := strings.NewReplacer(",", "", ".", "", "_", "", " ", "", "'", "").Replace(v.Value); bare != v.Value && digits.MatchString(bare) {
			instead = "write " + bare // unless 12.000 meant twelve, and then it is no whole number either
		}
		if v.ShortTag() != "!!int" || !digits.MatchString(v.Value) {
			r.fault(v, instead, "%s %s is not a whole number", key, quote(v.Value))
			return
		}
		i, _ := strconv.ParseInt(v.Value, 10, 64) // the form is checked
		if i < least || i > most {
			r.fault(v, instead, "%s %d is out of range", key, i)
			return
		}
		take(i)
	}
}

// number reads a positive number.
func (r *reader) number(to *float64, most float64) read {
	return func(key string, n *yaml.Node) {
		instead := fmt.Sprintf("write a number above 0, at most %.0f", most)
		v := r.scalar(key, instead, n)
		if v == nil {
			return
		}
		x, err := strconv.ParseFloat(v.Value, 64)
		if tag := v.ShortTag(); err != nil || tag != "!!int" && tag != "!!float" || strings.ContainsAny(v.Value, "_xX") {
			r.fault(v, instead, "%s %s is not a number", key, quote(v.Value))
			return
		}
		if !(x > 0 && x <= most) { // refuses NaN as well
			r.fault(v, instead, "%s %s is out of range", key, quote(v.Value))
			return
		}
		*to = x
	}
}

var (
	durationForm  = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d))+$`)
	durationPiece = regexp.MustCompile(`([0-9.]+)([a-z]+)`)
)

// longest is ten years: above it a duration is a slip, and far below what overflows.
const longest = 3660 * 24 * time.Hour

// parseDuration reads Go's durations and d for days of 24 hours: 30s, 1h30m, 14d.
func parseDuration(text string) (time.Duration, error) {
	if !durationForm.MatchString(text) {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return 0, &fixError{"has no unit", fmt.Sprintf("write %ss, %sm, %sh or %sd", text, text, text, text)}
		}
		return 0, errors.New("is not a duration")
	}
	var sum time.Duration
	for _, m := range durationPiece.FindAllStringSubmatch(text, -1) {
		d, err := piece(m[1], m[2])
		if sum += d; err != nil || sum > longest {
			return 0, &fixError{"is longer than ten years", "write less"}
		}
	}
	return sum, nil
}

func piece(number, unit string) (time.Duration, error) {
	if unit != "d" {
		d, err := time.ParseDuration(number + unit)
		return min(d, longest+1), err
	}
	days, err := strconv.ParseFloat(number, 64)
	if err != nil || days > longest.Hours()/24 {
		return longest + 1, err
	}
	return time.Duration(math.Round(days * 24 * float64(time.Hour))), nil
}

// duration reads a duration of at least the given length. A bare number is told apart from other text.
func (r *reader) duration(to *time.Duration, least time.Duration) read {
	const instead = "write a duration such as 30s, 15m, 6h or 14d"
	return func(key string, n *yaml.Node) {
		v := r.scalar(key, instead, n)
		if v == nil {
			return
		}
		d, err := parseDuration(v.Value)
		own := (*fixError)(nil)
		switch {
		case errors.As(err, &own):
			r.fault(v, own.instead, "%s %s %v", key, quote(v.Value), err)
		case err != nil:
			r.fault(v, instead, "%s %s %v", key, quote(v.Value), err)
		case d < least:
			r.fault(v, "write a duration above 0, such as 30s", "%s %s is too short", key, quote(v.Value))
		default:
			*to = d
		}
	}
}

var sizeForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(B|kB|KB|KiB|MB|MiB|GB|GiB)$`)

var sizeUnits = map[string]float64{
	"B": 1, "kB": 1e3, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30,
}

// mostBody is what one document may take of memory at most.
const mostBody = 1 << 30

func (r *reader) size(to *int64) read {
	const instead = "write a size such as 10MiB"
	return func(key string, n *yaml.Node) {
		v := r.scalar(key, instead, n)
		if v == nil {
			return
		}
		m := sizeForm.FindStringSubmatch(v.Value)
		if m == nil {
			r.fault(v, instead, "%s %s is not a size with its unit", key, quote(v.Value))
			return
		}
		x, err := strconv.ParseFloat(m[1], 64)
		if x *= sizeUnits[m[2]]; err != nil || x < 1 || x > mostBody {
			r.fault(v, "write a size from 1B to 1GiB", "%s %s is out of range", key, quote(v.Value))
			return
		}
		*to = int64(x)
	}
}

var percentForm = regexp.MustCompile(`^([0-9]{1,3}(\.[0-9]+)?)%$`)

// percent reads 10% as 0.1.
func (r *reader) percent(to *float64) read {
	const instead = "write a percentage such as 10%"
	return func(key string, n *yaml.Node) {
		v := r.scalar(key, instead, n)
		if v == nil {
			return
		}
		m := percentForm.FindStringSubmatch(v.Value)
		if m == nil {
			r.fault(v, instead, "%s %s is not a percentage", key, quote(v.Value))
			return
		}
		x, _ := strconv.ParseFloat(m[1], 64) // the form is checked
		if x > 100 {
			r.fault(v, "write 0% to 100%", "%s %s is out of range", key, quote(v.Value))
			return
		}
		*to = x / 100
	}
}

// scheduleForm keeps from the cron parser what makes it panic (TZ= without a
// blank after it) and what it reads in silence.
var scheduleForm = regexp.MustCompile(`^((CRON_)?TZ=[A-Za-z0-9_+/-]+ +)?(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every [0-9.a-z]+|[0-9A-Za-z*,/?-]+( +[0-9A-Za-z*,/?-]+){4})$`)

func checkSchedule(text string) error {
	if _, auto, err := AutoSchedule(text); auto {
		if err != nil {
			return &fixError{"is not an automatic schedule", "write auto, or auto with the least and the most time between two visits, such as auto 5m-6h; a week is the most there is"}
		}
		return nil
	}
	if !scheduleForm.MatchString(text) {
		if fields := strings.Fields(text); len(fields) == 6 && scheduleForm.MatchString(strings.Join(fields[1:], " ")) {
			return &fixError{"has six fields", fmt.Sprintf("write five, without seconds: %q", strings.Join(fields[1:], " "))}
		}
		return errors.New("is not a schedule")
	}
	if every, ok := strings.CutPrefix(text[strings.LastIndex(text, "@")+1:], "every "); ok && strings.Contains(text, "@") {
		d, err := time.ParseDuration(every)
		if own, ownErr := parseDuration(every); err != nil && ownErr == nil {
			return &fixError{"has a unit that schedules do not know", fmt.Sprintf(`write "@every %s"`, hours(own))}
		}
		if err != nil || d < time.Second {
			return &fixError{"is not an interval of a second or more", `write an interval such as "@every 15m"`}
		}
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return fmt.Errorf("is not a schedule: %w", err)
	}
	// From a leap year's start the parser sees every day that there is; the
	// 30th of February is none of them.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return errors.New("never comes")
	}
	return nil
}

func (r *reader) schedule(to *string) read {
	return r.checked(`write five fields such as "*/15 * * * *", @hourly, "@every 15m" or auto, with CRON_TZ=Europe/Kyiv before them if need be`, func(text string) error {
		*to = text
		return checkSchedule(text)
	})
}

var zoneForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+/-]*$`)

func (r *reader) zone(to *string) read {
	return r.checked("write a name such as UTC or Europe/Kyiv", func(text string) error {
		if !zoneForm.MatchString(text) {
			return errors.New("is not a time zone")
		}
		if _, err := time.LoadLocation(text); err != nil {
			return errors.New("is not a known time zone")
		}
		*to = text
		return nil
	})
}

func (r *reader) selector(to *string) read {
	return r.checked(`write a CSS selector such as "main article" or "h3 a"`, func(text string) error {
		if _, err := cascadia.ParseGroup(text); err != nil {
			return fmt.Errorf("is not a CSS selector: %w", err)
		}
		*to = text
		return nil
	})
}

func (r *reader) prefix(to *netip.Prefix) read {
	return r.checked("write a network such as 10.0.0.0/8 or fd00::/8", func(text string) error {
		p, err := netip.ParsePrefix(text)
		if addr, bare := netip.ParseAddr(text); bare == nil && addr.Zone() == "" {
			return &fixError{"has no length", fmt.Sprintf("write %s/%d", addr, addr.BitLen())}
		}
		if err != nil {
			return errors.New("is not a network")
		}
		*to = p.Masked()
		return nil
	})
}

// headerForm is what may stand in an HTTP header.
var headerForm = regexp.MustCompile(`^[ -~]*$`)

// optionalText reads text that may be empty.
func (r *reader) optionalText(to *string, form *regexp.Regexp, what, instead string) read {
	return func(key string, n *yaml.Node) {
		text, ok := r.hiddenText(key, n)
		if !ok {
			return
		}
		if !form.MatchString(text) {
			r.fault(n, instead, "%s %s", key, what)
			return
		}
		*to = text
	}
}

func (r *reader) path(to *string) read {
	return r.checked("write a path", func(text string) error {
		*to = r.join(text)
		return nil
	})
}

// address reads a source's http, https or file: address. A file's is made absolute.
func (r *reader) address(to *string) read {
	const instead = "write https://HOST/PATH, or file:PATH for a local file"
	return func(key string, n *yaml.Node) {
		text, ok := r.plainText(key, n)
		if !ok {
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "file" && strings.Contains(text, " ") || strings.TrimSpace(text) != text {
			r.fault(n, instead, "%s is not an address", key) // not shown: it may hold a password
			return
		}
		switch {
		case u.Scheme == "file":
			r.local(to, key, n, u)
		case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
			r.fault(n, instead, "%s is not an http, https or file address", key)
		default:
			*to = text
		}
	}
}

func (r *reader) local(to *string, key string, n *yaml.Node, u *url.URL) {
	path := u.Path
	if u.Opaque != "" {
		path, _ = url.PathUnescape(u.Opaque) // a wrong escape gives the empty path
	}
	if path == "" || u.Host != "" {
		r.fault(n, "write file:PATH from this file's folder, or file:///PATH", "%s has no path after file:", key)
		return
	}
	abs, err := filepath.Abs(r.join(path))
	if err != nil {
		r.fault(n, "write file:///PATH", "%s: the folder that its path starts from is unknown: %v", key, err)
		return
	}
	*to = (&url.URL{Scheme: "file", Path: abs}).String()
}

// service checks an address that secrets are sent to: https, or http to this machine.
func service(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.ContainsAny(text, " \t\r\n") {
		return nil, errors.New("is not an https address")
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return u, nil
	}
	return nil, errors.New("is not an https address, nor http on loopback")
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (r *reader) apiURL(to *string) read {
	return func(key string, n *yaml.Node) {
		text, ok := r.hiddenText(key, n)
		if !ok {
			return
		}
		if text != "" {
			if _, err := service(text); err != nil {
				r.fault(n, `write https://HOST/, http://127.0.0.1:PORT/ or "" for Slack's own`, "%s %v", key, err)
				return
			}
		}
		*to = text
	}
}

func (r *reader) listen(to *string) read {
	return func(key string, n *yaml.Node) {
		text, ok := r.hiddenText(key, n)
		if !ok {
			return
		}
		if text != "" && !hostPort(text) {
			r.fault(n, `write HOST:PORT such as 127.0.0.1:8080, or "" to serve nothing`, "%s %s is not an address to listen on", key, quote(text))
			return
		}
		*to = text
	}
}

var (
	portForm = regexp.MustCompile(`^[0-9]{1,5}$`)
	hostForm = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
)

func hostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || !portForm.MatchString(port) {
		return false
	}
	if p, _ := strconv.Atoi(port); p > math.MaxUint16 {
		return false
	}
	_, err = netip.ParseAddr(host)
	return err == nil || hostForm.MatchString(host)
}

// choice reads one of a few words.
func choice[T ~string](r *reader, to *T, of []T) read {
	words := make([]string, len(of))
	for i, w := range of {
		words[i] = string(w)
	}
	return func(key string, n *yaml.Node) {
		text, ok := r.plainText(key, n)
		if !ok {
			return
		}
		if !slices.Contains(words, text) {
			r.fault(n, meant(text, words), "%s %s is unknown", key, quote(text))
			return
		}
		*to = T(text)
	}
}
