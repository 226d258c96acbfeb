package transfer_test

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
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

// A Reader reads as a file is read: on, or at any place.
func ExampleNewReader() {
	ctx := context.Background()
	photos := newBucket()
	if _, err := transfer.Upload(ctx, photos, "notes.txt", strings.NewReader("a cat\na dog\n")); err != nil {
		log.Fatal(err)
	}
	r, err := transfer.NewReader(ctx, photos, "notes.txt")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	dog := make([]byte, 3)
	if _, err := r.ReadAt(dog, 8); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, of %d bytes\n", dog, r.Size())
	// Output:
	// a cat
	// a dog
	// dog, of 12 bytes
}

// What reads a file of any size reads an object: here the list of an archive and one of
// its files, without the rest of it.
func ExampleNewReader_zip() {
	ctx := context.Background()
	photos := newBucket()
	archive := transfer.NewWriter(ctx, photos, "photos.zip")
	defer archive.Abort()
	w := zip.NewWriter(archive)
	f, err := w.Create("cat.txt")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(f, "a picture of a cat")
	if err := errors.Join(w.Close(), archive.Close()); err != nil {
		log.Fatal(err)
	}

	r, err := transfer.NewReader(ctx, photos, "photos.zip")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	z, err := zip.NewReader(r, r.Size())
	if err != nil {
		log.Fatal(err)
	}
	content, err := fs.ReadFile(z, "cat.txt")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", content)
	// Output: a picture of a cat
}

// A bucket is a file system, also for a web server: http.FileServer(http.FS(fsys)).
func ExampleFS() {
	ctx := context.Background()
	photos := newBucket()
	for _, name := range []string{"2026/cat.jpg", "2026/dog.jpg", "index.html"} {
		if _, err := transfer.Upload(ctx, photos, name, strings.NewReader("…")); err != nil {
			log.Fatal(err)
		}
	}
	fsys := transfer.FS(ctx, photos)
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		fmt.Println(path)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// .
	// 2026
	// 2026/cat.jpg
	// 2026/dog.jpg
	// index.html
}

// A Writer takes what is made as it is made.
func ExampleNewWriter() {
	photos := newBucket()
	w := transfer.NewWriter(context.Background(), photos, "numbers.txt")
	defer w.Abort() // which does nothing once it is closed
	for i := range 3 {
		if _, err := fmt.Fprintln(w, i); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.Info().Size, "bytes")
	// Output: 6 bytes
}
