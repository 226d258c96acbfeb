package b2_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/paginator"
)

// TestFormsOfRequests wants members that are absent, null and empty to be told
// apart, and what only the server sets not to be sent.
func TestFormsOfRequests(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   any
		want string
	}{
		{"nothing changed", &b2.UpdateBucketInput{BucketId: "b"}, `{"accountId":"0a1b2c3d4e5f","bucketId":"b"}`},
		{"everything cleared", &b2.UpdateBucketInput{
			BucketId: "b", BucketInfo: map[string]string{}, CorsRules: []b2.CorsRule{}, DefaultRetention: &b2.DefaultRetention{},
			DefaultServerSideEncryption: &b2.ServerSideEncryption{Mode: b2.EncryptionModeNone},
			LifecycleRules:              []b2.LifecycleRule{}, ReplicationConfiguration: &b2.ReplicationConfiguration{},
		}, `{"accountId":"0a1b2c3d4e5f","bucketId":"b","bucketInfo":{},"corsRules":[],"defaultRetention":{"mode":null,"period":null},` +
			`"defaultServerSideEncryption":{"mode":"none"},"lifecycleRules":[],` +
			`"replicationConfiguration":{"asReplicationSource":null,"asReplicationDestination":null}}`},
		{"half a replication", &b2.UpdateBucketInput{
			BucketId: "b", AccountId: "a",
			ReplicationConfiguration: &b2.ReplicationConfiguration{AsReplicationDestination: &b2.ReplicationDestination{
				SourceToDestinationKeyMapping: map[string]string{"k1": "k2"},
			}},
		}, `{"accountId":"a","bucketId":"b","replicationConfiguration":{"asReplicationSource":null,` +
			`"asReplicationDestination":{"sourceToDestinationKeyMapping":{"k1":"k2"}}}}`},
		{"rules with zeros", with(bucketIn, func(in *b2.CreateBucketInput) {
			in.CorsRules, in.LifecycleRules = []b2.CorsRule{cors(0)}, []b2.LifecycleRule{{DaysFromHidingToDeleting: 1}}
		}), `{"accountId":"0a1b2c3d4e5f","bucketName":"photos","bucketType":"allPrivate","corsRules":[{"corsRuleName":"rule-000",` +
			`"allowedOrigins":["*"],"allowedOperations":["s3_get"],"maxAgeSeconds":0}],"lifecycleRules":[{"fileNamePrefix":"","daysFromHidingToDeleting":1}]}`},
		{"a retention lifted", &b2.UpdateFileRetentionInput{FileName: "f", FileId: "i", BypassGovernance: true},
			`{"fileName":"f","fileId":"i","fileRetention":{"mode":null,"retainUntilTimestamp":null},"bypassGovernance":true}`},
		{"a retention set", &b2.UpdateFileRetentionInput{FileName: "f", FileId: "i", FileRetention: b2.FileRetention{Mode: b2.RetentionModeGovernance, RetainUntilTimestamp: until}},
			`{"fileName":"f","fileId":"i","fileRetention":{"mode":"governance","retainUntilTimestamp":1900000000000}}`},
		{"a legal hold", &b2.UpdateFileLegalHoldInput{FileName: "f", FileId: "i", LegalHold: b2.LegalHoldOff}, `{"fileName":"f","fileId":"i","legalHold":"off"}`},
		{"a key without restriction", with(keyIn, func(*b2.CreateKeyInput) {}), `{"accountId":"0a1b2c3d4e5f","capabilities":["listFiles"],"keyName":"k"}`},
		{"a token for all files", &b2.GetDownloadAuthorizationInput{BucketId: "b", ValidDurationInSeconds: 1}, `{"bucketId":"b","fileNamePrefix":"","validDurationInSeconds":1}`},
		{"a copy as it is", with(copyIn, func(*b2.CopyFileInput) {}), `{"sourceFileId":"s","fileName":"f"}`},
		{"a copy with other properties, none", with(copyIn, func(in *b2.CopyFileInput) {
			in.MetadataDirective, in.ContentType, in.FileInfo = b2.MetadataDirectiveReplace, b2.ContentTypeAuto, b2.FileInfo{}
		}), `{"sourceFileId":"s","fileName":"f","metadataDirective":"REPLACE","contentType":"b2/x-auto","fileInfo":{}}`},
		{"no rules", &b2.SetBucketNotificationRulesInput{BucketId: "b"}, `{"bucketId":"b","eventNotificationRules":[]}`},
		{"rules as they were read", &b2.SetBucketNotificationRulesInput{BucketId: "b", EventNotificationRules: []b2.EventNotificationRule{
			changed(notifying(0), func(r *b2.EventNotificationRule) {
				r.IsSuspended, r.SuspensionReason, r.MaxEventsPerBatch, r.TargetConfiguration.MaxEventsPerBatch = true, "it fails", 5, 5
			}),
		}}, `{"bucketId":"b","eventNotificationRules":[{"name":"rule-000","eventTypes":["b2:ObjectCreated:*"],"isEnabled":false,"objectNamePrefix":"",` +
			`"maxEventsPerBatch":5,"targetConfiguration":{"targetType":"webhook","url":"https://hooks.example.com/x","customHeaders":null,"hmacSha256SigningSecret":null}}]}`},
	} {
		client, sent := canned(t, "{}")
		if err := do(t.Context(), client, tt.in); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got := (*sent)[0]; got != tt.want {
			t.Errorf("%s: sent %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestFormsOfAnswers reads shapes that were seen of the service: members that
// are null, absent, unknown, hidden from the key, or of unknown values.
func TestFormsOfAnswers(t *testing.T) {
	const buckets = `{"buckets":[
 {"accountId":"a","bucketId":"b1","bucketInfo":{},"bucketName":"n","bucketType":"allPrivate","corsRules":[],"lifecycleRules":[],"options":["s3"],"revision":2,
  "defaultServerSideEncryption":{"isClientAuthorizedToRead":true,"value":{"algorithm":null,"mode":null}},
  "fileLockConfiguration":{"isClientAuthorizedToRead":true,"value":{"defaultRetention":{"mode":null,"period":null},"isFileLockEnabled":false}},
  "replicationConfiguration":{"isClientAuthorizedToRead":true,"value":null}},
 {"bucketId":"b2","bucketType":"ofTheFuture","defaultServerSideEncryption":{"isClientAuthorizedToRead":false},
  "fileLockConfiguration":{"isClientAuthorizedToRead":false,"value":null},"replicationConfiguration":{"isClientAuthorizedToRead":false,"value":null},"more":{"to":["come"]}},
 {"bucketId":"b3","defaultServerSideEncryption":{"isClientAuthorizedToRead":true,"value":{"mode":"SSE-X","algorithm":"AES512"}},
  "fileLockConfiguration":{"isClientAuthorizedToRead":true,"value":{"defaultRetention":{"mode":"governance","period":{"duration":7,"unit":"fortnights"}},"isFileLockEnabled":true}},
  "replicationConfiguration":{"isClientAuthorizedToRead":true,"value":{"asReplicationSource":null,"asReplicationDestination":{"sourceToDestinationKeyMapping":{"k1":"k2"}}}},
  "lifecycleRules":[{"fileNamePrefix":"","daysFromHidingToDeleting":1,"daysFromUploadingToHiding":null}],
  "corsRules":[{"corsRuleName":"r","allowedOrigins":["*"],"allowedOperations":["s3_fly"],"allowedHeaders":null,"exposeHeaders":null,"maxAgeSeconds":0}]}]}`
	client, _ := canned(t, buckets)
	got, err := client.ListBuckets(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []b2.Bucket{
		{AccountId: "a", BucketId: "b1", BucketInfo: map[string]string{}, BucketName: "n", BucketType: b2.BucketTypeAllPrivate,
			CorsRules: []b2.CorsRule{}, LifecycleRules: []b2.LifecycleRule{}, Options: []string{"s3"}, Revision: 2,
			DefaultServerSideEncryption: b2.BucketServerSideEncryption{IsClientAuthorizedToRead: true},
			FileLockConfiguration:       b2.BucketFileLockConfiguration{IsClientAuthorizedToRead: true},
			ReplicationConfiguration:    b2.BucketReplicationConfiguration{IsClientAuthorizedToRead: true}},
		{BucketId: "b2", BucketType: "ofTheFuture"},
		{BucketId: "b3",
			DefaultServerSideEncryption: b2.BucketServerSideEncryption{IsClientAuthorizedToRead: true, Value: b2.ServerSideEncryption{Mode: "SSE-X", Algorithm: "AES512"}},
			FileLockConfiguration: b2.BucketFileLockConfiguration{IsClientAuthorizedToRead: true, Value: b2.FileLockConfiguration{IsFileLockEnabled: true,
				DefaultRetention: b2.DefaultRetention{Mode: b2.RetentionModeGovernance, Period: &b2.RetentionPeriod{Duration: 7, Unit: "fortnights"}}}},
			ReplicationConfiguration: b2.BucketReplicationConfiguration{IsClientAuthorizedToRead: true, Value: b2.ReplicationConfiguration{
				AsReplicationDestination: &b2.ReplicationDestination{SourceToDestinationKeyMapping: map[string]string{"k1": "k2"}}}},
			LifecycleRules: []b2.LifecycleRule{{DaysFromHidingToDeleting: 1}},
			CorsRules:      []b2.CorsRule{{CorsRuleName: "r", AllowedOrigins: []string{"*"}, AllowedOperations: []b2.CorsOperation{"s3_fly"}}}},
	}
	if diff := cmp.Diff(want, got.Buckets); diff != "" {
		t.Errorf("buckets (-want +got):\n%s", diff)
	}

	const files = `{"files":[
 {"action":"hide","contentLength":0,"contentMd5":"d41d8cd98f00b204e9800998ecf8427e","contentSha1":null,"contentType":"application/x-bz-hide-marker","fileId":"h","fileInfo":{},"fileName":"f","uploadTimestamp":1767607890000},
 {"action":"folder","contentLength":0,"contentMd5":null,"contentSha1":null,"contentType":null,"fileId":null,"fileInfo":{},"fileName":"dir/","uploadTimestamp":0},
 {"action":"pickle","fileId":"p","fileRetention":{"isClientAuthorizedToRead":true,"value":{"mode":null,"retainUntilTimestamp":null}},"legalHold":{"isClientAuthorizedToRead":true,"value":null},
  "serverSideEncryption":{"algorithm":null,"mode":null},"replicationStatus":null},
 {"fileId":"l","fileRetention":{"isClientAuthorizedToRead":true,"value":{"mode":"compliance","retainUntilTimestamp":1900000000000}},"legalHold":{"isClientAuthorizedToRead":true,"value":"on"},"replicationStatus":"pending"},
 {"fileId":"m","fileRetention":{"isClientAuthorizedToRead":false,"value":null},"legalHold":{"isClientAuthorizedToRead":false,"value":null}}],
 "nextFileName":null,"nextFileId":null}`
	client, _ = canned(t, files)
	listed, err := client.ListFileVersions(t.Context(), &b2.ListFileVersionsInput{BucketId: "b"})
	if err != nil {
		t.Fatal(err)
	}
	readable := b2.FileVersionRetention{IsClientAuthorizedToRead: true}
	wantFiles := []b2.FileVersion{
		{Action: b2.ActionHide, ContentMd5: "d41d8cd98f00b204e9800998ecf8427e", ContentType: "application/x-bz-hide-marker", FileId: "h", FileName: "f",
			FileInfo: b2.FileInfo{}, UploadTimestamp: time.UnixMilli(1767607890000).UTC()},
		{Action: b2.ActionFolder, FileName: "dir/", FileInfo: b2.FileInfo{}, UploadTimestamp: time.UnixMilli(0).UTC()},
		{Action: "pickle", FileId: "p", FileRetention: readable, LegalHold: b2.FileVersionLegalHold{IsClientAuthorizedToRead: true}},
		{FileId: "l", FileRetention: b2.FileVersionRetention{IsClientAuthorizedToRead: true, Value: b2.FileRetention{Mode: b2.RetentionModeCompliance, RetainUntilTimestamp: until.UTC()}},
			LegalHold: b2.FileVersionLegalHold{IsClientAuthorizedToRead: true, Value: b2.LegalHoldOn}, ReplicationStatus: "pending"},
		{FileId: "m"},
	}
	if diff := cmp.Diff(wantFiles, listed.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}

	client, _ = canned(t, `{"eventNotificationRules":[{"name":"r","targetConfiguration":{"maxEventsPerBatch":5}},{"maxEventsPerBatch":6,"isSuspended":true,"suspensionReason":"x"}]}`)
	rules, err := client.GetBucketNotificationRules(t.Context(), &b2.GetBucketNotificationRulesInput{BucketId: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if r := rules.EventNotificationRules; r[0].MaxEventsPerBatch != 5 || r[1].MaxEventsPerBatch != 6 || !r[1].IsSuspended || r[1].SuspensionReason != "x" {
		t.Errorf("rules: %+v", r)
	}
}

// pages is a server that gives out a list page by page: each answer is that
// for the request whose members are those of the cursor.
type pages map[string]string

func (p pages) client(t *testing.T) *b2.Client {
	return answering(t, func(r *http.Request) *http.Response {
		var request map[string]any
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		cursor := ""
		for _, member := range []string{"startFileName", "startFileId", "startApplicationKeyId", "startPartNumber"} {
			if v, ok := request[member]; ok {
				cursor += fmt.Sprint(v, ";")
			}
		}
		body, ok := p[cursor]
		if !ok {
			t.Errorf("%s: nobody told of the cursor %q", r.URL.Path, cursor)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	})
}

// collectItems lists all that a call has.
func collectItems[In any, Out paginator.ItemPage[In, Item], Item any](t *testing.T, call func(context.Context, *In, ...b2.Option) (Out, error), in *In) (items []Item, err error) {
	for item, err := range paginator.Items(t.Context(), call, in) {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// TestLists goes through every list that has pages. Some pages are empty.
func TestLists(t *testing.T) {
	ids := func(files []b2.FileVersion) (ids []string) {
		for _, f := range files {
			ids = append(ids, f.FileId)
		}
		return ids
	}
	for _, tt := range []struct {
		name  string
		pages pages
		list  func(c *b2.Client) ([]string, error)
	}{
		{"ListFileNames", pages{
			"": `{"files":[{"fileId":"1"}],"nextFileName":"b "}`, "b ;": `{"files":[],"nextFileName":"c"}`, "c;": `{"files":[{"fileId":"2"}],"nextFileName":null}`,
		}, func(c *b2.Client) ([]string, error) {
			files, err := collectItems(t, c.ListFileNames, &b2.ListFileNamesInput{BucketId: "b"})
			return ids(files), err
		}},
		{"ListFileVersions", pages{
			"":      `{"files":[{"fileId":"1"}],"nextFileName":"a","nextFileId":"v2"}`,
			"a;v2;": `{"files":[],"nextFileName":"a","nextFileId":"v1"}`,
			"a;v1;": `{"files":[{"fileId":"2"}],"nextFileName":"dir0","nextFileId":null}`,
			"dir0;": `{"files":[{"fileId":"3"}]}`,
		}, func(c *b2.Client) ([]string, error) {
			files, err := collectItems(t, c.ListFileVersions, &b2.ListFileVersionsInput{BucketId: "b"})
			return ids(files), err
		}},
		{"ListUnfinishedLargeFiles", pages{
			"": `{"files":[{"fileId":"1"}],"nextFileId":"u2"}`, "u2;": `{"files":[{"fileId":"2"}],"nextFileId":null,"nextFileName":null}`,
		}, func(c *b2.Client) ([]string, error) {
			files, err := collectItems(t, c.ListUnfinishedLargeFiles, &b2.ListUnfinishedLargeFilesInput{BucketId: "b"})
			return ids(files), err
		}},
		{"ListKeys", pages{
			"": `{"keys":[{"applicationKeyId":"1"}],"nextApplicationKeyId":"k2"}`, "k2;": `{"keys":[{"applicationKeyId":"2"}],"nextApplicationKeyId":null}`,
		}, func(c *b2.Client) (ids []string, err error) {
			keys, err := collectItems(t, c.ListKeys, &b2.ListKeysInput{})
			for _, k := range keys {
				ids = append(ids, k.ApplicationKeyId)
			}
			return ids, err
		}},
		{"ListParts", pages{
			"": `{"parts":[{"partNumber":1}],"nextPartNumber":7}`, "7;": `{"parts":[{"partNumber":2}],"nextPartNumber":null}`,
		}, func(c *b2.Client) (numbers []string, err error) {
			parts, err := collectItems(t, c.ListParts, &b2.ListPartsInput{FileId: "f"})
			for _, p := range parts {
				numbers = append(numbers, fmt.Sprint(p.PartNumber))
			}
			return numbers, err
		}},
	} {
		got, err := tt.list(tt.pages.client(t))
		want := []string{"1", "2"}
		if tt.name == "ListFileVersions" {
			want = append(want, "3")
		}
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, want)
		}
	}
}

// TestListsThatDoNotMove wants a list that a server would make endless to end
// in an error.
func TestListsThatDoNotMove(t *testing.T) {
	for name, list := range map[string]func(c *b2.Client) error{
		"ListFileNames": func(c *b2.Client) error {
			_, err := collectItems(t, c.ListFileNames, &b2.ListFileNamesInput{BucketId: "b"})
			return err
		},
		"ListFileVersions": func(c *b2.Client) error {
			_, err := collectItems(t, c.ListFileVersions, &b2.ListFileVersionsInput{BucketId: "b"})
			return err
		},
		"ListUnfinishedLargeFiles": func(c *b2.Client) error {
			_, err := collectItems(t, c.ListUnfinishedLargeFiles, &b2.ListUnfinishedLargeFilesInput{BucketId: "b"})
			return err
		},
		"ListKeys": func(c *b2.Client) error {
			_, err := collectItems(t, c.ListKeys, &b2.ListKeysInput{})
			return err
		},
		"ListParts": func(c *b2.Client) error {
			_, err := collectItems(t, c.ListParts, &b2.ListPartsInput{FileId: "f"})
			return err
		},
	} {
		client, sent := canned(t, `{"files":[],"nextFileName":"a","nextFileId":"i","nextApplicationKeyId":"k","nextPartNumber":3}`)
		if err := list(client); err == nil || !strings.Contains(err.Error(), "a second time") {
			t.Errorf("%s: error %v", name, err)
		}
		if len(*sent) != 2 {
			t.Errorf("%s: %d requests, want 2", name, len(*sent))
		}
	}
}
