package b2

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"strings"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/transfer"
)

// BucketHandle is a bucket as package transfer uses it. It keeps the bucket's
// id, which is looked up by name when it is first needed, and upload URLs:
// keep the handle where there is more than one file to move. It is safe for
// concurrent use.
//
// The Info of a file has the time of its upload in ModTime, that of its source in
// Attrs.ModTime, and in Native the output of the call that told of it: of a file
// that was uploaded or copied in parts a *[FinishLargeFileOutput], or what was
// asked when that answer was lost.
type BucketHandle struct {
	client   *Client
	name     string
	id       *lookup[string]
	urls     *urlPool
	template Template
}

// Template holds what calls of a transfer are given beside what the transfer
// sets itself: encryption, retention, properties of the file.
type Template struct {
	// Upload is what files are written with, in one piece or in parts.
	// ContentType stands in for one the transfer does not have, and entries of
	// FileInfo for those it does not. UploadUrl, AuthorizationToken, FileName,
	// ContentLength, ContentSha1 and Body are the transfer's own.
	Upload UploadFileInput

	// Download is what files are read with. BucketName, FileName, Head, Range
	// and AuthorizationToken are the transfer's own.
	Download DownloadFileByNameInput
}

// Bucket returns the handle of a bucket.
func (c *Client) Bucket(name string) *BucketHandle {
	return &BucketHandle{client: c, name: name, id: &lookup[string]{operation: opListBuckets.Name}, urls: new(urlPool)}
}

// With returns a handle of the same bucket whose calls are given what t holds.
func (h *BucketHandle) With(t Template) *BucketHandle {
	d := *h
	d.template = t
	d.template.Upload.FileInfo = maps.Clone(t.Upload.FileInfo)
	return &d
}

// Name returns the name of the bucket.
func (h *BucketHandle) Name() string { return h.name }

// String names the bucket. Package fmt would else print what the handle holds:
// a customer's key in a template among it.
func (h *BucketHandle) String() string {
	if h == nil {
		return "<nil>"
	}
	return fmt.Sprintf("bucket %q", h.name)
}

// GoString is String.
func (h *BucketHandle) GoString() string { return h.String() }

// Limits implements [transfer.Bucket]. The sizes of parts are those that the
// account was told.
func (h *BucketHandle) Limits(ctx context.Context) (transfer.Limits, error) {
	a, err := h.client.session.authorization(ctx, nil)
	if err != nil {
		return transfer.Limits{}, err
	}
	storage := &a.ApiInfo.StorageApi
	return transfer.Limits{
		MinPart:   storage.AbsoluteMinimumPartSize,
		MaxPart:   maxPartSize,
		MaxPut:    maxPartSize,
		MaxObject: maxObjectSize,
		MaxParts:  maxPart,
		MaxCopy:   h.client.session.maxCopy,
		MaxRemove: removeLimit,
		PartSize:  storage.RecommendedPartSize,
		Server:    a.api.host,
	}, nil
}

// Stat implements [transfer.Bucket] by a HEAD. A version is a FileId. Info.Native,
// which has what is B2's alone, such as a retention, is a
// *[DownloadFileByNameOutput] or, with a version, a *[DownloadFileByIdOutput].
func (h *BucketHandle) Stat(ctx context.Context, name, version string) (transfer.Info, error) {
	d, meta, native, err := h.download(ctx, name, version, true, "")
	if err != nil {
		return transfer.Info{}, err
	}
	d.Body.Close()
	return infoOfDownload(d, d.ContentLength, meta, native), nil
}

// Open implements [transfer.Bucket]. A version is a FileId. Without a range
// the body is verified by its SHA-1 as it is read, if B2 knows it. Info.Native is
// that of Stat.
func (h *BucketHandle) Open(ctx context.Context, name, version string, off, n int64) (transfer.Info, io.ReadCloser, error) {
	if off < 0 {
		return transfer.Info{}, nil, fail(opDownloadFileByName.Name, checkLeast("offset", off, 0))
	}
	if n == 0 {
		info, err := h.Stat(ctx, name, version)
		return info, http.NoBody, err
	}
	d, meta, native, err := h.download(ctx, name, version, false, byterange.Header(off, n))
	if errors.Is(err, ErrRangeNotSatisfiable) && off == 0 {
		// No range fits an empty file, not even one at its beginning.
		if info, statErr := h.Stat(ctx, name, version); statErr == nil && info.Size == 0 {
			return info, http.NoBody, nil
		}
	}
	if err != nil {
		return transfer.Info{}, nil, err
	}
	size, err := byterange.Whole(d.ContentRange, d.ContentLength, off, n)
	if err != nil {
		d.Body.Close()
		return transfer.Info{}, nil, fail(opDownloadFileByName.Name, err)
	}
	return infoOfDownload(d, size, meta, native), d.Body, nil
}

// download asks for a file by name, or by id if there is a version.
func (h *BucketHandle) download(ctx context.Context, name, version string, head bool, span string) (d *Download, meta *entrepot.ResponseMetadata, native any, err error) {
	t := &h.template.Download
	if version == "" {
		in := *t
		in.BucketName, in.FileName, in.Head, in.Range, in.AuthorizationToken = h.name, name, head, span, ""
		out, err := h.client.DownloadFileByName(ctx, &in)
		if err != nil {
			return nil, nil, nil, err
		}
		return &out.Download, &out.ResponseMetadata, out, nil
	}
	out, err := h.client.DownloadFileById(ctx, &DownloadFileByIdInput{
		FileId:                                version,
		Head:                                  head,
		Range:                                 span,
		ServerSideEncryptionCustomerAlgorithm: t.ServerSideEncryptionCustomerAlgorithm,
		ServerSideEncryptionCustomerKey:       t.ServerSideEncryptionCustomerKey,
		ServerSideEncryptionCustomerKeyMd5:    t.ServerSideEncryptionCustomerKeyMd5,
		B2ContentDisposition:                  t.B2ContentDisposition,
		B2ContentLanguage:                     t.B2ContentLanguage,
		B2Expires:                             t.B2Expires,
		B2CacheControl:                        t.B2CacheControl,
		B2ContentEncoding:                     t.B2ContentEncoding,
		B2ContentType:                         t.B2ContentType,
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return &out.Download, &out.ResponseMetadata, out, nil
}

// Put implements [transfer.Bucket]. Info.Native is an *[UploadFileOutput].
func (h *BucketHandle) Put(ctx context.Context, name string, a transfer.Attrs, body transfer.Body) (transfer.Info, error) {
	if a.IfAbsent {
		return transfer.Info{}, errIfAbsent
	}
	if body == nil {
		return transfer.Info{}, fail(opUploadFile.Name, require("Body"))
	}
	in := h.template.Upload
	in.FileName = name
	in.ContentType, in.FileInfo = h.properties(a)
	in.ContentLength = body.Size()
	in.ContentSha1 = hex.EncodeToString(a.SHA1)
	if err := h.client.session.permit(ctx, opUploadFile, CapabilityWriteFiles, &in); err != nil {
		return transfer.Info{}, err
	}
	out := new(UploadFileOutput)
	up := upload{session: h.client.session, urls: h.urls, op: opUploadFile, fetch: h.uploadURL}
	err := up.send(ctx, body, func(u *uploadURL, r io.Reader) (request, answer any) {
		in.UploadUrl, in.AuthorizationToken, in.Body = u.url, u.token, r
		*out = UploadFileOutput{}
		return &in, out
	})
	if err != nil {
		return transfer.Info{}, h.forget(err)
	}
	return infoOf(&out.FileVersion, out), nil
}

var errIfAbsent = fmt.Errorf("b2: an upload that depends on what is there: %w", errors.ErrUnsupported)

// properties are the content type and the FileInfo of a file to be written.
func (h *BucketHandle) properties(a transfer.Attrs) (contentType string, info FileInfo) {
	t := &h.template.Upload
	contentType = cmp.Or(a.ContentType, t.ContentType, ContentTypeAuto)
	if a.Carried { // as of the copies that the service makes
		contentType = cmp.Or(t.ContentType, contentType)
		if t.FileInfo != nil {
			a = transfer.Attrs{}
		}
	}
	info = make(FileInfo, len(a.Metadata)+2)
	for key, value := range t.FileInfo {
		info[strings.ToLower(key)] = value
	}
	set := func(key, value string) {
		if value != "" {
			info[key] = value
		}
	}
	set(InfoContentDisposition, a.ContentDisposition)
	set(InfoContentLanguage, a.ContentLanguage)
	set(InfoCacheControl, a.CacheControl)
	set(InfoContentEncoding, a.ContentEncoding)
	if !a.ModTime.IsZero() {
		info.SetSrcLastModified(a.ModTime)
	}
	for key, value := range a.Metadata {
		info[strings.ToLower(key)] = value
	}
	return contentType, info
}

// ID returns the id of the bucket, which is looked up once: a key that is
// restricted to the bucket brings the id along; with others it takes a
// [Client.ListBuckets], and the capability listBuckets. If there is no such
// bucket, the error is [ErrBadBucketId], as it is of all that needs the id.
func (h *BucketHandle) ID(ctx context.Context) (string, error) {
	if h.name == "" { // a list would be one of all buckets
		return "", fail(opListBuckets.Name, require("BucketName"))
	}
	if h.id.value.Load() == nil { // so that who waits for it hears what delays it
		if _, err := h.client.session.authorization(ctx, nil); err != nil {
			return "", err
		}
	}
	id, err := h.id.get(ctx, nil, func(ctx context.Context) (*string, error) {
		a, err := h.client.session.authorization(ctx, nil)
		if err != nil {
			return nil, err
		}
		for _, b := range a.ApiInfo.StorageApi.Allowed.Buckets {
			if b.Name == h.name {
				return &b.Id, nil
			}
		}
		out, err := h.client.ListBuckets(ctx, &ListBucketsInput{BucketName: h.name})
		if err != nil {
			return nil, err
		}
		for i := range out.Buckets {
			if out.Buckets[i].BucketName == h.name {
				return &out.Buckets[i].BucketId, nil
			}
		}
		return nil, fail(opListBuckets.Name, noSuch("bucket", h.name, ErrBadBucketId))
	})
	if err != nil {
		return "", err
	}
	return *id, nil
}

// forget drops the bucket's id, and the upload URLs that go with it, if err
// says that it is not one any more: the bucket may have been deleted and made
// anew.
func (h *BucketHandle) forget(err error) error {
	if errors.Is(err, ErrBadBucketId) {
		h.id.value.Store(nil)
		h.urls.clear()
	}
	return err
}

func (h *BucketHandle) uploadURL(ctx context.Context) (*uploadURL, error) {
	id, err := h.ID(ctx)
	if err != nil {
		return nil, err
	}
	out, err := h.client.GetUploadUrl(ctx, &GetUploadUrlInput{BucketId: id})
	if err != nil {
		return nil, h.forget(err)
	}
	return &uploadURL{url: out.UploadUrl, token: out.AuthorizationToken}, nil
}

// infoOf is what transfer wants to know of a file.
func infoOf(f *FileVersion, native any) transfer.Info {
	info := transfer.Info{
		Name:    f.FileName,
		Size:    f.ContentLength,
		ModTime: f.UploadTimestamp,
		Version: f.FileId,
		Attrs: transfer.Attrs{
			ContentType:        f.ContentType,
			ContentEncoding:    f.FileInfo[InfoContentEncoding],
			ContentLanguage:    f.FileInfo[InfoContentLanguage],
			ContentDisposition: f.FileInfo[InfoContentDisposition],
			CacheControl:       f.FileInfo[InfoCacheControl],
		},
		Native: native,
	}
	describe(&info, f.ContentSha1, f.FileInfo)
	if sum, err := hex.DecodeString(f.ContentMd5); err == nil && len(sum) > 0 {
		info.Checksums = append(info.Checksums, transfer.Checksum{Algorithm: "MD5", Value: sum})
	}
	return info
}

func infoOfDownload(d *Download, size int64, meta *entrepot.ResponseMetadata, native any) transfer.Info {
	info := transfer.Info{
		Name:    d.FileName,
		Size:    size,
		ModTime: d.UploadTimestamp,
		Version: d.FileId,
		Attrs: transfer.Attrs{
			ContentType:        d.ContentType,
			ContentEncoding:    d.ContentEncoding,
			ContentLanguage:    d.ContentLanguage,
			ContentDisposition: d.ContentDisposition,
			CacheControl:       d.CacheControl,
		},
		Verified: meta.Checksum,
		Native:   native,
	}
	describe(&info, d.ContentSha1, d.FileInfo)
	return info
}

// describe adds what is in a file's SHA-1 and FileInfo.
func describe(info *transfer.Info, sha1 string, fileInfo FileInfo) {
	for key, value := range fileInfo {
		switch key {
		case InfoSrcLastModifiedMillis:
			info.Attrs.ModTime = fileInfo.SrcLastModified()
		case InfoLargeFileSha1:
			info.Attrs.SHA1 = parseSha1(value)
		case InfoContentDisposition, InfoContentLanguage, InfoExpires, InfoCacheControl, InfoContentEncoding:
			// They are not metadata but headers of downloads.
		default:
			if info.Attrs.Metadata == nil {
				info.Attrs.Metadata = make(map[string]string)
			}
			info.Attrs.Metadata[key] = value
		}
	}
	if sum := parseSha1(sha1); sum != nil {
		info.Attrs.SHA1 = sum
	}
	if info.Attrs.SHA1 != nil {
		info.Checksums = []transfer.Checksum{{Algorithm: "SHA1", Value: info.Attrs.SHA1}}
	}
}
