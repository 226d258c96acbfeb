package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// HTTP is what the floors are made of: net/http as it is.
type HTTP struct{ client *http.Client }

// Bare returns a client that keeps as many connections as there are requests at
// a time.
func Bare(t Target) *HTTP { return &HTTP{&http.Client{Transport: Transport(t)}} }

// Transport is net/http's, keeping as many connections as there are requests at
// a time.
func Transport(t Target) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = Crowd
	transport.DisableCompression = true
	if t.Roots != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: t.Roots}
	}
	return transport
}

// Do makes a request and hands its body to take, which returns how much it
// took.
func (h *HTTP) Do(r *http.Request, take func(io.Reader) (int64, error)) (int64, error) {
	resp, err := h.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return 0, fmt.Errorf("%s %s: %s", r.Method, r.URL, resp.Status)
	}
	return take(resp.Body)
}

// Discard takes a body.
func Discard(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

// Length asks for the length of what is at an URL.
func (h *HTTP) Length(ctx context.Context, url string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, resp.Body.Close()
}

// Download fetches size bytes from an URL, in ranges of the size of a part.
func (h *HTTP) Download(ctx context.Context, url string, size int64, w io.WriterAt) error {
	return Parts(size, func(_ int, off, n int64) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
		_, err = h.Do(r, func(body io.Reader) (int64, error) {
			return io.Copy(io.NewOffsetWriter(w, off), body)
		})
		return err
	})
}

// Parts calls move for each part of size bytes, several at a time.
func Parts(size int64, move func(number int, off, n int64) error) error {
	return Each(int((size+PartSize-1)/PartSize), Concurrency, func(i int) error {
		off := int64(i) * PartSize
		return move(i+1, off, min(PartSize, size-off))
	})
}

// Each calls do for each of n, some at a time.
func Each(n, atOnce int, do func(i int) error) error {
	var next atomic.Int64
	failures := make(chan error, atOnce)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failures)
	return <-failures
}
