// Quickstart moves a file up and down on all four providers and compares what
// came back. Without arguments it needs nothing: servers of all four APIs run
// inside the process, and the file is made up.
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -file big.iso
//	go run ./examples/quickstart -s3-endpoint https://minio.example.com:9000
//	go run ./examples/quickstart -s3-endpoint aws -s3-bucket mine
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/entrepot-go/entrepot/transfer"
)

func main() {
	var o options
	flag.StringVar(&o.file, "file", "", "move this file instead of one that is made up")
	flag.Int64Var(&o.size, "size", 256, "`MiB` of the file that is made up")
	flag.StringVar(&o.endpoint, "s3-endpoint", "", "use the S3 server at this `URL`, or \"aws\", with the environment's credentials")
	flag.StringVar(&o.bucket, "s3-bucket", "", "use this bucket of it instead of a new one")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

type options struct {
	file             string
	size             int64
	endpoint, bucket string
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "entrepot-quickstart-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	if o.file == "" {
		o.file = filepath.Join(dir, "data.bin")
		fmt.Printf("making a file of %d MiB\n", o.size)
		if err := makeFile(o.file, o.size<<20); err != nil {
			return fmt.Errorf("making the file: %w (set TMPDIR to a folder with room for three times its size)", err)
		}
	}
	sum, size, err := hashFile(o.file)
	if err != nil {
		return fmt.Errorf("reading the file to move: %w", err)
	}

	var rows []row
	for _, p := range providers(o) {
		r, err := move(ctx, p, o.file, filepath.Join(dir, "back.bin"), sum)
		if err != nil {
			printTable(os.Stdout, rows)
			return fmt.Errorf("%s: %w", p.name, err)
		}
		r.bytes = size
		rows = append(rows, r)
	}
	printTable(os.Stdout, rows)
	return nil
}

// move uploads a file, finds it in the list of the bucket, downloads it and
// compares.
func move(ctx context.Context, p provider, file, back string, sum [sha256.Size]byte) (r row, err error) {
	r.provider = p.name
	place, err := p.open(ctx)
	if err != nil {
		return r, fmt.Errorf("preparing a bucket: %w", err)
	}
	name := "quickstart/" + filepath.Base(file)
	uploaded := false
	defer func() {
		// Also after Ctrl-C, and whatever went wrong before.
		ctx := context.WithoutCancel(ctx)
		var cleanup error
		if uploaded {
			cleanup = place.remove(ctx, name)
		}
		if cleanup = errors.Join(cleanup, place.close(ctx)); cleanup != nil {
			err = errors.Join(err, fmt.Errorf("cleaning up: %w", cleanup))
		}
	}()

	source, err := os.Open(file)
	if err != nil {
		return r, err
	}
	defer source.Close()

	bar, watch := progress(p.name + " up  ")
	began := time.Now()
	_, err = transfer.Upload(ctx, place.bucket, name, source, transfer.WithProgress(watch(&r.up)))
	r.up.took = time.Since(began)
	bar.Close()
	if err != nil {
		return r, fmt.Errorf("uploading %s: %w", file, err)
	}
	uploaded = true

	found := false
	for item, err := range place.names(ctx) {
		if err != nil {
			return r, fmt.Errorf("listing the bucket: %w", err)
		}
		found = found || item == name
	}
	if !found {
		return r, fmt.Errorf("the list of the bucket lacks %q, which was uploaded", name)
	}

	bar, watch = progress(p.name + " down")
	began = time.Now()
	info, err := transfer.DownloadFile(ctx, place.bucket, name, back, transfer.WithProgress(watch(&r.down)))
	r.down.took = time.Since(began)
	bar.Close()
	if err != nil {
		return r, fmt.Errorf("downloading %s: %w", name, err)
	}
	r.verified = info.Verified

	got, _, err := hashFile(back)
	if err != nil {
		return r, err
	}
	if got != sum {
		return r, fmt.Errorf("what came back differs: SHA-256 %x, sent %x", got, sum)
	}
	return r, nil
}

// progress returns a bar and what feeds it.
func progress(title string) (*progressbar.ProgressBar, func(*leg) func(transfer.Event)) {
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetDescription(fmt.Sprintf("%-16s", title)),
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // a goroutine of its own would turn it, in a data race
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }))
	return bar, func(l *leg) func(transfer.Event) {
		return func(e transfer.Event) {
			l.parts, l.retries = e.Parts, e.Retries
			if e.Total > 0 && bar.GetMax64() != e.Total {
				bar.ChangeMax64(e.Total)
			}
			bar.Set64(e.Bytes)
		}
	}
}

// makeFile fills a file with bytes that do not compress and do not repeat.
func makeFile(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{'e', 'n', 't', 'r', 'e', 'p', 'o', 't'}), size)
	return errors.Join(err, f.Close())
}

func hashFile(path string) (sum [sha256.Size]byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), size, err
}
