package storagetest

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

type b2Bucket struct {
	id, name      string
	kind          string // allPublic, allPrivate
	revision      int64
	info          map[string]string
	cors          []b2CORSRule
	lifecycle     []b2LifecycleRule
	encryption    b2Encryption
	locked        bool // Object Lock is on
	retention     b2DefaultRetention
	replication   *b2Replication
	notifications []b2NotificationRule

	names   []string             // of the files, in byte order
	history map[string][]*b2File // the versions under a name, newest first
}

type b2DefaultRetention struct {
	Mode   *string            `json:"mode"`
	Period *b2RetentionPeriod `json:"period"`
}

type b2RetentionPeriod struct {
	Duration int64  `json:"duration" required:"true"`
	Unit     string `json:"unit" required:"true"`
}

type b2Replication struct {
	Source *struct {
		KeyID string `json:"sourceApplicationKeyId" required:"true"`
		Rules []struct {
			Name            string `json:"replicationRuleName" required:"true"`
			Destination     string `json:"destinationBucketId" required:"true"`
			Prefix          string `json:"fileNamePrefix"`
			Priority        int64  `json:"priority" required:"true"`
			IncludeExisting bool   `json:"includeExistingFiles"`
			IsEnabled       bool   `json:"isEnabled" required:"true"`
		} `json:"replicationRules" required:"true"`
	} `json:"asReplicationSource"`
	Destination *struct {
		Keys map[string]string `json:"sourceToDestinationKeyMapping" required:"true"`
	} `json:"asReplicationDestination"`
}

// b2Readable wraps what only some keys may read.
type b2Readable struct {
	Authorized bool `json:"isClientAuthorizedToRead"`
	Value      any  `json:"value"`
}

func (k *b2Key) readable(capability string, value any) *b2Readable {
	if !k.can(capability) {
		return &b2Readable{}
	}
	return &b2Readable{Authorized: true, Value: value}
}

func (s *b2Session) bucketDocument(bucket *b2Bucket) any {
	encryption := bucket.encryption
	return map[string]any{
		"accountId":                   s.accountID,
		"bucketId":                    bucket.id,
		"bucketName":                  bucket.name,
		"bucketType":                  bucket.kind,
		"bucketInfo":                  orEmptyMap(bucket.info),
		"corsRules":                   orEmptyList(bucket.cors),
		"lifecycleRules":              orEmptyList(bucket.lifecycle),
		"revision":                    bucket.revision,
		"options":                     []string{"s3"},
		"defaultServerSideEncryption": s.key.readable("readBucketEncryption", encryption.document()),
		"fileLockConfiguration": s.key.readable("readBucketRetentions", map[string]any{
			"isFileLockEnabled": bucket.locked, "defaultRetention": bucket.retention,
		}),
		"replicationConfiguration": s.key.readable("readBucketReplications", bucket.replication),
	}
}

func orEmptyMap(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func orEmptyList[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// b2BucketSettings are the members that creating and updating a bucket share.
// One that is absent, or null, leaves things as they are.
type b2BucketSettings struct {
	Type        *string             `json:"bucketType"`
	Info        *map[string]string  `json:"bucketInfo"`
	CORS        *[]b2CORSRule       `json:"corsRules"`
	Lifecycle   *[]b2LifecycleRule  `json:"lifecycleRules"`
	Encryption  *b2SSE              `json:"defaultServerSideEncryption"`
	LockEnabled *bool               `json:"fileLockEnabled"`
	Retention   *b2DefaultRetention `json:"defaultRetention"`
	Replication *b2Replication      `json:"replicationConfiguration"`
}

func (in *b2BucketSettings) capabilities() []string {
	var needed []string
	if in.Encryption != nil {
		needed = append(needed, "writeBucketEncryption")
	}
	if in.LockEnabled != nil && *in.LockEnabled || in.Retention != nil {
		needed = append(needed, "writeBucketRetentions")
	}
	if in.Replication != nil {
		needed = append(needed, "writeBucketReplications")
	}
	return needed
}

// applied checks the settings by themselves and returns the bucket with them put
// in. Whether they go together with what the bucket is, checkChange tells.
func (in *b2BucketSettings) applied(to b2Bucket) (b2Bucket, error) {
	if in.Type != nil {
		if *in.Type != "allPublic" && *in.Type != "allPrivate" {
			return to, b2BadRequest("Invalid bucketType: %s", *in.Type)
		}
		to.kind = *in.Type
	}
	if in.Info != nil {
		if err := b2CheckBucketInfo(*in.Info); err != nil {
			return to, err
		}
		to.info = maps.Clone(*in.Info)
	}
	if in.CORS != nil {
		if err := b2CheckCORS(*in.CORS); err != nil {
			return to, err
		}
		to.cors = *in.CORS
	}
	if in.Lifecycle != nil {
		if err := b2CheckLifecycle(*in.Lifecycle); err != nil {
			return to, err
		}
		to.lifecycle = *in.Lifecycle
	}
	if in.Encryption != nil {
		e, err := in.Encryption.check()
		if err != nil {
			return to, err
		}
		if e.mode == "SSE-C" {
			return to, b2BadRequest("SSE-C cannot be the default of a bucket")
		}
		to.encryption = e
	}
	if in.LockEnabled != nil {
		to.locked = *in.LockEnabled
	}
	if in.Retention != nil {
		r, err := in.Retention.check()
		if err != nil {
			return to, err
		}
		to.retention = r
	}
	if in.Replication != nil {
		if err := in.Replication.check(); err != nil {
			return to, err
		}
		to.replication = in.Replication
		if in.Replication.Source == nil && in.Replication.Destination == nil {
			to.replication = nil
		}
	}
	return to, nil
}

// checkChange refuses what the state of the bucket does not allow.
func (in *b2BucketSettings) checkChange(from, to *b2Bucket) error {
	refuse := func(code, message string) error { return b2Fail(http.StatusBadRequest, code, "%s", message) }
	switch {
	case from.locked && !to.locked:
		return refuse("file_lock_conflict", "File lock cannot be disabled")
	case !from.locked && to.locked && from.replication != nil && from.replication.Source != nil:
		return refuse("source_replication_conflict", "File lock cannot be enabled on the source of a replication")
	case in.Retention != nil && !to.locked:
		return b2LockMissing()
	}
	return nil
}

func b2LockMissing() error {
	return b2Fail(http.StatusBadRequest, "bucket_missing_file_lock", "The bucket is not file lock enabled")
}

var b2InfoKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,50}$`)

func b2CheckBucketInfo(info map[string]string) error {
	if len(info) > 10 {
		return b2BadRequest("bucketInfo has more than 10 entries")
	}
	for key := range info {
		if !b2InfoKey.MatchString(key) {
			return b2BadRequest("Invalid key in bucketInfo: %q", key)
		}
	}
	return nil
}

// check returns the retention in the form that is stored and shown.
func (r *b2DefaultRetention) check() (b2DefaultRetention, error) {
	if r.Mode == nil || *r.Mode == "none" {
		if r.Period != nil {
			return b2DefaultRetention{}, b2BadRequest("A retention period needs a mode")
		}
		return b2DefaultRetention{}, nil
	}
	if *r.Mode != "governance" && *r.Mode != "compliance" {
		return b2DefaultRetention{}, b2BadRequest("Invalid retention mode: %s", *r.Mode)
	}
	// How long a period may be at the service is not known. Amazon has the same
	// bounds, and no date goes wrong within them.
	longest := map[string]int64{"days": 36_500, "years": 100}
	if r.Period == nil || r.Period.Duration < 1 || r.Period.Duration > longest[r.Period.Unit] {
		return b2DefaultRetention{}, b2BadRequest("Invalid retention period")
	}
	return *r, nil
}

var b2ReplicationName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func (r *b2Replication) check() error {
	if r.Source == nil {
		return nil
	}
	names, priorities := map[string]bool{}, map[int64]bool{}
	for _, rule := range r.Source.Rules {
		switch {
		case !b2ReplicationName.MatchString(rule.Name) || names[rule.Name]:
			return b2BadRequest("Invalid replicationRuleName: %q", rule.Name)
		case rule.Priority < 1 || rule.Priority > 1<<31-1 || priorities[rule.Priority]:
			return b2BadRequest("Invalid priority of replication rule %s: %d", rule.Name, rule.Priority)
		}
		names[rule.Name], priorities[rule.Priority] = true, true
	}
	return nil
}

type b2CreateBucket struct {
	AccountID string `json:"accountId" required:"true"`
	Name      string `json:"bucketName" required:"true"`
	Type      string `json:"bucketType" required:"true"` // in place of the optional one
	b2BucketSettings
}

func (s *b2Session) createBucket(in *b2CreateBucket) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	if s.key.buckets != nil {
		return nil, b2Unauthorized("A key restricted to buckets cannot create any")
	}
	if err := b2CheckBucketName(in.Name); err != nil {
		return nil, err
	}
	in.b2BucketSettings.Type = &in.Type
	bucket, err := in.applied(b2Bucket{
		name:     in.Name,
		revision: 2, // as first seen at the service
		history:  map[string][]*b2File{},
	})
	if err != nil {
		return nil, err
	}
	if err := in.checkChange(&b2Bucket{}, &bucket); err != nil {
		return nil, err
	}
	for _, other := range s.buckets {
		if strings.EqualFold(other.name, in.Name) {
			return nil, b2Fail(http.StatusBadRequest, "duplicate_bucket_name", "Bucket name is already in use.")
		}
	}
	if len(s.buckets) >= 100 {
		return nil, b2Fail(http.StatusBadRequest, "too_many_buckets", "The account has 100 buckets already")
	}
	bucket.id = s.bucketID()
	s.buckets[bucket.id] = &bucket
	return s.bucketDocument(&bucket), nil
}

// bucketID mixes the account's digits with a number, as the service does.
func (b *B2) bucketID() string {
	account, number := b.accountID, b.id()
	id := make([]byte, 24)
	const hex = "0123456789abcdef"
	for i := range 12 {
		id[2*i] = '0'
		if i < len(account) {
			id[2*i] = account[i]
		}
		id[2*i+1] = hex[number>>(4*(11-i))&15]
	}
	return string(id)
}

type b2DeleteBucket struct {
	AccountID string `json:"accountId" required:"true"`
	BucketID  string `json:"bucketId" required:"true"`
}

func (s *b2Session) deleteBucket(in *b2DeleteBucket) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if len(bucket.names) > 0 {
		return nil, b2Fail(http.StatusBadRequest, "cannot_delete_non_empty_bucket", "Cannot delete non-empty bucket")
	}
	delete(s.buckets, bucket.id)
	bucket.revision++
	return s.bucketDocument(bucket), nil
}

type b2UpdateBucket struct {
	AccountID    string `json:"accountId" required:"true"`
	BucketID     string `json:"bucketId" required:"true"`
	IfRevisionIs *int64 `json:"ifRevisionIs"`
	b2BucketSettings
}

func (s *b2Session) updateBucket(in *b2UpdateBucket) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	next, err := in.applied(*bucket)
	if err != nil {
		return nil, err
	}
	if in.IfRevisionIs != nil && *in.IfRevisionIs != bucket.revision {
		return nil, b2Fail(http.StatusConflict, "conflict", "simultaneous updates to bucket")
	}
	if err := in.checkChange(bucket, &next); err != nil {
		return nil, err
	}
	next.revision++
	*bucket = next // in its place: files refer to it
	return s.bucketDocument(bucket), nil
}

type b2ListBuckets struct {
	AccountID string    `json:"accountId" required:"true"`
	ID        string    `json:"bucketId"`
	Name      string    `json:"bucketName"`
	Types     *[]string `json:"bucketTypes"`
}

func (s *b2Session) listBuckets(in *b2ListBuckets) (any, error) {
	if err := s.account(in.AccountID); err != nil {
		return nil, err
	}
	// A restricted key has to name a bucket that is its own; version 1 leaves
	// out the others without a word.
	if s.key.buckets != nil && s.version > 1 && !s.asksForOwn(in) {
		return nil, b2Unauthorized("The key is restricted to other buckets")
	}
	if in.Types != nil && !b2AreBucketTypes(*in.Types) {
		return nil, b2BadRequest("Invalid bucketTypes: %q", *in.Types)
	}
	var found []*b2Bucket
	for _, bucket := range s.buckets {
		if in.ID != "" && in.ID != bucket.id || in.Name != "" && !strings.EqualFold(in.Name, bucket.name) {
			continue
		}
		if s.key.reaches(bucket) && (in.Types == nil || slices.Contains(*in.Types, "all") || slices.Contains(*in.Types, bucket.kind)) {
			found = append(found, bucket)
		}
	}
	slices.SortFunc(found, func(a, b *b2Bucket) int { return cmp.Compare(a.name, b.name) })
	list := []any{}
	for _, bucket := range found {
		list = append(list, s.bucketDocument(bucket))
	}
	return map[string]any{"buckets": list}, nil
}

// b2AreBucketTypes reports whether a list may ask for these types: those that
// there are, or "all" alone. Blazer's tests hold that the service refuses others,
// be there new ones later.
func b2AreBucketTypes(types []string) bool {
	if slices.Equal(types, []string{"all"}) {
		return true
	}
	known := []string{"allPublic", "allPrivate", "restricted", "snapshot", "shared"}
	return len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(known, t) })
}

func (s *b2Session) asksForOwn(in *b2ListBuckets) bool {
	return slices.ContainsFunc(s.key.buckets, func(id string) bool {
		bucket := s.buckets[id]
		return in.ID == id || in.Name != "" && bucket != nil && strings.EqualFold(bucket.name, in.Name)
	})
}
