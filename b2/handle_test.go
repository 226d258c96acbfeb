package b2_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

func TestCopy(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	sum := sha1.Sum(content)
	attrs := transfer.Attrs{
		ContentType: "a/b", ContentDisposition: "inline", ContentLanguage: "de", CacheControl: "no-cache", ContentEncoding: "gzip",
		Metadata: map[string]string{"color": "red"}, ModTime: time.UnixMilli(1_700_000_000_000),
	}
	replaced := b2.Template{Upload: b2.UploadFileInput{ContentType: "a/c", FileInfo: b2.FileInfo{"color": "blue"}}}
	lock := b2.Template{Upload: b2.UploadFileInput{
		FileRetentionMode: b2.RetentionModeGovernance, FileRetentionRetainUntilTimestamp: time.UnixMilli(4_000_000_000_000), FileLegalHold: b2.LegalHoldOn,
		ServerSideEncryption: b2.EncryptionAlgorithmAES256,
	}}
	for _, c := range []struct {
		name     string
		from, to b2.Template
		sse      *b2.ServerSideEncryption
		info     b2.FileInfo // of the copy, beside the SHA-1; nil: the source's
		kind     string      // content type of the copy
	}{
		{name: "as it is", kind: "a/b"},
		{name: "with other metadata", to: replaced, info: b2.FileInfo{"color": "blue"}, kind: "a/c"},
		{name: "with another content type", to: b2.Template{Upload: b2.UploadFileInput{ContentType: "a/d"}}, kind: "a/d"},
		{name: "with no FileInfo", to: b2.Template{Upload: b2.UploadFileInput{FileInfo: b2.FileInfo{}}}, info: b2.FileInfo{}, kind: "a/b"},
		{name: "under lock and encrypted", to: lock, kind: "a/b"},
		{name: "from a customer's key to another", from: keyTemplate("k"), to: keyTemplate("l"), kind: "a/b"},
		{name: "from a customer's key to none", from: keyTemplate("k"), kind: "a/b"},
		{name: "from none, by a handle with a key", from: b2.Template{Download: keyOf(keyTemplate("k"))}, kind: "a/b"},
	} {
		for _, large := range []bool{false, true} {
			name := c.name
			if large {
				name += ", in parts"
			}
			t.Run(name, func(t *testing.T) {
				srv, client := start(t)
				srv.Configure(storagetest.B2Settings{RecommendedPartSize: 150})
				if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "locked", BucketType: b2.BucketTypeAllPrivate, FileLockEnabled: true}); err != nil {
					t.Fatal(err)
				}
				if large {
					b2.SetMaxCopy(client, 900)
				}
				source, target := client.Bucket("photos").With(c.from), client.Bucket("locked").With(c.to)
				was, err := source.Put(t.Context(), "old", attrs, bytes.NewReader(content))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := client.AuthorizeAccount(t.Context(), nil); err != nil { // the size of parts is another now
					t.Fatal(err)
				}
				version := ""
				if large { // the newest one is not wanted
					version = was.Version
					if _, err := source.Put(t.Context(), "old", attrs, strings.NewReader("newer")); err != nil {
						t.Fatal(err)
					}
				}
				srv.ForgetRequests()
				info, err := target.Copy(t.Context(), "new", source, "old", version)
				if err != nil || info.Size != 1000 || info.Name != "new" || info.Version == was.Version {
					t.Fatalf("Copy = %+v, %v", info, err)
				}
				if n, m := count(srv, "b2_copy_file"), count(srv, "b2_copy_part"); n != 1 && !large || m != 7 && large || n > 0 && m > 0 {
					t.Errorf("%d copies of files, %d of parts", n, m)
				}
				var got bytes.Buffer
				down, err := transfer.DownloadTo(t.Context(), target.With(b2.Template{Download: keyOf(c.to)}), "new", &got)
				if err != nil || !bytes.Equal(got.Bytes(), content) || down.Verified != "SHA1" {
					t.Errorf("downloaded %d bytes, verified by %q, %v", got.Len(), down.Verified, err)
				}
				file, err := client.GetFileInfo(t.Context(), &b2.GetFileInfoInput{FileId: info.Version})
				if err != nil {
					t.Fatal(err)
				}
				old, err := client.GetFileInfo(t.Context(), &b2.GetFileInfoInput{FileId: was.Version})
				if err != nil {
					t.Fatal(err)
				}
				want := c.info
				if want == nil {
					want = old.FileInfo
				}
				if large {
					if got := file.FileInfo.LargeFileSha1(); got != hex.EncodeToString(sum[:]) {
						t.Errorf("large_file_sha1 %q", got)
					}
					file.FileInfo.Delete(b2.InfoLargeFileSha1)
				}
				if len(file.FileInfo) != len(want) || file.ContentType != c.kind {
					t.Errorf("%s, FileInfo %v, want %s, %v", file.ContentType, file.FileInfo, c.kind, want)
				}
				for k, v := range want {
					if file.FileInfo[k] != v {
						t.Errorf("FileInfo %s: %q, want %q", k, file.FileInfo[k], v)
					}
				}
				u := c.to.Upload
				if r := file.FileRetention.Value; r.Mode != u.FileRetentionMode || file.LegalHold.Value != u.FileLegalHold {
					t.Errorf("retention %+v, legal hold %q", r, file.LegalHold.Value)
				}
				if got := file.ServerSideEncryption.Algorithm; got != u.ServerSideEncryption+u.ServerSideEncryptionCustomerAlgorithm {
					t.Errorf("encryption %+v", file.ServerSideEncryption)
				}
			})
		}
	}
}

// keyOf is what files are read with that were written with a template.
func keyOf(t b2.Template) b2.DownloadFileByNameInput {
	return b2.DownloadFileByNameInput{
		ServerSideEncryptionCustomerAlgorithm: t.Upload.ServerSideEncryptionCustomerAlgorithm,
		ServerSideEncryptionCustomerKey:       t.Upload.ServerSideEncryptionCustomerKey,
		ServerSideEncryptionCustomerKeyMd5:    t.Upload.ServerSideEncryptionCustomerKeyMd5,
	}
}

func TestCopyThatFails(t *testing.T) {
	ways := map[string]func(context.Context, *b2.BucketHandle) (transfer.Info, error){
		"by the handle": func(ctx context.Context, b *b2.BucketHandle) (transfer.Info, error) {
			return b.Copy(ctx, "new", b, "old", "")
		},
		"by transfer": func(ctx context.Context, b *b2.BucketHandle) (transfer.Info, error) {
			return transfer.Copy(ctx, b, "new", b, "old")
		},
	}
	// Each has a server of its own: requests that were given up may arrive late, and
	// would count for the next plan of faults.
	alone := func() (*storagetest.B2, *b2.Client, *b2.BucketHandle) {
		srv, client := start(t)
		put(t, client.Bucket("photos"), "old", make([]byte, 1000))
		b2.SetMaxCopy(client, 200)
		return srv, client, client.Bucket("photos")
	}
	for name, c := range map[string]struct {
		fault storagetest.Fault
		want  error // nil: it goes on
	}{
		"a part is refused":        {storagetest.Fault{Operation: "b2_copy_part", Nth: 3, Status: 403, Code: "cap_exceeded"}, b2.ErrCapExceeded},
		"finishing is refused":     {storagetest.Fault{Operation: "b2_finish_large_file", Status: 400, Code: "part_sha1_mismatch"}, b2.ErrPartSha1Mismatch},
		"the source goes away":     {storagetest.Fault{Operation: "b2_copy_part", Nth: 2, Times: 10, Status: 404}, fs.ErrNotExist},
		"a part is lost":           {storagetest.Fault{Operation: "b2_copy_part", Nth: 2, Reset: storagetest.BeforeResponse()}, nil},
		"the token expires":        {storagetest.Fault{Operation: "b2_copy_part", Nth: 2, ExpireToken: true}, nil},
		"a part takes too long":    {storagetest.Fault{Operation: "b2_copy_part", Nth: 1, Times: 2, Status: 408}, nil},
		"the end is lost":          {storagetest.Fault{Operation: "b2_finish_large_file", Reset: storagetest.BeforeResponse()}, nil},
		"the start is lost":        {storagetest.Fault{Operation: "b2_start_large_file", Nth: 1, Reset: storagetest.BeforeResponse()}, nil},
		"what to copy is not told": {storagetest.Fault{Operation: "b2_get_file_info", Status: 404}, transfer.ErrObjectChanged},
	} {
		for way, run := range ways {
			srv, client, b := alone()
			srv.Inject(c.fault)
			_, err := run(t.Context(), b)
			if c.want == nil && err != nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v, want %v", name, way, err, c.want)
			}
			srv.ForgetFaults()
			if n := unfinished(t, client); n != 0 {
				t.Errorf("%s, %s: %d unfinished files are left", name, way, n)
			}
		}
	}
	for way, run := range ways {
		ctx, cancel := context.WithCancel(t.Context())
		srv, client, b := alone()
		srv.Inject(storagetest.Fault{Operation: "b2_copy_part", Stall: storagetest.BeforeResponse(), Match: func(*http.Request) bool { cancel(); return true }})
		if _, err := run(ctx, b); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled %s: %v", way, err)
		}
		if n := unfinished(t, client); n != 0 {
			t.Errorf("cancelled %s: %d unfinished files are left", way, n)
		}
	}
	srv, client, photos := alone()
	if _, err := photos.Copy(t.Context(), "new", photos, "missing", ""); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `source "missing"`) {
		t.Errorf("of a file that is not there: %v", err)
	}
	b2.SetMaxCopy(client, 2000)
	srv.Inject(storagetest.Fault{Operation: "b2_copy_file", Status: 400, Code: "source_too_large"})
	if _, err := photos.Copy(t.Context(), "new", photos, "old", ""); err != nil || count(srv, "b2_copy_part") == 0 {
		t.Errorf("a file that is too large for one call: %v", err)
	}
	custom := photos.With(b2.Template{Upload: b2.UploadFileInput{CustomUploadTimestamp: time.UnixMilli(1)}})
	if _, err := custom.Copy(t.Context(), "new", photos, "old", ""); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("with a timestamp: %v", err)
	}
	foreign := storagetest.NewB2(storagetest.WithAccountID("0000deadbeef"), storagetest.WithCredentials(keyID, secret))
	defer foreign.Close()
	other := connect(t, foreign)
	if _, err := other.Bucket("photos").Copy(t.Context(), "new", photos, "old", ""); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("to another account: %v", err)
	}
}

// TestCopyFromAPublicBucket has a key that may not read, so that headers tell
// the properties of the source.
func TestCopyFromAPublicBucket(t *testing.T) {
	srv, master := start(t)
	if _, err := master.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "public", BucketType: b2.BucketTypeAllPublic}); err != nil {
		t.Fatal(err)
	}
	attrs := transfer.Attrs{ContentType: "a/b", ContentDisposition: "inline", Metadata: map[string]string{"color": "red"}}
	if _, err := master.Bucket("public").Put(t.Context(), "old", attrs, bytes.NewReader(make([]byte, 1000))); err != nil {
		t.Fatal(err)
	}
	client := as(t, srv, storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles"}})
	b2.SetMaxCopy(client, 500)
	info, err := client.Bucket("photos").Copy(t.Context(), "new", client.Bucket("public"), "old", "")
	if err != nil || info.Attrs.ContentType != "a/b" || info.Attrs.ContentDisposition != "inline" || info.Attrs.Metadata["color"] != "red" {
		t.Errorf("Copy = %+v, %v", info, err)
	}
}

func TestHideAndUnhide(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	ctx := t.Context()
	put(t, photos, "f", []byte("old"))
	put(t, photos, "f", []byte("new"))
	put(t, photos, "f2", []byte("another"))
	visible := func() string {
		var names []string
		for f, err := range paginator.Items(ctx, client.ListFileNames, &b2.ListFileNamesInput{BucketId: bucketID(t, client, "photos")}) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, f.FileName)
		}
		return strings.Join(names, " ")
	}
	for range 2 {
		if err := photos.Hide(ctx, "f"); err != nil || visible() != "f2" {
			t.Errorf("Hide: %v, visible %s", err, visible())
		}
	}
	if _, err := photos.Begin(ctx, "f", transfer.Attrs{}); err != nil { // does not hide the marker
		t.Fatal(err)
	}
	for range 2 {
		if err := photos.Unhide(ctx, "f"); err != nil || visible() != "f f2" {
			t.Errorf("Unhide: %v, visible %s", err, visible())
		}
	}
	if info, err := photos.Stat(ctx, "f", ""); err != nil || info.Size != 3 {
		t.Errorf("Stat = %+v, %v", info, err)
	}
	for what, err := range map[string]error{"Hide": photos.Hide(ctx, "missing"), "Unhide": photos.Unhide(ctx, "missing")} {
		if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, b2.ErrNoSuchFile) {
			t.Errorf("%s of what is not there: %v", what, err)
		}
	}
	if err := photos.Hide(ctx, "f"); err != nil {
		t.Fatal(err)
	}
	srv.Configure(storagetest.B2Settings{NamesPerPage: 1})
	srv.ForgetRequests()
	for range 2 {
		if err := photos.DeleteAll(ctx, "f"); err != nil || visible() != "f2" {
			t.Errorf("DeleteAll: %v, visible %s", err, visible())
		}
	}
	if n := count(srv, "b2_delete_file_version"); n != 3 {
		t.Errorf("%d versions were deleted, want 3", n)
	}
	if n := unfinished(t, client); n != 1 {
		t.Errorf("%d unfinished files, want 1", n)
	}
}

func TestDeleteAllKeepsTheCurrentVersionUntilTheEnd(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	for _, content := range []string{"1", "22", "333"} {
		put(t, photos, "f", []byte(content))
	}
	srv.Inject(storagetest.Fault{Operation: "b2_delete_file_version", Nth: 3, Status: 401, Code: "access_denied"})
	if err := photos.DeleteAll(t.Context(), "f"); !errors.Is(err, b2.ErrFileLocked) {
		t.Errorf("error %v", err)
	}
	if info, err := photos.Stat(t.Context(), "f", ""); err != nil || info.Size != 3 {
		t.Errorf("Stat = %+v, %v", info, err)
	}
	srv.Inject(storagetest.Fault{Operation: "b2_delete_file_version", Nth: 1, Reset: storagetest.BeforeResponse()})
	if err := photos.DeleteAll(t.Context(), "f"); err != nil {
		t.Errorf("a deletion whose answer was lost: %v", err)
	}
}

// TestHandleOfNothing is about arguments that mean nothing, such as a variable
// that was not set: no call is made of them.
func TestHandleOfNothing(t *testing.T) {
	srv, client := start(t)
	photos, unnamed, ctx := client.Bucket("photos"), client.Bucket(""), t.Context()
	if _, err := photos.ID(ctx); err != nil {
		t.Fatal(err)
	}
	srv.ForgetRequests()
	for _, c := range []struct {
		want string
		call func() error
	}{
		{"b2: ListBuckets: BucketName is required", func() error { _, err := unnamed.ID(ctx); return err }},
		{"b2: ListBuckets: BucketName is required", func() error { return unnamed.DeleteAll(ctx, "f") }},
		{"b2: ListFileVersions: FileName is required", func() error { return photos.DeleteAll(ctx, "") }},
		{"b2: ListFileVersions: FileName is required", func() error { return photos.Unhide(ctx, "") }},
		{"b2: HideFile: FileName is required", func() error { return photos.Hide(ctx, "") }},
		{"b2: UploadFile: Body is required", func() error { _, err := photos.Put(ctx, "f", transfer.Attrs{}, nil); return err }},
		{"b2: DownloadFileByName: offset: must be 0 or more, not -5", func() error { _, _, err := photos.Open(ctx, "f", "", -5, 10); return err }},
		{"b2: CopyFile: source is required", func() error { _, err := photos.Copy(ctx, "f", nil, "g", ""); return err }},
		{"b2: CancelLargeFile: olderThan: must be 0 or more, not -1h0m0s", func() error { _, err := photos.CancelUnfinished(ctx, "", -time.Hour); return err }},
	} {
		if err := c.call(); fmt.Sprint(err) != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if sent := srv.Requests(); len(sent) != 0 {
		t.Errorf("%d requests were sent, the first was %s", len(sent), sent[0].Operation)
	}
}

func TestCancelUnfinished(t *testing.T) {
	now := time.Now()
	srv := storagetest.NewB2(storagetest.WithCredentials(keyID, secret), storagetest.WithClock(func() time.Time { return now }))
	defer srv.Close()
	client := connect(t, srv)
	if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		t.Fatal(err)
	}
	photos := client.Bucket("photos")
	begin := func(names ...string) {
		for _, name := range names {
			if _, err := photos.Begin(t.Context(), name, transfer.Attrs{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	begin("a/1", "a/2", "b/1")
	now = now.Add(2 * time.Hour)
	begin("a/3", "b/2")
	for _, c := range []struct {
		prefix          string
		older           time.Duration
		cancelled, left int
	}{
		{"a/", 3 * time.Hour, 0, 5},
		{"a/", time.Hour, 2, 3},
		{"a/", time.Hour, 0, 3},
		{"", time.Hour, 1, 2},
		{"", 0, 2, 0},
	} {
		n, err := photos.CancelUnfinished(t.Context(), c.prefix, c.older)
		if left := unfinished(t, client); err != nil || n != c.cancelled || left != c.left {
			t.Errorf("CancelUnfinished(%q, %v) = %d, %v; %d are left, want %d and %d", c.prefix, c.older, n, err, left, c.cancelled, c.left)
		}
	}
	writer := as(t, srv, storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles"}})
	if _, err := writer.Bucket("photos").CancelUnfinished(t.Context(), "", 0); !errors.Is(err, b2.ErrUnauthorized) {
		t.Errorf("with a key that may not list: %v", err)
	}
	anonymous := connect(t, srv, func(c *b2.Config) {
		c.Credentials, c.Endpoint, c.DownloadEndpoint = credentials.Anonymous(), "", srv.URL
	})
	if _, err := anonymous.Bucket("photos").CancelUnfinished(t.Context(), "", 0); !errors.Is(err, credentials.ErrNone) {
		t.Errorf("without a key: %v", err)
	}
}

func TestCopyCarriesTheSHA1ThatIsRight(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100)
	sum, other := sha1.Sum(content), strings.Repeat("0", 40)
	for _, c := range []struct{ name, uploaded, info, want string }{
		{name: "the service's own before the uploader's", info: other, want: hex.EncodeToString(sum[:])},
		{name: "none that nobody vouches for", uploaded: b2.Sha1DoNotVerify},
		{name: "the uploader's, in lower case", uploaded: b2.Sha1DoNotVerify, info: strings.ToUpper(hex.EncodeToString(sum[:])), want: hex.EncodeToString(sum[:])},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, client := start(t)
			b2.SetMaxCopy(client, 900)
			photos := client.Bucket("photos")
			url, err := client.GetUploadUrl(t.Context(), &b2.GetUploadUrlInput{BucketId: bucketID(t, client, "photos")})
			if err != nil {
				t.Fatal(err)
			}
			in := &b2.UploadFileInput{UploadUrl: url.UploadUrl, AuthorizationToken: url.AuthorizationToken, FileName: "old", ContentSha1: c.uploaded, Body: bytes.NewReader(content)}
			if c.info != "" {
				in.FileInfo.Set(b2.InfoLargeFileSha1, c.info)
			}
			if _, err := client.UploadFile(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			info, err := photos.Copy(t.Context(), "new", photos, "old", "")
			if err != nil {
				t.Fatal(err)
			}
			file, err := client.GetFileInfo(t.Context(), &b2.GetFileInfoInput{FileId: info.Version})
			if err != nil || file.FileInfo.Get(b2.InfoLargeFileSha1) != c.want {
				t.Errorf("large_file_sha1 %q, %v, want %q", file.FileInfo.Get(b2.InfoLargeFileSha1), err, c.want)
			}
		})
	}
}
