package storagetest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

type b2UploadURL struct {
	BucketID string `json:"bucketId,omitempty"`
	FileID   string `json:"fileId,omitempty"`
	URL      string `json:"uploadUrl"`
	Token    string `json:"authorizationToken"`
}

func (s *b2Session) getUploadURL(in *b2BucketOnly) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if err := s.capExceeded("storage_cap_exceeded"); err != nil {
		return nil, err
	}
	path := fmt.Sprintf("/b2api/v%d/b2_upload_file/%s/c002_v7007%03d_t%04d", s.version, bucket.id, s.id()%1000, s.id()%10_000)
	token := s.issue(&b2Token{kind: b2Upload, key: s.key, bucket: bucket, path: path}, s.settings.TokenLife)
	return &b2UploadURL{BucketID: bucket.id, URL: s.URL + path, Token: token.text}, nil
}

// upload runs one upload on the URL that r names. The URL serves one upload at a
// time, and is of no more use after one that failed or broke off; it survives
// what the client got wrong.
func (b *B2) upload(w http.ResponseWriter, r *http.Request, kind b2TokenKind, take func(*b2Token) (any, error)) error {
	token, err := b.claim(r, kind)
	if err != nil {
		return err
	}
	release := sync.OnceFunc(func() {
		b.state.Lock()
		defer b.state.Unlock()
		token.busy = false
	})
	// Before the answer, with which the client may use the URL again. The fault
	// plan may unwind the stack.
	defer release()
	document, err := take(token)
	if err == nil {
		release()
		b.answer(w, http.StatusOK, document)
		return nil
	}
	switch e, ok := err.(*b2Error); {
	case ok && e.Status == http.StatusBadRequest:
	case ok && e.Status == http.StatusRequestTimeout:
		b.lingerUploadURL(r)
	default:
		b.dropUploadURL(r)
	}
	return err
}

// broken learns that the client of an upload did not get the whole answer: it
// cannot know what has become of it.
func (b *B2) broken(r *http.Request) { b.lingerUploadURL(r) }

func (b *B2) claim(r *http.Request, kind b2TokenKind) (*b2Token, error) {
	b.state.Lock()
	defer b.state.Unlock()
	t, err := b.token(r.Header.Get("Authorization"), b.now(r), kind)
	switch {
	case err != nil:
		return nil, err
	case t.dead && !b.clock().Before(t.lingers):
		return nil, b2BadToken("Invalid authorization token")
	case t.path != r.URL.Path:
		return nil, b2BadToken("Authorization token for another upload URL")
	case t.busy || b.clock().Before(t.lingers):
		return nil, b2Fail(http.StatusBadRequest, "auth_token_limit", "more than one upload using auth token %s", t.text)
	}
	if b2TestMode(r, "fail_some_uploads") {
		if b.testUploads++; b.testUploads%3 == 1 {
			delete(b.tokens, t.text)
			return nil, b2Fail(http.StatusServiceUnavailable, "service_unavailable", "The pod is too busy")
		}
	}
	t.busy = true
	return t, nil
}

// dropUploadURL ends the life of the upload URL that r came to.
func (b *B2) dropUploadURL(r *http.Request) {
	b.state.Lock()
	defer b.state.Unlock()
	if t := b.uploadToken(r); t != nil {
		delete(b.tokens, t.text)
	}
}

// uploadToken is the token of the upload URL that r came to, or nil.
func (b *B2) uploadToken(r *http.Request) *b2Token {
	if t := b.tokens[r.Header.Get("Authorization")]; t != nil && t.path == r.URL.Path {
		return t
	}
	return nil
}

// lingerUploadURL ends the life of the upload URL that r came to, where the client
// has gone away: the pod notices that late, if so configured.
func (b *B2) lingerUploadURL(r *http.Request) {
	b.state.Lock()
	defer b.state.Unlock()
	if t := b.uploadToken(r); t != nil {
		t.dead, t.lingers = true, b.clock().Add(b.settings.BusyAfterDisconnect)
	}
}

// b2Received is the content of an upload with its sums.
type b2Received struct {
	content   *blob
	sha1, md5 string
	verified  bool
}

func (c *b2Received) shownSHA1() string {
	if c.verified {
		return c.sha1
	}
	return "unverified:" + c.sha1
}

// receive takes in the body of an upload and checks its SHA-1 sum.
func (b *B2) receive(r *http.Request) (*b2Received, error) {
	size := r.ContentLength
	want := r.Header.Get("X-Bz-Content-Sha1")
	atEnd := want == "hex_digits_at_end"
	switch {
	case atEnd:
		if size -= 40; size < 0 {
			return nil, b2BadRequest("The body has no room for the SHA-1 at its end")
		}
	case want != "do_not_verify" && !b2IsSHA1(want):
		return nil, b2BadRequest("Invalid X-Bz-Content-Sha1: %s", want)
	}
	if size > b2MaxUpload {
		return nil, b2BadRequest("The upload is larger than %d bytes", int64(b2MaxUpload))
	}
	if err := b2CapExceeded(r, "cap_exceeded"); err != nil {
		return nil, err
	}
	sha, sum := sha1.New(), md5.New()
	w := b.blobs.newWriter(size, sha, sum)
	defer w.abort()
	if err := w.readFrom(io.LimitReader(r.Body, size)); err != nil || w.size != size {
		return nil, b2Fail(http.StatusRequestTimeout, "request_timeout", "Error reading uploaded data after %d bytes", w.size)
	}
	if atEnd {
		digits := make([]byte, 40)
		if _, err := io.ReadFull(r.Body, digits); err != nil {
			return nil, b2Fail(http.StatusRequestTimeout, "request_timeout", "Error reading the SHA-1 at the end of the data")
		}
		if want = string(digits); !b2IsSHA1(want) {
			return nil, b2BadRequest("Invalid SHA-1 at the end of the data: %q", want)
		}
	}
	got := &b2Received{sha1: hex.EncodeToString(sha.Sum(nil)), md5: hex.EncodeToString(sum.Sum(nil)), verified: want != "do_not_verify"}
	if got.verified && !strings.EqualFold(want, got.sha1) {
		return nil, b2BadRequest("Sha1 did not match data received")
	}
	content, err := w.finish()
	if err != nil {
		return nil, err
	}
	got.content = content
	return got, nil
}

// uploadFile answers b2_upload_file.
func (b *B2) uploadFile(w http.ResponseWriter, r *http.Request) error {
	return b.upload(w, r, b2Upload, func(token *b2Token) (any, error) {
		f, err := b.uploadHeaders(r, token)
		if err != nil {
			return nil, err
		}
		got, err := b.receive(r)
		if err != nil {
			return nil, err
		}
		return b.locked(func() (any, error) {
			if b.buckets[token.bucket.id] != token.bucket {
				got.content.release()
				return nil, b2BadBucket(token.bucket.id)
			}
			f.content, f.sha1, f.md5 = got.content, got.shownSHA1(), got.md5
			if f.uploaded == 0 {
				f.uploaded = b.uploadTime()
			}
			f.id = b.fileID(f.bucket, 1, f.uploaded)
			b.add(f)
			b.event("b2:ObjectCreated:Upload", f, b.clock())
			return b.document(f, token.key), nil
		})
	})
}

// b2NeedHeaders refuses an upload that lacks a header, these or those that every
// upload needs, or has one twice.
func b2NeedHeaders(r *http.Request, names ...string) error {
	if r.ContentLength < 0 || r.Header.Get("Content-Length") == "" {
		return b2BadRequest("Missing header: Content-Length")
	}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Bz-") && len(values) > 1 && name != "X-Bz-Test-Mode" {
			return b2BadRequest("Header %s comes %d times", name, len(values))
		}
	}
	for _, name := range append(names, "X-Bz-Content-Sha1") {
		if r.Header.Get(name) == "" {
			return b2BadRequest("Missing header: %s", name)
		}
	}
	return nil
}

// uploadHeaders makes a file of what the headers of an upload say.
func (b *B2) uploadHeaders(r *http.Request, token *b2Token) (*b2File, error) {
	b.state.Lock()
	defer b.state.Unlock()
	h := r.Header
	if err := b2NeedHeaders(r, "X-Bz-File-Name", "Content-Type"); err != nil {
		return nil, err
	}
	name, err := b2Unescape(h.Get("X-Bz-File-Name"))
	if err != nil {
		return nil, err
	}
	info, err := b2HeaderInfo(h)
	if err != nil {
		return nil, err
	}
	sse, err := b2HeaderSSE(h)
	if err != nil {
		return nil, err
	}
	retention, err := b2HeaderRetention(h)
	if err != nil {
		return nil, err
	}
	hold := b2HeaderHold(h)
	if err := token.key.lacks(b2LockCapabilities(retention, hold), b2LacksCapability); err != nil {
		return nil, err
	}
	return b.newFile(token.key, token.bucket, &b2Description{
		name: name, contentType: h.Get("Content-Type"), info: info, sse: sse, retention: retention,
		hold: hold, timestamp: h.Get("X-Bz-Custom-Upload-Timestamp"),
	})
}

// b2Description is what a client says of a file that it is going to upload.
type b2Description struct {
	name        string
	contentType string
	info        map[string]string
	sse         *b2SSE
	retention   *b2Retention
	hold        *string
	timestamp   string
}

// newFile checks a description and makes of it a file without content and id.
func (b *B2) newFile(key *b2Key, bucket *b2Bucket, d *b2Description) (*b2File, error) {
	if err := key.within(d.name); err != nil {
		return nil, err
	}
	if err := b.checkName(d.name); err != nil {
		return nil, err
	}
	if d.contentType == "" || strings.ContainsFunc(d.contentType, unicode.IsControl) { // it becomes a header
		return nil, b2BadRequest("Bad content type: %q", d.contentType)
	}
	info, err := b2CheckInfo(d.info)
	if err != nil {
		return nil, err
	}
	encryption, err := d.sse.check()
	if err != nil {
		return nil, err
	}
	if d.sse == nil {
		encryption = bucket.encryption
	}
	lock, err := b.lock(bucket, d.retention, d.hold)
	if err != nil {
		return nil, err
	}
	if err := b2CheckMetadata(d.name, info, bucket.locked || encryption.mode != ""); err != nil {
		return nil, err
	}
	f := &b2File{
		bucket: bucket, name: d.name, action: b2ActionUpload, contentType: b2ContentType(d.name, d.contentType),
		info: info, encryption: encryption, lock: lock,
	}
	if d.timestamp != "" {
		if !b.settings.CustomUploadTimestamps {
			return nil, b2Fail(http.StatusBadRequest, "custom_timestamp_not_allowed", "The account may not set upload timestamps")
		}
		f.uploaded, err = strconv.ParseInt(d.timestamp, 10, 64)
		if err != nil || f.uploaded <= 0 || f.uploaded > b.clock().UnixMilli() {
			return nil, b2Fail(http.StatusBadRequest, "custom_timestamp_invalid", "Invalid upload timestamp: %s", d.timestamp)
		}
	}
	return f, nil
}
