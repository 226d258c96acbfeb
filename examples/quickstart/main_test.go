package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMovesAFileOnAllProviders(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	if err := run(t.Context(), options{size: 20}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("left behind: %s", entry.Name())
	}
}

func TestFailuresSayWhatAndWhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "small")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	tests := []struct {
		name string
		ctx  context.Context
		o    options
		is   error
		text []string
	}{
		{name: "no such file", o: options{file: file + "x"}, is: fs.ErrNotExist, text: []string{"reading the file to move", file + "x"}},
		{name: "nobody listens", o: options{file: file, endpoint: "http://" + closedPort(t)}, text: []string{"S3: ", "CreateBucket", "connection refused"}},
		{name: "interrupted", ctx: cancelled, o: options{file: file}, is: context.Canceled, text: []string{"S3: "}},
		{name: "bad endpoint", o: options{file: file, endpoint: "ftp://host"}, text: []string{"S3: ", "ftp://host"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.ctx == nil {
				tt.ctx = t.Context()
			}
			err := run(tt.ctx, tt.o)
			if err == nil {
				t.Fatal("run succeeded")
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("errors.Is(%v, %v) = false", err, tt.is)
			}
			for _, text := range tt.text {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error %q does not say %q", err, text)
				}
			}
		})
	}
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
