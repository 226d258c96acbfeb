package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const serviceCredentials = `{
  "apikey": "hush-api-key",
  "cos_hmac_keys": {"access_key_id": "347aa3a4b34344f8bc7c7cccdf856e4c", "secret_access_key": "hush-hmac"},
  "endpoints": "https://control.cloud-object-storage.cloud.ibm.com/v2/endpoints",
  "iam_apikey_description": "Auto-generated",
  "iam_apikey_name": "backup",
  "iam_role_crn": "crn:v1:bluemix:public:iam::::serviceRole:Writer",
  "iam_serviceid_crn": "crn:v1:bluemix:public:iam-identity::a/1::serviceid:ServiceId-1",
  "resource_instance_id": "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::",
  "something_new": [1, {"x": null}]
}`

func TestParseIBMServiceCredentials(t *testing.T) {
	for _, text := range []string{serviceCredentials, "\ufeff \n" + serviceCredentials + "\n"} {
		got, err := ParseIBMServiceCredentials([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want := &IBMServiceCredentials{
			APIKey: "hush-api-key", ResourceInstanceID: "crn:v1:bluemix:public:cloud-object-storage:global:a/1:2::",
			HMACAccessKeyID: "347aa3a4b34344f8bc7c7cccdf856e4c", HMACSecretAccessKey: "hush-hmac",
			Endpoints:     "https://control.cloud-object-storage.cloud.ibm.com/v2/endpoints",
			IAMAPIKeyName: "backup", IAMRoleCRN: "crn:v1:bluemix:public:iam::::serviceRole:Writer",
			IAMServiceIDCRN: "crn:v1:bluemix:public:iam-identity::a/1::serviceid:ServiceId-1",
		}
		if *got != *want {
			t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"", "are not a JSON object"},
		{"hush", "are not a JSON object"},
		{`["hush"]`, "are not a JSON object"},
		{`{"apikey":"hush"`, "are not a JSON object"},
		{`{"apikey":"hush"} hush`, "are not a JSON object"},
		{`{"apikey":12}`, "have a member that should be text and is not"},
		{`{}`, "have neither apikey nor cos_hmac_keys"},
		{`{"apikey":null,"cos_hmac_keys":{}}`, "have neither apikey nor cos_hmac_keys"},
		{`{"apikey":"hush","cos_hmac_keys":{"access_key_id":"id"}}`, "have cos_hmac_keys with access_key_id but not secret_access_key"},
		{`{"cos_hmac_keys":{"secret_access_key":"hush"}}`, "have cos_hmac_keys with secret_access_key but not access_key_id"},
	} {
		_, err := ParseIBMServiceCredentials([]byte(tt.text))
		checkError(t, err, "credentials: the service credentials "+tt.want)
	}
}

func TestIBMServiceCredentialsProvider(t *testing.T) {
	e := &exchange{answers: []answer{{status: 200, body: goodToken}}}
	c, err := ParseIBMServiceCredentials([]byte(serviceCredentials))
	if err != nil {
		t.Fatal(err)
	}
	c.IAMAuthEndpoint = "https://iam.test.cloud.ibm.com/oidc/token"
	keys := Credentials{AccessKeyID: "347aa3a4b34344f8bc7c7cccdf856e4c", SecretAccessKey: "hush-hmac", Source: "static"}
	for name, p := range map[string]Provider{"HMAC": c.HMAC(), "Provider": c.Provider(by(e))} {
		got, err := p.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, got, keys)
	}
	if _, err := c.IAM(by(e)).Retrieve(t.Context()); err != nil || e.requests[0].URL.String() != c.IAMAuthEndpoint || !strings.Contains(e.bodies[0], "apikey=hush-api-key") {
		t.Errorf("%v by %v", err, e.requests)
	}
	if _, err := c.IAM(by(e, func(c *IBMIAMConfig) { c.Endpoint = IBMPrivateIAM })).Retrieve(t.Context()); err != nil || e.requests[1].URL.Host != "private.iam.cloud.ibm.com" {
		t.Errorf("%v by %v", err, e.requests[1].URL)
	}
	c.HMACAccessKeyID, c.HMACSecretAccessKey = "", ""
	if got, err := c.Provider(by(e)).Retrieve(t.Context()); err != nil || got.Token != "hush-jwt" {
		t.Errorf("without HMAC keys: %v, %v", got, err)
	}
	if _, err := c.HMAC().Retrieve(t.Context()); err == nil {
		t.Error("there are HMAC keys where there are none")
	}
}

func TestReadIBMServiceCredentials(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv(ibmFileVariable, "")
	usual := filepath.Join(home, ".bluemix", "cos_credentials")
	other := filepath.Join(home, "other.json")

	_, err := ReadIBMServiceCredentials("")
	checkError(t, err, usual+" does not exist")
	if !errors.Is(err, ErrNone) {
		t.Errorf("%v is not ErrNone", err)
	}
	for file, key := range map[string]string{usual: "hush-usual", other: "hush-other"} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, fmt.Appendf(nil, `{"apikey":%q}`, key), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ variable, file, want string }{
		{want: "hush-usual"},
		{variable: other, want: "hush-other"},
		{variable: "~/other.json", want: "hush-other"},
		{variable: other, file: usual, want: "hush-usual"},
	} {
		t.Setenv(ibmFileVariable, tt.variable)
		if c, err := ReadIBMServiceCredentials(tt.file); err != nil || string(c.APIKey) != tt.want {
			t.Errorf("%q, %q: %v, want %s", tt.variable, tt.file, err, tt.want)
		}
	}
	missing := filepath.Join(home, "missing")
	if err := os.WriteFile(other, []byte(`{"apikey":"hush`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ variable, file, want string }{
		{variable: missing, want: "credentials: the file of IBM service credentials " + missing + " (COS_CREDENTIALS_FILE) does not exist"},
		{file: missing, want: "credentials: the file of IBM service credentials " + missing + " does not exist"},
		{file: home, want: "credentials: the file of IBM service credentials cannot be read: "},
		{variable: other, want: "credentials: the service credentials in " + other + " (COS_CREDENTIALS_FILE) are not a JSON object"},
	} {
		t.Setenv(ibmFileVariable, tt.variable)
		_, err := ReadIBMServiceCredentials(tt.file)
		checkError(t, err, tt.want)
		if errors.Is(err, ErrNone) || errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v is broken, not nothing", err)
		}
	}
}

// FuzzParseIBMServiceCredentials: what is taken has a key that is whole, and no
// error shows any of it.
func FuzzParseIBMServiceCredentials(f *testing.F) {
	for _, seed := range []string{serviceCredentials, `{}`, `{"apikey":"hush"}`, `{"cos_hmac_keys":{"access_key_id":"a","secret_access_key":"hush"}}`, `{"apikey":{"hush":1}}`, `{"apikey":"hush"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseIBMServiceCredentials(data)
		switch {
		case err != nil && (c != nil || strings.Contains(err.Error(), "hush")):
			t.Fatalf("%v, %v", c, err)
		case err == nil && c.APIKey == "" && (c.HMACAccessKeyID == "" || c.HMACSecretAccessKey == ""):
			t.Fatalf("%q has no key", data)
		case err == nil:
			_ = c.Provider(func(config *IBMIAMConfig) { config.HTTPClient = http.DefaultClient })
		}
	})
}
