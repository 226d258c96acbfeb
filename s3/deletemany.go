package s3

import (
	"context"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// DeletePrefix deletes the current objects whose keys begin with prefix, and
// returns how many it has deleted. Where the bucket keeps versions, they get
// delete markers and their versions stay: see [BucketHandle.DeletePrefixVersions].
// "photos" is also the prefix of "photos-2026/cat.jpg": mind the slash at the end.
//
// An empty prefix is refused, since it may be a variable that was not set. What
// deletes everything is [BucketHandle.DeleteAllObjects].
//
// The objects are listed and deleted 1000 at a time, with [Client.DeleteObjects]:
// the input, which may be nil, is that of each such call, without its Delete.
// Objects that cannot be deleted do not stop it, save that after 1000 of them the
// rest is not tried; the error is then a [*DeleteObjectsError] that lists them. Any
// other error ends it at once. What was deleted so far is counted either way, and
// what is written meanwhile may remain.
func (b *BucketHandle) DeletePrefix(ctx context.Context, prefix string, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	if err := b.sweep("").NeedPrefix(prefix, "DeleteAllObjects"); err != nil {
		return 0, err
	}
	return b.deleteObjects(ctx, prefix, in, opts)
}

// DeletePrefixVersions deletes for good all versions of the objects whose keys
// begin with prefix, and their delete markers: nothing brings them back. It returns
// how many of both it has deleted. The rest is as with [BucketHandle.DeletePrefix];
// BypassGovernanceRetention is in the input.
func (b *BucketHandle) DeletePrefixVersions(ctx context.Context, prefix string, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	if err := b.sweep("").NeedPrefix(prefix, "DeleteAllVersions"); err != nil {
		return 0, err
	}
	return b.deleteVersions(ctx, prefix, "", in, opts)
}

// DeleteAllObjects deletes every current object of the bucket, as
// [BucketHandle.DeletePrefix] would those with any prefix.
func (b *BucketHandle) DeleteAllObjects(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	return b.deleteObjects(ctx, "", in, opts)
}

// DeleteAllVersions deletes for good every version of every object of the
// bucket, and all delete markers, as [BucketHandle.DeletePrefixVersions] would
// those with any prefix. A bucket that is to be deleted needs it if it has ever
// kept versions.
func (b *BucketHandle) DeleteAllVersions(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	return b.deleteVersions(ctx, "", "", in, opts)
}

// DeleteVersions deletes for good all versions of the object, and its delete
// markers: nothing brings it back. An object that is not there is no error. The rest is
// as with [BucketHandle.DeletePrefix]. The handle must not be that of a version.
func (o *ObjectHandle) DeleteVersions(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	switch {
	case o.key == "":
		return 0, o.bucket.client.core.Refuse(opDeleteObjects, "Key", "is required")
	case o.version != "":
		return 0, o.bucket.client.core.Refuse(opDeleteObjects, "VersionId", "the handle is that of one version")
	}
	return o.bucket.deleteVersions(ctx, o.key, o.key, in, opts)
}

func (b *BucketHandle) deleteObjects(ctx context.Context, prefix string, in *DeleteObjectsInput, opts []Option) (int, error) {
	return s3dialect.DeleteListed(ctx, b.sweep(""), b.client.ListObjectsV2, &ListObjectsV2Input{Prefix: prefix}, b.client.DeleteObjects, in, opts, (*DeleteObjectsError).add)
}

// deleteVersions deletes the versions of what has the prefix and, if there is a
// key, no other.
func (b *BucketHandle) deleteVersions(ctx context.Context, prefix, key string, in *DeleteObjectsInput, opts []Option) (int, error) {
	return s3dialect.DeleteListed(ctx, b.sweep(key), b.client.ListObjectVersions, &ListObjectVersionsInput{Prefix: prefix}, b.client.DeleteObjects, in, opts, (*DeleteObjectsError).add)
}

func (b *BucketHandle) sweep(key string) *s3dialect.Sweep {
	return &s3dialect.Sweep{Core: b.client.core, Op: opDeleteObjects, Subject: b.subject(), Template: b.template().payer(), Key: key}
}

// add adds what one call of several could not delete, nil for nothing, and
// returns how many objects that are.
func (e *DeleteObjectsError) add(part *DeleteObjectsError, asked int) (failed int) {
	e.Asked += asked
	if part == nil {
		return 0
	}
	e.Errors = append(e.Errors, part.Errors...)
	e.causes = append(e.causes, part.causes...)
	e.RequestID = part.RequestID
	return len(part.Errors)
}
