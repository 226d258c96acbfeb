package ibmcos_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

const replicas = "crn:v1:bluemix:public:cloud-object-storage:global:a/9978e07eae7a44b2a9ccdb6dd5b8e6c8:5f1d2c3b-0000-4000-8000-000000000000:bucket:replicas"

func replication(t *testing.T, _ *storagetest.IBMCOS, _ *ibmcos.Client) {
	documents := map[string]string{}
	c := canned(t, keeping(documents, "ReplicationConfigurationNotFoundError"))
	get := &ibmcos.GetBucketReplicationInput{Bucket: "photos"}
	absent(t, c.GetBucketReplication, get, ibmcos.ErrReplicationConfigurationNotFound)
	config := ibmcos.ReplicationConfiguration{Rules: []ibmcos.ReplicationRule{
		{
			ID: "all", Priority: 0, Status: ibmcos.ReplicationRuleStatusEnabled,
			Destination:             ibmcos.Destination{Bucket: replicas},
			DeleteMarkerReplication: ibmcos.DeleteMarkerReplication{Status: ibmcos.DeleteMarkerReplicationStatusEnabled},
		},
		{
			ID: "prefix", Priority: 1, Status: ibmcos.ReplicationRuleStatusDisabled, Filter: ibmcos.ReplicationRuleFilter{Prefix: new("")},
			Destination:             ibmcos.Destination{Bucket: replicas},
			DeleteMarkerReplication: ibmcos.DeleteMarkerReplication{Status: ibmcos.DeleteMarkerReplicationStatusDisabled},
		},
		{
			ID: "tags", Priority: 2, Status: ibmcos.ReplicationRuleStatusEnabled,
			Filter:                  ibmcos.ReplicationRuleFilter{And: &ibmcos.ReplicationRuleAndOperator{Prefix: "logs/", Tags: []ibmcos.Tag{{Key: "a", Value: ""}}}},
			Destination:             ibmcos.Destination{Bucket: replicas},
			DeleteMarkerReplication: ibmcos.DeleteMarkerReplication{Status: ibmcos.DeleteMarkerReplicationStatusDisabled},
		},
	}}
	call(t, c.PutBucketReplication, &ibmcos.PutBucketReplicationInput{Bucket: "photos", ReplicationConfiguration: &config})
	same(t, "rules", call(t, c.GetBucketReplication, get).ReplicationConfiguration, config)

	// What the client writes, as another reader has it.
	var sent struct {
		XMLName xml.Name
		Role    *string
		Rules   []struct {
			ID       string
			Priority string
			Filter   *struct {
				Prefix *string
			}
		} `xml:"Rule"`
	}
	if err := xml.Unmarshal([]byte(documents["replication"]), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.XMLName.Local != "ReplicationConfiguration" || sent.Role != nil || len(sent.Rules) != 3 {
		t.Fatalf("sent %s", documents["replication"])
	}
	if all := sent.Rules[0]; all.Priority != "0" || all.Filter == nil || all.Filter.Prefix != nil {
		t.Errorf("a rule for all of the bucket: %+v", all)
	}
	if prefix := sent.Rules[1]; prefix.Filter == nil || prefix.Filter.Prefix == nil {
		t.Errorf("a rule with the empty prefix: %+v", prefix)
	}

	call(t, c.DeleteBucketReplication, &ibmcos.DeleteBucketReplicationInput{Bucket: "photos"})
	absent(t, c.GetBucketReplication, get, ibmcos.ErrReplicationConfigurationNotFound)
}

func replicationFailures(t *testing.T, _ *storagetest.IBMCOS, _ *ibmcos.Client) {
	var asked []string
	c := canned(t, func(r *http.Request, _ string) answer {
		if got := r.Header.Get("X-Amz-Checksum-Crc64nvme"); got != "AAAAAAAAAAA=" {
			t.Errorf("checksum of no content: %q", got)
		}
		asked = append(asked, r.URL.RawQuery)
		page := `<Contents><Key>a+b%2B%01</Key><VersionId>1</VersionId><SyncType>content</SyncType>` +
			`<SyncFailureCause>Remote bucket not found</SyncFailureCause></Contents><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>`
		if r.URL.Query().Get("continuation-token") != "" {
			page = `<Contents><Key>c</Key><VersionId>2</VersionId><SyncType>delete</SyncType></Contents><IsTruncated>false</IsTruncated>`
		}
		return answer{status: 200, body: `<ListReplicationFailureResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
			`<Name>photos</Name><EncodingType>url</EncodingType><KeyCount>1</KeyCount>` + page + `</ListReplicationFailureResult>`}
	})
	var got []ibmcos.ObjectSyncAttempted
	in := &ibmcos.ListBucketReplicationFailuresInput{Bucket: "photos", FirstSyncAttemptedBefore: "1767225600000", MaxKeys: new(int32(1))}
	for failure, err := range paginator.Items(t.Context(), c.ListBucketReplicationFailures, in) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, failure)
	}
	same(t, "failures", got, []ibmcos.ObjectSyncAttempted{
		{Key: "a b+\x01", VersionId: "1", SyncType: "content", SyncFailureCause: "Remote bucket not found"},
		{Key: "c", VersionId: "2", SyncType: "delete"},
	})
	const first = "ibm-replication-failures&first-sync-attempted-before=1767225600000&max-keys=1&encoding-type=url"
	want := []string{first, strings.Replace(first, "&max-keys", "&continuation-token=t&max-keys", 1)}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func replicationReattempt(t *testing.T, _ *storagetest.IBMCOS, _ *ibmcos.Client) {
	c := canned(t, func(r *http.Request, body string) answer {
		if r.Method != http.MethodPut || r.URL.RawQuery != "ibm-replication-reattempt" || body != "" || r.Header.Get("X-Amz-Checksum-Crc64nvme") == "" {
			t.Errorf("asked %s %s with %v", r.Method, r.URL, r.Header)
		}
		return answer{status: 204, header: http.Header{"X-Scheduled": {"Fri, 27 Nov 2026 00:00:00 GMT"}}}
	})
	out := call(t, c.PutBucketReplicationReattempt, &ibmcos.PutBucketReplicationReattemptInput{Bucket: "photos"})
	if out.ResponseMetadata.StatusCode != 204 || out.ResponseMetadata.Header.Get("X-Scheduled") == "" {
		t.Errorf("%+v", out.ResponseMetadata)
	}
}
