package buckettest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// Operations are what the provider calls its requests.
type Operations struct {
	Get, Part, Finish, Copy, CopyPart string

	// Tokens says that there are tokens which end, and are renewed.
	Tokens bool
}

// Faulty is an empty bucket of a server that fails as it is told to. Its client gives a
// connection up that has been still for a second, and waits next to nothing between
// attempts.
type Faulty struct {
	Bucket transfer.Bucket
	Server *storagetest.Server
}

// RunFaults makes transfers while something goes wrong: they succeed with the right
// bytes, or fail and leave nothing behind.
func RunFaults(t *testing.T, ops Operations, empty func(t *testing.T) Faulty) {
	for _, test := range []struct {
		name  string
		fault storagetest.Fault
		fails bool
	}{
		{name: "a part is cut off", fault: storagetest.Fault{Operation: ops.Part, Nth: 2, Reset: storagetest.RequestBody(1 << 16)}},
		{name: "the answer to a part is lost", fault: storagetest.Fault{Operation: ops.Part, Nth: 1, Reset: storagetest.BeforeResponse()}},
		{name: "a part comes to a halt", fault: storagetest.Fault{Operation: ops.Part, Nth: 2, Stall: storagetest.RequestBody(1 << 16)}},
		{name: "a burst of 503", fault: storagetest.Fault{Nth: 3, Times: 3, Status: 503}},
		{name: "a token that ends", fault: storagetest.Fault{Operation: ops.Part, Nth: 2, ExpireToken: true}},
		{name: "the end fails once", fault: storagetest.Fault{Operation: ops.Finish, Nth: 1, Status: 503}},
		{name: "the answer to the end is lost", fault: storagetest.Fault{Operation: ops.Finish, Nth: 1, Reset: storagetest.BeforeResponse()}},
		{name: "a range is cut off", fault: storagetest.Fault{Operation: ops.Get, Nth: 2, Reset: storagetest.ResponseBody(1 << 16)}},
		{name: "a range is too short", fault: storagetest.Fault{Operation: ops.Get, Nth: 1, Truncate: storagetest.ResponseBody(1 << 16)}},
		{name: "a range comes to a halt", fault: storagetest.Fault{Operation: ops.Get, Nth: 2, Stall: storagetest.ResponseBody(1 << 16)}},
		{name: "the copy of a part fails once", fault: storagetest.Fault{Operation: ops.CopyPart, Nth: 2, Status: 503}},
		{name: "the answer to a copy is lost", fault: storagetest.Fault{Operation: ops.Copy, Nth: 1, Reset: storagetest.BeforeResponse()}},
		{name: "no part gets through", fault: storagetest.Fault{Operation: ops.Part, Nth: 2, Times: 1000, Status: 400}, fails: true},
		{name: "the end fails for good", fault: storagetest.Fault{Operation: ops.Finish, Times: 1000, Status: 400}, fails: true},
		{name: "no part is copied", fault: storagetest.Fault{Operation: ops.CopyPart, Nth: 2, Times: 1000, Status: 400}, fails: true},
		{name: "no range comes", fault: storagetest.Fault{Operation: ops.Get, Nth: 2, Times: 1000, Truncate: storagetest.ResponseBody(0)}, fails: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.fault.ExpireToken && !ops.Tokens {
				t.Skip("keys sign the requests, and do not end")
			}
			f := empty(t)
			b, ok := f.Bucket.(full)
			if !ok {
				t.Fatal("the bucket does not implement all interfaces")
			}
			l, err := b.Limits(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s := &suite{t, b, Traits{}, l, t.Context()}
			s.moves(f.Server, test.fault, test.fails)
		})
	}
}

// smallCopies is a bucket that copies only small objects in one request.
type smallCopies struct {
	full
	limits transfer.Limits
}

func (b smallCopies) Limits(ctx context.Context) (transfer.Limits, error) { return b.limits, ctx.Err() }

// moves uploads, copies in parts and in one request, lists and downloads.
func (s *suite) moves(server *storagetest.Server, fault storagetest.Fault, fails bool) {
	text := content(2*s.l.MinPart+1000, 8)
	opts := []transfer.Option{transfer.WithManager(&transfer.Manager{}), transfer.WithPartSize(s.l.MinPart)}
	many := smallCopies{s.b, s.l}
	many.limits.MaxCopy = s.l.MinPart
	path := filepath.Join(s.TempDir(), "file")

	server.Inject(fault)
	failed := 0
	step := func(name string, err error) bool {
		if err != nil && !fails {
			s.Fatalf("%s: %v", name, err)
		}
		if err != nil {
			failed++
		}
		return err == nil
	}
	_, err := transfer.Upload(s.ctx, s.b, "f", bytes.NewReader(text), opts...)
	if !step("uploading", err) {
		server.ForgetFaults()
		if _, err := s.b.Stat(s.ctx, "f", ""); err == nil {
			s.Error("an upload that failed has made its object")
		}
		s.put("f", text, transfer.Attrs{})
		server.Inject(fault)
	}
	info, err := transfer.Copy(s.ctx, many, "in parts", s.b, "f", opts...)
	if step("copying in parts", err) && (!info.Copied || info.Parts != 3) {
		s.Errorf("the copy in parts: %+v", info)
	}
	info, err = transfer.Copy(s.ctx, s.b, "whole", s.b, "f", opts...)
	if step("copying", err) && !info.Copied {
		s.Errorf("the copy: %+v", info)
	}
	_, err = transfer.DownloadFile(s.ctx, s.b, "f", path, opts...)
	if step("downloading", err) {
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
			s.Errorf("downloaded: %d bytes, %v", len(got), err)
		}
	} else if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
		s.Errorf("left behind: %v", left)
	}
	if fails && failed == 0 {
		s.Error("nothing has failed")
	}
	server.ForgetFaults()
	for _, name := range s.list(transfer.Listing{}) {
		s.holds(name, text)
	}
	for u, err := range s.b.Pending(s.ctx, "") {
		s.Errorf("left behind: %+v, %v", u, err)
	}
	if !fails && len(s.list(transfer.Listing{})) != 3 {
		s.Errorf("objects: %q", s.list(transfer.Listing{}))
	}
}
