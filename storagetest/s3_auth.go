package storagetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	sigV4Algorithm = "AWS4-HMAC-SHA256"
	sigV4Date      = "20060102T150405Z"
	maxSkew        = 15 * time.Minute
	maxExpires     = 7 * 24 * time.Hour

	unsignedPayload        = "UNSIGNED-PAYLOAD"
	streamingSigned        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamingUnsigned      = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// s3Signature is a signature as the request presents it, and, once it has been
// verified, what the signatures of chunks go on from.
type s3Signature struct {
	keyID, date, region, service string // of the credential
	headers                      []string
	signature                    string
	time                         time.Time
	token                        string // X-Amz-Security-Token
	sessionToken                 string // X-Amz-S3session-Token
	presigned                    bool
	expires                      time.Duration
	payload                      string // hash of the payload, as signed

	key []byte // signing key
}

func (g *s3Signature) scope() string {
	return g.date + "/" + g.region + "/" + g.service + "/aws4_request"
}

// accessKeyID is the key a request claims to be signed with.
func accessKeyID(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential = rest
	}
	id, _, _ := strings.Cut(credential, "/")
	return id
}

// signedService is the service that a request claims to be signed for.
func signedService(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, rest, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential, _, _ = strings.Cut(rest, ",")
	}
	if parts := strings.Split(credential, "/"); len(parts) > 2 {
		return parts[len(parts)-2]
	}
	return ""
}

// authenticate finds out who is calling and whether the request is unaltered. It
// works on the request as received.
func (c *s3Call) authenticate() *s3Error {
	if c.op == "PostObject" {
		return nil // the form is signed, not the request: see postObject
	}
	authorization := c.header("Authorization")
	presigned := c.query.Has("X-Amz-Signature") || c.query.Has("X-Amz-Algorithm") || c.query.Has("X-Amz-Credential")
	if authorization != "" && presigned {
		return errorInvalidArgument("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
			"Authorization", "(given)")
	}
	var g *s3Signature
	var err *s3Error
	switch {
	case presigned:
		g, err = c.queryAuthorization()
	case c.query.Has("AWSAccessKeyId"): // the second version of signatures
		return errorUnsupportedSignature()
	case authorization == "" && c.dialect.judge != nil:
		return nil
	case authorization == "":
		return errorAccessDenied("")
	default:
		scheme, rest, _ := strings.Cut(authorization, " ")
		if strings.EqualFold(scheme, "Bearer") && c.dialect.bearer != nil {
			return c.dialect.bearer(c, strings.TrimSpace(rest))
		}
		if scheme != sigV4Algorithm {
			return errorUnsupportedSignature()
		}
		g, err = c.headerAuthorization(rest)
	}
	if err != nil {
		return err
	}
	if err := c.checkScope(g); err != nil {
		return err
	}
	if err := c.checkTime(g); err != nil {
		return err
	}
	if err := c.checkSignedHeaders(g); err != nil {
		return err
	}
	c.mu.Lock()
	var key s3Key
	known := c.keys[g.keyID]
	if known != nil {
		key = *known
	}
	c.mu.Unlock()
	if known == nil {
		return &s3Error{status: 403, code: "InvalidAccessKeyId",
			message: "The AWS Access Key Id you provided does not exist in our records.",
			extra:   []string{"AWSAccessKeyId", g.keyID}}
	}
	canonical := c.canonicalRequest(g)
	hash := sha256.Sum256([]byte(canonical))
	toSign := strings.Join([]string{sigV4Algorithm, g.time.UTC().Format(sigV4Date), g.scope(), hex.EncodeToString(hash[:])}, "\n")
	g.key = signingKey(key.Secret, g)
	if !hmac.Equal([]byte(g.sign(toSign)), []byte(g.signature)) {
		return &s3Error{status: 403, code: "SignatureDoesNotMatch",
			message: "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
			extra: []string{"AWSAccessKeyId", g.keyID, "StringToSign", toSign, "SignatureProvided", g.signature,
				"StringToSignBytes", spacedHex(toSign), "CanonicalRequest", canonical, "CanonicalRequestBytes", spacedHex(canonical)}}
	}
	token, other := g.token, g.sessionToken
	if key.mode != "" {
		token, other = other, token
	}
	switch {
	case token != key.SessionToken, other != "":
		return &s3Error{status: 400, code: "InvalidToken", message: "The provided token is malformed or otherwise invalid."}
	case key.expired, !key.Expires.IsZero() && !c.now.Before(key.Expires):
		return &s3Error{status: 400, code: "ExpiredToken", message: "The provided token has expired."}
	}
	c.signature, c.access = g, &key
	return nil
}

func errorUnsupportedSignature() *s3Error {
	return errorInvalidRequest("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
}

func malformedAuthorization(code, message string, extra ...string) *s3Error {
	if code == "AuthorizationHeaderMalformed" {
		message = "The authorization header is malformed; " + message
	}
	return &s3Error{status: 400, code: code, message: message, extra: extra}
}

// headerAuthorization reads the value of an Authorization header after the
// name of the algorithm.
func (c *s3Call) headerAuthorization(value string) (*s3Signature, *s3Error) {
	const code = "AuthorizationHeaderMalformed"
	g := &s3Signature{}
	var credential, headers string
	for field := range strings.SplitSeq(value, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			credential = v
		case "SignedHeaders":
			headers = v
		case "Signature":
			g.signature = v
		}
	}
	for _, missing := range []struct{ name, value string }{
		{"Credential", credential}, {"SignedHeaders", headers}, {"Signature", g.signature},
	} {
		if missing.value == "" {
			return nil, malformedAuthorization(code, "missing "+missing.name+".")
		}
	}
	if !g.setCredential(credential) {
		return nil, malformedAuthorization(code, "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	g.headers = strings.Split(headers, ";")
	g.token = c.header("X-Amz-Security-Token")
	g.sessionToken = c.header("X-Amz-S3session-Token")
	date := c.header("X-Amz-Date")
	var err error
	if date != "" {
		g.time, err = time.Parse(sigV4Date, date)
	} else {
		g.time, err = http.ParseTime(c.header("Date"))
	}
	if err != nil {
		return nil, errorAccessDenied("AWS authentication requires a valid Date or x-amz-date header")
	}
	if g.time.UTC().Format("20060102") != g.date {
		return nil, malformedAuthorization(code, fmt.Sprintf("Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", g.date, g.time.UTC().Format("20060102")))
	}
	g.payload = c.header("X-Amz-Content-Sha256")
	switch {
	case g.payload == "":
		return nil, errorInvalidRequest("Missing required header for this request: x-amz-content-sha256")
	case !validPayloadHash(g.payload):
		return nil, errorInvalidArgument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
			"x-amz-content-sha256", g.payload)
	}
	return g, nil
}

// queryAuthorization reads the parameters of a presigned URL.
func (c *s3Call) queryAuthorization() (*s3Signature, *s3Error) {
	const code = "AuthorizationQueryParametersError"
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
		if c.query.Get(name) == "" {
			return nil, malformedAuthorization(code, "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		}
	}
	if c.query.Get("X-Amz-Algorithm") != sigV4Algorithm {
		return nil, malformedAuthorization(code, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
	}
	g := &s3Signature{
		presigned: true,
		headers:   strings.Split(c.query.Get("X-Amz-SignedHeaders"), ";"),
		signature: c.query.Get("X-Amz-Signature"),
		token:     c.query.Get("X-Amz-Security-Token"),
		payload:   unsignedPayload,

		sessionToken: c.query.Get("X-Amz-S3session-Token"),
	}
	if !g.setCredential(c.query.Get("X-Amz-Credential")) {
		return nil, malformedAuthorization(code, "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	var err error
	if g.time, err = time.Parse(sigV4Date, c.query.Get("X-Amz-Date")); err != nil {
		return nil, malformedAuthorization(code, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
	}
	if g.time.Format("20060102") != g.date {
		return nil, malformedAuthorization(code, fmt.Sprintf("Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", g.date, g.time.Format("20060102")))
	}
	seconds, err := strconv.ParseInt(c.query.Get("X-Amz-Expires"), 10, 64)
	switch {
	case err != nil:
		return nil, malformedAuthorization(code, "X-Amz-Expires should be a number")
	case seconds < 0:
		return nil, malformedAuthorization(code, "X-Amz-Expires must be non-negative")
	case seconds > int64(maxExpires/time.Second) && !c.dialect.longLinks:
		return nil, malformedAuthorization(code, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	g.expires = time.Duration(min(seconds, math.MaxInt64/int64(time.Second))) * time.Second
	// A payload hash can be presigned as a header; of a header that is not
	// signed S3 takes no notice here.
	if slices.Contains(g.headers, "x-amz-content-sha256") {
		g.payload = c.header("X-Amz-Content-Sha256")
		if !validPayloadHash(g.payload) {
			return nil, errorInvalidArgument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.", "x-amz-content-sha256", g.payload)
		}
	}
	return g, nil
}

// setCredential takes KEY/DATE/REGION/SERVICE/aws4_request apart. A key may hold
// slashes.
func (g *s3Signature) setCredential(credential string) bool {
	parts := strings.Split(credential, "/")
	if len(parts) < 5 || parts[len(parts)-1] != "aws4_request" {
		return false
	}
	n := len(parts)
	g.keyID = strings.Join(parts[:n-4], "/")
	g.date, g.region, g.service = parts[n-4], parts[n-3], parts[n-2]
	_, err := time.Parse("20060102", g.date)
	return g.keyID != "" && err == nil
}

func validPayloadHash(v string) bool {
	switch v {
	case unsignedPayload, streamingSigned, streamingSignedTrailer, streamingUnsigned:
		return true
	}
	_, err := hex.DecodeString(v)
	return len(v) == 2*sha256.Size && err == nil && strings.ToLower(v) == v
}

// checkScope judges service and region of the scope. An endpoint whose name
// tells its region serves that one; the others serve all, but say "moved" to
// whoever signs for the server's own region and means a bucket elsewhere.
func (c *s3Call) checkScope(g *s3Signature) *s3Error {
	code := "AuthorizationHeaderMalformed"
	if g.presigned {
		code = "AuthorizationQueryParametersError"
	}
	if service := c.signingService(); g.service != service {
		return malformedAuthorization(code, fmt.Sprintf("incorrect service %q. This endpoint belongs to %q.", g.service, service))
	}
	if c.dialect.anyRegion {
		return nil
	}
	endpoint := c.target.region
	if endpoint == "" {
		endpoint = c.srv.region
	}
	actual := endpoint
	if b := c.findBucket(c.target.bucket); b != nil && c.op != "CreateBucket" {
		actual = b.region
	}
	switch {
	case g.region == actual && (c.target.region == "" || c.target.region == actual):
		return nil
	case g.region == endpoint:
		return errorMoved(c.target.bucket, actual)
	}
	expected := actual
	if c.target.region != "" {
		expected = c.target.region
	}
	err := malformedAuthorization(code, fmt.Sprintf("the region '%s' is wrong; expecting '%s'", g.region, expected), "Region", expected)
	err.header = http.Header{"X-Amz-Bucket-Region": {actual}}
	return err
}

func errorMoved(bucket, region string) *s3Error {
	return &s3Error{status: 301, code: "PermanentRedirect",
		message: "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
		extra:   []string{"Endpoint", bucket + ".s3." + region + ".amazonaws.com", "Bucket", bucket},
		header:  http.Header{"X-Amz-Bucket-Region": {region}}}
}

func (c *s3Call) checkTime(g *s3Signature) *s3Error {
	const iso = "2006-01-02T15:04:05Z"
	if g.presigned {
		switch age := c.now.Sub(g.time); {
		case age < -maxSkew:
			return &s3Error{status: 403, code: "AccessDenied", message: "Request is not yet valid",
				extra: []string{"X-Amz-Date", g.time.Format(sigV4Date), "ServerTime", c.now.UTC().Format(iso)}}
		case age > g.expires:
			return &s3Error{status: 403, code: "AccessDenied", message: "Request has expired",
				extra: []string{"X-Amz-Expires", strconv.Itoa(int(g.expires / time.Second)),
					"Expires", g.time.Add(g.expires).Format(iso), "ServerTime", c.now.UTC().Format(iso)}}
		}
		return nil
	}
	if skew := c.now.Sub(g.time); skew > maxSkew || skew < -maxSkew {
		return &s3Error{status: 403, code: "RequestTimeTooSkewed",
			message: "The difference between the request time and the current time is too large.",
			extra: []string{"RequestTime", g.time.UTC().Format(sigV4Date), "ServerTime", c.now.UTC().Format(iso),
				"MaxAllowedSkewMilliseconds", strconv.FormatInt(maxSkew.Milliseconds(), 10)}}
	}
	return nil
}

// checkSignedHeaders demands that the host and everything that S3 acts on is
// covered by the signature.
func (c *s3Call) checkSignedHeaders(g *s3Signature) *s3Error {
	if !slices.IsSorted(g.headers) {
		return malformedAuthorization("AuthorizationHeaderMalformed", "SignedHeaders is not sorted.")
	}
	var unsigned []string
	if !slices.Contains(g.headers, "host") {
		unsigned = append(unsigned, "host")
	}
	for name := range c.r.Header {
		name = strings.ToLower(name)
		if !strings.HasPrefix(name, "x-amz-") && name != "content-md5" || slices.Contains(g.headers, name) {
			continue
		}
		if name == "x-amz-content-sha256" && g.presigned {
			continue
		}
		unsigned = append(unsigned, name)
	}
	if len(unsigned) == 0 {
		return nil
	}
	slices.Sort(unsigned)
	return &s3Error{status: 403, code: "AccessDenied", message: "There were headers present in the request which were not signed",
		extra: []string{"HeadersNotSigned", strings.Join(unsigned, ", ")}}
}

// canonicalRequest rebuilds what the client has signed.
func (c *s3Call) canonicalRequest(g *s3Signature) string {
	var b strings.Builder
	b.WriteString(c.r.Method)
	b.WriteByte('\n')
	for i, segment := range strings.Split(c.target.rawPath, "/") {
		if i > 0 {
			b.WriteByte('/')
		}
		plain, _ := url.PathUnescape(segment) // has been checked
		b.WriteString(uriEncode(plain))
	}
	b.WriteByte('\n')
	var query []string
	for name, value := range queryPairs(c.r.URL.RawQuery) {
		n, _ := url.QueryUnescape(name)
		v, _ := url.QueryUnescape(value)
		if g.presigned && n == "X-Amz-Signature" {
			continue
		}
		query = append(query, uriEncode(n)+"="+uriEncode(v))
	}
	slices.SortFunc(query, func(a, b string) int {
		// By name, then by value: "=" must not take part in the order.
		an, av, _ := strings.Cut(a, "=")
		bn, bv, _ := strings.Cut(b, "=")
		if n := strings.Compare(an, bn); n != 0 {
			return n
		}
		return strings.Compare(av, bv)
	})
	b.WriteString(strings.Join(query, "&"))
	b.WriteByte('\n')
	for _, name := range g.headers {
		b.WriteString(name)
		b.WriteByte(':')
		var values []string
		switch name {
		case "host":
			values = []string{c.r.Host}
		case "transfer-encoding":
			values = c.r.TransferEncoding
		default:
			values = c.r.Header.Values(name)
		}
		for i, v := range values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.Join(strings.Fields(v), " "))
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	b.WriteString(strings.Join(g.headers, ";"))
	b.WriteByte('\n')
	b.WriteString(g.payload)
	return b.String()
}

// queryPairs yields the still encoded names and values of a query.
func queryPairs(raw string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for pair := range strings.SplitSeq(raw, "&") {
			if pair == "" {
				continue
			}
			name, value, _ := strings.Cut(pair, "=")
			if !yield(name, value) {
				return
			}
		}
	}
}

// uriEncode is the encoding of RFC 3986 as Signature Version 4 has it.
func uriEncode(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		ch := s[i]
		if 'a' <= ch && ch <= 'z' || 'A' <= ch && ch <= 'Z' || '0' <= ch && ch <= '9' ||
			ch == '-' || ch == '_' || ch == '.' || ch == '~' {
			b.WriteByte(ch)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[ch>>4])
		b.WriteByte(hexDigits[ch&15])
	}
	return b.String()
}

func hmacSHA256(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

func signingKey(secret string, g *s3Signature) []byte {
	key := hmacSHA256([]byte("AWS4"+secret), g.date)
	key = hmacSHA256(key, g.region)
	key = hmacSHA256(key, g.service)
	return hmacSHA256(key, "aws4_request")
}

func (g *s3Signature) sign(toSign string) string {
	return hex.EncodeToString(hmacSHA256(g.key, toSign))
}

// chunkSignature signs one chunk of a body; previous is the signature before.
func (g *s3Signature) chunkSignature(previous, contentHash string) string {
	return g.sign(strings.Join([]string{sigV4Algorithm + "-PAYLOAD", g.time.UTC().Format(sigV4Date), g.scope(),
		previous, emptySHA256, contentHash}, "\n"))
}

// trailerSignature signs the trailers of a body, each a line "name:value\n".
func (g *s3Signature) trailerSignature(previous, lines string) string {
	sum := sha256.Sum256([]byte(lines))
	return g.sign(strings.Join([]string{sigV4Algorithm + "-TRAILER", g.time.UTC().Format(sigV4Date), g.scope(),
		previous, hex.EncodeToString(sum[:])}, "\n"))
}

// spacedHex shows bytes as S3 does in its error documents.
func spacedHex(s string) string { return strings.TrimSpace(fmt.Sprintf("% x", s)) }
