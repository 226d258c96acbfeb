package s3

import (
	"context"
	"strconv"
	"time"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// GetObjectAttributes tells of an object what ObjectAttributes names, its parts
// and checksums among it, without the content. The parts come by pages of up to
// 1000; package paginator walks them.
//
// Errors: [ErrNoSuchKey], [ErrNoSuchVersion], [ErrNoSuchBucket].
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
func (c *Client) GetObjectAttributes(ctx context.Context, in *GetObjectAttributesInput, opts ...Option) (*GetObjectAttributesOutput, error) {
	return invoke[GetObjectAttributesOutput](ctx, c, opGetObjectAttributes, in, opts)
}

var opGetObjectAttributes = &pipeline.Operation{Name: "GetObjectAttributes", Method: "GET", Path: "/{Bucket}/{Key+}?attributes"}

type GetObjectAttributesInput struct {
	Bucket    string `uri:"Bucket"`
	Key       string `uri:"Key"`
	VersionId string `query:"versionId"` // empty: the current version

	ObjectAttributes []ObjectAttributes `header:"x-amz-object-attributes,required"` // what to tell; the rest of the output stays empty
	MaxParts         int32              `header:"x-amz-max-parts"`                  // parts in a page; default and most 1000
	PartNumberMarker int32              `header:"x-amz-part-number-marker"`         // list parts after this one

	// The customer key (SSE-C) that the object was stored with.
	SSECustomerAlgorithm string          `header:"x-amz-server-side-encryption-customer-algorithm"` // AES256
	SSECustomerKey       entrepot.Secret `header:"x-amz-server-side-encryption-customer-key"`       // 256-bit key in base64
	SSECustomerKeyMD5    string          `header:"x-amz-server-side-encryption-customer-key-MD5"`   // MD5 of the key, base64; empty: computed

	RequestPayer        RequestPayer `header:"x-amz-request-payer"`         // for buckets whose reader pays
	ExpectedBucketOwner string       `header:"x-amz-expected-bucket-owner"` // account ID; another one: 403
}

type GetObjectAttributesOutput struct {
	ETag         string                   `xml:"ETag"` // here without quotes
	Checksum     Checksum                 `xml:"Checksum"`
	ObjectParts  GetObjectAttributesParts `xml:"ObjectParts"`
	StorageClass StorageClass             `xml:"StorageClass"`
	ObjectSize   int64                    `xml:"ObjectSize"` // bytes

	VersionId      string         `header:"x-amz-version-id"` // empty: the bucket keeps no versions
	LastModified   time.Time      `header:"Last-Modified"`
	DeleteMarker   bool           `header:"x-amz-delete-marker"`
	RequestCharged RequestCharged `header:"x-amz-request-charged"`

	ResponseMetadata entrepot.ResponseMetadata
}

// Items returns the parts of the page.
func (out *GetObjectAttributesOutput) Items() []ObjectPart { return out.ObjectParts.Parts }

// NextPage makes next the request for the parts after out's.
func (out *GetObjectAttributesOutput) NextPage(next *GetObjectAttributesInput) (token string, more bool) {
	next.PartNumberMarker = out.ObjectParts.NextPartNumberMarker
	if next.PartNumberMarker != 0 {
		token = strconv.Itoa(int(next.PartNumberMarker))
	}
	return token, out.ObjectParts.IsTruncated
}

// ObjectAttributes is something that GetObjectAttributes can tell.
type ObjectAttributes string

const (
	ObjectAttributesETag         ObjectAttributes = "ETag"
	ObjectAttributesChecksum     ObjectAttributes = "Checksum"
	ObjectAttributesObjectParts  ObjectAttributes = "ObjectParts" // of objects uploaded in parts
	ObjectAttributesStorageClass ObjectAttributes = "StorageClass"
	ObjectAttributesObjectSize   ObjectAttributes = "ObjectSize"
)

// Checksum holds the checksum that an object was stored with, in base64.
type Checksum struct {
	ChecksumType      ChecksumType `xml:"ChecksumType"`
	ChecksumCRC32     string       `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string       `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string       `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string       `xml:"ChecksumSHA1"`
	ChecksumSHA256    string       `xml:"ChecksumSHA256"`
	ChecksumSHA512    string       `xml:"ChecksumSHA512"`
	ChecksumMD5       string       `xml:"ChecksumMD5"`
	ChecksumXXHASH64  string       `xml:"ChecksumXXHASH64"`
	ChecksumXXHASH3   string       `xml:"ChecksumXXHASH3"`
	ChecksumXXHASH128 string       `xml:"ChecksumXXHASH128"`
}

// GetObjectAttributesParts is about the parts of an object. Of one whose upload
// named no checksum, S3 tells only how many there are.
type GetObjectAttributesParts struct {
	TotalPartsCount      int32        `xml:"PartsCount"`
	Parts                []ObjectPart `xml:"Part,flat"`
	IsTruncated          bool         `xml:"IsTruncated"` // more follows
	NextPartNumberMarker int32        `xml:"NextPartNumberMarker"`
	PartNumberMarker     int32        `xml:"PartNumberMarker"`
	MaxParts             int32        `xml:"MaxParts"`
}

// ObjectPart is a part of an object, with its checksum in base64.
type ObjectPart struct {
	PartNumber        int32  `xml:"PartNumber"`
	Size              int64  `xml:"Size"` // bytes
	ChecksumCRC32     string `xml:"ChecksumCRC32"`
	ChecksumCRC32C    string `xml:"ChecksumCRC32C"`
	ChecksumCRC64NVME string `xml:"ChecksumCRC64NVME"`
	ChecksumSHA1      string `xml:"ChecksumSHA1"`
	ChecksumSHA256    string `xml:"ChecksumSHA256"`
	ChecksumSHA512    string `xml:"ChecksumSHA512"`
	ChecksumMD5       string `xml:"ChecksumMD5"`
	ChecksumXXHASH64  string `xml:"ChecksumXXHASH64"`
	ChecksumXXHASH3   string `xml:"ChecksumXXHASH3"`
	ChecksumXXHASH128 string `xml:"ChecksumXXHASH128"`
}
