package apierror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
)

func TestText(t *testing.T) {
	tests := []struct {
		name string
		e    Error
		want string
	}{
		{"answer of the server", Error{Service: "s3", Operation: "PutObject", Code: "SlowDown", Message: "Reduce your request rate.", StatusCode: 503, RequestID: "R1", Host: "h", Attempts: 5},
			"s3: PutObject: SlowDown: Reduce your request rate. (status 503, host h, request R1, 5 attempts)"},
		{"code alone", Error{Service: "s3", Operation: "PutObject", Code: "SlowDown", StatusCode: 503}, "s3: PutObject: SlowDown (status 503)"},
		{"message alone", Error{Service: "b2", Operation: "b2_x", Message: "no", StatusCode: 400}, "b2: b2_x: no (status 400)"},
		{"status alone", Error{Service: "s3", Operation: "HeadObject", StatusCode: 502, Attempts: 1}, "s3: HeadObject: the server answered 502 (status 502)"},
		{"why it is final", Error{Service: "s3", Operation: "X", Code: "SlowDown", StatusCode: 503, Err: errors.New("quota")}, "s3: X: SlowDown; quota (status 503)"},
		{"status and why it is final", Error{Service: "s3", Operation: "X", StatusCode: 503, Err: errors.New("quota")}, "s3: X: the server answered 503; quota (status 503)"},
		{"no answer", Error{Service: "s3", Operation: "X", Host: "h", Attempts: 2, Err: io.EOF}, "s3: X: EOF (host h, 2 attempts)"},
		{"nothing sent", Error{Service: "s3", Operation: "PutObject", Err: errors.New("Key is required")}, "s3: PutObject: Key is required"},
		{"no operation", Error{Service: "s3", Err: io.EOF}, "s3: EOF"},
		{"message of several lines", Error{Service: "s3", Operation: "X", Message: "a\n  b\r\nc"}, "s3: X: a b c"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Text(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.e.Error() != tt.e.Text() {
				t.Errorf("Error is %q", tt.e.Error())
			}
		})
	}
}

func TestReasonIsAboutTheFailureAlone(t *testing.T) {
	e := &Error{Service: "s3", Operation: "PutObject", Code: "SlowDown", StatusCode: 503, RequestID: "R1", Host: "h", Attempts: 5}
	if got, want := e.Reason(), "SlowDown (status 503, request R1)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := (&Error{Service: "s3", Err: io.EOF}).Reason(); got != "EOF" {
		t.Errorf("%q", got)
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	e := &Error{Service: "s3", Message: strings.Repeat("ü", messageLimit)}
	if got := e.Text(); len(got) > messageLimit+20 || !strings.HasSuffix(got, "ü…") {
		t.Errorf("the text has %d bytes and ends in %q", len(got), got[len(got)-10:])
	}
}

func TestMatches(t *testing.T) {
	classes := map[string]error{"NoSuchKey": fs.ErrNotExist, "Taken": fs.ErrExist, "Skewed": nil}
	gone := &Sentinel{Service: "s3", Code: "NoSuchKey", Also: "NotFound"}
	tests := []struct {
		e      Error
		target error
		want   bool
	}{
		{Error{Service: "s3", Code: "NoSuchKey"}, gone, true},
		{Error{Service: "s3", Code: "NotFound"}, gone, true},
		{Error{Service: "b2", Code: "NoSuchKey"}, gone, false},
		{Error{Service: "s3"}, &Sentinel{Service: "s3", Code: "X"}, false}, // no code is not the code without an alias
		{Error{Code: "NoSuchKey"}, fs.ErrNotExist, true},
		{Error{Code: "NoSuchKey", StatusCode: 403}, fs.ErrPermission, false},
		{Error{Code: "Taken", StatusCode: 409}, fs.ErrExist, true},
		{Error{Code: "Skewed", StatusCode: 403}, fs.ErrPermission, false},
		{Error{StatusCode: 404}, fs.ErrNotExist, true},
		{Error{StatusCode: 403}, fs.ErrPermission, true},
		{Error{StatusCode: 401}, fs.ErrPermission, true},
		{Error{StatusCode: 500}, fs.ErrNotExist, false},
		{Error{StatusCode: 404}, context.Canceled, false},
	}
	for _, tt := range tests {
		if got := tt.e.Matches(tt.target, classes); got != tt.want {
			t.Errorf("%+v matches %v: %v, want %v", tt.e, tt.target, got, tt.want)
		}
	}
}

func TestFault(t *testing.T) {
	for status, want := range map[int]smithy.ErrorFault{0: smithy.FaultUnknown, 301: smithy.FaultClient, 404: smithy.FaultClient, 500: smithy.FaultServer, 503: smithy.FaultServer} {
		if got := (&Error{StatusCode: status}).Fault(); got != want {
			t.Errorf("status %d: %v, want %v", status, got, want)
		}
	}
}

func TestFrom(t *testing.T) {
	e := &Error{Service: "s3", Err: io.EOF}
	if got, ok := From(fmt.Errorf("wrapped: %w", e)); !ok || got != e || !errors.Is(got, io.EOF) {
		t.Errorf("%v, %v", got, ok)
	}
	if _, ok := From(io.EOF); ok {
		t.Error("io.EOF is no *Error")
	}
}
