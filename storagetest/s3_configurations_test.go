package storagetest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestS3Configurations holds what the kinds of configurations with ids have in
// common.
func TestS3Configurations(t *testing.T) {
	for _, k := range []struct{ sub, root, content string }{
		{"analytics", "AnalyticsConfiguration", "<StorageClassAnalysis></StorageClassAnalysis>"},
		{"inventory", "InventoryConfiguration", inventoryContent("arn:aws:s3:::lists")},
		{"metrics", "MetricsConfiguration", ""},
		{"intelligent-tiering", "IntelligentTieringConfiguration",
			"<Status>Enabled</Status><Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>"},
	} {
		t.Run(k.sub, func(t *testing.T) {
			srv := newS3(t)
			send := func(method, bucket, id, body string) answer {
				query := k.sub
				if id != "" {
					query += "&id=" + url.QueryEscape(id)
				}
				return do(t, srv.Server, call{method: method, path: "/" + bucket, query: query, body: body})
			}
			document := func(id string) string {
				return "<" + k.root + ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Id>` + id + "</Id>" + k.content + "</" + k.root + ">"
			}
			send("GET", "photos", "a", "").want(t, 404, "NoSuchConfiguration")
			send("DELETE", "photos", "a", "").want(t, 404, "NoSuchConfiguration")
			send("PUT", "photos", "a", document("b")).want(t, 400, "IdMismatch")
			send("PUT", "photos", "a", document("")).want(t, 400, "MalformedXML")
			send("PUT", "photos", "a", "<Wrong/>").want(t, 400, "MalformedXML")
			send("PUT", "photos", "", document("a")).want(t, 400, "InvalidArgument")
			send("PUT", "photos", "a:b", document("a:b")).want(t, 400, "InvalidArgument")
			send("DELETE", "photos", strings.Repeat("a", 65), "").want(t, 400, "InvalidArgument")
			send("GET", "photos", "/", "").want(t, 400, "InvalidArgument")
			for _, method := range []string{"GET", "DELETE", "PUT"} {
				send(method, "none", "a", document("a")).want(t, 404, "NoSuchBucket")
			}
			send("GET", "none", "", "").want(t, 404, "NoSuchBucket")
			do(t, srv.Server, call{method: "GET", path: "/photos", query: k.sub + "&continuation-token=x"}).want(t, 400, "InvalidArgument")

			send("PUT", "photos", "a", document("a")).want(t, 200, "")
			send("PUT", "photos", "a", document("a")).want(t, 200, "")
			if n := strings.Count(send("GET", "photos", "", "").want(t, 200, "").body, "<Id>"); n != 1 {
				t.Errorf("%d configurations after the same was put twice", n)
			}
			for i := range 999 {
				id := fmt.Sprintf("id-%03d", i)
				send("PUT", "photos", id, document(id)).want(t, 200, "")
			}
			send("PUT", "photos", "more", document("more")).want(t, 400, "TooManyConfigurations")
			send("PUT", "photos", "a", document("a")).want(t, 200, "") // replaces one

			var sizes []int
			for token := ""; ; {
				a := do(t, srv.Server, call{method: "GET", path: "/photos", query: k.sub + token}).want(t, 200, "")
				sizes = append(sizes, strings.Count(a.body, "<"+k.root+">"))
				if a.element("IsTruncated") == "false" {
					break
				}
				token = "&continuation-token=" + url.QueryEscape(a.element("NextContinuationToken"))
			}
			if diff := cmp.Diff([]int{100, 100, 100, 100, 100, 100, 100, 100, 100, 100}, sizes); diff != "" {
				t.Errorf("sizes of pages (-want +got):\n%s", diff)
			}
			send("DELETE", "photos", "a", "").want(t, 204, "")
			send("PUT", "photos", "more", document("more")).want(t, 200, "")
		})
	}
}

func inventoryContent(bucket string) string {
	return "<IsEnabled>true</IsEnabled><IncludedObjectVersions>All</IncludedObjectVersions><Schedule><Frequency>Daily</Frequency></Schedule>" +
		"<Destination><S3BucketDestination><Bucket>" + bucket + "</Bucket><Format>CSV</Format></S3BucketDestination></Destination>"
}

// TestS3RefusesConfigurations puts configurations that are wrong in one place,
// which is replaced in a right one.
func TestS3RefusesConfigurations(t *testing.T) {
	const (
		analysis = "<StorageClassAnalysis><DataExport><OutputSchemaVersion>V_1</OutputSchemaVersion><Destination><S3BucketDestination>" +
			"<Format>CSV</Format><BucketAccountId>123456789012</BucketAccountId><Bucket>arn:aws:s3:::results</Bucket></S3BucketDestination></Destination></DataExport></StorageClassAnalysis>"
		encryption = "<Encryption><SSE-KMS><KeyId>arn:aws:kms:us-east-1:123456789012:key/1</KeyId></SSE-KMS></Encryption>"
		tier       = "<Tiering><Days>730</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering>"
		tiers      = "<Status>Disabled</Status>" + tier
		tag        = "<Tag><Key>k</Key><Value>v</Value></Tag>"
		other      = "<Tag><Key>l</Key><Value>v</Value></Tag>"
	)
	list := strings.Replace(inventoryContent("arn:aws:s3:::lists"), "</Format>", "</Format>"+encryption, 1) +
		"<Filter><Prefix>p</Prefix></Filter><OptionalFields><Field>Size</Field></OptionalFields>"
	for _, tc := range []struct {
		name, sub, root string
		content         string
		part, by        string // what is replaced; empty part: added
		code            string
	}{
		{"no analysis", "analytics", "AnalyticsConfiguration", analysis, analysis, "", "MalformedXML"},
		{"unknown schema", "analytics", "AnalyticsConfiguration", analysis, "V_1", "V_2", "MalformedXML"},
		{"unknown format of results", "analytics", "AnalyticsConfiguration", analysis, "CSV", "ORC", "MalformedXML"},
		{"results go nowhere", "analytics", "AnalyticsConfiguration", analysis, "<Bucket>arn:aws:s3:::results</Bucket>", "", "MalformedXML"},
		{"results go to a name", "analytics", "AnalyticsConfiguration", analysis, "arn:aws:s3:::results", "results", "InvalidS3DestinationBucket"},
		{"results go to no account", "analytics", "AnalyticsConfiguration", analysis, "123456789012", "me", "InvalidArgument"},
		{"analysis of two filters", "analytics", "AnalyticsConfiguration", analysis, "", "<Filter><Prefix>p</Prefix>" + tag + "</Filter>", "MalformedXML"},
		{"analysis by access point", "analytics", "AnalyticsConfiguration", analysis, "",
			"<Filter><AccessPointArn>arn:aws:s3:us-east-1:123456789012:accesspoint/a</AccessPointArn></Filter>", "MalformedXML"},

		{"enabled or not", "inventory", "InventoryConfiguration", list, "<IsEnabled>true</IsEnabled>", "", "MalformedXML"},
		{"enabled by another word", "inventory", "InventoryConfiguration", list, "true", "yes", "MalformedXML"},
		{"unknown versions", "inventory", "InventoryConfiguration", list, "All", "Some", "MalformedXML"},
		{"unknown frequency", "inventory", "InventoryConfiguration", list, "Daily", "Hourly", "MalformedXML"},
		{"unknown format of lists", "inventory", "InventoryConfiguration", list, "CSV", "TSV", "MalformedXML"},
		{"unknown field", "inventory", "InventoryConfiguration", list, "Size", "Weight", "MalformedXML"},
		{"filter without prefix", "inventory", "InventoryConfiguration", list, "<Prefix>p</Prefix>", "", "MalformedXML"},
		{"lists go nowhere", "inventory", "InventoryConfiguration", list, "<Bucket>arn:aws:s3:::lists</Bucket>", "", "MalformedXML"},
		{"lists go to a name", "inventory", "InventoryConfiguration", list, "arn:aws:s3:::lists", "lists", "InvalidS3DestinationBucket"},
		{"two encryptions", "inventory", "InventoryConfiguration", list, "<SSE-KMS>", "<SSE-S3/><SSE-KMS>", "MalformedXML"},
		{"no encryption", "inventory", "InventoryConfiguration", list, encryption, "<Encryption/>", "MalformedXML"},
		{"key that is no ARN", "inventory", "InventoryConfiguration", list, "arn:aws:kms:us-east-1:123456789012:key/1", "1", "InvalidArgument"},

		{"empty filter", "metrics", "MetricsConfiguration", "", "", "<Filter/>", "MalformedXML"},
		{"conjunction of one", "metrics", "MetricsConfiguration", "", "", "<Filter><And><Prefix>p</Prefix></And></Filter>", "MalformedXML"},
		{"conjunction of one tag", "metrics", "MetricsConfiguration", "", "", "<Filter><And>" + tag + "</And></Filter>", "MalformedXML"},
		{"conjunction and more", "metrics", "MetricsConfiguration", "", "", "<Filter><Prefix>p</Prefix><And>" + tag + other + "</And></Filter>", "MalformedXML"},
		{"same tag twice", "metrics", "MetricsConfiguration", "", "", "<Filter><And>" + tag + tag + "</And></Filter>", "InvalidTag"},
		{"tag without a key", "metrics", "MetricsConfiguration", "", "", "<Filter><Tag><Key/><Value>v</Value></Tag></Filter>", "InvalidTag"},
		{"access point that is no ARN", "metrics", "MetricsConfiguration", "", "", "<Filter><AccessPointArn>readers</AccessPointArn></Filter>", "InvalidArgument"},
		{"access point that is a bucket", "metrics", "MetricsConfiguration", "", "", "<Filter><AccessPointArn>arn:aws:s3:::photos</AccessPointArn></Filter>", "InvalidArgument"},

		{"no status", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "<Status>Disabled</Status>", "", "MalformedXML"},
		{"unknown status", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "Disabled", "Off", "MalformedXML"},
		{"no tiers", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, tier, "", "MalformedXML"},
		{"unknown tier", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "DEEP_ARCHIVE_ACCESS", "DEEPER", "MalformedXML"},
		{"same tier twice", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "</Tiering>",
			"</Tiering><Tiering><Days>200</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering>", "MalformedXML"},
		{"too early for the deep archive", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "730", "179", "InvalidArgument"},
		{"too late", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "730", "731", "InvalidArgument"},
		{"too early for the archive", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "</Tiering>",
			"</Tiering><Tiering><Days>89</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>", "InvalidArgument"},
		{"tiering of an empty filter", "intelligent-tiering", "IntelligentTieringConfiguration", tiers, "", "<Filter/>", "MalformedXML"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := newS3(t)
			put := func(content string) answer {
				return do(t, srv.Server, call{method: "PUT", path: "/photos", query: tc.sub + "&id=a",
					body: "<" + tc.root + "><Id>a</Id>" + content + "</" + tc.root + ">"})
			}
			if tc.part != tc.content {
				put(tc.content).want(t, 200, "")
			}
			changed := strings.Replace(tc.content, tc.part, tc.by, 1)
			if changed == tc.content {
				t.Fatal("nothing was changed")
			}
			put(changed).want(t, 400, tc.code)
		})
	}
}
