package ibmcos_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// TestWritesWhoseAnswerIsLost know their own objects by the ETag.
func TestWritesWhoseAnswerIsLost(t *testing.T) {
	srv := storagetest.NewIBMCOS()
	defer srv.Close()
	srv.AddBucket(storagetest.BucketSetup{Name: "photos"})
	c := newClient(t, srv.Config())
	content := bytes.Repeat([]byte("content"), 1<<20)

	srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Reset: storagetest.BeforeResponse()})
	out := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", IfNoneMatch: "*", Body: strings.NewReader("mine")})
	if out.ETag != etag("mine") || out.ResponseMetadata.Attempts != 2 {
		t.Errorf("PutObject: %+v", out)
	}

	srv.Inject(storagetest.Fault{Operation: "PutObject", Nth: 1, Status: 500})
	if _, err := c.PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", IfNoneMatch: "*", Body: strings.NewReader("yours")}); !errors.Is(err, ibmcos.ErrPreconditionFailed) {
		t.Errorf("PutObject where another object is: %v", err)
	}

	srv.Inject(storagetest.Fault{Operation: "CompleteMultipartUpload", Nth: 1, Reset: storagetest.BeforeResponse()})
	if _, err := transfer.Upload(t.Context(), c.Bucket("photos"), "large", bytes.NewReader(content), transfer.WithPartSize(5<<20)); err != nil {
		t.Errorf("Upload: %v", err)
	}
}
