package b2

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot/internal/byterange"
	"github.com/entrepot-go/entrepot/transfer"
)

const (
	// copiesAtOnce is how many parts of a file are copied at a time.
	copiesAtOnce = 8

	// cancelTimeout bounds the giving up of a large file when the call's own
	// context may have ended.
	cancelTimeout = 30 * time.Second
)

// Copy makes the file name of one in the bucket of source, which may be the same,
// without the content passing through the client. SourceVersion is a FileId, or
// empty for the newest version; what is copied is one and the same version in any
// case. Files of more than 5 GB are copied in parts, several at a time, of which
// nothing is left behind if that fails or ctx ends, for which it takes up to 30 s
// more.
//
// The new file has the content type and the FileInfo of the source, or what the
// template of h has in its Upload: a ContentType, a FileInfo as a whole.
// Encryption, retention and legal hold are those of the template and never the
// source's; the key of a source with SSE-C is that in the Download of the
// template of source. Of a large copy, FileInfo has the SHA-1 of the source if
// that is known ([InfoLargeFileSha1]). Info.Native is a *[CopyFileOutput], or of a
// copy in parts a *[FinishLargeFileOutput].
//
// It takes the capability writeFiles and, out of a private bucket, readFiles. Both
// buckets belong to one account; if they do not, or if the template sets a
// CustomUploadTimestamp, which copies of up to 5 GB do not take, the error is
// [errors.ErrUnsupported]. Each file or part is billed as a class C transaction,
// the one or two looks at the source as class B.
func (h *BucketHandle) Copy(ctx context.Context, name string, source *BucketHandle, sourceName, sourceVersion string) (transfer.Info, error) {
	if source == nil {
		return transfer.Info{}, fail(opCopyFile.Name, require("source"))
	}
	if err := h.sameAccount(ctx, source); err != nil {
		return transfer.Info{}, err
	}
	c, err := h.copyOf(ctx, name, source, &Download{FileName: sourceName, FileId: sourceVersion, ContentLength: -1})
	if err != nil {
		return transfer.Info{}, err
	}
	if c.from.ContentLength <= h.client.session.maxCopy {
		info, err := c.whole(ctx)
		if !errors.Is(err, ErrSourceTooLarge) || c.from.ContentLength < 2 {
			return info, err
		}
	}
	return c.parts(ctx)
}

// copyOf is the copy of a file that is described by from, or is looked at if its length
// is not known.
func (h *BucketHandle) copyOf(ctx context.Context, name string, source *BucketHandle, from *Download) (*copying, error) {
	id, err := h.ID(ctx)
	if err != nil {
		return nil, err
	}
	t := source.template.Download
	if from.ContentLength < 0 {
		plain := source.With(Template{Download: DownloadFileByNameInput{
			ServerSideEncryptionCustomerAlgorithm: t.ServerSideEncryptionCustomerAlgorithm,
			ServerSideEncryptionCustomerKey:       t.ServerSideEncryptionCustomerKey,
			ServerSideEncryptionCustomerKeyMd5:    t.ServerSideEncryptionCustomerKeyMd5,
		}})
		sourceName := from.FileName
		if from, _, _, err = plain.download(ctx, sourceName, from.FileId, true, ""); err != nil {
			return nil, fmt.Errorf("source %q: %w", sourceName, err)
		}
	}
	c := &copying{
		from:     from,
		source:   source,
		to:       h,
		bucketID: id,
		name:     name,
	}
	if from.ServerSideEncryptionCustomerAlgorithm != "" { // others may be read with a key, and not copied
		c.key = customerEncryption(t.ServerSideEncryptionCustomerAlgorithm, t.ServerSideEncryptionCustomerKey, t.ServerSideEncryptionCustomerKeyMd5)
	}
	return c, nil
}

// sameAccount returns an error if h and source are of different accounts.
func (h *BucketHandle) sameAccount(ctx context.Context, source *BucketHandle) error {
	if source.client == h.client {
		return nil
	}
	var accounts [2]string
	for i, c := range []*Client{h.client, source.client} {
		a, err := c.session.authorization(ctx, nil)
		if err != nil {
			return err
		}
		accounts[i] = a.AccountId
	}
	if accounts[0] != accounts[1] {
		return fail(opCopyFile.Name, fmt.Errorf("from account %s to account %s: %w", accounts[1], accounts[0], errors.ErrUnsupported))
	}
	return nil
}

// copying is one file being copied.
type copying struct {
	from   *Download
	source *BucketHandle
	key    *ServerSideEncryption // of the source, if that has one of the customer's

	to       *BucketHandle
	bucketID string
	name     string

	replace *transfer.Attrs // the properties of the copy, if they are not the source's
}

// whole copies the file in one call.
func (c *copying) whole(ctx context.Context) (transfer.Info, error) {
	t := &c.to.template.Upload
	if !t.CustomUploadTimestamp.IsZero() {
		return transfer.Info{}, fail(opCopyFile.Name, fmt.Errorf("CustomUploadTimestamp of the template: %w", errors.ErrUnsupported))
	}
	in := &CopyFileInput{
		SourceFileId:                    c.from.FileId,
		FileName:                        c.name,
		DestinationBucketId:             c.bucketID,
		FileRetention:                   t.retention(),
		LegalHold:                       t.FileLegalHold,
		SourceServerSideEncryption:      c.key,
		DestinationServerSideEncryption: t.encryption(),
	}
	if c.replace != nil || t.ContentType != "" || t.FileInfo != nil {
		contentType, info, err := c.properties(ctx)
		if err != nil {
			return transfer.Info{}, err
		}
		in.MetadataDirective, in.ContentType, in.FileInfo = MetadataDirectiveReplace, contentType, info
	}
	out, err := c.to.client.CopyFile(ctx, in)
	if err != nil {
		return transfer.Info{}, c.to.forget(err)
	}
	return infoOf(&out.FileVersion, out), nil
}

// sha1 is the SHA-1 of the source, empty if nobody vouches for one.
func (c *copying) sha1() string {
	if sum := c.from.ContentSha1; isSha1(sum) {
		return sum
	}
	return c.from.FileInfo.LargeFileSha1()
}

// properties are the content type and the FileInfo of the copy.
func (c *copying) properties(ctx context.Context) (contentType string, info FileInfo, err error) {
	if c.replace != nil {
		contentType, info = c.to.properties(*c.replace)
		return contentType, info, nil
	}
	t := &c.to.template.Upload
	contentType, info = c.from.ContentType, c.from.FileInfo
	if t.ContentType != "" && t.FileInfo != nil {
		return t.ContentType, t.FileInfo, nil
	}
	file, err := c.source.client.GetFileInfo(ctx, &GetFileInfoInput{FileId: c.from.FileId})
	switch {
	case err == nil:
		info = file.FileInfo
	case errors.Is(err, fs.ErrPermission):
		// A public bucket that the key may not read otherwise: headers then
		// tell those entries that have become some.
		info = maps.Clone(info)
		for key, value := range map[string]string{
			InfoContentDisposition: c.from.ContentDisposition, InfoContentLanguage: c.from.ContentLanguage, InfoExpires: c.from.Expires,
			InfoCacheControl: c.from.CacheControl, InfoContentEncoding: c.from.ContentEncoding,
		} {
			info.change(key, value)
		}
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, fmt.Errorf("%w: %w", transfer.ErrObjectChanged, err)
	default:
		return "", nil, err
	}
	if t.ContentType != "" {
		contentType = t.ContentType
	}
	if t.FileInfo != nil {
		info = t.FileInfo
	}
	return contentType, info, nil
}

// begin starts the large file that is to be the copy.
func (c *copying) begin(ctx context.Context) (*largeUpload, error) {
	t := &c.to.template.Upload
	in := &StartLargeFileInput{
		BucketId:              c.bucketID,
		FileName:              c.name,
		FileRetention:         t.retention(),
		LegalHold:             t.FileLegalHold,
		ServerSideEncryption:  t.encryption(),
		CustomUploadTimestamp: t.CustomUploadTimestamp,
	}
	var err error
	if in.ContentType, in.FileInfo, err = c.properties(ctx); err != nil {
		return nil, err
	}
	in.FileInfo = maps.Clone(in.FileInfo)
	if sum := c.sha1(); isSha1(sum) {
		in.FileInfo.SetLargeFileSha1(sum)
	} else if t.FileInfo == nil {
		in.FileInfo.SetLargeFileSha1("")
	}
	return c.to.begin(ctx, in)
}

// parts copies the file in parts.
func (c *copying) parts(ctx context.Context) (info transfer.Info, err error) {
	limits, err := c.to.Limits(ctx)
	if err != nil {
		return transfer.Info{}, err
	}
	up, err := c.begin(ctx)
	if err != nil {
		return transfer.Info{}, err
	}
	defer func() {
		if err != nil {
			err = up.abandon(ctx, err)
		}
	}()
	size, part := c.from.ContentLength, c.partSize(&limits)
	parts := make([]transfer.Part, (size+part-1)/part)
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(copiesAtOnce)
	for i := range parts {
		first := int64(i) * part
		g.Go(func() error {
			if running.Err() != nil {
				return running.Err()
			}
			n := min(part, size-first)
			p, err := c.part(running, up, i+1, byterange.Header(first, n), n)
			parts[i] = p
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return transfer.Info{}, err
	}
	return up.Finish(ctx, parts)
}

// partSize is the size of all parts but the last.
func (c *copying) partSize(l *transfer.Limits) int64 {
	size := c.from.ContentLength
	part := max(l.PartSize, l.MinPart, (size+int64(l.MaxParts)-1)/int64(l.MaxParts))
	part = min(part, c.to.client.session.maxCopy)
	return min(part, (size+1)/2) // there are two parts at least
}

// part copies a range of size bytes.
func (c *copying) part(ctx context.Context, up *largeUpload, number int, span string, size int64) (transfer.Part, error) {
	in := &CopyPartInput{
		SourceFileId:               c.from.FileId,
		LargeFileId:                up.fileID,
		PartNumber:                 int64(number),
		Range:                      span,
		SourceServerSideEncryption: c.key,
	}
	if e := c.to.template.Upload.encryption(); e != nil && e.Mode == EncryptionModeSSEC {
		in.DestinationServerSideEncryption = e
	}
	out, err := c.to.client.CopyPart(ctx, in)
	if err != nil {
		return transfer.Part{}, fmt.Errorf("part %d: %w", number, err)
	}
	if out.ContentLength != size {
		return transfer.Part{}, fail(opCopyPart.Name, fmt.Errorf("part %d has %d bytes, not %d", number, out.ContentLength, size))
	}
	return transfer.Part{
		Number: number, Size: out.ContentLength, Checksum: transfer.Checksum{Algorithm: "SHA1", Value: parseSha1(out.ContentSha1)},
	}, nil
}

// abandon gives up an upload that failed with cause, and returns the error to
// report.
func (l *largeUpload) abandon(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer cancel()
	if err := l.Abort(ctx); err != nil {
		return fmt.Errorf("%w; the large file %s is left behind, as cancelling it failed: %w", cause, l.fileID, err)
	}
	return cause
}
