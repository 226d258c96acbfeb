package storagetest_test

import (
	"crypto/md5"
	"fmt"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestS3ObjectLockConfiguration(t *testing.T) {
	srv := newS3(t)
	const enabled = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>%s</ObjectLockConfiguration>"
	get := call{method: "GET", path: "/photos", query: "object-lock"}
	do(t, srv.Server, get).want(t, 404, "ObjectLockConfigurationNotFoundError")
	putDocument(t, srv, "/photos", "object-lock", fmt.Sprintf(enabled, "")).want(t, 409, "InvalidBucketState")
	putVersioning(t, srv.Server, "<Status>Enabled</Status>").want(t, 200, "")
	rule := func(retention string) string {
		return fmt.Sprintf(enabled, "<Rule><DefaultRetention>"+retention+"</DefaultRetention></Rule>")
	}
	checkRefusals(t, srv, "/photos", "object-lock", []refusal{
		{"of another root", "<Wrong/>", 400, "MalformedXML"},
		{"that does not enable", "<ObjectLockConfiguration/>", 400, "MalformedXML"},
		{"with a rule of nothing", fmt.Sprintf(enabled, "<Rule/>"), 400, "MalformedXML"},
		{"without mode", rule("<Days>1</Days>"), 400, "MalformedXML"},
		{"of another mode", rule("<Mode>STRICT</Mode><Days>1</Days>"), 400, "MalformedXML"},
		{"without period", rule("<Mode>GOVERNANCE</Mode>"), 400, "MalformedXML"},
		{"with two periods", rule("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>"), 400, "MalformedXML"},
		{"of no days", rule("<Mode>GOVERNANCE</Mode><Days>0</Days>"), 400, "InvalidArgument"},
		{"of too many days", rule("<Mode>GOVERNANCE</Mode><Days>36501</Days>"), 400, "InvalidArgument"},
		{"of too many years", rule("<Mode>COMPLIANCE</Mode><Years>101</Years>"), 400, "InvalidArgument"},
	})
	putDocument(t, srv, "/none", "object-lock", fmt.Sprintf(enabled, "")).want(t, 404, "NoSuchBucket")
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ObjectLockEnabled>Enabled</ObjectLockEnabled>`
	for _, inner := range []string{"<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Years>100</Years></DefaultRetention></Rule>", ""} {
		putDocument(t, srv, "/photos", "object-lock", fmt.Sprintf(enabled, inner)).want(t, 200, "")
		if a := do(t, srv.Server, get).want(t, 200, ""); a.body != head+inner+"</ObjectLockConfiguration>" {
			t.Errorf("got %s, want %s", a.body, inner)
		}
	}
	putVersioning(t, srv.Server, "<Status>Suspended</Status>").want(t, 409, "InvalidBucketState")
}

// lockServer has a bucket with Object Lock and a clock to turn.
type lockServer struct {
	*storagetest.S3
	t   *testing.T
	now time.Time
}

func newLockServer(t *testing.T) *lockServer {
	s := &lockServer{t: t, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	s.S3 = newS3(t, storagetest.WithClock(func() time.Time { return s.now }))
	s.AddBucket(storagetest.BucketSetup{Name: "vault", ObjectLock: true})
	return s
}

// call makes a request about the key k, with the digest of its body.
func (s *lockServer) call(method, path, query, body string, header ...string) answer {
	s.t.Helper()
	signer := newSigner()
	signer.now = s.now
	c := call{method: method, path: path, query: query, body: body, signer: &signer, header: map[string]string{}}
	if body != "" {
		c.header["Content-Md5"] = digestOf(md5.New(), body)
	}
	for i := 0; i < len(header); i += 2 {
		c.header[header[i]] = header[i+1]
	}
	return do(s.t, s.Server, c)
}

// put stores the object and returns its version.
func (s *lockServer) put(header ...string) string {
	s.t.Helper()
	return s.call("PUT", "/vault/k", "", "x", header...).want(s.t, 200, "").header.Get("X-Amz-Version-Id")
}

// day is a time of the server's, as documents have it.
func (s *lockServer) day(n int) string {
	return s.now.AddDate(0, 0, n).Format("2006-01-02T15:04:05.000Z")
}

func (s *lockServer) retain(version, mode, until string, header ...string) answer {
	s.t.Helper()
	body := "<Retention/>"
	if mode != "" {
		body = "<Retention><Mode>" + mode + "</Mode><RetainUntilDate>" + until + "</RetainUntilDate></Retention>"
	}
	return s.call("PUT", "/vault/k", "retention=&versionId="+version, body, header...)
}

func (s *lockServer) hold(version, status string) answer {
	s.t.Helper()
	return s.call("PUT", "/vault/k", "legal-hold=&versionId="+version, "<LegalHold><Status>"+status+"</Status></LegalHold>")
}

func (s *lockServer) remove(version string, header ...string) answer {
	s.t.Helper()
	return s.call("DELETE", "/vault/k", "versionId="+version, "", header...)
}

const bypassHeader = "X-Amz-Bypass-Governance-Retention"

func TestS3RetentionChanges(t *testing.T) {
	s := newLockServer(t)
	for _, tc := range []struct {
		name              string
		mode              string // of a retention of ten days
		newMode           string // empty: taken off
		days              int
		bypass            string
		status            int
		code              string
		wantMode          string
		wantDays          int
		afterItHasExpired bool
	}{
		{name: "governance made longer", mode: "GOVERNANCE", newMode: "GOVERNANCE", days: 11, status: 200, wantMode: "GOVERNANCE", wantDays: 11},
		{name: "governance made shorter", mode: "GOVERNANCE", newMode: "GOVERNANCE", days: 9, status: 403, code: "AccessDenied", wantMode: "GOVERNANCE", wantDays: 10},
		{name: "governance made shorter with the permission", mode: "GOVERNANCE", newMode: "GOVERNANCE", days: 9, bypass: "true", status: 200, wantMode: "GOVERNANCE", wantDays: 9},
		{name: "governance taken off", mode: "GOVERNANCE", status: 403, code: "AccessDenied", wantMode: "GOVERNANCE", wantDays: 10},
		{name: "governance taken off with what is no permission", mode: "GOVERNANCE", bypass: "false", status: 403, code: "AccessDenied", wantMode: "GOVERNANCE", wantDays: 10},
		{name: "governance taken off with the permission", mode: "GOVERNANCE", bypass: "True", status: 200},
		{name: "governance made compliance", mode: "GOVERNANCE", newMode: "COMPLIANCE", days: 10, status: 200, wantMode: "COMPLIANCE", wantDays: 10},
		{name: "governance made a shorter compliance", mode: "GOVERNANCE", newMode: "COMPLIANCE", days: 9, status: 403, code: "AccessDenied", wantMode: "GOVERNANCE", wantDays: 10},
		{name: "compliance made longer", mode: "COMPLIANCE", newMode: "COMPLIANCE", days: 11, status: 200, wantMode: "COMPLIANCE", wantDays: 11},
		{name: "compliance made shorter", mode: "COMPLIANCE", newMode: "COMPLIANCE", days: 9, bypass: "true", status: 403, code: "AccessDenied", wantMode: "COMPLIANCE", wantDays: 10},
		{name: "compliance made governance", mode: "COMPLIANCE", newMode: "GOVERNANCE", days: 11, bypass: "true", status: 403, code: "AccessDenied", wantMode: "COMPLIANCE", wantDays: 10},
		{name: "compliance taken off", mode: "COMPLIANCE", bypass: "true", status: 403, code: "AccessDenied", wantMode: "COMPLIANCE", wantDays: 10},
		{name: "compliance that has expired", mode: "COMPLIANCE", newMode: "GOVERNANCE", days: 1, status: 200, wantMode: "GOVERNANCE", wantDays: 1, afterItHasExpired: true},
		{name: "into the past", mode: "GOVERNANCE", newMode: "GOVERNANCE", days: -1, bypass: "true", status: 400, code: "InvalidArgument", wantMode: "GOVERNANCE", wantDays: 10},
		{name: "another mode", mode: "GOVERNANCE", newMode: "STRICT", days: 11, status: 400, code: "MalformedXML", wantMode: "GOVERNANCE", wantDays: 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id := s.put()
			s.retain(id, tc.mode, s.day(10)).want(t, 200, "")
			if tc.afterItHasExpired {
				s.now = s.now.AddDate(0, 0, 10)
			}
			var header []string
			if tc.bypass != "" {
				header = []string{bypassHeader, tc.bypass}
			}
			s.retain(id, tc.newMode, s.day(tc.days), header...).want(t, tc.status, tc.code)
			a := s.call("GET", "/vault/k", "retention=&versionId="+id, "")
			if tc.wantMode == "" {
				a.want(t, 404, "NoSuchObjectLockConfiguration")
			} else if a.element("Mode") != tc.wantMode || a.element("RetainUntilDate") != s.day(tc.wantDays) {
				t.Errorf("it has become %s", a.body)
			}
			h := s.call("HEAD", "/vault/k", "versionId="+id, "").header
			if h.Get("X-Amz-Object-Lock-Mode") != tc.wantMode || tc.wantMode != "" && h.Get("X-Amz-Object-Lock-Retain-Until-Date") != s.day(tc.wantDays) {
				t.Errorf("HEAD tells %v", h)
			}
		})
	}
}

func TestS3LocksKeepVersions(t *testing.T) {
	s := newLockServer(t)
	for _, tc := range []struct {
		name       string
		mode, hold string
		later      bool // the retention has expired
		bypass     bool
		denied     bool
	}{
		{name: "no lock"},
		{name: "governance", mode: "GOVERNANCE", denied: true},
		{name: "governance with the permission", mode: "GOVERNANCE", bypass: true},
		{name: "governance that has expired", mode: "GOVERNANCE", later: true},
		{name: "compliance", mode: "COMPLIANCE", bypass: true, denied: true},
		{name: "compliance that has expired", mode: "COMPLIANCE", later: true},
		{name: "hold", hold: "ON", bypass: true, denied: true},
		{name: "hold taken off", hold: "OFF"},
		{name: "hold beyond the retention", mode: "GOVERNANCE", hold: "ON", later: true, denied: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var header []string
			if tc.mode != "" {
				header = append(header, "X-Amz-Object-Lock-Mode", tc.mode, "X-Amz-Object-Lock-Retain-Until-Date", s.day(1))
			}
			if tc.hold != "" {
				header = append(header, "X-Amz-Object-Lock-Legal-Hold", tc.hold)
			}
			id := s.put(header...)
			if tc.later {
				s.now = s.now.AddDate(0, 0, 1)
			}
			// Neither new versions nor delete markers are kept off.
			s.put()
			s.call("DELETE", "/vault/k", "", "").want(t, 204, "")
			header = nil
			if tc.bypass {
				header = []string{bypassHeader, "true"}
			}
			body := "<Delete><Object><Key>k</Key><VersionId>" + id + "</VersionId></Object></Delete>"
			if !tc.denied {
				s.remove(id, header...).want(t, 204, "")
				return
			}
			s.remove(id, header...).want(t, 403, "AccessDenied")
			s.call("POST", "/vault", "delete", body, header...).want(t, 200, "AccessDenied")
			s.call("GET", "/vault/k", "versionId="+id, "").want(t, 200, "")
		})
	}
}

func TestS3DefaultRetention(t *testing.T) {
	s := newLockServer(t)
	for period, want := range map[string]time.Time{"<Days>3</Days>": s.now.AddDate(0, 0, 3), "<Years>2</Years>": s.now.AddDate(2, 0, 0)} {
		s.call("PUT", "/vault", "object-lock", "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"+
			"<Mode>GOVERNANCE</Mode>"+period+"</DefaultRetention></Rule></ObjectLockConfiguration>").want(t, 200, "")
		id := s.put()
		h := s.call("HEAD", "/vault/k", "", "").want(t, 200, "").header
		if h.Get("X-Amz-Object-Lock-Mode") != "GOVERNANCE" || h.Get("X-Amz-Object-Lock-Retain-Until-Date") != want.Format("2006-01-02T15:04:05.000Z") {
			t.Errorf("%s: %v", period, h)
		}
		s.remove(id).want(t, 403, "AccessDenied")
	}
	s.put("X-Amz-Object-Lock-Mode", "COMPLIANCE", "X-Amz-Object-Lock-Retain-Until-Date", s.day(1))
	if h := s.call("HEAD", "/vault/k", "", "").header; h.Get("X-Amz-Object-Lock-Mode") != "COMPLIANCE" || h.Get("X-Amz-Object-Lock-Retain-Until-Date") != s.day(1) {
		t.Errorf("a retention of its own: %v", h)
	}
	// A copy does not take the lock along, and gets the bucket's.
	s.call("PUT", "/vault/copy", "", "", "X-Amz-Copy-Source", "vault/k").want(t, 200, "")
	if h := s.call("HEAD", "/vault/copy", "", "").header; h.Get("X-Amz-Object-Lock-Mode") != "GOVERNANCE" {
		t.Errorf("the lock of a copy: %v", h)
	}
	signer := newSigner()
	signer.now = s.now
	do(t, s.Server, call{method: "PUT", path: "/vault/k", body: "x", signer: &signer}).want(t, 400, "InvalidRequest") // no digest
}

func TestS3LockErrors(t *testing.T) {
	s := newLockServer(t)
	id := s.put()
	other := s.put()
	s.call("PUT", "/photos/k", "", "x").want(t, 200, "")
	retention := "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>" + s.day(1) + "</RetainUntilDate></Retention>"
	const hold = "<LegalHold><Status>ON</Status></LegalHold>"
	for _, tc := range []struct {
		name                      string
		method, path, query, body string
		header                    []string
		status                    int
		code                      string
	}{
		{name: "retention in a bucket without locks", method: "PUT", path: "/photos/k", query: "retention", body: retention, status: 400, code: "InvalidRequest"},
		{name: "no retention in a bucket without locks", method: "GET", path: "/photos/k", query: "retention", status: 400, code: "InvalidRequest"},
		{name: "hold in a bucket without locks", method: "PUT", path: "/photos/k", query: "legal-hold", body: hold, status: 400, code: "InvalidRequest"},
		{name: "no hold in a bucket without locks", method: "GET", path: "/photos/k", query: "legal-hold", status: 400, code: "InvalidRequest"},
		{name: "retention of no object", method: "PUT", path: "/vault/none", query: "retention", body: retention, status: 404, code: "NoSuchKey"},
		{name: "hold on no object", method: "PUT", path: "/vault/none", query: "legal-hold", body: hold, status: 404, code: "NoSuchKey"},
		{name: "hold on a version that is not there", method: "PUT", path: "/vault/none", query: "legal-hold=&versionId=" + id, body: hold, status: 404, code: "NoSuchVersion"},
		{name: "retention that there is not", method: "GET", path: "/vault/k", query: "retention=&versionId=" + other, status: 404, code: "NoSuchObjectLockConfiguration"},
		{name: "hold that never was", method: "GET", path: "/vault/k", query: "legal-hold", status: 404, code: "NoSuchObjectLockConfiguration"},
		{name: "retention without date", method: "PUT", path: "/vault/k", query: "retention", body: "<Retention><Mode>GOVERNANCE</Mode></Retention>", status: 400, code: "MalformedXML"},
		{name: "retention without mode", method: "PUT", path: "/vault/k", query: "retention", body: "<Retention><RetainUntilDate>" + s.day(1) + "</RetainUntilDate></Retention>", status: 400, code: "MalformedXML"},
		{name: "retention of another root", method: "PUT", path: "/vault/k", query: "retention", body: hold, status: 400, code: "MalformedXML"},
		{name: "hold of another root", method: "PUT", path: "/vault/k", query: "legal-hold", body: retention, status: 400, code: "MalformedXML"},
		{name: "hold neither on nor off", method: "PUT", path: "/vault/k", query: "legal-hold", body: "<LegalHold><Status>MAYBE</Status></LegalHold>", status: 400, code: "MalformedXML"},
		{name: "mode without date", method: "PUT", path: "/vault/k", body: "x", header: []string{"X-Amz-Object-Lock-Mode", "GOVERNANCE"}, status: 400, code: "InvalidArgument"},
		{name: "date that has passed", method: "PUT", path: "/vault/k", body: "x", header: []string{"X-Amz-Object-Lock-Mode", "GOVERNANCE", "X-Amz-Object-Lock-Retain-Until-Date", s.day(0)}, status: 400, code: "InvalidArgument"},
		{name: "date that is none", method: "PUT", path: "/vault/k", body: "x", header: []string{"X-Amz-Object-Lock-Mode", "GOVERNANCE", "X-Amz-Object-Lock-Retain-Until-Date", "tomorrow"}, status: 400, code: "InvalidArgument"},
		{name: "unknown mode", method: "PUT", path: "/vault/k", body: "x", header: []string{"X-Amz-Object-Lock-Mode", "STRICT", "X-Amz-Object-Lock-Retain-Until-Date", s.day(1)}, status: 400, code: "InvalidArgument"},
		{name: "unknown hold", method: "PUT", path: "/vault/k", body: "x", header: []string{"X-Amz-Object-Lock-Legal-Hold", "MAYBE"}, status: 400, code: "InvalidArgument"},
		{name: "upload with a lock in a bucket without", method: "POST", path: "/photos/k", query: "uploads", header: []string{"X-Amz-Object-Lock-Legal-Hold", "ON"}, status: 400, code: "InvalidRequest"},
		{name: "permission where there are no locks", method: "DELETE", path: "/photos/k", header: []string{bypassHeader, "true"}, status: 400, code: "InvalidArgument"},
		{name: "permission where there are no locks, for several", method: "POST", path: "/photos", query: "delete", body: "<Delete><Object><Key>k</Key></Object></Delete>", header: []string{bypassHeader, "true"}, status: 400, code: "InvalidArgument"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.call(tc.method, tc.path, tc.query, tc.body, tc.header...).want(t, tc.status, tc.code)
		})
	}
	// A hold that is taken off is still told.
	s.hold(id, "ON").want(t, 200, "")
	s.hold(id, "OFF").want(t, 200, "")
	if a := s.call("GET", "/vault/k", "legal-hold=&versionId="+id, "").want(t, 200, ""); a.element("Status") != "OFF" {
		t.Errorf("the hold: %s", a.body)
	}
}

// TestS3LockedUpload has the parts of an upload make an object with the lock
// that the upload was given.
func TestS3LockedUpload(t *testing.T) {
	s := newLockServer(t)
	id := s.call("POST", "/vault/k", "uploads", "", "X-Amz-Object-Lock-Legal-Hold", "ON").want(t, 200, "").element("UploadId")
	etag := s.call("PUT", "/vault/k", "partNumber=1&uploadId="+id, "x").want(t, 200, "").header.Get("Etag")
	body := "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag + "</ETag></Part></CompleteMultipartUpload>"
	version := s.call("POST", "/vault/k", "uploadId="+id, body).want(t, 200, "").header.Get("X-Amz-Version-Id")
	s.remove(version).want(t, 403, "AccessDenied")
	s.hold(version, "OFF").want(t, 200, "")
	s.remove(version).want(t, 204, "")
}
