package ibmcos_test

import (
	"errors"
	"io/fs"
	"iter"
	"testing"

	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/storagetest"
)

var configurationTrips = trips{
	"PutBucketAnalyticsConfiguration":    analytics,
	"GetBucketAnalyticsConfiguration":    analytics,
	"DeleteBucketAnalyticsConfiguration": analytics,
	"ListBucketAnalyticsConfigurations":  analytics,

	"PutBucketInventoryConfiguration":    inventory,
	"GetBucketInventoryConfiguration":    inventory,
	"DeleteBucketInventoryConfiguration": inventory,
	"ListBucketInventoryConfigurations":  inventory,

	"PutBucketMetricsConfiguration":    metrics,
	"GetBucketMetricsConfiguration":    metrics,
	"DeleteBucketMetricsConfiguration": metrics,
	"ListBucketMetricsConfigurations":  metrics,
}

// life takes a configuration, of a kind that a bucket may have many of, from
// before it is put until after it is deleted.
func life[T any](t *testing.T, config T, put, remove func() error, get func() (T, error), list iter.Seq2[T, error]) {
	t.Helper()
	absent := func(when string) {
		t.Helper()
		_, err := get()
		for call, err := range map[string]error{"GET": err, "DELETE": remove()} {
			if !errors.Is(err, ibmcos.ErrNoSuchConfiguration) || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s %s: %v, want ErrNoSuchConfiguration", call, when, err)
			}
		}
	}
	absent("before it is put")
	if err := put(); err != nil {
		t.Fatal(err)
	}
	got, err := get()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "as put", got, config)
	var listed []T
	for config, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, config)
	}
	same(t, "as listed", listed, []T{config})
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	absent("after it is deleted")
}

func analytics(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	config := ibmcos.AnalyticsConfiguration{
		Id:     "reads",
		Filter: &ibmcos.AnalyticsFilter{And: &ibmcos.AnalyticsAndOperator{Prefix: "logs/", Tags: []ibmcos.Tag{{Key: "a", Value: "1"}, {Key: "b"}}}},
		StorageClassAnalysis: ibmcos.StorageClassAnalysis{DataExport: &ibmcos.StorageClassAnalysisDataExport{
			OutputSchemaVersion: ibmcos.StorageClassAnalysisSchemaVersionV1,
			Destination: ibmcos.AnalyticsExportDestination{S3BucketDestination: ibmcos.AnalyticsS3BucketDestination{
				Bucket: "arn:aws:s3:::results", BucketAccountId: "123456789012", Format: ibmcos.AnalyticsS3ExportFileFormatCsv, Prefix: "analysis",
			}},
		}},
	}
	life(t, config,
		func() error {
			_, err := c.PutBucketAnalyticsConfiguration(t.Context(), &ibmcos.PutBucketAnalyticsConfigurationInput{Bucket: "photos", Id: "reads", AnalyticsConfiguration: &config})
			return err
		},
		func() error {
			_, err := c.DeleteBucketAnalyticsConfiguration(t.Context(), &ibmcos.DeleteBucketAnalyticsConfigurationInput{Bucket: "photos", Id: "reads"})
			return err
		},
		func() (got ibmcos.AnalyticsConfiguration, err error) {
			out, err := c.GetBucketAnalyticsConfiguration(t.Context(), &ibmcos.GetBucketAnalyticsConfigurationInput{Bucket: "photos", Id: "reads"})
			if err == nil {
				got = out.AnalyticsConfiguration
			}
			return got, err
		},
		paginator.Items(t.Context(), c.ListBucketAnalyticsConfigurations, &ibmcos.ListBucketAnalyticsConfigurationsInput{Bucket: "photos"}))
}

func inventory(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	config := ibmcos.InventoryConfiguration{
		Id:                     "weekly",
		IsEnabled:              false, // sent as well
		Filter:                 &ibmcos.InventoryFilter{Prefix: "logs/"},
		IncludedObjectVersions: ibmcos.InventoryIncludedObjectVersionsAll,
		OptionalFields:         []ibmcos.InventoryOptionalField{ibmcos.InventoryOptionalFieldSize, ibmcos.InventoryOptionalFieldETag},
		Schedule:               ibmcos.InventorySchedule{Frequency: ibmcos.InventoryFrequencyWeekly},
		Destination: ibmcos.InventoryDestination{S3BucketDestination: ibmcos.InventoryS3BucketDestination{
			Bucket: "arn:aws:s3:::lists", AccountId: "123456789012", Format: ibmcos.InventoryFormatOrc, Prefix: "inventory",
			Encryption: &ibmcos.InventoryEncryption{SSES3: &ibmcos.SSES3{}},
		}},
	}
	life(t, config,
		func() error {
			_, err := c.PutBucketInventoryConfiguration(t.Context(), &ibmcos.PutBucketInventoryConfigurationInput{Bucket: "photos", Id: "weekly", InventoryConfiguration: &config})
			return err
		},
		func() error {
			_, err := c.DeleteBucketInventoryConfiguration(t.Context(), &ibmcos.DeleteBucketInventoryConfigurationInput{Bucket: "photos", Id: "weekly"})
			return err
		},
		func() (got ibmcos.InventoryConfiguration, err error) {
			out, err := c.GetBucketInventoryConfiguration(t.Context(), &ibmcos.GetBucketInventoryConfigurationInput{Bucket: "photos", Id: "weekly"})
			if err == nil {
				got = out.InventoryConfiguration
			}
			return got, err
		},
		paginator.Items(t.Context(), c.ListBucketInventoryConfigurations, &ibmcos.ListBucketInventoryConfigurationsInput{Bucket: "photos"}))
}

func metrics(t *testing.T, srv *storagetest.IBMCOS, c *ibmcos.Client) {
	config := ibmcos.MetricsConfiguration{
		Id:     "logs",
		Filter: &ibmcos.MetricsFilter{And: &ibmcos.MetricsAndOperator{Prefix: "logs/", Tags: []ibmcos.Tag{{Key: "a", Value: "1"}}}},
	}
	life(t, config,
		func() error {
			_, err := c.PutBucketMetricsConfiguration(t.Context(), &ibmcos.PutBucketMetricsConfigurationInput{Bucket: "photos", Id: "logs", MetricsConfiguration: &config})
			return err
		},
		func() error {
			_, err := c.DeleteBucketMetricsConfiguration(t.Context(), &ibmcos.DeleteBucketMetricsConfigurationInput{Bucket: "photos", Id: "logs"})
			return err
		},
		func() (got ibmcos.MetricsConfiguration, err error) {
			out, err := c.GetBucketMetricsConfiguration(t.Context(), &ibmcos.GetBucketMetricsConfigurationInput{Bucket: "photos", Id: "logs"})
			if err == nil {
				got = out.MetricsConfiguration
			}
			return got, err
		},
		paginator.Items(t.Context(), c.ListBucketMetricsConfigurations, &ibmcos.ListBucketMetricsConfigurationsInput{Bucket: "photos"}))
}
