package transfer

import (
	"container/list"
	"context"
	"sync"
	"time"
)

const (
	// firstWindow is how many requests to a server are in flight before it is
	// known what more of them bring.
	firstWindow = 8

	// requestWork is what a request counts for beside its bytes, so that small
	// objects, of which the number matters, and large ones have one measure.
	requestWork = 64 << 10

	// A step up is kept if the work done per second grows by that factor.
	worthIt = 1.1

	// After a step that was not worth it there are that many epochs until the
	// next one; twice as many each time, up to a limit.
	firstPause, lastPause = 8, 256
)

// window is how many requests may be in flight to one server.
//
// It climbs: as long as more requests at a time get more done, there are more of
// them, up to the limit of the manager; else it goes back by a step and tries
// again later. And it gives way: when the server asks for less, it is halved, and
// grows again by one for each time that all requests of a window have succeeded.
//
// Requests wait in the order in which they ask.
type window struct {
	most  int // of the manager
	hedge hedge

	mu      sync.Mutex
	limit   float64
	flying  int
	waiting list.List // of chan struct{}

	// An epoch is the time in which about limit requests end. Unless requests
	// had to wait in it, it says nothing about what a larger window would bring.
	began   time.Time
	work    int64
	done    int
	crowded bool

	rate    float64 // work per second, of the last epochs
	probing bool    // the last step has yet to show what it is worth
	steady  bool    // steps have stopped to be worth it, so they are smaller
	back    float64 // limit before that step
	pause   int     // epochs until the next step
	pauses  int     // length of the last pause

	started uint64  // number of the latest request
	cut     uint64  // number of the latest request when the limit was halved
	goal    float64 // limit to come back to after that, 0 if it has been reached
}

func newWindow(most int) *window {
	return &window{most: most, limit: float64(min(firstWindow, most)), probing: true, pauses: firstPause}
}

// widen makes room for n requests, unless the server has asked for less.
func (w *window) widen(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n = min(n, w.most); w.goal == 0 && w.limit < float64(n) {
		w.limit = float64(n)
		w.probing, w.steady = false, true
		w.admit()
	}
}

// place is that of one request in a window.
type place struct {
	w      *window
	number uint64
}

// aside is for a request that takes no place, as one that a reader waits for: there are
// as many of these at a time as the caller makes. It heeds nothing, but it is heard.
func (w *window) aside() place {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started++
	return place{w, w.started}
}

// succeeded tells of a request that took no place.
func (w *window) succeeded() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.recover()
}

// enter waits for a place.
func (w *window) enter(ctx context.Context) (place, error) {
	if err := ctx.Err(); err != nil {
		return place{}, err
	}
	w.mu.Lock()
	if w.waiting.Len() == 0 && w.flying < int(w.limit) {
		defer w.mu.Unlock()
		return w.take(), nil
	}
	w.crowded = true
	turn := make(chan struct{})
	e := w.waiting.PushBack(turn)
	w.mu.Unlock()

	select {
	case <-turn:
	case <-ctx.Done():
		w.mu.Lock()
		defer w.mu.Unlock()
		select {
		case <-turn: // it was given away meanwhile, so somebody else gets it
			w.flying--
			w.admit()
		default:
			w.waiting.Remove(e)
		}
		return place{}, ctx.Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying-- // which admit has counted
	return w.take(), nil
}

// take makes a place, with w.mu locked.
func (w *window) take() place {
	if w.began.IsZero() {
		w.began = time.Now()
	}
	w.flying++
	w.started++
	return place{w, w.started}
}

// admit lets in who waits and has room, with w.mu locked.
func (w *window) admit() {
	for w.waiting.Len() > 0 && w.flying < int(w.limit) {
		w.flying++
		close(w.waiting.Remove(w.waiting.Front()).(chan struct{}))
	}
}

// leave gives the place back. Moved is how many bytes the request has moved, -1
// if it failed.
func (p place) leave(moved int64) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if moved >= 0 {
		w.work += moved + requestWork
		w.done++
		w.recover()
		w.learn()
	}
	w.flying--
	w.admit()
}

// throttled tells that the server has asked the request for less. Of the
// requests that were in flight together, the first to say so counts for all.
func (p place) throttled() {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if p.number <= w.cut {
		return
	}
	w.cut = w.started
	w.goal = max(w.goal, w.limit)
	w.limit = max(1, w.limit/2)
	w.probing, w.steady = false, true
	w.pause = w.pauses
	w.newEpoch()
}

// recover makes up for what throttled took, a little for each success.
func (w *window) recover() {
	if w.goal == 0 {
		return
	}
	if w.limit += 1 / w.limit; w.limit >= w.goal {
		w.limit, w.goal = w.goal, 0
		w.rate = 0
		w.newEpoch()
	}
}

func (w *window) newEpoch() {
	w.began, w.work, w.done, w.crowded = time.Now(), 0, 0, w.waiting.Len() > 0
}

// learn decides about the limit at the end of an epoch.
func (w *window) learn() {
	if w.done < max(int(w.limit), firstWindow/2) {
		return
	}
	defer w.newEpoch()
	took := time.Since(w.began)
	if w.goal > 0 || !w.crowded || took <= 0 {
		return
	}
	rate := float64(w.work) / took.Seconds()
	switch {
	case w.probing && rate < w.rate*worthIt:
		w.limit = w.back
		w.probing, w.steady = false, true
		w.pause, w.pauses = w.pauses, min(2*w.pauses, lastPause)
	case w.pause > 0:
		w.pause--
		w.rate += (rate - w.rate) / 4
	default:
		w.rate = rate
		w.step()
	}
}

// step tries a larger limit, if there may be one: double at first, while every
// step has been worth it.
func (w *window) step() {
	most := float64(w.most)
	if w.probing = w.limit < most; !w.probing {
		return
	}
	w.back = w.limit
	if w.steady {
		w.limit = min(most, w.limit+max(1, w.limit/4))
	} else {
		w.limit = min(most, w.limit*2)
	}
}

// braked reports whether the server has asked for less, and the limit is not yet
// back at where it was.
func (w *window) braked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.goal > 0
}
