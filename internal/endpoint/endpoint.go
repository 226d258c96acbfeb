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

// Partition is one of AWS's families of regions, which share nothing with the
// others, least of all accounts.
type Partition struct {
	Name      string // as in ARNs
	prefix    string // of the names of its regions
	Suffix    string // of its hosts
	DualStack string // the same for IPv6, for services other than S3
}

var partitions = []Partition{
	{"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
	{"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
	{"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
	{"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
	{"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
	{"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
	{"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
	{"aws", "", "amazonaws.com", "api.aws"}, // matches every region
}

// PartitionOf returns the partition of a region. Pseudo-regions such as
// "aws-cn-global" begin with the partition's name.
func PartitionOf(region string) *Partition {
	for i := range partitions {
		p := &partitions[i]
		if strings.HasPrefix(region, p.prefix) || strings.HasPrefix(region, p.Name) && strings.HasPrefix(region[len(p.Name):], "-") {
			return p
		}
	}
	return nil // not reached: the last one matches
}

// IsAWS reports whether a host, without a port, is one of AWS's.
func IsAWS(host string) bool {
	for i := range partitions {
		p := &partitions[i]
		if under(host, p.Suffix) || under(host, p.DualStack) {
			return true
		}
	}
	return false
}

func under(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}

// AWS returns the host of a service in a region.
func AWS(service, region string, dualStack, fips bool) string {
	p := PartitionOf(region)
	middle := "."
	if fips {
		middle = "-fips."
	}
	switch {
	case !dualStack:
		return service + middle + region + "." + p.Suffix
	case strings.HasPrefix(service, "s3"):
		// Unlike other services, S3 has its dual-stack names under the
		// partition's ordinary domain.
		return service + middle + "dualstack." + region + "." + p.Suffix
	}
	return service + middle + region + "." + p.DualStack
}

// IsLabel reports whether s can be one label of a host's name, as S3 has it in
// ARNs: letters of either case, digits and hyphens.
func IsLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if ch := s[i]; (ch < 'a' || ch > 'z') && (ch < 'A' || ch > 'Z') && (ch < '0' || ch > '9') && ch != '-' {
			return false
		}
	}
	return true
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
