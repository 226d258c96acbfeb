package s3_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestPresign has somebody without keys use requests of all kinds.
func TestPresign(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	c := newClient(t, srv.Config())
	send := func(p *entrepot.PresignedRequest, err error, body string) *http.Response {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), p.Method, p.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range p.Header {
			r.Header[name] = values
		}
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}

	p, err := s3.Presign(t.Context(), c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "a b+ü", ContentType: "image/png", ChecksumSHA256: "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="}, time.Hour)
	if resp := send(p, err, "\x00"); resp.StatusCode != 400 {
		t.Errorf("another body than the checksum's: %s", resp.Status)
	}
	p, err = s3.Presign(t.Context(), c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "a b+ü", ContentType: "image/png", Metadata: map[string]string{"k": "v"}}, time.Hour)
	if resp := send(p, err, "content"); resp.StatusCode != 200 {
		t.Errorf("PutObject: %s", resp.Status)
	}
	if p.Header.Get("Content-Type") != "image/png" || p.Header.Get("X-Amz-Meta-K") != "v" || strings.Contains(p.URL, "checksum") || len(p.Header) != 2 {
		t.Errorf("PutObject: %s with %v", p.URL, p.Header)
	}
	if early, late := now.Add(time.Hour), time.Now().Add(time.Hour); p.Expires.Before(early) || p.Expires.After(late) {
		t.Errorf("expires %v, want between %v and %v", p.Expires, early, late)
	}
	p, err = s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "a b+ü", ResponseContentType: "text/plain"}, time.Minute)
	if resp := send(p, err, ""); resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/plain" || len(p.Header) != 0 {
		t.Errorf("GetObject: %s, %v; to be sent: %v", resp.Status, resp.Header, p.Header)
	}
	p, err = s3.Presign(t.Context(), c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", Prefix: "a b"}, time.Minute)
	if resp := send(p, err, ""); resp.StatusCode != 200 || strings.Contains(p.URL, "encoding-type") {
		t.Errorf("ListObjectsV2 at %s: %s", p.URL, resp.Status)
	}
	p, err = s3.Presign(t.Context(), c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", ContentLength: 7}, time.Minute)
	if resp := send(p, err, "content"); resp.StatusCode != 200 || p.Header.Get("Content-Length") != "7" {
		t.Errorf("with a length: %s, %v", resp.Status, p.Header)
	}
	if n := len(srv.Requests()); n != 5 {
		t.Errorf("the server got %d requests, want only those sent by hand", n)
	}

	expires := time.Now().Add(10 * time.Minute)
	temporary := func(c *s3.Config) {
		c.Credentials = credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
			return credentials.Credentials{AccessKeyID: "ID", SecretAccessKey: "secret", SessionToken: "token", Expires: expires}, nil
		})
	}
	p, err = s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k"}, time.Hour, temporary)
	if err != nil || p.Expires.After(expires) || p.Expires.Before(expires.Add(-2*time.Second)) {
		t.Errorf("with keys until %v: expires %v, %v", expires, p.Expires, err)
	}

	elsewhere := func(c *s3.Config) { c.Endpoint = "https://files.example.com" }
	p, err = s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k"}, time.Minute, elsewhere)
	if err != nil || !strings.HasPrefix(p.URL, "https://files.example.com/photos/k?X-Amz-Algorithm=") {
		t.Errorf("for another host: %+v, %v", p, err)
	}

	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"too short", presign(t, c, "k", time.Millisecond), "s3: Presign: a presigned request lives one second to seven days, not 1ms"},
		{"too long", presign(t, c, "k", 8*24*time.Hour), "s3: Presign: a presigned request lives one second to seven days, not 192h0m0s"},
		{"no key", presign(t, c, "", time.Hour), "s3: GetObject: Key is required"},
		{"no credentials", presign(t, c, "k", time.Hour, func(c *s3.Config) { c.Credentials = credentials.Anonymous() }), "s3: GetObject: a request without credentials cannot be presigned"},
	} {
		if test.err == nil || !strings.HasPrefix(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, test.err, test.want)
		}
	}
}

func presign(t *testing.T, c *s3.Client, key string, expires time.Duration, opts ...s3.Option) error {
	_, err := s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: key}, expires, opts...)
	return err
}
