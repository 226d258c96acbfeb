// Package storagetest runs object storage within a test: servers that behave
// like Amazon S3 ([NewS3]), Amazon Lightsail ([NewLightsail]), Backblaze B2
// ([NewB2]) and IBM Cloud Object Storage ([NewIBMCOS]) do, as strictly as they
// do. Signatures, tokens, checksums, part sizes, page limits and conditions are
// checked, and what is wrong gets the vendor's own error.
//
// A program that talks to S3 is tested against its own server, without network
// and without an account:
//
//	func TestBackup(t *testing.T) {
//		srv := storagetest.NewS3()
//		defer srv.Close()
//		srv.AddBucket(storagetest.BucketSetup{Name: "backups"})
//
//		client, err := s3.New(srv.Config())
//		if err != nil {
//			t.Fatal(err)
//		}
//		if err := backup(t.Context(), client, "backups"); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// Any other client works as well: it needs the server's URL, the key given by
// [WithCredentials], and, where virtual-host addresses or TLS are used, the HTTP
// client from [Server.Client].
//
// # Faults
//
// What goes wrong once in a million calls goes wrong here when it is told to:
//
//	srv.Inject(storagetest.Fault{Operation: "UploadPart", Nth: 3, Reset: storagetest.RequestBody(1 << 20)})
//	srv.Inject(storagetest.Fault{Operation: "CompleteMultipartUpload", ErrorIn200: true, Times: 1})
//	srv.Inject(storagetest.Fault{Times: 10, Status: 503, RetryAfter: "1"})
//
// The first cuts the connection in the midst of the third part, the second has
// the end of the upload fail behind a status of 200, the third refuses the next
// ten requests. [Server.Requests] tells afterwards what has been asked of the
// server. What a proxy on the way makes of an answer can be had too, by changing
// its headers and its body:
//
//	srv.Inject(storagetest.Fault{Nth: 1, Status: 502, Body: func([]byte) []byte { return []byte("<html>…") }})
//
// # Time
//
// [WithClock] sets the server's clock. Within a testing/synctest bubble a server
// made with [WithInMemory] needs neither ports nor real time, so that waits and
// timeouts take none.
//
// # Contents
//
// Objects up to 1 MiB are held in memory, larger ones in temporary files that
// [Server.Close] removes.
package storagetest
