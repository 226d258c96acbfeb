package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// A program's own function, and the server it is tested against.
func ExampleNewS3() {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})

	client, err := s3.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: "photos", Key: "cat.jpg", Body: strings.NewReader("meow")}); err != nil {
		log.Fatal(err)
	}
	_, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: "dog.jpg"})
	fmt.Println("no dog:", errors.Is(err, fs.ErrNotExist))
	for _, r := range srv.Requests() {
		fmt.Println(r.Operation, r.Status)
	}
	// Output:
	// no dog: true
	// PutObject 200
	// GetObject 404
}

// A server that is busy for two requests: the client tries again.
func ExampleServer_Inject() {
	srv := storagetest.NewS3()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	srv.Inject(storagetest.Fault{Operation: "HeadBucket", Times: 2, Status: 503})

	client, err := s3.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.HeadBucket(context.Background(), &s3.HeadBucketInput{Bucket: "photos"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("attempts:", out.ResponseMetadata.Attempts)
	// Output:
	// attempts: 3
}

// A program's own function, tested with the key that it is going to have and with
// a service that has no room for two uploads.
func ExampleNewB2() {
	srv := storagetest.NewB2()
	defer srv.Close()
	ctx := context.Background()
	owner, err := b2.New(srv.Config()) // the holder of the master key
	if err != nil {
		log.Fatal(err)
	}
	bucket, err := owner.CreateBucket(ctx, &b2.CreateBucketInput{BucketName: "nightly", BucketType: b2.BucketTypeAllPrivate})
	if err != nil {
		log.Fatal(err)
	}

	config := srv.Config()
	id, secret := srv.AddKey(storagetest.B2Key{Capabilities: []string{"listBuckets", "writeFiles"}, BucketIds: []string{bucket.BucketId}})
	config.Credentials = credentials.Static(id, secret, "")
	client, err := b2.New(config)
	if err != nil {
		log.Fatal(err)
	}
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Times: 2, Status: 503, Code: "service_unavailable"})
	nightly := client.Bucket("nightly")
	if _, err := transfer.Upload(ctx, nightly, "monday", strings.NewReader("…")); err != nil {
		log.Fatal(err)
	}
	fmt.Println("may delete:", !errors.Is(nightly.DeleteAll(ctx, "monday"), fs.ErrPermission))
	for _, r := range srv.Requests() {
		if r.Operation == "b2_upload_file" {
			fmt.Println(r.Operation, r.Status)
		}
	}
	// Output:
	// may delete: false
	// b2_upload_file 503
	// b2_upload_file 503
	// b2_upload_file 200
}

// What a bucket's lifecycle rules do to a file, without waiting for it.
func ExampleB2_Tick() {
	srv := storagetest.NewB2()
	defer srv.Close()
	client, err := b2.New(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, err = client.CreateBucket(ctx, &b2.CreateBucketInput{
		BucketName: "nightly", BucketType: b2.BucketTypeAllPrivate,
		LifecycleRules: []b2.LifecycleRule{{FileNamePrefix: "logs/", DaysFromUploadingToHiding: 30}},
	})
	if err != nil {
		log.Fatal(err)
	}
	bucket := client.Bucket("nightly")
	if _, err := bucket.Put(ctx, "logs/monday", transfer.Attrs{}, strings.NewReader("…")); err != nil {
		log.Fatal(err)
	}
	for _, days := range []time.Duration{29, 30} {
		srv.Tick(time.Now().Add(days * 24 * time.Hour))
		_, err := bucket.Stat(ctx, "logs/monday", "")
		fmt.Printf("gone after %d days: %v\n", days, errors.Is(err, fs.ErrNotExist))
	}
	// Output:
	// gone after 29 days: false
	// gone after 30 days: true
}
