package s3_test

import (
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

func TestARefusalNamesTheChecksumOptionWhereThatMayBeTheCause(t *testing.T) {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	srv.Inject(storagetest.Fault{Status: 501, Code: "NotImplemented"})
	client, err := s3.New(srv.Config())
	if err != nil {
		t.Fatal(err)
	}
	const hint = "Config.Checksum"
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("x")})
	if err == nil || !strings.Contains(err.Error(), hint) {
		t.Errorf("PutObject = %v, want an error that names %s", err, hint)
	}
	// A server that does not know the operation is not helped by that option.
	_, err = client.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket:                 "photos",
		LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: []s3.LifecycleRule{{Status: s3.ExpirationStatusEnabled}}},
	})
	if err == nil || strings.Contains(err.Error(), hint) {
		t.Errorf("PutBucketLifecycleConfiguration = %v, want an error without %s", err, hint)
	}
}
