package s3

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// TestPresignEveryOperation presigns each operation with every member, and with
// those only that it demands: whoever uses such a request has a body of which
// nothing is known here.
func TestPresignEveryOperation(t *testing.T) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	client, err := New(Config{
		Region: "us-west-2", Credentials: credentials.Static("AKIDEXAMPLE", "secret", "session"),
		HTTPClient: &http.Client{Transport: noTransport{t}}, Clock: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range operations {
		for _, all := range []bool{true, false} {
			name := op.Op.Name + " with what it demands"
			if all {
				name = op.Op.Name + " with everything"
			}
			t.Run(name, func(t *testing.T) {
				in := filled(op.In, enums)
				if !all {
					leaveRequired(in.Elem())
				}
				p := s3dialect.PresignQuery(time.Hour)
				option := Option(func(c *Config) { c.presign = p })
				results := reflect.ValueOf(client).MethodByName(op.Op.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), in, reflect.ValueOf(option)})
				if err, _ := results[1].Interface().(error); !errors.Is(err, s3dialect.ErrPresigned) {
					t.Fatalf("error is %v, want that of a call that is only presigned", err)
				}
				checkPresigned(t, op, p, all)
				if want := now.Add(time.Hour); !p.Until.Equal(want) {
					t.Errorf("it ends %v, want %v", p.Until, want)
				}
			})
		}
	}
}

func checkPresigned(t *testing.T, op apidrift.Operation, p *s3dialect.Presigned, all bool) {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if p.Method != op.Op.Method || len(q.Get("X-Amz-Signature")) != 64 || q.Get("X-Amz-Expires") != "3600" {
		t.Errorf("the request is %s %s", p.Method, p.URL)
	}
	for name := range q {
		lower := strings.ToLower(name)
		if strings.Contains(lower, "checksum") || !all && lower == "encoding-type" {
			t.Errorf("%s is in the query", name)
		}
	}
	signed := strings.Split(q.Get("X-Amz-SignedHeaders"), ";")
	for name := range p.Header {
		if !slices.Contains(signed, strings.ToLower(name)) {
			t.Errorf("%s is to be sent, but not signed", name)
		}
		if all {
			continue
		}
		switch name {
		case "Content-Length", "Content-Md5", "X-Amz-Content-Sha256", "X-Amz-Decoded-Content-Length", "X-Amz-Trailer", "Expect",
			"X-Amz-Sdk-Checksum-Algorithm":
			t.Errorf("%s says something of the body", name)
		}
		if strings.HasPrefix(name, "X-Amz-Checksum-") {
			t.Errorf("%s has been added", name)
		}
	}
	if len(signed) != len(p.Header)+1 {
		t.Errorf("signed are %v, to be sent %v beside the host", signed, p.Header)
	}
}

// leaveRequired clears the members that a call may leave out.
func leaveRequired(in reflect.Value) {
	for i := range in.NumField() {
		tag := string(in.Type().Field(i).Tag)
		if !strings.HasPrefix(tag, "uri:") && !strings.Contains(tag, ",required") {
			in.Field(i).SetZero()
		}
	}
}

// noTransport fails the test that makes a request.
type noTransport struct{ t *testing.T }

func (n noTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("a request has been made: %s %s", r.Method, r.URL)
	return nil, http.ErrUseLastResponse
}
