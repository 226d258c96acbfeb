// Command aws does the work with the AWS SDK for Go v2.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lightsail"

	"github.com/entrepot-go/entrepot/bench/client"
)

func main() {
	client.Main(func(t client.Target) (client.Lightsail, error) {
		return &sdk{lightsail.New(lightsail.Options{
			BaseEndpoint: aws.String(t.Endpoint),
			Region:       client.Region,
			Credentials: aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: client.ID, SecretAccessKey: client.Secret}, nil
			})),
		})}, nil
	})
}

type sdk struct{ lightsail *lightsail.Client }

// Buckets turns the pages itself: the SDK has no paginator for this call.
func (c *sdk) Buckets(ctx context.Context) (n int, err error) {
	in := &lightsail.GetBucketsInput{}
	for {
		out, err := c.lightsail.GetBuckets(ctx, in)
		if err != nil {
			return n, err
		}
		n += len(out.Buckets)
		if in.PageToken = out.NextPageToken; aws.ToString(in.PageToken) == "" {
			return n, nil
		}
	}
}
