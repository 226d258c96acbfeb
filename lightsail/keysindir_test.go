package lightsail_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

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
	if err != nil || len(ids) != 1 || len(entries) > 2 || entries[len(entries)-1].Name() != "photos" {
		t.Fatalf("keys %q, files %v, %v", ids, entries, err)
	}
	for _, entry := range entries { // the lock, too
		if info, err := entry.Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", entry.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has the mode %v, %v", info.Mode(), err)
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

// TestKeysInIsSharedByPrograms that start at the same time: one makes a key.
func TestKeysInIsSharedByPrograms(t *testing.T) {
	srv, c := serve(t)
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		another := newClient(t, srv.Config())
		wg.Go(func() {
			if _, err := another.OpenBucket(t.Context(), "photos", lightsail.KeysIn(dir)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ids := keyIDs(t, c); len(ids) != 1 {
		t.Errorf("the bucket has the keys %q, want one", ids)
	}
}

// TestKeysInAreNewerThanMemory when another program has replaced the key that
// this one remembers.
func TestKeysInAreNewerThanMemory(t *testing.T) {
	_, c := serve(t)
	dir := t.TempDir()
	keys := lightsail.KeysIn(dir)
	open(t, c, keys)
	call(t, c.DeleteBucketAccessKey, &lightsail.DeleteBucketAccessKeyInput{BucketName: "photos", AccessKeyId: keyIDs(t, c)[0]})
	open(t, c, lightsail.KeysIn(dir))
	use(t, open(t, c, keys))
	if ids := keyIDs(t, c); len(ids) != 1 {
		t.Errorf("the bucket has the keys %q, want the other program's alone", ids)
	}
}

// TestKeysInWaitsForOtherProcesses as long as its caller has patience, and not at
// all for a key that is there. One that is killed bars nobody's way.
func TestKeysInWaitsForOtherProcesses(t *testing.T) {
	if dir := os.Getenv("TEST_LOCK_KEYS_IN"); dir != "" { // the other process
		unlock, err := lightsail.KeysIn(dir).Lock(t.Context(), "photos")
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed
		return
	}
	_, c := serve(t)
	dir := t.TempDir()
	other := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	other.Env = append(os.Environ(), "TEST_LOCK_KEYS_IN="+dir)
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Skip("no other process can be started: ", err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".lock")); err != nil {
		_, _ = other.Process.Kill(), other.Wait()
		t.Skip("this system has no locks")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.OpenBucket(ctx, "photos", lightsail.KeysIn(dir)); !errors.Is(err, context.DeadlineExceeded) || len(keyIDs(t, c)) != 0 {
		t.Errorf("%v and keys %q, want none", err, keyIDs(t, c))
	}
	if err := lightsail.KeysIn(dir).Store(t.Context(), "photos", newKey(t, c)); err != nil {
		t.Fatal(err)
	}
	use(t, open(t, c, lightsail.KeysIn(dir)))
	if err := os.Remove(filepath.Join(dir, "photos")); err != nil {
		t.Fatal(err)
	}

	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // with an error: it was killed
	use(t, open(t, c, lightsail.KeysIn(dir)))
}

// TestKeysInTakesNoSettings from a server, which could have AWS's tools run a
// program. The key is not left there either.
func TestKeysInTakesNoSettings(t *testing.T) {
	for _, made := range []lightsail.AccessKey{
		{AccessKeyId: "AKID\ncredential_process = calc", SecretAccessKey: "secret"},
		{AccessKeyId: "AKID", SecretAccessKey: "secret\r[default]"},
		{AccessKeyId: "AKID", SecretAccessKey: "sec ret"},
	} {
		dir := t.TempDir()
		c, deleted := makesKeys(t, made)
		_, err := c.OpenBucket(t.Context(), "photos", lightsail.KeysIn(dir))
		if err == nil || !strings.Contains(err.Error(), "characters that no key has") || strings.Contains(err.Error(), "sec") && !strings.Contains(err.Error(), "secret is empty") {
			t.Errorf("%v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "photos")); err == nil || *deleted != made.AccessKeyId {
			t.Errorf("%q: the key is kept, or %q is deleted", made.AccessKeyId, *deleted)
		}
	}
}

// TestKeysHideSecrets from package fmt, whatever the verb.
func TestKeysHideSecrets(t *testing.T) {
	_, c := serve(t)
	keys := &lightsail.Keys{}
	bucket := open(t, c, keys)
	key := newKey(t, c)
	keys.Add("others", key)
	var text strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{keys, bucket, c, key} {
			fmt.Fprintf(&text, verb, v)
		}
	}
	secrets := []string{string(key.SecretAccessKey), fmt.Sprintf("%x", string(key.SecretAccessKey))}
	for _, secret := range secrets {
		if strings.Contains(text.String(), secret) {
			t.Error("a secret is printed")
		}
	}
}
