package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// serve starts a server with the bucket "photos" and makes a client of it.
func serve(t testing.TB, opts ...storagetest.Option) (*storagetest.S3, *s3.Client) {
	t.Helper()
	srv := storagetest.NewS3(opts...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	return srv, newClient(t, srv.Config())
}

// newClient makes a client that waits little between attempts.
func newClient(t testing.TB, c s3.Config) *s3.Client {
	t.Helper()
	c.Retry.MinWait, c.Retry.MaxWait = time.Microsecond, time.Millisecond
	client, err := s3.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func put(t testing.TB, c *s3.Client, key, content string) *s3.PutObjectOutput {
	t.Helper()
	out, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t testing.TB, c *s3.Client, key string) string {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	content, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func etag(content string) string {
	sum := md5.Sum([]byte(content))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// same compares answers without what differs from run to run.
func same(t *testing.T, what string, got, want any, ignore ...cmp.Option) {
	t.Helper()
	ignore = append(ignore, cmpopts.IgnoreTypes(entrepot.ResponseMetadata{}, time.Time{}))
	if diff := cmp.Diff(want, got, ignore...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// call makes a call that must succeed.
func call[In, Out any](t testing.TB, operation func(context.Context, *In, ...s3.Option) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := operation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// roundTrips has a test of every operation, by its name.
var roundTrips = map[string]func(t *testing.T, srv *storagetest.S3, c *s3.Client){
	"CreateBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.CreateBucket, &s3.CreateBucketInput{Bucket: "vault"})
		same(t, "CreateBucket", out, &s3.CreateBucketOutput{Location: "/vault"}, cmpopts.IgnoreFields(s3.CreateBucketOutput{}, "BucketArn"))
		call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "vault"})

		_, c = serve(t, storagetest.WithRegion("eu-west-1"))
		_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: "vault"})
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Code != "IllegalLocationConstraintException" || e.Attempts != 1 {
			t.Errorf("without the region: %v", err)
		}
		call(t, c.CreateBucket, &s3.CreateBucketInput{
			Bucket:                    "vault",
			CreateBucketConfiguration: &s3.CreateBucketConfiguration{LocationConstraint: s3.BucketLocationConstraintEuWest1},
		})
	},
	"DeleteBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "k", "v")
		if _, err := c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: "photos"}); !errors.Is(err, s3.ErrBucketNotEmpty) {
			t.Errorf("a bucket with an object: %v, want ErrBucketNotEmpty", err)
		}
		call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"})
		out := call(t, c.DeleteBucket, &s3.DeleteBucketInput{Bucket: "photos"})
		if out.ResponseMetadata.StatusCode != 204 || out.ResponseMetadata.RequestID == "" || out.ResponseMetadata.HostID == "" {
			t.Errorf("metadata %+v", out.ResponseMetadata)
		}
		if _, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"}); !errors.Is(err, s3.ErrNoSuchBucket) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("HeadBucket of a deleted bucket: %v", err)
		}
	},
	"HeadBucket": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
		if out.BucketRegion != "us-east-1" {
			t.Errorf("region %q", out.BucketRegion)
		}
		srv.AddBucket(storagetest.BucketSetup{Name: "theirs", Owner: "210987654321"})
		_, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "theirs"})
		if !errors.Is(err, s3.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("somebody else's bucket: %v", err)
		}
	},
	"ListBuckets": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		srv.AddBucket(storagetest.BucketSetup{Name: "archive"})
		srv.AddBucket(storagetest.BucketSetup{Name: "vault"})
		var names []string
		for b, err := range paginator.Items(t.Context(), c.ListBuckets, &s3.ListBucketsInput{MaxBuckets: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			if b.CreationDate.IsZero() {
				t.Errorf("%s has no date", b.Name)
			}
			names = append(names, b.Name)
		}
		same(t, "names", names, []string{"archive", "photos", "vault"})
		out := call(t, c.ListBuckets, &s3.ListBucketsInput{Prefix: "va"})
		if len(out.Buckets) != 1 || out.Prefix != "va" || out.Owner.ID == "" {
			t.Errorf("with a prefix: %+v", out)
		}
	},
	"GetBucketLocation": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		if out := call(t, c.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: "photos"}); out.LocationConstraint != "" {
			t.Errorf("us-east-1 is %q, want empty", out.LocationConstraint)
		}
		srv.AddBucket(storagetest.BucketSetup{Name: "ireland", Region: "eu-west-1"})
		if out := call(t, c.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: "ireland"}); out.LocationConstraint != s3.BucketLocationConstraintEuWest1 {
			t.Errorf("eu-west-1 is %q", out.LocationConstraint)
		}
	},
	"PutObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "a", Body: strings.NewReader("hello, world")})
		same(t, "PutObject", out, &s3.PutObjectOutput{
			ETag: etag("hello, world"), ChecksumType: s3.ChecksumTypeFullObject, ChecksumCRC64NVME: "imGzfIgXKM8=", ServerSideEncryption: s3.ServerSideEncryptionAes256,
		})
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "a", IfNoneMatch: "*", Body: strings.NewReader("x")})
		if !errors.Is(err, s3.ErrPreconditionFailed) {
			t.Errorf("overwritten in spite of IfNoneMatch: %v", err)
		}
		if out := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "empty"}); out.ETag != etag("") {
			t.Errorf("no body: %+v", out)
		}
	},
	"GetObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		in := &s3.PutObjectInput{
			Bucket: "photos", Key: "dir/ü+%20 .jpg", Body: strings.NewReader("hello, world"),
			ContentType: "image/jpeg", ContentEncoding: "gzip", ContentLanguage: "en", ContentDisposition: `attachment; filename="x"`,
			CacheControl: "no-cache", Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Metadata: map[string]string{"Colour": "red", "shape": "round"},
		}
		call(t, c.PutObject, in)
		out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: in.Key})
		content, err := io.ReadAll(out.Body)
		if err != nil || string(content) != "hello, world" {
			t.Errorf("content %q, %v", content, err)
		}
		if err := out.Body.Close(); err != nil {
			t.Error(err)
		}
		if !out.Expires.Equal(in.Expires) || out.LastModified.IsZero() {
			t.Errorf("Expires %v, LastModified %v", out.Expires, out.LastModified)
		}
		same(t, "GetObject", out, &s3.GetObjectOutput{
			ContentLength: 12, AcceptRanges: "bytes", ETag: etag("hello, world"),
			ContentType: in.ContentType, ContentEncoding: in.ContentEncoding, ContentLanguage: in.ContentLanguage,
			ContentDisposition: in.ContentDisposition, CacheControl: in.CacheControl, ExpiresString: "Wed, 02 Jan 2030 03:04:05 GMT",
			Metadata: map[string]string{"colour": "red", "shape": "round"}, ChecksumType: s3.ChecksumTypeFullObject,
			ChecksumCRC64NVME: "imGzfIgXKM8=", ServerSideEncryption: s3.ServerSideEncryptionAes256,
		}, cmpopts.IgnoreFields(s3.GetObjectOutput{}, "Body"))
		if out.ResponseMetadata.Checksum != "CRC64NVME" {
			t.Errorf("verified by %q", out.ResponseMetadata.Checksum)
		}

		part := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: in.Key, Range: "bytes=7-8", ResponseContentType: "text/plain"})
		content, err = io.ReadAll(part.Body)
		part.Body.Close()
		if err != nil || string(content) != "wo" || part.ContentRange != "bytes 7-8/12" || part.ContentType != "text/plain" || part.ResponseMetadata.StatusCode != 206 {
			t.Errorf("range: %q, %v, %+v", content, err, part)
		}
		for name, test := range map[string]struct {
			in   s3.GetObjectInput
			want error
		}{
			"no key":      {s3.GetObjectInput{Bucket: "photos", Key: "none"}, s3.ErrNoSuchKey},
			"no bucket":   {s3.GetObjectInput{Bucket: "none", Key: "none"}, s3.ErrNoSuchBucket},
			"changed":     {s3.GetObjectInput{Bucket: "photos", Key: in.Key, IfMatch: `"x"`}, s3.ErrPreconditionFailed},
			"not changed": {s3.GetObjectInput{Bucket: "photos", Key: in.Key, IfNoneMatch: out.ETag}, s3.ErrNotModified},
			"beyond":      {s3.GetObjectInput{Bucket: "photos", Key: in.Key, Range: "bytes=12-"}, s3.ErrInvalidRange},
		} {
			if _, err := c.GetObject(t.Context(), &test.in); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
	},
	"HeadObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "k", "hello, world")
		out := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k", ChecksumMode: s3.ChecksumModeEnabled})
		if out.LastModified.IsZero() {
			t.Error("no LastModified")
		}
		same(t, "HeadObject", out, &s3.HeadObjectOutput{
			ContentLength: 12, AcceptRanges: "bytes", ETag: etag("hello, world"), ContentType: "application/octet-stream",
			ChecksumType: s3.ChecksumTypeFullObject, ChecksumCRC64NVME: "imGzfIgXKM8=", ServerSideEncryption: s3.ServerSideEncryptionAes256,
		})
		for name, test := range map[string]struct {
			in    s3.HeadObjectInput
			want  error
			class error
		}{
			"no key":      {s3.HeadObjectInput{Bucket: "photos", Key: "none"}, s3.ErrNoSuchKey, fs.ErrNotExist},
			"changed":     {s3.HeadObjectInput{Bucket: "photos", Key: "k", IfMatch: `"x"`}, s3.ErrPreconditionFailed, nil},
			"not changed": {s3.HeadObjectInput{Bucket: "photos", Key: "k", IfNoneMatch: out.ETag}, s3.ErrNotModified, nil},
			"beyond":      {s3.HeadObjectInput{Bucket: "photos", Key: "k", Range: "bytes=99-"}, s3.ErrInvalidRange, nil},
		} {
			_, err := c.HeadObject(t.Context(), &test.in)
			if !errors.Is(err, test.want) || test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
	},
	"DeleteObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "k", "v")
		call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"})
		call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"}) // nothing there is a success
		if _, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k"}); !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("after DeleteObject: %v", err)
		}
	},
	"DeleteObjects": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		put(t, c, "a & <b>", "1")
		put(t, c, "c", "2")
		out := call(t, c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{
			{Key: "a & <b>"}, {Key: "none"}, {Key: "c", ETag: `"other"`},
		}}})
		same(t, "DeleteObjects", out, &s3.DeleteObjectsOutput{
			Deleted: []s3.DeletedObject{{Key: "a & <b>"}, {Key: "none"}},
			Errors:  []s3.DeleteError{{Key: "c", Code: "PreconditionFailed"}},
		}, cmpopts.IgnoreFields(s3.DeleteError{}, "Message"))
		quiet := call(t, c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Quiet: new(true), Objects: []s3.ObjectIdentifier{{Key: "c"}}}})
		same(t, "quiet", quiet, &s3.DeleteObjectsOutput{})
		if list := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos"}); len(list.Contents) != 0 {
			t.Errorf("left behind: %+v", list.Contents)
		}
	},
	"CopyObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "a b+ü", Body: strings.NewReader("hello, world"), Metadata: map[string]string{"k": "v"}})
		out := call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: "photos", Key: "copy", CopySource: s3.CopySource("photos", "a b+ü", "")})
		if out.CopyObjectResult.ETag != etag("hello, world") || out.CopyObjectResult.LastModified.IsZero() || out.CopyObjectResult.ChecksumCRC64NVME != "imGzfIgXKM8=" {
			t.Errorf("CopyObject: %+v", out)
		}
		if got := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "copy"}); got.Metadata["k"] != "v" {
			t.Errorf("metadata of the copy: %v", got.Metadata)
		}
		_, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: "photos", Key: "copy", CopySource: s3.CopySource("photos", "none", "")})
		if !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("no source: %v", err)
		}
	},
	"ListObjectsV2": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keys := []string{"a", "b/1", "b/2", "c +%&<>\x01\u2028ü", "d"}
		for _, key := range keys {
			put(t, c, key, key)
		}
		var got []string
		for o, err := range paginator.Items(t.Context(), c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", MaxKeys: new(int32(2))}) {
			if err != nil {
				t.Fatal(err)
			}
			if o.Size != int64(len(o.Key)) || o.ETag != etag(o.Key) || o.LastModified.IsZero() {
				t.Errorf("%+v", o)
			}
			got = append(got, o.Key)
		}
		same(t, "keys", got, keys)
		out := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", Delimiter: "/", StartAfter: "a", FetchOwner: true})
		same(t, "ListObjectsV2", out, &s3.ListObjectsV2Output{
			Contents:       []s3.Object{entry(keys[3]), entry("d")},
			CommonPrefixes: []s3.CommonPrefix{{Prefix: "b/"}}, Name: "photos", KeyCount: 3, Delimiter: "/", StartAfter: "a", MaxKeys: 1000,
		}, cmpopts.IgnoreTypes(s3.Owner{}))
		if out.Contents[0].Owner.ID == "" {
			t.Error("no owner, though it was asked for")
		}
		if access := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", MaxKeys: new(int32(0))}); len(access.Contents) != 0 {
			t.Errorf("MaxKeys 0: %d keys", len(access.Contents))
		}
	},
	"ListObjects": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keys := []string{"a", "b/1", "b/2", "c +\x02", "d"}
		for _, key := range keys {
			put(t, c, key, key)
		}
		for _, delimiter := range []string{"", "/"} {
			var got []string
			for page, err := range paginator.Pages(t.Context(), c.ListObjects, &s3.ListObjectsInput{Bucket: "photos", Delimiter: delimiter, MaxKeys: new(int32(1))}) {
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range page.Contents {
					got = append(got, o.Key)
				}
				for _, p := range page.CommonPrefixes {
					got = append(got, p.Prefix)
				}
			}
			want := keys
			if delimiter != "" {
				want = []string{"a", "b/", "c +\x02", "d"}
			}
			same(t, "keys with delimiter "+delimiter, got, want)
		}
		out := call(t, c.ListObjects, &s3.ListObjectsInput{Bucket: "photos", Marker: "c +\x02", Prefix: "d"})
		same(t, "ListObjects", out, &s3.ListObjectsOutput{Contents: []s3.Object{entry("d")}, Name: "photos", Prefix: "d", Marker: "c +\x02", MaxKeys: 1000},
			cmpopts.IgnoreTypes(s3.Owner{}))
	},
	"CreateMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		out := call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: "k", ContentType: "image/png"})
		if out.UploadId == "" {
			t.Error("no UploadId")
		}
		same(t, "CreateMultipartUpload", out, &s3.CreateMultipartUploadOutput{
			Bucket: "photos", Key: "k", ChecksumAlgorithm: s3.ChecksumAlgorithmCrc64nvme, ChecksumType: s3.ChecksumTypeFullObject, ServerSideEncryption: s3.ServerSideEncryptionAes256,
		}, cmpopts.IgnoreFields(s3.CreateMultipartUploadOutput{}, "UploadId"))
	},
	"UploadPart": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		out := call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, Body: strings.NewReader("hello, world")})
		same(t, "UploadPart", out, &s3.UploadPartOutput{ETag: etag("hello, world"), ChecksumCRC64NVME: "imGzfIgXKM8=", ServerSideEncryption: s3.ServerSideEncryptionAes256})
		_, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: "none", PartNumber: 1, Body: strings.NewReader("x")})
		if !errors.Is(err, s3.ErrNoSuchUpload) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no upload: %v", err)
		}
	},
	"UploadPartCopy": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		content := strings.Repeat("0123456789", 600<<10)
		put(t, c, "source", content)
		id := begin(t, c, "k")
		out := call(t, c.UploadPartCopy, &s3.UploadPartCopyInput{
			Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, CopySource: s3.CopySource("photos", "source", ""), CopySourceRange: "bytes=10-5242889",
		})
		part := s3.CompletedPart{PartNumber: 1, ETag: out.CopyPartResult.ETag, ChecksumCRC64NVME: out.CopyPartResult.ChecksumCRC64NVME}
		if part.ETag != etag(content[10:5242890]) || out.CopyPartResult.LastModified.IsZero() || part.ChecksumCRC64NVME == "" {
			t.Errorf("UploadPartCopy: %+v", out)
		}
		call(t, c.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{
			Bucket: "photos", Key: "k", UploadId: id, MultipartUpload: &s3.CompletedMultipartUpload{Parts: []s3.CompletedPart{part}},
		})
		if got := get(t, c, "k"); got != content[10:5242890] {
			t.Errorf("content of %d bytes is another", len(got))
		}
	},
	"CompleteMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		content := strings.Repeat("0123456789", 600<<10)
		var parts []s3.CompletedPart
		for i, text := range []string{content, "the end"} {
			out := call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: int32(i + 1), Body: strings.NewReader(text)})
			parts = append(parts, s3.CompletedPart{PartNumber: int32(i + 1), ETag: out.ETag, ChecksumCRC64NVME: out.ChecksumCRC64NVME})
		}
		complete := func(parts ...s3.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
			return c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
				Bucket: "photos", Key: "k", UploadId: id, MpuObjectSize: new(int64(len(content) + 7)), MultipartUpload: &s3.CompletedMultipartUpload{Parts: parts},
			})
		}
		if _, err := complete(parts[1], parts[0]); !errors.Is(err, s3.ErrInvalidPartOrder) {
			t.Errorf("wrong order: %v", err)
		}
		if _, err := complete(s3.CompletedPart{PartNumber: 1, ETag: `"x"`}, parts[1]); !errors.Is(err, s3.ErrInvalidPart) {
			t.Errorf("wrong part: %v", err)
		}
		out, err := complete(parts...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.ETag, `-2"`) || out.Bucket != "photos" || out.Key != "k" || out.Location == "" || out.ChecksumType != s3.ChecksumTypeFullObject || out.ChecksumCRC64NVME == "" {
			t.Errorf("CompleteMultipartUpload: %+v", out)
		}
		if got := get(t, c, "k"); got != content+"the end" {
			t.Errorf("content of %d bytes is another", len(got))
		}
		second := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", PartNumber: 2})
		defer second.Body.Close()
		if text, err := io.ReadAll(second.Body); err != nil || string(text) != "the end" || second.PartsCount != 2 {
			t.Errorf("part 2 of %d: %q, %v", second.PartsCount, text, err)
		}
	},
	"AbortMultipartUpload": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "k")
		call(t, c.AbortMultipartUpload, &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "k", UploadId: id})
		if n := uploads(t, c); n != 0 {
			t.Errorf("%d uploads are left", n)
		}
		_, err := c.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: "photos", Key: "k", UploadId: id})
		if !errors.Is(err, s3.ErrNoSuchUpload) {
			t.Errorf("aborted twice: %v", err)
		}
	},
	"ListParts": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		id := begin(t, c, "a key+\x03")
		for n := range int32(3) {
			call(t, c.UploadPart, &s3.UploadPartInput{Bucket: "photos", Key: "a key+\x03", UploadId: id, PartNumber: n*2 + 1, Body: strings.NewReader(strings.Repeat("x", int(n)+1))})
		}
		var got []s3.Part
		for p, err := range paginator.Items(t.Context(), c.ListParts, &s3.ListPartsInput{Bucket: "photos", Key: "a key+\x03", UploadId: id, MaxParts: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		same(t, "parts", got, []s3.Part{
			{PartNumber: 1, ETag: etag("x"), Size: 1}, {PartNumber: 3, ETag: etag("xx"), Size: 2}, {PartNumber: 5, ETag: etag("xxx"), Size: 3},
		}, cmpopts.IgnoreFields(s3.Part{}, "ChecksumCRC64NVME"))
		if got[0].ChecksumCRC64NVME == "" || got[0].LastModified.IsZero() {
			t.Errorf("%+v", got[0])
		}
	},
	"ListMultipartUploads": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		var want []string
		for _, key := range []string{"a", "b c+\x04", "b c+\x04"} {
			want = append(want, key+" "+begin(t, c, key))
		}
		slices.Sort(want[1:])
		var got []string
		for u, err := range paginator.Items(t.Context(), c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos", MaxUploads: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			if u.Initiated.IsZero() || u.Initiator.ID == "" || u.ChecksumAlgorithm != s3.ChecksumAlgorithmCrc64nvme {
				t.Errorf("%+v", u)
			}
			got = append(got, u.Key+" "+u.UploadId)
		}
		slices.Sort(got[1:])
		same(t, "uploads", got, want)
	},
	"PutBucketLifecycleConfiguration": lifecycle,
	"GetBucketLifecycleConfiguration": lifecycle,
	"DeleteBucketLifecycle":           lifecycle,
	"PutBucketLifecycle":              oldLifecycle,
	"GetBucketLifecycle":              oldLifecycle,
}

func entry(key string) s3.Object {
	return s3.Object{
		Key: key, Size: int64(len(key)), ETag: etag(key), StorageClass: s3.ObjectStorageClassStandard,
		ChecksumAlgorithm: []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmCrc64nvme}, ChecksumType: s3.ChecksumTypeFullObject,
	}
}

func begin(t testing.TB, c *s3.Client, key string) (uploadID string) {
	t.Helper()
	return call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: key}).UploadId
}

// uploads counts the multipart uploads that are under way.
func uploads(t testing.TB, c *s3.Client) int {
	t.Helper()
	return len(call(t, c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos"}).Uploads)
}

func lifecycle(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	rules := []s3.LifecycleRule{
		{
			ID: "all", Status: s3.ExpirationStatusEnabled, Filter: &s3.LifecycleRuleFilter{},
			Transitions: []s3.Transition{{Days: new(int32(0)), StorageClass: s3.TransitionStorageClassGlacier}},
		},
		{
			ID: "logs", Status: s3.ExpirationStatusDisabled,
			Filter: &s3.LifecycleRuleFilter{And: &s3.LifecycleRuleAndOperator{
				Prefix: "logs/", Tags: []s3.Tag{{Key: "a", Value: ""}}, ObjectSizeGreaterThan: new(int64(1)),
			}},
			Expiration:                     &s3.LifecycleExpiration{Days: new(int32(30))},
			AbortIncompleteMultipartUpload: nil,
		},
		{
			ID: "uploads", Status: s3.ExpirationStatusEnabled, Filter: &s3.LifecycleRuleFilter{Prefix: new("")},
			AbortIncompleteMultipartUpload: &s3.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
		},
	}
	call(t, c.PutBucketLifecycleConfiguration, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: "photos", LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: rules},
	})
	out := call(t, c.GetBucketLifecycleConfiguration, &s3.GetBucketLifecycleConfigurationInput{Bucket: "photos"})
	same(t, "rules", out.Rules, rules)
	call(t, c.DeleteBucketLifecycle, &s3.DeleteBucketLifecycleInput{Bucket: "photos"})
	_, err := c.GetBucketLifecycleConfiguration(t.Context(), &s3.GetBucketLifecycleConfigurationInput{Bucket: "photos"})
	if !errors.Is(err, s3.ErrNoSuchLifecycleConfiguration) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after DeleteBucketLifecycle: %v", err)
	}
}

func oldLifecycle(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	rules := []s3.Rule{{
		ID: "logs", Prefix: "logs/", Status: s3.ExpirationStatusEnabled,
		Transition: &s3.Transition{Days: new(int32(30)), StorageClass: s3.TransitionStorageClassStandardIa},
		Expiration: &s3.LifecycleExpiration{Days: new(int32(60))},
	}}
	call(t, c.PutBucketLifecycle, &s3.PutBucketLifecycleInput{Bucket: "photos", LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: rules}})
	out := call(t, c.GetBucketLifecycle, &s3.GetBucketLifecycleInput{Bucket: "photos"})
	same(t, "rules", out.Rules, rules)
}

func TestRoundTrip(t *testing.T) {
	for name, test := range roundTrips {
		t.Run(name, func(t *testing.T) {
			srv, c := serve(t)
			test(t, srv, c)
		})
	}
}

// TestEveryOperationHasARoundTrip finds an operation that was added without one.
func TestEveryOperationHasARoundTrip(t *testing.T) {
	var operations []string
	client := reflect.TypeFor[*s3.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.IsVariadic() && m.Type.NumIn() == 4 && m.Type.In(3) == reflect.TypeFor[[]s3.Option]() {
			operations = append(operations, m.Name)
		}
	}
	if diff := cmp.Diff(operations, slices.Sorted(maps.Keys(roundTrips))); diff != "" || len(operations) < 25 {
		t.Errorf("operations and their tests (-operation +test):\n%s", diff)
	}
}

// TestKeys stores an object under keys that others have lost on the way.
func TestKeys(t *testing.T) {
	keys := []string{
		"photos", "photos/x", "/photos/x", "a//b", "//", "/", "/lead", "trail/", ".", "..", "../x", "a/../b", "a/./b", "./a",
		"+", "a+b c", "%2F", "%", "a%20b", "?x=1", "#frag", "&amp;<>\"'", "a;b=c,d", "\\", "*", "~-_.", "é", "日本", "e\u0301", "\u00a0",
	}
	var all []rune
	for r := range rune(256) { // as characters: S3's keys are UTF-8
		all = append(all, r)
		keys = append(keys, string(r), "a"+string(r)+"z")
	}
	keys = append(keys, string(all), strings.Repeat("k", 1024))
	slices.Sort(keys)
	keys = slices.Compact(keys)

	for _, virtual := range []bool{false, true} {
		srv := storagetest.NewS3()
		defer srv.Close()
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		config := srv.Config()
		if virtual {
			config.PathStyle, config.VirtualHost = false, true
			config.Endpoint = strings.Replace(config.Endpoint, "127.0.0.1", "localhost", 1)
		}
		c := newClient(t, config)
		for _, key := range keys {
			if out := put(t, c, key, "content of "+key); out.ETag != etag("content of "+key) {
				t.Errorf("%q: ETag %s", key, out.ETag)
			}
		}
		for _, key := range keys {
			if got := get(t, c, key); got != "content of "+key {
				t.Errorf("%q has %q (virtual host: %t)", key, got, virtual)
			}
		}
		var listed []string
		for o, err := range paginator.Items(t.Context(), c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", MaxKeys: new(int32(100))}) {
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, o.Key)
		}
		if diff := cmp.Diff(keys, listed); diff != "" {
			t.Errorf("listed (virtual host: %t) (-want +got):\n%s", virtual, diff)
		}
		for _, r := range srv.Requests() {
			if inPath := strings.HasPrefix(r.Path, "/photos"); r.Operation == "ListObjectsV2" && inPath == virtual {
				t.Errorf("virtual host %t: the path is %s", virtual, r.Path)
			}
		}
	}
}

// TestBodies sends bodies of every kind and size, and reads them back.
func TestBodies(t *testing.T) {
	_, c := serve(t)
	_, secure := serve(t, storagetest.WithTLS())
	large := strings.Repeat("0123456789abcdef", 20<<10)
	type once struct{ io.Reader }
	for scheme, c := range map[string]*s3.Client{"http": c, "https": secure} {
		for name, body := range map[string]struct {
			reader io.Reader
			length int64
			want   string
		}{
			"empty":                  {strings.NewReader(""), 0, ""},
			"empty, read once":       {once{strings.NewReader("")}, 0, ""},
			"small":                  {strings.NewReader("small"), 0, "small"},
			"large":                  {strings.NewReader(large), 0, large},
			"buffer":                 {bytes.NewBufferString(large), 0, large},
			"from where it stands":   {advanced(large, 1000), 0, large[1000:]},
			"read once, with length": {once{strings.NewReader(large)}, int64(len(large)), large},
			"read once, unknown":     {once{strings.NewReader(large)}, 0, large},
			"seeker":                 {&seeker{strings.NewReader(large)}, 0, large},
		} {
			_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: name, Body: body.reader, ContentLength: body.length})
			if err != nil {
				t.Errorf("%s, %s: %v", scheme, name, err)
			} else if got := get(t, c, name); got != body.want {
				t.Errorf("%s, %s: stored %d bytes, want %d", scheme, name, len(got), len(body.want))
			}
		}
	}
}

func advanced(s string, n int64) *strings.Reader {
	r := strings.NewReader(s)
	r.Seek(n, io.SeekStart)
	return r
}

// seeker hides everything else that a strings.Reader can do.
type seeker struct{ r *strings.Reader }

func (s *seeker) Read(p []byte) (int, error)                { return s.r.Read(p) }
func (s *seeker) Seek(off int64, whence int) (int64, error) { return s.r.Seek(off, whence) }

// TestEncodedLists leaves an encoding alone that the caller has asked for.
func TestEncodedLists(t *testing.T) {
	_, c := serve(t)
	put(t, c, "a b+c", "")
	for asked, want := range map[s3.EncodingType]string{"": "a b+c", s3.EncodingTypeUrl: "a+b%2Bc"} {
		out := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", EncodingType: asked})
		if out.Contents[0].Key != want || out.EncodingType != asked {
			t.Errorf("asked for %q: key %q, encoding %q", asked, out.Contents[0].Key, out.EncodingType)
		}
	}
}

// TestCustomerKeys computes the MD5 of keys, which the server checks.
func TestCustomerKeys(t *testing.T) {
	_, c := serve(t, storagetest.WithTLS())
	const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("secret"), SSECustomerAlgorithm: "AES256", SSECustomerKey: key})
	out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", SSECustomerAlgorithm: "AES256", SSECustomerKey: key})
	defer out.Body.Close()
	if text, err := io.ReadAll(out.Body); err != nil || string(text) != "secret" || out.SSECustomerKeyMD5 == "" {
		t.Errorf("%q, %v, MD5 of the key %q", text, err, out.SSECustomerKeyMD5)
	}
	if _, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k"}); err == nil {
		t.Error("read without the key")
	}
	call(t, c.CopyObject, &s3.CopyObjectInput{
		Bucket: "photos", Key: "plain", CopySource: s3.CopySource("photos", "k", ""), CopySourceSSECustomerAlgorithm: "AES256", CopySourceSSECustomerKey: key,
	})
	if got := get(t, c, "plain"); got != "secret" {
		t.Errorf("the copy has %q", got)
	}
}
