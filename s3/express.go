package s3

import (
	"context"
	"errors"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// CreateSession grants credentials for one directory bucket that live for five
// minutes. They sign requests on its objects, which S3 then need not authorize
// one by one.
//
// Clients do this by themselves: the first call on a directory bucket opens a
// session that may read and write, and it is renewed ahead of its end (see
// [Config.DisableExpressSessions]). The operation is for programs that hand
// such credentials to others.
//
// Errors: [ErrNoSuchBucket]; 403 where the caller lacks the right
// s3express:CreateSession for the mode.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
func (c *Client) CreateSession(ctx context.Context, in *CreateSessionInput, opts ...Option) (*CreateSessionOutput, error) {
	return invoke[CreateSessionOutput](ctx, c, opCreateSession, in, opts)
}

var opCreateSession = &pipeline.Operation{Name: "CreateSession", Method: "GET", Path: "/{Bucket}?session", Traits: pipeline.NoSession}

type CreateSessionInput struct {
	Bucket      string      `uri:"Bucket"`                       // a directory bucket
	SessionMode SessionMode `header:"x-amz-create-session-mode"` // default ReadWrite, for which the caller may have no right

	// The objects written in the session are encrypted so, in place of the
	// bucket's default. With aws:kms, SSEKMSKeyId must be the key that the
	// bucket has as its default; bucket keys are always on.
	ServerSideEncryption    ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId             string               `header:"x-amz-server-side-encryption-aws-kms-key-id"` // ID or ARN of the key
	SSEKMSEncryptionContext string               `header:"x-amz-server-side-encryption-context"`        // JSON object in base64
	BucketKeyEnabled        bool                 `header:"x-amz-server-side-encryption-bucket-key-enabled"`
}

type CreateSessionOutput struct {
	Credentials SessionCredentials `xml:"Credentials"`

	// How objects written in the session are encrypted.
	ServerSideEncryption    ServerSideEncryption `header:"x-amz-server-side-encryption"`
	SSEKMSKeyId             string               `header:"x-amz-server-side-encryption-aws-kms-key-id"`
	SSEKMSEncryptionContext string               `header:"x-amz-server-side-encryption-context"` // JSON object in base64
	BucketKeyEnabled        bool                 `header:"x-amz-server-side-encryption-bucket-key-enabled"`

	ResponseMetadata entrepot.ResponseMetadata
}

// SessionCredentials sign requests on the objects of one directory bucket, for
// the service s3express. The token travels in the header x-amz-s3session-token.
type SessionCredentials struct {
	AccessKeyId     string          `xml:"AccessKeyId"`
	SecretAccessKey entrepot.Secret `xml:"SecretAccessKey"`
	SessionToken    entrepot.Secret `xml:"SessionToken"`
	Expiration      time.Time       `xml:"Expiration"`
}

// SessionMode is what may be done in a session.
type SessionMode string

const (
	SessionModeReadOnly  SessionMode = "ReadOnly"
	SessionModeReadWrite SessionMode = "ReadWrite"
)

// openSession opens a session for the client's own calls.
func openSession(ctx context.Context, do s3dialect.Doer, bucket string) (credentials.Credentials, error) {
	var out CreateSessionOutput
	if err := do(ctx, opCreateSession, &CreateSessionInput{Bucket: bucket}, &out); err != nil {
		return credentials.Credentials{}, err
	}
	granted := out.Credentials
	if granted.AccessKeyId == "" || granted.SecretAccessKey == "" || granted.SessionToken == "" {
		return credentials.Credentials{}, errors.New("s3: CreateSession: the server granted no credentials")
	}
	return credentials.Credentials{
		AccessKeyID:     granted.AccessKeyId,
		SecretAccessKey: string(granted.SecretAccessKey),
		SessionToken:    string(granted.SessionToken),
		Expires:         granted.Expiration,
	}, nil
}

// ListDirectoryBuckets lists the caller's directory buckets in the client's
// region. ListBuckets does not have them.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListDirectoryBuckets.html
func (c *Client) ListDirectoryBuckets(ctx context.Context, in *ListDirectoryBucketsInput, opts ...Option) (*ListDirectoryBucketsOutput, error) {
	return invoke[ListDirectoryBucketsOutput](ctx, c, opListDirectoryBuckets, in, opts)
}

var opListDirectoryBuckets = &pipeline.Operation{Name: "ListDirectoryBuckets", Method: "GET", Path: "/", Host: hostControl}

type ListDirectoryBucketsInput struct {
	ContinuationToken   string `query:"continuation-token"`    // from the page before
	MaxDirectoryBuckets int32  `query:"max-directory-buckets"` // page size, at most and by default 1,000
}

type ListDirectoryBucketsOutput struct {
	Buckets           []Bucket `xml:"Buckets,item=Bucket"`
	ContinuationToken string   `xml:"ContinuationToken"` // for the next page; empty on the last

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the buckets of the page.
func (out *ListDirectoryBucketsOutput) Items() []Bucket { return out.Buckets }

// NextPage makes next the request for the page after out.
func (out *ListDirectoryBucketsOutput) NextPage(next *ListDirectoryBucketsInput) (token string, more bool) {
	next.ContinuationToken = out.ContinuationToken
	return out.ContinuationToken, out.ContinuationToken != ""
}
