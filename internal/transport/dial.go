package transport

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// avoidFor is how long an address that failed is tried last.
	avoidFor = 30 * time.Second

	// headStart is what an address gets before the next is tried beside it.
	// RFC 8305 recommends it.
	headStart = 250 * time.Millisecond

	// maxTried is how many addresses one connection tries.
	maxTried = 6

	// maxRemembered bounds the names and addresses that a dialer remembers.
	maxRemembered = 1024
)

// spreadDialer opens connections to all addresses of a name in turn. The
// standard dialer takes the first one, so that all connections of a client
// meet on one server of the dozens that the name stands for.
type spreadDialer struct {
	connect func(ctx context.Context, network, address string) (net.Conn, error)
	lookup  func(ctx context.Context, network, host string) ([]netip.Addr, error)

	mu     sync.Mutex
	turns  map[string]uint          // by host: where the next connection begins
	failed map[netip.Addr]time.Time // when
}

func (d *spreadDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		return d.connect(ctx, network, address)
	}
	addrs, err := d.lookup(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no address", Name: host}
	}
	addrs = d.order(host, addrs)
	return d.race(ctx, network, port, addrs[:min(len(addrs), maxTried)])
}

// race connects to the first address that answers. The next one joins when
// those before it have failed or had their head start.
func (d *spreadDialer) race(ctx context.Context, network, port string, addrs []netip.Addr) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		conn net.Conn
		err  error
		i    int
	}
	results := make(chan result)
	running := make(map[int]bool, len(addrs))
	defer func() {
		cancel()
		go func(late int) { // those that are not needed any more
			for range late {
				if r := <-results; r.conn != nil {
					r.conn.Close()
				}
			}
		}(len(running))
	}()

	var first error
	timer := time.NewTimer(0)
	defer timer.Stop()
	for next := 0; next < len(addrs) || len(running) > 0; {
		select {
		case <-timer.C:
			if next == len(addrs) {
				continue
			}
			i := next
			next++
			running[i] = true
			go func() {
				conn, err := d.connect(ctx, network, net.JoinHostPort(addrs[i].String(), port))
				results <- result{conn, err, i}
			}()
			timer.Reset(headStart)
		case r := <-results:
			delete(running, r.i)
			if r.err == nil {
				for i := range running {
					if i < r.i {
						d.avoid(addrs[i]) // it had the longer time
					}
				}
				return r.conn, nil
			}
			if ctx.Err() != nil {
				return nil, r.err
			}
			d.avoid(addrs[r.i])
			if first == nil {
				first = r.err
			}
			timer.Reset(0)
		}
	}
	if n := len(addrs) - 1; n > 0 {
		first = fmt.Errorf("%w (nor do %d more addresses of the host answer)", first, n)
	}
	return nil, first
}

// order is the order in which the addresses of a host are tried: each family
// in turn, beginning with the one that the resolver prefers, at the address
// whose turn it is; last, those that failed lately.
func (d *spreadDialer) order(host string, addrs []netip.Addr) []netip.Addr {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.turns == nil || len(d.turns) >= maxRemembered {
		d.turns = make(map[string]uint)
	}
	turn := d.turns[host]
	d.turns[host] = turn + 1
	var first, second, last []netip.Addr
	for _, a := range addrs {
		a = a.Unmap()
		switch {
		case time.Since(d.failed[a]) < avoidFor:
			last = append(last, a)
		case a.Is4() == addrs[0].Unmap().Is4():
			first = append(first, a)
		default:
			second = append(second, a)
		}
	}
	ordered := make([]netip.Addr, 0, len(addrs))
	for i := range max(len(first), len(second)) {
		for _, family := range [...][]netip.Addr{first, second} {
			if i < len(family) {
				ordered = append(ordered, family[(uint(i)+turn)%uint(len(family))])
			}
		}
	}
	for i := range last {
		ordered = append(ordered, last[(uint(i)+turn)%uint(len(last))])
	}
	return ordered
}

func (d *spreadDialer) avoid(a netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed == nil || len(d.failed) >= maxRemembered {
		d.failed = make(map[netip.Addr]time.Time)
	}
	d.failed[a] = time.Now()
}
