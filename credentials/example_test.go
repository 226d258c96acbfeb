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

// A pod of a cluster of IBM Cloud has no key: its trusted profile is enough.
func ExampleIBMContainer() {
	profile := credentials.IBMContainer(credentials.IBMProfile{ID: "Profile-9fd84246-7df4-4667-94e4-8ecde51d5ac5"})
	fmt.Println(profile) // ibmcos.Config{Credentials: profile}
	// Output: IBM trusted profile Profile-9fd84246-7df4-4667-94e4-8ecde51d5ac5, by a compute resource token
}

// A service id that may assume a profile, named within its account.
func ExampleIBMAssume() {
	serviceID := credentials.IBMIAM(os.Getenv("IBM_SERVICE_ID_API_KEY"))
	profile := credentials.IBMAssume(serviceID, credentials.IBMProfile{Name: "backup", AccountID: "4f2c"})
	fmt.Println(profile)
	// Output: IBM trusted profile backup
}

func ExampleParseIBMServiceCredentials() {
	service, err := credentials.ParseIBMServiceCredentials([]byte(`{
		"apikey": "an API key",
		"cos_hmac_keys": {"access_key_id": "347aa3a4b34344f8bc7c7cccdf856e4c", "secret_access_key": "a secret"},
		"resource_instance_id": "crn:v1:bluemix:public:cloud-object-storage:global:a/4f2c:d0b1::"
	}`))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(service.ResourceInstanceID) // ibmcos.Config{ServiceInstanceId: …}
	fmt.Println(service.Provider())         // HMAC keys, where there are some
	fmt.Println(service.IAM())
	// Output:
	// crn:v1:bluemix:public:cloud-object-storage:global:a/4f2c:d0b1::
	// 347aa3a4b34344f8bc7c7cccdf856e4c (static)
	// IBM IAM (https://iam.cloud.ibm.com)
}
