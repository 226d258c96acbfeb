package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// avoidFor is how long an address that failed is tried last.
const avoidFor = 30 * time.Second

// spreadDialer opens connections to all addresses of a name in turn. The
// standard dialer takes the first one, so that all connections of a client
// meet on one server of the dozens that the name stands for.
type spreadDialer struct {
	dialer net.Dialer
	lookup func(ctx context.Context, host string) ([]netip.Addr, error) // nil: the system's

	mu     sync.Mutex
	next   map[string]uint64        // by host: where the next dial begins
	failed map[netip.Addr]time.Time // when
}

func (d *spreadDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		return d.dialer.DialContext(ctx, network, address)
	}
	lookup := d.lookup
	if lookup == nil {
		lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	addrs, err := lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	addrs = d.order(host, addrs)
	// An address that does not answer must leave time for the others.
	one := d.dialer
	if len(addrs) > 1 {
		one.Timeout = max(d.dialer.Timeout/time.Duration(min(len(addrs), 4)), 2*time.Second)
	}
	var failures []error
	for _, addr := range addrs {
		conn, err := one.DialContext(ctx, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		d.avoid(addr)
		failures = append(failures, err)
		if len(failures) == 4 {
			break
		}
	}
	return nil, errors.Join(failures...)
}

// order rotates the addresses within the family that the resolver prefers,
// then those of the other, and puts those that failed lately last.
func (d *spreadDialer) order(host string, addrs []netip.Addr) []netip.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.next == nil {
		d.next = make(map[string]uint64)
		d.failed = make(map[netip.Addr]time.Time)
	}
	turn := d.next[host]
	d.next[host] = turn + 1
	var first, second, last []netip.Addr
	for _, a := range addrs {
		switch {
		case time.Since(d.failed[a]) < avoidFor:
			last = append(last, a)
		case a.Unmap().Is4() == addrs[0].Unmap().Is4():
			first = append(first, a)
		default:
			second = append(second, a)
		}
	}
	ordered := append(rotate(first, turn), rotate(second, turn)...)
	return append(ordered, last...)
}

func rotate(addrs []netip.Addr, by uint64) []netip.Addr {
	if len(addrs) < 2 {
		return addrs
	}
	i := int(by % uint64(len(addrs)))
	return append(append([]netip.Addr(nil), addrs[i:]...), addrs[:i]...)
}

func (d *spreadDialer) avoid(a netip.Addr) {
	d.mu.Lock()
	d.failed[a] = time.Now()
	d.mu.Unlock()
}
