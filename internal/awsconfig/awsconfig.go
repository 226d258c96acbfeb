// Package awsconfig reads the settings that all AWS tools share: environment
// variables and the files ~/.aws/config and ~/.aws/credentials.
//
// Facts: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html and
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
package awsconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// Config is what the environment and one profile say. The files are read when
// they are first needed, and once.
type Config struct {
	name     string
	explicit bool // the profile was asked for by name
	load     func() (*Profile, error)
}

// New returns the settings with the given profile. Without a name, the profile
// is that of AWS_PROFILE, or else of AWS_DEFAULT_PROFILE, or "default".
func New(profile string) *Config {
	c := &Config{name: profile}
	for _, variable := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		if c.name == "" {
			c.name = os.Getenv(variable)
		}
	}
	c.explicit = c.name != ""
	if !c.explicit {
		c.name = "default"
	}
	c.load = sync.OnceValues(c.read)
	return c
}

// Profile returns the profile. One that exists in neither file is an error
// if it was asked for by name, and empty otherwise.
func (c *Config) Profile() (*Profile, error) { return c.load() }

// Region is the region of AWS_REGION, AWS_DEFAULT_REGION or the profile, empty
// if none of them has one.
func (c *Config) Region() (string, error) {
	return c.Lookup("region", "AWS_REGION", "AWS_DEFAULT_REGION")
}

// Lookup returns the value of the first environment variable that is set, or
// else that of the profile's property; empty if there is neither. A nested
// property is named "s3.addressing_style".
func (c *Config) Lookup(property string, variables ...string) (string, error) {
	for _, variable := range variables {
		if value := os.Getenv(variable); value != "" {
			return value, nil
		}
	}
	p, err := c.load()
	if err != nil {
		return "", err
	}
	return p.Value(property), nil
}

// Flag is Lookup for settings that are true or false; false is the default.
func (c *Config) Flag(property string, variables ...string) (bool, error) {
	text, err := c.Lookup(property, variables...)
	if err != nil || text == "" {
		return false, err
	}
	value, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return false, fmt.Errorf("%s (or %s): %q is neither true nor false", strings.Join(variables, ", "), property, text)
	}
	return value, nil
}

// Endpoint is the configured address of a service ("s3"), empty if there is
// none. One for the service alone wins over one for all, and the environment
// over the files.
func (c *Config) Endpoint(service string) (string, error) {
	ignore, err := c.Flag("ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
	if err != nil || ignore {
		return "", err
	}
	for _, variable := range []string{"AWS_ENDPOINT_URL_" + strings.ToUpper(service), "AWS_ENDPOINT_URL"} {
		if value := os.Getenv(variable); value != "" {
			return value, nil
		}
	}
	p, err := c.load()
	if err != nil {
		return "", err
	}
	if value := p.services[service+".endpoint_url"]; value != "" {
		return value, nil
	}
	return p.Value("endpoint_url"), nil
}

// Profile is one profile as the two files have it.
type Profile struct {
	Name            string
	CredentialsFile string // empty: there is no place for one
	ConfigFile      string
	Found           bool // in one of the files at least

	credentials section // [name] of the credentials file
	config      section // [profile name] of the config file
	services    section // the [services …] section that config names
}

// Value returns a property, empty if it is not set. The credentials file wins.
func (p *Profile) Value(property string) string {
	if value := p.credentials[property]; value != "" {
		return value
	}
	return p.config[property]
}

// Keys returns the profile's own keys, and the file that has them. They are
// taken from one file only; file is empty if neither has any.
func (p *Profile) Keys() (id, secret, token, file string) {
	for _, from := range []struct {
		section section
		file    string
	}{{p.credentials, p.CredentialsFile}, {p.config, p.ConfigFile}} {
		id, secret = from.section["aws_access_key_id"], from.section["aws_secret_access_key"]
		if id != "" || secret != "" {
			return id, secret, from.section["aws_session_token"], from.file
		}
	}
	return "", "", "", ""
}

func (c *Config) read() (*Profile, error) {
	p := &Profile{
		Name:            c.name,
		CredentialsFile: location("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
		ConfigFile:      location("AWS_CONFIG_FILE", "config"),
	}
	credentials, err := readFile(p.CredentialsFile)
	if err != nil {
		return nil, err
	}
	config, err := readFile(p.ConfigFile)
	if err != nil {
		return nil, err
	}
	p.credentials = credentials[c.name]
	p.config = profileSection(config, c.name)
	p.Found = p.credentials != nil || p.config != nil
	if !p.Found && c.explicit {
		return nil, fmt.Errorf("the AWS profile %q is neither in %s nor in %s", c.name, orNone(p.CredentialsFile), orNone(p.ConfigFile))
	}
	if name := p.config["services"]; name != "" {
		p.services = config["services "+name]
	}
	return p, nil
}

// profileSection finds a profile among the sections of the config file. There
// "default" may stand without the word "profile", and a name be in quotes.
func profileSection(config map[string]section, name string) section {
	for _, title := range []string{"profile " + name, `profile "` + name + `"`, "profile '" + name + "'"} {
		if s := config[title]; s != nil {
			return s
		}
	}
	if name == "default" {
		return config[name]
	}
	return nil
}

// location is the path of a shared file: that of the variable, or the usual one
// in the home directory, if there is such.
func location(variable, base string) string {
	home, err := os.UserHomeDir()
	path := os.Getenv(variable)
	switch {
	case path == "" && err != nil:
		return ""
	case path == "":
		return filepath.Join(home, ".aws", base)
	}
	if rest, ok := strings.CutPrefix(path, "~"); ok && err == nil && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(home, rest)
	}
	return path
}

func orNone(path string) string {
	if path == "" {
		return "(no home directory)"
	}
	return path
}

// readFile parses a shared file; one that does not exist is empty.
func readFile(path string) (map[string]section, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parse(path, data)
}
