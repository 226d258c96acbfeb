package storagetest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// b2Capabilities are those of the master key: all there are.
var b2Capabilities = []string{
	"bypassGovernance", "deleteBuckets", "deleteFiles", "deleteKeys", "listAllBucketNames", "listBuckets", "listFiles", "listKeys",
	"readBucketEncryption", "readBucketLifecycleRules", "readBucketLogging", "readBucketNotifications", "readBucketReplications",
	"readBucketRetentions", "readBuckets", "readFileLegalHolds", "readFileRetentions", "readFiles", "shareFiles",
	"writeBucketEncryption", "writeBucketLifecycleRules", "writeBucketLogging", "writeBucketNotifications",
	"writeBucketReplications", "writeBucketRetentions", "writeBuckets", "writeFileLegalHolds", "writeFileRetentions", "writeFiles",
	"writeKeys",
}

// b2BucketCapabilities are those that a key restricted to buckets may have. The
// reference leaves open whether the two for replication are among them.
var b2BucketCapabilities = []string{
	"bypassGovernance", "deleteFiles", "listAllBucketNames", "listBuckets", "listFiles", "readBucketEncryption",
	"readBucketNotifications", "readBucketReplications", "readBucketRetentions", "readBuckets", "readFileLegalHolds",
	"readFileRetentions", "readFiles", "shareFiles", "writeBucketEncryption", "writeBucketNotifications",
	"writeBucketReplications", "writeBucketRetentions", "writeFileLegalHolds", "writeFileRetentions", "writeFiles",
}

// B2Key describes an application key for [B2.AddKey].
type B2Key struct {
	Capabilities []string  // nil: all that such a key may have
	BucketIds    []string  // nil: every bucket
	NamePrefix   string    // of every file name that the key may use
	Expires      time.Time // zero: never
}

// AddKey makes an application key and returns its id and its secret. A key for
// several buckets works only where an account is authorized by version 4; one
// for a single bucket works everywhere, as those made by version 3 do.
func (b *B2) AddKey(k B2Key) (id, secret string) {
	b.state.Lock()
	defer b.state.Unlock()
	if k.Capabilities == nil {
		k.Capabilities = b2Capabilities
		if k.BucketIds != nil {
			k.Capabilities = b2BucketCapabilities
		}
	}
	key := b.newKey(&b2Key{
		name:         "storagetest",
		capabilities: slices.Clone(k.Capabilities),
		buckets:      slices.Clone(k.BucketIds),
		many:         len(k.BucketIds) > 1,
		prefix:       k.NamePrefix,
		expires:      k.Expires,
	})
	return key.id, key.secret
}

type b2Key struct {
	id, secret   string
	name         string
	capabilities []string
	buckets      []string // nil: any
	many         bool     // made with a list of buckets, even of one: versions before 4 cannot tell of it
	prefix       string
	expires      time.Time
	deleted      bool // and its tokens with it
}

func (k *b2Key) can(capability string) bool { return slices.Contains(k.capabilities, capability) }

// lacks refuses what needs a capability that the key does not have.
func (k *b2Key) lacks(capabilities []string, refusal func(string) error) error {
	for _, capability := range capabilities {
		if !k.can(capability) {
			return refusal(capability)
		}
	}
	return nil
}

// over reports whether the key has expired, and with it its tokens.
func (k *b2Key) over(now time.Time) bool { return !k.expires.IsZero() && !now.Before(k.expires) }

// newKey gives a key its id and its secret, and keeps it. The state is held.
func (b *B2) newKey(k *b2Key) *b2Key {
	k.id = fmt.Sprintf("002%s%010x", b.accountID, b.id())
	k.secret = "K002" + randomHex(13) + "0"
	b.keys[k.id] = k
	return k
}

// keyDocument is a key as the API shows it, without its secret.
func (s *b2Session) keyDocument(k *b2Key) map[string]any {
	document := map[string]any{
		"accountId": s.accountID, "applicationKeyId": k.id, "keyName": k.name, "capabilities": k.capabilities,
		"namePrefix": nullable(k.prefix), "expirationTimestamp": nil, "options": []string{"s3"},
	}
	if !k.expires.IsZero() {
		document["expirationTimestamp"] = k.expires.UnixMilli()
	}
	if s.version >= 4 {
		document["bucketIds"] = k.buckets
		return document
	}
	document["bucketId"] = nil
	if len(k.buckets) > 0 {
		document["bucketId"] = k.buckets[0]
	}
	return document
}

type b2CreateKey struct {
	AccountID    string   `json:"accountId" required:"true"`
	Name         string   `json:"keyName" required:"true"`
	Capabilities []string `json:"capabilities" required:"true"`
	Seconds      *int64   `json:"validDurationInSeconds"`
	NamePrefix   string   `json:"namePrefix"`
}

// b2CreateBucketKey is the form of the versions before 4.
type b2CreateBucketKey struct {
	b2CreateKey
	BucketID *string `json:"bucketId"`
}

type b2CreateBucketsKey struct {
	b2CreateKey
	BucketIDs *[]string `json:"bucketIds"`
}

func (s *b2Session) createBucketKey(in *b2CreateBucketKey) (any, error) {
	var buckets []string
	if in.BucketID != nil {
		buckets = []string{*in.BucketID}
	}
	return s.createKey(&in.b2CreateKey, buckets, false)
}

func (s *b2Session) createBucketsKey(in *b2CreateBucketsKey) (any, error) {
	if in.BucketIDs == nil {
		return s.createKey(&in.b2CreateKey, nil, false)
	}
	return s.createKey(&in.b2CreateKey, append([]string{}, *in.BucketIDs...), true)
}

var b2KeyName = regexp.MustCompile(`^[A-Za-z0-9-]{1,100}$`)

func (s *b2Session) createKey(in *b2CreateKey, buckets []string, many bool) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	for _, id := range buckets {
		if _, err := s.bucket(id); err != nil {
			return nil, err
		}
	}
	switch {
	case buckets != nil && len(buckets) == 0:
		return nil, b2BadRequest("bucketIds is empty")
	case !b2KeyName.MatchString(in.Name):
		return nil, b2BadRequest("keyName must be 1 to 100 letters, digits or '-': %q", in.Name)
	case len(in.Capabilities) == 0:
		return nil, b2BadRequest("capabilities is empty")
	case in.Seconds != nil && (*in.Seconds < 1 || *in.Seconds >= 1000*24*60*60):
		return nil, b2BadRequest("validDurationInSeconds must be positive and less than 1000 days: %d", *in.Seconds)
	}
	for _, capability := range in.Capabilities {
		if !slices.Contains(b2Capabilities, capability) {
			return nil, b2BadRequest("Invalid capability: %q", capability)
		}
		if buckets != nil && !slices.Contains(b2BucketCapabilities, capability) {
			return nil, b2BadRequest("A key restricted to buckets cannot have the capability %s", capability)
		}
	}
	key := &b2Key{name: in.Name, capabilities: in.Capabilities, buckets: buckets, many: many, prefix: in.NamePrefix}
	if in.Seconds != nil {
		key.expires = s.now(s.request).Add(time.Duration(*in.Seconds) * time.Second)
	}
	document := s.keyDocument(s.newKey(key))
	document["applicationKey"] = key.secret // here and never again
	return document, nil
}

type b2DeleteKey struct {
	ID string `json:"applicationKeyId" required:"true"`
}

// deleteKey ends the life of a key, and of all tokens that were made with it.
func (s *b2Session) deleteKey(in *b2DeleteKey) (any, error) {
	key := s.keys[in.ID]
	if key == nil || key.id == s.keyID { // the master key is replaced elsewhere
		return nil, b2BadRequest("Application key does not exist: %s", in.ID)
	}
	if !s.shows(key) {
		return nil, b2BadRequest("A key for several buckets needs version 4 of b2_delete_key: %s", in.ID)
	}
	delete(s.keys, key.id)
	key.deleted = true
	return s.keyDocument(key), nil
}

// shows reports whether the version of the call has a form for the key.
func (s *b2Session) shows(key *b2Key) bool { return s.version >= 4 || !key.many }

type b2ListKeys struct {
	AccountID string `json:"accountId" required:"true"`
	Count     int    `json:"maxKeyCount"`
	Start     string `json:"startApplicationKeyId"`
}

// listKeys lists all keys but the master key, expired ones too: whether those
// are listed at the service is not known, and clients have to look.
func (s *b2Session) listKeys(in *b2ListKeys) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	count, err := b2PageSize("maxKeyCount", in.Count, b2MaxPage)
	if err != nil {
		return nil, err
	}
	list, next := []any{}, any(nil)
	for _, key := range slices.SortedFunc(maps.Values(s.keys), func(a, b *b2Key) int { return cmp.Compare(a.id, b.id) }) {
		if key.id == s.keyID || key.id < in.Start || !s.shows(key) {
			continue
		}
		if len(list) == count {
			next = key.id
			break
		}
		list = append(list, s.keyDocument(key))
	}
	return map[string]any{"keys": list, "nextApplicationKeyId": next}, nil
}

func b2LacksCapability(capability string) error {
	return b2Unauthorized("The key lacks the capability %s", capability)
}

// b2DeniesCapability is what the calls that change a lock say instead.
func b2DeniesCapability(capability string) error {
	return b2Fail(http.StatusForbidden, "access_denied", "The key lacks the capability %s", capability)
}
