package s3_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/vectors"
	"github.com/entrepot-go/entrepot/s3"
)

// recorder is a network that notes requests and grants sessions. What else it
// answers is up to the test.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
	sessions int
	expires  time.Time                            // of the sessions
	before   func(r *http.Request)                // may read the body
	answer   func(r *http.Request) *http.Response // nil, or an answer that is: 200
}

func (n *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.before != nil {
		n.before(r)
	}
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests = append(n.requests, r)
	if n.answer != nil {
		if resp := n.answer(r); resp != nil {
			return resp, nil
		}
	}
	if r.URL.RawQuery == "session" {
		n.sessions++
		return answer(r, 200, fmt.Sprintf("<CreateSessionResult><Credentials><AccessKeyId>SESSION%d</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"+
			"<SessionToken>token%d</SessionToken><Expiration>%s</Expiration></Credentials></CreateSessionResult>", n.sessions, n.sessions, n.expires.Format(time.RFC3339))), nil
	}
	return answer(r, 200, "<Result/>"), nil // which does for most operations
}

func answer(r *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}
}

// client makes a client whose requests go to n.
func (n *recorder) client(t testing.TB, config s3.Config) *s3.Client {
	t.Helper()
	if n.expires.IsZero() {
		n.expires = time.Now().Add(5 * time.Minute)
	}
	if config.Credentials == nil {
		config.Credentials = credentials.Static("AKID", "secret", "")
	}
	config.HTTPClient = &http.Client{Transport: n}
	config.Retry = entrepot.Retry{MinWait: time.Microsecond, MaxWait: time.Microsecond}
	c, err := s3.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signed is what a request's signature says that it is made for.
type signed struct {
	Key, Scheme, Service, Region string
}

func signatureOf(r *http.Request) signed {
	algorithm, rest, _ := strings.Cut(r.Header.Get("Authorization"), " Credential=")
	credential, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(credential, "/")
	switch {
	case algorithm == "AWS4-ECDSA-P256-SHA256" && len(parts) == 4:
		return signed{parts[0], "sigv4a", parts[2], r.Header.Get("X-Amz-Region-Set")}
	case algorithm != "AWS4-HMAC-SHA256" || len(parts) != 5:
		return signed{Scheme: r.Header.Get("Authorization")}
	case r.Header.Get("X-Amz-S3session-Token") != "":
		return signed{parts[0], "sigv4-s3express", parts[3], parts[2]}
	}
	return signed{parts[0], "sigv4", parts[3], parts[2]}
}

// endpointCase is one of the published cases.
type endpointCase struct {
	ID     int `json:"id"`
	Params struct {
		Region, Bucket, Endpoint, Prefix, Key                string
		UseFIPS, UseDualStack, Accelerate, ForcePathStyle    bool
		UseGlobalEndpoint, DisableMultiRegionAccessPoints    bool
		UseObjectLambdaEndpoint, UseS3ExpressControlEndpoint bool
		DisableAccessPoints, DisableS3ExpressSessionAuth     bool
		UseArnRegion                                         *bool
	} `json:"params"`
	OperationInputs []struct {
		OperationName   string         `json:"operationName"`
		OperationParams map[string]any `json:"operationParams"`
		BuiltInParams   map[string]any `json:"builtInParams"`
	} `json:"operationInputs"`
	Expect struct {
		Error    string `json:"error"`
		Endpoint struct {
			URL        string              `json:"url"`
			Headers    map[string][]string `json:"headers"`
			Properties struct {
				AuthSchemes []struct {
					Name, SigningName, SigningRegion string
					SigningRegionSet                 []string
				} `json:"authSchemes"`
			} `json:"properties"`
		} `json:"endpoint"`
	} `json:"expect"`
}

// operation is the one that the case calls, or one that fits.
func (c *endpointCase) operation() string {
	p := &c.Params
	switch {
	case len(c.OperationInputs) > 0:
		return c.OperationInputs[0].OperationName
	case p.UseObjectLambdaEndpoint:
		return "WriteGetObjectResponse"
	case p.UseS3ExpressControlEndpoint && p.Bucket == "":
		return "ListDirectoryBuckets"
	case p.UseS3ExpressControlEndpoint:
		return "CreateBucket"
	case p.Bucket == "":
		return "ListBuckets"
	}
	return "GetObject"
}

// TestPublishedEndpoints has a client make a request for every published case:
// it has to go where the case says and to be signed for what it says, or must
// not be made.
func TestPublishedEndpoints(t *testing.T) {
	var file struct {
		TestCases []endpointCase `json:"testCases"`
	}
	if err := json.Unmarshal(vectors.Load(t, "s3-endpoints.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.TestCases) != 197 {
		t.Errorf("there are %d cases, want 197", len(file.TestCases))
	}
	for _, test := range file.TestCases {
		p := &test.Params
		operation := test.operation()
		t.Run(fmt.Sprintf("%d %s %s %s", test.ID, operation, p.Bucket, p.Region), func(t *testing.T) {
			if len(test.OperationInputs) > 1 {
				t.Errorf("%d operations, want one", len(test.OperationInputs))
			}
			config := s3.Config{
				Region: p.Region, Endpoint: p.Endpoint, Server: s3.ServerAWS, Credentials: credentials.Static("AKID", "secret", ""),
				PathStyle: p.ForcePathStyle, DualStack: p.UseDualStack, FIPS: p.UseFIPS, Accelerate: p.Accelerate,
				UseGlobalEndpoint: p.UseGlobalEndpoint, UseArnRegion: p.UseArnRegion,
				DisableMultiRegionAccessPoints: p.DisableMultiRegionAccessPoints, DisableExpressSessions: p.DisableS3ExpressSessionAuth,
			}
			for _, in := range test.OperationInputs {
				config.PathStyle = config.PathStyle || in.BuiltInParams["AWS::S3::ForcePathStyle"] == true
			}
			n := &recorder{expires: time.Now().Add(5 * time.Minute)}
			config.HTTPClient = &http.Client{Transport: n}
			suffix := "" // of the path, behind what the case has
			err := func() error {
				c, err := s3.New(config)
				if err != nil {
					return err
				}
				switch operation {
				case "GetObject":
					suffix = "/key"
					_, err = c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: p.Bucket, Key: "key"})
				case "ListObjects":
					_, err = c.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: p.Bucket, Prefix: p.Prefix})
				case "CreateBucket":
					_, err = c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: p.Bucket})
				case "ListBuckets":
					_, err = c.ListBuckets(t.Context(), nil)
				case "ListDirectoryBuckets":
					_, err = c.ListDirectoryBuckets(t.Context(), nil)
				case "WriteGetObjectResponse":
					suffix = "/WriteGetObjectResponse"
					_, err = c.WriteGetObjectResponse(t.Context(), &s3.WriteGetObjectResponseInput{RequestRoute: "RequestRoute", RequestToken: "RequestToken"})
				default:
					t.Fatalf("operation %s", operation)
				}
				return err
			}()
			if test.Expect.Error != "" {
				if err == nil || len(n.requests) > 0 || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v after %d requests, want one before any: %s", err, len(n.requests), test.Expect.Error)
				}
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := test.Expect.Endpoint
			if operation == "WriteGetObjectResponse" { // the model has the prefix apart
				want.URL = strings.Replace(want.URL, "://", "://RequestRoute.", 1)
			}
			r := n.requests[len(n.requests)-1]
			path, _, _ := strings.Cut(r.URL.RequestURI(), "?")
			if got, want := strings.TrimRight(r.URL.Scheme+"://"+r.URL.Host+path, "/"), want.URL+suffix; got != want || r.Host != r.URL.Host {
				t.Errorf("the request goes to %s, want %s", got, want)
			}
			if len(want.Headers) > 0 {
				t.Errorf("the case has headers, which the test does not look at: %v", want.Headers)
			}
			scheme := want.Properties.AuthSchemes[0]
			wantSigned := signed{"AKID", scheme.Name, scheme.SigningName, scheme.SigningRegion + strings.Join(scheme.SigningRegionSet, ",")}
			if scheme.Name == "sigv4-s3express" {
				wantSigned.Key = "SESSION1"
				own := wantSigned
				own.Key, own.Scheme = "AKID", "sigv4"
				if diff := cmp.Diff(own, signatureOf(n.requests[0])); diff != "" || n.requests[0].URL.Host != r.URL.Host {
					t.Errorf("CreateSession goes to %s; signed (-want +got):\n%s", n.requests[0].URL.Host, diff)
				}
			}
			if diff := cmp.Diff(wantSigned, signatureOf(r)); diff != "" {
				t.Errorf("signed (-want +got):\n%s", diff)
			}
			if sessions := slices.IndexFunc(n.requests, func(r *http.Request) bool { return r.URL.RawQuery == "session" }); (sessions == 0) != (scheme.Name == "sigv4-s3express") || len(n.requests) > 2 {
				t.Errorf("%d requests", len(n.requests))
			}
		})
	}
}
