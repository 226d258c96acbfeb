// Command floor does the work with bare net/http: nothing is authorized,
// nothing is hashed, no answer is decoded. No client can be faster by much.
package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Client, error) {
		return &floor{client.Bare(t), t.Endpoint}, nil
	})
}

type floor struct {
	http     *client.HTTP
	endpoint string
}

// call makes a call of the API.
func (f *floor) call(ctx context.Context, name, document string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.endpoint+"/b2api/v4/"+name, strings.NewReader(document))
	if err != nil {
		return 0, err
	}
	r.Header["Authorization"] = token
	return f.http.Do(r, client.Discard)
}

// send uploads without a SHA-1.
func (f *floor) send(ctx context.Context, url string, body io.Reader, size int64, name, value string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return err
	}
	r.ContentLength = size
	r.Header["Authorization"] = token
	r.Header["X-Bz-Content-Sha1"] = unverified
	r.Header["Content-Type"] = auto
	r.Header.Set(name, value)
	_, err = f.http.Do(r, client.Discard)
	return err
}

// Headers that all clients send. The server takes any token.
var (
	token      = []string{"4_0020a1b2c3d4e5f0000000001_01b2c3d4_000001_upld_dMnhDWEXAMPLEZb7hSQDASK+Jd1vE="}
	unverified = []string{"do_not_verify"}
	auto       = []string{"b2/x-auto"}
)

func (f *floor) Put(ctx context.Context, body []byte) error {
	return f.send(ctx, client.UploadURL(f.endpoint), bytes.NewReader(body), int64(len(body)), "X-Bz-File-Name", client.Small)
}

// List knows without looking where the pages of the server begin, and that the
// last one is shorter.
func (f *floor) List(ctx context.Context, bucket string) (int, error) {
	whole := int64(0)
	for page := 1; ; page++ {
		start := ""
		if page > 1 {
			start = `,"startFileName":"` + client.StartOf(page) + `"`
		}
		n, err := f.call(ctx, "b2_list_file_names",
			`{"bucketId":"`+client.BucketID(bucket)+`","maxFileCount":`+strconv.Itoa(client.PageKeys)+start+`}`)
		if err != nil || n < whole {
			return page * client.PageKeys, err
		}
		whole = n
	}
}

func (f *floor) Upload(ctx context.Context, file *os.File) error {
	st, err := file.Stat()
	if err != nil {
		return err
	}
	if _, err := f.call(ctx, "b2_start_large_file", `{"fileName":"`+client.Large+`"}`); err != nil {
		return err
	}
	for range client.Concurrency {
		if _, err := f.call(ctx, "b2_get_upload_part_url", `{"fileId":"`+client.LargeID+`"}`); err != nil {
			return err
		}
	}
	err = client.Parts(st.Size(), func(number int, off, n int64) error {
		return f.send(ctx, client.UploadPartURL(f.endpoint), io.NewSectionReader(file, off, n), n, "X-Bz-Part-Number", strconv.Itoa(number))
	})
	if err != nil {
		return err
	}
	_, err = f.call(ctx, "b2_finish_large_file", `{"fileId":"`+client.LargeID+`"}`)
	return err
}

func (f *floor) Download(ctx context.Context, w io.WriterAt) error {
	url := f.endpoint + "/file/" + client.Bucket + "/" + client.Large
	size, err := f.http.Length(ctx, url)
	if err != nil {
		return err
	}
	return f.http.Download(ctx, url, size, w)
}
