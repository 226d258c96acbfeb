package s3

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

func TestNextPage(t *testing.T) {
	zero := int32(0)
	next := func(call any, in any) (string, bool) {
		results := reflect.ValueOf(call).Call([]reflect.Value{reflect.ValueOf(in)})
		return results[0].String(), results[1].Bool()
	}
	for _, test := range []struct {
		name      string
		call      any // the method NextPage of a page
		in, want  any // the input before and after
		wantToken string
		wantMore  bool
	}{
		{
			name: "buckets go on with the token", call: (&ListBucketsOutput{ContinuationToken: "t"}).NextPage,
			in: &ListBucketsInput{Prefix: "p"}, want: &ListBucketsInput{Prefix: "p", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "buckets end without a token", call: (&ListBucketsOutput{}).NextPage,
			in: &ListBucketsInput{ContinuationToken: "t"}, want: &ListBucketsInput{},
		},
		{
			name: "objects go on with the token", call: (&ListObjectsV2Output{IsTruncated: true, NextContinuationToken: "t"}).NextPage,
			in: &ListObjectsV2Input{StartAfter: "a", MaxKeys: &zero}, want: &ListObjectsV2Input{StartAfter: "a", MaxKeys: &zero, ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "objects that are truncated without a token", call: (&ListObjectsV2Output{IsTruncated: true}).NextPage,
			in: &ListObjectsV2Input{}, want: &ListObjectsV2Input{}, wantMore: true,
		},
		{
			name: "marker of the server", call: (&ListObjectsOutput{IsTruncated: true, NextMarker: "m", Contents: []Object{{Key: "k"}}}).NextPage,
			in: &ListObjectsInput{}, want: &ListObjectsInput{Marker: "m"}, wantToken: "m", wantMore: true,
		},
		{
			name: "last key stands for a marker", call: (&ListObjectsOutput{IsTruncated: true, Contents: []Object{{Key: "a"}, {Key: "k"}}}).NextPage,
			in: &ListObjectsInput{Marker: "0"}, want: &ListObjectsInput{Marker: "k"}, wantToken: "k", wantMore: true,
		},
		{
			name: "last prefix stands for a marker", call: (&ListObjectsOutput{IsTruncated: true, Contents: []Object{{Key: "a"}}, CommonPrefixes: []CommonPrefix{{Prefix: "b/"}}}).NextPage,
			in: &ListObjectsInput{}, want: &ListObjectsInput{Marker: "b/"}, wantToken: "b/", wantMore: true,
		},
		{
			name: "parts go on after the last", call: (&ListPartsOutput{IsTruncated: true, NextPartNumberMarker: 7}).NextPage,
			in: &ListPartsInput{UploadId: "u"}, want: &ListPartsInput{UploadId: "u", PartNumberMarker: 7}, wantToken: "7", wantMore: true,
		},
		{
			name: "parts that are truncated without a marker", call: (&ListPartsOutput{IsTruncated: true}).NextPage,
			in: &ListPartsInput{}, want: &ListPartsInput{}, wantMore: true,
		},
		{
			name: "uploads go on with two markers", call: (&ListMultipartUploadsOutput{IsTruncated: true, NextKeyMarker: "k", NextUploadIdMarker: "u"}).NextPage,
			in: &ListMultipartUploadsInput{}, want: &ListMultipartUploadsInput{KeyMarker: "k", UploadIdMarker: "u"}, wantToken: "k u", wantMore: true,
		},
		{
			name: "uploads that are truncated without a marker", call: (&ListMultipartUploadsOutput{IsTruncated: true}).NextPage,
			in: &ListMultipartUploadsInput{}, want: &ListMultipartUploadsInput{}, wantMore: true,
		},
		{
			name: "analytics configurations go on with the token", call: (&ListBucketAnalyticsConfigurationsOutput{IsTruncated: true, ContinuationToken: "s", NextContinuationToken: "t"}).NextPage,
			in: &ListBucketAnalyticsConfigurationsInput{Bucket: "b", ContinuationToken: "s"}, want: &ListBucketAnalyticsConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "analytics configurations that are truncated without a token", call: (&ListBucketAnalyticsConfigurationsOutput{IsTruncated: true, ContinuationToken: "s"}).NextPage,
			in: &ListBucketAnalyticsConfigurationsInput{ContinuationToken: "s"}, want: &ListBucketAnalyticsConfigurationsInput{}, wantMore: true,
		},
		{
			name: "analytics configurations end", call: (&ListBucketAnalyticsConfigurationsOutput{ContinuationToken: "s"}).NextPage,
			in: &ListBucketAnalyticsConfigurationsInput{}, want: &ListBucketAnalyticsConfigurationsInput{},
		},
		{
			name: "inventories go on with the token", call: (&ListBucketInventoryConfigurationsOutput{IsTruncated: true, ContinuationToken: "s", NextContinuationToken: "t"}).NextPage,
			in: &ListBucketInventoryConfigurationsInput{Bucket: "b", ContinuationToken: "s"}, want: &ListBucketInventoryConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "inventories that are truncated without a token", call: (&ListBucketInventoryConfigurationsOutput{IsTruncated: true, ContinuationToken: "s"}).NextPage,
			in: &ListBucketInventoryConfigurationsInput{ContinuationToken: "s"}, want: &ListBucketInventoryConfigurationsInput{}, wantMore: true,
		},
		{
			name: "inventories end", call: (&ListBucketInventoryConfigurationsOutput{ContinuationToken: "s"}).NextPage,
			in: &ListBucketInventoryConfigurationsInput{}, want: &ListBucketInventoryConfigurationsInput{},
		},
		{
			name: "metrics configurations go on with the token", call: (&ListBucketMetricsConfigurationsOutput{IsTruncated: true, ContinuationToken: "s", NextContinuationToken: "t"}).NextPage,
			in: &ListBucketMetricsConfigurationsInput{Bucket: "b", ContinuationToken: "s"}, want: &ListBucketMetricsConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "metrics configurations that are truncated without a token", call: (&ListBucketMetricsConfigurationsOutput{IsTruncated: true, ContinuationToken: "s"}).NextPage,
			in: &ListBucketMetricsConfigurationsInput{ContinuationToken: "s"}, want: &ListBucketMetricsConfigurationsInput{}, wantMore: true,
		},
		{
			name: "metrics configurations end", call: (&ListBucketMetricsConfigurationsOutput{ContinuationToken: "s"}).NextPage,
			in: &ListBucketMetricsConfigurationsInput{}, want: &ListBucketMetricsConfigurationsInput{},
		},
		{
			name: "tiering configurations go on with the token", call: (&ListBucketIntelligentTieringConfigurationsOutput{IsTruncated: true, ContinuationToken: "s", NextContinuationToken: "t"}).NextPage,
			in: &ListBucketIntelligentTieringConfigurationsInput{Bucket: "b", ContinuationToken: "s"}, want: &ListBucketIntelligentTieringConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "tiering configurations that are truncated without a token", call: (&ListBucketIntelligentTieringConfigurationsOutput{IsTruncated: true, ContinuationToken: "s"}).NextPage,
			in: &ListBucketIntelligentTieringConfigurationsInput{ContinuationToken: "s"}, want: &ListBucketIntelligentTieringConfigurationsInput{}, wantMore: true,
		},
		{
			name: "tiering configurations end", call: (&ListBucketIntelligentTieringConfigurationsOutput{ContinuationToken: "s"}).NextPage,
			in: &ListBucketIntelligentTieringConfigurationsInput{}, want: &ListBucketIntelligentTieringConfigurationsInput{},
		},
		{
			name: "versions go on with two markers", call: (&ListObjectVersionsOutput{IsTruncated: true, NextKeyMarker: "k", NextVersionIdMarker: "v"}).NextPage,
			in: &ListObjectVersionsInput{}, want: &ListObjectVersionsInput{KeyMarker: "k", VersionIdMarker: "v"}, wantToken: "k v", wantMore: true,
		},
		{
			name: "versions go on after a prefix", call: (&ListObjectVersionsOutput{IsTruncated: true, NextKeyMarker: "k/"}).NextPage,
			in: &ListObjectVersionsInput{KeyMarker: "a", VersionIdMarker: "v"}, want: &ListObjectVersionsInput{KeyMarker: "k/"}, wantToken: "k/ ", wantMore: true,
		},
		{
			name: "versions that are truncated without a marker", call: (&ListObjectVersionsOutput{IsTruncated: true}).NextPage,
			in: &ListObjectVersionsInput{}, want: &ListObjectVersionsInput{}, wantMore: true,
		},
		{
			name: "attributes go on after the last part", call: (&GetObjectAttributesOutput{ObjectParts: GetObjectAttributesParts{IsTruncated: true, NextPartNumberMarker: 7}}).NextPage,
			in: &GetObjectAttributesInput{Key: "k"}, want: &GetObjectAttributesInput{Key: "k", PartNumberMarker: 7}, wantToken: "7", wantMore: true,
		},
		{
			name: "attributes that are truncated without a marker", call: (&GetObjectAttributesOutput{ObjectParts: GetObjectAttributesParts{IsTruncated: true}}).NextPage,
			in: &GetObjectAttributesInput{PartNumberMarker: 3}, want: &GetObjectAttributesInput{}, wantMore: true,
		},
		{
			name: "directory buckets go on with the token", call: (&ListDirectoryBucketsOutput{ContinuationToken: "t"}).NextPage,
			in: &ListDirectoryBucketsInput{MaxDirectoryBuckets: 1}, want: &ListDirectoryBucketsInput{MaxDirectoryBuckets: 1, ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "directory buckets end without a token", call: (&ListDirectoryBucketsOutput{}).NextPage,
			in: &ListDirectoryBucketsInput{ContinuationToken: "t"}, want: &ListDirectoryBucketsInput{},
		},
		{
			name: "annotations go on with the token", call: (&ListObjectAnnotationsOutput{ContinuationToken: "s", NextContinuationToken: "t"}).NextPage,
			in: &ListObjectAnnotationsInput{Key: "k", ContinuationToken: "s"}, want: &ListObjectAnnotationsInput{Key: "k", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "annotations end without a token", call: (&ListObjectAnnotationsOutput{ContinuationToken: "s"}).NextPage,
			in: &ListObjectAnnotationsInput{ContinuationToken: "s"}, want: &ListObjectAnnotationsInput{},
		},
	} {
		token, more := next(test.call, test.in)
		if token != test.wantToken || more != test.wantMore {
			t.Errorf("%s: NextPage = %q, %t, want %q, %t", test.name, token, more, test.wantToken, test.wantMore)
		}
		if diff := cmp.Diff(test.want, test.in); diff != "" {
			t.Errorf("%s: next input (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestItems(t *testing.T) {
	for name, pair := range map[string][2]any{
		"ListBuckets":                                {[]Bucket{{Name: "a"}}, (&ListBucketsOutput{Buckets: []Bucket{{Name: "a"}}}).Items()},
		"ListObjectsV2":                              {[]Object{{Key: "a"}}, (&ListObjectsV2Output{Contents: []Object{{Key: "a"}}}).Items()},
		"ListObjects":                                {[]Object{{Key: "a"}}, (&ListObjectsOutput{Contents: []Object{{Key: "a"}}}).Items()},
		"ListParts":                                  {[]Part{{ETag: "a"}}, (&ListPartsOutput{Parts: []Part{{ETag: "a"}}}).Items()},
		"ListMultipartUploads":                       {[]MultipartUpload{{Key: "a"}}, (&ListMultipartUploadsOutput{Uploads: []MultipartUpload{{Key: "a"}}}).Items()},
		"ListBucketAnalyticsConfigurations":          {[]AnalyticsConfiguration{{Id: "a"}}, (&ListBucketAnalyticsConfigurationsOutput{AnalyticsConfigurationList: []AnalyticsConfiguration{{Id: "a"}}}).Items()},
		"ListBucketInventoryConfigurations":          {[]InventoryConfiguration{{Id: "a"}}, (&ListBucketInventoryConfigurationsOutput{InventoryConfigurationList: []InventoryConfiguration{{Id: "a"}}}).Items()},
		"ListBucketMetricsConfigurations":            {[]MetricsConfiguration{{Id: "a"}}, (&ListBucketMetricsConfigurationsOutput{MetricsConfigurationList: []MetricsConfiguration{{Id: "a"}}}).Items()},
		"ListBucketIntelligentTieringConfigurations": {[]IntelligentTieringConfiguration{{Id: "a"}}, (&ListBucketIntelligentTieringConfigurationsOutput{IntelligentTieringConfigurationList: []IntelligentTieringConfiguration{{Id: "a"}}}).Items()},
		"ListObjectVersions":                         {[]ObjectVersion{{Key: "a"}}, (&ListObjectVersionsOutput{Versions: []ObjectVersion{{Key: "a"}}, DeleteMarkers: []DeleteMarkerEntry{{Key: "b"}}}).Items()},
		"GetObjectAttributes":                        {[]ObjectPart{{PartNumber: 1}}, (&GetObjectAttributesOutput{ObjectParts: GetObjectAttributesParts{Parts: []ObjectPart{{PartNumber: 1}}}}).Items()},
		"ListDirectoryBuckets":                       {[]Bucket{{Name: "a"}}, (&ListDirectoryBucketsOutput{Buckets: []Bucket{{Name: "a"}}}).Items()},
		"ListObjectAnnotations":                      {[]AnnotationEntry{{AnnotationName: "a"}}, (&ListObjectAnnotationsOutput{Annotations: []AnnotationEntry{{AnnotationName: "a"}}}).Items()},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("Items of %s (-want +got):\n%s", name, diff)
		}
	}
}

// TestURLEncoded has each member that travels url-encoded decoded, and no
// other.
func TestURLEncoded(t *testing.T) {
	for _, test := range []struct{ out, want any }{
		{
			&ListObjectsV2Output{
				EncodingType: EncodingTypeUrl, Name: "n%21", Prefix: "p%21", Delimiter: "d%21", StartAfter: "s%21", NextContinuationToken: "t%21",
				Contents: []Object{{Key: "k%21", ETag: "e%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c%21"}},
			},
			&ListObjectsV2Output{
				Name: "n%21", Prefix: "p!", Delimiter: "d!", StartAfter: "s!", NextContinuationToken: "t%21",
				Contents: []Object{{Key: "k!", ETag: "e%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c!"}},
			},
		},
		{
			&ListObjectsOutput{
				EncodingType: EncodingTypeUrl, Name: "n%21", Prefix: "p%21", Delimiter: "d%21", Marker: "m%21", NextMarker: "x%21",
				Contents: []Object{{Key: "k%21", ETag: "e%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c%21"}},
			},
			&ListObjectsOutput{
				Name: "n%21", Prefix: "p!", Delimiter: "d!", Marker: "m!", NextMarker: "x!",
				Contents: []Object{{Key: "k!", ETag: "e%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c!"}},
			},
		},
		{
			&ListMultipartUploadsOutput{
				EncodingType: EncodingTypeUrl, Bucket: "b%21", Prefix: "p%21", Delimiter: "d%21", KeyMarker: "m%21", NextKeyMarker: "x%21", UploadIdMarker: "u%21",
				Uploads: []MultipartUpload{{Key: "k%21", UploadId: "i%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c%21"}},
			},
			&ListMultipartUploadsOutput{
				Bucket: "b%21", Prefix: "p!", Delimiter: "d!", KeyMarker: "m!", NextKeyMarker: "x!", UploadIdMarker: "u%21",
				Uploads: []MultipartUpload{{Key: "k!", UploadId: "i%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c!"}},
			},
		},
		{
			&ListObjectVersionsOutput{
				EncodingType: EncodingTypeUrl, Name: "n%21", Prefix: "p%21", Delimiter: "d%21", KeyMarker: "m%21", NextKeyMarker: "x%21", VersionIdMarker: "v%21", NextVersionIdMarker: "w%21",
				Versions: []ObjectVersion{{Key: "k%21", VersionId: "i%21"}}, DeleteMarkers: []DeleteMarkerEntry{{Key: "k%21", VersionId: "i%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c%21"}},
			},
			&ListObjectVersionsOutput{
				Name: "n%21", Prefix: "p!", Delimiter: "d!", KeyMarker: "m!", NextKeyMarker: "x!", VersionIdMarker: "v%21", NextVersionIdMarker: "w%21",
				Versions: []ObjectVersion{{Key: "k!", VersionId: "i%21"}}, DeleteMarkers: []DeleteMarkerEntry{{Key: "k!", VersionId: "i%21"}}, CommonPrefixes: []CommonPrefix{{Prefix: "c!"}},
			},
		},
		// A server that ignores the parameter sends keys as they are.
		{&ListObjectsV2Output{Prefix: "p%21"}, &ListObjectsV2Output{Prefix: "p%21"}},
		{&ListObjectsOutput{Prefix: "p%21"}, &ListObjectsOutput{Prefix: "p%21"}},
		{&ListMultipartUploadsOutput{Prefix: "p%21"}, &ListMultipartUploadsOutput{Prefix: "p%21"}},
		{&ListObjectVersionsOutput{Prefix: "p%21"}, &ListObjectVersionsOutput{Prefix: "p%21"}},
	} {
		if err := s3dialect.DecodeNames(test.out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, test.out); diff != "" {
			t.Errorf("%T (-want +got):\n%s", test.out, diff)
		}
	}
}
