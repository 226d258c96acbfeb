package b2

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/transfer"
)

// Begin implements [transfer.Bucket]. If its answer is lost, a large file is left
// behind that nobody knows of; it is looked for and given up, if the key has the
// capability listFiles. What another program has just started, with the same name
// and the same properties, cannot be told from it before that has a part.
func (h *BucketHandle) Begin(ctx context.Context, name string, a transfer.Attrs) (transfer.MultipartUpload, error) {
	if a.IfAbsent {
		return nil, errIfAbsent
	}
	in, err := h.start(ctx, name, a)
	if err != nil {
		return nil, err
	}
	up, err := h.begin(ctx, in)
	if err != nil {
		return nil, err
	}
	return up, nil
}

// start describes the large file that Begin starts.
func (h *BucketHandle) start(ctx context.Context, name string, a transfer.Attrs) (*StartLargeFileInput, error) {
	id, err := h.ID(ctx)
	if err != nil {
		return nil, err
	}
	t := &h.template.Upload
	in := &StartLargeFileInput{
		BucketId:              id,
		FileName:              name,
		FileRetention:         t.retention(),
		LegalHold:             t.FileLegalHold,
		ServerSideEncryption:  t.encryption(),
		CustomUploadTimestamp: t.CustomUploadTimestamp,
	}
	in.ContentType, in.FileInfo = h.properties(a)
	if a.SHA1 != nil {
		in.FileInfo[InfoLargeFileSha1] = hex.EncodeToString(a.SHA1)
	}
	return in, nil
}

// retention is that of an upload in the form that other calls have.
func (in *UploadFileInput) retention() *FileRetention {
	if in.FileRetentionMode == "" {
		return nil
	}
	return &FileRetention{Mode: in.FileRetentionMode, RetainUntilTimestamp: in.FileRetentionRetainUntilTimestamp}
}

// encryption is that of an upload in the form that other calls have.
func (in *UploadFileInput) encryption() *ServerSideEncryption {
	if in.ServerSideEncryption != "" {
		return &ServerSideEncryption{Mode: EncryptionModeSSEB2, Algorithm: in.ServerSideEncryption}
	}
	return customerEncryption(in.ServerSideEncryptionCustomerAlgorithm, in.ServerSideEncryptionCustomerKey, in.ServerSideEncryptionCustomerKeyMd5)
}

// customerEncryption is SSE-C, nil without a key.
func customerEncryption(algorithm EncryptionAlgorithm, key Secret, md5 string) *ServerSideEncryption {
	if key == "" {
		return nil
	}
	return &ServerSideEncryption{Mode: EncryptionModeSSEC, Algorithm: algorithm, CustomerKey: key, CustomerKeyMd5: md5}
}

// begin starts a large file.
func (h *BucketHandle) begin(ctx context.Context, in *StartLargeFileInput) (*largeUpload, error) {
	started := h.client.session.orphans.start(in.FileName)
	began := time.Now()
	try, out := &call{session: h.client.session}, new(StartLargeFileOutput)
	err := pipeline.Do(ctx, h.client.session.runtime, try, opStartLargeFile, in, out)
	started(out.FileId)
	if try.unknown > 0 {
		h.cancelOrphans(ctx, in, began, try.unknown)
	}
	if err != nil {
		return nil, h.forget(err)
	}
	return h.largeUpload(in, out.FileId), nil
}

// largeUpload is a large file on its way.
type largeUpload struct {
	handle                 *BucketHandle
	bucketID, name, fileID string
	urls                   *urlPool
}

// largeUpload is the upload of a large file that in has started.
func (h *BucketHandle) largeUpload(in *StartLargeFileInput, fileID string) *largeUpload {
	return &largeUpload{handle: h, bucketID: in.BucketId, name: in.FileName, fileID: fileID, urls: new(urlPool)}
}

// ID is the FileId.
func (l *largeUpload) ID() string { return l.fileID }

func (l *largeUpload) uploadURL(ctx context.Context) (*uploadURL, error) {
	out, err := l.handle.client.GetUploadPartUrl(ctx, &GetUploadPartUrlInput{FileId: l.fileID})
	if err != nil {
		return nil, err
	}
	return &uploadURL{url: out.UploadUrl, token: out.AuthorizationToken}, nil
}

// Part implements [transfer.MultipartUpload].
func (l *largeUpload) Part(ctx context.Context, number int, body transfer.Body) (transfer.Part, error) {
	t := &l.handle.template.Upload
	out := new(UploadPartOutput)
	up := upload{session: l.handle.client.session, urls: l.urls, op: opUploadPart, fetch: l.uploadURL}
	err := up.send(ctx, body, func(u *uploadURL, r io.Reader) (request, answer any) {
		*out = UploadPartOutput{}
		return &UploadPartInput{
			UploadUrl:                             u.url,
			AuthorizationToken:                    u.token,
			PartNumber:                            int64(number),
			ContentLength:                         body.Size(),
			ServerSideEncryptionCustomerAlgorithm: t.ServerSideEncryptionCustomerAlgorithm,
			ServerSideEncryptionCustomerKey:       t.ServerSideEncryptionCustomerKey,
			ServerSideEncryptionCustomerKeyMd5:    t.ServerSideEncryptionCustomerKeyMd5,
			Body:                                  r,
		}, out
	})
	if err != nil {
		return transfer.Part{}, err
	}
	return transfer.Part{
		Number:   number,
		Size:     out.ContentLength,
		Checksum: transfer.Checksum{Algorithm: "SHA1", Value: parseSha1(out.ContentSha1)},
	}, nil
}

// Finish implements [transfer.MultipartUpload]. B2 compares the SHA-1 of each
// part.
func (l *largeUpload) Finish(ctx context.Context, parts []transfer.Part) (transfer.Info, error) {
	in := &FinishLargeFileInput{FileId: l.fileID, PartSha1Array: make([]string, len(parts))}
	var size int64
	for i, part := range parts {
		if part.Number != i+1 || part.Checksum.Algorithm != "SHA1" || len(part.Checksum.Value) != sha1.Size {
			return transfer.Info{}, fail(opFinishLargeFile.Name, fmt.Errorf("part %d: number %d, checksum %s", i+1, part.Number, part.Checksum.Algorithm))
		}
		in.PartSha1Array[i] = hex.EncodeToString(part.Checksum.Value)
		size += part.Size
	}
	out, err := l.handle.client.FinishLargeFile(ctx, in)
	if err != nil {
		// The answer may have been lost every time.
		file, ok := l.handle.client.session.finished(ctx, l.fileID, err)
		if !ok {
			return transfer.Info{}, err
		}
		out = &FinishLargeFileOutput{FileVersion: *file}
	}
	l.handle.client.session.orphans.end(l.fileID)
	file, native := &out.FileVersion, any(out)
	if file.FileName == "" { // it is known that it is there, and no more than that
		if file, native = l.listed(ctx); file == nil {
			return transfer.Info{Name: l.name, Size: size, Version: l.fileID, Parts: len(parts), Native: out}, nil
		}
	}
	if file.ContentLength != size {
		return transfer.Info{}, fail(opFinishLargeFile.Name, fmt.Errorf("the file has %d bytes, its parts %d", file.ContentLength, size))
	}
	info := infoOf(file, native)
	info.Parts = len(parts)
	return info, nil
}

// finished looks whether a file was finished by a call of which it is not known
// what it did. With a key that may not read files, only FileId and Action of the
// answer are set.
func (s *session) finished(ctx context.Context, fileID string, cause error) (*FileVersion, bool) {
	e, ok := errors.AsType[*Error](cause)
	if !ok || e.Attempts == 0 || e.StatusCode != 0 && e.StatusCode < 500 { // the last ones are recognised
		return nil, false
	}
	return s.lookFinished(ctx, fileID)
}

func (s *session) lookFinished(ctx context.Context, fileID string) (*FileVersion, bool) {
	info := new(GetFileInfoOutput)
	err := pipeline.Do(ctx, s.runtime, &call{session: s}, opGetFileInfo, &GetFileInfoInput{FileId: fileID}, info)
	if err == nil {
		return &info.FileVersion, info.Action == ActionUpload
	}
	if !errors.Is(err, ErrUnauthorized) {
		return nil, false
	}
	// A key that may write can tell as much: what has no list of parts is not
	// unfinished any more, and it is not given up while it is being finished.
	err = pipeline.Do(ctx, s.runtime, &call{session: s}, opListParts, &ListPartsInput{FileId: fileID, MaxPartCount: 1}, new(ListPartsOutput))
	return &FileVersion{FileId: fileID, Action: ActionUpload}, errors.Is(err, ErrBadRequest)
}

// Recognise implements pipeline.Recogniser: a large file that is finished
// cannot be finished once more.
func (p *call) Recognise(ctx context.Context, c *pipeline.Call, e *apierror.Error) bool {
	in, ok := c.Input.(*FinishLargeFileInput)
	if !ok || !c.Doubtful() || e.StatusCode >= 500 { // all the answers may be lost: see [session.finished]
		return false
	}
	file, ok := p.lookFinished(ctx, in.FileId)
	if ok {
		c.Output.(*FinishLargeFileOutput).FileVersion = *file
	}
	return ok
}

// listed looks for the file with a key that may list files but not read them.
func (l *largeUpload) listed(ctx context.Context) (*FileVersion, any) {
	out, err := l.handle.client.ListFileNames(ctx, &ListFileNamesInput{BucketId: l.bucketID, StartFileName: l.name, Prefix: l.name, MaxFileCount: 1})
	if err != nil || len(out.Files) == 0 || out.Files[0].FileId != l.fileID {
		return nil, nil
	}
	return &out.Files[0], out
}

// Abort implements [transfer.MultipartUpload].
func (l *largeUpload) Abort(ctx context.Context) error {
	l.handle.client.session.orphans.end(l.fileID)
	_, err := l.handle.client.CancelLargeFile(ctx, &CancelLargeFileInput{FileId: l.fileID})
	if errors.Is(err, ErrBadRequest) || errors.Is(err, fs.ErrNotExist) {
		return nil // nothing of that id is unfinished
	}
	return err
}
