package ibmcos_test

import (
	"errors"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

var protectionTrips = trips{
	"PutBucketProtectionConfiguration": bucketProtection,
	"GetBucketProtectionConfiguration": bucketProtection,
	"PutObjectLockConfiguration":       objectLockConfiguration,
	"GetObjectLockConfiguration":       objectLockConfiguration,
}

func bucketProtection(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketProtectionConfigurationInput{Bucket: "photos"}
	if out := call(t, c.GetBucketProtectionConfiguration, get); out.ProtectionConfiguration.Status == ibmcos.BucketProtectionStatusRetention {
		t.Errorf("a new bucket has a policy: %+v", out.ProtectionConfiguration)
	}
	policy := func(low, usual, high int32) *ibmcos.ProtectionConfiguration {
		return &ibmcos.ProtectionConfiguration{
			Status:                   ibmcos.BucketProtectionStatusRetention,
			MinimumRetention:         &ibmcos.BucketProtectionMinimumRetention{Days: low},
			DefaultRetention:         &ibmcos.BucketProtectionDefaultRetention{Days: usual},
			MaximumRetention:         &ibmcos.BucketProtectionMaximumRetention{Days: high},
			EnablePermanentRetention: new(true),
		}
	}
	for _, config := range []*ibmcos.ProtectionConfiguration{policy(0, 0, 0), policy(1, 7, 365)} {
		call(t, c.PutBucketProtectionConfiguration, &ibmcos.PutBucketProtectionConfigurationInput{Bucket: "photos", ProtectionConfiguration: config})
		same(t, "as put", call(t, c.GetBucketProtectionConfiguration, get).ProtectionConfiguration, *config)
	}
	for want, config := range map[error]*ibmcos.ProtectionConfiguration{
		ibmcos.ErrInvalidRequest: policy(2, 1, 3),
		ibmcos.ErrMalformedXML:   {Status: ibmcos.BucketProtectionStatusRetention}, // which does not say how long
	} {
		_, err := c.PutBucketProtectionConfiguration(t.Context(), &ibmcos.PutBucketProtectionConfigurationInput{Bucket: "photos", ProtectionConfiguration: config})
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	same(t, "after refusals", call(t, c.GetBucketProtectionConfiguration, get).ProtectionConfiguration, *policy(1, 7, 365))
	put(t, c, "k", "kept")
	if _, err := c.DeleteObject(t.Context(), &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "k"}); !errors.Is(err, ibmcos.ErrAccessDenied) {
		t.Errorf("deleted in spite of the policy: %v", err)
	}
}

func objectLockConfiguration(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetObjectLockConfigurationInput{Bucket: "photos"}
	absent(t, c.GetObjectLockConfiguration, get, ibmcos.ErrObjectLockConfigurationNotFound)
	lock := func(r *ibmcos.DefaultRetention) *ibmcos.PutObjectLockConfigurationInput {
		config := &ibmcos.ObjectLockConfiguration{ObjectLockEnabled: ibmcos.ObjectLockEnabledEnabled}
		if r != nil {
			config.Rule = &ibmcos.ObjectLockRule{DefaultRetention: r}
		}
		return &ibmcos.PutObjectLockConfigurationInput{Bucket: "photos", ObjectLockConfiguration: config}
	}
	if _, err := c.PutObjectLockConfiguration(t.Context(), lock(nil)); !errors.Is(err, ibmcos.ErrInvalidBucketState) {
		t.Errorf("a bucket without versioning: %v", err)
	}
	call(t, c.PutBucketVersioning, &ibmcos.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &ibmcos.VersioningConfiguration{Status: ibmcos.BucketVersioningStatusEnabled},
	})
	for _, retention := range []*ibmcos.DefaultRetention{
		nil,
		{Mode: ibmcos.ObjectLockRetentionModeCompliance, Days: new(int32(30))},
		{Mode: ibmcos.ObjectLockRetentionModeGovernance, Years: new(int32(1))},
	} {
		in := lock(retention)
		call(t, c.PutObjectLockConfiguration, in)
		same(t, "as put", call(t, c.GetObjectLockConfiguration, get).ObjectLockConfiguration, *in.ObjectLockConfiguration)
	}
	_, err := c.PutBucketVersioning(t.Context(), &ibmcos.PutBucketVersioningInput{
		Bucket: "photos", VersioningConfiguration: &ibmcos.VersioningConfiguration{Status: ibmcos.BucketVersioningStatusSuspended},
	})
	if !errors.Is(err, ibmcos.ErrInvalidBucketState) {
		t.Errorf("versioning suspended in spite of locks: %v", err)
	}
}
