package s3_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// pattern is n bytes of which no two stretches are alike.
func pattern(n int) []byte {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{1, 2, 3}).Read(data)
	return data
}

// once hides what else a reader can do: it can be read one time only.
type once struct{ io.Reader }

// operations lists what was asked of the server since the log was emptied.
func operations(srv *storagetest.S3) string {
	var names []string
	for _, r := range srv.Requests() {
		names = append(names, r.Operation)
	}
	return strings.Join(names, " ")
}

// TestFaults makes one call while something goes wrong once, or all the time.
func TestFaults(t *testing.T) {
	data := pattern(1 << 20)
	const half = 512 << 10
	put := func(ctx context.Context, c *s3.Client) (int, error) {
		out, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "new", Body: bytes.NewReader(data)})
		if err != nil {
			return 0, err
		}
		return out.ResponseMetadata.Attempts, nil
	}
	get := func(ctx context.Context, c *s3.Client) (int, error) {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: "old"})
		if err != nil {
			return 0, err
		}
		defer out.Body.Close()
		got, err := io.ReadAll(out.Body)
		if err == nil && !bytes.Equal(got, data) {
			err = fmt.Errorf("%d bytes that are not the object's", len(got))
		}
		return out.ResponseMetadata.Attempts, err
	}
	head := func(ctx context.Context, c *s3.Client) (int, error) {
		out, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: "photos", Key: "old"})
		if err != nil {
			return 0, err
		}
		return out.ResponseMetadata.Attempts, nil
	}
	list := func(ctx context.Context, c *s3.Client) (int, error) {
		out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: "photos"})
		if err != nil {
			return 0, err
		}
		return out.ResponseMetadata.Attempts, nil
	}
	copy := func(ctx context.Context, c *s3.Client) (int, error) {
		out, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: "photos", Key: "new", CopySource: s3.CopySource("photos", "old", "")})
		if err != nil {
			return 0, err
		}
		return out.ResponseMetadata.Attempts, nil
	}
	for _, test := range []struct {
		name  string
		call  func(context.Context, *s3.Client) (int, error)
		fault storagetest.Fault
		tls   bool

		attempts   int    // of the call that succeeds in the end
		operations string // where these tell more
		err        error  // otherwise
		text       string // what the error says
	}{
		{name: "reset before an upload", call: put, fault: storagetest.Fault{Nth: 1, Reset: storagetest.RequestBody(0)}, attempts: 2},
		{name: "reset in an upload", call: put, fault: storagetest.Fault{Nth: 1, Reset: storagetest.RequestBody(half)}, attempts: 2},
		{name: "reset in an upload over TLS", call: put, tls: true, fault: storagetest.Fault{Nth: 1, Reset: storagetest.RequestBody(half)}, attempts: 2},
		{name: "reset after an upload", call: put, fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, attempts: 2},
		{name: "stall in an upload", call: put, fault: storagetest.Fault{Nth: 1, Stall: storagetest.RequestBody(half)}, attempts: 2},
		{name: "stall after an upload", call: put, fault: storagetest.Fault{Nth: 1, Stall: storagetest.BeforeResponse()}, attempts: 2},
		{name: "flipped bit in an upload", call: put, fault: storagetest.Fault{Nth: 1, Corrupt: storagetest.RequestBody(half + 1000)}, err: s3.ErrSignatureDoesNotMatch},
		{name: "flipped bit in an upload over TLS", call: put, tls: true, fault: storagetest.Fault{Nth: 1, Corrupt: storagetest.RequestBody(half + 1000)}, err: s3.ErrBadDigest},
		{name: "upload that never gets through", call: put, fault: storagetest.Fault{Reset: storagetest.RequestBody(half)}, text: "5 attempts"},

		{name: "reset before a download", call: get, fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, attempts: 2},
		{name: "reset in a download", call: get, fault: storagetest.Fault{Nth: 1, Reset: storagetest.ResponseBody(half)}, attempts: 1, operations: "GetObject GetObject"},
		{name: "two resets in a download", call: get, fault: storagetest.Fault{Nth: 1, Times: 2, Reset: storagetest.ResponseBody(half / 2)}, attempts: 1, operations: "GetObject GetObject GetObject"},
		{name: "truncated download", call: get, fault: storagetest.Fault{Nth: 1, Truncate: storagetest.ResponseBody(half)}, attempts: 1, operations: "GetObject GetObject"},
		{name: "stall in a download", call: get, fault: storagetest.Fault{Nth: 1, Stall: storagetest.ResponseBody(half)}, attempts: 1, operations: "GetObject GetObject"},
		{name: "flipped bit in a download", call: get, fault: storagetest.Fault{Nth: 1, Corrupt: storagetest.ResponseBody(half)}, text: "s3: GetObject: the body does not match its CRC64NVME checksum"},
		{name: "download that gets no further", call: get, fault: storagetest.Fault{Truncate: storagetest.ResponseBody(0)}, err: io.ErrUnexpectedEOF, text: "s3: GetObject: the answer broke off after 0 of 1048576 bytes"},
		{name: "truncated list", call: list, fault: storagetest.Fault{Nth: 1, Truncate: storagetest.ResponseBody(100)}, attempts: 2},
		{name: "list that is always truncated", call: list, fault: storagetest.Fault{Truncate: storagetest.ResponseBody(100)}, err: io.ErrUnexpectedEOF, text: "5 attempts"},

		{name: "burst of 503", call: put, fault: storagetest.Fault{Nth: 1, Times: 4, Status: 503, Code: "SlowDown"}, attempts: 5},
		{name: "burst that is too long", call: put, fault: storagetest.Fault{Status: 503, Code: "SlowDown"}, err: s3.ErrSlowDown, text: "(status 503, host "},
		{name: "429 to a HEAD", call: head, fault: storagetest.Fault{Nth: 1, Status: 429}, attempts: 2},
		{name: "500", call: list, fault: storagetest.Fault{Nth: 1, Status: 500}, attempts: 2},
		{name: "Retry-After", call: list, fault: storagetest.Fault{Nth: 1, Status: 503, RetryAfter: "1"}, attempts: 2},
		{name: "408", call: put, fault: storagetest.Fault{Nth: 1, Status: 400, Code: "RequestTimeout"}, attempts: 2},
		{name: "409 that asks for another attempt", call: put, fault: storagetest.Fault{Nth: 1, Status: 409, Code: "ConditionalRequestConflict"}, attempts: 2},
		{name: "404 is final", call: get, fault: storagetest.Fault{Status: 404, Code: "NoSuchKey"}, err: fs.ErrNotExist, operations: "GetObject"},
		{name: "403 is final", call: head, fault: storagetest.Fault{Status: 403}, err: fs.ErrPermission, operations: "HeadObject"},

		{name: "error in a 200", call: copy, fault: storagetest.Fault{Nth: 1, ErrorIn200: true}, attempts: 2},
		{name: "final error in a 200", call: copy, fault: storagetest.Fault{ErrorIn200: true, Code: "InvalidRequest"}, err: s3.ErrInvalidRequest, text: "status 200", operations: "CopyObject"},
		{name: "error in every 200", call: copy, fault: storagetest.Fault{ErrorIn200: true}, text: "s3: CopyObject: InternalError"},
		{name: "error in the 200 of a list", call: list, fault: storagetest.Fault{Nth: 1, ErrorIn200: true, Code: "SlowDown"}, attempts: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := []storagetest.Option{storagetest.WithInMemory()}
				if test.tls {
					opts = append(opts, storagetest.WithTLS())
				}
				srv, c := serve(t, opts...)
				if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "old", Body: bytes.NewReader(data)}); err != nil {
					t.Fatal(err)
				}
				c.CloseIdleConnections() // the fault is to meet a fresh connection
				srv.ForgetRequests()
				srv.Inject(test.fault)
				attempts, err := test.call(t.Context(), c)
				if attempts != test.attempts && err == nil {
					t.Errorf("%d attempts, want %d", attempts, test.attempts)
				}
				wantErr := test.err != nil || test.text != ""
				if (err != nil) != wantErr || test.err != nil && !errors.Is(err, test.err) || err != nil && !strings.Contains(err.Error(), test.text) {
					t.Errorf("error %v, want %v %s", err, test.err, test.text)
				}
				if e := (*s3.Error)(nil); err != nil && !errors.As(err, &e) {
					t.Errorf("the error is a %T", err)
				}
				if got := operations(srv); test.operations != "" && got != test.operations {
					t.Errorf("requests %s, want %s", got, test.operations)
				}
				srv.ForgetFaults()
				out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "new"})
				if err != nil {
					return
				}
				defer out.Body.Close()
				if got, err := io.ReadAll(out.Body); wantErr || !bytes.Equal(got, data) {
					t.Errorf("an object of %d bytes was made (%v)", len(got), err)
				}
			})
		})
	}
}

// TestResumedDownload continues with the same version only.
func TestResumedDownload(t *testing.T) {
	srv, c := serve(t)
	data := pattern(1 << 20)
	put(t, c, "k", string(data))
	srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Reset: storagetest.ResponseBody(300_000)})
	srv.ForgetRequests()
	if get(t, c, "k") != string(data) {
		t.Error("the content is another")
	}
	log := srv.Requests()
	if len(log) != 2 || log[0].Header.Get("Range") != "" || log[1].Header.Get("If-Match") == "" {
		t.Fatalf("requests %+v", log)
	}
	var first int
	if _, err := fmt.Sscanf(log[1].Header.Get("Range"), "bytes=%d-1048575", &first); err != nil || first > 300_000 {
		t.Errorf("Range %q", log[1].Header.Get("Range"))
	}

	srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Reset: storagetest.ResponseBody(300_000)})
	out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k"})
	defer out.Body.Close()
	put(t, c, "k", "something else")
	if n, err := io.Copy(io.Discard, out.Body); !errors.Is(err, s3.ErrPreconditionFailed) {
		t.Errorf("an object that was replaced: %d bytes, %v", n, err)
	}
}

// TestDeadConnection meets a kept-alive connection that the server has closed.
func TestDeadConnection(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	config := srv.Config()
	config.Retry.MaxAttempts = 1 // this attempt is not one of the retries
	c := newClient(t, config)
	srv.Inject(storagetest.Fault{Nth: 1, CloseIdle: true})
	put(t, c, "k", "v")
	if out := put(t, c, "k", "w"); out.ResponseMetadata.Attempts != 2 {
		t.Errorf("%d attempts, want 2", out.ResponseMetadata.Attempts)
	}
	srv.Inject(storagetest.Fault{Nth: 1, CloseIdle: true})
	put(t, c, "k", "x")
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: once{bytes.NewReader(pattern(1 << 20))}, ContentLength: 1 << 20})
	if err == nil {
		return // nothing of the body had been read, so it could still be sent
	}
	if !strings.Contains(err.Error(), "the body can be read only once") {
		t.Errorf("a body that can be read once: %v", err)
	}
}

// TestSkewedClock has a client whose clock is wrong by a day.
func TestSkewedClock(t *testing.T) {
	for _, off := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		srv := storagetest.NewS3()
		defer srv.Close()
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		config := srv.Config()
		config.Clock = func() time.Time { return time.Now().Add(off) }
		c := newClient(t, config)
		first := call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"}) // whose refusal says nothing but 403
		second := call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
		if first.ResponseMetadata.Attempts != 2 || second.ResponseMetadata.Attempts != 1 {
			t.Errorf("off by %v: %d and %d attempts, want 2 and 1", off, first.ResponseMetadata.Attempts, second.ResponseMetadata.Attempts)
		}
		derived, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v")}, func(c *s3.Config) { c.Checksum = s3.ChecksumNone })
		if err != nil || derived.ResponseMetadata.Attempts != 1 {
			t.Errorf("with an option: %+v, %v: the skew is not shared", derived, err)
		}
	}
}

// TestUploadFaults uploads 12 MiB in three parts while something goes wrong.
func TestUploadFaults(t *testing.T) {
	data := pattern(12 << 20)
	for _, test := range []struct {
		name  string
		fault storagetest.Fault
		tls   bool
		err   string // what the error says; empty: it succeeds
	}{
		{name: "reset in a part", fault: storagetest.Fault{Operation: "UploadPart", Nth: 2, Reset: storagetest.RequestBody(1 << 20)}},
		{name: "reset in a part over TLS", tls: true, fault: storagetest.Fault{Operation: "UploadPart", Nth: 2, Reset: storagetest.RequestBody(1 << 20)}},
		{name: "reset after a part", fault: storagetest.Fault{Operation: "UploadPart", Nth: 1, Times: 2, Reset: storagetest.BeforeResponse()}},
		{name: "stall in a part", fault: storagetest.Fault{Operation: "UploadPart", Nth: 1, Stall: storagetest.RequestBody(1 << 20)}},
		{name: "burst of 503", fault: storagetest.Fault{Nth: 2, Times: 4, Status: 503}},
		{name: "error in the 200 of the end", fault: storagetest.Fault{Operation: "CompleteMultipartUpload", Nth: 1, ErrorIn200: true}},
		{name: "flipped bit", tls: true, fault: storagetest.Fault{Operation: "UploadPart", Nth: 2, Corrupt: storagetest.RequestBody(1 << 20)}, err: "s3: UploadPart: BadDigest"},
		{name: "part that never gets through", fault: storagetest.Fault{Operation: "UploadPart", Status: 500}, err: "5 attempts)"},
		{name: "end that fails for good", fault: storagetest.Fault{Operation: "CompleteMultipartUpload", ErrorIn200: true, Code: "InvalidPart"}, err: "s3: CompleteMultipartUpload: InvalidPart"},
		{name: "no beginning", fault: storagetest.Fault{Operation: "CreateMultipartUpload", Status: 403, Code: "AccessDenied"}, err: "s3: CreateMultipartUpload: AccessDenied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := []storagetest.Option{storagetest.WithInMemory()}
				if test.tls {
					opts = append(opts, storagetest.WithTLS())
				}
				srv, c := serve(t, opts...)
				srv.Inject(test.fault)
				manager := transfer.WithManager(&transfer.Manager{})
				var last transfer.Event
				info, err := transfer.Upload(t.Context(), c.Bucket("photos"), "k", bytes.NewReader(data), manager,
					transfer.WithPartSize(5<<20), transfer.WithProgress(func(e transfer.Event) {
						if e.Bytes < last.Bytes {
							t.Errorf("progress goes from %d to %d", last.Bytes, e.Bytes)
						}
						last = e
					}))
				srv.ForgetFaults()
				if n := uploads(t, c); n != 0 {
					t.Errorf("%d uploads are left behind", n)
				}
				if test.err != "" {
					if err == nil || !strings.Contains(err.Error(), test.err) {
						t.Errorf("error %v, want %s", err, test.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if info.Size != int64(len(data)) || last.Bytes != info.Size || !last.Done || last.Retries == 0 {
					t.Errorf("info %+v, last event %+v", info, last)
				}
				hash := sha256.New()
				got, err := transfer.DownloadTo(t.Context(), c.Bucket("photos"), "k", hash, manager, transfer.WithVerify())
				if want := sha256.Sum256(data); err != nil || !bytes.Equal(hash.Sum(nil), want[:]) || got.Verified != "CRC64NVME" {
					t.Errorf("downloaded: %v, verified by %q", err, got.Verified)
				}
			})
		})
	}
}

// TestDownloadFaults downloads 12 MiB in ranges while something goes wrong.
func TestDownloadFaults(t *testing.T) {
	data := pattern(12 << 20)
	for _, test := range []struct {
		name  string
		fault storagetest.Fault
		err   error
	}{
		{name: "reset in a range", fault: storagetest.Fault{Operation: "GetObject", Nth: 2, Reset: storagetest.ResponseBody(1 << 20)}},
		{name: "truncated range", fault: storagetest.Fault{Operation: "GetObject", Nth: 1, Times: 2, Truncate: storagetest.ResponseBody(1 << 20)}},
		{name: "stall in a range", fault: storagetest.Fault{Operation: "GetObject", Nth: 2, Stall: storagetest.ResponseBody(1 << 20)}},
		{name: "burst of 503", fault: storagetest.Fault{Nth: 1, Times: 4, Status: 503}},
		{name: "flipped bit", fault: storagetest.Fault{Operation: "GetObject", Nth: 2, Corrupt: storagetest.ResponseBody(1 << 20)}, err: transfer.ErrChecksum},
		{name: "range that never comes", fault: storagetest.Fault{Operation: "GetObject", Nth: 2, Times: 99, Truncate: storagetest.ResponseBody(0)}, err: io.ErrUnexpectedEOF},
		{name: "nothing there", fault: storagetest.Fault{Operation: "GetObject", Status: 404, Code: "NoSuchKey"}, err: fs.ErrNotExist},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, c := serve(t, storagetest.WithInMemory())
				manager := transfer.WithManager(&transfer.Manager{})
				if _, err := transfer.Upload(t.Context(), c.Bucket("photos"), "k", bytes.NewReader(data), manager); err != nil {
					t.Fatal(err)
				}
				srv.Inject(test.fault)
				path := filepath.Join(t.TempDir(), "file")
				_, err := transfer.DownloadFile(t.Context(), c.Bucket("photos"), "k", path, manager, transfer.WithPartSize(5<<20))
				if !errors.Is(err, test.err) {
					t.Fatalf("error %v, want %v", err, test.err)
				}
				got, readErr := os.ReadFile(path)
				if test.err == nil && !bytes.Equal(got, data) {
					t.Errorf("the file has %d bytes, %v", len(got), readErr)
				}
				left, _ := os.ReadDir(filepath.Dir(path))
				if test.err != nil && len(left) != 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		})
	}
}

// before does something before the nth request of an operation.
type before struct {
	next  http.RoundTripper
	match func(*http.Request) bool
	nth   int64
	do    func()
	n     atomic.Int64
}

func (b *before) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.match(r) && b.n.Add(1) == b.nth {
		b.do()
	}
	return b.next.RoundTrip(r)
}

// TestReplacedDuringDownload never mixes two versions of an object.
func TestReplacedDuringDownload(t *testing.T) {
	srv, other := serve(t)
	data := pattern(16 << 20)
	for _, replace := range []struct {
		name string
		do   func()
	}{
		{"overwritten", func() { put(t, other, "k", string(data[1:])) }},
		{"deleted", func() { call(t, other.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"}) }},
	} {
		put(t, other, "k", string(data))
		config := srv.Config()
		config.HTTPClient = &http.Client{Transport: &before{
			next: srv.Client().Transport, nth: 2, do: replace.do,
			match: func(r *http.Request) bool { return r.Method == http.MethodGet && r.Header.Get("Range") != "" },
		}}
		c := newClient(t, config)
		path := filepath.Join(t.TempDir(), "file")
		_, err := transfer.DownloadFile(t.Context(), c.Bucket("photos"), "k", path, transfer.WithPartSize(5<<20), transfer.WithConcurrency(1))
		if !errors.Is(err, transfer.ErrObjectChanged) {
			t.Errorf("%s: %v, want ErrObjectChanged", replace.name, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
			t.Errorf("%s: left behind %v", replace.name, left)
		}
	}
}

// TestIfAbsent finds that somebody else was faster, also at the end of a long
// upload.
func TestIfAbsent(t *testing.T) {
	_, c := serve(t)
	put(t, c, "k", "v")
	for _, n := range []int{100, 12 << 20} {
		_, err := transfer.Upload(t.Context(), c.Bucket("photos"), "k", bytes.NewReader(pattern(n)), transfer.WithIfAbsent(), transfer.WithPartSize(5<<20))
		if !errors.Is(err, fs.ErrExist) || !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("%d bytes: %v, want fs.ErrExist", n, err)
		}
		if n := uploads(t, c); n != 0 {
			t.Errorf("%d uploads are left behind", n)
		}
	}
	if got := get(t, c, "k"); got != "v" {
		t.Error("the object was replaced")
	}
}

// TestCancellation ends transfers at random moments. The bubble sees to it that
// no goroutine outlives the test.
func TestCancellation(t *testing.T) {
	data := pattern(12 << 20)
	source := rand.New(rand.NewPCG(7, 11))
	for range 40 {
		at, seed := source.Int64N(int64(len(data))), source.Uint64()
		synctest.Test(t, func(t *testing.T) {
			srv, c := serve(t, storagetest.WithInMemory())
			manager := transfer.WithManager(&transfer.Manager{})
			bucket := c.Bucket("photos")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			progress := transfer.WithProgress(func(e transfer.Event) {
				if e.Bytes >= at {
					cancel()
				}
			})
			var r io.Reader = bytes.NewReader(data)
			if seed%2 == 0 {
				r = once{r}
			}
			_, err := transfer.Upload(ctx, bucket, "k", r, manager, progress, transfer.WithPartSize(5<<20))
			if ctx.Err() != nil && err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("upload cancelled at %d: %v", at, err)
			}
			if n := uploads(t, c); n != 0 {
				t.Errorf("upload cancelled at %d: %d uploads are left behind", at, n)
			}
			_, statErr := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "photos", Key: "k"})
			if (statErr == nil) != (err == nil) {
				t.Errorf("upload cancelled at %d: %v, but the object: %v", at, err, statErr)
			}

			if _, err := transfer.Upload(t.Context(), bucket, "k", bytes.NewReader(data), manager); err != nil {
				t.Fatal(err)
			}
			ctx, cancel = context.WithCancel(t.Context())
			defer cancel()
			path := filepath.Join(t.TempDir(), "file")
			_, err = transfer.DownloadFile(ctx, bucket, "k", path, manager, progress, transfer.WithPartSize(5<<20))
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("download cancelled at %d: %v", at, err)
			}
			left, _ := os.ReadDir(filepath.Dir(path))
			if want := err == nil; (len(left) == 1) != want {
				t.Errorf("download cancelled at %d: %v, files %v", at, err, left)
			}
			srv.Close()
		})
	}
}

// TestCancelledCall returns at once when its context is over.
func TestCancelledCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := serve(t, storagetest.WithInMemory())
		put(t, c, "k", "v")
		srv.Inject(storagetest.Fault{Operation: "GetObject", Stall: storagetest.BeforeResponse()})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: "k"})
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "s3: GetObject: context deadline exceeded") {
			t.Errorf("after a second: %v", err)
		}
	})
}

// TestFullDisk writes to a device that has no room.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no device without room: ", err)
	}
	defer full.Close()
	_, c := serve(t)
	put(t, c, "k", string(pattern(12<<20)))
	for name, download := range map[string]func() error{
		"Download": func() error {
			_, err := transfer.Download(t.Context(), c.Bucket("photos"), "k", full)
			return err
		},
		"DownloadTo": func() error {
			_, err := transfer.DownloadTo(t.Context(), c.Bucket("photos"), "k", full)
			return err
		},
	} {
		if err := download(); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/dev/full") {
			t.Errorf("%s: %v, want no space left", name, err)
		}
	}
}
