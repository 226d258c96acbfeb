package s3_test

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
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

	"PutBucketIntelligentTieringConfiguration":    tiering,
	"GetBucketIntelligentTieringConfiguration":    tiering,
	"DeleteBucketIntelligentTieringConfiguration": tiering,
	"ListBucketIntelligentTieringConfigurations":  tiering,
}

// configurations are the calls for one kind of configurations.
type configurations[T any] struct {
	put    func(T) error
	get    func(id string) (T, error)
	delete func(id string) error
	list   func() iter.Seq2[T, error]
}

// check takes the configuration and others like it through their lives. Its id
// is given by setID.
func (c configurations[T]) check(t *testing.T, srv *storagetest.S3, config T, setID func(*T, string)) {
	const many = 101 // do not fit in a page
	absent := func(when string, err error) {
		t.Helper()
		if !errors.Is(err, s3.ErrNoSuchConfiguration) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want ErrNoSuchConfiguration", when, err)
		}
	}
	_, err := c.get("id-0")
	absent("GET of none", err)
	absent("DELETE of none", c.delete("id-0"))

	want := make([]T, many)
	for i := range want {
		want[i] = config
		setID(&want[i], fmt.Sprintf("id-%03d", i))
		if err := c.put(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.get("id-007")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "one", got, want[7])

	before := len(srv.Requests())
	var listed []T
	for config, err := range c.list() {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, config)
	}
	same(t, "all", listed, want)
	if pages := len(srv.Requests()) - before; pages != 2 {
		t.Errorf("%d pages", pages)
	}

	if err := c.delete("id-007"); err != nil {
		t.Fatal(err)
	}
	_, err = c.get("id-007")
	absent("GET after DELETE", err)
	if _, err := c.get("id-008"); err != nil {
		t.Errorf("the one after: %v", err)
	}
}

func analytics(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	configurations[s3.AnalyticsConfiguration]{
		put: func(config s3.AnalyticsConfiguration) error {
			_, err := c.PutBucketAnalyticsConfiguration(t.Context(), &s3.PutBucketAnalyticsConfigurationInput{Bucket: "photos", Id: config.Id, AnalyticsConfiguration: &config})
			return err
		},
		get: func(id string) (s3.AnalyticsConfiguration, error) {
			out, err := c.GetBucketAnalyticsConfiguration(t.Context(), &s3.GetBucketAnalyticsConfigurationInput{Bucket: "photos", Id: id})
			if err != nil {
				return s3.AnalyticsConfiguration{}, err
			}
			return out.AnalyticsConfiguration, nil
		},
		delete: func(id string) error {
			_, err := c.DeleteBucketAnalyticsConfiguration(t.Context(), &s3.DeleteBucketAnalyticsConfigurationInput{Bucket: "photos", Id: id})
			return err
		},
		list: func() iter.Seq2[s3.AnalyticsConfiguration, error] {
			return paginator.Items(t.Context(), c.ListBucketAnalyticsConfigurations, &s3.ListBucketAnalyticsConfigurationsInput{Bucket: "photos"})
		},
	}.check(t, srv, s3.AnalyticsConfiguration{
		Filter: &s3.AnalyticsFilter{And: &s3.AnalyticsAndOperator{Prefix: "logs/", Tags: []s3.Tag{{Key: "a", Value: "1"}, {Key: "b"}}}},
		StorageClassAnalysis: s3.StorageClassAnalysis{DataExport: &s3.StorageClassAnalysisDataExport{
			OutputSchemaVersion: s3.StorageClassAnalysisSchemaVersionV1,
			Destination: s3.AnalyticsExportDestination{S3BucketDestination: s3.AnalyticsS3BucketDestination{
				Bucket: "arn:aws:s3:::results", BucketAccountId: "123456789012", Format: s3.AnalyticsS3ExportFileFormatCsv, Prefix: "analysis",
			}},
		}},
	}, func(config *s3.AnalyticsConfiguration, id string) { config.Id = id })
}

func inventory(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	configurations[s3.InventoryConfiguration]{
		put: func(config s3.InventoryConfiguration) error {
			_, err := c.PutBucketInventoryConfiguration(t.Context(), &s3.PutBucketInventoryConfigurationInput{Bucket: "photos", Id: config.Id, InventoryConfiguration: &config})
			return err
		},
		get: func(id string) (s3.InventoryConfiguration, error) {
			out, err := c.GetBucketInventoryConfiguration(t.Context(), &s3.GetBucketInventoryConfigurationInput{Bucket: "photos", Id: id})
			if err != nil {
				return s3.InventoryConfiguration{}, err
			}
			return out.InventoryConfiguration, nil
		},
		delete: func(id string) error {
			_, err := c.DeleteBucketInventoryConfiguration(t.Context(), &s3.DeleteBucketInventoryConfigurationInput{Bucket: "photos", Id: id})
			return err
		},
		list: func() iter.Seq2[s3.InventoryConfiguration, error] {
			return paginator.Items(t.Context(), c.ListBucketInventoryConfigurations, &s3.ListBucketInventoryConfigurationsInput{Bucket: "photos"})
		},
	}.check(t, srv, s3.InventoryConfiguration{
		IsEnabled:              false, // sent as well
		Filter:                 &s3.InventoryFilter{Prefix: "logs/"},
		IncludedObjectVersions: s3.InventoryIncludedObjectVersionsAll,
		OptionalFields:         []s3.InventoryOptionalField{s3.InventoryOptionalFieldSize, s3.InventoryOptionalFieldETag},
		Schedule:               s3.InventorySchedule{Frequency: s3.InventoryFrequencyWeekly},
		Destination: s3.InventoryDestination{S3BucketDestination: s3.InventoryS3BucketDestination{
			Bucket: "arn:aws:s3:::lists", AccountId: "123456789012", Format: s3.InventoryFormatParquet, Prefix: "inventory",
			Encryption: &s3.InventoryEncryption{SSES3: &s3.SSES3{}},
		}},
	}, func(config *s3.InventoryConfiguration, id string) { config.Id = id })
}

func metrics(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	configurations[s3.MetricsConfiguration]{
		put: func(config s3.MetricsConfiguration) error {
			_, err := c.PutBucketMetricsConfiguration(t.Context(), &s3.PutBucketMetricsConfigurationInput{Bucket: "photos", Id: config.Id, MetricsConfiguration: &config})
			return err
		},
		get: func(id string) (s3.MetricsConfiguration, error) {
			out, err := c.GetBucketMetricsConfiguration(t.Context(), &s3.GetBucketMetricsConfigurationInput{Bucket: "photos", Id: id})
			if err != nil {
				return s3.MetricsConfiguration{}, err
			}
			return out.MetricsConfiguration, nil
		},
		delete: func(id string) error {
			_, err := c.DeleteBucketMetricsConfiguration(t.Context(), &s3.DeleteBucketMetricsConfigurationInput{Bucket: "photos", Id: id})
			return err
		},
		list: func() iter.Seq2[s3.MetricsConfiguration, error] {
			return paginator.Items(t.Context(), c.ListBucketMetricsConfigurations, &s3.ListBucketMetricsConfigurationsInput{Bucket: "photos"})
		},
	}.check(t, srv, s3.MetricsConfiguration{
		Filter: &s3.MetricsFilter{And: &s3.MetricsAndOperator{Prefix: "logs/", AccessPointArn: "arn:aws:s3:us-east-1:123456789012:accesspoint/readers"}},
	}, func(config *s3.MetricsConfiguration, id string) { config.Id = id })
}

func tiering(t *testing.T, srv *storagetest.S3, c *s3.Client) {
	configurations[s3.IntelligentTieringConfiguration]{
		put: func(config s3.IntelligentTieringConfiguration) error {
			_, err := c.PutBucketIntelligentTieringConfiguration(t.Context(), &s3.PutBucketIntelligentTieringConfigurationInput{Bucket: "photos", Id: config.Id, IntelligentTieringConfiguration: &config})
			return err
		},
		get: func(id string) (s3.IntelligentTieringConfiguration, error) {
			out, err := c.GetBucketIntelligentTieringConfiguration(t.Context(), &s3.GetBucketIntelligentTieringConfigurationInput{Bucket: "photos", Id: id})
			if err != nil {
				return s3.IntelligentTieringConfiguration{}, err
			}
			return out.IntelligentTieringConfiguration, nil
		},
		delete: func(id string) error {
			_, err := c.DeleteBucketIntelligentTieringConfiguration(t.Context(), &s3.DeleteBucketIntelligentTieringConfigurationInput{Bucket: "photos", Id: id})
			return err
		},
		list: func() iter.Seq2[s3.IntelligentTieringConfiguration, error] {
			return paginator.Items(t.Context(), c.ListBucketIntelligentTieringConfigurations, &s3.ListBucketIntelligentTieringConfigurationsInput{Bucket: "photos"})
		},
	}.check(t, srv, s3.IntelligentTieringConfiguration{
		Filter: &s3.IntelligentTieringFilter{Tag: &s3.Tag{Key: "cold", Value: "yes"}},
		Status: s3.IntelligentTieringStatusEnabled,
		Tierings: []s3.Tiering{
			{Days: 90, AccessTier: s3.IntelligentTieringAccessTierArchiveAccess},
			{Days: 180, AccessTier: s3.IntelligentTieringAccessTierDeepArchiveAccess},
		},
	}, func(config *s3.IntelligentTieringConfiguration, id string) { config.Id = id })
}
