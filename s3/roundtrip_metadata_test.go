package s3_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

var metadataTrips = trips{
	"CreateBucketMetadataConfiguration":                metadataTables,
	"GetBucketMetadataConfiguration":                   metadataTables,
	"DeleteBucketMetadataConfiguration":                metadataTables,
	"UpdateBucketMetadataInventoryTableConfiguration":  metadataTables,
	"UpdateBucketMetadataJournalTableConfiguration":    metadataTables,
	"UpdateBucketMetadataAnnotationTableConfiguration": metadataTables,
	"CreateBucketMetadataTableConfiguration":           oldMetadataTable,
	"GetBucketMetadataTableConfiguration":              oldMetadataTable,
	"DeleteBucketMetadataTableConfiguration":           oldMetadataTable,
}

// withoutARN leaves out the ARNs of tables, which nobody can foretell.
var withoutARN = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".TableArn" }, cmp.Ignore())

func metadataTables(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	get := func() s3.MetadataConfigurationResult {
		t.Helper()
		out := call(t, c.GetBucketMetadataConfiguration, &s3.GetBucketMetadataConfigurationInput{Bucket: "photos"})
		return out.GetBucketMetadataConfigurationResult.MetadataConfigurationResult
	}
	absent := func(when string, err error) {
		t.Helper()
		if !errors.Is(err, s3.ErrMetadataConfigurationNotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", when, err)
		}
	}
	_, err := c.GetBucketMetadataConfiguration(t.Context(), &s3.GetBucketMetadataConfigurationInput{Bucket: "photos"})
	absent("GET of none", err)

	const role = "arn:aws:iam::123456789012:role/reader"
	create := &s3.CreateBucketMetadataConfigurationInput{Bucket: "photos", MetadataConfiguration: &s3.MetadataConfiguration{
		JournalTableConfiguration: s3.JournalTableConfiguration{
			RecordExpiration:        s3.RecordExpiration{Expiration: s3.ExpirationStateEnabled, Days: new(int32(7))},
			EncryptionConfiguration: &s3.MetadataTableEncryptionConfiguration{SseAlgorithm: s3.TableSseAlgorithmAes256},
		},
		InventoryTableConfiguration: &s3.InventoryTableConfiguration{ConfigurationState: s3.InventoryConfigurationStateDisabled},
		AnnotationTableConfiguration: &s3.AnnotationTableConfiguration{
			ConfigurationState: s3.AnnotationConfigurationStateEnabled, Role: role,
			EncryptionConfiguration: &s3.MetadataTableEncryptionConfiguration{
				SseAlgorithm: s3.TableSseAlgorithmAwsKms, KmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1",
			},
		},
	}}
	call(t, c.CreateBucketMetadataConfiguration, create)
	want := s3.MetadataConfigurationResult{
		DestinationResult: s3.DestinationResult{
			TableBucketType: s3.S3TablesBucketTypeAws, TableNamespace: "b_photos",
			TableBucketArn: "arn:aws:s3tables:us-east-1:123456789012:bucket/aws-s3",
		},
		JournalTableConfigurationResult: s3.JournalTableConfigurationResult{
			TableStatus: "CREATING", TableName: "journal",
			RecordExpiration: s3.RecordExpiration{Expiration: s3.ExpirationStateEnabled, Days: new(int32(7))},
		},
		InventoryTableConfigurationResult: s3.InventoryTableConfigurationResult{ConfigurationState: s3.InventoryConfigurationStateDisabled},
		AnnotationTableConfigurationResult: s3.AnnotationTableConfigurationResult{
			ConfigurationState: s3.AnnotationConfigurationStateEnabled, TableStatus: "CREATING", TableName: "annotation", Role: role,
		},
	}
	same(t, "created", get(), want, withoutARN)
	_, err = c.CreateBucketMetadataConfiguration(t.Context(), create)
	if e := (*s3.Error)(nil); !errors.As(err, &e) || e.StatusCode != 409 {
		t.Errorf("created again: %v", err)
	}

	call(t, c.UpdateBucketMetadataInventoryTableConfiguration, &s3.UpdateBucketMetadataInventoryTableConfigurationInput{
		Bucket: "photos", InventoryTableConfiguration: &s3.InventoryTableConfigurationUpdates{ConfigurationState: s3.InventoryConfigurationStateEnabled},
	})
	call(t, c.UpdateBucketMetadataJournalTableConfiguration, &s3.UpdateBucketMetadataJournalTableConfigurationInput{
		Bucket: "photos", JournalTableConfiguration: &s3.JournalTableConfigurationUpdates{RecordExpiration: s3.RecordExpiration{Expiration: s3.ExpirationStateDisabled}},
	})
	call(t, c.UpdateBucketMetadataAnnotationTableConfiguration, &s3.UpdateBucketMetadataAnnotationTableConfigurationInput{
		Bucket: "photos", AnnotationTableConfiguration: &s3.AnnotationTableConfigurationUpdates{ConfigurationState: s3.AnnotationConfigurationStateDisabled},
	})
	want.JournalTableConfigurationResult.TableStatus = "ACTIVE"
	want.JournalTableConfigurationResult.RecordExpiration = s3.RecordExpiration{Expiration: s3.ExpirationStateDisabled}
	want.InventoryTableConfigurationResult = s3.InventoryTableConfigurationResult{
		ConfigurationState: s3.InventoryConfigurationStateEnabled, TableStatus: "CREATING", TableName: "inventory",
	}
	want.AnnotationTableConfigurationResult = s3.AnnotationTableConfigurationResult{ConfigurationState: s3.AnnotationConfigurationStateDisabled}
	got := get()
	same(t, "updated", got, want, withoutARN)
	if arn := got.JournalTableConfigurationResult.TableArn; !strings.HasPrefix(arn, want.DestinationResult.TableBucketArn+"/table/") {
		t.Errorf("ARN of a table: %q", arn)
	}

	if _, err := c.GetBucketMetadataTableConfiguration(t.Context(), &s3.GetBucketMetadataTableConfigurationInput{Bucket: "photos"}); !errors.Is(err, s3.ErrMethodNotAllowed) {
		t.Errorf("asked for in the old form: %v", err)
	}
	call(t, c.DeleteBucketMetadataConfiguration, &s3.DeleteBucketMetadataConfigurationInput{Bucket: "photos"})
	_, err = c.DeleteBucketMetadataConfiguration(t.Context(), &s3.DeleteBucketMetadataConfigurationInput{Bucket: "photos"})
	absent("DELETE of none", err)
}

func oldMetadataTable(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	const tables = "arn:aws:s3tables:us-east-1:123456789012:bucket/tables"
	call(t, c.CreateBucketMetadataTableConfiguration, &s3.CreateBucketMetadataTableConfigurationInput{
		Bucket: "photos", MetadataTableConfiguration: &s3.MetadataTableConfiguration{
			S3TablesDestination: s3.S3TablesDestination{TableBucketArn: tables, TableName: "changes"},
		},
	})
	for _, status := range []string{"CREATING", "ACTIVE"} {
		out := call(t, c.GetBucketMetadataTableConfiguration, &s3.GetBucketMetadataTableConfigurationInput{Bucket: "photos"})
		same(t, "table", out.GetBucketMetadataTableConfigurationResult, s3.GetBucketMetadataTableConfigurationResult{
			Status: status,
			MetadataTableConfigurationResult: s3.MetadataTableConfigurationResult{S3TablesDestinationResult: s3.S3TablesDestinationResult{
				TableBucketArn: tables, TableName: "changes", TableNamespace: "aws_s3_metadata",
			}},
		}, withoutARN)
	}
	out := call(t, c.GetBucketMetadataConfiguration, &s3.GetBucketMetadataConfigurationInput{Bucket: "photos"})
	same(t, "in the new form", out.GetBucketMetadataConfigurationResult.MetadataConfigurationResult, s3.MetadataConfigurationResult{
		DestinationResult: s3.DestinationResult{TableBucketType: s3.S3TablesBucketTypeCustomer, TableBucketArn: tables, TableNamespace: "aws_s3_metadata"},
		JournalTableConfigurationResult: s3.JournalTableConfigurationResult{
			TableStatus: "ACTIVE", TableName: "changes", RecordExpiration: s3.RecordExpiration{Expiration: s3.ExpirationStateDisabled},
		},
	}, withoutARN)
	call(t, c.DeleteBucketMetadataTableConfiguration, &s3.DeleteBucketMetadataTableConfigurationInput{Bucket: "photos"})
	_, err := c.GetBucketMetadataTableConfiguration(t.Context(), &s3.GetBucketMetadataTableConfigurationInput{Bucket: "photos"})
	if !errors.Is(err, s3.ErrMetadataConfigurationNotFound) {
		t.Errorf("after the deletion: %v", err)
	}
}
