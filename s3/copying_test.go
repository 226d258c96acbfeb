package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// inParts is a bucket that copies next to nothing in one request.
type inParts struct{ *s3.BucketHandle }

func (b inParts) Limits(ctx context.Context) (transfer.Limits, error) {
	l, err := b.BucketHandle.Limits(ctx)
	l.MaxCopy = l.MinPart
	return l, err
}

// destinations are those to which a server copies in one request and in parts.
func destinations(b *s3.BucketHandle) map[string]transfer.Bucket {
	return map[string]transfer.Bucket{"in one request": b, "in parts": inParts{b}}
}

// TestCopyIfAbsentWhereServersPassOverIt copies at servers that would replace what is
// there, as versitygw, MinIO and moto do when CopyObject has If-None-Match.
func TestCopyIfAbsentWhereServersPassOverIt(t *testing.T) {
	srv, c := serveKind(t, s3.ServerMinIO)
	b := c.Bucket("photos")
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "from", Body: strings.NewReader("new"), Tagging: "a=b"})
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "empty"})
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "there", Body: strings.NewReader("old")})
	for _, from := range []string{"from", "empty"} {
		if _, err := transfer.Copy(t.Context(), b, "there", b, from, transfer.WithIfAbsent()); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a copy of %q to where something is: %v", from, err)
		}
		info, err := transfer.Copy(t.Context(), b, "copy of "+from, b, from, transfer.WithIfAbsent())
		if err != nil || info.Copied != (from == "from") {
			t.Errorf("a copy of %q: %+v, %v", from, info, err)
		}
	}
	for key, want := range map[string]string{"there": "old", "copy of from": "new", "copy of empty": ""} {
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), b, key, &got); err != nil || got.String() != want {
			t.Errorf("%s: %q, %v", key, &got, err)
		}
	}
	tags := call(t, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: "photos", Key: "copy of from"})
	if diff := cmp.Diff([]s3.Tag{{Key: "a", Value: "b"}}, tags.TagSet); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if strings.Contains(operations(srv), "CopyObject") {
		t.Error("CopyObject was asked for a condition that it may pass over")
	}
	if left := call(t, c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos"}); len(left.Uploads) > 0 {
		t.Errorf("uploads are left: %+v", left.Uploads)
	}
}

func TestCopyCarries(t *testing.T) {
	_, c := serve(t)
	b := c.Bucket("photos")
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	source := s3.PutObjectInput{
		Bucket: "photos", Key: "from", Body: bytes.NewReader(pattern(12 << 20)), Tagging: "a=b&c=%20d%2F",
		ContentType: "text/plain", CacheControl: "max-age=1", ContentLanguage: "de", Expires: expires, WebsiteRedirectLocation: "/there",
		Metadata: map[string]string{"color": "red"},
	}
	call(t, c.PutObject, &source)

	for name, dst := range destinations(b) {
		info, err := transfer.Copy(t.Context(), dst, "to", b, "from")
		if err != nil || !info.Copied {
			t.Fatalf("%s: %+v, %v", name, info, err)
		}
		got := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "to"})
		same := []bool{
			got.ContentType == source.ContentType, got.CacheControl == source.CacheControl, got.ContentLanguage == source.ContentLanguage,
			got.Expires.Equal(expires), got.Metadata["color"] == "red",
		}
		if slices.Contains(same, false) {
			t.Errorf("%s: %v: %+v", name, same, got)
		}
		tags := call(t, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: "photos", Key: "to"})
		if diff := cmp.Diff([]s3.Tag{{Key: "a", Value: "b"}, {Key: "c", Value: " d/"}}, tags.TagSet); diff != "" {
			t.Errorf("%s: tags (-want +got):\n%s", name, diff)
		}
	}

	// What the template sets goes before, and the rest is carried none the less.
	put := s3.PutObjectInput{ContentType: "image/png", Tagging: "e=f", StorageClass: s3.StorageClassStandardIa}
	for name, dst := range destinations(b.With(s3.Template{Put: put})) {
		if _, err := transfer.Copy(t.Context(), dst, "to", b, "from"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "to"})
		same := []bool{
			got.ContentType == "image/png", got.CacheControl == source.CacheControl, got.Expires.Equal(expires),
			got.Metadata["color"] == "red", got.StorageClass == s3.StorageClassStandardIa,
		}
		if slices.Contains(same, false) {
			t.Errorf("%s, with a template: %v: %+v", name, same, got)
		}
		tags := call(t, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: "photos", Key: "to"})
		if diff := cmp.Diff([]s3.Tag{{Key: "e", Value: "f"}}, tags.TagSet); diff != "" {
			t.Errorf("%s, with a template: tags (-want +got):\n%s", name, diff)
		}
	}
}

func TestCopyWithKeysOfCustomers(t *testing.T) {
	const one, two = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI="
	_, c := serve(t, storagetest.WithTLS())
	content := pattern(12 << 20)
	keyed := func(key s3.PutObjectInput, get s3.GetObjectInput) *s3.BucketHandle {
		return c.Bucket("photos").With(s3.Template{Put: key, Get: get})
	}
	src := keyed(s3.PutObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: one}, s3.GetObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: one})
	dst := keyed(s3.PutObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: two}, s3.GetObjectInput{SSECustomerAlgorithm: "AES256", SSECustomerKey: two})
	if _, err := transfer.Upload(t.Context(), src, "from", bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	for name, to := range destinations(dst) {
		info, err := transfer.Copy(t.Context(), to, "to", src, "from")
		if err != nil || !info.Copied {
			t.Fatalf("%s: %+v, %v", name, info, err)
		}
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), dst, "to", &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%s: %d bytes, %v", name, got.Len(), err)
		}
		if _, err := transfer.DownloadTo(t.Context(), src, "to", &got); err == nil {
			t.Errorf("%s: the copy has the key of the source", name)
		}
	}
}

// TestCopyWithoutPermissionToCopy streams: whoever may not copy may read here and
// write there.
func TestCopyWithoutPermissionToCopy(t *testing.T) {
	srv, c := serve(t)
	b := c.Bucket("photos")
	content := pattern(12 << 20)
	if _, err := transfer.Upload(t.Context(), b, "from", bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	for _, operation := range []string{"CopyObject", "UploadPartCopy"} {
		for _, status := range []int{403, 501} {
			srv.Inject(storagetest.Fault{Operation: operation, Status: status})
		}
	}
	for name, dst := range destinations(b) {
		info, err := transfer.Copy(t.Context(), dst, "to", b, "from")
		if err != nil || info.Copied || info.Size != int64(len(content)) {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), b, "to", &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%s: %d bytes, %v", name, got.Len(), err)
		}
	}
	if left := call(t, c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos"}); len(left.Uploads) > 0 {
		t.Errorf("uploads are left: %+v", left.Uploads)
	}
}

// TestListAtServersWithoutStartAfter gets names that were not asked for.
func TestListAtServersWithoutStartAfter(t *testing.T) {
	srv, c := serve(t)
	srv.Inject(storagetest.Fault{Operation: "ListObjectsV2", Body: func([]byte) []byte {
		return []byte(`<ListBucketResult><Name>photos</Name><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>
			<Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>b</Key><Size>1</Size></Contents><Contents><Key>c</Key><Size>1</Size></Contents>
		</ListBucketResult>`)
	}})
	var names []string
	for info, err := range c.Bucket("photos").List(t.Context(), transfer.Listing{After: "a"}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	if !slices.Equal(names, []string{"b", "c"}) {
		t.Errorf("%q", names)
	}
}
