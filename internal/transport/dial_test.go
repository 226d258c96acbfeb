package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// network is a fake one: what is not up is refused, what is dark never answers.
type network struct {
	addrs []string
	down  map[string]bool
	dark  map[string]bool

	mu     sync.Mutex
	dialed []string
	open   int
}

func (n *network) dialer() *spreadDialer {
	return &spreadDialer{
		lookup: func(_ context.Context, _, host string) ([]netip.Addr, error) {
			if host != "host.test" {
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			var addrs []netip.Addr
			for _, a := range n.addrs {
				addrs = append(addrs, netip.MustParseAddr(a))
			}
			return addrs, nil
		},
		connect: func(ctx context.Context, _, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address)
			n.mu.Lock()
			n.dialed = append(n.dialed, host)
			n.mu.Unlock()
			switch {
			case n.down[host]:
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("%s: %w", host, syscall.ECONNREFUSED)}
			case n.dark[host]:
				<-ctx.Done()
				return nil, ctx.Err()
			}
			n.mu.Lock()
			defer n.mu.Unlock()
			n.open++
			return &fakeConn{n: n, host: host}, nil
		},
	}
}

type fakeConn struct {
	net.Conn
	n    *network
	host string
}

func (c *fakeConn) Close() error {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	c.n.open--
	return nil
}

func dial(t *testing.T, d *spreadDialer) string {
	t.Helper()
	c, err := d.dial(t.Context(), "tcp", "host.test:443")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.(*fakeConn).host
}

func TestConnectionsAreSpread(t *testing.T) {
	n := &network{addrs: []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}}
	d := n.dialer()
	count := map[string]int{}
	for range 30 {
		count[dial(t, d)]++
	}
	for _, a := range n.addrs {
		if count[a] != 10 {
			t.Errorf("%s has %d of 30 connections", a, count[a])
		}
	}
}

func TestFailedAddressesAreAvoided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{addrs: []string{"10.0.0.1", "10.0.0.2"}, down: map[string]bool{"10.0.0.1": true}}
		d := n.dialer()
		for range 10 {
			if got := dial(t, d); got != "10.0.0.2" {
				t.Fatalf("connected to %s", got)
			}
		}
		if want := append([]string{"10.0.0.1"}, slices.Repeat([]string{"10.0.0.2"}, 10)...); !slices.Equal(n.dialed, want) {
			t.Errorf("dialed %q", n.dialed)
		}
		n.down = nil
		time.Sleep(avoidFor)
		if a, b := dial(t, d), dial(t, d); a == b {
			t.Errorf("the address is avoided for ever")
		}
	})
}

func TestDarkAddressCostsAHeadStartOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{addrs: []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, dark: map[string]bool{"10.0.0.1": true}}
		d := n.dialer()
		for i := range 6 {
			began := time.Now()
			dial(t, d)
			want := time.Duration(0)
			if i == 0 {
				want = headStart
			}
			if took := time.Since(began); took != want {
				t.Errorf("connection %d took %v, want %v", i+1, took, want)
			}
		}
	})
}

func TestFamiliesTakeTurns(t *testing.T) {
	n := &network{
		addrs: []string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5", "2001:db8::6", "10.0.0.1"},
		down:  map[string]bool{},
	}
	for _, a := range n.addrs[:6] {
		n.down[a] = true // a machine without a way to IPv6
	}
	d := n.dialer()
	if got := dial(t, d); got != "10.0.0.1" || len(n.dialed) != 2 {
		t.Errorf("connected to %s after %q", got, n.dialed)
	}
}

func TestNoAddressAnswers(t *testing.T) {
	n := &network{addrs: []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, down: map[string]bool{"10.0.0.1": true, "10.0.0.2": true, "10.0.0.3": true}}
	_, err := n.dialer().dial(t.Context(), "tcp", "host.test:443")
	if !errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "nor do 2 more") {
		t.Errorf("%v", err)
	}
	if len(n.dialed) != 3 {
		t.Errorf("dialed %q", n.dialed)
	}

	_, err = n.dialer().dial(t.Context(), "tcp", "unknown.test:443")
	if dns := (*net.DNSError)(nil); !errors.As(err, &dns) || !dns.IsNotFound {
		t.Errorf("%v", err)
	}
	n.addrs = nil
	if _, err = n.dialer().dial(t.Context(), "tcp", "host.test:443"); err == nil {
		t.Error("connected to a host without addresses")
	}
}

func TestCancelledDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{addrs: []string{"10.0.0.1", "10.0.0.2"}, dark: map[string]bool{"10.0.0.1": true, "10.0.0.2": true}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.dialer().dial(ctx, "tcp", "host.test:443"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

// TestLateConnectionsAreClosed: two addresses answer, one connection is used.
func TestLateConnectionsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{addrs: []string{"10.0.0.1", "10.0.0.2"}}
		d := n.dialer()
		connect := d.connect
		d.connect = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "10.0.0.1:") {
				time.Sleep(time.Second) // deaf to the cancellation
			}
			return connect(ctx, network, address)
		}
		if got := dial(t, d); got != "10.0.0.2" {
			t.Errorf("connected to %s", got)
		}
		time.Sleep(2 * time.Second)
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.open != 0 {
			t.Errorf("%d connections are left open", n.open)
		}
	})
}

func TestLiteralsGoStraight(t *testing.T) {
	n := &network{}
	d := n.dialer()
	for _, address := range []string{"192.0.2.1:80", "[2001:db8::1]:80", "localhost:80"} {
		c, err := d.dial(t.Context(), "tcp", address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		c.Close()
	}
	if _, err := d.dial(t.Context(), "tcp", "no-port"); err == nil {
		t.Error("an address without a port was dialed")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	n := &network{addrs: []string{"10.0.0.1"}}
	d := n.dialer()
	for i := range 3 * maxRemembered {
		d.order(fmt.Sprint("bucket", i, ".test"), []netip.Addr{netip.MustParseAddr("10.0.0.1")})
		d.avoid(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
	}
	if len(d.turns) > maxRemembered || len(d.failed) > maxRemembered {
		t.Errorf("%d hosts and %d addresses are remembered", len(d.turns), len(d.failed))
	}
}
