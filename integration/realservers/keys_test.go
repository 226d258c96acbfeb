package realservers

import (
	"testing"

	"github.com/entrepot-go/entrepot/s3"
)

func TestKeysGoAndComeByteForByte(t *testing.T) {
	tests := []struct {
		name  string
		keys  []string
		needs []capability
	}{
		{name: "characters that URLs and XML treat specially", keys: []string{
			"space in it", "plus+sign", "100%", "%41 is not A", "é", "日本語/ファイル", `"double" 'single'`, "a&b<c>d", "q?x=y#z", "semi;colon=equals,comma",
			"~tilde-._", "back\\slash", "brackets[]{}()", "at@colon:dollar$", "emoji-🙂",
		}},
		{name: "a key that begins with the bucket's name", keys: []string{"BUCKET/BUCKET/x", "BUCKET"}},
		{name: "leading and double slashes, dots", keys: []string{"/leading", "a//b", "a/./b", "a/../b", "../up", "."}, needs: []capability{pathLikeKeys}},
		{name: "a trailing slash", keys: []string{"dir/", "dir/file"}, needs: []capability{markerKeys}},
		{name: "characters that XML cannot carry", keys: []string{"a\x01b", "tab\there", "line\nfeed\r", "\x7f"}, needs: []capability{controlKeys}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, s *server) { keysRoundTrip(t, s, tt.keys) }, tt.needs...)
		})
	}
}

func keysRoundTrip(t *testing.T, s *server, keys []string) {
	client := s.client(t)
	bucket := newBucket(t, client)
	var want []string
	for _, key := range keys {
		if key == "BUCKET" || len(key) > 6 && key[:6] == "BUCKET" {
			key = bucket + key[6:]
			if key == bucket {
				key += "-file" // a directory of that name is there in some servers
			}
		}
		put(t, client, bucket, key, []byte("content of "+key))
		want = append(want, key)
	}
	for _, key := range want {
		wantContent(t, client, bucket, key, []byte("content of "+key))
	}
	wantEqual(t, "listed", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), sorted(want...))
	var v1 []string
	out, err := client.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: bucket})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range out.Contents {
		v1 = append(v1, object.Key)
	}
	wantEqual(t, "listed by the first form", v1, want)
	for _, key := range want {
		if _, err := client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: bucket, Key: "copy", CopySource: s3.CopySource(bucket, key, "")}); err != nil {
			t.Errorf("copying %q: %v", key, err)
			continue
		}
		wantContent(t, client, bucket, "copy", []byte("content of "+key))
		if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: key}); err != nil {
			t.Errorf("deleting %q: %v", key, err)
		}
	}
	wantEqual(t, "left", listed(t, client, &s3.ListObjectsV2Input{Bucket: bucket}), []string{"copy"})
}
