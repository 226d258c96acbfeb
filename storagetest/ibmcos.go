package storagetest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// IBMCOS is a server of IBM Cloud Object Storage, for one service instance in one
// location. Requests come with a token or signed by an HMAC key; objects whose ACL
// is public-read can be read without. It has
//
//   - the S3 operations in IBM's dialect: its errors and headers, its names and
//     locations of buckets, its canned ACLs, its half of the public access block,
//     its conditions on writes; what it does not have is answered with
//     NotImplemented;
//   - versions and Object Lock, or else a retention policy, which holds for every
//     way to write and delete, with legal holds; extended, and copied on request:
//     without a Retention-Directive a copy is under the retention of the headers
//     or of the bucket;
//   - lifecycle rules, and the archive, which [IBMCOS.Tick] carries out;
//   - replication as a configuration, with the failures that
//     [IBMCOS.AddReplicationFailure] invents: nothing is replicated;
//   - root keys in Key Protect, by their names: nothing is encrypted, and
//     every well-formed name is that of a key;
//   - the IAM endpoint, at /identity/token and the old /oidc/token, that turns an
//     API key, its own refresh tokens, the token of a compute resource or any
//     token of its own into tokens, the latter two into those of a trusted
//     profile. A client id is not judged;
//   - the metadata service of virtual servers, see [IBMCOS.MetadataURL].
//
// Of these it has the form only: the answers to Put and GetBucketLogging, and the
// inventory, analytics, metrics and acceleration settings, which are in the models
// of IBM's SDKs, though not in the reference of the service.
//
// Forms (POST) carry no retention and no Content-MD5: what the service makes of
// these fields is not documented.
//
// It has no IAM roles: who has a token or a key may do everything. Firewalls,
// quotas, activity tracking and the resource configuration API are not there,
// nor is Aspera's transfer service: GetBucketAspera names an address where
// nobody answers. Names of deleted buckets are free at once, and settings take
// effect at once.
//
// IBM takes tokens over TLS only; this server takes them also without, being on
// loopback. To faults, a request to the IAM endpoint is the operation IAMToken, one
// to the metadata service create_access_token or create_iam_token.
type IBMCOS struct {
	*Server
	service *s3Service
	iam     *ibmIAM
}

// WithServiceInstance sets the id of IBM's service instance, a GUID: the owner
// of the buckets. Requests may name it alone or within its CRN.
func WithServiceInstance(id string) Option { return func(o *options) { o.serviceInstance = id } }

// Defaults of an IBMCOS.
const (
	defaultServiceInstance = "5f1d2c3b-0000-4000-8000-storagetest0"
	defaultIBMRegion       = "us-south"
)

// NewIBMCOS starts a server of IBM Cloud Object Storage without buckets, in the
// region us-south unless [WithRegion] says otherwise. The caller closes it.
func NewIBMCOS(opts ...Option) *IBMCOS {
	o := newOptions(append([]Option{
		WithRegion(defaultIBMRegion), WithAccountID(defaultIBMAccount), WithAPIKey(defaultAPIKey), WithServiceInstance(defaultServiceInstance),
		WithTokenLifetime(time.Hour), WithTrustedProfile(defaultProfileID, defaultProfileName), WithCRToken(defaultCRToken),
	}, opts...))
	account := o.accountID
	o.accountID = o.serviceInstance // owns the buckets
	srv := newServer(o)
	s := &IBMCOS{Server: srv, iam: newIBMIAM(srv, account)}
	s.service = newS3Service(srv, s.dialect())
	srv.start(s)
	return s
}

// ServiceInstance is the id of the service instance.
func (s *IBMCOS) ServiceInstance() string { return s.serviceInstance }

// AddBucket makes a bucket without a request. It panics if the name is taken.
func (s *IBMCOS) AddBucket(b BucketSetup) { s.service.addBucket(b) }

// operation implements emulator.
func (s *IBMCOS) operation(r *http.Request) string {
	if op := s.iamOperation(r); op != "" {
		return op
	}
	return s.service.operation(r)
}

// serve implements emulator.
func (s *IBMCOS) serve(w http.ResponseWriter, r *http.Request, operation string) {
	if s.iamOperation(r) != "" {
		s.iam.serve(w, r, operation)
		return
	}
	s.service.serve(w, r, operation)
}

// fail implements emulator.
func (s *IBMCOS) fail(w http.ResponseWriter, r *http.Request, status int, code, message string) {
	if op := s.iamOperation(r); op != "" {
		s.iam.fail(w, op, status, code, message)
		return
	}
	s.service.fail(w, r, status, code, message)
}

// expireToken implements emulator.
func (s *IBMCOS) expireToken(r *http.Request) {
	if scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		s.iam.revoke(strings.TrimSpace(token))
		return
	}
	s.service.expireToken(r)
}

// dialect is IBM's S3.
func (s *IBMCOS) dialect() *s3Dialect {
	return &s3Dialect{
		anyRegion:       true,
		longLinks:       true,
		noTrailers:      true,
		quietEncryption: true,
		acls:            []string{"private", "public-read"},
		openBuckets:     true,
		archives:        ibmArchives,
		checkLifecycle:  ibmLifecycle,
		bucketClasses:   true,
		freeConditions:  true,
		bucketName:      ibmBucketName,
		localOnly:       true,
		reservedTags:    "ibm:",
		codes:           map[string]string{"KeyTooLongError": "KeyTooLong"},
		bearer:          s.bearer,
		judge:           ibmJudge,
		route:           ibmRoute,
		lacks:           amazonOnly,
		greet: func(c *s3Call, h http.Header) {
			h.Set("Server", "Cleversafe")
			h.Set("X-Clv-Request-Id", c.requestID)
			h.Set("X-Clv-S3-Version", "2.5")
			h.Del("X-Amz-Id-2")
		},
		errorTail:      func(_ *s3Call, x *xmlWriter, status int) { x.int("httpStatusCode", int64(status)) },
		location:       ibmLocation,
		created:        ibmCreated,
		describeBucket: ibmDescribeBucket,
		receive:        ibmReceive,
		version:        ibmVersion,
		stored:         ibmStored,
		deleted:        ibmDeleted,
		describe:       ibmDescribe,
		operations: map[string]func(*s3Call) *s3Error{
			"ListBuckets":                      func(c *s3Call) *s3Error { return s.listBuckets(c, false) },
			"ListBucketsExtended":              func(c *s3Call) *s3Error { return s.listBuckets(c, true) },
			"GetBucketProtectionConfiguration": ibmGetProtection,
			"PutBucketProtectionConfiguration": ibmPutProtection,
			"ExtendObjectRetention":            ibmExtendRetention,
			"PutPublicAccessBlock":             ibmPublicAccess.put,
			"GetBucketAspera":                  s.getBucketAspera,
			"PutBucketReplication":             ibmReplication.put,
			"ListBucketReplicationFailures":    ibmReplicationFailures,
			"PutBucketReplicationReattempt":    ibmReplicationReattempt,
			"AddLegalHold":                     ibmAddLegalHold,
			"DeleteLegalHold":                  ibmDeleteLegalHold,
			"ListLegalHolds":                   ibmListLegalHolds,
		},
	}
}

// amazonOnly are the operations that IBM's S3 does not have.
var amazonOnly = func() map[string]bool {
	only := map[string]bool{"ListDirectoryBuckets": true}
	for _, sub := range []string{
		"abac", "annotation", "attributes", "encryption", "intelligent-tiering", "metadataAnnotationTable", "metadataConfiguration",
		"metadataInventoryTable", "metadataJournalTable", "metadataTable", "notification", "ownershipControls", "policy", "policyStatus",
		"renameObject", "requestPayment", "select", "session",
	} {
		for _, operations := range []byMethod{s3BucketSubresources[sub], s3ObjectSubresources[sub]} {
			for _, name := range operations {
				only[name] = true
			}
		}
	}
	delete(only, "DeleteBucketPolicy") // which IBM has without the other two
	return only
}()

// ibmBuckets and ibmObjects are the sub-resources that are IBM's alone. What is
// done with legal holds the query tells, beside the method.
var (
	ibmBuckets = map[string]byMethod{
		"faspConnectionInfo":        {"GET": "GetBucketAspera"},
		"ibm-replication-failures":  {"GET": "ListBucketReplicationFailures"},
		"ibm-replication-reattempt": {"PUT": "PutBucketReplicationReattempt"},
		"protection":                named("BucketProtectionConfiguration", "GET", "PUT"),
	}
	ibmObjects = map[string]byMethod{
		"extendRetention": {"POST": "ExtendObjectRetention"},
		"legalHold":       {"GET": "ListLegalHolds"},
	}
)

// ibmRoute finds the operations that are IBM's alone.
func ibmRoute(method string, bucket, key bool, q url.Values) (operation string, known bool) {
	table := ibmBuckets
	switch {
	case !bucket:
		return "ListBucketsExtended", method == http.MethodGet && q.Has("extended")
	case key && method == http.MethodPost && q.Has("legalHold") && q.Has("add"):
		return "AddLegalHold", true
	case key && method == http.MethodPost && q.Has("legalHold") && q.Has("remove"):
		return "DeleteLegalHold", true
	case key:
		table = ibmObjects
	}
	names, known := subresource(table, q)
	return names[method], known
}
