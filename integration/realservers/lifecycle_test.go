package realservers

import (
	"errors"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
)

func TestLifecycleRulesAreKept(t *testing.T) {
	simple := []s3.LifecycleRule{{
		ID: "logs", Status: s3.ExpirationStatusEnabled,
		Filter:     &s3.LifecycleRuleFilter{Prefix: ptr("logs/")},
		Expiration: &s3.LifecycleExpiration{Days: ptr[int32](30)},
	}}
	eachServer(t, func(t *testing.T, s *server) { lifecycleRoundTrip(t, s, simple) }, lifecycle)
}

func TestLifecycleRulesOfEveryKindAreKept(t *testing.T) {
	rich := []s3.LifecycleRule{
		{
			ID: "both", Status: s3.ExpirationStatusEnabled,
			Filter: &s3.LifecycleRuleFilter{And: &s3.LifecycleRuleAndOperator{
				Prefix: "a&b/", Tags: []s3.Tag{{Key: "k", Value: "v <1>"}, {Key: "l", Value: ""}},
				ObjectSizeGreaterThan: ptr[int64](1000), ObjectSizeLessThan: ptr[int64](1 << 40),
			}},
			Transitions: []s3.Transition{
				{Days: ptr[int32](30), StorageClass: s3.TransitionStorageClassStandardIa},
				{Days: ptr[int32](90), StorageClass: s3.TransitionStorageClassGlacier},
			},
			NoncurrentVersionTransitions: []s3.NoncurrentVersionTransition{{NoncurrentDays: ptr[int32](40), NewerNoncurrentVersions: ptr[int32](2), StorageClass: s3.TransitionStorageClassGlacier}},
			NoncurrentVersionExpiration:  &s3.NoncurrentVersionExpiration{NoncurrentDays: ptr[int32](100), NewerNoncurrentVersions: ptr[int32](3)},
			Expiration:                   &s3.LifecycleExpiration{Date: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)},
		},
		{
			ID: "uploads", Status: s3.ExpirationStatusDisabled, Filter: &s3.LifecycleRuleFilter{Prefix: ptr("")},
			AbortIncompleteMultipartUpload: &s3.AbortIncompleteMultipartUpload{DaysAfterInitiation: ptr[int32](7)},
		},
	}
	eachServer(t, func(t *testing.T, s *server) { lifecycleRoundTrip(t, s, rich) }, lifecycle, richLifecycle)
}

func lifecycleRoundTrip(t *testing.T, s *server, rules []s3.LifecycleRule) {
	client, ctx := s.client(t), t.Context()
	bucket := newBucket(t, client)
	read := &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}
	if _, err := client.GetBucketLifecycleConfiguration(ctx, read); !errors.Is(err, s3.ErrNoSuchLifecycleConfiguration) {
		t.Errorf("before: %v, want ErrNoSuchLifecycleConfiguration", err)
	}
	in := &s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &s3.BucketLifecycleConfiguration{Rules: rules}}
	if _, err := client.PutBucketLifecycleConfiguration(ctx, in); err != nil {
		t.Fatal(err)
	}
	out, err := client.GetBucketLifecycleConfiguration(ctx, read)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "rules", out.Rules, rules)
	if _, err := client.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetBucketLifecycleConfiguration(ctx, read); !errors.Is(err, s3.ErrNoSuchLifecycleConfiguration) {
		t.Errorf("after: %v, want ErrNoSuchLifecycleConfiguration", err)
	}
}

func TestTheOldFormOfLifecycleIsReadByTheOldCall(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, ctx := s.client(t), t.Context()
		bucket := newBucket(t, client)
		rules := []s3.Rule{{ID: "r", Prefix: "old/", Status: s3.ExpirationStatusEnabled, Expiration: &s3.LifecycleExpiration{Days: ptr[int32](3)}}}
		in := &s3.PutBucketLifecycleInput{Bucket: bucket, LifecycleConfiguration: &s3.LifecycleConfiguration{Rules: rules}}
		//lint:ignore SA1019 the old form is what is tested
		if _, err := client.PutBucketLifecycle(ctx, in); err != nil {
			t.Fatal(err)
		}
		//lint:ignore SA1019 the old form is what is tested
		out, err := client.GetBucketLifecycle(ctx, &s3.GetBucketLifecycleInput{Bucket: bucket})
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "rules", out.Rules, rules)
	}, lifecycle)
}
