package transfer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// source is content that is read in place: size bytes of r from off on.
type source struct {
	r         io.ReaderAt
	off, size int64

	file *os.File    // nil if r is none
	stat os.FileInfo // of file, at the beginning

	panicked atomic.Pointer[any] // what r panicked with
}

// inPlace returns what is left of r as a source, if r can be read in place.
//
// Of files, only regular ones can: a pipe is an *os.File too, but its ReadAt
// fails. Files of /proc say that they are regular and empty, those of /sys that
// they are a page long, so a file without a last byte is read as a stream. For
// other types a method Size is asked for, since one that merely embeds an
// *os.File to replace its Read has ReadAt and Seek as well, and would be
// bypassed.
func inPlace(r io.Reader) (*source, bool) {
	s := &source{}
	switch r := r.(type) {
	case *os.File:
		stat, err := r.Stat()
		if err != nil || !stat.Mode().IsRegular() {
			return nil, false
		}
		s.r, s.file, s.stat, s.size = r, r, stat, stat.Size()
		var last [1]byte
		if _, err := r.ReadAt(last[:], s.size-1); err == io.EOF {
			return nil, false
		}
	case interface {
		io.ReaderAt
		io.Seeker
		Size() int64
	}:
		s.r, s.size = r, r.Size()
	default:
		return nil, false
	}
	off, err := r.(io.Seeker).Seek(0, io.SeekCurrent)
	if err != nil || off >= s.size {
		return nil, false
	}
	s.off = off
	s.size -= off
	return s, true
}

// unchanged returns an error if the file is not what it was at the beginning.
func (s *source) unchanged() error {
	if s.file == nil {
		return nil
	}
	stat, err := s.file.Stat()
	if err != nil {
		return err
	}
	switch was, is := s.stat, stat; {
	case is.Size() != was.Size():
		return fmt.Errorf("%w: its size was %d bytes and is %d", ErrSourceChanged, was.Size(), is.Size())
	case !is.ModTime().Equal(was.ModTime()):
		return fmt.Errorf("%w: it was written to at %v", ErrSourceChanged, is.ModTime())
	}
	return nil
}

// rethrow panics with what the reader panicked with, if it did.
func (s *source) rethrow() {
	if p := s.panicked.Load(); p != nil {
		panic(*p)
	}
}

// section returns n bytes from off on as a body.
func (s *source) section(off, n int64) Body { return &section{s: s, off: s.off + off, n: n} }

type section struct {
	s      *source
	off, n int64
}

func (b *section) Size() int64 { return b.n }

func (b *section) ReadAt(p []byte, off int64) (n int, err error) {
	// A body is read on goroutines of the transport. A panic there would end
	// the program with an upload left behind.
	defer func() {
		if v := recover(); v != nil {
			b.s.panicked.CompareAndSwap(nil, &v)
			n, err = 0, fmt.Errorf("reading the source panicked: %v", v)
		}
	}()
	switch {
	case off < 0:
		return 0, errors.New("negative offset")
	case off >= b.n:
		return 0, io.EOF
	}
	rest := b.n - off
	want := p[:min(int64(len(p)), rest)]
	n, err = b.s.r.ReadAt(want, b.off+off)
	switch {
	case n == len(want) && len(want) < len(p):
		return n, io.EOF
	case n == len(want):
		return n, nil
	case err == nil, err == io.EOF, err == io.ErrUnexpectedEOF:
		return n, fmt.Errorf("%w: it has no byte %d, but had %d", ErrSourceChanged, b.off+off+int64(n), b.s.off+b.s.size)
	}
	return n, err
}
