package ibmcos_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/storagetest"
)

var accessTrips = trips{
	"PutBucketCors":                    bucketCORS,
	"GetBucketCors":                    bucketCORS,
	"DeleteBucketCors":                 bucketCORS,
	"PutBucketWebsite":                 bucketWebsite,
	"GetBucketWebsite":                 bucketWebsite,
	"DeleteBucketWebsite":              bucketWebsite,
	"PutPublicAccessBlock":             publicAccessBlock,
	"GetPublicAccessBlock":             publicAccessBlock,
	"DeletePublicAccessBlock":          publicAccessBlock,
	"PutBucketAcl":                     bucketACL,
	"GetBucketAcl":                     bucketACL,
	"PutObjectAcl":                     objectACL,
	"GetObjectAcl":                     objectACL,
	"PutBucketLogging":                 bucketLogging,
	"GetBucketLogging":                 bucketLogging,
	"PutBucketAccelerateConfiguration": bucketAcceleration,
	"GetBucketAccelerateConfiguration": bucketAcceleration,
	"DeleteBucketPolicy":               bucketPolicy,
	"GetBucketAspera":                  bucketAspera,
}

func bucketCORS(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketCorsInput{Bucket: "photos"}
	absent(t, c.GetBucketCors, get, ibmcos.ErrNoSuchCORSConfiguration)
	rules := []ibmcos.CORSRule{
		{
			AllowedOrigins: []string{"https://*.example.com", "https://example.com"}, AllowedMethods: []string{"GET", "PUT"},
			AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: new(int32(0)),
		},
		{ID: "all", AllowedOrigins: []string{"*"}, AllowedMethods: []string{"GET"}},
	}
	call(t, c.PutBucketCors, &ibmcos.PutBucketCorsInput{Bucket: "photos", CORSConfiguration: &ibmcos.CORSConfiguration{CORSRules: rules}})
	same(t, "rules", call(t, c.GetBucketCors, get).CORSRules, rules)
	for range 2 {
		call(t, c.DeleteBucketCors, &ibmcos.DeleteBucketCorsInput{Bucket: "photos"})
		absent(t, c.GetBucketCors, get, ibmcos.ErrNoSuchCORSConfiguration)
	}
}

func bucketWebsite(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketWebsiteInput{Bucket: "photos"}
	absent(t, c.GetBucketWebsite, get, ibmcos.ErrNoSuchWebsiteConfiguration)
	config := ibmcos.WebsiteConfiguration{
		IndexDocument: &ibmcos.IndexDocument{Suffix: "index.html"},
		ErrorDocument: &ibmcos.ErrorDocument{Key: "error.html"},
		RoutingRules: []ibmcos.RoutingRule{
			{Condition: &ibmcos.Condition{KeyPrefixEquals: "docs/"}, Redirect: ibmcos.Redirect{ReplaceKeyPrefixWith: new("")}},
			{Condition: &ibmcos.Condition{HttpErrorCodeReturnedEquals: "404"}, Redirect: ibmcos.Redirect{HostName: "example.com", Protocol: ibmcos.ProtocolHttps, HttpRedirectCode: "302", ReplaceKeyWith: "gone"}},
		},
	}
	call(t, c.PutBucketWebsite, &ibmcos.PutBucketWebsiteInput{Bucket: "photos", WebsiteConfiguration: &config})
	same(t, "website", call(t, c.GetBucketWebsite, get), &ibmcos.GetBucketWebsiteOutput{
		IndexDocument: *config.IndexDocument, ErrorDocument: *config.ErrorDocument, RoutingRules: config.RoutingRules,
	})
	elsewhere := ibmcos.RedirectAllRequestsTo{HostName: "example.com", Protocol: ibmcos.ProtocolHttps}
	call(t, c.PutBucketWebsite, &ibmcos.PutBucketWebsiteInput{Bucket: "photos", WebsiteConfiguration: &ibmcos.WebsiteConfiguration{RedirectAllRequestsTo: &elsewhere}})
	same(t, "redirect", call(t, c.GetBucketWebsite, get), &ibmcos.GetBucketWebsiteOutput{RedirectAllRequestsTo: elsewhere})
	for range 2 {
		call(t, c.DeleteBucketWebsite, &ibmcos.DeleteBucketWebsiteInput{Bucket: "photos"})
		absent(t, c.GetBucketWebsite, get, ibmcos.ErrNoSuchWebsiteConfiguration)
	}
}

func publicAccessBlock(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetPublicAccessBlockInput{Bucket: "photos"}
	absent(t, c.GetPublicAccessBlock, get, ibmcos.ErrNoSuchPublicAccessBlockConfiguration)
	config := ibmcos.PublicAccessBlockConfiguration{BlockPublicAcls: new(true), IgnorePublicAcls: new(false)}
	call(t, c.PutPublicAccessBlock, &ibmcos.PutPublicAccessBlockInput{Bucket: "photos", PublicAccessBlockConfiguration: &config})
	same(t, "as put", call(t, c.GetPublicAccessBlock, get).PublicAccessBlockConfiguration, config)
	_, err := c.PutBucketAcl(t.Context(), &ibmcos.PutBucketAclInput{Bucket: "photos", ACL: ibmcos.BucketCannedACLPublicRead})
	if !errors.Is(err, ibmcos.ErrAccessDenied) {
		t.Errorf("a public ACL in spite of the block: %v", err)
	}
	for range 2 {
		call(t, c.DeletePublicAccessBlock, &ibmcos.DeletePublicAccessBlockInput{Bucket: "photos"})
		absent(t, c.GetPublicAccessBlock, get, ibmcos.ErrNoSuchPublicAccessBlockConfiguration)
	}
}

func bucketACL(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	owner := srv.ServiceInstance()
	own := ibmcos.Grant{Grantee: &ibmcos.Grantee{Type: ibmcos.TypeCanonicalUser, ID: owner}, Permission: ibmcos.PermissionFullControl}
	all := ibmcos.Grant{Grantee: &ibmcos.Grantee{Type: ibmcos.TypeGroup, URI: "http://acs.amazonaws.com/groups/global/AllUsers"}, Permission: ibmcos.PermissionRead}
	is := func(what string, want ...ibmcos.Grant) {
		t.Helper()
		out := call(t, c.GetBucketAcl, &ibmcos.GetBucketAclInput{Bucket: "photos"})
		if out.Owner.ID != owner {
			t.Errorf("%s: owner %+v", what, out.Owner)
		}
		same(t, what, out.Grants, want)
	}
	is("new bucket", own)
	call(t, c.PutBucketAcl, &ibmcos.PutBucketAclInput{Bucket: "photos", ACL: ibmcos.BucketCannedACLPublicRead})
	is("canned", own, all)
	call(t, c.PutBucketAcl, &ibmcos.PutBucketAclInput{Bucket: "photos", AccessControlPolicy: &ibmcos.AccessControlPolicy{
		Owner: &ibmcos.Owner{ID: owner}, Grants: []ibmcos.Grant{all, own},
	}})
	is("spelt out", all, own)
	call(t, c.PutBucketAcl, &ibmcos.PutBucketAclInput{Bucket: "photos", GrantFullControl: fmt.Sprintf("id=%q", owner)})
	is("by a header", own)
	_, err := c.PutBucketAcl(t.Context(), &ibmcos.PutBucketAclInput{Bucket: "photos", ACL: ibmcos.BucketCannedACLAuthenticatedRead})
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.Code != "InvalidArgument" {
		t.Errorf("a canned ACL that IBM does not know: %v", err)
	}
	_, err = c.PutBucketAcl(t.Context(), &ibmcos.PutBucketAclInput{Bucket: "photos", AccessControlPolicy: &ibmcos.AccessControlPolicy{Grants: []ibmcos.Grant{own}}})
	if !errors.Is(err, ibmcos.ErrMalformedACL) {
		t.Errorf("without the owner: %v", err)
	}
}

func objectACL(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	keepVersions(t, c)
	old := call(t, c.PutObject, &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", ACL: ibmcos.ObjectCannedACLPublicRead}).VersionId
	put(t, c, "k", "current")
	public := func(version string) bool {
		t.Helper()
		out := call(t, c.GetObjectAcl, &ibmcos.GetObjectAclInput{Bucket: "photos", Key: "k", VersionId: version})
		if out.Owner.ID != srv.ServiceInstance() {
			t.Errorf("owner %+v", out.Owner)
		}
		return slices.ContainsFunc(out.Grants, func(g ibmcos.Grant) bool {
			return g.Grantee.Type == ibmcos.TypeGroup && strings.HasSuffix(g.Grantee.URI, "/AllUsers") && g.Permission == ibmcos.PermissionRead
		})
	}
	is := func(when string, wantOld, wantCurrent bool) {
		t.Helper()
		if gotOld, gotCurrent := public(old), public(""); gotOld != wantOld || gotCurrent != wantCurrent {
			t.Errorf("%s: the old version is public: %t, the current: %t", when, gotOld, gotCurrent)
		}
	}
	is("from the uploads", true, false)
	call(t, c.PutObjectAcl, &ibmcos.PutObjectAclInput{Bucket: "photos", Key: "k", ACL: ibmcos.ObjectCannedACLPublicRead})
	is("made public", true, true)
	call(t, c.PutObjectAcl, &ibmcos.PutObjectAclInput{Bucket: "photos", Key: "k", VersionId: old, ACL: ibmcos.ObjectCannedACLPrivate})
	is("made private", false, true)
	_, err := c.PutObjectAcl(t.Context(), &ibmcos.PutObjectAclInput{Bucket: "photos", Key: "k", ACL: ibmcos.ObjectCannedACLBucketOwnerRead})
	if e := (*ibmcos.Error)(nil); !errors.As(err, &e) || e.StatusCode != 400 {
		t.Errorf("an ACL that the service does not support: %v", err)
	}
	absent(t, c.GetObjectAcl, &ibmcos.GetObjectAclInput{Bucket: "photos", Key: "none"}, ibmcos.ErrNoSuchKey)
}

func bucketLogging(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketLoggingInput{Bucket: "photos"}
	same(t, "of a new bucket", call(t, c.GetBucketLogging, get), &ibmcos.GetBucketLoggingOutput{})
	srv.AddBucket(storagetest.BucketSetup{Name: "logs"})
	enabled := ibmcos.LoggingEnabled{TargetBucket: "logs", TargetPrefix: ""} // sent though empty
	call(t, c.PutBucketLogging, &ibmcos.PutBucketLoggingInput{Bucket: "photos", BucketLoggingStatus: &ibmcos.BucketLoggingStatus{LoggingEnabled: &enabled}})
	same(t, "as put", call(t, c.GetBucketLogging, get).LoggingEnabled, enabled)
	call(t, c.PutBucketLogging, &ibmcos.PutBucketLoggingInput{Bucket: "photos", BucketLoggingStatus: &ibmcos.BucketLoggingStatus{}})
	same(t, "ended", call(t, c.GetBucketLogging, get), &ibmcos.GetBucketLoggingOutput{})
}

func bucketAcceleration(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketAccelerateConfigurationInput{Bucket: "photos"}
	same(t, "of a new bucket", call(t, c.GetBucketAccelerateConfiguration, get), &ibmcos.GetBucketAccelerateConfigurationOutput{})
	for _, status := range []ibmcos.BucketAccelerateStatus{ibmcos.BucketAccelerateStatusEnabled, ibmcos.BucketAccelerateStatusSuspended} {
		call(t, c.PutBucketAccelerateConfiguration, &ibmcos.PutBucketAccelerateConfigurationInput{Bucket: "photos", AccelerateConfiguration: &ibmcos.AccelerateConfiguration{Status: status}})
		same(t, "as put", call(t, c.GetBucketAccelerateConfiguration, get), &ibmcos.GetBucketAccelerateConfigurationOutput{Status: status})
	}
}

// bucketPolicy removes a policy, which nobody can have put.
func bucketPolicy(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	call(t, c.DeleteBucketPolicy, &ibmcos.DeleteBucketPolicyInput{Bucket: "photos"})
	absent(t, c.DeleteBucketPolicy, &ibmcos.DeleteBucketPolicyInput{Bucket: "none"}, ibmcos.ErrNoSuchBucket)
}

func bucketAspera(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	get := &ibmcos.GetBucketAsperaInput{Bucket: "photos"}
	out := call(t, c.GetBucketAspera, get)
	if out.AccessKey.Id == "" || out.AccessKey.Secret == "" || !strings.HasPrefix(out.ATSEndpoint, "https://") {
		t.Errorf("%+v", out)
	}
	if text := fmt.Sprintf("%v %+v %#v", *out, *out, out.AccessKey); strings.Contains(text, string(out.AccessKey.Secret)) {
		t.Errorf("prints the secret: %s", text)
	}
	protect(t, c)
	if _, err := c.GetBucketAspera(t.Context(), get); !errors.Is(err, ibmcos.ErrInvalidRequest) {
		t.Errorf("a bucket with a retention policy: %v", err)
	}
}

// TestAsperaRoot reads the answer whatever its root is called, which IBM's models
// do not tell.
func TestAsperaRoot(t *testing.T) {
	c := canned(t, func(*http.Request, string) answer {
		return answer{status: 200, body: "<Any><AccessKey><Id>id</Id><Secret>secret</Secret></AccessKey><ATSEndpoint>https://ats.example:443</ATSEndpoint></Any>"}
	})
	same(t, "connection", call(t, c.GetBucketAspera, &ibmcos.GetBucketAsperaInput{Bucket: "photos"}), &ibmcos.GetBucketAsperaOutput{
		AccessKey: ibmcos.AccessKey{Id: "id", Secret: "secret"}, ATSEndpoint: "https://ats.example:443",
	})
}
