package storagetest

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/crc64nvme"
)

// s3Algorithm is one of the checksums that S3 keeps of objects.
type s3Algorithm struct {
	name string // as in ChecksumAlgorithm
	size int
	new  func() hash.Hash

	// poly is the reversed polynomial of a CRC, whose values can be combined; 0
	// for other hashes, which a multipart upload has only of its parts.
	poly uint64

	// fullOnly is set where a checksum of checksums is not offered.
	fullOnly bool
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// crc64Poly is that of CRC-64/NVME, reversed.
const crc64Poly = 0x9a6c9329ac4bc9b5

var s3Algorithms = []*s3Algorithm{
	{name: "CRC64NVME", size: 8, poly: crc64Poly, fullOnly: true, new: func() hash.Hash { return crc64nvme.New() }},
	{name: "CRC32", size: 4, poly: crc32.IEEE, new: func() hash.Hash { return crc32.NewIEEE() }},
	{name: "CRC32C", size: 4, poly: crc32.Castagnoli, new: func() hash.Hash { return crc32.New(castagnoli) }},
	{name: "SHA1", size: sha1.Size, new: sha1.New},
	{name: "SHA256", size: sha256.Size, new: sha256.New},
	{name: "SHA512", size: sha512.Size, new: sha512.New},
	{name: "MD5", size: md5.Size, new: md5.New},
}

// unsupportedAlgorithms exist at S3, but not here.
var unsupportedAlgorithms = []string{"XXHASH64", "XXHASH3", "XXHASH128"}

// defaultAlgorithm is what S3 keeps of an object whose sender chose none.
func defaultAlgorithm() *s3Algorithm { return s3Algorithms[0] }

// findAlgorithm finds one by name, in any case; nil if there is none.
func findAlgorithm(name string) *s3Algorithm {
	for _, a := range s3Algorithms {
		if strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

// algorithmNamed is findAlgorithm for a name that came in a request.
func algorithmNamed(name string) (*s3Algorithm, *s3Error) {
	if a := findAlgorithm(name); a != nil {
		return a, nil
	}
	if slices.ContainsFunc(unsupportedAlgorithms, func(u string) bool { return strings.EqualFold(u, name) }) {
		return nil, errorNotImplemented("checksum " + name)
	}
	return nil, errorInvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5]")
}

// header is the name of the header that carries the checksum, canonical.
func (a *s3Algorithm) header() string {
	return http.CanonicalHeaderKey("x-amz-checksum-" + strings.ToLower(a.name))
}

// element is the name of the XML element that carries the checksum.
func (a *s3Algorithm) element() string { return "Checksum" + a.name }

// s3Checksum is a checksum that is kept of an object or part.
type s3Checksum struct {
	algorithm *s3Algorithm
	sum       []byte
	parts     int // of a checksum of checksums; 0: of the whole content
}

func (s s3Checksum) text() string {
	v := base64.StdEncoding.EncodeToString(s.sum)
	if s.parts > 0 {
		v += "-" + strconv.Itoa(s.parts)
	}
	return v
}

func (s s3Checksum) kind() string {
	if s.parts > 0 {
		return "COMPOSITE"
	}
	return "FULL_OBJECT"
}

// crcAppend returns the CRC of a content from those of its two parts, the
// second of which has n bytes. That is a·x^(8n) + b over GF(2), modulo the
// polynomial; the bits of a reversed CRC stand for falling powers of x.
func (a *s3Algorithm) crcAppend(first, second []byte, n int64) []byte {
	width := uint(8 * a.size)
	multiply := func(p, q uint64) uint64 {
		var product uint64
		for bit := uint64(1) << (width - 1); bit != 0; bit >>= 1 {
			if p&bit != 0 {
				product ^= q
			}
			if q&1 != 0 {
				q = q>>1 ^ a.poly
			} else {
				q >>= 1
			}
		}
		return product
	}
	shift, power := uint64(1)<<(width-1), uint64(1)<<(width-9) // 1 and x^8
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			shift = multiply(shift, power)
		}
		power = multiply(power, power)
	}
	return a.bytes(multiply(a.number(first), shift) ^ a.number(second))
}

func (a *s3Algorithm) number(sum []byte) uint64 {
	var b [8]byte
	copy(b[8-a.size:], sum)
	return binary.BigEndian.Uint64(b[:])
}

func (a *s3Algorithm) bytes(v uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, v)
	return b[8-a.size:]
}

// declaration is the checksum that a request promises for its body.
type declaration struct {
	algorithm *s3Algorithm
	value     []byte // nil: it comes in the trailer
}

// declaredChecksum reads the headers that announce a checksum. It is nil if
// there are none.
func (c *s3Call) declaredChecksum() (*declaration, *s3Error) {
	var found []*declaration
	for name, values := range c.r.Header {
		suffix, ok := strings.CutPrefix(strings.ToLower(name), "x-amz-checksum-")
		if !ok || suffix == "mode" || suffix == "algorithm" || suffix == "type" {
			continue
		}
		a, err := algorithmNamed(suffix)
		if err != nil {
			return nil, err
		}
		value, decodeErr := base64.StdEncoding.DecodeString(values[0])
		if len(values) != 1 || decodeErr != nil || len(value) != a.size {
			return nil, errorInvalidRequest("Value for " + strings.ToLower(name) + " header is invalid.")
		}
		found = append(found, &declaration{a, value})
	}
	for name := range strings.SplitSeq(c.header("X-Amz-Trailer"), ",") {
		suffix, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), "x-amz-checksum-")
		switch {
		case name == "":
			continue
		case !ok:
			return nil, errorInvalidRequest("The value specified in the x-amz-trailer header is not supported")
		case !strings.HasSuffix(c.payloadHash(), "-TRAILER"):
			return nil, errorInvalidRequest("x-amz-trailer is given, but the body is not one with a trailer")
		}
		a, err := algorithmNamed(suffix)
		if err != nil {
			return nil, err
		}
		found = append(found, &declaration{algorithm: a})
	}
	wanted := c.header("X-Amz-Sdk-Checksum-Algorithm")
	switch {
	case len(found) > 1:
		return nil, errorInvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(found) == 0 && wanted != "":
		return nil, errorInvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	case len(found) == 0:
		return nil, nil
	case wanted != "" && !strings.EqualFold(wanted, found[0].algorithm.name):
		return nil, errorInvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
	}
	return found[0], nil
}

// payloadHash is what the signature says about the body.
func (c *s3Call) payloadHash() string {
	if c.signature != nil {
		return c.signature.payload
	}
	if v := c.header("X-Amz-Content-Sha256"); v != "" {
		return v
	}
	return unsignedPayload
}

// s3Payload is the body of a request, decoded, and verified when its end has
// been read: a Read that returns io.EOF says that all is well.
type s3Payload struct {
	call     *s3Call
	src      io.Reader
	chunks   *chunkReader // src, if it is aws-chunked
	size     int64        // as declared, −1 unknown
	read     int64
	sha256   hash.Hash // nil unless signed
	md5      hash.Hash
	wantMD5  []byte
	declared *declaration
	sums     map[*s3Algorithm]hash.Hash
	err      error
}

// maxPut is the largest body of a PutObject or UploadPart.
const maxPut = 5 << 30

// openPayload prepares to read the body and to compute the checksums that are
// declared, and those wanted besides.
func (c *s3Call) openPayload(declared *declaration, want ...*s3Algorithm) (*s3Payload, *s3Error) {
	p := &s3Payload{
		call: c, src: c.r.Body, size: c.r.ContentLength,
		md5: md5.New(), declared: declared,
		sums: make(map[*s3Algorithm]hash.Hash),
	}
	if v := c.header("Content-Md5"); v != "" {
		var err error
		if p.wantMD5, err = base64.StdEncoding.DecodeString(v); err != nil || len(p.wantMD5) != md5.Size {
			return nil, &s3Error{status: 400, code: "InvalidDigest", message: "The Content-MD5 you specified was invalid.",
				extra: []string{"Content-MD5", v}}
		}
	}
	payload := c.payloadHash()
	if strings.HasPrefix(payload, "STREAMING-") {
		if c.dialect.noTrailers && payload != streamingSigned {
			return nil, &s3Error{status: 400, code: "XAmzContentSHA256Mismatch",
				message: "The provided 'x-amz-content-sha256' header does not match what was computed."}
		}
		size, err := strconv.ParseInt(c.header("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil || size < 0 {
			return nil, errorMissingLength()
		}
		p.size = size
		p.chunks = newChunkReader(c, payload, declared)
		p.src = p.chunks
	} else if payload != unsignedPayload {
		p.sha256 = sha256.New()
	}
	if p.size < 0 {
		return nil, errorMissingLength()
	}
	if p.size > maxPut {
		return nil, &s3Error{status: 400, code: "EntityTooLarge", message: "Your proposed upload exceeds the maximum allowed size",
			extra: []string{"ProposedSize", strconv.FormatInt(p.size, 10), "MaxSizeAllowed", strconv.FormatInt(maxPut, 10)}}
	}
	if declared != nil {
		want = append(want, declared.algorithm)
	}
	for _, a := range want {
		if a != nil && p.sums[a] == nil {
			p.sums[a] = a.new()
		}
	}
	return p, nil
}

func errorMissingLength() *s3Error {
	return &s3Error{status: 411, code: "MissingContentLength", message: "You must provide the Content-Length HTTP header."}
}

// Read implements [io.Reader]. Its errors are *s3Error.
func (p *s3Payload) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.src.Read(b)
	if n > 0 {
		p.read += int64(n)
		p.md5.Write(b[:n])
		if p.sha256 != nil {
			p.sha256.Write(b[:n])
		}
		for _, h := range p.sums {
			h.Write(b[:n])
		}
	}
	switch {
	case p.read > p.size:
		p.err = errorIncompleteBody()
	case err == io.EOF:
		p.err = io.EOF
		if verdict := p.verify(); verdict != nil {
			p.err = verdict
		}
	case err != nil:
		var known *s3Error
		if errors.As(err, &known) {
			p.err = known
		} else {
			p.err = errorIncompleteBody()
		}
	}
	return n, p.err
}

// verify judges the body after its end.
func (p *s3Payload) verify() *s3Error {
	if p.read != p.size {
		return errorIncompleteBody()
	}
	if p.sha256 != nil {
		if sum := hex.EncodeToString(p.sha256.Sum(nil)); sum != p.call.payloadHash() {
			return &s3Error{status: 400, code: "XAmzContentSHA256Mismatch",
				message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
				extra:   []string{"ClientComputedContentSHA256", p.call.payloadHash(), "S3ComputedContentSHA256", sum}}
		}
	}
	if sum := p.md5.Sum(nil); p.wantMD5 != nil && !bytes.Equal(sum, p.wantMD5) {
		return &s3Error{status: 400, code: "BadDigest", message: "The Content-MD5 you specified did not match what we received.",
			extra: []string{"ExpectedDigest", base64.StdEncoding.EncodeToString(p.wantMD5), "CalculatedDigest", base64.StdEncoding.EncodeToString(sum)}}
	}
	if p.declared == nil {
		return nil
	}
	want := p.declared.value
	if want == nil {
		want = p.chunks.trailer
	}
	if !bytes.Equal(want, p.sum(p.declared.algorithm).sum) {
		return errorBadChecksum(p.declared.algorithm)
	}
	return nil
}

func errorBadChecksum(a *s3Algorithm) *s3Error {
	return &s3Error{status: 400, code: "BadDigest",
		message: "The " + a.name + " you specified did not match the calculated checksum."}
}

// sum is the checksum of what has been read; a must have been asked for.
func (p *s3Payload) sum(a *s3Algorithm) s3Checksum {
	return s3Checksum{algorithm: a, sum: p.sums[a].Sum(nil)}
}

// store reads the whole body into a blob.
func (p *s3Payload) store() (*blob, *s3Error) {
	w := p.call.srv.blobs.newWriter(p.size)
	defer w.abort()
	if err := w.readFrom(p); err != nil {
		var known *s3Error
		if errors.As(err, &known) {
			return nil, known
		}
		return nil, errorInternal(err)
	}
	b, err := w.finish()
	if err != nil {
		return nil, errorInternal(err)
	}
	return b, nil
}

// maxDocument is the largest XML document that is read.
const maxDocument = 8 << 20

// document reads the body of an operation that takes an XML document. With
// integrity the client must have sent a digest of it.
func (c *s3Call) document(integrity bool) ([]byte, *s3Error) {
	declared, err := c.declaredChecksum()
	if err != nil {
		return nil, err
	}
	if integrity && declared == nil && c.header("Content-Md5") == "" {
		return nil, errorInvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	return c.readDocument(declared)
}

// readDocument is document for a checksum that has been dealt with.
func (c *s3Call) readDocument(declared *declaration) ([]byte, *s3Error) {
	p, err := c.openPayload(declared)
	if err != nil {
		return nil, err
	}
	if p.size > maxDocument {
		return nil, errorMalformedXML()
	}
	data, readErr := io.ReadAll(p)
	if readErr != nil {
		return nil, readErr.(*s3Error) // Read has no other
	}
	return data, nil
}

// chunkReader decodes an aws-chunked body and verifies what is signed in it.
type chunkReader struct {
	call      *s3Call
	in        *bufio.Reader
	signed    bool
	trailing  bool
	announced *declaration // nil: no trailer expected

	previous string    // signature of the chunk before
	sum      hash.Hash // of the chunk
	want     string    // signature of the chunk
	left     int64     // of the chunk
	size     int64     // of the chunk
	short    bool      // a chunk below the minimum has been seen
	begun    bool
	trailer  []byte // value of the announced checksum
	err      error
}

// minChunk is the least size of a signed chunk that is not the last.
const minChunk = 8 << 10

func newChunkReader(c *s3Call, payload string, declared *declaration) *chunkReader {
	r := &chunkReader{
		call:     c,
		in:       bufio.NewReaderSize(c.r.Body, 64<<10),
		signed:   payload == streamingSigned || payload == streamingSignedTrailer,
		trailing: payload != streamingSigned,
		sum:      sha256.New(),
	}
	if declared != nil && declared.value == nil {
		r.announced = declared
	}
	if c.signature != nil {
		r.previous = c.signature.signature
	}
	return r
}

// Read implements [io.Reader].
func (r *chunkReader) Read(p []byte) (int, error) {
	if r.err == nil && r.left == 0 {
		r.err = r.next()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.in.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if r.signed {
		r.sum.Write(p[:n])
	}
	if err != nil {
		r.err = errorIncompleteBody()
		return n, r.err
	}
	return n, nil
}

// next ends the current chunk and begins the following one.
func (r *chunkReader) next() error {
	if r.begun {
		if line, err := r.line(); err != nil {
			return err
		} else if line != "" {
			return errorIncompleteBody()
		}
		if err := r.checkChunk(); err != nil {
			return err
		}
	}
	line, err := r.line()
	if err != nil {
		return err
	}
	size, extension, _ := strings.Cut(line, ";")
	n, parseErr := strconv.ParseUint(size, 16, 62)
	if parseErr != nil {
		return errorIncompleteBody()
	}
	r.want = ""
	if sig, ok := strings.CutPrefix(extension, "chunk-signature="); ok {
		r.want = sig
	}
	r.begun, r.size, r.left = true, int64(n), int64(n)
	r.sum.Reset()
	if n > 0 {
		if r.short && r.signed {
			return &s3Error{status: 403, code: "InvalidChunkSizeError", message: "Only the last chunk is allowed to have a size less than 8192 bytes"}
		}
		r.short = n < minChunk
		return nil
	}
	if err := r.checkChunk(); err != nil {
		return err
	}
	if err := r.trailers(); err != nil {
		return err
	}
	return io.EOF
}

func (r *chunkReader) checkChunk() error {
	if !r.signed {
		return nil
	}
	want := r.call.signature.chunkSignature(r.previous, hex.EncodeToString(r.sum.Sum(nil)))
	if !hmac.Equal([]byte(want), []byte(r.want)) {
		return errorChunkSignature(fmt.Sprintf("chunk of %d bytes", r.size))
	}
	r.previous = want
	return nil
}

func errorChunkSignature(what string) *s3Error {
	return &s3Error{status: 403, code: "SignatureDoesNotMatch",
		message: "The request signature we calculated does not match the signature you provided. (" + what + ")"}
}

// trailers reads what follows the last chunk, to the end of the body. The lines
// end in CRLF, or, as Amazon's own documentation has it, in LF followed by an
// empty line; the last line is empty.
func (r *chunkReader) trailers() error {
	malformed := &s3Error{status: 400, code: "MalformedTrailerError",
		message: "The request contained trailing data that was not well-formed or did not conform to our published schema."}
	var lines, signature string
	for last := ""; ; {
		raw, err := r.in.ReadSlice('\n')
		if err == io.EOF && len(raw) == 0 && last == "\r\n" {
			break
		}
		if err != nil || len(raw) > maxLine {
			return errorIncompleteBody()
		}
		last = string(raw)
		line := strings.TrimSuffix(strings.TrimSuffix(last, "\n"), "\r")
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok || !r.trailing || signature != "":
			return malformed
		case name == "x-amz-trailer-signature":
			signature = value
			continue
		case r.announced == nil || r.trailer != nil || http.CanonicalHeaderKey(name) != r.announced.algorithm.header():
			return malformed
		}
		lines += name + ":" + value + "\n"
		sum, decodeErr := base64.StdEncoding.DecodeString(value)
		if decodeErr != nil || len(sum) != r.announced.algorithm.size {
			return errorInvalidRequest("Value for " + name + " trailing header is invalid.")
		}
		r.trailer = sum
	}
	if r.announced != nil && r.trailer == nil {
		return malformed
	}
	if r.signed && r.trailing {
		want := r.call.signature.trailerSignature(r.previous, lines)
		if !hmac.Equal([]byte(want), []byte(signature)) {
			return errorChunkSignature("trailer")
		}
	}
	return nil
}

// maxLine bounds the lines between chunks.
const maxLine = 1 << 10

// line reads up to CRLF.
func (r *chunkReader) line() (string, error) {
	line, err := r.in.ReadSlice('\n')
	if err != nil || len(line) > maxLine || !bytes.HasSuffix(line, []byte("\r\n")) {
		return "", errorIncompleteBody()
	}
	return string(line[:len(line)-2]), nil
}
