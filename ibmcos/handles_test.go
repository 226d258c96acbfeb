package ibmcos_test

import (
	"encoding/base64"
	"encoding/hex"
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
	"github.com/entrepot-go/entrepot/ibmcos"
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
func onWire(t *testing.T, do func(*ibmcos.Client)) []string {
	t.Helper()
	w := &wire{}
	do(newClient(t, ibmcos.Config{
		Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: w},
		Clock: func() time.Time { return time.Unix(1e9, 0) },
	}))
	return w.sent
}

// TestHandlesMakeTheCalls holds every method of the handles to the call that it
// stands for.
func TestHandlesMakeTheCalls(t *testing.T) {
	ctx := t.Context()
	days := &ibmcos.RestoreRequest{Days: 1}
	ids := &ibmcos.Delete{Objects: []ibmcos.ObjectIdentifier{{Key: "a"}}}
	parts := &ibmcos.CompletedMultipartUpload{Parts: []ibmcos.CompletedPart{{PartNumber: 1, ETag: "e"}}}
	for _, test := range []struct {
		name     string
		byHandle func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle)
		byClient func(c *ibmcos.Client)
	}{
		{
			"Create", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) { b.Create(ctx, nil) },
			func(c *ibmcos.Client) { c.CreateBucket(ctx, &ibmcos.CreateBucketInput{Bucket: "photos"}) },
		}, {
			"Head", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) { b.Head(ctx, nil) },
			func(c *ibmcos.Client) { c.HeadBucket(ctx, &ibmcos.HeadBucketInput{Bucket: "photos"}) },
		}, {
			"Delete", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				b.Delete(ctx, &ibmcos.DeleteBucketInput{ExpectedBucketOwner: "123456789012"})
			},
			func(c *ibmcos.Client) {
				c.DeleteBucket(ctx, &ibmcos.DeleteBucketInput{Bucket: "photos", ExpectedBucketOwner: "123456789012"})
			},
		}, {
			"DeleteObjects", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				b.DeleteObjects(ctx, &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: ids})
			},
			func(c *ibmcos.Client) {
				c.DeleteObjects(ctx, &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: ids})
			},
		}, {
			"Objects", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				for range b.Objects(ctx, &ibmcos.ListObjectsV2Input{Prefix: "p"}) {
				}
			},
			func(c *ibmcos.Client) {
				c.ListObjectsV2(ctx, &ibmcos.ListObjectsV2Input{Bucket: "photos", Prefix: "p"})
			},
		}, {
			"ObjectVersions", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				for range b.ObjectVersions(ctx, nil) {
				}
			},
			func(c *ibmcos.Client) { c.ListObjectVersions(ctx, &ibmcos.ListObjectVersionsInput{Bucket: "photos"}) },
		}, {
			"MultipartUploads", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				for range b.MultipartUploads(ctx, nil) {
				}
			},
			func(c *ibmcos.Client) {
				c.ListMultipartUploads(ctx, &ibmcos.ListMultipartUploadsInput{Bucket: "photos"})
			},
		}, {
			"Object.Head", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.Version("v").Head(ctx, nil)
			},
			func(c *ibmcos.Client) {
				c.HeadObject(ctx, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "a", VersionId: "v"})
			},
		}, {
			"Object.Get", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.Get(ctx, &ibmcos.GetObjectInput{VersionId: "w", Range: "bytes=0-1"})
			},
			func(c *ibmcos.Client) {
				c.GetObject(ctx, &ibmcos.GetObjectInput{Bucket: "photos", Key: "a", VersionId: "w", Range: "bytes=0-1"})
			},
		}, {
			"Object.Put", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.Put(ctx, &ibmcos.PutObjectInput{Body: strings.NewReader("v")})
			},
			func(c *ibmcos.Client) {
				c.PutObject(ctx, &ibmcos.PutObjectInput{Bucket: "photos", Key: "a", Body: strings.NewReader("v")})
			},
		}, {
			"Object.CopyFrom", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.CopyFrom(ctx, &ibmcos.CopyObjectInput{CopySource: b.Object("from").Version("v").CopySource()})
			},
			func(c *ibmcos.Client) {
				c.CopyObject(ctx, &ibmcos.CopyObjectInput{Bucket: "photos", Key: "a", CopySource: ibmcos.CopySource("photos", "from", "v")})
			},
		}, {
			"Object.Delete", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.Version("v").Delete(ctx, nil)
			},
			func(c *ibmcos.Client) {
				c.DeleteObject(ctx, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "a", VersionId: "v"})
			},
		}, {
			"Object.Restore", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.Version("v").Restore(ctx, &ibmcos.RestoreObjectInput{RestoreRequest: days})
			},
			func(c *ibmcos.Client) {
				c.RestoreObject(ctx, &ibmcos.RestoreObjectInput{Bucket: "photos", Key: "a", VersionId: "v", RestoreRequest: days})
			},
		}, {
			"Object.AddLegalHold", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.AddLegalHold(ctx, &ibmcos.AddLegalHoldInput{RetentionLegalHoldId: "case"})
			},
			func(c *ibmcos.Client) {
				c.AddLegalHold(ctx, &ibmcos.AddLegalHoldInput{Bucket: "photos", Key: "a", RetentionLegalHoldId: "case"})
			},
		}, {
			"Object.DeleteLegalHold", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.DeleteLegalHold(ctx, &ibmcos.DeleteLegalHoldInput{RetentionLegalHoldId: "case"})
			},
			func(c *ibmcos.Client) {
				c.DeleteLegalHold(ctx, &ibmcos.DeleteLegalHoldInput{Bucket: "photos", Key: "a", RetentionLegalHoldId: "case"})
			},
		}, {
			"Object.ListLegalHolds", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.ListLegalHolds(ctx, nil)
			},
			func(c *ibmcos.Client) { c.ListLegalHolds(ctx, &ibmcos.ListLegalHoldsInput{Bucket: "photos", Key: "a"}) },
		}, {
			"Object.ExtendRetention", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.ExtendRetention(ctx, &ibmcos.ExtendObjectRetentionInput{AdditionalRetentionPeriod: 1})
			},
			func(c *ibmcos.Client) {
				c.ExtendObjectRetention(ctx, &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "a", AdditionalRetentionPeriod: 1})
			},
		}, {
			"Object.CreateMultipartUpload", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				o.CreateMultipartUpload(ctx, nil)
			},
			func(c *ibmcos.Client) {
				c.CreateMultipartUpload(ctx, &ibmcos.CreateMultipartUploadInput{Bucket: "photos", Key: "a"})
			},
		}, {
			"Upload.UploadPart", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				u.UploadPart(ctx, &ibmcos.UploadPartInput{PartNumber: 3, Body: strings.NewReader("v")})
			},
			func(c *ibmcos.Client) {
				c.UploadPart(ctx, &ibmcos.UploadPartInput{Bucket: "photos", Key: "a", UploadId: "u", PartNumber: 3, Body: strings.NewReader("v")})
			},
		}, {
			"Upload.UploadPartCopy", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				u.UploadPartCopy(ctx, &ibmcos.UploadPartCopyInput{PartNumber: 3, CopySource: "b/k"})
			},
			func(c *ibmcos.Client) {
				c.UploadPartCopy(ctx, &ibmcos.UploadPartCopyInput{Bucket: "photos", Key: "a", UploadId: "u", PartNumber: 3, CopySource: "b/k"})
			},
		}, {
			"Upload.Parts", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				for range u.Parts(ctx, nil) {
				}
			},
			func(c *ibmcos.Client) {
				c.ListParts(ctx, &ibmcos.ListPartsInput{Bucket: "photos", Key: "a", UploadId: "u"})
			},
		}, {
			"Upload.Complete", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) {
				u.Complete(ctx, &ibmcos.CompleteMultipartUploadInput{MultipartUpload: parts})
			},
			func(c *ibmcos.Client) {
				c.CompleteMultipartUpload(ctx, &ibmcos.CompleteMultipartUploadInput{Bucket: "photos", Key: "a", UploadId: "u", MultipartUpload: parts})
			},
		}, {
			"Upload.Abort", func(b *ibmcos.BucketHandle, o *ibmcos.ObjectHandle, u *ibmcos.UploadHandle) { u.Abort(ctx, nil) },
			func(c *ibmcos.Client) {
				c.AbortMultipartUpload(ctx, &ibmcos.AbortMultipartUploadInput{Bucket: "photos", Key: "a", UploadId: "u"})
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := onWire(t, test.byClient)
			got := onWire(t, func(c *ibmcos.Client) {
				b := c.Bucket("photos")
				test.byHandle(b, b.Object("a"), b.Object("a").Upload("u"))
			})
			if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
				t.Errorf("requests by client and (+) handle:\n%s", diff)
			}
		})
	}
}

// TestHandleInputs looks at what is refused before anything is sent.
func TestHandleInputs(t *testing.T) {
	ctx := t.Context()
	for _, test := range []struct {
		call func(b *ibmcos.BucketHandle) error
		want string
	}{
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.Head(ctx, &ibmcos.HeadBucketInput{Bucket: "other"})
			return err
		}, `ibmcos: HeadBucket: Bucket: "other" is not that of the handle, "photos"`},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.Object("a").Version("v").AddLegalHold(ctx, &ibmcos.AddLegalHoldInput{RetentionLegalHoldId: "case"})
			return err
		}, `ibmcos: AddLegalHold: VersionId: the handle is that of "v", and this call takes none`},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.DeletePrefix(ctx, "", nil)
			return err
		}, "ibmcos: DeleteObjects: prefix: is empty, and every key begins with that; to delete all of them, call DeleteAllObjects"},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.DeletePrefixVersions(ctx, "", nil)
			return err
		}, "ibmcos: DeleteObjects: prefix: is empty, and every key begins with that; to delete all of them, call DeleteAllVersions"},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.DeleteAllObjects(ctx, &ibmcos.DeleteObjectsInput{Delete: &ibmcos.Delete{}})
			return err
		}, "ibmcos: DeleteObjects: Delete: is filled in from the list"},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.Object("").DeleteVersions(ctx, nil)
			return err
		}, "ibmcos: DeleteObjects: Key is required"},
		{func(b *ibmcos.BucketHandle) error {
			_, err := b.Object("a").Version("v").DeleteVersions(ctx, nil)
			return err
		}, "ibmcos: DeleteObjects: VersionId: the handle is that of one version"},
	} {
		var err error
		sent := onWire(t, func(c *ibmcos.Client) { err = test.call(c.Bucket("photos")) })
		if err == nil || err.Error() != test.want || len(sent) > 0 {
			t.Errorf("got %v after %d requests, want %s", err, len(sent), test.want)
		}
	}
}

// TestHandleTemplates has a template's members reach the calls that have them:
// retention the end of an upload in parts, and not its beginning.
func TestHandleTemplates(t *testing.T) {
	ctx := t.Context()
	srv, c := serve(t, storagetest.WithMinPartSize(1))
	protect(t, c)
	b := c.Bucket("photos").With(ibmcos.Template{Put: ibmcos.PutObjectInput{
		RetentionPeriod: new(int64(2 * 86400)), ContentType: "text/x-template", ChecksumAlgorithm: ibmcos.ChecksumAlgorithmSha256,
	}})
	u, err := b.Object("a").CreateMultipartUpload(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for number := range int32(3) {
		call(t, u.UploadPart, &ibmcos.UploadPartInput{PartNumber: number + 1, Body: strings.NewReader("part")})
	}
	in := ibmcos.CompleteMultipartUploadInput{}
	call(t, u.Complete, &in)
	if in.MultipartUpload != nil || in.Key != "" || in.RetentionPeriod != nil {
		t.Errorf("the input has become %+v", in)
	}
	head := call(t, b.Object("a").Head, nil)
	if head.ContentLength != 12 || head.ContentType != "text/x-template" || head.RetentionPeriod != 2*86400 {
		t.Errorf("the object has %d bytes, %q, and is kept for %d s", head.ContentLength, head.ContentType, head.RetentionPeriod)
	}
	for _, r := range srv.Requests() {
		if has := r.Header.Get("Retention-Period") != ""; has != (r.Operation == "CompleteMultipartUpload") {
			t.Errorf("%s has a retention: %t", r.Operation, has)
		}
	}
	if _, err := u.Complete(ctx, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of an upload that is gone: %v", err)
	}

	o := b.Object("a") // legal holds and retention by the handle
	call(t, o.AddLegalHold, &ibmcos.AddLegalHoldInput{RetentionLegalHoldId: "case"})
	if holds := call(t, o.ListLegalHolds, nil).Holds(); len(holds) != 1 || holds[0].ID != "case" {
		t.Errorf("legal holds: %+v", holds)
	}
	call(t, o.DeleteLegalHold, &ibmcos.DeleteLegalHoldInput{RetentionLegalHoldId: "case"})
	call(t, o.ExtendRetention, &ibmcos.ExtendObjectRetentionInput{AdditionalRetentionPeriod: 60})
	if head := call(t, o.Head, nil); head.RetentionPeriod != 2*86400+60 || head.RetentionLegalHoldCount != 0 {
		t.Errorf("the object is kept for %d s, with %d legal holds", head.RetentionPeriod, head.RetentionLegalHoldCount)
	}

	// What is kept does not stop the rest from being deleted.
	plain := c.Bucket("photos")
	call(t, plain.Object("b").Put, &ibmcos.PutObjectInput{RetentionPeriod: new(int64(0))})
	n, err := plain.DeleteAllObjects(ctx, nil)
	var failures *ibmcos.DeleteObjectsError
	if n != 1 || !errors.As(err, &failures) || failures.Asked != 2 || len(failures.Errors) != 1 || failures.Errors[0].Key != "a" {
		t.Errorf("%d, %v", n, err)
	}
}

// TestHandleWithFunctions gives the methods of handles to what takes operations.
func TestHandleWithFunctions(t *testing.T) {
	srv, c := serve(t)
	b := c.Bucket("photos")
	put(t, c, "a", "content")
	if err := waiter.Wait(t.Context(), ibmcos.BucketExists, b.Head, nil); err != nil {
		t.Error(err)
	}
	if err := waiter.Wait(t.Context(), ibmcos.ObjectNotExists, b.Object("b").Head, nil); err != nil {
		t.Error(err)
	}
	if _, err := ibmcos.Presign(t.Context(), b.Object("a").Get, nil, time.Minute); !errors.Is(err, ibmcos.ErrNeedsHMAC) {
		t.Errorf("presigned with a token: %v", err)
	}
	hmac := func(c *ibmcos.Config) { c.Credentials = credentials.Static("ID", "secret", "") }
	before := len(srv.Requests())
	for _, call := range []func() (*entrepot.PresignedRequest, error){
		func() (*entrepot.PresignedRequest, error) {
			return ibmcos.Presign(t.Context(), b.Object("a").Get, nil, time.Minute, hmac)
		},
		// What lists parts first must not have the list presigned.
		func() (*entrepot.PresignedRequest, error) {
			return ibmcos.Presign(t.Context(), b.Object("a").Upload("u").Complete, nil, time.Minute, hmac)
		},
	} {
		if req, err := call(); err != nil || !strings.Contains(req.URL, "/a?") || (req.Method == "POST") != strings.Contains(req.URL, "uploadId=u") {
			t.Errorf("presigned %+v, %v", req, err)
		}
	}
	if n := len(srv.Requests()) - before; n != 0 {
		t.Errorf("presigning has sent %d requests", n)
	}
}

// TestHandleDeletions deletes more than a page, and versions with their markers.
func TestHandleDeletions(t *testing.T) {
	ctx := t.Context()
	srv, c := serve(t)
	b := c.Bucket("photos")
	for i := range 1001 {
		put(t, c, fmt.Sprintf("tmp/%04d", i), "")
	}
	put(t, c, "tmp", "")
	before := len(srv.Requests())
	if n, err := b.DeletePrefix(ctx, "tmp/", nil); err != nil || n != 1001 {
		t.Errorf("%d, %v", n, err)
	}
	var asked []string
	for _, r := range srv.Requests()[before:] {
		asked = append(asked, r.Operation)
	}
	if want := []string{"ListObjectsV2", "ListObjectsV2", "DeleteObjects", "DeleteObjects"}; !slices.Equal(asked, want) {
		t.Errorf("requests: %v", asked)
	}
	if n, err := b.DeleteAllObjects(ctx, nil); err != nil || n != 1 {
		t.Errorf("all: %d, %v", n, err)
	}

	call(t, c.PutBucketVersioning, &ibmcos.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &ibmcos.VersioningConfiguration{Status: ibmcos.BucketVersioningStatusEnabled},
	})
	for _, key := range []string{"a", "ab", "b/1", "b/2", "c"} {
		for range 2 {
			call(t, b.Object(key).Put, nil)
		}
		call(t, b.Object(key).Delete, nil)
	}
	if n, err := b.Object("a").DeleteVersions(ctx, nil); err != nil || n != 3 {
		t.Errorf("of one object: %d, %v", n, err)
	}
	if n, err := b.DeletePrefixVersions(ctx, "b/", nil); err != nil || n != 6 {
		t.Errorf("of a prefix: %d, %v", n, err)
	}
	left := 0
	for v, err := range b.ObjectVersions(ctx, &ibmcos.ListObjectVersionsInput{MaxKeys: new(int32(1))}) {
		if left++; err != nil || v.Key != "ab" && v.Key != "c" {
			t.Errorf("left: %+v, %v", v, err)
		}
	}
	if left != 4 {
		t.Errorf("%d versions are left", left)
	}
	if n, err := b.DeleteAllVersions(ctx, nil); err != nil || n != 6 {
		t.Errorf("all versions: %d, %v", n, err)
	}
	call(t, b.Delete, nil)
}

// TestDeleteVersionsOfAnyOrder has a server list a longer key before the one whose
// versions are to go. A page of longer keys alone ends it: there may be thousands.
func TestDeleteVersionsOfAnyOrder(t *testing.T) {
	c := canned(t, func(r *http.Request, body string) answer {
		switch {
		case r.Method == "POST" && strings.Contains(body, "<Key>a</Key><VersionId>1</VersionId>") && !strings.Contains(body, "ab"):
			return answer{status: 200, body: "<DeleteResult><Deleted><Key>a</Key><VersionId>1</VersionId></Deleted></DeleteResult>"}
		case r.Method == "POST":
			return answer{status: 400, body: "<Error><Code>MalformedXML</Code></Error>"}
		case r.URL.Query().Get("key-marker") == "":
			return answer{status: 200, body: "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>ab</NextKeyMarker><Version><Key>ab</Key><VersionId>2</VersionId></Version><Version><Key>a</Key><VersionId>1</VersionId></Version></ListVersionsResult>"}
		case r.URL.Query().Get("key-marker") == "ab":
			return answer{status: 200, body: "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>ac</NextKeyMarker><Version><Key>ac</Key><VersionId>2</VersionId></Version></ListVersionsResult>"}
		}
		t.Errorf("asked for one page too many: %v", r.URL)
		return answer{status: 200, body: "<ListVersionsResult></ListVersionsResult>"}
	})
	if n, err := c.Bucket("photos").Object("a").DeleteVersions(t.Context(), nil); err != nil || n != 1 {
		t.Errorf("%d, %v; want 1", n, err)
	}
}

// TestListLegalHoldsOfAMirror has the handle read from the mirror that its
// template names, unless the call names another.
func TestListLegalHoldsOfAMirror(t *testing.T) {
	var got string
	c := canned(t, func(r *http.Request, _ string) answer {
		got = r.Header.Get("Mirror-Destination")
		return answer{status: 200, body: "<RetentionState/>"}
	})
	o := c.Bucket("photos").With(ibmcos.Template{Get: ibmcos.GetObjectInput{MirrorDestination: "east"}}).Object("a")
	for want, in := range map[string]*ibmcos.ListLegalHoldsInput{"east": nil, "west": {MirrorDestination: "west"}} {
		if call(t, o.ListLegalHolds, in); got != want {
			t.Errorf("the mirror is %q, want %q", got, want)
		}
	}
}

// TestHandlesPrintNoSecrets prints handles in every way that package fmt has.
func TestHandlesPrintNoSecrets(t *testing.T) {
	const key, apiKey = "Y3VzdG9tZXIta2V5LXRoYXQtbm9ib2R5LW1heXNlZSE=", "anApiKeyThatNobodyMaySee"
	c := newClient(t, ibmcos.Config{Region: "us-south", Credentials: credentials.IBMIAM(apiKey)})
	b := c.Bucket("photos").With(ibmcos.Template{Put: ibmcos.PutObjectInput{SSECustomerKey: key}, Get: ibmcos.GetObjectInput{SSECustomerKey: key}})
	o, u := b.Object("a").Version("v"), b.Object("a").Upload("u")
	var text strings.Builder
	for _, v := range []any{b, *b, o, *o, u, *u} {
		fmt.Fprintf(&text, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
	}
	for _, secret := range []string{key, apiKey} {
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), strings.Trim(fmt.Sprint([]byte(secret)), "[]"), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if strings.Contains(text.String(), form) {
				t.Errorf("a secret is printed: %s", form)
			}
		}
	}
	if got, want := fmt.Sprint(b, o, u), `bucket "photos" version "v" of object "a" in bucket "photos" upload "u" of object "a" in bucket "photos"`; got != want {
		t.Errorf("the handles print as %s, want %s", got, want)
	}
}
