package credentials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
)

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

// Profile returns a Provider that reads a profile of the files AWS tools share,
// ~/.aws/credentials and ~/.aws/config (or those that
// AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name), anew each time. An
// empty name means the profile of AWS_PROFILE, or else "default".
//
// The profile's keys are taken as they stand. One that gets its keys from
// elsewhere (a role, single sign-on, a process) is an error: that is not
// supported yet.
func Profile(name string) Provider { return profile{name} }

type profile struct{ name string }

// elsewhere are the properties by which a profile gets its keys from outside
// of the files, with what they mean.
var elsewhere = [...]struct{ property, means string }{
	{"role_arn", "a role to assume"},
	{"sso_session", "single sign-on"},
	{"sso_start_url", "single sign-on"},
	{"credential_process", "a process"},
	{"web_identity_token_file", "a web identity"},
	{"credential_source", "another source"},
}

func (p profile) Retrieve(context.Context) (Credentials, error) {
	settings, err := awsconfig.New(p.name).Profile()
	if err != nil {
		return Credentials{}, fmt.Errorf("credentials: %w", err)
	}
	id, secret, token, file := settings.Keys()
	for _, e := range elsewhere {
		// A role counts even beside keys, since these only serve to assume it.
		if settings.Value(e.property) != "" && (file == "" || e.property == "role_arn") {
			return Credentials{}, fmt.Errorf("credentials: the AWS profile %q gets its keys from %s (%s), which is not supported yet: use a profile with keys, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", settings.Name, e.means, e.property)
		}
	}
	where := fmt.Sprintf("the AWS profile %q in %s", settings.Name, file)
	switch {
	case file == "":
		return Credentials{}, none(nothingIn(settings))
	case secret == "":
		return Credentials{}, halfSet(where, "aws_access_key_id", "aws_secret_access_key")
	case id == "":
		return Credentials{}, halfSet(where, "aws_secret_access_key", "aws_access_key_id")
	}
	return Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token, Source: "profile " + settings.Name}, nil
}

func nothingIn(p *awsconfig.Profile) string {
	if p.Found {
		return fmt.Sprintf("the AWS profile %q has no keys", p.Name)
	}
	if p.CredentialsFile == "" && p.ConfigFile == "" {
		return "there is no home directory with AWS profiles"
	}
	return fmt.Sprintf("there is no AWS profile %q in %s or %s", p.Name, p.CredentialsFile, p.ConfigFile)
}

// Default returns the Provider of clients that are given none: [Env], then
// [Profile] by the name in the environment. What is broken on the way (half a
// pair of keys, a file that cannot be read) is an error, and is not passed over
// for the next. If there is nothing anywhere, the error wraps [ErrNone] and
// says where it was looked for.
func Default() Provider { return defaultChain{} }

type defaultChain struct{}

func (defaultChain) Retrieve(ctx context.Context) (Credentials, error) {
	var reasons []string
	for _, p := range [...]Provider{Env(), Profile("")} {
		c, err := p.Retrieve(ctx)
		reason, ok := errors.AsType[none](err)
		if !ok {
			return c, err
		}
		reasons = append(reasons, string(reason))
	}
	return Credentials{}, none(strings.Join(reasons, ", and "))
}

// DefaultFor returns [Default], or with a name [Profile]: a profile that a
// program names wins over keys in the environment.
func DefaultFor(profile string) Provider {
	if profile != "" {
		return Profile(profile)
	}
	return Default()
}
