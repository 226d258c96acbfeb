package storagetest

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

var s3PostHandlers = handlers{
	"PostObject": (*s3Call).postObject,
}

// postForm is the form of a POST: an upload from a web page.
type postForm struct {
	fields map[string]string // by names in lower case; without the file
	names  []string          // in the order they came
	file   []byte
}

// maxPostFields is how many bytes of fields may come before the file.
const maxPostFields = 20 << 10

// postObject stores the file of a form as PutObject would with the form's
// fields as headers.
func (c *s3Call) postObject() *s3Error {
	form, most, err := c.postForm()
	if err != nil {
		return err
	}
	c.target.key = form.fields["key"]
	if err := checkKeyLength(c.target.key); err != nil {
		return err
	}
	header, err := form.header()
	if err != nil {
		return err
	}
	if int64(len(form.file)) > most {
		return errorPostSize(true, int64(len(form.file)), most)
	}
	put := c.r.Clone(c.r.Context())
	put.Method, put.Header = http.MethodPut, header
	put.Body, put.ContentLength = io.NopCloser(bytes.NewReader(form.file)), int64(len(form.file))
	c.r = put
	if err := c.putObject(); err != nil {
		return err
	}
	return c.posted(form)
}

// posted answers in the way that the form asks for.
func (c *s3Call) posted(form *postForm) *s3Error {
	h := c.w.Header()
	etag := h.Get("Etag")
	location := "http://" + c.r.Host + "/" + uriEncode(c.target.key)
	if bucket, _ := c.virtualHost(c.r.Host); bucket == "" {
		location = "http://" + c.r.Host + "/" + c.target.bucket + "/" + uriEncode(c.target.key)
	}
	h.Set("Location", location)
	if to, err := url.Parse(form.fields["success_action_redirect"]); err == nil && to.IsAbs() && to.Host != "" {
		q := to.Query()
		q.Set("bucket", c.target.bucket)
		q.Set("key", c.target.key)
		q.Set("etag", etag)
		to.RawQuery = q.Encode()
		h.Set("Location", to.String())
		c.respond(http.StatusSeeOther, nil)
		return nil
	}
	switch form.fields["success_action_status"] {
	case "200":
		c.respond(http.StatusOK, nil)
	case "201":
		var x xmlWriter
		x.start("PostResponse", "")
		x.text("Location", location)
		x.text("Bucket", c.target.bucket)
		x.text("Key", c.target.key)
		x.text("ETag", etag)
		x.end("PostResponse")
		c.respond(http.StatusCreated, x.bytes())
	default: // also values that mean nothing
		c.respond(http.StatusNoContent, nil)
	}
	return nil
}

// postForm reads the form and judges everything that does not need its file,
// then reads that. Most is the size that the file may have.
func (c *s3Call) postForm() (form *postForm, most int64, err *s3Error) {
	kind, params, parseErr := mime.ParseMediaType(c.header("Content-Type"))
	if parseErr != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, 0, errorPrecondition("Bucket POST must be of the enclosure-type multipart/form-data")
	}
	if c.r.ContentLength < 0 {
		return nil, 0, errorMissingLength()
	}
	form = &postForm{fields: make(map[string]string)}
	parts := multipart.NewReader(c.r.Body, params["boundary"])
	left := int64(maxPostFields)
	for {
		part, partErr := parts.NextRawPart()
		if partErr == io.EOF {
			return nil, 0, errorInvalidArgument("POST requires exactly one file upload per request.", "file", "0")
		}
		if partErr != nil {
			return nil, 0, errorMalformedPost()
		}
		name := strings.ToLower(part.FormName())
		if name == "file" { // what comes after is ignored
			if err := form.substitute(part.FileName()); err != nil {
				return nil, 0, err
			}
			least, most, err := c.postPolicy(form)
			if err != nil {
				return nil, 0, err
			}
			return form, most, form.read(part, least, most)
		}
		value, readErr := io.ReadAll(io.LimitReader(part, left+1))
		if readErr != nil {
			return nil, 0, errorMalformedPost()
		}
		if left -= int64(len(value) + len(name)); left < 0 {
			return nil, 0, &s3Error{status: 400, code: "MaxPostPreDataLengthExceeded", message: "Your POST request fields preceding the upload file were too large."}
		}
		if _, twice := form.fields[name]; twice || name == "" {
			return nil, 0, errorInvalidArgument("POST requires exactly one value of each field.", name, string(value))
		}
		form.fields[name] = string(value)
		form.names = append(form.names, name)
	}
}

func errorMalformedPost() *s3Error {
	return &s3Error{status: 400, code: "MalformedPOSTRequest", message: "The body of your POST request is not well-formed multipart/form-data."}
}

func errorPostSize(large bool, size, bound int64) *s3Error {
	err := &s3Error{status: 400, code: "EntityTooSmall", message: "Your proposed upload is smaller than the minimum allowed size"}
	limit := "MinSizeAllowed"
	if large {
		err.code, err.message, limit = "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", "MaxSizeAllowed"
	}
	err.extra = []string{"ProposedSize", strconv.FormatInt(size, 10), limit, strconv.FormatInt(bound, 10)}
	return err
}

// substitute puts the name of the file where fields have "${filename}".
func (f *postForm) substitute(name string) *s3Error {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	for _, field := range f.names {
		if field != "policy" {
			f.fields[field] = strings.ReplaceAll(f.fields[field], "${filename}", name)
		}
	}
	if f.fields["key"] == "" {
		return errorInvalidArgument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.", "key", "")
	}
	return nil
}

// read reads the file, whose size must be within bounds.
func (f *postForm) read(file io.Reader, least, most int64) *s3Error {
	var b bytes.Buffer
	limit := most
	if limit < math.MaxInt64 {
		limit++ // to see whether there is more
	}
	n, err := io.Copy(&b, io.LimitReader(file, limit))
	switch {
	case err != nil:
		return errorMalformedPost()
	case n < least:
		return errorPostSize(false, n, least)
	case n > most:
		return errorPostSize(true, n, most)
	}
	f.file = b.Bytes()
	return nil
}

// header is what a PutObject would have in its header.
func (f *postForm) header() (http.Header, *s3Error) {
	h := http.Header{}
	for _, name := range f.names {
		value := f.fields[name]
		switch name {
		case "content-type", "content-disposition", "content-encoding", "cache-control", "expires":
			h.Set(name, value)
		case "acl":
			h.Set("X-Amz-Acl", value)
		case "tagging":
			var tagging struct {
				TagSet struct {
					Tag []struct{ Key, Value string }
				}
			}
			if err := unmarshal([]byte(value), "Tagging", &tagging); err != nil {
				return nil, err
			}
			tags := url.Values{}
			for _, tag := range tagging.TagSet.Tag {
				tags.Add(tag.Key, tag.Value)
			}
			h.Set("X-Amz-Tagging", tags.Encode())
		case "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token", "x-amz-checksum-algorithm":
		default:
			if strings.HasPrefix(name, "x-amz-") {
				h.Set(name, value)
			}
		}
	}
	return h, nil
}

// postPolicy verifies the signature of the form, and that it is as its policy
// says. It returns the bounds for the size of the file.
func (c *s3Call) postPolicy(form *postForm) (least, most int64, err *s3Error) {
	encoded := form.fields["policy"]
	if encoded == "" {
		return 0, 0, errorAccessDenied("") // no bucket is open to everybody
	}
	if err := c.authenticatePost(form, encoded); err != nil {
		return 0, 0, err
	}
	document, decodeErr := base64.StdEncoding.DecodeString(encoded)
	var policy struct {
		Expiration string            `json:"expiration"`
		Conditions []json.RawMessage `json:"conditions"`
	}
	if decodeErr != nil || json.Unmarshal(document, &policy) != nil {
		return 0, 0, errorInvalidPolicy("Invalid JSON.")
	}
	ends, timeErr := time.Parse("2006-01-02T15:04:05Z", policy.Expiration) // takes fractions of seconds
	if timeErr != nil {
		return 0, 0, errorInvalidPolicy("Invalid 'expiration' value: '" + policy.Expiration + "'")
	}
	if !c.now.Before(ends) {
		return 0, 0, errorAccessDenied("Invalid according to Policy: Policy expired.")
	}
	if policy.Conditions == nil {
		return 0, 0, errorInvalidPolicy("Policy missing conditions.")
	}
	most = maxPut
	seen := map[string]bool{"policy": true, "x-amz-signature": true}
	for _, raw := range policy.Conditions {
		list, err := postConditions(raw)
		if err != nil {
			return 0, 0, err
		}
		for _, condition := range list {
			if condition.operator == "content-length-range" {
				least, most = max(least, condition.least), min(most, condition.most)
				continue
			}
			seen[condition.field] = true
			value := form.fields[condition.field]
			if condition.field == "bucket" {
				value = c.target.bucket
			}
			if !condition.holds(value) {
				return 0, 0, errorAccessDenied("Invalid according to Policy: Policy Condition failed: " + condition.text())
			}
		}
	}
	for _, name := range form.names {
		if !seen[name] && !strings.HasPrefix(name, "x-ignore-") {
			return 0, 0, errorAccessDenied("Invalid according to Policy: Extra input fields: " + name)
		}
	}
	return least, most, nil
}

func errorInvalidPolicy(message string) *s3Error {
	return &s3Error{status: 400, code: "InvalidPolicyDocument", message: "Invalid Policy: " + message}
}

// authenticatePost verifies the signature of a policy.
func (c *s3Call) authenticatePost(form *postForm, policy string) *s3Error {
	for _, name := range []string{"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"} {
		if form.fields[name] == "" {
			return errorInvalidArgument("Bucket POST must contain a field named '"+name+"'.  If it is specified, please check the order of the fields.", name, "")
		}
	}
	if v := form.fields["x-amz-algorithm"]; v != sigV4Algorithm {
		return errorInvalidArgument("The algorithm is not supported: only AWS4-HMAC-SHA256 is.", "x-amz-algorithm", v)
	}
	g := &s3Signature{signature: form.fields["x-amz-signature"], token: form.fields["x-amz-security-token"], payload: unsignedPayload}
	if !g.setCredential(form.fields["x-amz-credential"]) {
		return errorInvalidArgument("The Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".", "x-amz-credential", form.fields["x-amz-credential"])
	}
	var err error
	if g.time, err = time.Parse(sigV4Date, form.fields["x-amz-date"]); err != nil || g.time.Format("20060102") != g.date {
		return errorInvalidArgument("The date is no ISO 8601 date in basic format, or another day than that of the Credential.", "x-amz-date", form.fields["x-amz-date"])
	}
	if err := c.checkScope(g); err != nil {
		return err
	}
	c.mu.Lock()
	var key s3Key
	known := c.keys[g.keyID]
	if known != nil {
		key = *known
	}
	c.mu.Unlock()
	if known == nil {
		return &s3Error{status: 403, code: "InvalidAccessKeyId",
			message: "The AWS Access Key Id you provided does not exist in our records.",
			extra:   []string{"AWSAccessKeyId", g.keyID}}
	}
	g.key = signingKey(key.Secret, g)
	switch {
	case !hmac.Equal([]byte(g.sign(policy)), []byte(g.signature)):
		return &s3Error{status: 403, code: "SignatureDoesNotMatch",
			message: "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
			extra:   []string{"AWSAccessKeyId", g.keyID, "StringToSign", policy, "SignatureProvided", g.signature}}
	case g.token != key.SessionToken:
		return &s3Error{status: 400, code: "InvalidToken", message: "The provided token is malformed or otherwise invalid."}
	case key.expired, !key.Expires.IsZero() && !c.now.Before(key.Expires):
		return &s3Error{status: 400, code: "ExpiredToken", message: "The provided token has expired."}
	}
	c.signature, c.access = g, &key
	return nil
}

// postCondition is a condition of a policy.
type postCondition struct {
	operator     string // eq, starts-with or content-length-range
	field, value string
	least, most  int64
}

// postConditions reads an element of the list of conditions: an object of
// fields with their values, or a list of operator, field and value.
func postConditions(raw json.RawMessage) ([]postCondition, *s3Error) {
	if object := (map[string]string)(nil); json.Unmarshal(raw, &object) == nil && object != nil {
		var list []postCondition
		for field, value := range object {
			list = append(list, postCondition{operator: "eq", field: strings.ToLower(field), value: value})
		}
		return list, nil
	}
	var parts [3]json.RawMessage
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) != len(parts) {
		return nil, errorInvalidPolicy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
	}
	copy(parts[:], list)
	var c postCondition
	if json.Unmarshal(parts[0], &c.operator) != nil {
		return nil, errorInvalidPolicy("Invalid Condition: the operator is no string.")
	}
	c.operator = strings.ToLower(c.operator)
	switch c.operator {
	case "content-length-range":
		if json.Unmarshal(parts[1], &c.least) != nil || json.Unmarshal(parts[2], &c.most) != nil || c.least < 0 || c.most < c.least {
			return nil, errorInvalidPolicy("Invalid Condition: content-length-range takes two numbers.")
		}
		return []postCondition{c}, nil
	case "eq", "starts-with":
	default:
		return nil, errorInvalidPolicy("Invalid Condition: unknown operation '" + c.operator + "'.")
	}
	var field string
	if json.Unmarshal(parts[1], &field) != nil || json.Unmarshal(parts[2], &c.value) != nil || !strings.HasPrefix(field, "$") {
		return nil, errorInvalidPolicy("Invalid Condition: " + c.operator + " takes the name of a field after a dollar sign, and a value.")
	}
	c.field = strings.ToLower(field[1:])
	return []postCondition{c}, nil
}

// holds reports whether a field has a value that the condition admits. Of a
// list of content types each has to begin right.
func (c *postCondition) holds(value string) bool {
	if c.operator == "eq" {
		return value == c.value
	}
	if c.field != "content-type" {
		return strings.HasPrefix(value, c.value)
	}
	for item := range strings.SplitSeq(value, ",") {
		if !strings.HasPrefix(strings.TrimSpace(item), c.value) {
			return false
		}
	}
	return true
}

func (c *postCondition) text() string {
	return fmt.Sprintf("[%q, %q, %q]", c.operator, "$"+c.field, c.value)
}
