package ibmcos_test

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

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

// hmac is an option that presigns as a client with an API key has to.
func hmac(c *ibmcos.Config) { c.Credentials = credentials.Static("ID", "secret", "") }

// TestPresign has somebody without credentials use requests.
func TestPresign(t *testing.T) {
	srv, c := serve(t, storagetest.WithCredentials("ID", "secret"))
	send := func(p *entrepot.PresignedRequest, err error, body string) (*http.Response, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), p.Method, p.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(r.Header, p.Header)
		resp, err := srv.Client().Do(r)
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
	before := time.Now().Truncate(time.Second)
	p, err := ibmcos.Presign(t.Context(), c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "a b+ü", ContentType: "image/png"}, time.Hour, hmac)
	if resp, text := send(p, err, "content"); resp.StatusCode != 200 {
		t.Errorf("PutObject: %s, %s", resp.Status, text)
	}
	if p.Header.Get("Content-Type") != "image/png" || len(p.Header) != 1 || p.Expires.Before(before.Add(time.Hour)) || p.Expires.After(time.Now().Add(time.Hour)) {
		t.Errorf("%+v", p)
	}
	p, err = ibmcos.Presign(t.Context(), c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "a b+ü"}, time.Minute, hmac)
	if resp, text := send(p, err, ""); resp.StatusCode != 200 || text != "content" || resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("GetObject: %s, %s", resp.Status, text)
	}
	p.URL = strings.Replace(p.URL, "a%20b", "another", 1)
	if resp, _ := send(p, nil, ""); resp.StatusCode != 403 {
		t.Errorf("another object: %s", resp.Status)
	}
}

// TestPresignForLong has requests live for longer than Amazon's may.
func TestPresignForLong(t *testing.T) {
	const month = 30 * 24 * time.Hour
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := start
	clock := func() time.Time { return now }
	srv, _ := serve(t, storagetest.WithCredentials("ID", "secret"), storagetest.WithClock(clock))
	config := srv.Config()
	config.Credentials, config.Clock = credentials.Static("ID", "secret", ""), clock
	c := newClient(t, config)
	if _, err := c.PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	p, err := ibmcos.Presign(t.Context(), c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"}, month)
	if err != nil || !p.Expires.Equal(start.Add(month)) || !strings.Contains(p.URL, "X-Amz-Expires=2592000&") {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, test := range []struct {
		after time.Duration
		want  int
	}{{month - time.Hour, 200}, {month + time.Hour, 403}} {
		now = start.Add(test.after)
		resp, err := srv.Client().Get(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("after %v: %s, want %d", test.after, resp.Status, test.want)
		}
	}
	now = start
	post, err := c.PresignPost(t.Context(), &ibmcos.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: month})
	if err != nil || !post.Expires.Equal(now.Add(month)) {
		t.Errorf("%+v, %v", post, err)
	}
}

// TestPresignRefuses wants nothing to be made that nobody could use.
func TestPresignRefuses(t *testing.T) {
	srv, c := serve(t)
	presign := func(expires time.Duration, opts ...ibmcos.Option) error {
		_, err := ibmcos.Presign(t.Context(), c.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"}, expires, opts...)
		return err
	}
	_, form := c.PresignPost(t.Context(), &ibmcos.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Hour})
	_, short := c.PresignPost(t.Context(), &ibmcos.PresignPostInput{Bucket: "photos", Key: "k"}, hmac)
	for _, test := range []struct {
		name string
		err  error
		want string
		is   error
	}{
		{"a token", presign(time.Hour), "ibmcos: GetObject: presigning needs HMAC keys", ibmcos.ErrNeedsHMAC},
		{"a form by a token", form, "ibmcos: PresignPost: presigning needs HMAC keys", ibmcos.ErrNeedsHMAC},
		{"too short", presign(time.Millisecond, hmac), "ibmcos: Presign: a presigned request lives one second or longer, not 1ms", nil},
		{"a form too short", short, "ibmcos: PresignPost: ExpiresIn: a form lives one second or longer, not 0s", nil},
		{"nobody", presign(time.Hour, func(c *ibmcos.Config) { c.Credentials = credentials.Anonymous() }), "ibmcos: GetObject: a request without credentials cannot be presigned", nil},
	} {
		if test.err == nil || !strings.HasPrefix(test.err.Error(), test.want) || test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("%s: %v, want %s", test.name, test.err, test.want)
		}
	}
	if _, err := ibmcos.Presign(t.Context(), func(context.Context, *struct{}, ...ibmcos.Option) (int, error) { return 0, nil }, nil, time.Hour); err == nil || !strings.Contains(err.Error(), "no operation") {
		t.Errorf("no operation: %v", err)
	}
	for _, r := range srv.Requests() {
		t.Errorf("a request was made: %+v", r)
	}
}

var presignTrips = trips{"PresignPost": presignPost}

func presignPost(t *testing.T, srv *storagetest.IBMCOS, _ *ibmcos.Client) {
	srv, c := serve(t, storagetest.WithCredentials("ID", "secret"))
	post, err := c.PresignPost(t.Context(), &ibmcos.PresignPostInput{
		Bucket: "photos", KeyPrefix: "user/ü/", ExpiresIn: time.Hour, MinSize: 1, MaxSize: 10, SuccessActionStatus: 201,
		ContentType: "text/plain", Metadata: map[string]string{"k": "v"},
	}, hmac)
	if err != nil {
		t.Fatal(err)
	}
	send := func(content string) (status int, answer string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for _, f := range post.Fields {
			if err := w.WriteField(f.Name, f.Value); err != nil {
				t.Fatal(err)
			}
		}
		file, err := w.CreateFormFile("file", "name.txt")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(file, content)
		w.Close()
		resp, err := srv.Client().Post(post.URL, w.FormDataContentType(), &body)
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
	if status, answer := send("content"); status != 201 || !strings.Contains(answer, "<Key>user/ü/name.txt</Key>") {
		t.Errorf("%d, %s", status, answer)
	}
	out := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "user/ü/name.txt"})
	if out.ContentType != "text/plain" || out.Metadata["k"] != "v" || out.ContentLength != 7 {
		t.Errorf("%+v", out)
	}
	if status, answer := send("more than ten bytes"); status != 400 || !strings.Contains(answer, "EntityTooLarge") {
		t.Errorf("a large file: %d, %s", status, answer)
	}
}

// TestPresignPostMembers finds a member that takes no part in the form.
func TestPresignPostMembers(t *testing.T) {
	c := newClient(t, ibmcos.Config{Region: "us-south", Credentials: credentials.Static("ID", "secret", ""), Clock: func() time.Time { return time.Unix(1e9, 0) }})
	form := func(change func(v reflect.Value)) string {
		in := &ibmcos.PresignPostInput{Bucket: "photos", Key: "k", ExpiresIn: time.Hour, MaxSize: 10}
		change(reflect.ValueOf(in).Elem())
		return fmt.Sprint(call(t, c.PresignPost, in))
	}
	plain := form(func(reflect.Value) {})
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	special := map[string]any{
		"KeyPrefix":           nil, // in the place of Key
		"SuccessActionStatus": 200, "Expires": time.Unix(2e9, 0), "Metadata": map[string]string{"a": "b"}, "Tagging": []ibmcos.Tag{{Key: "k"}},
		"SSECustomerKey": entrepot.Secret(key), "Fields": []entrepot.PostField{{Name: "n"}}, "Conditions": []entrepot.PostCondition{{Field: "f"}},
		"ExpiresIn": time.Minute, "MinSize": int64(3), "MaxSize": int64(3),
	}
	typ := reflect.TypeFor[ibmcos.PresignPostInput]()
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
	if left := slices.Sorted(maps.Keys(special)); !slices.Equal(left, []string{"KeyPrefix"}) {
		t.Errorf("no members: %v", left)
	}
}
