package awsconfig

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       map[string]section
	}{
		{"empty", "", map[string]section{}},
		{"blank lines, CRLF and a byte order mark", "\ufeff\r\n[a]\r\n\r\nk = v\r\n", map[string]section{"a": {"k": "v"}}},
		{"no blanks", "[a]\nk=v", map[string]section{"a": {"k": "v"}}},
		{"empty section", "[a]\n", map[string]section{"a": {}}},
		{"names", "[ profile\t  a b ]\n Key = V\nKEY = W", map[string]section{"profile a b": {"key": "W"}}},
		{"a section goes on", "[a]\nk=1\n[b]\nk=2\n[a]\nl=3", map[string]section{"a": {"k": "1", "l": "3"}, "b": {"k": "2"}}},
		{"comments", "# c\n; c\n[a] # c\n  # c\nk = v # c\nl = v ; c\nm = v#1;2\nn = # c\no = a\t# c",
			map[string]section{"a": {"k": "v", "l": "v", "m": "v#1;2", "n": "", "o": "a"}}},
		{"comments beside sections", "[a]# c [b]\nk = 1\n[b];c\nk = 2\n[c] ; [d]\nk = 3", map[string]section{"a": {"k": "1"}, "b": {"k": "2"}, "c": {"k": "3"}}},
		{"quotes", "[a]\nk = \"v # 1\" # c\nl = 'v'\nm = \"v\nn = \"a\" b\no = \"\"\np = \"it's\"",
			map[string]section{"a": {"k": "v # 1", "l": "v", "m": `"v`, "n": `"a" b`, "o": "", "p": "it's"}}},
		{"equal signs", "[a]\nk = a=b==", map[string]section{"a": {"k": "a=b=="}}},
		{"nested", "[a]\ns3 =\n  Addressing_Style = path # c\n  x = 'y'\nk = v", map[string]section{"a": {"s3": "", "s3.addressing_style": "path", "s3.x": "y", "k": "v"}}},
		{"value on several lines", "[a]\nk = one\n  two # c\n\n  three = 3\nl = v", map[string]section{"a": {"k": "one\ntwo\nthree = 3", "l": "v"}}},
		{"all of a section is indented", "[a]\n  k = v\n  l = w\n[b]\n\tk = x", map[string]section{"a": {"k": "v", "l": "w"}, "b": {"k": "x"}}},
		{"an indented section ends a property", "[a]\nk = v\n[b]\n  k = w", map[string]section{"a": {"k": "v"}, "b": {"k": "w"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := parse("file", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("parse(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"no key", "[a]\n= hush", "file, line 2: neither [section] nor key = value"},
		{"no equal sign", "[a]\n\n# c\nhush", "file, line 4: neither [section] nor key = value"},
		{"no section", "k = hush", "file, line 1: a property outside of any section"},
		{"open section", "[hush", "file, line 1: a section begins with [name]"},
		{"unnamed section", "[ ]", "file, line 1: a section begins with [name]"},
		{"text behind a section", "[a] hush", "file, line 1: a section begins with [name]"},
		{"nothing nested", "[a]\nk =\n  hush", "file, line 3: neither a nested property nor the rest of a value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _, err := parse("file", []byte(tt.text)); err == nil || err.Error() != tt.want {
				t.Errorf("parse(%q) = %v, %v; want %s", tt.text, got, err, tt.want)
			}
		})
	}
}

// What was read, written in the plainest form, must read the same.
func FuzzParse(f *testing.F) {
	f.Add("[default]\naws_access_key_id = AKID # comment\n  more\n[profile x]\ns3 =\n  a = 'b'\n")
	f.Add("\ufeff[a]\r\nk=\"v\"\r\n;c\n[b")
	f.Fuzz(func(t *testing.T, text string) {
		sections, _, err := parse("file", []byte(text))
		if err != nil {
			return
		}
		var plain strings.Builder
		want := map[string]section{}
		for title, properties := range sections {
			plain.WriteString("[" + title + "]\n")
			want[title] = section{}
			for key, value := range properties {
				if key != name(key) || key == "" || strings.ContainsAny(key, "=\n") {
					t.Fatalf("parse(%q) has a property %q", text, key)
				}
				if isComment(key) || key[0] == '[' || value != unquote(withoutComment(strings.TrimSpace(value))) || strings.ContainsAny(value, "\n\r") {
					continue
				}
				plain.WriteString(key + " = " + value + "\n")
				want[title][key] = value
			}
		}
		got, _, err := parse("plain", []byte(plain.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, plain.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parse(%q), written and read again (-want +got):\n%s", text, diff)
		}
	})
}

// setUp gives the test a home with these files, and this environment alone.
func setUp(t *testing.T, config, credentials string, env map[string]string) (home string) {
	t.Helper()
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	for name, text := range map[string]string{".aws/config": config, ".aws/credentials": credentials} {
		if text != "" {
			write(t, filepath.Join(home, name), text)
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	return home
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const sampleConfig = `
[default]
region = eu-west-1
endpoint_url = https://all.example
s3 =
  addressing_style = path
[profile default]
region = eu-central-1
[profile "in quotes"]
region = us-west-2
[profile local]
endpoint_url = https://all.example
services = mine
[services mine]
s3 =
  endpoint_url = http://127.0.0.1:9000
[profile strange]
ignore_configured_endpoint_urls = true
endpoint_url = https://all.example
`

func TestRegion(t *testing.T) {
	for _, tt := range []struct {
		name, profile string
		env           map[string]string
		want          string
	}{
		{name: "the section with the word profile wins", want: "eu-central-1"},
		{name: "a name in quotes", profile: "in quotes", want: "us-west-2"},
		{name: "AWS_PROFILE", env: map[string]string{"AWS_PROFILE": "in quotes", "AWS_DEFAULT_PROFILE": "local"}, want: "us-west-2"},
		{name: "AWS_DEFAULT_PROFILE", env: map[string]string{"AWS_DEFAULT_PROFILE": "in quotes"}, want: "us-west-2"},
		{name: "a name given wins over the environment's", profile: "default", env: map[string]string{"AWS_PROFILE": "in quotes"}, want: "eu-central-1"},
		{name: "AWS_DEFAULT_REGION", env: map[string]string{"AWS_DEFAULT_REGION": "ap-east-1"}, want: "ap-east-1"},
		{name: "AWS_REGION", env: map[string]string{"AWS_REGION": "sa-east-1", "AWS_DEFAULT_REGION": "ap-east-1"}, want: "sa-east-1"},
		{name: "none", profile: "local"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setUp(t, sampleConfig, "", tt.env)
			if got, err := New(tt.profile).Region(); got.Value != tt.want || err != nil {
				t.Errorf("Region = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestEndpoint(t *testing.T) {
	for _, tt := range []struct {
		name, profile string
		env           map[string]string
		want          string
	}{
		{name: "of the profile", profile: "strange", want: ""},
		{name: "of the service", profile: "local", want: "http://127.0.0.1:9000"},
		{name: "AWS_ENDPOINT_URL", profile: "local", env: map[string]string{"AWS_ENDPOINT_URL": "https://env.example"}, want: "https://env.example"},
		{name: "AWS_ENDPOINT_URL_S3", env: map[string]string{"AWS_ENDPOINT_URL": "https://env.example", "AWS_ENDPOINT_URL_S3": "https://s3.example"}, want: "https://s3.example"},
		{name: "ignored", profile: "local", env: map[string]string{"AWS_ENDPOINT_URL_S3": "https://s3.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"}, want: ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setUp(t, sampleConfig, "", tt.env)
			if got, err := New(tt.profile).Endpoint("s3"); got.Value != tt.want || err != nil {
				t.Errorf("Endpoint = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	setUp(t, "[default]\ns3 =\n  addressing_style = path\nregion = from-config\n", "[default]\nregion = from-credentials\n", nil)
	c := New("")
	for property, want := range map[string]string{"s3.addressing_style": "path", "region": "from-credentials", "nothing": ""} {
		if got, err := c.Lookup("", property); got.Value != want || err != nil {
			t.Errorf("Lookup(%q) = %q, %v; want %q", property, got, err, want)
		}
	}
}

func TestLookupOfSeveralNames(t *testing.T) {
	setUp(t, "[default]\nold = 1\n[profile both]\nold = 1\nnew = 2\n", "", map[string]string{"A_SETTING": "3"})
	for _, tt := range []struct{ profile, variable, want string }{
		{"default", "", "1"}, {"both", "", "2"}, {"both", "NOT_SET", "2"}, {"both", "A_SETTING", "3"},
	} {
		if got, err := New(tt.profile).Lookup(tt.variable, "new", "old"); got.Value != tt.want || err != nil {
			t.Errorf("Lookup of %q in %s = %q, %v; want %q", tt.variable, tt.profile, got, err, tt.want)
		}
	}
}

func TestAttempts(t *testing.T) {
	for _, tt := range []struct {
		config string
		env    map[string]string
		want   int
		err    string
	}{
		{want: 0},
		{env: map[string]string{"AWS_MAX_ATTEMPTS": "7", "AWS_RETRY_MODE": "standard"}, want: 7},
		{config: "max_attempts = 1\nretry_mode = legacy\n", want: 1},
		{config: "max_attempts = 1\n", env: map[string]string{"AWS_MAX_ATTEMPTS": "2"}, want: 2},
		{config: "retry_mode = Standard\n", want: 3},
		{env: map[string]string{"AWS_RETRY_MODE": "adaptive"}, want: 3},
		{config: "retry_mode = standard\n", env: map[string]string{"AWS_RETRY_MODE": "legacy"}, want: 5},
		{env: map[string]string{"AWS_MAX_ATTEMPTS": "0"}, err: `AWS_MAX_ATTEMPTS: "0" is not a number from 1 to 1000`},
		{env: map[string]string{"AWS_RETRY_MODE": "never"}, err: `AWS_RETRY_MODE: "never" is none of legacy, standard, adaptive`},
	} {
		setUp(t, "[default]\n"+tt.config, "", tt.env)
		got, err := New("").Attempts()
		if got != tt.want || (err != nil) != (tt.err != "") || err != nil && err.Error() != tt.err {
			t.Errorf("%q, %v: Attempts = %d, %v; want %d, %s", tt.config, tt.env, got, err, tt.want, tt.err)
		}
	}
}

// TestSettings: the error of a bad value says where it stands.
func TestSettings(t *testing.T) {
	config := "[default]\nflag = perhaps\nmode = MIDDLE\n\nnumber = 12x\ns3 =\n  style = round\nservices = mine\n" +
		"[services mine]\ns3 =\n  endpoint_url = nowhere\n[profile good]\nflag = True\nmode = LAST\nnumber = 7\n"
	home := setUp(t, config, "[default]\nflag2 = 1\n", map[string]string{"A_FLAG": "no"})
	in := func(name string, line int) string {
		return fmt.Sprintf("(%s, line %d)", filepath.Join(home, ".aws", name), line)
	}
	flag := func(s Setting) (any, error) { return s.Flag() }
	mode := func(s Setting) (any, error) { return s.Choice("first", "last") }
	number := func(s Setting) (any, error) { return s.Number(1, 9) }
	for _, tt := range []struct {
		profile, property, variable string
		read                        func(Setting) (any, error)
		want                        any
		err                         string
	}{
		{property: "flag", read: flag, want: false, err: `flag of the AWS profile "default" ` + in("config", 2) + `: "perhaps" is neither true nor false`},
		{property: "flag2", read: flag, want: false, err: `flag2 of the AWS profile "default" ` + in("credentials", 2) + `: "1" is neither true nor false`},
		{property: "flag", variable: "A_FLAG", read: flag, want: false, err: `A_FLAG: "no" is neither true nor false`},
		{property: "mode", read: mode, want: "", err: `mode of the AWS profile "default" ` + in("config", 3) + `: "MIDDLE" is none of first, last`},
		{property: "number", read: number, want: 0, err: `number of the AWS profile "default" ` + in("config", 5) + `: "12x" is not a number from 1 to 9`},
		{property: "s3.style", read: mode, want: "", err: `s3.style of the AWS profile "default" ` + in("config", 7) + `: "round" is none of first, last`},
		{profile: "good", property: "flag", read: flag, want: true},
		{profile: "good", property: "mode", read: mode, want: "last"},
		{profile: "good", property: "number", read: number, want: 7},
		{profile: "good", property: "none", read: flag, want: false},
		{profile: "good", property: "none", read: mode, want: ""},
		{profile: "good", property: "none", read: number, want: 0},
	} {
		s, err := New(tt.profile).Lookup(tt.variable, tt.property)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tt.read(s)
		if got != tt.want || (err != nil) != (tt.err != "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s of %q = %v, %v; want %v, %s", tt.property, tt.profile, got, err, tt.want, tt.err)
		}
	}
	s, err := New("").Endpoint("s3")
	want := Setting{Value: "nowhere", Origin: "s3.endpoint_url of [services mine] " + in("config", 11)}
	if s != want || err != nil {
		t.Errorf("Endpoint = %+v, %v; want %+v", s, err, want)
	}
	for number, want := range map[string]string{"0": "0", "10": "10"} {
		if _, err := (Setting{Value: number, Origin: "X"}).Number(1, 9); err == nil || err.Error() != fmt.Sprintf("X: %q is not a number from 1 to 9", want) {
			t.Errorf("Number of %s: %v", number, err)
		}
	}
}

func TestSSOSession(t *testing.T) {
	setUp(t, "[default]\nsso_session = corp\n[sso-session 'corp']\nsso_region = eu-west-1\n", "", nil)
	p, err := New("").Profile()
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := p.SSOSession("corp", "sso_region"); s.Value != "eu-west-1" || !ok {
		t.Errorf("SSOSession = %+v, %t", s, ok)
	}
	if s, ok := p.SSOSession("corp", "sso_start_url"); s.Value != "" || !ok {
		t.Errorf("a property that is not there: %+v, %t", s, ok)
	}
	if s, ok := p.SSOSession("other", "sso_region"); s.Value != "" || ok {
		t.Errorf("a section that is not there: %+v, %t", s, ok)
	}
}

func TestFiles(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		setUp(t, "", "", nil)
		p, err := New("").Profile()
		if err != nil || p.Found || p.Name != "default" {
			t.Errorf("Profile = %+v, %v; want an empty default", p, err)
		}
	})
	t.Run("a profile asked for must exist", func(t *testing.T) {
		home := setUp(t, sampleConfig, "", nil)
		_, err := New("missing").Profile()
		want := `the AWS profile "missing" is neither in ` + filepath.Join(home, ".aws", "credentials") + " nor in " + filepath.Join(home, ".aws", "config")
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("no home", func(t *testing.T) {
		setUp(t, "", "", nil)
		t.Setenv("HOME", "")
		t.Setenv("USERPROFILE", "")
		if p, err := New("").Profile(); err != nil || p.Found || p.ConfigFile != "" {
			t.Errorf("Profile = %+v, %v; want an empty one", p, err)
		}
	})
	t.Run("elsewhere", func(t *testing.T) {
		home := setUp(t, "[default]\nregion = wrong\n", "", nil)
		write(t, filepath.Join(home, "my", "config"), "[default]\nregion = right\n")
		t.Setenv("AWS_CONFIG_FILE", "~/my/config")
		t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "not", "there"))
		if got, err := New("").Region(); got.Value != "right" || err != nil {
			t.Errorf("Region = %q, %v; want that of the file named", got, err)
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		home := setUp(t, "", "", map[string]string{"AWS_CONFIG_FILE": t.TempDir()}) // a directory
		if _, err := New("").Region(); err == nil {
			t.Errorf("a directory as config file was accepted, home %s", home)
		}
	})
	t.Run("broken", func(t *testing.T) {
		home := setUp(t, "[default\n", "", nil)
		_, err := New("").Region()
		if want := filepath.Join(home, ".aws", "config") + ", line 1: a section begins with [name]"; err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
}

func TestKeysComeFromOneFile(t *testing.T) {
	home := setUp(t, "[default]\naws_access_key_id = a\naws_secret_access_key = b\naws_session_token = c\n",
		"[default]\naws_access_key_id = d\naws_secret_access_key = e\n", nil)
	p, err := New("").Profile()
	if err != nil {
		t.Fatal(err)
	}
	id, secret, token, file := p.Keys()
	if id != "d" || secret != "e" || token != "" || file != filepath.Join(home, ".aws", "credentials") {
		t.Errorf("Keys = %q, %q, %q from %s; want those of the credentials file", id, secret, token, file)
	}
}
