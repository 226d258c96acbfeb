package storagetest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestIBMRetention(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(1000*time.Hour))
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	if a := s.do(t, "GET", "/vault?protection", "", nil).want(t, 200, ""); a.element("Status") != "Disabled" {
		t.Errorf("no protection: %s", a.body)
	}
	s.do(t, "PUT", "/vault/free", "x", withMD5("x", "Retention-Period", "60")).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault/free", "x", nil).want(t, 200, "")
	const policy = `<ProtectionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Retention</Status><MinimumRetention><Days>0</Days></MinimumRetention>` +
		`<DefaultRetention><Days>1</Days></DefaultRetention><MaximumRetention><Days>10</Days></MaximumRetention></ProtectionConfiguration>`
	s.do(t, "PUT", "/vault?protection", policy, nil).want(t, 400, "InvalidRequest")
	backwards := strings.Replace(policy, ">10<", ">0<", 1)
	s.do(t, "PUT", "/vault?protection", backwards, withMD5(backwards)).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault?protection", policy, withMD5(policy)).want(t, 200, "")
	if a := s.do(t, "GET", "/vault?protection", "", nil).want(t, 200, ""); !strings.HasSuffix(a.body, policy) {
		t.Errorf("protection (-put +got)\n%s", cmp.Diff(policy, a.body))
	}

	s.do(t, "PUT", "/vault/a", "x", nil).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault/a", "x", withMD5("x", "Retention-Period", "99999999")).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault/a", "x", withMD5("x", "Retention-Period", "-2")).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault/a", "x", withMD5("x", "Retention-Period", "1", "Retention-Expiration-Date", "2026-05-02T00:00:00Z")).want(t, 400, "InvalidRequest")
	s.do(t, "PUT", "/vault/a", "x", withMD5("x", "Retention-Expiration-Date", "2026-05-01T13:00:00Z", "Retention-Legal-Hold-Id", "hold-1")).want(t, 200, "")
	a := s.do(t, "HEAD", "/vault/a", "", nil)
	if a.header.Get("Retention-Period") != "3600" || a.header.Get("Retention-Expiration-Date") != "Fri, 01 May 2026 13:00:00 GMT" || a.header.Get("Retention-Legal-Hold-Count") != "1" {
		t.Errorf("HEAD %v", a.header)
	}
	s.do(t, "POST", "/vault/a?legalHold&add=hold-1", "", nil).want(t, 409, "InvalidRequest")
	s.do(t, "POST", "/vault/a?legalHold&add=hold-2", "", nil).want(t, 200, "")
	s.do(t, "POST", "/vault/a?legalHold&add=a%20b", "", nil).want(t, 400, "InvalidArgument")
	s.do(t, "POST", "/vault/free?legalHold&add=hold-1", "", nil).want(t, 400, "InvalidRequest")
	s.do(t, "GET", "/vault/free?legalHold", "", nil).want(t, 404, "NoSuchKey")
	a = s.do(t, "GET", "/vault/a?legalHold", "", nil).want(t, 200, "")
	const want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<RetentionState xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CreateTime>2026-05-01T12:00:00.000Z</CreateTime>` +
		`<RetentionPeriod>3600</RetentionPeriod><RetentionPeriodExpirationDate>2026-05-01T13:00:00.000Z</RetentionPeriodExpirationDate><LegalHolds>` +
		`<member><Date>2026-05-01T12:00:00.000Z</Date><ID>hold-1</ID></member><member><Date>2026-05-01T12:00:00.000Z</Date><ID>hold-2</ID></member></LegalHolds></RetentionState>`
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("holds (-want +got)\n%s", diff)
	}
	s.do(t, "DELETE", "/vault/a", "", nil).want(t, 403, "AccessDenied")
	s.do(t, "PUT", "/vault/a", "y", withMD5("y")).want(t, 403, "AccessDenied")
	now = now.Add(2 * time.Hour)
	s.do(t, "DELETE", "/vault/a", "", nil).want(t, 403, "AccessDenied") // the holds
	s.do(t, "POST", "/vault/a?legalHold&remove=hold-1", "", nil).want(t, 200, "")
	s.do(t, "POST", "/vault/a?legalHold&remove=hold-2", "", nil).want(t, 200, "")
	s.do(t, "DELETE", "/vault/a", "", nil).want(t, 204, "")
}

func TestIBMRetentionOfAThousandYears(t *testing.T) {
	s, now := newVault(t, protectionDays(0, 365243, 365243, ""))
	s.put(t, "/vault/default", "x", 200, "")
	s.put(t, "/vault/dated", "x", 200, "", "Retention-Expiration-Date", "3025-01-01T00:00:00Z")
	s.put(t, "/vault/short", "x", 200, "", "Retention-Period", "60")
	s.do(t, "POST", "/vault/short?extendRetention", "", map[string]string{"Additional-Retention-Period": "9223372036854775807"}).want(t, 400, "InvalidArgument")
	s.do(t, "POST", "/vault/short?extendRetention", "", map[string]string{"New-Retention-Expiration-Date": "3025-01-01T00:00:00Z"}).want(t, 200, "")
	for key, date := range map[string]string{"default": "Tue, 02 May 3026 12:00:00 GMT", "dated": "Sat, 01 Jan 3025 00:00:00 GMT", "short": "Sat, 01 Jan 3025 00:00:00 GMT"} {
		*now = time.Date(2026, 5, 1, 13, 0, 0, 0, time.UTC)
		if got := s.do(t, "HEAD", "/vault/"+key, "", nil).header.Get("Retention-Expiration-Date"); got != date {
			t.Errorf("%s: %s, want %s", key, got, date)
		}
		*now = now.AddDate(200, 0, 0)
		s.do(t, "DELETE", "/vault/"+key, "", nil).want(t, 403, "AccessDenied")
	}
}

// protectionDays is a retention policy; more is further elements.
func protectionDays(low, usual, high int, more string) string {
	return fmt.Sprintf(`<ProtectionConfiguration><Status>Retention</Status><MinimumRetention><Days>%d</Days></MinimumRetention>`+
		`<DefaultRetention><Days>%d</Days></DefaultRetention><MaximumRetention><Days>%d</Days></MaximumRetention>%s</ProtectionConfiguration>`, low, usual, high, more)
}

const permanentRetention = "<EnablePermanentRetention>true</EnablePermanentRetention>"

// newVault starts a server with a protected bucket, whose clock the caller sets.
func newVault(t *testing.T, policy string) (*ibm, *time.Time) {
	t.Helper()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(2_000_000*time.Hour))
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	s.put(t, "/vault?protection", policy, 200, "")
	return s, &now
}

func TestIBMPermanentRetentionStaysAllowed(t *testing.T) {
	s, _ := newVault(t, protectionDays(0, 1, 10, permanentRetention))
	s.put(t, "/vault?protection", protectionDays(0, 2, 10, ""), 400, "InvalidRequest")
	s.put(t, "/vault?protection", protectionDays(0, 2, 10, permanentRetention), 200, "")
	s.put(t, "/vault/a", "x", 200, "", "Retention-Period", "-2")
}

func TestIBMExtendsRetention(t *testing.T) {
	const day = 86400
	for name, tc := range map[string]struct {
		period string // of the object, which is an hour old
		header []string
		want   string // period, or the code of an error
	}{
		"nothing":              {"3600", nil, "InvalidRequest"},
		"two":                  {"3600", []string{"Additional-Retention-Period", "1", "New-Retention-Period", "7200"}, "InvalidRequest"},
		"more":                 {"3600", []string{"Additional-Retention-Period", "100"}, "3700"},
		"no more":              {"3600", []string{"Additional-Retention-Period", "0"}, "InvalidArgument"},
		"less":                 {"3600", []string{"Additional-Retention-Period", "-1"}, "InvalidArgument"},
		"text":                 {"3600", []string{"Additional-Retention-Period", "x"}, "InvalidArgument"},
		"more than indefinite": {"-1", []string{"Additional-Retention-Period", "1"}, "InvalidArgument"},
		"from now":             {"3600", []string{"Extend-Retention-From-Current-Time", "3600"}, "7200"},
		"from now, too short":  {"9000", []string{"Extend-Retention-From-Current-Time", "3600"}, "InvalidRequest"},
		"from now, longest":    {"3600", []string{"Extend-Retention-From-Current-Time", fmt.Sprint(10 * day)}, fmt.Sprint(10*day + 3600)},
		"from now, too long":   {"3600", []string{"Extend-Retention-From-Current-Time", fmt.Sprint(10*day + 1)}, "InvalidRequest"},
		"date":                 {"3600", []string{"New-Retention-Expiration-Date", "2026-05-01T15:00:00Z"}, "10800"},
		"basic date":           {"3600", []string{"New-Retention-Expiration-Date", "20260501T150000Z"}, "10800"},
		"earlier date":         {"9000", []string{"New-Retention-Expiration-Date", "2026-05-01T13:30:00Z"}, "InvalidRequest"},
		"date before all":      {"-1", []string{"New-Retention-Expiration-Date", "2026-04-01T13:30:00Z"}, "InvalidArgument"},
		"no date":              {"3600", []string{"New-Retention-Expiration-Date", "soon"}, "InvalidArgument"},
		"period":               {"3600", []string{"New-Retention-Period", "7200"}, "7200"},
		"same period":          {"3600", []string{"New-Retention-Period", "3600"}, "3600"},
		"shorter":              {"3600", []string{"New-Retention-Period", "3599"}, "InvalidRequest"},
		"indefinite":           {"3600", []string{"New-Retention-Period", "-1"}, "-1"},
		"permanent":            {"3600", []string{"New-Retention-Period", "-2"}, "-2"},
		"other negative":       {"3600", []string{"New-Retention-Period", "-3"}, "InvalidArgument"},
		"finite at last":       {"-1", []string{"New-Retention-Period", "60"}, "60"},
		"from permanent":       {"-2", []string{"New-Retention-Period", "864000"}, "InvalidRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			s, now := newVault(t, protectionDays(0, 1, 10, permanentRetention))
			s.put(t, "/vault/a", "x", 200, "", "Retention-Period", tc.period)
			*now = now.Add(time.Hour)
			header := make(map[string]string)
			for i := 0; i+1 < len(tc.header); i += 2 {
				header[tc.header[i]] = tc.header[i+1]
			}
			a := s.do(t, "POST", "/vault/a?extendRetention", "", header)
			if strings.HasPrefix(tc.want, "Invalid") {
				a.want(t, 400, tc.want)
				tc.want = tc.period // stays
			} else {
				a.want(t, 200, "")
			}
			if got := s.do(t, "HEAD", "/vault/a", "", nil).header.Get("Retention-Period"); got != tc.want {
				t.Errorf("period %s, want %s", got, tc.want)
			}
		})
	}
	s, _ := newVault(t, protectionDays(0, 1, 10, ""))
	s.put(t, "/vault/a", "x", 200, "")
	s.do(t, "POST", "/vault/a?extendRetention", "", map[string]string{"New-Retention-Period": "-2"}).want(t, 400, "InvalidRequest") // not enabled
	s.do(t, "POST", "/vault/b?extendRetention", "", map[string]string{"New-Retention-Period": "1"}).want(t, 404, "NoSuchKey")
	s.AddBucket(storagetest.BucketSetup{Name: "free"})
	s.put(t, "/free/a", "x", 200, "")
	s.do(t, "POST", "/free/a?extendRetention", "", map[string]string{"New-Retention-Period": "1"}).want(t, 400, "InvalidRequest")
}

func TestIBMRetentionProtects(t *testing.T) {
	s, now := newVault(t, protectionDays(0, 1, 10, permanentRetention))
	s.put(t, "/vault/kept", "x", 200, "")
	s.put(t, "/vault/for-ever", "x", 200, "", "Retention-Period", "-2")
	s.put(t, "/vault/indefinite", "x", 200, "", "Retention-Period", "-1")
	s.put(t, "/vault/loose", "x", 200, "", "Retention-Period", "0")
	copied := map[string]string{"X-Amz-Copy-Source": "/vault/loose"}
	upload := s.do(t, "POST", "/vault/kept?uploads", "", nil).want(t, 200, "").element("UploadId")
	s.do(t, "PUT", "/vault/kept?partNumber=1&uploadId="+upload, "x", nil).want(t, 400, "InvalidRequest")
	etag := s.put(t, "/vault/kept?partNumber=1&uploadId="+upload, "x", 200, "").header.Get("Etag")
	complete := "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag + "</ETag></Part></CompleteMultipartUpload>"
	writes := func(status int, code string) {
		t.Helper()
		s.put(t, "/vault/kept", "y", status, code)
		s.do(t, "PUT", "/vault/kept", "", copied).want(t, status, code)
		s.do(t, "POST", "/vault/kept?uploadId="+upload, complete, nil).want(t, status, code)
	}
	writes(403, "AccessDenied")
	s.do(t, "DELETE", "/vault/kept", "", nil).want(t, 403, "AccessDenied")
	list := "<Delete>"
	for _, key := range []string{"kept", "for-ever", "indefinite", "loose", "missing"} {
		list += "<Object><Key>" + key + "</Key></Object>"
	}
	list += "</Delete>"
	deleted := s.do(t, "POST", "/vault?delete", list, withMD5(list)).body
	if strings.Count(deleted, "<Code>AccessDenied</Code>") != 3 || !strings.Contains(deleted, "<Deleted><Key>loose</Key></Deleted>") || !strings.Contains(deleted, "<Deleted><Key>missing</Key></Deleted>") {
		t.Errorf("DeleteObjects: %s", deleted)
	}
	s.do(t, "DELETE", "/vault", "", nil).want(t, 409, "BucketNotEmpty")
	s.put(t, "/vault/loose", "x", 200, "", "Retention-Period", "0")

	*now = now.AddDate(0, 0, 1)
	s.do(t, "POST", "/vault/kept?legalHold&add=case", "", nil).want(t, 200, "") // also when nothing else protects it any more
	s.do(t, "DELETE", "/vault/kept", "", nil).want(t, 403, "AccessDenied")
	s.do(t, "POST", "/vault/kept?legalHold&remove=case", "", nil).want(t, 200, "")
	s.put(t, "/vault/kept", "y", 200, "")
	writes(403, "AccessDenied") // it is under retention anew
	*now = now.AddDate(50, 0, 0)
	s.do(t, "DELETE", "/vault/kept", "", nil).want(t, 204, "")
	s.do(t, "DELETE", "/vault/loose", "", nil).want(t, 204, "")
	s.do(t, "DELETE", "/vault/for-ever", "", nil).want(t, 403, "AccessDenied")
	s.do(t, "DELETE", "/vault/indefinite", "", nil).want(t, 403, "AccessDenied")
	s.do(t, "POST", "/vault/indefinite?extendRetention", "", map[string]string{"New-Retention-Period": "60"}).want(t, 200, "")
	s.do(t, "DELETE", "/vault/indefinite", "", nil).want(t, 204, "")
}

func TestIBMCopiesRetention(t *testing.T) {
	s, now := newVault(t, protectionDays(0, 1, 10, ""))
	s.put(t, "/vault/a", "x", 200, "", "Retention-Period", "3600", "Retention-Legal-Hold-Id", "case")
	*now = now.Add(30 * time.Minute)
	for _, tc := range []struct {
		key    string
		header []string
		code   string
		period string
		holds  string
	}{
		{"default", nil, "", "86400", "0"},
		{"replace", []string{"Retention-Directive", "REPLACE", "Retention-Period", "60"}, "", "60", "0"},
		{"copy", []string{"Retention-Directive", "COPY"}, "", "3600", "1"},
		{"both", []string{"Retention-Directive", "COPY", "Retention-Period", "60"}, "InvalidRequest", "", ""},
		{"wrong", []string{"Retention-Directive", "KEEP"}, "InvalidArgument", "", ""},
	} {
		header := map[string]string{"X-Amz-Copy-Source": "/vault/a"}
		for i := 0; i+1 < len(tc.header); i += 2 {
			header[tc.header[i]] = tc.header[i+1]
		}
		a := s.do(t, "PUT", "/vault/"+tc.key, "", header)
		if tc.code != "" {
			a.want(t, 400, tc.code)
			continue
		}
		a.want(t, 200, "")
		h := s.do(t, "HEAD", "/vault/"+tc.key, "", nil).header
		if h.Get("Retention-Period") != tc.period || h.Get("Retention-Legal-Hold-Count") != tc.holds {
			t.Errorf("%s: %v", tc.key, h)
		}
	}
}

func TestIBMProtectionExcludesVersions(t *testing.T) {
	s, _ := newVault(t, protectionDays(0, 1, 10, ""))
	versioning := "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
	s.put(t, "/vault?versioning", versioning, 409, "InvalidBucketState")
	lock := "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
	s.put(t, "/vault?object-lock", lock, 409, "InvalidBucketState")
	s.put(t, "/vault?protection", protectionDays(1, 2, 3, permanentRetention), 200, "") // it may change
	s.do(t, "DELETE", "/vault?protection", "", nil).want(t, 405, "MethodNotAllowed")    // and does not go
	s.do(t, "DELETE", "/vault/a?legalHold", "", nil).want(t, 405, "MethodNotAllowed")
	s.do(t, "GET", "/vault?protection", "", nil).want(t, 200, "")
	s.AddBucket(storagetest.BucketSetup{Name: "versions", Versioning: "Suspended"})
	s.AddBucket(storagetest.BucketSetup{Name: "locks", ObjectLock: true})
	for _, bucket := range []string{"versions", "locks"} {
		s.put(t, "/"+bucket+"?protection", protectionDays(0, 1, 10, ""), 409, "InvalidBucketState")
	}
	s.do(t, "DELETE", "/vault", "", nil).want(t, 204, "")
}

func TestIBMListsHoldsAsDocumented(t *testing.T) {
	s := newIBM(t, storagetest.WithLegalHoldSet(), storagetest.WithClock(func() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }))
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	s.put(t, "/vault?protection", protectionDays(0, 1, 10, ""), 200, "")
	s.put(t, "/vault/a", "x", 200, "", "Retention-Legal-Hold-Id", "case")
	const want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + `<RetentionState xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CreateTime>Fri, 01 May 2026 12:00:00 GMT</CreateTime>` +
		`<RetentionPeriod>86400</RetentionPeriod><RetentionPeriodExpirationDate>Sat, 02 May 2026 12:00:00 GMT</RetentionPeriodExpirationDate>` +
		`<LegalHoldSet><LegalHold><Date>Fri, 01 May 2026 12:00:00 GMT</Date><ID>case</ID></LegalHold></LegalHoldSet></RetentionState>`
	if diff := cmp.Diff(want, s.do(t, "GET", "/vault/a?legalHold", "", nil).want(t, 200, "").body); diff != "" {
		t.Errorf("holds (-want +got)\n%s", diff)
	}
	for i := range 99 {
		s.do(t, "POST", fmt.Sprint("/vault/a?legalHold&add=", i), "", nil).want(t, 200, "")
	}
	s.do(t, "POST", "/vault/a?legalHold&add=last", "", nil).want(t, 400, "InvalidRequest")
	s.do(t, "POST", "/vault/a?legalHold&add="+strings.Repeat("x", 65), "", nil).want(t, 400, "InvalidArgument")
	s.do(t, "POST", "/vault/a?legalHold&remove=unknown", "", nil).want(t, 200, "")
}
