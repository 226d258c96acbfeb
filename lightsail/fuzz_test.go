package lightsail_test

import (
	"encoding/json"
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
	"github.com/entrepot-go/entrepot/lightsail"
)

// answering is a transport that gives the same answer to everything.
type answering func(*http.Request) *http.Response

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil { // an answer before the end of the request counts as none
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return a(r), nil
}

// fuzzed is an operation with an input that the client sends.
type fuzzed struct {
	name  string
	input reflect.Value
}

// call makes the call and returns what came back: a pointer to the output, nil
// or not, and the error.
func (op fuzzed) call(t *testing.T, c *lightsail.Client) (out reflect.Value, err error) {
	results := reflect.ValueOf(c).MethodByName(op.name).Call([]reflect.Value{reflect.ValueOf(t.Context()), op.input})
	err, _ = results[1].Interface().(error)
	return results[0], err
}

// allOperations are those that a client has, in the order of their names.
func allOperations(t testing.TB) (list []fuzzed) {
	t.Helper()
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	client := reflect.TypeFor[*lightsail.Client]()
	for i := range client.NumMethod() {
		m := client.Method(i)
		if !m.Type.IsVariadic() || m.Type.NumIn() != 4 || m.Type.In(3) != reflect.TypeFor[[]lightsail.Option]() {
			continue
		}
		in := reflect.New(m.Type.In(2).Elem())
		golden.Fill(in.Interface(), enums)
		list = append(list, fuzzed{m.Name, in})
	}
	return list
}

// FuzzAnswer gives a client whatever a server may answer to any operation: what
// comes back is an output or an error of this package, and what is taken is a
// JSON object for a stranger too.
func FuzzAnswer(f *testing.F) {
	operations := allOperations(f)
	for i, op := range operations {
		recorded, err := os.ReadFile("testdata/responses/" + op.name + ".http")
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(recorded), "\n\n")
		f.Add(uint8(i), 200, body)
		f.Add(uint8(i), 200, body[:len(body)/2])
		if op.name == "GetBuckets" {
			f.Add(uint8(i), 200, `{"buckets":[{"name":"b","createdAt":1.7e9,"accessRules":{"getObject":"public","allowPublicOverrides":false}}]}`)
			f.Add(uint8(i), 200, `{"buckets":[{"tags":null,"cors":{"rules":[]}}],"nextPageToken":""}`)
			f.Add(uint8(i), 200, `{"accountLevelBpaSync":{"lastSyncedAt":-1}}`)
		}
	}
	for i, op := range operations {
		if op.name == "DeleteContainerImage" { // it has no members
			f.Add(uint8(i), 200, `{}`)
			f.Add(uint8(i), 200, `0`)
			f.Add(uint8(i), 200, `<html>log in</html>`)
		}
	}
	f.Add(uint8(0), 200, ``)
	f.Add(uint8(0), 200, `{"operations":[{"createdAt":1e400}]}`)
	f.Add(uint8(0), 400, `{"__type":"com.amazonaws.lightsail#InvalidInputException","message":"no","tip":"","docs":null}`)
	f.Add(uint8(0), 500, `{"code":"ServiceException","status":""}`)
	f.Add(uint8(0), 503, `<html>busy</html>`)
	f.Fuzz(func(t *testing.T, operation uint8, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		client, err := lightsail.New(lightsail.Config{
			Region:      "us-east-1",
			Endpoint:    "http://127.0.0.1",
			Credentials: credentials.Static("AKID", "secret", ""),
			HTTPClient: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
				return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
			})},
			Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		op := operations[int(operation)%len(operations)]
		out, err := op.call(t, client)
		var e *lightsail.Error
		switch {
		case out.IsNil() == (err == nil):
			t.Errorf("%s: output %v and error %v", op.name, out, err)
		case err == nil && body != "" && !isObject(body):
			t.Errorf("%s: %q is taken for an answer", op.name, body)
		case err == nil:
		case !errors.As(err, &e) || e.Operation != op.name:
			t.Errorf("%s: error of another type or operation: %v", op.name, err)
		case strings.ContainsAny(err.Error(), "\r\n"):
			t.Errorf("%s: the error is more than one line: %q", op.name, err)
		}
	})
}

func isObject(body string) bool {
	return json.Valid([]byte(body)) && strings.HasPrefix(strings.TrimLeft(body, " \t\r\n"), "{")
}

// TestRecordedAnswersAreTaken, or FuzzAnswer would see refusals alone.
func TestRecordedAnswersAreTaken(t *testing.T) {
	for _, op := range allOperations(t) {
		recorded, err := os.ReadFile("testdata/responses/" + op.name + ".http")
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(recorded), "\n\n")
		attempts := 0
		if _, err := op.call(t, answers(t, &attempts, 200, http.Header{}, body)); err != nil || attempts != 1 {
			t.Errorf("%s: %v after %d attempts", op.name, err, attempts)
		}
	}
}
