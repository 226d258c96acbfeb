package storagetest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

func TestIBMTokens(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTokenLifetime(10*time.Minute), storagetest.WithAPIKey("the key"))
	status, v := grant(t, s.IBMCOS, apiKeyGrant("the key"))
	if status != 200 || v["token_type"] != "Bearer" || v["expires_in"] != 600.0 || v["expiration"] != float64(now.Unix()+600) {
		t.Errorf("grant: %d %v", status, v)
	}
	if status, v := grant(t, s.IBMCOS, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v["refresh_token"].(string)}}); status != 200 || v["access_token"] == nil {
		t.Errorf("refresh: %d %v", status, v)
	}
	for name, tc := range map[string]struct {
		form url.Values
		code string
	}{
		"wrong key":             {apiKeyGrant("other"), "BXNIM0415E"},
		"no key":                {apiKeyGrant(""), "BXNIM0109E"},
		"no grant type":         {url.Values{}, "BXNIM0109E"},
		"unknown grant type":    {url.Values{"grant_type": {"wish"}}, "BXNIM0400E"},
		"unknown refresh token": {url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, "BXNIM0407E"},
	} {
		if status, v := grant(t, s.IBMCOS, tc.form); status != 400 || v["errorCode"] != tc.code || v["errorMessage"] == "" || v["context"] == nil {
			t.Errorf("%s: %d %v, want 400 %s", name, status, v, tc.code)
		}
	}
	s.AddBucket(storagetest.BucketSetup{Name: "vault"})
	s.do(t, "PUT", "/vault/a", "content", nil).want(t, 200, "")
	now = now.Add(10 * time.Minute)
	a := s.do(t, "GET", "/vault/a", "", nil).want(t, 403, "AccessDenied")
	if a.element("httpStatusCode") != "403" || a.header.Get("X-Clv-Request-Id") == "" || a.header.Get("X-Clv-Request-Id") != a.element("RequestId") {
		t.Errorf("%v %s", a.header, a.body)
	}
	_, v = grant(t, s.IBMCOS, apiKeyGrant("the key"))
	s.token = v["access_token"].(string)
	s.do(t, "GET", "/vault/a", "", nil).want(t, 200, "")
	s.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, ExpireToken: true})
	s.do(t, "GET", "/vault/a", "", nil).want(t, 403, "AccessDenied")
	s.do(t, "HEAD", "/vault", "", nil)

	s.Inject(storagetest.Fault{Operation: "IAMToken", Nth: 1, Status: 429})
	if status, v := grant(t, s.IBMCOS, apiKeyGrant("the key")); status != 429 || v["errorCode"] == nil {
		t.Errorf("throttled: %d %v", status, v)
	}
	s.token = "made up"
	s.do(t, "GET", "/vault/a", "", nil).want(t, 403, "AccessDenied")
}

// profileGrant asks for a token of the trusted profile; more are names and
// values of the form.
func profileGrant(kind string, more ...string) url.Values {
	form := url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:" + kind}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestIBMTrustedProfiles(t *testing.T) {
	s := newIBM(t, storagetest.WithTrustedProfile("Profile-1", "backup"), storagetest.WithCRToken("cr"), storagetest.WithAccountID("acc"))
	crn := s.TrustedProfileCRN()
	for name, tc := range map[string]struct {
		form url.Values
		code string // empty: granted
	}{
		"resource, id":           {profileGrant("cr-token", "cr_token", "cr", "profile_id", "Profile-1"), ""},
		"resource, name":         {profileGrant("cr-token", "cr_token", "cr", "profile_name", "backup"), ""},
		"resource, name of":      {profileGrant("cr-token", "cr_token", "cr", "profile_name", "backup", "account", "acc"), ""},
		"resource, wrong token":  {profileGrant("cr-token", "cr_token", "other", "profile_id", "Profile-1"), "BXNIM0407E"},
		"resource, no token":     {profileGrant("cr-token", "profile_id", "Profile-1"), "BXNIM0109E"},
		"resource, no profile":   {profileGrant("cr-token", "cr_token", "cr"), "BXNIM0109E"},
		"resource, two":          {profileGrant("cr-token", "cr_token", "cr", "profile_id", "Profile-1", "profile_name", "backup"), "BXNIM0400E"},
		"resource, unknown":      {profileGrant("cr-token", "cr_token", "cr", "profile_id", "Profile-2"), "BXNIM0400E"},
		"resource, other's name": {profileGrant("cr-token", "cr_token", "cr", "profile_name", "backup", "account", "acc2"), "BXNIM0400E"},
		"assume, id":             {profileGrant("assume", "access_token", s.token, "profile_id", "Profile-1"), ""},
		"assume, crn":            {profileGrant("assume", "access_token", s.token, "profile_crn", crn), ""},
		"assume, name":           {profileGrant("assume", "access_token", s.token, "profile_name", "backup", "account", "acc"), ""},
		"assume, name alone":     {profileGrant("assume", "access_token", s.token, "profile_name", "backup"), "BXNIM0109E"},
		"assume, no token":       {profileGrant("assume", "profile_id", "Profile-1"), "BXNIM0109E"},
		"assume, wrong token":    {profileGrant("assume", "access_token", "x", "profile_id", "Profile-1"), "BXNIM0407E"},
		"delegated":              {profileGrant("assume", "access_token", s.token, "profile_id", "Profile-1", "response_type", "delegated_refresh_token", "receiver_client_ids", "aspera_ats"), "BXNIM0400E"},
	} {
		status, v := grant(t, s.IBMCOS, tc.form)
		if tc.code != "" {
			if status != 400 || v["errorCode"] != tc.code {
				t.Errorf("%s: %d %v, want 400 %s", name, status, v, tc.code)
			}
			continue
		}
		if status != 200 || v["refresh_token"] != "not_supported" {
			t.Errorf("%s: %d %v", name, status, v)
		}
		token, _ := v["access_token"].(string)
		(&ibm{s.IBMCOS, token}).do(t, "GET", "/", "", map[string]string{"Ibm-Service-Instance-Id": s.ServiceInstance()}).want(t, 200, "")
	}
}

func TestIBMTrustedProfileWithOneNameOnly(t *testing.T) {
	for name, tc := range map[string]struct{ id, name string }{"id": {"Profile-1", ""}, "name": {"", "backup"}} {
		s := newIBM(t, storagetest.WithTrustedProfile(tc.id, tc.name), storagetest.WithCRToken("cr"))
		for field, value := range map[string]string{"profile_id": tc.id, "profile_name": tc.name} {
			if value != "" {
				if status, v := grant(t, s.IBMCOS, profileGrant("cr-token", "cr_token", "cr", field, value)); status != 200 {
					t.Errorf("%s: its own profile: %d %v", name, status, v)
				}
			}
			if status, v := grant(t, s.IBMCOS, profileGrant("cr-token", "cr_token", "cr", field, "other")); status != 400 || v["errorCode"] != "BXNIM0400E" {
				t.Errorf("%s: %s of another profile: %d %v, want 400 BXNIM0400E", name, field, status, v)
			}
		}
	}
}

func TestIBMRefreshTokens(t *testing.T) {
	s := newIBM(t)
	form := apiKeyGrant(s.APIKey())
	form.Set("response_type", "delegated_refresh_token")
	if status, v := grant(t, s.IBMCOS, form); status != 400 || v["errorCode"] != "BXNIM0109E" {
		t.Errorf("no receiver: %d %v", status, v)
	}
	form.Set("receiver_client_ids", "somebody")
	if status, v := grant(t, s.IBMCOS, form); status != 400 || v["errorCode"] != "BXNIM0400E" {
		t.Errorf("unknown receiver: %d %v", status, v)
	}
	form.Set("receiver_client_ids", "aspera_ats")
	if status, v := grant(t, s.IBMCOS, form); status != 200 || v["delegated_refresh_token"] == nil || v["access_token"] != nil {
		t.Errorf("delegated: %d %v", status, v)
	}
	_, v := grant(t, s.IBMCOS, form)
	if status, v := grant(t, s.IBMCOS, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v["delegated_refresh_token"].(string)}}); status != 400 || v["errorCode"] != "BXNIM0407E" {
		t.Errorf("Aspera's token in other hands: %d %v", status, v)
	}
	_, v = grant(t, s.IBMCOS, apiKeyGrant(s.APIKey()))
	s.ExpireRefreshTokens()
	if status, v := grant(t, s.IBMCOS, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v["refresh_token"].(string)}}); status != 400 || v["errorCode"] != "BXNIM0408E" {
		t.Errorf("expired: %d %v", status, v)
	}
}

func TestIBMTokensAtTheOldPathAndWithAClientID(t *testing.T) {
	s := newIBM(t)
	for name, tc := range map[string]struct {
		path, authorization string
		status              int
	}{
		"old path":       {"/oidc/token", "", 200},
		"client id":      {"/identity/token", "Basic Yng6Yng=", 200},
		"something else": {"/identity/token", "Bearer " + s.token, 400},
		"no such path":   {"/oidc/tokens", "", 403},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+tc.path, strings.NewReader(apiKeyGrant(s.APIKey()).Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if tc.authorization != "" {
			r.Header.Set("Authorization", tc.authorization)
		}
		if a := roundTrip(t, s.Client(), r); a.status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, tc.status)
		}
	}
	// A bucket's host has keys of that name.
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://vault.localhost"+strings.TrimPrefix(s.TokenURL(), s.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	roundTrip(t, s.Client(), r).want(t, 404, "NoSuchBucket")
}

func TestIBMMetadataService(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := newIBM(t, storagetest.WithClock(func() time.Time { return now }), storagetest.WithTrustedProfile("Profile-1", "backup"))
	ask := func(method, path, body string, header ...string) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.MetadataURL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		a := roundTrip(t, s.Client(), r)
		var v map[string]any
		if err := json.Unmarshal([]byte(a.body), &v); err != nil {
			t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
		return a.status, v
	}
	stamp := func(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }
	refused := func(what string, wantStatus, status int, v map[string]any) {
		t.Helper()
		if list, _ := v["errors"].([]any); status != wantStatus || len(list) != 1 || v["trace"] == nil {
			t.Errorf("%s: %d %v, want %d", what, status, v, wantStatus)
		}
	}
	for _, paths := range [][2]string{
		{"/instance_identity/v1/token?version=2022-03-01", "/instance_identity/v1/iam_token?version=2022-03-01"},
		{"/identity/v1/token?version=2025-08-26", "/identity/v1/iam_tokens?version=2025-08-26"},
	} {
		status, v := ask("PUT", paths[0], `{"expires_in":60}`, "Metadata-Flavor", "ibm")
		if status != 200 || v["expires_in"] != 60.0 || v["created_at"] != stamp(now) || v["expires_at"] != stamp(now.Add(time.Minute)) {
			t.Fatalf("%s: %d %v", paths[0], status, v)
		}
		instance, _ := v["access_token"].(string)
		for _, body := range []string{"", `{"trusted_profile":{"id":"Profile-1"}}`, `{"trusted_profile":{"name":"backup"}}`, `{"trusted_profile":{"crn":"` + s.TrustedProfileCRN() + `"}}`} {
			status, v := ask("POST", paths[1], body, "Authorization", "Bearer "+instance)
			if status != 200 || v["expires_in"] != 3600.0 {
				t.Fatalf("%s %s: %d %v", paths[1], body, status, v)
			}
			(&ibm{s.IBMCOS, v["access_token"].(string)}).do(t, "GET", "/?extended", "", map[string]string{"Ibm-Service-Instance-Id": s.ServiceInstance()}).want(t, 200, "")
		}
		status, v = ask("POST", paths[1], `{"trusted_profile":{"id":"Profile-2"}}`, "Authorization", "Bearer "+instance)
		refused("unknown profile", 400, status, v)
		(&ibm{s.IBMCOS, instance}).do(t, "GET", "/vault", "", nil).want(t, 403, "AccessDenied")
		now = now.Add(time.Minute)
		status, v = ask("POST", paths[1], "", "Authorization", "Bearer "+instance)
		refused("expired token", 401, status, v)
		status, v = ask("POST", paths[1], "", "Authorization", "Bearer "+s.token)
		refused("an access token", 401, status, v)
		status, v = ask("PUT", paths[0], "")
		refused("no flavor", 400, status, v)
		status, v = ask("PUT", paths[0], `{"expires_in":3601}`, "Metadata-Flavor", "ibm")
		refused("too long", 400, status, v)
		status, v = ask("PUT", paths[0], `{`, "Metadata-Flavor", "ibm")
		refused("malformed", 400, status, v)
		path, _, _ := strings.Cut(paths[0], "?")
		status, v = ask("PUT", path, "", "Metadata-Flavor", "ibm")
		refused("no version", 400, status, v)
		status, v = ask("GET", paths[0], "", "Metadata-Flavor", "ibm")
		refused("GET", 405, status, v)
	}
	s.Inject(storagetest.Fault{Operation: "create_iam_token", Nth: 1, Status: 503})
	status, v := ask("POST", "/identity/v1/iam_tokens?version=2025-08-26", "")
	refused("fault", 503, status, v)
}
