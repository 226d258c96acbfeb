package transfer

import (
	"context"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Manager is what several transfers share. The zero Manager is ready for use;
// fields must not be changed after the first transfer, and a Manager must not
// be copied. It is safe for concurrent use.
//
// Transfers wait for their turn in the order in which they ask, and each asks for
// one request after the other, so that a large one does not lock out the small.
//
// How many requests are in flight to a server follows from what it gives: they
// are 8 at first, and more of them as long as these get more done. When it asks for
// less, as by SlowDown, they are half as many, and come back one by one.
type Manager struct {
	// Requests is how many requests that carry content may be in flight at a
	// time, to all servers together. Default 64. The one request that feeds the writer of a DownloadTo
	// is not counted: it goes at the pace of that writer, which may itself wait
	// for another transfer.
	Requests int

	// Memory is how many bytes the buffers of all transfers may take: of
	// uploads that are not read in place, and of the look-ahead of DownloadTo,
	// which never takes more than half. Default 64 MiB.
	//
	// Of a part larger than half of Memory only that half is counted, but no
	// two such parts are held at a time. Each request takes some 128 KiB apart
	// from this, and so does each upload before it is known to be longer. An
	// upload that waits for memory does not read: if several are fed from one
	// source in step, Memory must have room for one part of each.
	Memory int64

	// SendRate and ReceiveRate are how many bytes of content per second may be
	// sent and received; those that are sent once more count again. Zero: as many
	// as can.
	SendRate, ReceiveRate int64

	once     sync.Once
	requests *semaphore.Weighted
	send     *pace
	receive  *pace
	memory   *semaphore.Weighted
	most     int64 // of memory that one buffer waits for
	ahead    lookAhead

	mu      sync.Mutex
	windows map[string]*window // by Limits.Server
}

// defaultManager is that of the functions of the package.
var defaultManager Manager

func (m *Manager) init() {
	m.once.Do(func() {
		if m.Requests <= 0 {
			m.Requests = 64
		}
		if m.Memory <= 0 {
			m.Memory = 64 << 20
		}
		m.requests = semaphore.NewWeighted(int64(m.Requests))
		m.send, m.receive = newPace(m.SendRate), newPace(m.ReceiveRate)
		m.windows = make(map[string]*window)
		m.ahead.total = m.Memory / 2
		budget := m.Memory | 1 // odd, so that most is more than half of it
		m.memory = semaphore.NewWeighted(budget)
		m.most = budget - m.ahead.total
	})
}

// Upload is [Upload] within the limits of m.
func (m *Manager) Upload(ctx context.Context, b Bucket, name string, r io.Reader, opts ...Option) (Info, error) {
	return Upload(ctx, b, name, r, m.with(opts)...)
}

// Download is [Download] within the limits of m.
func (m *Manager) Download(ctx context.Context, b Bucket, name string, w io.WriterAt, opts ...Option) (Info, error) {
	return Download(ctx, b, name, w, m.with(opts)...)
}

// DownloadTo is [DownloadTo] within the limits of m.
func (m *Manager) DownloadTo(ctx context.Context, b Bucket, name string, w io.Writer, opts ...Option) (Info, error) {
	return DownloadTo(ctx, b, name, w, m.with(opts)...)
}

// DownloadFile is [DownloadFile] within the limits of m.
func (m *Manager) DownloadFile(ctx context.Context, b Bucket, name, path string, opts ...Option) (Info, error) {
	return DownloadFile(ctx, b, name, path, m.with(opts)...)
}

func (m *Manager) with(opts []Option) []Option {
	return append(opts[:len(opts):len(opts)], WithManager(m))
}

// window returns that of a server.
func (m *Manager) window(server string) *window {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.windows[server]
	if w == nil {
		w = newWindow(m.Requests)
		m.windows[server] = w
	}
	return w
}

// slot is the place of one request among those in flight.
type slot struct {
	m     *Manager
	place place
}

// slot waits for one.
func (m *Manager) slot(ctx context.Context, w *window) (*slot, error) {
	p, err := w.enter(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.requests.Acquire(ctx, 1); err != nil {
		p.leave(-1)
		return nil, err
	}
	return &slot{m, p}, nil
}

// free gives the slot back. Moved is how many bytes the request has moved, and err
// how it ended.
func (s *slot) free(moved int64, err error) {
	if err != nil {
		moved = -1
	}
	s.m.requests.Release(1)
	s.place.leave(moved)
}

// reserve waits for room for a buffer of n bytes and returns how much release
// has to be given back for it.
func (m *Manager) reserve(ctx context.Context, n int64) (int64, error) {
	// A larger one would wait for what the look-ahead holds, and for ever if
	// that is of a download which feeds the very upload that waits.
	n = min(n, m.most)
	if err := m.memory.Acquire(ctx, n); err != nil {
		return 0, err
	}
	return n, nil
}

func (m *Manager) release(n int64) { m.memory.Release(n) }

// room is for what one transfer may have under way at a time. What fails keeps its
// place: it ends the transfer, and nothing more is to begin before all have heard of
// that.
type room chan struct{}

func (r room) enter(ctx context.Context) error {
	select {
	case r <- struct{}{}: // also when ctx has ended
		return nil
	default:
	}
	select {
	case r <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r room) leave(err error) {
	if err == nil {
		<-r
	}
}

// lookAhead divides the memory for ranges fetched before they are wanted. It is
// never waited for: a download that gets none streams one range after the
// other. If it were, or if it might take all memory, then downloads whose
// writers feed uploads could hold what these uploads wait for.
type lookAhead struct {
	total int64

	mu     sync.Mutex
	used   int64
	shares int64 // downloads that take part
}

func (l *lookAhead) join() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shares++
}

func (l *lookAhead) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shares--
}

// tryReserve takes n bytes for the look-ahead of a download that holds held
// bytes already, and reports whether it could.
func (m *Manager) tryReserve(n, held int64) bool {
	l := &m.ahead
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.used+n > l.total || held > 0 && held+n > l.total/l.shares {
		return false
	}
	if !m.memory.TryAcquire(n) {
		return false
	}
	l.used += n
	return true
}

func (m *Manager) releaseAhead(n int64) {
	m.ahead.mu.Lock()
	m.ahead.used -= n
	m.ahead.mu.Unlock()
	m.memory.Release(n)
}
