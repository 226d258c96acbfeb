package lightsail_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// keyIDs returns the keys that the service has of the bucket "photos".
func keyIDs(t *testing.T, c *lightsail.Client) (ids []string) {
	t.Helper()
	for _, k := range call(t, c.GetBucketAccessKeys, &lightsail.GetBucketAccessKeysInput{BucketName: "photos"}).AccessKeys {
		ids = append(ids, k.AccessKeyId)
	}
	return ids
}

func newKey(t *testing.T, c *lightsail.Client) lightsail.AccessKey {
	t.Helper()
	return call(t, c.CreateBucketAccessKey, &lightsail.CreateBucketAccessKeyInput{BucketName: "photos"}).AccessKey
}

// use writes and reads an object with a handle.
func use(t *testing.T, b *s3.BucketHandle) {
	t.Helper()
	if _, err := transfer.Upload(t.Context(), b, "k", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := transfer.DownloadTo(t.Context(), b, "k", &got); err != nil || got.String() != "content" {
		t.Fatalf("%q, %v", got.String(), err)
	}
}

func open(t *testing.T, c *lightsail.Client, keys *lightsail.Keys) *s3.BucketHandle {
	t.Helper()
	b, err := c.OpenBucket(t.Context(), "photos", keys)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOpenBucketRemembersItsKey opens the bucket many times at once, which
// makes one key.
func TestOpenBucketRemembersItsKey(t *testing.T) {
	srv, c := serve(t)
	another := newClient(t, srv.Config())
	keys := &lightsail.Keys{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := []*lightsail.Client{c, another}[i%2].OpenBucket(t.Context(), "photos", keys); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	use(t, open(t, c, keys))
	if ids := keyIDs(t, c); len(ids) != 1 {
		t.Errorf("the bucket has the keys %q, want one", ids)
	}
}

// TestOpenBucketKeepsKeys hands them to a store and takes them from there.
func TestOpenBucketKeepsKeys(t *testing.T) {
	_, c := serve(t)
	kept := map[string]lightsail.AccessKey{}
	loads := 0
	store := func() *lightsail.Keys {
		return &lightsail.Keys{
			Load: func(_ context.Context, bucket string) (lightsail.AccessKey, error) {
				loads++
				return kept[bucket], nil
			},
			Store: func(_ context.Context, bucket string, key lightsail.AccessKey) error {
				kept[bucket] = key
				return nil
			},
		}
	}
	for range 4 { // runs of a program
		keys := store()
		use(t, open(t, c, keys))
		open(t, c, keys)
	}
	if ids := keyIDs(t, c); len(ids) != 1 || kept["photos"].AccessKeyId != ids[0] || loads != 4 {
		t.Errorf("keys %q after %d loads, want %s after 4", ids, loads, kept["photos"].AccessKeyId)
	}

	keys := store()
	open(t, c, keys)
	old := kept["photos"].AccessKeyId
	call(t, c.DeleteBucketAccessKey, &lightsail.DeleteBucketAccessKeyInput{BucketName: "photos", AccessKeyId: old})
	use(t, open(t, c, keys))
	if kept["photos"].AccessKeyId == old {
		t.Error("a key that was deleted is remembered")
	}
}

// TestOpenBucketTakesAKnownKey where there is no room for another.
func TestOpenBucketTakesAKnownKey(t *testing.T) {
	_, c := serve(t)
	newKey(t, c)
	keys := &lightsail.Keys{}
	keys.Add("photos", newKey(t, c))
	use(t, open(t, c, keys))
}

func TestOpenBucketWithoutRoomForAKey(t *testing.T) {
	srv, c := serve(t)
	used, idle := newKey(t, c), newKey(t, c)
	b, err := c.Bucket(t.Context(), "photos", used)
	if err != nil {
		t.Fatal(err)
	}
	use(t, b)
	srv.ForgetRequests()
	_, err = c.OpenBucket(t.Context(), "photos", &lightsail.Keys{})
	var e *lightsail.Error
	if !errors.Is(err, lightsail.ErrKeyLimit) || !errors.As(err, &e) || e.Operation != "OpenBucket" {
		t.Errorf("%v, want ErrKeyLimit", err)
	}
	for _, part := range []string{`"photos"`, used.AccessKeyId + " (last used 2", idle.AccessKeyId + " (never used)", "DeleteBucketAccessKey", "Keys.Add"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v: no %s", err, part)
		}
	}
	for _, r := range srv.Requests() {
		if r.Operation == "CreateBucketAccessKey" || r.Operation == "DeleteBucketAccessKey" {
			t.Errorf("%s was called", r.Operation)
		}
	}
}

// TestOpenBucketLosesAnswers of CreateBucketAccessKey, whose secret nobody has
// then: the error says so, and what to do helps.
func TestOpenBucketLosesAnswers(t *testing.T) {
	for _, old := range []int{0, 1} {
		for i, lost := range []storagetest.Fault{
			{Reset: storagetest.BeforeResponse()}, {Reset: storagetest.ResponseBody(1)}, {Stall: storagetest.BeforeResponse()},
		} {
			stalls := i == 2
			srv, c := serve(t)
			before := map[string]bool{}
			for range old {
				before[newKey(t, c).AccessKeyId] = true
			}
			lost.Operation = "CreateBucketAccessKey"
			srv.Inject(lost)
			ctx, cancel := context.WithCancel(t.Context())
			if stalls { // the caller's patience ends when the key has been made
				go func() {
					defer cancel()
					for {
						out, err := c.GetBucketAccessKeys(ctx, &lightsail.GetBucketAccessKeysInput{BucketName: "photos"})
						if err != nil || len(out.AccessKeys) > old {
							return
						}
					}
				}()
			}
			keys := &lightsail.Keys{}
			_, err := c.OpenBucket(ctx, "photos", keys)
			cancel()
			ids := keyIDs(t, c)
			var e *lightsail.Error
			if len(ids) != old+1 || !errors.As(err, &e) || e.Operation != "CreateBucketAccessKey" || e.Attempts != 1 || errors.Is(err, lightsail.ErrKeyLimit) {
				t.Fatalf("keys %q, %v", ids, err)
			}
			if stalls && !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want it to be the caller's", err)
			}
			for _, id := range ids {
				if before[id] == strings.Contains(err.Error(), id) {
					t.Errorf("%v: of %s, which was there before: %v", err, id, before[id])
				}
				if !before[id] {
					call(t, c.DeleteBucketAccessKey, &lightsail.DeleteBucketAccessKeyInput{BucketName: "photos", AccessKeyId: id})
				}
			}
			srv.ForgetFaults()
			use(t, open(t, c, keys))
		}
	}
}

// TestOpenBucketIsOvertaken by another program, which makes the second key.
func TestOpenBucketIsOvertaken(t *testing.T) {
	srv, c := serve(t)
	old := newKey(t, c).AccessKeyId
	var other string
	srv.Inject(storagetest.Fault{Operation: "CreateBucketAccessKey", Times: 1, Match: func(*http.Request) bool {
		if other == "" {
			other = "making"
			other = newKey(t, c).AccessKeyId
		}
		return false
	}})
	_, err := c.OpenBucket(t.Context(), "photos", &lightsail.Keys{})
	if !errors.Is(err, lightsail.ErrKeyLimit) || !strings.Contains(err.Error(), old+" (never used)") ||
		!strings.Contains(err.Error(), other+" (never used, made a moment ago by another program)") {
		t.Errorf("%v", err)
	}
}

// TestNothingIsMadeTwice where a second execution would make a second key, stack
// or snapshot: a call that may have been carried out is not repeated, one that
// was refused is.
func TestNothingIsMadeTwice(t *testing.T) {
	for _, op := range allOperations(t) {
		attempts := 0
		_, err := op.call(t, answers(t, &attempts, 500, http.Header{}, `{"__type":"ServiceException"}`))
		want := 3
		switch op.name {
		case "CreateBucketAccessKey", "CreateKeyPair", "CreateCloudFormationStack", "ExportSnapshot":
			want = 1
		}
		if attempts != want || (want == 1) != strings.Contains(err.Error(), "may have been carried out") {
			t.Errorf("%s after a 500: %d attempts, want %d: %v", op.name, attempts, want, err)
		}
		attempts = 0
		if _, err := op.call(t, answers(t, &attempts, 400, http.Header{}, `{"__type":"ThrottlingException"}`)); attempts != 3 || strings.Contains(err.Error(), "carried out") {
			t.Errorf("%s after a refusal: %d attempts, want 3: %v", op.name, attempts, err)
		}
	}
}

// TestOpenBucketLeavesNoKey that cannot be used.
func TestOpenBucketLeavesNoKey(t *testing.T) {
	full, unreadable := errors.New("disk full"), errors.New("unreadable")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		keys *lightsail.Keys
		want error
		text string
	}{
		{name: "photos", want: nil, text: "lightsail: OpenBucket: no Keys to remember an access key in"},
		{name: "nothing", keys: &lightsail.Keys{}, want: lightsail.ErrNotFound, text: "lightsail: GetBuckets: "},
		{name: "photos", ctx: ended, keys: &lightsail.Keys{}, want: context.Canceled, text: "lightsail: GetBuckets: "},
		{name: "photos", keys: &lightsail.Keys{Load: func(context.Context, string) (lightsail.AccessKey, error) {
			return lightsail.AccessKey{}, unreadable
		}}, want: unreadable, text: "lightsail: OpenBucket: Keys.Load: unreadable"},
		{name: "photos", keys: &lightsail.Keys{Store: func(context.Context, string, lightsail.AccessKey) error {
			return full
		}}, want: full, text: "lightsail: OpenBucket: Keys.Store: disk full"},
	} {
		_, c := serve(t)
		ctx := t.Context()
		if test.ctx != nil {
			ctx = test.ctx
		}
		_, err := c.OpenBucket(ctx, test.name, test.keys)
		if e := (*lightsail.Error)(nil); !errors.As(err, &e) || test.want != nil && !errors.Is(err, test.want) || !strings.HasPrefix(err.Error(), test.text) {
			t.Errorf("%v, want %s", err, test.text)
		}
		if ids := keyIDs(t, c); len(ids) != 0 {
			t.Errorf("%v: the keys %q are left", err, ids)
		}
	}
}

// makesKeys is a client of a server that answers CreateBucketAccessKey with a
// key, and tells which one has been deleted.
func makesKeys(t *testing.T, made lightsail.AccessKey) (c *lightsail.Client, deleted *string) {
	t.Helper()
	deleted = new(string)
	there := "[]"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ AccessKeyID string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		switch strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "Lightsail_20161128.") {
		case "GetBuckets":
			_, _ = io.WriteString(w, `{"buckets":[{"name":"photos","url":"http://127.0.0.1/photos"}]}`)
		case "GetBucketAccessKeys":
			_, _ = io.WriteString(w, `{"accessKeys":`+there+`}`)
		case "CreateBucketAccessKey":
			there = `[{"accessKeyId":"THEONE","status":"Active"}]`
			key := map[string]string{"accessKeyId": made.AccessKeyId, "secretAccessKey": string(made.SecretAccessKey)}
			if err := json.NewEncoder(w).Encode(map[string]any{"accessKey": key}); err != nil {
				t.Error(err)
			}
		case "DeleteBucketAccessKey":
			*deleted = in.AccessKeyID
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	t.Cleanup(srv.Close)
	return newClient(t, lightsail.Config{Endpoint: srv.URL, Region: "us-east-1", Credentials: credentials.Static("AKID", "secret", "")}), deleted
}

// TestOpenBucketNeedsTheSecret of the key that it has made: what lacks it is not
// kept, and the key does not stay.
func TestOpenBucketNeedsTheSecret(t *testing.T) {
	for _, test := range []struct {
		made          lightsail.AccessKey
		deleted, text string
	}{
		{lightsail.AccessKey{AccessKeyId: "THEONE"}, "THEONE", "lacks the new key or its secret"},
		{lightsail.AccessKey{SecretAccessKey: "secret"}, "", "the bucket has got the key THEONE"},
	} {
		c, deleted := makesKeys(t, test.made)
		stored := 0
		_, err := c.OpenBucket(t.Context(), "photos", &lightsail.Keys{Store: func(context.Context, string, lightsail.AccessKey) error {
			stored++
			return nil
		}})
		if err == nil || !strings.HasPrefix(err.Error(), "lightsail: CreateBucketAccessKey: ") || !strings.Contains(err.Error(), test.text) || *deleted != test.deleted || stored != 0 {
			t.Errorf("%v; deleted %q; %d times stored", err, *deleted, stored)
		}
	}
}

// TestSecretsStayOutOfErrors about answers that cannot be read.
func TestSecretsStayOutOfErrors(t *testing.T) {
	for _, body := range []string{
		`{"accessKey":{"accessKeyId":"AKID","secretAccessKey":["wJalrXUtn"]}}`,
		`{"accessKey":{"accessKeyId":"AKID","secretAccessKey":"wJalrXUtn`,
		`{"accessKey":{"secretAccessKey":"wJalrXUtn\x01"}}`,
		`"wJalrXUtn"`,
		`wJalrXUtn`,
	} {
		attempts := 0
		_, err := answers(t, &attempts, 200, http.Header{}, body).CreateBucketAccessKey(t.Context(), &lightsail.CreateBucketAccessKeyInput{BucketName: "photos"})
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "wJalr") || attempts != 1 {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestOpenBucketTakesOptions of the S3 client.
func TestOpenBucketTakesOptions(t *testing.T) {
	_, c := serve(t)
	b, err := c.OpenBucket(t.Context(), "photos", &lightsail.Keys{}, func(c *s3.Config) { c.Credentials = credentials.Anonymous() })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transfer.Upload(t.Context(), b, "k", strings.NewReader("")); !errors.Is(err, s3.ErrAccessDenied) {
		t.Errorf("nobody writes: %v", err)
	}

	_, c = serve(t)
	if _, err := c.OpenBucket(t.Context(), "photos", &lightsail.Keys{}, func(c *s3.Config) { c.Region = "evil.example/" }); err == nil {
		t.Error("an impossible region is taken")
	}
	if ids := keyIDs(t, c); len(ids) != 0 {
		t.Errorf("the keys %q were made for nothing", ids)
	}
}

// TestOpenBucketAtAWS goes by the region that GetBuckets names, whatever URL
// comes with it, and by the settings for AWS's hosts.
func TestOpenBucketAtAWS(t *testing.T) {
	withoutSettings(t)
	for _, test := range []struct {
		region          string
		fips, dualStack bool
		want            string // empty: an error, and no request for the object
	}{
		{region: "eu-west-1", want: "https://photos.s3.eu-west-1.amazonaws.com/k"},
		{region: "us-east-1", want: "https://photos.s3.us-east-1.amazonaws.com/k"},
		{region: "", want: "https://photos.s3.us-west-2.amazonaws.com/k"}, // as GetBuckets was asked there
		{region: "us-west-2", fips: true, dualStack: true, want: "https://photos.s3-fips.dualstack.us-west-2.amazonaws.com/k"},
		{region: "evil.example/"},
	} {
		var last *http.Request
		c := newClient(t, lightsail.Config{
			Region: "us-west-2", FIPS: test.fips, DualStack: test.dualStack, Credentials: credentials.Static("AKID", "secret", ""),
			HTTPClient: &http.Client{Transport: answering(func(r *http.Request) *http.Response {
				body := ""
				switch r.Header.Get("X-Amz-Target") {
				case "Lightsail_20161128.GetBuckets":
					body = `{"buckets":[{"name":"photos","url":"https://evil.example/photos","location":{"regionName":"` + test.region + `"}}]}`
				case "Lightsail_20161128.GetBucketAccessKeys":
					body = `{"accessKeys":[]}`
				case "Lightsail_20161128.CreateBucketAccessKey":
					body = `{"accessKey":{"accessKeyId":"AKIDOFBUCKET","secretAccessKey":"s","status":"Active"}}`
				default:
					last = r
				}
				return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(strings.NewReader(body)), Request: r}
			})},
		})
		b, err := c.OpenBucket(t.Context(), "photos", &lightsail.Keys{})
		if test.want == "" {
			if err == nil || last != nil {
				t.Errorf("%s: %v, want an error before any request for the object", test.region, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.Upload(t.Context(), b, "k", strings.NewReader("")); err != nil {
			t.Fatal(err)
		}
		scope := "/" + cmp.Or(test.region, "us-west-2") + "/s3/aws4_request"
		if got, _, _ := strings.Cut(last.URL.String(), "?"); got != test.want || !strings.Contains(last.Header.Get("Authorization"), "Credential=AKIDOFBUCKET/") || !strings.Contains(last.Header.Get("Authorization"), scope) {
			t.Errorf("%s: the object goes to %s, signed by %s; want %s, %s", test.region, got, last.Header.Get("Authorization"), test.want, scope)
		}
	}
}
