// Command aws does the work with the AWS SDK for Go v2 and its transfer manager.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		transport := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
			if t.Roots != nil {
				tr.TLSClientConfig = &tls.Config{RootCAs: t.Roots}
			}
		})
		c := s3.New(s3.Options{
			BaseEndpoint: aws.String(t.Endpoint),
			UsePathStyle: true,
			Region:       client.Region,
			Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: client.ID, SecretAccessKey: client.Secret}, nil
			})),
			HTTPClient: transport,
		}, func(o *s3.Options) {
			if t.Unsigned {
				o.APIOptions = append(o.APIOptions, v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
			}
		})
		return &sdk{c, s3.NewPresignClient(c), transfermanager.New(c, func(o *transfermanager.Options) {
			if !t.Defaults {
				o.PartSizeBytes = client.PartSize
				o.Concurrency = client.Concurrency
			}
		})}, nil
	})
}

type sdk struct {
	s3      *s3.Client
	presign *s3.PresignClient
	manager *transfermanager.Client
}

func (c *sdk) Put(ctx context.Context, body []byte) error {
	_, err := c.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(client.Bucket),
		Key:    aws.String(client.Small),
		Body:   bytes.NewReader(body),
	})
	return err
}

func (c *sdk) Get(ctx context.Context) (int64, error) {
	out, err := c.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(client.Bucket), Key: aws.String(client.Small)})
	if err != nil {
		return 0, err
	}
	defer out.Body.Close()
	return io.Copy(io.Discard, out.Body)
}

func (c *sdk) Head(ctx context.Context) (int64, error) {
	out, err := c.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(client.Bucket), Key: aws.String(client.Small)})
	if err != nil {
		return 0, err
	}
	return aws.ToInt64(out.ContentLength), nil
}

func (c *sdk) List(ctx context.Context, bucket string) (int, error) {
	n := 0
	pages := s3.NewListObjectsV2Paginator(c.s3, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return n, err
		}
		n += len(page.Contents)
	}
	return n, nil
}

func (c *sdk) Versions(ctx context.Context) (int, error) {
	out, err := c.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String(client.Bucket)})
	if err != nil {
		return 0, err
	}
	return len(out.Versions) + len(out.DeleteMarkers), nil
}

func (c *sdk) Delete(ctx context.Context, keys []string) (int, error) {
	objects := make([]types.ObjectIdentifier, len(keys))
	for i := range keys {
		objects[i].Key = &keys[i]
	}
	out, err := c.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: aws.String(client.Bucket), Delete: &types.Delete{Objects: objects}})
	if err != nil {
		return 0, err
	}
	return len(out.Deleted), nil
}

func (c *sdk) Presign(ctx context.Context) (string, error) {
	out, err := c.presign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(client.Bucket), Key: aws.String(client.Small)})
	if err != nil {
		return "", err
	}
	return out.URL, nil
}

func (c *sdk) Upload(ctx context.Context, file *os.File) error {
	_, err := c.manager.UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: aws.String(client.Bucket),
		Key:    aws.String(client.Large),
		Body:   file,
	})
	return err
}

func (c *sdk) Download(ctx context.Context, w io.WriterAt) error {
	_, err := c.manager.DownloadObject(ctx, &transfermanager.DownloadObjectInput{
		Bucket:   aws.String(client.Bucket),
		Key:      aws.String(client.Large),
		WriterAt: w,
	})
	return err
}

func (c *sdk) Directory(ctx context.Context, path string) error {
	_, err := c.manager.UploadDirectory(ctx, &transfermanager.UploadDirectoryInput{
		Bucket: aws.String(client.Bucket),
		Source: aws.String(path),
	})
	return err
}

func (c *sdk) Fetch(ctx context.Context) (int64, error) {
	out, err := c.manager.GetObject(ctx, &transfermanager.GetObjectInput{Bucket: aws.String(client.Bucket), Key: aws.String(client.Medium)})
	if err != nil {
		return 0, err
	}
	return io.Copy(io.Discard, out.Body)
}

func (c *sdk) Stream(ctx context.Context, number int, r io.Reader) error {
	_, err := c.manager.UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: aws.String(client.Bucket),
		Key:    aws.String(fmt.Sprint("streams/", number)),
		Body:   r,
	})
	return err
}
