package storagetest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// What can go wrong with B2, each by the fault plan.
func TestB2Faults(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("photos")
	content := strings.Repeat("0123456789", 10_000)
	u.put(bucket, "x", content)
	headers := map[string]string{"X-Bz-File-Name": "y", "Content-Type": "text/plain"}
	send := func(target jsonObject) (*http.Response, string, error) {
		req, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader(content))
		req.Header.Set("Authorization", target["authorizationToken"].(string))
		req.Header.Set("X-Bz-Content-Sha1", sha1Of(content))
		for name, value := range headers {
			req.Header.Set(name, value)
		}
		res, err := u.b.Client().Do(req)
		if err != nil {
			return nil, "", err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return res, string(body), err
	}
	list := func() (*http.Response, string, error) {
		res := u.get("/b2api/v4/b2_list_file_names?bucketId=" + bucket)
		return res.Response, string(res.body), nil
	}
	fetch := func(method string) func() (*http.Response, string, error) {
		return func() (*http.Response, string, error) {
			req, _ := http.NewRequest(method, u.b.URL+"/file/photos/x", nil)
			req.Header.Set("Authorization", u.token)
			res, err := u.b.Client().Do(req)
			if err != nil {
				return nil, "", err
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			return res, string(body), err
		}
	}
	upload := func() (*http.Response, string, error) {
		return send(u.call("b2_get_upload_url", jsonObject{"bucketId": bucket}))
	}
	html := func([]byte) []byte { return []byte("<html>bad gateway</html>") }
	nothing := func([]byte) []byte { return nil }
	otherSum := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(sha1Of(content)), []byte(sha1Of("else"))) }
	for _, c := range []struct {
		name  string
		fault Fault
		do    func() (*http.Response, string, error)
		check func(res *http.Response, body string, err error) bool
		kept  bool // the upload has taken place
	}{
		{
			name: "429 that says when", fault: Fault{Operation: "b2_list_file_names", Status: 429, RetryAfter: "7"}, do: list,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 429 && res.Header.Get("Retry-After") == "7" && strings.Contains(body, "too_many_requests")
			},
		}, {
			name: "error with an empty body", fault: Fault{Operation: "b2_list_file_names", Status: 500, Body: nothing}, do: list,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 500 && body == "" && res.ContentLength == 0
			},
		}, {
			name: "error without a code of its own", fault: Fault{Operation: "b2_list_file_names", Status: 504}, do: list,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 504 && strings.Contains(body, "internal_error")
			},
		}, {
			name: "error in HTML", fault: Fault{Operation: "b2_list_file_names", Status: 502, Body: html, Header: http.Header{"Content-Type": {"text/html"}}}, do: list,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 502 && body == "<html>bad gateway</html>" && res.Header.Get("Content-Type") == "text/html"
			},
		}, {
			name: "upload to a busy pod", fault: Fault{Operation: "b2_upload_file", Status: 503}, do: upload,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 503 && strings.Contains(body, "service_unavailable")
			},
		}, {
			name: "token that expires with the upload", fault: Fault{Operation: "b2_upload_file", ExpireToken: true}, do: upload,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 401 && strings.Contains(body, "expired_auth_token")
			},
		}, {
			name: "cut before it is done", fault: Fault{Operation: "b2_upload_file", Reset: RequestBody(50_000)}, do: upload,
			check: func(_ *http.Response, _ string, err error) bool { return err != nil },
		}, {
			name: "cut after it is done", fault: Fault{Operation: "b2_upload_file", Reset: BeforeResponse()}, do: upload, kept: true,
			check: func(_ *http.Response, _ string, err error) bool {
				return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
			},
		}, {
			name: "damaged on the way up", fault: Fault{Operation: "b2_upload_file", Corrupt: RequestBody(77)}, do: upload,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 400 && strings.Contains(body, "Sha1 did not match data received")
			},
		}, {
			name: "answer with another sum", fault: Fault{Operation: "b2_upload_file", Body: otherSum}, do: upload, kept: true,
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.StatusCode == 200 && strings.Contains(body, sha1Of("else")) && !strings.Contains(body, sha1Of(content))
			},
		}, {
			name: "download with another sum", fault: Fault{Operation: "b2_download_file_by_name", Header: http.Header{"x-bz-content-sha1": {sha1Of("else")}}}, do: fetch("GET"),
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.Header.Get("X-Bz-Content-Sha1") == sha1Of("else") && body == content
			},
		}, {
			name: "download without a sum", fault: Fault{Operation: "b2_download_file_by_name", Header: http.Header{"X-Bz-Content-Sha1": nil}}, do: fetch("GET"),
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.Header.Values("X-Bz-Content-Sha1") == nil && body == content
			},
		}, {
			name: "download that ends early", fault: Fault{Operation: "b2_download_file_by_name", Truncate: ResponseBody(1000)}, do: fetch("GET"),
			check: func(_ *http.Response, body string, err error) bool {
				return errors.Is(err, io.ErrUnexpectedEOF) && body == content[:1000]
			},
		}, {
			name: "download that says it is shorter", fault: Fault{Operation: "b2_download_file_by_name", Body: func(b []byte) []byte { return b[:1000] }}, do: fetch("GET"),
			check: func(res *http.Response, body string, err error) bool { return err == nil && body == content[:1000] },
		}, {
			name: "the same asked by HEAD", fault: Fault{Operation: "b2_download_file_by_name", Body: nothing}, do: fetch("HEAD"),
			check: func(res *http.Response, body string, err error) bool {
				return err == nil && res.ContentLength == int64(len(content)) && body == ""
			},
		}, {
			name: "the second of two", fault: Fault{Operation: "b2_list_file_names", Nth: 2, Status: 500}, do: func() (*http.Response, string, error) {
				if res, _, err := list(); err != nil || res.StatusCode != 200 {
					t.Errorf("the first of two: %v %v", res, err)
				}
				return list()
			},
			check: func(res *http.Response, body string, err error) bool { return err == nil && res.StatusCode == 500 },
		},
	} {
		versions := func() int {
			return len(u.call("b2_list_file_versions", jsonObject{"bucketId": bucket, "prefix": "y"})["files"].([]any))
		}
		before := versions()
		u.b.Inject(c.fault)
		res, body, err := c.do()
		u.b.ForgetFaults()
		if !c.check(res, body, err) {
			t.Errorf("%s: %v %.100s %v", c.name, res, body, err)
		}
		if kept := versions() > before; kept != c.kept {
			t.Errorf("%s: stored: %v, want %v", c.name, kept, c.kept)
		}
	}
}

func TestB2Delay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewB2(WithInMemory())
		defer b.Close()
		u := (&b2User{t: t, b: b}).as(b.keyID, b.secret)
		b.Inject(Fault{Operation: "b2_list_buckets", Delay: time.Hour, Nth: 1})
		start := time.Now()
		u.call("b2_list_buckets", jsonObject{"accountId": b.accountID})
		if took := time.Since(start); took != time.Hour {
			t.Errorf("delayed by an hour, it took %v", took)
		}
		b.Inject(Fault{Operation: "b2_list_buckets", Delay: time.Hour, Nth: 1})
		client := &http.Client{Transport: b.Client().Transport, Timeout: time.Minute}
		if res, err := client.Get(b.URL + "/b2api/v4/b2_list_buckets"); err == nil {
			res.Body.Close()
			t.Error("the client did not give up")
		}
	})
}
