package ibmcos

import (
	"errors"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

// sameAnswer is a transport that answers everything alike.
type sameAnswer func(r *http.Request) *http.Response

func (s sameAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil { // an answer before the end of the request counts as none
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return s(r), nil
}

// FuzzAnswer gives a client whatever a server may answer to any operation: what
// comes back is an output or an error of this package, of one line, and what is
// taken can be read to its end.
func FuzzAnswer(f *testing.F) {
	for i, op := range operations {
		recorded, err := os.ReadFile("testdata/responses/" + op.Op.Name + ".http")
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(recorded), "\n\n")
		f.Add(uint8(i), 200, "ETag", `"e"`, body)
		f.Add(uint8(i), 200, "X-Amz-Version-Id", "v", body[:len(body)/2])
	}
	f.Add(uint8(0), 200, "", "", `<Error><Code>SlowDown</Code></Error>`)
	f.Add(uint8(0), 301, "X-Amz-Bucket-Region", "eu-de", ``)
	f.Add(uint8(0), 403, "Date", "Sun, 01 Mar 2020 10:00:00 GMT", `<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>`)
	f.Add(uint8(0), 404, "Content-Type", "text/plain", "not\nhere")
	f.Add(uint8(0), 503, "Retry-After", "60", `<html>busy</html>`)
	enums, err := apidrift.Enums(".")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, n uint8, status int, name, value, body string) {
		if status < 200 || status > 599 {
			return
		}
		header := http.Header{}
		if name != "" {
			header.Set(name, value)
		}
		client, err := New(Config{
			Region: "us-south", Endpoint: "http://127.0.0.1", Credentials: credentials.Static("ID", "secret", ""),
			HTTPClient: &http.Client{Transport: sameAnswer(func(r *http.Request) *http.Response {
				return &http.Response{StatusCode: status, Header: header.Clone(), ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
			})},
			Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		op := operations[int(n)%len(operations)]
		in := reflect.New(op.In)
		presets(in)
		golden.Fill(in.Interface(), enums)
		choose(in)
		results := reflect.ValueOf(client).MethodByName(op.Op.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
		err, _ = results[1].Interface().(error)
		var e *Error
		var partly *DeleteObjectsError
		switch {
		case errors.As(err, &partly):
			if len(partly.Errors) == 0 || results[0].IsNil() {
				t.Errorf("%s: %v, without an output or a failure", op.Op.Name, err)
			}
		case results[0].IsNil() == (err == nil):
			t.Errorf("%s: output %v and error %v", op.Op.Name, results[0], err)
		case err == nil:
			stream := results[0].Elem().FieldByName("Body")
			if stream.IsValid() && stream.Kind() == reflect.Interface && !stream.IsNil() {
				content := stream.Interface().(io.ReadCloser)
				_, _ = io.Copy(io.Discard, content) // a checksum may not match
				content.Close()
			}
		case !errors.As(err, &e) || e.Operation != op.Op.Name:
			t.Errorf("%s: error of another type or operation: %v", op.Op.Name, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%s: the error is more than one line: %q", op.Op.Name, err)
		}
	})
}
