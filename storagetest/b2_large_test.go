package storagetest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestB2LargeFile(t *testing.T) {
	dir := t.TempDir()
	u := startB2(t, WithMinPartSize(10), WithMemoryLimit(1), WithDir(dir))
	bucket := u.bucket("photos")
	started := u.call("b2_start_large_file", jsonObject{
		"bucketId": bucket, "fileName": "big.tar", "contentType": "b2/x-auto", "fileInfo": jsonObject{"large_file_sha1": sha1Of("x"), "B": "c"},
	})
	id := started["fileId"].(string)
	if started["action"] != "start" || started["contentSha1"] != "none" || started["contentLength"] != 0.0 || started["contentMd5"] != nil ||
		started["contentType"] != "application/x-tar" || started["fileInfo"].(jsonObject)["b"] != "c" {
		t.Errorf("b2_start_large_file: %v", started)
	}
	a, b, c := "part one, long enough", "part two, long enough", "end"
	u.part(id, 2, b)
	u.part(id, 1, "to be replaced by another")
	u.part(id, 1, a)
	target := u.call("b2_get_upload_part_url", jsonObject{"fileId": id})
	status, third := u.upload(target, map[string]string{"X-Bz-Part-Number": "3", "X-Bz-Content-Sha1": "do_not_verify"}, c)
	if status != 200 || third["contentSha1"] != "unverified:"+sha1Of(c) || third["partNumber"] != 3.0 || third["contentLength"] != 3.0 || third["fileId"] != id {
		t.Errorf("b2_upload_part: %d %v", status, third)
	}
	for _, number := range []string{"", "0", "10001", "x"} {
		if status, _ := u.upload(target, map[string]string{"X-Bz-Part-Number": number}, c); status != 400 {
			t.Errorf("part number %q: %d", number, status)
		}
	}
	page := u.call("b2_list_parts", jsonObject{"fileId": id, "maxPartCount": 2})
	if got := column(page, "parts", "contentSha1"); !slices.Equal(got, []string{sha1Of(a), sha1Of(b)}) || page["nextPartNumber"] != 3.0 {
		t.Errorf("b2_list_parts: %v", page)
	}
	page = u.call("b2_list_parts", jsonObject{"fileId": id, "startPartNumber": 3})
	if got := column(page, "parts", "partNumber"); !slices.Equal(got, []string{"3"}) || page["nextPartNumber"] != nil {
		t.Errorf("b2_list_parts from 3: %v", page)
	}
	u.fails("400 out_of_range", "b2_list_parts", jsonObject{"fileId": id, "maxPartCount": 1001})
	u.fails("404 not_found", "b2_get_file_info", jsonObject{"fileId": id})
	if res := u.get("/file/photos/big.tar"); res.StatusCode != 404 {
		t.Errorf("download of an unfinished file: %d", res.StatusCode)
	}

	finish := func(sums ...string) jsonObject { return jsonObject{"fileId": id, "partSha1Array": sums} }
	u.fails("400 bad_request", "b2_finish_large_file", finish(sha1Of(a)))
	u.fails("400 part_sha1_mismatch", "b2_finish_large_file", finish(sha1Of(a), sha1Of(a), sha1Of(c)))
	u.fails("400 missing_part", "b2_finish_large_file", finish(sha1Of(a), sha1Of(b), sha1Of(c), sha1Of(c)))
	out := u.call("b2_finish_large_file", finish(sha1Of(a), sha1Of(b), sha1Of(c)))
	if out["action"] != "upload" || out["contentSha1"] != "none" || out["contentLength"] != float64(len(a+b+c)) || out["fileId"] != id ||
		out["uploadTimestamp"] != started["uploadTimestamp"] {
		t.Errorf("b2_finish_large_file: %v", out)
	}
	for call, in := range map[string]jsonObject{
		"b2_finish_large_file": finish(sha1Of(a), sha1Of(b), sha1Of(c)), "b2_list_parts": {"fileId": id},
		"b2_cancel_large_file": {"fileId": id}, "b2_get_upload_part_url": {"fileId": id},
	} {
		u.fails("400 bad_request", call, in)
	}
	if status, out := u.upload(target, map[string]string{"X-Bz-Part-Number": "4"}, c); status != 400 {
		t.Errorf("part after the end: %d %v", status, out)
	}
	res := u.get("/file/photos/big.tar")
	if string(res.body) != a+b+c || res.Header.Get("X-Bz-Content-Sha1") != "none" || res.Header.Get("X-Bz-Info-Large_file_sha1") != sha1Of("x") {
		t.Errorf("download: %q %v", res.body, res.Header)
	}
	if res := u.get("/file/photos/big.tar", "Range", "bytes=20-21"); string(res.body) != (a + b)[20:22] {
		t.Errorf("range over two parts: %q", res.body)
	}

	short, lonely, gap := u.start(bucket, "short"), u.start(bucket, "lonely"), u.start(bucket, "gap")
	u.part(short, 1, "short")
	u.part(short, 2, c)
	u.fails("400 bad_request", "b2_finish_large_file", jsonObject{"fileId": short, "partSha1Array": []string{sha1Of("short"), sha1Of(c)}})
	u.part(lonely, 1, a)
	u.fails("400 bad_request", "b2_finish_large_file", jsonObject{"fileId": lonely, "partSha1Array": []string{sha1Of(a)}})
	u.part(gap, 1, a)
	u.part(gap, 3, a)
	u.fails("400 missing_part", "b2_finish_large_file", jsonObject{"fileId": gap, "partSha1Array": []string{sha1Of(a), sha1Of(a)}})

	list := func(in jsonObject) jsonObject {
		in["bucketId"] = bucket
		return u.call("b2_list_unfinished_large_files", in)
	}
	first := list(jsonObject{"maxFileCount": 2})
	if got := column(first, "files", "fileName"); !slices.Equal(got, []string{"short", "lonely"}) || first["nextFileId"] != gap {
		t.Errorf("b2_list_unfinished_large_files: %v", first)
	}
	if got := column(list(jsonObject{"startFileId": gap}), "files", "fileName"); !slices.Equal(got, []string{"gap"}) {
		t.Errorf("from gap: %v", got)
	}
	if got := column(list(jsonObject{"namePrefix": "lo"}), "files", "fileName"); !slices.Equal(got, []string{"lonely"}) {
		t.Errorf("with prefix: %v", got)
	}
	u.fails("400 out_of_range", "b2_list_unfinished_large_files", jsonObject{"bucketId": bucket, "maxFileCount": 101})
	if out := u.call("b2_cancel_large_file", jsonObject{"fileId": short}); out["fileName"] != "short" || out["bucketId"] != bucket {
		t.Errorf("b2_cancel_large_file: %v", out)
	}
	u.fails("400 bad_request", "b2_cancel_large_file", jsonObject{"fileId": short})
	u.call("b2_cancel_large_file", jsonObject{"fileId": lonely})
	u.call("b2_delete_file_version", jsonObject{"fileName": "gap", "fileId": gap})
	u.call("b2_delete_file_version", jsonObject{"fileName": "big.tar", "fileId": id})
	if files, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(files) != 0 {
		t.Errorf("contents left behind: %v", files)
	}
	u.call("b2_delete_bucket", jsonObject{"accountId": u.b.accountID, "bucketId": bucket})
	u.b.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left after Close: %v %v", left, err)
	}
}
