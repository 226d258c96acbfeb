package s3_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var restoreTrips = trips{
	"RestoreObject": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		keepVersions(t, c)
		version := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("content"), StorageClass: s3.StorageClassGlacier}).VersionId
		put(t, c, "k", "current")
		get := &s3.GetObjectInput{Bucket: "photos", Key: "k", VersionId: version}
		if _, err := c.GetObject(t.Context(), get); !errors.Is(err, s3.ErrInvalidObjectState) {
			t.Errorf("archived: %v", err)
		}
		in := &s3.RestoreObjectInput{
			Bucket: "photos", Key: "k", VersionId: version,
			RestoreRequest: &s3.RestoreRequest{Days: new(int32(2)), GlacierJobParameters: &s3.GlacierJobParameters{Tier: s3.TierExpedited}},
		}
		if out := call(t, c.RestoreObject, in); out.ResponseMetadata.StatusCode != 202 {
			t.Errorf("status %d", out.ResponseMetadata.StatusCode)
		}
		out := call(t, c.GetObject, get)
		content, err := io.ReadAll(out.Body)
		out.Body.Close()
		if err != nil || string(content) != "content" || !strings.HasPrefix(out.Restore, `ongoing-request="false", expiry-date="`) || out.StorageClass != s3.StorageClassGlacier {
			t.Errorf("restored: %q, %v, %+v", content, err, out)
		}
		list := call(t, c.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: "photos", OptionalObjectAttributes: []s3.OptionalObjectAttributes{s3.OptionalObjectAttributesRestoreStatus}})
		if status := list.Versions[1].RestoreStatus; status.IsRestoreInProgress || !status.RestoreExpiryDate.After(time.Now().AddDate(0, 0, 2)) {
			t.Errorf("in the list: %+v", status)
		}
		in.ChecksumAlgorithm = s3.ChecksumAlgorithmSha256
		if out := call(t, c.RestoreObject, in); out.ResponseMetadata.StatusCode != 200 {
			t.Errorf("status %d for what is restored", out.ResponseMetadata.StatusCode)
		}
		in.VersionId = ""
		if _, err := c.RestoreObject(t.Context(), in); !errors.Is(err, s3.ErrInvalidObjectState) {
			t.Errorf("what is not archived: %v", err)
		}
		// Queries of archives are not for the emulator.
		in.RestoreRequest = &s3.RestoreRequest{Type: s3.RestoreRequestTypeSelect}
		if _, err := c.RestoreObject(t.Context(), in); !errors.Is(err, s3.ErrNotImplemented) {
			t.Errorf("a query: %v", err)
		}
	},
}

// TestRestoreInProgress asks for an object that is on its way already.
func TestRestoreInProgress(t *testing.T) {
	_, c := serve(t, storagetest.WithRestoreTime(time.Hour))
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", StorageClass: s3.StorageClassDeepArchive})
	in := &s3.RestoreObjectInput{Bucket: "photos", Key: "k", RestoreRequest: &s3.RestoreRequest{Days: new(int32(1))}}
	call(t, c.RestoreObject, in)
	if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k"}); head.Restore != `ongoing-request="true"` {
		t.Errorf("Restore: %q", head.Restore)
	}
	if _, err := c.RestoreObject(t.Context(), in); !errors.Is(err, s3.ErrRestoreAlreadyInProgress) {
		t.Errorf("asked for twice: %v", err)
	}
}
