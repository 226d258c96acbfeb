package ibmcos_test

import (
	"errors"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

var lifecycleTrips = trips{
	"PutBucketLifecycleConfiguration": lifecycle,
	"GetBucketLifecycleConfiguration": lifecycle,
	"DeleteBucketLifecycle":           lifecycle,
}

func lifecycle(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketLifecycleConfigurationInput{Bucket: "photos"}
	absent(t, c.GetBucketLifecycleConfiguration, get, ibmcos.ErrNoSuchLifecycleConfiguration)
	rules := []ibmcos.LifecycleRule{
		{
			ID: "archive", Status: ibmcos.ExpirationStatusEnabled, Filter: ibmcos.LifecycleRuleFilter{Prefix: new("")},
			Transitions: []ibmcos.Transition{{Days: new(int32(0)), StorageClass: ibmcos.TransitionStorageClassAccelerated}},
		},
		{
			ID: "logs", Status: ibmcos.ExpirationStatusDisabled,
			Filter: ibmcos.LifecycleRuleFilter{And: &ibmcos.LifecycleRuleAndOperator{
				Prefix: "logs/", Tags: []ibmcos.Tag{{Key: "a", Value: ""}}, ObjectSizeGreaterThan: new(int64(1)),
			}},
			Expiration: &ibmcos.LifecycleExpiration{Days: new(int32(30))},
		},
		{
			ID: "versions", Status: ibmcos.ExpirationStatusEnabled, // without a filter: all of the bucket
			NoncurrentVersionExpiration:    &ibmcos.NoncurrentVersionExpiration{NoncurrentDays: new(int32(1))},
			AbortIncompleteMultipartUpload: &ibmcos.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
		},
	}
	put := func(rules ...ibmcos.LifecycleRule) error {
		_, err := c.PutBucketLifecycleConfiguration(t.Context(), &ibmcos.PutBucketLifecycleConfigurationInput{
			Bucket: "photos", LifecycleConfiguration: &ibmcos.BucketLifecycleConfiguration{Rules: rules},
		})
		return err
	}
	if err := put(rules...); err != nil {
		t.Fatal(err)
	}
	same(t, "rules", call(t, c.GetBucketLifecycleConfiguration, get).Rules, rules)

	elsewhere := rules[0]
	elsewhere.Transitions = []ibmcos.Transition{{Days: new(int32(90)), StorageClass: ibmcos.TransitionStorageClassDeepArchive}}
	if err := put(elsewhere); !errors.Is(err, ibmcos.ErrMalformedXML) {
		t.Errorf("archived as AWS does: %v", err)
	}
	some := rules[0]
	some.Filter.Prefix = new("logs/")
	if err := put(some); !errors.Is(err, ibmcos.ErrInvalidRequest) {
		t.Errorf("a part of the bucket archived: %v", err)
	}
	old := rules[0]
	old.Prefix = "logs/"
	if err := put(old); !errors.Is(err, ibmcos.ErrMalformedXML) {
		t.Errorf("the old form of a filter beside the new one: %v", err)
	}

	midnight := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := put(ibmcos.LifecycleRule{Status: ibmcos.ExpirationStatusEnabled, Expiration: &ibmcos.LifecycleExpiration{Date: midnight}}); err != nil {
		t.Fatal(err)
	}
	if got := call(t, c.GetBucketLifecycleConfiguration, get).Rules; len(got) != 1 || got[0].ID == "" || !got[0].Expiration.Date.Equal(midnight) {
		t.Errorf("a rule with a date and without a name: %+v", got)
	}

	for range 2 {
		call(t, c.DeleteBucketLifecycle, &ibmcos.DeleteBucketLifecycleInput{Bucket: "photos"})
		absent(t, c.GetBucketLifecycleConfiguration, get, ibmcos.ErrNoSuchLifecycleConfiguration)
	}
}
