package lightsail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot"
)

const (
	keyIDProperty  = "aws_access_key_id"
	secretProperty = "aws_secret_access_key"
)

// KeysIn returns Keys that are kept in a directory, which is made when the
// first is made: for a bucket "photos" in the file "photos", which only its owner
// may read (on Windows: who may read the directory). The files are shared
// credentials files of AWS, which other tools take as
// AWS_SHARED_CREDENTIALS_FILE. They hold secrets as they are; who has a better
// place sets [Keys.Load] and [Keys.Store] instead.
//
// Programs that run at the same time may share a directory: they wait for one
// another, so that one makes the key and the others take it. The file ".lock"
// serves them for that, on Linux, macOS, Windows and the BSDs; elsewhere, and on
// file systems without locks, each may make a key. A directory that cannot be
// written to will do if the keys are there.
func KeysIn(dir string) *Keys {
	return &Keys{
		Load: func(_ context.Context, bucket string) (AccessKey, error) {
			return readKey(filepath.Join(dir, bucket))
		},
		Store: func(_ context.Context, bucket string, key AccessKey) error {
			return writeKey(dir, bucket, key)
		},
		Lock: func(ctx context.Context, _ string) (func(), error) {
			return lockDir(ctx, dir)
		},
	}
}

func readKey(path string) (key AccessKey, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return AccessKey{}, nil
	}
	if err != nil {
		return AccessKey{}, err
	}
	for line := range strings.Lines(string(data)) {
		property, value, _ := strings.Cut(line, "=")
		switch strings.TrimSpace(property) {
		case keyIDProperty:
			key.AccessKeyId = strings.TrimSpace(value)
		case secretProperty:
			key.SecretAccessKey = entrepot.Secret(strings.TrimSpace(value))
		}
	}
	if key.AccessKeyId == "" || key.SecretAccessKey == "" {
		// To make another key in its stead would leave this one in the way.
		return AccessKey{}, fmt.Errorf("%s has no %s and %s", path, keyIDProperty, secretProperty)
	}
	return key, nil
}

// writeKey puts a key into a file, whole or not at all.
func writeKey(dir, bucket string, key AccessKey) (err error) {
	for _, value := range []string{key.AccessKeyId, string(key.SecretAccessKey)} {
		// In the file, a further line could be a setting that runs a program.
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return errors.New("the key or its secret is empty or has characters that no key has")
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+bucket+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = fmt.Fprintf(f, "[default]\n%s = %s\n%s = %s\n", keyIDProperty, key.AccessKeyId, secretProperty, string(key.SecretAccessKey))
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, bucket))
	}
	if err != nil {
		return err
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // the new name too; not every system can
		_ = d.Close()
	}
	return nil
}

// lockDir waits until nobody else has the lock of a directory, which it makes.
func lockDir(ctx context.Context, dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for {
		unlock, err := tryLock(filepath.Join(dir, ".lock"))
		if unlock != nil || err != nil {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
