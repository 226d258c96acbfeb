// Package client is the frame of the programs that are measured: each does one
// kind of work over and over through one library, and says what that took.
package client

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// What all clients use, so that they ask for the same.
const (
	Region = "us-east-1"
	ID     = "AKIAIOSFODNN7EXAMPLE"
	Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

	Bucket = "benchmark"                // holds Small and Large
	Small  = "photos/2026/07/small.jpg" // an object of SmallSize
	Large  = "backup/large.tar"         // one of the size that is asked for

	Medium = "photos/2026/07/medium.jpg" // an object of MediumSize

	SmallSize   = 1 << 10
	MediumSize  = 1 << 20
	FileSize    = 4 << 10 // of each file of a directory
	StreamSize  = 9 << 20 // of each stream: more than a part
	PageKeys    = 1000    // in a page of a list, of buckets too, and in a call that deletes many
	PartSize    = 8 << 20
	Concurrency = 8 // parts in flight

	Crowd = 64 // requests in flight of many transfers, in the floor
)

// Workers is how many goroutines make the small calls: enough to keep the
// process from going idle between two of them, which would measure the Go
// scheduler more than the client.
const Workers = 8

// warmPages is how much is listed before a list is measured.
const warmPages = 20

// Pages is a bucket whose list has so many pages.
func Pages(n int) string { return fmt.Sprintf("%s-%d", Bucket, n) }

// PagesOf is how many pages the list of a bucket has.
func PagesOf(bucket string) int {
	_, pages, _ := strings.Cut(bucket, "-")
	n, _ := strconv.Atoi(pages)
	return n
}

// Key is the name of entry i of every page of a list, and of the i-th object
// that is deleted.
func Key(i int) string { return fmt.Sprintf("photos/2026/07/%02d/IMG_%06d.jpg", 1+i/40, i) }

// Target is where a client works, and how.
type Target struct {
	Endpoint string         // scheme and host
	Roots    *x509.CertPool // of an https endpoint
	RootFile string         // the same as a file
	Unsigned bool           // leave the body out of the signature, and cover it by a CRC
	Token    bool           // of IBM: a token for an API key, in the place of signatures
	Defaults bool           // parts and requests in flight as the library has them by itself
	Verified bool           // compare what is downloaded with the checksum of the whole, though that takes it in order
}

// Client does the work with one library of object storage. Every method fails if it did less
// than it should.
type Client interface {
	Put(ctx context.Context, body []byte) error
	// List lists a whole bucket, page by page.
	List(ctx context.Context, bucket string) (keys int, err error)
	Upload(ctx context.Context, file *os.File) error
	Download(ctx context.Context, w io.WriterAt) error
}

// S3 is a client of S3, which does more.
type S3 interface {
	Client
	Get(ctx context.Context) (size int64, err error)
	Head(ctx context.Context) (size int64, err error)
	// Versions lists a page of versions and delete markers.
	Versions(ctx context.Context) (entries int, err error)
	// Delete deletes the objects of these names in one call.
	Delete(ctx context.Context, keys []string) (deleted int, err error)
	// Presign makes a URL that gets the small object.
	Presign(ctx context.Context) (string, error)
}

// Mover is a client of S3 that makes whole transfers as its library does by default.
type Mover interface {
	Client
	// Directory uploads the files of a directory.
	Directory(ctx context.Context, path string) error
	// Fetch downloads the object of medium size.
	Fetch(ctx context.Context) (size int64, err error)
	// Stream uploads what a reader of unknown length yields.
	Stream(ctx context.Context, number int, r io.Reader) error
}

// Lightsail is a client of Lightsail's own API.
type Lightsail interface {
	// Buckets gets all buckets, which are as many as a page has keys.
	Buckets(ctx context.Context) (n int, err error)
}

// Result is what some work took.
type Result struct {
	Calls   int           `json:"calls"`
	CPU     time.Duration `json:"cpu"`  // of the process, user and system
	Wall    time.Duration `json:"wall"` // from the first call to the end of the last
	Mallocs uint64        `json:"mallocs"`

	// Of a job that asks for it: the time of one call, and what one of a hundred
	// exceeds.
	Median time.Duration `json:"median,omitempty"`
	Tail   time.Duration `json:"tail,omitempty"`
}

type job struct {
	name         string
	target       Target
	n            int
	file         string
	size         int64
	cpu, mallocs string // profiles
}

// Main is the program of a client, which is a Client or a Lightsail.
func Main[C any](open func(Target) (C, error)) {
	var j job
	flag.StringVar(&j.name, "job", "", "put, get, head, list, versions, delete, presign, buckets, upload, download, directory, fetch, streams, sha1 or sha256")
	flag.IntVar(&j.n, "n", 1, "number of calls")
	flag.StringVar(&j.target.Endpoint, "endpoint", "", "URL of the server")
	flag.StringVar(&j.target.RootFile, "ca", "", "file with the certificate of the server's authority")
	flag.BoolVar(&j.target.Unsigned, "unsigned", false, "leave bodies out of the signature")
	flag.BoolVar(&j.target.Token, "token", false, "use an API key of IBM, not an HMAC key")
	flag.BoolVar(&j.target.Defaults, "defaults", false, "transfer as the library does by itself")
	flag.BoolVar(&j.target.Verified, "verified", false, "compare what is downloaded with the checksum of the whole")
	flag.StringVar(&j.file, "file", "", "file or directory to upload")
	flag.Int64Var(&j.size, "size", 0, "bytes to download or to hash")
	flag.StringVar(&j.cpu, "cpuprofile", "", "write a CPU profile to this file")
	flag.StringVar(&j.mallocs, "memprofile", "", "write a profile of all allocations to this file; spoils the CPU time")
	flag.Parse()
	result, err := j.run(context.Background(), func(t Target) (any, error) { return open(t) })
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (j *job) run(ctx context.Context, open func(Target) (any, error)) (Result, error) {
	if j.mallocs != "" {
		runtime.MemProfileRate = 1
	}
	if j.target.RootFile != "" {
		pem, err := os.ReadFile(j.target.RootFile)
		if err != nil {
			return Result{}, err
		}
		j.target.Roots = x509.NewCertPool()
		j.target.Roots.AppendCertsFromPEM(pem)
	}
	c, err := open(j.target)
	if err != nil {
		return Result{}, err
	}
	switch c := c.(type) {
	case Client:
		return j.runClient(ctx, c)
	case Lightsail:
		if j.name == "buckets" {
			return j.small(func() error {
				n, err := c.Buckets(ctx)
				return expect(n, PageKeys, err)
			})
		}
	}
	return Result{}, j.unknown()
}

func (j *job) runClient(ctx context.Context, c Client) (Result, error) {
	switch j.name {
	case "put":
		body := make([]byte, SmallSize)
		return j.small(func() error { return c.Put(ctx, body) })
	case "list":
		list := func(pages int) error {
			n, err := c.List(ctx, Pages(pages))
			return expect(n, pages*PageKeys, err)
		}
		if err := list(min(j.n, warmPages)); err != nil {
			return Result{}, err
		}
		return j.measure(func() error { return list(j.n) })
	case "upload":
		file, err := os.Open(j.file)
		if err != nil {
			return Result{}, err
		}
		defer file.Close()
		return j.large(func() error {
			_, err := file.Seek(0, io.SeekStart)
			if err != nil {
				return err
			}
			return c.Upload(ctx, file)
		})
	case "download":
		return j.large(func() error {
			var sink counter
			if err := c.Download(ctx, &sink); err != nil {
				return err
			}
			if n := sink.n.Load(); n != j.size {
				return fmt.Errorf("got %d bytes of %d", n, j.size)
			}
			return nil
		})
	case "sha1":
		return j.hash(sha1.New())
	case "sha256":
		return j.hash(sha256.New())
	}
	if c, ok := c.(Mover); ok {
		switch j.name {
		case "directory":
			return j.measure(func() error { return c.Directory(ctx, j.file) })
		case "fetch":
			return j.fetch(ctx, c)
		case "streams":
			return j.measure(func() error {
				return together(j.n, func(i int) error {
					return c.Stream(ctx, i, io.LimitReader(zeros{}, StreamSize))
				})
			})
		}
	}
	if c, ok := c.(S3); ok {
		return j.runS3(ctx, c)
	}
	return Result{}, j.unknown()
}

// fetch measures each of n downloads.
func (j *job) fetch(ctx context.Context, c Mover) (Result, error) {
	var mu sync.Mutex
	var took []time.Duration
	result, err := j.small(func() error {
		began := time.Now()
		n, err := c.Fetch(ctx)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, time.Since(began))
		return expect(n, MediumSize, err)
	})
	if err != nil {
		return Result{}, err
	}
	took = took[len(took)-j.n:] // without those to warm up
	slices.Sort(took)
	result.Median, result.Tail = took[len(took)/2], took[len(took)*99/100]
	return result, nil
}

// zeros yields zeros, and has no length.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// together makes n calls at a time.
func together(n int, call func(i int) error) error {
	var wg sync.WaitGroup
	failures := make(chan error, n)
	for i := range n {
		wg.Go(func() {
			if err := call(i); err != nil {
				failures <- err
			}
		})
	}
	wg.Wait()
	close(failures)
	return <-failures
}

// runS3 does what is a client's of S3 only.
func (j *job) runS3(ctx context.Context, c S3) (Result, error) {
	switch j.name {
	case "get":
		return j.small(func() error {
			n, err := c.Get(ctx)
			return expect(n, SmallSize, err)
		})
	case "head":
		return j.small(func() error {
			n, err := c.Head(ctx)
			return expect(n, SmallSize, err)
		})
	case "versions":
		return j.small(func() error {
			n, err := c.Versions(ctx)
			return expect(n, PageKeys, err)
		})
	case "delete":
		keys := make([]string, PageKeys)
		for i := range keys {
			keys[i] = Key(i)
		}
		return j.small(func() error {
			n, err := c.Delete(ctx, keys)
			return expect(n, PageKeys, err)
		})
	case "presign":
		return j.small(func() error {
			link, err := c.Presign(ctx)
			if err == nil && !strings.Contains(link, "X-Amz-Signature=") {
				err = fmt.Errorf("%s has no signature", link)
			}
			return err
		})
	}
	return Result{}, j.unknown()
}

func (j *job) unknown() error { return errors.New("no such job: " + j.name) }

// hash hashes as much as the large object has, in blocks of the size in which
// bodies are copied.
func (j *job) hash(h hash.Hash) (Result, error) {
	return j.large(func() error {
		block := make([]byte, 32<<10)
		for left := j.size; left > 0; left -= int64(len(block)) {
			h.Write(block)
		}
		h.Sum(nil)
		return nil
	})
}

// expect is the error of a call that did less, or more, than it should.
func expect[N int | int64](n, want N, err error) error {
	if err == nil && n != want {
		err = fmt.Errorf("got %d of %d", n, want)
	}
	return err
}

// counter is where downloads go: nowhere.
type counter struct{ n atomic.Int64 }

func (c *counter) WriteAt(p []byte, _ int64) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// small measures n calls, after some to warm up connections, pools and caches.
func (j *job) small(call func() error) (Result, error) {
	if err := parallel(max(j.n/10, 4*Workers), call); err != nil {
		return Result{}, err
	}
	return j.measure(func() error { return parallel(j.n, call) })
}

// large measures n transfers. They are too long to be warmed up for.
func (j *job) large(call func() error) (Result, error) {
	return j.measure(func() error {
		for range j.n {
			if err := call(); err != nil {
				return err
			}
		}
		return nil
	})
}

func parallel(n int, call func() error) error {
	return Each(n, Workers, func(int) error { return call() })
}

func (j *job) measure(work func() error) (Result, error) {
	runtime.GC()
	if j.cpu != "" {
		f, err := os.Create(j.cpu)
		if err != nil {
			return Result{}, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return Result{}, err
		}
		defer pprof.StopCPUProfile()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, start := time.Now(), cpuTime()
	if err := work(); err != nil {
		return Result{}, err
	}
	spent, took := cpuTime()-start, time.Since(began)
	runtime.ReadMemStats(&after)
	if j.mallocs != "" {
		f, err := os.Create(j.mallocs)
		if err != nil {
			return Result{}, err
		}
		defer f.Close()
		if err := pprof.Lookup("allocs").WriteTo(f, 0); err != nil {
			return Result{}, err
		}
	}
	return Result{Calls: j.n, CPU: spent, Wall: took, Mallocs: after.Mallocs - before.Mallocs}, nil
}

// cpuTime is the CPU time that the process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // it has no other reason than a wrong argument
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
