package storagetest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// IBMCOS is a server of IBM Cloud Object Storage: the S3 operations in IBM's
// dialect, IBM's own for buckets, retention policies and legal holds, and the
// IAM endpoint that turns an API key into tokens, at /identity/token. Requests
// come with a token or signed by an HMAC key.
//
// IBM takes tokens over TLS only; this server takes them also without, being on
// loopback.
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
		anyRegion:         true,
		noTrailers:        true,
		quietEncryption:   true,
		acls:              []string{"private", "public-read"},
		openBuckets:       true,
		transitionClasses: []string{"GLACIER", "ACCELERATED"},
		bearer:            s.bearer,
		route:             ibmRoute,
		lacks:             amazonOnly,
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
	for sub := range q {
		if names, ok := table[sub]; ok {
			return names[method], true
		}
	}
	return "", false
}
