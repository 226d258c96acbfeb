package s3dialect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apierror"
)

// TestWithSharesWhatWasFound: a call with options looks up anew only if it
// leaves open what the client does not, or goes elsewhere.
func TestWithSharesWhatWasFound(t *testing.T) {
	type change = func(*Settings)
	for _, tt := range []struct {
		name    string
		client  change
		call    change
		lookups int    // of the call
		want    string // of its settings
	}{
		{name: "nothing", want: "found path unsigned CRC32 when_required 7"},
		{name: "other checksum", call: func(s *Settings) { s.Checksum = "SHA256" }, want: "found path unsigned SHA256 when_required 7"},
		{name: "other attempts", call: func(s *Settings) { s.Pipeline.Retry.MaxAttempts = 1 }, want: "found path unsigned CRC32 when_required 1"},
		{name: "other style", call: func(s *Settings) { s.VirtualHost = true }, want: "found virtual unsigned CRC32 when_required 7"},
		{name: "other verification", call: func(s *Settings) { s.ResponseChecksum = WhenSupported }, want: "found path unsigned CRC32 when_supported 7"},
		{name: "other region", call: func(s *Settings) { s.Region = "eu-west-1" }, lookups: 1, want: "found path unsigned CRC32 when_required 7"},
		{name: "other profile", call: func(s *Settings) { s.Profile = "x" }, lookups: 1, want: "found path unsigned CRC32 when_required 7"},
		{name: "checksum taken back", client: func(s *Settings) { s.Checksum = "SHA256" }, call: func(s *Settings) { s.Checksum = "" }, lookups: 1,
			want: "found path unsigned CRC32 when_required 7"},
		{name: "attempts taken back", client: func(s *Settings) { s.Pipeline.Retry.MaxAttempts = 3 }, call: func(s *Settings) { s.Pipeline.Retry.MaxAttempts = 0 }, lookups: 1,
			want: "found path unsigned CRC32 when_required 7"},
		{name: "style taken back", client: func(s *Settings) { s.VirtualHost = true }, call: func(s *Settings) { s.VirtualHost = false }, lookups: 1,
			want: "found path unsigned CRC32 when_required 7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lookups := 0
			flavour := &Flavour{
				Name:        "s3",
				PublicError: func(e *apierror.Error) error { return e },
				Complete: func(s *Settings) error {
					lookups++
					if s.Endpoint == "" {
						s.Endpoint = "found"
					}
					if !s.PathStyle && !s.VirtualHost {
						s.PathStyle = true
					}
					if s.Checksum == "" {
						s.Checksum = "CRC32"
					}
					if s.ResponseChecksum == "" {
						s.ResponseChecksum = WhenRequired
					}
					s.UnsignedPayload = true
					if s.Pipeline.Retry.MaxAttempts == 0 {
						s.Pipeline.Retry.MaxAttempts = 7
					}
					return nil
				},
			}
			settings := Settings{Credentials: credentials.Cached(credentials.Static("a", "b", ""))}
			if tt.client != nil {
				tt.client(&settings)
			}
			c, err := NewCore(flavour, settings)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.completed(); err != nil {
				t.Fatal(err)
			}
			lookups = 0
			if tt.call != nil {
				tt.call(&settings)
			}
			d, err := c.With(opGet, settings)
			if err != nil {
				t.Fatal(err)
			}
			done, err := d.completed()
			if err != nil {
				t.Fatal(err)
			}
			got := []string{done.settings.Endpoint}
			for name, on := range map[string]bool{"path": done.dialect.PathStyle, "virtual": done.dialect.VirtualHost} {
				if on {
					got = append(got, name)
				}
			}
			if done.dialect.UnsignedPayload {
				got = append(got, "unsigned")
			}
			got = append(got, string(done.dialect.Checksum), done.settings.ResponseChecksum, fmt.Sprint(done.runtime.Retry.MaxAttempts))
			if text := strings.Join(got, " "); text != tt.want || lookups != tt.lookups {
				t.Errorf("%s after %d look-ups, want %s after %d", text, lookups, tt.want, tt.lookups)
			}
		})
	}
}
