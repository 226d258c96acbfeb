package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/transfer"
)

// sleep waits as a slow server makes its clients wait.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("mem: %w", ctx.Err())
	}
}

// halting yields content up to an offset, and what is behind it after a while.
type halting struct {
	io.Reader
	ctx  context.Context
	left int
	halt time.Duration
}

func (r *halting) Read(p []byte) (int, error) {
	if r.left == 0 {
		r.left = -1
		if err := sleep(r.ctx, r.halt); err != nil {
			n, _ := r.Reader.Read(p[:min(len(p), 7)]) // which had come all the same
			return n, err
		}
	}
	if r.left > 0 {
		p = p[:min(len(p), r.left)]
	}
	n, err := r.Reader.Read(p)
	if r.left > 0 {
		r.left -= n
	}
	return n, err
}

// TestLateAnswersAreAskedForTwice has one request of a hundred come to a halt for
// 2 s, before its answer or in its body.
func TestLateAnswersAreAskedForTwice(t *testing.T) {
	for _, where := range []string{"answer", "body"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket()
				content := random(50_000)
				b.put(t, "name", content)
				var opened atomic.Int64
				unlucky := func() bool { return opened.Load()%100 == 50 }
				b.onOpen = func(ctx context.Context, _ int64) error {
					opened.Add(1)
					if where == "answer" && unlucky() {
						return sleep(ctx, 2*time.Second)
					}
					return sleep(ctx, 20*time.Millisecond)
				}
				b.onBody = func(ctx context.Context, _ int64, r io.Reader) io.Reader {
					if where == "body" && unlucky() {
						return &halting{r, ctx, 20_000, 2 * time.Second}
					}
					return r
				}
				m := new(transfer.Manager)
				var times []time.Duration
				const downloads = 2000
				for range downloads {
					var w bytes.Buffer
					began := time.Now()
					if _, err := m.DownloadTo(t.Context(), b, "name", &w); err != nil {
						t.Fatal(err)
					}
					times = append(times, time.Since(began))
					if !bytes.Equal(w.Bytes(), content) {
						t.Fatal("the content is another")
					}
				}
				slices.Sort(times)
				if p50, p99 := times[downloads/2], times[downloads*99/100]; p99 > 3*p50 {
					t.Errorf("p50 is %v and p99 %v", p50, p99)
				}
				if n := opened.Load(); n > downloads*105/100 {
					t.Errorf("%d requests for %d downloads", n, downloads)
				}
				b.idle(t)
			})
		})
	}
}

// TestLittleLateLeaveSomeForHalts has so many answers and bodies come a little late
// that to ask for each of them once more would be too much.
func TestLittleLateLeaveSomeForHalts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		b.put(t, "name", random(1000))
		var opened atomic.Int64
		b.onOpen = func(ctx context.Context, _ int64) error {
			switch n := opened.Add(1); {
			case n%100 == 50:
				return sleep(ctx, 2*time.Second)
			case n%25 == 0:
				return sleep(ctx, 45*time.Millisecond)
			}
			return sleep(ctx, 20*time.Millisecond)
		}
		b.onBody = func(ctx context.Context, _ int64, r io.Reader) io.Reader {
			if opened.Load()%25 == 20 {
				return &halting{r, ctx, 500, 1500 * time.Microsecond}
			}
			return r
		}
		m := new(transfer.Manager)
		const downloads = 2000
		for i := range downloads {
			began := time.Now()
			if _, err := m.DownloadTo(t.Context(), b, "name", io.Discard); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 100*time.Millisecond && i > 200 { // by when it is known what is late
				t.Errorf("download %d took %v", i, took)
			}
		}
		if n := opened.Load(); n > downloads*105/100 {
			t.Errorf("%d requests for %d downloads", n, downloads)
		}
		b.idle(t)
	})
}

// TestHaltUnderABrake: what has come to a halt while the server asks for less is asked
// for again when it does no more.
func TestHaltUnderABrake(t *testing.T) {
	for _, where := range []string{"answer", "body"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket()
				content := random(1000)
				b.put(t, "name", content)
				b.put(t, "halted", content)
				var asked atomic.Int64
				b.onOpen = func(ctx context.Context, off int64) error {
					return sleep(ctx, 20*time.Millisecond)
				}
				m := new(transfer.Manager)
				download := func(name string) {
					var w bytes.Buffer
					if _, err := m.DownloadTo(t.Context(), b, name, &w); err != nil || !bytes.Equal(w.Bytes(), content) {
						t.Errorf("%s: %d bytes, error %v", name, w.Len(), err)
					}
				}
				for range 200 {
					download("name")
				}
				b.onOpen = func(ctx context.Context, _ int64) error {
					if asked.Add(1) == 1 {
						observe.From(ctx).Retry(errors.New("mem: slow down"), 0, true)
						if where == "answer" {
							return sleep(ctx, time.Minute)
						}
					}
					return sleep(ctx, 20*time.Millisecond)
				}
				b.onBody = func(ctx context.Context, _ int64, r io.Reader) io.Reader {
					if where == "body" && asked.Load() == 1 {
						return &halting{r, ctx, 500, time.Minute}
					}
					return r
				}
				began := time.Now()
				halted := make(chan time.Duration)
				go func() {
					download("halted")
					halted <- time.Since(began)
				}()
				time.Sleep(100 * time.Millisecond)
				if n := asked.Load(); n != 1 {
					t.Errorf("%d requests under the brake, want 1", n)
				}
				for range 50 {
					download("name")
				}
				if took := <-halted; took > 5*time.Second {
					t.Errorf("it took %v", took)
				}
				b.idle(t)
			})
		})
	}
}

// TestHaltsDoNotHarm has the bodies of a parallel download
// come in fits and starts.
func TestHaltsDoNotHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		content := random(1_000_000)
		b.put(t, "name", content)
		var opened atomic.Int64
		b.onOpen = func(ctx context.Context, off int64) error {
			opened.Add(1)
			return sleep(ctx, time.Duration(off%7)*time.Millisecond)
		}
		b.onBody = func(ctx context.Context, off int64, r io.Reader) io.Reader {
			return &halting{r, ctx, int(off % 1999), time.Duration(off%101) * time.Millisecond}
		}
		m := new(transfer.Manager)
		for range 20 {
			w := new(memFile)
			if _, err := m.Download(t.Context(), b, "name", w, transfer.WithPartSize(10_007)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(w.content, content) {
				t.Fatal("the content is another")
			}
		}
		if n := opened.Load(); n > 20*100*105/100 {
			t.Errorf("%d requests for 2000 ranges", n)
		}
		b.idle(t)
	})
}

func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket()
		content := random(1 << 20)
		b.put(t, "name", content)
		m := &transfer.Manager{SendRate: 1 << 20, ReceiveRate: 2 << 20}
		began := time.Now()
		for range 4 {
			if _, err := m.Download(t.Context(), b, "name", new(memFile), transfer.WithPartSize(100_000)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Seconds(); took < 1.9 || took > 2.1 {
			t.Errorf("4 MiB came in %v s at 2 MiB per second", took)
		}
		began = time.Now()
		for range 4 {
			if _, err := m.Upload(t.Context(), b, "name", bytes.NewReader(content), transfer.WithPartSize(100_000)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Seconds(); took < 3.9 || took > 4.1 {
			t.Errorf("4 MiB were sent in %v s at 1 MiB per second", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began = time.Now()
		if _, err := m.Upload(ctx, b, "name", bytes.NewReader(content)); err == nil || time.Since(began) > time.Second {
			t.Errorf("an upload of which the context ends took %v, and its error is %v", time.Since(began), err)
		}
		b.idle(t)
	})
}

// TestAnswerThatComesWhenItIsGivenUp has a body that yields what it halted with in
// the very moment in which it is given up for another.
func TestAnswerThatComesWhenItIsGivenUp(t *testing.T) {
	for _, halt := range []int{1, 20_000, 49_999} {
		for _, yields := range []int{1, 10_000, 50_000} {
			synctest.Test(t, func(t *testing.T) {
				b := newBucket()
				content := random(50_000)
				b.put(t, "name", content)
				var opened atomic.Int64
				b.onBody = func(ctx context.Context, off int64, r io.Reader) io.Reader {
					if opened.Add(1) != 200 {
						return r
					}
					return io.MultiReader(io.LimitReader(r, int64(halt)), readerFunc(func(p []byte) (int, error) {
						<-ctx.Done()
						return r.Read(p[:min(len(p), yields)])
					}))
				}
				m := new(transfer.Manager)
				for range 220 {
					var w bytes.Buffer
					if _, err := m.DownloadTo(t.Context(), b, "name", &w); err != nil || !bytes.Equal(w.Bytes(), content) {
						t.Fatalf("halt at %d, yields %d: %d bytes, %v", halt, yields, w.Len(), err)
					}
				}
				if n := opened.Load(); n != 221 {
					t.Errorf("%d requests for 220 downloads of which one came to a halt", n)
				}
				b.idle(t)
			})
		}
	}
}
