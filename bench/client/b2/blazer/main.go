// Command blazer does the work with blazer.
package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/Backblaze/blazer/b2"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		ctx := context.Background()
		// http.DefaultTransport, the default, keeps two connections to a host.
		// That is enough at B2, where each upload URL is of a host of its own,
		// but here they all are one.
		c, err := b2.NewClient(ctx, client.ID, client.Secret, b2.APIBase(t.Endpoint), b2.Transport(client.Transport(t)))
		if err != nil {
			return nil, err
		}
		bucket, err := c.Bucket(ctx, client.Bucket)
		return &peer{c, bucket}, err
	})
}

type peer struct {
	b2     *b2.Client
	bucket *b2.Bucket
}

func (p *peer) Put(ctx context.Context, body []byte) error {
	return p.write(ctx, client.Small, bytes.NewReader(body))
}

// write has what can seek sent without a buffer.
func (p *peer) write(ctx context.Context, name string, content io.ReadSeeker) error {
	w := p.bucket.Object(name).NewWriter(ctx)
	w.ChunkSize, w.ConcurrentUploads = client.PartSize, client.Concurrency
	if _, err := w.ReadFrom(content); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

func (p *peer) List(ctx context.Context, bucket string) (n int, err error) {
	b, err := p.b2.Bucket(ctx, bucket)
	if err != nil {
		return 0, err
	}
	files := b.List(ctx, b2.ListPageSize(client.PageKeys))
	for files.Next() {
		n++
	}
	return n, files.Err()
}

func (p *peer) Upload(ctx context.Context, file *os.File) error {
	return p.write(ctx, client.Large, file)
}

// Download fetches ranges, several at a time, and hands them on in order. The
// library hashes them always.
func (p *peer) Download(ctx context.Context, w io.WriterAt) error {
	r := p.bucket.Object(client.Large).NewReader(ctx)
	r.ChunkSize, r.ConcurrentDownloads = client.PartSize, client.Concurrency
	defer r.Close()
	if _, err := io.Copy(io.NewOffsetWriter(w, 0), r); err != nil {
		return err
	}
	if err, verified := r.Verify(); err != nil || !verified {
		return errors.Join(err, errors.New("the download was not verified"))
	}
	return nil
}
