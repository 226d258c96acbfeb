package b2_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// weather does to requests and answers what happens to them on bad days. It reports
// two uploads to one URL at the same time, and requests to other hosts.
type weather struct {
	http.RoundTripper
	t    *testing.T
	host string

	mu       sync.Mutex
	rng      *rand.Rand
	bad      float64 // the share of requests that something happens to
	busy     map[string]bool
	requests atomic.Int64
}

var mishaps = []string{"lost", "cut off", "answer lost", "late", "answer late", "answer cut off", "answer replaced", "503", "502", "500", "429", "408", "401"}

func (w *weather) draw(r *http.Request) (mishap string, x float64, done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests.Add(1)
	if r.URL.Host != w.host {
		w.t.Errorf("a request to %s", r.URL.Host)
	}
	done = func() {}
	if url := r.URL.Path; strings.Contains(url, "/b2_upload_") {
		if w.busy[url] {
			w.t.Errorf("two uploads at once to %s", url)
		}
		w.busy[url] = true
		done = func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.busy[url] = false
		}
	}
	if w.rng.Float64() < w.bad {
		mishap = mishaps[w.rng.IntN(len(mishaps))]
	}
	return mishap, w.rng.Float64(), done
}

func (w *weather) RoundTrip(r *http.Request) (*http.Response, error) {
	mishap, x, done := w.draw(r)
	defer done()
	late := func() error {
		select {
		case <-time.After(time.Duration(x * float64(90*time.Second))): // longer than a stall, sometimes
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	body := cmp.Or[io.ReadCloser](r.Body, http.NoBody)
	switch mishap {
	case "", "answer lost", "answer late", "answer cut off", "answer replaced":
	case "lost":
		body.Close()
		return nil, syscall.ECONNRESET
	case "cut off":
		r = r.Clone(r.Context())
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(body, int64(x*float64(r.ContentLength))), errorReader{syscall.EPIPE}), body}
	case "late":
		if err := late(); err != nil {
			body.Close()
			return nil, err
		}
	default:
		_, _ = io.Copy(io.Discard, body)
		body.Close()
		status, code := 0, map[string]string{"401": "expired_auth_token"}[mishap]
		fmt.Sscan(mishap, &status)
		text := fmt.Sprintf(`{"status":%d,"code":%q,"message":"bad weather"}`, status, code)
		return &http.Response{
			StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Retry-After": {fmt.Sprint(int(x * 10))}},
			Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: r,
		}, nil
	}
	resp, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch mishap {
	case "answer lost":
		resp.Body.Close()
		return nil, syscall.ECONNRESET
	case "answer late":
		if err := late(); err != nil {
			resp.Body.Close()
			return nil, err
		}
	case "answer cut off":
		content, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(content[:int(x*float64(len(content)))]))
	case "answer replaced":
		resp.Body.Close()
		resp.StatusCode, resp.Body, resp.ContentLength = 500, http.NoBody, 0
	}
	return resp, nil
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

// TestBadWeather makes random calls of a handle on bad days, some of which are given
// up. What succeeded has happened, what failed has happened or not, and nothing in
// between; nothing goes on behind a call, and no call makes requests without end.
func TestBadWeather(t *testing.T) {
	for seed := range uint64(20) {
		inBubble(t, func(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			rng := rand.New(rand.NewPCG(seed, 1))
			config := srv.Config()
			config.Retry = entrepot.Retry{MaxWait: time.Minute}
			w := &weather{
				RoundTripper: config.HTTPClient.Transport, t: t, host: strings.TrimPrefix(srv.URL, "https://"),
				rng: rand.New(rand.NewPCG(seed, 2)), bad: []float64{0.03, 0.15, 0.3}[rng.IntN(3)], busy: make(map[string]bool),
			}
			config.HTTPClient = &http.Client{Transport: w}
			client, err := b2.New(config)
			if err != nil {
				t.Fatal(err)
			}
			defer client.CloseIdleConnections()
			b2.SetMaxCopy(client, 500)
			there := make(map[string][]byte)
			for range 30 {
				weatheredCall(t, rng, w, client.Bucket("photos"), photos, there)
			}
			time.Sleep(time.Hour)
		})
	}
}

// weatheredCall makes one call of a handle in the weather, and looks by another handle
// what has become of it. There is what the bucket holds.
func weatheredCall(t *testing.T, rng *rand.Rand, w *weather, outside, inside *b2.BucketHandle, there map[string][]byte) {
	name := "file"
	content := make([]byte, rng.IntN(2000))
	for i := range content {
		content[i] = byte(rng.Uint32())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(float64(time.Hour)*rng.ExpFloat64()/50))
	defer cancel()
	target, want, before := name, content, w.requests.Load()
	var err error
	call := []string{"upload", "stream", "resume", "resume", "copy", "delete", "download"}[rng.IntN(7)]
	opts := []transfer.Option{transfer.WithPartSize(100 + rng.Int64N(300)), transfer.WithConcurrency(1 + rng.IntN(8))}
	switch call {
	case "upload":
		_, err = transfer.Upload(ctx, outside, name, bytes.NewReader(content), opts...)
	case "stream":
		_, err = transfer.Upload(ctx, outside, name, io.MultiReader(bytes.NewReader(content)), opts...)
	case "resume":
		for range 3 {
			if _, err = transfer.Upload(ctx, outside, name, bytes.NewReader(content), append(opts, transfer.WithResume())...); err == nil {
				break
			}
		}
	case "copy":
		target, want = "copy", there[name]
		_, err = outside.Copy(ctx, target, outside, name, "")
	case "delete":
		want = nil
		err = outside.DeleteAll(ctx, name)
	case "download":
		want = there[name]
		var got bytes.Buffer
		if _, err = transfer.DownloadTo(ctx, outside, name, &got); err == nil && !bytes.Equal(got.Bytes(), want) {
			t.Errorf("downloaded %d bytes of %d", got.Len(), len(want))
		}
	}
	if n := w.requests.Load() - before; n > 400 {
		t.Errorf("%s made %d requests", call, n)
	}
	var got bytes.Buffer
	_, lookErr := transfer.DownloadTo(t.Context(), inside, target, &got)
	switch is := got.Bytes(); {
	case lookErr != nil && !errors.Is(lookErr, fs.ErrNotExist):
		t.Fatal(lookErr)
	case err == nil && !bytes.Equal(is, want), err != nil && !bytes.Equal(is, want) && !bytes.Equal(is, there[target]):
		t.Errorf("after %s (%v), %s has %d bytes, of %d; it had %d", call, err, target, len(is), len(want), len(there[target]))
	}
	if delete(there, target); lookErr == nil {
		there[target] = bytes.Clone(got.Bytes())
	}
}
