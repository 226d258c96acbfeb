package credentials

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/endpoint"
)

// IBMPrivateIAM is the address of IBM's token service on IBM Cloud's own
// networks, for [IBMIAMConfig.Endpoint].
const IBMPrivateIAM = "https://private.iam.cloud.ibm.com"

const (
	iamEndpoint = "https://iam.cloud.ibm.com"
	iamPath     = "/identity/token"

	// longestToken bounds what a token service says of a token's life. IBM's
	// live an hour at most.
	longestToken = 24 * time.Hour

	// refusalRest is how long a service that has refused something for good is
	// not asked for the same again, however many ask.
	refusalRest = 5 * time.Second
)

// IBMIAMConfig adjusts how tokens of IBM's identity service are got.
type IBMIAMConfig struct {
	// Endpoint is the address of the token service; without a path,
	// /identity/token is added, so that the addresses of older configurations,
	// which end in /oidc/token, are taken as they are. It has to be https, save
	// on the loopback interface. Default https://iam.cloud.ibm.com; from
	// private networks use [IBMPrivateIAM].
	Endpoint string

	// ClientID and ClientSecret name the program to the token service, which
	// then has another rate limit for it. Both or none. Default: none.
	ClientID     string
	ClientSecret entrepot.Secret

	// CRTokenFile has the compute resource token of [IBMContainer].
	CRTokenFile string

	// MetadataEndpoint is the address of the metadata service that
	// [IBMVPCInstance] asks. Default http://169.254.169.254.
	MetadataEndpoint string

	// HTTPClient sends the requests to Endpoint. It is copied, and the copy
	// follows no redirects. Default: that of the client of package ibmcos which
	// is given the Provider, else one of this package's own.
	HTTPClient *http.Client

	// Clock tells the time. Default: as HTTPClient, else [time.Now].
	Clock func() time.Time
}

// IBMIAM returns a Provider that exchanges an IBM Cloud API key for a bearer
// token, which lives an hour at most. It asks each time it is called, so it
// belongs into a [Cache]; the ibmcos client sees to that. Rate limits (429),
// errors of the service (5xx) and of the network are retried a few times, with
// growing random waits. What the service refuses is an [*IBMIAMError], which
// holds for a few seconds: who goes on asking does not reach the service.
//
// Refresh tokens are not used. They end as well, or are not given at all, and
// with the API key at hand a token costs one request either way.
//
// API: https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-apikey
func IBMIAM(apiKey string, opts ...func(*IBMIAMConfig)) Provider {
	p := newIBMToken(opts)
	p.name = "IBM IAM (" + endpoint.Redact(p.address()) + ")"
	p.grant = func(context.Context, *ibmToken) (url.Values, error) {
		return apiKeyGrant(apiKey, url.Values{"response_type": {"cloud_iam"}})
	}
	return p
}

func apiKeyGrant(apiKey string, form url.Values) (url.Values, error) {
	if apiKey == "" {
		return nil, errors.New("credentials: the IBM API key is empty")
	}
	form.Set("grant_type", "urn:ibm:params:oauth:grant-type:apikey")
	form.Set("apikey", apiKey)
	return form, nil
}

// delegatedLife is how long a delegated refresh token is used, as IBM's SDKs
// do: the answer does not say when it ends.
const delegatedLife = 6 * 24 * time.Hour

// IBMDelegatedToken returns a function that exchanges an API key for a delegated
// refresh token, with which the Aspera service (client aspera_ats) gets tokens
// of its own and reads or writes a bucket in the key's name. It goes into the
// set-up of an Aspera transfer, as the storage credentials of type token; this
// module does not make such transfers itself.
//
// The token is remembered and renewed after six days. The function is safe for
// concurrent use and fails as [IBMIAM] does. Its Secret prints as a placeholder;
// string(s) is the token.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-aspera
func IBMDelegatedToken(apiKey string, opts ...func(*IBMIAMConfig)) func(context.Context) (entrepot.Secret, error) {
	p := newIBMToken(opts)
	p.name = "IBM IAM, delegated"
	p.member, p.life = "delegated_refresh_token", delegatedLife
	p.grant = func(context.Context, *ibmToken) (url.Values, error) {
		return apiKeyGrant(apiKey, url.Values{"response_type": {p.member}, "receiver_client_ids": {"aspera_ats"}})
	}
	cache := Cached(p, func(c *CacheConfig) { c.Clock = p.clock })
	return func(ctx context.Context) (entrepot.Secret, error) {
		c, err := cache.Retrieve(ctx)
		return entrepot.Secret(c.Token), err
	}
}

// IBMIAMError is an answer of IBM IAM that holds no token.
type IBMIAMError struct {
	StatusCode int
	Code       string // BXNIM0415E; empty if the answer had none
	Message    string
	RequestID  string // what IBM support asks for
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
	if e.RequestID != "" {
		text += " (request " + e.RequestID + ")"
	}
	return text
}

// Is makes a key that is unknown or not allowed count as [fs.ErrPermission].
func (e *IBMIAMError) Is(target error) bool {
	return target == fs.ErrPermission &&
		(e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden || e.Code == "BXNIM0415E")
}

// ibmToken is a Provider of what IBM IAM gives for a grant.
type ibmToken struct {
	config func() IBMIAMConfig // as static holds its keys
	client func() *http.Client // nil: one of the package's own
	clock  func() time.Time

	name   string // as it prints
	kind   string // of the credentials
	grant  func(ctx context.Context, p *ibmToken) (url.Values, error)
	source Provider      // of a token that grant exchanges
	member string        // of the answer: the token
	life   time.Duration // of the token, if it is not as the answer says

	mu      sync.Mutex
	refused error     // the last answer, if it was final
	rest    time.Time // until then
}

func newIBMToken(opts []func(*IBMIAMConfig)) *ibmToken {
	config := ibmConfig(opts)
	p := &ibmToken{config: func() IBMIAMConfig { return config }, clock: config.Clock, kind: "IBM IAM", member: "access_token"}
	if client := config.HTTPClient; client != nil {
		p.client = func() *http.Client { return client }
	}
	return p
}

func ibmConfig(opts []func(*IBMIAMConfig)) IBMIAMConfig {
	var config IBMIAMConfig
	for _, option := range opts {
		option(&config)
	}
	return config
}

// By returns p as it asks by a client's own connections and clock, where it has
// not been given others. Package ibmcos calls it.
func (p *ibmToken) By(client func() *http.Client, clock func() time.Time) Provider {
	q := &ibmToken{config: p.config, client: p.client, clock: p.clock, name: p.name, kind: p.kind, grant: p.grant, source: p.source, member: p.member, life: p.life}
	if q.client == nil {
		q.client = client
	}
	if q.clock == nil {
		q.clock = clock
	}
	if s, ok := p.source.(borrower); ok {
		q.source = s.By(client, clock)
	}
	return q
}

// borrower is a Provider that may ask by somebody else's connections.
type borrower interface {
	By(client func() *http.Client, clock func() time.Time) Provider
}

// Format prints where tokens come from.
func (p *ibmToken) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.name) }

func (p *ibmToken) address() string {
	if address := p.config().Endpoint; address != "" {
		return address
	}
	return iamEndpoint
}

func (p *ibmToken) now() time.Time {
	if p.clock == nil {
		return time.Now()
	}
	return p.clock()
}

func (*ibmToken) givesTokens() {}

func (p *ibmToken) Retrieve(ctx context.Context) (Credentials, error) {
	address, err := iamURL(p.address())
	if err != nil {
		return Credentials{}, err
	}
	config := p.config()
	if (config.ClientID == "") != (config.ClientSecret == "") {
		return Credentials{}, errors.New("credentials: IBM IAM takes a client id with its secret, and one of them is missing")
	}
	if err := p.recent(); err != nil {
		return Credentials{}, err
	}
	form, err := p.grant(ctx, p)
	if err != nil {
		return Credentials{}, err
	}
	s := service{name: "IBM IAM", client: &http.Client{Transport: throughProxies}}
	if p.client != nil {
		s.client = p.client()
	}
	s.client = withoutRedirects(s.client)
	return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
		if err != nil {
			return c, final, fmt.Errorf("credentials: IBM IAM: %w", err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "application/json")
		if config.ClientID != "" {
			r.SetBasicAuth(config.ClientID, string(config.ClientSecret))
		}
		resp, body, wait, err := s.send(r)
		if err != nil {
			return c, wait, err
		}
		if resp.StatusCode != http.StatusOK {
			refusal := iamRefusal(resp, body, append(form["apikey"], string(config.ClientSecret)), append(form["cr_token"], form["access_token"]...))
			if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
				p.rememberRefusal(refusal)
				if r, ok := p.source.(Refresher); ok { // it may be that token which is not taken
					r.Invalidate(Credentials{Token: form.Get("access_token")})
				}
				return c, final, refusal
			}
			return c, retryAfter(resp.Header), refusal
		}
		c, err = p.read(body)
		return c, final, err
	})
}

// recent is the answer of a moment ago, if it was one that asking again does
// not change. IBM limits how often it is asked, for whole accounts.
func (p *ibmToken) recent() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.rest) {
		return p.refused
	}
	return nil
}

func (p *ibmToken) rememberRefusal(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused, p.rest = err, time.Now().Add(refusalRest)
}

// iamRefusal is the error of an answer other than 200, without what was sent.
func iamRefusal(resp *http.Response, body []byte, keys, tokens []string) *IBMIAMError {
	d := readDocument(body)
	redact := func(text string) string {
		for _, key := range keys {
			if key != "" {
				text = strings.ReplaceAll(text, key, "[API key]")
			}
		}
		for _, token := range tokens {
			text = strings.ReplaceAll(text, token, "[token]")
		}
		return text
	}
	e := &IBMIAMError{
		StatusCode: resp.StatusCode,
		Code:       redact(d.first("errorCode")),
		Message:    redact(d.first("errorMessage")),
		RequestID:  redact(d.first("context.requestId")),
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.Message = "redirects are not followed, set the endpoint to the right address"
	}
	return e
}

// read takes the token from an answer.
func (p *ibmToken) read(body []byte) (Credentials, error) {
	c, problem := readIBMToken(body, p.member, p.life, p.now())
	if problem != "" {
		return Credentials{}, &IBMIAMError{StatusCode: http.StatusOK, Message: problem}
	}
	c.Source = p.kind
	return c, nil
}

// readIBMToken reads an answer with a token that lives as long as it says, or for
// life if that is not 0. A problem says what is wrong with the answer.
func readIBMToken(body []byte, member string, life time.Duration, now time.Time) (c Credentials, problem string) {
	d := readDocument(body)
	c = Credentials{Token: d.string(member)}
	seconds, moment := d.number("expires_in"), d.number("expiration")
	switch {
	case d.bad || !isToken(c.Token):
		return Credentials{}, "the answer holds no token"
	case life != 0:
		c.Expires = now.Add(life)
	case seconds > 0: // holds even if our clock is wrong
		c.Expires = now.Add(min(time.Duration(min(seconds, 1<<32))*time.Second, longestToken))
	case moment > 0:
		c.Expires = time.Unix(moment, 0)
	default:
		return Credentials{}, "the answer does not say when the token expires"
	}
	return c, ""
}

// isToken reports whether text can go into a header as a token.
func isToken(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text != ""
}

// iamURL completes an endpoint and makes sure that the API key does not travel
// in the clear.
func iamURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("credentials: the IBM IAM endpoint %q is not a URL such as %s", endpoint.Redact(address), iamEndpoint)
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return "", fmt.Errorf("credentials: the IBM IAM endpoint %s is not https: an API key is not sent there", u.Redacted())
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = iamPath
	}
	return u.String(), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
