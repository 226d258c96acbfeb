package s3dialect

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/pipeline"
)

// Endpoint says where the call goes: to the region that is known to hold its
// bucket, and with the bucket in the host's name where that is possible.
func (d *Dialect) Endpoint(_ context.Context, c *pipeline.Call) (pipeline.Endpoint, error) {
	bucket := c.Label("Bucket")
	st := c.State.(*state)
	st.region = d.regionOf(bucket)
	host := d.Base.Host
	if host == "" {
		var err error
		if host, err = d.VendorHost(st.region, &d.Hosts); err != nil {
			return pipeline.Endpoint{}, err
		}
	}
	path := c.Request.Path
	if bucket != "" && d.virtual(host, bucket) {
		host = bucket + "." + host
		// The path began with the bucket as it was encoded; what follows is
		// the key, byte for byte, even where it begins with the bucket's name.
		path = path[1+len(codec.EscapeLabel(bucket)):]
		if path == "" {
			path = "/"
		}
	}
	return pipeline.Endpoint{Scheme: d.Base.Scheme, Host: host, Path: d.Base.Prefix + path}, nil
}

// virtual reports whether the bucket's name can and should go into the host's.
func (d *Dialect) virtual(host, bucket string) bool {
	if d.PathStyle || !dnsName(bucket) {
		return false
	}
	// The certificate of *.host does not cover a name with one more dot.
	if d.Base.Scheme == "https" && strings.Contains(bucket, ".") {
		return false
	}
	if d.VirtualHost {
		return true
	}
	name := host
	if i := strings.LastIndexByte(host, ':'); i > 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || name == "localhost" {
		return false
	}
	return d.Profile.VirtualHost
}

// dnsName reports whether a bucket's name can be part of a host's.
func dnsName(bucket string) bool {
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

// regionOf is the region to go to, and to sign for.
func (d *Dialect) regionOf(bucket string) string {
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
