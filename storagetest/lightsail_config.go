package storagetest

import (
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/lightsail"
)

// Config returns the configuration of a client of this server's control API, as
// the holder of the server's own key.
func (l *Lightsail) Config() lightsail.Config {
	return lightsail.Config{
		Endpoint:    l.URL,
		Region:      l.region,
		Credentials: credentials.Static(l.keyID, l.secret, ""),
		HTTPClient:  l.Client(),
		Clock:       l.clock,
	}
}
