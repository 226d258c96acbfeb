package strangers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/IBM/go-sdk-core/v5/core"
	"github.com/IBM/ibm-cos-sdk-go/aws"
	"github.com/IBM/ibm-cos-sdk-go/aws/credentials/ibmiam"
	"github.com/IBM/ibm-cos-sdk-go/service/s3"

	"github.com/entrepot-go/entrepot/storagetest"
)

// crTokenFile is a file with the token of a compute resource.
func crTokenFile(t *testing.T, token string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "token")
	must(t, os.WriteFile(name, []byte(token), 0o600))
	return name
}

func TestIBMSDKAssumesATrustedProfile(t *testing.T) {
	srv := storagetest.NewIBMCOS()
	defer srv.Close()
	for name, tc := range map[string]struct {
		profile, token string
		refused        bool
	}{
		"its own":       {srv.TrustedProfileID(), srv.CRToken(), false},
		"unknown":       {"Profile-x", srv.CRToken(), true},
		"a wrong token": {srv.TrustedProfileID(), "wrong", true},
	} {
		keys := ibmiam.NewTrustedProfileCredentialsCR(aws.NewConfig(), srv.TokenURL(), tc.profile, crTokenFile(t, tc.token), srv.ServiceInstance())
		if _, err := ibmClient(t, srv, keys).ListBuckets(&s3.ListBucketsInput{}); (err != nil) != tc.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIBMCoreGetsTokens has the library of all of IBM's SDKs ask for tokens in
// its ways; the SDK of object storage can point only some of them elsewhere.
func TestIBMCoreGetsTokens(t *testing.T) {
	srv := storagetest.NewIBMCOS()
	defer srv.Close()
	type tokens interface{ GetToken() (string, error) }
	for name, make := range map[string]func(profile string) (tokens, error){
		"resource, id": func(profile string) (tokens, error) {
			return core.NewContainerAuthenticatorBuilder().SetURL(srv.URL).SetCRTokenFilename(crTokenFile(t, srv.CRToken())).SetIAMProfileID(profile).Build()
		},
		"resource, name": func(profile string) (tokens, error) {
			return core.NewContainerAuthenticatorBuilder().SetURL(srv.URL).SetCRTokenFilename(crTokenFile(t, srv.CRToken())).
				SetIAMProfileName(strings.Replace(profile, srv.TrustedProfileID(), srv.TrustedProfileName(), 1)).SetClientIDSecret("bx", "bx").Build()
		},
		"assume, id": func(profile string) (tokens, error) {
			return core.NewIamAssumeAuthenticatorBuilder().SetURL(srv.URL).SetApiKey(srv.APIKey()).SetIAMProfileID(profile).Build()
		},
		"assume, CRN": func(profile string) (tokens, error) {
			return core.NewIamAssumeAuthenticatorBuilder().SetURL(srv.URL).SetApiKey(srv.APIKey()).
				SetIAMProfileCRN(strings.Replace(profile, srv.TrustedProfileID(), srv.TrustedProfileCRN(), 1)).Build()
		},
		"assume, name": func(profile string) (tokens, error) {
			return core.NewIamAssumeAuthenticatorBuilder().SetURL(srv.URL).SetApiKey(srv.APIKey()).SetIAMAccountID(srv.Account()).
				SetIAMProfileName(strings.Replace(profile, srv.TrustedProfileID(), srv.TrustedProfileName(), 1)).Build()
		},
		"virtual server": func(profile string) (tokens, error) {
			return core.NewVpcInstanceAuthenticatorBuilder().SetURL(srv.MetadataURL()).SetIAMProfileID(profile).Build()
		},
		"virtual server, CRN": func(profile string) (tokens, error) {
			return core.NewVpcInstanceAuthenticatorBuilder().SetURL(srv.MetadataURL()).
				SetIAMProfileCRN(strings.Replace(profile, srv.TrustedProfileID(), srv.TrustedProfileCRN(), 1)).Build()
		},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := make(srv.TrustedProfileID())
			must(t, err)
			token, err := source.GetToken()
			must(t, err)
			if strings.Count(token, ".") != 2 {
				t.Errorf("token %q", token)
			}
			source, err = make("wrong")
			must(t, err)
			if _, err := source.GetToken(); err == nil {
				t.Error("an unknown profile was assumed")
			}
		})
	}
}
