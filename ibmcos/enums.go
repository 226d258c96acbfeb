package ibmcos

// ObjectCannedACL is a ready-made set of grants for an object.
type ObjectCannedACL string

const (
	ObjectCannedACLPrivate                ObjectCannedACL = "private"
	ObjectCannedACLPublicRead             ObjectCannedACL = "public-read"
	ObjectCannedACLPublicReadWrite        ObjectCannedACL = "public-read-write"
	ObjectCannedACLAuthenticatedRead      ObjectCannedACL = "authenticated-read"
	ObjectCannedACLAwsExecRead            ObjectCannedACL = "aws-exec-read"
	ObjectCannedACLBucketOwnerRead        ObjectCannedACL = "bucket-owner-read"
	ObjectCannedACLBucketOwnerFullControl ObjectCannedACL = "bucket-owner-full-control"
)

// StorageClass is STANDARD, or for archived objects GLACIER or ACCELERATED.
type StorageClass string

const (
	StorageClassAccelerated        StorageClass = "ACCELERATED"
	StorageClassStandard           StorageClass = "STANDARD"
	StorageClassReducedRedundancy  StorageClass = "REDUCED_REDUNDANCY"
	StorageClassStandardIa         StorageClass = "STANDARD_IA"
	StorageClassOnezoneIa          StorageClass = "ONEZONE_IA"
	StorageClassIntelligentTiering StorageClass = "INTELLIGENT_TIERING"
	StorageClassGlacier            StorageClass = "GLACIER"
	StorageClassDeepArchive        StorageClass = "DEEP_ARCHIVE"
	StorageClassOutposts           StorageClass = "OUTPOSTS"
	StorageClassGlacierIr          StorageClass = "GLACIER_IR"
)

// ReplicationStatus tells how far the replication of an object has come.
type ReplicationStatus string

const (
	ReplicationStatusComplete ReplicationStatus = "COMPLETE"
	ReplicationStatusPending  ReplicationStatus = "PENDING"
	ReplicationStatusFailed   ReplicationStatus = "FAILED"
	ReplicationStatusReplica  ReplicationStatus = "REPLICA" // the object itself is a replica
)

// ServerSideEncryption is a way of encryption at rest.
type ServerSideEncryption string

const (
	ServerSideEncryptionAes256 ServerSideEncryption = "AES256" // SSE-S3
	ServerSideEncryptionAwsKms ServerSideEncryption = "aws:kms"
)

// ChecksumAlgorithm is an integrity check that the service computes and keeps.
type ChecksumAlgorithm string

const (
	ChecksumAlgorithmCrc32     ChecksumAlgorithm = "CRC32"
	ChecksumAlgorithmCrc32c    ChecksumAlgorithm = "CRC32C"
	ChecksumAlgorithmSha1      ChecksumAlgorithm = "SHA1"
	ChecksumAlgorithmSha256    ChecksumAlgorithm = "SHA256"
	ChecksumAlgorithmCrc64nvme ChecksumAlgorithm = "CRC64NVME"
)

// ChecksumType says what the checksum of a multipart object covers.
type ChecksumType string

const (
	ChecksumTypeComposite  ChecksumType = "COMPOSITE"   // the checksums of the parts
	ChecksumTypeFullObject ChecksumType = "FULL_OBJECT" // all bytes
)

// ChecksumMode asks for stored checksums.
type ChecksumMode string

const ChecksumModeEnabled ChecksumMode = "ENABLED"

// ObjectLockMode is how strictly retention holds.
type ObjectLockMode string

const (
	ObjectLockModeGovernance ObjectLockMode = "GOVERNANCE" // can be lifted with a permission
	ObjectLockModeCompliance ObjectLockMode = "COMPLIANCE" // cannot be lifted by anybody
)

// ObjectLockLegalHoldStatus tells whether a legal hold is on an object.
type ObjectLockLegalHoldStatus string

const (
	ObjectLockLegalHoldStatusOn  ObjectLockLegalHoldStatus = "ON"
	ObjectLockLegalHoldStatusOff ObjectLockLegalHoldStatus = "OFF"
)

// RequestPayer confirms that the caller pays for the request.
type RequestPayer string

const RequestPayerRequester RequestPayer = "requester"

// RequestCharged tells that the caller pays for the request.
type RequestCharged string

const RequestChargedRequester RequestCharged = "requester"

// EncodingType is how keys are written in lists.
type EncodingType string

const EncodingTypeUrl EncodingType = "url"
