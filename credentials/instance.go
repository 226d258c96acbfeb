package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
)

// usual are the surroundings of a program that is not a test.
var usual = &surroundings{
	system:    "/sys",
	guess:     runtime.GOOS == "windows",
	container: "http://169.254.170.2",
	instance:  "http://169.254.169.254",
	instance6: "http://[fd00:ec2::254]",
	patience:  time.Second,
}

// InstanceMetadata returns a Provider of the credentials of the role that an
// EC2 instance has. It asks the instance's metadata service, version 2: at
// AWS_EC2_METADATA_SERVICE_ENDPOINT or ec2_metadata_service_endpoint of the
// profile; else at 169.254.169.254, or at fd00:ec2::254 where
// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE or ec2_metadata_service_endpoint_mode
// is IPv6.
//
// The service has one second to answer the first request, which asks for a
// session's token. There is no falling back to version 1, no proxy is used and
// no redirect followed. Where the service does not answer, refuses a token,
// has no role, or where AWS_EC2_METADATA_DISABLED is true, the error wraps
// [ErrNone]. In a container on an instance, the instance's hop limit has to be
// 2 at least.
//
// As part of [Default] it asks only a machine that looks like an instance:
// Linux is told by /sys/class/dmi/id and /sys/hypervisor/uuid, and Windows
// cannot be told. Elsewhere, set the endpoint or the mode to have it ask.
func InstanceMetadata(opts ...func(*AWSConfig)) Provider { return instance{configure(opts)} }

type instance struct{ config *AWSConfig }

// Format prints no more than what p is.
func (p instance) Format(f fmt.State, _ rune) { fmt.Fprint(f, "instance metadata") }

func (p instance) Retrieve(ctx context.Context) (Credentials, error) {
	return p.config.begin("").instance(ctx)
}

const (
	disabledVariable = "AWS_EC2_METADATA_DISABLED"
	instanceVariable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
	modeVariable     = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"

	metadataPath = "/latest/meta-data/iam/security-credentials/"
)

// likelyInstance is instance where the machine is likely to be one.
func (l *lookup) likelyInstance(ctx context.Context) (Credentials, error) {
	_, configured, err := l.instanceEndpoint()
	if err != nil {
		return Credentials{}, err
	}
	if !configured && !l.around.likelyEC2() {
		return Credentials{}, none("this machine does not look like an EC2 instance (" + instanceVariable + " or " + modeVariable + " has its metadata service asked all the same)")
	}
	return l.instance(ctx)
}

// likelyEC2 reports whether the kernel says that the machine is of Amazon.
func (s *surroundings) likelyEC2() bool {
	if s.guess {
		return true
	}
	for _, name := range [...]string{"sys_vendor", "bios_vendor", "bios_version", "board_vendor", "chassis_asset_tag", "product_uuid"} {
		if s.saysEC2(filepath.Join("class", "dmi", "id", name)) {
			return true
		}
	}
	return s.saysEC2(filepath.Join("hypervisor", "uuid"))
}

func (s *surroundings) saysEC2(name string) bool {
	data, err := os.ReadFile(filepath.Join(s.system, name))
	text := strings.ToLower(string(data))
	return err == nil && (strings.Contains(text, "amazon") || strings.HasSuffix(name, "uuid") && strings.HasPrefix(text, "ec2"))
}

// instanceEndpoint is where the metadata service is asked, and whether that is
// configured.
func (l *lookup) instanceEndpoint() (base string, configured bool, err error) {
	off, err := awsconfig.Setting{Value: os.Getenv(disabledVariable), Origin: disabledVariable}.Flag()
	if err != nil {
		return "", false, wrap(err)
	}
	if off {
		return "", false, none(disabledVariable + " is true")
	}
	s, err := l.env.Lookup(instanceVariable, "ec2_metadata_service_endpoint")
	if err != nil {
		return "", false, wrap(err)
	}
	if s.Value != "" {
		b, err := s.Endpoint()
		if err == nil && !strings.Contains(s.Value, "://") { // it is http mostly, so it is to be said
			err = s.Invalid("is not a URL such as " + l.around.instance)
		}
		if err != nil {
			return "", false, wrap(err)
		}
		return b.Scheme + "://" + b.Host + b.Prefix, true, nil
	}
	s, err = l.env.Lookup(modeVariable, "ec2_metadata_service_endpoint_mode")
	if err != nil {
		return "", false, wrap(err)
	}
	mode, err := s.Choice("IPv4", "IPv6")
	if err != nil {
		return "", false, wrap(err)
	}
	if mode == "IPv6" {
		return l.around.instance6, true, nil
	}
	return l.around.instance, mode != "", nil
}

func (l *lookup) instance(ctx context.Context) (Credentials, error) {
	base, _, err := l.instanceEndpoint()
	if err != nil {
		return Credentials{}, err
	}
	s := service{name: "the EC2 instance metadata service", client: withoutRedirects(&http.Client{Transport: pastProxies})}
	token, err := s.instanceToken(ctx, base, l.around.patience)
	if err != nil {
		return Credentials{}, err
	}
	get := func(ctx context.Context, path string) ([]byte, time.Duration, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return nil, final, fmt.Errorf("credentials: %s: %w", s.name, err)
		}
		r.Header.Set("X-Aws-Ec2-Metadata-Token", token)
		return s.ask(r, token)
	}
	return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		body, wait, err := get(ctx, metadataPath)
		role, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
		if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound || err == nil && role == "" {
			return c, final, none("the EC2 instance has no role")
		}
		if err != nil {
			return c, wait, err
		}
		body, wait, err = get(ctx, metadataPath+url.PathEscape(strings.TrimSpace(role)))
		if err != nil {
			return c, wait, err
		}
		c, err = s.readKeys(body, token)
		c.Source = "instance metadata"
		return c, final, err
	})
}

// instanceToken begins a session with the service, if there is one.
func (s *service) instanceToken(ctx context.Context, base string, patience time.Duration) (string, error) {
	var body []byte
	var host string
	_, err := repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		bounded, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		r, err := http.NewRequestWithContext(bounded, http.MethodPut, base+"/latest/api/token", nil)
		if err != nil {
			return c, final, fmt.Errorf("credentials: %s: %w", s.name, err)
		}
		host = r.URL.Host
		r.Header.Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
		body, wait, err = s.ask(r)
		if refusal := (*ServiceError)(nil); err != nil && !errors.As(err, &refusal) {
			wait = final // there is nobody to wait for
		}
		return c, wait, err
	})
	switch {
	case ctx.Err() != nil:
		return "", err
	case errors.Is(err, context.DeadlineExceeded):
		return "", none(fmt.Sprintf("%s at %s did not answer within %v (in a container, the instance's hop limit has to be 2)", s.name, host, patience))
	case err != nil:
		return "", none(strings.TrimPrefix(err.Error(), "credentials: "))
	}
	token := string(body)
	if token == "" || strings.ContainsAny(token, "\r\n") {
		return "", s.unfit("the answer is no token")
	}
	return token, nil
}
