package strangers

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	awslightsail "github.com/aws/aws-sdk-go-v2/service/lightsail"

	"github.com/entrepot-go/entrepot/lightsail"
)

// newerAtAWS is what AWS's client has and the model that ours was made by has
// not, as the page for its users says.
var newerAtAWS = []string{
	"GetProfile",
	"CreateDistributionInput.CustomErrorResponses", "CreateDistributionInput.DefaultRootObject", "CreateDistributionInput.EnablePrivateOriginAccess",
	"CreateDistributionInput.EnableWaf", "CreateDistributionInput.WafRules",
	"GetInstanceInput.IncludeHealthStatus", "GetInstancesInput.IncludeHealthStatus", "Instance.InstanceStatus", "Instance.SystemStatus",
	"LightsailDistribution.CustomErrorResponses", "LightsailDistribution.DefaultRootObject", "LightsailDistribution.Waf",
	"Origin.IsPrivateOriginAccessEnabled", "StartInstanceInput.AttributeUpdates",
	"UpdateDistributionInput.CustomErrorResponses", "UpdateDistributionInput.DefaultRootObject", "UpdateDistributionInput.EnablePrivateOriginAccess",
	"UpdateDistributionInput.EnableWaf", "UpdateDistributionInput.WafRules",
}

// TestNamesOfAWSsLightsailClientAreOurs, of operations, types and members, so
// that its users find what they used.
func TestNamesOfAWSsLightsailClientAreOurs(t *testing.T) {
	missing := map[string]bool{}
	seen := map[reflect.Type]bool{}
	members := 0
	var compare func(theirs, ours reflect.Type)
	compare = func(theirs, ours reflect.Type) {
		for theirs.Kind() == reflect.Pointer || theirs.Kind() == reflect.Slice {
			theirs = theirs.Elem()
		}
		for ours.Kind() == reflect.Pointer || ours.Kind() == reflect.Slice {
			ours = ours.Elem()
		}
		if theirs.Kind() == reflect.Map && ours.Kind() == reflect.Map {
			compare(theirs.Elem(), ours.Elem())
			return
		}
		own := strings.HasPrefix(theirs.PkgPath(), "github.com/aws/aws-sdk-go-v2/service/lightsail")
		if own && theirs.Name() != ours.Name() {
			t.Errorf("%s is %s here", theirs.Name(), ours)
		}
		if !own || theirs.Kind() != reflect.Struct || ours.Kind() != reflect.Struct || seen[theirs] {
			return
		}
		seen[theirs] = true
		for _, member := range reflect.VisibleFields(theirs) {
			if !member.IsExported() || member.Name == "ResultMetadata" {
				continue
			}
			members++
			if f, ok := ours.FieldByName(member.Name); ok {
				compare(member.Type, f.Type)
			} else {
				missing[theirs.Name()+"."+member.Name] = true
			}
		}
	}
	theirs, ours := reflect.TypeFor[*awslightsail.Client](), reflect.TypeFor[*lightsail.Client]()
	for i := range theirs.NumMethod() {
		m := theirs.Method(i)
		if m.Name == "Options" {
			continue
		}
		if same, ok := ours.MethodByName(m.Name); ok {
			compare(m.Type.In(2), same.Type.In(2))
			compare(m.Type.Out(0), same.Type.Out(0))
		} else {
			missing[m.Name] = true
		}
	}
	if members < 1000 {
		t.Errorf("only %d members were compared", members)
	}
	wantEqual(t, "names that are not here", slices.Sorted(maps.Keys(missing)), slices.Sorted(slices.Values(newerAtAWS)))
}
