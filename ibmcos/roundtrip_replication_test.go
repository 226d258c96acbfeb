package ibmcos_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
)

var replicationTrips = trips{
	"PutBucketReplication":          replication,
	"GetBucketReplication":          replication,
	"DeleteBucketReplication":       replication,
	"ListBucketReplicationFailures": replicationFailures,
	"PutBucketReplicationReattempt": replicationReattempt,
}

// crn names a bucket of the server.
func crn(srv *storagetest.IBMCOS, bucket string) string {
	return fmt.Sprintf("crn:v1:bluemix:public:cloud-object-storage:global:a/%s:%s:bucket:%s", srv.Account(), srv.ServiceInstance(), bucket)
}

// replicate has a new bucket "source" copied to another one.
func replicate(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	t.Helper()
	for _, name := range []string{"source", "replicas"} {
		srv.AddBucket(storagetest.BucketSetup{Name: name, Versioning: "Enabled"})
	}
	call(t, c.PutBucketReplication, &ibmcos.PutBucketReplicationInput{
		Bucket: "source", ReplicationConfiguration: &ibmcos.ReplicationConfiguration{Rules: []ibmcos.ReplicationRule{copyAll(crn(srv, "replicas"))}},
	})
}

func copyAll(bucket string) ibmcos.ReplicationRule {
	return ibmcos.ReplicationRule{
		ID: "all", Priority: 0, Status: ibmcos.ReplicationRuleStatusEnabled,
		Destination:             ibmcos.Destination{Bucket: bucket},
		DeleteMarkerReplication: ibmcos.DeleteMarkerReplication{Status: ibmcos.DeleteMarkerReplicationStatusEnabled},
	}
}

func replication(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	replicate(t, srv, c)
	get := &ibmcos.GetBucketReplicationInput{Bucket: "source"}
	none := ibmcos.DeleteMarkerReplication{Status: ibmcos.DeleteMarkerReplicationStatusDisabled}
	config := ibmcos.ReplicationConfiguration{Rules: []ibmcos.ReplicationRule{
		copyAll(crn(srv, "replicas")),
		{
			ID: "prefix", Priority: 1, Status: ibmcos.ReplicationRuleStatusDisabled, Filter: ibmcos.ReplicationRuleFilter{Prefix: new("")},
			Destination: ibmcos.Destination{Bucket: "replicas"}, DeleteMarkerReplication: none,
		},
		{
			ID: "tags", Priority: 2, Status: ibmcos.ReplicationRuleStatusEnabled,
			Filter:      ibmcos.ReplicationRuleFilter{And: &ibmcos.ReplicationRuleAndOperator{Prefix: "logs/", Tags: []ibmcos.Tag{{Key: "a", Value: ""}}}},
			Destination: ibmcos.Destination{Bucket: crn(srv, "replicas")}, DeleteMarkerReplication: none,
		},
	}}
	call(t, c.PutBucketReplication, &ibmcos.PutBucketReplicationInput{Bucket: "source", ReplicationConfiguration: &config})
	same(t, "rules", call(t, c.GetBucketReplication, get).ReplicationConfiguration, config)

	_, err := c.PutBucketReplication(t.Context(), &ibmcos.PutBucketReplicationInput{Bucket: "photos", ReplicationConfiguration: &config})
	if !errors.Is(err, ibmcos.ErrInvalidRequest) {
		t.Errorf("a bucket without versions: %v", err)
	}
	for range 2 {
		call(t, c.DeleteBucketReplication, &ibmcos.DeleteBucketReplicationInput{Bucket: "source"})
		absent(t, c.GetBucketReplication, get, ibmcos.ErrReplicationConfigurationNotFound)
	}
}

func replicationFailures(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	replicate(t, srv, c)
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, key := range []string{"late", "a b+\x01", "early"} { // a key that XML cannot carry
		srv.AddReplicationFailure("source", storagetest.ReplicationFailure{
			Key: key, VersionID: "v", SyncType: "content", Cause: "remote bucket not found",
			FirstAttempt: first.AddDate(0, 0, -i), LastAttempt: first,
		})
	}
	in := &ibmcos.ListBucketReplicationFailuresInput{
		Bucket: "source", MaxKeys: new(int32(1)),
		FirstSyncAttemptedBefore: fmt.Sprint(first.AddDate(0, 0, -1).UnixMilli()), // the second one's, which is listed too
	}
	var got []ibmcos.ObjectSyncAttempted
	for failure, err := range paginator.Items(t.Context(), c.ListBucketReplicationFailures, in) {
		if err != nil {
			t.Fatal(err)
		}
		if !failure.LastSyncAttempted.Equal(first) || !failure.FirstSyncAttempted.Before(first) {
			t.Errorf("attempts from %v to %v", failure.FirstSyncAttempted, failure.LastSyncAttempted)
		}
		got = append(got, failure)
	}
	same(t, "failures", got, []ibmcos.ObjectSyncAttempted{
		{Key: "a b+\x01", VersionId: "v", SyncType: "content", SyncFailureCause: "remote bucket not found"},
		{Key: "early", VersionId: "v", SyncType: "content", SyncFailureCause: "remote bucket not found"},
	})
	if n := count(srv, "ListBucketReplicationFailures"); n != 2 {
		t.Errorf("%d pages", n)
	}
	page := call(t, c.ListBucketReplicationFailures, &ibmcos.ListBucketReplicationFailuresInput{Bucket: "source", EncodingType: ibmcos.EncodingTypeUrl})
	if result := page.ListReplicationFailureResult; result.Name != "source" || result.KeyCount != 3 || result.EncodingType != ibmcos.EncodingTypeUrl ||
		result.Contents[1].Key != "a+b%2B%01" {
		t.Errorf("a page that is left as it came: %+v", result)
	}
}

func replicationReattempt(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	replicate(t, srv, c)
	var scheduled string
	for range 2 {
		out := call(t, c.PutBucketReplicationReattempt, &ibmcos.PutBucketReplicationReattemptInput{Bucket: "source"})
		if out.ResponseMetadata.StatusCode != 204 {
			t.Errorf("status %d", out.ResponseMetadata.StatusCode)
		}
		// IBM does not tell the name of the header; the server has made one up.
		at := out.ResponseMetadata.Header.Get("Ibm-Replication-Reattempt-Scheduled")
		if at == "" || scheduled != "" && at != scheduled {
			t.Errorf("scheduled at %q, and before at %q", at, scheduled)
		}
		scheduled = at
	}
}
