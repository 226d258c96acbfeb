package s3_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var replicationTrips = trips{
	"PutBucketReplication":    replication,
	"GetBucketReplication":    replication,
	"DeleteBucketReplication": replication,
}

func replication(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	srv.AddBucket(storagetest.BucketSetup{Name: "source", Versioning: "Enabled"})
	srv.AddBucket(storagetest.BucketSetup{Name: "replicas", Versioning: "Enabled"})
	absent := func(when string) {
		t.Helper()
		_, err := c.GetBucketReplication(t.Context(), &s3.GetBucketReplicationInput{Bucket: "source"})
		if !errors.Is(err, s3.ErrReplicationConfigurationNotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", when, err)
		}
	}
	absent("before")
	minutes := s3.ReplicationTimeValue{Minutes: new(int32(15))}
	config := s3.ReplicationConfiguration{
		Role: "arn:aws:iam::123456789012:role/replicator",
		Rules: []s3.ReplicationRule{
			{
				ID: "all", Priority: new(int32(0)), Status: s3.ReplicationRuleStatusEnabled, Filter: &s3.ReplicationRuleFilter{},
				DeleteMarkerReplication: &s3.DeleteMarkerReplication{Status: s3.DeleteMarkerReplicationStatusEnabled},
				Destination:             s3.Destination{Bucket: "arn:aws:s3:::replicas"},
			},
			{
				ID: "prefix", Priority: new(int32(1)), Status: s3.ReplicationRuleStatusDisabled, Filter: &s3.ReplicationRuleFilter{Prefix: new("")},
				DeleteMarkerReplication: &s3.DeleteMarkerReplication{Status: s3.DeleteMarkerReplicationStatusDisabled},
				SourceSelectionCriteria: &s3.SourceSelectionCriteria{
					SseKmsEncryptedObjects: &s3.SseKmsEncryptedObjects{Status: s3.SseKmsEncryptedObjectsStatusEnabled},
					ReplicaModifications:   &s3.ReplicaModifications{Status: s3.ReplicaModificationsStatusEnabled},
				},
				Destination: s3.Destination{
					Bucket: "arn:aws:s3:::replicas", Account: "123456789012", StorageClass: s3.StorageClassStandardIa,
					AccessControlTranslation: &s3.AccessControlTranslation{Owner: s3.OwnerOverrideDestination},
					EncryptionConfiguration:  &s3.EncryptionConfiguration{ReplicaKmsKeyID: "arn:aws:kms:us-east-1:123456789012:key/1"},
					ReplicationTime:          &s3.ReplicationTime{Status: s3.ReplicationTimeStatusEnabled, Time: minutes},
					Metrics:                  &s3.Metrics{Status: s3.MetricsStatusEnabled, EventThreshold: &minutes},
				},
			},
			{
				ID: "tags", Priority: new(int32(2)), Status: s3.ReplicationRuleStatusEnabled,
				Filter:                  &s3.ReplicationRuleFilter{And: &s3.ReplicationRuleAndOperator{Prefix: "logs/", Tags: []s3.Tag{{Key: "a", Value: ""}}}},
				DeleteMarkerReplication: &s3.DeleteMarkerReplication{Status: s3.DeleteMarkerReplicationStatusDisabled},
				Destination:             s3.Destination{Bucket: "arn:aws:s3:::replicas"},
			},
			{
				ID: "old", Status: s3.ReplicationRuleStatusEnabled, Prefix: new(""),
				Destination: s3.Destination{Bucket: "arn:aws:s3:::replicas"},
			},
		},
	}
	call(t, c.PutBucketReplication, &s3.PutBucketReplicationInput{Bucket: "source", ReplicationConfiguration: &config})
	same(t, "rules", call(t, c.GetBucketReplication, &s3.GetBucketReplicationInput{Bucket: "source"}).ReplicationConfiguration, config)

	_, err := c.PutBucketReplication(t.Context(), &s3.PutBucketReplicationInput{Bucket: "photos", ReplicationConfiguration: &config})
	if !errors.Is(err, s3.ErrInvalidRequest) {
		t.Errorf("a bucket without versioning: %v", err)
	}
	for range 2 {
		call(t, c.DeleteBucketReplication, &s3.DeleteBucketReplicationInput{Bucket: "source"})
		absent("after DeleteBucketReplication")
	}
}
