package s3_test

import (
	"testing"

	"github.com/entrepot-go/entrepot/internal/buckettest"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// oddKeys are names that S3 takes as they are.
var oddKeys = []string{"/a", "a//b", "a/../b", "./a", "dir/", "a\x01b", "a\rb", "~(),;=@:'!*"}

func TestBucketIsWhatTransferWants(t *testing.T) {
	buckettest.Run(t, buckettest.Traits{Odd: oddKeys, Conditional: true}, func(t *testing.T) transfer.Bucket {
		server := storagetest.NewS3()
		t.Cleanup(server.Close)
		server.AddBucket(storagetest.BucketSetup{Name: "box"})
		client, err := s3.New(server.Config())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		return client.Bucket("box")
	})
}
