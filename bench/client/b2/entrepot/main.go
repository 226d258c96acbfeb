// Command entrepot does the work with this repository's client of B2.
package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/bench/client"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		c, err := b2.New(b2.Config{
			Endpoint:    t.Endpoint,
			Credentials: credentials.Static(client.ID, client.Secret, ""),
		})
		if err != nil {
			return nil, err
		}
		return &entrepot{c, c.Bucket(client.Bucket), t.Verified}, nil
	})
}

type entrepot struct {
	b2       *b2.Client
	bucket   *b2.BucketHandle
	verified bool
}

func (e *entrepot) Put(ctx context.Context, body []byte) error {
	_, err := transfer.Upload(ctx, e.bucket, client.Small, bytes.NewReader(body))
	return err
}

func (e *entrepot) List(ctx context.Context, bucket string) (n int, err error) {
	buckets, err := e.b2.ListBuckets(ctx, &b2.ListBucketsInput{BucketName: bucket})
	if err != nil {
		return 0, err
	}
	in := &b2.ListFileNamesInput{BucketId: buckets.Buckets[0].BucketId, MaxFileCount: client.PageKeys}
	for _, err := range paginator.Items(ctx, e.b2.ListFileNames, in) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (e *entrepot) Upload(ctx context.Context, file *os.File) error {
	_, err := transfer.Upload(ctx, e.bucket, client.Large, file,
		transfer.WithPartSize(client.PartSize), transfer.WithConcurrency(client.Concurrency))
	return err
}

func (e *entrepot) Download(ctx context.Context, w io.WriterAt) error {
	opts := []transfer.Option{transfer.WithPartSize(client.PartSize), transfer.WithConcurrency(client.Concurrency)}
	if !e.verified {
		_, err := transfer.Download(ctx, e.bucket, client.Large, w, opts...)
		return err
	}
	info, err := transfer.DownloadTo(ctx, e.bucket, client.Large, io.NewOffsetWriter(w, 0), opts...)
	if err == nil && info.Verified == "" {
		err = errors.New("the download was not verified")
	}
	return err
}
