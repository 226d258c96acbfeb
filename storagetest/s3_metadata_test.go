package storagetest_test

import (
	"crypto/md5"
	"strings"
	"testing"
)

func TestS3Metadata(t *testing.T) {
	srv := newS3(t)
	send := func(method, sub, body string) answer {
		t.Helper()
		return do(t, srv.Server, call{method: method, path: "/photos", query: sub, body: body, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}})
	}
	const (
		expiration  = "<RecordExpiration><Expiration>ENABLED</Expiration><Days>7</Days></RecordExpiration>"
		journal     = "<JournalTableConfiguration>" + expiration + "</JournalTableConfiguration>"
		key         = "<EncryptionConfiguration><SseAlgorithm>aws:kms</SseAlgorithm><KmsKeyArn>arn:aws:kms:us-east-1:123456789012:key/1</KmsKeyArn></EncryptionConfiguration>"
		destination = "<S3TablesDestination><TableBucketArn>arn:aws:s3tables:us-east-1:123456789012:bucket/b</TableBucketArn><TableName>t</TableName></S3TablesDestination>"
	)
	config := func(content string) string { return "<MetadataConfiguration>" + content + "</MetadataConfiguration>" }
	old := func(content string) string {
		return "<MetadataTableConfiguration>" + content + "</MetadataTableConfiguration>"
	}
	table := func(kind, content string) string {
		return "<" + kind + "TableConfiguration>" + content + "</" + kind + "TableConfiguration>"
	}
	const enabled = "<ConfigurationState>ENABLED</ConfigurationState>"

	for _, sub := range []string{"metadataConfiguration", "metadataTable"} {
		send("GET", sub, "").want(t, 404, "MetadataConfigurationNotFound")
		send("DELETE", sub, "").want(t, 404, "MetadataConfigurationNotFound")
		send("PUT", sub, "").want(t, 405, "MethodNotAllowed")
		for _, method := range []string{"GET", "DELETE", "POST"} {
			do(t, srv.Server, call{method: method, path: "/none", query: sub, header: map[string]string{"Content-Md5": digestOf(md5.New(), "")}}).want(t, 404, "NoSuchBucket")
		}
	}
	for _, kind := range []string{"Inventory", "Annotation"} {
		send("PUT", "metadata"+kind+"Table", table(kind, enabled)).want(t, 404, "MetadataConfigurationNotFound")
	}
	send("PUT", "metadataJournalTable", journal).want(t, 404, "MetadataConfigurationNotFound")
	do(t, srv.Server, call{method: "POST", path: "/photos", query: "metadataConfiguration", body: config(journal)}).want(t, 400, "InvalidRequest") // no digest
	do(t, srv.Server, call{method: "PUT", path: "/photos", query: "metadataJournalTable", body: journal}).want(t, 400, "InvalidRequest")

	for _, tc := range []struct{ name, sub, body, code string }{
		{"another root", "metadataConfiguration", "<Metadata/>", "MalformedXML"},
		{"no journal", "metadataConfiguration", config(table("Inventory", enabled)), "MalformedXML"},
		{"no expiration", "metadataConfiguration", config("<JournalTableConfiguration/>"), "MalformedXML"},
		{"unknown expiration", "metadataConfiguration", config(strings.Replace(journal, "ENABLED", "Enabled", 1)), "MalformedXML"},
		{"expiration without days", "metadataConfiguration", config(strings.Replace(journal, "<Days>7</Days>", "", 1)), "MalformedXML"},
		{"days without expiration", "metadataConfiguration", config(strings.Replace(journal, "ENABLED", "DISABLED", 1)), "MalformedXML"},
		{"too few days", "metadataConfiguration", config(strings.Replace(journal, "7", "6", 1)), "InvalidArgument"},
		{"too many days", "metadataConfiguration", config(strings.Replace(journal, "7", "2147483648", 1)), "InvalidArgument"},
		{"unknown encryption of the journal", "metadataConfiguration", config(table("Journal", expiration+strings.Replace(key, "aws:kms", "aws:kms:dsse", 1))), "MalformedXML"},
		{"key of S3's own", "metadataConfiguration", config(table("Journal", expiration+strings.Replace(key, "aws:kms", "AES256", 1))), "InvalidRequest"},
		{"key that is no ARN", "metadataConfiguration", config(journal + table("Inventory", enabled+strings.Replace(key, "arn:aws:kms:us-east-1:123456789012:key/1", "1", 1))), "InvalidArgument"},
		{"unknown state", "metadataConfiguration", config(journal + table("Inventory", "<ConfigurationState>ON</ConfigurationState>")), "MalformedXML"},
		{"role that is none", "metadataConfiguration", config(journal + table("Annotation", enabled+"<Role>me</Role>")), "InvalidArgument"},
		{"no destination", "metadataTable", old(""), "MalformedXML"},
		{"no name of a table", "metadataTable", old(strings.Replace(destination, "<TableName>t</TableName>", "", 1)), "MalformedXML"},
		{"table bucket that is a bucket", "metadataTable", old(strings.Replace(destination, "arn:aws:s3tables:us-east-1:123456789012:bucket/b", "arn:aws:s3:::photos", 1)), "InvalidArgument"},
	} {
		t.Run(tc.name, func(t *testing.T) { send("POST", tc.sub, tc.body).want(t, 400, tc.code) })
	}
	send("GET", "metadataConfiguration", "").want(t, 404, "MetadataConfigurationNotFound")

	send("POST", "metadataTable", old(destination)).want(t, 200, "")
	send("POST", "metadataTable", old(destination)).want(t, 409, "MetadataConfigurationAlreadyExists")
	send("POST", "metadataConfiguration", config(journal)).want(t, 409, "MetadataConfigurationAlreadyExists")
	send("PUT", "metadataJournalTable", journal).want(t, 405, "MethodNotAllowed")
	send("DELETE", "metadataConfiguration", "").want(t, 204, "") // serves both forms

	send("POST", "metadataConfiguration", config(journal+table("Inventory", enabled+key))).want(t, 200, "")
	send("POST", "metadataTable", old(destination)).want(t, 409, "MetadataConfigurationAlreadyExists")
	send("GET", "metadataTable", "").want(t, 405, "MethodNotAllowed")
	send("DELETE", "metadataTable", "").want(t, 405, "MethodNotAllowed")
	send("PUT", "metadataJournalTable", table("Journal", "")).want(t, 400, "MalformedXML")
	send("PUT", "metadataInventoryTable", table("Journal", expiration)).want(t, 400, "MalformedXML")
	send("PUT", "metadataInventoryTable", table("Inventory", "")).want(t, 400, "MalformedXML")
	for range 2 {
		send("GET", "metadataConfiguration", "")
	}
	if n := strings.Count(send("GET", "metadataConfiguration", "").want(t, 200, "").body, "<TableStatus>ACTIVE<"); n != 2 {
		t.Errorf("%d active tables", n)
	}
	// A table that was off is made anew.
	send("PUT", "metadataInventoryTable", table("Inventory", strings.Replace(enabled, "ENABLED", "DISABLED", 1))).want(t, 200, "")
	send("PUT", "metadataInventoryTable", table("Inventory", enabled)).want(t, 200, "")
	if n := strings.Count(send("GET", "metadataConfiguration", "").want(t, 200, "").body, "<TableStatus>CREATING<"); n != 1 {
		t.Errorf("%d tables are being created", n)
	}
	send("DELETE", "metadataConfiguration", "").want(t, 204, "")
}
