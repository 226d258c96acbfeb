package b2_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
	"golang.org/x/sync/errgroup"
)

// newClient stands for b2.New(b2.Config{}), which takes the application key
// from the environment.
func newClient() (*b2.Client, func()) {
	srv := storagetest.NewB2()
	client, err := b2.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, srv.Close
}

func ExampleClient_ListBuckets() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()

	_, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.ListBuckets(ctx, &b2.ListBucketsInput{})
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range out.Buckets {
		fmt.Println(b.BucketName, b.BucketType)
	}
	// Output: photos allPrivate
}

func ExampleClient_Bucket() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}

	photos := client.Bucket("photos") // keep it: it reuses upload URLs
	info, err := transfer.Upload(ctx, photos, "notes/today.txt", strings.NewReader("It rains."))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Name, info.Size)

	_, err = photos.Stat(ctx, "notes/tomorrow.txt", "")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// notes/today.txt 9
	// true
}

func ExampleBucketHandle_With() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}

	// Everything that is uploaded through this handle is encrypted.
	photos := client.Bucket("photos").With(b2.Template{
		Upload: b2.UploadFileInput{ServerSideEncryption: b2.EncryptionAlgorithmAES256},
	})
	info, err := photos.Put(ctx, "cat.jpg", transfer.Attrs{}, strings.NewReader("meow"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Native.(*b2.UploadFileOutput).ServerSideEncryption.Mode)
	// Output: SSE-B2
}

func ExampleClient_DownloadFileByName() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Bucket("photos").Put(ctx, "a.txt", transfer.Attrs{}, strings.NewReader("It rains.\n")); err != nil {
		log.Fatal(err)
	}

	out, err := client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "a.txt"})
	if err != nil {
		log.Fatal(err)
	}
	defer out.Body.Close()
	if _, err := io.Copy(os.Stdout, out.Body); err != nil { // verified by its SHA-1
		log.Fatal(err)
	}

	_, err = client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "b.txt"})
	var e *b2.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, e.StatusCode)
	}
	// Output:
	// It rains.
	// not_found 404
}

func ExampleClient_CreateKey() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	bucket, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}

	// A key for a program that only uploads, to one folder of one bucket.
	key, err := client.CreateKey(ctx, &b2.CreateKeyInput{
		KeyName:                "camera",
		Capabilities:           []b2.Capability{b2.CapabilityListBuckets, b2.CapabilityWriteFiles},
		BucketIds:              []string{bucket.BucketId},
		NamePrefix:             "incoming/",
		ValidDurationInSeconds: 24 * 3600,
	})
	if err != nil {
		log.Fatal(err)
	}
	as := func(c *b2.Config) {
		c.Credentials = credentials.Static(key.ApplicationKeyId, string(key.ApplicationKey), "")
	}
	_, err = client.HideFile(ctx, &b2.HideFileInput{BucketId: bucket.BucketId, FileName: "private/diary.txt"}, as)
	fmt.Println(err)
	fmt.Println(errors.Is(err, b2.ErrUnauthorized))
	// Output:
	// b2: HideFile: the application key may not: it is restricted to names that begin with "incoming/", not "private/diary.txt"
	// true
}

func ExampleClient_HideFile() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	bucket, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}
	photos := client.Bucket("photos")
	for _, content := range []string{"meow", "meow meow"} {
		if _, err := photos.Put(ctx, "cat.jpg", transfer.Attrs{}, strings.NewReader(content)); err != nil {
			log.Fatal(err)
		}
	}
	if _, err := client.HideFile(ctx, &b2.HideFileInput{BucketId: bucket.BucketId, FileName: "cat.jpg"}); err != nil {
		log.Fatal(err)
	}

	for file, err := range paginator.Items(ctx, client.ListFileVersions, &b2.ListFileVersionsInput{BucketId: bucket.BucketId}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(file.FileName, file.Action, file.ContentLength)
	}
	// Output:
	// cat.jpg hide 0
	// cat.jpg upload 9
	// cat.jpg upload 4
}

// All versions of all files with a prefix are deleted: some at a time, as each
// takes a call, which is free.
func ExampleClient_DeleteFileVersion() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	bucket, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}
	photos := client.Bucket("photos")
	for _, name := range []string{"2025/cat.jpg", "2025/cat.jpg", "2025/dog.jpg", "2026/cat.jpg"} {
		if _, err := photos.Put(ctx, name, transfer.Attrs{}, strings.NewReader("a picture")); err != nil {
			log.Fatal(err)
		}
	}
	if err := photos.Hide(ctx, "2025/dog.jpg"); err != nil {
		log.Fatal(err)
	}

	deletePrefix := func(ctx context.Context, prefix string) error {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(16)
		list := &b2.ListFileVersionsInput{BucketId: bucket.BucketId, Prefix: prefix, MaxFileCount: 1000}
		for v, err := range paginator.Items(ctx, client.ListFileVersions, list) {
			if err != nil {
				return errors.Join(g.Wait(), err)
			}
			g.Go(func() error {
				_, err := client.DeleteFileVersion(ctx, &b2.DeleteFileVersionInput{FileName: v.FileName, FileId: v.FileId})
				if errors.Is(err, fs.ErrNotExist) { // somebody else was faster
					return nil
				}
				return err
			})
		}
		return g.Wait()
	}
	if err := deletePrefix(ctx, "2025/"); err != nil {
		log.Fatal(err)
	}

	for v, err := range paginator.Items(ctx, client.ListFileVersions, &b2.ListFileVersionsInput{BucketId: bucket.BucketId}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(v.FileName, v.Action)
	}
	// Output: 2026/cat.jpg upload
}

func ExampleClient_UpdateBucket() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	bucket, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}

	// What is left out stays as it is; what is empty is cleared.
	out, err := client.UpdateBucket(ctx, &b2.UpdateBucketInput{
		BucketId:       bucket.BucketId,
		LifecycleRules: []b2.LifecycleRule{{FileNamePrefix: "tmp/", DaysFromUploadingToHiding: 7, DaysFromHidingToDeleting: 1}},
		CorsRules:      []b2.CorsRule{},
		IfRevisionIs:   bucket.Revision, // nobody else has changed it
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.BucketType, len(out.LifecycleRules), len(out.CorsRules))
	// Output: allPrivate 1 0
}

func ExampleClient_DownloadURL() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}
	if _, err := client.Bucket("photos").Put(ctx, "cat.txt", transfer.Attrs{}, strings.NewReader("meow")); err != nil {
		log.Fatal(err)
	}

	link, err := client.DownloadURL(ctx, &b2.DownloadURLInput{
		BucketName:           "photos",
		FileName:             "cat.txt",
		ValidFor:             time.Hour,
		B2ContentDisposition: "attachment; filename=cat.txt",
	})
	if err != nil {
		log.Fatal(err)
	}
	resp, err := http.Get(link.URL) // by anybody
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s\n", resp.Header.Get("Content-Disposition"), content)
	// Output: attachment; filename=cat.txt: meow
}

func ExampleParseNotification() {
	const secret = "abcdefghijklmnopqrstuvwxyz012345" // of the rule

	webhook := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return
		}
		n, err := b2.ParseNotification(body, r.Header.Get(b2.NotificationSignatureHeader), secret)
		if errors.Is(err, b2.ErrNotificationSignature) {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for _, e := range n.Events {
			fmt.Println(e.EventType, e.BucketName, e.ObjectName)
		}
	}

	// As the service does it.
	const body = `{"events":[{"eventType":"b2:ObjectCreated:Upload","bucketName":"photos","objectName":"cat.jpg"}]}`
	for _, signature := range []string{
		"v1=83e4e31b8d9a1e3f3d8c8fd9ed7ed9d2b2c4a5f07b9a4f5e9d6dcd4b1e1ad8f1",
		"v1=c25c6c9d6a31c819f3142b5715c3f95d6cfe481cbd703f2e2a35744387156ba6",
	} {
		r := httptest.NewRequest("POST", "/b2", strings.NewReader(body))
		r.Header.Set(b2.NotificationSignatureHeader, signature)
		w := httptest.NewRecorder()
		webhook(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 401
	// b2:ObjectCreated:Upload photos cat.jpg
	// 200
}

func ExampleNewCustomerKey() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}

	var raw [32]byte
	rand.Read(raw[:]) // keep it: nobody else does
	key := b2.NewCustomerKey(raw)
	photos := client.Bucket("photos").With(key.Template())
	if _, err := photos.Put(ctx, "cat.jpg", transfer.Attrs{}, strings.NewReader("meow")); err != nil {
		log.Fatal(err)
	}
	_, err := client.Bucket("photos").Stat(ctx, "cat.jpg", "")
	fmt.Println("without the key:", err != nil)
	_, err = photos.Stat(ctx, "cat.jpg", "")
	fmt.Println("with the key:", err)
	// Output:
	// without the key: true
	// with the key: <nil>
}

func ExampleBucketHandle_Copy() {
	client, stop := newClient()
	defer stop()
	ctx := context.Background()
	for _, name := range []string{"photos", "archive"} {
		if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: name, BucketType: b2.BucketTypeAllPrivate}); err != nil {
			log.Fatal(err)
		}
	}
	photos, archive := client.Bucket("photos"), client.Bucket("archive")
	if _, err := transfer.Upload(ctx, photos, "cat.jpg", strings.NewReader("a cat"), transfer.WithContentType("image/jpeg")); err != nil {
		log.Fatal(err)
	}

	// Of any size; the content stays within the service.
	info, err := archive.Copy(ctx, "2026/cat.jpg", photos, "cat.jpg", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Name, info.Size, info.Attrs.ContentType)

	// With the copy made, this is what moves a file.
	if err := photos.DeleteAll(ctx, "cat.jpg"); err != nil {
		log.Fatal(err)
	}
	_, err = photos.Stat(ctx, "cat.jpg", "")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// 2026/cat.jpg 5 image/jpeg
	// true
}

func ExampleBucketHandle_Unfinished() {
	srv := storagetest.NewB2(storagetest.WithMinPartSize(1000))
	defer srv.Close()
	client, err := b2.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, err := client.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "photos", BucketType: b2.BucketTypeAllPrivate}); err != nil {
		log.Fatal(err)
	}
	photos := client.Bucket("photos")
	content := strings.NewReader(strings.Repeat("0123456789", 1000))

	// This one ends before it is done, and stays for later.
	srv.Inject(storagetest.Fault{Operation: "b2_upload_part", Nth: 4, Status: 403, Code: "storage_cap_exceeded"})
	opts := []transfer.Option{transfer.WithResume(), transfer.WithPartSize(1000), transfer.WithConcurrency(1)}
	_, err = transfer.Upload(ctx, photos, "backup.tar", content, opts...)
	fmt.Println(errors.Is(err, b2.ErrCapExceeded))

	// This one goes on with it, perhaps in another program.
	reused := 0
	opts = append(opts, transfer.WithProgress(func(e transfer.Event) {
		reused = e.Reused
		if e.Refused != nil {
			log.Println(e.Refused)
		}
	}))
	info, err := transfer.Upload(ctx, photos, "backup.tar", content, opts...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Size, "bytes,", reused, "of", info.Parts, "parts were there")
	// Output:
	// true
	// 10000 bytes, 3 of 10 parts were there
}
