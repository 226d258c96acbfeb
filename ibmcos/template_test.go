package ibmcos

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
	"github.com/entrepot-go/entrepot/transfer"
)

// What becomes of a member of a Template. A new member of the inputs needs a
// decision here.
const (
	projected = "projected" // the template's value goes to every call that has such a member
	yields    = "yields"    // so it does, unless the transfer has a value of its own
	never     = "never"     // the transfer's own, or of a single body
	whole     = "whole"     // the template's value goes to PutObject; an upload in parts is refused
)

var templates = map[string]map[string]string{
	"Put": {
		"Bucket": never, "Key": never, "Body": never, "ContentLength": never,
		"ContentType": yields, "ContentEncoding": yields, "ContentLanguage": yields, "ContentDisposition": yields, "CacheControl": yields, "Metadata": yields,
		"Expires": projected, "WebsiteRedirectLocation": projected, "Tagging": projected, "StorageClass": projected, "IfMatch": whole, "IfNoneMatch": whole,
		"ContentMD5": never, "ChecksumCRC32": never, "ChecksumCRC32C": never, "ChecksumCRC64NVME": never, "ChecksumSHA1": never, "ChecksumSHA256": never,
		"ChecksumAlgorithm":    never, // taken over by the handle
		"ServerSideEncryption": projected, "SSEKMSKeyId": projected,
		"SSECustomerAlgorithm": projected, "SSECustomerKey": projected, "SSECustomerKeyMD5": projected,
		"RetentionPeriod": projected, "RetentionExpirationDate": projected, "RetentionLegalHoldId": projected,
		"ObjectLockMode": projected, "ObjectLockRetainUntilDate": projected, "ObjectLockLegalHoldStatus": projected,
		"ACL": projected, "GrantFullControl": projected, "GrantRead": projected, "GrantReadACP": projected, "GrantWriteACP": projected,
		"RequestPayer": projected, "ExpectedBucketOwner": projected,
	},
	"Get": {
		"Bucket": never, "Key": never, "Range": never, "PartNumber": never, "ChecksumMode": never,
		"MirrorDestination": projected, "VersionId": projected, "IfMatch": yields, "IfNoneMatch": projected, "IfModifiedSince": projected, "IfUnmodifiedSince": projected,
		"ResponseContentType": projected, "ResponseContentEncoding": projected, "ResponseContentLanguage": projected,
		"ResponseContentDisposition": projected, "ResponseCacheControl": projected, "ResponseExpires": projected,
		"SSECustomerAlgorithm": projected, "SSECustomerKey": projected, "SSECustomerKeyMD5": projected,
		"RequestPayer": projected, "ExpectedBucketOwner": projected,
	},
}

// recorder keeps the last request of each operation.
type recorder map[string]*http.Request

func (rec recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	q, answer, name := r.URL.Query(), "", ""
	switch {
	case r.Method == "PUT" && q.Has("partNumber"):
		name = "UploadPart"
	case r.Method == "PUT":
		name = "PutObject"
	case r.Method == "POST" && q.Has("uploads"):
		name, answer = "CreateMultipartUpload", "<InitiateMultipartUploadResult><UploadId>id</UploadId></InitiateMultipartUploadResult>"
	case r.Method == "POST":
		name, answer = "CompleteMultipartUpload", "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
	case r.Method == "DELETE":
		name = "AbortMultipartUpload"
	case r.Method == "GET":
		name = "GetObject"
	case r.Method == "HEAD":
		name = "HeadObject"
	}
	rec[name] = r
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Etag": {`"e"`}}, Request: r,
		Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// TestTemplates moves an object with every member of a template set, and looks
// at what each call carries.
func TestTemplates(t *testing.T) {
	for _, without := range []string{"RetentionPeriod", "RetentionExpirationDate"} { // one of the two at a time
		t.Run("without "+without, func(t *testing.T) { testTemplates(t, without) })
	}
}

func testTemplates(t *testing.T, without string) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	key := entrepot.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	template := Template{Put: PutObjectInput{SSECustomerKey: key}, Get: GetObjectInput{SSECustomerKey: key}}
	golden.Fill(&template.Put, enums)
	golden.Fill(&template.Get, enums)
	template.Put.ChecksumAlgorithm, template.Put.IfMatch, template.Put.IfNoneMatch = "", "", ""
	reflect.ValueOf(&template.Put).Elem().FieldByName(without).SetZero()

	plain, full, own := make(recorder), make(recorder), make(recorder)
	move := func(rec recorder, a transfer.Attrs) {
		t.Helper()
		c, err := New(Config{Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: rec}})
		if err != nil {
			t.Fatal(err)
		}
		b := c.Bucket("photos").With(template)
		ctx, body := t.Context(), bytes.NewReader([]byte("content"))
		if _, err := b.Put(ctx, "k", a, body); err != nil {
			t.Fatal(err)
		}
		u, err := b.Begin(ctx, "k", a)
		if err != nil {
			t.Fatal(err)
		}
		part, err := u.Part(ctx, 1, body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Finish(ctx, []transfer.Part{part}); err != nil {
			t.Fatal(err)
		}
		if err := u.Abort(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Stat(ctx, "k", `"e"`); err != nil {
			t.Fatal(err)
		}
		_, r, err := b.Open(ctx, "k", `"e"`, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	move(full, transfer.Attrs{})
	move(own, transfer.Attrs{
		ContentType: "own", ContentEncoding: "own", ContentLanguage: "own", ContentDisposition: "own", CacheControl: "own",
		Metadata: map[string]string{"own": "own"},
	})
	// The same members in plain calls are what they look like on the wire.
	c, err := New(Config{Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: plain}})
	if err != nil {
		t.Fatal(err)
	}
	put, get := template.Put, template.Get
	put.Body, put.ContentLength = strings.NewReader("content"), 0
	if _, err := c.PutObject(t.Context(), &put); err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetObject(t.Context(), &get); err != nil {
		t.Fatal(err)
	}

	inputs := map[string]reflect.Type{
		"PutObject": reflect.TypeFor[PutObjectInput](), "CreateMultipartUpload": reflect.TypeFor[CreateMultipartUploadInput](),
		"UploadPart": reflect.TypeFor[UploadPartInput](), "CompleteMultipartUpload": reflect.TypeFor[CompleteMultipartUploadInput](),
		"AbortMultipartUpload": reflect.TypeFor[AbortMultipartUploadInput](),
		"GetObject":            reflect.TypeFor[GetObjectInput](), "HeadObject": reflect.TypeFor[HeadObjectInput](),
	}
	for half, calls := range map[string][]string{
		"Put": {"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"},
		"Get": {"GetObject", "HeadObject"},
	} {
		model := golden.Places(inputs[calls[0]])
		for member := range templates[half] {
			if _, ok := model[member]; !ok {
				t.Errorf("%s.%s is no member", half, member)
			}
		}
		for member, place := range model {
			decision := templates[half][member]
			if decision == "" {
				t.Errorf("%s.%s: nobody has decided what becomes of it", half, member)
			}
			if place == "" || member == without {
				continue
			}
			reference := golden.At(plain[calls[0]], place)
			for _, call := range calls {
				if at, has := golden.Places(inputs[call])[member]; !has || at != place {
					continue
				}
				got, gotOwn := golden.At(full[call], place), golden.At(own[call], place)
				switch {
				case decision == never && reference != "" && got == reference && member != "ChecksumMode":
					t.Errorf("%s.%s goes to %s: %q", half, member, call, got)
				case decision == projected && (got != reference || gotOwn != reference || reference == ""):
					t.Errorf("%s.%s in %s is %q and %q, want %q", half, member, call, got, gotOwn, reference)
				case decision == yields && half == "Put" && (got != reference || gotOwn == reference || gotOwn == ""):
					t.Errorf("%s.%s in %s is %q, and %q where the transfer has one", half, member, call, got, gotOwn)
				case decision == yields && half == "Get" && (got != `"e"` || reference == ""):
					t.Errorf("%s.%s in %s is %q, want what the transfer pins", half, member, call, got)
				}
			}
		}
	}
}

// TestTemplateConditions has the service check conditions, or nobody.
func TestTemplateConditions(t *testing.T) {
	rec := make(recorder)
	c, err := New(Config{Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: rec}})
	if err != nil {
		t.Fatal(err)
	}
	for header, put := range map[string]PutObjectInput{"If-Match": {IfMatch: `"e"`}, "If-None-Match": {IfNoneMatch: "*"}} {
		b := c.Bucket("photos").With(Template{Put: put})
		if _, err := b.Put(t.Context(), "k", transfer.Attrs{}, bytes.NewReader([]byte("content"))); err != nil || rec["PutObject"].Header.Get(header) == "" {
			t.Errorf("%s: %v, %v", header, err, rec["PutObject"].Header)
		}
		if _, err := b.Begin(t.Context(), "k", transfer.Attrs{}); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s in parts: %v, want ErrUnsupported", header, err)
		}
	}
}
