package ibmcos_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

// TestRetentionMembers sends what says how long an object is kept, and refuses
// what contradicts itself.
func TestRetentionMembers(t *testing.T) {
	until := time.Date(2030, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	var sent http.Header
	c := canned(t, func(r *http.Request, _ string) answer {
		sent = r.Header
		body := ""
		switch {
		case r.Header.Get("X-Amz-Copy-Source") != "":
			body = "<CopyObjectResult/>"
		case r.URL.Query().Has("uploadId"):
			body = "<CompleteMultipartUploadResult/>"
		}
		return answer{status: 200, body: body}
	})
	put := func(in ibmcos.PutObjectInput) error {
		in.Bucket, in.Key = "photos", "k"
		_, err := c.PutObject(t.Context(), &in)
		return err
	}
	copied := func(in ibmcos.CopyObjectInput) error {
		in.Bucket, in.Key, in.CopySource = "photos", "k", ibmcos.CopySource("photos", "source", "")
		_, err := c.CopyObject(t.Context(), &in)
		return err
	}
	completed := func(in ibmcos.CompleteMultipartUploadInput) error {
		in.Bucket, in.Key, in.UploadId = "photos", "k", "u"
		_, err := c.CompleteMultipartUpload(t.Context(), &in)
		return err
	}
	extended := func(in ibmcos.ExtendObjectRetentionInput) error {
		in.Bucket, in.Key = "photos", "k"
		_, err := c.ExtendObjectRetention(t.Context(), &in)
		return err
	}
	const (
		both = "RetentionExpirationDate: goes in the place of RetentionPeriod, not with it"
		four = "exactly one of AdditionalRetentionPeriod, ExtendRetentionFromCurrentTime, NewRetentionExpirationDate and NewRetentionPeriod says how long the object is retained; here are "
	)
	for _, test := range []struct {
		name string
		call func() error
		want string // header, or the error
	}{
		{"none", func() error { return put(ibmcos.PutObjectInput{}) }, "Retention-Period: "},
		{"of no length", func() error { return put(ibmcos.PutObjectInput{RetentionPeriod: new(int64(0))}) }, "Retention-Period: 0"},
		{"without end", func() error { return put(ibmcos.PutObjectInput{RetentionPeriod: new(int64(-1))}) }, "Retention-Period: -1"},
		{"for ever", func() error { return copied(ibmcos.CopyObjectInput{RetentionPeriod: new(int64(-2))}) }, "Retention-Period: -2"},
		{"of 200 years", func() error {
			return completed(ibmcos.CompleteMultipartUploadInput{RetentionPeriod: new(int64(6_311_520_000))})
		}, "Retention-Period: 6311520000"},
		{"until a date", func() error { return put(ibmcos.PutObjectInput{RetentionExpirationDate: until}) }, "Retention-Expiration-Date: 2030-01-02T02:04:05Z"},
		{"of a copy until a date", func() error { return copied(ibmcos.CopyObjectInput{RetentionExpirationDate: until}) }, "Retention-Expiration-Date: 2030-01-02T02:04:05Z"},
		{"of parts until a date", func() error {
			return completed(ibmcos.CompleteMultipartUploadInput{RetentionExpirationDate: until})
		}, "Retention-Expiration-Date: 2030-01-02T02:04:05Z"},
		{"as the source has it", func() error {
			return copied(ibmcos.CopyObjectInput{RetentionDirective: ibmcos.RetentionDirectiveCopy})
		}, "Retention-Directive: COPY"},
		{"a first hold", func() error { return put(ibmcos.PutObjectInput{RetentionLegalHoldId: "case-1"}) }, "Retention-Legal-Hold-Id: case-1"},
		{"both", func() error {
			return put(ibmcos.PutObjectInput{RetentionPeriod: new(int64(0)), RetentionExpirationDate: until})
		}, "ibmcos: PutObject: " + both},
		{"both of a copy", func() error {
			return copied(ibmcos.CopyObjectInput{RetentionPeriod: new(int64(1)), RetentionExpirationDate: until})
		}, "ibmcos: CopyObject: " + both},
		{"both of parts", func() error {
			return completed(ibmcos.CompleteMultipartUploadInput{RetentionPeriod: new(int64(1)), RetentionExpirationDate: until})
		}, "ibmcos: CompleteMultipartUpload: " + both},

		{"longer", func() error { return extended(ibmcos.ExtendObjectRetentionInput{AdditionalRetentionPeriod: 60}) }, "Additional-Retention-Period: 60"},
		{"from now", func() error {
			return extended(ibmcos.ExtendObjectRetentionInput{ExtendRetentionFromCurrentTime: new(int64(0))})
		}, "Extend-Retention-From-Current-Time: 0"},
		{"to a date", func() error {
			return extended(ibmcos.ExtendObjectRetentionInput{NewRetentionExpirationDate: until})
		}, "New-Retention-Expiration-Date: 2030-01-02T02:04:05Z"},
		{"in all", func() error { return extended(ibmcos.ExtendObjectRetentionInput{NewRetentionPeriod: new(int64(0))}) }, "New-Retention-Period: 0"},
		{"by nothing", func() error { return extended(ibmcos.ExtendObjectRetentionInput{}) }, "ibmcos: ExtendObjectRetention: " + four + "0"},
		{"twice", func() error {
			return extended(ibmcos.ExtendObjectRetentionInput{AdditionalRetentionPeriod: 60, NewRetentionPeriod: new(int64(0))})
		}, "ibmcos: ExtendObjectRetention: " + four + "2"},
	} {
		sent = nil
		err := test.call()
		if refusal := strings.HasPrefix(test.want, "ibmcos: "); refusal {
			if err == nil || err.Error() != test.want || !errors.As(err, new(*ibmcos.Error)) || sent != nil {
				t.Errorf("%s: %v, want %s; sent was %v", test.name, err, test.want, sent)
			}
			continue
		}
		name, value, _ := strings.Cut(test.want, ": ")
		if err != nil || sent.Get(name) != value {
			t.Errorf("%s: %v, and %s was %q, want %q", test.name, err, name, sent.Get(name), value)
		}
	}

	// A request that is only presigned must not contradict itself either.
	_, err := ibmcos.Presign(context.Background(), c.ExtendObjectRetention, &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "k"}, time.Minute)
	if err == nil || !strings.HasPrefix(err.Error(), "ibmcos: ExtendObjectRetention: "+four) {
		t.Errorf("presigned: %v", err)
	}
}

// TestExtensionIsNotRepeated has an answer get lost.
func TestExtensionIsNotRepeated(t *testing.T) {
	srv, c := serve(t)
	protect(t, c)
	call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("v"), RetentionPeriod: new(int64(3600))})
	srv.Inject(storagetest.Fault{Operation: "ExtendObjectRetention", Nth: 1, Reset: storagetest.BeforeResponse()})
	in := &ibmcos.ExtendObjectRetentionInput{Bucket: "photos", Key: "k", AdditionalRetentionPeriod: 60}
	_, err := c.ExtendObjectRetention(t.Context(), in)
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.Attempts != 1 {
		t.Errorf("%v", err)
	}
	if got := call(t, c.HeadObject, &ibmcos.HeadObjectInput{Bucket: "photos", Key: "k"}).RetentionPeriod; got != 3660 {
		t.Errorf("retained for %d s", got)
	}
	srv.Inject(storagetest.Fault{Operation: "ExtendObjectRetention", Nth: 1, Status: 503, Code: "SlowDown"}) // which has done nothing
	if out := call(t, c.ExtendObjectRetention, in); out.ResponseMetadata.Attempts != 2 {
		t.Errorf("%d attempts", out.ResponseMetadata.Attempts)
	}
}
