// Package awschunked encodes request bodies in the aws-chunked content coding:
// chunks that may each be signed, and a checksum in a trailer, so that a body
// is read once, while it is sent.
//
// Facts: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
package awschunked

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/bits"
	"net/http"
	"strconv"
	"sync"

	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

const (
	// unsignedChunk is the data in each chunk but the last of an unsigned body.
	// AWS takes chunks of any size; others hold a chunk in memory, and MinIO
	// refuses those above 16 MiB.
	unsignedChunk int64 = 1024 << 10

	// signedFrame is the size of a whole signed chunk but the last, framing
	// included: exactly the buffer with which net/http copies a body, so that a
	// chunk is read, hashed and framed in place there. Its data must be 8 KiB or
	// more. Larger chunks would save 2 % of the hashing and cost a copy of all
	// that is sent.
	signedFrame       = 32 << 10
	signedChunk int64 = signedFrame - int64(len("7fa7"+signatureField+crlf+crlf)) - sigv4.SignatureSize

	page = 4 << 10

	crlf             = "\r\n"
	signatureField   = ";chunk-signature="
	trailerSignature = "x-amz-trailer-signature:"
)

// Encoding is what is known of an encoded body before any of it is read.
type Encoding struct {
	// Length is the number of bytes before encoding.
	Length int64

	// Signed chunks cover the body by the request's signature. Unsigned ones
	// are for TLS, and need a Trailer.
	Signed bool

	// Asymmetric says that the signatures are those of Signature Version 4A.
	Asymmetric bool

	// Trailer is the checksum that follows the data; empty for none.
	Trailer checksum.Algorithm
}

// PayloadHash stands for the body in the signature of the request.
func (e Encoding) PayloadHash() string {
	switch {
	case !e.Signed:
		return sigv4.StreamingUnsignedTrailer
	case e.Asymmetric && e.Trailer != "":
		return sigv4.Asymmetric(sigv4.StreamingPayloadTrailer)
	case e.Asymmetric:
		return sigv4.Asymmetric(sigv4.StreamingPayload)
	case e.Trailer != "":
		return sigv4.StreamingPayloadTrailer
	}
	return sigv4.StreamingPayload
}

// SetHeader announces the encoding in h. A content coding that is there already
// is the object's own; it comes after.
func (e Encoding) SetHeader(h http.Header) {
	coding := "aws-chunked"
	for _, own := range h["Content-Encoding"] {
		if own != "" {
			coding += "," + own
		}
	}
	h["Content-Encoding"] = []string{coding}
	h["X-Amz-Decoded-Content-Length"] = []string{strconv.FormatInt(e.Length, 10)}
	if e.Trailer != "" {
		h["X-Amz-Trailer"] = []string{e.Trailer.Header()}
	}
}

// EncodedLength is the number of bytes after encoding: the request's
// Content-Length.
func (e Encoding) EncodedLength() int64 {
	full, rest := e.Length/e.chunk(), e.Length%e.chunk()
	n := full*e.frame(e.chunk()) + e.lineLength(0) + int64(len(crlf))
	if rest > 0 {
		n += e.frame(rest)
	}
	if e.Trailer != "" {
		n += int64(len(e.Trailer.Header()) + len(":") + e.Trailer.EncodedSize() + len(crlf))
		if e.Signed {
			n += int64(len(trailerSignature) + e.signatureSize() + len(crlf))
		}
	}
	return n
}

// chunk is the size of the data in each chunk but the last.
func (e Encoding) chunk() int64 {
	if e.Signed {
		return signedChunk + sigv4.SignatureSize - int64(e.signatureSize()) // the same frame
	}
	return unsignedChunk
}

func (e Encoding) signatureSize() int {
	if e.Asymmetric {
		return sigv4.AsymmetricSize
	}
	return sigv4.SignatureSize
}

// frame is the size of a chunk with size bytes of data, framing included.
func (e Encoding) frame(size int64) int64 { return e.lineLength(size) + size + int64(len(crlf)) }

// lineLength is the length of the line in front of a chunk.
func (e Encoding) lineLength(size int64) int64 {
	n := max(1, (bits.Len64(uint64(size))+3)/4) + len(crlf)
	if e.Signed {
		n += len(signatureField) + e.signatureSize()
	}
	return int64(n)
}

// LengthError says that a body was not as long as declared.
type LengthError struct {
	Declared int64
	Read     int64 // Declared+1 when there was more
}

func (e *LengthError) Error() string {
	if e.Read > e.Declared {
		return fmt.Sprintf("the body is longer than the %d bytes declared", e.Declared)
	}
	return fmt.Sprintf("the body ended after %d of the %d bytes declared", e.Read, e.Declared)
}

// NewReader returns body, encoded. chain is the signature of the request that
// carries it; it is not looked at when the chunks are unsigned. The reader
// fails with a [*LengthError] before its end when body is not as long as
// declared, so that a server never takes such a body for whole.
func (e Encoding) NewReader(body io.Reader, chain sigv4.Chain) (*Reader, error) {
	if e.Length < 0 {
		return nil, fmt.Errorf("awschunked: negative length %d", e.Length)
	}
	r := &Reader{encoding: e, body: body, chain: chain, left: e.Length}
	if e.Trailer != "" {
		h, err := checksum.New(e.Trailer)
		if err != nil {
			return nil, err
		}
		r.hash = h
	}
	return r, nil
}

// Reader reads an encoded body. See [Encoding.NewReader].
type Reader struct {
	encoding Encoding
	body     io.Reader
	chain    sigv4.Chain
	hash     hash.Hash // nil without a trailer

	left    int64  // data not read from body yet
	inChunk int64  // of that, what belongs to the unsigned chunk at hand
	pending []byte // framing, or a whole signed chunk, that waits to be read
	small   [64]byte
	buffer  *[signedFrame]byte
	ended   bool  // the last chunk and the trailer are, or were, pending
	err     error // sticks once it is set
}

var buffers = sync.Pool{New: func() any { return new([signedFrame]byte) }}

func (r *Reader) Read(p []byte) (n int, err error) {
	for n < len(p) && r.err == nil {
		if len(r.pending) > 0 {
			m := copy(p[n:], r.pending)
			r.pending = r.pending[m:]
			n += m
			continue
		}
		switch {
		case r.inChunk > 0:
			n += r.data(p[n:])
			if r.inChunk > 0 {
				// p is full, or the body gave less than asked for: what there
				// is goes out rather than wait for more.
				return n, r.err
			}
		case r.left > 0 && r.encoding.Signed:
			size := min(r.left, r.encoding.chunk())
			frame := int(r.encoding.frame(size))
			switch {
			case len(p)-n >= frame:
				if r.signed(p[n:n+frame], size) {
					n += frame
				}
			case n > 0:
				// The next read may have room for a whole chunk, and spares
				// us a copy then.
				return n, nil
			default:
				if r.buffer == nil {
					r.buffer = buffers.Get().(*[signedFrame]byte)
				}
				if r.signed(r.buffer[:frame], size) {
					r.pending = r.buffer[:frame]
				}
			}
		case r.left > 0:
			r.inChunk = min(r.left, unsignedChunk)
			r.pending = r.appendLine(r.small[:0], r.inChunk, [sha256.Size]byte{})
		case !r.ended:
			r.end()
		default:
			r.fail(io.EOF)
		}
	}
	return n, r.err
}

// data reads from the body into p, no further than the unsigned chunk goes.
func (r *Reader) data(p []byte) int {
	room := min(int64(len(p)), r.inChunk)
	if room > page && room < r.inChunk {
		// The framing in front has shifted the data in p. A shorter read
		// brings the next ones back to page boundaries on both sides, where
		// copying and the CRCs run a quarter faster.
		room -= room % page
	}
	n := r.fill(p[:room], 1)
	if r.inChunk -= int64(n); r.inChunk == 0 {
		r.pending = append(r.small[:0], crlf...)
	}
	return n
}

// signed reads the next size bytes of the body into frame, hashes them there
// and puts the framing around them. It reports whether it could.
func (r *Reader) signed(frame []byte, size int64) bool {
	at := r.encoding.lineLength(size)
	data := frame[at : at+size]
	if r.fill(data, len(data)); r.err != nil {
		return false
	}
	line := r.appendLine(frame[:0], size, sha256.Sum256(data))
	copy(frame[int64(len(line))+size:], crlf)
	return true
}

// appendLine appends the line in front of a chunk. sum is the hash of its data,
// of use where chunks are signed.
func (r *Reader) appendLine(dst []byte, size int64, sum [sha256.Size]byte) []byte {
	dst = strconv.AppendInt(dst, size, 16)
	if r.encoding.Signed {
		signature := r.chain.Chunk(sum)
		dst = append(dst, signatureField...)
		dst = append(dst, signature...)
	}
	return append(dst, crlf...)
}

// fill reads from the body into p, at least so many bytes of it.
func (r *Reader) fill(p []byte, atLeast int) int {
	n, err := io.ReadAtLeast(r.body, p, atLeast)
	r.left -= int64(n)
	if r.hash != nil {
		r.hash.Write(p[:n])
	}
	switch err {
	case nil:
	case io.EOF, io.ErrUnexpectedEOF:
		r.fail(&LengthError{Declared: r.encoding.Length, Read: r.encoding.Length - r.left})
	default:
		r.fail(err)
	}
	return n
}

// end makes the last chunk and the trailer pending, once it has seen that the
// body is at its end.
func (r *Reader) end() {
	var more [1]byte
	switch _, err := io.ReadFull(r.body, more[:]); err {
	case io.EOF:
	case nil:
		r.fail(&LengthError{Declared: r.encoding.Length, Read: r.encoding.Length + 1})
		return
	default:
		r.fail(err)
		return
	}
	r.ended = true
	b := r.appendLine(nil, 0, sha256.Sum256(nil))
	if r.hash != nil {
		line := r.encoding.Trailer.Header() + ":" + checksum.Encode(r.hash.Sum(nil))
		b = append(append(b, line...), crlf...)
		if r.encoding.Signed {
			signature := r.chain.Trailer(sha256.Sum256([]byte(line + "\n")))
			b = append(append(b, trailerSignature...), signature...)
			b = append(b, crlf...)
		}
	}
	r.pending = append(b, crlf...)
}

// fail ends the reader. Its buffer goes back only here: a reader that is
// abandoned may still be in another goroutine's hands.
func (r *Reader) fail(err error) {
	r.err = err
	r.pending = nil
	if r.buffer != nil {
		buffers.Put(r.buffer)
		r.buffer = nil
	}
}
