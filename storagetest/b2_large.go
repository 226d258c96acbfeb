package storagetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// b2Part is a part of a large file that is being uploaded.
type b2Part struct {
	number    int
	content   *blob
	sha1, md5 string
	verified  bool
	uploaded  int64
}

func b2PartDocument(f *b2File, p *b2Part, uploaded int64) map[string]any {
	shown := (&b2Received{sha1: p.sha1, verified: p.verified}).shownSHA1()
	return map[string]any{
		"fileId": f.id, "partNumber": p.number, "contentLength": p.content.size, "contentSha1": shown, "contentMd5": p.md5,
		"serverSideEncryption": f.encryption.document(), "uploadTimestamp": uploaded, "b2Checksum": nil,
	}
}

type b2StartLargeFile struct {
	BucketID    string            `json:"bucketId" required:"true"`
	FileName    string            `json:"fileName" required:"true"`
	ContentType string            `json:"contentType" required:"true"`
	FileInfo    map[string]string `json:"fileInfo"`
	Retention   *b2Retention      `json:"fileRetention"`
	LegalHold   *string           `json:"legalHold"`
	Encryption  *b2SSE            `json:"serverSideEncryption"`
	// The reference has it as a string of digits, clients send a number.
	Timestamp json.RawMessage `json:"customUploadTimestamp"`
}

func (in *b2StartLargeFile) capabilities() []string {
	return b2LockCapabilities(in.Retention, in.LegalHold)
}

func (s *b2Session) startLargeFile(in *b2StartLargeFile) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	timestamp := ""
	if in.Timestamp != nil && !isNull(in.Timestamp) {
		timestamp = cmp.Or(strings.Trim(string(in.Timestamp), `"`), `""`)
	}
	f, err := s.newFile(s.key, bucket, &b2Description{
		name: in.FileName, contentType: in.ContentType, info: in.FileInfo, sse: in.Encryption,
		retention: in.Retention, hold: in.LegalHold, timestamp: timestamp,
	})
	if err != nil {
		return nil, err
	}
	f.action, f.sha1, f.parts = b2ActionStart, "none", map[int]*b2Part{}
	if f.uploaded == 0 {
		f.uploaded = s.uploadTime()
	}
	f.id = s.fileID(bucket, 2, f.uploaded)
	s.add(f)
	return s.document(f, s.key), nil
}

// unfinished finds a large file that is being uploaded.
func (s *b2Session) unfinished(id string) (*b2File, error) {
	missing := func() error { return b2NoUpload(id) }
	f, err := s.file(id, missing)
	if err == nil && f.action != b2ActionStart {
		err = missing()
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *b2Session) getUploadPartURL(in *b2FileOnly) (any, error) {
	f, err := s.unfinished(in.FileID)
	if err != nil {
		return nil, err
	}
	if err := s.capExceeded("storage_cap_exceeded"); err != nil {
		return nil, err
	}
	path := fmt.Sprintf("/b2api/v%d/b2_upload_part/%s/%04d", s.version, f.id, s.id()%10_000)
	token := s.issue(&b2Token{kind: b2UploadPart, key: s.key, file: f, path: path}, s.settings.TokenLife)
	return &b2UploadURL{FileID: f.id, URL: s.URL + path, Token: token.text}, nil
}

// uploadPart answers b2_upload_part.
func (b *B2) uploadPart(w http.ResponseWriter, r *http.Request) error {
	return b.upload(w, r, b2UploadPart, func(token *b2Token) (any, error) {
		f := token.file
		if err := b2NeedHeaders(r, "X-Bz-Part-Number"); err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(r.Header.Get("X-Bz-Part-Number"))
		if err != nil || number < 1 || number > b2MaxParts {
			return nil, b2BadRequest("Invalid X-Bz-Part-Number: %q, must be from 1 to %d", r.Header.Get("X-Bz-Part-Number"), b2MaxParts)
		}
		given, err := b2HeaderSSE(r.Header)
		if err != nil {
			return nil, err
		}
		if err := f.encryptsPart(given); err != nil {
			return nil, err
		}
		got, err := b.receive(r)
		if err != nil {
			return nil, err
		}
		return b.locked(func() (any, error) {
			return b.setPart(f, number, got)
		})
	})
}

// encryptsPart checks the encryption that comes with a part: the key of the
// large file for SSE-C, else none.
func (f *b2File) encryptsPart(given *b2SSE) error {
	encryption, err := given.check()
	if err != nil {
		return err
	}
	if encryption.mode == "SSE-B2" || (encryption.mode == "SSE-C") != (f.encryption.mode == "SSE-C") {
		return b2BadRequest("The encryption of the part is not that of the large file")
	}
	return f.encryption.opens(encryption)
}

// setPart puts a content in the place of a part. The state is held; the content
// is the file's from here on.
func (b *B2) setPart(f *b2File, number int, got *b2Received) (any, error) {
	if b.files[f.id] != f || f.action != b2ActionStart {
		got.content.release()
		return nil, b2NoUpload(f.id)
	}
	if old := f.parts[number]; old != nil {
		old.content.release()
	}
	part := &b2Part{
		number: number, content: got.content, sha1: got.sha1, md5: got.md5, verified: got.verified, uploaded: b.clock().UnixMilli(),
	}
	f.parts[number] = part
	return b2PartDocument(f, part, part.uploaded), nil
}

func (f *b2File) sortedParts() []*b2Part {
	return slices.SortedFunc(maps.Values(f.parts), func(a, b *b2Part) int { return cmp.Compare(a.number, b.number) })
}

type b2ListParts struct {
	FileID string `json:"fileId" required:"true"`
	Start  int    `json:"startPartNumber"`
	Count  int    `json:"maxPartCount"`
}

func (s *b2Session) listParts(in *b2ListParts) (any, error) {
	f, err := s.unfinished(in.FileID)
	if err != nil {
		return nil, err
	}
	if in.Start < 0 || in.Start > b2MaxParts {
		return nil, b2BadRequest("startPartNumber must be from 1 to %d", b2MaxParts)
	}
	count, err := b2PageSize("maxPartCount", in.Count, 1000)
	if err != nil {
		return nil, err
	}
	list, next := []any{}, any(nil)
	for _, part := range f.sortedParts() {
		if part.number < in.Start {
			continue
		}
		if len(list) == count {
			next = part.number
			break
		}
		list = append(list, b2PartDocument(f, part, part.uploaded/1000*1000)) // whole seconds, as seen
	}
	return map[string]any{"parts": list, "nextPartNumber": next}, nil
}

// b2PageSize is how many rows a list may return: 100 where the caller does not say.
func b2PageSize(field string, asked, limit int) (int, error) {
	switch {
	case asked < 0 || asked > limit:
		return 0, b2Fail(http.StatusBadRequest, "out_of_range", "%s out of range: %d, the most is %d", field, asked, limit)
	case asked == 0:
		return 100, nil
	}
	return asked, nil
}

type b2FinishLargeFile struct {
	FileID string   `json:"fileId" required:"true"`
	SHA1s  []string `json:"partSha1Array" required:"true"`
}

func (s *b2Session) finishLargeFile(in *b2FinishLargeFile) (any, error) {
	f, err := s.unfinished(in.FileID)
	if err != nil {
		return nil, err
	}
	parts := f.sortedParts()
	for i, part := range parts {
		if part.number != i+1 {
			return nil, b2Fail(http.StatusBadRequest, "missing_part", "Part number %d has not been uploaded", i+1)
		}
	}
	switch {
	case len(in.SHA1s) > len(parts):
		return nil, b2Fail(http.StatusBadRequest, "missing_part", "Part number %d has not been uploaded", len(parts)+1)
	case len(in.SHA1s) < len(parts):
		return nil, b2BadRequest("partSha1Array has %d entries for %d parts", len(in.SHA1s), len(parts))
	case len(parts) < 2:
		return nil, b2BadRequest("large files must have at least 2 parts")
	}
	var contents []*blob
	var total int64
	for i, part := range parts {
		if !strings.EqualFold(in.SHA1s[i], part.sha1) {
			return nil, b2Fail(http.StatusBadRequest, "part_sha1_mismatch", "Sha1 of part %d is %s, not %s", i+1, part.sha1, in.SHA1s[i])
		}
		if i < len(parts)-1 && part.content.size < s.minPartSize || part.content.size == 0 {
			return nil, b2BadRequest("Part number %d is smaller than %d bytes", i+1, s.minPartSize)
		}
		total += part.content.size
		contents = append(contents, part.content)
	}
	if total > b2MaxLarge {
		return nil, b2BadRequest("The file is larger than %d bytes", int64(b2MaxLarge))
	}
	f.content = concat(contents)
	for _, content := range contents {
		content.release()
	}
	f.action, f.parts = b2ActionUpload, nil
	s.event("b2:ObjectCreated:MultipartUpload", f, s.clock())
	return s.document(f, s.key), nil
}

func (s *b2Session) cancelLargeFile(in *b2FileOnly) (any, error) {
	if !b2IsFileID(in.FileID) {
		return nil, b2BadRequest("Invalid fileId: %s", in.FileID) // other calls say "Bad fileId"
	}
	f, err := s.unfinished(in.FileID)
	if err != nil {
		return nil, err
	}
	s.remove(f)
	return map[string]string{"fileId": f.id, "fileName": f.name, "accountId": s.accountID, "bucketId": f.bucket.id}, nil
}

type b2ListUnfinished struct {
	BucketID    string `json:"bucketId" required:"true"`
	Prefix      string `json:"namePrefix"`
	StartFileID string `json:"startFileId"`
	Count       int    `json:"maxFileCount"`
}

func (s *b2Session) listUnfinishedLargeFiles(in *b2ListUnfinished) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if err := s.listable(in.Prefix); err != nil {
		return nil, err
	}
	count, err := b2PageSize("maxFileCount", in.Count, 100)
	if err != nil {
		return nil, err
	}
	if in.StartFileID != "" && !b2IsFileID(in.StartFileID) {
		return nil, b2BadRequest("Bad fileId: %s", in.StartFileID)
	}
	var started []*b2File
	for _, f := range s.files {
		// Ids of large files of one bucket sort in the order of their making,
		// so the start need not be there any more.
		if f.bucket == bucket && f.action == b2ActionStart && strings.HasPrefix(f.name, in.Prefix) && f.id >= in.StartFileID && s.key.within(f.name) == nil {
			started = append(started, f)
		}
	}
	slices.SortFunc(started, func(a, b *b2File) int { return cmp.Compare(a.id, b.id) })
	list, next := []any{}, any(nil)
	for i, f := range started {
		if i == count {
			next = f.id
			break
		}
		list = append(list, s.inList(s.document(f, s.key)))
	}
	return map[string]any{"files": list, "nextFileId": next, "nextFileName": nil}, nil // the latter as seen
}
