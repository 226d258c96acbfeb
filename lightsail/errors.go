package lightsail

import (
	"io/fs"
	"time"

	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot/internal/apierror"
)

// Error is the error of every call of this package: what the server answered,
// or, with an empty Code, why there is no answer. errors.Is finds the cause in
// Err, the sentinels below by their code, and by their meaning the errors
// [io/fs.ErrNotExist] and [io/fs.ErrPermission].
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/CommonErrors.html
type Error struct {
	Service    string            // "lightsail"
	Operation  string            // "CreateBucket"
	Code       string            // "NotFoundException"; empty if no server answered
	Message    string            // the server's message
	StatusCode int               // HTTP status; 0 if no server answered
	RequestID  string            // what AWS support asks for
	HostID     string            // empty: Lightsail has none
	Host       string            // the endpoint of the last attempt
	Attempts   int               // attempts made; 0 if nothing was sent
	RetryAfter time.Duration     // how long the server asked to wait, in its last answer; 0: it did not
	Details    map[string]string // further members of the answer: docs, tip
	Err        error             // the cause, where it is not the server's answer
}

// Error is the failure in one sentence.
func (e *Error) Error() string { return (*apierror.Error)(e).Text() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is implements the cases of errors.Is that Error describes.
func (e *Error) Is(target error) bool {
	named := apierror.Error(*e)
	if e.Code != "" {
		// The name alone decides: models and references of the vendor give
		// the same errors different statuses.
		named.StatusCode = 0
	}
	return named.Matches(target, classes)
}

// ErrorCode implements [smithy.APIError].
func (e *Error) ErrorCode() string { return e.Code }

// ErrorMessage implements [smithy.APIError].
func (e *Error) ErrorMessage() string { return e.Message }

// ErrorFault implements [smithy.APIError].
func (e *Error) ErrorFault() smithy.ErrorFault { return (*apierror.Error)(e).Fault() }

// HTTPStatusCode returns StatusCode, under the name that the AWS SDK gives it
// and that conditions of package waiter ask for.
func (e *Error) HTTPStatusCode() int { return e.StatusCode }

var _ smithy.APIError = (*Error)(nil)

func publicError(e *apierror.Error) error { return (*Error)(e) }

// classes says which codes mean what in the terms of io/fs. An answer without a
// code, as a proxy's, is judged by its status.
var classes = map[string]error{
	"NotFoundException":                   fs.ErrNotExist,
	"AccessDeniedException":               fs.ErrPermission,
	"UnauthenticatedException":            fs.ErrPermission,
	"AccessDenied":                        fs.ErrPermission,
	"ExpiredToken":                        fs.ErrPermission,
	"ExpiredTokenException":               fs.ErrPermission,
	"IncompleteSignature":                 fs.ErrPermission,
	"IncompleteSignatureException":        fs.ErrPermission,
	"InvalidClientTokenId":                fs.ErrPermission,
	"InvalidSignatureException":           fs.ErrPermission,
	"NotAuthorized":                       fs.ErrPermission,
	"OptInRequired":                       fs.ErrPermission,
	"RequestExpired":                      fs.ErrPermission,
	"SignatureDoesNotMatch":               fs.ErrPermission,
	"UnrecognizedClientException":         fs.ErrPermission,
	"MissingAuthenticationToken":          fs.ErrPermission,
	"MissingAuthenticationTokenException": fs.ErrPermission,
}

// Codes for errors.Is.
var (
	ErrAccessDenied           error = &apierror.Sentinel{Service: service, Code: "AccessDeniedException"}
	ErrAccountSetupInProgress error = &apierror.Sentinel{Service: service, Code: "AccountSetupInProgressException"}
	ErrInvalidInput           error = &apierror.Sentinel{Service: service, Code: "InvalidInputException"}
	ErrNotFound               error = &apierror.Sentinel{Service: service, Code: "NotFoundException"}
	ErrOperationFailure       error = &apierror.Sentinel{Service: service, Code: "OperationFailureException"}
	ErrRegionSetupInProgress  error = &apierror.Sentinel{Service: service, Code: "RegionSetupInProgressException"}
	ErrService                error = &apierror.Sentinel{Service: service, Code: "ServiceException"}
	ErrUnauthenticated        error = &apierror.Sentinel{Service: service, Code: "UnauthenticatedException"}
)
