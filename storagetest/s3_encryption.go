package storagetest

import "slices"

var s3EncryptionHandlers = handlers{
	"PutBucketEncryption":    bucketEncryption.put,
	"GetBucketEncryption":    bucketEncryption.get,
	"DeleteBucketEncryption": bucketEncryption.delete,
}

// defaultEncryption is how objects are encrypted whose request says nothing of
// it.
type defaultEncryption struct {
	Rules []encryptionRule `xml:"Rule"`
}

type encryptionRule struct {
	ApplyServerSideEncryptionByDefault *encryptionAlgorithm `xml:",omitempty"`
	BucketKeyEnabled                   *bool
	BlockedEncryptionTypes             *blockedEncryption `xml:",omitempty"`
}

type encryptionAlgorithm struct {
	SSEAlgorithm   string
	KMSMasterKeyID string `xml:",omitempty"`
}

type blockedEncryption struct {
	EncryptionType []string
}

// managedEncryption is the encryption of a bucket where nothing was put.
func managedEncryption() *defaultEncryption {
	return &defaultEncryption{Rules: []encryptionRule{{
		ApplyServerSideEncryptionByDefault: &encryptionAlgorithm{SSEAlgorithm: "AES256"}, BucketKeyEnabled: new(bool),
	}}}
}

var bucketEncryption = s3Document[defaultEncryption]{
	root:     "ServerSideEncryptionConfiguration",
	of:       func(b *s3Bucket) **defaultEncryption { return &b.encryption },
	check:    func(_ *s3Call, _ *s3Bucket, doc *defaultEncryption) *s3Error { return doc.check() },
	standard: func(*s3Call) *defaultEncryption { return managedEncryption() },
}

func (doc *defaultEncryption) check() *s3Error {
	if len(doc.Rules) != 1 {
		return errorMalformedXML()
	}
	r := &doc.Rules[0]
	if r.ApplyServerSideEncryptionByDefault == nil && r.BlockedEncryptionTypes == nil {
		return errorMalformedXML()
	}
	if r.ApplyServerSideEncryptionByDefault == nil {
		r.ApplyServerSideEncryptionByDefault = &encryptionAlgorithm{SSEAlgorithm: "AES256"}
	}
	switch a := r.ApplyServerSideEncryptionByDefault; a.SSEAlgorithm {
	case "AES256":
		if a.KMSMasterKeyID != "" {
			return errorInvalidArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
				"ApplyServerSideEncryptionByDefault", "")
		}
	case "aws:kms", "aws:kms:dsse":
	default:
		return errorMalformedXML()
	}
	if r.BucketKeyEnabled == nil {
		r.BucketKeyEnabled = new(bool)
	}
	if blocked := r.BlockedEncryptionTypes; blocked != nil {
		for _, kind := range blocked.EncryptionType {
			if kind != "SSE-C" && (kind != "NONE" || len(blocked.EncryptionType) > 1) {
				return errorMalformedXML()
			}
		}
	}
	return nil
}

// rule is the one in force. doc may be nil.
func (doc *defaultEncryption) rule() *encryptionRule {
	if doc == nil {
		doc = managedEncryption()
	}
	return &doc.Rules[0]
}

// blocks reports whether new objects must not be encrypted in this way.
func (r *encryptionRule) blocks(kind string) bool {
	return r.BlockedEncryptionTypes != nil && slices.Contains(r.BlockedEncryptionTypes.EncryptionType, kind)
}
