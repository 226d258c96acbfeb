package credentials

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/awsconfig"
)

// ibmFileVariable names the file of service credentials.
const ibmFileVariable = "COS_CREDENTIALS_FILE"

// IBMServiceCredentials are service credentials of IBM Cloud Object Storage, as
// the console and the command line of IBM Cloud show them. Nothing secret in
// them prints.
type IBMServiceCredentials struct {
	APIKey             entrepot.Secret // of a service id
	ResourceInstanceID string          // CRN of the service instance, for ibmcos.Config.ServiceInstanceId

	// HMAC keys are there only if they were asked for when the credentials were
	// made ({"HMAC":true}).
	HMACAccessKeyID     string
	HMACSecretAccessKey entrepot.Secret

	IAMAuthEndpoint string // address of the token service; mostly empty
	Endpoints       string // address of the list of all endpoints

	IAMAPIKeyName   string // name of the API key
	IAMRoleCRN      string // what the service id may do
	IAMServiceIDCRN string
}

// ParseIBMServiceCredentials reads service credentials from their JSON, one
// object. Without an API key and without HMAC keys, or with half a pair of
// them, they are an error. Members that are not known are passed over.
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-service-credentials
func ParseIBMServiceCredentials(data []byte) (*IBMServiceCredentials, error) {
	c, problem := parseIBM(data)
	if problem != "" {
		return nil, errors.New("credentials: the service credentials " + problem)
	}
	return c, nil
}

func parseIBM(data []byte) (c *IBMServiceCredentials, problem string) {
	const hmac = "cos_hmac_keys."
	d := readDocument(bytes.TrimPrefix(data, []byte("\ufeff")))
	if d.bad {
		return nil, "are not a JSON object"
	}
	c = &IBMServiceCredentials{
		APIKey:              entrepot.Secret(d.string("apikey")),
		ResourceInstanceID:  d.string("resource_instance_id"),
		HMACAccessKeyID:     d.string(hmac + "access_key_id"),
		HMACSecretAccessKey: entrepot.Secret(d.string(hmac + "secret_access_key")),
		IAMAuthEndpoint:     d.string("iam_auth_endpoint"),
		Endpoints:           d.string("endpoints"),
		IAMAPIKeyName:       d.string("iam_apikey_name"),
		IAMRoleCRN:          d.string("iam_role_crn"),
		IAMServiceIDCRN:     d.string("iam_serviceid_crn"),
	}
	switch {
	case d.bad:
		return nil, "have a member that should be text and is not"
	case c.HMACAccessKeyID != "" && c.HMACSecretAccessKey == "":
		return nil, "have cos_hmac_keys with access_key_id but not secret_access_key"
	case c.HMACAccessKeyID == "" && c.HMACSecretAccessKey != "":
		return nil, "have cos_hmac_keys with secret_access_key but not access_key_id"
	case c.APIKey == "" && c.HMACAccessKeyID == "":
		return nil, "have neither apikey nor cos_hmac_keys"
	}
	return c, ""
}

// ReadIBMServiceCredentials reads service credentials from a file. An empty
// name is the file of COS_CREDENTIALS_FILE, or else ~/.bluemix/cos_credentials;
// if there is no such file, and no variable that says there is, the error wraps
// [ErrNone].
func ReadIBMServiceCredentials(file string) (*IBMServiceCredentials, error) {
	what := file
	if file == "" {
		file = awsconfig.Location(ibmFileVariable, ".bluemix", "cos_credentials")
		what = file
		switch {
		case os.Getenv(ibmFileVariable) != "":
			what += " (" + ibmFileVariable + ")"
		case file == "":
			return nil, none("there is no home directory with a file of IBM service credentials")
		default:
			if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
				return nil, none(file + " does not exist")
			}
		}
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("credentials: the file of IBM service credentials %s does not exist", what)
	}
	if err != nil {
		return nil, fmt.Errorf("credentials: the file of IBM service credentials cannot be read: %v", err)
	}
	c, problem := parseIBM(data)
	if problem != "" {
		return nil, fmt.Errorf("credentials: the service credentials in %s %s", what, problem)
	}
	return c, nil
}

// Provider returns that of the HMAC keys, if there are such, else that of the
// API key, as IBM's SDK for Python chooses.
func (c *IBMServiceCredentials) Provider(opts ...func(*IBMIAMConfig)) Provider {
	if c.HMACAccessKeyID != "" {
		return c.HMAC()
	}
	return c.IAM(opts...)
}

// HMAC returns a Provider of the HMAC keys, by which requests are signed. They
// can presign, too.
func (c *IBMServiceCredentials) HMAC() Provider {
	return Static(c.HMACAccessKeyID, string(c.HMACSecretAccessKey), "")
}

// IAM returns a Provider of tokens for the API key, see [IBMIAM]. Options go
// before IAMAuthEndpoint.
func (c *IBMServiceCredentials) IAM(opts ...func(*IBMIAMConfig)) Provider {
	endpoint := func(config *IBMIAMConfig) {
		if c.IAMAuthEndpoint != "" {
			config.Endpoint = c.IAMAuthEndpoint
		}
	}
	return IBMIAM(string(c.APIKey), append([]func(*IBMIAMConfig){endpoint}, opts...)...)
}
