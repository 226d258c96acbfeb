package storagetest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"net/http"
	"regexp"
)

const b2ActionCopy = "copy" // in the answer of b2_copy_file only

type b2CopyFile struct {
	SourceID              string            `json:"sourceFileId" required:"true"`
	FileName              string            `json:"fileName" required:"true"`
	BucketID              *string           `json:"destinationBucketId"`
	Range                 *string           `json:"range"`
	MetadataDirective     *string           `json:"metadataDirective"`
	ContentType           *string           `json:"contentType"`
	FileInfo              map[string]string `json:"fileInfo"`
	Retention             *b2Retention      `json:"fileRetention"`
	LegalHold             *string           `json:"legalHold"`
	SourceEncryption      *b2SSE            `json:"sourceServerSideEncryption"`
	DestinationEncryption *b2SSE            `json:"destinationServerSideEncryption"`
}

func (in *b2CopyFile) capabilities() []string { return b2LockCapabilities(in.Retention, in.LegalHold) }

func (s *b2Session) copyFile(in *b2CopyFile) (any, error) {
	var bucket *b2Bucket
	if in.BucketID != nil {
		var err error
		if bucket, err = s.bucket(*in.BucketID); err != nil {
			return nil, err
		}
	}
	source, span, err := s.copySource(in.SourceID, in.Range, in.SourceEncryption)
	if err != nil {
		return nil, err
	}
	if bucket == nil {
		bucket = source.bucket
	}
	description := &b2Description{
		name: in.FileName, sse: in.DestinationEncryption, retention: in.Retention, hold: in.LegalHold,
	}
	switch {
	case in.MetadataDirective == nil || *in.MetadataDirective == "COPY":
		if in.ContentType != nil || in.FileInfo != nil {
			return nil, b2BadRequest("contentType and fileInfo go with REPLACE only")
		}
		description.contentType, description.info = source.contentType, maps.Clone(source.info)
	case *in.MetadataDirective == "REPLACE":
		if in.ContentType == nil {
			return nil, b2BadRequest("REPLACE needs a contentType")
		}
		description.contentType, description.info = *in.ContentType, in.FileInfo
	default:
		return nil, b2BadRequest("Invalid metadataDirective: %s", *in.MetadataDirective)
	}
	f, err := s.newFile(s.key, bucket, description)
	if err != nil {
		return nil, err
	}
	if err := s.capExceeded("cap_exceeded"); err != nil {
		return nil, err
	}
	got, err := s.copyContent(source, span)
	if err != nil {
		return nil, err
	}
	if s.buckets[bucket.id] != bucket {
		got.content.release()
		return nil, b2BadBucket(bucket.id)
	}
	f.content, f.sha1, f.md5, f.uploaded = got.content, got.sha1, got.md5, s.uploadTime()
	f.id = s.fileID(bucket, 1, f.uploaded)
	s.add(f)
	s.event("b2:ObjectCreated:Copy", f, s.clock())
	document := s.document(f, s.key)
	document.Action = b2ActionCopy
	return document, nil
}

type b2CopyPart struct {
	SourceID              string  `json:"sourceFileId" required:"true"`
	FileID                string  `json:"largeFileId" required:"true"`
	Number                int     `json:"partNumber" required:"true"`
	Range                 *string `json:"range"`
	SourceEncryption      *b2SSE  `json:"sourceServerSideEncryption"`
	DestinationEncryption *b2SSE  `json:"destinationServerSideEncryption"`
}

func (s *b2Session) copyPart(in *b2CopyPart) (any, error) {
	source, span, err := s.copySource(in.SourceID, in.Range, in.SourceEncryption)
	if err != nil {
		return nil, err
	}
	f, err := s.unfinished(in.FileID)
	if err != nil {
		return nil, err
	}
	if in.Number < 1 || in.Number > b2MaxParts {
		return nil, b2BadRequest("Invalid partNumber: %d, must be from 1 to %d", in.Number, b2MaxParts)
	}
	if err := f.encryptsPart(in.DestinationEncryption); err != nil {
		return nil, err
	}
	if err := s.capExceeded("cap_exceeded"); err != nil {
		return nil, err
	}
	got, err := s.copyContent(source, span)
	if err != nil {
		return nil, err
	}
	return s.setPart(f, in.Number, got)
}

// b2CopyRange is the form of a range to copy: unlike that of a download, it names
// both ends.
var b2CopyRange = regexp.MustCompile("^bytes=[0-9]+-[0-9]+$")

// copySource finds what to copy and checks that it may be read.
func (s *b2Session) copySource(id string, byteRange *string, sse *b2SSE) (*b2File, b2Span, error) {
	missing := func() error { return b2NotFound("File not present: " + id) }
	source, err := s.file(id, missing)
	if err != nil {
		return nil, b2Span{}, err
	}
	if source.action != b2ActionUpload {
		return nil, b2Span{}, missing()
	}
	if source.bucket.kind != "allPublic" {
		if err := s.need("readFiles"); err != nil {
			return nil, b2Span{}, err
		}
	}
	if err := source.encryption.opensSource(sse); err != nil {
		return nil, b2Span{}, err
	}
	span, err := b2Span{length: source.size()}, error(nil)
	if byteRange != nil {
		if span, err = b2RangeOf([]string{*byteRange}, source.size()); err != nil {
			return nil, b2Span{}, err
		}
		if span.status != http.StatusPartialContent || !b2CopyRange.MatchString(*byteRange) {
			return nil, b2Span{}, b2BadRequest("Invalid range: %s", *byteRange)
		}
	}
	if span.length > b2MaxUpload {
		return nil, b2Span{}, b2Fail(http.StatusBadRequest, "source_too_large", "Copy source too big: %d", span.length)
	}
	return source, span, nil
}

// copyContent copies and sums a piece of a file, with the state let go.
func (s *b2Session) copyContent(source *b2File, span b2Span) (*b2Received, error) {
	from := source.content.retain()
	s.state.Unlock()
	defer s.state.Lock()
	defer from.release()
	sha, sum := sha1.New(), md5.New()
	w := s.blobs.newWriter(span.length, sha, sum)
	defer w.abort()
	if _, err := from.copyTo(w, span.offset, span.length); err != nil {
		return nil, err
	}
	content, err := w.finish()
	if err != nil {
		return nil, err
	}
	return &b2Received{content: content, sha1: hex.EncodeToString(sha.Sum(nil)), md5: hex.EncodeToString(sum.Sum(nil)), verified: true}, nil
}
