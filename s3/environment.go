package s3

import (
	"strings"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// complete fills in what the AWS CLI would find in the environment and in the
// shared files. What the Config has is never looked up.
func complete(s *s3dialect.Settings) error {
	env := awsconfig.New(s.Profile)
	if s.Endpoint == "" && !s.Hosts.VendorOnly() {
		endpoint, err := env.Endpoint("s3")
		if err != nil {
			return err
		}
		s.Endpoint = endpoint.Value
	}
	if s.Region == "" {
		region, err := env.Region()
		if err != nil {
			return err
		}
		s.Region = region.Value
	}
	if s.Credentials == nil {
		s.Credentials = credentials.DefaultFor(s.Profile)
	}
	if s.Checksum == "" {
		when, err := env.Lookup("request_checksum_calculation", "AWS_REQUEST_CHECKSUM_CALCULATION")
		if err != nil {
			return err
		}
		if strings.EqualFold(when.Value, "when_required") {
			s.Checksum = s3dialect.None
		}
	}
	if s.ResponseChecksum == "" {
		when, err := env.Lookup("response_checksum_validation", "AWS_RESPONSE_CHECKSUM_VALIDATION")
		if err != nil {
			return err
		}
		if strings.EqualFold(when.Value, s3dialect.WhenRequired) {
			s.ResponseChecksum = s3dialect.WhenRequired
		}
	}
	return nil
}
