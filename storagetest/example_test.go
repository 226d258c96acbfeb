package storagetest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"strings"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
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
