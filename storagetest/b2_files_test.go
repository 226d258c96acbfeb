package storagetest

import (
	"fmt"
	"slices"
	"testing"
)

func TestB2Ranges(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	u.put(bucket, "digits", "0123456789")
	u.put(bucket, "empty", "")
	for _, c := range []struct {
		path, asked string
		status      int
		body, span  string
	}{
		{"digits", "bytes=2-4", 206, "234", "bytes 2-4/10"},
		{"digits", "bytes=7-", 206, "789", "bytes 7-9/10"},
		{"digits", "bytes=8-100", 206, "89", "bytes 8-9/10"},
		{"digits", "bytes=-3", 206, "789", "bytes 7-9/10"},
		{"digits", "bytes=0-0", 206, "0", "bytes 0-0/10"},
		{"digits", "bytes=1-2,4-5", 200, "0123456789", ""},
		{"digits", "lines=1-2", 200, "0123456789", ""},
		{"digits", "bytes=8-99999999999999999999", 206, "89", "bytes 8-9/10"},
		{"digits", "bytes=+1-2", 200, "0123456789", ""},
		{"digits", "bytes=10-", 416, "", ""},
		{"digits", "bytes=99999999999999999999-", 416, "", ""},
		{"empty", "bytes=0-", 416, "", ""},
	} {
		res := u.get("/file/photos/"+c.path, "Range", c.asked)
		if res.StatusCode != c.status || c.status != 416 && string(res.body) != c.body || res.Header.Get("Content-Range") != c.span {
			t.Errorf("%s of %s: %d %q %q", c.asked, c.path, res.StatusCode, res.body, res.Header.Get("Content-Range"))
		}
		if c.status == 416 && res.document()["code"] != "range_not_satisfiable" {
			t.Errorf("%s of %s: %s", c.asked, c.path, res.body)
		}
	}
}

func TestB2WhoMayDownload(t *testing.T) {
	u := startB2(t)
	secret, open := u.bucket("secret"), u.bucket("public", jsonObject{"bucketType": "allPublic"})
	u.put(secret, "a/x", "secret x")
	u.put(open, "a/x", "public x")
	nobody := &b2User{t: t, b: u.b}
	limited := u.as(u.b.AddKey(B2Key{BucketIds: []string{secret}, NamePrefix: "a/"}))
	lister := u.as(u.b.AddKey(B2Key{Capabilities: []string{"listFiles"}}))
	sharing := u.call("b2_get_download_authorization", jsonObject{
		"bucketId": secret, "fileNamePrefix": "a/", "validDurationInSeconds": 60, "b2ContentDisposition": "inline",
	})
	shared := &b2User{t: t, b: u.b, token: sharing["authorizationToken"].(string)}
	for _, c := range []struct {
		who    string
		user   *b2User
		path   string
		status int
	}{
		{"anybody", nobody, "/file/public/a/x", 200},
		{"anybody", nobody, "/file/secret/a/x", 401},
		{"anybody", nobody, "/file/secret/missing", 401},
		{"anybody", nobody, "/file/public/missing", 404},
		{"anybody", nobody, "/file/public/a/x?b2ContentType=x/y", 401},
		{"master", u, "/file/secret/a/x?b2ContentType=x/y", 200},
		{"master", u, "/file/secret/missing", 404},
		{"master", u, "/file/missing/x", 404},
		{"limited", limited, "/file/secret/a/x", 200},
		{"limited", limited, "/file/secret/b/x", 401},
		{"limited", limited, "/file/public/a/x", 401},
		{"lister", lister, "/file/secret/a/x", 401},
		{"lister", lister, "/file/public/a/x", 200},
		{"shared", shared, "/file/secret/a/x?b2ContentDisposition=inline", 200},
		{"shared", shared, "/file/secret/a/x", 401},
		{"shared", shared, "/file/secret/b", 401},
		{"shared", shared, "/file/public/a/x?b2ContentDisposition=inline", 401},
		{"in the query", nobody, "/file/secret/a/x?b2ContentDisposition=inline&Authorization=" + shared.token, 200},
		{"in the query", nobody, "/file/secret/a/x?Authorization=wrong", 401},
	} {
		if res := c.user.get(c.path); res.StatusCode != c.status {
			t.Errorf("%s at %s: %d %s, want %d", c.who, c.path, res.StatusCode, res.body, c.status)
		}
	}
	if res := u.get("/file/secret/a/x?b2ContentType=x/y"); res.Header.Get("Content-Type") != "x/y" {
		t.Errorf("b2ContentType: %v", res.Header)
	}
	id := column(u.call("b2_list_file_names", jsonObject{"bucketId": secret}), "files", "fileId")[0]
	if res := shared.get("/b2api/v4/b2_download_file_by_id?fileId=" + id); res.StatusCode != 401 {
		t.Errorf("download authorization by id: %d", res.StatusCode)
	}
	u.fails("400 bad_request", "b2_get_download_authorization", jsonObject{"bucketId": secret, "fileNamePrefix": "", "validDurationInSeconds": 604_801})
	limited.fails("401 unauthorized", "b2_get_download_authorization", jsonObject{"bucketId": secret, "fileNamePrefix": "", "validDurationInSeconds": 1})
}

func TestB2HidingAndDeleting(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	old := u.put(bucket, "x", "old")["fileId"].(string)
	u.put(bucket, "x", "new")
	hide := jsonObject{"bucketId": bucket, "fileName": "x"}
	marker := u.call("b2_hide_file", hide)
	if marker["action"] != "hide" || marker["contentType"] != "application/x-bz-hide-marker" || marker["contentSha1"] != sha1Of("") || marker["serverSideEncryption"] != nil {
		t.Errorf("b2_hide_file: %v", marker)
	}
	u.fails("400 already_hidden", "b2_hide_file", hide)
	u.fails("400 no_such_file", "b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "y"})
	if res := u.get("/file/photos/x"); res.StatusCode != 404 {
		t.Errorf("hidden: %d", res.StatusCode)
	}
	if res := u.get("/b2api/v1/b2_download_file_by_id?fileId=" + old); string(res.body) != "old" {
		t.Errorf("hidden, by id: %q", res.body)
	}
	if res := u.get("HEAD /file/photos/x"); res.StatusCode != 404 || len(res.body) != 0 {
		t.Errorf("HEAD of a hidden file: %d %q", res.StatusCode, res.body)
	}
	u.call("b2_delete_file_version", jsonObject{"fileName": "x", "fileId": marker["fileId"]})
	if res := u.get("/file/photos/x"); string(res.body) != "new" {
		t.Errorf("uncovered: %q", res.body)
	}
	u.fails("400 file_not_present", "b2_delete_file_version", jsonObject{"fileName": "x", "fileId": marker["fileId"]})
	u.fails("400 file_not_present", "b2_delete_file_version", jsonObject{"fileName": "y", "fileId": old})
	u.fails("400 bad_request", "b2_delete_file_version", jsonObject{"fileName": "x", "fileId": "nonsense"})
	u.fails("404 not_found", "b2_get_file_info", jsonObject{"fileId": marker["fileId"]})
	u.fails("400 bad_request", "b2_get_file_info", jsonObject{"fileId": "nonsense"})
	if res := u.get("/b2api/v4/b2_download_file_by_id?fileId=nonsense"); res.StatusCode != 400 {
		t.Errorf("download of a bad id: %d", res.StatusCode)
	}
}

func TestB2Copies(t *testing.T) {
	u := startB2(t, WithMinPartSize(4))
	bucket, other := u.bucket("photos"), u.bucket("copies")
	source := u.put(bucket, "x", "0123456789", "X-Bz-Info-k", "v")["fileId"].(string)
	out := u.call("b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "y", "destinationBucketId": other, "range": "bytes=2-4"})
	if out["action"] != "copy" || out["contentSha1"] != sha1Of("234") || out["bucketId"] != other || out["fileInfo"].(jsonObject)["k"] != "v" {
		t.Errorf("b2_copy_file: %v", out)
	}
	if info := u.call("b2_get_file_info", jsonObject{"fileId": out["fileId"]}); info["action"] != "upload" {
		t.Errorf("b2_get_file_info of a copy: %v", info)
	}
	if res := u.get("/file/copies/y"); string(res.body) != "234" {
		t.Errorf("the copy: %q", res.body)
	}
	out = u.call("b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "x", "metadataDirective": "REPLACE", "contentType": "a/b"})
	if out["contentType"] != "a/b" || len(out["fileInfo"].(jsonObject)) != 0 || out["contentLength"] != 10.0 {
		t.Errorf("REPLACE: %v", out)
	}
	u.fails("400 bad_request", "b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "x", "contentType": "a/b"})
	u.fails("400 bad_request", "b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "x", "metadataDirective": "REPLACE"})
	u.fails("416 range_not_satisfiable", "b2_copy_file", jsonObject{"sourceFileId": source, "fileName": "x", "range": "bytes=10-10"})
	u.fails("404 not_found", "b2_copy_file", jsonObject{"sourceFileId": source + "0", "fileName": "x"})

	large := u.start(bucket, "large")
	for number, span := range []string{1: "bytes=0-4", 2: "bytes=5-9"} {
		if number > 0 {
			u.call("b2_copy_part", jsonObject{"sourceFileId": source, "largeFileId": large, "partNumber": number, "range": span})
		}
	}
	u.fails("400 bad_request", "b2_copy_part", jsonObject{"sourceFileId": source, "largeFileId": large, "partNumber": 0})
	u.fails("400 bad_request", "b2_copy_part", jsonObject{"sourceFileId": source, "largeFileId": source, "partNumber": 1})
	u.fails("404 not_found", "b2_copy_part", jsonObject{"sourceFileId": large, "largeFileId": large, "partNumber": 1})
	u.call("b2_finish_large_file", jsonObject{"fileId": large, "partSha1Array": []string{sha1Of("01234"), sha1Of("56789")}})
	if res := u.get("/file/photos/large"); string(res.body) != "0123456789" {
		t.Errorf("copied parts: %q", res.body)
	}
}

func TestB2Lists(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	for _, name := range []string{"b", "a/2", "a/1", "a-", "a/1", "c/d/e", "hidden", "ü", "z"} {
		u.put(bucket, name, name)
	}
	u.call("b2_hide_file", jsonObject{"bucketId": bucket, "fileName": "hidden"})
	u.start(bucket, "b") // hides nothing
	rows := func(call string, in jsonObject) (all []string, pages int) {
		t.Helper()
		in["bucketId"] = bucket
		for {
			out := u.call(call, in)
			for _, row := range out["files"].([]any) {
				all = append(all, row.(jsonObject)["action"].(string)+" "+row.(jsonObject)["fileName"].(string))
			}
			pages++
			if out["nextFileName"] == nil {
				return all, pages
			}
			in["startFileName"] = out["nextFileName"]
			if id := out["nextFileId"]; id != nil {
				in["startFileId"] = id
			} else {
				delete(in, "startFileId")
			}
		}
	}
	visible := []string{"upload a-", "upload a/1", "upload a/2", "upload b", "upload c/d/e", "upload z", "upload ü"}
	folders := []string{"upload a-", "folder a/", "upload b", "folder c/", "upload z", "upload ü"}
	versions := []string{"upload a-", "upload a/1", "upload a/1", "upload a/2", "start b", "upload b", "upload c/d/e", "hide hidden", "upload hidden", "upload z", "upload ü"}
	for _, c := range []struct {
		call  string
		in    jsonObject
		want  []string
		pages int
	}{
		{"b2_list_file_names", jsonObject{}, visible, 1},
		{"b2_list_file_names", jsonObject{"maxFileCount": 1}, visible, 7},
		{"b2_list_file_names", jsonObject{"prefix": "a/"}, visible[1:3], 1},
		{"b2_list_file_names", jsonObject{"startFileName": "a/11"}, visible[2:], 1},
		{"b2_list_file_names", jsonObject{"delimiter": "/"}, folders, 1},
		{"b2_list_file_names", jsonObject{"delimiter": "/", "maxFileCount": 1}, folders, 6},
		{"b2_list_file_names", jsonObject{"delimiter": "/", "prefix": "c/"}, []string{"folder c/d/"}, 1},
		{"b2_list_file_names", jsonObject{"prefix": "nothing"}, nil, 1},
		{"b2_list_file_versions", jsonObject{}, versions, 1},
		{"b2_list_file_versions", jsonObject{"maxFileCount": 1}, versions, 11},
		{"b2_list_file_versions", jsonObject{"maxFileCount": 2, "delimiter": "/"}, []string{"upload a-", "folder a/", "start b", "upload b", "folder c/", "hide hidden", "upload hidden", "upload z", "upload ü"}, 5},
	} {
		asked := fmt.Sprint(c.in)
		if got, pages := rows(c.call, c.in); !slices.Equal(got, c.want) || pages != c.pages {
			t.Errorf("%s(%s) = %q in %d pages, want %q in %d", c.call, asked, got, pages, c.want, c.pages)
		}
	}
	u.b.Configure(B2Settings{NamesPerPage: 1})
	if got, pages := rows("b2_list_file_names", jsonObject{"startFileName": "c/e"}); !slices.Equal(got, visible[5:]) || pages != 3 {
		t.Errorf("one name per page: %q in %d pages", got, pages) // the page of the hidden file is empty
	}
	u.b.Configure(B2Settings{})

	// The version that a page begins with may be gone when it is asked for.
	all := u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "prefix": "a/1"})
	newest := column(all, "files", "fileId")[0]
	u.call("b2_delete_file_version", jsonObject{"fileName": "a/1", "fileId": newest})
	after := u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileName": "a/1", "startFileId": newest, "maxFileCount": 1})
	if got := column(after, "files", "fileId"); !slices.Equal(got, column(all, "files", "fileId")[1:]) {
		t.Errorf("after a version that is gone: %v of %v", got, all)
	}

	v1 := u.call("b2_list_file_names v1", jsonObject{"bucketId": bucket, "prefix": "z"})["files"].([]any)[0].(jsonObject)
	if v1["size"] != 1.0 || v1["contentLength"] != 1.0 || v1["bucketId"] != nil {
		t.Errorf("version 1: %v", v1)
	}
	u.fails("400 out_of_range", "b2_list_file_names", jsonObject{"bucketId": bucket, "maxFileCount": 10_001})
	u.fails("400 bad_request", "b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileId": newest})
	u.fails("400 invalid_file_id", "b2_list_file_versions", jsonObject{"bucketId": bucket, "startFileName": "a/1", "startFileId": "x"})
	u.fails("400 bad_request", "b2_list_file_names", jsonObject{"bucketId": bucket, "namePrefix": "z"})

	res := u.get("/b2api/v4/b2_list_file_names?maxFileCount=1&prefix=z&bucketId=" + bucket)
	if got := column(res.document(), "files", "fileName"); !slices.Equal(got, []string{"z"}) {
		t.Errorf("by GET: %s", res.body)
	}
	if res := u.get("/b2api/v4/b2_list_file_names?maxFileCount=many&bucketId=" + bucket); res.StatusCode != 400 {
		t.Errorf("by GET with a bad number: %d %s", res.StatusCode, res.body)
	}
}
