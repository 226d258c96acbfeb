package realservers

import (
	"bytes"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot/s3"
)

// fill writes n empty objects that begin with prefix.
func fill(t *testing.T, bucket *s3.BucketHandle, prefix string, n int) {
	t.Helper()
	var group errgroup.Group
	group.SetLimit(16)
	for i := range n {
		group.Go(func() error {
			_, err := bucket.Object(fmt.Sprintf("%s%05d", prefix, i)).Put(t.Context(), nil)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// Listing goes on while what was listed is deleted: a server must find its
// place again.
func TestAllObjectsWithAPrefixAreDeleted(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		bucket := s.client(t).Bucket(newBucket(t, s.client(t)))
		const many = 2100
		fill(t, bucket, "tmp/", many)
		fill(t, bucket, "tmp-", 1)
		if n, err := bucket.DeletePrefix(t.Context(), "tmp/", nil); err != nil || n != many {
			t.Errorf("%d of %d were deleted: %v", n, many, err)
		}
		var left []string
		for object, err := range bucket.Objects(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, object.Key)
		}
		wantEqual(t, "what is left", left, []string{"tmp-00000"})
	})
}

func TestAllVersionsWithAPrefixAreDeleted(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := client.Bucket(newBucket(t, client))
		if _, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: bucket.Name(), VersioningConfiguration: &s3.VersioningConfiguration{Status: s3.BucketVersioningStatusEnabled},
		}); err != nil {
			t.Fatal(err)
		}
		const many = 400
		for range 3 {
			fill(t, bucket, "tmp/", many)
		}
		if n, err := bucket.DeletePrefix(t.Context(), "tmp/", nil); err != nil || n != many {
			t.Errorf("%d of %d objects were deleted: %v", n, many, err)
		}
		if n, err := bucket.DeletePrefixVersions(t.Context(), "tmp/", nil); err != nil || n != 4*many {
			t.Errorf("%d of %d versions and delete markers were deleted: %v", n, 4*many, err)
		}
		for version, err := range bucket.ObjectVersions(t.Context(), nil) {
			t.Errorf("left: %+v, %v", version, err)
		}
	})
}

func TestAnUploadIsCompletedWithThePartsItHas(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		object := s.client(t).Bucket(newBucket(t, s.client(t))).Object("k")
		upload, err := object.CreateMultipartUpload(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		body := content(5<<20 + 1)
		for number, part := range [][]byte{body[:5<<20], body[5<<20:]} {
			if _, err := upload.UploadPart(t.Context(), &s3.UploadPartInput{PartNumber: int32(number + 1), Body: bytes.NewReader(part)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := upload.Complete(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		wantContent(t, s.client(t), object.Bucket().Name(), "k", body)
	})
}
