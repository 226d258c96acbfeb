package b2_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
)

// FuzzAnswer gives a client whatever a server may answer: what comes back is a
// list or an error of this package, and never the token.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"files":[{"fileName":"a","uploadTimestamp":1,"fileInfo":{"k":"v"}}],"nextFileName":null}`)
	f.Add(200, `{"files":[{"contentLength":-1.5e3,"contentSha1":null}]}`)
	f.Add(200, `[]`)
	f.Add(400, `{"status":400,"code":"bad_request","message":"more than one upload using auth token 4_account"}`)
	f.Add(401, `{"code":"expired_auth_token"}`)
	f.Add(403, ``)
	f.Add(503, `<html>busy</html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		client, err := b2.New(b2.Config{
			Credentials: credentials.Static("id", "key", ""),
			HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				resp := &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
				if strings.HasSuffix(r.URL.Path, "b2_authorize_account") {
					resp.StatusCode, resp.Body = 200, io.NopCloser(strings.NewReader(authorization))
				}
				return resp, nil
			})},
			Retry: entrepot.Retry{MaxAttempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond},
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := client.ListFileNames(t.Context(), &b2.ListFileNamesInput{BucketId: "b"})
		var e *b2.Error
		switch {
		case (out == nil) == (err == nil):
			t.Errorf("output %v and error %v", out, err)
		case err != nil && !errors.As(err, &e):
			t.Errorf("error of another type: %v", err)
		case err != nil && strings.Contains(err.Error(), "4_account"):
			t.Errorf("the token is in the error: %v", err)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
