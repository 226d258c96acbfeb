package storagetest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// lifecycleOf is a configuration of one rule each.
func lifecycleOf(rules ...string) string {
	return "<LifecycleConfiguration><Rule><Status>Enabled</Status>" + strings.Join(rules, "</Rule><Rule><Status>Enabled</Status>") + "</Rule></LifecycleConfiguration>"
}

const everything = "<Filter><Prefix></Prefix></Filter>"

func archiveAfter(days, class string) string {
	return "<Transition><Days>" + days + "</Days><StorageClass>" + class + "</StorageClass></Transition>"
}

func TestIBMLifecycleRules(t *testing.T) {
	s := newIBM(t)
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	for name, tc := range map[string]struct{ rules, code string }{
		"archive":            {lifecycleOf(everything + archiveAfter("0", "GLACIER")), ""},
		"accelerated":        {lifecycleOf(everything + archiveAfter("1", "ACCELERATED")), ""},
		"old form":           {lifecycleOf("<Prefix></Prefix>" + archiveAfter("1", "GLACIER")), ""},
		"Amazon's class":     {lifecycleOf(everything + archiveAfter("30", "STANDARD_IA")), "MalformedXML"},
		"with a prefix":      {lifecycleOf("<Filter><Prefix>a</Prefix></Filter>" + archiveAfter("1", "GLACIER")), "InvalidRequest"},
		"with a size":        {lifecycleOf("<Filter><ObjectSizeLessThan>9</ObjectSizeLessThan></Filter>" + archiveAfter("1", "GLACIER")), "InvalidRequest"},
		"two":                {lifecycleOf(everything + archiveAfter("1", "GLACIER") + archiveAfter("2", "ACCELERATED")), "InvalidRequest"},
		"two rules":          {lifecycleOf(everything+archiveAfter("1", "GLACIER"), everything+archiveAfter("2", "ACCELERATED")), "InvalidRequest"},
		"of old versions":    {lifecycleOf(everything + "<NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>"), "MalformedXML"},
		"expiry of a prefix": {lifecycleOf(everything+archiveAfter("1", "GLACIER"), "<Filter><Prefix>a</Prefix></Filter><Expiration><Days>1</Days></Expiration>"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			status := 200
			if tc.code != "" {
				status = 400
			}
			a := s.put(t, "/vault?lifecycle", tc.rules, status, tc.code)
			if a.header.Get("X-Amz-Transition-Default-Minimum-Object-Size") != "" {
				t.Errorf("%v", a.header)
			}
		})
	}
}

func TestIBMArchives(t *testing.T) {
	for class, tc := range map[string]struct{ tier, other string }{"GLACIER": {"Bulk", "Accelerated"}, "ACCELERATED": {"Accelerated", "Bulk"}} {
		t.Run(class, func(t *testing.T) {
			now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
			s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(10_000*time.Hour), storagetest.WithRestoreTime(2*time.Hour))
			s.AddBucket(storagetest.BucketSetup{Name: "vault"})
			s.put(t, "/vault/before", "x", 200, "", "X-Amz-Storage-Class", "GLACIER") // which is no matter of an object
			now = now.Add(time.Minute)
			s.put(t, "/vault?lifecycle", lifecycleOf(everything+archiveAfter("1", class)), 200, "")
			s.put(t, "/vault/a", "x", 200, "")
			head := func(want ...string) {
				t.Helper()
				h := s.do(t, "HEAD", "/vault/a", "", nil).header
				for i := 0; i+1 < len(want); i += 2 {
					if got := h.Get(want[i]); got != want[i+1] {
						t.Errorf("%s %q, want %q", want[i], got, want[i+1])
					}
				}
			}
			date := now.AddDate(0, 0, 1).Format(http.TimeFormat)
			head("X-Ibm-Transition", `transition="ARCHIVE", date="`+date+`"`, "X-Amz-Storage-Class", "")
			s.Tick()
			s.do(t, "GET", "/vault/a", "", nil).want(t, 200, "")
			restore := func(days, tier string, status int, code string) {
				t.Helper()
				if tier != "" {
					tier = "<GlacierJobParameters><Tier>" + tier + "</Tier></GlacierJobParameters>"
				}
				body := "<RestoreRequest><Days>" + days + "</Days>" + tier + "</RestoreRequest>"
				s.do(t, "POST", "/vault/a?restore", body, withMD5(body)).want(t, status, code)
			}
			restore("1", tc.tier, 403, "InvalidObjectState")

			now = now.AddDate(0, 0, 1)
			s.Tick()
			s.do(t, "GET", "/vault/before", "", nil).want(t, 200, "") // only what was written later is archived
			s.do(t, "GET", "/vault/a", "", nil).want(t, 403, "InvalidObjectState")
			s.do(t, "PUT", "/vault/b", "", map[string]string{"X-Amz-Copy-Source": "/vault/a"}).want(t, 403, "InvalidObjectState")
			head("X-Amz-Storage-Class", class, "X-Ibm-Archive-Transition-Time", date, "X-Amz-Restore", "", "X-Ibm-Restored-Copy-Storage-Class", "")
			restore("0", tc.tier, 400, "InvalidArgument")
			restore("1", tc.other, 400, "InvalidArgument")
			restore("1", "Standard", 400, "InvalidArgument")
			outside := "<RestoreRequest><Days>1</Days><Tier>" + tc.tier + "</Tier></RestoreRequest>"
			s.do(t, "POST", "/vault/a?restore", outside, nil).want(t, 400, "MalformedXML")
			restore("1", tc.tier, 202, "")
			head("X-Amz-Restore", `ongoing-request="true"`)
			restore("1", "", 409, "RestoreAlreadyInProgress")
			now = now.Add(2 * time.Hour)
			s.do(t, "GET", "/vault/a", "", nil).want(t, 200, "")
			head("X-Amz-Restore", `ongoing-request="false", expiry-date="Mon, 04 May 2026 00:00:00 GMT"`, "X-Ibm-Restored-Copy-Storage-Class", "Standard")
			restore("3", "", 200, "")
			head("X-Amz-Restore", `ongoing-request="false", expiry-date="Wed, 06 May 2026 00:00:00 GMT"`)
			now = now.AddDate(0, 0, 4)
			s.do(t, "GET", "/vault/a", "", nil).want(t, 403, "InvalidObjectState")
			if a := s.do(t, "GET", "/vault", "", nil).want(t, 200, ""); !strings.Contains(a.body, "<StorageClass>"+class+"<") || !strings.Contains(a.body, "<StorageClass>STANDARD<") {
				t.Errorf("%s", a.body)
			}
		})
	}
}

func TestIBMLifecycleExpires(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(10_000*time.Hour))
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	s.AddBucket(storagetest.BucketSetup{Name: "versions", Versioning: "Enabled"})
	s.put(t, "/vault?protection", protectionDays(0, 0, 10, ""), 200, "")
	s.put(t, "/vault/loose", "x", 200, "")
	s.put(t, "/vault/kept", "x", 200, "", "Retention-Period", "259200")
	s.put(t, "/vault/other", "x", 200, "")
	s.do(t, "POST", "/vault/loose?uploads", "", nil).want(t, 200, "")
	s.put(t, "/vault?lifecycle", lifecycleOf(
		"<Filter><Prefix>loose</Prefix></Filter><Expiration><Days>1</Days></Expiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
		"<Filter><Prefix>kept</Prefix></Filter><Expiration><Date>2026-05-02T00:00:00Z</Date></Expiration>"), 200, "")
	old := s.put(t, "/versions/a", "x", 200, "").header.Get("X-Amz-Version-Id")
	now = now.Add(time.Hour)
	s.put(t, "/versions/a", "y", 200, "")
	s.put(t, "/versions?lifecycle", lifecycleOf(everything+"<Expiration><Days>3</Days></Expiration><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>",
		everything+"<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"), 200, "")
	s.Tick()
	s.do(t, "GET", "/vault/loose", "", nil).want(t, 200, "")

	now = time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)
	s.Tick()
	s.do(t, "GET", "/vault/loose", "", nil).want(t, 404, "NoSuchKey")
	s.do(t, "GET", "/vault/kept", "", nil).want(t, 200, "") // is protected
	s.do(t, "GET", "/vault/other", "", nil).want(t, 200, "")
	if a := s.do(t, "GET", "/vault?uploads", "", nil).want(t, 200, ""); strings.Contains(a.body, "<Upload>") {
		t.Errorf("uploads %s", a.body)
	}
	s.do(t, "GET", "/versions/a?versionId="+old, "", nil).want(t, 404, "NoSuchVersion")
	s.do(t, "GET", "/versions/a", "", nil).want(t, 200, "")

	now = time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC)
	s.Tick()
	s.do(t, "GET", "/versions/a", "", nil).want(t, 404, "NoSuchKey")
	s.do(t, "GET", "/vault/kept", "", nil).want(t, 404, "NoSuchKey")
	now = time.Date(2026, 5, 8, 0, 0, 0, 0, time.UTC)
	s.Tick() // the version goes
	s.Tick() // and then the marker
	if a := s.do(t, "GET", "/versions?versions", "", nil).want(t, 200, ""); strings.Contains(a.body, "<Key>") {
		t.Errorf("versions %s", a.body)
	}
}

func TestIBMLifecycleSparesLockedVersions(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(10_000*time.Hour))
	s.AddBucket(storagetest.BucketSetup{Name: "locked", ObjectLock: true})
	old := s.put(t, "/locked/a", "x", 200, "", "X-Amz-Object-Lock-Mode", "COMPLIANCE", "X-Amz-Object-Lock-Retain-Until-Date", "2026-05-10T00:00:00Z").header.Get("X-Amz-Version-Id")
	s.put(t, "/locked/a", "y", 200, "")
	s.put(t, "/locked?lifecycle", lifecycleOf(everything+"<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>"), 200, "")
	now = time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)
	s.Tick()
	s.do(t, "GET", "/locked/a?versionId="+old, "", nil).want(t, 200, "")
	now = now.AddDate(0, 0, 1)
	s.Tick()
	s.do(t, "GET", "/locked/a?versionId="+old, "", nil).want(t, 404, "NoSuchVersion")
}
