package s3

import (
	"fmt"
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/codec"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/pipeline"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// The hosts that operations have instead of those of objects, as
// [pipeline.Operation.Host] says.
const (
	hostControl      = "control"       // of directory buckets; other buckets have no such host
	hostObjectLambda = "object-lambda" // takes what WriteGetObjectResponse sends
)

// locate says where a call goes: by its operation, then by what kind of thing
// the bucket's name stands for. Buckets of the ordinary kind come last, for
// their names are whatever the others' are not.
func locate(d *s3dialect.Dialect, c *pipeline.Call) (s3dialect.Place, error) {
	bucket := c.Label("Bucket")
	control := c.Operation.Host == hostControl
	if err := checkHosts(d); err != nil {
		return s3dialect.Place{}, err
	}
	switch {
	case c.Operation.Host == hostObjectLambda:
		return objectLambdaPlace(d, c.Request.Header["X-Amz-Request-Route"])
	case strings.IndexByte(d.Region, '.') >= 0:
		return s3dialect.Place{}, apierror.Setting("Region %q is not the name of a region, such as us-east-1", d.Region)
	case strings.HasPrefix(bucket, "arn:"):
		return arnPlace(d, bucket)
	case !d.Profile.Suffixes:
	case strings.HasSuffix(bucket, outpostsAlias):
		return outpostsAliasPlace(d, bucket)
	case s3dialect.IsDirectory(bucket) || bucket == "" && control:
		return directoryPlace(d, bucket, control, c.Operation.Traits.Has(pipeline.NoSession))
	}
	return ordinaryPlace(d, bucket, control)
}

// checkHosts refuses choices of hosts that there are none for.
func checkHosts(d *s3dialect.Dialect) error {
	switch h := &d.Hosts; {
	case !h.FIPS:
	case h.Accelerate:
		return apierror.Setting("Accelerate has no FIPS hosts: choose one of the two")
	case endpoint.PartitionOf(d.Region).Name == "aws-cn":
		return apierror.Setting("FIPS: the regions of China have no FIPS hosts; leave it out for %s", d.Region)
	}
	return nil
}

// ordinaryPlace is that of a general purpose bucket, or of none.
func ordinaryPlace(d *s3dialect.Dialect, bucket string, control bool) (s3dialect.Place, error) {
	region, host := d.RegionOf(bucket), d.Base.Host
	global := region == globalRegion
	if global {
		region = "us-east-1"
	}
	h := &d.Hosts
	switch {
	case host != "":
	case h.Accelerate && bucket != "" && !control: // no bucket is made or configured there
		return acceleratePlace(d, bucket, region, global)
	case (global || h.Global && region == "us-east-1") && !h.FIPS && !h.DualStack:
		host = "s3." + endpoint.PartitionOf(region).Suffix
	default:
		host = endpoint.AWS("s3", region, h.DualStack, h.FIPS)
	}
	return d.Ordinary(host, bucket, region), nil
}

// globalRegion stands for us-east-1 by its old host.
const globalRegion = "aws-global"

// acceleratePlace is that of a bucket with Transfer Acceleration. Its host is
// the same in all regions.
func acceleratePlace(d *s3dialect.Dialect, bucket, region string, global bool) (s3dialect.Place, error) {
	p := endpoint.PartitionOf(region)
	switch {
	case p.Name == "aws-cn":
		return s3dialect.Place{}, apierror.Setting("Accelerate: there is no Transfer Acceleration in %s; leave it out", region)
	case d.PathStyle:
		return s3dialect.Place{}, apierror.Setting("Accelerate has the bucket in the host's name: leave PathStyle out")
	case strings.Contains(bucket, ".") || !s3dialect.DNSName(bucket):
		return noBucket("%q cannot be accelerated: the bucket's name has to be one label of a host's name, without dots", bucket)
	}
	host := bucket + ".s3-accelerate."
	if d.Hosts.DualStack {
		host += "dualstack."
		if global {
			host += region + "." // only so is it among the published hosts
		}
	}
	return s3dialect.Place{Host: host + p.Suffix, InHost: true, Region: region}, nil
}

// directoryPlace is that of a directory bucket or of an access point of one,
// whose names end in the ID of the zone that they live in:
// photos--usw2-az1--x-s3. Making and configuring them has a host of its own;
// objects are reached in the zone, by sessions.
func directoryPlace(d *s3dialect.Dialect, bucket string, control, noSession bool) (s3dialect.Place, error) {
	if d.Hosts.Accelerate {
		return noBucket("directory buckets cannot be accelerated: leave Config.Accelerate out")
	}
	place := s3dialect.Place{
		Service: "s3express", Region: d.Region, Fixed: true,
		Session: !control && !noSession && !d.Hosts.NoSessions,
	}
	if d.Base.Host == "" {
		place.InHost = !control
	} else {
		place.InHost = bucket != "" && !d.PathStyle && s3dialect.CanHavePrefix(d.Base.Host)
	}
	if place.InHost && (strings.Contains(bucket, ".") || !s3dialect.DNSName(bucket)) {
		return noBucket("%q is not the name of a directory bucket: it has to be one label of a host's name, without dots", bucket)
	}
	switch {
	case d.Base.Host != "":
		place.Host = d.Base.Host
	case control:
		place.Host = endpoint.AWS("s3express-control", d.Region, d.Hosts.DualStack, d.Hosts.FIPS)
	default:
		zone := zoneOf(bucket)
		if zone == "" {
			return noBucket("%q is not the name of a directory bucket: it has to end in a zone's ID and --x-s3, such as photos--usw2-az1--x-s3", bucket)
		}
		service := "s3express-"
		if d.Hosts.FIPS {
			service = "s3express-fips-"
		}
		place.Host = endpoint.AWS(service+zone, d.Region, d.Hosts.DualStack, false)
	}
	if place.InHost {
		place.Host = bucket + "." + place.Host
	}
	return place, nil
}

// zoneOf finds the ID of the zone in the name of a directory bucket.
func zoneOf(bucket string) string {
	name := bucket[:strings.LastIndex(bucket, "--")] // in front of the suffix
	i := strings.LastIndex(name, "--")
	if i < 0 || !strings.Contains(name[i+len("--"):], "-") {
		return ""
	}
	return name[i+len("--"):]
}

// objectLambdaPlace is where functions send what GetObject is to answer. Each
// request that waits for an answer has a route, which goes into the host's name.
func objectLambdaPlace(d *s3dialect.Dialect, route []string) (s3dialect.Place, error) {
	place := s3dialect.Place{Host: d.Base.Host, Service: "s3-object-lambda", Region: d.Region, Fixed: true}
	if d.Hosts.DualStack {
		return place, errNoDualStack("S3 Object Lambda")
	}
	if place.Host == "" {
		place.Host = endpoint.AWS("s3-object-lambda", d.Region, false, d.Hosts.FIPS)
	}
	if len(route) == 1 && s3dialect.CanHavePrefix(place.Host) {
		for label := range strings.SplitSeq(route[0], ".") {
			if !endpoint.IsLabel(label) {
				return place, &codec.FieldError{Path: "RequestRoute", Problem: fmt.Sprintf("%q cannot be part of a host's name: give it as the event of the function has it", route[0])}
			}
		}
		place.Host = route[0] + "." + place.Host
	}
	return place, nil
}

// noBucket refuses what an input has for a bucket.
func noBucket(format string, args ...any) (s3dialect.Place, error) {
	return s3dialect.Place{}, &codec.FieldError{Path: "Bucket", Problem: fmt.Sprintf(format, args...)}
}

func errNoDualStack(what string) error {
	return apierror.Setting("DualStack: %s has no dual-stack hosts; leave it out", what)
}
