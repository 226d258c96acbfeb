package ibmcos_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// serve starts a server with the bucket "photos" and makes a client of it that
// uses an API key.
func serve(t testing.TB, opts ...storagetest.Option) (*storagetest.IBMCOS, *ibmcos.Client) {
	t.Helper()
	srv := storagetest.NewIBMCOS(opts...)
	t.Cleanup(srv.Close)
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	return srv, newClient(t, srv.Config())
}

func newClient(t testing.TB, c ibmcos.Config) *ibmcos.Client {
	t.Helper()
	c.Retry.MinWait, c.Retry.MaxWait = time.Microsecond, time.Millisecond
	client, err := ibmcos.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// call makes a call that must succeed.
func call[In, Out any](t testing.TB, operation func(context.Context, *In, ...ibmcos.Option) (*Out, error), in *In) *Out {
	t.Helper()
	out, err := operation(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// absent makes a call for something that is not there.
func absent[In, Out any](t *testing.T, operation func(context.Context, *In, ...ibmcos.Option) (*Out, error), in *In, want error) {
	t.Helper()
	if _, err := operation(t.Context(), in); !errors.Is(err, want) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want %v", err, want)
	}
}

func put(t testing.TB, c *ibmcos.Client, key, content string) {
	t.Helper()
	call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader(content)})
}

func get(t testing.TB, c *ibmcos.Client, key string) string {
	t.Helper()
	out := call(t, c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: key})
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

// protect gives the bucket "photos" a retention policy.
func protect(t testing.TB, c *ibmcos.Client) {
	t.Helper()
	call(t, c.PutBucketProtectionConfiguration, &ibmcos.PutBucketProtectionConfigurationInput{Bucket: "photos", ProtectionConfiguration: &ibmcos.ProtectionConfiguration{
		Status:           ibmcos.BucketProtectionStatusRetention,
		MinimumRetention: &ibmcos.BucketProtectionMinimumRetention{Days: 0},
		DefaultRetention: &ibmcos.BucketProtectionDefaultRetention{Days: 0},
		MaximumRetention: &ibmcos.BucketProtectionMaximumRetention{Days: 10},
	}})
}

// trips are tests of operations, by the operations' names.
type trips map[string]func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client)

// roundTrips has a test of every operation; subjects have files of their own.
var roundTrips = union(
	accessTrips,
	bucketTrips,
	configurationTrips,
	lifecycleTrips,
	objectTrips,
	protectionTrips,
	replicationTrips,
	presignTrips,
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

var objectTrips = trips{
	"PutObject": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		out := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("hello, world")})
		if out.ETag != etag("hello, world") {
			t.Errorf("%+v", out)
		}
		_, err := c.PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", IfNoneMatch: "*", Body: strings.NewReader("x")})
		if !errors.Is(err, ibmcos.ErrPreconditionFailed) {
			t.Errorf("overwritten in spite of IfNoneMatch: %v", err)
		}
	},
	"GetObject": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		in := &ibmcos.PutObjectInput{
			Bucket: "photos", Key: "ü +%/..//x", Body: strings.NewReader("hello, world"), ContentType: "text/plain", Metadata: map[string]string{"k": "v"},
		}
		call(t, c.PutObject, in)
		out := call(t, c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: in.Key})
		defer out.Body.Close()
		content, err := io.ReadAll(out.Body)
		if err != nil || string(content) != "hello, world" || out.ContentLength != 12 || out.ContentType != "text/plain" || out.Metadata["k"] != "v" || out.ETag != etag("hello, world") {
			t.Errorf("%q, %v, %+v", content, err, out)
		}
		part := call(t, c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: in.Key, Range: "bytes=7-"})
		defer part.Body.Close()
		if content, err := io.ReadAll(part.Body); err != nil || string(content) != "world" || part.ContentRange != "bytes 7-11/12" {
			t.Errorf("range: %q, %v, %+v", content, err, part)
		}
		if _, err := c.GetObject(t.Context(), &ibmcos.GetObjectInput{Bucket: "photos", Key: "none"}); !errors.Is(err, ibmcos.ErrNoSuchKey) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no key: %v", err)
		}
	},
	"HeadObject": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		put(t, c, "k", "hello, world")
		if out := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"}); out.ContentLength != 12 || out.ETag != etag("hello, world") || out.LastModified.IsZero() {
			t.Errorf("%+v", out)
		}
		if _, err := c.HeadObject(t.Context(), &ibmcos.HeadObjectInput{Bucket: "photos", Key: "none"}); !errors.Is(err, ibmcos.ErrNoSuchKey) {
			t.Errorf("no key: %v", err)
		}
	},
	"DeleteObject": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		put(t, c, "k", "v")
		call(t, c.DeleteObject, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "k"})
		if out := call(t, c.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: "photos"}); len(out.Contents) != 0 {
			t.Errorf("left behind: %+v", out.Contents)
		}
	},
	"ListObjectsV2": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		keys := []string{"a", "b/1", "b/2", "c +%&<>\x01ü", "d"}
		for _, key := range keys {
			put(t, c, key, key)
		}
		var got []string
		for o, err := range paginator.Items(t.Context(), c.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: "photos", MaxKeys: new(int32(2))}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, o.Key)
		}
		same(t, "keys", got, keys)
		out := call(t, c.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: "photos", Delimiter: "/", Prefix: "b"})
		same(t, "prefixes", out.CommonPrefixes, []ibmcos.CommonPrefix{{Prefix: "b/"}})
	},
	"ListObjects": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		keys := []string{"a", "b", "c +\x02"}
		for _, key := range keys {
			put(t, c, key, key)
		}
		var got []string
		for o, err := range paginator.Items(t.Context(), c.ListObjects, &ibmcos.ListObjectsInput{Bucket: "photos", MaxKeys: new(int32(1))}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, o.Key)
		}
		same(t, "keys", got, keys)
	},
	"CreateMultipartUpload": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		out := call(t, c.CreateMultipartUpload, &ibmcos.CreateMultipartUploadInput{Bucket: "photos", Key: "k"})
		if out.UploadId == "" || out.Bucket != "photos" || out.Key != "k" || out.ChecksumAlgorithm != ibmcos.ChecksumAlgorithmCrc64nvme || out.ChecksumType != ibmcos.ChecksumTypeFullObject {
			t.Errorf("%+v", out)
		}
	},
	"UploadPart": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		id := begin(t, c, "k")
		out := call(t, c.UploadPart, &ibmcos.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, Body: strings.NewReader("hello, world")})
		if out.ETag != etag("hello, world") {
			t.Errorf("%+v", out)
		}
	},
	"UploadPartCopy": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		content := strings.Repeat("0123456789", 600<<10)
		put(t, c, "source", content)
		id := begin(t, c, "k")
		out := call(t, c.UploadPartCopy, &ibmcos.UploadPartCopyInput{
			Bucket: "photos", Key: "k", UploadId: id, PartNumber: 1, CopySource: ibmcos.CopySource("photos", "source", ""), CopySourceRange: "bytes=10-5242889",
		})
		if out.CopyPartResult.ETag != etag(content[10:5242890]) {
			t.Errorf("%+v", out)
		}
	},
	"CompleteMultipartUpload": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		id := begin(t, c, "k")
		part := call(t, c.UploadPart, &ibmcos.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: 3, Body: strings.NewReader("hello, world")})
		out := call(t, c.CompleteMultipartUpload, &ibmcos.CompleteMultipartUploadInput{
			Bucket: "photos", Key: "k", UploadId: id,
			MultipartUpload: &ibmcos.CompletedMultipartUpload{Parts: []ibmcos.CompletedPart{{PartNumber: 3, ETag: part.ETag}}},
		})
		if !strings.HasSuffix(out.ETag, `-1"`) || get(t, c, "k") != "hello, world" {
			t.Errorf("%+v", out)
		}
	},
	"AbortMultipartUpload": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		id := begin(t, c, "k")
		call(t, c.AbortMultipartUpload, &ibmcos.AbortMultipartUploadInput{Bucket: "photos", Key: "k", UploadId: id})
		if n := uploads(t, c); n != 0 {
			t.Errorf("%d uploads are left", n)
		}
	},
	"ListParts": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		id := begin(t, c, "k")
		for n := range int32(3) {
			call(t, c.UploadPart, &ibmcos.UploadPartInput{Bucket: "photos", Key: "k", UploadId: id, PartNumber: n + 1, Body: strings.NewReader(strings.Repeat("x", int(n)+1))})
		}
		var got []int64
		for p, err := range paginator.Items(t.Context(), c.ListParts, &ibmcos.ListPartsInput{Bucket: "photos", Key: "k", UploadId: id, MaxParts: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, int64(p.PartNumber), p.Size)
		}
		same(t, "numbers and sizes", got, []int64{1, 1, 2, 2, 3, 3})
	},
	"ListMultipartUploads": func(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
		want := []string{"a " + begin(t, c, "a"), "b c+\x04 " + begin(t, c, "b c+\x04")}
		var got []string
		for u, err := range paginator.Items(t.Context(), c.ListMultipartUploads, &ibmcos.ListMultipartUploadsInput{Bucket: "photos", MaxUploads: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, u.Key+" "+u.UploadId)
		}
		same(t, "uploads", got, want)
	},
	"AddLegalHold":   legalHolds,
	"ListLegalHolds": legalHolds,
}

func begin(t testing.TB, c *ibmcos.Client, key string) (uploadID string) {
	t.Helper()
	return call(t, c.CreateMultipartUpload, &ibmcos.CreateMultipartUploadInput{Bucket: "photos", Key: key}).UploadId
}

// uploads counts the multipart uploads that are under way.
func uploads(t testing.TB, c *ibmcos.Client) int {
	t.Helper()
	return len(call(t, c.ListMultipartUploads, &ibmcos.ListMultipartUploadsInput{Bucket: "photos"}).Uploads)
}

func legalHolds(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	put(t, c, "plain", "v")
	_, err := c.AddLegalHold(t.Context(), &ibmcos.AddLegalHoldInput{Bucket: "photos", Key: "plain", RetentionLegalHoldId: "case-1"})
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.StatusCode != 400 {
		t.Errorf("an object without retention: %v", err)
	}
	protect(t, c)
	_, err = c.PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v")}, func(c *ibmcos.Config) { c.Checksum = ibmcos.ChecksumNone })
	if !errors.Is(err, ibmcos.ErrInvalidRequest) {
		t.Errorf("stored without an integrity header: %v", err)
	}
	call(t, c.PutObject, &ibmcos.PutObjectInput{
		Bucket: "photos", Key: "k", Body: strings.NewReader("v"),
		RetentionPeriod: new(int64(0)), RetentionLegalHoldId: "case-1",
	})
	call(t, c.AddLegalHold, &ibmcos.AddLegalHoldInput{Bucket: "photos", Key: "k", RetentionLegalHoldId: "case-2"})
	out := call(t, c.ListLegalHolds, &ibmcos.ListLegalHoldsInput{Bucket: "photos", Key: "k"})
	if out.CreateTime.IsZero() || out.Holds()[1].Date.IsZero() {
		t.Errorf("%+v", out)
	}
	same(t, "holds", out.Holds(), []ibmcos.LegalHold{{ID: "case-1"}, {ID: "case-2"}})
	if _, err := c.DeleteObject(t.Context(), &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "k"}); !errors.Is(err, ibmcos.ErrAccessDenied) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("deleted in spite of two holds: %v", err)
	}
	_, err = c.AddLegalHold(t.Context(), &ibmcos.AddLegalHoldInput{Bucket: "photos", Key: "k", RetentionLegalHoldId: "case-2"})
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.StatusCode != 409 || e.Attempts != 1 {
		t.Errorf("held twice for one case: %v", err)
	}
	for _, hold := range []string{"case-1", "case-2", "case-2"} { // the last is not there
		call(t, c.DeleteLegalHold, &ibmcos.DeleteLegalHoldInput{Bucket: "photos", Key: "k", RetentionLegalHoldId: hold})
	}
	same(t, "holds taken off", call(t, c.ListLegalHolds, &ibmcos.ListLegalHoldsInput{Bucket: "photos", Key: "k"}).Holds(), []ibmcos.LegalHold{})
	call(t, c.DeleteObject, &ibmcos.DeleteObjectInput{Bucket: "photos", Key: "k"})
}

// TestLegalHoldSet holds objects at a server that lists holds as IBM's
// documentation has it, and not its models.
func TestLegalHoldSet(t *testing.T) {
	srv, c := serve(t, storagetest.WithLegalHoldSet())
	legalHolds(t, srv, c)
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
	client := reflect.TypeFor[*ibmcos.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if m.Type.IsVariadic() && m.Type.NumIn() == 4 && m.Type.In(2).Kind() == reflect.Pointer && m.Type.In(3) == reflect.TypeFor[[]ibmcos.Option]() {
			operations = append(operations, m.Name)
		}
	}
	if diff := cmp.Diff(operations, slices.Sorted(maps.Keys(roundTrips))); diff != "" || len(operations) < 20 {
		t.Errorf("operations and their tests (-operation +test):\n%s", diff)
	}
}

// TestBodies sends bodies of every kind by token and by HMAC, with and without
// TLS, to a server that knows no trailers.
func TestBodies(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 20<<10)
	type once struct{ io.Reader }
	for name, opts := range map[string][]storagetest.Option{"http": nil, "https": {storagetest.WithTLS()}} {
		for _, scheme := range []string{"token", "HMAC"} {
			srv, _ := serve(t, append(opts, storagetest.WithCredentials("ID", "secret"))...)
			config := srv.Config()
			if scheme == "HMAC" {
				config.Credentials = credentials.Static("ID", "secret", "")
			}
			for _, checksum := range []ibmcos.ChecksumAlgorithm{"", ibmcos.ChecksumNone, ibmcos.ChecksumAlgorithmCrc32, ibmcos.ChecksumAlgorithmSha256} {
				config.Checksum = checksum
				c := newClient(t, config)
				for kind, body := range map[string]func() io.Reader{
					"empty": func() io.Reader { return http.NoBody },
					"small": func() io.Reader { return strings.NewReader("small") },
					"large": func() io.Reader { return strings.NewReader(large) },
					"once":  func() io.Reader { return once{strings.NewReader(large)} },
				} {
					in := &ibmcos.PutObjectInput{Bucket: "photos", Key: kind, Body: body()}
					if kind == "once" {
						in.ContentLength = int64(len(large))
					}
					want, err := io.ReadAll(body())
					if err != nil {
						t.Fatal(err)
					}
					_, err = c.PutObject(t.Context(), in)
					if kind == "once" && checksum != "" && checksum != ibmcos.ChecksumNone {
						const refusal = "ibmcos: PutObject: ChecksumAlgorithm: this server takes no checksum behind the body"
						if err == nil || !strings.HasPrefix(err.Error(), refusal) {
							t.Errorf("%s, %s, %s: %v, want %s", name, scheme, checksum, err, refusal)
						}
						continue
					}
					if err != nil {
						t.Errorf("%s, %s, %q, %s: %v", name, scheme, checksum, kind, err)
					} else if got := get(t, c, kind); got != string(want) {
						t.Errorf("%s, %s, %q, %s: stored %d bytes", name, scheme, checksum, kind, len(got))
					}
				}
			}
		}
	}
}

// TestTransfer moves an object in parts, by token and by HMAC.
func TestTransfer(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 768<<10) // 12 MiB
	for _, scheme := range []string{"token", "HMAC"} {
		srv, _ := serve(t, storagetest.WithCredentials("ID", "secret"))
		config := srv.Config()
		if scheme == "HMAC" {
			config.Credentials = credentials.Static("ID", "secret", "")
		}
		c := newClient(t, config)
		bucket := c.Bucket("photos").With(ibmcos.Template{Put: ibmcos.PutObjectInput{Metadata: map[string]string{"k": "v"}}})
		info, err := transfer.Upload(t.Context(), bucket, "k", strings.NewReader(content), transfer.WithPartSize(5<<20))
		if err != nil || info.Size != int64(len(content)) {
			t.Fatalf("%s: %+v, %v", scheme, info, err)
		}
		var b bytes.Buffer
		info, err = transfer.DownloadTo(t.Context(), bucket, "k", &b, transfer.WithPartSize(5<<20))
		if err != nil || b.String() != content || info.Attrs.Metadata["k"] != "v" {
			t.Errorf("%s: %d bytes, %+v, %v", scheme, b.Len(), info, err)
		}
		if want := string(ibmcos.ChecksumAlgorithmCrc64nvme); info.Verified != want {
			t.Errorf("%s: the download was verified by %q, want %s", scheme, info.Verified, want)
		}
		// The service has no condition for the end of an upload in parts.
		_, err = transfer.Upload(t.Context(), bucket, "k", strings.NewReader(content), transfer.WithPartSize(5<<20), transfer.WithIfAbsent())
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: in parts, if absent: %v", scheme, err)
		}
		_, err = transfer.Upload(t.Context(), bucket, "k", strings.NewReader("small"), transfer.WithIfAbsent())
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: in one, if absent: %v", scheme, err)
		}
	}
}
