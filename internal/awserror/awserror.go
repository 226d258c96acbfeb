// Package awserror knows what the error codes that AWS services share mean for
// another attempt.
package awserror

import (
	"net/http"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// retryable are the codes that are worth another attempt beyond those whose
// status says so; true: the server asks for less.
var retryable = map[string]bool{
	"RequestTimeout": false, "RequestTimeoutException": false, "InternalError": false, "ServiceException": false,
	"ConditionalRequestConflict": false, "PriorRequestNotComplete": false, "TransactionInProgressException": false,
	"SlowDown": true, "ServiceUnavailable": true, "Throttling": true, "ThrottlingException": true, "ThrottledException": true,
	"RequestThrottled": true, "RequestThrottledException": true, "TooManyRequestsException": true,
	"RequestLimitExceeded": true, "BandwidthLimitExceeded": true, "LimitExceededException": true,
	"EC2ThrottledException": true,
}

const (
	// skewTolerance is what a clock may be off without explaining why a
	// server says that it is off.
	skewTolerance = 2 * time.Second
	// skewSuspicion is what it must be off to explain a refusal for which the
	// server gives another reason, or none: a HEAD's bare 403.
	skewSuspicion = 5 * time.Minute
)

// Judge says whether an attempt that a service refused with e is worth
// another. It mends what can be: a skewed clock, keys that have expired. The
// attempt was signed with used, which came from keys.
func Judge(c *pipeline.Call, h http.Header, e *apierror.Error, keys credentials.Provider, used credentials.Credentials) pipeline.Verdict {
	switch e.Code {
	case "RequestTimeTooSkewed", "RequestExpired", "AuthFailure":
		return again(c.CorrectSkew(h, skewTolerance))
	case "SignatureDoesNotMatch", "InvalidSignatureException", "AccessDenied", "AccessDeniedException":
		return again(c.CorrectSkew(h, skewSuspicion))
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
		cache, ok := keys.(credentials.Refresher)
		if !ok || c.Refreshed {
			return pipeline.Fail
		}
		c.Refreshed = true
		cache.Invalidate(used)
		return pipeline.Again
	}
	if throttled, ok := retryable[e.Code]; ok {
		if throttled {
			return pipeline.Throttle
		}
		return pipeline.Retry
	}
	switch e.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return pipeline.Throttle
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return pipeline.Retry
	}
	return pipeline.Fail
}

func again(mended bool) pipeline.Verdict {
	if mended {
		return pipeline.Again
	}
	return pipeline.Fail
}
