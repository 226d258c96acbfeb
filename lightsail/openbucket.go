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
// does so in files. A program that is killed after a key was made and before it
// was stored leaves one behind that nobody can use; it was never used, as
// [Client.GetBucketAccessKeys] and the text of [ErrKeyLimit] show.
//
// Keys is safe for concurrent use, by several clients too: calls for its keys
// wait for one another, so that none creates a key too many. Its functions are
// called meanwhile and must not use it themselves. It must not be copied once it
// has been used.
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

	// Lock keeps others that share the place of Load and Store, such as other
	// processes, from making a key for the bucket until unlock is called. It is
	// called when no key is known; Load is then asked once more. Default: others
	// may make a key at the same time.
	Lock func(ctx context.Context, bucket string) (unlock func(), err error)

	once sync.Once
	busy chan struct{} // has room for the one call that reads or makes keys
	// In functions, package fmt does not find the secrets.
	keys map[string]func() AccessKey
}

// Add remembers a key that is known already, with its secret, without a call of
// Store.
func (k *Keys) Add(bucket string, key AccessKey) {
	k.lock(context.Background())
	defer k.unlock()
	k.keys[bucket] = func() AccessKey { return key }
}

// lock waits its turn, or until ctx ends.
func (k *Keys) lock(ctx context.Context) error {
	k.once.Do(func() { k.busy, k.keys = make(chan struct{}, 1), map[string]func() AccessKey{} })
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
// another program has just made. The error then names the key that has appeared
// in the meantime, for the caller to delete if no other program made it; none is
// made in its stead until OpenBucket is called again. To look for such a key, or
// to delete one that could not be stored, OpenBucket may take up to 30 seconds
// after ctx has ended.
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
	key, there, err := c.usableKey(ctx, bucket, keys)
	if err == nil && key == (AccessKey{}) && keys.Lock != nil {
		unlock, lockErr := keys.Lock(ctx, bucket)
		if lockErr != nil {
			return AccessKey{}, fmt.Errorf("Keys.Lock: %w", lockErr)
		}
		defer unlock()
		key, there, err = c.usableKey(ctx, bucket, keys) // others may have made one
	}
	switch {
	case err != nil:
		return AccessKey{}, err
	case key != (AccessKey{}):
		return key, nil
	case len(there) >= maxBucketKeys:
		return AccessKey{}, limitError(bucket, there, there)
	}
	out, err := c.CreateBucketAccessKey(ctx, &CreateBucketAccessKeyInput{BucketName: bucket})
	if err != nil {
		return AccessKey{}, c.notMade(ctx, bucket, there, err)
	}
	made := out.AccessKey
	switch untold := callError("CreateBucketAccessKey", errors.New("the answer lacks the new key or its secret")); {
	case made.AccessKeyId == "":
		return AccessKey{}, c.notMade(ctx, bucket, there, untold)
	case made.SecretAccessKey == "":
		return AccessKey{}, c.takeBack(ctx, bucket, made.AccessKeyId, untold)
	}
	if keys.Store != nil {
		if err := keys.Store(ctx, bucket, made); err != nil {
			return AccessKey{}, c.takeBack(ctx, bucket, made.AccessKeyId, fmt.Errorf("Keys.Store: %w", err))
		}
	}
	keys.keys[bucket] = func() AccessKey { return made }
	return made, nil
}

// usableKey returns the key that is remembered or kept for a bucket, or none if
// the service does not take it; and which keys the service has.
func (c *Client) usableKey(ctx context.Context, bucket string, keys *Keys) (known AccessKey, there map[string]AccessKey, err error) {
	remembered, ok := keys.keys[bucket]
	switch {
	case ok:
		known = remembered()
	case keys.Load != nil:
		if known, err = keys.Load(ctx, bucket); err != nil {
			return AccessKey{}, nil, fmt.Errorf("Keys.Load: %w", err)
		}
	}
	if there, err = c.bucketKeys(ctx, bucket); err != nil {
		return AccessKey{}, nil, err
	}
	if k, ok := there[known.AccessKeyId]; ok && known.SecretAccessKey != "" && k.Status != StatusTypeInactive {
		keys.keys[bucket] = func() AccessKey { return known }
		return known, there, nil
	}
	delete(keys.keys, bucket)
	if ok && keys.Load != nil { // where there may be a newer one
		return c.usableKey(ctx, bucket, keys)
	}
	return AccessKey{}, there, nil
}

// takeBack deletes a key that nobody can know because of err, even if ctx has
// ended.
func (c *Client) takeBack(ctx context.Context, bucket, id string, err error) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	if _, e := c.DeleteBucketAccessKey(ctx, &DeleteBucketAccessKeyInput{BucketName: bucket, AccessKeyId: id}); e != nil {
		return fmt.Errorf("%w; the new key %q could not be deleted again: %v", err, id, e)
	}
	return err
}

// notMade adds to err, with which the creation of a key has failed, what has
// become of the keys that were there before.
func (c *Client) notMade(ctx context.Context, bucket string, before map[string]AccessKey, err error) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	now, lookErr := c.bucketKeys(ctx, bucket)
	if lookErr != nil {
		return err
	}
	if errors.Is(err, ErrInvalidInput) {
		if len(now) >= maxBucketKeys { // somebody else was faster
			return limitError(bucket, now, before)
		}
		return err
	}
	maps.DeleteFunc(now, func(id string, _ AccessKey) bool { _, old := before[id]; return old })
	e, ok := err.(*Error)
	if len(now) == 0 || !ok {
		return err
	}
	told := *e
	hint := fmt.Errorf("the bucket has got the key %s, whose secret is lost if this call has made it: "+
		"unless another program has, delete it with DeleteBucketAccessKey and open the bucket again",
		strings.Join(slices.Sorted(maps.Keys(now)), " and "))
	if told.Err = hint; e.Err != nil {
		told.Err = fmt.Errorf("%w; %w", e.Err, hint)
	}
	return &told
}

// detached is for what has to be done about keys even if ctx has ended.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
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
			use += ", made a moment ago by another program"
		}
		list = append(list, fmt.Sprintf("%s (%s)", id, use))
	}
	return fmt.Errorf("%w: %q has %s, without a secret that is known here; "+
		"pass one of them with its secret to Keys.Add, or delete one that nobody needs with DeleteBucketAccessKey",
		ErrKeyLimit, bucket, strings.Join(list, " and "))
}
