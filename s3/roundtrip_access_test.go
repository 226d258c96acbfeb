package s3_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var accessTrips = trips{
	"PutBucketCors":                    bucketCORS,
	"GetBucketCors":                    bucketCORS,
	"DeleteBucketCors":                 bucketCORS,
	"PutBucketWebsite":                 bucketWebsite,
	"GetBucketWebsite":                 bucketWebsite,
	"DeleteBucketWebsite":              bucketWebsite,
	"PutBucketPolicy":                  bucketPolicy,
	"GetBucketPolicy":                  bucketPolicy,
	"GetBucketPolicyStatus":            bucketPolicy,
	"DeleteBucketPolicy":               bucketPolicy,
	"PutPublicAccessBlock":             publicAccessBlock,
	"GetPublicAccessBlock":             publicAccessBlock,
	"DeletePublicAccessBlock":          publicAccessBlock,
	"PutBucketOwnershipControls":       ownershipControls,
	"GetBucketOwnershipControls":       ownershipControls,
	"DeleteBucketOwnershipControls":    ownershipControls,
	"PutBucketAcl":                     bucketACL,
	"GetBucketAcl":                     bucketACL,
	"PutObjectAcl":                     objectACL,
	"GetObjectAcl":                     objectACL,
	"PutBucketEncryption":              bucketEncryption,
	"GetBucketEncryption":              bucketEncryption,
	"DeleteBucketEncryption":           bucketEncryption,
	"PutBucketLogging":                 bucketLogging,
	"GetBucketLogging":                 bucketLogging,
	"PutBucketAccelerateConfiguration": bucketAcceleration,
	"GetBucketAccelerateConfiguration": bucketAcceleration,
	"PutBucketRequestPayment":          bucketPayment,
	"GetBucketRequestPayment":          bucketPayment,
	"PutBucketAbac":                    bucketAttributes,
	"GetBucketAbac":                    bucketAttributes,
}

// absent makes a call for something that is not there.
func absent[In, Out any](t *testing.T, operation func(context.Context, *In, ...s3.Option) (*Out, error), in *In, want error) {
	t.Helper()
	if _, err := operation(t.Context(), in); !errors.Is(err, want) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want %v", err, want)
	}
}

func bucketCORS(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketCorsInput{Bucket: "photos"}
	absent(t, c.GetBucketCors, get, s3.ErrNoSuchCORSConfiguration)
	rules := []s3.CORSRule{
		{
			ID: "app", AllowedOrigins: []string{"https://*.example.com", "https://example.com"}, AllowedMethods: []string{"GET", "PUT"},
			AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag", "x-amz-version-id"}, MaxAgeSeconds: new(int32(0)),
		},
		{AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}},
	}
	call(t, c.PutBucketCors, &s3.PutBucketCorsInput{Bucket: "photos", CORSConfiguration: &s3.CORSConfiguration{CORSRules: rules}})
	same(t, "rules", call(t, c.GetBucketCors, get).CORSRules, rules)
	call(t, c.DeleteBucketCors, &s3.DeleteBucketCorsInput{Bucket: "photos"})
	absent(t, c.GetBucketCors, get, s3.ErrNoSuchCORSConfiguration)
}

func bucketWebsite(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketWebsiteInput{Bucket: "photos"}
	absent(t, c.GetBucketWebsite, get, s3.ErrNoSuchWebsiteConfiguration)
	config := s3.WebsiteConfiguration{
		IndexDocument: &s3.IndexDocument{Suffix: "index.html"},
		ErrorDocument: &s3.ErrorDocument{Key: "errors/404.html"},
		RoutingRules: []s3.RoutingRule{
			{Condition: &s3.Condition{KeyPrefixEquals: "docs/"}, Redirect: s3.Redirect{ReplaceKeyPrefixWith: new("")}},
			{Condition: &s3.Condition{HttpErrorCodeReturnedEquals: "404"}, Redirect: s3.Redirect{HostName: "example.com", Protocol: s3.ProtocolHttps, HttpRedirectCode: "302", ReplaceKeyWith: "gone"}},
		},
	}
	call(t, c.PutBucketWebsite, &s3.PutBucketWebsiteInput{Bucket: "photos", WebsiteConfiguration: &config})
	same(t, "website", call(t, c.GetBucketWebsite, get), &s3.GetBucketWebsiteOutput{
		IndexDocument: *config.IndexDocument, ErrorDocument: *config.ErrorDocument, RoutingRules: config.RoutingRules,
	})
	elsewhere := s3.RedirectAllRequestsTo{HostName: "example.com", Protocol: s3.ProtocolHttps}
	call(t, c.PutBucketWebsite, &s3.PutBucketWebsiteInput{Bucket: "photos", WebsiteConfiguration: &s3.WebsiteConfiguration{RedirectAllRequestsTo: &elsewhere}})
	same(t, "redirect", call(t, c.GetBucketWebsite, get), &s3.GetBucketWebsiteOutput{RedirectAllRequestsTo: elsewhere})
	call(t, c.DeleteBucketWebsite, &s3.DeleteBucketWebsiteInput{Bucket: "photos"})
	absent(t, c.GetBucketWebsite, get, s3.ErrNoSuchWebsiteConfiguration)
}

func bucketPolicy(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get, status := &s3.GetBucketPolicyInput{Bucket: "photos"}, &s3.GetBucketPolicyStatusInput{Bucket: "photos"}
	absent(t, c.GetBucketPolicy, get, s3.ErrNoSuchBucketPolicy)
	absent(t, c.GetBucketPolicyStatus, status, s3.ErrNoSuchBucketPolicy)
	const public = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/é<&>*"}]}` + "\n"
	put := &s3.PutBucketPolicyInput{Bucket: "photos", Policy: public}
	if _, err := c.PutBucketPolicy(t.Context(), put); !errors.Is(err, s3.ErrAccessDenied) {
		t.Errorf("a public policy where the block forbids it: %v", err)
	}
	call(t, c.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: "photos"})
	if out := call(t, c.PutBucketPolicy, put); out.ResponseMetadata.StatusCode != 204 {
		t.Errorf("status %d", out.ResponseMetadata.StatusCode)
	}
	same(t, "policy", call(t, c.GetBucketPolicy, get).Policy, public)
	if !call(t, c.GetBucketPolicyStatus, status).PolicyStatus.IsPublic {
		t.Error("the policy does not count as public")
	}
	if _, err := c.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: "photos", Policy: "{}"}); !errors.Is(err, s3.ErrMalformedPolicy) {
		t.Errorf("an empty policy: %v", err)
	}
	call(t, c.DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: "photos"})
	absent(t, c.GetBucketPolicy, get, s3.ErrNoSuchBucketPolicy)
}

func publicAccessBlock(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetPublicAccessBlockInput{Bucket: "photos"}
	same(t, "of a new bucket", call(t, c.GetPublicAccessBlock, get).PublicAccessBlockConfiguration, s3.PublicAccessBlockConfiguration{
		BlockPublicAcls: new(true), IgnorePublicAcls: new(true), BlockPublicPolicy: new(true), RestrictPublicBuckets: new(true),
	})
	config := s3.PublicAccessBlockConfiguration{BlockPublicAcls: new(false), IgnorePublicAcls: new(true), BlockPublicPolicy: new(false), RestrictPublicBuckets: new(true)}
	call(t, c.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: "photos", PublicAccessBlockConfiguration: &config})
	same(t, "as put", call(t, c.GetPublicAccessBlock, get).PublicAccessBlockConfiguration, config)
	call(t, c.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: "photos"})
	absent(t, c.GetPublicAccessBlock, get, s3.ErrNoSuchPublicAccessBlockConfiguration)
}

func ownershipControls(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketOwnershipControlsInput{Bucket: "photos"}
	is := func(want s3.ObjectOwnership) {
		t.Helper()
		same(t, "ownership", call(t, c.GetBucketOwnershipControls, get).OwnershipControls, s3.OwnershipControls{Rules: []s3.OwnershipControlsRule{{ObjectOwnership: want}}})
	}
	put := func(want s3.ObjectOwnership) error {
		_, err := c.PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
			Bucket: "photos", OwnershipControls: &s3.OwnershipControls{Rules: []s3.OwnershipControlsRule{{ObjectOwnership: want}}},
		})
		return err
	}
	is(s3.ObjectOwnershipBucketOwnerEnforced)
	if err := put(s3.ObjectOwnershipBucketOwnerPreferred); err != nil {
		t.Fatal(err)
	}
	is(s3.ObjectOwnershipBucketOwnerPreferred)
	call(t, c.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: "photos"})
	call(t, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: "photos", ACL: s3.BucketCannedACLPublicRead})
	if err := put(s3.ObjectOwnershipBucketOwnerEnforced); !errors.Is(err, s3.ErrInvalidBucketAclWithObjectOwnership) {
		t.Errorf("enforced over an ACL: %v", err)
	}
	call(t, c.DeleteBucketOwnershipControls, &s3.DeleteBucketOwnershipControlsInput{Bucket: "photos"})
	absent(t, c.GetBucketOwnershipControls, get, s3.ErrOwnershipControlsNotFound)

	_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: "vault", ACL: s3.BucketCannedACLPublicRead})
	if !errors.Is(err, s3.ErrInvalidBucketAclWithObjectOwnership) {
		t.Errorf("a new bucket with an ACL: %v", err)
	}
}

const (
	account    = "123456789012"
	accountTwo = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	everybody  = "http://acs.amazonaws.com/groups/global/AllUsers"
)

func grantTo(grantee s3.Grantee, p s3.Permission) s3.Grant {
	return s3.Grant{Grantee: &grantee, Permission: p}
}

// allowACLs makes the bucket of the tests one that takes any ACL.
func allowACLs(t *testing.T, c *s3.Client) {
	t.Helper()
	call(t, c.DeleteBucketOwnershipControls, &s3.DeleteBucketOwnershipControlsInput{Bucket: "photos"})
	call(t, c.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: "photos"})
}

func bucketACL(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketAclInput{Bucket: "photos"}
	own := grantTo(s3.Grantee{Type: s3.TypeCanonicalUser, ID: account}, s3.PermissionFullControl)
	is := func(what string, want ...s3.Grant) {
		t.Helper()
		out := call(t, c.GetBucketAcl, get)
		if out.Owner.ID != account {
			t.Errorf("%s: owner %+v", what, out.Owner)
		}
		same(t, what, out.Grants, want, cmpopts.EquateEmpty())
	}
	is("new bucket", own)
	if _, err := c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: "photos", ACL: s3.BucketCannedACLPrivate}); !errors.Is(err, s3.ErrAccessControlListNotSupported) {
		t.Errorf("where the owner is enforced: %v", err)
	}
	allowACLs(t, c)
	call(t, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: "photos", ACL: s3.BucketCannedACLPublicRead})
	all := grantTo(s3.Grantee{Type: s3.TypeGroup, URI: everybody}, s3.PermissionRead)
	is("canned", own, all)
	two := grantTo(s3.Grantee{Type: s3.TypeCanonicalUser, ID: accountTwo}, s3.PermissionWriteAcp)
	call(t, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: "photos", AccessControlPolicy: &s3.AccessControlPolicy{
		Owner: &s3.Owner{ID: account}, Grants: []s3.Grant{all, two, own},
	}})
	is("spelt out", all, two, own)
	call(t, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: "photos", GrantWriteACP: `id="` + accountTwo + `"`, GrantFullControl: "id=" + account})
	is("by headers", own, two)
	call(t, c.PutBucketAcl, &s3.PutBucketAclInput{Bucket: "photos", AccessControlPolicy: &s3.AccessControlPolicy{Owner: &s3.Owner{ID: account}, Grants: []s3.Grant{}}})
	is("nothing")
	_, err := c.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: "photos", AccessControlPolicy: &s3.AccessControlPolicy{Grants: []s3.Grant{own}}})
	if !errors.Is(err, s3.ErrMalformedACL) {
		t.Errorf("without the owner: %v", err)
	}
}

func objectACL(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	absent(t, c.GetObjectAcl, &s3.GetObjectAclInput{Bucket: "photos", Key: "a b+"}, s3.ErrNoSuchKey)
	absent(t, c.PutObjectAcl, &s3.PutObjectAclInput{Bucket: "photos", Key: "a b+", ACL: s3.ObjectCannedACLPrivate}, s3.ErrNoSuchKey)
	allowACLs(t, c)
	put(t, c, "a b+", "x")
	own := grantTo(s3.Grantee{Type: s3.TypeCanonicalUser, ID: account}, s3.PermissionFullControl)
	all := grantTo(s3.Grantee{Type: s3.TypeGroup, URI: everybody}, s3.PermissionRead)
	is := func(what string, want ...s3.Grant) {
		t.Helper()
		out := call(t, c.GetObjectAcl, &s3.GetObjectAclInput{Bucket: "photos", Key: "a b+", RequestPayer: s3.RequestPayerRequester})
		if out.Owner.ID != account || out.RequestCharged != s3.RequestChargedRequester {
			t.Errorf("%s: owner %+v, charged %q", what, out.Owner, out.RequestCharged)
		}
		same(t, what, out.Grants, want)
	}
	is("new object", own)
	call(t, c.PutObjectAcl, &s3.PutObjectAclInput{Bucket: "photos", Key: "a b+", ACL: s3.ObjectCannedACLPublicRead})
	is("canned", own, all)
	call(t, c.PutObjectAcl, &s3.PutObjectAclInput{Bucket: "photos", Key: "a b+", AccessControlPolicy: &s3.AccessControlPolicy{Owner: &s3.Owner{ID: account}, Grants: []s3.Grant{all}}})
	is("spelt out", all)
	call(t, c.PutObject, &s3.PutObjectInput{Bucket: "photos", Key: "a b+", ACL: s3.ObjectCannedACLPublicRead})
	is("stored with one", own, all)
}

func bucketEncryption(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketEncryptionInput{Bucket: "photos"}
	managed := s3.ServerSideEncryptionConfiguration{Rules: []s3.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &s3.ServerSideEncryptionByDefault{SSEAlgorithm: s3.ServerSideEncryptionAes256}, BucketKeyEnabled: new(false),
	}}}
	same(t, "of a new bucket", call(t, c.GetBucketEncryption, get).ServerSideEncryptionConfiguration, managed)
	config := s3.ServerSideEncryptionConfiguration{Rules: []s3.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &s3.ServerSideEncryptionByDefault{SSEAlgorithm: s3.ServerSideEncryptionAwsKms, KMSMasterKeyID: "key-1"},
		BucketKeyEnabled:                   new(true),
		BlockedEncryptionTypes:             &s3.BlockedEncryptionTypes{EncryptionType: []s3.EncryptionType{s3.EncryptionTypeSseC}},
	}}}
	call(t, c.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: "photos", ServerSideEncryptionConfiguration: &config})
	same(t, "as put", call(t, c.GetBucketEncryption, get).ServerSideEncryptionConfiguration, config)
	if out := put(t, c, "k", "x"); out.ServerSideEncryption != s3.ServerSideEncryptionAwsKms || out.SSEKMSKeyId != "key-1" || !out.BucketKeyEnabled {
		t.Errorf("an object stored afterwards: %+v", out)
	}
	call(t, c.DeleteBucketEncryption, &s3.DeleteBucketEncryptionInput{Bucket: "photos"})
	same(t, "after DeleteBucketEncryption", call(t, c.GetBucketEncryption, get).ServerSideEncryptionConfiguration, managed)
	absent(t, c.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: "none"}, s3.ErrNoSuchBucket)
	srv.Inject(storagetest.Fault{Operation: "GetBucketEncryption", Status: 404, Code: "ServerSideEncryptionConfigurationNotFoundError"}) // as other servers do
	absent(t, c.GetBucketEncryption, get, s3.ErrServerSideEncryptionConfigurationNotFound)
}

func bucketLogging(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := &s3.GetBucketLoggingInput{Bucket: "photos"}
	same(t, "of a new bucket", call(t, c.GetBucketLogging, get), &s3.GetBucketLoggingOutput{})
	srv.AddBucket(storagetest.BucketSetup{Name: "logs"})
	for _, format := range []*s3.TargetObjectKeyFormat{
		nil,
		{SimplePrefix: &s3.SimplePrefix{}},
		{PartitionedPrefix: &s3.PartitionedPrefix{PartitionDateSource: s3.PartitionDateSourceEventTime}},
	} {
		enabled := s3.LoggingEnabled{
			TargetBucket: "logs", TargetPrefix: "", TargetObjectKeyFormat: format,
			TargetGrants: []s3.TargetGrant{{Grantee: &s3.Grantee{Type: s3.TypeGroup, URI: everybody}, Permission: s3.BucketLogsPermissionRead}},
		}
		call(t, c.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: "photos", BucketLoggingStatus: &s3.BucketLoggingStatus{LoggingEnabled: &enabled}})
		same(t, "as put", call(t, c.GetBucketLogging, get).LoggingEnabled, enabled)
	}
	call(t, c.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: "photos", BucketLoggingStatus: &s3.BucketLoggingStatus{}})
	same(t, "ended", call(t, c.GetBucketLogging, get), &s3.GetBucketLoggingOutput{})
}

func bucketAcceleration(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	is := func(want s3.BucketAccelerateStatus) {
		t.Helper()
		out := call(t, c.GetBucketAccelerateConfiguration, &s3.GetBucketAccelerateConfigurationInput{Bucket: "photos", RequestPayer: s3.RequestPayerRequester})
		same(t, "acceleration", out, &s3.GetBucketAccelerateConfigurationOutput{Status: want, RequestCharged: s3.RequestChargedRequester})
	}
	is("")
	for _, status := range []s3.BucketAccelerateStatus{s3.BucketAccelerateStatusEnabled, s3.BucketAccelerateStatusSuspended} {
		call(t, c.PutBucketAccelerateConfiguration, &s3.PutBucketAccelerateConfigurationInput{Bucket: "photos", AccelerateConfiguration: &s3.AccelerateConfiguration{Status: status}})
		is(status)
	}
}

func bucketPayment(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	is := func(want s3.Payer) {
		t.Helper()
		same(t, "payer", call(t, c.GetBucketRequestPayment, &s3.GetBucketRequestPaymentInput{Bucket: "photos"}).Payer, want)
	}
	is(s3.PayerBucketOwner)
	for _, payer := range []s3.Payer{s3.PayerRequester, s3.PayerBucketOwner} {
		call(t, c.PutBucketRequestPayment, &s3.PutBucketRequestPaymentInput{Bucket: "photos", RequestPaymentConfiguration: &s3.RequestPaymentConfiguration{Payer: payer}})
		is(payer)
	}
}

func bucketAttributes(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	is := func(want s3.BucketAbacStatus) {
		t.Helper()
		same(t, "status", call(t, c.GetBucketAbac, &s3.GetBucketAbacInput{Bucket: "photos"}).AbacStatus, s3.AbacStatus{Status: want})
	}
	is(s3.BucketAbacStatusDisabled)
	for _, status := range []s3.BucketAbacStatus{s3.BucketAbacStatusEnabled, s3.BucketAbacStatusDisabled} {
		call(t, c.PutBucketAbac, &s3.PutBucketAbacInput{Bucket: "photos", AbacStatus: &s3.AbacStatus{Status: status}})
		is(status)
	}
}
