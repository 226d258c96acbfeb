package credentials

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Process returns a Provider that runs a program and reads the credentials it
// prints: a JSON object with Version 1, AccessKeyId, SecretAccessKey and, if it
// likes, SessionToken and Expiration. The program has a minute.
//
// The command is split into words as the AWS command line does it: at blanks,
// with quotes and backslashes as in a shell, but without variables or anything
// else that a shell does; on Windows, by that system's own rules. What the
// program prints to its standard error is thrown away, and neither that nor the
// command's arguments show in errors.
func Process(command string, opts ...func(*AWSConfig)) Provider {
	return &process{func() string { return command }, configure(opts)}
}

// process holds its command as static holds its keys: there may be a secret in
// it.
type process struct {
	command func() string
	config  *AWSConfig
}

// Format prints no more than what p is.
func (p *process) Format(f fmt.State, _ rune) { fmt.Fprint(f, "credential process") }

func (p *process) Retrieve(ctx context.Context) (Credentials, error) {
	return p.config.begin("").process(ctx, p.command(), "the credential process")
}

const (
	processTime   = time.Minute
	processOutput = 64 << 10
)

// process runs a command; origin says where it stands.
func (l *lookup) process(ctx context.Context, command, origin string) (c Credentials, err error) {
	fail := func(problem string, cause error) (Credentials, error) {
		if cause != nil {
			return Credentials{}, fmt.Errorf("credentials: %s: %s: %w", origin, problem, cause)
		}
		return Credentials{}, fmt.Errorf("credentials: %s: %s", origin, problem)
	}
	split := splitPOSIX
	if runtime.GOOS == "windows" {
		split = splitWindows
	}
	words, err := split(command)
	if err != nil {
		return fail("the command", err)
	}
	if len(words) == 0 {
		return fail("the command is empty", nil)
	}
	bounded, cancel := context.WithTimeout(ctx, processTime)
	defer cancel()
	var out output
	program := exec.CommandContext(bounded, words[0], words[1:]...)
	program.Stdout = &out
	program.WaitDelay = time.Second // for children that hold on to the output
	// The program itself has ended well where only a child holds on to the output.
	if err := program.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return fail(fmt.Sprintf("there is no program %q", words[0]), nil)
		}
		if bounded.Err() != nil {
			return fail("the program did not end in time", bounded.Err())
		}
		return fail("the program failed", hidden(err))
	}
	d := readDocument(out.Bytes())
	version := d.number("Version")
	c = Credentials{
		AccessKeyID:     d.string("AccessKeyId"),
		SecretAccessKey: d.string("SecretAccessKey"),
		SessionToken:    d.string("SessionToken"),
		Expires:         d.time("Expiration"),
		Source:          "process",
	}
	switch {
	case out.full || d.bad:
		return fail("the program printed something other than credentials in JSON", nil)
	case version != 1:
		return fail(fmt.Sprintf("the program printed credentials of Version %d, not 1", version), nil)
	case c.AccessKeyID == "":
		return fail("the program printed no AccessKeyId", nil)
	case c.SecretAccessKey == "":
		return fail("the program printed no SecretAccessKey", nil)
	}
	return c, nil
}

// hidden keeps an error's text, and what it is from errors.Is: a program that
// may not be run says nothing about objects.
func hidden(err error) error { return errors.New(err.Error()) }

// output keeps what a program prints, up to a limit.
type output struct {
	bytes.Buffer
	full bool
}

func (o *output) Write(b []byte) (int, error) {
	if o.Len()+len(b) > processOutput {
		o.full = true
		return len(b), nil
	}
	return o.Buffer.Write(b)
}

// splitPOSIX splits a command at blanks. A backslash takes the next character
// as it is, within double quotes only if that is a quote or a backslash; single
// quotes take everything as it is.
func splitPOSIX(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun := false // there is a word, if only an empty one in quotes
	var quote byte
	for i := 0; i < len(command); i++ {
		c := command[i]
		switch {
		case c == '\\' && quote != '\'':
			if i+1 == len(command) {
				return nil, errors.New("ends with a backslash")
			}
			if next := command[i+1]; quote == 0 || next == '"' || next == '\\' {
				i, c = i+1, next
			}
			begun = true
			word.WriteByte(c)
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, begun = c, true
		case isBlank(c):
			if begun {
				words = append(words, word.String())
				word.Reset()
				begun = false
			}
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		return nil, errors.New("has a quote that is not closed")
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}

// splitWindows splits a command by the rules of Microsoft's C runtime: only
// double quotes count, and backslashes only in front of one.
func splitWindows(command string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun, quoted := false, false
	slashes := 0
	for i := range len(command) {
		c := command[i]
		if c == '\\' {
			slashes++
			continue
		}
		literal := false // a quote behind an odd number of backslashes
		if c == '"' {
			literal = slashes%2 == 1
			slashes /= 2
		}
		if slashes > 0 || literal {
			begun = true
		}
		for ; slashes > 0; slashes-- {
			word.WriteByte('\\')
		}
		switch {
		case c == '"' && !literal:
			quoted, begun = !quoted, true
		case isBlank(c) && !quoted:
			if begun {
				words = append(words, word.String())
				word.Reset()
				begun = false
			}
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	if quoted {
		return nil, errors.New("has a quote that is not closed")
	}
	for ; slashes > 0; slashes-- {
		begun = true
		word.WriteByte('\\')
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
