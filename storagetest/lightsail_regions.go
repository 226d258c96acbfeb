package storagetest

// lightsailPlaces are the regions that the service is in. What they are called,
// and which zones they have, is made up to look like the service's own.
var lightsailPlaces = []struct{ name, display, continent, near, zones string }{
	{"us-east-1", "Virginia", "NA", "the eastern United States", "abcdef"},
	{"us-east-2", "Ohio", "NA", "the eastern United States", "abc"},
	{"us-west-1", "N. California", "NA", "the western United States", "ab"},
	{"us-west-2", "Oregon", "NA", "the northwestern United States", "abc"},
	{"ca-central-1", "Montreal", "NA", "Canada", "ab"},
	{"eu-central-1", "Frankfurt", "EU", "Germany and its neighbours", "abc"},
	{"eu-west-1", "Ireland", "EU", "Ireland", "abc"},
	{"eu-west-2", "London", "EU", "the United Kingdom", "abc"},
	{"eu-west-3", "Paris", "EU", "France", "abc"},
	{"eu-north-1", "Stockholm", "EU", "northern Europe", "abc"},
	{"eu-south-2", "Spain", "EU", "Spain and Portugal", "abc"},
	{"ap-east-1", "Hong Kong", "AS", "Hong Kong", "abc"},
	{"ap-south-1", "Mumbai", "AS", "India", "ab"},
	{"ap-southeast-1", "Singapore", "AS", "southeast Asia", "abc"},
	{"ap-southeast-2", "Sydney", "OC", "Australia and New Zealand", "abc"},
	{"ap-southeast-3", "Jakarta", "AS", "Indonesia", "abc"},
	{"ap-southeast-5", "Malaysia", "AS", "Malaysia", "abc"},
	{"ap-northeast-1", "Tokyo", "AS", "Japan", "acd"},
	{"ap-northeast-2", "Seoul", "AS", "Korea", "ac"},
	{"sa-east-1", "São Paulo", "SA", "South America", "abc"},
}

type lightsailGetRegions struct {
	Zones         bool `json:"includeAvailabilityZones"`
	DatabaseZones bool `json:"includeRelationalDatabaseAvailabilityZones"`
}

type lightsailZone struct {
	Name  string `json:"zoneName"`
	State string `json:"state"`
}

func (l *Lightsail) getRegions(in *lightsailGetRegions) (any, error) {
	list := []map[string]any{}
	for _, place := range lightsailPlaces {
		zones := func(wanted bool) []lightsailZone {
			zones := []lightsailZone{}
			for _, letter := range place.zones {
				if wanted {
					zones = append(zones, lightsailZone{place.name + string(letter), "available"})
				}
			}
			return zones
		}
		list = append(list, map[string]any{
			"name": place.name, "displayName": place.display, "continentCode": place.continent,
			"description":                         "For users in " + place.near,
			"availabilityZones":                   zones(in.Zones),
			"relationalDatabaseAvailabilityZones": zones(in.DatabaseZones),
		})
	}
	return map[string]any{"regions": list}, nil
}
