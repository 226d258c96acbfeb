package storagetest

import (
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
)

// blobStore keeps contents: small ones in memory, larger ones in files.
type blobStore struct {
	parent string
	limit  int64

	mu   sync.Mutex
	dir  string // made with the first file
	done bool
}

func newBlobStore(parent string, limit int64) *blobStore {
	return &blobStore{parent: parent, limit: limit}
}

// file makes a new file in the store's directory.
func (s *blobStore) file() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return nil, os.ErrClosed
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.parent, "storagetest-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	return os.CreateTemp(s.dir, "blob-")
}

// close removes all files. No blob may be read after it.
func (s *blobStore) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// blob is a content that does not change. Whoever keeps one holds a reference;
// the maker's is the first, and the last one released removes the file.
type blob struct {
	size int64
	refs atomic.Int64

	// One of these:
	data  []byte
	path  string
	parts []*blob // referenced by this blob

	offsets []int64 // where each part begins; before 0 if only a section of it is meant
}

func (b *blob) retain() *blob {
	b.refs.Add(1)
	return b
}

func (b *blob) release() {
	if b == nil || b.refs.Add(-1) > 0 {
		return
	}
	if b.path != "" {
		_ = os.Remove(b.path)
	}
	for _, p := range b.parts {
		p.release()
	}
}

// concat makes one blob of several without copying: it refers to them, and the
// callers' references remain the callers'.
func concat(parts []*blob) *blob {
	b := &blob{}
	b.refs.Store(1)
	for _, p := range parts {
		b.parts = append(b.parts, p.retain())
		b.offsets = append(b.offsets, b.size)
		b.size += p.size
	}
	return b
}

// section makes a blob of n bytes of another, from the offset off, without
// copying them.
func (b *blob) section(off, n int64) *blob {
	s := &blob{size: n, parts: []*blob{b.retain()}, offsets: []int64{-off}}
	s.refs.Store(1)
	return s
}

// copyTo writes n bytes from the offset off to w. Files are handed to w as such,
// so that a TCP connection takes them by sendfile.
func (b *blob) copyTo(w io.Writer, off, n int64) (int64, error) {
	if off < 0 || n < 0 || off+n > b.size {
		return 0, fmt.Errorf("storagetest: range %d+%d outside a content of %d bytes", off, n, b.size)
	}
	switch {
	case n == 0:
		return 0, nil
	case b.data != nil:
		m, err := w.Write(b.data[off : off+n])
		return int64(m), err
	case b.path != "":
		f, err := os.Open(b.path)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		if _, err := f.Seek(off, io.SeekStart); err != nil {
			return 0, err
		}
		return io.CopyN(w, f, n)
	}
	i, found := slices.BinarySearch(b.offsets, off)
	if !found {
		i--
	}
	var written int64
	for ; written < n; i++ {
		part := b.parts[i]
		from := off + written - b.offsets[i]
		m, err := part.copyTo(w, from, min(part.size-from, n-written))
		written += m
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// blobWriter takes a content in, feeding hashes on the way. It ends with finish
// or abort; abort after finish does nothing, so that it can be deferred.
type blobWriter struct {
	store  *blobStore
	hashes []hash.Hash
	data   []byte
	file   *os.File
	size   int64
	ended  bool
}

// newWriter takes in a content of so many bytes, or −1 where that is unknown.
func (s *blobStore) newWriter(size int64, hashes ...hash.Hash) *blobWriter {
	w := &blobWriter{store: s, hashes: hashes}
	if size > 0 && size <= s.limit {
		w.data = make([]byte, 0, size)
	}
	return w
}

// Write implements [io.Writer].
func (w *blobWriter) Write(p []byte) (int, error) {
	if w.file == nil && w.size+int64(len(p)) > w.store.limit {
		f, err := w.store.file()
		if err != nil {
			return 0, err
		}
		w.file = f
		if _, err := f.Write(w.data); err != nil {
			return 0, err
		}
		w.data = nil
	}
	if w.file != nil {
		if n, err := w.file.Write(p); err != nil {
			return n, err
		}
	} else {
		w.data = append(w.data, p...)
	}
	for _, h := range w.hashes {
		_, _ = h.Write(p) // never fails
	}
	w.size += int64(len(p))
	return len(p), nil
}

// finish returns the content, with the caller holding the one reference.
func (w *blobWriter) finish() (*blob, error) {
	w.ended = true
	b := &blob{size: w.size, data: w.data}
	b.refs.Store(1)
	if w.file == nil {
		return b, nil
	}
	b.path = w.file.Name()
	if err := w.file.Close(); err != nil {
		_ = os.Remove(b.path)
		return nil, err
	}
	return b, nil
}

// abort drops what was written.
func (w *blobWriter) abort() {
	if w.ended {
		return
	}
	w.ended = true
	if w.file != nil {
		_ = w.file.Close()
		_ = os.Remove(w.file.Name())
	}
}

// copyBuffers are what bodies are read through.
var copyBuffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

// readFrom writes all of r to w and returns its first error, if any.
func (w *blobWriter) readFrom(r io.Reader) error {
	buf := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(buf)
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, *buf)
	return err
}
