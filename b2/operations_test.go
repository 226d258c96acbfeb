package b2_test

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestEveryOperation makes every call against a server, at least once as it
// succeeds, and looks at what it did.
func TestEveryOperation(t *testing.T) {
	srv, client := start(t)
	b := &tour{T: t, srv: srv, client: client}
	b.account()
	b.createBucket()
	b.files()
	b.largeFiles()
	b.copies()
	b.versions()
	b.locks()
	b.links()
	b.keys()
	b.notifications()
	b.updateBucket()
	b.clearAway()

	made := make(map[string]bool)
	for _, r := range srv.Requests() {
		made[r.Operation] = true
	}
	for _, op := range operations {
		if !made[wireName(op.name)] {
			t.Errorf("%s was not made", op.name)
		}
	}
}

// wireName is the name of an operation in URLs.
func wireName(name string) string {
	var b strings.Builder
	b.WriteString("b2")
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// tour is one way through all calls, each part of which builds on those before.
type tour struct {
	*testing.T
	srv    *storagetest.B2
	client *b2.Client

	bucket *b2.Bucket      // with Object Lock
	file   *b2.FileVersion // of a name with all kinds of characters
	large  *b2.FileVersion
}

const tourName = "a+b/ü//&, #1%20"

func (t *tour) account() {
	auth, err := t.client.AuthorizeAccount(t.Context(), &b2.AuthorizeAccountInput{})
	if err != nil {
		t.Fatal(err)
	}
	storage := &auth.ApiInfo.StorageApi
	if auth.AccountId != "0a1b2c3d4e5f" || storage.ApiUrl != t.srv.URL || storage.Allowed.Buckets != nil ||
		!slices.Contains(storage.Allowed.Capabilities, b2.CapabilityBypassGovernance) {
		t.Errorf("AuthorizeAccount = %+v", auth)
	}
}

func (t *tour) createBucket() {
	ctx := t.Context()
	created, err := t.client.CreateBucket(ctx, &b2.CreateBucketInput{
		BucketName:      "documents",
		BucketType:      b2.BucketTypeAllPrivate,
		BucketInfo:      map[string]string{"owner": "me"},
		CorsRules:       []b2.CorsRule{{CorsRuleName: "download", AllowedOrigins: []string{"https"}, AllowedOperations: []b2.CorsOperation{b2.CorsOperationB2DownloadFileByName}}},
		LifecycleRules:  []b2.LifecycleRule{{FileNamePrefix: "tmp/", DaysFromHidingToDeleting: 3}},
		FileLockEnabled: true,
		DefaultServerSideEncryption: &b2.ServerSideEncryption{
			Mode: b2.EncryptionModeSSEB2, Algorithm: b2.EncryptionAlgorithmAES256,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if created.BucketInfo["owner"] != "me" || len(created.CorsRules) != 1 || created.LifecycleRules[0].DaysFromHidingToDeleting != 3 ||
		!created.FileLockConfiguration.Value.IsFileLockEnabled || created.DefaultServerSideEncryption.Value.Mode != b2.EncryptionModeSSEB2 {
		t.Errorf("CreateBucket = %+v", created)
	}
	listed, err := t.client.ListBuckets(ctx, &b2.ListBucketsInput{BucketTypes: []b2.BucketType{b2.BucketTypeAll}})
	if err != nil || len(listed.Buckets) != 2 || listed.Buckets[0].BucketId != created.BucketId {
		t.Fatalf("ListBuckets = %+v, %v", listed, err)
	}
	t.bucket = &created.Bucket
}

// upload sends a file by the bare calls.
func (t *tour) upload(in b2.UploadFileInput) *b2.FileVersion {
	t.Helper()
	at, err := t.client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: t.bucket.BucketId})
	if err != nil {
		t.Fatal(err)
	}
	in.UploadUrl, in.AuthorizationToken = at.UploadUrl, at.AuthorizationToken
	out, err := t.client.UploadFile(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	return &out.FileVersion
}

func (t *tour) files() {
	ctx := t.Context()
	var info b2.FileInfo
	info.Set("note", "naïve + simple\nline two")
	info.SetSrcLastModified(time.UnixMilli(1_700_000_000_000))
	info.SetContentDisposition(`attachment; filename="a b"`)
	t.file = t.upload(b2.UploadFileInput{
		FileName: tourName, ContentType: "text/plain", FileInfo: info,
		FileLegalHold: b2.LegalHoldOff, Body: strings.NewReader("content"),
	})
	if t.file.FileName != tourName || t.file.ContentLength != 7 || t.file.FileInfo["note"] != info["note"] || t.file.Action != b2.ActionUpload ||
		!t.file.FileInfo.SrcLastModified().Equal(info.SrcLastModified()) || t.file.FileInfo.ContentDisposition() != info.ContentDisposition() {
		t.Errorf("UploadFile = %+v", t.file)
	}
	got, err := t.client.GetFileInfo(ctx, &b2.GetFileInfoInput{FileId: t.file.FileId})
	if err != nil || got.FileName != tourName || !got.UploadTimestamp.Equal(t.file.UploadTimestamp) {
		t.Errorf("GetFileInfo = %+v, %v", got, err)
	}

	byName, err := t.client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "documents", FileName: tourName, B2ContentType: "text/html"})
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(byName.Body); string(content) != "content" || err != nil {
		t.Errorf("DownloadFileByName: content %q, %v", content, err)
	}
	byName.Body.Close()
	if byName.FileName != tourName || byName.FileInfo["note"] != info["note"] || byName.ContentType != "text/html" || byName.ResponseMetadata.Checksum != "SHA1" ||
		byName.ResponseMetadata.ChecksumStatus != entrepot.ChecksumVerified || byName.ContentDisposition != info.ContentDisposition() {
		t.Errorf("DownloadFileByName = %+v", byName)
	}
	byID, err := t.client.DownloadFileById(ctx, &b2.DownloadFileByIdInput{FileId: t.file.FileId, Range: "bytes=3-4"})
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(byID.Body); string(content) != "te" || err != nil || byID.ContentRange != "bytes 3-4/7" ||
		byID.ResponseMetadata.ChecksumStatus != entrepot.ChecksumPartial {
		t.Errorf("DownloadFileById: content %q of %s, %v", content, byID.ContentRange, err)
	}
	byID.Body.Close()
	head, err := t.client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "documents", FileName: tourName, Head: true})
	if err != nil || head.ContentLength != 7 || head.FileId != t.file.FileId {
		t.Errorf("DownloadFileByName with Head = %+v, %v", head, err)
	}
}

func (t *tour) largeFiles() {
	ctx := t.Context()
	large, err := t.client.StartLargeFile(ctx, &b2.StartLargeFileInput{
		BucketId: t.bucket.BucketId, FileName: "large", ContentType: b2.ContentTypeAuto,
		FileRetention: &b2.FileRetention{},
	})
	if err != nil {
		t.Fatal(err)
	}
	unfinished, err := collectItems(t.T, t.client.ListUnfinishedLargeFiles, &b2.ListUnfinishedLargeFilesInput{BucketId: t.bucket.BucketId, NamePrefix: "lar"})
	if err != nil || len(unfinished) != 1 || unfinished[0].FileId != large.FileId || unfinished[0].Action != b2.ActionStart {
		t.Errorf("ListUnfinishedLargeFiles = %+v, %v", unfinished, err)
	}
	partURL, err := t.client.GetUploadPartUrl(ctx, &b2.GetUploadPartUrlInput{FileId: large.FileId})
	if err != nil {
		t.Fatal(err)
	}
	var sums []string
	for n, content := range []string{strings.Repeat("a", 100), strings.Repeat("b", 100)} {
		part, err := t.client.UploadPart(ctx, &b2.UploadPartInput{
			UploadUrl: partURL.UploadUrl, AuthorizationToken: partURL.AuthorizationToken,
			PartNumber: int64(n + 1), Body: strings.NewReader(content),
		})
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, part.ContentSha1)
	}
	copied, err := t.client.CopyPart(ctx, &b2.CopyPartInput{SourceFileId: t.file.FileId, LargeFileId: large.FileId, PartNumber: 3, Range: "bytes=3-4"})
	if err != nil {
		t.Fatal(err)
	}
	if copied.ContentLength != 2 || copied.PartNumber != 3 || copied.FileId != large.FileId {
		t.Errorf("CopyPart = %+v", copied)
	}
	var numbers []int64
	for part, err := range paginator.Items(ctx, t.client.ListParts, &b2.ListPartsInput{FileId: large.FileId, MaxPartCount: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, part.PartNumber)
	}
	if !slices.Equal(numbers, []int64{1, 2, 3}) {
		t.Errorf("ListParts = %d", numbers)
	}
	finished, err := t.client.FinishLargeFile(ctx, &b2.FinishLargeFileInput{FileId: large.FileId, PartSha1Array: append(sums, copied.ContentSha1)})
	if err != nil || finished.ContentLength != 202 || finished.ContentSha1 != b2.Sha1None {
		t.Fatalf("FinishLargeFile = %+v, %v", finished, err)
	}
	t.large = &finished.FileVersion
	doomed, err := t.client.StartLargeFile(ctx, &b2.StartLargeFileInput{BucketId: t.bucket.BucketId, FileName: "doomed", ContentType: "a/b"})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := t.client.CancelLargeFile(ctx, &b2.CancelLargeFileInput{FileId: doomed.FileId}); err != nil || out.FileName != "doomed" {
		t.Errorf("CancelLargeFile = %+v, %v", out, err)
	}
}

func (t *tour) copies() {
	ctx := t.Context()
	same, err := t.client.CopyFile(ctx, &b2.CopyFileInput{SourceFileId: t.file.FileId, FileName: "copy"})
	if err != nil {
		t.Fatal(err)
	}
	if same.Action != b2.ActionCopy || same.ContentSha1 != t.file.ContentSha1 || same.ContentType != "text/plain" || same.FileInfo["note"] != t.file.FileInfo["note"] {
		t.Errorf("CopyFile = %+v", same)
	}
	key := b2.NewCustomerKey([32]byte{1})
	other, err := t.client.CopyFile(ctx, &b2.CopyFileInput{
		SourceFileId: t.large.FileId, FileName: "secret-copy", Range: "bytes=99-100",
		MetadataDirective: b2.MetadataDirectiveReplace, ContentType: "text/x-other",
		DestinationServerSideEncryption: key.ServerSideEncryption(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if other.ContentLength != 2 || other.ContentType != "text/x-other" || len(other.FileInfo) != 0 || other.ServerSideEncryption.Mode != b2.EncryptionModeSSEC {
		t.Errorf("CopyFile with other properties = %+v", other)
	}
	out, err := t.client.DownloadFileById(ctx, &b2.DownloadFileByIdInput{
		FileId: other.FileId, ServerSideEncryptionCustomerAlgorithm: key.Algorithm,
		ServerSideEncryptionCustomerKey: key.Key, ServerSideEncryptionCustomerKeyMd5: key.KeyMd5,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if content, err := io.ReadAll(out.Body); string(content) != "ab" || err != nil {
		t.Errorf("content %q, %v", content, err)
	}
	if _, err := t.client.CopyFile(ctx, &b2.CopyFileInput{SourceFileId: other.FileId, FileName: "x"}); !errors.Is(err, fs.ErrPermission) && !errors.Is(err, b2.ErrBadRequest) {
		t.Errorf("CopyFile of an SSE-C source without its key: %v", err)
	}
	if _, err := t.client.CopyFile(ctx, &b2.CopyFileInput{SourceFileId: other.FileId, FileName: "opened", SourceServerSideEncryption: key.ServerSideEncryption()}); err != nil {
		t.Errorf("CopyFile of an SSE-C source with its key: %v", err)
	}
}

func (t *tour) versions() {
	ctx := t.Context()
	hide := &b2.HideFileInput{BucketId: t.bucket.BucketId, FileName: "copy"}
	marker, err := t.client.HideFile(ctx, hide)
	if err != nil || marker.Action != b2.ActionHide || marker.FileName != "copy" {
		t.Fatalf("HideFile = %+v, %v", marker, err)
	}
	if _, err := t.client.HideFile(ctx, hide); !errors.Is(err, b2.ErrAlreadyHidden) {
		t.Errorf("HideFile again: %v", err)
	}
	if _, err := t.client.HideFile(ctx, &b2.HideFileInput{BucketId: t.bucket.BucketId, FileName: "nothing"}); !errors.Is(err, b2.ErrNoSuchFile) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("HideFile of nothing: %v", err)
	}

	t.srv.Configure(storagetest.B2Settings{NamesPerPage: 1}) // short pages, and yet more to come
	defer t.srv.Configure(storagetest.B2Settings{})
	var names []string
	for file, err := range paginator.Items(ctx, t.client.ListFileNames, &b2.ListFileNamesInput{BucketId: t.bucket.BucketId}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, file.FileName)
	}
	if want := []string{tourName, "large", "opened", "secret-copy"}; !slices.Equal(names, want) {
		t.Errorf("ListFileNames = %q, want %q", names, want)
	}
	names = nil
	for file, err := range paginator.Items(ctx, t.client.ListFileVersions, &b2.ListFileVersionsInput{BucketId: t.bucket.BucketId, Delimiter: "/"}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, string(file.Action)+" "+file.FileName)
	}
	if want := []string{"folder a+b/", "hide copy", "upload copy", "upload large", "upload opened", "upload secret-copy"}; !slices.Equal(names, want) {
		t.Errorf("ListFileVersions = %q, want %q", names, want)
	}
	if _, err := t.client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: "copy", FileId: marker.FileId}); err != nil {
		t.Fatal(err)
	}
	if _, err := t.client.Bucket("documents").Stat(ctx, "copy", ""); err != nil {
		t.Errorf("after the marker is gone: %v", err)
	}
}

func (t *tour) locks() {
	ctx := t.Context()
	f := t.upload(b2.UploadFileInput{FileName: "contract", Body: strings.NewReader("x")})
	soon := time.Now().Add(time.Hour).Truncate(time.Millisecond).UTC()
	retain := func(r b2.FileRetention, bypass bool) error {
		out, err := t.client.UpdateFileRetention(ctx, &b2.UpdateFileRetentionInput{FileName: f.FileName, FileId: f.FileId, FileRetention: r, BypassGovernance: bypass})
		if err == nil && (out.FileId != f.FileId || out.FileRetention != r) {
			t.Errorf("UpdateFileRetention = %+v, want %+v", out, r)
		}
		return err
	}
	if err := retain(b2.FileRetention{Mode: b2.RetentionModeGovernance, RetainUntilTimestamp: soon}, false); err != nil {
		t.Fatal(err)
	}
	if err := retain(b2.FileRetention{Mode: b2.RetentionModeGovernance, RetainUntilTimestamp: time.UnixMilli(1000).UTC()}, true); !errors.Is(err, b2.ErrRetainUntilTimestampMustBeInFuture) {
		t.Errorf("a retention of the past: %v", err)
	}
	if err := retain(b2.FileRetention{}, false); !errors.Is(err, b2.ErrFileLocked) {
		t.Errorf("lifting a retention: %v", err)
	}
	hold := func(state b2.LegalHold) {
		out, err := t.client.UpdateFileLegalHold(ctx, &b2.UpdateFileLegalHoldInput{FileName: f.FileName, FileId: f.FileId, LegalHold: state})
		if err != nil || out.LegalHold != state || out.FileName != f.FileName {
			t.Errorf("UpdateFileLegalHold = %+v, %v", out, err)
		}
	}
	hold(b2.LegalHoldOn)
	info, err := t.client.GetFileInfo(ctx, &b2.GetFileInfoInput{FileId: f.FileId})
	if err != nil || info.LegalHold.Value != b2.LegalHoldOn || !info.FileRetention.IsClientAuthorizedToRead || !info.FileRetention.Value.RetainUntilTimestamp.Equal(soon) {
		t.Errorf("GetFileInfo = %+v, %v", info, err)
	}
	remove := &b2.DeleteFileVersionInput{FileName: f.FileName, FileId: f.FileId, BypassGovernance: true}
	if _, err := t.client.DeleteFileVersion(ctx, remove); !errors.Is(err, b2.ErrFileLocked) {
		t.Errorf("deleting what is held: %v", err)
	}
	hold(b2.LegalHoldOff)
	remove.BypassGovernance = false
	if _, err := t.client.DeleteFileVersion(ctx, remove); !errors.Is(err, b2.ErrFileLocked) {
		t.Errorf("deleting what is retained: %v", err)
	}
	if err := retain(b2.FileRetention{}, true); err != nil {
		t.Error(err)
	}
	if _, err := t.client.DeleteFileVersion(ctx, remove); err != nil {
		t.Error(err)
	}
	_, err = t.client.UpdateFileLegalHold(ctx, &b2.UpdateFileLegalHoldInput{FileName: "f", LegalHold: b2.LegalHoldOn,
		FileId: put(t.T, t.client.Bucket("photos"), "f", []byte("x")).Version})
	if !errors.Is(err, b2.ErrBucketMissingFileLock) {
		t.Errorf("a legal hold in a bucket without Object Lock: %v", err)
	}
}

func (t *tour) links() {
	ctx := t.Context()
	token, err := t.client.GetDownloadAuthorization(ctx, &b2.GetDownloadAuthorizationInput{
		BucketId: t.bucket.BucketId, FileNamePrefix: "lar", ValidDurationInSeconds: 60, B2CacheControl: "no-store",
	})
	if err != nil || token.FileNamePrefix != "lar" || token.AuthorizationToken == "" {
		t.Fatalf("GetDownloadAuthorization = %+v, %v", token, err)
	}
	get := func(name, cacheControl string) error {
		out, err := t.client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{
			BucketName: "documents", FileName: name, AuthorizationToken: token.AuthorizationToken, B2CacheControl: cacheControl,
		})
		if err == nil {
			out.Body.Close()
		}
		return err
	}
	if err := get("large", "no-store"); err != nil {
		t.Error(err)
	}
	if err := get("large", ""); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("without the header that the token demands: %v", err)
	}
	if err := get("copy", "no-store"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a file of another prefix: %v", err)
	}
}

func (t *tour) keys() {
	ctx := t.Context()
	created, err := t.client.CreateKey(ctx, &b2.CreateKeyInput{
		KeyName: "uploads-only", Capabilities: []b2.Capability{b2.CapabilityListBuckets, b2.CapabilityListFiles, b2.CapabilityWriteFiles},
		BucketIds: []string{t.bucket.BucketId}, NamePrefix: "in/", ValidDurationInSeconds: 3600,
	})
	if err != nil {
		t.Fatal(err)
	}
	if created.ApplicationKey == "" || created.KeyName != "uploads-only" || created.NamePrefix != "in/" || created.ExpirationTimestamp.IsZero() ||
		!slices.Equal(created.BucketIds, []string{t.bucket.BucketId}) || len(created.Capabilities) != 3 {
		t.Errorf("CreateKey = %+v", created)
	}
	endless, err := t.client.CreateKey(ctx, &b2.CreateKeyInput{KeyName: "endless", Capabilities: []b2.Capability{b2.CapabilityReadFiles}})
	if err != nil || endless.BucketIds != nil || endless.NamePrefix != "" || !endless.ExpirationTimestamp.IsZero() {
		t.Fatalf("CreateKey without restriction = %+v, %v", endless, err)
	}
	if _, err := t.client.CreateKey(ctx, &b2.CreateKeyInput{KeyName: "k", Capabilities: []b2.Capability{"fly"}}); !errors.Is(err, b2.ErrBadRequest) {
		t.Errorf("CreateKey with a capability that there is not: %v", err)
	}

	restricted := connect(t.T, t.srv, func(c *b2.Config) {
		c.Credentials = credentials.Static(created.ApplicationKeyId, string(created.ApplicationKey), "")
	})
	documents := restricted.Bucket("documents")
	info := put(t.T, documents, "in/a", []byte("x"))
	files, err := collectItems(t.T, restricted.ListFileNames, &b2.ListFileNamesInput{BucketId: t.bucket.BucketId, Prefix: "in/"})
	if err != nil || len(files) != 1 || files[0].FileId != info.Version {
		t.Errorf("ListFileNames with the new key = %+v, %v", files, err)
	}

	var ids []string
	for key, err := range paginator.Items(ctx, t.client.ListKeys, &b2.ListKeysInput{MaxKeyCount: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, key.ApplicationKeyId)
	}
	if want := []string{created.ApplicationKeyId, endless.ApplicationKeyId}; !slices.Equal(ids, want) {
		t.Errorf("ListKeys = %q, want %q", ids, want)
	}
	for _, id := range ids {
		if out, err := t.client.DeleteKey(ctx, &b2.DeleteKeyInput{ApplicationKeyId: id}); err != nil || out.ApplicationKeyId != id {
			t.Errorf("DeleteKey = %+v, %v", out, err)
		}
	}
	if _, err := t.client.DeleteKey(ctx, &b2.DeleteKeyInput{ApplicationKeyId: ids[0]}); !errors.Is(err, b2.ErrBadRequest) {
		t.Errorf("DeleteKey again: %v", err)
	}
}

func (t *tour) notifications() {
	ctx := t.Context()
	rule := b2.EventNotificationRule{
		Name: "uploads", EventTypes: []b2.EventType{b2.EventTypeObjectCreatedAny, b2.EventTypeHideMarkerCreatedHide}, IsEnabled: true,
		ObjectNamePrefix: "in/", MaxEventsPerBatch: 5,
		TargetConfiguration: b2.TargetConfiguration{
			TargetType: b2.TargetTypeWebhook, Url: "https://hooks.example.com/b2", HmacSha256SigningSecret: webhookSecret,
			CustomHeaders: []b2.CustomHeader{{Name: "X-Team", Value: "storage"}},
		},
	}
	set, err := t.client.SetBucketNotificationRules(ctx, &b2.SetBucketNotificationRulesInput{
		BucketId: t.bucket.BucketId, EventNotificationRules: []b2.EventNotificationRule{rule},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := t.client.GetBucketNotificationRules(ctx, &b2.GetBucketNotificationRulesInput{BucketId: t.bucket.BucketId})
	if err != nil {
		t.Fatal(err)
	}
	for _, rules := range [][]b2.EventNotificationRule{set.EventNotificationRules, got.EventNotificationRules} {
		if len(rules) != 1 {
			t.Fatalf("rules: %+v", rules)
		}
		r := rules[0]
		if r.Name != rule.Name || !slices.Equal(r.EventTypes, rule.EventTypes) || !r.IsEnabled || r.ObjectNamePrefix != "in/" || r.MaxEventsPerBatch != 5 ||
			r.IsSuspended || r.TargetConfiguration.Url != rule.TargetConfiguration.Url || r.TargetConfiguration.HmacSha256SigningSecret != webhookSecret ||
			!slices.Equal(r.TargetConfiguration.CustomHeaders, rule.TargetConfiguration.CustomHeaders) {
			t.Errorf("rule: %+v", r)
		}
	}
	// What was read can be given back.
	again, err := t.client.SetBucketNotificationRules(ctx, &b2.SetBucketNotificationRulesInput{BucketId: t.bucket.BucketId, EventNotificationRules: got.EventNotificationRules})
	if err != nil || len(again.EventNotificationRules) != 1 || again.EventNotificationRules[0].MaxEventsPerBatch != 5 {
		t.Errorf("SetBucketNotificationRules of what was read = %+v, %v", again, err)
	}
	typed := func(types ...b2.EventType) []b2.EventNotificationRule {
		r := rule
		r.EventTypes = types
		return []b2.EventNotificationRule{r}
	}
	for want, rules := range map[error][]b2.EventNotificationRule{
		b2.ErrEventTypeInvalid:    typed("b2:Nothing:*"),
		b2.ErrEventTypeCategories: typed(b2.EventTypeObjectCreatedAny, b2.EventTypeObjectCreatedUpload),
		b2.ErrEventTypeOverlap:    typed(b2.EventTypeObjectCreatedUpload, b2.EventTypeObjectCreatedUpload),
	} {
		_, err := t.client.SetBucketNotificationRules(ctx, &b2.SetBucketNotificationRulesInput{BucketId: t.bucket.BucketId, EventNotificationRules: rules})
		if !errors.Is(err, want) {
			t.Errorf("rules %+v: %v, want %v", rules, err, want)
		}
	}
	if none, err := t.client.SetBucketNotificationRules(ctx, &b2.SetBucketNotificationRulesInput{BucketId: t.bucket.BucketId}); err != nil || len(none.EventNotificationRules) != 0 {
		t.Errorf("SetBucketNotificationRules of none = %+v, %v", none, err)
	}
}

func (t *tour) updateBucket() {
	ctx := t.Context()
	change := func(in b2.UpdateBucketInput) *b2.Bucket {
		t.Helper()
		in.BucketId = t.bucket.BucketId
		out, err := t.client.UpdateBucket(ctx, &in)
		if err != nil {
			t.Fatal(err)
		}
		return &out.Bucket
	}
	retention := b2.DefaultRetention{Mode: b2.RetentionModeGovernance, Period: &b2.RetentionPeriod{Duration: 7, Unit: b2.RetentionUnitDays}}
	got := change(b2.UpdateBucketInput{
		BucketInfo: map[string]string{"owner": "you"}, DefaultRetention: &retention,
		ReplicationConfiguration: &b2.ReplicationConfiguration{AsReplicationDestination: &b2.ReplicationDestination{
			SourceToDestinationKeyMapping: map[string]string{"k1": "k2"},
		}},
	})
	if d := got.FileLockConfiguration.Value.DefaultRetention; d.Mode != retention.Mode || *d.Period != *retention.Period || got.BucketInfo["owner"] != "you" ||
		got.ReplicationConfiguration.Value.AsReplicationDestination == nil {
		t.Errorf("UpdateBucket = %+v", got)
	}
	if len(got.CorsRules) != 1 || len(got.LifecycleRules) != 1 || got.DefaultServerSideEncryption.Value.Mode != b2.EncryptionModeSSEB2 || got.BucketType != b2.BucketTypeAllPrivate {
		t.Errorf("UpdateBucket changed what it was not told to: %+v", got)
	}
	revision := got.Revision
	_, err := t.client.UpdateBucket(ctx, &b2.UpdateBucketInput{BucketId: t.bucket.BucketId, BucketType: b2.BucketTypeAllPublic, IfRevisionIs: revision - 1})
	if !errors.Is(err, b2.ErrConflict) {
		t.Errorf("UpdateBucket of an older revision: %v", err)
	}
	got = change(b2.UpdateBucketInput{
		IfRevisionIs: revision, BucketInfo: map[string]string{}, CorsRules: []b2.CorsRule{}, LifecycleRules: []b2.LifecycleRule{},
		DefaultRetention: &b2.DefaultRetention{}, ReplicationConfiguration: &b2.ReplicationConfiguration{},
		DefaultServerSideEncryption: &b2.ServerSideEncryption{Mode: b2.EncryptionModeNone},
	})
	if d := got.FileLockConfiguration.Value; !d.IsFileLockEnabled || d.DefaultRetention != (b2.DefaultRetention{}) || len(got.BucketInfo)+len(got.CorsRules)+len(got.LifecycleRules) != 0 ||
		got.ReplicationConfiguration.Value.AsReplicationDestination != nil || got.Revision != revision+1 ||
		got.DefaultServerSideEncryption.Value.Mode != "" && got.DefaultServerSideEncryption.Value.Mode != b2.EncryptionModeNone {
		t.Errorf("UpdateBucket that clears = %+v", got)
	}
}

func (t *tour) clearAway() {
	ctx := t.Context()
	if _, err := t.client.DeleteBucket(ctx, &b2.DeleteBucketInput{BucketId: t.bucket.BucketId}); !errors.Is(err, b2.ErrCannotDeleteNonEmptyBucket) {
		t.Errorf("DeleteBucket of one that is not empty: %v", err)
	}
	for f, err := range paginator.Items(ctx, t.client.ListFileVersions, &b2.ListFileVersionsInput{BucketId: t.bucket.BucketId}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := t.client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: f.FileName, FileId: f.FileId}); err != nil {
			t.Error(err)
		}
	}
	if out, err := t.client.DeleteBucket(ctx, &b2.DeleteBucketInput{BucketId: t.bucket.BucketId}); err != nil || out.BucketName != "documents" {
		t.Errorf("DeleteBucket = %+v, %v", out, err)
	}
}

// TestNoSecondKey wants a key that was made, but whose answer was lost, not to
// be made again.
func TestNoSecondKey(t *testing.T) {
	srv, client := start(t)
	in := &b2.CreateKeyInput{KeyName: "k", Capabilities: []b2.Capability{b2.CapabilityReadFiles}}
	srv.Inject(storagetest.Fault{Operation: "b2_create_key", Nth: 1, Reset: storagetest.ResponseBody(1)})
	if _, err := client.CreateKey(t.Context(), in); err == nil || !strings.Contains(err.Error(), "may have been carried out") {
		t.Errorf("a lost answer: %v", err)
	}
	srv.ForgetFaults()
	srv.Inject(storagetest.Fault{Operation: "b2_create_key", Nth: 1, Status: 503})
	srv.Inject(storagetest.Fault{Operation: "b2_create_key", Nth: 2, ExpireToken: true})
	if _, err := client.CreateKey(t.Context(), in); err != nil {
		t.Errorf("after a 503 and with an expired token: %v", err)
	}
	keys, err := collectItems(t, client.ListKeys, nil)
	if err != nil || len(keys) != 2 {
		t.Errorf("%d keys, want one for each call: %v", len(keys), err)
	}
}
