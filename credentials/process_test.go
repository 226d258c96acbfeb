package credentials

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain makes the test binary a program that prints credentials, for tests
// that run it as such.
func TestMain(m *testing.M) {
	if how := os.Getenv("CREDENTIALS_TEST_PROCESS"); how != "" {
		fmt.Fprintln(os.Stderr, "hush: what is printed here is nobody's business")
		switch how {
		case "fail":
			fmt.Println("hush")
			os.Exit(3)
		case "hang":
			time.Sleep(time.Hour)
		case "flood":
			fmt.Println(strings.Repeat("hush", 1<<20))
		case "child": // one that lives on with this program's output
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), "CREDENTIALS_TEST_PROCESS=linger")
			child.Stdout = os.Stdout
			if err := child.Start(); err != nil {
				os.Exit(4)
			}
			fmt.Println(`{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"hush"}`)
		case "linger":
			for range 50 { // until nobody reads it
				time.Sleep(100 * time.Millisecond)
				if _, err := fmt.Println(); err != nil {
					break
				}
			}
		case "words":
			fmt.Printf(`{"Version":1,"AccessKeyId":%q,"SecretAccessKey":"hush"}`, strings.Join(os.Args[1:], "|"))
		default:
			fmt.Println(how)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return `"` + path + `"`
}

func TestProcess(t *testing.T) {
	inHome(t, nil)
	for _, tt := range []struct {
		name, how string
		args      string
		want      Credentials
		err       string
	}{
		{name: "lasting keys", how: `{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "hush"}`, want: Credentials{AccessKeyID: "AKID", SecretAccessKey: "hush"}},
		{name: "all", how: `{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"hush","SessionToken":"token","Expiration":"2030-01-02T04:04:05+01:00","AccountId":"1"}`,
			want: Credentials{AccessKeyID: "AKID", SecretAccessKey: "hush", SessionToken: "token", Expires: later}},
		{name: "arguments", how: "words", args: ` a 'b c' "d\"e" f\ g ""`, want: Credentials{AccessKeyID: `a|b c|d"e|f g|`, SecretAccessKey: "hush"}},
		{name: "a child that holds on to the output", how: "child", want: Credentials{AccessKeyID: "AKID", SecretAccessKey: "hush"}},
		{name: "no JSON", how: "hush", err: "the program printed something other than credentials in JSON"},
		{name: "cut off", how: `{"Version":1,"SecretAccessKey":"hush`, err: "the program printed something other than credentials in JSON"},
		{name: "too much", how: "flood", err: "the program printed something other than credentials in JSON"},
		{name: "bad date", how: `{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"hush","Expiration":"hush"}`, err: "the program printed something other than credentials in JSON"},
		{name: "no version", how: `{"AccessKeyId":"AKID","SecretAccessKey":"hush"}`, err: "the program printed credentials of Version 0, not 1"},
		{name: "another version", how: `{"Version":2,"AccessKeyId":"AKID","SecretAccessKey":"hush"}`, err: "the program printed credentials of Version 2, not 1"},
		{name: "no key", how: `{"Version":1,"SecretAccessKey":"hush"}`, err: "the program printed no AccessKeyId"},
		{name: "no secret", how: `{"Version":1,"AccessKeyId":"hush"}`, err: "the program printed no SecretAccessKey"},
		{name: "failure", how: "fail", args: " --password hush", err: "the program failed: exit status 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CREDENTIALS_TEST_PROCESS", tt.how)
			got, err := Process(program(t) + tt.args).Retrieve(t.Context())
			if tt.err == "" {
				tt.want.Source = "process"
				got.Expires = got.Expires.UTC()
			} else {
				tt.err = "credentials: the credential process: " + tt.err
			}
			if errorText(err) != tt.err {
				t.Errorf("error\n%v, want\n%s", err, tt.err)
			}
			same(t, "Process", got, tt.want)
		})
	}
	for command, want := range map[string]string{
		"":                      "credentials: the credential process: the command is empty",
		"no-such-program hush":  `credentials: the credential process: there is no program "no-such-program"`,
		"/no/such/program hush": `credentials: the credential process: there is no program "/no/such/program"`,
	} {
		_, err := Process(command).Retrieve(t.Context())
		if errorText(err) != want || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error\n%v, want\n%s", err, want)
		}
	}
}

func TestProcessEndsWithItsContext(t *testing.T) {
	inHome(t, nil)
	t.Setenv("CREDENTIALS_TEST_PROCESS", "hang")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := Process(program(t)).Retrieve(ctx)
	if want := "credentials: the credential process: the program did not end in time: context deadline exceeded"; errorText(err) != want || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestProcessOfAProfile(t *testing.T) {
	t.Setenv("CREDENTIALS_TEST_PROCESS", "words")
	inHome(t, map[string]string{"config": "[profile keys]\ncredential_process = " + program(t) + " AKIDPROCESS\n" +
		"[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\n" +
		"[profile both]\nrole_arn = arn:aws:iam::1:role/x\ncredential_process = " + program(t) + " AKIDBOTH\n"})
	c := newCloud(t)
	c.giveRoles()
	t.Setenv("AWS_ENDPOINT_URL_STS", c.URL)
	got, err := Profile("keys").Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Profile", got, Credentials{AccessKeyID: "AKIDPROCESS", SecretAccessKey: "hush", Source: "profile keys"})
	for profile, id := range map[string]string{"role": "AKIDPROCESS", "both": "AKIDBOTH"} {
		if _, err := Profile(profile).Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkSignature(t, c.log()[0], id, "hush", "us-east-1")
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		command        string
		posix, windows []string
		posixErr       string
		windowsErr     string
	}{
		{command: "", posix: nil, windows: nil},
		{command: " \t\n", posix: nil, windows: nil},
		{command: "a  b\tc\n", posix: []string{"a", "b", "c"}, windows: []string{"a", "b", "c"}},
		{command: `"a b" c`, posix: []string{"a b", "c"}, windows: []string{"a b", "c"}},
		{command: `a" "b`, posix: []string{"a b"}, windows: []string{"a b"}},
		{command: `'a b'`, posix: []string{"a b"}, windows: []string{"'a", "b'"}},
		{command: `'a\b"c'`, posix: []string{`a\b"c`}, windowsErr: "has a quote that is not closed"},
		{command: `a\ b`, posix: []string{"a b"}, windows: []string{`a\`, "b"}},
		{command: `"a\"b\\c\d"`, posix: []string{`a"b\c\d`}, windows: []string{`a"b\\c\d`}},
		{command: `C:\bin\x.exe "C:\a b\\" c`, posix: []string{"C:binx.exe", `C:\a b\`, "c"}, windows: []string{`C:\bin\x.exe`, `C:\a b\`, "c"}},
		{command: `a "" ''`, posix: []string{"a", "", ""}, windows: []string{"a", "", "''"}},
		{command: `$HOME # x; y`, posix: []string{"$HOME", "#", "x;", "y"}, windows: []string{"$HOME", "#", "x;", "y"}},
		{command: `a\`, posixErr: "ends with a backslash", windows: []string{`a\`}},
		{command: `"a`, posixErr: "has a quote that is not closed", windowsErr: "has a quote that is not closed"},
		{command: `\\\"a`, posix: []string{`\"a`}, windows: []string{`\"a`}},
		{command: `\\"a b"`, posix: []string{`\a b`}, windows: []string{`\a b`}},
	} {
		got, err := splitPOSIX(tt.command)
		if diff := cmp.Diff(tt.posix, got); diff != "" || errorText(err) != tt.posixErr {
			t.Errorf("splitPOSIX(%q): %v, want %s (-want +got):\n%s", tt.command, err, tt.posixErr, diff)
		}
		got, err = splitWindows(tt.command)
		if diff := cmp.Diff(tt.windows, got); diff != "" || errorText(err) != tt.windowsErr {
			t.Errorf("splitWindows(%q): %v, want %s (-want +got):\n%s", tt.command, err, tt.windowsErr, diff)
		}
	}
}
