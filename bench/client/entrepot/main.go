// Command entrepot does the work with the clients of this repository.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/entrepot-go/entrepot/bench/client"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		if t.RootFile != "" {
			// With an HTTPClient of ours, its transport would be measured.
			if err := os.Setenv("AWS_CA_BUNDLE", t.RootFile); err != nil {
				return nil, err
			}
		}
		c, err := s3.New(s3.Config{
			Endpoint:        t.Endpoint,
			Server:          s3.ServerAWS,
			PathStyle:       true,
			Region:          client.Region,
			Credentials:     credentials.Static(client.ID, client.Secret, ""),
			UnsignedPayload: t.Unsigned,
		})
		e := &entrepot{s3: c}
		if !t.Defaults {
			e.options = []transfer.Option{transfer.WithPartSize(client.PartSize), transfer.WithConcurrency(client.Concurrency)}
		}
		return e, err
	})
}

type entrepot struct {
	s3      *s3.Client
	options []transfer.Option
}

func (e *entrepot) Put(ctx context.Context, body []byte) error {
	_, err := e.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: client.Bucket, Key: client.Small, Body: bytes.NewReader(body)})
	return err
}

func (e *entrepot) Get(ctx context.Context) (int64, error) {
	out, err := e.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: client.Bucket, Key: client.Small})
	if err != nil {
		return 0, err
	}
	defer out.Body.Close()
	if out.ChecksumCRC64NVME == "" {
		return 0, fmt.Errorf("the answer has no checksum to verify")
	}
	return io.Copy(io.Discard, out.Body)
}

func (e *entrepot) Head(ctx context.Context) (int64, error) {
	out, err := e.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: client.Bucket, Key: client.Small})
	if err != nil {
		return 0, err
	}
	return out.ContentLength, nil
}

func (e *entrepot) List(ctx context.Context, bucket string) (n int, err error) {
	for _, err := range paginator.Items(ctx, e.s3.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: bucket}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (e *entrepot) Versions(ctx context.Context) (int, error) {
	out, err := e.s3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: client.Bucket})
	if err != nil {
		return 0, err
	}
	return len(out.Versions) + len(out.DeleteMarkers), nil
}

func (e *entrepot) Delete(ctx context.Context, keys []string) (int, error) {
	objects := make([]s3.ObjectIdentifier, len(keys))
	for i, key := range keys {
		objects[i].Key = key
	}
	out, err := e.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: client.Bucket, Delete: &s3.Delete{Objects: objects}})
	if err != nil {
		return 0, err
	}
	return len(out.Deleted), nil
}

func (e *entrepot) Presign(ctx context.Context) (string, error) {
	out, err := s3.Presign(ctx, e.s3.GetObject, &s3.GetObjectInput{Bucket: client.Bucket, Key: client.Small}, 15*time.Minute)
	if err != nil {
		return "", err
	}
	return out.URL, nil
}

func (e *entrepot) Upload(ctx context.Context, file *os.File) error {
	_, err := transfer.Upload(ctx, e.s3.Bucket(client.Bucket), client.Large, file, e.options...)
	return err
}

func (e *entrepot) Download(ctx context.Context, w io.WriterAt) error {
	info, err := transfer.Download(ctx, e.s3.Bucket(client.Bucket), client.Large, w, e.options...)
	if err == nil && info.Verified == "" {
		err = fmt.Errorf("the download was not verified")
	}
	return err
}

func (e *entrepot) Directory(ctx context.Context, path string) error {
	_, err := transfer.CopyAll(ctx, transfer.Under(e.s3.Bucket(client.Bucket), "files/"), transfer.Dir(path))
	return err
}

func (e *entrepot) Fetch(ctx context.Context) (int64, error) {
	info, err := transfer.DownloadTo(ctx, e.s3.Bucket(client.Bucket), client.Medium, io.Discard)
	return info.Size, err
}

func (e *entrepot) Stream(ctx context.Context, number int, r io.Reader) error {
	_, err := transfer.Upload(ctx, e.s3.Bucket(client.Bucket), fmt.Sprint("streams/", number), r)
	return err
}
