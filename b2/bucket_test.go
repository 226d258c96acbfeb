package b2_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

func put(t *testing.T, bucket transfer.Bucket, name string, content []byte) transfer.Info {
	t.Helper()
	info, err := bucket.Put(t.Context(), name, transfer.Attrs{}, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// large uploads a file in two parts at once and finishes it.
func large(ctx context.Context, bucket transfer.Bucket, name string, first, second []byte) (transfer.Info, error) {
	up, err := bucket.Begin(ctx, name, transfer.Attrs{})
	if err != nil {
		return transfer.Info{}, err
	}
	parts := make([]transfer.Part, 2)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, content := range [][]byte{first, second} {
		wg.Go(func() { parts[i], errs[i] = up.Part(ctx, i+1, bytes.NewReader(content)) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return transfer.Info{}, errors.Join(err, up.Abort(context.WithoutCancel(ctx)))
	}
	return up.Finish(ctx, parts)
}

func TestLimits(t *testing.T) {
	srv, client := start(t)
	srv.Configure(storagetest.B2Settings{RecommendedPartSize: 12345})
	if _, err := client.AuthorizeAccount(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	got, err := client.Bucket("photos").Limits(t.Context())
	want := transfer.Limits{
		MinPart: 100, MaxPart: 5_000_000_000, MaxPut: 5_000_000_000, MaxObject: 10_000_000_000_000, MaxParts: 10_000, PartSize: 12345,
		MaxCopy: 5_000_000_000, MaxRemove: 100, Server: strings.TrimPrefix(srv.URL, "http://"),
	}
	if err != nil || got != want {
		t.Errorf("Limits = %+v, %v, want %+v", got, err, want)
	}
}

func TestPutStatOpen(t *testing.T) {
	_, client := start(t)
	photos := client.Bucket("photos")
	ctx := t.Context()
	content := []byte("0123456789")
	sum := sha1.Sum(content)
	attrs := transfer.Attrs{
		ContentType: "text/plain", ContentEncoding: "gzip", ContentLanguage: "de", ContentDisposition: `attachment; filename="a b"`,
		CacheControl: "no-cache", Metadata: map[string]string{"Color": "grün+blau"}, ModTime: time.UnixMilli(1_700_000_000_123).UTC(), SHA1: sum[:],
	}
	info, err := photos.Put(ctx, "dir/file", attrs, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := photos.Stat(ctx, "dir/file", "")
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := photos.Stat(ctx, "dir/file", info.Version)
	if err != nil {
		t.Fatal(err)
	}
	attrs.Metadata = map[string]string{"color": "grün+blau"}
	for what, got := range map[string]transfer.Info{"Put": info, "Stat": stat, "Stat of a version": pinned} {
		if got.Name != "dir/file" || got.Size != 10 || got.Version != info.Version || got.ModTime.IsZero() || got.Native == nil {
			t.Errorf("%s = %+v", what, got)
		}
		if diff := cmp.Diff(attrs, got.Attrs); diff != "" {
			t.Errorf("%s: attributes differ (-want +got)\n%s", what, diff)
		}
		if len(got.Checksums) == 0 || !bytes.Equal(got.Checksums[0].Value, sum[:]) {
			t.Errorf("%s: checksums %v", what, got.Checksums)
		}
	}
	put(t, photos, "dir/file", []byte("newer"))
	put(t, photos, "empty", nil)
	for _, c := range []struct {
		name, version string
		off, n        int64
		want          string
		size          int64
		verified      string
	}{
		{name: "dir/file", n: -1, want: "newer", size: 5, verified: "SHA1"},
		{name: "dir/file", version: info.Version, n: -1, want: "0123456789", size: 10, verified: "SHA1"},
		{name: "dir/file", version: info.Version, n: 100, want: "0123456789", size: 10, verified: "SHA1"},
		{name: "dir/file", version: info.Version, off: 3, n: 4, want: "3456", size: 10},
		{name: "dir/file", version: info.Version, off: 7, n: -1, want: "789", size: 10},
		{name: "dir/file", version: info.Version, off: 7, n: 0, want: "", size: 10},
		{name: "empty", n: -1},
		{name: "empty", n: 8},
	} {
		got, body, err := photos.Open(ctx, c.name, c.version, c.off, c.n)
		if err != nil {
			t.Errorf("Open(%+v): %v", c, err)
			continue
		}
		content, err := io.ReadAll(body)
		body.Close()
		if err != nil || string(content) != c.want || got.Size != c.size || c.size > 0 && got.Verified != c.verified {
			t.Errorf("Open(%+v) = %q of %d, verified by %q, %v", c, content, got.Size, got.Verified, err)
		}
	}
	if _, _, err := photos.Open(ctx, "dir/file", info.Version, 10, 1); !errors.Is(err, b2.ErrRangeNotSatisfiable) {
		t.Errorf("Open behind the end: %v", err)
	}
	if _, err := photos.Stat(ctx, "missing", ""); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, transfer.ErrObjectChanged) {
		t.Errorf("Stat of a file that is not there: %v", err)
	}
	if _, err := client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: "dir/file", FileId: info.Version}); err != nil {
		t.Fatal(err)
	}
	if _, err := photos.Stat(ctx, "dir/file", info.Version); !errors.Is(err, transfer.ErrObjectChanged) {
		t.Errorf("Stat of a version that is gone: %v", err)
	}
	if _, _, err := photos.Open(ctx, "dir/file", info.Version, 0, -1); !errors.Is(err, transfer.ErrObjectChanged) {
		t.Errorf("Open of a version that is gone: %v", err)
	}
}

func TestOpenOfARangeThatIsIgnored(t *testing.T) {
	srv, client := start(t)
	put(t, client.Bucket("photos"), "f", []byte("0123456789"))
	deaf := connect(t, srv, func(c *b2.Config) { c.HTTPClient = &http.Client{Transport: deaf{srv.Client().Transport}} }).Bucket("photos")
	for _, c := range []struct{ off, n int64 }{{3, 4}, {3, -1}, {0, 4}} {
		if _, _, err := deaf.Open(t.Context(), "f", "", c.off, c.n); err == nil || !strings.Contains(err.Error(), "bytes=") {
			t.Errorf("Open(%d, %d): %v", c.off, c.n, err)
		}
	}
	_, body, err := deaf.Open(t.Context(), "f", "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got, err := io.ReadAll(body); string(got) != "0123456789" || err != nil {
		t.Errorf("all of a file: %q, %v", got, err)
	}
}

// deaf is a way on which the Range of requests gets lost.
type deaf struct{ http.RoundTripper }

func (d deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Range")
	return d.RoundTripper.RoundTrip(r)
}

func TestLargeFile(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	first, second := bytes.Repeat([]byte("a"), 200_000), []byte("b")
	sum := sha1.Sum(append(bytes.Clone(first), second...))
	up, err := photos.Begin(t.Context(), "big", transfer.Attrs{ContentType: "a/b", SHA1: sum[:]})
	if err != nil {
		t.Fatal(err)
	}
	var parts []transfer.Part
	for i, content := range [][]byte{first, second} {
		part, err := up.Part(t.Context(), i+1, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	info, err := up.Finish(t.Context(), parts)
	if err != nil || info.Size != 200_001 || info.Version != up.ID() || info.Parts != 2 || !bytes.Equal(info.Attrs.SHA1, sum[:]) {
		t.Errorf("Finish = %+v, %v", info, err)
	}
	if n := count(srv, "b2_get_upload_part_url"); n != 1 {
		t.Errorf("parts one after the other took %d URLs, want 1", n)
	}
	got, body, err := photos.Open(t.Context(), "big", "", 0, -1)
	if err != nil || got.Verified != "SHA1" {
		t.Fatalf("Open = %+v, %v", got, err)
	}
	defer body.Close()
	if content, err := io.ReadAll(body); err != nil || sha1.Sum(content) != sum {
		t.Errorf("read %d bytes, %v", len(content), err)
	}
	if err := up.Abort(t.Context()); err != nil {
		t.Errorf("Abort of what is finished: %v", err)
	}
}

func TestUploadURLsAreReused(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	srv.ForgetRequests()
	for range 3 {
		put(t, photos, "f", []byte("x"))
	}
	if n, m := count(srv, "b2_get_upload_url"), count(srv, "b2_list_buckets"); n != 1 || m != 1 {
		t.Errorf("3 files took %d upload URLs and %d lists of buckets, want 1 and 1", n, m)
	}
	var wg sync.WaitGroup
	for i := range 8 { // the server refuses an URL that is in use
		wg.Go(func() { put(t, photos, fmt.Sprint(i), bytes.Repeat([]byte("x"), 100_000)) })
	}
	wg.Wait()
	if n := count(srv, "b2_upload_file"); n != 11 {
		t.Errorf("11 files took %d uploads", n)
	}
	srv.ForgetRequests()
	if _, err := client.AuthorizeAccount(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	put(t, photos, "f", []byte("x"))
	if n := count(srv, "b2_get_upload_url"); n != 1 {
		t.Errorf("after a new authorization: %d new upload URLs, want 1", n)
	}
}

// fillPool leaves n upload URLs behind that no upload is using.
func fillPool(t *testing.T, srv *storagetest.B2, photos *b2.BucketHandle, n int) {
	t.Helper()
	var arrived sync.WaitGroup
	arrived.Add(n)
	var uploads atomic.Int64
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Match: func(*http.Request) bool {
		if uploads.Add(1) <= int64(n) {
			arrived.Done()
			arrived.Wait()
		}
		return false
	}})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { put(t, photos, fmt.Sprint(i), []byte("x")) })
	}
	wg.Wait()
	srv.ForgetFaults()
	srv.ForgetRequests()
}

func TestUploadURLsThatGrewOld(t *testing.T) {
	now := time.Now()
	var mu sync.Mutex
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	for name, c := range map[string]struct {
		later  time.Duration
		failed int
	}{
		"within their time":  {0, 1},
		"long after a pause": {25 * time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			srv, client := start(t, func(c *b2.Config) { c.Clock = clock })
			photos := client.Bucket("photos")
			fillPool(t, srv, photos, 8)
			srv.ExpireTokens()
			mu.Lock()
			now = now.Add(c.later)
			mu.Unlock()
			put(t, photos, "f", []byte("x"))
			if n := count(srv, "b2_upload_file") - 1; n != c.failed {
				t.Errorf("%d uploads were refused, want %d", n, c.failed)
			}
		})
	}
}

func TestUploadURLsOfABucketThatIsGone(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	id := bucketID(t, client, "photos")
	fillPool(t, srv, photos, 3)
	for file, err := range paginator.Items(t.Context(), client.ListFileNames, &b2.ListFileNamesInput{BucketId: id}) {
		if err == nil {
			_, err = client.DeleteFileVersion(t.Context(), &b2.DeleteFileVersionInput{FileName: file.FileName, FileId: file.FileId})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.DeleteBucket(t.Context(), &b2.DeleteBucketInput{BucketId: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		t.Fatal(err)
	}
	if _, err := photos.Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x")); !errors.Is(err, b2.ErrBadBucketId) {
		t.Errorf("the first upload: %v", err)
	}
	put(t, photos, "f", []byte("x"))
}

func TestUploadsThatFailGoToANewURL(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 30_000)
	for name, fault := range map[string]storagetest.Fault{
		"busy host":         {Status: 503, Nth: 1, Times: 2},
		"internal error":    {Status: 500, Nth: 1},
		"timeout":           {Status: 408, Nth: 1},
		"too many requests": {Status: 429, Nth: 1, RetryAfter: "0"},
		"expired token":     {ExpireToken: true, Nth: 1},
		"bad token":         {Status: 401, Code: "bad_auth_token", Nth: 1},
		"URL in use":        {Status: 400, Code: "auth_token_limit", Nth: 1},
		"reset at once":     {Reset: storagetest.RequestBody(0), Nth: 1},
		"reset midway":      {Reset: storagetest.RequestBody(150_000), Nth: 1},
		"reset at the end":  {Reset: storagetest.BeforeResponse(), Nth: 1},
		"flipped bit":       {Corrupt: storagetest.RequestBody(7), Nth: 1},
		"answer cut short":  {Truncate: storagetest.ResponseBody(10), Nth: 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv, client := start(t)
			photos := client.Bucket("photos")
			put(t, photos, "f", []byte("warm up")) // the URL of this one is free now
			srv.ForgetRequests()
			fault.Operation = "b2_upload_file"
			srv.Inject(fault)
			fault.Operation = "b2_upload_part"
			srv.Inject(fault)
			var sent atomic.Int64
			var retries atomic.Int64
			ctx := observe.With(t.Context(), &observe.Observer{
				Sent:  func(n int64) { sent.Add(n) },
				Retry: func(error, time.Duration, bool) { retries.Add(1) },
			})
			if _, err := photos.Put(ctx, "f", transfer.Attrs{}, bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			if got := sent.Load(); got != int64(len(content)) {
				t.Errorf("%d bytes were reported as sent, want %d", got, len(content))
			}
			want := max(fault.Times, 1)
			if n := int(retries.Load()); n != want {
				t.Errorf("%d retries were reported, want %d", n, want)
			}
			if n := count(srv, "b2_get_upload_url"); n != want {
				t.Errorf("%d new upload URLs, want %d", n, want)
			}
			info, err := large(t.Context(), photos, "big", content, []byte("end"))
			if err != nil || info.Size != int64(len(content))+3 {
				t.Errorf("large file: %+v, %v", info, err)
			}
			if n := unfinished(t, client); n != 0 {
				t.Errorf("%d unfinished files are left", n)
			}
		})
	}
}

func TestUploadsThatAreNotRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		fault storagetest.Fault
		want  error
		tries int
	}{
		"cap":             {storagetest.Fault{Status: 403, Code: "storage_cap_exceeded"}, b2.ErrCapExceeded, 1},
		"no right":        {storagetest.Fault{Status: 401, Code: "unauthorized"}, b2.ErrUnauthorized, 1},
		"bad for good":    {storagetest.Fault{Status: 400, Code: "bad_request"}, b2.ErrBadRequest, 2},
		"busy for ever":   {storagetest.Fault{Status: 503}, b2.ErrServiceUnavailable, 8},
		"metadata":        {storagetest.Fault{Status: 400, Code: "metadata_exceeded"}, b2.ErrMetadataExceeded, 1},
		"broken for ever": {storagetest.Fault{Reset: storagetest.RequestBody(0)}, nil, 8},
	} {
		t.Run(name, func(t *testing.T) {
			srv, client := start(t)
			c.fault.Operation = "b2_upload_file"
			srv.Inject(c.fault)
			_, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
			var e *b2.Error
			if !errors.As(err, &e) || e.Attempts != c.tries || e.Operation != "UploadFile" || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v after %d attempts", err, c.want, c.tries)
			}
			if errors.Is(err, fs.ErrPermission) && name == "cap" {
				t.Errorf("a cap is not a matter of rights: %v", err)
			}
			srv.Close() // a request that broke off is counted when it has ended
			if n := count(srv, "b2_upload_file"); n != c.tries {
				t.Errorf("%d requests, want %d", n, c.tries)
			}
		})
	}
}

func TestUploadOfANameThatCannotBe(t *testing.T) {
	srv, client := start(t)
	_, err := client.Bucket("photos").Put(t.Context(), "a\nb", transfer.Attrs{}, strings.NewReader("x"))
	if err == nil || err.Error() != "b2: UploadFile: FileName: has a control character" {
		t.Errorf("error %v", err)
	}
	if n, m := count(srv, "b2_get_upload_url"), count(srv, "b2_upload_file"); n != 1 || m != 0 {
		t.Errorf("%d upload URLs and %d uploads, want 1 and 0", n, m)
	}
}

func TestTransfer(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789abcdef"), 1000)
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Nth: 3, Status: 503})
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Nth: 5, ExpireToken: true})
	for name, source := range map[string]io.Reader{
		"in place": bytes.NewReader(content),
		"stream":   io.MultiReader(bytes.NewReader(content)),
		"part":     bytes.NewReader(content[:1]),
		"empty":    io.MultiReader(),
	} {
		info, err := transfer.Upload(t.Context(), photos, name, source, transfer.WithPartSize(1000))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := content[:info.Size]
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), photos, name, &got, transfer.WithPartSize(3000)); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: downloaded %d bytes of %d, %v", name, got.Len(), len(want), err)
		}
	}
	if n := unfinished(t, client); n != 0 {
		t.Errorf("%d unfinished files are left", n)
	}
}

func TestUploadOfContentThatCannotBeRead(t *testing.T) {
	srv, client := start(t)
	broken := errors.New("the disk is gone")
	_, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, &brokenBody{err: broken})
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if n := count(srv, "b2_get_upload_url"); n != 1 {
		t.Errorf("%d upload URLs, want 1", n)
	}
}

func TestUploadOfContentThatShrank(t *testing.T) {
	srv, client := start(t)
	_, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, shrunkBody{strings.NewReader("x")})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
	if n := count(srv, "b2_get_upload_url"); n != 1 {
		t.Errorf("%d upload URLs, want 1", n)
	}
}

type shrunkBody struct{ io.ReaderAt }

func (shrunkBody) Size() int64 { return 100_000 }

type brokenBody struct{ err error }

func (b *brokenBody) Size() int64 { return 1 << 20 }
func (b *brokenBody) ReadAt(p []byte, off int64) (int, error) {
	if off > 100_000 {
		return 0, b.err
	}
	return len(p), nil
}

func TestTokenInAMessageIsConcealed(t *testing.T) {
	srv, client := start(t)
	at, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: bucketID(t, client, "photos")})
	if err != nil {
		t.Fatal(err)
	}
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Status: 400, Code: "auth_token_limit",
		Message: "more than one upload using auth token " + string(at.AuthorizationToken)})
	_, err = client.UploadFile(t.Context(), &b2.UploadFileInput{
		UploadUrl: at.UploadUrl, AuthorizationToken: at.AuthorizationToken, FileName: "f", Body: strings.NewReader("x"),
	})
	if !errors.Is(err, b2.ErrAuthTokenLimit) || strings.Contains(err.Error(), string(at.AuthorizationToken)) {
		t.Errorf("error %v", err)
	}
}

func TestCancelledUpload(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	ctx, cancel := context.WithCancel(t.Context())
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Stall: storagetest.RequestBody(50_000),
		Match: func(r *http.Request) bool { return r.Header.Get("X-Bz-Part-Number") == "1" }})
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part",
		Match: func(r *http.Request) bool {
			if r.Header.Get("X-Bz-Part-Number") == "1" {
				cancel()
			}
			return false
		}})
	_, err := large(ctx, photos, "big", bytes.Repeat([]byte("a"), 200_000), []byte("b"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := unfinished(t, client); n != 0 {
		t.Errorf("%d unfinished files are left", n)
	}
}

func TestFinishWhoseAnswerIsLost(t *testing.T) {
	for name, fault := range map[string]storagetest.Fault{
		"once":       {Operation: "b2_finish_large_file", Nth: 1, Reset: storagetest.BeforeResponse()},
		"every time": {Operation: "b2_finish_large_file", Reset: storagetest.BeforeResponse()},
	} {
		t.Run(name, func(t *testing.T) {
			srv, client := start(t)
			srv.Inject(fault)
			info, err := large(t.Context(), client.Bucket("photos"), "big", bytes.Repeat([]byte("a"), 100), []byte("b"))
			if err != nil || info.Size != 101 {
				t.Errorf("Finish = %+v, %v", info, err)
			}
		})
	}
	t.Run("and refused after that", func(t *testing.T) {
		srv, client := start(t)
		srv.Inject(storagetest.Fault{Operation: "b2_finish_large_file", Nth: 1, Reset: storagetest.BeforeResponse()})
		srv.Inject(storagetest.Fault{Operation: "b2_finish_large_file", Nth: 2, Times: 100, Status: 429})
		info, err := large(t.Context(), client.Bucket("photos"), "big", bytes.Repeat([]byte("a"), 100), []byte("b"))
		if err != nil || info.Size != 101 {
			t.Errorf("Finish = %+v, %v", info, err)
		}
	})
	for name, capabilities := range map[string][]string{
		"with a key that may list but not read": {"listBuckets", "listFiles", "writeFiles"},
		"with a key that may write only":        {"writeFiles"},
	} {
		for times, fault := range map[string]storagetest.Fault{
			"once":       {Operation: "b2_finish_large_file", Nth: 1, Reset: storagetest.BeforeResponse()},
			"every time": {Operation: "b2_finish_large_file", Reset: storagetest.BeforeResponse()},
		} {
			t.Run(name+" "+times, func(t *testing.T) {
				srv, client := start(t)
				writer := as(t, srv, storagetest.B2Key{Capabilities: capabilities, BucketIds: []string{bucketID(t, client, "photos")}})
				srv.Inject(fault)
				info, err := large(t.Context(), writer.Bucket("photos"), "big", bytes.Repeat([]byte("a"), 100), []byte("b"))
				if err != nil || info.Size != 101 || info.Name != "big" || info.Version == "" || info.Parts != 2 {
					t.Errorf("Finish = %+v, %v", info, err)
				}
				srv.ForgetFaults()
				fault.Reset = storagetest.RequestBody(1) // it is not carried out
				srv.Inject(fault)
				// The first part is too small, and another file of that name is not it.
				put(t, client.Bucket("photos"), "big", []byte("another"))
				if info, err = large(t.Context(), writer.Bucket("photos"), "big", bytes.Repeat([]byte("a"), 99), []byte("b")); err == nil {
					t.Errorf("a file that cannot be finished: %+v", info)
				}
			})
		}
	}
	t.Run("refused for good", func(t *testing.T) {
		_, client := start(t)
		_, err := large(t.Context(), client.Bucket("photos"), "big", bytes.Repeat([]byte("a"), 99), []byte("b"))
		if !errors.Is(err, b2.ErrBadRequest) { // the first part is too small
			t.Errorf("error %v", err)
		}
	})
}

// keyTemplate is a template for SSE-C with a key made of one letter.
func keyTemplate(letter string) b2.Template {
	return b2.NewCustomerKey([32]byte([]byte(strings.Repeat(letter, 32)))).Template()
}

func TestCustomerKey(t *testing.T) {
	_, client := start(t)
	plain := client.Bucket("photos")
	photos := plain.With(keyTemplate("k"))
	put(t, photos, "small", []byte("x"))
	if _, err := large(t.Context(), photos, "big", bytes.Repeat([]byte("a"), 100), []byte("b")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"small", "big"} {
		info, err := photos.Stat(t.Context(), name, "")
		if err != nil {
			t.Fatal(err)
		}
		_, body, err := photos.Open(t.Context(), name, info.Version, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, body); err != nil || n != info.Size {
			t.Errorf("%s: read %d bytes of %d, %v", name, n, info.Size, err)
		}
		body.Close()
		if _, _, err := plain.Open(t.Context(), name, "", 0, -1); !errors.Is(err, b2.ErrBadRequest) {
			t.Errorf("%s without the key: %v", name, err)
		}
		if _, err := plain.Stat(t.Context(), name, ""); !errors.Is(err, b2.ErrBadRequest) || !strings.Contains(err.Error(), "SSE-C") {
			t.Errorf("Stat of %s without the key: %v", name, err)
		}
	}
}

func TestConditionsAreNotSupported(t *testing.T) {
	_, client := start(t)
	photos := client.Bucket("photos")
	if _, err := photos.Put(t.Context(), "f", transfer.Attrs{IfAbsent: true}, strings.NewReader("")); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Put: %v", err)
	}
	if _, err := photos.Begin(t.Context(), "f", transfer.Attrs{IfAbsent: true}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Begin: %v", err)
	}
}

func TestRestrictedKeyNeedsNoList(t *testing.T) {
	srv, client := start(t)
	id, key := srv.AddKey(storagetest.B2Key{
		Capabilities: []string{"writeFiles"}, BucketIds: []string{bucketID(t, client, "photos")},
	})
	// Such a key does not tell the name of its bucket without listBuckets.
	restricted := connect(t, srv, func(c *b2.Config) { c.Credentials = credentials.Static(id, key, "") })
	srv.ForgetRequests()
	auth, err := restricted.AuthorizeAccount(t.Context(), nil)
	if err != nil || len(auth.ApiInfo.StorageApi.Allowed.Buckets) != 1 {
		t.Fatalf("AuthorizeAccount = %+v, %v", auth, err)
	}
	put(t, restricted.Bucket("photos"), "f", []byte("x"))
	if n := count(srv, "b2_list_buckets"); n != 0 {
		t.Errorf("%d lists of buckets, want none", n)
	}
}

func TestBucketThatIsNotThere(t *testing.T) {
	srv, client := start(t)
	later := client.Bucket("later-on")
	_, err := later.Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x"))
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, b2.ErrBadBucketId) || !strings.Contains(err.Error(), `"later-on"`) {
		t.Errorf("Put: %v", err)
	}
	create := func() string {
		out, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "later-on", BucketType: b2.BucketTypeAllPrivate})
		if err != nil {
			t.Fatal(err)
		}
		return out.BucketId
	}
	id := create() // the failure is not remembered
	info := put(t, later, "f", []byte("x"))
	if _, err := client.DeleteFileVersion(t.Context(), &b2.DeleteFileVersionInput{FileName: "f", FileId: info.Version}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteBucket(t.Context(), &b2.DeleteBucketInput{BucketId: id}); err != nil {
		t.Fatal(err)
	}
	srv.ExpireTokens() // and with them the upload URL
	if _, err := later.Begin(t.Context(), "f", transfer.Attrs{}); !errors.Is(err, b2.ErrBadBucketId) {
		t.Errorf("Begin in a bucket that is gone: %v", err)
	}
	create() // neither is an id that is not good any more
	put(t, later, "f", []byte("x"))
}

var templateKey = b2.NewCustomerKey([32]byte{1, 2, 3})

// TestTemplate wants every member of a template to be the transfer's own or to
// reach the calls.
func TestTemplate(t *testing.T) {
	own := map[string]string{
		"UploadUrl": "", "AuthorizationToken": "", "ContentLength": "", "ContentSha1": "", "Body": "", "FileName": "",
		"BucketName": "", "Head": "", "Range": "",
	}
	// How a member shows in the requests of Put, of Begin and Part, of a
	// download by name, and of one by id.
	type calls struct{ put, begin, part, name, id string }
	projected := map[string]calls{
		"ContentType":                       {put: "Content-Type: text/x-template", begin: `"contentType":"text/x-template"`},
		"FileInfo":                          {put: "X-Bz-Info-Template: yes", begin: `"template":"yes"`},
		"CustomUploadTimestamp":             {put: "X-Bz-Custom-Upload-Timestamp: 1700000000000", begin: `"customUploadTimestamp":1700000000000`},
		"FileLegalHold":                     {put: "X-Bz-File-Legal-Hold: on", begin: `"legalHold":"on"`},
		"FileRetentionMode":                 {put: "X-Bz-File-Retention-Mode: governance", begin: `"mode":"governance"`},
		"FileRetentionRetainUntilTimestamp": {put: "X-Bz-File-Retention-Retain-Until-Timestamp: 1900000000000", begin: `"retainUntilTimestamp":1900000000000`},
		"ServerSideEncryption":              {put: "X-Bz-Server-Side-Encryption: AES256", begin: `"mode":"SSE-B2"`},
		"ServerSideEncryptionCustomerAlgorithm": {
			put: "X-Bz-Server-Side-Encryption-Customer-Algorithm: C256", begin: `"algorithm":"C256"`, part: "X-Bz-Server-Side-Encryption-Customer-Algorithm: C256",
			name: "X-Bz-Server-Side-Encryption-Customer-Algorithm: C256", id: "X-Bz-Server-Side-Encryption-Customer-Algorithm: C256",
		},
		"ServerSideEncryptionCustomerKey": {
			put: "X-Bz-Server-Side-Encryption-Customer-Key: " + string(templateKey.Key), begin: `"customerKey":"` + string(templateKey.Key) + `"`, part: "X-Bz-Server-Side-Encryption-Customer-Key: " + string(templateKey.Key),
			name: "X-Bz-Server-Side-Encryption-Customer-Key: " + string(templateKey.Key), id: "X-Bz-Server-Side-Encryption-Customer-Key: " + string(templateKey.Key),
		},
		"ServerSideEncryptionCustomerKeyMd5": {
			put: "X-Bz-Server-Side-Encryption-Customer-Key-Md5: " + templateKey.KeyMd5, begin: `"customerKeyMd5":"` + templateKey.KeyMd5 + `"`, part: "X-Bz-Server-Side-Encryption-Customer-Key-Md5: " + templateKey.KeyMd5,
			name: "X-Bz-Server-Side-Encryption-Customer-Key-Md5: " + templateKey.KeyMd5, id: "X-Bz-Server-Side-Encryption-Customer-Key-Md5: " + templateKey.KeyMd5,
		},
		"B2ContentDisposition": {name: "b2ContentDisposition=cd", id: "b2ContentDisposition=cd"},
		"B2ContentLanguage":    {name: "b2ContentLanguage=cl", id: "b2ContentLanguage=cl"},
		"B2Expires":            {name: "b2Expires=ex", id: "b2Expires=ex"},
		"B2CacheControl":       {name: "b2CacheControl=cc", id: "b2CacheControl=cc"},
		"B2ContentEncoding":    {name: "b2ContentEncoding=ce", id: "b2ContentEncoding=ce"},
		"B2ContentType":        {name: "b2ContentType=ct", id: "b2ContentType=ct"},
	}
	for _, in := range []any{b2.UploadFileInput{}, b2.DownloadFileByNameInput{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(in)) {
			_, isOwn := own[f.Name]
			_, isProjected := projected[f.Name]
			if isOwn == isProjected {
				t.Errorf("%T: it is not said what becomes of %s", in, f.Name)
			}
		}
	}
	base := b2.UploadFileInput{
		ContentType: "text/x-template", FileInfo: map[string]string{"template": "yes"},
		CustomUploadTimestamp: time.UnixMilli(1_700_000_000_000), FileLegalHold: b2.LegalHoldOn,
		FileRetentionMode: b2.RetentionModeGovernance, FileRetentionRetainUntilTimestamp: time.UnixMilli(1_900_000_000_000),
	}
	withB2, withC := base, base
	withB2.ServerSideEncryption = b2.EncryptionAlgorithmAES256
	withC.ServerSideEncryptionCustomerAlgorithm, withC.ServerSideEncryptionCustomerKey, withC.ServerSideEncryptionCustomerKeyMd5 = "C256", templateKey.Key, templateKey.KeyMd5
	download := b2.DownloadFileByNameInput{
		ServerSideEncryptionCustomerAlgorithm: "C256", ServerSideEncryptionCustomerKey: templateKey.Key, ServerSideEncryptionCustomerKeyMd5: templateKey.KeyMd5,
		B2ContentDisposition: "cd", B2ContentLanguage: "cl", B2Expires: "ex", B2CacheControl: "cc", B2ContentEncoding: "ce", B2ContentType: "ct",
	}
	var put, begin, part, name, id string
	record := &recorder{}
	client := recorded(t, record)
	for _, upload := range []b2.UploadFileInput{withB2, withC} {
		photos := client.Bucket("photos").With(b2.Template{Upload: upload, Download: download})
		if _, err := photos.Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
		put += record.take("b2_upload_file")
		up, err := photos.Begin(t.Context(), "f", transfer.Attrs{})
		if err != nil {
			t.Fatal(err)
		}
		begin += record.take("b2_start_large_file")
		if _, err := up.Part(t.Context(), 1, strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
		part += record.take("b2_upload_part")
		if _, err := photos.Stat(t.Context(), "f", ""); err != nil {
			t.Fatal(err)
		}
		name += record.take("/file/")
		if _, err := photos.Stat(t.Context(), "f", "v"); err != nil {
			t.Fatal(err)
		}
		id += record.take("b2_download_file_by_id")
	}
	for member, want := range projected {
		for _, c := range []struct{ call, got, want string }{
			{"Put", put, want.put}, {"Begin", begin, want.begin}, {"Part", part, want.part}, {"by name", name, want.name}, {"by id", id, want.id},
		} {
			if !strings.Contains(c.got, c.want) {
				t.Errorf("%s: %s has no %s:\n%s", member, c.call, c.want, c.got)
			}
		}
	}
	// What the transfer knows goes before what the template has.
	photos := client.Bucket("photos").With(b2.Template{Upload: base})
	if _, err := photos.Put(t.Context(), "f", transfer.Attrs{ContentType: "text/plain", Metadata: map[string]string{"Template": "no"}}, strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	if got := record.take("b2_upload_file"); !strings.Contains(got, "Content-Type: text/plain") || !strings.Contains(got, "X-Bz-Info-Template: no") {
		t.Errorf("Put with properties of its own:\n%s", got)
	}
}

// recorder answers calls in the simplest way and keeps the requests.
type recorder struct{ requests []string }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	if err := req.Write(&text); err != nil {
		return nil, err
	}
	r.requests = append(r.requests, text.String())
	const empty = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
	body := `{"accountId":"a","authorizationToken":"t","uploadUrl":"https://pod.test` + req.URL.Path + `","fileId":"id","contentSha1":"` + empty + `",` +
		`"buckets":[{"bucketId":"b","bucketName":"photos"}],"apiInfo":{"storageApi":{"apiUrl":"https://api.test","downloadUrl":"https://f.test"}}}`
	body = strings.NewReplacer("b2_get_upload_url", "b2_upload_file", "b2_get_upload_part_url", "b2_upload_part").Replace(body)
	if req.Method == "HEAD" {
		body = ""
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func recorded(t *testing.T, r *recorder) *b2.Client {
	t.Helper()
	client, err := b2.New(b2.Config{Endpoint: "https://api.test", Credentials: credentials.Static("id", "key", ""), HTTPClient: &http.Client{Transport: r}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// take returns the last request whose path has what.
func (r *recorder) take(what string) string {
	for i := len(r.requests) - 1; i >= 0; i-- {
		if line, _, _ := strings.Cut(r.requests[i], "\n"); strings.Contains(line, what) {
			return r.requests[i]
		}
	}
	return ""
}
