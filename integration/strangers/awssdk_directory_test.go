package strangers

import (
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/entrepot-go/entrepot/storagetest"
)

// TestAWSSDKUsesDirectoryBuckets in a session that the SDK opens by itself.
func TestAWSSDKUsesDirectoryBuckets(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithCredentials(keyID, secret))
	defer srv.Close()
	c := awsClient(srv)
	const bucket = "photos--use1-az4--x-s3"
	srv.AddBucket(storagetest.BucketSetup{Name: bucket})
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: ptr(bucket), Key: ptr("dir/k"), Body: strings.NewReader("content")}); err != nil {
		t.Fatal(err)
	}
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: ptr(bucket), Key: ptr("dir/k")})
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(out.Body)
	out.Body.Close()
	if err != nil || string(content) != "content" {
		t.Errorf("content %q, %v", content, err)
	}
	if _, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: ptr(bucket), Key: ptr("dir/l"), CopySource: ptr(bucket + "/dir/k")}); err != nil {
		t.Error(err)
	}
	list, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: ptr(bucket), Prefix: ptr("dir/")})
	if err != nil || len(list.Contents) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	// At an endpoint that is not AWS's, the SDK wants a session for this, too.
	own := func(o *s3.Options) { o.DisableS3ExpressSessionAuth = ptr(true) }
	buckets, err := c.ListDirectoryBuckets(t.Context(), &s3.ListDirectoryBucketsInput{}, own)
	if err != nil || len(buckets.Buckets) != 1 || *buckets.Buckets[0].Name != bucket {
		t.Errorf("%+v, %v", buckets, err)
	}
	sessions := 0
	for _, r := range srv.Requests() {
		if r.Operation == "CreateSession" {
			sessions++
		}
	}
	if sessions != 1 {
		t.Errorf("%d sessions, want 1", sessions)
	}
}
