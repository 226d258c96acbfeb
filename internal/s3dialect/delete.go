package s3dialect

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

const (
	// deleteLimit is how many objects one call of DeleteObjects can name.
	deleteLimit = 1000

	// deleteConcurrency is how many of them are deleted at a time that need a
	// request each.
	deleteConcurrency = 16
)

// Deletion is DeleteObjects of a package, and DeleteObject, to which it resorts.
// Their types are looked at by the names of the members.
type Deletion[In, Out, SingleIn, SingleOut any] struct {
	Flavour  *Flavour
	Op       *pipeline.Operation
	Batch    func(ctx context.Context, in *In) (*Out, error)
	Single   func(ctx context.Context, in *SingleIn) (*SingleOut, error)
	Presigns bool // nothing is deleted: the request must be whole
}

// target is an object that is to be deleted; without a condition where a
// package has no such member.
type target struct {
	Key, VersionId   string
	ETag             string
	LastModifiedTime time.Time
	Size             *int64
}

// Do makes one request for all objects that it can carry, then one for each of
// the others, whose errors are the causes. What has failed is among the Errors
// of out; with err, there is no output.
func (d *Deletion[In, Out, SingleIn, SingleOut]) Do(ctx context.Context, in *In) (out *Out, causes []error, err error) {
	list := reflect.Value{} // the member Delete
	if in != nil {
		list = reflect.Indirect(reflect.ValueOf(in).Elem().FieldByName("Delete"))
	}
	if !list.IsValid() {
		out, err = d.Batch(ctx, in) // says what is missing
		return out, nil, err
	}
	objects := list.FieldByName("Objects")
	asked := names(objects)
	if len(asked) > deleteLimit {
		return nil, nil, d.Flavour.refuse(d.Op, fieldError("Delete.Objects", "%d are too many for one call, which takes %d", len(asked), deleteLimit))
	}
	batch, together, single := in, asked, []target(nil)
	if slices.ContainsFunc(asked, alone) && !d.Presigns {
		if i := slices.IndexFunc(asked, func(o name) bool { return o.key == "" }); i >= 0 { // the codec would count without those taken out
			return nil, nil, d.Flavour.refuse(d.Op, fieldError(fmt.Sprintf("Delete.Objects[%d].Key", i), "is required"))
		}
		batch, together, single = split(in, list, asked)
	}
	quiet := list.FieldByName("Quiet").Interface().(*bool)
	loud := quiet == nil || !*quiet
	out = new(Out)
	if len(together) > 0 || len(single) == 0 {
		if out, err = d.Batch(ctx, batch); err != nil {
			return nil, nil, err
		}
		if loud {
			appendItems(out, "Errors", unanswered(together, out))
		}
	}
	return out, d.deleteSingly(ctx, in, single, out, loud), nil
}

// name is what identifies an object in a call and in its answer.
type name struct{ key, version string }

// names are those of the objects in a list of any type.
func names(list reflect.Value) []name {
	key, _ := list.Type().Elem().FieldByName("Key")
	version, _ := list.Type().Elem().FieldByName("VersionId")
	all := make([]name, list.Len())
	for i := range all {
		item := list.Index(i)
		all[i] = name{item.Field(key.Index[0]).String(), item.Field(version.Index[0]).String()}
	}
	return all
}

// alone reports whether an object needs a request of its own. XML can carry a
// carriage return, but who reads the server's answer may see a line feed.
func alone(o name) bool {
	return !codec.FitsXML(o.key) || !codec.FitsXML(o.version) || strings.Contains(o.key, "\r")
}

// split takes out of a call the objects that need a request of their own.
func split[In any](in *In, list reflect.Value, asked []name) (batch *In, together []name, single []target) {
	all := list.FieldByName("Objects")
	rest := reflect.MakeSlice(all.Type(), 0, len(asked))
	for i, o := range asked {
		if alone(o) {
			var t target
			projectStruct(reflect.ValueOf(&t).Elem(), all.Index(i), nil)
			single = append(single, t)
		} else {
			rest = reflect.Append(rest, all.Index(i))
			together = append(together, o)
		}
	}
	fewer := reflect.New(list.Type())
	fewer.Elem().Set(list)
	fewer.Elem().FieldByName("Objects").Set(rest)
	b := *in
	reflect.ValueOf(&b).Elem().FieldByName("Delete").Set(fewer)
	return &b, together, single
}

// unanswered are the objects of which an answer says nothing. Servers do not
// agree on the version that they name where none, or "null", was asked for: an
// answer with another version than any asked for does for such an object.
func unanswered(asked []name, out any) []DeleteFailure {
	answer := reflect.ValueOf(out).Elem()
	given := slices.Concat(names(answer.FieldByName("Deleted")), names(answer.FieldByName("Errors")))
	if slices.Equal(asked, given) {
		return nil
	}
	answers := make(map[name]bool, len(asked)) // true: it is one that was asked for
	for _, o := range given {
		answers[o] = false
	}
	var left []name
	for _, o := range asked {
		if _, ok := answers[o]; ok {
			answers[o] = true
		} else {
			left = append(left, o)
		}
	}
	if left == nil {
		return nil
	}
	spare := make(map[string]int)
	for o, taken := range answers {
		if !taken {
			spare[o.key]++
		}
	}
	var silent []DeleteFailure
	for _, o := range left {
		if spare[o.key] > 0 && (o.version == "" || o.version == "null") {
			spare[o.key]--
			continue
		}
		silent = append(silent, DeleteFailure{Key: o.key, VersionId: o.version, Message: "the server's answer leaves it out"})
	}
	return silent
}

// deleteSingly deletes objects with a request each, adds to out what becomes of
// them, and returns the errors of the requests.
func (d *Deletion[In, Out, SingleIn, SingleOut]) deleteSingly(ctx context.Context, in *In, objects []target, out *Out, loud bool) (causes []error) {
	outputs, errs := make([]*SingleOut, len(objects)), make([]error, len(objects))
	var group errgroup.Group
	group.SetLimit(deleteConcurrency)
	for i, o := range objects {
		group.Go(func() error {
			one := new(SingleIn)
			project(one, &o, nil)
			project(one, &struct {
				IfMatch                 string
				IfMatchLastModifiedTime time.Time
				IfMatchSize             *int64
			}{o.ETag, o.LastModifiedTime, o.Size}, nil)
			project(one, in, nil)
			outputs[i], errs[i] = d.Single(ctx, one)
			return nil
		})
	}
	_ = group.Wait() // no function fails
	var failed []DeleteFailure
	var deleted []deletedObject
	for i, o := range objects {
		if errs[i] != nil {
			f := DeleteFailure{Key: o.Key, VersionId: o.VersionId, Message: errs[i].Error()}
			if e := (smithy.APIError)(nil); errors.As(errs[i], &e) && e.ErrorCode() != "" {
				f.Code, f.Message = e.ErrorCode(), e.ErrorMessage()
			}
			failed, causes = append(failed, f), append(causes, errs[i])
			continue
		}
		var single struct {
			VersionId, RequestCharged string
			DeleteMarker              bool
		}
		project(&single, outputs[i], nil)
		project(out, &struct{ RequestCharged string }{single.RequestCharged}, nil)
		if meta := responseMetadata(out); meta.StatusCode == 0 {
			*meta = *responseMetadata(outputs[i])
		}
		done := deletedObject{Key: o.Key, VersionId: o.VersionId, DeleteMarker: single.DeleteMarker}
		if single.DeleteMarker {
			done.DeleteMarkerVersionId = single.VersionId
		}
		deleted = append(deleted, done)
	}
	if loud {
		appendItems(out, "Deleted", deleted)
	}
	appendItems(out, "Errors", failed)
	return causes
}

type deletedObject struct {
	Key, VersionId        string
	DeleteMarker          bool
	DeleteMarkerVersionId string
}

// appendItems appends items to a list of an output, which has others of that
// kind.
func appendItems[Item any](out any, list string, items []Item) {
	if len(items) == 0 {
		return
	}
	all := reflect.ValueOf(out).Elem().FieldByName(list)
	more := reflect.New(all.Type()).Elem()
	projectValue(more, reflect.ValueOf(items))
	all.Set(reflect.AppendSlice(all, more))
}

func responseMetadata(out any) *entrepot.ResponseMetadata {
	return reflect.ValueOf(out).Elem().FieldByName("ResponseMetadata").Addr().Interface().(*entrepot.ResponseMetadata)
}

// DeleteFailure is a package's DeleteError.
type DeleteFailure struct {
	Key, VersionId string
	Code           string // empty: the server has said nothing of the object
	Message        string
}

// Text names the object and what is wrong.
func (f *DeleteFailure) Text() string {
	text := excerpt(f.Key)
	if f.VersionId != "" {
		text += " version " + excerpt(f.VersionId)
	}
	return text + ": " + f.reason("").Reason()
}

// Matches reports whether f is a case of target, for errors.Is.
func (f *DeleteFailure) Matches(service string, target error) bool {
	return f.reason(service).Matches(target, Classes)
}

func (f *DeleteFailure) reason(service string) *apierror.Error {
	return &apierror.Error{Service: service, Code: f.Code, Message: f.Message}
}

// excerpt quotes a name so that it cannot fill a log.
func excerpt(name string) string {
	const most = 100
	if len(name) > most {
		return strconv.Quote(name[:most]) + "…"
	}
	return strconv.Quote(name)
}

// DeletionText is the text of e, a package's DeleteObjectsError: it counts the
// failures and describes the first of them.
func DeletionText(service string, e any) string {
	var d struct {
		Errors    []DeleteFailure
		Asked     int
		RequestID string
	}
	project(&d, e, nil)
	const most = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%s: DeleteObjects: %d of %d objects were not deleted", service, len(d.Errors), d.Asked)
	silent := 0
	for i := range d.Errors {
		switch {
		case i == 0:
			b.WriteString(": " + d.Errors[i].Text())
		case i < most:
			b.WriteString("; " + d.Errors[i].Text())
		}
		if d.Errors[i].Code == "" {
			silent++
		}
	}
	if more := len(d.Errors) - most; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	if silent > 0 {
		fmt.Fprintf(&b, "; of %d the server has said nothing", silent)
	}
	if d.RequestID != "" {
		b.WriteString(" (request " + d.RequestID + ")")
	}
	return b.String()
}

// DeletionCauses are the errors that a package's DeleteObjectsError wraps: those
// of the requests for one object each, and those of the objects.
func DeletionCauses[E any, P interface {
	*E
	error
}](causes []error, failures []E) []error {
	all := slices.Clone(causes)
	for i := range failures {
		all = append(all, P(&failures[i]))
	}
	return all
}
