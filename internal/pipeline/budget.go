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

// budgets holds the bucket of each endpoint host.
type budgets struct {
	mu    sync.Mutex
	hosts map[string]*budget
}

func (b *budgets) of(host string) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.hosts[host]
	if t == nil {
		if b.hosts == nil {
			b.hosts = make(map[string]*budget)
		}
		t = &budget{tokens: budgetReserve}
		b.hosts[host] = t
	}
	return t
}

type budget struct {
	mu     sync.Mutex
	tokens float64
}

func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < budgetRetry {
		return false
	}
	b.tokens -= budgetRetry
	return true
}

func (b *budget) refill() {
	b.mu.Lock()
	b.tokens = min(b.tokens+budgetRefill, budgetCap)
	b.mu.Unlock()
}
