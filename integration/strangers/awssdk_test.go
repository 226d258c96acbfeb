package strangers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot/storagetest"
)

// awsSettings are the ways in which the SDK is pointed at the server. Over TLS
// it sends checksums in trailers, else in headers.
var awsSettings = []struct {
	name   string
	server []storagetest.Option
	change func(*s3.Options)
}{
	{name: "plain HTTP, bucket in the path", change: func(o *s3.Options) { o.UsePathStyle = true }},
	{name: "plain HTTP, bucket in the host", change: func(o *s3.Options) { o.BaseEndpoint = inHost(o.BaseEndpoint) }},
	{name: "TLS, bucket in the path", server: []storagetest.Option{storagetest.WithTLS()}, change: func(o *s3.Options) { o.UsePathStyle = true }},
}

// inHost exchanges the address of a server for the name localhost.
func inHost(endpoint *string) *string {
	u, err := url.Parse(*endpoint)
	if err != nil {
		panic(err) // the server's own URL
	}
	return ptr(u.Scheme + "://localhost:" + u.Port())
}

// eachAWS runs the test in each setting, with a bucket at hand.
func eachAWS(t *testing.T, test func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string)) {
	for _, setting := range awsSettings {
		t.Run(setting.name, func(t *testing.T) {
			srv := storagetest.NewS3(append([]storagetest.Option{storagetest.WithCredentials(keyID, secret)}, setting.server...)...)
			defer srv.Close()
			srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
			test(t, srv, awsClient(srv, setting.change), "photos")
		})
	}
}

func awsClient(srv *storagetest.S3, change ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: &srv.URL, HTTPClient: srv.Client(),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, // as a loaded configuration has it
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Credentials:                credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	}, change...)
}

func TestAWSSDKMakesAndListsBuckets(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, _ string) {
		ctx := t.Context()
		_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: ptr("made")})
		must(t, err)
		_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: ptr("made")})
		must(t, err)
		var names []string
		pages := s3.NewListBucketsPaginator(client, &s3.ListBucketsInput{MaxBuckets: ptr[int32](1)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			must(t, err)
			for _, b := range page.Buckets {
				names = append(names, *b.Name)
			}
		}
		wantEqual(t, "buckets", names, []string{"made", "photos"})
		location, err := client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: ptr("made")})
		must(t, err)
		if location.LocationConstraint != "" {
			t.Errorf("LocationConstraint = %q, want none in us-east-1", location.LocationConstraint)
		}
		_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: ptr("made")})
		must(t, err)
		wantEqual(t, "refusals", refusals(srv.Server), nil)
		_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: ptr("made")})
		if _, ok := errors.AsType[*types.NotFound](err); !ok {
			t.Errorf("HeadBucket = %v, want NotFound", err)
		}
	})
}

func TestAWSSDKStoresObjectsUnderOddKeys(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		ctx := t.Context()
		for i, key := range oddKeys {
			body := content(i * 1000)
			_, err := client.PutObject(ctx, &s3.PutObjectInput{
				Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), ContentType: ptr("text/x"), Metadata: map[string]string{"m": "v w"},
			})
			must(t, err)
			got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
			must(t, err)
			gotBody, err := io.ReadAll(got.Body)
			must(t, err)
			wantBytes(t, key, gotBody, body)
			if *got.ContentType != "text/x" || got.Metadata["m"] != "v w" {
				t.Errorf("%q: ContentType %q, metadata %v", key, *got.ContentType, got.Metadata)
			}
			_, err = client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: ptr("copy of " + key), CopySource: ptr(bucket + "/" + url.PathEscape(key))})
			must(t, err)
		}
		var keys []string
		pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: &bucket, MaxKeys: ptr[int32](4), EncodingType: types.EncodingTypeUrl})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			must(t, err)
			for _, o := range page.Contents {
				key, err := url.QueryUnescape(*o.Key) // the SDK leaves that to its users
				must(t, err)
				keys = append(keys, key)
			}
		}
		want := slices.Clone(oddKeys)
		for _, key := range oddKeys {
			want = append(want, "copy of "+key)
		}
		wantEqual(t, "keys", keys, sorted(want))
		var ids []types.ObjectIdentifier
		for _, key := range keys {
			if key != "a\x01b" && key != "copy of a\x01b" { // the SDK sends them as XML that is none
				ids = append(ids, types.ObjectIdentifier{Key: &key})
			}
		}
		deleted, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: ids}})
		must(t, err)
		if len(deleted.Deleted) != len(ids) || len(deleted.Errors) != 0 {
			t.Errorf("%d deleted, errors %v, want %d and none", len(deleted.Deleted), deleted.Errors, len(ids))
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestAWSSDKSendsEveryChecksum(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		for _, a := range []types.ChecksumAlgorithm{
			types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme, types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256,
		} {
			for _, size := range []int{0, 10, 200_000} {
				body, key := content(size), fmt.Sprint(a, size)
				_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), ChecksumAlgorithm: a})
				must(t, err)
				got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled})
				must(t, err)
				gotBody, err := io.ReadAll(got.Body) // verified by the SDK
				must(t, err)
				wantBytes(t, key, gotBody, body)
			}
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestAWSSDKKeepsConditions(t *testing.T) {
	eachAWS(t, func(t *testing.T, _ *storagetest.S3, client *s3.Client, bucket string) {
		in := &s3.PutObjectInput{Bucket: &bucket, Key: ptr("k"), Body: bytes.NewReader([]byte("x")), IfNoneMatch: ptr("*")}
		_, err := client.PutObject(t.Context(), in)
		must(t, err)
		in.Body = bytes.NewReader([]byte("y"))
		_, err = client.PutObject(t.Context(), in)
		wantCode(t, "PutObject", err, "PreconditionFailed")
		_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("k"), IfMatch: ptr(`"0"`)})
		wantCode(t, "GetObject", err, "PreconditionFailed")
		_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("none")})
		wantCode(t, "GetObject", err, "NoSuchKey")
		_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("k"), Range: ptr("bytes=5-")})
		wantCode(t, "GetObject", err, "InvalidRange")
	})
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != code {
		t.Errorf("%s = %v, want %s", what, err, code)
	}
}

func TestAWSSDKUploadsInParts(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		ctx, body := t.Context(), content(6*mib)
		made, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: ptr("k"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
		must(t, err)
		var parts []types.CompletedPart
		for i, piece := range [][]byte{body[:5*mib], body[5*mib:]} {
			out, err := client.UploadPart(ctx, &s3.UploadPartInput{
				Bucket: &bucket, Key: ptr("k"), UploadId: made.UploadId, PartNumber: ptr(int32(i + 1)), Body: bytes.NewReader(piece), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
			})
			must(t, err)
			parts = append(parts, types.CompletedPart{PartNumber: ptr(int32(i + 1)), ETag: out.ETag, ChecksumSHA256: out.ChecksumSHA256})
		}
		var sizes []int64
		pages := s3.NewListPartsPaginator(client, &s3.ListPartsInput{Bucket: &bucket, Key: ptr("k"), UploadId: made.UploadId, MaxParts: ptr[int32](1)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			must(t, err)
			for _, p := range page.Parts {
				sizes = append(sizes, *p.Size)
			}
		}
		wantEqual(t, "sizes of parts", sizes, []int64{5 * mib, mib})
		_, err = client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &bucket, Key: ptr("k"), UploadId: made.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		must(t, err)
		got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: ptr("k")})
		must(t, err)
		gotBody, err := io.ReadAll(got.Body)
		must(t, err)
		wantBytes(t, "object", gotBody, body)
		left, err := client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: &bucket})
		must(t, err)
		if len(left.Uploads) != 0 {
			t.Errorf("uploads left: %v", left.Uploads)
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestAWSTransferManagerMovesObjects(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		manager := transfermanager.New(client)
		for _, size := range []int{0, 1000, 20 * mib} {
			body, key := content(size), fmt.Sprint(size)
			_, err := manager.UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
			must(t, err)
			out, err := manager.GetObject(t.Context(), &transfermanager.GetObjectInput{Bucket: &bucket, Key: &key})
			must(t, err)
			got, err := io.ReadAll(out.Body)
			must(t, err)
			wantBytes(t, key, got, body)
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestAWSSDKPresigns(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		presigner := s3.NewPresignClient(client)
		write, err := presigner.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: ptr("a key+é"), ContentType: ptr("text/x")})
		must(t, err)
		if status, answer := send(t, srv, write.Method, write.URL, write.SignedHeader, []byte("hello")); status != http.StatusOK {
			t.Fatalf("PUT: %d %s", status, answer)
		}
		read, err := presigner.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("a key+é")})
		must(t, err)
		status, answer := send(t, srv, read.Method, read.URL, read.SignedHeader, nil)
		if status != http.StatusOK {
			t.Fatalf("GET: %d %s", status, answer)
		}
		wantBytes(t, "GET", answer, []byte("hello"))
		// Past its end, and with another secret, it is worth nothing.
		late, err := presigner.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("a key+é")}, func(o *s3.PresignOptions) { o.Expires = time.Second })
		must(t, err)
		srv.Inject(storagetest.Fault{Operation: "GetObject", Skew: time.Hour, Times: 1})
		if status, answer := send(t, srv, late.Method, late.URL, late.SignedHeader, nil); status != http.StatusForbidden {
			t.Errorf("GET after the end: %d %s, want 403", status, answer)
		}
	})
}

func send(t *testing.T, srv *storagetest.S3, method, address string, header http.Header, body []byte) (status int, answer []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(body))
	must(t, err)
	for name, values := range header {
		if name == "Host" || name == "Content-Length" {
			continue // net/http sends them by itself
		}
		r.Header[name] = values
	}
	resp, err := srv.Client().Do(r)
	must(t, err)
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, answer
}

func TestAWSSDKIsRefusedWithAWrongSecret(t *testing.T) {
	eachAWS(t, func(t *testing.T, _ *storagetest.S3, client *s3.Client, bucket string) {
		wrong := func(o *s3.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider(keyID, "wrong", "")
		}
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: ptr("k"), Body: bytes.NewReader([]byte("x"))}, wrong)
		wantCode(t, "PutObject", err, "SignatureDoesNotMatch")
		_, err = client.ListObjectsV2(context.WithoutCancel(t.Context()), &s3.ListObjectsV2Input{Bucket: &bucket}, func(o *s3.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider("nobody", secret, "")
		})
		wantCode(t, "ListObjectsV2", err, "InvalidAccessKeyId")
	})
}

func TestAWSSDKRetriesThroughFaults(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Status: 503, Code: "SlowDown"})
		srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 2, Reset: storagetest.RequestBody(1000)})
		body := content(200_000)
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: ptr("k"), Body: bytes.NewReader(body)})
		must(t, err)
		got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("k")})
		must(t, err)
		gotBody, err := io.ReadAll(got.Body)
		must(t, err)
		wantBytes(t, "object", gotBody, body)
		// What is corrupted on the way is noticed by the SDK.
		srv.Inject(storagetest.Fault{Operation: "GetObject", Nth: 1, Corrupt: storagetest.ResponseBody(100_000)})
		got, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: ptr("k"), ChecksumMode: types.ChecksumModeEnabled})
		must(t, err)
		if _, err := io.ReadAll(got.Body); err == nil {
			t.Error("the SDK did not notice a flipped bit: the checksum it was told is of the corrupted body")
		}
	})
}
