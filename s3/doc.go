// Package s3 is a client of Amazon S3 and of servers that speak its protocol.
//
//	client, err := s3.New(s3.Config{})
//	if err != nil {
//		return err
//	}
//	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: "photos", Key: "cat.jpg"})
//	if err != nil {
//		return err
//	}
//	defer out.Body.Close()
//
// All 116 operations of the API are here, each a method under the API's own
// name, with an Input and an Output whose members have the API's names. Members
// are plain values; a pointer says that absent and zero differ to the service.
// An [Option] changes the [Config] for one call.
//
// # Lists, waits, presigned requests, transfers
//
// One function each serves all operations, given as a method value:
//
//	for obj, err := range paginator.Items(ctx, client.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: "photos"}) {
//		…
//	}
//	err = waiter.Wait(ctx, s3.BucketExists, client.HeadBucket, &s3.HeadBucketInput{Bucket: "photos"})
//	req, err := s3.Presign(ctx, client.GetObject, &s3.GetObjectInput{Bucket: "photos", Key: "cat.jpg"}, 15*time.Minute)
//
// [Client.PresignPost] signs forms for browsers. Package transfer moves objects
// of any size, many requests at a time, to and from a [Client.Bucket].
//
// # Handles
//
// [Client.Bucket] makes a handle: a bucket by itself, or with Object one of its
// objects, with Version one version of that, with Upload an upload in parts. Their
// methods are the calls above, without saying again where:
//
//	cat := client.Bucket("photos").Object("cat.jpg")
//	head, err := cat.Head(ctx, nil)
//	_, err = cat.Put(ctx, &s3.PutObjectInput{Body: file})
//	deleted, err := client.Bucket("photos").DeletePrefix(ctx, "tmp/", nil)
//
// # Credentials, region, endpoint
//
// With a zero [Config] they come from the environment and the shared files, as
// the AWS CLI finds them: the comments of Config name the variables, and package
// credentials tells where keys are looked for. At any other server, set Endpoint,
// and Server if its host does not tell what it is: what a server is not known to
// understand is not used.
//
// # Buckets and what stands for them
//
// Wherever an Input has a Bucket, these name one:
//
//   - the name of a general purpose bucket, or the alias of an access point
//     (-s3alias, --ol-s3, --op-s3)
//   - the ARN of an access point, also of one of S3 Object Lambda or on an
//     Outpost; [Config].UseArnRegion says whether it may be of another region
//   - the ARN of a multi-region access point, whose requests are signed by
//     SigV4A for every region
//   - the name of a directory bucket (photos--usw2-az1--x-s3) or of an access
//     point of one; the client opens sessions for it by itself
//
// A bucket that turns out to be in another region of AWS is asked for there, by
// the same call and by those after it. No redirect is followed to a host that
// an answer names.
//
// # Bodies
//
// A request's body is an io.Reader that is read from where it stands and never
// closed. Files, byte readers and other io.ReaderAt or io.Seeker are sent again
// when an attempt fails. Any other reader is sent once, and needs a
// ContentLength if it is longer than 1 MiB.
//
// Bodies that are sent carry a CRC64NVME at AWS (in directory buckets a CRC32)
// and at IBM, and those that are received are verified by the checksum that the server
// keeps, as the output's [entrepot.ChecksumStatus] tells. A body that ends early
// is always an error; the body of GetObject goes on by itself when the
// connection is lost.
//
// # Errors
//
// Every error of a call is an [*Error], or where DeleteObjects has been done in
// part a [*DeleteObjectsError]. errors.Is tells the cases:
//
//	switch {
//	case errors.Is(err, s3.ErrNoSuchKey): // this case of S3
//	case errors.Is(err, fs.ErrNotExist):  // not there, whatever the provider
//	}
//
// Attempts that fail for a reason that may pass are repeated, as [Config].Retry
// says. A conditional write that meets its own effect, because the answer to an
// earlier attempt was lost, succeeds.
//
// # Servers other than AWS
//
// What a server is not known to understand is not used; the constants of
// [Server] are those that are known. Every operation can be tried anywhere, but
// for four: PutObjectAnnotation, DeleteObjectAnnotation, RenameObject and
// UpdateObjectEncryption go only to AWS, and to a server that Config.Server
// calls [ServerAWS], because servers that do not know them replace or delete the
// object itself. Take care also with deleting a setting of a bucket: MinIO takes
// that of one it does not know for DeleteBucket.
//
// # Secrets
//
// Nothing prints the secrets in it: Configs, clients and errors leave them out,
// and keys in Inputs are an [entrepot.Secret].
//
// # Not supported
//
//   - The checksums of the XXHASH family are neither computed nor verified. A
//     value that the caller has travels as it is.
//   - AWS's other services around S3 are not here: its control API, which makes
//     access points and batch jobs, S3 Tables and S3 Vectors.
//   - There is no encryption before objects leave the program, and no signature
//     of version 2, which the oldest servers want.
//
// API: https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
package s3
