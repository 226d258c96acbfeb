package strangers

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/entrepot-go/entrepot/storagetest"
)

// awsNotImplemented are the operations that the server cannot carry out with a
// meaning of their own.
var awsNotImplemented = map[string]string{
	"GetObjectTorrent":       "nobody would seed",
	"WriteGetObjectResponse": "answers a function that the server does not call",
}

// TestAWSSDKExercisesEveryOperation runs scenarios until every operation of the
// SDK has had its way.
func TestAWSSDKExercisesEveryOperation(t *testing.T) {
	client := reflect.TypeFor[*s3.Client]()
	var operations []string
	for m := range client.Methods() {
		if m.Type.IsVariadic() && m.Type.NumIn() == 4 && awsNotImplemented[m.Name] == "" {
			operations = append(operations, m.Name)
		}
	}
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, c *s3.Client, bucket string) {
		srv.AddBucket(storagetest.BucketSetup{Name: "copies", Versioning: "Enabled"})
		must(t, awsMake(c.DeletePublicAccessBlock, s3.DeletePublicAccessBlockInput{Bucket: &bucket})(t.Context()))
		wantCode(t, "ACL where the owner is enforced", awsMake(c.PutBucketAcl, s3.PutBucketAclInput{Bucket: &bucket, ACL: types.BucketCannedACLPublicRead})(t.Context()), "AccessControlListNotSupported")
		must(t, awsMake(c.DeleteBucketOwnershipControls, s3.DeleteBucketOwnershipControlsInput{Bucket: &bucket})(t.Context()))
		must(t, awsMake(c.PutObject, s3.PutObjectInput{Bucket: &bucket, Key: ptr("one"), Body: strings.NewReader("content")})(t.Context()))
		for _, d := range awsDocuments(c, bucket) {
			d.drive(t)
		}
		for _, s := range awsScenarios {
			t.Run(s.name, func(t *testing.T) { s.run(t, srv, c) })
		}
		done := make(map[string]bool)
		for _, r := range srv.Requests() {
			if r.Status < 400 && r.Status != 0 {
				done[r.Operation] = true
			}
		}
		wantEqual(t, "operations that were never carried out", slices.DeleteFunc(slices.Clone(operations), func(name string) bool { return done[name] }), []string{})
	})
}
