package ibmcos_test

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// cloud stands for IBM's: it lists the buckets of a service instance a page of
// one at a time, and notes where requests go.
type cloud struct {
	buckets [][2]string // names and provisioning codes
	seen    []*http.Request
}

func (s *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	s.seen = append(s.seen, r)
	q := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/token"):
		return reply(r, 200, `{"access_token":"token","expires_in":3600}`), nil
	case !q.Has("extended"):
		return reply(r, 200, ""), nil
	}
	var body strings.Builder
	body.WriteString("<ListAllMyBucketsResult>")
	for i, b := range s.buckets {
		if b[0] <= q.Get("marker") || !strings.HasPrefix(b[0], q.Get("prefix")) {
			continue
		}
		if i+1 < len(s.buckets) {
			body.WriteString("<IsTruncated>true</IsTruncated>")
		}
		body.WriteString("<Buckets><Bucket><Name>" + b[0] + "</Name><LocationConstraint>" + b[1] + "</LocationConstraint></Bucket></Buckets>")
		break
	}
	body.WriteString("</ListAllMyBucketsResult>")
	return reply(r, 200, body.String()), nil
}

// hosts are those that requests went to.
func (s *cloud) hosts() (hosts []string) {
	for _, r := range s.seen {
		hosts = append(hosts, strings.TrimSuffix(r.URL.Host, ".cloud-object-storage.appdomain.cloud"))
	}
	return hosts
}

func TestOpenBucketFindsTheLocation(t *testing.T) {
	setUp(t, nil)
	buckets := [][2]string{{"photos", "eu-de-smart"}, {"photos-2", "us-standard"}, {"photos-3", "us-south-standard"}, {"photos-4", "EU"}, {"photos-5", ""}}
	iam, hmac := credentials.IBMIAM("key"), credentials.Static("ID", "secret", "")
	for _, test := range []struct {
		name   string
		config ibmcos.Config
		bucket string
		want   string // hosts of the listing and of a call of the handle
	}{
		{"elsewhere", ibmcos.Config{Region: "us-south", Credentials: hmac}, "photos", "s3.us-south photos.s3.eu-de"},
		{"with a token", ibmcos.Config{Region: "us-south", Credentials: iam, ServiceInstanceId: "guid"}, "photos", "iam.cloud.ibm.com s3.us-south photos.s3.eu-de"},
		{"by the same network", ibmcos.Config{Region: "us-south", Credentials: hmac, Network: ibmcos.NetworkDirect}, "photos", "s3.direct.us-south photos.s3.direct.eu-de"},
		{"by the network of an endpoint", ibmcos.Config{Endpoint: "s3.private.us-south.cloud-object-storage.appdomain.cloud", Credentials: hmac}, "photos", "s3.private.us-south photos.s3.private.eu-de"},
		{"in the path", ibmcos.Config{Region: "us-south", Credentials: hmac, PathStyle: true}, "photos", "s3.us-south s3.eu-de"},
		{"here", ibmcos.Config{Region: "us-south", Credentials: hmac}, "photos-3", "s3.us-south photos-3.s3.us-south"},
		{"at the endpoint of a city", ibmcos.Config{Region: "dal.us", Credentials: hmac}, "photos-2", "s3.dal.us photos-2.s3.dal.us"},
		{"from a city to elsewhere", ibmcos.Config{Region: "dal.us", Credentials: hmac}, "photos", "s3.dal.us photos.s3.eu-de"},
		{"at another server", ibmcos.Config{Endpoint: "https://cos.example", Credentials: hmac}, "photos", "cos.example photos.cos.example"},
		{"without a location", ibmcos.Config{Region: "us-south", Credentials: hmac}, "photos-5", "s3.us-south photos-5.s3.us-south"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &cloud{buckets: buckets}
			test.config.HTTPClient = &http.Client{Transport: s}
			c := newClient(t, test.config)
			b, err := c.OpenBucket(t.Context(), test.bucket)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Stat(t.Context(), "k", ""); err != nil {
				t.Fatal(err)
			}
			first := s.seen[0]
			if test.config.ServiceInstanceId != "" {
				first = s.seen[1]
				if got := first.Header.Get("Ibm-Service-Instance-Id"); got != "guid" {
					t.Errorf("the list was asked for with the instance %q", got)
				}
			}
			if got := first.URL.Query().Get("prefix"); got != test.bucket {
				t.Errorf("the list was asked for with the prefix %q", got)
			}
			if got := strings.Join(s.hosts(), " "); got != test.want {
				t.Errorf("requests to %s, want %s", got, test.want)
			}
			if b.Name() != test.bucket {
				t.Errorf("the handle is of %s", b.Name())
			}
		})
	}

	c := newClient(t, ibmcos.Config{Region: "us-south", Credentials: hmac, HTTPClient: &http.Client{Transport: &cloud{buckets: buckets}}})
	_, err := c.OpenBucket(t.Context(), "photo")
	if want := `ibmcos: OpenBucket: NoSuchBucket: the service instance has no bucket "photo"`; err == nil || err.Error() != want || !errors.Is(err, ibmcos.ErrNoSuchBucket) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want %s", err, want)
	}
	for bucket, want := range map[string]string{
		"photos-4": `ibmcos: OpenBucket: the bucket is at "EU", which is no location that is known here: set Config.Region, and use Bucket`,
		"":         "ibmcos: OpenBucket: the bucket has no name",
	} {
		if _, err := c.OpenBucket(t.Context(), bucket); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := c.OpenBucket(t.Context(), "photos", func(c *ibmcos.Config) { c.Region = "eu-vault" }); err == nil || !strings.HasPrefix(err.Error(), "ibmcos: OpenBucket: Config: Region ") {
		t.Errorf("a bad option: %v", err)
	}
}

// TestOpenBucket uses a handle with a server, by token and by HMAC, from a client
// that has been told nothing but where it is.
func TestOpenBucket(t *testing.T) {
	srv, c := serve(t, storagetest.WithCredentials("ID", "secret"))
	setUp(t, map[string]string{"IBM_API_KEY_ID": srv.APIKey(), "IBM_AUTH_ENDPOINT": srv.TokenURL(), "IBM_SERVICE_INSTANCE_ID": srv.ServiceInstance()})
	config := srv.Config()
	config.Credentials = credentials.Static("ID", "secret", "")
	for name, c := range map[string]*ibmcos.Client{"token": c, "HMAC": newClient(t, config), "environment": newClient(t, ibmcos.Config{Endpoint: srv.URL})} {
		before := tokens(srv)
		b, err := c.OpenBucket(t.Context(), "photos")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := transfer.Upload(t.Context(), b, "k", strings.NewReader(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), b, "k", &got); err != nil || got.String() != name {
			t.Errorf("%s: %q, %v", name, got.String(), err)
		}
		if n := tokens(srv) - before; n > 1 {
			t.Errorf("%s: %d tokens, want one for the list and the handle", name, n)
		}
	}
	if _, err := c.OpenBucket(t.Context(), "none"); !errors.Is(err, ibmcos.ErrNoSuchBucket) {
		t.Errorf("%v, want ErrNoSuchBucket", err)
	}
}
