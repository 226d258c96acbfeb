// Command entrepot does the work with this repository's client of Lightsail.
package main

import (
	"context"

	"github.com/entrepot-go/entrepot/bench/client"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/paginator"
)

func main() {
	client.Main(func(t client.Target) (client.Lightsail, error) {
		c, err := lightsail.New(lightsail.Config{
			Endpoint:    t.Endpoint,
			Region:      client.Region,
			Credentials: credentials.Static(client.ID, client.Secret, ""),
		})
		return &entrepot{c}, err
	})
}

type entrepot struct{ lightsail *lightsail.Client }

func (e *entrepot) Buckets(ctx context.Context) (n int, err error) {
	for _, err := range paginator.Items(ctx, e.lightsail.GetBuckets, &lightsail.GetBucketsInput{}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
