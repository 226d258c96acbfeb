// Command rclone does the work with rclone's backend of B2.
package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/rclone/rclone/backend/b2"
	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/configmap"
	"github.com/rclone/rclone/fs/object"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		settings := fs.GetConfig(context.Background())
		settings.Transfers = client.Workers
		settings.LogLevel = fs.LogLevelError
		p := &peer{endpoint: t.Endpoint}
		var err error
		p.bucket, err = p.open(context.Background(), client.Bucket)
		return p, err
	})
}

// peer waits after each call, of whatever kind, until 10 ms have gone by since
// it began: that is the backend's own pace, and cannot be set. What its process
// spends on going to sleep and waking up is part of what is measured.
type peer struct {
	endpoint string
	bucket   fs.Fs
}

func (p *peer) open(ctx context.Context, bucket string) (fs.Fs, error) {
	backend, err := fs.Find("b2")
	if err != nil {
		return nil, err
	}
	part := strconv.Itoa(client.PartSize) + "B"
	return b2.NewFs(ctx, "bench", bucket, fs.ConfigMap(backend.Prefix, backend.Options, "bench", configmap.Simple{
		"account":            client.ID,
		"key":                client.Secret,
		"endpoint":           p.endpoint,
		"chunk_size":         part,
		"upload_cutoff":      part,
		"upload_concurrency": strconv.Itoa(client.Concurrency),
	}))
}

func (p *peer) Put(ctx context.Context, body []byte) error {
	return p.put(ctx, client.Small, bytes.NewReader(body), int64(len(body)))
}

func (p *peer) put(ctx context.Context, name string, content io.Reader, size int64) error {
	_, err := p.bucket.Put(ctx, content, object.NewStaticObjectInfo(name, modified, size, true, nil, nil))
	return err
}

var modified = time.Date(2026, 7, 1, 8, 30, 0, 0, time.UTC)

func (p *peer) List(ctx context.Context, bucket string) (n int, err error) {
	f, err := p.open(ctx, bucket)
	if err != nil {
		return 0, err
	}
	err = f.Features().ListR(ctx, "", func(entries fs.DirEntries) error {
		n += len(entries)
		return nil
	})
	return n, err
}

// Upload sends the file from buffers.
func (p *peer) Upload(ctx context.Context, file *os.File) error {
	st, err := file.Stat()
	if err != nil {
		return err
	}
	return p.put(ctx, client.Large, file, st.Size())
}

// Download fetches the object in one stream: the backend knows no other way.
// When that is closed it compares the SHA-1.
func (p *peer) Download(ctx context.Context, w io.WriterAt) error {
	o, err := p.bucket.NewObject(ctx, client.Large)
	if err != nil {
		return err
	}
	body, err := o.Open(ctx)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.NewOffsetWriter(w, 0), body); err != nil {
		body.Close()
		return err
	}
	return body.Close()
}
