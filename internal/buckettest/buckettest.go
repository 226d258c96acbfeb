// Package buckettest holds buckets of providers to what the interfaces of package
// transfer promise.
package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/transfer"
)

// Traits say what a provider has of its own.
type Traits struct {
	// Odd are names that the provider takes and others may not.
	Odd []string

	// Conditional says that a copy can depend on what is there.
	Conditional bool

	// Files says that names are those of files, none of which can be a directory of
	// others as well.
	Files bool

	// Lacks says of tests that the provider does not pass how it fails.
	Lacks map[string]string
}

// full is what buckets of all providers can do.
type full interface {
	transfer.Lister
	transfer.Remover
	transfer.Copier
	transfer.Reopener
	transfer.Cleaner
}

// Run runs all tests, each with an empty bucket.
func Run(t *testing.T, traits Traits, empty func(t *testing.T) transfer.Bucket) {
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"limits", (*suite).limits},
		{"lists are in order", (*suite).lists},
		{"long lists", (*suite).longLists},
		{"removing", (*suite).remove},
		{"copying in one request", (*suite).copyWhole},
		{"copying what has changed", (*suite).copyChanged},
		{"copying in parts", (*suite).copyParts},
		{"copying from elsewhere", (*suite).copyElsewhere},
		{"going on with an upload", (*suite).reopen},
		{"clearing away", (*suite).pending},
		{"a context that has ended", (*suite).ended},
	} {
		t.Run(test.name, func(t *testing.T) {
			if how, lacks := traits.Lacks[test.name]; lacks {
				t.Skip(how)
			}
			b, ok := empty(t).(full)
			if !ok {
				t.Fatal("the bucket does not implement all interfaces")
			}
			l, err := b.Limits(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			test.run(&suite{t, b, traits, l, t.Context()})
		})
	}
}

type suite struct {
	*testing.T
	b      full
	traits Traits
	l      transfer.Limits
	ctx    context.Context
}

func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// content is the same for the same seed.
func content(size int64, seed byte) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // never fails
	return b
}

func (s *suite) put(name string, content []byte, a transfer.Attrs) transfer.Info {
	s.Helper()
	a.Size = int64(len(content))
	info, err := s.b.Put(s.ctx, name, a, bytes.NewReader(content))
	s.must(err)
	return info
}

// holds checks the content of an object.
func (s *suite) holds(name string, want []byte) {
	s.Helper()
	info, body, err := s.b.Open(s.ctx, name, "", 0, -1)
	s.must(err)
	defer body.Close()
	got, err := io.ReadAll(body)
	s.must(err)
	if !bytes.Equal(got, want) || info.Size != int64(len(want)) {
		s.Errorf("%q has %d bytes, said to be %d, not the %d that it should", name, len(got), info.Size, len(want))
	}
}

func (s *suite) stat(name string) transfer.Info {
	s.Helper()
	info, err := s.b.Stat(s.ctx, name, "")
	s.must(err)
	return info
}

// list returns names, those of prefixes with a star behind.
func (s *suite) list(l transfer.Listing) []string {
	s.Helper()
	var names []string
	for info, err := range s.b.List(s.ctx, l) {
		s.must(err)
		if info.IsPrefix {
			info.Name += "*"
		}
		names = append(names, info.Name)
	}
	return names
}

func (s *suite) lists() {
	names := append([]string{"a", "a b", "a+b", "a%2Fb", "a/1", "a/2", "a/b/3", "a-", "a.txt", "ä", "B", "z/z", "日本", "é\u0301"}, s.traits.Odd...)
	if s.traits.Files {
		names = names[1:]
	}
	for i, name := range names {
		s.put(name, content(int64(i), 1), transfer.Attrs{})
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, s.list(transfer.Listing{})); diff != "" {
		s.Errorf("all names (-want +got):\n%s", diff)
	}
	for _, l := range []transfer.Listing{
		{Prefix: "a"}, {Prefix: "a/"}, {After: "a/1"}, {Prefix: "a", After: "a/1"}, {Delimiter: "/"}, {Prefix: "a/", Delimiter: "/"},
		{Delimiter: "/", After: "a0"}, {Prefix: "none"}, {After: "\U0010ffff"}, {Prefix: "a/", Delimiter: "/", After: "a/2"},
	} {
		if diff := cmp.Diff(expected(names, l), s.list(l)); diff != "" {
			s.Errorf("%+v (-want +got):\n%s", l, diff)
		}
	}
	// What lists tell of an object is what Stat tells.
	for info, err := range s.b.List(s.ctx, transfer.Listing{Prefix: "a/1"}) {
		s.must(err)
		stat := s.stat("a/1")
		if info.Size != stat.Size || info.Version != stat.Version || info.ETag != stat.ETag || !info.ModTime.Truncate(time.Second).Equal(stat.ModTime.Truncate(time.Second)) {
			s.Errorf("the list tells %+v, and Stat %+v", info, stat)
		}
		_, body, err := s.b.Open(s.ctx, info.Name, info.Version, 0, -1)
		s.must(err)
		body.Close()
	}
	for range s.b.List(s.ctx, transfer.Listing{}) {
		break // which needs no more than that
	}
}

// expected is what a list should yield of names in order.
func expected(names []string, l transfer.Listing) []string {
	var want []string
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, l.Prefix)
		if !ok || name <= l.After {
			continue
		}
		if dir, _, found := strings.Cut(rest, l.Delimiter); found && l.Delimiter != "" {
			name = l.Prefix + dir + l.Delimiter + "*"
		}
		if len(want) == 0 || want[len(want)-1] != name {
			want = append(want, name)
		}
	}
	return want
}

func (s *suite) longLists() {
	const count = 1234 // more than a page
	var names []string
	for i := range count {
		name := fmt.Sprintf("d%03d/%04d", i/10, i)
		s.put(name, nil, transfer.Attrs{})
		names = append(names, name)
	}
	for _, l := range []transfer.Listing{{}, {Delimiter: "/"}, {After: names[100]}, {Prefix: "d01"}} {
		if diff := cmp.Diff(expected(names, l), s.list(l)); diff != "" {
			s.Errorf("%+v (-want +got):\n%s", l, diff)
		}
	}
	for batch := range slices.Chunk(names, s.l.MaxRemove) {
		s.must(s.b.Remove(s.ctx, batch))
	}
	if left := s.list(transfer.Listing{}); left != nil {
		s.Errorf("%d objects are left", len(left))
	}
}

func (s *suite) remove() {
	names := append([]string{"a", "b/c", "d e+f%"}, s.traits.Odd...)
	for _, name := range append(names, "stays") {
		s.put(name, []byte("x"), transfer.Attrs{})
	}
	s.must(s.b.Remove(s.ctx, nil))
	s.must(s.b.Remove(s.ctx, append(names, "never was")))
	if left := s.list(transfer.Listing{}); !slices.Equal(left, []string{"stays"}) {
		s.Errorf("left: %q", left)
	}
	if _, err := s.b.Stat(s.ctx, "a", ""); !errors.Is(err, fs.ErrNotExist) {
		s.Errorf("what was removed: %v", err)
	}
	s.must(s.b.Remove(s.ctx, names)) // they are gone already
}

// attrs are properties that all providers know.
func attrs() transfer.Attrs {
	return transfer.Attrs{
		ContentType: "text/plain", ContentLanguage: "de", ContentDisposition: `attachment; filename="a"`, ContentEncoding: "identity",
		CacheControl: "max-age=60", Metadata: map[string]string{"color": "red"},
	}
}

// properties are those of an object that are compared.
func (s *suite) properties(name string) transfer.Attrs {
	s.Helper()
	a := s.stat(name).Attrs
	a.ModTime, a.SHA1 = time.Time{}, nil
	return a
}

func (s *suite) copyWhole() {
	text := content(1000, 2)
	s.put("from", text, attrs())
	from := transfer.CopySource{Bucket: s.b, Info: s.stat("from")}
	info, err := s.b.CopyObject(s.ctx, "to/a +%", transfer.Attrs{Size: 1000}, from)
	s.must(err)
	s.holds("to/a +%", text)
	if diff := cmp.Diff(attrs(), s.properties("to/a +%")); diff != "" {
		s.Errorf("properties (-want +got):\n%s", diff)
	}
	if stat := s.stat("to/a +%"); info.Version != "" && info.Version != stat.Version {
		s.Errorf("the copy is said to be version %q, and is %q", info.Version, stat.Version)
	}

	other := transfer.Attrs{ContentType: "image/png", Metadata: map[string]string{"size": "small"}, Size: 1000}
	from.Replace = true
	_, err = s.b.CopyObject(s.ctx, "other", other, from)
	s.must(err)
	s.holds("other", text)
	other.Size = 0
	if diff := cmp.Diff(other, s.properties("other")); diff != "" {
		s.Errorf("properties that were replaced (-want +got):\n%s", diff)
	}
	from.Replace = false

	_, err = s.b.CopyObject(s.ctx, "other", transfer.Attrs{IfAbsent: true, Size: 1000}, from)
	if want := map[bool]error{true: fs.ErrExist, false: errors.ErrUnsupported}[s.traits.Conditional]; !errors.Is(err, want) {
		s.Errorf("a copy to where something is: %v, want %v", err, want)
	}
	if s.traits.Conditional {
		_, err = s.b.CopyObject(s.ctx, "new", transfer.Attrs{IfAbsent: true, Size: 1000}, from)
		s.must(err)
		s.holds("new", text)
	}

	s.put("empty", nil, transfer.Attrs{})
	_, err = s.b.CopyObject(s.ctx, "empty too", transfer.Attrs{}, transfer.CopySource{Bucket: s.b, Info: s.stat("empty")})
	s.must(err)
	s.holds("empty too", nil)
}

func (s *suite) copyChanged() {
	s.put("from", content(100, 3), transfer.Attrs{})
	from := transfer.CopySource{Bucket: s.b, Info: s.stat("from")}
	s.put("from", content(100, 4), transfer.Attrs{})
	s.must(s.b.Remove(s.ctx, []string{"gone"}))
	for _, a := range []transfer.Attrs{{Size: 100}, {Size: 100, IfAbsent: s.traits.Conditional}} {
		// Where versions are kept, the old one may still be copied.
		if _, err := s.b.CopyObject(s.ctx, "to", a, from); err == nil {
			s.holds("to", content(100, 3))
			s.must(s.b.Remove(s.ctx, []string{"to"}))
		} else if !errors.Is(err, transfer.ErrObjectChanged) {
			s.Errorf("the source was replaced: %v", err)
		}
	}
	s.must(s.b.Remove(s.ctx, []string{"from"}))
	from.Info.Version, from.Info.ETag = s.put("from", nil, transfer.Attrs{}).Version, ""
	s.must(s.b.Remove(s.ctx, []string{"from"}))
	if _, err := s.b.CopyObject(s.ctx, "to", transfer.Attrs{}, from); err != nil && !errors.Is(err, transfer.ErrObjectChanged) {
		s.Errorf("the source is gone: %v", err)
	}
}

func (s *suite) copyParts() {
	size := 2*s.l.MinPart + 1000
	text := content(size, 5)
	s.put("from", text, attrs())
	from := transfer.CopySource{Bucket: s.b, Info: s.stat("from")}
	up, err := s.b.BeginCopy(s.ctx, "to", transfer.Attrs{Size: size}, from)
	s.must(err)
	copier, ok := up.(transfer.PartCopier)
	if !ok {
		s.Fatalf("%T copies no parts", up)
	}
	last, err := copier.CopyPart(s.ctx, 3, from, 2*s.l.MinPart, 1000)
	s.must(err)
	first, err := copier.CopyPart(s.ctx, 1, from, 0, s.l.MinPart)
	s.must(err)

	// Another process goes on with it.
	left, err := s.b.Reopen(s.ctx, "to", up.ID(), transfer.Attrs{Size: size})
	s.must(err)
	if len(left.Parts) != 2 || left.Parts[0].Size != s.l.MinPart || left.Parts[1].Number != 3 || left.Parts[0].ETag != first.ETag {
		s.Fatalf("parts that are there: %+v, sent: %+v, %+v", left.Parts, first, last)
	}
	copier = left.Upload.(transfer.PartCopier)
	second, err := copier.CopyPart(s.ctx, 2, from, s.l.MinPart, s.l.MinPart)
	s.must(err)
	info, err := copier.Finish(s.ctx, []transfer.Part{left.Parts[0], second, left.Parts[1]})
	s.must(err)
	s.holds("to", text)
	if diff := cmp.Diff(attrs(), s.properties("to")); diff != "" {
		s.Errorf("properties (-want +got):\n%s", diff)
	}
	if stat := s.stat("to"); info.Version != "" && info.Version != stat.Version {
		s.Errorf("the copy is said to be version %q, and is %q", info.Version, stat.Version)
	}

	up, err = s.b.BeginCopy(s.ctx, "to", transfer.Attrs{Size: size}, from)
	s.must(err)
	s.put("from", content(size, 6), transfer.Attrs{})
	if _, err := up.(transfer.PartCopier).CopyPart(s.ctx, 1, from, 0, s.l.MinPart); err != nil && !errors.Is(err, transfer.ErrObjectChanged) {
		s.Errorf("the source was replaced: %v", err)
	}
	s.must(up.Abort(s.ctx))
}

// elsewhere is a bucket of nobody's.
type elsewhere struct{ transfer.Bucket }

func (s *suite) copyElsewhere() {
	s.put("from", []byte("x"), transfer.Attrs{})
	from := transfer.CopySource{Bucket: elsewhere{s.b}, Info: s.stat("from")}
	if _, err := s.b.CopyObject(s.ctx, "to", transfer.Attrs{Size: 1}, from); !errors.Is(err, errors.ErrUnsupported) {
		s.Errorf("in one request: %v", err)
	}
	if _, err := s.b.BeginCopy(s.ctx, "to", transfer.Attrs{Size: 1}, from); !errors.Is(err, errors.ErrUnsupported) {
		s.Errorf("in parts: %v", err)
	}
}

func (s *suite) reopen() {
	a := attrs()
	a.Size = s.l.MinPart + 10
	text := content(a.Size, 7)
	up, err := s.b.Begin(s.ctx, "f", a)
	s.must(err)
	left, err := s.b.Reopen(s.ctx, "f", up.ID(), a)
	s.must(err)
	if len(left.Parts) != 0 || left.Differs != nil || left.Upload.ID() != up.ID() {
		s.Errorf("without parts: %+v", left)
	}
	sent, err := up.Part(s.ctx, 2, bytes.NewReader(text[s.l.MinPart:]))
	s.must(err)
	left, err = s.b.Reopen(s.ctx, "f", up.ID(), a)
	s.must(err)
	if diff := cmp.Diff([]transfer.Part{sent}, left.Parts); diff != "" {
		s.Errorf("parts (-sent +there):\n%s", diff)
	}
	first, err := left.Upload.Part(s.ctx, 1, bytes.NewReader(text[:s.l.MinPart]))
	s.must(err)
	_, err = left.Upload.Finish(s.ctx, append([]transfer.Part{first}, left.Parts...))
	s.must(err)
	s.holds("f", text)
	if diff := cmp.Diff(attrs(), s.properties("f")); diff != "" {
		s.Errorf("properties (-want +got):\n%s", diff)
	}
	if _, err := s.b.Reopen(s.ctx, "f", up.ID(), a); !errors.Is(err, fs.ErrNotExist) {
		s.Errorf("an upload that is finished: %v", err)
	}
	up, err = s.b.Begin(s.ctx, "f", a)
	s.must(err)
	left, err = s.b.Reopen(s.ctx, "f", up.ID(), a)
	s.must(err)
	s.must(left.Upload.Abort(s.ctx))
	if _, err := s.b.Reopen(s.ctx, "f", up.ID(), a); !errors.Is(err, fs.ErrNotExist) {
		s.Errorf("an upload that was aborted: %v", err)
	}
}

func (s *suite) pending() {
	ids := map[string]string{}
	for _, name := range []string{"a/1", "a/ +%2", "b"} {
		up, err := s.b.Begin(s.ctx, name, transfer.Attrs{Size: -1})
		s.must(err)
		ids[name] = up.ID()
	}
	found := func(prefix string) (all []transfer.PendingUpload) {
		for u, err := range s.b.Pending(s.ctx, prefix) {
			s.must(err)
			if u.Age < -time.Minute || u.Age > time.Hour || u.ID != ids[u.Name] {
				s.Errorf("%+v, want the ID %s, begun just now", u, ids[u.Name])
			}
			all = append(all, u)
		}
		return all
	}
	if got := found(""); len(got) != 3 {
		s.Errorf("all uploads: %+v", got)
	}
	under := found("a/")
	if len(under) != 2 {
		s.Errorf("uploads with a prefix: %+v", under)
	}
	for _, u := range append(under, under...) { // the second time they are gone
		s.must(s.b.AbortPending(s.ctx, u))
	}
	if got := found(""); len(got) != 1 || got[0].Name != "b" {
		s.Errorf("uploads that are left: %+v", got)
	}
	s.must(s.b.AbortPending(s.ctx, found("b")[0]))
}

func (s *suite) limits() {
	l := s.l
	if l.Server == "" || l.MaxCopy < l.MinPart || l.MaxRemove < 1 || l.MinPart < 1 || l.MaxParts < 2 || l.MaxPart < l.MinPart {
		s.Errorf("%+v", l)
	}
}

func (s *suite) ended() {
	s.put("f", []byte("x"), transfer.Attrs{})
	from := transfer.CopySource{Bucket: s.b, Info: s.stat("f")}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	last := func(seq func(func(transfer.Info, error) bool)) (err error) {
		for _, err = range seq {
		}
		return err
	}
	pending := func() (err error) {
		for _, err = range s.b.Pending(ctx, "") {
		}
		return err
	}
	_, copying := s.b.CopyObject(ctx, "g", transfer.Attrs{Size: 1}, from)
	_, beginning := s.b.BeginCopy(ctx, "g", transfer.Attrs{Size: 1}, from)
	_, reopening := s.b.Reopen(ctx, "g", "id", transfer.Attrs{})
	for name, err := range map[string]error{
		"List": last(s.b.List(ctx, transfer.Listing{})), "Remove": s.b.Remove(ctx, []string{"f"}), "Pending": pending(),
		"CopyObject": copying, "BeginCopy": beginning, "Reopen": reopening,
	} {
		if !errors.Is(err, context.Canceled) {
			s.Errorf("%s: %v", name, err)
		}
	}
	s.holds("f", []byte("x"))
}
