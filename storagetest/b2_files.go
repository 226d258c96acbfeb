package storagetest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	b2ActionUpload = "upload"
	b2ActionStart  = "start"
	b2ActionHide   = "hide"
	b2ActionFolder = "folder"
)

// b2File is a version of a file: content, a hide marker, or a large file that
// is being uploaded.
type b2File struct {
	bucket      *b2Bucket
	id, name    string
	action      string
	content     *blob // nil unless action is upload
	sha1, md5   string
	contentType string
	info        map[string]string
	uploaded    int64 // ms
	number      int64 // in order of arrival
	encryption  b2Encryption
	lock        b2Lock
	parts       map[int]*b2Part // of a large file that is being uploaded
}

func (f *b2File) size() int64 {
	if f.content == nil {
		return 0
	}
	return f.content.size
}

// b2Document is a file version as the API shows it.
type b2Document struct {
	AccountID     string            `json:"accountId"`
	Action        string            `json:"action"`
	BucketID      string            `json:"bucketId,omitempty"`
	ContentLength int64             `json:"contentLength"`
	Size          *int64            `json:"size,omitempty"` // version 1
	ContentMD5    *string           `json:"contentMd5"`
	ContentSHA1   *string           `json:"contentSha1"`
	ContentType   *string           `json:"contentType"`
	FileID        *string           `json:"fileId"`
	FileInfo      map[string]string `json:"fileInfo"`
	FileName      string            `json:"fileName"`
	Retention     *b2Readable       `json:"fileRetention,omitempty"`
	LegalHold     *b2Readable       `json:"legalHold,omitempty"`
	Encryption    any               `json:"serverSideEncryption,omitempty"`
	Uploaded      int64             `json:"uploadTimestamp"`
}

func (b *B2) document(f *b2File, key *b2Key) *b2Document {
	d := &b2Document{
		AccountID:     b.accountID,
		Action:        f.action,
		BucketID:      f.bucket.id,
		ContentLength: f.size(),
		ContentMD5:    nullable(f.md5),
		ContentSHA1:   nullable(f.sha1),
		ContentType:   &f.contentType,
		FileID:        &f.id,
		FileInfo:      orEmptyMap(f.info),
		FileName:      f.name,
		Uploaded:      f.uploaded,
	}
	if f.action != b2ActionHide {
		d.Retention = key.readable("readFileRetentions", f.lock.retention)
		d.LegalHold = key.readable("readFileLegalHolds", nullable(f.lock.hold))
		d.Encryption = f.encryption.document()
	}
	return d
}

// inList is the form of a row of a list, which version 1 gives its own fields.
func (s *b2Session) inList(d *b2Document) *b2Document {
	if s.version == 1 {
		d.Size, d.BucketID = &d.ContentLength, ""
	}
	return d
}

// fileID makes an id in the form of the service's. kind is the digit after "f".
func (b *B2) fileID(bucket *b2Bucket, kind int, uploaded int64) string {
	at := time.UnixMilli(uploaded).UTC()
	return fmt.Sprintf("4_z%s_f%d%016x_d%s_m%s_c002_v7007000_t0000_u%014d",
		bucket.id, kind, b.id(), at.Format("20060102"), at.Format("150405"), uploaded)
}

// add puts a new version on top of those of its name.
func (b *B2) add(f *b2File) {
	f.number = b.id()
	b.files[f.id] = f
	at, found := slices.BinarySearch(f.bucket.names, f.name)
	if !found {
		f.bucket.names = slices.Insert(f.bucket.names, at, f.name)
	}
	f.bucket.place(f)
}

// place keeps the versions of a name in order: a custom timestamp may put a new
// one below older ones.
func (bucket *b2Bucket) place(f *b2File) {
	versions := bucket.history[f.name]
	at := 0
	for at < len(versions) && versions[at].uploaded > f.uploaded {
		at++
	}
	bucket.history[f.name] = slices.Insert(versions, at, f)
}

// remove deletes a version for good.
func (b *B2) remove(f *b2File) {
	delete(b.files, f.id)
	f.content.release()
	for _, part := range f.parts {
		part.content.release()
	}
	bucket := f.bucket
	versions := slices.DeleteFunc(bucket.history[f.name], func(v *b2File) bool { return v == f })
	if len(versions) > 0 {
		bucket.history[f.name] = versions
		return
	}
	delete(bucket.history, f.name)
	if at, found := slices.BinarySearch(bucket.names, f.name); found {
		bucket.names = slices.Delete(bucket.names, at, at+1)
	}
}

// current is the version that a name stands for, or nil. A large file that is
// still being uploaded hides nothing.
func (bucket *b2Bucket) current(name string) *b2File {
	for _, f := range bucket.history[name] {
		if f.action != b2ActionStart {
			if f.action == b2ActionUpload {
				return f
			}
			return nil
		}
	}
	return nil
}

// file finds a version by its id and checks that the key may touch it.
func (s *b2Session) file(id string, missing func() error) (*b2File, error) {
	if !strings.HasPrefix(id, "4_z") || len(id) > 200 {
		return nil, b2BadRequest("Bad fileId: %s", id)
	}
	f := s.files[id]
	if f == nil {
		return nil, missing()
	}
	if !s.key.reaches(f.bucket) {
		return nil, b2Unauthorized("The key is restricted to other buckets")
	}
	return f, s.within(f.name)
}

type b2BucketOnly struct {
	BucketID string `json:"bucketId" required:"true"`
}

type b2FileOnly struct {
	FileID string `json:"fileId" required:"true"`
}

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
	if r.Method != http.MethodPost {
		return b2Fail(http.StatusMethodNotAllowed, "method_not_allowed", "Only POST is supported")
	}
	token, err := b.claim(r, kind)
	if err != nil {
		return err
	}
	// What stands when the fault plan unwinds the stack.
	outcome := error(&b2Error{Status: http.StatusInternalServerError})
	defer func() {
		if e, ok := outcome.(*b2Error); outcome != nil && (!ok || e.Status != http.StatusBadRequest) {
			b.dropUploadURL(r)
		}
	}()
	document, err := take(token)
	// The client may use the URL again once it has read the answer.
	b.state.Lock()
	token.busy = false
	b.state.Unlock()
	if err == nil {
		b.answer(w, http.StatusOK, document)
	}
	outcome = err
	return err
}

func (b *B2) claim(r *http.Request, kind b2TokenKind) (*b2Token, error) {
	b.state.Lock()
	defer b.state.Unlock()
	t, err := b.token(r.Header.Get("Authorization"), b.now(r), kind)
	switch {
	case err != nil:
		return nil, err
	case t.path != r.URL.Path:
		return nil, b2BadToken("Authorization token for another upload URL")
	case t.busy:
		return nil, b2Fail(http.StatusBadRequest, "auth_token_limit", "more than one upload using auth token %s", t.text)
	}
	if b2TestMode(r, "fail_some_uploads") {
		if b.testUploads++; b.testUploads%3 == 1 {
			delete(b.tokens, t.text)
			return nil, b2Fail(http.StatusServiceUnavailable, "service_unavailable", "The pod is too busy")
		}
	}
	if err := b2CapExceeded(r, "cap_exceeded"); err != nil {
		return nil, err
	}
	t.busy = true
	return t, nil
}

// dropUploadURL ends the life of the upload URL that r came to.
func (b *B2) dropUploadURL(r *http.Request) {
	b.state.Lock()
	defer b.state.Unlock()
	text := r.Header.Get("Authorization")
	if t := b.tokens[text]; t != nil && (t.kind == b2Upload || t.kind == b2UploadPart) {
		delete(b.tokens, text)
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
	if size < 0 {
		return nil, b2BadRequest("Missing header: Content-Length")
	}
	want := r.Header.Get("X-Bz-Content-Sha1")
	atEnd := want == "hex_digits_at_end"
	switch {
	case want == "":
		return nil, b2BadRequest("Missing header: X-Bz-Content-Sha1")
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
			return b.document(f, token.key), nil
		})
	})
}

// uploadHeaders makes a file of what the headers of an upload say.
func (b *B2) uploadHeaders(r *http.Request, token *b2Token) (*b2File, error) {
	b.state.Lock()
	defer b.state.Unlock()
	h := r.Header
	for _, name := range []string{"X-Bz-File-Name", "Content-Type"} {
		if h.Get(name) == "" {
			return nil, b2BadRequest("Missing header: %s", name)
		}
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
	hold := h.Get("X-Bz-File-Legal-Hold")
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
	hold        string
	timestamp   string
}

// newFile checks a description and makes of it a file without content and id.
func (b *B2) newFile(key *b2Key, bucket *b2Bucket, d *b2Description) (*b2File, error) {
	if err := b2CheckName(d.name); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(d.name, key.prefix) {
		return nil, b2Unauthorized("The key is restricted to names that begin with %q", key.prefix)
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

func (s *b2Session) getFileInfo(in *b2FileOnly) (any, error) {
	missing := func() error { return b2NotFound("File not present: " + in.FileID) }
	f, err := s.file(in.FileID, missing)
	if err != nil {
		return nil, err
	}
	if f.action == b2ActionStart {
		return nil, missing()
	}
	return s.document(f, s.key), nil
}

type b2DeleteFileVersion struct {
	FileName         string `json:"fileName" required:"true"`
	FileID           string `json:"fileId" required:"true"`
	BypassGovernance bool   `json:"bypassGovernance"`
}

func (in *b2DeleteFileVersion) capabilities() []string {
	return b2BypassCapability(in.BypassGovernance)
}

func (s *b2Session) deleteFileVersion(in *b2DeleteFileVersion) (any, error) {
	missing := func() error {
		return b2Fail(http.StatusBadRequest, "file_not_present", "File not present: %s %s", in.FileName, in.FileID)
	}
	f, err := s.file(in.FileID, missing)
	if err != nil {
		return nil, err
	}
	if f.name != in.FileName {
		return nil, missing()
	}
	if err := f.lock.deletable(s.now(s.request), in.BypassGovernance); err != nil {
		return nil, err
	}
	s.remove(f)
	return map[string]string{"fileId": f.id, "fileName": f.name}, nil
}

type b2HideFile struct {
	BucketID string `json:"bucketId" required:"true"`
	FileName string `json:"fileName" required:"true"`
}

func (s *b2Session) hideFile(in *b2HideFile) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if err := s.within(in.FileName); err != nil {
		return nil, err
	}
	if err := b2CheckName(in.FileName); err != nil {
		return nil, err
	}
	if bucket.current(in.FileName) == nil {
		if slices.ContainsFunc(bucket.history[in.FileName], func(f *b2File) bool { return f.action == b2ActionHide }) {
			return nil, b2Fail(http.StatusBadRequest, "already_hidden", "File already hidden: %s", in.FileName)
		}
		return nil, b2Fail(http.StatusBadRequest, "no_such_file", "File not present: %s", in.FileName)
	}
	marker := &b2File{
		bucket: bucket, name: in.FileName, action: b2ActionHide, uploaded: s.uploadTime(),
		contentType: "application/x-bz-hide-marker",
		// The sums of empty content, whatever the reference says of null.
		sha1: hex.EncodeToString(sha1.New().Sum(nil)), md5: hex.EncodeToString(md5.New().Sum(nil)),
	}
	marker.id = s.fileID(bucket, 4, marker.uploaded)
	s.add(marker)
	return s.document(marker, s.key), nil
}
