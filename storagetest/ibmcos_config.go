package storagetest

import (
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
)

// Config returns the configuration of a client of this server, as the holder of
// its API key.
func (s *IBMCOS) Config() ibmcos.Config {
	return ibmcos.Config{
		Endpoint: s.URL,
		Region:   s.region,
		Credentials: credentials.IBMIAM(s.APIKey(), func(c *credentials.IBMIAMConfig) {
			c.Endpoint, c.HTTPClient, c.Clock = s.TokenURL(), s.Client(), s.clock
		}),
		ServiceInstanceId: s.ServiceInstance(),
		HTTPClient:        s.Client(),
		Clock:             s.clock,
	}
}
