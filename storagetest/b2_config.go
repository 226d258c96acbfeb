package storagetest

import (
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
)

// Config returns the configuration of a client of this server, as the holder of
// its master key.
func (b *B2) Config() b2.Config {
	return b2.Config{
		Endpoint:    b.URL,
		Credentials: credentials.Static(b.keyID, b.secret, ""),
		HTTPClient:  b.Client(),
		Clock:       b.clock,
	}
}
