package s3_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var lockTrips = trips{
	"PutObjectLockConfiguration": lockConfiguration,
	"GetObjectLockConfiguration": lockConfiguration,
	"PutObjectRetention":         retention,
	"GetObjectRetention":         retention,
	"PutObjectLegalHold":         legalHold,
	"GetObjectLegalHold":         legalHold,
}

func lockConfiguration(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	_, err := c.GetObjectLockConfiguration(t.Context(), &s3.GetObjectLockConfigurationInput{Bucket: "photos"})
	if !errors.Is(err, s3.ErrObjectLockConfigurationNotFound) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	config := &s3.ObjectLockConfiguration{
		ObjectLockEnabled: s3.ObjectLockEnabledEnabled,
		Rule:              &s3.ObjectLockRule{DefaultRetention: &s3.DefaultRetention{Mode: s3.ObjectLockRetentionModeGovernance, Days: new(int32(3))}},
	}
	in := &s3.PutObjectLockConfigurationInput{Bucket: "photos", ObjectLockConfiguration: config}
	if _, err := c.PutObjectLockConfiguration(t.Context(), in); !errors.Is(err, s3.ErrInvalidBucketState) {
		t.Errorf("without versioning: %v", err)
	}
	keepVersions(t, c)
	call(t, c.PutObjectLockConfiguration, in)
	out := call(t, c.GetObjectLockConfiguration, &s3.GetObjectLockConfigurationInput{Bucket: "photos"})
	same(t, "configuration", out.ObjectLockConfiguration, *config)

	version := put(t, c, "k", "x").VersionId
	head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "k"})
	if head.ObjectLockMode != s3.ObjectLockModeGovernance || !head.ObjectLockRetainUntilDate.Equal(head.LastModified.AddDate(0, 0, 3)) {
		t.Errorf("a new object: %+v", head)
	}
	in2 := s3.DeleteObjectInput{Bucket: "photos", Key: "k", VersionId: version}
	if _, err := c.DeleteObject(t.Context(), &in2); !errors.Is(err, s3.ErrAccessDenied) {
		t.Errorf("deleted though it is retained: %v", err)
	}
	in2.BypassGovernanceRetention = true
	call(t, c.DeleteObject, &in2)
}

func retention(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	version := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "vault", Key: "k", Body: strings.NewReader("x")}).VersionId
	get := &s3.GetObjectRetentionInput{Bucket: "vault", Key: "k", VersionId: version}
	none := func(when string) {
		t.Helper()
		if _, err := c.GetObjectRetention(t.Context(), get); !errors.Is(err, s3.ErrNoSuchObjectLockConfiguration) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", when, err)
		}
	}
	none("before")
	until := time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC)
	in := &s3.PutObjectRetentionInput{Bucket: "vault", Key: "k", VersionId: version, Retention: &s3.ObjectLockRetention{Mode: s3.ObjectLockRetentionModeGovernance, RetainUntilDate: until}}
	call(t, c.PutObjectRetention, in)
	if out := call(t, c.GetObjectRetention, get); out.Retention.Mode != s3.ObjectLockRetentionModeGovernance || !out.Retention.RetainUntilDate.Equal(until) {
		t.Errorf("GetObjectRetention: %+v", out)
	}
	in.Retention = &s3.ObjectLockRetention{}
	if _, err := c.PutObjectRetention(t.Context(), in); !errors.Is(err, s3.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("taken off without the permission: %v", err)
	}
	in.BypassGovernanceRetention = true
	call(t, c.PutObjectRetention, in)
	none("after")
	put(t, c, "k", "x")
	if _, err := c.GetObjectRetention(t.Context(), &s3.GetObjectRetentionInput{Bucket: "photos", Key: "k"}); !errors.Is(err, s3.ErrInvalidRequest) {
		t.Errorf("in a bucket without locks: %v", err)
	}
}

func legalHold(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	version := call(t, c.PutObject, &s3.PutObjectInput{Bucket: "vault", Key: "k", Body: strings.NewReader("x")}).VersionId
	get := &s3.GetObjectLegalHoldInput{Bucket: "vault", Key: "k", VersionId: version}
	if _, err := c.GetObjectLegalHold(t.Context(), get); !errors.Is(err, s3.ErrNoSuchObjectLockConfiguration) {
		t.Errorf("before: %v", err)
	}
	for _, status := range []s3.ObjectLockLegalHoldStatus{s3.ObjectLockLegalHoldStatusOn, s3.ObjectLockLegalHoldStatusOff} {
		call(t, c.PutObjectLegalHold, &s3.PutObjectLegalHoldInput{Bucket: "vault", Key: "k", VersionId: version, LegalHold: &s3.ObjectLockLegalHold{Status: status}})
		same(t, "GetObjectLegalHold", call(t, c.GetObjectLegalHold, get), &s3.GetObjectLegalHoldOutput{LegalHold: s3.ObjectLockLegalHold{Status: status}})
		if head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "vault", Key: "k"}); head.ObjectLockLegalHoldStatus != status {
			t.Errorf("HeadObject: %+v", head)
		}
		_, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: "vault", Key: "k", VersionId: version, BypassGovernanceRetention: true})
		if denied := errors.Is(err, s3.ErrAccessDenied); denied != (status == s3.ObjectLockLegalHoldStatusOn) {
			t.Errorf("deletion with the hold %s: %v", status, err)
		}
	}
}
