package strangers

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/cors"
	"github.com/minio/minio-go/v7/pkg/encrypt"
	"github.com/minio/minio-go/v7/pkg/notification"
	"github.com/minio/minio-go/v7/pkg/policy"
	"github.com/minio/minio-go/v7/pkg/replication"
	"github.com/minio/minio-go/v7/pkg/sse"
	"github.com/minio/minio-go/v7/pkg/tags"

	"github.com/entrepot-go/entrepot/storagetest"
)

// minioLeftOut are the methods of minio-go that no test calls.
var minioLeftOut = map[string]string{
	"AppendObject":                              "opens no session elsewhere than at AWS, and without one directory buckets refuse",
	"CancelBucketReplicationResync":             "of MinIO alone",
	"CheckBucketReplication":                    "of MinIO alone",
	"DeleteBucketInventoryConfiguration":        "of MinIO alone, which has a form of its own",
	"GenerateInventoryConfigYAML":               "of MinIO alone",
	"GetBucketInventoryConfiguration":           "of MinIO alone",
	"GetBucketInventoryJobStatus":               "of MinIO alone",
	"GetBucketQOS":                              "of MinIO alone",
	"GetBucketQOSMetrics":                       "of MinIO alone",
	"GetBucketReplicationMetrics":               "of MinIO alone",
	"GetBucketReplicationMetricsV2":             "of MinIO alone",
	"GetBucketReplicationResyncStatus":          "of MinIO alone",
	"ListBucketInventoryConfigurations":         "of MinIO alone",
	"ListBucketInventoryConfigurationsIterator": "of MinIO alone",
	"ListDirectoryBuckets":                      "differs from ListBuckets by AWS's host alone",
	"ListUnsorted":                              "of MinIO alone",
	"ListenBucketNotification":                  "of MinIO alone",
	"ListenNotification":                        "of MinIO alone",
	"PromptObject":                              "of MinIO alone",
	"PutBucketInventoryConfiguration":           "of MinIO alone",
	"PutObjectFanOut":                           "of MinIO alone",
	"PutObjectsSnowball":                        "of MinIO alone, which unpacks archives",
	"RemoveBucketReplication":                   "takes the 204 of S3 for an error",
	"ResetBucketReplication":                    "of MinIO alone",
	"ResetBucketReplicationOnTarget":            "of MinIO alone",
	"SetBucketQOS":                              "of MinIO alone",
}

// TestMinioGoIsExercisedWhole holds that the tests call every method of
// minio-go that sends something, or say why not.
func TestMinioGoIsExercisedWhole(t *testing.T) {
	files, err := filepath.Glob("minio*_test.go")
	must(t, err)
	called := make(map[string]bool)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		must(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "client" {
					called[s.Sel.Name] = true
				}
			}
			return true
		})
	}
	for m := range reflect.TypeFor[*minio.Client]().Methods() {
		if m.Type.NumIn() < 2 || m.Type.In(1) != reflect.TypeFor[context.Context]() {
			continue
		}
		if called[m.Name] == (minioLeftOut[m.Name] != "") {
			t.Errorf("%s: called %t, left out %q", m.Name, called[m.Name], minioLeftOut[m.Name])
		}
	}
}

// minioDocument is a configuration that is put, got back and deleted.
type minioDocument struct {
	name   string
	put    func(context.Context) error
	get    func(context.Context) (any, error)
	remove func(context.Context) error // nil: it stays
	want   any
	gone   string // code of the get where there is none; empty: there is an answer
}

func (d minioDocument) drive(t *testing.T) {
	t.Run(d.name, func(t *testing.T) {
		ctx := t.Context()
		absent := func(when string) {
			if _, err := d.get(ctx); d.gone != "" {
				wantMinioCode(t, when, err, d.gone)
			} else {
				must(t, err)
			}
		}
		absent("before it was put")
		must(t, d.put(ctx))
		got, err := d.get(ctx)
		must(t, err)
		wantEqual(t, d.name, got, d.want)
		if d.remove != nil {
			must(t, d.remove(ctx))
			absent("after it was deleted")
		}
	})
}

func TestMinioGoConfiguresBuckets(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		ctx := t.Context()
		srv.AddBucket(storagetest.BucketSetup{Name: "copies", Versioning: "Enabled"})
		srv.AddBucket(storagetest.BucketSetup{Name: "locks", ObjectLock: true})
		minioPut(t, client, "photos", "k", "content")

		set, err := tags.MapToBucketTags(map[string]string{"k": "v", "l": ""})
		must(t, err)
		objectSet, err := tags.MapToObjectTags(map[string]string{"k": "v"})
		must(t, err)
		rules := []cors.Rule{{ID: "app", AllowedOrigin: []string{"https://a.example"}, AllowedMethod: []string{"GET"}, AllowedHeader: []string{"*"}, ExposeHeader: []string{"ETag"}, MaxAgeSeconds: 60}}
		const statement = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}]}`
		topic := notification.NewConfig(notification.NewArn("aws", "sns", "us-east-1", "123456789012", "topic"))
		topic.AddEvents(notification.ObjectCreatedPut)
		topic.AddFilterPrefix("a/")
		var events notification.Configuration
		events.AddTopic(topic)
		copying := replication.Config{Role: "arn:aws:iam::123456789012:role/r", Rules: []replication.Rule{{
			ID: "one", Status: replication.Enabled, Priority: 1, Filter: replication.Filter{Prefix: "a/"},
			DeleteMarkerReplication: replication.DeleteMarkerReplication{Status: replication.Disabled},
			Destination:             replication.Destination{Bucket: "arn:aws:s3:::copies"},
		}}}
		mode, days, unit := minio.Governance, uint(1), minio.Days

		for _, d := range []minioDocument{
			{
				name: "tags of the bucket", want: set.ToMap(), gone: "NoSuchTagSet",
				put: func(ctx context.Context) error { return client.SetBucketTagging(ctx, "photos", set) },
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetBucketTagging(ctx, "photos")
					if err != nil {
						return nil, err
					}
					return got.ToMap(), nil
				},
				remove: func(ctx context.Context) error { return client.RemoveBucketTagging(ctx, "photos") },
			},
			{
				name: "tags of an object", want: objectSet.ToMap(),
				put: func(ctx context.Context) error {
					return client.PutObjectTagging(ctx, "photos", "k", objectSet, minio.PutObjectTaggingOptions{})
				},
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetObjectTagging(ctx, "photos", "k", minio.GetObjectTaggingOptions{})
					if err != nil {
						return nil, err
					}
					return got.ToMap(), nil
				},
				remove: func(ctx context.Context) error {
					return client.RemoveObjectTagging(ctx, "photos", "k", minio.RemoveObjectTaggingOptions{})
				},
			},
			{
				name: "CORS", want: rules,
				put: func(ctx context.Context) error { return client.SetBucketCors(ctx, "photos", cors.NewConfig(rules)) },
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetBucketCors(ctx, "photos")
					if got == nil {
						return nil, err // also where there is none
					}
					return got.CORSRules, err
				},
				remove: func(ctx context.Context) error { return client.SetBucketCors(ctx, "photos", nil) },
			},
			{
				name: "policy", want: statement,
				put:    func(ctx context.Context) error { return client.SetBucketPolicy(ctx, "photos", statement) },
				get:    func(ctx context.Context) (any, error) { return client.GetBucketPolicy(ctx, "photos") },
				remove: func(ctx context.Context) error { return client.SetBucketPolicy(ctx, "photos", "") },
			},
			{
				name: "encryption", want: "key-1",
				put: func(ctx context.Context) error {
					return client.SetBucketEncryption(ctx, "photos", sse.NewConfigurationSSEKMS("key-1"))
				},
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetBucketEncryption(ctx, "photos")
					if err != nil {
						return nil, err
					}
					return got.Rules[0].Apply.KmsMasterKeyID, nil
				},
				remove: func(ctx context.Context) error { return client.RemoveBucketEncryption(ctx, "photos") },
			},
			{
				name: "notification", want: []notification.EventType{notification.ObjectCreatedPut},
				put: func(ctx context.Context) error { return client.SetBucketNotification(ctx, "photos", events) },
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetBucketNotification(ctx, "photos")
					if err != nil || len(got.TopicConfigs) == 0 {
						return nil, err
					}
					return got.TopicConfigs[0].Events, nil
				},
				remove: func(ctx context.Context) error { return client.RemoveAllBucketNotification(ctx, "photos") },
			},
			{
				name: "versioning", want: true,
				put: func(ctx context.Context) error {
					return errors.Join(client.SuspendVersioning(ctx, "photos"), client.EnableVersioning(ctx, "photos"),
						client.SetBucketVersioning(ctx, "photos", minio.BucketVersioningConfiguration{Status: minio.Enabled}))
				},
				get: func(ctx context.Context) (any, error) {
					got, err := client.GetBucketVersioning(ctx, "photos")
					return got.Enabled(), err
				},
			},
			{
				name: "object lock", want: []any{"Enabled", &mode, &days, &unit},
				put: func(ctx context.Context) error {
					return errors.Join(client.SetBucketObjectLockConfig(ctx, "locks", nil, nil, nil), client.SetObjectLockConfig(ctx, "locks", &mode, &days, &unit))
				},
				get: func(ctx context.Context) (any, error) {
					_, _, _, err := client.GetBucketObjectLockConfig(ctx, "locks")
					if err != nil {
						return nil, err
					}
					enabled, mode, validity, unit, err := client.GetObjectLockConfig(ctx, "locks")
					return []any{enabled, mode, validity, unit}, err
				},
			},
			{
				name: "annotation", want: "note", gone: "NoSuchAnnotation",
				put: func(ctx context.Context) error {
					_, err := client.PutObjectAnnotation(ctx, "photos", "k", "one", strings.NewReader("note"), minio.PutObjectAnnotationOptions{})
					return err
				},
				get: func(ctx context.Context) (any, error) {
					list, err := client.ListObjectAnnotations(ctx, "photos", "k", minio.ListObjectAnnotationsOptions{})
					if err != nil || len(list) > 1 {
						return list, err
					}
					body, err := client.GetObjectAnnotation(ctx, "photos", "k", "one", minio.GetObjectAnnotationOptions{})
					if err != nil {
						return nil, err
					}
					defer body.Close()
					text, err := io.ReadAll(body)
					return string(text), err
				},
				remove: func(ctx context.Context) error {
					return client.RemoveObjectAnnotation(ctx, "photos", "k", "one", minio.RemoveObjectAnnotationOptions{})
				},
			},
		} {
			d.drive(t)
		}
		// Each of its rules has an element of MinIO's own.
		wantMinioCode(t, "replication", client.SetBucketReplication(ctx, "photos", copying), "MalformedXML")
		_, err = client.GetBucketReplication(ctx, "photos") // where there is none, it says nothing
		must(t, err)
		wantMinioCode(t, "public policy", client.SetCannedBucketPolicy(ctx, "photos", policy.BucketPolicyReadOnly), "AccessDenied")
		location, err := client.GetBucketLocation(ctx, "photos")
		must(t, err)
		wantEqual(t, "location", location, "us-east-1")
		_, _, err = client.GetBucketLifecycleWithInfo(ctx, "photos")
		wantMinioCode(t, "no rules", err, "NoSuchLifecycleConfiguration")
	})
}

func minioPut(t *testing.T, client *minio.Client, bucket, key, body string) minio.UploadInfo {
	t.Helper()
	// Where objects are locked, a digest is required.
	info, err := client.PutObject(t.Context(), bucket, key, strings.NewReader(body), int64(len(body)), minio.PutObjectOptions{SendContentMd5: true})
	must(t, err)
	return info
}

func minioText(t *testing.T, client *minio.Client, bucket, key string, opts minio.GetObjectOptions) string {
	t.Helper()
	object, err := client.GetObject(t.Context(), bucket, key, opts)
	must(t, err)
	defer object.Close()
	text, err := io.ReadAll(object)
	must(t, err)
	return string(text)
}

func TestMinioGoKeepsVersionsAndLocks(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		ctx := t.Context()
		must(t, client.MakeBucket(ctx, "locks", minio.MakeBucketOptions{ObjectLocking: true}))
		first := minioPut(t, client, "locks", "k", "first").VersionID
		second := minioPut(t, client, "locks", "k", "second").VersionID
		wantEqual(t, "old version", minioText(t, client, "locks", "k", minio.GetObjectOptions{VersionID: first}), "first")
		must(t, client.RemoveObject(ctx, "locks", "k", minio.RemoveObjectOptions{}))
		var ids []string
		marker := ""
		for o := range client.ListObjectsIter(ctx, "locks", minio.ListObjectsOptions{WithVersions: true, MaxKeys: 1}) {
			must(t, o.Err)
			if o.IsDeleteMarker {
				marker = o.VersionID
				continue
			}
			ids = append(ids, o.VersionID)
		}
		wantEqual(t, "versions", ids, []string{second, first})
		must(t, client.RemoveObject(ctx, "locks", "k", minio.RemoveObjectOptions{VersionID: marker}))

		mode, until := minio.Governance, time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		must(t, client.PutObjectRetention(ctx, "locks", "k", minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &until}))
		gotMode, gotUntil, err := client.GetObjectRetention(ctx, "locks", "k", "")
		must(t, err)
		wantEqual(t, "retention", []any{*gotMode, *gotUntil}, []any{mode, until})
		remove := func(bypass bool) error {
			return client.RemoveObject(ctx, "locks", "k", minio.RemoveObjectOptions{VersionID: second, GovernanceBypass: bypass})
		}
		wantMinioCode(t, "delete of what is retained", remove(false), "AccessDenied")
		hold := minio.LegalHoldEnabled
		must(t, client.PutObjectLegalHold(ctx, "locks", "k", minio.PutObjectLegalHoldOptions{Status: &hold}))
		gotHold, err := client.GetObjectLegalHold(ctx, "locks", "k", minio.GetObjectLegalHoldOptions{})
		must(t, err)
		wantEqual(t, "legal hold", *gotHold, hold)
		wantMinioCode(t, "delete on hold", remove(true), "AccessDenied")
		hold = minio.LegalHoldDisabled
		must(t, client.PutObjectLegalHold(ctx, "locks", "k", minio.PutObjectLegalHoldOptions{Status: &hold}))
		must(t, remove(true))
		results, err := client.RemoveObjectsWithIter(ctx, "locks", slices.Values([]minio.ObjectInfo{{Key: "k", VersionID: first}}), minio.RemoveObjectsOptions{})
		must(t, err)
		for r := range results {
			must(t, r.Err)
		}
		must(t, client.RemoveBucket(ctx, "locks"))
	})
}

func TestMinioGoCallsWhatElseThereIs(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		ctx := t.Context()
		buckets, err := client.ListBuckets(ctx)
		must(t, err)
		wantEqual(t, "buckets", []any{len(buckets), buckets[0].Name}, []any{1, "photos"})

		file := filepath.Join(t.TempDir(), "f")
		must(t, os.WriteFile(file, []byte("a,b\n1,2\n3,4\n"), 0o600))
		_, err = client.FPutObject(ctx, "photos", "table", file, minio.PutObjectOptions{})
		must(t, err)
		must(t, client.FGetObject(ctx, "photos", "table", file+".back", minio.GetObjectOptions{}))
		back, err := os.ReadFile(file + ".back")
		must(t, err)
		wantEqual(t, "file", string(back), "a,b\n1,2\n3,4\n")
		var window minio.GetObjectOptions
		must(t, window.SetRange(4, 6))
		wantEqual(t, "range", minioText(t, client, "photos", "table", window), "1,2")

		query := minio.SelectObjectOptions{Expression: "SELECT s.b FROM S3Object s WHERE s.a = '3'", ExpressionType: minio.QueryExpressionTypeSQL}
		query.InputSerialization.CSV = new(minio.CSVInputOptions)
		query.InputSerialization.CSV.SetFileHeaderInfo(minio.CSVFileHeaderInfoUse)
		query.OutputSerialization.CSV = new(minio.CSVOutputOptions)
		rows, err := client.SelectObjectContent(ctx, "photos", "table", query)
		must(t, err)
		text, err := io.ReadAll(rows)
		must(t, err)
		must(t, rows.Close())
		wantEqual(t, "selected rows", string(text), "4\n")

		attributes, err := client.GetObjectAttributes(ctx, "photos", "table", minio.ObjectAttributesOptions{})
		must(t, err)
		wantEqual(t, "size", attributes.ObjectSize, 12)
		acl, err := client.GetObjectACL(ctx, "photos", "table")
		must(t, err)
		wantEqual(t, "grants", []any{len(acl.Grant), acl.Grant[0].Permission}, []any{1, "FULL_CONTROL"})
		const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
		_, err = client.UpdateObjectEncryption(ctx, "photos", "table", minio.UpdateObjectEncryptionOptions{KMSKeyArn: key})
		must(t, err)

		_, err = client.PutObject(ctx, "photos", "cold", strings.NewReader("ice"), 3, minio.PutObjectOptions{StorageClass: "GLACIER"})
		must(t, err)
		var restore minio.RestoreRequest
		restore.SetDays(1)
		restore.SetGlacierJobParameters(minio.GlacierJobParameters{Tier: minio.TierBulk})
		must(t, client.RestoreObject(ctx, "photos", "cold", "", restore))
		wantEqual(t, "restored object", minioText(t, client, "photos", "cold", minio.GetObjectOptions{}), "ice")

		core := minio.Core{Client: client}
		_, err = core.NewMultipartUpload(ctx, "photos", "left", minio.PutObjectOptions{})
		must(t, err)
		for u := range client.ListIncompleteUploads(ctx, "photos", "", true) {
			must(t, u.Err)
			wantEqual(t, "upload", u.Key, "left")
		}
		must(t, client.RemoveIncompleteUpload(ctx, "photos", "left"))

		gone := make(chan minio.ObjectInfo, 1)
		gone <- minio.ObjectInfo{Key: "cold"}
		close(gone)
		for r := range client.RemoveObjectsWithResult(ctx, "photos", gone, minio.RemoveObjectsOptions{}) {
			must(t, r.Err)
		}
		wantMinioCode(t, "bucket with objects", client.RemoveBucketWithOptions(ctx, "photos", minio.RemoveBucketOptions{}), "BucketNotEmpty")
	})
}

func TestMinioGoPostsAndPresigns(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		ctx := t.Context()
		form := minio.NewPostPolicy()
		must(t, form.SetBucket("photos"))
		must(t, form.SetKey("a key+é"))
		must(t, form.SetExpires(time.Now().Add(time.Minute)))
		must(t, form.SetContentLengthRange(1, 10))
		must(t, form.SetUserMetadata("m", "v"))
		address, fields, err := client.PresignedPostPolicy(ctx, form)
		must(t, err)
		for body, want := range map[string]int{"hello": 204, "more than ten bytes": 400} {
			if status, answer := postForm(t, srv, address.String(), fields, body); status != want {
				t.Errorf("POST of %q: %d %s, want %d", body, status, answer, want)
			}
		}
		stat, err := client.StatObject(ctx, "photos", "a key+é", minio.StatObjectOptions{})
		must(t, err)
		wantEqual(t, "posted object", []any{stat.Size, stat.UserMetadata["M"]}, []any{int64(5), "v"})

		head, err := client.PresignedHeadObject(ctx, "photos", "a key+é", time.Minute, nil)
		must(t, err)
		remove, err := client.Presign(ctx, "DELETE", "photos", "a key+é", time.Minute, nil)
		must(t, err)
		put, err := client.PresignHeader(ctx, "PUT", "photos", "b", time.Minute, url.Values{}, map[string][]string{"X-Amz-Storage-Class": {"STANDARD_IA"}})
		must(t, err)
		if status, _ := send(t, srv, "HEAD", head.String(), nil, nil); status != 200 {
			t.Errorf("HEAD: %d", status)
		}
		if status, answer := send(t, srv, "DELETE", remove.String(), nil, nil); status != 204 {
			t.Errorf("DELETE: %d %s", status, answer)
		}
		if status, answer := send(t, srv, "PUT", put.String(), nil, []byte("x")); status != 403 {
			t.Errorf("PUT without the signed header: %d %s", status, answer)
		}
		if status, answer := send(t, srv, "PUT", put.String(), map[string][]string{"X-Amz-Storage-Class": {"STANDARD_IA"}}, []byte("x")); status != 200 {
			t.Errorf("PUT: %d %s", status, answer)
		}
	})
}

func TestMinioGoBringsCustomerKeys(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, client *minio.Client) {
		if !strings.HasPrefix(srv.URL, "https:") {
			return // minio-go itself refuses
		}
		key, err := encrypt.NewSSEC(bytes.Repeat([]byte("k"), 32))
		must(t, err)
		_, err = client.PutObject(t.Context(), "photos", "k", strings.NewReader("secret"), 6, minio.PutObjectOptions{ServerSideEncryption: key})
		must(t, err)
		wantEqual(t, "object", minioText(t, client, "photos", "k", minio.GetObjectOptions{ServerSideEncryption: key}), "secret")
		_, err = client.StatObject(t.Context(), "photos", "k", minio.StatObjectOptions{})
		if err == nil {
			t.Error("StatObject without the key: no error")
		}
	})
}

func TestMinioGoUsesDirectoryBuckets(t *testing.T) {
	eachMinio(t, func(t *testing.T, srv *storagetest.S3, _ *minio.Client) {
		ctx, client := t.Context(), newMinio(t, srv, "us-east-1")
		const bucket = "photos--use1-az4--x-s3"
		srv.AddBucket(storagetest.BucketSetup{Name: bucket})
		session, err := client.CreateSession(ctx, bucket, minio.SessionReadWrite)
		must(t, err)
		if session.SessionToken == "" || session.AccessKeyID == keyID {
			t.Errorf("session %+v", session)
		}
	})
}
