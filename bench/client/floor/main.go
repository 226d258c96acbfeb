// Command floor does the work with bare net/http: nothing is signed, nothing is
// checked, no answer is decoded. No client can be faster by much.
package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		return &floor{
			http:     client.Bare(t),
			endpoint: t.Endpoint,
			bucket:   t.Endpoint + "/" + client.Bucket,
		}, nil
	})
}

type floor struct {
	http             *client.HTTP
	endpoint, bucket string // URLs

	once     sync.Once
	document []byte // that deletes many objects
}

func (f *floor) send(ctx context.Context, method, path string, body io.Reader, size int64) error {
	r, err := http.NewRequestWithContext(ctx, method, f.bucket+path, body)
	if err != nil {
		return err
	}
	r.ContentLength = size
	_, err = f.http.Do(r, client.Discard)
	return err
}

func (f *floor) Put(ctx context.Context, body []byte) error {
	return f.send(ctx, http.MethodPut, "/"+client.Small, bytes.NewReader(body), int64(len(body)))
}

func (f *floor) Get(ctx context.Context) (int64, error) {
	return f.fetch(ctx, f.bucket+"/"+client.Small)
}

func (f *floor) Head(ctx context.Context) (int64, error) {
	return f.http.Length(ctx, f.bucket+"/"+client.Small)
}

func (f *floor) fetch(ctx context.Context, url string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	return f.http.Do(r, client.Discard)
}

// List knows without looking what the tokens of the server are, and that all
// pages but the last are longer.
func (f *floor) List(ctx context.Context, bucket string) (int, error) {
	list := f.endpoint + "/" + bucket + "?list-type=2"
	whole, err := f.fetch(ctx, list)
	if err != nil {
		return 0, err
	}
	for page := 2; ; page++ {
		n, err := f.fetch(ctx, list+"&continuation-token="+strconv.Itoa(page))
		if err != nil || n < whole {
			return page * client.PageKeys, err
		}
	}
}

func (f *floor) Versions(ctx context.Context) (int, error) {
	_, err := f.fetch(ctx, f.bucket+"?versions")
	return client.PageKeys, err
}

// Delete sends a document that is as long as the others', and was made before.
func (f *floor) Delete(ctx context.Context, keys []string) (int, error) {
	f.once.Do(func() {
		f.document = []byte("<Delete>")
		for _, key := range keys {
			f.document = append(f.document, "<Object><Key>"+key+"</Key></Object>"...)
		}
		f.document = append(f.document, "</Delete>"...)
	})
	err := f.send(ctx, http.MethodPost, "?delete", bytes.NewReader(f.document), int64(len(f.document)))
	return len(keys), err
}

func (f *floor) Presign(context.Context) (string, error) { return "", errors.ErrUnsupported }

func (f *floor) Upload(ctx context.Context, file *os.File) error {
	st, err := file.Stat()
	if err != nil {
		return err
	}
	if err := f.send(ctx, http.MethodPost, "/"+client.Large+"?uploads", nil, 0); err != nil {
		return err
	}
	err = client.Parts(st.Size(), func(number int, off, n int64) error {
		path := "/" + client.Large + "?uploadId=1&partNumber=" + strconv.Itoa(number)
		return f.send(ctx, http.MethodPut, path, io.NewSectionReader(file, off, n), n)
	})
	if err != nil {
		return err
	}
	return f.send(ctx, http.MethodPost, "/"+client.Large+"?uploadId=1", nil, 0)
}

func (f *floor) Download(ctx context.Context, w io.WriterAt) error {
	url := f.bucket + "/" + client.Large
	size, err := f.http.Length(ctx, url)
	if err != nil {
		return err
	}
	return f.http.Download(ctx, url, size, w)
}

func (f *floor) Directory(ctx context.Context, path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	return client.Each(len(entries), client.Crowd, func(i int) error {
		name := entries[i].Name()
		file, err := os.Open(filepath.Join(path, name))
		if err != nil {
			return err
		}
		defer file.Close()
		return f.send(ctx, http.MethodPut, "/files/"+name, file, client.FileSize)
	})
}

func (f *floor) Fetch(ctx context.Context) (int64, error) {
	return f.fetch(ctx, f.bucket+"/"+client.Medium)
}

// Stream sends all in one request: parts would have to be held.
func (f *floor) Stream(ctx context.Context, number int, r io.Reader) error {
	return f.send(ctx, http.MethodPut, "/streams/"+strconv.Itoa(number), r, client.StreamSize)
}
