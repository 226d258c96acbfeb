package credentials

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/entrepot-go/entrepot/internal/awsconfig"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/jsontoken"
)

// SSOAccount is an account and a role in it that IAM Identity Center (once AWS
// SSO) gives to whoever has signed in.
type SSOAccount struct {
	AccountID string // "123456789012"
	RoleName  string // the permission set's name
	Region    string // of the Identity Center

	// Session is the name of the [sso-session] that was signed in to; StartURL
	// the address of the portal, where there was none. One of them is needed.
	Session, StartURL string
}

// SSO returns a Provider that gets credentials from IAM Identity Center by the
// token that "aws sso login" has left in ~/.aws/sso/cache. It never signs in
// itself. The token of a session is refreshed five minutes before its end, as
// long as the sign-in allows, and the file written anew. Else, once it has
// expired, the error says how to sign in again.
//
// API: https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
func SSO(account SSOAccount, opts ...func(*AWSConfig)) Provider {
	return &sso{account, configure(opts)}
}

type sso struct {
	account SSOAccount
	config  *AWSConfig
}

// Format prints no more than what p is.
func (p *sso) Format(f fmt.State, _ rune) {
	fmt.Fprint(f, "single sign-on to ", p.account.AccountID, " as ", p.account.RoleName)
}

func (p *sso) Retrieve(ctx context.Context) (Credentials, error) {
	login := "aws sso login"
	if p.account.Session != "" {
		login += " --sso-session " + p.account.Session
	}
	return p.config.begin("").sso(ctx, &p.account, login)
}

// profileSSO signs on as p says.
func (l *lookup) profileSSO(ctx context.Context, p *awsconfig.Profile) (Credentials, error) {
	var account SSOAccount
	for _, part := range [...]struct {
		property string
		value    *string
	}{{"sso_account_id", &account.AccountID}, {"sso_role_name", &account.RoleName}} {
		if *part.value = p.Value(part.property); *part.value == "" {
			return Credentials{}, fmt.Errorf("credentials: the AWS profile %q is for single sign-on, but has no %s", p.Name, part.property)
		}
	}
	session := p.Setting("sso_session")
	if session.Value == "" {
		account.StartURL = p.Value("sso_start_url")
		if account.Region = p.Value("sso_region"); account.Region == "" {
			return Credentials{}, fmt.Errorf("credentials: the AWS profile %q is for single sign-on, but has no sso_region", p.Name)
		}
		return l.sso(ctx, &account, "aws sso login --profile "+p.Name)
	}
	account.Session = session.Value
	region, ok := p.SSOSession(session.Value, "sso_region")
	switch {
	case !ok:
		return Credentials{}, fmt.Errorf("credentials: %s: there is no section [sso-session %s] in %s", session.Origin, session.Value, p.ConfigFile)
	case region.Value == "":
		return Credentials{}, fmt.Errorf("credentials: the section [sso-session %s] of %s has no sso_region", session.Value, p.ConfigFile)
	}
	account.Region = region.Value
	return l.sso(ctx, &account, "aws sso login --sso-session "+session.Value)
}

// ssoToken is the file of a sign-in.
type ssoToken struct {
	AccessToken, RefreshToken string
	ClientID, ClientSecret    string

	file    string
	whole   []byte
	expires time.Time
}

// refreshAhead is how long before its end a token is refreshed.
const refreshAhead = 5 * time.Minute

func (l *lookup) sso(ctx context.Context, account *SSOAccount, login string) (Credentials, error) {
	switch {
	case account.AccountID == "" || account.RoleName == "" || account.Session == "" && account.StartURL == "":
		return Credentials{}, errors.New("credentials: single sign-on needs an account, a role, and a session or start URL")
	case !endpoint.IsRegion(account.Region):
		return Credentials{}, fmt.Errorf("credentials: the region of single sign-on, %q, is not the name of a region, such as us-east-1", account.Region)
	}
	token, err := readSSOToken(account, login)
	if err != nil {
		return Credentials{}, err
	}
	signIn := func(what string) error {
		return fmt.Errorf("credentials: the sign-in to %s %s: run %s", account.called(), what, login)
	}
	if now := l.Clock(); now.Add(refreshAhead).After(token.expires) {
		refreshing := ctx
		if now.Before(token.expires) { // it still serves, so that not all of the time may go there
			var cancel context.CancelFunc
			refreshing, cancel = context.WithTimeout(ctx, answerTime)
			defer cancel()
		}
		err := l.refresh(refreshing, account, token)
		if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && refusal.StatusCode < 500 {
			err = nil // too late for a refresh
		}
		if !now.Before(token.expires) {
			if err != nil {
				return Credentials{}, err
			}
			return Credentials{}, signIn("has expired")
		}
	}

	base, err := l.ssoEndpoint("sso", "portal.sso", account.Region)
	if err != nil {
		return Credentials{}, err
	}
	s := service{name: "IAM Identity Center", client: l.client()}
	query := url.Values{"account_id": {account.AccountID}, "role_name": {account.RoleName}}
	return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/federation/credentials?"+query.Encode(), nil)
		if err != nil {
			return c, final, fmt.Errorf("credentials: %s: %w", s.name, err)
		}
		r.Header.Set("X-Amz-Sso_bearer_token", token.AccessToken)
		body, wait, err := s.ask(r, token.AccessToken)
		if refusal := (*ServiceError)(nil); errors.As(err, &refusal) && refusal.StatusCode == http.StatusUnauthorized {
			return c, final, signIn("is no longer valid")
		}
		if err != nil {
			return c, wait, err
		}
		c, err = s.readSSO(body)
		return c, final, err
	})
}

// called is how a message calls what was signed in to.
func (a *SSOAccount) called() string {
	if a.Session != "" {
		return fmt.Sprintf("the SSO session %q", a.Session)
	}
	return a.StartURL
}

func (l *lookup) ssoEndpoint(service, host, region string) (string, error) {
	s, err := l.env.Endpoint(service)
	if err != nil {
		return "", wrap(err)
	}
	if s.Value == "" {
		return "https://" + endpoint.AWS(host, region, false, false), nil
	}
	base, err := s.Endpoint()
	if err != nil {
		return "", wrap(err)
	}
	return base.Scheme + "://" + base.Host + base.Prefix, nil
}

func (s *service) readSSO(body []byte) (Credentials, error) {
	const outer = "roleCredentials."
	d := readDocument(body)
	c := Credentials{
		AccessKeyID:     d.string(outer + "accessKeyId"),
		SecretAccessKey: d.string(outer + "secretAccessKey"),
		SessionToken:    d.string(outer + "sessionToken"),
		Source:          "single sign-on",
	}
	if ms := d.number(outer + "expiration"); ms != 0 {
		c.Expires = time.UnixMilli(ms)
	}
	switch {
	case d.bad:
		return Credentials{}, s.noDocument()
	case c.AccessKeyID == "" || c.SecretAccessKey == "" || c.SessionToken == "":
		return Credentials{}, s.lacking()
	}
	return c, nil
}

// readSSOToken reads what the sign-in has left behind.
func readSSOToken(account *SSOAccount, login string) (*ssoToken, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, errors.New("credentials: single sign-on: there is no home directory with tokens")
	}
	key := account.Session
	if key == "" {
		key = account.StartURL
	}
	sum := sha1.Sum([]byte(key))
	t := &ssoToken{file: filepath.Join(home, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")}
	t.whole, err = os.ReadFile(t.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("credentials: nobody has signed in to %s: run %s", account.called(), login)
	}
	if err != nil {
		return nil, wrap(err)
	}
	d := readDocument(t.whole)
	t.AccessToken, t.RefreshToken = d.string("accessToken"), d.string("refreshToken")
	t.ClientID, t.ClientSecret = d.string("clientId"), d.string("clientSecret")
	expires := d.string("expiresAt")
	if d.bad || t.AccessToken == "" {
		return nil, fmt.Errorf("credentials: %s holds no token of a sign-in: run %s", t.file, login)
	}
	// Old versions of the AWS CLI wrote the zone as UTC.
	if zone, ok := strings.CutSuffix(expires, "UTC"); ok {
		expires = zone + "Z"
	}
	if t.expires, err = time.Parse(time.RFC3339, expires); err != nil {
		return nil, fmt.Errorf("credentials: %s does not say when its token expires: run %s", t.file, login)
	}
	return t, nil
}

// refresh exchanges a token near its end for a new one, and writes that down
// for others. A token that cannot be refreshed stays as it is.
//
// API: https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
func (l *lookup) refresh(ctx context.Context, account *SSOAccount, t *ssoToken) error {
	if account.Session == "" || t.RefreshToken == "" || t.ClientID == "" || t.ClientSecret == "" {
		return nil
	}
	base, err := l.ssoEndpoint("sso_oidc", "oidc", account.Region)
	if err != nil {
		return err
	}
	body := object(
		[2]string{"clientId", t.ClientID}, [2]string{"clientSecret", t.ClientSecret},
		[2]string{"grantType", "refresh_token"}, [2]string{"refreshToken", t.RefreshToken})
	s := service{name: "IAM Identity Center", client: l.client()}
	var access, refresh string
	var seconds int64
	_, err = repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/token", bytes.NewReader(body))
		if err != nil {
			return c, final, fmt.Errorf("credentials: %s: %w", s.name, err)
		}
		r.Header.Set("Content-Type", "application/json")
		text, wait, err := s.ask(r, t.AccessToken, t.RefreshToken, t.ClientID, t.ClientSecret)
		if err != nil {
			return c, wait, err
		}
		d := readDocument(text)
		access, refresh, seconds = d.string("accessToken"), d.string("refreshToken"), d.number("expiresIn")
		switch {
		case d.bad:
			return c, final, s.noDocument()
		case access == "" || seconds <= 0:
			return c, final, s.unfit("the answer holds no token")
		}
		return c, final, nil
	})
	if err != nil {
		return err
	}
	t.AccessToken = access
	t.expires = l.Clock().Add(time.Duration(min(seconds, 1<<32)) * time.Second)
	fresh := map[string]string{"accessToken": t.AccessToken, "expiresAt": t.expires.UTC().Format(time.RFC3339)}
	if refresh != "" {
		fresh["refreshToken"] = refresh
	}
	// The token serves even where it cannot be written down, as in a home
	// directory that is read-only.
	_ = replaceFile(t.file, withMembers(t.whole, fresh))
	return nil
}

// object is a JSON object of strings.
func object(members ...[2]string) []byte {
	b := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontoken.AppendString(b, m[0])
		b = append(b, ':')
		b, _ = jsontoken.AppendString(b, m[1])
	}
	return append(b, '}')
}

// withMembers returns a JSON object that has been read before with other values
// of some of its members. The rest stays as it is, also what is not known here.
func withMembers(doc []byte, fresh map[string]string) []byte {
	var s jsontoken.Scanner
	s.Reset(doc)
	s.Enter()
	out := []byte{'{'}
	for {
		key, ok, err := s.Key()
		if err != nil || !ok {
			return append(out, '}')
		}
		name := string(key)
		from := s.Offset()
		s.Skip()
		if len(out) > 1 {
			out = append(out, ", "...)
		}
		out, _ = jsontoken.AppendString(out, name)
		out = append(out, ": "...)
		if value, ok := fresh[name]; ok {
			out, _ = jsontoken.AppendString(out, value)
		} else {
			out = append(out, bytes.TrimSpace(doc[from:s.Offset()])...)
		}
	}
}

// replaceFile writes a file that only its owner reads, so that nobody sees half
// of it.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
