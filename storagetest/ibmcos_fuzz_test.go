package storagetest

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzIBMCOSCalls has whatever is asked of IBM's S3, of its IAM endpoint and of
// its metadata service answered: by an output or by a refusal of the service.
// The seeds are what the client of package ibmcos sends, to buckets of each kind.
func FuzzIBMCOSCalls(f *testing.F) {
	s := NewIBMCOS(WithInMemory(), WithTokenLifetime(1000*time.Hour))
	f.Cleanup(s.Close)
	token, _ := s.iam.issue(time.Now(), false)
	send := func(t *testing.T, method, path, headers, body string, anonymous bool) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil || req.URL.Host != strings.TrimPrefix(s.URL, "http://") {
			t.Skip("nobody sends such a thing, or not here")
		}
		if !anonymous {
			sum := md5.Sum([]byte(body))
			req.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(sum[:]))
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Ibm-Service-Instance-Id", s.ServiceInstance())
		}
		for line := range strings.Lines(headers) {
			name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
			req.Header.Set(name, value)
		}
		return s.Client().Do(req)
	}
	prepare := func(t *testing.T) { // for requests that take away
		s.service.mu.Lock()
		for _, name := range []string{"plain", "vault", "locked"} {
			if s.service.buckets[name] == nil {
				s.service.mu.Unlock()
				s.AddBucket(BucketSetup{Name: name, ObjectLock: name == "locked"})
				s.service.mu.Lock()
			}
		}
		vault := s.service.buckets["vault"]
		if vault.versioning == "" && vault.protection == nil {
			vault.protection = &protection{
				Status: "Retention", MinimumRetention: &retentionDays{}, DefaultRetention: &retentionDays{1}, MaximumRetention: &retentionDays{10},
			}
		}
		there := make(map[string]bool)
		for name, b := range s.service.buckets {
			there[name] = b.current("k") != nil
		}
		s.service.mu.Unlock()
		for name, is := range there {
			if is {
				continue
			}
			res, err := send(t, "PUT", "/"+name+"/k", "", "content", false)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
	}
	files, err := filepath.Glob("../ibmcos/testdata/requests/*.http")
	if err != nil || len(files) == 0 {
		f.Fatal("no requests to begin with", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		head, body, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n\n")
		first, lines, _ := strings.Cut(head, "\n")
		fields := strings.Fields(first)
		var headers strings.Builder
		for line := range strings.Lines(lines) {
			switch name, _, _ := strings.Cut(line, ":"); name {
			case "Host", "Authorization", "Content-Length", "Content-Md5", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Sdk-Checksum-Algorithm", "X-Amz-Checksum-Crc64nvme":
			default:
				headers.WriteString(line)
			}
		}
		path, query, _ := strings.Cut(fields[1], "?")
		for _, bucket := range []string{"plain", "vault", "locked"} {
			to := "/" + bucket
			if path != "/" {
				to += "/k"
			}
			f.Add(fields[0], to+"?"+query, headers.String(), body, false)
			f.Add(fields[0], to+"?"+query, "", body, false)
		}
		f.Add(fields[0], fields[1], headers.String(), body, true)
	}
	const form = "Content-Type: application/x-www-form-urlencoded"
	f.Add("POST", iamPath, form, apiKeyForm(s.APIKey()), true)
	f.Add("POST", iamPath, form, "grant_type="+grantAssume+"&access_token=a&profile_id=p", true)
	f.Add("POST", oldIAMPath, form, "grant_type=refresh_token&refresh_token=%zz", true)
	f.Add("PUT", "/instance_identity/v1/token?version=2022-03-01", "Metadata-Flavor: ibm", `{"expires_in":300}`, true)
	f.Add("POST", "/identity/v1/iam_tokens?version=2025-08-26", "Authorization: Bearer x", `{"trusted_profile":{"id":"x"}}`, true)
	f.Add("POST", "/vault/k?legalHold&add=case", "", "", false)
	f.Add("POST", "/vault/k?extendRetention", "New-Retention-Expiration-Date: 9999-12-31T23:59:59Z", "", false)
	f.Add("PUT", "/vault/k", "Retention-Period: -9223372036854775808", "x", false)
	f.Add("GET", "/plain?ibm-replication-failures&first-sync-attempted-before=-1&max-keys=0", "", "", false)
	f.Add("GET", "/?extended&max-keys=1&marker=l", "", "", false)

	f.Fuzz(func(t *testing.T, method, path, headers, body string, anonymous bool) {
		prepare(t)
		res, err := send(t, method, path, headers, body, anonymous)
		if err != nil {
			if strings.Contains(err.Error(), "net/http: invalid") { // it was not sent
				return
			}
			t.Fatalf("%s %s %q: %v", method, path, headers, err)
		}
		defer res.Body.Close()
		var answer bytes.Buffer
		if _, err := io.Copy(&answer, res.Body); err != nil || res.StatusCode == http.StatusInternalServerError {
			t.Errorf("%s %s %q %q: %d %q %v", method, path, headers, body, res.StatusCode, answer.Bytes(), err)
		}
		s.Tick()
	})
}

func apiKeyForm(key string) string {
	return "grant_type=" + grantAPIKey + "&response_type=cloud_iam&apikey=" + key
}
