// Package credentials finds the keys and tokens by which requests are
// authenticated.
//
// A [Provider] says where they come from: [Static] values, the environment
// ([Env]), the files that AWS tools share ([Profile]), IBM's identity service
// ([IBMIAM]). A client without one uses [Default], which looks where the AWS
// command line looks.
//
//	client, err := s3.New(s3.Config{
//		Credentials: credentials.Profile("backup"),
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
