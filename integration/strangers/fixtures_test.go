package strangers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/storagetest"
)

const (
	keyID  = "AKIDSTRANGER"
	secret = "stranger-secret"
	mib    = 1 << 20
)

// oddKeys are names that clients and servers have to encode alike.
var oddKeys = []string{
	"a b+c&d.txt", "100%", "%41", "é/日本語", `"q"'s'`, "x<y>&z", "dir//double", "../up", "/leading", "dir/", "q?x=y#z", "a\x01b", "~tilde",
}

func TestMain(m *testing.M) {
	// A bundle that the environment names makes the SDKs refuse clients of ours.
	for _, name := range []string{"AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_REGION"} {
		os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

func ptr[T any](v T) *T { return &v }

// content returns n bytes that look random and are the same in every run.
func content(n int) []byte {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], uint64(n))
	b := make([]byte, n)
	_, _ = mathrand.NewChaCha8(seed).Read(b) // never fails
	return b
}

func wantBytes(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %d bytes, want %d, or they differ", what, len(got), len(want))
	}
}

func wantEqual[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sorted(keys []string) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	return keys
}

// refusals are the requests that a server refused: a stranger that gets its
// way only by asking twice shows here.
func refusals(srv *storagetest.Server) (list []string) {
	for _, r := range srv.Requests() {
		if r.Status >= 400 || r.Status == 0 {
			list = append(list, fmt.Sprint(r.Operation, " ", r.Status))
		}
	}
	return list
}
