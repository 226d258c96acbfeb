package ibmcos_test

import (
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

var taggingTrips = trips{
	"PutBucketTagging":    bucketTagging,
	"GetBucketTagging":    bucketTagging,
	"DeleteBucketTagging": bucketTagging,
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
