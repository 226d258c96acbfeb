package s3_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// TestWrongRegion asks for a bucket in the region that an answer names, and
// remembers it; what is no bucket of a region stays where it is.
func TestWrongRegion(t *testing.T) {
	const (
		here  = "photos.s3.us-east-1.amazonaws.com"
		there = "photos.s3.eu-west-1.amazonaws.com"
		ap    = "arn:aws:s3:us-east-1:123456789012:accesspoint/mine"
	)
	region := []string{"X-Amz-Bucket-Region", "eu-west-1"}
	head := func(t *testing.T, c *s3.Client) error {
		return errorOf(c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"}))
	}
	get := func(bucket string) func(*testing.T, *s3.Client) error {
		return func(t *testing.T, c *s3.Client) error {
			return errorOf(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: "k"}))
		}
	}
	for _, test := range []struct {
		name   string
		call   func(*testing.T, *s3.Client) error
		status int
		header []string
		want   []string // hosts of two calls
		fails  bool
	}{
		{name: "HeadBucket, 301", call: head, status: 301, header: region, want: []string{here, there, there}},
		{name: "HeadBucket, 307", call: head, status: 307, header: region, want: []string{here, there, there}},
		{name: "HeadBucket, 400", call: head, status: 400, header: region, want: []string{here, there, there}},
		{name: "HeadBucket, 403", call: head, status: 403, header: region, want: []string{here, there, there}},
		{name: "HeadBucket, 403 without a region", call: head, status: 403, want: []string{here, here}, fails: true},
		{name: "HeadBucket, 403 in the right region", call: head, status: 403, header: []string{"X-Amz-Bucket-Region", "us-east-1"}, want: []string{here, here}, fails: true},
		{name: "HeadBucket, 404", call: head, status: 404, header: region, want: []string{here, here}, fails: true},
		{name: "HeadBucket, another partition", call: head, status: 301, header: []string{"X-Amz-Bucket-Region", "cn-north-1"}, want: []string{here, here}, fails: true},
		{name: "GetObject, 301", call: get("photos"), status: 301, header: region, want: []string{here, there, there}},
		{name: "GetObject, 403", call: get("photos"), status: 403, header: region, want: []string{here, here}, fails: true},
		{name: "GetBucketLocation", status: 301, header: region, want: []string{here, there, there}, call: func(t *testing.T, c *s3.Client) error {
			return errorOf(c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: "photos"}))
		}},
		{name: "ListBuckets", status: 301, header: region, want: []string{"s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"}, fails: true, call: func(t *testing.T, c *s3.Client) error {
			return errorOf(c.ListBuckets(t.Context(), nil))
		}},
		{name: "access point", call: get(ap), status: 301, header: region, fails: true, want: slices.Repeat([]string{"mine-123456789012.s3-accesspoint.us-east-1.amazonaws.com"}, 2)},
		{name: "multi-region access point", call: get(multiRegion), status: 301, header: region, fails: true, want: slices.Repeat([]string{"mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com"}, 2)},
		{name: "directory bucket", call: get(express), status: 301, header: region, fails: true, want: slices.Repeat([]string{express + ".s3express-use1-az4.us-east-1.amazonaws.com"}, 2)},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &recorder{answer: func(r *http.Request) *http.Response {
				if r.URL.Host == there {
					return answer(r, 200, "<Result/>")
				}
				return answer(r, test.status, "", test.header...)
			}}
			c := n.client(t, s3.Config{Region: "us-east-1"})
			for range 2 {
				if err := test.call(t, c); (err != nil) != test.fails {
					t.Errorf("error %v", err)
				}
			}
			var hosts []string
			for _, r := range n.requests {
				hosts = append(hosts, r.URL.Host)
				want := "us-east-1"
				if r.URL.Host == there {
					want = "eu-west-1"
				}
				if got := signatureOf(r).Region; got != want && got != "*" {
					t.Errorf("the request to %s is signed for %s", r.URL.Host, got)
				}
			}
			if diff := cmp.Diff(test.want, hosts); diff != "" {
				t.Errorf("hosts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRedirectsToOtherHosts sends nothing to a host that an answer names:
// neither a call, nor one that is made for another's sake.
func TestRedirectsToOtherHosts(t *testing.T) {
	var reached, asked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", other.URL+r.URL.RequestURI())
			w.WriteHeader(status)
		}))
		defer srv.Close()
		for name, client := range map[string]*http.Client{"own client": nil, "the user's": {}} {
			c, err := s3.New(s3.Config{
				Region: "us-east-1", Endpoint: srv.URL, Server: s3.ServerAWS, PathStyle: true,
				Credentials: credentials.Static("AKID", "secret", "token"), HTTPClient: client,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseIdleConnections()
			for call, err := range map[string]error{
				"GetObject":      errorOf(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k"})),
				"HeadBucket":     errorOf(c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: "photos"})),
				"PutObject":      errorOf(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("content")})),
				"ListBuckets":    errorOf(c.ListBuckets(t.Context(), nil)),
				"in a session":   errorOf(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: express, Key: "k"})),
				"SSE-C, a token": errorOf(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k", SSECustomerAlgorithm: "AES256", SSECustomerKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="})),
			} {
				if e := (*s3.Error)(nil); !errors.As(err, &e) {
					t.Errorf("%s, %s, %d: %v", name, call, status, err)
				}
			}
		}
	}
	if n := reached.Load(); n != 0 || asked.Load() < 60 {
		t.Errorf("%d of %d requests went on to the other host", n, asked.Load())
	}
}

// TestAliases of access points stand for a bucket as they are.
func TestAliases(t *testing.T) {
	for _, alias := range []string{"mine-abcdefghijklmnopqrstuvwxyz012use1a-s3alias", "mine-abcdefghijklmnopqrstuvwxyz012use1a--ol-s3"} {
		n := &recorder{}
		c := n.client(t, s3.Config{Region: "eu-west-1"})
		call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: alias, Key: "k"})
		r := n.requests[0]
		if got, want := r.URL.String(), "https://"+alias+".s3.eu-west-1.amazonaws.com/k"; got != want || signatureOf(r) != (signed{"AKID", "sigv4", "s3", "eu-west-1"}) {
			t.Errorf("%s, signed %+v; want %s", got, signatureOf(r), want)
		}
	}
}

// TestSuffixesElsewhere mean nothing to servers that are not AWS.
func TestSuffixesElsewhere(t *testing.T) {
	for _, bucket := range []string{express, "ours--xa-s3", "ours--op-s3"} {
		n := &recorder{}
		c := n.client(t, s3.Config{Endpoint: "https://storage.example"})
		call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: bucket, Key: "k"})
		r := n.requests[0]
		if len(n.requests) != 1 || r.URL.String() != "https://storage.example/"+bucket+"/k" || signatureOf(r).Service != "s3" {
			t.Errorf("%d requests; %s, signed %+v", len(n.requests), r.URL, signatureOf(r))
		}
	}
}
