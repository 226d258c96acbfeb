package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
)

// Profile returns a Provider that reads a profile of the files AWS tools share,
// ~/.aws/credentials and ~/.aws/config (or those that
// AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name), anew each time. An
// empty name means the profile of AWS_PROFILE, or else "default".
//
// The profile has the keys itself, or says where they come from:
//
//   - aws_access_key_id, aws_secret_access_key, aws_session_token: these keys;
//   - role_arn with web_identity_token_file: as [WebIdentity];
//   - role_arn with source_profile: as [AssumeRole], with the credentials of
//     another profile, which may have a role in turn, or with its own keys if
//     that is the profile itself;
//   - role_arn with credential_source: as [AssumeRole], with the credentials of
//     [Env] (Environment), [InstanceMetadata] (Ec2InstanceMetadata) or
//     [Container] (EcsContainer);
//   - role_arn with none of these: as [AssumeRole], with what the profile has
//     itself;
//   - sso_session, or sso_start_url and sso_region, with sso_account_id and
//     sso_role_name: as [SSO];
//   - credential_process: as [Process].
//
// With a role count external_id, role_session_name, duration_seconds and
// mfa_serial, which needs [AWSConfig.MFACode].
//
// Errors name the profile and, where a setting is wrong, its file and line. A
// profile without any of these wraps [ErrNone]; one that was asked for and
// does not exist is an error.
func Profile(name string, opts ...func(*AWSConfig)) Provider { return profile{name, configure(opts)} }

type profile struct {
	name   string
	config *AWSConfig
}

// Format prints the profile's name alone.
func (p profile) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "profile %q", p.name) }

func (p profile) Retrieve(ctx context.Context) (Credentials, error) {
	return p.config.begin(p.name).profile(ctx)
}

// profile looks in the profile of l.
func (l *lookup) profile(ctx context.Context) (Credentials, error) {
	p, err := l.env.Profile()
	if err != nil {
		return Credentials{}, wrap(err)
	}
	if role := p.Setting("role_arn"); role.Value != "" {
		return l.profileRole(ctx, p, role, []string{p.Name})
	}
	return l.own(ctx, p)
}

// own are the credentials of p without its role.
func (l *lookup) own(ctx context.Context, p *awsconfig.Profile) (c Credentials, err error) {
	id, secret, token, file := p.Keys()
	where := fmt.Sprintf("the AWS profile %q in %s", p.Name, file)
	switch {
	case id != "" && secret != "":
		return Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token, Source: named(p)}, nil
	case id != "":
		return c, halfSet(where, "aws_access_key_id", "aws_secret_access_key")
	case secret != "":
		return c, halfSet(where, "aws_secret_access_key", "aws_access_key_id")
	}
	if file := p.Setting("web_identity_token_file"); file.Value != "" {
		return c, fmt.Errorf("credentials: %s goes with a role_arn, which is missing", file.Origin)
	}
	switch process := p.Setting("credential_process"); {
	case p.Value("sso_session") != "" || p.Value("sso_start_url") != "":
		c, err = l.profileSSO(ctx, p)
	case process.Value != "":
		c, err = l.process(ctx, process.Value, process.Origin)
	default:
		return c, none(nothingIn(p))
	}
	if err == nil {
		c.Source = named(p)
	}
	return c, err
}

func named(p *awsconfig.Profile) string { return "profile " + p.Name }

func nothingIn(p *awsconfig.Profile) string {
	if p.Found {
		return fmt.Sprintf("the AWS profile %q has no keys", p.Name)
	}
	if p.CredentialsFile == "" && p.ConfigFile == "" {
		return "there is no home directory with AWS profiles"
	}
	return fmt.Sprintf("there is no AWS profile %q in %s or %s", p.Name, p.CredentialsFile, p.ConfigFile)
}

// profileRole takes on the role of p. Path holds the profiles that have led
// here, p the last.
func (l *lookup) profileRole(ctx context.Context, p *awsconfig.Profile, arn awsconfig.Setting, path []string) (Credentials, error) {
	role := Role{
		ARN:         arn.Value,
		SessionName: p.Value("role_session_name"),
		ExternalID:  p.Value("external_id"),
		MFASerial:   p.Value("mfa_serial"),
	}
	seconds, err := p.Setting("duration_seconds").Number(int(shortestSession/time.Second), int(longestSession/time.Second))
	if err != nil {
		return Credentials{}, wrap(err)
	}
	role.Duration = time.Duration(seconds) * time.Second

	var c Credentials
	if file := p.Value("web_identity_token_file"); file != "" {
		c, err = l.webIdentity(ctx, &role, file)
	} else {
		c, err = l.assumeRole(ctx, ProviderFunc(func(ctx context.Context) (Credentials, error) {
			c, err := l.sourceOf(ctx, p, arn, path)
			if reason, ok := errors.AsType[none](err); ok {
				// A role is there, so that something is broken. Default must not
				// go on and find somebody else.
				err = fmt.Errorf("credentials: %s has nobody to assume it: %s", arn.Origin, string(reason))
			}
			return c, err
		}), &role)
	}
	if err != nil {
		return Credentials{}, err
	}
	c.Source = named(p) + ", " + c.Source
	return c, nil
}

// sourceOf are the credentials by which p's role is assumed.
func (l *lookup) sourceOf(ctx context.Context, p *awsconfig.Profile, arn awsconfig.Setting, path []string) (Credentials, error) {
	from, kind := p.Setting("source_profile"), p.Setting("credential_source")
	switch {
	case from.Value != "" && kind.Value != "":
		return Credentials{}, fmt.Errorf("credentials: %s does not go with %s: a role has one source", kind.Origin, from.Origin)
	case from.Value == p.Name:
		return l.own(ctx, p)
	case slices.Contains(path, from.Value):
		return Credentials{}, fmt.Errorf("credentials: %s leads back to a profile that is waiting for it: %s", from.Origin, strings.Join(append(path, from.Value), " → "))
	case from.Value != "":
		next, err := awsconfig.New(from.Value).Profile()
		if err != nil {
			return Credentials{}, fmt.Errorf("credentials: %s: %v", from.Origin, err)
		}
		// Here keys go before a role: else a profile could not be the source
		// of its own role by way of another.
		role := next.Setting("role_arn")
		if _, _, _, file := next.Keys(); file == "" && role.Value != "" {
			return l.profileRole(ctx, next, role, append(slices.Clone(path), next.Name))
		}
		return l.own(ctx, next)
	}
	source, err := kind.Choice("Environment", "Ec2InstanceMetadata", "EcsContainer")
	if err != nil {
		return Credentials{}, wrap(err)
	}
	switch source {
	case "Environment":
		return Env().Retrieve(ctx)
	case "Ec2InstanceMetadata":
		return l.instance(ctx)
	case "EcsContainer":
		return l.container(ctx)
	}
	c, err := l.own(ctx, p)
	if errors.Is(err, ErrNone) {
		return Credentials{}, fmt.Errorf("credentials: %s has no source_profile, credential_source or web_identity_token_file beside it", arn.Origin)
	}
	return c, err
}
