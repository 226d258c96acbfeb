// Package transfer moves objects of any size between a bucket of any provider
// and readers, writers, files and other buckets.
//
//	photos := client.Bucket("photos") // of s3, b2, lightsail, ibmcos
//	_, err := transfer.Upload(ctx, photos, "backup.tar", file)
//	_, err = transfer.DownloadFile(ctx, photos, "backup.tar", "/srv/backup.tar")
//
// # Uploads
//
// [Upload] takes any [io.Reader]. What fits into one part is sent in one
// request; anything longer in parts, several at a time, of which nothing is
// left behind when the upload fails or its context ends.
//
// A regular file, an [io.SectionReader], [bytes.Reader] or [strings.Reader], and
// any other reader that has ReadAt, Seek and Size like these, is read in place by
// ReadAt, without buffers, from its current offset, which stays where it is. All other readers are read into buffers.
//
// The size of parts follows from what the vendor allows. Where the length is
// not known beforehand they grow, so that a stream may reach tens of terabytes
// while a short one takes little memory. [WithSize] lifts what limit remains.
//
// # Downloads
//
// [Download] writes to an [io.WriterAt], [DownloadTo] to an [io.Writer] in order,
// [DownloadFile] to a file that appears when it is complete. All ask for several
// ranges at a time, of one and the same version of the object: if it is
// replaced meanwhile, the error is [ErrObjectChanged]. A body that is shorter
// than announced is an error, always.
//
// Where the vendor keeps a checksum of the whole object, the content is
// compared with it, and [Info.Verified] names it: a CRC however many ranges
// there are, another where the content passes in order. For an object of a
// single range that is so if the checksum comes along with it, as of B2. S3
// tells none with a range, and asking for it would double the requests for
// small objects: [WithVerify] does, and insists on a checksum for all.
//
// A range whose answer is late, or whose body comes to a halt, is asked for once
// more, and what comes first is taken. Late is what takes a quarter longer than 19 of
// the last 20 took, and 1 ms at least. No more than one request of twenty is made
// twice, half of them for what is late twice over.
//
// # Readers, writers and file systems
//
// A [Reader] reads an object as a file is read, in order or at any place: it fetches
// ahead what is read in order, and asks for little where it is moved about. [FS] makes a
// file system of a bucket. A [Writer] makes an object of what is written to it.
//
// # Copies
//
// [Copy] has the server copy where it can, and else streams from one bucket to the
// other. The properties of a copy are those of the source, but for what the template of
// the destination's handle states. What is streamed keeps those that both providers
// know:
//
//	Attrs                S3, Lightsail, IBM COS      B2
//	ContentType          Content-Type                contentType
//	ContentEncoding      Content-Encoding            b2-content-encoding
//	ContentLanguage      Content-Language            b2-content-language
//	ContentDisposition   Content-Disposition         b2-content-disposition
//	CacheControl         Cache-Control               b2-cache-control
//	Metadata             x-amz-meta-*                fileInfo
//	ModTime              read: Last-Modified         src_last_modified_millis
//	SHA1                 –                           contentSha1, large_file_sha1
//
// Tags, access lists, storage classes, encryption, locks and the vendors' expiry
// are not among them: they are set on the handle of the destination.
//
// # Going on after a failure
//
// What fails leaves nothing behind, unless it is to be gone on with.
//
// [WithCheckpoint] keeps a small file while an upload, a copy or a download to a file
// is under way. If it fails or the process is killed, the same call goes on where it
// stopped, as long as the source is the same: parts that are at the server are not sent
// again, ranges that are on the disk not fetched again.
//
// [WithResume] needs no file: the next upload of the same object finds what was left
// behind at the server. What was sent is kept if the checksums of parts say that it is
// what the source now has.
//
// # Directories and prefixes
//
// [CopyAll] copies a whole [Tree] to another: a directory of files or the objects of a
// bucket with a prefix, see [Dir] and [Under]. [Sync] copies what differs, and with
// [WithDelete] deletes what the source has not. [Delete], [DeleteAll] and
// [CleanupUploads] delete objects and what uploads have left behind.
//
// No name of an object can make a file outside of the directory: it is refused, and
// nothing that is a symbolic link is written through to elsewhere.
//
// # Limits
//
// A [Manager] bounds what all its transfers take together: requests in flight,
// memory and, if asked to, bytes per second. Within it, [WithConcurrency] bounds
// one transfer. The functions of this package use a manager of the package unless
// [WithManager] names another.
//
// The buffers of all transfers together take [Manager].Memory at most, 64 MiB by
// default, however many transfers there are: those of uploads that are not read in
// place, one for each part in flight, and the ranges that DownloadTo and readers have
// fetched ahead, which take no more than half of it. Who needs a buffer when there is
// none waits for one; look-ahead is never waited for. Beside the buffers are 128 KiB
// for each request in flight, and up to 256 KiB for each upload under way whose
// length is not known:
//
//	Memory + 128 KiB × requests in flight + 256 KiB × streams that are uploaded
//
// which is 72 MiB at defaults, 322 MiB for 1,000 streams at a time, and for files
// that are uploaded, or downloaded to files, 8 MiB of it, as these need no buffers.
// Of parts larger than half of Memory see there.
//
// # Order
//
// A stream is read once, from its beginning to its end, and its parts are sent in any
// order. [DownloadTo], [Reader] and [Writer] pass bytes in order; [Download] and
// [DownloadFile] write ranges as they come, each byte once. The objects of [CopyAll]
// and [Sync] are moved in any order. Events of one transfer come one at a time.
//
// # Retries
//
// There are three layers, each of which does what those below cannot.
//
//   - A call of a bucket repeats its requests by itself, with back-off and within
//     the retry budget of its client, which Config.Retry sets. A body that breaks off
//     is gone on with from the byte that was reached.
//   - A transfer does not repeat once more what a call has given up. It asks twice for
//     what is late, as told above; and that a server has asked for less is heard
//     of by all transfers to that server, which give way: see [Manager].
//   - The next call goes on with what has failed, given [WithCheckpoint] or
//     [WithResume].
//
// # Cancellation
//
// When a context ends, requests end at once, what was begun is undone, and the
// error wraps the context's. A Read or Write of the caller's that blocks cannot
// be interrupted: it is waited for. No goroutine outlives a call.
package transfer
