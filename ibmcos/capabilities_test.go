package ibmcos_test

import (
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/internal/buckettest"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// oddKeys are names that IBM takes as they are.
var oddKeys = []string{"/a", "a//b", "a/../b", "./a", "dir/", "a\x01b", "a\rb", "~(),;=@:'!*"}

func TestBucketIsWhatTransferWants(t *testing.T) {
	buckettest.Run(t, buckettest.Traits{Odd: oddKeys, Conditional: false}, func(t *testing.T) transfer.Bucket {
		server := storagetest.NewIBMCOS()
		t.Cleanup(server.Close)
		server.AddBucket(storagetest.BucketSetup{Name: "box"})
		client, err := ibmcos.New(server.Config())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		return client.Bucket("box")
	})
}

func TestBucketMovesInBadWeather(t *testing.T) {
	ops := buckettest.Operations{Get: "GetObject", Part: "UploadPart", Finish: "CompleteMultipartUpload", Copy: "CopyObject", CopyPart: "UploadPartCopy", Tokens: true}
	buckettest.RunFaults(t, ops, func(t *testing.T) buckettest.Faulty {
		server := storagetest.NewIBMCOS()
		t.Cleanup(server.Close)
		server.AddBucket(storagetest.BucketSetup{Name: "box"})
		config := server.Config()
		config.StallTimeout = time.Second
		return buckettest.Faulty{Bucket: newClient(t, config).Bucket("box"), Server: server.Server}
	})
}
