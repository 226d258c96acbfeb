package b2_test

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/entrepot-go/entrepot"
	"github.com/entrepot-go/entrepot/b2"
	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/internal/apidrift"
	"github.com/entrepot-go/entrepot/internal/golden"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// operations are all there are, by the API's names. Section is where the facts
// describe them.
var operations = []struct {
	name, section string
	in, out       any
}{
	{"AuthorizeAccount", "1.3", b2.AuthorizeAccountInput{}, b2.AuthorizeAccountOutput{}},
	{"CancelLargeFile", "3.2", b2.CancelLargeFileInput{}, b2.CancelLargeFileOutput{}},
	{"CopyFile", "3.3", b2.CopyFileInput{}, b2.CopyFileOutput{}},
	{"CopyPart", "3.4", b2.CopyPartInput{}, b2.CopyPartOutput{}},
	{"CreateBucket", "3.5", b2.CreateBucketInput{}, b2.CreateBucketOutput{}},
	{"CreateKey", "3.6", b2.CreateKeyInput{}, b2.CreateKeyOutput{}},
	{"DeleteBucket", "3.7", b2.DeleteBucketInput{}, b2.DeleteBucketOutput{}},
	{"DeleteFileVersion", "3.8", b2.DeleteFileVersionInput{}, b2.DeleteFileVersionOutput{}},
	{"DeleteKey", "3.9", b2.DeleteKeyInput{}, b2.DeleteKeyOutput{}},
	{"DownloadFileById", "3.10", b2.DownloadFileByIdInput{}, b2.DownloadFileByIdOutput{}},
	{"DownloadFileByName", "3.11", b2.DownloadFileByNameInput{}, b2.DownloadFileByNameOutput{}},
	{"FinishLargeFile", "3.12", b2.FinishLargeFileInput{}, b2.FinishLargeFileOutput{}},
	{"GetBucketNotificationRules", "3.13", b2.GetBucketNotificationRulesInput{}, b2.GetBucketNotificationRulesOutput{}},
	{"GetDownloadAuthorization", "3.14", b2.GetDownloadAuthorizationInput{}, b2.GetDownloadAuthorizationOutput{}},
	{"GetFileInfo", "3.15", b2.GetFileInfoInput{}, b2.GetFileInfoOutput{}},
	{"GetUploadPartUrl", "3.16", b2.GetUploadPartUrlInput{}, b2.GetUploadPartUrlOutput{}},
	{"GetUploadUrl", "3.17", b2.GetUploadUrlInput{}, b2.GetUploadUrlOutput{}},
	{"HideFile", "3.18", b2.HideFileInput{}, b2.HideFileOutput{}},
	{"ListBuckets", "3.19", b2.ListBucketsInput{}, b2.ListBucketsOutput{}},
	{"ListFileNames", "3.20", b2.ListFileNamesInput{}, b2.ListFileNamesOutput{}},
	{"ListFileVersions", "3.21", b2.ListFileVersionsInput{}, b2.ListFileVersionsOutput{}},
	{"ListKeys", "3.22", b2.ListKeysInput{}, b2.ListKeysOutput{}},
	{"ListParts", "3.23", b2.ListPartsInput{}, b2.ListPartsOutput{}},
	{"ListUnfinishedLargeFiles", "3.24", b2.ListUnfinishedLargeFilesInput{}, b2.ListUnfinishedLargeFilesOutput{}},
	{"SetBucketNotificationRules", "3.25", b2.SetBucketNotificationRulesInput{}, b2.SetBucketNotificationRulesOutput{}},
	{"StartLargeFile", "3.26", b2.StartLargeFileInput{}, b2.StartLargeFileOutput{}},
	{"UpdateBucket", "3.27", b2.UpdateBucketInput{}, b2.UpdateBucketOutput{}},
	{"UpdateFileLegalHold", "3.28", b2.UpdateFileLegalHoldInput{}, b2.UpdateFileLegalHoldOutput{}},
	{"UpdateFileRetention", "3.29", b2.UpdateFileRetentionInput{}, b2.UpdateFileRetentionOutput{}},
	{"UploadFile", "3.30", b2.UploadFileInput{}, b2.UploadFileOutput{}},
	{"UploadPart", "3.31", b2.UploadPartInput{}, b2.UploadPartOutput{}},
}

// TestGolden makes every operation with every member filled, and holds both
// what is sent and what is answered against files.
func TestGolden(t *testing.T) {
	enums, err := apidrift.Enums(".")
	if err != nil {
		t.Fatal(err)
	}
	enums["Secret"] = []string{"4_one", "4_two"}
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			in, want := reflect.New(reflect.TypeOf(op.in)), reflect.New(reflect.TypeOf(op.out))
			for _, v := range []reflect.Value{in, want} {
				golden.Fill(v.Interface(), enums)
				preset(v.Elem())
			}
			wire := &goldenServer{status: http.StatusOK}
			if strings.HasPrefix(op.name, "Download") {
				wire.status = http.StatusPartialContent
			}
			wire.answer = file(t, "responses", op.name, respond(wire.status, want.Elem()))
			client, err := b2.New(b2.Config{
				Credentials: credentials.Static("keyid", "applicationkey", ""),
				HTTPClient:  &http.Client{Transport: wire},
			})
			if err != nil {
				t.Fatal(err)
			}
			results := reflect.ValueOf(client).MethodByName(op.name).Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
			if err, _ := results[1].Interface().(error); err != nil {
				t.Fatal(err)
			}
			file(t, "requests", op.name, wire.request)

			got := results[0].Elem()
			meta := got.FieldByName("ResponseMetadata").Addr().Interface().(*entrepot.ResponseMetadata)
			if meta.StatusCode != wire.status || meta.Attempts != 1 {
				t.Errorf("metadata %+v", meta)
			}
			*meta = entrepot.ResponseMetadata{}
			if body := got.FieldByName("Body"); body.IsValid() {
				content, err := io.ReadAll(body.Interface().(io.Reader))
				if err != nil || string(content) != golden.Body {
					t.Errorf("body %q, %v", content, err)
				}
				body.SetZero()
				want.Elem().FieldByName("Body").SetZero()
			}
			if diff := cmp.Diff(want.Interface(), got.Addr().Interface()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

var customerKey = b2.NewCustomerKey([32]byte([]byte("0123456789abcdef0123456789abcdef")))

// preset gives members values where not any value will do.
func preset(v reflect.Value) {
	sum := sha1.Sum([]byte(golden.Body))
	presets := map[string]any{
		"FileName":      "a dir/é+%&'.txt",
		"FileInfo":      map[string]string{"color": "grün + blau", b2.InfoSrcLastModifiedMillis: "1700000000000"},
		"ContentLength": int64(len(golden.Body)),
		"ContentSha1":   hex.EncodeToString(sum[:]),
		"Range":         "bytes=0-11",
		"ContentRange":  "bytes 0-11/4096",
		"UploadUrl":     "https://pod-000-1000-00.backblaze.com/b2api/v4/b2_upload/4_z%2F1/c001_v0001000_t0042",
		"ApiUrl":        "https://api001.backblazeb2.com",
		"DownloadUrl":   "https://f001.backblazeb2.com",
		"PartSha1Array": []string{hex.EncodeToString(sum[:]), strings.Repeat("0", 40)},

		"ServerSideEncryptionCustomerKey":    customerKey.Key,
		"ServerSideEncryptionCustomerKeyMd5": customerKey.KeyMd5,
		"SourceServerSideEncryption":         customerKey.ServerSideEncryption(),
		"DestinationServerSideEncryption":    customerKey.ServerSideEncryption(),
		"DefaultServerSideEncryption":        &b2.ServerSideEncryption{Mode: b2.EncryptionModeSSEB2, Algorithm: b2.EncryptionAlgorithmAES256},
	}
	switch in := v.Addr().Interface().(type) {
	case *b2.StartLargeFileInput:
		in.ServerSideEncryption = customerKey.ServerSideEncryption()
	case *b2.UploadFileInput:
		in.ServerSideEncryption = "" // or a customer's key
	case *b2.SetBucketNotificationRulesInput:
		for i := range in.EventNotificationRules {
			target := &in.EventNotificationRules[i].TargetConfiguration
			target.Url = "https://hooks.example.com/" + strconv.Itoa(i)
			target.HmacSha256SigningSecret = b2.Secret(strings.Repeat(strconv.Itoa(i), 32))
		}
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[time.Time]() {
			preset(f)
		} else if value, ok := presets[v.Type().Field(i).Name]; ok && reflect.TypeOf(value).AssignableTo(f.Type()) {
			f.Set(reflect.ValueOf(value))
		}
	}
	if f := v.FieldByName("AuthorizationToken"); f.IsValid() && v.FieldByName("UploadUrl").IsValid() && v.FieldByName("Body").IsValid() {
		v.FieldByName("ContentSha1").SetString(b2.Sha1HexDigitsAtEnd) // of an upload
	}
}

// goldenServer keeps one request and answers it with what it is given. It
// authorizes the account beforehand.
type goldenServer struct {
	status          int
	request, answer []byte
}

const authorization = `{"accountId":"0a1b2c3d4e5f","authorizationToken":"4_account","apiInfo":{"storageApi":{
	"apiUrl":"https://api001.backblazeb2.com","downloadUrl":"https://f001.backblazeb2.com"}}}`

func (s *goldenServer) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := s.answer
	if strings.HasSuffix(r.URL.Path, "b2_authorize_account") && !bytes.Contains(answer, []byte("applicationKeyExpirationTimestamp")) {
		answer = fmt.Appendf(nil, "HTTP/1.1 200 OK\nContent-Length: %d\n\n%s", len(authorization), authorization)
	} else if s.request != nil {
		return nil, fmt.Errorf("a second request: %s %s", r.Method, r.URL)
	} else {
		var err error
		if s.request, err = golden.Request(r); err != nil {
			return nil, err
		}
	}
	return http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), r)
}

func file(t *testing.T, folder, name string, got []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", folder, name+".http")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
	return want
}

// respond writes an output as the answer that stands for it, by code of its
// own, so that a mistake of the client's codec shows.
func respond(status int, out reflect.Value) []byte {
	header := http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
	body := ""
	for _, f := range reflect.VisibleFields(out.Type()) {
		v := out.FieldByIndex(f.Index)
		if tag := f.Tag.Get("header"); tag != "" {
			name, options, _ := strings.Cut(tag, ",")
			header.Set(name, headerText(v, options))
		}
		if tag := f.Tag.Get("headers"); tag != "" {
			name, _, _ := strings.Cut(tag, ",")
			for it := v.MapRange(); it.Next(); {
				header.Set(name+it.Key().String(), url.QueryEscape(it.Value().String()))
			}
		}
		if f.Tag.Get("payload") != "" {
			body = golden.Body
		}
	}
	if body == "" {
		var indented bytes.Buffer
		if err := json.Indent(&indented, appendJSON(nil, out, ""), "", "  "); err != nil {
			panic(err)
		}
		body = indented.String() + "\n"
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	text := fmt.Appendf(nil, "HTTP/1.1 %d %s\n", status, http.StatusText(status))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		text = fmt.Appendf(text, "%s: %s\n", name, header.Get(name))
	}
	return append(append(text, '\n'), body...)
}

func headerText(v reflect.Value, options string) string {
	switch x := v.Interface().(type) {
	case time.Time:
		return strconv.FormatInt(x.UnixMilli(), 10)
	case []string:
		return strings.Join(x, ",")
	}
	if options == "url" {
		return url.QueryEscape(v.String())
	}
	return fmt.Sprint(v)
}

func appendJSON(b []byte, v reflect.Value, options string) []byte {
	if t, ok := v.Interface().(time.Time); ok {
		if !strings.Contains(options, "epochms") {
			panic("a time that is not in milliseconds")
		}
		return strconv.AppendInt(b, t.UnixMilli(), 10)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return appendJSON(b, v.Elem(), options)
	case reflect.String:
		return strconv.AppendQuote(b, v.String())
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			b = append(appendJSON(b, v.Index(i), ""), ',')
		}
		return append(bytes.TrimSuffix(b, []byte(",")), ']')
	case reflect.Struct:
		b = append(b, '{')
		for _, f := range reflect.VisibleFields(v.Type()) {
			if tag := f.Tag.Get("json"); tag != "" {
				name, options, _ := strings.Cut(tag, ",")
				b = append(appendJSON(fmt.Appendf(b, "%q:", name), v.FieldByIndex(f.Index), options), ',')
			}
		}
		return append(bytes.TrimSuffix(b, []byte(",")), '}')
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		panic(err)
	}
	return append(b, text...)
}
