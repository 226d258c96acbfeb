package transfer

import (
	"context"
	"errors"
	"io"
	"sync"
)

const chunkSize = 64 << 10

type chunk [chunkSize]byte

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// buffer is a [Body] in memory. It is made of chunks, so that parts of all
// sizes share one pool and a short part takes little.
type buffer struct {
	chunks []*chunk
	size   int64
}

func (b *buffer) Size() int64 { return b.size }

func (b *buffer) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	for n < len(p) && off < b.size {
		k := copy(p[n:], b.chunk(off))
		n += k
		off += int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// chunk returns what is from off on in the chunk there.
func (b *buffer) chunk(off int64) []byte {
	start := off % chunkSize
	return b.chunks[off/chunkSize][start:min(chunkSize, start+b.size-off)]
}

// space returns where the next bytes go, at most n of them.
func (b *buffer) space(n int64) []byte {
	i, start := int(b.size/chunkSize), b.size%chunkSize
	if i == len(b.chunks) {
		b.chunks = append(b.chunks, chunks.Get().(*chunk))
	}
	return b.chunks[i][start:min(chunkSize, start+n)]
}

// free gives the chunks back.
func (b *buffer) free() {
	for _, c := range b.chunks {
		chunks.Put(c)
	}
	*b = buffer{}
}

// stream reads a reader with the care that foreign ones need.
type stream struct {
	r      io.Reader
	peeked [1]byte
	ahead  bool // peeked holds a byte that was not given out yet
	eof    bool
}

// read reads at least one byte into p, which is not empty, or returns an error.
// It sees that ctx has ended also when the reader yields without end.
func (s *stream) read(ctx context.Context, p []byte) (int, error) {
	if s.ahead {
		s.ahead = false
		p[0] = s.peeked[0]
		return 1, nil
	}
	if s.eof {
		return 0, io.EOF
	}
	for range 100 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := s.r.Read(p)
		if n < 0 || n > len(p) {
			return 0, errors.New("the reader returned an impossible count")
		}
		if err == io.EOF {
			s.eof = true
		}
		if n > 0 && (err == nil || err == io.EOF) {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// more looks one byte ahead and reports whether there is one.
func (s *stream) more(ctx context.Context) (bool, error) {
	if s.ahead {
		return true, nil
	}
	_, err := s.read(ctx, s.peeked[:])
	if err == io.EOF {
		return false, nil
	}
	s.ahead = err == nil
	return s.ahead, err
}

// fill reads into b until it holds n bytes or the reader ends.
func (s *stream) fill(ctx context.Context, b *buffer, n int64) error {
	for b.size < n {
		if s.eof && !s.ahead {
			return nil
		}
		k, err := s.read(ctx, b.space(n-b.size))
		b.size += int64(k)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
