// Command entrepot stores an object with package s3, to be compared in size.
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/entrepot-go/entrepot/s3"
)

func main() {
	client, err := s3.New(s3.Config{Endpoint: os.Args[1], PathStyle: true})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.PutObject(context.Background(), &s3.PutObjectInput{Bucket: "photos", Key: "cat.jpg", Body: strings.NewReader("meow")})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(out.ETag)
}
