package strangers

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/entrepot-go/entrepot/credentials"
	ours "github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestFromAWS has our client work with what the SDK finds.
func TestFromAWS(t *testing.T) {
	srv := storagetest.NewS3(storagetest.WithCredentials(keyID, secret))
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	for name, provider := range map[string]aws.CredentialsProvider{
		"a provider": awscredentials.NewStaticCredentialsProvider(keyID, secret, ""),
		"a cache":    aws.NewCredentialsCache(awscredentials.NewStaticCredentialsProvider(keyID, secret, "")),
		"a function": aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret, CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
		}),
	} {
		c := srv.Config()
		c.Credentials = credentials.FromAWS(provider)
		client, err := ours.New(c)
		must(t, err)
		if _, err := client.HeadBucket(t.Context(), &ours.HeadBucketInput{Bucket: "photos"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// identities stands for STS, single sign-on, the agent of a container and the
// metadata of an instance. What it gives is named after what it is asked for.
func identities(w http.ResponseWriter, r *http.Request) {
	const end = "2035-01-02T03:04:05Z"
	keys := func(id string) {
		io.WriteString(w, `{"Code":"Success","AccessKeyId":"`+id+`","SecretAccessKey":"s","Token":"t","Expiration":"`+end+`"}`)
	}
	switch r.URL.Path {
	case "/":
		_ = r.ParseForm()
		action := r.Form.Get("Action")
		_, caller, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		caller, _, _ = strings.Cut(caller, "/")
		id := r.Form.Get("RoleArn") + " for " + caller + " " + r.Form.Get("RoleSessionName") + r.Form.Get("ExternalId") + r.Form.Get("DurationSeconds") + r.Form.Get("WebIdentityToken")
		io.WriteString(w, "<"+action+"Response><"+action+"Result><Credentials><AccessKeyId>"+id+"</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"+
			"<SessionToken>t</SessionToken><Expiration>"+end+"</Expiration></Credentials></"+action+"Result></"+action+"Response>")
	case "/container":
		keys("container " + r.Header.Get("Authorization"))
	case "/latest/api/token":
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")
		io.WriteString(w, "session")
	case "/latest/meta-data/iam/security-credentials/":
		io.WriteString(w, "role")
	case "/latest/meta-data/iam/security-credentials/role":
		keys("instance")
	case "/federation/credentials":
		io.WriteString(w, `{"roleCredentials":{"accessKeyId":"`+r.Header.Get("x-amz-sso_bearer_token")+r.URL.Query().Get("role_name")+r.URL.Query().Get("account_id")+
			`","secretAccessKey":"s","sessionToken":"t","expiration":2051319845000}}`)
	default:
		http.NotFound(w, r)
	}
}

// TestCredentialsAsTheAWSSDK finds them: in the same surroundings, both find
// the same. Not so where the SDK differs from the AWS CLI, which we follow: a
// source_profile that has keys and a role serves with its keys, and a role
// lasts an hour if nothing else is said, not a quarter of one.
func TestCredentialsAsTheAWSSDK(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(identities))
	defer srv.Close()
	const files = `
[default]
aws_access_key_id = FILE
aws_secret_access_key = s
[profile role]
role_arn = arn:aws:iam::1:role/role
source_profile = default
role_session_name = session
duration_seconds = 1800
external_id = external
[profile chain]
role_arn = arn:aws:iam::1:role/chain
source_profile = role
role_session_name = session
duration_seconds = 1800
[profile itself]
role_arn = arn:aws:iam::1:role/itself
source_profile = itself
role_session_name = session
duration_seconds = 1800
aws_access_key_id = ITSELF
aws_secret_access_key = s
[profile env]
role_arn = arn:aws:iam::1:role/env
credential_source = Environment
role_session_name = session
duration_seconds = 1800
[profile instance]
role_arn = arn:aws:iam::1:role/instance
credential_source = Ec2InstanceMetadata
role_session_name = session
duration_seconds = 1800
[profile container]
role_arn = arn:aws:iam::1:role/container
credential_source = EcsContainer
role_session_name = session
duration_seconds = 1800
[profile web]
role_arn = arn:aws:iam::1:role/web
web_identity_token_file = TOKEN
role_session_name = session
[profile process]
credential_process = PROCESS
[profile role-by-process]
role_arn = arn:aws:iam::1:role/process
credential_process = PROCESS
role_session_name = session
duration_seconds = 1800
[profile sso]
sso_session = corp
sso_account_id = 1
sso_role_name = reader
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://corp.example/start
[profile old-sso]
sso_region = us-east-1
sso_start_url = https://corp.example/start
sso_account_id = 1
sso_role_name = reader
[profile half]
aws_access_key_id = HALF
[profile loop]
role_arn = arn:aws:iam::1:role/loop
source_profile = pool
[profile pool]
role_arn = arn:aws:iam::1:role/pool
source_profile = loop
`
	for _, test := range []struct {
		name string
		env  []string
		none bool // neither finds anything
	}{
		{name: "environment", env: []string{"AWS_ACCESS_KEY_ID=ENV", "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=t"}},
		{name: "environment and a profile", env: []string{"AWS_ACCESS_KEY_ID=ENV", "AWS_SECRET_ACCESS_KEY=s", "AWS_PROFILE=role"}},
		{name: "web identity of the environment", env: []string{"AWS_WEB_IDENTITY_TOKEN_FILE=TOKEN", "AWS_ROLE_ARN=arn:env", "AWS_ROLE_SESSION_NAME=session"}},
		{name: "default"},
		{name: "role", env: []string{"AWS_PROFILE=role"}},
		{name: "chain", env: []string{"AWS_PROFILE=chain"}},
		{name: "itself", env: []string{"AWS_PROFILE=itself"}},
		{name: "instance", env: []string{"AWS_PROFILE=instance"}},
		{name: "container", env: []string{"AWS_PROFILE=container", "AWS_CONTAINER_CREDENTIALS_FULL_URI=SERVER/container", "AWS_CONTAINER_AUTHORIZATION_TOKEN=token"}},
		{name: "web", env: []string{"AWS_PROFILE=web"}},
		{name: "process", env: []string{"AWS_PROFILE=process"}},
		{name: "role by process", env: []string{"AWS_PROFILE=role-by-process"}},
		{name: "single sign-on", env: []string{"AWS_PROFILE=sso"}},
		{name: "old single sign-on", env: []string{"AWS_PROFILE=old-sso"}},
		{name: "half", env: []string{"AWS_PROFILE=half"}, none: true},
		{name: "loop", env: []string{"AWS_PROFILE=loop"}, none: true},
		{name: "no such profile", env: []string{"AWS_PROFILE=nobody"}, none: true},
		{name: "agent without files", env: []string{"AWS_CONFIG_FILE=/none", "AWS_CONTAINER_CREDENTIALS_FULL_URI=SERVER/container", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=TOKEN"}},
		{name: "instance without files", env: []string{"AWS_CONFIG_FILE=/none"}},
		{name: "nothing", env: []string{"AWS_CONFIG_FILE=/none", "AWS_EC2_METADATA_DISABLED=true"}, none: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			token := filepath.Join(home, "token")
			process := filepath.Join(home, "process")
			fill := strings.NewReplacer("SERVER", srv.URL, "TOKEN", token, "PROCESS", process)
			for path, content := range map[string]string{
				".aws/config": fill.Replace(files),
				"token":       "jwt",
				"process":     "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"PROCESS\",\"SecretAccessKey\":\"s\"}'\n",
				".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json": `{"accessToken":"session-","expiresAt":"2035-01-02T03:04:05Z"}`,
				".aws/sso/cache/f7c9b39d0b4c7a7d82c79307585f77e1c5e74378.json": `{"accessToken":"old-","expiresAt":"2035-01-02T03:04:05Z"}`,
			} {
				path = filepath.Join(home, filepath.FromSlash(path))
				must(t, os.MkdirAll(filepath.Dir(path), 0o700))
				must(t, os.WriteFile(path, []byte(content), 0o700))
			}
			for _, variable := range os.Environ() {
				if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
					t.Setenv(name, "")
				}
			}
			t.Setenv("HOME", home)
			for _, variable := range append([]string{
				"AWS_REGION=us-east-1", "AWS_CONFIG_FILE=" + filepath.Join(home, ".aws", "config"), "AWS_ENDPOINT_URL=SERVER", "AWS_ENDPOINT_URL_STS=SERVER", "AWS_ENDPOINT_URL_SSO=SERVER", "AWS_EC2_METADATA_SERVICE_ENDPOINT=SERVER", "AWS_SHARED_CREDENTIALS_FILE=/none",
			}, test.env...) {
				name, value, _ := strings.Cut(variable, "=")
				if strings.HasSuffix(name, "_ARN") {
					t.Setenv(name, value)
					continue
				}
				t.Setenv(name, fill.Replace(value))
			}

			var theirs aws.Credentials
			loaded, theirErr := config.LoadDefaultConfig(t.Context())
			if theirErr == nil {
				theirs, theirErr = loaded.Credentials.Retrieve(t.Context())
			}
			found, err := credentials.Default().Retrieve(t.Context())
			if (err != nil) != test.none || (theirErr != nil) != test.none {
				t.Fatalf("we say %v, the SDK says %v", err, theirErr)
			}
			// The SDK takes off some of the life of what an agent gives.
			got := []string{found.AccessKeyID, found.SecretAccessKey, found.SessionToken}
			want := []string{theirs.AccessKeyID, theirs.SecretAccessKey, theirs.SessionToken}
			wantEqual(t, "credentials", got, want)
			if found.Expires.IsZero() == theirs.CanExpire {
				t.Errorf("we say they expire %v, the SDK says %t", found.Expires, theirs.CanExpire)
			}
		})
	}
}
