package lightsail_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/lightsail"
)

// answers makes a client whose every attempt gets that answer. *attempts counts
// them.
func answers(t *testing.T, attempts *int, status int, header http.Header, body string) *lightsail.Client {
	t.Helper()
	return newClient(t, lightsail.Config{
		Region: "us-east-1", Endpoint: "http://127.0.0.1", Credentials: credentials.Static("AKID", "secret", ""),
		HTTPClient: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
			*attempts++
			return &http.Response{StatusCode: status, Header: header.Clone(), ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
		})},
		Retry: entrepot.Retry{MaxAttempts: 3},
	})
}

// TestErrorsByName has every error come with statuses that say something else:
// the name decides which it is and whether it is worth another attempt.
func TestErrorsByName(t *testing.T) {
	withoutSettings(t)
	for _, test := range []struct {
		code      string
		want      error // by errors.Is
		throttled bool  // or a failure of the service
	}{
		{code: "AccessDeniedException", want: lightsail.ErrAccessDenied},
		{code: "AccountSetupInProgressException", want: lightsail.ErrAccountSetupInProgress},
		{code: "InvalidInputException", want: lightsail.ErrInvalidInput},
		{code: "NotFoundException", want: lightsail.ErrNotFound},
		{code: "OperationFailureException", want: lightsail.ErrOperationFailure},
		{code: "RegionSetupInProgressException", want: lightsail.ErrRegionSetupInProgress},
		{code: "ServiceException", want: lightsail.ErrService, throttled: true},
		{code: "UnauthenticatedException", want: lightsail.ErrUnauthenticated},
		{code: "ThrottlingException", throttled: true},
		{code: "Throttling", throttled: true},
		{code: "RequestLimitExceeded", throttled: true},
		{code: "UnknownOperationException"},
	} {
		for _, status := range []int{400, 401, 403, 404, 428} {
			for form, answer := range map[string]struct{ header, body string }{
				"bare":      {body: fmt.Sprintf(`{"__type":%q,"message":"why","tip":"a tip"}`, test.code)},
				"namespace": {body: fmt.Sprintf(`{"__type":"com.amazonaws.lightsail#%s","Message":"why","tip":"a tip"}`, test.code)},
				"code":      {body: fmt.Sprintf(`{"code":%q,"message":"why","tip":"a tip"}`, test.code)},
				"header":    {header: test.code + ":http://internal.amazon.com/coral/", body: `{"message":"why","tip":"a tip"}`},
			} {
				attempts, header := 0, http.Header{"X-Amzn-Requestid": {"R"}}
				if answer.header != "" {
					header.Set("X-Amzn-ErrorType", answer.header)
				}
				c := answers(t, &attempts, status, header, answer.body)
				_, err := c.GetBuckets(t.Context(), nil)
				var e *lightsail.Error
				if !errors.As(err, &e) || e.Code != test.code || e.Message != "why" || e.Details["tip"] != "a tip" || e.StatusCode != status || e.RequestID != "R" {
					t.Fatalf("%s by %s with %d: %#v", test.code, form, status, err)
				}
				if test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("%s with %d: not its sentinel", test.code, status)
				}
				for _, other := range []error{lightsail.ErrAccessDenied, lightsail.ErrInvalidInput, lightsail.ErrNotFound, lightsail.ErrService, lightsail.ErrUnauthenticated} {
					if other != test.want && errors.Is(err, other) {
						t.Errorf("%s with %d: taken for %v", test.code, status, other)
					}
				}
				if got, want := errors.Is(err, fs.ErrNotExist), test.code == "NotFoundException"; got != want {
					t.Errorf("%s with %d: fs.ErrNotExist %v", test.code, status, got)
				}
				if got, want := errors.Is(err, fs.ErrPermission), test.code == "AccessDeniedException" || test.code == "UnauthenticatedException"; got != want {
					t.Errorf("%s with %d: fs.ErrPermission %v", test.code, status, got)
				}
				if want := map[bool]int{true: 3, false: 1}[test.throttled]; attempts != want || e.Attempts != want {
					t.Errorf("%s with %d: %d attempts (%d told), want %d", test.code, status, attempts, e.Attempts, want)
				}
			}
		}
	}
}

// TestErrorsWithoutAName have only the status, as a proxy's.
func TestErrorsWithoutAName(t *testing.T) {
	withoutSettings(t)
	for status, want := range map[int]error{404: fs.ErrNotExist, 403: fs.ErrPermission, 401: fs.ErrPermission} {
		attempts := 0
		_, err := answers(t, &attempts, status, http.Header{}, "<html>no</html>").GetBuckets(t.Context(), nil)
		if !errors.Is(err, want) || errors.Is(err, lightsail.ErrNotFound) || errors.Is(err, lightsail.ErrAccessDenied) {
			t.Errorf("%d: %v, want %v", status, err, want)
		}
	}
}

// TestThrottlingEnds has a call succeed once the service has room again.
func TestThrottlingEnds(t *testing.T) {
	withoutSettings(t)
	for _, code := range []string{"ThrottlingException", "Throttling"} {
		attempts := 0
		c := newClient(t, lightsail.Config{
			Region: "us-east-1", Endpoint: "http://127.0.0.1", Credentials: credentials.Static("AKID", "secret", ""),
			HTTPClient: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
				status, body := 200, `{"buckets":[{"name":"photos"}]}`
				if attempts++; attempts < 3 {
					status, body = 400, fmt.Sprintf(`{"__type":%q,"Message":"Rate exceeded"}`, code)
				}
				return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
			})},
		})
		out, err := c.GetBuckets(t.Context(), nil)
		if err != nil || len(out.Buckets) != 1 || out.ResponseMetadata.Attempts != 3 {
			t.Errorf("%s: %+v, %v", code, out, err)
		}
	}
}
