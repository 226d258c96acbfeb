package lightsail_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/lightsail"
)

// TestKeysIn has runs of a program use one key, which AWS's tools can read.
func TestKeysIn(t *testing.T) {
	_, c := serve(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 4 {
		use(t, open(t, c, lightsail.KeysIn(dir)))
	}
	ids := keyIDs(t, c)
	entries, err := os.ReadDir(dir)
	if err != nil || len(ids) != 1 || len(entries) != 1 || entries[0].Name() != "photos" {
		t.Fatalf("keys %q, files %v, %v", ids, entries, err)
	}
	if info, err := entries[0].Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
	withoutSettings(t)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "photos"))
	keys, err := credentials.Default().Retrieve(t.Context())
	if err != nil || keys.AccessKeyID != ids[0] || keys.SecretAccessKey == "" {
		t.Errorf("for AWS's tools it is %s, %v", keys.AccessKeyID, err)
	}
}

// TestKeysInABrokenPlace makes no key that could not be remembered.
func TestKeysInABrokenPlace(t *testing.T) {
	_, c := serve(t)
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "photos"), []byte("[default]\naws_access_key_id = AKID\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	noDir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(noDir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{damaged: "has no aws_access_key_id and aws_secret_access_key", noDir: "not a directory"} {
		_, err := c.OpenBucket(t.Context(), "photos", lightsail.KeysIn(dir))
		if err == nil || !strings.HasPrefix(err.Error(), "lightsail: OpenBucket: Keys.") || runtime.GOOS != "windows" && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if ids := keyIDs(t, c); len(ids) != 0 {
			t.Errorf("the keys %q are left", ids)
		}
	}
}
