package b2_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/vectors"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// as returns a client that has another key.
func as(t *testing.T, srv *storagetest.B2, key storagetest.B2Key, opts ...b2.Option) *b2.Client {
	t.Helper()
	id, secret := srv.AddKey(key)
	return connect(t, srv, append(opts, func(c *b2.Config) { c.Credentials = credentials.Static(id, secret, "") })...)
}

func TestCallsThatTheKeyForbidsAreNotMade(t *testing.T) {
	srv, master := start(t)
	photos := bucketID(t, master, "photos")
	other, err := master.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "documents", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		t.Fatal(err)
	}
	documents := other.BucketId
	all := []string{"listBuckets", "listFiles", "readFiles", "writeFiles", "deleteFiles", "writeBuckets", "shareFiles"}
	lacks := func(capability string) string {
		return "the application key may not: it lacks the capability " + capability
	}
	onlyPhotos := "the application key may not: it is restricted to the bucket photos (" + photos + "), "
	onlyA := `the application key may not: it is restricted to names that begin with "a/", not `
	type ctx = context.Context
	for _, c := range []struct {
		name string
		key  storagetest.B2Key
		call func(context.Context, *b2.Client) error
		want string
	}{
		{"capability of a call", storagetest.B2Key{Capabilities: []string{"writeFiles"}}, func(ctx ctx, c *b2.Client) error {
			_, err := c.ListFileNames(ctx, &b2.ListFileNamesInput{BucketId: photos})
			return err
		}, "b2: ListFileNames: " + lacks("listFiles")},
		{"capability of a member", storagetest.B2Key{Capabilities: all}, func(ctx ctx, c *b2.Client) error {
			_, err := c.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: "f", FileId: "4_z", BypassGovernance: true})
			return err
		}, "b2: DeleteFileVersion: " + lacks("bypassGovernance")},
		{"retention of a large file", storagetest.B2Key{Capabilities: all}, func(ctx ctx, c *b2.Client) error {
			_, err := c.StartLargeFile(ctx, &b2.StartLargeFileInput{BucketId: photos, FileName: "f", ContentType: "a/b",
				FileRetention: &b2.FileRetention{Mode: b2.RetentionModeGovernance, RetainUntilTimestamp: time.UnixMilli(1_900_000_000_000)}})
			return err
		}, "b2: StartLargeFile: " + lacks("writeFileRetentions")},
		{"legal hold of a large file", storagetest.B2Key{Capabilities: all}, func(ctx ctx, c *b2.Client) error {
			_, err := c.StartLargeFile(ctx, &b2.StartLargeFileInput{BucketId: photos, FileName: "f", ContentType: "a/b", LegalHold: b2.LegalHoldOff})
			return err
		}, "b2: StartLargeFile: " + lacks("writeFileLegalHolds")},
		{"encryption of a bucket", storagetest.B2Key{Capabilities: all}, func(ctx ctx, c *b2.Client) error {
			_, err := c.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "bucket", BucketType: b2.BucketTypeAllPrivate,
				DefaultServerSideEncryption: &b2.ServerSideEncryption{Mode: b2.EncryptionModeNone}})
			return err
		}, "b2: CreateBucket: " + lacks("writeBucketEncryption")},
		{"bucket by id", storagetest.B2Key{BucketIds: []string{photos}}, func(ctx ctx, c *b2.Client) error {
			_, err := c.GetUploadUrl(ctx, &b2.GetUploadUrlInput{BucketId: documents})
			return err
		}, "b2: GetUploadUrl: " + onlyPhotos + "not " + documents},
		{"bucket by name", storagetest.B2Key{BucketIds: []string{photos}}, func(ctx ctx, c *b2.Client) error {
			_, err := c.Bucket("documents").ID(ctx)
			return err
		}, "b2: ListBuckets: " + onlyPhotos + "not documents"},
		{"every bucket", storagetest.B2Key{BucketIds: []string{photos}}, func(ctx ctx, c *b2.Client) error {
			_, err := c.ListBuckets(ctx, nil)
			return err
		}, "b2: ListBuckets: " + onlyPhotos + "so BucketId or BucketName must name one"},
		{"prefix of a list", storagetest.B2Key{NamePrefix: "a/"}, func(ctx ctx, c *b2.Client) error {
			_, err := c.ListFileNames(ctx, &b2.ListFileNamesInput{BucketId: photos})
			return err
		}, "b2: ListFileNames: " + onlyA + `""`},
		{"name of a large file", storagetest.B2Key{NamePrefix: "a/", BucketIds: []string{photos}}, func(ctx ctx, c *b2.Client) error {
			_, err := c.Bucket("photos").Begin(ctx, "b", transfer.Attrs{})
			return err
		}, "b2: StartLargeFile: " + onlyA + `"b"`},
		{"name of an upload", storagetest.B2Key{NamePrefix: "a/"}, func(ctx ctx, c *b2.Client) error {
			_, err := c.Bucket("photos").Put(ctx, "b", transfer.Attrs{}, strings.NewReader("x"))
			return err
		}, "b2: UploadFile: " + onlyA + `"b"`},
		{"retention of an upload", storagetest.B2Key{Capabilities: all}, func(ctx ctx, c *b2.Client) error {
			photos := c.Bucket("photos").With(b2.Template{Upload: b2.UploadFileInput{FileRetentionMode: b2.RetentionModeCompliance}})
			_, err := photos.Put(ctx, "b", transfer.Attrs{}, strings.NewReader("x"))
			return err
		}, "b2: UploadFile: " + lacks("writeFileRetentions")},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := as(t, srv, c.key)
			if _, err := client.AuthorizeAccount(t.Context(), nil); err != nil { // so that no request is left to be made
				t.Fatal(err)
			}
			srv.ForgetRequests()
			err := c.call(t.Context(), client)
			if err == nil || err.Error() != c.want {
				t.Fatalf("error %v\nwant  %s", err, c.want)
			}
			var e *b2.Error
			if !errors.As(err, &e) || e.Attempts != 0 || !errors.Is(err, b2.ErrUnauthorized) || !errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%#v", e)
			}
			if n := len(srv.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestCallsThatMayBeAllowedAreMade(t *testing.T) {
	srv, master := start(t)
	ctx := t.Context()
	public, err := master.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "public", BucketType: b2.BucketTypeAllPublic})
	if err != nil {
		t.Fatal(err)
	}
	photos := bucketID(t, master, "photos")
	file := put(t, master.Bucket("public"), "f", []byte("x"))
	put(t, master.Bucket("photos"), "secret", []byte("x"))
	for _, c := range []struct {
		name string
		key  storagetest.B2Key
		call func(*b2.Client) error
	}{
		{"a download from a public bucket without readFiles", storagetest.B2Key{Capabilities: []string{"listFiles"}}, func(c *b2.Client) error {
			out, err := c.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "public", FileName: "f"})
			if err == nil {
				out.Body.Close()
			}
			return err
		}},
		{"a public file by id", storagetest.B2Key{Capabilities: []string{"listFiles"}}, func(c *b2.Client) error {
			out, err := c.DownloadFileById(ctx, &b2.DownloadFileByIdInput{FileId: file.Version})
			if err == nil {
				out.Body.Close()
			}
			return err
		}},
		{"the allowed bucket by name", storagetest.B2Key{BucketIds: []string{photos}}, func(c *b2.Client) error {
			_, err := c.ListBuckets(ctx, &b2.ListBucketsInput{BucketName: "photos"})
			return err
		}},
		{"one of several buckets", storagetest.B2Key{BucketIds: []string{photos, public.BucketId}}, func(c *b2.Client) error {
			_, err := c.GetUploadUrl(ctx, &b2.GetUploadUrlInput{BucketId: public.BucketId})
			return err
		}},
		{"a bucket by name, with one that is gone among the allowed", storagetest.B2Key{BucketIds: []string{photos, "ffffffffffffffffffffffff"}}, func(c *b2.Client) error {
			_, err := c.ListBuckets(ctx, &b2.ListBucketsInput{BucketName: "gone"})
			if errors.Is(err, b2.ErrUnauthorized) && strings.Contains(err.Error(), "status 401") {
				return nil // it is the server that says so
			}
			return err
		}},
		{"an upload to an URL of another key's", storagetest.B2Key{Capabilities: []string{"readFiles"}}, func(c *b2.Client) error {
			at, err := master.GetUploadUrl(ctx, &b2.GetUploadUrlInput{BucketId: photos})
			if err != nil {
				return err
			}
			_, err = c.UploadFile(ctx, &b2.UploadFileInput{UploadUrl: at.UploadUrl, AuthorizationToken: at.AuthorizationToken, FileName: "f", Body: bytes.NewReader([]byte("x"))})
			return err
		}},
		{"a name within the prefix", storagetest.B2Key{NamePrefix: "a/"}, func(c *b2.Client) error {
			_, err := c.Bucket("photos").Put(ctx, "a/b", transfer.Attrs{}, strings.NewReader("x"))
			return err
		}},
		{"a retention that is none", storagetest.B2Key{Capabilities: []string{"writeFiles"}}, func(c *b2.Client) error {
			_, err := c.StartLargeFile(ctx, &b2.StartLargeFileInput{BucketId: photos, FileName: "f", ContentType: "a/b", FileRetention: &b2.FileRetention{}})
			if err != nil && !strings.Contains(err.Error(), "may not") {
				return nil // the server has its own mind about it
			}
			return err
		}},
	} {
		if err := c.call(as(t, srv, c.key)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestRefusalSaysWhatTheKeyMay(t *testing.T) {
	srv, master := start(t)
	photos := bucketID(t, master, "photos")
	put(t, master.Bucket("photos"), "b", []byte("x"))
	client := as(t, srv, storagetest.B2Key{Capabilities: []string{"listFiles", "shareFiles"}, BucketIds: []string{photos}, NamePrefix: "a/"})
	_, err := client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "b", Head: true})
	if !errors.Is(err, fs.ErrPermission) || !errors.Is(err, b2.ErrUnauthorized) || !strings.Contains(err.Error(), "the application key has the capabilities listFiles, shareFiles") {
		t.Errorf("an answer that does not tell: %v", err)
	}
	_, err = client.DownloadFileByName(t.Context(), &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "b"})
	want := "; the application key has the capabilities listFiles, shareFiles, for the bucket photos (" + photos + `), for names that begin with "a/" (status 401`
	var e *b2.Error
	if !errors.Is(err, b2.ErrUnauthorized) || !strings.Contains(err.Error(), want) || !errors.As(err, &e) || strings.Contains(e.Message, "shareFiles") {
		t.Errorf("error %v\nwant %s", err, want)
	}
}

func TestKeyThatDoesNotSayWhatItMayIsNotJudged(t *testing.T) {
	record := &recorder{} // its authorization has no capabilities
	client := recorded(t, record)
	if _, err := client.ListFileNames(t.Context(), &b2.ListFileNamesInput{BucketId: "b"}); err != nil {
		t.Error(err)
	}
}

// TestRights compares what operations need with the facts.
func TestRights(t *testing.T) {
	source := ""
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	rights := make(map[string]string)
	for _, m := range regexp.MustCompile(`pipeline\.Operation{Name: "\w+", Method: "POST", Path: "/b2api/v4/b2_(\w+)"(?:.*Right: "(\w+)")?`).FindAllStringSubmatch(source, -1) {
		rights[m[1]] = m[2]
	}
	rows := regexp.MustCompile(`(?m)^\| \d+ \| b2_(\w+) \| ([A-Za-z]+|–)`).FindAllStringSubmatch(factSections(string(vectors.Facts(t, "b2.md")))["3.0"], -1)
	if len(rows) != 31 {
		t.Fatalf("%d operations in the facts", len(rows))
	}
	for _, m := range rows {
		got, ok := rights[m[1]]
		switch m[1] {
		case "authorize_account", "download_file_by_id", "download_file_by_name", "upload_file", "upload_part", "list_parts":
			if got != "" {
				t.Errorf("%s needs %s, which is not certain", m[1], got)
			}
		default:
			if !ok || got != m[2] {
				t.Errorf("%s needs %q, want %q", m[1], got, m[2])
			}
		}
	}
}
