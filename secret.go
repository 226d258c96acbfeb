package entrepot

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that opens something: a token, a key of the caller's own
// to encrypt with, the secret half of an access key. Constants and literals are
// assigned to it as they are; string(s) is the value itself.
//
// It prints as a placeholder: by package fmt with any verb, by log/slog, as JSON
// and as XML, also from within a struct. Only where it hides in a field that is
// not exported, package fmt can ask no method and prints the value.
type Secret string

const redacted = "REDACTED"

// String returns a placeholder, or nothing for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format prints a placeholder, whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		fmt.Fprintf(f, "%q", s.String())
		return
	}
	io.WriteString(f, s.String())
}

// MarshalText returns a placeholder, so that loggers that write JSON do not
// tell the value. Who keeps a token across processes stores string(s).
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
