// Command minio stores an object with minio-go, to be compared in size.
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

func main() {
	client, err := minio.New(strings.TrimPrefix(os.Args[1], "http://"), &minio.Options{Creds: credentials.NewEnvAWS(), Region: "us-east-1"})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.PutObject(context.Background(), "photos", "cat.jpg", strings.NewReader("meow"), 4, minio.PutObjectOptions{})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(out.ETag)
}
