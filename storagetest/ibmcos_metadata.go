package storagetest

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The life of a token of the metadata service in seconds.
const (
	usualInstanceLife = 300
	minInstanceLife   = 5
	maxInstanceLife   = 3600
)

var metadataVersion = regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}-[0-9]{2}$`)

// metadataRequest judges what all requests to the metadata service have in
// common, and reads the body, which may be missing.
func metadataRequest(r *http.Request, method string, body any) *iamError {
	switch {
	case r.Method != method:
		return &iamError{http.StatusMethodNotAllowed, "method_not_allowed", "The method must be " + method}
	case !metadataVersion.MatchString(r.URL.Query().Get("version")):
		return &iamError{http.StatusBadRequest, "missing_version", "The version parameter must be a date"}
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return &iamError{http.StatusBadRequest, "bad_request", "The body could not be read"}
	}
	if len(data) > 0 && json.Unmarshal(data, body) != nil {
		return &iamError{http.StatusBadRequest, "bad_request", "The body is malformed"}
	}
	return nil
}

// instanceToken makes a token of the metadata service. Only programs on the
// virtual server reach it; the header keeps their web proxies from it.
func (s *ibmIAM) instanceToken(r *http.Request) (any, *iamError) {
	request := struct {
		ExpiresIn int64 `json:"expires_in"`
	}{usualInstanceLife}
	if err := metadataRequest(r, http.MethodPut, &request); err != nil {
		return nil, err
	}
	switch {
	case r.Header.Get("Metadata-Flavor") != "ibm":
		return nil, &iamError{http.StatusBadRequest, "missing_header", "The header Metadata-Flavor must be ibm"}
	case request.ExpiresIn < minInstanceLife || request.ExpiresIn > maxInstanceLife:
		return nil, &iamError{http.StatusBadRequest, "bad_field", "expires_in must be from 5 to 3600"}
	}
	now := s.srv.now(r)
	token, expires := "instance-"+randomHex(24), now.Add(time.Duration(request.ExpiresIn)*time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instances[token] = expires
	return metadataToken(token, now, expires), nil
}

// profileToken turns a token of the metadata service into one of the trusted
// profile. Without a name it is that of the virtual server.
func (s *ibmIAM) profileToken(r *http.Request) (any, *iamError) {
	var request struct {
		Profile profileName `json:"trusted_profile"`
	}
	if err := metadataRequest(r, http.MethodPost, &request); err != nil {
		return nil, err
	}
	now := s.srv.now(r)
	if err := s.checkInstance(r, now); err != nil {
		return nil, err
	}
	if p := request.Profile; p != (profileName{}) && (count(p.ID != "", p.CRN != "", p.Name != "") > 1 || !s.knows(p)) {
		return nil, &iamError{http.StatusBadRequest, "invalid_profile", "The trusted profile could not be found"}
	}
	token, expires := s.issue(now, true)
	return metadataToken(token, now, expires), nil
}

func (s *ibmIAM) checkInstance(r *http.Request, now time.Time) *iamError {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return &iamError{http.StatusUnauthorized, "invalid_token", "The request has no bearer token"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if expires, known := s.instances[token]; !known || !now.Before(expires) {
		return &iamError{http.StatusUnauthorized, "invalid_token", "The instance identity token is not valid"}
	}
	return nil
}

func metadataToken(token string, now, expires time.Time) map[string]any {
	return map[string]any{
		"access_token": token, "expires_in": int64(expires.Sub(now) / time.Second),
		"created_at": documentTime(now), "expires_at": documentTime(expires),
	}
}
