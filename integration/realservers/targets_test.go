package realservers

import (
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/integration/servers"
	"github.com/entrepot-go/entrepot/s3"
	"github.com/entrepot-go/entrepot/storagetest"
)

// capability is something that not every server does.
type capability string

const (
	authentication  capability = "verification of signatures"
	bodyChecksums   capability = "verification of checksums"
	controlKeys     capability = "keys with control characters"
	pathLikeKeys    capability = "keys that look like unclean paths"
	nestedKeys      capability = "a key beside those that it is a directory of"
	markerKeys      capability = "a key that ends in a slash beside those it is a prefix of"
	bucketNames     capability = "rules for bucket names"
	bucketPages     capability = "pages of ListBuckets"
	rolledPages     capability = "pages of ListObjects with a delimiter"
	partPages       capability = "pages of ListParts"
	uploadPages     capability = "pages of ListMultipartUploads"
	partOrder       capability = "the order of parts"
	parts           capability = "reading a single part"
	endedUploads    capability = "NoSuchUpload after the end of an upload"
	answerHeaders   capability = "headers of the answer by request"
	quietDeletion   capability = "quiet deletion"
	deleteIfMatch   capability = "conditional deletion"
	copyIfMatch     capability = "copies on condition of an ETag"
	copyIfNoneMatch capability = "copies on condition of another ETag"
	lifecycle       capability = "lifecycle rules"
	richLifecycle   capability = "lifecycle rules of every kind"
	multipartSums   capability = "checksums of multipart objects"
	fileNames       capability = "the name of the file in a form"
	publicBuckets   capability = "buckets that anybody may read"
	corsRules       capability = "CORS rules"
	bucketACLs      capability = "ACLs of buckets"
)

// target is a server that the behaviour is tested against.
type target struct {
	name  string
	kind  s3.Server // how the client is told to treat it
	start func(testing.TB) *servers.S3

	// lacks says of what the server does not do how it fails.
	lacks map[capability]string

	mu     sync.Mutex
	server *servers.S3
	failed bool
}

var (
	versitygw = &target{
		name: "versitygw", kind: s3.ServerAWS, start: servers.StartVersitygw,
		lacks: map[capability]string{
			controlKeys:     "keys are file names: they are stored but not listed",
			fileNames:       "${filename} stays in the key",
			pathLikeKeys:    "keys are file names: // and .. are normalised",
			nestedKeys:      "keys are file names: a file and a directory clash",
			markerKeys:      "keys are file names: a file and a directory clash",
			uploadPages:     "its own NextUploadIdMarker is an InvalidArgument",
			quietDeletion:   "the answer lists what was deleted",
			copyIfNoneMatch: "304 in the place of 412",
			lifecycle:       "501 NotImplemented",
		},
	}
	versitygwTLS = &target{name: "versitygw over TLS", kind: s3.ServerAWS, start: servers.StartVersitygwTLS, lacks: versitygw.lacks}
	minio        = &target{
		name: "MinIO", kind: s3.ServerMinIO, start: servers.StartMinIO,
		lacks: map[capability]string{
			pathLikeKeys:  "keys with // or .. are refused",
			nestedKeys:    "they are stored but not listed",
			deleteIfMatch: "If-Match is ignored",
			richLifecycle: "400 to some kinds of rules",
			corsRules:     "501 NotImplemented",
			bucketACLs:    "there is no other than private",
		},
	}
	moto = &target{
		name: "moto", start: servers.StartMoto,
		lacks: map[capability]string{
			authentication: "anybody may do anything",
			bodyChecksums:  "checksums are stored unseen",
			controlKeys:    "a key with a newline is 404",
			bucketNames:    "any name will do",
			bucketPages:    "the list ends after its first page",
			rolledPages:    "prefixes are not encoded, and repeated on later pages",
			partPages:      "the list ends before the last part",
			partOrder:      "parts in the wrong order are taken",
			parts:          "PartNumber is ignored",
			endedUploads:   "500 to further calls",
			answerHeaders:  "the stored headers are sent",
			quietDeletion:  "the answer lists what was deleted",
			copyIfMatch:    "the condition is ignored",
			richLifecycle:  "sizes and numbers of versions are lost",
			multipartSums:  "the object gets none, or a CRC32 only",
		},
	}
	emulator = &target{
		name: "storagetest", kind: s3.ServerAWS, start: startEmulator,
		lacks: map[capability]string{
			publicBuckets: "policies are not simulated",
		},
	}

	targets = []*target{versitygw, versitygwTLS, minio, moto, emulator}
)

func TestMain(m *testing.M) {
	// What the environment says is for other servers than these.
	for _, name := range []string{"AWS_CA_BUNDLE", "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_REGION"} {
		os.Unsetenv(name)
	}
	code := m.Run()
	servers.StopAll()
	stopEmulator()
	os.Exit(code)
}

var stopEmulator = func() {}

func startEmulator(testing.TB) *servers.S3 {
	const id, secret = "testkey", "testsecret123"
	srv := storagetest.NewS3(storagetest.WithCredentials(id, secret))
	stopEmulator = srv.Close
	return &servers.S3{URL: srv.URL, AccessKey: id, SecretKey: secret}
}

// get starts the target unless it runs. One that does not start fails the first
// test at length and the others in short.
func (g *target) get(t *testing.T) *servers.S3 {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed {
		t.Fatalf("%s did not start: see the first test that needed it", g.name)
	}
	if g.server == nil {
		defer func() { g.failed = t.Failed() }()
		g.server = g.start(t)
	}
	return g.server
}

// server is a running target within one test.
type server struct {
	*servers.S3
	target *target
}

// eachServer runs the test against every server that can do what it needs.
func eachServer(t *testing.T, test func(*testing.T, *server), needs ...capability) {
	t.Helper()
	for _, g := range targets {
		t.Run(g.name, func(t *testing.T) { oneServer(t, g, test, needs...) })
	}
}

func oneServer(t *testing.T, g *target, test func(*testing.T, *server), needs ...capability) {
	t.Helper()
	for _, c := range needs {
		if how, ok := g.lacks[c]; ok {
			t.Skipf("%s lacks %s: %s", g.name, c, how)
		}
	}
	test(t, &server{S3: g.get(t), target: g})
}

// config is that of a client of the server. Its own transport is not shared, so
// that tests do not depend on each other's connections.
func (s *server) config(t *testing.T) s3.Config {
	client := s.Client()
	t.Cleanup(client.CloseIdleConnections)
	return s3.Config{
		Region:      "us-east-1",
		Endpoint:    s.URL,
		PathStyle:   true,
		Server:      s.target.kind,
		Credentials: credentials.Static(s.AccessKey, s.SecretKey, ""),
		HTTPClient:  client,
	}
}

func (s *server) client(t *testing.T, change ...func(*s3.Config)) *s3.Client {
	t.Helper()
	config := s.config(t)
	for _, f := range change {
		f(&config)
	}
	client, err := s3.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// http returns a client for requests made by hand.
func (s *server) http(t *testing.T) *http.Client {
	client := s.Client()
	t.Cleanup(client.CloseIdleConnections)
	return client
}
