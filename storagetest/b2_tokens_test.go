package storagetest

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A token is good for one thing, and everywhere else as bad as one of nobody.
func TestB2TokensAreGoodForOneThing(t *testing.T) {
	var ahead atomic.Int64
	now := time.Date(2026, 1, 5, 10, 11, 12, 0, time.UTC)
	u := startB2(t, WithClock(func() time.Time { return now.Add(time.Duration(ahead.Load())) }))
	bucket := u.bucket("photos")
	id := u.put(bucket, "x", "content")["fileId"].(string)
	file, otherFile := u.call("b2_get_upload_url", jsonObject{"bucketId": bucket}), u.call("b2_get_upload_url v2", jsonObject{"bucketId": bucket})
	large := u.start(bucket, "large")
	part := u.call("b2_get_upload_part_url", jsonObject{"fileId": large})
	otherPart := u.call("b2_get_upload_part_url", jsonObject{"fileId": u.start(bucket, "large")})
	sharing := u.call("b2_get_download_authorization", jsonObject{"bucketId": bucket, "fileNamePrefix": "", "validDurationInSeconds": 60})
	token := func(out jsonObject) string { return out["authorizationToken"].(string) }

	for _, c := range []struct{ kind, token, form string }{
		{"account", u.token, `^4_[0-9a-f]{25}_[0-9a-f]+_[0-9a-f]+_acct_[A-Za-z0-9_-]+=$`},
		{"upload", token(file), `^4_[0-9a-f]{25}_[0-9a-f]+_[0-9a-f]+_upld_[A-Za-z0-9_-]+=$`},
		{"part", token(part), `^4_[0-9a-f]{25}_[0-9a-f]+_[0-9a-f]+_uplg_[A-Za-z0-9_-]+=$`},
		{"download", token(sharing), `^3_20260105101112_[0-9a-f]+_[0-9a-f]+_002_20260105101212_[0-9]{4}_dnld$`},
	} {
		if !regexp.MustCompile(c.form).MatchString(c.token) {
			t.Errorf("%s token %q is not of the form %s", c.kind, c.token, c.form)
		}
	}
	for name, out := range map[string]jsonObject{
		`/b2api/v4/b2_upload_file/` + bucket + `/c\d{3}_v\d{7}_t\d{4}$`: file, `/b2api/v2/b2_upload_file/` + bucket + "/": otherFile,
		`/b2api/v4/b2_upload_part/` + large + `/\d{4}$`: part,
	} {
		if !regexp.MustCompile(name).MatchString(out["uploadUrl"].(string)) {
			t.Errorf("upload URL %v is not of the form %s", out["uploadUrl"], name)
		}
	}

	uses := []struct {
		name string
		good map[string]bool
		do   func(token string) int
	}{
		{"a call", map[string]bool{u.token: true}, func(token string) int {
			status, _ := (&b2User{t: t, b: u.b, token: token}).try("b2_list_file_names", jsonObject{"bucketId": bucket})
			return status
		}},
		{"an upload", map[string]bool{token(file): true}, func(token string) int {
			status, _ := u.upload(file, map[string]string{"X-Bz-File-Name": "y", "Content-Type": "a/b", "Authorization": token}, "x")
			return status
		}},
		{"a part", map[string]bool{token(part): true}, func(token string) int {
			status, _ := u.upload(part, map[string]string{"X-Bz-Part-Number": "1", "Authorization": token}, "x")
			return status
		}},
		{"a download by name", map[string]bool{u.token: true, token(sharing): true}, func(token string) int {
			return (&b2User{t: t, b: u.b, token: token}).get("/file/photos/x").StatusCode
		}},
		{"a download by id", map[string]bool{u.token: true}, func(token string) int {
			return (&b2User{t: t, b: u.b, token: token}).get("/b2api/v4/b2_download_file_by_id?fileId=" + id).StatusCode
		}},
	}
	for _, use := range uses {
		for _, text := range []string{u.token, token(file), token(otherFile), token(part), token(otherPart), token(sharing), "4_x"} {
			want := 401
			if use.good[text] {
				want = 200
			}
			if got := use.do(text); got != want {
				t.Errorf("%s with the token %s: %d, want %d", use.name, text, got, want)
			}
		}
	}
	ahead.Store(int64(time.Minute))
	if res := (&b2User{t: t, b: u.b, token: token(sharing)}).get("/file/photos/x"); res.StatusCode != 401 || res.document()["code"] != "expired_auth_token" {
		t.Errorf("a download authorization after its time: %d %s", res.StatusCode, res.body)
	}
	ahead.Store(int64(24 * time.Hour))
	if status, out := u.upload(part, map[string]string{"X-Bz-Part-Number": "1"}, "x"); status != 401 || out["code"] != "expired_auth_token" {
		t.Errorf("a part after a day: %d %v", status, out)
	}
}

func TestB2PartURLServesOneUploadAtATime(t *testing.T) {
	u := startB2(t)
	target := u.call("b2_get_upload_part_url", jsonObject{"fileId": u.start(u.bucket("photos"), "large")})
	u.b.Inject(Fault{Operation: "b2_upload_part", Nth: 1, Stall: RequestBody(5)})
	first := make(chan int)
	go func() {
		req, _ := http.NewRequest("POST", target["uploadUrl"].(string), strings.NewReader("0123456789"))
		req.Header.Set("Authorization", target["authorizationToken"].(string))
		req.Header.Set("X-Bz-Content-Sha1", sha1Of("0123456789"))
		req.Header.Set("X-Bz-Part-Number", "1")
		res, err := u.b.Client().Do(req)
		if err != nil {
			t.Error(err)
			first <- 0
			return
		}
		res.Body.Close()
		first <- res.StatusCode
	}()
	var status int
	var out jsonObject
	for { // until the first has come so far
		u.b.state.Lock()
		busy := u.b.tokens[target["authorizationToken"].(string)].busy
		u.b.state.Unlock()
		if busy {
			break
		}
		runtime.Gosched()
	}
	status, out = u.upload(target, map[string]string{"X-Bz-Part-Number": "2"}, "x")
	if want := "more than one upload using auth token " + target["authorizationToken"].(string); status != 400 || out["code"] != "auth_token_limit" || out["message"] != want {
		t.Errorf("the second writer: %d %v", status, out)
	}
	for released := false; !released; {
		u.b.Release() // the stall may be yet to begin
		select {
		case status = <-first:
			released = true
		case <-time.After(time.Millisecond):
		}
	}
	if status != 200 {
		t.Errorf("the first writer: %d", status)
	}
	if status, out := u.upload(target, map[string]string{"X-Bz-Part-Number": "2"}, "x"); status != 200 {
		t.Errorf("after the first: %d %v", status, out)
	}
}

func TestB2ShowsLocksToThoseWhoMayKnow(t *testing.T) {
	u := startB2(t)
	bucket := u.bucket("locked", jsonObject{"fileLockEnabled": true, "bucketType": "allPublic"})
	until := strconv.FormatInt(time.Now().Add(time.Hour).UnixMilli(), 10)
	u.put(bucket, "x", "x", "X-Bz-File-Retention-Mode", "governance", "X-Bz-File-Retention-Retain-Until-Timestamp", until, "X-Bz-File-Legal-Hold", "off")
	u.put(bucket, "free", "x")
	const mode, moment, hold, hidden = "X-Bz-File-Retention-Mode", "X-Bz-File-Retention-Retain-Until-Timestamp", "X-Bz-File-Legal-Hold", "X-Bz-Client-Unauthorized-To-Read"
	retentions := u.as(u.b.AddKey(B2Key{Capabilities: []string{"readFiles", "readFileRetentions"}}))
	for _, c := range []struct {
		who  string
		user *b2User
		name string
		want []string // mode, time, hold, hidden
	}{
		{"the master", u, "x", []string{"governance", until, "off", ""}},
		{"the master", u, "free", []string{"", "", "", ""}},
		{"who may know of retentions", retentions, "x", []string{"governance", until, "", hold}},
		{"nobody", &b2User{t: t, b: u.b}, "x", []string{"", "", "", mode + "," + moment + "," + hold}},
	} {
		h := c.user.get("HEAD /file/locked/" + c.name).Header
		got := []string{h.Get(mode), h.Get(moment), h.Get(hold), h.Get(hidden)}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s at %s: %q, want %q", c.who, c.name, got, c.want)
		}
	}
}
