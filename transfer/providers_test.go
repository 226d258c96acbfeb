package transfer_test

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/ibmcos"
	"github.com/entrepot-go/entrepot/lightsail"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
	"github.com/entrepot-go/entrepot/transfer"
)

// provider is an empty bucket of a provider.
type provider struct {
	b transfer.Bucket
	*storagetest.Server
	name string
}

// providers are buckets of all four providers.
func providers(t *testing.T) []provider {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	amazon := storagetest.NewS3()
	t.Cleanup(amazon.Close)
	amazon.AddBucket(storagetest.BucketSetup{Name: "box-of-things"})
	ofS3, err := s3.New(amazon.Config())
	must(err)
	t.Cleanup(ofS3.CloseIdleConnections)

	native := storagetest.NewB2(storagetest.WithMinPartSize(5 << 20))
	t.Cleanup(native.Close)
	ofB2, err := b2.New(native.Config())
	must(err)
	t.Cleanup(ofB2.CloseIdleConnections)
	_, err = ofB2.CreateBucket(t.Context(), &b2.CreateBucketInput{BucketName: "box-of-things", BucketType: b2.BucketTypeAllPrivate})
	must(err)

	sail := storagetest.NewLightsail()
	t.Cleanup(sail.Close)
	control, err := lightsail.New(sail.Config())
	must(err)
	t.Cleanup(control.CloseIdleConnections)
	_, err = control.CreateBucket(t.Context(), &lightsail.CreateBucketInput{BucketName: "box-of-things", BundleId: "small_1_0"})
	must(err)
	ofSail, err := control.OpenBucket(t.Context(), "box-of-things", &lightsail.Keys{})
	must(err)

	ibm := storagetest.NewIBMCOS()
	t.Cleanup(ibm.Close)
	ibm.AddBucket(storagetest.BucketSetup{Name: "box-of-things"})
	ofIBM, err := ibmcos.New(ibm.Config())
	must(err)
	t.Cleanup(ofIBM.CloseIdleConnections)

	return []provider{
		{ofS3.Bucket("box-of-things"), amazon.Server, "s3"},
		{ofB2.Bucket("box-of-things"), native.Server, "b2"},
		{ofSail, sail.Server, "lightsail"},
		{ofIBM.Bucket("box-of-things"), ibm.Server, "ibmcos"},
	}
}

// noise is content that does not compress, the same each time.
func noise(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return b
}

func contentOf(t *testing.T, b transfer.Bucket, name string) []byte {
	t.Helper()
	var got bytes.Buffer
	if _, err := transfer.DownloadTo(t.Context(), b, name, &got); err != nil {
		t.Fatal(err)
	}
	return got.Bytes()
}

func statOf(t *testing.T, b transfer.Bucket, name string) transfer.Info {
	t.Helper()
	info, err := b.Stat(t.Context(), name, "")
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// namesIn are those of all objects, in order.
func namesIn(t *testing.T, b transfer.Bucket, prefix string) (names []string) {
	t.Helper()
	for info, err := range b.(transfer.Lister).List(t.Context(), transfer.Listing{Prefix: prefix}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

// nothingPending checks that no upload is left behind.
func nothingPending(t *testing.T, b transfer.Bucket) {
	t.Helper()
	for u, err := range b.(transfer.Cleaner).Pending(t.Context(), "") {
		t.Errorf("an upload of %q is left behind, %v", u.Name, err)
	}
}

// TestCopyBetweenProviders holds copies to the table in the documentation of the
// package, from each provider to each.
func TestCopyBetweenProviders(t *testing.T) {
	all := providers(t)
	modified := time.Date(2021, 3, 4, 5, 6, 7, 89e6, time.UTC)
	attrs := transfer.Attrs{
		ContentType: "text/plain; charset=utf-8", ContentEncoding: "br", ContentLanguage: "de", ContentDisposition: `attachment; filename="a b.txt"`,
		CacheControl: "max-age=60", Metadata: map[string]string{"color": "red", "two-words": "a b"}, ModTime: modified,
	}
	for _, size := range []int{0, 1000, 12 << 20} {
		content := noise(size)
		for _, from := range all {
			info, err := transfer.Upload(t.Context(), from.b, "from/a +%ü.txt", bytes.NewReader(content), transfer.WithAttrs(attrs), transfer.WithPartSize(5<<20))
			if err != nil {
				t.Fatal(err)
			}
			source := statOf(t, from.b, info.Name)
			for _, to := range all {
				copied, err := transfer.Copy(t.Context(), to.b, "to/"+from.name, from.b, info.Name, transfer.WithPartSize(5<<20))
				if err != nil {
					t.Errorf("%s to %s, %d bytes: %v", from.name, to.name, size, err)
					continue
				}
				if want := from.name == to.name; copied.Copied != want {
					t.Errorf("%s to %s, %d bytes: the server has copied: %t", from.name, to.name, size, copied.Copied)
				}
				if got := contentOf(t, to.b, "to/"+from.name); !bytes.Equal(got, content) {
					t.Errorf("%s to %s: %d bytes arrived of %d, or others", from.name, to.name, len(got), size)
				}
				got, want := statOf(t, to.b, "to/"+from.name).Attrs, attrs
				switch { // B2 keeps the time, and of the others it is when they were written
				case to.name != "b2":
					want.ModTime = time.Time{}
				case from.name != "b2":
					want.ModTime = source.ModTime
				}
				if !got.ModTime.Equal(want.ModTime) {
					t.Errorf("%s to %s: the time is %v, want %v", from.name, to.name, got.ModTime, want.ModTime)
				}
				if from.name == "b2" && to.name == "b2" && source.Attrs.SHA1 != nil && !bytes.Equal(got.SHA1, source.Attrs.SHA1) {
					t.Errorf("the SHA-1 is %x, and that of the source %x", got.SHA1, source.Attrs.SHA1)
				}
				got.ModTime, want.ModTime, got.SHA1 = time.Time{}, time.Time{}, nil
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s to %s, %d bytes (-want +got):\n%s", from.name, to.name, size, diff)
				}
			}
		}
	}
	for _, p := range all {
		nothingPending(t, p.b)
	}
}

// TestReplacedPropertiesBetweenProviders gives all copies others than the source has.
func TestReplacedPropertiesBetweenProviders(t *testing.T) {
	all := providers(t)
	for _, from := range all {
		if _, err := transfer.Upload(t.Context(), from.b, "f", strings.NewReader("content"), transfer.WithContentType("text/css"), transfer.WithMetadata(map[string]string{"a": "1"})); err != nil {
			t.Fatal(err)
		}
		for _, to := range all {
			want := transfer.Attrs{ContentType: "image/png", CacheControl: "no-cache", Metadata: map[string]string{"b": "2"}}
			if _, err := transfer.Copy(t.Context(), to.b, "g", from.b, "f", transfer.WithAttrs(want)); err != nil {
				t.Fatalf("%s to %s: %v", from.name, to.name, err)
			}
			got := statOf(t, to.b, "g").Attrs
			got.SHA1 = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s to %s (-want +got):\n%s", from.name, to.name, diff)
			}
		}
	}
}

// TestTemplatesGoBeforeTheSource copies to handles that state some properties: the copy
// has these, whoever makes it, and else those of its source.
func TestTemplatesGoBeforeTheSource(t *testing.T) {
	all := providers(t)
	put := s3.PutObjectInput{ContentType: "image/png", Metadata: map[string]string{"b": "2"}}
	stating := map[string]transfer.Bucket{}
	for _, p := range all {
		switch b := p.b.(type) {
		case *s3.BucketHandle: // Lightsail's as well
			stating[p.name] = b.With(s3.Template{Put: put})
		case *ibmcos.BucketHandle:
			stating[p.name] = b.With(ibmcos.Template{Put: ibmcos.PutObjectInput{ContentType: put.ContentType, Metadata: put.Metadata}})
		case *b2.BucketHandle:
			stating[p.name] = b.With(b2.Template{Upload: b2.UploadFileInput{ContentType: put.ContentType, FileInfo: b2.FileInfo{"b": "2"}}})
		}
	}
	for _, size := range []int{10, 11 << 20} {
		for _, from := range all {
			if _, err := transfer.Upload(t.Context(), from.b, "f", bytes.NewReader(noise(size)), transfer.WithContentType("text/css"), transfer.WithMetadata(map[string]string{"a": "1"})); err != nil {
				t.Fatal(err)
			}
			for _, to := range all {
				if _, err := transfer.Copy(t.Context(), stating[to.name], "g", from.b, "f", transfer.WithPartSize(5<<20)); err != nil {
					t.Fatalf("%s to %s: %v", from.name, to.name, err)
				}
				got := statOf(t, to.b, "g").Attrs
				want := transfer.Attrs{ContentType: "image/png", Metadata: map[string]string{"b": "2"}, ModTime: got.ModTime, SHA1: got.SHA1}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s to %s, %d bytes (-want +got):\n%s", from.name, to.name, size, diff)
				}
			}
		}
	}
}

// TestSyncBetweenProviders sends a tree from one provider to each.
func TestSyncBetweenProviders(t *testing.T) {
	all := providers(t)
	// What was written within the second is copied again: S3 tells no milliseconds.
	before := transfer.WithAttrs(transfer.Attrs{ModTime: time.Now().Add(-time.Hour)})
	tree := map[string][]byte{"a": nil, "a b/ü+%.txt": []byte("x"), "a/1": noise(100), "a/b/c": noise(200), "z.txt": []byte("last")}
	for _, from := range all {
		for name, content := range tree {
			if _, err := transfer.Upload(t.Context(), from.b, "src/"+name, bytes.NewReader(content), before); err != nil {
				t.Fatal(err)
			}
		}
		src := transfer.Under(from.b, "src/")
		for _, to := range all {
			prefix := "of-" + from.name + "/"
			dst := transfer.Under(to.b, prefix)
			check := func(verb string, r transfer.Report, err error, copied, deleted, same int64) {
				t.Helper()
				if err != nil || r.Copied != copied || r.Deleted != deleted || r.Kept != same {
					t.Errorf("%s from %s to %s: %+v, %v; want %d copied, %d deleted, %d the same", verb, from.name, to.name, r, err, copied, deleted, same)
				}
			}
			count := int64(len(tree))
			r, err := transfer.CopyAll(t.Context(), dst, src)
			check("CopyAll", r, err, count, 0, 0)
			r, err = transfer.Sync(t.Context(), dst, src)
			check("Sync of what is the same", r, err, 0, 0, count)

			if _, err := transfer.Upload(t.Context(), to.b, prefix+"z.txt", strings.NewReader("other size")); err != nil {
				t.Fatal(err)
			}
			if _, err := transfer.Upload(t.Context(), to.b, prefix+"extra", strings.NewReader("x")); err != nil {
				t.Fatal(err)
			}
			r, err = transfer.Sync(t.Context(), dst, src, transfer.WithDelete())
			check("Sync of what differs", r, err, 1, 1, count-1)
			for name, content := range tree {
				if got := contentOf(t, to.b, prefix+name); !bytes.Equal(got, content) {
					t.Errorf("%s from %s to %s has %q", name, from.name, to.name, got)
				}
			}
			r, err = transfer.Sync(t.Context(), dst, src, transfer.WithCompareChecksum())
			if err != nil || r.Copied+r.Kept != count || from.name == to.name && r.Copied != 0 {
				t.Errorf("by checksum from %s to %s: %+v, %v", from.name, to.name, r, err)
			}
			want := slices.Sorted(maps.Keys(tree))
			for i := range want {
				want[i] = prefix + want[i]
			}
			if diff := cmp.Diff(want, namesIn(t, to.b, prefix)); diff != "" {
				t.Errorf("from %s to %s (-want +got):\n%s", from.name, to.name, diff)
			}
		}
	}
}

// TestSyncOfNamesThatB2Forbids goes on with the others, and tells of each.
func TestSyncOfNamesThatB2Forbids(t *testing.T) {
	all := providers(t)
	from, to := all[0], all[1]
	good, bad := []string{"a//b", "good", "long/" + strings.Repeat("n", 1019)}, []string{"bell\a", "del\x7f"}
	for _, name := range append(bad, good...) {
		if _, err := from.b.Put(t.Context(), name, transfer.Attrs{Size: 1}, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := transfer.Sync(t.Context(), transfer.Under(to.b, ""), transfer.Under(from.b, ""), transfer.WithKeepGoing())
	some, ok := errors.AsType[*transfer.TreeError](err)
	if !ok || r.Copied != int64(len(good)) || r.Failed != int64(len(bad)) {
		t.Fatalf("%+v, %v", r, err)
	}
	var failed []string
	for _, f := range some.Failed {
		failed = append(failed, f.Name)
		if !strings.Contains(f.Err.Error(), "FileName: has a control character") {
			t.Errorf("%q: %v", f.Name, f.Err)
		}
	}
	slices.Sort(failed)
	if !slices.Equal(failed, bad) {
		t.Errorf("failed: %q", failed)
	}
	if diff := cmp.Diff(good, namesIn(t, to.b, "")); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	nothingPending(t, to.b)
}

// TestCopyFromBrokenSource is refused the rest of what it reads.
func TestCopyFromBrokenSource(t *testing.T) {
	all := providers(t)
	for i, from := range all {
		to := all[(i+1)%len(all)]
		if _, err := transfer.Upload(t.Context(), from.b, "f", bytes.NewReader(noise(16<<20)), transfer.WithPartSize(5<<20)); err != nil {
			t.Fatal(err)
		}
		get := "GetObject"
		if from.name == "b2" {
			get = "b2_download_file_by_id"
		}
		from.Inject(storagetest.Fault{Operation: get, Nth: 2, Times: 100, Status: 403})
		_, err := transfer.Copy(t.Context(), to.b, "g", from.b, "f", transfer.WithPartSize(5<<20))
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s to %s: %v", from.name, to.name, err)
		}
		from.ForgetFaults()
		if names := namesIn(t, to.b, "g"); names != nil {
			t.Errorf("%s to %s: there are %q", from.name, to.name, names)
		}
		nothingPending(t, to.b)
	}
}
