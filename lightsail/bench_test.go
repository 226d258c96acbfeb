package lightsail_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/lightsail"
)

// bucketsPage is a page of GetBuckets as Lightsail writes it. Some buckets have
// what most do not.
func bucketsPage(buckets int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"accountLevelBpaSync":{"bpaImpactsLightsail":false,"lastSyncedAt":1782890000.125,"status":"InSync"},"buckets":[`)
	for i := range buckets {
		if i > 0 {
			b.WriteByte(',')
		}
		log, accounts, tags := `{"enabled":false}`, `[]`, `[]`
		if i%4 == 0 {
			tags = `[{"key":"project","value":"photos"},{"key":"stage","value":"production"}]`
		}
		if i%10 == 0 {
			log = fmt.Sprintf(`{"destination":"photos-logs","enabled":true,"prefix":"access/%d/"}`, i)
			accounts = `["444455556666"]`
		}
		fmt.Fprintf(&b, `{"ableToUpdateBundle":true,"accessLogConfig":%s,"accessRules":{"allowPublicOverrides":false,"getObject":"private"},`+
			`"arn":"arn:aws:lightsail:us-east-1:111122223333:Bucket/%08[2]x-1a2b-4c3d-8e4f-%012[2]x","bundleId":"small_1_0","createdAt":%[3]d.%03[2]d,`+
			`"location":{"availabilityZone":"all","regionName":"us-east-1"},"name":"photos-%06[2]d","objectVersioning":"NeverEnabled",`+
			`"readonlyAccessAccounts":%[4]s,"resourceType":"Bucket","state":{"code":"OK"},"supportCode":"621291663362/photos-%06[2]d","tags":%[5]s,`+
			`"url":"https://photos-%06[2]d.s3.us-east-1.amazonaws.com"}`,
			log, i, 1782800000+i*977, accounts, tags)
	}
	b.WriteString("]}")
	return b.Bytes()
}

func BenchmarkDecodeBuckets(b *testing.B) {
	const buckets = 1000
	src := codec.Response{Status: 200, Header: http.Header{}, Body: bucketsPage(buckets)}
	b.ReportAllocs()
	b.SetBytes(int64(len(src.Body)))
	for b.Loop() {
		var out lightsail.GetBucketsOutput
		if err := codec.Decode(&src, codec.Document{Format: codec.JSON}, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/buckets, "ns/bucket")
}
