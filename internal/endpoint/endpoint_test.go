package endpoint_test

import (
	"testing"

	"github.com/entrepot-go/entrepot/internal/endpoint"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, endpoint string
		want           endpoint.Base
		err            string
	}{
		{name: "none", want: endpoint.Base{Scheme: "https"}},
		{name: "bare host means TLS", endpoint: "minio.example", want: endpoint.Base{Scheme: "https", Host: "minio.example"}},
		{name: "port", endpoint: "http://127.0.0.1:9000/", want: endpoint.Base{Scheme: "http", Host: "127.0.0.1:9000"}},
		{name: "IPv6", endpoint: "http://[::1]:9000", want: endpoint.Base{Scheme: "http", Host: "[::1]:9000"}},
		{name: "path stays escaped", endpoint: "https://gw.example/a%2Fb/", want: endpoint.Base{Scheme: "https", Host: "gw.example", Prefix: "/a%2Fb"}},
		{name: "other scheme", endpoint: "s3://bucket", err: `Config: Endpoint "s3://bucket" is not a URL such as https://host:port`},
		{name: "no host", endpoint: "https://", err: `Config: Endpoint "https://" is not a URL such as https://host:port`},
		{name: "password is not repeated", endpoint: "https://me:secret@host", err: `Config: Endpoint "…@host" may have a scheme, a host, a port and a path, but nothing else`},
		{name: "query is not repeated", endpoint: "https://host/?sig=secret", err: `Config: Endpoint "https://host/?…" may have a scheme, a host, a port and a path, but nothing else`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := endpoint.Parse(tt.endpoint)
			if text := errorText(err); text != tt.err {
				t.Fatalf("Parse(%q): error %q, want %q", tt.endpoint, text, tt.err)
			}
			if err == nil && got != tt.want {
				t.Errorf("Parse(%q) = %+v, want %+v", tt.endpoint, got, tt.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAWS(t *testing.T) {
	tests := []struct {
		service, region string
		dualStack, fips bool
		want            string
	}{
		{service: "s3", region: "us-east-1", want: "s3.us-east-1.amazonaws.com"},
		{service: "s3", region: "eu-central-1", dualStack: true, want: "s3.dualstack.eu-central-1.amazonaws.com"},
		{service: "s3", region: "us-gov-west-1", fips: true, want: "s3-fips.us-gov-west-1.amazonaws.com"},
		{service: "s3", region: "us-east-2", dualStack: true, fips: true, want: "s3-fips.dualstack.us-east-2.amazonaws.com"},
		{service: "s3", region: "cn-north-1", want: "s3.cn-north-1.amazonaws.com.cn"},
		{service: "s3", region: "us-iso-east-1", want: "s3.us-iso-east-1.c2s.ic.gov"},
		{service: "s3", region: "us-isob-east-1", want: "s3.us-isob-east-1.sc2s.sgov.gov"},
		{service: "s3", region: "eu-isoe-west-1", want: "s3.eu-isoe-west-1.cloud.adc-e.uk"},
		{service: "s3", region: "eusc-de-east-1", want: "s3.eusc-de-east-1.amazonaws.eu"},
		{service: "lightsail", region: "us-west-2", want: "lightsail.us-west-2.amazonaws.com"},
		{service: "lightsail", region: "us-west-2", dualStack: true, want: "lightsail.us-west-2.api.aws"},
		{service: "lightsail", region: "us-west-2", fips: true, want: "lightsail-fips.us-west-2.amazonaws.com"},
	}
	for _, tt := range tests {
		if got := endpoint.AWS(tt.service, tt.region, tt.dualStack, tt.fips); got != tt.want {
			t.Errorf("AWS(%q, %q, %v, %v) = %q, want %q", tt.service, tt.region, tt.dualStack, tt.fips, got, tt.want)
		}
	}
}

func TestIsRegion(t *testing.T) {
	for _, s := range []string{"us-east-1", "eusc-de-east-1", "ams03", "local"} {
		if !endpoint.IsRegion(s) {
			t.Errorf("IsRegion(%q) = false", s)
		}
	}
	for _, s := range []string{"", "evil.example/", "a.b", "-x", "x-", "US-EAST-1", "us east", "@evil", "a23456789012345678901234567890123"} {
		if endpoint.IsRegion(s) {
			t.Errorf("IsRegion(%q) = true: it would become part of a host", s)
		}
	}
}
