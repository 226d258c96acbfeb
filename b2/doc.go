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
// All 31 calls of the API are methods of [Client]. Most are JSON over POST; a
// call's method, its members and its errors have the names of the API
// ([Client.ListBuckets], FileId, [ErrFileNotPresent]). Content travels as raw
// bytes, its properties in headers: to an upload URL, which the API gives out
// for a bucket or a large file and which serves one upload at a time, and from
// the download host by name or by id.
//
// Calls are billed by classes of transactions: those of class A are free, and of
// classes B and C some are, each day. A call that says nothing of it is of class
// A; of notification rules Backblaze does not say.
//
// # Credentials
//
// An application key is exchanged for a token, which a client does at its
// first call and again when the token has expired; all goroutines share it.
// The key comes from [Config.Credentials], or else from the environment
// (B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY). It is sent only to
// [Config.Endpoint], and over plain HTTP only to a loopback address. Tokens go
// only to the hosts that the API named. Without a key, a client can download
// from public buckets: see [Config.DownloadEndpoint].
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
// new one, and has SHA-1 sums compared both ways. transfer.WithResume goes on with
// a large file that was left behind. The handle also copies files of any size
// within an account, hides and shows them, and clears up: [BucketHandle.Copy],
// [BucketHandle.Hide], [BucketHandle.Unhide], [BucketHandle.DeleteAll],
// [BucketHandle.CancelUnfinished]. [Client.UploadFile] and [Client.UploadPart]
// are the bare calls: one attempt each, at the URL that they are given.
//
// With transfer.Copy, CopyAll and Sync the service itself copies within an account;
// between accounts, and from and to other providers, the content is streamed. What
// they and transfer.Delete delete is hidden, one call for each file: its versions
// stay, and are paid for, until a [LifecycleRule] or BucketHandle.DeleteAll deletes
// them.
//
// An upload or a copy whose answer is lost is made again, and the first one may
// have been carried out: then there are two versions with the same content. A
// large file is not made twice, and one that was started and not told is given up
// if the key has listFiles.
//
// # Files
//
// A file has versions: an upload adds one, [Client.HideFile] a marker that hides
// them all, and [Client.DeleteFileVersion] removes one. There is no call that
// changes the name or the properties of a version, or that shows a hidden file:
// that takes a copy ([Client.CopyFile]), or the deletion of the marker
// ([BucketHandle.Unhide]). The newest version is the one that was begun last: a
// large file has the time of its start, so what is written meanwhile under its
// name, and is there first, stays on top of it.
//
// Names are UTF-8 and travel byte for byte. Properties are in [FileInfo], whose
// methods know those entries that have a meaning. What is beyond the API's
// limits, such as a FileInfo that is too large, is refused before anything is
// sent, with the limit in the error; only what its documents are sure of is
// checked.
//
// A key of the customer's, for SSE-C, comes from [NewCustomerKey].
// [Client.DownloadURL] makes links for those who have no key.
//
// # Notifications
//
// [Client.SetBucketNotificationRules] has the service tell a webhook of what
// happens to files, and [ParseNotification] is what the webhook reads that
// with, once it has verified who wrote it.
//
// # Errors
//
// Every error of a call is an [*Error]. errors.Is tells the cases apart, by
// this package's codes or by those of io/fs.
//
// Unknown members of answers are passed over, and unknown values (of a
// [Capability], an [Action], an [EventType], …) are kept: the API may gain some
// at any time. What a key may not see of a bucket or a file comes with
// IsClientAuthorizedToRead false, so that it differs from what is not set.
//
// # Not supported
//
//   - Conditional writes: B2 has none. Uploads with transfer.Attrs.IfAbsent fail
//     with [errors.ErrUnsupported].
//   - Versions 1 to 3 of the API: keys for several buckets work only with version
//     4, and whatever else the older ones can do it can as well.
//   - Calls by GET with a query, which some calls allow: the same calls by POST
//     say the same and keep their members out of the logs of what is in between.
//   - A cache of tokens on disk: a token opens all that its key does. A program
//     keeps its Client instead; an authorization costs one class C transaction.
//   - A fixed ceiling on how often an account is authorized: one request for it is
//     on its way at a time, with the retries of any other call, and a call asks for
//     another one only because its token was refused. The service's own
//     [TestMode] of expiring tokens would not work with a ceiling in seconds.
//   - Sending parts again that [Client.FinishLargeFile] misses or finds changed.
//     The handle finishes with parts whose SHA-1 the service has confirmed, so
//     somebody else writes to the same large file: that is an error.
//   - Failing at once where the service asks to wait longer than Retry.MaxWait:
//     it is tried again after that time, and [Error.RetryAfter] tells what was
//     asked for.
//   - The suites for groups of accounts and for the backup of computers, which
//     have hosts and rules of their own. [ApiInfo] tells where they are.
//   - The S3-compatible gateway of the same service, which package s3 serves.
//
// API: https://www.backblaze.com/apidocs/introduction-to-the-b2-native-api
package b2
