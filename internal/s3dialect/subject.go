package s3dialect

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"reflect"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/paginator"
)

// Subject is what the calls of a handle are about, by the names that inputs
// have for it.
type Subject struct{ Bucket, Key, UploadId, VersionId string }

// At makes a call of a handle: with a copy of in, in which the members that s
// names are those of s. Template, if there is one, is a struct whose members
// stand in for those that in leaves open.
func At[In, Out, Opt any](ctx context.Context, c *Core, op *pipeline.Operation, call func(context.Context, *In, ...Opt) (*Out, error), s Subject, in *In, template any, opts []Opt) (*Out, error) {
	full, err := Fill(c, op, s, in, template)
	if err != nil {
		return nil, err
	}
	return call(ctx, full, opts...)
}

// ItemsAt is [paginator.Items] for the calls of a handle, as At is for one.
func ItemsAt[In, Opt any, Out paginator.ItemPage[In, Item], Item any](ctx context.Context, c *Core, op *pipeline.Operation, call func(context.Context, *In, ...Opt) (Out, error), s Subject, in *In, template any, opts []Opt) iter.Seq2[Item, error] {
	full, err := Fill(c, op, s, in, template)
	if err != nil {
		return func(yield func(Item, error) bool) {
			var none Item
			yield(none, err)
		}
	}
	return paginator.Items(ctx, call, full, opts...)
}

// Fill returns the input of a call of a handle: see [At].
func Fill[In any](c *Core, op *pipeline.Operation, s Subject, in *In, template any) (*In, error) {
	full := new(In)
	if in != nil {
		*full = *in
	}
	if err := s.fill(full); err != nil {
		return nil, c.flavour.refuse(op, err)
	}
	if template != nil {
		project(full, template, ownCalls)
	}
	return full, nil
}

// ownCalls are the members that a template cannot set in the calls of a handle:
// those of [never], but for the algorithm and the mode, which a transfer chooses.
var ownCalls = func() map[string]bool {
	m := maps.Clone(never)
	delete(m, "ChecksumAlgorithm")
	delete(m, "ChecksumMode")
	return m
}()

// Refuse is the public error of a call that is not made because of a member of
// its input.
func (c *Core) Refuse(op *pipeline.Operation, member, problem string) error {
	return c.flavour.refuse(op, &codec.FieldError{Path: member, Problem: problem})
}

// fill writes s into an input. What the input names already must be the same:
// the caller has one of two things wrong, and nobody can tell which.
func (s *Subject) fill(in any) error {
	v := reflect.ValueOf(in).Elem()
	for _, m := range [...]struct{ name, value string }{
		{"Bucket", s.Bucket}, {"Key", s.Key}, {"UploadId", s.UploadId}, {"VersionId", s.VersionId},
	} {
		field := v.FieldByName(m.name)
		switch {
		case !field.IsValid() && m.value == "", m.name == "VersionId" && m.value == "":
			// Without a version, a handle is that of any version.
		case !field.IsValid():
			return fieldError(m.name, "the handle is that of %s, and this call takes none", excerpt(m.value))
		case field.String() != "" && field.String() != m.value:
			return fieldError(m.name, "%s is not that of the handle, %s", excerpt(field.String()), excerpt(m.value))
		default:
			field.SetString(m.value)
		}
	}
	return nil
}

// String says in words what s is.
func (s Subject) String() string {
	text := fmt.Sprintf("bucket %q", s.Bucket)
	if s.Key != "" {
		text = fmt.Sprintf("object %q in %s", s.Key, text)
	}
	if s.VersionId != "" {
		text = fmt.Sprintf("version %q of %s", s.VersionId, text)
	}
	if s.UploadId != "" {
		text = fmt.Sprintf("upload %q of %s", s.UploadId, text)
	}
	return text
}

// Payer is what of a template is not about objects: whose the bucket has to
// be, and who pays.
func Payer(template any) any {
	p := new(struct{ RequestPayer, ExpectedBucketOwner string })
	project(p, template, nil)
	return p
}

// Project fills members of *dst that are empty from those of *src that have the
// same names.
func Project(dst, src any) { project(dst, src, nil) }
