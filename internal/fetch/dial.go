package fetch

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// newTransport makes connections to the public Internet and to the private
// networks named. It knows no proxy: one would dial in our place, unchecked.
func newTransport(private []netip.Prefix) *http.Transport {
	d := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second, Control: guard(private)}
	return &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // we decode ourselves, and count what comes out
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        60 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// guard is the check before each connection: it sees the address that DNS
// answered, so that a name cannot lead where its address may not.
func guard(private []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New(ssrf.WithAnyPort())
	return func(network, address string, c syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %q is no address", ErrRefused, address)
		}
		for _, p := range private {
			if p.Contains(to.Addr().Unmap().WithZone("")) {
				return nil
			}
		}
		if !webPort(to.Port()) {
			return fmt.Errorf("%w: port %d is not one that web servers use", ErrRefused, to.Port())
		}
		if err := public.Safe(network, address, c); err != nil {
			return dialError(address, err)
		}
		return nil
	}
}

// webPort keeps us from talking to mail, shell and other services below 1024,
// which a link in a feed could name.
func webPort(port uint16) bool {
	return port == 80 || port == 443 || port >= 1024
}
