package s3

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
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type Error struct {
	Service    string            // "s3"
	Operation  string            // "PutObject"
	Code       string            // "NoSuchKey"; empty if no server answered
	Message    string            // the server's message
	StatusCode int               // HTTP status; 0 if no server answered
	RequestID  string            // what AWS support asks for
	HostID     string            // the second identifier they ask for (x-amz-id-2)
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
	ErrNoSuchBucket                    error = &apierror.Sentinel{Service: "s3", Code: "NoSuchBucket"}
	ErrNoSuchKey                       error = &apierror.Sentinel{Service: "s3", Code: "NoSuchKey"}
	ErrNoSuchVersion                   error = &apierror.Sentinel{Service: "s3", Code: "NoSuchVersion"}
	ErrNoSuchUpload                    error = &apierror.Sentinel{Service: "s3", Code: "NoSuchUpload"}
	ErrNoSuchLifecycleConfiguration    error = &apierror.Sentinel{Service: "s3", Code: "NoSuchLifecycleConfiguration"}
	ErrNoSuchObjectLockConfiguration   error = &apierror.Sentinel{Service: "s3", Code: "NoSuchObjectLockConfiguration"}
	ErrObjectLockConfigurationNotFound error = &apierror.Sentinel{Service: "s3", Code: "ObjectLockConfigurationNotFoundError"}
	ErrNoSuchTagSet                    error = &apierror.Sentinel{Service: "s3", Code: "NoSuchTagSet"}

	ErrAccessDenied            error = &apierror.Sentinel{Service: "s3", Code: "AccessDenied"}
	ErrInvalidAccessKeyId      error = &apierror.Sentinel{Service: "s3", Code: "InvalidAccessKeyId"}
	ErrSignatureDoesNotMatch   error = &apierror.Sentinel{Service: "s3", Code: "SignatureDoesNotMatch"}
	ErrExpiredToken            error = &apierror.Sentinel{Service: "s3", Code: "ExpiredToken"}
	ErrRequestTimeTooSkewed    error = &apierror.Sentinel{Service: "s3", Code: "RequestTimeTooSkewed"}
	ErrBucketAlreadyExists     error = &apierror.Sentinel{Service: "s3", Code: "BucketAlreadyExists"}
	ErrBucketAlreadyOwnedByYou error = &apierror.Sentinel{Service: "s3", Code: "BucketAlreadyOwnedByYou"}
	ErrBucketNotEmpty          error = &apierror.Sentinel{Service: "s3", Code: "BucketNotEmpty"}
	ErrInvalidBucketState      error = &apierror.Sentinel{Service: "s3", Code: "InvalidBucketState"}

	ErrNotModified                           error = &apierror.Sentinel{Service: "s3", Code: "NotModified"}
	ErrPreconditionFailed                    error = &apierror.Sentinel{Service: "s3", Code: "PreconditionFailed"}
	ErrConditionalRequestConflict            error = &apierror.Sentinel{Service: "s3", Code: "ConditionalRequestConflict"}
	ErrRestoreAlreadyInProgress              error = &apierror.Sentinel{Service: "s3", Code: "RestoreAlreadyInProgress"}
	ErrObjectAlreadyInActiveTier             error = &apierror.Sentinel{Service: "s3", Code: "ObjectAlreadyInActiveTierError"}
	ErrGlacierExpeditedRetrievalNotAvailable error = &apierror.Sentinel{Service: "s3", Code: "GlacierExpeditedRetrievalNotAvailable"}
	ErrIdempotencyParameterMismatch          error = &apierror.Sentinel{Service: "s3", Code: "IdempotencyParameterMismatch"}

	ErrInvalidRequest         error = &apierror.Sentinel{Service: "s3", Code: "InvalidRequest"}
	ErrInvalidRange           error = &apierror.Sentinel{Service: "s3", Code: "InvalidRange"}
	ErrInvalidObjectState     error = &apierror.Sentinel{Service: "s3", Code: "InvalidObjectState"}
	ErrInvalidPart            error = &apierror.Sentinel{Service: "s3", Code: "InvalidPart"}
	ErrInvalidPartOrder       error = &apierror.Sentinel{Service: "s3", Code: "InvalidPartOrder"}
	ErrInvalidWriteOffset     error = &apierror.Sentinel{Service: "s3", Code: "InvalidWriteOffset"}
	ErrEntityTooSmall         error = &apierror.Sentinel{Service: "s3", Code: "EntityTooSmall"}
	ErrEntityTooLarge         error = &apierror.Sentinel{Service: "s3", Code: "EntityTooLarge"}
	ErrTooManyParts           error = &apierror.Sentinel{Service: "s3", Code: "TooManyParts"}
	ErrEncryptionTypeMismatch error = &apierror.Sentinel{Service: "s3", Code: "EncryptionTypeMismatch"}
	ErrObjectNotInActiveTier  error = &apierror.Sentinel{Service: "s3", Code: "ObjectNotInActiveTierError"}
	ErrInvalidTag             error = &apierror.Sentinel{Service: "s3", Code: "InvalidTag"}
	ErrMalformedXML           error = &apierror.Sentinel{Service: "s3", Code: "MalformedXML"}
	ErrBadDigest              error = &apierror.Sentinel{Service: "s3", Code: "BadDigest", Also: "XAmzContentChecksumMismatch"}
	ErrSlowDown               error = &apierror.Sentinel{Service: "s3", Code: "SlowDown"}
	ErrKeyTooLong             error = &apierror.Sentinel{Service: "s3", Code: "KeyTooLongError"}
	ErrInvalidBucketName      error = &apierror.Sentinel{Service: "s3", Code: "InvalidBucketName"}
	ErrNotImplemented         error = &apierror.Sentinel{Service: "s3", Code: "NotImplemented"}
	ErrMethodNotAllowed       error = &apierror.Sentinel{Service: "s3", Code: "MethodNotAllowed"}

	ErrNoSuchConfiguration   error = &apierror.Sentinel{Service: "s3", Code: "NoSuchConfiguration"} // analytics, inventory, metrics, intelligent tiering
	ErrTooManyConfigurations error = &apierror.Sentinel{Service: "s3", Code: "TooManyConfigurations"}

	ErrNoSuchCORSConfiguration                   error = &apierror.Sentinel{Service: "s3", Code: "NoSuchCORSConfiguration"}
	ErrNoSuchWebsiteConfiguration                error = &apierror.Sentinel{Service: "s3", Code: "NoSuchWebsiteConfiguration"}
	ErrNoSuchBucketPolicy                        error = &apierror.Sentinel{Service: "s3", Code: "NoSuchBucketPolicy"}
	ErrNoSuchPublicAccessBlockConfiguration      error = &apierror.Sentinel{Service: "s3", Code: "NoSuchPublicAccessBlockConfiguration"}
	ErrOwnershipControlsNotFound                 error = &apierror.Sentinel{Service: "s3", Code: "OwnershipControlsNotFoundError"}
	ErrServerSideEncryptionConfigurationNotFound error = &apierror.Sentinel{Service: "s3", Code: "ServerSideEncryptionConfigurationNotFoundError"}
	ErrAccessControlListNotSupported             error = &apierror.Sentinel{Service: "s3", Code: "AccessControlListNotSupported"}
	ErrInvalidBucketAclWithObjectOwnership       error = &apierror.Sentinel{Service: "s3", Code: "InvalidBucketAclWithObjectOwnership"}
	ErrMalformedACL                              error = &apierror.Sentinel{Service: "s3", Code: "MalformedACLError"}
	ErrMalformedPolicy                           error = &apierror.Sentinel{Service: "s3", Code: "MalformedPolicy"}

	ErrReplicationConfigurationNotFound error = &apierror.Sentinel{Service: "s3", Code: "ReplicationConfigurationNotFoundError"}
	ErrMetadataConfigurationNotFound    error = &apierror.Sentinel{Service: "s3", Code: "MetadataConfigurationNotFound"}

	ErrNoSuchAnnotation        error = &apierror.Sentinel{Service: "s3", Code: "NoSuchAnnotation"}
	ErrInvalidAnnotationName   error = &apierror.Sentinel{Service: "s3", Code: "InvalidAnnotationName"}
	ErrAnnotationNameTooLong   error = &apierror.Sentinel{Service: "s3", Code: "AnnotationNameTooLong"}
	ErrAnnotationLimitExceeded error = &apierror.Sentinel{Service: "s3", Code: "AnnotationLimitExceeded"}
	ErrUnsupportedMediaType    error = &apierror.Sentinel{Service: "s3", Code: "UnsupportedMediaType"} // an annotation that is not UTF-8
	ErrInvalidPrefix           error = &apierror.Sentinel{Service: "s3", Code: "InvalidPrefix"}
)
