// Package entrepot holds what the clients of all providers share in public:
// how calls are retried, what is known about an answer beside its content,
// requests that others make, and strings that do not print.
//
// The clients themselves are in the packages s3, b2, lightsail and ibmcos;
// transfer moves large objects with any of them.
package entrepot

import (
	"net/http"
	"time"
)

// Retry says how a client repeats attempts that failed. The zero value is the
// default.
type Retry struct {
	// MaxAttempts is the number of attempts a call may take, the first
	// included. Default 5, also for negative numbers; 1 turns retries off.
	MaxAttempts int

	// MinWait is the bound of the random wait before the second attempt; it
	// doubles with each further one. Default 50 ms.
	MinWait time.Duration

	// MaxWait bounds every wait, also one that a server asks for by
	// Retry-After. Default 20 s.
	MaxWait time.Duration

	// Classify, if set, may overrule the verdict on a failed attempt. It gets
	// the error of the attempt (the provider's *Error where the server
	// answered) and the verdict so far. A call whose body cannot be sent again
	// is not retried, whatever Classify says.
	Classify func(err error, retry bool) bool
}

// ResponseMetadata is what is known about an answer beside its content. Every
// Output carries it.
type ResponseMetadata struct {
	// RequestID is the server's name for the request: what a vendor's support
	// asks for.
	RequestID string

	// HostID is the second identifier that S3 gives (x-amz-id-2).
	HostID string

	// StatusCode is the HTTP status of the answer. That of a refusal stands for a
	// conditional write that met its own effect, because the answer to an earlier
	// attempt was lost, and is a success.
	StatusCode int

	// Attempts is the number of attempts the call took, 1 for most.
	Attempts int

	// Checksum names the algorithm by which the body is verified while it is
	// read, or was verified when the call returned; empty if it is not.
	Checksum string

	// ChecksumStatus says whether a body that can come with a checksum, an
	// object's content, is verified, and why if it is not. It is empty for other
	// answers.
	ChecksumStatus ChecksumStatus

	// Header holds the headers of the answer as they came.
	Header http.Header
}
