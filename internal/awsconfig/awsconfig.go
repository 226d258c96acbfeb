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

	"github.com/entrepot-go/entrepot/internal/endpoint"
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
func (c *Config) Region() (Setting, error) {
	if value := os.Getenv("AWS_REGION"); value != "" {
		return Setting{Value: value, Origin: "AWS_REGION"}, nil
	}
	return c.Lookup("AWS_DEFAULT_REGION", "region")
}

// Lookup returns an environment variable that is set, or else the first of the
// profile's properties; empty if there is neither. A nested property is named
// "s3.addressing_style". What has no variable goes by an empty one.
func (c *Config) Lookup(variable string, properties ...string) (Setting, error) {
	if variable != "" {
		if value := os.Getenv(variable); value != "" {
			return Setting{Value: value, Origin: variable}, nil
		}
	}
	p, err := c.load()
	if err != nil {
		return Setting{}, err
	}
	for _, property := range properties {
		if s := p.Setting(property); s.Value != "" {
			return s, nil
		}
	}
	return Setting{}, nil
}

// Flag is Lookup for settings that are true or false; false is the default.
func (c *Config) Flag(variable string, properties ...string) (bool, error) {
	s, err := c.Lookup(variable, properties...)
	if err != nil {
		return false, err
	}
	return s.Flag()
}

// Attempts is how many attempts a call may take: AWS_MAX_ATTEMPTS, or what the
// mode of retrying means to AWS's tools; 0 if nothing says. Beyond that number
// the modes do not differ here.
func (c *Config) Attempts() (int, error) {
	s, err := c.Lookup("AWS_MAX_ATTEMPTS", "max_attempts")
	if err != nil {
		return 0, err
	}
	n, err := s.Number(1, 1000)
	if err != nil || n != 0 {
		return n, err
	}
	if s, err = c.Lookup("AWS_RETRY_MODE", "retry_mode"); err != nil {
		return 0, err
	}
	mode, err := s.Choice("legacy", "standard", "adaptive")
	if err != nil {
		return 0, err
	}
	return map[string]int{"legacy": 5, "standard": 3, "adaptive": 3}[mode], nil
}

// Bundle is the file of certificates of authorities to trust beside the
// system's.
func (c *Config) Bundle() (Setting, error) { return c.Lookup("AWS_CA_BUNDLE", "ca_bundle") }

// Endpoint is the configured address of a service ("s3"), empty if there is
// none. One for the service alone wins over one for all, and the environment
// over the files.
func (c *Config) Endpoint(service string) (Setting, error) {
	ignore, err := c.Flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
	if err != nil || ignore {
		return Setting{}, err
	}
	for _, variable := range []string{"AWS_ENDPOINT_URL_" + strings.ToUpper(service), "AWS_ENDPOINT_URL"} {
		if value := os.Getenv(variable); value != "" {
			return Setting{Value: value, Origin: variable}, nil
		}
	}
	p, err := c.load()
	if err != nil {
		return Setting{}, err
	}
	if s := p.services.setting(service + ".endpoint_url"); s.Value != "" {
		return s, nil
	}
	return p.Setting("endpoint_url"), nil
}

// Setting is a value and where it stands: a variable's name, or a property with
// its section, file and line. It is empty if nothing is set.
type Setting struct{ Value, Origin string }

// Invalid is the error of a value that is not what it should be. The value must
// be none that is secret.
func (s Setting) Invalid(problem string) error {
	return fmt.Errorf("%s: %q %s", s.Origin, s.Value, problem)
}

// Flag reads true or false; without a value it is false.
func (s Setting) Flag() (bool, error) {
	switch strings.ToLower(s.Value) {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, s.Invalid("is neither true nor false")
}

// Choice returns the one of some words that the value is, whatever its case,
// and empty without a value.
func (s Setting) Choice(words ...string) (string, error) {
	if s.Value == "" {
		return "", nil
	}
	for _, word := range words {
		if strings.EqualFold(s.Value, word) {
			return word, nil
		}
	}
	return "", s.Invalid("is none of " + strings.Join(words, ", "))
}

// Number reads a number from least to most; without a value it is 0.
func (s Setting) Number(least, most int) (int, error) {
	if s.Value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil || n < least || n > most {
		return 0, s.Invalid(fmt.Sprintf("is not a number from %d to %d", least, most))
	}
	return n, nil
}

// Endpoint reads an endpoint.
func (s Setting) Endpoint() (endpoint.Base, error) {
	base, err := endpoint.Parse(s.Value)
	if err != nil {
		s.Value = endpoint.Redact(s.Value)
		return base, s.Invalid("is not a URL such as https://host:port")
	}
	return base, nil
}

// Profile is one profile as the two files have it.
type Profile struct {
	Name            string
	CredentialsFile string // empty: there is no place for one
	ConfigFile      string
	Found           bool // in one of the files at least

	credentials part // [name] of the credentials file
	config      part // [profile name] of the config file
	services    part // the [services …] section that config names
	whole       file // the config file
}

// part is one section of a file.
type part struct {
	title      string // as it is to be called in messages
	file       string
	properties section
	lines      map[string]int
}

func (p *part) setting(property string) Setting {
	value := p.properties[property]
	if value == "" {
		return Setting{}
	}
	return Setting{Value: value, Origin: fmt.Sprintf("%s of %s (%s, line %d)", property, p.title, p.file, p.lines[property])}
}

// Setting returns a property, empty if it is not set. The credentials file wins.
func (p *Profile) Setting(property string) Setting {
	if s := p.credentials.setting(property); s.Value != "" {
		return s
	}
	return p.config.setting(property)
}

// Value is the value of Setting.
func (p *Profile) Value(property string) string { return p.Setting(property).Value }

// SSOSession returns a property of a section [sso-session name] of the config
// file; ok tells whether there is that section.
func (p *Profile) SSOSession(name, property string) (s Setting, ok bool) {
	section := p.whole.find("sso-session", name)
	return section.setting(property), section.properties != nil
}

// Keys returns the profile's own keys, and the file that has them. They are
// taken from one file only; file is empty if neither has any.
func (p *Profile) Keys() (id, secret, token, file string) {
	for _, from := range [...]*part{&p.credentials, &p.config} {
		id, secret = from.properties["aws_access_key_id"], from.properties["aws_secret_access_key"]
		if id != "" || secret != "" {
			return id, secret, from.properties["aws_session_token"], from.file
		}
	}
	return "", "", "", ""
}

func (c *Config) read() (*Profile, error) {
	p := &Profile{
		Name:            c.name,
		CredentialsFile: Location("AWS_SHARED_CREDENTIALS_FILE", ".aws", "credentials"),
		ConfigFile:      Location("AWS_CONFIG_FILE", ".aws", "config"),
	}
	credentials, err := readFile(p.CredentialsFile)
	if err != nil {
		return nil, err
	}
	if p.whole, err = readFile(p.ConfigFile); err != nil {
		return nil, err
	}
	title := fmt.Sprintf("the AWS profile %q", c.name)
	p.credentials = credentials.part(c.name, title)
	p.config = p.whole.find("profile", c.name)
	if p.config.properties == nil && c.name == "default" {
		p.config = p.whole.part(c.name, title)
	}
	p.config.title = title
	p.Found = p.credentials.properties != nil || p.config.properties != nil
	if !p.Found && c.explicit {
		return nil, fmt.Errorf("the AWS profile %q is neither in %s nor in %s", c.name, orNone(p.CredentialsFile), orNone(p.ConfigFile))
	}
	if name := p.config.properties["services"]; name != "" {
		p.services = p.whole.find("services", name)
	}
	return p, nil
}

// file is a shared file: its sections by their titles.
type file struct {
	path     string
	sections map[string]section
	lines    map[string]map[string]int
}

func (f *file) part(title, called string) part {
	return part{title: called, file: f.path, properties: f.sections[title], lines: f.lines[title]}
}

// find returns the section of a kind with a name, which may be in quotes.
func (f *file) find(kind, name string) part {
	for _, title := range [...]string{kind + " " + name, kind + ` "` + name + `"`, kind + " '" + name + "'"} {
		if f.sections[title] != nil {
			return f.part(title, "["+kind+" "+name+"]")
		}
	}
	return part{}
}

// Location is the path of a shared file: that of the variable, or the usual one
// in the home directory, if there is such.
func Location(variable string, usual ...string) string {
	home, err := os.UserHomeDir()
	path := os.Getenv(variable)
	switch {
	case path == "" && err != nil:
		return ""
	case path == "":
		return filepath.Join(append([]string{home}, usual...)...)
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
func readFile(path string) (file, error) {
	f := file{path: path}
	if path == "" {
		return f, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.sections, f.lines, err = parse(path, data)
	return f, err
}
