package s3

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// PresignPost signs a form with which whoever has no credentials, such as the
// user of a web page, can upload an object of limited size and under limited
// names. Nothing is sent.
//
// The form is a POST of multipart/form-data to URL with the Fields in their
// order and the file as the last field, named "file":
//
//	<form method="post" enctype="multipart/form-data" action="{{.URL}}">
//	  {{range .Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
//	  {{end}}<input type="file" name="file"> <input type="submit">
//	</form>
//
// The example shows the same by mime/multipart. The server refuses a form that
// has expired, fields that break a condition and fields for which there is
// none (AccessDenied), and a file of the wrong size (EntityTooSmall,
// EntityTooLarge).
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
func (c *Client) PresignPost(ctx context.Context, in *PresignPostInput, opts ...Option) (*PresignedPost, error) {
	if in == nil {
		in = &PresignPostInput{}
	}
	form, err := in.form()
	if err != nil {
		return nil, err
	}
	p := s3dialect.PresignForm(in.ExpiresIn, form.policy)
	all := append(opts[:len(opts):len(opts)], func(c *Config) { c.presign = p })
	err = c.do(ctx, opPresignPost, &postTarget{in.Bucket}, nil, all)
	if !errors.Is(err, errPresigned) {
		return nil, err
	}
	out := &PresignedPost{URL: p.URL, Expires: p.Until, Fields: form.fields}
	for _, f := range p.Fields {
		out.Fields = append(out.Fields, PostField(f))
	}
	return out, nil
}

var opPresignPost = &pipeline.Operation{Name: "PresignPost", Method: "POST", Path: "/{Bucket}"}

// postTarget is what the codec has to know of a form.
type postTarget struct {
	Bucket string `uri:"Bucket"`
}

// PresignPostInput says what an upload by form may and must be. Values given
// here are those of the object: they become fields of the form, and the form
// cannot be used with others.
type PresignPostInput struct {
	Bucket string

	// Key is the key of the object. Where it has "${filename}" in it, the name
	// of the user's file is put there, and all of the key may be changed behind
	// what stands before.
	Key string

	// KeyPrefix in the place of Key is KeyPrefix + "${filename}".
	KeyPrefix string

	// ExpiresIn is how long the form may be used: one second to seven days. It
	// is less if the credentials end earlier.
	ExpiresIn time.Duration

	// MinSize and MaxSize bound the size of the file in bytes. MaxSize 0: as
	// much as the server takes, at S3 5 GiB.
	MinSize, MaxSize int64

	// SuccessActionStatus is the status of the server's answer: 200, 201 with
	// an XML document that names the object, or 204. 0: 204.
	SuccessActionStatus int

	// SuccessActionRedirect is where the answer sends the browser (303), with
	// bucket, key and etag added to the query. It goes before
	// SuccessActionStatus.
	SuccessActionRedirect string

	// What PutObject has under the same names.
	ACL                     ObjectCannedACL
	ContentType             string // see also Conditions, for a type that the user chooses
	ContentDisposition      string
	ContentEncoding         string
	CacheControl            string
	Expires                 time.Time // the object's header, not the form's end
	WebsiteRedirectLocation string
	Metadata                map[string]string
	StorageClass            StorageClass
	Tagging                 []Tag // at most 10

	ServerSideEncryption    ServerSideEncryption
	SSEKMSKeyId             string
	SSEKMSEncryptionContext string
	BucketKeyEnabled        *bool // nil: the bucket's default
	SSECustomerAlgorithm    string
	SSECustomerKey          entrepot.Secret // whoever sees the form sees the key
	SSECustomerKeyMD5       string          // empty: computed

	// The checksum of the file, in base64, where that is known beforehand, and
	// its algorithm.
	ChecksumAlgorithm ChecksumAlgorithm
	ChecksumCRC32     string
	ChecksumCRC32C    string
	ChecksumCRC64NVME string
	ChecksumSHA1      string
	ChecksumSHA256    string

	// Fields are further fields that the form must have as they are.
	Fields []PostField

	// Conditions are for fields that the user of the form adds, each needs one.
	Conditions []PostCondition
}

// PostField is a field of a form.
type PostField struct {
	Name  string
	Value string
}

// PostCondition is what a field of a form has to fulfil.
type PostCondition struct {
	Operator PostOperator // empty: eq
	Field    string       // "Content-Type"
	Value    string
}

// PostOperator compares a field with the value of a condition.
type PostOperator string

const (
	PostOperatorEq PostOperator = "eq"

	// PostOperatorStartsWith with the empty value admits everything. A
	// Content-Type that is a list is compared item by item.
	PostOperatorStartsWith PostOperator = "starts-with"
)

// PresignedPost is a form that anybody can send until it expires.
type PresignedPost struct {
	URL    string
	Fields []PostField // in the order to send; then the file as the field "file"

	// Expires is when the server begins to refuse the form: after the time that
	// was asked for, or with the end of the credentials if that is earlier.
	Expires time.Time
}

// filename is what servers replace by the name of the user's file.
const filename = "${filename}"

// form is a form in the making.
type form struct {
	fields     []PostField
	conditions []string // each in JSON
}

// form checks the input and makes all of the form that needs no signature.
func (in *PresignPostInput) form() (*form, error) {
	key := in.Key
	switch {
	case in.Key == "" && in.KeyPrefix == "":
		return nil, refuse(opPresignPost, "Key or KeyPrefix", "is required")
	case in.Key != "" && in.KeyPrefix != "":
		return nil, refuse(opPresignPost, "KeyPrefix", "goes in the place of Key, not with it")
	case in.ExpiresIn < time.Second || in.ExpiresIn > 7*24*time.Hour:
		return nil, refuse(opPresignPost, "ExpiresIn", fmt.Sprintf("a form lives one second to seven days, not %v", in.ExpiresIn))
	case in.MinSize < 0 || in.MaxSize < 0 || in.MaxSize > 0 && in.MinSize > in.MaxSize:
		return nil, refuse(opPresignPost, "MinSize", fmt.Sprintf("no file has %d bytes or more, but at most %d", in.MinSize, in.MaxSize))
	case in.Key == "":
		key = in.KeyPrefix + filename
	}
	f := &form{conditions: []string{"{" + policyText("bucket") + ": " + policyText(in.Bucket) + "}"}}
	f.fields = append(f.fields, PostField{"key", key})
	if prefix, _, open := strings.Cut(key, filename); open {
		f.condition(PostOperatorStartsWith, "key", prefix)
	} else {
		f.condition(PostOperatorEq, "key", key)
	}
	if in.MinSize > 0 || in.MaxSize > 0 {
		most := in.MaxSize
		if most == 0 {
			most = max(maxPost, in.MinSize)
		}
		f.conditions = append(f.conditions, fmt.Sprintf(`["content-length-range", %d, %d]`, in.MinSize, most))
	}
	switch in.SuccessActionStatus {
	case 0:
	case 200, 201, 204:
		f.add("success_action_status", strconv.Itoa(in.SuccessActionStatus))
	default:
		return nil, refuse(opPresignPost, "SuccessActionStatus", fmt.Sprintf("must be 200, 201 or 204, not %d", in.SuccessActionStatus))
	}
	f.add("success_action_redirect", in.SuccessActionRedirect)
	if err := in.describe(f); err != nil {
		return nil, err
	}
	for i, field := range in.Fields {
		if field.Name == "" {
			return nil, refuse(opPresignPost, fmt.Sprintf("Fields[%d].Name", i), "is required")
		}
		f.fields = append(f.fields, field)
		f.condition(PostOperatorEq, field.Name, field.Value)
	}
	for i, c := range in.Conditions {
		if c.Field == "" {
			return nil, refuse(opPresignPost, fmt.Sprintf("Conditions[%d].Field", i), "is required")
		}
		f.condition(c.Operator, c.Field, c.Value)
	}
	return f, nil
}

// maxPost is the largest file that S3 takes by a form.
const maxPost = 5 << 30

// describe adds the fields that say what the object will be.
func (in *PresignPostInput) describe(f *form) error {
	f.add("acl", string(in.ACL))
	f.add("Content-Type", in.ContentType)
	f.add("Content-Disposition", in.ContentDisposition)
	f.add("Content-Encoding", in.ContentEncoding)
	f.add("Cache-Control", in.CacheControl)
	if !in.Expires.IsZero() {
		f.add("Expires", in.Expires.UTC().Format(http.TimeFormat))
	}
	f.add("x-amz-website-redirect-location", in.WebsiteRedirectLocation)
	for _, name := range slices.Sorted(maps.Keys(in.Metadata)) {
		f.fields = append(f.fields, PostField{"x-amz-meta-" + name, in.Metadata[name]})
		f.condition(PostOperatorEq, "x-amz-meta-"+name, in.Metadata[name])
	}
	f.add("x-amz-storage-class", string(in.StorageClass))
	if len(in.Tagging) > 0 {
		document, err := taggingDocument(in.Tagging)
		if err != nil {
			return refuse(opPresignPost, "Tagging", err.Error())
		}
		f.add("tagging", document)
	}

	f.add("x-amz-server-side-encryption", string(in.ServerSideEncryption))
	f.add("x-amz-server-side-encryption-aws-kms-key-id", in.SSEKMSKeyId)
	f.add("x-amz-server-side-encryption-context", in.SSEKMSEncryptionContext)
	if in.BucketKeyEnabled != nil {
		f.add("x-amz-server-side-encryption-bucket-key-enabled", strconv.FormatBool(*in.BucketKeyEnabled))
	}
	f.add("x-amz-server-side-encryption-customer-algorithm", in.SSECustomerAlgorithm)
	if in.SSECustomerKey != "" {
		sum := in.SSECustomerKeyMD5
		if sum == "" {
			var err error
			if sum, err = s3dialect.KeyMD5(string(in.SSECustomerKey)); err != nil {
				return refuse(opPresignPost, "SSECustomerKey", err.Error())
			}
		}
		f.add("x-amz-server-side-encryption-customer-key", string(in.SSECustomerKey))
		f.add("x-amz-server-side-encryption-customer-key-MD5", sum)
	}

	f.add("x-amz-checksum-algorithm", string(in.ChecksumAlgorithm))
	f.add("x-amz-checksum-crc32", in.ChecksumCRC32)
	f.add("x-amz-checksum-crc32c", in.ChecksumCRC32C)
	f.add("x-amz-checksum-crc64nvme", in.ChecksumCRC64NVME)
	f.add("x-amz-checksum-sha1", in.ChecksumSHA1)
	f.add("x-amz-checksum-sha256", in.ChecksumSHA256)
	return nil
}

// add adds a field that must stay as it is, unless it is empty.
func (f *form) add(name, value string) {
	if value == "" {
		return
	}
	f.fields = append(f.fields, PostField{name, value})
	f.condition(PostOperatorEq, name, value)
}

func (f *form) condition(operator PostOperator, field, value string) {
	if operator == "" {
		operator = PostOperatorEq
	}
	f.conditions = append(f.conditions, "["+policyText(string(operator))+", "+`"$`+policyText(field)[1:]+", "+policyText(value)+"]")
}

// policy is the policy of the form, which ends then, with the fields of the
// signature.
func (f *form) policy(signed []s3dialect.FormField, until time.Time) string {
	for _, field := range signed {
		f.condition(PostOperatorEq, field.Name, field.Value)
	}
	return `{"expiration": "` + until.UTC().Format("2006-01-02T15:04:05.000Z") + `", "conditions": [` + strings.Join(f.conditions, ", ") + "]}"
}

// policyText is a string of a policy's JSON, in ASCII. A dollar sign would be
// taken for the name of a field; S3's own escape for it is no JSON.
func policyText(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= 0x20 && r < 0x7f && r != '$':
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return string(append(b, '"'))
}

// taggingDocument is a set of tags as the field "tagging" has it.
func taggingDocument(tags []Tag) (string, error) {
	document := struct {
		TagSet []Tag `xml:"TagSet,item=Tag"`
	}{tags}
	r := codec.Request{Header: http.Header{}}
	if err := codec.Encode(&r, "/", codec.Document{Format: codec.XML, Root: "Tagging"}, &document); err != nil {
		return "", err
	}
	return string(r.Body), nil
}
