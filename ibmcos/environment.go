package ibmcos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Variables that IBM's tools read, and conventions of its samples.
const (
	keyVariable      = "IBM_API_KEY_ID"
	instanceVariable = "IBM_SERVICE_INSTANCE_ID"
	iamVariable      = "IBM_AUTH_ENDPOINT"

	profileIDVariable   = "TRUSTED_PROFILE_ID"
	profileNameVariable = "TRUSTED_PROFILE_NAME"
	accountVariable     = "IAM_ACCOUNT_ID"
	crTokenVariable     = "CR_TOKEN_FILE_PATH"
	serviceIDVariable   = "IBM_SERVICE_ID_API_KEY"

	hmacIDVariable     = "COS_HMAC_ACCESS_KEY_ID"
	hmacSecretVariable = "COS_HMAC_SECRET_ACCESS_KEY"
)

// complete fills in what IBM's tools would find. What the Config has is never
// looked up.
func complete(s *s3dialect.Settings) error {
	if _, location, ok := placeOf(hostOf(s.Endpoint)); ok && s.Region == "" {
		s.Region = location
	}
	instanceID := ""
	if s.Credentials == nil {
		f, err := look(s)
		if err != nil {
			return err
		}
		s.Credentials, instanceID = f.provider, f.instance
	}
	if instanceID == "" && s.Profile == "" {
		instanceID = os.Getenv(instanceVariable)
	}
	if s.Header == nil && instanceID != "" {
		s.Header = instance(instanceID)
	}
	return nil
}

// found are credentials, and the service instance that the same place names.
type found struct {
	provider credentials.Provider
	instance string
}

// look finds credentials, in the order that Config.Credentials tells.
func look(s *s3dialect.Settings) (*found, error) {
	l := lookup{s}
	if s.Profile != "" {
		f, err := l.sharedFiles()
		if f == nil && err == nil {
			f = &found{provider: credentials.Profile(s.Profile, l.aws)}
		}
		return f, err
	}
	for _, place := range [...]func() (*found, error){l.apiKey, l.trustedProfile, l.serviceCredentials, l.sharedFiles, l.hmac} {
		if f, err := place(); f != nil || err != nil {
			return f, err
		}
	}
	return &found{provider: lastResort{credentials.Default(l.aws)}}, nil
}

// lookup is where and by whom the token service is asked.
type lookup struct{ s *s3dialect.Settings }

// iam has tokens asked for at an address, or else where the network of the
// buckets has the service.
func (l lookup) iam(address string) func(*credentials.IBMIAMConfig) {
	return func(c *credentials.IBMIAMConfig) {
		switch {
		case address != "":
			c.Endpoint = address
		case c.Endpoint == "" && l.s.Hosts.Network != "":
			c.Endpoint = credentials.IBMPrivateIAM
		}
	}
}

func (l lookup) aws(c *credentials.AWSConfig) {
	c.HTTPClient, c.Clock = l.s.Client, l.s.Pipeline.Clock
}

func (l lookup) apiKey() (*found, error) {
	key := os.Getenv(keyVariable)
	if key == "" {
		return nil, nil
	}
	if profile := firstSet(profileIDVariable, profileNameVariable); profile != "" {
		return nil, fmt.Errorf("the environment has %s and %s: an API key and a trusted profile do not go together", keyVariable, profile)
	}
	return &found{credentials.IBMIAM(key, l.iam(os.Getenv(iamVariable))), os.Getenv(instanceVariable)}, nil
}

// firstSet is the first variable of some that is set; empty if none is.
func firstSet(variables ...string) string {
	for _, v := range variables {
		if os.Getenv(v) != "" {
			return v
		}
	}
	return ""
}

func (l lookup) trustedProfile() (*found, error) {
	profile := credentials.IBMProfile{ID: os.Getenv(profileIDVariable), Name: os.Getenv(profileNameVariable)}
	iam, key := l.iam(os.Getenv(iamVariable)), os.Getenv(serviceIDVariable)
	switch {
	case profile.ID != "" && profile.Name != "":
		return nil, fmt.Errorf("the environment has %s and %s: a trusted profile is named by one of them", profileIDVariable, profileNameVariable)
	case profile == credentials.IBMProfile{} && key != "":
		return nil, fmt.Errorf("the environment has %s, but neither %s nor %s to say which profile it assumes", serviceIDVariable, profileIDVariable, profileNameVariable)
	case profile == credentials.IBMProfile{}:
		return nil, nil // CR_TOKEN_FILE_PATH alone is no sign: others use it, too
	case key != "" && os.Getenv(crTokenVariable) != "":
		return nil, fmt.Errorf("the environment has %s and %s: a trusted profile is taken on by one of them", crTokenVariable, serviceIDVariable)
	}
	if profile.Name != "" {
		if profile.AccountID = os.Getenv(accountVariable); profile.AccountID == "" {
			return nil, fmt.Errorf("the environment has %s but not %s, the account that has the profile", profileNameVariable, accountVariable)
		}
	}
	f := &found{instance: os.Getenv(instanceVariable)}
	if key != "" {
		f.provider = credentials.IBMAssume(credentials.IBMIAM(key, iam), profile, iam)
	} else {
		f.provider = credentials.IBMContainer(profile, iam)
	}
	return f, nil
}

func (l lookup) serviceCredentials() (*found, error) {
	c, err := credentials.ReadIBMServiceCredentials("")
	if errors.Is(err, credentials.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &found{c.Provider(l.iam(c.IAMAuthEndpoint)), c.ResourceInstanceID}, nil
}

// sharedFiles looks for IBM's keys in the files of AWS's tools.
func (l lookup) sharedFiles() (*found, error) {
	profile, err := awsconfig.New(l.s.Profile).Profile()
	if err != nil {
		return nil, err
	}
	key := profile.Value("ibm_api_key_id")
	if key == "" {
		return nil, nil
	}
	return &found{credentials.IBMIAM(key, l.iam(profile.Value("ibm_auth_endpoint"))), profile.Value("ibm_service_instance_id")}, nil
}

func (l lookup) hmac() (*found, error) {
	id, secret := os.Getenv(hmacIDVariable), os.Getenv(hmacSecretVariable)
	switch {
	case id == "" && secret == "":
		return nil, nil
	case secret == "":
		return nil, fmt.Errorf("the environment has %s but not %s", hmacIDVariable, hmacSecretVariable)
	case id == "":
		return nil, fmt.Errorf("the environment has %s but not %s", hmacSecretVariable, hmacIDVariable)
	}
	return &found{provider: credentials.Static(id, secret, "")}, nil
}

// lastResort is where AWS's tools look. If there is nothing either, the error
// says where it has been looked before.
type lastResort struct{ credentials.Provider }

func (p lastResort) Retrieve(ctx context.Context) (credentials.Credentials, error) {
	c, err := p.Provider.Retrieve(ctx)
	if errors.Is(err, credentials.ErrNone) {
		err = fmt.Errorf("%w; of IBM's own, there are neither %s nor %s nor %s, no file of COS_CREDENTIALS_FILE or ~/.bluemix/cos_credentials, no ibm_api_key_id in the AWS profile, and no %s",
			err, keyVariable, profileIDVariable, profileNameVariable, hmacIDVariable)
	}
	return c, err
}

// instance is the header that names the service instance.
func instance(id string) http.Header { return http.Header{headerInstance: {id}} }

const headerInstance = "Ibm-Service-Instance-Id"

// bearer has calls that need to know the service instance told so before the
// service refuses them. A request that an HMAC key signs does not need it: the
// key belongs to an instance.
func bearer(c *pipeline.Call) error {
	switch c.Operation {
	case opCreateBucket, opListBuckets, opListBucketsExtended:
		if len(c.Request.Header[headerInstance]) == 0 {
			return errors.New("an IAM token does not say of which service instance: set Config.ServiceInstanceId or " + instanceVariable)
		}
	}
	return nil
}
