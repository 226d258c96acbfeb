package storagetest

import (
	"fmt"
	"net/http"
)

// b2Error is the body of every failed B2 answer.
type b2Error struct {
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *b2Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

func b2Fail(status int, code, format string, args ...any) error {
	return &b2Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

func b2BadRequest(format string, args ...any) error {
	return b2Fail(http.StatusBadRequest, "bad_request", format, args...)
}

func b2BadBucket(id string) error {
	return b2Fail(http.StatusBadRequest, "bad_bucket_id", "Bucket %s does not exist", id)
}

func b2NoUpload(fileID string) error {
	return b2BadRequest("No active upload for: %s", fileID)
}

func b2NotFound(what string) error {
	return b2Fail(http.StatusNotFound, "not_found", "%s", what)
}

// b2Unauthorized refuses a good token that lacks a capability or is restricted
// to other buckets or names. A client must not answer it by authorizing again.
func b2Unauthorized(format string, args ...any) error {
	return b2Fail(http.StatusUnauthorized, "unauthorized", format, args...)
}

func b2BadToken(message string) error {
	return b2Fail(http.StatusUnauthorized, "bad_auth_token", "%s", message)
}

func b2ExpiredToken() error {
	return b2Fail(http.StatusUnauthorized, "expired_auth_token", "Authorization token has expired")
}
