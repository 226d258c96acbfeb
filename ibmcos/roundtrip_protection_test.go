package ibmcos_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

var protectionTrips = trips{
	"PutBucketProtectionConfiguration": bucketProtection,
	"GetBucketProtectionConfiguration": bucketProtection,
	"PutObjectLockConfiguration":       objectLockConfiguration,
	"GetObjectLockConfiguration":       objectLockConfiguration,
	"PutObjectRetention":               objectRetention,
	"GetObjectRetention":               objectRetention,
	"PutObjectLegalHold":               objectLegalHold,
	"GetObjectLegalHold":               objectLegalHold,
	"DeleteLegalHold":                  legalHolds,
	"ExtendObjectRetention":            extension,
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

func objectRetention(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	version := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "vault", Key: "k", Body: strings.NewReader("x")}).VersionId
	get := &ibmcos.GetObjectRetentionInput{Bucket: "vault", Key: "k", VersionId: version}
	absent(t, c.GetObjectRetention, get, ibmcos.ErrNoSuchObjectLockConfiguration)
	until := time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC)
	in := &ibmcos.PutObjectRetentionInput{Bucket: "vault", Key: "k", VersionId: version, Retention: &ibmcos.ObjectLockRetention{Mode: ibmcos.ObjectLockRetentionModeGovernance, RetainUntilDate: until}}
	call(t, c.PutObjectRetention, in)
	if out := call(t, c.GetObjectRetention, get); out.Retention.Mode != ibmcos.ObjectLockRetentionModeGovernance || !out.Retention.RetainUntilDate.Equal(until) {
		t.Errorf("GetObjectRetention: %+v", out)
	}
	in.Retention = &ibmcos.ObjectLockRetention{}
	if _, err := c.PutObjectRetention(t.Context(), in); !errors.Is(err, ibmcos.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("taken off without the right: %v", err)
	}
	in.BypassGovernanceRetention = true
	call(t, c.PutObjectRetention, in)
	absent(t, c.GetObjectRetention, get, ibmcos.ErrNoSuchObjectLockConfiguration)
	put(t, c, "k", "x")
	if _, err := c.GetObjectRetention(t.Context(), &ibmcos.GetObjectRetentionInput{Bucket: "photos", Key: "k"}); !errors.Is(err, ibmcos.ErrInvalidRequest) {
		t.Errorf("in a bucket without locks: %v", err)
	}
}

func objectLegalHold(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	version := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "vault", Key: "k", Body: strings.NewReader("x")}).VersionId
	get := &ibmcos.GetObjectLegalHoldInput{Bucket: "vault", Key: "k", VersionId: version}
	absent(t, c.GetObjectLegalHold, get, ibmcos.ErrNoSuchObjectLockConfiguration)
	for _, status := range []ibmcos.ObjectLockLegalHoldStatus{ibmcos.ObjectLockLegalHoldStatusOn, ibmcos.ObjectLockLegalHoldStatusOff} {
		call(t, c.PutObjectLegalHold, &ibmcos.PutObjectLegalHoldInput{Bucket: "vault", Key: "k", VersionId: version, LegalHold: &ibmcos.ObjectLockLegalHold{Status: status}})
		same(t, "GetObjectLegalHold", call(t, c.GetObjectLegalHold, get), &ibmcos.GetObjectLegalHoldOutput{LegalHold: ibmcos.ObjectLockLegalHold{Status: status}})
		_, err := c.DeleteObject(t.Context(), &ibmcos.DeleteObjectInput{Bucket: "vault", Key: "k", VersionId: version})
		if denied := errors.Is(err, ibmcos.ErrAccessDenied); denied != (status == ibmcos.ObjectLockLegalHoldStatusOn) {
			t.Errorf("deletion with the hold %s: %v", status, err)
		}
	}
}

func extension(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	put(t, c, "plain", "v")
	protect(t, c)
	refused := func(what string, in ibmcos.ExtendObjectRetentionInput) {
		t.Helper()
		_, err := c.ExtendObjectRetention(t.Context(), &in)
		if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.StatusCode != 400 {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("an object without retention", ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "plain", AdditionalRetentionPeriod: 60})
	out := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v"), RetentionPeriod: new(int64(3600))})
	head := func() *ibmcos.HeadObjectOutput {
		t.Helper()
		return call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"})
	}
	created := head().RetentionExpirationDate.Add(-time.Hour)
	day := int64(24 * time.Hour / time.Second)
	for _, test := range []struct {
		in   ibmcos.ExtendObjectRetentionInput
		want int64
	}{
		{ibmcos.ExtendObjectRetentionInput{AdditionalRetentionPeriod: 60}, 3660},
		{ibmcos.ExtendObjectRetentionInput{NewRetentionPeriod: new(int64(7200))}, 7200},
		{ibmcos.ExtendObjectRetentionInput{NewRetentionExpirationDate: created.Add(3 * time.Hour)}, 10800},
		{ibmcos.ExtendObjectRetentionInput{ExtendRetentionFromCurrentTime: &day}, day},
	} {
		test.in.Bucket, test.in.Key = "photos", "k"
		call(t, c.ExtendObjectRetention, &test.in)
		// From the current time: some seconds may have passed since the creation.
		got := head()
		if late := got.RetentionPeriod - test.want; late < 0 || late > 60 || !got.RetentionExpirationDate.Equal(created.Add(time.Duration(got.RetentionPeriod)*time.Second)) {
			t.Errorf("%+v: retained for %d s until %v, want %d s", test.in, got.RetentionPeriod, got.RetentionExpirationDate, test.want)
		}
	}
	refused("shorter", ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "k", NewRetentionPeriod: new(int64(60))})
	refused("beyond the maximum", ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "k", AdditionalRetentionPeriod: 11 * day})
	absent(t, c.ExtendObjectRetention, &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "none", AdditionalRetentionPeriod: 60}, ibmcos.ErrNoSuchKey)
	if got := head(); got.ETag != out.ETag {
		t.Errorf("another object: %+v", got)
	}

	// A retention without end can be given one, which may be there already.
	call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "endless", Body: strings.NewReader("v"), RetentionPeriod: new(int64(-1))})
	call(t, c.ExtendObjectRetention, &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "endless", NewRetentionPeriod: new(int64(0))})
	call(t, c.DeleteObject, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "endless"})
}
