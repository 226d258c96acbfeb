package b2_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/internal/vectors"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// codes are the service's, with what they are to errors.Is and how often they
// are tried.
var codes = []struct {
	status   int
	code     string
	is       error
	class    error // of io/fs
	attempts int
}{
	{400, "bad_request", b2.ErrBadRequest, nil, 1},
	{400, "bad_json", b2.ErrBadRequest, nil, 1},
	{400, "bad_value", b2.ErrBadRequest, nil, 1},
	{400, "bad_bucket_id", b2.ErrBadBucketId, fs.ErrNotExist, 1},
	{400, "invalid_bucket_id", b2.ErrBadBucketId, fs.ErrNotExist, 1},
	{400, "bad_bucket_name", b2.ErrInvalidBucketName, nil, 1},
	{400, "invalid_bucket_name", b2.ErrInvalidBucketName, nil, 1},
	{400, "invalid_bucket_info", b2.ErrInvalidBucketInfo, nil, 1},
	{400, "invalid_file_name", b2.ErrInvalidFileName, nil, 1},
	{400, "invalid_file_info", b2.ErrInvalidFileInfo, nil, 1},
	{400, "invalid_part_number", b2.ErrInvalidPartNumber, nil, 1},
	{400, "duplicate_bucket_name", b2.ErrDuplicateBucketName, fs.ErrExist, 1},
	{400, "too_many_buckets", b2.ErrTooManyBuckets, nil, 1},
	{400, "cannot_delete_non_empty_bucket", b2.ErrCannotDeleteNonEmptyBucket, nil, 1},
	{400, "file_not_present", b2.ErrFileNotPresent, fs.ErrNotExist, 1},
	{404, "file_not_present", b2.ErrFileNotPresent, fs.ErrNotExist, 1},
	{400, "no_such_file", b2.ErrNoSuchFile, fs.ErrNotExist, 1},
	{400, "already_hidden", b2.ErrAlreadyHidden, nil, 1},
	{400, "source_too_large", b2.ErrSourceTooLarge, nil, 1},
	{409, "conflict", b2.ErrConflict, nil, 1},
	{400, "file_lock_conflict", b2.ErrFileLockConflict, nil, 1},
	{400, "source_replication_conflict", b2.ErrSourceReplicationConflict, nil, 1},
	{400, "restricted_bucket_conflict", b2.ErrRestrictedBucketConflict, nil, 1},
	{400, "retain_until_timestamp_must_be_in_future", b2.ErrRetainUntilTimestampMustBeInFuture, nil, 1},
	{400, "event_types_empty", b2.ErrEventTypesEmpty, nil, 1},
	{400, "event_type_invalid", b2.ErrEventTypeInvalid, nil, 1},
	{400, "event_type_overlap", b2.ErrEventTypeOverlap, nil, 1},
	{400, "event_type_categories", b2.ErrEventTypeCategories, nil, 1},
	{400, "out_of_range", b2.ErrOutOfRange, nil, 1},
	{400, "invalid_file_id", b2.ErrInvalidFileId, nil, 1},
	{400, "missing_part", b2.ErrMissingPart, nil, 1},
	{400, "part_sha1_mismatch", b2.ErrPartSha1Mismatch, nil, 1},
	{400, "auth_token_limit", b2.ErrAuthTokenLimit, nil, 1},
	{400, "metadata_exceeded", b2.ErrMetadataExceeded, nil, 1},
	{400, "bucket_missing_file_lock", b2.ErrBucketMissingFileLock, nil, 1},
	{400, "file_lock_not_enabled", b2.ErrBucketMissingFileLock, nil, 1},
	{400, "custom_timestamp_not_allowed", b2.ErrCustomTimestampNotAllowed, nil, 1},
	{400, "custom_timestamp_invalid", b2.ErrCustomTimestampInvalid, nil, 1},
	{400, "file_lock_governance_protected", b2.ErrFileLocked, fs.ErrPermission, 1},
	{400, "file_lock_compliance_protected", b2.ErrFileLocked, fs.ErrPermission, 1},
	{400, "file_lock_legal_hold_protected", b2.ErrFileLocked, fs.ErrPermission, 1},
	{401, "unauthorized", b2.ErrUnauthorized, fs.ErrPermission, 1},
	{403, "unauthorized", b2.ErrUnauthorized, fs.ErrPermission, 1},
	{401, "unsupported", b2.ErrUnsupported, fs.ErrPermission, 1},
	{401, "bad_auth_token", b2.ErrBadAuthToken, fs.ErrPermission, 2},
	{401, "expired_auth_token", b2.ErrExpiredAuthToken, fs.ErrPermission, 2},
	{401, "missing_auth_token", b2.ErrBadAuthToken, fs.ErrPermission, 2},
	{401, "access_denied", b2.ErrAccessDenied, fs.ErrPermission, 1},
	{403, "access_denied", b2.ErrAccessDenied, fs.ErrPermission, 1},
	{401, "email_not_verified", b2.ErrEmailNotVerified, fs.ErrPermission, 1},
	{401, "no_payment_history", b2.ErrNoPaymentHistory, fs.ErrPermission, 1},
	{403, "cap_exceeded", b2.ErrCapExceeded, nil, 1},
	{403, "storage_cap_exceeded", b2.ErrStorageCapExceeded, nil, 1},
	{403, "download_cap_exceeded", b2.ErrDownloadCapExceeded, nil, 1},
	{403, "transaction_cap_exceeded", b2.ErrTransactionCapExceeded, nil, 1},
	{404, "not_found", b2.ErrNotFound, fs.ErrNotExist, 1},
	{405, "method_not_allowed", b2.ErrMethodNotAllowed, nil, 1},
	{408, "request_timeout", b2.ErrRequestTimeout, nil, 5},
	{416, "range_not_satisfiable", b2.ErrRangeNotSatisfiable, nil, 1},
	{429, "too_many_requests", b2.ErrTooManyRequests, nil, 5},
	{500, "internal_error", b2.ErrInternalError, nil, 5},
	{503, "service_unavailable", b2.ErrServiceUnavailable, nil, 5},
	{503, "bad_request", b2.ErrBadRequest, nil, 5},
}

func TestErrorCodes(t *testing.T) {
	srv, client := start(t)
	for _, c := range codes {
		srv.ForgetFaults()
		srv.Inject(storagetest.Fault{Operation: "b2_list_buckets", Status: c.status, Code: c.code, Message: "so it is"})
		_, err := client.ListBuckets(t.Context(), nil)
		var e *b2.Error
		if !errors.As(err, &e) {
			t.Errorf("%d %s: error %v", c.status, c.code, err)
			continue
		}
		if e.StatusCode != c.status || e.Code != c.code || e.Message != "so it is" || e.Attempts != c.attempts || e.Operation != "ListBuckets" {
			t.Errorf("%d %s: %+v, want %d attempts", c.status, c.code, e, c.attempts)
		}
		if !errors.Is(err, c.is) {
			t.Errorf("%d %s is not %v", c.status, c.code, c.is)
		}
		for _, class := range []error{fs.ErrNotExist, fs.ErrExist, fs.ErrPermission} {
			if errors.Is(err, class) != (class == c.class) {
				t.Errorf("%d %s: errors.Is(err, %v) = %v", c.status, c.code, class, class != c.class)
			}
		}
		if errors.Is(err, b2.ErrCapExceeded) != strings.HasSuffix(c.code, "cap_exceeded") {
			t.Errorf("%d %s and the caps", c.status, c.code)
		}
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != c.code || (api.ErrorFault() == smithy.FaultServer) != (c.status >= 500) {
			t.Errorf("%d %s as a smithy.APIError: %v", c.status, c.code, api)
		}
	}
}

// TestErrorCodesAreAllThere compares with the facts.
func TestErrorCodesAreAllThere(t *testing.T) {
	table := factSections(string(vectors.Facts(t, "b2.md")))["6.1"]
	row := regexp.MustCompile(`(?m)^\| (\d{3}) \| ([^|]*) \|`)
	code := regexp.MustCompile(`\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\bunauthorized\b|\bunsupported\b`)
	known := make(map[string]bool)
	for _, c := range codes {
		known[strconv.Itoa(c.status)+c.code] = true
	}
	n := 0
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		names, _, _ := strings.Cut(m[2], "(message")
		for _, name := range code.FindAllString(names, -1) {
			n++
			if !known[m[1]+name] {
				t.Errorf("%s %s is not tested", m[1], name)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d codes were found in the facts", n)
	}
}

func TestFileThatIsLocked(t *testing.T) {
	srv, client := start(t)
	info := put(t, client.Bucket("photos"), "f", []byte("x"))
	for _, status := range []int{401, 403} {
		for operation, call := range map[string]func() error{
			"b2_delete_file_version": func() error {
				_, err := client.DeleteFileVersion(t.Context(), &b2.DeleteFileVersionInput{FileName: "f", FileId: info.Version})
				return err
			},
			"b2_update_file_retention": func() error {
				_, err := client.UpdateFileRetention(t.Context(), &b2.UpdateFileRetentionInput{FileName: "f", FileId: info.Version})
				return err
			},
			"b2_update_file_legal_hold": func() error {
				_, err := client.UpdateFileLegalHold(t.Context(), &b2.UpdateFileLegalHoldInput{FileName: "f", FileId: info.Version, LegalHold: b2.LegalHoldOff})
				return err
			},
		} {
			srv.ForgetFaults()
			srv.ForgetRequests()
			srv.Inject(storagetest.Fault{Operation: operation, Status: status, Code: "access_denied"})
			err := call()
			locked := operation != "b2_update_file_legal_hold" // a matter of rights alone
			if errors.Is(err, b2.ErrFileLocked) != locked || !errors.Is(err, fs.ErrPermission) || !errors.Is(err, b2.ErrAccessDenied) {
				t.Errorf("%s with status %d: %v", operation, status, err)
			}
			if n := count(srv, operation); n != 1 {
				t.Errorf("%s with status %d: %d attempts", operation, status, n)
			}
		}
	}
}

func TestAnswersWithoutADocument(t *testing.T) {
	srv, client := start(t)
	put(t, client.Bucket("photos"), "f", []byte("x"))
	for _, c := range []struct {
		status   int
		want     error
		attempts int
	}{
		{400, b2.ErrBadRequest, 1},
		{401, b2.ErrUnauthorized, 2}, // it may be the token
		{403, fs.ErrPermission, 1},
		{404, fs.ErrNotExist, 1},
		{503, b2.ErrServiceUnavailable, 5},
	} {
		srv.ForgetFaults()
		srv.Inject(storagetest.Fault{Operation: "b2_download_file_by_name", Status: c.status})
		_, err := client.Bucket("photos").Stat(t.Context(), "f", "")
		var e *b2.Error
		if !errors.As(err, &e) || !errors.Is(err, c.want) || e.Attempts != c.attempts {
			t.Errorf("HEAD answered with %d: %v, want %v after %d attempts", c.status, err, c.want, c.attempts)
		}
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var log bytes.Buffer
	srv, client := start(t, func(c *b2.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	srv.Inject(storagetest.Fault{Operation: "b2_upload_file", Nth: 1, Status: 503})
	srv.Inject(storagetest.Fault{Operation: "b2_list_buckets", Nth: 1, ExpireToken: true})
	if _, err := client.Bucket("photos").Put(t.Context(), "f", transfer.Attrs{}, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	auth, err := client.AuthorizeAccount(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	text := log.String()
	if !strings.Contains(text, "UploadFile") || !strings.Contains(text, "retry") {
		t.Errorf("the log tells nothing:\n%s", text)
	}
	for _, s := range []string{secret, string(auth.AuthorizationToken), "_acct_", "_upld_"} {
		if strings.Contains(text, s) {
			t.Errorf("%s is in the log:\n%s", s, text)
		}
	}
}
