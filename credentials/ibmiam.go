package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/endpoint"
)

const (
	iamEndpoint = "https://iam.cloud.ibm.com"
	iamPath     = "/identity/token"
)

// IBMIAMConfig adjusts [IBMIAM].
type IBMIAMConfig struct {
	// Endpoint is the address of the token service; without a path,
	// /identity/token is added. It has to be https, save on the loopback
	// interface. Default https://iam.cloud.ibm.com/identity/token; from
	// private networks use https://private.iam.cloud.ibm.com.
	Endpoint string

	// HTTPClient sends the requests. It is copied, and the copy follows no
	// redirects. Default [http.DefaultClient].
	HTTPClient *http.Client

	// Clock tells the time. Default [time.Now].
	Clock func() time.Time
}

// IBMIAM returns a Provider that exchanges an IBM Cloud API key for a bearer
// token, which lives an hour at most. It asks each time it is called, so it
// belongs into a [Cache]; the ibmcos client sees to that. Rate limits (429),
// errors of the service (5xx) and of the network are retried a few times, with
// growing random waits. What the service refuses is an [*IBMIAMError].
//
// API: https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey
func IBMIAM(apiKey string, opts ...func(*IBMIAMConfig)) Provider {
	var config IBMIAMConfig
	for _, option := range opts {
		option(&config)
	}
	if config.Endpoint == "" {
		config.Endpoint = iamEndpoint
	}
	if config.HTTPClient == nil {
		config.HTTPClient = http.DefaultClient
	}
	if config.Clock == nil {
		config.Clock = time.Now
	}
	return &ibmIAM{
		apiKey:   func() string { return apiKey },
		endpoint: config.Endpoint,
		client:   withoutRedirects(config.HTTPClient),
		clock:    config.Clock,
	}
}

// IBMIAMError is an answer of IBM IAM that holds no token.
type IBMIAMError struct {
	StatusCode int
	Code       string // BXNIM0415E; empty if the answer had none
	Message    string
}

// Error is one sentence with what the service said.
func (e *IBMIAMError) Error() string {
	text := "credentials: IBM IAM answered " + strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+http.StatusText(e.StatusCode))
	if e.Code != "" {
		text += ", " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is makes a key that is unknown or not allowed count as [fs.ErrPermission].
func (e *IBMIAMError) Is(target error) bool {
	return target == fs.ErrPermission &&
		(e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden || e.Code == "BXNIM0415E")
}

type ibmIAM struct {
	apiKey   func() string // as static holds its keys
	endpoint string
	client   *http.Client
	clock    func() time.Time
}

// Format prints where tokens come from.
func (p *ibmIAM) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, "IBM IAM (", endpoint.Redact(p.endpoint), ")")
}

func (p *ibmIAM) Retrieve(ctx context.Context) (Credentials, error) {
	if p.apiKey() == "" {
		return Credentials{}, errors.New("credentials: the IBM API key is empty")
	}
	address, err := iamURL(p.endpoint)
	if err != nil {
		return Credentials{}, err
	}
	return repeat(ctx, func(ctx context.Context) (Credentials, time.Duration, error) { return p.attempt(ctx, address) })
}

// iamURL completes an endpoint and makes sure that the API key does not travel
// in the clear.
func iamURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("credentials: the IBM IAM endpoint %q is not a URL such as %s", endpoint.Redact(address), iamEndpoint)
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return "", fmt.Errorf("credentials: the IBM IAM endpoint %s is not https: an API key is not sent there", u.Redacted())
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = iamPath
	}
	return u.String(), nil
}

// attempt asks once. A negative wait says that an error is final; otherwise it
// is the least time the service wants to be left alone.
func (p *ibmIAM) attempt(ctx context.Context, address string) (c Credentials, wait time.Duration, err error) {
	form := url.Values{
		"grant_type":    {"urn:ibm:params:oauth:grant-type:apikey"},
		"response_type": {"cloud_iam"},
		"apikey":        {p.apiKey()},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return Credentials{}, final, fmt.Errorf("credentials: IBM IAM: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")

	resp, err := p.client.Do(req)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(resp.Body, answerSize))
		resp.Body.Close()
	}
	if err != nil {
		return Credentials{}, 0, fmt.Errorf("credentials: IBM IAM: %w", err)
	}

	var answer struct {
		AccessToken  string `json:"access_token"`
		ExpiresIn    int64  `json:"expires_in"`
		Expiration   int64  `json:"expiration"`
		ErrorCode    string `json:"errorCode"`
		ErrorMessage string `json:"errorMessage"`
	}
	invalid := json.Unmarshal(body, &answer)
	if resp.StatusCode != http.StatusOK {
		refusal := &IBMIAMError{
			StatusCode: resp.StatusCode,
			Code:       p.redact(answer.ErrorCode),
			Message:    p.redact(answer.ErrorMessage),
		}
		if resp.StatusCode >= 300 && resp.StatusCode < 400 {
			refusal.Message = "redirects are not followed, set the endpoint to the right address"
		}
		if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
			return Credentials{}, final, refusal
		}
		return Credentials{}, retryAfter(resp.Header), refusal
	}
	if invalid != nil || answer.AccessToken == "" {
		return Credentials{}, final, &IBMIAMError{StatusCode: resp.StatusCode, Message: "the answer holds no token"}
	}

	c = Credentials{Token: answer.AccessToken, Source: "IBM IAM"}
	switch {
	case answer.ExpiresIn > 0: // holds even if our clock is wrong
		c.Expires = p.clock().Add(time.Duration(answer.ExpiresIn) * time.Second)
	case answer.Expiration > 0:
		c.Expires = time.Unix(answer.Expiration, 0)
	default:
		return Credentials{}, final, &IBMIAMError{StatusCode: resp.StatusCode, Message: "the answer does not say when the token expires"}
	}
	return c, 0, nil
}

// redact removes the key from text that the service wrote.
func (p *ibmIAM) redact(text string) string { return strings.ReplaceAll(text, p.apiKey(), "[API key]") }
