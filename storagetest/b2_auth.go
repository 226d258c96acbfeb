package storagetest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ExpireTokens makes every token that has been given out an expired one.
func (b *B2) ExpireTokens() {
	b.state.Lock()
	defer b.state.Unlock()
	for _, t := range b.tokens {
		t.expired = true
	}
}

type b2TokenKind string

const (
	b2Account    b2TokenKind = "acct"
	b2Upload     b2TokenKind = "upld"
	b2UploadPart b2TokenKind = "uplg"
	b2Download   b2TokenKind = "dnld"
)

type b2Token struct {
	kind    b2TokenKind
	text    string
	key     *b2Key
	until   time.Time
	expired bool // before its time
	uses    int  // in test mode

	path    string    // upload: of the one URL it goes with
	busy    bool      // upload: one is running
	dead    bool      // upload: the client of one has gone away
	lingers time.Time // upload: until then it is not known yet

	bucket    *b2Bucket // upload, download
	file      *b2File   // part
	prefix    string    // download
	overrides url.Values
}

// issue makes a token. The state is held.
func (b *B2) issue(t *b2Token, life time.Duration) *b2Token {
	if t.kind == b2Download {
		t.text = fmt.Sprintf("3_%s_%s_%s_002_%s_0000_%s", b.clock().UTC().Format("20060102150405"), randomHex(12), randomHex(20),
			b.clock().Add(life).UTC().Format("20060102150405"), t.kind)
	} else {
		random := make([]byte, 18)
		_, _ = rand.Read(random) // never fails
		t.text = fmt.Sprintf("4_%s_%s_%s_%s_%s=", t.key.id, randomHex(4), randomHex(3), t.kind, base64.RawURLEncoding.EncodeToString(random))
	}
	t.until = b.clock().Add(life)
	b.tokens[t.text] = t
	return t
}

// token finds a token of one of the given kinds that has not expired. The state
// is held.
func (b *B2) token(text string, now time.Time, kinds ...b2TokenKind) (*b2Token, error) {
	t := b.tokens[text]
	switch {
	case text == "":
		return nil, b2BadToken("Authorization token is missing")
	case t == nil || t.key.deleted || !slices.Contains(kinds, t.kind):
		return nil, b2BadToken("Invalid authorization token")
	case t.expired || !now.Before(t.until) || t.key.over(now):
		return nil, b2ExpiredToken()
	}
	return t, nil
}

// expireToken expires the token that r carries, for the fault plan.
func (b *B2) expireToken(r *http.Request) {
	b.state.Lock()
	defer b.state.Unlock()
	if t := b.tokens[b2TokenText(r)]; t != nil {
		t.expired = true
	}
}

// b2TokenText is the token in the header, or of a download in the query.
func b2TokenText(r *http.Request) string {
	if text := r.Header.Get("Authorization"); text != "" {
		return text
	}
	if b2Find(r).call == "b2_download_file_by_name" {
		return r.URL.Query().Get("Authorization")
	}
	return ""
}

// b2Session is a call that has shown a good account token.
type b2Session struct {
	*B2
	key     *b2Key
	version int
	request *http.Request
}

func (b *B2) session(r *http.Request, version int) (*b2Session, error) {
	b.state.Lock()
	defer b.state.Unlock()
	now := b.now(r)
	t, err := b.token(r.Header.Get("Authorization"), now, b2Account)
	if err != nil {
		return nil, err
	}
	if err := b.useInTestMode(r, t); err != nil {
		return nil, err
	}
	return &b2Session{B2: b, key: t.key, version: version, request: r}, nil
}

// useInTestMode ends the life of an account token at its fifth use, if the
// request asks for that.
func (b *B2) useInTestMode(r *http.Request, t *b2Token) error {
	if t.kind == b2Account && b2TestMode(r, "expire_some_account_authorization_tokens") {
		if t.uses++; t.uses == 5 {
			t.expired = true
			return b2ExpiredToken()
		}
	}
	return nil
}

// capExceeded is the failure that force_cap_exceeded asks for.
func (s *b2Session) capExceeded(code string) error { return b2CapExceeded(s.request, code) }

func b2CapExceeded(r *http.Request, code string) error {
	if b2TestMode(r, "force_cap_exceeded") {
		return b2Fail(http.StatusForbidden, code, "Cannot go on: the cap is exceeded")
	}
	return nil
}

func (s *b2Session) need(capability string) error {
	return s.key.lacks([]string{capability}, b2LacksCapability)
}

func (s *b2Session) account(id string) error {
	if id != s.accountID {
		return b2Unauthorized("Not authorized for account %s", id)
	}
	return nil
}

// bucket finds a bucket that the key may use.
func (s *b2Session) bucket(id string) (*b2Bucket, error) {
	bucket := s.buckets[id]
	if bucket == nil {
		return nil, b2BadBucket(id)
	}
	if !s.key.reaches(bucket) {
		return nil, b2Unauthorized("The key is restricted to other buckets")
	}
	return bucket, nil
}

func (k *b2Key) reaches(bucket *b2Bucket) bool {
	return k.buckets == nil || slices.Contains(k.buckets, bucket.id)
}

// within refuses names and prefixes outside those that the key is restricted to.
func (s *b2Session) within(name string) error { return s.key.within(name) }

func (k *b2Key) within(name string) error {
	if !strings.HasPrefix(name, k.prefix) {
		return b2Unauthorized("The key is restricted to names that begin with %q", k.prefix)
	}
	return nil
}

// authorizeAccount answers b2_authorize_account, in the form of the version
// that was asked for.
func (b *B2) authorizeAccount(w http.ResponseWriter, r *http.Request, route b2Route) error {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return b2BadToken("")
	}
	document, err := b.locked(func() (any, error) {
		key := b.keys[id]
		if key == nil || subtle.ConstantTimeCompare([]byte(key.secret), []byte(secret)) == 0 {
			return nil, b2BadToken("")
		}
		if key.over(b.now(r)) {
			return nil, b2Unauthorized("The key has expired")
		}
		if route.version < 4 && key.many {
			return nil, b2Fail(http.StatusUnauthorized, "unsupported", "A key for several buckets needs version 4 of b2_authorize_account")
		}
		token := b.issue(&b2Token{kind: b2Account, key: key}, b.settings.TokenLife)
		return b.authorization(key, token.text, route.version), nil
	})
	if err != nil {
		return err
	}
	b.answer(w, http.StatusOK, document)
	return nil
}

func (b *B2) authorization(key *b2Key, token string, version int) map[string]any {
	type object = map[string]any
	storage := object{
		"apiUrl": b.URL, "downloadUrl": b.URL, "s3ApiUrl": b.URL,
		"recommendedPartSize": b.settings.RecommendedPartSize, "absoluteMinimumPartSize": b.minPartSize,
	}
	identity := object{"accountId": b.accountID, "authorizationToken": token}
	if version == 4 {
		var buckets []object // null: every bucket
		if key.buckets != nil {
			buckets = []object{}
		}
		for _, id := range key.buckets {
			buckets = append(buckets, object{"id": id, "name": b.bucketName(id)})
		}
		storage["allowed"] = object{"buckets": buckets, "capabilities": key.capabilities, "namePrefix": nullable(key.prefix)}
	} else {
		restrictions := object{"capabilities": key.capabilities, "namePrefix": nullable(key.prefix), "bucketId": nil, "bucketName": nil}
		if len(key.buckets) == 1 {
			restrictions["bucketId"], restrictions["bucketName"] = key.buckets[0], b.bucketName(key.buckets[0])
		}
		if version < 3 {
			identity["allowed"] = restrictions
			for name, value := range storage {
				identity[name] = value
			}
			if version == 1 {
				delete(restrictions, "bucketName")
				delete(identity, "s3ApiUrl")
				identity["minimumPartSize"] = b.settings.RecommendedPartSize
			}
			return identity
		}
		storage["infoType"] = "storageApi"
		for name, value := range restrictions {
			storage[name] = value
		}
	}
	identity["apiInfo"] = object{"storageApi": storage}
	identity["applicationKeyExpirationTimestamp"] = nil
	if !key.expires.IsZero() {
		identity["applicationKeyExpirationTimestamp"] = key.expires.UnixMilli()
	}
	return identity
}

// bucketName is nil for a bucket that is gone.
func (b *B2) bucketName(id string) any {
	if bucket := b.buckets[id]; bucket != nil {
		return bucket.name
	}
	return nil
}

// nullable is null where there is no string.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type b2GetDownloadAuthorization struct {
	BucketID           string `json:"bucketId" required:"true"`
	FileNamePrefix     string `json:"fileNamePrefix" required:"true"`
	Seconds            int64  `json:"validDurationInSeconds" required:"true"`
	ContentDisposition string `json:"b2ContentDisposition"`
	ContentLanguage    string `json:"b2ContentLanguage"`
	Expires            string `json:"b2Expires"`
	CacheControl       string `json:"b2CacheControl"`
	ContentEncoding    string `json:"b2ContentEncoding"`
	ContentType        string `json:"b2ContentType"`
}

func (s *b2Session) getDownloadAuthorization(in *b2GetDownloadAuthorization) (any, error) {
	bucket, err := s.bucket(in.BucketID)
	if err != nil {
		return nil, err
	}
	if err := s.within(in.FileNamePrefix); err != nil {
		return nil, err
	}
	if in.Seconds < 1 || in.Seconds > 604_800 {
		return nil, b2BadRequest("validDurationInSeconds must be from 1 to 604800")
	}
	overrides := url.Values{}
	for name, value := range map[string]string{
		"b2ContentDisposition": in.ContentDisposition, "b2ContentLanguage": in.ContentLanguage, "b2Expires": in.Expires,
		"b2CacheControl": in.CacheControl, "b2ContentEncoding": in.ContentEncoding, "b2ContentType": in.ContentType,
	} {
		if value == "" {
			continue
		}
		if err := b2CheckHeaderValue(name, b2Overrides[name], value); err != nil {
			return nil, err
		}
		overrides.Set(name, value)
	}
	token := s.issue(&b2Token{kind: b2Download, key: s.key, bucket: bucket, prefix: in.FileNamePrefix, overrides: overrides},
		time.Duration(in.Seconds)*time.Second)
	return map[string]string{"bucketId": bucket.id, "fileNamePrefix": in.FileNamePrefix, "authorizationToken": token.text}, nil
}
