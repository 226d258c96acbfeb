package strangers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/lifecycle"

	"github.com/entrepot-go/entrepot/storagetest"
)

// eachMinio runs the test with minio-go over plain HTTP, where it signs chunks,
// and over TLS, where it sends trailers.
func eachMinio(t *testing.T, test func(t *testing.T, srv *storagetest.S3, client *minio.Client)) {
	for name, opts := range map[string][]storagetest.Option{"plain HTTP": nil, "TLS": {storagetest.WithTLS()}} {
		t.Run(name, func(t *testing.T) {
			srv := storagetest.NewS3(append(opts, storagetest.WithCredentials(keyID, secret))...)
			defer srv.Close()
			srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
			test(t, srv, newMinio(t, srv, ""))
		})
	}
}

// newMinio makes a client that asks where buckets are if it is told no region.
func newMinio(t *testing.T, srv *storagetest.S3, region string) *minio.Client {
	t.Helper()
	u, err := url.Parse(srv.URL)
	must(t, err)
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(keyID, secret, ""), Secure: u.Scheme == "https", Transport: srv.Client().Transport,
		TrailingHeaders: true, Region: region,
	})
	must(t, err)
	return client
}

func TestMinioGoStoresObjectsOfEverySize(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		for _, size := range []int{0, 10, 200_000, 5 * mib, 17 * mib} {
			body, key := content(size), fmt.Sprint(size)
			for _, known := range []int64{int64(size), -1} {
				info, err := client.PutObject(t.Context(), "photos", key, bytes.NewReader(body), known, minio.PutObjectOptions{
					PartSize: 5 * mib, ContentType: "text/x", UserMetadata: map[string]string{"M": "v"},
				})
				must(t, err)
				if info.Size != int64(size) {
					t.Errorf("%s: Size = %d", key, info.Size)
				}
				object, err := client.GetObject(t.Context(), "photos", key, minio.GetObjectOptions{})
				must(t, err)
				got, err := io.ReadAll(object)
				must(t, err)
				wantBytes(t, key, got, body)
				stat, err := object.Stat()
				must(t, err)
				if stat.ContentType != "text/x" || stat.UserMetadata["M"] != "v" {
					t.Errorf("%s: ContentType %q, metadata %v", key, stat.ContentType, stat.UserMetadata)
				}
			}
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestMinioGoSendsEveryChecksum(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		for _, c := range []minio.ChecksumType{minio.ChecksumCRC32, minio.ChecksumCRC32C, minio.ChecksumCRC64NVME, minio.ChecksumSHA1, minio.ChecksumSHA256} {
			for _, size := range []int{100, 7 * mib} {
				body := content(size)
				_, err := client.PutObject(t.Context(), "photos", c.String(), bytes.NewReader(body), int64(size), minio.PutObjectOptions{PartSize: 5 * mib, Checksum: c})
				must(t, err)
				stat, err := client.StatObject(t.Context(), "photos", c.String(), minio.StatObjectOptions{Checksum: true})
				must(t, err)
				sums := map[minio.ChecksumType]string{
					minio.ChecksumCRC32: stat.ChecksumCRC32, minio.ChecksumCRC32C: stat.ChecksumCRC32C, minio.ChecksumCRC64NVME: stat.ChecksumCRC64NVME,
					minio.ChecksumSHA1: stat.ChecksumSHA1, minio.ChecksumSHA256: stat.ChecksumSHA256,
				}
				if sums[c] == "" {
					t.Errorf("%s of %d bytes: the server has none", c, size)
				}
			}
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestMinioGoListsAndDeletes(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		var keys []string
		for _, key := range oddKeys {
			if key == "a\x01b" { // minio-go deletes it as XML that is none
				continue
			}
			_, err := client.PutObject(t.Context(), "photos", key, bytes.NewReader([]byte("x")), 1, minio.PutObjectOptions{})
			must(t, err)
			keys = append(keys, key)
		}
		for _, v1 := range []bool{false, true} {
			var got []string
			for object := range client.ListObjects(t.Context(), "photos", minio.ListObjectsOptions{Recursive: true, MaxKeys: 3, UseV1: v1}) {
				must(t, object.Err)
				got = append(got, object.Key)
			}
			wantEqual(t, fmt.Sprint("keys, first form ", v1), got, sorted(keys))
		}
		objects := make(chan minio.ObjectInfo)
		go func() {
			defer close(objects)
			for _, key := range keys {
				objects <- minio.ObjectInfo{Key: key}
			}
		}()
		for failed := range client.RemoveObjects(t.Context(), "photos", objects, minio.RemoveObjectsOptions{}) {
			t.Errorf("removing %q: %v", failed.ObjectName, failed.Err)
		}
		for object := range client.ListObjects(t.Context(), "photos", minio.ListObjectsOptions{Recursive: true}) {
			t.Errorf("still there: %q %v", object.Key, object.Err)
		}
	})
}

func TestMinioGoCopiesAndComposes(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		body := content(6 * mib)
		_, err := client.PutObject(t.Context(), "photos", "source é", bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{DisableMultipart: true})
		must(t, err)
		source := minio.CopySrcOptions{Bucket: "photos", Object: "source é"}
		_, err = client.CopyObject(t.Context(), minio.CopyDestOptions{Bucket: "photos", Object: "copy"}, source)
		must(t, err)
		_, err = client.ComposeObject(t.Context(), minio.CopyDestOptions{Bucket: "photos", Object: "twice"}, source, source)
		must(t, err)
		for key, want := range map[string][]byte{"copy": body, "twice": append(bytes.Clone(body), body...)} {
			object, err := client.GetObject(t.Context(), "photos", key, minio.GetObjectOptions{})
			must(t, err)
			got, err := io.ReadAll(object)
			must(t, err)
			wantBytes(t, key, got, want)
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestMinioGoPresignsAndSetsLifecycles(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		write, err := client.PresignedPutObject(t.Context(), "photos", "a key+é", time.Minute)
		must(t, err)
		if status, answer := send(t, srv, "PUT", write.String(), nil, []byte("hello")); status != 200 {
			t.Fatalf("PUT: %d %s", status, answer)
		}
		read, err := client.PresignedGetObject(t.Context(), "photos", "a key+é", time.Minute, url.Values{"response-content-type": {"text/y"}})
		must(t, err)
		status, answer := send(t, srv, "GET", read.String(), nil, nil)
		if status != 200 || string(answer) != "hello" {
			t.Errorf("GET: %d %s", status, answer)
		}
		config := lifecycle.NewConfiguration()
		config.Rules = []lifecycle.Rule{{ID: "r", Status: "Enabled", RuleFilter: lifecycle.Filter{Prefix: "logs/"}, Expiration: lifecycle.Expiration{Days: 7}}}
		must(t, client.SetBucketLifecycle(t.Context(), "photos", config))
		got, err := client.GetBucketLifecycle(t.Context(), "photos")
		must(t, err)
		if len(got.Rules) != 1 || got.Rules[0].RuleFilter.Prefix != "logs/" || got.Rules[0].Expiration.Days != 7 {
			t.Errorf("rules = %+v", got.Rules)
		}
		wantEqual(t, "refusals", refusals(srv.Server), nil)
	})
}

func TestMinioGoUnderstandsErrors(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		_, err := client.StatObject(t.Context(), "photos", "none", minio.StatObjectOptions{})
		wantMinioCode(t, "StatObject", err, minio.NoSuchKey)
		_, err = client.PutObject(t.Context(), "nowhere", "k", bytes.NewReader(nil), 0, minio.PutObjectOptions{})
		wantMinioCode(t, "PutObject", err, minio.NoSuchBucket)
		if found, err := client.BucketExists(t.Context(), "nowhere"); found || err != nil {
			t.Errorf("BucketExists = %t, %v, want false", found, err)
		}
		must(t, client.MakeBucket(t.Context(), "made", minio.MakeBucketOptions{}))
		_, err = client.PutObject(t.Context(), "made", "k", bytes.NewReader(nil), 0, minio.PutObjectOptions{})
		must(t, err)
		wantMinioCode(t, "RemoveBucket", client.RemoveBucket(t.Context(), "made"), "BucketNotEmpty")
	})
}

func wantMinioCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e minio.ErrorResponse
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%s = %v, want %s", what, err, code)
	}
}
