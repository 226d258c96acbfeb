package b2

import (
	"context"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// What a key may do is known from its authorization, and does not change while
// the key exists. So a call that the server is bound to refuse is not made: see
// [call.Permit].
//
// Where the server may know better, it is asked: capabilities that this package
// does not know, downloads (a public bucket needs no right, and which one is
// public is not known), uploads (the token of their URL speaks for itself), the
// source of a copy, and ListParts, of which it is not certain what it needs.

// demand is what a call asks of the key that makes it.
type demand struct {
	rights     []Capability // beside the call's own
	bucketID   string       // empty: none in particular
	bucketName string
	listed     bool   // a key for some buckets must name one of them
	named      bool   // name is what the key's prefix must begin
	name       string // of a file, or the prefix of names
}

func (d *demand) right(needed bool, capability Capability) {
	if needed {
		d.rights = append(d.rights, capability)
	}
}

func (d *demand) file(bucketID, name string) {
	d.bucketID, d.named, d.name = bucketID, true, name
}

func demandOf(in any) (d demand) {
	switch in := in.(type) {
	case *ListBucketsInput:
		d.bucketID, d.bucketName, d.listed = in.BucketId, in.BucketName, true
	case *CreateBucketInput:
		d.right(in.FileLockEnabled, CapabilityWriteBucketRetentions)
		d.right(in.ReplicationConfiguration != nil, CapabilityWriteBucketReplications)
		d.right(in.DefaultServerSideEncryption != nil, CapabilityWriteBucketEncryption)
	case *UpdateBucketInput:
		d.bucketID = in.BucketId
		d.right(in.FileLockEnabled || in.DefaultRetention != nil, CapabilityWriteBucketRetentions)
		d.right(in.ReplicationConfiguration != nil, CapabilityWriteBucketReplications)
		d.right(in.DefaultServerSideEncryption != nil, CapabilityWriteBucketEncryption)
	case *DeleteBucketInput:
		d.bucketID = in.BucketId
	case *GetBucketNotificationRulesInput:
		d.bucketID = in.BucketId
	case *SetBucketNotificationRulesInput:
		d.bucketID = in.BucketId
	case *GetUploadUrlInput:
		d.bucketID = in.BucketId
	case *UploadFileInput: // of a handle, which sends it to an URL of the key's own
		d.file("", in.FileName)
		d.right(in.FileRetentionMode != "", CapabilityWriteFileRetentions)
		d.right(in.FileLegalHold != "", CapabilityWriteFileLegalHolds)
	case *StartLargeFileInput:
		d.file(in.BucketId, in.FileName)
		d.right(in.FileRetention != nil && in.FileRetention.Mode != "", CapabilityWriteFileRetentions)
		d.right(in.LegalHold != "", CapabilityWriteFileLegalHolds)
	case *CopyFileInput:
		d.file(in.DestinationBucketId, in.FileName)
		d.right(in.FileRetention != nil && in.FileRetention.Mode != "", CapabilityWriteFileRetentions)
		d.right(in.LegalHold != "", CapabilityWriteFileLegalHolds)
	case *HideFileInput:
		d.file(in.BucketId, in.FileName)
	case *ListFileNamesInput:
		d.file(in.BucketId, in.Prefix)
	case *ListFileVersionsInput:
		d.file(in.BucketId, in.Prefix)
	case *ListUnfinishedLargeFilesInput:
		d.file(in.BucketId, in.NamePrefix)
	case *GetDownloadAuthorizationInput:
		d.file(in.BucketId, in.FileNamePrefix)
	case *DeleteFileVersionInput:
		d.file("", in.FileName)
		d.right(in.BypassGovernance, CapabilityBypassGovernance)
	case *UpdateFileRetentionInput:
		d.file("", in.FileName)
		d.right(in.BypassGovernance, CapabilityBypassGovernance)
	case *UpdateFileLegalHoldInput:
		d.file("", in.FileName)
	}
	return d
}

// Permit implements pipeline.Permitter.
func (p *call) Permit(ctx context.Context, c *pipeline.Call) error {
	if c.Operation.Right == "" {
		return nil
	}
	return internal(p.permit(ctx, c.Operation, Capability(c.Operation.Right), c.Input))
}

// permit returns an error if the key may not make a call that needs a
// capability.
func (s *session) permit(ctx context.Context, op *pipeline.Operation, capability Capability, in any) error {
	a, err := s.authorization(ctx, nil)
	if err != nil {
		return err
	}
	if r := a.ApiInfo.StorageApi.Allowed.forbids(capability, demandOf(in)); r != "" {
		return fail(op.Name, r)
	}
	return nil
}

// forbids returns the restriction that forbids a call, or none.
func (a *Allowed) forbids(capability Capability, d demand) restriction {
	if !a.can(capability) {
		return restriction("it lacks the capability " + string(capability))
	}
	for _, r := range d.rights {
		if !a.can(r) {
			return restriction("it lacks the capability " + string(r))
		}
	}
	switch {
	case len(a.Buckets) == 0:
	case d.bucketID != "" && !slices.ContainsFunc(a.Buckets, func(b AllowedBucket) bool { return b.Id == d.bucketID }):
		return restriction("it is restricted to " + a.bucketNames() + ", not " + d.bucketID)
	case d.bucketName != "" && !slices.ContainsFunc(a.Buckets, func(b AllowedBucket) bool {
		return b.Name == "" || strings.EqualFold(b.Name, d.bucketName) // a name that is not told may be this one
	}):
		return restriction("it is restricted to " + a.bucketNames() + ", not " + d.bucketName)
	case d.listed && d.bucketID == "" && d.bucketName == "":
		return restriction("it is restricted to " + a.bucketNames() + ", so BucketId or BucketName must name one")
	}
	if d.named && !strings.HasPrefix(d.name, a.NamePrefix) {
		return restriction("it is restricted to names that begin with " + strconv.Quote(a.NamePrefix) + ", not " + strconv.Quote(d.name))
	}
	return ""
}

// can reports whether the key has a capability, or may have it.
func (a *Allowed) can(capability Capability) bool {
	return len(a.Capabilities) == 0 || slices.Contains(a.Capabilities, capability) || slices.Contains(a.Capabilities, "all")
}

func (a *Allowed) bucketNames() string {
	names := make([]string, len(a.Buckets))
	for i, b := range a.Buckets {
		names[i] = b.Id
		if b.Name != "" {
			names[i] = b.Name + " (" + b.Id + ")"
		}
	}
	if len(names) == 1 {
		return "the bucket " + names[0]
	}
	return "the buckets " + strings.Join(names, ", ")
}

// text says all that the key may do.
func (a *Allowed) text() string {
	capabilities := make([]string, len(a.Capabilities))
	for i, c := range a.Capabilities {
		capabilities[i] = string(c)
	}
	text := "the application key has the capabilities " + strings.Join(capabilities, ", ")
	if len(a.Buckets) > 0 {
		text += ", for " + a.bucketNames()
	}
	if a.NamePrefix != "" {
		text += ", for names that begin with " + strconv.Quote(a.NamePrefix)
	}
	return text
}

// restriction is the restriction of a key that forbids a call.
type restriction string

func (r restriction) Error() string { return "the application key may not: " + string(r) }

// Is makes it what the server's refusal would have been.
func (r restriction) Is(target error) bool {
	return target == ErrUnauthorized || target == fs.ErrPermission
}

// rights is what the key of a call that the server refused may do.
type rights string

func (r rights) Error() string { return string(r) }

// explain adds to the refusal of a call what the key may do, which the server
// does not tell.
func (p *call) explain(e *apierror.Error) {
	if p.used == nil || p.token != "" {
		return
	}
	// An answer to a HEAD does not say that it is so, but a new token does not help.
	bare := e.StatusCode == http.StatusUnauthorized && e.Code == "" && (p.stale != nil || p.blameless())
	if e.Code != "unauthorized" && !bare {
		return
	}
	if allowed := &p.used.ApiInfo.StorageApi.Allowed; len(allowed.Capabilities) > 0 {
		e.Err = rights(allowed.text())
	}
}
