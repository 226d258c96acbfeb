package storagetest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"time"
)

// lightsailKey is an access key of a bucket.
type lightsailKey struct {
	id, secret string
	created    time.Time
	used       time.Time // zero: never
}

// document is a key as the API shows it. Its secret is shown only once.
func (l *Lightsail) keyDocument(k *lightsailKey, secret bool) map[string]any {
	used := map[string]any{"region": "N/A", "serviceName": "N/A"}
	if !k.used.IsZero() {
		used = map[string]any{"lastUsedDate": lightsailTime(k.used), "region": l.region, "serviceName": "s3"}
	}
	document := map[string]any{
		"accessKeyId": k.id, "status": "Active", "createdAt": lightsailTime(k.created), "lastUsed": used,
	}
	if secret {
		document["secretAccessKey"] = k.secret
	}
	return document
}

type lightsailBucketOnly struct {
	Name string `json:"bucketName" required:"true"`
}

func (l *Lightsail) createBucketAccessKey(in *lightsailBucketOnly) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	if len(b.keys) >= 2 {
		return nil, lightsailInvalid("The bucket %s has two access keys already", b.Name)
	}
	random := make([]byte, 30)
	_, _ = rand.Read(random) // never fails
	key := &lightsailKey{id: lightsailKeyID(), secret: base64.StdEncoding.EncodeToString(random), created: l.clock()}
	b.keys = append(b.keys, key)
	l.s3.addKey(AccessKey{ID: key.id, Secret: key.secret, Buckets: []string{b.Name}})
	return map[string]any{
		"accessKey":  l.keyDocument(key, true),
		"operations": l.done("CreateBucketAccessKey", b.Name, key.id),
	}, nil
}

func lightsailKeyID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	for i := range id {
		id[i] = letters[id[i]%32]
	}
	return "AKIA" + string(id)
}

func (l *Lightsail) getBucketAccessKeys(in *lightsailBucketOnly) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, key := range b.keys {
		list = append(list, l.keyDocument(key, false))
	}
	return map[string]any{"accessKeys": list}, nil
}

type lightsailDeleteKey struct {
	Name  string `json:"bucketName" required:"true"`
	KeyID string `json:"accessKeyId" required:"true"`
}

func (l *Lightsail) deleteBucketAccessKey(in *lightsailDeleteKey) (any, error) {
	b, err := l.find(in.Name)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(b.keys, func(k *lightsailKey) bool { return k.id == in.KeyID })
	if at < 0 {
		return nil, lightsailNotFound("The access key does not exist: %s", in.KeyID)
	}
	b.keys = slices.Delete(b.keys, at, at+1)
	l.s3.removeKey(in.KeyID)
	return map[string]any{"operations": l.done("DeleteBucketAccessKey", b.Name, in.KeyID)}, nil
}

// noteUse remembers when a bucket's key was last good for something.
func (l *Lightsail) noteUse(w http.ResponseWriter, r *http.Request) {
	if x, ok := w.(*exchange); !ok || x.status >= 400 {
		return
	}
	id := accessKeyID(r)
	l.state.Lock()
	defer l.state.Unlock()
	for _, b := range l.buckets {
		for _, key := range b.keys {
			if key.id == id {
				key.used = l.now(r)
			}
		}
	}
}
