package s3dialect

import (
	"net/url"
	"testing"
)

func TestCopySource(t *testing.T) {
	for _, test := range []struct{ name, bucket, key, version, want string }{
		{name: "plain", bucket: "photos", key: "2026/cat.jpg", want: "photos/2026/cat.jpg"},
		{name: "version", bucket: "photos", key: "cat.jpg", version: "a/b+c=", want: "photos/cat.jpg?versionId=a%2Fb%2Bc%3D"},
		{name: "key that looks like a query", bucket: "photos", key: "cat?versionId=1", want: "photos/cat%3FversionId%3D1"},
		{name: "path is not cleaned", bucket: "photos", key: "/a//b/../c", want: "photos//a//b/../c"},
		{name: "space, plus and percent", bucket: "photos", key: "a b+c%20", want: "photos/a%20b%2Bc%2520"},
		{name: "bytes beyond ASCII", bucket: "photos", key: "é\x01\xff", want: "photos/%C3%A9%01%FF"},
		{
			name: "access point", bucket: "arn:aws:s3:us-west-2:123456789012:accesspoint/mine", key: "a b",
			want: "arn:aws:s3:us-west-2:123456789012:accesspoint/mine/object/a%20b",
		},
	} {
		got := CopySource(test.bucket, test.key, test.version)
		if got != test.want {
			t.Errorf("%s: CopySource(%q, %q, %q) = %q, want %q", test.name, test.bucket, test.key, test.version, got, test.want)
		}
		if _, err := url.PathUnescape(got); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
