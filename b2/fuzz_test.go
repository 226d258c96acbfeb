package b2_test

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

// FuzzAnswer gives a client whatever a server may answer to any call: what
// comes back is an output or an error of this package, and never the token.
func FuzzAnswer(f *testing.F) {
	number := func(name string) uint8 {
		for i, op := range operations {
			if op.name == name {
				return uint8(i)
			}
		}
		f.Fatalf("no operation %s", name)
		return 0
	}
	files := number("ListFileNames")
	f.Add(files, 200, `{"files":[{"fileName":"a","uploadTimestamp":1,"fileInfo":{"k":"v"}}],"nextFileName":null}`)
	f.Add(files, 200, `{"files":[{"contentLength":-1.5e3,"contentSha1":null}]}`)
	f.Add(files, 200, `[]`)
	f.Add(files, 400, `{"status":400,"code":"bad_request","message":"more than one upload using auth token 4_account"}`)
	f.Add(files, 400, `{"code":"4_account"}`)
	f.Add(files, 401, `{"code":"expired_auth_token"}`)
	f.Add(files, 403, ``)
	f.Add(files, 503, `<html>busy</html>`)
	f.Add(number("AuthorizeAccount"), 200, authorization)
	f.Add(number("ListBuckets"), 200, `{"buckets":[{"bucketInfo":null,"corsRules":[null],"fileLockConfiguration":{"value":{"defaultRetention":{"mode":null,"period":null}}}}]}`)
	f.Add(number("UpdateBucket"), 200, `{"replicationConfiguration":{"isClientAuthorizedToRead":true,"value":{"asReplicationSource":null}},"revision":9223372036854775807}`)
	f.Add(number("ListFileVersions"), 200, `{"files":[{"action":"folder","fileId":null,"fileRetention":{"value":{"mode":null,"retainUntilTimestamp":null}},"legalHold":{"value":null}}]}`)
	f.Add(number("ListKeys"), 200, `{"keys":[{"capabilities":["x"],"bucketIds":null,"expirationTimestamp":null}],"nextApplicationKeyId":""}`)
	f.Add(number("ListParts"), 200, `{"parts":[{"partNumber":1,"b2Checksum":null}],"nextPartNumber":-1}`)
	f.Add(number("GetBucketNotificationRules"), 200, `{"eventNotificationRules":[{"targetConfiguration":{"customHeaders":null,"maxEventsPerBatch":5}}]}`)
	f.Add(number("UploadFile"), 200, `{"contentLength":12,"contentSha1":"b7e23ec29af22b0b4e41da31e868d57226121c84"}`)
	enums, err := apidrift.Enums(".")
	if err != nil {
		f.Fatal(err)
	}
	enums["Secret"] = []string{"4_one", "4_two"}
	f.Fuzz(func(t *testing.T, n uint8, status int, body string) {
		op := operations[int(n)%len(operations)]
		if status < 200 || status > 599 || strings.HasPrefix(op.name, "Download") { // its body is content
			return
		}
		client, err := b2.New(b2.Config{
			Credentials: credentials.Static("id", "key", ""),
			HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.Body != nil {
					io.Copy(io.Discard, r.Body)
					r.Body.Close()
				}
				resp := &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
				if op.name != "AuthorizeAccount" && strings.HasSuffix(r.URL.Path, "b2_authorize_account") {
					resp.StatusCode, resp.Body = 200, io.NopCloser(strings.NewReader(authorization))
				}
				return resp, nil
			})},
			Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		in := reflect.New(reflect.TypeOf(op.in))
		golden.Fill(in.Interface(), enums)
		preset(in.Elem())
		results := reflect.ValueOf(client).MethodByName(op.name).Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
		err, _ = results[1].Interface().(error)
		var e *b2.Error
		switch {
		case results[0].IsNil() == (err == nil):
			t.Errorf("%s: output %v and error %v", op.name, results[0], err)
		case err == nil:
		case !errors.As(err, &e):
			t.Errorf("%s: error of another type: %v", op.name, err)
		case op.name == "AuthorizeAccount", strings.HasPrefix(op.name, "Upload"): // they do not use the token
		case strings.Contains(err.Error(), "4_account"):
			t.Errorf("%s: the token is in the error: %v", op.name, err)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
