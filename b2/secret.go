package b2

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that opens something: a token, a customer's encryption
// key. It prints as a placeholder, also inside a struct and as JSON text;
// string(s) is the value itself.
type Secret string

const redacted = "REDACTED"

// String returns a placeholder.
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
