package realservers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/s3"
)

var update = flag.Bool("update", false, "rewrite the table of README.md by what the servers do")

// A verdict is what came of an operation at a server, in the words of the
// table.
type verdict string

const (
	works         verdict = "works"
	ignored       verdict = "ignored"
	wrongChecksum verdict = "wrong checksum"
	deletesBucket verdict = "**deletes the bucket**"
	deletesObject verdict = "**deletes the object**"
	harmsObject   verdict = "**replaces the object**"
)

func isChecksum(err error) bool {
	_, ok := errors.AsType[*entrepot.ChecksumError](err)
	return ok
}

func refused(e *s3.Error) verdict { return verdict(fmt.Sprintf("%d %s", e.StatusCode, e.Code)) }

// otherAnswers are those that are not the operation's, so that the client cannot
// read them.
var otherAnswers = map[*target]map[string]string{
	versitygw: {"PutObjectAnnotation": "nothing", "ListObjectAnnotations": "the object itself"},
	minio:     {"PutObjectAnnotation": "nothing", "ListObjectAnnotations": "the object itself"},
	moto:      {"PutObjectAnnotation": "nothing", "ListObjectAnnotations": "the object itself", "GetObjectRetention": "the object itself"},
}

// errIgnored is what a trial returns when the server took the call and did
// nothing, or something else.
var errIgnored = errors.New("ignored")

// TestConformance makes every operation against every server, and holds what
// came of it against the table in README.md. A server that refuses an
// operation, or takes it and does nothing, is a fact for the table; what fails
// for another reason is a fault of this module.
func TestConformance(t *testing.T) {
	table := readTable(t)
	operations := clientOperations()
	for _, g := range conformanceTargets {
		t.Run(g.name, func(t *testing.T) {
			s := &server{S3: g.get(t), target: g}
			found := map[string]verdict{}
			for _, scenario := range scenarios {
				bucket := freshName()
				p := &trials{t: t, client: s.client(t), target: g, bucket: bucket, found: found}
				p.prepare(scenario.setup)
				scenario.run(p)
				p.cleanUp()
			}
			if diff := cmp.Diff(operations, slices.Sorted(maps.Keys(found))); diff != "" {
				t.Errorf("operations and those that were tried (-operation +tried):\n%s", diff)
			}
			if *update {
				table[g.name] = found
				return
			}
			if diff := cmp.Diff(table[g.name], found); diff != "" {
				t.Errorf("README.md and what happened (-table +happened); -update rewrites the table:\n%s", diff)
			}
		})
	}
	if *update {
		writeTable(t, operations, table)
	}
}

// conformanceTargets are the columns of the table.
var conformanceTargets = []*target{versitygw, minio, moto, emulator}

// clientOperations are the names of the client's operations.
func clientOperations() []string {
	var names []string
	client := reflect.TypeFor[*s3.Client]()
	for m := range client.Methods() {
		if m.Type.IsVariadic() && m.Type.NumIn() == 4 && m.Type.In(3) == reflect.TypeFor[[]s3.Option]() && m.Name != "PresignPost" {
			names = append(names, m.Name)
		}
	}
	return names
}

// A scenario tries operations that belong together in a bucket of its own.
type scenario struct {
	setup func(*s3.CreateBucketInput)
	run   func(*trials)
}

// trials are made against one server.
type trials struct {
	t      *testing.T
	client *s3.Client
	target *target
	bucket string
	found  map[string]verdict
}

func (p *trials) ctx() context.Context { return p.t.Context() }

func (p *trials) prepare(setup func(*s3.CreateBucketInput)) {
	p.t.Helper()
	in := &s3.CreateBucketInput{Bucket: p.bucket}
	if setup != nil {
		setup(in)
	}
	if _, err := p.client.CreateBucket(p.ctx(), in); err != nil {
		p.t.Fatal(err)
	}
}

// try makes one operation and keeps what came of it. It reports whether it
// worked.
func (p *trials) try(operation string, call func() error) bool {
	p.t.Helper()
	err := call()
	e, answered := errors.AsType[*s3.Error](err)
	switch {
	case err == nil:
		p.found[operation] = works
	case errors.Is(err, errIgnored):
		p.found[operation] = ignored
	case otherAnswers[p.target][operation] != "":
		p.found[operation] = ignored
	case isChecksum(err): // the client has noticed; whose fault it is was looked into for each in the table
		p.found[operation] = wrongChecksum
	case answered && e.Code != "" && e.Operation == operation:
		p.found[operation] = refused(e)
	default:
		p.t.Errorf("%s: %v, which no server said", operation, err)
		p.found[operation] = "fails"
	}
	p.look(operation)
	return err == nil
}

// look finds out whether a server that does not know a sub-resource has taken
// the call for one on the bucket itself.
func (p *trials) look(operation string) {
	p.t.Helper()
	if !strings.HasPrefix(operation, "DeleteBucket") && operation != "DeletePublicAccessBlock" || operation == "DeleteBucket" {
		return
	}
	_, err := p.client.HeadBucket(p.ctx(), &s3.HeadBucketInput{Bucket: p.bucket})
	gone := e404(err)
	if gone || p.found[operation] == "409 BucketNotEmpty" {
		p.found[operation] = deletesBucket
	}
	if gone {
		p.prepare(nil)
	}
}

// same returns errIgnored, with the difference in the test's log, unless the
// server gave back what it had been given.
func (p *trials) same(got, want any) error {
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Logf("(-given +got):\n%s", diff)
		return errIgnored
	}
	return nil
}

// A document is a setting of a bucket or an object that can be put and got,
// and mostly deleted.
type document struct {
	name   string // PutNAME, GetNAME
	delete string // the operation's name, if it is not DeleteNAME
	put    func() error
	get    func() (got, want any, err error)
	list   func() (ids []string, err error) // of documents with names; this one's is "one"
	remove func() error
}

// document tries the operations of a document. A server that refuses to take
// one has none to give back, and may say so.
func (p *trials) document(d document) {
	p.t.Helper()
	put := p.try("Put"+d.name, d.put)
	p.try("Get"+d.name, func() error {
		got, want, err := d.get()
		switch {
		case err == nil && put:
			if p.same(got, want) != nil {
				p.found["Put"+d.name] = ignored
			}
		case e404(err) && !put:
			return nil
		}
		return err
	})
	if d.list != nil {
		p.try("List"+d.name+"s", func() error {
			ids, err := d.list()
			if err == nil && put && !slices.Contains(ids, "one") {
				return errIgnored
			}
			return err
		})
	}
	if d.remove == nil {
		return
	}
	name := d.delete
	if name == "" {
		name = "Delete" + d.name
	}
	p.try(name, func() error {
		if err := d.remove(); err != nil {
			return err
		}
		if !put {
			return nil
		}
		if got, want, err := d.get(); err == nil && cmp.Equal(got, want) {
			return errIgnored
		}
		return nil
	})
}

func e404(err error) bool {
	e, ok := errors.AsType[*s3.Error](err)
	return ok && e.StatusCode == 404
}

func (p *trials) cleanUp() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx()), time.Minute)
	defer cancel()
	err := p.removeVersions(ctx)
	if err == nil {
		err = removeBucket(ctx, p.client, p.bucket)
	}
	if err != nil {
		p.t.Logf("removing %s: %v", p.bucket, err)
	}
}

// removeVersions deletes what a bucket with versions keeps.
func (p *trials) removeVersions(ctx context.Context) error {
	status, err := p.client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: p.bucket})
	if err != nil || status.Status == "" {
		return nil // the server knows no versions, or has none here
	}
	out, err := p.client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: p.bucket})
	if err != nil {
		return err
	}
	for _, v := range out.Versions {
		if _, err := p.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: v.Key, VersionId: v.VersionId}); err != nil {
			return err
		}
	}
	for _, m := range out.DeleteMarkers {
		if _, err := p.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: p.bucket, Key: m.Key, VersionId: m.VersionId}); err != nil {
			return err
		}
	}
	return nil
}

const (
	readme     = "../README.md"
	tableBegin = "<!-- made by TestConformance -update: begin -->\n"
	tableEnd   = "<!-- end -->"
)

// readTable reads the table: server → operation → verdict.
func readTable(t *testing.T) map[string]map[string]verdict {
	t.Helper()
	_, text, _ := splitReadme(t)
	table := map[string]map[string]verdict{}
	var servers []string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(cells) < 2 || strings.HasPrefix(cells[0], "---"):
		case servers == nil:
			servers = cells[1:]
			for _, name := range servers {
				table[name] = map[string]verdict{}
			}
		default:
			for i, name := range servers {
				table[name][cells[0]] = verdict(cells[i+1])
			}
		}
	}
	return table
}

func splitReadme(t *testing.T) (before, table, after string) {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), tableBegin)
	table, after, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s has no place for the table", readme)
	}
	return before, table, after
}

// writeTable keeps the columns of servers that were not there.
func writeTable(t *testing.T, operations []string, table map[string]map[string]verdict) {
	t.Helper()
	var b strings.Builder
	b.WriteString("| operation |")
	for _, g := range conformanceTargets {
		b.WriteString(" " + g.name + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", len(conformanceTargets)+1) + "\n")
	for _, name := range operations {
		b.WriteString("| " + name + " |")
		for _, g := range conformanceTargets {
			b.WriteString(" " + string(table[g.name][name]) + " |")
		}
		b.WriteString("\n")
	}
	before, _, after := splitReadme(t)
	if err := os.WriteFile(readme, []byte(before+tableBegin+b.String()+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
