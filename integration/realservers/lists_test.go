package realservers

import (
	"fmt"
	"testing"

	"github.com/entrepot-go/entrepot/paginator"
	"github.com/entrepot-go/entrepot/s3"
)

// tree is what the tests on listings list: in ascending order.
var tree = []string{
	"a.txt", "dir/1", "dir/2", "dir/sub/3", "dir+é/4", "other dir/5", "other dir/6", "z&<>", "zz%2F",
}

func plant(t *testing.T, client *s3.Client) (bucket string) {
	t.Helper()
	bucket = newBucket(t, client)
	for i, key := range tree {
		put(t, client, bucket, key, content(i))
	}
	return bucket
}

func TestListingsArePagedAtAnySize(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := plant(t, client)
		want := sorted(append([]string(nil), tree...)...)
		for _, size := range []int32{1, 2, 4, 9, 1000} {
			in := &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: &size}
			wantEqual(t, fmt.Sprintf("ListObjectsV2, %d to a page", size), listed(t, client, in), want)
			var first []string
			for object, err := range paginator.Items(t.Context(), client.ListObjects, &s3.ListObjectsInput{Bucket: bucket, MaxKeys: &size}) {
				if err != nil {
					t.Fatal(err)
				}
				first = append(first, object.Key)
			}
			wantEqual(t, fmt.Sprintf("ListObjects, %d to a page", size), first, want)
		}
	})
}

func TestAListingTellsWhatTheObjectsAre(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := newBucket(t, client)
		etag := put(t, client, bucket, "k", content(1234)).ETag
		out, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, FetchOwner: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Contents) != 1 || out.KeyCount != 1 || out.IsTruncated || out.Name != bucket {
			t.Fatalf("ListObjectsV2 = %+v, want the one object", out)
		}
		object := out.Contents[0]
		head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: "k"})
		if err != nil {
			t.Fatal(err)
		}
		if object.Size != 1234 || object.ETag != etag || object.StorageClass != s3.ObjectStorageClassStandard {
			t.Errorf("object = %+v, want 1234 bytes with ETag %s", object, etag)
		}
		if d := object.LastModified.Sub(head.LastModified).Abs(); d >= 1e9 {
			t.Errorf("LastModified is %v in the list and %v in HeadObject", object.LastModified, head.LastModified)
		}
		if object.Owner.ID == "" {
			t.Error("no Owner, although it was asked for")
		}
	})
}

// rolled are listings of tree with the delimiter "/".
var rolled = []struct {
	prefix   string
	keys     []string
	prefixes []string
}{
	{prefix: "", keys: []string{"a.txt", "z&<>", "zz%2F"}, prefixes: []string{"dir+é/", "dir/", "other dir/"}},
	{prefix: "dir/", keys: []string{"dir/1", "dir/2"}, prefixes: []string{"dir/sub/"}},
	{prefix: "other", keys: nil, prefixes: []string{"other dir/"}},
	{prefix: "dir+é/", keys: []string{"dir+é/4"}, prefixes: nil},
	{prefix: "none", keys: nil, prefixes: nil},
}

// entries gathers the pages of such a listing.
type entries struct{ keys, prefixes []string }

func (e *entries) add(t *testing.T, objects []s3.Object, prefixes []s3.CommonPrefix, size int32) {
	t.Helper()
	if n := len(objects) + len(prefixes); n > int(size) {
		t.Errorf("a page has %d entries, want at most %d", n, size)
	}
	for _, o := range objects {
		e.keys = append(e.keys, o.Key)
	}
	for _, p := range prefixes {
		e.prefixes = append(e.prefixes, p.Prefix)
	}
}

func TestADelimiterRollsKeysUp(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := plant(t, client)
		for _, tt := range rolled {
			for _, size := range []int32{1, 2, 1000} {
				var got entries
				in := &s3.ListObjectsV2Input{Bucket: bucket, Prefix: tt.prefix, Delimiter: "/", MaxKeys: &size}
				for page, err := range paginator.Pages(t.Context(), client.ListObjectsV2, in) {
					if err != nil {
						t.Fatal(err)
					}
					got.add(t, page.Contents, page.CommonPrefixes, size)
				}
				what := fmt.Sprintf("prefix %q, %d to a page: ", tt.prefix, size)
				wantEqual(t, what+"keys", got.keys, tt.keys)
				wantEqual(t, what+"prefixes", got.prefixes, tt.prefixes)
			}
		}
	})
}

func TestADelimiterRollsKeysUpInTheFirstFormToo(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := plant(t, client)
		for _, tt := range rolled {
			for _, size := range []int32{1, 2, 1000} {
				var got entries
				in := &s3.ListObjectsInput{Bucket: bucket, Prefix: tt.prefix, Delimiter: "/", MaxKeys: &size}
				for page, err := range paginator.Pages(t.Context(), client.ListObjects, in) {
					if err != nil {
						t.Fatal(err)
					}
					got.add(t, page.Contents, page.CommonPrefixes, size)
				}
				what := fmt.Sprintf("prefix %q, %d to a page: ", tt.prefix, size)
				wantEqual(t, what+"keys", got.keys, tt.keys)
				wantEqual(t, what+"prefixes", got.prefixes, tt.prefixes)
			}
		}
	}, rolledPages)
}

func TestAListingStartsWhereItIsToldTo(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := plant(t, client)
		in := &s3.ListObjectsV2Input{Bucket: bucket, StartAfter: "dir/2", MaxKeys: ptr[int32](2)}
		wantEqual(t, "after dir/2", listed(t, client, in), []string{"dir/sub/3", "other dir/5", "other dir/6", "z&<>", "zz%2F"})
		in = &s3.ListObjectsV2Input{Bucket: bucket, StartAfter: "other dir/5", Prefix: "other dir/"}
		wantEqual(t, "after one of the prefix", listed(t, client, in), []string{"other dir/6"})
	})
}

func TestAPageOfNothingProvesAccess(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		client := s.client(t)
		bucket := plant(t, client)
		out, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: ptr[int32](0)})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Contents) != 0 {
			t.Errorf("a page of at most 0 keys has %d", len(out.Contents))
		}
	})
}
