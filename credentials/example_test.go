package credentials_test

import (
	"context"
	"fmt"
	"os"

	"github.com/entrepot-go/entrepot/credentials"
)

func ExampleStatic() {
	keys, err := credentials.Static("AKIDEXAMPLE", "a secret", "").Retrieve(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Printf("%+v\n", keys) // the secret does not print
	// Output: AKIDEXAMPLE (static)
}

// A program's own source of credentials is a function. A Cache around it is
// shared by all clients it is given to.
func ExampleProviderFunc() {
	vault := credentials.ProviderFunc(func(ctx context.Context) (credentials.Credentials, error) {
		return credentials.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "from a vault", Source: "vault"}, nil
	})
	shared := credentials.Cached(vault)
	keys, err := shared.Retrieve(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(keys)
	// Output: AKIDEXAMPLE (vault)
}

// A role of another account, with the credentials that the AWS command line
// would use. The client caches what STS gives, and renews it ahead.
func ExampleAssumeRole() {
	role := credentials.AssumeRole(nil, credentials.Role{
		ARN:         "arn:aws:iam::123456789012:role/backup",
		SessionName: "nightly",
		ExternalID:  "customer-7",
	})
	fmt.Println(role) // s3.Config{Credentials: role}
	// Output: role arn:aws:iam::123456789012:role/backup
}
