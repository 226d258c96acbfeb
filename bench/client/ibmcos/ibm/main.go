// Command ibm does the work with IBM's SDK for Go and its transfer manager.
package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"

	"github.com/IBM/ibm-cos-sdk-go/aws"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials/ibmiam"
	"github.com/IBM/ibm-cos-sdk-go/aws/session"
	"github.com/IBM/ibm-cos-sdk-go/service/s3"
	"github.com/IBM/ibm-cos-sdk-go/service/s3/s3manager"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		keys := credentials.NewStaticCredentials(client.ID, client.Secret, "")
		if t.Token {
			keys = ibmiam.NewStaticCredentials(aws.NewConfig(), t.Endpoint+client.TokenPath, client.APIKey, client.ServiceInstance)
		}
		s, err := session.NewSession(aws.NewConfig().WithRegion(client.Region).WithEndpoint(t.Endpoint).WithS3ForcePathStyle(true).
			WithCredentials(keys).WithHTTPClient(&http.Client{Transport: client.Transport(t)}))
		if err != nil {
			return nil, err
		}
		c := s3.New(s)
		return &sdk{
			s3: c,
			uploader: s3manager.NewUploaderWithClient(c, func(u *s3manager.Uploader) {
				u.PartSize, u.Concurrency = client.PartSize, client.Concurrency
			}),
			downloader: s3manager.NewDownloaderWithClient(c, func(d *s3manager.Downloader) {
				d.PartSize, d.Concurrency = client.PartSize, client.Concurrency
			}),
		}, nil
	})
}

type sdk struct {
	s3         *s3.S3
	uploader   *s3manager.Uploader
	downloader *s3manager.Downloader
}

func (c *sdk) Put(ctx context.Context, body []byte) error {
	_, err := c.s3.PutObjectWithContext(ctx, &s3.PutObjectInput{
		Bucket: aws.String(client.Bucket), Key: aws.String(client.Small), Body: bytes.NewReader(body),
	})
	return err
}

func (c *sdk) List(ctx context.Context, bucket string) (n int, err error) {
	err = c.s3.ListObjectsV2PagesWithContext(ctx, &s3.ListObjectsV2Input{Bucket: &bucket}, func(page *s3.ListObjectsV2Output, _ bool) bool {
		n += len(page.Contents)
		return true
	})
	return n, err
}

func (c *sdk) Upload(ctx context.Context, file *os.File) error {
	_, err := c.uploader.UploadWithContext(ctx, &s3manager.UploadInput{
		Bucket: aws.String(client.Bucket), Key: aws.String(client.Large), Body: file,
	})
	return err
}

func (c *sdk) Download(ctx context.Context, w io.WriterAt) error {
	_, err := c.downloader.DownloadWithContext(ctx, w, &s3.GetObjectInput{Bucket: aws.String(client.Bucket), Key: aws.String(client.Large)})
	return err
}
