package credentials

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/endpoint"
)

// IBMProfile names a trusted profile of IBM IAM: by its ID, by its CRN, or by
// its Name and the account that has it. Two of these at once are an error.
type IBMProfile struct {
	ID        string // "Profile-" and a UUID
	Name      string
	AccountID string // of the account, for the Name; [IBMAssume] needs it
	CRN       string // crn:v1:bluemix:public:iam-identity::a/…::profile:Profile-…
}

func (p *IBMProfile) check() error {
	var given []string
	for _, way := range [...]struct{ name, value string }{{"ID", p.ID}, {"name", p.Name}, {"CRN", p.CRN}} {
		if way.value != "" {
			given = append(given, way.name)
		}
	}
	switch {
	case len(given) > 1:
		return fmt.Errorf("credentials: a trusted profile is named by its %s, not by more than one of them", strings.Join(given, " or its "))
	case p.AccountID != "" && p.Name == "":
		return errors.New("credentials: the account of a trusted profile goes with its name, which is missing")
	}
	return nil
}

// id is that of the profile, also if only its CRN is known.
func (p *IBMProfile) id() (string, error) {
	if p.CRN == "" {
		return p.ID, nil
	}
	_, id, ok := strings.Cut(p.CRN, ":profile:")
	if !ok || !strings.HasPrefix(p.CRN, "crn:") || id == "" || strings.Contains(id, ":") {
		return "", fmt.Errorf("credentials: %q is not the CRN of a trusted profile", p.CRN)
	}
	return id, nil
}

// String is how messages call the profile.
func (p IBMProfile) String() string {
	for _, name := range [...]string{p.Name, p.ID, p.CRN} {
		if name != "" {
			return name
		}
	}
	return "(the default)"
}

var errNoProfile = errors.New("credentials: no trusted profile is named: give its ID, its CRN or its name")

// crTokenVariable names the file of the compute resource token.
const crTokenVariable = "CR_TOKEN_FILE_PATH"

// crTokenFiles are where IBM Cloud puts compute resource tokens: into clusters,
// by Vault or for a service account, and into Code Engine.
var crTokenFiles = []string{
	"/var/run/secrets/tokens/vault-token",
	"/var/run/secrets/tokens/sa-token",
	"/var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token",
}

// IBMContainer returns a Provider of the tokens of a trusted profile that the
// container is linked to, in a cluster or in Code Engine. It exchanges the
// compute resource token in the file of [IBMIAMConfig.CRTokenFile], or else of
// CR_TOKEN_FILE_PATH, or else in the first of these that exists:
//
//   - /var/run/secrets/tokens/vault-token
//   - /var/run/secrets/tokens/sa-token
//   - /var/run/secrets/codeengine.cloud.ibm.com/compute-resource-token/token
//
// The file is read anew each time, as what it has is replaced ahead of its end.
// If there is none, the error wraps [ErrNone]. Otherwise it works as [IBMIAM].
//
// API: https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-crtoken
func IBMContainer(profile IBMProfile, opts ...func(*IBMIAMConfig)) Provider {
	p := newIBMToken(opts)
	p.kind = "IBM trusted profile " + profile.String()
	p.name = p.kind + ", by a compute resource token"
	p.grant = func(_ context.Context, p *ibmToken) (url.Values, error) {
		if err := profile.check(); err != nil {
			return nil, err
		}
		form := url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:cr-token"}}
		id, err := profile.id()
		switch {
		case err != nil:
			return nil, err
		case id != "":
			form.Set("profile_id", id)
		case profile.Name == "":
			return nil, errNoProfile
		default:
			form.Set("profile_name", profile.Name)
			if profile.AccountID != "" {
				form.Set("account", profile.AccountID)
			}
		}
		token, err := readCRToken(p.config().CRTokenFile)
		form.Set("cr_token", token)
		return form, err
	}
	return p
}

// readCRToken reads a compute resource token; without a file, from where it is
// likely to be.
func readCRToken(file string) (string, error) {
	files := crTokenFiles
	if file == "" {
		file = os.Getenv(crTokenVariable)
	}
	if file != "" {
		files = []string{file}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("credentials: the compute resource token cannot be read: %v", err)
		}
		token := string(bytes.TrimSpace(data))
		if !isToken(token) {
			return "", fmt.Errorf("credentials: %s holds no compute resource token", file)
		}
		return token, nil
	}
	return "", none("there is no compute resource token in " + strings.Join(files, ", ") + " (" + crTokenVariable + " names another file)")
}

// IBMAssume returns a Provider of the tokens of a trusted profile, which it gets
// for the token of somebody who may assume that profile: mostly a service id,
// by [IBMIAM] with an API key of it. Otherwise it works as [IBMIAM].
//
// API: https://cloud.ibm.com/apidocs/iam-identity-token-api#gettoken-assume
func IBMAssume(source Provider, profile IBMProfile, opts ...func(*IBMIAMConfig)) Provider {
	p := newIBMToken(opts)
	p.kind = "IBM trusted profile " + profile.String()
	p.name = p.kind
	p.source = source
	p.grant = func(ctx context.Context, p *ibmToken) (url.Values, error) {
		if err := profile.check(); err != nil {
			return nil, err
		}
		form := url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:assume"}}
		switch {
		case profile.CRN != "":
			form.Set("profile_crn", profile.CRN)
		case profile.ID != "":
			form.Set("profile_id", profile.ID)
		case profile.Name == "":
			return nil, errNoProfile
		case profile.AccountID == "":
			return nil, fmt.Errorf("credentials: the trusted profile %q is to be assumed by its name, which needs the id of its account", profile.Name)
		default:
			form.Set("profile_name", profile.Name)
			form.Set("account", profile.AccountID)
		}
		if p.source == nil {
			return nil, fmt.Errorf("credentials: there is nobody to assume the trusted profile %v: give a Provider of tokens", profile)
		}
		c, err := p.source.Retrieve(ctx)
		if err != nil {
			return nil, err
		}
		if c.Token == "" {
			return nil, fmt.Errorf("credentials: a trusted profile is assumed with an IAM token, not with %v", c)
		}
		form.Set("access_token", c.Token)
		return form, nil
	}
	return p
}

const (
	vpcEndpoint  = "http://169.254.169.254"
	vpcPatience  = 5 * time.Second // with which the first answer is waited for
	identityLife = 300             // seconds that an instance identity token lives
)

// vpcPaths are those of the metadata service, in its two versions.
var vpcPaths = [...]struct{ identity, token string }{
	{"/instance_identity/v1/token?version=2022-03-01", "/instance_identity/v1/iam_token?version=2022-03-01"},
	{"/identity/v1/token?version=2025-08-26", "/identity/v1/iam_tokens?version=2025-08-26"},
}

// IBMVPCInstance returns a Provider of the tokens of a trusted profile that the
// virtual server instance is linked to, by the metadata service of VPC, which
// has to be enabled for the instance. The profile is named by ID or CRN; the
// zero IBMProfile is the instance's default.
//
// The service is asked without TLS at its link-local address, past all proxies;
// no redirect is followed, and what is at [IBMIAMConfig.MetadataEndpoint] has
// to be https, or link-local, or on the loopback interface. It has five seconds
// to answer the first request. Both its versions are known. What it refuses is
// a [*ServiceError].
//
// API: https://cloud.ibm.com/docs/vpc?topic=vpc-imd-configure-service
func IBMVPCInstance(profile IBMProfile, opts ...func(*IBMIAMConfig)) Provider {
	config := ibmConfig(opts)
	return &ibmInstance{profile: profile, endpoint: config.MetadataEndpoint, clock: config.Clock}
}

type ibmInstance struct {
	profile  IBMProfile
	endpoint string
	clock    func() time.Time
}

// By returns p with a client's clock, where it has no other. The metadata
// service is not asked by anybody's connections.
func (p *ibmInstance) By(_ func() *http.Client, clock func() time.Time) Provider {
	q := *p
	if q.clock == nil {
		q.clock = clock
	}
	return &q
}

// Format prints no more than what p is.
func (p *ibmInstance) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, "IBM trusted profile ", p.profile.String(), ", of a VPC instance")
}

func (*ibmInstance) givesTokens() {}

func (p *ibmInstance) Retrieve(ctx context.Context) (Credentials, error) {
	body, err := p.body()
	if err != nil {
		return Credentials{}, err
	}
	base, err := vpcURL(p.endpoint)
	if err != nil {
		return Credentials{}, err
	}
	s := service{name: "the VPC metadata service", creates: true, client: withoutRedirects(&http.Client{Transport: pastProxies})}
	for i, path := range vpcPaths {
		identity, err := s.identity(ctx, base+path.identity)
		if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound && i+1 < len(vpcPaths) {
			continue // it has the other version
		}
		if err != nil {
			return Credentials{}, err
		}
		return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
			answer, wait, err := s.post(ctx, http.MethodPost, base+path.token, identity, body)
			if err != nil {
				return c, wait, err
			}
			now := time.Now
			if p.clock != nil {
				now = p.clock
			}
			c, problem := readIBMToken(answer, "access_token", 0, now())
			if problem != "" {
				return c, final, s.unfit(problem)
			}
			c.Source = "IBM trusted profile " + p.profile.String()
			return c, final, nil
		})
	}
	return Credentials{}, s.noDocument() // not reached: the last version's refusal is an error
}

// body is that of the request for a token.
func (p *ibmInstance) body() ([]byte, error) {
	if err := p.profile.check(); err != nil {
		return nil, err
	}
	switch {
	case p.profile.CRN != "":
		return append(append([]byte(`{"trusted_profile":`), object([2]string{"crn", p.profile.CRN})...), '}'), nil
	case p.profile.ID != "":
		return append(append([]byte(`{"trusted_profile":`), object([2]string{"id", p.profile.ID})...), '}'), nil
	case p.profile.Name != "":
		return nil, fmt.Errorf("credentials: the VPC metadata service does not know the trusted profile %q by its name: give its ID or its CRN", p.profile.Name)
	}
	return nil, nil
}

// identity gets the token by which the instance is known to the service.
func (s *service) identity(ctx context.Context, address string) (string, error) {
	c, err := repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		bounded, cancel := context.WithTimeout(ctx, vpcPatience)
		defer cancel()
		body, wait, err := s.post(bounded, http.MethodPut, address, "", fmt.Appendf(nil, `{"expires_in":%d}`, identityLife))
		if refusal := (*ServiceError)(nil); err != nil && !errors.As(err, &refusal) {
			wait = final // there is nobody to wait for
		}
		if err != nil {
			return c, wait, err
		}
		d := readDocument(body)
		if c.Token = d.string("access_token"); d.bad || !isToken(c.Token) {
			return Credentials{}, final, s.unfit("the answer holds no token")
		}
		return c, final, nil
	})
	return c.Token, err
}

// post sends a document to the metadata service, as whoever has the token.
func (s *service) post(ctx context.Context, method, address, token string, body []byte) (answer []byte, wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, final, fmt.Errorf("credentials: %s: %w", s.name, err)
	}
	r.Header.Set("Metadata-Flavor", "ibm") // which no browser sends that was lured here
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return s.ask(r, token)
}

// vpcURL is the base of the metadata service's addresses. It may be asked in the
// clear only where nobody else is on the way.
func vpcURL(address string) (string, error) {
	if address == "" {
		return vpcEndpoint, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" {
		return "", fmt.Errorf("credentials: the metadata endpoint %q is not a URL such as %s", endpoint.Redact(address), vpcEndpoint)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && !isLoopback(u.Hostname()) && (err != nil || !ip.IsLinkLocalUnicast()) {
		return "", fmt.Errorf("credentials: the metadata endpoint %s is neither https nor on this machine", u.Redacted())
	}
	return strings.TrimRight(u.String(), "/"), nil
}
