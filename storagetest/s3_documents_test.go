package storagetest_test

import (
	"crypto/md5"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
)

// putDocument puts a configuration of a bucket, or of an object.
func putDocument(t *testing.T, srv *storagetest.S3, path, sub, body string) answer {
	t.Helper()
	return do(t, srv.Server, call{method: "PUT", path: path, query: sub, body: body, header: map[string]string{"Content-Md5": digestOf(md5.New(), body)}})
}

// refusal is a document that S3 refuses.
type refusal struct {
	name   string
	body   string
	status int
	code   string
}

// checkRefusals puts documents that are refused, and holds that what is there
// stays as it is.
func checkRefusals(t *testing.T, srv *storagetest.S3, path, sub string, refusals []refusal) {
	t.Helper()
	get := call{method: "GET", path: path, query: sub}
	before := do(t, srv.Server, get)
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			putDocument(t, srv, path, sub, r.body).want(t, r.status, r.code)
		})
	}
	if after := do(t, srv.Server, get); after.code() != before.code() || before.code() == "" && after.body != before.body {
		t.Errorf("GET of %s before: %s\nafter: %s", sub, before.body, after.body)
	}
}

// TestS3Documents holds what the configurations of buckets have in common.
func TestS3Documents(t *testing.T) {
	srv := newS3(t)
	for _, d := range []struct {
		sub     string
		absent  string // code of a GET where nothing has been put; empty: there is an answer
		body    string
		status  int  // of the PUT
		deletes bool // whether there is a DELETE
	}{
		{"tagging", "NoSuchTagSet", "<Tagging><TagSet><Tag><Key>k</Key><Value></Value></Tag></TagSet></Tagging>", 204, true},
	} {
		t.Run(d.sub, func(t *testing.T) {
			get := call{method: "GET", path: "/photos", query: d.sub}
			status := 200
			if d.absent != "" {
				status = 404
			}
			do(t, srv.Server, get).want(t, status, d.absent)
			putDocument(t, srv, "/none", d.sub, d.body).want(t, 404, "NoSuchBucket")
			putDocument(t, srv, "/photos", d.sub, "<Wrong/>").want(t, 400, "MalformedXML")
			do(t, srv.Server, call{method: "PUT", path: "/photos", query: d.sub, body: d.body}).want(t, 400, "InvalidRequest") // no digest
			putDocument(t, srv, "/photos", d.sub, d.body).want(t, d.status, "")
			do(t, srv.Server, get).want(t, 200, "")
			do(t, srv.Server, call{method: "GET", path: "/none", query: d.sub}).want(t, 404, "NoSuchBucket")
			if !d.deletes {
				do(t, srv.Server, call{method: "DELETE", path: "/photos", query: d.sub}).want(t, 405, "MethodNotAllowed")
				return
			}
			do(t, srv.Server, call{method: "DELETE", path: "/none", query: d.sub}).want(t, 404, "NoSuchBucket")
			for range 2 { // the second has nothing to delete
				do(t, srv.Server, call{method: "DELETE", path: "/photos", query: d.sub}).want(t, 204, "")
			}
		})
	}
}

func TestS3BucketTagging(t *testing.T) {
	tags := func(pairs ...string) string {
		var b strings.Builder
		for i := 0; i < len(pairs); i += 2 {
			b.WriteString("<Tag><Key>" + pairs[i] + "</Key><Value>" + pairs[i+1] + "</Value></Tag>")
		}
		return "<Tagging><TagSet>" + b.String() + "</TagSet></Tagging>"
	}
	var many []string
	for i := range 51 {
		many = append(many, "k"+strings.Repeat("x", i), "")
	}
	srv := newS3(t)
	putDocument(t, srv, "/photos", "tagging", tags(strings.Repeat("ü", 128), strings.Repeat("ü", 256))).want(t, 204, "")
	checkRefusals(t, srv, "/photos", "tagging", []refusal{
		{"no set", "<Tagging/>", 400, "MalformedXML"},
		{"empty key", tags("", "v"), 400, "InvalidTag"},
		{"long key", tags(strings.Repeat("k", 129), ""), 400, "InvalidTag"},
		{"long value", tags("k", strings.Repeat("v", 257)), 400, "InvalidTag"},
		{"comma in a key", tags("a,b", ""), 400, "InvalidTag"},
		{"comma in a value", tags("a", "a,b"), 400, "InvalidTag"},
		{"same key twice", tags("a", "1", "a", "2"), 400, "InvalidTag"},
		{"key of AWS's", tags("aws:a", ""), 400, "InvalidTag"},
		{"51 tags", tags(many...), 400, "BadRequest"},
	})
	putDocument(t, srv, "/photos", "tagging", tags(many[2:]...)).want(t, 204, "")
	body := "<CreateBucketConfiguration><Tags><Tag><Key>a,b</Key><Value/></Tag></Tags></CreateBucketConfiguration>"
	do(t, srv.Server, call{method: "PUT", path: "/other", body: body}).want(t, 400, "InvalidTag")
	do(t, srv.Server, call{method: "HEAD", path: "/other"}).want(t, 404, "")
}
