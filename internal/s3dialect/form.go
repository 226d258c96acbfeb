package s3dialect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/sigv4"
)

// PresignPost signs the form that in, a package's PresignPostInput, describes.
// Its members that have a tag such as field:"acl" become fields of the form, in
// their order; the others are those of [form]. Do makes a call with settings
// that ask for the form in the place of a request.
func PresignPost[In any](f *Flavour, in *In, do func(p *Presigned, op *pipeline.Operation, target any) error) (*entrepot.PresignedPost, error) {
	var described In
	if in != nil {
		described = *in
	}
	form, err := newForm(f, reflect.ValueOf(&described))
	if err != nil {
		return nil, f.refuse(opPresignPost, err)
	}
	p := presignForm(form.ExpiresIn, form.policy)
	if err := do(p, opPresignPost, &postTarget{form.Bucket}); !errors.Is(err, ErrPresigned) {
		return nil, err
	}
	return &entrepot.PresignedPost{URL: p.URL, Expires: p.Until, Fields: append(form.fields, p.Fields...)}, nil
}

// presignForm asks for a form that is signed in the place of a request.
func presignForm(expires time.Duration, policy func(signed []entrepot.PostField, until time.Time) string) *Presigned {
	return &Presigned{expires: expires, build: (*Core).presign, sign: (*Dialect).signForm, policy: policy}
}

var opPresignPost = &pipeline.Operation{Name: "PresignPost", Method: "POST", Path: "/{Bucket}"}

// postTarget is what the codec has to know of a form.
type postTarget struct {
	Bucket string `uri:"Bucket"`
}

// form is a form in the making, with the members of a PresignPostInput that are
// more than fields of it.
type form struct {
	Bucket, Key, KeyPrefix            string
	ExpiresIn                         time.Duration
	MinSize, MaxSize                  int64
	SuccessActionStatus               int
	Tagging                           []tag
	SSECustomerKey, SSECustomerKeyMD5 string
	Fields                            []entrepot.PostField
	Conditions                        []entrepot.PostCondition

	fields     []entrepot.PostField
	conditions []string // each in JSON
}

type tag struct {
	Key   string `xml:"Key,required,min1"`
	Value string `xml:"Value,required"`
}

const (
	// filename is what servers replace by the name of the user's file.
	filename = "${filename}"

	// maxPost is the largest file that servers take by a form.
	maxPost = 5 << 30
)

// newForm checks the input and makes all of the form that needs no signature.
func newForm(flavour *Flavour, in reflect.Value) (*form, error) {
	f := &form{}
	project(f, in.Interface(), nil)
	life := flavour.checkLife(f.ExpiresIn)
	switch {
	case f.Key == "" && f.KeyPrefix == "":
		return nil, fieldError("Key or KeyPrefix", "is required")
	case f.Key != "" && f.KeyPrefix != "":
		return nil, fieldError("KeyPrefix", "goes in the place of Key, not with it")
	case life != nil:
		return nil, fieldError("ExpiresIn", "a form %v", life)
	case f.MinSize < 0 || f.MaxSize < 0 || f.MaxSize > 0 && f.MinSize > f.MaxSize:
		return nil, fieldError("MinSize", "no file has %d bytes or more, but at most %d", f.MinSize, f.MaxSize)
	case !slices.Contains([]int{0, 200, 201, 204}, f.SuccessActionStatus):
		return nil, fieldError("SuccessActionStatus", "must be 200, 201 or 204, not %d", f.SuccessActionStatus)
	case f.Key == "":
		f.Key = f.KeyPrefix + filename
	}
	f.conditions = []string{"{" + policyText("bucket") + ": " + policyText(f.Bucket) + "}"}
	f.fields = []entrepot.PostField{{Name: "key", Value: f.Key}}
	if prefix, _, open := strings.Cut(f.Key, filename); open {
		f.condition(entrepot.PostOperatorStartsWith, "key", prefix)
	} else {
		f.condition(entrepot.PostOperatorEq, "key", f.Key)
	}
	if f.MinSize > 0 || f.MaxSize > 0 {
		most := f.MaxSize
		if most == 0 {
			most = max(maxPost, f.MinSize)
		}
		f.conditions = append(f.conditions, fmt.Sprintf(`["content-length-range", %d, %d]`, f.MinSize, most))
	}
	if f.SSECustomerKey != "" && f.SSECustomerKeyMD5 == "" {
		sum, err := KeyMD5(f.SSECustomerKey)
		if err != nil {
			return nil, fieldError("SSECustomerKey", "%v", err)
		}
		in.Elem().FieldByName("SSECustomerKeyMD5").SetString(sum)
	}
	if err := f.describe(in.Elem()); err != nil {
		return nil, err
	}
	for i, field := range f.Fields {
		if field.Name == "" {
			return nil, fieldError(fmt.Sprintf("Fields[%d].Name", i), "is required")
		}
		f.add(field.Name, field.Value)
	}
	for i, c := range f.Conditions {
		if c.Field == "" {
			return nil, fieldError(fmt.Sprintf("Conditions[%d].Field", i), "is required")
		}
		f.condition(c.Operator, c.Field, c.Value)
	}
	return f, nil
}

// describe adds the fields that the tags of an input name: what the object will
// be, and how the server answers.
func (f *form) describe(in reflect.Value) error {
	for i := range in.NumField() {
		name := in.Type().Field(i).Tag.Get("field")
		value := in.Field(i)
		if name == "" || value.IsZero() {
			continue
		}
		switch v := value.Interface().(type) {
		case map[string]string:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				f.add(name+key, v[key])
			}
		case time.Time:
			f.add(name, v.UTC().Format(http.TimeFormat))
		case *bool:
			f.add(name, strconv.FormatBool(*v))
		case int:
			f.add(name, strconv.Itoa(v))
		default:
			if value.Kind() == reflect.String {
				f.add(name, value.String())
			} else if len(f.Tagging) > 0 {
				document, err := taggingDocument(f.Tagging)
				if err != nil {
					return fieldError("Tagging", "%v", err)
				}
				f.add(name, document)
			}
		}
	}
	return nil
}

// add adds a field that must stay as it is.
func (f *form) add(name, value string) {
	f.fields = append(f.fields, entrepot.PostField{Name: name, Value: value})
	f.condition(entrepot.PostOperatorEq, name, value)
}

func (f *form) condition(operator entrepot.PostOperator, field, value string) {
	if operator == "" {
		operator = entrepot.PostOperatorEq
	}
	f.conditions = append(f.conditions, "["+policyText(string(operator))+", "+`"$`+policyText(field)[1:]+", "+policyText(value)+"]")
}

// policy is the policy of the form, which ends then, with the fields of the
// signature.
func (f *form) policy(signed []entrepot.PostField, until time.Time) string {
	for _, field := range signed {
		f.condition(entrepot.PostOperatorEq, field.Name, field.Value)
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
func taggingDocument(tags []tag) (string, error) {
	document := struct {
		TagSet []tag `xml:"TagSet,item=Tag"`
	}{tags}
	r := codec.Request{Header: http.Header{}}
	if err := codec.Encode(&r, "/", codec.Document{Format: codec.XML, Root: "Tagging"}, &document); err != nil {
		return "", err
	}
	return string(r.Body), nil
}

// signForm signs the policy of a form.
func (d *Dialect) signForm(_ *http.Request, params sigv4.Params, expires time.Duration) error {
	switch {
	case params.RegionSet != "" || params.TokenHeader != "":
		return errors.New("forms are for general purpose buckets and their access points")
	case expires < time.Second:
		return errors.New("the credentials end before the form could be used")
	}
	fields := []entrepot.PostField{
		{Name: "x-amz-algorithm", Value: sigv4.Algorithm},
		{Name: "x-amz-credential", Value: params.Credential()},
		{Name: "x-amz-date", Value: params.Timestamp()},
	}
	if params.SessionToken != "" {
		fields = append(fields, entrepot.PostField{Name: "x-amz-security-token", Value: params.SessionToken})
	}
	d.Presign.Until = params.Time.Truncate(time.Second).Add(expires)
	policy := base64.StdEncoding.EncodeToString([]byte(d.Presign.policy(fields, d.Presign.Until)))
	d.Presign.Fields = append(fields,
		entrepot.PostField{Name: "policy", Value: policy},
		entrepot.PostField{Name: "x-amz-signature", Value: d.Signer.SignText(params, policy)})
	return nil
}
