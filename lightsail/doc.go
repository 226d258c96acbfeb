// Package lightsail is a client of the control API of Amazon Lightsail: buckets
// with their settings, bundles, tags and metrics, the access keys to their
// objects, and the operations that changes are; instances, disks, databases,
// networks and the rest of the API as well.
//
// The objects themselves are reached by Amazon S3's protocol. A bucket has at
// most two access keys; [Client.OpenBucket] makes one, remembers it, and returns
// the handle of the bucket:
//
//	bucket, err := client.OpenBucket(ctx, "photos", lightsail.KeysIn(dir))
//	if err != nil {
//		return err
//	}
//	_, err = transfer.Upload(ctx, bucket, "cat.jpg", file)
//
// [Client.Bucket] takes a key that the caller has, and [Client.S3] makes a whole
// client of package s3 of it.
//
// Region and credentials of a zero [Config] come from the environment and the
// shared files, as the AWS CLI finds them.
//
// Every error of a call is an [*Error]. Any operation may fail with
// [ErrInvalidInput], which stands for much, [ErrAccessDenied],
// [ErrUnauthenticated], [ErrRegionSetupInProgress], and [ErrService] when
// repeating it did not help.
//
// In the inputs, which are JSON documents, optional booleans and numbers are
// pointers: new(true) sets one. An empty list that is not nil is sent.
//
// API: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/Welcome.html
package lightsail
