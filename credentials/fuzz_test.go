package credentials

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// answering is a RoundTripper that answers everything alike.
type answering struct {
	status int
	kind   string // X-Amzn-Errortype
	body   []byte
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	if a.kind != "" {
		h.Set("X-Amzn-Errortype", a.kind)
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// FuzzAnswers has all that reads answers and files read anything.
func FuzzAnswers(f *testing.F) {
	const secret = "s3cr3t"
	for _, seed := range []string{
		``, `{}`, `{"a":[1,{"b":null}],"a":{"b":{"c":"d"}}}`,
		`{"Code":"Success","AccessKeyId":"AK","SecretAccessKey":"SK","Token":"T","Expiration":"2026-01-02T03:04:05Z"}`,
		`{"Code":"Failed","Message":"the token s3cr3t is not valid"}`,
		`{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"SK","SessionToken":"T","Expiration":"2026-01-02T03:04:05Z"}`,
		`{"roleCredentials":{"accessKeyId":"AK","secretAccessKey":"SK","sessionToken":"T","expiration":1700000000000}}`,
		`{"accessToken":"A","expiresAt":"2026-01-02T03:04:05UTC","refreshToken":"R","clientId":"c","clientSecret":"x", "other" : [1, 2]}`,
		`{"access_token":"T","expires_in":3600,"expiration":1700000000,"delegated_refresh_token":"D"}`,
		"\ufeff" + `{"apikey":"K","resource_instance_id":"crn:","cos_hmac_keys":{"access_key_id":"a","secret_access_key":"s"}}`,
		`{"errorCode":"BXNIM0415E","errorMessage":"s3cr3t could not be found","context":{"requestId":"s3cr3t"}}`,
		`{"__type":"com.amazonaws#ThrottlingException","message":"s3cr3t"}`,
		`<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey><SessionToken>T</SessionToken><Expiration>2026-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		`<ErrorResponse><Error><Code>AccessDenied</Code><Message>s3cr3t</Message></Error><RequestId>s3cr3t</RequestId></ErrorResponse>`,
	} {
		f.Add([]byte(seed), seed)
	}
	now := time.Unix(1_700_000_000, 0)
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		s := service{name: "S"}
		for name, read := range map[string]func([]byte) (Credentials, error){"keys": func(b []byte) (Credentials, error) { return s.readKeys(b, secret) }, "role": s.readRole, "sso": s.readSSO} {
			c, err := read(data)
			if err == nil && (c.AccessKeyID == "" || c.SecretAccessKey == "") || err != nil && (c != (Credentials{}) || strings.Contains(err.Error(), secret)) {
				t.Errorf("%s of %q: %#v, %v", name, data, c, err)
			}
		}
		if c, err := ParseIBMServiceCredentials(data); (c == nil) == (err == nil) || err == nil && c.APIKey == "" && c.HMACSecretAccessKey == "" {
			t.Errorf("service credentials %q: %v", data, err)
		}
		if c, problem := readIBMToken(data, "access_token", 0, now); problem == "" && (!isToken(c.Token) || c.Expires.IsZero()) {
			t.Errorf("token of %q: %q until %v", data, c.Token, c.Expires)
		}
		if d := readDocument(data); !d.bad && d.members["accessToken"].kind == jsontoken.String { // as of a sign-in that was read
			text := strings.ToValidUTF8(text, "") // as what is read is
			fresh := map[string]string{"accessToken": text}
			again := readDocument(withMembers(data, fresh))
			if again.bad || again.string("accessToken") != text || len(again.members) > len(d.members) {
				t.Errorf("%q with %q became %q", data, text, withMembers(data, fresh))
			}
		}
		for _, split := range []func(string) ([]string, error){splitPOSIX, splitWindows} {
			words, _ := split(text)
			for _, word := range words {
				if len(word) > len(text) {
					t.Errorf("%q has the word %q", text, word)
				}
			}
		}

		// What is refused says nothing secret.
		for _, status := range []int{302, 403, 500} {
			kind := text
			if strings.ContainsAny(kind, "\r\n\x00") {
				kind = ""
			}
			s.client = &http.Client{Transport: answering{status, kind, data}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://service.test/", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.ask(r, secret); err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%d with %q and %q: %v", status, kind, data, err)
			}
			resp := &http.Response{StatusCode: status}
			if err := iamRefusal(resp, data, []string{secret}, nil); strings.Contains(err.Error(), secret) {
				t.Errorf("%d with %q: %v", status, data, err)
			}
		}
	})
}
