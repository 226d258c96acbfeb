package realservers

import (
	"context"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

// listing returns what makes a list, and picks the names of its items.
func listing[In any, Out paginator.ItemPage[In, Item], Item any](p *trials, call func(context.Context, *In, ...s3.Option) (Out, error), in *In, id func(Item) string) func() ([]string, error) {
	return func() ([]string, error) {
		var ids []string
		for item, err := range paginator.Items(p.ctx(), call, in) {
			if err != nil {
				return nil, err
			}
			ids = append(ids, id(item))
		}
		return ids, nil
	}
}

// tryConfigurations tries those that a bucket can have several of, by names.
func tryConfigurations(p *trials) {
	c, b := p.client, p.bucket
	arn := "arn:aws:s3:::" + b

	analytics := s3.AnalyticsConfiguration{
		Id: "one", Filter: &s3.AnalyticsFilter{Prefix: "a/"},
		StorageClassAnalysis: s3.StorageClassAnalysis{DataExport: &s3.StorageClassAnalysisDataExport{
			OutputSchemaVersion: s3.StorageClassAnalysisSchemaVersionV1,
			Destination:         s3.AnalyticsExportDestination{S3BucketDestination: s3.AnalyticsS3BucketDestination{Bucket: arn, Format: s3.AnalyticsS3ExportFileFormatCsv}},
		}},
	}
	p.document(document{
		name: "BucketAnalyticsConfiguration",
		put:  making(p, c.PutBucketAnalyticsConfiguration, &s3.PutBucketAnalyticsConfigurationInput{Bucket: b, Id: "one", AnalyticsConfiguration: &analytics}),
		get: reading(p, c.GetBucketAnalyticsConfiguration, &s3.GetBucketAnalyticsConfigurationInput{Bucket: b, Id: "one"}, analytics, func(out *s3.GetBucketAnalyticsConfigurationOutput) s3.AnalyticsConfiguration {
			return out.AnalyticsConfiguration
		}),
		list:   listing(p, c.ListBucketAnalyticsConfigurations, &s3.ListBucketAnalyticsConfigurationsInput{Bucket: b}, func(a s3.AnalyticsConfiguration) string { return a.Id }),
		remove: making(p, c.DeleteBucketAnalyticsConfiguration, &s3.DeleteBucketAnalyticsConfigurationInput{Bucket: b, Id: "one"}),
	})

	inventory := s3.InventoryConfiguration{
		Id: "one", IsEnabled: true, Filter: &s3.InventoryFilter{Prefix: "a/"}, IncludedObjectVersions: s3.InventoryIncludedObjectVersionsCurrent,
		OptionalFields: []s3.InventoryOptionalField{s3.InventoryOptionalFieldSize, s3.InventoryOptionalFieldETag},
		Schedule:       s3.InventorySchedule{Frequency: s3.InventoryFrequencyDaily},
		Destination:    s3.InventoryDestination{S3BucketDestination: s3.InventoryS3BucketDestination{Bucket: arn, Format: s3.InventoryFormatCsv, Prefix: "i"}},
	}
	p.document(document{
		name: "BucketInventoryConfiguration",
		put:  making(p, c.PutBucketInventoryConfiguration, &s3.PutBucketInventoryConfigurationInput{Bucket: b, Id: "one", InventoryConfiguration: &inventory}),
		get: reading(p, c.GetBucketInventoryConfiguration, &s3.GetBucketInventoryConfigurationInput{Bucket: b, Id: "one"}, inventory, func(out *s3.GetBucketInventoryConfigurationOutput) s3.InventoryConfiguration {
			return out.InventoryConfiguration
		}),
		list:   listing(p, c.ListBucketInventoryConfigurations, &s3.ListBucketInventoryConfigurationsInput{Bucket: b}, func(i s3.InventoryConfiguration) string { return i.Id }),
		remove: making(p, c.DeleteBucketInventoryConfiguration, &s3.DeleteBucketInventoryConfigurationInput{Bucket: b, Id: "one"}),
	})

	metrics := s3.MetricsConfiguration{Id: "one", Filter: &s3.MetricsFilter{Prefix: "a/"}}
	p.document(document{
		name: "BucketMetricsConfiguration",
		put:  making(p, c.PutBucketMetricsConfiguration, &s3.PutBucketMetricsConfigurationInput{Bucket: b, Id: "one", MetricsConfiguration: &metrics}),
		get: reading(p, c.GetBucketMetricsConfiguration, &s3.GetBucketMetricsConfigurationInput{Bucket: b, Id: "one"}, metrics, func(out *s3.GetBucketMetricsConfigurationOutput) s3.MetricsConfiguration {
			return out.MetricsConfiguration
		}),
		list:   listing(p, c.ListBucketMetricsConfigurations, &s3.ListBucketMetricsConfigurationsInput{Bucket: b}, func(m s3.MetricsConfiguration) string { return m.Id }),
		remove: making(p, c.DeleteBucketMetricsConfiguration, &s3.DeleteBucketMetricsConfigurationInput{Bucket: b, Id: "one"}),
	})

	tiering := s3.IntelligentTieringConfiguration{
		Id: "one", Status: s3.IntelligentTieringStatusEnabled, Filter: &s3.IntelligentTieringFilter{Prefix: "a/"},
		Tierings: []s3.Tiering{{Days: 120, AccessTier: s3.IntelligentTieringAccessTierArchiveAccess}},
	}
	p.document(document{
		name: "BucketIntelligentTieringConfiguration",
		put:  making(p, c.PutBucketIntelligentTieringConfiguration, &s3.PutBucketIntelligentTieringConfigurationInput{Bucket: b, Id: "one", IntelligentTieringConfiguration: &tiering}),
		get: reading(p, c.GetBucketIntelligentTieringConfiguration, &s3.GetBucketIntelligentTieringConfigurationInput{Bucket: b, Id: "one"}, tiering, func(out *s3.GetBucketIntelligentTieringConfigurationOutput) s3.IntelligentTieringConfiguration {
			return out.IntelligentTieringConfiguration
		}),
		list:   listing(p, c.ListBucketIntelligentTieringConfigurations, &s3.ListBucketIntelligentTieringConfigurationsInput{Bucket: b}, func(t s3.IntelligentTieringConfiguration) string { return t.Id }),
		remove: making(p, c.DeleteBucketIntelligentTieringConfiguration, &s3.DeleteBucketIntelligentTieringConfigurationInput{Bucket: b, Id: "one"}),
	})
}
