package s3_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var objectTrips = trips{
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
		out, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{
			{Key: "a & <b>"}, {Key: "none"}, {Key: "c", ETag: `"other"`},
		}}})
		if !errors.Is(err, s3.ErrPreconditionFailed) || out == nil {
			t.Fatalf("DeleteObjects: %v, %v", out, err)
		}
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
}
