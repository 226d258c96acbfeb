package s3

import (
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// complete fills in what the AWS CLI would find in the environment and in the
// shared files. What the Config has is never looked up.
func complete(s *s3dialect.Settings) error {
	env := awsconfig.New(s.Profile)
	for _, step := range [...]func(*s3dialect.Settings, *awsconfig.Config) error{where, how, integrity} {
		if err := step(s, env); err != nil {
			return err
		}
	}
	if s.Credentials == nil {
		s.Credentials = credentials.DefaultFor(s.Profile, func(c *credentials.AWSConfig) {
			c.HTTPClient, c.Clock = s.Client, s.Pipeline.Clock
			if s.Endpoint == "" { // the regions of other servers mean nothing to STS
				c.Region = s.Region
			}
		})
	}
	return nil
}

// where looks up endpoint, region and the kind of AWS's hosts.
func where(s *s3dialect.Settings, env *awsconfig.Config) error {
	place := awsconfig.Place{
		Endpoint: s.Endpoint, Region: s.Region,
		DualStack: s.Hosts.DualStack, FIPS: s.Hosts.FIPS, Accelerate: s.Hosts.Accelerate,
	}
	if err := place.Complete(env, "s3"); err != nil {
		return err
	}
	s.Endpoint, s.Region = place.Endpoint, place.Region
	s.Hosts.DualStack, s.Hosts.FIPS, s.Hosts.Accelerate = place.DualStack, place.FIPS, place.Accelerate
	return nil
}

// how looks up what else says how requests are made.
func how(s *s3dialect.Settings, env *awsconfig.Config) error {
	if s.Hosts.UseArnRegion == nil {
		setting, err := env.Lookup("AWS_S3_USE_ARN_REGION", "s3_use_arn_region", "s3.use_arn_region")
		if err != nil {
			return err
		}
		if setting.Value != "" {
			use, err := setting.Flag()
			if err != nil {
				return err
			}
			s.Hosts.UseArnRegion = &use
		}
	}
	for _, flag := range [...]struct {
		field              *bool
		variable, property string
	}{
		{&s.Hosts.NoMultiRegion, "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", "s3_disable_multiregion_access_points"},
		{&s.Hosts.NoSessions, "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "s3_disable_express_session_auth"},
	} {
		if *flag.field {
			continue
		}
		var err error
		if *flag.field, err = env.Flag(flag.variable, flag.property); err != nil {
			return err
		}
	}
	if !s.Hosts.Global {
		setting, err := env.Lookup("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "s3_us_east_1_regional_endpoint", "s3.us_east_1_regional_endpoint")
		if err != nil {
			return err
		}
		kind, err := setting.Choice("legacy", "regional")
		if err != nil {
			return err
		}
		s.Hosts.Global = kind == "legacy"
	}
	if !s.PathStyle && !s.VirtualHost {
		setting, err := env.Lookup("", "s3.addressing_style")
		if err != nil {
			return err
		}
		style, err := setting.Choice("auto", "path", "virtual")
		if err != nil {
			return err
		}
		s.PathStyle, s.VirtualHost = style == "path", style == "virtual"
	}
	if s.Pipeline.Retry.MaxAttempts == 0 {
		var err error
		if s.Pipeline.Retry.MaxAttempts, err = env.Attempts(); err != nil {
			return err
		}
	}
	return nil
}

// integrity looks up what is computed over bodies.
func integrity(s *s3dialect.Settings, env *awsconfig.Config) error {
	when := func(variable, property string) (string, error) {
		setting, err := env.Lookup(variable, property)
		if err != nil {
			return "", err
		}
		return setting.Choice(s3dialect.WhenSupported, s3dialect.WhenRequired)
	}
	if s.Checksum == "" {
		word, err := when("AWS_REQUEST_CHECKSUM_CALCULATION", "request_checksum_calculation")
		if err != nil {
			return err
		}
		if word == s3dialect.WhenRequired {
			s.Checksum = s3dialect.None
		}
	}
	if s.ResponseChecksum == "" {
		var err error
		if s.ResponseChecksum, err = when("AWS_RESPONSE_CHECKSUM_VALIDATION", "response_checksum_validation"); err != nil {
			return err
		}
	}
	if !s.UnsignedPayload {
		setting, err := env.Lookup("", "s3.payload_signing_enabled")
		if err != nil {
			return err
		}
		signed, err := setting.Flag()
		if err != nil {
			return err
		}
		s.UnsignedPayload = setting.Value != "" && !signed
	}
	return nil
}

// bundle is the file of authorities that AWS's tools trust.
func bundle(profile string) (file, origin string, err error) {
	s, err := awsconfig.New(profile).Bundle()
	return s.Value, s.Origin, err
}
