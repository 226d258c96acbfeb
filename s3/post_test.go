package s3_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// sendPost sends a form as a web page would, without credentials.
func sendPost(t testing.TB, web *http.Client, url string, fields []entrepot.PostField, name, content string) (*http.Response, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range fields {
		if err := w.WriteField(f.Name, f.Value); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(file, content)
	w.Close()
	r, err := http.NewRequestWithContext(t.Context(), "POST", url, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

// without follows no redirect.
func without(c *http.Client) *http.Client {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

var postTrips = trips{
	"PresignPost": func(t *testing.T, srv *storagetest.S3, c *s3.Client) {
		expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		before := time.Now().Truncate(time.Second)
		post := call(t, c.PresignPost, &s3.PresignPostInput{
			Bucket: "photos", Key: "cats/${filename}", ExpiresIn: time.Hour, MinSize: 3, MaxSize: 3,
			SuccessActionStatus: 201, ACL: s3.ObjectCannedACLBucketOwnerFullControl, ContentType: "text/x-cat", ContentDisposition: "inline; filename=\"é$\"",
			ContentEncoding: "identity", CacheControl: "no-store", Expires: expires, WebsiteRedirectLocation: "/there",
			Metadata: map[string]string{"kind": "a \"b\" \\ $c", "other": ""}, StorageClass: s3.StorageClassStandardIa,
			Tagging:              []s3.Tag{{Key: "a+b", Value: "c d"}, {Key: "e", Value: ""}},
			ServerSideEncryption: s3.ServerSideEncryptionAes256, ChecksumAlgorithm: s3.ChecksumAlgorithmSha256,
			ChecksumSHA256: "4WCPdcXXgT89QDHLML+3hlB9mBN1OP+OEopv906E5kM=",
		})
		if post.Expires.Before(before.Add(time.Hour)) || post.Expires.After(time.Now().Add(time.Hour)) {
			t.Errorf("expires %v", post.Expires)
		}
		resp, text := sendPost(t, srv.Client(), post.URL, post.Fields, "tom.jpg", "tom")
		if want := "<Bucket>photos</Bucket><Key>cats/tom.jpg</Key>"; resp.StatusCode != 201 || !strings.Contains(text, want) {
			t.Fatalf("%s: %s", resp.Status, text)
		}
		head := call(t, c.HeadObject, &s3.HeadObjectInput{Bucket: "photos", Key: "cats/tom.jpg"})
		got := s3.HeadObjectOutput{
			ContentLength: head.ContentLength, ContentType: head.ContentType, ContentDisposition: head.ContentDisposition, ContentEncoding: head.ContentEncoding,
			CacheControl: head.CacheControl, Expires: head.Expires, WebsiteRedirectLocation: head.WebsiteRedirectLocation,
			Metadata: head.Metadata, StorageClass: head.StorageClass, TagCount: head.TagCount, ServerSideEncryption: head.ServerSideEncryption,
		}
		want := s3.HeadObjectOutput{
			ContentLength: 3, ContentType: "text/x-cat", ContentDisposition: "inline; filename=\"é$\"", ContentEncoding: "identity",
			CacheControl: "no-store", Expires: expires, WebsiteRedirectLocation: "/there",
			Metadata: map[string]string{"kind": "a \"b\" \\ $c", "other": ""}, StorageClass: s3.StorageClassStandardIa, TagCount: 2, ServerSideEncryption: s3.ServerSideEncryptionAes256,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the object (-want +got):\n%s", diff)
		}
		if got := get(t, c, "cats/tom.jpg"); got != "tom" {
			t.Errorf("the object is %q", got)
		}
	},
}

// TestPresignPostConditions has forms changed by who uses them.
func TestPresignPostConditions(t *testing.T) {
	srv, c := serve(t)
	set := func(name, value string) func([]entrepot.PostField) []entrepot.PostField {
		return func(fields []entrepot.PostField) []entrepot.PostField {
			for i := range fields {
				if fields[i].Name == name {
					fields[i].Value = value
					return fields
				}
			}
			return append(fields, entrepot.PostField{Name: name, Value: value})
		}
	}
	remove := func(name string) func([]entrepot.PostField) []entrepot.PostField {
		return func(fields []entrepot.PostField) []entrepot.PostField {
			return slices.DeleteFunc(fields, func(f entrepot.PostField) bool { return f.Name == name })
		}
	}
	type edits = []func([]entrepot.PostField) []entrepot.PostField
	exact := s3.PresignPostInput{Key: "k"}
	prefix := s3.PresignPostInput{KeyPrefix: "user/1/"}
	sized := s3.PresignPostInput{Key: "k", MinSize: 2, MaxSize: 4}
	image := s3.PresignPostInput{Key: "k", Conditions: []entrepot.PostCondition{{Operator: entrepot.PostOperatorStartsWith, Field: "Content-Type", Value: "image/"}, {Field: "x-amz-meta-a", Value: "b"}}}
	for _, test := range []struct {
		name    string
		in      s3.PresignPostInput
		edits   edits
		content string
		status  int
		code    string // of the error
		key     string // that is there then; empty: "k"
	}{
		{name: "unchanged", in: exact, status: 204},
		{name: "another key", in: exact, edits: edits{set("key", "l")}, status: 403, code: "AccessDenied"},
		{name: "no key", in: exact, edits: edits{remove("key")}, status: 400, code: "InvalidArgument"},
		{name: "a key with a dollar sign", in: s3.PresignPostInput{Key: "a$key$"}, status: 204, key: "a$key$"},
		{name: "a key of all scripts", in: s3.PresignPostInput{Key: "é日本😀\\\"\n"}, status: 204, key: "é日本😀\\\"\n"},
		{name: "a key under the prefix", in: prefix, status: 204, key: "user/1/name.txt"},
		{name: "another key under the prefix", in: prefix, edits: edits{set("key", "user/1/x/y")}, status: 204, key: "user/1/x/y"},
		{name: "a key elsewhere", in: prefix, edits: edits{set("key", "user/2/x")}, status: 403, code: "AccessDenied"},
		{name: "any key", in: s3.PresignPostInput{Key: "${filename}"}, status: 204, key: "name.txt"},
		{name: "an additional field", in: exact, edits: edits{set("acl", "private")}, status: 403, code: "AccessDenied"},
		{name: "an additional field that is ignored", in: exact, edits: edits{set("x-ignore-me", "v")}, status: 204},
		{name: "too small", in: sized, content: "1", status: 400, code: "EntityTooSmall"},
		{name: "small enough", in: sized, content: "12", status: 204},
		{name: "large enough", in: sized, content: "1234", status: 204},
		{name: "too large", in: sized, content: "12345", status: 400, code: "EntityTooLarge"},
		{name: "no upper bound", in: s3.PresignPostInput{Key: "k", MinSize: 1}, content: strings.Repeat("x", 1<<20), status: 204},
		{name: "fields of the user's", in: image, edits: edits{set("Content-Type", "image/png"), set("x-amz-meta-a", "b")}, status: 204},
		{name: "a field of the user's that does not begin so", in: image, edits: edits{set("Content-Type", "text/html"), set("x-amz-meta-a", "b")}, status: 403, code: "AccessDenied"},
		{name: "a field of the user's that is another", in: image, edits: edits{set("Content-Type", "image/png"), set("x-amz-meta-a", "c")}, status: 403, code: "AccessDenied"},
		{name: "a field of the user's that is not there", in: image, edits: edits{set("Content-Type", "image/png")}, status: 403, code: "AccessDenied"},
		{name: "further fields", in: s3.PresignPostInput{Key: "k", Fields: []entrepot.PostField{{Name: "x-amz-meta-further", Value: "v"}}}, status: 204},
		{name: "further fields changed", in: s3.PresignPostInput{Key: "k", Fields: []entrepot.PostField{{Name: "x-amz-meta-further", Value: "v"}}}, edits: edits{set("x-amz-meta-further", "w")}, status: 403, code: "AccessDenied"},
		{name: "the checksum of another file", in: s3.PresignPostInput{Key: "k", ChecksumCRC32: "AAAAAA=="}, content: "x", status: 400, code: "BadDigest"},
		{name: "status 200", in: s3.PresignPostInput{Key: "k", SuccessActionStatus: 200}, status: 200},
		{name: "status changed", in: s3.PresignPostInput{Key: "k", SuccessActionStatus: 200}, edits: edits{set("success_action_status", "201")}, status: 403, code: "AccessDenied"},
		{name: "another policy", in: exact, edits: edits{set("policy", base64.StdEncoding.EncodeToString([]byte(`{"expiration": "2999-01-01T00:00:00Z", "conditions": []}`)))}, status: 403, code: "SignatureDoesNotMatch"},
		{name: "no policy", in: exact, edits: edits{remove("policy")}, status: 403, code: "AccessDenied"},
		{name: "no signature", in: exact, edits: edits{remove("x-amz-signature")}, status: 400, code: "InvalidArgument"},
		{name: "a bucket that is not there", in: s3.PresignPostInput{Bucket: "nowhere", Key: "k"}, status: 404, code: "NoSuchBucket"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := test.in
			in.ExpiresIn = time.Minute
			if in.Bucket == "" {
				in.Bucket = "photos"
			}
			post := call(t, c.PresignPost, &in)
			for _, edit := range test.edits {
				post.Fields = edit(post.Fields)
			}
			resp, text := sendPost(t, srv.Client(), post.URL, post.Fields, "name.txt", test.content)
			if resp.StatusCode != test.status || test.code != "" && !strings.Contains(text, "<Code>"+test.code+"</Code>") {
				t.Fatalf("%s: %s, want %d %s", resp.Status, text, test.status, test.code)
			}
			if test.code != "" {
				return
			}
			key := test.key
			if key == "" {
				key = "k"
			}
			if got := get(t, c, key); got != test.content {
				t.Errorf("%q has %d bytes", key, len(got))
			}
			call(t, c.DeleteObject, &s3.DeleteObjectInput{Bucket: "photos", Key: key})
		})
	}

	post := call(t, c.PresignPost, &s3.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Minute, SuccessActionRedirect: "https://example.com/done?a=b"})
	resp, _ := sendPost(t, without(srv.Client()), post.URL, post.Fields, "name.txt", "")
	if got, want := resp.Header.Get("Location"), "https://example.com/done?a=b&bucket=photos&etag=%22d41d8cd98f00b204e9800998ecf8427e%22&key=k"; resp.StatusCode != 303 || got != want {
		t.Errorf("redirect: %s to %s", resp.Status, got)
	}
}

// TestPresignPostEnds has forms end with their time, or with their credentials.
func TestPresignPostEnds(t *testing.T) {
	srv, c := serve(t)
	key := storagetest.AccessKey{ID: "TEMPORARY", Secret: "secret", SessionToken: "token+/=", Expires: time.Now().Add(10 * time.Minute)}
	srv.AddKey(key)
	temporary := func(c *s3.Config) {
		c.Credentials = credentials.ProviderFunc(func(context.Context) (credentials.Credentials, error) {
			return credentials.Credentials{AccessKeyID: key.ID, SecretAccessKey: key.Secret, SessionToken: key.SessionToken, Expires: key.Expires}, nil
		})
	}
	in := &s3.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Hour}
	post, err := c.PresignPost(t.Context(), in, temporary)
	if err != nil {
		t.Fatal(err)
	}
	if post.Expires.After(key.Expires) || post.Expires.Before(key.Expires.Add(-2*time.Second)) {
		t.Errorf("with keys until %v it expires %v", key.Expires, post.Expires)
	}
	if resp, text := sendPost(t, srv.Client(), post.URL, post.Fields, "f", "v"); resp.StatusCode != 204 {
		t.Errorf("with a session: %s %s", resp.Status, text)
	}
	early := func(c *s3.Config) { c.Clock = func() time.Time { return time.Now().Add(-61 * time.Second) } }
	if post, err = c.PresignPost(t.Context(), &s3.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Minute}, early); err != nil {
		t.Fatal(err)
	}
	if resp, text := sendPost(t, srv.Client(), post.URL, post.Fields, "f", "v"); resp.StatusCode != 403 || !strings.Contains(text, "Policy expired") {
		t.Errorf("after its end: %s %s", resp.Status, text)
	}
	key.Expires = time.Now().Add(-time.Minute)
	if _, err := c.PresignPost(t.Context(), in, temporary); err == nil || !strings.Contains(err.Error(), "the credentials end before the form could be used") {
		t.Errorf("with credentials that have ended: %v", err)
	}
}

// TestPresignPostForm holds a form against what the vendor's page says of one.
func TestPresignPostForm(t *testing.T) {
	c := newClient(t, s3.Config{
		Region: "eu-central-1", Credentials: credentials.Static("AKID", "secret", "session"),
		Clock: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 999, time.UTC) },
	})
	post := call(t, c.PresignPost, &s3.PresignPostInput{
		Bucket: "photos", KeyPrefix: "é/$/", ExpiresIn: time.Hour, MinSize: 1, MaxSize: 1 << 20, SuccessActionRedirect: "https://example.com/",
		Metadata: map[string]string{"a": "b"}, SSECustomerAlgorithm: "AES256", SSECustomerKey: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		BucketKeyEnabled: new(false), Conditions: []entrepot.PostCondition{{Operator: entrepot.PostOperatorStartsWith, Field: "Content-Type", Value: ""}},
	})
	const credential = "AKID/20260301/eu-central-1/s3/aws4_request"
	policy := `{"expiration": "2026-03-01T13:00:00.000Z", "conditions": [{"bucket": "photos"}, ["starts-with", "$key", "\u00e9/\u0024/"], ["content-length-range", 1, 1048576], ` +
		`["eq", "$success_action_redirect", "https://example.com/"], ["eq", "$x-amz-meta-a", "b"], ["eq", "$x-amz-server-side-encryption-bucket-key-enabled", "false"], ` +
		`["eq", "$x-amz-server-side-encryption-customer-algorithm", "AES256"], ["eq", "$x-amz-server-side-encryption-customer-key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="], ` +
		`["eq", "$x-amz-server-side-encryption-customer-key-MD5", "KYvwGXoFFJ42a2u2GDWhwQ=="], ["starts-with", "$Content-Type", ""], ` +
		`["eq", "$x-amz-algorithm", "AWS4-HMAC-SHA256"], ["eq", "$x-amz-credential", "` + credential + `"], ["eq", "$x-amz-date", "20260301T120000Z"], ["eq", "$x-amz-security-token", "session"]]}`
	want := &entrepot.PresignedPost{
		URL:     "https://photos.s3.eu-central-1.amazonaws.com/",
		Expires: time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC),
		Fields: []entrepot.PostField{
			{Name: "key", Value: "é/$/${filename}"},
			{Name: "success_action_redirect", Value: "https://example.com/"},
			{Name: "x-amz-meta-a", Value: "b"},
			{Name: "x-amz-server-side-encryption-bucket-key-enabled", Value: "false"},
			{Name: "x-amz-server-side-encryption-customer-algorithm", Value: "AES256"},
			{Name: "x-amz-server-side-encryption-customer-key", Value: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},
			{Name: "x-amz-server-side-encryption-customer-key-MD5", Value: "KYvwGXoFFJ42a2u2GDWhwQ=="},
			{Name: "x-amz-algorithm", Value: "AWS4-HMAC-SHA256"},
			{Name: "x-amz-credential", Value: credential},
			{Name: "x-amz-date", Value: "20260301T120000Z"},
			{Name: "x-amz-security-token", Value: "session"},
			{Name: "policy", Value: policy},
		},
	}
	if n := len(post.Fields); n != len(want.Fields)+1 || post.Fields[n-1].Name != "x-amz-signature" || len(post.Fields[n-1].Value) != 64 {
		t.Fatalf("the last of the fields is not the signature: %v", post.Fields)
	}
	post.Fields = post.Fields[:len(want.Fields)]
	last := &post.Fields[len(want.Fields)-1]
	plain, err := base64.StdEncoding.DecodeString(last.Value)
	if err != nil {
		t.Fatal(err)
	}
	last.Value = string(plain)
	if diff := cmp.Diff(want, post); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPresignPostRefuses(t *testing.T) {
	_, c := serve(t)
	anonymous := func(c *s3.Config) { c.Credentials = credentials.Anonymous() }
	for _, test := range []struct {
		name string
		in   *s3.PresignPostInput
		opts []s3.Option
		want string
	}{
		{name: "nothing", want: "Key or KeyPrefix is required"},
		{name: "two keys", in: &s3.PresignPostInput{Bucket: "b", Key: "k", KeyPrefix: "k", ExpiresIn: time.Hour}, want: "KeyPrefix: goes in the place of Key, not with it"},
		{name: "no bucket", in: &s3.PresignPostInput{Key: "k", ExpiresIn: time.Hour}, want: "Bucket is required"},
		{name: "no time", in: &s3.PresignPostInput{Bucket: "b", Key: "k"}, want: "ExpiresIn: a form lives one second to seven days, not 0s"},
		{name: "too long", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: 169 * time.Hour}, want: "ExpiresIn: a form lives one second to seven days, not 169h0m0s"},
		{name: "sizes", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, MinSize: 2, MaxSize: 1}, want: "MinSize: no file has 2 bytes or more, but at most 1"},
		{name: "status", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, SuccessActionStatus: 404}, want: "SuccessActionStatus: must be 200, 201 or 204, not 404"},
		{name: "a field without a name", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, Fields: []entrepot.PostField{{}}}, want: "Fields[0].Name is required"},
		{name: "a condition without a field", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, Conditions: []entrepot.PostCondition{{}}}, want: "Conditions[0].Field is required"},
		{name: "a tag without a key", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, Tagging: []s3.Tag{{}}}, want: "Tagging: TagSet[0].Key is required"},
		{name: "a customer key that is none", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour, SSECustomerKey: "k"}, want: "SSECustomerKey: must be a key of 32 bytes in base64"},
		{name: "no credentials", in: &s3.PresignPostInput{Bucket: "b", Key: "k", ExpiresIn: time.Hour}, opts: []s3.Option{anonymous}, want: "a request without credentials cannot be presigned"},
	} {
		post, err := c.PresignPost(t.Context(), test.in, test.opts...)
		if post != nil || err == nil || !strings.HasPrefix(err.Error(), "s3: PresignPost: "+test.want) || !errors.As(err, new(*s3.Error)) {
			t.Errorf("%s: %v, %v, want %s", test.name, post, err, test.want)
		}
	}
}

// TestPresignPostMembers finds a member that takes no part in the form.
func TestPresignPostMembers(t *testing.T) {
	_, c := serve(t)
	form := func(change func(v reflect.Value)) string {
		in := &s3.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Hour, MaxSize: 10}
		change(reflect.ValueOf(in).Elem())
		clock := func(c *s3.Config) { c.Clock = func() time.Time { return time.Unix(1e9, 0) } }
		post, err := c.PresignPost(t.Context(), in, clock)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(post)
	}
	plain := form(func(reflect.Value) {})
	special := map[string]any{
		"KeyPrefix": nil, "SSECustomerKeyMD5": nil, // only with others
		"SuccessActionStatus": 200, "Expires": time.Unix(2e9, 0), "Metadata": map[string]string{"a": "b"}, "Tagging": []s3.Tag{{Key: "k"}},
		"BucketKeyEnabled": new(true), "SSECustomerKey": entrepot.Secret("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
		"Fields": []entrepot.PostField{{Name: "n"}}, "Conditions": []entrepot.PostCondition{{Field: "f"}}, "ExpiresIn": time.Minute, "MinSize": int64(3), "MaxSize": int64(3),
	}
	typ := reflect.TypeFor[s3.PresignPostInput]()
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		value, listed := special[name]
		if listed && value == nil {
			continue
		}
		delete(special, name)
		changed := form(func(v reflect.Value) {
			if field := v.Field(i); listed {
				field.Set(reflect.ValueOf(value))
			} else {
				field.SetString("other")
			}
		})
		if changed == plain {
			t.Errorf("%s does not change the form", name)
		}
	}
	if left := slices.Sorted(maps.Keys(special)); !slices.Equal(left, []string{"KeyPrefix", "SSECustomerKeyMD5"}) {
		t.Errorf("no members: %v", left)
	}
}
