// Package endpoint knows how endpoints are written, and where AWS has its own.
package endpoint

import (
	"net/url"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
)

// Base is an endpoint as the user gives it.
type Base struct {
	Scheme string
	Host   string // with port
	Prefix string // path before every bucket, escaped; no slash at its end
}

// Parse reads an endpoint: a URL, or a bare host that is reached by HTTPS.
func Parse(endpoint string) (Base, error) {
	if endpoint == "" {
		return Base{Scheme: "https"}, nil
	}
	text := endpoint
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Base{}, apierror.Setting("Endpoint %q is not a URL such as https://host:port", Redact(endpoint))
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Base{}, apierror.Setting("Endpoint %q may have a scheme, a host, a port and a path, but nothing else", Redact(endpoint))
	}
	return Base{Scheme: u.Scheme, Host: u.Host, Prefix: strings.TrimRight(u.EscapedPath(), "/")}, nil
}

// Redact leaves out what may hold a password or a token.
func Redact(endpoint string) string {
	if i := strings.IndexByte(endpoint, '?'); i >= 0 {
		endpoint = endpoint[:i] + "?…"
	}
	if i := strings.LastIndexByte(endpoint, '@'); i >= 0 {
		endpoint = "…" + endpoint[i:]
	}
	return endpoint
}

// partitions are AWS's families of regions by the beginning of their names.
var partitions = []partition{
	{"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
	{"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
	{"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"", "amazonaws.com", "api.aws"}, // matches every region
}

// AWS returns the host of a service in a region.
func AWS(service, region string, dualStack, fips bool) string {
	if fips {
		service += "-fips"
	}
	p := partitionOf(region)
	switch {
	case !dualStack:
		return service + "." + region + "." + p.suffix
	case strings.HasPrefix(service, "s3"):
		// Unlike other services, S3 has its dual-stack names under the
		// partition's ordinary domain.
		return service + ".dualstack." + region + "." + p.suffix
	}
	return service + "." + region + "." + p.dualStack
}

type partition struct{ prefix, suffix, dualStack string }

func partitionOf(region string) partition {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return partition{}
}

// IsRegion reports whether s can be the name of a region. Regions become part
// of hosts' names, and may come from a server.
func IsRegion(s string) bool {
	if s == "" || len(s) > 32 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if ch := s[i]; (ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') && ch != '-' {
			return false
		}
	}
	return true
}
