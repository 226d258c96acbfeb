// Command entrepot does the work with this repository's client of IBM Cloud
// Object Storage.
package main

import (
	"bytes"
	"context"
	"io"
	"os"

	"github.com/entrepot-go/entrepot/bench/client"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		keys := credentials.Static(client.ID, client.Secret, "")
		if t.Token {
			keys = credentials.IBMIAM(client.APIKey, func(c *credentials.IBMIAMConfig) { c.Endpoint = t.Endpoint + client.TokenPath })
		}
		c, err := ibmcos.New(ibmcos.Config{
			Endpoint:          t.Endpoint,
			PathStyle:         true,
			Region:            client.Region,
			Credentials:       keys,
			ServiceInstanceId: client.ServiceInstance,
		})
		return &entrepot{c}, err
	})
}

type entrepot struct{ cos *ibmcos.Client }

func (e *entrepot) Put(ctx context.Context, body []byte) error {
	_, err := e.cos.PutObject(ctx, &ibmcos.PutObjectInput{Bucket: client.Bucket, Key: client.Small, Body: bytes.NewReader(body)})
	return err
}

func (e *entrepot) List(ctx context.Context, bucket string) (n int, err error) {
	for _, err := range paginator.Items(ctx, e.cos.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: bucket}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (e *entrepot) Upload(ctx context.Context, file *os.File) error {
	_, err := transfer.Upload(ctx, e.cos.Bucket(client.Bucket), client.Large, file,
		transfer.WithPartSize(client.PartSize), transfer.WithConcurrency(client.Concurrency))
	return err
}

func (e *entrepot) Download(ctx context.Context, w io.WriterAt) error {
	_, err := transfer.Download(ctx, e.cos.Bucket(client.Bucket), client.Large, w,
		transfer.WithPartSize(client.PartSize), transfer.WithConcurrency(client.Concurrency))
	return err
}
