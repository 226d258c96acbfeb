package lightsail_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
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

// FuzzAnswer gives a client whatever a server may answer: what comes back is a
// list of buckets or an error of this package.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"buckets":[{"name":"b","createdAt":1.7e9,"accessRules":{"getObject":"public","allowPublicOverrides":false}}]}`)
	f.Add(200, `{"buckets":[{"tags":null,"cors":{"rules":[]}}],"nextPageToken":""}`)
	f.Add(200, `{"accountLevelBpaSync":{"lastSyncedAt":-1}}`)
	f.Add(200, ``)
	f.Add(400, `{"__type":"com.amazonaws.lightsail#InvalidInputException","message":"no","tip":"","docs":null}`)
	f.Add(500, `{"code":"ServiceException","status":""}`)
	f.Add(503, `<html>busy</html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
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
		out, err := client.GetBuckets(t.Context(), &lightsail.GetBucketsInput{})
		var e *lightsail.Error
		switch {
		case (out == nil) == (err == nil):
			t.Errorf("output %v and error %v", out, err)
		case err != nil && !errors.As(err, &e):
			t.Errorf("error of another type: %v", err)
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("the error is more than one line: %q", err)
		}
	})
}
