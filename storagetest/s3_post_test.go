package storagetest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestS3PostObject sends forms that no client of this module makes.
func TestS3PostObject(t *testing.T) {
	srv := NewS3(WithCredentials("ID", "secret"))
	defer srv.Close()
	srv.AddBucket(BucketSetup{Name: "photos"})
	now := time.Now().UTC()
	const everything = `["starts-with", "$key", ""], ["starts-with", "$x-amz-date", ""], ["starts-with", "$x-amz-credential", ""], ["starts-with", "$x-amz-algorithm", ""]`
	open := func(more string) string {
		return `{"expiration": "` + now.Add(time.Hour).Format("2006-01-02T15:04:05Z") + `", "conditions": [` + everything + more + `]}`
	}
	for _, test := range []struct {
		name     string
		policy   string   // empty: one that takes everything; signed as it is
		fields   []string // further or other ones, names and values in turn
		filename string
		content  string // empty: a form that is well made
		kind     string // Content-Type; empty: that of the form
		want     string // status and code or key
	}{
		{name: "well made", want: "204 k"},
		{name: "objects as conditions", policy: open(`, {"bucket": "photos"}, {"ACL": "bucket-owner-full-control"}`), fields: []string{"acl", "bucket-owner-full-control"}, want: "204 k"},
		{name: "another bucket", policy: open(`, {"bucket": "other"}`), want: "403 AccessDenied"},
		{name: "operators in capitals", policy: open(`, ["EQ", "$bucket", "photos"], ["Content-Length-Range", 0, 9]`), want: "204 k"},
		{name: "a list of content types", policy: open(`, ["starts-with", "$Content-Type", "image/"]`), fields: []string{"Content-Type", "image/png, image/gif"}, want: "204 k"},
		{name: "a list with another content type", policy: open(`, ["starts-with", "$Content-Type", "image/"]`), fields: []string{"Content-Type", "image/png, text/html"}, want: "403 AccessDenied"},
		{name: "the file's name", fields: []string{"key", "a/${filename}"}, filename: `C:\dir\f.txt`, want: "204 a/f.txt"},
		{name: "the bounds of both conditions", policy: open(`, ["content-length-range", 0, 100], ["content-length-range", 5, 200]`), want: "400 EntityTooSmall"},

		{name: "no form", kind: "application/x-www-form-urlencoded", want: "412 PreconditionFailed"},
		{name: "broken off", content: "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk", kind: "multipart/form-data; boundary=b", want: "400 MalformedPOSTRequest"},
		{name: "no file", content: "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b--\r\n", kind: "multipart/form-data; boundary=b", want: "400 InvalidArgument"},
		{name: "a field twice", fields: []string{"KEY", "other"}, want: "400 InvalidArgument"},
		{name: "long fields", fields: []string{"x-ignore-a", strings.Repeat("a", maxPostFields)}, want: "400 MaxPostPreDataLengthExceeded"},
		{name: "a long key", fields: []string{"key", strings.Repeat("k", 1025)}, want: "400 KeyTooLongError"},
		{name: "no key", fields: []string{"key", ""}, want: "400 InvalidArgument"},
		{name: "a policy that is no JSON", policy: "{", want: "400 InvalidPolicyDocument"},
		{name: "no time", policy: `{"conditions": []}`, want: "400 InvalidPolicyDocument"},
		{name: "no conditions", policy: `{"expiration": "2999-01-01T00:00:00.000Z"}`, want: "400 InvalidPolicyDocument"},
		{name: "an unknown operator", policy: open(`, ["ends-with", "$key", "k"]`), want: "400 InvalidPolicyDocument"},
		{name: "a field without a dollar sign", policy: open(`, ["eq", "key", "k"]`), want: "400 InvalidPolicyDocument"},
		{name: "two parts", policy: open(`, ["eq", "$key"]`), want: "400 InvalidPolicyDocument"},
		{name: "a range of texts", policy: open(`, ["content-length-range", "a", "b"]`), want: "400 InvalidPolicyDocument"},
		{name: "an operator that is a number", policy: open(`, [1, 2, 3]`), want: "400 InvalidPolicyDocument"},
		{name: "another algorithm", fields: []string{"x-amz-algorithm", "AWS4-ECDSA-P256-SHA256"}, want: "400 InvalidArgument"},
		{name: "a credential that is none", fields: []string{"x-amz-credential", "ID"}, want: "400 InvalidArgument"},
		{name: "another day", fields: []string{"x-amz-date", "20200101T000000Z"}, want: "400 InvalidArgument"},
		{name: "another region", fields: []string{"x-amz-credential", "ID/" + now.Format("20060102") + "/eu-west-9/s3/aws4_request"}, want: "400 AuthorizationHeaderMalformed"},
		{name: "an unknown key", fields: []string{"x-amz-credential", "OTHER/" + now.Format("20060102") + "/us-east-1/s3/aws4_request"}, want: "403 InvalidAccessKeyId"},
		{name: "a token that the key does not have", policy: open(`, ["eq", "$x-amz-security-token", "t"]`), fields: []string{"x-amz-security-token", "t"}, want: "400 InvalidToken"},
		{name: "tags that are no document", policy: open(`, ["starts-with", "$tagging", ""]`), fields: []string{"tagging", "a=b"}, want: "400 MalformedXML"},
	} {
		t.Run(test.name, func(t *testing.T) {
			policy := test.policy
			if policy == "" {
				policy = open("")
			}
			policy = base64.StdEncoding.EncodeToString([]byte(policy))
			key := hmacSHA256([]byte("AWS4secret"), now.Format("20060102"))
			for _, step := range []string{"us-east-1", "s3", "aws4_request"} {
				key = hmacSHA256(key, step)
			}
			fields := []string{
				"key", "k", "x-amz-algorithm", "AWS4-HMAC-SHA256", "x-amz-credential", "ID/" + now.Format("20060102") + "/us-east-1/s3/aws4_request",
				"x-amz-date", now.Format("20060102T150405Z"), "policy", policy, "x-amz-signature", hex.EncodeToString(hmacSHA256(key, policy)),
			}
		changes:
			for i := 0; i < len(test.fields); i += 2 {
				for j := 0; j < len(fields); j += 2 {
					if fields[j] == test.fields[i] {
						fields[j+1] = test.fields[i+1]
						continue changes
					}
				}
				fields = append(fields, test.fields[i], test.fields[i+1])
			}
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			for i := 0; i < len(fields); i += 2 {
				w.WriteField(fields[i], fields[i+1])
			}
			file, err := w.CreateFormFile("file", test.filename)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(file, "data")
			w.WriteField("after", "ignored")
			w.Close()
			if test.content != "" {
				body.Reset()
				body.WriteString(test.content)
			}
			kind := test.kind
			if kind == "" {
				kind = w.FormDataContentType()
			}
			resp, err := srv.Client().Post(srv.URL+"/photos", kind, &body)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			status, detail, _ := strings.Cut(test.want, " ")
			if !strings.HasPrefix(resp.Status, status) {
				t.Fatalf("%s: %s, want %s", resp.Status, answer, test.want)
			}
			if resp.StatusCode == http.StatusNoContent {
				if got := resp.Header.Get("Location"); !strings.HasSuffix(got, "/photos/"+uriEncode(detail)) {
					t.Errorf("Location is %s, want that of %s", got, detail)
				}
			} else if !strings.Contains(string(answer), "<Code>"+detail+"</Code>") {
				t.Errorf("answer is %s, want %s", answer, detail)
			}
		})
	}
}
