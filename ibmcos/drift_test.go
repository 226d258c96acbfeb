package ibmcos

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

// operations is the table of all operations. It lives in a test, because in
// the package it would keep every operation in every program.
var operations = []apidrift.Operation{
	apidrift.Of[AbortMultipartUploadInput, AbortMultipartUploadOutput](opAbortMultipartUpload),
	apidrift.Of[AddLegalHoldInput, AddLegalHoldOutput](opAddLegalHold),
	apidrift.Of[CompleteMultipartUploadInput, CompleteMultipartUploadOutput](opCompleteMultipartUpload),
	apidrift.Of[CopyObjectInput, CopyObjectOutput](opCopyObject),
	apidrift.Of[CreateBucketInput, CreateBucketOutput](opCreateBucket),
	apidrift.Of[CreateMultipartUploadInput, CreateMultipartUploadOutput](opCreateMultipartUpload),
	apidrift.Of[DeleteBucketInput, DeleteBucketOutput](opDeleteBucket),
	apidrift.Of[DeleteBucketAnalyticsConfigurationInput, DeleteBucketAnalyticsConfigurationOutput](opDeleteBucketAnalyticsConfiguration),
	apidrift.Of[DeleteBucketCorsInput, DeleteBucketCorsOutput](opDeleteBucketCors),
	apidrift.Of[DeleteBucketInventoryConfigurationInput, DeleteBucketInventoryConfigurationOutput](opDeleteBucketInventoryConfiguration),
	apidrift.Of[DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput](opDeleteBucketLifecycle),
	apidrift.Of[DeleteBucketMetricsConfigurationInput, DeleteBucketMetricsConfigurationOutput](opDeleteBucketMetricsConfiguration),
	apidrift.Of[DeleteBucketPolicyInput, DeleteBucketPolicyOutput](opDeleteBucketPolicy),
	apidrift.Of[DeleteBucketReplicationInput, DeleteBucketReplicationOutput](opDeleteBucketReplication),
	apidrift.Of[DeleteBucketTaggingInput, DeleteBucketTaggingOutput](opDeleteBucketTagging),
	apidrift.Of[DeleteBucketWebsiteInput, DeleteBucketWebsiteOutput](opDeleteBucketWebsite),
	apidrift.Of[DeleteLegalHoldInput, DeleteLegalHoldOutput](opDeleteLegalHold),
	apidrift.Of[DeleteObjectInput, DeleteObjectOutput](opDeleteObject),
	apidrift.Of[DeleteObjectTaggingInput, DeleteObjectTaggingOutput](opDeleteObjectTagging),
	apidrift.Of[DeleteObjectsInput, DeleteObjectsOutput](opDeleteObjects),
	apidrift.Of[DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput](opDeletePublicAccessBlock),
	apidrift.Of[ExtendObjectRetentionInput, ExtendObjectRetentionOutput](opExtendObjectRetention),
	apidrift.Of[GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput](opGetBucketAccelerateConfiguration),
	apidrift.Of[GetBucketAclInput, GetBucketAclOutput](opGetBucketAcl),
	apidrift.Of[GetBucketAnalyticsConfigurationInput, GetBucketAnalyticsConfigurationOutput](opGetBucketAnalyticsConfiguration),
	apidrift.Of[GetBucketAsperaInput, GetBucketAsperaOutput](opGetBucketAspera),
	apidrift.Of[GetBucketCorsInput, GetBucketCorsOutput](opGetBucketCors),
	apidrift.Of[GetBucketInventoryConfigurationInput, GetBucketInventoryConfigurationOutput](opGetBucketInventoryConfiguration),
	apidrift.Of[GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput](opGetBucketLifecycleConfiguration),
	apidrift.Of[GetBucketLocationInput, GetBucketLocationOutput](opGetBucketLocation),
	apidrift.Of[GetBucketLoggingInput, GetBucketLoggingOutput](opGetBucketLogging),
	apidrift.Of[GetBucketMetricsConfigurationInput, GetBucketMetricsConfigurationOutput](opGetBucketMetricsConfiguration),
	apidrift.Of[GetBucketProtectionConfigurationInput, GetBucketProtectionConfigurationOutput](opGetBucketProtectionConfiguration),
	apidrift.Of[GetBucketReplicationInput, GetBucketReplicationOutput](opGetBucketReplication),
	apidrift.Of[GetBucketTaggingInput, GetBucketTaggingOutput](opGetBucketTagging),
	apidrift.Of[GetBucketVersioningInput, GetBucketVersioningOutput](opGetBucketVersioning),
	apidrift.Of[GetBucketWebsiteInput, GetBucketWebsiteOutput](opGetBucketWebsite),
	apidrift.Of[GetObjectInput, GetObjectOutput](opGetObject),
	apidrift.Of[GetObjectAclInput, GetObjectAclOutput](opGetObjectAcl),
	apidrift.Of[GetObjectLegalHoldInput, GetObjectLegalHoldOutput](opGetObjectLegalHold),
	apidrift.Of[GetObjectLockConfigurationInput, GetObjectLockConfigurationOutput](opGetObjectLockConfiguration),
	apidrift.Of[GetObjectRetentionInput, GetObjectRetentionOutput](opGetObjectRetention),
	apidrift.Of[GetObjectTaggingInput, GetObjectTaggingOutput](opGetObjectTagging),
	apidrift.Of[GetObjectTorrentInput, GetObjectTorrentOutput](opGetObjectTorrent),
	apidrift.Of[GetPublicAccessBlockInput, GetPublicAccessBlockOutput](opGetPublicAccessBlock),
	apidrift.Of[HeadBucketInput, HeadBucketOutput](opHeadBucket),
	apidrift.Of[HeadObjectInput, HeadObjectOutput](opHeadObject),
	apidrift.Of[ListBucketAnalyticsConfigurationsInput, ListBucketAnalyticsConfigurationsOutput](opListBucketAnalyticsConfigurations),
	apidrift.Of[ListBucketInventoryConfigurationsInput, ListBucketInventoryConfigurationsOutput](opListBucketInventoryConfigurations),
	apidrift.Of[ListBucketMetricsConfigurationsInput, ListBucketMetricsConfigurationsOutput](opListBucketMetricsConfigurations),
	apidrift.Of[ListBucketReplicationFailuresInput, ListBucketReplicationFailuresOutput](opListBucketReplicationFailures),
	apidrift.Of[ListBucketsInput, ListBucketsOutput](opListBuckets),
	apidrift.Of[ListBucketsExtendedInput, ListBucketsExtendedOutput](opListBucketsExtended),
	apidrift.Of[ListLegalHoldsInput, ListLegalHoldsOutput](opListLegalHolds),
	apidrift.Of[ListMultipartUploadsInput, ListMultipartUploadsOutput](opListMultipartUploads),
	apidrift.Of[ListObjectVersionsInput, ListObjectVersionsOutput](opListObjectVersions),
	apidrift.Of[ListObjectsInput, ListObjectsOutput](opListObjects),
	apidrift.Of[ListObjectsV2Input, ListObjectsV2Output](opListObjectsV2),
	apidrift.Of[ListPartsInput, ListPartsOutput](opListParts),
	apidrift.Of[PutBucketAccelerateConfigurationInput, PutBucketAccelerateConfigurationOutput](opPutBucketAccelerateConfiguration),
	apidrift.Of[PutBucketAclInput, PutBucketAclOutput](opPutBucketAcl),
	apidrift.Of[PutBucketAnalyticsConfigurationInput, PutBucketAnalyticsConfigurationOutput](opPutBucketAnalyticsConfiguration),
	apidrift.Of[PutBucketCorsInput, PutBucketCorsOutput](opPutBucketCors),
	apidrift.Of[PutBucketInventoryConfigurationInput, PutBucketInventoryConfigurationOutput](opPutBucketInventoryConfiguration),
	apidrift.Of[PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput](opPutBucketLifecycleConfiguration),
	apidrift.Of[PutBucketLoggingInput, PutBucketLoggingOutput](opPutBucketLogging),
	apidrift.Of[PutBucketMetricsConfigurationInput, PutBucketMetricsConfigurationOutput](opPutBucketMetricsConfiguration),
	apidrift.Of[PutBucketProtectionConfigurationInput, PutBucketProtectionConfigurationOutput](opPutBucketProtectionConfiguration),
	apidrift.Of[PutBucketReplicationInput, PutBucketReplicationOutput](opPutBucketReplication),
	apidrift.Of[PutBucketReplicationReattemptInput, PutBucketReplicationReattemptOutput](opPutBucketReplicationReattempt),
	apidrift.Of[PutBucketTaggingInput, PutBucketTaggingOutput](opPutBucketTagging),
	apidrift.Of[PutBucketVersioningInput, PutBucketVersioningOutput](opPutBucketVersioning),
	apidrift.Of[PutBucketWebsiteInput, PutBucketWebsiteOutput](opPutBucketWebsite),
	apidrift.Of[PutObjectInput, PutObjectOutput](opPutObject),
	apidrift.Of[PutObjectAclInput, PutObjectAclOutput](opPutObjectAcl),
	apidrift.Of[PutObjectLegalHoldInput, PutObjectLegalHoldOutput](opPutObjectLegalHold),
	apidrift.Of[PutObjectLockConfigurationInput, PutObjectLockConfigurationOutput](opPutObjectLockConfiguration),
	apidrift.Of[PutObjectRetentionInput, PutObjectRetentionOutput](opPutObjectRetention),
	apidrift.Of[PutObjectTaggingInput, PutObjectTaggingOutput](opPutObjectTagging),
	apidrift.Of[PutPublicAccessBlockInput, PutPublicAccessBlockOutput](opPutPublicAccessBlock),
	apidrift.Of[RestoreObjectInput, RestoreObjectOutput](opRestoreObject),
	apidrift.Of[UploadPartInput, UploadPartOutput](opUploadPart),
	apidrift.Of[UploadPartCopyInput, UploadPartCopyOutput](opUploadPartCopy),
}

var models = flag.String("models", "", "folder of the API facts; default: where package vectors looks")

func TestDrift(t *testing.T) {
	var facts []byte
	if *models == "" {
		facts = vectors.Facts(t, "ibmcos.json")
	} else {
		var err error
		if facts, err = os.ReadFile(filepath.Join(*models, "ibmcos.json")); err != nil {
			t.Fatal(err)
		}
	}
	model, err := apidrift.Parse(apidrift.IBMCOS, facts)
	if err != nil {
		t.Fatal(err)
	}
	report, err := apidrift.Compare(apidrift.IBMCOS, model, ".", operations)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range report.Missing {
		t.Errorf("%s is missing", name)
	}
	for _, problem := range report.Problems {
		t.Error(problem)
	}
	t.Logf("%d of the model's %d operations are there", len(operations), len(model.Operations))
}
