package b2_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot/b2"
)

func TestFileInfoIsKeptInStepWithItsMap(t *testing.T) {
	when := time.Date(2026, 3, 1, 10, 0, 0, 123_000_000, time.UTC)
	var in b2.UploadFileInput // has no map yet
	in.FileInfo.SetSrcLastModified(when.In(time.FixedZone("", 3600)))
	in.FileInfo.SetLargeFileSha1("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")
	in.FileInfo.SetContentDisposition("attachment")
	in.FileInfo.SetContentLanguage("de")
	in.FileInfo.SetExpires(when.In(time.FixedZone("", 3600)))
	in.FileInfo.SetCacheControl("no-store")
	in.FileInfo.SetContentEncoding("gzip")
	in.FileInfo.SetSseCKeyId("blue")
	in.FileInfo.Set("Color", "grün")
	want := b2.FileInfo{
		"src_last_modified_millis": "1772359200123",
		"large_file_sha1":          "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"b2-content-disposition":   "attachment",
		"b2-content-language":      "de",
		"b2-expires":               "Sun, 01 Mar 2026 10:00:00 GMT",
		"b2-cache-control":         "no-store",
		"b2-content-encoding":      "gzip",
		"sse_c_key_id":             "blue",
		"color":                    "grün",
	}
	if diff := cmp.Diff(want, in.FileInfo); diff != "" {
		t.Errorf("the map (-want +got):\n%s", diff)
	}
	read := func(i b2.FileInfo) []any {
		return []any{i.SrcLastModified(), i.LargeFileSha1(), i.ContentDisposition(), i.ContentLanguage(), i.Expires(),
			i.CacheControl(), i.ContentEncoding(), i.SseCKeyId(), i.Get("cOLOR")}
	}
	values := []any{when, want["large_file_sha1"], "attachment", "de", when.Truncate(time.Second), "no-store", "gzip", "blue", "grün"}
	if diff := cmp.Diff(values, read(in.FileInfo)); diff != "" {
		t.Errorf("what is read (-want +got):\n%s", diff)
	}
	upper := b2.FileInfo{"SRC_LAST_MODIFIED_MILLIS": "1772359200123", "B2-Expires": "Sunday, 01-Mar-26 10:00:00 GMT"}
	if got := upper.SrcLastModified(); !got.Equal(when) {
		t.Errorf("SrcLastModified by an upper-case key is %v", got)
	}
	if got := upper.Expires(); !got.Equal(when.Truncate(time.Second)) {
		t.Errorf("Expires by an upper-case key, in an older form, is %v", got)
	}
	upper.SetSrcLastModified(time.UnixMilli(1))
	if diff := cmp.Diff(b2.FileInfo{"src_last_modified_millis": "1", "B2-Expires": upper["B2-Expires"]}, upper); diff != "" {
		t.Errorf("an entry set in place of another spelling (-want +got):\n%s", diff)
	}

	zero := []any{time.Time{}, "", "", "", time.Time{}, "", "", "", ""}
	if diff := cmp.Diff(zero, read(nil)); diff != "" {
		t.Errorf("what is read of nothing (-want +got):\n%s", diff)
	}
	broken := b2.FileInfo{"src_last_modified_millis": "yesterday", "b2-expires": "tomorrow"}
	if got := []any{broken.SrcLastModified(), broken.Expires()}; !cmp.Equal(got, []any{time.Time{}, time.Time{}}) {
		t.Errorf("what is no time is read as %v", got)
	}
	in.FileInfo.SetSrcLastModified(time.Time{})
	in.FileInfo.SetLargeFileSha1("")
	in.FileInfo.SetContentDisposition("")
	in.FileInfo.SetContentLanguage("")
	in.FileInfo.SetExpires(time.Time{})
	in.FileInfo.SetCacheControl("")
	in.FileInfo.SetContentEncoding("")
	in.FileInfo.SetSseCKeyId("")
	in.FileInfo.Delete("COLOR")
	if len(in.FileInfo) != 0 {
		t.Errorf("left over: %v", in.FileInfo)
	}
	in = b2.UploadFileInput{}
	in.FileInfo.SetCacheControl("")
	if in.FileInfo != nil {
		t.Error("removing what is not there made a map")
	}
}
