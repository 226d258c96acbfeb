package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// serve starts a server with the bucket "photos" and makes a client of it.
func serve(t testing.TB, opts ...storagetest.Option) (*storagetest.S3, *s3.Client) {
	t.Helper()
	srv := storagetest.NewS3(opts...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	return srv, newClient(t, srv.Config())
}

// newClient makes a client that waits little between attempts.
func newClient(t testing.TB, c s3.Config) *s3.Client {
	t.Helper()
	c.Retry.MinWait, c.Retry.MaxWait = time.Microsecond, time.Millisecond
	client, err := s3.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func put(t testing.TB, c *s3.Client, key, content string) *s3.PutObjectOutput {
	t.Helper()
	out, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t testing.TB, c *s3.Client, key string) string {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	content, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func etag(content string) string {
	sum := md5.Sum([]byte(content))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// same compares answers without what differs from run to run.
func same(t *testing.T, what string, got, want any, ignore ...cmp.Option) {
	t.Helper()
	ignore = append(ignore, cmpopts.IgnoreTypes(entrepot.ResponseMetadata{}, time.Time{}))
	if diff := cmp.Diff(want, got, ignore...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// call makes a call that must succeed.
func call[In, Out any](t testing.TB, operation func(context.Context, *In, ...s3.Option) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := operation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// trips are tests of operations, by the operations' names.
type trips map[string]func(t *testing.T, srv *storagetest.S3, c *s3.Client)

// roundTrips has a test of every operation; each subject has a file of its own.
var roundTrips = union(
	accessTrips,
	annotationTrips,
	attributeTrips,
	bucketTrips,
	configurationTrips,
	expressTrips,
	lifecycleTrips,
	lockTrips,
	metadataTrips,
	multipartTrips,
	notificationTrips,
	objectTrips,
	postTrips,
	replicationTrips,
	restoreTrips,
	selectTrips,
	taggingTrips,
	versionTrips,
)

func union(tables ...trips) trips {
	all := trips{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func entry(key string) s3.Object {
	return s3.Object{
		Key: key, Size: int64(len(key)), ETag: etag(key), StorageClass: s3.ObjectStorageClassStandard,
		ChecksumAlgorithm: []s3.ChecksumAlgorithm{s3.ChecksumAlgorithmCrc64nvme}, ChecksumType: s3.ChecksumTypeFullObject,
	}
}

func begin(t testing.TB, c *s3.Client, key string) (uploadID string) {
	t.Helper()
	return call(t, c.CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: "photos", Key: key}).UploadId
}

// uploads counts the multipart uploads that are under way.
func uploads(t testing.TB, c *s3.Client) int {
	t.Helper()
	return len(call(t, c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: "photos"}).Uploads)
}

func TestRoundTrip(t *testing.T) {
	for name, test := range roundTrips {
		t.Run(name, func(t *testing.T) {
			srv, c := serve(t)
			test(t, srv, c)
		})
	}
}

// TestEveryOperationHasARoundTrip finds an operation that was added without one.
func TestEveryOperationHasARoundTrip(t *testing.T) {
	var operations []string
	client := reflect.TypeFor[*s3.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.IsVariadic() && m.Type.NumIn() == 4 && m.Type.In(3) == reflect.TypeFor[[]s3.Option]() {
			operations = append(operations, m.Name)
		}
	}
	if diff := cmp.Diff(operations, slices.Sorted(maps.Keys(roundTrips))); diff != "" || len(operations) < 25 {
		t.Errorf("operations and their tests (-operation +test):\n%s", diff)
	}
}

// TestKeys stores an object under keys that others have lost on the way.
func TestKeys(t *testing.T) {
	keys := []string{
		"photos", "photos/x", "/photos/x", "a//b", "//", "/", "/lead", "trail/", ".", "..", "../x", "a/../b", "a/./b", "./a",
		"+", "a+b c", "%2F", "%", "a%20b", "?x=1", "#frag", "&amp;<>\"'", "a;b=c,d", "\\", "*", "~-_.", "é", "日本", "e\u0301", "\u00a0",
	}
	var all []rune
	for r := range rune(256) { // as characters: S3's keys are UTF-8
		all = append(all, r)
		keys = append(keys, string(r), "a"+string(r)+"z")
	}
	keys = append(keys, string(all), strings.Repeat("k", 1024))
	slices.Sort(keys)
	keys = slices.Compact(keys)

	for _, virtual := range []bool{false, true} {
		srv := storagetest.NewS3()
		defer srv.Close()
		srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
		config := srv.Config()
		if virtual {
			config.PathStyle, config.VirtualHost = false, true
			config.Endpoint = strings.Replace(config.Endpoint, "127.0.0.1", "localhost", 1)
		}
		c := newClient(t, config)
		for _, key := range keys {
			if out := put(t, c, key, "content of "+key); out.ETag != etag("content of "+key) {
				t.Errorf("%q: ETag %s", key, out.ETag)
			}
		}
		for _, key := range keys {
			if got := get(t, c, key); got != "content of "+key {
				t.Errorf("%q has %q (virtual host: %t)", key, got, virtual)
			}
		}
		var listed []string
		for o, err := range paginator.Items(t.Context(), c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", MaxKeys: new(int32(100))}) {
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, o.Key)
		}
		if diff := cmp.Diff(keys, listed); diff != "" {
			t.Errorf("listed (virtual host: %t) (-want +got):\n%s", virtual, diff)
		}
		for _, r := range srv.Requests() {
			if inPath := strings.HasPrefix(r.Path, "/photos"); r.Operation == "ListObjectsV2" && inPath == virtual {
				t.Errorf("virtual host %t: the path is %s", virtual, r.Path)
			}
		}
	}
}

// TestBodies sends bodies of every kind and size, and reads them back.
func TestBodies(t *testing.T) {
	_, c := serve(t)
	_, secure := serve(t, storagetest.WithTLS())
	large := strings.Repeat("0123456789abcdef", 20<<10)
	type once struct{ io.Reader }
	for scheme, c := range map[string]*s3.Client{"http": c, "https": secure} {
		for name, body := range map[string]struct {
			reader io.Reader
			length int64
			want   string
		}{
			"empty":                  {strings.NewReader(""), 0, ""},
			"empty, read once":       {once{strings.NewReader("")}, 0, ""},
			"small":                  {strings.NewReader("small"), 0, "small"},
			"large":                  {strings.NewReader(large), 0, large},
			"buffer":                 {bytes.NewBufferString(large), 0, large},
			"from where it stands":   {advanced(large, 1000), 0, large[1000:]},
			"read once, with length": {once{strings.NewReader(large)}, int64(len(large)), large},
			"read once, unknown":     {once{strings.NewReader(large)}, 0, large},
			"seeker":                 {&seeker{strings.NewReader(large)}, 0, large},
		} {
			_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: name, Body: body.reader, ContentLength: body.length})
			if err != nil {
				t.Errorf("%s, %s: %v", scheme, name, err)
			} else if got := get(t, c, name); got != body.want {
				t.Errorf("%s, %s: stored %d bytes, want %d", scheme, name, len(got), len(body.want))
			}
		}
	}
}

func advanced(s string, n int64) *strings.Reader {
	r := strings.NewReader(s)
	r.Seek(n, io.SeekStart)
	return r
}

// seeker hides everything else that a strings.Reader can do.
type seeker struct{ r *strings.Reader }

func (s *seeker) Read(p []byte) (int, error)                { return s.r.Read(p) }
func (s *seeker) Seek(off int64, whence int) (int64, error) { return s.r.Seek(off, whence) }

// TestEncodedLists leaves an encoding alone that the caller has asked for.
func TestEncodedLists(t *testing.T) {
	_, c := serve(t)
	put(t, c, "a b+c", "")
	for asked, want := range map[s3.EncodingType]string{"": "a b+c", s3.EncodingTypeUrl: "a+b%2Bc"} {
		out := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos", EncodingType: asked})
		if out.Contents[0].Key != want || out.EncodingType != asked {
			t.Errorf("asked for %q: key %q, encoding %q", asked, out.Contents[0].Key, out.EncodingType)
		}
	}
}

// TestCustomerKeys computes the MD5 of keys, which the server checks.
func TestCustomerKeys(t *testing.T) {
	_, c := serve(t, storagetest.WithTLS())
	const key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("secret"), SSECustomerAlgorithm: "AES256", SSECustomerKey: key})
	out := call(t, c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k", SSECustomerAlgorithm: "AES256", SSECustomerKey: key})
	defer out.Body.Close()
	if text, err := io.ReadAll(out.Body); err != nil || string(text) != "secret" || out.SSECustomerKeyMD5 == "" {
		t.Errorf("%q, %v, MD5 of the key %q", text, err, out.SSECustomerKeyMD5)
	}
	if _, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "k"}); err == nil {
		t.Error("read without the key")
	}
	call(t, c.CopyObject, &s3.CopyObjectInput{
		Bucket: "photos", Key: "plain", CopySource: s3.CopySource("photos", "k", ""), CopySourceSSECustomerAlgorithm: "AES256", CopySourceSSECustomerKey: key,
	})
	if got := get(t, c, "plain"); got != "secret" {
		t.Errorf("the copy has %q", got)
	}
}
