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
	"PutObjectTagging":    objectTagging,
	"GetObjectTagging":    objectTagging,
	"DeleteObjectTagging": objectTagging,
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

func objectTagging(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	keepVersions(t, c)
	tags := []s3.Tag{{Key: "team/β", Value: "a+b = c@d"}, {Key: "empty", Value: ""}}
	old := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", Tagging: "team%2F%CE%B2=a%2Bb+%3D+c%40d&empty="}).VersionId
	current := put(t, c, "k", "").VersionId
	get := func(version string) *s3.GetObjectTaggingOutput {
		t.Helper()
		return call(t, c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: "photos", Key: "k", VersionId: version})
	}
	same(t, "tags of the current version", get(""), &s3.GetObjectTaggingOutput{TagSet: []s3.Tag{}, VersionId: current})
	same(t, "tags from the upload", get(old), &s3.GetObjectTaggingOutput{VersionId: old, TagSet: tags})

	out := call(t, c.PutObjectTagging, &s3.PutObjectTaggingInput{Bucket: "photos", Key: "k", Tagging: &s3.Tagging{TagSet: tags[:1]}})
	same(t, "PutObjectTagging", out, &s3.PutObjectTaggingOutput{VersionId: current})
	same(t, "tags put", get("").TagSet, tags[:1])
	if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k"}); head.TagCount != 1 || head.VersionId != current {
		t.Errorf("HeadObject: %+v", head)
	}
	same(t, "tags of the old version", get(old).TagSet, tags)
	_, err := c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: "photos", Key: "k", Tagging: &s3.Tagging{TagSet: []s3.Tag{{Key: "a"}, {Key: "a"}}}})
	if !errors.Is(err, s3.ErrInvalidTag) {
		t.Errorf("a tag given twice: %v", err)
	}

	gone := call(t, c.DeleteObjectTagging, &s3.DeleteObjectTaggingInput{Bucket: "photos", Key: "k", VersionId: old})
	same(t, "DeleteObjectTagging", gone, &s3.DeleteObjectTaggingOutput{VersionId: old})
	same(t, "tags of the old version", get(old).TagSet, []s3.Tag{})
	same(t, "tags of the current version", get("").TagSet, tags[:1])
	if _, err := c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: "photos", Key: "none"}); !errors.Is(err, s3.ErrNoSuchKey) {
		t.Errorf("no object: %v", err)
	}
}
