package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"
)

// Container returns a Provider that asks the agent beside a container: of ECS,
// of EKS pod identities, of Greengrass. The environment says where: a path on
// 169.254.170.2 in AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or else a URL in
// AWS_CONTAINER_CREDENTIALS_FULL_URI, which has to be https, or http on the
// loopback interface or at one of the agents' own addresses (169.254.170.2,
// 169.254.170.23, fd00:ec2::23). The token in the file that
// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, read anew each time, or else in
// AWS_CONTAINER_AUTHORIZATION_TOKEN is sent along.
//
// No proxy is used and no redirect followed. Without either URI the error wraps
// [ErrNone]; what the agent refuses is a [*ServiceError].
func Container(opts ...func(*AWSConfig)) Provider { return container{configure(opts)} }

type container struct{ config *AWSConfig }

// Format prints no more than what p is.
func (p container) Format(f fmt.State, _ rune) { fmt.Fprint(f, "container credentials") }

func (p container) Retrieve(ctx context.Context) (Credentials, error) {
	return p.config.begin("").container(ctx)
}

const (
	relativeVariable  = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
	fullVariable      = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	tokenVariable     = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
	tokenFileVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
)

func (l *lookup) container(ctx context.Context) (Credentials, error) {
	address, err := l.containerURL()
	if err != nil {
		return Credentials{}, err
	}
	s := service{name: "the container's agent", client: withoutRedirects(&http.Client{Transport: pastProxies})}
	return repeat(ctx, func(ctx context.Context) (c Credentials, wait time.Duration, err error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return c, final, fmt.Errorf("credentials: %s: %w", s.name, err)
		}
		r.Header.Set("Accept", "application/json")
		token, err := containerToken()
		if err != nil {
			return c, final, err
		}
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		body, wait, err := s.ask(r, token)
		if err != nil {
			return c, wait, err
		}
		c, err = s.readKeys(body, token)
		c.Source = "container"
		return c, final, err
	})
}

func (l *lookup) containerURL() (string, error) {
	if path := os.Getenv(relativeVariable); path != "" {
		if path[0] != '/' { // it would become a part of the host
			return "", errors.New("credentials: " + relativeVariable + " does not begin with a slash")
		}
		address := l.around.container + path
		if _, err := url.Parse(address); err != nil { // the path, by which anybody gets the credentials, is in its text
			return "", errors.New("credentials: " + relativeVariable + " is not the path of a URL")
		}
		return address, nil
	}
	full := os.Getenv(fullVariable)
	if full == "" {
		return "", none(relativeVariable + " and " + fullVariable + " are not set")
	}
	u, err := url.Parse(full)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("credentials: " + fullVariable + " is not an http or https URL")
	case u.Scheme == "http" && !isAgent(u.Hostname()):
		return "", fmt.Errorf("credentials: %s is http at %s: that is allowed at loopback addresses and at 169.254.170.2, 169.254.170.23 and fd00:ec2::23 only", fullVariable, u.Host)
	}
	return full, nil
}

// isAgent reports whether a host may be asked in the clear.
func isAgent(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	switch ip.String() {
	case "169.254.170.2", "169.254.170.23", "fd00:ec2::23":
		return true
	}
	return ip.IsLoopback()
}

func containerToken() (string, error) {
	if file := os.Getenv(tokenFileVariable); file != "" {
		return readToken(file)
	}
	token := os.Getenv(tokenVariable)
	if strings.ContainsAny(token, "\r\n") {
		return "", errors.New("credentials: " + tokenVariable + " has more than one line")
	}
	return token, nil
}

// readKeys reads credentials as agents and instance metadata write them. Nothing in
// hidden shows in an error.
func (s *service) readKeys(body []byte, hidden ...string) (Credentials, error) {
	d := readDocument(body)
	code, message := d.string("Code"), d.string("Message") // of instances: Success
	c := Credentials{
		AccessKeyID:     d.string("AccessKeyId"),
		SecretAccessKey: d.string("SecretAccessKey"),
		SessionToken:    d.string("Token"),
		Expires:         d.time("Expiration"),
	}
	switch {
	case d.bad:
		return Credentials{}, s.noDocument()
	case code != "" && code != "Success":
		refusal := &ServiceError{Service: s.name, StatusCode: http.StatusOK, Code: code, Message: message}
		refusal.hide(hidden)
		return Credentials{}, refusal
	case c.AccessKeyID == "" || c.SecretAccessKey == "":
		return Credentials{}, s.lacking()
	}
	return c, nil
}
