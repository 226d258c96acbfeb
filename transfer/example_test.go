package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/entrepot-go/entrepot/transfer"
)

// The bucket of these examples is one in memory; in a program it is what
// client.Bucket("photos") returns, of the packages s3, b2, lightsail or ibmcos.

func ExampleUpload() {
	photos := newBucket()

	file := strings.NewReader("a picture of a cat") // an *os.File, the body of a request, ...
	info, err := transfer.Upload(context.Background(), photos, "cat.jpg", file,
		transfer.WithContentType("image/jpeg"),
		transfer.WithMetadata(map[string]string{"camera": "pinhole"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Size, "bytes of", info.Attrs.ContentType)
	// Output: 18 bytes of image/jpeg
}

func ExampleUpload_progress() {
	photos := newBucket()
	film := strings.NewReader(strings.Repeat("frame ", 5000))

	_, err := transfer.Upload(context.Background(), photos, "film.mov", film,
		transfer.WithPartSize(10_000),
		transfer.WithConcurrency(1),
		transfer.WithProgress(func(e transfer.Event) {
			fmt.Printf("%d of %d bytes, %d of %d parts, done: %v\n", e.Bytes, e.Total, e.Parts, e.TotalParts, e.Done)
		}))
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 10000 of 30000 bytes, 1 of 3 parts, done: false
	// 20000 of 30000 bytes, 2 of 3 parts, done: false
	// 30000 of 30000 bytes, 3 of 3 parts, done: false
	// 30000 of 30000 bytes, 3 of 3 parts, done: true
}

func ExampleDownloadFile() {
	ctx := context.Background()
	photos := newBucket()
	if _, err := transfer.Upload(ctx, photos, "cat.jpg", strings.NewReader("a picture of a cat")); err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "photos")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	path := filepath.Join(dir, "cat.jpg")
	if _, err := transfer.DownloadFile(ctx, photos, "cat.jpg", path); err != nil {
		log.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", content)
	// Output: a picture of a cat
}

func ExampleDownloadTo() {
	ctx := context.Background()
	photos := newBucket()
	if _, err := transfer.Upload(ctx, photos, "notes.txt", strings.NewReader("a cat, asleep\n")); err != nil {
		log.Fatal(err)
	}
	if _, err := transfer.DownloadTo(ctx, photos, "notes.txt", os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output: a cat, asleep
}

// A Manager bounds what all transfers of a program take together.
func ExampleManager() {
	ctx := context.Background()
	photos := newBucket()
	m := &transfer.Manager{Requests: 16, Memory: 32 << 20}
	if _, err := m.Upload(ctx, photos, "cat.jpg", strings.NewReader("a cat")); err != nil {
		log.Fatal(err)
	}
	info, err := m.DownloadTo(ctx, photos, "cat.jpg", os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(":", info.Size, "bytes")
	// Output: a cat: 5 bytes
}

// A download that failed goes on where it stopped when it is called again, also in
// another process.
func ExampleWithCheckpoint() {
	ctx := context.Background()
	photos := newBucket()
	photos.objects["film.mov"] = &memObject{content: make([]byte, 30_000), info: transfer.Info{Size: 30_000, Version: "1"}}
	photos.onOpen = func(_ context.Context, off int64) error {
		if off == 20_000 {
			return errors.New("the network is down")
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "photos")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	download := func() error {
		_, err := transfer.DownloadFile(ctx, photos, "film.mov", filepath.Join(dir, "film.mov"),
			transfer.WithCheckpoint(filepath.Join(dir, "film.mov.checkpoint")),
			transfer.WithPartSize(10_000),
			transfer.WithConcurrency(1),
			transfer.WithProgress(func(e transfer.Event) {
				if e.Done {
					fmt.Printf("%d bytes, %d of %d ranges, %d of them from before\n", e.Bytes, e.Parts, e.TotalParts, e.Reused)
				}
			}))
		return err
	}
	if err := download(); err != nil {
		photos.onOpen = nil
		if err := download(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 20000 bytes, 2 of 3 ranges, 0 of them from before
	// 30000 bytes, 3 of 3 ranges, 2 of them from before
}
