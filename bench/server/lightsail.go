package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/entrepot-go/entrepot/bench/client"
)

// lightsail answers GetBuckets as Lightsail does, in one page.
type lightsail struct{ buckets []byte }

func newLightsail() *lightsail {
	var b bytes.Buffer
	b.WriteString(`{"accountLevelBpaSync":{"bpaImpactsLightsail":false,"lastSyncedAt":1782890000.125,"status":"InSync"},"buckets":[`)
	for i := range client.PageKeys {
		if i > 0 {
			b.WriteByte(',')
		}
		lightsailBucket(&b, i)
	}
	b.WriteString("]}")
	return &lightsail{b.Bytes()}
}

// lightsailBucket renders a bucket. Some have what most do not.
func lightsailBucket(b *bytes.Buffer, i int) {
	name, hash := fmt.Sprintf("%s-photos-%06d", client.Bucket, i), uint64(i)*0x9e3779b97f4a7c15
	log, accounts, tags := `{"enabled":false}`, `[]`, `[]`
	if i%4 == 0 {
		tags = `[{"key":"project","value":"photos"},{"key":"stage","value":"production"}]`
	}
	if i%10 == 0 {
		log = `{"destination":"` + client.Bucket + `-logs","enabled":true,"prefix":"access/` + name + `/"}`
		accounts = `["444455556666"]`
	}
	fmt.Fprintf(b, `{"ableToUpdateBundle":true,"accessLogConfig":%s,"accessRules":{"allowPublicOverrides":false,"getObject":"private"},`+
		`"arn":"arn:aws:lightsail:%[2]s:111122223333:Bucket/%08[3]x-1a2b-4c3d-8e4f-%012[4]x","bundleId":"small_1_0","createdAt":%[5]d.%03[6]d,`+
		`"location":{"availabilityZone":"all","regionName":"%[2]s"},"name":"%[7]s","objectVersioning":"NeverEnabled",`+
		`"readonlyAccessAccounts":%[8]s,"resourceType":"Bucket","state":{"code":"OK"},"supportCode":"621291663362/%[7]s","tags":%[9]s,`+
		`"url":"https://%[7]s.s3.%[2]s.amazonaws.com"}`,
		log, client.Region, hash>>32, hash>>16, 1782800000+i*977, i, name, accounts, tags)
}

func (s *lightsail) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	h, status, body := w.Header(), http.StatusOK, s.buckets
	if r.Method != http.MethodPost || r.URL.Path != "/" || r.Header.Get("X-Amz-Target") != client.GetBuckets {
		status, body = http.StatusBadRequest, []byte(`{"__type":"UnknownOperationException"}`)
	}
	h["Content-Type"] = []string{client.LightsailJSON}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["X-Amzn-Requestid"] = []string{"1f0e9f0c-6f0b-4b8e-9d7c-3a2b1c0d9e8f"}
	w.WriteHeader(status)
	w.Write(body)
}
