package s3dialect

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/awschunked"
	"github.com/entrepot-go/entrepot/internal/checksum"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

const (
	// smallBody is the size up to which a body is held in memory and hashed
	// before it is sent: a header then does what else takes a trailer.
	smallBody = 128 << 10

	// continueAbove is the size from which a server is asked whether it wants
	// the body at all.
	continueAbove = 2 << 20
)

var errMistakable = errors.New("not sent, because servers that do not know this operation replace or delete the object itself; if this one knows it, set Config.Server to aws")

// enabled is a header's value that calls share; nobody writes to it.
var enabled = []string{"ENABLED"}

// payload says how the body of a call travels.
type payload struct {
	hash     string // x-amz-content-sha256
	encoding awschunked.Encoding
	chunked  bool
	trailer  bool
}

// Prepare implements pipeline.Provider.
func (d *Dialect) Prepare(c *pipeline.Call) error {
	st := &state{}
	c.State = st
	h := c.Request.Header
	bucket := c.Label("Bucket")
	if err := d.checkBucket(bucket); err != nil {
		return err
	}
	if d.Check != nil {
		if err := d.Check(c.Input); err != nil {
			return err
		}
	}
	if c.Operation.Traits.Has(pipeline.Mistakable) && !d.Profile.EveryOperation {
		return errMistakable
	}
	st.directory = d.directory(bucket)
	if err := d.checkKeys(h); err != nil {
		return err
	}
	for name, values := range d.Header {
		if h[name] == nil && d.Presign == nil { // who uses a presigned request would have to send it too
			h[name] = values
		}
	}
	op := c.Operation.Traits
	if op.Has(pipeline.URLKeys) && d.Profile.URLKeys && d.Presign == nil && !hasParameter(c.Request.Query, "encoding-type") {
		st.keys = true
		if c.Request.Query != "" {
			c.Request.Query += "&"
		}
		c.Request.Query += "encoding-type=url"
	}
	if op.Has(pipeline.ChecksumAnswer) && d.Profile.ChecksumMode && !d.WhenRequired && d.Presign == nil && h["Range"] == nil {
		h["X-Amz-Checksum-Mode"] = enabled
	}
	if op.Has(pipeline.ChecksumCreate) && h["X-Amz-Checksum-Algorithm"] == nil && d.Presign == nil {
		// The parts will carry the default checksum, which the upload must know.
		if a := d.algorithm(st.directory); a != "" {
			h["X-Amz-Checksum-Algorithm"] = []string{string(a)}
		}
	}
	if op.Has(pipeline.ChecksumCreate) {
		if err := checkChecksumType(checksum.Algorithm(first(h["X-Amz-Checksum-Algorithm"])), first(h["X-Amz-Checksum-Type"])); err != nil {
			return err
		}
	}
	if d.Presign != nil {
		if !hasChecksum(h) {
			delete(h, "X-Amz-Sdk-Checksum-Algorithm")
		}
		st.payload.hash = sigv4.UnsignedPayload
		return nil
	}
	if c.Body == nil {
		if h["Content-Length"] != nil {
			return &codec.FieldError{Path: "Body", Problem: "there is none, but a ContentLength"}
		}
		st.payload.hash = sigv4.EmptyPayload
		if op.Has(pipeline.ChecksumBody) || op.Has(pipeline.ChecksumRequired) {
			c.Body = &pipeline.Body{}
		} else {
			return nil
		}
	}
	if d.Profile.Continue && c.Body.Size > continueAbove {
		h["Expect"] = []string{"100-continue"}
	}
	return d.protect(c, st)
}

// checkChecksumType refuses what no server can keep of an upload: it reads the
// parts once, so only checksums that combine can be of the whole object.
func checkChecksumType(a checksum.Algorithm, kind string) error {
	var problem string
	switch {
	case kind == "":
	case a == "":
		problem = "needs a ChecksumAlgorithm"
	case kind == fullObject && a.Supported() && !a.Combinable():
		problem = "FULL_OBJECT does not go with " + string(a) + ": the checksum of an upload in parts is one of the parts' checksums, COMPOSITE, or a CRC"
	case kind == composite && a == checksum.CRC64NVME:
		problem = "COMPOSITE does not go with CRC64NVME, which is always of the whole object"
	}
	if problem != "" {
		return &codec.FieldError{Path: "ChecksumType", Problem: problem}
	}
	return nil
}

// algorithm is the checksum for bodies where the caller names none.
func (d *Dialect) algorithm(directory bool) checksum.Algorithm {
	switch d.Checksum {
	case "":
		if directory {
			return checksum.CRC32
		}
		return d.Profile.Checksum
	case None:
		return ""
	}
	return d.Checksum
}

// protect decides how the body is covered by a checksum and by the signature,
// and computes what must be known before it is sent.
func (d *Dialect) protect(c *pipeline.Call, st *state) error {
	h, body, op := c.Request.Header, c.Body, c.Operation.Traits
	if body.Size <= smallBody {
		if err := body.Load(); err != nil {
			return err
		}
	}
	var trailer checksum.Algorithm
	a := checksum.Algorithm(first(h["X-Amz-Sdk-Checksum-Algorithm"]))
	asked := a != ""
	if (op.Has(pipeline.ChecksumBody) || op.Has(pipeline.ChecksumRequired)) && !hasChecksum(h) && (asked || h["Content-Md5"] == nil) {
		if !asked {
			a = d.algorithm(st.directory)
			if a == "" && st.directory && op.Has(pipeline.ChecksumRequired) {
				a = checksum.CRC32 // directory buckets do not take an MD5
			}
			if d.Checksum == "" && body.Stream() && !d.Profile.Trailer {
				a = "" // nobody has asked for what cannot be had
			}
		}
		switch {
		case op.Has(pipeline.ChecksumRequired) && !asked && (a == "" || !d.Profile.ChecksumHeaders || op.Has(pipeline.ChecksumMD5)):
			sum := md5.Sum(body.Bytes)
			h["Content-Md5"] = []string{base64.StdEncoding.EncodeToString(sum[:])}
		case a == "":
		case !a.Supported():
			return &codec.FieldError{Path: "ChecksumAlgorithm", Problem: a.Unsupported().Error()}
		default:
			h["X-Amz-Sdk-Checksum-Algorithm"] = []string{string(a)}
			if body.Loaded() || !d.Profile.Trailer {
				if err := setChecksum(h, a, body); err != nil {
					return err
				}
			} else {
				trailer = a
			}
		}
	}
	return d.cover(h, body, op, trailer, &st.payload)
}

// cover decides how the signature covers the body.
func (d *Dialect) cover(h http.Header, body *pipeline.Body, op pipeline.Trait, trailer checksum.Algorithm, p *payload) error {
	secure := d.Base.Scheme == "https"
	unsigned := d.UnsignedPayload || d.bare() || op.Has(pipeline.UnsignedBody) || secure && op.Has(pipeline.ChecksumBody)
	switch {
	case trailer != "":
		p.trailer = true
		p.encode(h, awschunked.Encoding{Length: body.Size, Signed: !unsigned, Trailer: trailer})
	case unsigned:
		p.hash = sigv4.UnsignedPayload
	case body.Loaded():
		sum := sha256.Sum256(body.Bytes)
		var text [2 * sha256.Size]byte
		hex.Encode(text[:], sum[:])
		p.hash = string(text[:])
	case d.Profile.SignedChunks || body.Stream():
		p.encode(h, awschunked.Encoding{Length: body.Size, Signed: true})
	default:
		sum, err := digest(body, sha256.New())
		if err != nil {
			return err
		}
		p.hash = hex.EncodeToString(sum)
	}
	return nil
}

// bare reports whether it is known that requests are not signed at all.
func (d *Dialect) bare() bool { return d.anonymous() || credentials.GivesTokens(d.Credentials) }

func (d *Dialect) anonymous() bool { return credentials.IsAnonymous(d.Credentials) }

func (p *payload) encode(h http.Header, e awschunked.Encoding) {
	p.chunked, p.encoding, p.hash = true, e, e.PayloadHash()
	e.SetHeader(h)
}

// hasChecksum reports whether the caller gave a checksum of his own.
func hasChecksum(h http.Header) bool {
	for name := range h {
		if algorithm, ok := strings.CutPrefix(name, "X-Amz-Checksum-"); ok && algorithm != "Algorithm" && algorithm != "Type" && algorithm != "Mode" {
			return true
		}
	}
	return false
}

// setChecksum reads the body once before it is sent.
func setChecksum(h http.Header, a checksum.Algorithm, body *pipeline.Body) error {
	if body.Stream() {
		return &codec.FieldError{Path: "ChecksumAlgorithm", Problem: "this server takes no checksum behind the body, and a body that can be read only once has none before it: give a file or a byte reader, or the checksum's value"}
	}
	hasher, err := checksum.New(a)
	if err != nil {
		return err
	}
	sum, err := digest(body, hasher)
	if err != nil {
		return err
	}
	h[a.Key()] = []string{checksum.Encode(sum)}
	return nil
}

func digest(body *pipeline.Body, h hash.Hash) ([]byte, error) {
	if body.Loaded() {
		h.Write(body.Bytes)
		return h.Sum(nil), nil
	}
	r, err := body.Open()
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(h, r)
	if err == nil && n != body.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	return h.Sum(nil), nil
}

// checkBucket refuses what cannot be a bucket's name before it becomes part of
// a path. What becomes part of a host's name is checked where that is made.
func (d *Dialect) checkBucket(name string) error {
	if strings.HasPrefix(name, "arn:") {
		if d.Locate == nil {
			return &codec.FieldError{Path: "Bucket", Problem: "there are no access points here; give the name of a bucket"}
		}
		return nil
	}
	if name == "." || name == ".." {
		return &codec.FieldError{Path: "Bucket", Problem: strconv.Quote(name) + " is not the name of a bucket"}
	}
	for i := range len(name) {
		if ch := name[i]; ch <= ' ' || ch >= 0x7f || ch == '/' {
			return &codec.FieldError{Path: "Bucket", Problem: strconv.Quote(name) + " is not the name of a bucket: letters, digits, dots and hyphens only"}
		}
	}
	return nil
}

// checkKeys keeps a customer's encryption keys from networks that can read
// them, and adds the MD5 that goes with each.
func (d *Dialect) checkKeys(h http.Header) error {
	for _, key := range [...]struct{ header, member string }{
		{"X-Amz-Server-Side-Encryption-Customer-Key", "SSECustomerKey"},
		{"X-Amz-Copy-Source-Server-Side-Encryption-Customer-Key", "CopySourceSSECustomerKey"},
	} {
		value := first(h[key.header])
		switch {
		case value == "":
			continue
		case !private(d.Base.Scheme, d.Base.Host):
			return &codec.FieldError{Path: key.member, Problem: "is not sent to " + d.Base.Host + " without TLS: use an https endpoint"}
		case h[key.header+"-Md5"] != nil:
			continue
		}
		sum, err := KeyMD5(value)
		if err != nil {
			return &codec.FieldError{Path: key.member, Problem: err.Error()}
		}
		h[key.header+"-Md5"] = []string{sum}
	}
	return nil
}

// KeyMD5 is the MD5 of a customer's encryption key, both in base64.
func KeyMD5(key string) (string, error) {
	plain, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(plain) != 32 {
		return "", errors.New("must be a key of 32 bytes in base64")
	}
	sum := md5.Sum(plain)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

// Sign implements pipeline.Provider.
func (d *Dialect) Sign(ctx context.Context, c *pipeline.Call, r *http.Request) error {
	st := c.State.(*state)
	p := &st.payload
	if d.anonymous() {
		if d.Presign != nil {
			return errors.New("a request without credentials cannot be presigned")
		}
		return p.bare(r)
	}
	if d.Presign != nil && credentials.GivesTokens(d.Credentials) {
		return ErrNeedsHMAC // without asking for one
	}
	keys, err := d.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	st.signer = keys
	if keys.Token != "" {
		if d.Presign != nil {
			return ErrNeedsHMAC
		}
		if err := checkBearer(r); err != nil {
			return err
		}
		if d.Bearer != nil {
			if err := d.Bearer(c); err != nil {
				return err
			}
		}
		r.Header["Authorization"] = d.Bearers.authorization(keys.Token)
		return p.bare(r)
	}
	params := sigv4.Params{
		Region:            st.place.Region,
		RegionSet:         st.place.Regions,
		Service:           st.place.Service,
		Time:              c.Now(),
		PayloadHash:       p.hash,
		PayloadHashHeader: true,
	}
	if params.Service == "" {
		params.Service = "s3"
	}
	if params.RegionSet != "" {
		p.encoding.Asymmetric = true
		params.PayloadHash = sigv4.Asymmetric(p.hash)
	}
	if st.place.Session {
		if keys, err = d.session(ctx, st, c.Label("Bucket"), keys); err != nil {
			return err
		}
		st.signer = keys
		params.TokenHeader = headerSession
	}
	params.AccessKeyID, params.SecretAccessKey, params.SessionToken = keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken
	if d.Presign != nil {
		return d.presign(r, params, keys.Expires)
	}
	if keys.SessionToken == "" {
		delete(r.Header, "X-Amz-Security-Token") // of keys that an earlier attempt was signed with
	}
	chain, err := d.Signer.SignHeader(r, params)
	if err != nil {
		return err
	}
	return p.frame(r, chain)
}

// bare prepares the body of a request that is not signed.
func (p *payload) bare(r *http.Request) error {
	if !p.chunked {
		return nil
	}
	p.encoding.Signed = false
	if p.encoding.Trailer == "" {
		// The chunks were for signatures only.
		p.chunked = false
		stripChunked(r.Header, r.Header.Get("Content-Encoding"))
		delete(r.Header, "X-Amz-Decoded-Content-Length")
		return nil
	}
	r.Header["X-Amz-Content-Sha256"] = []string{p.encoding.PayloadHash()}
	return p.frame(r, sigv4.Chain{})
}

// frame puts the body into chunks where that is how it travels.
func (p *payload) frame(r *http.Request, chain sigv4.Chain) error {
	if !p.chunked || r.Body == nil {
		return nil
	}
	encoded, err := p.encoding.NewReader(r.Body, chain)
	if err != nil {
		return err
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{encoded, r.Body}
	r.ContentLength = p.encoding.EncodedLength()
	return nil
}

// private reports whether nobody on the way to a host can read what is sent.
func private(scheme, host string) bool {
	if scheme == "https" {
		return true
	}
	name := (&url.URL{Host: host}).Hostname()
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback() || name == "localhost"
}
