package lightsail_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/vectors"
	"github.com/entrepot-go/entrepot/lightsail"
)

// TestPublishedEndpoints has a client make a request for every published case:
// it has to go where the case says and to be signed for that region, or must
// not be made.
func TestPublishedEndpoints(t *testing.T) {
	var file struct {
		TestCases []struct {
			Params struct {
				Region, Endpoint      string
				UseFIPS, UseDualStack bool
			} `json:"params"`
			Expect struct {
				Error    string `json:"error"`
				Endpoint struct {
					URL string `json:"url"`
				} `json:"endpoint"`
			} `json:"expect"`
		} `json:"testCases"`
	}
	if err := json.Unmarshal(vectors.Load(t, "lightsail-endpoints.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.TestCases) != 17 {
		t.Errorf("there are %d cases, want 17", len(file.TestCases))
	}
	withoutSettings(t)
	for _, test := range file.TestCases {
		p := test.Params
		t.Run(fmt.Sprintf("%+v", p), func(t *testing.T) {
			var requests []*http.Request
			err := func() error {
				c, err := lightsail.New(lightsail.Config{
					Region: p.Region, Endpoint: p.Endpoint, FIPS: p.UseFIPS, DualStack: p.UseDualStack, Credentials: credentials.Static("AKID", "secret", ""),
					HTTPClient: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
						requests = append(requests, r)
						return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader("{}")), Request: r}
					})},
				})
				if err != nil {
					return err
				}
				_, err = c.GetBuckets(t.Context(), nil)
				return err
			}()
			if test.Expect.Error != "" {
				if err == nil || len(requests) > 0 || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v after %d requests, want one before any: %s", err, len(requests), test.Expect.Error)
				}
				return
			}
			if err != nil || len(requests) != 1 {
				t.Fatalf("%d requests, %v", len(requests), err)
			}
			r := requests[0]
			if got := strings.TrimRight(r.URL.String(), "/"); got != test.Expect.Endpoint.URL || r.Host != r.URL.Host {
				t.Errorf("the request goes to %s, host %s, want %s", got, r.Host, test.Expect.Endpoint.URL)
			}
			region := p.Region
			if region == "" { // the case leaves it open
				region = "us-east-1"
			}
			if scope := "/" + region + "/lightsail/aws4_request,"; !strings.Contains(r.Header.Get("Authorization"), scope) {
				t.Errorf("signed with %s, want %s", r.Header.Get("Authorization"), scope)
			}
		})
	}
}

// withoutSettings hides what the environment and the shared files tell.
func withoutSettings(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
}
