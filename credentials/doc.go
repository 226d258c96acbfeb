// Package credentials finds the keys and tokens by which requests are
// authenticated.
//
// A [Provider] says where they come from. A client without one uses [Default],
// which looks where the AWS command line looks, in the order of the AWS SDK for
// Go, and takes the first it finds:
//
//  1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN ([Env]);
//  2. a role for the token in AWS_WEB_IDENTITY_TOKEN_FILE ([WebIdentity]);
//  3. the profile of AWS_PROFILE in ~/.aws/credentials and ~/.aws/config
//     ([Profile]): keys, a role by way of another profile ([AssumeRole]),
//     single sign-on ([SSO]), a program ([Process]);
//  4. the agent beside a container of ECS or EKS ([Container]);
//  5. the role of an EC2 instance ([InstanceMetadata]).
//
// Others are [Static] keys, no credentials at all ([Anonymous]), a provider of
// the AWS SDK ([FromAWS]), and any function ([ProviderFunc]).
//
// For IBM Cloud there are tokens of its identity service, IAM: for an API key
// ([IBMIAM]), for a service credential with a key of either kind
// ([ReadIBMServiceCredentials]), or of a trusted profile without any key, in a
// container ([IBMContainer]) or on a virtual server ([IBMVPCInstance]), or by
// way of another identity ([IBMAssume]). Package ibmcos says where it looks by
// itself.
//
//	client, err := s3.New(s3.Config{
//		Credentials: credentials.AssumeRole(nil, credentials.Role{
//			ARN:        "arn:aws:iam::123456789012:role/backup",
//			ExternalID: "customer-7",
//		}),
//	})
//
// Clients put a [Cache] around the provider they are given, so a provider need
// not remember anything itself. Give several clients the same *Cache to have
// them share one look-up.
//
// [Credentials] print without their secrets, by fmt, log/slog and
// encoding/json. What reads a struct by reflection alone is beyond the package:
// fmt, for one, prints the unexported fields of a struct raw. Hold a pointer or
// a Provider there, not a Credentials value.
package credentials
