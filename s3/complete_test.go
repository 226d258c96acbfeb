package s3_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestUploadWhoseLastAnswerIsLost finishes an upload twice, because the answer
// to the first CompleteMultipartUpload does not arrive.
func TestUploadWhoseLastAnswerIsLost(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server s3.Server
	}{
		{name: "checksums tell that the object is ours", server: s3.ServerAWS},
		{name: "the ETag of the parts tells it", server: s3.ServerUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := storagetest.NewS3()
			defer srv.Close()
			srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
			config := srv.Config()
			config.Server = tt.server
			client, err := s3.New(config)
			if err != nil {
				t.Fatal(err)
			}
			srv.Inject(storagetest.Fault{Operation: "CompleteMultipartUpload", Nth: 1, Reset: storagetest.BeforeResponse()})
			info, err := transfer.Upload(t.Context(), client.Bucket("photos"), "big", bytes.NewReader(pattern(12<<20)))
			if err != nil {
				t.Fatal(err)
			}
			if info.Size != 12<<20 || info.ETag == "" {
				t.Errorf("Info: size %d, ETag %q", info.Size, info.ETag)
			}
		})
	}

	t.Run("another object of that name is not taken for ours", func(t *testing.T) {
		srv := storagetest.NewS3()
		defer srv.Close()
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		client, err := s3.New(srv.Config())
		if err != nil {
			t.Fatal(err)
		}
		other := pattern(12 << 20)
		other[0]++
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "big", Body: bytes.NewReader(other)}); err != nil {
			t.Fatal(err)
		}
		srv.Inject(storagetest.Fault{Operation: "CompleteMultipartUpload", Status: 404, Code: "NoSuchUpload"})
		_, err = transfer.Upload(t.Context(), client.Bucket("photos"), "big", bytes.NewReader(pattern(12<<20)))
		if !errors.Is(err, s3.ErrNoSuchUpload) {
			t.Errorf("error %v, want NoSuchUpload", err)
		}
	})
}
