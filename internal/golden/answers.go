package golden

import (
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
)

// Answers gives a client whatever a server may answer.
type Answers struct {
	Operations []string
	// Input makes one that the client sends.
	Input func(operation string) reflect.Value
	// Client returns a client of the package, which has a method for each operation.
	Client func(http.RoundTripper) (any, error)
	// Operation returns the operation that an error of the package is of.
	Operation func(error) string
	// Partly reports whether an error tells of failures beside an output.
	Partly func(error) bool
}

// Fuzz holds that of any answer comes an output or an error of the package, of one
// line, and that what is taken can be read to its end.
func (a *Answers) Fuzz(f *testing.F) {
	for i, name := range a.Operations {
		recorded, err := os.ReadFile("testdata/responses/" + name + ".http")
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(recorded), "\n\n")
		f.Add(uint8(i), 200, "ETag", `"e"`, body)
		f.Add(uint8(i), 200, "X-Amz-Version-Id", "v", body[:len(body)/2])
	}
	f.Add(uint8(0), 200, "", "", `<Error><Code>SlowDown</Code></Error>`)
	f.Add(uint8(0), 301, "X-Amz-Bucket-Region", "eu-central-1", ``)
	f.Add(uint8(0), 307, "Location", "http://elsewhere.test/", `<Error><Code>TemporaryRedirect</Code><Endpoint>elsewhere.test</Endpoint></Error>`)
	f.Add(uint8(0), 403, "Date", "Sun, 01 Mar 2020 10:00:00 GMT", `<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>`)
	f.Add(uint8(0), 404, "Content-Type", "text/plain", "not\nhere")
	f.Add(uint8(0), 503, "Retry-After", "60", `<html>busy</html>`)
	f.Fuzz(func(t *testing.T, n uint8, status int, name, value, body string) {
		if status < 200 || status > 599 {
			return
		}
		header := http.Header{}
		if name != "" {
			header.Set(name, value)
		}
		client, err := a.Client(transport(func(r *http.Request) (*http.Response, error) {
			if r.Body != nil { // an answer before the end of the request counts as none
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
			return &http.Response{StatusCode: status, Header: header.Clone(), ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		operation := a.Operations[int(n)%len(a.Operations)]
		results := reflect.ValueOf(client).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(t.Context()), a.Input(operation)})
		out := results[0]
		err, _ = results[1].Interface().(error)
		switch {
		case err != nil && a.Partly(err):
			if out.IsNil() {
				t.Errorf("%s: %v, without an output", operation, err)
			}
		case out.IsNil() == (err == nil):
			t.Errorf("%s: output %v and error %v", operation, out, err)
		case err == nil:
			drain(out)
		case a.Operation(err) != operation:
			t.Errorf("%s: error of another type or operation: %v", operation, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%s: the error is more than one line: %q", operation, err)
		}
	})
}

// drain reads what an output streams: a checksum may not match, or an event make no
// sense, but it comes to an end.
func drain(out reflect.Value) {
	for _, name := range []string{"Body", "Payload"} {
		stream := out.Elem().FieldByName(name)
		if !stream.IsValid() || stream.IsZero() {
			continue
		}
		switch stream := stream.Interface().(type) {
		case io.ReadCloser:
			_, _ = io.Copy(io.Discard, stream)
			_ = stream.Close()
		case io.Closer:
			_ = stream.Close()
		}
	}
}
