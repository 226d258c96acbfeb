package lightsail

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// maxBucketKeys is how many access keys a bucket has at most.
const maxBucketKeys = 2

// ErrKeyLimit is the case of [Client.OpenBucket] where a bucket has both its
// access keys and the secret of neither is known.
var ErrKeyLimit = errors.New("both access keys of the bucket are taken")

// Keys remembers the access keys that [Client.OpenBucket] creates, whose
// secrets the service tells only once. The zero value remembers them as long
// as it lives itself. As a bucket has at most two keys, a program that is
// started again and again keeps them elsewhere, by Load and Store: [KeysIn]
// does so in files.
//
// Keys is safe for concurrent use, by several clients too: calls for its keys
// wait for one another, so that none creates a key too many. It must not be
// copied once it has been used.
type Keys struct {
	// Load returns the key kept for a bucket, or the zero AccessKey if there is
	// none. It is asked for buckets that Keys does not remember. Default: none
	// is kept.
	Load func(ctx context.Context, bucket string) (AccessKey, error)

	// Store keeps a key that has just been created. Its secret is hidden from
	// all that prints or encodes it, JSON too: to keep it, convert it to a
	// string. If Store fails, the key is deleted again. Default: it is
	// remembered in memory alone.
	Store func(ctx context.Context, bucket string, key AccessKey) error

	once sync.Once
	busy chan struct{} // has room for the one call that reads or makes keys
	keys map[string]AccessKey
}

// Add remembers a key that is known already, with its secret, without a call of
// Store.
func (k *Keys) Add(bucket string, key AccessKey) {
	k.lock(context.Background())
	defer k.unlock()
	k.keys[bucket] = key
}

// lock waits its turn, or until ctx ends.
func (k *Keys) lock(ctx context.Context) error {
	k.once.Do(func() { k.busy, k.keys = make(chan struct{}, 1), map[string]AccessKey{} })
	select {
	case k.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (k *Keys) unlock() { <-k.busy }

// OpenBucket returns the handle of a bucket for package transfer, with the key
// that keys remembers for it. If there is none, or the service has it no more,
// it creates one. [Client.Bucket] takes a key that the caller has.
//
// It asks GetBuckets where the bucket is and GetBucketAccessKeys which keys
// there are. If there are two already and neither is known, the error matches
// [ErrKeyLimit], and its text says which they are and when they were used. No
// key is ever deleted to make room: somebody may use it. That holds as well for
// a key whose answer was lost on the way, since nothing tells it from one that
// another program has just made; the error names what appeared in the meantime.
//
// Errors: [ErrKeyLimit], [ErrNotFound].
func (c *Client) OpenBucket(ctx context.Context, name string, keys *Keys, opts ...s3.Option) (*s3.BucketHandle, error) {
	// The S3 client comes first, its key afterwards: none is made for a bucket
	// that could not be reached with it.
	config, err := c.place(ctx, name)
	if err != nil {
		return nil, callError("OpenBucket", err)
	}
	var key AccessKey
	config.Credentials = credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
		return credentials.Credentials{AccessKeyID: key.AccessKeyId, SecretAccessKey: string(key.SecretAccessKey)}, nil
	})
	client, err := newS3(config, opts)
	if err != nil {
		return nil, err
	}
	if key, err = c.keyOf(ctx, name, keys); err != nil {
		return nil, callError("OpenBucket", err)
	}
	return client.Bucket(name), nil
}

// keyOf returns the remembered key of a bucket, if the service still takes it,
// or a new one.
func (c *Client) keyOf(ctx context.Context, bucket string, keys *Keys) (AccessKey, error) {
	if keys == nil {
		return AccessKey{}, errors.New("no Keys to remember an access key in: its secret would be lost")
	}
	if err := keys.lock(ctx); err != nil {
		return AccessKey{}, err
	}
	defer keys.unlock()
	known, remembered := keys.keys[bucket]
	if !remembered && keys.Load != nil {
		var err error
		if known, err = keys.Load(ctx, bucket); err != nil {
			return AccessKey{}, fmt.Errorf("Keys.Load: %w", err)
		}
	}
	there, err := c.bucketKeys(ctx, bucket)
	if err != nil {
		return AccessKey{}, err
	}
	if k, ok := there[known.AccessKeyId]; ok && known.SecretAccessKey != "" && k.Status != StatusTypeInactive {
		keys.keys[bucket] = known
		return known, nil
	}
	delete(keys.keys, bucket)
	if len(there) >= maxBucketKeys {
		return AccessKey{}, limitError(bucket, there, there)
	}
	made, err := c.CreateBucketAccessKey(ctx, &CreateBucketAccessKeyInput{BucketName: bucket})
	if errors.Is(err, ErrInvalidInput) {
		// Somebody else was faster, or an attempt before the last has made the
		// key and its answer was lost.
		if now, lookErr := c.bucketKeys(ctx, bucket); lookErr == nil && len(now) >= maxBucketKeys {
			err = limitError(bucket, now, there)
		}
	}
	if err != nil {
		return AccessKey{}, err
	}
	if keys.Store != nil {
		if err := keys.Store(ctx, bucket, made.AccessKey); err != nil {
			return AccessKey{}, c.takeBack(ctx, bucket, made.AccessKey.AccessKeyId, fmt.Errorf("Keys.Store: %w", err))
		}
	}
	keys.keys[bucket] = made.AccessKey
	return made.AccessKey, nil
}

// takeBack deletes a key that nobody can know because of err, even if ctx has
// ended.
func (c *Client) takeBack(ctx context.Context, bucket, id string, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if _, e := c.DeleteBucketAccessKey(ctx, &DeleteBucketAccessKeyInput{BucketName: bucket, AccessKeyId: id}); e != nil {
		return fmt.Errorf("%w; the new key %s could not be deleted again: %v", err, id, e)
	}
	return err
}

// bucketKeys returns the keys of a bucket by their ids.
func (c *Client) bucketKeys(ctx context.Context, bucket string) (map[string]AccessKey, error) {
	out, err := c.GetBucketAccessKeys(ctx, &GetBucketAccessKeysInput{BucketName: bucket})
	if err != nil {
		return nil, err
	}
	keys := make(map[string]AccessKey, len(out.AccessKeys))
	for _, k := range out.AccessKeys {
		keys[k.AccessKeyId] = k
	}
	return keys, nil
}

// limitError says that a bucket has the keys now and had those before, of which
// none can be used.
func limitError(bucket string, now, before map[string]AccessKey) error {
	var list []string
	for _, id := range slices.Sorted(maps.Keys(now)) {
		use := "never used"
		if last := now[id].LastUsed.LastUsedDate; !last.IsZero() {
			use = "last used " + last.UTC().Format(time.DateOnly)
		}
		if _, ok := before[id]; !ok {
			use += ", made a moment ago: by this call, if its answer was lost, or by another"
		}
		list = append(list, fmt.Sprintf("%s (%s)", id, use))
	}
	return fmt.Errorf("%w: %q has %s, without a secret that is known here; "+
		"pass one of them with its secret to Keys.Add, or delete one that nobody needs with DeleteBucketAccessKey",
		ErrKeyLimit, bucket, strings.Join(list, " and "))
}
