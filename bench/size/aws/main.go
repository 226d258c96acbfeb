// Command aws stores an object with the AWS SDK, to be compared in size. Keys
// come from a function, as the SDK's own look-up is a further module.
package main

import (
	"context"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(os.Args[1]),
		UsePathStyle: true,
		Region:       "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
		}),
	})
	out, err := client.PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String("photos"),
		Key:    aws.String("cat.jpg"),
		Body:   strings.NewReader("meow"),
	})
	if err != nil {
		log.Fatal(err)
	}
	log.Print(aws.ToString(out.ETag))
}
