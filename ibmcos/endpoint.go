package ibmcos

import (
	"errors"
	"slices"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// Network is one of the networks by which IBM Cloud reaches its endpoints.
type Network string

const (
	NetworkPublic  Network = "public"  // the Internet
	NetworkPrivate Network = "private" // IBM Cloud's private network, without charge for what is read
	NetworkDirect  Network = "direct"  // from within a VPC
)

// label is what a network adds to the names of hosts.
func (n Network) label() string {
	if n == "" || n == NetworkPublic {
		return ""
	}
	return "." + string(n)
}

const vendorDomain = ".cloud-object-storage.appdomain.cloud"

func vendorHost(h *s3dialect.Hosts, region string) string {
	return "s3" + Network(h.Network).label() + "." + region + vendorDomain
}

// WebsiteURL is where IBM serves a bucket that is a static website, for readers
// in a network; empty means the public one. See PutBucketWebsite.
func WebsiteURL(bucket, region string, network Network) string {
	return "https://" + bucket + ".s3-web" + network.label() + "." + region + vendorDomain
}

// placeOf reads the network and the location out of one of IBM's own hosts.
func placeOf(host string) (network Network, location string, ok bool) {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	for _, kind := range [...]struct {
		suffix  string
		network Network
	}{
		{vendorDomain, ""},
		{".objectstorage.softlayer.net", ""}, // the names of earlier days
		{".objectstorage.service.networklayer.com", NetworkPrivate},
	} {
		rest, found := strings.CutSuffix(name, kind.suffix)
		if !found {
			continue
		}
		if location, found = strings.CutPrefix(rest, "s3."); !found {
			location, found = strings.CutPrefix(rest, "s3-api.")
		}
		network = kind.network
		for _, n := range [...]Network{NetworkPrivate, NetworkDirect} {
			if inner, ok := strings.CutPrefix(location, string(n)+"."); ok {
				network, location = n, inner
			}
		}
		location = strings.TrimSuffix(location, "-geo")
		return network, location, found && isLocation(location)
	}
	return "", "", false
}

// isLocation reports whether name can be that of a location: "us-south", or a
// city and the region it belongs to, "dal.us". IBM opens new ones.
func isLocation(name string) bool {
	city, region, tethered := strings.Cut(name, ".")
	return endpoint.IsRegion(city) && (!tethered || endpoint.IsRegion(region))
}

// locations are those that IBM has or had, so far as provisioning codes name
// them. Only codes that end in a class not known here need the list.
var locations = []string{
	"us", "eu", "ap", // cross-region
	"us-south", "us-east", "eu-gb", "eu-de", "eu-es", "au-syd", "jp-tok", "jp-osa", "ca-tor", "ca-mon", "br-sao", "in-che", "in-mum",
	"ams03", "che01", "mon01", "par01", "sjc04", "sng01", // single site
	"mel01", "mex01", "tor01", "osl01", "hkg02", "seo01", "mil01", "sao01", // closed
}

// classes of storage, as provisioning codes name them.
var classes = []string{"standard", "vault", "cold", "flex", "smart", "onerate_active"}

// Split divides a provisioning code, which CreateBucket takes and
// GetBucketLocation and ListBucketsExtended return, into the location, as
// [Config.Region] has it, and the storage class: "us-south-smart" into us-south
// and smart. Locations and classes that are new to this module are taken where
// it is clear which is which. The class of a code that is a location alone is
// empty.
func (c BucketLocationConstraint) Split() (region, class string, err error) {
	code := string(c)
	if slices.Contains(locations, code) {
		return code, "", nil
	}
	if i := strings.LastIndexByte(code, '-'); i > 0 && slices.Contains(classes, code[i+1:]) && isLocation(code[:i]) {
		return code[:i], code[i+1:], nil
	}
	for _, location := range locations {
		// "us-central" may be a new location as well as a class of us.
		if rest, ok := strings.CutPrefix(code, location+"-"); ok && len(location) > 2 && rest != "" && !strings.Contains(rest, "-") {
			return location, rest, nil
		}
	}
	return "", "", errors.New("ibmcos: " + quoteCode(code) + " is not a provisioning code, a location and a class such as us-south-standard")
}

func quoteCode(code string) string {
	if len(code) > 64 {
		code = code[:64] + "…"
	}
	return `"` + strings.ToValidUTF8(code, "�") + `"`
}

// checkSettings finds what is wrong with where a Config says that calls go.
func checkSettings(s *s3dialect.Settings) error {
	switch Network(s.Hosts.Network) {
	case "", NetworkPrivate, NetworkDirect:
	default:
		return apierror.Setting("Network %q is none of public, private and direct", s.Hosts.Network)
	}
	if s.Endpoint != "" {
		if s.Hosts.Network != "" {
			return apierror.Setting("Network chooses among IBM's own hosts; it does not go with an Endpoint")
		}
		return nil // the Region is but what requests are signed for
	}
	if s.Region == "" {
		return nil
	}
	if network, _, ok := strings.Cut(s.Region, "."); ok && (network == string(NetworkPrivate) || network == string(NetworkDirect)) {
		return apierror.Setting("Region %q has a network in it, which goes into Network", s.Region)
	}
	if !isLocation(s.Region) {
		return apierror.Setting("Region %q is not the name of a location, such as us-south", s.Region)
	}
	if region, class, err := BucketLocationConstraint(s.Region).Split(); err == nil && slices.Contains(classes, class) {
		return apierror.Setting("Region %q is a location and a storage class: the Region is %s, the class is chosen when a bucket is created", s.Region, region)
	}
	return nil
}

// explain says of a bucket that is not there that it may be elsewhere: the
// service does not tell.
func explain(d *s3dialect.Dialect, c *pipeline.Call, e *apierror.Error) {
	if e.Code != "NoSuchBucket" || c.Label("Bucket") == "" {
		return
	}
	location := d.Region
	if d.Base.Host != "" {
		var ok bool
		if _, location, ok = placeOf(d.Base.Host); !ok {
			return // it is not known of other servers
		}
	}
	e.Message = strings.TrimSuffix(e.Message, ".") + "; this endpoint sees the buckets of " + location +
		" only: for one of another location set Config.Region, or use OpenBucket"
}
