// Command minio does the work with minio-go.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		u, err := url.Parse(t.Endpoint)
		if err != nil {
			return nil, err
		}
		secure := u.Scheme == "https"
		transport, err := minio.DefaultTransport(secure)
		if err != nil {
			return nil, err
		}
		if t.Roots != nil {
			transport.TLSClientConfig = &tls.Config{RootCAs: t.Roots}
		}
		c, err := minio.New(u.Host, &minio.Options{
			Creds:        credentials.NewStaticV4(client.ID, client.Secret, ""),
			Secure:       secure,
			Region:       client.Region,
			BucketLookup: minio.BucketLookupPath,
			Transport:    transport,
			// Where the signature does not cover the body, a CRC does.
			TrailingHeaders: secure || t.Unsigned,
		})
		p := &peer{s3: c, unsigned: t.Unsigned}
		if !t.Defaults {
			p.partSize, p.threads = client.PartSize, client.Concurrency
		}
		return p, err
	})
}

type peer struct {
	s3       *minio.Client
	unsigned bool

	// Zero: those of the library.
	partSize uint64
	threads  uint
}

func (p *peer) Put(ctx context.Context, body []byte) error {
	_, err := p.s3.PutObject(ctx, client.Bucket, client.Small, bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{})
	return err
}

func (p *peer) Get(ctx context.Context) (int64, error) {
	o, err := p.s3.GetObject(ctx, client.Bucket, client.Small, minio.GetObjectOptions{Checksum: true})
	if err != nil {
		return 0, err
	}
	defer o.Close()
	return io.Copy(io.Discard, o)
}

func (p *peer) Head(ctx context.Context) (int64, error) {
	info, err := p.s3.StatObject(ctx, client.Bucket, client.Small, minio.StatObjectOptions{})
	return info.Size, err
}

func (p *peer) List(ctx context.Context, bucket string) (int, error) {
	return p.count(ctx, bucket, minio.ListObjectsOptions{Recursive: true})
}

func (p *peer) Versions(ctx context.Context) (int, error) {
	return p.count(ctx, client.Bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true})
}

func (p *peer) count(ctx context.Context, bucket string, o minio.ListObjectsOptions) (n int, err error) {
	for o := range p.s3.ListObjects(ctx, bucket, o) {
		if o.Err != nil {
			return n, o.Err
		}
		n++
	}
	return n, nil
}

func (p *peer) Delete(ctx context.Context, keys []string) (n int, err error) {
	objects := func(yield func(minio.ObjectInfo) bool) {
		for _, key := range keys {
			if !yield(minio.ObjectInfo{Key: key}) {
				return
			}
		}
	}
	results, err := p.s3.RemoveObjectsWithIter(ctx, client.Bucket, objects, minio.RemoveObjectsOptions{})
	if err != nil {
		return 0, err
	}
	for r := range results {
		if r.Err != nil {
			return n, r.Err
		}
		n++
	}
	return n, nil
}

func (p *peer) Presign(ctx context.Context) (string, error) {
	link, err := p.s3.PresignedGetObject(ctx, client.Bucket, client.Small, 15*time.Minute, nil)
	if err != nil {
		return "", err
	}
	return link.String(), nil
}

func (p *peer) Upload(ctx context.Context, file *os.File) error {
	st, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = p.s3.PutObject(ctx, client.Bucket, client.Large, file, st.Size(), minio.PutObjectOptions{
		PartSize:             p.partSize,
		NumThreads:           p.threads,
		DisableContentSha256: p.unsigned,
	})
	return err
}

// Download fetches the object in one stream: the library knows no other way,
// and does not verify what it reads.
func (p *peer) Download(ctx context.Context, w io.WriterAt) error {
	o, err := p.s3.GetObject(ctx, client.Bucket, client.Large, minio.GetObjectOptions{})
	if err != nil {
		return err
	}
	defer o.Close()
	_, err = io.Copy(io.NewOffsetWriter(w, 0), o)
	return err
}

// Directory is what the library does not have.
func (p *peer) Directory(context.Context, string) error { return errors.ErrUnsupported }

func (p *peer) Fetch(ctx context.Context) (int64, error) {
	o, err := p.s3.GetObject(ctx, client.Bucket, client.Medium, minio.GetObjectOptions{})
	if err != nil {
		return 0, err
	}
	defer o.Close()
	return io.Copy(io.Discard, o)
}

// Stream tells the size of parts: by default they are of 528 MiB each, and held.
func (p *peer) Stream(ctx context.Context, number int, r io.Reader) error {
	_, err := p.s3.PutObject(ctx, client.Bucket, fmt.Sprint("streams/", number), r, -1, minio.PutObjectOptions{PartSize: client.PartSize})
	return err
}
