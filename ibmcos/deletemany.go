package ibmcos

import (
	"context"
	"errors"
	"fmt"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
	"github.com/entrepot-go/entrepot/paginator"
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
	if err := b.needPrefix(prefix, "DeleteAllObjects"); err != nil {
		return 0, err
	}
	return b.deleteObjects(ctx, prefix, in, opts)
}

// DeletePrefixVersions deletes for good all versions of the objects whose keys
// begin with prefix, and their delete markers: nothing brings them back. It returns
// how many of both it has deleted. The rest is as with [BucketHandle.DeletePrefix];
// BypassGovernanceRetention is in the input.
func (b *BucketHandle) DeletePrefixVersions(ctx context.Context, prefix string, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	if err := b.needPrefix(prefix, "DeleteAllVersions"); err != nil {
		return 0, err
	}
	return b.deleteVersions(ctx, prefix, false, in, opts)
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
	return b.deleteVersions(ctx, "", false, in, opts)
}

// DeleteVersions deletes for good all versions of the object, and its delete
// markers: nothing brings it back. An object that is not there is no error. The
// rest is as with [BucketHandle.DeletePrefix]. The handle must not be that of a
// version.
func (o *ObjectHandle) DeleteVersions(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (deleted int, err error) {
	switch {
	case o.key == "":
		return 0, o.bucket.client.core.Refuse(opDeleteObjects, "Key", "is required")
	case o.version != "":
		return 0, o.bucket.client.core.Refuse(opDeleteObjects, "VersionId", "the handle is that of one version")
	}
	return o.bucket.deleteVersions(ctx, o.key, true, in, opts)
}

func (b *BucketHandle) needPrefix(prefix, all string) error {
	if prefix == "" {
		return b.client.core.Refuse(opDeleteObjects, "prefix", "is empty, and every key begins with that; to delete all of them, call "+all)
	}
	return nil
}

func (b *BucketHandle) deleteObjects(ctx context.Context, prefix string, in *DeleteObjectsInput, opts []Option) (int, error) {
	return deleteListed(ctx, b, b.client.ListObjectsV2, &ListObjectsV2Input{Prefix: prefix}, in, opts, func(page *ListObjectsV2Output) (ids []ObjectIdentifier, last bool) {
		for i := range page.Contents {
			ids = append(ids, ObjectIdentifier{Key: page.Contents[i].Key})
		}
		return ids, false
	})
}

// deleteVersions deletes what has the prefix, or only what it is the key of.
func (b *BucketHandle) deleteVersions(ctx context.Context, prefix string, key bool, in *DeleteObjectsInput, opts []Option) (int, error) {
	return deleteListed(ctx, b, b.client.ListObjectVersions, &ListObjectVersionsInput{Prefix: prefix}, in, opts, func(page *ListObjectVersionsOutput) (ids []ObjectIdentifier, last bool) {
		add := func(id ObjectIdentifier) {
			if key && id.Key != prefix {
				last = true // lists are in order: longer keys are behind it
				return
			}
			ids = append(ids, id)
		}
		for i := range page.Versions {
			add(ObjectIdentifier{Key: page.Versions[i].Key, VersionId: page.Versions[i].VersionId})
		}
		for i := range page.DeleteMarkers {
			add(ObjectIdentifier{Key: page.DeleteMarkers[i].Key, VersionId: page.DeleteMarkers[i].VersionId})
		}
		return ids, last
	})
}

// deleteListed deletes what ids takes from the pages of a list.
func deleteListed[In any, Out paginator.Page[In]](ctx context.Context, b *BucketHandle, call func(context.Context, *In, ...Option) (Out, error), list *In, in *DeleteObjectsInput, opts []Option, ids func(Out) ([]ObjectIdentifier, bool)) (int, error) {
	failures := &DeleteObjectsError{}
	deleted, err := s3dialect.DeleteListed(ctx, b.client.core, opDeleteObjects, b.subject(), in, b.template().payer(), call, list, opts, ids, func(in *DeleteObjectsInput, batch []ObjectIdentifier) (failed int, err error) {
		in.Delete = &Delete{Objects: batch}
		_, err = b.client.DeleteObjects(ctx, in, opts...)
		failures.Asked += len(batch)
		var part *DeleteObjectsError
		if !errors.As(err, &part) {
			return 0, err
		}
		failures.Errors = append(failures.Errors, part.Errors...)
		failures.causes = append(failures.causes, part.causes...)
		failures.RequestID = part.RequestID
		return len(part.Errors), nil
	})
	switch {
	case len(failures.Errors) == 0:
		return deleted, err
	case err != nil:
		return deleted, fmt.Errorf("%w; %w", failures, err)
	}
	return deleted, failures
}
