package b2_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

func TestStartWhoseAnswerIsLost(t *testing.T) {
	for _, c := range []struct {
		name         string
		fault        storagetest.Fault
		then         int // status of the second answer
		capabilities []string
		fails        bool
		left         int
	}{
		{name: "once", fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}},
		{name: "every time", fault: storagetest.Fault{Reset: storagetest.BeforeResponse()}, fails: true},
		{name: "with a key that may not list", fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, capabilities: []string{"listBuckets", "writeFiles"}, left: 1},
		{name: "never", fault: storagetest.Fault{Nth: 1, Status: 503}},
		{name: "and refused after that", fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, then: 400, fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, master := start(t)
			client := as(t, srv, storagetest.B2Key{Capabilities: c.capabilities})
			// What is not an orphan stays: another name, other properties, another
			// program's that has a part, one that was there before.
			for _, in := range []b2.StartLargeFileInput{{FileName: "big2", ContentType: "a/b"}, {FileName: "big", ContentType: "a/c"}} {
				in.BucketId = bucketID(t, master, "photos")
				if _, err := master.StartLargeFile(t.Context(), &in); err != nil {
					t.Fatal(err)
				}
			}
			other, err := master.Bucket("photos").Begin(t.Context(), "big", transfer.Attrs{ContentType: "a/b"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := other.Part(t.Context(), 1, strings.NewReader("part")); err != nil {
				t.Fatal(err)
			}
			own, err := client.Bucket("photos").Begin(t.Context(), "big", transfer.Attrs{ContentType: "a/b"})
			if err != nil {
				t.Fatal(err)
			}
			c.fault.Operation = "b2_start_large_file"
			srv.Inject(c.fault)
			if c.then != 0 {
				srv.Inject(storagetest.Fault{Operation: c.fault.Operation, Nth: 2, Status: c.then, Code: "bad_request"})
			}
			up, err := client.Bucket("photos").Begin(t.Context(), "big", transfer.Attrs{ContentType: "a/b"})
			if (err != nil) != c.fails {
				t.Fatalf("Begin: %v", err)
			}
			srv.ForgetFaults()
			for _, u := range []transfer.MultipartUpload{up, own, other} {
				if c.fails && u == up {
					continue
				}
				if _, err := u.Part(t.Context(), 2, strings.NewReader("part")); err != nil {
					t.Errorf("an upload that is no orphan: %v", err)
				}
			}
			want := 4 + c.left
			if !c.fails {
				want++
			}
			if n := unfinished(t, master); n != want {
				t.Errorf("%d unfinished files, want %d", n, want)
			}
		})
	}
}

// leave begins an upload that fails at its third part, and is kept.
func leave(t *testing.T, srv *storagetest.B2, bucket transfer.Bucket, content []byte, opts ...transfer.Option) {
	t.Helper()
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Status: 403, Code: "storage_cap_exceeded",
		Match: func(r *http.Request) bool { return r.Header.Get("X-Bz-Part-Number") == "3" }})
	opts = append([]transfer.Option{transfer.WithResume(), transfer.WithPartSize(100), transfer.WithConcurrency(1)}, opts...)
	if _, err := transfer.Upload(t.Context(), bucket, "big", bytes.NewReader(content), opts...); !errors.Is(err, b2.ErrStorageCapExceeded) || !strings.Contains(err.Error(), "4_z") {
		t.Fatalf("error %v", err)
	}
	srv.ForgetFaults()
	srv.ForgetRequests()
}

func TestResumedUpload(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 50)
	locked := b2.Template{Upload: b2.UploadFileInput{
		FileRetentionMode: b2.RetentionModeGovernance, FileRetentionRetainUntilTimestamp: time.UnixMilli(4_000_000_000_000), FileLegalHold: b2.LegalHoldOn,
	}}
	sum := func(b ...byte) transfer.Option {
		return transfer.WithAttrs(transfer.Attrs{SHA1: append(b, make([]byte, 20-len(b))...)})
	}
	for _, c := range []struct {
		name          string
		before, after b2.Template
		opts, later   []transfer.Option
		key           *storagetest.B2Key
		refused       string // why; empty: it is resumed
	}{
		{name: "the same"},
		{name: "another content type", opts: []transfer.Option{transfer.WithContentType("a/b")}, later: []transfer.Option{transfer.WithContentType("a/c")},
			refused: `its content type is "a/b", not "a/c"`},
		{name: "another FileInfo", opts: []transfer.Option{transfer.WithMetadata(map[string]string{"Color": "red"})},
			later: []transfer.Option{transfer.WithMetadata(map[string]string{"color": "blue"})}, refused: `its FileInfo has color "red", not "blue"`},
		{name: "an entry too many", opts: []transfer.Option{transfer.WithMetadata(map[string]string{"color": "red"})},
			refused: `its FileInfo has color "red", which is not wanted`},
		{name: "the same FileInfo", opts: []transfer.Option{transfer.WithMetadata(map[string]string{"Color": "red"})},
			later: []transfer.Option{transfer.WithMetadata(map[string]string{"color": "red"})}},
		{name: "a SHA-1 that is not known now", opts: []transfer.Option{sum(1)}, refused: "its FileInfo has large_file_sha1"},
		{name: "the same SHA-1", opts: []transfer.Option{sum(1)}, later: []transfer.Option{sum(1)}},
		{name: "another SHA-1", opts: []transfer.Option{sum(1)}, later: []transfer.Option{sum(2)}, refused: "its FileInfo has large_file_sha1"},
		{name: "the encryption of the bucket", before: b2.Template{Upload: b2.UploadFileInput{ServerSideEncryption: b2.EncryptionAlgorithmAES256}}},
		{name: "another encryption", after: b2.Template{Upload: b2.UploadFileInput{ServerSideEncryption: b2.EncryptionAlgorithmAES256}},
			refused: `its encryption is "", not "SSE-B2"`},
		{name: "a customer's key", after: keyTemplate("k"), refused: "it is not told with which key it was begun"},
		{name: "retention and legal hold", before: locked, after: locked},
		{name: "a retention", before: b2.Template{Upload: b2.UploadFileInput{FileRetentionMode: locked.Upload.FileRetentionMode,
			FileRetentionRetainUntilTimestamp: locked.Upload.FileRetentionRetainUntilTimestamp}}, refused: "its retention is"},
		{name: "a legal hold", after: b2.Template{Upload: b2.UploadFileInput{FileLegalHold: b2.LegalHoldOn}}, refused: `its legal hold is "", not "on"`},
		{name: "a key that may not list", key: &storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles"}}, refused: "it lacks the capability listFiles"},
		{name: "a key that may not see retentions", key: &storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles", "listFiles"}}, refused: "readFileRetentions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, client := start(t)
			if _, err := client.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "locked", BucketType: b2.BucketTypeAllPrivate, FileLockEnabled: true}); err != nil {
				t.Fatal(err)
			}
			leave(t, srv, client.Bucket("locked").With(c.before), content, c.opts...)
			later := client
			if c.key != nil {
				later = as(t, srv, *c.key)
			}
			srv.ForgetRequests()
			var refused []string
			var last transfer.Event
			opts := append([]transfer.Option{transfer.WithResume(), transfer.WithPartSize(100), transfer.WithProgress(func(e transfer.Event) {
				if last = e; e.Refused != nil {
					refused = append(refused, e.Refused.Error())
				}
			})}, c.later...)
			if c.later != nil {
				opts = append(opts, transfer.WithPartSize(100))
			}
			info, err := transfer.Upload(t.Context(), later.Bucket("locked").With(c.after), "big", bytes.NewReader(content), opts...)
			if err != nil || info.Size != int64(len(content)) {
				t.Fatalf("Upload = %+v, %v", info, err)
			}
			want := 3
			if c.refused != "" {
				want = 5
			}
			if n := count(srv, "b2_upload_part"); n != want || last.Reused != 5-want || last.Bytes != info.Size {
				t.Errorf("%d parts were sent, want %d; %+v", n, want, last)
			}
			if c.refused == "" && len(refused) > 0 || c.refused != "" && !slices.ContainsFunc(refused, func(s string) bool { return strings.Contains(s, c.refused) }) {
				t.Errorf("refused %q, want %s", refused, c.refused)
			}
			var got bytes.Buffer
			if _, err := transfer.DownloadTo(t.Context(), client.Bucket("locked").With(c.after), "big", &got); c.later == nil && c.opts == nil && (err != nil || !bytes.Equal(got.Bytes(), content)) {
				t.Errorf("downloaded %d bytes, %v", got.Len(), err)
			}
		})
	}
}

// TestNothingIsLeftThatCannotBeResumed has uploads fail of which the parts would be
// billed for nothing.
func TestNothingIsLeftThatCannotBeResumed(t *testing.T) {
	for _, c := range []struct {
		name     string
		template b2.Template
		key      storagetest.B2Key
		left     int
	}{
		{name: "a customer's key", template: keyTemplate("k")},
		{name: "a key that may not list", key: storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles"}}},
		{name: "a key that may not see retentions", key: storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles", "listFiles", "readFileLegalHolds"}}},
		{name: "a key that may not see legal holds", key: storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles", "listFiles", "readFileRetentions"}}},
		{name: "a key that may", key: storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles", "listFiles", "readFileRetentions", "readFileLegalHolds"}}, left: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, client := start(t)
			srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Nth: 3, Status: 403, Code: "storage_cap_exceeded"})
			photos := as(t, srv, c.key).Bucket("photos").With(c.template)
			if _, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(make([]byte, 500)), transfer.WithResume(), transfer.WithPartSize(100)); !errors.Is(err, b2.ErrStorageCapExceeded) {
				t.Fatalf("error %v", err)
			}
			if n := unfinished(t, client); n != c.left {
				t.Errorf("%d unfinished files, want %d", n, c.left)
			}
		})
	}
}

func TestResumeOfWhatIsGoneMeanwhile(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 50)
	leave(t, srv, photos, content)
	var done atomic.Bool
	srv.Inject(storagetest.Fault{Operation: "b2_list_parts", Match: func(*http.Request) bool {
		if !done.Swap(true) {
			if n, err := photos.CancelUnfinished(context.Background(), "", 0); n != 1 || err != nil {
				t.Errorf("CancelUnfinished = %d, %v", n, err)
			}
		}
		return false
	}})
	if _, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(content), transfer.WithResume(), transfer.WithPartSize(100)); err != nil {
		t.Error(err)
	}
	if n := count(srv, "b2_upload_part"); n != 5 {
		t.Errorf("%d parts were sent, want 5", n)
	}
}

func TestResumeUnderACondition(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 50)
	leave(t, srv, photos, content)
	_, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(content), transfer.WithResume(), transfer.WithIfAbsent(), transfer.WithPartSize(100))
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("error %v", err)
	}
}

func TestResumeTakesTheNewest(t *testing.T) {
	srv, client := start(t)
	photos := client.Bucket("photos")
	content := bytes.Repeat([]byte("0123456789"), 50)
	leave(t, srv, photos, content)
	newest, err := photos.Begin(t.Context(), "big", transfer.Attrs{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := photos.Begin(t.Context(), "bigger", transfer.Attrs{}); err != nil {
		t.Fatal(err)
	}
	info, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(content), transfer.WithResume(), transfer.WithPartSize(100))
	if err != nil || info.Version != newest.ID() {
		t.Errorf("resumed %s, %v, want %s", info.Version, err, newest.ID())
	}
}

// TestResumeOfWhatIsOlderThanTheFile is about large files that other versions have
// overtaken: a finished file has the time of its start.
func TestResumeOfWhatIsOlderThanTheFile(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 50)
	for name, overtake := range map[string]func(*testing.T, *b2.BucketHandle){
		"another version": func(t *testing.T, photos *b2.BucketHandle) { put(t, photos, "big", []byte("newer")) },
		"a hide marker": func(t *testing.T, photos *b2.BucketHandle) {
			if err := photos.Hide(t.Context(), "big"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv, client := start(t)
			photos := client.Bucket("photos")
			put(t, photos, "big", []byte("older"))
			leave(t, srv, photos, content)
			overtake(t, photos)
			var refused string
			info, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(content), transfer.WithResume(), transfer.WithPartSize(100),
				transfer.WithProgress(func(e transfer.Event) {
					if e.Refused != nil {
						refused = e.Refused.Error()
					}
				}))
			if err != nil || !strings.Contains(refused, "started before version") {
				t.Errorf("Upload: %v; refused: %s", err, refused)
			}
			if got, err := photos.Stat(t.Context(), "big", ""); err != nil || got.Version != info.Version {
				t.Errorf("the file is %s, %v, and not what was uploaded, %s", got.Version, err, info.Version)
			}
		})
	}
	srv, client := start(t)
	srv.Configure(storagetest.B2Settings{CustomUploadTimestamps: true})
	photos := client.Bucket("photos").With(b2.Template{Upload: b2.UploadFileInput{CustomUploadTimestamp: time.UnixMilli(1_000_000_000_000)}})
	leave(t, srv, photos, content)
	put(t, client.Bucket("photos"), "big", []byte("newer"))
	if _, err := transfer.Upload(t.Context(), photos, "big", bytes.NewReader(content), transfer.WithResume(), transfer.WithPartSize(100)); err != nil {
		t.Fatal(err)
	}
	if n := count(srv, "b2_upload_part"); n != 3 {
		t.Errorf("with a time of its own, %d parts were sent, want 3", n)
	}
}

// TestStartOfOthersAtTheSameTime has two programs start the same file at the same
// time, before either has sent a part: whose a large file is cannot be seen.
func TestStartOfOthersAtTheSameTime(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault storagetest.Fault
		fails bool
		left  int // beside what is started in the end
	}{
		{name: "a token that had expired", fault: storagetest.Fault{Nth: 1, Status: 401, Code: "expired_auth_token"}, left: 1},
		{name: "too many requests", fault: storagetest.Fault{Nth: 1, Times: 2, Status: 429}, left: 1},
		{name: "a lost answer: an orphan too many", fault: storagetest.Fault{Nth: 1, Reset: storagetest.BeforeResponse()}, left: 2},
		{name: "only lost answers", fault: storagetest.Fault{Reset: storagetest.BeforeResponse()}, fails: true, left: 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv, client := start(t)
			c.fault.Operation = "b2_start_large_file"
			var others atomic.Bool
			c.fault.Match = func(*http.Request) bool { return !others.Load() }
			srv.Inject(c.fault)
			srv.Inject(storagetest.Fault{Operation: "b2_list_unfinished_large_files", Match: func(*http.Request) bool {
				if !others.Swap(true) {
					if _, err := connect(t, srv).Bucket("photos").Begin(context.Background(), "big", transfer.Attrs{}); err != nil {
						t.Error(err)
					}
				}
				return false
			}})
			_, err := client.Bucket("photos").Begin(t.Context(), "big", transfer.Attrs{})
			if (err != nil) != c.fails {
				t.Fatalf("Begin: %v", err)
			}
			want := c.left
			if !c.fails {
				want++
			}
			if n := unfinished(t, client); n != want {
				t.Errorf("%d unfinished files, want %d", n, want)
			}
		})
	}
}

// TestStartOfAnotherWhileOrphansAreLookedFor has the same client start the file once
// more, between the end of a start whose first answer was lost and the search for
// what that has left.
func TestStartOfAnotherWhileOrphansAreLookedFor(t *testing.T) {
	srv, client := start(t)
	photos, master := client.Bucket("photos"), connect(t, srv)
	srv.Inject(storagetest.Fault{Operation: "b2_start_large_file", Nth: 1, Reset: storagetest.BeforeResponse()})
	srv.Inject(storagetest.Fault{Operation: "b2_start_large_file", Nth: 3, Stall: storagetest.BeforeResponse()})
	another := make(chan transfer.MultipartUpload, 1)
	var once atomic.Bool
	srv.Inject(storagetest.Fault{Operation: "b2_list_unfinished_large_files", Match: func(*http.Request) bool {
		if !once.Swap(true) {
			go func() {
				up, err := photos.Begin(context.Background(), "big", transfer.Attrs{})
				if err != nil {
					t.Error(err)
				}
				another <- up
			}()
			for unfinished(t, master) < 3 { // the answer that tells of the third is held back
				time.Sleep(time.Millisecond)
			}
		}
		return false
	}})
	if _, err := photos.Begin(t.Context(), "big", transfer.Attrs{}); err != nil {
		t.Fatal(err)
	}
	srv.Release()
	if _, err := (<-another).Part(t.Context(), 1, strings.NewReader("part")); err != nil {
		t.Errorf("an upload that is no orphan: %v", err)
	}
}
