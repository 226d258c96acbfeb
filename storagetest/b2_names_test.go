package storagetest

import (
	"net/url"
	"testing"
	"unicode/utf8"
)

// The service publishes how each character may be encoded at the least and to
// the full. A server takes both, and lower case too.
func TestB2Encoding(t *testing.T) {
	for _, c := range []struct{ text, least, full string }{
		{" ", "+", "%20"}, {"!", "!", "%21"}, {`"`, "%22", "%22"}, {"#", "%23", "%23"}, {"$", "$", "%24"}, {"%", "%25", "%25"},
		{"&", "%26", "%26"}, {"'", "'", "%27"}, {"(", "(", "%28"}, {")", ")", "%29"}, {"*", "*", "%2A"}, {"+", "%2B", "%2B"},
		{",", "%2C", "%2C"}, {"-", "-", "%2D"}, {".", ".", "%2E"}, {"/", "/", "%2F"}, {"0", "0", "%30"}, {"9", "9", "%39"},
		{":", ":", "%3A"}, {";", ";", "%3B"}, {"<", "%3C", "%3C"}, {"=", "=", "%3D"}, {">", "%3E", "%3E"}, {"?", "%3F", "%3F"},
		{"@", "@", "%40"}, {"A", "A", "%41"}, {"Z", "Z", "%5A"}, {"[", "%5B", "%5B"}, {`\`, "%5C", "%5C"}, {"]", "%5D", "%5D"},
		{"^", "%5E", "%5E"}, {"_", "_", "%5F"}, {"`", "%60", "%60"}, {"a", "a", "%61"}, {"z", "z", "%7A"}, {"{", "%7B", "%7B"},
		{"|", "%7C", "%7C"}, {"}", "%7D", "%7D"}, {"~", "~", "%7E"}, {"\x7f", "%7F", "%7f"},
		{"自由", "%E8%87%AA%E7%94%B1", "%e8%87%aa%e7%94%b1"}, {"\U00010400", "%F0%90%90%80", "%F0%90%90%80"},
		{"a--/--b--+--:--|-- --", "a--/--b--%2B--:--%7C--+--", "a--/--b--%2B--%3A--%7C--+--"},
	} {
		if got := b2Escape(c.text); got != c.least {
			t.Errorf("b2Escape(%q) = %q, want %q", c.text, got, c.least)
		}
		for _, encoded := range []string{c.least, c.full} {
			if got, err := b2Unescape(encoded); got != c.text || err != nil {
				t.Errorf("b2Unescape(%q) = %q, %v, want %q", encoded, got, err, c.text)
			}
		}
	}
}

func FuzzB2Unescape(f *testing.F) {
	for _, seed := range []string{"", "a+b", "%20", "%zz", "%", "%F", "ü", "a&b", "%ff", "%E8%87%AA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) {
			if back, err := b2Unescape(b2Escape(s)); back != s || err != nil {
				t.Errorf("b2Unescape(b2Escape(%q)) = %q, %v", s, back, err)
			}
		}
		got, err := b2Unescape(s)
		if err != nil {
			return // rejecting is allowed
		}
		if want, err := url.QueryUnescape(s); got != want || err != nil {
			t.Errorf("b2Unescape(%q) = %q, net/url says %q, %v", s, got, want, err)
		}
	})
}
