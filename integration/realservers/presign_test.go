package realservers

import (
	"bytes"
	"context"
	"io"
	form "mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	miniogo "github.com/minio/minio-go/v7"
	miniocredentials "github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// send makes a presigned request as somebody without credentials would.
func send(t *testing.T, client *http.Client, req *entrepot.PresignedRequest, body []byte) (status int, answer []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), req.Method, req.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range req.Header {
		r.Header[name] = values
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func presign[In, Out any](t *testing.T, call func(context.Context, *In, ...s3.Option) (Out, error), in *In) *entrepot.PresignedRequest {
	t.Helper()
	req, err := s3.Presign(t.Context(), call, in, 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestAPresignedRequestNeedsNoCredentials(t *testing.T) {
	const key = "a key+é%/'q'"
	eachServer(t, func(t *testing.T, s *server) {
		client, web := s.client(t), s.http(t)
		bucket, body := newBucket(t, client), content(1000)
		write := presign(t, client.PutObject, &s3.PutObjectInput{Bucket: bucket, Key: key, ContentType: "text/presigned", Metadata: map[string]string{"m": "v w"}})
		if status, answer := send(t, web, write, body); status != http.StatusOK {
			t.Fatalf("PUT: %d %s", status, answer)
		}
		read := presign(t, client.GetObject, &s3.GetObjectInput{Bucket: bucket, Key: key})
		status, answer := send(t, web, read, nil)
		if status != http.StatusOK {
			t.Fatalf("GET: %d %s", status, answer)
		}
		wantBytes(t, "GET", answer, body)
		head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if head.ContentType != "text/presigned" || head.Metadata["m"] != "v w" {
			t.Errorf("stored with ContentType %q and metadata %v", head.ContentType, head.Metadata)
		}
		for name, req := range map[string]*entrepot.PresignedRequest{
			"HEAD": presign(t, client.HeadObject, &s3.HeadObjectInput{Bucket: bucket, Key: key}),
			"list": presign(t, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: "a k"}),
		} {
			if status, answer := send(t, web, req, nil); status != http.StatusOK {
				t.Errorf("%s: %d %s", name, status, answer)
			}
		}
		remove := presign(t, client.DeleteObject, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
		if status, answer := send(t, web, remove, nil); status != http.StatusNoContent {
			t.Errorf("DELETE: %d %s", status, answer)
		}
		wantEqual(t, "left", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{})
	})
}

func TestAPresignedPartBelongsToItsUpload(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		// Without a checksum: what signs the part does not see its body.
		client := s.client(t, func(c *s3.Config) { c.Checksum = s3.ChecksumNone })
		m := begin(t, client, &s3.CreateMultipartUploadInput{Bucket: newBucket(t, client), Key: "k"})
		req := presign(t, client.UploadPart, &s3.UploadPartInput{Bucket: m.bucket, Key: "k", UploadId: m.id, PartNumber: 1})
		if status, answer := send(t, s.http(t), req, []byte("part")); status != http.StatusOK {
			t.Fatalf("PUT: %d %s", status, answer)
		}
		list, err := client.ListParts(t.Context(), &s3.ListPartsInput{Bucket: m.bucket, Key: "k", UploadId: m.id})
		if err != nil || len(list.Parts) != 1 {
			t.Fatalf("ListParts = %+v, %v, want one part", list, err)
		}
		if _, err := m.complete(t, []s3.CompletedPart{{PartNumber: 1, ETag: list.Parts[0].ETag}}); err != nil {
			t.Fatal(err)
		}
		wantContent(t, client, m.bucket, "k", []byte("part"))
	})
}

func TestAPresignedRequestIsGoodForNothingElse(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, web := s.client(t), s.http(t)
		bucket := newBucket(t, client)
		put(t, client, bucket, "k", []byte("x"))
		put(t, client, bucket, "secret", []byte("y"))
		req := presign(t, client.GetObject, &s3.GetObjectInput{Bucket: bucket, Key: "k"})
		tests := map[string]*entrepot.PresignedRequest{
			"another key":    {Method: "GET", URL: strings.Replace(req.URL, "/k?", "/secret?", 1)},
			"another method": {Method: "PUT", URL: req.URL},
			"a later end":    {Method: "GET", URL: strings.Replace(req.URL, "X-Amz-Expires=300", "X-Amz-Expires=3000", 1)},
		}
		for name, forged := range tests {
			if status, answer := send(t, web, forged, nil); status != http.StatusForbidden {
				t.Errorf("%s: %d %s, want 403", name, status, answer)
			}
		}
		past := s.client(t, func(c *s3.Config) { c.Clock = func() time.Time { return time.Now().Add(-time.Hour) } })
		if status, answer := send(t, web, presign(t, past.GetObject, &s3.GetObjectInput{Bucket: bucket, Key: "k"}), nil); status != http.StatusForbidden {
			t.Errorf("an hour old: %d %s, want 403", status, answer)
		}
	}, authentication)
}

// sendForm uploads a file by a form as somebody without credentials would.
func sendForm(t *testing.T, client *http.Client, post *entrepot.PresignedPost, name string, file []byte) (status int, answer string) {
	t.Helper()
	var body bytes.Buffer
	w := form.NewWriter(&body)
	for _, f := range post.Fields {
		if err := w.WriteField(f.Name, f.Value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, post.URL, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestAFormUploadsWhatItsPolicyAdmits(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client, web := s.client(t), s.http(t)
		bucket := newBucket(t, client)
		form := func(change func(*s3.PresignPostInput)) *entrepot.PresignedPost {
			in := &s3.PresignPostInput{
				Bucket: bucket, KeyPrefix: "user/é$/", ExpiresIn: 5 * time.Minute, MinSize: 1, MaxSize: 1000, SuccessActionStatus: 201,
				ContentType: "text/form", Metadata: map[string]string{"m": "v w"},
			}
			change(in)
			post, err := client.PresignPost(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			return post
		}
		asIs := func(*s3.PresignPostInput) {}
		set := func(post *entrepot.PresignedPost, name, value string) *entrepot.PresignedPost {
			for i := range post.Fields {
				if post.Fields[i].Name == name {
					post.Fields[i].Value = value
				}
			}
			return post
		}
		body := content(1000)
		if status, answer := sendForm(t, web, set(form(asIs), "key", "user/é$/cat.txt"), "f", body); status != http.StatusCreated {
			t.Fatalf("POST: %d %s", status, answer)
		}
		wantContent(t, client, bucket, "user/é$/cat.txt", body)
		head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "user/é$/cat.txt"})
		if err != nil {
			t.Fatal(err)
		}
		if head.ContentType != "text/form" || head.Metadata["m"] != "v w" {
			t.Errorf("stored with ContentType %q and metadata %v", head.ContentType, head.Metadata)
		}
		if status, answer := sendForm(t, web, set(form(func(in *s3.PresignPostInput) { in.SuccessActionStatus = 0 }), "key", "user/é$/dog.txt"), "f", body); status != http.StatusNoContent {
			t.Errorf("POST without a status: %d %s", status, answer)
		}
		for name, test := range map[string]struct {
			post *entrepot.PresignedPost
			size int
			code string
		}{
			"a key elsewhere":    {set(form(asIs), "key", "other"), 10, "AccessDenied"},
			"another type":       {set(form(asIs), "Content-Type", "text/html"), 10, "AccessDenied"},
			"too large":          {form(asIs), 1001, "EntityTooLarge"},
			"too small":          {form(asIs), 0, "EntityTooSmall"},
			"another policy":     {set(form(asIs), "policy", "e30="), 10, "SignatureDoesNotMatch"},
			"another signature":  {set(form(asIs), "x-amz-signature", strings.Repeat("0", 64)), 10, "SignatureDoesNotMatch"},
			"an unwanted object": {form(func(in *s3.PresignPostInput) { in.KeyPrefix, in.Key = "", "exact" }), 0, "EntityTooSmall"},
		} {
			if status, answer := sendForm(t, web, test.post, "f", content(test.size)); status < 400 || !strings.Contains(answer, test.code) {
				t.Errorf("%s: %d %s, want %s", name, status, answer, test.code)
			}
		}
		wantEqual(t, "stored", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{"user/é$/cat.txt", "user/é$/dog.txt"})
	}, authentication)
}

func TestAFormTakesTheNameOfItsFile(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket, body := newBucket(t, client), content(10)
		post, err := client.PresignPost(t.Context(), &s3.PresignPostInput{Bucket: bucket, KeyPrefix: "user/", ExpiresIn: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := sendForm(t, s.http(t), post, "cat.txt", body); status != http.StatusNoContent {
			t.Fatalf("POST: %d %s", status, answer)
		}
		wantContent(t, client, bucket, "user/cat.txt", body)
	}, fileNames)
}

func TestAPublicBucketIsReadWithoutCredentials(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket, closed := newBucket(t, client), newBucket(t, client)
		put(t, client, bucket, "k", []byte("for all"))
		put(t, client, closed, "k", []byte("for me"))
		s.publish(t, bucket)
		anybody := s.client(t, func(c *s3.Config) { c.Credentials = credentials.Anonymous() })
		wantContent(t, anybody, bucket, "k", []byte("for all"))
		_, err := anybody.GetObject(t.Context(), &s3.GetObjectInput{Bucket: closed, Key: "k"})
		wantDenied(t, "GetObject of a closed bucket", err)
		_, err = anybody.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: "mine", Body: strings.NewReader("x")})
		wantDenied(t, "PutObject", err)
	}, publicBuckets, authentication)
}

// publish lets anybody read the objects of a bucket: by another client, since
// ours does not speak of policies yet.
func (s *server) publish(t *testing.T, bucket string) {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := miniogo.New(u.Host, &miniogo.Options{
		Creds: miniocredentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Secure: s.secure(), Region: "us-east-1", Transport: s.http(t).Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::` + bucket + `/*"]}]}`
	if err := admin.SetBucketPolicy(t.Context(), bucket, policy); err != nil {
		t.Fatal(err)
	}
}
