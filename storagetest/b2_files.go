package storagetest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
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

func b2IsFileID(id string) bool { return strings.HasPrefix(id, "4_z") && len(id) <= 200 }

// file finds a version by its id and checks that the key may touch it.
func (s *b2Session) file(id string, missing func() error) (*b2File, error) {
	if !b2IsFileID(id) {
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
	if f.action == b2ActionUpload { // a large file that is not finished can always be given up
		if err := f.lock.deletable(s.now(s.request), in.BypassGovernance); err != nil {
			return nil, err
		}
	}
	s.remove(f)
	if f.action == b2ActionUpload {
		s.event("b2:ObjectDeleted:Delete", f, s.clock())
	}
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
	if err := s.checkName(in.FileName); err != nil {
		return nil, err
	}
	if bucket.current(in.FileName) == nil {
		if slices.ContainsFunc(bucket.history[in.FileName], func(f *b2File) bool { return f.action == b2ActionHide }) {
			return nil, b2Fail(http.StatusBadRequest, "already_hidden", "File already hidden: %s", in.FileName)
		}
		return nil, b2Fail(http.StatusBadRequest, "no_such_file", "File not present: %s", in.FileName)
	}
	marker := s.hide(bucket, in.FileName, s.uploadTime())
	s.event("b2:HideMarkerCreated:Hide", marker, s.clock())
	document := s.document(marker, s.key)
	if s.version == 1 {
		document.BucketID = ""
	}
	return document, nil
}

// hide puts a hide marker on top of the versions of a name.
func (b *B2) hide(bucket *b2Bucket, name string, at int64) *b2File {
	marker := &b2File{
		bucket: bucket, name: name, action: b2ActionHide, uploaded: at,
		contentType: "application/x-bz-hide-marker",
		// The sums of empty content, whatever the reference says of null.
		sha1: hex.EncodeToString(sha1.New().Sum(nil)), md5: hex.EncodeToString(md5.New().Sum(nil)),
	}
	marker.id = b.fileID(bucket, 4, marker.uploaded)
	b.add(marker)
	return marker
}
