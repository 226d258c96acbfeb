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
	p.sum = &summing{hash: sha1.New(), attach: true}
	if c.Body != nil {
		p.sum.size = c.Body.Size
	}
	switch claim := in.claimed(); {
	case claim == Sha1DoNotVerify:
		p.sum.attach = false
	case claim != "" && claim != Sha1HexDigitsAtEnd:
		p.sum.attach = false
		if parseSha1(claim) == nil || strings.HasPrefix(claim, Sha1Unverified) {
			return &codec.FieldError{Path: "ContentSha1", Problem: "is not a SHA-1 in hex"}
		}
	case p.sum.size == 0:
		p.sum.attach = false
		c.Request.Header.Set(sha1Header, hex.EncodeToString(p.sum.hash.Sum(nil)))
	default:
		c.Request.Header.Set(sha1Header, Sha1HexDigitsAtEnd)
	}
	return nil
}

// sumBody has the body of r hashed on its way out.
func (p *call) sumBody(r *http.Request) {
	s := p.sum
	s.left = s.size
	if s.size == 0 {
		s.finish()
		return
	}
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
	hash   hash.Hash
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
