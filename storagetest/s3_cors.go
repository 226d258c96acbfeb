package storagetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var s3CORSHandlers = handlers{
	"PutBucketCors":    bucketCORS.put,
	"GetBucketCors":    bucketCORS.get,
	"DeleteBucketCors": bucketCORS.delete,
}

type cors struct {
	Rules []corsRule `xml:"CORSRule"`
}

type corsRule struct {
	ID             string   `xml:",omitempty"`
	AllowedOrigins []string `xml:"AllowedOrigin"`
	AllowedMethods []string `xml:"AllowedMethod"`
	AllowedHeaders []string `xml:"AllowedHeader"`
	ExposeHeaders  []string `xml:"ExposeHeader"`
	MaxAgeSeconds  *int32   `xml:",omitempty"`
}

// maxCORSRules bounds the rules of a bucket.
const maxCORSRules = 100

var bucketCORS = s3Document[cors]{
	root: "CORSConfiguration",
	of:   func(b *s3Bucket) **cors { return &b.cors },
	check: func(_ *s3Call, _ *s3Bucket, doc *cors) *s3Error {
		if n := len(doc.Rules); n == 0 || n > maxCORSRules {
			return errorMalformedXML()
		}
		for _, r := range doc.Rules {
			if err := r.check(); err != nil {
				return err
			}
		}
		return nil
	},
	code:    "NoSuchCORSConfiguration",
	message: "The CORS configuration does not exist",
}

func (r *corsRule) check() *s3Error {
	if len(r.AllowedMethods) == 0 || len(r.AllowedOrigins) == 0 || len(r.ID) > 255 {
		return errorMalformedXML()
	}
	for _, method := range r.AllowedMethods {
		if !slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "HEAD"}, method) {
			return errorInvalidRequest("Found unsupported HTTP method in CORS config. Unsupported method is " + method)
		}
	}
	for _, origin := range r.AllowedOrigins {
		if strings.Count(origin, "*") > 1 {
			return errorInvalidRequest(`AllowedOrigin "` + origin + `" can not have more than one wildcard.`)
		}
	}
	for _, header := range r.AllowedHeaders {
		if strings.Count(header, "*") > 1 {
			return errorInvalidRequest(`AllowedHeader "` + header + `" can not have more than one wildcard.`)
		}
	}
	for _, header := range r.ExposeHeaders {
		if strings.Contains(header, "*") {
			return errorInvalidRequest(`ExposeHeader "` + header + `" contains wildcard. We currently do not support wildcard for ExposeHeader.`)
		}
	}
	return nil
}

// matches reports whether the rule allows the request.
func (r *corsRule) matches(origin, method string, headers []string) bool {
	return slices.Contains(r.AllowedMethods, method) &&
		slices.ContainsFunc(r.AllowedOrigins, func(pattern string) bool { return matchesWildcard(pattern, origin) }) &&
		headersAllowed(r.AllowedHeaders, headers)
}

// allowOrigin adds to the answer what a browser wants to know of the rule that
// allows the request. It returns whether there is one, whether the bucket exists
// and whether it has any rules.
func (c *s3Call) allowOrigin() (allowed, exists, has bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.buckets[c.target.bucket]
	if b == nil || b.cors == nil {
		return false, b != nil, false
	}
	origin, method := c.header("Origin"), c.header("Access-Control-Request-Method")
	if method == "" {
		method = c.r.Method
	}
	headers := headersAsked(c.r.Header)
	i := slices.IndexFunc(b.cors.Rules, func(r corsRule) bool { return r.matches(origin, method, headers) })
	if i < 0 {
		return false, true, true
	}
	rule := &b.cors.Rules[i]
	h := c.w.Header()
	if slices.Contains(rule.AllowedOrigins, "*") {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(rule.AllowedMethods, ", "))
	if len(headers) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(headers, ", "))
	}
	if len(rule.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(rule.ExposeHeaders, ", "))
	}
	if rule.MaxAgeSeconds != nil {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(*rule.MaxAgeSeconds)))
	}
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
	return true, true, true
}

// preflight answers the request with which a browser asks whether a page may
// make another one. It is not signed.
func (c *s3Call) preflight() *s3Error {
	if c.header("Origin") == "" {
		return &s3Error{status: 400, code: "BadRequest", message: "Insufficient information. Origin request header needed."}
	}
	method := c.header("Access-Control-Request-Method")
	if method == "" {
		method = c.r.Method
	}
	forbidden := func(message, resource string) *s3Error {
		return &s3Error{status: 403, code: "AccessForbidden", message: "CORSResponse: " + message, extra: []string{"Method", method, "ResourceType", resource}}
	}
	switch allowed, exists, has := c.allowOrigin(); {
	case !exists:
		return forbidden("Bucket not found", "BUCKET")
	case !has:
		return forbidden("CORS is not enabled for this bucket.", "BUCKET")
	case !allowed:
		return forbidden("This CORS request is not allowed.", "OBJECT")
	}
	c.respond(http.StatusOK, nil)
	return nil
}
