package credentials

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// FromAWS returns a Provider of what a credentials provider of the AWS SDK for
// Go v2 finds, without a dependency on that SDK:
//
//	config, err := config.LoadDefaultConfig(ctx)
//	…
//	client, err := s3.New(s3.Config{Credentials: credentials.FromAWS(config.Credentials)})
//
// Any type C does whose fields are named as those of the SDK's aws.Credentials:
// AccessKeyID, SecretAccessKey, SessionToken, Source, CanExpire and Expires. It
// panics if C lacks one of the first two, which no other run could mend.
//
// An SDK's cache, as config.Credentials is, is told to forget what a server has
// refused.
func FromAWS[C any](p interface {
	Retrieve(ctx context.Context) (C, error)
}) Provider {
	t := reflect.TypeFor[C]()
	for _, name := range [...]string{"AccessKeyID", "SecretAccessKey"} {
		if t.Kind() != reflect.Struct {
			panic(fmt.Sprintf("credentials: FromAWS: %v is not a struct", t))
		}
		if f, ok := t.FieldByName(name); !ok || f.Type.Kind() != reflect.String {
			panic(fmt.Sprintf("credentials: FromAWS: %v has no string %s", t, name))
		}
	}
	if p == nil {
		return &foreign{retrieve: func(context.Context) (Credentials, error) {
			return Credentials{}, errors.New("credentials: FromAWS was given no provider")
		}}
	}
	f := &foreign{retrieve: func(ctx context.Context) (Credentials, error) {
		found, err := p.Retrieve(ctx)
		if err != nil {
			return Credentials{}, fmt.Errorf("credentials: %w", err)
		}
		return translate(reflect.ValueOf(found)), nil
	}}
	if cache, ok := p.(interface{ Invalidate() }); ok {
		f.invalidate = cache.Invalidate
	}
	return f
}

// foreign is another module's provider. It is held in functions, because fmt
// would print its secrets.
type foreign struct {
	retrieve   func(context.Context) (Credentials, error)
	invalidate func()
}

// Format prints no more than what p is.
func (p *foreign) Format(f fmt.State, _ rune) { fmt.Fprint(f, "credentials of the AWS SDK") }

func (p *foreign) Retrieve(ctx context.Context) (Credentials, error) { return p.retrieve(ctx) }

func (p *foreign) Invalidate(Credentials) {
	if p.invalidate != nil {
		p.invalidate()
	}
}

// translate reads the fields of a struct by their names.
func translate(v reflect.Value) Credentials {
	text := func(name string) string {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
		return ""
	}
	c := Credentials{
		AccessKeyID:     text("AccessKeyID"),
		SecretAccessKey: text("SecretAccessKey"),
		SessionToken:    text("SessionToken"),
		Source:          text("Source"),
	}
	if can := v.FieldByName("CanExpire"); can.IsValid() && can.Kind() == reflect.Bool && can.Bool() {
		if f := v.FieldByName("Expires"); f.IsValid() && f.CanInterface() {
			c.Expires, _ = f.Interface().(time.Time)
		}
	}
	return c
}
