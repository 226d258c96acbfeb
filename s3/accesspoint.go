package s3

import (
	"strings"

	"github.com/entrepot-go/entrepot/internal/apierror"
	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/s3dialect"
)

// arn is the name of an access point, which stands where a bucket's name does:
//
//	arn:aws:s3:us-west-2:123456789012:accesspoint/mine
//	arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap
//	arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/mine
//	arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01234567890123456/accesspoint/mine
type arn struct {
	text                                string
	partition, service, region, account string
	resource                            []string // its parts, between colons or slashes
}

func parseARN(text string) (a arn, ok bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return arn{}, false
	}
	resource := strings.Split(strings.ReplaceAll(parts[5], "/", ":"), ":")
	return arn{text, parts[1], parts[2], parts[3], parts[4], resource}, true
}

// arnPlace is that of an access point.
func arnPlace(d *s3dialect.Dialect, text string) (s3dialect.Place, error) {
	a, ok := parseARN(text)
	switch {
	case !ok:
		return noBucket("%q is not a whole ARN: arn:PARTITION:SERVICE:REGION:ACCOUNT:accesspoint/NAME", text)
	case d.PathStyle && s3dialect.CanHavePrefix(d.Base.Host):
		return noBucket("an access point goes into the host's name: leave Config.PathStyle out")
	case d.Hosts.Accelerate:
		return noBucket("access points cannot be accelerated: leave Config.Accelerate out")
	case d.Base.Host != "" && !s3dialect.CanHavePrefix(d.Base.Host):
		return noBucket("an access point goes into the host's name, and the Endpoint %s is an address: give it a name", d.Base.Host)
	}
	switch a.service {
	case "s3":
		if a.region == "" {
			return multiRegionPlace(d, a)
		}
		return accessPointPlace(d, a, "s3-accesspoint", "s3")
	case "s3-object-lambda":
		if d.Hosts.DualStack {
			return s3dialect.Place{}, errNoDualStack("S3 Object Lambda")
		}
		return accessPointPlace(d, a, "s3-object-lambda", "s3-object-lambda")
	case "s3-outposts":
		return outpostsPlace(d, a)
	}
	return noBucket("%q: only ARNs of s3, s3-object-lambda and s3-outposts name access points", text)
}

// accessPointPlace is that of an access point of one region, and of one with a
// function of S3 Object Lambda in front.
func accessPointPlace(d *s3dialect.Dialect, a arn, host, service string) (s3dialect.Place, error) {
	if a.resource[0] != "accesspoint" || len(a.resource) != 2 {
		return noBucket("%q: the ARN of an access point ends in accesspoint/NAME, and nothing behind", a.text)
	}
	if err := a.check(d, a.resource[1]); err != nil {
		return s3dialect.Place{}, err
	}
	if d.Base.Host != "" {
		host = d.Base.Host
	} else {
		host = endpoint.AWS(host, a.region, d.Hosts.DualStack, d.Hosts.FIPS)
	}
	return s3dialect.Place{Host: a.resource[1] + "-" + a.account + "." + host, InHost: true, Service: service, Region: a.region, Fixed: true}, nil
}

// multiRegionPlace is that of a multi-region access point: AWS's network takes
// each request to the nearest of its buckets, so that it is signed for every
// region.
func multiRegionPlace(d *s3dialect.Dialect, a arn) (s3dialect.Place, error) {
	p := endpoint.PartitionOf(d.Region)
	switch {
	case d.Hosts.NoMultiRegion:
		return noBucket("%q is a multi-region access point, which Config.DisableMultiRegionAccessPoints refuses", a.text)
	case a.resource[0] != "accesspoint" || len(a.resource) != 2 || !isDomain(a.resource[1]):
		return noBucket("%q: the ARN of a multi-region access point ends in accesspoint/ALIAS", a.text)
	case d.Hosts.DualStack:
		return s3dialect.Place{}, errNoDualStack("a multi-region access point")
	case d.Hosts.FIPS:
		return s3dialect.Place{}, apierror.Setting("FIPS: a multi-region access point has no FIPS hosts; leave it out")
	case p.Name != a.partition:
		return noBucket("%q is of the partition %s, but Config.Region %s of %s", a.text, a.partition, d.Region, p.Name)
	}
	host := d.Base.Host
	if host == "" {
		host = "accesspoint.s3-global." + p.Suffix
	}
	return s3dialect.Place{Host: a.resource[1] + "." + host, InHost: true, Regions: "*", Region: d.Region, Fixed: true}, nil
}

// outpostsPlace is that of an access point of a bucket on an Outpost.
func outpostsPlace(d *s3dialect.Dialect, a arn) (s3dialect.Place, error) {
	if err := checkOutposts(d); err != nil {
		return s3dialect.Place{}, err
	}
	if len(a.resource) != 4 || a.resource[0] != "outpost" || a.resource[2] != "accesspoint" {
		return noBucket("%q: the ARN of an access point on an Outpost ends in outpost/ID/accesspoint/NAME", a.text)
	}
	outpost, name := a.resource[1], a.resource[3]
	if !endpoint.IsLabel(outpost) {
		return noBucket("%q: the Outpost's ID %q may have letters, digits and hyphens only", a.text, outpost)
	}
	if err := a.check(d, name); err != nil {
		return s3dialect.Place{}, err
	}
	host := d.Base.Host
	if host == "" {
		host = endpoint.AWS("s3-outposts", a.region, false, false)
	}
	return signedForOutposts(name+"-"+a.account+"."+outpost+"."+host, a.region), nil
}

// outpostsAlias ends the alias of an access point on an Outpost. In front of it
// are, from behind: 25 bytes that mean nothing to us, the Outpost's ID, and one
// letter for the kind of hardware.
const outpostsAlias = "--op-s3"

// outpostsAliasPlace is that of such an alias.
func outpostsAliasPlace(d *s3dialect.Dialect, alias string) (s3dialect.Place, error) {
	if err := checkOutposts(d); err != nil {
		return s3dialect.Place{}, err
	}
	const (
		behind = 25 + len(outpostsAlias)
		id     = len("0b1d075431d83bebd")
	)
	if len(alias) < 1+id+behind || !endpoint.IsLabel(alias) {
		return noBucket("%q is not the alias of an access point on an Outpost", alias)
	}
	outpost := alias[len(alias)-behind-id : len(alias)-behind]
	host := ""
	switch hardware := alias[len(alias)-behind-id-1]; {
	case hardware == 'e':
		host = alias + ".ec2."
	case hardware == 'o' && endpoint.IsLabel(outpost):
		host = alias + ".op-" + outpost + "."
	default:
		return noBucket("%q is not the alias of an access point on an Outpost: it does not tell the Outpost", alias)
	}
	switch {
	case d.Base.Host != "":
		host += d.Base.Host
	case alias[len(alias)-12:len(alias)-8] == "beta":
		return noBucket("%q has no host that is known: set Config.Endpoint", alias)
	default:
		host += endpoint.AWS("s3-outposts", d.Region, false, false)
	}
	return signedForOutposts(host, d.Region), nil
}

func checkOutposts(d *s3dialect.Dialect) error {
	switch {
	case d.Hosts.DualStack:
		return errNoDualStack("S3 on Outposts")
	case d.Hosts.FIPS:
		return apierror.Setting("FIPS: S3 on Outposts has no FIPS hosts; leave it out")
	case d.Hosts.Accelerate:
		return apierror.Setting("Accelerate: S3 on Outposts cannot be accelerated; leave it out")
	}
	return nil
}

func signedForOutposts(host, region string) s3dialect.Place {
	return s3dialect.Place{Host: host, InHost: true, Service: "s3-outposts", Region: region, Regions: "*", Fixed: true}
}

// check judges what an ARN of one region says: all of it becomes part of a
// host's name, and must be of the client's world.
func (a *arn) check(d *s3dialect.Dialect, name string) error {
	var problem error
	refuse := func(format string, args ...any) { _, problem = noBucket(format, args...) }
	own, its := endpoint.PartitionOf(d.Region), endpoint.PartitionOf(a.region)
	switch {
	case !endpoint.IsRegion(a.region):
		refuse("%q: %q is not the name of a region", a.text, a.region)
	case !endpoint.IsLabel(a.account):
		refuse("%q: %q is not the ID of an account", a.text, a.account)
	case !endpoint.IsLabel(name):
		refuse("%q: the access point's name %q may have letters, digits and hyphens only", a.text, name)
	case own != its || its.Name != a.partition:
		refuse("%q is of the partition %s, but Config.Region %s of %s: use a region of the access point's partition", a.text, its.Name, d.Region, own.Name)
	case d.Hosts.UseArnRegion != nil && !*d.Hosts.UseArnRegion && a.region != d.Region:
		refuse("%q is of another region than Config.Region, %s, which Config.UseArnRegion refuses", a.text, d.Region)
	}
	return problem
}

// isDomain reports whether s is labels of a host's name with dots between.
func isDomain(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if !endpoint.IsLabel(label) {
			return false
		}
	}
	return true
}
