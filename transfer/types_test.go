package transfer

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPartAsJSON fixes the form in which parts are kept for later.
func TestPartAsJSON(t *testing.T) {
	tests := []struct {
		part Part
		want string
	}{
		{Part{Number: 1, Size: 2}, `{"number":1,"size":2}`},
		{
			Part{Number: 10_000, Size: 5 << 30, ETag: `"a"`, Checksum: Checksum{Algorithm: "CRC32", Value: []byte{0, 1, 2, 255}}},
			`{"number":10000,"size":5368709120,"etag":"\"a\"","checksum":{"algorithm":"CRC32","value":"AAEC/w=="}}`,
		},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.part)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != tt.want {
			t.Errorf("Marshal(%+v) = %s, want %s", tt.part, got, tt.want)
		}
		var back Part
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.part, back); diff != "" {
			t.Errorf("Unmarshal(%s) (-want +got):\n%s", got, diff)
		}
	}
}

func TestChecksumPrints(t *testing.T) {
	info := Info{Checksums: []Checksum{{Algorithm: "SHA1", Value: []byte{0, 255}}, {Algorithm: "CRC32", Value: []byte{1}, Composite: true}, {}}}
	const want = "[SHA1 00ff CRC32 01 (composite) ]"
	if got := fmt.Sprintf("%v", info.Checksums); got != want {
		t.Errorf("%%v prints %q, want %q", got, want)
	}
}
