package ibmcos_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/credentials"
	"github.com/entrepot-go/entrepot/ibmcos"
)

// TestAddresses sends requests to IBM's hosts: to every location, by every
// network, with the bucket in the host and in the path.
func TestAddresses(t *testing.T) {
	address := func(config ibmcos.Config, bucket string) string {
		t.Helper()
		s := &spy{}
		config.Credentials, config.HTTPClient = credentials.Static("ID", "secret", ""), &http.Client{Transport: s}
		call(t, newClient(t, config).HeadBucket, &ibmcos.HeadBucketInput{Bucket: bucket})
		r := s.seen[0]
		scope := "/" + config.Region + "/s3/aws4_request"
		if config.Region != "" && !strings.Contains(r.Header.Get("Authorization"), scope) {
			t.Errorf("%s is signed by %s, want %s", r.URL, r.Header.Get("Authorization"), scope)
		}
		return r.URL.String()
	}
	for _, location := range strings.Fields("us eu ap dal.us sjc.us wdc.us ams.eu fra.eu mil.eu tok.ap syd.ap osa.ap seo.ap hkg.ap " +
		"us-south us-east eu-gb eu-de eu-es au-syd jp-tok jp-osa ca-tor ca-mon br-sao in-che in-mum " +
		"ams03 che01 mon01 par01 sjc04 sng01 mel01 " +
		"xx-new new01 new.xx") { // that IBM may open
		for network, label := range map[ibmcos.Network]string{"": "", ibmcos.NetworkPublic: "", ibmcos.NetworkPrivate: "private.", ibmcos.NetworkDirect: "direct."} {
			host := "s3." + label + location + ".cloud-object-storage.appdomain.cloud"
			config := ibmcos.Config{Region: location, Network: network}
			for bucket, want := range map[string]string{"photos": "https://photos." + host + "/", "my.photos": "https://" + host + "/my.photos"} {
				if got := address(config, bucket); got != want {
					t.Errorf("%s at %s by %q goes to %s, want %s", bucket, location, network, got, want)
				}
			}
			config.Credentials = credentials.Static("ID", "secret", "")
			req, err := ibmcos.Presign(t.Context(), newClient(t, config).GetObject, &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"}, time.Hour)
			if want := "https://photos." + host + "/k?"; err != nil || !strings.HasPrefix(req.URL, want) {
				t.Errorf("presigned at %s by %q: %+v, %v; want %s", location, network, req, err, want)
			}
			config.PathStyle = true
			if got, want := address(config, "photos"), "https://"+host+"/photos"; got != want {
				t.Errorf("photos at %s by %q in the path goes to %s, want %s", location, network, got, want)
			}
		}
	}
	for _, test := range []struct {
		config ibmcos.Config
		want   string
	}{
		{ibmcos.Config{Endpoint: "s3.direct.us-south.cloud-object-storage.appdomain.cloud"}, "https://photos.s3.direct.us-south.cloud-object-storage.appdomain.cloud/"},
		{ibmcos.Config{Endpoint: "https://s3.us.cloud-object-storage.appdomain.cloud", Region: "us-standard"}, "https://photos.s3.us.cloud-object-storage.appdomain.cloud/"},
		{ibmcos.Config{Endpoint: "https://s3-api.us-geo.objectstorage.softlayer.net"}, "https://photos.s3-api.us-geo.objectstorage.softlayer.net/"},
		{ibmcos.Config{Endpoint: "https://10.0.0.1:8443", Region: "us"}, "https://10.0.0.1:8443/photos"},
	} {
		if got := address(test.config, "photos"); got != test.want {
			t.Errorf("%+v: %s, want %s", test.config, got, test.want)
		}
	}
}

// TestSignedRegion is the location that IBM's own endpoint has in its name.
func TestSignedRegion(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://s3.private.eu-de.cloud-object-storage.appdomain.cloud": "eu-de",
		"https://s3.dal.us.cloud-object-storage.appdomain.cloud":        "dal.us",
		"https://s3.eu-geo.objectstorage.softlayer.net":                 "eu",
		"https://s3.us-south.objectstorage.service.networklayer.com":    "us-south",
		"https://cos.example": "us-east-1",
	} {
		s := &spy{}
		c := newClient(t, ibmcos.Config{Endpoint: endpoint, Credentials: credentials.Static("ID", "secret", ""), HTTPClient: &http.Client{Transport: s}})
		call(t, c.HeadBucket, &ibmcos.HeadBucketInput{Bucket: "photos"})
		if got := s.seen[0].Header.Get("Authorization"); !strings.Contains(got, "/"+want+"/s3/aws4_request") {
			t.Errorf("%s is signed by %s, want %s", endpoint, got, want)
		}
	}
}

func TestWhereCallsCannotGo(t *testing.T) {
	for _, test := range []struct {
		config ibmcos.Config
		want   string
	}{
		{ibmcos.Config{Region: "us-south-smart"}, `ibmcos: Config: Region "us-south-smart" is a location and a storage class: the Region is us-south, the class is chosen when a bucket is created`},
		{ibmcos.Config{Region: "xx-new-onerate_active"}, `ibmcos: Config: Region "xx-new-onerate_active" is not the name of a location, such as us-south`},
		{ibmcos.Config{Region: "direct.us-south"}, `ibmcos: Config: Region "direct.us-south" has a network in it, which goes into Network`},
		{ibmcos.Config{Region: "US South"}, `ibmcos: Config: Region "US South" is not the name of a location, such as us-south`},
		{ibmcos.Config{Region: "us..x"}, `ibmcos: Config: Region "us..x" is not the name of a location, such as us-south`},
		{ibmcos.Config{Region: "evil.example/"}, `ibmcos: Config: Region "evil.example/" is not the name of a location, such as us-south`},
		{ibmcos.Config{Region: "s3.us.cloud-object-storage.appdomain.cloud"}, `ibmcos: Config: Region "s3.us.cloud-object-storage.appdomain.cloud" is not the name of a location, such as us-south`},
		{ibmcos.Config{Region: "us", Network: "vpc"}, `ibmcos: Config: Network "vpc" is none of public, private and direct`},
		{ibmcos.Config{Endpoint: "https://cos.example", Network: ibmcos.NetworkDirect}, "ibmcos: Config: Network chooses among IBM's own hosts; it does not go with an Endpoint"},
	} {
		if _, err := ibmcos.New(test.config); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v, want %s", test.config, err, test.want)
		}
	}
	c := newClient(t, ibmcos.Config{Region: "us-south", Credentials: credentials.Static("ID", "secret", "")})
	_, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"}, func(c *ibmcos.Config) { c.Region = "eu-vault" })
	if want := `ibmcos: HeadBucket: Config: Region "eu-vault" is a location and a storage class`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("an option: %v, want %s", err, want)
	}
}

func TestSplit(t *testing.T) {
	for code, want := range map[ibmcos.BucketLocationConstraint][2]string{
		"us-standard": {"us", "standard"}, "us-south-smart": {"us-south", "smart"}, "eu-gb-onerate_active": {"eu-gb", "onerate_active"},
		"ams03-flex": {"ams03", "flex"}, "eu-vault": {"eu", "vault"}, "us-south": {"us-south", ""}, "ap": {"ap", ""},
		"xx-new-cold": {"xx-new", "cold"}, "us-south-frozen": {"us-south", "frozen"}, "par01-one_more": {"par01", "one_more"},
		"": {}, "EU": {}, "us-west-1": {}, "us-central": {}, "standard": {}, "-standard": {}, "us-south-": {}, "us-south-a-b": {}, "evil.example/-smart": {},
	} {
		region, class, err := code.Split()
		if got := [2]string{region, class}; got != want || (err == nil) != (want[0] != "") {
			t.Errorf("Split(%q) = %q, %v; want %q", code, got, err, want)
		}
	}
	for code := range strings.FieldsSeq("us eu-de sng01") {
		for class := range strings.FieldsSeq("standard vault cold flex smart onerate_active") {
			if region, got, err := ibmcos.BucketLocationConstraint(code + "-" + class).Split(); region != code || got != class || err != nil {
				t.Errorf("%s-%s: %s, %s, %v", code, class, region, got, err)
			}
		}
	}
}

func TestWebsiteURL(t *testing.T) {
	for _, test := range []struct {
		network ibmcos.Network
		want    string
	}{
		{"", "https://photos.s3-web.eu-de.cloud-object-storage.appdomain.cloud"},
		{ibmcos.NetworkPrivate, "https://photos.s3-web.private.eu-de.cloud-object-storage.appdomain.cloud"},
		{ibmcos.NetworkDirect, "https://photos.s3-web.direct.eu-de.cloud-object-storage.appdomain.cloud"},
	} {
		if got := ibmcos.WebsiteURL("photos", "eu-de", test.network); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// TestExplainsAMissingBucket: IBM says of a bucket of another location that it is
// not there.
func TestExplainsAMissingBucket(t *testing.T) {
	const document = `<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist.</Message></Error>`
	const hint = "; this endpoint sees the buckets of eu-de only: for one of another location set Config.Region, or use OpenBucket"
	head := func(c *ibmcos.Client) error {
		_, err := c.HeadBucket(t.Context(), &ibmcos.HeadBucketInput{Bucket: "photos"})
		return err
	}
	get := func(c *ibmcos.Client) error {
		_, err := c.GetObject(t.Context(), &ibmcos.GetObjectInput{Bucket: "photos", Key: "k"})
		return err
	}
	for _, test := range []struct {
		config ibmcos.Config
		call   func(*ibmcos.Client) error
		want   string
	}{
		{ibmcos.Config{Region: "eu-de"}, get, "ibmcos: GetObject: NoSuchBucket: The specified bucket does not exist" + hint},
		{ibmcos.Config{Region: "eu-de"}, head, "ibmcos: HeadBucket: NoSuchBucket: there is no such bucket" + hint},
		{ibmcos.Config{Endpoint: "s3.direct.eu-de.cloud-object-storage.appdomain.cloud"}, get, "ibmcos: GetObject: NoSuchBucket: The specified bucket does not exist" + hint},
		{ibmcos.Config{Endpoint: "https://cos.example"}, get, "ibmcos: GetObject: NoSuchBucket: The specified bucket does not exist. ("},
	} {
		test.config.Credentials = credentials.Static("ID", "secret", "")
		test.config.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return reply(r, 404, document), nil })}
		if err := test.call(newClient(t, test.config)); err == nil || !strings.HasPrefix(err.Error(), test.want) || !errors.Is(err, ibmcos.ErrNoSuchBucket) {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
}

// TestARefusalNamesASettingThatThereIs: a system on premises may not know
// checksums, IBM's cloud does.
func TestARefusalNamesASettingThatThereIs(t *testing.T) {
	const document = `<Error><Code>InvalidRequest</Code><Message>Something is wrong.</Message></Error>`
	const hint = "InvalidRequest: Something is wrong; if the server does not know such checksums, set Config.Checksum to ChecksumNone ("
	for _, test := range []struct {
		config ibmcos.Config
		want   bool
	}{
		{ibmcos.Config{Endpoint: "https://cos.example"}, true},
		{ibmcos.Config{Endpoint: "https://cos.example", Checksum: ibmcos.ChecksumNone}, false},
		{ibmcos.Config{Region: "eu-de"}, false},
		{ibmcos.Config{Endpoint: "https://s3.direct.eu-de.cloud-object-storage.appdomain.cloud"}, false},
	} {
		test.config.Credentials = credentials.Static("ID", "secret", "")
		test.config.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) { return reply(r, 400, document), nil })}
		_, err := newClient(t, test.config).PutObject(t.Context(), &ibmcos.PutObjectInput{Bucket: "photos", Key: "k", Body: strings.NewReader("x")})
		if err == nil || strings.Contains(err.Error(), hint) != test.want || strings.Contains(err.Error(), "Config.") != test.want {
			t.Errorf("%+v: %v, want the hint: %t", test.config, err, test.want)
		}
	}
}
