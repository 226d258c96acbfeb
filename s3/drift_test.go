package s3

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/vectors"
	"github.com/entrepot-go/entrepot/waiter"
)

// operations is the table of all operations. It lives in a test, because in
// the package it would keep every operation in every program.
var operations = []apidrift.Operation{
	apidrift.Of[AbortMultipartUploadInput, AbortMultipartUploadOutput](opAbortMultipartUpload),
	apidrift.Of[CompleteMultipartUploadInput, CompleteMultipartUploadOutput](opCompleteMultipartUpload),
	apidrift.Of[CopyObjectInput, CopyObjectOutput](opCopyObject),
	apidrift.Of[CreateBucketInput, CreateBucketOutput](opCreateBucket),
	apidrift.Of[CreateBucketMetadataConfigurationInput, CreateBucketMetadataConfigurationOutput](opCreateBucketMetadataConfiguration),
	apidrift.Of[CreateBucketMetadataTableConfigurationInput, CreateBucketMetadataTableConfigurationOutput](opCreateBucketMetadataTableConfiguration),
	apidrift.Of[CreateMultipartUploadInput, CreateMultipartUploadOutput](opCreateMultipartUpload),
	apidrift.Of[CreateSessionInput, CreateSessionOutput](opCreateSession),
	apidrift.Of[DeleteBucketInput, DeleteBucketOutput](opDeleteBucket),
	apidrift.Of[DeleteBucketAnalyticsConfigurationInput, DeleteBucketAnalyticsConfigurationOutput](opDeleteBucketAnalyticsConfiguration),
	apidrift.Of[DeleteBucketCorsInput, DeleteBucketCorsOutput](opDeleteBucketCors),
	apidrift.Of[DeleteBucketEncryptionInput, DeleteBucketEncryptionOutput](opDeleteBucketEncryption),
	apidrift.Of[DeleteBucketIntelligentTieringConfigurationInput, DeleteBucketIntelligentTieringConfigurationOutput](opDeleteBucketIntelligentTieringConfiguration),
	apidrift.Of[DeleteBucketInventoryConfigurationInput, DeleteBucketInventoryConfigurationOutput](opDeleteBucketInventoryConfiguration),
	apidrift.Of[DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput](opDeleteBucketLifecycle),
	apidrift.Of[DeleteBucketMetadataConfigurationInput, DeleteBucketMetadataConfigurationOutput](opDeleteBucketMetadataConfiguration),
	apidrift.Of[DeleteBucketMetadataTableConfigurationInput, DeleteBucketMetadataTableConfigurationOutput](opDeleteBucketMetadataTableConfiguration),
	apidrift.Of[DeleteBucketMetricsConfigurationInput, DeleteBucketMetricsConfigurationOutput](opDeleteBucketMetricsConfiguration),
	apidrift.Of[DeleteBucketOwnershipControlsInput, DeleteBucketOwnershipControlsOutput](opDeleteBucketOwnershipControls),
	apidrift.Of[DeleteBucketPolicyInput, DeleteBucketPolicyOutput](opDeleteBucketPolicy),
	apidrift.Of[DeleteBucketReplicationInput, DeleteBucketReplicationOutput](opDeleteBucketReplication),
	apidrift.Of[DeleteBucketTaggingInput, DeleteBucketTaggingOutput](opDeleteBucketTagging),
	apidrift.Of[DeleteBucketWebsiteInput, DeleteBucketWebsiteOutput](opDeleteBucketWebsite),
	apidrift.Of[DeleteObjectInput, DeleteObjectOutput](opDeleteObject),
	apidrift.Of[DeleteObjectAnnotationInput, DeleteObjectAnnotationOutput](opDeleteObjectAnnotation),
	apidrift.Of[DeleteObjectTaggingInput, DeleteObjectTaggingOutput](opDeleteObjectTagging),
	apidrift.Of[DeleteObjectsInput, DeleteObjectsOutput](opDeleteObjects),
	apidrift.Of[DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput](opDeletePublicAccessBlock),
	apidrift.Of[GetBucketAbacInput, GetBucketAbacOutput](opGetBucketAbac),
	apidrift.Of[GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput](opGetBucketAccelerateConfiguration),
	apidrift.Of[GetBucketAclInput, GetBucketAclOutput](opGetBucketAcl),
	apidrift.Of[GetBucketAnalyticsConfigurationInput, GetBucketAnalyticsConfigurationOutput](opGetBucketAnalyticsConfiguration),
	apidrift.Of[GetBucketCorsInput, GetBucketCorsOutput](opGetBucketCors),
	apidrift.Of[GetBucketEncryptionInput, GetBucketEncryptionOutput](opGetBucketEncryption),
	apidrift.Of[GetBucketIntelligentTieringConfigurationInput, GetBucketIntelligentTieringConfigurationOutput](opGetBucketIntelligentTieringConfiguration),
	apidrift.Of[GetBucketInventoryConfigurationInput, GetBucketInventoryConfigurationOutput](opGetBucketInventoryConfiguration),
	apidrift.Of[GetBucketLifecycleInput, GetBucketLifecycleOutput](opGetBucketLifecycle),
	apidrift.Of[GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput](opGetBucketLifecycleConfiguration),
	apidrift.Of[GetBucketLocationInput, GetBucketLocationOutput](opGetBucketLocation),
	apidrift.Of[GetBucketLoggingInput, GetBucketLoggingOutput](opGetBucketLogging),
	apidrift.Of[GetBucketMetadataConfigurationInput, GetBucketMetadataConfigurationOutput](opGetBucketMetadataConfiguration),
	apidrift.Of[GetBucketMetadataTableConfigurationInput, GetBucketMetadataTableConfigurationOutput](opGetBucketMetadataTableConfiguration),
	apidrift.Of[GetBucketMetricsConfigurationInput, GetBucketMetricsConfigurationOutput](opGetBucketMetricsConfiguration),
	apidrift.Of[GetBucketNotificationInput, GetBucketNotificationOutput](opGetBucketNotification),
	apidrift.Of[GetBucketNotificationConfigurationInput, GetBucketNotificationConfigurationOutput](opGetBucketNotificationConfiguration),
	apidrift.Of[GetBucketOwnershipControlsInput, GetBucketOwnershipControlsOutput](opGetBucketOwnershipControls),
	apidrift.Of[GetBucketPolicyInput, GetBucketPolicyOutput](opGetBucketPolicy),
	apidrift.Of[GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput](opGetBucketPolicyStatus),
	apidrift.Of[GetBucketReplicationInput, GetBucketReplicationOutput](opGetBucketReplication),
	apidrift.Of[GetBucketRequestPaymentInput, GetBucketRequestPaymentOutput](opGetBucketRequestPayment),
	apidrift.Of[GetBucketTaggingInput, GetBucketTaggingOutput](opGetBucketTagging),
	apidrift.Of[GetBucketVersioningInput, GetBucketVersioningOutput](opGetBucketVersioning),
	apidrift.Of[GetBucketWebsiteInput, GetBucketWebsiteOutput](opGetBucketWebsite),
	apidrift.Of[GetObjectInput, GetObjectOutput](opGetObject),
	apidrift.Of[GetObjectAclInput, GetObjectAclOutput](opGetObjectAcl),
	apidrift.Of[GetObjectAnnotationInput, GetObjectAnnotationOutput](opGetObjectAnnotation),
	apidrift.Of[GetObjectAttributesInput, GetObjectAttributesOutput](opGetObjectAttributes),
	apidrift.Of[GetObjectLegalHoldInput, GetObjectLegalHoldOutput](opGetObjectLegalHold),
	apidrift.Of[GetObjectLockConfigurationInput, GetObjectLockConfigurationOutput](opGetObjectLockConfiguration),
	apidrift.Of[GetObjectRetentionInput, GetObjectRetentionOutput](opGetObjectRetention),
	apidrift.Of[GetObjectTaggingInput, GetObjectTaggingOutput](opGetObjectTagging),
	apidrift.Of[GetObjectTorrentInput, GetObjectTorrentOutput](opGetObjectTorrent),
	apidrift.Of[GetPublicAccessBlockInput, GetPublicAccessBlockOutput](opGetPublicAccessBlock),
	apidrift.Of[HeadBucketInput, HeadBucketOutput](opHeadBucket),
	apidrift.Of[HeadObjectInput, HeadObjectOutput](opHeadObject),
	apidrift.Of[ListBucketAnalyticsConfigurationsInput, ListBucketAnalyticsConfigurationsOutput](opListBucketAnalyticsConfigurations),
	apidrift.Of[ListBucketIntelligentTieringConfigurationsInput, ListBucketIntelligentTieringConfigurationsOutput](opListBucketIntelligentTieringConfigurations),
	apidrift.Of[ListBucketInventoryConfigurationsInput, ListBucketInventoryConfigurationsOutput](opListBucketInventoryConfigurations),
	apidrift.Of[ListBucketMetricsConfigurationsInput, ListBucketMetricsConfigurationsOutput](opListBucketMetricsConfigurations),
	apidrift.Of[ListBucketsInput, ListBucketsOutput](opListBuckets),
	apidrift.Of[ListDirectoryBucketsInput, ListDirectoryBucketsOutput](opListDirectoryBuckets),
	apidrift.Of[ListMultipartUploadsInput, ListMultipartUploadsOutput](opListMultipartUploads),
	apidrift.Of[ListObjectAnnotationsInput, ListObjectAnnotationsOutput](opListObjectAnnotations),
	apidrift.Of[ListObjectVersionsInput, ListObjectVersionsOutput](opListObjectVersions),
	apidrift.Of[ListObjectsInput, ListObjectsOutput](opListObjects),
	apidrift.Of[ListObjectsV2Input, ListObjectsV2Output](opListObjectsV2),
	apidrift.Of[ListPartsInput, ListPartsOutput](opListParts),
	apidrift.Of[PutBucketAbacInput, PutBucketAbacOutput](opPutBucketAbac),
	apidrift.Of[PutBucketAccelerateConfigurationInput, PutBucketAccelerateConfigurationOutput](opPutBucketAccelerateConfiguration),
	apidrift.Of[PutBucketAclInput, PutBucketAclOutput](opPutBucketAcl),
	apidrift.Of[PutBucketAnalyticsConfigurationInput, PutBucketAnalyticsConfigurationOutput](opPutBucketAnalyticsConfiguration),
	apidrift.Of[PutBucketCorsInput, PutBucketCorsOutput](opPutBucketCors),
	apidrift.Of[PutBucketEncryptionInput, PutBucketEncryptionOutput](opPutBucketEncryption),
	apidrift.Of[PutBucketIntelligentTieringConfigurationInput, PutBucketIntelligentTieringConfigurationOutput](opPutBucketIntelligentTieringConfiguration),
	apidrift.Of[PutBucketInventoryConfigurationInput, PutBucketInventoryConfigurationOutput](opPutBucketInventoryConfiguration),
	apidrift.Of[PutBucketLifecycleInput, PutBucketLifecycleOutput](opPutBucketLifecycle),
	apidrift.Of[PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput](opPutBucketLifecycleConfiguration),
	apidrift.Of[PutBucketLoggingInput, PutBucketLoggingOutput](opPutBucketLogging),
	apidrift.Of[PutBucketMetricsConfigurationInput, PutBucketMetricsConfigurationOutput](opPutBucketMetricsConfiguration),
	apidrift.Of[PutBucketNotificationInput, PutBucketNotificationOutput](opPutBucketNotification),
	apidrift.Of[PutBucketNotificationConfigurationInput, PutBucketNotificationConfigurationOutput](opPutBucketNotificationConfiguration),
	apidrift.Of[PutBucketOwnershipControlsInput, PutBucketOwnershipControlsOutput](opPutBucketOwnershipControls),
	apidrift.Of[PutBucketPolicyInput, PutBucketPolicyOutput](opPutBucketPolicy),
	apidrift.Of[PutBucketReplicationInput, PutBucketReplicationOutput](opPutBucketReplication),
	apidrift.Of[PutBucketRequestPaymentInput, PutBucketRequestPaymentOutput](opPutBucketRequestPayment),
	apidrift.Of[PutBucketTaggingInput, PutBucketTaggingOutput](opPutBucketTagging),
	apidrift.Of[PutBucketVersioningInput, PutBucketVersioningOutput](opPutBucketVersioning),
	apidrift.Of[PutBucketWebsiteInput, PutBucketWebsiteOutput](opPutBucketWebsite),
	apidrift.Of[PutObjectInput, PutObjectOutput](opPutObject),
	apidrift.Of[PutObjectAclInput, PutObjectAclOutput](opPutObjectAcl),
	apidrift.Of[PutObjectAnnotationInput, PutObjectAnnotationOutput](opPutObjectAnnotation),
	apidrift.Of[PutObjectLegalHoldInput, PutObjectLegalHoldOutput](opPutObjectLegalHold),
	apidrift.Of[PutObjectLockConfigurationInput, PutObjectLockConfigurationOutput](opPutObjectLockConfiguration),
	apidrift.Of[PutObjectRetentionInput, PutObjectRetentionOutput](opPutObjectRetention),
	apidrift.Of[PutObjectTaggingInput, PutObjectTaggingOutput](opPutObjectTagging),
	apidrift.Of[PutPublicAccessBlockInput, PutPublicAccessBlockOutput](opPutPublicAccessBlock),
	apidrift.Of[RenameObjectInput, RenameObjectOutput](opRenameObject),
	apidrift.Of[RestoreObjectInput, RestoreObjectOutput](opRestoreObject),
	apidrift.Of[SelectObjectContentInput, SelectObjectContentOutput](opSelectObjectContent).
		WithEvents(RecordsEvent{}, StatsEvent{}, ProgressEvent{}, ContinuationEvent{}, EndEvent{}),
	apidrift.Of[UpdateBucketMetadataAnnotationTableConfigurationInput, UpdateBucketMetadataAnnotationTableConfigurationOutput](opUpdateBucketMetadataAnnotationTableConfiguration),
	apidrift.Of[UpdateBucketMetadataInventoryTableConfigurationInput, UpdateBucketMetadataInventoryTableConfigurationOutput](opUpdateBucketMetadataInventoryTableConfiguration),
	apidrift.Of[UpdateBucketMetadataJournalTableConfigurationInput, UpdateBucketMetadataJournalTableConfigurationOutput](opUpdateBucketMetadataJournalTableConfiguration),
	apidrift.Of[UpdateObjectEncryptionInput, UpdateObjectEncryptionOutput](opUpdateObjectEncryption),
	apidrift.Of[UploadPartInput, UploadPartOutput](opUploadPart),
	apidrift.Of[UploadPartCopyInput, UploadPartCopyOutput](opUploadPartCopy),
	apidrift.Of[WriteGetObjectResponseInput, WriteGetObjectResponseOutput](opWriteGetObjectResponse),
}

var models = flag.String("models", "", "folder of the API facts; default: where package vectors looks")

// facts is the model of the API, as a file.
func facts(t *testing.T) []byte {
	t.Helper()
	if *models == "" {
		return vectors.Facts(t, "s3.json")
	}
	data, err := os.ReadFile(filepath.Join(*models, "s3.json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDrift(t *testing.T) {
	model, err := apidrift.Parse(apidrift.S3, facts(t))
	if err != nil {
		t.Fatal(err)
	}
	report, err := apidrift.Compare(apidrift.S3, model, ".", operations)
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

// conditionFacts is a condition to wait for as the model has it.
type conditionFacts struct {
	Operation   string
	Delay       int // seconds
	MaxAttempts int
	Acceptors   []acceptorFacts
}

type acceptorFacts struct {
	Matcher  string
	Expected int
	State    string
}

func factsOf[In, Out any](operation string, c waiter.Condition[In, Out]) conditionFacts {
	facts := conditionFacts{Operation: operation, Delay: int(c.Delay / time.Second), MaxAttempts: c.MaxAttempts}
	states := map[waiter.State]string{waiter.Retry: "retry", waiter.Success: "success"}
	for _, a := range c.Acceptors {
		status := a.Status
		if status == 0 { // any success
			status = http.StatusOK
		}
		facts.Acceptors = append(facts.Acceptors, acceptorFacts{"status", status, states[a.State]})
	}
	return facts
}

// TestWaitersDrift compares the conditions to wait for with the model's.
func TestWaitersDrift(t *testing.T) {
	var model struct{ Waiters map[string]conditionFacts }
	if err := json.Unmarshal(facts(t), &model); err != nil {
		t.Fatal(err)
	}
	got := map[string]conditionFacts{
		BucketExists.Name:    factsOf("HeadBucket", BucketExists),
		BucketNotExists.Name: factsOf("HeadBucket", BucketNotExists),
		ObjectExists.Name:    factsOf("HeadObject", ObjectExists),
		ObjectNotExists.Name: factsOf("HeadObject", ObjectNotExists),
	}
	if diff := cmp.Diff(model.Waiters, got); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}
