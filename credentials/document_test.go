package credentials

import (
	"encoding/json"
	"testing"
)

// FuzzDocument compares with encoding/json: rejecting is allowed, disagreeing
// is not.
func FuzzDocument(f *testing.F) {
	f.Add(`{"AccessKeyId":"AKID","Expiration":"2030-01-02T03:04:05Z","Version":1}`)
	f.Add(`{"outer":{"AccessKeyId":"\u0041","list":[{"x":null}]},"AccessKeyId":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		d := readDocument([]byte(text))
		got := d.string("AccessKeyId")
		if d.bad {
			return
		}
		var all map[string]any
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatalf("%q was taken: %v", text, err)
		}
		if want, _ := all["AccessKeyId"].(string); got != want {
			t.Errorf("%q: AccessKeyId %q, want %q", text, got, want)
		}
	})
}
