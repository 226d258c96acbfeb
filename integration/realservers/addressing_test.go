package realservers

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

func TestTheBucketCanBePartOfTheHostName(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		client := s.client(t, func(c *s3.Config) {
			c.Endpoint, c.PathStyle, c.VirtualHost = u.Scheme+"://localhost:"+u.Port(), false, true
			// Not every resolver knows the names below localhost.
			transport := c.HTTPClient.Transport.(*http.Transport)
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, u.Host)
			}
		})
		bucket := newBucket(t, client)
		for _, key := range []string{"a key+é", bucket + "/" + bucket, "k"} {
			put(t, client, bucket, key, content(300_000))
			wantContent(t, client, bucket, key, content(300_000))
		}
		if _, err := client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: bucket, Key: "copy", CopySource: s3.CopySource(bucket, "k", "")}); err != nil {
			t.Error(err)
		}
		wantEqual(t, "listed", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), sorted("a key+é", bucket+"/"+bucket, "copy", "k"))
		read := presign(t, client.GetObject, &s3.GetObjectInput{Bucket: bucket, Key: "k"})
		if host := bucket + ".localhost:" + u.Port(); mustParse(t, read.URL).Host != host {
			t.Errorf("presigned for %s, want the host %s", read.URL, host)
		}
	})
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAWSCABundleNamesAFurtherAuthority(t *testing.T) {
	oneServer(t, versitygwTLS, func(t *testing.T, s *server) {
		client := func() *s3.Client { return s.client(t, func(c *s3.Config) { c.HTTPClient = nil }) }
		if _, err := client().ListBuckets(t.Context(), &s3.ListBucketsInput{}); !isUnknownAuthority(err) {
			t.Fatalf("without the bundle: %v, want an unknown authority", err)
		}
		bundle := filepath.Join(t.TempDir(), "bundle.pem")
		if err := os.WriteFile(bundle, s.Authority, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("AWS_CA_BUNDLE", bundle)
		trusting := client()
		defer trusting.CloseIdleConnections()
		bucket := newBucket(t, trusting)
		put(t, trusting, bucket, "k", content(300_000))
		wantContent(t, trusting, bucket, "k", content(300_000))
	})
}

func isUnknownAuthority(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown)
}
