// Command floor does the work with bare net/http: nothing is signed, nothing is
// checked, no answer is decoded. No client can be faster by much.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = max(client.Workers, client.Concurrency)
		transport.DisableCompression = true
		if t.Roots != nil {
			transport.TLSClientConfig = &tls.Config{RootCAs: t.Roots}
		}
		return &floor{
			http:     &http.Client{Transport: transport},
			endpoint: t.Endpoint,
			bucket:   t.Endpoint + "/" + client.Bucket,
		}, nil
	})
}

type floor struct {
	http             *http.Client
	endpoint, bucket string // URLs

	once     sync.Once
	document []byte // that deletes many objects
}

// do makes a request and hands its body to take, which returns how much it
// took.
func (f *floor) do(r *http.Request, take func(io.Reader) (int64, error)) (int64, error) {
	resp, err := f.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return 0, fmt.Errorf("%s %s: %s", r.Method, r.URL, resp.Status)
	}
	return take(resp.Body)
}

func discard(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

func (f *floor) send(ctx context.Context, method, path string, body io.Reader, size int64) error {
	r, err := http.NewRequestWithContext(ctx, method, f.bucket+path, body)
	if err != nil {
		return err
	}
	r.ContentLength = size
	_, err = f.do(r, discard)
	return err
}

func (f *floor) Put(ctx context.Context, body []byte) error {
	return f.send(ctx, http.MethodPut, "/"+client.Small, bytes.NewReader(body), int64(len(body)))
}

func (f *floor) Get(ctx context.Context) (int64, error) {
	return f.fetch(ctx, f.bucket+"/"+client.Small)
}

func (f *floor) Head(ctx context.Context) (int64, error) {
	return f.length(ctx, client.Small)
}

func (f *floor) length(ctx context.Context, key string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, f.bucket+"/"+key, nil)
	if err != nil {
		return 0, err
	}
	resp, err := f.http.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, resp.Body.Close()
}

func (f *floor) fetch(ctx context.Context, url string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	return f.do(r, discard)
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
	err = parts(st.Size(), func(number int, off, n int64) error {
		path := "/" + client.Large + "?uploadId=1&partNumber=" + strconv.Itoa(number)
		return f.send(ctx, http.MethodPut, path, io.NewSectionReader(file, off, n), n)
	})
	if err != nil {
		return err
	}
	return f.send(ctx, http.MethodPost, "/"+client.Large+"?uploadId=1", nil, 0)
}

func (f *floor) Download(ctx context.Context, w io.WriterAt) error {
	size, err := f.length(ctx, client.Large)
	if err != nil {
		return err
	}
	return parts(size, func(_ int, off, n int64) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.bucket+"/"+client.Large, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
		_, err = f.do(r, func(body io.Reader) (int64, error) {
			return io.Copy(io.NewOffsetWriter(w, off), body)
		})
		return err
	})
}

// parts calls move for each part of size bytes, several at a time.
func parts(size int64, move func(number int, off, n int64) error) error {
	numbers := make(chan int)
	failures := make(chan error, client.Concurrency)
	var wg sync.WaitGroup
	for range client.Concurrency {
		wg.Go(func() {
			for number := range numbers {
				off := int64(number-1) * client.PartSize
				if err := move(number, off, min(client.PartSize, size-off)); err != nil {
					select {
					case failures <- err:
					default:
					}
				}
			}
		})
	}
	for number := 1; int64(number-1)*client.PartSize < size; number++ {
		numbers <- number
	}
	close(numbers)
	wg.Wait()
	close(failures)
	return <-failures
}
