package s3_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/waiter"
)

// wire keeps all requests and answers them with an empty document.
type wire struct{ sent []string }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	w.sent = append(w.sent, fmt.Sprintf("%s %s\n%v\n%s", r.Method, r.URL, r.Header, body))
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader("<a></a>")), ContentLength: 7}, nil
}

// onWire returns the requests that a client makes.
func onWire(t *testing.T, do func(*s3.Client)) []string {
	t.Helper()
	w := &wire{}
	do(newClient(t, s3.Config{
		Region: "eu-west-1", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: w},
		Clock: func() time.Time { return time.Unix(1e9, 0) },
	}))
	return w.sent
}

// TestHandlesMakeTheCalls holds every method of the handles to the call that it
// stands for.
func TestHandlesMakeTheCalls(t *testing.T) {
	ctx := t.Context()
	days := &s3.RestoreRequest{Days: new(int32(1))}
	ids := &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "a"}}}
	parts := &s3.CompletedMultipartUpload{Parts: []s3.CompletedPart{{PartNumber: 1, ETag: "e"}}}
	for _, test := range []struct {
		name     string
		byHandle func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle)
		byClient func(c *s3.Client)
	}{
		{
			"Create", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { b.Create(ctx, nil) },
			func(c *s3.Client) { c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: "photos"}) },
		}, {
			"Head", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { b.Head(ctx, nil) },
			func(c *s3.Client) { c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: "photos"}) },
		}, {
			"Delete", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				b.Delete(ctx, &s3.DeleteBucketInput{ExpectedBucketOwner: "123456789012"})
			},
			func(c *s3.Client) {
				c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: "photos", ExpectedBucketOwner: "123456789012"})
			},
		}, {
			"DeleteObjects", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				b.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: "photos", Delete: ids})
			},
			func(c *s3.Client) { c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: "photos", Delete: ids}) },
		}, {
			"Objects", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				for range b.Objects(ctx, &s3.ListObjectsV2Input{Prefix: "p"}) {
				}
			},
			func(c *s3.Client) { c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: "photos", Prefix: "p"}) },
		}, {
			"ObjectVersions", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				for range b.ObjectVersions(ctx, nil) {
				}
			},
			func(c *s3.Client) { c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: "photos"}) },
		}, {
			"MultipartUploads", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				for range b.MultipartUploads(ctx, nil) {
				}
			},
			func(c *s3.Client) { c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: "photos"}) },
		}, {
			"Object.Head", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { o.Version("v").Head(ctx, nil) },
			func(c *s3.Client) { c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: "photos", Key: "a", VersionId: "v"}) },
		}, {
			"Object.Get", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				o.Get(ctx, &s3.GetObjectInput{VersionId: "w", Range: "bytes=0-1"})
			},
			func(c *s3.Client) {
				c.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: "a", VersionId: "w", Range: "bytes=0-1"})
			},
		}, {
			"Object.Put", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				o.Put(ctx, &s3.PutObjectInput{Body: strings.NewReader("v")})
			},
			func(c *s3.Client) {
				c.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "a", Body: strings.NewReader("v")})
			},
		}, {
			"Object.CopyFrom", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				o.CopyFrom(ctx, &s3.CopyObjectInput{CopySource: b.Object("from").Version("v").CopySource()})
			},
			func(c *s3.Client) {
				c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: "photos", Key: "a", CopySource: s3.CopySource("photos", "from", "v")})
			},
		}, {
			"Object.Delete", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { o.Version("v").Delete(ctx, nil) },
			func(c *s3.Client) {
				c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: "photos", Key: "a", VersionId: "v"})
			},
		}, {
			"Object.Restore", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				o.Version("v").Restore(ctx, &s3.RestoreObjectInput{RestoreRequest: days})
			},
			func(c *s3.Client) {
				c.RestoreObject(ctx, &s3.RestoreObjectInput{Bucket: "photos", Key: "a", VersionId: "v", RestoreRequest: days})
			},
		}, {
			"Object.CreateMultipartUpload", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { o.CreateMultipartUpload(ctx, nil) },
			func(c *s3.Client) {
				c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "a"})
			},
		}, {
			"Upload.UploadPart", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				u.UploadPart(ctx, &s3.UploadPartInput{PartNumber: 3, Body: strings.NewReader("v")})
			},
			func(c *s3.Client) {
				c.UploadPart(ctx, &s3.UploadPartInput{Bucket: "photos", Key: "a", UploadId: "u", PartNumber: 3, Body: strings.NewReader("v")})
			},
		}, {
			"Upload.UploadPartCopy", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				u.UploadPartCopy(ctx, &s3.UploadPartCopyInput{PartNumber: 3, CopySource: "b/k"})
			},
			func(c *s3.Client) {
				c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: "photos", Key: "a", UploadId: "u", PartNumber: 3, CopySource: "b/k"})
			},
		}, {
			"Upload.Parts", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				for range u.Parts(ctx, nil) {
				}
			},
			func(c *s3.Client) { c.ListParts(ctx, &s3.ListPartsInput{Bucket: "photos", Key: "a", UploadId: "u"}) },
		}, {
			"Upload.Complete", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) {
				u.Complete(ctx, &s3.CompleteMultipartUploadInput{MultipartUpload: parts})
			},
			func(c *s3.Client) {
				c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: "photos", Key: "a", UploadId: "u", MultipartUpload: parts})
			},
		}, {
			"Upload.Abort", func(b *s3.BucketHandle, o *s3.ObjectHandle, u *s3.UploadHandle) { u.Abort(ctx, nil) },
			func(c *s3.Client) {
				c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "a", UploadId: "u"})
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := onWire(t, test.byClient)
			got := onWire(t, func(c *s3.Client) {
				b := c.Bucket("photos")
				test.byHandle(b, b.Object("a"), b.Object("a").Upload("u"))
			})
			if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
				t.Errorf("requests by client and (+) handle:\n%s", diff)
			}
		})
	}
}

// TestHandleInputs looks at what is refused before anything is sent, and at
// what becomes of the caller's own.
func TestHandleInputs(t *testing.T) {
	ctx := t.Context()
	for _, test := range []struct {
		call func(b *s3.BucketHandle) error
		want string
	}{
		{func(b *s3.BucketHandle) error {
			_, err := b.Head(ctx, &s3.HeadBucketInput{Bucket: "other"})
			return err
		}, `s3: HeadBucket: Bucket: "other" is not that of the handle, "photos"`},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Get(ctx, &s3.GetObjectInput{Key: strings.Repeat("b", 1000)})
			return err
		}, `s3: GetObject: Key: "` + strings.Repeat("b", 100) + `"… is not that of the handle, "a"`},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Version("v").Delete(ctx, &s3.DeleteObjectInput{VersionId: "w"})
			return err
		}, `s3: DeleteObject: VersionId: "w" is not that of the handle, "v"`},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Upload("u").Abort(ctx, &s3.AbortMultipartUploadInput{UploadId: "x"})
			return err
		}, `s3: AbortMultipartUpload: UploadId: "x" is not that of the handle, "u"`},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Version("v").Put(ctx, nil)
			return err
		}, `s3: PutObject: VersionId: the handle is that of "v", and this call takes none`},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Version("v").CreateMultipartUpload(ctx, nil)
			return err
		}, `s3: CreateMultipartUpload: VersionId: the handle is that of "v", and this call takes none`},
		{func(b *s3.BucketHandle) error {
			for _, err := range b.Objects(ctx, &s3.ListObjectsV2Input{Bucket: "other"}) {
				return err
			}
			return nil
		}, `s3: ListObjectsV2: Bucket: "other" is not that of the handle, "photos"`},
		{func(b *s3.BucketHandle) error { _, err := b.Object("").Get(ctx, nil); return err }, "s3: GetObject: Key is required"},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("").Get(ctx, &s3.GetObjectInput{Key: "a"})
			return err
		}, `s3: GetObject: Key: "a" is not that of the handle, ""`},
		{func(b *s3.BucketHandle) error { _, err := b.Object("a").Upload("").Abort(ctx, nil); return err }, "s3: AbortMultipartUpload: UploadId is required"},
		{func(b *s3.BucketHandle) error { _, err := b.Object("a").Upload("").Complete(ctx, nil); return err }, "s3: ListParts: UploadId is required"},
		{func(b *s3.BucketHandle) error { _, err := b.DeletePrefix(ctx, "", nil); return err }, "s3: DeleteObjects: prefix: is empty, and every key begins with that; to delete all of them, call DeleteAllObjects"},
		{func(b *s3.BucketHandle) error { _, err := b.DeletePrefixVersions(ctx, "", nil); return err }, "s3: DeleteObjects: prefix: is empty, and every key begins with that; to delete all of them, call DeleteAllVersions"},
		{func(b *s3.BucketHandle) error {
			_, err := b.DeletePrefix(ctx, "p", &s3.DeleteObjectsInput{Delete: identify("a")})
			return err
		}, "s3: DeleteObjects: Delete: is filled in from the list"},
		{func(b *s3.BucketHandle) error { _, err := b.Object("").DeleteVersions(ctx, nil); return err }, "s3: DeleteObjects: Key is required"},
		{func(b *s3.BucketHandle) error {
			_, err := b.Object("a").Version("v").DeleteVersions(ctx, nil)
			return err
		}, "s3: DeleteObjects: VersionId: the handle is that of one version"},
	} {
		var err error
		sent := onWire(t, func(c *s3.Client) { err = test.call(c.Bucket("photos")) })
		if err == nil || err.Error() != test.want || len(sent) > 0 {
			t.Errorf("got %v after %d requests, want %s", err, len(sent), test.want)
		}
		var e *s3.Error
		if !errors.As(err, &e) {
			t.Errorf("%v is a %T", err, err)
		}
	}

	put := s3.PutObjectInput{ContentType: "text/plain"}
	onWire(t, func(c *s3.Client) {
		b := c.Bucket("photos").With(s3.Template{Put: s3.PutObjectInput{StorageClass: "GLACIER"}})
		for _, key := range []string{"a", "b"} { // one input serves several
			if _, err := b.Object(key).Put(ctx, &put); err != nil {
				t.Fatal(err)
			}
		}
	})
	if want := (s3.PutObjectInput{ContentType: "text/plain"}); !cmp.Equal(put, want) {
		t.Errorf("the input has become %+v", put)
	}
}

// TestHandleTemplates sees what a template brings into the calls of handles.
func TestHandleTemplates(t *testing.T) {
	ctx := t.Context()
	_, c := serve(t, storagetest.WithTLS(), storagetest.WithMinPartSize(1))
	key := entrepot.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	b := c.Bucket("photos").With(s3.Template{
		Put: s3.PutObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: key, ChecksumAlgorithm: s3.ChecksumAlgorithmSha256, ContentType: "text/x-template", IfNoneMatch: "*"},
		Get: s3.GetObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: key, ChecksumMode: s3.ChecksumModeEnabled},
	})
	o := b.Object("a")
	if _, err := o.Put(ctx, &s3.PutObjectInput{Body: strings.NewReader("content"), ContentType: "text/plain"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: "photos", Key: "a"}); err == nil {
		t.Error("the object is not encrypted")
	}
	head := call(t, o.Head, nil)
	if head.ContentType != "text/plain" || head.ChecksumSHA256 == "" {
		t.Errorf("the object has %q, %q", head.ContentType, head.ChecksumSHA256)
	}
	if _, err := o.Put(ctx, nil); !errors.Is(err, s3.ErrPreconditionFailed) {
		t.Errorf("a second Put under the template's condition: %v", err)
	}
	call(t, o.Delete, nil) // the condition of writes is not one of deletions

	u, err := o.CreateMultipartUpload(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for number := range int32(2) {
		call(t, u.UploadPart, &s3.UploadPartInput{PartNumber: number + 1, Body: strings.NewReader("part")})
	}
	call(t, u.Complete, nil)
	if head := call(t, o.Head, nil); head.ContentType != "text/x-template" || head.ContentLength != 8 || head.ChecksumSHA256 == "" {
		t.Errorf("the object has %q, %d bytes, %q", head.ContentType, head.ContentLength, head.ChecksumSHA256)
	}
	if _, err := o.Get(ctx, nil, func(c *s3.Config) { c.Credentials = credentials.Static("ID", "wrong", "") }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("with other keys for the call: %v", err)
	}
}

// TestHandleWithFunctions gives the methods of handles to what takes operations.
func TestHandleWithFunctions(t *testing.T) {
	_, c := serve(t)
	b := c.Bucket("photos")
	put(t, c, "a", "content")
	if err := waiter.Wait(t.Context(), s3.BucketExists, b.Head, nil); err != nil {
		t.Error(err)
	}
	if err := waiter.Wait(t.Context(), s3.ObjectExists, b.Object("a").Head, nil); err != nil {
		t.Error(err)
	}
	if err := waiter.Wait(t.Context(), s3.ObjectNotExists, b.Object("b").Head, nil); err != nil {
		t.Error(err)
	}
	req, err := s3.Presign(t.Context(), b.Object("a").Get, nil, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(req.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "content" {
		t.Errorf("the link yields %q, %v", body, err)
	}
	// What lists parts first must not have the list presigned.
	req, err = s3.Presign(t.Context(), b.Object("a").Upload("u").Complete, nil, time.Minute)
	if err != nil || req.Method != "POST" {
		t.Errorf("presigned %+v, %v", req, err)
	}
	if _, err := s3.Presign(t.Context(), b.Object("a").Get, &s3.GetObjectInput{Key: "b"}, time.Minute); err == nil {
		t.Error("another key was presigned")
	}
}

// TestHandleLists ranges over pages, leaves in between, and meets errors.
func TestHandleLists(t *testing.T) {
	srv, c := serve(t, storagetest.WithMinPartSize(1))
	b := c.Bucket("photos")
	call(t, c.PutBucketVersioning, &s3.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled},
	})
	var want []string
	for i := range 5 {
		want = append(want, fmt.Sprint("k", i))
		put(t, c, want[i], "v")
		put(t, c, want[i], "w")
		if _, err := b.Object(want[i]).CreateMultipartUpload(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	u, err := b.Object("k0").CreateMultipartUpload(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for number := range int32(5) {
		call(t, u.UploadPart, &s3.UploadPartInput{PartNumber: number + 1, Body: strings.NewReader("part")})
	}

	objects := b.Objects(t.Context(), &s3.ListObjectsV2Input{MaxKeys: new(int32(2))})
	for range 2 { // twice the same
		var got []string
		for o, err := range objects {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, o.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("objects (-want +got):\n%s", diff)
		}
	}
	versions, uploads, parts := 0, 0, 0
	for _, err := range b.ObjectVersions(t.Context(), &s3.ListObjectVersionsInput{MaxKeys: new(int32(3))}) {
		versions++
		if err != nil {
			t.Fatal(err)
		}
	}
	for upload, err := range b.MultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{MaxUploads: 4}) {
		uploads++
		if err != nil {
			t.Fatal(err)
		}
		if upload.UploadId != u.ID() {
			call(t, b.Object(upload.Key).Upload(upload.UploadId).Abort, nil)
		}
	}
	for part, err := range u.Parts(t.Context(), &s3.ListPartsInput{MaxParts: 2}) {
		parts++
		if err != nil || part.PartNumber != int32(parts) {
			t.Fatal(part.PartNumber, err)
		}
	}
	if versions != 10 || uploads != 6 || parts != 5 {
		t.Errorf("%d versions, %d uploads, %d parts", versions, uploads, parts)
	}

	before := len(srv.Requests())
	for range objects {
		break
	}
	if n := len(srv.Requests()) - before; n != 1 {
		t.Errorf("%d requests for the first of the objects", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range b.Objects(ctx, &s3.ListObjectsV2Input{MaxKeys: new(int32(2))}) {
		if n++; n == 2 {
			cancel()
		}
		if n == 3 && !errors.Is(err, context.Canceled) || n < 3 && err != nil || n > 3 {
			t.Errorf("object %d: %v", n, err)
		}
	}
	if n != 3 {
		t.Errorf("the cancelled loop had %d turns", n)
	}
}

// TestHandleComplete has the parts of an upload found out: more of them than a
// page has, and with checksums that the end of the upload must repeat.
func TestHandleComplete(t *testing.T) {
	srv, c := serve(t, storagetest.WithMinPartSize(1))
	o := c.Bucket("photos").Object("a")
	u, err := o.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{ChecksumAlgorithm: s3.ChecksumAlgorithmSha256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Complete(t.Context(), nil); err == nil || err.Error() != "s3: CompleteMultipartUpload: MultipartUpload.Parts: the upload has none" {
		t.Errorf("without parts: %v", err)
	}
	const parts = 1001
	for number := range int32(parts) {
		call(t, u.UploadPart, &s3.UploadPartInput{PartNumber: 2*number + 1, Body: strings.NewReader("p"), ChecksumAlgorithm: s3.ChecksumAlgorithmSha256})
	}
	srv.Inject(storagetest.Fault{Operation: "ListParts", Nth: 2, Status: 403, Code: "AccessDenied"})
	if _, err := u.Complete(t.Context(), nil); !errors.Is(err, s3.ErrAccessDenied) {
		t.Errorf("where the second page is refused: %v", err)
	}
	put(t, c, "a", "other")
	in := &s3.CompleteMultipartUploadInput{IfNoneMatch: "*"}
	if _, err := u.Complete(t.Context(), in); !errors.Is(err, s3.ErrPreconditionFailed) {
		t.Errorf("under a condition that does not hold: %v", err)
	}
	if in.MultipartUpload != nil || in.Key != "" {
		t.Errorf("the input has become %+v", in)
	}
	call(t, u.Complete, nil)
	if head := call(t, o.Head, &s3.HeadObjectInput{ChecksumMode: s3.ChecksumModeEnabled}); head.ContentLength != parts || !strings.HasSuffix(head.ChecksumSHA256, "-1001") {
		t.Errorf("the object has %d bytes and %q", head.ContentLength, head.ChecksumSHA256)
	}
}

// keysOf are the keys that are left in the bucket, by current objects.
func keysOf(t *testing.T, b *s3.BucketHandle) (keys []string) {
	t.Helper()
	for o, err := range b.Objects(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

func asked(srv *storagetest.S3, from int) (list []string) {
	for _, r := range srv.Requests()[from:] {
		list = append(list, r.Operation)
	}
	return list
}

// TestDeletePrefix deletes more than two pages, and nothing beside them.
func TestDeletePrefix(t *testing.T) {
	srv, c := serve(t)
	b := c.Bucket("photos")
	for i := range 2001 {
		put(t, c, fmt.Sprintf("tmp/%04d", i), "")
	}
	put(t, c, "tmp/control\x01", "")
	for _, key := range []string{"tmp", "tmp0", "a"} {
		put(t, c, key, "")
	}
	before := len(srv.Requests())
	if n, err := b.DeletePrefix(t.Context(), "tmp/", nil); err != nil || n != 2002 {
		t.Errorf("%d, %v", n, err)
	}
	if diff := cmp.Diff([]string{"a", "tmp", "tmp0"}, keysOf(t, b)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	want := []string{"ListObjectsV2", "ListObjectsV2", "DeleteObjects", "ListObjectsV2", "DeleteObjects", "DeleteObjects", "DeleteObject", "ListObjectsV2"}
	if diff := cmp.Diff(want, asked(srv, before)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if n, err := b.DeletePrefix(t.Context(), "tmp/", nil); err != nil || n != 0 {
		t.Errorf("of what is gone: %d, %v", n, err)
	}
	if n, err := b.DeleteAllObjects(t.Context(), nil); err != nil || n != 3 {
		t.Errorf("all: %d, %v", n, err)
	}
	call(t, b.Delete, nil)
	if _, err := b.DeletePrefix(t.Context(), "tmp/", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no bucket: %v", err)
	}
}

// TestDeleteVersions deletes versions and delete markers by key, by prefix and
// all; some are locked.
func TestDeleteVersions(t *testing.T) {
	srv, c := serve(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	b := c.Bucket("vault")
	ctx := t.Context()
	for _, key := range []string{"a", "a/1", "a/2", "b"} {
		for range 3 {
			call(t, b.Object(key).Put, nil)
		}
		call(t, b.Object(key).Delete, nil)
	}
	before := len(srv.Requests())
	if n, err := b.Object("a").DeleteVersions(ctx, nil); err != nil || n != 4 {
		t.Errorf("of one object: %d, %v", n, err)
	}
	if n, err := b.Object("a").DeleteVersions(ctx, nil); err != nil || n != 0 {
		t.Errorf("of what is gone: %d, %v", n, err)
	}
	if got := asked(srv, before); !slices.Equal(got, []string{"ListObjectVersions", "DeleteObjects", "ListObjectVersions"}) {
		t.Errorf("requests: %v", got)
	}
	held := call(t, b.Object("a/1").Put, &s3.PutObjectInput{ObjectLockMode: s3.ObjectLockModeGovernance, ObjectLockRetainUntilDate: time.Now().Add(time.Hour)})
	n, err := b.DeletePrefixVersions(ctx, "a/", nil)
	var failures *s3.DeleteObjectsError
	if n != 8 || !errors.As(err, &failures) || !errors.Is(err, s3.ErrAccessDenied) || failures.Asked != 9 || len(failures.Errors) != 1 ||
		failures.Errors[0].Key != "a/1" || failures.Errors[0].VersionId != held.VersionId {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := b.DeleteAllVersions(ctx, &s3.DeleteObjectsInput{BypassGovernanceRetention: true}); err != nil || n != 5 {
		t.Errorf("all: %d, %v", n, err)
	}
	call(t, b.Delete, nil)
}

// TestDeletePrefixFailures has pages and objects fail.
func TestDeletePrefixFailures(t *testing.T) {
	fill := func(t *testing.T, n int) (*storagetest.S3, *s3.BucketHandle) {
		srv, c := serve(t, storagetest.WithInMemory())
		for i := range n {
			put(t, c, fmt.Sprintf("%04d", i), "")
		}
		return srv, c.Bucket("photos")
	}
	t.Run("a call fails", func(t *testing.T) {
		srv, b := fill(t, 1001)
		srv.Inject(storagetest.Fault{Operation: "DeleteObjects", Nth: 2, Status: 403, Code: "AccessDenied"})
		if n, err := b.DeleteAllObjects(t.Context(), nil); n != 1000 || !errors.Is(err, s3.ErrAccessDenied) {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("a list fails", func(t *testing.T) {
		srv, b := fill(t, 2001)
		srv.Inject(storagetest.Fault{Operation: "ListObjectsV2", Nth: 3, Status: 403, Code: "AccessDenied"})
		if n, err := b.DeleteAllObjects(t.Context(), nil); n != 1000 || !errors.Is(err, s3.ErrAccessDenied) {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("it is cancelled", func(t *testing.T) {
		srv, b := fill(t, 1001)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		srv.Inject(storagetest.Fault{Operation: "DeleteObjects", Nth: 2, Match: func(*http.Request) bool { cancel(); return true }, Stall: storagetest.BeforeResponse()})
		if n, err := b.DeleteAllObjects(ctx, nil); n > 1000 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("too many objects fail", func(t *testing.T) {
		srv, b := fill(t, 1001)
		srv.Inject(storagetest.Fault{Operation: "DeleteObjects", Body: func([]byte) []byte { return []byte("<DeleteResult></DeleteResult>") }})
		n, err := b.DeleteAllObjects(t.Context(), nil)
		var failures *s3.DeleteObjectsError
		if n != 0 || !errors.As(err, &failures) || len(failures.Errors) != 1000 || failures.Asked != 1000 || !strings.HasSuffix(err.Error(), "; the rest was not tried") {
			t.Errorf("%d, %v", n, err)
		}
	})
}
