package codec

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot"
)

type listOutput struct {
	Contents          []object       `xml:"Contents,flat"`
	CommonPrefixes    []commonPrefix `xml:"CommonPrefixes,flat"`
	Delimiter         string         `xml:"Delimiter"`
	EncodingType      enum           `xml:"EncodingType"`
	IsTruncated       bool           `xml:"IsTruncated"`
	KeyCount          int32          `xml:"KeyCount"`
	MaxKeys           int32          `xml:"MaxKeys"`
	Name              string         `xml:"Name"`
	NextToken         string         `xml:"NextContinuationToken"`
	Prefix            string         `xml:"Prefix"`
	StartAfter        string         `xml:"StartAfter"`
	RequestCharged    enum           `header:"x-amz-request-charged"`
	ContinuationToken string         `xml:"ContinuationToken"`

	ResponseMetadata entrepot.ResponseMetadata
}

type enum string

type object struct {
	ChecksumAlgorithm []enum        `xml:"ChecksumAlgorithm,flat"`
	ChecksumType      enum          `xml:"ChecksumType"`
	ETag              string        `xml:"ETag"`
	Key               string        `xml:"Key"`
	LastModified      time.Time     `xml:"LastModified"`
	Owner             owner         `xml:"Owner"`
	RestoreStatus     restoreStatus `xml:"RestoreStatus"`
	Size              int64         `xml:"Size"`
	StorageClass      enum          `xml:"StorageClass"`
}

type owner struct {
	DisplayName string `xml:"DisplayName"`
	ID          string `xml:"ID"`
}

type restoreStatus struct {
	IsRestoreInProgress bool      `xml:"IsRestoreInProgress"`
	RestoreExpiryDate   time.Time `xml:"RestoreExpiryDate"`
}

type commonPrefix struct {
	Prefix string `xml:"Prefix"`
}

// listPage is a page of ListObjectsV2 as S3 writes it.
func listPage(keys int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name><Prefix></Prefix>` +
		`<NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken>` +
		fmt.Sprintf(`<KeyCount>%d</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>true</IsTruncated>`, keys))
	for i := range keys {
		fmt.Fprintf(&b, `<Contents><Key>2026/11/21/photos/holiday-%06d.jpg</Key><LastModified>2026-11-21T09:%02d:%02d.000Z</LastModified>`+
			`<ETag>&quot;%032x&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`+
			`<Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>`, i, i/60%60, i%60, i*7919, i*104729)
	}
	b.WriteString(`</ListBucketResult>`)
	return b.Bytes()
}

func BenchmarkDecodeList(b *testing.B) {
	const keys = 1000
	src := Response{Status: 200, Header: http.Header{}, Body: listPage(keys)}
	b.ReportAllocs()
	b.SetBytes(int64(len(src.Body)))
	for b.Loop() {
		var out listOutput
		if err := Decode(&src, Document{Format: XML}, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
}

type fileVersion struct {
	AccountId       string            `json:"accountId"`
	Action          enum              `json:"action"`
	BucketId        string            `json:"bucketId"`
	ContentLength   int64             `json:"contentLength"`
	ContentMd5      string            `json:"contentMd5"`
	ContentSha1     string            `json:"contentSha1"`
	ContentType     string            `json:"contentType"`
	FileId          string            `json:"fileId"`
	FileInfo        map[string]string `json:"fileInfo"`
	FileName        string            `json:"fileName"`
	UploadTimestamp time.Time         `json:"uploadTimestamp,epochms"`
}

type fileNames struct {
	Files        []fileVersion `json:"files"`
	NextFileName string        `json:"nextFileName"`
}

func BenchmarkDecodeFileNames(b *testing.B) {
	const files = 1000
	var doc strings.Builder
	doc.WriteString(`{"files": [`)
	for i := range files {
		if i > 0 {
			doc.WriteString(",")
		}
		fmt.Fprintf(&doc, `{
      "accountId": "abcdef012345",
      "action": "upload",
      "bucketId": "e1256f0973908bfc71ed0c1z",
      "contentLength": %d,
      "contentMd5": "%032x",
      "contentSha1": "%040x",
      "contentType": "image/jpeg",
      "fileId": "4_ze1256f0973908bfc71ed0c1z_f000%06d_d20261121_m093000_c001_v0001_t0000",
      "fileInfo": {},
      "fileName": "2026/11/21/holiday-%06d.jpg",
      "uploadTimestamp": 1767607872123
    }`, i*104729, i, i, i, i)
	}
	doc.WriteString(`], "nextFileName": null}`)
	src := Response{Status: 200, Header: http.Header{}, Body: []byte(doc.String())}
	b.ReportAllocs()
	b.SetBytes(int64(len(src.Body)))
	for b.Loop() {
		var out fileNames
		if err := Decode(&src, Document{Format: JSON}, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/files, "ns/file")
}

type putInput struct {
	Body               io.Reader         `payload:"Body"`
	Bucket             string            `uri:"Bucket"`
	Key                string            `uri:"Key"`
	ACL                enum              `header:"x-amz-acl"`
	BucketKeyEnabled   *bool             `header:"x-amz-server-side-encryption-bucket-key-enabled"`
	CacheControl       string            `header:"Cache-Control"`
	ChecksumAlgorithm  enum              `header:"x-amz-sdk-checksum-algorithm"`
	ContentDisposition string            `header:"Content-Disposition"`
	ContentEncoding    string            `header:"Content-Encoding"`
	ContentLength      int64             `header:"Content-Length"`
	ContentMD5         string            `header:"Content-MD5"`
	ContentType        string            `header:"Content-Type"`
	Expires            time.Time         `header:"Expires"`
	IfNoneMatch        string            `header:"If-None-Match"`
	Metadata           map[string]string `headers:"x-amz-meta-"`
	StorageClass       enum              `header:"x-amz-storage-class"`
	Tagging            string            `header:"x-amz-tagging"`
	WriteOffsetBytes   *int64            `header:"x-amz-write-offset-bytes"`
}

func BenchmarkEncodePut(b *testing.B) {
	body := strings.NewReader("hello")
	b.ReportAllocs()
	for b.Loop() {
		in := putInput{Bucket: "photos", Key: "2026/11/21/holiday-000001.jpg", Body: body,
			ContentType: "image/jpeg", ContentLength: 5, StorageClass: "STANDARD", Metadata: map[string]string{"camera": "x100"}}
		var req Request
		if err := Encode(&req, "/{Bucket}/{Key+}", Document{Format: XML, Root: "PutObjectRequest"}, &in); err != nil {
			b.Fatal(err)
		}
	}
}

type getOutput struct {
	Body            io.ReadCloser     `payload:"Body"`
	AcceptRanges    string            `header:"accept-ranges"`
	CacheControl    string            `header:"Cache-Control"`
	ContentLength   int64             `header:"Content-Length"`
	ContentType     string            `header:"Content-Type"`
	ETag            string            `header:"ETag"`
	Expires         time.Time         `header:"Expires,lenient"`
	ExpiresString   string            `header:"Expires"`
	LastModified    time.Time         `header:"Last-Modified"`
	Metadata        map[string]string `headers:"x-amz-meta-"`
	StorageClass    enum              `header:"x-amz-storage-class"`
	VersionId       string            `header:"x-amz-version-id"`
	ServerSideEnc   enum              `header:"x-amz-server-side-encryption"`
	ChecksumCRC64   string            `header:"x-amz-checksum-crc64nvme"`
	PartsCount      int32             `header:"x-amz-mp-parts-count"`
	DeleteMarker    bool              `header:"x-amz-delete-marker"`
	MissingMeta     int32             `header:"x-amz-missing-meta"`
	Restore         string            `header:"x-amz-restore"`
	TagCount        int32             `header:"x-amz-tagging-count"`
	RequestCharged  enum              `header:"x-amz-request-charged"`
	ContentEncoding string            `header:"Content-Encoding"`
}

func BenchmarkDecodeGet(b *testing.B) {
	header := http.Header{}
	for key, value := range map[string]string{
		"Accept-Ranges": "bytes", "Content-Length": "1024", "Content-Type": "image/jpeg", "Date": "Sat, 21 Nov 2026 09:35:00 GMT",
		"ETag": `"d41d8cd98f00b204e9800998ecf8427e"`, "Last-Modified": "Sat, 21 Nov 2026 09:30:00 GMT", "Server": "AmazonS3",
		"x-amz-id-2": "abcdef", "x-amz-request-id": "0123456789ABCDEF", "x-amz-server-side-encryption": "AES256", "x-amz-meta-camera": "x100",
	} {
		header.Set(key, value)
	}
	src := Response{Status: 200, Header: header, Stream: io.NopCloser(strings.NewReader(""))}
	b.ReportAllocs()
	for b.Loop() {
		var out getOutput
		if err := Decode(&src, Document{Format: XML}, &out); err != nil {
			b.Fatal(err)
		}
	}
}
