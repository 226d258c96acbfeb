package credentials

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

// Role is an IAM role and the session in which it is taken on.
type Role struct {
	// ARN names the role: arn:aws:iam::123456789012:role/backup.
	ARN string

	// SessionName shows in logs of AWS: 2 to 64 letters, digits and =,.@-_.
	// Default: entrepot- and the time.
	SessionName string

	// Duration is how long the credentials live, 15 minutes to the role's own
	// limit, 12 hours at most. Default: an hour.
	Duration time.Duration

	// ExternalID is what the role's owner demands of a third party.
	ExternalID string

	// MFASerial is the device whose code the role demands; the code comes from
	// [AWSConfig.MFACode].
	MFASerial string

	// Policy, a JSON document, and PolicyARNs, at most ten, narrow what the
	// session may do.
	Policy     string
	PolicyARNs []string

	// Tags of the session; those in TransitiveTagKeys go on to the roles that
	// it takes on.
	Tags              map[string]string
	TransitiveTagKeys []string

	// SourceIdentity names who is behind the session, for good.
	SourceIdentity string
}

// AssumeRole returns a Provider that has AWS STS give it a role, in a call
// signed with the credentials of source. A nil source is [Default]. MFASerial
// needs [AWSConfig.MFACode].
//
// It asks the STS of the region that [AWSConfig] or the environment name, or
// else the global one. Throttling, errors of the service (5xx) and of the
// network are retried a few times, with growing random waits. What STS refuses
// is a [*ServiceError]: AccessDenied mostly, when the role does not trust the
// caller.
//
// API: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func AssumeRole(source Provider, role Role, opts ...func(*AWSConfig)) Provider {
	config := configure(opts)
	if source == nil {
		source = defaultChain{config}
	}
	return &assumed{role.ARN, func(ctx context.Context) (Credentials, error) {
		return config.begin("").assumeRole(ctx, source, &role)
	}}
}

// assumed takes on a role. It holds all but the name in a function, for the
// reason that static has.
type assumed struct {
	arn      string
	retrieve func(context.Context) (Credentials, error)
}

// Format prints the role's name alone.
func (p *assumed) Format(f fmt.State, _ rune) { fmt.Fprint(f, "role ", p.arn) }

func (p *assumed) Retrieve(ctx context.Context) (Credentials, error) { return p.retrieve(ctx) }

// WebIdentity returns a Provider that has AWS STS give it a role for a token of
// an OpenID Connect provider, such as Kubernetes puts into a file; the file is
// read anew each time. The call is not signed. Of role the ARN, SessionName,
// Duration, Policy and PolicyARNs count.
//
// Errors are as those of [AssumeRole]; InvalidIdentityToken and
// ExpiredTokenException speak of the token.
//
// API: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func WebIdentity(role Role, tokenFile string, opts ...func(*AWSConfig)) Provider {
	config := configure(opts)
	return &assumed{role.ARN, func(ctx context.Context) (Credentials, error) {
		return config.begin("").webIdentity(ctx, &role, tokenFile)
	}}
}

const (
	shortestSession = 15 * time.Minute
	longestSession  = 12 * time.Hour
)

// form is the role as parameters of a query.
func (r *Role) form(action string, now time.Time) (url.Values, error) {
	if r.ARN == "" {
		return nil, errors.New("credentials: the role to assume has no ARN")
	}
	if r.Duration != 0 && (r.Duration < shortestSession || r.Duration > longestSession) {
		return nil, fmt.Errorf("credentials: a session of a role lives %v to %v, not %v", shortestSession, longestSession, r.Duration)
	}
	form := url.Values{"Action": {action}, "Version": {"2011-06-15"}}
	set := func(name, value string) {
		if value != "" {
			form.Set(name, value)
		}
	}
	set("RoleArn", r.ARN)
	session := r.SessionName
	if session == "" {
		session = "entrepot-" + strconv.FormatInt(now.UnixMilli(), 10)
	}
	set("RoleSessionName", session)
	if r.Duration != 0 {
		set("DurationSeconds", strconv.Itoa(int(r.Duration/time.Second)))
	}
	set("Policy", r.Policy)
	for i, arn := range r.PolicyARNs {
		set("PolicyArns.member."+strconv.Itoa(i+1)+".arn", arn)
	}
	return form, nil
}

func (l *lookup) assumeRole(ctx context.Context, source Provider, role *Role) (Credentials, error) {
	form, err := role.form("AssumeRole", l.Clock())
	if err != nil {
		return Credentials{}, err
	}
	set := func(name, value string) {
		if value != "" {
			form.Set(name, value)
		}
	}
	set("ExternalId", role.ExternalID)
	set("SourceIdentity", role.SourceIdentity)
	for i, key := range slices.Sorted(maps.Keys(role.Tags)) {
		n := strconv.Itoa(i + 1)
		form.Set("Tags.member."+n+".Key", key)
		form.Set("Tags.member."+n+".Value", role.Tags[key])
	}
	for i, key := range role.TransitiveTagKeys {
		set("TransitiveTagKeys.member."+strconv.Itoa(i+1), key)
	}
	keys, err := source.Retrieve(ctx)
	if err != nil {
		return Credentials{}, err
	}
	if role.MFASerial != "" {
		if l.MFACode == nil {
			return Credentials{}, fmt.Errorf("credentials: %s is assumed with a code of the device %s: set AWSConfig.MFACode to a function that asks for it", role.ARN, role.MFASerial)
		}
		code, err := l.MFACode(ctx, role.MFASerial)
		if err != nil {
			return Credentials{}, fmt.Errorf("credentials: the code of the device %s: %w", role.MFASerial, err)
		}
		set("SerialNumber", role.MFASerial)
		set("TokenCode", code)
	}
	c, err := l.askSTS(ctx, role, func() (url.Values, *Credentials, error) { return form, &keys, nil })
	if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && (refusal.Code == "ExpiredToken" || refusal.Code == "ExpiredTokenException") {
		// A source that remembers would give the same until its own clock says so.
		if r, ok := source.(Refresher); ok {
			r.Invalidate(keys)
		}
	}
	return c, err
}

func (l *lookup) webIdentity(ctx context.Context, role *Role, tokenFile string) (Credentials, error) {
	form, err := role.form("AssumeRoleWithWebIdentity", l.Clock())
	if err != nil {
		return Credentials{}, err
	}
	return l.askSTS(ctx, role, func() (url.Values, *Credentials, error) {
		token, err := readToken(tokenFile)
		form.Set("WebIdentityToken", token)
		return form, nil, err
	})
}

// readToken reads a token from a file, which others renew.
func readToken(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", wrap(err)
	}
	token := strings.TrimSpace(string(data))
	switch {
	case token == "":
		return "", fmt.Errorf("credentials: the token file %s is empty", file)
	case strings.ContainsAny(token, "\r\n"):
		return "", fmt.Errorf("credentials: the token file %s has more than one line", file)
	}
	return token, nil
}

// longestSkew is what a clock may be off without being why STS refuses a
// signature.
const longestSkew = 5 * time.Minute

// askSTS sends what prepare makes, signed if it returns keys.
func (l *lookup) askSTS(ctx context.Context, role *Role, prepare func() (url.Values, *Credentials, error)) (Credentials, error) {
	s := service{name: "STS", client: l.client()}
	base, region, err := l.stsEndpoint()
	if err != nil {
		return Credentials{}, err
	}
	var skew time.Duration // what is to be added to our clock
	return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		form, keys, err := prepare()
		if err != nil {
			return c, final, err
		}
		body := form.Encode()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base.Scheme+"://"+base.Host+base.Prefix+"/", strings.NewReader(body))
		if err != nil {
			return c, final, fmt.Errorf("credentials: STS: %w", err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		now := l.Clock().Add(skew)
		if keys != nil {
			sum := sha256.Sum256([]byte(body))
			_, err := new(sigv4.Signer).SignHeader(r, sigv4.Params{
				AccessKeyID:     keys.AccessKeyID,
				SecretAccessKey: keys.SecretAccessKey,
				SessionToken:    keys.SessionToken,
				Region:          region,
				Service:         "sts",
				Time:            now,
				PayloadHash:     hex.EncodeToString(sum[:]),
				NormalizePath:   true,
			})
			if err != nil {
				return c, final, fmt.Errorf("credentials: %s cannot be assumed by %v: %w", role.ARN, keys, err)
			}
		}
		// A message about a wrong signature repeats what should have been signed.
		answer, wait, err := s.ask(r, form.Get("WebIdentityToken"), form.Get("TokenCode"), form.Get("ExternalId"), r.Header.Get("X-Amz-Security-Token"))
		if err != nil {
			if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && refusal.Code == "SignatureDoesNotMatch" && skew == 0 && !s.date.IsZero() {
				// STS has no other code for a signature of another time.
				if off := s.date.Sub(now); off.Abs() > longestSkew {
					skew, wait = off, 0
				}
			}
			return c, wait, err
		}
		c, err = s.readRole(answer)
		c.Source = "role " + role.ARN
		return c, final, err
	})
}

// roleAnswer is the answer to both actions.
type roleAnswer struct {
	Assumed roleResult `xml:"AssumeRoleResult"`
	Web     roleResult `xml:"AssumeRoleWithWebIdentityResult"`
}

type roleResult struct {
	Credentials struct {
		AccessKeyID     string    `xml:"AccessKeyId"`
		SecretAccessKey string    `xml:"SecretAccessKey"`
		SessionToken    string    `xml:"SessionToken"`
		Expiration      time.Time `xml:"Expiration"`
	} `xml:"Credentials"`
}

func (s *service) readRole(body []byte) (Credentials, error) {
	var answer roleAnswer
	if codec.Decode(&codec.Response{Status: http.StatusOK, Body: body}, codec.Document{Format: codec.XML}, &answer) != nil {
		return Credentials{}, s.noDocument()
	}
	found := answer.Assumed.Credentials
	if found.AccessKeyID == "" {
		found = answer.Web.Credentials
	}
	if found.AccessKeyID == "" || found.SecretAccessKey == "" || found.SessionToken == "" || found.Expiration.IsZero() {
		return Credentials{}, s.lacking()
	}
	return Credentials{
		AccessKeyID:     found.AccessKeyID,
		SecretAccessKey: found.SecretAccessKey,
		SessionToken:    found.SessionToken,
		Expires:         found.Expiration,
	}, nil
}

// stsEndpoint is where STS is asked, and the region the call is signed for.
func (l *lookup) stsEndpoint() (base endpoint.Base, region string, err error) {
	region, err = l.region()
	if err != nil {
		return base, "", err
	}
	configured := awsconfig.Setting{Value: l.STSEndpoint, Origin: "AWSConfig.STSEndpoint"}
	if configured.Value == "" {
		if configured, err = l.env.Endpoint("sts"); err != nil {
			return base, "", wrap(err)
		}
	}
	signed := region
	if signed == "" {
		signed = "us-east-1"
	}
	if configured.Value != "" {
		if base, err = configured.Endpoint(); err != nil {
			return base, "", wrap(err)
		}
		return base, signed, nil
	}
	dualStack, fips, err := l.variants()
	if err != nil {
		return base, "", err
	}
	if region == "" && !dualStack && !fips {
		return endpoint.Base{Scheme: "https", Host: "sts.amazonaws.com"}, signed, nil
	}
	return endpoint.Base{Scheme: "https", Host: endpoint.AWS("sts", signed, dualStack, fips)}, signed, nil
}
