package storagetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

func replicationTo(bucket string) string {
	return "<ReplicationConfiguration><Rule><ID>r</ID><Priority>1</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>" +
		"<Destination><Bucket>" + bucket + "</Bucket></Destination><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication></Rule></ReplicationConfiguration>"
}

func TestIBMReplication(t *testing.T) {
	s := newIBM(t, storagetest.WithServiceInstance("guid"))
	s.AddBucket(storagetest.BucketSetup{Name: "source", Versioning: "Enabled"})
	s.AddBucket(storagetest.BucketSetup{Name: "copies", Versioning: "Enabled"})
	s.AddBucket(storagetest.BucketSetup{Name: "plain"})
	const crn = "crn:v1:bluemix:public:cloud-object-storage:global:a/acc:"
	for to, code := range map[string]string{
		"source": "InvalidRequest", "missing": "InvalidRequest", "plain": "InvalidRequest", crn + "guid:bucket:": "InvalidArgument", crn + "guid:bucket:plain": "InvalidRequest", "": "MalformedXML",
	} {
		s.put(t, "/source?replication", replicationTo(to), 400, code)
	}
	s.put(t, "/plain?replication", replicationTo("copies"), 400, "InvalidRequest")
	for _, to := range []string{"copies", crn + "guid:bucket:copies", crn + "other:bucket:any"} {
		s.put(t, "/source?replication", replicationTo(to), 200, "")
		if a := s.do(t, "GET", "/source?replication", "", nil).want(t, 200, ""); !strings.Contains(a.body, "<Bucket>"+to+"<") || strings.Contains(a.body, "Role") {
			t.Errorf("%s", a.body)
		}
	}
	const suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"
	s.put(t, "/source?versioning", suspended, 409, "InvalidBucketState")
	s.do(t, "DELETE", "/source?replication", "", nil).want(t, 204, "")
	s.put(t, "/source?versioning", suspended, 200, "")
}

func TestIBMReplicationFailures(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }))
	s.AddBucket(storagetest.BucketSetup{Name: "source", Versioning: "Enabled"})
	s.AddBucket(storagetest.BucketSetup{Name: "copies", Versioning: "Enabled"})
	list := func(query string) answer {
		t.Helper()
		return s.do(t, "GET", "/source?ibm-replication-failures"+query, "", withMD5(""))
	}
	list("").want(t, 404, "ReplicationConfigurationNotFoundError")
	s.put(t, "/source?ibm-replication-reattempt", "", 404, "ReplicationConfigurationNotFoundError")
	s.put(t, "/source?replication", replicationTo("copies"), 200, "")
	s.do(t, "GET", "/source?ibm-replication-failures", "", nil).want(t, 200, "")
	s.do(t, "GET", "/source?ibm-replication-failures", "", withMD5("x")).want(t, 400, "BadDigest")
	if a := list("").want(t, 200, ""); a.element("KeyCount") != "0" || a.element("IsTruncated") != "false" || a.element("Name") != "source" {
		t.Errorf("%s", a.body)
	}
	for i := range 5 {
		s.AddReplicationFailure("source", storagetest.ReplicationFailure{Key: fmt.Sprint("k ", i), VersionID: "v", Cause: "not authorized", FirstAttempt: now.Add(-time.Duration(i) * time.Hour)})
	}
	var seen []string
	for token := ""; ; {
		a := list("&max-keys=2&encoding-type=url"+token).want(t, 200, "")
		for _, part := range strings.Split(a.body, "<Key>")[1:] {
			key, _, _ := strings.Cut(part, "<")
			seen = append(seen, key)
		}
		if a.element("IsTruncated") == "false" {
			break
		}
		token = "&continuation-token=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(a.element("NextContinuationToken"))
	}
	if got := strings.Join(seen, ","); got != "k+0,k+1,k+2,k+3,k+4" {
		t.Errorf("keys %s", got)
	}
	a := list(fmt.Sprint("&first-sync-attempted-before=", now.Add(-3*time.Hour).UnixMilli())).want(t, 200, "")
	if a.element("KeyCount") != "2" || a.element("Key") != "k 3" || a.element("SyncFailureCause") != "not authorized" || a.element("FirstSyncAttempted") != "2026-05-01T09:00:00.000Z" {
		t.Errorf("%s", a.body)
	}
	list("&first-sync-attempted-before=yesterday").want(t, 400, "InvalidArgument")
	list("&continuation-token=x").want(t, 400, "InvalidArgument")

	for range 2 {
		a := s.put(t, "/source?ibm-replication-reattempt", "", 204, "")
		if got := a.header.Get("Ibm-Replication-Reattempt-Scheduled"); got != "Sat, 02 May 2026 00:00:00 GMT" {
			t.Errorf("scheduled %q", got)
		}
	}
	s.do(t, "DELETE", "/source?ibm-replication-reattempt", "", nil).want(t, 405, "MethodNotAllowed")
}
