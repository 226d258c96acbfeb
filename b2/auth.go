package b2

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/observe"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// AuthorizeAccount exchanges the application key for a token and tells what the
// key may do, and where. The client does so by itself when a call needs it;
// called by hand, it makes a new token, which the client uses from then on. It
// is billed as a class C transaction.
//
// Errors: [ErrUnauthorized] or [ErrBadAuthToken] (the key or its id is wrong,
// or has expired), [ErrUnsupported], [ErrTransactionCapExceeded].
//
// API: https://www.backblaze.com/apidocs/b2-authorize-account
func (c *Client) AuthorizeAccount(ctx context.Context, in *AuthorizeAccountInput, opts ...Option) (*AuthorizeAccountOutput, error) {
	s, err := c.with(opts)
	if err != nil {
		return nil, fail(opAuthorizeAccount.Name, err)
	}
	out := new(AuthorizeAccountOutput)
	if err := pipeline.Do(ctx, s.runtime, &call{session: s}, opAuthorizeAccount, in, out); err != nil {
		return nil, err
	}
	a, err := newAuthorization(out, s.config.Clock())
	if err != nil {
		return nil, err
	}
	s.account.value.Store(a)
	return out, nil
}

var opAuthorizeAccount = &pipeline.Operation{Name: "AuthorizeAccount", Method: "GET", Path: "/b2api/v4/b2_authorize_account", Host: hostRealm}

// AuthorizeAccountInput has no members: the key is the client's.
type AuthorizeAccountInput struct{}

// AuthorizeAccountOutput is what an application key stands for.
type AuthorizeAccountOutput struct {
	AccountId                         string    `json:"accountId"`
	AuthorizationToken                Secret    `json:"authorizationToken"`                        // valid for at most 24 hours
	ApplicationKeyExpirationTimestamp time.Time `json:"applicationKeyExpirationTimestamp,epochms"` // of the key; zero: never
	ApiInfo                           ApiInfo   `json:"apiInfo"`

	ResponseMetadata entrepot.ResponseMetadata
}

// ApiInfo describes the APIs that a key can be used with.
type ApiInfo struct {
	StorageApi StorageApi `json:"storageApi"` // a key without it cannot be used with this package
	GroupsApi  GroupsApi  `json:"groupsApi"`  // zero: the account does not have it
	BackupApi  BackupApi  `json:"backupApi"`  // zero: the account does not have it
}

// StorageApi describes the API of this package.
type StorageApi struct {
	ApiUrl      string `json:"apiUrl"`
	DownloadUrl string `json:"downloadUrl"`
	S3ApiUrl    string `json:"s3ApiUrl"` // the S3-compatible gateway

	RecommendedPartSize     int64 `json:"recommendedPartSize"`     // bytes
	AbsoluteMinimumPartSize int64 `json:"absoluteMinimumPartSize"` // bytes, for all parts but the last

	Allowed Allowed `json:"allowed"`
}

// Allowed is what a key may do.
type Allowed struct {
	Capabilities []Capability    `json:"capabilities"`
	Buckets      []AllowedBucket `json:"buckets"`    // nil: any bucket
	NamePrefix   string          `json:"namePrefix"` // what the names of all files must begin with
}

// AllowedBucket is a bucket that a key is restricted to.
type AllowedBucket struct {
	Id   string `json:"id"`
	Name string `json:"name"` // empty: the bucket is gone, or hidden from this key
}

// GroupsApi describes the API for groups of accounts.
type GroupsApi struct {
	GroupsApiUrl string   `json:"groupsApiUrl"`
	InfoType     string   `json:"infoType"`
	Capabilities []string `json:"capabilities"`
}

// BackupApi describes the API for the backup of computers.
type BackupApi struct {
	BackupApiUrl string   `json:"backupApiUrl"`
	InfoType     string   `json:"infoType"`
	Capabilities []string `json:"capabilities"`
}

// authorization is an answer of AuthorizeAccount in the form that calls use.
type authorization struct {
	*AuthorizeAccountOutput
	api, download base
	made          time.Time
	postponed     atomic.Pointer[time.Time] // until when no replacement is tried for
	served        atomic.Bool               // a call has succeeded with it
	blameless     atomic.Bool               // it was refused without a reason when it was new
}

// A token is valid for maxAge. It is replaced earlier, so that no call of a
// long transfer has to meet a refusal first. While it still serves, a call waits
// for its replacement for renewWait only, and after that was in vain none does
// for renewPause: the service that authorizes may be down while all others work.
const (
	maxAge     = 24 * time.Hour
	renewAge   = 23 * time.Hour
	renewWait  = 5 * time.Second
	renewPause = time.Minute
)

// newAge is how long a token counts as new.
const newAge = time.Minute

func newAuthorization(out *AuthorizeAccountOutput, now time.Time) (*authorization, error) {
	a := &authorization{AuthorizeAccountOutput: out, made: now}
	storage := &out.ApiInfo.StorageApi
	var err error
	switch {
	case storage.ApiUrl == "" || storage.DownloadUrl == "":
		err = errors.New("this application key has no right to use the storage API")
	case out.AuthorizationToken == "":
		err = errors.New("the answer has no token")
	default:
		if a.api, err = parseBase(storage.ApiUrl); err == nil {
			a.download, err = parseBase(storage.DownloadUrl)
		}
	}
	if err != nil {
		return nil, &Error{Service: service, Operation: opAuthorizeAccount.Name, Attempts: out.ResponseMetadata.Attempts, Err: err}
	}
	return a, nil
}

// base is the part of an URL that all requests to a host have in common.
type base struct{ scheme, host, path string }

// parseBase reads the URL of a host that keys and tokens may be sent to.
func parseBase(raw string) (base, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return base{}, fmt.Errorf("the address of a host: %w", errors.Unwrap(err))
	}
	if err := checkTransport(u); err != nil {
		return base{}, err
	}
	return base{u.Scheme, u.Host, strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// checkTransport refuses addresses to which a secret would travel in the clear.
func checkTransport(u *url.URL) error {
	switch {
	case u.Host == "":
		return fmt.Errorf("%q is not the address of a host", u.Redacted())
	case u.User != nil:
		return fmt.Errorf("the address of host %s must not hold a user", u.Host)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("no key or token is sent to %s://%s: it takes https, or a loopback address", u.Scheme, u.Host)
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// lookup is a value that is looked up when it is first needed, once for all
// who wait for it. A failure is not remembered.
type lookup[T any] struct {
	operation string // what it takes, for errors
	value     atomic.Pointer[T]
	flight    singleflight.Group
	trouble   atomic.Pointer[error] // of the last attempt, while it is being repeated
}

func newAccount() *lookup[authorization] {
	return &lookup[authorization]{operation: opAuthorizeAccount.Name}
}

// lookupTimeout bounds a look-up, which outlives the caller that began it:
// others wait for it as well.
const lookupTimeout = 5 * time.Minute

// get returns the value, a newer one than stale if that is not nil.
func (l *lookup[T]) get(ctx context.Context, stale *T, load func(context.Context) (*T, error)) (*T, error) {
	for {
		if v := l.value.Load(); v != nil && v != stale {
			return v, nil
		}
		// A flight that somebody with an older value began may land with stale.
		if v, err := l.join(ctx, stale, load); v != stale || err != nil {
			return v, err
		}
	}
}

func (l *lookup[T]) join(ctx context.Context, stale *T, load func(context.Context) (*T, error)) (*T, error) {
	landed := l.flight.DoChan("", func() (any, error) {
		if v := l.value.Load(); v != nil && v != stale {
			return v, nil
		}
		// Who began it may not be there any more, nor who watches it.
		ctx := observe.With(context.WithoutCancel(ctx), &observe.Observer{
			Retry: func(err error, _ time.Duration, _ bool) { l.trouble.Store(&err) },
		})
		ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
		defer cancel()
		defer l.trouble.Store(nil)
		v, err := load(ctx)
		if err == nil {
			l.value.Store(v)
		}
		return v, err
	})
	select {
	case r := <-landed:
		return r.Val.(*T), r.Err
	case <-ctx.Done():
		err := ctx.Err()
		if cause := context.Cause(ctx); cause != err {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		if trouble := l.trouble.Load(); trouble != nil { // why it takes so long
			err = fmt.Errorf("%w; the last attempt: %w", err, *trouble)
		}
		return nil, fail(l.operation, err)
	}
}
