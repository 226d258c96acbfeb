package b2

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// uploading is the input of a call that sends content to an upload URL.
type uploading interface {
	uploadURL() string
	// claimed is the SHA-1 that the caller gives, or what takes its place.
	claimed() string
}

func (in *UploadFileInput) uploadURL() string { return in.UploadUrl }
func (in *UploadFileInput) claimed() string   { return in.ContentSha1 }
func (in *UploadPartInput) uploadURL() string { return in.UploadUrl }
func (in *UploadPartInput) claimed() string   { return in.ContentSha1 }

const sha1Header = "X-Bz-Content-Sha1"

func (p *call) prepareUpload(c *pipeline.Call, in uploading) error {
	var err error
	if p.target, err = url.Parse(in.uploadURL()); err != nil {
		return &codec.FieldError{Path: "UploadUrl", Problem: "is not an URL"} // the URL is as good as a token
	}
	if err := checkTransport(p.target); err != nil {
		return &codec.FieldError{Path: "UploadUrl", Problem: err.Error()}
	}
	c.Request.Query = p.target.RawQuery
	if file, ok := c.Input.(*UploadFileInput); ok && file.ContentType == "" {
		c.Request.Header.Set("Content-Type", ContentTypeAuto)
	}
	p.sum = new(summing)
	if c.Body != nil {
		p.sum.size = c.Body.Size
	}
	if p.sum.size > maxPartSize {
		return refuse("Body", "has %d bytes; the limit is %d", p.sum.size, int64(maxPartSize))
	}
	ours := false // to tell the SHA-1
	claim := in.claimed()
	switch claim {
	case "", Sha1HexDigitsAtEnd:
		ours = true
	case Sha1DoNotVerify:
	default:
		if parseSha1(claim) == nil || strings.HasPrefix(claim, Sha1Unverified) {
			return &codec.FieldError{Path: "ContentSha1", Problem: "is not a SHA-1 in hex"}
		}
	}
	h := c.Request.Header
	if p.sum.size > smallBody || p.sum.size > 0 && claim == Sha1HexDigitsAtEnd {
		p.sum.hash, p.sum.attach = sha1.New(), ours
		if ours {
			h[sha1Header] = atEnd
		}
		return nil
	}
	var content []byte
	if c.Body != nil {
		if err := c.Body.Load(); err != nil {
			return err
		}
		content = c.Body.Bytes
	}
	sum := sha1.Sum(content)
	p.sum.digest.Store(&sum)
	if ours {
		h[sha1Header] = []string{hex.EncodeToString(sum[:])}
	}
	return nil
}

// smallBody is the size up to which a body is held in memory and hashed before
// it is sent: a header then does what else takes bytes behind the body, and the
// smallest leave in one packet with their header.
const smallBody = 128 << 10

var atEnd = []string{Sha1HexDigitsAtEnd}

// sumBody has the body of r hashed on its way out, if it has not been before.
func (p *call) sumBody(r *http.Request) {
	s := p.sum
	if s.hash == nil {
		return
	}
	s.left = s.size
	s.body = r.Body
	r.Body = s
	if s.attach {
		r.ContentLength += hexSize
	}
}

const hexSize = 2 * sha1.Size

// summing is a body that is hashed while it is read. The SHA-1 in hex follows
// it, if attach is set.
type summing struct {
	body   io.ReadCloser
	hash   hash.Hash // nil: the digest is known
	size   int64
	attach bool

	left   int64 // of the content
	tail   bytes.Reader
	digest atomic.Pointer[[sha1.Size]byte] // read by another goroutine than the transport's
}

func (s *summing) Read(p []byte) (int, error) {
	if s.left == 0 {
		return s.tail.Read(p)
	}
	n, err := s.body.Read(p)
	s.hash.Write(p[:n])
	s.left -= int64(n)
	if s.left > 0 || err != nil && !errors.Is(err, io.EOF) {
		return n, err
	}
	s.finish()
	if s.tail.Len() > 0 {
		err = nil
	}
	return n, err
}

func (s *summing) finish() {
	sum := [sha1.Size]byte(s.hash.Sum(nil))
	s.digest.Store(&sum)
	if s.attach {
		s.tail.Reset(hex.AppendEncode(nil, sum[:]))
	}
}

func (s *summing) Close() error { return s.body.Close() }

// receipt is the output of an upload.
type receipt interface {
	received() (sha1 string, size int64)
}

// compare reports whether what the server got is what was sent.
func (s *summing) compare(got receipt) error {
	sum, size := got.received()
	want := s.digest.Load()
	if want == nil {
		return errors.New("the server answered before it had the whole body")
	}
	if size != s.size {
		return fmt.Errorf("the server received %d bytes of %d", size, s.size)
	}
	if !bytes.Equal(parseSha1(sum), want[:]) {
		return fmt.Errorf("the server received content with SHA-1 %q, not %x", sum, *want)
	}
	return nil
}
