package s3_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestExpiresThatIsNoDate reads objects whose Expires others have filled with
// what they liked.
func TestExpiresThatIsNoDate(t *testing.T) {
	srv, c := serve(t)
	for _, test := range []struct {
		stored string
		want   time.Time
	}{
		{stored: "0"},
		{stored: "-1"},
		{stored: "tomorrow"},
		{stored: "2030-01-02 03:04"},
		{stored: "Wed, 02 Jan 2030 03:04:05 GMT", want: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)},
	} {
		signed, err := s3.Presign(t.Context(), c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, strings.NewReader("content"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Expires", test.stored)
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status)
		}
		call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: "photos", Key: "copy", CopySource: s3.CopySource("photos", "k", "")})
		for _, key := range []string{"k", "copy"} {
			out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: key})
			out.Body.Close()
			head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: key})
			if !out.Expires.Equal(test.want) || out.ExpiresString != test.stored || !head.Expires.Equal(test.want) || head.ExpiresString != test.stored {
				t.Errorf("%q of %s: GetObject %v, %q; HeadObject %v, %q", test.stored, key, out.Expires, out.ExpiresString, head.Expires, head.ExpiresString)
			}
		}
		if info, err := c.Bucket("photos").Stat(t.Context(), "k", ""); err != nil || info.Size != 7 {
			t.Errorf("Stat of %q: %+v, %v", test.stored, info, err)
		}
	}
	at := time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)
	out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", ResponseExpires: at})
	out.Body.Close()
	if !out.Expires.Equal(at) {
		t.Errorf("Expires that was asked for: %v", out.Expires)
	}
}

// TestRanges reads ranges of the versions of an object.
func TestRanges(t *testing.T) {
	_, c := serve(t)
	keepVersions(t, c)
	old := put(t, c, "k", "abcdefghij").VersionId
	put(t, c, "k", "0123456789")
	for _, test := range []struct {
		name, version, spec string
		want, contentRange  string // contentRange: empty for the whole
		err                 error
	}{
		{name: "first byte", spec: "bytes=0-0", want: "0", contentRange: "bytes 0-0/10"},
		{name: "middle", spec: "bytes=3-5", want: "345", contentRange: "bytes 3-5/10"},
		{name: "middle of another version", version: old, spec: "bytes=3-5", want: "def", contentRange: "bytes 3-5/10"},
		{name: "open", spec: "bytes=7-", want: "789", contentRange: "bytes 7-9/10"},
		{name: "beyond the end", spec: "bytes=7-100", want: "789", contentRange: "bytes 7-9/10"},
		{name: "suffix", spec: "bytes=-2", want: "89", contentRange: "bytes 8-9/10"},
		{name: "longer suffix", version: old, spec: "bytes=-20", want: "abcdefghij", contentRange: "bytes 0-9/10"},
		{name: "several", spec: "bytes=0-1,4-5", want: "0123456789"},
		{name: "backwards", spec: "bytes=5-3", want: "0123456789"},
		{name: "another unit", spec: "lines=1-2", want: "0123456789"},
		{name: "behind the end", spec: "bytes=10-", err: s3.ErrInvalidRange},
		{name: "empty suffix", version: old, spec: "bytes=-0", err: s3.ErrInvalidRange},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k", VersionId: test.version, Range: test.spec})
			if !errors.Is(err, test.err) {
				t.Fatalf("GetObject: %v, want %v", err, test.err)
			}
			head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "photos", Key: "k", VersionId: test.version, Range: test.spec})
			if !errors.Is(err, test.err) {
				t.Fatalf("HeadObject: %v, want %v", err, test.err)
			}
			if test.err != nil {
				return
			}
			body, err := io.ReadAll(out.Body)
			out.Body.Close()
			if err != nil || string(body) != test.want || out.ContentRange != test.contentRange || out.ContentLength != int64(len(test.want)) {
				t.Errorf("GetObject: %q, %v, %q, length %d", body, err, out.ContentRange, out.ContentLength)
			}
			if head.ContentRange != test.contentRange || head.ContentLength != int64(len(test.want)) {
				t.Errorf("HeadObject: %q, length %d", head.ContentRange, head.ContentLength)
			}
		})
	}
}

// TestCopies makes copies under conditions, and with properties of their own.
func TestCopies(t *testing.T) {
	_, c := serve(t)
	keepVersions(t, c)
	source := call(t, c.PutObject, &s3.PutObjectInput{
		Bucket: "photos", Key: "k", Body: strings.NewReader("content"), ContentType: "text/x", Metadata: map[string]string{"one": "1"},
		Tagging: "a=1", WebsiteRedirectLocation: "/elsewhere",
	})
	put(t, c, "k", "newer")
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "cold", StorageClass: s3.StorageClassGlacier})
	from := s3.CopySource("photos", "k", source.VersionId)
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for _, test := range []struct {
		name string
		in   s3.CopyObjectInput
		err  error
	}{
		{name: "of a version", in: s3.CopyObjectInput{CopySource: from}},
		{name: "of a version that is as expected", in: s3.CopyObjectInput{CopySource: from, CopySourceIfMatch: source.ETag, CopySourceIfModifiedSince: past}},
		{name: "of a version that is not as expected", in: s3.CopyObjectInput{CopySource: from, CopySourceIfMatch: `"x"`}, err: s3.ErrPreconditionFailed},
		{name: "unless it is that version", in: s3.CopyObjectInput{CopySource: from, CopySourceIfNoneMatch: source.ETag}, err: s3.ErrPreconditionFailed},
		{name: "if it has changed", in: s3.CopyObjectInput{CopySource: from, CopySourceIfModifiedSince: future}, err: s3.ErrPreconditionFailed},
		{name: "if it has not changed", in: s3.CopyObjectInput{CopySource: from, CopySourceIfUnmodifiedSince: past}, err: s3.ErrPreconditionFailed},
		{name: "onto what must not be there", in: s3.CopyObjectInput{CopySource: from, Key: "k", IfNoneMatch: "*"}, err: s3.ErrPreconditionFailed},
		{name: "onto another object than expected", in: s3.CopyObjectInput{CopySource: from, Key: "k", IfMatch: source.ETag}, err: s3.ErrPreconditionFailed},
		{name: "onto what is not there", in: s3.CopyObjectInput{CopySource: from, Key: "none", IfMatch: source.ETag}, err: s3.ErrNoSuchKey},
		{name: "onto itself", in: s3.CopyObjectInput{CopySource: s3.CopySource("photos", "k", ""), Key: "k"}, err: s3.ErrInvalidRequest},
		{name: "of an archived object", in: s3.CopyObjectInput{CopySource: s3.CopySource("photos", "cold", "")}, err: s3.ErrObjectNotInActiveTier},
		{name: "of no version", in: s3.CopyObjectInput{CopySource: s3.CopySource("photos", "k", strings.Repeat("0", 32))}, err: s3.ErrNoSuchVersion},
		{name: "from no bucket", in: s3.CopyObjectInput{CopySource: s3.CopySource("none", "k", "")}, err: s3.ErrNoSuchBucket},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.in.Bucket = "photos"
			if test.in.Key == "" {
				test.in.Key = "copy"
			}
			out, err := c.CopyObject(t.Context(), &test.in)
			if !errors.Is(err, test.err) {
				t.Fatalf("CopyObject: %v, want %v", err, test.err)
			}
			if test.err != nil {
				return
			}
			if out.CopySourceVersionId != source.VersionId || out.VersionId == "" || get(t, c, "copy") != "content" {
				t.Errorf("CopyObject: %+v", out)
			}
		})
	}
	type properties struct {
		ContentType, Redirect string
		Metadata              map[string]string
		Class                 s3.StorageClass
		Tags                  []s3.Tag
	}
	describe := func() properties {
		head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "copy"})
		tags := call(t, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: "photos", Key: "copy"})
		return properties{head.ContentType, head.WebsiteRedirectLocation, head.Metadata, head.StorageClass, tags.TagSet}
	}
	want := properties{ContentType: "text/x", Metadata: map[string]string{"one": "1"}, Tags: []s3.Tag{{Key: "a", Value: "1"}}}
	if diff := cmp.Diff(want, describe()); diff != "" {
		t.Errorf("what a copy takes along (-want +got):\n%s", diff)
	}
	call(t, c.CopyObject, &s3.CopyObjectInput{
		Bucket: "photos", Key: "copy", CopySource: from, MetadataDirective: s3.MetadataDirectiveReplace, ContentType: "text/y", Metadata: map[string]string{"two": "2"},
		TaggingDirective: s3.TaggingDirectiveReplace, Tagging: "b=2", StorageClass: s3.StorageClassStandardIa, WebsiteRedirectLocation: "/there",
	})
	want = properties{"text/y", "/there", map[string]string{"two": "2"}, s3.StorageClassStandardIa, []s3.Tag{{Key: "b", Value: "2"}}}
	if diff := cmp.Diff(want, describe()); diff != "" {
		t.Errorf("what a copy has of its own (-want +got):\n%s", diff)
	}
}

// TestConditionalDeletes deletes versions only when they are what they should
// be.
func TestConditionalDeletes(t *testing.T) {
	srv, c := serve(t)
	srv.AddBucket(storagetest.BucketSetup{Name: "paused", Versioning: "Suspended"})
	for _, bucket := range []string{"photos", "paused"} {
		out := call(t, c.PutObject, &s3.PutObjectInput{Bucket: bucket, Key: "k", Body: strings.NewReader("content")})
		for name, in := range map[string]s3.DeleteObjectInput{
			"another ETag":            {IfMatch: `"x"`},
			"another size":            {IfMatchSize: new(int64(8))},
			"another date":            {IfMatchLastModifiedTime: time.Unix(1e9, 0)},
			"another ETag, by its id": {IfMatch: `"x"`, VersionId: "null"},
		} {
			in.Bucket, in.Key = bucket, "k"
			if _, err := c.DeleteObject(t.Context(), &in); !errors.Is(err, s3.ErrPreconditionFailed) {
				t.Errorf("%s in %s: %v", name, bucket, err)
			}
		}
		head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: bucket, Key: "k"})
		gone := call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: bucket, Key: "k", IfMatch: out.ETag, IfMatchSize: new(int64(7)), IfMatchLastModifiedTime: head.LastModified})
		if hidden := bucket == "paused"; gone.DeleteMarker != hidden || hidden && gone.VersionId != "null" {
			t.Errorf("%s: %+v", bucket, gone)
		}
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: "k", IfMatch: "*"}); !errors.Is(err, s3.ErrNoSuchKey) {
			t.Errorf("deleted again in %s: %v", bucket, err)
		}
	}
}
