// Package ibmcos is a client of IBM Cloud Object Storage, by its own dialect of
// Amazon S3's protocol: with IAM tokens, legal holds, retention and root keys.
//
//	client, err := ibmcos.New(ibmcos.Config{
//		Region:            "us-south",
//		Credentials:       credentials.IBMIAM(apiKey),
//		ServiceInstanceId: instance,
//	})
//	if err != nil {
//		return err
//	}
//	for b, err := range paginator.Items(ctx, client.ListBucketsExtended, &ibmcos.ListBucketsExtendedInput{}) {
//		…
//	}
//
// An API key is exchanged for a token at the first call. Calls have it renewed
// ahead of its end, by one look-up for all of them, and between calls nothing
// runs; trusted profiles do without a key.
// HMAC keys sign calls as at Amazon. What a Config leaves open is looked for
// where IBM's tools look, see [Config].
//
// A bucket is seen only through endpoints of its own location, each of which
// there is on three networks: Config has Region and Network.
// [Client.OpenBucket] looks the location up. A token that is refused is renewed
// and the call repeated, once, and at most once a minute: the service does not
// tell a token that has ended from a right that is lacking.
//
// Package transfer moves large objects to and from a [Client.Bucket]. An
// upload in parts cannot depend on the absence of the object: the service has
// no such condition.
//
// # Handles
//
// [Client.Bucket] makes a handle: a bucket by itself, or with Object one of its
// objects, with Version one version of that, with Upload an upload in parts. Their
// methods are the calls about them, without saying again where:
//
//	cat := client.Bucket("photos").Object("cat.jpg")
//	head, err := cat.Head(ctx, nil)
//	_, err = cat.AddLegalHold(ctx, &ibmcos.AddLegalHoldInput{RetentionLegalHoldId: "case-7"})
//	deleted, err := client.Bucket("photos").DeletePrefix(ctx, "tmp/", nil)
//
// # What keeps objects
//
// There are two things, of which a bucket has one at most. A retention policy
// (Immutable Object Storage) is IBM's own: [Client.PutBucketProtectionConfiguration]
// sets it, the Retention members of PutObject, CopyObject and
// CompleteMultipartUpload say how long an object is kept, [Client.AddLegalHold]
// and [Client.DeleteLegalHold] put named holds on it and take them off, and
// [Client.ExtendObjectRetention] makes it longer. Object Lock is Amazon's, for
// versions: [Client.PutObjectLockConfiguration], the ObjectLock members,
// [Client.PutObjectRetention] and [Client.PutObjectLegalHold].
//
// # Settings of buckets
//
// Who may do what is said by policies of IAM, and little of it here. Other than
// objects, which are there at once, settings are eventually consistent: what has
// been put may take a while to be read back, and to take effect. The service may
// refuse, with [ErrNotImplemented], what IBM's models have from Amazon and IBM's
// API reference does not list: acceleration, analytics, inventories, metrics,
// logging and DeleteBucketPolicy.
//
// # Requests that others make
//
// [Presign] signs the request of any operation, and [Client.PresignPost] a form
// for browsers. That takes HMAC keys: a token cannot sign.
//
//	req, err := ibmcos.Presign(ctx, client.GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "cat.jpg"}, 15*time.Minute)
//
// # Errors
//
// Every error of a call is an [*Error], save for a DeleteObjects that deletes only
// a part, a [*DeleteObjectsError]; errors.Is tells the cases apart, by this
// package's codes or by those of io/fs.
//
// Nothing prints the secrets in it: Configs, clients and errors leave them out,
// and keys in Inputs and Outputs are an [entrepot.Secret].
//
// # Tests
//
// storagetest.NewIBMCOS starts a server for tests, whose Config is that of a
// client of it. The way from IBM's own SDKs is docs/from-ibm-cos-sdk.md in the
// repository.
//
// # Not supported yet
//
// The Resource Configuration API, and transfers by Aspera beyond
// [Client.GetBucketAspera].
//
// API: https://cloud.ibm.com/docs/cloud-object-storage?topic=cloud-object-storage-compatibility-api
package ibmcos
