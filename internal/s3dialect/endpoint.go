package s3dialect

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Place is where a call goes, and what its signature is made for there.
type Place struct {
	Host   string // all of it
	InHost bool   // the bucket is part of Host and not of the path

	Service string // in the credential scope; empty: s3
	Region  string // in the credential scope

	// Regions is the region set of a signature by SigV4A; empty: SigV4.
	Regions string

	// Session says that the call is signed with the credentials of a session
	// of the bucket.
	Session bool

	// Fixed says that an answer cannot send the call to another region.
	Fixed bool
}

// Endpoint says where the call goes: to the region that is known to hold its
// bucket, and with the bucket in the host's name where that is possible.
func (d *Dialect) Endpoint(_ context.Context, c *pipeline.Call) (pipeline.Endpoint, error) {
	st := c.State.(*state)
	bucket := c.Label("Bucket")
	var err error
	if d.Locate != nil {
		st.place, err = d.Locate(d, c)
	} else {
		region, host := d.RegionOf(bucket), d.Base.Host
		if host == "" {
			host = d.VendorHost(&d.Hosts, region)
		}
		st.place = d.Ordinary(host, bucket, region)
	}
	if err != nil {
		return pipeline.Endpoint{}, err
	}
	path := c.Request.Path
	if st.place.InHost && bucket != "" {
		// The path began with the bucket as it was encoded; what follows is
		// the key, byte for byte, even where it begins with the bucket's name.
		path = path[1+len(codec.EscapeLabel(bucket)):]
		if path == "" {
			path = "/"
		}
	}
	return pipeline.Endpoint{Scheme: d.Base.Scheme, Host: st.place.Host, Path: d.Base.Prefix + path}, nil
}

// Ordinary is the place of a bucket that has nothing special about it, or of no
// bucket, at a host.
func (d *Dialect) Ordinary(host, bucket, region string) Place {
	if bucket != "" && d.virtual(host, bucket) {
		return Place{Host: bucket + "." + host, InHost: true, Region: region}
	}
	return Place{Host: host, Region: region}
}

// virtual reports whether the bucket's name can and should go into the host's.
func (d *Dialect) virtual(host, bucket string) bool {
	if d.PathStyle || !DNSName(bucket) {
		return false
	}
	// The certificate of *.host does not cover a name with one more dot.
	if d.Base.Scheme == "https" && strings.Contains(bucket, ".") {
		return false
	}
	if d.VirtualHost {
		return true
	}
	return d.Profile.VirtualHost && CanHavePrefix(host)
}

// CanHavePrefix reports whether there are names under a host's: an address has
// none, and of localhost they are not known everywhere.
func CanHavePrefix(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err != nil && name != "localhost"
}

// IsDirectory reports whether a name is that of a directory bucket, or of an
// access point of one. Their requests are signed and protected in other ways.
func IsDirectory(bucket string) bool {
	return strings.HasSuffix(bucket, "--x-s3") || strings.HasSuffix(bucket, "--xa-s3")
}

// directory reports whether a name is that of a directory bucket at a server
// that has such.
func (d *Dialect) directory(bucket string) bool { return d.Profile.Suffixes && IsDirectory(bucket) }

// DNSName reports whether a bucket's name can be part of a host's.
func DNSName(bucket string) bool {
	if len(bucket) < 3 || len(bucket) > 63 {
		return false
	}
	for i := range len(bucket) {
		switch ch := bucket[i]; {
		case 'a' <= ch && ch <= 'z' || '0' <= ch && ch <= '9':
		case ch == '-' || ch == '.':
			if i == 0 || i == len(bucket)-1 || bucket[i-1] == '.' || ch == '.' && bucket[i-1] == '-' {
				return false
			}
		default:
			return false
		}
	}
	_, err := netip.ParseAddr(bucket)
	return err != nil
}

// RegionOf is the region to go to, and to sign for.
func (d *Dialect) RegionOf(bucket string) string {
	if region := d.Regions.of(bucket); region != "" {
		return region
	}
	return d.Region
}

// Regions remembers where buckets were found to be.
type Regions struct {
	mu      sync.Mutex
	buckets map[string]string
}

// regionsLimit bounds what is remembered.
const regionsLimit = 10000

func (r *Regions) of(bucket string) string {
	if bucket == "" {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buckets[bucket]
}

// learn remembers a bucket's region.
func (r *Regions) learn(bucket, region string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.buckets == nil || len(r.buckets) >= regionsLimit {
		r.buckets = make(map[string]string)
	}
	r.buckets[bucket] = region
}
