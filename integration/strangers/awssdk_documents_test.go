package strangers

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// awsDocument is a configuration that is put, got back as it was put, listed
// among others of its kind if there can be some, and deleted.
type awsDocument struct {
	name     string
	put      func(context.Context) error
	get      func(context.Context) (any, error)
	list     func(context.Context) ([]string, error) // names of all; nil: it has none
	remove   func(context.Context) error             // nil: it stays
	want     any
	gone     string // code of the get where there is none; empty: standard is the answer
	standard any
}

func (d awsDocument) drive(t *testing.T) {
	t.Run(d.name, func(t *testing.T) {
		ctx := t.Context()
		absent := func(when string) {
			got, err := d.get(ctx)
			switch {
			case d.gone != "":
				wantCode(t, "get "+when, err, d.gone)
			case err != nil:
				t.Error(when, err)
			default:
				wantEqual(t, when, got, d.standard)
			}
		}
		absent("before it was put")
		must(t, d.put(ctx))
		got, err := d.get(ctx)
		must(t, err)
		wantEqual(t, d.name, got, d.want)
		if d.list != nil {
			names, err := d.list(ctx)
			must(t, err)
			wantEqual(t, "list", names, []string{"one"})
		}
		if d.remove != nil {
			must(t, d.remove(ctx))
			absent("after it was deleted")
		}
	})
}

// An awsCall is a method of the SDK's client.
type awsCall[In, Out any] = func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

// awsMake returns what makes a call of which only the error is of interest.
func awsMake[In, Out any](call awsCall[In, Out], in In) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := call(ctx, &in)
		return err
	}
}

// awsRead returns what makes a call, and picks from its answer.
func awsRead[In, Out any](call awsCall[In, Out], in In, pick func(*Out) any) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		out, err := call(ctx, &in)
		if err != nil {
			return nil, err
		}
		return pick(out), nil
	}
}

// awsList returns what makes a call and picks the names of what it lists.
func awsList[In, Out, Item any](call awsCall[In, Out], in In, items func(*Out) []Item, name func(Item) *string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) (names []string, err error) {
		out, err := call(ctx, &in)
		if err != nil {
			return nil, err
		}
		for _, item := range items(out) {
			names = append(names, *name(item))
		}
		return names, nil
	}
}

// awsDocuments are all of a bucket, in an order in which they do not get in
// each other's way.
func awsDocuments(c *s3.Client, bucket string) []awsDocument {
	b, one := &bucket, ptr("one")
	arn := ptr("arn:aws:s3:::" + bucket)
	tags := []types.Tag{{Key: ptr("k"), Value: ptr("v")}, {Key: ptr("l"), Value: ptr("")}}
	block := &types.PublicAccessBlockConfiguration{BlockPublicAcls: ptr(true), IgnorePublicAcls: ptr(true), BlockPublicPolicy: ptr(false), RestrictPublicBuckets: ptr(false)}
	ownership := []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}}
	everybody := &types.Grantee{Type: types.TypeGroup, URI: ptr("http://acs.amazonaws.com/groups/global/AllUsers")}
	policy := ptr(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`)
	cors := []types.CORSRule{{
		ID: ptr("app"), AllowedOrigins: []string{"https://a.example", "https://*.b.example"}, AllowedMethods: []string{"GET", "PUT"},
		AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: ptr[int32](60),
	}}
	website := types.WebsiteConfiguration{
		IndexDocument: &types.IndexDocument{Suffix: ptr("index.html")}, ErrorDocument: &types.ErrorDocument{Key: ptr("error.html")},
		RoutingRules: []types.RoutingRule{{Condition: &types.Condition{KeyPrefixEquals: ptr("a/")}, Redirect: &types.Redirect{ReplaceKeyPrefixWith: ptr("b/")}}},
	}
	encryption := []types.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: ptr("key-1")}, BucketKeyEnabled: ptr(true),
	}}
	plain := []types.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256}, BucketKeyEnabled: ptr(false),
	}}
	logging := &types.LoggingEnabled{
		TargetBucket: b, TargetPrefix: ptr("log/"), TargetGrants: []types.TargetGrant{{Grantee: everybody, Permission: types.BucketLogsPermissionRead}},
		TargetObjectKeyFormat: &types.TargetObjectKeyFormat{PartitionedPrefix: &types.PartitionedPrefix{PartitionDateSource: types.PartitionDateSourceEventTime}},
	}
	lifecycle := []types.LifecycleRule{{
		ID: one, Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Prefix: ptr("a&b/"), Tags: tags, ObjectSizeGreaterThan: ptr[int64](1000), ObjectSizeLessThan: ptr[int64](2000),
		}},
		Transitions: []types.Transition{{Days: ptr[int32](30), StorageClass: types.TransitionStorageClassGlacier}}, Expiration: &types.LifecycleExpiration{Days: ptr[int32](90)},
		NoncurrentVersionTransitions: []types.NoncurrentVersionTransition{{NoncurrentDays: ptr[int32](40), NewerNoncurrentVersions: ptr[int32](3), StorageClass: types.TransitionStorageClassGlacier}},
		NoncurrentVersionExpiration:  &types.NoncurrentVersionExpiration{NoncurrentDays: ptr[int32](50), NewerNoncurrentVersions: ptr[int32](2)},
	}, {
		ID: ptr("two"), Status: types.ExpirationStatusDisabled, Filter: &types.LifecycleRuleFilter{Prefix: ptr("")},
		AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: ptr[int32](7)}, Expiration: &types.LifecycleExpiration{ExpiredObjectDeleteMarker: ptr(true)},
	}}
	filter := &types.NotificationConfigurationFilter{Key: &types.S3KeyFilter{FilterRules: []types.FilterRule{{Name: "Prefix", Value: ptr("a/")}}}}
	notification := types.NotificationConfiguration{
		TopicConfigurations:          []types.TopicConfiguration{{Id: one, TopicArn: ptr("arn:aws:sns:us-east-1:123456789012:topic"), Events: []types.Event{types.EventS3ObjectCreatedPut}, Filter: filter}},
		QueueConfigurations:          []types.QueueConfiguration{{Id: ptr("two"), QueueArn: ptr("arn:aws:sqs:us-east-1:123456789012:queue"), Events: []types.Event{"s3:ObjectRemoved:*"}}},
		LambdaFunctionConfigurations: []types.LambdaFunctionConfiguration{{Id: ptr("three"), LambdaFunctionArn: ptr("arn:aws:lambda:us-east-1:123456789012:function:f"), Events: []types.Event{"s3:ObjectRestore:*"}}},
		EventBridgeConfiguration:     &types.EventBridgeConfiguration{},
	}
	notified := func(n types.NotificationConfiguration) []any {
		return []any{n.TopicConfigurations, n.QueueConfigurations, n.LambdaFunctionConfigurations, n.EventBridgeConfiguration}
	}
	replication := &types.ReplicationConfiguration{Role: ptr("arn:aws:iam::123456789012:role/replication"), Rules: []types.ReplicationRule{{
		ID: one, Priority: ptr[int32](1), Status: types.ReplicationRuleStatusEnabled, Filter: &types.ReplicationRuleFilter{Prefix: ptr("a/")},
		DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusDisabled},
		Destination: &types.Destination{
			Bucket: ptr("arn:aws:s3:::copies"), StorageClass: types.StorageClassStandardIa,
			ReplicationTime: &types.ReplicationTime{Status: types.ReplicationTimeStatusEnabled, Time: &types.ReplicationTimeValue{Minutes: ptr[int32](15)}},
			Metrics:         &types.Metrics{Status: types.MetricsStatusEnabled, EventThreshold: &types.ReplicationTimeValue{Minutes: ptr[int32](15)}},
		},
	}}}
	analytics := types.AnalyticsConfiguration{
		Id: one, Filter: &types.AnalyticsFilterMemberAnd{Value: types.AnalyticsAndOperator{Prefix: ptr("a/"), Tags: tags}},
		StorageClassAnalysis: &types.StorageClassAnalysis{DataExport: &types.StorageClassAnalysisDataExport{
			OutputSchemaVersion: types.StorageClassAnalysisSchemaVersionV1,
			Destination:         &types.AnalyticsExportDestination{S3BucketDestination: &types.AnalyticsS3BucketDestination{Bucket: arn, Format: types.AnalyticsS3ExportFileFormatCsv, Prefix: ptr("p")}},
		}},
	}
	inventory := types.InventoryConfiguration{
		Id: one, IsEnabled: ptr(true), IncludedObjectVersions: types.InventoryIncludedObjectVersionsAll, Filter: &types.InventoryFilter{Prefix: ptr("a/")},
		OptionalFields: []types.InventoryOptionalField{types.InventoryOptionalFieldSize}, Schedule: &types.InventorySchedule{Frequency: types.InventoryFrequencyWeekly},
		Destination: &types.InventoryDestination{S3BucketDestination: &types.InventoryS3BucketDestination{
			Bucket: arn, Format: types.InventoryFormatParquet, AccountId: ptr("123456789012"), Encryption: &types.InventoryEncryption{SSES3: &types.SSES3{}},
		}},
	}
	metrics := types.MetricsConfiguration{Id: one, Filter: &types.MetricsFilterMemberTag{Value: tags[0]}}
	tiering := types.IntelligentTieringConfiguration{
		Id: one, Status: types.IntelligentTieringStatusEnabled, Filter: &types.IntelligentTieringFilter{Prefix: ptr("a/")},
		Tierings: []types.Tiering{{AccessTier: types.IntelligentTieringAccessTierArchiveAccess, Days: ptr[int32](100)}},
	}

	return []awsDocument{
		{
			name: "PublicAccessBlock", want: block, gone: "NoSuchPublicAccessBlockConfiguration",
			put: awsMake(c.PutPublicAccessBlock, s3.PutPublicAccessBlockInput{Bucket: b, PublicAccessBlockConfiguration: block}),
			get: awsRead(c.GetPublicAccessBlock, s3.GetPublicAccessBlockInput{Bucket: b}, func(out *s3.GetPublicAccessBlockOutput) any {
				return out.PublicAccessBlockConfiguration
			}),
			remove: awsMake(c.DeletePublicAccessBlock, s3.DeletePublicAccessBlockInput{Bucket: b}),
		},
		{
			name: "BucketOwnershipControls", want: ownership, gone: "OwnershipControlsNotFoundError",
			put: awsMake(c.PutBucketOwnershipControls, s3.PutBucketOwnershipControlsInput{Bucket: b, OwnershipControls: &types.OwnershipControls{Rules: ownership}}),
			get: awsRead(c.GetBucketOwnershipControls, s3.GetBucketOwnershipControlsInput{Bucket: b}, func(out *s3.GetBucketOwnershipControlsOutput) any {
				return out.OwnershipControls.Rules
			}),
			remove: awsMake(c.DeleteBucketOwnershipControls, s3.DeleteBucketOwnershipControlsInput{Bucket: b}),
		},
		{
			name: "BucketAcl", want: 2, standard: 1,
			put: awsMake(c.PutBucketAcl, s3.PutBucketAclInput{Bucket: b, ACL: types.BucketCannedACLPublicRead}),
			get: awsRead(c.GetBucketAcl, s3.GetBucketAclInput{Bucket: b}, func(out *s3.GetBucketAclOutput) any {
				return len(out.Grants)
			}),
			remove: awsMake(c.PutBucketAcl, s3.PutBucketAclInput{Bucket: b, ACL: types.BucketCannedACLPrivate}),
		},
		{
			name: "ObjectAcl", want: everybody, standard: (*types.Grantee)(nil),
			put: awsMake(c.PutObjectAcl, s3.PutObjectAclInput{Bucket: b, Key: one, GrantRead: ptr(`uri="` + *everybody.URI + `"`)}),
			get: awsRead(c.GetObjectAcl, s3.GetObjectAclInput{Bucket: b, Key: one}, func(out *s3.GetObjectAclOutput) any {
				for _, g := range out.Grants {
					if g.Permission == types.PermissionRead {
						return g.Grantee
					}
				}
				return (*types.Grantee)(nil)
			}),
		},
		{
			name: "BucketPolicy", want: policy, gone: "NoSuchBucketPolicy",
			put: awsMake(c.PutBucketPolicy, s3.PutBucketPolicyInput{Bucket: b, Policy: policy}),
			get: awsRead(c.GetBucketPolicy, s3.GetBucketPolicyInput{Bucket: b}, func(out *s3.GetBucketPolicyOutput) any {
				return out.Policy
			}),
			remove: awsMake(c.DeleteBucketPolicy, s3.DeleteBucketPolicyInput{Bucket: b}),
		},
		{
			name: "BucketPolicyStatus", want: ptr(true), gone: "NoSuchBucketPolicy",
			put: awsMake(c.PutBucketPolicy, s3.PutBucketPolicyInput{Bucket: b, Policy: policy}),
			get: awsRead(c.GetBucketPolicyStatus, s3.GetBucketPolicyStatusInput{Bucket: b}, func(out *s3.GetBucketPolicyStatusOutput) any {
				return out.PolicyStatus.IsPublic
			}),
		},
		{
			name: "BucketTagging", want: tags, gone: "NoSuchTagSet",
			put: awsMake(c.PutBucketTagging, s3.PutBucketTaggingInput{Bucket: b, Tagging: &types.Tagging{TagSet: tags}}),
			get: awsRead(c.GetBucketTagging, s3.GetBucketTaggingInput{Bucket: b}, func(out *s3.GetBucketTaggingOutput) any {
				return out.TagSet
			}),
			remove: awsMake(c.DeleteBucketTagging, s3.DeleteBucketTaggingInput{Bucket: b}),
		},
		{
			name: "ObjectTagging", want: tags, standard: []types.Tag{},
			put: awsMake(c.PutObjectTagging, s3.PutObjectTaggingInput{Bucket: b, Key: one, Tagging: &types.Tagging{TagSet: tags}}),
			get: awsRead(c.GetObjectTagging, s3.GetObjectTaggingInput{Bucket: b, Key: one}, func(out *s3.GetObjectTaggingOutput) any {
				return out.TagSet
			}),
			remove: awsMake(c.DeleteObjectTagging, s3.DeleteObjectTaggingInput{Bucket: b, Key: one}),
		},
		{
			name: "BucketCors", want: cors, gone: "NoSuchCORSConfiguration",
			put: awsMake(c.PutBucketCors, s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: &types.CORSConfiguration{CORSRules: cors}}),
			get: awsRead(c.GetBucketCors, s3.GetBucketCorsInput{Bucket: b}, func(out *s3.GetBucketCorsOutput) any {
				return out.CORSRules
			}),
			remove: awsMake(c.DeleteBucketCors, s3.DeleteBucketCorsInput{Bucket: b}),
		},
		{
			name: "BucketWebsite", want: website, gone: "NoSuchWebsiteConfiguration",
			put: awsMake(c.PutBucketWebsite, s3.PutBucketWebsiteInput{Bucket: b, WebsiteConfiguration: &website}),
			get: awsRead(c.GetBucketWebsite, s3.GetBucketWebsiteInput{Bucket: b}, func(out *s3.GetBucketWebsiteOutput) any {
				return types.WebsiteConfiguration{IndexDocument: out.IndexDocument, ErrorDocument: out.ErrorDocument, RoutingRules: out.RoutingRules}
			}),
			remove: awsMake(c.DeleteBucketWebsite, s3.DeleteBucketWebsiteInput{Bucket: b}),
		},
		{
			name: "BucketEncryption", want: encryption, standard: plain,
			put: awsMake(c.PutBucketEncryption, s3.PutBucketEncryptionInput{Bucket: b, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: encryption}}),
			get: awsRead(c.GetBucketEncryption, s3.GetBucketEncryptionInput{Bucket: b}, func(out *s3.GetBucketEncryptionOutput) any {
				return out.ServerSideEncryptionConfiguration.Rules
			}),
			remove: awsMake(c.DeleteBucketEncryption, s3.DeleteBucketEncryptionInput{Bucket: b}),
		},
		{
			name: "BucketLogging", want: logging, standard: (*types.LoggingEnabled)(nil),
			put: awsMake(c.PutBucketLogging, s3.PutBucketLoggingInput{Bucket: b, BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: logging}}),
			get: awsRead(c.GetBucketLogging, s3.GetBucketLoggingInput{Bucket: b}, func(out *s3.GetBucketLoggingOutput) any {
				return out.LoggingEnabled
			}),
			remove: awsMake(c.PutBucketLogging, s3.PutBucketLoggingInput{Bucket: b, BucketLoggingStatus: &types.BucketLoggingStatus{}}),
		},
		{
			name: "BucketAccelerateConfiguration", want: types.BucketAccelerateStatusSuspended, standard: types.BucketAccelerateStatus(""),
			put: awsMake(c.PutBucketAccelerateConfiguration, s3.PutBucketAccelerateConfigurationInput{Bucket: b, AccelerateConfiguration: &types.AccelerateConfiguration{Status: types.BucketAccelerateStatusSuspended}}),
			get: awsRead(c.GetBucketAccelerateConfiguration, s3.GetBucketAccelerateConfigurationInput{Bucket: b}, func(out *s3.GetBucketAccelerateConfigurationOutput) any {
				return out.Status
			}),
		},
		{
			name: "BucketRequestPayment", want: types.PayerRequester, standard: types.PayerBucketOwner,
			put: awsMake(c.PutBucketRequestPayment, s3.PutBucketRequestPaymentInput{Bucket: b, RequestPaymentConfiguration: &types.RequestPaymentConfiguration{Payer: types.PayerRequester}}),
			get: awsRead(c.GetBucketRequestPayment, s3.GetBucketRequestPaymentInput{Bucket: b}, func(out *s3.GetBucketRequestPaymentOutput) any {
				return out.Payer
			}),
		},
		{
			name: "BucketAbac", want: types.BucketAbacStatusEnabled, standard: types.BucketAbacStatusDisabled,
			put: awsMake(c.PutBucketAbac, s3.PutBucketAbacInput{Bucket: b, AbacStatus: &types.AbacStatus{Status: types.BucketAbacStatusEnabled}}),
			get: awsRead(c.GetBucketAbac, s3.GetBucketAbacInput{Bucket: b}, func(out *s3.GetBucketAbacOutput) any {
				return out.AbacStatus.Status
			}),
		},
		{
			name: "BucketLifecycleConfiguration", want: lifecycle, gone: "NoSuchLifecycleConfiguration",
			put: awsMake(c.PutBucketLifecycleConfiguration, s3.PutBucketLifecycleConfigurationInput{Bucket: b, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: lifecycle}}),
			get: awsRead(c.GetBucketLifecycleConfiguration, s3.GetBucketLifecycleConfigurationInput{Bucket: b}, func(out *s3.GetBucketLifecycleConfigurationOutput) any {
				return out.Rules
			}),
			remove: awsMake(c.DeleteBucketLifecycle, s3.DeleteBucketLifecycleInput{Bucket: b}),
		},
		{
			name: "BucketNotificationConfiguration", want: notified(notification), standard: notified(types.NotificationConfiguration{}),
			put: awsMake(c.PutBucketNotificationConfiguration, s3.PutBucketNotificationConfigurationInput{Bucket: b, NotificationConfiguration: &notification}),
			get: awsRead(c.GetBucketNotificationConfiguration, s3.GetBucketNotificationConfigurationInput{Bucket: b}, func(out *s3.GetBucketNotificationConfigurationOutput) any {
				return notified(types.NotificationConfiguration{
					TopicConfigurations: out.TopicConfigurations, QueueConfigurations: out.QueueConfigurations,
					LambdaFunctionConfigurations: out.LambdaFunctionConfigurations, EventBridgeConfiguration: out.EventBridgeConfiguration,
				})
			}),
			remove: awsMake(c.PutBucketNotificationConfiguration, s3.PutBucketNotificationConfigurationInput{Bucket: b, NotificationConfiguration: &types.NotificationConfiguration{}}),
		},
		{
			name: "BucketVersioning", want: types.BucketVersioningStatusEnabled, standard: types.BucketVersioningStatus(""),
			put: awsMake(c.PutBucketVersioning, s3.PutBucketVersioningInput{Bucket: b, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}),
			get: awsRead(c.GetBucketVersioning, s3.GetBucketVersioningInput{Bucket: b}, func(out *s3.GetBucketVersioningOutput) any {
				return out.Status
			}),
		},
		{ // wants versions
			name: "BucketReplication", want: replication, gone: "ReplicationConfigurationNotFoundError",
			put: awsMake(c.PutBucketReplication, s3.PutBucketReplicationInput{Bucket: b, ReplicationConfiguration: replication}),
			get: awsRead(c.GetBucketReplication, s3.GetBucketReplicationInput{Bucket: b}, func(out *s3.GetBucketReplicationOutput) any {
				return out.ReplicationConfiguration
			}),
			remove: awsMake(c.DeleteBucketReplication, s3.DeleteBucketReplicationInput{Bucket: b}),
		},
		{
			name: "BucketAnalyticsConfiguration", want: &analytics, gone: "NoSuchConfiguration",
			put: awsMake(c.PutBucketAnalyticsConfiguration, s3.PutBucketAnalyticsConfigurationInput{Bucket: b, Id: one, AnalyticsConfiguration: &analytics}),
			get: awsRead(c.GetBucketAnalyticsConfiguration, s3.GetBucketAnalyticsConfigurationInput{Bucket: b, Id: one}, func(out *s3.GetBucketAnalyticsConfigurationOutput) any {
				return out.AnalyticsConfiguration
			}),
			list: awsList(c.ListBucketAnalyticsConfigurations, s3.ListBucketAnalyticsConfigurationsInput{Bucket: b}, func(out *s3.ListBucketAnalyticsConfigurationsOutput) []types.AnalyticsConfiguration {
				return out.AnalyticsConfigurationList
			}, func(a types.AnalyticsConfiguration) *string { return a.Id }),
			remove: awsMake(c.DeleteBucketAnalyticsConfiguration, s3.DeleteBucketAnalyticsConfigurationInput{Bucket: b, Id: one}),
		},
		{
			name: "BucketInventoryConfiguration", want: &inventory, gone: "NoSuchConfiguration",
			put: awsMake(c.PutBucketInventoryConfiguration, s3.PutBucketInventoryConfigurationInput{Bucket: b, Id: one, InventoryConfiguration: &inventory}),
			get: awsRead(c.GetBucketInventoryConfiguration, s3.GetBucketInventoryConfigurationInput{Bucket: b, Id: one}, func(out *s3.GetBucketInventoryConfigurationOutput) any {
				return out.InventoryConfiguration
			}),
			list: awsList(c.ListBucketInventoryConfigurations, s3.ListBucketInventoryConfigurationsInput{Bucket: b}, func(out *s3.ListBucketInventoryConfigurationsOutput) []types.InventoryConfiguration {
				return out.InventoryConfigurationList
			}, func(i types.InventoryConfiguration) *string { return i.Id }),
			remove: awsMake(c.DeleteBucketInventoryConfiguration, s3.DeleteBucketInventoryConfigurationInput{Bucket: b, Id: one}),
		},
		{
			name: "BucketMetricsConfiguration", want: &metrics, gone: "NoSuchConfiguration",
			put: awsMake(c.PutBucketMetricsConfiguration, s3.PutBucketMetricsConfigurationInput{Bucket: b, Id: one, MetricsConfiguration: &metrics}),
			get: awsRead(c.GetBucketMetricsConfiguration, s3.GetBucketMetricsConfigurationInput{Bucket: b, Id: one}, func(out *s3.GetBucketMetricsConfigurationOutput) any {
				return out.MetricsConfiguration
			}),
			list: awsList(c.ListBucketMetricsConfigurations, s3.ListBucketMetricsConfigurationsInput{Bucket: b}, func(out *s3.ListBucketMetricsConfigurationsOutput) []types.MetricsConfiguration {
				return out.MetricsConfigurationList
			}, func(m types.MetricsConfiguration) *string { return m.Id }),
			remove: awsMake(c.DeleteBucketMetricsConfiguration, s3.DeleteBucketMetricsConfigurationInput{Bucket: b, Id: one}),
		},
		{
			name: "BucketIntelligentTieringConfiguration", want: &tiering, gone: "NoSuchConfiguration",
			put: awsMake(c.PutBucketIntelligentTieringConfiguration, s3.PutBucketIntelligentTieringConfigurationInput{Bucket: b, Id: one, IntelligentTieringConfiguration: &tiering}),
			get: awsRead(c.GetBucketIntelligentTieringConfiguration, s3.GetBucketIntelligentTieringConfigurationInput{Bucket: b, Id: one}, func(out *s3.GetBucketIntelligentTieringConfigurationOutput) any {
				return out.IntelligentTieringConfiguration
			}),
			list: awsList(c.ListBucketIntelligentTieringConfigurations, s3.ListBucketIntelligentTieringConfigurationsInput{Bucket: b}, func(out *s3.ListBucketIntelligentTieringConfigurationsOutput) []types.IntelligentTieringConfiguration {
				return out.IntelligentTieringConfigurationList
			}, func(i types.IntelligentTieringConfiguration) *string { return i.Id }),
			remove: awsMake(c.DeleteBucketIntelligentTieringConfiguration, s3.DeleteBucketIntelligentTieringConfigurationInput{Bucket: b, Id: one}),
		},
		{
			name: "ObjectAnnotation", want: "note", gone: "NoSuchAnnotation",
			put: func(ctx context.Context) error {
				return awsMake(c.PutObjectAnnotation, s3.PutObjectAnnotationInput{Bucket: b, Key: one, AnnotationName: one, AnnotationPayload: strings.NewReader("note")})(ctx)
			},
			get: func(ctx context.Context) (any, error) {
				out, err := c.GetObjectAnnotation(ctx, &s3.GetObjectAnnotationInput{Bucket: b, Key: one, AnnotationName: one})
				if err != nil {
					return nil, err
				}
				defer out.AnnotationPayload.Close()
				text, err := io.ReadAll(out.AnnotationPayload)
				return string(text), err
			},
			list: awsList(c.ListObjectAnnotations, s3.ListObjectAnnotationsInput{Bucket: b, Key: one}, func(out *s3.ListObjectAnnotationsOutput) []types.AnnotationEntry {
				return out.Annotations
			}, func(a types.AnnotationEntry) *string { return a.AnnotationName }),
			remove: awsMake(c.DeleteObjectAnnotation, s3.DeleteObjectAnnotationInput{Bucket: b, Key: one, AnnotationName: one}),
		},
		{
			name: "BucketMetadataConfiguration", want: []any{types.InventoryConfigurationStateEnabled, ptr[int32](30)}, gone: "MetadataConfigurationNotFound",
			put: func(ctx context.Context) error {
				for _, call := range []func(context.Context) error{
					awsMake(c.CreateBucketMetadataConfiguration, s3.CreateBucketMetadataConfigurationInput{Bucket: b, MetadataConfiguration: &types.MetadataConfiguration{
						JournalTableConfiguration: &types.JournalTableConfiguration{RecordExpiration: &types.RecordExpiration{Expiration: types.ExpirationStateDisabled}},
					}}),
					awsMake(c.UpdateBucketMetadataInventoryTableConfiguration, s3.UpdateBucketMetadataInventoryTableConfigurationInput{Bucket: b, InventoryTableConfiguration: &types.InventoryTableConfigurationUpdates{
						ConfigurationState: types.InventoryConfigurationStateEnabled,
					}}),
					awsMake(c.UpdateBucketMetadataJournalTableConfiguration, s3.UpdateBucketMetadataJournalTableConfigurationInput{Bucket: b, JournalTableConfiguration: &types.JournalTableConfigurationUpdates{
						RecordExpiration: &types.RecordExpiration{Expiration: types.ExpirationStateEnabled, Days: ptr[int32](30)},
					}}),
					awsMake(c.UpdateBucketMetadataAnnotationTableConfiguration, s3.UpdateBucketMetadataAnnotationTableConfigurationInput{Bucket: b, AnnotationTableConfiguration: &types.AnnotationTableConfigurationUpdates{
						ConfigurationState: types.AnnotationConfigurationStateDisabled,
					}}),
				} {
					if err := call(ctx); err != nil {
						return err
					}
				}
				return nil
			},
			get: awsRead(c.GetBucketMetadataConfiguration, s3.GetBucketMetadataConfigurationInput{Bucket: b}, func(out *s3.GetBucketMetadataConfigurationOutput) any {
				result := out.GetBucketMetadataConfigurationResult.MetadataConfigurationResult
				return []any{result.InventoryTableConfigurationResult.ConfigurationState, result.JournalTableConfigurationResult.RecordExpiration.Days}
			}),
			remove: awsMake(c.DeleteBucketMetadataConfiguration, s3.DeleteBucketMetadataConfigurationInput{Bucket: b}),
		},
		{
			name: "BucketMetadataTableConfiguration", want: ptr("objects"), gone: "MetadataConfigurationNotFound",
			put: awsMake(c.CreateBucketMetadataTableConfiguration, s3.CreateBucketMetadataTableConfigurationInput{Bucket: b, MetadataTableConfiguration: &types.MetadataTableConfiguration{
				S3TablesDestination: &types.S3TablesDestination{TableBucketArn: ptr("arn:aws:s3tables:us-east-1:123456789012:bucket/tables"), TableName: ptr("objects")},
			}}),
			get: awsRead(c.GetBucketMetadataTableConfiguration, s3.GetBucketMetadataTableConfigurationInput{Bucket: b}, func(out *s3.GetBucketMetadataTableConfigurationOutput) any {
				return out.GetBucketMetadataTableConfigurationResult.MetadataTableConfigurationResult.S3TablesDestinationResult.TableName
			}),
			remove: awsMake(c.DeleteBucketMetadataTableConfiguration, s3.DeleteBucketMetadataTableConfigurationInput{Bucket: b}),
		},
	}
}
