package s3_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var lifecycleTrips = trips{
	"PutBucketLifecycleConfiguration": lifecycle,
	"GetBucketLifecycleConfiguration": lifecycle,
	"DeleteBucketLifecycle":           lifecycle,
	"PutBucketLifecycle":              oldLifecycle,
	"GetBucketLifecycle":              oldLifecycle,
}

func lifecycle(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	rules := []s3.LifecycleRule{
		{
			ID: "all", Status: s3.ExpirationStatusEnabled, Filter: &s3.LifecycleRuleFilter{},
			Transitions: []s3.Transition{{Days: new(int32(0)), StorageClass: s3.TransitionStorageClassGlacier}},
		},
		{
			ID: "logs", Status: s3.ExpirationStatusDisabled,
			Filter: &s3.LifecycleRuleFilter{And: &s3.LifecycleRuleAndOperator{
				Prefix: "logs/", Tags: []s3.Tag{{Key: "a", Value: ""}}, ObjectSizeGreaterThan: new(int64(1)),
			}},
			Expiration:                     &s3.LifecycleExpiration{Days: new(int32(30))},
			AbortIncompleteMultipartUpload: nil,
		},
		{
			ID: "uploads", Status: s3.ExpirationStatusEnabled, Filter: &s3.LifecycleRuleFilter{Prefix: new("")},
			AbortIncompleteMultipartUpload: &s3.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
		},
	}
	call(t, c.PutBucketLifecycleConfiguration, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: "photos", LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: rules},
	})
	out := call(t, c.GetBucketLifecycleConfiguration, &s3.GetBucketLifecycleConfigurationInput{Bucket: "photos"})
	same(t, "rules", out.Rules, rules)
	call(t, c.DeleteBucketLifecycle, &s3.DeleteBucketLifecycleInput{Bucket: "photos"})
	_, err := c.GetBucketLifecycleConfiguration(t.Context(), &s3.GetBucketLifecycleConfigurationInput{Bucket: "photos"})
	if !errors.Is(err, s3.ErrNoSuchLifecycleConfiguration) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after DeleteBucketLifecycle: %v", err)
	}
}

func oldLifecycle(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	rules := []s3.Rule{{
		ID: "logs", Prefix: "logs/", Status: s3.ExpirationStatusEnabled,
		Transition: &s3.Transition{Days: new(int32(30)), StorageClass: s3.TransitionStorageClassStandardIa},
		Expiration: &s3.LifecycleExpiration{Days: new(int32(60))},
	}}
	call(t, c.PutBucketLifecycle, &s3.PutBucketLifecycleInput{Bucket: "photos", LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: rules}})
	out := call(t, c.GetBucketLifecycle, &s3.GetBucketLifecycleInput{Bucket: "photos"})
	same(t, "rules", out.Rules, rules)
}
