package s3_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

var versionTrips = trips{
	"PutBucketVersioning": versioning,
	"GetBucketVersioning": versioning,
	"ListObjectVersions": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keepVersions(t, c)
		a1, a2 := put(t, c, "a", "a").VersionId, put(t, c, "a", "a").VersionId
		hidden := "h +%\x01"
		h1 := put(t, c, hidden, hidden).VersionId
		h2 := call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: hidden}).VersionId
		put(t, c, "p/1", "")
		version := func(key, id string, latest bool) s3.ObjectVersion {
			return s3.ObjectVersion{
				Key: key, VersionId: id, IsLatest: latest, Size: int64(len(key)), ETag: etag(key), StorageClass: s3.ObjectVersionStorageClassStandard,
				ChecksumAlgorithm: []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmCrc64nvme}, ChecksumType: s3.ChecksumTypeFullObject,
			}
		}
		versions := []s3.ObjectVersion{version("a", a2, true), version("a", a1, false), version(hidden, h1, false)}
		markers := []s3.DeleteMarkerEntry{{Key: hidden, VersionId: h2, IsLatest: true}}
		out := call(t, c.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: "photos", Delimiter: "/"})
		same(t, "ListObjectVersions", out, &s3.ListObjectVersionsOutput{
			Versions: versions, DeleteMarkers: markers, CommonPrefixes: []s3.CommonPrefix{{Prefix: "p/"}}, Name: "photos", Delimiter: "/", MaxKeys: 1000,
		}, cmpopts.IgnoreTypes(s3.Owner{}))
		if v, m := out.Versions[0], out.DeleteMarkers[0]; v.Owner.ID == "" || v.LastModified.IsZero() || m.Owner.ID == "" || m.LastModified.IsZero() {
			t.Errorf("%+v, %+v", v, m)
		}
		for _, size := range []int32{1, 2} {
			var got []s3.ObjectVersion
			in := &s3.ListObjectVersionsInput{Bucket: "photos", Delimiter: "/", MaxKeys: new(size)}
			for v, err := range paginator.Items(t.Context(), c.ListObjectVersions, in) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, v)
			}
			same(t, fmt.Sprintf("by pages of %d", size), got, versions, cmpopts.IgnoreTypes(s3.Owner{}))
		}
		if access := call(t, c.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: "photos", MaxKeys: new(int32(0))}); len(access.Versions) != 0 {
			t.Errorf("MaxKeys 0: %d versions", len(access.Versions))
		}
		if _, err := c.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: "none"}); !errors.Is(err, s3.ErrNoSuchBucket) {
			t.Errorf("no bucket: %v", err)
		}
	},
}

// keepVersions enables versioning.
func keepVersions(t testing.TB, c *s3.Client) {
	t.Helper()
	call(t, c.PutBucketVersioning, &s3.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled},
	})
}

func versioning(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := func() *s3.GetBucketVersioningOutput {
		return call(t, c.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: "photos"})
	}
	same(t, "before", get(), &s3.GetBucketVersioningOutput{})
	for _, status := range []s3.BucketVersioningStatus{s3.BucketVersioningStatusEnabled, s3.BucketVersioningStatusSuspended} {
		call(t, c.PutBucketVersioning, &s3.PutBucketVersioningInput{
			Bucket: "photos", VersioningConfiguration: &s3.VersioningConfiguration{Status: status, MFADelete: s3.MFADeleteDisabled},
		})
		same(t, "versioning", get(), &s3.GetBucketVersioningOutput{Status: status})
	}
	_, err := c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled, MFADelete: s3.MFADeleteEnabled},
	})
	if !errors.Is(err, s3.ErrAccessDenied) {
		t.Errorf("MFA delete without the device: %v", err)
	}
	srv.AddBucket(storagetest.BucketSetup{Name: "locked", ObjectLock: true})
	_, err = c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: "locked", VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusSuspended},
	})
	if !errors.Is(err, s3.ErrInvalidBucketState) {
		t.Errorf("suspended in spite of Object Lock: %v", err)
	}
}

// TestVersions reads, copies and deletes versions by their ids.
func TestVersions(t *testing.T) {
	_, c := serve(t)
	put(t, c, "k", "null")
	keepVersions(t, c)
	one, two := put(t, c, "k", "one").VersionId, put(t, c, "k", "two").VersionId
	marker := call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"})
	if one == "" || two == "" || !marker.DeleteMarker || marker.VersionId == "" {
		t.Fatalf("versions %q and %q, then %+v", one, two, marker)
	}
	for id, want := range map[string]string{"null": "null", one: "one", two: "two"} {
		out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", VersionId: id})
		content, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || string(content) != want || out.VersionId != id {
			t.Errorf("version %s: %q, %v, %+v", id, content, err, out)
		}
		if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k", VersionId: id}); head.VersionId != id || head.ETag != etag(want) {
			t.Errorf("HEAD of version %s: %+v", id, head)
		}
	}
	for name, test := range map[string]struct {
		version string
		want    error // of GetObject
		status  int
		gone    bool
	}{
		"hidden":        {"", s3.ErrNoSuchKey, 404, true},
		"delete marker": {marker.VersionId, s3.ErrMethodNotAllowed, 405, false},
		"no version":    {strings.Repeat("0", 32), s3.ErrNoSuchVersion, 404, true},
	} {
		_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k", VersionId: test.version})
		var e *s3.Error
		if !errors.Is(err, test.want) || !errors.As(err, &e) || e.StatusCode != test.status || errors.Is(err, fs.ErrNotExist) != test.gone {
			t.Errorf("GET of %s: %v", name, err)
		}
		_, err = c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: "photos", Key: "k", VersionId: test.version})
		if !errors.As(err, &e) || e.StatusCode != test.status || errors.Is(err, fs.ErrNotExist) != test.gone {
			t.Errorf("HEAD of %s: %v", name, err)
		}
	}

	back := call(t, c.CopyObject, &s3.CopyObjectInput{Bucket: "photos", Key: "k", CopySource: s3.CopySource("photos", "k", one)})
	if back.CopySourceVersionId != one || back.VersionId == "" || get(t, c, "k") != "one" {
		t.Errorf("brought back: %+v", back)
	}
	upload := begin(t, c, "joined")
	part := call(t, c.UploadPartCopy, &s3.UploadPartCopyInput{Bucket: "photos", Key: "joined", UploadId: upload, PartNumber: 1, CopySource: s3.CopySource("photos", "k", two)})
	done := call(t, c.CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{Bucket: "photos", Key: "joined", UploadId: upload,
		MultipartUpload: &s3.CompletedMultipartUpload{Parts: []s3.CompletedPart{{PartNumber: 1, ETag: part.CopyPartResult.ETag}}}})
	if part.CopySourceVersionId != two || done.VersionId == "" || get(t, c, "joined") != "two" {
		t.Errorf("joined: %+v, %+v", part, done)
	}

	out := call(t, c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{
		{Key: "k", VersionId: marker.VersionId}, {Key: "k", VersionId: one}, {Key: "k"},
	}}})
	same(t, "DeleteObjects", out, &s3.DeleteObjectsOutput{Deleted: []s3.DeletedObject{
		{Key: "k", VersionId: marker.VersionId, DeleteMarker: true, DeleteMarkerVersionId: marker.VersionId},
		{Key: "k", VersionId: one},
		{Key: "k", DeleteMarker: true, DeleteMarkerVersionId: out.Deleted[2].DeleteMarkerVersionId},
	}})
	if gone := call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k", VersionId: "null"}); gone.VersionId != "null" || gone.DeleteMarker {
		t.Errorf("deletion of a version: %+v", gone)
	}
	if _, err := c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: "photos"}); !errors.Is(err, s3.ErrBucketNotEmpty) {
		t.Errorf("a bucket with versions: %v", err)
	}
	// Emptied as the paginator goes, page by page.
	in := &s3.ListObjectVersionsInput{Bucket: "photos", MaxKeys: new(int32(1))}
	for page, err := range paginator.Pages(t.Context(), c.ListObjectVersions, in) {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Versions {
			call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: m.Key, VersionId: m.VersionId})
		}
	}
	call(t, c.DeleteBucket, &s3.DeleteBucketInput{Bucket: "photos"})
}

// TestTransferVersions moves what a bucket with versions has under one key.
func TestTransferVersions(t *testing.T) {
	_, c := serve(t)
	keepVersions(t, c)
	old, current := put(t, c, "k", "an old one"), put(t, c, "k", "the current one")
	photos := c.Bucket("photos")
	// An ETag pins a version as long as it is the current one.
	if _, _, err := photos.Open(t.Context(), "k", old.ETag, 0, -1); !errors.Is(err, transfer.ErrObjectChanged) {
		t.Errorf("a version that is no longer current: %v", err)
	}
	for id, want := range map[string]string{"": "the current one", old.VersionId: "an old one", current.VersionId: "the current one"} {
		b := photos.With(s3.Template{Get: s3.GetObjectInput{VersionId: id}})
		info, err := b.Stat(t.Context(), "k", "")
		if err != nil {
			t.Fatal(err)
		}
		if info.Size != int64(len(want)) || info.ETag != etag(want) || id != "" && info.Native.(*s3.HeadObjectOutput).VersionId != id {
			t.Errorf("version %q: %+v", id, info)
		}
		// What Stat has found is pinned in turn.
		_, r, err := b.Open(t.Context(), "k", info.Version, 3, 4)
		if err != nil {
			t.Fatal(err)
		}
		middle, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(middle) != want[3:7] {
			t.Errorf("version %q from 3: %q, %v", id, middle, err)
		}
		var whole strings.Builder
		if _, err := transfer.DownloadTo(t.Context(), b, "k", &whole); err != nil || whole.String() != want {
			t.Errorf("version %q: %q, %v", id, whole.String(), err)
		}
	}
	call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: "k"})
	if _, err := photos.Stat(t.Context(), "k", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("behind a delete marker: %v", err)
	}
	b := photos.With(s3.Template{Get: s3.GetObjectInput{VersionId: old.VersionId}})
	if info, err := b.Stat(t.Context(), "k", ""); err != nil || info.ETag != old.ETag {
		t.Errorf("an old version behind a delete marker: %+v, %v", info, err)
	}
}
