package awsconfig

import (
	"fmt"
	"strings"

	"github.com/entrepot-go/entrepot/internal/endpoint"
)

// Place is where a client works.
type Place struct {
	Endpoint, Region            string
	DualStack, FIPS, Accelerate bool // kinds of AWS's own hosts
}

// Complete looks up what p leaves open. An endpoint that p has is a choice
// against all of AWS's hosts, and the other way round, so that the other is not
// looked up; if both come from c, that is an error.
func (p *Place) Complete(c *Config, service string) error {
	var configured Setting
	if p.Endpoint == "" && !p.DualStack && !p.FIPS && !p.Accelerate {
		var err error
		if configured, err = c.Endpoint(service); err != nil {
			return err
		}
		if _, err := configured.Endpoint(); err != nil {
			return err
		}
	}
	if p.Endpoint == "" {
		for _, kind := range [...]struct {
			field      *bool
			variable   string
			properties []string
		}{
			{&p.DualStack, "AWS_USE_DUALSTACK_ENDPOINT", []string{"use_dualstack_endpoint", service + ".use_dualstack_endpoint"}},
			{&p.FIPS, "AWS_USE_FIPS_ENDPOINT", []string{"use_fips_endpoint"}},
			{&p.Accelerate, "", []string{service + ".use_accelerate_endpoint"}},
		} {
			if *kind.field {
				continue
			}
			s, err := c.Lookup(kind.variable, kind.properties...)
			if err != nil {
				return err
			}
			if *kind.field, err = s.Flag(); err != nil {
				return err
			}
			if *kind.field && configured.Value != "" {
				return fmt.Errorf("%s chooses among AWS's own hosts; it does not go with %s", s.Origin, configured.Origin)
			}
		}
		p.Endpoint = configured.Value
	}
	if p.Region == "" {
		region, err := c.Region()
		if err != nil {
			return err
		}
		// Old names of places, "aws-global" among them, may have dots.
		if region.Value != "" && !endpoint.IsRegion(strings.ReplaceAll(region.Value, ".", "-")) {
			return region.Invalid("is not the name of a region, such as us-east-1")
		}
		p.Region = region.Value
	}
	return nil
}
