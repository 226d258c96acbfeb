package realservers

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/integration/servers"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

// faultyServer is a versitygw behind a proxy, and a client that reaches it only
// through that.
func faultyServer(t *testing.T, change ...func(*s3.Config)) (*servers.Proxy, *s3.Client, *s3.Client) {
	t.Helper()
	s := &server{S3: versitygw.get(t), target: versitygw}
	proxy := servers.StartToxiproxy(t, s.URL)
	change = append(change, func(c *s3.Config) {
		c.Endpoint = proxy.URL
		c.Retry.MaxWait = 200 * time.Millisecond
	})
	return proxy, s.client(t, change...), s.client(t)
}

// course does to a proxy what is due when the client has had so many failed
// attempts, and counts them.
type course struct {
	mu     sync.Mutex
	due    map[int]func()
	failed int
}

func (h *course) watch(c *s3.Config) {
	c.Retry.Classify = func(_ error, retry bool) bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.failed++
		if do := h.due[h.failed]; do != nil {
			do()
		}
		return retry
	}
}

// at begins the course anew.
func (h *course) at(due map[int]func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed, h.due = 0, due
}

func (h *course) failures() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failed
}

// cut ends every connection after so many bytes in one direction.
func cut(stream string, n int) servers.Toxic {
	return servers.Toxic{Type: "limit_data", Stream: stream, Attributes: map[string]int{"bytes": n}}
}

var reset = servers.Toxic{Type: "reset_peer", Stream: "downstream", Attributes: map[string]int{"timeout": 0}}

func TestABodyThatIsCutIsResumed(t *testing.T) {
	proxy, client, direct := faultyServer(t)
	bucket, body := newBucket(t, direct), content(10*mib)
	put(t, direct, bucket, "k", body)
	proxy.Poison(t, cut("downstream", 3*mib))
	out, got := get(t, client, &s3.GetObjectInput{Bucket: bucket, Key: "k"})
	wantBytes(t, "body", got, body)
	if out.ResponseMetadata.Checksum != "CRC64NVME" {
		t.Errorf("verified by %q, want CRC64NVME across all pieces", out.ResponseMetadata.Checksum)
	}
}

func TestABodyIsResumedAfterResets(t *testing.T) {
	h := &course{}
	proxy, client, direct := faultyServer(t, h.watch)
	bucket, body := newBucket(t, direct), content(10*mib)
	put(t, direct, bucket, "k", body)
	first := proxy.Poison(t, cut("downstream", 3*mib))
	var second func()
	h.at(map[int]func(){
		1: func() { first(); second = proxy.Poison(t, reset) },
		3: func() { second() },
	})
	wantContent(t, client, bucket, "k", body)
	if h.failures() != 3 {
		t.Errorf("%d failures, want a cut and two resets", h.failures())
	}
}

func TestAnObjectThatChangedIsNotResumed(t *testing.T) {
	proxy, client, direct := faultyServer(t)
	bucket := newBucket(t, direct)
	put(t, direct, bucket, "k", content(10*mib))
	proxy.Poison(t, cut("downstream", 3*mib))
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	put(t, direct, bucket, "k", make([]byte, 10*mib))
	n, err := io.Copy(io.Discard, out.Body)
	if !errors.Is(err, s3.ErrPreconditionFailed) || n > 3*mib {
		t.Errorf("read %d bytes, then %v, want no more than came before the cut, then ErrPreconditionFailed", n, err)
	}
}

func TestAnUploadGoesOnAfterResets(t *testing.T) {
	h := &course{}
	proxy, client, direct := faultyServer(t, h.watch)
	bucket, body := newBucket(t, direct), content(3000)
	h.at(map[int]func(){3: proxy.Poison(t, reset)})
	put(t, client, bucket, "k", body)
	wantContent(t, direct, bucket, "k", body)
	if h.failures() != 3 {
		t.Errorf("%d failures, want 3", h.failures())
	}
}

func TestTransfersSurviveConnectionsThatAreCut(t *testing.T) {
	h := &course{}
	proxy, client, direct := faultyServer(t, h.watch)
	bucket, body := newBucket(t, direct), content(40*mib)
	for _, source := range []struct {
		name string
		r    io.Reader
	}{{"in place", bytes.NewReader(body)}, {"a stream", stream{bytes.NewReader(body)}}} {
		h.at(map[int]func(){4: proxy.Poison(t, cut("upstream", 3*mib))})
		var retries int
		upload(t, client.Bucket(bucket), source.name, source.r, transfer.WithPartSize(5*mib), transfer.WithProgress(func(e transfer.Event) { retries = e.Retries }))
		if retries < 4 {
			t.Errorf("%s: progress told of %d retries, want at least 4", source.name, retries)
		}
		wantContent(t, direct, bucket, source.name, body)
		wantEqual(t, "uploads left behind", uploads(t, direct, bucket, source.name), nil)
	}
	// Now the other way, with connections that never carry a whole range.
	proxy.Poison(t, cut("downstream", 3*mib))
	wantDownloads(t, client.Bucket(bucket), "in place", body, transfer.WithPartSize(5*mib))
}

func TestAnUploadThatFailsForGoodIsAborted(t *testing.T) {
	proxy, client, direct := faultyServer(t, func(c *s3.Config) { c.Retry.MaxAttempts = 2 })
	bucket := newBucket(t, direct)
	// Only what is small gets through: the beginning and the abort, but no part.
	proxy.Poison(t, cut("upstream", 2*mib))
	_, err := transfer.Upload(t.Context(), client.Bucket(bucket), "k", bytes.NewReader(content(20*mib)), transfer.WithPartSize(5*mib))
	if err == nil {
		t.Error("Upload succeeded through a proxy that cuts every part")
	}
	wantEqual(t, "uploads left behind", uploads(t, direct, bucket, "k"), nil)
}

func TestLatencyIsNoFailure(t *testing.T) {
	h := &course{}
	proxy, client, direct := faultyServer(t, h.watch)
	bucket, body := newBucket(t, direct), content(12*mib)
	proxy.Poison(t, servers.Toxic{Type: "latency", Stream: "downstream", Attributes: map[string]int{"latency": 100, "jitter": 50}})
	upload(t, client.Bucket(bucket), "k", bytes.NewReader(body), transfer.WithPartSize(5*mib))
	wantDownloads(t, client.Bucket(bucket), "k", body, transfer.WithPartSize(5*mib))
	if h.failures() != 0 {
		t.Errorf("%d failed attempts, want none", h.failures())
	}
}

func TestAConnectionThatStallsIsGivenUp(t *testing.T) {
	h := &course{}
	proxy, client, direct := faultyServer(t, h.watch, func(c *s3.Config) { c.StallTimeout = 500 * time.Millisecond })
	bucket, body := newBucket(t, direct), content(300_000)
	// A toxic of type timeout swallows what it is given.
	h.at(map[int]func(){1: proxy.Poison(t, servers.Toxic{Type: "timeout", Stream: "downstream", Attributes: map[string]int{"timeout": 0}})})
	put(t, client, bucket, "k", body)
	wantContent(t, direct, bucket, "k", body)
	if h.failures() != 1 {
		t.Errorf("%d failed attempts, want the one that stalled", h.failures())
	}
}
