package ibmcos_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
)

var versionTrips = trips{
	"ListObjectVersions": listVersions,
	"CopyObject":         copyObject,
	"DeleteObjects":      deleteObjects,
	"RestoreObject":      restoreObject,
	"GetObjectTorrent": func(t *testing.T, _ *storagetest.IBMCOS, _ *ibmcos.Client) {
		c := canned(t, func(r *http.Request, _ string) answer {
			if r.URL.RequestURI() != "/k?torrent" {
				return answer{status: 501, body: "<Error><Code>NotImplemented</Code></Error>"}
			}
			return answer{status: 200, body: "d4:infoe"}
		})
		out := call(t, c.GetObjectTorrent, &ibmcos.GetObjectTorrentInput{Bucket: "photos", Key: "k"})
		defer out.Body.Close()
		if content, err := io.ReadAll(out.Body); err != nil || string(content) != "d4:infoe" {
			t.Errorf("%q, %v", content, err)
		}
		if _, err := c.GetObjectTorrent(t.Context(), &ibmcos.GetObjectTorrentInput{Bucket: "photos", Key: "l"}); !errors.Is(err, ibmcos.ErrNotImplemented) {
			t.Errorf("of a server without torrents: %v", err)
		}
	},
}

// keepVersions enables versioning.
func keepVersions(t testing.TB, c *ibmcos.Client) {
	t.Helper()
	call(t, c.PutBucketVersioning, &ibmcos.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &ibmcos.VersioningConfiguration{Status: ibmcos.BucketVersioningStatusEnabled},
	})
}

func listVersions(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	keepVersions(t, c)
	put := func(key string) string {
		t.Helper()
		return call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader(key)}).VersionId
	}
	a1, a2 := put("a"), put("a")
	hidden := "h +%\x01"
	h1 := put(hidden)
	h2 := call(t, c.DeleteObject, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: hidden}).VersionId
	put("p/1")
	version := func(key, id string, latest bool) ibmcos.ObjectVersion {
		return ibmcos.ObjectVersion{
			Key: key, VersionId: id, IsLatest: latest, Size: int64(len(key)), ETag: etag(key), StorageClass: ibmcos.ObjectVersionStorageClassStandard,
			ChecksumAlgorithm: []ibmcos.ChecksumAlgorithm{ibmcos.ChecksumAlgorithmCrc64nvme}, ChecksumType: ibmcos.ChecksumTypeFullObject,
		}
	}
	versions := []ibmcos.ObjectVersion{version("a", a2, true), version("a", a1, false), version(hidden, h1, false)}
	markers := []ibmcos.DeleteMarkerEntry{{Key: hidden, VersionId: h2, IsLatest: true}}
	out := call(t, c.ListObjectVersions, &ibmcos.ListObjectVersionsInput{Bucket: "photos", Delimiter: "/"})
	same(t, "ListObjectVersions", out, &ibmcos.ListObjectVersionsOutput{
		Versions: versions, DeleteMarkers: markers, CommonPrefixes: []ibmcos.CommonPrefix{{Prefix: "p/"}}, Name: "photos", Delimiter: "/", MaxKeys: 1000,
	}, cmpopts.IgnoreTypes(ibmcos.Owner{}))
	if v, m := out.Versions[0], out.DeleteMarkers[0]; v.Owner.ID != srv.ServiceInstance() || v.LastModified.IsZero() || m.Owner.ID == "" || m.LastModified.IsZero() {
		t.Errorf("%+v, %+v", v, m)
	}
	for _, size := range []int32{1, 2} {
		var got []ibmcos.ObjectVersion
		in := &ibmcos.ListObjectVersionsInput{Bucket: "photos", Delimiter: "/", MaxKeys: new(size)}
		for v, err := range paginator.Items(t.Context(), c.ListObjectVersions, in) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		same(t, fmt.Sprintf("by pages of %d", size), got, versions, cmpopts.IgnoreTypes(ibmcos.Owner{}))
	}
	absent(t, c.ListObjectVersions, &ibmcos.ListObjectVersionsInput{Bucket: "none"}, ibmcos.ErrNoSuchBucket)
}

func copyObject(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "a b+ü", Body: strings.NewReader("hello, world"), Metadata: map[string]string{"k": "v"}})
	in := &ibmcos.CopyObjectInput{Bucket: "photos", Key: "copy", CopySource: ibmcos.CopySource("photos", "a b+ü", "")}
	out := call(t, c.CopyObject, in)
	if out.CopyObjectResult.ETag != etag("hello, world") || out.CopyObjectResult.LastModified.IsZero() {
		t.Errorf("%+v", out)
	}
	if got := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "copy"}); got.Metadata["k"] != "v" {
		t.Errorf("metadata of the copy: %v", got.Metadata)
	}
	in.MetadataDirective, in.Metadata, in.WebsiteRedirectLocation = ibmcos.MetadataDirectiveReplace, map[string]string{"own": "o"}, "/elsewhere"
	call(t, c.CopyObject, in)
	if got := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "copy"}); got.Metadata["own"] != "o" || got.Metadata["k"] != "" || got.WebsiteRedirectLocation != "/elsewhere" {
		t.Errorf("replaced: %+v", got)
	}
	in.CopySourceIfMatch = `"other"`
	if _, err := c.CopyObject(t.Context(), in); !errors.Is(err, ibmcos.ErrPreconditionFailed) {
		t.Errorf("another source: %v", err)
	}
	absent(t, c.CopyObject, &ibmcos.CopyObjectInput{Bucket: "photos", Key: "copy", CopySource: ibmcos.CopySource("photos", "none", "")}, ibmcos.ErrNoSuchKey)

	protect(t, c)
	kept := &ibmcos.CopyObjectInput{Bucket: "photos", Key: "kept", CopySource: ibmcos.CopySource("photos", "copy", ""), RetentionPeriod: new(int64(3600)), RetentionLegalHoldId: "case-1"}
	call(t, c.CopyObject, kept)
	if got := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "kept"}); got.RetentionPeriod != 3600 || got.RetentionLegalHoldCount != 1 || got.RetentionExpirationDate.IsZero() {
		t.Errorf("retained: %+v", got)
	}
	again := &ibmcos.CopyObjectInput{Bucket: "photos", Key: "again", CopySource: ibmcos.CopySource("photos", "kept", ""), RetentionDirective: ibmcos.RetentionDirectiveCopy}
	call(t, c.CopyObject, again)
	if got := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "again"}); got.RetentionPeriod != 3600 || got.RetentionLegalHoldCount != 1 {
		t.Errorf("retained as the source: %+v", got)
	}
	if _, err := c.CopyObject(t.Context(), kept); !errors.Is(err, ibmcos.ErrAccessDenied) {
		t.Errorf("replaced in spite of its retention: %v", err)
	}
}

func deleteObjects(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	keepVersions(t, c)
	put(t, c, "a & <b>", "1")
	version := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "c"}).VersionId
	out := call(t, c.DeleteObjects, &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: &ibmcos.Delete{Objects: []ibmcos.ObjectIdentifier{
		{Key: "a & <b>"}, {Key: "c", VersionId: version},
	}}})
	marker := out.Deleted[0].DeleteMarkerVersionId
	same(t, "DeleteObjects", out, &ibmcos.DeleteObjectsOutput{Deleted: []ibmcos.DeletedObject{
		{Key: "a & <b>", DeleteMarker: true, DeleteMarkerVersionId: marker}, {Key: "c", VersionId: version},
	}})
	if marker == "" {
		t.Error("no version of the delete marker")
	}
	quiet := call(t, c.DeleteObjects, &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: &ibmcos.Delete{Quiet: new(true), Objects: []ibmcos.ObjectIdentifier{{Key: "none"}}}})
	same(t, "quiet", quiet, &ibmcos.DeleteObjectsOutput{})
	absent(t, c.DeleteObjects, &ibmcos.DeleteObjectsInput{Bucket: "none", Delete: identify("a")}, ibmcos.ErrNoSuchBucket)
}

// restoreObject archives an object in the only way there is, a rule.
func restoreObject(t *testing.T, _ *storagetest.IBMCOS, _ *ibmcos.Client) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	srv, c := serve(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(10_000*time.Hour), storagetest.WithRestoreTime(2*time.Hour))
	call(t, c.PutBucketLifecycleConfiguration, &ibmcos.PutBucketLifecycleConfigurationInput{
		Bucket: "photos", LifecycleConfiguration: &ibmcos.BucketLifecycleConfiguration{Rules: []ibmcos.LifecycleRule{{
			Status: ibmcos.ExpirationStatusEnabled, Filter: ibmcos.LifecycleRuleFilter{Prefix: new("")},
			Transitions: []ibmcos.Transition{{Days: new(int32(0)), StorageClass: ibmcos.TransitionStorageClassAccelerated}},
		}}},
	})
	put(t, c, "k", "content")
	in := &ibmcos.RestoreObjectInput{Bucket: "photos", Key: "k", RestoreRequest: &ibmcos.RestoreRequest{
		Days: 2, GlacierJobParameters: &ibmcos.GlacierJobParameters{Tier: ibmcos.TierAccelerated},
	}}
	if _, err := c.RestoreObject(t.Context(), in); !errors.Is(err, ibmcos.ErrInvalidObjectState) {
		t.Errorf("what is not archived: %v", err)
	}
	srv.Tick()
	if _, err := c.GetObject(t.Context(), &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"}); !errors.Is(err, ibmcos.ErrInvalidObjectState) {
		t.Errorf("archived: %v", err)
	}
	head := func() *ibmcos.HeadObjectOutput {
		t.Helper()
		return call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"})
	}
	if got := head(); got.StorageClass != ibmcos.StorageClassAccelerated || !strings.HasPrefix(got.IBMTransition, `transition="ARCHIVE"`) || got.Restore != "" {
		t.Errorf("archived: %+v", got)
	}
	if out := call(t, c.RestoreObject, in); out.ResponseMetadata.StatusCode != 202 {
		t.Errorf("status %d", out.ResponseMetadata.StatusCode)
	}
	if got := head().Restore; got != `ongoing-request="true"` {
		t.Errorf("being restored: %s", got)
	}
	if _, err := c.RestoreObject(t.Context(), in); !errors.Is(err, ibmcos.ErrRestoreAlreadyInProgress) {
		t.Errorf("asked for twice: %v", err)
	}
	now = now.Add(2 * time.Hour)
	if got := get(t, c, "k"); got != "content" {
		t.Errorf("restored: %q", got)
	}
	if got := head(); !strings.HasPrefix(got.Restore, `ongoing-request="false", expiry-date="`) || got.IBMRestoredCopyStorageClass == "" {
		t.Errorf("restored: %+v", got)
	}
	in.RestoreRequest = &ibmcos.RestoreRequest{Days: 3}
	if out := call(t, c.RestoreObject, in); out.ResponseMetadata.StatusCode != 200 {
		t.Errorf("status %d for what is restored", out.ResponseMetadata.StatusCode)
	}
	absent(t, c.RestoreObject, &ibmcos.RestoreObjectInput{Bucket: "photos", Key: "none", RestoreRequest: in.RestoreRequest}, ibmcos.ErrNoSuchKey)
}
