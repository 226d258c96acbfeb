package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/endpoint"
)

// AWSConfig adjusts the Providers for AWS: [Default], [Profile], [AssumeRole],
// [WebIdentity], [SSO], [Process], [Container] and [InstanceMetadata]. What they
// read from the environment and from files they read anew each time.
type AWSConfig struct {
	// Region is that whose STS gives roles. Default: AWS_REGION,
	// AWS_DEFAULT_REGION, the profile; then STS's global endpoint. The STS of
	// the region is asked also where AWS_STS_REGIONAL_ENDPOINTS says legacy.
	Region string

	// STSEndpoint is the URL of another STS. Default: AWS_ENDPOINT_URL_STS,
	// AWS_ENDPOINT_URL, the profile; then AWS itself, with
	// AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT.
	STSEndpoint string

	// HTTPClient asks STS and IAM Identity Center. It is copied, and the copy
	// follows no redirects. Default: one of the package's own. What runs beside
	// the program, as instance metadata, is asked without it, past all proxies.
	HTTPClient *http.Client

	// MFACode returns the code that a device shows, for a role that demands
	// one. It may ask a person; a [Cache] ends that after a minute. Default:
	// such a role is an error.
	MFACode func(ctx context.Context, serial string) (code string, err error)

	// Clock tells the time. Default [time.Now].
	Clock func() time.Time

	around *surroundings // set by tests
}

// surroundings are the places outside of the environment and of the home
// directory in which a look-up looks.
type surroundings struct {
	system    string        // where the kernel tells about the machine: /sys
	guess     bool          // the kernel does not tell; ask
	container string        // base of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
	instance  string        // the metadata service, by default
	instance6 string        // the same by IPv6
	patience  time.Duration // with which it is waited for the first answer of that
}

func configure(opts []func(*AWSConfig)) *AWSConfig {
	if len(opts) == 0 {
		return nil // Providers without options are to be equal
	}
	c := new(AWSConfig)
	for _, option := range opts {
		option(c)
	}
	return c
}

// lookup is one look-up: what it goes by, and where it reads the rest.
type lookup struct {
	AWSConfig
	env *awsconfig.Config
}

// begin begins a look-up that has a profile's settings; those of the
// environment's profile if it is not named.
func (c *AWSConfig) begin(profile string) *lookup {
	l := &lookup{env: awsconfig.New(profile)}
	if c != nil {
		l.AWSConfig = *c
	}
	if l.Clock == nil {
		l.Clock = time.Now
	}
	if l.around == nil {
		l.around = usual
	}
	return l
}

// client is the client for services of AWS.
func (l *lookup) client() *http.Client {
	if l.HTTPClient != nil {
		return withoutRedirects(l.HTTPClient)
	}
	return withoutRedirects(&http.Client{Transport: throughProxies})
}

// region is that of STS; empty if nothing names one.
func (l *lookup) region() (string, error) {
	s := awsconfig.Setting{Value: l.Region, Origin: "AWSConfig.Region"}
	if s.Value == "" {
		var err error
		if s, err = l.env.Region(); err != nil {
			return "", wrap(err)
		}
	}
	if s.Value != "" && !endpoint.IsRegion(s.Value) {
		return "", wrap(s.Invalid("is not the name of a region, such as us-east-1"))
	}
	if s.Value == globalRegion {
		return "", nil
	}
	return s.Value, nil
}

// globalRegion is the region of those who want services by their old hosts,
// which name none.
const globalRegion = "aws-global"

// variants are the kinds of hosts of AWS that are wanted.
func (l *lookup) variants() (dualStack, fips bool, err error) {
	dualStack, err = l.env.Flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
	if err == nil {
		fips, err = l.env.Flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
	}
	if err != nil {
		return false, false, wrap(err)
	}
	return dualStack, fips, nil
}

// wrap makes an error of this package of one about a file or a setting. It
// hides the cause from errors.Is: that a file of settings does not exist, or
// may not be read, says nothing about objects.
func wrap(err error) error { return errors.New("credentials: " + err.Error()) }

// Env returns a Provider that reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
// and AWS_SESSION_TOKEN, anew each time. One of the first two without the other
// is an error.
func Env() Provider { return env{} }

type env struct{}

func (env) Retrieve(context.Context) (Credentials, error) {
	const idVariable, secretVariable = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
	c := Credentials{
		AccessKeyID:     os.Getenv(idVariable),
		SecretAccessKey: os.Getenv(secretVariable),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	switch {
	case c.AccessKeyID == "" && c.SecretAccessKey == "":
		return Credentials{}, none(idVariable + " and " + secretVariable + " are not set")
	case c.SecretAccessKey == "":
		return Credentials{}, halfSet("the environment", idVariable, secretVariable)
	case c.AccessKeyID == "":
		return Credentials{}, halfSet("the environment", secretVariable, idVariable)
	}
	return c, nil
}

func halfSet(where, have, lack string) error {
	return fmt.Errorf("credentials: %s has %s but not %s", where, have, lack)
}

// Default returns the Provider of clients that are given none. It looks where
// the AWS command line looks, in the order of the AWS SDK for Go (for the
// command line, the role of a profile goes before that of the environment, and
// single sign-on before keys of the profile), and takes the first it finds:
//
//  1. keys in the environment, as [Env] reads them;
//  2. a role for the web identity that AWS_WEB_IDENTITY_TOKEN_FILE and
//     AWS_ROLE_ARN name, and AWS_ROLE_SESSION_NAME if it likes, see
//     [WebIdentity];
//  3. the profile of AWS_PROFILE, or else "default", whatever it gets its keys
//     from, see [Profile];
//  4. the agent beside a container, see [Container];
//  5. the metadata service of an EC2 instance, see [InstanceMetadata], but only
//     where the machine looks like one, or where its address or mode is
//     configured.
//
// What is broken on the way (half a pair of keys, a file that cannot be read, a
// role that is refused) is an error, and is not passed over for the next. If
// there is nothing anywhere, the error wraps [ErrNone] and says where it was
// looked for.
func Default(opts ...func(*AWSConfig)) Provider { return defaultChain{configure(opts)} }

type defaultChain struct{ config *AWSConfig }

// Format prints no more than what p is.
func (p defaultChain) Format(f fmt.State, _ rune) { fmt.Fprint(f, "default credentials") }

func (p defaultChain) Retrieve(ctx context.Context) (Credentials, error) {
	l := p.config.begin("")
	var reasons []string
	for _, look := range [...]func(context.Context) (Credentials, error){
		Env().Retrieve, l.environmentRole, l.profile, l.container, l.likelyInstance,
	} {
		c, err := look(ctx)
		reason, ok := errors.AsType[none](err)
		if !ok {
			return c, err
		}
		reasons = append(reasons, string(reason))
	}
	last := len(reasons) - 1
	return Credentials{}, none(strings.Join(reasons[:last], ", ") + ", and " + reasons[last])
}

// environmentRole is the role of a web identity that the environment names.
func (l *lookup) environmentRole(ctx context.Context) (Credentials, error) {
	const fileVariable, roleVariable = "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"
	file, arn := os.Getenv(fileVariable), os.Getenv(roleVariable)
	switch {
	case file == "": // a role alone is no sign: others use that variable, too
		return Credentials{}, none(fileVariable + " is not set")
	case arn == "":
		return Credentials{}, halfSet("the environment", fileVariable, roleVariable)
	}
	return l.webIdentity(ctx, &Role{ARN: arn, SessionName: os.Getenv("AWS_ROLE_SESSION_NAME")}, file)
}

// DefaultFor returns [Default], or with a name [Profile]: a profile that a
// program names wins over keys in the environment.
func DefaultFor(profile string, opts ...func(*AWSConfig)) Provider {
	if profile != "" {
		return Profile(profile, opts...)
	}
	return Default(opts...)
}
