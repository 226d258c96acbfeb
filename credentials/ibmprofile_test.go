package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const profileCRN = "crn:v1:bluemix:public:iam-identity::a/1::profile:Profile-2"

// by has IAM answer by e.
func by(e *exchange, more ...func(*IBMIAMConfig)) func(*IBMIAMConfig) {
	return func(c *IBMIAMConfig) {
		c.HTTPClient = &http.Client{Transport: e}
		for _, set := range more {
			set(c)
		}
	}
}

func TestIBMContainer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hush-cr-1\n")
	const grant = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Acr-token"
	for _, tt := range []struct {
		name, want string // of the form, or of the error
		profile    IBMProfile
		fails      bool
	}{
		{name: "id", profile: IBMProfile{ID: "Profile-1"}, want: "cr_token=hush-cr-1&" + grant + "&profile_id=Profile-1"},
		{name: "CRN", profile: IBMProfile{CRN: profileCRN}, want: "cr_token=hush-cr-1&" + grant + "&profile_id=Profile-2"},
		{name: "name", profile: IBMProfile{Name: "backup"}, want: "cr_token=hush-cr-1&" + grant + "&profile_name=backup"},
		{name: "name and account", profile: IBMProfile{Name: "backup", AccountID: "1"}, want: "account=1&cr_token=hush-cr-1&" + grant + "&profile_name=backup"},
		{name: "none", fails: true, want: "credentials: no trusted profile is named: give its ID, its CRN or its name"},
		{name: "id and name", profile: IBMProfile{ID: "Profile-1", Name: "backup"}, fails: true,
			want: "credentials: a trusted profile is named by its ID or its name, not by more than one of them"},
		{name: "all", profile: IBMProfile{ID: "Profile-1", Name: "backup", CRN: profileCRN}, fails: true,
			want: "credentials: a trusted profile is named by its ID or its name or its CRN, not by more than one of them"},
		{name: "account alone", profile: IBMProfile{AccountID: "1"}, fails: true, want: "credentials: the account of a trusted profile goes with its name, which is missing"},
		{name: "CRN of something else", profile: IBMProfile{CRN: "crn:v1:bucket"}, fails: true, want: `credentials: "crn:v1:bucket" is not the CRN of a trusted profile`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &exchange{answers: []answer{{status: 200, body: goodToken}}}
			got, err := IBMContainer(tt.profile, by(e, func(c *IBMIAMConfig) { c.CRTokenFile = file })).Retrieve(t.Context())
			if tt.fails {
				checkError(t, err, tt.want)
				if len(e.requests) != 0 {
					t.Error("it asked all the same")
				}
				return
			}
			if err != nil || got.Token != "hush-jwt" || got.Source != "IBM trusted profile "+tt.profile.String() || e.bodies[0] != tt.want {
				t.Errorf("%v, %v by %s; want %s", got, err, e.bodies, tt.want)
			}
		})
	}

	t.Run("the file is read anew", func(t *testing.T) {
		t.Setenv(crTokenVariable, file)
		e := &exchange{answers: []answer{{status: 200, body: goodToken}, {status: 200, body: goodToken}, {status: 400, body: `{"errorMessage":"hush-cr-2 is expired"}`}}}
		p := IBMContainer(IBMProfile{ID: "Profile-1"}, by(e))
		for _, token := range []string{"hush-cr-1", "hush-cr-2"} {
			write(token)
			if _, err := p.Retrieve(t.Context()); err != nil || !strings.Contains(e.bodies[len(e.bodies)-1], "cr_token="+token+"&") {
				t.Errorf("%s, %v; want %s", e.bodies, err, token)
			}
		}
		_, err := p.Retrieve(t.Context())
		checkError(t, err, "credentials: IBM IAM answered 400 Bad Request: [token] is expired")
	})
	t.Run("files in turn", func(t *testing.T) {
		t.Setenv(crTokenVariable, "")
		usual := crTokenFiles
		t.Cleanup(func() { crTokenFiles = usual })
		crTokenFiles = []string{filepath.Join(t.TempDir(), "none"), file}
		e := &exchange{answers: []answer{{status: 200, body: goodToken}}}
		if _, err := IBMContainer(IBMProfile{ID: "Profile-1"}, by(e)).Retrieve(t.Context()); err != nil {
			t.Error(err)
		}
		crTokenFiles = crTokenFiles[:1]
		_, err := IBMContainer(IBMProfile{ID: "Profile-1"}, by(e)).Retrieve(t.Context())
		checkError(t, err, "there is no compute resource token in "+crTokenFiles[0]+" (CR_TOKEN_FILE_PATH names another file)")
		if !errors.Is(err, ErrNone) {
			t.Errorf("%v is not ErrNone", err)
		}
	})
	t.Run("unfit file", func(t *testing.T) {
		for _, content := range []string{"", " \n", "hush two", "hush\x00"} {
			write(content)
			_, err := IBMContainer(IBMProfile{ID: "Profile-1"}, func(c *IBMIAMConfig) { c.CRTokenFile = file }).Retrieve(t.Context())
			checkError(t, err, file+" holds no compute resource token")
		}
		_, err := IBMContainer(IBMProfile{ID: "Profile-1"}, func(c *IBMIAMConfig) { c.CRTokenFile = filepath.Dir(file) }).Retrieve(t.Context())
		checkError(t, err, "credentials: the compute resource token cannot be read: ")
	})
}

func TestIBMAssume(t *testing.T) {
	const grant = "access_token=hush-jwt&grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aassume"
	for _, tt := range []struct {
		name, want string
		profile    IBMProfile
		fails      bool
	}{
		{name: "id", profile: IBMProfile{ID: "Profile-1"}, want: grant + "&profile_id=Profile-1"},
		{name: "CRN", profile: IBMProfile{CRN: profileCRN}, want: grant + "&profile_crn=crn%3Av1%3Abluemix%3Apublic%3Aiam-identity%3A%3Aa%2F1%3A%3Aprofile%3AProfile-2"},
		{name: "name and account", profile: IBMProfile{Name: "backup", AccountID: "1"}, want: "access_token=hush-jwt&account=1&" + strings.TrimPrefix(grant, "access_token=hush-jwt&") + "&profile_name=backup"},
		{name: "name alone", profile: IBMProfile{Name: "backup"}, fails: true, want: `credentials: the trusted profile "backup" is to be assumed by its name, which needs the id of its account`},
		{name: "none", fails: true, want: "credentials: no trusted profile is named: give its ID, its CRN or its name"},
		{name: "id and CRN", profile: IBMProfile{ID: "Profile-1", CRN: profileCRN}, fails: true, want: "credentials: a trusted profile is named by its ID or its CRN, not by more than one of them"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &exchange{answers: []answer{{status: 200, body: goodToken}, {status: 200, body: `{"access_token":"hush-assumed","expires_in":3600}`}}}
			got, err := IBMAssume(e.provider(), tt.profile, by(e)).Retrieve(t.Context())
			if tt.fails {
				checkError(t, err, tt.want)
				if len(e.requests) != 0 {
					t.Error("it asked all the same")
				}
				return
			}
			if err != nil || got.Token != "hush-assumed" || e.bodies[1] != tt.want {
				t.Errorf("%v, %v by %s; want %s", got, err, e.bodies, tt.want)
			}
		})
	}
	_, err := IBMAssume(nil, IBMProfile{ID: "Profile-1"}).Retrieve(t.Context())
	checkError(t, err, "credentials: there is nobody to assume the trusted profile Profile-1: give a Provider of tokens")
	_, err = IBMAssume(Static("AKID", "hush", ""), IBMProfile{ID: "Profile-1"}).Retrieve(t.Context())
	checkError(t, err, "credentials: a trusted profile is assumed with an IAM token, not with AKID (static)")
}

// TestIBMAssumeForgetsItsSource: a source that remembers a token which is not
// taken is told so.
func TestIBMAssumeForgetsItsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &exchange{answers: []answer{
			tokenOf(1, 3600), {status: 400, body: `{"errorCode":"BXNIM0407E","errorMessage":"hush-1 is not valid"}`},
			tokenOf(2, 3600), tokenOf(3, 3600),
		}}
		p := IBMAssume(Cached(e.provider()), IBMProfile{ID: "Profile-1"}, by(e))
		_, err := p.Retrieve(t.Context())
		checkError(t, err, "credentials: IBM IAM answered 400 Bad Request, BXNIM0407E: [token] is not valid")
		time.Sleep(refusalRest)
		if got, err := p.Retrieve(t.Context()); err != nil || got.Token != "hush-3" {
			t.Errorf("%v, %v after %d requests", got, err, len(e.requests))
		}
	})
}

// TestBy: a Provider that has no connections of its own takes those it is
// offered, with all that is behind it.
func TestBy(t *testing.T) {
	now := time.Unix(1700000000, 0)
	own, offered := &exchange{answers: []answer{tokenOf(1, 3600)}}, &exchange{answers: []answer{tokenOf(2, 3600)}}
	client, clock := func() *http.Client { return &http.Client{Transport: offered} }, func() time.Time { return now }

	got, err := IBMAssume(IBMIAM(apiKey), IBMProfile{ID: "Profile-1"}).(borrower).By(client, clock).Retrieve(t.Context())
	if err != nil || len(offered.requests) != 2 || !got.Expires.Equal(now.Add(time.Hour)) {
		t.Errorf("%v until %v, %v by %d requests", got, got.Expires, err, len(offered.requests))
	}
	got, err = own.provider().(borrower).By(client, clock).Retrieve(t.Context())
	if err != nil || got.Token != "hush-1" || len(offered.requests) != 2 {
		t.Errorf("%v, %v: its own connections were not used", got, err)
	}
}

// metadata stands for the metadata service of a VPC instance, in one version.
type metadata struct {
	identity, token string // its paths, with their queries
	refuse          int    // with this status
	why             string // and this document
	body            string // of the request for a token
	plainHeader     bool   // the request lacked what keeps browsers out
}

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.plainHeader = m.plainHeader || r.Header.Get("Metadata-Flavor") != "ibm"
	switch {
	case m.refuse != 0:
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(m.refuse)
		fmt.Fprint(w, m.why)
	case r.Method == http.MethodPut && r.URL.RequestURI() == m.identity && string(body) == `{"expires_in":300}`:
		fmt.Fprint(w, `{"access_token":"hush-identity","created_at":"2026-01-01T00:00:00Z","expires_in":300}`)
	case r.Method == http.MethodPost && r.URL.RequestURI() == m.token && r.Header.Get("Authorization") == "Bearer hush-identity":
		m.body = string(body)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"access_token":"hush-vpc","expires_at":"2026-01-01T01:00:00Z","expires_in":3600}`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func TestIBMVPCInstance(t *testing.T) {
	old := metadata{identity: "/instance_identity/v1/token?version=2022-03-01", token: "/instance_identity/v1/iam_token?version=2022-03-01"}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, tt := range []struct {
		name     string
		service  metadata
		profile  IBMProfile
		wantBody string
		want     string // of the error
	}{
		{name: "older version", service: old, profile: IBMProfile{ID: "Profile-1"}, wantBody: `{"trusted_profile":{"id":"Profile-1"}}`},
		{name: "newer version", service: metadata{identity: "/identity/v1/token?version=2025-08-26", token: "/identity/v1/iam_tokens?version=2025-08-26"},
			profile: IBMProfile{CRN: profileCRN}, wantBody: `{"trusted_profile":{"crn":"` + profileCRN + `"}}`},
		{name: "the default profile", service: old},
		{name: "by name", service: old, profile: IBMProfile{Name: "backup"}, want: `credentials: the VPC metadata service does not know the trusted profile "backup" by its name: give its ID or its CRN`},
		{name: "two names", service: old, profile: IBMProfile{ID: "a", CRN: "b"}, want: "not by more than one of them"},
		{name: "not there", service: metadata{refuse: 404}, want: "credentials: the VPC metadata service answered 404 Not Found"},
		{name: "not allowed", service: metadata{refuse: 403}, want: "credentials: the VPC metadata service answered 403 Forbidden"},
		{name: "not allowed, and why", service: metadata{refuse: 403, why: `{"errors":[{"code":"not_authorized","message":"The instance has no profile.","target":{"name":"x"}},{"code":"more"}],"trace":"t-1"}`},
			want: "credentials: the VPC metadata service answered 403 Forbidden, not_authorized: The instance has no profile. (request t-1)"},
		{name: "redirect", service: metadata{refuse: 307}, want: "credentials: the VPC metadata service answered 307 Temporary Redirect: redirects are not followed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(&tt.service)
			defer srv.Close()
			t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
			p := IBMVPCInstance(tt.profile, func(c *IBMIAMConfig) { c.MetadataEndpoint = srv.URL + "/" })
			got, err := p.(borrower).By(nil, func() time.Time { return now }).Retrieve(t.Context())
			if tt.want != "" {
				checkError(t, err, tt.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, tt.name, got, Credentials{Token: "hush-vpc", Expires: now.Add(time.Hour), Source: "IBM trusted profile " + tt.profile.String()})
			if tt.service.body != tt.wantBody || tt.service.plainHeader {
				t.Errorf("body %s, want %s; without Metadata-Flavor: %t", tt.service.body, tt.wantBody, tt.service.plainHeader)
			}
		})
	}
}

func TestIBMVPCInstanceEndpoint(t *testing.T) {
	for address, want := range map[string]string{
		"":                                   "http://169.254.169.254",
		"http://[fe80::1]":                   "http://[fe80::1]",
		"http://localhost:8080/x/":           "http://localhost:8080/x",
		"https://api.metadata.cloud.ibm.com": "https://api.metadata.cloud.ibm.com",
		"http://api.metadata.cloud.ibm.com":  "credentials: the metadata endpoint http://api.metadata.cloud.ibm.com is neither https nor on this machine",
		"http://10.0.0.1":                    "credentials: the metadata endpoint http://10.0.0.1 is neither https nor on this machine",
		"169.254.169.254":                    `credentials: the metadata endpoint "169.254.169.254" is not a URL such as http://169.254.169.254`,
		"ftp://127.0.0.1":                    `credentials: the metadata endpoint "ftp://127.0.0.1" is not a URL such as http://169.254.169.254`,
		"http://u:hush@127.0.0.1":            `credentials: the metadata endpoint "…@127.0.0.1" is not a URL such as http://169.254.169.254`,
	} {
		got, err := vpcURL(address)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("vpcURL(%q) = %s, want %s", address, got, want)
		}
	}
}

// TestIBMVPCInstanceGivesUp where there is no metadata service.
func TestIBMVPCInstanceGivesUp(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close() // nothing listens there any more
	_, err := IBMVPCInstance(IBMProfile{}, func(c *IBMIAMConfig) { c.MetadataEndpoint = srv.URL }).Retrieve(t.Context())
	checkError(t, err, "credentials: the VPC metadata service at ")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := IBMVPCInstance(IBMProfile{}).Retrieve(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}
