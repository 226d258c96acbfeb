package s3_test

import (
	"testing"
	"time"

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

func TestBucketMovesInBadWeather(t *testing.T) {
	ops := buckettest.Operations{Get: "GetObject", Part: "UploadPart", Finish: "CompleteMultipartUpload", Copy: "CopyObject", CopyPart: "UploadPartCopy"}
	buckettest.RunFaults(t, ops, func(t *testing.T) buckettest.Faulty {
		server := storagetest.NewS3()
		t.Cleanup(server.Close)
		server.AddBucket(storagetest.BucketSetup{Name: "box"})
		config := server.Config()
		config.Retry.MinWait, config.Retry.MaxWait, config.StallTimeout = time.Microsecond, time.Millisecond, time.Second
		client, err := s3.New(config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		return buckettest.Faulty{Bucket: client.Bucket("box"), Server: server.Server}
	})
}
