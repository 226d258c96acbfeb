package s3_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var taggingTrips = trips{
	"PutBucketTagging":    bucketTagging,
	"GetBucketTagging":    bucketTagging,
	"DeleteBucketTagging": bucketTagging,
}

func bucketTagging(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	absent := func(when, bucket string) {
		t.Helper()
		_, err := c.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: bucket})
		if !errors.Is(err, s3.ErrNoSuchTagSet) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", when, err)
		}
	}
	absent("before", "photos")
	tags := []s3.Tag{{Key: "team/β", Value: "a+b = c@d"}, {Key: "empty", Value: ""}}
	out := call(t, c.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: "photos", Tagging: &s3.Tagging{TagSet: tags}})
	if out.ResponseMetadata.StatusCode != 204 {
		t.Errorf("status %d", out.ResponseMetadata.StatusCode)
	}
	same(t, "tags", call(t, c.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: "photos"}).TagSet, tags)

	call(t, c.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: "photos", Tagging: &s3.Tagging{TagSet: tags[1:]}})
	same(t, "tags put again", call(t, c.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: "photos"}).TagSet, tags[1:])
	_, err := c.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: "photos", Tagging: &s3.Tagging{TagSet: []s3.Tag{{Key: "aws:mine"}}}})
	if !errors.Is(err, s3.ErrInvalidTag) {
		t.Errorf("a tag of the system: %v", err)
	}
	same(t, "tags after a refusal", call(t, c.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: "photos"}).TagSet, tags[1:])

	call(t, c.DeleteBucketTagging, &s3.DeleteBucketTaggingInput{Bucket: "photos"})
	absent("after DeleteBucketTagging", "photos")
	call(t, c.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: "photos", Tagging: &s3.Tagging{TagSet: []s3.Tag{}}})
	absent("after an empty set", "photos")

	call(t, c.CreateBucket, &s3.CreateBucketInput{Bucket: "vault", CreateBucketConfiguration: &s3.CreateBucketConfiguration{Tags: tags}})
	same(t, "tags from the creation", call(t, c.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: "vault"}).TagSet, tags)
}
