package transfer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// What is killed is this very program, told by the environment to make one transfer
// and no tests.
const (
	crashVerb = "ENTREPOT_TEST_CRASH_VERB"
	crashDir  = "ENTREPOT_TEST_CRASH_DIR"
	crashURL  = "ENTREPOT_TEST_CRASH_URL"
	crashName = "ENTREPOT_TEST_CRASH_NAME" // how its requests are known from those of others
)

func TestMain(m *testing.M) {
	if os.Getenv(crashVerb) == "" {
		os.Exit(m.Run())
	}
	if err := crash(context.Background(), os.Getenv(crashVerb), os.Getenv(crashDir), os.Getenv(crashURL)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const (
	crashPart = 5 << 20
	crashSize = 20*crashPart + 12345
	crashes   = 50

	crashID     = "AKIAIOSFODNN7EXAMPLE"
	crashSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// manyParts is a bucket that copies only small objects in one request.
type manyParts struct{ *s3.BucketHandle }

func (b manyParts) Limits(ctx context.Context) (transfer.Limits, error) {
	l, err := b.BucketHandle.Limits(ctx)
	l.MaxCopy = crashPart
	return l, err
}

// streamed is a bucket that copies nothing by itself.
type streamed struct{ transfer.Reopener }

// crash makes the transfer.
func crash(ctx context.Context, verb, dir, url string) error {
	client, err := crashClient(url)
	if err != nil {
		return err
	}
	b := client.Bucket("box")
	transfer.SetCheckpointInterval(5 * time.Millisecond)
	opts := []transfer.Option{transfer.WithCheckpoint(filepath.Join(dir, "checkpoint")), transfer.WithPartSize(crashPart), transfer.WithConcurrency(4)}
	switch verb {
	case "upload":
		f, err := os.Open(filepath.Join(dir, "file"))
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = transfer.Upload(ctx, b, "new", f, opts...)
		return err
	case "copy":
		_, err = transfer.Copy(ctx, manyParts{b}, "new", b, "old", opts...)
	case "stream":
		_, err = transfer.Copy(ctx, streamed{b}, "new", b, "old", opts...)
	case "download":
		_, err = transfer.DownloadFile(ctx, b, "old", filepath.Join(dir, "new"), opts...)
	}
	return err
}

func crashClient(url string) (*s3.Client, error) {
	return s3.New(s3.Config{Endpoint: url, Server: s3.ServerAWS, PathStyle: true, Region: "us-east-1", UserAgent: os.Getenv(crashName), Credentials: credentials.Static(crashID, crashSecret, "")})
}

// TestKilled kills processes at random points of their transfers, and lets others go
// on with them.
func TestKilled(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("it starts some hundred processes, each of which takes a second with the race detector")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := storagetest.NewS3(storagetest.WithCredentials(crashID, crashSecret))
	defer server.Close()
	server.AddBucket(storagetest.BucketSetup{Name: "box"})
	client, err := crashClient(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	b := client.Bucket("box")
	content := make([]byte, crashSize)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // never fails
	if _, err := transfer.Upload(t.Context(), b, "old", bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	killed := make(map[string]int)
	for total := 0; total < crashes; {
		for _, verb := range []string{"upload", "copy", "stream", "download"} {
			n := killUntilDone(t, server, b, self, verb, content)
			killed[verb] += n
			total += n
		}
	}
	t.Logf("killed: %v", killed)
}

// killUntilDone makes one transfer, by as many processes as it takes, and returns how
// many of them were killed.
func killUntilDone(t *testing.T, server *storagetest.S3, b *s3.BucketHandle, self, verb string, content []byte) (killed int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for {
		listed := listedParts(t, b, filepath.Join(dir, "checkpoint"))
		// What a process sent that was killed may arrive only now.
		name := fmt.Sprintf("process-%d", killed)
		server.ForgetRequests()
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), crashVerb+"="+verb, crashDir+"="+dir, crashURL+"="+server.URL, crashName+"="+name)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Somewhere between its start and its end; after many, it may end.
		kill := time.AfterFunc(time.Duration(30+rand.IntN(60+20*killed))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		kill.Stop()
		for _, r := range server.Requests() {
			if number := r.Query.Get("partNumber"); r.Method == "PUT" && slices.Contains(listed, number) && strings.HasPrefix(r.Header.Get("User-Agent"), name+" ") {
				t.Errorf("%s: part %s was sent again, to upload %s, after %d were killed; listed were %v", verb, number, r.Query.Get("uploadId"), killed, listed)
			}
		}
		if err == nil {
			break
		}
		if cmd.ProcessState.Exited() {
			t.Fatalf("%s failed after %d were killed: %v\n%s", verb, killed, err, &said)
		}
		killed++
	}
	if verb == "download" {
		if got, err := os.ReadFile(filepath.Join(dir, "new")); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%s: %d bytes, not the ones that were to be, %v", verb, len(got), err)
		}
	} else {
		var got bytes.Buffer
		if _, err := transfer.DownloadTo(t.Context(), b, "new", &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Fatalf("%s: %d bytes, not the ones that were to be, %v", verb, got.Len(), err)
		}
		if err := b.Remove(t.Context(), []string{"new"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "checkpoint")); err == nil {
		t.Errorf("%s: the checkpoint is left", verb)
	}
	// What was begun and not noted yet is left behind, for CleanupUploads.
	if _, err := transfer.CleanupUploads(t.Context(), b, "", 0); err != nil {
		t.Fatal(err)
	}
	return killed
}

// listedParts are the numbers of the parts of the upload that a checkpoint knows.
func listedParts(t *testing.T, b *s3.BucketHandle, checkpoint string) (numbers []string) {
	t.Helper()
	content, err := os.ReadFile(checkpoint)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var kept struct{ Upload string }
	if err == nil {
		err = json.Unmarshal(content, &kept)
	}
	if err != nil {
		t.Fatalf("the checkpoint: %v", err)
	}
	if kept.Upload == "" {
		return nil
	}
	upload := b.Object("new").Upload(kept.Upload)
	for part, err := range upload.Parts(t.Context(), nil) {
		if errors.Is(err, s3.ErrNoSuchUpload) {
			return nil // killed after it had been finished
		}
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, fmt.Sprint(part.PartNumber))
	}
	return numbers
}
