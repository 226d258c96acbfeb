package storagetest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestS3Replication(t *testing.T) {
	srv := newS3(t)
	for name, versioning := range map[string]string{"source": "Enabled", "replicas": "Enabled", "suspended": "Suspended"} {
		srv.AddBucket(storagetest.BucketSetup{Name: name, Versioning: versioning})
	}
	const (
		role        = "<Role>arn:aws:iam::123456789012:role/r</Role>"
		destination = "<Bucket>arn:aws:s3:::replicas</Bucket>"
		newForm     = "<Status>Enabled</Status><Priority>1</Priority><Filter/><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>"
		tag         = "<Tag><Key>k</Key><Value>v</Value></Tag>"
		encrypted   = "<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>"
		key         = "<EncryptionConfiguration><ReplicaKmsKeyID>arn:aws:kms:us-east-1:123456789012:key/1</ReplicaKmsKeyID></EncryptionConfiguration>"
		threshold   = "<EventThreshold><Minutes>15</Minutes></EventThreshold>"
		control     = "<ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime>"
	)
	to := func(content string) string { return "<Destination>" + content + "</Destination>" }
	config := func(rules ...string) string {
		return "<ReplicationConfiguration>" + role + "<Rule>" + strings.Join(rules, "</Rule><Rule>") + "</Rule></ReplicationConfiguration>"
	}
	right := newForm + to(destination)
	with := func(old, by string) string {
		if !strings.Contains(right, old) {
			t.Fatalf("no %s to replace", old)
		}
		return config(strings.Replace(right, old, by, 1))
	}
	get := call{method: "GET", path: "/source", query: "replication"}
	do(t, srv.Server, get).want(t, 404, "ReplicationConfigurationNotFoundError")
	putDocument(t, srv, "/photos", "replication", config(right)).want(t, 400, "InvalidRequest")
	putDocument(t, srv, "/suspended", "replication", config(right)).want(t, 400, "InvalidRequest")
	putDocument(t, srv, "/none", "replication", config(right)).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "PUT", path: "/source", query: "replication", body: config(right)}).want(t, 400, "InvalidRequest") // no digest
	putDocument(t, srv, "/source", "replication", config(right)).want(t, 200, "")

	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprintf("<ID>%d</ID>", i) + right
	}
	checkRefusals(t, srv, "/source", "replication", []refusal{
		{"no role", strings.Replace(config(right), role, "", 1), 400, "MalformedXML"},
		{"role that is none", strings.Replace(config(right), "arn:aws:iam::123456789012:role/r", "me", 1), 400, "InvalidArgument"},
		{"no rules", "<ReplicationConfiguration>" + role + "</ReplicationConfiguration>", 400, "MalformedXML"},
		{"1001 rules", config(many...), 400, "InvalidRequest"},
		{"same id twice", config("<ID>a</ID>"+right, "<ID>a</ID>"+right), 400, "InvalidArgument"},
		{"long id", config("<ID>" + strings.Repeat("a", 256) + "</ID>" + right), 400, "InvalidArgument"},
		{"no status", with("<Status>Enabled</Status>", ""), 400, "MalformedXML"},
		{"unknown status", with("Enabled", "On"), 400, "MalformedXML"},
		{"unknown status of delete markers", with("Disabled", "Off"), 400, "MalformedXML"},
		{"neither form", with("<Filter/>", ""), 400, "MalformedXML"},
		{"both forms", with("<Filter/>", "<Filter/><Prefix/>"), 400, "MalformedXML"},
		{"filter without priority", with("<Priority>1</Priority>", ""), 400, "InvalidRequest"},
		{"negative priority", with("<Priority>1</Priority>", "<Priority>-1</Priority>"), 400, "InvalidArgument"},
		{"filter without delete markers", with("<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>", ""), 400, "InvalidRequest"},
		{"old form with priority", config("<Status>Enabled</Status><Prefix/><Priority>1</Priority>" + to(destination)), 400, "InvalidRequest"},
		{"old form with delete markers", config("<Status>Enabled</Status><Prefix/><DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication>" + to(destination)), 400, "InvalidRequest"},
		{"objects from before", config(right + "<ExistingObjectReplication><Status>Enabled</Status></ExistingObjectReplication>"), 400, "InvalidRequest"},
		{"two filters", with("<Filter/>", "<Filter><Prefix/>"+tag+"</Filter>"), 400, "MalformedXML"},
		{"conjunction of one", with("<Filter/>", "<Filter><And>"+tag+"</And></Filter>"), 400, "MalformedXML"},
		{"delete markers by tag", config(strings.NewReplacer("<Filter/>", "<Filter>"+tag+"</Filter>", "Disabled", "Enabled").Replace(right)), 400, "InvalidRequest"},
		{"same tag twice", with("<Filter/>", "<Filter><And>"+tag+tag+"</And></Filter>"), 400, "InvalidTag"},
		{"no destination", with(to(destination), ""), 400, "MalformedXML"},
		{"destination that is no ARN", with("arn:aws:s3:::replicas", "replicas"), 400, "InvalidArgument"},
		{"onto itself", with("arn:aws:s3:::replicas", "arn:aws:s3:::source"), 400, "InvalidRequest"},
		{"destination that is not there", with("arn:aws:s3:::replicas", "arn:aws:s3:::nowhere"), 400, "InvalidRequest"},
		{"destination without versioning", with("arn:aws:s3:::replicas", "arn:aws:s3:::suspended"), 400, "InvalidRequest"},
		{"unknown storage class", with(destination, destination+"<StorageClass>FLOPPY</StorageClass>"), 400, "MalformedXML"},
		{"account that is none", with(destination, destination+"<Account>me</Account>"), 400, "InvalidArgument"},
		{"account of somebody else", with(destination, destination+"<Account>210987654321</Account>"), 400, "InvalidRequest"},
		{"unknown owner", with(destination, destination+"<Account>123456789012</Account><AccessControlTranslation><Owner>Me</Owner></AccessControlTranslation>"), 400, "MalformedXML"},
		{"owner without account", with(destination, destination+"<AccessControlTranslation><Owner>Destination</Owner></AccessControlTranslation>"), 400, "InvalidRequest"},
		{"key without source", with(destination, destination+key), 400, "InvalidRequest"},
		{"source without key", config(right + encrypted), 400, "InvalidRequest"},
		{"unknown status of encrypted objects", config(right + strings.Replace(encrypted, "Enabled", "On", 1)), 400, "MalformedXML"},
		{"key that is no ARN", config(encrypted + newForm + to(destination+strings.Replace(key, "arn:aws:kms:us-east-1:123456789012:key/1", "key", 1))), 400, "InvalidArgument"},
		{"unknown status of metrics", with(destination, destination+"<Metrics><Status>On</Status></Metrics>"), 400, "MalformedXML"},
		{"another threshold", with(destination, destination+"<Metrics><Status>Enabled</Status>"+strings.Replace(threshold, "15", "30", 1)+"</Metrics>"), 400, "InvalidArgument"},
		{"time control without metrics", with(destination, destination+control), 400, "InvalidRequest"},
		{"time control without threshold", with(destination, destination+control+"<Metrics><Status>Enabled</Status></Metrics>"), 400, "InvalidRequest"},
		{"another time", with(destination, destination+strings.Replace(control, "15", "30", 1)), 400, "InvalidArgument"},
		{"unknown status of time control", with(destination, destination+strings.Replace(control, "Enabled", "On", 1)), 400, "MalformedXML"},
	})
	putDocument(t, srv, "/source", "replication", config(many[:1000]...)).want(t, 200, "")
	putDocument(t, srv, "/source", "replication", config(encrypted+newForm+to(destination+key+control+"<Metrics><Status>Enabled</Status>"+threshold+"</Metrics>"))).want(t, 200, "")
	if a := do(t, srv.Server, get).want(t, 200, ""); a.element("ID") == "" {
		t.Errorf("no id was made up: %s", a.body)
	}
	do(t, srv.Server, call{method: "DELETE", path: "/none", query: "replication"}).want(t, 404, "NoSuchBucket")
	do(t, srv.Server, call{method: "DELETE", path: "/source", query: "replication"}).want(t, 204, "")
	do(t, srv.Server, get).want(t, 404, "ReplicationConfigurationNotFoundError")
}
