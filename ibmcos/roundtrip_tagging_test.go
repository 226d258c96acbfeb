package ibmcos_test

import (
	"errors"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
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

func bucketTagging(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketTaggingInput{Bucket: "photos"}
	absent(t, c.GetBucketTagging, get, ibmcos.ErrNoSuchTagSet)
	tags := []ibmcos.Tag{{Key: "team/β", Value: "a+b = c@d"}, {Key: "empty", Value: ""}}
	for _, tags := range [][]ibmcos.Tag{tags, tags[1:]} {
		call(t, c.PutBucketTagging, &ibmcos.PutBucketTaggingInput{Bucket: "photos", Tagging: &ibmcos.Tagging{TagSet: tags}})
		same(t, "tags", call(t, c.GetBucketTagging, get).TagSet, tags)
	}
	for range 2 {
		call(t, c.DeleteBucketTagging, &ibmcos.DeleteBucketTaggingInput{Bucket: "photos"})
		absent(t, c.GetBucketTagging, get, ibmcos.ErrNoSuchTagSet)
	}
}

func objectTagging(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	keepVersions(t, c)
	tags := []ibmcos.Tag{{Key: "team/β", Value: "a+b = c@d"}, {Key: "empty", Value: ""}}
	old := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Tagging: "team%2F%CE%B2=a%2Bb+%3D+c%40d&empty="}).VersionId
	current := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k"}).VersionId
	get := func(version string) *ibmcos.GetObjectTaggingOutput {
		t.Helper()
		return call(t, c.GetObjectTagging, &ibmcos.GetObjectTaggingInput{Bucket: "photos", Key: "k", VersionId: version})
	}
	same(t, "tags of the current version", get(""), &ibmcos.GetObjectTaggingOutput{TagSet: []ibmcos.Tag{}, VersionId: current})
	same(t, "tags from the upload", get(old), &ibmcos.GetObjectTaggingOutput{TagSet: tags, VersionId: old})
	out := call(t, c.PutObjectTagging, &ibmcos.PutObjectTaggingInput{Bucket: "photos", Key: "k", Tagging: &ibmcos.Tagging{TagSet: tags[:1]}})
	same(t, "PutObjectTagging", out, &ibmcos.PutObjectTaggingOutput{VersionId: current})
	same(t, "tags put", get("").TagSet, tags[:1])
	_, err := c.PutObjectTagging(t.Context(), &ibmcos.PutObjectTaggingInput{Bucket: "photos", Key: "k", Tagging: &ibmcos.Tagging{TagSet: []ibmcos.Tag{{Key: "a"}, {Key: "a"}}}})
	if !errors.Is(err, ibmcos.ErrInvalidTag) {
		t.Errorf("a tag given twice: %v", err)
	}
	gone := call(t, c.DeleteObjectTagging, &ibmcos.DeleteObjectTaggingInput{Bucket: "photos", Key: "k", VersionId: old})
	same(t, "DeleteObjectTagging", gone, &ibmcos.DeleteObjectTaggingOutput{VersionId: old})
	same(t, "tags of the old version", get(old).TagSet, []ibmcos.Tag{})
	same(t, "tags of the current version", get("").TagSet, tags[:1])
	absent(t, c.GetObjectTagging, &ibmcos.GetObjectTaggingInput{Bucket: "photos", Key: "none"}, ibmcos.ErrNoSuchKey)
}
