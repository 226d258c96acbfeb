// Package b2 is a client of Backblaze B2 by its native API, version 4.
//
//	client, err := b2.New(b2.Config{})
//	if err != nil {
//		return err
//	}
//	out, err := client.DownloadFileByName(ctx, &b2.DownloadFileByNameInput{BucketName: "photos", FileName: "cat.jpg"})
//	if err != nil {
//		return err
//	}
//	defer out.Body.Close()
//
// # Protocol
//
// Most calls are JSON over POST; a call's method, its members and its errors
// have the names of the API ([Client.ListBuckets], FileId, [ErrFileNotPresent]).
// Content travels as raw bytes, its properties in headers: to an upload URL,
// which the API gives out for a bucket or a large file and which serves one
// upload at a time, and from the download host by name or by id.
//
// # Credentials
//
// An application key is exchanged for a token, which a client does at its
// first call and again when the token has expired; all goroutines share it.
// The key comes from [Config.Credentials], or else from the environment
// (B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY). It is sent only to
// [Config.Endpoint], and over plain HTTP only to a loopback address. Tokens go
// only to the hosts that the API named.
//
// A key may be restricted: to some capabilities, to buckets, to names with a
// prefix. Each call says which capability it needs. What the key certainly may
// not do fails at once, without a request, with an error that names the
// restriction and is [ErrUnauthorized]; everything else is the server's to
// decide, and the error of its refusal then says what the key may do. A key that
// is restricted to some buckets may list only those: [Client.ListBuckets] then
// needs BucketName or BucketId.
//
// # Moving content
//
// [Client.Bucket] returns the handle with which package transfer uploads and
// downloads files of any size. It keeps upload URLs, repeats what failed with a
// new one, and has SHA-1 sums compared both ways. [Client.UploadFile] and
// [Client.UploadPart] are the bare calls: one attempt each, at the URL that they
// are given.
//
// # Errors
//
// Every error of a call is an [*Error]. errors.Is tells the cases apart, by
// this package's codes or by those of io/fs.
//
// # Not supported
//
// B2 has no conditional writes: uploads with transfer.Attrs.IfAbsent fail with
// [errors.ErrUnsupported]. The S3-compatible gateway of the same service is
// served by package s3. Not there yet: the operations that are not methods of
// [Client].
//
// API: https://www.backblaze.com/apidocs/introduction-to-the-b2-native-api
package b2
