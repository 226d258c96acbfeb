package storagetest

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Where IBM's IAM hands out tokens; the second path is that of older
// configurations.
const (
	iamPath    = "/identity/token"
	oldIAMPath = "/oidc/token"
)

// The operations of IAM and of the metadata service, as faults and the request
// log name them.
const (
	opIAMToken      = "IAMToken"
	opInstanceToken = "create_access_token"
	opProfileToken  = "create_iam_token"
)

// iamOperations are what the paths ask for that are no bucket's.
var iamOperations = map[string]string{
	iamPath:                           opIAMToken,
	oldIAMPath:                        opIAMToken,
	"/instance_identity/v1/token":     opInstanceToken,
	"/identity/v1/token":              opInstanceToken,
	"/instance_identity/v1/iam_token": opProfileToken,
	"/identity/v1/iam_tokens":         opProfileToken,
}

// iamOperation names what r asks IAM or the metadata service for; empty: it is
// about buckets.
func (s *IBMCOS) iamOperation(r *http.Request) string {
	if bucket, _ := s.service.virtualHost(r.Host); bucket != "" {
		return ""
	}
	return iamOperations[r.URL.Path]
}

// WithAPIKey sets the API key that IBM's IAM endpoint knows.
func WithAPIKey(key string) Option { return func(o *options) { o.apiKey = key } }

// WithTokenLifetime sets how long a token of IBM's IAM endpoint is valid. Default
// one hour.
func WithTokenLifetime(d time.Duration) Option { return func(o *options) { o.tokenLifetime = d } }

// WithTrustedProfile sets the trusted profile that IBM's IAM endpoint knows, by
// its id (Profile-…) and its name; by the one that is empty it is not known. It is
// assumed with the token of a compute resource, or with any token of the endpoint
// itself.
func WithTrustedProfile(id, name string) Option {
	return func(o *options) { o.profileID, o.profileName = id, name }
}

// WithCRToken sets the token of a compute resource that IBM's IAM endpoint
// takes for the trusted profile.
func WithCRToken(token string) Option { return func(o *options) { o.crToken = token } }

// Defaults of the IAM endpoint.
const (
	defaultAPIKey      = "storagetest-api-key"
	defaultIBMAccount  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	defaultProfileID   = "Profile-5f1d2c3b-0000-4000-8000-storagetest0"
	defaultProfileName = "storagetest-profile"
	defaultCRToken     = "storagetest-cr-token"
)

// APIKey is the key that the IAM endpoint knows.
func (s *IBMCOS) APIKey() string { return s.apiKey }

// TokenURL is the address of the IAM endpoint.
func (s *IBMCOS) TokenURL() string { return s.URL + iamPath }

// MetadataURL is the base of the addresses of the metadata service, which
// virtual servers find at http://169.254.169.254: it turns its own tokens into
// those of the trusted profile.
func (s *IBMCOS) MetadataURL() string { return s.URL }

// Account is the id of the account that the trusted profile belongs to, as set
// by [WithAccountID].
func (s *IBMCOS) Account() string { return s.iam.account }

// TrustedProfileID is the id of the trusted profile.
func (s *IBMCOS) TrustedProfileID() string { return s.profileID }

// TrustedProfileName is the name of the trusted profile, which has a meaning
// only together with the account.
func (s *IBMCOS) TrustedProfileName() string { return s.profileName }

// TrustedProfileCRN is the cloud resource name of the trusted profile.
func (s *IBMCOS) TrustedProfileCRN() string {
	return s.iam.profileCRN()
}

// CRToken is the token of a compute resource that the IAM endpoint takes.
func (s *IBMCOS) CRToken() string { return s.crToken }

// ExpireRefreshTokens ends the life of the refresh tokens that have been handed
// out: to use one is answered with BXNIM0408E, as IBM does after weeks.
func (s *IBMCOS) ExpireRefreshTokens() {
	s.iam.mu.Lock()
	defer s.iam.mu.Unlock()
	for token := range s.iam.refresh {
		s.iam.refresh[token] = false
	}
}

// ibmIAM is the IAM endpoint: it knows one API key, one trusted profile, and its
// own tokens.
type ibmIAM struct {
	srv     *Server
	account string
	secret  []byte

	mu        sync.Mutex
	tokens    map[string]time.Time // access tokens and their expiry
	instances map[string]time.Time // those of the metadata service
	refresh   map[string]bool      // refresh tokens; false: expired
	requestID int
}

func newIBMIAM(srv *Server, account string) *ibmIAM {
	return &ibmIAM{
		srv: srv, account: account, secret: []byte(randomHex(16)),
		tokens: make(map[string]time.Time), instances: make(map[string]time.Time), refresh: make(map[string]bool),
	}
}

// iamError is an error of IAM or of the metadata service.
type iamError struct {
	status        int
	code, message string
}

func errorBXNIM(code, message string) *iamError {
	return &iamError{http.StatusBadRequest, code, message}
}

func errorNoProperty(name string) *iamError {
	return errorBXNIM("BXNIM0109E", "Property missing or empty: "+name)
}

// valid reports whether an access token is good.
func (s *ibmIAM) valid(token string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	expires, ok := s.tokens[token]
	return ok && now.Before(expires)
}

// revoke ends an access token.
func (s *ibmIAM) revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
	delete(s.instances, token)
}

// serve answers a request for a token.
func (s *ibmIAM) serve(w http.ResponseWriter, r *http.Request, operation string) {
	var v any
	var err *iamError
	switch operation {
	case opInstanceToken:
		v, err = s.instanceToken(r)
	case opProfileToken:
		v, err = s.profileToken(r)
	default:
		v, err = s.token(w, r)
	}
	if err != nil {
		s.fail(w, operation, err.status, err.code, err.message)
		return
	}
	s.respond(w, http.StatusOK, v)
}

// token carries out the grant of the form. A client id and its secret may be
// given and are not judged.
func (s *ibmIAM) token(w http.ResponseWriter, r *http.Request) (any, *iamError) {
	if r.Method != http.MethodPost {
		return nil, &iamError{http.StatusMethodNotAllowed, "BXNIM0111E", "Method not allowed"}
	}
	if _, _, basic := r.BasicAuth(); !basic && r.Header.Get("Authorization") != "" {
		return nil, errorBXNIM("BXNIM0400E", "The Authorization header must be a client id and its secret")
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" {
		return nil, &iamError{http.StatusUnsupportedMediaType, "BXNIM0400E", "The content type must be application/x-www-form-urlencoded"}
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return nil, errorBXNIM("BXNIM0400E", "The form is malformed")
	}
	form := r.PostForm
	grant := form.Get("grant_type")
	delegated := form.Get("response_type") == "delegated_refresh_token"
	switch v := form.Get("response_type"); {
	case v == "", v == "cloud_iam":
	case delegated && form.Get("receiver_client_ids") == "":
		return nil, errorNoProperty("receiver_client_ids")
	case delegated && form.Get("receiver_client_ids") != asperaClient:
		return nil, errorBXNIM("BXNIM0400E", "Unknown receiver client id")
	case delegated && grant == grantAPIKey:
	default:
		return nil, errorBXNIM("BXNIM0400E", "Unsupported response type "+strconv.Quote(v))
	}
	now := s.srv.now(r)
	var err *iamError
	switch grant {
	case grantAPIKey:
		err = s.checkKey(form.Get("apikey"))
	case "refresh_token":
		err = s.checkRefresh(form.Get("refresh_token"))
	case grantCRToken:
		if err = s.checkCRToken(form.Get("cr_token")); err == nil {
			err = s.checkProfile(form, false)
		}
	case grantAssume:
		if err = s.checkAccess(form.Get("access_token"), now); err == nil {
			err = s.checkProfile(form, true)
		}
	case "":
		err = errorNoProperty("grant_type")
	default:
		err = errorBXNIM("BXNIM0400E", "The grant type is not supported")
	}
	switch {
	case err != nil:
		return nil, err
	case delegated:
		// Nobody else than Aspera can do anything with it.
		return map[string]any{"delegated_refresh_token": "delegated-refresh-" + randomHex(24)}, nil
	}
	profile := grant == grantCRToken || grant == grantAssume
	refresh := "not_supported" // for a profile
	if !profile {
		refresh = s.newRefresh()
	}
	token, expires := s.issue(now, profile)
	return map[string]any{
		"access_token": token, "refresh_token": refresh, "token_type": "Bearer",
		"expires_in": int64(s.srv.tokenLifetime / time.Second), "expiration": expires.Unix(), "scope": "ibm openid",
	}, nil
}

const (
	grantAPIKey  = "urn:ibm:params:oauth:grant-type:apikey"
	grantCRToken = "urn:ibm:params:oauth:grant-type:cr-token"
	grantAssume  = "urn:ibm:params:oauth:grant-type:assume"

	asperaClient = "aspera_ats"
)

func (s *ibmIAM) checkKey(key string) *iamError {
	switch {
	case key == "":
		return errorNoProperty("apikey")
	case !hmac.Equal([]byte(key), []byte(s.srv.apiKey)):
		return errorBXNIM("BXNIM0415E", "Provided API key could not be found.")
	}
	return nil
}

func (s *ibmIAM) checkRefresh(token string) *iamError {
	if token == "" {
		return errorNoProperty("refresh_token")
	}
	s.mu.Lock()
	fresh, known := s.refresh[token]
	s.mu.Unlock()
	switch {
	case !known:
		return errorBXNIM("BXNIM0407E", "The provided refresh token is not valid")
	case !fresh:
		return errorBXNIM("BXNIM0408E", "The provided refresh token is expired")
	}
	return nil
}

func (s *ibmIAM) checkCRToken(token string) *iamError {
	switch {
	case token == "":
		return errorNoProperty("cr_token")
	case !hmac.Equal([]byte(token), []byte(s.srv.crToken)):
		return errorBXNIM("BXNIM0407E", "The provided compute resource token is not valid")
	}
	return nil
}

func (s *ibmIAM) checkAccess(token string, now time.Time) *iamError {
	switch {
	case token == "":
		return errorNoProperty("access_token")
	case !s.valid(token, now):
		return errorBXNIM("BXNIM0407E", "The provided access token is not valid")
	}
	return nil
}

// checkProfile judges which profile a form names. The token of a compute resource
// tells the account, any other does not.
func (s *ibmIAM) checkProfile(form url.Values, needsAccount bool) *iamError {
	named := profileName{ID: form.Get("profile_id"), CRN: form.Get("profile_crn"), Name: form.Get("profile_name")}
	account := form.Get("account")
	switch {
	case count(named.ID != "", named.CRN != "", named.Name != "") == 0:
		return errorNoProperty("profile_id")
	case named.Name != "" && needsAccount && account == "":
		return errorNoProperty("account")
	case count(named.ID != "", named.CRN != "", named.Name != "") > 1:
		return errorBXNIM("BXNIM0400E", "Name the profile in one way only")
	case !s.knows(named), account != "" && account != s.account:
		return errorBXNIM("BXNIM0400E", "The trusted profile could not be found")
	}
	return nil
}

// profileName names a profile, in one of three ways.
type profileName struct{ ID, CRN, Name string }

// knows reports whether p, which has one of the three, is the profile.
func (s *ibmIAM) knows(p profileName) bool {
	switch {
	case p.ID != "":
		return p.ID == s.srv.profileID
	case p.CRN != "":
		return p.CRN == s.profileCRN()
	}
	return p.Name == s.srv.profileName
}

func (s *ibmIAM) profileCRN() string {
	return "crn:v1:bluemix:public:iam-identity::a/" + s.account + "::profile:" + s.srv.profileID
}

// bearer judges a token, and the service instance where the operation needs to
// know it.
func (s *IBMCOS) bearer(c *s3Call, token string) *s3Error {
	if !s.iam.valid(token, c.now) {
		return errorAccessDenied("")
	}
	switch c.op {
	case "CreateBucket", "ListBuckets", "ListBucketsExtended":
		instance := c.header("Ibm-Service-Instance-Id")
		if instance == "" {
			return errorInvalidArgument("Missing header ibm-service-instance-id", "ibm-service-instance-id", "")
		}
		// The id alone, or crn:…:a/ACCOUNT:ID::
		if instance != s.serviceInstance && !(strings.HasPrefix(instance, "crn:") && strings.Contains(instance, ":"+s.serviceInstance+":")) {
			return errorAccessDenied("")
		}
	}
	return nil
}

// newRefresh makes a refresh token.
func (s *ibmIAM) newRefresh() string {
	token := "refresh-" + randomHex(24)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh[token] = true
	return token
}

// issue makes a token in the form of a JWT, for the API key or for the profile.
func (s *ibmIAM) issue(now time.Time, profile bool) (token string, expires time.Time) {
	expires = now.Add(s.srv.tokenLifetime)
	subject := "ServiceId-storagetest"
	if profile {
		subject = s.srv.profileID
	}
	encode := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]any{
		"iam_id": "iam-" + subject, "sub": subject, "iss": s.srv.URL + "/identity",
		"iat": now.Unix(), "exp": expires.Unix(), "jti": randomHex(16),
		"account": map[string]any{"valid": true, "bss": s.account},
	}) // strings and numbers marshal
	token = encode([]byte(`{"kid":"storagetest","alg":"HS256"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(token))
	token += "." + encode(mac.Sum(nil))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = expires
	return token, expires
}

// fail answers with an error in the form of IAM, or of the metadata service.
func (s *ibmIAM) fail(w http.ResponseWriter, operation string, status int, code, message string) {
	if message == "" {
		message = "The fault plan has it so"
	}
	s.mu.Lock()
	s.requestID++
	id := "storagetest-" + strconv.Itoa(s.requestID)
	s.mu.Unlock()
	if operation != opIAMToken {
		s.respond(w, status, map[string]any{"errors": []any{map[string]any{"code": cmp.Or(code, "internal_error"), "message": message}}, "trace": id})
		return
	}
	if !strings.HasPrefix(code, "BXNIM") {
		code = "BXNIM0" + strconv.Itoa(status) + "E"
	}
	s.respond(w, status, map[string]any{
		"context":   map[string]any{"requestId": id, "requestType": "incoming.Identity_Token"},
		"errorCode": code, "errorMessage": message,
	})
}

func (s *ibmIAM) respond(w http.ResponseWriter, status int, v any) {
	body, _ := json.Marshal(v) // maps of strings and numbers marshal
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
