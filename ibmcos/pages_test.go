package ibmcos

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
			name: "last bucket stands for a marker", call: (&ListBucketsExtendedOutput{IsTruncated: true, Buckets: []Bucket{{Name: "a"}, {Name: "b"}}}).NextPage,
			in: &ListBucketsExtendedInput{Prefix: "p"}, want: &ListBucketsExtendedInput{Prefix: "p", Marker: "b"}, wantToken: "b", wantMore: true,
		},
		{
			name: "marker of the server goes before it", call: (&ListBucketsExtendedOutput{IsTruncated: true, NextMarker: "m", Buckets: []Bucket{{Name: "b"}}}).NextPage,
			in: &ListBucketsExtendedInput{}, want: &ListBucketsExtendedInput{Marker: "m"}, wantToken: "m", wantMore: true,
		},
		{
			name: "buckets that are truncated without a name", call: (&ListBucketsExtendedOutput{IsTruncated: true}).NextPage,
			in: &ListBucketsExtendedInput{}, want: &ListBucketsExtendedInput{}, wantMore: true,
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
			name: "uploads that are truncated without a marker", call: (&ListMultipartUploadsOutput{IsTruncated: true}).NextPage,
			in: &ListMultipartUploadsInput{}, want: &ListMultipartUploadsInput{}, wantMore: true,
		},
		{
			name: "analyses go on with the token", call: (&ListBucketAnalyticsConfigurationsOutput{IsTruncated: true, NextContinuationToken: "t"}).NextPage,
			in: &ListBucketAnalyticsConfigurationsInput{Bucket: "b"}, want: &ListBucketAnalyticsConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "inventories go on with the token", call: (&ListBucketInventoryConfigurationsOutput{IsTruncated: true, NextContinuationToken: "t"}).NextPage,
			in: &ListBucketInventoryConfigurationsInput{Bucket: "b"}, want: &ListBucketInventoryConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "metrics end where nothing is truncated", call: (&ListBucketMetricsConfigurationsOutput{}).NextPage,
			in: &ListBucketMetricsConfigurationsInput{Bucket: "b", ContinuationToken: "s"}, want: &ListBucketMetricsConfigurationsInput{Bucket: "b"},
		},
		{
			name: "metrics go on with the token", call: (&ListBucketMetricsConfigurationsOutput{IsTruncated: true, NextContinuationToken: "t"}).NextPage,
			in: &ListBucketMetricsConfigurationsInput{Bucket: "b"}, want: &ListBucketMetricsConfigurationsInput{Bucket: "b", ContinuationToken: "t"}, wantToken: "t", wantMore: true,
		},
		{
			name: "failures go on with the token", call: (&ListBucketReplicationFailuresOutput{
				ListReplicationFailureResult: ListReplicationFailureResult{IsTruncated: true, NextContinuationToken: "t"},
			}).NextPage,
			in: &ListBucketReplicationFailuresInput{FirstSyncAttemptedBefore: "1"}, want: &ListBucketReplicationFailuresInput{FirstSyncAttemptedBefore: "1", ContinuationToken: "t"},
			wantToken: "t", wantMore: true,
		},
		{
			name: "failures that are truncated without a token",
			call: (&ListBucketReplicationFailuresOutput{ListReplicationFailureResult: ListReplicationFailureResult{IsTruncated: true}}).NextPage,
			in:   &ListBucketReplicationFailuresInput{}, want: &ListBucketReplicationFailuresInput{}, wantMore: true,
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
	analyses, inventories, metrics := []AnalyticsConfiguration{{Id: "a"}}, []InventoryConfiguration{{Id: "a"}}, []MetricsConfiguration{{Id: "a"}}
	failures := []ObjectSyncAttempted{{Key: "a"}}
	for name, pair := range map[string][2]any{
		"ListBucketsExtended": {[]Bucket{{Name: "a"}}, (&ListBucketsExtendedOutput{Buckets: []Bucket{{Name: "a"}}}).Items()},
		"ListObjectsV2":       {[]Object{{Key: "a"}}, (&ListObjectsV2Output{Contents: []Object{{Key: "a"}}}).Items()},
		"ListObjects":         {[]Object{{Key: "a"}}, (&ListObjectsOutput{Contents: []Object{{Key: "a"}}}).Items()},
		"ListParts":           {[]Part{{ETag: "a"}}, (&ListPartsOutput{Parts: []Part{{ETag: "a"}}}).Items()},

		"ListBucketAnalyticsConfigurations": {analyses, (&ListBucketAnalyticsConfigurationsOutput{AnalyticsConfigurationList: analyses}).Items()},
		"ListBucketInventoryConfigurations": {inventories, (&ListBucketInventoryConfigurationsOutput{InventoryConfigurationList: inventories}).Items()},
		"ListBucketMetricsConfigurations":   {metrics, (&ListBucketMetricsConfigurationsOutput{MetricsConfigurationList: metrics}).Items()},
		"ListBucketReplicationFailures": {failures, (&ListBucketReplicationFailuresOutput{
			ListReplicationFailureResult: ListReplicationFailureResult{Contents: failures},
		}).Items()},

		"ListObjectVersions":   {[]ObjectVersion{{Key: "a"}}, (&ListObjectVersionsOutput{Versions: []ObjectVersion{{Key: "a"}}, DeleteMarkers: []DeleteMarkerEntry{{Key: "b"}}}).Items()},
		"ListMultipartUploads": {[]MultipartUpload{{Key: "a"}}, (&ListMultipartUploadsOutput{Uploads: []MultipartUpload{{Key: "a"}}}).Items()},
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
			&ListBucketReplicationFailuresOutput{ListReplicationFailureResult: ListReplicationFailureResult{
				EncodingType: EncodingTypeUrl, Name: "n%21", NextContinuationToken: "t%21", Contents: []ObjectSyncAttempted{{Key: "k%21", VersionId: "v%21"}},
			}},
			&ListBucketReplicationFailuresOutput{ListReplicationFailureResult: ListReplicationFailureResult{
				Name: "n%21", NextContinuationToken: "t%21", Contents: []ObjectSyncAttempted{{Key: "k!", VersionId: "v%21"}},
			}},
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
		{&ListObjectVersionsOutput{Prefix: "p%21"}, &ListObjectVersionsOutput{Prefix: "p%21"}},
		{&ListMultipartUploadsOutput{Prefix: "p%21"}, &ListMultipartUploadsOutput{Prefix: "p%21"}},
	} {
		if err := s3dialect.DecodeNames(test.out); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, test.out); diff != "" {
			t.Errorf("%T (-want +got):\n%s", test.out, diff)
		}
	}
}
