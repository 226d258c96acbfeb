// Package realservers holds tests of the s3 client and of package transfer
// against servers of the S3 API that others wrote. The emulator of storagetest
// is tested as one of them: what it answers must not differ from the others.
package realservers
