// Package apierror is the one room where errors of calls are built. Each
// provider has an error type of its own with the same fields, converted from
// the Error here, so that errors.As tells providers apart.
package apierror

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// Error is what is known about a call that failed. It never holds a secret.
type Error struct {
	Service    string            // "s3"
	Operation  string            // the API's own name: "PutObject"
	Code       string            // the service's error code; empty if no server answered
	Message    string            // the service's message
	StatusCode int               // HTTP status; 0 if no server answered
	RequestID  string            // what the vendor's support asks for
	HostID     string            // S3's second identifier
	Host       string            // the endpoint host of the last attempt
	Attempts   int               // attempts made; 0 if nothing was sent
	RetryAfter time.Duration     // how long the server asked to wait, in its last answer; 0: it did not
	Details    map[string]string // further members of the error document (BucketName, Condition, …)
	Err        error             // the cause, where it is not the server's answer
}

// Sentinel is a named error code, for errors.Is. It is a plain literal, so that
// a package's sentinels cost nothing at the start of a program.
type Sentinel struct {
	Service string
	Code    string
	Also    string // another code with the same meaning
}

func (s *Sentinel) Error() string { return s.Service + ": " + s.Code }

// Matches reports whether e is a case of target: the cause is not looked at, it is
// reached by Unwrap. The classes say which codes mean which of the io/fs
// errors; where they are silent the status does.
func (e *Error) Matches(target error, classes map[string]error) bool {
	if s, ok := target.(*Sentinel); ok {
		return e.Service == s.Service && e.Code != "" && (e.Code == s.Code || e.Code == s.Also)
	}
	switch target {
	case fs.ErrNotExist, fs.ErrPermission, fs.ErrExist:
	default:
		return false
	}
	if class, ok := classes[e.Code]; ok {
		return target == class
	}
	switch e.StatusCode {
	case 404:
		return target == fs.ErrNotExist
	case 401, 403:
		return target == fs.ErrPermission
	}
	return false
}

// Fault says whose fault the failure is, in smithy's terms.
func (e *Error) Fault() smithy.ErrorFault {
	switch {
	case e.StatusCode >= 500:
		return smithy.FaultServer
	case e.StatusCode >= 300:
		return smithy.FaultClient
	}
	return smithy.FaultUnknown
}

// Text is the error in one sentence: operation, cause, and what helps to find it.
func (e *Error) Text() string {
	var b strings.Builder
	b.WriteString(e.Service)
	b.WriteString(": ")
	if e.Operation != "" {
		b.WriteString(e.Operation)
		b.WriteString(": ")
	}
	e.writeCause(&b)
	notes := make([]string, 0, 4)
	if e.StatusCode != 0 {
		notes = append(notes, "status "+strconv.Itoa(e.StatusCode))
	}
	if e.Host != "" {
		notes = append(notes, "host "+e.Host)
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	writeNotes(&b, notes)
	return b.String()
}

// Reason is the part of Text that is about this failure alone, for use within
// the text of another error of the same call.
func (e *Error) Reason() string {
	var b strings.Builder
	e.writeCause(&b)
	var notes []string
	if e.StatusCode != 0 {
		notes = append(notes, "status "+strconv.Itoa(e.StatusCode))
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	writeNotes(&b, notes)
	return b.String()
}

// writeCause writes what the server said, or what else went wrong. Both there
// means that the second is why the first is final.
func (e *Error) writeCause(b *strings.Builder) {
	separator := ""
	if e.Code != "" {
		b.WriteString(e.Code)
		separator = ": "
	}
	if e.Message != "" {
		b.WriteString(separator)
		b.WriteString(oneLine(e.Message))
		separator = "; "
	}
	if separator == "" && e.StatusCode != 0 {
		b.WriteString("the server answered ")
		b.WriteString(strconv.Itoa(e.StatusCode))
		separator = "; "
	}
	if e.Err != nil {
		if separator != "" {
			b.WriteString("; ")
		}
		b.WriteString(e.Err.Error())
	}
}

func writeNotes(b *strings.Builder, notes []string) {
	if len(notes) == 0 {
		return
	}
	b.WriteString(" (")
	b.WriteString(strings.Join(notes, ", "))
	b.WriteByte(')')
}

// messageLimit is how much of a server's message becomes part of a text. The
// whole is in Message.
const messageLimit = 500

// oneLine keeps a message from breaking up a log.
func oneLine(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > messageLimit {
		message = strings.ToValidUTF8(message[:messageLimit], "") + "…"
	}
	return message
}

// Error makes *Error an error for use inside the module.
func (e *Error) Error() string { return e.Text() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// From finds an *Error in the chain of err.
func From(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Setting is the error of a Config: what is wrong with which of its fields.
func Setting(format string, args ...any) error {
	return fmt.Errorf("Config: "+format, args...)
}
