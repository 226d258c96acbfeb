package s3

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inEnvironment gives the test these variables, NAME=value, and a shared config
// file, and nothing else of AWS.
func inEnvironment(t *testing.T, config string, variables ...string) (file string) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	file = filepath.Join(home, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	for _, variable := range variables {
		if name, value, ok := strings.Cut(variable, "="); ok {
			t.Setenv(name, value)
		}
	}
	return file
}

// summary is what complete makes of a Config, without what is not set.
func summary(t *testing.T, c Config) (text string, err error) {
	t.Helper()
	s := c.settings()
	if err := complete(&s); err != nil {
		return "", err
	}
	var set []string
	add := func(name string, value any) {
		if v := fmt.Sprint(value); v != "" && v != "false" && v != "0" {
			set = append(set, name+"="+v)
		}
	}
	add("Region", s.Region)
	add("Endpoint", s.Endpoint)
	add("PathStyle", s.PathStyle)
	add("VirtualHost", s.VirtualHost)
	add("DualStack", s.Hosts.DualStack)
	add("FIPS", s.Hosts.FIPS)
	add("Accelerate", s.Hosts.Accelerate)
	add("Global", s.Hosts.Global)
	if use := s.Hosts.UseArnRegion; use != nil {
		set = append(set, fmt.Sprintf("UseArnRegion=%t", *use))
	}
	add("NoMultiRegion", s.Hosts.NoMultiRegion)
	add("NoSessions", s.Hosts.NoSessions)
	add("Checksum", s.Checksum)
	add("ResponseChecksum", s.ResponseChecksum)
	add("UnsignedPayload", s.UnsignedPayload)
	add("MaxAttempts", s.Pipeline.Retry.MaxAttempts)
	return strings.Join(set, " "), nil
}

func TestSettingsOfTheEnvironment(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		variables []string
		config    string // of the profile "default"
		with      Config
		want      string
	}{
		{},
		{variables: []string{"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-2"}, config: "region = eu-west-3", want: "Region=eu-west-1"},
		{variables: []string{"AWS_DEFAULT_REGION=eu-west-2"}, config: "region = eu-west-3", want: "Region=eu-west-2"},
		{config: "region = eu-west-3", want: "Region=eu-west-3"},
		{config: "region = aws-global", want: "Region=aws-global"},
		{variables: []string{"AWS_REGION=evil/"}, with: Config{Region: "eu-west-1"}, want: "Region=eu-west-1"},

		{variables: []string{"AWS_ENDPOINT_URL_S3=http://s3", "AWS_ENDPOINT_URL=http://all"}, config: "endpoint_url = http://file", want: "Endpoint=http://s3"},
		{variables: []string{"AWS_ENDPOINT_URL=http://all"}, config: "endpoint_url = http://file", want: "Endpoint=http://all"},
		{config: "endpoint_url = http://file\nservices = x\n[services x]\ns3 =\n  endpoint_url = http://s3", want: "Endpoint=http://s3"},
		{config: "endpoint_url = http://file", want: "Endpoint=http://file"},
		{variables: []string{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true"}, config: "endpoint_url = http://file"},
		{variables: []string{"AWS_ENDPOINT_URL=evil:"}, with: Config{Endpoint: "http://own"}, want: "Endpoint=http://own"},

		{variables: []string{"AWS_USE_DUALSTACK_ENDPOINT=true"}, config: "use_dualstack_endpoint = false", want: "DualStack=true"},
		{variables: []string{"AWS_USE_DUALSTACK_ENDPOINT=false"}, config: "use_dualstack_endpoint = true"},
		{config: "use_dualstack_endpoint = true", want: "DualStack=true"},
		{config: "s3 =\n  use_dualstack_endpoint = true", want: "DualStack=true"},
		{variables: []string{"AWS_USE_FIPS_ENDPOINT=true"}, want: "FIPS=true"},
		{config: "use_fips_endpoint = true", with: Config{DualStack: true}, want: "DualStack=true FIPS=true"},
		{config: "s3 =\n  use_accelerate_endpoint = true", want: "Accelerate=true"},
		{variables: []string{"AWS_USE_FIPS_ENDPOINT=true"}, with: Config{Endpoint: "http://own"}, want: "Endpoint=http://own"},
		{variables: []string{"AWS_ENDPOINT_URL=http://all"}, with: Config{FIPS: true}, want: "FIPS=true"},

		{config: "s3 =\n  addressing_style = path", want: "PathStyle=true"},
		{config: "s3 =\n  addressing_style = virtual", want: "VirtualHost=true"},
		{config: "s3 =\n  addressing_style = auto"},
		{config: "s3 =\n  addressing_style = path", with: Config{VirtualHost: true}, want: "VirtualHost=true"},

		{variables: []string{"AWS_S3_USE_ARN_REGION=false"}, config: "s3_use_arn_region = true", want: "UseArnRegion=false"},
		{config: "s3_use_arn_region = false", want: "UseArnRegion=false"},
		{config: "s3 =\n  use_arn_region = true", want: "UseArnRegion=true"},
		{variables: []string{"AWS_S3_USE_ARN_REGION=false"}, with: Config{UseArnRegion: &yes}, want: "UseArnRegion=true"},
		{variables: []string{"AWS_S3_USE_ARN_REGION=true"}, with: Config{UseArnRegion: &no}, want: "UseArnRegion=false"},
		{variables: []string{"AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS=true"}, want: "NoMultiRegion=true"},
		{config: "s3_disable_multiregion_access_points = true", want: "NoMultiRegion=true"},
		{variables: []string{"AWS_S3_DISABLE_EXPRESS_SESSION_AUTH=true"}, want: "NoSessions=true"},
		{config: "s3_disable_express_session_auth = true", want: "NoSessions=true"},
		{variables: []string{"AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=legacy"}, want: "Global=true"},
		{config: "s3_us_east_1_regional_endpoint = legacy", want: "Global=true"},
		{config: "s3 =\n  us_east_1_regional_endpoint = regional"},

		{variables: []string{"AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED"}, want: "Checksum=NONE"},
		{config: "request_checksum_calculation = when_required", want: "Checksum=NONE"},
		{config: "request_checksum_calculation = when_required", with: Config{Checksum: ChecksumAlgorithmCrc32}, want: "Checksum=CRC32"},
		{variables: []string{"AWS_RESPONSE_CHECKSUM_VALIDATION=when_required"}, want: "ResponseChecksum=when_required"},
		{config: "response_checksum_validation = when_required", with: Config{ResponseChecksum: ResponseChecksumWhenSupported}, want: "ResponseChecksum=when_supported"},
		{config: "s3 =\n  payload_signing_enabled = false", want: "UnsignedPayload=true"},
		{config: "s3 =\n  payload_signing_enabled = true"},

		{variables: []string{"AWS_MAX_ATTEMPTS=9"}, config: "max_attempts = 2", want: "MaxAttempts=9"},
		{config: "max_attempts = 2\nretry_mode = standard", want: "MaxAttempts=2"},
		{variables: []string{"AWS_RETRY_MODE=standard"}, want: "MaxAttempts=3"},
		{variables: []string{"AWS_MAX_ATTEMPTS=nine"}, with: func() (c Config) { c.Retry.MaxAttempts = 4; return c }(), want: "MaxAttempts=4"},
	} {
		inEnvironment(t, "[default]\n"+tt.config+"\n", tt.variables...)
		got, err := summary(t, tt.with)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%v, %q: %v (-want +got):\n%s", tt.variables, tt.config, err, diff)
		}
	}
}

// TestBadSettingsOfTheEnvironment: each is one sentence that says where.
func TestBadSettingsOfTheEnvironment(t *testing.T) {
	const at2 = ` of the AWS profile "default" (FILE, line 2): `
	const at3 = ` of the AWS profile "default" (FILE, line 3): `
	for _, tt := range []struct {
		variable, config, want string
	}{
		{variable: "AWS_REGION=evil/", want: `AWS_REGION: "evil/" is not the name of a region, such as us-east-1`},
		{config: "region = evil/", want: "region" + at2 + `"evil/" is not the name of a region, such as us-east-1`},
		{variable: "AWS_ENDPOINT_URL_S3=ftp://me:hush@x", want: `AWS_ENDPOINT_URL_S3: "…@x" is not a URL such as https://host:port`},
		{config: "endpoint_url = ftp://x", want: "endpoint_url" + at2 + `"ftp://x" is not a URL such as https://host:port`},
		{variable: "AWS_USE_FIPS_ENDPOINT=1", want: `AWS_USE_FIPS_ENDPOINT: "1" is neither true nor false`},
		{config: "s3 =\n  use_dualstack_endpoint = on", want: "s3.use_dualstack_endpoint" + at3 + `"on" is neither true nor false`},
		{variable: "AWS_USE_FIPS_ENDPOINT=true", config: "endpoint_url = http://x",
			want: `AWS_USE_FIPS_ENDPOINT chooses among AWS's own hosts; it does not go with endpoint_url of the AWS profile "default" (FILE, line 2)`},
		{config: "s3 =\n  use_accelerate_endpoint = yes", want: "s3.use_accelerate_endpoint" + at3 + `"yes" is neither true nor false`},
		{config: "s3 =\n  addressing_style = dns", want: "s3.addressing_style" + at3 + `"dns" is none of auto, path, virtual`},
		{variable: "AWS_S3_USE_ARN_REGION=x", want: `AWS_S3_USE_ARN_REGION: "x" is neither true nor false`},
		{variable: "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS=x", want: `AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: "x" is neither true nor false`},
		{variable: "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH=x", want: `AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: "x" is neither true nor false`},
		{variable: "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=x", want: `AWS_S3_US_EAST_1_REGIONAL_ENDPOINT: "x" is none of legacy, regional`},
		{variable: "AWS_REQUEST_CHECKSUM_CALCULATION=never", want: `AWS_REQUEST_CHECKSUM_CALCULATION: "never" is none of when_supported, when_required`},
		{config: "response_checksum_validation = x", want: "response_checksum_validation" + at2 + `"x" is none of when_supported, when_required`},
		{config: "s3 =\n  payload_signing_enabled = x", want: "s3.payload_signing_enabled" + at3 + `"x" is neither true nor false`},
		{variable: "AWS_MAX_ATTEMPTS=-1", want: `AWS_MAX_ATTEMPTS: "-1" is not a number from 1 to 1000`},
		{config: "retry_mode = eager", want: "retry_mode" + at2 + `"eager" is none of legacy, standard, adaptive`},
	} {
		file := inEnvironment(t, "[default]\n"+tt.config+"\n", tt.variable)
		_, err := summary(t, Config{})
		if want := strings.ReplaceAll(tt.want, "FILE", file); err == nil || err.Error() != want {
			t.Errorf("%s, %q: error\n%v, want\n%s", tt.variable, tt.config, err, want)
		}
	}
}
