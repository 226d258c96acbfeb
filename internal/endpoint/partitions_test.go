package endpoint_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/entrepot-go/entrepot/internal/endpoint"
	"github.com/entrepot-go/entrepot/internal/vectors"
)

// TestPartitions holds the table against the published one: every region that
// is listed, and one that is not there yet for each pattern.
func TestPartitions(t *testing.T) {
	var facts struct {
		Partitions []struct {
			ID          string
			RegionRegex string
			Outputs     struct{ DNSSuffix, DualStackDNSSuffix, Name string }
			Regions     []string
		}
	}
	if err := json.Unmarshal(vectors.Facts(t, "partitions.json"), &facts); err != nil {
		t.Fatal(err)
	}
	if len(facts.Partitions) < 8 {
		t.Errorf("%d partitions, want 8 or more", len(facts.Partitions))
	}
	coming := []string{
		"us-south-9", "eu-west-99", "ap-central-3", "sa-north-7", "ca-east-2", "me-north-1", "af-north-1", "il-south-1", "mx-north-1",
		"cn-south-7", "eusc-de-west-2", "us-iso-south-3", "us-isob-south-3", "eu-isoe-north-3", "us-isof-north-3", "us-gov-north-3",
	}
	used := map[string]bool{}
	for _, p := range facts.Partitions {
		pattern := regexp.MustCompile(p.RegionRegex)
		regions := p.Regions
		for _, region := range coming {
			if pattern.MatchString(region) {
				regions = append(regions, region)
				used[p.ID] = true
			}
		}
		if !used[p.ID] {
			t.Errorf("no region to come matches %s, the pattern of %s", p.RegionRegex, p.ID)
		}
		for _, region := range regions {
			got := endpoint.PartitionOf(region)
			if got.Name != p.Outputs.Name || got.Suffix != p.Outputs.DNSSuffix || got.DualStack != p.Outputs.DualStackDNSSuffix {
				t.Errorf("PartitionOf(%q) = %+v, want %+v", region, *got, p.Outputs)
			}
			if host := endpoint.AWS("s3", region, false, false); !endpoint.IsAWS(host) {
				t.Errorf("%s is not AWS's", host)
			}
		}
		for _, label := range strings.Split(p.Outputs.DNSSuffix, ".") {
			if !endpoint.IsLabel(label) {
				t.Errorf("IsLabel(%q) = false", label)
			}
		}
	}
	if got := endpoint.PartitionOf("elsewhere").Name; got != "aws" {
		t.Errorf("an unknown region is in %s, want aws", got)
	}
}

func TestIsAWS(t *testing.T) {
	for host, want := range map[string]bool{
		"s3.us-east-1.amazonaws.com": true, "s3.cn-north-1.amazonaws.com.cn": true, "amazonaws.com": true, "lightsail.us-west-2.api.aws": true,
		"evilamazonaws.com": false, "amazonaws.com.evil.example": false, "": false, "localhost": false,
	} {
		if got := endpoint.IsAWS(host); got != want {
			t.Errorf("IsAWS(%q) = %t", host, got)
		}
	}
}

func TestIsLabel(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "A-9": true, "op-01234567890123456": true, strings.Repeat("a", 63): true,
		"": false, "-a": false, "a.b": false, "a_b": false, "a/b": false, "a b": false, "é": false, "a#": false, strings.Repeat("a", 64): false,
	} {
		if got := endpoint.IsLabel(s); got != want {
			t.Errorf("IsLabel(%q) = %t", s, got)
		}
	}
}
