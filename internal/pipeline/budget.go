package pipeline

import "sync"

// The retry quota of a host is a token bucket that successes refill. A service
// in trouble thus gets at most half as many retries as it gives good answers,
// beyond the reserve that lets a client of little traffic retry freely.
const (
	budgetReserve = 50  // tokens a new bucket holds
	budgetCap     = 500 // tokens a bucket can hold
	budgetRefill  = 0.5 // tokens a success earns
	budgetRetry   = 1   // tokens a retry costs
)

// maxBudgets bounds the hosts that are remembered: a client may meet any number
// of buckets, each with a host name of its own.
const maxBudgets = 1024

// budgets holds the bucket of each endpoint host.
type budgets struct {
	mu    sync.Mutex
	hosts map[string]*float64
}

// of returns the tokens of a host, which the caller has locked.
func (b *budgets) of(host string) *float64 {
	if t := b.hosts[host]; t != nil {
		return t
	}
	if b.hosts == nil {
		b.hosts = make(map[string]*float64)
	}
	if len(b.hosts) >= maxBudgets {
		for any := range b.hosts {
			delete(b.hosts, any)
			break
		}
	}
	t := new(float64)
	*t = budgetReserve
	b.hosts[host] = t
	return t
}

// take pays for a retry and reports whether there was enough.
func (b *budgets) take(host string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.of(host)
	if *t < budgetRetry {
		return false
	}
	*t -= budgetRetry
	return true
}

// refill books a success.
func (b *budgets) refill(host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.of(host)
	*t = min(*t+budgetRefill, budgetCap)
}
