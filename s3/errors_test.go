package s3_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestBadInput has one sentence for what a caller, or the world, got wrong.
func TestBadInput(t *testing.T) {
	srv, c := serve(t)
	secure, _ := serve(t, storagetest.WithTLS())
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close() // its port is now one where nobody listens
	at := func(endpoint string) error {
		c := newClient(t, s3.Config{Endpoint: endpoint, Credentials: credentials.Static("ID", "secret", ""), Retry: entrepot.Retry{MaxAttempts: 2}})
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("text")})
		return err
	}
	wrong := func(c *s3.Config) { c.Credentials = credentials.Static("STORAGETESTKEYID", "wrong", "") }
	closed, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	put := func(in s3.PutObjectInput, opts ...s3.Option) error {
		_, err := c.PutObject(t.Context(), &in, opts...)
		return err
	}
	text := func() *strings.Reader { return strings.NewReader("text") }
	long := func() once { return once{strings.NewReader(strings.Repeat("x", 2<<20))} }
	srv.Inject(storagetest.Fault{Operation: "ListBuckets", Truncate: storagetest.ResponseBody(50)})
	_, truncated := c.ListBuckets(t.Context(), nil, func(c *s3.Config) { c.Retry.MaxAttempts = 1 })
	_, noParts := c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{Bucket: "photos", Key: "k"})
	_, noTagKey := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "a"}, {}}}})
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, test := range []struct {
		name string
		err  error
		want string
		is   error
	}{
		{name: "no key", err: put(s3.PutObjectInput{Bucket: "photos", Body: text()}), want: "s3: PutObject: Key is required"},
		{name: "no bucket", err: put(s3.PutObjectInput{Key: "k", Body: text()}), want: "s3: PutObject: Bucket is required"},
		{name: "nothing at all", err: func() error { _, err := c.GetObject(t.Context(), nil); return err }(), want: "s3: GetObject: Bucket is required"},
		{name: "no UploadId", err: noParts, want: "s3: CompleteMultipartUpload: UploadId is required"},
		{name: "no key in a document", err: noTagKey, want: "s3: DeleteObjects: Delete.Objects[1].Key is required"},
		{name: "path for a bucket", err: put(s3.PutObjectInput{Bucket: "photos/2026", Key: "k"}), want: `s3: PutObject: Bucket: "photos/2026" is not the name of a bucket: letters, digits, dots and hyphens only`},
		{name: "directory for a bucket", err: put(s3.PutObjectInput{Bucket: "..", Key: "k"}), want: `s3: PutObject: Bucket: ".." is not the name of a bucket`},
		{name: "ARN for a bucket", err: put(s3.PutObjectInput{Bucket: "arn:aws:s3:us-east-1:1:accesspoint/a", Key: "k"}), want: "s3: PutObject: Bucket: an access point goes into the host's name, and the Endpoint"},
		{name: "bad name of a bucket", err: put(s3.PutObjectInput{Bucket: "Ab", Key: "k"}), want: "s3: PutObject: InvalidBucketName: The specified bucket is not valid. (status 400"},
		{name: "long key", err: put(s3.PutObjectInput{Bucket: "photos", Key: strings.Repeat("k", 1025)}), want: "s3: PutObject: KeyTooLongError: ", is: s3.ErrKeyTooLong},
		{name: "length without a body", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", ContentLength: 5}), want: "s3: PutObject: Body: there is none, but a ContentLength"},
		{name: "wrong length", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: text(), ContentLength: 5}), want: "s3: PutObject: ContentLength is 5 but the body has 4 bytes"},
		{name: "body that is too short", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: once{text()}, ContentLength: 5}), want: "s3: PutObject: reading the body: it ended 1 bytes short of its length"},
		{name: "body that is too long", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: once{text()}, ContentLength: 3}), want: "s3: PutObject: reading the body: it is longer than its ContentLength of 3 bytes"},
		{name: "body of unknown length", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: long()}), want: "s3: PutObject: the body's length is not known and it is longer than 1 MiB: set ContentLength, or use transfer.Upload"},
		{name: "file that cannot be read", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: closed}), want: "s3: PutObject: reading the body: read " + closed.Name() + ": file already closed", is: fs.ErrClosed},
		{name: "checksum that is not computed", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: text(), ChecksumAlgorithm: s3.ChecksumAlgorithmXxhash64}), want: `s3: PutObject: ChecksumAlgorithm: "XXHASH64" is not computed by this module; compute it yourself, or use CRC64NVME`},
		{name: "wrong checksum", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: text(), ChecksumCRC32: "AAAAAA=="}), want: "s3: PutObject: BadDigest: ", is: s3.ErrBadDigest},
		{name: "half an encryption key", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: text(), SSECustomerKey: "c2VjcmV0"}), want: "s3: PutObject: SSECustomerKey: must be a key of 32 bytes in base64"},
		{name: "wrong secret", err: put(s3.PutObjectInput{Bucket: "photos", Key: "k", Body: text()}, wrong), want: "s3: PutObject: SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method. (status 403, host " + host + ", request ", is: fs.ErrPermission},
		{name: "nobody listens", err: at("http://" + nobody.Addr().String()), want: "s3: PutObject: dial tcp " + nobody.Addr().String() + ": connect: connection refused (host " + nobody.Addr().String() + ", 2 attempts)"},
		{name: "HTTP to a server of HTTPS", err: at(strings.Replace(secure.URL, "https:", "http:", 1)), want: "s3: PutObject: BadRequest: Client sent an HTTP request to an HTTPS server. (status 400, host "},
		{name: "HTTPS to a server of HTTP", err: at(strings.Replace(srv.URL, "http:", "https:", 1)), want: "s3: PutObject: tls: first record does not look like a TLS handshake (host "},
		{name: "certificate of an unknown authority", err: at(secure.URL), want: "s3: PutObject: tls: failed to verify certificate: x509: "},
		{name: "truncated answer", err: truncated, want: "s3: ListBuckets: the answer broke off after 50 bytes: unexpected EOF (host " + host + ")"},
	} {
		if test.err == nil || !strings.HasPrefix(test.err.Error(), test.want) || strings.Contains(test.err.Error(), "\n") {
			t.Errorf("%s:\n%v, want\n%s", test.name, test.err, test.want)
		}
		if e := (*s3.Error)(nil); !errors.As(test.err, &e) || test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("%s: %v is a %T, or not %v", test.name, test.err, test.err, test.is)
		}
	}
}
