package ibmcos_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/entrepot-go/entrepot/ibmcos"
)

// identify names objects by their keys.
func identify(keys ...string) *ibmcos.Delete {
	d := &ibmcos.Delete{}
	for _, key := range keys {
		d.Objects = append(d.Objects, ibmcos.ObjectIdentifier{Key: key})
	}
	return d
}

// TestDeleteObjectsAnyKey deletes keys that XML cannot carry together with
// others.
func TestDeleteObjectsAnyKey(t *testing.T) {
	srv, c := serve(t)
	keys := []string{"\x01", "a & <b>", "cr\r", "tab\tline\n"}
	for _, key := range keys {
		put(t, c, key, "v")
	}
	before := len(srv.Requests())
	out := call(t, c.DeleteObjects, &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify(keys...)})
	same(t, "output", out, &ibmcos.DeleteObjectsOutput{Deleted: []ibmcos.DeletedObject{{Key: "a & <b>"}, {Key: "tab\tline\n"}, {Key: "\x01"}, {Key: "cr\r"}}})
	var requests []string
	for _, r := range srv.Requests()[before:] {
		requests = append(requests, r.Operation)
	}
	if diff := cmp.Diff([]string{"DeleteObjects", "DeleteObject", "DeleteObject"}, requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if list := call(t, c.ListObjectsV2, &ibmcos.ListObjectsV2Input{Bucket: "photos"}); len(list.Contents) != 0 {
		t.Errorf("left behind: %+v", list.Contents)
	}
}

// TestDeleteObjectsKept has retention keep some of the objects, in both ways to
// delete them.
func TestDeleteObjectsKept(t *testing.T) {
	_, c := serve(t)
	protect(t, c)
	for _, key := range []string{"good", "kept", "good\x01", "kept\x01"} {
		period := int64(0)
		if strings.HasPrefix(key, "kept") {
			period = 3600
		}
		call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: key, Body: strings.NewReader("v"), RetentionPeriod: &period})
	}
	out, err := c.DeleteObjects(t.Context(), &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify("good", "kept", "good\x01", "kept\x01", "none")})
	if out == nil {
		t.Fatalf("no output beside %v", err)
	}
	same(t, "output", out, &ibmcos.DeleteObjectsOutput{
		Deleted: []ibmcos.DeletedObject{{Key: "good"}, {Key: "none"}, {Key: "good\x01"}},
		Errors:  []ibmcos.DeleteError{{Key: "kept", Code: "AccessDenied"}, {Key: "kept\x01", Code: "AccessDenied"}},
	}, cmpopts.IgnoreFields(ibmcos.DeleteError{}, "Message"))
	var failures *ibmcos.DeleteObjectsError
	if !errors.As(err, &failures) || failures.Asked != 5 || failures.RequestID != out.ResponseMetadata.RequestID || cmp.Diff(out.Errors, failures.Errors) != "" {
		t.Errorf("the error is %#v", err)
	}
	for target, want := range map[error]bool{ibmcos.ErrAccessDenied: true, fs.ErrPermission: true, ibmcos.ErrNoSuchKey: false, context.Canceled: false} {
		if got := errors.Is(err, target); got != want {
			t.Errorf("errors.Is(%v, %v) is %t", err, target, got)
		}
	}
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.Operation != "DeleteObject" || e.StatusCode != 403 {
		t.Errorf("errors.As finds %v", e)
	}
	const text = `ibmcos: DeleteObjects: 2 of 5 objects were not deleted: "kept": AccessDenied: `
	if !strings.HasPrefix(err.Error(), text) || !strings.Contains(err.Error(), `; "kept\x01": AccessDenied: `) {
		t.Errorf("the error is %v, want %s…", err, text)
	}
}

// TestDeleteObjectsCoversEveryKey has a server leave an object out.
func TestDeleteObjectsCoversEveryKey(t *testing.T) {
	c := canned(t, func(*http.Request, string) answer {
		return answer{status: 200, body: "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>"}
	})
	out, err := c.DeleteObjects(t.Context(), &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify("a", "b")})
	want := []ibmcos.DeleteError{{Key: "b", Message: "the server's answer leaves it out"}}
	if out == nil || cmp.Diff(want, out.Errors) != "" {
		t.Fatalf("%+v, %v", out, err)
	}
	if text := `ibmcos: DeleteObjects: 1 of 2 objects were not deleted: "b": the server's answer leaves it out; of 1 the server has said nothing`; err.Error() != text {
		t.Errorf("the error is\n%v, want\n%s", err, text)
	}
}

// TestDeleteObjectsRefuses wants a whole failure where nothing has been tried,
// or where the server refused all.
func TestDeleteObjectsRefuses(t *testing.T) {
	requests := 0
	c := canned(t, func(*http.Request, string) answer {
		requests++
		return answer{status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"}
	})
	for _, test := range []struct {
		name     string
		in       *ibmcos.DeleteObjectsInput
		want     string
		requests int
	}{
		{"no input", nil, "ibmcos: DeleteObjects: Bucket is required", 0},
		{"nothing to delete", &ibmcos.DeleteObjectsInput{Bucket: "photos"}, "ibmcos: DeleteObjects: Delete is required", 0},
		{"too many", &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify(make([]string, 1001)...)}, "ibmcos: DeleteObjects: Delete.Objects: 1001 are too many for one call, which takes 1000", 0},
		{"an empty key", &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify("\x01", "")}, "ibmcos: DeleteObjects: Delete.Objects[1].Key is required", 0},
		{"refused", &ibmcos.DeleteObjectsInput{Bucket: "photos", Delete: identify("\x01", "a")}, "ibmcos: DeleteObjects: AccessDenied: Access Denied", 1},
	} {
		requests = 0
		out, err := c.DeleteObjects(t.Context(), test.in)
		if out != nil || err == nil || !strings.HasPrefix(err.Error(), test.want) || !errors.As(err, new(*ibmcos.Error)) || requests != test.requests {
			t.Errorf("%s: %v, %v after %d requests, want %s after %d", test.name, out, err, requests, test.want, test.requests)
		}
	}
}
