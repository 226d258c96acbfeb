package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/s3"
)

// identify names objects by their keys.
func identify(keys ...string) *s3.Delete {
	d := &s3.Delete{}
	for _, key := range keys {
		d.Objects = append(d.Objects, s3.ObjectIdentifier{Key: key})
	}
	return d
}

// TestDeleteObjectsAnyKey deletes keys that XML cannot carry together with
// others.
func TestDeleteObjectsAnyKey(t *testing.T) {
	for _, test := range []struct {
		name     string
		delete   *s3.Delete
		want     s3.DeleteObjectsOutput
		requests []string
	}{
		{
			name:     "only those that XML can carry",
			delete:   identify("a & <b>", "tab\tline\n"),
			want:     s3.DeleteObjectsOutput{Deleted: []s3.DeletedObject{{Key: "a & <b>"}, {Key: "tab\tline\n"}}},
			requests: []string{"DeleteObjects"},
		}, {
			name:     "both kinds",
			delete:   identify("\x01", "plain", "cr\r", "\uffff", "nul\x00"),
			want:     s3.DeleteObjectsOutput{Deleted: []s3.DeletedObject{{Key: "plain"}, {Key: "\x01"}, {Key: "cr\r"}, {Key: "\uffff"}, {Key: "nul\x00"}}},
			requests: []string{"DeleteObjects", "DeleteObject", "DeleteObject", "DeleteObject", "DeleteObject"},
		}, {
			name:     "none that XML can carry",
			delete:   &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "\x1f", VersionId: "null"}}},
			want:     s3.DeleteObjectsOutput{Deleted: []s3.DeletedObject{{Key: "\x1f", VersionId: "null"}}},
			requests: []string{"DeleteObject"},
		}, {
			name:     "quiet",
			delete:   &s3.Delete{Quiet: new(true), Objects: []s3.ObjectIdentifier{{Key: "\x02"}, {Key: "plain"}}},
			requests: []string{"DeleteObjects", "DeleteObject"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv, c := serve(t)
			for _, id := range test.delete.Objects {
				put(t, c, id.Key, "v")
			}
			before := len(srv.Requests())
			out := call(t, c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: "photos", Delete: test.delete})
			same(t, "output", out, &test.want)
			if out.ResponseMetadata.RequestID == "" {
				t.Error("the output has no request id")
			}
			var requests []string
			for _, r := range srv.Requests()[before:] {
				requests = append(requests, r.Operation)
			}
			if diff := cmp.Diff(test.requests, requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			if list := call(t, c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos"}); len(list.Contents) != 0 {
				t.Errorf("left behind: %+v", list.Contents)
			}
		})
	}
}

// TestDeleteObjectsFailures has some objects refused, in both ways to delete
// them.
func TestDeleteObjectsFailures(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		_, c := serve(t)
		for _, key := range []string{"good", "bad", "good\x01", "bad\x01"} {
			put(t, c, key, "v")
		}
		out, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Quiet: &quiet, Objects: []s3.ObjectIdentifier{
			{Key: "good", ETag: etag("v")}, {Key: "bad", ETag: `"other"`}, {Key: "good\x01", ETag: etag("v")}, {Key: "bad\x01", ETag: `"other"`}, {Key: "versioned", VersionId: "none"},
		}}})
		if out == nil {
			t.Fatalf("no output beside %v", err)
		}
		want := &s3.DeleteObjectsOutput{
			Deleted: []s3.DeletedObject{{Key: "good"}, {Key: "good\x01"}},
			Errors:  []s3.DeleteError{{Key: "bad", Code: "PreconditionFailed"}, {Key: "versioned", VersionId: "none", Code: "NoSuchVersion"}, {Key: "bad\x01", Code: "PreconditionFailed"}},
		}
		if quiet {
			want.Deleted = nil
		}
		same(t, "output", out, want, cmpopts.IgnoreFields(s3.DeleteError{}, "Message"))

		var failures *s3.DeleteObjectsError
		if !errors.As(err, &failures) {
			t.Fatalf("quiet %t: the error is %v", quiet, err)
		}
		if diff := cmp.Diff(out.Errors, failures.Errors); diff != "" || failures.Asked != 5 || failures.RequestID != out.ResponseMetadata.RequestID {
			t.Errorf("the error says %+v", failures)
		}
		for _, is := range []struct {
			target error
			want   bool
		}{
			{s3.ErrPreconditionFailed, true}, {fs.ErrNotExist, true}, // NoSuchVersion
			{s3.ErrAccessDenied, false}, {fs.ErrPermission, false}, {context.Canceled, false},
		} {
			if got := errors.Is(err, is.target); got != is.want {
				t.Errorf("errors.Is(%v, %v) is %t", err, is.target, got)
			}
		}
		// What has been deleted with a request of its own has failed as such calls do.
		if e := (*s3.Error)(nil); !errors.As(err, &e) || e.Operation != "DeleteObject" || e.StatusCode != 412 {
			t.Errorf("errors.As finds %v", e)
		}
	}
}

// answers is a transport that gives every request the same answer, and keeps
// what was asked.
type answers struct {
	status int
	body   string
	header http.Header

	mu   sync.Mutex
	sent []*http.Request
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = append(a.sent, r)
	h := a.header
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r}, nil
}

// canned makes a client of AWS that gets the answers.
func canned(t testing.TB, a *answers) *s3.Client {
	return newClient(t, s3.Config{Region: "us-east-1", Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: a}})
}

func deleteResult(elements string) string { return "<DeleteResult>" + elements + "</DeleteResult>" }

func TestDeleteObjectsCoversEveryKey(t *testing.T) {
	silent := func(key, version string) s3.DeleteError {
		return s3.DeleteError{Key: key, VersionId: version, Message: "the server's answer leaves it out"}
	}
	versions := func(pairs ...string) []s3.ObjectIdentifier {
		var ids []s3.ObjectIdentifier
		for i := 0; i < len(pairs); i += 2 {
			ids = append(ids, s3.ObjectIdentifier{Key: pairs[i], VersionId: pairs[i+1]})
		}
		return ids
	}
	for _, test := range []struct {
		name    string
		objects []s3.ObjectIdentifier
		quiet   bool
		answer  string
		want    []s3.DeleteError
		text    string
	}{
		{
			name: "all are there", objects: versions("a", "", "b", "1"),
			answer: deleteResult("<Deleted><Key>b</Key><VersionId>1</VersionId></Deleted><Deleted><Key>a</Key></Deleted>"),
		}, {
			name: "an object that was named twice is answered once", objects: versions("a", "", "a", ""),
			answer: deleteResult("<Deleted><Key>a</Key></Deleted>"),
		}, {
			name: "a server that names the version of its own accord", objects: versions("a", "", "a", "1"),
			answer: deleteResult("<Deleted><Key>a</Key><VersionId>1</VersionId></Deleted><Deleted><Key>a</Key><VersionId>2</VersionId></Deleted>"),
		}, {
			name: "a server that does not name the null version", objects: versions("a", "null"),
			answer: deleteResult("<Deleted><Key>a</Key></Deleted>"),
		}, {
			name: "an empty answer", objects: versions("a", "", "b", "1"), answer: deleteResult(""),
			want: []s3.DeleteError{silent("a", ""), silent("b", "1")},
			text: `s3: DeleteObjects: 2 of 2 objects were not deleted: "a": the server's answer leaves it out; "b" version "1": the server's answer leaves it out; of 2 the server has said nothing`,
		}, {
			name: "one version answers for one object only", objects: versions("a", "", "a", "1"),
			answer: deleteResult("<Deleted><Key>a</Key><VersionId>1</VersionId></Deleted>"),
			want:   []s3.DeleteError{silent("a", "")},
		}, {
			name: "another version than the one asked for", objects: versions("a", "1"),
			answer: deleteResult("<Deleted><Key>a</Key><VersionId>2</VersionId></Deleted>"),
			want:   []s3.DeleteError{silent("a", "1")},
		}, {
			name: "failures beside", objects: versions("a", "", "b", ""),
			answer: deleteResult("<Error><Key>b</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"),
			want:   []s3.DeleteError{{Key: "b", Code: "AccessDenied", Message: "Access Denied"}, silent("a", "")},
			text:   `s3: DeleteObjects: 2 of 2 objects were not deleted: "b": AccessDenied: Access Denied; "a": the server's answer leaves it out; of 1 the server has said nothing`,
		}, {
			name: "of a quiet answer nobody can tell", objects: versions("a", "", "b", ""), quiet: true, answer: deleteResult(""),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := canned(t, &answers{status: 200, body: test.answer})
			out, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: "photos", Delete: &s3.Delete{Objects: test.objects, Quiet: &test.quiet}})
			if out == nil || (err != nil) != (test.want != nil) {
				t.Fatalf("%+v, %v", out, err)
			}
			if diff := cmp.Diff(test.want, out.Errors); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if test.text != "" && err.Error() != test.text {
				t.Errorf("the error is\n%v, want\n%s", err, test.text)
			}
		})
	}
}

// TestDeleteObjectsErrorIsShort has many objects with long keys fail at length.
func TestDeleteObjectsErrorIsShort(t *testing.T) {
	e := &s3.DeleteObjectsError{Asked: 1000}
	for range 1000 {
		e.Errors = append(e.Errors, s3.DeleteError{Key: strings.Repeat("\x01", 1024), Code: "InternalError", Message: strings.Repeat("m", 10_000)})
	}
	if text := e.Error(); len(text) > 4000 || !strings.HasPrefix(text, "s3: DeleteObjects: 1000 of 1000 objects were not deleted: ") || !strings.HasSuffix(text, "; and 997 more") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
}

// TestDeleteObjectsCarriesOver looks at what a deletion of its own takes over
// from the call.
func TestDeleteObjectsCarriesOver(t *testing.T) {
	a := &answers{status: 204, header: http.Header{"X-Amz-Version-Id": {"m1"}, "X-Amz-Delete-Marker": {"true"}, "X-Amz-Request-Charged": {"requester"}}}
	modified := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	out := call(t, canned(t, a).DeleteObjects, &s3.DeleteObjectsInput{
		Bucket: "photos", MFA: "serial 123456", BypassGovernanceRetention: true,
		RequestPayer: s3.RequestPayerRequester, ExpectedBucketOwner: "111122223333",
		Delete: &s3.Delete{Objects: []s3.ObjectIdentifier{{Key: "\x01", VersionId: "v1", ETag: `"e"`, LastModifiedTime: modified, Size: new(int64(0))}}},
	})
	same(t, "output", out, &s3.DeleteObjectsOutput{
		Deleted:        []s3.DeletedObject{{Key: "\x01", VersionId: "v1", DeleteMarker: true, DeleteMarkerVersionId: "m1"}},
		RequestCharged: s3.RequestChargedRequester,
	})
	r := a.sent[0]
	got := map[string]string{"": r.Method + " " + r.URL.RequestURI()}
	want := map[string]string{
		"": "DELETE /%01?versionId=v1", "If-Match": `"e"`, "X-Amz-If-Match-Last-Modified-Time": "Sun, 01 Mar 2026 12:00:00 GMT", "X-Amz-If-Match-Size": "0",
		"X-Amz-Mfa": "serial 123456", "X-Amz-Bypass-Governance-Retention": "true", "X-Amz-Request-Payer": "requester", "X-Amz-Expected-Bucket-Owner": "111122223333",
	}
	for name := range want {
		if name != "" {
			got[name] = r.Header.Get(name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(a.sent) != 1 {
		t.Errorf("%d requests (-want +got):\n%s", len(a.sent), diff)
	}
}

// TestDeleteObjectsRefuses wants a whole failure where nothing has been tried,
// or where the server refused all.
func TestDeleteObjectsRefuses(t *testing.T) {
	a := &answers{status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"}
	c := canned(t, a)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name     string
		ctx      context.Context
		in       *s3.DeleteObjectsInput
		want     string
		requests int
	}{
		{"nothing to delete", nil, &s3.DeleteObjectsInput{Bucket: "photos"}, "s3: DeleteObjects: Delete is required", 0},
		{"no input", nil, nil, "s3: DeleteObjects: Bucket is required", 0},
		{"too many", nil, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify(make([]string, 1001)...)}, "s3: DeleteObjects: Delete.Objects: 1001 are too many for one call, which takes 1000", 0},
		{"an empty key among keys that need a request each", nil, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify("\x01", "")}, "s3: DeleteObjects: Delete.Objects[1].Key is required", 0},
		{"the request is refused, and no other made", nil, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify("\x01", "a")}, "s3: DeleteObjects: AccessDenied: Access Denied", 1},
		{"cancelled", cancelled, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify("a")}, "s3: DeleteObjects: context canceled", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a.sent = nil
			ctx := test.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			out, err := c.DeleteObjects(ctx, test.in)
			if out != nil || err == nil || !strings.HasPrefix(err.Error(), test.want) || !errors.As(err, new(*s3.Error)) {
				t.Errorf("%v, %v, want %s", out, err, test.want)
			}
			if len(a.sent) != test.requests {
				t.Errorf("%d requests, want %d", len(a.sent), test.requests)
			}
		})
	}

	// Where each object has a request of its own, each has its failure.
	for name, test := range map[string]struct {
		ctx  context.Context
		want error
	}{"refused": {t.Context(), s3.ErrAccessDenied}, "cancelled": {cancelled, context.Canceled}} {
		out, err := c.DeleteObjects(test.ctx, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify("\x01", "\x02")})
		if failures := (*s3.DeleteObjectsError)(nil); out == nil || len(out.Errors) != 2 || !errors.As(err, &failures) || !errors.Is(err, test.want) {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
}

// TestPresignDeleteObjects must not presign a deletion of one object.
func TestPresignDeleteObjects(t *testing.T) {
	a := &answers{}
	c := canned(t, a)
	for _, test := range []struct {
		name string
		keys []string
		want string
		err  string
	}{
		{"keys that XML can carry", []string{"a"}, "POST https://photos.s3.us-east-1.amazonaws.com/?X-Amz-Algorithm=", "<nil>"},
		{"a key that it cannot carry", []string{"a", "\x01"}, "", "s3: DeleteObjects: Delete.Objects[1].Key: "},
		{"no other", []string{"\x01"}, "", "s3: DeleteObjects: Delete.Objects[0].Key: "},
	} {
		p, err := s3.Presign(t.Context(), c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: "photos", Delete: identify(test.keys...)}, time.Minute)
		got := ""
		if p != nil {
			got = p.Method + " " + p.URL
		}
		if !strings.HasPrefix(got, test.want) || (p != nil) != (test.want != "") || !strings.HasPrefix(fmt.Sprint(err), test.err) {
			t.Errorf("%s: %s, %v, want %s, %s", test.name, got, err, test.want, test.err)
		}
	}
	if len(a.sent) != 0 {
		t.Errorf("%d requests", len(a.sent))
	}
}
