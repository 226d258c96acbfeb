package ibmcos

import (
	"time"

	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Error is the error of every call of this package: what the server answered,
// or, with an empty Code, why there is no answer. (What DeleteObjects has done
// only in part is a [DeleteObjectsError].) errors.Is finds the cause in
// Err, the sentinels below by their code, and the errors of io/fs by their
// meaning: [io/fs.ErrNotExist] for anything that is not there,
// [io/fs.ErrPermission], [io/fs.ErrExist].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-common#compatibility-errors
type Error struct {
	Service    string            // "ibmcos"
	Operation  string            // "PutObject"
	Code       string            // "NoSuchKey"; empty if no server answered
	Message    string            // the server's message
	StatusCode int               // HTTP status; 0 if no server answered
	RequestID  string            // what IBM support asks for
	HostID     string            // a second identifier, where the server gives one
	Host       string            // the endpoint of the last attempt
	Attempts   int               // attempts made; 0 if nothing was sent
	RetryAfter time.Duration     // how long the server asked to wait, in its last answer; 0: it did not
	Details    map[string]string // further elements of the answer: BucketName, Condition, …
	Err        error             // the cause, where it is not the server's answer
}

// Error is the failure in one sentence.
func (e *Error) Error() string { return (*apierror.Error)(e).Text() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is implements the cases of errors.Is that Error describes.
func (e *Error) Is(target error) bool {
	return (*apierror.Error)(e).Matches(target, s3dialect.Classes)
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

// Codes for errors.Is.
var (
	ErrNoSuchBucket              error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchBucket"}
	ErrNoSuchKey                 error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchKey"}
	ErrNoSuchVersion             error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchVersion"}
	ErrNoSuchUpload              error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchUpload"}
	ErrAccessDenied              error = &apierror.Sentinel{Service: "ibmcos", Code: "AccessDenied"}
	ErrInvalidAccessKeyId        error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidAccessKeyId"}
	ErrSignatureDoesNotMatch     error = &apierror.Sentinel{Service: "ibmcos", Code: "SignatureDoesNotMatch"}
	ErrRequestTimeTooSkewed      error = &apierror.Sentinel{Service: "ibmcos", Code: "RequestTimeTooSkewed"}
	ErrBucketAlreadyExists       error = &apierror.Sentinel{Service: "ibmcos", Code: "BucketAlreadyExists"}
	ErrBucketAlreadyOwnedByYou   error = &apierror.Sentinel{Service: "ibmcos", Code: "BucketAlreadyOwnedByYou"}
	ErrBucketNotEmpty            error = &apierror.Sentinel{Service: "ibmcos", Code: "BucketNotEmpty"}
	ErrNotModified               error = &apierror.Sentinel{Service: "ibmcos", Code: "NotModified"}
	ErrPreconditionFailed        error = &apierror.Sentinel{Service: "ibmcos", Code: "PreconditionFailed"}
	ErrInvalidRequest            error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidRequest"}
	ErrInvalidRange              error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidRange"}
	ErrInvalidObjectState        error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidObjectState"}
	ErrObjectNotInActiveTier     error = &apierror.Sentinel{Service: "ibmcos", Code: "ObjectNotInActiveTierError"}
	ErrObjectAlreadyInActiveTier error = &apierror.Sentinel{Service: "ibmcos", Code: "ObjectAlreadyInActiveTierError"}
	ErrRestoreAlreadyInProgress  error = &apierror.Sentinel{Service: "ibmcos", Code: "RestoreAlreadyInProgress"}
	ErrInvalidPart               error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidPart"}
	ErrInvalidPartOrder          error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidPartOrder"}
	ErrInvalidBucketName         error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidBucketName"}
	ErrEntityTooSmall            error = &apierror.Sentinel{Service: "ibmcos", Code: "EntityTooSmall"}
	ErrEntityTooLarge            error = &apierror.Sentinel{Service: "ibmcos", Code: "EntityTooLarge"}
	ErrBadDigest                 error = &apierror.Sentinel{Service: "ibmcos", Code: "BadDigest", Also: "XAmzContentChecksumMismatch"}
	ErrSlowDown                  error = &apierror.Sentinel{Service: "ibmcos", Code: "SlowDown"}
	ErrKeyTooLong                error = &apierror.Sentinel{Service: "ibmcos", Code: "KeyTooLong", Also: "KeyTooLongError"}
	ErrNotImplemented            error = &apierror.Sentinel{Service: "ibmcos", Code: "NotImplemented"}
	ErrMethodNotAllowed          error = &apierror.Sentinel{Service: "ibmcos", Code: "MethodNotAllowed"}
	ErrInvalidBucketState        error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidBucketState"}
	ErrInvalidTag                error = &apierror.Sentinel{Service: "ibmcos", Code: "InvalidTag"}
	ErrMalformedACL              error = &apierror.Sentinel{Service: "ibmcos", Code: "MalformedACLError"}
	ErrMalformedXML              error = &apierror.Sentinel{Service: "ibmcos", Code: "MalformedXML"}
	ErrTooManyConfigurations     error = &apierror.Sentinel{Service: "ibmcos", Code: "TooManyConfigurations"}

	ErrNoSuchConfiguration                  error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchConfiguration"} // analytics, inventory, metrics
	ErrNoSuchCORSConfiguration              error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchCORSConfiguration"}
	ErrNoSuchLifecycleConfiguration         error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchLifecycleConfiguration"}
	ErrNoSuchObjectLockConfiguration        error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchObjectLockConfiguration"} // of a version
	ErrNoSuchPublicAccessBlockConfiguration error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchPublicAccessBlockConfiguration"}
	ErrNoSuchTagSet                         error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchTagSet"}
	ErrNoSuchWebsiteConfiguration           error = &apierror.Sentinel{Service: "ibmcos", Code: "NoSuchWebsiteConfiguration"}
	ErrObjectLockConfigurationNotFound      error = &apierror.Sentinel{Service: "ibmcos", Code: "ObjectLockConfigurationNotFoundError"}
	ErrReplicationConfigurationNotFound     error = &apierror.Sentinel{Service: "ibmcos", Code: "ReplicationConfigurationNotFoundError"}
)

// ErrNeedsHMAC is in the error of presigning with an IAM token: only HMAC keys
// sign. A service credential has them when it is made with {"HMAC": true}.
var ErrNeedsHMAC = s3dialect.ErrNeedsHMAC
