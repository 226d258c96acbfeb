package storagetest

import (
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

// iamPath is where IBM's IAM hands out tokens.
const iamPath = "/identity/token"

func isIAM(r *http.Request) bool { return r.URL.Path == iamPath }

// ibmIAM is the IAM endpoint: it knows one API key and its own tokens.
type ibmIAM struct {
	srv    *Server
	secret []byte

	mu        sync.Mutex
	tokens    map[string]time.Time // access tokens and their expiry
	refresh   map[string]bool      // refresh tokens
	requestID int
}

func newIBMIAM(srv *Server) *ibmIAM {
	return &ibmIAM{srv: srv, secret: []byte(randomHex(16)), tokens: make(map[string]time.Time), refresh: make(map[string]bool)}
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
}

// serve answers a request for a token.
func (s *ibmIAM) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.fail(w, http.StatusMethodNotAllowed, "BXNIM0111E", "Method not allowed")
		return
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" {
		s.fail(w, http.StatusUnsupportedMediaType, "BXNIM0400E", "The content type must be application/x-www-form-urlencoded")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		s.fail(w, http.StatusBadRequest, "BXNIM0400E", "The form is malformed")
		return
	}
	form := r.PostForm
	if v := form.Get("response_type"); v != "" && v != "cloud_iam" {
		s.fail(w, http.StatusBadRequest, "BXNIM0400E", "Unsupported response type "+strconv.Quote(v))
		return
	}
	switch form.Get("grant_type") {
	case "urn:ibm:params:oauth:grant-type:apikey":
		s.fromKey(w, r, form)
	case "refresh_token":
		s.mu.Lock()
		known := s.refresh[form.Get("refresh_token")]
		s.mu.Unlock()
		if !known {
			s.fail(w, http.StatusBadRequest, "BXNIM0407E", "The provided refresh token is not valid")
			return
		}
		s.issue(w, r)
	case "":
		s.fail(w, http.StatusBadRequest, "BXNIM0109E", "Property missing or empty: grant_type")
	default:
		s.fail(w, http.StatusBadRequest, "BXNIM0400E", "The grant type is not supported")
	}
}

func (s *ibmIAM) fromKey(w http.ResponseWriter, r *http.Request, form url.Values) {
	switch key := form.Get("apikey"); {
	case key == "":
		s.fail(w, http.StatusBadRequest, "BXNIM0109E", "Property missing or empty: apikey")
	case !hmac.Equal([]byte(key), []byte(s.srv.apiKey)):
		s.fail(w, http.StatusBadRequest, "BXNIM0415E", "Provided API key could not be found.")
	default:
		s.issue(w, r)
	}
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

// issue makes a token in the form of a JWT and answers with it.
func (s *ibmIAM) issue(w http.ResponseWriter, r *http.Request) {
	now := s.srv.now(r)
	expires := now.Add(s.srv.tokenLifetime)
	encode := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]any{
		"iam_id": "iam-ServiceId-storagetest", "sub": "ServiceId-storagetest", "iss": s.srv.URL + "/identity",
		"iat": now.Unix(), "exp": expires.Unix(), "jti": randomHex(16),
		"account": map[string]any{"valid": true, "bss": s.srv.accountID},
	}) // strings and numbers marshal
	token := encode([]byte(`{"kid":"storagetest","alg":"HS256"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(token))
	token += "." + encode(mac.Sum(nil))
	refresh := "refresh-" + randomHex(24)
	s.mu.Lock()
	s.tokens[token] = expires
	s.refresh[refresh] = true
	s.mu.Unlock()
	s.respond(w, http.StatusOK, map[string]any{
		"access_token": token, "refresh_token": refresh, "token_type": "Bearer",
		"expires_in": int64(s.srv.tokenLifetime / time.Second), "expiration": expires.Unix(), "scope": "ibm openid",
	})
}

// fail answers with an error in IAM's form.
func (s *ibmIAM) fail(w http.ResponseWriter, status int, code, message string) {
	if code == "" || !strings.HasPrefix(code, "BXNIM") {
		code = "BXNIM0" + strconv.Itoa(status) + "E"
	}
	if message == "" {
		message = "The fault plan has it so"
	}
	s.mu.Lock()
	s.requestID++
	id := "storagetest-" + strconv.Itoa(s.requestID)
	s.mu.Unlock()
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
