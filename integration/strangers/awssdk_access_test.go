package strangers

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/entrepot-go/entrepot/storagetest"
)

// TestAWSSDKConfiguresBuckets puts documents and reads them back.
func TestAWSSDKConfiguresBuckets(t *testing.T) {
	eachAWS(t, func(t *testing.T, srv *storagetest.S3, client *s3.Client, bucket string) {
		ctx, name := t.Context(), &bucket

		_, err := client.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: name})
		wantCode(t, "no CORS", err, "NoSuchCORSConfiguration")
		rules := []types.CORSRule{{
			ID: ptr("app"), AllowedOrigins: []string{"https://example.com"}, AllowedMethods: []string{"GET", "PUT"},
			AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: ptr[int32](60),
		}}
		_, err = client.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: name, CORSConfiguration: &types.CORSConfiguration{CORSRules: rules}})
		must(t, err)
		cors, err := client.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: name})
		must(t, err)
		wantEqual(t, "CORS", cors.CORSRules, rules)

		routes := []types.RoutingRule{{Condition: &types.Condition{KeyPrefixEquals: ptr("a/")}, Redirect: &types.Redirect{ReplaceKeyPrefixWith: ptr("b/")}}}
		_, err = client.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{Bucket: name, WebsiteConfiguration: &types.WebsiteConfiguration{
			IndexDocument: &types.IndexDocument{Suffix: ptr("index.html")}, RoutingRules: routes,
		}})
		must(t, err)
		website, err := client.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: name})
		must(t, err)
		wantEqual(t, "index", *website.IndexDocument.Suffix, "index.html")
		wantEqual(t, "routes", website.RoutingRules, routes)

		tags := []types.Tag{{Key: ptr("k"), Value: ptr("")}}
		_, err = client.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: name, Tagging: &types.Tagging{TagSet: tags}})
		must(t, err)
		tagging, err := client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: name})
		must(t, err)
		wantEqual(t, "tags", tagging.TagSet, tags)

		_, err = client.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: name, ACL: types.BucketCannedACLPublicRead})
		wantCode(t, "ACL where the owner is enforced", err, "AccessControlListNotSupported")
		_, err = client.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: name, OwnershipControls: &types.OwnershipControls{
			Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}},
		}})
		must(t, err)
		_, err = client.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: name})
		must(t, err)
		_, err = client.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: name, ACL: types.BucketCannedACLPublicRead})
		must(t, err)
		acl, err := client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: name})
		must(t, err)
		wantEqual(t, "grantee", acl.Grants[1].Grantee, &types.Grantee{Type: types.TypeGroup, URI: ptr("http://acs.amazonaws.com/groups/global/AllUsers")})
		_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: name, Key: ptr("k")})
		must(t, err)
		_, err = client.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: name, Key: ptr("k"), AccessControlPolicy: &types.AccessControlPolicy{Owner: acl.Owner, Grants: acl.Grants}})
		must(t, err)
		object, err := client.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: name, Key: ptr("k")})
		must(t, err)
		wantEqual(t, "ACL of the object", object.Grants, acl.Grants)

		const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"}]}`
		_, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: ptr(policy)})
		must(t, err)
		got, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
		must(t, err)
		wantEqual(t, "policy", *got.Policy, policy)
		status, err := client.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: name})
		must(t, err)
		wantEqual(t, "public", *status.PolicyStatus.IsPublic, true)

		logging := &types.LoggingEnabled{TargetBucket: name, TargetPrefix: ptr("log/"), TargetGrants: []types.TargetGrant{{
			Grantee: acl.Grants[1].Grantee, Permission: types.BucketLogsPermissionRead,
		}}, TargetObjectKeyFormat: &types.TargetObjectKeyFormat{PartitionedPrefix: &types.PartitionedPrefix{PartitionDateSource: types.PartitionDateSourceEventTime}}}
		_, err = client.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: name, BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: logging}})
		must(t, err)
		logs, err := client.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: name})
		must(t, err)
		wantEqual(t, "logging", logs.LoggingEnabled, logging)

		encryption := []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: ptr("key-1")}, BucketKeyEnabled: ptr(true),
		}}
		_, err = client.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: name, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: encryption}})
		must(t, err)
		encrypted, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: name})
		must(t, err)
		wantEqual(t, "encryption", encrypted.ServerSideEncryptionConfiguration.Rules, encryption)

		_, err = client.PutBucketAccelerateConfiguration(ctx, &s3.PutBucketAccelerateConfigurationInput{Bucket: name, AccelerateConfiguration: &types.AccelerateConfiguration{Status: types.BucketAccelerateStatusSuspended}})
		must(t, err)
		_, err = client.PutBucketRequestPayment(ctx, &s3.PutBucketRequestPaymentInput{Bucket: name, RequestPaymentConfiguration: &types.RequestPaymentConfiguration{Payer: types.PayerRequester}})
		must(t, err)
		payment, err := client.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: name})
		must(t, err)
		wantEqual(t, "payer", payment.Payer, types.PayerRequester)
	})
}
