package storagetest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

const express = "fast--use1-az4--x-s3"

// session opens a session of the bucket and returns a signer for it.
func session(t *testing.T, srv *storagetest.S3, mode string, now time.Time) *signer {
	t.Helper()
	own := newSigner()
	own.service, own.now = "s3express", now
	c := call{method: "GET", path: "/" + express, query: "session", signer: &own}
	if mode != "" {
		c.header = map[string]string{"X-Amz-Create-Session-Mode": mode}
	}
	a := do(t, srv.Server, c).want(t, 200, "")
	return &signer{id: a.element("AccessKeyId"), secret: a.element("SecretAccessKey"), token: a.element("SessionToken"),
		region: "us-east-1", service: "s3express", session: true, now: now}
}

// TestSessions grants credentials that are good for one bucket, one mode and
// five minutes, and for nothing else.
func TestSessions(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	clock := now
	srv := newS3(t, storagetest.WithClock(func() time.Time { return clock }))
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	srv.AddBucket(storagetest.BucketSetup{Name: "other--use1-az4--x-s3"})
	writer, reader := session(t, srv, "", now), session(t, srv, "ReadOnly", now)
	own := newSigner()
	own.service, own.now = "s3express", now
	with := func(s *signer, change func(*signer)) *signer {
		c := *s
		change(&c)
		return &c
	}
	put := call{method: "PUT", path: "/" + express + "/k", body: "content"}
	get := call{method: "GET", path: "/" + express + "/k"}
	for _, tc := range []struct {
		name   string
		call   call
		signer *signer
		status int
		code   string
	}{
		{"write", put, writer, 200, ""},
		{"read", get, reader, 200, ""},
		{"the caller's own keys do as well", get, &own, 200, ""},
		{"write in a session to read", put, reader, 403, "AccessDenied"},
		{"another bucket", call{method: "GET", path: "/other--use1-az4--x-s3/k"}, reader, 403, "AccessDenied"},
		{"general purpose bucket", call{method: "GET", path: "/photos/k"}, with(reader, func(s *signer) { s.service = "s3" }), 403, "AccessDenied"},
		{"signed for s3", get, with(reader, func(s *signer) { s.service = "s3" }), 400, "AuthorizationHeaderMalformed"},
		{"general purpose bucket, signed for s3express", call{method: "GET", path: "/photos/k"}, &own, 400, "AuthorizationHeaderMalformed"},
		{"wrong token", get, with(reader, func(s *signer) { s.token = "guess" }), 400, "InvalidToken"},
		{"token of another session", get, with(reader, func(s *signer) { s.token = writer.token }), 400, "InvalidToken"},
		{"token in the wrong header", get, with(reader, func(s *signer) { s.session = false }), 400, "InvalidToken"},
		{"session in a session", call{method: "GET", path: "/" + express, query: "session"}, writer, 403, "AccessDenied"},
		{"policy in a session", call{method: "GET", path: "/" + express, query: "policy"}, writer, 403, "AccessDenied"},
		{"bucket deleted in a session", call{method: "DELETE", path: "/" + express}, writer, 403, "AccessDenied"},
		{"session of a general purpose bucket", call{method: "GET", path: "/photos", query: "session"}, with(&own, func(s *signer) { s.service = "s3" }), 400, "InvalidRequest"},
		{"unknown mode", call{method: "GET", path: "/" + express, query: "session", header: map[string]string{"X-Amz-Create-Session-Mode": "Write"}}, &own, 400, "InvalidArgument"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.call.signer = tc.signer
			do(t, srv.Server, tc.call).want(t, tc.status, tc.code)
		})
	}

	clock = now.Add(5 * time.Minute)
	get.signer = reader
	do(t, srv.Server, get).want(t, 400, "ExpiredToken")
}

// TestDirectoryBuckets know less than others.
func TestDirectoryBuckets(t *testing.T) {
	srv := newS3(t)
	own := newSigner()
	own.service = "s3express"
	create := func(name, zone, kind, redundancy string) answer {
		return do(t, srv.Server, call{method: "PUT", path: "/" + name, signer: &own, body: "<CreateBucketConfiguration><Location><Name>" + zone + "</Name><Type>" + kind +
			"</Type></Location><Bucket><DataRedundancy>" + redundancy + "</DataRedundancy><Type>Directory</Type></Bucket><Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></CreateBucketConfiguration>"})
	}
	create(express, "use1-az4", "AvailabilityZone", "SingleAvailabilityZone").want(t, 200, "")
	create(express, "use1-az4", "AvailabilityZone", "SingleAvailabilityZone").want(t, 409, "BucketAlreadyOwnedByYou")
	create("a--use1-az4--x-s3", "use1-az5", "AvailabilityZone", "SingleAvailabilityZone").want(t, 400, "InvalidBucketName")
	create("a--use1-az4--x-s3", "use1-az4", "AvailabilityZone", "SingleLocalZone").want(t, 400, "InvalidRequest")
	do(t, srv.Server, call{method: "PUT", path: "/a--use1-az4--x-s3", signer: &own}).want(t, 400, "MalformedXML")

	a := do(t, srv.Server, call{method: "HEAD", path: "/" + express, signer: &own}).want(t, 200, "")
	if a.header.Get("X-Amz-Bucket-Location-Name") != "use1-az4" || !strings.HasSuffix(a.header.Get("X-Amz-Bucket-Arn"), ":bucket/"+express) {
		t.Errorf("HeadBucket: %v", a.header)
	}
	for query, code := range map[string]string{
		"list-type=2": "", "list-type=2&delimiter=%2F&prefix=a%2F": "",
		"list-type=2&delimiter=-": "InvalidArgument", "list-type=2&prefix=a": "InvalidArgument", "list-type=2&start-after=a": "InvalidArgument",
		"": "MethodNotAllowed", "versions": "MethodNotAllowed", "versioning": "MethodNotAllowed", "acl": "MethodNotAllowed", "tagging": "MethodNotAllowed",
	} {
		status := map[string]int{"": 200, "InvalidArgument": 400, "MethodNotAllowed": 405}[code]
		do(t, srv.Server, call{method: "GET", path: "/" + express, query: query, signer: &own}).want(t, status, code)
	}
	for _, query := range []string{"acl", "tagging", "retention"} {
		do(t, srv.Server, call{method: "GET", path: "/" + express + "/k", query: query, signer: &own}).want(t, 405, "MethodNotAllowed")
	}

	a = do(t, srv.Server, call{method: "GET", path: "/", signer: &own}).want(t, 200, "")
	if strings.Contains(a.body, "photos") || a.element("Name") != express {
		t.Errorf("directory buckets: %s", a.body)
	}
	a = do(t, srv.Server, call{method: "GET", path: "/"}).want(t, 200, "")
	if strings.Contains(a.body, express) || a.element("Name") != "photos" {
		t.Errorf("buckets: %s", a.body)
	}
}

// TestHosts reaches buckets by all names that AWS has for them.
func TestHosts(t *testing.T) {
	srv := newS3(t, storagetest.WithAccountID("123456789012"))
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	srv.AddBucket(storagetest.BucketSetup{Name: "behind", AccessPoints: []string{"mine"}})
	own := newSigner()
	own.service = "s3express"
	for _, tc := range []struct {
		host, path string
		signer     *signer
		arn        string // of the bucket that answers
	}{
		{host: "photos.s3.us-east-1.amazonaws.com", path: "/", arn: "photos"},
		{host: "photos.s3.amazonaws.com", path: "/", arn: "photos"},
		{host: "photos.s3-fips.dualstack.us-east-1.amazonaws.com", path: "/", arn: "photos"},
		{host: "photos.s3-accelerate.amazonaws.com", path: "/", arn: "photos"},
		{host: "photos.s3.us-east-1.amazonaws.com.cn", path: "/", arn: "photos"},
		{host: "s3.us-east-1.amazonaws.com", path: "/photos", arn: "photos"},
		{host: "mine-123456789012.s3-accesspoint.us-east-1.amazonaws.com", path: "/", arn: "behind"},
		{host: "mine-123456789012.s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com", path: "/", arn: "behind"},
		{host: "mine-123456789012.localhost", path: "/", arn: "behind"},
		{host: express + ".s3express-use1-az4.us-east-1.amazonaws.com", path: "/", signer: &own, arn: express},
		{host: express + ".s3express-fips-use1-az4.dualstack.us-east-1.amazonaws.com", path: "/", signer: &own, arn: express},
		{host: "s3express-control.us-east-1.amazonaws.com", path: "/" + express, signer: &own, arn: express},
	} {
		a := do(t, srv.Server, call{method: "HEAD", path: tc.path, header: map[string]string{"Host": tc.host}, signer: tc.signer})
		if arn := a.header.Get("X-Amz-Bucket-Arn"); a.status != 200 || !strings.HasSuffix(arn, ":"+tc.arn) && !strings.HasSuffix(arn, "/"+tc.arn) {
			t.Errorf("%s%s: %d, %s", tc.host, tc.path, a.status, arn)
		}
	}
	a := do(t, srv.Server, call{method: "GET", path: "/", header: map[string]string{"Host": "s3express-control.us-east-1.amazonaws.com"}, signer: &own}).want(t, 200, "")
	if a.element("Name") != express {
		t.Errorf("directory buckets: %s", a.body)
	}
}

// TestDirectoryBucketParts are numbered without gaps, and no ETag is an MD5.
func TestDirectoryBucketParts(t *testing.T) {
	srv := newS3(t, storagetest.WithMinPartSize(1))
	srv.AddBucket(storagetest.BucketSetup{Name: express})
	s := session(t, srv, "", time.Now())
	path := "/" + express + "/k"
	id := do(t, srv.Server, call{method: "POST", path: path, query: "uploads", signer: s}).want(t, 200, "").element("UploadId")
	etags := map[string]string{}
	for _, number := range []string{"1", "2", "3"} {
		a := do(t, srv.Server, call{method: "PUT", path: path, query: "partNumber=" + number + "&uploadId=" + id, body: "content", signer: s}).want(t, 200, "")
		etags[number] = a.header.Get("Etag")
	}
	if md5 := `"9a0364b9e99bb480dd25e1f0284c8555"`; etags["1"] == md5 {
		t.Errorf("the ETag of a part is its MD5, %s", md5)
	}
	complete := func(numbers ...string) answer {
		body := "<CompleteMultipartUpload>"
		for _, n := range numbers {
			body += "<Part><PartNumber>" + n + "</PartNumber><ETag>" + etags[n] + "</ETag></Part>"
		}
		return do(t, srv.Server, call{method: "POST", path: path, query: "uploadId=" + id, body: body + "</CompleteMultipartUpload>", signer: s})
	}
	complete("1", "3").want(t, 400, "InvalidPart")
	complete("2", "3").want(t, 400, "InvalidPart")
	complete("1", "2", "3").want(t, 200, "")
}
