package b2

import (
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
)

// Error is the error of every call of this package: what the server answered,
// or, with an empty Code, why there is no answer. errors.Is finds the cause in
// Err, the sentinels below by their code, and the errors of io/fs by their
// meaning: [fs.ErrNotExist] for anything that is not there,
// [fs.ErrPermission], [fs.ErrExist]. It holds no key and no token.
type Error struct {
	Service    string            // "b2"
	Operation  string            // the API's name for the call, such as "ListBuckets"
	Code       string            // the API's code; empty if no server answered
	Message    string            // what the server says
	StatusCode int               // HTTP status; 0 if no server answered
	RequestID  string            // what Backblaze's support asks for, if the server tells it
	HostID     string            // empty
	Host       string            // the host of the last attempt
	Attempts   int               // how many were made; 0 if nothing was sent
	RetryAfter time.Duration     // how long the server asked to wait, in its last answer; 0: it did not
	Details    map[string]string // nil
	Err        error             // the cause, where it is not the server's answer
}

var _ smithy.APIError = (*Error)(nil)

// Error is the failure in one sentence.
func (e *Error) Error() string { return (*apierror.Error)(e).Text() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is implements the cases of errors.Is that Error describes.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		// The answer to a HEAD has no code. By the time a caller sees it, the
		// token has been renewed: it is a right that is missing.
		if e.Code == "" && e.StatusCode == http.StatusUnauthorized {
			return true
		}
	case ErrBadRequest:
		return e.Code == "bad_request" || e.Code == "bad_json" || e.Code == "bad_value"
	case ErrCapExceeded:
		return strings.HasSuffix(e.Code, "cap_exceeded")
	case ErrFileLocked:
		// Most servers do not say what forbids a deletion, or a shorter
		// retention. A legal hold can always be changed, by who may.
		return strings.HasPrefix(e.Code, "file_lock_") && strings.HasSuffix(e.Code, "_protected") ||
			e.Code == "access_denied" && (e.Operation == opDeleteFileVersion.Name || e.Operation == opUpdateFileRetention.Name)
	}
	return (*apierror.Error)(e).Matches(target, classes)
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

// Codes of errors, for [errors.Is]. Codes that are not here are in
// [Error.Code].
var (
	ErrBadRequest      error = &apierror.Sentinel{Service: service, Code: "bad_request"}
	ErrInvalidFileName error = &apierror.Sentinel{Service: service, Code: "invalid_file_name"}
	ErrInvalidFileInfo error = &apierror.Sentinel{Service: service, Code: "invalid_file_info"}
	ErrInvalidFileId   error = &apierror.Sentinel{Service: service, Code: "invalid_file_id"}
	ErrOutOfRange      error = &apierror.Sentinel{Service: service, Code: "out_of_range"}

	ErrBadBucketId                error = &apierror.Sentinel{Service: service, Code: "bad_bucket_id", Also: "invalid_bucket_id"}
	ErrInvalidBucketName          error = &apierror.Sentinel{Service: service, Code: "invalid_bucket_name", Also: "bad_bucket_name"}
	ErrInvalidBucketInfo          error = &apierror.Sentinel{Service: service, Code: "invalid_bucket_info"}
	ErrDuplicateBucketName        error = &apierror.Sentinel{Service: service, Code: "duplicate_bucket_name"}
	ErrTooManyBuckets             error = &apierror.Sentinel{Service: service, Code: "too_many_buckets"}
	ErrCannotDeleteNonEmptyBucket error = &apierror.Sentinel{Service: service, Code: "cannot_delete_non_empty_bucket"}
	// ErrConflict says that a bucket is not, or not any more, as an update
	// expected.
	ErrConflict                  error = &apierror.Sentinel{Service: service, Code: "conflict"}
	ErrFileLockConflict          error = &apierror.Sentinel{Service: service, Code: "file_lock_conflict"}
	ErrSourceReplicationConflict error = &apierror.Sentinel{Service: service, Code: "source_replication_conflict"}
	ErrRestrictedBucketConflict  error = &apierror.Sentinel{Service: service, Code: "restricted_bucket_conflict"}
	ErrBucketMissingFileLock     error = &apierror.Sentinel{Service: service, Code: "bucket_missing_file_lock", Also: "file_lock_not_enabled"}

	ErrNotFound       error = &apierror.Sentinel{Service: service, Code: "not_found"}
	ErrNoSuchFile     error = &apierror.Sentinel{Service: service, Code: "no_such_file"}
	ErrFileNotPresent error = &apierror.Sentinel{Service: service, Code: "file_not_present"}
	ErrAlreadyHidden  error = &apierror.Sentinel{Service: service, Code: "already_hidden"}
	ErrSourceTooLarge error = &apierror.Sentinel{Service: service, Code: "source_too_large"}
	// ErrFileLocked says that retention or a legal hold protects a file.
	ErrFileLocked error = &apierror.Sentinel{Service: service, Code: "file_locked"}

	ErrRetainUntilTimestampMustBeInFuture error = &apierror.Sentinel{Service: service, Code: "retain_until_timestamp_must_be_in_future"}

	ErrEventTypesEmpty     error = &apierror.Sentinel{Service: service, Code: "event_types_empty"}
	ErrEventTypeInvalid    error = &apierror.Sentinel{Service: service, Code: "event_type_invalid"}
	ErrEventTypeOverlap    error = &apierror.Sentinel{Service: service, Code: "event_type_overlap"}
	ErrEventTypeCategories error = &apierror.Sentinel{Service: service, Code: "event_type_categories"}

	ErrInvalidPartNumber         error = &apierror.Sentinel{Service: service, Code: "invalid_part_number"}
	ErrMissingPart               error = &apierror.Sentinel{Service: service, Code: "missing_part"}
	ErrPartSha1Mismatch          error = &apierror.Sentinel{Service: service, Code: "part_sha1_mismatch"}
	ErrMetadataExceeded          error = &apierror.Sentinel{Service: service, Code: "metadata_exceeded"}
	ErrCustomTimestampNotAllowed error = &apierror.Sentinel{Service: service, Code: "custom_timestamp_not_allowed"}
	ErrCustomTimestampInvalid    error = &apierror.Sentinel{Service: service, Code: "custom_timestamp_invalid"}
	ErrRangeNotSatisfiable       error = &apierror.Sentinel{Service: service, Code: "range_not_satisfiable"}

	// ErrUnauthorized says that the key is not valid, or does not have the
	// capability, the bucket or the prefix that the call needs.
	ErrUnauthorized     error = &apierror.Sentinel{Service: service, Code: "unauthorized"}
	ErrAccessDenied     error = &apierror.Sentinel{Service: service, Code: "access_denied"}
	ErrBadAuthToken     error = &apierror.Sentinel{Service: service, Code: "bad_auth_token", Also: "missing_auth_token"}
	ErrExpiredAuthToken error = &apierror.Sentinel{Service: service, Code: "expired_auth_token"}
	// ErrUnsupported says that the key cannot be used with this version of the API.
	ErrUnsupported      error = &apierror.Sentinel{Service: service, Code: "unsupported"}
	ErrEmailNotVerified error = &apierror.Sentinel{Service: service, Code: "email_not_verified"}
	ErrNoPaymentHistory error = &apierror.Sentinel{Service: service, Code: "no_payment_history"}
	// ErrAuthTokenLimit says that an upload URL serves another upload.
	ErrAuthTokenLimit error = &apierror.Sentinel{Service: service, Code: "auth_token_limit"}

	// ErrCapExceeded is any of the caps that the account's owner has set: the
	// call will not succeed before the cap is raised or, for the two latter,
	// the day is over.
	ErrCapExceeded            error = &apierror.Sentinel{Service: service, Code: "cap_exceeded"}
	ErrStorageCapExceeded     error = &apierror.Sentinel{Service: service, Code: "storage_cap_exceeded"}
	ErrDownloadCapExceeded    error = &apierror.Sentinel{Service: service, Code: "download_cap_exceeded"}
	ErrTransactionCapExceeded error = &apierror.Sentinel{Service: service, Code: "transaction_cap_exceeded"}

	ErrMethodNotAllowed   error = &apierror.Sentinel{Service: service, Code: "method_not_allowed"}
	ErrRequestTimeout     error = &apierror.Sentinel{Service: service, Code: "request_timeout"}
	ErrTooManyRequests    error = &apierror.Sentinel{Service: service, Code: "too_many_requests"}
	ErrInternalError      error = &apierror.Sentinel{Service: service, Code: "internal_error"}
	ErrServiceUnavailable error = &apierror.Sentinel{Service: service, Code: "service_unavailable"}
)

// classes are the codes whose meaning the status does not tell, or tells wrong.
var classes = map[string]error{
	"bad_bucket_id":         fs.ErrNotExist,
	"invalid_bucket_id":     fs.ErrNotExist,
	"file_not_present":      fs.ErrNotExist,
	"no_such_file":          fs.ErrNotExist,
	"duplicate_bucket_name": fs.ErrExist,

	"file_lock_governance_protected": fs.ErrPermission,
	"file_lock_compliance_protected": fs.ErrPermission,
	"file_lock_legal_hold_protected": fs.ErrPermission,

	"cap_exceeded":             nil, // 403, but no matter of rights
	"storage_cap_exceeded":     nil,
	"download_cap_exceeded":    nil,
	"transaction_cap_exceeded": nil,
}

// failure is the document of an error.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// readFailure reads an error's document into e. Answers to a HEAD have none, and
// what stands before the service writes others: then the status speaks.
func readFailure(body []byte, e *apierror.Error) {
	var doc failure
	if err := codec.Decode(&codec.Response{Body: body}, document, &doc); err == nil {
		e.Code, e.Message = doc.Code, doc.Message
	}
	switch {
	case e.Code == "":
		e.Code = codeOf(e.StatusCode)
		if e.Code == "bad_request" && len(body) == 0 {
			e.Message = "the answer to a HEAD says no more; with SSE-C it is that of a request without the file's key"
		}
	case e.Code == "bad_request" && strings.Contains(e.Message, "more than one upload using auth token"):
		e.Code = ErrAuthTokenLimit.(*apierror.Sentinel).Code // it had no code of its own once
	}
}

// codeOf is the code of an answer that has only a status. A bare 401 has none:
// it can be a token that has expired or a right that is missing. A bare 400 does
// not say that a file is not there, as it is also what a HEAD without its SSE-C
// key gets.
func codeOf(status int) string {
	switch {
	case status == http.StatusBadRequest:
		return "bad_request"
	case status == http.StatusNotFound:
		return "not_found"
	case status == http.StatusMethodNotAllowed:
		return "method_not_allowed"
	case status == http.StatusRequestTimeout:
		return "request_timeout"
	case status == http.StatusRequestedRangeNotSatisfiable:
		return "range_not_satisfiable"
	case status == http.StatusTooManyRequests:
		return "too_many_requests"
	case status == http.StatusInternalServerError:
		return "internal_error"
	case status > http.StatusInternalServerError:
		return "service_unavailable"
	}
	return ""
}

// conceal takes a token out of what a server says: the service names the token
// of an upload URL that is in use twice.
func conceal(e *apierror.Error, token string) {
	if token == "" {
		return
	}
	placeholder := Secret(token).String()
	e.Code = strings.ReplaceAll(e.Code, token, placeholder)
	e.Message = strings.ReplaceAll(e.Message, token, placeholder)
}
