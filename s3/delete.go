package s3

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// DeleteObject deletes an object or one version of it. A key that is not there
// is a success. So it is under a condition if an attempt came before whose answer
// was lost: the object is then taken to be the one that was to go.
//
// Errors: [ErrNoSuchBucket], [ErrPreconditionFailed].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
func (c *Client) DeleteObject(ctx context.Context, in *DeleteObjectInput, opts ...Option) (*DeleteObjectOutput, error) {
	return invoke[DeleteObjectOutput](ctx, c, opDeleteObject, in, opts)
}

var opDeleteObject = &pipeline.Operation{Name: "DeleteObject", Method: "DELETE", Path: "/{Bucket}/{Key+}", Traits: pipeline.SelfConflict}

type DeleteObjectInput struct {
	Bucket string `uri:"Bucket"`
	Key    string `uri:"Key"`

	// VersionId is the version to delete for good. Empty: in a bucket with
	// versioning the object gets a delete marker and its versions stay.
	VersionId string `query:"versionId"`

	IfMatch                 string    `header:"If-Match"`                          // ETag, or "*" for any object; else 412
	IfMatchLastModifiedTime time.Time `header:"x-amz-if-match-last-modified-time"` // directory buckets only

	// IfMatchSize makes the call depend on the size in bytes (directory buckets
	// only). nil: no condition; 0: only an empty object.
	IfMatchSize *int64 `header:"x-amz-if-match-size"`

	MFA                       string `header:"x-amz-mfa"`                         // "SERIAL CODE", where the bucket has MFA delete
	BypassGovernanceRetention bool   `header:"x-amz-bypass-governance-retention"` // also what GOVERNANCE retention holds

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectOutput struct {
	VersionId      string         `header:"x-amz-version-id"`    // of the delete marker made, or of the version deleted
	DeleteMarker   bool           `header:"x-amz-delete-marker"` // a delete marker was made, or the version deleted was one
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// DeleteObjects deletes up to 1000 objects or versions in one call. Each
// succeeds or fails on its own. If any fails, the error is a
// [*DeleteObjectsError] that lists those, and the output is there all the same;
// with any other error there is no output.
//
// Deleted and Errors of the output together name every object that was asked
// for, unless Quiet is set: one that the server's answer leaves out is among
// Errors, with an empty Code. Keys and versions that XML cannot carry, such as
// those with control characters, are deleted by DeleteObject behind this call.
//
// Errors: [ErrNoSuchBucket], and whatever the objects fail with.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
func (c *Client) DeleteObjects(ctx context.Context, in *DeleteObjectsInput, opts ...Option) (*DeleteObjectsOutput, error) {
	return deleteObjects(ctx, c, in, opts) // not one request in any case
}

var opDeleteObjects = &pipeline.Operation{Name: "DeleteObjects", Method: "POST", Path: "/{Bucket}?delete", Traits: pipeline.ChecksumRequired | pipeline.ErrorIn200}

type DeleteObjectsInput struct {
	Bucket string `uri:"Bucket"`

	Delete *Delete `payload:"Delete,ns=http://s3.amazonaws.com/doc/2006-03-01/,required"` // 1 to 1000 objects

	ChecksumAlgorithm ChecksumAlgorithm `header:"x-amz-sdk-checksum-algorithm"` // of the body; empty: one is chosen

	MFA                       string `header:"x-amz-mfa"`                         // "SERIAL CODE", where the bucket has MFA delete
	BypassGovernanceRetention bool   `header:"x-amz-bypass-governance-retention"` // also what GOVERNANCE retention holds

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type DeleteObjectsOutput struct {
	Deleted        []DeletedObject `xml:"Deleted,flat"`
	Errors         []DeleteError   `xml:"Error,flat"` // what was not deleted
	RequestCharged RequestCharged  `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Delete is the list of objects that DeleteObjects is to delete.
type Delete struct {
	Objects []ObjectIdentifier `xml:"Object,required,flat"`
	Quiet   *bool              `xml:"Quiet"` // true: the answer lists failures only, and nobody can tell whether it is complete
}

// ObjectIdentifier names an object, or one version of it.
type ObjectIdentifier struct {
	Key       string `xml:"Key,required,min1"`
	VersionId string `xml:"VersionId"` // as in DeleteObjectInput

	// ETag, LastModifiedTime and Size make the deletion conditional, each where
	// set; the last two in directory buckets only.
	ETag             string    `xml:"ETag"`
	LastModifiedTime time.Time `xml:"LastModifiedTime,http"`
	Size             *int64    `xml:"Size"`
}

// DeletedObject is an object that DeleteObjects has deleted.
type DeletedObject struct {
	Key                   string `xml:"Key"`
	VersionId             string `xml:"VersionId"`             // the version asked for
	DeleteMarker          bool   `xml:"DeleteMarker"`          // the deletion made a delete marker, or removed one
	DeleteMarkerVersionId string `xml:"DeleteMarkerVersionId"` // of that delete marker
}

// DeleteError says why DeleteObjects could not delete an object. (The model
// calls it Error, a name that here belongs to failed calls.) It is an error
// too: errors.Is finds the sentinels and the errors of io/fs by its Code, as
// with [Error].
type DeleteError struct {
	Key       string `xml:"Key"`
	VersionId string `xml:"VersionId"`
	Code      string `xml:"Code"` // empty: the server has said nothing of the object
	Message   string `xml:"Message"`
}

// Error names the object and what is wrong.
func (e *DeleteError) Error() string {
	text := excerpt(e.Key)
	if e.VersionId != "" {
		text += " version " + excerpt(e.VersionId)
	}
	return text + ": " + e.reason().Reason()
}

// Is implements the cases of errors.Is that DeleteError describes.
func (e *DeleteError) Is(target error) bool { return e.reason().Matches(target, s3dialect.Classes) }

func (e *DeleteError) reason() *apierror.Error {
	return &apierror.Error{Service: flavour.Name, Code: e.Code, Message: e.Message}
}

// excerpt quotes a name so that it cannot fill a log.
func excerpt(name string) string {
	const most = 100
	if len(name) > most {
		return strconv.Quote(name[:most]) + "…"
	}
	return strconv.Quote(name)
}

// DeleteObjectsError says which objects DeleteObjects could not delete. For
// errors.Is and errors.As it is all of their errors: errors.Is(err,
// [ErrAccessDenied]) holds if access to any one of them was denied.
type DeleteObjectsError struct {
	Errors    []DeleteError // as in the output
	Asked     int           // how many objects the call was to delete
	RequestID string        // of the call, for AWS support

	causes []error // what objects failed with that were deleted one by one
}

// Error counts the failures and describes the first of them.
func (e *DeleteObjectsError) Error() string {
	const most = 3
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %d of %d objects were not deleted", flavour.Name, opDeleteObjects.Name, len(e.Errors), e.Asked)
	for i := range e.Errors[:min(len(e.Errors), most)] {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		b.WriteString(separator + e.Errors[i].Error())
	}
	if more := len(e.Errors) - most; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	silent := 0
	for i := range e.Errors {
		if e.Errors[i].Code == "" {
			silent++
		}
	}
	if silent > 0 {
		fmt.Fprintf(&b, "; of %d the server has said nothing", silent)
	}
	if e.RequestID != "" {
		b.WriteString(" (request " + e.RequestID + ")")
	}
	return b.String()
}

// Unwrap returns the errors of the objects.
func (e *DeleteObjectsError) Unwrap() []error {
	all := slices.Clone(e.causes)
	for i := range e.Errors {
		all = append(all, &e.Errors[i])
	}
	return all
}

const (
	// deleteLimit is how many objects one call of DeleteObjects can name.
	deleteLimit = 1000

	// deleteConcurrency is how many of them are deleted at a time that need a
	// request each.
	deleteConcurrency = 16
)

// deleteObjects is DeleteObjects: one request for all that it can carry, then
// one for each of the others.
func deleteObjects(ctx context.Context, c *Client, in *DeleteObjectsInput, opts []Option) (*DeleteObjectsOutput, error) {
	if in == nil || in.Delete == nil {
		return invoke[DeleteObjectsOutput](ctx, c, opDeleteObjects, in, opts) // says what is missing
	}
	asked := in.Delete.Objects
	if len(asked) > deleteLimit {
		return nil, refuse(opDeleteObjects, "Delete.Objects", fmt.Sprintf("%d are too many for one call, which takes %d", len(asked), deleteLimit))
	}
	batch, single := in, []ObjectIdentifier(nil)
	if slices.ContainsFunc(asked, alone) && !c.presigns(opts) {
		for i := range asked {
			if asked[i].Key == "" { // the codec would count without those taken out
				return nil, refuse(opDeleteObjects, fmt.Sprintf("Delete.Objects[%d].Key", i), "is required")
			}
		}
		batch, single = splitDelete(in)
	}
	out := &DeleteObjectsOutput{}
	if batch != nil {
		var err error
		if out, err = invoke[DeleteObjectsOutput](ctx, c, opDeleteObjects, batch, opts); err != nil {
			return nil, err
		}
		if quiet := in.Delete.Quiet; quiet == nil || !*quiet {
			out.Errors = append(out.Errors, unanswered(batch.Delete.Objects, out)...)
		}
	}
	causes := deleteSingly(ctx, c, in, single, out, opts)
	if len(out.Errors) == 0 {
		return out, nil
	}
	return out, &DeleteObjectsError{Errors: out.Errors, Asked: len(asked), RequestID: out.ResponseMetadata.RequestID, causes: causes}
}

// alone reports whether an object needs a request of its own. XML can carry a
// carriage return, but who reads the server's answer may see a line feed.
func alone(id ObjectIdentifier) bool {
	return !codec.FitsXML(id.Key) || !codec.FitsXML(id.VersionId) || strings.Contains(id.Key, "\r")
}

// splitDelete takes out of a call the objects that need a request of their
// own. Nothing may be left: then there is no batch.
func splitDelete(in *DeleteObjectsInput) (batch *DeleteObjectsInput, single []ObjectIdentifier) {
	var together []ObjectIdentifier
	for _, id := range in.Delete.Objects {
		if alone(id) {
			single = append(single, id)
		} else {
			together = append(together, id)
		}
	}
	if together == nil {
		return nil, single
	}
	b, d := *in, *in.Delete
	d.Objects, b.Delete = together, &d
	return &b, single
}

// unanswered are the objects of which an answer says nothing. Servers do not
// agree on the version that they name where none, or "null", was asked for: an
// answer with another version than any asked for does for such an object.
func unanswered(asked []ObjectIdentifier, out *DeleteObjectsOutput) []DeleteError {
	type object struct{ key, version string }
	answers := make(map[object]bool, len(asked)) // true: it is one that was asked for
	for i := range out.Deleted {
		answers[object{out.Deleted[i].Key, out.Deleted[i].VersionId}] = false
	}
	for i := range out.Errors {
		answers[object{out.Errors[i].Key, out.Errors[i].VersionId}] = false
	}
	var left []ObjectIdentifier
	for i := range asked {
		o := object{asked[i].Key, asked[i].VersionId}
		if _, ok := answers[o]; ok {
			answers[o] = true
		} else {
			left = append(left, asked[i])
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
	var silent []DeleteError
	for _, id := range left {
		if spare[id.Key] > 0 && (id.VersionId == "" || id.VersionId == "null") {
			spare[id.Key]--
			continue
		}
		silent = append(silent, DeleteError{Key: id.Key, VersionId: id.VersionId, Message: "the server's answer leaves it out"})
	}
	return silent
}

// deleteSingly deletes objects with a request each, adds to out what becomes of
// them, and returns the errors of the requests.
func deleteSingly(ctx context.Context, c *Client, in *DeleteObjectsInput, objects []ObjectIdentifier, out *DeleteObjectsOutput, opts []Option) (causes []error) {
	outputs, errs := make([]*DeleteObjectOutput, len(objects)), make([]error, len(objects))
	var group errgroup.Group
	group.SetLimit(deleteConcurrency)
	for i, id := range objects {
		group.Go(func() error {
			outputs[i], errs[i] = c.DeleteObject(ctx, &DeleteObjectInput{
				Bucket: in.Bucket, Key: id.Key, VersionId: id.VersionId,
				IfMatch: id.ETag, IfMatchLastModifiedTime: id.LastModifiedTime, IfMatchSize: id.Size,
				MFA: in.MFA, BypassGovernanceRetention: in.BypassGovernanceRetention,
				RequestPayer: in.RequestPayer, ExpectedBucketOwner: in.ExpectedBucketOwner,
			}, opts...)
			return nil
		})
	}
	_ = group.Wait() // no function fails
	quiet := in.Delete.Quiet != nil && *in.Delete.Quiet
	for i, id := range objects {
		if errs[i] != nil {
			failed := DeleteError{Key: id.Key, VersionId: id.VersionId, Message: errs[i].Error()}
			if e := (*Error)(nil); errors.As(errs[i], &e) && e.Code != "" {
				failed.Code, failed.Message = e.Code, e.Message
			}
			out.Errors, causes = append(out.Errors, failed), append(causes, errs[i])
			continue
		}
		single := outputs[i]
		if out.ResponseMetadata.StatusCode == 0 {
			out.ResponseMetadata = single.ResponseMetadata
		}
		if single.RequestCharged != "" {
			out.RequestCharged = single.RequestCharged
		}
		if quiet {
			continue
		}
		deleted := DeletedObject{Key: id.Key, VersionId: id.VersionId, DeleteMarker: single.DeleteMarker}
		if single.DeleteMarker {
			deleted.DeleteMarkerVersionId = single.VersionId
		}
		out.Deleted = append(out.Deleted, deleted)
	}
	return causes
}
