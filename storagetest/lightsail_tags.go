package storagetest

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

type lightsailTag struct {
	Key   string `json:"key" required:"true"`
	Value string `json:"value,omitempty"`
}

// lightsailTags is a set of tags as the API shows it.
func lightsailTags(tags map[string]string) []lightsailTag {
	list := []lightsailTag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, lightsailTag{key, tags[key]})
	}
	return list
}

// addLightsailTags returns what old becomes by adding tags.
func addLightsailTags(old map[string]string, tags []lightsailTag) (map[string]string, error) {
	all := map[string]string{}
	maps.Copy(all, old)
	for _, tag := range tags {
		if tag.Key == "" || utf8.RuneCountInString(tag.Key) > 128 || utf8.RuneCountInString(tag.Value) > 256 || strings.HasPrefix(tag.Key, "aws:") {
			return nil, lightsailInvalid("The tag is not valid: %q", tag.Key)
		}
		all[tag.Key] = tag.Value
	}
	if len(all) > 50 {
		return nil, lightsailInvalid("A resource has at most 50 tags")
	}
	return all, nil
}

type lightsailTagResource struct {
	Name string         `json:"resourceName" required:"true"`
	ARN  *string        `json:"resourceArn"`
	Tags []lightsailTag `json:"tags" required:"true"`
}

func (l *Lightsail) tagResource(in *lightsailTagResource) (any, error) {
	b, err := l.resource(in.Name, in.ARN)
	if err != nil {
		return nil, err
	}
	tags, err := addLightsailTags(b.Tags, in.Tags)
	if err != nil {
		return nil, err
	}
	b.Tags = tags
	return map[string]any{"operations": l.done("TagResource", b.Name, "")}, nil
}

type lightsailUntagResource struct {
	Name string   `json:"resourceName" required:"true"`
	ARN  *string  `json:"resourceArn"`
	Keys []string `json:"tagKeys" required:"true"`
}

func (l *Lightsail) untagResource(in *lightsailUntagResource) (any, error) {
	b, err := l.resource(in.Name, in.ARN)
	if err != nil {
		return nil, err
	}
	for _, key := range in.Keys {
		delete(b.Tags, key)
	}
	return map[string]any{"operations": l.done("UntagResource", b.Name, "")}, nil
}

// resource finds what can be tagged: a bucket, as there is nothing else here.
func (l *Lightsail) resource(name string, arn *string) (*lightsailBucket, error) {
	if err := lightsailCheckResource(name); err != nil {
		return nil, err
	}
	b := l.buckets[name]
	if b == nil || arn != nil && *arn != b.arn {
		return nil, lightsailNotFound("The resource does not exist: %s", name)
	}
	return b, nil
}
