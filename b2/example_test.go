package b2_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
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
