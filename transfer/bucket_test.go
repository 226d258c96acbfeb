package transfer_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/transfer"
)

// memBucket is a bucket in memory that keeps the rules of a strict vendor and
// fails as it is told to.
type memBucket struct {
	limits transfer.Limits

	// The checksum that is kept of each object, and whether only Stat tells it.
	algorithm checksum.Algorithm
	composite bool
	statOnly  bool

	// Hooks called before a call does its work. An error is what the call
	// answers.
	onPut    func(ctx context.Context) error
	onBegin  func(ctx context.Context) error // called when the upload is there already
	onPart   func(ctx context.Context, number int) error
	onFinish func(ctx context.Context) error
	onAbort  func(ctx context.Context) error
	onStat   func(ctx context.Context) error
	onOpen   func(ctx context.Context, off int64) error
	onBody   func(ctx context.Context, off int64, content io.Reader) io.Reader
	onList   func(ctx context.Context, name string) error
	onRemove func(ctx context.Context, name string) error
	onCopy   func(ctx context.Context, off int64) error
	report   bool // bytes and retries, as a pipeline does
	alone    bool // copies nothing from or to other buckets by itself

	differs  error                                  // what Reopen says of uploads
	partSums func(p *transfer.Part, content []byte) // what is told of parts instead of a CRC32

	mu         sync.Mutex
	objects    map[string]*memObject
	uploads    map[string]*memUpload
	calls      map[string]int
	begun      int
	versions   int
	bodies     int // open ones
	inFlight   int // requests that carry content
	mostFlight int
	mostParts  int
}

type memObject struct {
	content  []byte
	info     transfer.Info
	checksum []transfer.Checksum
}

// servers counts them: what was learnt of one by one test is nothing to another.
var servers atomic.Int64

func newBucket() *memBucket {
	return &memBucket{
		limits: transfer.Limits{
			MinPart: 1, MaxPart: 1 << 40, MaxPut: 1 << 40, MaxObject: 1 << 50, MaxParts: 10_000, Server: fmt.Sprint("mem-", servers.Add(1)),
		},
		objects: make(map[string]*memObject),
		uploads: make(map[string]*memUpload),
		calls:   make(map[string]int),
	}
}

// count notes a call; those that carry content are in flight until the
// returned function is called.
func (b *memBucket) count(name string) (end func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls[name]++
	b.inFlight++
	b.mostFlight = max(b.mostFlight, b.inFlight)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.inFlight--
	}
}

func (b *memBucket) Limits(ctx context.Context) (transfer.Limits, error) {
	return b.limits, ctx.Err()
}

func (b *memBucket) lookup(name, version string) (*memObject, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.objects[name]
	switch {
	case o == nil:
		return nil, fmt.Errorf("mem: %q: %w", name, fs.ErrNotExist)
	case version != "" && version != o.info.Version:
		return nil, fmt.Errorf("mem: %q: %w", name, transfer.ErrObjectChanged)
	}
	return o, nil
}

func (b *memBucket) Stat(ctx context.Context, name, version string) (transfer.Info, error) {
	b.count("Stat")()
	if b.onStat != nil {
		if err := b.onStat(ctx); err != nil {
			return transfer.Info{}, err
		}
	}
	o, err := b.lookup(name, version)
	if err != nil {
		return transfer.Info{}, err
	}
	info := o.info
	info.Checksums = o.checksum
	info.Native = "stat"
	return info, ctx.Err()
}

func (b *memBucket) Open(ctx context.Context, name, version string, off, n int64) (transfer.Info, io.ReadCloser, error) {
	end := b.count("Open")
	if b.onOpen != nil {
		if err := b.onOpen(ctx, off); err != nil {
			end()
			return transfer.Info{}, nil, err
		}
	}
	o, err := b.lookup(name, version)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		end()
		return transfer.Info{}, nil, err
	}
	content := o.content[off:]
	if n >= 0 {
		content = content[:min(n, int64(len(content)))]
	}
	var r io.Reader = bytes.NewReader(content)
	if b.onBody != nil {
		r = b.onBody(ctx, off, r)
	}
	info := o.info
	if !b.statOnly {
		info.Checksums = o.checksum
	}
	b.mu.Lock()
	b.bodies++
	b.mu.Unlock()
	var once sync.Once
	return info, &memBody{Reader: r, ctx: ctx, close: func() {
		once.Do(func() {
			end()
			b.mu.Lock()
			b.bodies--
			b.mu.Unlock()
		})
	}}, nil
}

type memBody struct {
	io.Reader
	ctx   context.Context
	close func()
}

func (b *memBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}

func (b *memBody) Close() error {
	b.close()
	return nil
}

// take reads a body, and reports on that as a pipeline does whose first two
// attempts fail.
func (b *memBucket) take(ctx context.Context, body transfer.Body) ([]byte, error) {
	content, err := io.ReadAll(io.NewSectionReader(body, 0, body.Size()))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) != body.Size() {
		return nil, fmt.Errorf("mem: body of %d bytes says that it has %d", len(content), body.Size())
	}
	if o := observe.From(ctx); o != nil && o.Pace != nil {
		for left := len(content); left > 0; {
			n, err := o.Pace(ctx, left)
			if err != nil {
				return nil, err
			}
			left -= n
		}
	}
	if o := observe.From(ctx); o != nil && b.report {
		for _, sent := range []int64{int64(len(content)) / 2, int64(len(content)) / 3} {
			o.Sent(sent)
			o.Retry(errors.New("mem: reset"), time.Second, false)
			o.Sent(-sent)
		}
		o.Sent(int64(len(content)))
	}
	return content, ctx.Err()
}

func (b *memBucket) Put(ctx context.Context, name string, a transfer.Attrs, body transfer.Body) (transfer.Info, error) {
	defer b.count("Put")()
	if b.onPut != nil {
		if err := b.onPut(ctx); err != nil {
			return transfer.Info{}, err
		}
	}
	content, err := b.take(ctx, body)
	if err != nil {
		return transfer.Info{}, err
	}
	if int64(len(content)) > b.limits.MaxPut || a.Size != int64(len(content)) {
		return transfer.Info{}, fmt.Errorf("mem: Put of %d bytes, announced as %d", len(content), a.Size)
	}
	return b.store(name, a, content, 0)
}

func (b *memBucket) store(name string, a transfer.Attrs, content []byte, parts int) (transfer.Info, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a.Carried = false // is of the call
	if a.IfAbsent && b.objects[name] != nil {
		return transfer.Info{}, fmt.Errorf("mem: %q: %w", name, fs.ErrExist)
	}
	b.versions++
	o := &memObject{content: content, info: transfer.Info{
		Name: name, Size: int64(len(content)), Version: fmt.Sprint("v", b.versions), Attrs: a, Parts: parts,
	}}
	if b.algorithm != "" {
		h, err := checksum.New(b.algorithm)
		if err != nil {
			return transfer.Info{}, err
		}
		h.Write(content)
		o.checksum = []transfer.Checksum{{Algorithm: string(b.algorithm), Value: h.Sum(nil), Composite: b.composite}}
	}
	b.objects[name] = o
	info := o.info
	info.Checksums = o.checksum
	return info, nil
}

// put stores an object without going through transfer.
func (b *memBucket) put(t testing.TB, name string, content []byte) {
	t.Helper()
	if _, err := b.store(name, transfer.Attrs{}, content, 0); err != nil {
		t.Fatal(err)
	}
}

func (b *memBucket) content(name string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if o := b.objects[name]; o != nil {
		return o.content
	}
	return nil
}

func (b *memBucket) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	b.count("Begin")()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o := observe.From(ctx); o != nil && b.report {
		o.Retry(errors.New("mem: reset"), time.Second, false)
	}
	b.mu.Lock()
	b.begun++
	u := &memUpload{b: b, name: name, attrs: a, id: fmt.Sprint("upload-", b.begun), parts: make(map[int][]byte)}
	b.uploads[u.id] = u
	b.mu.Unlock()
	if b.onBegin != nil {
		if err := b.onBegin(ctx); err != nil {
			return nil, err
		}
	}
	return u, nil
}

type memUpload struct {
	b     *memBucket
	id    string
	name  string
	attrs transfer.Attrs
	parts map[int][]byte
	age   time.Duration
}

func (u *memUpload) ID() string { return u.id }

func (u *memUpload) Part(ctx context.Context, number int, body transfer.Body) (transfer.Part, error) {
	defer u.b.count("Part")()
	if u.b.onPart != nil {
		if err := u.b.onPart(ctx, number); err != nil {
			return transfer.Part{}, err
		}
	}
	content, err := u.b.take(ctx, body)
	if err != nil {
		return transfer.Part{}, err
	}
	return u.keep(number, content)
}

func (u *memUpload) keep(number int, content []byte) (transfer.Part, error) {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	if u.b.uploads[u.id] == nil {
		return transfer.Part{}, errors.New("mem: no such upload")
	}
	u.parts[number] = content
	return u.part(number), nil
}

// part is what the server tells of a part that it has.
func (u *memUpload) part(number int) transfer.Part {
	sum := crc32.ChecksumIEEE(u.parts[number])
	p := transfer.Part{
		Number: number, Size: int64(len(u.parts[number])), ETag: fmt.Sprint(number),
		Checksum: transfer.Checksum{Algorithm: "CRC32", Value: binary.BigEndian.AppendUint32(nil, sum)},
	}
	if u.b.partSums != nil {
		u.b.partSums(&p, u.parts[number])
	}
	return p
}

func noSums(p *transfer.Part, _ []byte) { p.Checksum = transfer.Checksum{} }

func md5Only(p *transfer.Part, content []byte) {
	p.ETag, p.Checksum = fmt.Sprintf(`"%x"`, md5.Sum(content)), transfer.Checksum{}
}

func (u *memUpload) Finish(ctx context.Context, parts []transfer.Part) (transfer.Info, error) {
	u.b.count("Finish")()
	if u.b.onFinish != nil {
		if err := u.b.onFinish(ctx); err != nil {
			return transfer.Info{}, err
		}
	}
	// That ctx has ended is not looked at: a server may finish all the same.
	content, err := u.assemble(parts)
	if err != nil {
		return transfer.Info{}, err
	}
	return u.b.store(u.name, u.attrs, content, len(parts))
}

func (u *memUpload) assemble(parts []transfer.Part) ([]byte, error) {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	l := u.b.limits
	if len(parts) < 2 || len(parts) > l.MaxParts || len(parts) != len(u.parts) {
		return nil, fmt.Errorf("mem: %d parts finished, %d sent", len(parts), len(u.parts))
	}
	var content []byte
	for i, p := range parts {
		size := int64(len(u.parts[p.Number]))
		last := i == len(parts)-1
		switch {
		case p.Number != i+1 || p.ETag != u.part(i+1).ETag || p.Size != size:
			return nil, fmt.Errorf("mem: part %d is wrong: %+v", i+1, p)
		case size == 0 || size > l.MaxPart || !last && size < l.MinPart:
			return nil, fmt.Errorf("mem: part %d has %d bytes", i+1, size)
		case l.UniformParts && !last && size != parts[0].Size:
			return nil, fmt.Errorf("mem: part %d has %d bytes, part 1 has %d", i+1, size, parts[0].Size)
		}
		content = append(content, u.parts[p.Number]...)
	}
	if u.attrs.Size >= 0 && u.attrs.Size != int64(len(content)) {
		return nil, fmt.Errorf("mem: %d bytes were announced as %d", len(content), u.attrs.Size)
	}
	u.b.mostParts = max(u.b.mostParts, len(parts))
	delete(u.b.uploads, u.id)
	return content, nil
}

func (u *memUpload) Abort(ctx context.Context) error {
	u.b.count("Abort")()
	if u.b.onAbort != nil {
		if err := u.b.onAbort(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	delete(u.b.uploads, u.id)
	return nil
}

// idle checks that nothing is left open or behind.
func (b *memBucket) idle(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.uploads) > 0 || b.bodies > 0 || b.inFlight > 0 {
		t.Errorf("%d uploads left behind, %d bodies open, %d requests in flight", len(b.uploads), b.bodies, b.inFlight)
	}
}

// stall waits until ctx is done.
func stall(ctx context.Context) error {
	<-ctx.Done()
	return fmt.Errorf("mem: %w", ctx.Err())
}
