package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/examples/internal/places"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

const id, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

func TestServesABucket(t *testing.T) {
	for name, value := range map[string]string{"HOME": t.TempDir(), "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"} {
		t.Setenv(name, value)
	}
	storage := storagetest.NewS3(storagetest.WithCredentials(id, secret))
	defer storage.Close()
	storage.AddBucket(storagetest.BucketSetup{Name: "photos"})
	client, err := s3.New(storage.Config())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"site/index.html": "<h1>photos</h1>", "site/2026/cat.txt": "a picture of a cat", "secret.txt": "hush"} {
		if _, err := transfer.Upload(t.Context(), client.Bucket("photos"), name, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}

	ctx, stop := context.WithCancel(t.Context())
	out, said := io.Pipe()
	ended := make(chan error)
	go func() {
		ended <- run(ctx, []string{"-listen", "127.0.0.1:0", "-endpoint", storage.URL, "s3://photos/site/"}, said)
		said.Close()
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	_, site, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	for _, c := range []struct {
		path, span, want string
		status           int
	}{
		{path: "/", want: "<h1>photos</h1>", status: 200},
		{path: "/2026/", want: "cat.txt", status: 200},
		{path: "/2026/cat.txt", want: "a picture of a cat", status: 200},
		{path: "/2026/cat.txt", span: "bytes=2-8", want: "picture", status: 206},
		{path: "/../secret.txt", status: 404},
		{path: "/none", status: 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.span != "" {
			r.Header.Set("Range", c.span)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || !strings.Contains(string(body), c.want) {
			t.Errorf("%s %s: %s, %q, %v", c.path, c.span, resp.Status, body, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeServed(t *testing.T) {
	var said bytes.Buffer
	if err := run(t.Context(), []string{"/tmp"}, &said); !errors.Is(err, flag.ErrHelp) || !strings.Contains(said.String(), places.Help) {
		t.Errorf("%v, %s", err, &said)
	}
	if err := run(t.Context(), []string{"s3:///x"}, io.Discard); err == nil || !strings.Contains(err.Error(), "names no bucket") {
		t.Error(err)
	}
}
