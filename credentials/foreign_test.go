package credentials

import (
	"context"
	"errors"
	"testing"
	"time"
)

// sdkCredentials has the fields of the AWS SDK's type, and one more.
type sdkCredentials struct {
	AccessKeyID, SecretAccessKey, SessionToken, Source string
	CanExpire                                          bool
	Expires                                            time.Time
	AccountID                                          string
}

// sdkKeys is a provider of that SDK's form.
type sdkKeys struct{ found sdkCredentials }

func (k sdkKeys) Retrieve(context.Context) (sdkCredentials, error) {
	if k.found.AccessKeyID == "" {
		return sdkCredentials{}, errBroken
	}
	return k.found, nil
}

var errBroken = errors.New("broken")

// sdkCache is a cache of that SDK's form.
type sdkCache struct {
	sdkKeys
	forgotten int
}

func (c *sdkCache) Invalidate() { c.forgotten++ }

func TestFromAWS(t *testing.T) {
	found := sdkCredentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "token", Source: "SSOProvider", Expires: later, AccountID: "1"}
	want := Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "token", Source: "SSOProvider"}
	got, err := FromAWS(sdkKeys{found}).Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "without an end", got, want)

	found.CanExpire, want.Expires = true, later
	cache := &sdkCache{sdkKeys: sdkKeys{found}}
	p := Cached(FromAWS(cache))
	if got, err = p.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "with an end", got, want)
	p.Invalidate(got)
	if cache.forgotten != 1 {
		t.Errorf("the SDK's cache was told %d times to forget, want once", cache.forgotten)
	}

	if _, err := FromAWS(sdkKeys{}).Retrieve(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want %v", err, errBroken)
	}
	var none interface {
		Retrieve(context.Context) (sdkCredentials, error)
	}
	if _, err := FromAWS(none).Retrieve(t.Context()); err == nil {
		t.Error("no provider was accepted")
	}
}

// bareKeys is of a type that has no more than what is needed.
type bareKeys struct{ AccessKeyID, SecretAccessKey string }

func (k bareKeys) Retrieve(context.Context) (bareKeys, error) { return k, nil }

type wrongKeys struct{ AccessKeyID string }

func (k wrongKeys) Retrieve(context.Context) (wrongKeys, error) { return k, nil }

type noKeys string

func (k noKeys) Retrieve(context.Context) (noKeys, error) { return k, nil }

func TestFromAWSOfOtherTypes(t *testing.T) {
	got, err := FromAWS(bareKeys{"AKID", "secret"}).Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "bare", got, Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"})

	for want, call := range map[string]func(){
		"credentials: FromAWS: credentials.wrongKeys has no string SecretAccessKey": func() { FromAWS(wrongKeys{}) },
		"credentials: FromAWS: credentials.noKeys is not a struct":                  func() { FromAWS(noKeys("")) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			call()
		}()
	}
}
