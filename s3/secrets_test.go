package s3_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go/tracing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// transcript is a log and a trace at once: all that a client tells to those who
// watch it.
type transcript struct {
	mu   sync.Mutex
	text func() *bytes.Buffer // not to be printed in its turn
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text().Write(p)
}

func (t *transcript) add(values ...any) { fmt.Fprintln(t, values...) }

func (t *transcript) Tracer(scope string, _ ...tracing.TracerOption) tracing.Tracer {
	t.add("tracer", scope)
	return t
}

func (t *transcript) StartSpan(ctx context.Context, name string, opts ...tracing.SpanOption) (context.Context, tracing.Span) {
	var o tracing.SpanOptions
	for _, opt := range opts {
		opt(&o)
	}
	t.add("span", name, fmt.Sprintf("%+v", o))
	return ctx, span{t, name}
}

type span struct {
	*transcript
	name string
}

func (s span) Name() string                   { return s.name }
func (s span) Context() tracing.SpanContext   { return tracing.SpanContext{} }
func (s span) SetProperty(k, v any)           { s.add("property", k, v) }
func (s span) SetStatus(v tracing.SpanStatus) { s.add("status", v) }
func (s span) End()                           {}
func (s span) AddEvent(name string, opts ...tracing.EventOption) {
	var o tracing.EventOptions
	for _, opt := range opts {
		opt(&o)
	}
	s.add("event", name, fmt.Sprintf("%+v", o))
}

// TestSecrets makes calls that succeed, fail and are repeated, and looks at
// everything that is printed on the way.
func TestSecrets(t *testing.T) {
	const (
		secret      = "aSecretKeyThatNobodyMaySee"
		token       = "aSessionTokenThatNobodyMaySee"
		customerKey = "Y3VzdG9tZXIta2V5LXRoYXQtbm9ib2R5LW1heXNlZSE=" // 32 bytes
	)
	srv := storagetest.NewS3(storagetest.WithTLS())
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	srv.AddKey(storagetest.AccessKey{ID: "ID", Secret: secret, SessionToken: token})

	var printed bytes.Buffer
	all := transcript{text: func() *bytes.Buffer { return &printed }}
	config := srv.Config()
	config.Credentials = credentials.Static("ID", secret, token)
	config.Logger = slog.New(slog.NewTextHandler(&all, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config.Tracer = &all
	c := newClient(t, config)
	note := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("no error")
			return
		}
		var e *s3.Error
		errors.As(err, &e)
		all.add(fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		if e != nil {
			all.add(fmt.Sprintf("%+v %#v %v", *e, *e, e.Details))
		}
		config.Logger.Error("failed", "error", err)
	}

	srv.Inject(storagetest.Fault{Nth: 1, Times: 2, Status: 503})
	put := &s3.PutObjectInput{
		Bucket: "photos", Key: "k", Body: strings.NewReader("v"), SSECustomerAlgorithm: "AES256", SSECustomerKey: customerKey,
	}
	if _, err := c.PutObject(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	out, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: "photos"})
	all.add(fmt.Sprintf("%+v %#v", out, out), err)

	_, err = c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: "photos", Key: "none", SSECustomerAlgorithm: "AES256", SSECustomerKey: customerKey})
	note(err)
	_, err = c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: "photos", Key: "k", SSECustomerAlgorithm: "AES256", SSECustomerKey: customerKey + "="})
	note(err)
	wrong := func(c *s3.Config) { c.Credentials = credentials.Static("ID", secret+"er", token) }
	_, err = c.ListBuckets(t.Context(), nil, wrong) // the answer repeats what was signed
	note(err)
	expired := storagetest.Fault{Status: 400, Code: "ExpiredToken", Message: "The provided token has expired."}
	srv.Inject(expired)
	_, err = c.ListBuckets(t.Context(), nil)
	note(err)
	srv.ForgetFaults()
	srv.Inject(storagetest.Fault{Reset: storagetest.BeforeResponse()})
	_, err = c.ListBuckets(t.Context(), nil)
	note(err)
	_, err = transfer.Upload(t.Context(), c.Bucket("photos"), "k", strings.NewReader("v"))
	note(err)
	_, err = c.ListBuckets(t.Context(), nil, func(c *s3.Config) { c.Endpoint = "https://user:" + secret + "@host" })
	note(err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	_, err = c.ListBuckets(ctx, nil)
	note(err)

	presigned, err := s3.Presign(t.Context(), c.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "k"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, signature, _ := strings.Cut(presigned.URL, "X-Amz-Signature=")

	put.Body = nil // package json knows no readers
	template := s3.Template{Put: *put, Get: s3.GetObjectInput{SSECustomerKey: customerKey}}
	copied := &s3.CopyObjectInput{SSECustomerKey: customerKey, CopySourceSSECustomerKey: customerKey}
	handle := c.Bucket("photos").With(template)
	asJSON := slog.New(slog.NewJSONHandler(&all, nil))
	for _, v := range []any{put, *put, template, &template, copied} {
		text, err := json.Marshal(v)
		all.add(string(text), err)
		asJSON.Info("input", "input", v)
		config.Logger.Info("input", "input", v)
	}
	for _, v := range []any{put, *put, template, copied, config, &config, c, *c, config.Credentials, c.Bucket("photos"), handle, *handle, handle.Object("k"), *handle.Object("k").Version("v"), handle.Object("k").Upload("u"), *handle.Object("k").Upload("u")} {
		all.add(fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v))
	}
	config.Logger.Info("everything", "config", config, "client", c, "credentials", config.Credentials)

	text := printed.String()

	for name, hidden := range map[string]string{
		"secret key": secret, "session token": token, "customer key": customerKey, "customer key in hex": hex.EncodeToString([]byte(customerKey)), "customer key as numbers": strings.Trim(fmt.Sprint([]byte(customerKey)), "[]"), "presigned signature": signature,
		"signed request": "aws4_request", "Authorization": "Signature=",
	} {
		if i := strings.Index(text, hidden); i >= 0 {
			t.Errorf("the %s is printed: …%s…", name, text[max(0, i-300):min(len(text), i+100)])
		}
	}
	for _, expected := range []string{"retry", "SlowDown", "s3.PutObject", "attempt 3", "SignatureDoesNotMatch", "connection reset", `"SSECustomerKey":"REDACTED"`} {
		if !strings.Contains(text, expected) {
			t.Errorf("%q is not there: the test sees too little", expected)
		}
	}
}
